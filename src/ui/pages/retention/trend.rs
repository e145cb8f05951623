//! One offset, cohort by cohort: whether newer cohorts stay better.

use leptos::prelude::*;

use crate::pages::periods;
use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::question::Question;
use crate::widgets::select::Select;
use crate::widgets::users::UsersBehind;
use strata::analysis::retention::{Cell, Cohort, Report};
use strata::chart::{Band, LineChart, Mark, NumberKind};
use strata::locale::{Language, fill};
use strata::model::proportion::{Interval, wilson};

use super::charts::{figure, is_open, kind};
use super::controls::numbers_name;
use super::text::{offset_name, users_title};
use super::{Answer, Choices, Numbers, params};

/// The cohorts that have come as far as an offset; they are the first ones.
fn reached(report: &Report, at: usize) -> &[Cohort] {
    let count = report.cohorts.iter().take_while(|cohort| cohort.active.len() > at).count();
    report.cohorts.get(..count).unwrap_or(&[])
}

/// The figure at an offset of every cohort, over time.
fn chart(
    answered: &Answer,
    compared: Option<&Report>,
    numbers: Numbers,
    at: usize,
    language: Language,
) -> LineChart {
    let words = language.words();
    let params = params(answered);
    let numbers = numbers.of(answered);
    let cohorts = reached(&answered.report, at);
    let line = |cohorts: &[Cohort]| {
        let values = cohorts
            .iter()
            .map(|cohort| figure(cohort, at, numbers, params.relative).filter(|_| cohort.size > 0));
        (values.collect(), cohorts.iter().position(|cohort| is_open(cohort, at)))
    };
    // What may still grow has no interval.
    let interval = |cohort: &Cohort| -> Option<Interval> {
        let (part, whole) = (*cohort.active.get(at)?, cohort.base(at, params.relative));
        (params.rates_are_shares() && part <= whole && !is_open(cohort, at))
            .then(|| wilson(part, whole))
            .flatten()
    };
    let bound = |pick: fn(&Interval) -> f64| {
        cohorts.iter().map(|cohort| interval(cohort).as_ref().map(pick)).collect::<Vec<_>>()
    };
    let band = Band {
        series: 0,
        name: words.page_retention_band.to_owned(),
        low: bound(|interval| interval.low),
        high: bound(|interval| interval.high),
    };
    let name = offset_name(&answered.report, at, params.period, language);
    let parts = [("offset", name.as_str()), ("numbers", numbers_name(numbers, words))];
    let (title, unit) = match numbers {
        Numbers::Rates => (words.page_retention_trend, words.page_retention_trend_unit),
        _ => (words.page_retention_trend_value, words.page_retention_trend_unit_plain),
    };
    let week_start = params.week_start.unwrap_or(answered.week_start);
    let start = cohorts.first().map(|cohort| cohort.start);
    LineChart {
        title: fill(title, &parts),
        subtitle: periods::subtitle(unit, answered, params.week_start, language),
        x: periods::axis(start, cohorts.len(), params.period, week_start),
        series: periods::with_compared(
            words.page_retention_trend_line,
            line(cohorts),
            compared.map(|report| line(reached(report, at))),
            language,
        ),
        bands: (numbers == Numbers::Rates).then_some(band).into_iter().collect(),
        y: if numbers == Numbers::Rates { NumberKind::Percent } else { kind(numbers) },
        from_zero: true,
        ..LineChart::default()
    }
}

/// The choice of the offset, and its trend.
#[component]
pub fn Trend(choices: Choices, question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let language = app.language;
    let at = move |answered: &Answer| choices.offset(&answered.report);
    let picture = Signal::derive(move || {
        question
            .map_compared(|answered, compared| {
                let compared = compared.map(|compared| &compared.report);
                let numbers = choices.numbers.get();
                Picture::from(chart(answered, compared, numbers, at(answered), language.get()))
            })
            .unwrap_or_default()
    });
    let offsets = Signal::derive(move || {
        question
            .map(|answered| {
                let (report, period) = (&answered.report, params(answered).period);
                let name = |offset: usize| offset_name(report, offset, period, language.get());
                (0..report.offsets.len()).map(|offset| (offset.to_string(), name(offset))).collect()
            })
            .unwrap_or_default()
    });
    let value = Signal::derive(move || question.map(|answered| at(answered).to_string()).unwrap_or_default());
    let change = move |chosen: String| {
        app.address.set("at", Some(chosen.as_str()).filter(|chosen| *chosen != super::FIRST_AT));
    };
    let open = move |mark: Mark| {
        question.map(|answered: &Answer| {
            let offset = at(answered);
            let Some(cohort) = reached(&answered.report, offset).get(mark.index).filter(|_| mark.series == 0)
            else {
                return;
            };
            // Money is that of the whole cohort.
            let offset = Some(offset).filter(|_| !choices.numbers.get_untracked().is_money());
            let title = users_title(answered, cohort, offset, language.get_untracked());
            let offset = offset.and_then(|offset| u32::try_from(offset).ok());
            behind.open(title, &answered.query, &Cell { cohort: Some(cohort.start), offset, group: None });
        });
    };
    view! {
        <div class="controls">
            <Select id="at" label=Signal::derive(move || app.words().page_retention_trend_at.to_owned()) choices=offsets value on_change=change/>
        </div>
        <ChartView id="retention-trend" chart=picture on_open=open/>
    }
}
