//! How well points lie in their groups.
//!
//! **Definition** (Rousseeuw 1987). Of a point: (b - a) / max(a, b), with a the mean distance to the others of its own group and b the smallest mean
//! distance to another group; 0 for a point alone in its group. From -1 to 1: near 1 groups are far apart, near 0 they touch,
//! below 0 the point would rather be elsewhere.

use wide::f64x4;

use super::kmeans::{Groups, MOST_GROUPS, Points, Rows, with_rows};

/// How well groups are apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Silhouette {
    /// The mean over all points.
    pub mean: f64,
    /// The mean over each group's points; nothing for a group without any.
    pub groups: Vec<Option<f64>>,
}

/// The groups of a point in all partings.
type Key = [u8; MOST_GROUPS];

/// Silhouettes of up to [`MOST_GROUPS`] partings of the same points. Only the points at `places` are looked at, as if there were no
/// others. Nothing for a parting of which they are in less than two groups.
///
/// Distances are the same for all partings, so points that share their groups in all of them stand beside each other and are
/// summed together.
#[must_use]
pub fn silhouettes(points: &Points, places: &[usize], partings: &[&Groups]) -> Vec<Option<Silhouette>> {
    if partings.is_empty() {
        return Vec::new();
    }
    let mut keyed: Vec<(Key, usize)> = places.iter().map(|place| (key(partings, *place), *place)).collect();
    // Stable, so that the order within is that of `places`.
    keyed.sort_by_key(|(key, _)| *key);
    let stretches: Vec<(Key, usize)> = (keyed.chunk_by(|(one, _), (other, _)| one == other))
        .scan(0, |end, stretch| {
            *end += stretch.len();
            stretch.first().map(|(key, _)| (*key, *end))
        })
        .collect();
    let mut tallies: Vec<Tally> = partings.iter().map(|parting| Tally::new(parting.sizes.len())).collect();
    for (key, _) in &keyed {
        for (tally, label) in tallies.iter_mut().zip(key) {
            tally.count(*label);
        }
    }
    with_rows!(&points.rows, rows => tally_all(rows, &keyed, &stretches, &mut tallies));
    tallies.into_iter().map(Tally::finish).collect()
}

fn key(partings: &[&Groups], place: usize) -> Key {
    let mut key = [0; MOST_GROUPS];
    for (slot, parting) in key.iter_mut().zip(partings) {
        *slot = parting.labels.get(place).copied().unwrap_or(0);
    }
    key
}

fn tally_all<const WIDTH: usize>(
    rows: &[[f64; WIDTH]],
    keyed: &[(Key, usize)],
    stretches: &[(Key, usize)],
    tallies: &mut [Tally],
) {
    let row = |place: usize| rows.get(place).copied().unwrap_or([0.0; WIDTH]);
    let columns: [Vec<f64>; WIDTH] = std::array::from_fn(|axis| {
        keyed.iter().map(|(_, place)| row(*place).get(axis).copied().unwrap_or(0.0)).collect()
    });
    let mut sums = vec![0.0; stretches.len()];
    for (key, place) in keyed {
        distance_sums(&columns, &row(*place), stretches, &mut sums);
        for (parting, (tally, own)) in tallies.iter_mut().zip(key).enumerate() {
            let labels = stretches.iter().map(|(key, _)| key.get(parting).copied().unwrap_or(0));
            tally.add(usize::from(*own), labels.zip(&sums));
        }
    }
}

/// The sums of the distances of one point to the points of each stretch.
#[inline(always)]
fn distance_sums<const WIDTH: usize>(
    columns: &[Vec<f64>; WIDTH],
    own: &[f64; WIDTH],
    stretches: &[(Key, usize)],
    sums: &mut [f64],
) {
    let wide = own.map(f64x4::splat);
    let mut start = 0;
    for ((_, end), slot) in stretches.iter().zip(sums) {
        let stretch =
            columns.each_ref().map(|column| column.get(start..*end).unwrap_or(&[]).as_chunks::<4>());
        let (blocks, rests) = stretch.first().map_or((0, 0), |(blocks, rest)| (blocks.len(), rest.len()));
        start = *end;
        let mut four = f64x4::ZERO;
        for block in 0..blocks {
            let mut squares = f64x4::ZERO;
            for ((blocks, _), own) in stretch.iter().zip(&wide) {
                let apart = f64x4::from(blocks.get(block).copied().unwrap_or_default()) - *own;
                squares += apart * apart;
            }
            four += squares.sqrt();
        }
        let mut sum = four.reduce_add();
        for place in 0..rests {
            let mut squares = 0.0;
            for ((_, rest), own) in stretch.iter().zip(own) {
                let apart = rest.get(place).copied().unwrap_or(0.0) - own;
                squares += apart * apart;
            }
            sum += squares.sqrt();
        }
        *slot = sum;
    }
}

/// What is summed for one parting.
struct Tally {
    sizes: Vec<u64>,
    sums: Vec<f64>,
    /// The distances of the point at hand to each group.
    to: Vec<f64>,
}

impl Tally {
    fn new(groups: usize) -> Self {
        Self { sizes: vec![0; groups], sums: vec![0.0; groups], to: vec![0.0; groups] }
    }

    fn count(&mut self, label: u8) {
        if let Some(size) = self.sizes.get_mut(usize::from(label)) {
            *size += 1;
        }
    }

    fn add<'s>(&mut self, own: usize, sums: impl Iterator<Item = (u8, &'s f64)>) {
        self.to.fill(0.0);
        for (label, sum) in sums {
            if let Some(slot) = self.to.get_mut(usize::from(label)) {
                *slot += sum;
            }
        }
        let (mut within, mut beside) = (0.0, f64::INFINITY);
        for (label, (sum, size)) in self.to.iter().zip(&self.sizes).enumerate() {
            match *size {
                0 => {}
                size if label == own => within = sum / size.saturating_sub(1).max(1) as f64,
                size => beside = beside.min(sum / size as f64),
            }
        }
        let larger = f64::max(within, beside);
        let is_alone = self.sizes.get(own).is_none_or(|size| *size < 2);
        if let Some(slot) = self.sums.get_mut(own).filter(|_| !is_alone && larger > 0.0 && larger.is_finite())
        {
            *slot += (beside - within) / larger;
        }
    }

    fn finish(self) -> Option<Silhouette> {
        if self.sizes.iter().filter(|size| **size > 0).count() < 2 {
            return None;
        }
        let all: u64 = self.sizes.iter().sum();
        let mean = |(sum, size): (&f64, &u64)| (*size > 0).then(|| sum / *size as f64);
        Some(Silhouette {
            mean: self.sums.iter().sum::<f64>() / all as f64,
            groups: self.sums.iter().zip(&self.sizes).map(mean).collect(),
        })
    }
}
