//! Whether everything is as it was recorded, and what may be said of it: red, amber or green.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tutela_case::{Acted, AnchorKind, Anchored, Case, Fault, checkpoint_in};
use tutela_model::Phrase;
use tutela_model::words::Words as _;
use tutela_outputs::shown::{self, plain};

use crate::ending::{Doing as _, Exit, Failure};
use crate::run::{Format, Run};
use crate::talk::{path_text, phrase};

/// How much can be said of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integrity {
    /// Something is not as it was recorded.
    Red,
    /// Nothing is wrong, and nobody outside stands for it.
    Amber,
    /// Nothing is wrong, and somebody outside stands for a checkpoint.
    Green,
}

impl Integrity {
    /// Its word, in data and in front of its sentence.
    pub fn word(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Amber => "amber",
            Self::Green => "green",
        }
    }
}

/// The anchor of the most entries among those that hold.
fn best<'a>(anchors: impl IntoIterator<Item = &'a Acted<Anchored>>) -> Option<&'a Acted<Anchored>> {
    anchors.into_iter().max_by_key(|anchor| (anchor.size, anchor.seq))
}

/// What may be said as long as nothing was checked anew: by the anchors that are recorded.
pub fn of_record(case: &Case) -> (Integrity, Phrase) {
    let anchor = best(case.anchors());
    (if anchor.is_some() { Integrity::Green } else { Integrity::Amber }, claim(case, anchor))
}

/// What is shown, and nothing more.
pub fn claim(case: &Case, anchor: Option<&Acted<Anchored>>) -> Phrase {
    let n = case.record().acts().len();
    let Some(anchor) = anchor else { return phrase!("integrity.amber", n = n) };
    let after = n - usize::try_from(anchor.size).unwrap_or(n).min(n);
    let (size, by, at) = (anchor.size, anchor.by.as_str(), anchor.time.as_str());
    match AnchorKind::from_word(&anchor.kind) {
        Some(AnchorKind::Stamp) => phrase!("integrity.stamped", size = size, by = by, at = at, after = after),
        _ => phrase!("integrity.witnessed", size = size, by = by, at = at, after = after),
    }
}

/// Checks everything.
pub fn verify(run: &Run, case: &Case, against: &[PathBuf]) -> anyhow::Result<Exit> {
    let mut faults = case.verify(&mut |_| {})?;
    for path in against {
        let bytes = earlier(path)?;
        if let Err(found) = case.continues(&bytes) {
            let expected = format!("a record that continues {}", path.display());
            faults.push(Fault { path: "ledger".to_owned(), expected, found });
        }
    }
    let mut holding = Vec::new();
    for anchor in case.anchors() {
        match stamp_holds(case, anchor)? {
            Stamp::Holds => holding.push(anchor),
            Stamp::Unchecked => run.warn(phrase!("stamp.unchecked", by = anchor.by.as_str())),
            Stamp::Differs(found) => {
                let path = format!("anchors/{}", anchor.file);
                faults.push(Fault { path, expected: format!("a stamp of {}", anchor.by), found });
            }
        }
    }
    let anchor = best(holding);
    let (state, said) = match (faults.is_empty(), anchor) {
        (false, _) => (Integrity::Red, phrase!("integrity.red", n = faults.len())),
        (true, Some(_)) => (Integrity::Green, claim(case, anchor)),
        (true, None) => (Integrity::Amber, claim(case, None)),
    };
    tell(run, case, &faults, state, &said)?;
    if faults.is_empty() {
        run.say(phrase!("ledger.ok"));
        return Ok(Exit::Done);
    }
    run.warn(phrase!("ledger.faults", n = faults.len()));
    run.hint(phrase!("ledger.faults.hint"));
    Ok(Exit::Integrity)
}

fn tell(run: &Run, case: &Case, faults: &[Fault], state: Integrity, said: &Phrase) -> anyhow::Result<()> {
    let (n_entries, root) = (case.record().acts().len(), case.record().root());
    let of_act = |word: &str| -> Vec<u64> {
        case.record().acts().iter().filter(|act| act.act == word).map(|act| act.seq).collect()
    };
    let (clock, unknown) = (of_act(tutela_ledger::entry::CLOCK), of_act("unknown"));
    match run.format {
        Format::Text => run.data(|out| {
            for fault in faults {
                let text = format!("{}  expected {}, found: {}", fault.path, fault.expected, fault.found);
                out.write_all(shown::wrapped("", &plain(&text), 4).as_bytes())?;
            }
            let (n_files, n_faults) = (case.receipts().len(), faults.len());
            let found = phrase!("ledger.found", n = n_entries, files = n_files, faults = n_faults);
            writeln!(out, "{}", run.word(found))?;
            if !clock.is_empty() {
                writeln!(out, "{}", run.word(phrase!("ledger.clock", seqs = listed(&clock))))?;
            }
            if !unknown.is_empty() {
                writeln!(out, "{}", run.word(phrase!("ledger.unknown", seqs = listed(&unknown))))?;
            }
            writeln!(out, "{root}")?;
            out.write_all(shown::wrapped("", &run.word(said.clone()), 0).as_bytes())?;
            Ok(())
        }),
        _ => {
            let list: Vec<Value> = faults
                .iter()
                .map(|fault| json!({"path": fault.path, "expected": fault.expected, "found": fault.found}))
                .collect();
            run.json(&json!({"schema": "tutela.verify/1", "ok": faults.is_empty(), "entries": n_entries,
                "root": root.to_string(), "faults": list, "integrity": state.word(),
                "claim": run.word(said.clone()), "clock_back": clock, "unknown": unknown}))
        }
    }
}

fn listed(seqs: &[u64]) -> String {
    seqs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The bytes of a checkpoint that somebody has kept.
///
/// # Errors
/// They hold none.
pub fn earlier(path: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes = std::fs::read(path).doing(|| phrase!("cannot.read", path = path_text(path)))?;
    if checkpoint_in(&bytes).is_none() {
        let what = phrase!("ledger.no_checkpoint", path = path_text(path));
        return Err(Failure::new(Exit::Failed, what).hint(phrase!("ledger.no_checkpoint.hint")).into());
    }
    Ok(bytes)
}

/// What came of holding a stamp against its authority's certificates.
pub enum Stamp {
    /// It is the authority's; or the anchor is no stamp, and was checked with the record.
    Holds,
    /// There is no tool for it here.
    Unchecked,
    /// It is not, as the tool says.
    Differs(String),
}

fn stamp_holds(case: &Case, anchor: &Anchored) -> anyhow::Result<Stamp> {
    if AnchorKind::from_word(&anchor.kind) != Some(AnchorKind::Stamp) {
        return Ok(Stamp::Holds);
    }
    let [stamped, reply, certificates] =
        [anchor.checkpoint, anchor.file, anchor.trust].map(|sha256| case.anchor_path(sha256));
    openssl(&stamped, &reply, &certificates, &anchor.time)
}

/// Asks OpenSSL whether a reply is the stamp of a file, as of the stamp's own time: certificates may have ended since.
pub fn openssl(stamped: &Path, reply: &Path, certificates: &Path, time: &str) -> anyhow::Result<Stamp> {
    let at: jiff::Timestamp = time.parse()?;
    let mut command = Command::new("openssl");
    command
        .args(["ts", "-verify", "-data"])
        .arg(stamped)
        .arg("-in")
        .arg(reply)
        .arg("-CAfile")
        .arg(certificates);
    match command.args(["-attime", &at.as_second().to_string()]).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Stamp::Unchecked),
        Err(error) => Err(error.into()),
        Ok(output) if output.status.success() => Ok(Stamp::Holds),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            let line = said.lines().rfind(|line| line.contains(':')).unwrap_or("the stamp is not of it");
            Ok(Stamp::Differs(
                line.rsplit(':').find(|part| !part.is_empty()).unwrap_or(line).trim().to_owned(),
            ))
        }
    }
}
