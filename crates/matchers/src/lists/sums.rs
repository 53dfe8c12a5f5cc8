//! One hash a line, in the forms that tools write and people mix:
//!
//! ```text
//! d41d8cd98f00b204e9800998ecf8427e                      bare
//! d41d8cd98f00b204e9800998ecf8427e  a name              md5sum and its siblings; `*` before the name for binary mode
//! MD5 (a name) = d41d8cd98f00b204e9800998ecf8427e       BSD's, and `--tag`
//! ed2k://|file|a name|0|31d6cfe0d16ae931b73c59d7e0c089c0|/   an eDonkey link
//! ```
//!
//! In the first two only the length tells the kind: 32 digits are read as MD5 unless ed2k is declared.

use std::io::Read;

use tutela_model::Spot;

use super::gather::{Gathered, expected, is_other_hash, kind_of_digits};
use super::lines::{Line, Lines, SHORTER};
use super::record::{Kind, Note, Problem, Record, Skip, Take};
use super::{Declared, ReadError};

const EXPECTED: &str = "a hash of 32, 40 or 64 hexadecimal digits, alone or with a name";

/// Reads a list.
pub fn read(bytes: &mut dyn Read, declared: &Declared, take: &mut dyn Take) -> Result<(), ReadError> {
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
        if line.is_empty() || matches!(line[0], b'#' | b';') {
            take.record(Record::Skip(Skip::Comment))?;
            continue;
        }
        match hash_of(line, declared) {
            Found::Hash(kind, digits, by_length) => {
                if by_length {
                    take.note(Note::KindByLength);
                }
                gathered.hash(kind, digits, || Spot::Line(number));
            }
            Found::Link(size, digits) => {
                gathered.size(size, || Spot::Line(number));
                gathered.hash(Kind::Ed2k, digits, || Spot::Line(number));
            }
            Found::Other => gathered.other(None, take),
            Found::Nothing(expected) => {
                take.problem(Problem::lost(Spot::Line(number), expected, line))?;
                continue;
            }
        }
        gathered.hand_over(take)?;
    }
    Ok(())
}

/// What a line holds.
#[derive(Debug, PartialEq, Eq)]
enum Found<'l> {
    /// A hash, and whether its kind is told by its length alone.
    Hash(Kind, &'l [u8], bool),
    /// The size and hash of an eDonkey link.
    Link(&'l [u8], &'l [u8]),
    /// A hash of a kind that is not looked up.
    Other,
    /// Something else than what was expected.
    Nothing(&'static str),
}

fn hash_of<'l>(line: &'l [u8], declared: &Declared) -> Found<'l> {
    if line.starts_with(b"ed2k://") {
        return link(line);
    }
    // A name with a line end in it is written with a backslash before the hash.
    let bare = line.strip_prefix(b"\\").unwrap_or(line);
    let digits = bare.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(bare.len());
    if matches!(bare.get(digits), None | Some(b' ' | b'\t')) && digits >= 32 {
        return match kind_of_digits(digits) {
            Some(Kind::Md5) => Found::Hash(
                declared.digits_32.unwrap_or(Kind::Md5),
                &bare[..digits],
                declared.digits_32.is_none(),
            ),
            Some(kind) => Found::Hash(kind, &bare[..digits], true),
            None if is_other_hash(digits) => Found::Other,
            None => Found::Nothing(EXPECTED),
        };
    }
    bsd(bare).unwrap_or(Found::Nothing(EXPECTED))
}

/// `KIND (name) = digits`, where the name may hold anything. Blanks may fill the column of kinds.
fn bsd(line: &[u8]) -> Option<Found<'_>> {
    let open = line.windows(2).position(|pair| pair == b" (")?;
    let close = line.windows(4).rposition(|four| four == b") = ")?;
    let (word, digits) = (str::from_utf8(&line[..open]).ok()?.trim_end(), line.get(close + 4..)?);
    if word.is_empty() || word.contains(char::is_whitespace) || close < open {
        return None;
    }
    Some(match Kind::of_word(word) {
        Some(kind) if digits.len() == kind.width() * 2 => Found::Hash(kind, digits, false),
        Some(kind) => Found::Nothing(expected(kind)),
        None if super::hex::is_hex(digits) => Found::Other,
        None => Found::Nothing(EXPECTED),
    })
}

/// `ed2k://|file|NAME|SIZE|HASH|…`; a `|` in the name is written as `%7C`.
fn link(line: &[u8]) -> Found<'_> {
    let mut parts = line.split(|byte| *byte == b'|').skip(1);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(b"file"), Some(_), Some(size), Some(digits)) => Found::Link(size, digits),
        _ => Found::Nothing("an eDonkey link of a file, with its size and hash"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "0123456789abcdef0123456789ABCDEF";

    #[test]
    fn each_form_is_told_apart_and_only_the_length_is_a_guess() {
        let sha1 = "0".repeat(40);
        let found = |line: &str| match hash_of(line.as_bytes(), &Declared::default()) {
            Found::Hash(kind, digits, by_length) => {
                format!("{} {} {by_length}", kind.word(), String::from_utf8_lossy(digits))
            }
            other => format!("{other:?}"),
        };
        let is = |kind: &str, digits: &str, by_length: bool| format!("{kind} {digits} {by_length}");
        for (line, expected) in [
            (MD5.to_owned(), is("md5", MD5, true)),
            (format!("{MD5}  a b"), is("md5", MD5, true)),
            (format!("\\{MD5} *a\\nb"), is("md5", MD5, true)),
            (format!("{sha1} *x"), is("sha1", &sha1, true)),
            (format!("MD5 (a (1)) = b) = {MD5}"), is("md5", MD5, false)),
            (format!("SHA1   (a) = {sha1}"), is("sha1", &sha1, false)),
            (format!("ED2K (a) = {MD5}"), is("ed2k", MD5, false)),
            (format!("SHA512 (a) = {}", "0".repeat(128)), "Other".to_owned()),
            ("0".repeat(96), "Other".to_owned()),
        ] {
            assert_eq!(found(&line), expected, "{line}");
        }
        for line in [
            "",
            "x",
            "0123",
            &MD5[1..],
            &format!("{MD5}x"),
            "MD5 (a) = 00",
            "MD5 (a",
            " (a) = 0",
            "ed2k://|server|x|",
        ] {
            assert!(found(line).starts_with("Nothing"), "{line}: {}", found(line));
        }
    }

    #[test]
    fn what_is_declared_of_32_digits_holds() {
        let declared = Declared { digits_32: Some(Kind::Ed2k), ..Declared::default() };
        assert_eq!(hash_of(MD5.as_bytes(), &declared), Found::Hash(Kind::Ed2k, MD5.as_bytes(), false));
    }
}
