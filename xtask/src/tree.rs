//! The files of the repository, read once, so that a rule is a function from text to faults and needs no disk.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The repository's root: the folder above this package.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("this package lies in a folder of the repository")
        .into()
}

/// The files that belong to the repository, by their path from its root, with `/` between folders.
#[derive(Debug, Default)]
pub struct Tree {
    /// The files.
    pub files: BTreeMap<String, File>,
}

/// One file.
#[derive(Debug, Default)]
pub struct File {
    /// Its bytes as text; none when they are not UTF-8.
    pub text: Option<String>,
    /// Its size in bytes.
    pub len: u64,
    /// Whether it may be executed.
    pub executable: bool,
}

impl Tree {
    /// Reads every file that git tracks or would track, so that a new file is checked before its first commit.
    ///
    /// # Errors
    /// No git, no repository, or a file that cannot be read.
    pub fn read(root: &Path) -> Result<Self> {
        let listing = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .context("cannot run git, which knows the files of the repository")?;
        if !listing.status.success() {
            bail!("git lists no files: {}", String::from_utf8_lossy(&listing.stderr).trim());
        }
        let mut tree = Self::default();
        for path in String::from_utf8(listing.stdout)?.split_terminator('\0') {
            // A file deleted but not yet committed is listed and is not there.
            if let Ok(meta) = std::fs::metadata(root.join(path)) {
                let bytes = std::fs::read(root.join(path)).with_context(|| format!("cannot read {path}"))?;
                let file = File {
                    len: meta.len(),
                    executable: executable(&meta),
                    text: String::from_utf8(bytes).ok(),
                };
                tree.files.insert(path.to_owned(), file);
            }
        }
        Ok(tree)
    }

    /// A tree of made-up files, for the tests of rules.
    #[must_use]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let file =
            |text: &str| File { text: Some(text.to_owned()), len: text.len() as u64, executable: false };
        Self { files: files.iter().map(|(path, text)| ((*path).to_owned(), file(text))).collect() }
    }

    /// A file's text; empty when there is no such file.
    #[must_use]
    pub fn text(&self, path: &str) -> &str {
        self.files.get(path).and_then(|file| file.text.as_deref()).unwrap_or_default()
    }

    /// Path and text of the files whose path begins and ends so.
    pub fn texts<'a>(&'a self, begin: &'a str, end: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files
            .iter()
            .filter(move |(path, _)| path.starts_with(begin) && path.ends_with(end))
            .filter_map(|(path, file)| Some((path.as_str(), file.text.as_deref()?)))
    }

    /// The names of the folders right under a folder, which is given with a `/` at its end.
    #[must_use]
    pub fn folders(&self, under: &str) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .files
            .keys()
            .filter_map(|path| path.strip_prefix(under)?.split_once('/').map(|(folder, _)| folder))
            .collect();
        names.dedup();
        names
    }
}

#[cfg(unix)]
fn executable(meta: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    meta.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn executable(_: &std::fs::Metadata) -> bool {
    false
}

/// Something in the tree that a rule does not allow.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub path: String,
    /// The line, from 1; none when the file as a whole is meant.
    pub line: Option<usize>,
    /// What is wrong and how to mend it.
    pub what: String,
}

impl Fault {
    /// A fault of a whole file.
    #[must_use]
    pub fn file(path: &str, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: None, what: what.into() }
    }

    /// A fault of one line.
    #[must_use]
    pub fn line(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: Some(line), what: what.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.what),
            None => write!(f, "{}: {}", self.path, self.what),
        }
    }
}
