//! Strata.
pub mod dataset;
pub mod error;
pub mod ingest;
pub mod locale;
pub mod table;
