//! What shows to somebody who has no copy of the record that an entry is in it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tutela_case::{Act, Case};
use tutela_ledger::note::Note;
use tutela_ledger::{Proof, proof, witness};

use super::integrity;
use crate::ending::{Doing as _, Exit, Failure};
use crate::operation::{Operation, now};
use crate::run::{Run, write_whole};
use crate::talk::{path_text, phrase};

fn proven(case: &Case, seq: u64) -> Result<(Proof, &Act), Failure> {
    let record = case.record();
    let act = usize::try_from(seq).ok().and_then(|seq| record.acts().get(seq));
    record.prove(seq).zip(act).ok_or_else(|| {
        let what = phrase!("ledger.no_entry", seq = seq, n = record.acts().len());
        Failure::new(Exit::Failed, what)
    })
}

/// One JSON document with everything.
pub fn to_json(run: &Run, case: &Case, seq: u64) -> anyhow::Result<Exit> {
    run.json(&document(case, seq)?)?;
    Ok(Exit::Done)
}

/// The entry, its particulars with their salt, the hashes beside its way to the root, and the checkpoint of that root.
///
/// # Errors
/// There is no such entry, or it cannot be read.
pub fn document(case: &Case, seq: u64) -> anyhow::Result<Value> {
    let (proof, act) = proven(case, seq)?;
    let record = case.record();
    let path: Vec<String> = proof.path.iter().map(ToString::to_string).collect();
    let entry = case.entry(seq)?.map(|entry| String::from_utf8_lossy(&entry).into_owned());
    let payload = act.payload.as_ref();
    Ok(
        json!({"schema": "tutela.proof/1", "seq": proof.seq, "size": proof.size, "leaf": proof.leaf.to_string(),
        "path": path, "root": record.root().to_string(), "entry": entry, "payload": payload.map(|payload| &payload.text),
        "salt": payload.map(|payload| payload.salt.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        "checkpoint": record.checkpoint().to_string()}),
    )
}

/// Files that public tools read. The checkpoint that the proof leads to is handed out with it, so it is recorded.
pub fn to_files(
    run: &Run,
    operation: &Operation,
    seq: u64,
    folder: &Path,
    since: Option<&Path>,
) -> anyhow::Result<Exit> {
    let (inclusion, act) = proven(&operation.case, seq)?;
    let earlier = since.map(|path| earlier(&operation.case, path)).transpose()?;
    let mut files = Vec::new();
    files.push(("entry".to_owned(), operation.case.entry(seq)?.unwrap_or_default()));
    if let Some(payload) = &act.payload {
        files.push(("payload".to_owned(), payload.text.clone().into_bytes()));
        files.push(("salt".to_owned(), payload.salt.to_vec()));
    }
    let mut writer = operation.write(run)?;
    let made = writer.hand_out("", now())?;
    // A writer may have found something to complete first, so that the record is longer than it was.
    let inclusion = writer.case().record().prove_at(seq, made.size).unwrap_or(inclusion);
    match Note::parse(&made.checkpoint) {
        Ok(note) => {
            if let Some(size) = earlier {
                let grew = writer.case().record().prove_growth(size, made.size);
                let grew = grew.ok_or_else(|| {
                    Failure::new(Exit::Failed, phrase!("ledger.no_growth", old = size, size = made.size))
                })?;
                let request = witness::Request::new(grew, note.clone());
                files.push(("consistency".to_owned(), request.to_string().into_bytes()));
            }
            let proof = proof::Inclusion::new(inclusion, note);
            files.push((format!("entry-{seq}.tlog-proof"), proof.to_string().into_bytes()));
        }
        Err(_) => {
            let what = phrase!("checkpoint.unsigned");
            return Err(Failure::new(Exit::Failed, what).hint(phrase!("checkpoint.unsigned.hint")).into());
        }
    }
    drop(writer);
    fs::create_dir_all(folder).doing(|| phrase!("cannot.write", path = path_text(folder)))?;
    for (name, bytes) in &files {
        let path = folder.join(name);
        write_whole(&path, |out| Ok(out.write_all(bytes)?))
            .doing(|| phrase!("cannot.write", path = path_text(&path)))?;
        run.say(phrase!("written", path = path_text(&path)));
    }
    Ok(Exit::Done)
}

/// How many entries an earlier checkpoint had that the record continues.
fn earlier(case: &Case, path: &Path) -> anyhow::Result<u64> {
    let checkpoint = case.continues(&integrity::earlier(path)?).map_err(|found| {
        let what = phrase!("ledger.other", path = path_text(path), found = found);
        Failure::new(Exit::Integrity, what).hint(phrase!("ledger.faults.hint"))
    })?;
    Ok(checkpoint.size())
}
