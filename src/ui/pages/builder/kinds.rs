//! The kinds of conditions, and what each begins as.

use leptos::prelude::*;

use crate::state::App;
use strata::dataset::columns::ColumnInfo;
use strata::dataset::events::EventChoice;
use strata::dataset::filter::{Condition, Number};
use strata::dataset::segment::UserSegment;
use strata::ingest::mapping::{ColumnType, Role};
use strata::locale::Words;
use strata::segment::rule::groups::Group;
use strata::segment::rule::{
    CalendarUnit, Did, Is, Measure, Once, Regularly, Restarted, Rule, Sequence, Stopped, Top, Window,
};

/// A kind of condition, as people choose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Did,
    DidNot,
    Sequence,
    First,
    Last,
    Regularly,
    Stopped,
    Restarted,
    Top,
    Is,
    Group,
    Segment,
    List,
}

impl Kind {
    pub(super) const ALL: [Self; 13] = [
        Self::Did,
        Self::DidNot,
        Self::Sequence,
        Self::First,
        Self::Last,
        Self::Regularly,
        Self::Stopped,
        Self::Restarted,
        Self::Top,
        Self::Is,
        Self::Group,
        Self::Segment,
        Self::List,
    ];

    /// What kind a condition is.
    pub(super) fn of(rule: &Rule) -> Self {
        let is_zero = |number: &Option<Number>| number.as_ref().is_some_and(|number| number.text() == "0");
        match rule {
            Rule::Did(did) if is_zero(&did.max) && did.min.is_none() && did.measure == Measure::Times => {
                Self::DidNot
            }
            Rule::Sequence(_) => Self::Sequence,
            Rule::First(_) => Self::First,
            Rule::Last(_) => Self::Last,
            Rule::Regularly(_) => Self::Regularly,
            Rule::Stopped(_) => Self::Stopped,
            Rule::Restarted(_) => Self::Restarted,
            Rule::Top(_) => Self::Top,
            Rule::Is(_) => Self::Is,
            Rule::Segment(segment) if segment.listed().is_some() => Self::List,
            Rule::Segment(segment) if Group::of(segment).is_some() => Self::Group,
            Rule::Segment(_) => Self::Segment,
            Rule::Did(_) | Rule::All(_) | Rule::Any(_) | Rule::Not(_) => Self::Did,
        }
    }

    pub(super) fn value(self) -> &'static str {
        match self {
            Self::Did => "did",
            Self::DidNot => "not",
            Self::Sequence => "sequence",
            Self::First => "first",
            Self::Last => "last",
            Self::Regularly => "regularly",
            Self::Stopped => "stopped",
            Self::Restarted => "restarted",
            Self::Top => "top",
            Self::Is => "is",
            Self::Group => "group",
            Self::Segment => "segment",
            Self::List => "list",
        }
    }

    pub(super) fn from_value(value: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.value() == value).unwrap_or(Self::Did)
    }

    pub(super) fn name(self, words: &Words) -> &'static str {
        match self {
            Self::Did => words.page_builder_kind_did,
            Self::DidNot => words.page_builder_kind_not,
            Self::Sequence => words.page_builder_kind_sequence,
            Self::First => words.page_builder_kind_first,
            Self::Last => words.page_builder_kind_last,
            Self::Regularly => words.page_builder_kind_regularly,
            Self::Stopped => words.page_builder_kind_stopped,
            Self::Restarted => words.page_builder_kind_restarted,
            Self::Top => words.page_builder_kind_top,
            Self::Is => words.page_builder_kind_is,
            Self::Group => words.page_builder_kind_group,
            Self::Segment => words.page_builder_kind_segment,
            Self::List => words.page_builder_kind_list,
        }
    }

    /// A condition of this kind to begin with, on the event of the one before.
    pub(super) fn begin(self, app: App, event: EventChoice) -> Rule {
        let month = Window::Last { amount: 30, unit: CalendarUnit::Day, ago: 0 };
        match self {
            Self::Did => Rule::Did(Did { event, min: Some(Number::Number(1.into())), ..Did::default() }),
            Self::DidNot => {
                Rule::Did(Did { event, window: month, max: Some(Number::Number(0.into())), ..Did::default() })
            }
            Self::Sequence => {
                Rule::Sequence(Sequence { steps: vec![EventChoice::default(), event], ..Sequence::default() })
            }
            Self::First => Rule::First(Once { event, window: month }),
            Self::Last => Rule::Last(Once { event, window: month }),
            Self::Regularly => Rule::Regularly(Regularly { event, ..Regularly::default() }),
            Self::Stopped => Rule::Stopped(Stopped { event, ..Stopped::default() }),
            Self::Restarted => Rule::Restarted(Restarted { event, ..Restarted::default() }),
            Self::Top => Rule::Top(Top { event, ..Top::default() }),
            Self::Is => Rule::Is(Is { condition: first_condition(app), ..Is::default() }),
            Self::Group => Rule::Segment(Box::new(first_of(Group::Stage))),
            Self::Segment => Rule::Segment(Box::new(UserSegment {
                saved: app.segments.names().into_iter().next(),
                ..UserSegment::default()
            })),
            Self::List => {
                Rule::Segment(Box::new(UserSegment { users: Some(Vec::new()), ..UserSegment::default() }))
            }
        }
    }

    /// Whether there is anything to choose for it.
    pub(super) fn is_offered(self, app: App) -> bool {
        match self {
            Self::Is => !columns(app).is_empty(),
            Self::Segment => !app.segments.names().is_empty(),
            _ => true,
        }
    }
}

/// The first group of a kind.
pub(super) fn first_of(group: Group) -> UserSegment {
    group.definition(group.values().first().map_or("", String::as_str))
}

/// The event that a condition is about.
pub(super) fn event_of(rule: &Rule) -> EventChoice {
    match rule {
        Rule::Did(did) => did.event.clone(),
        Rule::Top(top) => top.event.clone(),
        Rule::First(once) | Rule::Last(once) => once.event.clone(),
        Rule::Regularly(regularly) => regularly.event.clone(),
        Rule::Stopped(stopped) => stopped.event.clone(),
        Rule::Restarted(restarted) => restarted.event.clone(),
        Rule::Sequence(sequence) => sequence.steps.last().cloned().unwrap_or_default(),
        _ => most_wanted(),
    }
}

/// A condition to begin with: the purchase where there is one, else the most frequent event.
pub(super) fn first(app: App) -> Rule {
    Kind::Did.begin(app, wanted_event(app))
}

fn most_wanted() -> EventChoice {
    EventChoice::default()
}

/// The event that conditions begin with.
pub(super) fn wanted_event(app: App) -> EventChoice {
    let event = app.opened.with_untracked(|opened| {
        let opened = opened.as_ref()?;
        let purchase = opened.mapping.purchase_events.iter().flatten().next();
        purchase.or(opened.events.first().map(|(name, _)| name)).cloned()
    });
    event.map(EventChoice::named).unwrap_or_default()
}

/// The columns that can be asked for: of users, and of rows where a few values are frequent.
fn columns(app: App) -> Vec<ColumnInfo> {
    let fitting =
        |column: &&ColumnInfo| !matches!(column.role, Role::Time | Role::Ignore | Role::User | Role::Event);
    app.opened.with_untracked(|opened| {
        opened.iter().flat_map(|opened| opened.columns.iter().filter(fitting).cloned()).collect()
    })
}

/// A condition on a column that can be changed then.
fn first_condition(app: App) -> Condition {
    let columns = columns(app);
    let named = columns.iter().find(|column| column.kind == ColumnType::Text && !column.values.is_empty());
    let Some(column) = named.or(columns.first()) else { return Condition::default() };
    let of = Condition { column: Some(column.name.clone()), ..Condition::default() };
    match column.kind {
        ColumnType::Text => {
            let value = column.values.first().map(|(value, _)| value.clone()).unwrap_or_default();
            Condition { within: Some(vec![value]), ..of }
        }
        ColumnType::Number => Condition { min: column.min.clone().map(Number::Text), ..of },
        ColumnType::Time => Condition { from: column.min.as_ref().and_then(|day| day.parse().ok()), ..of },
    }
}
