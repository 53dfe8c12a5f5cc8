//! CSV: RFC 4180 with any common delimiter, found out from the header.

use tutela_model::TableInfo;
use tutela_model::place::Spot;
use tutela_model::source::{Declared, Input, Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};

use super::{Target, has_required, same_column};
use crate::delimited::{Cells, Next, Records};
use crate::text::TextInput;

/// Delimiters that are looked for, the likeliest first.
pub(crate) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

pub(super) fn has_columns(head: &[u8], table: &TableInfo) -> bool {
    let head = crate::text::head_text(head);
    let line = head.lines().find(|line| !line.is_empty()).unwrap_or_default();
    let delimiter = char::from(delimiter(line.as_bytes(), table));
    has_required(table, || line.split(delimiter).map(|column| column.trim().trim_matches('"')).collect())
}

/// The delimiter of a file that begins so.
pub(super) fn delimiter_of(head: &[u8], table: &TableInfo) -> u8 {
    let head = crate::text::head_text(head);
    let line = head.split(['\n', '\r']).find(|line| !line.is_empty()).unwrap_or_default();
    delimiter(line.as_bytes(), table)
}

pub(super) fn read(
    input: Input,
    table: &'static TableInfo,
    declared: &Declared,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let mut text = TextInput::open(input, declared.encoding.as_deref(), sink)?;
    let delimiter = text.peek_line()?.map_or(b',', |line| delimiter(line, table));
    sink.note("delimiter", delimiter_name(delimiter));
    let mut records = Records::new(text, delimiter, true);
    let target = loop {
        match records.next(sink)? {
            Next::End => return end(&records, true, sink),
            Next::Problem(problem) => {
                sink.record();
                sink.problem(*problem)?;
            }
            Next::Record(cells) => {
                break Target::of_header(table, declared, cells.iter(), &Spot::Line(cells.line), sink)?;
            }
        }
    };
    loop {
        match records.next(sink)? {
            Next::End => return end(&records, false, sink),
            Next::Problem(problem) => {
                sink.record();
                sink.problem(*problem)?;
            }
            Next::Record(cells) => {
                sink.record();
                match ragged(cells, target.n_columns) {
                    Some(problem) => sink.problem(problem)?,
                    None => target.record(|column| cells.get(column), Spot::Line(cells.line), sink)?,
                }
            }
        }
    }
}

fn end(records: &Records, is_empty: bool, sink: &mut dyn Sink) -> Result<(), Refusal> {
    if is_empty {
        sink.note("content", "no header and no record");
    }
    records.text.finish(sink)
}

/// The problem of a record with another number of fields than the header. Empty fields too many do no harm.
pub(crate) fn ragged(cells: Cells<'_>, n_columns: usize) -> Option<Problem> {
    let n_cells = cells.len();
    if n_cells == n_columns
        || (n_cells > n_columns && cells.iter().skip(n_columns).all(|cell| cell.trim().is_empty()))
    {
        return None;
    }
    let place = Spot::Line(cells.line);
    let problem = Problem::new(
        ProblemKind::Malformed,
        place,
        "",
        &format!("{n_columns} fields, as the header has"),
        &format!("{n_cells} fields"),
    );
    Some(problem.mend("look whether the line is cut, or a field with a delimiter lacks its quotation marks"))
}

/// The delimiter that makes the most columns of the table out of the header, or else the most columns.
fn delimiter(header: &[u8], table: &TableInfo) -> u8 {
    let known = |delimiter: u8| {
        let columns =
            header.split(|byte| *byte == delimiter).filter_map(|column| std::str::from_utf8(column).ok());
        let columns: Vec<&str> = columns.map(|column| column.trim().trim_matches('"')).collect();
        let n_known = (table.fields.iter())
            .filter(|field| columns.iter().any(|column| same_column(column, field.name)))
            .count();
        (n_known, columns.len())
    };
    // Of equals the last wins in `max_by_key`, so the likeliest comes last.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| known(*delimiter)).unwrap_or(b',')
}

/// A delimiter as notes write it.
pub(crate) fn delimiter_name(delimiter: u8) -> &'static str {
    match delimiter {
        b';' => "semicolon",
        b'\t' => "tab",
        b'|' => "vertical bar",
        _ => "comma",
    }
}
