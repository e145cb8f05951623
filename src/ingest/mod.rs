//! Bytes of a file into typed columns, with an account of every row.
//!
//! [`detect`] looks at the beginning of a file and proposes a layout and a mapping; [`reader::Lane`]s read its slices;
//! [`assemble::Assembly`] puts them together into a [`assemble::Table`].

pub mod assemble;
pub mod beginning;
pub mod detect;
pub mod encoding;
pub mod estimate;
pub mod formula;
pub mod guess;
pub mod kind;
pub mod layout;
pub mod ledger;
pub mod letters;
pub mod mapping;
pub mod orders;
pub mod personal;
pub mod reader;
pub mod row_numbers;
pub mod sample;
pub mod split;
pub mod time;
