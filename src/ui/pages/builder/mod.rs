//! Who belongs to a segment: rules put together by hand, counted while they are.

mod bounds;
mod condition;
mod events;
mod examples;
mod fields;
mod group;
mod kinds;
mod list;
mod result;
mod starts;
mod text;
mod times;

use leptos::prelude::*;

use crate::state::App;
use crate::widgets::focus;
use crate::widgets::frame::Frame;
use crate::widgets::question::{Answered, Question, ask};
use crate::widgets::settings::{self, Settings};
use strata::analysis::rule::{Params, Report};
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::error::Error;
use strata::segment::rule::Rule;
use strata::segment::rule::sentence::sentence;

type Answer = Answered<Report>;

/// The rule, from the address, and what becomes of it. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choices {
    read: Memo<Settings<Params>>,
    wanted: Memo<Result<Query, Error>>,
    question: Question<Report>,
}

impl Choices {
    /// Whether the latest answer is to what is asked now; reactive.
    fn is_answered(self) -> bool {
        let params = self.wanted.with(|wanted| wanted.as_ref().ok().map(|query| query.params.clone()));
        self.question.map(|answered| Some(&answered.query.params) == params.as_ref()).unwrap_or(false)
    }

    /// The parameters; reactive.
    fn params(self) -> Params {
        self.read.get().params
    }

    /// Changes the rule in one step that Back undoes.
    fn change(self, app: App, change: impl FnOnce(&mut Rule)) {
        let mut params = self.read.get_untracked().params;
        change(&mut params.rule);
        settings::write(app.address, &params, &Params::default(), &[]);
    }

    /// Changes the part at a place.
    fn change_part(self, app: App, path: &[usize], change: impl FnOnce(&mut Rule)) {
        self.change(app, |rule| {
            if let Some(part) = rule.part_mut(path) {
                change(part);
            }
        });
    }
}

/// What is asked: the rule with the definitions of the segments that it names.
fn asked(app: App, read: &Settings<Params>) -> Result<Query, Error> {
    let mut params = read.asked.clone();
    app.segments.put_in(&mut params)?;
    Ok(Query::new(Analysis::Rule, &params))
}

/// The page.
#[component]
pub fn Builder() -> impl IntoView {
    let app = App::get();
    let read = Memo::new(move |_| settings::read(app.address, &Params::default()));
    let wanted = Memo::new(move |_| asked(app, &read.get()));
    // What cannot be asked leaves the last answer where it is, and says why.
    let last = StoredValue::new(Query::new(Analysis::Rule, &Params::default()));
    let question = ask::<Report>(move || {
        if let Ok(query) = wanted.get() {
            last.set_value(query);
        }
        last.get_value()
    });
    let choices = Choices { read, wanted, question };
    let answer = Signal::derive(move || {
        // What cannot be asked has no answer; its reason stands below.
        if wanted.with(Result::is_err) {
            return Some(sentence(app.language.get(), &choices.params().rule));
        }
        question.map(|answered| {
            text::answer(&answered.report, &answered.params::<Params>().rule, app.language.get())
        })
    });
    let definition = Signal::derive(move || {
        question.map(|answered| text::definition(&answered.report, app.language.get())).unwrap_or_default()
    });
    let refused = move || {
        let message = crate::text::error_message(app.language.get(), &wanted.get().err()?);
        Some(view! { <p class="alert" role="alert" id="builder-refused">{message}</p> })
    };
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_builder_title.to_owned())
            answer
            question
            controls=view! { <times::AsOf choices/> }.into_any()
            definition
        >
            {refused}
            <result::Card choices/>
            <Editor choices/>
            <examples::Examples choices/>
        </Frame>
    }
}

/// The conditions. They are made anew whenever the rule changes; the focus stays on the field that has it.
#[component]
fn Editor(choices: Choices) -> impl IntoView {
    let app = App::get();
    let rule = Memo::new(move |_| choices.params().rule);
    let whole = move || {
        let rule = rule.get();
        app.language.track();
        app.segments.track();
        keep_focus();
        let empty = rule.parts().is_empty();
        let starts = empty.then(|| starts::starts(app, choices));
        view! {
            {starts}
            {group::group(app, choices, &rule)}
        }
    };
    view! {
        <section class="card rule" aria-labelledby="rule-title">
            <h2 class="chart-title" id="rule-title">{move || app.words().page_builder_who}</h2>
            {whole}
        </section>
    }
}

/// Gives the focus back to the field that has it now, once it has been made anew.
fn keep_focus() {
    let Some(id) = focus::active().map(|element| element.id()).filter(|id| id.starts_with("rule-")) else {
        return;
    };
    request_animation_frame(move || {
        let lost = focus::active().is_none_or(|element| element.id().is_empty());
        if lost {
            focus::give(&id);
        }
    });
}
