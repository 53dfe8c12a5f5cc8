//! Tries what a reader may not do, from inside the sandbox, and prints what came of it: `done`, or the error.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use tutela_evidence::sandbox::{Limits, Rules, enter};

use crate::Result;

/// `path` is a file that is there, and open before the sandbox is entered.
pub fn probe(what: &str, path: &str) -> Result<()> {
    let path = Path::new(path);
    let mut open = File::open(path)?;
    let beside = path.with_extension("beside");
    let (mode, what) = what.split_once(':').unwrap_or(("native", what));
    let program = PathBuf::from("/bin/true");
    let libraries = ["/lib", "/lib64", "/usr/lib", "/etc/ld.so.cache"].map(PathBuf::from);
    let limits = Limits { cpu_s: 1, memory_bytes: 512 << 20, open_files: 32 };
    let (read, run) = match mode {
        "tools" => (vec![path.to_owned()], [&[program.clone()][..], &libraries].concat()),
        "folder" => (vec![path.to_owned()], Vec::new()),
        _ => (Vec::new(), Vec::new()),
    };
    let parent = rustix::process::getppid();
    let held = enter(&Rules { read, run, limits });
    println_held(&held.held, &held.lacking)?;
    let done = match what {
        "use" => use_what_is_open(&mut open),
        "reopen" => File::open(path).map(drop),
        "open" => File::open("/etc/passwd").map(drop),
        "list" => fs::read_dir("/").map(drop),
        "create" => File::create(&beside).map(drop),
        "write" => File::options().write(true).open(path).map(drop),
        "remove" => fs::remove_file(path),
        "socket" => std::net::TcpListener::bind("127.0.0.1:0").map(drop),
        "unix-socket" => std::os::unix::net::UnixListener::bind(&beside).map(drop),
        "exec" => run_empty(&program),
        "exec-other" => run_empty(Path::new("/bin/sh")),
        "thread" => {
            std::thread::Builder::new().spawn(|| ()).map(|thread| thread.join().expect("it does nothing"))
        }
        "memory" => ask_for_memory(),
        "files" => open_many(&open),
        "cpu" => spin(),
        "signal" => rustix::process::test_kill_process(parent.ok_or("no parent")?).map_err(Into::into),
        _ => Err(io::Error::other("no such probe")),
    };
    match done {
        Ok(()) => writeln!(io::stdout(), "done")?,
        Err(error) => writeln!(io::stdout(), "refused: {:?} {error}", error.kind())?,
    }
    Ok(())
}

fn println_held(held: &[String], lacking: &[String]) -> io::Result<()> {
    writeln!(io::stdout(), "held: {}", held.join(", "))?;
    writeln!(io::stdout(), "lacking: {}", lacking.join("; "))
}

fn use_what_is_open(open: &mut File) -> io::Result<()> {
    let mut text = String::new();
    open.read_to_string(&mut text)?;
    open.seek(SeekFrom::Start(0))?;
    let length = open.metadata()?.len();
    if length == text.len() as u64 { Ok(()) } else { Err(io::Error::other("another length")) }
}

/// Inherits all: a program run so needs nothing but its libraries.
fn run_empty(program: &Path) -> io::Result<()> {
    let status = Command::new(program).arg("/dev/null").status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("{status}"))) }
}

fn ask_for_memory() -> io::Result<()> {
    let mut bytes: Vec<u8> = Vec::new();
    bytes.try_reserve_exact(1 << 30).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))
}

fn open_many(open: &File) -> io::Result<()> {
    let copies: Vec<File> = (0..64).map(|_| open.try_clone()).collect::<io::Result<_>>()?;
    drop(copies);
    Ok(())
}

fn spin() -> io::Result<()> {
    let mut sum = 0_u64;
    loop {
        sum = std::hint::black_box(sum.wrapping_add(1));
    }
}
