//! The first page: what this is, that nothing leaves, and the two ways in.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::kept::RemoveCopy;
use super::shell::Doors;
use super::state::{App, Stage};

/// The first page.
#[component]
pub fn StartPage() -> impl IntoView {
    let app = App::get();
    let doors = expect_context::<Doors>();
    let looking = move || app.stage.get() == Stage::Looking;
    view! {
        <div class="start">
            <section class="start-head">
                <div>
                    <h1>{move || app.words().start_title}</h1>
                    <p class="lead">{move || app.words().start_lead}</p>
                    <button type="button" class="button quiet proof-open" id="proof-open" on:click=move |_| doors.proof.set(true)>
                        <Glyph icon=Icon::Shield/>
                        {move || app.words().proof_open}
                    </button>
                </div>
                <Picture/>
            </section>
            <section class="ways">
                <div class="drop-zone" id="drop-zone" class:over=move || doors.dragging.get() aria-busy=move || looking().to_string()>
                    <Glyph icon=Icon::Upload/>
                    <p class="drop-title" aria-live="polite">{move || {
                        let words = app.words();
                        if looking() {
                            words.app_loading
                        } else if doors.dragging.get() {
                            words.start_drop_now
                        } else {
                            words.start_drop
                        }
                    }}</p>
                    <button type="button" class="button primary" id="choose-file" disabled=looking on:click=move |_| doors.choose()>
                        {move || app.words().start_choose}
                    </button>
                    <p class="muted">{move || app.words().start_drop_hint}</p>
                    <RemoveCopy/>
                </div>
                <div class="sample">
                    <button type="button" class="button" id="try-sample" disabled=looking on:click=move |_| app.try_sample()>
                        {move || app.words().start_sample}
                    </button>
                    <p class="muted">{move || app.words().start_sample_hint}</p>
                    <h2>{move || app.words().start_needs}</h2>
                    <ul>
                        <li>{move || app.words().start_needs_user}</li>
                        <li>{move || app.words().start_needs_time}</li>
                        <li>{move || app.words().start_needs_more}</li>
                    </ul>
                </div>
            </section>
        </div>
    }
}

/// A browser tab; in it a file that becomes layers of users and a triangle of cohorts. Nothing crosses its edge.
#[component]
fn Picture() -> impl IntoView {
    let app = App::get();
    // Shades of the sequential ramp: who is still there, cohort by cohort.
    const COHORTS: [&[u8]; 6] =
        [&[7, 5, 4, 4, 3, 3], &[7, 5, 4, 3, 3], &[7, 4, 3, 3], &[7, 5, 4], &[7, 5], &[7]];
    let cells: Vec<_> = COHORTS
        .iter()
        .enumerate()
        .flat_map(|(row, shades)| {
            shades.iter().enumerate().map(move |(column, shade)| {
                view! {
                    <rect x=(266 + column * 15).to_string() y=(72 + row * 15).to_string() width="13" height="13" rx="2.5"
                        style=format!("fill:var(--seq-{shade})")></rect>
                }
            })
        })
        .collect();
    let lines: Vec<_> = [38, 52, 44, 52, 30, 48, 40]
        .into_iter()
        .enumerate()
        .map(|(row, width)| {
            view! { <rect class="picture-line" x="40" y=(88 + row * 10).to_string() width=(width - 8).to_string() height="3.500" rx="1.750"></rect> }
        })
        .collect();
    view! {
        <svg class="picture" viewBox="0 0 392 208" role="img" aria-label=move || app.words().start_picture>
            <rect class="picture-tab" x="1" y="1" width="390" height="206" rx="12"></rect>
            <path class="picture-edge" d="M1 34h390M14 34V16a6 6 0 016-6h84a6 6 0 016 6v18"></path>
            <circle class="picture-dot" cx="28" cy="22" r="4"></circle>
            <rect class="picture-line" x="40" y="20" width="46" height="4" rx="2"></rect>
            <path class="picture-sheet" d="M30 70h42l14 14v80H30zM72 70v14h14"></path>
            {lines}
            <path class="picture-way" d="M96 117h14M232 117h14"></path>
            <path class="picture-way" d="M106 112.500l5 4.500-5 4.500M242 112.500l5 4.500-5 4.500"></path>
            <path style="fill:var(--seq-7)" d="M122 150c18-6 30 2 50-4s32-4 50-8v26H122z"></path>
            <path style="fill:var(--seq-5)" d="M122 128c18-8 30 4 50-4s32-6 50-10v21c-18 4-30 2-50 8s-32-2-50 4z"></path>
            <path style="fill:var(--seq-4)" d="M122 106c18-8 30 6 50-2s32-8 50-14v21c-18 4-30 2-50 10s-32-4-50 4z"></path>
            <path style="fill:var(--seq-2)" d="M122 86c18-6 30 6 50-4s32-8 50-12v17c-18 6-30 6-50 14s-32-6-50 2z"></path>
            {cells}
        </svg>
    }
}
