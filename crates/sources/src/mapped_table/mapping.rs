//! A profile bound to the header of one file: what each record's cells become.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tutela_model::TableInfo;
use tutela_model::field::{Flaw, FlawKind, Reading};
use tutela_model::place::Spot;
use tutela_model::source::{Declared, OtherHeader, Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};

use super::header::shown;
use super::profile::{Piece, Profile, Source, TableMap, Take, template};

/// No table has more fields; a test of `tutela_table` compares.
const MAX_FIELDS: usize = 32;

/// A profile bound to a header.
pub(super) struct Mapping {
    tables: Vec<BoundTable>,
    values: Vec<Bound>,
    null: Vec<String>,
    /// The columns of the file.
    pub n_columns: usize,
}

struct BoundTable {
    table: &'static TableInfo,
    reading: Reading,
    when: Option<usize>,
    fields: Vec<Option<Bound>>,
    /// The column that tells this row from others of the same table and record.
    anchor: Option<usize>,
}

struct Bound {
    origin: Origin,
    take: Take,
    words: Option<WordList>,
    null: Vec<String>,
    decimal_comma: bool,
    /// The column's name, for problems.
    column: Option<String>,
}

struct WordList {
    /// Their word, in lower case letters, and ours.
    ours: BTreeMap<String, String>,
    /// Their words as the profile writes them, for problems.
    expected: String,
}

impl WordList {
    fn new(words: &BTreeMap<String, String>) -> Self {
        let theirs: Vec<&str> = words.keys().map(String::as_str).collect();
        Self {
            ours: words.iter().map(|(theirs, ours)| (theirs.to_lowercase(), ours.clone())).collect(),
            expected: format!("one of: {}", theirs.join(", ")),
        }
    }
}

enum Origin {
    Column(usize),
    Joined(Vec<usize>, String),
    Constant(String),
    Value(usize),
    Template(Vec<Bit>),
}

enum Bit {
    Text(String),
    Column(usize),
    Value(usize),
}

/// Why a value cannot be made of a cell.
#[derive(Clone)]
struct Fault {
    expected: String,
    found: String,
}

/// Header names are compared without blanks around them and without regard to case.
pub(super) fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Mapping {
    /// Binds a profile to a header, and reports the columns that it does not know.
    ///
    /// # Errors
    /// [`Refusal::OtherHeader`] when the header lacks a column that the profile maps.
    pub fn bind<'a>(
        profile: &Profile,
        declared: &Declared,
        header: impl Iterator<Item = &'a str>,
        place: &Spot,
        sink: &mut dyn Sink,
    ) -> Result<Self, Refusal> {
        let header: Vec<&str> = header.map(str::trim).collect();
        let columns = header.iter().map(|name| folded(name)).collect();
        let mut binder = Binder { profile, columns, used: Vec::new(), missing: Vec::new() };
        let zone = match (&declared.zone, &profile.zone) {
            (Some(zone), _) => Some(zone.clone()),
            (None, Some(zone)) => {
                Some(zone.parse().map_err(|_| Refusal::Declared(format!("not a time zone: {zone}")))?)
            }
            (None, None) => None,
        };
        let values = profile.value.values().map(|source| binder.source(source.get_ref())).collect();
        let mut tables: Vec<BoundTable> = Vec::new();
        for map in &profile.table {
            let table = binder.table(map, &zone, &tables)?;
            tables.push(table);
        }
        let Binder { used, missing, .. } = binder;
        if !missing.is_empty() {
            // Not one record could be read, and a profile is the officer's to mend.
            let found = Some((place.clone(), shown(&header)));
            let other = OtherHeader { profile: profile.name.clone(), missing, found, fitting: None };
            return Err(Refusal::OtherHeader(Box::new(other)));
        }
        for (column, name) in header.iter().enumerate() {
            let ignored =
                profile.ignore_rest || profile.ignore.iter().any(|ignored| folded(ignored) == folded(name));
            if name.is_empty() || used.contains(&column) || ignored {
                continue;
            }
            let expected = format!("a column that the profile {} maps or ignores", profile.name);
            let problem = Problem::new(ProblemKind::UnknownColumn, place.clone(), name, &expected, name);
            sink.problem(problem.mend("add it to the profile; its values were not read"))?;
        }
        Ok(Self { tables, values, null: profile.null.clone(), n_columns: header.len() })
    }

    /// Reads one record, of which `cell` gives the cells and `spot` the place of a column.
    pub fn record<'a>(
        &'a self,
        cell: &dyn Fn(usize) -> Option<&'a str>,
        place: &Spot,
        spot: &dyn Fn(usize) -> Spot,
        sink: &mut dyn Sink,
    ) -> Result<(), Refusal> {
        let values: Vec<_> = self.values.iter().map(|value| self.make(value, cell, &[])).collect();
        let values: Vec<_> = (self.values.iter().zip(&values))
            .map(|(bound, made)| match bound.origin {
                // Templates of values come after the values that they are made of.
                Origin::Template(_) => self.make(bound, cell, &values),
                _ => made.clone(),
            })
            .collect();
        let mut n_given = 0;
        for table in &self.tables {
            if table.when.is_some_and(|column| self.filled(cell(column), &[]).is_none()) {
                continue;
            }
            n_given += 1;
            let place = table.anchor.map_or_else(|| place.clone(), spot);
            self.row(table, cell, &values, place, sink)?;
        }
        if n_given == 0 {
            sink.skip(place, "a record without a value in the columns that its tables need");
        }
        Ok(())
    }

    fn row<'a>(
        &'a self,
        table: &'a BoundTable,
        cell: &dyn Fn(usize) -> Option<&'a str>,
        values: &[Result<Option<Cow<'a, str>>, Fault>],
        place: Spot,
        sink: &mut dyn Sink,
    ) -> Result<(), Refusal> {
        let mut made: [Option<Cow<'_, str>>; MAX_FIELDS] = [const { None }; MAX_FIELDS];
        let mut is_whole = true;
        for (field_idx, bound) in table.fields.iter().enumerate() {
            let Some(bound) = bound else { continue };
            match self.make(bound, cell, values) {
                Ok(value) => made[field_idx] = value,
                Err(fault) => {
                    is_whole = false;
                    let column = bound.column.as_deref().unwrap_or(table.table.fields[field_idx].name);
                    sink.problem(Problem::new(
                        ProblemKind::BadValue,
                        place.clone(),
                        column,
                        &fault.expected,
                        &fault.found,
                    ))?;
                }
            }
        }
        if !is_whole {
            return Ok(());
        }
        let mut cells = [None; MAX_FIELDS];
        for (into, value) in cells.iter_mut().zip(&made) {
            *into = value.as_deref();
        }
        match (table.table.row_from_cells)(&cells[..table.fields.len()], &table.reading, place.clone()) {
            Ok(row) => sink.row(row),
            Err(flaws) => flaws.into_iter().try_for_each(|flaw| sink.problem(table.problem(flaw, &place)?)),
        }
    }

    /// A cell's content, when it is not empty and no word for nothing.
    fn filled<'a>(&self, cell: Option<&'a str>, null: &[String]) -> Option<&'a str> {
        let cell = cell.map(str::trim).filter(|cell| !cell.is_empty())?;
        (!self.null.iter().chain(null).any(|word| word == cell)).then_some(cell)
    }

    fn make<'a>(
        &'a self,
        bound: &'a Bound,
        cell: &dyn Fn(usize) -> Option<&'a str>,
        values: &[Result<Option<Cow<'a, str>>, Fault>],
    ) -> Result<Option<Cow<'a, str>>, Fault> {
        let filled = |column: usize| self.filled(cell(column), &bound.null);
        let value = |value: usize| match values.get(value) {
            Some(made) => made.clone(),
            None => Ok(None),
        };
        match &bound.origin {
            Origin::Column(column) => match filled(*column) {
                Some(cell) => bound.part(cell),
                None => Ok(None),
            },
            Origin::Joined(columns, join) => {
                let parts: Vec<&str> = columns.iter().filter_map(|column| filled(*column)).collect();
                Ok((!parts.is_empty()).then(|| Cow::Owned(parts.join(join))))
            }
            Origin::Constant(text) => Ok(Some(Cow::Borrowed(text))),
            Origin::Value(idx) => value(*idx),
            Origin::Template(bits) => {
                let mut text = String::new();
                for bit in bits {
                    let part = match bit {
                        Bit::Text(part) => Some(Cow::Borrowed(part.as_str())),
                        Bit::Column(column) => filled(*column).map(Cow::Borrowed),
                        Bit::Value(idx) => value(*idx)?,
                    };
                    // Half a template would name somebody else.
                    let Some(part) = part else { return Ok(None) };
                    text.push_str(&part);
                }
                Ok(Some(Cow::Owned(text)))
            }
        }
    }
}

impl BoundTable {
    /// The problem that a flaw is, under the name that the column has in the file.
    fn problem(&self, flaw: Flaw, place: &Spot) -> Result<Problem, Refusal> {
        let field = self.table.field_idx(flaw.column).and_then(|field_idx| self.fields[field_idx].as_ref());
        let column = field.and_then(|bound| bound.column.clone());
        if flaw.kind == FlawKind::ZoneMissing {
            let column = column.unwrap_or_else(|| flaw.column.to_owned());
            return Err(Refusal::ZoneMissing { place: place.clone(), column, found: flaw.found });
        }
        let mut problem = Problem::of(flaw, place)?;
        if let Some(column) = column {
            problem.column = Some(column.into());
        }
        Ok(problem)
    }
}

impl Bound {
    fn part<'a>(&'a self, cell: &'a str) -> Result<Option<Cow<'a, str>>, Fault> {
        if let Some(words) = &self.words {
            let word = words.ours.get(cell).or_else(|| words.ours.get(&cell.to_lowercase()));
            return match word {
                Some(word) => Ok((!word.is_empty()).then_some(Cow::Borrowed(word))),
                None => Err(Fault { expected: words.expected.clone(), found: cell.to_owned() }),
            };
        }
        Ok(match self.take {
            Take::Whole if self.decimal_comma => Some(Cow::Owned(cell.replace('.', "").replace(',', "."))),
            Take::Whole => Some(Cow::Borrowed(cell)),
            Take::Address => Some(Cow::Borrowed(address_and_port(cell).0)),
            Take::Port => address_and_port(cell).1.map(Cow::Borrowed),
            Take::RangeLow => range(cell).map(|(low, _)| Cow::Borrowed(low)),
            Take::RangeHigh => range(cell).map(|(_, high)| Cow::Borrowed(high)),
            Take::NoBlanks => Some(Cow::Owned(cell.split_whitespace().collect())),
            Take::Lower => Some(Cow::Owned(cell.to_lowercase())),
            Take::MinorUnits => Some(Cow::Owned(minor_units(cell, self.decimal_comma).ok_or_else(|| {
                Fault { expected: "an amount with at most two decimals".to_owned(), found: cell.to_owned() }
            })?)),
        })
    }
}

/// `192.0.2.1:4242` and `[2001:db8::1]:4242` in two; what has another form stays whole, for the address to be judged.
fn address_and_port(cell: &str) -> (&str, Option<&str>) {
    if let Some((address, rest)) = cell.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return match rest.strip_prefix(':') {
            Some(port) => (address, Some(port)),
            None if rest.is_empty() => (address, None),
            None => (cell, None),
        };
    }
    match cell.split_once(':') {
        Some((address, port)) if !port.contains(':') => (address, Some(port)),
        _ => (cell, None),
    }
}

/// `1024-2047` in two, a single port twice, `*` as no range.
fn range(cell: &str) -> Option<(&str, &str)> {
    if cell == "*" {
        return None;
    }
    Some(cell.split_once(['-', '–']).map_or((cell, cell), |(low, high)| (low.trim(), high.trim())))
}

fn minor_units(cell: &str, decimal_comma: bool) -> Option<String> {
    let (point, thousands) = if decimal_comma { (',', '.') } else { ('.', ',') };
    // The sign or code of a currency says nothing about the number.
    let mark = |sign: char| sign.is_whitespace() || "€$£".contains(sign) || sign.is_ascii_uppercase();
    let cell = cell.trim_matches(mark).replace(thousands, "");
    let (whole, decimals) = cell.split_once(point).unwrap_or((&cell, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    if digits.is_empty() || decimals.len() > 2 || !is_number(digits) || !is_number(decimals) {
        return None;
    }
    Some(format!("{whole}{decimals:0<2}"))
}

/// Binds names to columns, and remembers which were used and which are missing.
struct Binder<'a> {
    profile: &'a Profile,
    columns: Vec<String>,
    used: Vec<usize>,
    missing: Vec<String>,
}

impl<'a> Binder<'a> {
    fn column(&mut self, name: &str) -> usize {
        let wanted = folded(name);
        match self.columns.iter().position(|column| *column == wanted) {
            Some(column) => {
                self.used.push(column);
                column
            }
            None => {
                if !self.missing.iter().any(|missing| missing == name) {
                    self.missing.push(name.to_owned());
                }
                usize::MAX
            }
        }
    }

    fn value(&self, name: &str) -> Option<usize> {
        self.profile.value.keys().position(|value| value == name)
    }

    fn source(&mut self, source: &Source) -> Bound {
        let keys = &source.0;
        let origin = if let Some(column) = &keys.column {
            Origin::Column(self.column(column))
        } else if let Some(text) = &keys.constant {
            Origin::Constant(text.clone())
        } else if let Some(value) = keys.value.as_deref().and_then(|name| self.value(name)) {
            Origin::Value(value)
        } else if let Some(text) = &keys.template {
            Origin::Template(self.template(text))
        } else {
            let columns = keys.columns.iter().map(|column| self.column(column)).collect();
            Origin::Joined(columns, keys.join.clone().unwrap_or_else(|| " ".to_owned()))
        };
        let words = keys.words.as_ref().and_then(|name| self.profile.words.get(name));
        Bound {
            origin,
            take: keys.take,
            words: words.map(WordList::new),
            null: keys.null.clone(),
            decimal_comma: keys.decimal_comma,
            column: keys
                .column
                .clone()
                .or_else(|| (!keys.columns.is_empty()).then(|| keys.columns.join("+"))),
        }
    }

    fn template(&mut self, text: &str) -> Vec<Bit> {
        let pieces = template(text).unwrap_or_default();
        let bit = |piece: Piece<'_>| match piece {
            Piece::Text(text) => Bit::Text(text.to_owned()),
            Piece::Name(name) => match self.value(name) {
                Some(value) => Bit::Value(value),
                None => Bit::Column(self.column(name)),
            },
        };
        pieces.into_iter().map(bit).collect()
    }

    fn table(
        &mut self,
        map: &TableMap,
        zone: &Option<tutela_model::Zone>,
        before: &[BoundTable],
    ) -> Result<BoundTable, Refusal> {
        let name = map.name.get_ref();
        let table =
            TableInfo::named(name).ok_or_else(|| Refusal::Declared(format!("no such table: {name}")))?;
        let when = map.when.as_ref().map(|column| self.column(column.get_ref()));
        let mut fields: Vec<Option<Bound>> = table.fields.iter().map(|_| None).collect();
        let mut forms = Vec::new();
        for (field, source) in &map.fields {
            let Some(field_idx) = table.field_idx(field.get_ref()) else { continue };
            if let Some(form) = source.get_ref().form().map_err(Refusal::Declared)? {
                forms.push((table.fields[field_idx].name, form));
            }
            fields[field_idx] = Some(self.source(source.get_ref()));
        }
        let is_repeated = self.profile.table.iter().filter(|other| other.name.get_ref() == name).count() > 1;
        let taken: Vec<_> =
            before.iter().filter(|other| other.table.name == table.name).map(|other| other.anchor).collect();
        let columns = fields.iter().flatten().filter_map(|bound| match bound.origin {
            Origin::Column(column) => Some(column),
            _ => None,
        });
        let anchor = when.into_iter().chain(columns).find(|column| !taken.contains(&Some(*column)));
        Ok(BoundTable {
            table,
            reading: Reading { zone: zone.clone(), forms },
            when,
            fields,
            anchor: anchor.filter(|_| is_repeated),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_its_port_are_told_apart_in_every_form() {
        for (cell, expected) in [
            ("192.0.2.1:4242", ("192.0.2.1", Some("4242"))),
            ("192.0.2.1", ("192.0.2.1", None)),
            ("[2001:db8::1]:4242", ("2001:db8::1", Some("4242"))),
            ("[2001:db8::1]", ("2001:db8::1", None)),
            ("2001:db8::1", ("2001:db8::1", None)),
            ("[2001:db8::1]4242", ("[2001:db8::1]4242", None)),
            ("[2001", ("[2001", None)),
            ("192.0.2.1:", ("192.0.2.1", Some(""))),
        ] {
            assert_eq!(address_and_port(cell), expected, "{cell}");
        }
    }

    #[test]
    fn ranges_and_amounts_are_read_as_they_are_written() {
        assert_eq!(range("1024-2047"), Some(("1024", "2047")));
        assert_eq!(range("80"), Some(("80", "80")));
        assert_eq!(range("*"), None);
        for (cell, comma, expected) in [
            ("12,50", true, Some("1250")),
            ("1.234,5", true, Some("123450")),
            ("1,234.50", false, Some("123450")),
            ("-3", false, Some("-300")),
            ("3,141", true, None),
            ("€ 1.234,50", true, Some("123450")),
            ("-12,50 EUR", true, Some("-1250")),
            ("x", true, None),
        ] {
            assert_eq!(minor_units(cell, comma).as_deref(), expected, "{cell}");
        }
    }
}
