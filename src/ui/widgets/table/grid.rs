//! What the parts of a table share.

use std::cell::RefCell;
use std::collections::HashMap;

use leptos::ev;
use leptos::prelude::*;

use super::data::{Condition, TableData};
use super::datum::Datum;
use super::scroll::Scroll;
use super::source::{Rows, Sort};
use crate::state::App;
use crate::widgets::frame::count;
use strata::chart::text;
use strata::locale::fill;

/// Tables up to this many rows are in the page as a whole: the browser searches them, and sentences have as many lines as they
/// need.
const WHOLE: u64 = 60;
/// Rows that are looked at to say how wide the columns are.
const LOOKED_AT: usize = 200;
/// The widest column of a table that is not in the page as a whole, in ems.
const WIDEST: f64 = 28.0;

thread_local! {
    /// The columns that were shown or hidden by hand, by table: they are remembered as long as the page is open.
    static CHOSEN: RefCell<HashMap<&'static str, Vec<(usize, bool)>>> = RefCell::new(HashMap::new());
}

/// A table's state; cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    pub id: &'static str,
    pub app: App,
    pub data: Signal<TableData>,
    pub rows: Rows,
    pub on_open: Option<Callback<(usize, usize)>>,
    pub sort: RwSignal<Option<Sort>>,
    pub search: RwSignal<String>,
    pub conditions: RwSignal<Vec<Condition>>,
    chosen: RwSignal<Vec<(usize, bool)>>,
    narrow: RwSignal<bool>,
    /// The columns that are shown.
    pub shown: Memo<Vec<usize>>,
    /// The rows that pass, of those that the page holds.
    pub order: Memo<Vec<u32>>,
    /// Rows that pass and rows in all.
    pub counts: Memo<(u64, u64)>,
    /// Whether only the rows in sight are in the page.
    pub sparse: Memo<bool>,
    pub scroll: Scroll,
    /// The row and column that the keys have reached; rows as `aria-rowindex` counts them, columns as shown.
    pub active: StoredValue<(u64, usize)>,
    /// Whether the focus is in the table.
    pub inside: RwSignal<bool>,
    /// The column whose menu is open.
    pub menu: RwSignal<Option<usize>>,
}

impl Grid {
    pub fn new(
        id: &'static str,
        data: Signal<TableData>,
        rows: Rows,
        on_open: Option<Callback<(usize, usize)>>,
    ) -> Self {
        let app = App::get();
        let (sort, search) = (RwSignal::new(None::<Sort>), RwSignal::new(String::new()));
        let conditions = RwSignal::new(Vec::<Condition>::new());
        let chosen = RwSignal::new(CHOSEN.with_borrow(|chosen| chosen.get(id).cloned().unwrap_or_default()));
        let narrow = RwSignal::new(is_narrow());
        let shown = Memo::new(move |_| {
            let (chosen, narrow) = (chosen.get(), narrow.get());
            data.with(|data| {
                let shows = |column: &usize| {
                    let said = chosen.iter().find(|(chosen, _)| chosen == column).map(|(_, shown)| *shown);
                    *column == 0 || said.unwrap_or(!(narrow && data.spare.contains(column)))
                };
                (0..data.columns.len()).filter(shows).collect()
            })
        });
        let order = Memo::new(move |_| {
            let language = app.language.get();
            conditions.with(|conditions| {
                search.with(|search| data.with(|data| data.order(sort.get(), search, conditions, language)))
            })
        });
        let counts = Memo::new(move |_| match rows {
            Rows::Held => (order.with(Vec::len) as u64, data.with(|data| data.rows.len()) as u64),
            Rows::Made(made) => (made.count, made.count),
            // Until something is known, a few rows on their way.
            Rows::Fetched(fetched) => {
                fetched.counts().unwrap_or(if fetched.error().is_none() { (8, 8) } else { (0, 0) })
            }
        });
        let sparse = Memo::new(move |_| counts.get().1 > WHOLE);
        let matching = Signal::derive(move || counts.get().0);
        let grid = Self {
            id,
            app,
            data,
            rows,
            on_open,
            sort,
            search,
            conditions,
            chosen,
            narrow,
            shown,
            order,
            counts,
            sparse,
            scroll: Scroll::new(matching, sparse.into()),
            active: StoredValue::new((2, 0)),
            inside: RwSignal::new(false),
            menu: RwSignal::new(None),
        };
        grid.follow();
        grid
    }

    fn follow(self) {
        let Self { data, sort, search, conditions, scroll, narrow, .. } = self;
        // Under other columns neither an order nor a limit means what it meant.
        let columns = Memo::new(move |_| data.with(|data| data.columns.len()));
        Effect::new(move |before: Option<usize>| {
            let now = columns.get();
            if before.is_some_and(|before| before != now && before > 0) {
                if sort.with_untracked(Option::is_some) {
                    sort.set(None);
                }
                if !conditions.with_untracked(Vec::is_empty) {
                    conditions.set(Vec::new());
                }
            }
            now
        });
        // What passes now begins at its beginning.
        Effect::new(move |before: Option<()>| {
            sort.track();
            search.track();
            conditions.track();
            if before.is_some() {
                scroll.to_top();
            }
        });
        if let Rows::Fetched(fetched) = self.rows {
            Effect::new(move || {
                let window = scroll.window.get();
                search.with(|search| fetched.look((window.first, window.last), sort.get(), search));
            });
        }
        let resized = window_event_listener(ev::resize, move |_| {
            if narrow.get_untracked() != is_narrow() {
                narrow.set(is_narrow());
            }
        });
        let before = window_event_listener(ev::beforeprint, move |_| {
            // Rows that others hold are not all here.
            if !matches!(self.rows, Rows::Fetched(_)) {
                scroll.print(true);
            }
        });
        let after = window_event_listener(ev::afterprint, move |_| scroll.print(false));
        on_cleanup(move || [resized, before, after].into_iter().for_each(WindowListenerHandle::remove));
    }

    /// A row by its position among those that pass: its number in the data, and its cells. Nothing when it is not here yet.
    pub fn cells(self, position: u64) -> Option<(usize, Vec<Datum>)> {
        match self.rows {
            Rows::Held => {
                let row = self.order.with(|order| order.get(position as usize).copied())?;
                Some((row as usize, self.data.with(|data| data.row(row).to_vec())))
            }
            Rows::Made(made) => {
                let turned = self.sort.get().is_some_and(|sort| sort.descending);
                let row = if turned { made.count.checked_sub(position + 1)? } else { position };
                Some((row as usize, (made.row)(row)))
            }
            Rows::Fetched(fetched) => Some((position as usize, fetched.row(position)?)),
        }
    }

    pub fn sortable(self, column: usize) -> bool {
        match self.rows {
            Rows::Made(made) => made.rising.contains(&column),
            _ => true,
        }
    }

    /// Whether rows can be looked for.
    pub fn searchable(self) -> bool {
        match self.rows {
            Rows::Held => {
                self.counts.get().1 > 12
                    && self.data.with(|data| data.columns.iter().any(|(_, figures)| !figures))
            }
            Rows::Made(_) => false,
            Rows::Fetched(_) => self.counts.get().1 > 8 || !self.search.with(String::is_empty),
        }
    }

    /// The next order when a heading is pressed: figures largest first, all else smallest first, then the other way, then as
    /// it was.
    pub fn press_heading(self, column: usize) {
        if !self.sortable(column) {
            return;
        }
        let figures =
            self.data.with_untracked(|data| data.columns.get(column).is_some_and(|(_, figures)| *figures));
        self.sort.update(|sort| {
            *sort = match *sort {
                Some(sorted) if sorted.column == column => {
                    (sorted.descending == figures).then_some(Sort { column, descending: !figures })
                }
                _ => Some(Sort { column, descending: figures }),
            };
        });
    }

    /// Shows or hides a column.
    pub fn choose(self, column: usize, shown: bool) {
        self.chosen.update(|chosen| {
            chosen.retain(|(chosen, _)| *chosen != column);
            chosen.push((column, shown));
        });
        self.remember();
    }

    /// Shows all columns.
    pub fn choose_all(self) {
        let columns = self.data.with_untracked(|data| data.columns.len());
        self.chosen.set((0..columns).map(|column| (column, true)).collect());
        self.remember();
    }

    fn remember(self) {
        let chosen = self.chosen.get_untracked();
        CHOSEN.with_borrow_mut(|all| all.insert(self.id, chosen));
    }

    /// Whether some rows may not pass.
    pub fn filtered(self) -> bool {
        !self.search.with(|search| search.trim().is_empty()) || !self.conditions.with(Vec::is_empty)
    }

    pub fn clear(self) {
        self.search.set(String::new());
        self.conditions.set(Vec::new());
    }

    /// The number of the last row, header and summary counted.
    pub fn last_row(self) -> u64 {
        1 + self.counts.get_untracked().0 + self.data.with_untracked(|data| data.summary.len()) as u64
    }

    /// Whether it is known how many rows there are.
    pub fn known(self) -> bool {
        !matches!(self.rows, Rows::Fetched(fetched) if fetched.counts().is_none())
    }

    /// "1,234 of 5,000 rows"; where something else says how many there are, only when not all pass.
    pub fn counted(self, said: bool) -> String {
        if !self.known() || (said && !self.filtered()) {
            return String::new();
        }
        let words = self.app.words();
        let (matching, total) = self.counts.get();
        let number = |number: u64| count(number, self.app.language.get());
        match total {
            _ if matching != total => {
                fill(words.table_matching, &[("matching", &number(matching)), ("total", &number(total))])
            }
            1 => words.table_row.to_owned(),
            _ => fill(words.table_rows, &[("count", &number(total))]),
        }
    }

    /// How wide each column has to be, in ems, so that it stays so whatever rows are in the page.
    pub fn widths(self) -> Vec<f64> {
        let language = self.app.language.get();
        let measure = |rows: &mut dyn Iterator<Item = &[Datum]>| {
            let mut widths = self.data.with(|data| vec![0.0; data.columns.len()]);
            for row in rows {
                for (width, datum) in widths.iter_mut().zip(row) {
                    *width = text::width(&datum.shown(language), 1.0).clamp(*width, WIDEST.max(*width));
                }
            }
            widths
        };
        match self.rows {
            Rows::Held => self.data.with(|data| {
                let step = data.rows.len().div_ceil(LOOKED_AT).max(1);
                let rows = data.rows.iter().step_by(step).chain(&data.summary);
                measure(&mut rows.map(Vec::as_slice))
            }),
            Rows::Made(made) => {
                let step = (made.count / 64).max(1);
                let rows: Vec<_> = (0..made.count)
                    .step_by(step as usize)
                    .chain(made.count.checked_sub(1))
                    .map(made.row)
                    .collect();
                measure(&mut rows.iter().map(Vec::as_slice))
            }
            Rows::Fetched(fetched) => measure(&mut fetched.held().iter().map(Vec::as_slice)),
        }
    }
}

/// As the style sheets say it.
fn is_narrow() -> bool {
    window().match_media("(max-width: 45rem)").ok().flatten().is_some_and(|query| query.matches())
}
