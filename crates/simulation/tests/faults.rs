//! Faults that are asked for: each changes what its label names, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use calamine::{Reader, Xlsx};
use jiff::civil::DateTime;
use tutela_simulation::faults::{FAULTS, Faults};
use tutela_simulation::{Memory, simulate, simulate_with};

type Files = BTreeMap<String, Vec<u8>>;
/// Rows of cells; the first row is line 1.
type Cells = Vec<Vec<String>>;

const SIZE: f64 = 0.06;

fn operation(seed: u64, size: f64, faults: &str) -> Files {
    let faults: Faults = faults.parse().expect("known faults");
    let mut memory = Memory::default();
    simulate_with("platform-connections", seed, size, &faults, &mut memory).expect("the size fits");
    memory.files()
}

fn without_faults(seed: u64, size: f64) -> Files {
    let mut memory = Memory::default();
    simulate("platform-connections", seed, size, &mut memory).expect("the size fits");
    memory.files()
}

/// A line of `truth/faults.csv`.
#[derive(Debug)]
struct Label {
    file: String,
    line: Option<usize>,
    fault: String,
    from: String,
    to: String,
}

fn labels(files: &Files) -> Vec<Label> {
    let text = String::from_utf8(files["truth/faults.csv"].clone()).expect("text");
    let label = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let [file, line, fault, _, from, to] = cells[..] else { panic!("six cells: {line}") };
        let [file, fault, from, to] = [file, fault, from, to].map(str::to_owned);
        Label { file, line: line.parse().ok(), fault, from, to }
    };
    let named = |label: &Label| FAULTS.iter().any(|(name, _)| *name == label.fault);
    text.lines().skip(1).map(label).filter(named).collect()
}

fn cells(path: &str, bytes: &[u8]) -> Cells {
    if path.ends_with(".xlsx") {
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).expect("a workbook");
        let sheet = workbook.worksheet_range("Risposta").expect("the sheet");
        let text = |cell: &calamine::Data| match cell {
            calamine::Data::DateTime(at) => format!("{:.6}", at.as_f64()),
            other => other.to_string(),
        };
        return sheet.rows().map(|row| row.iter().map(text).collect()).collect();
    }
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let separator = if path.ends_with(".tsv") { '\t' } else { ',' };
    let separator = if text.lines().nth(1).is_some_and(|line| line.contains(';')) { ';' } else { separator };
    let cell = |cell: &str| cell.trim_matches('"').to_owned();
    text.lines().map(|line| line.split(separator).map(cell).collect()).collect()
}

/// The paths whose bytes differ, but for the labels and the page that says how the files were made.
fn changed(right: &Files, wrong: &Files) -> Vec<String> {
    assert_eq!(right.keys().collect::<Vec<_>>(), wrong.keys().collect::<Vec<_>>());
    let told = ["truth/faults.csv", "README.txt"];
    right
        .iter()
        .filter(|(path, bytes)| wrong[*path] != **bytes && !told.contains(&path.as_str()))
        .map(|(path, _)| path.clone())
        .collect()
}

/// The cells that differ, by line from 1: column, what stood there, what stands there.
type Differing = BTreeMap<usize, Vec<(usize, String, String)>>;

fn differing(right: &Cells, wrong: &Cells) -> Differing {
    assert_eq!(right.len(), wrong.len(), "as many lines");
    let mut found = Differing::new();
    for (idx, (before, after)) in right.iter().zip(wrong).enumerate().filter(|(_, (a, b))| a != b) {
        assert_eq!(before.len(), after.len(), "as many cells in line {}", idx + 1);
        let pairs = before.iter().zip(after).enumerate().filter(|(_, (a, b))| a != b);
        found.insert(idx + 1, pairs.map(|(col, (a, b))| (col, a.clone(), b.clone())).collect());
    }
    found
}

/// Makes the same operation without and with a fault of rows, and hands each label with the cells that differ to
/// `check`; no line differs that no label names.
fn each_row(fault: &str, rate: &str, check: impl Fn(&Label, &[(usize, String, String)])) {
    let mut n_checked = 0;
    for seed in [3, 4] {
        let (right, wrong) = (without_faults(seed, SIZE), operation(seed, SIZE, &format!("{fault}={rate}")));
        let labels = labels(&wrong);
        assert!(labels.iter().all(|label| label.fault == fault));
        let named: BTreeSet<(&str, usize)> =
            labels.iter().map(|label| (label.file.as_str(), label.line.expect("a line"))).collect();
        let mut differs: BTreeMap<String, Differing> = BTreeMap::new();
        for path in changed(&right, &wrong) {
            let differing = differing(&cells(&path, &right[&path]), &cells(&path, &wrong[&path]));
            let file = path.rsplit('/').next().expect("a name");
            for line in differing.keys() {
                assert!(named.contains(&(file, *line)), "{fault}: {path}:{line} differs without a label");
            }
            differs.insert(file.to_owned(), differing);
        }
        for label in &labels {
            let of_file = differs.get(&label.file).unwrap_or_else(|| panic!("nothing differs: {label:?}"));
            let of_line = of_file.get(&label.line.expect("a line"));
            check(label, of_line.unwrap_or_else(|| panic!("nothing differs: {label:?}")));
            n_checked += 1;
        }
    }
    assert!(n_checked > 5, "{fault}: {n_checked} labels");
}

#[test]
fn without_faults_nothing_tells_that_there_could_be_some() {
    let files = without_faults(3, SIZE);
    assert!(files["truth/faults.csv"].starts_with(b"file,line,fault\n"));
    assert!(!String::from_utf8_lossy(&files["README.txt"]).contains("--faults"));
}

#[test]
fn a_mistyped_address_differs_in_one_digit() {
    each_row("typo", "0.05", |label, differing| {
        let [(_, from, to)] = differing else { panic!("one cell: {differing:?}") };
        assert_eq!((from, to), (&label.from, &label.to));
        let n_digits = from.chars().zip(to.chars()).filter(|(a, b)| a != b).count();
        assert_eq!((n_digits, from.len()), (1, to.len()), "{from} and {to}");
        assert!(to.starts_with("198.1") || to.starts_with("203.0.113."), "{to} belongs to nobody");
    });
}

#[test]
fn a_row_of_the_wrong_day_has_both_ends_on_the_day_before_or_after() {
    each_row("wrong-day", "0.05", |label, differing| {
        assert!(differing.len() <= 2, "beginning and end: {differing:?}");
        let day = |text: &str| text[..19].parse::<DateTime>().expect("a time");
        let hours = (day(&label.to) - day(&label.from)).get_hours()
            + 24 * (day(&label.to) - day(&label.from)).get_days();
        assert_eq!(hours.abs(), 24, "{label:?}");
    });
}

#[test]
fn a_billing_address_stands_where_the_installation_address_belongs() {
    each_row("billing-address", "0.3", |label, differing| {
        let [(_, from, to), role @ ..] = differing else { panic!("the address: {differing:?}") };
        // An operator that says in which role it names somebody says that this is where the bills go.
        match (label.file.as_str(), role) {
            ("alfanet-risposta.csv", [(_, _, role)]) => assert_eq!(role, "PAGANTE"),
            ("delta-risposta.csv", [(_, _, role)]) => assert_eq!(role, "bill payer"),
            (file, role) => assert!(role.is_empty(), "{file}: {role:?}"),
        }
        // Cells of Latin-1 and UTF-8 are compared by their ends, which are house numbers.
        let number = |text: &str| text.rsplit(' ').next().map(str::to_owned);
        assert_eq!((number(from), number(to)), (number(&label.from), number(&label.to)));
    });
}

#[test]
fn the_next_port_block_is_as_wide_and_right_beside() {
    each_row("next-port-block", "0.05", |label, differing| {
        let ports = |text: &str| {
            let (low, high) = text.split_once('-').expect("two ports");
            [low, high].map(|port| port.parse::<i64>().expect("a port"))
        };
        let ([low, high], [moved_low, moved_high]) = (ports(&label.from), ports(&label.to));
        assert_eq!(moved_low - low, moved_high - high);
        assert_eq!((moved_low - low).abs(), high - low + 1);
        let written = differing.iter().map(|(_, _, to)| to.clone()).collect::<Vec<_>>().join("-");
        assert_eq!(written, label.to);
    });
}

#[test]
fn a_dropped_port_leaves_the_address() {
    each_row("dropped-port", "0.02", |label, differing| {
        let [(_, from, to)] = differing else { panic!("one cell: {differing:?}") };
        let without = from.replace(&format!(":{}", label.from), "").replace(['[', ']'], "");
        assert!(to.is_empty() && *from == label.from || *to == without, "{label:?}: {from} became {to}");
    });
}

#[test]
fn a_self_reported_address_is_one_that_the_account_had_before() {
    each_row("self-reported", "0.02", |label, differing| {
        let address = |text: &str| text.split(' ').next().expect("an address").to_owned();
        assert_ne!(address(&label.from), address(&label.to));
        assert!(differing.iter().any(|(_, _, to)| to.contains(&address(&label.to))), "{differing:?}");
    });
}

#[test]
fn a_duplicated_row_stands_once_more_below_itself() {
    for seed in [3, 4] {
        let (right, wrong) = (without_faults(seed, SIZE), operation(seed, SIZE, "duplicated-row=0.05"));
        let labels = labels(&wrong);
        assert!(!labels.is_empty());
        for path in changed(&right, &wrong) {
            let mut wrong = cells(&path, &wrong[&path]);
            let mut lines: Vec<usize> = labels
                .iter()
                .filter(|label| path.ends_with(&label.file))
                .map(|label| label.line.expect("a line"))
                .collect();
            lines.sort_unstable();
            for line in lines.into_iter().rev() {
                assert_eq!(wrong[line - 1], wrong[line - 2], "{path}:{line}");
                wrong.remove(line - 1);
            }
            let mut right = cells(&path, &right[&path]);
            // Borea counts its rows at the end, the repeated ones too.
            let counted = |row: &Vec<String>| row[0].starts_with("Righe estratte");
            right.retain(|row| !counted(row));
            wrong.retain(|row| !counted(row));
            assert!(right == wrong, "{path} differs in more than rows written twice");
        }
    }
}

#[test]
fn a_truncated_row_is_the_beginning_of_the_whole_one() {
    for seed in [3, 4] {
        let (right, wrong) = (without_faults(seed, SIZE), operation(seed, SIZE, "truncated-row=0.05"));
        let labels = labels(&wrong);
        assert!(!labels.is_empty());
        for path in changed(&right, &wrong) {
            let lines = |files: &Files| -> Vec<Vec<u8>> {
                files[&path].split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
            };
            let (right, wrong) = (lines(&right), lines(&wrong));
            assert_eq!(right.len(), wrong.len(), "{path}");
            for (idx, (whole, cut)) in right.iter().zip(&wrong).enumerate() {
                let label =
                    labels.iter().find(|label| path.ends_with(&label.file) && label.line == Some(idx + 1));
                let to = label.map_or(format!("{} bytes", whole.len()), |label| label.to.clone());
                assert!(whole.starts_with(cut) && to == format!("{} bytes", cut.len()), "{path}:{}", idx + 1);
            }
        }
    }
}

#[test]
fn a_device_whose_clock_is_off_is_off_by_the_same_minutes_in_every_row() {
    let faults = "device-clock=1";
    let (right, wrong) = (without_faults(5, 0.3), operation(5, 0.3, faults));
    let labels = labels(&wrong);
    let path = "platforms/lumigram-sessions.tsv";
    assert_eq!(changed(&right, &wrong), [path]);
    let (right, wrong) = (cells(path, &right[path]), cells(path, &wrong[path]));
    let mut off_s: BTreeMap<(String, String), BTreeSet<i64>> = BTreeMap::new();
    for label in &labels {
        let line = label.line.expect("a line") - 1;
        let differing: Vec<usize> =
            (0..right[line].len()).filter(|col| right[line][*col] != wrong[line][*col]).collect();
        assert_eq!(differing, [1, 2], "beginning and end: {label:?}");
        let at_s = |text: &str| text.parse::<jiff::Timestamp>().expect("a time").as_second();
        let device = (right[line][0].clone(), right[line][5].clone());
        off_s.entry(device).or_default().insert(at_s(&label.to) - at_s(&label.from));
    }
    assert!(off_s.len() > 2, "{off_s:?}");
    for (device, off_s) in off_s {
        assert_eq!(off_s.len(), 1, "{device:?}: {off_s:?}");
        assert!(off_s.iter().all(|off_s| (120..=900).contains(&off_s.abs())), "{device:?}: {off_s:?}");
    }
}

#[test]
fn a_truncated_answer_is_the_beginning_of_the_whole_one_and_ends_inside_a_row() {
    for seed in 3..7 {
        let (right, wrong) = (without_faults(seed, SIZE), operation(seed, SIZE, "truncated-file"));
        let labels = labels(&wrong);
        let [label] = &labels[..] else { panic!("one label: {labels:?}") };
        let path = format!("operators/{}", label.file);
        assert_eq!(changed(&right, &wrong), [path.as_str()]);
        let (right, wrong) = (&right[&path], &wrong[&path]);
        assert!(right.starts_with(wrong) && wrong.len() < right.len());
        assert_ne!(wrong.last(), Some(&b'\n'));
        assert_eq!(label.to, format!("{} bytes", wrong.len()));
        assert_eq!(label.line, Some(cells(&path, wrong).len()));
    }
}

/// An instant that an answer's cell states, seconds since 1970 in UTC. Local times are read in Rome.
fn stated_s(path: &str, cell: &str) -> Option<i64> {
    let zone = jiff::tz::TimeZone::get("Europe/Rome").expect("the zone is compiled in");
    if path.ends_with(".xlsx") {
        let days: f64 = cell.parse().ok()?;
        return Some((days * 86_400.0).round() as i64 - 2_209_161_600);
    }
    if path.contains("borea") {
        let iso = format!("{}-{}-{}T{}", &cell[6..10], &cell[3..5], &cell[..2], &cell[11..]);
        return zone.to_timestamp(iso.parse::<DateTime>().ok()?).ok().map(jiff::Timestamp::as_second);
    }
    cell.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
}

/// The shift that a fault of the clock makes, given the instant and the offset of Rome; `None` where it moves days.
fn shift_s(fault: &str, offset_s: i64) -> Option<i64> {
    match fault {
        "zone+1h" => Some(3600),
        "zone-1h" => Some(-3600),
        "zone+2h" => Some(7200),
        "zone-2h" => Some(-7200),
        "summer-ignored" => Some(if offset_s == 7200 { -3600 } else { 0 }),
        "summer-always" => Some(if offset_s == 3600 { 3600 } else { 0 }),
        "local-as-utc" => Some(offset_s),
        "utc-as-local" => Some(-offset_s),
        _ => None,
    }
}

fn check_clock(fault: &str, seed: u64) {
    // Large enough that every operator has lines that were used.
    let size = 0.2;
    let rome = jiff::tz::TimeZone::get("Europe/Rome").expect("the zone is compiled in");
    let (right, wrong) = (without_faults(seed, size), operation(seed, size, fault));
    let labels = labels(&wrong);
    let [label] = &labels[..] else { panic!("one label: {labels:?}") };
    assert_eq!((label.fault.as_str(), label.line), (fault, None));
    let path = format!("operators/{}", label.file);
    assert_eq!(changed(&right, &wrong), [path.as_str()], "{fault} with seed {seed}");
    let columns = match label.file.as_str() {
        "alfanet-risposta.csv" => 1..=2,
        "borea-risposta.tsv" => 2..=3,
        _ => 4..=5,
    };
    for (line, differing) in differing(&cells(&path, &right[&path]), &cells(&path, &wrong[&path])) {
        for (column, from, to) in differing {
            assert!(columns.contains(&column), "{path}:{line} column {column}: {from} became {to}");
            let (Some(from_s), Some(to_s)) = (stated_s(&path, &from), stated_s(&path, &to)) else {
                panic!("times in {path}:{line}: {from} became {to}");
            };
            let at = jiff::Timestamp::from_second(from_s).expect("an instant");
            let offset_s = i64::from(rome.to_offset(at).seconds());
            match (shift_s(fault, offset_s), fault) {
                // The hour that the change of clocks skips or repeats is not told apart in local time.
                (Some(shift_s), _) => assert!(
                    to_s - from_s == shift_s || at.to_string().starts_with("2026-03-2"),
                    "{path}:{line}: {from} became {to}"
                ),
                (None, "wrong-year") => {
                    assert!((363..=366).contains(&((from_s - to_s) / 86_400)), "{from} became {to}");
                }
                (None, _) => {
                    let numbers = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<Vec<_>>();
                    let sorted = |text: &str| {
                        let mut numbers = numbers(text);
                        numbers.sort_unstable();
                        numbers
                    };
                    // Workbooks hold days as one number, and the swapped day may have another offset.
                    let same_digits = path.ends_with(".xlsx") || sorted(&from[..19]) == sorted(&to[..19]);
                    assert!(same_digits, "{path}:{line}: {from} became {to}");
                    assert_eq!((to_s - from_s).rem_euclid(3600), 0, "{path}:{line}");
                }
            }
        }
    }
}

#[test]
fn a_mistake_of_the_clock_moves_the_times_of_one_answer_and_nothing_else() {
    for (idx, (fault, _)) in FAULTS.iter().enumerate().skip_while(|(_, (fault, _))| *fault != "zone+1h") {
        // Two seeds mostly hit different answers.
        for seed in [3 + idx as u64, 40 + idx as u64] {
            check_clock(fault, seed);
        }
    }
}

#[test]
fn an_answer_takes_one_mistake_of_its_clock_and_all_of_rows_can_stand_together() {
    let mut seen = BTreeSet::new();
    for seed in 1..12 {
        let labels = labels(&operation(seed, SIZE, "all"));
        let of_files: Vec<&Label> = labels.iter().filter(|label| label.line.is_none()).collect();
        let files: BTreeSet<&str> = of_files.iter().map(|label| label.file.as_str()).collect();
        assert_eq!((of_files.len(), files.len()), (3, 3), "{of_files:?}");
        seen.extend(labels.into_iter().map(|label| label.fault));
    }
    let missing: Vec<&str> =
        FAULTS.iter().map(|(name, _)| *name).filter(|name| !seen.contains(*name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_same_seed_and_faults_give_the_same_bytes() {
    assert!(operation(5, SIZE, "all") == operation(5, SIZE, "all"));
}

#[test]
fn one_fault_more_does_not_move_the_others() {
    let (one, two) = (operation(6, SIZE, "typo=0.05"), operation(6, SIZE, "typo=0.05,dropped-port"));
    let typos = |files: &Files| {
        let all = labels(files);
        let typos = all.into_iter().filter(|label| label.fault == "typo");
        typos.map(|label| (label.file, label.line, label.to)).collect::<Vec<_>>()
    };
    assert_eq!(typos(&one), typos(&two));
}
