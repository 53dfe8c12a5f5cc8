//! What children tell of an exhibit, as table rows in files that a stopped run goes on with.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutela_evidence::entry::{Entry, Part, Run as Stretch, Stamp, Unread, Why};
use tutela_evidence::frame::Progress;
use tutela_evidence::parent::{Receive, Received};
use tutela_matchers::pdq::Profile;

use crate::exhibit::lines::{Lines, time};
use crate::exhibit::{film, values};
use crate::run::{Run, write_whole};

/// The tables that an exhibit's rows are of, each in its file.
pub const TABLES: [&str; 4] = ["file", "media", "unread", "film_frame"];

/// Files that programs left, by number of their entry, in the order in which they were found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Artefact {
    /// Where its bytes were put.
    pub at: PathBuf,
    /// The reader that knows it.
    pub reader: String,
    /// Its path on the exhibit.
    pub path: String,
    /// Whether it is there, or what is left of it: files of one folder that belong together are all of one state.
    state: String,
}

impl Artefact {
    /// Where a file of that name would lie beside it.
    fn beside(&self, name: &str) -> String {
        let folder = self.path.len() - self.path.rsplit('/').next().map_or(0, str::len);
        format!("{}{name}", &self.path[..folder])
    }
}

/// A file that a program left, with those that belong to it.
pub struct Whole {
    /// The file.
    pub artefact: Artefact,
    /// What it is read with: the write-ahead log of a database.
    pub beside: Vec<Artefact>,
}

/// How far the rows are on the disk.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    /// What is read and how: another state is not gone on with.
    of: String,
    /// The first entry that has no rows yet.
    next: u64,
    /// The lengths of the files of rows, in the order of [`TABLES`].
    lens: [u64; 4],
    artefacts: Vec<Artefact>,
    /// Files that may belong to one of these.
    #[serde(default)]
    beside: Vec<Artefact>,
    films: Films,
    n_without_zone: u64,
}

/// What came of films.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Films {
    /// The SHA-256 of each that was read.
    pub read: BTreeSet<String>,
    /// How many frames they have in all.
    pub frames: u64,
    /// How many were not read to their end.
    pub unread: u64,
    /// Bytes of films that were handed on.
    pub bytes: u64,
    /// What the children that read them lacked of what keeps them in.
    pub lacking: BTreeSet<String>,
}

/// The rows of an exhibit on their way to be received.
pub struct Found<'a> {
    run: &'a Run,
    folder: PathBuf,
    exhibit: &'a str,
    has_zone: bool,
    lines: [Lines; 4],
    state: State,
    /// Lines of what could not be read: a child that is started again says it again.
    told: BTreeSet<Vec<u8>>,
    /// Bytes that are handed on, by the entry that comes later.
    handed: BTreeMap<u64, File>,
    kept: Instant,
    /// The error of the disk that broke the reading off.
    pub failed: Option<io::Error>,
    /// Bytes read so far.
    pub progress: &'a mut dyn FnMut(&Progress),
    /// How many bytes of films were handed on so far.
    pub film_bytes: &'a Cell<u64>,
}

/// How often rows are put on the disk.
const KEEP_EVERY: Duration = Duration::from_secs(5);

impl<'a> Found<'a> {
    /// Goes on with the rows in a folder, where they are of the same exhibit read in the same way; begins anew otherwise.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn open(
        run: &'a Run,
        folder: &Path,
        exhibit: &'a str,
        of: &str,
        has_zone: bool,
        progress: &'a mut dyn FnMut(&Progress),
        film_bytes: &'a Cell<u64>,
    ) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        // What a run left that was ended without warning.
        for left in fs::read_dir(folder)? {
            let left = left?.path();
            if left.extension().is_some_and(|ending| ending == PART) {
                fs::remove_file(left)?;
            }
        }
        let kept: Option<State> =
            fs::read(folder.join(STATE)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let state = kept
            .filter(|state| state.of == of)
            .unwrap_or_else(|| State { of: of.to_owned(), ..State::default() });
        film_bytes.set(state.films.bytes);
        let [file, media, unread, film_frame] = TABLES.map(|table| folder.join(format!("{table}.jsonl")));
        let [n_file, n_media, n_unread, n_film_frame] = state.lens;
        let lines = [
            Lines::after(&file, n_file)?,
            Lines::after(&media, n_media)?,
            Lines::after(&unread, n_unread)?,
            Lines::after(&film_frame, n_film_frame)?,
        ];
        let told = BufReader::new(File::open(&unread)?).split(b'\n').collect::<io::Result<_>>()?;
        Ok(Self {
            run,
            folder: folder.to_owned(),
            exhibit,
            has_zone,
            lines,
            state,
            told,
            handed: BTreeMap::new(),
            kept: Instant::now(),
            failed: None,
            progress,
            film_bytes,
        })
    }

    /// The first entry that has no rows yet.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.state.next
    }

    /// Puts the rows on the disk, and how far they go.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn keep(&mut self) -> io::Result<()> {
        for (len, lines) in self.state.lens.iter_mut().zip(&mut self.lines) {
            *len = lines.sync()?;
        }
        self.kept = Instant::now();
        let bytes = serde_json::to_vec(&self.state)?;
        write_whole(&self.folder.join(STATE), |out| Ok(out.write_all(&bytes)?)).map_err(io::Error::other)
    }

    /// Ends the rows: their files, and what programs left.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn finish(mut self) -> io::Result<Complete> {
        self.keep()?;
        let tables = TABLES.map(|table| (table, self.folder.join(format!("{table}.jsonl"))));
        let State { artefacts, beside, films, n_without_zone, .. } = std::mem::take(&mut self.state);
        Ok(Complete { tables, artefacts: together(&artefacts, &beside), films, n_without_zone })
    }

    fn take(&mut self, received: Received) -> io::Result<()> {
        let Received { number, entry, values } = received;
        let values: BTreeMap<&str, &[u8]> =
            values.iter().map(|value| (value.name.as_str(), &value.bytes[..])).collect();
        if let Some(file) = self.handed.remove(&number) {
            if values.contains_key(values::FILM) {
                drop(file);
                let done = self.film(number, &entry, &values);
                fs::remove_file(self.handed_path(number))?;
                // A film in which the officer stopped comes again.
                if !done? {
                    return Ok(());
                }
            } else {
                file.sync_data()?;
                self.put(number, &entry, &values)?;
            }
        }
        self.file(&entry, &values)?;
        self.media(&values)?;
        self.state.next = number + 1;
        if self.kept.elapsed() >= KEEP_EVERY { self.keep() } else { Ok(()) }
    }

    /// Puts a file whose bytes were handed on where it is received from; one that was not read to its end is let go of.
    fn put(&mut self, number: u64, entry: &Entry, values: &BTreeMap<&str, &[u8]>) -> io::Result<()> {
        let reader = values.get(values::READER).map(|name| String::from_utf8_lossy(name).into_owned());
        let is_wanted = reader.is_some() || values.contains_key(values::BESIDE);
        let from = self.handed_path(number);
        if !is_wanted || !values.contains_key(values::SHA256) {
            return fs::remove_file(&from);
        }
        // Its name is one that any file system takes: the path on the exhibit stands beside it.
        let folder = self.folder.join(format!("{number}"));
        fs::create_dir_all(&folder)?;
        let at = folder.join(plain_name(&entry.path));
        fs::rename(&from, &at)?;
        let into = if reader.is_some() { &mut self.state.artefacts } else { &mut self.state.beside };
        let (path, state) = (entry.path.clone(), entry.state.word().to_owned());
        into.push(Artefact { at, reader: reader.unwrap_or_default(), path, state });
        Ok(())
    }

    /// Reads a film by its frames, once whatever the number of its copies; whether it was not stopped.
    fn film(&mut self, number: u64, entry: &Entry, values: &BTreeMap<&str, &[u8]>) -> io::Result<bool> {
        let at = self.handed_path(number);
        // One that was not read to its end has no digest to be known by; that it was not, its row says.
        let Some(sha256) = values.get(values::SHA256).map(|hash| hex(hash)) else { return Ok(true) };
        self.state.films.bytes += at.metadata()?.len();
        self.film_bytes.set(self.state.films.bytes);
        if self.state.films.read.contains(&sha256) {
            return Ok(true);
        }
        let film = film::read(self.run, &at)?;
        if self.run.is_stopped() {
            return Ok(false);
        }
        for (at_ms, quality, hash) in &film.frames {
            self.lines[3].row([
                ("sha256", json!(sha256)),
                ("at_ms", json!(at_ms)),
                ("pdq", json!(pdq_text(hash))),
                ("pdq_profile", json!(Profile::Full.word())),
                ("pdq_quality", json!(quality)),
            ])?;
        }
        let films = &mut self.state.films;
        films.read.insert(sha256);
        films.frames += film.frames.len() as u64;
        films.unread += u64::from(film.unread.is_some());
        films.lacking.extend(film.lacking);
        match film.unread {
            Some(unread) => self.say_unread(&Unread { place: entry.path.clone(), ..unread }).map(|()| true),
            None => Ok(true),
        }
    }

    fn file(&mut self, entry: &Entry, values: &BTreeMap<&str, &[u8]>) -> io::Result<()> {
        let hash = |name: &str| values.get(name).map_or(Value::Null, |hash| json!(hex(hash)));
        let has_bytes = matches!(entry.kind.word(), "file" | "stream" | "member");
        let whole = match (has_bytes, values.contains_key(values::SHA256)) {
            (false, _) => Value::Null,
            (true, true) => json!("yes"),
            (true, false) => json!("no"),
        };
        let times = entry.times;
        let [created, modified, accessed, changed] =
            [times.created, times.modified, times.accessed, times.changed].map(|stamp| self.time(stamp));
        self.lines[0].row([
            ("exhibit", json!(self.exhibit)),
            ("path", json!(entry.path)),
            ("size", json!(entry.size)),
            ("modified", modified),
            ("md5", hash(values::MD5)),
            ("sha1", hash(values::SHA1)),
            ("sha256", hash(values::SHA256)),
            ("ed2k", hash(values::ED2K)),
            ("kind", json!(entry.kind.word())),
            ("state", json!(entry.state.word())),
            ("created", created),
            ("accessed", accessed),
            ("changed", changed),
            ("whole", whole),
            ("bytes_at", stretches(&entry.runs)),
        ])
    }

    /// A time of a clock on a wall is left out when nobody said where the wall was.
    fn time(&mut self, stamp: Option<Stamp>) -> Value {
        if stamp.is_some_and(|stamp| stamp.local) && !self.has_zone {
            self.state.n_without_zone += 1;
            return Value::Null;
        }
        time(stamp)
    }

    fn media(&mut self, values: &BTreeMap<&str, &[u8]>) -> io::Result<()> {
        let Some(sha256) = values.get(values::SHA256).map(|hash| hex(hash)) else { return Ok(()) };
        let text =
            |name: &str| values.get(name).map_or(Value::Null, |text| json!(String::from_utf8_lossy(text)));
        // A picture's own clock has no zone, so that its time is one of the wall unless it says more.
        let taken = values.get(values::TAKEN).map(|said| String::from_utf8_lossy(said).replacen(':', "-", 2));
        let taken = taken.filter(|taken| self.has_zone || taken.contains('+') || taken.ends_with('Z'));
        let hashes: Vec<&[u8]> = values::PDQ.iter().filter_map(|name| values.get(name).copied()).collect();
        let profiles = ["ref512", "full"].into_iter().zip(hashes.iter().copied());
        // Both profiles are the same where the picture is small.
        let mut profiles: Vec<(&str, &[u8])> = profiles.collect();
        profiles.dedup_by_key(|(_, hash)| *hash);
        let stated = [values::CAMERA, values::CAMERA_SERIAL, values::TAKEN, values::POSITION];
        if profiles.is_empty() && stated.iter().any(|name| values.contains_key(name)) {
            profiles.push(("", &[]));
        }
        for (profile, value) in profiles {
            let (quality, hash) = value.split_first().unzip();
            self.lines[1].row([
                ("sha256", json!(sha256)),
                ("pdq", hash.map_or(Value::Null, |hash| json!(pdq_text(hash)))),
                ("camera", text(values::CAMERA)),
                ("camera_serial", text(values::CAMERA_SERIAL)),
                ("taken", json!(taken)),
                ("position", text(values::POSITION)),
                ("pdq_profile", json!(Some(profile).filter(|profile| !profile.is_empty()))),
                ("pdq_quality", json!(quality)),
                ("normalised", text(values::NORMALISED)),
            ])?;
        }
        Ok(())
    }

    fn say_unread(&mut self, unread: &Unread) -> io::Result<()> {
        let cells = [
            ("exhibit", json!(self.exhibit)),
            ("at", json!(unread.place)),
            ("why", json!(why(unread.why))),
            ("expected", json!(unread.expected)),
            ("found", json!(unread.found)),
        ];
        let line = serde_json::to_vec(&serde_json::Map::from_iter(
            cells.iter().map(|(name, value)| ((*name).to_owned(), value.clone())),
        ))?;
        if self.told.insert(line) { self.lines[2].row(cells) } else { Ok(()) }
    }

    fn handed_path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number}.{PART}"))
    }

    fn flow(&mut self, done: io::Result<()>) -> ControlFlow<()> {
        match done {
            Ok(()) => self.run.flow(),
            Err(error) => {
                self.failed = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}

/// What came of an exhibit.
pub struct Complete {
    /// The rows of each table.
    pub tables: [(&'static str, PathBuf); 4],
    /// The files that programs left.
    pub artefacts: Vec<Whole>,
    /// What came of films.
    pub films: Films,
    /// How many times were left out because they have no zone and none was declared.
    pub n_without_zone: u64,
}

/// Each file with those of its folder that belong to it. What belongs to none is let go of.
fn together(artefacts: &[Artefact], others: &[Artefact]) -> Vec<Whole> {
    let mut by_path: BTreeMap<(&str, &str), &Artefact> = BTreeMap::new();
    for file in artefacts.iter().chain(others) {
        by_path.entry((&file.path, &file.state)).or_insert(file);
    }
    let whole = |artefact: &Artefact| {
        let name = artefact.path.rsplit('/').next().unwrap_or_default();
        let names = tutela_sources::beside(name).into_iter().map(|name| artefact.beside(&name));
        let beside = names.filter_map(|path| by_path.get(&(&*path, &*artefact.state)).copied().cloned());
        Whole { artefact: artefact.clone(), beside: beside.collect() }
    };
    artefacts.iter().map(whole).collect()
}

const STATE: &str = "state.json";

/// The ending of names of files that are on their way here.
const PART: &str = "part";

impl Drop for Found<'_> {
    /// What was on its way when a run ended is not kept: it comes again.
    fn drop(&mut self) {
        for number in self.handed.keys() {
            // The next run removes what is left.
            let _ = fs::remove_file(self.handed_path(*number));
        }
    }
}

impl Receive for Found<'_> {
    fn entry(&mut self, received: Received) -> ControlFlow<()> {
        let done = self.take(received);
        self.flow(done)
    }

    /// Volumes stand in the paths of their entries, and what could not be opened comes as unread.
    fn part(&mut self, _: Part) -> ControlFlow<()> {
        self.run.flow()
    }

    fn bytes(&mut self, number: u64, bytes: &[u8]) -> ControlFlow<()> {
        let path = self.handed_path(number);
        let file = match self.handed.remove(&number) {
            Some(file) => Ok(file),
            None => File::create(&path),
        };
        let done = file.and_then(|mut file| {
            file.write_all(bytes)?;
            self.handed.insert(number, file);
            Ok(())
        });
        self.flow(done)
    }

    fn dropped(&mut self, number: u64) {
        self.handed.remove(&number);
        // What cannot be removed is written anew when the bytes come again.
        let _ = fs::remove_file(self.handed_path(number));
    }

    fn unread(&mut self, unread: Unread) -> ControlFlow<()> {
        let done = self.say_unread(&unread);
        self.flow(done)
    }

    fn progress(&mut self, progress: &Progress) -> ControlFlow<()> {
        (self.progress)(progress);
        self.run.flow()
    }
}

/// The word of the table for why something was not read.
fn why(why: Why) -> &'static str {
    match why {
        Why::Damaged => "damaged",
        Why::Truncated => "truncated",
        Why::Limit => "limit",
        Why::Encrypted => "encrypted",
        Why::Unsupported => "unsupported",
        Why::Disagreement => "disagreement",
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text form of a perceptual hash: its last number first.
fn pdq_text(limbs: &[u8]) -> String {
    limbs.iter().rev().map(|byte| format!("{byte:02x}")).collect()
}

/// The first runs of a file, as the table writes them.
fn stretches(runs: &[Stretch]) -> Value {
    const MOST: usize = 16;
    let mut texts: Vec<String> = runs
        .iter()
        .take(MOST)
        .map(|run| match run.offset {
            Some(offset) => format!("{offset}+{}", run.length),
            None => format!("hole+{}", run.length),
        })
        .collect();
    if runs.len() > MOST {
        texts.push("…".to_owned());
    }
    if texts.is_empty() { Value::Null } else { json!(texts.join(" ")) }
}

/// Bytes of a file's name at most.
const LONGEST_NAME: usize = 240;

/// A file's name without folders, with nothing in it that a file system or a terminal would obey.
fn plain_name(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name: String =
        name.chars().map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c }).collect();
    // File systems take 255 bytes. Of a longer name the end is kept: it says what the file is.
    let mut from = name.len().saturating_sub(LONGEST_NAME);
    while !name.is_char_boundary(from) {
        from += 1;
    }
    match name[from..].trim_end_matches(['.', ' ']) {
        "" => "file".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_an_exhibit_becomes_one_that_any_file_system_takes() {
        assert_eq!(plain_name("volume-1/a/known.met"), "known.met");
        assert_eq!(plain_name("a/x\u{1b}[2J:y"), "x_[2J_y");
        assert_eq!(plain_name("a/.."), "file");
        assert_eq!(plain_name("a/.hidden"), ".hidden");
        let long = plain_name(&format!("a/{}.torrent", "è".repeat(300)));
        assert!(long.len() <= LONGEST_NAME && long.ends_with("è.torrent"));
        let info_hash = format!("{}.fastresume", "0f".repeat(32));
        assert_eq!(plain_name(&format!("BT_backup/{info_hash}")), info_hash);
    }

    #[test]
    fn a_log_is_that_of_the_database_of_its_folder_and_state() {
        let file = |path: &str, state: &str| Artefact {
            at: PathBuf::from(path),
            reader: "x".to_owned(),
            path: path.to_owned(),
            state: state.to_owned(),
        };
        let artefacts = [file("a/x.db", "allocated"), file("b/x.db", "allocated"), file("x.db", "deleted")];
        let others = [
            file("a/x.db-wal", "allocated"),
            file("b/x.db-wal", "deleted"),
            file("x.db-wal", "deleted"),
            file("y.db-wal", "allocated"),
        ];
        let beside = |whole: Whole| whole.beside.into_iter().map(|file| file.path).collect::<Vec<_>>();
        let found: Vec<Vec<String>> = together(&artefacts, &others).into_iter().map(beside).collect();
        assert_eq!(found, [vec!["a/x.db-wal".to_owned()], vec![], vec!["x.db-wal".to_owned()]]);
    }

    #[test]
    fn runs_are_written_as_bytes_of_the_image() {
        let run = |offset, length| Stretch { offset, length };
        assert_eq!(stretches(&[run(Some(4096), 512), run(None, 4096)]), "4096+512 hole+4096");
        assert_eq!(stretches(&[]), Value::Null);
        assert!(stretches(&[run(Some(0), 1); 20]).as_str().expect("a text").ends_with(" …"));
    }
}
