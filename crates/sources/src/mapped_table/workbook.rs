//! Mapped Excel workbooks (ECMA-376, XLSX): cell by cell, so that a sheet's declared size takes no memory.

use std::io::{self, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader as _, SheetVisible, Xlsx};
use regex::Regex;
use tutela_model::place::Spot;
use tutela_model::source::{Bytes, Declared, Input, Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};

use super::lines::{is_header_row, no_header};
use super::mapping::Mapping;
use super::profile::Profile;
use super::{MAX_TITLE_ROWS, shipped, shipped_for_sheets};
use crate::compression::{FREE_BYTES, MAX_RATIO};
use crate::delimited::MAX_COLUMNS;

/// A workbook's parts together may not be larger than this, decompressed, in bytes: its texts are held in memory.
const MAX_BYTES: u64 = 1 << 30;

type Workbook = Xlsx<Box<dyn Bytes>>;

/// The first rows of each visible sheet.
pub(super) fn headers(input: Input) -> Result<Vec<Vec<Vec<String>>>, String> {
    guarded(|| first_rows(&mut open(input)?))
}

fn first_rows(workbook: &mut Workbook) -> Result<Vec<Vec<Vec<String>>>, String> {
    let mut sheets = Vec::new();
    for sheet in visible(workbook) {
        let mut rows = Rows::open(workbook, &sheet)?;
        let mut first = Vec::new();
        while first.len() < MAX_TITLE_ROWS
            && let Some(row) = rows.next_row()?
        {
            first.push(row.cells.into_iter().map(|cell| cell.text).collect());
        }
        sheets.push(first);
    }
    Ok(sheets)
}

/// Opens a workbook whose parts are of an honest size.
fn open(mut input: Input) -> Result<Workbook, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    input.bytes.rewind().map_err(|error| text(&error))?;
    {
        let mut parts = zip::ZipArchive::new(&mut input.bytes).map_err(|error| text(&error))?;
        let mut n_bytes = 0;
        for part_idx in 0..parts.len() {
            // What a part says of its own size may be wrong, so it is counted.
            let part = parts.by_index(part_idx).map_err(|error| text(&error))?;
            let limit = MAX_BYTES.min(FREE_BYTES.max(input.len.saturating_mul(MAX_RATIO)));
            n_bytes += io::copy(&mut part.take(limit + 1), &mut io::sink()).map_err(|error| text(&error))?;
            if n_bytes > limit {
                return Err(format!("{TOO_LARGE} {n_bytes} bytes or more"));
            }
        }
    }
    input.bytes.rewind().map_err(|error| text(&error))?;
    Xlsx::new(input.bytes).map_err(|error| text(&error))
}

const TOO_LARGE: &str = "its parts decompress to";

/// The workbook's decoder is foreign code on foreign bytes: should a damaged file make it panic, that is a problem of
/// the file.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err("the decoder gave up on these bytes".to_owned()))
}

fn visible(workbook: &Workbook) -> Vec<String> {
    let sheets = workbook.sheets_metadata().iter();
    sheets.filter(|sheet| sheet.visible == SheetVisible::Visible).map(|sheet| sheet.name.clone()).collect()
}

pub(super) fn read(input: Input, declared: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let (len, name) = (input.len, input.name.clone());
    let place = Spot::Byte { byte: 0, len };
    let mut workbook = match guarded(|| open(input)) {
        Ok(workbook) => workbook,
        Err(error) => {
            sink.record();
            return sink.problem(damaged(place, &error));
        }
    };
    let profile = match &declared.profile {
        Some(text) => Profile::parse(text)?,
        None => match guarded(|| first_rows(&mut workbook)) {
            Ok(sheets) => shipped(shipped_for_sheets(&sheets), &name)?,
            Err(error) => {
                sink.record();
                return sink.problem(damaged(place, &error));
            }
        },
    };
    sink.note("profile", &profile.name);
    let Some(sheet) = choose_sheet(&workbook, &profile, sink) else {
        sink.record();
        let wanted = profile.sheet.clone().unwrap_or_else(|| "a visible sheet".to_owned());
        return sink.problem(Problem::new(
            ProblemKind::MissingValue,
            place,
            "",
            &format!("the sheet {wanted}"),
            "",
        ));
    };
    let result = read_sheet(&mut workbook, &sheet, &profile, declared, sink);
    sink.progress(len);
    result
}

/// The sheet that is read; all others are named in notes.
fn choose_sheet(workbook: &Workbook, profile: &Profile, sink: &mut dyn Sink) -> Option<String> {
    let sheets = workbook.sheets_metadata();
    let shown = visible(workbook);
    let wanted = profile.sheet.as_deref();
    let chosen = match wanted {
        Some(wanted) => shown.iter().find(|name| name.trim().eq_ignore_ascii_case(wanted.trim())),
        None => shown.first(),
    };
    for sheet in sheets.iter().filter(|sheet| Some(&sheet.name) != chosen) {
        let key =
            if sheet.visible == SheetVisible::Visible { "sheet_not_read" } else { "hidden_sheet_not_read" };
        sink.note(key, &sheet.name);
    }
    chosen.cloned()
}

fn damaged(place: Spot, error: &str) -> Problem {
    let kind = if error.starts_with(TOO_LARGE) { ProblemKind::TooLarge } else { ProblemKind::Malformed };
    Problem::new(kind, place, "", "an intact Excel workbook (XLSX)", error)
        .mend("open it in a spreadsheet program and save it anew, or ask for it again")
}

/// What is known of a sheet while it is read.
struct SheetState {
    footers: Vec<Regex>,
    mapping: Option<Mapping>,
    n_formulas: u64,
}

fn read_sheet(
    workbook: &mut Workbook,
    sheet: &str,
    profile: &Profile,
    declared: &Declared,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let footers = profile.footer.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect();
    let mut state = SheetState { footers, mapping: None, n_formulas: 0 };
    let mut last_row = 1;
    let mut rows = match guarded(|| Rows::open(workbook, sheet)) {
        Ok(rows) => rows,
        Err(error) => {
            sink.record();
            return sink.problem(damaged(spot(sheet, last_row, 0), &error));
        }
    };
    loop {
        match guarded(|| rows.next_row()) {
            Ok(Some(row)) => {
                last_row = row.number;
                sink.record();
                state.row(&row, sheet, profile, declared, sink)?;
            }
            Ok(None) => break,
            Err(error) => {
                sink.record();
                sink.problem(damaged(spot(sheet, last_row + 1, 0), &error))?;
                break;
            }
        }
    }
    if state.n_formulas > 0 {
        sink.note(
            "formulas",
            &format!("{} cells are formulas; the value saved with each was read", state.n_formulas),
        );
    }
    if state.mapping.is_none() {
        sink.record();
        sink.problem(no_header(profile, spot(sheet, 1, 0)))?;
    }
    Ok(())
}

impl SheetState {
    fn row(
        &mut self,
        row: &SheetRow,
        sheet: &str,
        profile: &Profile,
        declared: &Declared,
        sink: &mut dyn Sink,
    ) -> Result<(), Refusal> {
        let place = spot(sheet, row.number, 0);
        let Some(mapping) = &self.mapping else {
            let cells = || row.cells.iter().map(|cell| cell.text.as_str());
            if is_header_row(profile, u64::from(row.number), &cells) {
                self.mapping = Some(Mapping::bind(profile, declared, cells(), &place, sink)?);
                sink.skip(&place, "the header");
            } else {
                sink.skip(&place, "a row above the header");
            }
            return Ok(());
        };
        self.n_formulas += row.cells.iter().filter(|cell| cell.is_formula).count() as u64;
        let first = row.cells.first().map_or("", |cell| cell.text.trim());
        if self.footers.iter().any(|footer| footer.is_match(first)) {
            sink.skip(&place, "a footer row");
            return Ok(());
        }
        if row.cells.iter().all(|cell| cell.text.trim().is_empty() && !cell.is_error) {
            sink.skip(&place, "an empty row");
            return Ok(());
        }
        if let Some((column, cell)) = row.cells.iter().enumerate().find(|(_, cell)| cell.is_error) {
            let place = spot(sheet, row.number, column);
            return sink.problem(Problem::new(ProblemKind::BadValue, place, "", "a value", &cell.text));
        }
        let extra = row
            .cells
            .iter()
            .enumerate()
            .skip(mapping.n_columns)
            .find(|(_, cell)| !cell.text.trim().is_empty());
        if let Some((column, cell)) = extra {
            let place = spot(sheet, row.number, column);
            let expected = format!("{} cells, as the header has", mapping.n_columns);
            return sink.problem(Problem::new(ProblemKind::Malformed, place, "", &expected, &cell.text));
        }
        let cell = |column: usize| row.cells.get(column).map(|cell| cell.text.as_str());
        mapping.record(&cell, &place, &|column| spot(sheet, row.number, column), sink)
    }
}

/// The place of a cell, by row number from 1 and column from 0.
fn spot(sheet: &str, row_number: u32, column: usize) -> Spot {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    let letters: String = letters.iter().rev().collect();
    Spot::Cell { sheet: sheet.into(), cell: format!("{letters}{row_number}").into() }
}

/// A row of a sheet.
pub(super) struct SheetRow {
    /// Its number, from 1.
    pub number: u32,
    /// Its cells from column A on.
    pub cells: Vec<SheetCell>,
}

/// A cell of a sheet.
#[derive(Clone, Default)]
pub(super) struct SheetCell {
    /// Its value as text; a date and time without a zone as RFC 3339 writes them.
    pub text: String,
    is_formula: bool,
    is_error: bool,
}

/// The rows of a sheet, one after another.
pub(super) struct Rows<'a> {
    cells: calamine::XlsxCellReader<'a, Box<dyn Bytes>>,
    /// The first cell of the next row, which ended the row before.
    ahead: Option<((u32, u32), SheetCell)>,
    /// After its last cell the decoder must not be asked again.
    ended: bool,
}

impl<'a> Rows<'a> {
    fn open(workbook: &'a mut Workbook, sheet: &str) -> Result<Self, String> {
        let cells = workbook.worksheet_cells_reader(sheet).map_err(|error| error.to_string())?;
        Ok(Self { cells, ahead: None, ended: false })
    }

    fn next_row(&mut self) -> Result<Option<SheetRow>, String> {
        let mut row: Option<SheetRow> = None;
        loop {
            let ((row_idx, column), cell) = match self.ahead.take() {
                Some(ahead) => ahead,
                None if self.ended => return Ok(row),
                None => {
                    match self.cells.next_cell_with_formula_metadata().map_err(|error| error.to_string())? {
                        Some(found) => (found.pos, cell_of(&found.value, found.formula.is_some())),
                        None => {
                            self.ended = true;
                            return Ok(row);
                        }
                    }
                }
            };
            let number = row_idx.saturating_add(1);
            if row.as_ref().is_some_and(|row| row.number != number) {
                self.ahead = Some(((row_idx, column), cell));
                return Ok(row);
            }
            let row = row.get_or_insert(SheetRow { number, cells: Vec::new() });
            let column = column as usize;
            if column >= MAX_COLUMNS {
                if cell.text.is_empty() {
                    continue;
                }
                return Err(format!("a cell in column {}; at most {MAX_COLUMNS} are read", column + 1));
            }
            if row.cells.len() <= column {
                row.cells.resize(column + 1, SheetCell::default());
            }
            row.cells[column] = cell;
        }
    }
}

fn cell_of(value: &DataRef<'_>, is_formula: bool) -> SheetCell {
    let text = match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        // A float shows as the whole number that it holds, as the spreadsheet shows it.
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(at) if at.is_datetime() => {
            let (year, month, day, hour, minute, second, millisecond) = at.to_ymd_hms_milli();
            let decimals = if millisecond == 0 { String::new() } else { format!(".{millisecond:03}") };
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{decimals}")
        }
        DataRef::DateTime(duration) => duration.as_f64().to_string(),
        DataRef::Error(error) => error.to_string(),
    };
    SheetCell { text, is_formula, is_error: matches!(value, DataRef::Error(_)) }
}

/// The rows of the visible sheet that a guess looks at: its name and first rows.
pub(super) fn guess_rows(input: Input) -> Result<(String, Vec<SheetRow>), String> {
    guarded(|| {
        let mut workbook = open(input)?;
        let sheet = visible(&workbook).into_iter().next().ok_or("no visible sheet")?;
        let mut rows = Rows::open(&mut workbook, &sheet)?;
        let mut first = Vec::new();
        while first.len() < super::guess::MAX_ROWS
            && let Some(row) = rows.next_row()?
        {
            first.push(row);
        }
        drop(rows);
        Ok((sheet, first))
    })
}
