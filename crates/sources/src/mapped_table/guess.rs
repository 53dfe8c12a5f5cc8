//! Proposes a mapping profile for an unknown table, and shows what it would read. A person decides whether it is right.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;
use tutela_model::field::address_at;
use tutela_model::form::TimeForm;
use tutela_model::place::Spot;
use tutela_model::source::{Declared, Input, Refusal, Sink};
use tutela_model::tables::{Builders, Problem, Row};
use tutela_model::{Prefix, Time, Zone};

use super::profile::Format;
use super::{is_workbook, workbook};
use crate::compression::{head, seekable};
use crate::delimited::{Next, Records};
use crate::text::TextInput;
use crate::tutela_table::{DELIMITERS, text_of};

/// Rows that a guess looks at.
pub(super) const MAX_ROWS: usize = 200;
/// Records that a guess shows.
const N_SHOWN: usize = 10;

/// A profile proposed for a file.
#[derive(Debug)]
pub struct Guess {
    /// The profile's TOML text, with comments.
    pub profile: String,
    /// What is uncertain about it, in sentences.
    pub doubts: Vec<String>,
    /// The first ten records as the profile reads them.
    pub first: Vec<FirstRecord>,
}

/// A record as a proposed profile reads it.
#[derive(Debug, Default)]
pub struct FirstRecord {
    /// Rows: the table, and each field that is not empty with its value.
    pub rows: Vec<(&'static str, Vec<(&'static str, String)>)>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Proposes a profile.
///
/// # Errors
/// [`Refusal::Read`], and [`Refusal::NotThisFormat`] when the file has no rows with columns.
pub fn guess(mut input: Input, declared: &Declared) -> Result<Guess, Refusal> {
    let beginning = head(&mut input)?;
    let none = |found: String| Refusal::NotThisFormat { expected: "a table with a header".to_owned(), found };
    let (bytes, layout) = if is_workbook(&beginning) {
        let mut input = seekable(input)?.map_err(|problem| none(problem.expected.to_string()))?;
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut input.bytes, &mut bytes)?;
        let copy = Input::from_memory("x.xlsx", bytes.clone());
        let mut sheets = workbook::guess_rows(copy, MAX_ROWS).map_err(none)?;
        let (sheet, rows) = sheets.shown.swap_remove(0);
        let rows = rows.into_iter().map(|row| row.cells).collect();
        (bytes, Layout { format: Format::Xlsx, delimiter: b',', sheet: Some(sheet), rows })
    } else {
        let layout = text_layout(&beginning, declared)?;
        (beginning, layout)
    };
    let header_idx = header(&layout.rows).ok_or_else(|| none("no row that could be a header".to_owned()))?;
    let columns = columns(&layout.rows[header_idx], &layout.rows[header_idx + 1..]);
    let mut doubts = Vec::new();
    let profile = write_profile(&layout, &columns, &mut doubts);
    let first = first_records(&profile, bytes, declared, &mut doubts)?;
    Ok(Guess { profile, doubts, first })
}

struct Layout {
    format: Format,
    delimiter: u8,
    sheet: Option<String>,
    rows: Vec<Vec<String>>,
}

/// The delimiter is the one that cuts most lines into the same number of fields, more than one.
fn text_layout(head: &[u8], declared: &Declared) -> Result<Layout, Refusal> {
    let mut best = (0, Layout { format: Format::Csv, delimiter: b',', sheet: None, rows: Vec::new() });
    for delimiter in DELIMITERS {
        let input = Input::from_memory("x.csv", head.to_vec());
        let text = TextInput::open(input, declared.encoding.as_deref(), &mut First::default())?;
        let mut records = Records::new(text, delimiter, true);
        let mut rows = Vec::new();
        while rows.len() < MAX_ROWS {
            match records.next(&mut First::default())? {
                Next::Record(cells) => rows.push(cells.iter().map(str::to_owned).collect()),
                Next::Problem(_) => {}
                Next::End => break,
            }
        }
        let width = modal_width(&rows);
        let n_alike = rows.iter().filter(|row: &&Vec<String>| row.len() == width).count();
        let score = if width > 1 { n_alike * 1000 + width } else { 0 };
        if score > best.0 || best.1.rows.is_empty() {
            let format = if delimiter == b'\t' { Format::Tsv } else { Format::Csv };
            best = (score, Layout { format, delimiter, sheet: None, rows });
        }
    }
    Ok(best.1)
}

fn n_filled(row: &[String]) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}

fn modal_width(rows: &[Vec<String>]) -> usize {
    let count = |width: usize| rows.iter().filter(|row| row.len() == width).count();
    rows.iter().map(Vec::len).max_by_key(|width| (count(*width), *width)).unwrap_or(0)
}

/// The first row that is nearly full and holds names only.
fn header(rows: &[Vec<String>]) -> Option<usize> {
    let widest = rows.iter().map(|row| n_filled(row)).max()?;
    let is_name = |cell: &String| {
        let cell = cell.trim();
        cell.is_empty()
            || (cell.chars().any(char::is_alphabetic)
                && !matches!(Kind::of(&[cell]), Kind::Address | Kind::Time(_)))
    };
    rows.iter()
        .position(|row| n_filled(row) * 3 >= widest * 2 && n_filled(row) > 1 && row.iter().all(is_name))
}

/// What the values of a column look like.
#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Empty,
    Address,
    AddressAndPort,
    PortRange,
    EpochSeconds,
    EpochMilliseconds,
    /// With the patterns; none is RFC 3339.
    Time(Option<&'static str>),
    Date(Option<&'static str>),
    Port,
    TaxCode,
    Email,
    Phone,
    Province,
    Text,
}

const TIMES: [&str; 8] = [
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d-%m-%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%d/%b/%Y:%H:%M:%S %z",
];
const DATES: [&str; 4] = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%m/%d/%Y"];

fn form(pattern: &str) -> TimeForm {
    TimeForm::Written { patterns: vec![pattern.to_owned()], zone: None }
}

macro_rules! regexes {
    ($($name:ident = $pattern:literal;)+) => {
        $(static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("a fixed expression"));)+
    };
}

regexes! {
    // The Italian tax code: decree of the Minister of Finance of 23 December 1976; letters may stand for digits.
    TAX_CODE = "(?i)^[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-EHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]$";
    EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$";
    PHONE = r"^\+?\d[\d /.-]{6,17}\d$";
    PROVINCE = "^[A-Z]{2}$";
    RANGE = r"^(\d{1,5}\s*[-–]\s*\d{1,5}|\*)$";
    SECONDS = r"^1\d{9}(\.\d+)?$";
    MILLISECONDS = r"^1\d{12}$";
}

impl Kind {
    fn of(values: &[&str]) -> Self {
        if values.is_empty() {
            return Self::Empty;
        }
        let all = |test: &dyn Fn(&str) -> bool| values.iter().all(|value| test(value));
        let utc = Zone::utc();
        let time = |pattern: &str| all(&|value| form(pattern).read_time(value, Some(&utc)).is_ok());
        if all(&|value| value.parse::<Prefix>().is_ok()) {
            return Self::Address;
        }
        if all(&|value| has_port(value) || value.parse::<Prefix>().is_ok()) {
            return Self::AddressAndPort;
        }
        if all(&|value| MILLISECONDS.is_match(value)) {
            return Self::EpochMilliseconds;
        }
        if all(&|value| SECONDS.is_match(value)) {
            return Self::EpochSeconds;
        }
        if all(&|value| value.len() > 10 && Time::parse(value, Some(&utc)).is_ok()) {
            return Self::Time(None);
        }
        if all(&|value| value.parse::<tutela_model::Date>().is_ok()) {
            return Self::Date(None);
        }
        if let Some(pattern) =
            DATES.into_iter().find(|pattern| all(&|value| form(pattern).read_date(value).is_some()))
        {
            return Self::Date(Some(pattern));
        }
        if let Some(pattern) = TIMES.into_iter().find(|pattern| time(pattern)) {
            return Self::Time(Some(pattern));
        }
        let all_match = |pattern: &LazyLock<Regex>| values.iter().all(|value| pattern.is_match(value));
        match () {
            () if all(&|value| value.parse::<u16>().is_ok_and(|port| port > 0)) => Self::Port,
            () if all_match(&RANGE) => Self::PortRange,
            () if all_match(&TAX_CODE) => Self::TaxCode,
            () if all_match(&EMAIL) => Self::Email,
            () if all_match(&PHONE) => Self::Phone,
            () if all_match(&PROVINCE) => Self::Province,
            () => Self::Text,
        }
    }

    fn is_time(&self) -> bool {
        matches!(self, Self::Time(_) | Self::EpochSeconds | Self::EpochMilliseconds)
    }

    /// How a source of this kind is written in a profile.
    fn source(&self, column: &str) -> String {
        let column = quoted(column);
        match self {
            Self::Time(Some(pattern)) | Self::Date(Some(pattern)) => {
                format!("{{ column = {column}, written = [{}] }}", quoted(pattern))
            }
            Self::EpochSeconds => format!("{{ column = {column}, epoch = \"s\" }}"),
            Self::EpochMilliseconds => format!("{{ column = {column}, epoch = \"ms\" }}"),
            _ => column,
        }
    }
}

fn has_port(value: &str) -> bool {
    value.rsplit_once(':').is_some_and(|(address, port)| {
        let address = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(address);
        address.parse::<Prefix>().is_ok() && port.parse::<u16>().is_ok()
    })
}

struct GuessedColumn {
    name: String,
    kind: Kind,
    is_ambiguous: bool,
}

fn columns(header: &[String], rows: &[Vec<String>]) -> Vec<GuessedColumn> {
    let width = n_filled(header);
    // Rows that are nearly empty are footers; they would hide what a column holds.
    let rows: Vec<_> = rows.iter().filter(|row| n_filled(row) * 2 >= width).collect();
    let named = header.iter().enumerate().filter(|(_, name)| !name.trim().is_empty());
    let column = |(column, name): (usize, &String)| {
        let values = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty());
        let values: Vec<&str> = values.collect();
        let kind = Kind::of(&values);
        let other = match kind {
            Kind::Time(Some(pattern)) | Kind::Date(Some(pattern)) if pattern.starts_with("%d/%m") => {
                Some(pattern.replacen("%d/%m", "%m/%d", 1))
            }
            _ => None,
        };
        let is_ambiguous =
            other.is_some_and(|other| values.iter().all(|value| form(&other).read_date(value).is_some()));
        GuessedColumn { name: name.trim().to_owned(), kind, is_ambiguous }
    };
    named.map(column).collect()
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// Words in a header that say which field a column is, besides what its values look like.
const HINTS: [(&str, &[&str]); 9] = [
    ("account", &["account", "user", "utente", "login", "uid", "profilo"]),
    ("line", &["utenza", "linea", "line", "msisdn", "customer", "contratto", "subscriber"]),
    ("name", &["intestatario", "titolare", "nominativo", "name", "nome"]),
    ("municipality", &["comune", "city", "citta"]),
    ("address_text", &["indirizzo", "residenza", "recapito", "address", "via"]),
    ("device", &["device", "dispositivo"]),
    ("user_agent", &["agent", "client"]),
    ("until", &["fine", "end", "until", "al", "to", "stop"]),
    ("from", &["inizio", "start", "from", "dal", "since"]),
];

fn hinted<'a>(
    columns: &'a [GuessedColumn],
    field: &str,
    test: impl Fn(&Kind) -> bool,
) -> Option<&'a GuessedColumn> {
    let (_, words) = HINTS.iter().find(|(name, _)| *name == field)?;
    let says = |column: &&GuessedColumn| {
        let name = column.name.to_lowercase();
        name.split(|sign: char| !sign.is_alphanumeric()).any(|word| words.contains(&word))
    };
    columns.iter().filter(|column| test(&column.kind)).find(says)
}

fn write_profile(layout: &Layout, columns: &[GuessedColumn], doubts: &mut Vec<String>) -> String {
    let mut text = String::from("# Proposed from the file's content: check every line, then save it.\n");
    let format = match layout.format {
        Format::Xlsx => "xlsx",
        Format::Tsv => "tsv",
        Format::Csv | Format::Pattern => "csv",
    };
    let _ = writeln!(
        text,
        "name = \"my_profile\"\nabout = \"Who issued this, and what it is\"\nformat = \"{format}\""
    );
    if layout.format == Format::Csv && layout.delimiter != b',' {
        let _ = writeln!(text, "delimiter = {}", quoted(&char::from(layout.delimiter).to_string()));
    }
    if let Some(sheet) = &layout.sheet {
        let _ = writeln!(text, "sheet = {}", quoted(sheet));
    }
    let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
    let _ = writeln!(text, "header = [{}]", names.join(", "));
    for column in columns.iter().filter(|column| column.is_ambiguous) {
        let doubt =
            format!("{}: every date reads day first and month first; day first is proposed", column.name);
        doubts.push(doubt);
    }
    let n_times = columns.iter().filter(|column| column.kind.is_time()).count();
    let has = |kind: Kind| columns.iter().any(|column| column.kind == kind);
    let has_address = has(Kind::Address) || has(Kind::AddressAndPort);
    let is_lease = has_address && (n_times > 1 || has(Kind::PortRange));
    let table = if is_lease || !has_address && hinted(columns, "line", |_| true).is_some() {
        "lease"
    } else {
        "connection"
    };
    let (fields, used) = if table == "lease" { lease(columns, doubts) } else { connection(columns, doubts) };
    let ignored: Vec<String> = columns
        .iter()
        .filter(|column| !used.contains(&column.name))
        .map(|column| quoted(&column.name))
        .collect();
    if !ignored.is_empty() {
        let _ =
            writeln!(text, "# Columns that no field was found for: map them, or leave them out on purpose.");
        let _ = writeln!(text, "ignore = [{}]", ignored.join(", "));
    }
    let _ = writeln!(text, "\n[[table]]\nname = \"{table}\"\n[table.fields]");
    for (field, source, comment) in fields {
        let _ = writeln!(
            text,
            "{field} = {source}{}",
            if comment.is_empty() { String::new() } else { format!("  # {comment}") }
        );
    }
    text
}

type Fields = Vec<(&'static str, String, &'static str)>;

const TO_SAY: &str = "to be said by you";

struct Chooser<'a> {
    columns: &'a [GuessedColumn],
    fields: Fields,
    used: Vec<String>,
}

impl Chooser<'_> {
    fn put(&mut self, field: &'static str, column: Option<&GuessedColumn>, doubts: &mut Vec<String>) {
        match column {
            Some(column) => {
                self.used.push(column.name.clone());
                self.fields.push((field, column.kind.source(&column.name), ""));
            }
            None => {
                doubts.push(format!("no column was found for the field {field}"));
                self.fields.push((field, "{ constant = \"?\" }".to_owned(), TO_SAY));
            }
        }
    }

    fn put_if(&mut self, field: &'static str, column: Option<&GuessedColumn>) {
        if let Some(column) = column.filter(|column| !self.used.contains(&column.name)) {
            self.used.push(column.name.clone());
            self.fields.push((field, column.kind.source(&column.name), ""));
        }
    }

    fn address(&mut self, doubts: &mut Vec<String>) {
        let columns = self.columns;
        match columns.iter().find(|column| column.kind == Kind::AddressAndPort) {
            Some(column) => {
                let name = quoted(&column.name);
                self.used.push(column.name.clone());
                self.fields.push(("address", format!("{{ column = {name}, take = \"address\" }}"), ""));
                self.fields.push(("port", format!("{{ column = {name}, take = \"port\" }}"), ""));
            }
            None => self.put("address", columns.iter().find(|column| column.kind == Kind::Address), doubts),
        }
    }
}

fn connection(columns: &[GuessedColumn], doubts: &mut Vec<String>) -> (Fields, Vec<String>) {
    let mut chooser = Chooser { columns, fields: Vec::new(), used: Vec::new() };
    chooser.fields.push(("platform", "{ constant = \"?\" }".to_owned(), TO_SAY));
    doubts.push("the platform's name is not in the file: write it into the profile".to_owned());
    chooser.put("account", hinted(columns, "account", |kind| !kind.is_time()), doubts);
    chooser.address(doubts);
    if !chooser.fields.iter().any(|(field, ..)| *field == "port") {
        chooser.put_if("port", columns.iter().find(|column| column.kind == Kind::Port));
    }
    chooser.put_if("at", columns.iter().find(|column| column.kind.is_time()));
    chooser.put_if("device", hinted(columns, "device", |kind| *kind == Kind::Text));
    chooser.put_if("user_agent", hinted(columns, "user_agent", |kind| *kind == Kind::Text));
    (chooser.fields, chooser.used)
}

fn lease(columns: &[GuessedColumn], doubts: &mut Vec<String>) -> (Fields, Vec<String>) {
    let mut chooser = Chooser { columns, fields: Vec::new(), used: Vec::new() };
    chooser.fields.push(("operator", "{ constant = \"?\" }".to_owned(), TO_SAY));
    doubts.push("the operator's name is not in the file: write it into the profile".to_owned());
    chooser.address(doubts);
    chooser.fields.retain(|(field, ..)| *field != "port");
    if let Some(range) = columns.iter().find(|column| column.kind == Kind::PortRange) {
        let name = quoted(&range.name);
        chooser.used.push(range.name.clone());
        chooser.fields.push(("port_low", format!("{{ column = {name}, take = \"range_low\" }}"), ""));
        chooser.fields.push(("port_high", format!("{{ column = {name}, take = \"range_high\" }}"), ""));
    } else if let [low, high, ..] =
        columns.iter().filter(|column| column.kind == Kind::Port).collect::<Vec<_>>()[..]
    {
        chooser.put_if("port_low", Some(low));
        chooser.put_if("port_high", Some(high));
    }
    let mut times = columns.iter().filter(|column| column.kind.is_time());
    let (first, second) = (times.next(), times.next());
    let from = hinted(columns, "from", Kind::is_time).or(first);
    chooser.put("from", from, doubts);
    chooser.put_if("until", hinted(columns, "until", Kind::is_time).or(second));
    chooser.put("line", hinted(columns, "line", |kind| !kind.is_time() && *kind != Kind::Address), doubts);
    (chooser.fields, chooser.used)
}

/// Reads the first records with the proposed profile, to show what it makes of them.
fn first_records(
    profile: &str,
    bytes: Vec<u8>,
    declared: &Declared,
    doubts: &mut Vec<String>,
) -> Result<Vec<FirstRecord>, Refusal> {
    let mut declared = Declared { profile: Some(profile.to_owned()), ..declared.clone() };
    let read = |declared: &Declared| {
        let mut first = First::default();
        let result = (super::READER.read)(Input::from_memory("x", bytes.clone()), declared, &mut first);
        (result, first.records)
    };
    let (mut result, mut records) = read(&declared);
    if let Err(Refusal::ZoneMissing { column, .. }) = &result {
        doubts
            .push(format!("{column}: local times without a zone; below they are shown as if they were UTC"));
        declared.zone = Some(Zone::utc());
        (result, records) = read(&declared);
    }
    match result {
        Ok(()) | Err(Refusal::Stopped) => {}
        Err(refusal) => return Err(refusal),
    }
    records.retain(|record| !record.rows.is_empty() || !record.problems.is_empty());
    records.truncate(N_SHOWN);
    Ok(records)
}

/// Keeps what the first records give, then stops the reader.
#[derive(Default)]
struct First {
    records: Vec<FirstRecord>,
    n_full: usize,
}

impl Sink for First {
    fn record(&mut self) {
        self.n_full += usize::from(self.records.last().is_some_and(|record| !record.rows.is_empty()));
        self.records.push(FirstRecord::default());
    }

    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        if self.n_full >= N_SHOWN || self.records.len() > 10 * N_SHOWN {
            return Err(Refusal::Stopped);
        }
        let Some(record) = self.records.last_mut() else { return Ok(()) };
        match row {
            Row::Problem(problem) => record.problems.push(problem),
            row => record.rows.push((row.table().name, values(&row))),
        }
        Ok(())
    }

    fn skip(&mut self, _: &Spot, _: &'static str) {}
    fn note(&mut self, _: &'static str, _: &str) {}
    fn progress(&mut self, _: u64) {}
}

/// The fields of a row that are not empty, as text.
fn values(row: &Row) -> Vec<(&'static str, String)> {
    let table = row.table();
    let Some((_, batch)) = Builders::default().push(row, 1) else { return Vec::new() };
    let text = |name: &'static str| {
        let said = batch.column_by_name(&format!("{name}_said"));
        let array = batch.column_by_name(name)?;
        let value = match (text_of(array, 0), said) {
            (Ok(value), _) => value,
            (Err(_), Some(said)) if address_at(array, 0).is_some() => text_of(said, 0).ok().flatten(),
            (Err(_), _) => None,
        };
        Some((name, value?))
    };
    table.fields.iter().filter_map(|field| text(field.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(text: &str) -> Guess {
        guess(Input::from_memory("x.csv", text.as_bytes().to_vec()), &Declared::default()).expect("a guess")
    }

    #[test]
    fn a_log_of_connections_is_proposed_with_its_doubts() {
        let guess = guessed(
            "Export 7;;;\nUtente;Indirizzo;Data;Nota\nu1;192.0.2.1:4000;01/03/2026 21:00:00;a\n\
             u2;[2001:db8::1]:5000;02/03/2026 21:00:00;b\nTotale: 2;;;\n",
        );
        for line in [
            "delimiter = \";\"",
            "account = \"Utente\"",
            "take = \"port\"",
            "written = [\"%d/%m/%Y %H:%M:%S\"]",
            "ignore = [\"Nota\"]",
        ] {
            assert!(guess.profile.contains(line), "{line} is not in\n{}", guess.profile);
        }
        assert!(
            guess.doubts.iter().any(|doubt| doubt.contains("day first and month first")),
            "{:?}",
            guess.doubts
        );
        assert!(guess.doubts.iter().any(|doubt| doubt.contains("as if they were UTC")), "{:?}", guess.doubts);
        let (table, values) = &guess.first[0].rows[0];
        assert_eq!(*table, "connection");
        assert!(values.contains(&("address", "192.0.2.1".to_owned())), "{values:?}");
        assert!(values.contains(&("port", "4000".to_owned())), "{values:?}");
    }

    #[test]
    fn an_answer_of_an_operator_is_proposed_as_leases() {
        let guess = guessed(
            "ip,porte,inizio,fine,utenza\n192.0.2.1,1024-2047,2026-03-01T20:00:00Z,2026-03-02T20:00:00Z,L1\n\
             192.0.2.2,*,2026-03-01T20:00:00Z,,L2\n",
        );
        assert!(guess.profile.contains("name = \"lease\""), "{}", guess.profile);
        assert!(guess.profile.contains("take = \"range_low\""), "{}", guess.profile);
        assert_eq!(guess.first.len(), 2);
        assert!(guess.first.iter().all(|record| record.problems.is_empty()), "{:?}", guess.first);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let empty = guess(Input::from_memory("x.csv", b"12\n13\n".to_vec()), &Declared::default());
        assert!(matches!(empty, Err(Refusal::NotThisFormat { .. })), "{empty:?}");
    }
}
