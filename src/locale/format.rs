//! Numbers, shares and dates as each language writes them: the forms of the Unicode CLDR, where `en` and `zh` alike have a
//! hyphen for the minus sign, a comma between thousands, and no space before the per cent sign.

use super::Language;
use crate::dataset::calendar::Day;

impl Language {
    /// A whole number with thousands separators: `12,345`.
    #[must_use]
    pub fn integer(self, value: i64) -> String {
        let digits = value.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        if value < 0 {
            text.push('-');
        }
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text
    }

    /// A decimal with a fixed number of places and thousands separators: `1,234.50`.
    #[must_use]
    pub fn decimal(self, value: f64, places: usize) -> String {
        if !value.is_finite() {
            return "–".to_owned();
        }
        // Ties go up, as on paper and in spreadsheets; the last bits, which decimals leave behind, do not count.
        let factor = 10f64.powi(i32::try_from(places).unwrap_or(0));
        let rounded = (value.abs() * factor * (1.0 + 1e-14)).round() / factor;
        let text = format!("{rounded:.places$}");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let sign =
            if value < 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) { "-" } else { "" };
        let whole = whole.parse().map_or_else(|_| whole.to_owned(), |whole| self.integer(whole));
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    /// A short number for axes and headlines: `1.2K`, `3.4M`, `5.6B`, `7.8T`; in Chinese `1.2万`, `3.4亿`, `5.6万亿`.
    #[must_use]
    pub fn compact(self, value: f64) -> String {
        let units: &[(f64, &str)] = match self {
            Self::English => &[(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")],
            Self::Chinese => &[(1e12, "万亿"), (1e8, "亿"), (1e4, "万")],
        };
        if !value.is_finite() {
            return "–".to_owned();
        }
        for (index, &(size, unit)) in units.iter().enumerate() {
            // The figure as it would be rounded in the next smaller unit decides: 999,960 is 1M, not 1000K.
            let smaller = units.get(index + 1).map_or(1.0, |&(size, _)| size);
            if (value.abs() / smaller * 10.0).round() * smaller >= size * 10.0 {
                return format!("{}{unit}", trimmed(self.decimal(value / size, 1)));
            }
        }
        trimmed(self.decimal(value, if value.abs() < 10.0 { 2 } else { 1 }))
    }

    /// A share between 0 and 1 as a percentage with one place: `12.3%`.
    #[must_use]
    pub fn percent(self, share: f64) -> String {
        if share.is_finite() { format!("{}%", self.decimal(share * 100.0, 1)) } else { "–".to_owned() }
    }

    /// A day: `Mar 5, 2024`, in Chinese `2024年3月5日`.
    #[must_use]
    pub fn date(self, day: Day) -> String {
        let (year, month, date) = day.year_month_day();
        match self {
            Self::English => format!("{} {date}, {year}", month_name(month)),
            Self::Chinese => format!("{year}年{month}月{date}日"),
        }
    }

    /// A month: `Mar 2024`, in Chinese `2024年3月`.
    #[must_use]
    pub fn month(self, day: Day) -> String {
        let (year, month, _) = day.year_month_day();
        match self {
            Self::English => format!("{} {year}", month_name(month)),
            Self::Chinese => format!("{year}年{month}月"),
        }
    }

    /// A quarter: `Q1 2024`, in Chinese `2024年第1季度`.
    #[must_use]
    pub fn quarter(self, day: Day) -> String {
        let (year, month, _) = day.year_month_day();
        let quarter = month.saturating_sub(1) / 3 + 1;
        match self {
            Self::English => format!("Q{quarter} {year}"),
            Self::Chinese => format!("{year}年第{quarter}季度"),
        }
    }
}

fn month_name(month: u8) -> &'static str {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    NAMES.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or("?")
}

/// Without zeros at the end of the fraction: `1.50` is `1.5`, `2.0` is `2`.
fn trimmed(text: String) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_each_language_writes_them() {
        let (en, zh) = (Language::English, Language::Chinese);
        assert_eq!(en.integer(-1_234_567), "-1,234,567");
        assert_eq!(en.integer(0), "0");
        assert_eq!(en.decimal(1234.5, 2), "1,234.50");
        assert_eq!(en.decimal(-0.001, 2), "0.00");
        assert_eq!(en.compact(999_960.0), "1M");
        assert_eq!(en.compact(1234.0), "1.2K");
        assert_eq!(en.compact(0.25), "0.25");
        assert_eq!(zh.compact(12_345.0), "1.2万");
        assert_eq!(zh.compact(345_000_000.0), "3.5亿");
        assert_eq!(zh.compact(9_999.0), "9,999");
        assert_eq!(zh.compact(10_000.0), "1万");
        assert_eq!(zh.compact(99_999_960.0), "1亿");
        assert_eq!(zh.compact(1_250_000_000_000.0), "1.3万亿");
        assert_eq!(en.compact(1_250_000_000_000.0), "1.3T");
        assert_eq!((en.compact(-12_345.0).as_str(), zh.compact(-12_345.0).as_str()), ("-12.3K", "-1.2万"));
        assert_eq!(en.percent(0.12345), "12.3%");
        assert_eq!(en.percent(0.1325), "13.3%");
        assert_eq!(en.decimal(1.005, 2), "1.01");
        assert_eq!(en.decimal(2.675, 2), "2.68");
        assert_eq!(en.percent(f64::NAN), "–");
    }

    #[test]
    fn dates_as_each_language_writes_them() {
        let day = Day::from_year_month_day(2024, 3, 5).unwrap();
        assert_eq!(Language::English.date(day), "Mar 5, 2024");
        assert_eq!(Language::Chinese.date(day), "2024年3月5日");
        assert_eq!(Language::English.month(day), "Mar 2024");
        assert_eq!(Language::Chinese.month(day), "2024年3月");
        assert_eq!(Language::English.quarter(day), "Q1 2024");
        assert_eq!(Language::Chinese.quarter(day), "2024年第1季度");
    }
}
