//! Tells the older encodings apart without tables, by where in each the everyday characters lie: they were given places of
//! their own, while the same bytes are rare characters in the others.

use crate::ingest::layout::Encoding;

/// What the bytes of one character are in an encoding.
enum Unit {
    /// An everyday character or sign, of this many bytes.
    Common(usize),
    /// Any other.
    Rare(usize),
    /// No character.
    Wrong,
}

/// What the first character of a text is, which does not begin with ASCII.
type Classify = fn(&[u8]) -> Unit;

/// The encoding in which most of what is not ASCII is everyday text; Windows-1252 when that is none of the Asian ones.
#[must_use]
pub fn guess_by_patterns(head: &[u8]) -> Encoding {
    let candidates: [(Encoding, Classify); 3] =
        [(Encoding::Gb18030, gb18030), (Encoding::Big5, big5), (Encoding::ShiftJis, shift_jis)];
    let mut best = (0.5, Encoding::Windows1252);
    for (encoding, unit) in candidates {
        let share = common_share(head, unit);
        if share > best.0 {
            best = (share, encoding);
        }
    }
    best.1
}

/// The share of everyday characters among those that are not ASCII; what is no character weighs against it.
fn common_share(mut text: &[u8], unit: Classify) -> f64 {
    let (mut common, mut all) = (0.0, 0.0);
    while let Some(start) = text.iter().position(|byte| !byte.is_ascii()) {
        text = text.get(start..).unwrap_or(b"");
        let length = match unit(text) {
            Unit::Common(length) => {
                (common, all) = (common + 1.0, all + 1.0);
                length
            }
            Unit::Rare(length) => {
                all += 1.0;
                length
            }
            // The last character may be cut.
            Unit::Wrong if text.len() < 2 => 1,
            Unit::Wrong => {
                all += 10.0;
                1
            }
        };
        text = text.get(length..).unwrap_or(b"");
    }
    if all > 0.0 { common / all } else { 0.0 }
}

fn gb18030(text: &[u8]) -> Unit {
    match text {
        // The 3,755 most used characters in the order of their sounds; punctuation, full-width letters.
        [0xb0..=0xd7, 0xa1..=0xfe, ..] | [0xa1 | 0xa3, 0xa1..=0xfe, ..] => Unit::Common(2),
        [0x81..=0xfe, 0x40..=0x7e | 0x80..=0xfe, ..] => Unit::Rare(2),
        [0x81..=0xfe, 0x30..=0x39, 0x81..=0xfe, 0x30..=0x39, ..] => Unit::Rare(4),
        _ => Unit::Wrong,
    }
}

fn big5(text: &[u8]) -> Unit {
    match text {
        // The 5,401 most used characters in the order of their strokes; punctuation, full-width letters.
        [0xa4..=0xc6, 0x40..=0x7e | 0xa1..=0xfe, ..] | [0xa1..=0xa3, 0x40..=0x7e | 0xa1..=0xfe, ..] => {
            Unit::Common(2)
        }
        [0x81..=0xfe, 0x40..=0x7e | 0xa1..=0xfe, ..] => Unit::Rare(2),
        _ => Unit::Wrong,
    }
}

fn shift_jis(text: &[u8]) -> Unit {
    match text {
        // Punctuation, hiragana, katakana, and the 2,965 most used characters.
        [0x81, 0x40..=0x7e | 0x80..=0xac, ..]
        | [0x82, 0x4f..=0x7e | 0x80..=0xf1, ..]
        | [0x83, 0x40..=0x7e | 0x80..=0x96, ..]
        | [0x88, 0x9f..=0xfc, ..]
        | [0x89..=0x97, 0x40..=0x7e | 0x80..=0xfc, ..] => Unit::Common(2),
        [0x81..=0x9f | 0xe0..=0xfc, 0x40..=0x7e | 0x80..=0xfc, ..] => Unit::Rare(2),
        [0xa1..=0xdf, ..] => Unit::Rare(1),
        _ => Unit::Wrong,
    }
}
