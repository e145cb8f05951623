//! What a worker died of. An allocation that fails ends a wasm program with the same trap as a contradiction in it; but a
//! contradiction says so first ([`Say::Panicked`](super::Say)), and want of memory cannot.

use crate::engine::loader::Progress;
use crate::error::{Error, ErrorKind};

/// What a call was about when its worker died.
#[derive(Debug, Clone, Default)]
pub(super) enum Work {
    /// Looking at the beginning of files.
    Looking(Vec<(String, f64)>),
    /// Reading files: names and bytes.
    Reading(Vec<(String, f64)>),
    /// A question, or anything else about what is open.
    #[default]
    Asking,
}

/// Whether a browser's complaint, or a program's last word, is about memory.
pub(super) fn wants_memory(complaint: &str) -> bool {
    let complaint = complaint.to_lowercase();
    ["out of memory", "allocat", "capacity overflow", "could not reserve"]
        .iter()
        .any(|part| complaint.contains(part))
}

/// The error of a call whose worker has died of `complaint`; `panicked` is its last word, if it had one. `reader` when it was
/// a worker of the second program.
pub(super) fn error(
    complaint: &str,
    panicked: Option<&str>,
    reader: bool,
    work: &Work,
    progress: Progress,
) -> Error {
    let memory = match panicked {
        Some(word) => wants_memory(word),
        None => wants_memory(complaint) || complaint.contains("unreachable"),
    };
    let found = panicked.unwrap_or(complaint);
    let (files, part) = match work {
        Work::Looking(files) => (files.as_slice(), 0.0),
        Work::Reading(files) => {
            (files.as_slice(), progress.bytes as f64 / progress.total_bytes.max(1) as f64)
        }
        Work::Asking if memory => return Error::new(ErrorKind::AnswerOutOfMemory),
        Work::Asking => (&[][..], 0.0),
    };
    match (memory, reader) {
        (true, _) => ran_out(files, part),
        (false, true) => Error::new(ErrorKind::ReaderStopped).in_file(file_at(files, part)).found(found),
        (false, false) => Error::new(ErrorKind::EngineStopped).found(found),
    }
}

/// The error of reading these files, should it be that memory was asked for and not given; any other stays as it is.
pub(super) fn of_reading(error: Error, files: &[(String, f64)], progress: Progress) -> Error {
    // An estimate that refuses tells how much.
    let refused = error.found.as_deref().is_some_and(|found| !found.starts_with('>'));
    if error.kind != ErrorKind::TooLarge || refused {
        return error;
    }
    ran_out(files, progress.bytes as f64 / progress.total_bytes.max(1) as f64)
}

fn ran_out(files: &[(String, f64)], part: f64) -> Error {
    Error::new(ErrorKind::OutOfMemory).in_file(file_at(files, part)).found(format!("{:.0} %", part * 100.0))
}

/// The file that is being read when this part of all bytes has been; all of them when they are being put together.
fn file_at(files: &[(String, f64)], part: f64) -> String {
    let mut left = files.iter().map(|(_, bytes)| bytes).sum::<f64>() * part;
    for (name, bytes) in files {
        if left < *bytes {
            return name.clone();
        }
        left -= bytes;
    }
    files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
}
