//! `tutela ledger`: whether everything is as it was recorded, what was done by whom, and proofs to hand out.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tutela_case::Act;
use tutela_case::{Case, Fault};
use tutela_ledger::checkpoint::Checkpoint;
use tutela_ledger::note::Note;
use tutela_outputs::shown::{self, plain};

use crate::ending::{Doing as _, Exit, Failure};
use crate::operation::Operation;
use crate::run::{Format, Run};
use crate::talk::{path_text, phrase};

/// The verbs of the ledger.
#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// Check the record, every file received and every table against it
    Verify {
        /// A checkpoint handed out earlier, to be found again in the record
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
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
    },
    /// The head of the record, to be kept by somebody else
    Checkpoint,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let case = Operation::open(run)?.case;
    match args {
        Args::Verify { against } => verify(run, &case, against.as_deref()),
        Args::Log { last } => log(run, &case, *last),
        Args::Prove { seq } => prove(run, &case, *seq),
        Args::Checkpoint => {
            run.data(|out| Ok(out.write_all(case.record().checkpoint().to_string().as_bytes())?))?;
            Ok(Exit::Done)
        }
    }
}

fn verify(run: &Run, case: &Case, against: Option<&Path>) -> anyhow::Result<Exit> {
    let mut faults = case.verify(&mut |_| {})?;
    if let Some(path) = against {
        faults.extend(differs(case, path)?);
    }
    let (n_entries, root) = (case.record().acts().len(), case.record().root());
    match run.format {
        Format::Text => run.data(|out| {
            for fault in &faults {
                let text = format!("{}  expected {}, found: {}", fault.path, fault.expected, fault.found);
                out.write_all(shown::wrapped("", &plain(&text), 4).as_bytes())?;
            }
            let (n_files, n_faults) = (case.receipts().len(), faults.len());
            let found = phrase!("ledger.found", n = n_entries, files = n_files, faults = n_faults);
            writeln!(out, "{}", run.word(found))?;
            Ok(writeln!(out, "{root}")?)
        })?,
        _ => {
            let list: Vec<Value> = faults
                .iter()
                .map(|fault| json!({"path": fault.path, "expected": fault.expected, "found": fault.found}))
                .collect();
            run.json(&json!({"schema": "tutela.verify/1", "ok": faults.is_empty(), "entries": n_entries,
                "root": root.to_string(), "faults": list}))?;
        }
    }
    if faults.is_empty() {
        run.say(phrase!("ledger.ok"));
        return Ok(Exit::Done);
    }
    run.warn(phrase!("ledger.faults", n = faults.len()));
    run.hint(phrase!("ledger.faults.hint"));
    Ok(Exit::Integrity)
}

/// Compares the record with a checkpoint that somebody else has kept: only that shows that it was not written anew.
fn differs(case: &Case, path: &Path) -> anyhow::Result<Option<Fault>> {
    let bytes = std::fs::read(path).doing(|| phrase!("cannot.read", path = path_text(path)))?;
    let none = || {
        let what = phrase!("ledger.no_checkpoint", path = path_text(path));
        Failure::new(Exit::Failed, what).hint(phrase!("ledger.no_checkpoint.hint"))
    };
    // A checkpoint may come with signatures; the root is compared whoever signed it.
    let text = match Note::parse(&bytes) {
        Ok(note) => note.text().to_owned(),
        Err(_) => String::from_utf8(bytes).map_err(|_| none())?,
    };
    let earlier = Checkpoint::parse(&text).map_err(|_| none())?;
    let record = case.record();
    let (size, expected) = (earlier.size(), format!("{} {}", earlier.origin(), earlier.root()));
    let root = usize::try_from(size).ok().and_then(|size| record.root_at(size));
    let found = match root {
        Some(root) => format!("{} {root}", record.origin()),
        None => format!("{} entries", record.acts().len()),
    };
    let expected_of = |expected: &str| format!("{size} entries with the root {expected}");
    let differs = found != expected;
    Ok(differs.then(|| Fault { path: "ledger".to_owned(), expected: expected_of(&expected), found }))
}

fn log(run: &Run, case: &Case, last: Option<usize>) -> anyhow::Result<Exit> {
    let entries = case.record().acts();
    let entries = &entries[entries.len().saturating_sub(last.unwrap_or(usize::MAX))..];
    let to_json = |entry: &Act| {
        json!({"seq": entry.seq, "at": entry.at, "officer": entry.officer(), "act": entry.act,
            "body": entry.body(), "erased": entry.is_erased()})
    };
    match run.format {
        Format::Text => run.data(|out| {
            for entry in entries {
                let head = format!("{:>5}  {}  {:<9}  ", entry.seq, entry.at, entry.act);
                let text = format!("{}  {}", entry.officer(), summary(&entry.body()));
                out.write_all(shown::wrapped(&head, &plain(&text), 7).as_bytes())?;
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
        _ => None,
    });
    short.collect::<Vec<_>>().join(" · ")
}

fn prove(run: &Run, case: &Case, seq: u64) -> anyhow::Result<Exit> {
    let record = case.record();
    let act = usize::try_from(seq).ok().and_then(|seq| record.acts().get(seq));
    let (Some(proof), Some(act)) = (record.prove(seq), act) else {
        let what = phrase!("ledger.no_entry", seq = seq, n = record.acts().len());
        return Err(Failure::new(Exit::Failed, what).into());
    };
    let payload = act.payload.as_ref();
    let path: Vec<String> = proof.path.iter().map(ToString::to_string).collect();
    let entry = case.entry(seq)?.map(|entry| String::from_utf8_lossy(&entry).into_owned());
    run.json(&json!({"schema": "tutela.proof/1", "seq": proof.seq, "size": proof.size, "leaf": proof.leaf.to_string(),
        "path": path, "root": record.root().to_string(), "entry": entry, "payload": payload.map(|payload| &payload.text),
        "salt": payload.map(|payload| payload.salt.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        "checkpoint": record.checkpoint().to_string()}))?;
    Ok(Exit::Done)
}
