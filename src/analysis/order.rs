//! The order in which a list of users is shown, and which of them a search finds. An order is a list of places in
//! [`Members`], so that the columns stay where they are.

use memchr::memmem::Finder;

use super::{MemberCells, Members};
use crate::dataset::EventLog;

impl Members {
    /// All places, ascending by the user's id, letter by letter.
    #[must_use]
    pub fn by_id(&self, log: &EventLog) -> Vec<u32> {
        let id = |place: u32| self.id(log, place).as_bytes();
        let shared = self.shared_beginning(log);
        // Eight letters after those that all have in common part most ids, without looking at the ids again.
        let head = |place: u32| {
            let rest = id(place).get(shared..).unwrap_or(&[]);
            let mut letters = [0; 8];
            letters.iter_mut().zip(rest).for_each(|(letter, byte)| *letter = *byte);
            u64::from_be_bytes(letters)
        };
        let mut keyed: Vec<(u64, u32)> = self.places().map(|place| (head(place), place)).collect();
        keyed.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| id(a.1).cmp(id(b.1))));
        keyed.into_iter().map(|(_, place)| place).collect()
    }

    /// All places in the order of a column's cells; users with equal cells in the order of `by_id`, whichever way the
    /// column is sorted. Names are sorted by their keys.
    #[must_use]
    pub fn by_cells(&self, cells: &MemberCells, descending: bool, by_id: &[u32]) -> Vec<u32> {
        let keys: Vec<i64> = match cells {
            MemberCells::Counts(numbers) | MemberCells::Amounts(numbers) => numbers.clone(),
            MemberCells::Days(days) => days.iter().copied().map(i64::from).collect(),
            MemberCells::Names(names) => {
                let mut known = names.clone();
                known.sort_unstable();
                known.dedup();
                names.iter().map(|name| known.binary_search(name).unwrap_or(0) as i64).collect()
            }
        };
        // The complement turns the order around and keeps equal keys equal.
        let key = |place: u32| {
            let key = keys.get(place as usize).copied().unwrap_or(i64::MIN);
            if descending { !key } else { key }
        };
        let mut keyed: Vec<(i64, u32)> = by_id.iter().map(|&place| (key(place), place)).collect();
        keyed.sort_by_key(|(key, _)| *key);
        keyed.into_iter().map(|(_, place)| place).collect()
    }

    /// Those of the places whose user's id contains the text, upper and lower case being the same.
    #[must_use]
    pub fn matching(&self, log: &EventLog, places: &[u32], text: &str) -> Vec<u32> {
        let mut wanted = String::new();
        write_lower(text, &mut wanted);
        let finder = Finder::new(wanted.as_bytes());
        let mut id = String::new();
        let finds = |place: u32| {
            write_lower(self.id(log, place), &mut id);
            finder.find(id.as_bytes()).is_some()
        };
        // In the order of the log, because going back and forth between ids takes far longer than reading them.
        let found: Vec<bool> = self.places().map(finds).collect();
        places.iter().copied().filter(|&place| found.get(place as usize) == Some(&true)).collect()
    }

    /// The id of the user at a place.
    #[must_use]
    pub fn id<'a>(&self, log: &'a EventLog, place: u32) -> &'a str {
        log.users.get(self.users.get(place as usize).copied().unwrap_or(u32::MAX))
    }

    /// The places of all users, as they are listed.
    pub fn places(&self) -> impl Iterator<Item = u32> + use<> {
        0..u32::try_from(self.users.len()).unwrap_or(u32::MAX)
    }

    /// How many bytes all ids have in common at their beginning.
    fn shared_beginning(&self, log: &EventLog) -> usize {
        let first = self.id(log, 0).as_bytes();
        self.places().fold(first.len(), |shared, place| {
            let id = self.id(log, place).as_bytes();
            first.iter().zip(id).take(shared).take_while(|(a, b)| a == b).count()
        })
    }
}

fn write_lower(text: &str, lower: &mut String) {
    lower.clear();
    if text.is_ascii() {
        lower.push_str(text);
        lower.make_ascii_lowercase();
    } else {
        lower.extend(text.chars().flat_map(char::to_lowercase));
    }
}
