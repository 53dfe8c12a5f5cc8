//! Which lines an account was used through, connection by connection.
//!
//! # What it shows
//! For each account and each line, how many of the account's connections came from an address (and port, where the
//! address is shared) that the operator's answer gives to this line alone at that time.
//!
//! # Why it matters
//! It is the step from a platform's record to a place where a child may be: everything later stands on it.
//!
//! # What it does not show
//! Who used the line.
//! A line serves a household, its guests, and with an open Wi-Fi its neighbours; the subscriber is the one who signed.
//! Nothing is attributed through exits of Tor, VPNs, data centres, campuses and hotspots, through an address that
//! several lines shared when the platform recorded no port, or from an answer whose times are in question where their
//! reading changes the line.
//! Where the line was computed from the parameters of a NAT, whether the device worked by them at that time.
//!
//! # Method and source
//! An interval join of connections and leases on address, port range and time, with all hits: a connection that more
//! than one line fits supports none.
//! A connection that would fall on another line with a clock a minute off, or under a reading of the answer's times that
//! `zone_shift` does not refute and no officer has decided on, is *unstable*: it supports none, and the finding on the
//! line that it falls on as written says how many there are and under which readings.
//! From an answer for which `zone_shift` indicates another reading of the times, and on which no officer has decided, only
//! connections count that fall on the same line as written and under every reading that is not refuted.
//! Where an operator states the parameters of a deterministic NAT (RFC 7422) and who held its inside addresses, the lease
//! of the public address and ports is computed from the two and stands like one that it recorded; both rows are named.
//! Where two such statements of one time contradict each other, neither counts.
//! The source port and a traceable time belong to a usable record (RFC 6302).
//! Stretches of one line on one address without a gap of more than a minute are one *session*, whatever blocks of ports
//! the line held then: several at a time, or one after the other.
//! Rows of one session are not independent, so support counts sessions.
//! The strength compares "the account was used through this line" with "the records name this line by an error of
//! time or look-up".
//! Each session contributes log10 of 1/0.03: with addresses that change daily, an error of one to two hours names
//! another line in 2 to 6 of 100 look-ups.
//! A single connection gives at most weak support, whatever its ratio, and one session moderate support
//! (Interception of Communications Commissioner, report for 2016, published 2017: look for a spread of activity).
//! The most that records of lines can give is fixed at 10,000.
//! A peer of a file-sharing network is taken like an account of its network, by its number, and a sighting like a
//! connection where the observer was connected with the address.
//! An address that the peer stated itself supports no line, because a peer can state any; nor does one that a server, a
//! tracker or another peer stated, because it can be wrong or old; nor one of which the observer does not say how it came
//! to it: these are open, each for its reason, whatever the peer was seen to do.
//! What it was seen to do is told beside: who is listed was not seen to give anything.
//! Of the peers of an export those are looked up that were seen at an address that an answer covers, whose number an
//! exhibit states, and the leading ones.
//! Of up to 47 connections all rows are listed, of more some 12 to 47: half, a quarter, an eighth and so on, drawn by the
//! rows' places alone, so that no order of files changes them; and a lease of each of the first 24 sessions.
//!
//! # Settings
//! `slack_s`: seconds by which a connection may miss a lease's ends (5).
//! `skew_s`: seconds by which a clock may be off unnoticed (60).
//! `error_share`: the share of look-ups that an error would send to another line (0.03).

use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use tutela_model::place::Digest;
use tutela_model::tables::{Access, Observed};
use tutela_model::time::DAY_US;
use tutela_model::words::Words as _;
use tutela_model::{Alternative, AlternativeState, Finding, Phrase, Statement, Strength};

use crate::usage::{AccountKey, AccountUse, SKEW_US, SLACK_US, Support, Usage};
use crate::zone_shift::Clock;

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "attribution.line",
        it: "{connections|connessione|connessioni} dell'account {platform}/{account} in {sessions|sessione|sessioni} \
             provengono da indirizzi che {operator} ha assegnato alla sola utenza {line}; sono il {coverage_percent}% \
             delle sue connessioni con orario",
        en: "{connections|connection|connections} of account {platform}/{account} in {sessions|session|sessions} came \
             from addresses that {operator} had assigned to line {line} alone; they are {coverage_percent}% of its \
             connections with a time",
    },
    Statement {
        key: "attribution.line_unstable",
        it: "{connections|connessione|connessioni} dell'account {platform}/{account} in {sessions|sessione|sessioni} \
             provengono da indirizzi che {operator} ha assegnato alla sola utenza {line}; sono il {coverage_percent}% \
             delle sue connessioni con orario; non contate a sostegno: {unstable|altra|altre}, che con un'altra lettura \
             possibile degli orari ({unstable_under}) cadrebbero su un'altra utenza",
        en: "{connections|connection|connections} of account {platform}/{account} in {sessions|session|sessions} came \
             from addresses that {operator} had assigned to line {line} alone; they are {coverage_percent}% of its \
             connections with a time; not counted as support: {unstable|other|others}, which would fall on another line \
             under another possible reading of the times ({unstable_under})",
    },
    Statement {
        key: "attribution.peer",
        it: "{connections|osservazione|osservazioni} del peer {platform}/{account} in {sessions|sessione|sessioni}, con \
             l'osservatore collegato, da indirizzi che {operator} ha assegnato alla sola utenza {line}; sono il \
             {coverage_percent}% delle sue osservazioni con orario; che cosa fece: scaricamento da questo solo peer \
             {downloaded}, file offerto {offered}, elenco dei suoi file {browse}, indicato da altri {listed}, ricerca \
             {searched}, non detto {unsaid}; non contate a sostegno, perché con un'altra lettura possibile degli orari \
             cadrebbero altrove: {unstable}",
        en: "{connections|sighting|sightings} of peer {platform}/{account} in {sessions|session|sessions}, with the \
             observer connected, came from addresses that {operator} had assigned to line {line} alone; they are \
             {coverage_percent}% of its sightings with a time; what it did: download from this peer alone {downloaded}, \
             file offered {offered}, list of its files {browse}, named by others {listed}, search {searched}, not said \
             {unsaid}; not counted as support, because they would fall elsewhere under another possible reading of the \
             times: {unstable}",
    },
    Statement {
        key: "attribution.for.peer",
        it: "il programma con il numero {platform}/{account} è stato in rete attraverso l'utenza {line} di {operator}",
        en: "the program with the number {platform}/{account} was on its network through line {line} of {operator}",
    },
    Statement {
        key: "attribution.against.peer",
        it: "le registrazioni indicano questa utenza per un errore di orario o di ricerca, e il programma era altrove",
        en: "the records name this line by an error of time or look-up, and the program was elsewhere",
    },
    Statement {
        key: "attribution.for",
        it: "l'account {platform}/{account} è stato usato attraverso l'utenza {line} di {operator}",
        en: "account {platform}/{account} was used through line {line} of {operator}",
    },
    Statement {
        key: "attribution.against",
        it: "le registrazioni indicano questa utenza per un errore di orario o di ricerca, e l'account è stato usato \
             altrove",
        en: "the records name this line by an error of time or look-up, and the account was used elsewhere",
    },
    Statement {
        key: "attribution.refuted_by.repeat",
        it: "una ricerca ripetuta dall'operatore, con una domanda di controllo, che indica un'altra utenza",
        en: "a repeated look-up by the operator, with a control question, that names another line",
    },
    Statement {
        key: "attribution.zone.confirmed",
        it: "gli orari della risposta dell'operatore coincidono con le connessioni solo se letti così come sono scritti",
        en: "the times of the operator's answer agree with the connections only as written",
    },
    Statement {
        key: "attribution.zone.decided",
        it: "un ufficiale ha deciso che gli orari della risposta valgono così come sono scritti",
        en: "an officer decided that the answer's times stand as written",
    },
    Statement {
        key: "attribution.zone.moved",
        it: "gli orari della risposta sono stati spostati per decisione di un ufficiale",
        en: "the answer's times were moved by an officer's decision",
    },
    Statement {
        key: "attribution.zone.stable",
        it: "gli orari della risposta sono in discussione; sono contate solo le connessioni che cadono su questa utenza \
             con ciascuna delle letture possibili",
        en: "the times of the answer are in question; only connections were counted that fall on this line under each of \
             the possible readings",
    },
    Statement {
        key: "attribution.refuted_by.plan",
        it: "una conferma scritta dell'operatore che in quel periodo i parametri del NAT erano altri: per {computed} \
             connessioni l'utenza è calcolata dai parametri e non registrata",
        en: "the operator's written statement that the NAT's parameters were others at the time: for {computed} \
             connections the line is computed from the parameters and not recorded",
    },
    Statement {
        key: "attribution.zone.open",
        it: "i dati non bastano a escludere che gli orari della risposta siano in un altro fuso",
        en: "the data do not suffice to exclude that the answer's times are in another zone",
    },
    Statement {
        key: "attribution.typing.unlikely",
        it: "{sessions} sessioni distinte indicano la stessa utenza: un errore di trascrizione le avrebbe disperse",
        en: "{sessions} distinct sessions name the same line: a typing error would have scattered them",
    },
    Statement {
        key: "attribution.typing.open",
        it: "una sola sessione indica l'utenza: un errore di trascrizione darebbe lo stesso risultato",
        en: "one session names the line: a typing error would look the same",
    },
    Statement {
        key: "attribution.typing.controlled",
        it: "{sessions} sessioni distinte indicano la stessa utenza, e le risposte hanno superato domande di controllo",
        en: "{sessions} distinct sessions name the same line, and the answers passed control questions",
    },
];

/// The share of look-ups that an error sends to another line.
const ERROR_SHARE: f64 = 0.03;
/// log10 of 1/0.03 in millibans: what each session contributes.
const SESSION: i32 = 1523;
/// The most for a single connection: weak.
pub const ONE_CONNECTION: i32 = 900;
/// The most for one session: moderate.
pub const ONE_SESSION: i32 = 1900;
/// The most that records of lines can give: a likelihood ratio of 10,000.
const LINES_AT_MOST: i32 = 4000;
/// The share of connections whose line an error names, where one line fits: the posterior never passes its complement.
const RESIDUAL_ERROR: f64 = 0.003;

/// Runs the analysis.
#[must_use]
pub fn run(usage: &Usage, clocks: &BTreeMap<Digest, Clock>, controlled: &BTreeSet<Digest>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (key, account) in &usage.accounts {
        for (line, support) in &account.lines {
            let mut finding = finding(usage, clocks, key, account, *line, support);
            let answer_of = |lease: &u32| usage.index.held(*lease).answer as usize;
            let answers =
                || support.leases.values().map(answer_of).map(|answer| usage.index.answers[answer].source);
            if support.sessions.len() > 1 && answers().all(|answer| controlled.contains(&answer)) {
                let typing = finding.alternatives.iter_mut().filter(|other| other.kind == "typing_error");
                typing.for_each(|typing| typing.why.key = "attribution.typing.controlled".to_owned());
            }
            findings.push(finding);
        }
    }
    findings
}

/// Strength at the level of the line.
#[must_use]
pub fn strength(n_connections: u64, n_sessions: u64) -> Strength {
    let sum = SESSION.saturating_mul(i32::try_from(n_sessions).unwrap_or(i32::MAX));
    Strength(match (n_connections, n_sessions) {
        (..=1, _) => ONE_CONNECTION,
        (_, ..=1) => sum.min(ONE_SESSION),
        _ => sum.min(LINES_AT_MOST),
    })
}

fn finding(
    usage: &Usage,
    clocks: &BTreeMap<Digest, Clock>,
    key: &AccountKey,
    account: &AccountUse,
    line: u32,
    support: &Support,
) -> Finding {
    let line_key = &usage.index.lines[line as usize];
    let n_sessions = support.sessions.len() as u64;
    let n = support.tally.n;
    let coverage = ratio(n, account.n_timed);
    let (first_us, last_us) = support.tally.span_us.unwrap_or_default();
    let clock = weakest_clock(usage, clocks, support);
    let n_shared = account.shared.get(&line).copied().unwrap_or(0);
    let unstable = account.unstable.get(&line);
    let under: Vec<&str> = unstable.into_iter().flat_map(BTreeMap::keys).map(|name| name.as_str()).collect();
    let is_peer = usage.peers.contains_key(key);
    let key_said = match (is_peer, unstable) {
        (true, _) => "attribution.peer",
        (false, Some(_)) => "attribution.line_unstable",
        (false, None) => "attribution.line",
    };
    let statement = Phrase::new(key_said)
        .with("platform", key.platform.as_str())
        .with("account", key.account.as_str())
        .with("operator", line_key.operator.as_str())
        .with("line", line_key.line.as_str())
        .with("connections", n)
        .with("sessions", n_sessions)
        .with("days", support.days.len())
        .with("span_days", (last_us - first_us).div_euclid(DAY_US))
        .with("first", tutela_model::time::utc(first_us))
        .with("last", tutela_model::time::utc(last_us))
        .with("posterior", rounded(posterior(n)))
        .with("coverage", rounded(coverage))
        .with("coverage_percent", (coverage * 100.0).round() as i64)
        .with("ambiguous", n_shared)
        .with("computed", support.n_computed)
        .with("unstable", unstable.map_or(0, |by_reading| by_reading.values().sum::<u64>()))
        .with("unstable_under", under)
        .with("access", support.access.map_or("unknown", Access::word))
        .with("zone_shift_s", clock.shift_s());
    let statement = if is_peer { with_observed(statement, support) } else { statement };
    let name = format!("{}\n{}", key.name(), line_key.name());
    let mut finding = Finding::new("attribution", &name, statement.clone());
    finding.strength = Some(strength(n, n_sessions));
    finding.propositions = ["for", "against"]
        .map(|side| format!("attribution.{side}{}", if is_peer { ".peer" } else { "" }))
        .map(|key| Phrase { key, ..statement.clone() })
        .into();
    finding.rows = support.tally.rows.rows(&usage.parts);
    let plans = || support.plans.iter().map(|plan| &usage.index.plans[*plan as usize].row);
    let leases = support.leases.values().flat_map(|lease| usage.index.rows(*lease));
    finding.rows.extend(plans().cloned());
    finding.rows.extend(leases.filter(|row| !plans().any(|plan| plan == row)));
    finding.n_rows = n + n_sessions + support.plans.len() as u64;
    finding.alternatives = alternatives(clock, n_sessions);
    finding.refuted_by = vec![Phrase::new("attribution.refuted_by.repeat")];
    if support.n_computed > 0 {
        let others = Phrase::new("attribution.refuted_by.plan").with("computed", support.n_computed);
        finding.refuted_by.push(others);
    }
    finding.settings.insert("slack_s".to_owned(), json!(SLACK_US / 1_000_000));
    finding.settings.insert("skew_s".to_owned(), json!(SKEW_US / 1_000_000));
    finding.settings.insert("error_share".to_owned(), json!(ERROR_SHARE));
    finding
}

/// What a peer was seen to do, each with how often.
fn with_observed(statement: Phrase, support: &Support) -> Phrase {
    Observed::ALL.iter().fold(statement, |statement, observed| {
        let name = if *observed == Observed::Unknown { "unsaid" } else { observed.word() };
        statement.with(name, support.observed.get(observed).copied().unwrap_or(0))
    })
}

/// The clock that leaves most open among the answers that name the line.
fn weakest_clock(usage: &Usage, clocks: &BTreeMap<Digest, Clock>, support: &Support) -> Clock {
    weakest(usage, clocks, support.leases.values().map(|lease| usage.index.held(*lease).answer))
}

/// The clock that leaves most open among answers. From one in question nothing counts that its reading changes, so that
/// less is open than where the times were taken as written.
pub fn weakest(usage: &Usage, clocks: &BTreeMap<Digest, Clock>, answers: impl Iterator<Item = u32>) -> Clock {
    let rank = |clock: &Clock| match clock {
        Clock::Confirmed => 0,
        Clock::Moved(_) => 1,
        Clock::Decided => 2,
        Clock::Blocked(_) => 3,
        Clock::AsWritten => 4,
    };
    let sources = answers.map(|answer| usage.index.answers[answer as usize].source);
    let clock_of = |source| clocks.get(&source).copied().unwrap_or(Clock::AsWritten);
    sources.map(clock_of).max_by_key(rank).unwrap_or(Clock::AsWritten)
}

/// How it stands that an answer's times are in another zone.
pub fn wrong_zone(clock: Clock) -> Alternative {
    let (state, why) = match clock {
        Clock::Confirmed => (AlternativeState::Unlikely, "attribution.zone.confirmed"),
        Clock::Moved(_) => (AlternativeState::Checked, "attribution.zone.moved"),
        Clock::Decided => (AlternativeState::Checked, "attribution.zone.decided"),
        Clock::Blocked(_) => (AlternativeState::Unlikely, "attribution.zone.stable"),
        Clock::AsWritten => (AlternativeState::Open, "attribution.zone.open"),
    };
    Alternative { kind: "wrong_zone".to_owned(), state, why: Phrase::new(why) }
}

fn alternatives(clock: Clock, n_sessions: u64) -> Vec<Alternative> {
    let typing = if n_sessions > 1 {
        (AlternativeState::Unlikely, Phrase::new("attribution.typing.unlikely").with("sessions", n_sessions))
    } else {
        (AlternativeState::Open, Phrase::new("attribution.typing.open"))
    };
    vec![wrong_zone(clock), Alternative { kind: "typing_error".to_owned(), state: typing.0, why: typing.1 }]
}

/// The probability that a supporting connection came from this line.
///
/// Every one of them fits this line alone, so what is left is a residual error, and the doubt of few observations
/// (rule of succession for none wrong among n).
fn posterior(n: u64) -> f64 {
    (1.0 - RESIDUAL_ERROR) * (n as f64 + 1.0) / (n as f64 + 2.0).max(1.0)
}

/// A share.
#[must_use]
pub fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Four decimals, so that the text of a number does not depend on the machine.
#[must_use]
pub fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_connection_or_session_never_gives_strong_support() {
        assert_eq!(strength(1, 1).words_key(), "strength.weak");
        assert_eq!(strength(5_000, 1).words_key(), "strength.moderate");
        assert_eq!(strength(2, 2).words_key(), "strength.strong");
        assert_eq!(strength(5_000, 400), Strength(LINES_AT_MOST));
    }
}
