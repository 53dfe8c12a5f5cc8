//! Whether what was asked is what the records hold, and whether what was answered is what was asked.
//!
//! # What it shows
//! For each request that the operation keeps: questions that differ from the record that they were copied from, questions
//! that no answer covers, addresses in an answer that are one slip from one that was asked, and what the answers say to
//! control questions and to questions that were asked twice.
//!
//! # Why it matters
//! Of the errors that oversight bodies of the United Kingdom counted for 2017, a wrong address given by the applicant is
//! the largest single cause; in one case an operator's look-up by hand was wrong although the question was right.
//! For 2019 they report that a wrong year picked in a portal led to the arrest of somebody innocent.
//!
//! # What it does not show
//! Whether a question that no request holds was asked and answered rightly: where nothing was asked through the operation,
//! this analysis says nothing.
//! A control question that is answered rightly shows that the look-up was sound for that question.
//!
//! # Method and source
//! Questions are held against the row of `connection` or `sighting` that they cite, by received file and place: the
//! address as written and as read, the port, and the time as written and to the second.
//! An answer is one to a request when it knows an address that was asked and that no answer knew before (`known_from`).
//! A question is answered when a lease of such an answer holds its address and port at its time, with the slack of
//! `attribution`; a lease of another day or year does not.
//! A question to a platform, which is asked for ports, is answered when a record of the same access has one.
//! For a question without an answer the addresses that are one slip away (a digit exchanged, left out or added, or two
//! neighbouring digits in each other's place) are looked up at its time; what is found counts when it was neither asked
//! nor stands in any record.
//! A control question asks again what an earlier answer has settled, without a sign that it does; a repeated question asks
//! again what was asked before.
//! When an answer names another line than the one known, or answers to the same question differ, nothing is attributed
//! from the answer to the later request until an officer rejects the finding: accepted, the answer stays aside.
//! Blind repeats and control questions follow the causes of wrong attributions in the reports of the Interception of
//! Communications Commissioner's Office and of the Investigatory Powers Commissioner (United Kingdom, 2014 to 2019).
//!
//! # Settings
//! `slack_s`: seconds by which a question may miss a lease's ends (5).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, UInt16Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use tutela_model::address::{Address, Prefix, mask};
use tutela_model::field::address_at;
use tutela_model::finding::ROWS_LISTED;
use tutela_model::place::Digest;
use tutela_model::table::{Part, TableInfo, TablesError, all_rows};
use tutela_model::tables::{Connection, Request, Sighting};
use tutela_model::{Choice, Decisions, Finding, Phrase, RowRef, Statement, Table, Tables, Text};

use crate::lease_index::LeaseIndex;
use crate::usage::SLACK_US;

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "answer_check.retyped",
        it: "la richiesta {request} a {of} non è uguale alle registrazioni da cui è tratta: {n|domanda differisce|domande \
             differiscono} ({items}) per {fields:word}",
        en: "request {request} to {of} is not equal to the records that it was copied from: {n|question differs|questions \
             differ} ({items}) in {fields:word}",
    },
    Statement { key: "word.address", it: "indirizzo", en: "address" },
    Statement { key: "word.port", it: "porta", en: "port" },
    Statement { key: "word.time", it: "orario", en: "time" },
    Statement { key: "word.record", it: "registrazione non trovata", en: "record not found" },
    Statement {
        key: "answer_check.waiting",
        it: "nessuna risposta ricevuta riguarda gli indirizzi della richiesta {request} a {of} ({n|domanda|domande})",
        en: "no answer received concerns the addresses of request {request} to {of} ({n|question|questions})",
    },
    Statement {
        key: "answer_check.answered",
        it: "le risposte ricevute coprono ogni domanda della richiesta {request} a {of} ({n})",
        en: "the answers received cover every question of request {request} to {of} ({n})",
    },
    Statement {
        key: "answer_check.unanswered",
        it: "della richiesta {request} a {of} {open|domanda resta|domande restano} senza risposta su {n} ({items}): per \
             {other_time} la risposta ha l'indirizzo ma non per quell'istante (altro giorno o anno), per {missing} non ha \
             l'indirizzo",
        en: "of request {request} to {of} {open|question remains|questions remain} without an answer of {n} ({items}): for \
             {other_time} the answer has the address but not for that instant (another day or year), for {missing} it does \
             not have the address",
    },
    Statement {
        key: "answer_check.ports_open",
        it: "della richiesta {request} a {of} {open|domanda resta|domande restano} senza porta su {n} ({items})",
        en: "of request {request} to {of} {open|question remains|questions remain} without a port of {n} ({items})",
    },
    Statement {
        key: "answer_check.typed",
        it: "la risposta {file_said} riporta {n|indirizzo che non è stato chiesto e non figura|indirizzi che non sono stati \
             chiesti e non figurano} in alcuna connessione, e che con un solo errore di battitura si {n|ottiene|ottengono} \
             da uno chiesto e rimasto senza risposta: {slips}",
        en: "the answer {file_said} holds {n|address that was|addresses that were} neither asked nor seen in any connection, \
             and one slip of typing away from one that was asked and has no answer: {slips}",
    },
    Statement {
        key: "answer_check.control_wrong",
        it: "alla domanda di controllo {item} la risposta {file_said} indica l'utenza {named}, mentre quella già nota è \
             {known} ({wrong} di {controls} domande di controllo); finché un ufficiale non respinge questo rilievo, da \
             questa risposta non si attribuisce nulla",
        en: "to control question {item} the answer {file_said} names line {named}, while the one known already is {known} \
             ({wrong} of {controls} control questions); until an officer rejects this finding, nothing is attributed from \
             this answer",
    },
    Statement {
        key: "answer_check.control_right",
        it: "la risposta {file_said} indica l'utenza già nota per {controls|domanda|domande} di controllo",
        en: "the answer {file_said} names the line known already for {controls|control question|control questions}",
    },
    Statement {
        key: "answer_check.repeat_differs",
        it: "alla stessa domanda ({repeat_of}, ripetuta come {item}) sono state date risposte diverse: {lines}; finché un \
             ufficiale non respinge questo rilievo, dalla risposta {file_said} non si attribuisce nulla",
        en: "the same question ({repeat_of}, asked again as {item}) was answered differently: {lines}; until an officer \
             rejects this finding, nothing is attributed from the answer {file_said}",
    },
    Statement {
        key: "answer_check.refuted_by",
        it: "una nuova ricerca dell'operatore, con i suoi registri originali, che conferma l'utenza già nota",
        en: "a new look-up by the operator, with its original logs, that confirms the line known already",
    },
];

/// What the analysis says.
#[derive(Default)]
pub struct Checks {
    /// Findings, by request and then by answer.
    pub findings: Vec<Finding>,
    /// Answers from which nothing is attributed.
    pub aside: BTreeSet<Digest>,
    /// Answers that named the known line for each control question that they cover.
    pub controlled: BTreeSet<Digest>,
}

/// Whether a finding of this analysis waits for an officer: an answer is set aside.
#[must_use]
pub fn sets_aside(finding: &Finding) -> bool {
    ["answer_check.control_wrong", "answer_check.repeat_differs"].contains(&finding.statement.key.as_str())
}

/// Runs the analysis.
///
/// # Errors
/// A stored table could not be read.
pub fn run(tables: &dyn Tables, index: &LeaseIndex, decisions: &Decisions) -> Result<Checks, TablesError> {
    let mut items: Vec<Item> = all_rows::<Request>(tables)?
        .into_iter()
        .map(|(source, asked)| Item::of(index, source, asked))
        .collect();
    let mut checks = Checks::default();
    if items.is_empty() {
        return Ok(checks);
    }
    let records = records(tables, &items)?;
    answers_of_platforms(tables, &mut items, &records)?;
    let mut requests: BTreeMap<&Text, Vec<&Item>> = BTreeMap::new();
    for item in &items {
        requests.entry(&item.asked.request).or_default().push(item);
    }
    for (request, of_request) in &requests {
        checks.findings.extend(retyped(request, of_request, &records));
        checks.findings.push(coverage(request, of_request));
    }
    checks.findings.extend(typed(tables, index, &items)?);
    controls(&items, index, &mut checks);
    repeats(&requests, &items, index, &mut checks);
    for finding in checks.findings.iter_mut().filter(|finding| sets_aside(finding)) {
        finding.refuted_by.push(Phrase::new("answer_check.refuted_by"));
    }
    let waiting = checks.findings.iter().filter(|finding| sets_aside(finding));
    let stand = waiting.filter(|finding| decisions.get(&finding.id) != Some(&Choice::Reject));
    checks.aside = stand.filter_map(|finding| finding.text("source").parse().ok()).collect();
    checks.controlled.retain(|answer| !checks.aside.contains(answer));
    for finding in &mut checks.findings {
        finding.settings.insert("slack_s".to_owned(), (SLACK_US / 1_000_000).into());
    }
    Ok(checks)
}

/// A question, with what the answers say to it.
struct Item {
    asked: Request,
    row: RowRef,
    /// Answers that know the address now and did not when the question was asked.
    knowing: Vec<usize>,
    /// The lines that these answers name for the question, and the leases that say so.
    lines: BTreeMap<usize, BTreeSet<u32>>,
    leases: Vec<u32>,
    /// Whether a platform was asked, and then whether some record of the same access has a port.
    of_platform: Option<bool>,
}

impl Item {
    fn of(index: &LeaseIndex, source: Digest, asked: Request) -> Self {
        let known_from: Vec<&str> = asked.known_from.as_deref().unwrap_or_default().split(' ').collect();
        let is_new = |answer: usize| !known_from.contains(&index.answers[answer].source.hex().as_str());
        let mut knowing = index.answers_knowing(asked.address.address);
        knowing.retain(|answer| is_new(*answer));
        let mut leases = leases_at(index, asked.address.address, &asked);
        leases.retain(|lease| is_new(index.held(*lease).answer as usize));
        let mut lines: BTreeMap<usize, BTreeSet<u32>> = BTreeMap::new();
        for held in leases.iter().map(|lease| index.held(*lease)) {
            lines.entry(held.answer as usize).or_default().insert(held.line);
        }
        Self {
            row: RowRef::new(&Request::INFO, source, &asked.place),
            asked,
            knowing,
            lines,
            leases,
            of_platform: None,
        }
    }

    /// As statements name it: `R-001/3`.
    fn name(&self) -> String {
        format!(
            "{}/{}",
            self.asked.request,
            self.asked.item.map_or_else(String::new, |item| item.to_string())
        )
    }

    fn is_answered(&self) -> bool {
        self.of_platform.unwrap_or(!self.lines.is_empty())
    }
}

/// The leases that held an address, and the port asked, at the second asked.
pub(crate) fn leases_at(index: &LeaseIndex, address: Address, asked: &Request) -> Vec<u32> {
    let mut leases = Vec::new();
    let (low_us, high_us) = (asked.at.at_us - SLACK_US, asked.at.at_us + 999_999 + SLACK_US);
    index.at(address, asked.port, (low_us, high_us), &mut leases);
    leases
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> &'a ArrayRef {
    batch.column_by_name(name).expect("the scan hands out the columns asked for")
}

/// What a record says of where a connection came from, and when.
struct Record {
    /// The table that it stands in.
    table: &'static str,
    /// The platform, or the network of a sighting.
    platform: Text,
    address: Option<Address>,
    address_said: Text,
    port: Option<u16>,
    at_us: Option<i64>,
    at_said: Text,
}

type Records = BTreeMap<(String, String), Vec<Record>>;

/// The records that the questions cite, by received file and place.
fn records(tables: &dyn Tables, items: &[Item]) -> Result<Records, TablesError> {
    let mut wanted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for item in items {
        wanted.entry(&item.asked.from_source).or_default().insert(&item.asked.from_place);
    }
    let mut records = Records::new();
    for (table, platform) in RECORDS {
        for part in tables.parts(&table) {
            if let Some(places) = wanted.get(part.source.hex().as_str()) {
                add_records(tables, (&table, platform), (&part, places), &mut records)?;
            }
        }
    }
    Ok(records)
}

/// The tables whose records are asked about, each with the column of the platform or the network.
const RECORDS: [(TableInfo, &str); 2] = [(Connection::INFO, "platform"), (Sighting::INFO, "network")];

/// Adds the records of a part at some places.
fn add_records(
    tables: &dyn Tables,
    (table, platform): (&TableInfo, &str),
    (part, places): (&Part, &BTreeSet<&str>),
    records: &mut Records,
) -> Result<(), TablesError> {
    let columns = ["address", "address_said", "port", "at", "at_said", "place", platform];
    let source = part.source.hex();
    tables.scan(table, part, &columns, &mut |batch| {
        let text = |name| column(&batch, name).as_string::<i32>();
        let ports = column(&batch, "port").as_primitive::<UInt16Type>();
        let times = column(&batch, "at").as_primitive::<TimestampMicrosecondType>();
        for row_idx in 0..batch.num_rows() {
            let place = text("place").value(row_idx);
            if places.contains(place) {
                let record = Record {
                    table: table.name,
                    platform: text(platform).value(row_idx).into(),
                    address: address_at(column(&batch, "address"), row_idx),
                    address_said: text("address_said").value(row_idx).into(),
                    port: ports.is_valid(row_idx).then(|| ports.value(row_idx)),
                    at_us: times.is_valid(row_idx).then(|| times.value(row_idx)),
                    at_said: text("at_said").value(row_idx).into(),
                };
                records.entry((source.clone(), place.to_owned())).or_default().push(record);
            }
        }
        ControlFlow::Continue(())
    })
}

/// Marks the questions that went to a platform, and those of them to which it gave the port: a further record of the same
/// access has one.
fn answers_of_platforms(
    tables: &dyn Tables,
    items: &mut [Item],
    records: &Records,
) -> Result<(), TablesError> {
    let mut wanted: BTreeMap<(Address, i64), Vec<usize>> = BTreeMap::new();
    for (idx, item) in items.iter_mut().enumerate() {
        let asked = &item.asked;
        let cited = records.get(&(asked.from_source.to_string(), asked.from_place.to_string()));
        if cited.into_iter().flatten().any(|record| record.platform == asked.of) {
            wanted.entry((asked.address.address, second(asked.at.at_us))).or_default().push(idx);
            item.of_platform = Some(false);
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    for part in tables.parts(&Connection::INFO) {
        tables.scan(&Connection::INFO, &part, &["address", "port", "at", "platform"], &mut |batch| {
            let addresses = column(&batch, "address");
            let ports = column(&batch, "port").as_primitive::<UInt16Type>();
            let times = column(&batch, "at").as_primitive::<TimestampMicrosecondType>();
            let platforms = column(&batch, "platform").as_string::<i32>();
            for row_idx in (0..batch.num_rows()).filter(|row_idx| ports.is_valid(*row_idx)) {
                let Some(address) = address_at(addresses, row_idx) else { continue };
                let same = wanted.get(&(address, second(times.value(row_idx))));
                for idx in same.into_iter().flatten() {
                    let given = platforms.value(row_idx) == items[*idx].asked.of.as_str();
                    items[*idx].of_platform = items[*idx].of_platform.map(|before| before || given);
                }
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(())
}

fn second(at_us: i64) -> i64 {
    at_us.div_euclid(1_000_000)
}

/// What a question has otherwise than the record that it cites.
fn differences(asked: &Request, records: &Records) -> Vec<&'static str> {
    let cited = records.get(&(asked.from_source.to_string(), asked.from_place.to_string()));
    let of_record = |record: &Record| {
        let address =
            record.address == Some(asked.address.address) && record.address_said == asked.address.said;
        let as_written = asked.at_in_record.as_ref().is_none_or(|said| *said == record.at_said);
        let time = record.at_us.map(second) == Some(second(asked.at.at_us)) && as_written;
        let same = [("address", address), ("port", record.port == asked.port), ("time", time)];
        same.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect::<Vec<_>>()
    };
    // A place may hold several records; the question is one of them.
    cited.into_iter().flatten().map(of_record).min_by_key(Vec::len).unwrap_or_else(|| vec!["record"])
}

fn about(key: &str, request: &Text, items: &[&Item]) -> Phrase {
    let of: BTreeSet<&str> = items.iter().map(|item| item.asked.of.as_str()).collect();
    Phrase::new(key).with("request", request.as_str()).with("of", of.into_iter().collect::<Vec<_>>())
}

/// The numbers of questions, the first of many.
fn numbers<'a>(items: impl Iterator<Item = &'a Item>) -> Vec<String> {
    const NAMED: usize = 20;
    let mut numbers: Vec<u32> = items.filter_map(|item| item.asked.item).collect();
    numbers.sort_unstable();
    let more = numbers.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| format!("+{more}"));
    numbers.iter().take(NAMED).map(ToString::to_string).chain(more).collect()
}

fn retyped(request: &Text, items: &[&Item], records: &Records) -> Option<Finding> {
    let differing: Vec<(&Item, Vec<&str>)> = items
        .iter()
        .map(|item| (*item, differences(&item.asked, records)))
        .filter(|(_, fields)| !fields.is_empty())
        .collect();
    let fields: BTreeSet<&str> = differing.iter().flat_map(|(_, fields)| fields).copied().collect();
    let statement = about("answer_check.retyped", request, items)
        .with("n", differing.len())
        .with("items", numbers(differing.iter().map(|(item, _)| *item)))
        .with("fields", fields.into_iter().collect::<Vec<_>>());
    let mut finding = Finding::new("answer_check", request, statement);
    let listed = || differing.iter().take(ROWS_LISTED);
    finding.rows = listed().map(|(item, _)| item.row.clone()).collect();
    finding.n_rows = differing.len() as u64;
    let cited = listed().filter_map(|(item, _)| {
        let (source, place) = (item.asked.from_source.to_string(), item.asked.from_place.to_string());
        let table = records.get(&(source.clone(), place.clone()))?.first()?.table.to_owned();
        Some(RowRef { table, source, place })
    });
    finding.against = cited.collect();
    finding.n_against = differing.iter().filter(|(_, fields)| fields[..] != ["record"]).count() as u64;
    (!differing.is_empty()).then_some(finding)
}

/// Whether the answers cover the questions of a request.
fn coverage(request: &Text, items: &[&Item]) -> Finding {
    let open: Vec<&Item> = items.iter().copied().filter(|item| !item.is_answered()).collect();
    let is_concerned = |item: &&Item| !item.knowing.is_empty();
    let key = match (open.is_empty(), items.iter().any(|item| item.of_platform.is_some())) {
        (true, _) => "answer_check.answered",
        (false, true) => "answer_check.ports_open",
        (false, false) if items.iter().copied().any(|item| is_concerned(&item)) => "answer_check.unanswered",
        (false, false) => "answer_check.waiting",
    };
    let other_time = open.iter().copied().filter(is_concerned).count();
    let statement = about(key, request, items)
        .with("n", items.len())
        .with("open", open.len())
        .with("other_time", other_time)
        .with("missing", open.len() - other_time)
        .with("items", numbers(open.iter().copied()));
    let mut finding = Finding::new("answer_check", request, statement);
    let stand_on = if open.is_empty() { items } else { &open[..] };
    finding.rows = stand_on.iter().take(ROWS_LISTED).map(|item| item.row.clone()).collect();
    finding.n_rows = stand_on.len() as u64;
    finding
}

/// The addresses that one slip of typing makes of another.
fn slips(address: Address) -> BTreeSet<Address> {
    let text = address.to_string();
    let digits = if address.is_v4() { "0123456789" } else { "0123456789abcdef" };
    let mut slips = BTreeSet::new();
    let mut add = |slip: String| slips.extend(slip.parse::<Address>());
    for at in 0..=text.len() {
        let (before, after) = text.split_at(at);
        digits.chars().for_each(|digit| add(format!("{before}{digit}{after}")));
        let mut rest = after.chars();
        let Some(first) = rest.next().filter(|first| digits.contains(*first)) else { continue };
        let rest = rest.as_str();
        add(format!("{before}{rest}"));
        digits.chars().for_each(|digit| add(format!("{before}{digit}{rest}")));
        if let Some(second) = rest.chars().next().filter(|second| digits.contains(*second)) {
            add(format!("{before}{second}{first}{}", &rest[1..]));
        }
    }
    slips.remove(&address);
    slips
}

/// Leases of addresses that nobody asked and no connection has, each one slip from an address without an answer.
fn typed(tables: &dyn Tables, index: &LeaseIndex, items: &[Item]) -> Result<Vec<Finding>, TablesError> {
    let mut found: BTreeMap<u32, &Item> = BTreeMap::new();
    for item in items.iter().filter(|item| !item.is_answered() && item.of_platform.is_none()) {
        for slip in slips(item.asked.address.address) {
            for lease in leases_at(index, slip, &item.asked) {
                found.entry(lease).or_insert(item);
            }
        }
    }
    let asked: Vec<Address> = items.iter().map(|item| item.asked.address.address).collect();
    found.retain(|lease, _| !asked.iter().any(|address| index.prefix(*lease).holds(*address)));
    let prefixes: BTreeSet<Prefix> = found.keys().map(|lease| index.prefix(*lease)).collect();
    let seen = seen_in_records(tables, prefixes)?;
    found.retain(|lease, _| !seen.contains(&index.prefix(*lease)));
    let mut by_answer: BTreeMap<usize, Vec<(u32, &Item)>> = BTreeMap::new();
    for (lease, item) in found {
        by_answer.entry(index.held(lease).answer as usize).or_default().push((lease, item));
    }
    let finding = |(answer, leases): (usize, Vec<(u32, &Item)>)| {
        let slips: BTreeSet<String> = leases
            .iter()
            .map(|(lease, item)| {
                format!("{} ← {} ({})", index.prefix(*lease).low, item.asked.address.said, item.name())
            })
            .collect();
        let statement = of_answer("answer_check.typed", index, answer)
            .with("n", slips.len())
            .with("slips", slips.into_iter().take(ROWS_LISTED).collect::<Vec<_>>());
        let mut finding = Finding::new("answer_check", &index.answers[answer].source.hex(), statement);
        let rows = leases.iter().flat_map(|(lease, item)| index.rows(*lease).chain([item.row.clone()]));
        finding.rows = rows.take(ROWS_LISTED).collect();
        finding.n_rows = 2 * leases.len() as u64;
        finding
    };
    Ok(by_answer.into_iter().map(finding).collect())
}

/// Those of some prefixes that hold the address of a connection or a sighting.
fn seen_in_records(tables: &dyn Tables, prefixes: BTreeSet<Prefix>) -> Result<BTreeSet<Prefix>, TablesError> {
    let mut seen = BTreeSet::new();
    if prefixes.is_empty() {
        return Ok(seen);
    }
    let lengths: BTreeSet<u8> = prefixes.iter().map(|prefix| prefix.bits_128()).collect();
    let by_low: BTreeMap<(u8, u128), Prefix> =
        prefixes.into_iter().map(|prefix| ((prefix.bits_128(), prefix.low.0), prefix)).collect();
    for (table, _) in RECORDS {
        for part in tables.parts(&table) {
            tables.scan(&table, &part, &["address"], &mut |batch| {
                let addresses = column(&batch, "address");
                for address in (0..batch.num_rows()).filter_map(|row_idx| address_at(addresses, row_idx)) {
                    let holding =
                        lengths.iter().filter_map(|bits| by_low.get(&(*bits, address.0 & mask(*bits))));
                    seen.extend(holding.copied());
                }
                ControlFlow::Continue(())
            })?;
        }
    }
    Ok(seen)
}

fn of_answer(key: &str, index: &LeaseIndex, answer: usize) -> Phrase {
    let source = index.answers[answer].source.hex();
    Phrase::new(key).with("file_said", format!("sha256:{}…", &source[..12])).with("source", source)
}

/// A control question, the line that is known, and the lines that an answer names.
type Said<'a> = (&'a Item, &'a str, Vec<String>);

/// Holds answers to control questions against the lines that are known.
fn controls(items: &[Item], index: &LeaseIndex, checks: &mut Checks) {
    let mut by_answer: BTreeMap<usize, Vec<Said<'_>>> = BTreeMap::new();
    for item in items {
        let Some(known) = item.asked.control_line.as_deref() else { continue };
        for (answer, lines) in &item.lines {
            let named = lines.iter().map(|line| index.lines[*line as usize].name()).collect();
            by_answer.entry(*answer).or_default().push((item, known, named));
        }
    }
    for (answer, of_answer_to) in by_answer {
        let source = index.answers[answer].source;
        let is_wrong = |(_, known, named): &&Said<'_>| named[..] != [*known];
        let wrong: Vec<_> = of_answer_to.iter().filter(is_wrong).collect();
        let statement = match wrong.first() {
            Some((item, known, named)) => of_answer("answer_check.control_wrong", index, answer)
                .with("item", item.name())
                .with("known", *known)
                .with("named", named.clone())
                .with("wrong", wrong.len()),
            None => of_answer("answer_check.control_right", index, answer),
        };
        if wrong.is_empty() {
            checks.controlled.insert(source);
        }
        let statement = statement.with("controls", of_answer_to.len());
        let mut finding = Finding::new("answer_check", &source.hex(), statement);
        let stand_on = of_answer_to.iter().filter(|one| wrong.is_empty() || is_wrong(one));
        let rows: Vec<RowRef> = stand_on.flat_map(|(item, ..)| rows_of(item, index, answer)).collect();
        finding.n_rows = rows.len() as u64;
        finding.rows = rows.into_iter().take(ROWS_LISTED).collect();
        checks.findings.push(finding);
    }
}

/// The question, and what an answer says to it.
fn rows_of(item: &Item, index: &LeaseIndex, answer: usize) -> Vec<RowRef> {
    let leases = item.leases.iter().filter(|lease| index.held(**lease).answer as usize == answer);
    std::iter::once(item.row.clone()).chain(leases.flat_map(|lease| index.rows(*lease))).collect()
}

/// Holds answers to a repeated question against those to the first one. What an address shared by many was asked without
/// a port has many answers, which say nothing here.
fn repeats(requests: &BTreeMap<&Text, Vec<&Item>>, items: &[Item], index: &LeaseIndex, checks: &mut Checks) {
    let by_name: BTreeMap<String, &Item> = items.iter().map(|item| (item.name(), item)).collect();
    let mut found: BTreeMap<usize, Finding> = BTreeMap::new();
    for item in items {
        let Some(repeat_of) = item.asked.repeat_of.as_deref() else { continue };
        let Some(first) = by_name.get(repeat_of) else { continue };
        let names_one = |lease: &&u32| {
            let held = index.held(**lease);
            let by_port = held.ports.is_some() && item.asked.port.is_some();
            by_port || (held.ports.is_none() && held.shared_by.is_none_or(|lines| lines < 2))
        };
        let leases: BTreeSet<u32> =
            first.leases.iter().chain(&item.leases).filter(names_one).copied().collect();
        let line_of = |lease: &u32| index.lines[index.held(*lease).line as usize].name();
        let lines: BTreeSet<String> = leases.iter().map(line_of).collect();
        if lines.len() < 2 {
            continue;
        }
        // The answers to the later request are those that cover some other question of it too.
        let others = requests[&item.asked.request].iter().filter(|other| other.asked.repeat_of.is_none());
        let later: BTreeSet<usize> = others.flat_map(|other| other.knowing.iter().copied()).collect();
        for answer in item.lines.keys().copied().filter(|answer| later.contains(answer)) {
            let statement = of_answer("answer_check.repeat_differs", index, answer)
                .with("item", item.name())
                .with("repeat_of", repeat_of)
                .with("lines", lines.iter().cloned().collect::<Vec<_>>());
            let mut finding = Finding::new("answer_check", &index.answers[answer].source.hex(), statement);
            finding.rows = leases.iter().flat_map(|lease| index.rows(*lease)).collect();
            finding.n_rows = finding.rows.len() as u64;
            found.entry(answer).or_insert(finding);
        }
    }
    checks.findings.extend(found.into_values());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_one_digit_more_less_or_other_or_two_exchanged() {
        let slips = slips("198.51.100.12".parse().expect("an address"));
        let is_slip = |text: &str| slips.contains(&text.parse().expect("an address"));
        for slip in ["198.51.100.13", "198.51.100.1", "198.51.100.112", "198.51.100.21"] {
            assert!(is_slip(slip), "{slip}");
        }
        for other in ["198.51.100.12", "198.51.100.33", "203.0.113.12"] {
            assert!(!is_slip(other), "{other}");
        }
    }
}
