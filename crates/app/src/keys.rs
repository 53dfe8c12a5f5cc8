//! An officer's own key as a file: the text of a secret key of signed notes, encrypted with a passphrase in the age
//! format (C2SP age, recipient scrypt, as text), so that every age tool opens it too. The public key lies beside it.
//!
//! Nothing here goes into an operation: who may sign in one is recorded there, by the public key.

pub mod passphrase;

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, EncryptError, Encryptor, scrypt};
use tempfile::NamedTempFile;
use tutela_ledger::key::{Algorithm, BadKey, Signer, Verifier};
use zeroize::Zeroizing;

use crate::ending::{Doing as _, Exit, Failure};
use crate::keys::passphrase::Purpose;
use crate::run::{Run, folder_for};
use crate::talk::{path_text, phrase};

/// The most bytes of a key file that are read; one has about six hundred.
const BYTES: u64 = 64 << 10;

/// What one guess at a passphrase costs, as a power of two: half a second and 256 MiB, as with the program age.
const WORK: u8 = 18;

/// What a file may ask for before it is opened: two seconds and 1 GiB. A fixed limit, because one that is measured on a
/// busy machine refuses the officer's own key.
const WORK_LIMIT: u8 = 20;

/// The key that a run signs with: that of `--key`, else of TUTELA_KEY; none when neither names one. Its passphrase is
/// asked once a run.
///
/// # Errors
/// The file is no key file, or its passphrase is not given or wrong.
pub fn signer(run: &Run) -> anyhow::Result<Option<Arc<Signer>>> {
    let Some(path) = &run.key else { return Ok(None) };
    if let Some(signer) = run.signer.get() {
        return Ok(Some(Arc::clone(signer)));
    }
    let signer = opened(run, path)?;
    Ok(Some(Arc::clone(run.signer.get_or_init(|| signer))))
}

/// The key in a file, for which its passphrase is asked.
///
/// # Errors
/// As [`signer`].
pub fn opened(run: &Run, path: &Path) -> anyhow::Result<Arc<Signer>> {
    Ok(Arc::new(open(path, || passphrase::ask(run, Purpose::Open(path)))?))
}

/// Opens a key file. The passphrase is asked for only when it is one.
///
/// # Errors
/// There is no such file, it is no key file or damaged, the passphrase is wrong, or what it holds is no key.
pub fn open(
    path: &Path,
    passphrase: impl FnOnce() -> anyhow::Result<Zeroizing<String>>,
) -> anyhow::Result<Signer> {
    let sealed = read(path)?;
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(&*sealed)).ok();
    let decryptor = decryptor.filter(Decryptor::is_scrypt).ok_or_else(|| no_key_file(path))?;
    let mut identity = scrypt::Identity::new(SecretString::from(passphrase()?.as_str()));
    identity.set_max_work_factor(WORK_LIMIT);
    let reader = decryptor.decrypt(iter::once(&identity as _)).map_err(|error| refused(&error, path))?;
    // The room is made once, and what is decrypted is shorter than what it was: a text that grows leaves copies behind.
    let mut opened = Zeroizing::new(Vec::with_capacity(sealed.len()));
    reader.take(BYTES).read_to_end(&mut opened).map_err(|_| no_key_file(path))?;
    let text = std::str::from_utf8(&opened).map_err(|_| BadKey::Shape);
    let signer = text.and_then(|text| Signer::parse(text.trim_end()));
    signer.doing(|| phrase!("key.other", path = path_text(path)))
}

/// Reads a public key's file.
///
/// # Errors
/// There is no such file, or it holds no public key.
pub fn public(path: &Path) -> anyhow::Result<Verifier> {
    let text = String::from_utf8(read(path)?).map_err(|_| BadKey::Shape);
    text.and_then(|text| text.trim_end().parse()).doing(|| phrase!("key.public", path = path_text(path)))
}

/// Where the public key of a key file lies: beside it, with the ending `.vkey`.
pub fn public_path(path: &Path) -> PathBuf {
    path.with_extension("vkey")
}

/// Makes a key and writes it to a file that is its owner's alone, and its public key beside it: both or neither.
///
/// # Errors
/// A file of one of these names is there, or the disk refuses.
pub fn create(path: &Path, name: &str, algorithm: Algorithm, passphrase: &str) -> anyhow::Result<Verifier> {
    let mut secret = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *secret).doing(|| phrase!("system.random"))?;
    let signer = Signer::new(name, algorithm, &secret)?;
    let sealed = sealed(&signer, passphrase, WORK)?;
    let verifier = signer.verifier();
    let public = public_path(path);
    write_once(path, &sealed, false)?;
    if let Err(error) = write_once(&public, format!("{verifier}\n").as_bytes(), true) {
        // Nobody has seen the key, so nothing is lost with it; if it cannot be removed, the error at hand says enough.
        let _ = std::fs::remove_file(path);
        return Err(error);
    }
    Ok(verifier.clone())
}

/// Whether a key can be made here, to be said before a passphrase is thought of.
///
/// # Errors
/// A file of one of its two names is there, or no folder for them.
pub fn check_free(path: &Path) -> Result<(), Failure> {
    folder_for(path)?;
    let public = public_path(path);
    if public == path {
        let what = phrase!("key.ending", path = path_text(path));
        return Err(Failure::new(Exit::Usage, what).hint(phrase!("key.ending.hint")));
    }
    // A link that leads nowhere is something too.
    match [path, &public].into_iter().find(|path| path.symlink_metadata().is_ok()) {
        Some(taken) => Err(exists(taken)),
        None => Ok(()),
    }
}

/// The secret text of a key, encrypted.
fn sealed(signer: &Signer, passphrase: &str, work: u8) -> Result<Vec<u8>, EncryptError> {
    let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase));
    recipient.set_work_factor(work);
    let encryptor = Encryptor::with_recipients(iter::once(&recipient as _))?;
    let mut writer = encryptor.wrap_output(ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor)?)?;
    writer.write_all(signer.secret_text().as_bytes())?;
    writer.write_all(b"\n")?;
    Ok(writer.finish()?.finish()?)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let cannot = || phrase!("cannot.read", path = path_text(path));
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let what = phrase!("file.none", path = path_text(path));
            return Err(Failure::new(Exit::Failed, what).hint(phrase!("file.none.hint")).into());
        }
        opened => opened.doing(cannot)?,
    };
    let mut bytes = Vec::new();
    // One byte more shows that there is more than a key file has.
    file.take(BYTES + 1).read_to_end(&mut bytes).doing(cannot)?;
    if bytes.len() as u64 > BYTES { Err(no_key_file(path).into()) } else { Ok(bytes) }
}

/// Writes a file under another name, the owner's alone, and gives it its own when it is complete, unless that is taken.
fn write_once(path: &Path, bytes: &[u8], for_everybody: bool) -> anyhow::Result<()> {
    let cannot = || phrase!("cannot.write", path = path_text(path));
    // The library names its temporary file in its errors, which nobody has to know.
    let file = NamedTempFile::new_in(folder_for(path)?);
    let mut file = file.map_err(|error| io::Error::from(error.kind())).doing(cannot)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).doing(cannot)?;
    if for_everybody {
        open_to_everybody(file.as_file()).doing(cannot)?;
    }
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Err(exists(path).into()),
        Err(error) => Err(error.error).doing(cannot),
    }
}

/// A public key is for others to read.
#[cfg(unix)]
fn open_to_everybody(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn open_to_everybody(_: &File) -> io::Result<()> {
    Ok(())
}

fn exists(path: &Path) -> Failure {
    let what = phrase!("key.exists", path = path_text(path));
    Failure::new(Exit::Failed, what).hint(phrase!("key.exists.hint"))
}

fn no_key_file(path: &Path) -> Failure {
    let what = phrase!("key.file", path = path_text(path));
    Failure::new(Exit::Failed, what).hint(phrase!("key.file.hint"))
}

/// Why a key file does not open. What fails after the passphrase was right is damage.
fn refused(error: &DecryptError, path: &Path) -> Failure {
    match error {
        DecryptError::DecryptionFailed => {
            let what = phrase!("key.passphrase", path = path_text(path));
            Failure::new(Exit::Failed, what).hint(phrase!("key.passphrase.hint"))
        }
        DecryptError::ExcessiveWork { required, .. } if *required > WORK_LIMIT => {
            let (asked, most) = (u64::from(*required), u64::from(WORK_LIMIT));
            let what = phrase!("key.work", asked = asked, most = most, path = path_text(path));
            Failure::new(Exit::Failed, what).hint(phrase!("key.work.hint"))
        }
        _ => no_key_file(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSPHRASE: &str = "otto gatti sul tetto";

    fn signer() -> Signer {
        Signer::new("questura.example/rossi", Algorithm::Ed25519, &[7; 32]).expect("a name")
    }

    fn opened(bytes: &[u8], passphrase: &str) -> anyhow::Result<Signer> {
        let file = NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), bytes).expect("it is ours");
        open(file.path(), || Ok(Zeroizing::new(passphrase.to_owned())))
    }

    fn message(found: anyhow::Result<Signer>) -> String {
        found.expect_err("it is not to be opened").to_string()
    }

    #[test]
    fn a_key_file_opens_with_its_passphrase_and_with_no_other() {
        let sealed = sealed(&signer(), PASSPHRASE, 2).expect("encrypted");
        let again = opened(&sealed, PASSPHRASE).expect("its passphrase");
        assert_eq!(again.verifier(), signer().verifier());
        assert!(message(opened(&sealed, "otto gatti sul tett")).starts_with("wrong passphrase"));
        // What every age tool looks for, and nothing of the key.
        let text = String::from_utf8(sealed).expect("text");
        assert!(text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n") && !text.contains("PRIVATE"));
    }

    #[test]
    fn a_damaged_key_file_never_opens_as_another_key() {
        let sealed = sealed(&signer(), PASSPHRASE, 2).expect("encrypted");
        for at in (0..sealed.len()).step_by(11) {
            assert!(opened(&sealed[..at], PASSPHRASE).is_err(), "cut at {at}");
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            if let Ok(same) = opened(&damaged, PASSPHRASE) {
                assert_eq!(same.verifier(), signer().verifier(), "changed at {at}");
            }
        }
    }

    #[test]
    fn a_file_that_asks_for_minutes_is_refused_at_once() {
        let sealed = sealed(&signer(), PASSPHRASE, 2).expect("encrypted");
        let mut header = Vec::new();
        ArmoredReader::new(&*sealed).read_to_end(&mut header).expect("armoured");
        let at = header.windows(3).position(|found| found == b" 2\n").expect("the work factor");
        header.splice(at + 1..at + 2, *b"40");
        assert!(message(opened(&header, PASSPHRASE)).contains("(2^40, at most 2^20)"));
    }

    #[test]
    fn a_file_for_a_key_instead_of_a_passphrase_asks_for_none() {
        let recipient = age::x25519::Identity::generate().to_public();
        let other = age::encrypt(&recipient, b"x").expect("encrypted");
        let file = NamedTempFile::new().expect("a file");
        for bytes in [&other[..], b"", b"-----BEGIN AGE ENCRYPTED FILE-----\n", &[b'x'; 70_000]] {
            std::fs::write(file.path(), bytes).expect("it is ours");
            let found = open(file.path(), || panic!("a passphrase is asked for no key file"));
            assert!(message(found).starts_with("not a key file, or a damaged one"));
        }
    }
}
