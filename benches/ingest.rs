//! Where the time goes while a file is read, natively in one thread: `cargo bench --bench ingest -- FILE [COLUMN=ROLE ...]`.
//!
//! Prints nanoseconds a row for each step; the fastest of five runs.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a program for developers")]

use std::time::Instant;

use strata::dataset::EventLog;
use strata::dataset::calendar::{WeekStart, Zone};
use strata::engine::loader::inspect;
use strata::engine::request::OpenOptions;
use strata::ingest::assemble::Assembly;
use strata::ingest::encoding::Native;
use strata::ingest::ledger::Ledger;
use strata::ingest::reader::{Lane, Plan};
use strata::ingest::split::{Found, Place, Splitter};
use strata::ingest::{beginning, detect};
use strata::table::chunk::Chunk;

const SLICE: u64 = 4 << 20;

fn main() {
    let Some(path) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) else {
        println!("cargo bench --bench ingest -- FILE");
        return;
    };
    let bytes = std::fs::read(path).unwrap();
    let inspection = inspect(
        "file",
        bytes.len() as u64,
        &bytes[..detect::HEAD_BYTES.min(bytes.len())],
        &OpenOptions::default(),
        &Native,
    )
    .unwrap();
    let names: Vec<String> = inspection.columns.iter().map(|column| column.name.clone()).collect();
    let time = detect::time_column(&inspection, &inspection.mapping);
    let plan = Plan::new(inspection.layout, &inspection.mapping, &names, time, &Zone::utc()).unwrap();
    println!("{:?}", plan.columns.iter().map(|column| (&column.name, column.role)).collect::<Vec<_>>());
    let mut best = [u128::MAX; 4];
    let mut rows = 0;
    for _ in 0..5 {
        let mut splitter = Splitter::new(&plan.layout);
        rows = 0;
        best[0] = best[0].min(timed(|| {
            for piece in bytes.chunks(1 << 22) {
                splitter.push(piece, &mut |_: Place, _: Found<'_>| rows += 1);
            }
        }));
        let mut assembly = Assembly::default();
        let beginning = beginning::find(&bytes[..detect::HEAD_BYTES.min(bytes.len())], &plan.layout, &Native);
        let ledger = Ledger { bytes: bytes.len() as u64, ..Ledger::default() };
        assembly.add_file(ledger, 0, &plan, beginning, SLICE..=SLICE);
        let slices = assembly.slices().to_vec();
        let mut lane = Lane::new(plan.clone()).unwrap();
        let mut parts = Vec::new();
        best[1] = best[1].min(timed(|| {
            for slice in slices {
                lane.begin(slice.start, slice.exact, slice.limit);
                let from = usize::try_from(slice.first_byte()).unwrap();
                let end = usize::try_from(slice.limit.saturating_add(1 << 16))
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                if !lane.push(&bytes[from..end], &Native) {
                    lane.finish(&Native);
                }
                let mut part = lane.take();
                let chunk = std::mem::take(&mut part.chunk).to_bytes();
                parts.push((slice.index, part, chunk));
            }
        }));
        best[2] = best[2].min(timed(|| {
            for (slice, mut part, chunk) in parts.drain(..) {
                part.chunk = Chunk::from_bytes(&chunk).unwrap();
                assert!(assembly.take(slice, 0, part).unwrap().is_none());
            }
        }));
        let mut table = Some(assembly.finish().unwrap());
        best[3] = best[3].min(timed(|| {
            let log = EventLog::new(
                table.take().unwrap(),
                inspection.mapping.clone(),
                Zone::utc(),
                WeekStart::Monday,
            );
            assert!(log.unwrap().rows() > 0);
        }));
    }
    for (step, time) in ["split", "split and parse", "assemble", "sort"].into_iter().zip(best) {
        println!("{step:16} {:6.1} ns a row", time as f64 / f64::from(rows));
    }
}

fn timed(work: impl FnOnce()) -> u128 {
    let start = Instant::now();
    work();
    start.elapsed().as_nanos()
}
