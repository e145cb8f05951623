//! Strata: user-operations analytics that runs wholly inside one browser tab.
//!
//! Data walk through the rooms once, left to right, and never back:
//!
//! ```text
//! File ─► ingest ─► table ─► dataset ─► segment ─► analysis ─► engine ─► chart, ui
//! bytes   parse     columns  sorted     scores,    one         request   the page
//!         & check            log, days  names      question    → report
//! ```
//!
//! A room knows the rooms to its left and nothing of those to its right. The browser is known only to `worker`, `module`
//! and the page (the package `strata_ui` in `src/ui`, which is compiled for size); everything else compiles and is tested
//! natively.

pub use strata_core::{analysis, dataset, error, ingest, locale, model, privacy, segment, table};

pub mod chart;
pub mod engine;
pub mod export;
#[cfg(target_arch = "wasm32")]
pub mod module;
pub mod sample;
#[cfg(target_arch = "wasm32")]
pub mod worker;
