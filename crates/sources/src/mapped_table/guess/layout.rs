//! How a file is cut into rows, and which of them are its header.

use tutela_model::place::Spot;
use tutela_model::source::{Declared, Input, Refusal};

use super::super::header::{JOIN, TitleRow, joined};
use super::super::named::keys;
use super::super::profile::Format;
use super::trial::Nothing;
use super::values::{Kind, look};
use super::{MAX_ROWS, NoGuess};
use crate::compression::HEAD_BYTES;
use crate::delimited::{Next, Records};
use crate::json_lines::{first_objects, is_object};
use crate::text::{TextInput, head_text};
use crate::tutela_table::DELIMITERS;

/// A file as rows under named columns.
#[derive(Debug)]
pub(super) struct Layout {
    pub format: Format,
    pub delimiter: u8,
    pub sheet: Option<String>,
    /// The log whose header is a comment line, where the file is one.
    pub log: Option<Log>,
    pub header_rows: u8,
    pub names: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// A log whose header is a comment line.
#[derive(Debug)]
pub(super) struct Log {
    /// What the header's line begins with.
    pub prefix: &'static str,
    /// What stands for nothing.
    pub null: Vec<String>,
    /// The log's own name, where it says one.
    pub path: Option<String>,
    /// Whether the format says that its times are UTC.
    pub is_utc: bool,
}

/// The layout of a text.
pub(super) fn of_text(head: &[u8], declared: &Declared) -> Result<Layout, NoGuess> {
    if let Some(layout) = of_log(&head_text(head)) {
        return Ok(layout);
    }
    if is_object(head) {
        return of_objects(&first_objects(&head_text(head), MAX_ROWS)).ok_or(NoGuess::NoTable);
    }
    let mut best: (usize, Vec<Vec<String>>, u8) = (0, Vec::new(), b',');
    for delimiter in DELIMITERS {
        let rows = cut(head, delimiter, declared)?;
        let width = modal_width(&rows);
        let n_alike = rows.iter().filter(|row| row.len() == width).count();
        let score = if width > 1 { n_alike * 1000 + width } else { 0 };
        if score > best.0 {
            best = (score, rows, delimiter);
        }
    }
    let (_, rows, delimiter) = best;
    let format = if delimiter == b'\t' { Format::Tsv } else { Format::Csv };
    let title = |(idx, cells): (usize, Vec<String>)| TitleRow {
        number: idx as u64 + 1,
        place: Spot::Line(idx as u64 + 1),
        cells,
        merged: None,
    };
    let rows = rows.into_iter().enumerate().map(title).collect();
    of_rows(rows).map(|layout| Layout { format, delimiter, ..layout }).ok_or(NoGuess::NoTable)
}

/// The layout of objects; none when they have no keys.
fn of_objects(objects: &[Vec<(String, String)>]) -> Option<Layout> {
    let names = keys(objects);
    let value = |object: &[(String, String)], name: &str| {
        object.iter().find(|(key, _)| key == name).map_or_else(String::new, |(_, value)| value.clone())
    };
    let row = |object: &Vec<_>| names.iter().map(|name| value(object, name)).collect();
    let rows = objects.iter().map(row).collect();
    (!names.is_empty()).then(|| of_names(Format::Jsonl, names.clone(), rows))
}

/// The layout of records that name each value.
pub(super) fn of_names(format: Format, names: Vec<String>, rows: Vec<Vec<String>>) -> Layout {
    Layout { format, delimiter: b',', sheet: None, log: None, header_rows: 1, names, rows }
}

/// The layout of the rows of a sheet or text; none when nothing in them is a table.
pub(super) fn of_rows(rows: Vec<TitleRow>) -> Option<Layout> {
    let (names, header_rows, n_above) = match header(&rows) {
        Some((first, n_rows)) => (joined(&rows[first..first + n_rows]), n_rows as u8, first + n_rows),
        None => {
            let cells: Vec<&[String]> = rows.iter().map(|row| row.cells.as_slice()).collect();
            let width = cells.iter().map(|row| row.len()).max().filter(|width| *width > 1)?;
            // Without a header only the form of the values is left: rows that hold nothing of one are no table.
            let has_form = rows.first()?.cells.iter().any(|cell| !is_name(cell) && !cell.trim().is_empty());
            has_form.then(|| ((1..=width).map(|number| format!("column_{number}")).collect(), 0, 0))?
        }
    };
    let rows = rows.into_iter().skip(n_above).map(|row| row.cells).collect();
    Some(Layout { format: Format::Xlsx, delimiter: b',', sheet: None, log: None, header_rows, names, rows })
}

/// Zeek (`#fields`, https://docs.zeek.org/en/master/log-formats.html) and W3C extended logs (`#Fields:`,
/// https://www.w3.org/TR/WD-logfile.html, whose times are UTC).
fn of_log(text: &str) -> Option<Layout> {
    let said = |key: &str| {
        text.lines()
            .take(50)
            .find_map(|line| Some(line.strip_prefix(key)?.trim_start_matches(['\t', ' ']).to_owned()))
    };
    let is_zeek = text.lines().take(50).any(|line| line.starts_with("#fields"));
    let prefix = if is_zeek { "#fields" } else { "#Fields:" };
    let header = text.lines().take(50).find(|line| line.starts_with(prefix))?;
    let separator =
        said("#separator").and_then(|said| u8::from_str_radix(said.strip_prefix("\\x")?, 16).ok());
    let delimiter = match separator {
        Some(separator) if separator.is_ascii() => separator,
        _ if header.contains('\t') => b'\t',
        _ => b' ',
    };
    let cut = |line: &str| -> Vec<String> {
        line.split(char::from(delimiter)).map(|cell| cell.trim().to_owned()).collect()
    };
    let null = [said("#unset_field"), said("#empty_field")].into_iter().flatten().collect::<Vec<_>>();
    let log = Log {
        prefix,
        null: if null.is_empty() { vec!["-".to_owned()] } else { null },
        path: said("#path"),
        is_utc: !is_zeek,
    };
    let mut lines: Vec<&str> =
        text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    if text.len() >= HEAD_BYTES / 2 {
        lines.pop();
    }
    Some(Layout {
        format: if delimiter == b'\t' { Format::Tsv } else { Format::Csv },
        delimiter,
        sheet: None,
        log: Some(log),
        header_rows: 1,
        names: cut(header).split_off(1),
        rows: lines.into_iter().take(MAX_ROWS).map(cut).collect(),
    })
}

fn cut(head: &[u8], delimiter: u8, declared: &Declared) -> Result<Vec<Vec<String>>, Refusal> {
    let input = Input::from_memory("x.csv", head.to_vec());
    let text = TextInput::open(input, declared.encoding.as_deref(), &mut Nothing)?;
    let mut records = Records::new(text, delimiter, true);
    let mut rows: Vec<Vec<String>> = Vec::new();
    while rows.len() < MAX_ROWS {
        match records.next(&mut Nothing)? {
            Next::Record(cells) => rows.push(cells.iter().map(str::to_owned).collect()),
            Next::Problem(_) => {}
            Next::End => {
                // The last line of a long file's beginning may be cut.
                if head.len() >= HEAD_BYTES {
                    rows.pop();
                }
                break;
            }
        }
    }
    Ok(rows)
}

pub(super) fn n_filled(row: &[String]) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}

fn modal_width(rows: &[Vec<String>]) -> usize {
    let count = |width: usize| rows.iter().filter(|row| row.len() == width).count();
    rows.iter().map(Vec::len).max_by_key(|width| (count(*width), *width)).unwrap_or(0)
}

/// The header's first row and how many it has: the first row that is nearly full and holds names only, with the row
/// of groups above it or of names below.
fn header(rows: &[TitleRow]) -> Option<(usize, usize)> {
    let widest = rows.iter().map(|row| n_filled(&row.cells)).max()?;
    let is_full = |row: &TitleRow| {
        let n = n_filled(&row.cells);
        n > 1 && n * 3 >= widest * 2 && holds_names(row)
    };
    let found = rows.iter().position(is_full)?;
    if rows.get(found + 1).is_some_and(|lower| has_groups(&rows[found], lower)) {
        return Some((found, 2));
    }
    let above = found.checked_sub(1).filter(|above| has_groups(&rows[*above], &rows[found]));
    Some(above.map_or((found, 1), |above| (above, 2)))
}

fn holds_names(row: &TitleRow) -> bool {
    row.cells.iter().all(|cell| cell.trim().is_empty() || is_name(cell))
}

fn is_name(cell: &str) -> bool {
    let cell = cell.trim();
    // `PR` is a province and a heading.
    cell.chars().any(char::is_alphabetic)
        && matches!(look(&[cell]).kind, Kind::Text | Kind::Province | Kind::Currency)
}

/// Whether a row holds groups of the names under it: each name has something over it, and some group holds for two.
fn has_groups(upper: &TitleRow, lower: &TitleRow) -> bool {
    let filled =
        |row: &TitleRow, column: usize| row.cells.get(column).is_some_and(|cell| !cell.trim().is_empty());
    let width = upper.cells.len().max(lower.cells.len());
    let n_holes = (0..width).filter(|column| !filled(upper, *column) && filled(lower, *column)).count();
    // Records of nothing but words look like names: groups have cells merged, or a name that goes on over both rows.
    let n_over = (0..width).filter(|column| filled(upper, *column) && !filled(lower, *column)).count();
    let is_title =
        upper.merged.as_ref().is_some_and(|merged| merged.iter().filter(|merged| !**merged).count() <= 1);
    let names = joined(&[copy(upper), copy(lower)]);
    n_filled(&upper.cells) > 1
        && n_holes > 0
        && (n_over > 0 || upper.merged.is_some())
        && !is_title
        && holds_names(upper)
        && holds_names(lower)
        && names.iter().filter(|name| name.contains(JOIN)).count() > 1
}

fn copy(row: &TitleRow) -> TitleRow {
    TitleRow {
        number: row.number,
        place: row.place.clone(),
        cells: row.cells.clone(),
        merged: row.merged.clone(),
    }
}
