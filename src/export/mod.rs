//! What leaves the page, and only on request: tables as CSV.

pub mod csv;
pub mod ledger;
