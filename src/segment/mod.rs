//! Sets of users: rules that say who belongs to one, how buyers are scored and named.

pub mod breaks;
pub mod business;
pub mod by_id;
pub mod features;
pub mod life_cycle;
pub mod names;
pub mod orders;
pub mod rule;
pub mod score;
pub mod tier;
