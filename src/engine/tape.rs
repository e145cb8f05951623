//! What a loader was handed, written down, so that the same files need not be read again: a tape of frames, one for each call of
//! [`Loader`], which another loader is handed in the same order.
//!
//! Where tapes are kept is not its business. A frame is 32 bytes of head (what it is, the lengths of its two parts, a checksum),
//! JSON, and a chunk of columns ([`Chunk::to_bytes`]). The first frame says what the tape is of, the last that it is whole.

use std::ops::RangeInclusive;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::loader::{Loader, Way};
use super::request::OpenOptions;
use crate::error::Result;
use crate::ingest::detect::Inspection;
use crate::ingest::ledger::Notice;
use crate::ingest::reader::Part;
use crate::table::chunk::Chunk;

/// Changes whenever an older tape would be read otherwise than it was meant: with [`Part`], [`Chunk`], [`Inspection`], and
/// with what is read from the same bytes.
pub const FORMAT: u32 = 1;

/// Bytes of a frame's head.
pub const HEAD: usize = 32;

const MAGIC: u32 = u32::from_le_bytes(*b"StrT");

/// What is on a tape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Label {
    /// The form of the tape and the program that wrote it.
    pub format: (u32, String),
    /// Each file's name, size and time of its last change, in milliseconds since 1970.
    pub files: Vec<(String, u64, i64)>,
    /// The options that were asked for, as JSON.
    pub asked: String,
}

impl Label {
    /// The label of these files read with these options.
    ///
    /// # Errors
    /// None that data can cause.
    pub fn new(files: Vec<(String, u64, i64)>, options: &OpenOptions) -> Result<Self> {
        let options = OpenOptions { ignore_estimate: false, ..options.clone() };
        let asked = super::to_json(&options)?;
        Ok(Self { format: (FORMAT, env!("CARGO_PKG_VERSION").to_owned()), files, asked })
    }
}

/// How the files were read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Beginning {
    /// What is on the tape.
    pub label: Label,
    /// The options with which they were read in the end.
    pub options: OpenOptions,
    /// What was noticed before they were read again.
    pub notices: Vec<(String, Notice)>,
    /// How large the slices were.
    pub slice_bytes: RangeInclusive<u64>,
    /// What each file is, and how its rows come.
    pub files: Vec<(Inspection, Way)>,
}

/// A call of a loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Call {
    /// [`Loader::take`].
    Take {
        /// The slice's number.
        slice: usize,
        /// Who read it.
        lane: usize,
    },
    /// [`Loader::take_some`].
    Some {
        /// The file's number.
        file: usize,
        /// Whether there is no more.
        last: bool,
    },
    /// A part for [`Loader::take_group`].
    Group {
        /// The file's number.
        file: usize,
        /// The group's number.
        row_group: usize,
        /// Who read it.
        lane: usize,
        /// Parts of this group that are still to come.
        more: usize,
    },
}

/// Kinds of frames.
const BEGIN: u32 = 1;
const CALL: u32 = 2;
const END: u32 = 3;

fn frame(kind: u32, words: &impl Serialize, bytes: &[u8]) -> Result<Vec<u8>> {
    let json = super::to_json(words)?;
    let mut frame = Vec::with_capacity(HEAD + json.len() + bytes.len());
    frame.extend_from_slice(&MAGIC.to_le_bytes());
    frame.extend_from_slice(&kind.to_le_bytes());
    frame.extend_from_slice(&(json.len() as u64).to_le_bytes());
    frame.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    frame.extend_from_slice(&checksum(checksum(u64::from(kind), json.as_bytes()), bytes).to_le_bytes());
    frame.extend_from_slice(json.as_bytes());
    frame.extend_from_slice(bytes);
    Ok(frame)
}

/// The first frame.
///
/// # Errors
/// None that data can cause.
pub fn begin(beginning: &Beginning) -> Result<Vec<u8>> {
    frame(BEGIN, beginning, &[])
}

/// The frame of a call.
///
/// # Errors
/// None that data can cause.
pub fn call(call: Call, part: &Part) -> Result<Vec<u8>> {
    frame(CALL, &(call, part, part.numbered), &part.chunk.to_bytes())
}

/// The last frame.
///
/// # Errors
/// None that data can cause.
pub fn end() -> Result<Vec<u8>> {
    frame(END, &(), &[])
}

/// Writes a call down.
type Write = Box<dyn FnMut(Call, &Part)>;

/// Whoever writes down what a loader is handed.
pub struct Recorder(Write);

impl Recorder {
    /// Writes by calling this.
    pub fn new(write: impl FnMut(Call, &Part) + 'static) -> Self {
        Self(Box::new(write))
    }

    pub(super) fn note(&mut self, call: Call, part: &Part) {
        (self.0)(call, part);
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Recorder")
    }
}

/// Plays a tape: `read` gives so many bytes from a place on, fewer at the end. Nothing is given for a tape that is of something
/// else, not whole, or damaged.
///
/// # Errors
/// What a loader complains of.
pub fn play(
    label: &Label,
    limit: u64,
    read: &mut dyn FnMut(u64, usize) -> Option<Vec<u8>>,
    mut tell: impl FnMut(&Loader),
) -> Result<Option<Loader>> {
    let mut place = 0;
    let Some((BEGIN, json, _)) = next(&mut place, read) else { return Ok(None) };
    let Some(beginning) = parsed::<Beginning>(&json).filter(|beginning| beginning.label == *label) else {
        return Ok(None);
    };
    let total = beginning.files.iter().map(|(inspection, _)| inspection.bytes).sum();
    let options = OpenOptions { ignore_estimate: true, ..beginning.options };
    let mut loader = Loader::new(total, &options, limit)?.with_slices_of(beginning.slice_bytes);
    for (inspection, way) in beginning.files {
        loader.add(&inspection, way)?;
    }
    let mut group = Vec::new();
    loop {
        match next(&mut place, read) {
            Some((CALL, json, bytes)) => {
                let Some((call, part, numbered)) = parsed::<(Call, Part, bool)>(&json) else {
                    return Ok(None);
                };
                let Ok(chunk) = Chunk::from_bytes(&bytes) else { return Ok(None) };
                let part = Part { chunk, numbered, ..part };
                match call {
                    Call::Take { slice, lane } => drop(loader.take(slice, lane, part)?),
                    Call::Some { file, last } => loader.take_some(file, part, last)?,
                    Call::Group { file, row_group, lane, more } => {
                        group.push(part);
                        if more == 0 {
                            loader.take_group(file, row_group, lane, std::mem::take(&mut group))?;
                        }
                    }
                }
                tell(&loader);
            }
            Some((END, ..)) => return Ok(Some(loader.with_notices(beginning.notices))),
            _ => return Ok(None),
        }
    }
}

fn parsed<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    serde_json::from_slice(json).ok()
}

/// The next frame: its kind and its two parts; nothing at the end and where it is damaged.
fn next(
    place: &mut u64,
    read: &mut dyn FnMut(u64, usize) -> Option<Vec<u8>>,
) -> Option<(u32, Vec<u8>, Vec<u8>)> {
    let head = read(*place, HEAD)?;
    let number = |at: usize| Some(u64::from_le_bytes(*head.get(at..)?.first_chunk::<8>()?));
    let first = number(0)?;
    let (magic, kind) = ((first & u64::from(u32::MAX)) as u32, (first >> 32) as u32);
    let (json, bytes, sum) = (number(8)?, number(16)?, number(24)?);
    // A damaged length must not ask for all memory there is.
    const LONGEST: u64 = 1 << 30;
    if magic != MAGIC || json > LONGEST || bytes > LONGEST {
        return None;
    }
    let (json, length) = (usize::try_from(json).ok()?, usize::try_from(bytes).ok()?);
    let mut parts = read(*place + HEAD as u64, json + length).filter(|parts| parts.len() == json + length)?;
    let bytes = parts.split_off(json);
    *place += (HEAD + json + length) as u64;
    (checksum(checksum(u64::from(kind), &parts), &bytes) == sum).then_some((kind, parts, bytes))
}

/// Finds damage, not malice.
#[must_use]
pub fn checksum(seed: u64, bytes: &[u8]) -> u64 {
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (words, rest) = bytes.as_chunks::<8>();
    let hash =
        words.iter().fold(mix(seed, bytes.len() as u64), |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let hash = rest.iter().fold(hash, |hash, byte| mix(hash, u64::from(*byte)));
    hash ^ hash >> 32
}
