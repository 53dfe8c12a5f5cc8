//! Writes a made-up operation to a folder: `write_operation SCENARIO OUT SEED SIZE [CONNECTIONS [FAULTS]]`. With `-` for
//! OUT nothing is kept, which times the making of worlds that no disk at hand would hold.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use tutela_simulation::faults::Faults;
use tutela_simulation::{Extent, Output, simulate_with};

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

struct Nowhere;

impl Output for Nowhere {
    fn file(&mut self, _: &str) -> io::Result<Box<dyn Write>> {
        Ok(Box::new(io::sink()))
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next =
        || arguments.next().ok_or("usage: write_operation SCENARIO OUT SEED SIZE [CONNECTIONS [FAULTS]]");
    let [scenario, out, seed, size] = [next()?, next()?, next()?, next()?];
    let n_connections = arguments.next().map(|text| text.parse()).transpose()?;
    let faults: Faults = arguments.next().map(|text| text.parse()).transpose()?.unwrap_or_default();
    let extent = Extent { size: size.parse()?, n_connections, family_contracts: false };
    let mut out: Box<dyn Output> = if out == "-" { Box::new(Nowhere) } else { Box::new(Folder(out.into())) };
    let summary = simulate_with(&scenario, seed.parse()?, extent, &faults, &mut *out)?;
    writeln!(io::stdout(), "{summary:#?}")?;
    Ok(())
}
