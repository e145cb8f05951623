//! What is being looked at: dates, a segment, further conditions, and what it is compared with. All of it lives in the
//! address (see [`crate::address::SCOPE`]), so that every change can be undone, bookmarked and sent to a colleague.

pub mod bar;
pub mod comparison;
pub mod filter;
pub mod segments;

use leptos::prelude::*;

use crate::address::Address;
use comparison::Comparison;
use strata::dataset::calendar::Day;
use strata::dataset::filter::{Condition, Filter};

/// First and last day; an open side reaches as far as the data.
pub type Dates = (Option<Day>, Option<Day>);

/// What is being looked at; cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    address: Address,
    /// The dates; all when absent.
    pub dates: Memo<Option<Dates>>,
    /// The segment; everybody when absent.
    pub segment: Memo<Option<Condition>>,
    /// All other conditions.
    pub conditions: Memo<Vec<Condition>>,
    /// What it is compared with.
    pub comparison: Memo<Comparison>,
    /// Dates, segment and conditions as the filter that every question is asked with.
    pub filter: Memo<Filter>,
}

impl Scope {
    /// What the address says.
    #[must_use]
    pub fn new(address: Address) -> Self {
        let dates = Memo::new(move |_| dates_from(&address.setting("dates")?));
        let segment = Memo::new(move |_| json_setting(address, "segment"));
        let conditions = Memo::new(move |_| json_setting(address, "filter").unwrap_or_default());
        let comparison =
            Memo::new(move |_| Comparison::from_setting(&address.setting("compare").unwrap_or_default()));
        let filter = Memo::new(move |_| join(dates.get(), segment.get(), conditions.get()));
        Self { address, dates, segment, conditions, comparison, filter }
    }

    /// Looks at other dates.
    pub fn set_dates(self, dates: Option<Dates>) {
        self.address.set("dates", dates.map(dates_text).as_deref());
    }

    /// Looks at a segment, or at everybody.
    pub fn set_segment(self, segment: Option<&Condition>) {
        self.address.set("segment", segment.map(json).as_deref());
    }

    /// Looks through other conditions.
    pub fn set_conditions(self, conditions: &[Condition]) {
        self.address.set("filter", conditions_text(conditions).as_deref());
    }

    /// Compares with something else.
    pub fn set_comparison(self, comparison: &Comparison) {
        self.address.set("compare", comparison.to_setting().as_deref());
    }

    /// Looks through a whole filter: a step of its own when `undoable`.
    pub fn set_filter(self, filter: &Filter, undoable: bool) {
        let settings = settings(filter);
        let changes = settings.each_ref().map(|(name, value)| (*name, value.as_deref()));
        if undoable {
            self.address.set_all(&changes);
        } else {
            self.address.amend(&changes);
        }
    }

    /// Looks at everything and compares with nothing, because there are other data now.
    pub fn forget(self) {
        self.address.amend(&crate::address::SCOPE.map(|name| (name, None)));
    }

    /// Looks at everything again.
    pub fn clear(self) {
        self.set_filter(&Filter::default(), true);
    }
}

/// A filter as settings of the address.
#[must_use]
pub fn settings(filter: &Filter) -> [(&'static str, Option<String>); 3] {
    let (dates, segment, conditions) = split(filter);
    [
        ("dates", dates.map(dates_text)),
        ("segment", segment.as_ref().map(json)),
        ("filter", conditions_text(&conditions)),
    ]
}

/// The filter that these parts make: dates first, then the segment, then the rest.
fn join(dates: Option<Dates>, segment: Option<Condition>, conditions: Vec<Condition>) -> Filter {
    let dates = dates.map(|(from, to)| Condition { from, to, ..Condition::default() });
    Filter { all: dates.into_iter().chain(segment).chain(conditions).collect() }
}

/// The parts of a filter, however it was written: the first condition on days alone, the first segment, and the rest.
fn split(filter: &Filter) -> (Option<Dates>, Option<Condition>, Vec<Condition>) {
    let (mut dates, mut segment, mut rest) = (None, None, Vec::new());
    for condition in &filter.all {
        if condition.segment.is_some() {
            if segment.is_none() {
                segment = Some(condition.clone());
                continue;
            }
        } else if condition.column.is_none() && dates.is_none() {
            dates = Some((condition.from, condition.to));
            continue;
        }
        rest.push(condition.clone());
    }
    (dates, segment, rest)
}

fn dates_from(text: &str) -> Option<Dates> {
    let (from, to) = text.split_once("..")?;
    let day = |text: &str| if text.is_empty() { Ok(None) } else { text.parse::<Day>().map(Some) };
    let dates = (day(from).ok()?, day(to).ok()?);
    (dates != (None, None)).then_some(dates)
}

fn dates_text((from, to): Dates) -> String {
    let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    format!("{}..{}", day(from), day(to))
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn json_setting<T: serde::de::DeserializeOwned>(address: Address, name: &str) -> Option<T> {
    serde_json::from_str(&address.setting(name)?).ok()
}

fn conditions_text(conditions: &[Condition]) -> Option<String> {
    (!conditions.is_empty()).then(|| json(&conditions))
}
