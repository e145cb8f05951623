//! Every kind of chart in every state, with numbers that are made up and the same every time; and how long each takes to
//! be drawn.

use leptos::prelude::*;

use crate::state::App;
use crate::widgets::chart::{ChartView, Picture, redraw_time};
use strata::chart::{
    AreaChart, Arrangement, Band, Bar, BarChart, Bins, CalendarHeatMap, Cell, ColumnChart, Dot, Emphasis,
    FlowLink, FlowNode, FlowStep, FlowTone, FunnelChart, FunnelStep, Guide, HeatMap, Histogram, Item,
    LineChart, NumberKind, Orientation, Sankey, Scatter, Series, Threshold, Tint, Treemap, XAxis,
};
use strata::dataset::calendar::{Day, Period, Periods};
use strata::locale::Language;

/// The charts' ids, in the order of [`pictures`].
const IDS: [&str; 23] = [
    "gallery-lines",
    "gallery-line-band",
    "gallery-line-one",
    "gallery-lines-long",
    "gallery-columns",
    "gallery-columns-days",
    "gallery-columns-shares",
    "gallery-columns-grouped",
    "gallery-columns-growth",
    "gallery-areas",
    "gallery-areas-shares",
    "gallery-histogram",
    "gallery-scatter",
    "gallery-scatter-many",
    "gallery-heat",
    "gallery-heat-middle",
    "gallery-heat-large",
    "gallery-calendar",
    "gallery-tiles",
    "gallery-flows",
    "gallery-steps",
    "gallery-bars",
    "gallery-nothing",
];

/// The charts of the gallery.
#[component]
pub fn Charts() -> impl IntoView {
    let app = App::get();
    let all = Memo::new(move |_| pictures(app.language.get(), app.week_start.get()));
    let opened = RwSignal::new(String::new());
    let chart = |(number, id): (usize, &'static str)| {
        let picture = Signal::derive(move || all.with(|all| all.get(number).cloned().unwrap_or_default()));
        let open = move |mark: strata::chart::Mark| {
            picture.with_untracked(|picture| {
                use strata::chart::Chart as _;
                opened.set(picture.label(&mark, app.language.get_untracked()));
            });
        };
        let range = move |(first, last): (Day, Day)| opened.set(format!("{first} – {last}"));
        view! { <ChartView id chart=picture on_open=open on_range=range/> }
    };
    let times = RwSignal::new(Vec::<(String, String)>::new());
    let measure = move |_| {
        times.set(all.with_untracked(|all| {
            let time = |(id, picture): (&&'static str, &Picture)| {
                let milliseconds = redraw_time(picture, 1440, app);
                ((*id).to_owned(), app.language.get_untracked().decimal(milliseconds, 1))
            };
            let largest = Picture::from(large(400, app.language.get_untracked()));
            IDS.iter().zip(all).chain([(&"400 × 400", &largest)]).map(time).collect()
        }));
    };
    let row = |(id, time): (String, String)| view! { <tr><th scope="row">{id}</th><td class="num">{time}</td></tr> };
    view! {
        <p class="muted" id="gallery-opened" role="status">{opened}</p>
        {IDS.into_iter().enumerate().map(chart).collect_view()}
        <div class="card">
            <button type="button" class="button" id="gallery-measure" on:click=measure>
                {move || app.words().frame_measure}
            </button>
            <table class="data" id="gallery-times">
                <tbody>{move || times.get().into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// Numbers from 0 to 1 that look like chance (Lehmer's generator), the same every time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        self.0 as f64 / 2_147_483_647.0
    }

    /// Near 0, seldom beyond 3 on either side.
    fn around(&mut self) -> f64 {
        (0..6).map(|_| self.next()).sum::<f64>() * std::f64::consts::SQRT_2 - 3.0 * std::f64::consts::SQRT_2
    }
}

/// What the charts' words are split from.
fn parts(phrase: &'static str) -> Vec<String> {
    phrase.split('|').map(str::to_owned).collect()
}

/// The charts in this language, titled.
fn pictures(language: Language, week_start: strata::dataset::calendar::WeekStart) -> Vec<Picture> {
    let words = language.words();
    let names = parts(words.frame_sample_series);
    let months = Periods { period: Period::Month, week_start };
    let weeks = Periods { period: Period::Week, week_start };
    let month_axis = || XAxis::Periods(months.number(FIRST), 14, months);
    let mut pictures: Vec<Picture> = vec![
        lines(&names, 180, 3, 900.0).into(),
        banded(&names, language).into(),
        stepped(&names, language).into(),
        lines(&names, 90, 1, 90_000.0).into(),
        lines(&names, 1000, 5, 2e6).into(),
        columns(&names, month_axis(), Arrangement::Stacked, 4000.0, language).into(),
        columns(&names, XAxis::Days(FIRST, 90), Arrangement::Stacked, 60.0, language).into(),
        columns(&names, XAxis::Periods(weeks.number(FIRST), 26, weeks), Arrangement::Shares, 900.0, language)
            .into(),
        columns(&names, XAxis::Steps(names.clone()), Arrangement::Grouped, 300.0, language).into(),
        growth(XAxis::Periods(weeks.number(FIRST), 30, weeks), language).into(),
        areas(&names, false, language).into(),
        areas(&names, true, language).into(),
        histogram(language).into(),
        channels(language).into(),
        crowd(&names, language).into(),
        triangle(12, language).into(),
        changes(language).into(),
        large(60, language).into(),
        calendar(week_start, language).into(),
        tiles(40, &names).into(),
        flows(6, &names, language).into(),
        steps(&names).into(),
        bars(&names).into(),
        LineChart::default().into(),
    ];
    for (picture, title) in pictures.iter_mut().zip(words.frame_sample_titles.split('|')) {
        picture.set_heading(title, words.frame_sample_unit);
    }
    pictures
}

/// A Wednesday.
const FIRST: Day = Day(19_723);

fn walk(count: usize, seed: u64, scale: f64) -> Vec<Option<f64>> {
    let mut chance = Chance(seed * 7919 + 17);
    let mut level = 1.0 + chance.next();
    let step = move |index: usize| {
        level = (level + chance.around() * 0.035).clamp(0.3, 3.0);
        let weekly = 1.0 - 0.16 * f64::from(u8::from(index % 7 > 4));
        Some((level * weekly * scale / (1.0 + seed as f64 * 0.35)).round())
    };
    (0..count).map(step).collect()
}

fn all_series(names: &[String], count: usize, kinds: usize, scale: f64) -> Vec<Series> {
    let series = |(number, name): (usize, &String)| Series {
        name: name.clone(),
        values: walk(count, number as u64, scale),
        ..Series::default()
    };
    names.iter().take(kinds).enumerate().map(series).collect()
}

fn lines(names: &[String], count: usize, kinds: usize, scale: f64) -> LineChart {
    let mut series = all_series(names, count, kinds, scale);
    series.iter_mut().for_each(|series| series.open_from = Some(count.saturating_sub(5)));
    LineChart { x: XAxis::Days(FIRST, count), series, from_zero: true, ..LineChart::default() }
}

/// Shares that only fall, each holding up to the next.
fn stepped(names: &[String], language: Language) -> LineChart {
    const DAYS: u16 = 60;
    let share = |day: u16| 0.25 + 0.75 * (-f64::from(day / 4 * 4) / 15.0).exp();
    let around = |factor: f64| -> Vec<Option<f64>> {
        (0..DAYS).map(|day| Some((share(day) + factor * f64::from(day) / 1000.0).min(1.0))).collect()
    };
    let series =
        Series { name: names.first().cloned().unwrap_or_default(), values: around(0.0), ..Series::default() };
    let name = language.words().frame_sample_band.to_owned();
    LineChart {
        x: XAxis::Steps((0..DAYS).map(|day| day.to_string()).collect()),
        series: vec![series],
        bands: vec![Band { series: 0, name, low: around(-1.0), high: around(1.0) }],
        y: NumberKind::Percent,
        from_zero: true,
        stepped: true,
        ..LineChart::default()
    }
}

fn banded(names: &[String], language: Language) -> LineChart {
    let words = language.words();
    let mut chart = lines(names, 120, 1, 5000.0);
    let values = chart.series.first().map(|series| series.values.clone()).unwrap_or_default();
    let around =
        |factor: f64| values.iter().map(|value| value.map(|value| (value * factor).round())).collect();
    chart.bands = vec![Band {
        series: 0,
        name: words.frame_sample_band.to_owned(),
        low: around(0.86),
        high: around(1.13),
    }];
    chart.series.push(Series {
        name: words.frame_sample_before.to_owned(),
        values: walk(120, 4, 9000.0),
        emphasis: Emphasis::Comparison,
        ..Series::default()
    });
    chart
}

fn columns(
    names: &[String],
    x: XAxis,
    arrangement: Arrangement,
    scale: f64,
    language: Language,
) -> ColumnChart {
    let mut series = all_series(names, x.len(), 4, scale);
    let last = x.len().saturating_sub(1);
    if x.days(0, 0).is_some() {
        series.iter_mut().for_each(|series| series.open_from = Some(last));
    }
    let total_name = language.words().frame_sample_total.to_owned();
    ColumnChart { x, series, arrangement, total_name, ..ColumnChart::default() }
}

fn growth(x: XAxis, language: Language) -> ColumnChart {
    let names = parts(language.words().frame_sample_growth);
    let mut series = all_series(&names, x.len(), 3, 700.0);
    if let Some(lost) = series.last_mut() {
        lost.values.iter_mut().flatten().for_each(|value| *value *= -1.6);
    }
    let total_name = language.words().frame_sample_net.to_owned();
    ColumnChart { x, series, total_name, ..ColumnChart::default() }
}

fn areas(names: &[String], shares: bool, language: Language) -> AreaChart {
    AreaChart {
        x: XAxis::Days(FIRST, 200),
        series: all_series(names, 200, 5, 30_000.0),
        shares,
        total_name: language.words().frame_sample_total.to_owned(),
        ..AreaChart::default()
    }
}

fn histogram(language: Language) -> Histogram {
    let mut chance = Chance(99);
    let values: Vec<f64> = (0..20_000).map(|_| 120.0 * (chance.around() * 0.75).exp()).collect();
    let thresholds = parts(language.words().frame_sample_thresholds);
    let thresholds = thresholds.into_iter().zip([120.0, 159.0, 420.0]);
    Histogram {
        x_name: language.words().frame_sample_amount.to_owned(),
        bins: Bins::between(&values, (1..=25).map(|edge| f64::from(edge) * 20.0).collect()),
        x: NumberKind::Count,
        thresholds: thresholds.map(|(label, value)| Threshold { value, label }).collect(),
        ..Histogram::default()
    }
}

fn channels(language: Language) -> Scatter {
    let words = language.words();
    let mut chance = Chance(5);
    let names = parts(words.frame_sample_channels);
    let dots = names.iter().enumerate().map(|(number, label)| {
        let x = 20.0 + 160.0 * chance.next();
        Dot {
            key: label.clone(),
            label: label.clone(),
            x: x.round(),
            y: (80.0 + x * 1.6 + 120.0 * chance.next()).round(),
            size: (200.0 + 9000.0 * chance.next().powi(3)).round(),
            group: number % 2,
        }
    });
    let guide = parts(words.frame_sample_guides);
    let named = |number: usize| guide.get(number).cloned().unwrap_or_default();
    Scatter {
        x_name: words.frame_sample_cost.to_owned(),
        y_name: words.frame_sample_value.to_owned(),
        size_name: words.frame_sample_users.to_owned(),
        groups: parts(words.frame_sample_groups),
        dots: dots.collect(),
        guides: vec![Guide::Upright(110.0, named(0)), Guide::Level(300.0, named(1)), Guide::Trend(named(2))],
        from_zero: true,
        ..Scatter::default()
    }
}

fn crowd(names: &[String], language: Language) -> Scatter {
    let words = language.words();
    let mut chance = Chance(11);
    let dot = |number: usize| {
        let (group, x) = (number % 3, 30.0 + 9.0 * chance.around());
        let y = 400.0 + 9.0 * x + 90.0 * group as f64 + 80.0 * chance.around();
        Dot { key: number.to_string(), x, y, group, ..Dot::default() }
    };
    Scatter {
        x_name: words.frame_sample_cost.to_owned(),
        y_name: words.frame_sample_value.to_owned(),
        groups: names.iter().take(3).cloned().collect(),
        dots: (0..5000).map(dot).collect(),
        x: NumberKind::Decimal,
        y: NumberKind::Decimal,
        ..Scatter::default()
    }
}

fn triangle(rows: usize, language: Language) -> HeatMap {
    let months = Periods { period: Period::Month, ..PERIODS };
    let label = |row: usize| language.month(months.first_day(months.number(FIRST) + row as i32));
    let cell = |row: usize, column: usize| {
        (row + column < rows).then(|| {
            let value = 0.62 / (column as f64 + 1.0).powf(0.6) + 0.004 * row as f64;
            let open = row + column + 1 == rows;
            Cell { value, text: language.percent(value), open, ..Cell::default() }
        })
    };
    HeatMap {
        x_name: language.words().chart_period.to_owned(),
        y_name: language.words().chart_group.to_owned(),
        row_labels: (0..rows).map(label).collect(),
        column_labels: (0..rows).map(|column| column.to_string()).collect(),
        cells: (0..rows).map(|row| (0..rows).map(|column| cell(row, column)).collect()).collect(),
        number: NumberKind::Percent,
        ..HeatMap::default()
    }
}

const PERIODS: Periods =
    Periods { period: Period::Month, week_start: strata::dataset::calendar::WeekStart::Monday };

fn changes(language: Language) -> HeatMap {
    let mut chance = Chance(3);
    let mut map = triangle(9, language);
    let mut cell = |column: usize| {
        let value = chance.around() * 0.12 - 0.02 * column as f64 + 0.05;
        let text = language.percent(value);
        Some(Cell { value, text, ..Cell::default() })
    };
    map.cells = (0..9).map(|_| (0..9).map(&mut cell).collect()).collect();
    map.middle = Some(0.0);
    map
}

fn large(size: usize, language: Language) -> HeatMap {
    let mut chance = Chance(8);
    let mut map = triangle(size, language);
    for cell in map.cells.iter_mut().flatten().flatten() {
        (cell.value, cell.text) = (cell.value * (0.8 + 0.4 * chance.next()), String::new());
    }
    map
}

fn calendar(week_start: strata::dataset::calendar::WeekStart, language: Language) -> CalendarHeatMap {
    CalendarHeatMap {
        first: FIRST,
        values: walk(400, 5, 300.0),
        name: language.words().chart_count.to_owned(),
        week_start,
        ..CalendarHeatMap::default()
    }
}

/// Steps of which each keeps three in five; some have still time.
fn steps(names: &[String]) -> FunnelChart {
    let reached = |place: usize| (8000.0 * 0.6f64.powi(i32::try_from(place).unwrap_or(0))) as u64;
    let step = |(place, name): (usize, &String)| {
        let missed = place.checked_sub(1).map_or(0, |before| reached(before) - reached(place));
        FunnelStep {
            label: name.clone(),
            reached: reached(place),
            open: missed / 6,
            lost: missed - missed / 6,
            rate: Some(reached(place) as f64 / reached(0) as f64),
            compared: (place > 0).then(|| 0.7f64.powi(i32::try_from(place).unwrap_or(0))),
            ..FunnelStep::default()
        }
    };
    FunnelChart { steps: names.iter().enumerate().map(step).collect(), ..FunnelChart::default() }
}

/// Flows between the same things at every step, of which more and more are gone.
fn flows(steps: usize, names: &[String], language: Language) -> Sankey {
    let total = 1000.0;
    let gone = |step: usize| total * (1.0 - 0.7_f64.powi(i32::try_from(step).unwrap_or(0)));
    let parts = names.len() as f64 * (names.len() + 1) as f64 / 2.0;
    let weight = |place: usize| (names.len() - place) as f64 / parts;
    let tip = |label: &str, value: f64| format!("{label}: {}", language.decimal(value, 0));
    let step = |index: usize| {
        let stays = total - gone(index);
        let last = FlowNode {
            label: language.words().page_paths_place_end.to_owned(),
            value: gone(index),
            tone: FlowTone::Gone,
            tip: tip(language.words().page_paths_place_end, gone(index)),
        };
        let node = |(place, name): (usize, &String)| FlowNode {
            label: name.clone(),
            value: stays * weight(place),
            tone: FlowTone::Group(place),
            tip: tip(name, stays * weight(place)),
        };
        let next = total - gone(index + 1);
        let link = |from: usize, to: usize| {
            let value = match (from == names.len(), to == names.len()) {
                (true, true) => gone(index),
                (true, false) => 0.0,
                (false, true) => (gone(index + 1) - gone(index)) * weight(from),
                (false, false) => next * weight(from) * weight(to),
            };
            let name =
                |place: usize| names.get(place).map_or(language.words().page_paths_place_end, |name| name);
            FlowLink { from, to, value, tip: tip(&format!("{} → {}", name(from), name(to)), value) }
        };
        let places = 0..=names.len();
        let links = places.clone().flat_map(|from| places.clone().map(move |to| link(from, to)));
        FlowStep {
            label: (index + 1).to_string(),
            nodes: names
                .iter()
                .enumerate()
                .map(node)
                .chain([last].into_iter().filter(|_| index > 0))
                .collect(),
            links: links.filter(|link| index + 1 < steps && link.value > 0.0).collect(),
        }
    };
    Sankey { steps: (0..steps).map(step).collect(), ..Sankey::default() }
}

fn tiles(count: usize, names: &[String]) -> Treemap {
    let item = |number: usize| {
        let name = names.get(number % names.len().max(1)).map(String::as_str).unwrap_or_default();
        let size = (60_000.0 / (number as f64 + 1.4).powf(1.6)).round();
        Item {
            key: number.to_string(),
            label: format!("{name} {}", number + 1),
            size,
            text: size.to_string(),
            tint: Tint::Group(number),
        }
    };
    Treemap { items: (0..count).map(item).collect(), ..Treemap::default() }
}

fn bars(names: &[String]) -> BarChart {
    let bar = |(number, name): (usize, &String)| Bar {
        key: number.to_string(),
        label: name.clone(),
        value: 4200.0 / (number as f64 + 1.0) - 900.0,
        tint: Some(Tint::Group(number)),
        ..Bar::default()
    };
    let bars = names.iter().enumerate().map(bar).collect();
    BarChart { bars, orientation: Orientation::Horizontal, ..BarChart::default() }
}
