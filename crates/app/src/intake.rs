//! Which files an import takes, and which reader reads each. It opens files only to look at their beginning.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use tutela_model::source::Sample;
use tutela_model::table::TABLES;
use tutela_model::{Input, Phrase, Reader, TableInfo};
use tutela_sources::{Unrecognised, compression};

use crate::ending::{Doing as _, Exit, Failure};
use crate::talk::{path_text, phrase};

/// The files that an import takes, in the order in which they are read.
#[derive(Debug, Default)]
pub struct Intake {
    /// Files, folders taken apart in the order of names.
    pub files: Vec<Found>,
    /// What was passed over, and why.
    pub passed: Vec<Phrase>,
}

/// A file to be taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Whether the officer named it, rather than a folder that it lies in.
    pub named: bool,
}

impl Intake {
    /// Takes apart what the officer named. Hidden files and the truth of made-up operations are passed over, aloud.
    ///
    /// # Errors
    /// Something named that is not there or cannot be listed.
    pub fn of(named: &[PathBuf]) -> anyhow::Result<Self> {
        let mut intake = Self::default();
        for path in named {
            if !path.exists() {
                let what = phrase!("file.none", path = path_text(path));
                return Err(Failure::new(Exit::Failed, what).hint(phrase!("file.none.hint")).into());
            }
            if path.is_dir() { intake.folder(path)? } else { intake.file(path, true) }
        }
        Ok(intake)
    }

    fn file(&mut self, path: &Path, named: bool) {
        if path.parent().is_some_and(is_truth) {
            self.passed.push(phrase!("passed.truth", path = path_text(path)));
        } else if path.is_file() {
            // A file that was named and lies in a folder that was named too is one file.
            match self.files.iter_mut().find(|file| file.path == path) {
                Some(file) => file.named |= named,
                None => self.files.push(Found { path: path.to_owned(), named }),
            }
        } else {
            self.passed.push(phrase!("passed.special", path = path_text(path)));
        }
    }

    fn folder(&mut self, folder: &Path) -> anyhow::Result<()> {
        if is_truth(folder) {
            self.passed.push(phrase!("passed.truth", path = path_text(folder)));
            return Ok(());
        }
        let cannot = || phrase!("cannot.list", path = path_text(folder));
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder).doing(cannot)? {
            paths.push(entry.doing(cannot)?.path());
        }
        paths.sort();
        for path in paths {
            if path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".")) {
                self.passed.push(phrase!("passed.hidden", path = path_text(&path)));
            } else if path.is_symlink() {
                self.passed.push(phrase!("passed.link", path = path_text(&path)));
            } else if path.is_dir() {
                self.folder(&path)?;
            } else {
                self.file(&path, false);
            }
        }
        Ok(())
    }
}

/// Whether a folder is the truth of a made-up operation, which no import may read. Any folder may be called truth, so
/// its content decides too.
fn is_truth(folder: &Path) -> bool {
    let resolved = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    resolved.file_name().is_some_and(|name| name == "truth") && resolved.join("persons.csv").is_file()
}

/// The file, ready to be read.
///
/// # Errors
/// A file that cannot be opened.
pub fn open(path: &Path) -> anyhow::Result<Input> {
    let cannot = || phrase!("cannot.read", path = path_text(path));
    let file = File::open(path).doing(cannot)?;
    let len = file.metadata().doing(cannot)?.len();
    Ok(Input { name: name_of(path), len, bytes: Box::new(BufReader::new(file)), beside: Vec::new() })
}

/// Where files would lie that belong to a file, so that it is read with them: the write-ahead log of a database.
pub fn beside(path: &Path) -> impl Iterator<Item = PathBuf> {
    tutela_sources::beside(&name_of(path)).into_iter().map(|name| path.with_file_name(name))
}

/// The file's name without its folders.
pub fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The file's name without its folders, and its beginning, decompressed.
///
/// # Errors
/// A file that cannot be opened, or that holds nothing: whoever sent it has to be asked again.
pub fn beginning(path: &Path) -> anyhow::Result<(String, Vec<u8>)> {
    let mut input = open(path)?;
    let head = compression::head(&mut input)?;
    if head.is_empty() {
        return Err(Failure::new(Exit::Failed, phrase!("file.empty", path = path_text(path)))
            .hint(phrase!("file.empty.hint"))
            .into());
    }
    Ok((input.name, head))
}

/// Chooses the reader of a file by its name and beginning.
///
/// # Errors
/// As [`beginning`]; a file that no reader knows, or that several know: the error names the nearest and how to go on.
pub fn recognise(path: &Path) -> anyhow::Result<&'static Reader> {
    let (name, head) = beginning(path)?;
    let sample = Sample { name: compression::plain_name(&name), head: &head };
    tutela_sources::recognise(&sample).map_err(|unrecognised| {
        let shown = path_text(path);
        let shown = shown.as_str();
        let failure = match unrecognised {
            Unrecognised::Unknown { .. } => match nearest_table(&head) {
                Some((table, n_alike)) => {
                    let what = phrase!("file.unknown.near", path = shown, table = table.name, n = n_alike);
                    Failure::new(Exit::Failed, what).hint(phrase!(
                        "file.unknown.near.hint",
                        path = shown,
                        table = table.name
                    ))
                }
                None => {
                    let readers: Vec<&str> =
                        tutela_sources::READERS.iter().map(|reader| reader.name).collect();
                    let what = phrase!("file.unknown", path = shown, readers = readers);
                    Failure::new(Exit::Failed, what).hint(phrase!("file.unknown.hint", path = shown))
                }
            },
            Unrecognised::Ambiguous { readers, .. } => {
                let first = readers[0];
                let what = phrase!("file.ambiguous", path = shown, readers = readers);
                Failure::new(Exit::Failed, what).hint(phrase!(
                    "file.ambiguous.hint",
                    path = shown,
                    reader = first
                ))
            }
        };
        anyhow::Error::new(failure)
    })
}

/// The table whose columns are most like the first line of a text, with how many of them are there.
fn nearest_table(head: &[u8]) -> Option<(&'static TableInfo, usize)> {
    let text = String::from_utf8_lossy(head);
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    let names: Vec<String> = first
        .trim_start_matches('\u{feff}')
        .split([',', ';', '\t', '|'])
        .map(|name| name.trim().trim_matches('"').to_lowercase())
        .collect();
    let alike = |table: &TableInfo| {
        table.fields.iter().filter(|field| names.iter().any(|name| name == field.name)).count()
    };
    TABLES.iter().map(|table| (table, alike(table))).filter(|(_, n)| *n >= 2).max_by_key(|(_, n)| *n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_taken_apart_by_name_and_truth_and_hidden_files_are_passed_over_aloud() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in ["b/2.csv", "b/1.csv", "a.csv", ".hidden", "truth/persons.csv", "truth/accounts.csv"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, "x").expect("a file");
        }
        let intake = Intake::of(&[folder.path().to_owned()]).expect("an intake");
        let names: Vec<String> = intake.files.iter().map(|file| name_of(&file.path)).collect();
        assert_eq!(names, ["a.csv", "1.csv", "2.csv"]);
        let passed: Vec<&str> = intake.passed.iter().map(|phrase| phrase.key.as_str()).collect();
        assert_eq!(passed, ["passed.hidden", "passed.truth"]);
        let named = Intake::of(&[folder.path().join("truth/accounts.csv")]).expect("an intake");
        assert!(named.files.is_empty(), "truth is not read by its files' names either");
    }

    #[test]
    fn the_nearest_table_is_the_one_with_most_of_the_columns() {
        let (table, n) =
            nearest_table("\u{feff}Operator;ADDRESS;\"from\";until;cliente\n1;2;3;4;5\n".as_bytes())
                .expect("a table");
        assert_eq!((table.name, n), ("lease", 4));
        assert!(nearest_table(b"a,b,c\n").is_none());
    }
}
