//! What a chart on the page remembers, and what the pointer and the keyboard do to it.

use leptos::prelude::*;
use web_sys::PointerEvent;

use super::Picture;
use strata::chart::{Drawing, Mark};

/// What a chart on the page remembers.
#[derive(Debug, Clone, Copy)]
pub struct State {
    /// The series that are hidden.
    pub hidden: RwSignal<Vec<usize>>,
    /// The width there is.
    pub width: RwSignal<u32>,
    /// What lies where.
    pub drawing: RwSignal<Drawing>,
    /// The mark pointed at or walked to.
    pub hover: RwSignal<Option<Mark>>,
    /// Whether the table is shown instead.
    pub as_table: RwSignal<bool>,
    /// The places of the whole axis that are looked at, both ends counted.
    pub zoom: RwSignal<Option<(usize, usize)>>,
    /// The places of the drawn axis being selected: where that began, and where it is now.
    pub brush: RwSignal<Option<(usize, usize)>>,
    /// Where the pointer went down: its x, and the place there.
    pressed: StoredValue<Option<(f64, usize)>>,
    /// Whether the last thing that the pointer did was to select.
    selected: StoredValue<bool>,
}

impl State {
    /// Nothing hidden, nothing zoomed.
    pub fn new() -> Self {
        Self {
            hidden: RwSignal::new(Vec::new()),
            width: RwSignal::new(0),
            drawing: RwSignal::new(Drawing::default()),
            hover: RwSignal::new(None),
            as_table: RwSignal::new(false),
            zoom: RwSignal::new(None),
            brush: RwSignal::new(None),
            pressed: StoredValue::new(None),
            selected: StoredValue::new(false),
        }
    }

    /// A zoom holds for one axis: when that changes, all of the new one is shown.
    pub fn forget_zoom_with(self, chart: Signal<Picture>) {
        let axis = Memo::new(move |_| chart.with(Picture::axis));
        Effect::new(move |before: Option<()>| {
            axis.track();
            if before.is_some() {
                self.zoom.set(None);
            }
        });
    }

    /// What was pointed at or being selected lies elsewhere now.
    pub fn forget_marks(self) {
        self.hover.set(None);
        self.brush.set(None);
        self.pressed.set_value(None);
    }

    /// The same picture was drawn anew, larger or in other colours: what was walked to is still at hand, at its new place.
    pub fn move_marks(self, drawing: &Drawing) {
        let hover = self.hover.get_untracked();
        self.forget_marks();
        let is_same =
            |mark: &&Mark| hover.is_some_and(|old| (old.series, old.index) == (mark.series, mark.index));
        self.hover.set(drawing.marks.iter().find(is_same).copied());
    }

    /// Points at what is at this place of the drawing.
    pub fn hover_at(self, x: f64, y: f64) {
        let found = self.drawing.with_untracked(|drawing| drawing.at(x, y).copied());
        if found != self.hover.get_untracked() {
            self.hover.set(found);
        }
    }

    /// The pointer moved: selects if it is held down, else points.
    pub fn point(self, event: &PointerEvent) {
        // A hand is never quite still.
        const SLACK: f64 = 6.0;
        let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        let Some((begin, from)) = self.pressed.get_value() else { return self.hover_at(x, y) };
        if self.brush.get_untracked().is_none() && (x - begin).abs() < SLACK {
            return;
        }
        if let Some(to) = self.place_at(x) {
            self.hover.set(None);
            self.brush.set(Some((from, to)));
        }
    }

    /// The pointer went down: from here on it selects, where there is an axis to select from.
    pub fn press(self, event: &PointerEvent) {
        self.selected.set_value(false);
        let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        let inside = self.drawing.with_untracked(|drawing| drawing.plot.contains(x, y));
        if event.button() != 0 || !event.is_primary() || !inside {
            return;
        }
        if let Some(place) = self.place_at(x) {
            self.pressed.set_value(Some((x, place)));
            if let Some(canvas) = event_target_element(event) {
                let _ = canvas.set_pointer_capture(event.pointer_id());
            }
        }
    }

    /// The pointer went up: what was selected fills the chart.
    pub fn release(self) {
        self.pressed.set_value(None);
        self.selected.set_value(self.brush.get_untracked().is_some());
        self.zoom_in();
    }

    /// Whether a click was one, and not the end of a selection.
    pub fn was_click(self) -> bool {
        !self.selected.get_value()
    }

    /// Nothing is pointed at or selected any more.
    pub fn let_go(self) {
        self.forget_marks();
    }

    /// Zooms to what is selected; `false` when nothing is.
    pub fn zoom_in(self) -> bool {
        let Some((a, b)) = self.brush.get_untracked() else { return false };
        self.brush.set(None);
        // One place alone would be a chart of one point.
        if a != b {
            let begin = self.zoom.get_untracked().map_or(0, |(from, _)| from);
            self.zoom.set(Some((begin + a.min(b), begin + a.max(b))));
        }
        true
    }

    fn place_at(self, x: f64) -> Option<usize> {
        self.drawing.with_untracked(|drawing| drawing.places?.nearest(x))
    }

    /// Does what a key says; `false` when it says nothing here.
    pub fn walk(self, key: &str, shift: bool) -> bool {
        let step = match key {
            "ArrowLeft" => Step::Along(-1),
            "ArrowRight" => Step::Along(1),
            "ArrowUp" => Step::Across(-1),
            "ArrowDown" => Step::Across(1),
            "PageUp" => Step::Leap(-1),
            "PageDown" => Step::Leap(1),
            "Home" => Step::End(false),
            "End" => Step::End(true),
            "Escape" => return self.escape(),
            _ => return false,
        };
        if let (Step::Along(by), true) = (step, shift) {
            return self.extend(by);
        }
        let next = self.drawing.with_untracked(|drawing| taken(drawing, self.hover.get_untracked(), step));
        if next.is_some() {
            self.brush.set(None);
            self.hover.set(next);
        }
        true
    }

    /// Takes back the latest: the selection, the mark, the zoom.
    fn escape(self) -> bool {
        if self.brush.get_untracked().is_some() {
            self.pressed.set_value(None);
            self.brush.set(None);
        } else if self.hover.get_untracked().is_some() {
            self.hover.set(None);
        } else if self.zoom.get_untracked().is_some() {
            self.zoom.set(None);
        } else {
            return false;
        }
        true
    }

    /// Selects one place more or less, from the mark that was walked to.
    fn extend(self, by: isize) -> bool {
        let Some(places) = self.drawing.with_untracked(|drawing| drawing.places) else { return false };
        let Some(last) = places.count.checked_sub(1) else { return false };
        let begin = self.hover.get_untracked().map_or(0, |mark| mark.index.min(last));
        let (from, to) = self.brush.get_untracked().unwrap_or((begin, begin));
        self.brush.set(Some((from, to.saturating_add_signed(by).min(last))));
        true
    }
}

fn event_target_element(event: &PointerEvent) -> Option<web_sys::Element> {
    use wasm_bindgen::JsCast as _;
    event.target()?.dyn_into().ok()
}

/// A step from one mark to another.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// To the next or the one before.
    Along(isize),
    /// A tenth of the way.
    Leap(isize),
    /// To the same place of the series, row or group above or below.
    Across(isize),
    /// To the first or the last of the series.
    End(bool),
}

/// The mark that a step leads to.
fn taken(drawing: &Drawing, from: Option<Mark>, step: Step) -> Option<Mark> {
    let marks = &drawing.marks;
    let Some(from) = from else { return marks.first().copied() };
    let at = |place: usize, by: isize| marks.get(place.checked_add_signed(by)?).copied();
    let own = || marks.iter().enumerate().filter(|(_, mark)| mark.series == from.series);
    let place = marks.iter().position(|mark| *mark == from)?;
    match step {
        Step::Along(by) => at(place, by),
        Step::Leap(by) => {
            let (first, last) = (own().next()?.0, own().next_back()?.0);
            let far = ((last - first) / 10).max(1);
            let to = place.saturating_add_signed(by * isize::try_from(far).ok()?);
            marks.get(to.clamp(first, last)).copied()
        }
        Step::End(last) => if last { own().next_back() } else { own().next() }.map(|(_, mark)| *mark),
        Step::Across(by) => {
            let beyond =
                |mark: &&Mark| if by < 0 { mark.series < from.series } else { mark.series > from.series };
            let distance = |mark: &Mark| (mark.series.abs_diff(from.series), mark.index.abs_diff(from.index));
            marks.iter().filter(beyond).min_by_key(|mark| distance(mark)).copied()
        }
    }
}
