//! Writes a made-up operation to a folder: `write_operation OUT SEED SIZE [FAULTS]`.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use tutela_simulation::faults::Faults;
use tutela_simulation::{Output, simulate_with};

struct Folder(PathBuf);

impl Output for Folder {
    fn file(&mut self, path: &str) -> io::Result<Box<dyn Write>> {
        let path = self.0.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(Box::new(BufWriter::with_capacity(1 << 16, File::create(path)?)))
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(out), Some(seed), Some(size)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: write_operation OUT SEED SIZE [FAULTS]".into());
    };
    let faults: Faults = arguments.next().map(|text| text.parse()).transpose()?.unwrap_or_default();
    let mut out = Folder(out.into());
    let size: f64 = size.parse()?;
    let summary = simulate_with("platform-connections", seed.parse()?, size, &faults, &mut out)?;
    writeln!(io::stdout(), "{summary:#?}")?;
    Ok(())
}
