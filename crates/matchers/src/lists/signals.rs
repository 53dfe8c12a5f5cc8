//! Files of ThreatExchange and Hasher-Matcher-Actioner: a line is a type of signal and its value, `video_md5 d41d8c…`.

use std::io::Read;

use tutela_model::Spot;

use super::ReadError;
use super::gather::Gathered;
use super::lines::{Line, Lines, SHORTER};
use super::record::{Kind, Note, Problem, Record, Skip, Take};

/// What a type of signal is here.
#[derive(Clone, Copy)]
enum Signal {
    Hash(Kind),
    Pdq,
    Perceptual(Note),
    /// A text, an address: no hash of a file.
    NoHash,
}

const SIGNALS: &[(&str, Signal)] = &[
    ("md5", Signal::Hash(Kind::Md5)),
    ("video_md5", Signal::Hash(Kind::Md5)),
    ("hash_md5", Signal::Hash(Kind::Md5)),
    ("sha1", Signal::Hash(Kind::Sha1)),
    ("hash_sha1", Signal::Hash(Kind::Sha1)),
    ("sha256", Signal::Hash(Kind::Sha256)),
    ("hash_sha256", Signal::Hash(Kind::Sha256)),
    ("pdq", Signal::Pdq),
    ("pdq_ocr", Signal::Perceptual(Note::Perceptual)),
    ("hash_pdq", Signal::Pdq),
    ("vpdq", Signal::Perceptual(Note::Perceptual)),
    ("video_vpdq", Signal::Perceptual(Note::Perceptual)),
    ("video_tmk_pdqf", Signal::Perceptual(Note::Perceptual)),
    ("hash_tmk", Signal::Perceptual(Note::Perceptual)),
    ("photodna", Signal::Perceptual(Note::PhotoDna)),
    ("hash_photodna", Signal::Perceptual(Note::PhotoDna)),
    // The MD5 of an address, not of a file.
    ("url_md5", Signal::NoHash),
    ("raw_text", Signal::NoHash),
    ("url", Signal::NoHash),
    ("trend_query", Signal::NoHash),
];

/// Whether a word is a type of signal.
pub fn is_signal(word: &[u8]) -> bool {
    SIGNALS.iter().any(|(known, _)| known.as_bytes() == word)
}

/// Reads a list.
pub fn read(bytes: &mut dyn Read, take: &mut dyn Take) -> Result<(), ReadError> {
    let mut lines = Lines::new(bytes);
    let mut gathered = Gathered::default();
    while let Some(line) = lines.next()? {
        let (number, line) = match line {
            Line::Whole(number, line) => (number, line.trim_ascii()),
            Line::TooLong(number, found) => {
                take.problem(Problem::lost(Spot::Line(number), SHORTER, found))?;
                continue;
            }
        };
        if line.is_empty() || line[0] == b'#' {
            take.record(Record::Skip(Skip::Comment))?;
            continue;
        }
        let mut words = line.splitn(2, u8::is_ascii_whitespace);
        let (word, value) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let signal = SIGNALS.iter().find(|(known, _)| known.as_bytes() == word);
        match signal.map(|(_, signal)| *signal) {
            None => {
                take.problem(Problem::lost(Spot::Line(number), "a type of signal and its value", line))?;
                continue;
            }
            Some(_) if value.trim_ascii().is_empty() => {
                take.problem(Problem::lost(Spot::Line(number), "the value of the signal", line))?;
                continue;
            }
            Some(Signal::Hash(kind)) => gathered.hash(kind, value, || Spot::Line(number)),
            Some(Signal::Pdq) => gathered.pdq(value, || Spot::Line(number), take),
            Some(Signal::Perceptual(note)) => gathered.other(Some(note), take),
            Some(Signal::NoHash) => {}
        }
        gathered.hand_over(take)?;
    }
    Ok(())
}
