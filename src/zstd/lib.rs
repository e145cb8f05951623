//! Stands in for the crate `zstd`, which is a C library that a browser build cannot have without a C compiler for wasm.
//!
//! `[patch.crates-io]` in the workspace's `Cargo.toml` puts this package in its place. It has the few functions that
//! `parquet` and `arrow-ipc` call, with their signatures, on top of a decoder in Rust. Nothing here writes: asked to
//! compress, it returns an error. Our own readers use [`decoder`].

pub mod bulk;
pub mod decoder;
pub mod zstd_safe;

/// The levels that could be asked for: none writes, so one stands for all.
#[must_use]
pub fn compression_level_range() -> std::ops::RangeInclusive<i32> {
    1..=22
}
