//! What the view is compared with: the same questions are asked again through another filter.

use leptos::prelude::*;

use super::{Dates, Scope, json};
use crate::state::App;
use crate::text;
use strata::dataset::calendar::Day;
use strata::dataset::dates::{previous, within, year_before};
use strata::dataset::filter::{Condition, Filter};
use strata::locale::{Language, fill};

/// What the view is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Comparison {
    /// Nothing.
    #[default]
    Nothing,
    /// The dates just before.
    Previous,
    /// The same dates a year earlier.
    Year,
    /// Everybody, where a segment is looked at.
    Everybody,
    /// Those who are not in the segment.
    Rest,
    /// Another segment.
    Segment(Box<Condition>),
}

/// Why a comparison is not to be had now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// It goes from dates, and none are chosen.
    Dates,
    /// The data begin on this day, after the dates compared with.
    Data(Day),
    /// It goes from a segment, and none is chosen.
    Segment,
}

impl Comparison {
    /// Those that need no further choice, in the order in which they are offered.
    pub const PLAIN: [Self; 5] = [Self::Nothing, Self::Previous, Self::Year, Self::Everybody, Self::Rest];

    /// The name in the address and in ids.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Previous => "previous",
            Self::Year => "year",
            Self::Everybody => "everybody",
            Self::Rest => "rest",
            Self::Segment(_) => "segment",
        }
    }

    /// Reads the setting in the address; what is not understood compares with nothing.
    #[must_use]
    pub fn from_setting(text: &str) -> Self {
        let plain = Self::PLAIN.into_iter().find(|plain| plain.name() == text);
        plain
            .or_else(|| serde_json::from_str(text).ok().map(|segment| Self::Segment(Box::new(segment))))
            .unwrap_or_default()
    }

    /// The setting in the address.
    #[must_use]
    pub fn to_setting(&self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Segment(condition) => Some(json(condition)),
            plain => Some(plain.name().to_owned()),
        }
    }

    /// The filter that the view is compared through; `None` when it is compared with nothing.
    ///
    /// # Errors
    /// Why there is nothing to compare with.
    pub fn filter(&self, scope: &Parts, data: (Day, Day)) -> Result<Option<Filter>, Missing> {
        let segment = || scope.segment.clone().ok_or(Missing::Segment);
        let dates = |shift: fn((Day, Day)) -> (Day, Day)| {
            let (from, to) = scope.dates.ok_or(Missing::Dates)?;
            let shifted = shift((from.unwrap_or(data.0), to.unwrap_or(data.1)));
            match within(shifted, data) {
                Some(_) => Ok(Some((Some(shifted.0), Some(shifted.1)))),
                None => Err(Missing::Data(data.0)),
            }
        };
        let with = |dates: Option<Dates>, segment: Option<Condition>| {
            Some(super::join(dates, segment, scope.conditions.clone()))
        };
        Ok(match self {
            Self::Nothing => None,
            Self::Previous => with(dates(previous)?, scope.segment.clone()),
            Self::Year => with(dates(year_before)?, scope.segment.clone()),
            Self::Everybody => segment().map(|_| with(scope.dates, None))?,
            Self::Rest => {
                let segment = segment()?;
                let outside = Condition { not: !segment.not, ..segment };
                with(scope.dates, Some(outside))
            }
            Self::Segment(other) => with(scope.dates, Some((**other).clone())),
        })
    }

    /// Whether the dates compared with begin before the data do.
    #[must_use]
    pub fn begins_before(&self, filter: &Filter, data: (Day, Day)) -> bool {
        let dated = matches!(self, Self::Previous | Self::Year);
        dated
            && filter.all.iter().any(|condition| {
                condition.column.is_none() && condition.from.is_some_and(|from| from < data.0)
            })
    }

    /// What it is called.
    #[must_use]
    pub fn title(&self, language: Language) -> String {
        let words = language.words();
        match self {
            Self::Segment(condition) => text::condition(language, condition),
            plain => words.get(&format!("scope_compare_{}", plain.name())).unwrap_or_default().to_owned(),
        }
    }

    /// What it is compared with, exactly: the dates where it is about dates.
    #[must_use]
    pub fn detail(&self, filter: &Filter, language: Language) -> String {
        let title = self.title(language);
        let dates =
            filter.all.iter().find(|condition| condition.column.is_none() && condition.segment.is_none());
        match (self, dates) {
            (Self::Previous | Self::Year, Some(dates)) => {
                let with = text::condition(language, dates);
                fill(language.words().scope_compare_detail, &[("title", &title), ("dates", &with)])
            }
            _ => title,
        }
    }
}

impl Missing {
    /// What to do about it.
    #[must_use]
    pub fn advice(self, language: Language) -> String {
        let words = language.words();
        match self {
            Self::Dates => words.scope_missing_dates.to_owned(),
            Self::Segment => words.scope_missing_segment.to_owned(),
            Self::Data(day) => fill(words.scope_missing_data, &[("day", &language.date(day))]),
        }
    }
}

/// What a comparison goes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// The dates.
    pub dates: Option<Dates>,
    /// The segment.
    pub segment: Option<Condition>,
    /// The other conditions.
    pub conditions: Vec<Condition>,
}

impl Scope {
    /// What is looked at now; reactive.
    #[must_use]
    pub fn parts(self) -> Parts {
        Parts { dates: self.dates.get(), segment: self.segment.get(), conditions: self.conditions.get() }
    }

    /// The filter to compare through, when a comparison is chosen and to be had; reactive.
    #[must_use]
    pub fn compared(self, app: App) -> Option<Filter> {
        let data = app.opened.with(|opened| opened.as_ref().map(|opened| opened.span))?;
        self.comparison.get().filter(&self.parts(), data).ok().flatten()
    }
}
