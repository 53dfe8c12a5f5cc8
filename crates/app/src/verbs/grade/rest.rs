//! When an officer grades no more: the unit's limit of minutes a day and its hours, both rules of the operation, and how
//! somebody who leads lifts them. Without such a rule nobody is ever stopped.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tutela_case::{Case, Hours, Rules};
use tutela_model::Phrase;

use super::exposure::{self, Days};
use crate::cli::given;
use crate::ending::{Exit, Failure};
use crate::operation::{Operation, now, zone};
use crate::run::{Format, Run};
use crate::talk::phrase;

/// The act by which an officer may go on for a while.
const LIFT: &str = "lift-rest";

/// For how long.
const LIFTED: SignedDuration = SignedDuration::from_hours(12);

/// Which rule stops an officer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// The minutes of the day are reached.
    Minutes,
    /// It is an hour in which nobody grades.
    Hours,
}

/// How an officer stands to the unit's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rest {
    /// The limit of minutes a day; none where there is no such rule.
    pub limit_minutes: Option<u16>,
    /// The hours in which nobody grades; none where there is no such rule.
    pub hours: Option<Hours>,
    /// The estimate of the officer's minutes of this day.
    pub minutes_today: u64,
    /// Until when the rules do not stop the officer; none where nobody lifted them.
    pub lifted_until: Option<Timestamp>,
    /// Which rule stops the officer now.
    pub stopped: Option<Stopped>,
}

impl Rest {
    /// How an officer stands to the rules at an instant.
    pub fn of(case: &Case, officer: &str, days: &Days, at: Timestamp, zone: &TimeZone) -> Self {
        let rules = case.rules();
        let there = at.to_zoned(zone.clone());
        let today = days.get(&(officer.to_owned(), there.date()));
        let minutes_today = today.map(exposure::Day::minutes).unwrap_or_default();
        let lifted_until = lifted_until(case, officer).filter(|until| *until > at);
        Self {
            limit_minutes: rules.grading_minutes,
            hours: rules.no_grading,
            minutes_today,
            lifted_until,
            stopped: stopped(rules, minutes_today, there.time()).filter(|_| lifted_until.is_none()),
        }
    }

    /// The same as a part of a document.
    pub fn document(&self) -> Value {
        json!({"limit_minutes": self.limit_minutes, "hours": self.hours.map(|hours| hours.to_string()),
        "minutes_today": self.minutes_today, "lifted_until": self.lifted_until.map(|until| until.to_string()),
        "stopped": self.stopped.map(|stopped| match stopped {
            Stopped::Minutes => "minutes",
            Stopped::Hours => "hours",
        })})
    }
}

/// The rule that stops an officer with so many minutes, at this time of the day.
fn stopped(rules: &Rules, minutes_today: u64, time: Time) -> Option<Stopped> {
    if rules.no_grading.is_some_and(|hours| hours.hold(time)) {
        return Some(Stopped::Hours);
    }
    let limit = rules.grading_minutes.map(u64::from);
    limit.filter(|limit| minutes_today >= *limit).map(|_| Stopped::Minutes)
}

/// Until when the rules were lifted for an officer, as the ledger says.
fn lifted_until(case: &Case, officer: &str) -> Option<Timestamp> {
    let lifts = case.record().acts().iter().filter(|act| act.act == LIFT);
    let until = lifts.filter_map(|act| {
        let body = act.body();
        (body["officer"] == officer).then(|| body["until"].as_str()?.parse().ok()).flatten()
    });
    until.max()
}

/// What stops the officer of a run, in words; nothing where nothing does.
pub fn refusal(run: &Run, case: &Case) -> anyhow::Result<Option<Failure>> {
    let rules = case.rules();
    if rules.grading_minutes.is_none() && rules.no_grading.is_none() {
        return Ok(None);
    }
    let zone = zone();
    let days = exposure::days(exposure::acts(case)?, &zone);
    let rest = Rest::of(case, &run.officer, &days, now(), &zone);
    let what = rest.stopped.map(|stopped| words(rules, stopped));
    Ok(what.map(|what| Failure::new(Exit::Failed, what).hint(phrase!("grade.rest.hint"))))
}

/// That a rule stops an officer.
fn words(rules: &Rules, stopped: Stopped) -> Phrase {
    match (stopped, rules.no_grading, rules.grading_minutes) {
        (Stopped::Hours, Some(hours), _) => phrase!("grade.rest.hours", hours = hours.to_string()),
        (_, _, minutes) => phrase!("grade.rest.minutes", minutes = minutes.unwrap_or_default()),
    }
}

/// Records that an officer may go on for a while, with the reason.
pub fn lift(run: &Run, operation: &Operation, officer: &str, reason: &str) -> anyhow::Result<Exit> {
    given("--lift", officer)?;
    given("--reason", reason)?;
    let until = (now() + LIFTED).to_string();
    let body = json!({"officer": officer, "until": until, "reason": reason});
    operation.write(run)?.record(LIFT, body, now())?;
    match run.format {
        Format::Text => run.say(phrase!("grade.lifted", officer = officer, until = until.as_str())),
        _ => run.json(&json!({"schema": "tutela.lifted/1", "officer": officer, "until": until}))?,
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;
    use tutela_model::Lang;

    use super::*;

    #[test]
    fn without_rules_nobody_is_stopped_and_with_them_from_the_minute_on() {
        let none = Rules::default();
        let minutes = Rules { grading_minutes: Some(60), ..Rules::default() };
        let night = Rules { no_grading: "20:00-08:00".parse().ok(), ..minutes.clone() };
        let (noon, late) = (time(12, 0, 0, 0), time(22, 0, 0, 0));
        for (rules, n, at, expected) in [
            (&none, 10_000, late, None),
            (&minutes, 59, late, None),
            (&minutes, 60, noon, Some(Stopped::Minutes)),
            (&night, 0, noon, None),
            (&night, 0, late, Some(Stopped::Hours)),
            (&night, 61, noon, Some(Stopped::Minutes)),
        ] {
            assert_eq!(stopped(rules, n, at), expected, "{rules:?} {n} {at}");
        }
        for (which, said) in [
            (Stopped::Minutes, "the unit's limit of minutes of grading a day is reached: 60"),
            (Stopped::Hours, "the unit grades no files in these hours: 20:00-08:00"),
        ] {
            assert_eq!(crate::talk::say(&words(&night, which), Lang::En), said);
        }
    }
}
