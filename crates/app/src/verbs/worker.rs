//! `tutela worker`: counts sightings for an analysis that runs on another machine.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use tutela_engine::cluster::{WorkerSettings, serve};

use crate::analysis::made_with;
use crate::cluster::work;
use crate::ending::Exit;
use crate::operation::Operation;
use crate::run::{Format, Run};
use crate::talk::phrase;

/// Options of `worker`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The address to listen on, of this machine alone; port 0 lets the machine choose
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7301")]
    pub listen: SocketAddr,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    let (talk, is_json) = (run.clone(), run.format != Format::Text);
    let work = work(operation.case, move |piece| {
        if is_json {
            // Whoever reads along may have gone: the work goes on.
            line(&talk, &json!({"made": piece.n_rows, "part": piece.part, "first_row": piece.first_row}))
                .ok();
        } else if talk.verbose > 0 {
            talk.say(phrase!("cluster.made", n = piece.n_rows, first = piece.first_row + 1));
        }
    });
    let stop = Arc::clone(&run.stop);
    let stopped = Arc::new(move || stop.load(Ordering::Relaxed));
    let settings =
        WorkerSettings { listen: args.listen, version: made_with(), jobs: run.jobs, work, stopped };
    serve(settings, &mut |address| {
        if is_json {
            line(run, &json!({"schema": "tutela.worker/1", "listening": address.to_string()})).ok();
        } else {
            run.say(phrase!("cluster.listening", address = address.to_string()));
        }
    })?;
    run.go_on()?;
    Ok(Exit::Done)
}

fn line(run: &Run, value: &Value) -> anyhow::Result<()> {
    run.data(|out| Ok(writeln!(out, "{value}")?))
}
