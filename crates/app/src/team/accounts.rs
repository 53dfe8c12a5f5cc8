//! Accounts of a team: `accounts.json` in its folder, written whole, read by every server that runs on it.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use tutela_model::Digest;
use utoipa::ToSchema;

use super::passkeys::Kept;
use super::roles::Role;
use super::secrets;
use crate::ending::{Doing as _, Exit, Failure};
use crate::held::held;
use crate::talk::{path_text, phrase};

/// The accounts of a folder.
pub struct Accounts {
    folder: PathBuf,
    read: Mutex<Option<(Stamp, Arc<Book>)>>,
}

/// By what it is seen that the file was written anew.
type Stamp = (SystemTime, u64);

/// All accounts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    /// `tutela.accounts/1`.
    schema: String,
    /// Random digits, of which what must be the same each time and known to nobody is made.
    #[serde(default)]
    pub secret: String,
    /// By name.
    pub accounts: BTreeMap<String, Account>,
}

/// Who has an account, as far as one operation is concerned: `tutela.team/1`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TeamAccounts {
    /// `tutela.team/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// The operation: the name of its log.
    operation: String,
    /// By name.
    accounts: Vec<TeamAccount>,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct TeamAccount {
    /// Its name.
    name: String,
    /// Whose it is, as the ledger names them.
    officer: String,
    /// The role in this operation; null for none.
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    /// Whether a passphrase is set.
    has_passphrase: bool,
    /// How many passkeys come in.
    passkeys: usize,
    /// Why it comes in no more; null while it does.
    closed: Option<String>,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Whose it is, as the ledger names them.
    pub officer: String,
    /// The role in each operation, by the operation's id.
    #[serde(default)]
    pub roles: BTreeMap<String, Role>,
    /// The Argon2id hash of the passphrase; none until the invitation is taken up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passphrase: Option<String>,
    /// Passkeys, with which it comes in as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passkeys: Vec<Kept>,
    /// With what a passphrase can be set, once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<Invitation>,
    /// Why the account can no longer come in; none while it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<String>,
}

/// A code that sets a passphrase once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// SHA-256 of the code, hexadecimal.
    digest: String,
    /// Until when, RFC 3339, UTC.
    until: String,
}

/// How long an invitation holds.
const INVITED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The most bytes of a file of accounts.
const BYTES: u64 = 16 << 20;

/// The most letters of an account's name.
const LETTERS: usize = 64;

/// Whether a text may name an account: small letters, digits, `.`, `_` and `-`.
pub fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_".contains(c);
    (1..=LETTERS).contains(&text.len()) && text.chars().all(fits)
}

impl Account {
    /// A new account, and the code with which its passphrase is set.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn invited(officer: &str, now: Timestamp) -> anyhow::Result<(Self, String)> {
        let mut account = Self {
            officer: officer.to_owned(),
            roles: BTreeMap::new(),
            passphrase: None,
            passkeys: Vec::new(),
            invitation: None,
            closed: None,
        };
        let code = account.invite(now)?;
        Ok((account, code))
    }

    /// Ends the passphrase and all passkeys, and makes a code with which another is set.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn invite(&mut self, now: Timestamp) -> anyhow::Result<String> {
        let (code, digest) = secrets::new_code()?;
        self.passphrase = None;
        self.passkeys.clear();
        self.invitation = Some(Invitation { digest: digest.hex(), until: (now + INVITED).to_string() });
        Ok(code)
    }

    /// Whether this code sets the passphrase.
    pub fn takes(&self, code: Digest, now: Timestamp) -> bool {
        let invitation = self.invitation.as_ref().filter(|_| self.closed.is_none());
        // Digests are compared: how long that takes tells nothing about the code.
        invitation.is_some_and(|invitation| {
            let holds = invitation.until.parse().is_ok_and(|until: Timestamp| now <= until);
            holds && invitation.digest == code.hex()
        })
    }

    /// Takes up the invitation.
    pub fn set(&mut self, passphrase: String) {
        self.passphrase = Some(passphrase);
        self.invitation = None;
    }
}

impl Accounts {
    /// The accounts of a folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), read: Mutex::default() }
    }

    fn path(&self) -> PathBuf {
        self.folder.join("accounts.json")
    }

    /// All accounts as they stand. The file is read again when it was written.
    ///
    /// # Errors
    /// The file cannot be read, or is not one of accounts.
    pub fn now(&self) -> anyhow::Result<Arc<Book>> {
        let path = self.path();
        let reading = || phrase!("team.unreadable", path = path_text(&path));
        let stamp = match fs::metadata(&path) {
            Ok(found) => (found.modified().doing(reading)?, found.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Arc::default()),
            Err(error) => return Err(error).doing(reading),
        };
        let mut read = held(&self.read);
        if let Some((at, book)) = &*read
            && *at == stamp
        {
            return Ok(Arc::clone(book));
        }
        let mut text = Vec::new();
        File::open(&path).doing(reading)?.take(BYTES).read_to_end(&mut text).doing(reading)?;
        let book: Arc<Book> = Arc::new(serde_json::from_slice(&text).doing(reading)?);
        *read = Some((stamp, Arc::clone(&book)));
        Ok(book)
    }

    /// Changes accounts: nobody else changes them meanwhile, and a change that fails leaves them as they were.
    ///
    /// # Errors
    /// The file cannot be read or written, or the change itself fails.
    pub fn change<T>(&self, change: impl FnOnce(&mut Book) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let path = self.path();
        let writing = || phrase!("team.unwritable", path = path_text(&path));
        folder_of_ones_own(&self.folder).doing(writing)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.folder.join("lock"))
            .doing(writing)?;
        lock.lock().doing(writing)?;
        // What this process has read may be of before the lock.
        *held(&self.read) = None;
        let mut book = Book::clone(&*self.now()?);
        if book.secret.is_empty() {
            book.secret = secrets::secret()?;
        }
        let came = change(&mut book)?;
        book.schema = "tutela.accounts/1".to_owned();
        // A temporary file is its owner's alone.
        let mut file = NamedTempFile::new_in(&self.folder).doing(writing)?;
        serde_json::to_writer_pretty(&mut file, &book).doing(writing)?;
        file.write_all(b"\n").doing(writing)?;
        file.as_file().sync_all().doing(writing)?;
        file.persist(&path).doing(writing)?;
        *held(&self.read) = None;
        Ok(came)
    }
}

impl Book {
    /// The accounts as one operation sees them.
    pub fn document(&self, operation: &str) -> TeamAccounts {
        let account = |(name, account): (&String, &Account)| TeamAccount {
            name: name.clone(),
            officer: account.officer.clone(),
            role: account.roles.get(operation).copied(),
            has_passphrase: account.passphrase.is_some(),
            passkeys: account.passkeys.len(),
            closed: account.closed.clone(),
        };
        let accounts = self.accounts.iter().map(account).collect();
        TeamAccounts { schema: "tutela.team/1", operation: operation.to_owned(), accounts }
    }

    /// What is the same each time for a name, and can be guessed by nobody.
    pub fn digest_of(&self, purpose: &str, name: &str) -> Digest {
        Digest::of(format!("{}\n{purpose}\n{name}", self.secret).as_bytes())
    }

    /// An account by its name, to be changed.
    ///
    /// # Errors
    /// There is none.
    pub fn account(&mut self, name: &str) -> Result<&mut Account, Failure> {
        let none = || Failure::new(Exit::Failed, phrase!("team.no_account", name = name));
        self.accounts.get_mut(name).ok_or_else(|| none().hint(phrase!("team.no_account.hint")))
    }
}

/// Makes a folder that only its owner may open.
///
/// # Errors
/// It cannot be made.
pub fn folder_of_ones_own(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn an_invitation_is_taken_up_once_and_in_time() {
        let start = at("2026-01-10T08:00:00Z");
        let (mut account, code) = Account::invited("isp. Rossi", start).expect("random numbers");
        let digest = secrets::digest_of_code(&code);
        assert!(account.takes(digest, at("2026-01-17T08:00:00Z")));
        assert!(!account.takes(digest, at("2026-01-17T08:00:01Z")));
        assert!(!account.takes(secrets::digest_of_code("00000"), start));
        account.set("hash".to_owned());
        assert!(!account.takes(digest, start));
        // A further invitation ends the passphrase; a closed account takes none.
        let code = account.invite(start).expect("random numbers");
        assert_eq!(account.passphrase, None);
        account.closed = Some("left the unit".to_owned());
        assert!(!account.takes(secrets::digest_of_code(&code), start));
    }

    #[test]
    fn what_one_process_writes_another_reads_and_a_change_that_fails_changes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().join("team");
        let (server, line) = (Accounts::in_folder(&folder), Accounts::in_folder(&folder));
        assert!(server.now().expect("no accounts").accounts.is_empty());
        let (account, _) =
            Account::invited("isp. Rossi", at("2026-01-10T08:00:00Z")).expect("random numbers");
        line.change(|book| Ok(book.accounts.insert("rossi".to_owned(), account))).expect("it is written");
        assert_eq!(server.now().expect("one").accounts["rossi"].officer, "isp. Rossi");
        let failed: anyhow::Result<()> = server.change(|book| {
            book.accounts.clear();
            Err(anyhow::anyhow!("no"))
        });
        assert!(failed.is_err());
        assert_eq!(line.now().expect("one").accounts.len(), 1);
        fs::write(folder.join("accounts.json"), "{").expect("it is damaged");
        assert!(server.now().is_err() && line.change(|_| Ok(())).is_err());
    }

    #[test]
    fn a_name_is_of_small_letters_digits_and_three_signs() {
        assert!(is_name("s.rossi-2_a") && is_name(&"x".repeat(LETTERS)));
        for text in ["", "Rossi", "a b", "è", "a/b", "<b>", &"x".repeat(LETTERS + 1)] {
            assert!(!is_name(text), "{text:?}");
        }
    }
}
