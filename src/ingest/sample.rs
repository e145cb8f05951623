//! Reading in part: the rows of some users, the rows of some days. What is left out is counted like everything else.
//!
//! A sample is one of users, never of rows: whoever is in it is there with all rows, so that orders, retention and paths of
//! these users are whole. Whether a user is in it depends on the id's text alone ([`hash`]), so that it is the same users in
//! every file, in every slice, today and tomorrow; and the users of 1 in 4 are among those of 1 in 2.

use serde::{Deserialize, Serialize};

use super::ledger::Reason;
use super::mapping::{PlannedColumn, Role};
use super::reader::{Part, Plan};
use super::split::Fields;
use super::time::TimeReader;
use crate::dataset::calendar::{DAY_MICROS, Day, Zone, ZoneCache};
use crate::error::{Error, Result};
use crate::table::chunk::{Chunk, ChunkColumn, Texts};
use crate::table::dictionary::CodeVec;
use crate::table::integers::Integers;
use crate::table::{Clock, Times};
use crate::with_codes;

/// The smallest sample: one user in so many.
pub const FEWEST: u32 = 1_000_000;

/// Civil days in the data set's zone, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Dates {
    /// The first day; from the beginning when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day; to the end when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
}

impl Dates {
    /// Whether a day lies within.
    #[must_use]
    pub fn has(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether every day lies within.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }
}

/// Which rows are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Keep {
    /// One user in so many; everybody when absent.
    pub sample: Option<u32>,
    /// Days; all when absent. Rows of users, who have no day, are read in any case.
    pub dates: Option<Dates>,
}

impl Keep {
    /// Whether every row is read.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.sample.is_none_or(|one_in| one_in <= 1) && self.dates.as_ref().is_none_or(Dates::is_everything)
    }

    /// Whether this is something that can be asked for.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::BadValue`] for a sample of none or of less than one user in [`FEWEST`], and for days that end before they
    /// begin.
    pub fn check(&self) -> Result<()> {
        if let Some(one_in) = self.sample.filter(|one_in| !(1..=FEWEST).contains(one_in)) {
            return Err(Error::bad_value("sample", one_in, format!("1 ... {FEWEST}")));
        }
        match self.dates {
            Some(Dates { from: Some(from), to: Some(to) }) if from > to => {
                Err(Error::bad_value("dates", format!("{from} ... {to}"), "from <= to"))
            }
            _ => Ok(()),
        }
    }

    /// Whether the user with this id is in the sample.
    #[inline]
    #[must_use]
    pub fn has_user(&self, id: &[u8]) -> bool {
        self.sample.is_none_or(|one_in| hash(id).is_multiple_of(u64::from(one_in.max(1))))
    }
}

/// What decides whether a user is in a sample: FNV-1a of the id's bytes, and over it the last step of MurmurHash3, because the
/// low bits of FNV-1a tell odd ids from even ones. It never changes: the same ids give the same sample in every version.
#[inline]
#[must_use]
pub fn hash(id: &[u8]) -> u64 {
    let fnv = id.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (fnv ^ fnv >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let mixed = (mixed ^ mixed >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    mixed ^ mixed >> 33
}

/// Decides for each record of a file whether it is read.
#[derive(Debug)]
pub struct Sieve {
    keep: Keep,
    user: Option<PlannedColumn>,
    time: Option<(PlannedColumn, TimeReader)>,
    cache: ZoneCache,
}

impl Sieve {
    /// For the records of a file; nothing where all are read.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::UnknownTimeZone`].
    pub fn new(plan: &Plan) -> Result<Option<Self>> {
        if plan.keep.is_everything() {
            return Ok(None);
        }
        let zone = Zone::new(&plan.zone)?;
        let cache = ZoneCache::new(zone.clone());
        let column = |role: Role| plan.columns.iter().find(|column| column.role == role).cloned();
        let user = column(Role::User).filter(|_| plan.keep.sample.is_some());
        let time = column(Role::Time).filter(|_| plan.keep.dates.is_some());
        let reader = TimeReader::new(plan.time_format, plan.clock, ZoneCache::new(zone));
        let time = time.map(|time| (time, reader));
        Ok(Some(Self { keep: plan.keep, user, time, cache }))
    }

    /// Why a record is left out, with the column that decides and what stands there. One without a user or a time that can be
    /// read is not: it is set aside for that.
    pub fn leaves_out<'a>(&mut self, fields: Fields<'a>) -> Option<(Reason, &str, &'a [u8])> {
        if let Some(user) = &self.user {
            let id = fields.get(user.field).trim_ascii();
            if !id.is_empty() && !self.keep.has_user(id) {
                return Some((Reason::OutsideSample, &user.name, id));
            }
        }
        let (column, reader) = self.time.as_mut()?;
        let written = fields.get(column.field);
        let micros = reader.read(written)?;
        let day = day(micros, reader.clock(), &mut self.cache);
        let within = self.keep.dates.is_none_or(|dates| dates.has(day));
        (!within).then_some((Reason::OutsideDates, &column.name, written))
    }
}

/// The civil day of a time on a column's clock.
fn day(micros: i64, clock: Clock, cache: &mut ZoneCache) -> Day {
    let civil = if clock == Clock::Instant { cache.civil_from_instant(micros) } else { micros };
    Day(i32::try_from(civil.div_euclid(DAY_MICROS)).unwrap_or(i32::MAX))
}

/// Leaves rows out of columns that have been read already: for files that come as typed columns. One for each dictionary's
/// life.
#[derive(Debug)]
pub struct Thinner {
    keep: Keep,
    user: Option<usize>,
    time: Option<usize>,
    names: (String, String),
    clock: Clock,
    cache: ZoneCache,
    /// The users' ids so far, and whether each is in the sample.
    users: Vec<bool>,
}

impl Thinner {
    /// For chunks of this plan; nothing where all rows are read.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::UnknownTimeZone`].
    pub fn new(plan: &Plan) -> Result<Option<Self>> {
        if plan.keep.is_everything() {
            return Ok(None);
        }
        let place = |role: Role| plan.columns.iter().position(|column| column.role == role);
        let name = |place: Option<usize>| {
            place
                .and_then(|place| plan.columns.get(place))
                .map(|column| column.name.clone())
                .unwrap_or_default()
        };
        let (user, time) = (place(Role::User), place(Role::Time));
        Ok(Some(Self {
            keep: plan.keep,
            user: user.filter(|_| plan.keep.sample.is_some()),
            time: time.filter(|_| plan.keep.dates.is_some()),
            names: (name(user), name(time)),
            clock: plan.clock,
            cache: ZoneCache::new(Zone::new(&plan.zone)?),
            users: Vec::new(),
        }))
    }

    /// Leaves rows out of a part and counts them in its ledger.
    pub fn thin(&mut self, part: &mut Part) {
        let Chunk { rows, columns } = &mut part.chunk;
        let mut kept = vec![true; *rows as usize];
        let (mut strangers, mut beyond) = (0, 0);
        if let Some(ChunkColumn::Text { new, codes }) = self.user.and_then(|place| columns.get(place)) {
            self.learn(new);
            let mut place = kept.iter_mut();
            each_code(codes, |code| {
                if let Some(kept) = place.next() {
                    *kept = self.users.get(code as usize).copied().unwrap_or(true);
                    strangers += u64::from(!*kept);
                }
            });
        }
        if let (Some(ChunkColumn::Time { seconds, values }), Some(dates)) =
            (self.time.and_then(|place| columns.get(place)), self.keep.dates)
        {
            let unit = if *seconds { 1_000_000 } else { 1 };
            for (kept, value) in kept.iter_mut().zip(values.iter()).filter(|(kept, _)| **kept) {
                if value != Times::MISSING {
                    *kept = dates.has(day(value * unit, self.clock, &mut self.cache));
                    beyond += u64::from(!*kept);
                }
            }
        }
        let left_out = [
            (Reason::OutsideSample, strangers, &self.names.0),
            (Reason::OutsideDates, beyond, &self.names.1),
        ];
        for (reason, count, column) in left_out.into_iter().filter(|(_, count, _)| *count > 0) {
            part.ledger.note(reason, count, 0, Some(column), None);
            part.ledger.rows_used = part.ledger.rows_used.saturating_sub(count);
            *rows = rows.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX));
        }
        if strangers + beyond > 0 {
            columns.iter_mut().for_each(|column| retain(column, &kept));
        }
    }

    fn learn(&mut self, new: &Texts) {
        self.users.extend(new.iter().map(|id| id.is_empty() || self.keep.has_user(id.as_bytes())));
    }
}

fn retain(column: &mut ChunkColumn, kept: &[bool]) {
    let keep = |row: usize| kept.get(row).copied().unwrap_or(false);
    match column {
        ChunkColumn::Text { codes, .. } => with_codes!(codes, codes => {
            let mut row = 0;
            codes.retain(|_| {
                row += 1;
                keep(row - 1)
            });
        }),
        ChunkColumn::Number { values, .. } | ChunkColumn::Time { values, .. } => values.retain(keep),
    }
}

/// The widths of codes and numbers that estimates are made from.
pub(super) fn is_wide(values: &Integers) -> bool {
    matches!(values, Integers::I64(_))
}

/// Rows of codes as numbers.
pub(super) fn each_code(codes: &CodeVec, mut take: impl FnMut(u32)) {
    #[allow(clippy::useless_conversion, reason = "useless only for the widest codes")]
    {
        with_codes!(codes, codes => codes.iter().for_each(|&code| take(u32::from(code))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_sample_is_the_same_for_ever() {
        // Worked out by another program from the definition; whoever changes these changes people's samples.
        let known: [(&str, u64); 4] = [
            ("", 0xefd0_1f60_ba99_2926),
            ("0", 0xc1e4_2af0_88ff_1b2c),
            ("0071", 0xba66_b9e9_de80_a9bd),
            ("用户一", 0x8be6_3853_bbb1_45f2),
        ];
        for (id, expected) in known {
            assert_eq!(hash(id.as_bytes()), expected, "{id}");
        }
    }

    #[test]
    fn samples_are_even_and_lie_in_one_another() {
        for one_in in [2, 4, 10, 100] {
            let keep = Keep { sample: Some(one_in), dates: None };
            for step in [1, 2, 10] {
                let ids = (0..40_000).map(|number| format!("{:06}", number * step));
                let inside = ids.filter(|id| keep.has_user(id.as_bytes())).count() as f64;
                let expected = 40_000.0 / f64::from(one_in);
                assert!(
                    (inside - expected).abs() < 5.0 * expected.sqrt(),
                    "1 in {one_in}, every {step}: {inside}"
                );
            }
        }
        let (two, four) = (Keep { sample: Some(2), dates: None }, Keep { sample: Some(4), dates: None });
        let ids: Vec<String> = (0..1_000).map(|number| format!("user {number}")).collect();
        assert!(ids.iter().all(|id| !four.has_user(id.as_bytes()) || two.has_user(id.as_bytes())));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let day = |text: &str| text.parse().ok();
        let keep = |sample, from, to| Keep { sample, dates: Some(Dates { from, to }) };
        assert!(keep(Some(10), day("2024-01-01"), day("2024-01-01")).check().is_ok());
        assert!(keep(None, None, day("2024-01-01")).check().is_ok());
        assert_eq!(keep(Some(0), None, None).check().unwrap_err().path.as_deref(), Some("sample"));
        assert_eq!(keep(Some(FEWEST + 1), None, None).check().unwrap_err().kind, ErrorKind::BadValue);
        let turned = keep(None, day("2024-01-02"), day("2024-01-01")).check().unwrap_err();
        assert_eq!(turned.path.as_deref(), Some("dates"));
        assert!(Keep { sample: Some(1), dates: Some(Dates::default()) }.is_everything());
    }
}
