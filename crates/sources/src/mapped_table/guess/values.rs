//! What the values of a column look like, and how many of them do.

use std::sync::LazyLock;

use regex::Regex;
use tutela_model::form::TimeForm;
use tutela_model::{Prefix, Time, Zone};

use super::super::hashes::HashKind;

/// What the values of a column look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// There is no value.
    Empty,
    Address,
    AddressAndPort,
    PortRange,
    /// A count since 1970, in this unit.
    Epoch(&'static str),
    /// In this pattern; none is RFC 3339.
    Time(Option<&'static str>),
    /// In this pattern; none is RFC 3339.
    Date(Option<&'static str>),
    TimeOfDay,
    TaxCode,
    Email,
    Iban,
    Imei,
    Mac,
    Hash,
    Guid,
    Phone,
    Province,
    Currency,
    /// With a decimal comma, or with a point.
    Amount {
        comma: bool,
    },
    Port,
    Count,
    Text,
}

/// A column's values, looked at.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub kind: Kind,
    /// How many values there are.
    pub n: usize,
    /// How many of them are of the kind.
    pub n_fit: usize,
    /// Whether all dates read day first and month first.
    pub is_ambiguous: bool,
    /// Whether times have no zone of their own.
    pub is_local: bool,
    /// Tax codes whose check character is another.
    pub n_wrong_checks: usize,
}

/// Most forms are the column's when half of the values have them: the rest are problems, which an import shows.
const DISTINCT: usize = 3;
const OTHERS: usize = 2;

/// The kind that most values have; of equals, the one that fewest texts have by chance.
pub(super) fn look(values: &[&str]) -> Look {
    let n = values.len();
    let mut best = (if n == 0 { Kind::Empty } else { Kind::Text }, 0);
    for kind in kinds() {
        let n_fit = values.iter().filter(|value| kind.is_met(value)).count();
        let share = if kind.is_time() || kind == Kind::Address { DISTINCT } else { OTHERS };
        // Nearly every digit is a number: that counts only where no form of its own does.
        let is_numbers = matches!(kind, Kind::Port | Kind::Count | Kind::Amount { .. });
        let is_beaten =
            is_numbers && !matches!(best.0, Kind::Text | Kind::Port | Kind::Count | Kind::Amount { .. });
        if !is_beaten && n_fit > best.1 && n_fit * share >= n && is_more_than_words(kind, values) {
            best = (kind, n_fit);
        }
    }
    let kind = best.0;
    Look {
        kind,
        n,
        n_fit: if kind == Kind::Text { n } else { best.1 },
        is_ambiguous: is_ambiguous(kind, values),
        is_local: match kind {
            Kind::Time(None) => values.iter().any(|value| Time::parse(value, None).is_err()),
            Kind::Time(Some(pattern)) => !pattern.contains("%z"),
            _ => false,
        },
        n_wrong_checks: match kind {
            Kind::TaxCode => values.iter().filter(|value| kind.is_met(value) && !has_check(value)).count(),
            _ => 0,
        },
    }
}

const TIMES: [&str; 15] = [
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H.%M.%S",
    "%d/%m/%Y %H:%M:%S%.f",
    "%d-%m-%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%d/%m/%y %H:%M:%S",
    "%d/%m/%y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%y %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%d/%b/%Y:%H:%M:%S %z",
];
const DATES: [&str; 5] = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%m/%d/%Y", "%Y%m%d"];

/// All kinds that a value can be of, those that fewest texts have by chance first.
fn kinds() -> impl Iterator<Item = Kind> {
    use Kind::*;
    let first =
        [Address, AddressAndPort, Epoch("us"), Epoch("ms"), Epoch("s"), Time(None), Date(None), TimeOfDay];
    let last = [
        TaxCode,
        Email,
        Iban,
        Imei,
        Mac,
        Hash,
        Guid,
        PortRange,
        Province,
        Currency,
        Phone,
        Port,
        Count,
        Amount { comma: true },
        Amount { comma: false },
    ];
    let dates = DATES.into_iter().map(|pattern| Date(Some(pattern)));
    let times = TIMES.into_iter().map(|pattern| Time(Some(pattern)));
    first.into_iter().chain(dates).chain(times).chain(last)
}

/// The same pattern with the month first, where it is one of those that are tried.
pub(super) fn month_first(pattern: &str) -> Option<&'static str> {
    let wanted = pattern.replacen("%d/%m", "%m/%d", 1);
    TIMES.into_iter().chain(DATES).find(|other| *other == wanted && *other != pattern)
}

fn form(pattern: &str) -> TimeForm {
    TimeForm::Written { patterns: vec![pattern.to_owned()], zone: None }
}

fn is_ambiguous(kind: Kind, values: &[&str]) -> bool {
    let (Kind::Time(Some(pattern)) | Kind::Date(Some(pattern))) = kind else { return false };
    let other = ["/", "-", "."].iter().find_map(|mark| {
        let (day, month) = (format!("%d{mark}%m"), format!("%m{mark}%d"));
        pattern.starts_with(&day).then(|| pattern.replacen(&day, &month, 1))
    });
    let reads = |other: &String| {
        values.iter().filter(|value| kind.is_met(value)).all(|value| form(other).read_date(value).is_some())
    };
    other.as_ref().is_some_and(reads)
}

macro_rules! regexes {
    ($($name:ident = $pattern:literal;)+) => {
        $(static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("a fixed expression"));)+
    };
}

regexes! {
    // The Italian tax code: decree of the Minister of Finance of 23 December 1976; letters may stand for digits. That
    // of a company is its VAT number.
    TAX_CODE = "(?i)^[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-EHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]$";
    EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$";
    PHONE = r"^(\+|00|[03])\d[\d /.-]{5,16}\d$";
    DAY = r"^\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}$";
    RANGE = r"^(\d{1,5}\s*[-–]\s*\d{1,5}|\*)$";
    SECONDS = r"^1\d{9}(\.\d+)?$";
    MILLISECONDS = r"^1\d{12}$";
    MICROSECONDS = r"^1\d{15}$";
    CLOCK = r"^([01]?\d|2[0-3])(:[0-5]\d(:[0-5]\d(\.\d+)?)?|\.[0-5]\d\.[0-5]\d)$";
    MAC = "(?i)^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$";
    HASH = "(?i)^((md5|sha1|sha256|ed2k|btih):)?([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$";
    GUID = r"(?i)^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$";
    COMMA = r"^-?(€\s?)?\d{1,3}(\.?\d{3})*(,\d{1,2})?(\s?(€|EUR))?$";
    POINT = r"^-?([€$£]\s?)?\d{1,3}(,?\d{3})*(\.\d{1,2})?(\s?([€$£]|EUR|USD|GBP))?$";
}

/// The provinces of Italy, by their vehicle letters.
const PROVINCES: &str = "AG AL AN AO AP AQ AR AT AV BA BG BI BL BN BO BR BS BT BZ CA CB CE CH CL CN CO CR CS CT CZ EN FC \
                         FE FG FI FM FR GE GO GR IM IS KR LC LE LI LO LT LU MB MC ME MI MN MO MS MT NA NO NU OR PA PC PD PE \
                         PG PI PN PO PR PT PU PV PZ RA RC RE RG RI RM RN RO SA SI SO SP SR SS SU SV TA TE TN TO TP TR TS TV \
                         UD VA VB VC VE VI VR VT VV";
const CURRENCIES: &str =
    "EUR USD GBP CHF RON ALL PLN CZK HUF SEK NOK DKK BGN TRY UAH RUB PHP THB BRL CAD AUD JPY CNY INR";

impl Kind {
    fn is_met(self, value: &str) -> bool {
        let utc = Zone::utc();
        let honest = |date: tutela_model::Date| (1900..=2100).contains(&date.year());
        match self {
            Self::Empty | Self::Text => false,
            Self::Address => value.parse::<Prefix>().is_ok(),
            Self::AddressAndPort => has_port(value) || value.parse::<Prefix>().is_ok(),
            Self::PortRange => RANGE.is_match(value),
            Self::Epoch("us") => MICROSECONDS.is_match(value),
            Self::Epoch("ms") => MILLISECONDS.is_match(value),
            Self::Epoch(_) => SECONDS.is_match(value),
            Self::Time(None) => value.len() > 10 && Time::parse(value, Some(&utc)).is_ok(),
            Self::Time(Some(pattern)) => form(pattern).read_time(value, Some(&utc)).is_ok(),
            Self::Date(None) => value.parse().is_ok_and(honest),
            Self::Date(Some(pattern)) => form(pattern).read_date(value).is_some_and(honest),
            Self::TimeOfDay => CLOCK.is_match(value),
            Self::TaxCode => TAX_CODE.is_match(value) || is_company(value),
            Self::Email => EMAIL.is_match(value),
            Self::Iban => is_iban(value),
            Self::Imei => value.len() == 15 && luhn(value),
            Self::Mac => MAC.is_match(value),
            Self::Hash => HASH.is_match(value) || is_other_hash(value),
            Self::Guid => GUID.is_match(value),
            Self::Phone => PHONE.is_match(value) && !DAY.is_match(value),
            Self::Province => {
                value.len() == 2 && PROVINCES.split_whitespace().any(|province| province == value)
            }
            Self::Currency => CURRENCIES.split_whitespace().any(|currency| currency == value),
            Self::Amount { comma: true } => COMMA.is_match(value),
            Self::Amount { comma: false } => POINT.is_match(value),
            Self::Port => value.parse::<u16>().is_ok_and(|port| port > 0),
            Self::Count => value.parse::<u64>().is_ok(),
        }
    }

    pub fn is_time(self) -> bool {
        matches!(self, Self::Time(_) | Self::Epoch(_))
    }

    /// The word of the kind in the catalogue.
    pub fn word(self) -> &'static str {
        match self {
            Self::Empty => "guess.kind.empty",
            Self::Address => "guess.kind.address",
            Self::AddressAndPort => "guess.kind.address_and_port",
            Self::PortRange => "guess.kind.port_range",
            Self::Epoch(_) => "guess.kind.epoch",
            Self::Time(_) => "guess.kind.time",
            Self::Date(_) => "guess.kind.date",
            Self::TimeOfDay => "guess.kind.time_of_day",
            Self::TaxCode => "guess.kind.tax_code",
            Self::Email => "guess.kind.email",
            Self::Iban => "guess.kind.iban",
            Self::Imei => "guess.kind.imei",
            Self::Mac => "guess.kind.mac",
            Self::Hash => "guess.kind.hash",
            Self::Guid => "guess.kind.guid",
            Self::Phone => "guess.kind.phone",
            Self::Province => "guess.kind.province",
            Self::Currency => "guess.kind.currency",
            Self::Amount { .. } => "guess.kind.amount",
            Self::Port | Self::Count => "guess.kind.count",
            Self::Text => "guess.kind.text",
        }
    }
}

/// Whether a form that few words have by chance has more than those: `*` is no range, `SI` and `NO` are Siena and
/// Novara as well as yes and no.
fn is_more_than_words(kind: Kind, values: &[&str]) -> bool {
    match kind {
        Kind::PortRange => values.iter().any(|value| *value != "*" && RANGE.is_match(value)),
        Kind::Province => values.iter().any(|value| !["SI", "NO"].contains(value) && kind.is_met(value)),
        _ => true,
    }
}

/// Whether a value is a hash in base32 or base64. Words have no such length, but for very few.
fn is_other_hash(value: &str) -> bool {
    [HashKind::Sha1, HashKind::Btih, HashKind::Ed2k].into_iter().any(|kind| kind.read(value).is_some())
}

fn has_port(value: &str) -> bool {
    value.rsplit_once(':').is_some_and(|(address, port)| {
        let address = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(address);
        address.parse::<Prefix>().is_ok() && port.parse::<u16>().is_ok()
    })
}

/// The digits of a number from the right, each second one doubled (ISO/IEC 7812-1, annex B).
fn luhn(value: &str) -> bool {
    let sum: Option<u32> = (value.chars().rev().enumerate())
        .map(|(idx, sign)| {
            let digit = sign.to_digit(10)?;
            Some(if idx % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 })
        })
        .sum();
    sum.is_some_and(|sum| sum % 10 == 0)
}

/// A VAT number, which is a company's tax code: eleven digits with the check digit of the same kind.
fn is_company(value: &str) -> bool {
    value.len() == 11 && value.starts_with(['0', '1']) && luhn(value)
}

/// Whether a tax code's last letter is the one that the others give (decree of 23 December 1976).
fn has_check(code: &str) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    if code.len() != 16 {
        return is_company(code);
    }
    let value = |sign: char| match sign.to_ascii_uppercase() {
        digit @ '0'..='9' => digit as usize - '0' as usize,
        letter => (letter as usize).saturating_sub('A' as usize) % 26,
    };
    let sum: u32 = (code.chars().take(15).enumerate())
        .map(|(idx, sign)| if idx % 2 == 0 { ODD[value(sign)] } else { value(sign) as u32 })
        .sum();
    code.chars().next_back().map(value) == Some(sum as usize % 26)
}

/// ISO 13616: the first four signs moved to the end, letters as numbers, give 1 modulo 97.
fn is_iban(value: &str) -> bool {
    let signs: Vec<char> = value.chars().filter(|sign| *sign != ' ').collect();
    let is_form = (15..=34).contains(&signs.len())
        && signs[..2].iter().all(char::is_ascii_uppercase)
        && signs[2..4].iter().all(char::is_ascii_digit)
        && signs.iter().all(char::is_ascii_alphanumeric);
    let rest = |rest: u32, sign: &char| match sign.to_digit(36) {
        Some(number) if number > 9 => (rest * 100 + number) % 97,
        Some(number) => (rest * 10 + number) % 97,
        None => 0,
    };
    is_form && signs[4..].iter().chain(&signs[..4]).fold(0, rest) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_by_their_form_and_their_check_digits() {
        for (values, expected) in [
            ("192.0.2.1|2001:db8::/56", Kind::Address),
            ("192.0.2.1:4000|[2001:db8::1]:5000|192.0.2.9", Kind::AddressAndPort),
            ("1024-2047|*", Kind::PortRange),
            ("1772395200.250001", Kind::Epoch("s")),
            ("1772395200250|yesterday|1772", Kind::Epoch("ms")),
            ("2026-03-01T20:00:00Z", Kind::Time(None)),
            ("01/03/2026 21:00:00|31/02/2026 10:00:00", Kind::Time(Some("%d/%m/%Y %H:%M:%S"))),
            ("03/31/2026 10:00:00|03/01/2026 10:00:00", Kind::Time(Some("%m/%d/%Y %H:%M:%S"))),
            ("31/12/1980|31/13/1980", Kind::Date(Some("%d/%m/%Y"))),
            ("21:00:00|9:05", Kind::TimeOfDay),
            ("RSSMRA85T10A562S", Kind::TaxCode),
            ("anna@example.org|-", Kind::Email),
            ("IT60X0542811101000000123456", Kind::Iban),
            ("490154203237518", Kind::Imei),
            ("+39 06 5550100|0543555010", Kind::Phone),
            ("MI|RM|XX", Kind::Province),
            ("SI|NO|SI", Kind::Text),
            ("EUR|USD", Kind::Currency),
            ("1.234,56|12,50", Kind::Amount { comma: true }),
            ("1,234.56|12.50", Kind::Amount { comma: false }),
            ("urn:sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ|2jmj7l5rSw0yVb/vlWAYkK/YBwk=", Kind::Hash),
            ("443|80", Kind::Port),
            ("443|80000|90000", Kind::Count),
            ("nota|altra", Kind::Text),
            ("", Kind::Empty),
        ] {
            let values: Vec<&str> = values.split('|').filter(|value| !value.is_empty()).collect();
            assert_eq!(look(&values).kind, expected, "{values:?}");
        }
    }

    #[test]
    fn a_tax_code_with_another_check_letter_is_counted() {
        assert_eq!(look(&["RSSMRA85T10A562S", "RSSMRA85T10A562X"]).n_wrong_checks, 1);
    }

    #[test]
    fn days_up_to_twelve_leave_open_which_is_the_month() {
        assert!(look(&["01/03/2026", "12/11/2026"]).is_ambiguous);
        assert!(!look(&["01/03/2026", "13/11/2026"]).is_ambiguous);
    }
}
