//! Every window of every order under every condition is the one that reading the whole table gives.

mod memory;
mod plainly;

use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;

use proptest::prelude::*;
use tutela_grid::{Bits, Condition, Edge, Grid, Kind, Span, Wants, make};
use tutela_model::tables::Connection;
use tutela_model::{Table as _, Tables};

use self::memory::Memory;
use self::plainly::{Plainly, cell};

fn bytes_of(tables: &dyn Tables, threads: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    make(tables, &Connection::INFO, threads, &mut bytes).expect("memory is written to");
    bytes
}

fn file_of(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().expect("room");
    file.write_all(bytes).expect("room");
    file
}

fn grid_of(tables: &dyn Tables) -> Grid {
    Grid::open(file_of(&bytes_of(tables, 2)), &Connection::INFO, 2).expect("it is whole")
}

/// What is asked of a column in a trial.
#[derive(Clone, Debug)]
enum Asked {
    Is(Vec<String>),
    From(String, String),
    Contains(String),
    Empty,
}

fn key_of(kind: Kind, text: &str) -> Option<u128> {
    match kind {
        Kind::Text => None,
        Kind::Address => Some(text.parse::<tutela_model::Address>().ok()?.0),
        Kind::Instant => Some(kind.key(i128::from(text.parse::<jiff::Timestamp>().ok()?.as_microsecond()))),
        _ => text.parse().ok().map(|number| kind.key(number)),
    }
}

/// A condition of a trial on a column; none where the column has no such values.
fn condition(grid: &Grid, column: usize, asked: &Asked) -> Option<Condition> {
    let of = &grid.columns()[column];
    let edge = |text: &String| match of.kind {
        Kind::Text => Some(Edge::Text(text.clone())),
        kind => key_of(kind, text).map(Edge::Key),
    };
    let alone = |text: &String| match of.kind {
        Kind::Text => Some(Span::text(text)),
        kind => key_of(kind, text).map(|key| Span::numbers(key, key)),
    };
    let wants = match asked {
        Asked::Empty => Wants::Empty,
        Asked::Contains(letters) if of.kind == Kind::Text => Wants::Contains(letters.clone()),
        Asked::Is(texts) if of.sorts() => Wants::Within(texts.iter().map(alone).collect::<Option<_>>()?),
        Asked::From(from, until) if of.sorts() => {
            Wants::Within(vec![Span { from: Some(edge(from)?), until: Some(edge(until)?) }])
        }
        _ => return None,
    };
    Some(Condition { column, wants })
}

const ACCOUNTS: [&str; 7] = ["mario", "Mario", "ÈVA", "èva88", "z", "日本", "a\u{0}b"];
const ADDRESSES: [&str; 4] = ["192.0.2.1", "192.0.2.200", "2001:db8::1", "198.51.100.7"];
const INSTANTS: [&str; 5] = [
    "2026-03-01T20:00:00Z",
    "2026-03-01T20:00:00.000001Z",
    "2026-03-02T00:00:00Z",
    "1971-01-01T00:00:00Z",
    "2026-03-01T21:00:00+01:00",
];
const AGENTS: [&str; 4] = ["", "Mozilla/5.0", "mozilla", "αΣ"];

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::sample::select(texts).prop_map(str::to_owned)
}

prop_compose! {
    fn row()(
        account in one_of(&ACCOUNTS),
        address in one_of(&ADDRESSES),
        port in one_of(&["", "1", "80", "65535"]),
        at in prop_oneof![1 => Just(String::new()), 5 => one_of(&INSTANTS)],
        agent in one_of(&AGENTS),
        event in one_of(&["login", "upload"]),
    ) -> [String; 9] {
        ["agora".to_owned(), account, event, address, port, at, String::new(), agent, String::new()]
    }
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        one_of(&ACCOUNTS),
        one_of(&ADDRESSES),
        one_of(&INSTANTS),
        one_of(&["80", "-5", "70000", "m", "A", "", "ari", "σ", "2026-03-01t", "line:"]),
    ]
}

fn asked() -> impl Strategy<Value = Asked> {
    prop_oneof![
        proptest::collection::vec(texts(), 1..3).prop_map(Asked::Is),
        (texts(), texts()).prop_map(|(from, until)| Asked::From(from, until)),
        texts().prop_map(Asked::Contains),
        Just(Asked::Empty),
    ]
}

/// Holds all windows, values and stretches of a grid against the plain reading.
fn hold(grid: &Grid, plainly: &Plainly, conditions: &[Condition], window: u64) {
    let left = plainly.left(grid, conditions);
    let bits = Arc::new(grid.matching(conditions).expect("it is whole"));
    assert_eq!(u64::from(bits.n()), left.len() as u64, "{conditions:?}");
    for filter in [Some(&bits)].into_iter().chain(conditions.is_empty().then_some(None)) {
        for (idx, column) in grid.columns().iter().enumerate().filter(|(_, column)| column.sorts()) {
            for is_descending in [false, true] {
                let expected = plainly.sorted(&left, &column.name, is_descending);
                let ordered = grid.ordered(Some(idx), filter.cloned()).expect("it is whole");
                let mut found = Vec::new();
                for offset in (0..left.len() as u64 + window).step_by(window as usize) {
                    found.extend(grid.window(&ordered, is_descending, offset, window).expect("it is whole"));
                }
                assert_eq!(found, expected, "{} {is_descending} {conditions:?}", column.name);
            }
            values_are(grid, plainly, idx, &left, filter.map(|bits| &**bits));
        }
        let ordered = grid.ordered(None, filter.cloned()).expect("it is whole");
        assert_eq!(grid.window(&ordered, false, 0, u64::MAX).expect("it is whole"), left);
    }
    let (_, batch) = grid.rows(&left).expect("it is whole");
    for (idx, row) in left.iter().enumerate() {
        assert_eq!(Connection::get(&batch, idx), plainly.rows[*row as usize].1);
    }
}

fn values_are(grid: &Grid, plainly: &Plainly, column: usize, left: &[u32], bits: Option<&Bits>) {
    let name = &grid.columns()[column].name;
    let counted = plainly.counted(left, name);
    let n_empty = left.len() as u32 - counted.iter().map(|(_, n)| n).sum::<u32>();
    let valued = grid.valued(column, bits, 3).expect("it is whole");
    assert_eq!((valued.n_values as usize, valued.n_empty), (counted.len(), n_empty), "{name}");
    let codes: Vec<u32> = valued.values.iter().map(|(code, _)| *code).collect();
    let values = grid.values_at(column, &codes).expect("it is whole");
    let found: Vec<(String, u32)> =
        valued.values.iter().enumerate().map(|(idx, (_, n))| (cell(&values, idx), *n)).collect();
    assert_eq!(found, counted[..counted.len().min(3)], "{name}");
    if matches!(grid.columns()[column].kind, Kind::Text | Kind::Address) {
        return;
    }
    let ordered = grid.ordered(Some(column), bits.map(|bits| Arc::new(bits.clone()))).expect("it is whole");
    let stretches = grid.stretches(column, &ordered, 4).expect("it is whole");
    match stretches {
        None => assert!(counted.is_empty(), "{name}"),
        Some(stretches) => {
            let expected = plainly.stretches(left, name, grid.columns()[column].kind, &stretches);
            assert_eq!((stretches.counts, stretches.n_empty), (expected, n_empty), "{name}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_window_is_that_of_the_whole_table(
        parts in proptest::collection::vec(proptest::collection::vec(row(), 1..30), 0..4),
        trials in proptest::collection::vec(proptest::collection::vec((0_usize..16, asked()), 0..3), 1..6),
        window in 1_u64..9,
    ) {
        let tables = Memory::of(&parts);
        let (grid, plainly) = (grid_of(&tables), Plainly::of(&tables));
        for trial in trials {
            let columns = grid.columns().len();
            let conditions: Vec<Condition> =
                trial.iter().filter_map(|(column, asked)| condition(&grid, column % columns, asked)).collect();
            hold(&grid, &plainly, &conditions, window);
        }
    }

    #[test]
    fn a_grid_that_was_altered_gives_an_error_or_something_else_and_never_ends_the_program(
        place in 0.0_f64..1.0, byte: u8, cut in any::<bool>(),
    ) {
        let tables = Memory::of(&[(0..40).map(many).collect::<Vec<_>>()]);
        let mut bytes = bytes_of(&tables, 1);
        let place = (bytes.len() as f64 * place) as usize;
        if cut { bytes.truncate(place) } else { bytes[place] ^= byte }
        let Ok(grid) = Grid::open(file_of(&bytes), &Connection::INFO, 1) else { return Ok(()) };
        for column in 0..grid.columns().len() {
            let contains = Condition { column, wants: Wants::Contains("a".to_owned()) };
            let empty = Condition { column, wants: Wants::Empty };
            for conditions in [vec![], vec![contains], vec![empty]] {
                let Ok(bits) = grid.matching(&conditions) else { continue };
                let Ok(ordered) = grid.ordered(Some(column), Some(Arc::new(bits.clone()))) else { continue };
                for is_descending in [false, true] {
                    if let Ok(rows) = grid.window(&ordered, is_descending, 3, 20) {
                        let _ = grid.rows(&rows);
                    }
                }
                let _ = (grid.valued(column, Some(&bits), 5), grid.valued(column, None, 5));
                let _ = grid.stretches(column, &ordered, 7);
            }
        }
    }
}

/// A row of a table that is larger than a block.
fn many(idx: u32) -> [String; 9] {
    let (address, port) = (
        format!("198.18.{}.{}", idx / 7 % 256, idx % 251),
        (!idx.is_multiple_of(3)).then_some(idx % 5_000 + 1),
    );
    let at = format!("2026-03-{:02}T{:02}:{:02}:00Z", idx % 28 + 1, idx / 5 % 24, idx % 60);
    let device = if idx.is_multiple_of(9) { String::new() } else { format!("D-{}", idx * 7_919 % 100_003) };
    let [platform, event] =
        ["agora", if idx.is_multiple_of(1_000) { "upload" } else { "login" }].map(str::to_owned);
    let port = port.map_or_else(String::new, |port| port.to_string());
    [platform, format!("u{}", idx % 300), event, address, port, at, device, String::new(), String::new()]
}

#[test]
fn tables_of_many_blocks_are_no_different() {
    let tables =
        Memory::of(&[(0..70_000).map(many).collect::<Vec<_>>(), (70_000..140_000).map(many).collect()]);
    let (grid, plainly) = (grid_of(&tables), Plainly::of(&tables));
    let column = |name: &str| grid.column(name).expect("a column");
    let is = |name: &str, text: &str| Condition {
        column: column(name),
        wants: Wants::Within(vec![Span::text(text)]),
    };
    let contains =
        |name: &str, text: &str| Condition { column: column(name), wants: Wants::Contains(text.to_owned()) };
    for conditions in [
        vec![],
        vec![is("event", "upload")],
        vec![is("event", "login"), contains("device", "d-1")],
        vec![contains("at_said", "03-07t")],
        vec![Condition { column: column("device"), wants: Wants::Empty }],
    ] {
        let left = plainly.left(&grid, &conditions);
        let bits = Arc::new(grid.matching(&conditions).expect("it is whole"));
        for name in ["device", "at", "port", "account", "source"] {
            let ordered = grid.ordered(Some(column(name)), Some(Arc::clone(&bits))).expect("it is whole");
            for is_descending in [false, true] {
                let expected = plainly.sorted(&left, name, is_descending);
                let found = grid.window(&ordered, is_descending, 0, u64::MAX).expect("it is whole");
                assert!(found == expected, "{name} {is_descending} {conditions:?}");
                for offset in (0..left.len()).step_by(left.len() / 5 + 1) {
                    let found = grid.window(&ordered, is_descending, offset as u64, 7).expect("it is whole");
                    assert_eq!(found, expected[offset..expected.len().min(offset + 7)], "{name} {offset}");
                }
            }
            values_are(&grid, &plainly, column(name), &left, Some(&bits));
            values_are(
                &grid,
                &plainly,
                column(name),
                &left,
                if conditions.is_empty() { None } else { Some(&bits) },
            );
        }
    }
}

#[test]
fn threads_leave_no_trace_in_a_grid() {
    let tables = Memory::of(&[(0..3_000).map(many).collect::<Vec<_>>()]);
    assert!(bytes_of(&tables, 1) == bytes_of(&tables, 5));
}
