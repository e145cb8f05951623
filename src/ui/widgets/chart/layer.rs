//! What lies above and beside the canvas: the highlight, the tooltip, the spoken label, the legend, the table.

use leptos::prelude::*;

use super::Picture;
use super::picture::{Entry, Line, Reading};
use super::state::State;
use crate::state::App;
use crate::widgets::theme;
use strata::chart::{Chart as _, Drawing, Form, Mark, MarkKind};
use strata::locale::{Language, fill};

/// The most rows that the table beside a chart shows; its CSV has all.
const MOST_ROWS: usize = 1000;

/// Highlight, tooltip and spoken label.
#[component]
pub fn Layer(chart: Memo<Picture>, state: State, opens: Signal<bool>) -> impl IntoView {
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
        let hint =
            opens.get().then(|| view! { <div class="muted">{app.words().widget_click_for_users}</div> });
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
    let Some(Reading { at, lines }) = chart.reading(mark, &theme::palette(), language) else {
        return chart.label(mark, language).into_any();
    };
    let line = |Line { color, name, value, meant }| {
        let swatch = color.map(|color| {
            view! { <span class="swatch" style=format!("background:{}", color.to_css())></span> }
        });
        view! { <tr class:meant=meant><th scope="row">{swatch}{name}</th><td class="num">{value}</td></tr> }
    };
    view! {
        <div class="tooltip-at">{at}</div>
        <table><tbody>{lines.into_iter().map(line).collect_view()}</tbody></table>
    }
    .into_any()
}

fn highlight(chart: &Picture, drawing: &Drawing, mark: &Mark) -> AnyView {
    let frame = mark.frame;
    if let MarkKind::Flow(bend) = mark.kind {
        let place = format!("left:{:.1}px;top:{:.1}px;overflow:visible", frame.x, frame.y);
        return view! {
            <svg class="highlight" aria-hidden="true" width=frame.width.to_string() height=frame.height.to_string()
                style=format!("position:absolute;pointer-events:none;{place}")>
                <path d=bend.path(frame) fill="var(--ink)" fill-opacity="0.16" stroke="var(--ink)" stroke-width="1"></path>
            </svg>
        }
        .into_any();
    }
    if mark.kind != MarkKind::Point {
        let round = if mark.kind == MarkKind::Dot { ";border-radius:50%" } else { "" };
        let place = format!(
            "left:{:.1}px;top:{:.1}px;width:{:.1}px;height:{:.1}px;outline:2px solid var(--ink);outline-offset:-1px{round}",
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
    let together = drawing.marks.iter().filter(|other| other.index == mark.index).count() <= 10;
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

/// The names of the series, which show and hide them.
#[component]
pub fn Legend(chart: Signal<Picture>, hidden: RwSignal<Vec<usize>>) -> impl IntoView {
    let app = App::get();
    let entries = Memo::new(move |_| chart.with(|chart| chart.legend(&theme::palette())));
    let entry = move |Entry { series, name, color, dashed }: Entry| {
        let all = move || {
            entries.with_untracked(|entries| entries.iter().flat_map(|entry| entry.series.clone()).collect())
        };
        let own = StoredValue::new(series);
        let is_hidden = move || {
            hidden.with(|hidden| own.with_value(|own| own.iter().any(|series| hidden.contains(series))))
        };
        let toggle = move || {
            let hide = !untrack(is_hidden);
            let series = own.get_value();
            hidden.update(|hidden| {
                hidden.retain(|other| !series.contains(other));
                if hide {
                    hidden.extend(series);
                }
            });
        };
        // Only this one; and when it is alone already, all again.
        let alone = move || {
            let mut others: Vec<usize> = all();
            own.with_value(|own| others.retain(|other| !own.contains(other)));
            let is_alone = hidden.with_untracked(|hidden| others.iter().all(|other| hidden.contains(other)))
                && !untrack(is_hidden);
            hidden.set(if is_alone { Vec::new() } else { others });
        };
        let style = if dashed {
            format!(
                "background:repeating-linear-gradient(90deg,{0} 0 3px,transparent 3px 5px)",
                color.to_css()
            )
        } else {
            format!("background:{}", color.to_css())
        };
        view! {
            <button
                type="button"
                class="legend-item"
                aria-pressed=move || (!is_hidden()).to_string()
                title=move || app.words().frame_legend_hint
                on:click=move |event| if event.alt_key() { alone() } else { toggle() }
                on:dblclick=move |_| alone()
                on:keydown=move |event| {
                    if event.alt_key() && matches!(event.key().as_str(), "Enter" | " ") {
                        event.prevent_default();
                        alone();
                    }
                }
            >
                <span class="swatch" class:dashed=dashed style=style></span>
                {name}
            </button>
        }
    };
    move || {
        let entries = entries.get();
        (!entries.is_empty()).then(|| {
            view! {
                <div class="chart-legend" role="group" aria-label=move || app.words().frame_legend>
                    {entries.into_iter().map(entry).collect_view()}
                </div>
            }
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
