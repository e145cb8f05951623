//! Texts that a spreadsheet takes for formulas. Our exports put an apostrophe before them, as spreadsheets' own users do; when
//! such a file is read again, it is taken off.

/// Takes off the apostrophe that was put before what looks like a formula.
#[inline]
#[must_use]
pub fn unguarded(text: &[u8]) -> &[u8] {
    match text {
        [b'\'', rest @ ..] if begins_formula(after_apostrophes(rest)) => rest,
        _ => text,
    }
}

/// Whether a text needs an apostrophe before it: a spreadsheet would work it out, or reading would take one off that belongs
/// to it. A number with a sign is a number.
#[must_use]
pub fn needs_guard(text: &[u8]) -> bool {
    let inner = after_apostrophes(text);
    begins_formula(inner) && !(inner.len() == text.len() && is_number(inner))
}

/// A sign with which formulas begin, or one that some programs pass over before they look for it. Full-width signs count where
/// Chinese and Japanese are written.
fn begins_formula(text: &[u8]) -> bool {
    const WIDE: [&str; 4] = ["\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}"];
    match text.first() {
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r') => true,
        Some(0xef) => WIDE.iter().any(|sign| text.starts_with(sign.as_bytes())),
        _ => false,
    }
}

fn after_apostrophes(text: &[u8]) -> &[u8] {
    let count = text.iter().take_while(|&&byte| byte == b'\'').count();
    text.get(count..).unwrap_or(b"")
}

/// `-12.5`, `+8613800138000`, `-1.5e-7`.
fn is_number(text: &[u8]) -> bool {
    let unsigned = |text: &'_ [u8]| -> bool {
        let mut parts = text.splitn(2, |&byte| byte == b'.');
        parts.all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit))
    };
    let signed = match text {
        [b'-' | b'+', rest @ ..] => rest,
        _ => text,
    };
    let mut parts = signed.splitn(2, |byte| matches!(byte, b'e' | b'E'));
    let mantissa = parts.next().unwrap_or(b"");
    let exponent = parts.next().map(|part| match part {
        [b'-' | b'+', rest @ ..] => rest,
        _ => part,
    });
    unsigned(mantissa)
        && exponent.is_none_or(|digits| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        for text in [
            "=1+1",
            "+1+1",
            "-2+cmd",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "-",
            "+a",
            "-5%",
            "\u{ff1d}1",
            "'=1",
            "''@a",
        ] {
            assert!(needs_guard(text.as_bytes()), "{text:?}");
            let written = format!("'{text}");
            assert_eq!(unguarded(written.as_bytes()), text.as_bytes());
        }
        for text in
            ["", "a=1", "5", "-5", "-12.50", "+8613800138000", "-1.5e-7", "0071", "'quoted", "'", "数", "''"]
        {
            assert!(!needs_guard(text.as_bytes()), "{text:?}");
            assert_eq!(unguarded(text.as_bytes()), text.as_bytes());
        }
    }
}
