//! What somebody outside says of a checkpoint that was handed out: it is checked, kept and recorded.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use tutela_case::Anchored;
use tutela_ledger::stamp::Reply;

use super::integrity::{Stamp, openssl};
use crate::ending::{Doing as _, Exit, Failure};
use crate::keys;
use crate::operation::{Operation, now};
use crate::run::{Format, Run};
use crate::talk::{path_text, phrase};

/// Options of `ledger anchor`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The reply of an authority for time stamps (.tsr), or the answer of a witness
    file: PathBuf,
    /// The certificates of the authority, in PEM: its own, and that of who stands for it
    #[arg(long, value_name = "FILE", conflicts_with = "witness", required_unless_present = "witness")]
    certificates: Option<PathBuf>,
    /// The public key of the witness (.vkey)
    #[arg(long, value_name = "FILE")]
    witness: Option<PathBuf>,
}

/// Runs the verb.
pub fn run(run: &Run, operation: &Operation, args: &Args) -> anyhow::Result<Exit> {
    let said = read(&args.file)?;
    let anchored = match (&args.witness, &args.certificates) {
        (Some(key), _) => {
            let key = keys::public(key)?;
            operation.write(run)?.add_witness(&said, &key, now())?
        }
        (None, Some(certificates)) => stamp(run, operation, &said, args, certificates)?,
        (None, None) => unreachable_by_clap()?,
    };
    let (by, at, n) = (anchored.by.as_str(), anchored.time.as_str(), anchored.size);
    match run.format {
        Format::Text => run.say(phrase!("anchor.recorded", by = by, at = at, n = n)),
        _ => run.json(
            &json!({"schema": "tutela.anchor/1", "kind": anchored.kind, "by": by, "at": at, "size": n,
            "serial": anchored.serial, "file": anchored.file.hex(), "trust": anchored.trust.hex()}),
        )?,
    }
    Ok(Exit::Done)
}

/// The command line asks for one of the two.
fn unreachable_by_clap() -> Result<Anchored, Failure> {
    Err(Failure::new(Exit::Usage, phrase!("anchor.which")))
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).doing(|| phrase!("cannot.read", path = path_text(path)))
}

/// Checks a stamp with OpenSSL before it is recorded: a signature that nobody has checked is no anchor.
fn stamp(
    run: &Run,
    operation: &Operation,
    reply: &[u8],
    args: &Args,
    certificates: &Path,
) -> anyhow::Result<Anchored> {
    let Reply { imprint, gen_time, .. } = Reply::parse(reply)?;
    let chain = read(certificates)?;
    let stamped = operation.case.stamped(imprint).ok_or_else(|| {
        Failure::new(Exit::Failed, phrase!("stamp.other", file = path_text(&args.file)))
            .hint(phrase!("stamp.other.hint"))
    })?;
    let stamped = operation.case.anchor_path(stamped.sha256);
    match openssl(&stamped, &args.file, certificates, &gen_time)? {
        Stamp::Holds => {}
        Stamp::Unchecked => {
            let what = phrase!("stamp.no_tool");
            return Err(Failure::new(Exit::Failed, what).hint(phrase!("stamp.no_tool.hint")).into());
        }
        Stamp::Differs(found) => {
            let what = phrase!("stamp.differs", found = found);
            return Err(Failure::new(Exit::Integrity, what).hint(phrase!("stamp.differs.hint")).into());
        }
    }
    Ok(operation.write(run)?.add_stamp(reply, &chain, now())?)
}
