//! `tutela serve`: the web app of an operation, for this machine.

use std::net::SocketAddr;

use crate::ending::Exit;
use crate::operation::folder;
use crate::run::Run;
use crate::serve;
use tutela_case::Case;

/// Options of `serve`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The address of this machine to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8787")]
    pub bind: SocketAddr,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let folder = folder(run)?;
    // A broken record is told here, and not by the first page.
    Case::open(&folder)?;
    serve::serve(run, folder, args.bind)
}
