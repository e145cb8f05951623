//! How wide a text is, without asking a browser: the layout is the same natively and on a page, for every font.

/// An estimate of the width in CSS pixels at a font size, a little on the large side. Chinese characters and full-width
/// punctuation are one em wide.
#[must_use]
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

/// The text if it fits, else its beginning with an ellipsis, else nothing.
#[must_use]
pub fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let room = room - em('…') * size;
    let mut used = 0.0;
    let kept: String = text
        .chars()
        .take_while(|&character| {
            used += em(character) * size;
            used <= room
        })
        .collect();
    let kept = kept.trim_end();
    if kept.is_empty() { String::new() } else { format!("{kept}…") }
}

/// The text on at most `lines` lines, broken at spaces and between Chinese characters; `None` when it does not fit whole.
#[must_use]
pub fn wrap(text: &str, size: f64, room: f64, lines: usize) -> Option<Vec<String>> {
    let mut wrapped = vec![String::new()];
    for piece in pieces(text) {
        let line = wrapped.last_mut()?;
        if width(line, size) + width(piece.trim_end(), size) <= room {
            line.push_str(piece);
        } else if width(piece.trim_end(), size) > room || wrapped.len() == lines {
            return None;
        } else {
            wrapped.push(piece.to_owned());
        }
    }
    Some(wrapped.into_iter().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect())
}

/// A text without what XML and a canvas cannot show: control characters become spaces.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|character| {
            if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') {
                ' '
            } else {
                character
            }
        })
        .collect()
}

/// Words with the space after them; each full-width character is a piece of its own.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(|character: char| character == ' ' || is_wide(character)).flat_map(|piece| {
        // `split_inclusive` leaves Latin letters in front of a wide character: `VIP客` is `VIP` and `客`.
        let last = piece.char_indices().next_back().filter(|(at, character)| *at > 0 && is_wide(*character));
        let (before, after) = last.and_then(|(at, _)| piece.split_at_checked(at)).unwrap_or((piece, ""));
        [before, after].into_iter().filter(|part| !part.is_empty())
    })
}

fn em(character: char) -> f64 {
    match character {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0.0,
        _ if is_wide(character) || matches!(character, '…' | '—' | '“' | '”') => 1.0,
        '0'..='9' => 0.61,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '·' => 0.32,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | ' ' => 0.4,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.92,
        'A'..='Z' => 0.7,
        'a'..='z' => 0.58,
        _ => 0.66,
    }
}

/// East Asian wide and full-width characters, and emoji.
fn is_wide(character: char) -> bool {
    matches!(
        u32::from(character),
        0x1100..=0x115f
            | 0x2e80..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0xffe0..=0xffe6
            | 0x1f300..=0x1faff
            | 0x20000..=0x3fffd
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_one_em() {
        assert!((width("重要价值", 10.0) - 40.0).abs() < 1e-9);
        assert!(width("iiii", 10.0) < width("mmmm", 10.0));
    }

    #[test]
    fn fitting_never_exceeds_the_room() {
        for text in ["Champions", "重要价值客户", "VIP 客户", ""] {
            for room in 0..120 {
                let fitted = fit(text, 12.0, f64::from(room));
                assert!(width(&fitted, 12.0) <= f64::from(room) + 1e-9, "{fitted} in {room}");
            }
        }
        assert_eq!(fit("Champions", 12.0, 200.0), "Champions");
        assert!(fit("Champions", 12.0, 50.0).ends_with('…'));
    }

    #[test]
    fn wrapping_keeps_every_word() {
        let room = width("cannot lose", 12.0);
        assert_eq!(
            wrap("cannot lose them", 12.0, room, 2),
            Some(vec!["cannot lose".to_owned(), "them".to_owned()])
        );
        assert_eq!(wrap("cannot lose them", 12.0, room, 1), None);
        assert_eq!(wrap("重要价值客户", 12.0, 36.0, 2), Some(vec!["重要价".to_owned(), "值客户".to_owned()]));
        assert_eq!(
            wrap("VIP客户", 12.0, width("VIP客", 12.0), 2),
            Some(vec!["VIP客".to_owned(), "户".to_owned()])
        );
    }

    #[test]
    fn control_characters_are_gone() {
        assert_eq!(printable("a\u{1}b\nc"), "a b c");
    }
}
