//! Dates and times, a cell a line.

use super::choices::Choices;
use strata::dataset::calendar::{DAY_MICROS, Day, Zone, ZoneCache};
use strata::ingest::time::{TimeFormat, TimeReader, Written, parse};
use strata::table::Clock;

/// The choices are format, clock and zone. A cell's time does not depend on the cells before it; what is read stays within
/// what a calendar can show, and its day, written again, is read as the same.
pub fn check(bytes: &[u8]) {
    let (mut choices, text) = Choices::of(bytes);
    let format = TimeFormat::ALL[choices.below(TimeFormat::ALL.len())];
    let clock = choices.one(&[Clock::Civil, Clock::Instant]);
    let zone = choices.one(&["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"]);
    let reader = || TimeReader::new(format, clock, ZoneCache::new(Zone::new(zone).unwrap()));
    let mut column = reader();
    for cell in text.split(|&byte| byte == b'\n') {
        let read = column.read(cell);
        assert_eq!(read, reader().read(cell), "{:?} on its own", String::from_utf8_lossy(cell));
        if let Some(micros) = read {
            in_range(micros);
        }
        for format in TimeFormat::ALL {
            let Some(written) = parse(cell, format) else { continue };
            let (Written::Civil(micros) | Written::Instant(micros)) = written;
            in_range(micros);
            let midnight = micros - micros.rem_euclid(DAY_MICROS);
            let day = Day(i32::try_from(midnight / DAY_MICROS).unwrap());
            // An offset may lead out of the years that have four digits.
            if (1..=9999).contains(&day.year_month_day().0) {
                let again = parse(day.to_string().as_bytes(), TimeFormat::YearFirst);
                assert_eq!(again, Some(Written::Civil(midnight)), "{day}");
            }
        }
    }
}

/// From the year 1 to 9999, and a day more at either end, for zones and offsets.
fn in_range(micros: i64) {
    let day = |year, month, date| Day::from_year_month_day(year, month, date).unwrap().0;
    let found = micros.div_euclid(DAY_MICROS);
    let (first, last) = (i64::from(day(1, 1, 1)), i64::from(day(9999, 12, 31)));
    assert!((first - 1..=last + 1).contains(&found), "{micros}");
}
