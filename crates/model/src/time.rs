//! Instants with what the source said, how precise it was, and how its zone is known.

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::Text;

pub use jiff::civil::Date;

/// A day in microseconds.
pub const DAY_US: i64 = 86_400_000_000;

/// A time zone, declared by the officer on import or named by a source: an IANA name, a fixed offset, or `UTC`.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// Coordinated Universal Time.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }

    /// The name as it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A text that names no zone.
#[derive(Debug, thiserror::Error)]
#[error("not a time zone (expected a name such as Europe/Rome, an offset such as +02:00, or UTC): {0}")]
pub struct NotAZone(pub String);

impl FromStr for Zone {
    type Err = NotAZone;

    fn from_str(text: &str) -> Result<Self, NotAZone> {
        if text.eq_ignore_ascii_case("utc") || text == "Z" {
            return Ok(Self::utc());
        }
        let bad = || NotAZone(text.to_owned());
        let zone = if text.starts_with(['+', '-']) {
            let offset_s = offset_s(text.as_bytes()).ok_or_else(bad)?;
            TimeZone::fixed(jiff::tz::Offset::from_seconds(offset_s).map_err(|_| bad())?)
        } else {
            TimeZone::get(text).map_err(|_| bad())?
        };
        Ok(Self { name: text.to_owned(), zone })
    }
}

words! {
    /// How fine the time is that a source wrote.
    pub enum Precision {
        /// To the microsecond or finer.
        Microsecond = "microsecond",
        /// To the millisecond.
        Millisecond = "millisecond",
        /// To the second.
        Second = "second",
        /// To the minute.
        Minute = "minute",
        /// To the hour.
        Hour = "hour",
        /// A date without a time.
        Day = "day",
        /// A local time that the clocks showed twice, when they were set back: the earlier of the two is stored.
        RepeatedHour = "repeated_hour",
    }
}

impl Precision {
    /// How long the stretch is, in microseconds, that begins at the stored instant and holds the one meant.
    #[must_use]
    pub fn width_us(self) -> i64 {
        match self {
            Self::Microsecond => 1,
            Self::Millisecond => 1_000,
            Self::Second => 1_000_000,
            Self::Minute => 60_000_000,
            Self::Hour => 3_600_000_000,
            Self::Day => DAY_US,
            Self::RepeatedHour => 3_601_000_000,
        }
    }
}

words! {
    /// How the zone of a time is known.
    pub enum ZoneKnown {
        /// The record states an offset or zone.
        InRecord = "in_record",
        /// The format is defined in one zone (epoch seconds, a documented UTC column).
        InFormat = "in_format",
        /// The officer declared it on import.
        Declared = "declared",
    }
}

/// An instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time {
    /// Microseconds since 1970-01-01T00:00:00 UTC.
    pub at_us: i64,
    /// What the source wrote.
    pub said: Text,
    /// How fine that was.
    pub precision: Precision,
    /// How its zone is known.
    pub zone: ZoneKnown,
}

/// Why a text is no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotATime {
    /// Not written in a known form.
    Form,
    /// A month 13, a 30 February, an hour 25.
    Calendar,
    /// Before 1970 or after 2100: a placeholder or a typing error, not an instant of a case.
    Implausible,
    /// A local time that the clocks skipped when they were set forward.
    Skipped,
    /// No zone in the text and none declared.
    ZoneMissing,
}

/// First and last year in which an event of a case can lie.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2100;

impl Time {
    /// Reads `2026-03-01T20:00:00Z` and its relatives: `T` or a space, seconds and fractions optional, `Z` or an
    /// offset optional (RFC 3339, and ISO 8601 basic offsets). Without a zone in the text, `zone` is used.
    ///
    /// # Errors
    /// See [`NotATime`]; a local time with no zone declared is [`NotATime::ZoneMissing`], never a guess.
    pub fn parse(text: &str, zone: Option<&Zone>) -> Result<Self, NotATime> {
        let written = Written::parse(text).ok_or(NotATime::Form)?;
        Self::from_civil(written.civil?, written.precision, written.offset_s, zone, text)
    }

    /// The instant of a civil date and time.
    ///
    /// # Errors
    /// See [`NotATime`].
    pub fn from_civil(
        civil: civil::DateTime,
        precision: Precision,
        offset_s: Option<i32>,
        zone: Option<&Zone>,
        said: &str,
    ) -> Result<Self, NotATime> {
        if !YEARS.contains(&civil.year()) {
            return Err(NotATime::Implausible);
        }
        let (offset_s, precision, zone) = match (offset_s, zone) {
            (Some(offset_s), _) => (offset_s, precision, ZoneKnown::InRecord),
            (None, None) => return Err(NotATime::ZoneMissing),
            (None, Some(zone)) => match zone.zone.to_ambiguous_timestamp(civil).offset() {
                AmbiguousOffset::Unambiguous { offset } => (offset.seconds(), precision, ZoneKnown::Declared),
                AmbiguousOffset::Gap { .. } => return Err(NotATime::Skipped),
                AmbiguousOffset::Fold { before, .. } => {
                    let wider = if precision == Precision::Day { precision } else { Precision::RepeatedHour };
                    (before.seconds(), wider, ZoneKnown::Declared)
                }
            },
        };
        let days = i64::from(civil.date().duration_since(civil::date(1970, 1, 1)).as_hours() as i32 / 24);
        let clock = civil.time();
        let second_of_day =
            i64::from(clock.hour()) * 3600 + i64::from(clock.minute()) * 60 + i64::from(clock.second());
        let at_us = (days * 86_400 + second_of_day - i64::from(offset_s)) * 1_000_000
            + i64::from(clock.subsec_nanosecond()) / 1_000;
        Ok(Self { at_us, said: said.into(), precision, zone })
    }

    /// The instant that a count since 1970 names, as formats defined in UTC write it.
    ///
    /// # Errors
    /// [`NotATime::Implausible`] outside 1970–2100.
    pub fn from_epoch_us(at_us: i64, precision: Precision, said: &str) -> Result<Self, NotATime> {
        let year = jiff::Timestamp::from_microsecond(at_us)
            .map_err(|_| NotATime::Implausible)?
            .to_zoned(TimeZone::UTC)
            .year();
        if !YEARS.contains(&year) {
            return Err(NotATime::Implausible);
        }
        Ok(Self { at_us, said: said.into(), precision, zone: ZoneKnown::InFormat })
    }

    /// The last microsecond that the source may have meant.
    #[must_use]
    pub fn last_us(&self) -> i64 {
        self.at_us + self.precision.width_us() - 1
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&utc(self.at_us))
    }
}

/// An instant as RFC 3339 in UTC, with as many decimals as it needs: `2026-03-01T20:00:00Z`.
#[must_use]
pub fn utc(at_us: i64) -> String {
    jiff::Timestamp::from_microsecond(at_us).map_or_else(|_| at_us.to_string(), |at| at.to_string())
}

/// The date of an instant in UTC.
#[must_use]
pub fn utc_date(at_us: i64) -> Option<Date> {
    Some(jiff::Timestamp::from_microsecond(at_us).ok()?.to_zoned(TimeZone::UTC).date())
}

/// A date and time as written, before any zone is applied.
struct Written {
    civil: Result<civil::DateTime, NotATime>,
    precision: Precision,
    offset_s: Option<i32>,
}

impl Written {
    /// Imports run this for every record, so it reads bytes and allocates nothing.
    fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (date, rest) = bytes.split_at_checked(10)?;
        if date[4] != b'-' || date[7] != b'-' {
            return None;
        }
        let (year, month, day) = (number(&date[..4])?, number(&date[5..7])?, number(&date[8..])?);
        let civil_date =
            civil::Date::new(year as i16, month as i8, day as i8).map_err(|_| NotATime::Calendar);
        if rest.is_empty() {
            let civil = civil_date.map(|date| date.at(0, 0, 0, 0));
            return Some(Self { civil, precision: Precision::Day, offset_s: None });
        }
        if !matches!(rest[0], b'T' | b't' | b' ') || rest.len() < 6 || rest[3] != b':' {
            return None;
        }
        let (hour, minute) = (number(&rest[1..3])?, number(&rest[4..6])?);
        let mut rest = &rest[6..];
        let (mut second, mut nanosecond, mut precision) = (0, 0, Precision::Minute);
        if rest.first() == Some(&b':') {
            second = number(rest.get(1..3)?)?;
            (rest, precision) = (&rest[3..], Precision::Second);
            if matches!(rest.first(), Some(b'.' | b',')) {
                let digits = rest[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                if digits == 0 {
                    return None;
                }
                let kept = &rest[1..=digits.min(9)];
                nanosecond = number(kept)? * 10_i32.pow(9 - kept.len() as u32);
                precision = if digits <= 3 { Precision::Millisecond } else { Precision::Microsecond };
                rest = &rest[1 + digits..];
            }
        }
        let rest = rest.trim_ascii_start();
        let offset_s = match rest {
            [] => None,
            b"Z" | b"z" | b"UTC" => Some(0),
            rest => Some(offset_s(rest)?),
        };
        // A leap second (RFC 3339 section 5.7) is kept as the last second before it.
        let second = if second == 60 { 59 } else { second };
        let civil = civil_date.and_then(|date| {
            let time = civil::Time::new(hour as i8, minute as i8, second as i8, nanosecond);
            Ok(date.to_datetime(time.map_err(|_| NotATime::Calendar)?))
        });
        Some(Self { civil, precision, offset_s })
    }
}

/// An offset `+02:00`, `+0200` or `+02` in seconds.
fn offset_s(bytes: &[u8]) -> Option<i32> {
    let (sign, digits) = bytes.split_first()?;
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = match digits {
        [h1, h2] => ([*h1, *h2], [b'0', b'0']),
        [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] => ([*h1, *h2], [*m1, *m2]),
        _ => return None,
    };
    let (hours, minutes) = (number(&hours)?, number(&minutes)?);
    (hours <= 15 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// The value of up to nine decimal digits.
fn number(digits: &[u8]) -> Option<i32> {
    digits
        .iter()
        .try_fold(0_i32, |value, digit| digit.is_ascii_digit().then(|| value * 10 + i32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rome() -> Zone {
        "Europe/Rome".parse().expect("a zone")
    }

    fn parsed(text: &str) -> String {
        Time::parse(text, Some(&rome())).map_or_else(
            |flaw| format!("{flaw:?}"),
            |time| format!("{time} {} {}", time.precision.word(), time.zone.word()),
        )
    }

    #[test]
    fn an_offset_in_the_record_beats_the_declared_zone() {
        assert_eq!(parsed("2026-03-01T21:14:05+01:00"), "2026-03-01T20:14:05Z second in_record");
        assert_eq!(parsed("2026-03-01 20:14:05.250Z"), "2026-03-01T20:14:05.25Z millisecond in_record");
        assert_eq!(parsed("2026-03-01T12:14-0800"), "2026-03-01T20:14:00Z minute in_record");
    }

    #[test]
    fn a_local_time_takes_the_declared_zone_and_says_so() {
        assert_eq!(parsed("2026-03-01 21:14:05"), "2026-03-01T20:14:05Z second declared");
        assert_eq!(parsed("2026-07-01 21:14:05"), "2026-07-01T19:14:05Z second declared");
        assert_eq!(parsed("2026-07-01"), "2026-06-30T22:00:00Z day declared");
        assert_eq!(Time::parse("2026-07-01 21:14:05", None), Err(NotATime::ZoneMissing));
    }

    #[test]
    fn clock_changes_are_neither_guessed_nor_hidden() {
        assert_eq!(parsed("2026-03-29 02:30:00"), "Skipped");
        assert_eq!(parsed("2026-10-25 02:30:00"), "2026-10-25T00:30:00Z repeated_hour declared");
    }

    #[test]
    fn what_is_not_a_time_is_named() {
        for (text, flaw) in [
            ("", "Form"),
            ("01/03/2026 10:00", "Form"),
            ("2026-13-01 10:00", "Calendar"),
            ("2026-02-30", "Calendar"),
            ("2026-02-03T25:00Z", "Calendar"),
            ("9999-12-31T23:59:59Z", "Implausible"),
            ("1969-12-31T23:59:59Z", "Implausible"),
            ("2026-03-01T10:00:00+99:00", "Form"),
            ("2026-03-01Tàè:00:00", "Form"),
        ] {
            assert_eq!(parsed(text), flaw, "{text}");
        }
    }
}
