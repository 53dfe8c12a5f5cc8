//! The archive of Microsoft's class library, as Shareaza writes it: counts, strings, truth values, hashes, elements.

use encoding_rs::UTF_16LE;
use tutela_model::tables::ProblemKind;
use tutela_model::{Precision, Time};

use super::{VERSIONS, shallow};
use crate::artefact::{Cursor, Flaw, Said, Span, text_of};

/// Yes, no, or left to the folder above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tri {
    Yes,
    No,
    Unknown,
}

pub(super) struct Archive<'a> {
    pub cursor: Cursor<'a>,
    pub version: u32,
}

impl<'a> Archive<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { cursor: Cursor::new(bytes, 0), version: 0 }
    }

    /// The head of the file, which has its version.
    pub fn begin(&mut self) -> Result<(), Flaw> {
        self.cursor.u64("when the library was written")?;
        let at = self.cursor.at;
        self.version = self.cursor.u32("the version of the library")?;
        if !VERSIONS.contains(&self.version) {
            let expected = "version 1 to 29; nothing of the file was read";
            return Err(Flaw::new(ProblemKind::Malformed, Span { at, len: 4 }, expected, self.version));
        }
        if self.version >= 29 {
            self.cursor.u32("the number of words")?;
        }
        self.cursor.u32("the next index")?;
        if self.version >= 28 {
            self.cursor.take(12, "the sizes of maps")?;
        }
        Ok(())
    }

    /// `u16`, or `ffff` and `u32`.
    pub fn count(&mut self, what: &str) -> Result<u32, Flaw> {
        match self.cursor.u16(what)? {
            0xffff => self.cursor.u32(what),
            count => Ok(count.into()),
        }
    }

    /// A length and characters of one byte, or `ff fe ff`, a length, and UTF-16. A length is `u8`, or `ff` and `u16`,
    /// or `ff ffff` and `u32`.
    pub fn text(&mut self, what: &str) -> Result<String, Flaw> {
        let (mut len, mut is_wide) = (u32::from(self.cursor.u8(what)?), false);
        if len == 0xff {
            len = self.cursor.u16(what)?.into();
            if len == 0xfffe {
                is_wide = true;
                len = self.cursor.u8(what)?.into();
                if len == 0xff {
                    len = self.cursor.u16(what)?.into();
                }
            }
            if len == 0xffff {
                len = self.cursor.u32(what)?;
            }
        }
        let n_bytes = (len as usize).saturating_mul(if is_wide { 2 } else { 1 });
        let bytes = self.cursor.take(n_bytes, what)?;
        Ok(match is_wide {
            true => text_of(UTF_16LE.decode_without_bom_handling(bytes).0.as_bytes()),
            false => text_of(bytes),
        })
    }

    /// A state of three values: since version 5 a number, before a byte that can only say no.
    pub fn tri(&mut self, what: &str) -> Result<Tri, Flaw> {
        if self.version < 5 {
            return Ok(if self.cursor.u8(what)? == 0 { Tri::No } else { Tri::Unknown });
        }
        let said = self.cursor.said_u32(what)?;
        match said.value {
            0 => Ok(Tri::Unknown),
            1 => Ok(Tri::No),
            2 => Ok(Tri::Yes),
            other => {
                let expected = format!("{what}: 0, 1 or 2");
                Err(Flaw::new(ProblemKind::Malformed, said.span, &expected, other))
            }
        }
    }

    /// A truth value of 4 bytes.
    pub fn flag(&mut self, what: &str) -> Result<bool, Flaw> {
        let said = self.cursor.said_u32(what)?;
        match said.value {
            0 => Ok(false),
            1 => Ok(true),
            other => {
                let expected = format!("{what}: 0 or 1");
                Err(Flaw::new(ProblemKind::Malformed, said.span, &expected, other))
            }
        }
    }

    /// A hash, when the truth value before it says that there is one.
    pub fn hash(&mut self, len: usize, what: &str) -> Result<Option<&'a [u8]>, Flaw> {
        match self.flag(what)? {
            true => self.cursor.take(len, what).map(Some),
            false => Ok(None),
        }
    }

    /// An element of metadata with everything in it: name, value, attributes, elements.
    pub fn element(&mut self, depth: u32) -> Result<(), Flaw> {
        shallow(depth, self.cursor.at)?;
        self.text("an element's name")?;
        self.text("an element's value")?;
        for _ in 0..self.count("the number of attributes")? {
            self.text("an attribute's name")?;
            self.text("an attribute's value")?;
        }
        for _ in 0..self.count("the number of elements")? {
            self.element(depth + 1)?;
        }
        Ok(())
    }
}

/// An instant in tenths of microseconds since 1601 (UTC), as Windows counts; none for zero and what is no instant of a
/// case.
pub(super) fn filetime(said: Said) -> Option<Time> {
    const TO_1970_US: i64 = 11_644_473_600_000_000;
    let at_us = i64::try_from(said.value / 10).ok()?.checked_sub(TO_1970_US)?;
    let time = Time::from_epoch_us(at_us, Precision::Microsecond, &said.value.to_string()).ok();
    time.filter(|_| said.value != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_in_all_their_lengths() {
        let long = [&b"\xff\x00\x01"[..], &[b'a'; 256]].concat();
        let wide_long = [&b"\xff\xfe\xff\xff\x00\x01"[..], &[b'b', 0].repeat(256)].concat();
        for (bytes, text) in [
            (&b"\x03abc"[..], "abc".to_owned()),
            (b"\xff\xfe\xff\x02\xe8\x00b\x00", "èb".to_owned()),
            (&long, "a".repeat(256)),
            (&wide_long, "b".repeat(256)),
            (b"\x00", String::new()),
        ] {
            let mut archive = Archive::new(bytes);
            assert_eq!(archive.text("a text").ok(), Some(text));
            assert_eq!(archive.cursor.left(), 0);
        }
        assert!(Archive::new(b"\xff\xff\xff\xff\xff\xff\xff").text("a text").is_err());
    }

    #[test]
    fn an_instant_of_windows_is_one_of_ours() {
        let said = |value| Said { value, span: Span { at: 0, len: 8 } };
        let time = filetime(said(133_485_408_000_000_000)).expect("an instant");
        assert_eq!(time.to_string(), "2024-01-01T00:00:00Z");
        assert_eq!(filetime(said(0)), None);
        assert_eq!(filetime(said(u64::MAX)), None);
    }
}
