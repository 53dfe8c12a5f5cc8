//! Whether the times of an operator's answer are in the zone, and of the days and the year, that they claim.
//!
//! # What it shows
//! For each operator's answer, under which reading of its times the connections of an account fall on the fewest lines
//! and most of them on a line at all: as written, moved by whole hours, with a mistake of summer time, with day and
//! month in each other's place, or of the year before or after; and by how much that reading is ahead of the next one.
//!
//! # Why it matters
//! An hour's error names another household: addresses change hands, and a shifted look-up answers with the wrong one
//! without any sign of it.
//! In the reports of the United Kingdom's oversight bodies for 2014 to 2019 wrong time conversion is a persistent cause
//! of searches at the homes of people who had nothing to do with the case; a wrong day and a wrong year are others.
//!
//! # What it does not show
//! Which clock was wrong: a platform whose times are shifted looks the same as an operator whose times are.
//! An answer with few connections, or whose lines hold their addresses for weeks, fits several readings equally well:
//! then nothing is said for or against, and what would fall on another line under one of those readings supports none.
//!
//! # Method and source
//! The readings are: every shift of whole hours from -14 to +14; local time of the operation's country taken for UTC and
//! the reverse; an hour more or less in summer only, or in winter only; day and month exchanged where that is a day; a
//! year more or less.
//! Under each the connections whose addresses the answer knows are looked up again: all of fewer than 4,000, and of more
//! some 2,000 to 4,000, drawn by their places, addresses and times.
//! Sightings of peers count like connections where the observer was connected with the address.
//! The score of a reading, summed over accounts and in thousandths of a connection, is higher the more connections of an
//! account fall on a line and the fewer lines they fall on: the connections on a line, less the number of lines, plus
//! how many of them fall on the line of another one (the sum of squares of the connections of each line, divided by the
//! account's connections).
//! A connection that falls on nobody or on a line of its own lowers it; one that no reading moves changes nothing.
//! Another reading is indicated when its score is ahead of that of the times as written by at least `ahead`, and it
//! brings at least three times as many connections together with others of their account, or with most of them, as it
//! parts (a paired comparison as in McNemar's test); or is ahead by a tenth of the connections, whatever it parts, because
//! an answer whose days are wrong also holds leases that are too long, and answers with them.
//! The margin is how far the best reading is ahead of the next one; of two with the same score the smaller shift stands.
//! A reading is refuted when it is behind the best one by at least `refuted`.
//! Until an officer decides on a finding that indicates another reading, a connection is attributed from that answer only
//! if it falls on one and the same line as written and under every reading that is not refuted, the large shifts too, and
//! no other line is within a minute of it under any of them: then the reading does not change the line.
//! A reading that moves days is taken by the calendar of local time and by that of UTC, which differ around midnight.
//! All others stay open; where the records leave no reading to compare, all of them do.
//! Accepted: its times are moved. Rejected: they are taken as written.
//! Where the data do not suffice, accepting the finding takes the times as written, as an operator's confirmation would
//! have it, and ends the doubt.
//!
//! # Settings
//! `slack_s`: seconds by which a connection may miss a lease's ends (5).
//! `country_zone`: the zone of local time (Europe/Rome).
//! `ahead`: by how many connections another reading must be ahead (5).
//! `refuted`: by how many connections a reading must be behind not to be plausible any more (20).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use tutela_model::address::Address;
use tutela_model::place::Digest;
use tutela_model::table::TablesError;
use tutela_model::{Choice, Decisions, Finding, Phrase, Statement, Tables};

use crate::lease_index::{Answer, LeaseIndex};
use crate::sharing::{Means, MemoryShelf};
use crate::usage::{self, Counts, Covered, Named, SLACK_US, Selected};

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "zone_shift.indicated",
        it: "gli orari della risposta di {operator} ({file_said}) coincidono con le registrazioni delle piattaforme se \
             letti come {reading}: {gained} connessioni su {n} cadono così su un'utenza con altre del loro \
             account, {lost} non più; finché un ufficiale non decide, di questa risposta contano solo le connessioni che \
             cadono sulla stessa utenza con ogni lettura possibile",
        en: "the times in the answer of {operator} ({file_said}) agree with the platforms' records when read as \
             {reading}: {gained} of {n} connections then fall on a line with others of their account, {lost} no longer \
             do; until an officer decides, only connections that fall on the same line under every possible reading \
             count from this answer",
    },
    Statement {
        key: "zone_shift.day_month",
        it: "nella risposta di {operator} ({file_said}) giorno e mese sembrano scambiati: le date coincidono con le \
             registrazioni delle piattaforme se lette come {reading}; {gained} connessioni su {n} cadono così su \
             un'utenza con altre del loro account, {lost} non più; finché un ufficiale non decide, di questa risposta \
             contano solo le connessioni che cadono sulla stessa utenza con ogni lettura possibile",
        en: "in the answer of {operator} ({file_said}) day and month look exchanged: its dates agree with the platforms' \
             records when read as {reading}; {gained} of {n} connections then fall on a line with others of their \
             account, {lost} no longer do; until an officer decides, only connections that fall on the same line under \
             every possible reading count from this answer",
    },
    Statement {
        key: "zone_shift.year",
        it: "la risposta di {operator} ({file_said}) sembra di un altro anno: le date coincidono con le registrazioni \
             delle piattaforme se lette con {reading}; {gained} connessioni su {n} cadono così su un'utenza con altre \
             del loro account, {lost} non più; finché un ufficiale non decide, di questa risposta contano solo le \
             connessioni che cadono sulla stessa utenza con ogni lettura possibile",
        en: "the answer of {operator} ({file_said}) looks like one of another year: its dates agree with the platforms' \
             records when read with {reading}; {gained} of {n} connections then fall on a line with others of their \
             account, {lost} no longer do; until an officer decides, only connections that fall on the same line under \
             every possible reading count from this answer",
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
             nel fuso dichiarato; restano possibili anche: {plausible}",
        en: "the connections ({n}) do not suffice to say whether the times in the answer of {operator} ({file_said}) \
             are in the zone that they claim; these remain possible too: {plausible}",
    },
    Statement {
        key: "zone_shift.refuted_by",
        it: "una conferma scritta dell'operatore sul fuso orario dei suoi registri",
        en: "the operator's written confirmation of the zone of its records",
    },
];

/// Whether a finding of this analysis waits for an officer: another reading is indicated.
#[must_use]
pub fn is_indicated(finding: &Finding) -> bool {
    ["zone_shift.indicated", "zone_shift.day_month", "zone_shift.year"]
        .contains(&finding.statement.key.as_str())
}

/// How an answer's times are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// As written, and the data speak for it.
    Confirmed,
    /// As written; the data speak neither for nor against.
    AsWritten,
    /// As written, because an officer decided so.
    Decided,
    /// Moved, because an officer accepted the finding.
    Moved(Indicated),
    /// Another reading is indicated and nobody has decided: only what no reading changes is attributed from the answer.
    Blocked(Indicated),
}

impl Clock {
    /// The instant that a time written in the answer stands for.
    pub fn true_us(self, written_us: i64) -> i64 {
        match self {
            Self::Moved(indicated) => indicated.reading.true_us(written_us),
            _ => written_us,
        }
    }

    /// Seconds to add to the answer's times; 0 when none are indicated.
    pub fn shift_s(self) -> i64 {
        match self {
            Self::Moved(indicated) | Self::Blocked(indicated) => indicated.shift_s,
            _ => 0,
        }
    }
}

/// A reading that the data indicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indicated {
    /// The reading.
    pub reading: Hypothesis,
    /// Seconds to add that come closest to it: those of the best whole hours where it is no single shift.
    pub shift_s: i64,
}

/// A way to read an answer's times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hypothesis {
    /// Add this many hours.
    Hours(i8),
    /// What is written as UTC is local time of the operation's country.
    LocalTime,
    /// What was read as local time of the operation's country is in UTC.
    Utc,
    /// Add this many hours in summer only.
    InSummer(i8),
    /// Add this many hours in winter only.
    InWinter(i8),
    /// Day and month stand in each other's place where that is a day.
    DayMonth,
    /// Add this many years.
    Years(i8),
}

/// The zone of local time in the country of the operation.
const COUNTRY_ZONE: &str = "Europe/Rome";

impl Hypothesis {
    /// The times as they are.
    pub const AS_WRITTEN: Self = Self::Hours(0);

    /// All but the times as written, the likelier mistakes first: small shifts before large ones.
    fn others() -> Vec<Self> {
        let mut hours: Vec<i8> = (-14..=14).filter(|hours| *hours != 0).collect();
        hours.sort_by_key(|hours| (hours.unsigned_abs(), *hours));
        let rest = [
            Self::LocalTime,
            Self::Utc,
            Self::InSummer(1),
            Self::InSummer(-1),
            Self::InWinter(1),
            Self::InWinter(-1),
            Self::DayMonth,
            Self::Years(1),
            Self::Years(-1),
        ];
        hours.into_iter().map(Self::Hours).chain(rest).collect()
    }

    /// Whether it is one of the mistakes that are made: up to two hours, summer time, dates. The larger shifts are only
    /// looked for.
    fn is_plausible(self) -> bool {
        !matches!(self, Self::Hours(hours) if hours.unsigned_abs() > 2)
    }

    /// The calendars by which it may move days: what was written may have been in local time or in UTC. The first is the
    /// one by which readings are compared.
    fn calendars(self) -> impl Iterator<Item = &'static TimeZone> {
        let moves_days = matches!(self, Self::DayMonth | Self::Years(_));
        static UTC: TimeZone = TimeZone::UTC;
        let all: [&'static TimeZone; 2] = [&ZONE, &UTC];
        all.into_iter().take(if moves_days { 2 } else { 1 })
    }

    /// Hours that are added in the season of an instant.
    fn season_us(self, at_us: i64) -> i64 {
        let summer = offset_us(at_us) > HOUR_US;
        match self {
            Self::InSummer(hours) if summer => i64::from(hours) * HOUR_US,
            Self::InWinter(hours) if !summer => i64::from(hours) * HOUR_US,
            _ => 0,
        }
    }

    /// What the answer would show at an instant; none for a reading that does not keep the order of instants.
    pub fn written_us(self, true_us: i64) -> Option<i64> {
        self.written_us_by(true_us, &ZONE)
    }

    fn written_us_by(self, true_us: i64, calendar: &TimeZone) -> Option<i64> {
        match self {
            Self::Hours(hours) => Some(true_us - i64::from(hours) * HOUR_US),
            Self::LocalTime => Some(true_us + offset_us(true_us)),
            Self::Utc => Some(true_us - offset_us(true_us)),
            Self::InSummer(_) | Self::InWinter(_) => Some(true_us - self.season_us(true_us)),
            Self::Years(years) => Some(on_another_day(true_us, calendar, |day| years_later(day, -years))),
            Self::DayMonth => None,
        }
    }

    /// The instant that a written one stands for.
    pub fn true_us(self, written_us: i64) -> i64 {
        self.true_us_by(written_us, &ZONE)
    }

    fn true_us_by(self, written_us: i64, calendar: &TimeZone) -> i64 {
        match self {
            Self::Hours(hours) => written_us + i64::from(hours) * HOUR_US,
            // Two steps find the offset that held at the instant itself, also in the hours after a clock change.
            Self::LocalTime => written_us - offset_us(written_us - offset_us(written_us)),
            Self::Utc => written_us + offset_us(written_us + offset_us(written_us)),
            Self::InSummer(_) | Self::InWinter(_) => {
                written_us + self.season_us(written_us + self.season_us(written_us))
            }
            Self::Years(years) => on_another_day(written_us, calendar, |day| years_later(day, years)),
            Self::DayMonth => on_another_day(written_us, calendar, |day| {
                Date::new(day.year(), day.day(), day.month()).unwrap_or(day)
            }),
        }
    }

    /// The one shift in seconds that it is, if it is one.
    fn one_shift_s(self) -> Option<i64> {
        match self {
            Self::Hours(hours) => Some(i64::from(hours) * 3600),
            Self::Years(years) => Some(i64::from(years) * 365 * 86_400),
            Self::DayMonth => Some(0),
            _ => None,
        }
    }

    /// The statement that says that it is indicated.
    fn statement(self) -> &'static str {
        match self {
            Self::DayMonth => "zone_shift.day_month",
            Self::Years(_) => "zone_shift.year",
            _ => "zone_shift.indicated",
        }
    }

    /// What statements call it.
    pub fn name(self) -> String {
        match self {
            Self::Hours(hours) => format!("{hours:+} h"),
            Self::LocalTime => COUNTRY_ZONE.to_owned(),
            Self::Utc => "UTC".to_owned(),
            Self::InSummer(hours) => format!("{hours:+} h (UTC+02:00)"),
            Self::InWinter(hours) => format!("{hours:+} h (UTC+01:00)"),
            Self::DayMonth => "MM/DD".to_owned(),
            Self::Years(years) => format!("YYYY{years:+}"),
        }
    }
}

const HOUR_US: i64 = 3_600_000_000;

static ZONE: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get(COUNTRY_ZONE).expect("the zone database is compiled in"));

/// The country's offsets, each with the instant from which it holds, for the years in which records lie: a rule of the
/// zone is worked out anew each time that it is asked, and each connection asks several times.
static OFFSETS: LazyLock<Vec<(i64, i64)>> = LazyLock::new(|| {
    let first = jiff::Timestamp::UNIX_EPOCH;
    let later = ZONE.following(first).map(|change| (change.timestamp(), change.offset()));
    let all = [(first, ZONE.to_offset(first))].into_iter().chain(later);
    let all = all.map(|(at, offset)| (at.as_microsecond(), i64::from(offset.seconds()) * 1_000_000));
    all.take_while(|(from_us, _)| *from_us < LAST_OFFSET_US).collect()
});

/// 1 January 2100.
const LAST_OFFSET_US: i64 = 4_102_444_800_000_000;

/// The country's offset at an instant.
fn offset_us(at_us: i64) -> i64 {
    let after = OFFSETS.partition_point(|(from_us, _)| *from_us <= at_us);
    if let (Some(before), true) = (after.checked_sub(1), at_us < LAST_OFFSET_US) {
        return OFFSETS[before].1;
    }
    let at = jiff::Timestamp::from_microsecond(at_us);
    at.map_or(0, |at| i64::from(ZONE.to_offset(at).seconds()) * 1_000_000)
}

/// The same time of another day, by a calendar.
fn on_another_day(at_us: i64, calendar: &TimeZone, other: impl Fn(Date) -> Date) -> i64 {
    let moved = jiff::Timestamp::from_microsecond(at_us).ok().and_then(|at| {
        let civil = calendar.to_datetime(at);
        calendar.to_timestamp(other(civil.date()).to_datetime(civil.time())).ok()
    });
    moved.map_or(at_us, jiff::Timestamp::as_microsecond)
}

/// The same day of another year; 28 February for the 29th.
fn years_later(day: Date, years: i8) -> Date {
    day.checked_add(jiff::Span::new().years(years)).unwrap_or(day)
}

/// What the analysis says, and how each answer's times are to be taken.
pub struct Zones {
    /// Findings, one an answer.
    pub findings: Vec<Finding>,
    /// Clocks by the answer's digest.
    pub clocks: BTreeMap<Digest, Clock>,
    /// By the answer's digest, the readings on which nobody decided: the plausible ones that the data do not refute, and
    /// for an answer that is in question the one indicated and all that are not refuted.
    pub doubts: BTreeMap<Digest, Vec<Hypothesis>>,
    /// The leases, with each answer's times as its clock says.
    pub index: LeaseIndex,
    /// The peers whose sightings count.
    pub peers: Selected,
}

/// Runs the analysis.
///
/// # Errors
/// A stored table could not be read.
pub fn run(tables: &dyn Tables, decisions: &Decisions) -> Result<Zones, TablesError> {
    let index = LeaseIndex::read(tables, &|_, at_us| at_us)?;
    let (shelf, covered) = (MemoryShelf::default(), Covered::of(index.prefixes()));
    let peers = usage::select(tables, &Means::alone(&shelf), &covered, Named::default())?;
    run_from(tables, decisions, index, peers, &mut Counts::default())
}

/// Runs the analysis over these leases, at the times as their answers write them; sightings count of the peers
/// selected. What an earlier run counted is not counted again.
pub(crate) fn run_from(
    tables: &dyn Tables,
    decisions: &Decisions,
    index: LeaseIndex,
    peers: Selected,
    counts: &mut Counts<'_>,
) -> Result<Zones, TablesError> {
    let samples = usage::sample(tables, &index, &peers, MOST_EVENTS, counts)?;
    let (mut findings, mut clocks, mut doubts) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for (answer_idx, sample) in samples.iter().enumerate() {
        let answer = &index.answers[answer_idx];
        let outcome = compare(&index, answer_idx as u32, sample);
        let finding = finding(answer, sample.len(), &outcome);
        let clock = match (outcome.best, decisions.get(&finding.id)) {
            (None, _) if outcome.confirmed => Clock::Confirmed,
            (Some(_), Some(Choice::Reject)) | (None, Some(Choice::Accept)) => Clock::Decided,
            (None, _) => Clock::AsWritten,
            (Some(best), Some(Choice::Accept)) => Clock::Moved(best),
            (Some(best), _) => Clock::Blocked(best),
        };
        match clock {
            Clock::AsWritten => drop(doubts.insert(answer.source, outcome.plausible)),
            Clock::Blocked(_) => drop(doubts.insert(answer.source, outcome.standing)),
            _ => {}
        }
        clocks.insert(answer.source, clock);
        findings.push(finding);
    }
    let moved = clocks.values().any(|clock| matches!(clock, Clock::Moved(_)));
    let clock = |source: Digest, at_us| clocks.get(&source).map_or(at_us, |clock| clock.true_us(at_us));
    let index = if moved { LeaseIndex::read(tables, &clock)? } else { index };
    Ok(Zones { findings, clocks, doubts, index, peers })
}

fn finding(answer: &Answer, n: usize, outcome: &Outcome) -> Finding {
    let (key, reading) = match outcome.best {
        Some(best) => (best.reading.statement(), best.reading.name()),
        None if outcome.confirmed => ("zone_shift.as_written", String::new()),
        None => ("zone_shift.undecided", String::new()),
    };
    let plausible: Vec<String> = outcome.plausible.iter().map(|reading| reading.name()).collect();
    let statement = Phrase::new(key)
        .with("operator", answer.operators.iter().map(|name| name.as_str()).collect::<Vec<_>>())
        .with("file_said", format!("sha256:{}…", &answer.source.hex()[..12]))
        .with("source", answer.source.hex())
        .with("zone_shift_s", outcome.best.map_or(0, |best| best.shift_s))
        .with("reading", reading)
        .with("n", n)
        .with("fitting", outcome.fitting)
        .with("gained", outcome.gained)
        .with("lost", outcome.lost)
        .with("score", outcome.score)
        .with("score_as_written", outcome.score_as_written)
        .with("margin", outcome.margin)
        .with("next_reading", outcome.next.map_or_else(String::new, Hypothesis::name))
        .with("plausible", plausible);
    let mut finding = Finding::new("zone_shift", &answer.source.hex(), statement);
    finding.settings.insert("slack_s".to_owned(), (SLACK_US / 1_000_000).into());
    finding.settings.insert("country_zone".to_owned(), COUNTRY_ZONE.into());
    finding.settings.insert("ahead".to_owned(), (AHEAD / 1000).into());
    finding.settings.insert("refuted".to_owned(), (REFUTED / 1000).into());
    if outcome.best.is_some() {
        finding.refuted_by.push(Phrase::new("zone_shift.refuted_by"));
    }
    finding
}

/// The most connections that are looked up again for each answer.
const MOST_EVENTS: usize = 4_000;

/// A connection to be looked up under each hypothesis.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// By how much a reading must be ahead of the times as written to be indicated, in thousandths of a connection. A
/// connection that it puts back on the main line of its account counts about three, on another line about one: two to
/// five of them suffice. One mistyped row seldom moves more than one.
const AHEAD: i64 = 5_000;
/// A reading that is ahead by one of so many connections is indicated whatever it parts.
const FAR_AHEAD: i64 = 10;
/// By how much a reading must be behind the best one to be refuted, in thousandths of a connection.
const REFUTED: i64 = 20_000;

struct Outcome {
    best: Option<Indicated>,
    confirmed: bool,
    /// Under the times as written.
    fitting: u64,
    gained: u64,
    lost: u64,
    score: i64,
    score_as_written: i64,
    /// How far the reading that stands is ahead of the next one.
    margin: i64,
    next: Option<Hypothesis>,
    /// Readings besides the one that stands that are not refuted, of those that are mistakes one makes.
    plausible: Vec<Hypothesis>,
    /// All readings that are not refuted, the one that stands among them.
    standing: Vec<Hypothesis>,
}

fn compare(index: &LeaseIndex, answer: u32, sample: &[Event]) -> Outcome {
    let as_written = tried(index, answer, sample, Hypothesis::Hours(0));
    let fitting = as_written.company.iter().filter(|company| **company > Company::Alone).count() as u64;
    let mut outcome = Outcome {
        best: None,
        confirmed: false,
        fitting,
        gained: 0,
        lost: 0,
        score: as_written.score,
        score_as_written: as_written.score,
        margin: 0,
        next: None,
        plausible: Vec::new(),
        standing: Vec::new(),
    };
    let mut scores = vec![(Hypothesis::Hours(0), as_written.score)];
    let mut best_hours = (0, as_written.score);
    for reading in Hypothesis::others() {
        let other = tried(index, answer, sample, reading);
        scores.push((reading, other.score));
        if let Hypothesis::Hours(hours) = reading
            && other.score > best_hours.1
        {
            best_hours = (hours, other.score);
        }
        let pairs = || as_written.company.iter().zip(&other.company);
        let gained = pairs().filter(|(before, after)| after > before).count() as u64;
        let lost = pairs().filter(|(before, after)| after < before).count() as u64;
        let ahead = other.score - as_written.score;
        let clearly = gained >= 3 * lost || ahead >= sample.len() as i64 * 1000 / FAR_AHEAD;
        if other.score > outcome.score && ahead >= AHEAD && clearly {
            let shift_s = reading.one_shift_s().unwrap_or(i64::from(best_hours.0) * 3600);
            outcome.best = Some(Indicated { reading, shift_s });
            (outcome.gained, outcome.lost, outcome.score) = (gained, lost, other.score);
        }
    }
    let stands = outcome.best.map_or(Hypothesis::Hours(0), |best| best.reading);
    let is_standing =
        |(reading, score): &&(Hypothesis, i64)| *reading == stands || outcome.score - score < REFUTED;
    outcome.standing = scores.iter().filter(is_standing).map(|(reading, _)| *reading).collect();
    let behind = scores.into_iter().filter(|(reading, _)| *reading != stands);
    let behind: Vec<_> = behind.map(|(reading, score)| (outcome.score - score, reading)).collect();
    let nearest = behind.iter().min_by_key(|(by, _)| *by);
    outcome.margin = nearest.map_or(0, |(by, _)| *by);
    outcome.next = nearest.map(|(_, reading)| *reading);
    outcome.confirmed = outcome.best.is_none() && outcome.margin >= REFUTED;
    let open = behind.into_iter().filter(|(by, reading)| *by < REFUTED && reading.is_plausible());
    outcome.plausible = open.map(|(_, reading)| reading).collect();
    outcome
}

/// What a reading makes of the sample.
struct Tried {
    /// For each event, whose company it is in.
    company: Vec<Company>,
    /// In thousandths of a connection.
    score: i64,
}

/// With which other connections of its account one falls on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Company {
    /// None: on nobody, on several lines, or on one where no other falls.
    Alone,
    /// Some.
    Others,
    /// Those on the main line of the account.
    Most,
}

fn tried(index: &LeaseIndex, answer: u32, sample: &[Event], reading: Hypothesis) -> Tried {
    let falls_on = falls_on(index, answer, sample, reading);
    let mut uses: BTreeMap<u32, (i64, BTreeMap<u32, i64>)> = BTreeMap::new();
    for (event, line) in sample.iter().zip(&falls_on) {
        let (n, lines) = uses.entry(event.account).or_default();
        *n += 1;
        if let Some(line) = line {
            *lines.entry(*line).or_default() += 1;
        }
    }
    let score = uses.values().map(|(n, lines)| score(*n, lines)).sum();
    let main: BTreeMap<u32, u32> = uses
        .iter()
        .filter_map(|(account, (_, lines))| {
            let main = lines.iter().max_by_key(|(line, n)| (**n, std::cmp::Reverse(**line)));
            main.map(|(line, _)| (*account, *line))
        })
        .collect();
    let company = |(event, line): (&Event, Option<u32>)| match line {
        Some(line) if uses[&event.account].1[&line] < 2 => Company::Alone,
        Some(line) if main[&event.account] == line => Company::Most,
        Some(_) => Company::Others,
        None => Company::Alone,
    };
    Tried { company: sample.iter().zip(falls_on).map(company).collect(), score }
}

/// How well `n` connections of an account keep together on lines, each with how many of them: those that fall on a
/// line, less the number of lines, and how many fall on the line of another one. In thousandths of a connection.
fn score(n: i64, lines: &BTreeMap<u32, i64>) -> i64 {
    let on_a_line: i64 = lines.values().sum();
    let together = lines.values().map(|n| n * n).sum::<i64>() * 1000 / n;
    (on_a_line - lines.len() as i64) * 1000 + together
}

/// For each event, the one line on which it falls under a reading of the answer's times.
fn falls_on(index: &LeaseIndex, answer: u32, sample: &[Event], reading: Hypothesis) -> Vec<Option<u32>> {
    let addresses: BTreeSet<Address> = sample.iter().map(|event| event.address).collect();
    let reread = Reread::new(reading, index, answer, Some(&addresses));
    let line = |event: &Event| {
        let (mut line, mut several) = (None, false);
        let when_us = (event.low_us - SLACK_US, event.high_us + SLACK_US);
        reread.each_line(index, (event.address, event.port), when_us, &mut |other| {
            several |= line.is_some_and(|line| line != other);
            line = Some(other);
        });
        line.filter(|_| !several)
    };
    sample.iter().map(line).collect()
}

/// The leases of an answer under a reading of its times.
pub struct Reread {
    /// The reading.
    pub reading: Hypothesis,
    /// By which it moves days, where it does.
    calendar: &'static TimeZone,
    answer: u32,
    /// The answer's leases as the reading has them, where it changes the order of instants. Otherwise the connection is
    /// moved instead, which is cheaper.
    moved: Option<LeaseIndex>,
}

impl Reread {
    /// The leases of these addresses, or of all.
    pub fn new(
        reading: Hypothesis,
        index: &LeaseIndex,
        answer: u32,
        addresses: Option<&BTreeSet<Address>>,
    ) -> Self {
        Self::by(&ZONE, reading, index, answer, addresses)
    }

    /// All leases, by each calendar that the reading may go by.
    pub fn each_calendar(reading: Hypothesis, index: &LeaseIndex, answer: u32) -> impl Iterator<Item = Self> {
        reading.calendars().map(move |calendar| Self::by(calendar, reading, index, answer, None))
    }

    fn by(
        calendar: &'static TimeZone,
        reading: Hypothesis,
        index: &LeaseIndex,
        answer: u32,
        addresses: Option<&BTreeSet<Address>>,
    ) -> Self {
        let moved = reading
            .written_us(0)
            .is_none()
            .then(|| index.moved(answer, addresses, &|written_us| reading.true_us_by(written_us, calendar)));
        Self { reading, calendar, answer, moved }
    }

    /// Hands out the lines that held an address and port at some time in `when_us`, once for each lease. `index` is the
    /// one that it was made of.
    pub fn each_line(
        &self,
        index: &LeaseIndex,
        at: (Address, Option<u16>),
        when_us: (i64, i64),
        each: &mut impl FnMut(u32),
    ) {
        match &self.moved {
            Some(moved) => moved.each_at(at.0, at.1, when_us, &mut |held| each(held.line)),
            None => {
                let written_us =
                    |true_us| self.reading.written_us_by(true_us, self.calendar).unwrap_or(true_us);
                let written_us = (written_us(when_us.0), written_us(when_us.1));
                index.each_line_moved(self.answer, at, when_us, written_us, each);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reading_finds_back_to_what_was_written() {
        let days = [1_770_000_000, 1_774_740_000, 1_774_750_000, 1_780_000_000].map(|at_s| at_s * 1_000_000);
        for reading in Hypothesis::others() {
            for true_us in days {
                if let Some(written_us) = reading.written_us(true_us) {
                    let back_us = reading.true_us(written_us);
                    // Around the change of the clocks an hour is not told apart.
                    assert!((back_us - true_us).abs() <= HOUR_US, "{reading:?} at {true_us}: {back_us}");
                }
            }
            let true_us = days[0];
            assert!(reading.written_us(true_us).is_none_or(|at_us| reading.true_us(at_us) == true_us));
        }
    }

    #[test]
    fn offsets_are_those_of_the_zone_before_and_after_every_change() {
        let of_zone = |at_us: i64| {
            let at = jiff::Timestamp::from_microsecond(at_us).expect("an instant");
            i64::from(ZONE.to_offset(at).seconds()) * 1_000_000
        };
        assert!(OFFSETS.len() > 200);
        let ends = [-1, 0, LAST_OFFSET_US - 1, LAST_OFFSET_US, LAST_OFFSET_US + 200 * 86_400_000_000];
        let changes = OFFSETS.iter().flat_map(|(from_us, _)| [from_us - 1, *from_us]);
        for at_us in changes.chain(ends) {
            assert_eq!(offset_us(at_us), of_zone(at_us), "{at_us}");
        }
    }

    #[test]
    fn day_and_month_change_places_only_where_that_is_a_day() {
        let us = |text: &str| text.parse::<jiff::Timestamp>().expect("an instant").as_microsecond();
        let swapped = |text: &str| Hypothesis::DayMonth.true_us(us(text));
        assert_eq!(swapped("2026-02-03T10:00:00Z"), us("2026-03-02T10:00:00Z"));
        assert_eq!(swapped("2026-02-13T10:00:00Z"), us("2026-02-13T10:00:00Z"));
        // The same time of day: in local time, whose offset changed between the two days.
        assert_eq!(swapped("2026-02-04T10:00:00Z"), us("2026-04-02T09:00:00Z"));
    }

    #[test]
    fn days_are_moved_by_the_calendar_of_local_time_and_by_that_of_utc() {
        let us = |text: &str| text.parse::<jiff::Timestamp>().expect("an instant").as_microsecond();
        // In local time it is already the fourth of April, whose day and month are the same.
        let written_us = us("2026-04-03T23:52:17Z");
        let moved = Hypothesis::DayMonth.calendars();
        let moved: Vec<i64> =
            moved.map(|calendar| Hypothesis::DayMonth.true_us_by(written_us, calendar)).collect();
        assert_eq!(moved, [written_us, us("2026-03-04T23:52:17Z")]);
        assert_eq!(Hypothesis::Hours(-2).calendars().count(), 1);
    }
}
