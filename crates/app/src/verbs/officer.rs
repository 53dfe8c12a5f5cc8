//! `tutela officer`: keys of one's own, with which acts are signed and checkpoints of others cosigned.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tutela_ledger::key::{Algorithm, KeyId, Verifier};

use crate::ending::{Exit, Failure};
use crate::keys::passphrase::{self, Purpose};
use crate::keys::{self, public_path};
use crate::run::{Format, Run};
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
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    match args {
        Args::New { name, witness: false } => new(run, name, Algorithm::Ed25519),
        Args::New { name, witness: true } => new(run, name, Algorithm::Cosignature),
        Args::Show { file } => show(run, file.as_deref()),
    }
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
        (Some(path), _) => {
            let signer = keys::open(path, || passphrase::ask(run, Purpose::Open(path)))?;
            (signer.verifier().clone(), path)
        }
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
