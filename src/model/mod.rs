//! Statistics that questions stand on.

pub mod chi_square;
pub mod proportion;
pub mod quantile;
pub mod survival;
