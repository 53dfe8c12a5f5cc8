//! What all fuzz targets do: read bytes that nobody made with care, and count that no record is lost.

pub mod evidence;

use std::sync::Once;
use std::{panic, process};

use tutela_model::source::{Declared, Input, Refusal, Sink};
use tutela_model::table::Row;
use tutela_model::{Spot, Zone};
use tutela_sources::spot_view::{self, LineIndex, ReadAs, Shown};

/// Declared before the bytes of a file: the table of a `tutela_table`, or the profile of a `mapped_table`.
///
/// The first line of the input says it, so that the fuzzer can change it too; the rest is the file.
const DECLARED: u8 = b'\n';

/// Reads the bytes with the reader of that name.
///
/// # Panics
/// When the reader does, or when a record gave neither a row nor a problem nor a skip: both are what fuzzing looks for.
/// A panic inside a decoder of others that the reader catches and tells as a problem is none, so the hook that would
/// end the process at any panic is taken off first.
pub fn read(reader: &str, bytes: &[u8]) {
    static UNHOOKED: Once = Once::new();
    UNHOOKED.call_once(|| panic::set_hook(Box::new(|panic| eprintln!("{panic}"))));
    if panic::catch_unwind(|| read_all(reader, bytes)).is_err() {
        process::abort();
    }
}

fn read_all(reader: &str, bytes: &[u8]) {
    let reader = tutela_sources::named(reader).expect("the target is named like its reader");
    let (said, file) = match bytes.iter().position(|byte| *byte == DECLARED) {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (&[][..], bytes),
    };
    let said = String::from_utf8_lossy(said);
    let declared = Declared {
        zone: Some("Europe/Rome".parse::<Zone>().expect("the zone database is compiled in")),
        table: (!said.is_empty()).then(|| said.to_string()),
        // A profile has several lines: in the input's first line they are written with semicolons.
        profile: said.contains('=').then(|| said.replace(';', "\n")),
        encoding: None,
    };
    let mut counted = Counted::default();
    let ended = (reader.read)(Input::from_memory("fuzzed", file.to_vec()), &declared, &mut counted);
    if ended.is_ok() {
        counted.record();
    }
}

/// Opens a place of a file, both as the input says them.
///
/// # Panics
/// When opening does, or when what is shown is more than a view holds.
pub fn show(bytes: &[u8]) {
    let Some(end) = bytes.iter().position(|byte| *byte == DECLARED) else { return };
    let said = String::from_utf8_lossy(&bytes[..end]);
    let (reader, place) = said.split_once(' ').unwrap_or(("", &said));
    let Ok(spot) = place.parse::<Spot>() else { return };
    let read_as = ReadAs { reader, declared: &Declared::default() };
    let input = Input::from_memory("fuzzed", bytes[end + 1..].to_vec());
    let index = LineIndex::default();
    match spot_view::open(input, &spot, read_as, Some(&index)).expect("memory can be read").shown {
        Shown::Text(view) => assert!(view.lines.len() <= 80),
        Shown::Hex(view) => assert!(view.rows.len() <= 140),
        Shown::Cells(view) => assert!(view.rows.len() <= 20 && view.columns.len() <= 16),
        Shown::Record(_) | Shown::Nothing(_) => {}
    }
}

/// Counts what the current record gave.
#[derive(Default)]
struct Counted {
    open: bool,
    n_given: u64,
}

impl Sink for Counted {
    fn record(&mut self) {
        assert!(!self.open || self.n_given > 0, "a record gave neither a row nor a problem nor a skip");
        (self.open, self.n_given) = (true, 0);
    }

    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        // The place is stored as text and must read back.
        assert_eq!(row.place().to_string().parse::<Spot>().ok().as_ref(), Some(row.place()));
        self.n_given += 1;
        Ok(())
    }

    fn skip(&mut self, _: &Spot, _: &'static str) {
        self.n_given += 1;
    }

    fn note(&mut self, _: &'static str, _: &str) {}

    fn progress(&mut self, _: u64) {}
}
