//! Users in the order of their ids: as numbers where all of them are numbers, else letter by letter.

use crate::table::dictionary::Dictionary;

/// How users are ordered by id.
#[derive(Debug, Clone, Copy)]
pub struct ById<'l> {
    ids: &'l Dictionary,
    numeric: bool,
}

impl<'l> ById<'l> {
    /// The order of these users, of which `users` are the codes.
    #[must_use]
    pub fn new(ids: &'l Dictionary, users: &[u32]) -> Self {
        let is_number = |user: &u32| ids.get(*user).bytes().all(|byte| byte.is_ascii_digit());
        Self { ids, numeric: users.iter().all(is_number) }
    }

    /// What a user is sorted by: different for different users.
    #[must_use]
    pub fn key(self, user: u32) -> (usize, &'l str, &'l str) {
        let id = self.ids.get(user);
        if !self.numeric {
            return (0, id, id);
        }
        // Without leading zeros a longer number is a larger one; 01 and 1 are the same number.
        let digits = id.trim_start_matches('0');
        (digits.len(), digits, id)
    }
}
