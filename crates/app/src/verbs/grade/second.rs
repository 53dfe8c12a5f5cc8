//! `tutela grade --blind`: a second officer grades what another graded, without knowing how.
//!
//! What the second officer says counts where somebody else said the same; otherwise it is kept in dispute beside what
//! stands, and that goes on to count until an officer decides with `tutela grade HASH`. Neither grade replaces the other.
//!
//! Blind means that nothing here says what was graded before. Whoever has the operation can look it up elsewhere, and
//! whoever asks for one category alone knows it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tutela_case::Case;
use tutela_model::table::all_rows;
use tutela_model::tables::{GRADES, GRADES_IN_DISPUTE, KnownFile};
use tutela_outputs::shown::plain;

use super::{Args, Hashes, METHOD_SECOND, files, found, in_dispute, keep, name, rest, standing, text};
use crate::cli::given;
use crate::ending::{Exit, Failure};
use crate::operation::Operation;
use crate::run::{Format, Run};
use crate::talk::phrase;

/// What was said of a content in a scheme.
#[derive(Default)]
struct Said {
    /// Who graded it, since a category was last taken back.
    officers: BTreeSet<String>,
    /// The category that stands, and those that contradict it.
    categories: BTreeSet<String>,
    is_in_dispute: bool,
    hashes: Option<KnownFile>,
}

/// What was said of each content that has a grade in a scheme, by what names the content.
fn said(case: &Case, scheme: &str) -> anyhow::Result<BTreeMap<String, Said>> {
    let is_of_scheme = |row: &KnownFile| row.scheme.as_deref() == Some(scheme);
    let rows = all_rows::<KnownFile>(&case.tables())?.into_iter().map(|(_, row)| row);
    let is_grade = |row: &KnownFile| row.list == GRADES || row.list == GRADES_IN_DISPUTE;
    let mut rows: Vec<KnownFile> = rows.filter(|row| is_grade(row) && is_of_scheme(row)).collect();
    rows.sort_by_key(|row| row.stated_at.as_ref().map(|at| at.at_us));
    let mut all: BTreeMap<String, Said> = BTreeMap::new();
    for row in rows {
        let said = all.entry(name(&row)).or_default();
        if row.withdrawn == Some(true) {
            *said = Said::default();
        } else {
            said.officers.insert(text(&row.stated_by));
            said.hashes = Some(row);
        }
    }
    let standing = standing(case)?;
    let disputed = in_dispute(case, &standing)?;
    for row in standing.into_iter().chain(disputed).filter(is_of_scheme) {
        let said = all.entry(name(&row)).or_default();
        // What contradicts outlives a grade that was taken back.
        said.officers.insert(text(&row.stated_by));
        said.categories.insert(text(&row.category));
        said.is_in_dispute |= row.list == GRADES_IN_DISPUTE;
        said.hashes = Some(row);
    }
    all.retain(|_, said| !said.categories.is_empty());
    Ok(all)
}

impl Said {
    /// Whether an officer may grade it as the second: it is in dispute, or one other alone gave it one of these categories.
    fn waits_for(&self, officer: &str, among: &[String]) -> bool {
        let is_alone = self.officers.len() == 1;
        let is_among = self.categories.iter().any(|category| among.contains(category));
        !self.officers.contains(officer) && (self.is_in_dispute || (is_alone && is_among))
    }
}

/// The document of what waits for a second officer: `tutela.second_grades/1`. It holds no category and nobody's name, and its
/// order is that of the hashes, which says nothing either.
pub fn queue(case: &Case, officer: &str, scheme: &str, among: &[String]) -> anyhow::Result<Value> {
    let waits: Vec<Value> = said(case, scheme)?
        .values()
        .filter(|said| said.waits_for(officer, among))
        .filter_map(|said| said.hashes.as_ref())
        .map(|row| {
            json!({"md5": row.md5.as_deref(), "sha1": row.sha1.as_deref(), "sha256": row.sha256.as_deref(),
                "size": row.size})
        })
        .collect();
    Ok(json!({"schema": "tutela.second_grades/1", "scheme": scheme, "files": waits}))
}

/// Prints what waits for a second officer.
pub fn print(run: &Run, case: &Case, args: &Args) -> anyhow::Result<Exit> {
    given("--scheme", &args.scheme)?;
    let document = queue(case, &run.officer, &args.scheme, &args.among)?;
    if run.format != Format::Text {
        run.json(&document)?;
        return Ok(Exit::Done);
    }
    run.data(|out| {
        for file in document["files"].as_array().into_iter().flatten() {
            let hash = ["sha256", "sha1", "md5"].iter().find_map(|kind| file[*kind].as_str());
            writeln!(out, "{}", plain(hash.unwrap_or_default()))?;
        }
        Ok(())
    })?;
    Ok(Exit::Done)
}

/// Records what a second officer says of files.
pub fn grade(run: &Run, operation: &Operation, args: &Args) -> anyhow::Result<Exit> {
    if let Some(failure) = rest::refusal(run, &operation.case)? {
        return Err(failure.into());
    }
    let files = files(&operation.case, &args.hashes)?;
    let all = said(&operation.case, &args.scheme)?;
    let mut graded: Vec<(&str, &Hashes)> = Vec::new();
    for hash in &args.hashes {
        let file = found(&files, hash)?;
        let of_file = file.name().and_then(|name| all.get(name));
        let of_file = of_file.ok_or_else(|| {
            let what = phrase!("grade.second.none", hash = hash.as_str());
            Failure::new(Exit::Failed, what).hint(phrase!("grade.second.none.hint"))
        })?;
        if of_file.officers.contains(&run.officer) {
            let what = phrase!("grade.second.own", hash = hash.as_str());
            return Err(Failure::new(Exit::Failed, what).hint(phrase!("grade.second.own.hint")).into());
        }
        let agrees = of_file.categories.contains(&args.category);
        graded.push((if agrees { GRADES } else { GRADES_IN_DISPUTE }, file));
    }
    keep(run, operation, args, &graded, METHOD_SECOND)?;
    let n_agreed = graded.iter().filter(|(list, _)| *list == GRADES).count();
    match run.format {
        Format::Text => {
            run.say(phrase!("grade.second.done", agreed = n_agreed, disagreed = graded.len() - n_agreed))
        }
        _ => run.json(
            &json!({"schema": "tutela.second_grade/1", "graded": graded.iter().map(|(list, file)| json!({
            "sha256": file.sha256, "md5": file.md5, "scheme": args.scheme, "category": args.category,
            "agreed": *list == GRADES})).collect::<Vec<_>>()}),
        )?,
    }
    if n_agreed < graded.len() {
        run.hint(phrase!("grade.from.contradict.hint"));
    }
    run.say(phrase!("next", command = "tutela analyse"));
    Ok(Exit::Done)
}
