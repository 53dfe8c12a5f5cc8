//! Makes and checks a log of a million entries in memory, or writes it to a folder: what the figures of README.md
//! measure. `time cargo run --release --example speed -- push|append|verify|write FOLDER`
//!
//! `tile FOLDER` makes the hashes and tiles of a written log from its entries, `check FOLDER` checks it: what
//! `benches/log.sh` holds against the code of others.
#![expect(
    clippy::disallowed_methods,
    reason = "the example is a program: it reads its arguments and writes a folder"
)]

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;
use std::io::Write as _;
use std::path::Path;

use tutela_ledger::checkpoint::Checkpoint;
use tutela_ledger::entry::{Act, commit};
use tutela_ledger::key::{Algorithm, Signer, Verifier};
use tutela_ledger::note::Note;
use tutela_ledger::tile::{Edge, File, Kind, Tile, WIDTH};
use tutela_ledger::tree::Tree;
use tutela_ledger::verify::{Trust, verify};

const ENTRIES: u64 = 1_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (mut n_files, mut n_bytes) = (0_u64, 0_u64);
    let mut count = |file: &File| {
        n_files += 1;
        n_bytes += file.bytes.len() as u64;
    };
    match arguments.first().map(String::as_str) {
        Some("push") => {
            let mut tree = Tree::default();
            let leaf = tutela_ledger::leaf(b"x");
            (0..ENTRIES).for_each(|_| tree.push(leaf));
            writeln!(std::io::stdout(), "{}", tree.root())?;
        }
        Some("append") => {
            append(|file| {
                count(&file);
                Ok(())
            })?;
        }
        Some("write") => {
            let folder = Path::new(arguments.get(1).ok_or("which folder?")?);
            let edge = append(|file| {
                count(&file);
                let path = folder.join(file.tile.to_string());
                std::fs::create_dir_all(path.parent().expect("it lies in the folder"))?;
                Ok(std::fs::write(path, file.bytes)?)
            })?;
            let (note, key) = signed(&edge)?;
            std::fs::write(folder.join("checkpoint"), note.to_string())?;
            std::fs::write(folder.join("log.vkey"), format!("{key}\n"))?;
        }
        Some("tile") => tile(Path::new(arguments.get(1).ok_or("which folder?")?), &mut count)?,
        Some("check") => check(Path::new(arguments.get(1).ok_or("which folder?")?))?,
        Some("verify") => {
            let mut files = BTreeMap::new();
            let edge = append(|file| {
                files.insert(file.tile, file.bytes);
                Ok(())
            })?;
            let (note, key) = signed(&edge)?;
            let keys = [key];
            let trust = Trust { log: &keys, ..Trust::default() };
            let (note, mut n_entries) = (note.to_string(), 0_u64);
            let read = |tile| Ok::<_, Infallible>(files.get(&tile).cloned());
            verify(note.as_bytes(), trust, read, |_| n_entries += 1)?;
            writeln!(std::io::stdout(), "{n_entries} entries checked")?;
        }
        _ => return Err("push, append, verify, or write, tile or check and a FOLDER".into()),
    }
    Ok(writeln!(std::io::stdout(), "{n_files} files of {n_bytes} bytes")?)
}

/// Makes the hashes and tiles of a written log from its entries.
fn tile(folder: &Path, count: &mut impl FnMut(&File)) -> Result<(), Box<dyn Error>> {
    let (mut edge, mut full) = (Edge::default(), Vec::new());
    for index in 0..ENTRIES.div_ceil(u64::from(WIDTH)) {
        let width = u64::from(WIDTH).min(ENTRIES - index * u64::from(WIDTH)) as u16;
        let tile = Tile { kind: Kind::Entries, index, width };
        let bytes = std::fs::read(folder.join(tile.to_string()))?;
        for entry in tile.entries(&bytes)? {
            edge.push(entry, &mut full)?;
        }
        full.drain(..).for_each(|file| count(&file));
    }
    edge.partial().iter().for_each(count);
    Ok(writeln!(std::io::stdout(), "{}", edge.root())?)
}

/// Checks a written log.
fn check(folder: &Path) -> Result<(), Box<dyn Error>> {
    let keys = [std::fs::read_to_string(folder.join("log.vkey"))?.trim().parse()?];
    let trust = Trust { log: &keys, ..Trust::default() };
    let read = |tile: Tile| match std::fs::read(folder.join(tile.to_string())) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    };
    let checked = verify(&std::fs::read(folder.join("checkpoint"))?, trust, read, |_| {})?;
    Ok(writeln!(std::io::stdout(), "{} entries checked", checked.checkpoint.size())?)
}

/// The signed checkpoint of the log, and the key for it.
fn signed(edge: &Edge) -> Result<(Note, Verifier), Box<dyn Error>> {
    let signer = Signer::new("unit.example/speed", Algorithm::Ed25519, &[1; 32])?;
    let mut note = Note::new(&Checkpoint::new("unit.example/speed", edge.size(), edge.root())?.to_string())?;
    note.sign(&signer)?;
    Ok((note, signer.verifier().clone()))
}

/// Makes, hashes and tiles a million entries.
fn append(mut write: impl FnMut(File) -> Result<(), Box<dyn Error>>) -> Result<Edge, Box<dyn Error>> {
    let (mut edge, mut full, mut entry) = (Edge::default(), Vec::new(), Vec::new());
    for seq in 0..ENTRIES {
        let payload = commit(&[seq as u8; 16], &seq.to_be_bytes());
        entry.clear();
        Act { act: "receive".into(), at: "2026-03-01T20:00:00Z".into(), payload }.write(seq, &mut entry)?;
        edge.push(&entry, &mut full)?;
        full.drain(..).try_for_each(&mut write)?;
    }
    edge.partial().into_iter().try_for_each(&mut write)?;
    Ok(edge)
}
