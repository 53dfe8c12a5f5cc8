//! How a run ends: the exit codes, and errors that say how to mend what went wrong.

use std::error::Error;
use std::fmt;
use std::io;
use std::process::ExitCode;

use clap::error::ErrorFormatter;
use tutela_case::{CaseError, Fault, disk_hint};
use tutela_model::source::OtherHeader;
use tutela_model::table::TablesError;
use tutela_model::{Lang, Phrase, Refusal};
use tutela_outputs::shown;

use crate::talk::{self, phrase};

/// How a run ends, with the code that the shell sees. The codes are a contract: add, never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// The command line was wrong.
    Usage = 2,
    /// Done, with problems kept aside.
    Problems = 3,
    /// Something stored is not what the ledger says.
    Integrity = 4,
    /// No valid legal basis.
    NoBasis = 5,
    /// Another process is writing.
    Locked = 6,
    /// Stopped by the user; what was done before holds.
    Stopped = 130,
}

/// An error of the program itself, in both languages, with how to mend it.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The code to end with.
    pub exit: Exit,
    /// What went wrong, and where.
    pub what: Phrase,
    /// How to mend it.
    pub hint: Option<Phrase>,
}

impl Failure {
    /// A failure with nothing known to mend it.
    pub fn new(exit: Exit, what: Phrase) -> Self {
        Self { exit, what, hint: None }
    }

    /// The same failure, with how to mend it.
    pub fn hint(mut self, hint: Phrase) -> Self {
        self.hint = Some(hint);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&talk::say(&self.what, Lang::En))
    }
}

impl Error for Failure {}

/// Whether the error is only that nobody reads the output any more (`tutela table … | head`).
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// The code that an error ends the run with: that of the first cause that has one.
pub fn exit_of(error: &anyhow::Error) -> Exit {
    let exit = |cause: &(dyn Error + 'static)| {
        if let Some(failure) = cause.downcast_ref::<Failure>() {
            return Some(failure.exit);
        }
        if let Some(Refusal::Stopped) = cause.downcast_ref::<Refusal>() {
            return Some(Exit::Stopped);
        }
        if cause.is::<TablesError>() {
            return Some(Exit::Integrity);
        }
        match cause.downcast_ref::<CaseError>()? {
            CaseError::Broken(_) | CaseError::Altered(_) | CaseError::Tables(_) => Some(Exit::Integrity),
            CaseError::Locked { .. } => Some(Exit::Locked),
            CaseError::NoBasis { .. } | CaseError::UnknownBasis(_) => Some(Exit::NoBasis),
            _ => None,
        }
    };
    error.chain().find_map(exit).unwrap_or(Exit::Failed)
}

/// Says what is wrong with the command line, or what was asked of it: help, the version.
pub fn wrong_command_line<F: ErrorFormatter>(error: &clap::error::Error<F>) -> ExitCode {
    let foreign = std::env::args_os().any(|arg| arg.to_string_lossy().chars().any(shown::acts));
    if foreign {
        // A name that the shell filled in may hold anything, and the message repeats it.
        talk::aloud(&talk::plain_lines(error.render().to_string().trim_end()));
    } else if error.print().is_err() {
        return ExitCode::from(Exit::Failed as u8);
    }
    ExitCode::from(error.exit_code() as u8)
}

/// What the libraries' errors that officers meet most are in both languages, and how to mend them.
fn said(cause: &(dyn Error + 'static)) -> Option<(Phrase, Option<Phrase>)> {
    if let Some(Refusal::ZoneMissing { place, column, found }) = cause.downcast_ref::<Refusal>() {
        let what = phrase!(
            "zone.missing",
            place = place.to_string(),
            column = column.as_str(),
            found = found.as_str()
        );
        return Some((what, Some(phrase!("zone.missing.hint"))));
    }
    if let Some(Refusal::OtherHeader(other)) = cause.downcast_ref::<Refusal>() {
        return Some(other_header(other));
    }
    if let Some(TablesError { table, message, .. }) = cause.downcast_ref::<TablesError>() {
        let what = phrase!("table.damaged", table = *table, message = message.as_str());
        return Some((what, Some(phrase!("table.damaged.hint"))));
    }
    let (what, hint) = match cause.downcast_ref::<CaseError>()? {
        CaseError::Altered(Fault { path, expected, found }) => {
            let (path, expected, found) = (path.as_str(), expected.as_str(), found.as_str());
            let what = phrase!("stored.altered", path = path, expected = expected, found = found);
            let of_table = path.starts_with("tables/");
            let hint = if of_table { phrase!("table.damaged.hint") } else { phrase!("ledger.faults.hint") };
            (what, hint)
        }
        CaseError::Form { path, expected, found } => (
            phrase!(
                "form.unknown",
                path = talk::path_text(path),
                expected = expected.as_str(),
                found = found.as_str()
            ),
            phrase!("form.unknown.hint"),
        ),
        CaseError::Changed(path) => {
            (phrase!("file.changed", path = talk::path_text(path)), phrase!("file.changed.hint"))
        }
        CaseError::Locked { owner, since, pid } => (
            phrase!("locked", owner = owner.as_str(), since = since.as_str(), pid = pid.as_str()),
            phrase!("locked.hint"),
        ),
        CaseError::NoBasis { authority, from, until, today } => {
            let (from, until, today) = (from.to_string(), until.to_string(), today.to_string());
            let what = phrase!(
                "basis.expired",
                basis = authority.as_str(),
                from = from,
                until = until,
                today = today
            );
            (what, phrase!("basis.expired.hint"))
        }
        CaseError::UnknownBasis(basis) => {
            (phrase!("basis.unknown", basis = basis.as_str()), phrase!("basis.unknown.hint"))
        }
        CaseError::Broken(_) => (phrase!("ledger.broken"), phrase!("ledger.broken.hint")),
        CaseError::Exists(folder) => {
            (phrase!("init.exists", folder = talk::path_text(folder)), phrase!("init.exists.hint"))
        }
        _ => return None,
    };
    Some((what, Some(hint)))
}

fn other_header(other: &OtherHeader) -> (Phrase, Option<Phrase>) {
    let missing = other.missing.clone();
    let what = match &other.found {
        Some((place, found)) => phrase!(
            "header.other",
            profile = other.profile.as_str(),
            missing = missing,
            place = place.to_string(),
            found = found.as_str()
        ),
        None => phrase!("header.none", profile = other.profile.as_str(), missing = missing),
    };
    let hint = match &other.fitting {
        Some(fitting) => phrase!("header.fitting", fitting = fitting.as_str()),
        None => phrase!("header.other.hint"),
    };
    (what, Some(hint))
}

/// One cause in a language: in the words of the catalogue, else in its own.
pub fn sentence(cause: &(dyn Error + 'static), lang: Lang) -> String {
    let own = cause.downcast_ref::<Failure>().map(|failure| failure.what.clone());
    own.or_else(|| Some(said(cause)?.0)).map_or_else(|| cause.to_string(), |what| talk::say(&what, lang))
}

/// The whole chain of an error, one cause a line, and its hints.
pub fn tell(error: &anyhow::Error, lang: Lang) -> String {
    let mut lines = Vec::new();
    let mut hints = Vec::new();
    for cause in error.chain() {
        let own = cause.downcast_ref::<Failure>().map(|failure| (failure.what.clone(), failure.hint.clone()));
        let mut line = match own.or_else(|| said(cause)) {
            Some((what, hint)) => {
                hints.extend(hint.map(|hint| talk::say(&hint, lang)));
                talk::say(&what, lang)
            }
            None => talk::plain_lines(&cause.to_string()),
        };
        if let Some(hint) = cause.downcast_ref::<CaseError>().and_then(CaseError::hint)
            && hints.is_empty()
        {
            hints.push(hint.to_owned());
        }
        if let Some(hint) = cause.downcast_ref().and_then(disk_hint)
            && hints.is_empty()
        {
            hints.push(hint.to_owned());
        }
        // A message of a library may carry its own hint on further lines.
        if let Some((first, hint)) = line.clone().split_once("\nhint: ") {
            hints.push(hint.to_owned());
            line = first.to_owned();
        }
        // Some libraries repeat their cause in their message; what was said once is not said again.
        if lines.last().is_none_or(|last: &String| !last.ends_with(&line)) {
            lines.push(line);
        }
    }
    hints.dedup();
    let said = lines.join("\n  ");
    hints.into_iter().fold(said, |said, hint| format!("{said}\nhint: {hint}"))
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn an_error_is_told_with_its_whole_chain_and_the_hint_last() {
        let failure = Failure::new(Exit::Failed, Phrase::new("unheard")).hint(Phrase::new("try"));
        let error = Err::<(), _>(anyhow::Error::new(failure)).context("outer").expect_err("an error");
        assert_eq!(tell(&error, Lang::En), "outer\n  unheard\nhint: try");
    }

    #[test]
    fn a_pipe_that_nobody_reads_is_recognised_under_any_context() {
        let closed = io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(is_closed_pipe(&anyhow::Error::new(closed).context("cannot write")));
        assert!(!is_closed_pipe(&anyhow::Error::new(io::Error::other("x"))));
    }
}
