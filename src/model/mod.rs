//! Statistics that questions stand on.

pub mod proportion;
pub mod quantile;
