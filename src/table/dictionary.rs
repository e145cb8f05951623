//! Text as small integer codes: each distinct text is kept once, a row holds its code in one, two or four bytes.

use super::{gather, remove};
use crate::error::{Error, ErrorKind, Result};

/// Distinct texts, in the order of their first appearance; a text's place is its code.
///
/// The index is an open-addressing table of 16-byte slots. A text of up to 8 bytes, as most ids and names are, stands in its
/// slot whole: one look into memory finds it.
#[derive(Debug, Clone, Default)]
pub struct Dictionary {
    text: String,
    ends: Vec<u32>,
    /// Empty, or a power of two long and at most two thirds full.
    slots: Vec<Slot>,
    /// What was looked up lately.
    recent: Vec<Recent>,
}

/// A text that was looked up lately; of up to 16 bytes it stands here whole.
#[derive(Debug, Clone, Copy)]
struct Recent {
    words: (u64, u64),
    length: u32,
    code: u32,
}

impl Default for Recent {
    fn default() -> Self {
        // No text is so long.
        Self { words: (0, 0), length: u32::MAX, code: 0 }
    }
}

/// Where a text that was looked up lately would stand.
#[inline]
fn place_of((first, second): (u64, u64), length: u32) -> usize {
    let mixed = (first ^ second.rotate_left(29) ^ u64::from(length)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 40) as usize % RECENT
}

/// A text within a longer one: how long it is, and all that stands there from its beginning on. What follows it may be read,
/// so that its first bytes are two words, however long it is.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    rest: &'a [u8],
    length: u32,
}

impl<'a> Text<'a> {
    /// The text that `rest` begins with.
    #[inline]
    #[must_use]
    pub fn new(rest: &'a [u8], length: u32) -> Self {
        Self { rest, length }
    }

    /// Its bytes.
    #[inline]
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.rest.get(..self.length as usize).unwrap_or(self.rest)
    }

    /// Its first 16 bytes, zeros after its end.
    #[inline]
    fn words(&self) -> (u64, u64) {
        const MASKS: [u64; 9] = [
            0,
            0xff,
            0xffff,
            0xff_ffff,
            0xffff_ffff,
            0xff_ffff_ffff,
            0xffff_ffff_ffff,
            0xff_ffff_ffff_ffff,
            u64::MAX,
        ];
        let mut padded = [0; 16];
        let bytes = match self.rest.first_chunk::<16>() {
            Some(bytes) => bytes,
            None => {
                for (slot, &byte) in padded.iter_mut().zip(self.rest) {
                    *slot = byte;
                }
                &padded
            }
        };
        let mask = |length: u32| MASKS.get(length.min(8) as usize).copied().unwrap_or(0);
        let both = u128::from_le_bytes(*bytes);
        (both as u64 & mask(self.length), (both >> 64) as u64 & mask(self.length.saturating_sub(8)))
    }
}

impl<'a> From<&'a [u8]> for Text<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, length: u32::try_from(bytes.len()).unwrap_or(u32::MAX) }
    }
}

/// Texts that are looked up together.
const TOGETHER: usize = 64;

/// An index with no more slots is in the processor's cache anyway.
const SMALL: usize = 2048;

/// How many texts are kept at hand: 24 KiB.
const RECENT: usize = 1024;

/// A place of the index.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    /// The text itself when it has up to 8 bytes, else its hash.
    key: u64,
    /// The text's bytes.
    length: u32,
    /// The code and one; 0 when the slot is free.
    code: u32,
}

impl Dictionary {
    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no texts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text with this code; empty for a code that was never given out.
    #[must_use]
    pub fn get(&self, code: u32) -> &str {
        slice(&self.text, &self.ends, code)
    }

    /// All texts in the order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.iter_from(0)
    }

    /// The texts from a code on.
    pub fn iter_from(&self, first: usize) -> impl Iterator<Item = &str> {
        (first..self.ends.len()).map(|code| self.get(u32::try_from(code).unwrap_or(u32::MAX)))
    }

    /// The code of a text, if it is there.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        if self.slots.is_empty() {
            let place = self.iter().position(|known| known == text);
            return place.and_then(|code| u32::try_from(code).ok());
        }
        self.probe(key(text.as_bytes()), text.as_bytes()).ok()
    }

    /// The code of a text, which is added if it is new. `None` when it is not UTF-8 or the dictionary is full (4 GiB).
    #[inline]
    pub fn code(&mut self, bytes: &[u8]) -> Option<u32> {
        let key = key(bytes);
        match self.probe(key, bytes) {
            Ok(code) => Some(code),
            Err(free) => self.add(key, bytes, free),
        }
    }

    /// The codes of several texts, which are added if they are new; [`Self::NO_CODE`] as [`Self::code`] gives none.
    ///
    /// What was looked up lately, which in a log is most of what comes next (somebody's visit is many rows, channels are few),
    /// is kept in a small list beside the index, short texts whole. The places of all others in the index are looked at before
    /// any of them is looked up: memory is waited for once, not for each.
    #[inline(never)]
    pub fn codes(&mut self, texts: &[Text<'_>], codes: &mut Vec<u32>) {
        codes.clear();
        self.recent.resize(RECENT, Recent::default());
        let mut words = [(0, 0); TOGETHER];
        for texts in texts.chunks(TOGETHER) {
            for (words, text) in words.iter_mut().zip(texts) {
                *words = text.words();
            }
            let (mut missed, mut misses) = ([0; TOGETHER], 0);
            let first = codes.len();
            for (index, (&words, text)) in words.iter().zip(texts).enumerate() {
                let recent = self.recent.get(place_of(words, text.length)).copied().unwrap_or_default();
                let known = recent.words == words && recent.length == text.length && text.length <= 16;
                codes.push(recent.code);
                if let Some(slot) = missed.get_mut(misses) {
                    *slot = index;
                }
                misses += usize::from(!known);
            }
            let missed = missed.get(..misses).unwrap_or(&[]);
            if !missed.is_empty() {
                self.look_up(texts, &words, missed, codes.get_mut(first..).unwrap_or(&mut []));
            }
        }
    }

    /// Looks those texts up that were not at hand.
    fn look_up(
        &mut self,
        texts: &[Text<'_>],
        words: &[(u64, u64); TOGETHER],
        missed: &[usize],
        codes: &mut [u32],
    ) {
        let of = |index: usize| texts.get(index).map(|text| text.bytes());
        if self.slots.len() > SMALL {
            let mask = self.slots.len() - 1;
            let looked = missed.iter().filter_map(|&index| of(index)).fold(0, |looked, text| {
                looked ^ self.slots.get(spread(key(text), text.len()) & mask).map_or(0, |slot| slot.code)
            });
            std::hint::black_box(looked);
        }
        for &index in missed {
            let (Some(text), Some(words), Some(slot)) = (of(index), words.get(index), codes.get_mut(index))
            else {
                continue;
            };
            let key = key(text);
            *slot = match self.probe(key, text) {
                Ok(code) => code,
                Err(free) => self.add(key, text, free).unwrap_or(Self::NO_CODE),
            };
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            if *slot != Self::NO_CODE
                && let Some(recent) = self.recent.get_mut(place_of(*words, length))
            {
                *recent = Recent { words: *words, length, code: *slot };
            }
        }
    }

    /// Stands for a text that is not UTF-8 or does not fit.
    pub const NO_CODE: u32 = u32::MAX;

    /// Gives back the memory of the index. Texts can still be found, by looking at all of them.
    pub fn seal(&mut self) {
        (self.slots, self.recent) = (Vec::new(), Vec::new());
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// The code of a text, or the slot where it belongs.
    #[inline]
    fn probe(&self, key: u64, bytes: &[u8]) -> std::result::Result<u32, usize> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut place = spread(key, bytes.len()) & mask;
        while let Some(slot) = self.slots.get(place) {
            if slot.code == 0 {
                return Err(place);
            }
            if self.holds(*slot, key, bytes) {
                return Ok(slot.code - 1);
            }
            place = (place + 1) & mask;
        }
        Err(usize::MAX)
    }

    /// Whether a slot that is taken is that of a text with this key.
    #[inline]
    fn holds(&self, slot: Slot, key: u64, text: &[u8]) -> bool {
        slot.key == key
            && slot.length as usize == text.len()
            && (text.len() <= 8 || same(self.get(slot.code - 1).as_bytes(), text))
    }

    #[cold]
    #[inline(never)]
    fn add(&mut self, key: u64, bytes: &[u8], mut free: usize) -> Option<u32> {
        let new = std::str::from_utf8(bytes).ok()?;
        let code = u32::try_from(self.ends.len() + 1).ok()?;
        let end = u32::try_from(self.text.len().checked_add(new.len())?).ok()?;
        self.text.try_reserve(new.len()).ok()?;
        self.ends.try_reserve(1).ok()?;
        if self.ends.len() * 3 >= self.slots.len() * 2 {
            self.grow()?;
            free = self.probe(key, bytes).err()?;
        }
        *self.slots.get_mut(free)? = Slot { key, length: u32::try_from(bytes.len()).ok()?, code };
        self.text.push_str(new);
        self.ends.push(end);
        Some(code - 1)
    }

    fn grow(&mut self) -> Option<()> {
        // A sealed dictionary has texts and no slots.
        let places = (self.slots.len() * 2).max((self.ends.len() * 2 + 2).next_power_of_two()).max(16);
        let mut slots = Vec::new();
        slots.try_reserve_exact(places).ok()?;
        slots.resize(places, Slot::default());
        let mut put = |slot: Slot| {
            let mut place = spread(slot.key, slot.length as usize) & (places - 1);
            while slots.get(place).is_some_and(|slot: &Slot| slot.code != 0) {
                place = (place + 1) & (places - 1);
            }
            if let Some(free) = slots.get_mut(place) {
                *free = slot;
            }
        };
        if self.slots.is_empty() {
            for (code, text) in (1..).zip(self.iter()) {
                let text = text.as_bytes();
                put(Slot { key: key(text), length: u32::try_from(text.len()).ok()?, code });
            }
        } else {
            self.slots.iter().filter(|slot| slot.code != 0).for_each(|slot| put(*slot));
        }
        self.slots = slots;
        Some(())
    }
}

/// Whether two texts of one length, at least 8, are the same. Most have no more than 16 bytes: two words each.
#[inline]
fn same(one: &[u8], other: &[u8]) -> bool {
    one.first_chunk::<8>() == other.first_chunk::<8>()
        && one.last_chunk::<8>() == other.last_chunk::<8>()
        && (one.len() <= 16 || one == other)
}

/// Up to 8 bytes themselves (with the length they tell a text from any other), of more a hash.
#[inline]
fn key(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        let first = u64::from_le_bytes(*first);
        if length == 8 {
            return first;
        }
        let mut hash = mix(mix(u64::from_le_bytes(*last), length as u64), first);
        if length > 16 {
            for word in bytes.as_chunks::<8>().0.iter().skip(1) {
                hash = mix(hash, u64::from_le_bytes(*word));
            }
        }
        return hash;
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32;
    }
    let at = |place: usize| u64::from(bytes.get(place).copied().unwrap_or(0));
    at(0) | at(1) << 8 | at(2) << 16
}

#[inline]
fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Where to look for a key first.
#[inline]
fn spread(key: u64, length: usize) -> usize {
    let hash = (key ^ length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((hash ^ (hash >> 32)) >> 8) as usize
}

#[inline]
fn slice<'a>(text: &'a str, ends: &[u32], code: u32) -> &'a str {
    let code = code as usize;
    let start = if code == 0 { 0 } else { ends.get(code - 1).copied().unwrap_or(0) };
    let end = ends.get(code).copied().unwrap_or(start);
    text.get(start as usize..end as usize).unwrap_or("")
}

/// A code for each row, in the fewest bytes that hold the largest.
#[derive(Debug, Clone)]
pub enum CodeVec {
    /// Up to 256 texts.
    U8(Vec<u8>),
    /// Up to 65,536 texts.
    U16(Vec<u16>),
    /// More.
    U32(Vec<u32>),
}

/// A text column: its dictionary and a code for each row.
#[derive(Debug, Clone)]
pub struct Codes {
    /// The texts.
    pub dictionary: Dictionary,
    /// One code a row.
    pub rows: CodeVec,
}

impl Default for Codes {
    fn default() -> Self {
        Self { dictionary: Dictionary::default(), rows: CodeVec::U8(Vec::new()) }
    }
}

/// Runs the same code for whichever width the codes have.
#[macro_export]
macro_rules! with_codes {
    ($rows:expr, $codes:ident => $body:expr) => {
        match $rows {
            $crate::table::dictionary::CodeVec::U8($codes) => $body,
            $crate::table::dictionary::CodeVec::U16($codes) => $body,
            $crate::table::dictionary::CodeVec::U32($codes) => $body,
        }
    };
}

impl Codes {
    /// Rows in the column.
    #[must_use]
    pub fn len(&self) -> usize {
        with_codes!(&self.rows, codes => codes.len())
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code in a row.
    #[must_use]
    #[allow(clippy::useless_conversion, reason = "useless only for the widest codes")]
    pub fn code(&self, row: usize) -> u32 {
        with_codes!(&self.rows, codes => codes.get(row).map_or(0, |&code| u32::from(code)))
    }

    /// The text in a row.
    #[must_use]
    pub fn get(&self, row: usize) -> &str {
        self.dictionary.get(self.code(row))
    }

    /// Adds a row; `false` when the text is not UTF-8 or does not fit.
    #[inline]
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        let Some(code) = self.dictionary.code(bytes) else { return false };
        self.push_code(code);
        true
    }

    /// Adds a row with a code that [`Dictionary::code`] gave out.
    #[inline]
    pub fn push_code(&mut self, code: u32) {
        match &mut self.rows {
            CodeVec::U8(codes) => match u8::try_from(code) {
                Ok(code) => codes.push(code),
                Err(_) => self.widen_and_push(code),
            },
            CodeVec::U16(codes) => match u16::try_from(code) {
                Ok(code) => codes.push(code),
                Err(_) => self.widen_and_push(code),
            },
            CodeVec::U32(codes) => codes.push(code),
        }
    }

    /// Adds several rows with codes that [`Dictionary::codes`] gave out.
    pub fn extend(&mut self, codes: &[u32]) {
        self.widen();
        match &mut self.rows {
            CodeVec::U8(rows) => rows.extend(codes.iter().map(|&code| code as u8)),
            CodeVec::U16(rows) => rows.extend(codes.iter().map(|&code| code as u16)),
            CodeVec::U32(rows) => rows.extend_from_slice(codes),
        }
    }

    /// Takes the codes of some rows away, which are given in ascending order.
    pub fn remove(&mut self, rows: &[usize]) {
        with_codes!(&mut self.rows, codes => remove(codes, rows));
    }

    /// Makes the codes as wide as the dictionary's last one needs.
    pub fn widen(&mut self) {
        let last = u32::try_from(self.dictionary.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let fits = match &self.rows {
            CodeVec::U8(_) => u8::try_from(last).is_ok(),
            CodeVec::U16(_) => u16::try_from(last).is_ok(),
            CodeVec::U32(_) => true,
        };
        if !fits {
            self.widen_for(last);
        }
    }

    #[cold]
    fn widen_and_push(&mut self, code: u32) {
        self.widen_for(code);
        self.push_code(code);
    }

    fn widen_for(&mut self, code: u32) {
        let capacity = with_codes!(&self.rows, codes => codes.capacity());
        fn widened<A: Copy, B: From<A>>(codes: &[A], capacity: usize) -> Vec<B> {
            let mut wide = Vec::with_capacity(capacity);
            wide.extend(codes.iter().map(|&code| B::from(code)));
            wide
        }
        self.rows = match &self.rows {
            CodeVec::U8(codes) if u16::try_from(code).is_ok() => CodeVec::U16(widened(codes, capacity)),
            CodeVec::U8(codes) => CodeVec::U32(widened(codes, capacity)),
            CodeVec::U16(codes) => CodeVec::U32(widened(codes, capacity)),
            CodeVec::U32(codes) => CodeVec::U32(codes.clone()),
        };
    }

    pub(super) fn reserve(&mut self, rows: usize) -> bool {
        with_codes!(&mut self.rows, codes => codes.try_reserve(rows).is_ok())
    }

    pub(super) fn permute(&mut self, order: &[u32]) -> Result<()> {
        with_codes!(&mut self.rows, codes => gather(codes, order))
    }

    /// All codes as four-byte numbers, given up by the column.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] when there is no memory for the copy.
    #[allow(clippy::useless_conversion, reason = "useless only for the widest codes")]
    pub fn into_parts(self) -> Result<(Dictionary, Vec<u32>)> {
        let mut wide = Vec::new();
        if let CodeVec::U32(codes) = self.rows {
            return Ok((self.dictionary, codes));
        }
        wide.try_reserve_exact(self.len()).map_err(|_| Error::new(ErrorKind::TooLarge))?;
        with_codes!(&self.rows, codes => wide.extend(codes.iter().map(|&code| u32::from(code))));
        Ok((self.dictionary, wide))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_stay_as_they_are() {
        let mut codes = Codes::default();
        for text in ["007", "7", "", "6222020200112233445", "007", "用户"] {
            assert!(codes.push(text.as_bytes()));
        }
        let rows: Vec<&str> = (0..codes.len()).map(|row| codes.get(row)).collect();
        assert_eq!(rows, ["007", "7", "", "6222020200112233445", "007", "用户"]);
        assert_eq!(codes.dictionary.len(), 5);
        assert!(!codes.push(&[0xff, 0xfe]), "not UTF-8");
        assert_eq!(codes.len(), 6, "a refused text leaves no row");
    }

    #[test]
    fn a_sealed_dictionary_finds_and_grows() {
        let mut dictionary = Dictionary::default();
        for number in 0..100 {
            dictionary.code(format!("a text with the number {number}").as_bytes());
        }
        dictionary.seal();
        assert_eq!(dictionary.find("a text with the number 42"), Some(42));
        assert_eq!(dictionary.find("another"), None);
        assert_eq!(dictionary.code(b"another"), Some(100));
        assert_eq!(dictionary.code(b"a text with the number 99"), Some(99));
    }

    proptest! {
        #[test]
        fn codes_are_those_of_a_map(texts in proptest::collection::vec("(a|b|\0|数){0,20}", 0..300)) {
            let (mut dictionary, mut map) = (Dictionary::default(), std::collections::HashMap::new());
            let mut together = (Dictionary::default(), Vec::new(), Vec::new());
            together.1.extend(texts.iter().map(|text| Text::from(text.as_bytes())));
            together.0.codes(&together.1, &mut together.2);
            for text in &texts {
                let next = u32::try_from(map.len()).unwrap();
                let expected = *map.entry(text.clone()).or_insert(next);
                prop_assert_eq!(dictionary.code(text.as_bytes()), Some(expected));
            }
            let expected: Vec<u32> = texts.iter().map(|text| map[text]).collect();
            prop_assert_eq!(together.2, expected);
            for (text, code) in &map {
                prop_assert_eq!(dictionary.find(text), Some(*code));
                prop_assert_eq!(dictionary.get(*code), text);
            }
        }

        #[test]
        fn many_texts_together_are_the_same_as_one_by_one(
            numbers in proptest::collection::vec(0u32..6000, 0..9000), long in proptest::bool::ANY,
        ) {
            let text = |number: &u32| if long { format!("a user with the number {number}") } else { number.to_string() };
            let texts: Vec<String> = numbers.iter().map(text).collect();
            // One after the other, as in a file: what follows a text must not matter.
            let all = texts.concat();
            let ends = texts.iter().scan(0, |end, text| { *end += text.len(); Some(*end) });
            let text = |(text, end): (&String, usize)| Text::new(&all.as_bytes()[end - text.len()..], text.len() as u32);
            let bytes: Vec<Text<'_>> = texts.iter().zip(ends).map(text).collect();
            let (mut together, mut one, mut codes) = (Dictionary::default(), Dictionary::default(), Vec::new());
            for bytes in bytes.chunks(1000) {
                together.codes(bytes, &mut codes);
                let expected: Vec<u32> = bytes.iter().map(|text| one.code(text.bytes()).unwrap()).collect();
                prop_assert_eq!(&codes, &expected);
            }
            prop_assert_eq!(together.iter().collect::<Vec<_>>(), one.iter().collect::<Vec<_>>());
        }

        #[test]
        fn any_texts_come_back(numbers in proptest::collection::vec(0u32..70_000, 0..500), spread in 1u32..300) {
            let mut codes = Codes::default();
            let texts: Vec<String> = (0..70_000 / spread.max(200)).map(|n| n.to_string()).chain(numbers.iter().map(u32::to_string)).collect();
            for text in &texts {
                codes.push(text.as_bytes());
            }
            for (row, text) in texts.iter().enumerate() {
                prop_assert_eq!(codes.get(row), text);
            }
        }
    }

    #[test]
    fn codes_widen_as_the_dictionary_grows() {
        let mut codes = Codes::default();
        for number in 0..70_000u32 {
            codes.push(number.to_string().as_bytes());
        }
        assert!(matches!(codes.rows, CodeVec::U32(_)));
        assert!((0..70_000usize).all(|row| codes.get(row) == row.to_string()));
    }
}
