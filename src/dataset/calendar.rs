//! Civil days in one named zone: how an instant becomes a day, and days become weeks and months.
//!
//! A day is computed once, when the data set is built, and is a date on the calendar of the data set's zone; periods are
//! arithmetic on dates, never on instants plus 24 hours.

use std::fmt;
use std::str::FromStr;

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// Microseconds in a civil day.
pub const DAY_MICROS: i64 = 86_400_000_000;

/// A date on the proleptic Gregorian calendar, counted in days from 1970-01-01. Written `2024-03-05`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Day(pub i32);

impl Day {
    /// The last day that can be written: 9999-12-31.
    pub const LAST: Self = Self(2_932_896);

    /// The day with this year, month and date, if there is one.
    #[must_use]
    pub fn from_year_month_day(year: i32, month: u32, date: u32) -> Option<Self> {
        if !(1..=12).contains(&month)
            || date == 0
            || date > days_in_month(year, month)
            || !(1..=9999).contains(&year)
        {
            return None;
        }
        // Days from civil, after Howard Hinnant: years begin in March, so that the leap day comes last.
        let shifted = if month <= 2 { year - 1 } else { year };
        let era = shifted.div_euclid(400);
        let year_of_era = shifted.rem_euclid(400);
        let month_from_march = (month + 9) % 12;
        let day_of_year = i32::try_from((153 * month_from_march + 2) / 5 + date - 1).ok()?;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Some(Self(era * 146_097 + day_of_era - 719_468))
    }

    /// Year, month (1 to 12) and date (1 to 31).
    #[must_use]
    pub fn year_month_day(self) -> (i32, u8, u8) {
        let shifted = i64::from(self.0) + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let date = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        // All three are small by construction; the fallbacks are never taken.
        (i32::try_from(year).unwrap_or(0), u8::try_from(month).unwrap_or(1), u8::try_from(date).unwrap_or(1))
    }

    /// Days since Monday: 0 for Monday, 6 for Sunday.
    #[must_use]
    pub fn days_since_monday(self) -> i32 {
        (self.0 + 3).rem_euclid(7)
    }
}

fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, date) = self.year_month_day();
        write!(formatter, "{year:04}-{month:02}-{date:02}")
    }
}

impl FromStr for Day {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.splitn(3, '-').map(str::parse::<u32>);
        if let (Some(Ok(year)), Some(Ok(month)), Some(Ok(date))) = (parts.next(), parts.next(), parts.next())
            && let Some(day) =
                i32::try_from(year).ok().and_then(|year| Self::from_year_month_day(year, month, date))
        {
            return Ok(day);
        }
        Err(Error::new(ErrorKind::BadValue).found(text).expected("YYYY-MM-DD"))
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|_| serde::de::Error::custom(format!("invalid date `{text}`, expected YYYY-MM-DD")))
    }
}

/// The day a week starts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WeekStart {
    /// ISO weeks.
    #[default]
    Monday,
    /// Weeks from Sunday to Saturday.
    Sunday,
}

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Period {
    /// A civil day.
    Day,
    /// Seven days from [`WeekStart`].
    Week,
    /// A calendar month.
    #[default]
    Month,
    /// A calendar quarter: January to March, April to June, July to September, October to December.
    Quarter,
}

impl Period {
    /// All lengths, the shortest first.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Quarter];
}

/// Counts periods: every day has a period number, and numbers of neighbouring periods differ by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Periods {
    /// The length.
    pub period: Period,
    /// Where weeks start.
    pub week_start: WeekStart,
}

impl Periods {
    /// The number of the period that holds this day (day: days from 1970; week: weeks; month and quarter: those from year 0).
    #[must_use]
    pub fn number(self, day: Day) -> i32 {
        match self.period {
            Period::Day => day.0,
            // 1970-01-01 was a Thursday: Monday weeks begin three days before, Sunday weeks four.
            Period::Week => (day.0 + self.week_shift()).div_euclid(7),
            Period::Month => {
                let (year, month, _) = day.year_month_day();
                year * 12 + i32::from(month) - 1
            }
            Period::Quarter => {
                let (year, month, _) = day.year_month_day();
                year * 4 + (i32::from(month) - 1) / 3
            }
        }
    }

    /// The first day of the period with this number.
    #[must_use]
    pub fn first_day(self, number: i32) -> Day {
        match self.period {
            Period::Day => Day(number),
            Period::Week => Day(number * 7 - self.week_shift()),
            Period::Month => {
                let month = u32::try_from(number.rem_euclid(12) + 1).unwrap_or(1);
                Day::from_year_month_day(number.div_euclid(12), month, 1).unwrap_or(Day::LAST)
            }
            Period::Quarter => {
                let month = u32::try_from(number.rem_euclid(4) * 3 + 1).unwrap_or(1);
                Day::from_year_month_day(number.div_euclid(4), month, 1).unwrap_or(Day::LAST)
            }
        }
    }

    /// The last day of the period with this number.
    #[must_use]
    pub fn last_day(self, number: i32) -> Day {
        Day(self.first_day(number + 1).0 - 1)
    }

    fn week_shift(self) -> i32 {
        match self.week_start {
            WeekStart::Monday => 3,
            WeekStart::Sunday => 4,
        }
    }
}

/// A named time zone from the IANA data base, which is part of the program.
#[derive(Debug, Clone)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// The zone with this IANA name (`Asia/Shanghai`, `UTC`) or fixed offset (`+08:00`).
    ///
    /// # Errors
    /// [`ErrorKind::UnknownTimeZone`] when there is none.
    pub fn new(name: &str) -> Result<Self> {
        let zone = if let Some(offset) = parse_offset(name.as_bytes()) {
            jiff::tz::Offset::from_seconds(offset).ok().map(TimeZone::fixed)
        } else {
            TimeZone::get(name).ok()
        };
        let zone = zone.ok_or_else(|| {
            Error::new(ErrorKind::UnknownTimeZone)
                .at_path("timeZone")
                .found(name)
                .expected("Asia/Shanghai, UTC, +08:00")
        })?;
        Ok(Self { name: name.to_owned(), zone })
    }

    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }

    /// The name it was asked for by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Wall-clock microseconds (civil time counted as if it were UTC) of an instant in microseconds from 1970 UTC.
    #[must_use]
    pub fn civil_from_instant(&self, micros: i64) -> i64 {
        let Ok(timestamp) = Timestamp::from_microsecond(micros) else { return micros };
        micros + i64::from(self.zone.to_offset(timestamp).seconds()) * 1_000_000
    }

    /// The instant of a wall-clock time. In a fold (clocks turned back) the earlier instant, in a gap the one that the
    /// clock would have shown had it not jumped, as RFC 5545 has it.
    #[must_use]
    pub fn instant_from_civil(&self, civil_micros: i64) -> i64 {
        let Some(wall) = civil_datetime(civil_micros) else { return civil_micros };
        self.zone.to_ambiguous_timestamp(wall).compatible().map_or(civil_micros, Timestamp::as_microsecond)
    }

    /// The names of all zones, sorted.
    pub fn names() -> Vec<String> {
        let mut names: Vec<String> =
            jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
        names.sort_unstable();
        names
    }
}

fn civil_datetime(civil_micros: i64) -> Option<civil::DateTime> {
    let day = i32::try_from(civil_micros.div_euclid(DAY_MICROS)).ok()?;
    let (year, month, date) = Day(day).year_month_day();
    let rest = civil_micros.rem_euclid(DAY_MICROS);
    let date =
        civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(date).ok()?)
            .ok()?;
    let time = civil::Time::new(
        i8::try_from(rest / 3_600_000_000).ok()?,
        i8::try_from(rest / 60_000_000 % 60).ok()?,
        i8::try_from(rest / 1_000_000 % 60).ok()?,
        i32::try_from(rest % 1_000_000 * 1000).ok()?,
    )
    .ok()?;
    Some(date.to_datetime(time))
}

/// An offset such as `+08:00`, `+0800`, `-05` in seconds; `None` for anything else.
#[must_use]
pub fn parse_offset(text: &[u8]) -> Option<i32> {
    let (&sign, digits) = text.split_first()?;
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let number = |part: &[u8]| -> Option<i32> {
        match part {
            [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
                Some(i32::from(tens - b'0') * 10 + i32::from(ones - b'0'))
            }
            _ => None,
        }
    };
    let (hours, minutes) = match digits {
        [h1, h2] => (number(&[*h1, *h2])?, 0),
        [h1, h2, b':', m1, m2] | [h1, h2, m1, m2] => (number(&[*h1, *h2])?, number(&[*m1, *m2])?),
        _ => return None,
    };
    (hours <= 15 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Turns many instants into civil time quickly: a zone's offset changes a few times a year, so the last one is kept with
/// the span it was seen to hold for.
#[derive(Debug)]
pub struct ZoneCache {
    zone: Zone,
    from: i64,
    until: i64,
    offset: i64,
}

impl ZoneCache {
    /// An empty cache for this zone.
    #[must_use]
    pub fn new(zone: Zone) -> Self {
        Self { zone, from: 0, until: 0, offset: 0 }
    }

    /// As [`Zone::civil_from_instant`].
    #[inline]
    pub fn civil_from_instant(&mut self, micros: i64) -> i64 {
        if micros < self.from || micros >= self.until {
            self.look_up(micros);
        }
        micros + self.offset
    }

    /// The zone.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    #[cold]
    fn look_up(&mut self, micros: i64) {
        let Ok(timestamp) = Timestamp::from_microsecond(micros) else {
            (self.from, self.until, self.offset) = (micros, micros.saturating_add(1), 0);
            return;
        };
        self.offset = i64::from(self.zone.zone.to_offset(timestamp).seconds()) * 1_000_000;
        // `preceding` yields transitions strictly before, so ask from one microsecond later.
        let after = Timestamp::from_microsecond(micros.saturating_add(1)).unwrap_or(timestamp);
        self.from = self
            .zone
            .zone
            .preceding(after)
            .next()
            .map_or(Timestamp::MIN.as_microsecond(), |change| change.timestamp().as_microsecond());
        self.until = self
            .zone
            .zone
            .following(timestamp)
            .next()
            // Beyond what has a zone, nothing is converted, whatever was looked up before.
            .map_or(Timestamp::MAX.as_microsecond() + 1, |change| change.timestamp().as_microsecond());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn days_by_hand() {
        assert_eq!(Day::from_year_month_day(1970, 1, 1), Some(Day(0)));
        assert_eq!(Day::from_year_month_day(2000, 2, 29), Some(Day(11_016)));
        assert_eq!(Day::from_year_month_day(1900, 2, 29), None);
        assert_eq!(Day::from_year_month_day(2024, 13, 1), None);
        assert_eq!("2024-03-05".parse::<Day>().unwrap().to_string(), "2024-03-05");
        assert!("2024-3".parse::<Day>().is_err());
        assert_eq!(Day(0).days_since_monday(), 3);
    }

    #[test]
    fn weeks_start_where_they_should() {
        let monday = Periods { period: Period::Week, week_start: WeekStart::Monday };
        let sunday = Periods { period: Period::Week, week_start: WeekStart::Sunday };
        let day: Day = "2024-03-05".parse().unwrap(); // a Tuesday
        assert_eq!(monday.first_day(monday.number(day)).to_string(), "2024-03-04");
        assert_eq!(sunday.first_day(sunday.number(day)).to_string(), "2024-03-03");
        assert_eq!(monday.last_day(monday.number(day)).to_string(), "2024-03-10");
    }

    #[test]
    fn quarters_begin_in_january_april_july_and_october() {
        let quarters = Periods { period: Period::Quarter, week_start: WeekStart::Monday };
        let of = |day: &str| {
            let number = quarters.number(day.parse().unwrap());
            (quarters.first_day(number).to_string(), quarters.last_day(number).to_string())
        };
        assert_eq!(of("2024-02-29"), ("2024-01-01".into(), "2024-03-31".into()));
        assert_eq!(of("2024-04-01"), ("2024-04-01".into(), "2024-06-30".into()));
        assert_eq!(of("2023-12-31"), ("2023-10-01".into(), "2023-12-31".into()));
        assert_eq!(serde_json::to_string(&Period::Quarter).unwrap(), "\"quarter\"");
    }

    #[test]
    fn clocks_that_jump() {
        let zone = Zone::new("America/New_York").unwrap();
        let civil = |text: &str| {
            text.parse::<civil::DateTime>()
                .unwrap()
                .to_zoned(TimeZone::UTC)
                .unwrap()
                .timestamp()
                .as_microsecond()
        };
        // 2024-03-10 02:30 does not exist, 2024-11-03 01:30 exists twice.
        assert_eq!(
            zone.civil_from_instant(zone.instant_from_civil(civil("2024-03-10T02:30:00"))),
            civil("2024-03-10T03:30:00")
        );
        assert_eq!(zone.instant_from_civil(civil("2024-11-03T01:30:00")), civil("2024-11-03T05:30:00"));
        assert!(Zone::new("Mars/Olympus").is_err());
        assert_eq!(Zone::new("+08:00").unwrap().civil_from_instant(0), 8 * 3_600_000_000);
    }

    proptest! {
        #[test]
        fn day_round_trip_and_agrees_with_jiff(number in -719_162i32..2_932_896) {
            let (year, month, date) = Day(number).year_month_day();
            prop_assert_eq!(Day::from_year_month_day(year, u32::from(month), u32::from(date)), Some(Day(number)));
            let theirs = civil::Date::new(1970, 1, 1).unwrap().checked_add(jiff::Span::new().days(number)).unwrap();
            prop_assert_eq!(Day(number).to_string(), theirs.to_string());
            prop_assert_eq!(Day(number).days_since_monday(), i32::from(theirs.weekday().to_monday_zero_offset()));
        }

        #[test]
        fn periods_cover_every_day_once(number in -100_000i32..100_000, period in 0usize..4, sunday: bool) {
            let periods = Periods {
                period: Period::ALL[period],
                week_start: if sunday { WeekStart::Sunday } else { WeekStart::Monday },
            };
            let own = periods.number(Day(number));
            prop_assert!(periods.first_day(own) <= Day(number) && Day(number) <= periods.last_day(own));
            prop_assert_eq!(periods.number(periods.first_day(own)), own);
            prop_assert_eq!(periods.number(Day(periods.last_day(own).0 + 1)), own + 1);
        }

        #[test]
        fn the_cache_agrees_with_the_zone(instants in proptest::collection::vec(-2_000_000_000i64..4_000_000_000, 1..40), name in 0..5) {
            let zone = Zone::new(["America/New_York", "Australia/Lord_Howe", "Pacific/Niue", "Pacific/Kiritimati", "Asia/Shanghai"][name as usize]).unwrap();
            let mut cache = ZoneCache::new(zone.clone());
            for seconds in instants {
                prop_assert_eq!(cache.civil_from_instant(seconds * 1_000_000), zone.civil_from_instant(seconds * 1_000_000));
            }
        }
    }
}
