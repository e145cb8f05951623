//! What reading takes before it begins, and how less can be read: fewer columns, some days, a sample of the users.

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::chosen::{Chosen, ChosenFile};
use super::icon::{Glyph, Icon};
use super::state::App;
use super::text;
use strata::dataset::calendar::Day;
use strata::engine::loader::TAB_BYTES;
use strata::ingest::estimate::{self, Estimate, Fit};
use strata::ingest::mapping::{FileKind, Mapping, Role};
use strata::ingest::sample::{Dates, Keep};
use strata::locale::{Language, fill};

/// The samples that are offered: one user in so many; 1 is everybody.
const SAMPLES: [u32; 5] = [1, 2, 4, 10, 100];

/// Memory that is worth a word, in bytes.
const MUCH_MEMORY: u64 = 150_000_000;

/// What the files at hand take with this mapping of each and these rows.
fn estimate(files: &[ChosenFile], keep: &Keep, mapping: impl Fn(&ChosenFile) -> Mapping) -> Estimate {
    let known = files.iter().filter_map(|file| Some((file.inspection.as_ref()?, mapping(file))));
    Estimate::of_all(known.map(|(inspection, mapping)| estimate::of_file(inspection, &mapping, keep)))
}

/// What reading takes as chosen so far; reactive.
pub fn as_chosen(app: App) -> Estimate {
    with(app, |chosen| estimate(&chosen.files, &chosen.options.keep(), ChosenFile::mapping))
        .unwrap_or_default()
}

/// Whether it fits into a tab; reactive.
pub fn fit(app: App) -> Fit {
    as_chosen(app).fit(TAB_BYTES)
}

fn with<T>(app: App, read: impl FnOnce(&Chosen) -> T) -> Option<T> {
    app.chosen.with(|chosen| chosen.as_ref().map(read))
}

/// The same mapping without attributes.
fn without_attributes(file: &ChosenFile) -> Mapping {
    Mapping { attributes: Vec::new(), ..file.mapping() }
}

/// An estimate's memory in words.
#[must_use]
pub fn memory(language: Language, estimate: &Estimate) -> String {
    let words = language.words();
    let (least, most) = estimate.bytes;
    let texts = (text::memory(language, least), text::memory(language, most));
    if texts.0 == texts.1 || least * 10 < most {
        return fill(words.size_at_most, &[("most", &texts.1)]);
    }
    fill(words.size_memory, &[("least", &texts.0), ("most", &texts.1)])
}

/// What reading takes and what can be left out; nothing where that is not worth a word.
#[component]
pub fn SizeCard() -> impl IntoView {
    let app = App::get();
    let estimate = Memo::new(move |_| as_chosen(app));
    let fits = Memo::new(move |_| estimate.with(|estimate| estimate.fit(TAB_BYTES)));
    // What all would take decides: a choice that makes it fit must not take the choices away.
    let whole = Memo::new(move |_| {
        let all = |chosen: &Chosen| estimate_of_all(&chosen.files);
        with(app, all).unwrap_or_default()
    });
    let partial =
        Memo::new(move |_| with(app, |chosen| !chosen.options.keep().is_everything()).unwrap_or_default());
    let shown = Memo::new(move |_| {
        partial.get() || app.ran_out.get() || whole.with(|whole| whole.bytes.1 > MUCH_MEMORY)
    });
    let open = Memo::new(move |_| {
        partial.get() || app.ran_out.get() || whole.with(|whole| whole.fit(TAB_BYTES) != Fit::Yes)
    });
    let title = move || {
        let words = app.words();
        match fits.get() {
            Fit::Yes if app.ran_out.get() => words.size_ran_out,
            Fit::Yes => words.size_part,
            Fit::Perhaps => words.size_perhaps,
            Fit::No => words.size_no,
        }
    };
    let lead = move || {
        let (language, estimate) = (app.language.get(), estimate.get());
        let words = language.words();
        let (least, most) = estimate.bytes;
        let phrase = match fits.get() {
            Fit::Yes if app.ran_out.get() => words.size_ran_out_lead,
            Fit::Yes if least * 10 < most => words.size_fits_small,
            Fit::Yes => words.size_fits,
            _ => words.size_needs,
        };
        let [least, most, limit] = [least, most, TAB_BYTES].map(|bytes| text::memory(language, bytes));
        fill(phrase, &[("least", &least), ("most", &most), ("limit", &limit)])
    };
    let device = move || {
        let memory =
            device_memory().filter(|memory| *memory < 2 * estimate.with(|estimate| estimate.bytes.1))?;
        let text = text::memory(app.language.get(), memory);
        Some(fill(app.words().size_device, &[("memory", &text)]))
    };
    view! {
        <Show when=move || shown.get()>
            <details class="card size" id="size" data-fit=move || fit_name(if app.ran_out.get() { Fit::No } else { fits.get() }) open=move || open.get()>
                <summary><Glyph icon=Icon::Warning/><span>{title}</span><span class="size-memory">{move || memory(app.language.get(), &estimate.get())}</span></summary>
                <p id="size-lead" aria-live="polite">{lead}" "{device}</p>
                <div class="size-ways">
                    <Users/>
                    <Days/>
                    <Columns/>
                </div>
            </details>
        </Show>
    }
}

fn fit_name(fit: Fit) -> &'static str {
    match fit {
        Fit::Yes => "yes",
        Fit::Perhaps => "perhaps",
        Fit::No => "no",
    }
}

/// What everything would take: all rows, and every column that is not left out by its kind.
fn estimate_of_all(files: &[ChosenFile]) -> Estimate {
    estimate(files, &Keep::default(), |file| {
        let guessed = file.inspection.as_ref().map(|inspection| inspection.mapping.clone());
        let mut mapping = file.mapping();
        mapping.attributes.extend(guessed.map(|guessed| guessed.attributes).unwrap_or_default());
        mapping
    })
}

/// The memory of the whole device in bytes, where the browser tells; it never tells of more than 8 GB.
fn device_memory() -> Option<u64> {
    let navigator = JsValue::from(window().navigator());
    let gigabytes = js_sys::Reflect::get(&navigator, &"deviceMemory".into()).ok()?.as_f64()?;
    (gigabytes < 8.0).then_some((gigabytes * 1e9) as u64)
}

/// One of several choices, with what it takes.
fn choice(
    app: App,
    id: String,
    name: impl Fn() -> String + Send + Sync + 'static,
    chosen: impl Fn() -> bool + Send + Sync + 'static,
    takes: impl Fn(&Chosen) -> Estimate + Send + Sync + 'static,
    choose: impl Fn() + 'static,
) -> AnyView {
    let takes = Memo::new(move |_| with(app, &takes).unwrap_or_default());
    view! {
        <button type="button" class="way size-way" id=id aria-pressed=move || chosen().to_string()
            data-fit=move || fit_name(takes.with(|takes| takes.fit(TAB_BYTES))) on:click=move |_| choose()>
            <span class="way-name">{name}</span>
            <span class="size-memory">{move || memory(app.language.get(), &takes.get())}</span>
        </button>
    }
    .into_any()
}

/// Everybody, or a sample.
#[component]
fn Users() -> impl IntoView {
    let app = App::get();
    let sample = Memo::new(move |_| with(app, |chosen| chosen.options.sample).flatten().unwrap_or(1));
    let has_kind = move |kind: FileKind| {
        with(app, |chosen| chosen.files.iter().any(|file| file.mapping().kind == kind)).unwrap_or_default()
    };
    let ways = move || {
        let way = |one_in: u32| {
            let name = move || {
                let language = app.language.get();
                match one_in {
                    1 => language.words().size_users_all.to_owned(),
                    _ => {
                        let count = text::count(language, one_in.into());
                        fill(language.words().size_users_part, &[("count", &count)])
                    }
                }
            };
            let takes = move |chosen: &Chosen| {
                let keep = Keep { sample: Some(one_in), ..chosen.options.keep() };
                estimate(&chosen.files, &keep, ChosenFile::mapping)
            };
            let choose = move || {
                app.change_options(|options| options.sample = Some(one_in).filter(|one_in| *one_in > 1))
            };
            choice(app, format!("sample-{one_in}"), name, move || sample.get() == one_in, takes, choose)
        };
        SAMPLES.map(way).into_iter().collect_view()
    };
    view! {
        <fieldset class="size-part">
            <legend>{move || app.words().size_users}</legend>
            <Show when=move || !has_kind(FileKind::Ids) fallback=move || view! { <p class="hint">{move || app.words().size_users_merged}</p> }>
                <div class="size-choices">{ways()}</div>
                <p class="hint">{move || app.words().size_users_hint}
                    {move || has_kind(FileKind::Costs).then(|| format!(" {}", app.words().size_users_costs))}</p>
            </Show>
        </fieldset>
    }
}

/// The first and the last day that are read.
#[component]
fn Days() -> impl IntoView {
    let app = App::get();
    let dates = Memo::new(move |_| with(app, |chosen| chosen.options.dates).flatten().unwrap_or_default());
    // The first and the last day seen, where the file was looked at all over.
    let seen = Memo::new(move |_| {
        let days = |file: &ChosenFile| {
            let survey = file.inspection.as_ref()?.survey.as_ref()?;
            Some((*survey.days.first()?, *survey.days.last()?))
        };
        let spans = with(app, |chosen| chosen.files.iter().filter_map(days).collect::<Vec<_>>());
        spans.unwrap_or_default().into_iter().reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
    });
    let backwards =
        move || dates.with(|dates| matches!((dates.from, dates.to), (Some(from), Some(to)) if from > to));
    let set = move |change: &dyn Fn(&mut Dates)| {
        app.change_options(|options| {
            let mut dates = options.dates.unwrap_or_default();
            change(&mut dates);
            options.dates = Some(dates).filter(|dates| !dates.is_everything());
        });
    };
    let field = move |id: &'static str,
                      label: fn() -> &'static str,
                      read: fn(&mut Dates) -> &mut Option<Day>| {
        let label = move || app.words().get(label()).unwrap_or_default();
        view! {
            <label class="field" for=id>
                <span>{label}</span>
                <input type="date" id=id aria-invalid=move || backwards().then_some("true") aria-describedby="size-dates-hint"
                    prop:value=move || dates.with(|dates| read(&mut dates.clone()).map(|day| day.to_string()).unwrap_or_default())
                    on:change=move |event| {
                        let day = event_target_value(&event).parse().ok();
                        set(&|dates| *read(dates) = day);
                    }/>
            </label>
        }
    };
    let hint = move || {
        let language = app.language.get();
        let words = language.words();
        if backwards() {
            return words.size_dates_backwards.to_owned();
        }
        seen.get().map_or(words.size_dates_unknown.to_owned(), |(from, to)| {
            let (from, to) = (language.date(from), language.date(to));
            fill(words.size_dates_hint, &[("from", &from), ("to", &to)])
        })
    };
    view! {
        <fieldset class="size-part">
            <legend>{move || app.words().size_dates}</legend>
            <div class="size-dates">
                {field("size-from", || "size_from", |dates| &mut dates.from)}
                {field("size-to", || "size_to", |dates| &mut dates.to)}
            </div>
            <p class="hint" class:warning=backwards id="size-dates-hint" aria-live="polite">{hint}</p>
        </fieldset>
    }
}

/// With or without the columns that no figure needs.
#[component]
fn Columns() -> impl IntoView {
    let app = App::get();
    let attributes = |files: &[ChosenFile], mapping: fn(&ChosenFile) -> Mapping| -> Vec<String> {
        files.iter().flat_map(|file| mapping(file).attributes).collect()
    };
    let guessed: fn(&ChosenFile) -> Mapping =
        |file| file.inspection.as_ref().map(|found| found.mapping.clone()).unwrap_or_default();
    let now = Memo::new(move |_| {
        with(app, |chosen| attributes(&chosen.files, ChosenFile::mapping)).unwrap_or_default()
    });
    let all = Memo::new(move |_| with(app, |chosen| attributes(&chosen.files, guessed)).unwrap_or_default());
    let set = move |with_attributes: bool| {
        app.chosen.update(|chosen| {
            for file in chosen.iter_mut().flat_map(|chosen| &mut chosen.files) {
                let guessed = guessed(file);
                if let Some(mapping) = &mut file.options.mapping {
                    // A column that somebody gave another role keeps it.
                    let free = |name: &String| mapping.role(name) == Role::Ignore;
                    let back: Vec<String> = guessed.attributes.into_iter().filter(free).collect();
                    mapping.attributes = if with_attributes { back } else { Vec::new() };
                }
            }
        });
    };
    let keep = |chosen: &Chosen| chosen.options.keep();
    let whole = move |chosen: &Chosen| {
        let full = |file: &ChosenFile| {
            let mut mapping = file.mapping();
            if mapping.attributes.is_empty() {
                mapping.attributes = guessed(file).attributes;
            }
            mapping
        };
        estimate(&chosen.files, &keep(chosen), full)
    };
    let fewer = move |chosen: &Chosen| estimate(&chosen.files, &keep(chosen), without_attributes);
    let hint = move || {
        let language = app.language.get();
        let words = language.words();
        match now.get().as_slice() {
            [] => words.size_columns_none.to_owned(),
            names => fill(words.size_columns_hint, &[("columns", &names.join(words.app_list))]),
        }
    };
    let word = move |key: &'static str| move || app.words().get(key).unwrap_or_default().to_owned();
    view! {
        <Show when=move || all.with(|all| !all.is_empty())>
            <fieldset class="size-part">
                <legend>{move || app.words().size_columns}</legend>
                <div class="size-choices">
                    {choice(app, "columns-all".into(), word("size_columns_all"), move || now.with(|now| !now.is_empty()), whole, move || set(true))}
                    {choice(app, "columns-fewer".into(), word("size_columns_fewer"), move || now.with(Vec::is_empty), fewer, move || set(false))}
                </div>
                <p class="hint">{hint}</p>
            </fieldset>
        </Show>
    }
}

/// Says on every page that only a part of the data was read.
#[component]
pub fn PartNote() -> impl IntoView {
    let app = App::get();
    let said = Memo::new(move |_| {
        let language = app.language.get();
        app.opened.with(|opened| {
            let ledgers = opened.as_ref().map_or(&[][..], |opened| &opened.ledgers);
            let mut said: Vec<String> = Vec::new();
            for notice in
                ledgers.iter().flat_map(|ledger| &ledger.notices).filter(|notice| notice.is_of_part())
            {
                let message = notice.message(language);
                if !said.contains(&message) {
                    said.push(message);
                }
            }
            said
        })
    });
    view! {
        <Show when=move || said.with(|said| !said.is_empty())>
            <div class="note" id="part-note" role="status">
                <div>{move || said.get().into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}</div>
                <button type="button" class="button quiet" id="part-change" on:click=move |_| app.show_columns()>
                    {move || app.words().size_note_change}
                </button>
            </div>
        </Show>
    }
}
