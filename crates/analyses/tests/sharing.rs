//! The analysis of sightings against a plain count of the same rows, and the same whatever the order in which they come.

#[expect(dead_code, reason = "made-up connections and answers are for other tests")]
mod memory;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use memory::{Memory, findings};
use proptest::prelude::*;
use serde_json::{Value, json};
use tutela_analyses::sharing::{Makers, Means, MemoryShelf, Parcel, Piece, run_of};
use tutela_analyses::{Derived, derive_from};
use tutela_model::table::TablesError;
use tutela_model::{Decisions, Digest, Finding, Shelf, Shelved};

/// A sighting: network, address, peer, file, minutes since the first of March 2026.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    network: &'static str,
    address: String,
    peer: String,
    file: String,
    minute: i64,
}

/// The first of March 2026, 00:00 UTC, in minutes since 1970.
const MARCH: i64 = 29_538_720;

fn instant(minute: i64) -> String {
    jiff::Timestamp::from_second((MARCH + minute) * 60).expect("a time").to_string()
}

impl Seen {
    fn line(&self) -> String {
        let Self { network, address, peer, file, minute } = self;
        let at = instant(*minute);
        format!("sighting: {network}, {address}, 4662, {peer}, {file}, , 7, {at}, , offered, connected\n")
    }
}

fn seen() -> impl Strategy<Value = Seen> {
    let address = prop_oneof![
        (0_u8..12).prop_map(|n| format!("198.51.100.{n}")),
        (0_u8..4).prop_map(|n| format!("2001:db8::{n:x}")),
        Just("0.0.0.0".to_owned()),
    ];
    let peer = prop_oneof![
        (0_u8..9).prop_map(|n| format!("{n:02x}").repeat(16)),
        (0_u8..3).prop_map(|n| format!("peer {n}")),
        Just(String::new()),
    ];
    let minute = prop_oneof![0_i64..300, 0_i64..200_000];
    (0..2_usize, address, peer, 0_u8..15, minute).prop_map(|(network, address, peer, file, minute)| Seen {
        network: ["ed2k", "gnutella"][network],
        address,
        peer,
        file: format!("sha1:{}", format!("{file:02x}").repeat(20)),
        minute,
    })
}

/// So many sightings of twenty peers with thirty files at fifty addresses.
fn regular(n_rows: i64) -> Vec<Seen> {
    let seen = |n: i64| Seen {
        network: "ed2k",
        address: format!("198.51.100.{}", n % 50),
        peer: format!("{:02x}", n % 20).repeat(16),
        file: format!("sha1:{}", format!("{:02x}", n % 30).repeat(20)),
        minute: n * 7,
    };
    (0..n_rows).map(seen).collect()
}

fn parted(rows: &[Seen], n_files: usize) -> Memory {
    (0..n_files).fold(Memory::default(), |memory, file| {
        let own = rows.iter().skip(file).step_by(n_files);
        memory.file(&format!("export {file}"), &lines(own))
    })
}

/// Rows as a stored part has them: in the order of its key.
fn lines<'a>(rows: impl Iterator<Item = &'a Seen>) -> String {
    let mut rows: Vec<&Seen> = rows.collect();
    rows.sort_by_key(|seen| (&seen.peer, seen.network, seen.minute));
    rows.into_iter().map(Seen::line).collect()
}

/// Derives with runs of that many rows, going on from what is on the shelf.
fn with_runs(memory: &Memory, shelf: &MemoryShelf, chunk_rows: usize, manifest: &[u8]) -> Derived {
    let means = Means { jobs: 2, chunk_rows, manifest, ..Means::alone(shelf) };
    derive_from(memory, &Decisions::new(), &[], &means, &mut |_| ()).expect("memory can be read")
}

/// Others who make runs: here they are threads of nobody, each piece made from the tables as they read them.
struct Others<'a> {
    tables: &'a Memory,
    n_made: AtomicUsize,
}

impl Makers for Others<'_> {
    fn n_makers(&self) -> usize {
        2
    }

    fn make(
        &self,
        pieces: &[Piece],
        take: &mut dyn FnMut(usize, Parcel) -> ControlFlow<()>,
    ) -> io::Result<()> {
        for (piece_idx, piece) in pieces.iter().enumerate() {
            self.n_made.fetch_add(1, Ordering::Relaxed);
            let bytes = run_of(self.tables, piece).map_err(io::Error::other)?;
            if take(piece_idx, Parcel { bytes, maker: "192.0.2.7:7301".to_owned() }).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// Derives with runs of that many rows that others make.
fn with_others(
    memory: &Memory,
    shelf: &MemoryShelf,
    chunk_rows: usize,
    manifest: &[u8],
    others: &Others<'_>,
) -> Result<Derived, TablesError> {
    let makers = Some(others as &dyn Makers);
    let means = Means { jobs: 2, chunk_rows, manifest, makers, ..Means::alone(shelf) };
    derive_from(memory, &Decisions::new(), &[], &means, &mut |_| ())
}

fn of_key<'a>(derived: &'a Derived, key: &'a str) -> impl Iterator<Item = &'a Finding> {
    findings(derived, "sharing").iter().filter(move |finding| finding.statement.key == key)
}

fn value(finding: &Finding, name: &str) -> Value {
    finding.statement.values.get(name).cloned().unwrap_or(Value::Null)
}

/// What a file's or a peer's rows say, counted plainly.
#[derive(Default)]
struct Plain {
    peers: BTreeSet<(String, &'static str)>,
    files: BTreeSet<(String, &'static str)>,
    addresses: BTreeSet<String>,
    minutes: Vec<i64>,
}

impl Plain {
    fn add(&mut self, seen: &Seen) {
        if !seen.peer.is_empty() {
            self.peers.insert((seen.peer.clone(), seen.network));
        }
        self.files.insert((seen.file.clone(), seen.network));
        self.addresses.insert(seen.address.clone());
        self.minutes.push(seen.minute);
        self.minutes.sort_unstable();
    }

    fn sessions(&self, gap: i64) -> usize {
        1 + self.minutes.windows(2).filter(|two| two[1] - two[0] > gap).count()
    }

    fn days(&self) -> usize {
        self.minutes.iter().map(|minute| minute.div_euclid(1_440)).collect::<BTreeSet<_>>().len()
    }

    fn span(&self) -> (String, String) {
        (instant(self.minutes[0]), instant(self.minutes[self.minutes.len() - 1]))
    }
}

fn plain<K: Ord>(rows: &[Seen], key: impl Fn(&Seen) -> K) -> BTreeMap<K, Plain> {
    let mut plain: BTreeMap<K, Plain> = BTreeMap::new();
    rows.iter().for_each(|seen| plain.entry(key(seen)).or_default().add(seen));
    plain
}

fn check_files(derived: &Derived, rows: &[Seen]) {
    let expected = plain(rows, |seen| (seen.network, seen.file.clone()));
    let told: Vec<&Finding> = of_key(derived, "file_spread").collect();
    assert_eq!(told.len(), expected.len());
    assert!(told.windows(2).all(|two| two[0].number("peers") >= two[1].number("peers")));
    for finding in told {
        let network = ["ed2k", "gnutella"].into_iter().find(|network| *network == finding.text("network"));
        let of = &expected[&(network.expect("a network"), finding.text("file_hash").to_owned())];
        assert_eq!(finding.number("peers"), of.peers.len() as i64);
        assert_eq!(finding.number("addresses"), of.addresses.len() as i64);
        assert_eq!(finding.number("sightings"), of.minutes.len() as i64);
        assert_eq!((finding.text("first_seen").to_owned(), finding.text("last_seen").to_owned()), of.span());
        let months = value(finding, "spread");
        let n: u64 = months.as_array().into_iter().flatten().filter_map(|month| month[1].as_u64()).sum();
        assert_eq!(n, of.peers.len() as u64);
    }
}

fn check_peers(derived: &Derived, rows: &[Seen]) {
    let named: Vec<Seen> = rows.iter().filter(|seen| !seen.peer.is_empty()).cloned().collect();
    let expected = plain(&named, |seen| (seen.peer.clone(), seen.network));
    let told: Vec<&Finding> = of_key(derived, "peer_activity").collect();
    assert_eq!(told.len(), expected.len());
    for finding in &told {
        let network = ["ed2k", "gnutella"].into_iter().find(|network| *network == finding.text("network"));
        let of = &expected[&(finding.text("peer").to_owned(), network.expect("a network"))];
        assert_eq!(finding.number("files"), of.files.len() as i64);
        assert_eq!(finding.number("addresses"), of.addresses.len() as i64);
        assert_eq!(finding.number("sightings"), of.minutes.len() as i64);
        assert_eq!(finding.number("days"), of.days() as i64);
        for (name, gap) in [("sessions_10min", 10), ("sessions", 30), ("sessions_60min", 60)] {
            assert_eq!(finding.number(name), of.sessions(gap) as i64, "{name}");
        }
        assert_eq!((finding.text("first_seen").to_owned(), finding.text("last_seen").to_owned()), of.span());
        let other = ["ed2k", "gnutella"].into_iter().find(|other| *other != finding.text("network"));
        let also = expected.contains_key(&(finding.text("peer").to_owned(), other.expect("another")));
        assert_eq!(value(finding, "also_on"), if also { json!([other]) } else { json!([]) });
        assert!(!finding.rows.is_empty() && finding.n_rows == of.minutes.len() as u64);
    }
    // Each adds most files to what those before it have.
    let mut covered: BTreeSet<(String, &str)> = BTreeSet::new();
    for finding in told.iter().filter(|finding| !value(finding, "contribution").is_null()) {
        let adds = |of: &Plain| of.files.iter().filter(|file| !covered.contains(*file)).count() as i64;
        let most = expected.values().map(adds).max();
        assert_eq!(Some(finding.number("adds")), most);
        let of = expected
            .iter()
            .find(|((peer, network), _)| peer == finding.text("peer") && *network == finding.text("network"));
        covered.extend(of.expect("the peer").1.files.iter().cloned());
    }
    let all: BTreeSet<_> = expected.values().flat_map(|of| of.files.iter().cloned()).collect();
    assert_eq!(covered, all);
}

fn check_whole(derived: &Derived, rows: &[Seen]) {
    let one = |key| of_key(derived, key).next().expect("it is told");
    let whole = one("sharing_overview");
    let distinct = |of: fn(&Seen) -> String| rows.iter().map(of).collect::<BTreeSet<_>>().len() as i64;
    assert_eq!(whole.number("sightings"), rows.len() as i64);
    assert_eq!(whole.number("addresses"), distinct(|seen| seen.address.clone()));
    assert_eq!(whole.number("files"), distinct(|seen| format!("{} {}", seen.network, seen.file)));
    let unnumbered = rows.iter().filter(|seen| seen.peer.is_empty()).count();
    assert_eq!(whole.number("without_number"), unnumbered as i64);
    let odd: i64 = of_key(derived, "sharing_odd").map(|finding| finding.number("n")).sum();
    assert_eq!(odd, rows.iter().filter(|seen| seen.address == "0.0.0.0").count() as i64);
    let curve = value(one("removal_curve"), "points");
    let points = curve.as_array().expect("points");
    assert_eq!(points[0][1], value(one("removal_curve"), "files"));
    assert!(points.windows(2).all(|two| two[0][1].as_u64() >= two[1][1].as_u64()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn counts_are_those_of_a_plain_count(rows in proptest::collection::vec(seen(), 1..150)) {
        let derived = parted(&rows, 2).derive();
        check_files(&derived, &rows);
        check_peers(&derived, &rows);
        check_whole(&derived, &rows);
    }

    /// Findings without the rows that they list, which name the files that the rows came in.
    #[test]
    fn nothing_depends_on_how_runs_are_cut_or_merged_or_when_parts_came(
        rows in proptest::collection::vec(seen(), 1..150),
        chunk_rows in 1_usize..40,
    ) {
        let all = parted(&rows, 5);
        let expected = all.derive();
        let told = |derived: &Derived| serde_json::to_string(findings(derived, "sharing")).expect("plain");
        let shelf = MemoryShelf::default();
        prop_assert_eq!(told(&with_runs(&all, &shelf, chunk_rows, &[])), told(&expected));
        // The parts come one after the other.
        let (shelf, mut manifest) = (MemoryShelf::default(), Vec::new());
        let mut last = None;
        for order in [[4, 1, 0, 2, 3], [0, 1, 2, 3, 4]] {
            for n_parts in 1..=5 {
                let some = order[..n_parts].iter().fold(Memory::default(), |memory, file| {
                    let mut own: Vec<&Seen> = rows.iter().skip(*file).step_by(5).collect();
                    own.sort_by_key(|seen| (&seen.peer, seen.network, seen.minute));
                    let lines: String = own.into_iter().map(Seen::line).collect();
                    memory.file(&format!("export {file}"), &lines)
                });
                let derived = with_runs(&some, &shelf, chunk_rows, &manifest);
                manifest = derived.shelf.clone();
                last = Some(derived);
            }
            prop_assert_eq!(last.as_ref().map(told), Some(told(&expected)));
        }
    }
}

#[test]
fn an_altered_run_is_made_anew_from_the_tables() {
    let rows = regular(500);
    let (all, shelf) = (parted(&rows, 2), MemoryShelf::default());
    let first = with_runs(&all, &shelf, 100, &[]);
    let text = String::from_utf8(first.shelf.clone()).expect("JSON");
    let digest = text.split("\"digests\":[\"").nth(1).expect("a run")[..64].to_owned();
    let other = text.replacen(&digest, &"0".repeat(64), 1);
    let again = with_runs(&all, &shelf, 100, other.as_bytes());
    assert_eq!(findings(&again, "sharing"), findings(&first, "sharing"));
    let of_another = with_runs(&all, &shelf, 100, b"not a manifest");
    assert_eq!(findings(&of_another, "sharing"), findings(&first, "sharing"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn runs_that_others_make_say_the_same(
        rows in prop::collection::vec(seen(), 1..60),
        n_files in 1_usize..4,
        chunk_rows in 1_usize..9,
    ) {
        let memory = parted(&rows, n_files);
        let here = with_runs(&memory, &MemoryShelf::default(), 1_000, &[]);
        let others = Others { tables: &memory, n_made: AtomicUsize::new(0) };
        let there = with_others(&memory, &MemoryShelf::default(), chunk_rows, &[], &others).expect("they are honest");
        prop_assert_eq!(&here.findings, &there.findings);
        prop_assert_eq!(&here.leads, &there.leads);
        prop_assert!(others.n_made.into_inner() >= rows.len().div_ceil(chunk_rows));
    }
}

#[test]
fn a_worker_that_counts_otherwise_is_found() {
    let rows = |file: &str| -> Vec<Seen> {
        let file = format!("sha1:{}", file.repeat(20));
        let seen = |n: i64| Seen {
            network: "ed2k",
            address: format!("198.51.100.{n}"),
            peer: "0a".repeat(16),
            file: file.clone(),
            minute: n,
        };
        (0..10).map(seen).collect()
    };
    // The same names of parts, and other rows in them.
    let (memory, other) = (parted(&rows("11"), 1), parted(&rows("22"), 1));
    let others = Others { tables: &other, n_made: AtomicUsize::new(0) };
    let error =
        with_others(&memory, &MemoryShelf::default(), 1_000, &[], &others).err().expect("it is found");
    assert!(error.to_string().contains("counts otherwise"), "{error}");
    assert!(error.to_string().contains("192.0.2.7:7301"), "{error}");
}

/// A shelf with room for so many bytes more.
struct Full<'s> {
    shelf: &'s MemoryShelf,
    left: AtomicUsize,
}

struct FullFile<'f> {
    file: Box<dyn Shelved + 'f>,
    left: &'f AtomicUsize,
}

impl Write for FullFile<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.left.load(Ordering::Relaxed);
        if left < bytes.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.left.store(left - bytes.len(), Ordering::Relaxed);
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Shelved for FullFile<'_> {
    fn end(self: Box<Self>) -> io::Result<Digest> {
        self.file.end()
    }
}

impl Shelf for Full<'_> {
    fn create(&self, name: &str) -> io::Result<Box<dyn Shelved + '_>> {
        Ok(Box::new(FullFile { file: self.shelf.create(name)?, left: &self.left }))
    }

    fn open(&self, name: &str, digest: Digest) -> io::Result<Box<dyn Read + Send + '_>> {
        self.shelf.open(name, digest)
    }

    fn keep_only(&self, names: &BTreeSet<String>) -> io::Result<()> {
        self.shelf.keep_only(names)
    }
}

#[test]
fn where_storage_fills_up_nothing_is_lost_and_the_analysis_goes_on_later() {
    let rows = regular(600);
    let first = Memory::default().file("first", &lines(rows[..300].iter()));
    let all = Memory::default()
        .file("first", &lines(rows[..300].iter()))
        .file("second", &lines(rows[300..].iter()));
    let shelf = MemoryShelf::default();
    let before = with_runs(&first, &shelf, 20, &[]);
    let expected = with_runs(&all, &MemoryShelf::default(), 20, &[]);
    // Of runs of twenty rows sixteen become one: storage fills up in a run, in a merge, or while what is there is said.
    let mut n_failed = 0;
    for left in (0..60_000).step_by(997) {
        let full = Full { shelf: &shelf, left: AtomicUsize::new(left) };
        let means = Means { jobs: 2, chunk_rows: 20, manifest: &before.shelf, ..Means::alone(&full) };
        match derive_from(&all, &Decisions::new(), &[], &means, &mut |_| ()) {
            Ok(derived) => assert_eq!(derived.findings, expected.findings),
            Err(error) => {
                n_failed += 1;
                assert!(error.to_string().contains("the runs of sightings"), "{error}");
            }
        }
        let later = with_runs(&all, &shelf, 20, &before.shelf);
        assert_eq!(later.findings, expected.findings, "{left} bytes left");
    }
    assert!((5..60).contains(&n_failed), "{n_failed}");
}
