//! Which records stand above the header, and whether there is one.

use super::super::guess::names_user_or_time;
use super::delimited::is_typed;
use super::records::Record;

/// Records above the header that are looked at.
const MOST_TITLES: usize = 40;

/// How many of the first records are titles, dates of export and the like: they fill fewer fields than the records below
/// them, most of which have this `width`.
pub(super) fn titles(records: &[Record], width: usize) -> usize {
    let few = (width / 3).clamp(1, 3);
    let is_title =
        |record: &Record| !record.broken && (record.filled() <= few || record.fields.len() * 2 <= width);
    let leading = |also: &dyn Fn(&Record) -> bool| {
        records.iter().take(MOST_TITLES).take_while(|record| is_title(record) && also(record)).count()
    };
    let count = leading(&|_| true);
    let Some(below) = records.get(count..).filter(|below| width > 1 && !below.is_empty()) else { return 0 };
    // Where many rows fill few fields, or rows begin at once, a record of the full width is a row.
    let sparse = below.iter().filter(|record| record.filled() <= few).count() * 5 > below.len();
    if sparse || !looks_like_header(below) { leading(&|record| record.fields.len() < width) } else { count }
}

/// Whether the first record names the columns: none of its fields is a number or a time, and where those below are not
/// either, none of them is found again in its column. Years may follow the name of a user or a time.
pub(super) fn looks_like_header(records: &[Record]) -> bool {
    let Some((first, rows)) = records.split_first() else { return true };
    if first.broken {
        return false;
    }
    let year =
        |cell: &str| cell.len() == 4 && cell.parse::<u32>().is_ok_and(|year| (1900..2100).contains(&year));
    let pivoted = names_user_or_time(first.get(0));
    if first.fields.iter().map(|cell| cell.trim()).any(|cell| is_typed(cell) && !(pivoted && year(cell))) {
        return false;
    }
    let rows = rows.get(..rows.len().min(200)).unwrap_or(rows);
    let column = |field: usize| rows.iter().map(move |row| row.get(field)).filter(|cell| !cell.is_empty());
    let typed = |field: usize| {
        let typed = column(field).filter(|cell| is_typed(cell)).count();
        typed > 0 && typed * 2 > column(field).count()
    };
    let fields = || 0..first.fields.len();
    let again = |field: usize| {
        let name = first.get(field);
        !name.is_empty() && column(field).any(|cell| cell == name)
    };
    fields().any(typed) || !fields().any(again)
}

/// Whether a cell labels a row of totals, which is no row of the data: `合计`, `Grand total`, `Total: Account`.
#[must_use]
pub fn is_totals_label(text: &str) -> bool {
    const LABELS: [&str; 28] = [
        "合计",
        "总计",
        "小计",
        "汇总",
        "总和",
        "累计",
        "共计",
        "总合计",
        "合計",
        "總計",
        "小計",
        "總和",
        "总额合计",
        "本页合计",
        "本页小计",
        "total",
        "totals",
        "subtotal",
        "grandtotal",
        "sum",
        "overall",
        "overalltotal",
        "summary",
        "gesamt",
        "summe",
        "gesamtsumme",
        "totalgeneral",
        "総計",
    ];
    let plain: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '_' | '*' | '"'))
        .flat_map(char::to_lowercase)
        .collect();
    let (label, rest) = match plain.split_once([':', '\u{ff1a}']) {
        Some((label, rest)) => (label, rest),
        None => (plain.as_str(), ""),
    };
    // What follows a colon is what the total is of, or the total.
    LABELS.contains(&label) && rest.chars().count() <= 40
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals() {
        for label in [
            "合计",
            " 合 计 ",
            "总计:",
            "小计\u{ff1a}",
            "汇总",
            "Total",
            "Sub-total",
            "GRAND TOTAL",
            "sum",
            "Total: Account",
        ] {
            assert!(is_totals_label(label), "{label}");
        }
        for other in ["", "合计金额", "totally", "Totalenergies", "user 1", "小计算", "sumo", "总监"]
        {
            assert!(!is_totals_label(other), "{other}");
        }
    }
}
