//! Lists of perceptual hashes as text: a hash a line (`…64 hexadecimal digits…`), a signal a line (`pdq …`, as
//! ThreatExchange and HMA exchange them), or a table (`hash,quality,…`, as the reference's program writes).
//!
//! Films are a table whose heading names, in any order, a film's id (`film`, or `sha256`), when its frame is shown in whole
//! milliseconds (`at_ms`), the frame's hash (`pdq`, `hash`) and its quality (`quality`, `pdq_quality`; no frame is without):
//! a frame a line. So is what `tutela table film_frame --csv` writes.
//!
//! A line that is none of these is a problem with its number, and the rest is read. A problem does not repeat the line: what
//! is nearly a hash is most of one.

use std::collections::BTreeMap;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::near::frames::Frame;
use crate::near::list::{Label, Listed, ListedFilm};
use crate::pdq::{PdqHash, Profile};

/// What a text gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// The entries, in the order of lines.
    pub entries: Vec<Listed>,
    /// The films, by their ids.
    pub films: Vec<ListedFilm>,
    /// The lines that are none.
    pub problems: Vec<Problem>,
    /// How many lines are of another kind of hash, and so left out.
    pub other_kinds: u64,
}

/// A line that is no entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: u64,
    /// What was expected.
    pub expected: &'static str,
    /// What was found, without the line itself.
    pub found: String,
}

/// The most bytes of a line.
const LINE: usize = 4096;

/// The most characters of a film's id.
const ID: usize = 256;

/// Kinds of signals that are no perceptual hashes of pictures, as ThreatExchange names them.
const OTHER_KINDS: &[&str] =
    &["video_md5", "url", "raw_text", "trend_query", "photodna", "tlsh_text", "vpdq", "tmk"];

/// Where a table has its columns.
#[derive(Clone, Copy)]
struct Columns {
    hash: usize,
    quality: Option<usize>,
    /// A film's id, and when its frame is shown.
    film: Option<(usize, usize)>,
}

/// Reads a text. What it does not say of its entries, the caller does: their label, and how all of them were taken, where
/// that is known.
#[must_use]
pub fn read(bytes: &[u8], label: &Arc<Label>, profile: Option<Profile>) -> Lines {
    let mut lines = Lines::default();
    let mut columns = Columns { hash: 0, quality: Some(1), film: None };
    let mut films: BTreeMap<String, Zeroizing<Vec<Frame>>> = BTreeMap::new();
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    for (idx, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let number = idx as u64 + 1;
        let mut problem =
            |expected, found: String| lines.problems.push(Problem { line: number, expected, found });
        if line.len() > LINE {
            problem("a line of at most 4096 bytes", format!("{} bytes", line.len()));
            continue;
        }
        let Ok(line) = std::str::from_utf8(line) else {
            problem("text in UTF-8", "other bytes".to_owned());
            continue;
        };
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let (1, Some(named)) = (number, heading(line)) {
            columns = named;
            continue;
        }
        if let Some((film, at)) = columns.film {
            match frame(line, columns, film, at) {
                Ok((film, frame)) => films.entry(film).or_default().push(frame),
                Err((expected, found)) => problem(expected, found),
            }
            continue;
        }
        match entry(line, columns) {
            Ok(Some((hash, quality))) => {
                lines.entries.push(Listed {
                    hash,
                    quality,
                    profile,
                    withdrawn: false,
                    label: Arc::clone(label),
                });
            }
            Ok(None) => lines.other_kinds += 1,
            Err((expected, found)) => problem(expected, found),
        }
    }
    let film = |(id, mut frames): (String, Zeroizing<Vec<Frame>>)| {
        frames.sort_by_key(|frame| (frame.at_ms, frame.hash, frame.quality));
        for (index, frame) in frames.iter_mut().enumerate() {
            frame.index = u32::try_from(index).unwrap_or(u32::MAX);
        }
        ListedFilm { id, frames, profile, label: Arc::clone(label) }
    };
    lines.films = films.into_iter().map(film).collect();
    lines
}

/// The columns that a first line names, if it names one of hashes.
fn heading(line: &str) -> Option<Columns> {
    let names: Vec<String> =
        line.split(',').map(|name| name.trim().trim_matches('"').to_lowercase()).collect();
    let place = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
    let hash = place(&["hash", "pdq", "pdq_hash", "pdqhash", "signal"])?;
    let film = place(&["film"]).or(place(&["sha256"])).zip(place(&["at_ms"]));
    Some(Columns { hash, quality: place(&["quality", "pdq_quality", "pdqquality"]), film })
}

/// A frame, and the id of its film.
fn frame(
    line: &str,
    columns: Columns,
    film: usize,
    at: usize,
) -> Result<(String, Frame), (&'static str, String)> {
    let cells: Vec<&str> = cells(line);
    let cell = |column: usize| cells.get(column).copied().unwrap_or_default();
    let characters = |text: &str| format!("{} characters", text.chars().count());
    let id = cell(film);
    if id.is_empty() || id.chars().count() > ID {
        return Err(("a film's id of 1 to 256 characters", characters(id)));
    }
    let at_ms = cell(at).parse().map_err(|_| ("whole milliseconds", characters(cell(at))))?;
    let hash = hash(cell(columns.hash))?;
    let quality = quality(columns.quality.map(cell).unwrap_or_default())?;
    let quality = quality.ok_or_else(|| ("a quality from 0 to 100", "none".to_owned()))?;
    Ok((id.to_owned(), Frame { index: 0, at_ms, hash, quality }))
}

fn cells(line: &str) -> Vec<&str> {
    line.split(',').map(|cell| cell.trim().trim_matches('"')).collect()
}

/// A quality, or none in an empty cell.
fn quality(cell: &str) -> Result<Option<u8>, (&'static str, String)> {
    if cell.is_empty() {
        return Ok(None);
    }
    let quality = cell.parse::<u8>().ok().filter(|quality| *quality <= 100);
    let bad = || ("a quality from 0 to 100", format!("{} characters", cell.chars().count()));
    quality.map(Some).ok_or_else(bad)
}

type Entry = (PdqHash, Option<u8>);

/// An entry, or none where the line is of another kind of hash; else what was expected and found.
fn entry(line: &str, columns: Columns) -> Result<Option<Entry>, (&'static str, String)> {
    if let Some((kind, signal)) = line.split_once([' ', '\t']).filter(|_| !line.contains(',')) {
        return match kind.to_ascii_lowercase().as_str() {
            "pdq" => hash(signal.trim()).map(|hash| Some((hash, None))),
            kind if OTHER_KINDS.contains(&kind) => Ok(None),
            _ => Err((
                "a hash, or a kind of signal and a hash",
                format!("{} characters", line.chars().count()),
            )),
        };
    }
    let cells = cells(line);
    let hash = hash(cells.get(columns.hash).copied().unwrap_or_default())?;
    let quality = quality(columns.quality.and_then(|column| cells.get(column)).copied().unwrap_or_default())?;
    Ok(Some((hash, quality)))
}

fn hash(text: &str) -> Result<PdqHash, (&'static str, String)> {
    let bad = |characters| ("64 hexadecimal digits", format!("{characters} characters"));
    PdqHash::parse(text).map_err(|error| match error.characters {
        64 => ("64 hexadecimal digits", "64 characters of which some are none".to_owned()),
        other => bad(other),
    })
}
