//! Statistics that questions stand on.

pub mod chi_square;
pub mod kmeans;
pub mod markov;
pub mod proportion;
pub mod quantile;
pub mod silhouette;
pub mod survival;
