//! Statistics that questions stand on.

pub mod chi_square;
pub mod markov;
pub mod proportion;
pub mod quantile;
pub mod survival;
