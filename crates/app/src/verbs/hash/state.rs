//! What a run has hashed, noted file by file, so that another goes on where it was stopped, at whatever moment.
//!
//! ```text
//!  tutela hash 1    md5,sha1,sha256                                        the hashes that were wanted
//!  20000   1795360000.000000000   1795360000.123456789   d41d…   da39…   e3b0…   /path/of%0athe/file
//!  length  content last changed   entry last changed     a cell for each hash    path, %XX for bytes that act
//! ```
//!
//! A line counts when it ends and has all its cells. One that was cut is not read, and the file is hashed again; so is a
//! file whose length or times are no longer those of its line. The last line of a path counts.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use tutela_hashing::{Aich, Digests, Ed2k, Wanted};

use super::rows::{hex, names};
use super::walk::{Found, Mark};
use crate::ending::{Doing as _, Exit, Failure};
use crate::talk::{path_text, phrase};

const TITLE: &str = "tutela hash 1\t";

/// The file of a run.
pub struct State {
    file: File,
    path: PathBuf,
    known: HashMap<String, (Mark, Digests)>,
}

impl State {
    /// Opens the file of an earlier run, or begins one.
    ///
    /// # Errors
    /// It is not such a file, is one of other hashes, or cannot be read or written.
    pub fn open(path: &Path, wanted: Wanted) -> anyhow::Result<Self> {
        let cannot = || phrase!("cannot.write", path = path_text(path));
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path).doing(cannot)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).doing(|| phrase!("cannot.read", path = path_text(path)))?;
        let title = format!("{TITLE}{}\n", names(wanted).join(","));
        if bytes.is_empty() {
            file.write_all(title.as_bytes()).doing(cannot)?;
        } else if !bytes.starts_with(title.as_bytes()) {
            let is_one = bytes.starts_with(TITLE.as_bytes());
            let what = match is_one {
                true => phrase!("hash.resume.others", path = path_text(path)),
                false => phrase!("hash.resume.none", path = path_text(path)),
            };
            return Err(Failure::new(Exit::Failed, what).hint(phrase!("hash.resume.hint")).into());
        }
        // What was cut ends here, so that the next line is whole.
        if bytes.last().is_some_and(|byte| *byte != b'\n') {
            file.write_all(b"\n").doing(cannot)?;
        }
        let mut known = HashMap::new();
        let text = String::from_utf8_lossy(&bytes);
        let whole = text.rsplit_once('\n').map_or("", |(whole, _cut)| whole);
        for line in whole.split('\n').skip(1) {
            if let Some((path, mark, digests)) = read(line, wanted) {
                known.insert(path, (mark, digests));
            }
        }
        Ok(Self { file, path: path.to_owned(), known })
    }

    /// The digests of those files that are noted and as they were then, by their place in the list. They are taken out.
    pub fn take_known(&mut self, files: &[Found]) -> BTreeMap<usize, Digests> {
        let mut known = std::mem::take(&mut self.known);
        let found = files.iter().enumerate().filter_map(|(at, found)| {
            let (mark, digests) = known.remove(&escaped(&found.path))?;
            (mark == found.mark).then_some((at, digests))
        });
        found.collect()
    }

    /// Notes a file.
    ///
    /// # Errors
    /// The line cannot be written.
    pub fn note(&mut self, found: &Found, digests: &Digests) -> anyhow::Result<()> {
        let time = |(seconds, nanoseconds): (i64, i64)| format!("{seconds}.{nanoseconds:09}");
        let mark = found.mark;
        let mut cells = vec![mark.bytes.to_string(), time(mark.modified), time(mark.changed)];
        cells.extend(digests.md5.map(|digest| hex(&digest)));
        cells.extend(digests.sha1.map(|digest| hex(&digest)));
        cells.extend(digests.sha256.map(|digest| hex(&digest)));
        cells.extend(digests.ed2k.as_ref().map(|ed2k| {
            let hashes: Vec<String> =
                std::iter::once(&ed2k.hash).chain(&ed2k.parts).map(|hash| hex(hash)).collect();
            hashes.join(":")
        }));
        cells.extend(digests.aich.as_ref().map(|aich| hex(&aich.root)));
        cells.push(escaped(&found.path));
        // One call, so that a run that is killed leaves whole lines.
        let line = cells.join("\t") + "\n";
        self.file.write_all(line.as_bytes()).doing(|| phrase!("cannot.write", path = path_text(&self.path)))
    }
}

/// Reads a line.
fn read(line: &str, wanted: Wanted) -> Option<(String, Mark, Digests)> {
    let mut cells = line.split('\t');
    let mut cell = || cells.next();
    let bytes = cell()?.parse().ok()?;
    let mark = Mark { bytes, modified: time(cell()?)?, changed: time(cell()?)? };
    let mut digests = Digests { bytes, ..Digests::default() };
    if wanted.md5 {
        digests.md5 = Some(unhex(cell()?)?);
    }
    if wanted.sha1 {
        digests.sha1 = Some(unhex(cell()?)?);
    }
    if wanted.sha256 {
        digests.sha256 = Some(unhex(cell()?)?);
    }
    if wanted.ed2k {
        let mut hashes = cell()?.split(':').map(unhex);
        digests.ed2k = Some(Ed2k { hash: hashes.next()??, parts: hashes.collect::<Option<_>>()? });
    }
    if wanted.aich {
        digests.aich = Some(Aich { root: unhex(cell()?)?, leaves: vec![] });
    }
    let path = cell().filter(|path| !path.is_empty())?.to_owned();
    cells.next().is_none().then_some((path, mark, digests))
}

fn time(text: &str) -> Option<(i64, i64)> {
    let (seconds, nanoseconds) = text.split_once('.')?;
    Some((seconds.parse().ok()?, nanoseconds.parse().ok()?))
}

fn unhex<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * BYTES {
        return None;
    }
    let mut bytes = [0; BYTES];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// A path as one cell: bytes that end a cell or a line, `%`, and those that are no text are written `%XX`. From the root,
/// so that the same file is known from everywhere.
fn escaped(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_: io::Error| path.to_owned());
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '%' | '\0'..' ' | '\u{7f}' => text.push_str(&format!("%{:02X}", character as u32)),
                _ => text.push(character),
            }
        }
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("%{byte:02X}")));
    }
    text
}
