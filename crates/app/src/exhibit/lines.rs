//! Table rows as JSON Lines: the form in which what the program itself finds on an exhibit is received.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use serde_json::{Map, Value};
use tutela_evidence::entry::Stamp;

/// A file of rows of one table, which a stopped run goes on with.
pub struct Lines {
    out: BufWriter<File>,
    /// The length up to which lines were written.
    len: u64,
}

impl Lines {
    /// Goes on with a file after its first `len` bytes; what stands after them was not complete when a run ended.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn after(path: &Path, len: u64) -> io::Result<Self> {
        let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        file.set_len(len)?;
        file.seek(SeekFrom::Start(len))?;
        Ok(Self { out: BufWriter::with_capacity(1 << 16, file), len })
    }

    /// Writes a row; columns without a value are left out.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = (&'a str, Value)>) -> io::Result<()> {
        let row: Map<String, Value> = cells
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let mut line = serde_json::to_vec(&row).map_err(io::Error::from)?;
        line.push(b'\n');
        self.len += line.len() as u64;
        self.out.write_all(&line)
    }

    /// Puts all lines on the disk, and says how long the file is with them.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn sync(&mut self) -> io::Result<u64> {
        self.out.flush()?;
        self.out.get_ref().sync_data()?;
        Ok(self.len)
    }
}

/// First and last microsecond of the times that tables take, 1970 to 2100: file systems hold others where they are
/// damaged or were never set.
const TIMES_US: std::ops::Range<i64> = 0..4_133_980_800_000_000;

/// A file system's time, as a table reads it: with `Z` where it is UTC, with no zone where it is of a clock on a wall. A
/// time that is coarser than a minute is written as its day. None for a time outside 1970 to 2100.
#[must_use]
pub fn time(stamp: Option<Stamp>) -> Value {
    let Some(stamp) = stamp.filter(|stamp| TIMES_US.contains(&stamp.at_us)) else { return Value::Null };
    // With its `Z`; a whole second has no decimals.
    let utc = tutela_model::time::utc(stamp.at_us);
    let text = match stamp.width_us {
        86_400_000_000.. => utc[..10].to_owned(),
        _ if stamp.local => utc.trim_end_matches('Z').to_owned(),
        _ => utc,
    };
    Value::String(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_fine_as_their_file_system_keeps_them() {
        let at_us = 1_772_395_200_000_000;
        let stamp = |at_us, width_us, local| time(Some(Stamp { at_us, width_us, local }));
        assert_eq!(stamp(at_us, 1, false), "2026-03-01T20:00:00Z");
        assert_eq!(stamp(at_us + 1, 1, false), "2026-03-01T20:00:00.000001Z");
        assert_eq!(stamp(at_us, 2_000_000, true), "2026-03-01T20:00:00");
        assert_eq!(stamp(at_us, 86_400_000_000, true), "2026-03-01");
        assert_eq!(stamp(-1, 1, false), Value::Null);
        assert_eq!(time(None), Value::Null);
    }

    #[test]
    fn a_file_goes_on_after_what_was_complete() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file.jsonl");
        let mut lines = Lines::after(&path, 0).expect("a new file");
        lines.row([("path", "a".into()), ("md5", Value::Null)]).expect("a row");
        let len = lines.sync().expect("on the disk");
        lines.row([("path", "b".into())]).expect("a row");
        drop(lines);
        let mut lines = Lines::after(&path, len).expect("the same file");
        lines.row([("path", "c".into())]).expect("a row");
        lines.sync().expect("on the disk");
        let text = std::fs::read_to_string(&path).expect("readable");
        assert_eq!(text, "{\"path\":\"a\"}\n{\"path\":\"c\"}\n");
    }
}
