//! `tutela demo`: a made-up operation from its files to the ranked leads, the report and the web app, in one command.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Instant;

use tutela_analyses::zone_shift;
use tutela_case::{Authority, Case};
use tutela_simulation::faults::Faults;

use crate::analysis;
use crate::dossier::MADE_UP;
use crate::ending::{Exit, Failure};
use crate::operation::{now, today};
use crate::run::{Format, Run};
use crate::serve;
use crate::talk::{self, path_text, phrase};
use crate::verbs::{import, leads, simulate};

/// Options of `demo`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The folder to make; files/, operation/ and report/ come into it
    #[arg(default_value = "tutela-demo")]
    pub dir: PathBuf,
    /// The scenario
    #[arg(long, value_name = "NAME", default_value = "platform-connections")]
    pub scenario: String,
    /// Another seed makes another made-up world
    // The world of seed 24 has leads of every kind.
    #[arg(long, value_name = "N", default_value_t = 24)]
    pub seed: u64,
    /// 1 is the operation as it was reported, 0.1 a tenth of it
    #[arg(long, value_name = "F", default_value_t = 1.0)]
    pub size: f64,
    /// End after the leads instead of serving the web app
    #[arg(long)]
    pub no_serve: bool,
}

/// The folders of the made-up files that are imported; truth/ is not one of them.
pub const IMPORTED: [&str; 6] = ["referrals", "platforms", "sightings", "operators", "lists", "seized"];

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    if std::fs::read_dir(&args.dir).is_ok_and(|mut entries| entries.next().is_some()) {
        let what = phrase!("folder.not_empty", folder = path_text(&args.dir));
        return Err(Failure::new(Exit::Failed, what).hint(phrase!("folder.not_empty.hint")).into());
    }
    let began = Instant::now();
    let files = args.dir.join("files");
    run.say(phrase!("demo.simulating", scenario = args.scenario.as_str(), seed = args.seed));
    let made = simulate::make(&args.scenario, args.seed, args.size, &Faults::default(), &files)?;
    run.say(match made.sightings {
        0 => phrase!("demo.made", connections = made.connections, bystanders = made.bystanders),
        n => phrase!("demo.made_sightings", sightings = n, peers = made.peers, bystanders = made.bystanders),
    });
    run.go_on()?;

    let op = args.dir.join("operation");
    let today = today();
    let a_year_on = today.saturating_add(jiff::Span::new().years(1));
    let basis = Authority::new(&run.word(phrase!("demo.basis", mark = MADE_UP)), today, a_year_on);
    let title = run.word(phrase!("demo.title", scenario = args.scenario.as_str(), seed = args.seed));
    Case::create(&op, &title, run.officer.as_str(), &basis, now())?;

    let inner = Run { op: Some(op.clone()), output: None, format: Format::Text, ..run.clone() };
    let import = import::Args {
        files: IMPORTED.iter().map(|folder| files.join(folder)).filter(|folder| folder.is_dir()).collect(),
        zone: Some("Europe/Rome".parse()?),
        ..import::Args::default()
    };
    run.say(phrase!("demo.importing"));
    let to_leads = Instant::now();
    let imported = import::run(&inner.to_stderr(), &import)?;
    if !matches!(imported, Exit::Done | Exit::Problems) {
        return Ok(imported);
    }
    leads::run(
        &Run { output: run.output.clone(), format: run.format, quiet: true, ..inner.clone() },
        &leads::Args {},
    )?;
    run.say(phrase!("demo.seconds", seconds = format!("{:.1}", to_leads.elapsed().as_secs_f64())));
    let report = args.dir.join("report");
    write_report(&inner, &report)?;
    run.say(phrase!(
        "demo.done",
        folder = path_text(&args.dir),
        seconds = format!("{:.1}", began.elapsed().as_secs_f64())
    ));
    for command in next_commands(&op)? {
        talk::aloud(&format!("  tutela --op {} {command}", path_text(&op)));
    }
    match args.no_serve {
        true => Ok(Exit::Done),
        // Whatever else is served on this machine, some port is free.
        false => serve::serve(
            &inner,
            &Case::open(&std::path::absolute(&op)?)?,
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            None,
        ),
    }
}

/// What to try next; a decision when one is waited for.
fn next_commands(op: &Path) -> anyhow::Result<Vec<String>> {
    let derived = analysis::stored(&Case::open(op)?)?;
    let mut shifts = derived.findings.get("zone_shift").into_iter().flatten();
    let waiting = shifts.find(|finding| zone_shift::is_indicated(finding));
    let second = match waiting {
        Some(finding) => format!("decide {} accept --reason \"…\"", finding.id),
        None => "findings --analysis zone_shift".to_owned(),
    };
    let first = match derived.leads.is_empty() {
        true => "status".to_owned(),
        false => "explain L-001".to_owned(),
    };
    Ok(vec![first, second, "ledger verify".to_owned()])
}

#[cfg(feature = "pdf")]
fn write_report(run: &Run, folder: &Path) -> anyhow::Result<()> {
    use crate::verbs::report;

    let inner = Run { output: Some(folder.to_owned()), quiet: true, ..run.to_stderr() };
    report::run(&inner, &report::Args { is_final: false, to: String::new() })?;
    run.say(phrase!("demo.report", folder = path_text(folder)));
    Ok(())
}

#[cfg(not(feature = "pdf"))]
fn write_report(run: &Run, _: &Path) -> anyhow::Result<()> {
    run.say(phrase!("report.feature"));
    run.hint(phrase!("report.feature.hint"));
    Ok(())
}
