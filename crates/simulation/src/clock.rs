//! Instants as files write them. Inside the simulation an instant is milliseconds, or seconds, since 1970 in UTC.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::{Offset, TimeZone};

/// First day of the simulated period (2026-02-01T00:00:00 in Rome), seconds.
pub const PERIOD_START_S: i64 = 1_769_900_400;
/// End of the simulated period, exclusive (2026-08-01T00:00:00 in Rome), seconds. The clocks change on 29 March.
pub const PERIOD_END_S: i64 = 1_785_535_200;
/// When the operators answered: 5 August 2026, 08:00 UTC, seconds. A lease that runs on has no end in an answer.
pub const ANSWER_S: i64 = 1_785_916_800;
/// Seconds of a day.
pub const DAY_S: i64 = 86_400;

/// Writes instants in UTC and in the local time of Rome.
#[derive(Debug)]
pub struct Clock {
    rome: TimeZone,
}

impl Clock {
    /// A clock that knows the local time of Rome from the compiled-in time zone database.
    #[must_use]
    pub fn new() -> Self {
        let rome = TimeZone::get("Europe/Rome").expect("the compiled-in time zone database has Europe/Rome");
        Self { rome }
    }

    /// The offset of Rome at an instant, seconds.
    #[must_use]
    pub fn offset_s(&self, at_s: i64) -> i64 {
        i64::from(self.rome.to_offset(timestamp(at_s)).seconds())
    }

    /// The instant whose day and month are those of `at_s` in each other's place; `at_s` itself where that is no day.
    #[must_use]
    pub fn day_month_swapped(&self, at_s: i64, local: bool) -> i64 {
        self.on_another_day(at_s, local, |day| Date::new(day.year(), day.day(), day.month()).unwrap_or(day))
    }

    /// The same day and time of the year before.
    #[must_use]
    pub fn a_year_before(&self, at_s: i64, local: bool) -> i64 {
        // 29 February becomes the 28th.
        self.on_another_day(at_s, local, |day| {
            let before = Date::new(day.year() - 1, day.month(), day.day());
            before.or_else(|_| Date::new(day.year() - 1, day.month(), 28)).unwrap_or(day)
        })
    }

    /// The same time of another day, in local time or in UTC.
    fn on_another_day(&self, at_s: i64, local: bool, other: impl Fn(Date) -> Date) -> i64 {
        let zone = if local { self.rome.clone() } else { TimeZone::UTC };
        let civil = zone.to_datetime(timestamp(at_s));
        let moved = other(civil.date()).to_datetime(civil.time());
        zone.to_timestamp(moved).map_or(at_s, Timestamp::as_second)
    }

    /// Appends `2026-03-01T20:00:00Z`.
    pub fn utc(&self, at_s: i64, out: &mut Vec<u8>) {
        iso(civil(at_s), out);
        out.push(b'Z');
    }

    /// Appends `2026-03-01T20:00:00.123Z`.
    pub fn utc_ms(&self, at_ms: i64, out: &mut Vec<u8>) {
        iso(civil(at_ms.div_euclid(1000)), out);
        let ms = at_ms.rem_euclid(1000);
        out.push(b'.');
        out.push(b'0' + (ms / 100) as u8);
        two((ms % 100) as u8, out);
        out.push(b'Z');
    }

    /// Appends `2026-03-01T21:00:00+01:00`, the local time of Rome with its offset.
    pub fn rome_offset(&self, at_s: i64, out: &mut Vec<u8>) {
        let offset_s = self.offset_s(at_s);
        iso(civil(at_s + offset_s), out);
        out.push(b'+');
        two((offset_s / 3600) as u8, out);
        out.extend_from_slice(b":00");
    }

    /// Appends `01/03/2026 21:00:00`, the local time of Rome without any zone.
    pub fn rome_day_first(&self, at_s: i64, out: &mut Vec<u8>) {
        let local = civil(at_s + self.offset_s(at_s));
        day_first(local.date(), out);
        out.push(b' ');
        time(local, out);
    }

    /// Appends `2026-03-01T21:00:00Z`: the local time of Rome, said to be UTC. An operator's mistake, made on purpose.
    pub fn rome_said_utc(&self, at_s: i64, out: &mut Vec<u8>) {
        self.utc(at_s + self.offset_s(at_s), out);
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

/// Appends `31/12/1980`.
pub fn day_first(day: Date, out: &mut Vec<u8>) {
    two(day.day() as u8, out);
    out.push(b'/');
    two(day.month() as u8, out);
    out.push(b'/');
    year(day, out);
}

/// Appends `1980-12-31`.
pub fn iso_day(day: Date, out: &mut Vec<u8>) {
    year(day, out);
    out.push(b'-');
    two(day.month() as u8, out);
    out.push(b'-');
    two(day.day() as u8, out);
}

/// The day of an instant in UTC.
#[must_use]
pub fn day(at_s: i64) -> Date {
    civil(at_s).date()
}

/// The day that lies `n_days` after 1 January 1940.
#[must_use]
pub fn day_after_1940(n_days: i64) -> Date {
    const SECONDS_TO_1940: i64 = -946_771_200;
    debug_assert_eq!(civil(SECONDS_TO_1940).date(), date(1940, 1, 1));
    day(SECONDS_TO_1940 + n_days * DAY_S)
}

/// Appends a whole number.
pub fn number(value: u64, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut first = digits.len();
    let mut left = value;
    loop {
        first -= 1;
        digits[first] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[first..]);
}

fn timestamp(at_s: i64) -> Timestamp {
    Timestamp::from_second(at_s).expect("simulated instants lie in this century")
}

fn civil(at_s: i64) -> DateTime {
    Offset::UTC.to_datetime(timestamp(at_s))
}

fn iso(at: DateTime, out: &mut Vec<u8>) {
    iso_day(at.date(), out);
    out.push(b'T');
    time(at, out);
}

fn time(at: DateTime, out: &mut Vec<u8>) {
    two(at.hour() as u8, out);
    out.push(b':');
    two(at.minute() as u8, out);
    out.push(b':');
    two(at.second() as u8, out);
}

fn year(day: Date, out: &mut Vec<u8>) {
    let year = day.year() as u16;
    two((year / 100) as u8, out);
    two((year % 100) as u8, out);
}

fn two(value: u8, out: &mut Vec<u8>) {
    out.push(b'0' + value / 10);
    out.push(b'0' + value % 10);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&Clock, &mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&Clock::new(), &mut out);
        String::from_utf8(out).expect("digits are text")
    }

    #[test]
    fn the_period_begins_and_ends_at_midnight_in_rome() {
        assert_eq!(written(|clock, out| clock.rome_offset(PERIOD_START_S, out)), "2026-02-01T00:00:00+01:00");
        assert_eq!(written(|clock, out| clock.rome_offset(PERIOD_END_S, out)), "2026-08-01T00:00:00+02:00");
    }

    #[test]
    fn the_clocks_change_on_29_march() {
        let change_s = 1_774_746_000;
        assert_eq!(written(|clock, out| clock.rome_day_first(change_s - 1, out)), "29/03/2026 01:59:59");
        assert_eq!(written(|clock, out| clock.rome_day_first(change_s, out)), "29/03/2026 03:00:00");
        assert_eq!(written(|clock, out| clock.rome_said_utc(change_s, out)), "2026-03-29T03:00:00Z");
        assert_eq!(written(|clock, out| clock.utc(change_s, out)), "2026-03-29T01:00:00Z");
    }
}
