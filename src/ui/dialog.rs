//! A modal dialog: the browser's own, which keeps the focus inside, closes with Escape and gives the focus back.

use leptos::html;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::state::App;

/// A dialog that is there while `open` is true.
#[component]
pub fn Dialog(
    /// Whether it is shown; false again when the user closes it.
    open: RwSignal<bool>,
    /// Its id.
    id: &'static str,
    /// Its heading.
    title: fn(App) -> String,
    /// What it holds; made anew each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let app = App::get();
    let element = NodeRef::<html::Dialog>::new();
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();
    let body_labelled_by = heading.clone();
    Effect::new(move || {
        let Some(dialog) = element.get() else { return };
        if open.get() {
            if !dialog.open() {
                let _ = dialog.show_modal();
            }
        } else if dialog.open() {
            dialog.close();
        }
    });
    // A click on the dialog element itself is one on the shade around its content.
    let shade = move |event: leptos::ev::MouseEvent| {
        if element.get_untracked().is_some_and(|dialog| event.target() == Some(dialog.into())) {
            open.set(false);
        }
    };
    view! {
        <dialog id=id class="dialog" node_ref=element aria-labelledby=labelled_by on:close=move |_| open.set(false) on:click=shade>
            <div class="dialog-frame">
                <header class="dialog-head">
                    <h2 id=heading>{move || title(app)}</h2>
                    <button type="button" class="icon-button" id=format!("{id}-close")
                        aria-label=move || app.words().app_close title=move || app.words().app_close
                        on:click=move |_| open.set(false)>
                        <Glyph icon=Icon::Close/>
                    </button>
                </header>
                // By keyboard it scrolls even where nothing in it takes the focus.
                <div class="dialog-body" tabindex="0" role="group" aria-labelledby=body_labelled_by>
                    {move || open.get().then(|| children())}
                </div>
            </div>
        </dialog>
    }
}
