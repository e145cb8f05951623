//! The columns of a file and how it is to be read; everything guessed is shown with its reason and can be changed.

use leptos::{html, prelude::*};

use super::chosen::{Chosen, ChosenFile};
use super::files::{FileButtons, FileList, KindSelect};
use super::flow::browser_zone;
use super::icon::{Glyph, Icon};
use super::kept::KeepField;
use super::layout::LayoutFields;
use super::preview::{Preview, TimeFormatField, format_name};
use super::size::{SizeCard, as_chosen, fit, memory};
use super::state::App;
use super::text;
use strata::dataset::calendar::{DAY_MICROS, Day, WeekStart, Zone};
use strata::ingest::detect::{Inspection, time_column};
use strata::ingest::estimate::Fit;
use strata::ingest::guess::ColumnGuess;
use strata::ingest::mapping::{FileKind, Mapping, Role};
use strata::ingest::time::{self, TimeFormat, Written};
use strata::locale::{Language, fill};
use strata::table::Clock;
use strata::worker::Source;

/// What the parts of this page share: the file that is shown.
#[derive(Debug, Clone, Copy)]
pub struct Choices {
    /// What the beginning of the file shows.
    pub inspection: Memo<Option<Inspection>>,
    /// The roles as chosen so far.
    pub mapping: Memo<Mapping>,
    /// What its rows are.
    pub kind: Memo<FileKind>,
    /// Whether it is one of several.
    pub several: Memo<bool>,
    /// Whether its encoding has been chosen by somebody.
    pub encoding_said: Memo<bool>,
    /// Whether the order of day and month has been said, where the file leaves it open.
    order_said: Memo<bool>,
}

impl Choices {
    fn new(app: App) -> Self {
        let inspection = Memo::new(move |_| shown(app, |file| file.inspection.clone()).flatten());
        let mapping = Memo::new(move |_| shown(app, ChosenFile::mapping).unwrap_or_default());
        let kind = Memo::new(move |_| mapping.with(|mapping| mapping.kind));
        let several = Memo::new(move |_| {
            app.chosen.with(|chosen| chosen.as_ref().is_some_and(|chosen| chosen.files.len() > 1))
        });
        let order_said = Memo::new(move |_| shown(app, |file| file.date_order_said).unwrap_or_default());
        let encoding_said =
            Memo::new(move |_| shown(app, |file| file.options.encoding.is_some()).unwrap_or_default());
        Self { inspection, mapping, kind, several, encoding_said, order_said }
    }

    /// The guess for the column that is used as time.
    pub fn time_guess(self) -> Option<ColumnGuess> {
        let time = self.mapping.with(|mapping| mapping.time.clone())?;
        self.inspection.with(|inspection| {
            inspection.as_ref()?.columns.iter().find(|column| column.name == time).cloned()
        })
    }

    /// The first filled cells of the column that is used as time.
    pub fn time_cells(self) -> Vec<String> {
        let Some(name) = self.mapping.with(|mapping| mapping.time.clone()) else { return Vec::new() };
        self.inspection.with(|inspection| {
            let Some(inspection) = inspection else { return Vec::new() };
            let Some(column) = inspection.columns.iter().position(|column| column.name == name) else {
                return Vec::new();
            };
            let cells = inspection.preview.iter().filter_map(|row| row.get(column));
            cells.filter(|cell| !cell.trim().is_empty()).cloned().collect()
        })
    }

    /// A heading: `alone` for a single file; of several, `named` with the file's name.
    pub fn of_file(self, alone: &str, named: &str) -> String {
        if !self.several.get() {
            return alone.to_owned();
        }
        let name = self.inspection.with(|found| found.as_ref().map(|found| found.file.clone()));
        fill(named, &[("file", &name.unwrap_or_default())])
    }
}

/// Something of the file that is shown; reactive.
fn shown<T>(app: App, read: impl FnOnce(&ChosenFile) -> T) -> Option<T> {
    let number = app.shown.get();
    app.chosen.with(|chosen| chosen.as_ref()?.files.get(number).map(read))
}

/// The page.
#[component]
pub fn MappingPage() -> impl IntoView {
    let app = App::get();
    let choices = Choices::new(app);
    let reason = Memo::new(move |_| obstacle(app));
    let is_log = move || choices.kind.get().is_log();
    view! {
        <section class="mapping" id="mapping">
            <div class="page-head">
                <h1>{move || app.words().mapping_title}</h1>
                <p class="lead">{move || if choices.several.get() { app.words().files_lead } else { app.words().mapping_lead }}</p>
            </div>
            {move || if choices.several.get() {
                view! { <FileList/> }.into_any()
            } else {
                view! { <FileFacts choices/> }.into_any()
            }}
            <SizeCard/>
            <div class="settings">
                <LayoutFields choices/>
                <Days choices/>
            </div>
            <h2>{move || choices.of_file(app.words().mapping_preview, app.words().files_columns_of)}</h2>
            <Preview choices/>
            <Show when=is_log><Notes choices/></Show>
            <KeepField/>
            <div class="decide">
                <p class="decide-reason" id="analyze-reason" aria-live="polite">{move || reason.get().unwrap_or_default()}</p>
                <button type="button" class="button" id="mapping-back" on:click=move |_| app.leave_columns()>
                    {move || app.words().mapping_back}
                </button>
                <button type="button" class="button primary" id="analyze" disabled=move || reason.get().is_some()
                    aria-describedby="analyze-reason" on:click=move |_| app.read()>
                    {move || match fit(app) {
                        Fit::No => app.words().size_anyway,
                        _ if app.chosen_is_open() => app.words().mapping_analyze_again,
                        _ => app.words().mapping_analyze,
                    }}
                </button>
            </div>
        </section>
    }
}

/// Why reading cannot begin yet, in a sentence that says what to do and in which file.
fn obstacle(app: App) -> Option<String> {
    let language = app.language.get();
    let words = language.words();
    app.chosen.with(|chosen| {
        let Chosen { files, options, .. } = chosen.as_ref()?;
        for file in files {
            let Some(reason) = file_obstacle(language, file) else { continue };
            let name = &file.options.file;
            let named = || fill(words.files_obstacle, &[("file", name), ("reason", &reason)]);
            return Some(if files.len() > 1 { named() } else { reason });
        }
        if files.iter().all(|file| !file.mapping().kind.is_log()) {
            return Some(words.files_no_log.to_owned());
        }
        if options.time_zone.as_ref().is_some_and(|zone| Zone::new(zone).is_err()) {
            return Some(words.mapping_missing_zone.to_owned());
        }
        options.keep().check().is_err().then(|| words.size_dates_backwards.to_owned())
    })
}

/// Why a file cannot be read yet.
fn file_obstacle(language: Language, file: &ChosenFile) -> Option<String> {
    let words = language.words();
    if file.is_without_rows() {
        return Some(words.mapping_no_rows.to_owned());
    }
    if let Some(role) = file.missing_roles().first() {
        let name = role.label(language);
        return Some(match role {
            Role::User => fill(words.mapping_missing_user, &[("role", name)]),
            Role::Time => fill(words.mapping_missing_time, &[("role", name)]),
            _ => fill(words.files_missing_role, &[("role", name)]),
        });
    }
    file.order_open().then(|| words.mapping_missing_order.to_owned())
}

/// Memory that is worth a word, in bytes.
const MUCH_MEMORY: u64 = 100_000_000;

/// Name, size, rows.
#[component]
fn FileFacts(choices: Choices) -> impl IntoView {
    let app = App::get();
    let inspected = move |read: fn(App, &Inspection) -> String| {
        move || {
            choices.inspection.with(|found| found.as_ref().map(|found| read(app, found))).unwrap_or_default()
        }
    };
    let name = move || {
        let language = app.language.get();
        let source = app
            .chosen
            .with(|chosen| chosen.as_ref().map(|chosen| text::source_name(language, &chosen.source)));
        source.unwrap_or_default()
    };
    view! {
        <dl class="facts wide card">
            <div class="fact-name"><dt>{move || app.words().mapping_file}</dt><dd id="file-name">{name}</dd></div>
            <div><dt>{move || app.words().mapping_size}</dt><dd>{inspected(|app, found| text::bytes(app.language.get(), found.bytes))}</dd></div>
            <div><dt>{move || app.words().mapping_rows_about}</dt><dd>{inspected(|app, found| text::count(app.language.get(), rounded(found.estimated_rows)))}</dd></div>
            <div><dt>{move || app.words().mapping_columns}</dt><dd>{inspected(|app, found| text::count(app.language.get(), found.columns.len() as u64))}</dd></div>
            <div class="fact-kind"><dt>{move || app.words().files_rows_are}</dt><dd><KindSelect file=0 id="kind"/></dd></div>
            <div class="fact-note"><dt class="muted"><MemoryNote/></dt><dd><FileButtons/></dd></div>
        </dl>
    }
}

/// How much memory reading takes, where that is worth a word.
#[component]
pub fn MemoryNote() -> impl IntoView {
    let app = App::get();
    move || {
        let estimate = as_chosen(app);
        (estimate.bytes.1 > MUCH_MEMORY).then(|| {
            let needed = memory(app.language.get(), &estimate);
            fill(app.words().mapping_memory, &[("needed", &needed)])
        })
    }
}

/// An estimate to two figures; more would pretend to know.
#[must_use]
pub fn rounded(rows: u64) -> u64 {
    let unit = 10u64.pow(rows.checked_ilog10().unwrap_or(0).saturating_sub(1));
    (rows + unit / 2) / unit * unit
}

/// Time zone, start of the week, how times are written.
#[component]
fn Days(choices: Choices) -> impl IntoView {
    let app = App::get();
    let week_start = move || app.chosen_week_start();
    let weeks =
        [(WeekStart::Monday, "week-monday"), (WeekStart::Sunday, "week-sunday")].map(|(start, id)| {
            view! {
                <button type="button" id=id aria-pressed=move || (week_start() == start).to_string()
                    on:click=move |_| app.change_options(|options| options.week_start = Some(start))>
                    {move || match start { WeekStart::Monday => app.words().mapping_monday, WeekStart::Sunday => app.words().mapping_sunday }}
                </button>
            }
        });
    view! {
        <fieldset class="card days">
            <legend>{move || app.words().mapping_time_section}</legend>
            <ZoneField choices/>
            <div class="field">
                <span>{move || app.words().mapping_week_start}</span>
                <div class="segmented" role="group" aria-label=move || app.words().mapping_week_start>{weeks}</div>
            </div>
            <TimeFormatField choices/>
            <Show when=move || choices.time_guess().is_some_and(|guess| guess.ambiguous_date)>
                <DateOrder choices/>
            </Show>
        </fieldset>
    }
}

/// The time zone: typed, or picked from the list of all zones.
#[component]
fn ZoneField(choices: Choices) -> impl IntoView {
    let app = App::get();
    let input = NodeRef::<html::Input>::new();
    let zone = Memo::new(move |_| {
        app.chosen
            .with(|chosen| chosen.as_ref().and_then(|chosen| chosen.options.time_zone.clone()))
            .unwrap_or_default()
    });
    let known = move || zone.with(|zone| Zone::new(zone).is_ok());
    let sample = move || {
        app.chosen
            .with(|chosen| chosen.as_ref().is_some_and(|chosen| matches!(chosen.source, Source::Sample)))
    };
    let browser = browser_zone();
    let hint = move || {
        let words = app.words();
        match (sample(), zone.with(|zone| *zone == browser)) {
            (true, _) if zone.with(|zone| zone == strata::sample::TIME_ZONE) => words.mapping_zone_sample,
            (false, true) => words.mapping_zone_browser,
            _ => "",
        }
    };
    let clock = move || {
        let words = app.words();
        choices.inspection.with(|found| {
            // Without a time there is none to be read in any zone.
            choices.mapping.with(|mapping| mapping.time.is_some()).then_some(())?;
            let (_, clock) =
                found.as_ref().map(|found| choices.mapping.with(|mapping| time_column(found, mapping)))?;
            Some(if clock == Clock::Instant { words.mapping_zone_instant } else { words.mapping_zone_civil })
        })
    };
    let zones: Vec<_> =
        Zone::names().into_iter().map(|name| view! { <option value=name></option> }).collect();
    view! {
        <label class="field zone" for="time-zone">
            <span>{move || app.words().mapping_zone}</span>
            <input type="text" id="time-zone" list="time-zones" autocomplete="off" spellcheck="false" node_ref=input
                aria-describedby="time-zone-hint" aria-invalid=move || (!known()).to_string()
                prop:value=move || zone.get()
                on:focus=move |_| if let Some(input) = input.get_untracked() { input.select() }
                on:input=move |event| {
                    let typed = event_target_value(&event).trim().to_owned();
                    app.change_options(|options| options.time_zone = Some(typed));
                }/>
            <datalist id="time-zones">{zones}</datalist>
            <span class="hint" id="time-zone-hint">
                {move || if known() { format!("{} {}", hint(), clock().unwrap_or_default()) } else { app.words().mapping_zone_unknown.to_owned() }}
            </span>
        </label>
    }
}

/// Asks which way round day and month are, where both fit all cells.
#[component]
fn DateOrder(choices: Choices) -> impl IntoView {
    let app = App::get();
    // The cell that shows the difference best: day and month are not the same.
    let telling = move || {
        choices.time_cells().into_iter().find_map(|cell| {
            let (day_first, month_first) =
                (day(&cell, TimeFormat::DayFirst)?, day(&cell, TimeFormat::MonthFirst)?);
            (day_first != month_first).then_some((cell, day_first, month_first))
        })
    };
    let question =
        move || telling().map(|(cell, ..)| fill(app.words().mapping_ambiguous, &[("cell", &cell)]));
    let buttons = [(TimeFormat::DayFirst, "order-day-first"), (TimeFormat::MonthFirst, "order-month-first")]
        .map(|(format, id)| {
            let text = move || {
                let language = app.language.get();
                let date = telling().map(|(_, day_first, month_first)| {
                    language.date(if format == TimeFormat::DayFirst { day_first } else { month_first })
                });
                fill(
                    language.words().mapping_ambiguous_option,
                    &[("date", &date.unwrap_or_default()), ("format", format_name(app, format))],
                )
            };
            let chosen = move || {
                choices.order_said.get()
                    && choices.mapping.with(|mapping| mapping.time_format == Some(format))
            };
            view! {
                <button type="button" id=id aria-pressed=move || chosen().to_string() on:click=move |_| {
                    app.change_mapping(|mapping| mapping.time_format = Some(format));
                    app.say_date_order(true);
                }>{text}</button>
            }
        });
    view! {
        <div class="ask" class:open=move || !choices.order_said.get() id="date-order">
            <p>{question}</p>
            <div class="segmented" role="group">{buttons}</div>
        </div>
    }
}

fn day(cell: &str, format: TimeFormat) -> Option<Day> {
    let (Written::Civil(micros) | Written::Instant(micros)) = time::parse(cell.as_bytes(), format)?;
    i32::try_from(micros.div_euclid(DAY_MICROS)).ok().map(Day)
}

/// What follows from the roles.
#[component]
fn Notes(choices: Choices) -> impl IntoView {
    let app = App::get();
    let has = move |role: Role| choices.mapping.with(|mapping| mapping.column(role).is_some());
    let computed = move || choices.mapping.with(Mapping::computed_value_name);
    view! {
        <ul class="notes">
            <li id="note-event"><Glyph icon=Icon::Report/>
                {move || if has(Role::Event) { app.words().mapping_with_event } else { app.words().mapping_no_event }}
            </li>
            <Show when=move || !has(Role::Value)>
                <li id="note-value"><Glyph icon=Icon::Report/>{move || match computed() {
                    Some(value) => fill(app.words().mapping_computed_value, &[("value", &value)]),
                    None => app.words().mapping_no_value.to_owned(),
                }}</li>
            </Show>
        </ul>
    }
}
