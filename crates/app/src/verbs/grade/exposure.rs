//! `tutela grade --exposure`: how many files each officer graded on each day, by category, and about how long that took.
//! It is worked out from the acts of grading each time it is asked for; nothing of it is stored.
//!
//! It tells totals and never which files, and compares nobody with anybody. The time is an estimate: what an officer did
//! between two grades is not recorded, nor what was looked at and handed over.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tutela_case::Case;
use tutela_model::table::{Table as _, Tables as _};
use tutela_model::tables::KnownFile;
use tutela_model::{Date, Digest};
use tutela_outputs::shown::plain;

use super::rest::Rest;
use super::{METHOD, METHOD_SECOND, name, text};
use crate::columns::write_columns;
use crate::ending::Exit;
use crate::operation::{now, zone};
use crate::run::{Format, Run, width};
use crate::talk::phrase;

/// Between two acts that are further apart, the officer is taken to have done something else.
const AT_WORK: SignedDuration = SignedDuration::from_mins(10);

/// A file that was graded, or whose category was taken back.
pub struct Graded {
    /// Who did it, as the ledger names them.
    pub officer: String,
    /// When.
    pub at: Timestamp,
    /// The scheme.
    pub scheme: String,
    /// The category; none where it was taken back.
    pub category: Option<String>,
    /// What names the content.
    pub content: String,
}

/// What an officer graded on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// The contents. One that was graded twice is one.
    pub contents: BTreeSet<String>,
    /// The contents of each category, by scheme and category. What was taken back later stays: it was graded.
    pub by_category: BTreeMap<(String, String), BTreeSet<String>>,
    /// How often a category was taken back.
    pub n_taken_back: u64,
    /// The estimate of the time at work.
    pub work: SignedDuration,
}

impl Day {
    /// The estimate in minutes, of which one that has begun is one.
    pub fn minutes(&self) -> u64 {
        self.work.as_secs().unsigned_abs().div_ceil(60)
    }
}

/// The days of each officer, by the officer's name and the day.
pub type Days = BTreeMap<(String, Date), Day>;

/// Whose days are told.
pub enum Whose {
    /// Those of whoever asks.
    Own,
    /// Everybody's.
    All,
}

/// The acts of grading: what was received as a grade of the officer who recorded it. Grades that came from elsewhere are
/// none, because nobody here looked.
pub fn acts(case: &Case) -> anyhow::Result<Vec<Graded>> {
    let is_grade = |method: &str| [METHOD, METHOD_SECOND].contains(&method);
    let receipts = case.receipts().iter().filter(|receipt| is_grade(&receipt.provenance.method));
    let receipts: BTreeMap<Digest, (&str, Timestamp)> =
        receipts.map(|receipt| (receipt.sha256, (receipt.officer.as_str(), receipt.at))).collect();
    let mut acts = Vec::new();
    let tables = case.tables();
    for part in tables.parts(&KnownFile::INFO) {
        let Some((officer, received_at)) = receipts.get(&part.source) else { continue };
        tables.scan(&KnownFile::INFO, &part, &[], &mut |batch| {
            acts.extend(KnownFile::rows(&batch).into_iter().map(|row| {
                let stated_at = row.stated_at.as_ref();
                let stated_at = stated_at.and_then(|at| Timestamp::from_microsecond(at.at_us).ok());
                let is_taken_back = row.withdrawn == Some(true);
                Graded {
                    officer: (*officer).to_owned(),
                    at: stated_at.unwrap_or(*received_at),
                    scheme: text(&row.scheme),
                    category: (!is_taken_back).then(|| text(&row.category)),
                    content: name(&row),
                }
            }));
            ControlFlow::Continue(())
        })?;
    }
    Ok(acts)
}

/// What each officer graded on each day of a zone. The time between two acts is of the day of the later one.
pub fn days(mut acts: Vec<Graded>, zone: &TimeZone) -> Days {
    acts.sort_by(|one, other| (&one.officer, one.at).cmp(&(&other.officer, other.at)));
    let mut days = Days::new();
    let mut before: Option<(String, Timestamp)> = None;
    for Graded { officer, at, scheme, category, content } in acts {
        let date = at.to_zoned(zone.clone()).date();
        let day = days.entry((officer.clone(), date)).or_default();
        match category {
            Some(category) => {
                day.contents.insert(content.clone());
                day.by_category.entry((scheme, category)).or_default().insert(content);
            }
            None => day.n_taken_back += 1,
        }
        let same = before.filter(|(other, _)| *other == officer);
        let gap = same.map(|(_, earlier)| at.duration_since(earlier)).filter(|gap| *gap <= AT_WORK);
        day.work += gap.unwrap_or_default();
        before = Some((officer, at));
    }
    days
}

/// The document: `tutela.exposure/1`.
pub fn document(run: &Run, case: &Case, whose: &Whose) -> anyhow::Result<Value> {
    let zone = zone();
    let days = days(acts(case)?, &zone);
    let rest = Rest::of(case, &run.officer, &days, now(), &zone);
    let is_told = |officer: &str| matches!(whose, Whose::All) || officer == run.officer;
    let told: Vec<Value> = days
        .iter()
        .filter(|((officer, _), _)| is_told(officer))
        .map(|((officer, date), day)| {
            let categories = day.by_category.iter().map(|((scheme, category), contents)| {
                json!({"scheme": scheme, "category": category, "files": contents.len()})
            });
            json!({"officer": officer, "day": date.to_string(), "files": day.contents.len(),
                "categories": categories.collect::<Vec<_>>(), "taken_back": day.n_taken_back,
                "minutes": day.minutes()})
        })
        .collect();
    let word = if matches!(whose, Whose::All) { "all" } else { "own" };
    Ok(json!({"schema": "tutela.exposure/1", "officer": run.officer, "whose": word,
        "zone": zone.iana_name().unwrap_or("UTC"), "gap_minutes": AT_WORK.as_mins(), "rule": run.word(rule()),
        "days": told, "rest": rest.document()}))
}

/// The rule of the estimate, in words.
fn rule() -> tutela_model::Phrase {
    phrase!("grade.exposure.rule", minutes = AT_WORK.as_mins())
}

/// Prints everybody's days: whoever has the operation's folder can read its ledger.
pub fn print(run: &Run, case: &Case) -> anyhow::Result<Exit> {
    if run.format != Format::Text {
        run.json(&document(run, case, &Whose::All)?)?;
        return Ok(Exit::Done);
    }
    let days = days(acts(case)?, &zone());
    let rows: Vec<Vec<String>> = days
        .iter()
        .map(|((officer, date), day)| {
            let categories = day.by_category.iter().map(|((scheme, category), contents)| {
                format!("{} {}: {}", plain(scheme), plain(category), contents.len())
            });
            vec![
                date.to_string(),
                plain(officer),
                day.contents.len().to_string(),
                day.n_taken_back.to_string(),
                day.minutes().to_string(),
                categories.collect::<Vec<_>>().join(", "),
            ]
        })
        .collect();
    run.data(|out| {
        Ok(write_columns(out, &run.headings(phrase!("grade.exposure.headings")), &rows, width())?)
    })?;
    run.say(rule());
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rome() -> TimeZone {
        TimeZone::get("Europe/Rome").expect("it is bundled")
    }

    /// Acts, one a line: officer, time, content, category; `-` takes it back.
    fn days_of(lines: &str) -> Vec<(String, String, usize, u64, u64)> {
        let acts = lines.lines().map(|line| {
            let [officer, at, content, category] = line.split_whitespace().collect::<Vec<_>>()[..] else {
                panic!("four words: {line}")
            };
            Graded {
                officer: officer.to_owned(),
                at: at.parse().expect("a time"),
                scheme: "made-up".to_owned(),
                category: Some(category.to_owned()).filter(|category| category != "-"),
                content: content.to_owned(),
            }
        });
        days(acts.collect(), &rome())
            .into_iter()
            .map(|((officer, date), day)| {
                let files = day.by_category.values().map(BTreeSet::len).sum();
                assert!(day.contents.len() <= files);
                (officer, date.to_string(), files, day.n_taken_back, day.minutes())
            })
            .collect()
    }

    fn check(lines: &str, expected: &[(&str, &str, usize, u64, u64)]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(officer, day, files, back, minutes)| {
                ((*officer).to_owned(), (*day).to_owned(), *files, *back, *minutes)
            })
            .collect();
        assert_eq!(days_of(lines), expected, "{lines}");
    }

    #[test]
    fn a_gap_of_ten_minutes_is_work_and_a_longer_one_is_not() {
        check("a 2026-03-02T08:00:00Z f1 1", &[("a", "2026-03-02", 1, 0, 0)]);
        check(
            "a 2026-03-02T08:00:00Z f1 1\na 2026-03-02T08:10:00Z f2 1\na 2026-03-02T08:20:01Z f3 2",
            &[("a", "2026-03-02", 3, 0, 10)],
        );
        // A minute that has begun counts, and files graded at once take no time.
        check(
            "a 2026-03-02T08:00:00Z f1 1\na 2026-03-02T08:00:00Z f2 1\na 2026-03-02T08:01:01Z f3 1",
            &[("a", "2026-03-02", 3, 0, 2)],
        );
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_unit_and_the_gap_is_of_the_later_act() {
        check(
            "a 2026-03-01T22:55:00Z f1 1\na 2026-03-01T23:01:00Z f2 1",
            &[("a", "2026-03-01", 1, 0, 0), ("a", "2026-03-02", 1, 0, 6)],
        );
        // In the night when clocks go back the hour that comes twice is two hours.
        check("a 2026-10-25T00:55:00Z f1 1\na 2026-10-25T01:00:00Z f2 1", &[("a", "2026-10-25", 2, 0, 5)]);
    }

    #[test]
    fn what_was_taken_back_was_graded_and_taking_back_is_work() {
        check(
            "a 2026-03-02T08:00:00Z f1 1\na 2026-03-02T08:01:00Z f1 -\na 2026-03-02T08:02:00Z f1 2",
            &[("a", "2026-03-02", 2, 1, 2)],
        );
        check("a 2026-03-02T08:00:00Z f1 1\na 2026-03-02T08:01:00Z f1 1", &[("a", "2026-03-02", 1, 0, 1)]);
    }

    #[test]
    fn time_between_acts_of_two_officers_is_nobodys_work() {
        check(
            "a 2026-03-02T08:00:00Z f1 1\nb 2026-03-02T08:05:00Z f1 2\na 2026-03-02T08:09:00Z f2 1\n\
             b 2026-03-02T08:06:00Z f3 1",
            &[("a", "2026-03-02", 2, 0, 9), ("b", "2026-03-02", 2, 0, 1)],
        );
    }
}
