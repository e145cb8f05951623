//! Lists that come back: whose ids, or pseudonyms, are among the users.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::super::Engine;
use crate::error::Result;
use crate::privacy::pseudonym::{Digest, Passphrase, Pseudonyms, from_hex};

/// Ids of a list that are told though nobody has them.
const MOST_EXAMPLES: usize = 5;

/// The users of a list that came back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchedIds {
    /// The ids of those who are among the users, as the data have them, in the order of the list.
    pub found: Vec<String>,
    /// How many are not.
    pub missing: u64,
    /// The first of them, at most five, as the list has them.
    pub examples: Vec<String>,
}

impl Engine {
    /// Finds the users of a list: by their ids, or with a passphrase by their pseudonyms under it. Whoever stands in the list
    /// twice is found once.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::NothingOpen`].
    pub fn match_ids(&self, ids: &[String], passphrase: Option<&Passphrase>) -> Result<MatchedIds> {
        let log = self.log()?;
        let codes: Vec<Option<u32>> = match passphrase {
            None => ids.iter().map(|id| log.users.find(id)).collect(),
            Some(passphrase) => {
                let digests: Vec<Option<Digest>> = ids.iter().map(|id| from_hex(id)).collect();
                let mut users: HashMap<Digest, Option<u32>> =
                    digests.iter().flatten().map(|digest| (*digest, None)).collect();
                let pseudonyms = Pseudonyms::new(passphrase)?;
                for (code, id) in (0u32..).zip(log.users.iter()) {
                    if let Some(found) = users.get_mut(&pseudonyms.of(id)) {
                        *found = Some(code);
                    }
                }
                let code = |digest: &Option<Digest>| digest.and_then(|digest| *users.get(&digest)?);
                digests.iter().map(code).collect()
            }
        };
        let mut seen = std::collections::HashSet::new();
        let mut matched = MatchedIds::default();
        for (id, code) in ids.iter().zip(codes) {
            match code {
                Some(code) if seen.insert(code) => matched.found.push(log.users.get(code).to_owned()),
                Some(_) => {}
                None => {
                    matched.missing += 1;
                    if matched.examples.len() < MOST_EXAMPLES {
                        matched.examples.push(id.clone());
                    }
                }
            }
        }
        Ok(matched)
    }
}
