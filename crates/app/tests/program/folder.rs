//! The program on an operation in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What a run gave.
pub struct Ran {
    /// The exit code; -1 when a signal ended it.
    pub code: i32,
    /// What it wrote to stdout.
    pub out: String,
    /// What it wrote to stderr.
    pub err: String,
}

impl Ran {
    /// The JSON document that it wrote.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.err))
    }

    /// The run, when it ended with this code.
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The program with these arguments, in English.
pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tutela"));
    command
        .args(args)
        .env("TUTELA_OFFICER", "A. Prova")
        .env("TUTELA_LANG", "en")
        .env_remove("TZ")
        .env_remove("TUTELA_KEY");
    command
}

/// A folder with an operation.
pub struct Folder {
    /// The folder.
    pub dir: TempDir,
}

/// Two connections of an account.
pub const CONNECTIONS: &str = "platform,account,event,address,port,at,device,user_agent,proxy_said\n\
    agorachat,u-1,login,192.0.2.10,4000,2026-03-01T20:00:00Z,,,no\n\
    agorachat,u-1,login,192.0.2.10,4001,2026-03-02T20:00:00Z,,,no\n";

impl Folder {
    /// Makes it, with an authority that covers every day of the test's lifetime.
    pub fn new() -> Self {
        Self::with_basis("2020-01-01", "2099-12-31")
    }

    /// Makes it with an authority of these days.
    pub fn with_basis(from: &str, until: &str) -> Self {
        let folder = Self { dir: tempfile::tempdir().expect("a folder") };
        let basis = ["--basis", "prova", "--basis-from", from, "--basis-until", until];
        let op = folder.op();
        tutela(&[["init", &op, "--title", "Prova"].as_slice(), &basis].concat()).ended(0);
        folder
    }

    /// Makes it and imports [`CONNECTIONS`].
    pub fn with_connections() -> Self {
        let folder = Self::new();
        folder.run(&["import", &folder.file("first/connection.csv", CONNECTIONS)]).ended(0);
        folder
    }

    /// The operation's folder.
    pub fn op(&self) -> String {
        self.path("operation")
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().expect("temporary paths are UTF-8").to_owned()
    }

    /// Writes a file, with the folders above it.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, content).expect("a file");
        self.path(name)
    }

    /// Runs the program on the operation.
    pub fn run(&self, args: &[&str]) -> Ran {
        run(&mut self.command(args))
    }

    /// The program on the operation, to be run.
    pub fn command(&self, args: &[&str]) -> Command {
        let op = self.op();
        command(&[["--op", &op].as_slice(), args].concat())
    }

    /// The table files with their bytes.
    pub fn tables(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        self.files_in("tables")
    }

    /// The files below a folder of the operation, by their whole paths.
    fn files_in(&self, name: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let folder = Path::new(&self.op()).join(name);
        files(&folder).into_iter().map(|(path, bytes)| (folder.join(path), bytes)).collect()
    }

    /// The only table file, after an import of one file without problems.
    pub fn table_file(&self) -> PathBuf {
        self.tables().into_keys().next().expect("a table file")
    }

    /// The file received first.
    pub fn received_file(&self) -> PathBuf {
        self.files_in("received").into_keys().next().expect("a file")
    }
}

/// Runs the program to its end.
pub fn tutela(args: &[&str]) -> Ran {
    run(&mut command(args))
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Ran {
    command.output().expect("the program runs").into()
}

/// Runs a command to its end with this on stdin.
pub fn run_with(command: &mut Command, stdin: &str) -> Ran {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("the program runs");
    // A program that refuses before it reads closes the pipe, which is no fault.
    let _ = child.stdin.take().expect("a pipe").write_all(stdin.as_bytes());
    child.wait_with_output().expect("the program ends").into()
}

/// Overwrites a file that is read-only.
pub fn overwrite(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).expect("it is there");
    fs::write(path, bytes).expect("it is ours");
}

/// Every file below a folder with its bytes, by its path in it.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).expect("a file");
                all.insert(path.strip_prefix(folder).expect("below").to_owned(), bytes);
            }
        }
    }
    all
}

/// A folder without an operation, with lists and what is held against them.
pub struct Unit(TempDir);

impl Unit {
    /// Makes it.
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// The path of a name in it.
    pub fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().expect("temporary paths are UTF-8").to_owned()
    }

    /// Writes a file, and the folders that it lies in; gives its path.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, bytes).expect("a file");
        self.path(name)
    }

    /// Runs the program in it.
    pub fn run(&self, args: &[&str]) -> Ran {
        run(command(args).current_dir(self.0.path()))
    }
}
