//! Sets of users: how buyers are scored and named.

pub mod names;
pub mod orders;
pub mod score;
