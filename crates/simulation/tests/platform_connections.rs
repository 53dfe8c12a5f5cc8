//! What every made-up `platform-connections` operation keeps: its counts, its address ranges, and answers that agree
//! with the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::net::{IpAddr, Ipv4Addr};

use calamine::{Data, DataType, Reader, Xlsx};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use tutela_simulation::{Memory, SimulationError, Summary, simulate};

type Files = BTreeMap<String, Vec<u8>>;

fn operation(seed: u64, size: f64) -> (Files, Summary) {
    let mut memory = Memory::default();
    let summary = simulate("platform-connections", seed, size, &mut memory).expect("the size fits");
    (memory.files(), summary)
}

fn text(files: &Files, path: &str) -> String {
    let bytes = files.get(path).unwrap_or_else(|| panic!("no file {path}"));
    String::from_utf8(bytes.clone()).expect("the file is UTF-8")
}

/// The cells of the rows below the header.
fn rows(files: &Files, path: &str) -> Vec<Vec<String>> {
    text(files, path).lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// Address and port of each good row of the logs and of each address event of the referrals, by source row.
fn recorded(files: &Files) -> BTreeMap<String, (IpAddr, Option<u16>)> {
    let faulty: BTreeSet<String> =
        rows(files, "truth/faults.csv").iter().map(|row| format!("{}:{}", row[0], row[1])).collect();
    let mut recorded = BTreeMap::new();
    let logs =
        [("agorachat-connections.csv", 1, 0), ("fotobox-accessi.csv", 2, 1), ("lumigram-sessions.tsv", 1, 0)];
    for (file, n_head, n_foot) in logs {
        let log = text(files, &format!("platforms/{file}"));
        let n_lines = log.lines().count();
        for (idx, line) in log.lines().enumerate().take(n_lines - n_foot).skip(n_head) {
            let place = format!("{file}:{}", idx + 1);
            if !faulty.contains(&place) {
                recorded.insert(place, address_of_row(file, line));
            }
        }
    }
    for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with("referrals/")) {
        let referral = String::from_utf8(bytes.clone()).expect("the referral is UTF-8");
        let file = path.trim_start_matches("referrals/");
        let (event, address, port) = if file.ends_with(".xml") {
            ("<ipCaptureEvent>", ["<ipAddress>", "</ipAddress>"], ["<port>", "</port>"])
        } else {
            ("\"captureType\": \"IP Address\"", ["\"value\": \"", "\""], ["\"port\": ", ","])
        };
        for (idx, part) in referral.split(event).skip(1).enumerate() {
            let part = part.split(['\n']).next().expect("an event stands on a line");
            let address =
                between(part, address).and_then(|text| text.parse().ok()).expect("an event has an address");
            let port = between(part, port).and_then(|text| text.parse().ok());
            recorded.insert(format!("{file}#{}", idx + 1), (address, port));
        }
    }
    recorded
}

fn address_of_row(file: &str, line: &str) -> (IpAddr, Option<u16>) {
    let cells: Vec<&str> = line.split([',', ';', '\t']).collect();
    let (address, port) = match file {
        "agorachat-connections.csv" => (cells[2], cells[3]),
        "lumigram-sessions.tsv" => (cells[3], cells[4]),
        _ => match (cells[2].strip_prefix('['), cells[2].matches(':').count()) {
            (Some(v6), _) => v6.split_once("]:").expect("brackets are closed"),
            (None, 1) => cells[2].split_once(':').expect("one colon"),
            (None, _) => (cells[2], ""),
        },
    };
    (address.parse().unwrap_or_else(|_| panic!("an address in {file}: {line}")), port.parse().ok())
}

fn between<'t>(text: &'t str, [before, after]: [&str; 2]) -> Option<&'t str> {
    text.split_once(before)?.1.split_once(after).map(|(inside, _)| inside)
}

/// A lease as an answer states it, in true time, milliseconds.
#[derive(Debug)]
struct Stated {
    address: IpAddr,
    bits: u8,
    ports: (u16, u16),
    from_ms: i64,
    until_ms: i64,
    line: String,
    tax_code: String,
}

impl Stated {
    fn holds(&self, address: IpAddr, port: Option<u16>, at_ms: i64) -> bool {
        network(address, self.bits) == self.address
            && port.is_none_or(|port| self.ports.0 <= port && port <= self.ports.1)
            && self.from_ms <= at_ms
            && at_ms < self.until_ms
    }
}

fn network(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & (u128::MAX << (128 - bits))).into()),
        v4 => v4,
    }
}

const OPEN: i64 = i64::MAX;

/// All leases of the four answers.
fn stated(files: &Files) -> Vec<Stated> {
    let mut all = Vec::new();
    for line in text(files, "operators/alfanet-risposta.csv").lines().skip(1) {
        let cells: Vec<&str> = line.split(';').collect();
        let (address, bits) = cells[0].split_once('/').unwrap_or((cells[0], "0"));
        all.push(Stated {
            address: address.parse().expect("an address"),
            bits: bits.parse().expect("a length"),
            ports: (0, u16::MAX),
            from_ms: zoned(cells[1]),
            until_ms: if cells[2].is_empty() { OPEN } else { zoned(cells[2]) },
            line: format!("alfanet/{}", cells[3]),
            tax_code: cells[6].to_owned(),
        });
    }
    let borea: String = files["operators/borea-risposta.tsv"].iter().map(|byte| char::from(*byte)).collect();
    for line in borea.lines().skip(2).filter(|line| !line.starts_with("Righe")) {
        let cells: Vec<&str> = line.split('\t').collect();
        let ports = cells[1].split_once('-').unwrap_or(("0", "65535"));
        all.push(Stated {
            address: cells[0].parse().expect("an address"),
            bits: 32,
            ports: (ports.0.parse().expect("a port"), ports.1.parse().expect("a port")),
            from_ms: rome(&day_first(cells[2])),
            until_ms: if cells[3].is_empty() { OPEN } else { rome(&day_first(cells[3])) },
            line: format!("borea/{}", cells[4]),
            tax_code: cells[6].to_owned(),
        });
    }
    all.extend(stated_by_cometa(files));
    for line in text(files, "operators/delta-risposta.csv").lines().skip(1) {
        let cells: Vec<&str> = line.trim_matches('"').split("\",\"").collect();
        all.push(Stated {
            address: cells[0].parse().expect("an address"),
            bits: 32,
            ports: (0, u16::MAX),
            // The operator writes the local time of Rome and says UTC.
            from_ms: rome(cells[1].trim_end_matches('Z')),
            until_ms: if cells[2].is_empty() { OPEN } else { rome(cells[2].trim_end_matches('Z')) },
            line: format!("delta/{}", cells[3]),
            tax_code: cells[5].to_owned(),
        });
    }
    all
}

fn stated_by_cometa(files: &Files) -> Vec<Stated> {
    let mut workbook: Xlsx<_> =
        Xlsx::new(Cursor::new(files["operators/cometa-risposta.xlsx"].clone())).expect("a workbook");
    assert_eq!(workbook.sheet_names(), ["Risposta", "Note interne"]);
    let sheet = workbook.worksheet_range("Risposta").expect("the sheet");
    let time = |cell: &Data| (cell.get_float().expect("a date and time") * 86_400.0).round() as i64 * 1000;
    let excel_to_unix_ms = -2_209_161_600_000;
    let port = |cell: &Data| cell.get_float().expect("a port") as u16;
    sheet
        .rows()
        .skip(3)
        .map(|row| {
            let number = |cell: &Data| match cell {
                Data::DateTime(at) => Data::Float(at.as_f64()),
                other => other.clone(),
            };
            let text = |idx: usize| row[idx].get_string().expect("a text").to_owned();
            Stated {
                address: text(1).parse().expect("an address"),
                bits: 32,
                ports: (port(&row[2]), port(&row[3])),
                from_ms: time(&number(&row[4])) + excel_to_unix_ms,
                until_ms: match &row[5] {
                    Data::Empty => OPEN,
                    cell => time(&number(cell)) + excel_to_unix_ms,
                },
                line: format!("cometa/{}", text(0).replace(' ', "")),
                tax_code: text(8),
            }
        })
        .collect()
}

fn zoned(text: &str) -> i64 {
    text.parse::<Timestamp>().expect("a time with its offset").as_millisecond()
}

fn rome(text: &str) -> i64 {
    let local: DateTime = text.parse().expect("a local time");
    let zone = TimeZone::get("Europe/Rome").expect("the zone is compiled in");
    zone.to_timestamp(local).expect("a time of this century").as_millisecond()
}

fn day_first(text: &str) -> String {
    format!("{}-{}-{}T{}", &text[6..10], &text[3..5], &text[..2], &text[11..])
}

/// Tax codes by role.
fn tax_codes(files: &Files, role: &str) -> BTreeSet<String> {
    rows(files, "truth/persons.csv")
        .into_iter()
        .filter(|row| row[3] == role)
        .map(|row| row[2].clone())
        .collect()
}

fn check_counts(seed: u64, size: f64, n_connections: usize, n_users: u32, n_precedents: u32) {
    let (files, summary) = operation(seed, size);
    let truth = rows(&files, "truth/connections.csv");
    let recorded = recorded(&files);
    assert_eq!(summary.connections, n_connections as u64, "seed {seed}");
    assert_eq!(truth.len(), n_connections);
    assert_eq!(recorded.len(), n_connections);
    assert!(truth.iter().all(|row| recorded.contains_key(&row[0])), "every true connection is recorded");
    let events = truth.iter().filter(|row| row[0].contains('#')).count();
    assert_eq!(events as u64, summary.referral_events);
    assert_eq!((summary.users, summary.with_precedents), (n_users, n_precedents));
    assert_eq!(tax_codes(&files, "user").len(), n_users as usize);
    assert!(f64::from(summary.bystanders) >= 200.0 * size, "{} bystanders", summary.bystanders);
    let registered: BTreeSet<String> =
        rows(&files, "lists/precedent.csv").into_iter().map(|row| row[0].clone()).collect();
    let answered: BTreeSet<String> = stated(&files).into_iter().map(|lease| lease.tax_code).collect();
    let found: Vec<String> = tax_codes(&files, "user").intersection(&registered).cloned().collect();
    assert_eq!(found.len(), n_precedents as usize);
    assert!(found.iter().all(|code| answered.contains(code)), "an answer names each of them: {found:?}");
    assert_eq!(tax_codes(&files, "bystander").intersection(&registered).count(), 0);
    assert_eq!(tax_codes(&files, "subscriber_only").intersection(&registered).count(), 0);
}

#[test]
fn the_full_operation_has_the_counts_of_the_press() {
    check_counts(1, 1.0, 117_000, 26, 5);
}

#[test]
fn smaller_operations_are_in_proportion() {
    check_counts(2, 0.05, 5_850, 1, 0);
    check_counts(3, 0.3, 35_100, 8, 2);
    check_counts(4, 0.02, 2_340, 1, 0);
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let (first, _) = operation(7, 0.3);
    let (again, _) = operation(7, 0.3);
    let (other, _) = operation(8, 0.3);
    assert_eq!(first.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
    for (path, bytes) in &first {
        assert!(again[path] == *bytes, "{path} differs");
    }
    assert_ne!(first["truth/connections.csv"], other["truth/connections.csv"]);
}

#[test]
fn all_addresses_are_in_ranges_that_belong_to_nobody() {
    let allowed = |address: IpAddr| match address {
        IpAddr::V6(v6) => v6.segments()[..2] == [0x2001, 0x0db8],
        IpAddr::V4(v4) => {
            let ranges = [
                ([198, 18, 0, 0], 15),
                ([100, 64, 0, 0], 10),
                ([192, 0, 2, 0], 24),
                ([198, 51, 100, 0], 24),
                ([203, 0, 113, 0], 24),
            ];
            ranges
                .iter()
                .any(|(first, bits)| (u32::from(v4) ^ u32::from(Ipv4Addr::from(*first))) >> (32 - bits) == 0)
        }
    };
    let (files, _) = operation(5, 0.5);
    for (place, (address, _)) in recorded(&files) {
        assert!(allowed(address), "{place}: {address}");
    }
    for lease in stated(&files) {
        assert!(allowed(lease.address), "{lease:?}");
    }
    for row in rows(&files, "lists/network.csv") {
        let address = row[0].split_once('/').expect("a prefix has a length").0;
        assert!(allowed(address.parse().expect("an address")), "{row:?}");
    }
}

#[test]
fn no_two_leases_of_an_address_and_port_overlap() {
    for seed in 1..4 {
        let (files, _) = operation(seed, 0.5);
        let mut leases = stated(&files);
        leases.sort_by_key(|lease| (lease.address, lease.ports, lease.from_ms));
        for pair in leases.windows(2) {
            assert!(pair[0].from_ms < pair[0].until_ms, "{:?}", pair[0]);
            let same = (pair[0].address, pair[0].ports) == (pair[1].address, pair[1].ports);
            assert!(!same || pair[0].until_ms <= pair[1].from_ms, "seed {seed}: {pair:?}");
        }
    }
}

#[test]
fn each_true_connection_is_answered_by_its_own_line() {
    let (files, _) = operation(6, 1.0);
    let recorded = recorded(&files);
    let mut by_address: BTreeMap<IpAddr, Vec<Stated>> = BTreeMap::new();
    for lease in stated(&files) {
        by_address.entry(lease.address).or_default().push(lease);
    }
    let mut n_through_lines = 0;
    for row in rows(&files, "truth/connections.csv") {
        let (address, port) = recorded[&row[0]];
        let at_ms = zoned(&row[3]);
        let prefix = network(address, 56);
        let holders: BTreeSet<&str> = by_address
            .get(&prefix)
            .into_iter()
            .flatten()
            .filter(|lease| lease.holds(address, port, at_ms))
            .map(|lease| lease.line.as_str())
            .collect();
        if row[4].is_empty() {
            assert!(holders.is_empty(), "a concealed connection has no line: {row:?}");
            continue;
        }
        n_through_lines += 1;
        let line = format!("{}/{}", row[4], row[5]);
        assert!(holders.contains(line.as_str()), "{row:?} from {address} {port:?}: {holders:?}");
        assert!(holders.len() == 1 || port.is_none(), "{row:?}: {holders:?}");
    }
    assert!(n_through_lines > 80_000, "{n_through_lines}");
}

#[test]
fn what_a_platform_verified_belongs_to_a_bystander_only_where_the_truth_says_why() {
    let (mut n_of_sim, mut n_former, mut n_of_seller) = (0, 0, 0);
    for seed in 1..9 {
        let (files, _) = operation(seed, 1.0);
        // A user's SIM that is registered to a stranger, a number that the user had before, a bought account.
        let of_people = |column: usize| -> BTreeSet<String> {
            let people = rows(&files, "truth/people.csv");
            people.into_iter().map(|row| row[column].replace("cometa/", "")).collect()
        };
        let (of_users, former, sellers) = (of_people(3), of_people(10), of_people(9));
        let bought: BTreeSet<String> = rows(&files, "truth/accounts.csv")
            .into_iter()
            .filter(|row| !row[2].is_empty() && sellers.contains(&row[2]))
            .map(|row| format!("{}/{}", row[0], row[1]))
            .collect();
        let bystanders = tax_codes(&files, "bystander");
        let answers: String = [
            "operators/alfanet-risposta.csv",
            "operators/borea-risposta.tsv",
            "operators/delta-risposta.csv",
        ]
        .iter()
        .flat_map(|path| files[*path].iter().map(|byte| char::from(*byte)))
        .collect();
        let theirs: BTreeSet<&str> = answers
            .lines()
            .map(|line| line.split([';', '\t', ',']).map(|cell| cell.trim_matches('"')).collect::<Vec<_>>())
            .filter(|cells| cells.iter().any(|cell| bystanders.contains(*cell)))
            .flatten()
            .collect();
        let sims: BTreeSet<String> = stated_by_cometa(&files)
            .into_iter()
            .filter(|lease| bystanders.contains(&lease.tax_code))
            .map(|lease| lease.line.replace("cometa/", ""))
            .collect();
        let mut n_unverified = 0;
        for row in rows(&files, "platforms/selector.csv") {
            let contact = matches!(row[2].as_str(), "email" | "phone");
            let of_bystander = contact && (theirs.contains(row[3].as_str()) || sims.contains(&row[3]));
            if of_bystander && row[6] == "yes" {
                n_of_sim += usize::from(of_users.contains(&row[3]));
                n_former += usize::from(former.contains(&row[3]));
                n_of_seller += usize::from(bought.contains(&row[1]));
                let told = of_users.contains(&row[3]) || former.contains(&row[3]) || bought.contains(&row[1]);
                assert!(told, "seed {seed}: {row:?}");
            }
            n_unverified += usize::from(of_bystander);
        }
        assert!(n_unverified > 0, "seed {seed}: some profiles lead to the wrong door");
    }
    assert!(n_of_sim > 0 && n_former > 0 && n_of_seller > 0, "{n_of_sim}, {n_former}, {n_of_seller}");
}

#[test]
fn the_wrong_zone_moves_connections_out_of_their_leases() {
    let (files, _) = operation(9, 1.0);
    let delta: Vec<Stated> =
        stated(&files).into_iter().filter(|lease| lease.line.starts_with("delta/")).collect();
    let recorded = recorded(&files);
    let (mut right, mut as_written, mut users) = (0, 0, BTreeSet::new());
    for row in rows(&files, "truth/connections.csv").iter().filter(|row| row[4] == "delta") {
        let (address, port) = recorded[&row[0]];
        let at_ms = zoned(&row[3]);
        users.insert(row[6].clone());
        let explained = |at_ms| {
            delta.iter().any(|lease| lease.line.ends_with(&row[5]) && lease.holds(address, port, at_ms))
        };
        right += usize::from(explained(at_ms));
        // Read as written, a summer lease begins and ends two hours too late: as if the connection were earlier.
        as_written += usize::from(explained(at_ms - 2 * 3_600_000));
    }
    assert!(users.len() >= 3, "{users:?}");
    assert!(as_written * 100 < right * 92, "{as_written} of {right}");
}

#[test]
fn mistyped_rows_stand_where_the_truth_says() {
    let (files, summary) = operation(11, 1.0);
    let faults = rows(&files, "truth/faults.csv");
    assert_eq!(faults.len(), summary.faults as usize);
    assert_eq!(faults.len(), 10);
    for fault in faults {
        let log = text(&files, &format!("platforms/{}", fault[0]));
        let line =
            log.lines().nth(fault[1].parse::<usize>().expect("a line") - 1).expect("the line is there");
        let typed = match fault[2].as_str() {
            "a letter in the address" => "198.18.4O.7",
            "a port above 65535" => "70000",
            "a number above 255 in the address" => "198.18.300.9",
            "a comma in the address" => "198.18.12,7",
            "a letter in the time" => "17715O0000000",
            "a day that does not exist" if fault[0] == "fotobox-accessi.csv" => "31/04/2026",
            "a day that does not exist" => "2026-02-31",
            _ => {
                assert!(line.starts_with([',', ';']), "no account: {line}");
                continue;
            }
        };
        assert!(line.contains(typed), "{fault:?}: {line}");
    }
}

#[test]
fn unknown_names_and_senseless_sizes_are_refused() {
    let refused =
        |name: &str, size: f64| simulate(name, 1, size, &mut Memory::default()).expect_err("refused");
    assert!(matches!(refused("nothing", 1.0), SimulationError::UnknownScenario(_)));
    for size in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(refused("platform-connections", size), SimulationError::Size(_)));
    }
    assert!(matches!(refused("platform-connections", 10_000.0), SimulationError::SizeTooLarge(_)));
}
