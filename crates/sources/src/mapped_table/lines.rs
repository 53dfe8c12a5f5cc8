//! Mapped text: CSV, TSV and lines of a log.

use regex::Regex;
use tutela_model::place::Spot;
use tutela_model::source::{Declared, Input, Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};

use super::mapping::Mapping;
use super::profile::{Format, Profile};
use super::{MAX_TITLE_ROWS, is_header, n_header_names};
use crate::delimited::{Cells, Next, Records};
use crate::text::{NextLine, TextInput};
use crate::tutela_table::ragged;

pub(super) fn delimiter(profile: &Profile) -> u8 {
    match (profile.format, profile.delimiter) {
        (_, Some(delimiter)) if delimiter.is_ascii() => delimiter as u8,
        (Format::Tsv, _) => b'\t',
        _ => b',',
    }
}

/// Whether a file that begins so has exactly the profile's header, or lines of the profile's form.
pub(super) fn has_header(head: &[u8], profile: &Profile) -> bool {
    let text = crate::text::head_text(head);
    let lines = text.lines().filter(|line| !line.is_empty());
    if let Some(pattern) = &profile.pattern {
        let Ok(pattern) = Regex::new(pattern) else { return false };
        // The last line of a beginning may be cut.
        let lines: Vec<&str> = lines.take(5).collect();
        let whole = &lines[..if lines.len() > 1 { lines.len() - 1 } else { lines.len() }];
        return !whole.is_empty() && whole.iter().all(|line| pattern.is_match(line));
    }
    let delimiter = char::from(delimiter(profile));
    for line in lines.take(MAX_TITLE_ROWS) {
        let mut row: Vec<&str> = line.split(delimiter).map(|cell| cell.trim().trim_matches('"')).collect();
        match &profile.header_prefix {
            // The columns of such a log differ with its settings: those that the profile knows must be there.
            Some(prefix) if row[0] == prefix => {
                return n_header_names(profile, row.drain(1..)) == profile.header.len()
                    && !profile.header.is_empty();
            }
            Some(_) => {}
            None if is_header(profile, &row) => return true,
            None => {}
        }
    }
    false
}

pub(super) fn read(
    input: Input,
    profile: &Profile,
    declared: &Declared,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let encoding = declared.encoding.as_deref().or(profile.encoding.as_deref());
    let text = TextInput::open(input, encoding, sink)?;
    match &profile.pattern {
        Some(pattern) => {
            let pattern = Regex::new(pattern).map_err(|error| Refusal::Declared(error.to_string()))?;
            read_pattern(text, &pattern, profile, declared, sink)
        }
        None => read_delimited(text, profile, declared, sink),
    }
}

fn read_pattern(
    mut text: TextInput,
    pattern: &Regex,
    profile: &Profile,
    declared: &Declared,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let columns: Vec<&str> = pattern.capture_names().map(Option::unwrap_or_default).collect();
    sink.record();
    let mapping = Mapping::bind(profile, declared, columns.iter().copied(), &Spot::Line(1), sink)?;
    sink.skip(&Spot::Line(1), "the profile's columns");
    let mut scratch = String::new();
    loop {
        match text.next_line(&mut scratch, sink)? {
            NextLine::End => return text.finish(sink),
            NextLine::Problem(problem) => {
                sink.record();
                sink.problem(*problem)?;
            }
            NextLine::Line(line, number) => {
                sink.record();
                let place = Spot::Line(number);
                let Some(captures) = pattern.captures(line) else {
                    let expected = format!("a line of the form that the profile {} says", profile.name);
                    sink.problem(Problem::new(ProblemKind::Malformed, place, "", &expected, line))?;
                    continue;
                };
                let cell = |column| captures.get(column).map(|found| found.as_str());
                mapping.record(&cell, &place, &|column| field_spot(number, column), sink)?;
            }
        }
    }
}

fn field_spot(line: u64, column: usize) -> Spot {
    Spot::Field { line, field: column as u32 + 1 }
}

/// What the rows of a file are, besides records.
struct Rows {
    footers: Vec<Regex>,
    comment: Option<String>,
}

fn read_delimited(
    text: TextInput,
    profile: &Profile,
    declared: &Declared,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let rows = Rows {
        footers: profile.footer.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect(),
        comment: profile.comment.clone(),
    };
    let mut records = Records::new(text, delimiter(profile), profile.quotes);
    let Some(mapping) = header(&mut records, profile, declared, sink)? else {
        return records.text.finish(sink);
    };
    // The prefix of a header line is a field that its records do not have.
    let shift = usize::from(profile.header_prefix.is_some());
    loop {
        match records.next(sink)? {
            Next::End => return records.text.finish(sink),
            Next::Problem(problem) => {
                sink.record();
                sink.problem(*problem)?;
            }
            Next::Record(cells) => {
                sink.record();
                let place = Spot::Line(cells.line);
                if let Some(reason) = rows.no_record(cells) {
                    sink.skip(&place, reason);
                } else if let Some(problem) = ragged(cells, mapping.n_columns) {
                    sink.problem(problem)?;
                } else {
                    let spot = |column| field_spot(cells.line, column + shift);
                    mapping.record(&|column| cells.get(column), &place, &spot, sink)?;
                }
            }
        }
    }
}

impl Rows {
    fn no_record(&self, cells: Cells<'_>) -> Option<&'static str> {
        let first = cells.get(0).unwrap_or_default().trim();
        if self.comment.as_ref().is_some_and(|comment| first.starts_with(comment)) {
            return Some("a comment line");
        }
        if self.footers.iter().any(|footer| footer.is_match(first)) {
            return Some("a footer row");
        }
        cells.iter().all(|cell| cell.trim().is_empty()).then_some("an empty row")
    }
}

/// Finds the header and binds the profile to it; none when there is no header, which is then reported.
fn header(
    records: &mut Records,
    profile: &Profile,
    declared: &Declared,
    sink: &mut dyn Sink,
) -> Result<Option<Mapping>, Refusal> {
    let mut n_rows = 0;
    loop {
        match records.next(sink)? {
            Next::End => {
                if n_rows > 0 {
                    sink.record();
                    sink.problem(no_header(profile, Spot::Line(1)))?;
                } else {
                    sink.note("content", "no header and no record");
                }
                return Ok(None);
            }
            Next::Problem(problem) => {
                sink.record();
                sink.problem(*problem)?;
            }
            Next::Record(cells) => {
                n_rows += 1;
                sink.record();
                let place = Spot::Line(cells.line);
                if is_header_row(profile, cells.line, &|| cells.iter()) {
                    let shift = usize::from(profile.header_prefix.is_some());
                    let mapping = Mapping::bind(profile, declared, cells.iter().skip(shift), &place, sink)?;
                    sink.skip(&place, "the header");
                    return Ok(Some(mapping));
                }
                sink.skip(&place, "a row above the header");
            }
        }
    }
}

/// Whether a row is the header: by its number, its prefix, or because it holds half of the names expected.
pub(super) fn is_header_row<'a, I: Iterator<Item = &'a str>>(
    profile: &Profile,
    row_number: u64,
    cells: &dyn Fn() -> I,
) -> bool {
    if let Some(header_row) = profile.header_row {
        return row_number == header_row;
    }
    if let Some(prefix) = &profile.header_prefix {
        return cells().next().is_some_and(|first| first.trim() == prefix);
    }
    profile.header.is_empty() || n_header_names(profile, cells()) * 2 >= profile.header.len()
}

pub(super) fn no_header(profile: &Profile, place: Spot) -> Problem {
    let expected = format!("a header row with: {}", profile.header.join(", "));
    Problem::new(ProblemKind::MissingValue, place, "", &expected, "")
        .mend("look whether the delimiter and the profile are those of this file; no record was read")
}
