//! How long users stay in a stage, and who is won back.

use crate::pages::periods::{axis, subtitle};
use strata::analysis::life_cycle::{Back, Cell, Stay};
use strata::chart::{Emphasis, LineChart, Mark, NumberKind, Series, XAxis};
use strata::locale::Language;
use strata::segment::life_cycle::Stage;

use super::{Answer, params, text};

/// The stages that somebody entered, as lines; who is lost is told by who is won back.
fn shown(answered: &Answer) -> impl Iterator<Item = &Stay> {
    answered.report.stays.iter().filter(|stay| stay.spells > 0 && !stay.left.is_empty())
}

/// The part of a stage's spells that is left after so many periods.
pub(super) fn stays(answered: &Answer, language: Language) -> LineChart {
    let words = language.words();
    let longest = shown(answered).map(|stay| stay.left.len()).max().unwrap_or(0);
    let line = |stay: &Stay| Series {
        name: text::stage_name(stay.stage, language),
        values: std::iter::once(1.0).chain(stay.left.iter().map(|step| step.share)).map(Some).collect(),
        open_from: None,
        emphasis: if stay.stage == Stage::Lost { Emphasis::Quiet } else { Emphasis::Normal },
    };
    LineChart {
        title: words.page_life_cycle_stays.to_owned(),
        subtitle: subtitle(words.page_life_cycle_stays_unit, answered, None, language),
        x: XAxis::Steps((0..=longest).map(|periods| periods.to_string()).collect()),
        x_name: words.page_life_cycle_stays_x.to_owned(),
        series: shown(answered).map(line).collect(),
        y: NumberKind::Percent,
        from_zero: true,
        stepped: true,
        ..LineChart::default()
    }
}

/// The lines of who is won back, by the stage before.
const LINES: [Stage; 2] = [Stage::Dormant, Stage::Lost];

/// The part of those who were dormant, or lost, that is active a period later.
pub(super) fn back(answered: &Answer, language: Language) -> LineChart {
    let (words, report) = (language.words(), &answered.report);
    let params = params(answered);
    let share = |of: u64, back: u64| (of > 0).then(|| back as f64 / of as f64);
    let line = |stage: Stage| {
        let of = |back: &Back| match stage {
            Stage::Dormant => share(back.dormant, back.dormant_back),
            _ => share(back.lost, back.lost_back),
        };
        let name = if stage == Stage::Dormant {
            words.page_life_cycle_back_dormant
        } else {
            words.page_life_cycle_back_lost
        };
        Series {
            name: name.to_owned(),
            values: report.back.iter().map(of).collect(),
            open_from: None,
            emphasis: Emphasis::Normal,
        }
    };
    let start = report.back.first().map(|back| back.start);
    let week_start = params.week_start.unwrap_or(answered.week_start);
    LineChart {
        title: words.page_life_cycle_back.to_owned(),
        subtitle: subtitle(words.page_life_cycle_back_unit, answered, params.week_start, language),
        x: axis(start, report.back.len(), params.period, week_start),
        series: LINES.map(line).to_vec(),
        y: NumberKind::Percent,
        from_zero: true,
        ..LineChart::default()
    }
}

/// The users of a point of these lines.
pub(super) fn back_at(answered: &Answer, mark: Mark) -> Option<Cell> {
    let stage = LINES.get(mark.series).copied()?;
    Some(Cell::Back { stage, period: answered.report.back.get(mark.index)?.start })
}
