//! Finding a name by some of its letters: whatever is typed may lie anywhere in it, in any order.

/// How well a name fits what is typed, the lower the better; nothing when it does not fit.
///
/// Every word of `query` has to occur in `text`, whatever its case; `_`, `/` and `-` part words as spaces do. A name that
/// begins with the first word is best (0), then one with a word that does (1), then any other (2). All fit an empty query.
#[must_use]
pub fn rank(query: &str, text: &str) -> Option<u8> {
    let (query, text) = (plain(query), plain(text));
    let mut words = query.split_whitespace();
    let Some(first) = words.next() else { return Some(0) };
    let place = text.find(first)?;
    if !words.all(|word| text.contains(word)) {
        return None;
    }
    Some(match place {
        0 => 0,
        _ if text.contains(&format!(" {first}")) => 1,
        _ => 2,
    })
}

fn plain(text: &str) -> String {
    let letter = |letter: char| if matches!(letter, '_' | '/' | '-') { ' ' } else { letter };
    text.chars().map(letter).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_anywhere_and_words_in_any_order() {
        assert_eq!(rank("", "Asia/Shanghai"), Some(0));
        assert_eq!(rank("  ", "Asia/Shanghai"), Some(0));
        assert_eq!(rank("asia", "Asia/Shanghai"), Some(0));
        assert_eq!(rank("shang", "Asia/Shanghai"), Some(1));
        assert_eq!(rank("hang", "Asia/Shanghai"), Some(2));
        assert_eq!(rank("shang asia", "Asia/Shanghai"), Some(1));
        assert_eq!(rank("new york", "America/New_York"), Some(1));
        assert_eq!(rank("new_york", "America/New_York"), Some(1));
        assert_eq!(rank("asia paris", "Asia/Shanghai"), None);
        assert_eq!(rank("留存", "谁留下来: 留存"), Some(1));
        assert_eq!(rank("流失", "谁留下来: 留存"), None);
    }
}
