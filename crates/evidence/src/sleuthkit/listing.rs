//! The lines of `fls -l -p`, and entries of them.
//!
//! A line is `r/r * 35-128-1(realloc):` and a tab, the path, then seven fields with a tab before each: four times, the
//! size, and two owners. A name may hold anything, so fields are taken from both ends and the path is what is left.
//! The versions that are known write a control character of a name as `^`: then it cannot be told from a `^`. A version
//! that writes it as it is could be made to show lines that a name invented: what does not fit is told and not taken.

use tutela_model::tables::{FileKind, FileState};

use crate::entry::{Entry, Found, Stamp, Times};

/// Bytes of a line at most, and of lines that belong together.
pub const MAX_LINE: usize = 256 << 10;

/// Fields after the path.
const FIELDS: usize = 7;

/// One entry of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The type of the name and that of the record: `r`, `d`, `l`, `v`, `V`, `-` and others.
    pub kinds: (u8, u8),
    /// Whether the name is deleted.
    pub deleted: bool,
    /// Whether its record belongs to another name by now.
    pub reallocated: bool,
    /// The number of the record.
    pub id: String,
    /// The path, with `/` between names and none before.
    pub path: Vec<u8>,
    /// Seconds since 1970 of writing, reading, change of the record and making; none where all digits are zero.
    pub times: [Option<i64>; 4],
    /// Bytes.
    pub size: u64,
}

/// Puts lines together and reads them.
#[derive(Debug, Default)]
pub struct Lines {
    begun: Vec<u8>,
}

/// What a line of a listing turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// An entry.
    Entry(Line),
    /// The start or the middle of one: its name holds a line end.
    Part,
    /// Lines that are no entry, or may be parts of names that look like entries.
    Stray(Vec<u8>),
}

impl Lines {
    /// Takes a line, without its end.
    pub fn take(&mut self, line: &[u8]) -> Listed {
        if self.begun.is_empty() {
            if let Some(line) = read(line) {
                return Listed::Entry(line);
            }
            if head(line).is_none() {
                return Listed::Stray(line.to_vec());
            }
            self.begun = line.to_vec();
            return Listed::Part;
        }
        // The start of a name hangs on. What is whole by itself may be an entry or the rest of that name.
        let ambiguous = head(line).is_some();
        self.begun.push(b'\n');
        self.begun.extend_from_slice(line);
        if ambiguous || self.begun.len() > MAX_LINE {
            return Listed::Stray(std::mem::take(&mut self.begun));
        }
        // The fields at the end lie in one line: only one that may have them is worth looking at the whole.
        let may_end = line.iter().filter(|byte| **byte == b'\t').count() >= FIELDS;
        match may_end.then(|| read(&self.begun)).flatten() {
            None => Listed::Part,
            Some(line) => {
                self.begun.clear();
                Listed::Entry(line)
            }
        }
    }

    /// The start of an entry that never ended.
    pub fn end(&mut self) -> Option<Vec<u8>> {
        Some(std::mem::take(&mut self.begun)).filter(|rest| !rest.is_empty())
    }
}

/// An entry of one line.
#[must_use]
pub fn read(line: &[u8]) -> Option<Line> {
    let (kinds, deleted, reallocated, id, rest) = head(line)?;
    let mut fields = rest.rsplitn(FIELDS + 1, |byte| *byte == b'\t');
    let [_gid, _uid, size] = [fields.next()?, fields.next()?, fields.next()?].map(number);
    let [created, changed, accessed, modified] =
        [fields.next()?, fields.next()?, fields.next()?, fields.next()?].map(time);
    let path = fields.next()?.to_vec();
    Some(Line {
        kinds,
        deleted,
        reallocated,
        id,
        path,
        times: [modified?, accessed?, changed?, created?],
        size: size?,
    })
}

type Head<'a> = ((u8, u8), bool, bool, String, &'a [u8]);

/// What stands before the path.
fn head(line: &[u8]) -> Option<Head<'_>> {
    let [name @ (b'a'..=b'z' | b'V' | b'-'), b'/', record @ (b'a'..=b'z' | b'V' | b'-'), b' ', rest @ ..] =
        line
    else {
        return None;
    };
    let (deleted, rest) = match rest.strip_prefix(b"* ") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let end = rest.iter().take(64).position(|byte| *byte == b'\t')?;
    let id = rest[..end].strip_suffix(b":")?;
    let (reallocated, id) = match id.strip_suffix(b"(realloc)") {
        Some(id) => (true, id),
        None => (false, id),
    };
    let parts = id.split(|byte| *byte == b'-').collect::<Vec<_>>();
    if parts.len() > 3 || parts.iter().any(|part| number(part).is_none()) {
        return None;
    }
    let id = String::from_utf8(id.to_vec()).ok()?;
    Some(((*name, *record), deleted, reallocated, id, &rest[end + 1..]))
}

fn number(text: &[u8]) -> Option<u64> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    digits.then(|| str::from_utf8(text).ok()?.parse().ok())?
}

/// `2020-10-27 05:31:43 (UTC)` in seconds; the inner none for zeros.
fn time(text: &[u8]) -> Option<Option<i64>> {
    let text = text.strip_suffix(b" (UTC)")?;
    let marks = [(4, b'-'), (7, b'-'), (10, b' '), (13, b':'), (16, b':')];
    if text.len() != 19 || marks.iter().any(|(at, mark)| text[*at] != *mark) {
        return None;
    }
    let part = |from: usize, to: usize| number(&text[from..to]).map(u64::cast_signed);
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    let seconds = part(11, 13)? * 3600 + part(14, 16)? * 60 + part(17, 19)?;
    if (year, month, day, seconds) == (0, 0, 0, 0) {
        return Some(None);
    }
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Days of the Gregorian calendar since 1970, years counted from March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let days = 365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468;
    Some(Some(days * 86_400 + seconds))
}

/// A file system, by what decides how its entries are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// NTFS.
    Ntfs,
    /// FAT12, FAT16, FAT32.
    Fat,
    /// exFAT.
    Exfat,
    /// Any other.
    Other,
}

impl Family {
    /// Of the word that `fsstat -t` writes.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "ntfs" => Self::Ntfs,
            "exfat" => Self::Exfat,
            _ if word.starts_with("fat") => Self::Fat,
            _ => Self::Other,
        }
    }

    fn times(self, [modified, accessed, changed, created]: [Option<i64>; 4]) -> Times {
        // The listing has whole seconds, whatever the file system keeps, and of reading on FAT and exFAT the day. The
        // zone that exFAT may have is not in it.
        let stamp = |seconds: Option<i64>, width_s: i64| {
            let local = matches!(self, Self::Fat | Self::Exfat);
            let seconds = seconds.filter(|at| self != Self::Ntfs || *at != NTFS_ZERO);
            seconds.map(|at| Stamp { at_us: at * 1_000_000, width_us: width_s * 1_000_000, local })
        };
        let (written, read) = match self {
            Self::Fat | Self::Exfat => (2, 86_400),
            Self::Ntfs | Self::Other => (1, 1),
        };
        Times {
            created: stamp(created, 1),
            modified: stamp(modified, written),
            accessed: stamp(accessed, read),
            changed: stamp(changed, 1),
        }
    }
}

/// What the Sleuth Kit makes of an NTFS time of zero, which is none: 1601 is before its zero, and wraps around to 2076.
const NTFS_ZERO: i64 = 3_373_865_674;

/// The folder in which the Sleuth Kit lists files that no folder names. It is in no image.
const ORPHANS: &str = "$OrphanFiles";

/// Makes entries of the lines of one volume.
#[derive(Debug)]
pub struct Reading {
    /// What paths begin with: `volume-1/`, or nothing.
    pub before: String,
    /// Its file system.
    pub family: Family,
    orphans: bool,
}

impl Reading {
    /// Of a volume.
    #[must_use]
    pub fn new(before: String, family: Family) -> Self {
        Self { before, family, orphans: false }
    }

    /// The entry of a line. None for what the Sleuth Kit adds of its own: its folder of orphans, boot sectors and tables
    /// as files.
    pub fn entry(&mut self, line: &Line) -> Option<Entry> {
        let path = String::from_utf8_lossy(&line.path);
        if matches!(line.kinds.0, b'v' | b'V') || matches!(line.kinds.1, b'v' | b'V') {
            self.orphans |= path == ORPHANS;
            return None;
        }
        let orphan = self.orphans && path.strip_prefix(ORPHANS).is_some_and(|rest| rest.starts_with('/'));
        let state = match line.deleted {
            false => FileState::Allocated,
            true if orphan => FileState::Orphan,
            true => FileState::Deleted,
        };
        let name = path.rsplit('/').next().unwrap_or_default();
        let kind = match if line.kinds.1 == b'-' { line.kinds.0 } else { line.kinds.1 } {
            b'r' if self.family == Family::Ntfs && name.contains(':') => FileKind::Stream,
            b'r' => FileKind::File,
            b'd' => FileKind::Folder,
            b'l' => FileKind::Link,
            b'-' => FileKind::Unknown,
            _ => FileKind::Other,
        };
        let found = match state {
            // The record is another file's, or there is none.
            _ if line.reallocated || (line.id == "0" && line.kinds.1 == b'-') => Found::Lost,
            FileState::Allocated => Found::Recorded,
            _ if matches!(self.family, Family::Fat | Family::Exfat) => Found::Guessed,
            _ => Found::Recorded,
        };
        Some(Entry {
            path: format!("{}{path}", self.before),
            kind,
            state,
            size: line.size,
            id: line.id.clone(),
            times: self.family.times(line.times),
            runs: Vec::new(),
            found,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TAIL: &str = "\t2020-10-27 04:01:00 (UTC)\t2020-10-27 00:00:00 (UTC)\t0000-00-00 00:00:00 (UTC)\t2020-10-27 05:35:17 (UTC)\t69727\t0\t0";

    fn line(head: &str) -> Vec<u8> {
        format!("{head}{TAIL}").into_bytes()
    }

    #[test]
    fn lines_are_read_from_both_ends() {
        for (head, kinds, deleted, reallocated, id, path) in [
            ("r/r 22:\taudio1/debian.mp3", (b'r', b'r'), false, false, "22", "audio1/debian.mp3"),
            ("-/r * 35-128-1(realloc):\ta b: c", (b'-', b'r'), true, true, "35-128-1", "a b: c"),
            ("V/V 2049:\t$OrphanFiles", (b'V', b'V'), false, false, "2049", "$OrphanFiles"),
            ("d/- * 0:\tx\ty", (b'd', b'-'), true, false, "0", "x\ty"),
        ] {
            let read = read(&line(head)).expect("a line");
            assert_eq!((read.kinds, read.deleted, read.reallocated), (kinds, deleted, reallocated));
            assert_eq!((read.id.as_str(), &read.path[..]), (id, path.as_bytes()));
            assert_eq!(read.times, [Some(1_603_771_260), Some(1_603_756_800), None, Some(1_603_776_917)]);
            assert_eq!(read.size, 69_727);
        }
        for wrong in ["", "r/r 22: x", "r/r x:\ta", "r/r 1-2-3-4:\ta", "rr 22:\ta", "r/r 22:\ta\t2020"] {
            assert_eq!(read(wrong.as_bytes()), None);
        }
    }

    #[test]
    fn times_are_seconds_of_the_calendar() {
        for (text, wanted) in [
            ("0000-00-00 00:00:00 (UTC)", Some(None)),
            ("1970-01-01 00:00:01 (UTC)", Some(Some(1))),
            ("2000-02-29 12:00:00 (UTC)", Some(Some(951_825_600))),
            ("2099-12-31 23:59:59 (UTC)", Some(Some(4_102_444_799))),
            ("2020-13-01 00:00:00 (UTC)", None),
            ("2020-01-01 00:00:00 (CET)", None),
            ("2020-01-01 00.00:00 (UTC)", None),
        ] {
            assert_eq!(time(text.as_bytes()), wanted, "{text}");
        }
    }

    #[test]
    fn a_name_with_a_line_end_is_put_together_and_one_that_may_invent_entries_is_not_taken() {
        let mut lines = Lines::default();
        assert_eq!(lines.take(b"r/r 5:\ta"), Listed::Part);
        let Listed::Entry(whole) = lines.take(&line("b")) else { panic!("not put together") };
        assert_eq!(whole.path, b"a\nb");

        assert_eq!(lines.take(b"r/r 5:\ta"), Listed::Part);
        let invented = line("r/r 6:\tb");
        let Listed::Stray(both) = lines.take(&invented) else { panic!("an invented entry was taken") };
        assert_eq!(both, [b"r/r 5:\ta\n", &invented[..]].concat());

        // However many lines a name seems to have, each is looked at once.
        assert_eq!(lines.take(b"r/r 5:\ta"), Listed::Part);
        let taken = (0..MAX_LINE).map(|_| lines.take(b"")).find(|listed| *listed != Listed::Part);
        assert!(matches!(taken, Some(Listed::Stray(bytes)) if bytes.len() == MAX_LINE + 1));
        assert_eq!(lines.take(b"\t2020"), Listed::Stray(b"\t2020".to_vec()));
        assert_eq!(lines.take(b"r/r 5:\ta"), Listed::Part);
        assert_eq!((lines.end(), lines.end()), (Some(b"r/r 5:\ta".to_vec()), None));
    }

    #[test]
    fn entries_have_the_state_that_the_file_system_gives_them() {
        let mut reading = Reading::new("volume-2/".to_owned(), Family::Ntfs);
        let mut entry = |head: &str| reading.entry(&read(&line(head)).expect("a line"));
        let shown = |entry: Option<Entry>| entry.map(|e| (e.path, e.kind, e.state, e.found));
        let of = |path: &str, kind, state, found| Some((format!("volume-2/{path}"), kind, state, found));
        use {FileKind as K, FileState as S};
        // A folder of that name before the Sleuth Kit's own is one of the image.
        let named = shown(entry("r/r * 9-128-1:\t$OrphanFiles/x"));
        assert_eq!(named, of("$OrphanFiles/x", K::File, S::Deleted, Found::Recorded));
        assert_eq!(shown(entry("V/V 110:\t$OrphanFiles")), None);
        assert_eq!(shown(entry("v/v 3:\t$FAT1")), None);
        let orphan = shown(entry("-/r * 9-128-1:\t$OrphanFiles/x"));
        assert_eq!(orphan, of("$OrphanFiles/x", K::File, S::Orphan, Found::Recorded));
        let stream = shown(entry("r/r 8-128-3:\ta:b"));
        assert_eq!(stream, of("a:b", K::Stream, S::Allocated, Found::Recorded));
        let another = shown(entry("r/r * 8-128-3(realloc):\ta"));
        assert_eq!(another, of("a", K::File, S::Deleted, Found::Lost));
        let gone = shown(entry("r/- * 0:\ta"));
        assert_eq!(gone, of("a", K::File, S::Deleted, Found::Lost));

        let zero = TAIL.replace("2020-10-27 04:01:00", "2076-11-29 08:54:34");
        let zero = read(format!("r/r 0-128-1:\t$MFT{zero}").as_bytes()).expect("a line");
        assert_eq!(reading.entry(&zero).expect("an entry").times.modified, None);

        let mut fat = Reading::new(String::new(), Family::Fat);
        let entry = fat.entry(&read(&line("r/r * 22:\ta:b")).expect("a line")).expect("an entry");
        assert_eq!((entry.kind, entry.found), (FileKind::File, Found::Guessed));
        let read_day = entry.times.accessed.expect("a day");
        assert!(read_day.local && read_day.width_us == 86_400_000_000);
    }

    proptest! {
        #[test]
        fn any_lines_are_entries_parts_or_strays(lines in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 0..20)) {
            let mut listing = Lines::default();
            let mut reading = Reading::new(String::new(), Family::Ntfs);
            let mut size = 0;
            let mut told = 0;
            for line in &lines {
                size += line.len() + 1;
                match listing.take(line) {
                    Listed::Entry(line) => {
                        told += line.path.len();
                        reading.entry(&line);
                    }
                    Listed::Stray(bytes) => told += bytes.len(),
                    Listed::Part => {}
                }
            }
            prop_assert!(told + listing.end().map_or(0, |rest| rest.len()) <= size);
        }

        #[test]
        fn a_damaged_line_is_an_entry_or_none(at in any::<usize>(), byte in any::<u8>()) {
            let mut bytes = line("r/r * 35-128-1(realloc):\taudio1/debian.mp3");
            let at = at % bytes.len();
            bytes[at] = byte;
            let read = read(&bytes);
            prop_assert!(read.is_none_or(|line| line.path.len() < bytes.len() - TAIL.len()));
        }
    }
}
