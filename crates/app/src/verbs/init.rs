//! `tutela init`: creates an operation and records the authority under which it works.

use std::path::PathBuf;

use serde_json::json;
use tutela_case::{Authority, Case};
use tutela_model::Date;

use crate::cli::{date, given};
use crate::ending::{Exit, Failure};
use crate::operation::{actor, now, today};
use crate::run::{Format, Run};
use crate::talk::{path_text, phrase};

/// Options of `init`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The folder to create
    pub dir: PathBuf,
    /// The operation's name
    #[arg(long, value_name = "TITLE")]
    pub title: String,
    /// The authority: office, number and date of the act
    #[arg(long, value_name = "TEXT")]
    pub basis: String,
    /// First day that it covers
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub basis_from: Date,
    /// Last day that it covers
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub basis_until: Date,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    for (option, value) in [("--title", &args.title), ("--basis", &args.basis)] {
        given(option, value)?;
    }
    if args.basis_until < args.basis_from {
        let what =
            phrase!("init.period", from = args.basis_from.to_string(), until = args.basis_until.to_string());
        return Err(Failure::new(Exit::Usage, what).into());
    }
    let authority = Authority::new(&args.basis, args.basis_from, args.basis_until);
    let case = Case::create(&args.dir, &args.title, actor(run)?, &authority, now())?;
    let recorded = &case.authorities()[0];
    match run.format {
        Format::Text => run.say(phrase!(
            "init.done",
            title = case.title(),
            folder = path_text(&args.dir),
            basis = recorded.id.as_str(),
            until = recorded.until.to_string(),
        )),
        _ => run.json(&json!({"schema": "tutela.init/1", "operation": case.title(),
            "folder": args.dir.display().to_string(), "basis": recorded.id}))?,
    }
    if !recorded.covers(today()) {
        run.warn(phrase!("init.not_today", today = today().to_string()));
    }
    run.say(phrase!("next", command = format!("tutela --op {} import FILE…", path_text(&args.dir))));
    Ok(Exit::Done)
}
