//! k-means: parts points into k groups so that the squares of distances to the groups' means are small.
//!
//! **Definition.** Lloyd's iteration (Lloyd 1982) from given first centres: each point belongs to the nearest centre, of equally near ones
//! to the first; each centre becomes the mean of its points; until nothing changes. A centre without points moves to the
//! point that is farthest from its own centre (of equally far ones, to that with the smallest coordinates), one centre a round.
//!
//! **Exactness.** Points are multiples of a power of two so small that their sums are exact in floating point. The result does not depend
//! on the order of the points, and adding and taking away a point is the same as summing anew. Most points need no look in
//! a round: for each it is known by how much centres may move before another one can be nearer (as the bounds of
//! Hamerly 2010, but one number for both). What is left out cannot change, so the result is that of the plain iteration.

/// The most groups.
pub const MOST_GROUPS: usize = 20;

/// The most coordinates of a point.
pub const MOST_COORDINATES: usize = 10;

/// Points that are passed over together.
const BLOCK: usize = 16;

/// Rounds after which the iteration is given up; it ends by itself long before.
const MOST_ROUNDS: u32 = 5_000;

/// Standardises numbers: takes off the mean and divides by the standard deviation of the population, which are returned. Numbers
/// without spread become 0. Sums are of whole numbers, so that the order does not matter; magnitudes above 2^20 are cut.
pub fn standardise(numbers: &mut [f64]) -> (f64, f64) {
    let count = numbers.len().max(1) as f64;
    let mean = exact_sum(numbers.iter().copied()) / count;
    let deviation =
        (exact_sum(numbers.iter().map(|number| (number - mean) * (number - mean))) / count).sqrt();
    for number in numbers {
        *number = if deviation > 0.0 { (*number - mean) / deviation } else { 0.0 };
    }
    (mean, deviation)
}

/// A sum that does not depend on the order: of whole numbers of a small unit.
fn exact_sum(numbers: impl Iterator<Item = f64>) -> f64 {
    const UNIT: f64 = (1u64 << 40) as f64;
    numbers.map(|number| i128::from((number * UNIT) as i64)).sum::<i128>() as f64 / UNIT
}

/// Points with 1 to [`MOST_COORDINATES`] coordinates each; beyond their own they have zeros, which change no distance.
#[derive(Debug, Clone)]
pub struct Points {
    pub(super) rows: Rows,
    coordinates: usize,
    /// The sum of the squares of all coordinates.
    squares: f64,
}

/// Widths for which loops are compiled.
#[derive(Debug, Clone)]
pub(super) enum Rows {
    Two(Vec<[f64; 2]>),
    Three(Vec<[f64; 3]>),
    Four(Vec<[f64; 4]>),
    Six(Vec<[f64; 6]>),
    Ten(Vec<[f64; 10]>),
}

macro_rules! with_rows {
    ($rows:expr, $points:ident => $body:expr) => {
        match $rows {
            Rows::Two($points) => $body,
            Rows::Three($points) => $body,
            Rows::Four($points) => $body,
            Rows::Six($points) => $body,
            Rows::Ten($points) => $body,
        }
    };
}

pub(super) use with_rows;

/// Points parted into groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Groups {
    /// The group of each point.
    pub labels: Vec<u8>,
    /// How many points each group has.
    pub sizes: Vec<u64>,
    /// The means of the groups.
    pub centres: Vec<Vec<f64>>,
    /// The sum of squares of distances to the own centre.
    pub inertia: f64,
    /// Rounds until nothing changed.
    pub rounds: u32,
}

impl Points {
    /// Points from columns of standardised numbers of equal length. Coordinates are rounded to less than 1e-9.
    #[must_use]
    pub fn new(columns: &[Vec<f64>]) -> Self {
        let rows = match columns.len() {
            0..=2 => Rows::Two(gather(columns)),
            3 => Rows::Three(gather(columns)),
            4 => Rows::Four(gather(columns)),
            5..=6 => Rows::Six(gather(columns)),
            _ => Rows::Ten(gather(columns)),
        };
        Self { squares: squares(&rows), rows, coordinates: columns.len().min(MOST_COORDINATES) }
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        with_rows!(&self.rows, points => points.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Some of the points alone.
    #[must_use]
    pub fn only(&self, places: &[usize]) -> Self {
        fn pick<Row: Copy>(rows: &[Row], places: &[usize]) -> Vec<Row> {
            places.iter().filter_map(|place| rows.get(*place).copied()).collect()
        }
        let rows = match &self.rows {
            Rows::Two(points) => Rows::Two(pick(points, places)),
            Rows::Three(points) => Rows::Three(pick(points, places)),
            Rows::Four(points) => Rows::Four(pick(points, places)),
            Rows::Six(points) => Rows::Six(pick(points, places)),
            Rows::Ten(points) => Rows::Ten(pick(points, places)),
        };
        Self { squares: squares(&rows), rows, coordinates: self.coordinates }
    }

    /// How many different points there are, counted up to `most`.
    #[must_use]
    pub fn different(&self, most: usize) -> usize {
        with_rows!(&self.rows, points => {
            let mut found = Vec::new();
            for point in points {
                if found.len() >= most {
                    break;
                }
                if !found.contains(&point) {
                    found.push(point);
                }
            }
            found.len()
        })
    }

    /// Parts the points, beginning with the centres at these places; at most [`MOST_GROUPS`].
    #[must_use]
    pub fn part(&self, starts: &[usize]) -> Groups {
        with_rows!(&self.rows, points => {
            let starts: Vec<_> =
                starts.iter().take(MOST_GROUPS).filter_map(|&place| points.get(place).copied()).collect();
            let settled = Lloyd::new(points, starts).run();
            let own = |centre: &[f64]| centre.iter().take(self.coordinates).copied().collect::<Vec<f64>>();
            // The sum of squares of distances to a mean is that of the points without that of the mean.
            let of_means: f64 = settled.sums.iter().zip(&settled.sizes).filter(|(_, size)| **size > 0)
                .map(|(sum, size)| sum.iter().map(|sum| sum * sum).sum::<f64>() / *size as f64).sum();
            Groups {
                inertia: (self.squares - of_means).max(0.0),
                centres: settled.centres.iter().map(|centre| own(centre)).collect(),
                labels: settled.labels,
                sizes: settled.sizes,
                rounds: settled.rounds,
            }
        })
    }

    /// Places of `count` first centres drawn by k-means++ (Arthur and Vassilvitskii 2007): each with a chance in proportion to the
    /// square of its distance to the nearest one drawn so far. `draw(step, place)` is a random number of a point; which point
    /// is drawn depends on its own number and distance alone (the first to come of exponential waiting times), not on an order.
    #[must_use]
    pub fn draw(&self, count: usize, draw: impl Fn(usize, usize) -> u64) -> Vec<usize> {
        with_rows!(&self.rows, points => {
            let mut nearest = vec![1.0f64; points.len()];
            let mut drawn = Vec::with_capacity(count);
            for step in 0..count {
                let mut first = (f64::INFINITY, None);
                for (place, weight) in nearest.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
                    // In the middle of one of 2^53 equal parts of 0 to 1.
                    let chance = ((draw(step, place) >> 11) as f64 + 0.5) * 2f64.powi(-53);
                    let waits = -libm::log(chance) / weight;
                    if waits < first.0 {
                        first = (waits, Some(place));
                    }
                }
                let Some((place, centre)) =
                    first.1.and_then(|place| Some((place, points.get(place)?))) else { break };
                drawn.push(place);
                for (nearest, point) in nearest.iter_mut().zip(points) {
                    let own = square(point, centre);
                    *nearest = if step == 0 { own } else { nearest.min(own) };
                }
            }
            drawn
        })
    }

    /// The distances of a point to centres.
    #[must_use]
    pub fn distances(&self, place: usize, centres: &[Vec<f64>]) -> Vec<f64> {
        let point = self.coordinates(place);
        let square = |centre: &Vec<f64>| -> f64 {
            point.iter().zip(centre).map(|(point, centre)| (point - centre) * (point - centre)).sum()
        };
        centres.iter().map(|centre| square(centre).sqrt()).collect()
    }

    /// The coordinates of a point.
    #[must_use]
    pub fn coordinates(&self, place: usize) -> &[f64] {
        let row: &[f64] = with_rows!(&self.rows, points => points.get(place).map_or(&[], |point| point));
        row.get(..self.coordinates).unwrap_or(&[])
    }
}

/// The sum of the squares of all coordinates.
fn squares(rows: &Rows) -> f64 {
    let square = |point: &[f64]| point.iter().map(|own| own * own).sum::<f64>();
    with_rows!(rows, points => exact_sum(points.iter().map(|point| square(point))))
}

/// Columns as rows, rounded so that sums of all of them are exact: the sum of magnitudes of n standardised numbers is at most n.
fn gather<const WIDTH: usize>(columns: &[Vec<f64>]) -> Vec<[f64; WIDTH]> {
    let length = columns.first().map_or(0, Vec::len);
    let bits = usize::BITS - length.leading_zeros();
    let unit = 2f64.powi(-(50 - i32::try_from(bits).unwrap_or(40)).clamp(10, 40));
    // Far above all coordinates only multiples of the unit are left.
    let high = 1.5 * 2f64.powi(52) * unit;
    let mut rows = vec![[0.0; WIDTH]; length];
    for (axis, column) in columns.iter().enumerate().take(WIDTH) {
        for (row, number) in rows.iter_mut().zip(column) {
            if let Some(slot) = row.get_mut(axis) {
                *slot = (number + high) - high;
            }
        }
    }
    rows
}

#[inline(always)]
fn square<const WIDTH: usize>(one: &[f64; WIDTH], other: &[f64; WIDTH]) -> f64 {
    let mut sum = 0.0;
    for (one, other) in one.iter().zip(other) {
        sum += (one - other) * (one - other);
    }
    sum
}

/// Rather too early than too late: rounding is far below what is taken off.
#[inline(always)]
fn early(until: f64) -> f32 {
    // With one centre alone for ever.
    let until = until.min(1e30);
    (until - 1e-6 * (1.0 + until)) as f32
}

struct Lloyd<'p, const WIDTH: usize> {
    points: &'p [[f64; WIDTH]],
    centres: Vec<[f64; WIDTH]>,
    sums: Vec<[f64; WIDTH]>,
    sizes: Vec<u64>,
    labels: Vec<u8>,
    /// How far centres may have come before a point needs a look.
    until: Vec<f32>,
    /// How far they have come: in every round the two that moved most, for one can come nearer while the own one goes.
    come: f64,
    rounds: u32,
}

#[allow(
    clippy::indexing_slicing,
    reason = "labels are below the number of centres, which is at most MOST_GROUPS"
)]
impl<'p, const WIDTH: usize> Lloyd<'p, WIDTH> {
    fn new(points: &'p [[f64; WIDTH]], centres: Vec<[f64; WIDTH]>) -> Self {
        let mut own = Self {
            points,
            sums: vec![[0.0; WIDTH]; centres.len()],
            sizes: vec![0; centres.len()],
            labels: vec![0; points.len()],
            until: vec![0.0; points.len()],
            come: 0.0,
            rounds: 1,
            centres,
        };
        if own.centres.is_empty() {
            return own;
        }
        for (place, point) in points.iter().enumerate() {
            let (nearest, lead) = own.nearest(point);
            own.labels[place] = nearest;
            own.until[place] = early(lead);
            own.sizes[usize::from(nearest)] += 1;
            for (sum, coordinate) in own.sums[usize::from(nearest)].iter_mut().zip(point) {
                *sum += coordinate;
            }
        }
        own
    }

    /// The nearest centre, and how much farther the second one is.
    #[inline(always)]
    fn nearest(&self, point: &[f64; WIDTH]) -> (u8, f64) {
        let (mut nearest, mut first, mut second) = (0u8, f64::INFINITY, f64::INFINITY);
        for (place, centre) in (0u8..).zip(&self.centres) {
            let own = square(point, centre);
            let is_nearer = own < first;
            let farther = if is_nearer { first } else { own };
            second = if farther < second { farther } else { second };
            first = if is_nearer { own } else { first };
            nearest = if is_nearer { place } else { nearest };
        }
        (nearest, second.sqrt() - first.sqrt())
    }

    fn run(mut self) -> Self {
        while self.rounds < MOST_ROUNDS && self.move_centres() {
            self.rounds += 1;
            // Rounded up by more than a number of this width can lose.
            let come = (self.come * (1.0 + 2e-7)) as f32;
            for start in (0..self.points.len()).step_by(BLOCK) {
                let end = self.points.len().min(start + BLOCK);
                // Without a branch for each point: in most rounds nothing is due in most blocks.
                let is_due = |due: bool, until: &f32| due | (*until <= come);
                if self.until[start..end].iter().fold(false, is_due) {
                    (start..end).for_each(|place| self.look(place, come));
                }
            }
        }
        self
    }

    /// Looks at a point, if it may have come nearer to another centre.
    #[inline(always)]
    fn look(&mut self, place: usize, come: f32) {
        if self.until[place] > come {
            return;
        }
        let label = self.labels[place];
        let point = &self.points[place];
        let (nearest, lead) = self.nearest(point);
        self.until[place] = early(lead + self.come);
        if nearest != label {
            self.labels[place] = nearest;
            self.sizes[usize::from(label)] -= 1;
            self.sizes[usize::from(nearest)] += 1;
            for (axis, coordinate) in point.iter().enumerate() {
                self.sums[usize::from(label)][axis] -= coordinate;
                self.sums[usize::from(nearest)][axis] += coordinate;
            }
        }
    }

    /// Moves centres to the means of their points; tells whether any moved.
    fn move_centres(&mut self) -> bool {
        let mut moved = [0.0f64; MOST_GROUPS];
        let mut empty = None;
        let mut next = self.centres.clone();
        for (group, centre) in next.iter_mut().enumerate() {
            match self.sizes[group] {
                0 => empty = empty.or(Some(group)),
                size => *centre = self.sums[group].map(|sum| sum / size as f64),
            }
        }
        if let Some((group, farthest)) = empty.and_then(|group| Some((group, self.farthest()?))) {
            next[group] = farthest;
        }
        for (group, (own, next)) in self.centres.iter().zip(&next).enumerate() {
            moved[group] = square(own, next).sqrt();
        }
        self.centres = next;
        let (mut most, mut second) = (0.0f64, 0.0f64);
        for moved in moved {
            second = second.max(moved.min(most));
            most = most.max(moved);
        }
        self.come += most + second;
        most > 0.0
    }

    /// The point farthest from its own centre; none where all lie on theirs.
    fn farthest(&self) -> Option<[f64; WIDTH]> {
        let mut farthest: Option<(f64, &[f64; WIDTH])> = None;
        for (point, label) in self.points.iter().zip(&self.labels) {
            let own = square(point, &self.centres[usize::from(*label)]);
            let farther = farthest.is_none_or(|(most, of)| own > most || (own == most && point < of));
            if own > 0.0 && farther {
                farthest = Some((own, point));
            }
        }
        farthest.map(|(_, point)| *point)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::silhouette::silhouettes;
    use super::*;

    fn points(rows: &[Vec<f64>]) -> Points {
        let axes = rows.first().map_or(0, Vec::len);
        let column = |axis: usize| rows.iter().map(|row| row[axis]).collect();
        Points::new(&(0..axes).map(column).collect::<Vec<Vec<f64>>>())
    }

    fn apart(one: &[f64], other: &[f64]) -> f64 {
        one.iter().zip(other).map(|(one, other)| (one - other) * (one - other)).sum()
    }

    /// The definition, every point against every centre in every round.
    fn plain(rows: &[Vec<f64>], starts: &[usize]) -> (Vec<u8>, Vec<Vec<f64>>, u32) {
        let mut centres: Vec<Vec<f64>> = starts.iter().map(|place| rows[*place].clone()).collect();
        let mut rounds = 0;
        loop {
            rounds += 1;
            let nearest = |row: &Vec<f64>| {
                let mut best = 0;
                for (place, centre) in centres.iter().enumerate() {
                    if apart(row, centre) < apart(row, &centres[best]) {
                        best = place;
                    }
                }
                u8::try_from(best).unwrap()
            };
            let labels: Vec<u8> = rows.iter().map(nearest).collect();
            let mut next = centres.clone();
            let own = |group: usize| {
                rows.iter()
                    .zip(&labels)
                    .filter(move |(_, label)| usize::from(**label) == group)
                    .map(|(row, _)| row)
            };
            let mut empty = None;
            for (group, centre) in next.iter_mut().enumerate() {
                let size = own(group).count();
                if size == 0 {
                    empty = empty.or(Some(group));
                    continue;
                }
                for (axis, slot) in centre.iter_mut().enumerate() {
                    *slot = own(group).map(|row| row[axis]).sum::<f64>() / size as f64;
                }
            }
            if let Some(group) = empty {
                let far = |place: usize| apart(&rows[place], &centres[usize::from(labels[place])]);
                let farthest = (0..rows.len()).max_by(|one, other| {
                    far(*one)
                        .total_cmp(&far(*other))
                        .then_with(|| rows[*other].partial_cmp(&rows[*one]).unwrap())
                });
                if let Some(place) = farthest.filter(|place| far(*place) > 0.0) {
                    next[group] = rows[place].clone();
                }
            }
            if next == centres {
                return (labels, centres, rounds);
            }
            centres = next;
        }
    }

    #[test]
    fn two_heaps_by_hand() {
        let rows: Vec<Vec<f64>> = [0.0, 1.0, 2.0, 10.0, 11.0, 12.0].iter().map(|x| vec![*x]).collect();
        let points = points(&rows);
        let groups = points.part(&[0, 1]);
        assert_eq!(groups.labels, [0, 0, 0, 1, 1, 1]);
        assert_eq!((groups.centres.clone(), groups.sizes.clone()), (vec![vec![1.0], vec![11.0]], vec![3, 3]));
        assert!((groups.inertia - 4.0).abs() < 1e-9);
        // Of 0: a = 1.5, b = 11; of 1: a = 1, b = 10; of 2: a = 1.5, b = 9; the other heap mirrors them.
        let expected = ((9.5 / 11.0) + 0.9 + (7.5 / 9.0)) / 3.0;
        let found = silhouettes(&points, &[0, 1, 2, 3, 4, 5], &[&groups]).remove(0).unwrap();
        assert!((found.mean - expected).abs() < 1e-12, "{found:?}");
        let alone = points.part(&[0]);
        assert_eq!(silhouettes(&points, &[0, 1, 2], &[&alone]), [None]);
        assert_eq!(points.distances(0, &groups.centres), [1.0, 11.0]);
    }

    #[test]
    fn first_centres_that_are_equal_part() {
        let rows: Vec<Vec<f64>> = [1.0, 1.0, 1.0, 4.0, 9.0].iter().map(|x| vec![*x, 0.5]).collect();
        let groups = points(&rows).part(&[0, 1, 2]);
        assert_eq!(groups.sizes.iter().filter(|size| **size > 0).count(), 3);
        assert!(groups.inertia < 1e-9);
        assert_eq!((points(&rows).different(20), points(&rows).different(2)), (3, 2));
    }

    #[test]
    fn numbers_are_standardised() {
        let mut numbers = vec![2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        let (mean, deviation) = standardise(&mut numbers);
        assert!((mean - 5.0).abs() < 1e-9 && (deviation - 2.0).abs() < 1e-9);
        assert!((numbers[0] + 1.5).abs() < 1e-9 && (numbers[7] - 2.0).abs() < 1e-9);
        let mut equal = vec![3.0; 4];
        assert_eq!((standardise(&mut equal), equal), ((3.0, 0.0), vec![0.0; 4]));
        assert_eq!(standardise(&mut []), (0.0, 0.0));
    }

    #[test]
    fn drawing_follows_distances_and_not_the_order() {
        let rows: Vec<Vec<f64>> = (0..40).map(|place| vec![f64::from(place % 4) * 10.0]).collect();
        let own = points(&rows);
        for seed in 0..200u64 {
            let random = |step: usize, name: u64| {
                let mixed = (name + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (seed + 77 * step as u64);
                let mixed = (mixed ^ mixed >> 31).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                (mixed ^ mixed >> 29).wrapping_mul(0x94d0_49bb_1331_11eb)
            };
            let drawn = own.draw(4, |step, place| random(step, place as u64));
            let mut heaps: Vec<usize> = drawn.iter().map(|place| place % 4).collect();
            // What lies on a centre already has no chance.
            heaps.sort_unstable();
            assert_eq!(heaps, [0, 1, 2, 3]);
            let turned = points(&rows.iter().rev().cloned().collect::<Vec<_>>());
            let again = turned.draw(4, |step, place| random(step, 39 - place as u64));
            assert_eq!(again.iter().map(|place| 39 - place).collect::<Vec<_>>(), drawn);
        }
        assert_eq!(own.draw(9, |_, place| place as u64 * 7_777_777).len(), 4, "no fifth heap");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

        #[test]
        fn as_the_plain_iteration(
            axes in 1usize..=10,
            numbers in prop::collection::vec(-40i32..40, 10..600),
            few in 1i32..40,
            starts in prop::collection::vec(any::<prop::sample::Index>(), 1..9),
        ) {
            // Few different numbers make equal points and equal distances.
            let rows: Vec<Vec<f64>> = numbers.chunks_exact(axes)
                .map(|row| row.iter().map(|number| f64::from(number % few) / 8.0).collect()).collect();
            let starts: Vec<usize> = starts.iter().map(|start| start.index(rows.len())).collect();
            let points = points(&rows);
            let groups = points.part(&starts);
            let (labels, centres, rounds) = plain(&rows, &starts);
            prop_assert_eq!(&groups.labels, &labels);
            prop_assert_eq!(groups.rounds, rounds);
            for (group, (own, expected)) in groups.centres.iter().zip(&centres).enumerate() {
                prop_assert_eq!(own, expected);
                let size = labels.iter().filter(|label| usize::from(**label) == group).count() as u64;
                prop_assert_eq!(groups.sizes[group], size);
            }
            let inertia: f64 =
                rows.iter().zip(&labels).map(|(row, label)| apart(row, &centres[usize::from(*label)])).sum();
            prop_assert!((groups.inertia - inertia).abs() < 1e-8 * (1.0 + inertia));
            // Silhouettes of two partings at once, as each has by the definition.
            let other = points.part(starts.get(..1).unwrap());
            let coarse = points.part(starts.get(..2).unwrap_or(&starts));
            let places: Vec<usize> = (0..rows.len()).collect();
            let partings = [&groups, &other, &coarse];
            let found = silhouettes(&points, &places, &partings);
            for (found, parting) in found.iter().zip(partings) {
                match (found, silhouette(&rows, &parting.labels)) {
                    (Some(found), Some(expected)) => prop_assert!((found.mean - expected).abs() < 1e-9),
                    (found, expected) => prop_assert_eq!(found.is_none(), expected.is_none()),
                }
            }
        }
    }

    fn silhouette(rows: &[Vec<f64>], labels: &[u8]) -> Option<f64> {
        let of = |place: usize| {
            let mean = |label: u8| {
                let others = (0..rows.len()).filter(|other| *other != place && labels[*other] == label);
                let far: Vec<f64> = others.map(|other| apart(&rows[place], &rows[other]).sqrt()).collect();
                (!far.is_empty()).then(|| far.iter().sum::<f64>() / far.len() as f64)
            };
            let within = mean(labels[place]);
            let beside = (0..20).filter(|label| *label != labels[place]).filter_map(mean).reduce(f64::min)?;
            Some(match within {
                Some(within) if within.max(beside) > 0.0 => (beside - within) / within.max(beside),
                _ => 0.0,
            })
        };
        let all: Option<Vec<f64>> = (0..rows.len()).map(of).collect();
        all.map(|all| all.iter().sum::<f64>() / all.len() as f64)
    }
}
