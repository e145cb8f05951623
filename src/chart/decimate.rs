//! Fewer points, the same line: what is left of many points when they share a pixel column.

/// Keeps of every column of this width the first, lowest, highest and last point, in order. The line drawn through them
/// covers the same pixels as the line through all (the M4 aggregation of Jugel and others, VLDB 2014).
pub(super) fn decimate(points: &[(f64, f64)], column: f64) -> Vec<(f64, f64)> {
    let mut kept = Vec::new();
    let mut rest = points;
    while let Some(&(x, _)) = rest.first() {
        let number = (x / column).floor();
        let length = rest.iter().position(|&(x, _)| (x / column).floor() != number).unwrap_or(rest.len());
        let Some((group, after)) = rest.split_at_checked(length.max(1)) else { break };
        keep(group, &mut kept);
        rest = after;
    }
    kept
}

fn keep(group: &[(f64, f64)], kept: &mut Vec<(f64, f64)>) {
    let by_height = |a: &(usize, &(f64, f64)), b: &(usize, &(f64, f64))| a.1.1.total_cmp(&b.1.1);
    let lowest = group.iter().enumerate().min_by(by_height).map_or(0, |(index, _)| index);
    let highest = group.iter().enumerate().max_by(by_height).map_or(0, |(index, _)| index);
    let mut wanted = [0, lowest.min(highest), lowest.max(highest), group.len() - 1];
    wanted.sort_unstable();
    let mut last = None;
    for index in wanted {
        if last != Some(index) {
            kept.extend(group.get(index));
        }
        last = Some(index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn extremes_and_ends_stay(values in proptest::collection::vec(-1000i32..1000, 1..3000), columns in 1u32..200) {
            let step = f64::from(columns) / values.len() as f64;
            let points: Vec<(f64, f64)> = values.iter().enumerate().map(|(index, &y)| (index as f64 * step, f64::from(y))).collect();
            let kept = decimate(&points, 1.0);
            prop_assert!(kept.len() <= 4 * (columns as usize + 1));
            prop_assert_eq!(kept.first(), points.first());
            prop_assert_eq!(kept.last(), points.last());
            let mut rest = points.iter();
            prop_assert!(kept.iter().all(|point| rest.any(|other| other == point)), "in order, nothing invented");
            for column in 0..=columns {
                let inside = |list: &[(f64, f64)]| -> Vec<f64> {
                    list.iter().filter(|(x, _)| x.floor() == f64::from(column)).map(|&(_, y)| y).collect()
                };
                let extremes = |list: Vec<f64>| (list.iter().copied().reduce(f64::min), list.iter().copied().reduce(f64::max));
                prop_assert_eq!(extremes(inside(&points)), extremes(inside(&kept)));
            }
        }
    }
}
