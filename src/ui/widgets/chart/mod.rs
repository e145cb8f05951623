//! A chart on the page: drawn once on a canvas, pointed at and walked through on a layer above it, read as a table, and
//! taken away as PNG, SVG or CSV.

mod canvas;
mod export;
mod layer;
mod picture;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

pub use picture::Picture;

use super::theme;
use crate::state::App;
use strata::chart::{Chart as _, Drawing, Mark};

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
) -> impl IntoView {
    let app = App::get();
    let state = State {
        hidden: RwSignal::new(Vec::new()),
        width: RwSignal::new(0),
        drawing: RwSignal::new(Drawing::default()),
        hover: RwSignal::new(None),
        as_table: RwSignal::new(false),
    };
    let canvas = NodeRef::<html::Canvas>::new();
    let body = NodeRef::<html::Div>::new();
    follow_width(body, state.width);
    let drawn = Memo::new(move |_| chart.with(|chart| chart.without(&state.hidden.get())));
    let size = move || {
        let width = state.width.get();
        (width, height.unwrap_or_else(|| drawn.with(|chart| chart.height(width))))
    };
    Effect::new(move || {
        let ((width, height), Some(canvas)) = (size(), canvas.get()) else { return };
        let style = canvas::style(width, height, app.language.get(), theme::palette());
        if width > 0 {
            let drawing = drawn.with(|chart| canvas::draw(&canvas, chart, &style));
            state.hover.set(None);
            state.drawing.set(drawing.unwrap_or_default());
        }
    });
    let summary = move || drawn.with(|chart| chart.summary(app.language.get()));
    let table = move || state.as_table.get().then(|| layer::table(&drawn.get(), app.language.get()));
    view! {
        <figure class="chart" id=id>
            <div class="chart-head">
                <div>
                    <h2 class="chart-title">{move || chart.with(|chart| chart.title().to_owned())}</h2>
                    <p class="chart-sub muted">{move || chart.with(|chart| chart.subtitle().to_owned())}</p>
                </div>
                <export::Tools id chart=drawn size=Signal::derive(size) as_table=state.as_table/>
            </div>
            <layer::Legend chart hidden=state.hidden/>
            <div class="chart-body" node_ref=body style:display=move || state.as_table.get().then_some("none")>
                <canvas
                    node_ref=canvas
                    tabindex="0"
                    role="img"
                    aria-label=summary
                    style:display="block"
                    style:cursor=move || (on_open.is_some() && state.hover.get().is_some()).then_some("pointer")
                    on:pointermove=move |event| {
                        state.point(f64::from(event.offset_x()), f64::from(event.offset_y()));
                    }
                    on:pointerleave=move |_| state.hover.set(None)
                    on:blur=move |_| state.hover.set(None)
                    on:click=move |event| {
                        state.point(f64::from(event.offset_x()), f64::from(event.offset_y()));
                        open(on_open, state.hover.get_untracked());
                    }
                    on:keydown=move |event| {
                        if event.key() == "Enter" {
                            open(on_open, state.hover.get_untracked());
                        } else if state.walk(&event.key()) {
                            event.prevent_default();
                        }
                    }
                ></canvas>
                <layer::Layer chart=drawn state opens=on_open.is_some()/>
            </div>
            {table}
            {note.map(|note| view! { <figcaption class="muted">{note}</figcaption> })}
        </figure>
    }
}

/// What a chart on the page remembers.
#[derive(Debug, Clone, Copy)]
struct State {
    /// The lines that are hidden.
    hidden: RwSignal<Vec<usize>>,
    /// The width there is.
    width: RwSignal<u32>,
    /// What lies where.
    drawing: RwSignal<Drawing>,
    /// The mark pointed at or walked to.
    hover: RwSignal<Option<Mark>>,
    /// Whether the table is shown instead.
    as_table: RwSignal<bool>,
}

impl State {
    fn point(self, x: f64, y: f64) {
        let found = self.drawing.with_untracked(|drawing| drawing.at(x, y).copied());
        if found != self.hover.get_untracked() {
            self.hover.set(found);
        }
    }

    /// Moves to the next mark with an arrow key; `false` for any other key.
    fn walk(self, key: &str) -> bool {
        let (series, index) = match key {
            "ArrowLeft" => (0, -1),
            "ArrowRight" => (0, 1),
            "ArrowUp" => (-1, 0),
            "ArrowDown" => (1, 0),
            "Escape" if self.hover.get_untracked().is_some() => {
                self.hover.set(None);
                return true;
            }
            _ => return false,
        };
        let next =
            self.drawing.with_untracked(|drawing| step(drawing, self.hover.get_untracked(), series, index));
        if next.is_some() {
            self.hover.set(next);
        }
        true
    }
}

/// The mark one step from another: along its line or row, or at the same place on the next that has any.
fn step(drawing: &Drawing, from: Option<Mark>, series: isize, index: isize) -> Option<Mark> {
    let Some(from) = from else { return drawing.marks.first().copied() };
    if index != 0 {
        let place = drawing.marks.iter().position(|mark| *mark == from)?;
        return drawing.marks.get(place.checked_add_signed(index)?).copied();
    }
    let beyond =
        |mark: &&Mark| if series < 0 { mark.series < from.series } else { mark.series > from.series };
    let distance = |mark: &Mark| (mark.series.abs_diff(from.series), mark.index.abs_diff(from.index));
    drawing.marks.iter().filter(beyond).min_by_key(|mark| distance(mark)).copied()
}

fn open(on_open: Option<Callback<Mark>>, mark: Option<Mark>) {
    if let (Some(on_open), Some(mark)) = (on_open, mark) {
        on_open.run(mark);
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
