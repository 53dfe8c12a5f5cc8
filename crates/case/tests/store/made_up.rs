//! A made-up source for the tests of the store: one number a line, each a connection at that second.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tutela_case::{Authority, Case, CaseError, Limits, Outcome, Received, ToImport, Writer};
use tutela_ledger::key::{Algorithm, Signer};
use tutela_model::field::AddressSaid;
use tutela_model::source::Fit;
use tutela_model::tables::{Connection, Event, Problem, ProblemKind, Selector, SelectorKind, Stated};
use tutela_model::time::{Precision, utc};
use tutela_model::{Declared, Input, Reader, Refusal, Sink, Spot, Text, Time, ZoneKnown};

/// Reads lines: a number is a connection and, when even, a selector; `skip` is skipped; anything else is a problem.
pub const LINES: Reader = Reader {
    name: "made_up_lines",
    version: 1,
    about: "",
    tables: &["connection", "selector"],
    recognise: |_| Fit::Sure,
    read: read_lines,
};

fn read_lines(input: Input, declared: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let zone_shift_s = if declared.zone.is_some() { 3_600 } else { 0 };
    for (line, text) in (1..).zip(BufReader::new(input.bytes).lines()) {
        let text = text?;
        let place = Spot::Line(line);
        sink.record();
        sink.progress(line);
        match text.parse::<i64>() {
            _ if text == "skip" => sink.skip(&place, "said so"),
            _ if text == "local" => {
                return Err(Refusal::ZoneMissing { place, column: "at".to_owned(), found: text });
            }
            Ok(second) => {
                sink.row(connection(second + zone_shift_s, &place)?.into())?;
                if second % 2 == 0 {
                    sink.row(selector(second, place).into())?;
                }
            }
            Err(_) => {
                sink.problem(Problem::new(ProblemKind::BadValue, place, "second", "a number", &text))?
            }
        }
    }
    sink.note("encoding", "UTF-8");
    Ok(())
}

fn connection(second: i64, place: &Spot) -> Result<Connection, Refusal> {
    let at_us = 1_767_000_000_000_000 + second * 1_000_000;
    // Few addresses and no port, so that many rows share most of their key.
    let address = format!("192.0.2.{}", second.rem_euclid(7));
    Ok(Connection {
        platform: "agorachat".into(),
        account: Text::from(format!("u{}", second.rem_euclid(11))),
        event: Event::Login,
        address: AddressSaid::parse(&address).map_err(|_| Refusal::Declared(address))?,
        port: None,
        at: Some(Time {
            at_us,
            said: utc(at_us).into(),
            precision: Precision::Second,
            zone: ZoneKnown::InFormat,
        }),
        device: None,
        user_agent: (second % 3 == 0).then(|| Text::from("made up ".repeat(second.rem_euclid(5) as usize))),
        proxy_said: Stated::Unknown,
        place: place.clone(),
    })
}

fn selector(second: i64, place: Spot) -> Selector {
    Selector {
        owner_kind: tutela_model::tables::OwnerKind::Account,
        owner: Text::from(format!("agorachat/u{}", second.rem_euclid(11))),
        kind: SelectorKind::Nickname,
        value: Text::from(format!("nick{second}")),
        from: None,
        until: None,
        verified: Stated::Unknown,
        origin: tutela_model::tables::Origin::Stated,
        place,
    }
}

/// `n_lines` lines in an order that is not that of the key.
pub fn lines(n_lines: i64, seed: i64) -> String {
    (0..n_lines).map(|n| format!("{}\n", (n * 7_919 + seed) % n_lines.max(1))).collect()
}

pub fn at() -> jiff::Timestamp {
    "2026-03-01T20:00:00Z".parse().expect("an instant")
}

pub fn day(text: &str) -> jiff::civil::Date {
    text.parse().expect("a date")
}

pub fn go_on(_: usize, _: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// A new operation under an authority for March 2026.
pub fn operation(dir: &Path) -> Case {
    let authority = Authority::new("Decree 12/2026", day("2026-03-01"), day("2026-03-31"));
    Case::create(&dir.join("op"), "Made-up operation", "R. Rossi", &authority, at()).expect("a new folder")
}

pub fn write(dir: &Path, name: &str, content: &str) -> PathBuf {
    let path = dir.join(name);
    fs::write(&path, content).expect("the folder can be written to");
    path
}

pub fn receive(writer: &mut Writer, path: &Path) -> Result<Received, CaseError> {
    let basis = writer.case().basis(None, day("2026-03-01"))?;
    writer.receive(path, &basis, at(), &go_on)
}

pub fn item(received: Received) -> ToImport {
    ToImport { received, beside: Vec::new(), reader: LINES, declared: Declared::default() }
}

pub fn import(writer: &mut Writer, path: &Path, limits: Limits) -> Result<Outcome, CaseError> {
    let received = receive(writer, path)?;
    let basis = writer.case().basis(None, day("2026-03-01"))?;
    writer.import(item(received), &basis, at(), limits, &go_on)
}

/// The digest of every table file that counts, by path.
pub fn table_digests(case: &Case) -> BTreeMap<String, String> {
    let files = case.imports().into_iter().flat_map(|import| &import.tables);
    files.map(|file| (file.path.clone(), file.sha256.hex())).collect()
}

/// A witness with a made-up key.
pub fn witness() -> Signer {
    Signer::new("prosecutor.example/witness", Algorithm::Cosignature, &[3; 32]).expect("a name of a key")
}

/// Every file under a folder, in the order of their paths; none when there is no folder.
pub fn files_under(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => files.extend(files_under(&path)),
            false => files.push(path),
        }
    }
    files.sort();
    files
}
