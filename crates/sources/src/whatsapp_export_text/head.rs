//! The date and time that a message begins with, which the telephone wrote as its settings said.

use jiff::civil::{self, DateTime};
use tutela_model::source::Refusal;

/// In which order a date has its parts: which of them comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Day,
    Month,
    Year,
}

impl Order {
    /// The order that was declared.
    pub fn named(name: &str) -> Result<Self, Refusal> {
        match name {
            "dmy" => Ok(Self::Day),
            "mdy" => Ok(Self::Month),
            "ymd" => Ok(Self::Year),
            _ => Err(Refusal::Declared(format!(
                "the order of dates is dmy (day first), mdy (month first) or ymd (year first): {name}"
            ))),
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Day => "the day first",
            Self::Month => "the month first",
            Self::Year => "the year first",
        }
    }
}

/// The beginning of a message, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Head {
    /// The three parts of the date in the order in which they stand, and whether the first has four digits.
    parts: [i16; 3],
    is_long: [bool; 3],
    hour: i8,
    minute: i8,
    second: i8,
    pub has_seconds: bool,
    /// The date and time as written.
    pub said: String,
}

impl Head {
    /// Takes a line apart into the head of a message and its words; none when it begins with no date and time.
    /// iOS writes `[01/03/26, 21:00:05] `, Android `01/03/26, 21:00 - `, each with the marks of its language.
    pub fn split(line: &str) -> Option<(Self, &str)> {
        let mut scan = Scan { rest: line.trim_start_matches(['\u{200e}', '\u{200f}', '\u{feff}']) };
        let bracket = scan.take("[");
        let start = scan.rest;
        let (mut parts, mut is_long) = ([0; 3], [false; 3]);
        for idx in 0..3 {
            if idx > 0 {
                scan.any(&['/', '.', '-'])?;
                scan.blanks();
            }
            let (value, n_digits) = scan.number(4)?;
            (parts[idx], is_long[idx]) = (value, n_digits == 4);
        }
        scan.take(".");
        scan.take(",");
        if scan.blanks() == 0 {
            return None;
        }
        let (mut hour, _) = scan.number(2)?;
        scan.any(&[':', '.'])?;
        let (minute, 2) = scan.number(2)? else { return None };
        let mut second = 0;
        let before = scan.rest;
        let has_seconds = scan.any(&[':', '.']).is_some()
            && matches!(scan.number(2), Some((value, 2)) if { second = value; true });
        if !has_seconds {
            scan.rest = before;
        }
        if let Some(afternoon) = scan.half() {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if afternoon { 12 } else { 0 };
        }
        let said = &start[..start.len() - scan.rest.len()];
        let ended = if bracket { scan.take("]") && scan.blanks() > 0 } else { scan.take(" - ") };
        if !ended || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let (hour, minute, second) = (hour as i8, minute as i8, second as i8);
        let said = said.trim().to_owned();
        Some((Self { parts, is_long, hour, minute, second, has_seconds, said }, scan.rest))
    }

    /// The order that is the only one in which the date can be read; none when there are several, or none at all.
    pub fn only_order(&self) -> Option<Order> {
        // A year of two digits comes first in so few languages that it must be declared.
        let possible = |order: &Order| *order != Order::Year || self.is_long[0];
        let orders = [Order::Day, Order::Month, Order::Year];
        let mut fitting = orders.into_iter().filter(possible).filter(|order| self.civil(*order).is_some());
        let only = fitting.next()?;
        fitting.next().is_none().then_some(only)
    }

    /// The date and time, its date read in that order; none when it is none.
    pub fn civil(&self, order: Order) -> Option<DateTime> {
        let (year, month, day) = match order {
            Order::Day => (2, 1, 0),
            Order::Month => (2, 0, 1),
            Order::Year => (0, 1, 2),
        };
        if self.is_long[month] || self.is_long[day] {
            return None;
        }
        let year = if self.is_long[year] { self.parts[year] } else { self.parts[year] + 2000 };
        // The application is of 2009.
        if year < 2009 {
            return None;
        }
        let (month, day) = (i8::try_from(self.parts[month]).ok()?, i8::try_from(self.parts[day]).ok()?);
        let date = civil::Date::new(year, month, day).ok()?;
        Some(date.at(self.hour, self.minute, self.second, 0))
    }
}

/// Takes a line apart from its beginning.
struct Scan<'a> {
    rest: &'a str,
}

impl Scan<'_> {
    fn take(&mut self, what: &str) -> bool {
        let rest = self.rest.strip_prefix(what);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn any(&mut self, marks: &[char]) -> Option<()> {
        self.rest = self.rest.strip_prefix(marks)?;
        Some(())
    }

    /// Blanks of any kind, and how many.
    fn blanks(&mut self) -> usize {
        let rest = self.rest.trim_start_matches([' ', '\u{a0}', '\u{202f}', '\u{200e}', '\u{200f}']);
        let n_bytes = self.rest.len() - rest.len();
        self.rest = rest;
        n_bytes
    }

    /// A number of at most that many digits, and how many it has.
    fn number(&mut self, n_max: usize) -> Option<(i16, usize)> {
        let n_digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let value = self.rest.get(..n_digits)?.parse().ok().filter(|_| n_digits <= n_max)?;
        self.rest = &self.rest[n_digits..];
        Some((value, n_digits))
    }

    /// Whether the hour is one before or after noon, where the clock has twelve.
    fn half(&mut self) -> Option<bool> {
        let before = self.rest;
        self.blanks();
        let letters: String = self.rest.chars().take(6).filter(char::is_ascii_alphabetic).collect();
        let letters = letters.to_ascii_lowercase();
        let afternoon = match letters.as_str() {
            half if half.starts_with("am") => false,
            half if half.starts_with("pm") => true,
            _ => {
                self.rest = before;
                return None;
            }
        };
        // `PM`, `p. m.`, `p.m.`
        let end = self.rest.find(['m', 'M'])? + 1;
        self.rest = &self.rest[end..];
        self.take(".");
        Some(afternoon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str, order: Order) -> String {
        let Some((head, words)) = Head::split(line) else { return "none".to_owned() };
        let civil = head.civil(order).map_or_else(|| "no date".to_owned(), |civil| civil.to_string());
        format!("{civil} {} {words}", if head.has_seconds { "s" } else { "m" })
    }

    #[test]
    fn the_forms_of_both_telephones_are_taken_apart() {
        for (line, expected) in [
            ("[01/03/26, 21:00:05] Anna: a", "2026-03-01T21:00:05 s Anna: a"),
            ("\u{200e}[01/03/26, 21:00:05] Anna: a", "2026-03-01T21:00:05 s Anna: a"),
            ("[01/03/2026 21:00:05] Anna: a", "2026-03-01T21:00:05 s Anna: a"),
            ("[1.3.26, 09:00:05\u{202f}PM] Anna: a", "2026-03-01T21:00:05 s Anna: a"),
            ("01/03/26, 21:00 - Anna: a", "2026-03-01T21:00:00 m Anna: a"),
            ("01/03/2026, 12:05 am - Anna: a", "2026-03-01T00:05:00 m Anna: a"),
            ("1/3/26 9:05 p. m. - Anna: a", "2026-03-01T21:05:00 m Anna: a"),
            ("1. 3. 26, 21:05 - Anna: a", "2026-03-01T21:05:00 m Anna: a"),
            ("01.03.26, 21.05 - Anna: a", "2026-03-01T21:05:00 m Anna: a"),
            ("31/02/26, 21:00 - Anna: a", "no date m Anna: a"),
            ("01/03/26, 25:00 - Anna: a", "none"),
            ("01/03/26, 13:00 PM - Anna: a", "none"),
            ("01/03/26 Anna: a", "none"),
            ("01/03/26, 21:00 Anna: a", "none"),
            ("99999/03/26, 21:00 - Anna: a", "none"),
            ("placeholder", "none"),
            ("", "none"),
        ] {
            assert_eq!(said(line, Order::Day), expected, "{line}");
        }
        assert_eq!(said("26/3/1, 21:00 - Anna: a", Order::Year), "2026-03-01T21:00:00 m Anna: a");
        assert_eq!(said("2026-03-01, 21:00 - Anna: a", Order::Year), "2026-03-01T21:00:00 m Anna: a");
    }

    #[test]
    fn a_date_shows_its_order_only_when_no_other_fits() {
        let only = |date: &str| Head::split(&format!("{date}, 21:00 - a")).expect("a head").0.only_order();
        assert_eq!(only("31/03/26"), Some(Order::Day));
        assert_eq!(only("3/31/26"), Some(Order::Month));
        assert_eq!(only("2026/03/31"), Some(Order::Year));
        assert_eq!(only("01/03/26"), None);
        assert_eq!(only("40/40/26"), None);
        assert_eq!(only("31/03/05"), None);
    }
}
