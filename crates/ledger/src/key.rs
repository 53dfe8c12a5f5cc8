//! Keys of signed notes (C2SP signed-note): Ed25519, by name and key id, in the text forms that other tools read.
//!
//! | text | who may see it |
//! |---|---|
//! | `<name>+<8 hex digits of the key id>+<base64 of algorithm and public key>` | everybody |
//! | `PRIVATE+KEY+<name>+<8 hex digits of the key id>+<base64 of algorithm and secret>` | its holder |
//!
//! The key id is the first four bytes of SHA-256 over name, line feed, algorithm and public key. It names a key and
//! proves nothing: whoever checks must have the public key from elsewhere than from the log.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// What the text of a secret key begins with, so that nobody takes it for a public one.
const PRIVATE: &str = "PRIVATE+KEY+";

/// What a key signs, the first byte of its public form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Notes and entries (signed-note, type 0x01).
    Ed25519 = 0x01,
    /// Checkpoints of others, with the time at which they were seen (tlog-cosignature, type 0x04).
    Cosignature = 0x04,
}

impl Algorithm {
    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Ed25519, Self::Cosignature].into_iter().find(|algorithm| *algorithm as u8 == byte)
    }
}

/// Which key: its name and its key id. Written `name+530d903a`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId {
    /// Whose key it is, such as `unit.example/officer-17`: not empty, without blanks and plus signs.
    pub name: String,
    /// The first four bytes of SHA-256 over name, line feed, algorithm and public key.
    pub id: u32,
}

impl KeyId {
    fn of(name: &str, algorithm: Algorithm, public: &[u8; 32]) -> Self {
        let digest = Sha256::new()
            .chain_update(name)
            .chain_update([b'\n', algorithm as u8])
            .chain_update(public)
            .finalize();
        let id = digest[..4].iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
        Self { name: name.to_owned(), id }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}", self.name, self.id)
    }
}

impl FromStr for KeyId {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let (name, id) = text.split_once('+').ok_or(BadKey::Shape)?;
        Ok(Self { name: checked_name(name)?.to_owned(), id: key_id(id)? })
    }
}

/// A text that is not a key, or a name that no key can have. The text is not repeated: it may be secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Not the parts of a key.
    #[error("not a key: expected name+key id+base64")]
    Shape,
    /// A name that cannot stand in a note.
    #[error("a key's name is not empty and has no blanks, plus signs or control characters")]
    Name,
    /// A key id that is not one, or that belongs to another key.
    #[error("the key id is not that of this name and key")]
    Id,
    /// Not an algorithm that is read here.
    #[error("the key's algorithm is neither Ed25519 (1) nor a cosignature (4)")]
    Algorithm,
    /// Not 32 bytes in base64, or not a point of the curve.
    #[error("the key is not 32 bytes of Ed25519 in base64")]
    Bytes,
}

fn checked_name(name: &str) -> Result<&str, BadKey> {
    let bad = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '+';
    if name.is_empty() || name.contains(bad) { Err(BadKey::Name) } else { Ok(name) }
}

fn key_id(text: &str) -> Result<u32, BadKey> {
    let id = u32::from_str_radix(text, 16).map_err(|_| BadKey::Id)?;
    // Eight lower-case digits, and no sign.
    if format!("{id:08x}") == text { Ok(id) } else { Err(BadKey::Id) }
}

/// The parts of a key's text: its key id, its algorithm and its 32 bytes.
fn parts(text: &str) -> Result<(KeyId, Algorithm, Zeroizing<[u8; 32]>), BadKey> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(bytes)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(BadKey::Shape);
    };
    let key = KeyId { name: checked_name(name)?.to_owned(), id: key_id(id)? };
    let mut decoded = Zeroizing::new([0; 33]);
    if bytes.len() != 44 || STANDARD.decode_slice(bytes, &mut *decoded) != Ok(33) {
        return Err(BadKey::Bytes);
    }
    let mut key_bytes = Zeroizing::new([0; 32]);
    key_bytes.copy_from_slice(&decoded[1..]);
    Ok((key, Algorithm::from_byte(decoded[0]).ok_or(BadKey::Algorithm)?, key_bytes))
}

/// A key that signs. Its secret is overwritten when it is dropped.
pub struct Signer {
    verifier: Verifier,
    secret: SigningKey,
}

impl Signer {
    /// A key with this name from 32 bytes that nobody can guess (RFC 8032 section 5.1.5).
    ///
    /// # Errors
    /// A name that no key can have.
    pub fn new(name: &str, algorithm: Algorithm, secret: &[u8; 32]) -> Result<Self, BadKey> {
        let secret = SigningKey::from_bytes(secret);
        let public = secret.verifying_key();
        let key = KeyId::of(checked_name(name)?, algorithm, public.as_bytes());
        Ok(Self { verifier: Verifier { key, algorithm, public }, secret })
    }

    /// Reads the text of a secret key: `PRIVATE+KEY+name+key id+base64`.
    ///
    /// # Errors
    /// A text that is not one.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let (key, algorithm, secret) = parts(text.strip_prefix(PRIVATE).ok_or(BadKey::Shape)?)?;
        let signer = Self::new(&key.name, algorithm, &secret)?;
        if signer.verifier.key == key { Ok(signer) } else { Err(BadKey::Id) }
    }

    /// The text of the secret key. It is for a file that is encrypted, and for nothing else.
    #[must_use]
    pub fn secret_text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([self.verifier.algorithm as u8; 33]);
        bytes[1..].copy_from_slice(self.secret.as_bytes());
        let mut digits = Zeroizing::new([0; 44]);
        STANDARD.encode_slice(*bytes, &mut *digits).expect("33 bytes have 44 digits");
        let digits = std::str::from_utf8(&*digits).expect("base64 is ASCII");
        // The room is made once: a text that grows leaves copies of itself behind.
        let mut text = Zeroizing::new(String::with_capacity(PRIVATE.len() + self.key().name.len() + 54));
        for part in [PRIVATE, &self.key().to_string(), "+", digits] {
            text.push_str(part);
        }
        text
    }

    /// Which key it is.
    #[must_use]
    pub fn key(&self) -> &KeyId {
        &self.verifier.key
    }

    /// What it signs.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.verifier.algorithm
    }

    /// The public key.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.secret.sign(message).to_bytes()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.verifier.key)
    }
}

/// A public key. Written `name+key id+base64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    key: KeyId,
    algorithm: Algorithm,
    public: VerifyingKey,
}

impl Verifier {
    /// Which key it is.
    #[must_use]
    pub fn key(&self) -> &KeyId {
        &self.key
    }

    /// What it signs.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether this key signed the message. Signatures that some tools take and others do not are not taken.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = ed25519_dalek::Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.public.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [self.algorithm as u8; 33];
        bytes[1..].copy_from_slice(self.public.as_bytes());
        write!(f, "{}+{}", self.key, STANDARD.encode(bytes))
    }
}

impl FromStr for Verifier {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let (key, algorithm, public) = parts(text)?;
        if KeyId::of(&key.name, algorithm, &public) != key {
            return Err(BadKey::Id);
        }
        let public = VerifyingKey::from_bytes(&public).map_err(|_| BadKey::Bytes)?;
        if public.is_weak() { Err(BadKey::Bytes) } else { Ok(Self { key, algorithm, public }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of the documentation of Go's package sumdb/note.
    const SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn a_key_of_another_tool_is_read_and_written_back() {
        let signer = Signer::parse(SECRET).expect("a key");
        assert_eq!(signer.secret_text().as_str(), SECRET);
        assert_eq!(signer.verifier().to_string(), PUBLIC);
        assert_eq!(signer.key().to_string(), "PeterNeumann+c74f20a3");
        assert_eq!("PeterNeumann+c74f20a3".parse().as_ref(), Ok(signer.key()));
        assert_eq!(PUBLIC.parse().as_ref(), Ok(signer.verifier()));
        assert!(!format!("{signer:?}").contains("AYEK"));
        // The key of the specification signed-note.
        let foo = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        assert_eq!(foo.parse::<Verifier>().map(|foo| foo.to_string()).as_deref(), Ok(foo));
    }

    #[test]
    fn one_secret_has_another_key_id_for_each_name_and_algorithm() {
        let key = |name, algorithm| Signer::new(name, algorithm, &[7; 32]).map(|signer| signer.key().id);
        let ids =
            [key("a", Algorithm::Ed25519), key("b", Algorithm::Ed25519), key("a", Algorithm::Cosignature)];
        assert!(ids.iter().all(Result::is_ok));
        assert!(ids[0] != ids[1] && ids[0] != ids[2] && ids[1] != ids[2]);
        let witness = Signer::new("w", Algorithm::Cosignature, &[7; 32]).expect("a name");
        let again = Signer::parse(&witness.secret_text()).expect("as written");
        assert_eq!((again.key(), again.algorithm()), (witness.key(), Algorithm::Cosignature));
    }

    #[test]
    fn a_secret_is_overwritten_when_it_is_dropped() {
        fn overwritten<T: zeroize::ZeroizeOnDrop>(_: &T) {}
        let signer = Signer::parse(SECRET).expect("a key");
        overwritten(&signer.secret);
        overwritten(&signer.secret_text());
    }

    #[test]
    fn what_is_not_a_key_is_refused() {
        let other_id = PUBLIC.replace("c74f20a3", "c74f20a4");
        for (text, expected) in [
            ("", BadKey::Shape),
            ("a+c74f20a3", BadKey::Shape),
            ("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", BadKey::Name),
            ("a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", BadKey::Name),
            ("a+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", BadKey::Id),
            ("a++74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", BadKey::Shape),
            ("a+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", BadKey::Bytes),
            ("a+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", BadKey::Algorithm),
            (&other_id, BadKey::Id),
        ] {
            let found = text.parse::<Verifier>().map(|_| ()).expect_err(text);
            assert!(
                found == expected || found == BadKey::Id && expected == BadKey::Shape,
                "{text}: {found:?}"
            );
        }
        assert!(Signer::parse(PUBLIC).is_err());
        assert!(SECRET.parse::<Verifier>().is_err());
        assert_eq!(Signer::parse(&SECRET.replace("c74f20a3", "c74f20a4")).map(|_| ()), Err(BadKey::Id));
        assert_eq!(Signer::new("a+b", Algorithm::Ed25519, &[7; 32]).map(|_| ()), Err(BadKey::Name));
        // A point of small order, for which anybody can make signatures.
        let mut weak = [0; 32];
        weak[0] = 1;
        let key = KeyId::of("w", Algorithm::Ed25519, &weak);
        let text = format!("{key}+{}", STANDARD.encode([&[1], &weak[..]].concat()));
        assert_eq!(text.parse::<Verifier>().map(|_| ()), Err(BadKey::Bytes));
    }
}
