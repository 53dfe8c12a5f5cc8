//! Measures a record of many acts: `record_speed write FOLDER N`, `open FOLDER`, `verify FOLDER`, `append FOLDER N`.
//!
//! `write` makes an operation with N decisions, ten thousand at a time; `append` adds N more, each by itself and on the
//! disk before the next. The allocator is that of the program.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use tutela_case::{Authority, Case};
use tutela_model::Choice;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const AT_ONCE: usize = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = Path::new(arguments.get(1).ok_or("write, open, verify or append, and which folder?")?);
    let n: usize = arguments.get(2).map_or(Ok(1_000_000), |n| n.parse())?;
    let at = "2026-03-01T20:00:00Z".parse()?;
    let day = "2026-03-01".parse()?;
    let start = Instant::now();
    let said = match arguments[0].as_str() {
        "write" => {
            let authority = Authority::new("Made up", day, day);
            let mut writer =
                Case::create(folder, "Speed", "R. Rossi", &authority, at)?.lock("R. Rossi", at)?;
            for first in (0..n).step_by(AT_ONCE) {
                let findings: Vec<String> =
                    (first..n.min(first + AT_ONCE)).map(|n| format!("F-{n:012x}")).collect();
                let decisions: Vec<_> = findings
                    .iter()
                    .map(|finding| (finding.as_str(), Choice::Accept, "checked against the list"))
                    .collect();
                writer.decide_all(&decisions, at)?;
            }
            format!("{n} decisions written")
        }
        "open" => format!("{} decisions read", Case::open(folder)?.decisions().len()),
        "verify" => format!("{} faults", Case::open(folder)?.verify(&mut |_| ())?.len()),
        "append" => {
            let mut writer = Case::open(folder)?.lock("R. Rossi", at)?;
            let opened_s = start.elapsed().as_secs_f64();
            for _ in 0..n {
                writer.decide("F-000000000001", Choice::Reject, "another person's line", at)?;
            }
            format!("{n} decisions appended, after {opened_s:.3} s to open twice")
        }
        word => return Err(format!("not a word of this program: {word}").into()),
    };
    let elapsed_s = start.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default().to_owned();
    std::io::Write::write_all(
        &mut std::io::stdout(),
        format!("{said}: {elapsed_s:.3} s, {memory}\n").as_bytes(),
    )?;
    Ok(())
}
