//! A copy of what was read last, in the browser's private storage for this page (Origin Private File System): the tape
//! ([`crate::engine::tape`]) of the last data set and no other. Written under another name and renamed when it is whole.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions, FileSystemGetFileOptions,
    FileSystemReadWriteOptions, FileSystemRemoveOptions, FileSystemSyncAccessHandle, WorkerNavigator,
};

use super::SourceFile;
use crate::engine::loader::{Loader, TAB_BYTES};
use crate::engine::request::OpenOptions;
use crate::engine::tape::{self, Beginning, Label, Recorder};
use crate::error::Result;

const FOLDER: &str = "strata";
const WHOLE: &str = "kept";
const UNFINISHED: &str = "being-written";

type Browser<T> = std::result::Result<T, JsValue>;

/// Whether the browser can keep a copy, and how large the one is that it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Kept {
    /// Whether it can.
    pub available: bool,
    /// Bytes; 0 when there is none.
    pub bytes: u64,
}

async fn awaited<T: JsCast>(promise: Promise) -> Browser<T> {
    Ok(JsFuture::from(promise).await?.unchecked_into())
}

/// The page's own storage; an error where the browser has none (from disk, in private windows of some).
async fn storage() -> Browser<FileSystemDirectoryHandle> {
    let navigator: WorkerNavigator = Reflect::get(&js_sys::global(), &"navigator".into())?.unchecked_into();
    // Not every browser has it in every place.
    let storage = Reflect::get(&navigator, &"storage".into())?;
    let get: Function = Reflect::get(&storage, &"getDirectory".into())?.dyn_into()?;
    awaited(get.call0(&storage)?.unchecked_into()).await
}

async fn folder() -> Browser<FileSystemDirectoryHandle> {
    let options = FileSystemGetDirectoryOptions::new();
    options.set_create(true);
    awaited(storage().await?.get_directory_handle_with_options(FOLDER, &options)).await
}

async fn file(name: &str, create: bool) -> Browser<FileSystemFileHandle> {
    let options = FileSystemGetFileOptions::new();
    options.set_create(create);
    awaited(folder().await?.get_file_handle_with_options(name, &options)).await
}

/// Opens a file for this worker alone.
async fn access(file: &FileSystemFileHandle) -> Browser<FileSystemSyncAccessHandle> {
    let create: Function = Reflect::get(file, &"createSyncAccessHandle".into())?.dyn_into()?;
    awaited(create.call0(file)?.unchecked_into()).await
}

async fn remove(name: &str) {
    if let Ok(folder) = folder().await {
        // What is not there need not be removed.
        let _ = JsFuture::from(folder.remove_entry(name)).await;
    }
}

/// Whether there is a copy.
pub(super) async fn kept() -> Kept {
    if storage().await.is_err() {
        return Kept::default();
    }
    let Ok(file) = file(WHOLE, false).await else { return Kept { available: true, bytes: 0 } };
    let bytes = match awaited::<web_sys::File>(file.get_file()).await {
        Ok(file) => file.size() as u64,
        Err(_) => 0,
    };
    Kept { available: true, bytes }
}

/// Removes everything that was ever kept.
pub(super) async fn wipe() {
    let options = FileSystemRemoveOptions::new();
    options.set_recursive(true);
    if let Ok(storage) = storage().await {
        let _ = JsFuture::from(storage.remove_entry_with_options(FOLDER, &options)).await;
    }
}

/// What a copy of these files, read in this way, is called.
pub(super) fn label(files: &[SourceFile], options: &OpenOptions) -> Result<Label> {
    let note = |file: &SourceFile| {
        let changed = Reflect::get(&file.blob, &"lastModified".into()).ok().and_then(|time| time.as_f64());
        (file.name.clone(), file.bytes as u64, changed.unwrap_or(0.0) as i64)
    };
    Label::new(files.iter().map(note).collect(), options)
}

/// Takes the files from the copy, if it is theirs and whole.
pub(super) async fn play(label: &Label, tell: impl FnMut(&Loader)) -> Option<Loader> {
    let access = access(&file(WHOLE, false).await.ok()?).await.ok()?;
    let size = access.get_size().unwrap_or(0.0);
    let mut read = |place: u64, count: usize| {
        if place as f64 + count as f64 > size {
            return None;
        }
        let options = FileSystemReadWriteOptions::new();
        options.set_at(place as f64);
        let mut bytes = vec![0; count];
        let read = access.read_with_u8_array_and_options(&mut bytes, &options).ok()?;
        (read == count as f64).then_some(bytes)
    };
    // What the loader complains of, it will complain of again when the files themselves are read.
    let loader = tape::play(label, TAB_BYTES, &mut read, tell).ok().flatten();
    access.close();
    loader
}

/// A copy that is being written.
pub(super) struct Writing {
    file: FileSystemFileHandle,
    access: FileSystemSyncAccessHandle,
    at: Rc<Cell<f64>>,
    whole: Rc<Cell<bool>>,
}

/// Begins a copy; nothing where the browser keeps none, or another tab writes one.
pub(super) async fn begin(beginning: &Beginning) -> Option<Writing> {
    let file = file(UNFINISHED, true).await.ok()?;
    let access = access(&file).await.ok()?;
    access.truncate_with_u32(0).ok()?;
    let writing = Writing { file, access, at: Rc::default(), whole: Rc::new(Cell::new(true)) };
    writing.write(tape::begin(beginning));
    Some(writing)
}

impl Writing {
    /// Writes a frame. When that fails (the disk may be full) the copy is given up, and reading goes on.
    fn write(&self, frame: Result<Vec<u8>>) {
        write(&self.access, &self.at, &self.whole, frame);
    }

    /// What writes down a loader's calls.
    pub(super) fn recorder(&self) -> Recorder {
        let (access, at, whole) = (self.access.clone(), Rc::clone(&self.at), Rc::clone(&self.whole));
        Recorder::new(move |call, part| {
            if whole.get() {
                write(&access, &at, &whole, tape::call(call, part));
            }
        })
    }

    /// Ends the copy: it takes the place of the one before.
    pub(super) async fn commit(self) {
        self.write(tape::end());
        let flushed = self.access.flush().is_ok();
        self.access.close();
        if !(flushed && self.whole.get()) {
            return remove(UNFINISHED).await;
        }
        remove(WHOLE).await;
        if rename(&self.file).await.is_err() {
            remove(UNFINISHED).await;
        }
    }

    /// Gives the copy up.
    pub(super) async fn give_up(self) {
        self.access.close();
        remove(UNFINISHED).await;
    }
}

fn write(access: &FileSystemSyncAccessHandle, at: &Cell<f64>, whole: &Cell<bool>, frame: Result<Vec<u8>>) {
    let options = FileSystemReadWriteOptions::new();
    options.set_at(at.get());
    let written = frame.is_ok_and(|frame| {
        let written = access.write_with_u8_array_and_options(&frame, &options).unwrap_or(0.0);
        at.set(at.get() + written);
        written == frame.len() as f64
    });
    whole.set(whole.get() && written);
}

/// Gives the finished copy its name.
async fn rename(file: &FileSystemFileHandle) -> Browser<()> {
    let rename: Function = Reflect::get(file, &"move".into())?.dyn_into()?;
    JsFuture::from(rename.call1(file, &WHOLE.into())?.unchecked_into::<Promise>()).await.map(drop)
}
