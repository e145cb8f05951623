//! What is personal in a table.

mod address;
mod numbers;
pub mod personal;
