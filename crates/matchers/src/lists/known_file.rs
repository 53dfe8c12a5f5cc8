//! The table `known_file` as CSV with commas, semicolons or tabs: any of its columns, at least one of them a hash. The list
//! that a row names is kept as its contributor; a column that the table does not have is a problem of the heading.

use std::io::Read;

use tutela_model::Spot;

use super::ReadError;
use super::gather::Gathered;
use super::icse::yes_or_no;
use super::record::{Kind, Problem, Take, Withdrawn};
use super::table::{self, Cells, Other, column};

/// The columns of the table.
const COLUMNS: &[&str] = &[
    "list",
    "list_version",
    "scheme",
    "category",
    "series",
    "md5",
    "sha1",
    "sha256",
    "ed2k",
    "pdq",
    "size",
    "withdrawn",
    // Of grades.
    "stated_by",
    "stated_at",
    "stated_in",
    // Of every stored row.
    "source",
    "place",
];

/// Whether these are its columns: one of a hash, and either the list's or none that the table does not have.
pub fn is_heading(names: &[String]) -> bool {
    let is = |known: &str| names.iter().any(|name| name == known);
    Kind::ALL.iter().any(|kind| is(kind.word()))
        && (is("list") || names.iter().all(|name| COLUMNS.contains(&name.as_str())))
}

struct Columns {
    hashes: [(Kind, Option<usize>); 4],
    list: Option<usize>,
    version: Option<usize>,
    scheme: Option<usize>,
    category: Option<usize>,
    series: Option<usize>,
    pdq: Option<usize>,
    size: Option<usize>,
    withdrawn: Option<usize>,
}

/// Reads a list.
pub fn read(bytes: &mut dyn Read, take: &mut dyn Take) -> Result<(), ReadError> {
    let beginning = table::beginning(bytes)?;
    table::read(
        "known_file",
        &mut beginning.as_slice().chain(bytes),
        table::delimiter(&beginning),
        take,
        |heading, take| {
            let at = |name| column(heading, name);
            let columns = Columns {
                hashes: Kind::ALL.map(|kind| (kind, at(kind.word()))),
                list: at("list"),
                version: at("list_version"),
                scheme: at("scheme"),
                category: at("category"),
                series: at("series"),
                pdq: at("pdq"),
                size: at("size"),
                withdrawn: at("withdrawn"),
            };
            if !is_heading(heading) {
                return Ok(Err(Other(
                    "one of md5, sha1, sha256, ed2k, and list or no other table's columns",
                )));
            }
            for (at, name) in heading.iter().enumerate().filter(|(_, name)| !COLUMNS.contains(&name.as_str()))
            {
                let spot = Spot::Field { line: 1, field: at as u32 + 1 };
                take.problem(Problem::part(spot, "a column of the table known_file", name.as_bytes()))?;
            }
            Ok(Ok(columns))
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
    if !cells.get(columns.pdq).is_empty() {
        gathered.pdq(cells.get(columns.pdq), || cells.spot(columns.pdq), take);
    }
    let withdrawn = match cells.get(columns.withdrawn) {
        b"" => Some(false),
        said => yes_or_no(said),
    };
    if withdrawn.is_none() {
        let said = cells.get(columns.withdrawn);
        gathered.wrong(cells.spot(columns.withdrawn), "true or false", said);
    }
    let attributes = &mut gathered.entry.attributes;
    attributes.contributor = cells.text(columns.list);
    attributes.scheme = cells.text(columns.scheme);
    attributes.category = cells.text(columns.category);
    attributes.series = cells.text(columns.series);
    attributes.withdrawn = (withdrawn == Some(true)).then(|| Withdrawn {
        version: cells.text(columns.version).unwrap_or_default(),
        reason: String::new(),
    });
    gathered.hand_over(take)
}
