//! Gives out codes for texts, as they first appear.
//!
//! Ids are short, many, and come in no order: looking one up costs what fetching it from memory costs. So a short text
//! stands in its slot of the table itself, and one fetch finds and compares it. The texts are not kept in order: whoever gets
//! the codes has been sent them.

use strata_core::table::chunk::Texts;
use strata_core::table::dictionary::Dictionary;

/// The longest text that stands in a slot.
const SHORT: usize = 16;

/// No code.
const FREE: u32 = u32::MAX;

/// A short text: its first and its last bytes, which overlap when there are few, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Short {
    first: u64,
    last: u64,
    length: u8,
}

impl Short {
    #[inline]
    fn new(text: &[u8]) -> Option<Self> {
        let (first, last) = if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
            (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
        } else if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
            (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)))
        } else {
            (text.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)), 0)
        };
        (text.len() <= SHORT).then_some(Self { first, last, length: text.len() as u8 })
    }

    #[inline]
    fn hash(self) -> u64 {
        let mixed = u128::from(self.first ^ 0x9e37_79b9_7f4a_7c15)
            * u128::from(self.last ^ u64::from(self.length) ^ 0xd6e8_feb8_6659_fd93);
        (mixed as u64) ^ ((mixed >> 64) as u64)
    }
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    text: Short,
    code: u32,
}

/// Codes for texts.
#[derive(Debug, Default)]
pub(super) struct Codes {
    /// A power of two of them, at most three quarters in use.
    slots: Vec<Slot>,
    used: usize,
    long: Dictionary,
    long_codes: Vec<u32>,
    /// Codes given out.
    count: u32,
    /// Texts that are new since they were last taken.
    new: Texts,
}

impl Codes {
    /// How many codes have been given out.
    pub(super) fn len(&self) -> usize {
        self.count as usize
    }

    /// The texts that are new since the last call, in the order of their codes.
    pub(super) fn take_new(&mut self) -> Texts {
        std::mem::take(&mut self.new)
    }

    /// The code of a text. `None` when it is not UTF-8, or when there is no memory for it.
    #[inline]
    pub(super) fn code(&mut self, text: &[u8]) -> Option<u32> {
        let Some(short) = Short::new(text) else { return self.long_code(text) };
        match self.find(short) {
            Some(Slot { code: FREE, .. }) | None => self.add(short, text),
            Some(slot) => Some(slot.code),
        }
    }

    /// The text's slot, or the free one where it belongs.
    #[inline]
    fn find(&self, text: Short) -> Option<&Slot> {
        self.slots.get(self.place(text))
    }

    #[inline]
    fn place(&self, text: Short) -> usize {
        let mask = self.slots.len().wrapping_sub(1);
        let mut place = text.hash() as usize & mask;
        while let Some(slot) = self.slots.get(place) {
            if slot.code == FREE || slot.text == text {
                break;
            }
            place = (place + 1) & mask;
        }
        place
    }

    #[cold]
    fn add(&mut self, short: Short, text: &[u8]) -> Option<u32> {
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            self.grow()?;
        }
        let code = self.give(text)?;
        let place = self.place(short);
        *self.slots.get_mut(place)? = Slot { text: short, code };
        self.used += 1;
        Some(code)
    }

    fn grow(&mut self) -> Option<()> {
        let size = (self.slots.len() * 2).max(64);
        let mut larger = Vec::new();
        larger.try_reserve_exact(size).ok()?;
        larger.resize(size, Slot { text: Short { first: 0, last: 0, length: 0 }, code: FREE });
        let smaller = std::mem::replace(&mut self.slots, larger);
        for slot in smaller.into_iter().filter(|slot| slot.code != FREE) {
            let place = self.place(slot.text);
            *self.slots.get_mut(place)? = slot;
        }
        Some(())
    }

    fn long_code(&mut self, text: &[u8]) -> Option<u32> {
        let known = self.long.code(text)?;
        if known as usize == self.long_codes.len() {
            let code = self.give(text)?;
            self.long_codes.push(code);
        }
        self.long_codes.get(known as usize).copied()
    }

    fn give(&mut self, text: &[u8]) -> Option<u32> {
        let text = std::str::from_utf8(text).ok()?;
        let code = self.count;
        self.count = code.checked_add(1).filter(|&next| next != FREE)?;
        self.new.push(text);
        Some(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    #[test]
    fn texts_that_are_not_utf8_get_no_code() {
        let mut codes = Codes::default();
        assert_eq!(codes.code(&[0xff]), None);
        assert_eq!(codes.code(&[0xff; 40]), None);
        assert_eq!((codes.code(b""), codes.code(b"a"), codes.code(b"")), (Some(0), Some(1), Some(0)));
        assert_eq!(codes.take_new().iter().collect::<Vec<_>>(), ["", "a"]);
        assert_eq!(codes.take_new().iter().count(), 0);
    }

    proptest! {
        #[test]
        fn equal_texts_have_equal_codes(texts in proptest::collection::vec("[ab\u{0}]{0,20}|[0-9]{1,5}|甲{0,9}", 0..600)) {
            let mut codes = Codes::default();
            let mut known: HashMap<&str, u32> = HashMap::new();
            for text in &texts {
                let next = known.len() as u32;
                prop_assert_eq!(codes.code(text.as_bytes()), Some(*known.entry(text).or_insert(next)));
            }
            let mut sorted: Vec<_> = known.into_iter().map(|(text, code)| (code, text.to_owned())).collect();
            sorted.sort();
            let sent: Vec<_> = codes.take_new().iter().enumerate().map(|(code, text)| (code as u32, text.to_owned())).collect();
            prop_assert_eq!(sent, sorted);
        }
    }
}
