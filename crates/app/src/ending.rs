//! How a run ends: the exit codes, and errors that say how to mend what went wrong.

use std::error::Error;
use std::fmt;
use std::io;
use std::process::ExitCode;

use clap::error::ErrorFormatter;
use tutela_case::CaseError;
use tutela_matchers::index::IndexError;
use tutela_matchers::near::list::file::BadList;
use tutela_model::table::TablesError;
use tutela_model::{Lang, Phrase, Refusal};
use tutela_outputs::shown;

use crate::causes::{self, Said};
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
    /// A triage met known files.
    Found = 10,
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
        if let Some(error) = cause.downcast_ref::<IndexError>() {
            return match error {
                IndexError::Damaged { .. } => Some(Exit::Integrity),
                IndexError::Stopped => Some(Exit::Stopped),
                _ => None,
            };
        }
        if let Some(BadList::Damaged(_)) = cause.downcast_ref::<BadList>() {
            return Some(Exit::Integrity);
        }
        match cause.downcast_ref::<CaseError>()? {
            CaseError::Broken(_) | CaseError::Altered(_) | CaseError::Tables(_) => Some(Exit::Integrity),
            CaseError::Locked { .. } => Some(Exit::Locked),
            CaseError::NoBasis { .. }
            | CaseError::NotValidated { .. }
            | CaseError::Lapsed(_)
            | CaseError::UnknownBasis(_) => Some(Exit::NoBasis),
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

/// An error below what was being done when it came.
#[derive(Debug)]
struct While {
    doing: Phrase,
    cause: anyhow::Error,
}

impl fmt::Display for While {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&talk::say(&self.doing, Lang::En))
    }
}

impl Error for While {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let cause: &(dyn Error + 'static) = self.cause.as_ref();
        Some(cause)
    }
}

/// Says what was being done when an error came, in both languages.
pub trait Doing<T> {
    /// The result, its error below what was being done.
    fn doing(self, what: impl FnOnce() -> Phrase) -> anyhow::Result<T>;
}

impl<T, E: Into<anyhow::Error>> Doing<T> for Result<T, E> {
    fn doing(self, what: impl FnOnce() -> Phrase) -> anyhow::Result<T> {
        self.map_err(|error| While { doing: what(), cause: error.into() }.into())
    }
}

/// A cause in the words of the catalogue; none for an error that only its own library knows.
fn said(cause: &(dyn Error + 'static)) -> Option<Said> {
    if let Some(Failure { what, hint, .. }) = cause.downcast_ref::<Failure>() {
        return Some((what.clone(), hint.clone()));
    }
    if let Some(While { doing, .. }) = cause.downcast_ref::<While>() {
        return Some((doing.clone(), None));
    }
    causes::said(cause)
}

/// One cause in a language: in the words of the catalogue, else in its own.
pub fn sentence(cause: &(dyn Error + 'static), lang: Lang) -> String {
    said(cause).map_or_else(|| talk::plain_lines(&cause.to_string()), |(what, _)| talk::say(&what, lang))
}

/// The whole chain of an error, one cause a line, and its hints.
pub fn tell(error: &anyhow::Error, lang: Lang) -> String {
    let mut lines = Vec::new();
    let mut hints = Vec::new();
    for cause in error.chain() {
        let mut line = sentence(cause, lang);
        let hint = said(cause).and_then(|(_, hint)| hint);
        // What the disk refuses is mended as the error above it says, when that says how.
        if hints.is_empty() || !cause.is::<io::Error>() {
            hints.extend(hint.map(|hint| talk::say(&hint, lang)));
        }
        // A message of a library may carry its own hint on further lines.
        if let Some((first, hint)) = line.clone().split_once("\nhint: ") {
            hints.push(talk::say(&phrase!("word", word = hint), lang));
            line = first.to_owned();
        }
        // Some libraries repeat their cause in their message; what was said once is not said again.
        if lines.last().is_none_or(|last: &String| !last.ends_with(&line)) {
            lines.push(line);
        }
    }
    hints.dedup();
    let word = talk::say(&phrase!("hint"), lang);
    let said = lines.join("\n  ");
    hints.into_iter().fold(said, |said, hint| format!("{said}\n{word}: {hint}"))
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
