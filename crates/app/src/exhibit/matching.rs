//! Holding exhibits against lists of known files: whole files, hashes that records state without the file, cancelled
//! downloads, and pictures and films that are similar. What is met becomes rows of `known_match`, which are received.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tutela_case::{Case, Provenance};
use tutela_matchers::index::{Hit, Lists};
use tutela_matchers::lists::{Hashes, Kind, hex, of_hex};
use tutela_matchers::near::Scratch;
use tutela_matchers::near::frames::{Frame, Settings};
use tutela_matchers::near::list::file::Head;
use tutela_matchers::near::list::{Asked, FilmHit, Hit as NearHit, Label, List, Search};
use tutela_matchers::pdq::{PdqHash, Profile, QUALITY};
use tutela_model::table::{Table, TableInfo, Tables as _};
use tutela_model::tables::{
    CancelledFile, File as FileRow, FileKind, FilmFrame, KnownMatch, ListTried, Media, SharedFile, Stated,
    Transfer,
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
    let tried = folder.path().join("tried.jsonl");
    let mut matching = Matching {
        run,
        case: &operation.case,
        lists: &lists,
        lines: Lines::after(&path, 0).doing(cannot)?,
        met: Met::new(),
        hits: BTreeMap::new(),
        failed: None,
    };
    let (exhibits, mut tries) = matching.files()?;
    matching.recorded(&exhibits)?;
    matching.cancelled(&exhibits)?;
    tries.extend(matching.similar(&near)?);
    matching.similar_films(&near, &mut tries)?;
    if let Some(error) = matching.failed.take() {
        return Err(error).doing(cannot);
    }
    matching.lines.sync().doing(cannot)?;
    write_tried(&tried, &tries, &matching.hits)
        .doing(|| phrase!("cannot.write", path = path_text(&tried)))?;
    let met = matching.met;
    let digests = lists
        .lists()
        .iter()
        .map(|list| list.digest().hex())
        .chain(near.iter().map(|(head, _)| head.sha256.clone()));
    let provenance = Provenance {
        parents: digests.collect(),
        method: "tutela exhibit match".to_owned(),
        tool: format!("tutela {}", env!("CARGO_PKG_VERSION")),
        ..Provenance::default()
    };
    let of_tables =
        [(path, KnownMatch::INFO.name, met.is_empty()), (tried, ListTried::INFO.name, tries.is_empty())];
    for (path, table, is_empty) in of_tables {
        if is_empty {
            continue;
        }
        let (files, source, provenance) = (vec![path], table_source(table), provenance.clone());
        receive(run, operation, Made { files, source, basis, provenance, ..Made::default() })?;
    }
    Ok(met)
}

/// A list that an exhibit was held against.
#[derive(Default)]
struct Tried {
    list: String,
    version: Option<String>,
    kinds: String,
    n_files: u64,
    n_looked_up: u64,
}

/// By exhibit and the list's digest.
type Tries = BTreeMap<(Text, String), Tried>;

/// How many matches an exhibit has with a list.
type Hits = BTreeMap<(String, String), u64>;

fn write_tried(path: &Path, tries: &Tries, hits: &Hits) -> io::Result<()> {
    let mut lines = Lines::after(path, 0)?;
    for ((exhibit, digest), tried) in tries {
        let n_hits = hits.get(&(exhibit.to_string(), digest.clone())).copied().unwrap_or_default();
        lines.row([
            ("exhibit", json!(exhibit.as_str())),
            ("list", json!(tried.list)),
            ("list_version", json!(tried.version)),
            ("list_digest", json!(digest)),
            ("kinds", json!(tried.kinds)),
            ("n_files", json!(tried.n_files)),
            ("n_looked_up", json!(tried.n_looked_up)),
            ("n_hits", json!(n_hits)),
        ])?;
    }
    lines.sync().map(drop)
}

/// A list of perceptual hashes, opened.
type Near = (Head, List);

struct Matching<'a> {
    run: &'a Run,
    case: &'a Case,
    lists: &'a Lists,
    lines: Lines,
    met: Met,
    hits: Hits,
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

    /// Files whose bytes are all there; gives which exhibit each received file is of, and how many files of each exhibit
    /// each list could be asked about.
    fn files(&mut self) -> anyhow::Result<(Exhibits, Tries)> {
        let received: BTreeSet<Digest> = self.case.receipts().iter().map(|receipt| receipt.sha256).collect();
        let mut exhibits = Exhibits::new();
        let mut counts: BTreeMap<Text, FilesOf> = BTreeMap::new();
        self.each::<FileRow>(&mut |matching, _, row| {
            if let (Some(exhibit), Some(sha256)) = (&row.exhibit, &row.sha256)
                && let Some(digest) = of_hex(sha256.as_bytes()).map(Digest)
                && received.contains(&digest)
            {
                exhibits.entry(digest).or_insert_with(|| exhibit.clone());
            }
            if matches!(row.kind, FileKind::Folder | FileKind::Link) {
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
            let is_whole = row.whole != Stated::No;
            if let Some(exhibit) = &row.exhibit {
                counts.entry(exhibit.clone()).or_default().add(&hashes, is_whole);
            }
            // Empty files are on many lists, and say nothing.
            if !is_whole || hashes.is_empty() || hashes.is_of_nothing() {
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
        Ok((exhibits, tries_of(self.lists, &counts)))
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

    /// Pictures whose hashes are near those of a list; gives how many pictures and films of each exhibit each list could be
    /// asked about.
    fn similar(&mut self, near: &[Near]) -> anyhow::Result<Tries> {
        if near.is_empty() {
            return Ok(Tries::new());
        }
        let mut asked: BTreeMap<Text, Option<Seen>> = BTreeMap::new();
        self.each::<Media>(&mut |_, _, row| {
            let seen = seen(&row);
            let known = asked.entry(row.sha256).or_default();
            *known = known.take().or(seen);
            Ok(())
        })?;
        let mut places: BTreeMap<Text, Vec<(Option<Text>, Text)>> = BTreeMap::new();
        let mut counts: BTreeMap<Text, (u64, u64)> = BTreeMap::new();
        self.each::<FileRow>(&mut |_, _, row| {
            // An exhibit without pictures was held against the list too.
            let of_exhibit = row.exhibit.as_ref().map(|exhibit| counts.entry(exhibit.clone()).or_default());
            let Some((sha256, seen)) = row.sha256.and_then(|sha256| asked.get_key_value(&sha256)) else {
                return Ok(());
            };
            if let Some((n_files, n_looked_up)) = of_exhibit {
                *n_files += 1;
                *n_looked_up += u64::from(seen.as_ref().is_some_and(Seen::is_sound));
            }
            if seen.is_some() {
                places.entry(sha256.clone()).or_default().push((row.exhibit, row.path));
            }
            Ok(())
        })?;
        let mut scratch = Scratch::default();
        for (sha256, seen) in &asked {
            self.run.go_on()?;
            let (Some(seen), Some(places)) = (seen, places.get(sha256)) else { continue };
            let asked = Asked::of_hash(seen.hash, seen.quality, seen.profile, true);
            for (head, list) in near {
                for hit in list.search(&mut scratch, &asked, Search::default()) {
                    let done = self.near_hit(sha256, places, head, &hit);
                    done.doing(|| phrase!("cannot.matches"))?;
                }
            }
        }
        let mut tries = Tries::new();
        for (head, _) in near {
            for (exhibit, (n_files, n_looked_up)) in &counts {
                let tried = Tried {
                    list: head.list.clone(),
                    version: head.version.clone(),
                    kinds: "pdq".to_owned(),
                    n_files: *n_files,
                    n_looked_up: *n_looked_up,
                };
                tries.insert((exhibit.clone(), head.sha256.clone()), tried);
            }
        }
        Ok(tries)
    }

    /// An entry that a picture is similar to, at each of the picture's places.
    fn near_hit(
        &mut self,
        sha256: &Text,
        places: &[(Option<Text>, Text)],
        head: &Head,
        hit: &NearHit<'_>,
    ) -> io::Result<()> {
        let of_picture = [
            ("met", json!("pdq")),
            ("distance", json!(hit.distance)),
            ("profile", json!(hit.profile())),
            ("withdrawn", json!(hit.withdrawn)),
        ];
        self.similar_rows(sha256, places, head, hit.label, &of_picture)
    }

    /// What is similar to an entry of a list, at each of its places. The hashes themselves stay in the tables of media and
    /// of frames: a list's are in no row.
    fn similar_rows(
        &mut self,
        sha256: &Text,
        places: &[(Option<Text>, Text)],
        head: &Head,
        label: &Label,
        how: &[(&'static str, Value)],
    ) -> io::Result<()> {
        for (exhibit, path) in places {
            *self.met.entry("similar").or_default() += 1;
            let place = [
                ("exhibit", json!(exhibit.as_deref())),
                ("path", json!(path.as_str())),
                ("sha256", json!(sha256.as_str())),
            ];
            self.count(&place, &head.sha256);
            let listed = [
                ("basis", json!("similar")),
                ("list", json!(head.list)),
                ("list_version", json!(head.version)),
                ("list_digest", json!(head.sha256)),
                ("scheme", json!(label.scheme)),
                ("category", json!(label.category)),
                ("series", json!(label.series)),
            ];
            self.lines.row(place.into_iter().chain(listed).chain(how.iter().cloned()))?;
        }
        Ok(())
    }

    /// Films whose frames are near those of a list's films, one by one and in their order; adds how many films of each
    /// exhibit each list could be asked about.
    fn similar_films(&mut self, near: &[Near], tries: &mut Tries) -> anyhow::Result<()> {
        let near: Vec<&Near> = near.iter().filter(|(head, _)| head.films > 0).collect();
        if near.is_empty() {
            return Ok(());
        }
        // By film and time: an exhibit that was processed again has each frame twice.
        let mut films: BTreeMap<Text, BTreeMap<u64, Frame>> = BTreeMap::new();
        self.each::<FilmFrame>(&mut |_, _, row| {
            let taken = row.pdq_profile.as_deref().and_then(Profile::from_word);
            if let (Some(at_ms), Ok(hash), Some(Profile::Full)) = (row.at_ms, PdqHash::parse(&row.pdq), taken)
            {
                let quality =
                    row.pdq_quality.and_then(|quality| u8::try_from(quality).ok()).unwrap_or_default();
                films.entry(row.sha256).or_default().insert(at_ms, Frame { index: 0, at_ms, hash, quality });
            }
            Ok(())
        })?;
        let mut places: BTreeMap<Text, Vec<(Option<Text>, Text)>> = BTreeMap::new();
        let mut counts: BTreeMap<Text, (u64, u64)> = BTreeMap::new();
        self.each::<FileRow>(&mut |_, _, row| {
            let of_exhibit = row.exhibit.as_ref().map(|exhibit| counts.entry(exhibit.clone()).or_default());
            let Some((sha256, film)) = row.sha256.and_then(|sha256| films.get_key_value(&sha256)) else {
                return Ok(());
            };
            if let Some((n_files, n_looked_up)) = of_exhibit {
                *n_files += 1;
                *n_looked_up += u64::from(film.values().any(|frame| frame.quality >= QUALITY));
            }
            places.entry(sha256.clone()).or_default().push((row.exhibit, row.path));
            Ok(())
        })?;
        let mut scratch = Scratch::default();
        for (sha256, places) in &places {
            self.run.go_on()?;
            let frames: Vec<Frame> = films[sha256].values().copied().collect();
            for (head, list) in &near {
                for hit in list.search_films(&mut scratch, &frames, Settings::default()) {
                    let done = self.film_hit(sha256, places, head, &hit);
                    done.doing(|| phrase!("cannot.matches"))?;
                }
            }
        }
        for (head, list) in near {
            for (exhibit, (n_files, n_looked_up)) in &counts {
                let Some(tried) = tries.get_mut(&(exhibit.clone(), head.sha256.clone())) else { continue };
                if list.is_empty() {
                    // Of films alone: no picture could be asked about.
                    (tried.kinds, tried.n_files, tried.n_looked_up) = (String::new(), 0, 0);
                }
                tried.kinds = format!("{} pdq_frames", tried.kinds).trim_start().to_owned();
                tried.n_files += n_files;
                tried.n_looked_up += n_looked_up;
            }
        }
        Ok(())
    }

    /// A listed film that a film is similar to, at each of the film's places.
    fn film_hit(
        &mut self,
        sha256: &Text,
        places: &[(Option<Text>, Text)],
        head: &Head,
        hit: &FilmHit<'_>,
    ) -> io::Result<()> {
        let run = hit.alike.run;
        let of_film = [
            ("met", json!("pdq_frames")),
            ("distance", json!(run.map(|run| run.furthest))),
            ("profile", json!(hit.profile(Profile::Full))),
            ("withdrawn", json!(false)),
            ("listed_film", json!(hit.film)),
            ("near_thousandths", json!(hit.alike.asked_share())),
            ("listed_near_thousandths", json!(hit.alike.listed_share())),
            ("run_frames", json!(run.map(|run| run.frames))),
            ("run_from_ms", json!(run.map(|run| run.asked_from_ms))),
            ("run_ms", json!(run.map(|run| run.asked_to_ms - run.asked_from_ms))),
        ];
        self.similar_rows(sha256, places, head, hit.label, &of_film)
    }

    /// Counts a match for the exhibit that its place names.
    fn count(&mut self, place: &[(&'static str, Value)], digest: &str) {
        let exhibit = place.iter().find(|(name, _)| *name == "exhibit").and_then(|(_, value)| value.as_str());
        if let Some(exhibit) = exhibit {
            *self.hits.entry((exhibit.to_owned(), digest.to_owned())).or_default() += 1;
        }
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
        self.count(place, &hit.list.digest().hex());
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

/// The perceptual hash of a picture.
struct Seen {
    hash: PdqHash,
    quality: Option<u8>,
    profile: Profile,
}

impl Seen {
    /// Whether it says something: one of a low quality is asked for nowhere.
    fn is_sound(&self) -> bool {
        self.quality.is_none_or(|quality| quality >= QUALITY)
    }
}

fn seen(row: &Media) -> Option<Seen> {
    Some(Seen {
        hash: PdqHash::parse(row.pdq.as_deref()?).ok()?,
        quality: row.pdq_quality.and_then(|quality| u8::try_from(quality).ok()),
        profile: row.pdq_profile.as_deref().and_then(Profile::from_word)?,
    })
}

/// Files of an exhibit, by the kinds of hashes that they have.
#[derive(Default)]
struct FilesOf {
    n: u64,
    /// Of whole files, one bit for each kind in the order of [`Kind::ALL`].
    by_kinds: [u64; 16],
}

impl FilesOf {
    fn add(&mut self, hashes: &Hashes, is_whole: bool) {
        self.n += 1;
        let kinds = bits(|kind| is_whole && hashes.get(kind).is_some());
        self.by_kinds[kinds] += 1;
    }

    /// Those that have a hash of one of these kinds.
    fn with(&self, kinds: usize) -> u64 {
        self.by_kinds.iter().enumerate().filter(|(has, _)| has & kinds != 0).map(|(_, n)| n).sum()
    }
}

fn bits(has: impl Fn(Kind) -> bool) -> usize {
    Kind::ALL.into_iter().enumerate().map(|(idx, kind)| usize::from(has(kind)) << idx).sum()
}

/// That each exhibit was held against each list. A list of blocks alone has no hash of a whole file, and is tried on none.
fn tries_of(lists: &Lists, files: &BTreeMap<Text, FilesOf>) -> Tries {
    let mut tries = Tries::new();
    for list in lists.lists() {
        let kinds = bits(|kind| list.hashes(kind) > 0);
        if kinds == 0 {
            continue;
        }
        let words: Vec<&str> =
            Kind::ALL.into_iter().filter(|kind| list.hashes(*kind) > 0).map(Kind::word).collect();
        for (exhibit, files) in files {
            let manifest = list.manifest();
            let tried = Tried {
                list: manifest.name.clone(),
                version: Some(manifest.version.clone()),
                kinds: words.join(" "),
                n_files: files.n,
                n_looked_up: files.with(kinds),
            };
            tries.insert((exhibit.clone(), list.digest().hex()), tried);
        }
    }
    tries
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
