//! In which letters a file is written: a byte order mark says it, else strict UTF-8, else the zero bytes of UTF-16, else
//! somebody guesses who knows how languages look.
//!
//! The tables of the older encodings are large, and a browser has them already. So decoding them is behind [`Decode`]:
//! [`Native`] has tables, the page's workers ask the browser, and [`Unicode`] does without.

#[cfg(not(target_arch = "wasm32"))]
mod native;
mod patterns;

#[cfg(not(target_arch = "wasm32"))]
pub use native::Native;
pub use patterns::guess_by_patterns;

use super::layout::Encoding;

/// Turns bytes into text.
pub trait Decode {
    /// Decodes whole lines, without a byte order mark, and adds them to `into`; returns whether anything could not be read
    /// (then U+FFFD stands there).
    fn decode(&self, encoding: Encoding, bytes: &[u8], into: &mut String) -> bool;

    /// The best guess for text that is not UTF-8.
    fn guess(&self, head: &[u8]) -> Encoding;
}

/// Decodes UTF-8 and UTF-16, which need no tables; of all others it reads the letters of ASCII only.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unicode;

impl Decode for Unicode {
    fn decode(&self, encoding: Encoding, bytes: &[u8], into: &mut String) -> bool {
        if let Some(problems) = decode_unicode(encoding, bytes, into) {
            return problems;
        }
        into.extend(bytes.iter().map(|&byte| if byte.is_ascii() { char::from(byte) } else { '\u{fffd}' }));
        !bytes.is_ascii()
    }

    fn guess(&self, head: &[u8]) -> Encoding {
        guess_by_patterns(head)
    }
}

/// Decodes UTF-8 or UTF-16 as [`Decode::decode`] does; `None`, and nothing is added, for other encodings.
pub fn decode_unicode(encoding: Encoding, bytes: &[u8], into: &mut String) -> Option<bool> {
    match encoding {
        Encoding::Utf8 => {
            let text = String::from_utf8_lossy(bytes);
            into.push_str(&text);
            // It is borrowed only when there was nothing to mend.
            Some(matches!(text, std::borrow::Cow::Owned(_)))
        }
        Encoding::Utf16Le => Some(decode_utf16(bytes, u16::from_le_bytes, into)),
        Encoding::Utf16Be => Some(decode_utf16(bytes, u16::from_be_bytes, into)),
        _ => None,
    }
}

fn decode_utf16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16, into: &mut String) -> bool {
    let (pairs, rest) = bytes.as_chunks::<2>();
    into.reserve(bytes.len());
    let mut problems = !rest.is_empty();
    for letter in char::decode_utf16(pairs.iter().map(|&pair| unit(pair))) {
        problems |= letter.is_err();
        into.push(letter.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    if !rest.is_empty() {
        into.push(char::REPLACEMENT_CHARACTER);
    }
    problems
}

/// The encoding that a byte order mark names, and the mark's length in bytes.
#[must_use]
pub fn bom(head: &[u8]) -> Option<(Encoding, usize)> {
    match head {
        [0xef, 0xbb, 0xbf, ..] => Some((Encoding::Utf8, 3)),
        // Four bytes with two zeros are UTF-32, which nobody writes tables in.
        [0xff, 0xfe, 0, 0, ..] => None,
        [0xff, 0xfe, ..] => Some((Encoding::Utf16Le, 2)),
        [0xfe, 0xff, ..] => Some((Encoding::Utf16Be, 2)),
        [0x84, 0x31, 0x95, 0x33, ..] => Some((Encoding::Gb18030, 4)),
        _ => None,
    }
}

/// Where the first byte is that is not UTF-8. A character cut off by the end does not count unless the text is `whole`.
#[must_use]
pub fn first_not_utf8(text: &[u8], whole: bool) -> Option<usize> {
    match std::str::from_utf8(text) {
        Ok(_) => None,
        Err(error) if error.error_len().is_none() && !whole => None,
        Err(error) => Some(error.valid_up_to()),
    }
}

/// Whether text that is not quite UTF-8 is UTF-8 with a few broken places: nothing else looks like it so often.
#[must_use]
pub fn is_mostly_utf8(text: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in text.utf8_chunks() {
        good += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > 0 && good >= bad * 10
}

/// UTF-16 without a byte order mark: digits, delimiters and line ends have zeros in every other byte.
#[must_use]
pub fn utf16_by_zeros(head: &[u8]) -> Option<Encoding> {
    let (pairs, _) = head.get(..head.len().min(4096)).unwrap_or(head).as_chunks::<2>();
    let (mut first, mut second) = (0usize, 0usize);
    for pair in pairs {
        first += usize::from(pair.first() == Some(&0));
        second += usize::from(pair.last() == Some(&0));
    }
    // Some other characters have a zero too, 一 for one.
    let encoding = if second > first * 4 {
        Encoding::Utf16Le
    } else if first > second * 4 {
        Encoding::Utf16Be
    } else {
        return None;
    };
    let mut text = String::new();
    // The last pair may be half a character.
    let whole = pairs.len().saturating_sub(1).max(1) * 2;
    let problems = decode_unicode(encoding, head.get(..whole)?, &mut text)?;
    let control = |letter: char| letter < ' ' && !matches!(letter, '\t' | '\n' | '\r' | '\u{1}');
    (!problems && (first + second) * 10 >= pairs.len() && !text.contains(control)).then_some(encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks() {
        assert_eq!(bom(b"\xef\xbb\xbfa"), Some((Encoding::Utf8, 3)));
        assert_eq!(bom(b"\xff\xfea\0"), Some((Encoding::Utf16Le, 2)));
        assert_eq!(bom(b"\xfe\xff\0a"), Some((Encoding::Utf16Be, 2)));
        assert_eq!((bom(b"\xff\xfe\0\0a\0\0\0"), bom(b"abc"), bom(b"")), (None, None, None));
    }

    #[test]
    fn a_cut_character_is_no_error_unless_the_text_is_whole() {
        let text = "a,数".as_bytes();
        assert_eq!(first_not_utf8(text, true), None);
        assert_eq!(first_not_utf8(&text[..text.len() - 1], false), None);
        assert_eq!(first_not_utf8(&text[..text.len() - 1], true), Some(2));
        assert_eq!(first_not_utf8(b"ab\xff,c", false), Some(2));
        assert!(is_mostly_utf8("数据数据数据数据数据数据数据数据\u{e9}".as_bytes()));
        assert!(!is_mostly_utf8(b"caf\xe9,\xe9t\xe9"));
    }

    #[test]
    fn utf16_without_a_mark() {
        let bytes = |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(order).collect()
        };
        let text = "用户,时间,金额\r\n一,2024-03-05,1\r\n";
        let (little, big) = (bytes(text, u16::to_le_bytes), bytes(text, u16::to_be_bytes));
        assert_eq!(utf16_by_zeros(&little), Some(Encoding::Utf16Le));
        assert_eq!(utf16_by_zeros(&big), Some(Encoding::Utf16Be));
        for (encoding, bytes) in [(Encoding::Utf16Le, little), (Encoding::Utf16Be, big)] {
            let mut read = String::new();
            assert!(!Unicode.decode(encoding, &bytes, &mut read));
            assert_eq!(read, text);
        }
        assert_eq!(utf16_by_zeros(text.as_bytes()), None);
        assert_eq!(utf16_by_zeros(&[7, 0, 3, 0, 255]), None);
        assert_eq!((utf16_by_zeros(b""), utf16_by_zeros(b"a")), (None, None));
        let mut read = String::new();
        assert!(Unicode.decode(Encoding::Utf16Le, &[0x3d, 0xd8, b'a', 0, 1], &mut read));
        assert_eq!(read, "\u{fffd}a\u{fffd}");
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let mut text = String::new();
        assert!(!Unicode.decode(Encoding::Utf8, "a数".as_bytes(), &mut text));
        assert!(Unicode.decode(Encoding::Utf8, b"b\xff", &mut text));
        assert!(Unicode.decode(Encoding::Gb18030, b"c\xca\xfd", &mut text));
        assert_eq!(text, "a数b\u{fffd}c\u{fffd}\u{fffd}");
    }
}
