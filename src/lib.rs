//! Strata.
pub mod dataset;
pub mod error;
pub mod locale;
