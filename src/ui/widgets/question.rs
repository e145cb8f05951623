//! Asks the engine whenever what is asked, or what is open, changes. The last answer stays until the next is there.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::state::App;
use strata::dataset::Population;
use strata::dataset::calendar::WeekStart;
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

/// A question with its latest answer. Cheap to copy.
#[derive(Debug)]
pub struct Question<R: Send + Sync + 'static> {
    /// What is asked now.
    pub query: Memo<Query>,
    /// The latest answer; it may belong to an earlier query while [`Question::busy`].
    pub answered: RwSignal<Option<Arc<Answered<R>>>>,
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
    let app = App::get();
    let question = Question {
        query: Memo::new(move |_| Query { filter: app.filter.get(), ..query() }),
        answered: RwSignal::new(None),
        error: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    let latest = StoredValue::new(0u32);
    Effect::new(move || {
        let query = question.query.get();
        latest.update_value(|ticket| *ticket = ticket.wrapping_add(1));
        let ticket = latest.get_value();
        if app.opened.with(Option::is_none) {
            question.answered.set(None);
            return;
        }
        question.busy.set(true);
        let client = app.client();
        spawn_local(async move {
            let result = client.run(&query).await.and_then(|text| parse(query, &text));
            // The page may be gone, or have asked something else since.
            if latest.try_get_value() == Some(ticket) {
                question.settle(result);
            }
        });
    });
    question
}

impl<R: Send + Sync + 'static> Question<R> {
    fn settle(self, result: Result<Answered<R>, Error>) {
        self.busy.set(false);
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
}

fn parse<R: DeserializeOwned>(query: Query, text: &str) -> Result<Answered<R>, Error> {
    let envelope: Envelope<R> =
        serde_json::from_str(text).map_err(|error| Error::new(ErrorKind::EngineStopped).found(error))?;
    let Envelope { time_zone, week_start, population, report } = envelope;
    Ok(Answered { query, time_zone, week_start, population, report })
}
