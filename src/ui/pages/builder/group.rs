//! A group of conditions: how they are joined, each of them, and what adds another.

use leptos::prelude::*;

use super::condition::condition;
use super::fields::{self, Labelled};
use super::kinds::{self, Kind};
use super::{Answer, Choices};
use crate::icon::{Glyph, Icon};
use crate::state::App;
use crate::widgets::frame::count;
use crate::widgets::settings;
use crate::widgets::users::UsersBehind;
use strata::analysis::rule::{Cell, Params};
use strata::locale::fill;
use strata::segment::rule::{MOST_DEPTH, MOST_NODES, Rule};

/// How conditions are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    All,
    Any,
    None,
    NotAll,
}

impl Mode {
    const EVERY: [Self; 4] = [Self::All, Self::Any, Self::None, Self::NotAll];

    fn of(rule: &Rule) -> Self {
        match rule.peeled() {
            (false, Rule::Any(_)) => Self::Any,
            (true, Rule::Any(_)) => Self::None,
            (true, _) => Self::NotAll,
            (false, _) => Self::All,
        }
    }

    fn join(self, parts: Vec<Rule>) -> Rule {
        match self {
            Self::All => Rule::All(parts),
            Self::Any => Rule::Any(parts),
            Self::None => Rule::Not(Box::new(Rule::Any(parts))),
            Self::NotAll => Rule::Not(Box::new(Rule::All(parts))),
        }
    }

    fn value(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Any => "any",
            Self::None => "none",
            Self::NotAll => "notAll",
        }
    }
}

/// A place in the rule that is being edited.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) app: App,
    pub(super) choices: Choices,
    /// Where in the rule.
    pub(super) path: Vec<usize>,
    /// Its number among conditions and groups, as answers count them.
    node: usize,
    /// How many groups it lies in.
    depth: usize,
    nodes: usize,
}

impl Place {
    /// The beginning of the ids of its fields.
    pub(super) fn id(&self, name: &str) -> String {
        let path: Vec<String> = self.path.iter().map(usize::to_string).collect();
        format!("rule-{}-{name}", path.join("-"))
    }

    /// Changes what stands here.
    pub(super) fn change(&self, change: impl FnOnce(&mut Rule)) {
        self.choices.change_part(self.app, &self.path, change);
    }

    /// Puts something else here, negated as it was; "did not" says itself what it negates.
    pub(super) fn set(&self, rule: Rule) {
        self.change(|part| {
            let negated = part.peeled().0 && Kind::of(&rule) != Kind::DidNot;
            *part = if negated { Rule::Not(Box::new(rule)) } else { rule };
        });
    }
}

/// The whole rule. A condition that is not in a group gets one around it.
pub(super) fn group(app: App, choices: Choices, rule: &Rule) -> AnyView {
    let nodes = rule.nodes();
    let place = Place { app, choices, path: Vec::new(), node: 0, depth: 1, nodes };
    if !rule.peeled().1.is_group() {
        let wrapped = Rule::All(vec![rule.clone()]);
        // No step of its own: nobody did anything.
        let params = Params { rule: wrapped, ..choices.read.get_untracked().params };
        let texts = settings::texts(&params, &Params::default());
        let changes: Vec<(&str, Option<&str>)> =
            texts.iter().map(|(name, text)| (name.as_str(), text.as_deref())).collect();
        app.address.amend(&changes);
        return ().into_any();
    }
    body(&place, rule)
}

fn body(place: &Place, rule: &Rule) -> AnyView {
    let words = place.app.words();
    let mode = Mode::of(rule);
    let inner = rule.peeled().1;
    let joiner = if matches!(inner, Rule::Any(_)) {
        words.page_builder_joiner_or
    } else {
        words.page_builder_joiner_and
    };
    // Negations before the parts are nodes of their own.
    let mut node = place.node + negations(rule) + 1;
    let parts = inner.parts().iter().enumerate().map(|(index, part)| {
        let mut path = place.path.clone();
        path.push(index);
        let inside = Place { path, node, depth: place.depth + 1, ..place.clone() };
        node += part.nodes();
        let joiner =
            (index > 0).then(|| view! { <span class="rule-joiner" aria-hidden="true">{joiner}</span> });
        view! { <li class="rule-part">{joiner}{item(&inside, part)}</li> }
    });
    let parts: Vec<_> = parts.collect();
    let mode_field = (!parts.is_empty() || place.depth > 1).then(|| {
        let names = [
            words.page_builder_mode_all,
            words.page_builder_mode_any,
            words.page_builder_mode_none,
            words.page_builder_mode_not_all,
        ];
        let options = Mode::EVERY.iter().zip(names);
        let options = options.map(|(mode, name)| (mode.value().to_owned(), name.to_owned())).collect();
        let own = place.clone();
        let field = Labelled { id: place.id("mode"), label: words.page_builder_mode.to_owned() };
        fields::select(field, options, mode.value(), move |chosen| {
            let mode = Mode::EVERY.into_iter().find(|mode| mode.value() == chosen).unwrap_or(Mode::All);
            own.change(|part| *part = mode.join(part.peeled().1.parts().to_vec()));
        })
    });
    view! {
        <div class="rule-group">
            {mode_field}
            <ul class="rule-parts">{parts}</ul>
            {adders(place)}
        </div>
    }
    .into_any()
}

fn negations(rule: &Rule) -> usize {
    match rule {
        Rule::Not(part) => 1 + negations(part),
        _ => 0,
    }
}

/// Buttons that add a condition, or a group.
fn adders(place: &Place) -> AnyView {
    let words = place.app.words();
    let full = place.nodes + 2 > MOST_NODES;
    let deep = place.depth >= MOST_DEPTH;
    let own = place.clone();
    let add = move |_| {
        let new = kinds::first(own.app);
        own.choices.change(own.app, |rule| rule.push(&own.path, new));
    };
    let own = place.clone();
    let add_group = move |_| {
        let new = Rule::Any(vec![kinds::first(own.app)]);
        own.choices.change(own.app, |rule| rule.push(&own.path, new));
    };
    view! {
        <div class="rule-adders">
            <button type="button" class="button small" id=place.id("add") disabled=full on:click=add>
                <span>{words.page_builder_add}</span>
            </button>
            <button type="button" class="button quiet small" id=place.id("add-group") disabled=full || deep on:click=add_group>
                <span>{words.page_builder_add_group}</span>
            </button>
        </div>
    }
    .into_any()
}

/// A condition or a group within a group, with what is true of both: how many meet it alone, turned round, taken away.
fn item(place: &Place, rule: &Rule) -> AnyView {
    let words = place.app.words();
    let (negated, inner) = rule.peeled();
    let is_group = inner.is_group();
    let own = place.clone();
    let turn = move |_| own.choices.change(own.app, |rule| rule.negate(&own.path));
    let own = place.clone();
    let remove = move |_| own.choices.change(own.app, |rule| rule.remove(&own.path));
    let remove_label = if is_group { words.page_builder_remove_group } else { words.page_builder_remove };
    // "Did not" says it already, and a group has it among the ways to join.
    let turnable = !is_group && (negated || Kind::of(inner) != Kind::DidNot);
    let turn = turnable.then(|| {
        view! {
            <button type="button" class="button quiet small rule-not" id=place.id("not") aria-pressed=negated.to_string()
                title=words.page_builder_negate aria-label=words.page_builder_negate on:click=turn>
                <span>{words.page_builder_negated}</span>
            </button>
        }
    });
    let content = if is_group { body(place, rule) } else { condition(place, inner) };
    view! {
        <div class="rule-item" class:negated=negated class:nested=is_group>
            <div class="rule-what">{content}</div>
            <div class="rule-tools">
                {alone(place)}
                {turn}
                <button type="button" class="icon-button" id=place.id("remove") title=remove_label aria-label=remove_label on:click=remove>
                    <Glyph icon=Icon::Close/>
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// How many meet it alone; opens them.
fn alone(place: &Place) -> AnyView {
    let (app, choices, node) = (place.app, place.choices, place.node);
    let question = choices.question;
    let behind = UsersBehind::get();
    let users = move || {
        // While another answer is on its way, or none is to be had, the numbers are of other conditions.
        let node = || question.map(|answered| answered.report.nodes.get(node).copied()).flatten();
        choices.is_answered().then(node).flatten()
    };
    let text = move || {
        let language = app.language.get();
        users().map(|users| fill(language.words().page_builder_alone, &[("count", &count(users, language))]))
    };
    let open = move |_| {
        let title = untrack(|| app.words().page_builder_alone_title.to_owned());
        question.map(|answered: &Answer| behind.open(title, &answered.query, &Cell::Node(node)));
    };
    view! {
        <button type="button" class="rule-alone" id=place.id("alone") disabled=move || users().is_none() on:click=open>{text}</button>
    }
    .into_any()
}
