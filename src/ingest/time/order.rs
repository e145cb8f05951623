//! Whether the day or the month comes first: what the cells of a column tell of it.

use serde::{Deserialize, Serialize};

use super::{TimeFormat, Written, parse};
use crate::dataset::calendar::{DAY_MICROS, Day};

/// What the cells of a time column tell of the order of day and month in which it is read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DateOrder {
    /// Whether a date fits this order only.
    pub confirmed: bool,
    /// The first date that is another day in the other order; not kept where the order is confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    /// How many dates fit the other order only.
    pub contrary: u64,
    /// The row of the first of them, as it is written; the header is row 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_contrary: Option<(u64, String)>,
}

impl DateOrder {
    /// Takes note of a cell that was read in this order.
    pub fn note_read(&mut self, text: &[u8], format: TimeFormat) {
        let Some(other) = format.other_order() else { return };
        if self.confirmed {
            return;
        }
        match parse(text, other) {
            None => (self.confirmed, self.open) = (true, None),
            found if self.open.is_none() && found != parse(text, format) => {
                self.open = Some(String::from_utf8_lossy(text).trim().to_owned());
            }
            Some(_) => {}
        }
    }

    /// Takes note of a cell that could not be read in this order. Rows are counted as in a ledger.
    pub fn note_unread(&mut self, text: &[u8], format: TimeFormat, row: u64) {
        if format.other_order().is_some_and(|other| parse(text, other).is_some()) {
            self.contrary += 1;
            self.first_contrary.get_or_insert_with(|| (row, String::from_utf8_lossy(text).trim().to_owned()));
        }
    }

    /// Joins what was found in the stretch that follows, whose rows are numbered from this one.
    pub fn merge(&mut self, later: Self, row_offset: u64) {
        self.confirmed |= later.confirmed;
        self.open = self.open.take().or(later.open).filter(|_| !self.confirmed);
        self.contrary += later.contrary;
        let moved = later.first_contrary.map(|(row, found)| (row + row_offset, found));
        self.first_contrary = self.first_contrary.take().or(moved);
    }

    /// Whether nothing has been found.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl TimeFormat {
    /// The format with day and month the other way round, where there is one.
    #[must_use]
    pub fn other_order(self) -> Option<Self> {
        match self {
            Self::DayFirst => Some(Self::MonthFirst),
            Self::MonthFirst => Some(Self::DayFirst),
            _ => None,
        }
    }
}

/// The day that a text means, on the clock on which it is written.
#[must_use]
pub fn day_of(text: &str, format: TimeFormat) -> Option<Day> {
    let (Written::Civil(micros) | Written::Instant(micros)) = parse(text.as_bytes(), format)?;
    i32::try_from(micros.div_euclid(DAY_MICROS)).ok().map(Day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(cells: &[&str], format: TimeFormat) -> DateOrder {
        let mut order = DateOrder::default();
        for (row, cell) in (2..).zip(cells) {
            match parse(cell.as_bytes(), format) {
                Some(_) => order.note_read(cell.as_bytes(), format),
                None => order.note_unread(cell.as_bytes(), format, row),
            }
        }
        order
    }

    #[test]
    fn by_hand() {
        use TimeFormat::{DayFirst, MonthFirst, YearFirst};
        let open = |text: &str| DateOrder { open: Some(text.into()), ..DateOrder::default() };
        assert_eq!(of(&["5/5/2024", "03/04/2024", "04/04/2024"], DayFirst), open("03/04/2024"));
        assert_eq!(of(&["5/5/2024", "5 Mar 2024", "", "soon"], DayFirst), DateOrder::default());
        let confirmed = DateOrder { confirmed: true, ..DateOrder::default() };
        assert_eq!(of(&["03/04/2024", "13/04/2024", "04/04/2024"], DayFirst), confirmed);
        assert_eq!(of(&["04/13/2024 08:00", "04/03/2024"], MonthFirst), confirmed);
        let contrary = |order: DateOrder| DateOrder {
            contrary: 2,
            first_contrary: Some((4, "04/13/2024".into())),
            ..order
        };
        let cells = ["03/04/2024", "soon", "04/13/2024", "\u{ff10}4/14/2024"];
        assert_eq!(of(&cells, DayFirst), contrary(open("03/04/2024")));
        assert_eq!(of(&["13/04/2024", "soon", "04/13/2024", "4/14/24"], DayFirst), contrary(confirmed));
        assert_eq!(of(&["2024-03-04", "04/13/2024"], YearFirst), DateOrder::default());
    }

    proptest! {
        #[test]
        fn any_cut_tells_the_same(
            cells in prop::collection::vec((1u32..16, 1u32..16), 0..12), cut in 0usize..12, month_first: bool,
        ) {
            let cells: Vec<String> = cells.iter().map(|(one, two)| format!("{one:02}/{two:02}/2024")).collect();
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let format = if month_first { TimeFormat::MonthFirst } else { TimeFormat::DayFirst };
            let (first, second) = cells.split_at(cut.min(cells.len()));
            let mut joined = of(first, format);
            joined.merge(of(second, format), first.len() as u64);
            prop_assert_eq!(joined, of(&cells, format));
        }
    }
}
