//! `tutela man`: one manual page per verb.

use clap::CommandFactory as _;

use crate::cli::Cli;
use crate::ending::{Doing as _, Exit};
use crate::run::Run;
use crate::talk::{path_text, phrase};

/// Options of `man`.
#[derive(clap::Args, Debug)]
pub struct Args {}

/// Runs the verb.
pub fn run(run: &Run, _: &Args) -> anyhow::Result<Exit> {
    let folder = run.folder("man")?;
    let cannot = || phrase!("cannot.man", folder = path_text(folder));
    std::fs::create_dir_all(folder).doing(cannot)?;
    clap_mangen::generate_to(Cli::command(), folder).doing(cannot)?;
    run.say(phrase!("written", path = path_text(folder)));
    Ok(Exit::Done)
}
