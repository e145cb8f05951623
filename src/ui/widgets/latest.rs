//! Asks for what is wanted now, one call at a time: what is wanted meanwhile waits, and only the last of it is asked then.

use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use strata::error::Result;

/// What came last, with what it was asked for.
pub type Latest<W, R> = RwSignal<Option<(W, Result<R>)>>;

/// Keeps asking for what `wanted` says. The last answer stays while nothing is wanted, and until the next is there.
pub fn latest<W, R, F>(wanted: Memo<Option<W>>, ask: impl Fn(W) -> F + 'static) -> Latest<W, R>
where
    W: Clone + PartialEq + Send + Sync + 'static,
    R: Send + Sync + 'static,
    F: Future<Output = Result<R>> + 'static,
{
    let answer: Latest<W, R> = RwSignal::new(None);
    let (ask, busy) = (Rc::new(ask), StoredValue::new(false));
    Effect::new(move || {
        wanted.track();
        if busy.get_value() {
            return;
        }
        busy.set_value(true);
        let ask = Rc::clone(&ask);
        spawn_local(async move {
            while let Some(Some(next)) = wanted.try_get_untracked() {
                let known =
                    |answer: &Option<(W, Result<R>)>| matches!(answer, Some((asked, _)) if *asked == next);
                if answer.try_with_untracked(known) != Some(false) {
                    break;
                }
                let came = ask(next.clone()).await;
                if answer.try_set(Some((next, came))).is_some() {
                    return;
                }
            }
            let _ = busy.try_set_value(false);
        });
    });
    answer
}

/// The answer to what is wanted now, if it is there.
pub fn fresh<W, R>(wanted: Memo<Option<W>>, answer: Latest<W, R>) -> Option<Result<R>>
where
    W: Clone + PartialEq + Send + Sync + 'static,
    R: Clone + Send + Sync + 'static,
{
    let wanted = wanted.get()?;
    let came = answer.get()?;
    (came.0 == wanted).then_some(came.1)
}
