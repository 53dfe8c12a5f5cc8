//! Indexes of lists: what is looked up is what was put in, whatever the order, the memory and the number of files.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tempfile::TempDir;
use tutela_matchers::index::{
    Builder, Built, Change, Gone, Hit, Index, IndexError, Lists, Settings, Standing, Translation, diff,
};
use tutela_matchers::lists::recognise::recognise;
use tutela_matchers::lists::{Declared, Hashes, Kind, Layout, of_hex};
use tutela_model::Digest;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.path(name), text).expect("a file");
        self.path(name)
    }

    fn settings(&self, version: &str) -> Settings {
        Settings {
            name: "prova".to_owned(),
            version: version.to_owned(),
            scheme: None,
            translation: None,
            memory_bytes: 8 << 20,
            folder: self.0.path().to_owned(),
        }
    }

    /// An index of these lists.
    fn build(&self, name: &str, version: &str, lists: &[&Path]) -> Index {
        let built = built(&self.path(name), self.settings(version), lists).expect("it is built");
        let index = Index::open(&self.path(name)).expect("it opens");
        assert_eq!(index.digest(), built.digest);
        assert_eq!(index.check(), []);
        index
    }
}

fn go_on(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn add(builder: &mut Builder, list: &Path) -> Result<(), IndexError> {
    let layout = recognise(list).expect("it can be read").expect("it is a list");
    let declared = Declared { block_bytes: Some(4096), ..Declared::default() };
    builder.list(list, layout, &declared, &mut |_| Ok(()), &mut go_on).map(drop)
}

fn built(path: &Path, settings: Settings, lists: &[&Path]) -> Result<Built, IndexError> {
    let mut builder = Builder::new(settings, path)?;
    lists.iter().try_for_each(|list| add(&mut builder, list))?;
    builder.finish(&mut go_on)
}

const HEADING: &str = "list,list_version,scheme,category,series,md5,sha1,sha256,ed2k,size,withdrawn\n";

/// A made-up hash.
fn digits(kind: Kind, n: u32) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::new().chain_update(kind.word()).chain_update(n.to_be_bytes()).finalize();
    tutela_matchers::lists::hex(&digest[..kind.width()])
}

fn hashes(of: &[(Kind, u32)]) -> Hashes {
    let mut hashes = Hashes::default();
    for (kind, n) in of {
        let digits = digits(*kind, *n);
        match kind {
            Kind::Md5 => hashes.md5 = of_hex(digits.as_bytes()),
            Kind::Sha1 => hashes.sha1 = of_hex(digits.as_bytes()),
            Kind::Sha256 => hashes.sha256 = of_hex(digits.as_bytes()),
            Kind::Ed2k => hashes.ed2k = of_hex(digits.as_bytes()),
        }
    }
    hashes
}

/// A row of the table `known_file`: hashes by number, where there are any; category; whether it is withdrawn.
type Row = ([Option<u32>; 4], Option<u8>, Option<u8>, bool);

fn line(row: &Row) -> String {
    let (of, category, size, withdrawn) = row;
    let hash = |kind: Kind| of[kind as usize].map_or_else(String::new, |n| digits(kind, n));
    let text = |value: &Option<u8>| value.map_or_else(String::new, |value| value.to_string());
    let [md5, sha1, sha256, ed2k] = Kind::ALL.map(hash);
    format!("L,1,prova,{},,{md5},{sha1},{sha256},{ed2k},{},{withdrawn}\n", text(category), text(size))
}

fn known_file<'r>(rows: impl IntoIterator<Item = &'r Row>) -> String {
    HEADING.to_owned() + &rows.into_iter().map(line).collect::<String>()
}

/// Rows of few hashes, so that files meet each other in every way.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let hash = || prop::option::weighted(0.6, 0u32..30);
    let row =
        (prop::array::uniform4(hash()), prop::option::of(1u8..4), prop::option::of(5u8..7), any::<bool>());
    prop::collection::vec(row, 0..80)
}

/// The rows that the index has to give for a file: all that share a hash with it.
fn expected(rows: &[Row], wanted: &[Option<u32>; 4]) -> BTreeSet<Row> {
    let meets = |row: &&Row| (0..4).any(|kind| row.0[kind].is_some() && row.0[kind] == wanted[kind]);
    rows.iter().filter(meets).copied().collect()
}

fn row_of(hashes: &Hashes, category: Option<&str>, size: Option<u64>, withdrawn: bool) -> Row {
    let number = |kind: Kind| {
        let hash = hashes.get(kind)?;
        (0..40).find(|n| digits(kind, *n) == tutela_matchers::lists::hex(hash))
    };
    let category = category.map(|category| category.parse().expect("a number"));
    (Kind::ALL.map(number), category, size.map(|size| size as u8), withdrawn)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn what_is_looked_up_is_what_was_put_in(rows in rows(), wanted in prop::array::uniform4(prop::option::of(0u32..35))) {
        let folder = Folder::new();
        let index = folder.build("a", "1", &[&folder.file("a.csv", known_file(&rows))]);
        let of: Vec<(Kind, u32)> =
            Kind::ALL.into_iter().filter_map(|kind| Some((kind, wanted[kind as usize]?))).collect();
        let wanted_hashes = hashes(&of);
        let hits = index.look(&wanted_hashes, Some(6));
        let found: BTreeSet<Row> = hits
            .iter()
            .map(|hit| {
                let attributes = hit.entry.attributes;
                row_of(&hit.entry.hashes, attributes.category.as_deref(), hit.entry.size, hit.is_withdrawn())
            })
            .collect();
        prop_assert_eq!(&found, &expected(&rows, &wanted));
        prop_assert_eq!(found.len(), hits.len(), "an entry is there once");
        let lists = Lists::open(&[folder.path("a")]).expect("it opens");
        let together = lists.look_all(&[(hashes(&[(Kind::Md5, 99)]), None), (wanted_hashes, Some(6))]);
        let numbers = |hits: &[Hit<'_>]| hits.iter().map(|hit| hit.entry.number).collect::<Vec<_>>();
        let told: Vec<(usize, Vec<u64>)> = together.iter().map(|(file, hits)| (*file, numbers(hits))).collect();
        let expected = if hits.is_empty() { vec![] } else { vec![(1, numbers(&hits))] };
        prop_assert_eq!(told, expected);
        for hit in &hits {
            for kind in Kind::ALL {
                let (known, asked) = (hit.entry.hashes.get(kind), wanted_hashes.get(kind));
                prop_assert_eq!(hit.met.contains(&kind), known.is_some() && known == asked);
                prop_assert_eq!(hit.differ.contains(&kind), known.is_some() && asked.is_some() && known != asked);
            }
            prop_assert_eq!(hit.size_differs, hit.entry.size == Some(5));
        }
    }

    #[test]
    fn the_same_lists_give_the_same_bytes_whatever_their_order_and_the_memory(rows in rows(), cut in any::<prop::sample::Index>()) {
        let folder = Folder::new();
        let cut = if rows.is_empty() { 0 } else { cut.index(rows.len()) };
        let (first, second) = (folder.file("a.csv", known_file(&rows[..cut])), folder.file("b.csv", known_file(&rows[cut..])));
        let bytes = |name: &str, lists: &[&Path], memory_bytes: usize| {
            built(&folder.path(name), Settings { memory_bytes, ..folder.settings("1") }, lists).expect("it is built");
            fs::read(folder.path(name)).expect("it is there")
        };
        let one = bytes("1", &[&first, &second], 8 << 20);
        prop_assert!(one == bytes("2", &[&second, &first], 1 << 20));
        // Rows in another order are another file, of which the manifest has the digest; all sections are the same.
        let reversed = folder.file("c.csv", known_file(rows.iter().rev()));
        let whole = folder.file("d.csv", known_file(&rows));
        let sections = |name: &str, list: &Path| folder.build(name, "1", &[list]).manifest().sections.clone();
        prop_assert_eq!(sections("3", &reversed), sections("4", &whole));
    }

    #[test]
    fn an_index_put_into_another_is_the_same_as_its_lists(rows in rows(), cut in any::<prop::sample::Index>()) {
        let folder = Folder::new();
        let cut = if rows.is_empty() { 0 } else { cut.index(rows.len()) };
        let (first, second) = (folder.file("a.csv", known_file(&rows[..cut])), folder.file("b.csv", known_file(&rows[cut..])));
        let both = folder.build("both", "1", &[&first, &second]);
        let (a, b) = (folder.build("a", "1", &[&first]), folder.build("b", "1", &[&second]));
        let mut builder = Builder::new(folder.settings("1"), &folder.path("merged")).expect("a file");
        builder.index(&b, None).expect("it is taken");
        builder.index(&a, None).expect("it is taken");
        builder.finish(&mut go_on).expect("it is built");
        let merged = Index::open(&folder.path("merged")).expect("it opens");
        prop_assert_eq!(&merged.manifest().sections, &both.manifest().sections);
    }

    #[test]
    fn a_difference_is_what_the_sets_say(before in rows(), after in rows()) {
        // A file is told by its MD5 here, so that the sets can be compared by it.
        let with_md5 = |rows: Vec<Row>| -> Vec<Row> {
            rows.into_iter().filter(|row| row.0[0].is_some()).map(|row| ([row.0[0], None, None, None], row.1, None, row.3)).collect()
        };
        let (before, after) = (with_md5(before), with_md5(after));
        let folder = Folder::new();
        let old = folder.build("old", "1", &[&folder.file("a.csv", known_file(&before))]);
        let new = folder.build("new", "2", &[&folder.file("b.csv", known_file(&after))]);
        let mut changes = Vec::new();
        let done = diff(&old, &new, &mut |difference| {
            changes.push((difference.hashes, difference.change));
            ControlFlow::Continue(())
        });
        prop_assert!(done.is_continue());
        for n in 0..30 {
            let of = |rows: &[Row]| rows.iter().filter(|row| row.0[0] == Some(n)).map(|row| (row.1, row.3)).collect::<BTreeSet<_>>();
            let (was, is) = (of(&before), of(&after));
            let gone = |all: &BTreeSet<(Option<u8>, bool)>| all.iter().all(|(_, withdrawn)| *withdrawn);
            let expected = match (was.is_empty(), is.is_empty()) {
                (true, true) => None,
                (true, false) => Some(Change::Added),
                (false, true) => Some(Change::Missing),
                _ if !gone(&was) && gone(&is) => Some(Change::Withdrawn),
                _ if gone(&was) && !gone(&is) => Some(Change::Restored),
                _ => (was != is).then_some(Change::Changed),
            };
            let file = hashes(&[(Kind::Md5, n)]);
            let found: Vec<Change> = changes.iter().filter(|(of, _)| *of == file).map(|(_, change)| *change).collect();
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
        let mut none = 0;
        let done = diff(&old, &old, &mut |_| { none += 1; ControlFlow::Continue(()) });
        prop_assert!(done.is_continue());
        prop_assert_eq!(none, 0);
    }

    #[test]
    fn a_damaged_index_is_refused_or_found_and_never_faults(
        rows in rows(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>(),
    ) {
        let folder = Folder::new();
        let index = folder.build("a", "1", &[&folder.file("a.csv", known_file(&rows))]);
        let sections = index.manifest().sections.clone();
        drop(index);
        let mut bytes = fs::read(folder.path("a")).expect("it is there");
        let at = at.index(bytes.len());
        let same = !cut && bytes[at] == byte;
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        let in_section = sections.iter().any(|section| {
            (section.offset..section.offset + section.bytes).contains(&(at as u64))
        });
        match Index::open(&folder.file("b", &bytes)) {
            Ok(index) => {
                // Only a byte of a section, or one between sections, can have changed.
                prop_assert!(!cut || at == bytes.len());
                if !same && in_section {
                    prop_assert_eq!(index.check().len(), 1);
                }
                for kind in Kind::ALL {
                    for n in 0..30 {
                        let _ = index.look(&hashes(&[(kind, n)]), None);
                    }
                }
                for number in 0..index.entries() + 2 {
                    let _ = index.entry(number);
                }
            }
            Err(error) => prop_assert!(
                matches!(error, IndexError::Damaged { .. } | IndexError::NotAnIndex(_) | IndexError::OtherVersion { .. }),
                "{error}"
            ),
        }
    }
}

#[test]
fn many_hashes_are_found_in_every_bucket_and_others_are_not() {
    let folder = Folder::new();
    let path = folder.path("many.txt");
    let mut file = File::create(&path).expect("a file");
    // Hashes that all begin alike, as somebody could choose them, beside uniform ones.
    for n in 0..60_000u32 {
        writeln!(file, "{}", digits(Kind::Md5, n)).expect("the disk");
        writeln!(file, "{:032x}", u128::from(n) + 1).expect("the disk");
    }
    drop(file);
    let settings = Settings { memory_bytes: 1 << 20, ..folder.settings("1") };
    built(&folder.path("many"), settings, &[&path]).expect("it is built");
    let index = Index::open(&folder.path("many")).expect("it opens");
    assert_eq!((index.entries(), index.hashes(Kind::Md5)), (120_000, 120_000));
    for n in (0..60_000).step_by(7) {
        let found = index.find(Kind::Md5, &hashes(&[(Kind::Md5, n)]).md5.expect("one"));
        assert_eq!(found.end - found.start, 1, "{n}");
        assert!(index.find(Kind::Md5, &hashes(&[(Kind::Md5, n + 100_000)]).md5.expect("one")).is_empty());
        assert_eq!(index.find(Kind::Md5, &(u128::from(n) + 1).to_be_bytes()), u64::from(n)..u64::from(n) + 1);
        assert!(index.find(Kind::Md5, &(u128::from(n) + 100_000).to_be_bytes()).is_empty());
    }
    let mut wanted: Vec<Vec<u8>> =
        (0..5000).map(|n| hashes(&[(Kind::Md5, n * 20)]).md5.expect("one").to_vec()).collect();
    wanted.insert(7, b"short".to_vec());
    let one_by_one: Vec<_> = wanted.iter().map(|hash| index.find(Kind::Md5, hash)).collect();
    assert_eq!(index.find_all(Kind::Md5, &wanted), one_by_one);
    assert_eq!(one_by_one.iter().filter(|rows| !rows.is_empty()).count(), 3000);
    assert_eq!(index.find_all(Kind::Sha1, &wanted), vec![0..0; wanted.len()]);
    assert!(index.find(Kind::Md5, b"short").is_empty());
    assert!(index.find(Kind::Sha1, &[0; 20]).is_empty());
}

#[test]
fn a_withdrawn_entry_stays_and_says_which_version_withdrew_it_and_why() {
    let folder = Folder::new();
    let row = |n: u32| ([Some(n), Some(n), None, None], Some(1), None, false);
    let v1 = folder.build("v1", "1", &[&folder.file("a.csv", known_file(&[row(1), row(2), row(3)]))]);
    let gone =
        [(Kind::Sha1, hashes(&[(Kind::Sha1, 2)]).sha1.expect("one").to_vec()), (Kind::Md5, vec![9; 16])];
    let mut builder = Builder::new(folder.settings("2"), &folder.path("v2")).expect("a file");
    let met =
        builder.index(&v1, Some(Gone { hashes: &gone, reason: "graded by mistake" })).expect("it is taken");
    assert_eq!(met, [1, 0]);
    builder.next_of(&v1);
    let built = builder.finish(&mut go_on).expect("it is built");
    assert_eq!((built.manifest.entries, built.manifest.withdrawn), (3, 1));
    assert_eq!(built.manifest.after.map(|after| after.version).as_deref(), Some("1"));

    let lists = Lists::open(&[folder.path("v1"), folder.path("v2")]).expect("they open");
    let file = hashes(&[(Kind::Md5, 2)]);
    let standings: Vec<(&str, Standing)> = lists
        .standings(&file, None)
        .map(|(list, standing)| (list.manifest().version.as_str(), standing))
        .collect();
    assert_eq!(standings, [("1", Standing::Listed), ("2", Standing::Withdrawn)]);
    let hits = lists.look(&file, None);
    let withdrawn = hits[1].entry.attributes.withdrawn.as_ref().expect("it is withdrawn");
    assert_eq!((withdrawn.version.as_str(), withdrawn.reason.as_str()), ("2", "graded by mistake"));
    assert_eq!(lists.of_digest(v1.digest()).map(Index::digest), Some(v1.digest()));
}

#[test]
fn of_hashes_that_contradict_each_other_the_stronger_one_counts() {
    let folder = Folder::new();
    let row = |n: u32| ([Some(n), Some(n), Some(n), Some(n)], None, Some(5), false);
    let index = folder.build("a", "1", &[&folder.file("a.csv", known_file(&[row(1)]))]);
    let standing = |of: &[(Kind, u32)], size| {
        let hashes = hashes(of);
        (index.look(&hashes, size).len(), index.standing(&hashes, size))
    };
    for (of, size, expected) in [
        (&[(Kind::Md5, 1)][..], None, Standing::Listed),
        (&[(Kind::Md5, 1), (Kind::Sha1, 2)], None, Standing::NotListed),
        (&[(Kind::Md5, 1), (Kind::Sha1, 1), (Kind::Sha256, 2)], None, Standing::NotListed),
        (&[(Kind::Ed2k, 1), (Kind::Md5, 2)], None, Standing::NotListed),
        // The list has a wrong MD5, or a wrong size, of a file whose SHA-256 it has.
        (&[(Kind::Sha256, 1), (Kind::Md5, 2)], None, Standing::Listed),
        (&[(Kind::Md5, 1)], Some(6), Standing::Listed),
    ] {
        assert_eq!(standing(of, size), (1, expected), "{of:?}");
    }
    assert!(index.look(&hashes(&[(Kind::Md5, 1)]), Some(6))[0].size_differs);
}

#[test]
fn what_a_new_version_leaves_out_stays_as_withdrawn() {
    let folder = Folder::new();
    let row = |n: u32, category: u8| ([Some(n), None, None, None], Some(category), None, false);
    let v1 =
        folder.build("v1", "1", &[&folder.file("a.csv", known_file(&[row(1, 1), row(2, 1), row(3, 1)]))]);
    let list = folder.file("b.csv", known_file(&[row(1, 1), row(2, 2), row(4, 1)]));
    let mut builder = Builder::new(folder.settings("2"), &folder.path("v2")).expect("a file");
    builder.after(&v1).expect("it is taken");
    add(&mut builder, &list).expect("it is taken");
    builder.finish(&mut go_on).expect("it is built");
    let v2 = Index::open(&folder.path("v2")).expect("it opens");
    assert_eq!((v2.entries(), v2.manifest().withdrawn), (4, 1));
    let said = |n: u32| {
        let hits = v2.look(&hashes(&[(Kind::Md5, n)]), None);
        let attributes = hits[0].entry.attributes;
        assert_eq!(hits.len(), 1);
        (attributes.category.clone(), attributes.withdrawn.as_ref().map(|withdrawn| withdrawn.reason.clone()))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!([said(1), said(2)], [(some("1"), None), (some("2"), None)]);
    assert_eq!(said(3), (some("1"), some("not in this version")));
    let mut changes = Vec::new();
    let done = diff(&v1, &v2, &mut |difference| {
        changes.push(difference.change);
        ControlFlow::Continue(())
    });
    assert!(done.is_continue());
    changes.sort();
    assert_eq!(changes, [Change::Added, Change::Withdrawn, Change::Changed]);
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

#[test]
fn a_pool_withdraws_entries_by_their_ids_in_this_delivery_and_in_later_ones() {
    let folder = Folder::new();
    let pool = folder.build("pool", "1", &[&sample("ncmec.xml")]);
    assert_eq!((pool.entries(), pool.manifest().withdrawn, pool.manifest().unmet_withdrawals), (3, 1, 0));
    let withdrawn = |index: &Index| -> Vec<bool> {
        (0..index.entries())
            .map(|n| index.entry(n).expect("an entry").attributes.withdrawn.is_some())
            .collect()
    };
    assert_eq!(withdrawn(&pool), [true, false, false]);
    let feedback = &pool.entry(0).expect("an entry").attributes.feedback;
    let said: Vec<(bool, &str, &str)> =
        feedback.iter().map(|said| (said.affirmative, said.of.as_str(), said.member.as_str())).collect();
    assert_eq!(said, [(false, "Sha1", "44"), (false, "Sha1", "45"), (true, "Md5", "43")]);

    let later = "<queryResult xmlns=\"https://hashsharing.ncmec.org/hashsharing/v2\"><images><deletedImage><member id=\"7\"/>\
        <id>video1</id></deletedImage><deletedImage><member id=\"7\"/><id>other</id></deletedImage></images></queryResult>";
    let mut builder = Builder::new(folder.settings("2"), &folder.path("pool 2")).expect("a file");
    builder.index(&pool, None).expect("it is taken");
    add(&mut builder, &folder.file("later.xml", later)).expect("it is taken");
    let built = builder.finish(&mut go_on).expect("it is built");
    assert_eq!((built.manifest.withdrawn, built.manifest.unmet_withdrawals), (2, 1));
    assert_eq!(withdrawn(&Index::open(&folder.path("pool 2")).expect("it opens")), [true, false, true]);

    // One that was stated again after it was withdrawn is on the list.
    let again = later.replace("<id>video1</id>", "<id>x</id><timestamp>2026-01-01T00:00:00Z</timestamp>").replace(
        "</images>",
        &format!(
            "<image><member id=\"7\"/><id>x</id><timestamp>2026-01-02T00:00:00Z</timestamp><fingerprints><md5>{}</md5></fingerprints></image></images>",
            digits(Kind::Md5, 1)
        ),
    );
    let index = folder.build("pool 3", "3", &[&folder.file("again.xml", again)]);
    assert_eq!((withdrawn(&index), index.manifest().unmet_withdrawals), (vec![false], 1));
}

#[test]
fn categories_are_translated_by_the_table_that_is_given_and_both_are_kept() {
    let folder = Folder::new();
    let table: Translation =
        toml::from_str("from = \"prova\"\nto = \"altra\"\n[categories]\n1 = \"A\"\n").expect("a table");
    let settings = Settings { translation: Some((table, Digest::of(b"table"))), ..folder.settings("1") };
    let row = |n: u32, category: u8| ([Some(n), None, None, None], Some(category), None, false);
    let list = folder.file("a.csv", known_file(&[row(1, 1), row(2, 2)]));
    let built = built(&folder.path("a"), settings, &[&list]).expect("it is built");
    assert_eq!(built.manifest.translation.map(|translation| translation.untranslated), Some(1));
    let index = Index::open(&folder.path("a")).expect("it opens");
    let of = |n: u32| index.look(&hashes(&[(Kind::Md5, n)]), None)[0].entry.attributes.clone();
    let translated = of(1).translated.expect("it is translated");
    assert_eq!(
        (of(1).category.as_deref(), translated.category.as_str(), translated.scheme.as_str()),
        (Some("1"), "A", "altra")
    );
    assert_eq!((of(2).category.as_deref(), of(2).translated), (Some("2"), None));
}

#[test]
fn a_scheme_is_what_the_list_says_or_what_is_given_and_never_both() {
    let folder = Folder::new();
    let given = |scheme: &str| Settings { scheme: Some(scheme.to_owned()), ..folder.settings("1") };
    let scheme_of = |name: &str| {
        let index = Index::open(&folder.path(name)).expect("it opens");
        index.attributes().iter().find_map(|attributes| attributes.scheme.clone())
    };
    let (said, unsaid) = (sample("vics_cases_2_0.json"), sample("vics_media_1_3.json"));
    assert!(built(&folder.path("a"), folder.settings("1"), &[&unsaid]).expect("it is built").scheme_missing);
    assert_eq!(scheme_of("a"), None);
    assert!(!built(&folder.path("b"), given("unit"), &[&unsaid]).expect("it is built").scheme_missing);
    assert_eq!(scheme_of("b").as_deref(), Some("unit"));
    built(&folder.path("c"), folder.settings("1"), &[&said]).expect("it is built");
    assert_eq!(scheme_of("c").as_deref(), Some("Project VIC UK"));
    let refused = built(&folder.path("d"), given("unit"), &[&said]);
    assert!(matches!(refused, Err(IndexError::OtherScheme { .. })));
    assert!(!folder.path("d").exists(), "what is refused leaves no file");
}

#[test]
fn a_list_is_never_written_over_and_a_stop_leaves_nothing() {
    let folder = Folder::new();
    let list = folder.file("a.csv", known_file(&[([Some(1), None, None, None], None, None, false)]));
    let index = folder.build("a", "1", &[&list]);
    assert!(fs::metadata(folder.path("a")).expect("it is there").permissions().readonly());
    assert!(matches!(built(&folder.path("a"), folder.settings("2"), &[&list]), Err(IndexError::Exists(_))));
    assert_eq!(index.check(), []);
    let path = folder.path("b");
    let mut builder = Builder::new(folder.settings("1"), &path).expect("a file");
    let many: String = (0..10_000u32).map(|n| digits(Kind::Md5, n) + "\n").collect();
    let stopped = builder.list(
        &folder.file("many.txt", many),
        Layout::Sums,
        &Declared::default(),
        &mut |_| Ok(()),
        &mut |_| ControlFlow::Break(()),
    );
    assert!(matches!(stopped, Err(IndexError::Stopped)), "{stopped:?}");
    drop(builder);
    let names: Vec<_> = fs::read_dir(folder.0.path())
        .expect("a folder")
        .map(|entry| entry.expect("one").file_name())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

#[test]
fn what_is_no_index_is_said() {
    let folder = Folder::new();
    for (bytes, said) in [
        (&b""[..], "not an index of a list"),
        (b"TUTELIST", "not an index of a list"),
        (&[b'x'; 100], "not an index of a list"),
    ] {
        let error = Index::open(&folder.file("x", bytes)).expect_err("it is none").to_string();
        assert!(error.starts_with(said), "{error}");
    }
    let list = folder.file("a.csv", known_file(&[]));
    drop(folder.build("a", "1", &[&list]));
    let mut bytes = fs::read(folder.path("a")).expect("it is there");
    bytes[8] = 2;
    let error = Index::open(&folder.file("y", &bytes)).expect_err("another version").to_string();
    assert!(error.starts_with("an index of form 2"), "{error}");
    assert!(matches!(Index::open(&folder.path("none")), Err(IndexError::Disk { .. })));
}
