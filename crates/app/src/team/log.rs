//! What was let in and what was refused: a line of JSON for each, appended to `log.jsonl` of the team's folder.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::held::held;
use crate::operation::now;

/// The log of a team's folder.
pub struct Log {
    path: PathBuf,
    /// One line at a time.
    writing: Mutex<()>,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// When, RFC 3339, UTC.
    pub at: String,
    /// What happened.
    pub event: What,
    /// The account, as it was given: there may be none of this name.
    pub account: String,
    /// The address that it came from; empty where it was done on the command line.
    pub from: String,
    /// The operation's id; empty where it is of no operation.
    pub operation: String,
    /// The address that was refused, the role that was given, the seconds of a lock-out, the reason, the passkey.
    pub detail: String,
}

/// What happens to accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// An account was made.
    Added,
    /// A code was made with which a passphrase can be set.
    Invited,
    /// A passphrase was set.
    PassphraseSet,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was taken away.
    PasskeyRemoved,
    /// A role in an operation was given.
    Granted,
    /// The role in an operation was taken away.
    Revoked,
    /// The account can no longer come in.
    Closed,
    /// Somebody came in.
    CameIn,
    /// Somebody went out.
    WentOut,
    /// Somebody was not let in: the name, the passphrase or the code is not right.
    NotLetIn,
    /// Too many failures: nobody is let in under this name, or from this machine, for a while.
    LockedOut,
    /// Somebody who is in asked for what their role does not allow, or has no role in the operation.
    Forbidden,
}

/// Bytes of what somebody typed that are kept of it.
const TYPED: usize = 128;

impl Log {
    /// The log of a folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join("log.jsonl"), writing: Mutex::default() }
    }

    /// Appends a line.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn note(
        &self,
        event: What,
        account: &str,
        from: &str,
        operation: &str,
        detail: &str,
    ) -> io::Result<()> {
        let event = Event {
            at: now().to_string(),
            event,
            account: cut(account),
            from: from.to_owned(),
            operation: operation.to_owned(),
            detail: cut(detail),
        };
        let mut line = serde_json::to_vec(&event)?;
        line.push(b'\n');
        let _one = held(&self.writing);
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        // One write: lines of the command line and of several servers do not mix.
        file.write_all(&line)?;
        file.sync_data()
    }

    /// The last lines, the latest first. A line that is damaged is left out.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last(&self, n: usize) -> io::Result<Vec<Event>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut last = std::collections::VecDeque::with_capacity(n.min(1_000));
        for line in BufReader::new(file).split(b'\n') {
            let Ok(event) = serde_json::from_slice(&line?) else { continue };
            if last.len() == n {
                last.pop_front();
            }
            last.push_back(event);
        }
        Ok(last.into_iter().rev().collect())
    }
}

fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(TYPED)].to_owned()
}

/// What happened to accounts: `tutela.team_log/1`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TeamLog {
    /// `tutela.team_log/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// The latest first.
    events: Vec<Event>,
}

impl TeamLog {
    /// The document of these events, the latest first.
    pub fn of(events: Vec<Event>) -> Self {
        Self { schema: "tutela.team_log/1", events }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_come_first_and_what_was_typed_is_cut() {
        let folder = tempfile::tempdir().expect("a folder");
        let log = Log::in_folder(folder.path());
        assert_eq!(log.last(3).expect("an empty log"), []);
        for name in ["rossi", "bianchi", &"è".repeat(200), "a\n{\"at\":1}"] {
            log.note(What::NotLetIn, name, "192.0.2.7", "", "").expect("it is written");
        }
        let last = log.last(3).expect("it is read");
        let names: Vec<&str> = last.iter().map(|event| event.account.as_str()).collect();
        assert_eq!(names, ["a\n{\"at\":1}", &"è".repeat(64), "bianchi"]);
    }
}
