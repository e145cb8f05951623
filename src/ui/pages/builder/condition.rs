//! One condition: its kind, and what it needs to be said.

use leptos::prelude::*;

use super::bounds::{bounds, measure};
use super::events::event;
use super::fields::{self, Labelled, word};
use super::group::Place;
use super::kinds::{Kind, event_of, first_of};
use super::list::list;
use super::times::{back, duration, window};
use crate::icon::{Glyph, Icon};
use crate::scope::filter::ConditionForm;
use crate::widgets::popover::Popover;
use strata::dataset::events::EventChoice;
use strata::dataset::filter::{Condition, Number};
use strata::dataset::segment::UserSegment;
use strata::locale::fill;
use strata::segment::rule::groups::Group;
use strata::segment::rule::sentence;
use strata::segment::rule::{
    Did, Is, MOST_STEPS, Once, Regularly, Restarted, Rule, Sequence, Stopped, Top, Which,
};

/// The fields of a condition.
pub(super) fn condition(place: &Place, rule: &Rule) -> AnyView {
    let parts = match rule {
        Rule::Did(did) => did_fields(place, did),
        Rule::Top(top) => top_fields(place, top),
        Rule::Sequence(sequence) => sequence_fields(place, sequence),
        Rule::First(once) => once_fields(place, once, Rule::First),
        Rule::Last(once) => once_fields(place, once, Rule::Last),
        Rule::Regularly(regularly) => regularly_fields(place, regularly),
        Rule::Stopped(stopped) => stopped_fields(place, stopped),
        Rule::Restarted(restarted) => restarted_fields(place, restarted),
        Rule::Is(is) => is_fields(place, is),
        Rule::Segment(segment) => segment_fields(place, segment),
        Rule::All(_) | Rule::Any(_) | Rule::Not(_) => Vec::new(),
    };
    view! { <div class="rule-fields">{kind(place, rule)}{parts}</div> }.into_any()
}

/// What kind of condition it is; another kind keeps the event.
fn kind(place: &Place, rule: &Rule) -> AnyView {
    let app = place.app;
    let now = Kind::of(rule);
    let offered = Kind::ALL.into_iter().filter(|kind| *kind == now || kind.is_offered(app));
    let words = app.words();
    let options = offered.map(|kind| (kind.value().to_owned(), kind.name(words).to_owned())).collect();
    let (own, of) = (place.clone(), event_of(rule));
    let field = Labelled::new(place.id("kind"), words.page_builder_kind);
    fields::select(field, options, now.value(), move |chosen| {
        own.set(Kind::from_value(&chosen).begin(app, of.clone()));
    })
}

fn did_fields(place: &Place, did: &Did) -> Vec<AnyView> {
    let (own, now) = (place.clone(), did.clone());
    let set_event = move |event| own.set(Rule::Did(Did { event, ..now.clone() }));
    let (own, now) = (place.clone(), did.clone());
    let set_window = move |window| own.set(Rule::Did(Did { window, ..now.clone() }));
    let mut parts = vec![event(place, "event", &did.event, set_event)];
    if Kind::of(&Rule::Did(did.clone())) != Kind::DidNot {
        parts.push(bounds(place, did));
    }
    parts.push(window(place, did.window, set_window));
    parts
}

fn top_fields(place: &Place, top: &Top) -> Vec<AnyView> {
    let words = place.app.words();
    let (own, now) = (place.clone(), top.clone());
    let sides = vec![
        ("most".to_owned(), words.page_builder_top_most.to_owned()),
        ("least".to_owned(), words.page_builder_top_least.to_owned()),
    ];
    let side = fields::select(
        Labelled::new(place.id("side"), words.page_builder_side),
        sides,
        if top.lowest { "least" } else { "most" },
        move |chosen| own.set(Rule::Top(Top { lowest: chosen == "least", ..now.clone() })),
    );
    let (own, now) = (place.clone(), top.clone());
    let percent = fields::number(
        Labelled::new(place.id("percent"), words.page_builder_percent),
        &top.percent.text(),
        move |text| own.set(Rule::Top(Top { percent: Number::Text(text), ..now.clone() })),
    );
    let (own, now) = (place.clone(), top.clone());
    let by = measure(place, &top.measure, move |measure| own.set(Rule::Top(Top { measure, ..now.clone() })));
    let (own, now) = (place.clone(), top.clone());
    let of = event(place, "event", &top.event, move |event| own.set(Rule::Top(Top { event, ..now.clone() })));
    let (own, now) = (place.clone(), top.clone());
    let when = window(place, top.window, move |window| own.set(Rule::Top(Top { window, ..now.clone() })));
    vec![side, percent, word("%"), word(words.page_builder_by), by, of, when]
}

fn sequence_fields(place: &Place, sequence: &Sequence) -> Vec<AnyView> {
    let words = place.app.words();
    let change = |change: fn(&mut Sequence, usize)| {
        let (own, now) = (place.clone(), sequence.clone());
        move |index: usize| {
            let mut sequence = now.clone();
            change(&mut sequence, index);
            own.set(Rule::Sequence(sequence));
        }
    };
    let mut parts = Vec::new();
    for (index, step) in sequence.steps.iter().enumerate() {
        if index > 0 {
            parts.push(word(words.page_builder_then));
        }
        let (own, now) = (place.clone(), sequence.clone());
        let set = move |event: EventChoice| {
            let mut sequence = now.clone();
            sequence.steps.get_mut(index).into_iter().for_each(|step| *step = event.clone());
            own.set(Rule::Sequence(sequence));
        };
        parts.push(event(place, &format!("step-{index}"), step, set));
        if sequence.steps.len() > 2 {
            let remove = change(|sequence, index| drop(sequence.steps.remove(index)));
            let label = fill(words.page_builder_remove_step, &[("step", &(index + 1).to_string())]);
            let id = place.id(&format!("step-{index}-remove"));
            parts.push(
                view! {
                    <button type="button" class="icon-button" id=id title=label.clone() aria-label=label on:click=move |_| remove(index)>
                        <Glyph icon=Icon::Close/>
                    </button>
                }
                .into_any(),
            );
        }
    }
    let add = change(|sequence, _| sequence.steps.push(EventChoice::default()));
    let full = sequence.steps.len() >= MOST_STEPS;
    parts.push(
        view! {
            <button type="button" class="button quiet small" id=place.id("add-step") disabled=full on:click=move |_| add(0)>
                <span>{words.page_builder_add_step}</span>
            </button>
        }
        .into_any(),
    );
    let (own, now) = (place.clone(), sequence.clone());
    parts.push(duration(place, sequence.within, move |within| {
        own.set(Rule::Sequence(Sequence { within, ..now.clone() }))
    }));
    let (own, now) = (place.clone(), sequence.clone());
    parts.push(window(place, sequence.window, move |window| {
        own.set(Rule::Sequence(Sequence { window, ..now.clone() }))
    }));
    parts
}

fn once_fields(place: &Place, once: &Once, make: fn(Once) -> Rule) -> Vec<AnyView> {
    let (own, now) = (place.clone(), once.clone());
    let of = event(place, "event", &once.event, move |event| own.set(make(Once { event, ..now.clone() })));
    let (own, now) = (place.clone(), once.clone());
    let when = window(place, once.window, move |window| own.set(make(Once { window, ..now.clone() })));
    vec![of, when]
}

fn regularly_fields(place: &Place, regularly: &Regularly) -> Vec<AnyView> {
    let words = place.app.words();
    let set = |put: fn(&mut Regularly, u32)| {
        let (own, now) = (place.clone(), regularly.clone());
        move |number: u32| {
            let mut regularly = now.clone();
            put(&mut regularly, number);
            own.set(Rule::Regularly(regularly));
        }
    };
    let (own, now) = (place.clone(), regularly.clone());
    let of = event(place, "event", &regularly.event, move |event| {
        own.set(Rule::Regularly(Regularly { event, ..now.clone() }))
    });
    let (own, now) = (place.clone(), regularly.clone());
    let period = back(place, "period", regularly.period, move |period| {
        own.set(Rule::Regularly(Regularly { period, ..now.clone() }));
    });
    let number = |name: &str, label: &str, now: u32, put: fn(&mut Regularly, u32)| {
        fields::whole(Labelled::new(place.id(name), label), now, set(put))
    };
    vec![
        of,
        word(words.page_builder_bounds_least),
        number("times", words.page_builder_times, regularly.times, |regularly, times| {
            regularly.times = times
        }),
        word(words.page_builder_measure_times),
        word(words.page_builder_per),
        period,
        word(words.page_builder_regular_in),
        number("at-least", words.page_builder_at_least, regularly.at_least, |regularly, number| {
            regularly.at_least = number
        }),
        word(words.page_builder_regular_of),
        number("periods", words.page_builder_periods, regularly.periods, |regularly, number| {
            regularly.periods = number
        }),
    ]
}

fn stopped_fields(place: &Place, stopped: &Stopped) -> Vec<AnyView> {
    let words = place.app.words();
    let (own, now) = (place.clone(), stopped.clone());
    let of = event(place, "event", &stopped.event, move |event| {
        own.set(Rule::Stopped(Stopped { event, ..now.clone() }))
    });
    let (own, now) = (place.clone(), stopped.clone());
    let whens = vec![
        ("ever".to_owned(), words.page_builder_before_ever.to_owned()),
        ("within".to_owned(), words.page_builder_before_within.to_owned()),
    ];
    let choose = move |chosen: String| {
        let before = (chosen == "within").then_some(now.silent);
        own.set(Rule::Stopped(Stopped { before, ..now.clone() }));
    };
    let when = fields::select(
        Labelled::new(place.id("before"), words.page_builder_window),
        whens,
        if stopped.before.is_some() { "within" } else { "ever" },
        choose,
    );
    let mut parts = vec![of, when];
    if let Some(before) = stopped.before {
        let (own, now) = (place.clone(), stopped.clone());
        parts.push(back(place, "before-time", before, move |before| {
            own.set(Rule::Stopped(Stopped { before: Some(before), ..now.clone() }));
        }));
    }
    let (own, now) = (place.clone(), stopped.clone());
    let silent = back(place, "silent", stopped.silent, move |silent| {
        own.set(Rule::Stopped(Stopped { silent, ..now.clone() }))
    });
    parts.extend([word(words.page_builder_silent), silent]);
    parts
}

fn restarted_fields(place: &Place, restarted: &Restarted) -> Vec<AnyView> {
    let words = place.app.words();
    let (own, now) = (place.clone(), restarted.clone());
    let of = event(place, "event", &restarted.event, move |event| {
        own.set(Rule::Restarted(Restarted { event, ..now.clone() }))
    });
    let (own, now) = (place.clone(), restarted.clone());
    let recent = back(place, "recent", restarted.recent, move |recent| {
        own.set(Rule::Restarted(Restarted { recent, ..now.clone() }));
    });
    let (own, now) = (place.clone(), restarted.clone());
    let silent = back(place, "silent", restarted.silent, move |silent| {
        own.set(Rule::Restarted(Restarted { silent, ..now.clone() }));
    });
    vec![
        of,
        word(words.page_builder_recent),
        recent,
        word(words.page_builder_after_silent),
        silent,
        word(words.page_builder_without),
    ]
}

fn is_fields(place: &Place, is: &Is) -> Vec<AnyView> {
    let app = place.app;
    let words = app.words();
    let whiches = vec![
        ("any".to_owned(), words.page_builder_which_any.to_owned()),
        ("first".to_owned(), words.page_builder_which_first.to_owned()),
        ("last".to_owned(), words.page_builder_which_last.to_owned()),
    ];
    let now = match is.which {
        Which::Any => "any",
        Which::First => "first",
        Which::Last => "last",
    };
    // An attribute of users has one value.
    let of_rows = app.opened.with_untracked(|opened| {
        let column = opened
            .iter()
            .flat_map(|opened| &opened.columns)
            .find(|column| Some(&column.name) == is.condition.column.as_ref());
        column.is_some_and(|column| !column.of_user)
    });
    let (own, is_now) = (place.clone(), is.clone());
    let which = of_rows.then(|| {
        fields::select(
            Labelled::new(place.id("which"), words.page_builder_which),
            whiches,
            now,
            move |chosen| {
                let which = match chosen.as_str() {
                    "first" => Which::First,
                    "last" => Which::Last,
                    _ => Which::Any,
                };
                own.set(Rule::Is(Is { which, ..is_now.clone() }));
            },
        )
    });
    let text = sentence::condition(app.language.get_untracked(), &is.condition);
    let (own, is_now) = (place.clone(), is.clone());
    let set =
        Callback::new(move |condition: Condition| own.set(Rule::Is(Is { condition, ..is_now.clone() })));
    let open = RwSignal::new(false);
    let label = words.page_builder_change.to_owned();
    let change = view! {
        <Popover id=place.id("condition") text=Signal::stored(text) label=Signal::stored(label) open>
            <ConditionForm open on_add=set/>
        </Popover>
    };
    which.into_iter().chain([change.into_any()]).collect()
}

fn segment_fields(place: &Place, segment: &UserSegment) -> Vec<AnyView> {
    let app = place.app;
    let words = app.words();
    if segment.listed().is_some() {
        return vec![list(place, segment)];
    }
    if let Some((group, value)) = Group::of(segment) {
        return group_fields(place, group, &value);
    }
    let language = app.language.get_untracked();
    let now = sentence::segment_name(language, segment);
    let mut names = app.segments.names();
    // One that came with its definition, or is no longer saved, stays what it is.
    if !names.contains(&now) {
        names.insert(0, now.clone());
    }
    let options = names.into_iter().map(|name| (name.clone(), name)).collect();
    let (own, kept) = (place.clone(), segment.clone());
    let field = Labelled::new(place.id("segment"), words.page_builder_segment);
    let choose = move |name: String| {
        let is_own = sentence::segment_name(language, &kept) == name && kept.saved.is_none();
        let chosen =
            if is_own { kept.clone() } else { UserSegment { saved: Some(name), ..UserSegment::default() } };
        own.set(Rule::Segment(Box::new(chosen)));
    };
    vec![fields::select(field, options, &now, choose)]
}

/// What users are divided by, and which of the groups is meant.
fn group_fields(place: &Place, group: Group, value: &str) -> Vec<AnyView> {
    let (words, language) = (place.app.words(), place.app.language.get_untracked());
    let put = |own: Place, segment: UserSegment| own.set(Rule::Segment(Box::new(segment)));
    let groups = Group::ALL.map(|group| (group.key().to_owned(), group.name(language).to_owned()));
    let own = place.clone();
    let by = fields::select(
        Labelled::new(place.id("group"), words.page_builder_group_by),
        groups.to_vec(),
        group.key(),
        move |chosen| {
            if let Some(group) = Group::ALL.into_iter().find(|group| group.key() == chosen) {
                put(own.clone(), first_of(group));
            }
        },
    );
    let values = group.values().into_iter();
    let options = values.map(|value| (value.clone(), group.value_name(language, &value))).collect();
    let own = place.clone();
    let which = fields::select(
        Labelled::new(place.id("group-value"), words.page_builder_group_value),
        options,
        value,
        move |chosen| put(own.clone(), group.definition(&chosen)),
    );
    vec![by, which]
}
