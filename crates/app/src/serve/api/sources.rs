//! Files received: what stands at a place of one, for whoever wants to see the bytes behind a row.

use std::fs::File;
use std::io::BufReader;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use serde::Serialize;
use tutela_case::{Acted, Case, Receipt};
use tutela_model::source::Input;
use tutela_model::{Digest, Lang, Phrase, Spot};
use tutela_sources::spot_view::{
    CellsView, HexView, LineIndex, Media, Note, ReadAs, RecordView, Shown, TextView, Why, open,
};
use utoipa::ToSchema;

use super::asked::Asked;
use super::places::Place;
use crate::serve::answer::{Answer, Refused};
use crate::talk::{phrase, say};

/// What stands at a place of a file received.
#[derive(Serialize, ToSchema)]
pub struct Stands {
    /// `tutela.place/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// The file received.
    file: Received,
    /// The place, as it was asked for.
    place: String,
    /// The files inside the file that were opened on the way, outermost first.
    inside: Vec<String>,
    /// What is shown.
    view: View,
    /// What is to be known about what is shown.
    notes: Vec<Told>,
}

/// A file received.
#[derive(Serialize, ToSchema)]
struct Received {
    /// Its name when it came.
    name: String,
    /// SHA-256 of its bytes, hexadecimal.
    sha256: String,
    /// Its size in bytes.
    size: u64,
    /// When it was received first, RFC 3339, UTC.
    received_at: String,
    /// The number of the ledger's entry of its receipt.
    receipt: u64,
    /// The reader that made its rows; none where it was only received.
    reader: Option<String>,
    /// How its bytes were held against its digest.
    compared: Compared,
}

/// How the bytes of a file were held against its digest.
#[derive(Serialize, ToSchema)]
struct Compared {
    /// Whether they were compared for this answer. They are not: only the size is.
    now: bool,
    /// Whether they were those that the supplier's digests describe when they came; none when there were none.
    on_receipt: Option<bool>,
    /// When they were hashed again last, RFC 3339, UTC; none when that was never recorded.
    last: Option<String>,
    /// The number of the ledger's entry of that.
    entry: Option<u64>,
    /// All this in a sentence.
    words: String,
}

/// Something said, with a word for programs.
#[derive(Serialize, ToSchema)]
struct Told {
    /// The word.
    #[schema(value_type = String)]
    code: &'static str,
    /// The sentence.
    words: String,
}

/// What is shown of a place.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum View {
    /// Lines of a text.
    Text {
        /// The encoding that it is read as; none when all of it is ASCII.
        #[schema(value_type = Option<String>)]
        encoding: Option<&'static str>,
        /// The compression that the file is in; offsets are those of its content.
        #[schema(value_type = Option<String>)]
        packed: Option<&'static str>,
        /// Offset of the first byte that is meant, where it is known.
        byte: Option<u64>,
        /// How many bytes are meant.
        len: Option<u64>,
        /// The lines.
        lines: Vec<Line>,
    },
    /// Bytes, sixteen a row.
    Hex {
        /// The compression that the file is in; offsets are those of its content.
        #[schema(value_type = Option<String>)]
        packed: Option<&'static str>,
        /// Offset of the first byte that is meant.
        byte: u64,
        /// How many bytes are meant.
        len: u64,
        /// The rows.
        rows: Vec<Bytes>,
    },
    /// Cells of a sheet.
    Cells {
        /// The sheet.
        sheet: String,
        /// The letters of the columns that are shown.
        columns: Vec<String>,
        /// The column that is marked; none where the whole row is.
        column: Option<String>,
        /// The rows.
        rows: Vec<CellRow>,
    },
    /// A record of a container that has no lines.
    Record {
        /// Its number, from 1; 0 for the names of the columns alone.
        number: u64,
        /// Its cells.
        cells: Vec<RecordCell>,
    },
    /// Nothing, and why.
    None {
        /// Why, in a word for programs: `media`, `not_there`.
        #[schema(value_type = String)]
        code: &'static str,
        /// Why, in a sentence.
        words: String,
    },
}

/// A line of a text.
#[derive(Serialize, ToSchema)]
struct Line {
    /// Its number, from 1.
    number: u64,
    /// Where what is shown of it begins in the file.
    byte: Option<u64>,
    /// Whether it belongs to the record or value that the place is in.
    of_record: bool,
    /// Whether it has more before what is shown.
    cut_before: bool,
    /// Whether it has more behind what is shown.
    cut_after: bool,
    /// Its text in pieces.
    pieces: Vec<Piece>,
}

/// A piece of a line.
#[derive(Serialize, ToSchema)]
struct Piece {
    /// The text.
    text: String,
    /// Whether it is what the place means.
    marked: bool,
}

/// A row of bytes.
#[derive(Serialize, ToSchema)]
struct Bytes {
    /// Offset of the first.
    byte: u64,
    /// Two hexadecimal digits a byte; two blanks where it is left out.
    hex: Vec<String>,
    /// As ASCII; a point for what is none.
    ascii: String,
    /// The first column that is marked, from 0.
    marked_from: usize,
    /// The first column behind it that is not.
    marked_to: usize,
}

/// A row of a sheet.
#[derive(Serialize, ToSchema)]
struct CellRow {
    /// Its number, from 1.
    number: u32,
    /// The text of its cells.
    cells: Vec<String>,
    /// Whether the place means it, or a cell of it.
    marked: bool,
}

/// A cell of a record.
#[derive(Serialize, ToSchema)]
struct RecordCell {
    /// The column.
    column: String,
    /// Its text; none when the record has no value there, or one that is no text.
    text: Option<String>,
    /// Whether the text is longer than what is shown.
    cut: bool,
    /// The kind of a value that is no text.
    value_kind: Option<String>,
    /// Whether the place means it.
    marked: bool,
}

/// Shows what stands at a place of a file received. The place is asked for by the fields that rows and findings give it.
#[utoipa::path(get, path = "/sources/{sha256}/place",
    params(("sha256" = String, Path, description = "SHA-256 of the file received, hexadecimal"), Place),
    responses((status = 200, body = Stands), (status = "4XX", body = Refused)))]
pub async fn place(
    asked: Asked,
    sha256: Result<Path<String>, PathRejection>,
    place: Result<Query<Place>, QueryRejection>,
) -> Answer<Stands> {
    let (Path(sha256), Query(place)) = (sha256?, place?);
    let lang = asked.lang;
    let wrong = || Refused::wrong(phrase!("place.wrong"), lang);
    let digest: Digest = sha256.parse().map_err(|_| Refused::not_found(phrase!("place.no_file"), lang))?;
    let spot = place.spot().filter(|_| place.is_of(digest)).ok_or_else(wrong)?;
    asked
        .show(("place", format!("{digest} {spot}")), move |asked, opened, _| {
            let case = opened.case();
            let Some(receipt) = case.receipts().iter().find(|receipt| receipt.sha256 == digest) else {
                return Ok(Err(not_received(case, digest, lang)));
            };
            stands(case, receipt, &spot, &asked.server.line_indexes.of(case, digest), lang)
        })
        .await
}

/// There is no such file, or there was one.
fn not_received(case: &Case, digest: Digest, lang: Lang) -> Refused {
    let hex = digest.hex();
    let erases = |act: &&tutela_case::Act| act.act == "erase" && act.body().to_string().contains(&hex);
    match case.record().acts().iter().find(erases) {
        Some(act) => Refused::new(StatusCode::GONE, "erased", phrase!("place.erased", seq = act.seq), lang),
        None => Refused::not_found(phrase!("place.no_file"), lang),
    }
}

fn stands(
    case: &Case,
    receipt: &Acted<Receipt>,
    spot: &Spot,
    index: &LineIndex,
    lang: Lang,
) -> anyhow::Result<Result<Stands, Refused>> {
    let import = case.import(receipt.sha256);
    let declared = import.and_then(|import| import.declared.declared()).unwrap_or_default();
    let read_as = ReadAs { reader: import.map_or("", |import| import.reader.as_str()), declared: &declared };
    let mut opened = input(case, receipt.sha256, &receipt.name, Some(receipt.size))?;
    if let (Ok(input), Some(import)) = (&mut opened, import) {
        for beside in &import.beside {
            input.beside.extend(self::input(case, beside.sha256, &beside.name, None)?.ok());
        }
    }
    let file = received(case, receipt, import.map(|import| import.reader.clone()), lang);
    let (inside, view, notes) = match opened {
        Err((code, why)) => (Vec::new(), View::None { code, words: say(&why, lang) }, Vec::new()),
        Ok(input) => {
            let found = open(input, spot, read_as, Some(index)).map_err(anyhow::Error::new)?;
            let (view, notes) = shown(found.shown, lang);
            (found.inside, view, notes)
        }
    };
    let notes = notes.into_iter().map(|note| noted(note, lang)).collect();
    Ok(Ok(Stands { schema: "tutela.place/1", file, place: spot.to_string(), inside, view, notes }))
}

/// The bytes of a file received; else why they cannot be opened.
fn input(
    case: &Case,
    digest: Digest,
    name: &str,
    size: Option<u64>,
) -> anyhow::Result<Result<Input, (&'static str, Phrase)>> {
    let path = case.received_path(digest);
    let file = match File::open(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Err(("gone", phrase!("place.gone"))));
        }
        file => file?,
    };
    let len = file.metadata()?.len();
    if let Some(size) = size.filter(|size| *size != len) {
        return Ok(Err(("altered", phrase!("place.altered", expected = size, found = len))));
    }
    let bytes = Box::new(BufReader::with_capacity(1 << 16, file));
    Ok(Ok(Input { name: name.to_owned(), len, bytes, beside: Vec::new() }))
}

fn received(case: &Case, receipt: &Acted<Receipt>, reader: Option<String>, lang: Lang) -> Received {
    let hex = receipt.sha256.hex();
    let hashed = |act: &&tutela_case::Act| act.act == "hash-verify" && act.body().to_string().contains(&hex);
    let last = case.record().acts().iter().rev().find(hashed);
    let on_receipt = receipt.verified();
    let words = match last {
        Some(act) => phrase!("place.compared", at = act.at.clone(), seq = act.seq),
        None => phrase!("place.not_compared"),
    };
    Received {
        name: receipt.name.clone(),
        sha256: hex.clone(),
        size: receipt.size,
        received_at: receipt.at.to_string(),
        receipt: receipt.seq,
        reader,
        compared: Compared {
            now: false,
            on_receipt,
            last: last.map(|act| act.at.clone()),
            entry: last.map(|act| act.seq),
            words: say(&words, lang),
        },
    }
}

fn shown(shown: Shown, lang: Lang) -> (View, Vec<Note>) {
    match shown {
        Shown::Text(view) => text(view),
        Shown::Hex(HexView { packed, byte, len, rows, notes }) => {
            let rows = rows.into_iter().map(|row| Bytes {
                byte: row.byte,
                hex: row.hex,
                ascii: row.ascii,
                marked_from: row.marked.start,
                marked_to: row.marked.end,
            });
            (View::Hex { packed, byte, len, rows: rows.collect() }, notes)
        }
        Shown::Cells(CellsView { sheet, columns, column, rows, notes }) => {
            let rows = rows.into_iter().map(|row| CellRow {
                number: row.number,
                cells: row.cells,
                marked: row.marked,
            });
            (View::Cells { sheet, columns, column, rows: rows.collect() }, notes)
        }
        Shown::Record(RecordView { number, cells }) => {
            let cells = cells.into_iter().map(|cell| RecordCell {
                column: cell.column,
                text: cell.text,
                cut: cell.is_cut,
                value_kind: cell.kind,
                marked: cell.marked,
            });
            (View::Record { number, cells: cells.collect() }, Vec::new())
        }
        Shown::Nothing(why) => {
            let (code, words) = why_nothing(&why, lang);
            (View::None { code, words: say(&words, lang) }, Vec::new())
        }
    }
}

fn text(view: TextView) -> (View, Vec<Note>) {
    let TextView { encoding, packed, span, lines, notes } = view;
    let lines = lines.into_iter().map(|line| Line {
        number: line.number,
        byte: line.byte,
        of_record: line.of_record,
        cut_before: line.cut_before,
        cut_after: line.cut_after,
        pieces: line
            .pieces
            .into_iter()
            .map(|piece| Piece { text: piece.text, marked: piece.marked })
            .collect(),
    });
    let (byte, len) = span.unzip();
    (View::Text { encoding, packed, byte, len, lines: lines.collect() }, notes)
}

fn why_nothing(why: &Why, lang: Lang) -> (&'static str, Phrase) {
    match why {
        Why::NotThere => ("not_there", phrase!("place.not_there")),
        Why::Empty => ("empty", phrase!("place.empty")),
        Why::Media { media, byte, len } => {
            let what = match media {
                Media::Picture => phrase!("place.picture"),
                Media::Film => phrase!("place.film"),
                Media::Sound => phrase!("place.sound"),
            };
            let what = say(&what, lang);
            let said = match byte {
                Some(byte) => phrase!("place.media_at", media = what, byte = *byte, len = *len),
                None => phrase!("place.media", media = what, len = *len),
            };
            ("media", said)
        }
        Why::Page(page) => ("page", phrase!("place.page", page = *page)),
        Why::TooFar => ("too_far", phrase!("place.too_far", n = tutela_sources::spot_view::MAX_READ)),
        Why::NotYet(byte) => ("not_yet", phrase!("place.not_yet", n = *byte)),
        Why::Damaged(found) => ("damaged", phrase!("place.damaged", found = found.clone())),
        Why::NotUnpacked(found) => ("not_unpacked", phrase!("place.not_unpacked", found = found.clone())),
        Why::TooDeep => ("too_deep", phrase!("place.too_deep")),
    }
}

fn noted(note: Note, lang: Lang) -> Told {
    let (code, words) = match note {
        Note::Longer => ("longer", phrase!("place.longer")),
        Note::Ends => ("ends", phrase!("place.ends")),
        Note::Unreadable => ("unreadable", phrase!("place.unreadable")),
        Note::Twice => ("twice", phrase!("place.twice")),
        Note::NoField => ("no_field", phrase!("place.no_field")),
        Note::MediaLeftOut => ("media_left_out", phrase!("place.media_left_out")),
    };
    Told { code, words: say(&words, lang) }
}
