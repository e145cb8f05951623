//! Times by hand, and the quick way against the general one.

use super::*;
use crate::dataset::calendar::Zone;
use proptest::prelude::*;

fn civil(text: &str) -> Option<i64> {
    match parse(text.as_bytes(), TimeFormat::YearFirst)? {
        Written::Civil(micros) => Some(micros / 1_000_000),
        Written::Instant(_) => None,
    }
}

#[test]
fn year_first_by_hand() {
    let noon = 1_709_640_300; // 2024-03-05 12:05:00
    for text in [
        "2024-03-05 12:05:00",
        "2024-03-05T12:05:00",
        "2024/3/5 12:05",
        "2024.03.05 12:05:00.000",
        "2024年3月5日 12:05",
        "20240305 120500",
        "20240305T120500",
        " 2024-3-5  12:05 ",
    ] {
        assert_eq!(civil(text), Some(noon), "{text}");
    }
    assert_eq!(civil("2024-03-05"), Some(noon - 43_500));
    assert_eq!(civil("20240305"), Some(noon - 43_500));
    for bad in [
        "",
        "2024-13-05",
        "2023-02-29",
        "2024-03-05 24:00:01",
        "2024-03-05 12:05:60",
        "2024-03-05 12:05:00.",
        "2024-03/05",
        "05.03.2024",
        "202403",
        "2024-03-05x",
        "今天",
    ] {
        assert_eq!(parse(bad.as_bytes(), TimeFormat::YearFirst), None, "{bad}");
    }
    assert_eq!(
        parse(b"2024-03-05T12:05:00+08:00", TimeFormat::YearFirst),
        Some(Written::Instant((noon - 28_800) * 1_000_000))
    );
    assert_eq!(
        parse(b"2024-03-05T12:05:00.5Z", TimeFormat::YearFirst),
        Some(Written::Instant(noon * 1_000_000 + 500_000))
    );
}

#[test]
fn other_orders_and_epochs() {
    let day = Written::Civil(1_709_596_800_000_000);
    assert_eq!(parse(b"05.03.2024", TimeFormat::DayFirst), Some(day));
    assert_eq!(parse(b"5-3-24", TimeFormat::DayFirst), Some(day));
    assert_eq!(parse(b"3/5/2024", TimeFormat::MonthFirst), Some(day));
    assert_eq!(parse(b"13/5/2024", TimeFormat::MonthFirst), None);
    assert_eq!(parse(b"1709596800", TimeFormat::EpochSeconds), Some(Written::Instant(1_709_596_800_000_000)));
    assert_eq!(
        parse(b"1709596800.25", TimeFormat::EpochSeconds),
        Some(Written::Instant(1_709_596_800_250_000))
    );
    assert_eq!(
        parse(b"1709596800123", TimeFormat::EpochMilliseconds),
        Some(Written::Instant(1_709_596_800_123_000))
    );
    assert_eq!(parse(b"99999999999999", TimeFormat::EpochSeconds), None);
    for (text, micros) in [
        ("1709596800123456", 1_709_596_800_123_456),
        ("1709596800123456.9", 1_709_596_800_123_456),
        ("-1", -1),
    ] {
        let instant = Some(Written::Instant(micros));
        assert_eq!(parse(text.as_bytes(), TimeFormat::EpochMicroseconds), instant, "{text}");
    }
    for (text, micros) in
        [("1709596800123456789", 1_709_596_800_123_456), ("-1", -1), ("-1000", -1), ("-1001", -2)]
    {
        let instant = Some(Written::Instant(micros));
        assert_eq!(parse(text.as_bytes(), TimeFormat::EpochNanoseconds), instant, "{text}");
    }
    for bad in ["", "-", ".5", "1e9", "1.2.3", "999999999999999999999"] {
        assert_eq!(parse(bad.as_bytes(), TimeFormat::EpochNanoseconds), None, "{bad}");
    }
}

#[test]
fn days_of_spreadsheets() {
    let serial = |text: &str| match parse(text.as_bytes(), TimeFormat::ExcelSerial)? {
        Written::Civil(micros) => Some(micros),
        Written::Instant(_) => None,
    };
    let at = |text: &str| civil(text).map(|seconds| seconds * 1_000_000);
    assert_eq!(serial("45356"), at("2024-03-05"));
    assert_eq!(serial("45356.336805555555"), at("2024-03-05 08:05:00"));
    assert_eq!(serial("45356.3368055556"), at("2024-03-05 08:05:00"), "as ten places write it");
    assert_eq!(serial("45356,5"), at("2024-03-05 12:00:00"));
    assert_eq!(serial("45356.99999999999"), at("2024-03-06"));
    assert_eq!((serial("1"), serial("59")), (at("1900-01-01"), at("1900-02-28")));
    assert_eq!((serial("61"), serial("2958465")), (at("1900-03-01"), at("9999-12-31")));
    for bad in ["0", "0.5", "60", "2958466", "-1", "45356.5.5", "1e5", "45356x", ""] {
        assert_eq!(serial(bad), None, "{bad}");
    }
}

#[test]
fn words_and_rarer_forms() {
    let seconds = 1_709_651_100; // 2024-03-05 15:05:00
    for text in [
        "2024年3月5日 下午3:05",
        "2024年3月5日下午3:05",
        "2024年03月05日 15时05分",
        "2024年3月5日15点05分00秒",
        "2024年3月5日 星期二 15:05",
        "24年3月5日 15:05",
        "2024/3/5 下午 03:05:00",
        "2024-03-05 3:05 PM",
        "2024-03-05t15:05:00",
        "20240305150500",
        "202403051505",
        "20240305150500000",
        "\u{ff12}\u{ff10}\u{ff12}\u{ff14}\u{ff0d}\u{ff10}\u{ff13}\u{ff0d}\u{ff10}\u{ff15}\u{3000}\u{ff11}\u{ff15}\u{ff1a}\u{ff10}\u{ff15}",
        "Mar 5, 2024 3:05 PM",
        "5 Mar 2024 15:05",
        "5-Mar-24 15:05:00",
        "March 5th, 2024, 3:05:00 p.m.",
        "Tuesday, March 5, 2024 3:05 PM",
        "`2024-03-05 15:05:00",
    ] {
        assert_eq!(civil(text), Some(seconds), "{text}");
    }
    for format in [TimeFormat::DayFirst, TimeFormat::MonthFirst] {
        for text in ["5 Mar 2024", "MAR 5 2024", "2024年3月5日"] {
            let day = Some(Written::Civil(1_709_596_800_000_000));
            assert_eq!(parse(text.as_bytes(), format), day, "{text}");
        }
    }
    assert_eq!(parse(b"3/5/24 3:05 PM", TimeFormat::MonthFirst), Some(Written::Civil(seconds * 1_000_000)));
    assert_eq!(civil("2024-03-05 24:00"), civil("2024-03-06"));
    assert_eq!(civil("2024-03-05 12:05 AM"), civil("2024-03-05 00:05"));
    assert_eq!(civil("2024-03-05 12:05 PM"), civil("2024-03-05 12:05"));
    assert_eq!(civil("2024年3月5日 上午12:05"), civil("2024-03-05 00:05"));
    assert_eq!(civil("2024年3月5日 中午12:05"), civil("2024-03-05 12:05"));
    assert_eq!(civil("2024年3月5日 中午1:05"), civil("2024-03-05 13:05"));
    assert_eq!(civil("2024年3月5日 凌晨1:05"), civil("2024-03-05 01:05"));
    assert_eq!(civil("2024年3月5日 晚上8点"), civil("2024-03-05 20:00"));
    assert_eq!(civil("2024-03-05 3 PM"), civil("2024-03-05 15:00"));
    assert_eq!(civil("2024-03-05 12:05:00.123456789"), civil("2024-03-05 12:05:00"));
    for bad in [
        "2024年3月5日 晚上12:05",
        "2024年13月5日",
        "3月5日",
        "Mar 5",
        "5 Foo 2024",
        "Maybe 5 2024",
        "2024-03-05 13:05 AM",
        "下午3:05",
        "2024-03-05 15",
        "20241305150500",
        "2024年3月5日 15时75分",
        "2024-03-05 15:05 EST",
        "周一",
        "T",
    ] {
        assert_eq!(parse(bad.as_bytes(), TimeFormat::YearFirst), None, "{bad}");
    }
}

#[test]
fn offsets_in_all_forms() {
    let instant = Some(Written::Instant(1_709_622_300_000_000)); // 2024-03-05 07:05:00 UTC
    for text in [
        "2024-03-05T15:05:00+08:00",
        "2024-03-05 15:05:00 +0800",
        "2024-03-05T15:05+08",
        "2024-03-05t07:05:00z",
        "2024-03-05 07:05:00 UTC",
        "2024-03-05 07:05:00 GMT",
        "2024-03-05 15:05:00 UTC+8",
        "2024-03-05 15:05:00 GMT+08:00",
        "20240305T150500+0800",
        "Tue, 05 Mar 2024 07:05:00 GMT",
        "Tue, 5 Mar 2024 15:05:00 +0800",
        "Tue Mar 05 2024 15:05:00 GMT+0800 (China Standard Time)",
        "2024-03-05 03:05:00 PM +0800",
    ] {
        assert_eq!(parse(text.as_bytes(), TimeFormat::YearFirst), instant, "{text}");
    }
}

#[test]
fn both_kinds_in_one_column() {
    let zone = || ZoneCache::new(Zone::new("Asia/Shanghai").unwrap());
    let mut civil = TimeReader::new(TimeFormat::YearFirst, Clock::Civil, zone());
    assert_eq!(civil.read(b"2024-03-05T00:00:00Z"), civil.read(b"2024-03-05 08:00:00"));
    let mut instant = TimeReader::new(TimeFormat::YearFirst, Clock::Instant, zone());
    assert_eq!(instant.read(b"2024-03-05T00:00:00Z"), instant.read(b"2024-03-05 08:00:00"));
}

proptest! {
    #[test]
    fn the_quick_form_and_the_general_agree(micros in -30_000_000_000i64..60_000_000_000) {
        let day = Day(i32::try_from(micros.div_euclid(86_400)).unwrap());
        let time = micros.rem_euclid(86_400);
        let text = format!("{day} {:02}:{:02}:{:02}", time / 3600, time / 60 % 60, time % 60);
        prop_assert_eq!(parse_standard(text.as_bytes()), Some(Written::Civil(micros * 1_000_000)));
        prop_assert_eq!(parse_date_time(text.as_bytes(), None), Some(Written::Civil(micros * 1_000_000)));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        for format in TimeFormat::ALL {
            let _ = parse(&bytes, format);
        }
    }
}

proptest! {
    #[test]
    fn a_reader_reads_what_parse_reads(texts in proptest::collection::vec("(2024-0[1-3]-[0-3][0-9]|2024-02-30|abcdefghij)([ T][0-2][0-9]:[0-6]0:00(\\.5)?)?", 1..20)) {
        let mut reader = TimeReader::new(TimeFormat::YearFirst, Clock::Civil, ZoneCache::new(Zone::utc()));
        for text in &texts {
            let expected = parse(text.as_bytes(), TimeFormat::YearFirst).map(|written| match written {
                Written::Civil(micros) | Written::Instant(micros) => micros,
            });
            prop_assert_eq!(reader.read(text.as_bytes()), expected, "{}", text);
        }
    }
}
