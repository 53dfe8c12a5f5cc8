//! `tutela simulate`: made-up source files in the formats of real ones, with the truth beside them.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::json;
use tutela_simulation::faults::{FAULTS, Faults};
use tutela_simulation::{Extent, Output, SCENARIOS, Summary};

use crate::ending::{Exit, Failure};
use crate::run::{Format, Run};
use crate::talk::{path_text, phrase};

/// Options of `simulate`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The scenario: platform-connections, sharing-network
    pub scenario: String,
    /// The world is made from this number: the same seed makes the same files
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// 1 is the operation as it was reported, 0.1 a tenth of it
    #[arg(long, value_name = "F", default_value_t = 1.0)]
    pub size: f64,
    /// Connections in all, or sightings [default: 117000 connections or 5000000 sightings for each 1 of the size]
    #[arg(long, value_name = "N")]
    pub connections: Option<u32>,
    /// Telephones and addresses of partners and teenagers are those of whoever holds the home line: nothing in the records
    /// tells such people apart
    #[arg(long)]
    pub family_contracts: bool,
    /// Mistakes to make on purpose, each with a label in truth/faults.csv: all, or names with the share of rows where
    /// one in a hundred is not meant (typo=0.05,zone+1h)
    #[arg(long, value_name = "NAME[=RATE],…")]
    pub faults: Option<String>,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let folder = run.folder("simulate")?;
    let faults = args.faults.as_deref().map(asked).transpose()?.unwrap_or_default();
    let family_contracts = args.family_contracts;
    let extent = Extent { size: args.size, n_connections: args.connections, family_contracts };
    let summary = make(&args.scenario, args.seed, extent, &faults, folder)?;
    let Summary { connections, users, with_precedents, bystanders, faults, injected, .. } = summary;
    let Summary { persons, lines, lease_rows, accounts, sightings, peers, .. } = summary;
    let value = json!({"schema": "tutela.simulate/1", "scenario": args.scenario, "seed": args.seed, "size": args.size,
        "folder": folder.display().to_string(), "connections": connections, "users": users,
        "with_precedents": with_precedents, "bystanders": bystanders, "faults": faults,
        "injected": injected, "persons": persons, "lines": lines, "lease_rows": lease_rows,
        "accounts": accounts, "sightings": sightings, "peers": peers});
    run.list(|out| match run.format {
        Format::Text => {
            let made = if sightings > 0 {
                phrase!("simulate.made_sightings", sightings = sightings, peers = peers)
            } else {
                phrase!("simulate.made", connections = connections)
            };
            let made = made
                .with("users", users)
                .with("precedents", with_precedents)
                .with("bystanders", bystanders)
                .with("faults", faults);
            writeln!(out, "{}\n{}", path_text(folder), run.word(made))?;
            if injected > 0 {
                writeln!(out, "{}", run.word(phrase!("simulate.injected", n = injected)))?;
            }
            Ok(())
        }
        _ => Ok(writeln!(out, "{value:#}")?),
    })?;
    run.say(phrase!("simulate.done"));
    Ok(Exit::Done)
}

/// The faults that a text names.
pub fn asked(text: &str) -> anyhow::Result<Faults> {
    text.parse().map_err(|_| {
        let names: Vec<&str> = FAULTS.iter().map(|(name, _)| *name).collect();
        let what = phrase!("simulate.faults", faults = text);
        Failure::new(Exit::Usage, what).hint(phrase!("simulate.faults.hint", names = names)).into()
    })
}

/// Makes the files of a scenario in a folder that is empty or does not exist yet.
///
/// # Errors
/// No such scenario, a folder that holds something, or the disk refuses.
pub fn make(
    scenario: &str,
    seed: u64,
    extent: impl Into<Extent>,
    faults: &Faults,
    folder: &Path,
) -> anyhow::Result<Summary> {
    if !SCENARIOS.iter().any(|known| known.name == scenario) {
        let names: Vec<&str> = SCENARIOS.iter().map(|known| known.name).collect();
        let what = phrase!("simulate.unknown", scenario = scenario);
        return Err(Failure::new(Exit::Usage, what)
            .hint(phrase!("simulate.unknown.hint", names = names))
            .into());
    }
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        let what = phrase!("folder.not_empty", folder = path_text(folder));
        return Err(Failure::new(Exit::Failed, what).hint(phrase!("folder.not_empty.hint")).into());
    }
    let mut output = Folder(folder.to_owned());
    Ok(tutela_simulation::simulate_with(scenario, seed, extent, faults, &mut output)?)
}

/// Files on disk, below one folder.
struct Folder(PathBuf);

impl Output for Folder {
    fn file(&mut self, path: &str) -> io::Result<Box<dyn Write>> {
        let path = self.0.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(Box::new(BufWriter::with_capacity(256 << 10, File::create(path)?)))
    }
}
