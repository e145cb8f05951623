//! The rooms that touch every row: reading, sorting, filtering, asking.
//!
//! They are a package of their own because they are compiled for speed, while everything that only carries reports around is
//! compiled for size. The package `strata` shows them under their own names; nobody else need know of this one.

#[path = "../analysis/mod.rs"]
pub mod analysis;
#[path = "../dataset/mod.rs"]
pub mod dataset;
#[path = "../error.rs"]
pub mod error;
#[path = "../ingest/mod.rs"]
pub mod ingest;
#[path = "../locale/mod.rs"]
pub mod locale;
#[path = "../model/mod.rs"]
pub mod model;
#[path = "../privacy/mod.rs"]
pub mod privacy;
#[path = "../segment/mod.rs"]
pub mod segment;
#[path = "../table/mod.rs"]
pub mod table;
