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
//! A list with films says `tutela perceptual list 2` and has `"films"` and `"frames"` in its head. Behind the entries comes
//! each film: a line of JSON with its id, the number of its label and how many frames it has, and the frames, each 48
//! bytes: four numbers for the hash as above, when it is shown in milliseconds, and the quality; sorted by their time.
//! A list without films is of the first form, which programs that know no films read.
//! The head's `sha256` is of labels, entries and films: the list's digest, which no passphrase changes.
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
use crate::near::frames::Frame;
use crate::near::list::{Content, Film, Label, List, Listed, ListedFilm, Row, content};
use crate::near::memory::Guarded;
use crate::pdq::PdqHash;

/// The first line: of a list without films, and of one with.
pub const MAGICS: [&str; 2] = ["tutela perceptual list 1\n", "tutela perceptual list 2\n"];

/// Whether a file begins as a list does.
#[must_use]
pub fn is_list(beginning: &[u8]) -> bool {
    MAGICS.iter().any(|magic| beginning.starts_with(magic.as_bytes()))
}

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
    /// How many films.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub films: u64,
    /// How many frames they have in all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub frames: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
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

/// Writes a list, of which equal entries and films are kept once. Its name and version are for people; each entry has
/// its own.
///
/// # Errors
/// It cannot be written.
pub fn write(
    mut out: impl Write,
    name: &str,
    version: Option<&str>,
    entries: &[Listed],
    films: &[ListedFilm],
    passphrase: &str,
    work: u8,
) -> Result<Head, BadList> {
    let Content { labels, rows, films } = content(entries, films);
    let mut lines = Vec::new();
    for label in &labels {
        serde_json::to_writer(&mut lines, label).map_err(io::Error::from)?;
        lines.push(b'\n');
    }
    let mut digest = Sha256::new();
    digest.update(&lines);
    let mut digested = |bytes: &[u8]| {
        digest.update(bytes);
        Ok(())
    };
    each_row(&rows, &mut digested)?;
    each_film(&films, &mut digested)?;
    let head = Head {
        entries: rows.len() as u64,
        labels: labels.len() as u64,
        sha256: hex(&digest.finalize()),
        list: name.to_owned(),
        version: version.map(str::to_owned),
        films: films.len() as u64,
        frames: films.iter().map(|(_, frames)| frames.len() as u64).sum(),
    };
    let magic = MAGICS[usize::from(head.films > 0)];
    let begin = format!("{magic}{}\n", serde_json::to_string(&head).map_err(io::Error::from)?);
    out.write_all(begin.as_bytes())?;
    let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase));
    recipient.set_work_factor(work.min(WORK_LIMIT));
    let encryptor = Encryptor::with_recipients(iter::once(&recipient as _)).map_err(io::Error::other)?;
    let mut sealed = encryptor.wrap_output(out)?;
    sealed.write_all(begin.as_bytes())?;
    sealed.write_all(&lines)?;
    each_row(&rows, &mut |bytes| sealed.write_all(bytes))?;
    each_film(&films, &mut |bytes| sealed.write_all(bytes))?;
    sealed.finish()?.flush()?;
    Ok(head)
}

/// Hands over the bytes of rows, some thousand at a time.
fn each_row(rows: &[Row], take: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(1024 * size_of::<Row>()));
    for rows in rows.chunks(1024) {
        bytes.clear();
        bytes.extend(rows.iter().flatten().flat_map(|number| number.to_le_bytes()));
        take(&bytes)?;
    }
    Ok(())
}

/// A frame in a file: the hash, its time, its quality.
type FrameRow = [u64; 6];

/// Hands over the bytes of films, each with its line.
fn each_film(films: &[(Film, &[Frame])], take: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(1024 * size_of::<FrameRow>()));
    for (film, frames) in films {
        let mut line = serde_json::to_vec(film).map_err(io::Error::from)?;
        line.push(b'\n');
        take(&line)?;
        for frames in frames.chunks(1024) {
            bytes.clear();
            for frame in frames {
                let [a, b, c, d] = frame.hash.limbs();
                let row: FrameRow = [a, b, c, d, frame.at_ms, u64::from(frame.quality)];
                bytes.extend(row.iter().flat_map(|number| number.to_le_bytes()));
            }
            take(&bytes)?;
        }
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
    file.take(MAGICS[0].len() as u64).read_to_end(&mut magic)?;
    let Some(magic) = MAGICS.into_iter().find(|known| magic == known.as_bytes()) else {
        return Err(BadList::NoList);
    };
    let head = line(file)?;
    let read: Head =
        serde_json::from_str(&head).map_err(|error| BadList::Damaged(format!("its head: {error}")))?;
    if magic != MAGICS[usize::from(read.films > 0)] {
        return Err(BadList::Damaged("its head: films in a list of the other form".to_owned()));
    }
    Ok((read, magic.to_owned() + &head))
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
    let of = |count: u64, each: usize| count.checked_mul(each as u64);
    let least = of(head.entries, size_of::<Row>())
        .zip(of(head.frames, size_of::<FrameRow>()))
        .and_then(|(rows, frames)| rows.checked_add(frames)?.checked_add(head.films));
    if head.labels > LABELS || least.is_none_or(|least| least > bytes) {
        let Head { entries, labels, films, frames, .. } = head;
        return Err(BadList::Limit(format!(
            "{entries} entries, {labels} labels, {films} films, {frames} frames in {bytes} bytes"
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
    let opened = BufReader::with_capacity(1 << 16, opened);
    let Body { labels, rows, films } = body(opened, &head, &said).map_err(cut)?;
    let sorted = rows.is_sorted_by_key(|row| (super::is_low(row), *row));
    let mut used = rows.iter().map(|row| row[4] >> 32).chain(films.iter().map(|(film, _)| film.label.into()));
    if !sorted || used.any(|label| label >= labels.len() as u64) {
        return Err(BadList::Damaged("its entries are not in order, or have no label".to_owned()));
    }
    Ok((head, List::of_rows(labels, rows, films, layout)?))
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

/// What is decrypted.
struct Body {
    labels: Vec<Label>,
    rows: Guarded<Row>,
    films: Vec<(Film, Zeroizing<Vec<Frame>>)>,
}

/// The labels, entries and films, held against the head.
fn body(mut opened: impl BufRead, head: &Head, said: &str) -> Result<Body, BadList> {
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
    let mut left = head.frames;
    let mut films = Vec::new();
    for _ in 0..head.films {
        let film = film(&mut opened, &mut left, &mut digest)?;
        films.push(film);
    }
    if left != 0 || opened.read(&mut [0])? != 0 || hex(&digest.finalize()) != head.sha256 {
        return Err(BadList::Damaged("its content is not that of its head".to_owned()));
    }
    Ok(Body { labels, rows, films })
}

/// A film, of whose frames there are not more than the head speaks of.
fn film(
    opened: &mut impl BufRead,
    left: &mut u64,
    digest: &mut Sha256,
) -> Result<(Film, Zeroizing<Vec<Frame>>), BadList> {
    let said = line(opened)?;
    digest.update(&said);
    let bad = |what: &dyn std::fmt::Display| BadList::Damaged(format!("a film: {what}"));
    let film: Film = serde_json::from_str(&said).map_err(|error| bad(&error))?;
    *left = left.checked_sub(film.frames).ok_or_else(|| bad(&"more frames than its head says"))?;
    let count = usize::try_from(film.frames).map_err(|_| BadList::Limit("frames".to_owned()))?;
    let mut frames = Zeroizing::new(Vec::with_capacity(count));
    let mut bytes = Zeroizing::new([0; size_of::<FrameRow>()]);
    for index in 0..count {
        opened.read_exact(&mut bytes[..])?;
        digest.update(&bytes[..]);
        let number =
            |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| bytes[at * size_of::<u64>() + byte]));
        frames.push(Frame {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            at_ms: number(4),
            hash: PdqHash::of_limbs(std::array::from_fn(number)),
            quality: u8::try_from(number(5))
                .ok()
                .filter(|quality| *quality <= 100)
                .ok_or_else(|| bad(&"a quality"))?,
        });
    }
    Ok((film, frames))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
