//! `tutela officer`: keys of one's own, with which acts are signed and checkpoints of others cosigned.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tutela_case::Officer;
use tutela_ledger::key::{Algorithm, KeyId, Verifier};
use tutela_outputs::shown::plain;

use crate::cli::given;
use crate::columns::write_columns;
use crate::ending::{Exit, Failure};
use crate::keys::passphrase::{self, Purpose};
use crate::keys::{self, public_path};
use crate::operation::{Operation, now};
use crate::run::{Format, Run, width};
use crate::talk::{path_text, phrase};

/// The verbs of officers.
#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// Make a key, encrypted with a passphrase, in the file that -o names; the public key lies beside it
    New {
        /// The key's name: whose it is, such as questura.example/rossi
        #[arg(value_parser = name)]
        name: String,
        /// A key for a witness, who cosigns the checkpoints of others
        #[arg(long)]
        witness: bool,
    },
    /// The public key of a key file, or of a file that ends in .vkey
    Show {
        /// The file [default: that of --key or TUTELA_KEY]
        file: Option<PathBuf>,
    },
    /// Record an officer of the operation, with the public key that signs for this officer
    Add {
        /// The file of the public key (.vkey)
        file: PathBuf,
        /// The officer's name
        #[arg(long, value_name = "NAME")]
        name: String,
        /// The officer's role, such as analyst
        #[arg(long, value_name = "TEXT", default_value = "")]
        role: String,
        /// The officer's unit
        #[arg(long, value_name = "TEXT", default_value = "")]
        organisation: String,
    },
    /// The officers of the operation
    List,
    /// Record that an officer's key signs no more
    Retire {
        /// The key: its name and key id, as officer list shows it
        #[arg(value_name = "KEY")]
        key_id: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    match args {
        Args::New { name, witness: false } => new(run, name, Algorithm::Ed25519),
        Args::New { name, witness: true } => new(run, name, Algorithm::Cosignature),
        Args::Show { file } => show(run, file.as_deref()),
        Args::Add { file, name, role, organisation } => {
            let officer = Officer {
                role: role.clone(),
                organisation: organisation.clone(),
                ..Officer::new(&keys::public(file)?.to_string(), name)
            };
            add(run, &officer)
        }
        Args::List => list(run),
        Args::Retire { key_id, reason } => retire(run, key_id, reason),
    }
}

fn add(run: &Run, officer: &Officer) -> anyhow::Result<Exit> {
    given("--name", &officer.name)?;
    let operation = Operation::open(run)?;
    // The first officer of an operation is recorded by somebody whose key it cannot know yet.
    let mut writer = match operation.case.officers() {
        [] => operation.case.lock(run.officer.as_str(), now())?,
        _ => operation.write(run)?,
    };
    writer.add_officer(officer, now())?;
    let key = officer.key_id().map(|key| key.to_string()).unwrap_or_default();
    match run.format {
        Format::Text => run.say(phrase!("officer.added", name = officer.name.as_str(), key = key)),
        _ => run.json(&of_operation(officer))?,
    }
    Ok(Exit::Done)
}

fn list(run: &Run) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    let officers = operation.case.officers();
    if run.format != Format::Text {
        let list: Vec<Value> = officers.iter().map(of_operation).collect();
        run.json(&json!({"schema": "tutela.officers/1", "officers": list}))?;
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<String>> = officers
        .iter()
        .map(|officer| {
            let key = officer.key_id().map(|key| key.to_string()).unwrap_or_default();
            let state = match &officer.retired {
                None => run.word(phrase!("officer.signs")),
                Some(reason) => run.word(phrase!("officer.retired", reason = reason.as_str())),
            };
            [&officer.name, &officer.role, &officer.organisation, &state, &key]
                .map(|text| plain(text))
                .to_vec()
        })
        .collect();
    run.data(|out| Ok(write_columns(out, &run.headings(phrase!("officer.columns")), &rows, width())?))?;
    Ok(Exit::Done)
}

fn retire(run: &Run, key: &str, reason: &str) -> anyhow::Result<Exit> {
    given("--reason", reason)?;
    let operation = Operation::open(run)?;
    let known = operation.case.officers().iter().filter_map(Officer::key_id);
    let key = known.into_iter().find(|known| known.to_string() == key).ok_or_else(|| {
        Failure::new(Exit::Failed, phrase!("officer.unknown", key = key))
            .hint(phrase!("officer.unknown.hint"))
    })?;
    operation.write(run)?.retire_officer(&key, reason, now())?;
    run.say(phrase!("officer.retired.done", key = key.to_string()));
    Ok(Exit::Done)
}

/// An officer of the operation as data.
fn of_operation(officer: &Officer) -> Value {
    json!({"name": officer.name, "key": officer.key_id().map(|key| key.to_string()), "public": officer.key,
        "role": officer.role, "organisation": officer.organisation, "retired": officer.retired})
}

/// The most letters of a key's name.
const LETTERS: usize = 128;

/// Reads the name of a key.
fn name(text: &str) -> Result<String, Failure> {
    // A name is one with which a key id can be written, and that is read back from it.
    let read = format!("{text}+00000000").parse().is_ok_and(|key: KeyId| key.name == text);
    let fits = read && text.chars().count() <= LETTERS;
    let bad = || Failure::new(Exit::Usage, phrase!("expected.key_name", most = LETTERS, found = text));
    fits.then(|| text.to_owned()).ok_or_else(bad)
}

fn new(run: &Run, name: &str, algorithm: Algorithm) -> anyhow::Result<Exit> {
    let path = run.output.as_deref().ok_or_else(|| {
        Failure::new(Exit::Usage, phrase!("officer.output")).hint(phrase!("officer.output.hint"))
    })?;
    keys::check_free(path)?;
    let passphrase = passphrase::ask(run, Purpose::New(path))?;
    let verifier = keys::create(path, name, algorithm, &passphrase)?;
    // The file of -o is the key's: what is said of it goes to stdout.
    told(&Run { output: None, ..run.clone() }, &verifier, path)?;
    run.say(phrase!("officer.made", key = path_text(path), public = path_text(&public_path(path))));
    run.say(phrase!("officer.keep"));
    Ok(Exit::Done)
}

fn show(run: &Run, file: Option<&Path>) -> anyhow::Result<Exit> {
    let (verifier, path) = match (file, &run.key) {
        (Some(path), _) if path.extension().is_some_and(|ending| ending == "vkey") => {
            (keys::public(path)?, path)
        }
        (Some(path), _) => (keys::opened(run, path)?.verifier().clone(), path),
        (None, Some(path)) => {
            let signer = keys::signer(run)?.ok_or_else(no_key)?;
            (signer.verifier().clone(), path.as_path())
        }
        (None, None) => return Err(no_key().into()),
    };
    told(run, &verifier, path)?;
    Ok(Exit::Done)
}

fn no_key() -> Failure {
    Failure::new(Exit::Usage, phrase!("officer.none")).hint(phrase!("officer.none.hint"))
}

fn told(run: &Run, verifier: &Verifier, path: &Path) -> anyhow::Result<()> {
    match run.format {
        Format::Text => run.data(|out| Ok(writeln!(out, "{verifier}")?)),
        _ => run.json(&to_json(verifier, path)),
    }
}

/// A public key as data.
fn to_json(verifier: &Verifier, path: &Path) -> Value {
    let key = verifier.key();
    let kind = match verifier.algorithm() {
        Algorithm::Ed25519 => "officer",
        Algorithm::Cosignature => "witness",
    };
    json!({"schema": "tutela.officer/1", "name": key.name, "key_id": format!("{:08x}", key.id),
        "public": verifier.to_string(), "file": path.display().to_string(), "kind": kind})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keys_name_is_one_that_can_stand_in_a_note() {
        for text in ["questura.example/rossi", "r", "perché", &"x".repeat(LETTERS)] {
            assert_eq!(name(text).as_deref(), Ok(text));
        }
        for text in ["", "a b", "a+b", "+", "a\tb", "a\u{7}", "a+00000000", &"x".repeat(LETTERS + 1)] {
            assert!(name(text).is_err(), "{text:?}");
        }
    }
}
