//! What lies above and beside the canvas: the highlight, the tooltip, the spoken label, the legend, the table.

use leptos::prelude::*;

use super::picture::{Entry, Reading};
use super::{Picture, State};
use crate::state::App;
use crate::widgets::theme;
use strata::chart::{Chart as _, Drawing, Form, Mark, MarkKind};
use strata::locale::{Language, fill};

/// The most rows that the table beside a chart shows; its CSV has all.
const MOST_ROWS: usize = 1000;

/// Highlight, tooltip and spoken label.
#[component]
pub fn Layer(chart: Memo<Picture>, state: State, opens: bool) -> impl IntoView {
    let app = App::get();
    let label = move || {
        state
            .hover
            .get()
            .map(|mark| chart.with(|chart| chart.label(&mark, app.language.get())))
            .unwrap_or_default()
    };
    let above = move || {
        let mark = state.hover.get()?;
        let (highlight, tip) = chart.with(|chart| {
            (highlight(chart, &state.drawing.get(), &mark), tooltip(chart, &mark, app.language.get()))
        });
        let hint = opens.then(|| view! { <div class="muted">{app.words().widget_click_for_users}</div> });
        Some(view! {
            {highlight}
            <div class="tooltip" style=tip_place(&mark, state.width.get())>{tip}{hint}</div>
        })
    };
    view! {
        {above}
        <div class="visually-hidden" aria-live="polite">{label}</div>
    }
}

/// Beside the mark, on the side where there is more room.
fn tip_place(mark: &Mark, width: u32) -> String {
    const GAP: f64 = 12.0;
    let (frame, width) = (mark.frame, f64::from(width));
    let side = if frame.x + frame.width / 2.0 < width / 2.0 {
        format!("left:{:.0}px", (frame.right() + GAP).min(width - 60.0))
    } else {
        format!("left:auto;right:{:.0}px", (width - frame.x + GAP).min(width - 60.0))
    };
    format!("position:absolute;pointer-events:none;{side};top:{:.0}px", (frame.y - 8.0).max(0.0))
}

fn tooltip(chart: &Picture, mark: &Mark, language: Language) -> AnyView {
    let Some(Reading { at, values }) = chart.reading(mark.index, language) else {
        return chart.label(mark, language).into_any();
    };
    let palette = theme::palette();
    let line = |(series, name, value): (usize, String, String)| {
        let swatch = format!("background:{}", chart.color(series, &palette).to_css());
        let weight = if series == mark.series { "font-weight:600" } else { "" };
        view! { <div style=weight><span class="swatch" style=swatch></span>" "{name}" "<span class="num">{value}</span></div> }
    };
    view! { <div>{at}</div>{values.into_iter().map(line).collect_view()} }.into_any()
}

fn highlight(chart: &Picture, drawing: &Drawing, mark: &Mark) -> AnyView {
    let frame = mark.frame;
    if mark.kind == MarkKind::Rect {
        let place = format!(
            "left:{:.1}px;top:{:.1}px;width:{:.1}px;height:{:.1}px;outline:2px solid var(--ink);outline-offset:-1px",
            frame.x, frame.y, frame.width, frame.height
        );
        return view! { <div class="highlight" style=format!("position:absolute;pointer-events:none;{place}")></div> }
            .into_any();
    }
    let palette = theme::palette();
    let plot = drawing.plot;
    let line = format!(
        "position:absolute;pointer-events:none;left:{:.1}px;top:{:.1}px;height:{:.1}px;border-left:1px solid var(--muted)",
        frame.x, plot.y, plot.height
    );
    let together = chart.reading(mark.index, Language::English).is_some();
    let dot = |point: &Mark| {
        let size = if point == mark { 10.0 } else { 7.0 };
        let style = format!(
            "position:absolute;pointer-events:none;border-radius:50%;left:{:.1}px;top:{:.1}px;width:{size}px;height:{size}px;\
             background:{};box-shadow:0 0 0 2px {}",
            point.frame.x - size / 2.0,
            point.frame.y - size / 2.0,
            chart.color(point.series, &palette).to_css(),
            palette.background.to_css(),
        );
        view! { <div style=style></div> }
    };
    let here = |point: &&Mark| *point == mark || (together && point.index == mark.index);
    view! {
        <div class="highlight" style=line></div>
        {drawing.marks.iter().filter(here).map(dot).collect_view()}
    }
    .into_any()
}

/// The lines' names, which show and hide them.
#[component]
pub fn Legend(chart: Signal<Picture>, hidden: RwSignal<Vec<usize>>) -> impl IntoView {
    let entry = move |Entry { series, name, color }: Entry| {
        let own = series.clone();
        let is_hidden = move || hidden.with(|hidden| own.iter().any(|series| hidden.contains(series)));
        let pressed = is_hidden.clone();
        let toggle = move |_| {
            let hide = !is_hidden();
            hidden.update(|hidden| {
                hidden.retain(|other| !series.contains(other));
                if hide {
                    hidden.extend(&series);
                }
            });
        };
        view! {
            <button type="button" class="legend-item" aria-pressed=move || (!pressed()).to_string() on:click=toggle>
                <span class="swatch" style=format!("background:{}", color.to_css())></span>
                {name}
            </button>
        }
    };
    move || {
        let entries = chart.with(|chart| chart.legend(&theme::palette()));
        (!entries.is_empty()).then(|| {
            view! { <div class="chart-legend">{entries.into_iter().map(entry).collect_view()}</div> }
        })
    }
}

/// The chart's numbers as a table.
pub fn table(chart: &Picture, language: Language) -> impl IntoView + use<> {
    let table = chart.table(language, Form::Shown);
    let total = table.rows.len();
    let capped = (total > MOST_ROWS).then(|| {
        let number = |number: usize| super::super::frame::count(number as u64, language);
        let text = fill(
            language.words().widget_rows_capped,
            &[("shown", &number(MOST_ROWS)), ("total", &number(total))],
        );
        view! { <p class="muted">{text}</p> }
    });
    let row = |row: Vec<String>| {
        let cell = |(index, cell)| view! { <td class:num={index > 0}>{cell}</td> };
        view! { <tr>{row.into_iter().enumerate().map(cell).collect_view()}</tr> }
    };
    let heading = |(index, name)| view! { <th scope="col" class:num={index > 0}>{name}</th> };
    view! {
        <div class="table-scroll" tabindex="0">
            <table class="data">
                <thead>
                    <tr>{table.header.into_iter().enumerate().map(heading).collect_view()}</tr>
                </thead>
                <tbody>{table.rows.into_iter().take(MOST_ROWS).map(row).collect_view()}</tbody>
            </table>
        </div>
        {capped}
    }
}
