//! The page: Leptos components over bounded reports. Rows never come here.
//!
//! [`state::App`] is what all components share, [`chosen`] the files at hand and how each is read, [`flow`] the way from files
//! to answers, [`address`] keeps page and settings behind `#`. [`shell`] shows the stage at hand: [`start`], [`mapping`], [`reading`], or [`frame`] around the
//! `pages`, which hold one question each and are built from `widgets`.
//!
//! A package of its own, because it is compiled for size while the engine is compiled for speed.

#![cfg(target_arch = "wasm32")]

pub mod address;
pub mod chosen;
pub mod commands;
pub mod dialog;
pub mod files;
pub mod flow;
pub mod frame;
pub mod guide;
pub mod header;
pub mod icon;
pub mod kept;
pub mod layout;
pub mod ledger;
pub mod lists;
pub mod mapping;
pub mod pages;
pub mod preview;
pub mod proof;
pub mod reading;
pub mod request;
pub mod scope;
pub mod shell;
pub mod size;
pub mod start;
pub mod state;
pub mod text;
pub mod theme;
pub mod widgets;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// Shows the application in the page's element `strata`.
pub fn mount() {
    let place = document().get_element_by_id("strata");
    if let Some(place) = place.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        leptos::mount::mount_to(place, || {
            provide_context(state::App::new());
            view! { <shell::Shell/> }
        })
        .forget();
    }
}
