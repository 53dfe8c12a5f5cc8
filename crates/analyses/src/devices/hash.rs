//! Hashes of contents in one form, whatever a record writes them in: `ed2k:…` in hexadecimal digits of either case, or
//! in base 32 (RFC 4648) as file-sharing networks write SHA-1 and tiger trees.

use std::fmt;

use tutela_model::seeded::seeded;
use tutela_model::words::Words;

tutela_model::words! {
    /// The kinds of hash that can be compared.
    pub enum HashKind {
        /// MD5 of a file.
        Md5 = "md5",
        /// SHA-1 of a file.
        Sha1 = "sha1",
        /// SHA-256 of a file.
        Sha256 = "sha256",
        /// The eDonkey hash of a file.
        Ed2k = "ed2k",
        /// The root of eMule's tree of SHA-1.
        Aich = "aich",
        /// A torrent of version 1.
        Btih = "btih",
        /// A torrent of version 2.
        Btmh = "btmh",
        /// The root of a tree of Tiger hashes.
        Tth = "tth",
        /// MD5 over a seed and an eDonkey hash.
        SeededMd5 = "seeded_md5",
    }
}

impl HashKind {
    /// How many bytes a hash of the kind has.
    pub fn width(self) -> usize {
        match self {
            Self::Md5 | Self::Ed2k | Self::SeededMd5 => 16,
            Self::Sha1 | Self::Aich | Self::Btih => 20,
            Self::Tth => 24,
            Self::Sha256 | Self::Btmh => 32,
        }
    }
}

/// A hash with its kind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hash {
    /// Its kind.
    pub kind: HashKind,
    /// Its bytes, with zeros after them.
    bytes: [u8; 32],
}

impl Hash {
    /// A hash of a kind, from its digits.
    pub fn of(kind: HashKind, said: &str) -> Option<Self> {
        let said = said.trim();
        let width = kind.width();
        // A multihash says before the digest that it is SHA-256 of 32 bytes.
        let said = if kind == HashKind::Btmh && said.len() == 68 { said.strip_prefix("1220")? } else { said };
        let mut bytes = [0; 32];
        let read = match said.len() {
            len if len == width * 2 => read_hex(said, &mut bytes[..width]),
            len if len == (width * 8).div_ceil(5) => read_base32(said, &mut bytes[..width]),
            _ => None,
        };
        read.map(|()| Self { kind, bytes })
    }

    /// A hash as records write it: its kind, a colon, its digits.
    pub fn parse(said: &str) -> Option<Self> {
        let (kind, said) = said.trim().split_once(':')?;
        Self::of(HashKind::from_word(&kind.to_ascii_lowercase())?, said)
    }

    /// The SHA-256 of these bytes.
    pub fn sha256(bytes: [u8; 32]) -> Self {
        Self { kind: HashKind::Sha256, bytes }
    }

    /// A hash of a kind, whose bytes these begin with.
    pub fn of_bytes(kind: HashKind, of: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes[..kind.width()].copy_from_slice(&of[..kind.width()]);
        Self { kind, bytes }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.kind.width()]
    }

    /// The first half of its bytes as a number, by which many are looked through.
    pub fn prefix(&self) -> u128 {
        u128::from_be_bytes(self.bytes[..16].try_into().expect("16 bytes"))
    }

    /// Its digits without the kind.
    pub fn hex(&self) -> String {
        let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
        self.bytes().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.word(), self.hex())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Hash {
    /// What eMule keeps of a cancelled download of the file that an eDonkey hash names; none of any other hash.
    pub fn seeded(&self, seed: u32) -> Option<Self> {
        let ed2k: &[u8; 16] = self.bytes().try_into().ok().filter(|_| self.kind == HashKind::Ed2k)?;
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&seeded(seed, ed2k));
        Some(Self { kind: HashKind::SeededMd5, bytes })
    }
}

/// The bytes of a hash of a part, with zeros after them: its digits alone, or after its kind.
pub fn part_bytes(said: &str) -> Option<[u8; 32]> {
    let digits = said.rsplit_once(':').map_or(said, |(_, digits)| digits).trim();
    let mut bytes = [0; 32];
    let width = matches!(digits.len(), 32 | 40 | 64).then_some(digits.len() / 2)?;
    read_hex(digits, &mut bytes[..width])?;
    Some(bytes)
}

fn read_hex(said: &str, bytes: &mut [u8]) -> Option<()> {
    for (byte, pair) in bytes.iter_mut().zip(said.as_bytes().chunks_exact(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        *byte = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
    }
    Some(())
}

fn read_base32(said: &str, bytes: &mut [u8]) -> Option<()> {
    let (mut waiting, mut n_bits) = (0_u32, 0);
    let mut bytes = bytes.iter_mut();
    for letter in said.bytes() {
        let value = match letter.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        waiting = (waiting << 5 | u32::from(value)) & 0xffff;
        n_bits += 5;
        if n_bits >= 8 {
            n_bits -= 8;
            *bytes.next()? = (waiting >> n_bits) as u8;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_one_hash_however_it_is_written() {
        let hex = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
        let hash = Hash::of(HashKind::Sha1, hex).expect("a hash");
        assert_eq!(hash.to_string(), format!("sha1:{hex}"));
        for said in [format!("sha1:{hex}"), format!("SHA1:{}", hex.to_uppercase())] {
            assert_eq!(Hash::parse(&said), Some(hash), "{said}");
        }
        // The SHA-1 of nothing in base 32, as Gnutella writes it.
        assert_eq!(Hash::parse("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"), Some(hash));
        let torrent = Hash::parse(&format!("btmh:{}", "ab".repeat(32)));
        assert_eq!(Hash::parse(&format!("btmh:1220{}", "ab".repeat(32))), torrent);
    }

    #[test]
    fn what_is_no_hash_is_none() {
        for said in
            ["", "ed2k", "ed2k:", "ed2k:zz", "photodna:00", "sha1:é", &format!("md5:{}", "é".repeat(16))]
        {
            assert_eq!(Hash::parse(said), None, "{said}");
        }
    }

    #[test]
    fn a_cancelled_download_is_md5_of_seed_and_hash() {
        // MD5 of the bytes 04 03 02 01 and the sixteen bytes 00 to 0f, by md5sum.
        let ed2k = Hash::parse("ed2k:000102030405060708090a0b0c0d0e0f").expect("a hash");
        let seeded = ed2k.seeded(0x0102_0304).expect("an eDonkey hash");
        assert_eq!(seeded.to_string(), "seeded_md5:22856cf7f2f1bf2343a9beecac4be008");
        assert_eq!(Hash::parse("md5:000102030405060708090a0b0c0d0e0f").and_then(|md5| md5.seeded(1)), None);
    }

    #[test]
    fn the_hash_of_a_part_may_have_its_kind_before_it() {
        let bytes = part_bytes("00ff00ff00ff00ff00ff00ff00ff00ff").expect("bytes");
        assert_eq!(part_bytes("ed2k:00FF00FF00FF00FF00FF00FF00FF00FF"), Some(bytes));
        assert_eq!((part_bytes("00ff"), bytes[1], bytes[16]), (None, 255, 0));
    }
}
