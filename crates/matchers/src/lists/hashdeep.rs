//! hashdeep: `%%%% HASHDEEP-1.0`, then `%%%% size,md5,sha256,filename`, comments with `#`, and lines of these columns.
//! The name is the last column, is not quoted and may hold commas.

use std::io::Read;

use tutela_model::Spot;

use super::ReadError;
use super::gather::Gathered;
use super::lines::{Line, Lines, SHORTER};
use super::record::{Kind, Problem, Record, Skip, Take, shortened};

/// What the first line begins with.
pub const MARK: &[u8] = b"%%%% HASHDEEP-";

enum Column {
    Size,
    Hash(Kind),
    Name,
    /// A hash that is not looked up: Tiger, Whirlpool.
    Other,
}

/// Reads a list.
pub fn read(bytes: &mut dyn Read, take: &mut dyn Take) -> Result<(), ReadError> {
    let mut lines = Lines::new(bytes);
    let mut columns: Vec<Column> = Vec::new();
    let mut gathered = Gathered::default();
    while let Some(line) = lines.next()? {
        let (number, line) = match line {
            Line::Whole(number, line) => (number, line),
            Line::TooLong(number, found) => {
                take.problem(Problem::lost(Spot::Line(number), SHORTER, found))?;
                continue;
            }
        };
        if number == 1 && !line.starts_with(MARK) {
            return Err(ReadError::OtherLayout {
                layout: "hashdeep",
                expected: "%%%% HASHDEEP-1.0",
                found: shortened(line),
            });
        }
        if let Some(names) = line.strip_prefix(b"%%%% ") {
            if number > 1 {
                columns = names.split(|byte| *byte == b',').map(column).collect();
            }
            take.record(Record::Skip(Skip::Heading))?;
            continue;
        }
        if line.is_empty() || line[0] == b'#' {
            take.record(Record::Skip(Skip::Comment))?;
            continue;
        }
        let cells: Vec<&[u8]> = line.splitn(columns.len(), |byte| *byte == b',').collect();
        if columns.is_empty() || cells.len() != columns.len() {
            let expected = "as many fields as the line with %%%% names";
            take.problem(Problem::lost(Spot::Line(number), expected, line))?;
            continue;
        }
        for (at, (cell, column)) in cells.iter().zip(&columns).enumerate() {
            let spot = || Spot::Field { line: number, field: at as u32 + 1 };
            match column {
                Column::Size => gathered.size(cell, spot),
                Column::Hash(kind) => gathered.hash(*kind, cell, spot),
                Column::Other => gathered.other(None, take),
                Column::Name => {}
            }
        }
        gathered.hand_over(take)?;
    }
    Ok(())
}

fn column(name: &[u8]) -> Column {
    match str::from_utf8(name.trim_ascii()) {
        Ok("size") => Column::Size,
        Ok("filename") => Column::Name,
        Ok(name) => Kind::of_word(name).map_or(Column::Other, Column::Hash),
        Err(_) => Column::Other,
    }
}
