//! `tutela completions`: the shell's completions, to stdout.

use clap::CommandFactory as _;

use crate::cli::Cli;
use crate::ending::Exit;
use crate::run::Run;

/// Options of `completions`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "tutela", &mut script);
    run.data(|out| Ok(out.write_all(&script)?))?;
    Ok(Exit::Done)
}
