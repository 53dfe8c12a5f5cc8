//! Times as FAT and exFAT keep them: of the clock on the wall, in steps of two seconds or a day.

use crate::entry::Stamp;

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

/// Microseconds of a day.
const DAY: i64 = 86_400 * SECOND;

/// A date and a time of day in steps of two seconds, and hundredths of a second beyond it where they are kept.
///
/// None for a date that there is not: zeros stand for a time that is not kept.
pub(crate) fn stamp(date: u16, time: u16, hundredths: Option<u8>) -> Option<Stamp> {
    let day = day(date)?;
    let (hour, minute, second) =
        (i64::from(time >> 11), i64::from(time >> 5 & 0x3f), i64::from(time & 0x1f) * 2);
    if hour > 23 || minute > 59 || second > 58 || hundredths.is_some_and(|hundredths| hundredths > 199) {
        return None;
    }
    let at_us = day + (hour * 3600 + minute * 60 + second) * SECOND;
    Some(match hundredths {
        Some(hundredths) => {
            Stamp { at_us: at_us + i64::from(hundredths) * 10_000, width_us: 10_000, local: true }
        }
        None => Stamp { at_us, width_us: 2 * SECOND, local: true },
    })
}

/// A date alone.
pub(crate) fn date_stamp(date: u16) -> Option<Stamp> {
    Some(Stamp { at_us: day(date)?, width_us: DAY, local: true })
}

/// A time of exFAT: date and time in one number, hundredths, and the offset from UTC in quarters of an hour, where its
/// highest bit says that it is known.
pub(crate) fn with_offset(at: u32, hundredths: Option<u8>, offset: u8) -> Option<Stamp> {
    let stamp = stamp((at >> 16) as u16, (at & 0xffff) as u16, hundredths)?;
    if offset & 0x80 == 0 {
        return Some(stamp);
    }
    // Seven bits with a sign.
    let quarters = i64::from((offset << 1) as i8 >> 1);
    Some(Stamp { at_us: stamp.at_us - quarters * 900 * SECOND, local: false, ..stamp })
}

/// Microseconds from 1970 to the beginning of that day.
fn day(date: u16) -> Option<i64> {
    let (year, month, day) =
        (i64::from(date >> 9) + 1980, i64::from(date >> 5 & 0xf), i64::from(date & 0x1f));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let month_idx = usize::try_from(month).ok()?.checked_sub(1)?;
    if day < 1 || day > *lengths.get(month_idx)? {
        return None;
    }
    let before = lengths[..month_idx].iter().sum::<i64>() + day - 1;
    // Days from 1970 to the first of January of a year between 1980 and 2107; of the years that divide by 100 only 2100
    // has no leap day among them.
    let years = year - 1970;
    let leaps = (year - 1 - 1968) / 4 - i64::from(year > 2100);
    Some((years * 365 + leaps + before) * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: u16, month: u16, day: u16) -> u16 {
        (year - 1980) << 9 | month << 5 | day
    }

    #[test]
    fn dates_count_as_the_calendar_does() {
        for (year, month, day_of, days) in [
            (1980, 1, 1, 3652),
            (2000, 2, 29, 11_016),
            (2000, 3, 1, 11_017),
            (2024, 12, 31, 20_088),
            (2025, 1, 1, 20_089),
            (2100, 2, 28, 47_540),
            (2100, 3, 1, 47_541),
            (2101, 1, 1, 47_847),
            (2107, 12, 31, 50_402),
        ] {
            let found = date_stamp(date(year, month, day_of)).map(|stamp| stamp.at_us / DAY);
            assert_eq!(found, Some(days), "{year}-{month}-{day_of}");
        }
        for (year, month, day_of) in
            [(2001, 2, 29), (2100, 2, 29), (2001, 13, 1), (2001, 0, 1), (2001, 4, 31), (2001, 4, 0)]
        {
            assert_eq!(date_stamp(date(year, month, day_of)), None, "{year}-{month}-{day_of}");
        }
    }

    #[test]
    fn a_time_has_the_width_that_it_is_kept_with_and_no_zone() {
        let noon = 12 << 11 | 34 << 5 | 28;
        let written = stamp(date(2020, 1, 2), noon, None).expect("a time");
        assert_eq!(written, Stamp { at_us: 1_577_968_496_000_000, width_us: 2_000_000, local: true });
        let made = stamp(date(2020, 1, 2), noon, Some(150)).expect("a time");
        assert_eq!(made, Stamp { at_us: 1_577_968_497_500_000, width_us: 10_000, local: true });
        assert_eq!(stamp(date(2020, 1, 2), 24 << 11, None), None);
        assert_eq!(stamp(date(2020, 1, 2), noon, Some(200)), None);
        assert_eq!(stamp(0, 0, None), None);
    }

    #[test]
    fn a_time_of_exfat_is_of_utc_when_its_offset_is_known() {
        let at = u32::from(date(2020, 1, 2)) << 16 | 12 << 11;
        let of = |offset: u8| with_offset(at, None, offset).map(|stamp| (stamp.at_us / SECOND, stamp.local));
        assert_eq!(of(0), Some((1_577_966_400, true)));
        assert_eq!(of(0x80), Some((1_577_966_400, false)));
        // One hour east of Greenwich, and five west.
        assert_eq!(of(0x80 | 4), Some((1_577_966_400 - 3600, false)));
        assert_eq!(of(0x80 | (128 - 20)), Some((1_577_966_400 + 5 * 3600, false)));
    }
}
