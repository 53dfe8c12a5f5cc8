//! Holding exhibits against lists of known files: whole files, hashes that records state without the file, cancelled
//! downloads, and pictures that are similar. What is met becomes rows of `known_match`, which are received.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;

use serde_json::{Value, json};
use tutela_case::{Case, Provenance};
use tutela_matchers::index::{Hit, Lists};
use tutela_matchers::lists::{Hashes, Kind, hex, of_hex};
use tutela_matchers::near::Scratch;
use tutela_matchers::near::list::file::Head;
use tutela_matchers::near::list::{Asked, List, Search};
use tutela_matchers::pdq::{PdqHash, Profile};
use tutela_model::table::{Table, TableInfo, Tables as _};
use tutela_model::tables::{
    CancelledFile, File as FileRow, FileKind, KnownMatch, Media, SharedFile, Stated, Transfer,
};
use tutela_model::words::Words as _;
use tutela_model::{Digest, Text, seeded};

use crate::ending::{Doing as _, Exit, Failure};
use crate::exhibit::lines::Lines;
use crate::exhibit::received::{Made, receive, table_source};
use crate::operation::Operation;
use crate::run::Run;
use crate::talk::{path_text, phrase};
use crate::verbs::lists::perceptual;

/// The lists that exhibits are held against.
#[derive(clap::Args, Debug, Default)]
pub struct Against {
    /// Lists of known files, as `tutela lists build` makes them
    #[arg(long, value_name = "LIST")]
    pub lists: Vec<PathBuf>,
    /// Lists of perceptual hashes; their passphrase is asked for
    #[arg(long, value_name = "LIST")]
    pub similar_to: Vec<PathBuf>,
}

/// What was met, by the word of its basis.
pub type Met = BTreeMap<&'static str, u64>;

/// Holds all exhibits of the operation against lists, and takes in what was met.
///
/// # Errors
/// A list cannot be opened, a table cannot be read, or the disk refuses.
pub fn run(run: &Run, operation: &Operation, against: &Against, basis: Option<&str>) -> anyhow::Result<Met> {
    let lists = Lists::open(&against.lists)?;
    let near = against
        .similar_to
        .iter()
        .map(|path| perceptual::open(run, path))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("matches.jsonl");
    let cannot = || phrase!("cannot.write", path = path_text(&path));
    let mut matching = Matching {
        run,
        case: &operation.case,
        lists: &lists,
        lines: Lines::after(&path, 0).doing(cannot)?,
        met: Met::new(),
        failed: None,
    };
    let exhibits = matching.files()?;
    matching.recorded(&exhibits)?;
    matching.cancelled(&exhibits)?;
    matching.similar(&near)?;
    if let Some(error) = matching.failed.take() {
        return Err(error).doing(cannot);
    }
    matching.lines.sync().doing(cannot)?;
    let met = matching.met;
    if met.is_empty() {
        return Ok(met);
    }
    let digests = lists
        .lists()
        .iter()
        .map(|list| list.digest().hex())
        .chain(near.iter().map(|(head, _)| head.sha256.clone()));
    let made = Made {
        files: vec![path],
        source: table_source(KnownMatch::INFO.name),
        basis,
        provenance: Provenance {
            parents: digests.collect(),
            method: "tutela exhibit match".to_owned(),
            tool: format!("tutela {}", env!("CARGO_PKG_VERSION")),
            ..Provenance::default()
        },
        ..Made::default()
    };
    receive(run, operation, made)?;
    Ok(met)
}

/// A list of perceptual hashes, opened.
type Near = (Head, List);

struct Matching<'a> {
    run: &'a Run,
    case: &'a Case,
    lists: &'a Lists,
    lines: Lines,
    met: Met,
    failed: Option<io::Error>,
}

/// Which exhibit a received file is of, by its SHA-256.
type Exhibits = BTreeMap<Digest, Text>;

impl Matching<'_> {
    /// Every row of a table, with the file that it came from.
    fn each<T: Table>(
        &mut self,
        take: &mut dyn FnMut(&mut Self, Digest, T) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        let info: &TableInfo = &T::INFO;
        let tables = self.case.tables();
        for part in tables.parts(info) {
            tables.scan(info, &part, &[], &mut |batch| {
                for row in T::rows(&batch) {
                    if let Err(error) = take(self, part.source, row) {
                        self.failed = Some(error);
                        return ControlFlow::Break(());
                    }
                }
                self.run.flow()
            })?;
            self.run.go_on()?;
        }
        Ok(())
    }

    /// Files whose bytes are all there; gives which exhibit each received file is of.
    fn files(&mut self) -> anyhow::Result<Exhibits> {
        let received: BTreeSet<Digest> = self.case.receipts().iter().map(|receipt| receipt.sha256).collect();
        let mut exhibits = Exhibits::new();
        self.each::<FileRow>(&mut |matching, _, row| {
            if let (Some(exhibit), Some(sha256)) = (&row.exhibit, &row.sha256)
                && let Some(digest) = of_hex(sha256.as_bytes()).map(Digest)
                && received.contains(&digest)
            {
                exhibits.entry(digest).or_insert_with(|| exhibit.clone());
            }
            if row.whole == Stated::No || row.kind == FileKind::Folder {
                return Ok(());
            }
            let mut hashes = Hashes::default();
            let said = [
                (Kind::Md5, &row.md5),
                (Kind::Sha1, &row.sha1),
                (Kind::Sha256, &row.sha256),
                (Kind::Ed2k, &row.ed2k),
            ];
            for (kind, text) in said {
                if let Some(text) = text {
                    set(&mut hashes, kind, text);
                }
            }
            // Empty files are on many lists, and say nothing.
            if hashes.is_empty() || hashes.is_of_nothing() {
                return Ok(());
            }
            for hit in matching.lists.look(&hashes, row.size) {
                let place = [
                    ("exhibit", json!(row.exhibit.as_deref())),
                    ("path", json!(row.path.as_str())),
                    ("sha256", json!(row.sha256.as_deref())),
                ];
                matching.hit(&hit, &hashes, "whole", None, &place)?;
            }
            Ok(())
        })?;
        Ok(exhibits)
    }

    /// Hashes that records of programs state, whether the file is there or not.
    fn recorded(&mut self, exhibits: &Exhibits) -> anyhow::Result<()> {
        self.each::<SharedFile>(&mut |matching, source, row| {
            matching.stated(exhibits.get(&source), Some(&row.file_hash), row.file_size)
        })?;
        self.each::<Transfer>(&mut |matching, source, row| {
            matching.stated(exhibits.get(&source), row.file_hash.as_ref(), row.file_size)
        })
    }

    fn stated(&mut self, exhibit: Option<&Text>, stated: Option<&Text>, size: Option<u64>) -> io::Result<()> {
        let Some((kind, digits)) = stated.and_then(|stated| stated.split_once(':')) else { return Ok(()) };
        let Some(kind) = Kind::of_word(kind) else { return Ok(()) };
        let mut hashes = Hashes::default();
        set(&mut hashes, kind, digits);
        if hashes.is_empty() || hashes.is_of_nothing() {
            return Ok(());
        }
        for hit in self.lists.look(&hashes, size) {
            let place = [("exhibit", json!(exhibit.map(Text::as_str)))];
            self.hit(&hit, &hashes, "recorded", None, &place)?;
        }
        Ok(())
    }

    /// Cancelled downloads: a seeded hash can only be tried against every eDonkey hash of a list.
    fn cancelled(&mut self, exhibits: &Exhibits) -> anyhow::Result<()> {
        let mut by_seed: BTreeMap<u32, BTreeMap<String, Option<Text>>> = BTreeMap::new();
        self.each::<CancelledFile>(&mut |matching, source, row| {
            let exhibit = exhibits.get(&source);
            match row.seed {
                None => matching.stated(exhibit, Some(&row.hash), None),
                Some(seed) => {
                    by_seed.entry(seed).or_default().insert(row.hash.to_string(), exhibit.cloned());
                    Ok(())
                }
            }
        })?;
        let lists = self.lists;
        for list in lists.lists().iter().filter(|_| !by_seed.is_empty()) {
            for entry in (0..list.entries()).filter_map(|number| list.entry(number)) {
                let Some(ed2k) = entry.hashes.ed2k else { continue };
                for (seed, hashes) in &by_seed {
                    let tried = format!("seeded_md5:{}", hex(&seeded::seeded(*seed, &ed2k)));
                    let Some(exhibit) = hashes.get(&tried) else { continue };
                    let hit = Hit {
                        list,
                        entry: entry.clone(),
                        met: vec![Kind::Ed2k],
                        differ: Vec::new(),
                        size_differs: false,
                    };
                    let place = [("exhibit", json!(exhibit.as_deref()))];
                    let done = self.hit(&hit, &entry.hashes, "recorded", Some(&tried), &place);
                    done.doing(|| phrase!("cannot.matches"))?;
                }
            }
            self.run.go_on()?;
        }
        Ok(())
    }

    /// Pictures whose hashes are near those of a list.
    fn similar(&mut self, near: &[Near]) -> anyhow::Result<()> {
        if near.is_empty() {
            return Ok(());
        }
        let mut places: BTreeMap<Text, Vec<(Option<Text>, Text)>> = BTreeMap::new();
        self.each::<FileRow>(&mut |_, _, row| {
            if let Some(sha256) = row.sha256 {
                places.entry(sha256).or_default().push((row.exhibit, row.path));
            }
            Ok(())
        })?;
        let mut scratch = Scratch::default();
        self.each::<Media>(&mut |matching, _, row| {
            let (Some(hash), Some(profile)) =
                (&row.pdq, row.pdq_profile.as_deref().and_then(Profile::from_word))
            else {
                return Ok(());
            };
            let Ok(hash) = PdqHash::parse(hash) else { return Ok(()) };
            let quality = row.pdq_quality.and_then(|quality| u8::try_from(quality).ok());
            let asked = Asked::of_hash(hash, quality, profile, true);
            for (head, list) in near {
                for hit in list.search(&mut scratch, &asked, Search::default()) {
                    for (exhibit, path) in places.get(&row.sha256).into_iter().flatten() {
                        *matching.met.entry("similar").or_default() += 1;
                        matching.lines.row([
                            ("exhibit", json!(exhibit.as_deref())),
                            ("path", json!(path.as_str())),
                            ("sha256", json!(row.sha256.as_str())),
                            // The hash itself stays in the table of media: a list's is in no row.
                            ("met", json!("pdq")),
                            ("basis", json!("similar")),
                            ("list", json!(head.list)),
                            ("list_version", json!(head.version)),
                            ("list_digest", json!(head.sha256)),
                            ("scheme", json!(hit.label.scheme)),
                            ("category", json!(hit.label.category)),
                            ("series", json!(hit.label.series)),
                            ("distance", json!(hit.distance)),
                            ("profile", json!(hit.profile())),
                            ("withdrawn", json!(hit.withdrawn)),
                        ])?;
                    }
                }
            }
            Ok(())
        })
    }

    /// An entry that was met. One that another hash or the size contradicts is of another file, and no match.
    fn hit(
        &mut self,
        hit: &Hit<'_>,
        hashes: &Hashes,
        basis: &'static str,
        met: Option<&str>,
        place: &[(&'static str, Value)],
    ) -> io::Result<()> {
        if hit.is_contradicted() {
            return Ok(());
        }
        // The strongest of the hashes that met: SHA-256 last in the order of kinds but for ed2k.
        let kind =
            [Kind::Sha256, Kind::Sha1, Kind::Ed2k, Kind::Md5].into_iter().find(|kind| hit.met.contains(kind));
        let by = kind.and_then(|kind| Some(format!("{}:{}", kind.word(), hex(hashes.get(kind)?))));
        let attributes = hit.entry.attributes;
        let manifest = hit.list.manifest();
        *self.met.entry(basis).or_default() += 1;
        self.lines.row(place.iter().cloned().chain([
            ("met", json!(met.map(str::to_owned).or(by))),
            ("basis", json!(basis)),
            ("list", json!(manifest.name)),
            ("list_version", json!(manifest.version)),
            ("list_digest", json!(hit.list.digest().hex())),
            ("scheme", json!(attributes.scheme)),
            ("category", json!(attributes.category)),
            ("series", json!(attributes.series)),
            ("withdrawn", json!(hit.is_withdrawn())),
        ]))
    }
}

/// Sets a hash from its digits, where they are of its kind.
fn set(hashes: &mut Hashes, kind: Kind, digits: &str) {
    let digits = digits.as_bytes();
    match kind {
        Kind::Md5 => hashes.md5 = of_hex(digits),
        Kind::Sha1 => hashes.sha1 = of_hex(digits),
        Kind::Sha256 => hashes.sha256 = of_hex(digits),
        Kind::Ed2k => hashes.ed2k = of_hex(digits),
    }
}

/// Refuses to match against nothing.
///
/// # Errors
/// No list was named.
pub fn given(against: &Against) -> Result<(), Failure> {
    if against.lists.is_empty() && against.similar_to.is_empty() {
        let what = phrase!("exhibit.no_list");
        return Err(Failure::new(Exit::Usage, what).hint(phrase!("exhibit.no_list.hint")));
    }
    Ok(())
}
