//! Which rows are in the page. Browsers cannot lay out the height of a million rows (Firefox ends at 17.8 million pixels,
//! Chromium at 33.5 million divided by the zoom), so a tall table is laid out smaller than it is: true to scale near both
//! ends, compressed between them. Small movements are true to scale everywhere; at rest the scroll bar is put where it belongs.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use web_sys::Element;

/// The height that rows may take in the page, in CSS pixels; half of what Chromium can do at a zoom of 500%.
const TALLEST: f64 = 6_000_000.0;
/// The height at both ends that is true to scale.
const TRUE_ENDS: f64 = 1_000_000.0;
/// A movement at once that is larger is one of the scroll bar.
const LEAP: f64 = 5_000.0;
/// Rows beyond those in sight, and the steps in which they change.
const BEYOND: u64 = 16;
const STEP: u64 = 8;
/// Rows that go onto paper.
pub(super) const PRINTED: u64 = 1000;
/// The height of a row before one has been measured.
const GUESS: f64 = 30.0;

/// The rows in the page.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Window {
    /// The first.
    pub first: u64,
    /// The one after the last.
    pub last: u64,
    /// Pixels above and below them.
    pub above: f64,
    /// See `above`.
    pub below: f64,
}

/// How far a place among all rows is from its place in the page; both in pixels.
#[derive(Debug, Clone, Copy)]
struct Scale {
    /// The height of all rows.
    rows: f64,
    /// The height that is left for rows between header and footer.
    view: f64,
}

impl Scale {
    fn compressed(self) -> bool {
        self.rows > TALLEST
    }

    /// The height in the page.
    fn laid(self) -> f64 {
        self.rows.min(TALLEST)
    }

    fn end(self) -> f64 {
        (self.rows - self.view).max(0.0)
    }

    fn laid_end(self) -> f64 {
        (self.laid() - self.view).max(0.0)
    }

    /// Pixels of rows for a pixel of the page, between the ends.
    fn slope(self) -> f64 {
        (self.end() - 2.0 * TRUE_ENDS) / (self.laid_end() - 2.0 * TRUE_ENDS)
    }

    /// The place among all rows.
    fn place(self, laid: f64) -> f64 {
        if !self.compressed() || laid <= TRUE_ENDS {
            laid
        } else if laid >= self.laid_end() - TRUE_ENDS {
            self.end() - (self.laid_end() - laid)
        } else {
            TRUE_ENDS + (laid - TRUE_ENDS) * self.slope()
        }
    }

    /// The place in the page.
    fn laid_place(self, place: f64) -> f64 {
        if !self.compressed() || place <= TRUE_ENDS {
            place
        } else if place >= self.end() - TRUE_ENDS {
            self.laid_end() - (self.end() - place)
        } else {
            TRUE_ENDS + (place - TRUE_ENDS) / self.slope()
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Place {
    /// Pixels of rows above the view.
    rows: f64,
    /// Where the browser has scrolled to.
    laid: f64,
    /// The height of a row.
    row: f64,
    /// The heights of the header, of the footer and of the window.
    head: f64,
    foot: f64,
    client: f64,
    /// Puts the scroll bar right when nothing has moved for a while.
    rest: Option<TimeoutHandle>,
}

/// The scrolling of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scroll {
    /// What scrolls.
    pub scroller: NodeRef<html::Div>,
    /// What is scrolled.
    pub table: NodeRef<html::Table>,
    /// The rows in the page.
    pub window: RwSignal<Window>,
    /// Rows that there are.
    rows: Signal<u64>,
    /// Whether only those in sight are in the page.
    sparse: Signal<bool>,
    /// Whether what is in the page is for paper.
    pub printing: RwSignal<bool>,
    place: StoredValue<Place>,
}

impl Scroll {
    pub fn new(rows: Signal<u64>, sparse: Signal<bool>) -> Self {
        let place =
            Place { rows: 0.0, laid: 0.0, row: GUESS, head: GUESS, foot: 0.0, client: 600.0, rest: None };
        let scroll = Self {
            scroller: NodeRef::new(),
            table: NodeRef::new(),
            window: RwSignal::new(Window::default()),
            rows,
            sparse,
            printing: RwSignal::new(false),
            place: StoredValue::new(place),
        };
        // Rows come and go, and with them what has to be in the page.
        Effect::new(move || {
            rows.track();
            sparse.track();
            scroll.lay();
            scroll.measure_soon();
        });
        scroll.follow_size();
        scroll
    }

    fn follow_size(self) {
        let changed = Closure::<dyn FnMut()>::new(move || self.measure());
        let observer = web_sys::ResizeObserver::new(changed.as_ref().unchecked_ref()).ok();
        let observer = StoredValue::new_local((observer, changed));
        Effect::new(move || {
            let (scroller, table) = (self.scroller.get(), self.table.get());
            observer.with_value(|(observer, _)| {
                if let Some((observer, (scroller, table))) = observer.as_ref().zip(scroller.zip(table)) {
                    observer.observe(&scroller);
                    if let Ok(Some(head)) = table.query_selector("thead") {
                        observer.observe(&head);
                    }
                }
            });
        });
        on_cleanup(move || {
            observer.with_value(|(observer, _)| {
                if let Some(observer) = observer {
                    observer.disconnect();
                }
            });
        });
    }

    /// Measures when the rows at hand are in the page.
    pub fn measure_soon(self) {
        request_animation_frame(move || self.measure());
    }

    fn measure(self) {
        let elements =
            self.scroller.try_get_untracked().flatten().zip(self.table.try_get_untracked().flatten());
        let Some((scroller, table)) = elements else { return };
        let height = |part: &str| {
            table
                .query_selector(part)
                .ok()
                .flatten()
                .map_or(0.0, |part| part.get_bounding_client_rect().height())
        };
        let (head, foot, row) = (height("thead"), height("tfoot"), height("tbody tr"));
        self.place.update_value(|place| {
            place.head = head;
            place.foot = foot;
            place.client = f64::from(scroller.client_height());
            if row > 1.0 {
                // What was the first row in sight remains so.
                place.rows *= row / place.row;
                place.row = row;
            }
        });
        self.moved();
    }

    fn scale(self, place: &Place) -> Scale {
        Scale {
            rows: self.rows.get_untracked() as f64 * place.row,
            view: (place.client - place.head - place.foot).max(place.row),
        }
    }

    /// The browser has scrolled.
    pub fn moved(self) {
        // A table that is gone may still be told.
        let Some(scroller) = self.scroller.try_get_untracked().flatten() else { return };
        let laid = f64::from(scroller.scroll_top());
        let at_end = laid + f64::from(scroller.client_height()) + 1.0 >= f64::from(scroller.scroll_height());
        self.place.update_value(|place| {
            let scale = self.scale(place);
            let by = laid - place.laid;
            place.rows = if !scale.compressed() {
                laid
            } else if laid <= 0.0 {
                0.0
            } else if at_end {
                scale.end()
            } else if by.abs() > LEAP {
                scale.place(laid)
            } else {
                (place.rows + by).clamp(0.0, scale.end())
            };
            place.laid = laid;
            if scale.compressed() {
                self.rest_soon(place);
            }
        });
        self.lay();
    }

    fn rest_soon(self, place: &mut Place) {
        if let Some(rest) = place.rest.take() {
            rest.clear();
        }
        let rest = move || {
            let Some(scroller) = self.scroller.try_get_untracked().flatten() else { return };
            self.place.update_value(|place| {
                place.rest = None;
                let wanted = self.scale(place).laid_place(place.rows);
                if (wanted - place.laid).abs() >= 1.0 {
                    scroller.set_scroll_top(wanted as i32);
                    place.laid = f64::from(scroller.scroll_top());
                }
            });
            self.lay();
        };
        place.rest = set_timeout_with_handle(rest, Duration::from_millis(150)).ok();
    }

    /// Decides which rows are in the page.
    fn lay(self) {
        let rows = self.rows.get_untracked();
        let window = if self.printing.get_untracked() {
            Window { first: 0, last: rows.min(PRINTED), above: 0.0, below: 0.0 }
        } else if self.sparse.get_untracked() {
            let place = self.place.get_value();
            let scale = self.scale(&place);
            let top = place.rows.clamp(0.0, scale.end());
            let first = ((top / place.row) as u64).saturating_sub(BEYOND) / STEP * STEP;
            let last = (((top + scale.view) / place.row) as u64 + 1 + BEYOND).div_ceil(STEP) * STEP;
            let last = last.min(rows);
            let above = first as f64 * place.row - if scale.compressed() { top - place.laid } else { 0.0 };
            let above = above.max(0.0);
            let below = (scale.laid() - above - last.saturating_sub(first) as f64 * place.row).max(0.0);
            Window { first, last, above, below }
        } else {
            Window { first: 0, last: rows, above: 0.0, below: 0.0 }
        };
        if self.window.get_untracked() != window {
            self.keep_focus(window);
            self.window.set(window);
        }
    }

    /// Begins to print, or ends it.
    pub fn print(self, printing: bool) {
        self.printing.set(printing);
        self.lay();
    }

    /// When the row that has the focus leaves the page, the table takes the focus, so that the keys go on working.
    fn keep_focus(self, window: Window) {
        let Some(table) = self.table.get_untracked() else { return };
        let focused =
            document().active_element().and_then(|focused| focused.closest("tbody tr").ok().flatten());
        let Some(row) = focused.filter(|row| table.contains(Some(row))) else { return };
        if row_number(&row)
            .and_then(|row| row.checked_sub(2))
            .is_some_and(|row| row < window.first || row >= window.last)
        {
            let _ = table.focus();
        }
    }

    /// Rows that are in sight at once.
    pub fn page(self) -> u64 {
        self.place.with_value(|place| (self.scale(place).view / place.row) as u64).max(1)
    }

    /// Goes to the first row.
    pub fn to_top(self) {
        // Where it stands there already, the browser need not lay out what is half written.
        if self.place.with_value(|place| place.laid <= 0.0 && place.rows <= 0.0) {
            return;
        }
        if let Some(scroller) = self.scroller.get_untracked() {
            scroller.set_scroll_top(0);
            self.moved();
        }
    }

    /// Brings a row into sight with as little movement as possible.
    pub fn reveal(self, row: u64) {
        let Some(scroller) = self.scroller.get_untracked() else { return };
        if !self.sparse.get_untracked() {
            return self.reveal_element(&scroller, row);
        }
        self.place.update_value(|place| {
            let scale = self.scale(place);
            let top = row as f64 * place.row;
            let wanted = if top < place.rows {
                top
            } else if top + place.row > place.rows + scale.view {
                top + place.row - scale.view
            } else {
                return;
            };
            let wanted = wanted.clamp(0.0, scale.end());
            let by = wanted - place.rows;
            let near = scale.compressed()
                && by.abs() < LEAP
                && (0.0..=scale.laid_end()).contains(&(place.laid + by));
            let laid = if near { place.laid + by } else { scale.laid_place(wanted) };
            // Away from the edge, never half a pixel too little.
            scroller.set_scroll_top(if by > 0.0 { laid.ceil() } else { laid.floor() } as i32);
            place.laid = f64::from(scroller.scroll_top());
            place.rows = if scale.compressed() { wanted } else { place.laid };
            if scale.compressed() {
                self.rest_soon(place);
            }
        });
        self.lay();
    }

    /// The same where rows are as high as what is in them.
    fn reveal_element(self, scroller: &Element, row: u64) {
        let Some(element) = self.row(row + 2) else { return };
        let (place, view, element) =
            (self.place.get_value(), scroller.get_bounding_client_rect(), element.get_bounding_client_rect());
        let above = element.top() - (view.top() + place.head);
        let below = element.bottom() - (view.bottom() - place.foot);
        let by = if above < 0.0 { above.floor() } else { below.ceil().max(0.0) };
        scroller.set_scroll_top(scroller.scroll_top() + by as i32);
    }

    /// The row with this number in the table, if it is in the page; the header is row 1.
    pub fn row(self, number: u64) -> Option<Element> {
        self.table.get_untracked()?.query_selector(&format!("tr[aria-rowindex='{number}']")).ok().flatten()
    }
}

/// The number of a row in the table; the header is row 1.
pub(super) fn row_number(row: &Element) -> Option<u64> {
    row.get_attribute("aria-rowindex")?.parse().ok()
}
