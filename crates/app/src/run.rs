//! One run of the program: its settings, where its data goes, and how it talks.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use console::style;
use tutela_ledger::key::Signer;
use tutela_model::{Lang, Phrase};

use crate::cli::{Colour, Globals, Language};
use crate::ear::Ear;
use crate::ending::{Doing as _, Exit, Failure};
use crate::talk::{self, phrase};
use crate::terminal::Harmless;

/// The form in which data is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For reading, at 80 columns.
    Text,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// CSV.
    Csv,
}

/// One run's settings.
#[derive(Clone)]
pub struct Run {
    /// Language of talk, statements and reports.
    pub lang: Lang,
    /// The form of data.
    pub format: Format,
    /// Where data goes instead of to stdout.
    pub output: Option<PathBuf>,
    /// The operation's folder, when it was given.
    pub op: Option<PathBuf>,
    /// Threads.
    pub jobs: usize,
    /// Memory that import and analyses may use, in bytes.
    pub memory_limit: Option<u64>,
    /// Who acts.
    pub officer: String,
    /// The file of the key that signs, when one was named.
    pub key: Option<PathBuf>,
    /// That key, once it is opened: one run asks once.
    pub signer: Arc<OnceLock<Arc<Signer>>>,
    /// The second person, where two act together: the name, and the file of the key.
    pub second: (Option<String>, Option<PathBuf>),
    /// Why personal data is consulted or handed out; empty when it was not said.
    pub why: String,
    /// Whether passphrases come from stdin.
    pub passphrase_stdin: bool,
    /// Whether nothing may be asked.
    pub no_input: bool,
    /// Only warnings and errors are said.
    pub quiet: bool,
    /// How much more is said.
    pub verbose: u8,
    /// Whether data is only talk here, because a verb does more than its own work: it goes to stderr.
    pub aside: bool,
    /// Who hears data and talk instead of stdout and stderr.
    pub ear: Option<Arc<Ear>>,
    /// Whether that personal data is looked at is recorded already, by whoever runs the verb.
    pub is_recorded: bool,
    /// Set by the first Ctrl-C.
    pub stop: Arc<AtomicBool>,
}

impl Run {
    /// The settings of a command line: its options before the environment, the environment before defaults.
    pub fn new(globals: Globals) -> Self {
        match globals.color {
            Colour::Auto => {}
            Colour::Always => set_colour(true),
            Colour::Never => set_colour(false),
        }
        let format = match (globals.json, globals.jsonl, globals.csv) {
            (true, ..) => Format::Json,
            (_, true, _) => Format::Jsonl,
            (_, _, true) => Format::Csv,
            _ => Format::Text,
        };
        let machine = || std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            lang: globals.lang.map_or_else(lang_of_environment, |lang| match lang {
                Language::It => Lang::It,
                Language::En => Lang::En,
            }),
            format,
            output: globals.output,
            op: globals.op,
            jobs: globals.jobs.map_or_else(machine, usize::from),
            memory_limit: globals.memory_limit,
            officer: globals.officer.or_else(officer_of_environment).unwrap_or_else(|| "unknown".to_owned()),
            key: globals.key.or_else(key_of_environment),
            signer: Arc::default(),
            second: (globals.second, globals.second_key),
            why: globals.why.unwrap_or_default(),
            passphrase_stdin: globals.passphrase_stdin,
            no_input: globals.no_input,
            quiet: globals.quiet,
            verbose: globals.verbose,
            aside: false,
            ear: None,
            is_recorded: false,
            stop: Arc::default(),
        }
    }

    /// The same run, with data as talk.
    pub fn to_stderr(&self) -> Self {
        Self { aside: true, ..self.clone() }
    }

    /// Says something on stderr, unless the run is quiet.
    pub fn say(&self, what: Phrase) {
        if !self.quiet {
            self.aloud(talk::say(&what, self.lang));
        }
    }

    /// Says a line whatever the settings.
    pub fn aloud(&self, line: String) {
        match &self.ear {
            Some(ear) => ear.say(line),
            None => talk::aloud(&line),
        }
    }

    /// Warns on stderr.
    pub fn warn(&self, what: Phrase) {
        let word = style(talk::say(&phrase!("warning"), self.lang)).yellow().for_stderr();
        self.aloud(format!("{word}: {}", talk::say(&what, self.lang)));
    }

    /// Says how to mend something, on stderr.
    pub fn hint(&self, what: Phrase) {
        self.aloud(format!("{}: {}", self.word(phrase!("hint")), talk::say(&what, self.lang)));
    }

    /// A sentence in the run's language.
    pub fn word(&self, what: Phrase) -> String {
        talk::say(&what, self.lang)
    }

    /// The headings of columns in the run's language: one sentence, cut at its middle dots.
    pub fn headings(&self, what: Phrase) -> Vec<String> {
        self.word(what).split(" · ").map(str::to_owned).collect()
    }

    /// Whether the user has asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Ends the run when the user has asked to stop.
    pub fn go_on(&self) -> anyhow::Result<()> {
        if self.is_stopped() { Err(Failure::new(Exit::Stopped, phrase!("stopped")).into()) } else { Ok(()) }
    }

    /// Whether work that goes row by row may go on.
    pub fn flow(&self) -> ControlFlow<()> {
        if self.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// The folder of `-o`, for verbs that make several files.
    pub fn folder(&self, verb: &str) -> anyhow::Result<&Path> {
        self.output.as_deref().ok_or_else(|| {
            Failure::new(Exit::Usage, phrase!("output.missing", verb = verb))
                .hint(phrase!("output.missing.hint", verb = verb))
                .into()
        })
    }

    /// Writes the run's data: to stdout, or to the file of `-o`, which appears only when it is complete.
    pub fn data(&self, write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let Some(path) = &self.output else { return self.list(write) };
        let cannot = || phrase!("cannot.write", path = talk::path_text(path));
        if path.is_dir() {
            let what = phrase!("output.folder", path = talk::path_text(path));
            return Err(Failure::new(Exit::Failed, what).hint(phrase!("output.folder.hint")).into());
        }
        folder_for(path)?;
        match is_special(path) {
            // A device or a pipe takes the bytes; a file put in its place would be the end of it.
            true => write_into(File::options().write(true).open(path).doing(cannot)?, write),
            false => write_whole(path, write),
        }
        .doing(cannot)?;
        self.say(phrase!("written", path = talk::path_text(path)));
        Ok(())
    }

    /// Writes data to stdout whatever `-o` says: the list of the files that a verb made there.
    pub fn list(&self, write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>) -> anyhow::Result<()> {
        if let Some(ear) = &self.ear {
            let mut data = Vec::new();
            write(&mut data)?;
            ear.write(&data);
            return Ok(());
        }
        let stream: Box<dyn Write> = match self.aside {
            false if io::stdout().is_terminal() => Box::new(Harmless::new(io::stdout().lock(), self.format)),
            false => Box::new(io::stdout().lock()),
            true if self.quiet => Box::new(io::sink()),
            true => Box::new(Harmless::new(io::stderr().lock(), self.format)),
        };
        write_into(stream, write).doing(|| phrase!("output.stdout"))
    }

    /// Writes one JSON document, as `--json` promises.
    pub fn json(&self, value: &impl serde::Serialize) -> anyhow::Result<()> {
        self.data(|out| {
            serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
            Ok(writeln!(out)?)
        })
    }
}

/// Writes to what is open already.
fn write_into(
    stream: impl Write,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut out = BufWriter::new(stream);
    write(&mut out)?;
    Ok(out.flush()?)
}

/// The folder that a file is to lie in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The folder that a file is to lie in, when it is there.
pub fn folder_for(path: &Path) -> Result<&Path, Failure> {
    let folder = folder_of(path);
    if folder.is_dir() {
        return Ok(folder);
    }
    let what = phrase!("output.parent", folder = talk::path_text(folder));
    Err(Failure::new(Exit::Failed, what).hint(phrase!("output.parent.hint")))
}

/// Whether there is something at the path that is no plain file: `/dev/stdout`, a named pipe.
fn is_special(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| !found.is_file())
}

/// Writes a file under another name first and gives it its own when it is complete, so that half a file is never taken
/// for a whole one.
pub fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let folder = folder_of(path);
    // The library names its temporary file in its errors, which nobody has to know.
    let file = tempfile::NamedTempFile::new_in(folder).map_err(|error| io::Error::from(error.kind()))?;
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    open_to_readers(file.as_file())?;
    file.persist(path)?;
    Ok(())
}

/// A temporary file is the owner's alone; an output is made like any other file.
#[cfg(unix)]
fn open_to_readers(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o640))
}

#[cfg(not(unix))]
fn open_to_readers(_: &File) -> io::Result<()> {
    Ok(())
}

fn set_colour(on: bool) {
    console::set_colors_enabled(on);
    console::set_colors_enabled_stderr(on);
}

/// How wide text may be: the terminal's width, and 80 columns everywhere else.
pub fn width() -> usize {
    let terminal = console::Term::stdout();
    if io::stdout().is_terminal() { usize::from(terminal.size().1).clamp(60, 200) } else { 80 }
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// The language that the environment asks for; English when it asks for none.
pub fn lang_of_environment() -> Lang {
    let said = ["TUTELA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(environment);
    if said.is_some_and(|said| said.to_ascii_lowercase().starts_with("it")) { Lang::It } else { Lang::En }
}

/// The variable holds a path, which is no secret; the passphrase is in none.
fn key_of_environment() -> Option<PathBuf> {
    std::env::var_os("TUTELA_KEY").filter(|path| !path.is_empty()).map(PathBuf::from)
}

fn officer_of_environment() -> Option<String> {
    ["TUTELA_OFFICER", "USER", "LOGNAME", "USERNAME"].into_iter().find_map(environment)
}
