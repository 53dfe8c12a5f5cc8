//! Measures the resolver: `link_speed COLUMNS [TRUTH] < FILE`, columns as `tutela link` takes them.
//!
//! With a column of truth it prints how good the sets are, on each half of the persons and on all.
//! Probabilities are calibrated on the first half and judged on the other.

#![expect(clippy::disallowed_methods, reason = "a measurement reads its arguments and streams")]

use std::io::{self, Read as _, Write as _};

use tutela_analyses::linkage::calibrate::{Calibration, Honesty, honesty};
use tutela_analyses::linkage::compare::{Column, Kind};
use tutela_analyses::linkage::measure::judge;
use tutela_analyses::linkage::resolve::{Resolved, Settings, resolve};
use tutela_analyses::linkage::scale::probability;

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut text = Vec::new();
    io::stdin().read_to_end(&mut text)?;
    let (columns, truth) = read(&text, &args[0], args.get(1).map(String::as_str));
    drop(text);
    let resolved = resolve(&columns, &[], &[], Settings::default());
    let mut out = io::stdout().lock();
    let (records, sets, pairs) = (resolved.of.len(), resolved.sets.margins.len(), resolved.scored.len());
    writeln!(out, "{records} records, {sets} sets of several, {pairs} pairs compared")?;
    if args.len() > 1 {
        write_figures(&mut out, &resolved, &truth)?;
    }
    Ok(())
}

fn read(text: &[u8], said: &str, truth: Option<&str>) -> (Vec<Column>, Vec<String>) {
    let mut reader = csv::Reader::from_reader(text);
    let header = reader.headers().expect("a heading").clone();
    let place = |name: &str| header.iter().position(|column| column == name).expect("a column of the file");
    let mut places = Vec::new();
    let mut columns = Vec::new();
    for (idx, said) in said.split(',').enumerate() {
        let (name, kind) = said.split_once(':').expect("column:kind");
        places.push(place(name));
        let kind = Kind::of_word(kind).expect("a kind");
        columns.push(Column { name: name.into(), kind, group: idx as u8, values: vec![] });
    }
    let truth = truth.map(place);
    let mut persons = Vec::new();
    for record in reader.records() {
        let record = record.expect("a record");
        for (column, place) in columns.iter_mut().zip(&places) {
            column.values.push(record[*place].to_owned());
        }
        persons.extend(truth.map(|truth| record[truth].to_owned()));
    }
    (columns, persons)
}

fn write_figures(out: &mut impl io::Write, resolved: &Resolved, said: &[String]) -> io::Result<()> {
    let mut persons: Vec<&String> = said.iter().collect();
    persons.sort();
    persons.dedup();
    let truth: Vec<u32> =
        said.iter().map(|person| persons.binary_search(&person).expect("it is in the list") as u32).collect();
    // FNV-1a of the person's name in the file: the same halves whatever the order of the rows.
    let chosen: Vec<bool> = persons
        .iter()
        .map(|person| {
            let hash = person.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
            hash >> 20 & 1 == 0
        })
        .collect();
    for (name, half) in [("first half", Some(true)), ("other half", Some(false)), ("all persons", None)] {
        let judged =
            judge(&resolved.of, &truth, |idx| half.is_none_or(|half| chosen[truth[idx] as usize] == half));
        let (precision, recall, f1) = (judged.precision(), judged.recall(), judged.f1());
        writeln!(out, "{name}: precision {precision}, recall {recall}, F1 {f1} of 1000; {judged:?}")?;
    }
    let person = |at: u32| truth[resolved.record(at) as usize];
    let pairs = |half: bool| -> Vec<(i32, bool)> {
        let of_half = |at: u32| chosen[person(at) as usize] == half;
        let pairs = resolved.scored.iter().filter(|(a, b, _)| of_half(*a) && of_half(*b));
        pairs.map(|(a, b, score)| (*score, person(*a) == person(*b))).collect()
    };
    let calibration = Calibration::fit(&pairs(true));
    let other = pairs(false);
    for (name, least) in [("all pairs compared", 0), ("pairs said to be above 1 %", 10_000)] {
        let asked = |score: i32| probability(score) >= least;
        let raw = || other.iter().copied().filter(|(score, _)| asked(*score));
        let fitted = raw().map(|(score, right)| (calibration.probability(score), right));
        let raw: Honesty = honesty(raw().map(|(score, right)| (probability(score), right)));
        writeln!(
            out,
            "other half, {name}: as learned {raw:?}, calibrated on the first half {:?}",
            honesty(fitted)
        )?;
    }
    Ok(())
}
