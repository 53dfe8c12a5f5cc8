//! The segments of an image by their names: `.E01`, `.E02` … `.EAA`; `.Ex01`; `.s01`; `.001`; `.aa`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// How the names of segments count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counting {
    /// After a letter, and an `x` in the second version, two digits from 01 to 99, then letters from AA on, of which the
    /// letter before them takes part: `E01`, `EAA`, `EZZ`, `FAA`; `Ex01`, `ExAA`, `EyAA`.
    Ewf { letter: u8, x: bool },
    /// Digits only: `001`.
    Digits { width: usize },
    /// Letters only: `aa`, `ab`.
    Letters { width: usize },
}

/// The files of the image that the path names, in the order of their numbers: itself and its siblings of one series.
///
/// A number that is missing is not invented here; whoever opens the segments finds the hole.
#[must_use]
pub fn segments(first: &Path) -> Vec<PathBuf> {
    let alone = || vec![first.to_path_buf()];
    let (Some(stem), Some(extension)) = (first.file_stem(), first.extension().and_then(|e| e.to_str()))
    else {
        return alone();
    };
    let Some(counting) = counting(extension) else { return alone() };
    let folder = first.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(listed) = folder.read_dir() else { return alone() };
    let mut found = BTreeMap::new();
    for path in listed.filter_map(|entry| Some(entry.ok()?.path())) {
        let of_stem = path.file_stem() == Some(stem);
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        // `disk.txt` counts like a very late segment: its first bytes tell.
        let is_segment = |path: &Path| !matches!(counting, Counting::Ewf { .. }) || begins_like_one(path);
        if let Some(number) = of_stem.then(|| number(counting, extension)).flatten()
            && is_segment(&path)
        {
            found.insert(number, path);
        }
    }
    // Letters are no series unless a second file is there: `notes.aa` is a file like any other.
    if matches!(counting, Counting::Letters { .. }) && found.len() < 2 {
        return alone();
    }
    if found.is_empty() { alone() } else { found.into_values().collect() }
}

fn begins_like_one(path: &Path) -> bool {
    let mut head = [0; 8];
    File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && super::ewf::is_ewf(&head)
}

/// The number of a segment by its name, from which a hole in a series of raw segments is seen.
pub(super) fn raw_number(name: &str) -> Option<u64> {
    let extension = name.rsplit_once('.')?.1;
    match counting(extension)? {
        Counting::Ewf { .. } => None,
        counting => number(counting, extension),
    }
}

fn counting(extension: &str) -> Option<Counting> {
    let bytes = extension.to_ascii_lowercase().into_bytes();
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    match bytes[..] {
        [letter @ (b'e' | b's' | b'l'), a, b] if digits(&[a, b]) => Some(Counting::Ewf { letter, x: false }),
        [letter @ (b'e' | b'l'), b'x', a, b] if digits(&[a, b]) => Some(Counting::Ewf { letter, x: true }),
        _ if (2..=5).contains(&bytes.len()) && digits(&bytes) => {
            Some(Counting::Digits { width: bytes.len() })
        }
        [b'a', b'a'] | [b'a', b'a', b'a'] => Some(Counting::Letters { width: bytes.len() }),
        _ => None,
    }
}

fn number(counting: Counting, extension: &str) -> Option<u64> {
    let bytes = extension.to_ascii_lowercase().into_bytes();
    let letter = |byte: u8| byte.is_ascii_lowercase().then(|| u64::from(byte - b'a'));
    let letters = |part: &[u8]| part.iter().try_fold(0, |number, byte| Some(number * 26 + letter(*byte)?));
    match counting {
        Counting::Digits { width } if bytes.len() == width && bytes.iter().all(u8::is_ascii_digit) => {
            extension.parse().ok()
        }
        Counting::Letters { width } if bytes.len() == width => letters(&bytes),
        Counting::Ewf { letter: first, x } => {
            let (head, tail) = bytes.split_at_checked(bytes.len().checked_sub(2)?)?;
            // The letter that goes on counting, and the one that it begins from.
            let (counts, from) = match head {
                [counts] if !x => (*counts, first),
                [of_series, counts] if x && *of_series == first => (*counts, b'x'),
                _ => return None,
            };
            let steps = u64::from(counts.checked_sub(from)?);
            match tail.iter().all(u8::is_ascii_digit) {
                true if steps == 0 => std::str::from_utf8(tail).ok()?.parse().ok(),
                true => None,
                false => Some(100 + steps * 676 + letters(tail)?),
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_count_as_their_format_does() {
        let of = |extension: &str, first: &str| number(counting(first).expect("a series"), extension);
        assert_eq!(of("E01", "E01"), Some(1));
        assert_eq!(of("e99", "E01"), Some(99));
        assert_eq!(of("EAA", "E01"), Some(100));
        assert_eq!(of("EAZ", "E01"), Some(125));
        assert_eq!(of("FAA", "E01"), Some(100 + 676));
        assert_eq!(of("Ex02", "Ex01"), Some(2));
        assert_eq!(of("EyAA", "Ex01"), Some(100 + 676));
        assert_eq!(of("s02", "s01"), Some(2));
        assert_eq!(of("007", "001"), Some(7));
        assert_eq!(of("0007", "001"), None);
        assert_eq!(of("ab", "aa"), Some(1));
        assert_eq!(of("ba", "aa"), Some(26));
        assert_eq!(counting("jpg"), None);
        assert_eq!(counting("dd"), None);
    }

    #[test]
    fn segments_are_found_beside_the_first_and_nothing_else_is() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in
            ["disk.E01", "disk.E02", "disk.EAA", "disk.s02", "disk.txt", "other.E02", "a.001", "a.003"]
        {
            let content = if name.ends_with("txt") { &b"a text"[..] } else { b"EVF\x09\x0d\x0a\xff\x00\x01" };
            std::fs::write(folder.path().join(name), content).expect("written");
        }
        let found = |name: &str| {
            let found = segments(&folder.path().join(name));
            found.iter().map(|path| path.file_name().expect("a name").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found("disk.E01"), ["disk.E01", "disk.E02", "disk.EAA"]);
        assert_eq!(found("a.001"), ["a.001", "a.003"]);
        assert_eq!(found("disk.txt"), ["disk.txt"]);
    }
}
