//! Choices that come with an input: its first line, a letter for each. `0` is the usual one, so that a line of zeros, or an
//! empty one, is a file read with nothing changed, and inputs can be written by hand.

/// The letters of the first line.
#[derive(Debug, Clone)]
pub struct Choices<'a>(std::slice::Iter<'a, u8>);

#[allow(dead_code, reason = "not every target needs all of them")]
impl<'a> Choices<'a> {
    /// Splits an input into its choices and the rest.
    pub fn of(bytes: &'a [u8]) -> (Self, &'a [u8]) {
        let end = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len());
        (Self(bytes[..end].iter()), bytes.get(end + 1..).unwrap_or(b""))
    }

    /// A number below `count`; 0 when there are no more letters.
    pub fn below(&mut self, count: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(b'0').wrapping_sub(b'0')) % count
    }

    /// One of several.
    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}
