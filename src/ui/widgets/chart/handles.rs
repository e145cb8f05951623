//! Lines of a histogram that can be moved: by dragging, or with the arrow keys.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, PointerEvent};

use super::Picture;
use super::state::State;
use strata::chart::Histogram;

/// The part of a bin that an arrow key moves a line by.
const STEP: f64 = 0.25;

/// A handle on each threshold. `moved` is called with its place in the chart's list and its new value, never beyond its
/// neighbours.
#[component]
pub fn Handles(chart: Memo<Picture>, state: State, moved: Callback<(usize, f64)>) -> impl IntoView {
    // What is being dragged, and where it is now; it stays there until the chart says the same.
    let held = RwSignal::new(None::<(usize, f64)>);
    let dragging = RwSignal::new(false);
    Effect::new(move || {
        chart.track();
        held.set(None);
    });
    let count = Memo::new(move |_| bins(chart, |bins| bins.thresholds.len()).unwrap_or(0));
    let value = move |index: usize| {
        let moving = held.get().filter(|(which, _)| *which == index).map(|(_, value)| value);
        moving.or_else(|| bins(chart, |bins| bins.thresholds.get(index).map(|line| line.value)).flatten())
    };
    let commit = move |index: usize| {
        let Some((_, value)) = held.get_untracked().filter(|(which, _)| *which == index) else { return };
        if chart.with_untracked(|chart| at(chart, index)) == Some(value) {
            held.set(None);
        } else {
            moved.run((index, value));
        }
    };
    let drag = move |index: usize, event: &PointerEvent| {
        let Some(place) = place_of(event, state) else { return };
        let value = chart.with_untracked(|chart| within(chart, index, place));
        if let Some(value) = value {
            held.set(Some((index, value)));
        }
    };
    let key = move |index: usize, name: &str| -> bool {
        let by = match name {
            "ArrowRight" | "ArrowUp" => STEP,
            "ArrowLeft" | "ArrowDown" => -STEP,
            "PageUp" => 2.0,
            "PageDown" => -2.0,
            _ => return false,
        };
        let now = held.get_untracked().filter(|(which, _)| *which == index).map(|(_, value)| value);
        let next = chart.with_untracked(|chart| stepped(chart, index, now, by));
        if let Some(next) = next {
            held.set(Some((index, next)));
            commit(index);
        }
        true
    };
    let handle = move |index: usize| {
        let style = move || {
            let value = value(index)?;
            let (plot, places) = state.drawing.with(|drawing| (drawing.plot, drawing.places));
            let places = places?;
            let place = bins(chart, |bins| bins.place(value)).flatten()?;
            let x = places.first + places.step * (place - 0.5);
            Some(format!("left:{x:.1}px;top:{:.1}px;height:{:.1}px", plot.y, plot.height))
        };
        let label = move || {
            bins(chart, |bins| {
                bins.thresholds.get(index).map(|line| format!("{} – {}", bins.x_name, line.label))
            })
            .flatten()
        };
        let end = move |last: bool| {
            bins(chart, |bins| if last { bins.bins.edges.last() } else { bins.bins.edges.first() }.copied())
                .flatten()
                .map(|edge| edge.to_string())
        };
        let shown = move || value(index).map(|value| value.to_string());
        let is_held = move || held.get().is_some_and(|(which, _)| which == index) && dragging.get();
        view! {
            <div
                class="chart-handle"
                class:held=is_held
                role="slider"
                tabindex="0"
                aria-orientation="horizontal"
                aria-label=label
                aria-valuemin=move || end(false)
                aria-valuemax=move || end(true)
                aria-valuenow=shown
                style=style
                on:pointerdown=move |event| {
                    if event.button() == 0 {
                        event.prevent_default();
                        dragging.set(true);
                        if let Some(element) = element_of(&event) {
                            let _ = element.set_pointer_capture(event.pointer_id());
                            let _ = element.focus();
                        }
                    }
                }
                on:pointermove=move |event| {
                    if dragging.get_untracked() {
                        drag(index, &event);
                    }
                }
                on:pointerup=move |_| {
                    dragging.set(false);
                    commit(index);
                }
                on:pointercancel=move |_| {
                    dragging.set(false);
                    held.set(None);
                }
                on:keydown=move |event| {
                    if key(index, &event.key()) {
                        event.prevent_default();
                        event.stop_propagation();
                    }
                }
            >
                <span class="chart-handle-value" aria-hidden="true">{move || is_held().then(shown)}</span>
            </div>
        }
    };
    view! { {move || (0..count.get()).map(handle).collect_view()} }
}

fn bins<T>(chart: Memo<Picture>, pick: impl FnOnce(&Histogram) -> T) -> Option<T> {
    chart.with(|chart| histogram(chart).map(pick))
}

fn histogram(chart: &Picture) -> Option<&Histogram> {
    match chart {
        Picture::Bins(bins) => Some(bins),
        _ => None,
    }
}

fn at(chart: &Picture, index: usize) -> Option<f64> {
    histogram(chart)?.thresholds.get(index).map(|line| line.value)
}

/// The value at a place, kept between the neighbours of the line.
fn within(chart: &Picture, index: usize, place: f64) -> Option<f64> {
    Some(between(chart, index, histogram(chart)?.value_at(place)?))
}

fn between(chart: &Picture, index: usize, value: f64) -> f64 {
    let (before, after) = (index.checked_sub(1).and_then(|index| at(chart, index)), at(chart, index + 1));
    let falls = match (at(chart, 0), histogram(chart).and_then(|bins| bins.thresholds.last())) {
        (Some(first), Some(last)) => first > last.value,
        _ => false,
    };
    let (low, high) = if falls { (after, before) } else { (before, after) };
    let value = low.map_or(value, |low| value.max(low));
    high.map_or(value, |high| value.min(high))
}

/// The value one step on; the next whole one where a step is less than that.
fn stepped(chart: &Picture, index: usize, now: Option<f64>, by: f64) -> Option<f64> {
    let bins = histogram(chart)?;
    let now = now.or_else(|| at(chart, index))?;
    let next = bins.value_at(bins.place(now)? + by)?;
    let next = if (next - now) * by <= 0.0 { now + by.signum() } else { next };
    let (first, last) = (bins.bins.edges.first()?, bins.bins.edges.last()?);
    Some(between(chart, index, next.clamp(*first, *last)))
}

fn element_of(event: &PointerEvent) -> Option<HtmlElement> {
    event.current_target()?.dyn_into().ok()
}

/// Where the pointer is, in widths of a bin from the first edge.
fn place_of(event: &PointerEvent, state: State) -> Option<f64> {
    let body = element_of(event)?.offset_parent()?;
    let x = f64::from(event.client_x()) - body.get_bounding_client_rect().left();
    let places = state.drawing.with_untracked(|drawing| drawing.places)?;
    Some((x - places.first) / places.step + 0.5)
}
