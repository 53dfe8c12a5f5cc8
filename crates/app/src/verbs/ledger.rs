//! `tutela ledger`: whether everything is as it was recorded, what was done by whom, and what is handed out so that
//! others can check it.

mod anchor;
mod hand_out;
mod integrity;
mod prove;

use std::path::PathBuf;

use serde_json::{Value, json};
use tutela_case::{Act, Case};
use tutela_outputs::shown::{self, plain};

use crate::ending::Exit;
use crate::operation::Operation;
use crate::run::{Format, Run};

pub use integrity::of_record;
pub use prove::document as proof;

/// The verbs of the ledger.
#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// Check the record, every file received and every table against it
    Verify {
        /// A checkpoint handed out earlier, to be found again in the record; may be given again
        #[arg(long, value_name = "FILE")]
        against: Vec<PathBuf>,
    },
    /// What was done, by whom, when
    Log {
        /// Only the last N entries
        #[arg(long, value_name = "N")]
        last: Option<usize>,
    },
    /// What shows that an entry is in the record
    Prove {
        /// The entry's number, from 0
        seq: u64,
        /// Write it as files into this folder: the entry, its particulars, the proof as tlog-proof
        #[arg(long, value_name = "DIR")]
        files: Option<PathBuf>,
        /// With --files: what shows that the record continues this earlier checkpoint
        #[arg(long, value_name = "FILE", requires = "files")]
        since: Option<PathBuf>,
    },
    /// The head of the record, to be kept by somebody else
    Checkpoint(hand_out::Args),
    /// Record what somebody outside says of a checkpoint: a time stamp, or a witness's signature
    Anchor(anchor::Args),
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    match args {
        Args::Verify { against } => integrity::verify(run, &operation.case, against),
        Args::Log { last } => log(run, &operation.case, *last),
        Args::Prove { seq, files: None, .. } => prove::to_json(run, &operation.case, *seq),
        Args::Prove { seq, files: Some(folder), since } => {
            prove::to_files(run, &operation, *seq, folder, since.as_deref())
        }
        Args::Checkpoint(args) => hand_out::run(run, &operation, args),
        Args::Anchor(args) => anchor::run(run, &operation, args),
    }
}

fn log(run: &Run, case: &Case, last: Option<usize>) -> anyhow::Result<Exit> {
    let entries = case.record().acts();
    let entries = &entries[entries.len().saturating_sub(last.unwrap_or(usize::MAX))..];
    let to_json = |entry: &Act| {
        json!({"seq": entry.seq, "at": entry.at, "officer": entry.officer(), "second": entry.second(),
            "act": entry.act, "body": entry.body(), "erased": entry.is_erased(),
            "signer": entry.signer.as_ref().map(ToString::to_string)})
    };
    match run.format {
        Format::Text => run.data(|out| {
            for entry in entries {
                let head = format!("{:>5}  {}  {:<9}  ", entry.seq, entry.at, entry.act);
                let by = match (&entry.signer, entry.second()) {
                    (Some(key), _) => key.to_string(),
                    (None, Some(second)) => format!("{}, {second}", entry.officer()),
                    (None, None) => entry.officer().into_owned(),
                };
                let text = format!("{by}  {}", summary(&entry.body()));
                out.write_all(shown::wrapped(&head, &plain(text.trim_end()), 7).as_bytes())?;
            }
            Ok(())
        })?,
        Format::Json => {
            let entries: Vec<Value> = entries.iter().map(to_json).collect();
            run.json(&json!({"schema": "tutela.log/1", "entries": entries}))?;
        }
        _ => run.data(|out| {
            for entry in entries {
                writeln!(out, "{}", to_json(entry))?;
            }
            Ok(())
        })?,
    }
    Ok(Exit::Done)
}

/// The short members of an entry's particulars.
fn summary(body: &Value) -> String {
    let members = body.as_object().into_iter().flatten();
    let short = members.filter_map(|(name, value)| match value {
        Value::String(text) if !text.contains('\n') && text.len() <= 80 => Some(format!("{name} {text}")),
        Value::Number(n) => Some(format!("{name} {n}")),
        Value::Bool(state) => Some(format!("{name} {state}")),
        _ => None,
    });
    short.collect::<Vec<_>>().join(" · ")
}
