//! Text as small integer codes: each distinct text is kept once, a row holds its code in one, two or four bytes.

mod codes;
#[cfg(test)]
mod tests;
mod text;

pub use codes::{CodeVec, Codes};
pub use text::Text;
use text::{RECENT, Recent, place_of};

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

/// Texts that are looked up together.
const TOGETHER: usize = 64;

/// An index with no more slots is in the processor's cache anyway.
const SMALL: usize = 2048;

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
        // Few texts need little room; the columns of a file share the processor's cache.
        let room = self.ends.len().saturating_mul(4).clamp(64, RECENT).next_power_of_two();
        if self.recent.len() != room {
            self.recent = vec![Recent::default(); room];
        }
        let (mut words, mut found) = ([(0, 0); TOGETHER], [0; TOGETHER]);
        for texts in texts.chunks(TOGETHER) {
            for (words, text) in words.iter_mut().zip(texts) {
                *words = text.words();
            }
            let (mut missed, mut misses) = ([0; TOGETHER], 0);
            for (index, ((&words, text), found)) in words.iter().zip(texts).zip(&mut found).enumerate() {
                let place = place_of(words, text.length) & (room - 1);
                let recent = self.recent.get(place).copied().unwrap_or_default();
                let known = recent.words == words && recent.length == text.length && text.length <= 16;
                *found = recent.code;
                if let Some(slot) = missed.get_mut(misses) {
                    *slot = index;
                }
                misses += usize::from(!known);
            }
            let missed = missed.get(..misses).unwrap_or(&[]);
            if !missed.is_empty() {
                self.look_up(texts, &words, missed, &mut found);
            }
            codes.extend_from_slice(found.get(..texts.len()).unwrap_or(&[]));
        }
    }

    /// As [`Self::codes`], for texts of which most are new: nothing is kept at hand.
    #[inline(never)]
    pub fn codes_of_new(&mut self, texts: &[&[u8]], codes: &mut Vec<u32>) {
        codes.clear();
        for texts in texts.chunks(TOGETHER) {
            self.look_ahead(texts.iter().copied());
            codes.extend(texts.iter().map(|text| self.code(text).unwrap_or(Self::NO_CODE)));
        }
    }

    /// Looks at the places of texts in a large index, so that they are at hand when the texts are looked up.
    #[inline]
    fn look_ahead<'a>(&self, texts: impl Iterator<Item = &'a [u8]>) {
        if self.slots.len() > SMALL {
            let mask = self.slots.len() - 1;
            let looked = texts.fold(0, |looked, text| {
                looked ^ self.slots.get(spread(key(text), text.len()) & mask).map_or(0, |slot| slot.code)
            });
            std::hint::black_box(looked);
        }
    }

    /// Looks those texts up that were not at hand.
    fn look_up(
        &mut self,
        texts: &[Text<'_>],
        words: &[(u64, u64); TOGETHER],
        missed: &[usize],
        codes: &mut [u32; TOGETHER],
    ) {
        let mask = self.recent.len().wrapping_sub(1);
        let of = |index: usize| texts.get(index).map(|text| text.bytes());
        self.look_ahead(missed.iter().filter_map(|&index| of(index)));
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
                && let Some(recent) = self.recent.get_mut(place_of(*words, length) & mask)
            {
                *recent = Recent { words: *words, length, code: *slot };
            }
        }
    }

    /// Stands for a text that is not UTF-8 or does not fit.
    pub const NO_CODE: u32 = u32::MAX;

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
        let places = (self.slots.len() * 2).max(16);
        let mut slots = Vec::new();
        slots.try_reserve_exact(places).ok()?;
        slots.resize(places, Slot::default());
        for slot in self.slots.iter().filter(|slot| slot.code != 0) {
            let mut place = spread(slot.key, slot.length as usize) & (places - 1);
            while slots.get(place).is_some_and(|slot: &Slot| slot.code != 0) {
                place = (place + 1) & (places - 1);
            }
            if let Some(free) = slots.get_mut(place) {
                *free = *slot;
            }
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
