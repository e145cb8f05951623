//! The ways to group scored buyers, and the table of each.

use crate::widgets::shares_compared::Category;
use crate::widgets::table::{Datum, TableData};
use strata::analysis::rfm::{self, Basis, Cell, Group, Moves, Report};
use strata::locale::Language;
use strata::segment::names::{Class, Segment, SegmentMap};

/// A way to group buyers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// The named segments.
    Segments(SegmentMap),
    /// The eight cells above and below the mean; the map is that of the users' lists.
    Eight(SegmentMap),
    /// The four classes; the map is that of the users' lists.
    Classes(SegmentMap),
    /// The five levels; the map is that of the users' lists.
    Levels(SegmentMap),
}

impl Grouping {
    /// The grouping that the address names.
    pub fn chosen(view: Option<&str>, map: SegmentMap) -> Self {
        match view {
            Some("eight") => Self::Eight(map),
            Some("classes") => Self::Classes(map),
            Some("levels") => Self::Levels(map),
            _ => Self::Segments(map),
        }
    }

    /// Its value among the choices of the control.
    pub fn value(self) -> &'static str {
        match self {
            Self::Segments(SegmentMap::Eleven) => "eleven",
            Self::Segments(SegmentMap::Ten) => "ten",
            Self::Eight(_) => "eight",
            Self::Classes(_) => "classes",
            Self::Levels(_) => "levels",
        }
    }

    /// The map of named segments.
    pub fn map(self) -> SegmentMap {
        match self {
            Self::Segments(map) | Self::Eight(map) | Self::Classes(map) | Self::Levels(map) => map,
        }
    }

    /// The report's groups.
    pub fn groups(self, report: &Report) -> &[Group] {
        match self {
            Self::Segments(_) => &report.segments,
            Self::Eight(_) => &report.eight,
            Self::Classes(_) => &report.classes,
            Self::Levels(_) => &report.levels,
        }
    }

    /// The same grouping as the question knows it.
    pub fn asked(self) -> rfm::Grouping {
        match self {
            Self::Segments(_) => rfm::Grouping::Segments,
            Self::Eight(_) => rfm::Grouping::Eight,
            Self::Classes(_) => rfm::Grouping::Classes,
            Self::Levels(_) => rfm::Grouping::Levels,
        }
    }

    /// The moves between its groups.
    pub fn moves(self, moves: &Moves) -> &[Vec<u64>] {
        match self {
            Self::Segments(_) => &moves.segments,
            Self::Eight(_) => &moves.eight,
            Self::Classes(_) => &moves.classes,
            Self::Levels(_) => &moves.levels,
        }
    }

    /// A group's cell.
    pub fn cell(self, key: &str) -> Option<Cell> {
        match self {
            Self::Segments(_) => {
                Segment::ALL.into_iter().find(|segment| segment.key() == key).map(Cell::Segment)
            }
            Self::Eight(_) => Some(Cell::Eight(key.to_owned())),
            Self::Classes(_) => Class::ALL.into_iter().find(|class| class.key() == key).map(Cell::Class),
            Self::Levels(_) => key.parse().ok().map(Cell::Level),
        }
    }

    /// A group's name.
    pub fn name(self, key: &str, language: Language) -> String {
        self.word("name_", key, language)
    }

    /// A phrase about a group: `<prefix><kind><key>` in `locales/`.
    fn word(self, prefix: &str, key: &str, language: Language) -> String {
        let kind = match self {
            Self::Segments(_) => "",
            Self::Eight(_) => "eight_",
            Self::Classes(_) => "class_",
            Self::Levels(_) => "level_",
        };
        language.words().get(&format!("{prefix}{kind}{key}")).unwrap_or(key).to_owned()
    }
}

/// A part of a whole amount; nothing when there is no whole.
pub fn revenue_share(group: &Group, report: &Report) -> Option<f64> {
    let whole = report.revenue?.to_f64();
    (whole != 0.0).then(|| group.revenue.map(|part| part.to_f64() / whole)).flatten()
}

/// A part of all buyers.
pub fn user_share(group: &Group, report: &Report) -> Option<f64> {
    (report.buyers > 0).then(|| group.users as f64 / report.buyers as f64)
}

/// The groups with their users on either side.
pub fn categories(own: &Report, other: &Report, grouping: Grouping, language: Language) -> Vec<Category> {
    let users = |report: &Report, key: &str| {
        grouping.groups(report).iter().find(|group| group.key == key).map_or(0, |group| group.users)
    };
    // A group that only one side has is there on both, with nobody.
    let keys = grouping.groups(own).iter().chain(grouping.groups(other)).map(|group| group.key.as_str());
    let mut seen: Vec<&str> = Vec::new();
    keys.for_each(|key| {
        if !seen.contains(&key) {
            seen.push(key);
        }
    });
    let category = |key: &str| (grouping.word("name_", key, language), users(own, key), users(other, key));
    seen.into_iter().map(category).collect()
}

/// The groups with their figures, meaning and next action; with the shares compared with, when there are any.
pub fn table(
    report: &Report,
    compared: Option<&Report>,
    grouping: Grouping,
    language: Language,
) -> TableData {
    let words = language.words();
    let with_value = report.revenue.is_some();
    // What groups mean, and what to do with them, is said of buyers; of activity, what named segments mean.
    let advice: &[&str] = match (report.basis, grouping) {
        (Basis::Money, _) | (_, Grouping::Levels(_)) => &["page_segments_meaning_", "page_segments_action_"],
        (Basis::Engagement, Grouping::Segments(_)) => &["page_segments_active_"],
        (Basis::Engagement, _) => &[],
    };
    let before = |group: &Group| {
        let compared = compared?;
        let own = grouping.groups(compared).iter().find(|other| other.key == group.key)?;
        user_share(own, compared)
    };
    let row = |group: &Group| {
        let text = |prefix: &str| Datum::Text(grouping.word(prefix, &group.key, language));
        let share = user_share(group, report);
        let mut row = vec![text("name_"), Datum::Count(group.users), Datum::share(share)];
        if compared.is_some() {
            let points = share.zip(before(group)).map(|(share, before)| (share - before) * 100.0);
            row.extend([Datum::share(before(group)), points.map_or(Datum::Nothing, Datum::Number)]);
        }
        if let Some(revenue) = group.revenue {
            let average = (group.users > 0).then(|| revenue.to_f64() / group.users as f64);
            row.extend([
                Datum::Amount(revenue),
                Datum::share(revenue_share(group, report)),
                average.map_or(Datum::Nothing, Datum::Number),
            ]);
        }
        row.extend(advice.iter().map(|prefix| text(prefix)));
        row
    };
    let mut total = vec![
        Datum::Text(words.page_segments_all.to_owned()),
        Datum::Count(report.buyers),
        Datum::share((report.buyers > 0).then_some(1.0)),
    ];
    if compared.is_some() {
        total.extend([
            Datum::share(compared.is_some_and(|report| report.buyers > 0).then_some(1.0)),
            Datum::Nothing,
        ]);
    }
    if let Some(revenue) = report.revenue {
        let average = (report.buyers > 0).then(|| revenue.to_f64() / report.buyers as f64);
        let whole = Datum::share((revenue.units != 0).then_some(1.0));
        total.extend([Datum::Amount(revenue), whole, average.map_or(Datum::Nothing, Datum::Number)]);
    }
    total.extend(advice.iter().map(|_| Datum::Text(String::new())));
    let mut columns =
        vec![(words.page_segments_group, false), (words.page_users, true), (words.page_share, true)];
    if compared.is_some() {
        columns.extend([(words.page_share_compared, true), (words.page_share_change, true)]);
    }
    if with_value {
        let money = [words.page_revenue, words.page_segments_revenue_share, words.page_segments_average];
        columns.extend(money.map(|name| (name, true)));
    }
    let advised = [words.page_segments_meaning, words.page_segments_action];
    columns.extend(advised.into_iter().take(advice.len()).map(|name| (name, false)));
    TableData {
        columns: columns.into_iter().map(|(name, figures)| (name.to_owned(), figures)).collect(),
        rows: grouping.groups(report).iter().map(row).collect(),
        summary: vec![total],
        opens: vec![1],
        ..TableData::default()
    }
}
