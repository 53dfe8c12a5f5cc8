//! Hashes and client numbers as other parties write them, and as our tables have them: lower-case hexadecimal digits,
//! with the kind of a file's hash before them.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

tutela_model::words! {
    /// What a number in hexadecimal, base32 or base64 is.
    pub enum HashKind {
        /// A file's eDonkey hash: MD4 (RFC 1320) over the MD4 hashes of its parts.
        Ed2k = "ed2k",
        /// A file's SHA-1 (FIPS 180-4), as Gnutella and Ares name files.
        Sha1 = "sha1",
        /// A torrent's number (BEP 3): the SHA-1 of its description.
        Btih = "btih",
        /// The number of an eDonkey client.
        UserHash = "user_hash",
        /// The number of a Gnutella or Ares client.
        Guid = "guid",
        /// The number of a BitTorrent client (BEP 3).
        PeerId = "peer_id",
    }
}

impl HashKind {
    fn n_bytes(self) -> usize {
        match self {
            Self::Ed2k | Self::UserHash | Self::Guid => 16,
            Self::Sha1 | Self::Btih | Self::PeerId => 20,
        }
    }

    /// What stands before the digits in our tables; nothing before a client's number.
    fn scheme(self) -> &'static str {
        match self {
            Self::Ed2k => "ed2k:",
            Self::Sha1 => "sha1:",
            Self::Btih => "btih:",
            Self::UserHash | Self::Guid | Self::PeerId => "",
        }
    }

    /// What a cell should hold, in words.
    pub fn expected(self) -> String {
        let n_bytes = self.n_bytes();
        let (hexadecimal, base32) = (2 * n_bytes, (8 * n_bytes).div_ceil(5));
        format!(
            "{n_bytes} bytes ({}) as {hexadecimal} hexadecimal digits, {base32} signs of base32, or base64",
            self.word()
        )
    }

    /// Reads a number in any of its forms; none when it is none of this kind.
    ///
    /// A `urn:` (RFC 8141) and the kind before it are taken off: `urn:sha1:` and 32 signs of base32 (RFC 4648, section
    /// 6) is how Gnutella writes a file's hash. The forms of one kind all have lengths of their own. Hexadecimal digits
    /// alone are never taken for base32 or base64: a hash of another kind would pass for one of this.
    pub fn read(self, cell: &str) -> Option<String> {
        let digits = self.without_scheme(cell);
        let n_bytes = self.n_bytes();
        // Without a branch for each digit: millions of records pass here.
        let is_hexadecimal = digits.bytes().fold(true, |is, digit| is & digit.is_ascii_hexdigit());
        let bytes = if is_hexadecimal {
            if digits.len() != 2 * n_bytes {
                return None;
            }
            let mut text = String::with_capacity(self.scheme().len() + digits.len());
            text.push_str(self.scheme());
            text.push_str(digits);
            text.make_ascii_lowercase();
            return Some(text);
        } else if digits.len() == (8 * n_bytes).div_ceil(5) {
            base32(digits)?
        } else {
            base64(digits)?
        };
        (bytes.len() == n_bytes).then(|| format!("{}{}", self.scheme(), crate::artefact::hex(&bytes)))
    }

    fn without_scheme(self, cell: &str) -> &str {
        let rest = without(cell, "urn:").unwrap_or(cell);
        if self.scheme().is_empty() { cell } else { without(rest, self.scheme()).unwrap_or(rest) }
    }
}

/// A text without what it begins with, in letters of either case.
fn without<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// RFC 4648, section 6, in letters of either case, without padding: its last sign has no bits left over.
fn base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut n_bits) = (0_u32, 0);
    for sign in text.bytes() {
        let value = match sign.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u32::from(value);
        n_bits += 5;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push((bits >> n_bits) as u8);
            bits &= (1 << n_bits) - 1;
        }
    }
    (bits == 0).then_some(bytes)
}

/// RFC 4648, sections 4 and 5, with or without padding.
fn base64(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engines = [GeneralPurpose::new(&STANDARD, config), GeneralPurpose::new(&URL_SAFE, config)];
    engines.iter().find_map(|engine| engine.decode(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_hash_in_every_form_is_one_text() {
        let sha1 = "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709";
        for cell in [
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
            "sha1:DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
            "urn:sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
            "URN:SHA1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
            "3i42h3s6nnfq2msvx7xzkyayscx5qbyj",
            "2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
            "2jmj7l5rSw0yVb/vlWAYkK/YBwk",
            "2jmj7l5rSw0yVb_vlWAYkK_YBwk",
        ] {
            assert_eq!(HashKind::Sha1.read(cell).as_deref(), Some(sha1), "{cell}");
        }
        let guid = HashKind::Guid.read("D41D8CD98F00B204E9800998ECF8427E");
        assert_eq!(guid.as_deref(), Some("d41d8cd98f00b204e9800998ecf8427e"));
        let base64 = HashKind::Ed2k.read("1B2M2Y8AsgTpgAmY7PhCfg==");
        assert_eq!(base64.as_deref(), Some("ed2k:d41d8cd98f00b204e9800998ecf8427e"));
    }

    #[test]
    fn what_has_another_length_or_alphabet_is_no_hash() {
        for cell in [
            "",
            "da39a3ee",
            "da39a3ee5e6b4b0d3255bfef95601890afd8070",
            "da39a3ee5e6b4b0d3255bfef95601890afd8070g",
            "urn:md5:d41d8cd98f00b204e9800998ecf8427e",
            "urn:tree:tiger:LWPNACQDBZRYXW3VHJVCJ64QBZNGHOHHHZWCLNQ",
            // A hash of 16 bytes in 32 digits is as long as base32 of 20 bytes, and has letters of it alone here.
            "d44d66d776662266e2667776ecf6427e",
            "2jmj7l5rSw0yVb/vlWAYkK/YBw=",
            "2jmj7l5rSw0yVb/vlWAYkK/YBwkA",
            "2jmj7l5rSw0yVb/vlWAYkK/YBwl=",
            "\u{e0}da39a3ee5e6b4b0d3255bfef95601890afd80709",
        ] {
            assert_eq!(HashKind::Sha1.read(cell), None, "{cell}");
        }
        assert_eq!(HashKind::Guid.read("guid:d41d8cd98f00b204e9800998ecf8427e"), None);
    }
}
