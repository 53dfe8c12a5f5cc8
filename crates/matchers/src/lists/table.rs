//! A list that is a table: a heading that names columns, and a record on each line.

use std::borrow::Cow;
use std::io::{self, Read};

use tutela_model::Spot;

use super::ReadError;
use super::lines::{Line, Lines, SHORTER, fields};
use super::record::{Problem, Record, Skip, Take};

/// The names of the columns, as their lower-case letters and digits, so that `SHA-1`, `Sha1` and `sha1` are one.
pub type Heading = Vec<String>;

/// The cells of a record, and the line that it stands on.
pub struct Cells<'l> {
    /// The line, from 1.
    pub line: u64,
    cells: Vec<Cow<'l, [u8]>>,
}

impl Cells<'_> {
    /// The cell of a column, without blanks around it; empty where there is none.
    pub fn get(&self, column: Option<usize>) -> &[u8] {
        column.and_then(|column| self.cells.get(column)).map_or(&[], |cell| cell.trim_ascii())
    }

    /// The cell as text; none where it is empty.
    pub fn text(&self, column: Option<usize>) -> Option<String> {
        let cell = self.get(column);
        (!cell.is_empty()).then(|| String::from_utf8_lossy(cell).into_owned())
    }

    /// Where the cell is.
    pub fn spot(&self, column: Option<usize>) -> Spot {
        match column {
            Some(column) => Spot::Field { line: self.line, field: column as u32 + 1 },
            None => Spot::Line(self.line),
        }
    }
}

/// What a table begins with when it is not of its layout.
pub struct Other(pub &'static str);

/// Where a column is.
pub fn column(heading: &Heading, name: &str) -> Option<usize> {
    heading.iter().position(|known| known == name)
}

/// Reads a table: `head` makes of the heading what `each` needs for a record.
pub fn read<T>(
    layout: &'static str,
    bytes: &mut dyn Read,
    delimiter: u8,
    take: &mut dyn Take,
    head: impl FnOnce(&Heading, &mut dyn Take) -> Result<Result<T, Other>, ReadError>,
    mut each: impl FnMut(&mut T, &Cells<'_>, &mut dyn Take) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut lines = Lines::new(bytes);
    let other = |expected, found: &[u8]| {
        Err(ReadError::OtherLayout { layout, expected, found: super::record::shortened(found) })
    };
    let (mut columns, width) = match lines.next()? {
        None => return Ok(()),
        Some(Line::TooLong(_, found)) => return other(SHORTER, found),
        Some(Line::Whole(_, line)) => {
            let names: Result<Heading, _> =
                fields(line, delimiter).map(|name| name.map(|name| plain(&name))).collect();
            let heading = names.unwrap_or_default();
            match head(&heading, take)? {
                Ok(columns) => (columns, heading.len()),
                Err(Other(expected)) => return other(expected, line),
            }
        }
    };
    take.record(Record::Skip(Skip::Heading))?;
    while let Some(line) = lines.next()? {
        let (number, line) = match line {
            Line::Whole(number, line) => (number, line),
            Line::TooLong(number, found) => {
                take.problem(Problem::lost(Spot::Line(number), SHORTER, found))?;
                continue;
            }
        };
        if line.trim_ascii().is_empty() {
            take.record(Record::Skip(Skip::Comment))?;
            continue;
        }
        let Ok(cells) = fields(line, delimiter).collect::<Result<Vec<_>, _>>() else {
            take.problem(Problem::lost(Spot::Line(number), "a quotation mark that ends the field", line))?;
            continue;
        };
        if cells.len() != width {
            take.problem(Problem::lost(Spot::Line(number), "as many fields as the heading has", line))?;
            continue;
        }
        take.at(&Spot::Line(number));
        each(&mut columns, &Cells { line: number, cells }, take)?;
    }
    Ok(())
}

/// A column's name as its lower-case letters, digits and underlines.
fn plain(name: &[u8]) -> String {
    let kept = name.iter().filter(|byte| byte.is_ascii_alphanumeric() || **byte == b'_');
    kept.map(|byte| char::from(byte.to_ascii_lowercase())).collect()
}

/// The beginning of a table, by which its delimiter is known; it is to be read before the rest.
pub fn beginning(bytes: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    bytes.take(4096).read_to_end(&mut beginning)?;
    Ok(beginning)
}

/// The delimiter that parts the names of the first line.
pub fn delimiter(beginning: &[u8]) -> u8 {
    let line = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| line.iter().filter(|byte| **byte == delimiter).count();
    // A line without any is none of these, whatever it is read with.
    [b',', b';', b'\t'].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}
