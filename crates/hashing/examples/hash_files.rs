//! Hashes files and writes their digests: what benches/hashing.sh measures.
//! Usage: hash_files HASHES THREADS KERNELS PATH… where HASHES are of md5,sha1,sha256,ed2k,aich, or `parts` for the ed2k
//! of each file with its parts side by side; KERNELS is best, avx512, avx2 or portable; a PATH that begins with @ is a
//! file of paths, one a line.

use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::PathBuf;

use tutela_hashing::{Digests, Kernels, Settings, Wanted, ed2k_of_file, hash_streams};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [hashes, threads, kernels, paths @ ..] = &args[..] else {
        return Err("usage: hash_files HASHES THREADS KERNELS PATH…".into());
    };
    let has = |name| hashes.split(',').any(|hash| hash == name);
    let wanted = Wanted {
        md5: has("md5"),
        sha1: has("sha1"),
        sha256: has("sha256"),
        ed2k: has("ed2k"),
        aich: has("aich"),
    };
    let kernels = match kernels.as_str() {
        "best" => Kernels::best(),
        name => Kernels::passed().iter().find(|kernels| kernels.name() == name).ok_or("no such kernels")?,
    };
    let settings = Settings { wanted, threads: threads.parse()?, kernels };
    let mut files = Vec::new();
    for path in paths {
        match path.strip_prefix('@') {
            Some(list) => files.extend(std::fs::read_to_string(list)?.lines().map(PathBuf::from)),
            None => files.push(PathBuf::from(path)),
        }
    }
    let mut out = BufWriter::new(io::stdout().lock());
    if has("parts") {
        for path in files {
            let ed2k = ed2k_of_file(settings, &File::open(&path)?)?;
            writeln!(out, "{}  {}", hex(&ed2k.hash), path.display())?;
        }
        return Ok(out.flush()?);
    }
    let mut rows = vec![String::new(); files.len()];
    let mut failure = None;
    let streams = files.iter().enumerate().map(|(row, path)| (row, Opened { path, file: None }));
    hash_streams(settings, streams, |row, outcome| match outcome {
        Ok(digests) => rows[row] = text(&digests),
        Err(broken) => failure = Some(broken),
    });
    if let Some(broken) = failure {
        return Err(broken.into());
    }
    for (row, path) in rows.iter().zip(&files) {
        writeln!(out, "{row}  {}", path.display())?;
    }
    Ok(out.flush()?)
}

/// A file that is opened when it is first read.
struct Opened<'p> {
    path: &'p PathBuf,
    file: Option<File>,
}

impl Read for Opened<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.read(buffer),
            None => self.file.insert(File::open(self.path)?).read(buffer),
        }
    }
}

fn text(digests: &Digests) -> String {
    let md5 = digests.md5.map(|digest| hex(&digest));
    let sha1 = digests.sha1.map(|digest| hex(&digest));
    let sha256 = digests.sha256.map(|digest| hex(&digest));
    let ed2k = digests.ed2k.as_ref().map(|ed2k| hex(&ed2k.hash));
    let aich = digests.aich.as_ref().map(|aich| hex(&aich.root));
    [md5, sha1, sha256, ed2k, aich].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
