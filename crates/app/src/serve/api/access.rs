//! Who looked at what, and why: the access log.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tutela_analyses::ANALYSES;
use tutela_model::{Date, Digest, Lang};
use utoipa::{IntoParams, ToSchema};

use super::asked::Asked;
use crate::operation::{Operation, beginning_of, zone};
use crate::serve::answer::{Answer, Refused};
use crate::talk::phrase;
use crate::team::roles::Right;
use crate::verbs::access::{Look, looks_of};

/// Looks at personal data. An officer is told their own; whoever may audit, and whoever serves this machine alone,
/// everybody's.
#[derive(Serialize, ToSchema)]
pub struct Looks {
    /// `tutela.looks/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// Whose looks these are: `own` or `all`.
    #[schema(value_type = String)]
    whose: &'static str,
    /// The zone in which a day begins and ends.
    zone: String,
    /// How many meet what was asked.
    total: usize,
    /// How many there are for whoever asks.
    kept: usize,
    /// Who looked, and how often.
    officers: Vec<LookCount>,
    /// What was asked, and how often.
    kinds: Vec<LookCount>,
    /// Those asked for, the latest first.
    looks: Vec<LookedAt>,
}

/// How often there is a name or word among looks.
#[derive(Serialize, ToSchema)]
struct LookCount {
    /// The name or word.
    name: String,
    /// How many looks have it.
    looks: usize,
}

/// A look at personal data.
#[derive(Serialize, ToSchema)]
struct LookedAt {
    /// When, RFC 3339, UTC.
    at: String,
    /// Who looked.
    officer: String,
    /// What was asked: `leads`, `table`, `search`.
    kind: String,
    /// Of what: a lead, a table, the words that were searched for. Null where that may be personal data, and whoever asks
    /// sees none.
    of: Option<String>,
    /// Why; empty when it was not said.
    reason: String,
}

/// Which looks.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Only those of one officer.
    officer: Option<String>,
    /// Only those that asked this.
    kind: Option<String>,
    /// Only those of what has these letters in it, capital or not; what is withheld has none.
    of: Option<String>,
    /// Only those from this day on: `2026-03-01`.
    since: Option<String>,
    /// Only those until the end of this day.
    until: Option<String>,
    /// How many to leave out.
    #[serde(default)]
    #[param(default = 0)]
    offset: usize,
    /// How many to tell: at most 500.
    #[serde(default = "a_page")]
    #[param(default = 100, maximum = 500)]
    limit: usize,
}

fn a_page() -> usize {
    100
}

/// Tells who looked at what, the latest first. That the log was looked at is the first line of it.
#[utoipa::path(get, path = "/access", params(Which),
    responses((status = 200, body = Looks), (status = "4XX", body = Refused)))]
pub async fn looks(asked: Asked, which: Result<Query<Which>, QueryRejection>) -> Answer<Looks> {
    let Query(which) = which?;
    let sought = Sought::of(which, asked.lang)?;
    let whose = if asked.may(Right::Audit) { "all" } else { "own" };
    asked
        .show(("access", whose.to_owned()), move |asked, opened, run| {
            let own = (whose == "own").then_some(run.officer.as_str());
            let mut told = Told { sought, own, sees_all: asked.may(Right::Look), ..Told::default() };
            told.read(&opened.operation)?;
            Ok(Ok(told.document(whose)))
        })
        .await
}

/// What was asked for, understood.
#[derive(Default)]
struct Sought {
    officer: Option<String>,
    kind: Option<String>,
    of: String,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    offset: usize,
    limit: usize,
}

impl Sought {
    fn of(which: Which, lang: Lang) -> Result<Self, Refused> {
        let wrong = || Refused::wrong(phrase!("serve.looks_day"), lang);
        // No day has a name of another length, though the parser reads times as well.
        let day = |said: String| said.parse::<Date>().ok().filter(|_| said.len() == 10).ok_or_else(wrong);
        let since = which.since.map(day).transpose()?;
        let after = which.until.map(day).transpose()?.map(Date::tomorrow).transpose().map_err(|_| wrong())?;
        let begins = |day: Option<Date>| day.map(beginning_of).transpose().map_err(|_| wrong());
        Ok(Self {
            officer: which.officer,
            kind: which.kind,
            of: which.of.unwrap_or_default().to_lowercase(),
            from: begins(since)?,
            until: begins(after)?,
            offset: which.offset,
            limit: which.limit.min(500),
        })
    }

    fn is_met(&self, look: &LookedAt) -> bool {
        let at = || look.at.parse::<Timestamp>().ok();
        self.officer.as_ref().is_none_or(|officer| *officer == look.officer)
            && self.kind.as_ref().is_none_or(|kind| *kind == look.kind)
            && (self.of.is_empty() || look.of.as_ref().is_some_and(|of| of.to_lowercase().contains(&self.of)))
            && self.from.is_none_or(|from| at().is_some_and(|at| at >= from))
            && self.until.is_none_or(|until| at().is_some_and(|at| at < until))
    }
}

/// What is told of the log: of all its lines counts alone are kept, and of those asked for a page.
#[derive(Default)]
struct Told<'a> {
    sought: Sought,
    /// The one officer whose looks are told; everybody's without one.
    own: Option<&'a str>,
    /// Whether whoever asks sees personal data.
    sees_all: bool,
    total: usize,
    kept: usize,
    officers: BTreeMap<String, usize>,
    kinds: BTreeMap<String, usize>,
    looks: Vec<LookedAt>,
}

impl Told<'_> {
    /// Reads the log a year at a time, the latest first.
    fn read(&mut self, operation: &Operation) -> anyhow::Result<()> {
        for year in operation.case.access_years()?.into_iter().rev() {
            looks_of(operation, year, |looks| looks.rev().for_each(|look| self.take(look)))?;
        }
        Ok(())
    }

    fn take(&mut self, look: Look) {
        if self.own.is_some_and(|own| own != look.officer) {
            return;
        }
        self.kept += 1;
        count(&mut self.officers, &look.officer);
        count(&mut self.kinds, &look.asked);
        let Look { at, officer, asked: kind, of, reason } = look;
        let of = if self.sees_all { Some(of) } else { without_names(&kind, &of).map(str::to_owned) };
        let look = LookedAt { at, officer, kind, of, reason };
        if self.sought.is_met(&look) {
            self.total += 1;
            if self.total > self.sought.offset && self.looks.len() < self.sought.limit {
                self.looks.push(look);
            }
        }
    }

    fn document(self, whose: &'static str) -> Looks {
        let counts = |counted: BTreeMap<String, usize>| {
            counted.into_iter().map(|(name, looks)| LookCount { name, looks }).collect()
        };
        Looks {
            schema: "tutela.looks/1",
            whose,
            zone: zone().iana_name().unwrap_or("UTC").to_owned(),
            total: self.total,
            kept: self.kept,
            officers: counts(self.officers),
            kinds: counts(self.kinds),
            looks: self.looks,
        }
    }
}

fn count(counted: &mut BTreeMap<String, usize>, name: &str) {
    match counted.get_mut(name) {
        Some(n) => *n += 1,
        None => drop(counted.insert(name.to_owned(), 1)),
    }
}

/// What may be told of a look's object to somebody who sees no personal data: what the program itself numbers, names or
/// digests. Whatever somebody typed may be a name, and is none of these.
fn without_names<'a>(kind: &str, of: &'a str) -> Option<&'a str> {
    let is_known = |word: &str| {
        // A graph writes the kind of what it begins at before its number.
        let number = word.strip_prefix("lead:").unwrap_or(word);
        let number = number.strip_prefix("L-").or_else(|| number.strip_prefix("F-"));
        matches!(word, "" | "all" | "own" | "exposure" | "second")
            || number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_hexdigit()))
            || word.len() == 64 && word.parse::<Digest>().is_ok()
    };
    match kind {
        "search" | "sql" => None,
        "table" | "prove" => Some(of),
        "findings" if ANALYSES.iter().any(|analysis| analysis.name == of) => Some(of),
        // The place inside of the file may be a path that somebody has chosen.
        "place" => of.split(' ').next().filter(|digest| is_known(digest)),
        _ => of.split(' ').all(is_known).then_some(of),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_from_its_first_instant_to_the_last_before_the_next_and_no_other_text_is_one() {
        let which = |since: Option<&str>, until: Option<&str>| Which {
            officer: None,
            kind: None,
            of: None,
            since: since.map(str::to_owned),
            until: until.map(str::to_owned),
            offset: 0,
            limit: 10,
        };
        let begins = |day: &str| beginning_of(day.parse().expect("a day")).expect("an instant");
        let second = jiff::SignedDuration::from_secs(1);
        let [first, next] = ["2026-03-01", "2026-03-02"].map(begins);
        let look = |at: Timestamp| Look {
            at: at.to_string(),
            officer: String::new(),
            asked: "leads".to_owned(),
            of: "all".to_owned(),
            reason: String::new(),
        };
        for (at, since_met, until_met) in [
            (first - second, false, true),
            (first, true, true),
            (next - second, true, true),
            (next, true, false),
        ] {
            let met = |since: Option<&str>, until: Option<&str>| {
                let sought = Sought::of(which(since, until), Lang::En).expect("days");
                let mut told = Told { sought, sees_all: true, ..Told::default() };
                told.take(look(at));
                (told.total, told.kept, told.looks.len())
            };
            let expected = |is_met: bool| (usize::from(is_met), 1, usize::from(is_met));
            assert_eq!(met(Some("2026-03-01"), None), expected(since_met), "{at}");
            assert_eq!(met(None, Some("2026-03-01")), expected(until_met), "{at}");
        }
        for wrong in ["", "2026-02-30", "1 March", "2026-03-01T00:00:00", "-000001-01"] {
            assert!(Sought::of(which(Some(wrong), None), Lang::En).is_err(), "{wrong}");
            assert!(Sought::of(which(None, Some(wrong)), Lang::En).is_err(), "{wrong}");
        }
        assert!(Sought::of(which(None, Some("9999-12-31")), Lang::En).is_err(), "no day comes after it");
    }

    #[test]
    fn whoever_sees_no_personal_data_is_told_numbers_tables_and_digests_and_no_word_that_was_typed() {
        let digest = Digest::of(b"made up").hex();
        let place = format!("{digest} line 3, Mario Rossi.txt");
        for (kind, of, told) in [
            ("leads", "all", Some("all")),
            ("explain", "L-001", Some("L-001")),
            ("explain", "agorachat/mario.rossi", None),
            ("ask", "L-001 L-002", Some("L-001 L-002")),
            ("ask", "L-001 agorachat/mario.rossi", None),
            ("finding", "F-00a1b2c3d4", Some("F-00a1b2c3d4")),
            ("finding", "F-rossi", None),
            ("findings", ANALYSES[0].name, Some(ANALYSES[0].name)),
            ("findings", "rossi", None),
            ("graph", "lead:L-001", Some("lead:L-001")),
            ("graph", "lead:agorachat/mario.rossi", None),
            ("graph", "account:agorachat/mario.rossi", None),
            ("table", "connection", Some("connection")),
            ("search", "all", None),
            ("sql", "select 1", None),
            ("place", place.as_str(), Some(digest.as_str())),
            ("place", "rossi line 3", None),
            ("report", digest.as_str(), Some(digest.as_str())),
            ("custody", "R-1/2026", None),
            ("grade", "", Some("")),
            ("grade", "/home/rossi/list.csv", None),
        ] {
            assert_eq!(without_names(kind, of), told, "{kind} {of}");
        }
    }
}
