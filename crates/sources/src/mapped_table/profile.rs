//! A mapping profile: TOML text that says how another party's table becomes rows of ours. Checked before any record is read.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use regex::Regex;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use toml::Spanned;
use tutela_model::TableInfo;
use tutela_model::Zone;
use tutela_model::field::Field as _;
use tutela_model::form::{EpochUnit, TimeForm};
use tutela_model::source::Refusal;
use tutela_model::words::Words;

use super::hashes::HashKind;

/// A profile, as its TOML says it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name: issuer and thing.
    pub name: String,
    /// What it reads, in a sentence.
    pub about: String,
    /// The container.
    pub format: Format,
    /// The delimiter of a `csv`; comma when it is not said.
    pub delimiter: Option<char>,
    /// Whether quotation marks enclose fields.
    #[serde(default = "yes")]
    pub quotes: bool,
    /// The text encoding, by its WHATWG label; found out when it is not said.
    pub encoding: Option<String>,
    /// The sheet of an `xlsx`; the first visible one when it is not said.
    pub sheet: Option<String>,
    /// The header, by which a file is recognised.
    #[serde(default)]
    pub header: Vec<String>,
    /// The number of the header's (first) row, from 1; found by `header` when it is not said.
    pub header_row: Option<u64>,
    /// How many rows the header has: 2 when groups stand over the names, 0 when the file has none and its columns are
    /// those of `header` in that order.
    #[serde(default = "one")]
    pub header_rows: u8,
    /// The first cell of the line that holds the header after it: `#fields` in a Zeek log.
    pub header_prefix: Option<String>,
    /// What a line begins with that is a comment.
    pub comment: Option<String>,
    /// The regular expression of a line, whose named groups are the columns, for the format `pattern`.
    pub pattern: Option<String>,
    /// Regular expressions of the first cell of rows that are no records, such as a total.
    #[serde(default)]
    pub footer: Vec<String>,
    /// The zone of local times: an officer's declaration, saved. The zone declared on import goes before it.
    pub zone: Option<String>,
    /// Cells that mean that nothing is known.
    #[serde(default)]
    pub null: Vec<String>,
    /// Columns that are left out on purpose.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Whether every column that is not mapped is left out on purpose.
    #[serde(default)]
    pub ignore_rest: bool,
    /// Word lists: their word to ours.
    #[serde(default)]
    pub words: BTreeMap<String, BTreeMap<String, String>>,
    /// Values with a name, made once a record, for templates and fields.
    #[serde(default)]
    pub value: BTreeMap<String, Spanned<Source>>,
    /// What each record gives.
    pub table: Vec<TableMap>,
}

fn yes() -> bool {
    true
}

fn one() -> u8 {
    1
}

/// The most rows that a header has.
const MAX_HEADER_ROWS: u8 = 4;

/// The container of a mapped table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Text with a delimiter.
    Csv,
    /// Text with tabs.
    Tsv,
    /// An Excel workbook.
    Xlsx,
    /// Lines with a form that a regular expression says.
    Pattern,
    /// JSON Lines, an object a line.
    Jsonl,
    /// Parquet.
    Parquet,
}

/// How a record becomes a row of one table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableMap {
    /// The table.
    pub name: Spanned<String>,
    /// The column that must not be empty for the record to give this row.
    pub when: Option<Spanned<String>>,
    /// The source of each field.
    pub fields: BTreeMap<Spanned<String>, Spanned<Source>>,
}

/// Where a value comes from. A text alone is a column.
#[derive(Clone, Debug, Default)]
pub struct Source(pub SourceKeys);

/// The keys of a source.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceKeys {
    /// The column.
    pub column: Option<String>,
    /// Columns to be joined, empty ones left out.
    pub columns: Vec<String>,
    /// What stands between them.
    pub join: Option<String>,
    /// A text that every record has.
    pub constant: Option<String>,
    /// The name of a value.
    pub value: Option<String>,
    /// Sources of which the first that gives something counts.
    pub first: Vec<Source>,
    /// A text with names of values and columns in braces: `{operator}/{line}`.
    pub template: Option<String>,
    /// Which part of the cell.
    pub take: Take,
    /// What kind of hash or client number the cell is, or a template that gives the kind.
    pub hash: Option<String>,
    /// Patterns of a time or date.
    pub written: Vec<String>,
    /// The unit of a count since 1970: `s`, `ms`, `us`.
    pub epoch: Option<String>,
    /// The zone that the format itself says.
    pub zone: Option<String>,
    /// The word list.
    pub words: Option<String>,
    /// Cells that mean that nothing is known, besides the profile's.
    pub null: Vec<String>,
    /// Whether numbers have a decimal comma and thousands points.
    pub decimal_comma: bool,
}

/// Which part of a cell is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// All of it.
    #[default]
    Whole,
    /// The address of `192.0.2.1:4242`, `[2001:db8::1]:4242` or a bare address.
    Address,
    /// The port of the same; none of a bare address.
    Port,
    /// The first number of `1024-2047`; none of `*`.
    RangeLow,
    /// The last number of the same.
    RangeHigh,
    /// All without blanks.
    NoBlanks,
    /// All in lower case letters.
    Lower,
    /// A number with up to two decimals, in hundredths: `12,50` and `€ 12,50` are 1250.
    MinorUnits,
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SourceVisitor)
    }
}

struct SourceVisitor;

impl<'de> Visitor<'de> for SourceVisitor {
    type Value = Source;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a column, or a table such as { constant = \"…\" }")
    }

    fn visit_str<E: de::Error>(self, column: &str) -> Result<Source, E> {
        Ok(Source(SourceKeys { column: Some(column.to_owned()), ..SourceKeys::default() }))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Source, A::Error> {
        SourceKeys::deserialize(MapAccessDeserializer::new(map)).map(Source)
    }
}

impl Source {
    /// How the value's times are written, where that is said.
    pub(super) fn form(&self) -> Result<Option<TimeForm>, String> {
        let keys = &self.0;
        let zone = keys
            .zone
            .as_deref()
            .map(|zone| zone.parse::<Zone>().map_err(|error| error.to_string()))
            .transpose()?;
        if let Some(pattern) = keys.written.iter().find(|pattern| !TimeForm::is_pattern(pattern)) {
            return Err(format!("not a pattern of a date or time, such as %d/%m/%Y %H:%M:%S: {pattern}"));
        }
        match &keys.epoch {
            Some(unit) => match EpochUnit::from_word(unit) {
                Some(unit) => Ok(Some(TimeForm::Epoch(unit))),
                None => Err(format!("a count since 1970 is in s, ms or us, not in: {unit}")),
            },
            None if keys.written.is_empty() && zone.is_none() => Ok(None),
            None => Ok(Some(TimeForm::Written { patterns: keys.written.clone(), zone })),
        }
    }

    fn n_origins(&self) -> usize {
        let keys = &self.0;
        usize::from(keys.column.is_some())
            + usize::from(!keys.columns.is_empty())
            + usize::from(keys.constant.is_some())
            + usize::from(keys.value.is_some())
            + usize::from(!keys.first.is_empty())
            + usize::from(keys.template.is_some())
    }

    /// What is wrong with its keys, whatever the profile.
    fn flaw(&self) -> Option<&'static str> {
        let keys = &self.0;
        if self.n_origins() != 1 {
            return Some("a value has exactly one of column, columns, constant, value, first, template");
        }
        if keys.hash.is_some()
            && (keys.column.is_none()
                || keys.words.is_some()
                || keys.take != Take::Whole
                || keys.decimal_comma)
        {
            return Some("hash stands beside column alone");
        }
        let has_form =
            |keys: &SourceKeys| !keys.written.is_empty() || keys.epoch.is_some() || keys.zone.is_some();
        (keys.first.iter().any(|source| has_form(&source.0)))
            .then_some("written, epoch and zone stand beside first, not in it: a field has one form")
    }
}

impl Profile {
    /// Reads a profile and checks it.
    ///
    /// # Errors
    /// [`Refusal::Declared`] with the line, what is wrong, and how to mend it.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let profile: Self = toml::from_str(text).map_err(|error| {
            Refusal::Declared(format!(
                "the profile is not one:\n{error}\nhint: tutela profile guess FILE writes one"
            ))
        })?;
        profile.check().map_err(|(span, message)| {
            let at = span.map(|span| {
                format!(" line {}", 1 + text[..span.start.min(text.len())].matches('\n').count())
            });
            Refusal::Declared(format!("the profile {}{}: {message}", profile.name, at.unwrap_or_default()))
        })?;
        Ok(profile)
    }

    /// Whether its container names each value, so that no row is a header.
    pub(super) fn is_named(&self) -> bool {
        matches!(self.format, Format::Jsonl | Format::Parquet)
    }

    /// Whether it reads text that is cut into rows, or lines of a form.
    pub(super) fn has_rows(&self) -> bool {
        matches!(self.format, Format::Csv | Format::Tsv | Format::Pattern)
    }

    fn check(&self) -> Result<(), (Option<Range<usize>>, String)> {
        if self.table.is_empty() {
            return Err((None, "it has no [[table]]".to_owned()));
        }
        if (self.format == Format::Pattern) != self.pattern.is_some() {
            return Err((None, "the key pattern and the format \"pattern\" need each other".to_owned()));
        }
        if self.header_rows > MAX_HEADER_ROWS {
            return Err((None, format!("header_rows is at most {MAX_HEADER_ROWS}: {}", self.header_rows)));
        }
        if self.header_rows != 1 && (self.header_prefix.is_some() || self.pattern.is_some()) {
            return Err((None, "header_rows goes neither with header_prefix nor with pattern".to_owned()));
        }
        if self.is_named()
            && (self.header_rows != 1 || self.header_row.is_some() || self.header_prefix.is_some())
        {
            let message =
                "in JSON Lines and Parquet the names are not in a row: no key of the header but header";
            return Err((None, message.to_owned()));
        }
        if self.header_rows == 0 && (self.header.is_empty() || self.header_row.is_some()) {
            let message = "with header_rows = 0 the columns are those of header, and there is no header_row";
            return Err((None, message.to_owned()));
        }
        for pattern in self.footer.iter().chain(&self.pattern) {
            Regex::new(pattern).map_err(|error| (None, format!("not a regular expression: {error}")))?;
        }
        if let Some(zone) = &self.zone {
            zone.parse::<Zone>().map_err(|error| (None, error.to_string()))?;
        }
        for source in self.value.values() {
            self.check_source(source)?;
        }
        self.table.iter().try_for_each(|table| self.check_table(table))
    }

    fn check_table(&self, map: &TableMap) -> Result<(), (Option<Range<usize>>, String)> {
        let names = || super::READER.tables.join(", ");
        let table = TableInfo::named(map.name.get_ref())
            .filter(|table| super::READER.tables.contains(&table.name))
            .ok_or_else(|| {
                (
                    Some(map.name.span()),
                    format!("no such table: {}\nhint: one of {}", map.name.get_ref(), names()),
                )
            })?;
        for (field, source) in &map.fields {
            if table.field_idx(field.get_ref()).is_none() {
                let fields: Vec<&str> = table.fields.iter().map(|field| field.name).collect();
                let hint = format!("hint: one of {}", fields.join(", "));
                return Err((
                    Some(field.span()),
                    format!("{} has no such field: {}\n{hint}", table.name, field.get_ref()),
                ));
            }
            self.check_source(source)?;
        }
        let has = |name: &str| map.fields.keys().any(|field| field.get_ref() == name);
        match crate::tutela_table::needed(table).into_iter().find(|field| !has(field)) {
            Some(field) => Err((Some(map.name.span()), format!("{} needs the field: {field}", table.name))),
            None => Ok(()),
        }
    }

    fn check_source(&self, source: &Spanned<Source>) -> Result<(), (Option<Range<usize>>, String)> {
        self.check_keys(source.get_ref()).map_err(|message| (Some(source.span()), message))
    }

    fn check_keys(&self, source: &Source) -> Result<(), String> {
        let keys = &source.0;
        if let Some(flaw) = source.flaw() {
            return Err(flaw.to_owned());
        }
        if let Some(name) = keys.words.as_ref().filter(|name| !self.words.contains_key(*name)) {
            return Err(format!("no word list of this name: {name}\nhint: add [words.{name}]"));
        }
        if let Some(name) = keys.value.as_ref().filter(|name| !self.value.contains_key(*name)) {
            return Err(format!("no value of this name: {name}\nhint: add it under [value]"));
        }
        if let Some(pieces) = &keys.template {
            template(pieces).ok_or_else(|| format!("a template with an open brace: {pieces}"))?;
        }
        if let Some(kind) = &keys.hash {
            let pieces = template(kind).ok_or_else(|| format!("a template with an open brace: {kind}"))?;
            if let [] | [Piece::Text(_)] = pieces[..]
                && HashKind::from_word(kind).is_none()
            {
                return Err(format!("no kind of hash: {kind}\nhint: {}", HashKind::kind()));
            }
        }
        keys.first.iter().try_for_each(|source| self.check_keys(source))?;
        source.form().map(|_| ())
    }
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

/// The pieces of a template; none when a brace is open.
pub(super) fn template(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Name(name));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "name = \"x\"\nabout = \"x\"\nformat = \"csv\"\n";

    fn refusal(rest: &str) -> String {
        Profile::parse(&format!("{HEAD}{rest}"))
            .map_or_else(|refusal| refusal.to_string(), |_| "fine".to_owned())
    }

    #[test]
    fn an_error_in_a_profile_is_said_with_its_line() {
        for (profile, expected) in [
            ("[[table]]\nname = \"leases\"\nfields = {}\n", "line 5: no such table: leases"),
            (
                "[[table]]\nname = \"network\"\n[table.fields]\nprefix = \"net\"\n",
                "line 5: network needs the field: nature",
            ),
            (
                "[[table]]\nname = \"network\"\n[table.fields]\nnet = \"net\"\n",
                "line 7: network has no such field: net",
            ),
            ("zone = \"Rome\"\n[[table]]\nname = \"network\"\nfields = {}\n", "not a time zone"),
            ("footers = 1\n", "unknown field `footers`"),
            (
                "header_rows = 0\n[[table]]\nname = \"network\"\nfields = {}\n",
                "with header_rows = 0 the columns are those of header",
            ),
            ("header_rows = 9\n[[table]]\nname = \"network\"\nfields = {}\n", "header_rows is at most 4: 9"),
            (
                "[[table]]\nname = \"network\"\n[table.fields]\nprefix = \"net\"\nnature = { column = \"kind\", words = \"k\" }\n",
                "line 8: no word list of this name: k",
            ),
            (
                "[[table]]\nname = \"sighting\"\n[table.fields]\npeer = { column = \"p\", hash = \"md4\" }\n",
                "line 7: no kind of hash: md4\nhint: one of: ed2k, sha1, btih",
            ),
            (
                "[[table]]\nname = \"sighting\"\n[table.fields]\npeer = { first = [\"p\", { constant = \"q\", hash = \"guid\" }] }\n",
                "line 7: hash stands beside column alone",
            ),
            (
                "[[table]]\nname = \"sighting\"\n[table.fields]\nat = { first = [{ column = \"t\", epoch = \"s\" }] }\n",
                "line 7: written, epoch and zone stand beside first",
            ),
            (
                "[[table]]\nname = \"sighting\"\n[table.fields]\nat = { column = \"t\", written = [\"gg/mm\"] }\n",
                "not a pattern of a date or time",
            ),
        ] {
            let said = refusal(profile);
            assert!(said.contains(expected), "{said}\n-- expected --\n{expected}");
        }
    }

    #[test]
    fn a_template_is_text_and_names() {
        use Piece::{Name, Text};
        assert_eq!(template("{a}/{b c}!"), Some(vec![Name("a"), Text("/"), Name("b c"), Text("!")]));
        assert_eq!(template("{a"), None);
    }
}
