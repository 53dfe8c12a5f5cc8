//! `tutela serve`: the web app of an operation, for this machine or for a team.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tutela_case::Case;

use crate::ending::{Exit, Failure};
use crate::operation::folder;
use crate::run::Run;
use crate::serve::{self, Members};
use crate::talk::phrase;
use crate::team::Team;
use crate::team::certificate::Files;

/// Options of `serve`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The address of this machine to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8787")]
    pub bind: SocketAddr,
    /// Serve those who have an account in this folder, over TLS; tutela team makes accounts
    #[arg(long, value_name = "DIR")]
    pub team: Option<PathBuf>,
    /// A name under which browsers reach the machine; may be given again
    #[arg(long = "host", value_name = "NAME", requires = "team")]
    pub hosts: Vec<String>,
    /// The certificate of the machine, as PEM [default: one that is made in the team's folder]
    #[arg(long, value_name = "FILE", requires_all = ["team", "certificate_key"])]
    pub certificate: Option<PathBuf>,
    /// The private key of the certificate, as PEM
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub certificate_key: Option<PathBuf>,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    // A broken record is told here, and not by the first page.
    let case = Case::open(&folder(run)?)?;
    let members = args.team.as_deref().map(|team| members(args, team, &case)).transpose()?;
    serve::serve(run, &case, args.bind, members)
}

fn members(args: &Args, folder: &Path, case: &Case) -> anyhow::Result<Members> {
    let team = Team::of(folder);
    let book = team.accounts.now()?;
    if !book.accounts.values().any(|account| account.roles.contains_key(case.record().origin())) {
        let nobody = Failure::new(Exit::Failed, phrase!("team.nobody"));
        return Err(nobody.hint(phrase!("team.nobody.hint")).into());
    }
    let files = match (&args.certificate, &args.certificate_key) {
        (Some(certificate), Some(key)) => Files { certificate: certificate.clone(), key: key.clone() },
        _ => {
            let own = ["localhost".to_owned(), args.bind.ip().to_string()];
            let names: Vec<String> = args.hosts.iter().cloned().chain(own).collect();
            Files::in_folder(folder, &names)?
        }
    };
    let (tls, fingerprint) = files.config()?;
    Ok(Members { team, tls, fingerprint, names: args.hosts.clone() })
}
