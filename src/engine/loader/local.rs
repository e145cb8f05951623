//! Reading in one lane, here and now: the command line, the built-in sample, tests, and a worker without helpers.

use super::{Loader, MOST_READINGS, SecondThoughts, TAIL_BYTES};
use crate::dataset::EventLog;
use crate::engine::request::OpenOptions;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::detect;
use crate::ingest::encoding::Decode;
use crate::ingest::reader::{Lane, Plan};

/// The lanes of one worker: one for each group of files.
#[derive(Debug, Default)]
pub struct Lanes(Vec<Option<Lane>>);

impl Lanes {
    /// The lane for a group, turned to a file of it.
    ///
    /// # Errors
    /// As [`Lane::new`].
    pub fn lane(&mut self, group: usize, plan: Plan) -> Result<&mut Lane> {
        if self.0.len() <= group {
            self.0.resize_with(group + 1, || None);
        }
        let slot = self.0.get_mut(group).ok_or_else(|| Error::new(ErrorKind::EngineStopped))?;
        match slot {
            Some(lane) => {
                lane.turn_to(&plan);
                Ok(lane)
            }
            none => Ok(none.insert(Lane::new(plan)?)),
        }
    }
}

impl Loader {
    /// Reads all slices in one lane. `read` gives the bytes of a file from a place on, about as many as it is asked for, none
    /// at the end.
    ///
    /// # Errors
    /// What `read` complains of; as [`Loader::take`].
    pub fn read_all(
        &mut self,
        decode: &dyn Decode,
        mut read: impl FnMut(usize, u64, u64) -> Result<Vec<u8>>,
    ) -> Result<()> {
        let mut lanes = Lanes::default();
        for slice in self.slices.clone() {
            let mut wanted = Some(slice);
            while let Some(slice) = wanted {
                let Some(plan) = self.plan(slice.file).cloned() else { break };
                let lane = lanes.lane(self.group_of(slice.file), plan)?;
                lane.begin(slice.start, slice.exact, slice.limit);
                let mut place = slice.first_byte();
                let mut size = *self.slice_bytes.end();
                loop {
                    let piece = read(slice.file, place, size)?;
                    if piece.is_empty() {
                        lane.finish(decode);
                        break;
                    }
                    place += piece.len() as u64;
                    if lane.push(&piece, decode) {
                        break;
                    }
                    size = if place >= slice.limit { TAIL_BYTES } else { *self.slice_bytes.end() };
                }
                wanted = self.take(slice.index, 0, lane.take())?;
            }
        }
        Ok(())
    }
}

/// Reads whole files that are in memory already; for the built-in sample and for tests.
///
/// # Errors
/// As the steps that it takes.
pub fn load(files: &[(&str, &[u8])], options: &OpenOptions) -> Result<EventLog> {
    #[cfg(not(target_arch = "wasm32"))]
    let decode = &crate::ingest::encoding::Native;
    // In a browser nothing is read this way but our own sample.
    #[cfg(target_arch = "wasm32")]
    let decode = &crate::ingest::encoding::Unicode;
    let total = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    if files.is_empty() {
        return Err(Error::new(ErrorKind::NothingOpen));
    }
    let mut loader = load_once(files, total, options, decode)?;
    let mut told = Vec::new();
    for _ in 1..MOST_READINGS {
        let Some(SecondThoughts { options, notices }) = loader.second_thoughts() else { break };
        told.extend(notices);
        loader = load_once(files, total, &options, decode)?;
    }
    loader.with_notices(told).finish()
}

fn load_once(
    files: &[(&str, &[u8])],
    total: u64,
    options: &OpenOptions,
    decode: &dyn Decode,
) -> Result<Loader> {
    let mut loader = Loader::new(total, options, u64::MAX)?;
    for (name, bytes) in files {
        loader.add_file(
            name,
            bytes.len() as u64,
            bytes.get(..detect::HEAD_BYTES).unwrap_or(bytes),
            decode,
        )?;
    }
    loader.read_all(decode, |file, place, size| {
        let bytes = files.get(file).map_or(&[][..], |(_, bytes)| bytes);
        let place = usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len());
        let end = place.saturating_add(usize::try_from(size).unwrap_or(usize::MAX)).min(bytes.len());
        Ok(bytes.get(place..end).unwrap_or(&[]).to_vec())
    })?;
    Ok(loader)
}
