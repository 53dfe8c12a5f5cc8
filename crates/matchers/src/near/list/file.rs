//! A list's file: a head that anybody may read, then the entries, encrypted with a passphrase.
//!
//! ```text
//! tutela perceptual list 1                                          a line: what it is, and its form
//! {"entries":2,"labels":1,"sha256":"…","list":"…","version":"…"}    a line: the head, as JSON
//! age-encryption.org/v1 …                                           the rest, in the binary age format (C2SP age)
//! ```
//!
//! What is encrypted begins with the same two lines, so that a head that was changed is found.
//! Then come the labels, each a line of JSON, and the entries, each 40 bytes: four numbers of 64 bits for the hash (bit
//! `16 i + j` is of frequency `i + 1` from top to bottom and `j + 1` from left to right), then quality, profile (1 `ref512`,
//! 2 `full`), withdrawn (1) and nothing, a byte each, and the number of the label, 32 bits; all the least significant first.
//! Entries of a known quality below 50 stand last; otherwise they are sorted.
//! The head's `sha256` is of labels and entries: the list's digest, which no passphrase changes.
//!
//! The age format was taken because every age tool opens it (after the two lines), its passphrases are slow to guess, and
//! it is decrypted in pieces, each of which is checked before it is used. What it decrypts goes into guarded memory, except
//! one piece of 64 KiB at a time.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::iter;

use age::secrecy::SecretString;
use age::{Decryptor, Encryptor, scrypt};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::near::Layout;
use crate::near::list::{Label, List, Listed, Row, rows};
use crate::near::memory::Guarded;

/// The first line.
pub const MAGIC: &str = "tutela perceptual list 1\n";

/// The most bytes of a head or a label.
const LINE: u64 = 64 << 10;

/// The most labels of a list.
const LABELS: u64 = 1 << 20;

/// What a file may ask of whoever opens it: a guess at its passphrase costs 2^20 rounds, two seconds and 1 GiB, at most.
const WORK_LIMIT: u8 = 20;

/// What a guess at a passphrase costs where nothing else is asked for: 2^18 rounds, half a second.
pub const WORK: u8 = 18;

/// What anybody may read of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// How many entries it has.
    pub entries: u64,
    /// How many labels.
    pub labels: u64,
    /// SHA-256 of its labels and entries, hexadecimal: the list's digest.
    pub sha256: String,
    /// Its name.
    pub list: String,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// Why a file is no list, or cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum BadList {
    /// It does not begin as a list does.
    #[error("not a list of perceptual hashes")]
    NoList,
    /// The passphrase is not that of the file.
    #[error("the passphrase does not open the list")]
    Passphrase,
    /// It asks for more than is given.
    #[error("the list asks for more than is allowed: {0}")]
    Limit(String),
    /// It is damaged or was changed.
    #[error("the list is damaged: {0}")]
    Damaged(String),
    /// It cannot be read or written, or there is not enough memory.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes a list, of which equal entries are kept once. Its name and version are for people; each entry has its own.
///
/// # Errors
/// It cannot be written.
pub fn write(
    mut out: impl Write,
    name: &str,
    version: Option<&str>,
    entries: &[Listed],
    passphrase: &str,
    work: u8,
) -> Result<Head, BadList> {
    let (labels, rows) = rows(entries);
    let mut lines = Vec::new();
    for label in &labels {
        serde_json::to_writer(&mut lines, label).map_err(io::Error::from)?;
        lines.push(b'\n');
    }
    let mut digest = Sha256::new();
    digest.update(&lines);
    each_row(&rows, |bytes| {
        digest.update(bytes);
        Ok(())
    })?;
    let head = Head {
        entries: rows.len() as u64,
        labels: labels.len() as u64,
        sha256: hex(&digest.finalize()),
        list: name.to_owned(),
        version: version.map(str::to_owned),
    };
    let begin = format!("{MAGIC}{}\n", serde_json::to_string(&head).map_err(io::Error::from)?);
    out.write_all(begin.as_bytes())?;
    let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase));
    recipient.set_work_factor(work.min(WORK_LIMIT));
    let encryptor = Encryptor::with_recipients(iter::once(&recipient as _)).map_err(io::Error::other)?;
    let mut sealed = encryptor.wrap_output(out)?;
    sealed.write_all(begin.as_bytes())?;
    sealed.write_all(&lines)?;
    each_row(&rows, |bytes| sealed.write_all(bytes))?;
    sealed.finish()?.flush()?;
    Ok(head)
}

/// Hands over the bytes of rows, some thousand at a time.
fn each_row(rows: &[Row], mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(1024 * size_of::<Row>()));
    for rows in rows.chunks(1024) {
        bytes.clear();
        bytes.extend(rows.iter().flatten().flat_map(|number| number.to_le_bytes()));
        take(&bytes)?;
    }
    Ok(())
}

/// Reads what anybody may read.
///
/// # Errors
/// It is no list, or cannot be read.
pub fn head(file: impl Read) -> Result<Head, BadList> {
    begin(&mut BufReader::new(file)).map(|(head, _)| head)
}

/// The head, and its two lines.
fn begin(file: &mut impl BufRead) -> Result<(Head, String), BadList> {
    let mut magic = Vec::new();
    file.take(MAGIC.len() as u64).read_to_end(&mut magic)?;
    if magic != MAGIC.as_bytes() {
        return Err(BadList::NoList);
    }
    let head = line(file)?;
    let read = serde_json::from_str(&head).map_err(|error| BadList::Damaged(format!("its head: {error}")))?;
    Ok((read, MAGIC.to_owned() + &head))
}

/// A line with its end.
fn line(file: &mut impl BufRead) -> Result<String, BadList> {
    let mut line = Vec::new();
    file.take(LINE).read_until(b'\n', &mut line)?;
    if !line.ends_with(b"\n") {
        return Err(if line.len() as u64 == LINE {
            BadList::Limit("a line".to_owned())
        } else {
            BadList::NoList
        });
    }
    String::from_utf8(line).map_err(|_| BadList::NoList)
}

/// Opens a list of so many bytes: decrypts it into guarded memory and builds what it is searched with.
///
/// # Errors
/// It is no list, the passphrase is wrong, it is damaged or was changed, or there is not enough memory.
pub fn open(
    file: impl Read,
    bytes: u64,
    passphrase: &str,
    layout: Option<Layout>,
) -> Result<(Head, List), BadList> {
    let mut file = BufReader::with_capacity(1 << 16, file);
    let (head, said) = begin(&mut file)?;
    // The file must be able to hold what its head speaks of: nothing is reserved on its word alone.
    if head.labels > LABELS || head.entries.checked_mul(size_of::<Row>() as u64).is_none_or(|all| all > bytes)
    {
        return Err(BadList::Limit(format!(
            "{} entries, {} labels in {bytes} bytes",
            head.entries, head.labels
        )));
    }
    let decryptor = Decryptor::new_buffered(file).map_err(|error| BadList::Damaged(error.to_string()))?;
    let mut identity = scrypt::Identity::new(SecretString::from(passphrase));
    identity.set_max_work_factor(WORK_LIMIT);
    let opened = decryptor.decrypt(iter::once(&identity as _)).map_err(|error| match error {
        age::DecryptError::ExcessiveWork { required, .. } => {
            BadList::Limit(format!("2^{required} rounds a guess"))
        }
        age::DecryptError::Io(error) => BadList::Io(error),
        _ => BadList::Passphrase,
    })?;
    let (labels, rows) = body(BufReader::with_capacity(1 << 16, opened), &head, &said).map_err(cut)?;
    let sorted = rows.is_sorted_by_key(|row| (super::is_low(row), *row));
    if !sorted || rows.iter().any(|row| (row[4] >> 32) as usize >= labels.len()) {
        return Err(BadList::Damaged("its entries are not in order, or have no label".to_owned()));
    }
    Ok((head, List::of_rows(labels, rows, layout)?))
}

/// Where the passphrase is right, an end that comes too early and a piece that does not hold are damage.
fn cut(error: BadList) -> BadList {
    match error {
        BadList::Io(error)
            if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData) =>
        {
            BadList::Damaged(error.to_string())
        }
        error => error,
    }
}

/// The labels and entries, held against the head.
fn body(mut opened: impl BufRead, head: &Head, said: &str) -> Result<(Vec<Label>, Guarded<Row>), BadList> {
    if begin(&mut opened)?.1 != said {
        return Err(BadList::Damaged("its head was changed".to_owned()));
    }
    let mut digest = Sha256::new();
    let mut labels = Vec::new();
    for _ in 0..head.labels {
        let line = line(&mut opened)?;
        digest.update(&line);
        labels.push(
            serde_json::from_str(&line).map_err(|error| BadList::Damaged(format!("a label: {error}")))?,
        );
    }
    let count = usize::try_from(head.entries).map_err(|_| BadList::Limit("entries".to_owned()))?;
    let mut rows = Guarded::<Row>::zeros(count)?;
    for rows in rows.chunks_mut(1024) {
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(rows);
        opened.read_exact(bytes)?;
        digest.update(&*bytes);
        for number in rows.iter_mut().flatten() {
            *number = u64::from_le(*number);
        }
    }
    if opened.read(&mut [0])? != 0 || hex(&digest.finalize()) != head.sha256 {
        return Err(BadList::Damaged("its content is not that of its head".to_owned()));
    }
    Ok((labels, rows))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
