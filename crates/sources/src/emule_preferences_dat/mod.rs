//! `preferences.dat` of eMule and aMule: the number by which other peers know the program, its user hash.

use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{Origin, OwnerKind, ProblemKind, Selector, SelectorKind, Stated};

use crate::artefact::{Cursor, Flaw, Loaded, Span, Telling, hex, is_named};

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "emule_preferences_dat",
    version: 1,
    about: "preferences.dat of eMule and aMule: the user hash by which other peers know the program",
    tables: &["selector"],
    recognise,
    read,
};

const VERSION: u8 = 0x14;
/// The whole file of aMule: version and user hash.
const SHORT: usize = 17;
/// The whole file of eMule: also where its window stood on the screen.
const LONG: usize = 61;

fn recognise(sample: &Sample<'_>) -> Fit {
    let named = is_named(sample.name, "preferences.dat");
    let sized = matches!(sample.head.len(), SHORT | LONG);
    let marked = sample.head.get(1..17).is_some_and(has_marks);
    match sample.head.first() == Some(&VERSION) && sized {
        true if named => Fit::Sure,
        true if marked => Fit::Possible,
        _ if named => Fit::Possible,
        _ => Fit::No,
    }
}

/// Both programs set two bytes of their user hash when they start, so that others know them by it.
const MARKS: [(usize, u8); 2] = [(5, 0x0e), (14, 0x6f)];

fn has_marks(hash: &[u8]) -> bool {
    MARKS.iter().all(|(at, byte)| hash[*at] == *byte)
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let loaded = Loaded::open(input)?;
    let mut telling = Telling::new(sink);
    let mut cursor = Cursor::new(&loaded.bytes, 0);
    match cursor.u8("the version") {
        Ok(VERSION) => user_hash(&mut cursor, &mut telling)?,
        Ok(version) => {
            let expected = "version 14; nothing of the file was read";
            let found = format_args!("{version:02x}");
            telling.lost(&Flaw::new(ProblemKind::Malformed, Span { at: 0, len: 1 }, expected, found))?;
        }
        Err(flaw) => telling.lost(&flaw)?,
    }
    telling.end(&loaded)
}

/// A form of the hash, of the peer that others see by the hash that it shows.
fn selector(shown: &[u8; 16], value: &[u8; 16], span: Span) -> Selector {
    Selector {
        owner_kind: OwnerKind::Peer,
        owner: format!("ed2k/{}", hex(shown)).into(),
        kind: SelectorKind::UserHash,
        value: hex(value).into(),
        from: None,
        until: None,
        verified: Stated::Unknown,
        origin: Origin::Stated,
        place: span.spot(),
    }
}

fn user_hash(cursor: &mut Cursor<'_>, telling: &mut Telling<'_>) -> Result<(), Refusal> {
    let span = Span { at: cursor.at, len: 16 };
    let hash: [u8; 16] = match cursor.array("the user hash") {
        Ok(hash) => hash,
        Err(flaw) => return telling.lost(&flaw),
    };
    telling.record();
    if hash == [0; 16] {
        telling.sink.skip(&span.spot(), "a user hash of zeros, which is none");
        return Ok(());
    }
    let mut shown = hash;
    MARKS.iter().for_each(|(at, byte)| shown[*at] = *byte);
    telling.row(selector(&shown, &hash, span))?;
    if shown == hash {
        telling.sink.note("marks of a user hash", "0e and 6f, as eMule and aMule set them");
    } else {
        // aMule writes a hash that it makes before it sets the marks in it, and shows others the marked one.
        telling.sink.note("marks of a user hash", "none: others are shown the hash with 0e and 6f in it");
        telling.row(selector(&shown, &shown, Span { at: 0, len: 17 }))?;
    }
    match cursor.left() {
        0 => Ok(()),
        44 => {
            let window = Span { at: cursor.at, len: 44 };
            telling.sink.skip(&window.spot(), "where the program's window stood on the screen");
            Ok(())
        }
        _ => telling.rest(cursor),
    }
}
