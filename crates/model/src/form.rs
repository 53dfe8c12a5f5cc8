//! How a file writes the times and dates of a column, when it does not write them as RFC 3339 says.

use jiff::fmt::strtime::{self, BrokenDownTime};

use crate::time::{Date, NotATime, Precision, Time, Zone, ZoneKnown};

/// The form of a column's times or dates, as a mapping profile declares it.
#[derive(Clone, Debug, PartialEq)]
pub enum TimeForm {
    /// A count since 1970-01-01T00:00:00 UTC in this unit, decimals allowed: `1776625200.123456`.
    Epoch(EpochUnit),
    /// Written in one of these patterns, which are POSIX `strptime`'s with [`jiff::fmt::strtime`]'s additions; tried
    /// in order. Without a pattern, as RFC 3339 says.
    Written {
        /// The patterns.
        patterns: Vec<String>,
        /// The zone that the format itself says, as in a column named `Inizio (UTC)`.
        zone: Option<Zone>,
    },
}

words! {
    /// What a count since 1970 counts.
    pub enum EpochUnit {
        /// Seconds.
        Second = "s",
        /// Milliseconds.
        Millisecond = "ms",
        /// Microseconds.
        Microsecond = "us",
    }
}

impl TimeForm {
    /// Whether a pattern can be read at all: a sign that does not exist is found before the first record.
    #[must_use]
    pub fn is_pattern(pattern: &str) -> bool {
        let sample = jiff::civil::date(2026, 3, 1).at(20, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
        let Ok(written) = sample.and_then(|sample| strtime::format(pattern, &sample)) else { return false };
        strtime::parse(pattern, &written).is_ok_and(|parts| parts.to_date().is_ok())
    }

    /// Reads an instant; `zone` is the officer's, used when neither text nor format says one.
    ///
    /// # Errors
    /// See [`NotATime`].
    pub fn read_time(&self, text: &str, zone: Option<&Zone>) -> Result<Time, NotATime> {
        match self {
            Self::Epoch(unit) => epoch(text, *unit),
            Self::Written { patterns, zone: own } => {
                let read = |zone| {
                    if patterns.is_empty() { Time::parse(text, zone) } else { written(text, patterns, zone) }
                };
                let Some(own) = own else { return read(zone) };
                let mut time = read(Some(own))?;
                if time.zone == ZoneKnown::Declared {
                    time.zone = ZoneKnown::InFormat;
                }
                Ok(time)
            }
        }
    }

    /// Reads a date.
    #[must_use]
    pub fn read_date(&self, text: &str) -> Option<Date> {
        match self {
            Self::Epoch(unit) => crate::time::utc_date(epoch(text, *unit).ok()?.at_us),
            Self::Written { patterns, .. } if patterns.is_empty() => text.parse().ok(),
            Self::Written { patterns, .. } => {
                patterns.iter().find_map(|pattern| strtime::parse(pattern, text).ok()?.to_date().ok())
            }
        }
    }

    /// What a value looks like, for a problem's message.
    #[must_use]
    pub fn expected(&self) -> String {
        match self {
            Self::Epoch(unit) => format!("a count since 1970 in {}", unit.word()),
            Self::Written { patterns, .. } if patterns.is_empty() => {
                "a time such as 2026-03-01T20:00:00Z".to_owned()
            }
            Self::Written { patterns, .. } => format!("a time written as {}", patterns.join(" or ")),
        }
    }
}

fn written(text: &str, patterns: &[String], zone: Option<&Zone>) -> Result<Time, NotATime> {
    let mut flaw = NotATime::Form;
    for pattern in patterns {
        let Ok(parts) = strtime::parse(pattern, text) else { continue };
        let Ok(date) = parts.to_date() else {
            flaw = NotATime::Calendar;
            continue;
        };
        let precision = precision(&parts, text);
        let time =
            if precision == Precision::Day { Ok(jiff::civil::Time::midnight()) } else { parts.to_time() };
        let Ok(time) = time else {
            flaw = NotATime::Calendar;
            continue;
        };
        let offset_s = parts.offset().map(jiff::tz::Offset::seconds);
        return Time::from_civil(date.to_datetime(time), precision, offset_s, zone, text);
    }
    // The form was not met: a day 31 of a 30-day month is no other form, but a date that the calendar has not.
    if flaw == NotATime::Form
        && text.bytes().filter(u8::is_ascii_digit).count() >= 6
        && looks_written(text, patterns)
    {
        flaw = NotATime::Calendar;
    }
    Err(flaw)
}

/// Whether the text has the marks of one of the patterns, digits aside.
fn looks_written(text: &str, patterns: &[String]) -> bool {
    let marks =
        |text: &str| text.chars().filter(|sign| !sign.is_alphanumeric() && *sign != '%').collect::<String>();
    patterns.iter().any(|pattern| marks(pattern) == marks(text))
}

fn precision(parts: &BrokenDownTime, text: &str) -> Precision {
    if let Some(nanoseconds) = parts.subsec_nanosecond() {
        let decimals = text
            .rsplit(['.', ','])
            .next()
            .map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
        let is_fine = decimals > 3 || nanoseconds % 1_000_000 != 0;
        return if is_fine { Precision::Microsecond } else { Precision::Millisecond };
    }
    match (parts.hour(), parts.minute(), parts.second()) {
        (_, _, Some(_)) => Precision::Second,
        (_, Some(_), None) => Precision::Minute,
        (Some(_), None, None) => Precision::Hour,
        (None, None, None) => Precision::Day,
    }
}

fn epoch(text: &str, unit: EpochUnit) -> Result<Time, NotATime> {
    let (whole, decimals) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 18 || !all_digits(whole) || !all_digits(decimals) {
        return Err(NotATime::Form);
    }
    let (unit_us, finest) = match unit {
        EpochUnit::Second => (1_000_000_i64, Precision::Second),
        EpochUnit::Millisecond => (1_000, Precision::Millisecond),
        EpochUnit::Microsecond => (1, Precision::Microsecond),
    };
    let precision = match (decimals.len(), finest) {
        (0, finest) => finest,
        (1..=3, Precision::Second) => Precision::Millisecond,
        _ => Precision::Microsecond,
    };
    let mut at_us = whole
        .parse::<i64>()
        .ok()
        .and_then(|count| count.checked_mul(unit_us))
        .ok_or(NotATime::Implausible)?;
    let mut digit_us = unit_us / 10;
    for digit in decimals.bytes() {
        at_us += i64::from(digit - b'0') * digit_us;
        digit_us /= 10;
    }
    Time::from_epoch_us(at_us, precision, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: &TimeForm, text: &str) -> String {
        let rome = "Europe/Rome".parse().expect("a zone");
        form.read_time(text, Some(&rome)).map_or_else(
            |flaw| format!("{flaw:?}"),
            |time| format!("{time} {} {} {}", time.precision.word(), time.zone.word(), time.said),
        )
    }

    fn patterns(patterns: &[&str]) -> TimeForm {
        TimeForm::Written {
            patterns: patterns.iter().map(|&pattern| pattern.to_owned()).collect(),
            zone: None,
        }
    }

    #[test]
    fn written_times_keep_what_was_written_and_how_fine_it_was() {
        let form = patterns(&["%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y"]);
        for (text, expected) in [
            ("01/03/2026 21:00:00", "2026-03-01T20:00:00Z second declared 01/03/2026 21:00:00"),
            ("01/03/2026 21:00", "2026-03-01T20:00:00Z minute declared 01/03/2026 21:00"),
            ("01/03/2026", "2026-02-28T23:00:00Z day declared 01/03/2026"),
            ("29/03/2026 02:30:00", "Skipped"),
            ("31/02/2026 02:30:00", "Calendar"),
            ("2026-03-01", "Form"),
        ] {
            assert_eq!(read(&form, text), expected, "{text}");
        }
        let combined = patterns(&["%d/%b/%Y:%H:%M:%S %z"]);
        assert_eq!(
            read(&combined, "01/Mar/2026:21:00:00 +0100"),
            "2026-03-01T20:00:00Z second in_record 01/Mar/2026:21:00:00 +0100"
        );
    }

    #[test]
    fn a_zone_of_the_format_is_not_one_of_the_officer() {
        let form = TimeForm::Written { patterns: vec![], zone: Some(Zone::utc()) };
        assert_eq!(
            read(&form, "2026-03-01T20:00:00"),
            "2026-03-01T20:00:00Z second in_format 2026-03-01T20:00:00"
        );
    }

    #[test]
    fn counts_since_1970_are_utc() {
        for (unit, text, expected) in [
            (EpochUnit::Second, "1772395200", "2026-03-01T20:00:00Z second in_format 1772395200"),
            (
                EpochUnit::Second,
                "1772395200.250001",
                "2026-03-01T20:00:00.250001Z microsecond in_format 1772395200.250001",
            ),
            (
                EpochUnit::Millisecond,
                "1772395200250",
                "2026-03-01T20:00:00.25Z millisecond in_format 1772395200250",
            ),
            (EpochUnit::Second, "1772395200250", "Implausible"),
            (EpochUnit::Second, "-5", "Form"),
            (EpochUnit::Millisecond, "999999999999999999", "Implausible"),
        ] {
            assert_eq!(read(&TimeForm::Epoch(unit), text), expected, "{text}");
        }
    }

    #[test]
    fn a_pattern_that_cannot_be_read_is_known_beforehand() {
        assert!(TimeForm::is_pattern("%d/%m/%Y %H:%M:%S"));
        assert!(TimeForm::is_pattern("%d/%m/%Y"));
        assert!(!TimeForm::is_pattern("%d/%m"));
        assert!(!TimeForm::is_pattern("%ö"));
        assert!(!TimeForm::is_pattern("gg/mm/aaaa"));
    }
}
