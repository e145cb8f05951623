//! Statistics that questions stand on.

pub mod chi_square;
pub mod contingency;
pub mod diversity;
pub mod kmeans;
pub mod markov;
pub mod mean;
pub mod proportion;
pub mod quantile;
pub mod silhouette;
pub mod student;
pub mod survival;
