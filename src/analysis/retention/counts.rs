//! Counts users and value of each cohort at each offset.

use super::grid::Grid;

/// Users and value of each cohort at each offset.
pub(super) struct Counts {
    pub users: u64,
    pub without_cohort: u64,
    pub sizes: Vec<u64>,
    pub active: Vec<u64>,
    pub value: Option<Vec<i64>>,
}

impl Counts {
    pub fn new(grid: &Grid, value: bool) -> Self {
        let cells = grid.cohorts * grid.width;
        Self {
            users: 0,
            without_cohort: 0,
            sizes: vec![0; grid.cohorts],
            active: vec![0; cells],
            value: value.then(|| vec![0; cells]),
        }
    }

    pub fn add(&mut self, grid: &Grid, cohort: usize, offsets: &[u32]) {
        if let Some(size) = self.sizes.get_mut(cohort) {
            *size += 1;
        }
        let Some(row) = self.active.get_mut(cohort * grid.width..(cohort + 1) * grid.width) else { return };
        for &offset in offsets {
            if let Some(count) = row.get_mut(offset as usize) {
                *count += 1;
            }
        }
    }

    pub fn add_value(&mut self, grid: &Grid, cohort: usize, offset: Option<usize>, amount: i64) {
        let Some(offset) = offset.filter(|offset| *offset < grid.width) else { return };
        if let Some(sum) = self.value.as_mut().and_then(|value| value.get_mut(cohort * grid.width + offset)) {
            *sum = sum.saturating_add(amount);
        }
    }
}
