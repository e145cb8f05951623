//! Every word the user reads, in English and Simplified Chinese, and how numbers and dates are written in each.
//!
//! The phrases live in `locales/en.json` and `locales/zh-CN.json`; the build turns them into [`Words`] and fails when
//! the two differ in names or placeholders. A phrase with `{name}` in it is completed with [`fill`].

mod format;
pub mod matching;

use serde::{Deserialize, Serialize};

pub use words::Words;

#[allow(missing_docs, reason = "each field is documented by its own text")]
mod words {
    include!(concat!(env!("OUT_DIR"), "/words.rs"));

    impl super::Language {
        /// The phrases of this language.
        #[must_use]
        pub fn words(self) -> &'static Words {
            match self {
                Self::English => &EN,
                Self::Chinese => &ZH_CN,
            }
        }
    }
}

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
}

impl Language {
    /// The language for a BCP 47 tag such as a browser reports: any `zh` is Chinese, all others English.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("zh") { Self::Chinese } else { Self::English }
    }

    /// The BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }
}

/// Completes a phrase: each `{name}` is replaced by its value; unknown names stay as they are.
#[must_use]
pub fn fill(phrase: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(phrase.len() + 16);
    let mut rest = phrase;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        match after.split_once('}') {
            Some((name, after)) => {
                match values.iter().find(|(key, _)| *key == name) {
                    Some((_, value)) => text.push_str(value),
                    None => {
                        text.push('{');
                        text.push_str(name);
                        text.push('}');
                    }
                }
                rest = after;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fill_replaces_names_and_leaves_the_unknown() {
        assert_eq!(fill("{a} of {b}, {c}", &[("a", "1"), ("b", "2")]), "1 of 2, {c}");
        assert_eq!(fill("no names", &[]), "no names");
        assert_eq!(fill("open { brace", &[]), "open { brace");
    }

    #[test]
    fn language_tags() {
        assert_eq!(Language::from_tag("zh-Hans-CN"), Language::Chinese);
        assert_eq!(Language::from_tag("de"), Language::English);
    }
}
