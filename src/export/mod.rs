//! What leaves the page, and only on request: tables as CSV, lists of users as CSV or as a workbook.

pub mod cell;
pub mod csv;
pub mod ledger;
pub mod xlsx;
pub mod zip;
