//! Measures the resolver on records with known truth: `link_speed generate N`, or `link_speed FILE COLUMNS TRUTH`.

use std::io::Write as _;

use tutela_analyses::linkage::calibrate::{Calibration, honesty};
use tutela_analyses::linkage::compare::{Column, Kind};
use tutela_analyses::linkage::measure::judge;
use tutela_analyses::linkage::resolve::{Settings, resolve};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let text = std::fs::read(&args[0]).expect("a file");
    let mut reader = csv::Reader::from_reader(&text[..]);
    let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let place = |name: &str| header.iter().position(|column| column == name).expect("a column");
    let mut columns: Vec<Column> = Vec::new();
    let mut places = Vec::new();
    for (idx, said) in args[1].split(',').enumerate() {
        let mut parts = said.split(':');
        let name = parts.next().expect("a name");
        let kind = Kind::of_word(parts.next().expect("a kind")).expect("a kind");
        let group = parts.next().map_or(idx as u8, |group| group.parse().expect("a number"));
        places.push(place(name));
        columns.push(Column { name: name.into(), kind, group, values: vec![] });
    }
    let truth_at = place(&args[2]);
    let mut truth_said = Vec::new();
    for record in reader.records() {
        let record = record.expect("a record");
        for (column, place) in columns.iter_mut().zip(&places) {
            column.values.push(record[*place].to_owned());
        }
        truth_said.push(record[truth_at].to_owned());
    }
    let mut names = truth_said.clone();
    names.sort();
    names.dedup();
    let truth: Vec<u32> =
        truth_said.iter().map(|name| names.binary_search(name).expect("collected") as u32).collect();
    let half = |person: u32| {
        names[person as usize].bytes().fold(7_u32, |h, b| h.wrapping_mul(31).wrapping_add(u32::from(b))) >> 3
            & 1
            == 0
    };

    let mut settings = Settings::default();
    for setting in &args[3..] {
        let (name, value) = setting.split_once('=').expect("name=value");
        let value: i64 = value.parse().expect("a number");
        match name {
            "join" => settings.join = value as i32,
            "thread" => settings.rules.thread = value as i32,
            "absent" => settings.rules.absent = value as i32,
            "cap" => settings.rules.cap = value as i32,
            "complete" => settings.rules.complete = value as usize,
            "pairs" => settings.limits.pairs = value as u64,
            "sharing" => settings.limits.sharing = value as u64,
            _ => panic!("{name}"),
        }
    }
    let started = std::time::Instant::now();
    let resolved = resolve(&columns, &[], settings);
    let took = started.elapsed();
    let mut out = std::io::stdout().lock();
    let mut say = |text: String| writeln!(out, "{text}").expect("stdout");
    say(format!("{took:?}, {} pairs, prior {}", resolved.scored.len(), resolved.model.prior));
    for capped in &resolved.capped {
        say(format!("{:?} {capped:?}", resolved.keys[capped.key].parts));
    }
    for (column, same) in resolved.columns.iter().zip(&resolved.model.same) {
        say(format!("{} {same:?}", column.name));
    }
    let mut possible = 0_u64;
    let mut of_truth = vec![0_u64; names.len()];
    truth.iter().for_each(|person| of_truth[*person as usize] += 1);
    of_truth.iter().for_each(|n| possible += n * (n.saturating_sub(1)) / 2);
    let person = |at: u32| truth[resolved.record(at) as usize];
    let found = resolved.scored.iter().filter(|(a, b, _)| person(*a) == person(*b)).count() as u64;
    say(format!("blocking recall {}/{possible} = {:.3}", found, found as f64 / possible as f64));
    for threshold in [-1000, 0, 500, 1000, 2000] {
        let above: Vec<_> = resolved.scored.iter().filter(|(_, _, score)| *score > threshold).collect();
        let right = above.iter().filter(|(a, b, _)| person(*a) == person(*b)).count();
        say(format!(
            "  edges > {threshold}: P {:.3} R {:.3}",
            right as f64 / above.len() as f64,
            right as f64 / possible as f64
        ));
    }
    let fit: Vec<(i32, bool)> = resolved
        .scored
        .iter()
        .filter(|(a, _, _)| half(person(*a)))
        .map(|(a, b, s)| (*s, person(*a) == person(*b)))
        .collect();
    let calibration = Calibration::fit(&fit);
    let rest = || resolved.scored.iter().filter(|(a, _, _)| !half(person(*a)));
    let raw = honesty(
        rest().map(|(a, b, s)| (tutela_analyses::linkage::scale::probability(*s), person(*a) == person(*b))),
    );
    let fitted = honesty(rest().map(|(a, b, s)| (calibration.probability(*s), person(*a) == person(*b))));
    say(format!("raw {raw:?} fitted {fitted:?}"));
    for (name, part) in [("tuned half", 0), ("other half", 1), ("whole", 2)] {
        let judged = judge(&resolved.of, &truth, |idx| part == 2 || half(truth[idx]) == (part == 0));
        say(format!("{name}: P {} R {} F1 {} {judged:?}", judged.precision(), judged.recall(), judged.f1()));
    }
    if std::env::var("DUMP").is_ok() {
        let mut file = std::fs::File::create("/tmp/linkdata/dump.csv").expect("dump");
        for (idx, set) in resolved.of.iter().enumerate() {
            writeln!(file, "{idx},{set},{}", truth[idx]).expect("dump");
        }
    }
    say(format!("notes {}", resolved.notes().len()));
}
