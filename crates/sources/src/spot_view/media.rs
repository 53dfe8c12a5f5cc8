//! What a file is that is never shown: a picture, a film, sound. Told by its first bytes; nothing is decoded.

use std::ops::Range;

use memchr::memmem::find;

/// A kind of file that is never shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// A picture.
    Picture,
    /// A film.
    Film,
    /// Sound.
    Sound,
}

/// The first bytes of pictures, films and sound, and at which byte they stand.
const MARKS: &[(usize, &[u8], Media)] = &[
    (0, b"\xff\xd8\xff", Media::Picture),
    (0, b"\x89PNG\r\n\x1a\n", Media::Picture),
    (0, b"GIF87a", Media::Picture),
    (0, b"GIF89a", Media::Picture),
    (0, b"II*\0", Media::Picture),
    (0, b"MM\0*", Media::Picture),
    (0, b"8BPS", Media::Picture),
    (8, b"WEBP", Media::Picture),
    (0, b"\0\0\0\x0cJXL ", Media::Picture),
    (0, b"\xff\x0a", Media::Picture),
    (0, b"\0\0\0\x0cjP  ", Media::Picture),
    (8, b"AVI ", Media::Film),
    (0, b"\x1a\x45\xdf\xa3", Media::Film),
    (0, b"\0\0\x01\xba", Media::Film),
    (0, b"\0\0\x01\xb3", Media::Film),
    (0, b"FLV\x01", Media::Film),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Media::Film),
    (0, b".RMF", Media::Film),
    (4, b"moov", Media::Film),
    (4, b"mdat", Media::Film),
    (8, b"WAVE", Media::Sound),
    (0, b"ID3", Media::Sound),
    (0, b"OggS", Media::Sound),
    (0, b"fLaC", Media::Sound),
    (0, b"#!AMR", Media::Sound),
];

/// What a file is that begins so; none when it is nothing that must not be shown.
pub(super) fn of(head: &[u8]) -> Option<Media> {
    let by_mark =
        MARKS.iter().find(|(at, mark, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(mark)));
    by_mark.map(|(.., media)| *media).or_else(|| boxed(head)).or_else(|| bitmap(head))
}

/// ISO/IEC 14496-12: a box `ftyp` whose brand tells pictures from films and sound.
fn boxed(head: &[u8]) -> Option<Media> {
    let brand = head.get(4..12)?.strip_prefix(b"ftyp")?;
    Some(match brand {
        b"heic" | b"heix" | b"mif1" | b"msf1" | b"avif" | b"heim" | b"heis" => Media::Picture,
        b"M4A " | b"M4B " => Media::Sound,
        _ => Media::Film,
    })
}

/// A bitmap has too short a mark to be told by it alone: the size of its first header must be one that there is.
fn bitmap(head: &[u8]) -> Option<Media> {
    let header = head.strip_prefix(b"BM")?.get(12..16)?;
    [12_u32, 40, 52, 56, 64, 108, 124]
        .iter()
        .any(|size| size.to_le_bytes() == header)
        .then_some(Media::Picture)
}

/// Marks that are long enough to be looked for inside other bytes, and what ends what they begin.
const INSIDE: &[(&[u8], Option<&[u8]>)] = &[
    (b"\xff\xd8\xff", Some(b"\xff\xd9")),
    (b"\x89PNG\r\n\x1a\n", Some(b"IEND")),
    (b"GIF87a", None),
    (b"GIF89a", None),
    (b"WEBPVP8", None),
    (b"ftypheic", None),
    (b"ftypmp4", None),
    (b"ftypisom", None),
];

/// The parts of some bytes that are pictures or films, as small ones lie in databases. What has no end that is known goes
/// on to the end of the bytes.
pub(super) fn parts(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    for (mark, end) in INSIDE {
        let mut from = 0;
        while let Some(at) = bytes.get(from..).and_then(|rest| find(rest, mark)) {
            let start = from + at;
            let behind = start + mark.len();
            let len = end.and_then(|end| Some(find(&bytes[behind..], end)? + end.len()));
            let to = len.map_or(bytes.len(), |len| behind + len);
            parts.push(start..to);
            from = to;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_are_told_by_their_first_bytes() {
        for (head, media) in [
            (&b"\xff\xd8\xff\xe0"[..], Some(Media::Picture)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(Media::Picture)),
            (b"\0\0\0\x18ftypheic", Some(Media::Picture)),
            (b"\0\0\0\x18ftypisom", Some(Media::Film)),
            (b"\x1a\x45\xdf\xa3", Some(Media::Film)),
            (b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", Some(Media::Picture)),
            (b"BMW,1\nAudi,2\n and more lines", None),
            (b"SQLite format 3\0", None),
            (b"at,address\n", None),
            (b"", None),
        ] {
            assert_eq!(of(head), media, "{head:?}");
        }
    }

    #[test]
    fn a_picture_among_other_bytes_is_found_with_its_end() {
        let bytes = b"ab\xff\xd8\xff\xe0xy\xff\xd9cd";
        assert_eq!(parts(bytes).first(), Some(&(2..10)));
        assert_eq!(parts(&bytes[..7]).first(), Some(&(2..7)));
        assert!(parts(b"plain").is_empty());
    }
}
