//! A ZIP of a delivery: every member is listed and hashed, and those that a reader of this crate knows are read.
//! Nothing is unpacked to a disk, and no picture, film or document is ever decoded.

mod alone;
mod member;

use std::collections::BTreeMap;
use std::io::{self, Read};

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::table::Row;
use tutela_model::tables::{File, FileKind, FileState, Problem, ProblemKind, Stated};
use tutela_model::{Spot, Text};
use zip::read::{ZipFile, ZipFileEntry};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use self::alone::Listed;
pub(crate) use self::alone::{Shared, View};
pub(crate) use self::member::{At, at as member_at};
use crate::cybertip::report_number;

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "zip_container",
    version: 3,
    about: "a ZIP of a delivery: members are listed and hashed, and those of a known source are read",
    tables: &["file", "problem"],
    recognise,
    read,
};

/// How much of a container is unpacked: what an honest delivery needs, and no more.
struct Limits {
    /// Members of one container.
    members: usize,
    /// Bytes that all members may have together when unpacked.
    total: u64,
    /// Unpacked bytes from which a member's packing is looked at.
    ratio_from: u64,
    /// How many times its packed size a member may unpack to. Deflate reaches 1032 : 1, on a run of one byte only.
    ratio: u64,
    /// A member that is read as a source is held in memory; a larger one is for importing by itself.
    read: u64,
}

const LIMITS: Limits =
    Limits { members: 1_000_000, total: 50 << 30, ratio_from: 64 << 20, ratio: 200, read: 256 << 20 };

/// Bytes of a member that readers judge it by, as for a file of its own.
const HEAD_LEN: u64 = 64 << 10;

/// The marks that a ZIP begins with: a member, or the end of one that has none (APPNOTE.TXT 4.3.7 and 4.3.16).
const MARKS: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

fn is_zip(head: &[u8]) -> bool {
    MARKS.iter().any(|mark| head.starts_with(mark))
}

fn recognise(sample: &Sample<'_>) -> Fit {
    let is_zip = is_zip(sample.head);
    // Spreadsheets and other documents are ZIPs too. Their first member says so: OPC's list of parts (ECMA-376 part 2)
    // or OpenDocument's type, right behind the first header's 30 bytes.
    let first_name = sample.head.get(30..).unwrap_or_default();
    let document =
        [&b"[Content_Types].xml"[..], b"_rels/", b"mimetype"].iter().any(|name| first_name.starts_with(name));
    match sample.name.to_ascii_lowercase().ends_with(".zip") {
        true if is_zip => Fit::Sure,
        false if is_zip && !document => Fit::Possible,
        _ => Fit::No,
    }
}

fn read(input: Input, declared: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    read_within(&LIMITS, input, declared, sink)
}

fn read_within(
    limits: &Limits,
    input: Input,
    declared: &Declared,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let len = input.len;
    let shared = Shared::new(input.bytes)?;
    let archive = match ZipArchive::new(shared.part(0, len)) {
        Ok(archive) => archive,
        Err(ZipError::Io(error)) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error.into()),
        Err(error) => {
            let expected = "the list of members at the end of the ZIP";
            let problem = whole(ProblemKind::Truncated, len, expected, &error.to_string());
            sink.record();
            let mend =
                "ask the sender for the whole file, or repair it with a ZIP program and import the result";
            return sink.problem(problem.mend(mend));
        }
    };
    if let Some(problem) = flaw_of_list(&archive, limits) {
        sink.record();
        sink.problem(problem)?;
    }
    let exhibit = report_number(&input.name).map(Text::from);
    let mut container = Container { limits, exhibit, declared, sink, n_unpacked: 0, n_packed: 0 };
    if archive.has_duplicate_names() {
        container.each_alone(&shared, &archive, len)?;
    } else {
        container.each(archive, len)?;
    }
    container.sink.progress(len);
    Ok(())
}

fn whole(kind: ProblemKind, byte: u64, expected: &str, found: &str) -> Problem {
    Problem::new(kind, Spot::Byte { byte, len: 1 }, "", expected, found)
}

/// What is wrong with the list of members, though it can be read.
fn flaw_of_list(archive: &ZipArchive<View>, limits: &Limits) -> Option<Problem> {
    let byte = archive.central_directory_start();
    (archive.len() > limits.members).then(|| {
        let expected = format!("at most {} members; the rest is not listed", limits.members);
        whole(ProblemKind::TooLarge, byte, &expected, &archive.len().to_string()).mend(UNPACK)
    })
}

/// A member's path as the container wrote it.
fn path_of(entry: &ZipFileEntry<'_>) -> String {
    match entry.name() {
        Ok(name) => name.into_owned(),
        Err(_) => String::from_utf8_lossy(entry.name_raw()).into_owned(),
    }
}

fn name_of(member: &Listed) -> String {
    String::from_utf8_lossy(member.name()).into_owned()
}

/// A path for a table. A control character would break a line of a list, so its code is shown.
fn shown(path: &str) -> String {
    let shown = |c: char| if c.is_control() { c.escape_default().collect() } else { String::from(c) };
    path.chars().map(shown).collect()
}

/// Why a path could leave the folder that a careless program unpacks it to.
fn escapes(path: &str) -> Option<&'static str> {
    let mut parts = path.split(['/', '\\']);
    if path.starts_with(['/', '\\']) {
        Some("it begins at the root")
    } else if parts.any(|part| part == "..") {
        Some("it climbs out of its folder")
    } else if path.as_bytes().get(1) == Some(&b':') {
        Some("it names a drive")
    } else if path.chars().any(char::is_control) {
        Some("it holds control characters")
    } else {
        None
    }
}

struct Container<'a> {
    limits: &'a Limits,
    /// The report's number, where the container's name has it.
    exhibit: Option<Text>,
    declared: &'a Declared,
    sink: &'a mut dyn Sink,
    /// Bytes of members that are behind the reader, unpacked and packed.
    n_unpacked: u64,
    n_packed: u64,
}

impl Container<'_> {
    /// Takes the members by name, so that the order in which somebody packed them decides nothing.
    fn each(&mut self, mut archive: ZipArchive<View>, len: u64) -> Result<(), Refusal> {
        self.sink.note("members", &archive.len().to_string());
        let mut members: Vec<(String, usize)> = Vec::new();
        for idx in 0..archive.len().min(self.limits.members) {
            let entry = archive.by_index_data(idx);
            members.push((entry.map_or_else(|_| String::new(), |entry| path_of(&entry)), idx));
        }
        members.sort();
        for (path, idx) in members {
            self.member(&mut archive, idx, &path, None)?;
            self.sink.progress(self.n_packed.min(len));
        }
        Ok(())
    }

    /// As [`Container::each`], for a container in which members share a name: the place of each of those names its
    /// entry's byte too.
    fn each_alone(&mut self, shared: &Shared, archive: &ZipArchive<View>, len: u64) -> Result<(), Refusal> {
        let list_start = archive.central_directory_start();
        let mut members = alone::listed(shared, list_start, self.limits.members)?;
        self.sink.note("members", &members.len().to_string());
        members.sort_by(|a, b| a.name().cmp(b.name()).then(a.byte.cmp(&b.byte)));
        let mut n_of: BTreeMap<&[u8], usize> = BTreeMap::new();
        members.iter().for_each(|member| *n_of.entry(member.name()).or_default() += 1);
        for member in &members {
            let byte = (n_of[member.name()] > 1).then_some(member.byte);
            match ZipArchive::new(member.alone(shared, archive.offset(), list_start)) {
                Ok(mut archive) if archive.len() == 1 => {
                    let path =
                        archive.by_index_data(0).map_or_else(|_| name_of(member), |entry| path_of(&entry));
                    self.member(&mut archive, 0, &path, byte)?;
                }
                opened => {
                    let found = opened.map_or_else(|error| error.to_string(), |_| "none".to_owned());
                    self.sink.record();
                    let expected = "an entry in the list of members";
                    let problem = whole(ProblemKind::Malformed, member.byte, expected, &found);
                    self.sink.problem(problem.mend(UNPACK))?;
                }
            }
            self.sink.progress(self.n_packed.min(len));
        }
        Ok(())
    }

    /// Lists a member, and reads it when a reader knows it. `byte` is where the entry of a member stands that shares
    /// its name with another.
    fn member(
        &mut self,
        archive: &mut ZipArchive<View>,
        idx: usize,
        raw_path: &str,
        byte: Option<u64>,
    ) -> Result<(), Refusal> {
        let path = shown(raw_path);
        let place_path = byte.map_or_else(|| path.clone(), |byte| format!("{path}#byte={byte}"));
        let place = Spot::Inside { path: place_path.as_str().into(), spot: None };
        self.sink.record();
        if raw_path.ends_with('/') {
            self.sink.skip(&place, "a folder");
            return Ok(());
        }
        let mut problems: Vec<Flaw> = Vec::new();
        if let Some(why) = escapes(raw_path) {
            problems.push((
                ProblemKind::Refused,
                "a path inside the ZIP".into(),
                format!("{why}: {path}"),
                NOT_READ,
            ));
        }
        let mut opened = Opened::default();
        match self.open(archive, idx, &path, problems.is_empty(), &mut opened) {
            Ok(()) => {}
            Err(Unread::Refusal(refusal)) => return Err(refusal),
            Err(Unread::Flaw(flaw)) => problems.push(flaw),
        }
        problems.append(&mut opened.flaws);
        if byte.is_some() {
            let expected = "one member of each name; programs differ on which of several they unpack";
            problems.push((ProblemKind::Contradiction, expected.into(), path.clone(), COMPARE));
        }
        let digests = opened.digests.as_ref();
        let row = File {
            exhibit: self.exhibit.clone(),
            path: path.as_str().into(),
            size: opened.size,
            // A ZIP's clock has no zone, and a zone is never guessed.
            modified: None,
            md5: digests.map(|digests| digests.md5.clone()),
            sha1: digests.map(|digests| digests.sha1.clone()),
            sha256: digests.map(|digests| digests.sha256.clone()),
            ed2k: None,
            kind: FileKind::Member,
            state: FileState::Unknown,
            created: None,
            accessed: None,
            changed: None,
            whole: if digests.is_some() { Stated::Yes } else { Stated::No },
            bytes_at: None,
            place: place.clone(),
        };
        self.sink.row(row.into())?;
        for (kind, expected, found, mend) in problems {
            self.sink.problem(Problem::new(kind, place.clone(), "", &expected, &found).mend(mend))?;
        }
        match opened.source {
            Some((reader, bytes)) => {
                let beside = self.beside(archive, &path)?;
                self.read(reader, &path, &place_path, bytes, beside)
            }
            None => Ok(()),
        }
    }

    /// The members of the same folder that belong to a member, as their paths and bytes. One that cannot be unpacked is
    /// told where it is listed.
    fn beside(
        &mut self,
        archive: &mut ZipArchive<View>,
        path: &str,
    ) -> Result<Vec<(String, Vec<u8>)>, Refusal> {
        let name = file_name(path);
        let folder = &path[..path.len() - name.len()];
        let mut found = Vec::new();
        for name in crate::beside(name) {
            let path = format!("{folder}{name}");
            let Some(idx) = archive.index_for_name(&path) else { continue };
            let sound = archive
                .by_index_data(idx)
                .is_ok_and(|entry| !entry.encrypted() && entry.size() <= self.limits.read);
            if !sound || self.n_unpacked > self.limits.total {
                continue;
            }
            let Ok(member) = archive.by_index(idx) else { continue };
            let mut bytes = Vec::new();
            let unpacked = member.take(self.limits.read + 1).read_to_end(&mut bytes);
            self.n_unpacked += bytes.len() as u64;
            if unpacked.is_ok() && bytes.len() as u64 <= self.limits.read {
                found.push((path, bytes));
            }
        }
        Ok(found)
    }

    /// Unpacks a member into its digests, and into memory when a reader knows it and its path is sound.
    fn open(
        &mut self,
        archive: &mut ZipArchive<View>,
        idx: usize,
        path: &str,
        sound: bool,
        opened: &mut Opened,
    ) -> Result<(), Unread> {
        let entry = archive.by_index_data(idx)?;
        opened.size = Some(entry.size());
        let packed = entry.compressed_size();
        self.n_packed += packed;
        if entry.encrypted() {
            return Err(refused("a member without a password", "an encrypted one"));
        }
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(refused("a member stored or deflated", &entry.compression().to_string()));
        }
        let mut member = archive.by_index(idx)?;
        let mut head = Vec::new();
        member.by_ref().take(HEAD_LEN).read_to_end(&mut head)?;
        let name = file_name(path);
        let reader = crate::recognise(&Sample { name, head: &head }).ok();
        let nested = reader.is_some_and(|reader| reader.name == READER.name);
        if nested {
            opened.flaws.push((ProblemKind::Refused, "no ZIP inside a ZIP".into(), "a ZIP".into(), UNPACK));
        }
        let reader = reader.filter(|_| sound && !nested);
        let mut kept = reader.map(|_| Vec::new());
        let mut hashing = Hashing::default();
        let mut size = 0;
        let (before, limits) = (self.n_unpacked, self.limits);
        let unpacked = unpack(&mut member, head, |chunk| {
            size += chunk.len() as u64;
            let inflated = size > limits.ratio_from && size / packed.max(1) > limits.ratio;
            if inflated || before.saturating_add(size) > limits.total {
                let expected = format!(
                    "at most {} times the packed size, and {} bytes in all",
                    limits.ratio, limits.total
                );
                let found = format!("{packed} bytes that unpack to more than {size}");
                return Err(Unread::Flaw((ProblemKind::TooLarge, expected, found, UNPACK)));
            }
            hashing.update(chunk);
            if size > limits.read && kept.take().is_some() {
                let expected = format!("at most {} bytes in a member that is read", limits.read);
                let found = "a larger one, which is listed only".to_owned();
                opened.flaws.push((ProblemKind::TooLarge, expected, found, UNPACK));
            }
            if let Some(kept) = &mut kept {
                kept.extend_from_slice(chunk);
            }
            Ok(())
        });
        self.n_unpacked += size;
        unpacked?;
        opened.size = Some(size);
        opened.digests = Some(hashing.finish());
        opened.source = reader.zip(kept);
        Ok(())
    }

    /// Reads a member with the reader that knows it.
    fn read(
        &mut self,
        reader: &'static Reader,
        path: &str,
        place_path: &str,
        bytes: Vec<u8>,
        beside: Vec<(String, Vec<u8>)>,
    ) -> Result<(), Refusal> {
        let mut input = Input::from_memory(file_name(path), bytes);
        let paths: Vec<String> = beside.iter().map(|(path, _)| path.clone()).collect();
        let files = beside.into_iter().map(|(path, bytes)| Input::from_memory(file_name(&path), bytes));
        input.beside = files.collect();
        let mut inside = Inside { path: place_path, beside: &paths, sink: &mut *self.sink };
        match (reader.read)(input, self.declared, &mut inside) {
            Err(Refusal::ZoneMissing { place, column, found }) => {
                Err(Refusal::ZoneMissing { place: place.inside(place_path), column, found })
            }
            Err(
                refusal @ (Refusal::NotThisFormat { .. }
                | Refusal::UnknownEncoding(_)
                | Refusal::NoTable { .. }
                | Refusal::NoProfile(_)
                | Refusal::Declared(_)),
            ) => {
                let place = Spot::Inside { path: place_path.into(), spot: None };
                let expected = format!("a file of the source {}", reader.name);
                let problem = Problem::new(ProblemKind::Refused, place, "", &expected, &refusal.to_string());
                self.sink.problem(problem.mend("unpack the ZIP and import this member by itself"))
            }
            done => done,
        }
    }
}

const UNPACK: &str = "unpack it with a program made for it, and import what comes out";
const COMPARE: &str = "each is listed, and read where a source knows it; ask the sender which one is meant";
const NOT_READ: &str =
    "the member is listed and hashed only; unpack it into a folder of its own and import it";

/// The name of a member without its folders.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// Hands the bytes of a member to `each`: those that were read already, then the rest.
fn unpack(
    member: &mut ZipFile<'_, View>,
    head: Vec<u8>,
    mut each: impl FnMut(&[u8]) -> Result<(), Unread>,
) -> Result<(), Unread> {
    each(&head)?;
    let mut chunk = head;
    chunk.resize(HEAD_LEN as usize, 0);
    loop {
        match member.read(&mut chunk)? {
            0 => return Ok(()),
            n_read => each(&chunk[..n_read])?,
        }
    }
}

/// What is found out about a member by unpacking it.
#[derive(Default)]
struct Opened {
    /// In bytes: what was counted, else what the container says.
    size: Option<u64>,
    digests: Option<Digests>,
    /// The reader that knows it, and its bytes.
    source: Option<(&'static Reader, Vec<u8>)>,
    flaws: Vec<Flaw>,
}

/// A problem that has no place yet: kind, expected, found, mend.
type Flaw = (ProblemKind, String, String, &'static str);

/// Why a member was not unpacked to its end.
enum Unread {
    Refusal(Refusal),
    Flaw(Flaw),
}

fn refused(expected: &str, found: &str) -> Unread {
    Unread::Flaw((ProblemKind::Refused, expected.to_owned(), found.to_owned(), UNPACK))
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        ZipError::Io(error).into()
    }
}

impl From<ZipError> for Unread {
    /// Bytes that do not unpack, or not to what their check sum says, are the member's fault; the rest is the disk's.
    fn from(error: ZipError) -> Self {
        let unsound =
            |kind, error: String| Self::Flaw((kind, "a member that unpacks".to_owned(), error, UNPACK));
        match error {
            ZipError::Io(error) => match error.kind() {
                io::ErrorKind::UnexpectedEof => unsound(ProblemKind::Truncated, error.to_string()),
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
                    unsound(ProblemKind::Malformed, error.to_string())
                }
                _ => Self::Refusal(error.into()),
            },
            error => unsound(ProblemKind::Malformed, error.to_string()),
        }
    }
}

#[derive(Default)]
struct Hashing {
    md5: Md5,
    sha1: Sha1,
    sha256: Sha256,
}

/// Digests in lower-case hexadecimal.
struct Digests {
    md5: Text,
    sha1: Text,
    sha256: Text,
}

impl Hashing {
    fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.sha1.update(bytes);
        self.sha256.update(bytes);
    }

    fn finish(self) -> Digests {
        Digests {
            md5: hex(&self.md5.finalize()),
            sha1: hex(&self.sha1.finalize()),
            sha256: hex(&self.sha256.finalize()),
        }
    }
}

fn hex(bytes: &[u8]) -> Text {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Takes what a member's reader reads, with its places moved into the container.
struct Inside<'a> {
    path: &'a str,
    /// Paths of members that were read with this one.
    beside: &'a [String],
    sink: &'a mut dyn Sink,
}

impl Inside<'_> {
    /// A place in a member that was read with this one is that member's.
    fn moved(&self, place: &Spot) -> Spot {
        if let Spot::Inside { path, spot } = place
            && let Some(path) = self.beside.iter().find(|beside| file_name(beside) == path.as_str())
        {
            return Spot::Inside { path: path.as_str().into(), spot: spot.clone() };
        }
        place.clone().inside(self.path)
    }
}

impl Sink for Inside<'_> {
    fn record(&mut self) {
        self.sink.record();
    }

    fn row(&mut self, mut row: Row) -> Result<(), Refusal> {
        let moved = self.moved(row.place());
        *row.place_mut() = moved;
        self.sink.row(row)
    }

    fn skip(&mut self, place: &Spot, reason: &'static str) {
        self.sink.skip(&self.moved(place), reason);
    }

    fn note(&mut self, key: &'static str, value: &str) {
        self.sink.note(key, &format!("{}: {value}", self.path));
    }

    /// The container counts its own bytes.
    fn progress(&mut self, _: u64) {}
}

#[cfg(test)]
mod tests;
