//! Numbers, a cell a line.

use super::choices::Choices;
use strata::table::decimal::{Amount, Decimals, LARGEST, MAX_SCALE, NumberFormat, parse_with};

/// The choice is the format. What is read stays within the limits, fits any column, and is read as the same number when it is
/// written again.
pub fn check(bytes: &[u8]) {
    let (mut choices, text) = Choices::of(bytes);
    let format = choices.one(&[NumberFormat::Point, NumberFormat::Comma]);
    let cells: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
    let _ = NumberFormat::decide(cells.iter().copied());
    let mut column = Decimals::default();
    for cell in cells {
        let Some(read) = parse_with(cell, format) else { continue };
        let shown = String::from_utf8_lossy(cell);
        assert!(read.scale <= MAX_SCALE, "{shown}");
        let whole = read.mantissa.unsigned_abs() / 10u64.pow(read.scale.into());
        assert!(whole <= LARGEST.unsigned_abs(), "{shown} is {read:?}");
        assert!(column.push(read), "{shown} fits any column");
        let written = Amount { units: read.mantissa, scale: read.scale }.to_string();
        let again = parse_with(written.as_bytes(), NumberFormat::Point).expect("what is written can be read");
        assert_eq!((again.mantissa, again.scale), (read.mantissa, read.scale), "{shown} as {written}");
        assert!(!again.rounded, "{shown} as {written}");
    }
}
