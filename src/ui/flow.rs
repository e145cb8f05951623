//! The way from a file to answers: choose, look, map, read, open, close.
//!
//! Each step the user sets going gets a number; when its answer comes and a newer step has begun, the answer is dropped.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

use super::chosen::{Chosen, ChosenFile, Intake};
use super::state::{App, Reading, Stage};
use strata::dataset::calendar::WeekStart;
use strata::dataset::dates::within;
use strata::engine::Opened;
use strata::engine::loader::Progress;
use strata::engine::request::{FileOptions, OpenOptions};
use strata::error::Result;
use strata::ingest::detect::Inspection;
use strata::ingest::mapping::{Mapping, Role};
use strata::worker::{Source, SourceFile};

impl App {
    /// Takes files that the user chose, for what they were chosen.
    pub fn choose_files(self, files: &web_sys::FileList) {
        let intake = self.intake.get_value();
        self.intake.set_value(Intake::New);
        self.take_files(listed(files), intake);
    }

    /// Takes files that the user dropped; where others are at hand, it is asked first what is to become of those.
    pub fn drop_files(self, files: &web_sys::FileList) {
        let files = listed(files);
        let at_hand = matches!(self.stage.get_untracked(), Stage::Mapping | Stage::Open)
            && self.chosen.with_untracked(|chosen| {
                chosen.as_ref().is_some_and(|chosen| matches!(chosen.source, Source::Files(_)))
            });
        if at_hand && !files.is_empty() {
            self.dropped.set_value(files);
            self.asking.set(true);
        } else {
            self.take_files(files, Intake::New);
        }
    }

    /// Looks at files, beside or instead of those at hand.
    pub fn take_files(self, files: Vec<SourceFile>, intake: Intake) {
        if files.is_empty() {
            return;
        }
        self.ran_out.set(false);
        let before = self.chosen.get_untracked();
        let (chosen, first) = Chosen::with_files(before, files, intake, &browser_zone());
        let back = if intake == Intake::New { Stage::Start } else { self.stage.get_untracked() };
        self.look(chosen, first, back);
    }

    /// Takes a file away.
    pub fn remove_file(self, file: usize) {
        let Some(chosen) = self.chosen.get_untracked() else { return };
        let shown = self.shown.get_untracked();
        let left = chosen.without(file);
        let last = left.files.len().saturating_sub(1);
        self.chosen.set(Some(left));
        self.shown.set(if file < shown { shown - 1 } else { shown.min(last) });
    }

    /// Opens the sample data without asking; its columns can be changed afterwards.
    pub fn try_sample(self) {
        self.shown.set(0);
        self.chosen.set(Some(Chosen::sample()));
        self.read();
    }

    /// Reads a further part of the file that is shown, or one less.
    pub fn change_part(self, part: &str, read: bool) {
        let Some(chosen) = self.chosen.get_untracked() else { return };
        let shown = self.shown.get_untracked();
        let known = chosen.parts_of(shown).into_iter().find(|(known, _)| known == part);
        match known {
            None if read => {
                let (chosen, number) = chosen.with_part(shown, part);
                self.look(chosen, number, Stage::Mapping);
            }
            Some((_, number)) if !read => self.remove_file(number),
            _ => {}
        }
    }

    /// Looks at the file that is shown with another layout; its guesses start anew.
    pub fn change_layout(self, change: impl FnOnce(&mut FileOptions)) {
        let Some(mut chosen) = self.chosen.get_untracked() else { return };
        let shown = self.shown.get_untracked();
        if let Some(file) = chosen.files.get_mut(shown) {
            file.options.mapping = None;
            change(&mut file.options);
        }
        self.look(chosen, shown, Stage::Mapping);
    }

    /// Goes back to the columns of what is open.
    pub fn show_columns(self) {
        let Some(chosen) = self.chosen.get_untracked() else { return };
        if chosen.is_looked_at() {
            self.stage.set(Stage::Mapping);
        } else {
            self.look(chosen, self.shown.get_untracked(), self.stage.get_untracked());
        }
    }

    /// Looks at the beginning of all files, and shows one of them. When that fails, the page returns to the stage `back`.
    fn look(self, chosen: Chosen, shown: usize, back: Stage) {
        let turn = self.next_turn();
        self.error.set(None);
        // While another layout is tried the columns stay in sight.
        if back != Stage::Mapping {
            self.stage.set(Stage::Looking);
        }
        spawn_local(async move {
            let inspected = self.client().inspect(&chosen.source, &chosen.open_options()).await;
            if self.turn.get_value() == turn {
                self.looked(chosen, shown, inspected, back);
            }
        });
    }

    fn looked(self, mut chosen: Chosen, shown: usize, inspected: Result<Vec<Inspection>>, back: Stage) {
        match inspected {
            Ok(inspections) => {
                let name = chosen.files.get(shown).map(|file| file.options.file.clone());
                chosen.take_inspections(inspections);
                // The parts of an archive stand where it stood.
                let is_it = |file: &ChosenFile| {
                    let part = file.options.part.as_deref().unwrap_or_default();
                    let own = &file.options.file;
                    name.as_ref()
                        .is_some_and(|name| own == name || *own == SourceFile::name_within(name, part))
                };
                let shown = chosen.files.iter().position(is_it).unwrap_or(shown);
                self.shown.set(shown);
                self.chosen.set(Some(chosen));
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

    /// Changes what holds for all files.
    pub fn change_options(self, change: impl FnOnce(&mut OpenOptions)) {
        self.chosen.update(|chosen| {
            if let Some(chosen) = chosen {
                change(&mut chosen.options);
            }
        });
    }

    /// Changes how one of the files is to be read.
    pub fn change_file(self, file: usize, change: impl FnOnce(&mut ChosenFile)) {
        self.chosen.update(|chosen| {
            if let Some(file) = chosen.as_mut().and_then(|chosen| chosen.files.get_mut(file)) {
                change(file);
            }
        });
    }

    /// Changes the roles of the columns of the file that is shown.
    pub fn change_mapping(self, change: impl FnOnce(&mut Mapping)) {
        self.change_file(self.shown.get_untracked(), |file| {
            if let Some(mapping) = &mut file.options.mapping {
                change(mapping);
            }
        });
    }

    /// Notes whether somebody has said which way round day and month are in the file that is shown.
    pub fn say_date_order(self, said: bool) {
        self.change_file(self.shown.get_untracked(), |file| file.date_order_said = said);
    }

    /// Reads the source at hand.
    pub fn read(self) {
        let Some(chosen) = self.chosen.get_untracked() else { return };
        let turn = self.next_turn();
        self.error.set(None);
        self.reading.set(Reading::default());
        self.stage.set(Stage::Reading);
        // What it takes has been said before; from here on only real want of memory ends it.
        let options = OpenOptions { ignore_estimate: true, ..chosen.open_options() };
        let (call, answer) = self.client().open(&chosen.source, &options, self.progress_listener(turn));
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
                self.ran_out.set(false);
                self.keep_fitting_scope(&opened);
                self.week_start.set(opened.week_start);
                self.chosen.update(|chosen| {
                    let Some(Chosen { files, options, .. }) = chosen else { return };
                    options.time_zone = Some(opened.time_zone.clone());
                    options.week_start = Some(opened.week_start);
                    // The mapping of the log is that of its only file, completed.
                    if let [file] = files.as_mut_slice() {
                        file.options.mapping = Some(opened.mapping.clone());
                    }
                });
                self.current.set(self.chosen.get_untracked());
                if self.keep.get_untracked() {
                    self.look_for_copy();
                }
                if opened.from_copy {
                    self.toasts.show(self.language.get_untracked().words().keep_used.to_owned(), None);
                }
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
            Some(column) => {
                opened.mapping.role(column) != Role::Ignore
                    || opened.columns.iter().any(|known| known.name == column)
            }
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
        let looked_at =
            self.chosen.with_untracked(|chosen| chosen.as_ref().is_some_and(Chosen::is_looked_at));
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

    /// The engine is gone with what was open; the files are still at hand.
    pub(super) fn close_data(self) {
        self.next_turn();
        self.call.set_value(None);
        self.opened.set(None);
        self.leave_reading();
    }

    /// From the columns back to what is open, or to the start. Choices that were not read are undone, so that what is
    /// shown is what was read.
    pub fn leave_columns(self) {
        self.error.set(None);
        let current = self.current.get_untracked();
        if current.is_some() && self.opened.with_untracked(Option::is_some) {
            self.shown.set(0);
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

    /// Whether the source at hand is the one that was opened last, perhaps with files added or taken away.
    fn chosen_is_current(self) -> bool {
        self.current.with(|current| {
            self.chosen.with(|chosen| match (current, chosen) {
                (Some(current), Some(chosen)) => current.shares_file(chosen),
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

/// Files of the browser with what is known of them.
fn listed(files: &web_sys::FileList) -> Vec<SourceFile> {
    (0..files.length())
        .filter_map(|index| files.get(index))
        .map(|file| SourceFile {
            name: file.name(),
            bytes: file.size(),
            part: None,
            blob: file.unchecked_into(),
        })
        .collect()
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
