//! Reads a file as the engine would and says how long it took: `read FILE [PART]`.
//!
//! Columns are read by their best types, the rest is only counted.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::time::Instant;

use strata_core::dataset::calendar::Zone;
use strata_core::error::Error;
use strata_core::ingest::mapping::{FileKind, PlannedColumn, Role};
use strata_core::ingest::time::TimeFormat;
use strata_core::table::Clock;
use strata_formats::columns::TimeChoice;
use strata_formats::{Limits, Opened, open};

fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap_or_default();
    let part = arguments.next();
    let start = Instant::now();
    let unreadable =
        |error: std::io::Error| Error::new(strata_core::error::ErrorKind::Unreadable).found(error);
    let file = BufReader::new(File::open(&path).map_err(unreadable)?);
    let mut opened = open(&path, Box::new(file), part.as_deref(), Limits::default())?;
    println!("{opened:?} after {:?}", start.elapsed());
    let mut buffer = vec![0; 4 << 20];
    let (mut rows, mut bytes) = (0, 0);
    match &mut opened {
        Opened::Text(text) => while count(text.read(&mut buffer), &mut bytes) {},
        Opened::Table(table) => while count(table.read(&mut buffer), &mut bytes) {},
        Opened::Columns(columns) => {
            let schema = columns.schema().into_iter().enumerate();
            let plan = schema.filter_map(|(field, column)| {
                let column_type = column.column_type?;
                Some(PlannedColumn {
                    field,
                    name: column.name,
                    role: Role::Attribute,
                    column_type,
                    number_format: Default::default(),
                })
            });
            let times = TimeChoice { format: TimeFormat::YearFirst, clock: Clock::Civil, zone: Zone::utc() };
            columns.plan(FileKind::Events, &plan.collect::<Vec<_>>(), 0..usize::MAX, &times)?;
            while let Some(batch) = columns.next() {
                let batch = batch?;
                rows += u64::from(batch.chunk.rows);
                bytes += batch.chunk.to_bytes().len();
            }
        }
    }
    let time = start.elapsed();
    println!(
        "{bytes} bytes, {time:?}; {rows} rows, {:.1} ns a row",
        time.as_nanos() as f64 / rows.max(1) as f64
    );
    Ok(())
}

fn count(read: std::io::Result<usize>, bytes: &mut usize) -> bool {
    match read {
        Ok(read) => {
            *bytes += read;
            read > 0
        }
        Err(error) => {
            println!("{error}");
            false
        }
    }
}
