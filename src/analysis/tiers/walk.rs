//! Follows users one after the other, and says where each stands: counts, lists and accounts all come from here.

use super::gauge::Gauge;
use super::{Change, Params, Since, thresholds};
use crate::dataset::calendar::Periods;
use crate::dataset::dates;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::segment::tier::{Cause, Entry, Follower, Step, Window, WindowUnit, step_at};

/// What is needed to follow users.
pub(super) struct Walk<'v> {
    pub(super) gauge: Gauge<'v>,
    pub(super) follower: Follower,
    pub(super) what_if: Option<Follower>,
    pub(super) learned: bool,
    pub(super) as_of: i32,
    /// The first day of the window of the as-of date.
    pub(super) window_from: i32,
    /// The first and the last day of the periods, the last one cut off by the as-of date.
    pub(super) periods: Vec<(i32, i32)>,
    /// Whether the last period goes on.
    pub(super) open: bool,
    /// The last period that has ended.
    pub(super) returned_in: Option<(i32, i32)>,
    /// The day that today's tiers are compared with.
    pub(super) moved_from: i32,
    /// The last day that is looked ahead to.
    pub(super) falling_until: i32,
    near: i128,
    /// The steps of the user at hand.
    pub(super) steps: Vec<Step>,
    /// The entries of the user at hand.
    pub(super) entries: Vec<Entry>,
    /// Steps by other thresholds, or by days to come.
    others: Vec<Step>,
}

/// Where a user stands as of the as-of date.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    /// The tier, from 1.
    pub(super) tier: u8,
    /// The last day of its validity.
    pub(super) until: Option<i32>,
    /// What they measure in the window.
    pub(super) sum: i64,
    /// What they lack for the next tier, when near it.
    pub(super) missing: Option<i64>,
    /// How they are about to fall.
    pub(super) fall: Option<Fall>,
    /// The tier they would have by the other thresholds.
    pub(super) what_if: Option<u8>,
}

/// A fall that is to come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fall {
    /// When.
    pub(super) day: i32,
    /// To which tier.
    pub(super) tier: u8,
    /// What the threshold of the tier they have is above what they will measure.
    pub(super) missing: i64,
}

impl<'v> Walk<'v> {
    /// Makes ready.
    ///
    /// # Errors
    /// Parameters out of their bounds, and no money where money is measured.
    pub(super) fn new(view: &'v View<'v>, params: &Params) -> Result<Self> {
        let window = check(params)?;
        let as_of = params.as_of.unwrap_or(view.span().1);
        let mut gauge = Gauge::new(view, params, as_of.0)?;
        let scale = gauge.scale();
        let of = |thresholds| Follower {
            window,
            validity: i32::try_from(params.validity).unwrap_or(0),
            thresholds,
        };
        let what_if = params.what_if.as_deref();
        let what_if =
            what_if.map(|numbers| thresholds::given(numbers, scale, "params.whatIf")).transpose()?;
        let follower = of(match &params.thresholds {
            Some(numbers) => thresholds::given(numbers, scale, "params.thresholds")?,
            None => thresholds::learned(measures(&mut gauge, &of(Vec::new()), as_of.0), &params.tops),
        });
        let periods =
            Periods { period: params.period, week_start: params.week_start.unwrap_or(view.log.week_start) };
        let last = periods.number(as_of);
        let first = last.saturating_sub(i32::try_from(params.periods - 1).unwrap_or(0));
        let first = first.max(periods.number(view.span().0)).min(last);
        let spans: Vec<(i32, i32)> = (first..=last)
            .map(|number| (periods.first_day(number).0, periods.last_day(number).0.min(as_of.0)))
            .collect();
        let open = periods.last_day(last) > as_of;
        let closed = spans.len().checked_sub(1 + usize::from(open));
        let start = periods.first_day(last);
        Ok(Self {
            learned: params.thresholds.is_none(),
            as_of: as_of.0,
            window_from: window.first_day(as_of.0),
            open,
            returned_in: closed.and_then(|place| spans.get(place)).copied(),
            moved_from: match params.since {
                Since::Period => start.0.saturating_sub(1),
                Since::Year => dates::year_before((as_of, as_of)).0.0,
            },
            falling_until: as_of.0.saturating_add(i32::try_from(params.warn_days).unwrap_or(0)),
            near: i128::from(100u32.saturating_sub(params.near)),
            periods: spans,
            what_if: what_if.map(of),
            follower,
            gauge,
            steps: Vec::new(),
            entries: Vec::new(),
            others: Vec::new(),
        })
    }

    /// Follows a user up to the as-of date; nothing when they have not joined by then. What they did is then in `steps` and
    /// `entries`.
    pub(super) fn visit(&mut self, user: usize) -> Option<Now> {
        self.steps.clear();
        let joined = self.gauge.joined(user)?;
        self.gauge.entries(user, &mut self.entries);
        self.follower.follow(joined, &self.entries, self.as_of, &mut self.steps);
        let Step { tier, until, .. } = *self.steps.last()?;
        let sum = self.follower.sum(&self.entries, self.as_of);
        let what_if = self.what_if.as_ref().and_then(|follower| {
            follower.follow(joined, &self.entries, self.as_of, &mut self.others);
            self.others.last().map(|step| step.tier)
        });
        let missing = self.threshold(tier + 1).map(i128::from).and_then(|next| {
            (sum * 100 >= next * self.near).then(|| i64::try_from(next - sum).unwrap_or(i64::MAX))
        });
        let fall = self.fall(joined, tier, until);
        let sum = i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX });
        Some(Now { tier, until, sum, missing, fall, what_if })
    }

    /// Where a tier begins; nothing for the lowest, and beyond the highest.
    pub(super) fn threshold(&self, tier: u8) -> Option<i64> {
        self.follower.thresholds.get(usize::from(tier).checked_sub(2)?).copied()
    }

    /// The first fall of the user at hand if nothing more comes.
    fn fall(&mut self, joined: i32, tier: u8, until: Option<i32>) -> Option<Fall> {
        // Before its validity ends a tier is safe.
        let may = tier > 1 && until.is_none_or(|until| until <= self.falling_until);
        if !may {
            return None;
        }
        self.follower.follow(joined, &self.entries, self.falling_until, &mut self.others);
        let falls =
            |step: &&Step| step.day > self.as_of && step.cause == Cause::Downgraded && step.tier < tier;
        let step = *self.others.iter().find(falls)?;
        let sum = self.follower.sum(&self.entries, step.day);
        let missing = i128::from(self.threshold(tier)?) - sum;
        Some(Fall { day: step.day, tier: step.tier, missing: i64::try_from(missing).unwrap_or(i64::MAX) })
    }

    /// The tier of the user at hand on a day.
    pub(super) fn tier_at(&self, day: i32) -> Option<u8> {
        step_at(&self.steps, day).map(|step| step.tier)
    }

    /// The tier of the user at hand at the end of the period at a place, and what the period changed; nothing before they join.
    pub(super) fn change(&self, place: usize) -> Option<(u8, Change)> {
        let &(start, end) = self.periods.get(place)?;
        let tier = self.tier_at(end)?;
        let kept = |step: &Step| (start..=end).contains(&step.day) && step.cause == Cause::Kept;
        let change = match self.tier_at(start - 1) {
            None => Change::Joined,
            Some(before) if before < tier => Change::Upgraded,
            Some(before) if before > tier => Change::Downgraded,
            Some(_) if self.steps.iter().any(kept) => Change::Kept,
            Some(_) => Change::Stayed,
        };
        Some((tier, change))
    }
}

/// What those measure who measure something.
fn measures(gauge: &mut Gauge<'_>, follower: &Follower, as_of: i32) -> Vec<i64> {
    let (mut measures, mut entries) = (Vec::new(), Vec::new());
    for user in 0..gauge.view.log.users.len() {
        if gauge.joined(user).is_some() {
            gauge.entries(user, &mut entries);
            let sum = follower.sum(&entries, as_of);
            measures.extend(i64::try_from(sum).ok().filter(|sum| *sum > 0));
        }
    }
    measures
}

/// Refuses numbers out of their bounds.
fn check(params: &Params) -> Result<Window> {
    let within = |name: &str, number: u32, least: u32, most: u32| {
        if (least..=most).contains(&number) {
            return Ok(());
        }
        Err(Error::bad_value(format!("params.{name}"), number, format!("{least} to {most}")))
    };
    within("periods", params.periods, 1, 120)?;
    within("validity", params.validity, 0, 120)?;
    within("near", params.near, 1, 99)?;
    within("warnDays", params.warn_days, 1, 366)?;
    match params.window_unit {
        WindowUnit::Days => within("window", params.window, 1, 3_660)?,
        WindowUnit::Months => within("window", params.window, 1, 120)?,
        WindowUnit::Year => {}
    }
    if params.thresholds.is_none() {
        thresholds::check_tops(&params.tops)?;
    }
    Ok(Window { unit: params.window_unit, length: i32::try_from(params.window).unwrap_or(i32::MAX) })
}
