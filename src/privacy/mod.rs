//! What is personal in a table, and how ids leave without being told.

mod address;
mod numbers;
pub mod personal;
pub mod pseudonym;
