//! What every made-up `sharing-network` operation keeps: its people, its tails, its address ranges, and answers that
//! agree with the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use jiff::Timestamp;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tutela_simulation::faults::Faults;
use tutela_simulation::{Memory, Summary, simulate, simulate_with};

type Files = BTreeMap<String, Vec<u8>>;

const SIZE: f64 = 0.004;

fn operation(seed: u64, size: f64) -> (Files, Summary) {
    let mut memory = Memory::default();
    let summary = simulate("sharing-network", seed, size, &mut memory).expect("the size fits");
    (memory.files(), summary)
}

/// The operation that most tests look at.
static OPERATION: LazyLock<(Files, Summary)> = LazyLock::new(|| operation(3, SIZE));

/// A row of an export.
#[derive(Clone, Debug)]
struct Row {
    network: String,
    address: String,
    peer: String,
    file: String,
    at_s: i64,
}

fn text(files: &Files, path: &str) -> String {
    let bytes = files.get(path).unwrap_or_else(|| panic!("no file {path}"));
    String::from_utf8(bytes.clone()).expect("the file is UTF-8")
}

/// The cells of the rows below the header.
fn rows(files: &Files, path: &str) -> Vec<Vec<String>> {
    text(files, path).lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// The lines of a packed file of text.
fn lines(path: &str, bytes: &[u8]) -> Vec<String> {
    let unpacked = if path.ends_with(".zst") {
        zstd::decode_all(bytes).expect("a whole file")
    } else {
        let mut out = Vec::new();
        flate2::read::GzDecoder::new(bytes).read_to_end(&mut out).expect("a whole file");
        out
    };
    let text: String = unpacked.iter().map(|byte| char::from(*byte)).collect();
    text.lines().map(str::to_owned).collect()
}

fn nexus(bytes: &[u8]) -> Vec<Row> {
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::copy_from_slice(bytes)).expect("Parquet");
    let mut all = Vec::new();
    for batch in reader.build().expect("a reader") {
        let batch = batch.expect("a batch");
        let cell = |name: &str, row: usize| {
            let column = batch.column_by_name(name).expect("a column").as_string::<i32>();
            arrow_array::Array::is_valid(column, row).then(|| column.value(row).to_owned())
        };
        let ports = batch.column_by_name("port").expect("a column").as_primitive::<Int32Type>();
        assert!(ports.iter().flatten().all(|port| (1..=65_535).contains(&port)));
        let times = batch.column_by_name("t").expect("a column").as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            let network = cell("network", row).expect("a network");
            let (peer, file) = match network.as_str() {
                "ed2k" => (cell("user_hash", row), cell("ed2k", row).map(|hash| format!("ed2k:{hash}"))),
                _ => (cell("guid", row), cell("sha1", row).map(|hash| format!("sha1:{hash}"))),
            };
            all.push(Row {
                network,
                address: cell("addr", row).expect("an address"),
                peer: peer.expect("a number"),
                file: file.expect("a hash"),
                at_s: times.value(row),
            });
        }
    }
    all
}

fn vigil(line: &str) -> Row {
    let cells: Vec<&str> = line.split(',').collect();
    assert_eq!(cells.len(), 11, "{line}");
    let (network, kind) = match cells[1] {
        "ED2K" => ("ed2k", "ed2k"),
        "GNUTELLA" => ("gnutella", "sha1"),
        "ARES" => ("ares", "sha1"),
        _ => ("bittorrent", "btih"),
    };
    Row {
        network: network.to_owned(),
        address: cells[2].to_owned(),
        peer: cells[4].to_owned(),
        file: format!("{kind}:{}", cells[5]),
        at_s: cells[0].parse::<Timestamp>().expect("a time").as_second(),
    }
}

/// Address of `192.0.2.1:80`, `[2001:db8::1]:80` and of either without a port.
fn host(endpoint: &str) -> String {
    let host = match endpoint.strip_prefix('[') {
        Some(v6) => v6.split(']').next(),
        None if endpoint.matches(':').count() == 1 => endpoint.split(':').next(),
        None => Some(endpoint),
    };
    host.unwrap_or_default().to_owned()
}

fn meridiana(line: &str) -> Row {
    let cells: Vec<&str> = line.split(';').collect();
    assert_eq!(cells.len(), 9, "{line}");
    assert!(cells[4].len() == 41 && cells[4].starts_with("urn:sha1:"), "{line}");
    let at = jiff::civil::DateTime::strptime("%d/%m/%Y %H:%M:%S", format!("{} {}", cells[0], cells[1]));
    let at = at.and_then(|at| at.in_tz("Europe/Rome")).expect("a time of Rome");
    Row {
        network: "gnutella".to_owned(),
        address: host(cells[2]),
        peer: cells[3].to_lowercase(),
        file: cells[4].to_owned(),
        at_s: at.timestamp().as_second(),
    }
}

fn torrent_watch(line: &str) -> Row {
    let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
    let cell = |name: &str| value[name].as_str().expect("a text").to_owned();
    Row {
        network: "bittorrent".to_owned(),
        address: host(&cell("endpoint")),
        peer: cell("peer_id"),
        file: cell("infohash"),
        at_s: value["ts"].as_i64().expect("a number") / 1000,
    }
}

/// All rows of the exports by file and line, without those that are wrong on purpose.
fn sightings(files: &Files) -> BTreeMap<String, Vec<(u64, Row)>> {
    let wrong: BTreeSet<(String, u64)> = rows(files, "truth/faults.csv")
        .iter()
        .filter_map(|row| Some((row[0].clone(), row[1].parse().ok()?)))
        .collect();
    let exports = files.iter().filter_map(|(path, bytes)| Some((path.strip_prefix("sightings/")?, bytes)));
    exports
        .map(|(name, bytes)| {
            let numbered = |lines: Vec<String>, n_head: usize, row: fn(&str) -> Row| -> Vec<(u64, Row)> {
                let lines = lines.into_iter().enumerate().skip(n_head);
                let right = lines.filter(|(idx, _)| !wrong.contains(&(name.to_owned(), *idx as u64 + 1)));
                right.map(|(idx, line)| (idx as u64 + 1, row(&line))).collect()
            };
            let rows = match name.split('-').next() {
                Some("nexus_daily") => {
                    nexus(bytes).into_iter().enumerate().map(|(idx, row)| (idx as u64 + 1, row)).collect()
                }
                Some("vigil_sightings") => numbered(lines(name, bytes), 1, vigil),
                Some("meridiana_riscontri") => numbered(lines(name, bytes), 1, meridiana),
                _ => numbered(lines(name, bytes), 0, torrent_watch),
            };
            (name.to_owned(), rows)
        })
        .collect()
}

static SIGHTINGS: LazyLock<BTreeMap<String, Vec<(u64, Row)>>> = LazyLock::new(|| sightings(&OPERATION.0));

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let again = operation(3, SIZE).0;
    assert_eq!(OPERATION.0.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
    for (path, bytes) in &again {
        assert!(OPERATION.0[path] == *bytes, "{path}");
    }
    let other = operation(4, 0.0001).0;
    for path in [
        "truth/persons.csv",
        "seized/preferences.dat",
        "lists/known_file.csv",
        "operators/borea-risposta.tsv",
    ] {
        assert!(OPERATION.0[path] != other[path], "{path}");
    }
}

#[test]
fn people_their_peers_and_the_answers_are_the_same_at_every_size() {
    let (other, summary) = operation(3, 0.0001);
    for path in [
        "truth/persons.csv",
        "truth/peers.csv",
        "truth/lines.csv",
        "truth/accounts.csv",
        "seized/preferences.dat",
        "operators/alfanet-risposta.csv",
        "operators/borea-risposta.tsv",
        "operators/delta-risposta.csv",
    ] {
        assert!(OPERATION.0[path] == other[path], "{path}");
    }
    // A size with fewer rows than the region's people make has theirs alone, and those of the file that came late.
    let n_of_people = rows(&other, "truth/connections.csv").len() as u64;
    assert_eq!(summary.sightings, n_of_people + 240);
}

#[test]
fn eight_are_sought_in_six_provinces_and_lead_the_region_by_listed_files() {
    let (files, summary) = &*OPERATION;
    assert_eq!((summary.users, summary.with_precedents), (8, 2));
    let persons = rows(files, "truth/persons.csv");
    let sought: BTreeSet<&str> =
        persons.iter().filter(|row| row[3] == "user").map(|row| row[0].as_str()).collect();
    assert_eq!(sought.len(), 8);
    let mut listed: BTreeMap<&str, u64> = BTreeMap::new();
    let mut provinces = BTreeSet::new();
    let mut others = Vec::new();
    let peers = rows(files, "truth/peers.csv");
    for peer in &peers {
        let n: u64 = peer[7].parse().expect("a number");
        if sought.contains(peer[2].as_str()) {
            *listed.entry(&peer[2]).or_default() += n;
            provinces.insert(peer[4].as_str());
        } else {
            others.push(n);
        }
    }
    assert_eq!((listed.len(), provinces.len()), (8, 6));
    let least = listed.values().min().expect("eight");
    assert!(others.iter().all(|n| n * 4 < *least), "{listed:?} {others:?}");
    // Nobody else of the region's provinces comes near them either.
    let known: BTreeSet<String> = peers.iter().map(|row| row[1].clone()).collect();
    let hashes: BTreeSet<String> = rows(files, "lists/known_file.csv")
        .iter()
        .flat_map(|row| [format!("sha1:{}", row[6]), format!("ed2k:{}", row[8])])
        .collect();
    let mut of_crowd: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (_, row) in SIGHTINGS.values().flatten() {
        let in_region =
            row.address.parse().is_ok_and(|v4: Ipv4Addr| u32::from(v4) >> 22 == 0xF000_0000 >> 22);
        if in_region && hashes.contains(&row.file) && !known.contains(&row.peer) {
            of_crowd.entry(&row.peer).or_default().insert(&row.file);
        }
    }
    assert!(of_crowd.values().all(|files| files.len() as u64 * 2 < *least), "{of_crowd:?}");
}

#[test]
fn every_address_lies_in_a_range_of_nobody() {
    let nobodys = |v4: Ipv4Addr| {
        let [a, b, ..] = v4.octets();
        v4.is_documentation() || (a == 198 && b & 0xfe == 18) || v4.is_private() || (240..255).contains(&a)
    };
    let mut n_private = 0;
    for (name, rows) in &*SIGHTINGS {
        for (line, row) in rows {
            let address: IpAddr = row.address.parse().unwrap_or_else(|_| panic!("{name}:{line} {row:?}"));
            match address {
                IpAddr::V4(v4) => {
                    n_private += u32::from(v4.is_private());
                    assert!(nobodys(v4), "{name}:{line} {row:?}");
                }
                IpAddr::V6(v6) => assert_eq!(v6.segments()[..2], [0x2001, 0xdb8], "{name}:{line}"),
            }
        }
    }
    let n: usize = SIGHTINGS.values().map(Vec::len).sum();
    assert!(n_private > 0 && (n_private as usize) < n / 100, "{n_private} of {n}");
}

#[test]
fn rows_stand_in_the_order_of_time_but_for_the_file_that_came_late() {
    for (name, rows) in &*SIGHTINGS {
        let is_late = name.contains("arretrati");
        let in_order = rows.windows(2).all(|pair| pair[0].1.at_s <= pair[1].1.at_s);
        assert!(in_order != is_late, "{name}");
        if is_late {
            let days = rows.iter().map(|(_, row)| row.at_s / 86_400);
            assert!(days.clone().max().expect("rows") - days.min().expect("rows") > 80);
        }
    }
    let switched_off = "vigil_sightings-2026-03-18.csv.zst";
    assert!(
        !SIGHTINGS.contains_key(switched_off) && SIGHTINGS.contains_key("vigil_sightings-2026-03-17.csv.zst")
    );
}

#[test]
fn the_numbers_of_the_statistics_are_those_of_the_files() {
    let (files, summary) = &*OPERATION;
    let statistics: BTreeMap<(String, String, String), u64> = rows(files, "truth/statistics.csv")
        .into_iter()
        .map(|row| ((row[0].clone(), row[1].clone(), row[2].clone()), row[3].parse().expect("a number")))
        .collect();
    let said = |measure: &str, network: &str, of: &str| {
        statistics.get(&(measure.to_owned(), network.to_owned(), of.to_owned())).copied().unwrap_or_default()
    };
    let all: Vec<&Row> = SIGHTINGS.values().flatten().map(|(_, row)| row).collect();
    assert_eq!((said("rows", "", ""), summary.sightings), (all.len() as u64, all.len() as u64));
    let asked = (5_000_000.0 * SIZE) as u64;
    assert!(summary.sightings.abs_diff(asked) * 100 < asked, "{} rows", summary.sightings);
    for network in ["ed2k", "gnutella", "ares", "bittorrent"] {
        let own = || all.iter().filter(|row| row.network == network);
        let peers: BTreeSet<&str> = own().map(|row| row.peer.as_str()).collect();
        assert_eq!(said("peers", network, ""), peers.len() as u64, "{network}");
        let rows: u64 = ["nexus_daily", "vigil_sightings", "meridiana_riscontri", "torrent_watch"]
            .iter()
            .map(|observer| said("rows", network, observer))
            .sum();
        assert_eq!(rows, own().count() as u64, "{network}");
    }
    let of_file =
        |key: &&(String, String, String)| key.0 == "file_peers" && matches!(&*key.1, "ed2k" | "ares");
    for (_, network, file) in statistics.keys().filter(of_file) {
        let own = || all.iter().filter(|row| row.network == *network && row.file == *file);
        let peers: BTreeSet<&str> = own().map(|row| row.peer.as_str()).collect();
        assert_eq!(said("file_peers", network, file), peers.len() as u64, "{file}");
        assert_eq!(said("file_sightings", network, file), own().count() as u64, "{file}");
    }
    let twice = said("written_twice", "", "");
    assert!((5..30).contains(&(twice * 1000 / summary.sightings)), "{twice} written twice");
}

/// A lease as an answer states it.
struct Stated {
    address: Ipv4Addr,
    from_s: i64,
    until_s: i64,
    line: String,
}

#[test]
fn the_answers_name_the_line_of_each_person_at_sightings_that_the_truth_has() {
    let files = &OPERATION.0;
    let answer = text(files, "operators/alfanet-risposta.csv");
    let instant = |text: &str| text.parse::<Timestamp>().map(Timestamp::as_second);
    let leases: Vec<Stated> = answer
        .lines()
        .skip(1)
        .filter_map(|line| {
            let cells: Vec<&str> = line.split(';').collect();
            Some(Stated {
                address: cells[0].parse().ok()?,
                from_s: instant(cells[1]).expect("a time"),
                until_s: instant(cells[2]).unwrap_or(i64::MAX),
                line: format!("alfanet/{}", cells[3]),
            })
        })
        .collect();
    let mut right: BTreeMap<String, u32> = BTreeMap::new();
    for row in rows(files, "truth/connections.csv").iter().filter(|row| row[4] == "alfanet") {
        let (file, line) = row[0].rsplit_once(':').expect("a place");
        let line: u64 = line.parse().expect("a number");
        let seen = SIGHTINGS[file].iter().find(|(at, _)| *at == line).expect("the row is there");
        assert_eq!((seen.1.network.as_str(), seen.1.peer.as_str()), (row[1].as_str(), row[2].as_str()));
        let Ok(address) = seen.1.address.parse::<Ipv4Addr>() else { continue };
        let at_s = seen.1.at_s;
        let mut held =
            leases.iter().filter(|it| it.address == address && it.from_s <= at_s && at_s < it.until_s);
        let line = format!("{}/{}", row[4], row[5]);
        if let Some(lease) = held.next() {
            assert_eq!(lease.line, line, "{row:?}");
            *right.entry(row[6].clone()).or_default() += 1;
        }
    }
    let persons = rows(files, "truth/persons.csv");
    let sought = persons.iter().filter(|row| row[3] == "user" && right.contains_key(&row[0])).count();
    // Four of those who are sought use fixed lines of alfanet.
    assert_eq!(sought, 4, "{right:?}");
    assert!(right.values().all(|n| *n > 5), "{right:?}");
}

#[test]
fn wrong_rows_are_as_many_at_every_size_and_labelled() {
    let (files, summary) = &*OPERATION;
    let labels = rows(files, "truth/faults.csv");
    assert_eq!(summary.faults, labels.len() as u32);
    assert_eq!(rows(&operation(3, 0.0001).0, "truth/faults.csv").len(), labels.len());
    let countries = labels.iter().filter(|row| row[2].starts_with("one number in ten countries"));
    let mut addresses = BTreeSet::new();
    let mut peers = BTreeSet::new();
    for label in countries {
        let path = format!("sightings/{}", label[0]);
        let all = lines(&path, &files[&path]);
        let row = vigil(&all[label[1].parse::<usize>().expect("a line") - 1]);
        let v4: Ipv4Addr = row.address.parse().expect("an address");
        addresses.insert(v4.octets()[0]);
        peers.insert(row.peer);
    }
    assert_eq!((addresses.len(), peers.len()), (10, 1));
}

#[test]
fn faults_that_are_asked_for_change_the_answers_alone() {
    let faults: Faults = "typo=0.2,wrong-day=0.1".parse().expect("known faults");
    let mut memory = Memory::default();
    simulate_with("sharing-network", 3, 0.0001, &faults, &mut memory).expect("the size fits");
    let (wrong, right) = (memory.files(), operation(3, 0.0001).0);
    let told = ["truth/faults.csv", "README.txt"];
    let changed =
        right.iter().filter(|(path, bytes)| wrong[*path] != **bytes && !told.contains(&path.as_str()));
    let changed: Vec<&String> = changed.map(|(path, _)| path).collect();
    assert!(!changed.is_empty() && changed.iter().all(|path| path.starts_with("operators/")), "{changed:?}");
}
