//! How often a wrong clock of an operator's answer is found, and how often a right one is doubted: prints a table over
//! made-up operations. `zone_detection [SEEDS] [SIZE]`; 3 seeds of size 0.1, most of a minute, where nothing is
//! said.
//!
//! *Telling* connections are those that the mistake sends elsewhere: where there are none, nothing in the data can show
//! it, however many connections there are.

mod trials;

use std::collections::BTreeMap;
use std::io::Write;

use trials::{MISTAKES, OF_ROWS, SIZES, Trial, trials};

/// So many telling connections are enough.
const ENOUGH: usize = 3;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let n_seeds: u64 = arguments.next().map_or(Ok(3), |text| text.parse())?;
    let size: f64 = arguments.next().map_or(Ok(0.1), |text| text.parse())?;
    let mistakes: Vec<&str> = MISTAKES.iter().map(|(name, _)| *name).collect();
    let mut tables: BTreeMap<&str, Vec<Trial>> = BTreeMap::new();
    for seed in 1..=n_seeds {
        // An answer takes one mistake of its clock, so that of all only some are made: the seed says which.
        for (name, seed, faults) in [
            ("right clocks, right rows", seed, String::new()),
            ("right clocks, wrong rows (1 in 100 of each kind)", seed + n_seeds, OF_ROWS.to_owned()),
            ("wrong clocks", seed, mistakes.join(",")),
            ("wrong clocks", seed + n_seeds, mistakes.join(",")),
        ] {
            for trial in trials(seed, size, &faults) {
                // Delta's clock is wrong in every operation.
                let name = trial.fault.unwrap_or(name);
                tables.entry(name).or_default().push(trial);
            }
        }
    }
    let mut out = std::io::stdout();
    writeln!(out, "{n_seeds} seeds, size {size}; at least {ENOUGH} telling connections are enough\n")?;
    writeln!(
        out,
        "| clock | connections | trials | indicated | right reading | enough telling | indicated |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|")?;
    for (name, trials) in &tables {
        for size in SIZES.into_iter().map(Some).chain([None]) {
            let of_size: Vec<&Trial> = trials.iter().filter(|trial| trial.size == size).collect();
            writeln!(out, "| {name} | {} |", row(size, &of_size))?;
        }
    }
    let wrong: Vec<&Trial> = tables.values().flatten().filter(|trial| trial.fault.is_some()).collect();
    let right: Vec<&Trial> = tables.values().flatten().filter(|trial| trial.fault.is_none()).collect();
    writeln!(out, "| all wrong clocks | any |{} |", row(None, &wrong).trim_start_matches("all |"))?;
    writeln!(out, "| all right clocks | any |{} |", row(None, &right).trim_start_matches("all |"))?;
    Ok(())
}

fn row(size: Option<usize>, trials: &[&Trial]) -> String {
    let n_indicated = |trials: &[&Trial]| trials.iter().filter(|trial| trial.indicated.is_some()).count();
    let n_right = trials.iter().filter(|trial| trial.right).count();
    let enough: Vec<&Trial> = trials.iter().copied().filter(|trial| trial.telling >= ENOUGH).collect();
    let size = size.map_or_else(|| "all".to_owned(), |size| size.to_string());
    let (n, n_enough) = (trials.len(), enough.len());
    format!("{size} | {n} | {} | {n_right} | {n_enough} | {}", n_indicated(trials), n_indicated(&enough))
}
