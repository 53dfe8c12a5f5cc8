//! `tutela grade`: the category that an officer gives to a file, by its hash, so that nobody has to see it again. Grades
//! are entries of a list of the operation's own: they are received like those of any other list, and travel as one.

pub mod exposure;
mod from;
pub mod rest;
pub mod second;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;

use serde_json::{Value, json};
use tutela_case::{Case, Provenance};
use tutela_model::table::{Table as _, Tables as _, all_rows};
use tutela_model::tables::{File, GRADES, GRADES_IN_DISPUTE, KnownFile};
use tutela_outputs::shown::plain;

use crate::cli::given;
use crate::columns::write_columns;
use crate::ending::{Doing as _, Exit, Failure};
use crate::exhibit::lines::Lines;
use crate::exhibit::received::{Made, receive, table_source};
use crate::operation::{Operation, instant};
use crate::run::{Format, Run, width};
use crate::talk::{path_text, phrase};

/// Options of `grade`.
#[derive(clap::Args, Debug, Default)]
pub struct Args {
    /// Hashes of files on exhibits: MD5, SHA-1 or SHA-256 [default: print the grades]
    #[arg(value_name = "HASH")]
    pub hashes: Vec<String>,
    /// The category, in the words of its scheme
    #[arg(long, value_name = "TEXT", default_value = "", requires = "scheme")]
    pub category: String,
    /// The scheme that the category is of
    #[arg(long, value_name = "NAME", default_value = "")]
    pub scheme: String,
    /// The series that the file belongs to
    #[arg(long, value_name = "NAME")]
    pub series: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
    /// Take the category back; that it was given stays on record
    #[arg(long, requires = "scheme", conflicts_with = "category")]
    pub withdraw: bool,
    /// Take in grades that come back: a file of Project VIC, of INTERPOL ICSE, or the CSV of `export --as media-csv`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["hashes", "category", "series", "withdraw"])]
    pub from: Option<PathBuf>,
    /// The layout of that file: vics, icse, media_csv [default: by what it begins with]
    #[arg(long = "as", value_name = "LAYOUT", requires = "from")]
    pub layout: Option<String>,
    /// Who gave the grades of that file
    #[arg(long, value_name = "WHO", requires = "from")]
    pub by: Option<String>,
    /// A category of that file that says that nobody graded; may be given again
    #[arg(long, value_name = "TEXT", requires = "from")]
    pub ungraded: Vec<String>,
    /// Say what that file holds, but store nothing
    #[arg(long, requires = "from")]
    pub dry_run: bool,
    /// Grade as a second officer who does not know the first grade; without hashes, print the files that wait for one
    #[arg(long, requires = "scheme", conflicts_with_all = ["from", "withdraw"])]
    pub blind: bool,
    /// Of files that one officer alone graded, the category to be graded twice; may be given again
    #[arg(long, value_name = "TEXT", requires = "blind", conflicts_with = "hashes")]
    pub among: Vec<String>,
    /// Print how many files each officer graded on each day, and about how long that took
    #[arg(long, conflicts_with_all = ["hashes", "category", "series", "withdraw", "from", "blind"])]
    pub exposure: bool,
    /// Let an officer go on for twelve hours whom the rules on grading stop
    #[arg(long, value_name = "OFFICER", conflicts_with_all = ["hashes", "category", "series", "withdraw", "from", "blind", "exposure"])]
    pub lift: Option<String>,
    /// The authority to record under [default: the latest that covers today]
    #[arg(long, value_name = "ID")]
    pub basis: Option<String>,
}

/// How a grade that an officer gave is received.
const METHOD: &str = "tutela grade";

/// How the grade of a second officer is received.
const METHOD_SECOND: &str = "tutela grade --blind";

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    if let Some(path) = &args.from {
        return from::run(run, args, path);
    }
    let operation = Operation::open(run)?;
    if let Some(officer) = &args.lift {
        return rest::lift(run, &operation, officer, &args.reason);
    }
    if args.hashes.is_empty() {
        operation.consult(run, "grade", if args.exposure { "exposure" } else { "" })?;
        return match (args.exposure, args.blind) {
            (true, _) => exposure::print(run, &operation.case),
            (_, true) => second::print(run, &operation.case, args),
            _ => print(run, &operation.case),
        };
    }
    given("--reason", &args.reason)?;
    given("--scheme", &args.scheme)?;
    if !args.withdraw {
        given("--category", &args.category)?;
    }
    if args.blind { second::grade(run, &operation, args) } else { grade(run, &operation, args) }
}

/// Records the grade of files, which counts from now on.
fn grade(run: &Run, operation: &Operation, args: &Args) -> anyhow::Result<Exit> {
    // Who takes a category back has no more to look at.
    if !args.withdraw
        && let Some(failure) = rest::refusal(run, &operation.case)?
    {
        return Err(failure.into());
    }
    let files = files(&operation.case, &args.hashes)?;
    let graded = args.hashes.iter().map(|hash| Ok((GRADES, found(&files, hash)?)));
    let graded = graded.collect::<Result<Vec<_>, Failure>>()?;
    keep(run, operation, args, &graded, METHOD)?;
    match run.format {
        Format::Text => run.say(phrase!("grade.done", n = graded.len())),
        _ => run.json(&json!({"schema": "tutela.grade/1", "graded": graded.iter().map(|(_, file)| json!({
            "sha256": file.sha256, "md5": file.md5, "scheme": args.scheme, "withdrawn": args.withdraw,
            "category": Some(&args.category).filter(|category| !category.is_empty())})).collect::<Vec<_>>()}))?,
    }
    run.say(phrase!("next", command = "tutela analyse"));
    Ok(Exit::Done)
}

/// Makes entries of the lists that grades are kept in, and receives them.
fn keep(
    run: &Run,
    operation: &Operation,
    args: &Args,
    graded: &[(&str, &Hashes)],
    method: &str,
) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let at = instant().to_string();
    let path = folder.path().join(format!("grades-{}.jsonl", at.replace(':', "")));
    let written = (|| {
        let mut lines = Lines::after(&path, 0)?;
        for (list, file) in graded {
            lines.row(entry(list, file, args, &run.officer, &at))?;
        }
        lines.sync()
    })();
    written.doing(|| phrase!("cannot.write", path = path_text(&path)))?;
    let made = Made {
        files: vec![path],
        source: table_source(KnownFile::INFO.name),
        basis: args.basis.as_deref(),
        provenance: Provenance {
            supplier: run.officer.clone(),
            method: method.to_owned(),
            note: args.reason.clone(),
            ..Provenance::default()
        },
        ..Made::default()
    };
    receive(run, operation, made)
}

/// The hashes and the size of a file, as the table of files has them.
struct Hashes {
    md5: Option<String>,
    sha1: Option<String>,
    sha256: Option<String>,
    ed2k: Option<String>,
    size: Option<u64>,
}

impl Hashes {
    /// What names the content among grades: its SHA-256, or its MD5 where it has none.
    fn name(&self) -> Option<&str> {
        self.sha256.as_deref().or(self.md5.as_deref())
    }
}

/// What names the content of a grade: its SHA-256, or its MD5 where it has none.
fn name(row: &KnownFile) -> String {
    if row.sha256.is_some() { text(&row.sha256) } else { text(&row.md5) }
}

fn text(cell: &Option<tutela_model::Text>) -> String {
    cell.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// The file that has this hash.
fn found<'a>(files: &'a BTreeMap<String, Hashes>, hash: &str) -> Result<&'a Hashes, Failure> {
    files.get(&hash.to_ascii_lowercase()).ok_or_else(|| {
        Failure::new(Exit::Failed, phrase!("grade.none", hash = hash)).hint(phrase!("grade.none.hint"))
    })
}

/// The files of the operation that have one of these hashes, by the hash as it was said.
fn files(case: &Case, hashes: &[String]) -> anyhow::Result<BTreeMap<String, Hashes>> {
    let wanted: Vec<String> = hashes.iter().map(|hash| hash.to_ascii_lowercase()).collect();
    let mut found = BTreeMap::new();
    let tables = case.tables();
    for part in tables.parts(&File::INFO) {
        tables.scan(&File::INFO, &part, &[], &mut |batch| {
            for row in File::rows(&batch) {
                let said = [&row.md5, &row.sha1, &row.sha256];
                for hash in said.into_iter().flatten().filter(|hash| wanted.iter().any(|said| said == *hash))
                {
                    let text = |cell: &Option<tutela_model::Text>| cell.as_ref().map(ToString::to_string);
                    found.entry(hash.to_string()).or_insert_with(|| Hashes {
                        md5: text(&row.md5),
                        sha1: text(&row.sha1),
                        sha256: text(&row.sha256),
                        ed2k: text(&row.ed2k),
                        size: row.size,
                    });
                }
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(found)
}

/// The entry of the list that a grade is.
fn entry<'a>(list: &str, file: &Hashes, args: &'a Args, officer: &str, at: &str) -> [(&'a str, Value); 12] {
    [
        ("list", json!(list)),
        ("scheme", json!(args.scheme)),
        ("category", json!(Some(&args.category).filter(|category| !category.is_empty()))),
        ("series", json!(args.series)),
        ("md5", json!(file.md5)),
        ("sha1", json!(file.sha1)),
        ("sha256", json!(file.sha256)),
        ("ed2k", json!(file.ed2k)),
        ("size", json!(file.size)),
        ("withdrawn", json!(args.withdraw)),
        ("stated_by", json!(officer)),
        ("stated_at", json!(at)),
    ]
}

/// The grades that count: of each file in each scheme the latest.
fn standing(case: &Case) -> anyhow::Result<Vec<KnownFile>> {
    let rows = all_rows::<KnownFile>(&case.tables())?;
    let mut latest: BTreeMap<(String, String), KnownFile> = BTreeMap::new();
    for (_, row) in rows.into_iter().filter(|(_, row)| row.list == GRADES) {
        let key = (text(&row.scheme), name(&row));
        let when = |row: &KnownFile| row.stated_at.as_ref().map(|at| at.at_us);
        match latest.entry(key) {
            std::collections::btree_map::Entry::Vacant(free) => drop(free.insert(row)),
            std::collections::btree_map::Entry::Occupied(mut taken) if when(&row) > when(taken.get()) => {
                taken.insert(row);
            }
            std::collections::btree_map::Entry::Occupied(_) => {}
        }
    }
    Ok(latest.into_values().filter(|row| row.withdrawn != Some(true)).collect())
}

/// Grades that contradict one that stands, and on which no officer has decided since.
fn in_dispute(case: &Case, standing: &[KnownFile]) -> anyhow::Result<Vec<KnownFile>> {
    let rows = all_rows::<KnownFile>(&case.tables())?.into_iter().map(|(_, row)| row);
    let when = |row: &KnownFile| row.stated_at.as_ref().map(|at| at.at_us);
    let is_open = |row: &KnownFile| {
        let mut of_file = standing.iter().filter(|stands| {
            stands.scheme == row.scheme && stands.sha256 == row.sha256 && stands.md5 == row.md5
        });
        !of_file.any(|stands| stands.category == row.category || when(stands) > when(row))
    };
    Ok(rows.filter(|row| row.list == GRADES_IN_DISPUTE && is_open(row)).collect())
}

fn print(run: &Run, case: &Case) -> anyhow::Result<Exit> {
    let standing = standing(case)?;
    let disputed = in_dispute(case, &standing)?;
    let grades: Vec<&KnownFile> = standing.iter().chain(&disputed).collect();
    let text = |cell: &Option<tutela_model::Text>| cell.as_ref().map(|text| plain(text)).unwrap_or_default();
    let at = |row: &KnownFile| row.stated_at.as_ref().map(ToString::to_string);
    match run.format {
        Format::Text => run.data(|out| {
            let rows: Vec<Vec<String>> = grades
                .iter()
                .map(|row| {
                    let hash = if row.sha256.is_some() { text(&row.sha256) } else { text(&row.md5) };
                    vec![
                        text(&row.scheme),
                        match row.list == GRADES_IN_DISPUTE {
                            true => run.word(phrase!("grade.in_dispute", category = text(&row.category))),
                            false => text(&row.category),
                        },
                        text(&row.stated_by),
                        at(row).unwrap_or_default(),
                        hash,
                    ]
                })
                .collect();
            Ok(write_columns(out, &run.headings(phrase!("grade.headings")), &rows, width())?)
        })?,
        _ => run.json(&json!({"schema": "tutela.grades/1", "grades": grades.iter().map(|row| json!({
            "scheme": row.scheme.as_deref(), "category": row.category.as_deref(),
            "series": row.series.as_deref(), "md5": row.md5.as_deref(), "sha1": row.sha1.as_deref(),
            "sha256": row.sha256.as_deref(), "in_dispute": row.list == GRADES_IN_DISPUTE, "by": row.stated_by.as_deref(), "at": at(row)})).collect::<Vec<_>>()}))?,
    }
    Ok(Exit::Done)
}
