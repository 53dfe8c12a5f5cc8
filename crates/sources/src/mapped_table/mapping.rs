//! A profile bound to the header of one file: what each record's cells become.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tutela_model::TableInfo;
use tutela_model::field::{Field as _, Flaw, FlawKind, Reading, trimmed};
use tutela_model::place::Spot;
use tutela_model::source::{Declared, OtherHeader, Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};
use tutela_model::words::Words as _;

use super::hashes::HashKind;
use super::header::shown;
use super::profile::{Piece, Profile, Source, TableMap, Take, template};

/// No table has more fields; a test of `tutela_table` compares.
const MAX_FIELDS: usize = 32;

/// A profile bound to a header.
pub(super) struct Mapping {
    tables: Vec<BoundTable>,
    values: Vec<Bound>,
    null: Vec<String>,
    /// The columns of the file, by their names without blanks around them and in lower case letters.
    pub columns: Vec<String>,
    /// Those that are mapped, in order.
    pub used: Vec<usize>,
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
    hash: Option<Hash>,
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

/// What a cell's number is: said by the profile, or by other cells of the record.
enum Hash {
    Kind(HashKind),
    Said(Vec<Bit>),
}

enum Origin {
    Column(usize),
    First(Vec<Bound>),
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
#[derive(Clone, PartialEq)]
struct Fault {
    /// The column, where it is one of several that could give the value.
    column: Option<String>,
    expected: String,
    found: String,
}

impl Fault {
    fn new(expected: String, found: &str) -> Self {
        Self { column: None, expected, found: found.to_owned() }
    }

    /// The same, in the column of a source, unless it is known to be in another.
    fn or_in(mut self, source: Option<&Bound>) -> Self {
        self.column = self.column.or_else(|| source?.column.clone());
        self
    }
}

/// A value made of a record's cells: none when they say nothing.
type Made<'a> = Result<Option<Cow<'a, str>>, Fault>;

/// Header names are compared without blanks around them and without regard to case.
pub(super) fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Whether a profile leaves a column out on purpose.
pub(super) fn ignores(profile: &Profile, name: &str) -> bool {
    profile.ignore_rest || profile.ignore.iter().any(|ignored| folded(ignored) == name)
}

/// The problem of a column that a profile does not have, or that the file has twice.
pub(super) fn unknown(profile: &Profile, name: &str, is_again: bool, place: Spot) -> Problem {
    let (expected, mend) = if is_again {
        ("each column once".to_owned(), "rename one of them; of columns with one name the first was read")
    } else {
        let expected = format!("a column that the profile {} maps or ignores", profile.name);
        (expected, "add it to the profile; its values were not read")
    };
    Problem::new(ProblemKind::UnknownColumn, place, name, &expected, name).mend(mend)
}

impl Mapping {
    /// Binds a profile to a header, and reports the columns that it does not know, or that stand twice.
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
        let columns: Vec<String> = header.iter().map(|name| folded(name)).collect();
        let mut binder = Binder {
            profile,
            columns: columns.clone(),
            is_open: false,
            used: Vec::new(),
            missing: Vec::new(),
        };
        let mapping = binder.mapping(declared)?;
        let Binder { missing, .. } = binder;
        if !missing.is_empty() {
            // Not one record could be read, and a profile is the officer's to mend.
            let found = Some((place.clone(), shown(&header)));
            let other = OtherHeader { profile: profile.name.clone(), missing, found, fitting: None };
            return Err(Refusal::OtherHeader(Box::new(other)));
        }
        for (column, name) in header.iter().enumerate() {
            if name.is_empty() || mapping.used.contains(&column) || ignores(profile, &columns[column]) {
                continue;
            }
            let is_again = columns[..column].contains(&columns[column]);
            sink.problem(unknown(profile, name, is_again, place.clone()))?;
        }
        Ok(mapping)
    }

    /// Binds a profile to records that name each value: its columns are those that the profile maps.
    ///
    /// # Errors
    /// [`Refusal::Declared`].
    pub fn of_names(profile: &Profile, declared: &Declared) -> Result<Self, Refusal> {
        let mut binder =
            Binder { profile, columns: Vec::new(), is_open: true, used: Vec::new(), missing: Vec::new() };
        binder.mapping(declared)
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
        values: &[Made<'a>],
        place: Spot,
        sink: &mut dyn Sink,
    ) -> Result<(), Refusal> {
        let mut made: [Option<Cow<'_, str>>; MAX_FIELDS] = [const { None }; MAX_FIELDS];
        let mut faults: Vec<Fault> = Vec::new();
        for (field_idx, bound) in table.fields.iter().enumerate() {
            let Some(bound) = bound else { continue };
            match self.make(bound, cell, values) {
                Ok(value) => made[field_idx] = value,
                Err(fault) => {
                    let mut fault = fault.or_in(Some(bound));
                    fault.column.get_or_insert_with(|| table.table.fields[field_idx].name.to_owned());
                    // A word that several fields follow is wrong once.
                    if !faults.contains(&fault) {
                        faults.push(fault);
                    }
                }
            }
        }
        if !faults.is_empty() {
            return faults.into_iter().try_for_each(|Fault { column, expected, found }| {
                let column = column.unwrap_or_default();
                let kind = ProblemKind::BadValue;
                sink.problem(Problem::new(kind, place.clone(), &column, &expected, &found))
            });
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
        let cell = cell.map(trimmed).filter(|cell| !cell.is_empty())?;
        (!self.null.iter().chain(null).any(|word| word == cell)).then_some(cell)
    }

    fn make<'a>(
        &'a self,
        bound: &'a Bound,
        cell: &dyn Fn(usize) -> Option<&'a str>,
        values: &[Made<'a>],
    ) -> Made<'a> {
        let filled = |column: usize| self.filled(cell(column), &bound.null);
        let value = |idx: usize| match values.get(idx) {
            Some(Ok(made)) => Ok(made.clone()),
            // What is wrong stands in the column that the value is made of.
            Some(Err(fault)) => Err(fault.clone().or_in(self.values.get(idx))),
            None => Ok(None),
        };
        match &bound.origin {
            Origin::Column(column) => match (filled(*column), &bound.hash) {
                (Some(cell), Some(Hash::Kind(kind))) => hash(*kind, cell),
                (Some(cell), Some(Hash::Said(bits))) => {
                    let said = self.filled_in(bits, &filled, &value)?.unwrap_or_default();
                    let fault = || Fault::new(format!("a kind of hash, {}", HashKind::kind()), &said);
                    hash(HashKind::from_word(&said).ok_or_else(fault)?, cell)
                }
                (Some(cell), None) => bound.part(cell),
                (None, _) => Ok(None),
            },
            Origin::First(sources) => {
                for source in sources {
                    let in_column = |fault: Fault| fault.or_in(Some(source));
                    if let Some(made) = self.make(source, cell, values).map_err(in_column)? {
                        return Ok(Some(made));
                    }
                }
                Ok(None)
            }
            Origin::Joined(columns, join) => {
                let parts: Vec<&str> = columns.iter().filter_map(|column| filled(*column)).collect();
                Ok((!parts.is_empty()).then(|| Cow::Owned(parts.join(join))))
            }
            Origin::Constant(text) => Ok(Some(Cow::Borrowed(text))),
            Origin::Value(idx) => value(*idx),
            Origin::Template(bits) => Ok(self.filled_in(bits, &filled, &value)?.map(Cow::Owned)),
        }
    }

    /// The text of a template.
    fn filled_in<'a>(
        &'a self,
        bits: &'a [Bit],
        filled: &dyn Fn(usize) -> Option<&'a str>,
        value: &dyn Fn(usize) -> Made<'a>,
    ) -> Result<Option<String>, Fault> {
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
        Ok(Some(text))
    }
}

fn hash<'a>(kind: HashKind, cell: &str) -> Made<'a> {
    match kind.read(cell) {
        Some(text) => Ok(Some(Cow::Owned(text))),
        None => Err(Fault::new(kind.expected(), cell)),
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
    fn part<'a>(&'a self, cell: &'a str) -> Made<'a> {
        if let Some(words) = &self.words {
            let word = words.ours.get(cell).or_else(|| words.ours.get(&cell.to_lowercase()));
            return match word {
                Some(word) => Ok((!word.is_empty()).then_some(Cow::Borrowed(word))),
                None => Err(Fault::new(words.expected.clone(), cell)),
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
            Take::MinorUnits => Some(Cow::Owned(
                minor_units(cell, self.decimal_comma)
                    .ok_or_else(|| Fault::new("an amount with at most two decimals".to_owned(), cell))?,
            )),
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
    /// Whether a column that is not there is one more, and not missing.
    is_open: bool,
    used: Vec<usize>,
    missing: Vec<String>,
}

impl<'a> Binder<'a> {
    fn mapping(&mut self, declared: &Declared) -> Result<Mapping, Refusal> {
        let profile = self.profile;
        let zone = match (&declared.zone, &profile.zone) {
            (Some(zone), _) => Some(zone.clone()),
            (None, Some(zone)) => {
                Some(zone.parse().map_err(|_| Refusal::Declared(format!("not a time zone: {zone}")))?)
            }
            (None, None) => None,
        };
        let values = profile.value.values().map(|source| self.source(source.get_ref())).collect();
        let mut tables: Vec<BoundTable> = Vec::new();
        for map in &profile.table {
            let table = self.table(map, &zone, &tables)?;
            tables.push(table);
        }
        let mut used = std::mem::take(&mut self.used);
        used.sort_unstable();
        used.dedup();
        Ok(Mapping { tables, values, null: profile.null.clone(), columns: self.columns.clone(), used })
    }

    fn column(&mut self, name: &str) -> usize {
        let wanted = folded(name);
        match self.columns.iter().position(|column| *column == wanted) {
            Some(column) => {
                self.used.push(column);
                column
            }
            None if self.is_open => {
                self.used.push(self.columns.len());
                self.columns.push(wanted);
                self.columns.len() - 1
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
        } else if !keys.first.is_empty() {
            Origin::First(keys.first.iter().map(|source| self.source(source)).collect())
        } else {
            let columns = keys.columns.iter().map(|column| self.column(column)).collect();
            Origin::Joined(columns, keys.join.clone().unwrap_or_else(|| " ".to_owned()))
        };
        let words = keys.words.as_ref().and_then(|name| self.profile.words.get(name));
        let hash = keys.hash.as_ref().map(|kind| match HashKind::from_word(kind) {
            Some(kind) => Hash::Kind(kind),
            None => Hash::Said(self.template(kind)),
        });
        Bound {
            origin,
            take: keys.take,
            hash,
            words: words.map(WordList::new),
            null: keys.null.clone(),
            decimal_comma: keys.decimal_comma,
            column: keys.column.clone().or_else(|| {
                let of_first = || keys.first.iter().filter_map(|source| source.0.column.clone()).collect();
                let (names, mark): (Vec<String>, _) =
                    if keys.first.is_empty() { (keys.columns.clone(), "+") } else { (of_first(), "|") };
                (!names.is_empty()).then(|| names.join(mark))
            }),
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
