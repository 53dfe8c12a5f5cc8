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
    let marked = sample.head.get(1..17).is_some_and(|hash| has_marks(hash));
    match sample.head.first() == Some(&VERSION) && sized {
        true if named => Fit::Sure,
        true if marked => Fit::Possible,
        _ if named => Fit::Possible,
        _ => Fit::No,
    }
}

/// Both programs set these two bytes of a user hash that they make; older programs had others there.
fn has_marks(hash: &[u8]) -> bool {
    hash[5] == 0x0e && hash[14] == 0x6f
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
    let marks = if has_marks(&hash) { "0e and 6f, as eMule and aMule set them" } else { "none" };
    telling.sink.note("marks of a user hash", marks);
    let value = hex(&hash);
    telling.row(Selector {
        owner_kind: OwnerKind::Peer,
        owner: format!("ed2k/{value}").into(),
        kind: SelectorKind::UserHash,
        value: value.into(),
        from: None,
        until: None,
        verified: Stated::Unknown,
        origin: Origin::Stated,
        place: span.spot(),
    })?;
    if !has_marks(&hash) {
        let expected = "0e as the sixth byte and 6f as the fifteenth, as eMule and aMule set them";
        telling.flaw("value", &Flaw::new(ProblemKind::BadValue, span, expected, hex(&hash)))?;
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
