//! Looking at a part of an axis: what is being selected, and the chip that says what is looked at and leads back.

use leptos::prelude::*;

use super::Picture;
use super::state::State;
use crate::state::App;
use strata::dataset::calendar::Day;
use strata::locale::fill;

/// What is being selected, over the drawing.
#[component]
pub fn Brush(chart: Memo<Picture>, state: State) -> impl IntoView {
    let app = App::get();
    let selected = move || {
        let (a, b) = state.brush.get()?;
        let (from, to) = (a.min(b), a.max(b));
        let (plot, places) = state.drawing.with(|drawing| (drawing.plot, drawing.places));
        let places = places?;
        let left = (places.x(from) - places.step / 2.0).max(plot.x);
        let right = (places.x(to) + places.step / 2.0).min(plot.right());
        let style = format!(
            "left:{left:.1}px;top:{:.1}px;width:{:.1}px;height:{:.1}px",
            plot.y,
            right - left,
            plot.height
        );
        let name = chart.with(|chart| chart.span(from, to, app.language.get()))?;
        let said = fill(app.words().frame_selected, &[("span", &name)]);
        // Its middle is kept inside of the chart.
        let middle = f64::midpoint(left, right).clamp(90.0, (f64::from(state.width.get()) - 90.0).max(90.0));
        Some(view! {
            <div class="chart-brush" style=style></div>
            <div class="chart-brush-name" style=format!("left:{middle:.0}px;top:{:.0}px", plot.y) aria-hidden="true">
                {name}
            </div>
            <div class="visually-hidden">{said}</div>
        })
    };
    // A region of its own: the one that tells of marks is empty while something is selected.
    view! { <div role="status">{selected}</div> }
}

/// What is looked at, and the ways on and back.
#[component]
pub fn Chip(chart: Signal<Picture>, state: State, on_range: Option<Callback<(Day, Day)>>) -> impl IntoView {
    let app = App::get();
    let chip = move || {
        let (from, to) = state.zoom.get()?;
        let name = chart.with(|chart| chart.span(from, to, app.language.get()))?;
        let days = chart.with(|chart| chart.days(from, to));
        let use_range = on_range.zip(days).map(|(on_range, days)| {
            let use_it = move |_| {
                state.zoom.set(None);
                on_range.run(days);
            };
            view! {
                <button type="button" class="chart-use-range" on:click=use_it>
                    {app.words().frame_use_range}
                </button>
            }
        });
        Some(view! {
            <div class="chart-zoom">
                <span>{name}</span>
                {use_range}
                <button type="button" class="chart-reset" on:click=move |_| state.zoom.set(None)>
                    {app.words().frame_reset_zoom}
                </button>
            </div>
        })
    };
    view! { {chip} }
}
