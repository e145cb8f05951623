//! Bytes of a file into typed columns, with an account of every row.
//!
//! [`detect`] looks at the beginning of a file and proposes a layout and a mapping; [`reader::Reader`] takes the whole file
//! in pieces, as they come, and gives a [`reader::Table`].

pub mod detect;
pub mod guess;
pub mod layout;
pub mod ledger;
pub mod mapping;
pub mod reader;
pub mod split;
pub mod time;
