//! Mapped text: CSV, TSV and lines of a log.

use regex::Regex;
use tutela_model::place::Spot;
use tutela_model::source::{Declared, Input, OtherHeader, Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};

use super::MAX_TITLE_ROWS;
use super::header::{Search, TitleRow, has_header as any_header, n_names, shown};
use super::mapping::Mapping;
use super::profile::{Format, Profile};
use crate::delimited::{Cells, Next, Records};
use crate::text::{NextLine, TextInput};
use crate::tutela_table::ragged;

/// The byte between two fields of a file of the profile.
pub(crate) fn delimiter(profile: &Profile) -> u8 {
    match (profile.format, profile.delimiter) {
        (_, Some(delimiter)) if delimiter.is_ascii() => delimiter as u8,
        (Format::Tsv, _) => b'\t',
        _ => b',',
    }
}

/// Whether a file that begins so has exactly the profile's header, or lines of the profile's form.
pub(super) fn has_header(beginning: &str, profile: &Profile, pattern: Option<&Regex>) -> bool {
    let lines = beginning.lines().filter(|line| !line.is_empty());
    if let Some(pattern) = pattern {
        // The last line of a beginning may be cut.
        let lines: Vec<&str> = lines.take(5).collect();
        let whole = &lines[..if lines.len() > 1 { lines.len() - 1 } else { lines.len() }];
        return !whole.is_empty() && whole.iter().all(|line| pattern.is_match(line));
    }
    let delimiter = char::from(delimiter(profile));
    let row = |line: &str| -> Vec<String> {
        line.split(delimiter).map(|cell| cell.trim().trim_matches('"').to_owned()).collect()
    };
    let Some(prefix) = &profile.header_prefix else {
        let title = |line: &str| TitleRow { number: 0, place: Spot::Line(0), cells: row(line), merged: None };
        return any_header(profile, &lines.take(MAX_TITLE_ROWS).map(title).collect::<Vec<_>>());
    };
    // The columns of such a log differ with its settings: those that the profile knows must be there.
    let header = lines.take(MAX_TITLE_ROWS).map(row).find(|row| row.first() == Some(prefix));
    header
        .is_some_and(|row| n_names(profile, &row[1..]) == profile.header.len() && !profile.header.is_empty())
}

/// Whether most of the first lines have the form that the profile says; a log may have damaged ones among them.
pub(super) fn has_most_lines(head: &[u8], profile: &Profile) -> bool {
    let Some(Ok(pattern)) = profile.pattern.as_deref().map(Regex::new) else { return false };
    let text = crate::text::head_text(head);
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).take(MAX_TITLE_ROWS).collect();
    lines.iter().filter(|line| pattern.is_match(line)).count() * 2 > lines.len()
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
    // The first line, and how many came before one had the form.
    let mut strange: Option<(Spot, String)> = None;
    let (mut n_strange, mut is_known) = (0, false);
    loop {
        if !is_known && n_strange >= MAX_TITLE_ROWS {
            return Err(no_line(profile, strange));
        }
        match text.next_line(&mut scratch, sink)? {
            NextLine::End if !is_known && n_strange > 0 => return Err(no_line(profile, strange)),
            NextLine::End => return text.finish(sink),
            NextLine::Problem(problem) => {
                sink.record();
                sink.problem(*problem)?;
            }
            NextLine::Line(line, number) => {
                sink.record();
                let place = Spot::Line(number);
                let Some(captures) = pattern.captures(line) else {
                    n_strange += 1;
                    strange.get_or_insert_with(|| (place.clone(), shown(&[line])));
                    let expected = format!("a line of the form that the profile {} says", profile.name);
                    sink.problem(Problem::new(ProblemKind::Malformed, place, "", &expected, line))?;
                    continue;
                };
                is_known = true;
                let cell = |column| captures.get(column).map(|found| found.as_str());
                mapping.record(&cell, &place, &|column| field_spot(number, column), sink)?;
            }
        }
    }
}

/// None of a log's first lines has the form that the profile says.
fn no_line(profile: &Profile, found: Option<(Spot, String)>) -> Refusal {
    let missing = profile.pattern.clone().into_iter().collect();
    let other = OtherHeader { profile: profile.name.clone(), missing, found, fitting: None };
    Refusal::OtherHeader(Box::new(other))
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
    let mapping = match profile.header_rows {
        0 => Some(without_header(profile, declared, &Spot::Line(1), sink)?),
        _ => header(&mut records, profile, declared, sink)?,
    };
    let Some(mut mapping) = mapping else {
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
                if is_prefixed(profile, cells) {
                    // Such a log writes its header anew when its program starts anew, and its columns may be others.
                    mapping = Mapping::bind(profile, declared, cells.iter().skip(shift), &place, sink)?;
                    sink.skip(&place, "the header");
                } else if let Some(reason) = rows.no_record(cells) {
                    sink.skip(&place, reason);
                } else if let Some(problem) = ragged(cells, mapping.columns.len()) {
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

fn is_prefixed(profile: &Profile, cells: Cells<'_>) -> bool {
    profile
        .header_prefix
        .as_deref()
        .is_some_and(|prefix| cells.get(0).is_some_and(|cell| cell.trim() == prefix))
}

/// Binds the profile to the columns that it says itself.
pub(super) fn without_header(
    profile: &Profile,
    declared: &Declared,
    place: &Spot,
    sink: &mut dyn Sink,
) -> Result<Mapping, Refusal> {
    sink.record();
    let mapping = Mapping::bind(profile, declared, profile.header.iter().map(String::as_str), place, sink)?;
    sink.skip(place, "the profile's columns");
    Ok(mapping)
}

/// Finds the header and binds the profile to it; none when the file has no row at all, which is then noted.
fn header(
    records: &mut Records,
    profile: &Profile,
    declared: &Declared,
    sink: &mut dyn Sink,
) -> Result<Option<Mapping>, Refusal> {
    let mut search = Search::new(profile);
    loop {
        match records.next(sink)? {
            Next::End if search.is_empty() => {
                sink.note("content", "no header and no record");
                return Ok(None);
            }
            Next::End => return Err(search.refusal()),
            Next::Problem(problem) => {
                sink.record();
                sink.problem(*problem)?;
            }
            Next::Record(cells) => {
                sink.record();
                let place = Spot::Line(cells.line);
                let row = TitleRow {
                    number: cells.line,
                    place: place.clone(),
                    cells: cells.iter().map(str::to_owned).collect(),
                    merged: None,
                };
                if let Some(names) = search.row(row) {
                    let names = names.iter().map(String::as_str);
                    let mapping = Mapping::bind(profile, declared, names, &place, sink)?;
                    sink.skip(&place, "the header");
                    return Ok(Some(mapping));
                }
                if search.is_over() {
                    return Err(search.refusal());
                }
                sink.skip(&place, "a row above the header");
            }
        }
    }
}
