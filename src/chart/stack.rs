//! Values on top of each other: positive ones upwards from zero, negative ones downwards.

use super::Series;

/// Where the piece of each series at each place starts and ends, away from zero: `[series][place]`. What is missing is a
/// piece of no height where it would lie. As shares, the sizes of all pieces at a place sum to 1.
pub(super) fn pieces(series: &[Series], count: usize, shares: bool) -> Vec<Vec<(f64, f64)>> {
    let mut ends = vec![(0.0, 0.0); count];
    let sizes: Vec<f64> = (0..count)
        .map(|index| series.iter().filter_map(|series| series.value(index)).map(f64::abs).sum())
        .collect();
    let piece = |series: &Series, index: usize, (low, high): &mut (f64, f64), size: f64| {
        let value = series.value(index).unwrap_or(0.0);
        let value = match shares {
            true if size > 0.0 => value / size,
            true => 0.0,
            false => value,
        };
        let end = if value < 0.0 { low } else { high };
        let from = *end;
        *end += value;
        (from, *end)
    };
    series
        .iter()
        .map(|series| {
            let places = ends.iter_mut().zip(&sizes).enumerate();
            places.map(|(index, (ends, &size))| piece(series, index, ends, size)).collect()
        })
        .collect()
}

/// The lowest and highest end of all pieces and zero; `None` where there is no value at all.
pub(super) fn extent(series: &[Series], pieces: &[Vec<(f64, f64)>]) -> Option<(f64, f64)> {
    let count = pieces.first().map_or(0, Vec::len);
    series.iter().any(|series| series.points(count).next().is_some()).then(|| {
        let ends = pieces.iter().flatten().map(|&(_, end)| end);
        ends.fold((0.0, 0.0), |(low, high): (f64, f64), end| (low.min(end), high.max(end)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn series(values: &[Option<f64>]) -> Series {
        Series { values: values.to_vec(), ..Series::default() }
    }

    #[test]
    fn by_hand() {
        let all = [
            series(&[Some(3.0), Some(1.0), None]),
            series(&[Some(-2.0), None, None]),
            series(&[Some(1.0), Some(3.0), None]),
            series(&[Some(-2.0), Some(f64::NAN), None]),
        ];
        let stacked = pieces(&all, 3, false);
        assert_eq!(stacked[0], [(0.0, 3.0), (0.0, 1.0), (0.0, 0.0)]);
        assert_eq!(stacked[1], [(0.0, -2.0), (1.0, 1.0), (0.0, 0.0)]);
        assert_eq!(stacked[2], [(3.0, 4.0), (1.0, 4.0), (0.0, 0.0)]);
        assert_eq!(stacked[3], [(-2.0, -4.0), (4.0, 4.0), (0.0, 0.0)]);
        assert_eq!(extent(&all, &stacked), Some((-4.0, 4.0)));
        assert_eq!(pieces(&all, 3, true)[2], [(0.375, 0.5), (0.25, 1.0), (0.0, 0.0)]);
        assert_eq!(extent(&[series(&[None])], &[vec![(0.0, 0.0)]]), None);
    }

    proptest! {
        #[test]
        fn pieces_sum_to_the_totals(
            rows in proptest::collection::vec(proptest::collection::vec(proptest::option::of(-1000i32..1000), 7), 1..6),
        ) {
            // Whole numbers, so that sums are exact.
            let all: Vec<Series> = rows
                .iter()
                .map(|row| series(&row.iter().map(|value| value.map(f64::from)).collect::<Vec<_>>()))
                .collect();
            let (stacked, shares) = (pieces(&all, 7, false), pieces(&all, 7, true));
            for index in 0..7 {
                let values: Vec<f64> = all.iter().filter_map(|series| series.value(index)).collect();
                let heights = |pieces: &[Vec<(f64, f64)>]| -> Vec<f64> {
                    pieces.iter().map(|row| row[index].1 - row[index].0).collect()
                };
                prop_assert_eq!(heights(&stacked).iter().sum::<f64>(), values.iter().sum::<f64>());
                let top = stacked.iter().map(|row| row[index].1).fold(0.0, f64::max);
                let bottom = stacked.iter().map(|row| row[index].1).fold(0.0, f64::min);
                prop_assert_eq!(top, values.iter().filter(|value| **value > 0.0).sum::<f64>());
                prop_assert_eq!(bottom, values.iter().filter(|value| **value < 0.0).sum::<f64>());
                let whole: f64 = heights(&shares).iter().map(|height| height.abs()).sum();
                let expected = if values.iter().any(|value| *value != 0.0) { 1.0 } else { 0.0 };
                prop_assert!((whole - expected).abs() < 1e-9);
            }
        }
    }
}
