//! How a text file is laid out: in which letters it is written, what stands between fields, where its header is.

use serde::{Deserialize, Serialize};

use super::formula::unguarded;

/// The letters that a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    Utf8,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// Chinese, simplified: GB18030, which holds GBK and GB2312.
    Gb18030,
    /// Chinese, traditional.
    Big5,
    /// Japanese.
    ShiftJis,
    /// Western European.
    Windows1252,
}

impl Encoding {
    /// All encodings, in the order in which they are offered.
    pub const ALL: [Self; 7] = [
        Self::Utf8,
        Self::Gb18030,
        Self::Big5,
        Self::Utf16Le,
        Self::Utf16Be,
        Self::ShiftJis,
        Self::Windows1252,
    ];

    /// Bytes of the smallest unit: cuts between units do not cut one.
    #[must_use]
    pub fn unit(self) -> usize {
        match self {
            Self::Utf16Le | Self::Utf16Be => 2,
            _ => 1,
        }
    }

    /// The label under which the WHATWG Encoding Standard, and so every browser, knows it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Gb18030 => "gb18030",
            Self::Big5 => "big5",
            Self::ShiftJis => "shift_jis",
            Self::Windows1252 => "windows-1252",
        }
    }
}

/// How a text file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Layout {
    /// Its letters.
    pub encoding: Encoding,
    /// The character between fields, one of ASCII.
    pub delimiter: char,
    /// The character around fields that hold delimiters or line ends, one of ASCII; none when quotes mean nothing.
    pub quote: Option<char>,
    /// The character that takes the meaning from a quote inside a field; quotes are doubled where there is none.
    pub escape: Option<char>,
    /// Lines that begin with this character are no rows.
    pub comment: Option<char>,
    /// Lines above the header, or above the first row, that belong to neither: titles, dates of export.
    pub skip_lines: u32,
    /// Whether the first record names the columns; otherwise they are `column 1`, `column 2` ...
    pub header: bool,
}

impl Default for Layout {
    /// RFC 4180 with a header.
    fn default() -> Self {
        Self {
            encoding: Encoding::Utf8,
            delimiter: ',',
            quote: Some('"'),
            escape: None,
            comment: None,
            skip_lines: 0,
            header: true,
        }
    }
}

/// Parts of a layout that somebody has chosen; the others are detected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LayoutChoice {
    /// Its letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// The character between fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// The character around fields; a space means that quotes mean nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<char>,
    /// Lines above the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_lines: Option<u32>,
    /// Whether the first record names the columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
}

/// The columns' names as a header has them, made unique: a second `amount` is `amount (2)`, an empty name is `column 3`.
/// Without a header all are numbered.
#[must_use]
pub fn column_names<'a>(written: impl IntoIterator<Item = &'a str>, header: bool) -> Vec<String> {
    let mut taken = std::collections::HashSet::new();
    let unique = |(index, written): (usize, &str)| {
        let written = written.trim();
        let guarded = unguarded(written.as_bytes()).len() < written.len();
        let written = if guarded { written.get(1..).unwrap_or("") } else { written };
        let base =
            if header && !written.is_empty() { written.to_owned() } else { format!("column {}", index + 1) };
        let mut name = base.clone();
        let mut copy = 2;
        while !taken.insert(name.clone()) {
            name = format!("{base} ({copy})");
            copy += 1;
        }
        name
    };
    written.into_iter().enumerate().map(unique).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        assert_eq!(column_names(["a", " a ", "", "a (2)"], true), ["a", "a (2)", "column 3", "a (2) (2)"]);
        assert_eq!(column_names(["a", "a"], false), ["column 1", "column 2"]);
    }
}
