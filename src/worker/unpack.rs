//! Files that the readers unpack: how they are looked at, and how their rows come.

use std::rc::Rc;

use super::SourceFile;
use super::letters::Browser;
use super::readers::{self, Contents, Open, OpenKind, Reader};
use super::source::{bytes, head};
use crate::dataset::calendar::Zone;
use crate::engine::loader::{Lanes, Loader, Progress, Way, inspect};
use crate::engine::request::OpenOptions;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::beginning;
use crate::ingest::detect::{self, HEAD_BYTES, Inspection};
use crate::ingest::estimate::{self, Stretch, Survey};
use crate::ingest::layout::{Encoding, LayoutChoice};
use crate::ingest::reader::Part;
use crate::ingest::sample::Thinner;
use crate::table::chunk::Chunk;

/// A file that has been looked at.
pub(super) struct Looked {
    pub inspection: Inspection,
    pub way: Way,
}

/// Looks at a file, whatever it is.
pub(super) async fn look(file: &SourceFile, options: &OpenOptions) -> Result<Looked> {
    let bytes = head(file, HEAD_BYTES).await?;
    if readers::wanted(&bytes) {
        return look_inside(file, options).await;
    }
    let mut inspection = inspect(&file.name, file.bytes as u64, &bytes, options, &Browser)?;
    let beginning = beginning::find(&bytes, &inspection.layout, &Browser);
    look_further(file, &mut inspection, beginning.bytes, options).await?;
    Ok(Looked { inspection, way: Way::Slices(beginning) })
}

/// The most members of an archive that are looked at to tell which are tables.
const MOST_MEMBERS: usize = 64;

/// The files; in place of an archive of which no member has been chosen, those that look like tables.
pub(super) async fn with_members(files: &[SourceFile], options: &OpenOptions) -> Result<Vec<SourceFile>> {
    let mut all = Vec::new();
    for file in files {
        if chosen_part(file, options).is_none() && head(file, 4).await?.starts_with(b"PK\x03\x04") {
            all.extend(tables(file, options).await?);
        } else {
            all.push(file.clone());
        }
    }
    Ok(all)
}

fn chosen_part(file: &SourceFile, options: &OpenOptions) -> Option<String> {
    let said = options.of_file(&file.name, None).and_then(|options| options.part.clone());
    said.or_else(|| file.part.clone())
}

/// The members of an archive that look like tables; the archive itself where none does, or it is no archive.
async fn tables(file: &SourceFile, options: &OpenOptions) -> Result<Vec<SourceFile>> {
    let reader = readers::get(0).await?;
    let contents = reader.look(file).await?;
    let mut tables = Vec::new();
    if contents.format == "zip" {
        for part in contents.parts.iter().filter(|part| !part.hidden).take(MOST_MEMBERS) {
            let member = SourceFile {
                bytes: part.bytes.map_or(file.bytes, |bytes| bytes as f64),
                ..file.within(&part.name)
            };
            // What cannot be read is left out here and tells why when somebody chooses it.
            let looked = look_at_part(&reader, &member, &contents, &part.name, options).await;
            if looked.is_ok_and(|looked| looked.inspection.columns.len() > 1) {
                tables.push(member);
            }
        }
    }
    Ok(match tables.as_slice() {
        [] => vec![file.clone()],
        // Nobody need know that a single table was packed.
        [only] => vec![SourceFile { name: file.name.clone(), ..only.clone() }],
        _ => tables,
    })
}

/// Looks at stretches all over a large file, to estimate what it takes.
async fn look_further(
    file: &SourceFile,
    inspection: &mut Inspection,
    first_row: u64,
    options: &OpenOptions,
) -> Result<()> {
    let unit = inspection.layout.encoding.unit() as u64;
    // All reads are under way before the first is waited for.
    let mut reads = Vec::new();
    for (start, limit, end) in estimate::stretches(first_row, inspection.bytes, unit) {
        let exact = start == first_row;
        let from = if exact { start } else { start.saturating_sub(unit) };
        reads.push((start, exact, limit, bytes(file, from, end)?));
    }
    let mut found = Vec::new();
    for (start, exact, limit, bytes) in reads {
        found.push(Stretch { start, exact, limit, bytes: bytes.await? });
    }
    if !found.is_empty() {
        inspection.survey = Some(survey(inspection, &found, true, options)?);
        inspection.adjust_rows(first_row);
    }
    Ok(())
}

fn survey(
    inspection: &Inspection,
    stretches: &[Stretch],
    everywhere: bool,
    options: &OpenOptions,
) -> Result<Survey> {
    let zone = options.time_zone.as_deref().and_then(|zone| Zone::new(zone).ok()).unwrap_or_else(Zone::utc);
    estimate::survey(inspection, stretches, everywhere, &zone, &Browser)
}

async fn look_inside(file: &SourceFile, options: &OpenOptions) -> Result<Looked> {
    let reader = readers::get(0).await?;
    let contents = reader.look(file).await?;
    let part = chosen_part(file, options).or_else(|| {
        let shown = contents.parts.iter().find(|part| !part.hidden).or_else(|| contents.parts.first());
        shown.map(|part| part.name.clone())
    });
    let part = part.ok_or_else(|| Error::new(ErrorKind::NothingInside).in_file(&file.name))?;
    look_at_part(&reader, file, &contents, &part, options).await
}

async fn look_at_part(
    reader: &Reader,
    file: &SourceFile,
    contents: &Contents,
    part: &str,
    options: &OpenOptions,
) -> Result<Looked> {
    let open = reader.open(file, part).await?;
    let bytes = reader.head(&open, HEAD_BYTES).await;
    reader.close(&open).await;
    let bytes = bytes?;
    let mut choice = options.layout(&file.name, None);
    if open.kind != OpenKind::Text {
        // The readers wrote it.
        choice = LayoutChoice {
            encoding: Some(Encoding::Utf8),
            delimiter: Some(','),
            quote: Some('"'),
            skip_lines: Some(0),
            header: choice.header.or(Some(true)),
        };
    }
    let unpacked = contents.parts.iter().find(|of| of.name == part).and_then(|part| part.bytes);
    // Packed text is about a quarter of its size.
    let size = unpacked.unwrap_or_else(|| (bytes.len() as u64).max(file.bytes as u64 * 4));
    let size =
        if bytes.len() < HEAD_BYTES && open.kind != OpenKind::Columns { bytes.len() as u64 } else { size };
    let mut inspection = detect::inspect(&file.name, size, &bytes, choice, &Browser)?;
    inspection.bytes = file.bytes as u64;
    inspection.format = Some(contents.format.clone());
    if contents.parts.len() > 1 {
        inspection.parts = contents.parts.iter().map(|part| part.name.clone()).collect();
    }
    inspection.part = Some(part.to_owned());
    if bytes.len() >= HEAD_BYTES {
        let first = beginning::find(&bytes, &inspection.layout, &Browser).bytes;
        let limit = first.max(bytes.len() as u64 * 3 / 4);
        let rows = bytes.get(usize::try_from(first).unwrap_or(usize::MAX)..).unwrap_or(&[]).to_vec();
        let stretch = Stretch { start: first, exact: true, limit, bytes: rows };
        inspection.survey = Some(survey(&inspection, &[stretch], false, options)?);
    }
    if let Some(rows) = open.rows {
        inspection.estimated_rows = rows;
    }
    let way = if open.kind == OpenKind::Columns {
        Way::Groups(open.row_groups.len().max(1) as u64)
    } else {
        let mut beginning = beginning::find(&bytes, &inspection.layout, &Browser);
        // What stands in the file is not this text.
        if let Some(span) = beginning.header.take() {
            let at = |place: u64| usize::try_from(place).unwrap_or(usize::MAX);
            let header = bytes.get(at(span.start)..at(span.end));
            beginning.text = header.map(|header| String::from_utf8_lossy(header).into_owned());
        }
        Way::Stream(beginning)
    };
    Ok(Looked { inspection, way })
}

/// The longest text that a list of ids is taken from.
const LONGEST_LIST: usize = 64 << 20;

/// The first table of a file that has to be unpacked, as text in UTF-8.
pub(super) async fn table_text(file: &SourceFile) -> Result<String> {
    let reader = readers::get(0).await?;
    let contents = reader.look(file).await?;
    let shown = contents.parts.iter().find(|part| !part.hidden).or_else(|| contents.parts.first());
    let part = shown.ok_or_else(|| Error::new(ErrorKind::NothingInside).in_file(&file.name))?;
    let open = reader.open(file, &part.name).await?;
    if open.kind == OpenKind::Columns {
        reader.close(&open).await;
        return Err(Error::new(ErrorKind::UnknownFormat).in_file(&file.name).found(&contents.format));
    }
    let mut text = Vec::new();
    let read = loop {
        match reader.next(&open).await {
            Ok((piece, _)) if piece.end => break Ok(()),
            Ok((_, bytes)) => text.extend(bytes.unwrap_or_default()),
            Err(error) => break Err(error),
        }
        if text.len() > LONGEST_LIST {
            break Err(Error::new(ErrorKind::TooLarge).in_file(&file.name));
        }
    };
    reader.close(&open).await;
    read.map(|()| String::from_utf8_lossy(&text).into_owned())
}

/// Reads a file that has been looked at by the readers; `number` is the loader's for it.
pub(super) async fn read(
    file: &SourceFile,
    looked: &Looked,
    number: usize,
    loader: &mut Loader,
    cancelled: impl Fn() -> bool,
    tell: impl Fn(Progress),
) -> Result<()> {
    let part = looked.inspection.part.clone().unwrap_or_default();
    match &looked.way {
        Way::Slices(_) => Ok(()),
        Way::Stream(beginning) => {
            let reader = readers::get(0).await?;
            let open = reader.open(file, &part).await?;
            let inspection = &looked.inspection;
            let bytes_per_row = inspection.bytes as f64 / inspection.estimated_rows.max(1) as f64;
            let note = |loader: &mut Loader, rows: u64| {
                // How much of a packed file has been read is known by its rows only.
                loader.note_bytes((rows as f64 * bytes_per_row) as u64);
                tell(loader.progress());
            };
            read_stream((&reader, &open), beginning.bytes, number, loader, cancelled, note).await
        }
        Way::Groups(groups) => {
            let groups = usize::try_from(*groups).unwrap_or(usize::MAX);
            read_groups(file, &part, groups, number, loader, cancelled, tell).await
        }
    }
}

async fn read_stream(
    (reader, open): (&Reader, &Open),
    first_byte: u64,
    number: usize,
    loader: &mut Loader,
    cancelled: impl Fn() -> bool,
    note: impl Fn(&mut Loader, u64),
) -> Result<()> {
    let plan = loader.plan(number).cloned().ok_or_else(|| Error::new(ErrorKind::NothingOpen))?;
    let mut lanes = Lanes::default();
    let lane = lanes.lane(0, plan)?;
    lane.keep_texts();
    lane.begin(first_byte, true, u64::MAX);
    let mut told = Vec::new();
    let mut above = usize::try_from(first_byte).unwrap_or(usize::MAX);
    loop {
        if cancelled() {
            return Err(Error::new(ErrorKind::Cancelled));
        }
        let (mut piece, bytes) = reader.next(open).await?;
        if piece.end {
            told.extend(piece.take_notices());
            break;
        }
        let bytes = bytes.unwrap_or_default();
        // What stands above the rows is passed over.
        let passed = above.min(bytes.len());
        above -= passed;
        lane.push(bytes.get(passed..).unwrap_or(b""), &Browser);
        let part = lane.take();
        let rows = part.ledger.rows_read;
        loader.take_some(number, part, false)?;
        note(loader, rows);
    }
    lane.finish(&Browser);
    let mut part = lane.take();
    part.ledger.notices.extend(told);
    loader.take_some(number, part, true)?;
    reader.close(open).await;
    Ok(())
}

/// Reads groups of rows, each reader every so-manieth.
async fn read_groups(
    file: &SourceFile,
    part: &str,
    groups: usize,
    number: usize,
    loader: &mut Loader,
    cancelled: impl Fn() -> bool,
    tell: impl Fn(Progress),
) -> Result<()> {
    let plan = loader.plan(number).cloned().ok_or_else(|| Error::new(ErrorKind::NothingOpen))?;
    let mut open: Vec<(Rc<Reader>, Open)> = Vec::new();
    for place in 0..readers_at_once(groups) {
        let reader = readers::get(place).await?;
        let opened = reader.open(file, part).await?;
        open.push((reader, opened));
    }
    let mut lane = 0;
    for first in (0..groups).step_by(open.len().max(1)) {
        if cancelled() {
            return Err(Error::new(ErrorKind::Cancelled));
        }
        let work = open
            .iter()
            .zip(first..groups)
            .map(|((reader, open), group)| read_group(reader, open, &plan, group));
        for (group, parts) in (first..groups).zip(together(work.collect()).await) {
            loader.take_group(number, group, lane, parts?)?;
            lane += 1;
        }
        tell(loader.progress());
    }
    for (reader, open) in &open {
        reader.close(open).await;
    }
    Ok(())
}

fn readers_at_once(groups: usize) -> usize {
    groups.clamp(1, super::client::cores())
}

async fn read_group(
    reader: &Reader,
    open: &Open,
    plan: &crate::ingest::reader::Plan,
    group: usize,
) -> Result<Vec<Part>> {
    reader.plan(open, plan, (group, group + 1)).await?;
    let mut thinner = Thinner::new(plan)?;
    let mut parts: Vec<Part> = Vec::new();
    loop {
        let (mut piece, bytes) = reader.next(open).await?;
        if piece.end {
            if let Some(part) = parts.last_mut() {
                part.ledger.notices.extend(piece.take_notices());
                part.texts = piece.texts;
            }
            return Ok(parts);
        }
        let chunk = Chunk::from_bytes(&bytes.unwrap_or_default())?;
        let ledger = piece.ledger.unwrap_or_default();
        let mut part = Part { ledger, set_aside: piece.set_aside, chunk, numbered: true, ..Part::default() };
        if let Some(thinner) = &mut thinner {
            thinner.thin(&mut part);
        }
        parts.push(part);
    }
}

/// Runs futures at the same time; gives their results in their order.
async fn together<T>(futures: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut futures: Vec<_> = futures.into_iter().map(|future| Box::pin(future)).collect();
    let mut results: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(move |context| {
        let mut ready = true;
        for (future, result) in futures.iter_mut().zip(&mut results) {
            if result.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *result = Some(value),
                    std::task::Poll::Pending => ready = false,
                }
            }
        }
        if ready { std::task::Poll::Ready(std::mem::take(&mut results)) } else { std::task::Poll::Pending }
    })
    .await
    .into_iter()
    .flatten()
    .collect()
}
