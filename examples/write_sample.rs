//! Writes the sample data to standard output: `cargo run --example write_sample > sample.csv`.

use std::io::{self, Write};

fn main() -> io::Result<()> {
    io::stdout().lock().write_all(&strata::sample::csv())
}
