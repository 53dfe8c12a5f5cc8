//! The header of a mapped table: how its rows are found, how several become one, and what is said when there is none.

use tutela_model::place::Spot;
use tutela_model::source::{OtherHeader, Refusal};

use super::MAX_TITLE_ROWS;
use super::mapping::folded;
use super::profile::Profile;

/// What stands between the group's name and the column's own when a header has several rows.
pub(super) const JOIN: &str = " / ";

/// A row above the records.
pub(super) struct TitleRow {
    /// Its number in the file or sheet, from 1.
    pub number: u64,
    pub place: Spot,
    /// Its cells; in a workbook, cells that are merged with others have their text in the first.
    pub cells: Vec<String>,
    /// Which cells are merged with the one before, where the file says so.
    pub merged: Option<Vec<bool>>,
}

/// Looks for the profile's header among the first rows.
pub(super) struct Search<'a> {
    profile: &'a Profile,
    rows: Vec<TitleRow>,
}

impl<'a> Search<'a> {
    pub fn new(profile: &'a Profile) -> Self {
        Self { profile, rows: Vec::new() }
    }

    /// Whether any row came.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The names of the columns, when this row completes the header.
    pub fn row(&mut self, row: TitleRow) -> Option<Vec<String>> {
        let profile = self.profile;
        self.rows.push(row);
        let n_rows = usize::from(profile.header_rows).max(1);
        let rows = &self.rows[self.rows.len().checked_sub(n_rows)?..];
        let last = rows.last()?;
        if let Some(prefix) = &profile.header_prefix {
            let (first, names) = last.cells.split_first()?;
            return (first.trim() == prefix).then(|| names.to_vec());
        }
        let names = joined(rows);
        let found = match profile.header_row {
            Some(first) => last.number == first + n_rows as u64 - 1,
            None => holds_half(profile, &names),
        };
        found.then_some(names)
    }

    /// Whether so many rows came that none of the next can be the header.
    pub fn is_over(&self) -> bool {
        let last = self.rows.last().map_or(0, |row| row.number);
        match self.profile.header_row {
            Some(first) => last > first + u64::from(self.profile.header_rows),
            None => self.rows.len() >= MAX_TITLE_ROWS,
        }
    }

    /// Why the file is not read: its rows have not the header.
    pub fn refusal(&self) -> Refusal {
        let profile = self.profile;
        let missing = match &profile.header_prefix {
            Some(prefix) => vec![format!("after {prefix}")],
            None => profile.header.clone(),
        };
        let likest = (self.rows.iter().rev())
            .map(|row| (n_names(profile, &row.cells), is_names(&row.cells), row))
            .max_by_key(|(n_names, is_names, _)| (*n_names, *is_names));
        let found = likest
            .filter(|(n_names, is_names, _)| *n_names > 0 || *is_names)
            .map(|(.., row)| (row.place.clone(), shown(&row.cells)));
        let other = OtherHeader { profile: profile.name.clone(), missing, found, fitting: None };
        Refusal::OtherHeader(Box::new(other))
    }
}

/// The cells of a row, for a message.
pub(super) fn shown<S: AsRef<str>>(cells: &[S]) -> String {
    let cells = cells.iter().map(|cell| cell.as_ref().trim()).filter(|cell| !cell.is_empty());
    tutela_model::field::clip(&cells.collect::<Vec<_>>().join(", "))
}

/// Whether a row holds exactly the names of the profile's header.
pub(super) fn is_header<S: AsRef<str>>(profile: &Profile, row: &[S]) -> bool {
    let names = |row: &mut dyn Iterator<Item = &str>| {
        let mut names: Vec<String> = row.map(folded).filter(|name| !name.is_empty()).collect();
        names.sort();
        names
    };
    profile.header_rows > 0
        && !profile.header.is_empty()
        && names(&mut row.iter().map(AsRef::as_ref)) == names(&mut profile.header.iter().map(String::as_str))
}

/// Whether rows one under another hold exactly the profile's header, at any place among them.
pub(super) fn has_header(profile: &Profile, rows: &[TitleRow]) -> bool {
    let n_rows = usize::from(profile.header_rows).max(1);
    rows.windows(n_rows).any(|rows| is_header(profile, &joined(rows)))
}

/// How many names of the profile's header a row holds.
pub(super) fn n_names<S: AsRef<str>>(profile: &Profile, row: &[S]) -> usize {
    let row: Vec<String> = row.iter().map(|cell| folded(cell.as_ref())).collect();
    profile.header.iter().filter(|name| row.contains(&folded(name))).count()
}

/// Half of the names make a header. One of several rows has a name of two parts as well: else the row of groups alone
/// would be taken for it.
fn holds_half(profile: &Profile, names: &[String]) -> bool {
    let parts = profile.header.iter().filter(|name| name.contains(JOIN)).map(|name| folded(name));
    let names_folded: Vec<String> = names.iter().map(|name| folded(name)).collect();
    let mut parts = parts.peekable();
    let has_part =
        profile.header_rows < 2 || parts.peek().is_none() || parts.any(|part| names_folded.contains(&part));
    has_part && n_names(profile, names) * 2 >= profile.header.len()
}

/// Whether a row has only names in it, and more than one; by another delimiter too, which a wrong profile may have.
fn is_names(cells: &[String]) -> bool {
    let parts = cells.iter().flat_map(|cell| cell.split([',', ';', '\t', '|']));
    let names: Vec<&str> = parts.map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let is_name = |cell: &&str| {
        cell.chars().next().is_some_and(char::is_alphabetic) && cell.parse::<tutela_model::Prefix>().is_err()
    };
    names.len() > 1 && names.iter().all(is_name)
}

/// The names of columns whose header is these rows: `Periodo` over `Inizio` and `Fine` gives `Periodo / Inizio` and
/// `Periodo / Fine`.
///
/// A group holds for the cells that are merged with it. Where the file does not say which are, as in CSV, it holds for
/// the empty cells after it as long as there is a name under each.
pub(super) fn joined(rows: &[TitleRow]) -> Vec<String> {
    let Some((last, above)) = rows.split_last() else { return Vec::new() };
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let cell =
        |row: &TitleRow, column: usize| row.cells.get(column).map_or("", |cell| cell.trim()).to_owned();
    let mut names: Vec<String> = (0..width).map(|column| cell(last, column)).collect();
    for row in above.iter().rev() {
        let mut group = String::new();
        for (column, name) in names.iter_mut().enumerate() {
            let own = cell(row, column);
            let holds = match &row.merged {
                Some(merged) => merged.get(column).copied().unwrap_or(false),
                None => !name.is_empty(),
            };
            if !own.is_empty() {
                // A name that stands over nothing is that of a column, not of a group.
                group = if row.merged.is_none() && name.is_empty() { String::new() } else { own.clone() };
            } else if !holds {
                group.clear();
            }
            let upper = if own.is_empty() { group.as_str() } else { own.as_str() };
            *name = match (upper, name.as_str()) {
                ("", own) => own.to_owned(),
                (upper, "") => upper.to_owned(),
                (upper, own) if upper == own => own.to_owned(),
                (upper, own) => format!("{upper}{JOIN}{own}"),
            };
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &str, merged: Option<&str>) -> TitleRow {
        TitleRow {
            number: 1,
            place: Spot::Line(1),
            cells: cells.split(';').map(str::to_owned).collect(),
            merged: merged.map(|merged| merged.bytes().map(|sign| sign == b'<').collect()),
        }
    }

    #[test]
    fn a_group_is_joined_to_the_names_under_it() {
        for (upper, merged, lower, expected) in [
            ("IP;Periodo;;Linea", None, ";Inizio;Fine;", "IP|Periodo / Inizio|Periodo / Fine|Linea"),
            // A name over nothing is no group, and a column without a group has its own name.
            ("IP;;Periodo;", None, ";Porta;Dal;Al", "IP|Porta|Periodo / Dal|Periodo / Al"),
            ("A;;;", None, "x;y;;z", "A / x|A / y||z"),
            ("A;;", Some(" < "), "x;y;z", "A / x|A / y|z"),
            ("Nome;;", Some(" <<"), "Nome;;", "Nome|Nome|Nome"),
        ] {
            let names = joined(&[row(upper, merged), row(lower, None)]);
            assert_eq!(names.join("|"), expected, "{upper} over {lower}");
        }
    }
}
