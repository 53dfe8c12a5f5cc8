//! What the two shapes of a CyberTip have in common: who owns a row, which words mean what, what is kept verbatim.
//! It reads no bytes itself.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value};
use tutela_model::field::{Field, Reading};
use tutela_model::source::{Declared, Refusal, Sink};
use tutela_model::table::Table as _;
use tutela_model::tables::{
    Connection, Event, Origin, OwnerKind, Problem, ProblemKind, Selector, SelectorKind, Stated,
};
use tutela_model::words::Words as _;
use tutela_model::{Spot, Text};

use crate::free_text;

/// The issuer of every CyberTip.
pub(crate) const ISSUER: &str = "ncmec";

/// The platform of connections that a report ties to no account.
const NO_PLATFORM: &str = "cybertip";

/// A number that a file's name gives to the report in it: `report-4564654.xml`, `cybertip-4564654.json`,
/// `CyberTip_4564654.zip`, or the number alone.
pub(crate) fn report_number(name: &str) -> Option<&str> {
    let stem = name.split('.').next().unwrap_or_default();
    let start = ["report", "cybertip"]
        .iter()
        .find(|word| stem.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word)))
        .map_or(0, |word| word.len());
    let number = stem[start..].trim_start_matches(['-', '_', ' ', '#']);
    let end = number.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(number.len());
    let alone = start > 0 || end == number.len();
    (end > 0 && alone).then(|| &number[..end])
}

/// The platform's name as tables hold it.
pub(crate) fn platform(said: &str) -> Text {
    said.trim().to_lowercase().into()
}

/// An account that rows stand under.
#[derive(Clone)]
pub(crate) struct Account {
    pub platform: Text,
    pub account: Text,
}

impl Account {
    /// The stand-in for the unknown account of what a report says of nobody in particular.
    pub fn of_report(reference: &str) -> Self {
        Self { platform: NO_PLATFORM.into(), account: format!("report-{reference}").into() }
    }

    /// The stand-in for the account of a person whom the report gives none.
    pub fn of_person(platform: Text, reference: &str, ordinal: u32) -> Self {
        Self { platform, account: format!("report-{reference}-person-{ordinal}").into() }
    }
}

/// Who a selector belongs to.
#[derive(Clone)]
pub(crate) struct Owner {
    pub kind: OwnerKind,
    pub owner: Text,
}

impl Owner {
    /// The report itself, when the record names nobody.
    pub fn of_report(reference: &str) -> Self {
        Self { kind: OwnerKind::Person, owner: format!("report-{reference}").into() }
    }
}

impl From<&Account> for Owner {
    fn from(account: &Account) -> Self {
        Self { kind: OwnerKind::Account, owner: format!("{}/{}", account.platform, account.account).into() }
    }
}

/// The cells of a connection, as the report wrote them.
#[derive(Default)]
pub(crate) struct ConnectionSaid<'a> {
    pub address: Option<&'a str>,
    pub event: Option<&'a str>,
    pub at: Option<&'a str>,
    pub port: Option<&'a str>,
    pub proxy: Option<&'a str>,
}

/// The way from one file's values into rows and problems.
pub(crate) struct Filing<'a> {
    pub sink: &'a mut dyn Sink,
    reading: Reading,
    /// Paths of which a problem has said that the format's description does not have them.
    reported: BTreeSet<String>,
}

impl<'a> Filing<'a> {
    pub fn new(declared: &Declared, sink: &'a mut dyn Sink) -> Self {
        Self {
            sink,
            reading: Reading { zone: declared.zone.clone(), ..Reading::default() },
            reported: BTreeSet::new(),
        }
    }

    /// Reads a value that a row can do without: a flaw becomes a problem, and the value stays unknown.
    pub fn value<F: Field>(
        &mut self,
        column: &'static str,
        cell: Option<&str>,
        place: &Spot,
    ) -> Result<F, Refusal> {
        match F::from_cell(column, cell, &self.reading) {
            Ok(value) => Ok(value),
            Err(flaw) => {
                self.sink.problem(Problem::of(flaw, place)?)?;
                Ok(F::empty().expect("only columns that may be empty are read so"))
            }
        }
    }

    /// Reads yes, no or not stated, as XML, JSON and people write them.
    pub fn stated(
        &mut self,
        column: &'static str,
        cell: Option<&str>,
        place: &Spot,
    ) -> Result<Stated, Refusal> {
        let Some(cell) = cell.map(str::trim) else {
            return Ok(Stated::Unknown);
        };
        Ok(match cell.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "y" => Stated::Yes,
            "false" | "0" | "no" | "n" => Stated::No,
            "unknown" | "n/a" => Stated::Unknown,
            _ => {
                let expected = "true or false, or the element left out when it is not known";
                self.sink.problem(Problem::new(
                    ProblemKind::BadValue,
                    place.clone(),
                    column,
                    expected,
                    cell,
                ))?;
                Stated::Unknown
            }
        })
    }

    /// Files a connection: a row, or the flaws of its cells.
    pub fn connection(
        &mut self,
        account: &Account,
        said: &ConnectionSaid<'_>,
        place: Spot,
    ) -> Result<(), Refusal> {
        self.sink.record();
        let event = self.event(said.event, &place)?;
        let proxy = self.stated("proxy_said", said.proxy, &place)?;
        let cells = [
            Some(account.platform.as_str()),
            Some(account.account.as_str()),
            Some(event.word()),
            said.address,
            said.port,
            said.at,
            None,
            None,
            Some(proxy.word()),
        ];
        let row = Connection::from_cells(&cells, &self.reading, place.clone());
        self.sink.row_or_flaws(row.map(Into::into), &place)
    }

    /// The event of a word. A word outside the vocabulary is an event that the source names and tables do not: a
    /// problem keeps it.
    fn event(&mut self, said: Option<&str>, place: &Spot) -> Result<Event, Refusal> {
        let said = said.unwrap_or_default().trim();
        let word = said.to_ascii_lowercase();
        let known = match word.as_str() {
            "" => Some(Event::Unknown),
            "login" | "registration" | "purchase" | "upload" | "other" | "unknown" => Event::from_word(&word),
            _ => None,
        };
        if known.is_none() {
            let expected = "Login, Registration, Purchase, Upload, Other or Unknown";
            let problem = Problem::new(ProblemKind::UnknownElement, place.clone(), "event", expected, said)
                .mend("the row is filed under the event other");
            self.once(format!("event {word}"), problem)?;
        }
        Ok(known.unwrap_or(Event::Other))
    }

    /// Files an identifier that a field of the record states.
    pub fn selector(
        &mut self,
        owner: &Owner,
        kind: SelectorKind,
        value: &str,
        verified: Stated,
        place: Spot,
    ) -> Result<(), Refusal> {
        self.file_selector(owner, kind, value, verified, Origin::Stated, place)
    }

    fn file_selector(
        &mut self,
        owner: &Owner,
        kind: SelectorKind,
        value: &str,
        verified: Stated,
        origin: Origin,
        place: Spot,
    ) -> Result<(), Refusal> {
        let value = value.trim();
        if value.is_empty() {
            self.sink.skip(&place, "an identifier without content");
            return Ok(());
        }
        let (owner_kind, owner) = (owner.kind, owner.owner.clone());
        let value = value.into();
        let selector =
            Selector { owner_kind, owner, kind, value, from: None, until: None, verified, origin, place };
        self.sink.row(selector.into())
    }

    /// Files what a free text holds: identifiers, and addresses that stand on one line with one instant.
    pub fn mine(
        &mut self,
        text: &str,
        owner: &Owner,
        account: &Account,
        pointer: &str,
    ) -> Result<(), Refusal> {
        for found in free_text::identifiers(text) {
            let place = part(pointer, &found.chars);
            self.file_selector(owner, found.kind, &found.value, Stated::Unknown, Origin::Mined, place)?;
        }
        for line in free_text::lines_with_addresses(text) {
            let place = part(pointer, &line.chars);
            match line.at {
                Some(at) => {
                    let said =
                        ConnectionSaid { address: Some(line.address), at: Some(at), ..Default::default() };
                    self.connection(account, &said, place)?;
                }
                None => self.sink.skip(
                    &place,
                    "an address in free text that no single instant with its zone stands beside",
                ),
            }
        }
        Ok(())
    }

    /// Says of a path, once a file, that the format's description does not have it.
    pub fn unknown(&mut self, path: String, found: &str, place: Spot) -> Result<(), Refusal> {
        let problem = Problem::new(
            ProblemKind::UnknownElement,
            place,
            &path,
            "an element that the format's description has; this one is kept verbatim in unknown_fields",
            found,
        );
        self.once(path, problem)
    }

    /// Files a problem unless one of that key was filed before.
    pub fn once(&mut self, key: String, problem: Problem) -> Result<(), Refusal> {
        if self.reported.insert(key) { self.sink.problem(problem) } else { Ok(()) }
    }
}

/// The place of some characters of a text: the pointer with a fragment as RFC 5147 section 3 writes it.
fn part(pointer: &str, chars: &std::ops::Range<usize>) -> Spot {
    Spot::Pointer(format!("{pointer}#char={},{}", chars.start, chars.end).into())
}

/// The kind of identifier that a device number of this type is; none when it names a network, not a device.
pub(crate) fn device_kind(id_type: &str) -> Option<SelectorKind> {
    let letters: String = id_type.chars().filter(char::is_ascii_alphanumeric).collect();
    match letters.to_ascii_lowercase().as_str() {
        "imei" => Some(SelectorKind::Imei),
        "imsi" => Some(SelectorKind::Imsi),
        "mac" | "macaddress" => Some(SelectorKind::Mac),
        "ssid" | "bssid" => None,
        _ => Some(SelectorKind::DeviceId),
    }
}

/// A telephone number with its country code first and without blanks or marks.
pub(crate) fn phone(country_calling_code: Option<&str>, said: &str) -> String {
    let bare = |text: &str| -> String { text.chars().filter(|c| !" \t\u{a0}-.()/".contains(*c)).collect() };
    let number = bare(said);
    match country_calling_code.map(bare) {
        Some(code) if !number.starts_with('+') && !number.is_empty() => format!("{code}{number}"),
        _ => number,
    }
}

/// Where hashes of a file go: a value that has not the length of its kind is kept as another hash.
#[derive(Default)]
pub(crate) struct Hashes {
    pub md5: Option<Text>,
    pub sha1: Option<Text>,
    pub sha256: Option<Text>,
    pub other: Option<Text>,
}

impl Hashes {
    pub fn add(&mut self, kind: &str, value: &str) {
        let (kind, value) = (kind.trim(), value.trim());
        let letters: String = kind.chars().filter(char::is_ascii_alphanumeric).collect();
        let (slot, n_digits) = match letters.to_ascii_lowercase().as_str() {
            "md5" => (&mut self.md5, 32),
            "sha1" => (&mut self.sha1, 40),
            "sha256" => (&mut self.sha256, 64),
            _ => (&mut self.other, 0),
        };
        let fits = value.len() == n_digits && value.bytes().all(|digit| digit.is_ascii_hexdigit());
        if fits && slot.is_none() {
            *slot = Some(value.to_ascii_lowercase().into());
            return;
        }
        let other = self.other.get_or_insert_default();
        let blank = if other.is_empty() { "" } else { " " };
        write!(other, "{blank}{kind}:{value}").expect("writing to a text does not fail");
    }
}

/// Statements of a record that have no column of their own, one a line.
#[derive(Default)]
pub(crate) struct Lines(Vec<String>);

impl Lines {
    pub fn push(&mut self, name: &str, value: &str) {
        let value = value.trim();
        if !value.is_empty() {
            self.0.push(format!("{name}: {value}"));
        }
    }

    /// Free text goes in without a name before it.
    pub fn push_text(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.0.push(text.trim().to_owned());
        }
    }

    pub fn text(self) -> Option<Text> {
        (!self.0.is_empty()).then(|| self.0.join("\n").into())
    }
}

/// A list of words in one cell; none when there are none.
pub(crate) fn words(words: &[String]) -> Option<Text> {
    (!words.is_empty()).then(|| words.join(" ").into())
}

/// Elements kept verbatim, as the JSON text of an object from path to content.
pub(crate) fn verbatim(fields: Map<String, Value>) -> Option<Text> {
    (!fields.is_empty()).then(|| Value::Object(fields).to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_number_is_taken_from_a_name_only_where_it_says_so() {
        for (name, number) in [
            ("report-4564654.xml", Some("4564654")),
            ("report-4564654-file-b0754af7.xml", Some("4564654")),
            ("CyberTip_4564654.zip", Some("4564654")),
            ("4564654.json", Some("4564654")),
            ("2026-03-01 export.json", None),
            ("reportàè.xml", None),
            ("basic.xml", None),
            ("", None),
        ] {
            assert_eq!(report_number(name), number, "{name}");
        }
    }

    #[test]
    fn a_telephone_number_takes_the_code_that_stands_beside_it() {
        assert_eq!(phone(Some("+39"), "333 000-0000"), "+393330000000");
        assert_eq!(phone(Some("+39"), "+39 333 0000000"), "+393330000000");
        assert_eq!(phone(None, "333 0000000"), "3330000000");
    }

    #[test]
    fn a_hash_of_the_wrong_length_is_kept_but_never_as_the_hash_it_claims_to_be() {
        let mut hashes = Hashes::default();
        hashes.add("SHA-256", "0000");
        hashes.add("MD5", "D41D8CD98F00B204E9800998ECF8427E");
        hashes.add("PhotoDNA", "12,3");
        assert_eq!(hashes.sha256, None);
        assert_eq!(hashes.md5.as_deref(), Some("d41d8cd98f00b204e9800998ecf8427e"));
        assert_eq!(hashes.other.as_deref(), Some("SHA-256:0000 PhotoDNA:12,3"));
    }
}
