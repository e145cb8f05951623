//! A chart on the page: drawn once on a canvas, pointed at, walked through and zoomed into on a layer above it, read as a
//! table, and taken away as PNG, SVG, CSV or copied numbers.

mod canvas;
mod export;
mod handles;
mod layer;
mod picture;
mod state;
mod zoom;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

pub use canvas::redraw_time;
pub use picture::Picture;

use self::state::State;
use super::theme;
use crate::state::App;
use strata::chart::{Chart as _, Mark};
use strata::dataset::calendar::Day;

/// A chart.
#[component]
pub fn ChartView(
    /// The chart's id, and the name of its files.
    id: &'static str,
    /// What is drawn.
    chart: Signal<Picture>,
    /// The height in CSS pixels; by the chart's kind when absent.
    #[prop(optional)]
    height: Option<u32>,
    /// What must be known to read it, such as what hatched cells are.
    #[prop(optional, into)]
    note: Option<Signal<Option<String>>>,
    /// Called with a mark whose users are wanted.
    #[prop(optional, into)]
    on_open: Option<Callback<Mark>>,
    /// Called with the first and last day of a part of the axis that is to be looked at everywhere.
    #[prop(optional, into)]
    on_range: Option<Callback<(Day, Day)>>,
    /// Called when a line of a histogram was moved: which, and to what value.
    #[prop(optional, into)]
    on_threshold: Option<Callback<(usize, f64)>>,
) -> impl IntoView {
    let app = App::get();
    let state = State::new();
    let canvas = NodeRef::<html::Canvas>::new();
    let body = NodeRef::<html::Div>::new();
    follow_width(body, state.width);
    state.forget_zoom_with(chart);
    let drawn = Memo::new(move |_| chart.with(|chart| chart.seen(&state.hidden.get(), state.zoom.get())));
    let size = move || {
        let width = state.width.get();
        (width, height.unwrap_or_else(|| drawn.with(|chart| chart.height(width))))
    };
    // Counts the pictures, to tell another picture from the same one at another size or in other colours.
    let version = Memo::new(move |before: Option<&u32>| {
        drawn.track();
        before.map_or(0, |before| before.wrapping_add(1))
    });
    Effect::new(move |before: Option<Option<u32>>| {
        let before = before.flatten();
        let ((width, height), Some(canvas)) = (size(), canvas.get()) else { return before };
        let style = canvas::style(width, height, app, theme::palette());
        if width == 0 {
            return before;
        }
        let drawing = drawn.with(|chart| canvas::draw(&canvas, chart, &style)).unwrap_or_default();
        let version = version.get();
        if before == Some(version) {
            state.move_marks(&drawing);
        } else {
            state.forget_marks();
        }
        state.drawing.set(drawing);
        Some(version)
    });
    let summary = move || drawn.with(|chart| chart.summary(app.language.get()));
    let table = move || state.as_table.get().then(|| layer::table(&drawn.get(), app.language.get()));
    let open = move || {
        let begin = state.zoom.get_untracked().map_or(0, |(from, _)| from);
        let mark = state.hover.get_untracked();
        let mark = mark.and_then(|mark| {
            chart.with_untracked(|chart| chart.mark_in_whole(mark, begin).filter(|mark| chart.opens(mark)))
        });
        if let (Some(on_open), Some(mark)) = (on_open, mark) {
            on_open.run(mark);
        }
    };
    let opens = Signal::derive(move || {
        let has_users = |mark: &Mark| drawn.with(|chart| chart.opens(mark));
        on_open.is_some() && state.hover.with(|mark| mark.as_ref().is_some_and(has_users))
    });
    let cursor = move || opens.get().then_some("pointer");
    // A finger that moves up or down scrolls the page, one that moves sideways selects.
    let touch = move || state.drawing.with(|drawing| drawing.places.is_some()).then_some("pan-y");
    view! {
        <figure class="chart" id=id>
            <div class="chart-head">
                <div>
                    <h2 class="chart-title">{move || chart.with(|chart| chart.title().to_owned())}</h2>
                    <p class="chart-sub muted">{move || chart.with(|chart| chart.subtitle().to_owned())}</p>
                </div>
                <export::Tools id chart=drawn size=Signal::derive(size) as_table=state.as_table/>
            </div>
            <div class="chart-keys">
                <layer::Legend chart hidden=state.hidden/>
                <zoom::Chip chart state on_range/>
            </div>
            <div class="chart-body" node_ref=body style:display=move || state.as_table.get().then_some("none")>
                <canvas
                    node_ref=canvas
                    tabindex="0"
                    role="img"
                    aria-label=summary
                    style:display="block"
                    style:cursor=cursor
                    style:touch-action=touch
                    on:pointerdown=move |event| state.press(&event)
                    on:pointermove=move |event| state.point(&event)
                    on:pointerup=move |_| state.release()
                    on:pointercancel=move |_| state.let_go()
                    on:pointerleave=move |_| state.hover.set(None)
                    on:blur=move |_| state.let_go()
                    on:click=move |event| {
                        if state.was_click() {
                            state.hover_at(f64::from(event.offset_x()), f64::from(event.offset_y()));
                            open();
                        }
                    }
                    on:dblclick=move |_| state.zoom.set(None)
                    on:keydown=move |event| {
                        let key = event.key();
                        if key == "Enter" && !state.zoom_in() {
                            open();
                        } else if key == "Enter" || state.walk(&key, event.shift_key()) {
                            event.prevent_default();
                            event.stop_propagation();
                        }
                    }
                ></canvas>
                <zoom::Brush chart=drawn state/>
                <layer::Layer chart=drawn state opens/>
                {on_threshold.map(|moved| view! { <handles::Handles chart=drawn state moved/> })}
            </div>
            {table}
            {note.map(|note| view! { <figcaption class="muted">{note}</figcaption> })}
        </figure>
    }
}

/// Keeps the width of the element, for as long as the component lives.
fn follow_width(body: NodeRef<html::Div>, width: RwSignal<u32>) {
    Effect::new(move || {
        let Some(element) = body.get() else { return };
        let measured = element.clone();
        let measure = move || {
            let now = u32::try_from(measured.client_width()).unwrap_or(0);
            // Nothing is 0 wide but what is hidden; it keeps its drawing.
            if now > 0 && width.try_get_untracked().is_some_and(|before| before != now) {
                width.set(now);
            }
        };
        measure();
        let listener = Closure::<dyn FnMut()>::new(measure);
        if let Ok(observer) = web_sys::ResizeObserver::new(listener.as_ref().unchecked_ref()) {
            observer.observe(&element);
            let kept = StoredValue::new_local((observer, listener));
            on_cleanup(move || {
                let _ = kept.try_with_value(|(observer, _)| observer.disconnect());
            });
        }
    });
}
