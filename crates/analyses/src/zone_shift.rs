//! Whether the times of an operator's answer are in the zone that they claim.
//!
//! # What it shows
//! For each operator's answer, whether the connections of the accounts fall on fewer lines, and more of them on a line
//! at all, when the answer's times are moved by whole hours or read as local time.
//!
//! # Why it matters
//! An hour's error names another household: addresses change hands, and a shifted look-up answers with the wrong one
//! without any sign of it.
//! In the reports of the United Kingdom's oversight bodies for 2014 to 2019 wrong time conversion is a persistent cause
//! of searches at the homes of people who had nothing to do with the case.
//!
//! # What it does not show
//! Which clock was wrong: a platform whose times are shifted looks the same as an operator whose times are.
//! An answer with few connections, or whose lines hold their addresses for weeks, fits several zones equally well:
//! then nothing is said for or against.
//!
//! # Method and source
//! For every shift of whole hours from -14 to +14, and for local time of the operation's country written as UTC, the
//! connections whose addresses the answer knows (a spread of at most 4,000) are looked up again.
//! A connection *fits* when it falls on exactly one line, and that line is the one on which most connections of its
//! account fall under the same shift.
//! Another zone is indicated when it makes at least 20 and at least one in a hundred connections fit that did not fit
//! before, and at least three times as many as it loses (a paired comparison as in McNemar's test, with a margin wide
//! enough that chance at lease ends does not reach it).
//! Until an officer decides on the finding, nothing is attributed from that answer.
//! Accepted: its times are moved. Rejected: they are taken as written.
//!
//! # Settings
//! `slack_s`: seconds by which a connection may miss a lease's ends (5).
//! `country_zone`: the zone of local time (Europe/Rome).

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use tutela_model::address::Address;
use tutela_model::place::Digest;
use tutela_model::table::TablesError;
use tutela_model::{Choice, Decisions, Finding, Phrase, Statement, Tables};

use crate::lease_index::LeaseIndex;
use crate::usage::{self, SLACK_US};

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "zone_shift.indicated",
        it: "gli orari della risposta di {operator} ({file_said}) coincidono con le registrazioni delle piattaforme se \
             letti come {reading}: {gained} connessioni su {n} trovano così l'utenza prevalente del loro account, \
             {lost} la perdono; finché un ufficiale non decide, da questa risposta non si attribuisce nulla",
        en: "the times in the answer of {operator} ({file_said}) agree with the platforms' records when read as \
             {reading}: {gained} of {n} connections then fall on the main line of their account, {lost} no longer do; \
             until an officer decides, nothing is attributed from this answer",
    },
    Statement {
        key: "zone_shift.as_written",
        it: "gli orari della risposta di {operator} ({file_said}) coincidono con le registrazioni delle piattaforme \
             così come scritti: {fitting} connessioni su {n}; ogni altra lettura ne spiega meno",
        en: "the times in the answer of {operator} ({file_said}) agree with the platforms' records as written: \
             {fitting} of {n} connections; every other reading explains fewer",
    },
    Statement {
        key: "zone_shift.undecided",
        it: "le connessioni ({n}) non bastano a dire se gli orari della risposta di {operator} ({file_said}) siano \
             nel fuso dichiarato",
        en: "the connections ({n}) do not suffice to say whether the times in the answer of {operator} ({file_said}) \
             are in the zone that they claim",
    },
    Statement {
        key: "zone_shift.refuted_by",
        it: "una conferma scritta dell'operatore sul fuso orario dei suoi registri",
        en: "the operator's written confirmation of the zone of its records",
    },
];

/// How an answer's times are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// As written, and the data speak for it.
    Confirmed,
    /// As written; the data speak neither for nor against.
    AsWritten,
    /// Moved, because an officer accepted the finding.
    Moved(Hypothesis),
    /// Another zone is indicated and nobody has decided: nothing is attributed from the answer.
    Blocked(Hypothesis),
}

impl Clock {
    /// The instant that a time written in the answer stands for.
    pub fn true_us(self, written_us: i64) -> i64 {
        match self {
            Self::Moved(hypothesis) => hypothesis.true_us(written_us),
            _ => written_us,
        }
    }

    /// Seconds to add to the answer's times; 0 when none are indicated.
    pub fn shift_s(self) -> i64 {
        match self {
            Self::Moved(hypothesis) | Self::Blocked(hypothesis) => hypothesis.shift_s(),
            _ => 0,
        }
    }
}

/// A way to read an answer's times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hypothesis {
    /// Add this many hours.
    Hours(i8),
    /// What is written as UTC is local time of the operation's country; beside it, the whole hours that fit best.
    LocalTime(i8),
}

/// The zone of local time in the country of the operation.
const COUNTRY_ZONE: &str = "Europe/Rome";

impl Hypothesis {
    fn offset_us(at_us: i64) -> i64 {
        let zone = TimeZone::get(COUNTRY_ZONE).expect("the zone database is compiled in");
        jiff::Timestamp::from_microsecond(at_us)
            .map_or(0, |at| i64::from(zone.to_offset(at).seconds()) * 1_000_000)
    }

    /// What the answer would show at an instant.
    fn written_us(self, true_us: i64) -> i64 {
        match self {
            Self::Hours(hours) => true_us - i64::from(hours) * HOUR_US,
            Self::LocalTime(_) => true_us + Self::offset_us(true_us),
        }
    }

    fn true_us(self, written_us: i64) -> i64 {
        match self {
            Self::Hours(hours) => written_us + i64::from(hours) * HOUR_US,
            // Two steps find the offset that held at the instant itself, also in the hours after a clock change.
            Self::LocalTime(_) => written_us - Self::offset_us(written_us - Self::offset_us(written_us)),
        }
    }

    fn shift_s(self) -> i64 {
        let (Self::Hours(hours) | Self::LocalTime(hours)) = self;
        i64::from(hours) * 3600
    }

    fn reading(self) -> String {
        match self {
            Self::Hours(hours) => format!("{hours:+} h"),
            Self::LocalTime(_) => COUNTRY_ZONE.to_owned(),
        }
    }
}

const HOUR_US: i64 = 3_600_000_000;

/// What the analysis says, and how each answer's times are to be taken.
pub struct Zones {
    /// Findings, one an answer.
    pub findings: Vec<Finding>,
    /// Clocks by the answer's digest.
    pub clocks: BTreeMap<Digest, Clock>,
    /// The leases, with each answer's times as its clock says.
    pub index: LeaseIndex,
}

/// Runs the analysis.
///
/// # Errors
/// A stored table could not be read.
pub fn run(tables: &dyn Tables, decisions: &Decisions) -> Result<Zones, TablesError> {
    let index = LeaseIndex::read(tables, &|_, at_us| at_us)?;
    let samples = usage::sample(tables, &index, MOST_EVENTS)?;
    let (mut findings, mut clocks) = (Vec::new(), BTreeMap::new());
    for (answer_idx, sample) in samples.iter().enumerate() {
        let answer = &index.answers[answer_idx];
        let outcome = compare(&index, answer_idx as u32, sample);
        let (key, reading) = match &outcome.best {
            Some(best) => ("zone_shift.indicated", best.reading()),
            None if outcome.confirmed => ("zone_shift.as_written", String::new()),
            None => ("zone_shift.undecided", String::new()),
        };
        let statement = Phrase::new(key)
            .with("operator", answer.operators.iter().map(|name| name.as_str()).collect::<Vec<_>>())
            .with("file_said", format!("sha256:{}…", &answer.source.hex()[..12]))
            .with("source", answer.source.hex())
            .with("zone_shift_s", outcome.best.map_or(0, Hypothesis::shift_s))
            .with("reading", reading)
            .with("n", sample.len())
            .with("fitting", outcome.fitting)
            .with("gained", outcome.gained)
            .with("lost", outcome.lost);
        let mut finding = Finding::new("zone_shift", &answer.source.hex(), statement);
        finding.settings.insert("slack_s".to_owned(), (SLACK_US / 1_000_000).into());
        finding.settings.insert("country_zone".to_owned(), COUNTRY_ZONE.into());
        if outcome.best.is_some() {
            finding.refuted_by.push(Phrase::new("zone_shift.refuted_by"));
        }
        let clock = match (outcome.best, decisions.get(&finding.id)) {
            (None, _) if outcome.confirmed => Clock::Confirmed,
            (None, _) | (Some(_), Some(Choice::Reject)) => Clock::AsWritten,
            (Some(best), Some(Choice::Accept)) => Clock::Moved(best),
            (Some(best), _) => Clock::Blocked(best),
        };
        clocks.insert(answer.source, clock);
        findings.push(finding);
    }
    let moved = clocks.values().any(|clock| matches!(clock, Clock::Moved(_)));
    let clock = |source: Digest, at_us| clocks.get(&source).map_or(at_us, |clock| clock.true_us(at_us));
    let index = if moved { LeaseIndex::read(tables, &clock)? } else { index };
    Ok(Zones { findings, clocks, index })
}

/// The most connections that are looked up again for each answer.
const MOST_EVENTS: usize = 4_000;

/// A connection to be looked up under each hypothesis.
pub struct Event {
    /// A number that is the same for all connections of one account.
    pub account: u32,
    /// The address.
    pub address: Address,
    /// The port.
    pub port: Option<u16>,
    /// The first instant that the record may mean.
    pub low_us: i64,
    /// The last.
    pub high_us: i64,
}

struct Outcome {
    best: Option<Hypothesis>,
    confirmed: bool,
    fitting: u64,
    gained: u64,
    lost: u64,
}

fn compare(index: &LeaseIndex, answer: u32, sample: &[Event]) -> Outcome {
    let as_written = fits(index, answer, sample, Hypothesis::Hours(0));
    let fitting = count(&as_written);
    let margin = (sample.len() as u64 / 100).max(20);
    let mut outcome = Outcome { best: None, confirmed: fitting >= margin, fitting, gained: 0, lost: 0 };
    let mut best_fitting = fitting;
    let mut best_hours = (0, fitting);
    // Small shifts first: of two that fit equally well the smaller is the likelier mistake.
    let mut hours: Vec<i8> = (-14..=14).filter(|hours| *hours != 0).collect();
    hours.sort_by_key(|hours| (hours.unsigned_abs(), *hours));
    let hypotheses = hours.into_iter().map(Hypothesis::Hours).chain([Hypothesis::LocalTime(0)]);
    for hypothesis in hypotheses {
        let shifted = fits(index, answer, sample, hypothesis);
        let n_fitting = count(&shifted);
        let gained =
            as_written.iter().zip(&shifted).filter(|(before, after)| !**before && **after).count() as u64;
        let lost =
            as_written.iter().zip(&shifted).filter(|(before, after)| **before && !**after).count() as u64;
        if lost < gained + margin {
            outcome.confirmed = false;
        }
        let hypothesis = match hypothesis {
            Hypothesis::Hours(hours) => {
                if n_fitting > best_hours.1 {
                    best_hours = (hours, n_fitting);
                }
                hypothesis
            }
            Hypothesis::LocalTime(_) => Hypothesis::LocalTime(best_hours.0),
        };
        if n_fitting > best_fitting && gained >= margin && gained >= 3 * lost {
            best_fitting = n_fitting;
            outcome.best = Some(hypothesis);
            (outcome.gained, outcome.lost) = (gained, lost);
        }
    }
    outcome
}

fn count(fits: &[bool]) -> u64 {
    fits.iter().filter(|fits| **fits).count() as u64
}

/// For each event, whether it falls on one line only, and on the main one of its account.
fn fits(index: &LeaseIndex, answer: u32, sample: &[Event], hypothesis: Hypothesis) -> Vec<bool> {
    let mut falls_on = Vec::with_capacity(sample.len());
    let mut hits = Vec::new();
    let mut uses: BTreeMap<u32, BTreeMap<u32, u32>> = BTreeMap::new();
    for event in sample {
        let low_us = hypothesis.written_us(event.low_us) - SLACK_US;
        let high_us = hypothesis.written_us(event.high_us) + SLACK_US;
        let (mut line, mut several) = (None, false);
        hits.clear();
        index.at(event.address, event.port, low_us, high_us, &mut hits);
        for held in hits.iter().map(|idx| index.held(*idx)).filter(|held| held.answer == answer) {
            several |= line.is_some_and(|line| line != held.line);
            line = Some(held.line);
        }
        let line = line.filter(|_| !several);
        if let Some(line) = line {
            *uses.entry(event.account).or_default().entry(line).or_default() += 1;
        }
        falls_on.push(line);
    }
    let main: BTreeMap<u32, u32> = uses
        .into_iter()
        .filter_map(|(account, lines)| {
            let main = lines.into_iter().max_by_key(|(line, n)| (*n, std::cmp::Reverse(*line)));
            main.map(|(line, _)| (account, line))
        })
        .collect();
    sample
        .iter()
        .zip(falls_on)
        .map(|(event, line)| line.is_some() && line == main.get(&event.account).copied())
        .collect()
}
