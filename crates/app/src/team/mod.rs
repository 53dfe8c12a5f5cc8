//! Who may use a server that several officers share: accounts, what each may do, and what was let in or refused.
//!
//! A team's folder holds this for all operations that are served with it; nothing of it goes into an operation, whose own
//! record names the officers who acted. No account exists until somebody who can write the folder makes it, on the
//! command line.

pub mod accounts;
pub mod certificate;
pub mod log;
pub mod passkeys;
pub mod roles;
pub mod secrets;
pub mod tries;

use std::path::Path;

use self::accounts::Accounts;
use self::log::Log;
use self::tries::Tries;

/// A team's folder.
pub struct Team {
    /// Who has an account.
    pub accounts: Accounts,
    /// What was let in or refused.
    pub log: Log,
    /// Who failed to come in.
    pub tries: Tries,
}

impl Team {
    /// The team of a folder, which may be empty.
    pub fn of(folder: &Path) -> Self {
        Self { accounts: Accounts::in_folder(folder), log: Log::in_folder(folder), tries: Tries::default() }
    }
}
