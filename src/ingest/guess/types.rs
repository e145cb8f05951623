//! Of what type a column is, and how its times and numbers are written, from its first cells and its name.

use super::names::{is_id_name, name_rank};
use crate::ingest::mapping::{ColumnType, Role};
use crate::ingest::time::{self, TimeFormat, Written};
use crate::table::decimal::{NumberFormat, parse_with};

/// What a column's cells are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TypeGuess {
    pub column_type: ColumnType,
    pub time_format: Option<TimeFormat>,
    pub number_format: Option<NumberFormat>,
    /// Whether day first and month first both fit all cells.
    pub ambiguous_date: bool,
}

impl TypeGuess {
    const TEXT: Self =
        Self { column_type: ColumnType::Text, time_format: None, number_format: None, ambiguous_date: false };

    fn time(format: TimeFormat) -> Self {
        Self { column_type: ColumnType::Time, time_format: Some(format), ..Self::TEXT }
    }
}

/// The cells of a column that are not empty, and what its name says.
struct Column<'a> {
    cells: Vec<&'a [u8]>,
    named_time: bool,
    named_number: bool,
    named_id: bool,
}

/// The type of a column from some of its cells.
pub(super) fn guess_type(name: &str, cells: &[&[u8]]) -> TypeGuess {
    const NUMBERS: [Role; 7] =
        [Role::Value, Role::Cost, Role::Impressions, Role::Clicks, Role::Score, Role::Quantity, Role::Price];
    let named = |role: Role| name_rank(name, role).is_some();
    let column = Column {
        cells: cells.iter().map(|cell| cell.trim_ascii()).filter(|cell| !cell.is_empty()).collect(),
        named_time: named(Role::Time),
        named_number: NUMBERS.into_iter().any(named),
        named_id: is_id_name(name) || named(Role::User) || named(Role::Order) || named(Role::SameUser),
    };
    if column.cells.is_empty() {
        return TypeGuess::TEXT;
    }
    column.as_time().or_else(|| column.as_number()).unwrap_or(TypeGuess::TEXT)
}

impl Column<'_> {
    /// Whether a test holds for nearly all cells. A few bad ones do not change what a column is, and where its name tells,
    /// many do not; they are found, counted and shown when the file is read.
    fn mostly(&self, named: bool, fits: impl Fn(&[u8]) -> bool) -> bool {
        let misfits = self.cells.iter().filter(|cell| !fits(cell)).count();
        misfits * 10 <= self.cells.len()
            || (misfits == 1 && self.cells.len() > 2)
            || (named && misfits * 2 < self.cells.len())
    }

    fn as_time(&self) -> Option<TypeGuess> {
        let reads = |cell: &[u8], format: TimeFormat| time::parse(cell, format).is_some();
        let year_first = |cell: &[u8]| match time::parse(cell, TimeFormat::YearFirst) {
            // Bare digits are a date only in our days, and not where the name says that they are an id.
            Some(written) if is_whole(cell) => !self.named_id && in_our_days(written),
            other => other.is_some(),
        };
        if self.mostly(self.named_time, year_first) {
            return Some(TypeGuess::time(TimeFormat::YearFirst));
        }
        let fits = |format| self.mostly(self.named_time, |cell| reads(cell, format));
        let (day_first, month_first) = (fits(TimeFormat::DayFirst), fits(TimeFormat::MonthFirst));
        if day_first || month_first {
            return Some(self.day_or_month(day_first, month_first));
        }
        // A column of bare numbers is a time only when its name says so.
        if !self.named_time {
            return None;
        }
        let epochs = [
            (TimeFormat::EpochSeconds, 10),
            (TimeFormat::EpochMilliseconds, 13),
            (TimeFormat::EpochMicroseconds, 16),
            (TimeFormat::EpochNanoseconds, 19),
        ];
        let epoch = epochs.into_iter().find(|&(format, digits)| {
            let whole = |cell: &[u8]| cell.iter().take_while(|byte| byte.is_ascii_digit()).count() == digits;
            self.mostly(true, |cell| whole(cell) && reads(cell, format))
        });
        let serial = |cell: &[u8]| {
            time::parse(cell, TimeFormat::ExcelSerial).is_some_and(in_our_days)
                && reads(cell, TimeFormat::ExcelSerial)
        };
        epoch
            .map(|(format, _)| format)
            .or_else(|| self.mostly(true, serial).then_some(TimeFormat::ExcelSerial))
            .map(TypeGuess::time)
    }

    /// One day above twelve decides the order for all.
    fn day_or_month(&self, day_first: bool, month_first: bool) -> TypeGuess {
        let every = |format| self.cells.iter().all(|cell| time::parse(cell, format).is_some());
        let (all_day_first, all_month_first) = (every(TimeFormat::DayFirst), every(TimeFormat::MonthFirst));
        let format = if month_first && (!day_first || (all_month_first && !all_day_first)) {
            TimeFormat::MonthFirst
        } else {
            TimeFormat::DayFirst
        };
        TypeGuess {
            ambiguous_date: day_first && month_first && all_day_first == all_month_first,
            ..TypeGuess::time(format)
        }
    }

    /// Numbers, unless they would lose something as numbers or mean nothing as such: those are ids.
    fn as_number(&self) -> Option<TypeGuess> {
        let whole = || self.cells.iter().filter(|cell| is_whole(cell));
        let leading_zero = |cell: &&&[u8]| cell.len() > 1 && cell.starts_with(b"0");
        let long = whole().filter(|cell| cell.len() >= 12).count();
        let longest = whole().any(|cell| cell.len() > 15);
        let phones = self.cells.iter().filter(|cell| is_phone(cell)).count();
        let is_id = whole().any(|cell| leading_zero(&cell))
            || longest
            || long * 2 > self.cells.len()
            || phones * 10 > self.cells.len() * 8
            || (self.named_id && !self.named_number && whole().count() * 10 > self.cells.len() * 9);
        if is_id {
            return None;
        }
        let format = NumberFormat::decide(self.cells.iter().copied());
        self.mostly(self.named_number, |cell| parse_with(cell, format).is_some()).then_some(TypeGuess {
            column_type: ColumnType::Number,
            number_format: Some(format),
            ..TypeGuess::TEXT
        })
    }
}

/// Whether a cell is nothing but digits.
fn is_whole(cell: &[u8]) -> bool {
    cell.iter().all(u8::is_ascii_digit)
}

/// Whether a cell is a mobile phone number of mainland China, or any with its country's code: +8613800138000.
fn is_phone(cell: &[u8]) -> bool {
    match cell {
        [b'+', digits @ ..] => (10..=15).contains(&digits.len()) && is_whole(digits),
        digits => digits.len() == 11 && is_whole(digits) && matches!(digits, [b'1', b'3'..=b'9', ..]),
    }
}

/// From 1970 to 2100.
fn in_our_days(written: Written) -> bool {
    let (Written::Civil(micros) | Written::Instant(micros)) = written;
    (0..4_102_444_800_000_000).contains(&micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, cells: &[&str]) -> TypeGuess {
        let cells: Vec<&[u8]> = cells.iter().map(|cell| cell.as_bytes()).collect();
        guess_type(name, &cells)
    }

    #[test]
    fn one_day_above_twelve_decides_the_order() {
        let order = |cells: &[&str]| {
            let found = of("date", cells);
            (found.time_format.unwrap(), found.ambiguous_date)
        };
        assert_eq!(order(&["03/04/2024", "05/06/2024", "13/02/2024"]), (TimeFormat::DayFirst, false));
        assert_eq!(order(&["03/04/2024", "05/06/2024", "02/13/2024"]), (TimeFormat::MonthFirst, false));
        assert_eq!(order(&["03/04/2024", "05/06/2024"]), (TimeFormat::DayFirst, true));
    }

    #[test]
    fn ids_are_text() {
        for (name, cells) in [
            ("zip", &["01234", "20001"][..]),
            ("x", &["00012", "12", "5"]),
            ("x", &["202403051234567", "202403051234568"]),
            ("x", &["1234567890123", "1234567890124"]),
            ("x", &["1234567890123456789", "1"]),
            ("contact", &["13800138000", "15912345678"]),
            ("contact", &["+8613800138000", "+12025550143"]),
            ("product_id", &["489434", "489435"]),
            ("productId", &["489434", "489435"]),
            ("商品编码", &["489434", "489435"]),
            ("order_id", &["20240305", "20240306"]),
            ("订单编号", &["20240305150530", "20240305150531"]),
            ("uid", &["1", "2"]),
            ("note", &["12345678", "99999999"].map(|_| "n/a")),
        ] {
            assert_eq!(of(name, cells).column_type, ColumnType::Text, "{name} {cells:?}");
        }
    }

    #[test]
    fn numbers() {
        for (name, cells, format) in [
            ("items", &["166", "60"][..], NumberFormat::Point),
            ("paid", &["0.5", "0.30000000000000004", "0"], NumberFormat::Point),
            ("金额", &["¥1,299.00", "", "1.2万"], NumberFormat::Point),
            ("Betrag", &["1.234,50", "12", "3,5"], NumberFormat::Comma),
            ("amount", &["1,234", "5,678"], NumberFormat::Point),
            ("rate", &["12.5%", "3%"], NumberFormat::Point),
            ("total", &["123456789012.50", "1.00"], NumberFormat::Point),
        ] {
            let found = of(name, cells);
            assert_eq!(
                (found.column_type, found.number_format),
                (ColumnType::Number, Some(format)),
                "{name}"
            );
        }
    }

    #[test]
    fn times() {
        for (name, cells, format) in [
            ("ts", &["1709596800", "1709596801"][..], TimeFormat::EpochSeconds),
            ("ts", &["1709596800.25", "1709596801.5"], TimeFormat::EpochSeconds),
            ("timestamp", &["1709596800123"], TimeFormat::EpochMilliseconds),
            ("event_time", &["1709596800123456"], TimeFormat::EpochMicroseconds),
            ("event_time", &["1709596800123456789"], TimeFormat::EpochNanoseconds),
            ("下单时间", &["45356.3368", "45357"], TimeFormat::ExcelSerial),
            ("x", &["20240305", "20240306"], TimeFormat::YearFirst),
            ("x", &["2024年3月5日 下午3:05", "2024年3月6日 上午8:00"], TimeFormat::YearFirst),
            ("x", &["5 Mar 2024", "6 Mar 2024"], TimeFormat::YearFirst),
            ("x", &["05.03.2024 08:00", "31.03.2024"], TimeFormat::DayFirst),
        ] {
            assert_eq!(of(name, cells).time_format, Some(format), "{name} {cells:?}");
        }
        // Numbers that are times only by accident.
        for (name, cells) in [
            ("amount", &["1709596800"][..]),
            ("points", &["45356", "40000"]),
            ("n", &["12340101", "12340102"]),
        ] {
            assert_eq!(of(name, cells).column_type, ColumnType::Number, "{name}");
        }
    }
}
