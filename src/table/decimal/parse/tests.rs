//! Numbers by hand and against schoolbook arithmetic.

use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Option<(i64, u8)> {
    let parsed = parse(text.as_bytes())?;
    assert!(!parsed.rounded, "{text}");
    Some((parsed.mantissa, parsed.scale))
}

fn read_comma(text: &str) -> Option<(i64, u8)> {
    parse_with(text.as_bytes(), NumberFormat::Comma).map(|parsed| (parsed.mantissa, parsed.scale))
}

#[test]
fn plain_numbers() {
    for (text, value) in [
        ("11.77", (1177, 2)),
        (" -0.5 ", (-5, 1)),
        ("+7", (7, 0)),
        ("5.", (5, 0)),
        (".5", (5, 1)),
        ("007", (7, 0)),
        ("-0", (0, 0)),
        ("9223372036854", (LARGEST, 0)),
        ("-9223372036854.000000", (-LARGEST * 1_000_000, 6)),
        ("0000000000000000000000000000000000000000000000001.5", (15, 1)),
    ] {
        assert_eq!(read(text), Some(value), "{text}");
    }
    for bad in ["", "-", ".", "abc", "--1", "+-1", "1.2.3", "9223372036855", "9223372036854.0000001", "1-2"] {
        assert_eq!(parse(bad.as_bytes()), None, "{bad:?}");
    }
}

#[test]
fn thousands() {
    for (text, value) in [
        ("1,234", (1234, 0)),
        ("1,234,567.89", (123_456_789, 2)),
        ("12,34,567", (1_234_567, 0)),
        ("1,23,45,678.5", (123_456_785, 1)),
        ("1 234 567", (1_234_567, 0)),
        ("1\u{202f}234,", (0, 0)),
        ("1\u{a0}234.5", (12_345, 1)),
        ("1'234'567", (1_234_567, 0)),
        ("1\u{2019}234", (1234, 0)),
    ] {
        let expected = (value != (0, 0)).then_some(value);
        assert_eq!(read(text), expected, "{text}");
    }
    for bad in
        ["1,23", "1234,567", "12,34", "1,2345", "1,234 567", "0,125", ",123", "1,,234", "1.234,5", "1, 234"]
    {
        assert_eq!(parse(bad.as_bytes()), None, "{bad:?}");
    }
}

#[test]
fn decimal_commas() {
    assert_eq!(read_comma("1.234,56"), Some((123_456, 2)));
    assert_eq!(read_comma("0,125"), Some((125, 3)));
    assert_eq!(read_comma("-12,5 €"), Some((-125, 1)));
    assert_eq!(read_comma("1.234"), Some((1234, 0)));
    assert_eq!(read_comma("1 234,5"), Some((12_345, 1)));
    assert_eq!((read_comma("1,234.5"), read_comma("12.5"), read_comma("0.125")), (None, None, None));
    let decide = |cells: &[&str]| NumberFormat::decide(cells.iter().map(|cell| cell.as_bytes()));
    assert_eq!(decide(&["1,234", "5,678"]), NumberFormat::Point);
    assert_eq!(decide(&["1,234", "5,6"]), NumberFormat::Comma);
    assert_eq!(decide(&["1.234", "5.6", "7,8", "x"]), NumberFormat::Point);
    assert_eq!(decide(&["1.234,50", "12"]), NumberFormat::Comma);
    assert_eq!(decide(&[]), NumberFormat::Point);
}

#[test]
fn money() {
    for (text, value) in [
        ("¥1,234.50", (123_450, 2)),
        ("-\u{ffe5}12", (-12, 0)),
        ("¥-12", (-12, 0)),
        ("¥ - 12", (-12, 0)),
        ("$ 5", (5, 0)),
        ("€5.10", (510, 2)),
        ("5.10 €", (510, 2)),
        ("RMB 88", (88, 0)),
        ("88rmb", (88, 0)),
        ("USD -1,000", (-1000, 0)),
        ("NT$350", (350, 0)),
        ("HK$ 12.5", (125, 1)),
        ("₩15,000", (15_000, 0)),
        ("₹12,34,567.00", (123_456_700, 2)),
        ("12 元", (12, 0)),
        ("¥12元", (12, 0)),
        ("3.5块", (35, 1)),
        ("(1,234.50)", (-123_450, 2)),
        ("($5)", (-5, 0)),
        ("$(5)", (-5, 0)),
        ("5.00-", (-500, 2)),
        ("\u{2212}5", (-5, 0)),
        ("`12.50", (1250, 2)),
        ("12.50\t", (1250, 2)),
    ] {
        assert_eq!(read(text), Some(value), "{text}");
    }
    for bad in ["¥", "元", "(5", "5)", "(-5)", "-5-", "¥¥5", "5 USD EUR", "5%元", "5 apples", "USD"] {
        assert_eq!(parse(bad.as_bytes()), None, "{bad:?}");
    }
}

#[test]
fn shares_units_and_exponents() {
    for (text, value) in [
        ("12.5%", (125, 3)),
        ("100 %", (100, 2)),
        ("-0.01%", (-1, 4)),
        ("1.2万", (12_000, 0)),
        ("1.23456万", (123_456, 1)),
        ("3 亿", (300_000_000, 0)),
        ("¥1.5万元", (15_000, 0)),
        ("-2萬", (-20_000, 0)),
        ("1.5e3", (1500, 0)),
        ("1E-05", (1, 5)),
        ("1.50E+2", (150, 0)),
        ("2.5e-1", (25, 2)),
        ("0e99", (0, 0)),
        ("\u{ff11}\u{ff12}\u{ff0e}\u{ff15}", (125, 1)),
        ("\u{ff0d}\u{ff13}\u{ff0c}\u{ff10}\u{ff10}\u{ff10}", (-3000, 0)),
        ("\u{ff08}\u{ff15}\u{ff09}", (-5, 0)),
        ("\u{ff15}\u{ff05}", (5, 2)),
    ] {
        assert_eq!(read(text), Some(value), "{text}");
    }
    for bad in [
        "e5", "1e", "1e+", "1e5.5", "1e13", "1e400", "1e999999", "万", "1万亿", "5%%", "1e5e5", "0x10",
        "NaN", "inf",
    ] {
        assert_eq!(parse(bad.as_bytes()), None, "{bad:?}");
    }
}

#[test]
fn more_places_are_rounded_and_told() {
    let rounded = |text: &str| {
        let parsed = parse(text.as_bytes()).unwrap();
        (parsed.mantissa, parsed.scale, parsed.rounded)
    };
    assert_eq!(rounded("0.30000000000000004"), (300_000, 6, true));
    assert_eq!(rounded("0.0000005"), (0, 6, true));
    assert_eq!(rounded("0.0000015"), (2, 6, true));
    assert_eq!(rounded("0.0000025"), (2, 6, true));
    assert_eq!(rounded("-0.00000250000000000000000000000000000000000001"), (-3, 6, true));
    assert_eq!(rounded("1.50000000"), (1_500_000, 6, false));
    assert_eq!(rounded("1.23456789%"), (12_346, 6, true));
    assert_eq!(rounded("5e-324"), (0, 6, true));
    assert_eq!(rounded("0.0000000"), (0, 6, false));
}

/// The same number by schoolbook arithmetic: `units / 10^places`, rounded half to even to six places.
fn reference(units: i128, places: u32) -> Option<(i128, bool)> {
    let (numerator, denominator) = (units.abs() * 1_000_000, 10i128.pow(places));
    if numerator > i128::from(LARGEST) * 1_000_000 * denominator {
        return None;
    }
    let (whole, left) = (numerator / denominator, numerator % denominator);
    let up = 2 * left > denominator || (2 * left == denominator && whole % 2 == 1);
    Some(((whole + i128::from(up)) * units.signum(), left > 0))
}

/// In millionths, and whether rounded.
fn millionths(text: &str, format: NumberFormat) -> Option<(i128, bool)> {
    let parsed = parse_with(text.as_bytes(), format)?;
    Some((i128::from(parsed.mantissa) * 10i128.pow(6 - u32::from(parsed.scale)), parsed.rounded))
}

fn plain(units: i128, places: u32, point: char) -> String {
    let (sign, divisor) = (if units < 0 { "-" } else { "" }, 10i128.pow(places));
    let (whole, rest) = (units.abs() / divisor, units.abs() % divisor);
    if places == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}{point}{rest:0width$}", width = places as usize)
    }
}

fn grouped(text: &str, separator: char, point: char) -> String {
    let (whole, fraction) =
        text.split_once(point).map_or((text, String::new()), |(w, f)| (w, format!("{point}{f}")));
    let digits = whole.trim_start_matches('-');
    let mut groups = whole.strip_suffix(digits).unwrap().to_owned();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            groups.push(separator);
        }
        groups.push(digit);
    }
    groups + &fraction
}

proptest! {
    #[test]
    fn every_way_to_write_a_number_gives_that_number(units in prop_oneof![any::<i64>(), -100_000_000i64..100_000_000], places in 0u32..12) {
        let units = i128::from(units);
        let expected = reference(units, places);
        let text = plain(units, places, '.');
        prop_assert_eq!(millionths(&text, NumberFormat::Point), expected);
        prop_assert_eq!(millionths(&grouped(&text, ',', '.'), NumberFormat::Point), expected);
        prop_assert_eq!(millionths(&grouped(&text, ' ', '.'), NumberFormat::Point), expected);
        let comma = plain(units, places, ',');
        prop_assert_eq!(millionths(&comma, NumberFormat::Comma), expected);
        prop_assert_eq!(millionths(&grouped(&comma, '.', ','), NumberFormat::Comma), expected);
        prop_assert_eq!(millionths(&format!("¥{text}"), NumberFormat::Point), expected);
        let wide: String = text.chars().map(|sign| char::from_u32(u32::from(sign) + 0xfee0).unwrap()).collect();
        prop_assert_eq!(millionths(&wide, NumberFormat::Point), expected);
        prop_assert_eq!(millionths(&format!("{units}e-{places}"), NumberFormat::Point), expected);
        prop_assert_eq!(millionths(&format!("{text}%"), NumberFormat::Point), reference(units, places + 2));
        let ten_thousand = units.checked_mul(10_000).unwrap();
        prop_assert_eq!(millionths(&format!("{text}万"), NumberFormat::Point), reference(ten_thousand, places));
        let negative = plain(-units.abs(), places, '.');
        let bracketed = format!("({})", negative.trim_start_matches('-'));
        prop_assert_eq!(millionths(&bracketed, NumberFormat::Point), millionths(&negative, NumberFormat::Point));
    }

    #[test]
    fn what_is_read_fits_a_column_with_any_scale(text in "[-+(¥]?[0-9]{0,15}[.,]?[0-9]{0,8}(e[0-9]{1,2})?[%万亿)]?") {
        for format in [NumberFormat::Point, NumberFormat::Comma] {
            if let Some(parsed) = parse_with(text.as_bytes(), format) {
                prop_assert!(parsed.scale <= MAX_SCALE);
                let places = u32::from(MAX_SCALE - parsed.scale);
                prop_assert!(parsed.mantissa.checked_mul(10i64.pow(places)).is_some_and(|units| units != i64::MIN));
            }
        }
    }

    #[test]
    fn the_quick_form_and_the_general_agree(text in "-?[0-9]{0,14}[.,]?[0-9]{0,7}") {
        for format in [NumberFormat::Point, NumberFormat::Comma] {
            if let Some(quick) = parse_plain(text.as_bytes(), format.point()) {
                prop_assert_eq!(Some(quick), parse_written(text.as_bytes(), format));
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
        let _ = (parse(&bytes), parse_with(&bytes, NumberFormat::Comma));
    }
}
