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

#[cfg(test)]
mod tests {
    use super::*;

    fn in_order(ids: &[&str]) -> Vec<String> {
        let mut dictionary = Dictionary::default();
        let mut users: Vec<u32> = ids.iter().filter_map(|id| dictionary.code(id.as_bytes())).collect();
        let by_id = ById::new(&dictionary, &users);
        users.sort_by_key(|user| by_id.key(*user));
        users.iter().map(|user| dictionary.get(*user).to_owned()).collect()
    }

    #[test]
    fn numbers_as_numbers_all_else_letter_by_letter() {
        assert_eq!(in_order(&["10", "9", "0002", "2", "100", "1"]), ["1", "0002", "2", "9", "10", "100"]);
        assert_eq!(in_order(&["10", "9", "b", "a", "100"]), ["10", "100", "9", "a", "b"]);
        // Longer than any integer type.
        assert_eq!(
            in_order(&["99999999999999999999999999", "1000000000000000000000000000", "7"]),
            ["7", "99999999999999999999999999", "1000000000000000000000000000"]
        );
    }
}
