//! What becomes of a funnel when one of its steps is taken out, or when two of them change places: whatever names a step by its place
//! follows the step, and what no longer makes sense goes with it.

use super::params::{Params, Touch};

impl Params {
    /// The funnel without a step.
    ///
    /// An exclusion that reached from or to it reaches from the step before, or to the step after; it goes if nothing is left between
    /// its ends. Times that were measured from or to it are measured from the first step to the last; groups that were read from its
    /// row are read from that of the first step. Steps keep their own time limits: since the step that is now before them.
    /// Without such a step, or where fewer than two would be left, nothing changes.
    #[must_use]
    pub fn without_step(&self, index: usize) -> Self {
        let mut params = self.clone();
        if index >= params.steps.len() || params.steps.len() <= 2 {
            return params;
        }
        params.steps.remove(index);
        let Ok(gone) = u32::try_from(index) else { return params };
        let last = place_of_last(&params);
        let moved = |place: u32| if place > gone { place - 1 } else { place };
        params.exclusions.retain_mut(|exclusion| {
            // Its place is now that of the step after; the step before is one less.
            let after = if exclusion.after == gone { gone.saturating_sub(1) } else { moved(exclusion.after) };
            exclusion.after = after;
            exclusion.before = exclusion.before.map(|before| moved(before).min(last));
            after < exclusion.before.unwrap_or(last)
        });
        let measured = params.between.filter(|(from, to)| *from != gone && *to != gone);
        params.between = measured.map(|(from, to)| (moved(from), moved(to)));
        params.touch(|step| (step != gone).then(|| moved(step)));
        params.free_ends();
        params
    }

    /// The funnel with two steps in each other's place.
    ///
    /// Exclusions, times and groups stay with the steps that they name, the earlier one of two first; an exclusion that ends at the
    /// last step ends at whichever is last. Without such steps nothing changes.
    #[must_use]
    pub fn swap_steps(&self, one: usize, other: usize) -> Self {
        let mut params = self.clone();
        let places = (u32::try_from(one), u32::try_from(other));
        let (Ok(a), Ok(b)) = places else { return params };
        if one.max(other) >= params.steps.len() {
            return params;
        }
        params.steps.swap(one, other);
        let last = place_of_last(&params);
        let moved = |place: u32| match place {
            _ if place == a => b,
            _ if place == b => a,
            _ => place,
        };
        let ends = |from: u32, to: u32| (moved(from).min(moved(to)), moved(from).max(moved(to)));
        for exclusion in &mut params.exclusions {
            let (after, before) = match exclusion.before {
                Some(before) => {
                    let (after, before) = ends(exclusion.after, before);
                    (after, Some(before))
                }
                // Nothing comes after the last step: the two have changed places.
                None if moved(exclusion.after) == last => (exclusion.after, None),
                None => (moved(exclusion.after), None),
            };
            (exclusion.after, exclusion.before) = (after, before);
        }
        params.between = params.between.map(|(from, to)| ends(from, to));
        params.touch(|step| Some(moved(step)));
        params.free_ends();
        params
    }

    /// Follows the step whose row tells the group.
    fn touch(&mut self, moved: impl Fn(u32) -> Option<u32>) {
        if let Some(breakdown) = &mut self.breakdown
            && let Touch::Step(step) = breakdown.by
        {
            breakdown.by = moved(step).map_or(Touch::First, Touch::Step);
        }
    }

    /// The first step and the last cannot be optional, and nothing comes before the first.
    fn free_ends(&mut self) {
        if let Some(first) = self.steps.first_mut() {
            (first.optional, first.within) = (false, None);
        }
        if let Some(last) = self.steps.last_mut() {
            last.optional = false;
        }
    }
}

fn place_of_last(params: &Params) -> u32 {
    u32::try_from(params.steps.len().saturating_sub(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// The steps a, b, c, d: b is optional, c and d have time limits.
    fn funnel(more: Value) -> Params {
        let minutes = |amount: u32| json!({"amount": amount, "unit": "minute"});
        let mut request = json!({"steps": [{"events": ["a"]}, {"events": ["b"], "optional": true},
            {"events": ["c"], "within": minutes(5)}, {"events": ["d"], "within": minutes(9)}]});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(request).unwrap()
    }

    /// Each step as its event, whether it is optional, and its time limit.
    fn steps(params: &Params) -> Vec<String> {
        let step = |step: &super::super::Step| {
            let limit = step.within.map(|within| within.amount.to_string()).unwrap_or_default();
            let optional = if step.optional { "?" } else { "" };
            format!("{}{optional}{limit}", step.events.as_ref().unwrap()[0])
        };
        params.steps.iter().map(step).collect()
    }

    fn exclusions(params: &Params) -> Vec<(u32, Option<u32>)> {
        params.exclusions.iter().map(|exclusion| (exclusion.after, exclusion.before)).collect()
    }

    fn excluding(pairs: &[(u32, Option<u32>)]) -> Params {
        let one =
            |(after, before): &(u32, Option<u32>)| json!({"events": ["x"], "after": after, "before": before});
        funnel(json!({"exclusions": pairs.iter().map(one).collect::<Vec<_>>()}))
    }

    #[test]
    fn limits_and_optional_steps_stay_with_their_steps() {
        let all = funnel(json!({}));
        assert_eq!(steps(&all), ["a", "b?", "c5", "d9"]);
        assert_eq!(steps(&all.without_step(0)), ["b", "c5", "d9"], "the first is not optional");
        assert_eq!(steps(&all.without_step(1)), ["a", "c5", "d9"]);
        assert_eq!(
            steps(&all.without_step(0).without_step(0)),
            ["c", "d9"],
            "nothing comes before the first"
        );
        assert_eq!(steps(&all.without_step(3).without_step(2)), ["a", "b"], "nor is the last");
        assert_eq!(steps(&all.swap_steps(1, 2)), ["a", "c5", "b?", "d9"]);
        assert_eq!(steps(&all.swap_steps(0, 3)), ["d", "b?", "c5", "a"]);
        assert_eq!(steps(&all.swap_steps(1, 0)), ["b", "a", "c5", "d9"]);
    }

    #[test]
    fn stale_places_change_nothing() {
        let all = funnel(json!({}));
        assert_eq!(all.without_step(4), all);
        assert_eq!(all.swap_steps(3, 4), all);
        assert_eq!(all.swap_steps(usize::MAX, 0), all);
        let two = all.without_step(3).without_step(1);
        assert_eq!(two.without_step(1), two, "a funnel has two steps");
        assert_eq!(Params::default().without_step(0), Params::default());
    }

    #[test]
    fn exclusions_without_a_step() {
        let without =
            |pair: (u32, Option<u32>), step: usize| exclusions(&excluding(&[pair]).without_step(step));
        assert_eq!(without((1, Some(2)), 0), [(0, Some(1))]);
        assert_eq!(without((1, Some(2)), 1), [(0, Some(1))], "from the step before");
        assert_eq!(without((1, Some(2)), 2), [(1, Some(2))], "to the step after");
        assert_eq!(without((1, Some(2)), 3), [(1, Some(2))]);
        assert_eq!(without((0, Some(1)), 0), [], "there is nothing before the first");
        assert_eq!(without((2, Some(3)), 3), [], "nor after the last");
        assert_eq!(without((2, None), 3), []);
        assert_eq!(without((2, None), 2), [(1, None)]);
        assert_eq!(without((0, None), 3), [(0, None)]);
        assert_eq!(without((0, Some(3)), 3), [(0, Some(2))]);
        let both = excluding(&[(0, Some(1)), (2, None)]).without_step(0);
        assert_eq!(exclusions(&both), [(1, None)], "each for itself");
    }

    #[test]
    fn exclusions_of_steps_that_change_places() {
        let swapped = |pair: (u32, Option<u32>), (one, other): (usize, usize)| {
            exclusions(&excluding(&[pair]).swap_steps(one, other))[0]
        };
        assert_eq!(swapped((1, Some(2)), (1, 2)), (1, Some(2)), "between the same two");
        assert_eq!(swapped((1, Some(2)), (0, 1)), (0, Some(2)));
        assert_eq!(swapped((0, Some(1)), (1, 3)), (0, Some(3)));
        assert_eq!(swapped((0, None), (2, 3)), (0, None), "whichever is last");
        assert_eq!(swapped((2, None), (2, 3)), (2, None));
        assert_eq!(swapped((1, None), (1, 3)), (1, None));
        assert_eq!(swapped((1, None), (0, 1)), (0, None));
    }

    #[test]
    fn times_and_groups_follow_their_steps() {
        let by = |params: &Params| params.breakdown.as_ref().unwrap().by;
        let all = funnel(json!({"between": [1, 2], "breakdown": {"column": "item", "by": {"step": 2}}}));
        let first = all.without_step(0);
        assert_eq!((first.between, by(&first)), (Some((0, 1)), Touch::Step(1)));
        let measured = all.without_step(2);
        assert_eq!((measured.between, by(&measured)), (None, Touch::First));
        let other = all.without_step(3);
        assert_eq!((other.between, by(&other)), (Some((1, 2)), Touch::Step(2)));
        let swapped = all.swap_steps(2, 0);
        assert_eq!((swapped.between, by(&swapped)), (Some((0, 1)), Touch::Step(0)));
        let last = funnel(json!({"breakdown": {"column": "item", "by": "last"}})).without_step(3);
        assert_eq!(by(&last), Touch::Last);
    }

    proptest! {
        #[test]
        fn a_funnel_that_makes_sense_goes_on_making_sense(
            pairs in prop::collection::vec((0..4u32, prop::option::of(0..4u32)), 0..4),
            between in prop::option::of((0..4u32, 0..4u32)), group in 0..4u32, changes in prop::collection::vec((0..5usize, 0..6usize), 1..6),
        ) {
            let more = json!({"breakdown": {"column": "item", "by": {"step": group}}, "between": between});
            let mut params = Params { exclusions: excluding(&pairs).exclusions, ..funnel(more) };
            prop_assume!(params.rules().is_ok());
            for (one, other) in changes {
                // Five is no step: take one out.
                params = if other == 5 { params.without_step(one) } else { params.swap_steps(one, other) };
                prop_assert!(params.rules().is_ok(), "{:?}", params);
            }
        }
    }
}
