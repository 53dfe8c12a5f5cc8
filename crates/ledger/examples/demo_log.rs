//! Writes a made-up log as a folder, for trying the tools that check one:
//! `cargo run --example demo_log -- FOLDER [CASE [ENTRIES]]`. The cases are those of the tampering matrix.
#![expect(
    clippy::disallowed_methods,
    reason = "the example is a program: it reads its arguments and writes a folder"
)]

use std::path::Path;

#[path = "../tests/demo/mod.rs"]
mod demo;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments.first().ok_or("which folder? demo_log FOLDER [CASE [ENTRIES]]")?;
    let name = arguments.get(1).map_or("honest", String::as_str);
    let case = demo::CASES.iter().find(|(known, _)| *known == name);
    let (_, case) =
        case.ok_or_else(|| format!("not a case: {name}\none of: {:?}", demo::CASES.map(|(name, _)| name)))?;
    let n_entries: u64 = arguments.get(2).map_or(Ok(1000), |n_entries| n_entries.parse())?;
    if n_entries < 300 {
        return Err(format!("a tampered log needs 300 entries: {n_entries}").into());
    }
    Ok(demo::write(Path::new(folder), *case, n_entries)?)
}
