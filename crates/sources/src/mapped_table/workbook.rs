//! Mapped Excel workbooks (ECMA-376, XLSX): cell by cell, so that a sheet's declared size takes no memory.

use std::io::{self, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Dimensions, Reader as _, SheetVisible, Xlsx};
use regex::Regex;
use tutela_model::place::Spot;
use tutela_model::source::{Bytes, Declared, Input, Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};

use super::header::{Search, TitleRow, has_header};
use super::lines::without_header;
use super::mapping::Mapping;
use super::profile::Profile;
use super::{MAX_TITLE_ROWS, shipped, shipped_for_sheets, with_fitting};
use crate::compression::{FREE_BYTES, MAX_RATIO};
use crate::delimited::MAX_COLUMNS;

/// A workbook's parts together may not be larger than this, decompressed, in bytes: its texts are held in memory.
const MAX_BYTES: u64 = 1 << 30;

type Workbook = Xlsx<Box<dyn Bytes>>;

/// The first rows of each visible sheet.
pub(super) fn first_rows(input: Input) -> Result<Vec<Vec<TitleRow>>, String> {
    guarded(|| all_title_rows(&mut open(input)?))
}

/// The first rows of a sheet, with what is merged in them.
///
/// What is merged stands after a sheet's last row, so it is only looked for where it matters.
fn title_rows(
    workbook: &mut Workbook,
    sheet: &str,
    n_rows: usize,
    has_groups: bool,
) -> Result<Vec<TitleRow>, String> {
    let merged = if has_groups { merged(workbook, sheet)? } else { Vec::new() };
    let mut rows = Rows::open(workbook, sheet)?;
    let mut first = Vec::new();
    while first.len() < n_rows
        && let Some(row) = rows.next_row()?
    {
        first.push(title_row(&row, sheet, &merged));
    }
    Ok(first)
}

fn merged(workbook: &mut Workbook, sheet: &str) -> Result<Vec<Dimensions>, String> {
    workbook.merge_cells_by_sheet_name(sheet).map_err(|error| error.to_string())
}

fn title_row(row: &SheetRow, sheet: &str, merged: &[Dimensions]) -> TitleRow {
    let row_idx = row.number.saturating_sub(1);
    let wide = |region: &&Dimensions| {
        (region.start.0..=region.end.0).contains(&row_idx) && region.end.1 > region.start.1
    };
    let regions: Vec<&Dimensions> = merged.iter().filter(wide).collect();
    let follows = |column: usize| {
        let column = u32::try_from(column).unwrap_or(u32::MAX);
        regions.iter().any(|region| region.start.1 < column && column <= region.end.1)
    };
    TitleRow {
        number: u64::from(row.number),
        place: spot(sheet, row.number, 0),
        cells: row.cells.iter().map(|cell| cell.text.clone()).collect(),
        // The cells under a merged one may not be stored at all, so the row is as wide as what is merged in it.
        merged: (!regions.is_empty())
            .then(|| (0..MAX_COLUMNS.min(width(row, &regions))).map(follows).collect()),
    }
}

fn width(row: &SheetRow, regions: &[&Dimensions]) -> usize {
    regions.iter().map(|region| region.end.1 as usize + 1).chain([row.cells.len()]).max().unwrap_or(0)
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
        None => match guarded(|| all_title_rows(&mut workbook)) {
            Ok(sheets) => shipped(shipped_for_sheets(&sheets), &name)?,
            Err(error) => {
                sink.record();
                return sink.problem(damaged(place, &error));
            }
        },
    };
    sink.note("profile", &profile.name);
    let Some(sheet) = choose_sheet(&workbook, &profile) else {
        sink.record();
        let wanted = profile.sheet.clone().unwrap_or_else(|| "a visible sheet".to_owned());
        let found = visible(&workbook).join(", ");
        let problem =
            Problem::new(ProblemKind::MissingValue, place, "", &format!("the sheet {wanted}"), &found);
        return sink.problem(problem.mend("correct the sheet's name in the profile; no record was read"));
    };
    let result = read_sheets(&mut workbook, &sheet, &profile, declared, sink);
    sink.progress(len);
    result.map_err(|refusal| {
        with_fitting(refusal, || {
            guarded(|| all_title_rows(&mut workbook)).ok().and_then(|sheets| shipped_for_sheets(&sheets))
        })
    })
}

fn all_title_rows(workbook: &mut Workbook) -> Result<Vec<Vec<TitleRow>>, String> {
    visible(workbook).iter().map(|sheet| title_rows(workbook, sheet, MAX_TITLE_ROWS, false)).collect()
}

/// The sheet that is read first: of the profile's name, or else one that continues it, as in a second file.
fn choose_sheet(workbook: &Workbook, profile: &Profile) -> Option<String> {
    let mut shown = visible(workbook).into_iter();
    let Some(wanted) = &profile.sheet else { return shown.next() };
    let shown: Vec<String> = shown.collect();
    let named = shown.iter().find(|name| name.trim().eq_ignore_ascii_case(wanted.trim()));
    named.or_else(|| shown.iter().find(|name| continues(wanted, name))).cloned()
}

/// Whether a sheet's name is that of another and a number: `Risposta (2)`, `Risposta_2`, `Risposta 2`.
///
/// A sheet has at most 1,048,576 rows, and programs that export more go on in a sheet named so.
fn continues(sheet: &str, name: &str) -> bool {
    // A name that ends in a number itself, as a file's second part has it, counts from there.
    let stem = |name: &str| {
        name.trim()
            .trim_end_matches(|sign: char| sign.is_ascii_digit() || " _-.()".contains(sign))
            .to_lowercase()
    };
    let rest = name.trim().get(sheet.trim().len()..).unwrap_or_default();
    !stem(sheet).is_empty()
        && stem(sheet) == stem(name)
        && (rest.is_empty() || rest.chars().any(|sign| sign.is_ascii_digit()))
}

/// Reads the chosen sheet and those that continue it; all others are named.
fn read_sheets(
    workbook: &mut Workbook,
    chosen: &str,
    profile: &Profile,
    declared: &Declared,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let footers = profile.footer.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect();
    let mut state = SheetState { footers, mapping: None, n_formulas: 0 };
    state.sheet(workbook, chosen, profile, declared, sink)?;
    let sheets: Vec<_> =
        workbook.sheets_metadata().iter().map(|sheet| (sheet.name.clone(), sheet.visible)).collect();
    for (sheet, shown) in sheets.iter().filter(|(sheet, _)| sheet != chosen) {
        if *shown != SheetVisible::Visible {
            sink.note("hidden_sheet_not_read", sheet);
        } else if continues(chosen, sheet) {
            sink.note("sheet_continued", sheet);
            state.sheet(workbook, sheet, profile, declared, sink)?;
        } else {
            other_sheet(workbook, sheet, profile, sink)?;
        }
    }
    if state.n_formulas > 0 {
        sink.note(
            "formulas",
            &format!("{} cells are formulas; the value saved with each was read", state.n_formulas),
        );
    }
    Ok(())
}

/// A visible sheet of another name is not read. When it has the profile's header, that is no small thing.
fn other_sheet(
    workbook: &mut Workbook,
    sheet: &str,
    profile: &Profile,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    sink.note("sheet_not_read", sheet);
    let rows =
        guarded(|| title_rows(workbook, sheet, MAX_TITLE_ROWS, profile.header_rows > 1)).unwrap_or_default();
    if !has_header(profile, &rows) {
        return Ok(());
    }
    sink.record();
    let expected = "one sheet with this header, or further ones of its name and a number";
    let problem = Problem::new(ProblemKind::Refused, spot(sheet, 1, 0), "", expected, sheet);
    sink.problem(problem.mend("import the file again by a profile that names this sheet; it was not read"))
}

/// The sheet cannot be read beyond this row.
fn damage_after(error: &str, sheet: &str, last_row: u32, sink: &mut dyn Sink) -> Result<(), Refusal> {
    sink.record();
    sink.problem(damaged(spot(sheet, last_row + 1, 0), error))
}

fn damaged(place: Spot, error: &str) -> Problem {
    let kind = if error.starts_with(TOO_LARGE) { ProblemKind::TooLarge } else { ProblemKind::Malformed };
    Problem::new(kind, place, "", "an intact Excel workbook (XLSX)", error)
        .mend("open it in a spreadsheet program and save it anew, or ask for it again")
}

/// What is known of the sheets while they are read.
struct SheetState {
    footers: Vec<Regex>,
    /// Of the header that was read last: a sheet that continues another may have none of its own.
    mapping: Option<Mapping>,
    n_formulas: u64,
}

impl SheetState {
    fn sheet(
        &mut self,
        workbook: &mut Workbook,
        sheet: &str,
        profile: &Profile,
        declared: &Declared,
        sink: &mut dyn Sink,
    ) -> Result<(), Refusal> {
        if profile.header_rows == 0 && self.mapping.is_none() {
            self.mapping = Some(without_header(profile, declared, &spot(sheet, 1, 0), sink)?);
        }
        let merged =
            if profile.header_rows > 1 { guarded(|| merged(workbook, sheet)) } else { Ok(Vec::new()) };
        let (merged, mut rows) = match (merged, guarded(|| Rows::open(workbook, sheet))) {
            (Ok(merged), Ok(rows)) => (merged, rows),
            (Err(error), _) | (_, Err(error)) => return damage_after(&error, sheet, 0, sink),
        };
        // Until the header is there, rows wait: a sheet that continues another may begin with its first record.
        let mut search = (profile.header_rows > 0).then(|| (Search::new(profile), Vec::new()));
        let mut last_row = 0;
        loop {
            let row = match guarded(|| rows.next_row()) {
                Ok(Some(row)) => row,
                Ok(None) => break,
                Err(error) => {
                    damage_after(&error, sheet, last_row, sink)?;
                    break;
                }
            };
            last_row = row.number;
            let Some((looking, waiting)) = &mut search else {
                sink.record();
                self.row(&row, sheet, sink)?;
                continue;
            };
            let names = looking.row(title_row(&row, sheet, &merged));
            waiting.push(row);
            let is_over = looking.is_over();
            if let Some(names) = names {
                self.header(&names, waiting, sheet, profile, declared, sink)?;
                search = None;
            } else if is_over {
                self.without_own_header(looking, waiting, sheet, sink)?;
                search = None;
            }
        }
        match &mut search {
            Some((looking, waiting)) => self.without_own_header(looking, waiting, sheet, sink),
            None => Ok(()),
        }
    }

    /// The header is the last of the rows that waited.
    fn header(
        &mut self,
        names: &[String],
        waiting: &[SheetRow],
        sheet: &str,
        profile: &Profile,
        declared: &Declared,
        sink: &mut dyn Sink,
    ) -> Result<(), Refusal> {
        let Some((header, above)) = waiting.split_last() else { return Ok(()) };
        for row in above {
            sink.record();
            sink.skip(&spot(sheet, row.number, 0), "a row above the header");
        }
        sink.record();
        let place = spot(sheet, header.number, 0);
        self.mapping =
            Some(Mapping::bind(profile, declared, names.iter().map(String::as_str), &place, sink)?);
        sink.skip(&place, "the header");
        Ok(())
    }

    /// The rows that waited are records when the sheet continues one with a header.
    fn without_own_header(
        &mut self,
        search: &Search<'_>,
        waiting: &[SheetRow],
        sheet: &str,
        sink: &mut dyn Sink,
    ) -> Result<(), Refusal> {
        if self.mapping.is_none() && search.is_empty() {
            sink.note("content", "no header and no record");
        } else if self.mapping.is_none() {
            return Err(search.refusal());
        }
        waiting.iter().try_for_each(|row| {
            sink.record();
            self.row(row, sheet, sink)
        })
    }

    fn row(&mut self, row: &SheetRow, sheet: &str, sink: &mut dyn Sink) -> Result<(), Refusal> {
        let place = spot(sheet, row.number, 0);
        let Some(mapping) = &self.mapping else { return Ok(()) };
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
            .skip(mapping.columns.len())
            .find(|(_, cell)| !cell.text.trim().is_empty());
        if let Some((column, cell)) = extra {
            let place = spot(sheet, row.number, column);
            let expected = format!("{} cells, as the header has", mapping.columns.len());
            return sink.problem(Problem::new(ProblemKind::Malformed, place, "", &expected, &cell.text));
        }
        let cell = |column: usize| row.cells.get(column).map(|cell| cell.text.as_str());
        mapping.record(&cell, &place, &|column| spot(sheet, row.number, column), sink)
    }
}

/// The place of a cell, by row number from 1 and column from 0.
fn spot(sheet: &str, row_number: u32, column: usize) -> Spot {
    let letters = column_letters(column);
    Spot::Cell { sheet: sheet.into(), cell: format!("{letters}{row_number}").into() }
}

/// The letters of a column, counted from 0.
pub(crate) fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// Hands over the rows of a sheet until `each` has enough.
pub(crate) fn rows(input: Input, sheet: &str, mut each: impl FnMut(SheetRow) -> bool) -> Result<(), String> {
    guarded(|| {
        let mut workbook = open(input)?;
        let mut rows = Rows::open(&mut workbook, sheet)?;
        while let Some(row) = rows.next_row()? {
            if !each(row) {
                break;
            }
        }
        Ok(())
    })
}

/// A row of a sheet.
pub(crate) struct SheetRow {
    /// Its number, from 1.
    pub number: u32,
    /// Its cells from column A on.
    pub cells: Vec<SheetCell>,
}

/// A cell of a sheet.
#[derive(Clone, Default)]
pub(crate) struct SheetCell {
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

/// The sheets that a guess looks at: the visible ones with their first rows, and the names of the hidden ones.
pub(super) struct GuessSheets {
    pub shown: Vec<(String, Vec<TitleRow>)>,
    pub hidden: Vec<String>,
}

/// The first rows of the sheets, for a guess.
pub(super) fn guess_rows(input: Input, n_rows: usize) -> Result<GuessSheets, String> {
    guarded(|| {
        let mut workbook = open(input)?;
        let names = visible(&workbook);
        let all = workbook.sheets_metadata().iter().map(|sheet| sheet.name.clone());
        let hidden = all.filter(|name| !names.contains(name)).collect();
        let rows = |sheet: String| Ok((sheet.clone(), title_rows(&mut workbook, &sheet, n_rows, true)?));
        let shown = names.into_iter().map(rows).collect::<Result<_, String>>()?;
        Ok(GuessSheets { shown, hidden })
    })
}

#[cfg(test)]
mod tests {
    use super::continues;

    #[test]
    fn a_sheet_continues_another_by_its_name_and_a_number() {
        for (sheet, name, expected) in [
            ("Risposta", "Risposta (2)", true),
            ("Risposta", "risposta_2", true),
            ("Risposta", "Risposta2", true),
            ("Risposta (2)", "Risposta (3)", true),
            ("Risposta", "Note", false),
            ("Risposta", "Risposta bis", false),
            ("1", "2", false),
        ] {
            assert_eq!(continues(sheet, name), expected, "{sheet} {name}");
        }
    }
}
