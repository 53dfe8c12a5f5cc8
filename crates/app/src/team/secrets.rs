//! Secrets of accounts: passphrases, kept as Argon2id hashes (RFC 9106), codes of invitations, and what is made by
//! chance.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tutela_model::Digest;

/// Memory of one guess in KiB, passes and lanes: the second recommended option of RFC 9106, section 4, with one lane,
/// since a server hashes for several people at once.
const COST: (u32, u32, u32) = (64 << 10, 3, 1);

/// The fewest characters of a passphrase (NIST SP 800-63B-4, section 3.1.1.2, asks for 15 where it stands alone).
pub const LEAST: usize = 15;

/// The most bytes of a passphrase that are hashed.
pub const MOST_BYTES: usize = 1_024;

fn hasher() -> Argon2<'static> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).expect("constants within the limits of Argon2");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Whether a text may be a new passphrase.
pub fn fits(passphrase: &str) -> bool {
    passphrase.chars().count() >= LEAST && passphrase.len() <= MOST_BYTES
}

/// A passphrase as it is kept: a PHC string with its salt and its cost.
///
/// # Errors
/// The system has no random numbers.
pub fn kept(passphrase: &str) -> anyhow::Result<String> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)?;
    let hash = hasher().hash_password_with_salt(passphrase.as_bytes(), &salt);
    Ok(hash.map_err(|error| anyhow::anyhow!("{error}"))?.to_string())
}

/// Whether a passphrase is the one that was kept. Without one that was kept it takes as long, and is not.
pub fn is(passphrase: &str, kept: Option<&str>) -> bool {
    let passphrase = if passphrase.len() <= MOST_BYTES { passphrase } else { "" };
    match kept {
        Some(kept) => hasher().verify_password(passphrase.as_bytes(), kept).is_ok(),
        None => {
            // Whoever tries names learns nothing from how long the answer takes.
            let _ = hasher().hash_password_with_salt(passphrase.as_bytes(), b"nobody's own salt");
            false
        }
    }
}

/// 256 random bits as hexadecimal digits.
///
/// # Errors
/// The system has no random numbers.
pub fn secret() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(Digest(bytes).hex())
}

/// A code of an invitation: 100 random bits as 20 letters and digits in groups that can be read over a telephone, and
/// its digest, which is what is kept.
///
/// # Errors
/// The system has no random numbers.
pub fn new_code() -> anyhow::Result<(String, Digest)> {
    /// Without the letters that are read as digits (Crockford's base 32).
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bytes = [0; 20];
    getrandom::fill(&mut bytes)?;
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
    let code = groups.join("-");
    Ok((code.clone(), digest_of_code(&code)))
}

/// The digest of a code as somebody typed it.
pub fn digest_of_code(code: &str) -> Digest {
    let typed: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    Digest::of(typed.to_ascii_lowercase().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_known_again_and_no_other_is() {
        let first = kept("otto gatti sul tetto").expect("random numbers");
        let second = kept("otto gatti sul tetto").expect("random numbers");
        assert!(first.starts_with("$argon2id$v=19$m=65536,t=3,p=1$") && first != second);
        assert!(is("otto gatti sul tetto", Some(&first)) && !is("otto gatti sul tettO", Some(&first)));
        for none in [None, Some(""), Some("$argon2id$"), Some("otto gatti sul tetto")] {
            assert!(!is("otto gatti sul tetto", none), "{none:?}");
        }
        assert!(!is("", Some(&first)) && !is(&"x".repeat(MOST_BYTES + 1), Some(&first)));
    }

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        let (code, digest) = new_code().expect("random numbers");
        assert_eq!((code.len(), code.matches('-').count()), (23, 3));
        let typed = format!(" {} ", code.replace('-', " ").to_uppercase());
        assert!(digest_of_code(&typed) == digest && digest_of_code(&code[1..]) != digest);
    }

    #[test]
    fn a_new_passphrase_has_fifteen_characters_whatever_their_bytes() {
        assert!(fits("quindici lèttere") && fits(&"è".repeat(LEAST)));
        assert!(!fits("quattordici le") && !fits(&"x".repeat(MOST_BYTES + 1)));
    }
}
