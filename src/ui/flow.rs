//! The way from a file to answers: choose, look, map, read, open, close.
//!
//! Each step the user sets going gets a number; when its answer comes and a newer step has begun, the answer is dropped.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

use super::state::{App, Chosen, Reading, Stage};
use strata::dataset::calendar::WeekStart;
use strata::dataset::dates::within;
use strata::engine::Opened;
use strata::engine::loader::Progress;
use strata::engine::request::OpenOptions;
use strata::error::Result;
use strata::ingest::detect::Inspection;
use strata::ingest::mapping::Role;
use strata::sample;
use strata::worker::{Source, SourceFile};

impl App {
    /// Takes files that the user chose or dropped, and looks at them.
    pub fn choose_files(self, files: &web_sys::FileList) {
        let files: Vec<SourceFile> = (0..files.length())
            .filter_map(|index| files.get(index))
            .map(|file| SourceFile { name: file.name(), bytes: file.size(), blob: file.unchecked_into() })
            .collect();
        if files.is_empty() {
            return;
        }
        let options = OpenOptions { time_zone: Some(browser_zone()), ..OpenOptions::default() };
        self.look(Source::Files(files), options, Stage::Start);
    }

    /// Opens the sample data without asking; its columns can be changed afterwards.
    pub fn try_sample(self) {
        let options = OpenOptions { time_zone: Some(sample::TIME_ZONE.to_owned()), ..OpenOptions::default() };
        self.chosen.set(Some(Chosen {
            source: Source::Sample,
            inspection: None,
            options,
            date_order_said: true,
        }));
        self.read();
    }

    /// Looks at the source again with another layout; the guesses start anew.
    pub fn change_layout(self, change: impl FnOnce(&mut OpenOptions)) {
        let Some(chosen) = self.chosen.get_untracked() else { return };
        let mut options = OpenOptions { mapping: None, ..chosen.options };
        change(&mut options);
        self.look(chosen.source, options, Stage::Mapping);
    }

    /// Goes back to the columns of what is open.
    pub fn show_columns(self) {
        let Some(chosen) = self.chosen.get_untracked() else { return };
        if chosen.inspection.is_some() {
            self.stage.set(Stage::Mapping);
        } else {
            self.look(chosen.source, chosen.options, self.stage.get_untracked());
        }
    }

    /// Looks at the beginning of a source. When that fails, the page returns to the stage `back`.
    fn look(self, source: Source, options: OpenOptions, back: Stage) {
        let turn = self.next_turn();
        self.error.set(None);
        // While another layout is tried the columns stay in sight.
        if back != Stage::Mapping {
            self.stage.set(Stage::Looking);
        }
        spawn_local(async move {
            let inspected = self.client().inspect(&source, &options).await;
            if self.turn.get_value() == turn {
                self.looked(source, options, inspected, back);
            }
        });
    }

    fn looked(self, source: Source, mut options: OpenOptions, inspected: Result<Inspection>, back: Stage) {
        match inspected {
            Ok(inspection) => {
                // A mapping that came along was chosen by somebody, its order of day and month too.
                let date_order_said = options.mapping.is_some();
                options.mapping.get_or_insert_with(|| inspection.mapping.clone());
                self.chosen.set(Some(Chosen {
                    source,
                    inspection: Some(inspection),
                    options,
                    date_order_said,
                }));
                self.stage.set(Stage::Mapping);
            }
            Err(error) => {
                // A refused file leaves what was open as it was.
                self.stage.set(if self.opened.with_untracked(Option::is_some) && back == Stage::Start {
                    Stage::Open
                } else {
                    back
                });
                self.report(error);
            }
        }
    }

    /// Changes how the source is to be read.
    pub fn change_options(self, change: impl FnOnce(&mut OpenOptions)) {
        self.chosen.update(|chosen| {
            if let Some(chosen) = chosen {
                change(&mut chosen.options);
            }
        });
    }

    /// Notes whether somebody has said which way round day and month are.
    pub fn say_date_order(self, said: bool) {
        self.chosen.update(|chosen| {
            if let Some(chosen) = chosen {
                chosen.date_order_said = said;
            }
        });
    }

    /// Reads the source at hand.
    pub fn read(self) {
        let Some(Chosen { source, options, .. }) = self.chosen.get_untracked() else { return };
        let turn = self.next_turn();
        self.error.set(None);
        self.reading.set(Reading::default());
        self.stage.set(Stage::Reading);
        let (call, answer) = self.client().open(&source, &options, self.progress_listener(turn));
        self.call.set_value(Some(call));
        spawn_local(async move {
            let result = answer.await;
            if self.turn.get_value() == turn {
                self.call.set_value(None);
                self.finish_reading(result);
            } else if result.is_ok() && self.stage.get_untracked() == Stage::Mapping {
                // Cancelled too late for the engine to stop: its memory is given back.
                self.client().close();
            }
        });
    }

    fn finish_reading(self, result: Result<Opened>) {
        match result {
            Ok(opened) => {
                self.keep_fitting_scope(&opened);
                self.week_start.set(opened.week_start);
                self.change_options(|options| {
                    options.mapping = Some(opened.mapping.clone());
                    options.time_zone = Some(opened.time_zone.clone());
                    options.week_start = Some(opened.week_start);
                });
                self.current.set(self.chosen.get_untracked());
                self.opened.set(Some(Arc::new(opened)));
                self.stage.set(Stage::Open);
            }
            Err(error) => {
                self.opened.set(None);
                self.leave_reading();
                self.report(error);
            }
        }
    }

    /// Another file begins with everything in sight; the same file with other columns, and the first file after the page was
    /// opened at an address, keep what still fits, because a condition on a column that is not read would refuse every
    /// question.
    fn keep_fitting_scope(self, opened: &Opened) {
        let first = self.current.with_untracked(Option::is_none);
        if !first && !untrack(|| self.chosen_is_current()) {
            self.scope.forget();
            self.address.start_over();
            return;
        }
        let mut filter = self.scope.filter.get_untracked();
        filter.all.retain(|condition| match condition.column.as_deref() {
            Some(column) => opened.mapping.role(column) != Role::Ignore,
            None => {
                let days = (condition.from.unwrap_or(opened.span.0), condition.to.unwrap_or(opened.span.1));
                within(days, opened.span).is_some()
            }
        });
        self.scope.set_filter(&filter, false);
    }

    /// Stops reading and returns to the columns.
    pub fn cancel_reading(self) {
        self.next_turn();
        if let Some(call) = self.call.get_value() {
            self.client().cancel(call);
            self.call.set_value(None);
        }
        self.opened.set(None);
        self.leave_reading();
    }

    /// Back to the columns, or, for the sample whose columns nobody has looked at, to the start.
    fn leave_reading(self) {
        let looked_at = self
            .chosen
            .with_untracked(|chosen| chosen.as_ref().is_some_and(|chosen| chosen.inspection.is_some()));
        self.stage.set(if looked_at { Stage::Mapping } else { Stage::Start });
    }

    /// Lets everything go; the engine's memory is given back.
    pub fn close(self) {
        self.next_turn();
        self.call.set_value(None);
        self.client().close();
        self.opened.set(None);
        self.chosen.set(None);
        self.current.set(None);
        self.scope.forget();
        self.address.start_over();
        self.stage.set(Stage::Start);
    }

    /// From the columns back to what is open, or to the start. Choices that were not read are undone, so that what is
    /// shown is what was read.
    pub fn leave_columns(self) {
        self.error.set(None);
        let current = self.current.get_untracked();
        if current.is_some() && self.opened.with_untracked(Option::is_some) {
            self.chosen.set(current);
            self.stage.set(Stage::Open);
        } else {
            self.close();
        }
    }

    /// Whether the source at hand is the one that is open, perhaps under other choices; reactive.
    #[must_use]
    pub fn chosen_is_open(self) -> bool {
        self.opened.with(Option::is_some) && self.chosen_is_current()
    }

    /// Whether the source at hand is the one that was opened last.
    fn chosen_is_current(self) -> bool {
        self.current.with(|current| {
            self.chosen.with(|chosen| match (current, chosen) {
                (Some(current), Some(chosen)) => same_source(&current.source, &chosen.source),
                _ => false,
            })
        })
    }

    /// The day weeks start on for what will be read.
    #[must_use]
    pub fn chosen_week_start(self) -> WeekStart {
        self.chosen
            .with(|chosen| chosen.as_ref().and_then(|chosen| chosen.options.week_start))
            .unwrap_or_default()
    }

    fn next_turn(self) -> u32 {
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        self.turn.get_value()
    }

    /// Takes progress as often as it comes and shows it as often as the screen is drawn.
    fn progress_listener(self, turn: u32) -> Rc<dyn Fn(Progress)> {
        let latest = Rc::new(RefCell::new(Progress::default()));
        let waiting = Rc::new(Cell::new(false));
        let began = now();
        Rc::new(move |progress| {
            *latest.borrow_mut() = progress;
            if waiting.replace(true) {
                return;
            }
            let (latest, waiting) = (Rc::clone(&latest), Rc::clone(&waiting));
            request_animation_frame(move || {
                waiting.set(false);
                if self.turn.get_value() == turn {
                    let progress = *latest.borrow();
                    self.reading.set(Reading { progress, seconds: (now() - began) / 1000.0 });
                }
            });
        })
    }
}

/// Whether two sources are the same files, as far as names and sizes tell.
fn same_source(a: &Source, b: &Source) -> bool {
    match (a, b) {
        (Source::Sample, Source::Sample) => true,
        (Source::Files(a), Source::Files(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.name == b.name && a.bytes == b.bytes)
        }
        _ => false,
    }
}

/// Milliseconds on a clock that never goes back.
fn now() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// The zone of the browser, or UTC where it has none that we know.
#[must_use]
pub fn browser_zone() -> String {
    let options =
        js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new()).resolved_options();
    js_sys::Reflect::get(&options, &JsValue::from_str("timeZone"))
        .ok()
        .and_then(|zone| zone.as_string())
        .filter(|zone| strata::dataset::calendar::Zone::new(zone).is_ok())
        .unwrap_or_else(|| "UTC".to_owned())
}
