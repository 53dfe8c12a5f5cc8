//! `tutela profile`: mapping profiles, which say how the columns of an operator's or platform's layout become ours.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use tutela_model::{Declared, Refusal, Zone};
use tutela_outputs::shown::{self, plain};
use tutela_sources::mapped_table::{FirstRecord, NoGuess, PROFILES, Profile, guess};

use crate::columns::write_columns;
use crate::ending::{Doing as _, Exit, Failure};
use crate::intake;
use crate::run::{Format, Run, width};
use crate::talk::{self, path_text, phrase};
use crate::verbs::problems::{to_json, write_problem};

/// The verbs of profiles.
#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// Propose a profile for a file, and show ten rows as they would be read
    Guess {
        /// The file
        file: PathBuf,
        /// The zone of local times
        #[arg(long, value_name = "ZONE")]
        zone: Option<Zone>,
        /// The text encoding
        #[arg(long, value_name = "LABEL")]
        encoding: Option<String>,
    },
    /// The profiles that come with the program
    List,
    /// One profile's text
    Show {
        /// Its name
        name: String,
    },
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    match args {
        Args::Guess { file, zone, encoding } => {
            let declared = Declared { zone: zone.clone(), encoding: encoding.clone(), ..Declared::default() };
            propose(run, file, &declared)
        }
        Args::List => list(run),
        Args::Show { name } => {
            let text = shipped(name).ok_or_else(|| unknown(name))?;
            run.data(|out| Ok(out.write_all(text.as_bytes())?))?;
            Ok(Exit::Done)
        }
    }
}

/// The text of a profile: of a file that is there, else of the shipped one of that name.
///
/// # Errors
/// Neither is there, or the text is no profile.
pub fn text_of(name: &str) -> anyhow::Result<String> {
    let path = Path::new(name);
    let text = if path.is_file() {
        std::fs::read_to_string(path).doing(|| phrase!("cannot.read", path = path_text(path)))?
    } else {
        shipped(name).ok_or_else(|| unknown(name))?.to_owned()
    };
    // An error in the profile is the officer's to mend before any file is touched.
    Profile::parse(&text).doing(|| phrase!("cannot.profile", name = name))?;
    Ok(text)
}

fn shipped(name: &str) -> Option<&'static str> {
    PROFILES.iter().find(|profile| profile.name == name).map(|profile| profile.text)
}

fn unknown(name: &str) -> Failure {
    let names: Vec<&str> = PROFILES.iter().map(|profile| profile.name).collect();
    Failure::new(Exit::Failed, phrase!("profile.unknown", name = name))
        .hint(phrase!("profile.unknown.hint", names = names))
}

fn list(run: &Run) -> anyhow::Result<Exit> {
    let profiles = PROFILES
        .iter()
        .map(|shipped| Ok((shipped.name, Profile::parse(shipped.text)?)))
        .collect::<Result<Vec<_>, Refusal>>()?;
    let tables =
        |profile: &Profile| profile.table.iter().map(|table| table.name.as_ref().clone()).collect::<Vec<_>>();
    match run.format {
        Format::Text => run.data(|out| {
            let rows: Vec<Vec<String>> = profiles
                .iter()
                .map(|(name, profile)| {
                    vec![(*name).to_owned(), tables(profile).join(" "), profile.about.clone()]
                })
                .collect();
            Ok(write_columns(out, &["profile", "tables", "reads"], &rows, width())?)
        })?,
        _ => {
            let profiles: Vec<_> = profiles
                .iter()
                .map(|(name, profile)| {
                    json!({"profile": name, "tables": tables(profile), "about": profile.about, "header": profile.header})
                })
                .collect();
            run.json(&json!({"schema": "tutela.profiles/1", "profiles": profiles}))?;
        }
    }
    Ok(Exit::Done)
}

/// The profile is the data, so that it can be sent to a file; doubts and the first rows are talk.
fn propose(run: &Run, path: &Path, declared: &Declared) -> anyhow::Result<Exit> {
    let name = intake::name_of(path);
    let guess = guess(intake::open(path)?, declared, run.lang).map_err(|none| nothing(none, path))?;
    if run.format != Format::Text {
        let first: Vec<Value> = guess.first.iter().map(|record| record_json(record, &name)).collect();
        let doubts: Vec<String> = guess.doubts.iter().map(|doubt| talk::say(doubt, run.lang)).collect();
        run.json(&json!({"schema": "tutela.profile_guess/1", "profile": guess.profile, "doubts": doubts,
            "first": first}))?;
        return Ok(Exit::Done);
    }
    run.data(|out| Ok(out.write_all(guess.profile.as_bytes())?))?;
    if !run.quiet {
        run.to_stderr().list(|out| {
            for record in &guess.first {
                for (table, fields) in &record.rows {
                    let fields: Vec<String> =
                        fields.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect();
                    out.write_all(shown::wrapped(&format!("{table}  "), &fields.join(" · "), 4).as_bytes())?;
                }
                record.problems.iter().try_for_each(|problem| write_problem(out, &name, problem))?;
            }
            Ok(())
        })?;
    }
    for doubt in &guess.doubts {
        run.warn(phrase!("profile.doubt", doubt = talk::say(doubt, run.lang)));
    }
    run.say(phrase!("profile.next", path = path_text(path)));
    Ok(Exit::Done)
}

/// Why nothing is proposed, and how to come further.
fn nothing(none: NoGuess, path: &Path) -> anyhow::Error {
    let path = path.display().to_string();
    let fail = |what| Failure::new(Exit::Failed, what);
    match none {
        NoGuess::Empty => fail(phrase!("file.empty", path = path)),
        NoGuess::Binary => fail(phrase!("guess.none.binary", path = path)),
        NoGuess::Unmarked => {
            fail(phrase!("guess.none.unmarked", path = path)).hint(phrase!("guess.none.unmarked.hint"))
        }
        NoGuess::OldWorkbook => {
            fail(phrase!("guess.none.old", path = path)).hint(phrase!("guess.none.old.hint"))
        }
        NoGuess::Damaged(why) => fail(phrase!("guess.none.damaged", path = path, why = why)),
        NoGuess::NoTable => {
            fail(phrase!("guess.none.table", path = path)).hint(phrase!("guess.none.table.hint"))
        }
        NoGuess::NoneFits(columns) => fail(phrase!("guess.none.fits", path = path, columns = columns))
            .hint(phrase!("guess.none.fits.hint")),
        NoGuess::Refused(refusal) => return anyhow::Error::new(refusal).context(path),
    }
    .into()
}

fn record_json(record: &FirstRecord, name: &str) -> Value {
    let rows: Vec<Value> = record
        .rows
        .iter()
        .map(|(table, fields)| {
            let fields: Map<String, Value> =
                fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            json!({"table": table, "fields": fields})
        })
        .collect();
    let problems: Vec<Value> = record.problems.iter().map(|problem| to_json(None, name, problem)).collect();
    json!({"rows": rows, "problems": problems})
}
