//! Reads files into an event log: plans what is read of which slice, takes what was read, says how far it is.
//!
//! Who reads the slices is not its business: one lane on the command line, several workers in a browser.

mod local;
mod logs;
mod thoughts;

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

pub use local::{Lanes, load};
use logs::{Mapped, agree_on_events, join_logs};
pub use thoughts::{MOST_READINGS, SecondThoughts};

use super::request::OpenOptions;
use super::tape::{Call, Recorder};
use crate::dataset::EventLog;
use crate::dataset::append::append;
use crate::dataset::calendar::{WeekStart, Zone};
use crate::dataset::joins::Files;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::assemble::{Assembly, Beginning, Slice, Table};
use crate::ingest::beginning;
use crate::ingest::detect::{self, Inspection};
use crate::ingest::encoding::Decode;
use crate::ingest::estimate;
use crate::ingest::ledger::{Ledger, Notice};
use crate::ingest::mapping::{FileKind, Mapping, Role};
use crate::ingest::personal::note_personal;
use crate::ingest::reader::{Part, Plan};
use crate::ingest::sample::Keep;

/// The memory that one browser tab can give the engine: a 32-bit address space, less what the program itself needs.
pub const TAB_BYTES: u64 = 3_500_000_000;

/// The sizes of slices. The largest is large enough that beginning to read one costs nothing; towards the end of a file they
/// become smaller, so that the lanes end together.
pub const SLICE_BYTES: RangeInclusive<u64> = 4 << 20..=16 << 20;

/// What is read at once beyond a slice to find the end of its last record.
pub const TAIL_BYTES: u64 = 64 << 10;

/// How far reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Bytes read of all files.
    pub bytes: u64,
    /// Bytes of all files.
    pub total_bytes: u64,
    /// Rows read.
    pub rows: u64,
}

/// Files of one kind whose rows have the same columns: they share dictionaries.
#[derive(Debug)]
struct Group {
    kind: FileKind,
    mapping: Mapping,
    /// The plan of its first file.
    plan: Plan,
    /// Whether it is one file that is read apart from all others.
    alone: bool,
    assembly: Assembly,
    /// The number of its first slice among those of all groups.
    first_slice: usize,
}

/// A file that is to be read.
#[derive(Debug)]
struct PlannedFile {
    group: usize,
    plan: Plan,
    mapping: Mapping,
    /// Attributes whose types were guessed, or might as well have been.
    guessed: Vec<String>,
    /// Whether somebody has said the order of day and month against what the first rows tell.
    order_said: bool,
}

/// How the rows of a file come.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Way {
    /// In slices of its own bytes, which can be read in any order.
    Slices(Beginning),
    /// As text from front to back, because it has to be unpacked first.
    Stream(Beginning),
    /// As typed columns, so many groups of rows.
    Groups(u64),
}

/// Reads one or several files.
#[derive(Debug)]
pub struct Loader {
    options: OpenOptions,
    zone: Zone,
    week_start: WeekStart,
    limit: u64,
    slice_bytes: RangeInclusive<u64>,
    memory: u64,
    files: Vec<PlannedFile>,
    groups: Vec<Group>,
    slices: Vec<Slice>,
    progress: Progress,
    recorder: Option<Recorder>,
}

impl Loader {
    /// Prepares to read files. `total_bytes` is the size of all together; `limit` the memory that may be used.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownTimeZone`].
    pub fn new(total_bytes: u64, options: &OpenOptions, limit: u64) -> Result<Self> {
        options.keep().check()?;
        Ok(Self {
            options: options.clone(),
            zone: options.time_zone.as_deref().map_or_else(|| Ok(Zone::utc()), Zone::new)?,
            week_start: options.week_start.unwrap_or_default(),
            limit,
            slice_bytes: SLICE_BYTES,
            memory: 0,
            files: Vec::new(),
            groups: Vec::new(),
            slices: Vec::new(),
            progress: Progress { total_bytes, ..Progress::default() },
            recorder: None,
        })
    }

    /// Has everything that is taken from now on written down.
    pub fn record(&mut self, recorder: Recorder) {
        self.recorder = Some(recorder);
    }

    fn note(&mut self, call: Call, part: &Part) {
        if let Some(recorder) = &mut self.recorder {
            recorder.note(call, part);
        }
    }

    /// Reads in slices of other sizes.
    #[must_use]
    pub fn with_slices_of(mut self, bytes: RangeInclusive<u64>) -> Self {
        self.slice_bytes = bytes;
        self
    }

    /// Adds a file of text, judged by its beginning (up to [`detect::HEAD_BYTES`]). Its mapping is its own, else that of all
    /// files, else guessed. Files are numbered in the order in which they are added.
    ///
    /// # Errors
    /// Whatever [`detect::inspect`] refuses; a mapping that does not fit; [`ErrorKind::DifferentColumns`] for a file that lacks
    /// a column of the mapping of all; [`ErrorKind::TooLarge`] when the estimate exceeds the limit.
    pub fn add_file(&mut self, name: &str, bytes: u64, head: &[u8], decode: &dyn Decode) -> Result<()> {
        let inspection = inspect(name, bytes, head, &self.options, decode)?;
        let beginning = beginning::find(head, &inspection.layout, decode);
        self.add(&inspection, Way::Slices(beginning))
    }

    /// Adds a file that has been looked at.
    ///
    /// # Errors
    /// As [`Loader::add_file`].
    pub fn add(&mut self, inspection: &Inspection, way: Way) -> Result<()> {
        let (name, bytes) = (inspection.file.as_str(), inspection.bytes);
        let names: Vec<String> = inspection.columns.iter().map(|column| column.name.clone()).collect();
        let own = self.options.of_file(name, None).and_then(|options| options.mapping.clone());
        let shared = own.is_none() && !self.files.is_empty();
        let mapping =
            own.or_else(|| self.options.mapping.clone()).unwrap_or_else(|| inspection.mapping.clone());
        mapping.plan(&names).map_err(|error| match error.kind {
            ErrorKind::UnknownColumn if shared => Error::new(ErrorKind::DifferentColumns)
                .in_column(error.found.clone().unwrap_or_default())
                .in_file(name),
            _ => error.in_file(name),
        })?;
        self.memory += estimate::of_file(inspection, &mapping, &self.options.keep()).bytes.0;
        self.check_memory(name)?;
        let time = detect::time_column(inspection, &mapping);
        let guess = inspection.columns.iter().find(|column| Some(&column.name) == mapping.time.as_ref());
        let order_said =
            guess.is_some_and(|guess| !guess.ambiguous_date && guess.time_format != Some(time.0));
        let mut plan = Plan::new(inspection.layout, &mapping, &names, time, &self.zone)
            .map_err(|error| error.in_file(name))?;
        plan.keep = self.keep_of(plan.kind).map_err(|error| error.in_file(name))?;
        let mapping = Mapping { time_format: mapping.time.as_ref().map(|_| time.0), ..mapping };
        // What does not come in slices of its own bytes is read apart from all others.
        let alone = !matches!(way, Way::Slices(_));
        let guess = &inspection.mapping.types;
        let guessed = mapping.types.iter().filter(|(name, kind)| guess.get(*name) == Some(kind));
        let guessed = guessed.map(|(name, _)| name.clone()).collect();
        let group = self.group(&plan, mapping.clone(), alone);
        let text = !matches!(way, Way::Groups(_));
        let mut ledger = Ledger {
            file: name.to_owned(),
            bytes,
            kind: plan.kind,
            encoding: text.then_some(plan.layout.encoding),
            delimiter: text.then_some(plan.layout.delimiter),
            ..Ledger::default()
        };
        if plan.layout.skip_lines > 0 {
            ledger.notice(Notice::LinesAbove { lines: plan.layout.skip_lines.into() });
        }
        note_keep(&mut ledger, plan.keep);
        let rows = estimate::rows_to_reserve(inspection, &plan.keep);
        if let Some(group) = self.groups.get_mut(group) {
            let (file, slice_bytes) = (self.files.len(), self.slice_bytes.clone());
            match way {
                Way::Slices(beginning) => {
                    group.assembly.add_file(ledger, file, &plan, beginning, slice_bytes)
                }
                Way::Stream(beginning) => {
                    group.assembly.add_file(ledger, file, &plan, beginning, u64::MAX..=u64::MAX)
                }
                Way::Groups(groups) => group.assembly.add_groups(ledger, file, &plan, groups, header(&names)),
            }
            let rows = usize::try_from(rows).unwrap_or(usize::MAX);
            group.assembly.reserve(rows).map_err(|error| error.in_file(name))?;
        }
        self.files.push(PlannedFile { group, plan, mapping, guessed, order_said });
        self.number_slices();
        Ok(())
    }

    /// Which rows of a file of this kind are read.
    fn keep_of(&self, kind: FileKind) -> Result<Keep> {
        let roles = kind.roles();
        let Keep { sample, dates } = self.options.keep();
        if kind == FileKind::Ids && sample.is_some() {
            return Err(Error::new(ErrorKind::SampleOfMerged));
        }
        let (sample, dates) =
            (sample.filter(|_| roles.contains(&Role::User)), dates.filter(|_| roles.contains(&Role::Time)));
        Ok(Keep { sample, dates })
    }

    /// The group of a file with this plan.
    fn group(&mut self, plan: &Plan, mapping: Mapping, alone: bool) -> usize {
        let alike = |group: &Group| {
            !alone && !group.alone && group.plan.reads_like(plan) && group.mapping.refunds == mapping.refunds
        };
        if let Some(group) = self.groups.iter().position(alike) {
            return group;
        }
        self.groups.push(Group {
            kind: plan.kind,
            mapping,
            plan: plan.clone(),
            alone,
            assembly: Assembly::default(),
            first_slice: 0,
        });
        self.groups.len() - 1
    }

    fn number_slices(&mut self) {
        self.slices.clear();
        for group in self.groups.iter_mut().filter(|group| !group.alone) {
            group.first_slice = self.slices.len();
            let slices = group.assembly.slices().iter();
            self.slices
                .extend(slices.map(|slice| Slice { index: slice.index + group.first_slice, ..*slice }));
        }
    }

    fn check_memory(&self, name: &str) -> Result<()> {
        if self.memory <= self.limit || self.options.ignore_estimate {
            return Ok(());
        }
        let gigabytes = |bytes: u64| format!("{:.1} GB", bytes as f64 / 1e9);
        Err(Error::new(ErrorKind::TooLarge)
            .in_file(name)
            .found(gigabytes(self.memory))
            .expected(gigabytes(self.limit)))
    }

    /// What is to be read of a file.
    #[must_use]
    pub fn plan(&self, file: usize) -> Option<&Plan> {
        self.files.get(file).map(|file| &file.plan)
    }

    /// The group of a file: a lane keeps dictionaries for each.
    #[must_use]
    pub fn group_of(&self, file: usize) -> usize {
        self.files.get(file).map_or(0, |file| file.group)
    }

    /// All slices of all files that are read in slices, in the order in which they are put together.
    #[must_use]
    pub fn slices(&self) -> &[Slice] {
        &self.slices
    }

    /// How many slices have been taken, counted from the first without a gap.
    #[must_use]
    pub fn slices_done(&self) -> usize {
        let open = self.groups.iter().find(|group| !group.alone && !group.assembly.is_complete());
        open.map_or(self.slices.len(), |group| group.first_slice + group.assembly.slices_done())
    }

    /// Takes what a lane has read of a slice; one that has to be read again is given back.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] when memory runs out.
    pub fn take(&mut self, slice: usize, lane: usize, part: Part) -> Result<Option<Slice>> {
        self.note(Call::Take { slice, lane }, &part);
        let Some(Slice { file, start, limit, .. }) = self.slices.get(slice).copied() else { return Ok(None) };
        let read = if limit == u64::MAX { part.end.saturating_sub(start) } else { limit - start };
        self.note_bytes(read);
        let number = self.group_of(file);
        let Some(group) = self.groups.get_mut(number) else { return Ok(None) };
        let first = group.first_slice;
        let again = group.assembly.take(slice - first, lane, part);
        let again = again.map_err(|error| with_limit(error, self.limit, ""))?;
        self.count_rows();
        Ok(again.map(|slice| Slice { index: slice.index + first, ..slice }))
    }

    /// Whether a file is read apart from all others, by [`Self::take_some`] or [`Self::take_group`].
    #[must_use]
    pub fn is_alone(&self, file: usize) -> bool {
        self.groups.get(self.group_of(file)).is_some_and(|group| group.alone)
    }

    /// Takes some rows of a file that comes from front to back; `last` when there are no more.
    ///
    /// # Errors
    /// As [`Loader::take`].
    pub fn take_some(&mut self, file: usize, part: Part, last: bool) -> Result<()> {
        self.note(Call::Some { file, last }, &part);
        let number = self.group_of(file);
        let Some(group) = self.groups.get_mut(number) else { return Ok(()) };
        let limit = self.limit;
        group.assembly.take_some(0, 0, part).map_err(|error| with_limit(error, limit, ""))?;
        if last {
            group.assembly.end_slice(0);
        }
        self.count_rows();
        Ok(())
    }

    /// Takes a group of rows of a file that comes as columns. Dictionaries belong to the lane.
    ///
    /// # Errors
    /// As [`Loader::take`].
    pub fn take_group(
        &mut self,
        file: usize,
        row_group: usize,
        lane: usize,
        mut parts: Vec<Part>,
    ) -> Result<()> {
        if parts.is_empty() {
            // A group without rows is read all the same.
            parts.push(Part { numbered: true, ..Part::default() });
        }
        for (more, part) in (0..parts.len()).rev().zip(&parts) {
            self.note(Call::Group { file, row_group, lane, more }, part);
        }
        let number = self.group_of(file);
        let Some(group) = self.groups.get_mut(number) else { return Ok(()) };
        let (start, groups) = (row_group as u64, group.assembly.slices().len().max(1) as u64);
        let parts =
            parts.into_iter().map(|part| Part { begun: Some(start), end: start + 1, ..part }).collect();
        let bytes = group.assembly.bytes_of(file) / groups;
        let limit = self.limit;
        group.assembly.take_all(row_group, lane, parts).map_err(|error| with_limit(error, limit, ""))?;
        // Its dictionaries began with the group and end with it.
        group.assembly.forget_lane(lane);
        self.note_bytes(bytes);
        self.count_rows();
        Ok(())
    }

    /// Counts bytes of a file that have been read.
    pub fn note_bytes(&mut self, bytes: u64) {
        self.progress.bytes = (self.progress.bytes + bytes).min(self.progress.total_bytes);
    }

    fn count_rows(&mut self) {
        self.progress.rows = self.groups.iter().map(|group| group.assembly.rows_read()).sum();
    }

    /// How far reading is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// The files' numbers in the order of the log's ledgers.
    #[must_use]
    pub fn ledger_order(&self) -> Vec<usize> {
        let mut order = Vec::new();
        for kinds in KINDS_IN_ORDER {
            for group in self.groups.iter().filter(|group| kinds.contains(&group.kind)) {
                order.extend(group.assembly.files());
            }
        }
        order
    }

    /// Puts what was read together: one log, and what stands beside it.
    ///
    /// # Errors
    /// As [`Assembly::finish`] and [`EventLog::from_files`]; [`ErrorKind::NoLog`] without a file of events or orders.
    pub fn finish(self) -> Result<EventLog> {
        let read = self.with_open_orders();
        let (limit, zone, week_start) = (read.limit, read.zone, read.week_start);
        let duplicates = read.options.duplicates;
        let mut tables: Vec<Mapped> = Vec::new();
        for Group { kind, mut mapping, assembly, .. } in read.groups {
            let files = assembly.files().iter().filter_map(|file| read.files.get(*file));
            let files: Vec<&Mapping> = files.map(|file| &file.mapping).collect();
            let mut table = assembly.finish()?;
            agree_on_events(&mut mapping, &files, &table);
            note_personal(&mut table);
            tables.push((kind, mapping, table));
        }
        let file =
            tables.first().and_then(|(_, _, table)| table.ledgers.first()).map(|ledger| ledger.file.clone());
        let file = file.unwrap_or_default();
        let (mapping, log) =
            join_logs(&mut tables, &zone)?.ok_or_else(|| Error::new(ErrorKind::NoLog).in_file(&file))?;
        let scores = tables
            .iter()
            .find(|(kind, ..)| *kind == FileKind::Surveys)
            .map(|(_, mapping, _)| mapping.scores());
        let mut beside = |wanted: FileKind| -> Result<Option<Table>> {
            let mut joined: Option<Table> = None;
            for (_, _, table) in tables.extract_if(.., |(kind, ..)| *kind == wanted) {
                match &mut joined {
                    Some(joined) => append(joined, table, &zone)?,
                    none => *none = Some(table),
                }
            }
            Ok(joined)
        };
        let files = Files {
            log,
            users: beside(FileKind::Users)?,
            costs: beside(FileKind::Costs)?,
            surveys: beside(FileKind::Surveys)?,
            ids: beside(FileKind::Ids)?,
            scores: scores.unwrap_or((0, 10)),
            duplicates,
        };
        EventLog::from_files(files, mapping, zone.clone(), week_start)
            .map_err(|error| with_limit(error, limit, &file))
    }
}

/// The names of a file's columns as a record of delimited text.
fn header(names: &[String]) -> String {
    let quoted = |name: &String| {
        let plain = !name.contains([',', '"', '\n', '\r']);
        if plain { name.clone() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
    };
    names.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n"
}

/// The kinds of files in the order of a log's ledgers.
const KINDS_IN_ORDER: [&[FileKind]; 6] = [
    &[FileKind::Events],
    &[FileKind::Orders],
    &[FileKind::Users],
    &[FileKind::Costs],
    &[FileKind::Surveys],
    &[FileKind::Ids],
];

fn with_limit(mut error: Error, limit: u64, file: &str) -> Error {
    if error.kind == ErrorKind::TooLarge && error.found.is_none() {
        error.file.get_or_insert_with(|| file.to_owned());
        let gigabytes = format!("{:.1} GB", limit as f64 / 1e9);
        return error.found(format!("> {gigabytes}")).expected(gigabytes);
    }
    error
}

/// Looks at the beginning of a file with the layout that the options name.
///
/// # Errors
/// As [`detect::inspect`].
pub fn inspect(
    file: &str,
    bytes: u64,
    head: &[u8],
    options: &OpenOptions,
    decode: &dyn Decode,
) -> Result<Inspection> {
    detect::inspect(file, bytes, head, options.layout(file, None), decode)
}

/// Says in a file's ledger that only a part of it was to be read.
fn note_keep(ledger: &mut Ledger, keep: Keep) {
    let sample = keep.sample.map(|one_in| Notice::Sample { one_in });
    let dates = keep.dates.map(|dates| Notice::Dates { dates });
    sample.into_iter().chain(dates).for_each(|notice| ledger.notice(notice));
}
