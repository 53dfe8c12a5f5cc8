//! `tutela custody`: the chain of custody of an exhibit from its receipt on, and acts in it.

use std::path::PathBuf;

use serde_json::{Value, json};
use tutela_case::{Case, Handled, Handling, Step};
use tutela_model::Digest;
use tutela_model::words::Words as _;
use tutela_outputs::shown::{self, count, plain};

use crate::ending::{Exit, Failure};
use crate::operation::{Operation, now};
use crate::run::{Format, Run};
use crate::talk::phrase;

/// Options of `custody`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The exhibit's number, a file's name, or the beginning of its digest
    exhibit: String,
    /// Record an act instead of printing the chain
    #[arg(long, value_name = "ACT", value_parser = acts())]
    record: Option<String>,
    /// With --record: why
    #[arg(long, value_name = "TEXT", requires = "record", default_value = "")]
    reason: String,
    /// With --record: who had it before
    #[arg(long, value_name = "WHO", requires = "record", default_value = "")]
    from: String,
    /// With --record: who has it after, or to whom it was made known
    #[arg(long, value_name = "WHO", requires = "record", default_value = "")]
    to: String,
    /// With --record: where
    #[arg(long, value_name = "TEXT", requires = "record", default_value = "")]
    place: String,
    /// With --record: the number of the seal
    #[arg(long, value_name = "TEXT", requires = "record", default_value = "")]
    seal: String,
    /// With --record: in what state
    #[arg(long, value_name = "TEXT", requires = "record", default_value = "")]
    condition: String,
    /// With --record: the signed receipt, its number or where it is kept
    #[arg(long, value_name = "TEXT", requires = "record", default_value = "")]
    receipt: String,
    /// With --record: the tool, its version, the digest of its settings
    #[arg(long, value_name = "TEXT", requires = "record", default_value = "")]
    tool: String,
    /// With --record: who reviewed it
    #[arg(long, value_name = "WHO", requires = "record", default_value = "")]
    reviewer: String,
    /// With --record: what came of it
    #[arg(long, value_name = "TEXT", requires = "record", default_value = "")]
    outcome: String,
    /// With --record combine: the exhibits that it was joined with
    #[arg(long = "with", value_name = "EXHIBIT", requires = "record")]
    others: Vec<String>,
    /// With --record copy: the file to write, which must not exist
    #[arg(long, value_name = "FILE", requires = "record")]
    copy_to: Option<PathBuf>,
}

fn acts() -> clap::builder::PossibleValuesParser {
    Handling::ALL.iter().map(|handling| handling.word()).collect::<Vec<_>>().into()
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    let files = exhibit(&operation.case, &args.exhibit)?;
    match args.record.as_deref().and_then(Handling::from_word) {
        None => {
            operation.consult(run, "custody", &args.exhibit)?;
            print(run, &operation.case, &args.exhibit, &files)
        }
        Some(handling) => record(run, &operation, args, handling, files),
    }
}

/// The files of an exhibit.
fn exhibit(case: &Case, said: &str) -> Result<Vec<Digest>, Failure> {
    let files = case.exhibit(said);
    if files.is_empty() {
        let what = phrase!("custody.none", exhibit = said);
        return Err(Failure::new(Exit::Failed, what).hint(phrase!("custody.none.hint")));
    }
    Ok(files)
}

/// The one file of an exhibit.
pub fn one(case: &Case, said: &str) -> Result<Digest, Failure> {
    match exhibit(case, said)?.as_slice() {
        [file] => Ok(*file),
        files => {
            let what = phrase!("custody.several", exhibit = said, n = files.len());
            Err(Failure::new(Exit::Failed, what).hint(phrase!("custody.several.hint")))
        }
    }
}

fn record(
    run: &Run,
    operation: &Operation,
    args: &Args,
    handling: Handling,
    mut files: Vec<Digest>,
) -> anyhow::Result<Exit> {
    let usage = |what| anyhow::Error::from(Failure::new(Exit::Usage, what));
    for other in &args.others {
        files.extend(exhibit(&operation.case, other)?);
    }
    let asks_who = matches!(handling, Handling::TransferOut | Handling::Return | Handling::Disclose);
    if asks_who && args.to.trim().is_empty() {
        return Err(usage(phrase!("custody.to", act = handling.word())));
    }
    let asks_why = matches!(
        handling,
        Handling::Disclose
            | Handling::Consult
            | Handling::Destroy
            | Handling::TransferOut
            | Handling::Annotate
    );
    if asks_why && args.reason.trim().is_empty() {
        return Err(usage(phrase!("custody.reason", act = handling.word())));
    }
    let mut writer = operation.write(run)?;
    let mut exit = Exit::Done;
    match (handling, &args.copy_to) {
        (Handling::HashVerify, _) => {
            for file in &files {
                if !writer.hash_verify(*file, &args.reason, now())? {
                    run.warn(phrase!("custody.differs", file = &file.hex()[..12]));
                    exit = Exit::Integrity;
                }
            }
        }
        (Handling::Copy, Some(to)) => {
            let file = one(&operation.case, &args.exhibit)?;
            writer.copy_out(file, to, &args.reason, now())?;
        }
        (Handling::Copy, None) => return Err(usage(phrase!("custody.copy_to"))),
        _ => {
            let handled = Handled {
                files: files.clone(),
                reason: args.reason.clone(),
                from: args.from.clone(),
                to: args.to.clone(),
                place: args.place.clone(),
                seal: args.seal.clone(),
                condition: args.condition.clone(),
                receipt: args.receipt.clone(),
                tool: args.tool.clone(),
                reviewer: args.reviewer.clone(),
                outcome: args.outcome.clone(),
            };
            writer.handle(handling, &handled, now())?;
        }
    }
    match run.format {
        Format::Text => run.say(phrase!("custody.recorded", act = handling.word(), n = files.len())),
        _ => run.json(&json!({"schema": "tutela.handled/1", "act": handling.word(),
            "files": files.iter().map(Digest::hex).collect::<Vec<_>>(), "ok": exit == Exit::Done}))?,
    }
    Ok(exit)
}

fn print(run: &Run, case: &Case, said: &str, files: &[Digest]) -> anyhow::Result<Exit> {
    if run.format != Format::Text {
        let files: Vec<Value> = files.iter().map(|file| to_json(case, *file)).collect();
        run.json(&json!({"schema": "tutela.custody/1", "exhibit": said, "files": files}))?;
        return Ok(Exit::Done);
    }
    run.data(|out| {
        for file in files {
            let receipt = case.receipts().iter().find(|receipt| receipt.sha256 == *file);
            let (name, size) = receipt.map_or(("", 0), |receipt| (&*receipt.name, receipt.size));
            writeln!(out, "{}", plain(name))?;
            writeln!(out, "sha256 {file}  {}", run.word(phrase!("custody.size", n = count(size, run.lang))))?;
            let holder = case.holder(*file);
            if let Some(holder) = holder {
                writeln!(out, "{}", run.word(phrase!("custody.holder", who = holder)))?;
            }
            for step in case.chain(*file) {
                let head = format!("{:>5}  {}  {:<12}  ", step.seq, step.at, step.act);
                out.write_all(shown::wrapped(&head, &plain(&particulars(&step)), 7).as_bytes())?;
            }
        }
        Ok(())
    })?;
    Ok(Exit::Done)
}

/// Who did an act, and its particulars that fit in a line.
fn particulars(step: &Step) -> String {
    let by = match &step.second {
        Some(second) => format!("{}, {second}", step.officer),
        None => step.officer.clone(),
    };
    let short = step.particulars.iter().filter(|(name, text)| {
        !matches!(name.as_str(), "sha256" | "files" | "name" | "size")
            && text.len() <= 160
            && !text.is_empty()
    });
    let short = short.map(|(name, text)| format!("{name} {text}"));
    std::iter::once(by).chain(short).collect::<Vec<_>>().join(" · ")
}

/// A file's chain as data.
fn to_json(case: &Case, file: Digest) -> Value {
    let receipts = case.receipts().iter().filter(|receipt| receipt.sha256 == file);
    let receipts: Vec<_> = receipts.collect();
    let chain: Vec<Value> = case
        .chain(file)
        .into_iter()
        .map(|step| {
            json!({"seq": step.seq, "at": step.at, "officer": step.officer, "second": step.second,
                "act": step.act, "particulars": step.particulars})
        })
        .collect();
    json!({"sha256": file.hex(), "name": receipts.first().map(|receipt| &receipt.name),
        "size": receipts.first().map(|receipt| receipt.size),
        "exhibit": receipts.iter().map(|receipt| &receipt.provenance.exhibit).find(|exhibit| !exhibit.is_empty()),
        "verified": receipts.iter().filter_map(|receipt| receipt.verified()).next_back(),
        "holder": case.holder(file), "chain": chain})
}
