//! The worker's side: one engine, asked by messages.

use std::cell::{Cell, RefCell};

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, DedicatedWorkerGlobalScope, MessageEvent};

use super::cache::{self, Writing};
use super::client::LARGE;
use super::letters::Browser;
use super::source::{Pieces, page_reads, piece_came};
use super::{Ask, Message, Say, Source, SourceFile, failure, lane, pool, readers, unpack};
use crate::dataset::calendar::{DAY_MICROS, Day};
use crate::engine::lists::ListFormat;
use crate::engine::loader::{
    Lanes, Loader, MOST_READINGS, Progress, SLICE_BYTES, SecondThoughts, TAB_BYTES, inspect, load,
};
use crate::engine::rehearsal::Rehearsal;
use crate::engine::request::{OpenOptions, Query};
use crate::engine::tape::{Beginning, Label};
use crate::engine::{Engine, Opened, to_json};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::assemble::Slice;
use crate::ingest::detect::HEAD_BYTES;
use crate::ingest::ledger::Notice;
use crate::ingest::reader::Part;
use crate::privacy::pseudonym::Passphrase;
use crate::sample;

thread_local! {
    static ENGINE: RefCell<Engine> = RefCell::default();
    /// The files that the open log was read from, in the order of its ledgers, to give back the rows that were set aside.
    static IN_ORDER: RefCell<Vec<SourceFile>> = const { RefCell::new(Vec::new()) };
    /// The reading that goes on; another number means it has been cancelled.
    static READING: Cell<Option<u32>> = const { Cell::new(None) };
    /// How far reading is.
    static TOLD: Cell<Progress> = const { Cell::new(Progress { bytes: 0, total_bytes: 0, rows: 0 }) };
    /// Whether anything has been asked; the rehearsal ends then.
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// How often the engine looks whether a lane has started, every 10 ms, before it reads alone.
const LANE_PATIENCE: u32 = 100;

/// Listens for messages, and says so.
pub fn serve() {
    tell_panics();
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
        match Message::read::<Ask>(event.data()) {
            Ok((id, ask, handle)) => take(id, ask, &handle),
            // The page and the worker are one program, so this means that something else posts to us.
            Err(error) => wasm_bindgen::throw_val(error),
        }
    });
    scope().set_onmessage(Some(listener.as_ref().unchecked_ref()));
    listener.forget();
    say(0, &Say::Ready);
    spawn_local(rehearse());
}

/// Tells the page of a panic before the program ends, so that it can be told from want of memory.
fn tell_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        say(0, &Say::Panicked(panic.to_string()));
        before(panic);
    }));
}

/// Rehearses until something is asked, letting messages in between the steps.
async fn rehearse() {
    let mut rehearsal = Rehearsal::default();
    loop {
        pause(0).await;
        if BUSY.get() || rehearsal.step() != Ok(true) {
            break;
        }
    }
    say(0, &Say::Rehearsed);
}

/// Lets messages in.
async fn pause(milliseconds: i32) {
    let pause = js_sys::Promise::new(&mut |resolve, _| {
        let _ = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
    });
    let _ = JsFuture::from(pause).await;
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

pub(super) fn post(id: u32, words: &Say, handle: JsValue) -> std::result::Result<(), JsValue> {
    scope().post_message(&Message::write(id, words, handle)?)
}

fn say(id: u32, words: &Say) {
    // A page that is gone hears nothing, and that is all right.
    let _ = post(id, words, JsValue::UNDEFINED);
}

fn answer(id: u32, result: Result<String>) {
    say(id, &result.map_or_else(Say::Failed, Say::Text));
}

fn answer_file(id: u32, result: Result<Blob>) {
    match result {
        Ok(blob) => drop(post(id, &Say::File, blob.into())),
        Err(error) => say(id, &Say::Failed(error)),
    }
}

fn take(id: u32, ask: Ask, handle: &JsValue) {
    BUSY.set(BUSY.get() || !matches!(ask, Ask::AddLane | Ask::Kept | Ask::Wipe));
    match ask {
        Ask::Inspect { files, options } => {
            let source = Source::from_message(files, handle);
            spawn_local(async move { answer(id, look(&source, &options).await) });
        }
        Ask::Open { files, options, keep } => {
            let source = Source::from_message(files, handle);
            READING.set(Some(id));
            spawn_local(async move {
                TOLD.take();
                let result = open(id, &source, &options, keep).await;
                answer(id, result.map_err(|error| failure::of_reading(error, &source.sizes(), TOLD.get())));
            });
        }
        Ask::Kept => spawn_local(async move { answer(id, to_json(&cache::kept().await)) }),
        Ask::Wipe => spawn_local(async move {
            cache::wipe().await;
            answer(id, to_json(&cache::kept().await));
        }),
        Ask::Run { request } => answer(id, ENGINE.with_borrow_mut(|engine| engine.run_in_zone(&request))),
        Ask::PlanList { request, passphrase } => {
            let plan = Query::parse(&request)
                .and_then(|query| ENGINE.with_borrow(|engine| engine.plan_list(&query, passphrase.as_ref())));
            answer(id, plan.and_then(|plan| to_json(&plan)));
        }
        Ask::SaveList { request, passphrase } => answer_file(id, list(&request, passphrase.as_ref())),
        Ask::MatchIds { ids, passphrase } => {
            let matched = ENGINE.with_borrow(|engine| engine.match_ids(&ids, passphrase.as_ref()));
            answer(id, matched.and_then(|matched| to_json(&matched)));
        }
        Ask::HoldList { ids } => {
            let held = ENGINE.with_borrow_mut(|engine| engine.hold_list(ids));
            answer(id, to_json(&held));
        }
        Ask::TableText { file } => {
            let file = SourceFile::from_message((file, handle.clone()));
            spawn_local(async move { answer(id, unpack::table_text(&file).await) });
        }
        Ask::SetAside => answer_file(id, set_aside()),
        Ask::Cancel { call } => {
            if READING.get() == Some(call) {
                READING.set(None);
                pool::wake();
            }
        }
        Ask::Piece { ticket } => piece_came(ticket, handle),
        Ask::BeLane => lane::serve(handle.clone().unchecked_into()),
        Ask::AddLane => pool::add(handle.clone().unchecked_into()),
        Ask::AddReader => readers::add(handle.clone().unchecked_into()),
        Ask::DismissLanes => {
            pool::dismiss();
            readers::dismiss();
        }
    }
}

/// Looks at the beginning of every file, and of every table in an archive of which no member has been chosen.
async fn look(source: &Source, options: &OpenOptions) -> Result<String> {
    let mut found = Vec::new();
    match source {
        Source::Sample => {
            let bytes = sample::csv();
            let head = bytes.get(..HEAD_BYTES).unwrap_or(&bytes);
            found.push(inspect(sample::FILE_NAME, bytes.len() as u64, head, options, &Browser)?);
        }
        Source::Files(files) => {
            for file in &unpack::with_members(files, options).await? {
                found.push(unpack::look(file, options).await?.inspection);
            }
        }
    }
    to_json(&found)
}

/// The first file, and the bytes of all.
fn first(files: &[SourceFile]) -> Result<(&SourceFile, u64)> {
    let file = files.first().ok_or_else(|| Error::new(ErrorKind::NothingOpen))?;
    Ok((file, files.iter().map(|file| file.bytes).sum::<f64>() as u64))
}

async fn open(id: u32, source: &Source, options: &OpenOptions, keep: bool) -> Result<String> {
    let mut from_copy = false;
    let mut writing = None;
    let log = match source {
        Source::Sample => {
            IN_ORDER.take();
            load(&[(sample::FILE_NAME, &sample::csv())], options)?
        }
        Source::Files(files) => {
            let files = &unpack::with_members(files, options).await?;
            let label = if keep { Some(cache::label(files, options)?) } else { None };
            let loader = match &label {
                Some(label) => from_kept(id, label).await,
                None => None,
            };
            from_copy = loader.is_some();
            let loader = match loader {
                Some(loader) => loader,
                None => {
                    let read = read_until_sure(id, files, options, label.as_ref()).await?;
                    writing = read.1;
                    read.0
                }
            };
            pool::end();
            // The log's ledgers come in an order of their own.
            let order = loader.ledger_order();
            IN_ORDER.set(order.iter().filter_map(|&file| files.get(file).cloned()).collect());
            loader.finish()?
        }
    };
    let now = (js_sys::Date::now() * 1000.0) as i64;
    let today = log.zone.civil_from_instant(now).div_euclid(DAY_MICROS);
    let today = i32::try_from(today).ok().map(Day);
    let opened = ENGINE.with_borrow_mut(|engine| Opened { from_copy, ..engine.hold_on(log, today) });
    if let Some(writing) = writing {
        writing.commit().await;
    }
    to_json(&opened)
}

/// Takes the files from the copy that the browser keeps.
async fn from_kept(id: u32, label: &Label) -> Option<Loader> {
    cache::play(label, |loader| {
        // Two logs at once may not fit; the one before is let go now that the copy is the right one.
        ENGINE.with_borrow_mut(Engine::close);
        tell(id, loader.progress());
    })
    .await
}

/// Reads the files, and again while the whole of them tells what the beginning did not.
async fn read_until_sure(
    id: u32,
    files: &[SourceFile],
    options: &OpenOptions,
    label: Option<&Label>,
) -> Result<(Loader, Option<Writing>)> {
    let (mut loader, mut writing) = read_files(id, files, options, Vec::new(), label).await?;
    let mut told = Vec::new();
    for _ in 1..MOST_READINGS {
        let Some(SecondThoughts { options, notices }) = loader.second_thoughts() else { break };
        told.extend(notices);
        // Two tables at once may not fit.
        drop(loader);
        if let Some(writing) = writing {
            writing.give_up().await;
        }
        (loader, writing) = read_files(id, files, &options, told.clone(), label).await?;
    }
    Ok((loader.with_notices(told), writing))
}

/// Looks at all files and reads them; with a label a copy is kept.
async fn read_files(
    id: u32,
    files: &[SourceFile],
    options: &OpenOptions,
    notices: Vec<(String, Notice)>,
    label: Option<&Label>,
) -> Result<(Loader, Option<Writing>)> {
    let (_, total) = first(files)?;
    let mut loader = Loader::new(total, options, TAB_BYTES)?;
    let mut packed = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let looked = unpack::look(file, options).await?;
        if number == 0 {
            // Two logs at once may not fit; the one before is let go only now that the new file can be read at all.
            ENGINE.with_borrow_mut(Engine::close);
        }
        loader.add(&looked.inspection, looked.way.clone())?;
        packed.push(looked);
    }
    let writing = match label {
        Some(label) => {
            let looked = packed.iter().map(|looked| (looked.inspection.clone(), looked.way.clone()));
            let (label, options, files) = (label.clone(), options.clone(), looked.collect());
            cache::begin(&Beginning { label, options, notices, slice_bytes: SLICE_BYTES, files }).await
        }
        None => None,
    };
    if let Some(writing) = &writing {
        loader.record(writing.recorder());
    }
    match read_rows(id, files, &packed, &mut loader).await {
        Ok(()) => Ok((loader, writing)),
        Err(error) => {
            if let Some(writing) = writing {
                writing.give_up().await;
            }
            Err(error)
        }
    }
}

/// Reads files that have been looked at.
async fn read_rows(
    id: u32,
    files: &[SourceFile],
    packed: &[unpack::Looked],
    loader: &mut Loader,
) -> Result<()> {
    let cancelled = || READING.get() != Some(id);
    for (number, (file, looked)) in files.iter().zip(packed).enumerate() {
        unpack::read(file, looked, number, loader, cancelled, |progress| tell(id, progress)).await?;
    }
    read(id, files, loader).await
}

/// Reads in the lanes, or, where there are none, here.
async fn read(id: u32, files: &[SourceFile], loader: &mut Loader) -> Result<()> {
    let cancelled = || READING.get() != Some(id);
    let total: f64 = files.iter().map(|file| file.bytes).sum();
    if total >= LARGE && loader.slices().len() > 2 && !page_reads() {
        for _ in 0..LANE_PATIENCE {
            if pool::lanes() > 0 {
                return pool::read(files, loader, cancelled, |progress| tell(id, progress)).await;
            }
            pause(10).await;
        }
    }
    let mut lanes = Lanes::default();
    for slice in loader.slices().to_vec() {
        let mut wanted = Some(slice);
        while let Some(slice) = wanted {
            if cancelled() {
                return Err(Error::new(ErrorKind::Cancelled));
            }
            let part = read_slice(files, loader, &mut lanes, slice).await?;
            wanted = loader.take(slice.index, 0, part)?;
            tell(id, loader.progress());
        }
    }
    Ok(())
}

async fn read_slice(files: &[SourceFile], loader: &Loader, lanes: &mut Lanes, slice: Slice) -> Result<Part> {
    let (Some(file), Some(plan)) = (files.get(slice.file), loader.plan(slice.file)) else {
        return Err(Error::new(ErrorKind::NothingOpen));
    };
    let lane = lanes.lane(loader.group_of(slice.file), plan.clone())?;
    lane.begin(slice.start, slice.exact, slice.limit);
    let mut pieces = Pieces::new(file, slice.first_byte(), slice.limit);
    while let Some(piece) = pieces.next().await? {
        if lane.push(piece, &Browser) {
            return Ok(lane.take());
        }
    }
    lane.finish(&Browser);
    Ok(lane.take())
}

fn tell(id: u32, progress: Progress) {
    TOLD.set(progress);
    say(id, &Say::Progress(progress));
}

/// A list of users as a file; its pieces leave the engine's memory as they are made.
fn list(request: &str, passphrase: Option<&Passphrase>) -> Result<Blob> {
    let query = Query::parse(request)?;
    let format = query.users.as_ref().and_then(|users| users.save.as_ref()).map(|save| save.format);
    let parts = Array::new();
    let mut take = |piece: Vec<u8>| {
        parts.push(&Uint8Array::from(piece.as_slice()));
    };
    ENGINE.with_borrow(|engine| engine.save_list(&query, passphrase, &mut take))?;
    blob(&parts, format.unwrap_or_default().media_type())
}

fn blob(parts: &Array, media_type: &str) -> Result<Blob> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let blob = Blob::new_with_blob_sequence_and_options(parts, &options);
    blob.map_err(|reason| super::unreadable("", &reason))
}

/// The header and the rows that were set aside, byte for byte, as slices of the files: nothing is read for it. A byte order
/// mark comes first, without which Excel takes them for other letters.
fn set_aside() -> Result<Blob> {
    let files = IN_ORDER.with_borrow(Clone::clone);
    ENGINE.with_borrow(|engine| {
        let parts = Array::of1(&"\u{feff}".into());
        for (file, spans) in files.iter().zip(&engine.log()?.spans) {
            for text in &spans.texts {
                parts.push(&text.into());
            }
            for span in spans.header.iter().chain(&spans.set_aside) {
                let slice = file.blob.slice_with_f64_and_f64(span.start as f64, span.end as f64);
                let slice = slice.map_err(|reason| super::unreadable(&file.name, &reason))?;
                parts.push(&slice.into());
            }
            // A last line may lack its end.
            parts.push(&"\n".into());
        }
        blob(&parts, ListFormat::Csv.media_type())
    })
}
