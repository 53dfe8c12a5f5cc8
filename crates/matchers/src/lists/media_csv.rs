//! The media of an operation as CSV, as `tutela export --as media-csv` writes them for a laboratory: a place a line, with
//! its hashes, the scheme and the category. Spreadsheets give it back with commas, semicolons or tabs.
//!
//! Of a line hashes, size, scheme, category and series are kept; a file that has several places has several records.

use std::io::Read;

use super::ReadError;
use super::gather::Gathered;
use super::record::{Kind, Take};
use super::table::{self, Cells, Other, column};

/// What a heading has that no other list has.
const MARKS: [&str; 3] = ["exhibit", "path", "category"];

struct Columns {
    hashes: [(Kind, Option<usize>); 4],
    scheme: Option<usize>,
    category: Option<usize>,
    series: Option<usize>,
    size: Option<usize>,
}

/// Whether a heading with these names is one, given a way to ask for a name.
pub fn is_heading(has: impl Fn(&str) -> bool) -> bool {
    MARKS.iter().all(|name| has(name)) && Kind::ALL.iter().any(|kind| has(kind.word()))
}

/// Reads a list.
pub fn read(bytes: &mut dyn Read, take: &mut dyn Take) -> Result<(), ReadError> {
    let beginning = table::beginning(bytes)?;
    table::read(
        "media_csv",
        &mut beginning.as_slice().chain(bytes),
        table::delimiter(&beginning),
        take,
        |heading, _| {
            let at = |name: &str| column(heading, name);
            if !is_heading(|name| at(name).is_some()) {
                return Ok(Err(Other(
                    "the columns exhibit, path, category and one of md5, sha1, sha256, ed2k",
                )));
            }
            Ok(Ok(Columns {
                hashes: Kind::ALL.map(|kind| (kind, at(kind.word()))),
                scheme: at("scheme"),
                category: at("category"),
                series: at("series"),
                size: at("size"),
            }))
        },
        |columns, cells, take| each(columns, cells, take),
    )
}

fn each(columns: &Columns, cells: &Cells<'_>, take: &mut dyn Take) -> Result<(), ReadError> {
    let mut gathered = Gathered::default();
    for (kind, at) in columns.hashes {
        gathered.hash(kind, cells.get(at), || cells.spot(at));
    }
    gathered.size(cells.get(columns.size), || cells.spot(columns.size));
    let attributes = &mut gathered.entry.attributes;
    attributes.scheme = said(cells, columns.scheme);
    attributes.category = said(cells, columns.category);
    attributes.series = said(cells, columns.series);
    gathered.hand_over(take)
}

/// The text of a cell, without the mark that keeps a spreadsheet from running it as a formula.
fn said(cells: &Cells<'_>, column: Option<usize>) -> Option<String> {
    let text = cells.text(column)?;
    let plain = text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@']));
    Some(plain.map_or(text.clone(), str::to_owned))
}
