//! Measures lists of known files: `make` writes a made-up list, `build` an index of lists, `look` looks hashes up that
//! are on the list and hashes that are not. `benches/lists.sh` runs it beside others.
//!
//! ```text
//! lists make FROM TO FILE      the made-up MD5s of these numbers, one a line
//! lists queries N SHARE FILE   a batch of hashes to look up, SHARE per cent of them on the list of N
//! lists build INDEX MEMORY_MB LIST…
//! lists look INDEX N QUERIES   N is the size of the made-up list
//! lists sqlite INDEX DB N QUERIES   the same keys in SQLite, put in in their order, and looked up there
//! ```

#![expect(clippy::print_stdout, reason = "a measuring program talks to whoever runs it")]

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};

use tutela_matchers::index::{Builder, Index, Settings};
use tutela_matchers::lists::recognise::recognise;
use tutela_matchers::lists::{Declared, Hashes, Kind, hex};

type Done = Result<(), Box<dyn std::error::Error>>;

fn main() -> Done {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["make", from, to, file] => make(from.parse()?..to.parse()?, Path::new(file)),
        ["queries", n, share, file] => queries(n.parse()?, share.parse()?, Path::new(file)),
        ["build", index, memory, ref lists @ ..] => build(Path::new(index), memory.parse()?, lists),
        ["look", index, n, queries] => look(Path::new(index), n.parse()?, queries.parse()?),
        ["sqlite", index, db, n, queries] => {
            sqlite(Path::new(index), Path::new(db), n.parse()?, queries.parse()?)
        }
        _ => Err("see the head of this file".into()),
    }
}

/// The made-up hash of a number (splitmix64, twice). Numbers from 2^40 on are on no list.
fn key(n: u64) -> [u8; 16] {
    let mix = |n: u64| {
        let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        n ^ (n >> 31)
    };
    let mut key = [0; 16];
    key[..8].copy_from_slice(&mix(n * 2).to_be_bytes());
    key[8..].copy_from_slice(&mix(n * 2 + 1).to_be_bytes());
    key
}

const ABSENT: u64 = 1 << 40;

fn make(numbers: Range<u64>, file: &Path) -> Done {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(file)?);
    for number in numbers {
        file.write_all(hex(&key(number)).as_bytes())?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}

/// A number on the list of `n`, in no order.
fn any(n: u64, turn: u64) -> u64 {
    let word = key(turn.wrapping_add(7 << 50));
    u64::from_be_bytes(word[..8].try_into().expect("eight bytes")) % n
}

fn queries(n: u64, share: u64, file: &Path) -> Done {
    let mut file = BufWriter::new(File::create(file)?);
    for turn in 0..20_000 {
        let number = if turn % 100 < share { any(n, turn) } else { ABSENT + any(n, turn) };
        writeln!(file, "{}", hex(&key(number)))?;
    }
    Ok(file.flush()?)
}

fn build(path: &Path, memory_mb: usize, lists: &[&str]) -> Done {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .map_or(PathBuf::from("."), Path::to_owned);
    let settings = Settings {
        name: "made up".to_owned(),
        version: "1".to_owned(),
        scheme: None,
        translation: None,
        memory_bytes: memory_mb << 20,
        folder,
    };
    let begun = cpu_ns();
    let mut go_on = |_| ControlFlow::Continue(());
    let mut builder = Builder::new(settings, path)?;
    let mut hashes = 0;
    for list in lists {
        let layout = recognise(Path::new(list))?.ok_or("no list")?;
        let counts =
            builder.list(Path::new(list), layout, &Declared::default(), &mut |_| Ok(()), &mut go_on)?;
        hashes += counts.hashes;
    }
    let read = cpu_ns();
    let built = builder.finish(&mut go_on)?;
    let ended = cpu_ns();
    let seconds = (ended - begun) as f64 / 1e9;
    println!(
        "build: {hashes} hashes, {} entries, {seconds:.2} CPU s ({:.2} reading), {:.0} hashes/s, {} bytes, {} resident at most",
        built.manifest.entries,
        (read - begun) as f64 / 1e9,
        hashes as f64 / seconds,
        fs::metadata(path)?.len(),
        status("VmHWM")
    );
    Ok(())
}

fn look(path: &Path, n: u64, queries: u64) -> Done {
    let index = Index::open(path)?;
    println!("look: {} hashes, {} own before the first", index.hashes(Kind::Md5), status("RssAnon"));
    for (what, from) in [("present", 0), ("absent", ABSENT)] {
        let keys: Vec<[u8; 16]> = (0..queries).map(|turn| key(from + any(n, turn))).collect();
        // Once to warm, and once to measure.
        for turn in 0..2 {
            let begun = cpu_ns();
            let found: u64 =
                keys.iter().map(|key| index.find(Kind::Md5, key)).map(|rows| rows.end - rows.start).sum();
            let each = (cpu_ns() - begun) as f64 / queries as f64;
            if turn == 1 {
                println!("look: {what} {each:.0} ns of CPU each, {found} of {queries} found");
            }
        }
        let begun = cpu_ns();
        let found: u64 = index.find_all(Kind::Md5, &keys).iter().map(|rows| rows.end - rows.start).sum();
        let each = (cpu_ns() - begun) as f64 / queries as f64;
        println!("look: {what} {each:.0} ns of CPU each when all are looked up together, {found} found");
        let files: Vec<Hashes> =
            keys.iter().map(|key| Hashes { md5: Some(*key), ..Hashes::default() }).collect();
        let begun = cpu_ns();
        let hits: usize = files.iter().map(|hashes| index.look(hashes, None).len()).sum();
        let each = (cpu_ns() - begun) as f64 / queries as f64;
        println!("look: {what} {each:.0} ns of CPU each with all that the list says, {hits} hits");
    }
    // What one read of the file costs, of a key that nothing foretells, with neither directory nor comparison.
    let rows: Vec<u64> = (0..queries).map(|turn| any(n, turn)).collect();
    for turn in 0..2 {
        let begun = cpu_ns();
        let read: u64 =
            rows.iter().filter_map(|row| index.key(Kind::Md5, *row)).map(|key| u64::from(key[0])).sum();
        let each = (cpu_ns() - begun) as f64 / queries as f64;
        if turn == 1 {
            println!("look: {each:.0} ns of CPU for one read of a key at any place ({})", read % 10);
        }
    }
    println!("look: own memory {}, pages of the file {}", status("RssAnon"), status("RssFile"));
    Ok(())
}

fn sqlite(index: &Path, db: &Path, n: u64, queries: u64) -> Done {
    let index = Index::open(index)?;
    let mut db = rusqlite::Connection::open(db)?;
    db.execute_batch(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-1000000;
         CREATE TABLE IF NOT EXISTS known (md5 BLOB PRIMARY KEY) WITHOUT ROWID;",
    )?;
    let begun = cpu_ns();
    let all = db.transaction()?;
    {
        let mut insert = all.prepare("INSERT INTO known VALUES (?1)")?;
        for row in 0..index.hashes(Kind::Md5) {
            insert.execute([index.key(Kind::Md5, row).ok_or("a key")?])?;
        }
    }
    all.commit()?;
    println!("sqlite: {:.2} CPU s to put the keys in, sorted", (cpu_ns() - begun) as f64 / 1e9);
    db.execute_batch("PRAGMA mmap_size=4000000000;")?;
    let mut select = db.prepare("SELECT 1 FROM known WHERE md5 = ?1")?;
    for (what, from) in [("present", 0), ("absent", ABSENT)] {
        let keys: Vec<[u8; 16]> = (0..queries).map(|turn| key(from + any(n, turn))).collect();
        for turn in 0..2 {
            let begun = cpu_ns();
            let mut found = 0;
            for key in &keys {
                found += u64::from(select.exists([&key[..]])?);
            }
            let each = (cpu_ns() - begun) as f64 / queries as f64;
            if turn == 1 {
                println!("sqlite: {what} {each:.0} ns of CPU each, {found} of {queries} found");
            }
        }
    }
    Ok(())
}

/// What this process has run on a core, in nanoseconds: on a machine that others use, time on the wall says little.
fn cpu_ns() -> u64 {
    let said = fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    said.split(' ').next().and_then(|ns| ns.parse().ok()).unwrap_or_default()
}

fn status(name: &str) -> String {
    let said = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = said.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim_start_matches(':').trim().to_owned()
}
