//! One of several: segmented control, tabs, combobox, date range; and filter chips.

use leptos::prelude::*;

use super::{Shelf, nothing, specimen, word};
use crate::state::App;
use crate::widgets::chips::{Chip, Chips};
use crate::widgets::combobox::Combobox;
use crate::widgets::date_range::DateRange;
use crate::widgets::segmented::{Choices as List, Segmented};
use crate::widgets::tabs::{TabPanel, Tabs};
use strata::dataset::calendar::{Day, WeekStart, Zone};
use strata::locale::fill;

/// First and last day of data that is not there: a Sunday and a Wednesday.
const SPAN: (&str, &str) = ("2023-01-01", "2024-05-15");

/// The section.
#[component]
pub fn Choices() -> impl IntoView {
    let label = word(|words| words.gallery_select_label);
    let period = RwSignal::new("week".to_owned());
    let choose = Callback::new(move |choice: String| period.set(choice));
    let long = word(|words| words.gallery_long_label);
    let longs = Signal::derive(move || vec![("a".to_owned(), long.get()), ("b".to_owned(), long.get())]);
    view! {
        <Shelf title=|words| words.gallery_segmented note=|words| words.gallery_segmented_note>
            {specimen(|words| words.gallery_state_default, view! {
                <Segmented id="gallery-segmented" label choices=periods() value=period on_change=choose/>
            })}
            {specimen(|words| words.gallery_state_disabled, view! {
                <Segmented id="gallery-segmented-disabled" label choices=periods() value="month" disabled=true on_change=nothing()/>
            })}
            {specimen(|words| words.gallery_state_long, view! {
                <Segmented id="gallery-segmented-long" label choices=longs value="a" on_change=nothing()/>
            })}
        </Shelf>
        <Parts/>
        <Zones/>
        <Ranges/>
        <Filters/>
    }
}

/// Day, week, month, quarter.
pub fn periods() -> List {
    let app = App::get();
    Signal::derive(move || {
        let words = app.words();
        let choice = |value: &str, name: &str| (value.to_owned(), name.to_owned());
        vec![
            choice("day", words.gallery_day),
            choice("week", words.gallery_week),
            choice("month", words.gallery_month),
            choice("quarter", words.gallery_quarter),
        ]
    })
}

#[component]
fn Parts() -> impl IntoView {
    let app = App::get();
    let part = RwSignal::new("week".to_owned());
    let choose = Callback::new(move |choice: String| part.set(choice));
    let text = move || {
        let name = periods()
            .with(|all| all.iter().find(|(value, _)| *value == part.get()).map(|(_, name)| name.clone()));
        fill(app.words().gallery_tab_text, &[("name", &name.unwrap_or_default())])
    };
    let text = Signal::derive(text);
    view! {
        <Shelf title=|words| words.gallery_tabs note=|words| words.gallery_tabs_note>
            {specimen(|words| words.gallery_state_default, view! {
                <Tabs id="gallery-tabs" label=word(|words| words.gallery_tabs) choices=periods() value=part on_change=choose/>
                <TabPanel id="gallery-tabs" value=part><p>{text}</p></TabPanel>
            })}
        </Shelf>
    }
}

/// All time zones: a list far too long to be looked through.
#[component]
fn Zones() -> impl IntoView {
    let zones = StoredValue::new(Zone::names());
    let choices = Signal::derive(move || {
        zones.with_value(|zones| zones.iter().map(|zone| (zone.clone(), zone.replace('_', " "))).collect())
    });
    let value = RwSignal::new("Asia/Shanghai".to_owned());
    let choose = Callback::new(move |choice: String| value.set(choice));
    let label = word(|words| words.gallery_zone);
    let region =
        Callback::new(|zone: String| zone.split_once('/').map_or("UTC", |(region, _)| region).to_owned());
    let grouped = RwSignal::new("Europe/Berlin".to_owned());
    let choose_grouped = Callback::new(move |choice: String| grouped.set(choice));
    let none = Signal::derive(Vec::new);
    // Names without a region are links to others and would part the groups.
    let regions = Signal::derive(move || {
        choices.with(|choices: &Vec<(String, String)>| {
            choices.iter().filter(|(zone, _)| zone.contains('/')).cloned().collect()
        })
    });
    view! {
        <Shelf title=|words| words.gallery_combobox note=|words| words.gallery_combobox_note>
            {specimen(|words| words.gallery_state_default, view! { <Combobox id="gallery-combobox" label choices value on_change=choose/> })}
            {specimen(|words| words.gallery_state_groups, view! {
                <Combobox id="gallery-combobox-groups" label choices=regions value=grouped on_change=choose_grouped group=region/>
            })}
            {specimen(|words| words.gallery_state_disabled, view! {
                <Combobox id="gallery-combobox-disabled" label choices value="Asia/Tokyo" disabled=true on_change=nothing()/>
            })}
            {specimen(|words| words.gallery_state_empty, view! {
                <Combobox id="gallery-combobox-empty" label choices=none value="" on_change=nothing()/>
            })}
        </Shelf>
    }
}

#[component]
fn Ranges() -> impl IntoView {
    let day = |text: &str| text.parse::<Day>().unwrap_or_default();
    let span = Signal::stored((day(SPAN.0), day(SPAN.1)));
    let range = RwSignal::new(Some((day("2024-04-10"), day("2024-05-07"))));
    let choose = Callback::new(move |chosen| range.set(chosen));
    let week_start = Signal::stored(WeekStart::Monday);
    let shown = move || range.get().map_or_else(|| "–".to_owned(), |(from, to)| format!("{from} {to}"));
    view! {
        <Shelf title=|words| words.gallery_range note=|words| words.gallery_range_note>
            <div class="specimen wide">
                <DateRange id="gallery-range" span value=range week_start on_change=choose/>
                <p class="muted"><output id="gallery-range-value">{shown}</output></p>
            </div>
        </Shelf>
    }
}

#[component]
fn Filters() -> impl IntoView {
    let app = App::get();
    let kept = RwSignal::new(vec![0usize, 1, 2]);
    let edited = RwSignal::new(String::new());
    let chips = Signal::derive(move || {
        let words = app.words();
        let texts = [words.gallery_chip_short, words.gallery_chip_range, words.gallery_long_label];
        let chip = |number: usize| {
            let text = texts.get(number).copied().unwrap_or_default().to_owned();
            let named = text.clone();
            Chip {
                remove_label: fill(words.gallery_chip_remove, &[("text", &text)]),
                on_edit: (number != 1).then(|| Callback::new(move |()| edited.set(named.clone()))),
                on_remove: Callback::new(move |()| kept.update(|kept| kept.retain(|other| *other != number))),
                text,
            }
        };
        kept.get().into_iter().map(chip).collect()
    });
    view! {
        <Shelf title=|words| words.gallery_chips note=|words| words.gallery_chips_note>
            <div class="specimen wide">
                <Chips id="gallery-chips" chips/>
                <p class="muted"><output id="gallery-chip-edited">{edited}</output></p>
            </div>
        </Shelf>
    }
}
