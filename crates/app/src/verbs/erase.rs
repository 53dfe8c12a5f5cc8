//! `tutela erase`: erasure by law. What is erased is gone for good; that it was there, and under which authority it was
//! erased, stays in the record.

use serde_json::json;
use tutela_model::Phrase;

use super::custody;
use crate::cli::given;
use crate::ending::Exit;
use crate::operation::{Operation, now};
use crate::run::{Format, Run};
use crate::talk::phrase;

/// What can be erased.
#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// A file received, with everything that was read from it
    File {
        /// The exhibit's number, a file's name, or the beginning of its digest
        exhibit: String,
        /// The grounds.
        #[command(flatten)]
        grounds: Grounds,
    },
    /// The particulars of an entry of the ledger
    Entry {
        /// The entry's number, from 0
        seq: u64,
        /// The grounds.
        #[command(flatten)]
        grounds: Grounds,
    },
}

/// Under what, and why.
#[derive(clap::Args, Debug)]
pub struct Grounds {
    /// The authority that orders or allows it, …
    #[arg(long, value_name = "ID")]
    authority: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    let (Args::File { grounds, .. } | Args::Entry { grounds, .. }) = args;
    given("--reason", &grounds.reason)?;
    let Grounds { authority, reason } = grounds;
    match args {
        Args::File { exhibit, .. } => {
            let file = custody::one(&operation.case, exhibit)?;
            let entries = operation.write(run)?.erase_file(file, authority, reason, now())?;
            let said = phrase!("erase.file", file = &file.hex()[..12], n = entries.len());
            tell(run, said, Some(file.hex()), &entries)
        }
        Args::Entry { seq, .. } => {
            let entries = operation.write(run)?.erase_entry(*seq, authority, reason, now())?;
            tell(run, phrase!("erase.entry", seq = *seq), None, &entries)
        }
    }
}

fn tell(run: &Run, said: Phrase, file: Option<String>, entries: &[u64]) -> anyhow::Result<Exit> {
    match run.format {
        Format::Text => run.say(said),
        _ => run.json(&json!({"schema": "tutela.erasure/1", "file": file, "entries": entries}))?,
    }
    run.say(phrase!("erase.disk"));
    Ok(Exit::Done)
}
