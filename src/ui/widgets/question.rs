//! Asks the engine whenever what is asked, or what is open, changes. The last answer stays until the next is there.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::state::App;
use strata::dataset::Population;
use strata::dataset::calendar::WeekStart;
use strata::dataset::filter::Filter;
use strata::engine::request::Query;
use strata::error::{Error, ErrorKind};

/// An answer with what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered<R> {
    /// What was asked.
    pub query: Query,
    /// The zone that days are counted in.
    pub time_zone: String,
    /// The day weeks start on.
    pub week_start: WeekStart,
    /// Rows read, used and left out.
    pub population: Population,
    /// The answer itself.
    pub report: R,
}

impl<R> Answered<R> {
    /// What was asked, as the engine understood it.
    #[must_use]
    pub fn params<P: DeserializeOwned + Default>(&self) -> P {
        serde_json::from_value(self.query.params.clone()).unwrap_or_default()
    }
}

/// A question with its latest answer. Cheap to copy.
#[derive(Debug)]
pub struct Question<R: Send + Sync + 'static> {
    /// What is asked now.
    pub query: Memo<Query>,
    /// The latest answer; it may belong to an earlier query while [`Question::busy`].
    pub answered: RwSignal<Option<Arc<Answered<R>>>>,
    /// The answer through the filter that the view is compared with, when there is one.
    pub compared: RwSignal<Option<Arc<Answered<R>>>>,
    /// Why there is no answer to the present query.
    pub error: RwSignal<Option<Error>>,
    /// Whether an answer is to come.
    pub busy: RwSignal<bool>,
}

impl<R: Send + Sync> Clone for Question<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Send + Sync> Copy for Question<R> {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<R> {
    time_zone: String,
    week_start: WeekStart,
    population: Population,
    report: R,
}

/// Asks, and asks again when `query` or what is open changes. The filter of the whole page is added to the query.
pub fn ask<R: DeserializeOwned + Send + Sync + 'static>(
    query: impl Fn() -> Query + Send + Sync + 'static,
) -> Question<R> {
    let query = Memo::new(move |_| query());
    ask_of(move |filter| Query { filter, ..query.get() })
}

/// As [`ask`], of a question that makes something else of the filter of the page than to look through it.
pub fn ask_of<R: DeserializeOwned + Send + Sync + 'static>(
    with: impl Fn(Filter) -> Query + Send + Sync + 'static,
) -> Question<R> {
    let app = App::get();
    let with = StoredValue::new(with);
    let with = move |filter| with.with_value(|with| with(filter));
    let question = Question {
        query: Memo::new(move |_| with(app.scope.filter.get())),
        answered: RwSignal::new(None),
        compared: RwSignal::new(None),
        error: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    let compared = Memo::new(move |_| app.scope.compared(app).map(with));
    follow(
        app,
        Signal::derive(move || Some(question.query.get())),
        question.busy,
        move |answer| match answer {
            None => question.answered.set(None),
            Some(Ok((query, text))) => question.settle(parse(query, &text)),
            Some(Err(error)) => question.settle(Err(error)),
        },
    );
    follow(app, compared.into(), RwSignal::new(false), move |answer| {
        // What is wrong with the comparison alone is told where it is chosen; the view itself has its answer.
        let answer = answer.and_then(Result::ok).and_then(|(query, text)| parse(query, &text).ok());
        question.compared.set(answer.map(Arc::new));
    });
    question
}

/// What came of a query: the query and its answer as JSON, or why there is none; nothing when nothing is asked.
type Came = Option<Result<(Query, String), Error>>;

/// Keeps asking the engine what `query` says. One call is under way at a time: whatever is asked meanwhile waits, and only
/// the last of it is asked then, so that turning a switch quickly does not pile up work.
fn follow(
    app: App,
    query: Signal<Option<Query>>,
    busy: RwSignal<bool>,
    settle: impl Fn(Came) + Send + Sync + 'static,
) {
    let settle = Arc::new(settle);
    let under_way = StoredValue::new(false);
    let latest = StoredValue::new(0u32);
    Effect::new(move || {
        let asked = query.get().filter(|_| app.opened.with(Option::is_some));
        latest.update_value(|ticket| *ticket = ticket.wrapping_add(1));
        if asked.is_none() {
            settle(None);
            return;
        }
        busy.set(true);
        if under_way.get_value() {
            return;
        }
        under_way.set_value(true);
        let settle = Arc::clone(&settle);
        spawn_local(async move {
            loop {
                let ticket = latest.try_get_value();
                let Some(Some(query)) = query.try_get_untracked() else { break };
                let answer = app.client().run(&query).await;
                // The page may be gone, or have asked something else since.
                match latest.try_get_value() {
                    None => return,
                    now if now == ticket => {
                        settle(Some(answer.map(|text| (query, text))));
                        break;
                    }
                    Some(_) => {}
                }
            }
            let _ = under_way.try_set_value(false);
            let _ = busy.try_set(false);
        });
    });
}

impl<R: Send + Sync + 'static> Question<R> {
    fn settle(self, result: Result<Answered<R>, Error>) {
        match result {
            Ok(answered) => {
                self.error.set(None);
                self.answered.set(Some(Arc::new(answered)));
            }
            Err(error) => self.error.set(Some(error)),
        }
    }

    /// Something made from the latest answer; reactive.
    pub fn map<T>(self, make: impl FnOnce(&Answered<R>) -> T) -> Option<T> {
        self.answered.with(|answered| answered.as_deref().map(make))
    }

    /// Something made from the latest answer and the one it is compared with; reactive.
    pub fn map_compared<T>(self, make: impl FnOnce(&Answered<R>, Option<&Answered<R>>) -> T) -> Option<T> {
        let compared = self.compared.get();
        self.answered.with(|answered| answered.as_deref().map(|answered| make(answered, compared.as_deref())))
    }
}

/// An answer from the engine's JSON.
///
/// # Errors
/// None that data can cause.
pub fn parse<R: DeserializeOwned>(query: Query, text: &str) -> Result<Answered<R>, Error> {
    let envelope: Envelope<R> =
        serde_json::from_str(text).map_err(|error| Error::new(ErrorKind::EngineStopped).found(error))?;
    let Envelope { time_zone, week_start, population, report } = envelope;
    Ok(Answered { query, time_zone, week_start, population, report })
}
