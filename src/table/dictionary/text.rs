//! Texts as they are looked up: two words and a length.

/// How many texts are kept at hand at most: 24 KiB.
pub(super) const RECENT: usize = 1024;

/// A text that was looked up lately; of up to 16 bytes it stands here whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recent {
    pub words: (u64, u64),
    pub length: u32,
    pub code: u32,
}

impl Default for Recent {
    fn default() -> Self {
        // No text is so long.
        Self { words: (0, 0), length: u32::MAX, code: 0 }
    }
}

/// Where a text that was looked up lately would stand, within the room that there is: the lower bits count.
#[inline]
pub(super) fn place_of((first, second): (u64, u64), length: u32) -> usize {
    let mixed = (first ^ second.rotate_left(29) ^ u64::from(length)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 40) as usize
}

/// A text within a longer one: how long it is, and all that stands there from its beginning on. What follows it may be read,
/// so that its first bytes are two words, however long it is.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    rest: &'a [u8],
    pub(super) length: u32,
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
    pub(super) fn words(&self) -> (u64, u64) {
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

impl AsRef<[u8]> for Text<'_> {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}
