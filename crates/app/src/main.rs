//! The program: reads the command line, runs one verb, says how it ended. What a verb does stands in its own file
//! under `verbs/`.

mod cli;
mod help;
mod verbs;

mod causes;
mod ear;
mod ending;
mod fault;
mod held;
mod run;
mod talk;
mod team;
mod terminal;

mod analysis;
mod cells;
mod cluster;
mod columns;
mod delivery;
mod dossier;
mod evaluation;
mod exhibit;
mod intake;
mod keys;
mod operation;
mod progress;
mod referrals;
mod rows;
mod serve;
mod triage;
mod validation;
mod watched;

use std::process::ExitCode;
use std::sync::Arc;

use console::style;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::ending::{Exit, Failure};
use crate::run::Run;
use crate::talk::phrase;

/// The system's allocator keeps what threads free: reading 5 GB ended at twice the memory that rows took.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match help::parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let run = Run::new(cli.globals);
    heed_signals(&run);
    let done = fault::caught(|| verbs::run(&run, cli.verb)).unwrap_or_else(|said| {
        let what = phrase!("fault", said = said);
        Err(Failure::new(Exit::Failed, what).hint(phrase!("fault.hint")).into())
    });
    let exit = match done {
        Ok(exit) => exit,
        // Whoever read the output has seen enough.
        Err(error) if ending::is_closed_pipe(&error) => Exit::Done,
        Err(error) => {
            let word = style(run.word(phrase!("error"))).red().bold().for_stderr();
            talk::aloud(&format!("{word}: {}", ending::tell(&error, run.lang)));
            ending::exit_of(&error)
        }
    };
    ExitCode::from(exit as u8)
}

/// The first Ctrl-C asks to stop after the record at hand; the second ends the program at once.
fn heed_signals(run: &Run) {
    for signal in [SIGINT, SIGTERM] {
        let registered =
            flag::register_conditional_shutdown(signal, Exit::Stopped as i32, Arc::clone(&run.stop))
                .and_then(|_| flag::register(signal, Arc::clone(&run.stop)));
        // Without a handler Ctrl-C ends the program at once, which loses nothing that is stored.
        if registered.is_err() && run.verbose > 0 {
            run.warn(phrase!("signals.unheard"));
        }
    }
}
