//! Strata.
pub mod analysis;
pub mod chart;
pub mod dataset;
pub mod engine;
pub mod error;
pub mod export;
pub mod ingest;
pub mod locale;
pub mod sample;
pub mod segment;
pub mod table;
#[cfg(target_arch = "wasm32")]
pub mod ui;
#[cfg(target_arch = "wasm32")]
pub mod worker;
