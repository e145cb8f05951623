//! What a table holds, which of its rows pass, and in which order.

use super::datum::Datum;
use super::source::Sort;
use strata::dataset::calendar::Day;
use strata::locale::Language;

/// A table's contents.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TableData {
    /// A name for each column, and whether it holds figures.
    pub columns: Vec<(String, bool)>,
    /// The rows, each as long as `columns`; none when [`super::Rows`] has them.
    pub rows: Vec<Vec<Datum>>,
    /// Totals and averages: they stay at the end, and open nothing.
    pub summary: Vec<Vec<Datum>>,
    /// The columns whose figures open users.
    pub opens: Vec<usize>,
    /// The columns that a narrow screen does without unless they are chosen; the CSV has them.
    pub spare: Vec<usize>,
    /// For each row the first column that is not complete yet; it and those after it are marked.
    pub open_from: Vec<Option<usize>>,
}

/// How the cells of a column are filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Share,
    Day,
}

/// What the cells of a column have to be, as it was entered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Condition {
    /// The column.
    pub column: usize,
    /// A part of the text.
    pub contains: String,
    /// The smallest number or the first day.
    pub least: String,
    /// The largest number or the last day.
    pub most: String,
}

impl Condition {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.contains.is_empty() && limit(&self.least).is_none() && limit(&self.most).is_none()
    }

    fn passes(&self, datum: &Datum, language: Language) -> bool {
        if !self.contains.is_empty() && !contains(datum, &self.contains.to_lowercase(), language) {
            return false;
        }
        let (least, most) = (limit(&self.least), limit(&self.most));
        if least.is_none() && most.is_none() {
            return true;
        }
        datum.number_shown().is_some_and(|number| {
            least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most)
        })
    }
}

/// A number, or a day as the browser's field gives it.
fn limit(text: &str) -> Option<f64> {
    let day = || text.parse::<Day>().ok().map(|day| f64::from(day.0));
    text.parse().ok().filter(|number: &f64| number.is_finite()).or_else(day)
}

fn contains(datum: &Datum, lower: &str, language: Language) -> bool {
    datum.shown(language).to_lowercase().contains(lower)
}

impl TableData {
    /// How a column is filtered: by its first cell that has something in it.
    pub(super) fn kind(&self, column: usize) -> Kind {
        let first = self.rows.iter().filter_map(|row| row.get(column)).find(|cell| **cell != Datum::Nothing);
        match first {
            Some(Datum::Count(_) | Datum::Amount(_) | Datum::Number(_)) => Kind::Number,
            Some(Datum::Share(_)) => Kind::Share,
            Some(Datum::Day(_)) => Kind::Day,
            _ => Kind::Text,
        }
    }

    /// The numbers of the rows that pass, in the order chosen. `search` is looked for in the columns that hold no figures.
    pub(super) fn order(
        &self,
        sort: Option<Sort>,
        search: &str,
        conditions: &[Condition],
        language: Language,
    ) -> Vec<u32> {
        let lower = search.trim().to_lowercase();
        let found = |row: &[Datum]| {
            lower.is_empty()
                || row
                    .iter()
                    .zip(&self.columns)
                    .any(|(datum, (_, figures))| !figures && contains(datum, &lower, language))
        };
        let passes = |row: &Vec<Datum>| {
            found(row)
                && conditions.iter().all(|condition| {
                    row.get(condition.column).is_none_or(|datum| condition.passes(datum, language))
                })
        };
        let numbered = (0u32..).zip(&self.rows);
        let mut order: Vec<u32> = numbered.filter(|(_, row)| passes(row)).map(|(row, _)| row).collect();
        if let Some(Sort { column, descending }) = sort {
            let cell = |row: u32| self.row(row).get(column).unwrap_or(&Datum::Nothing);
            order.sort_by(|&a, &b| {
                let rising = cell(a).order(cell(b));
                if descending { rising.reverse() } else { rising }
            });
        }
        order
    }

    /// A row; empty when there is none.
    pub(super) fn row(&self, row: u32) -> &[Datum] {
        self.rows.get(row as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// The columns' names and these rows as other programs read them; the summary follows when all rows are there.
    pub(super) fn plain(&self, order: &[u32]) -> (Vec<String>, Vec<Vec<String>>) {
        let header = self.columns.iter().map(|(name, _)| name.clone()).collect();
        let whole = order.len() == self.rows.len();
        let summary = self.summary.iter().filter(|_| whole).map(Vec::as_slice);
        let rows = order.iter().map(|&row| self.row(row)).chain(summary);
        (header, rows.map(|row| row.iter().map(Datum::plain).collect()).collect())
    }
}
