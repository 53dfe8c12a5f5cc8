//! `tutela witness`: cosigns the checkpoint of another unit, by files that go to and fro. It needs no operation.
//!
//! A witness says by its signature that it saw this checkpoint at this time, and that the record only grew since the last
//! one that it saw. What it saw last is kept beside its key.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use tutela_ledger::checkpoint::Checkpoint;
use tutela_ledger::key::Algorithm;
use tutela_ledger::witness::{Request, answer};

use crate::ending::{Doing as _, Exit, Failure};
use crate::keys;
use crate::operation::now;
use crate::run::{Format, Run, write_whole};
use crate::talk::{path_text, phrase};

/// Options of `witness`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The request that came with the checkpoint: add-checkpoint
    request: PathBuf,
    /// The public key of the officer who signed it, known from elsewhere (.vkey); may be given again
    #[arg(long, value_name = "FILE", required = true)]
    log: Vec<PathBuf>,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let log = args.log.iter().map(|path| keys::public(path)).collect::<anyhow::Result<Vec<_>>>()?;
    let bytes = fs::read(&args.request).doing(|| phrase!("cannot.read", path = path_text(&args.request)))?;
    let request = Request::parse(&bytes)?;
    let origin = request.asks_for()?.origin().to_owned();
    let (Some(witness), Some(key)) = (keys::signer(run)?, &run.key) else {
        let what = phrase!("witness.no_key");
        return Err(Failure::new(Exit::Usage, what).hint(phrase!("witness.no_key.hint")).into());
    };
    if witness.algorithm() != Algorithm::Cosignature {
        let what = phrase!("witness.other_key", key = witness.key().to_string());
        return Err(Failure::new(Exit::Usage, what).hint(phrase!("witness.no_key.hint")).into());
    }
    let seen_in = seen_in(key, &origin);
    let seen = seen(&seen_in)?;
    let time = now();
    let time_s = u64::try_from(time.as_second()).unwrap_or_default();
    let answer = answer(&request, &log, seen.as_ref(), &witness, time_s)?;
    // What was seen is kept before the answer leaves: else another history could be signed from the same beginning.
    let cannot = || phrase!("cannot.write", path = path_text(&seen_in));
    fs::create_dir_all(seen_in.parent().unwrap_or(&seen_in)).doing(cannot)?;
    write_whole(&seen_in, |out| Ok(out.write_all(answer.seen.to_string().as_bytes())?)).doing(cannot)?;
    match run.format {
        Format::Text => run.data(|out| Ok(out.write_all(answer.text.as_bytes())?))?,
        _ => run.json(&json!({"schema": "tutela.witness/1", "origin": origin, "size": answer.seen.size(),
            "at": time.to_string(), "answer": answer.text}))?,
    }
    run.say(phrase!("witness.signed", n = answer.seen.size(), origin = origin));
    Ok(Exit::Done)
}

/// The file of what this witness saw last of a log, beside its key.
fn seen_in(key: &Path, origin: &str) -> PathBuf {
    let name = tutela_model::Digest::of(origin.as_bytes()).hex();
    key.with_extension("seen").join(&name[..16])
}

fn seen(path: &Path) -> anyhow::Result<Option<Checkpoint>> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).doing(|| phrase!("cannot.read", path = path_text(path))),
        Ok(text) => Ok(Some(Checkpoint::parse(&text)?)),
    }
}
