//! The beginning of a file as text: is it text at all, and in which letters.

use super::super::encoding::{Decode, bom, first_not_utf8, is_mostly_utf8, utf16_by_zeros};
use super::super::layout::Encoding;
use crate::error::{Error, ErrorKind, Result};

/// Letters of a sample, so that a user can tell whether it reads well.
const SAMPLE_LETTERS: usize = 120;

/// The beginning of a file, decoded.
#[derive(Debug)]
pub(super) struct HeadText {
    /// What it says, whole lines where it has any.
    pub text: String,
    /// How many bytes of the file that is.
    pub bytes: usize,
    /// Its letters.
    pub encoding: Encoding,
    /// Whether they are known and not guessed.
    pub sure: bool,
    /// How its first lines that are more than ASCII read in each encoding that can be theirs.
    pub samples: Vec<(Encoding, String)>,
}

/// Decodes the head of a file.
///
/// # Errors
/// [`ErrorKind::EmptyFile`], [`ErrorKind::NotText`] with what it looks like, [`ErrorKind::NotUtf8`] with the first bad row
/// when no encoding fits.
pub(super) fn read(
    head: &[u8],
    whole: bool,
    chosen: Option<Encoding>,
    decode: &dyn Decode,
) -> Result<HeadText> {
    let marked = bom(head);
    let body = marked.and_then(|(_, length)| head.get(length..)).unwrap_or(head);
    if body.trim_ascii().is_empty() {
        return Err(Error::new(ErrorKind::EmptyFile));
    }
    let known = marked.map(|(encoding, _)| encoding).or_else(|| utf16_by_zeros(body));
    if let Some(format) = binary_format(body, known) {
        return Err(Error::new(ErrorKind::NotText).found(format));
    }
    let utf8 = || first_not_utf8(body, whole).is_none() || is_mostly_utf8(body);
    let (encoding, sure) = match chosen.or(known) {
        Some(encoding) => (encoding, true),
        None if utf8() => (Encoding::Utf8, true),
        None => (decode.guess(body), false),
    };
    let kept = if whole { body } else { whole_lines(body, encoding) };
    let mut text = String::with_capacity(kept.len() + kept.len() / 2);
    let problems = decode.decode(encoding, kept, &mut text);
    if text.trim().is_empty() {
        return Err(Error::new(ErrorKind::EmptyFile));
    }
    if problems && chosen.is_none() && !reads_well(&text) {
        let before = text.split('\u{fffd}').next().unwrap_or("");
        let row = memchr::memchr_iter(b'\n', before.as_bytes()).count() as u64 + 1;
        return Err(Error::new(ErrorKind::NotUtf8).at_row(row));
    }
    let samples = samples(kept, &text, encoding, decode);
    Ok(HeadText { text, bytes: kept.len(), encoding, sure, samples })
}

/// What a file that is not text seems to be.
fn binary_format(body: &[u8], known: Option<Encoding>) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 10] = [
        (b"PK\x03\x04", "Excel (.xlsx) / ZIP"),
        (b"\xd0\xcf\x11\xe0", "Excel (.xls)"),
        (b"PAR1", "Parquet"),
        (b"\x1f\x8b", "gzip (.gz)"),
        (b"\x28\xb5\x2f\xfd", "Zstandard (.zst)"),
        (b"ARROW1", "Arrow"),
        (b"%PDF", "PDF"),
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"SQLite format 3", "SQLite"),
    ];
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| body.starts_with(magic)) {
        return Some(name);
    }
    let two_bytes = matches!(known, Some(Encoding::Utf16Le | Encoding::Utf16Be));
    (!two_bytes && body.contains(&0)).then_some("binary")
}

/// The text up to its last line end; all of it when it has none, less a character that its end cuts.
fn whole_lines(body: &[u8], encoding: Encoding) -> &[u8] {
    let line_end = |unit: [u8; 2]| matches!(unit, [b'\n' | b'\r', 0]);
    let units = body.as_chunks::<2>().0;
    let end = match encoding {
        Encoding::Utf16Le => units.iter().rposition(|&unit| line_end(unit)).map(|unit| unit * 2 + 2),
        Encoding::Utf16Be => {
            units.iter().rposition(|&[high, low]| line_end([low, high])).map(|unit| unit * 2 + 2)
        }
        _ => memchr::memrchr2(b'\n', b'\r', body).map(|place| place + 1),
    };
    let end = end.unwrap_or_else(|| match (encoding, std::str::from_utf8(body)) {
        (Encoding::Utf8, Err(error)) if error.error_len().is_none() => error.valid_up_to(),
        (Encoding::Utf16Le | Encoding::Utf16Be, _) => units.len() * 2,
        _ => body.len(),
    });
    body.get(..end).unwrap_or(body)
}

/// Whether most of what is not ASCII could be read.
fn reads_well(text: &str) -> bool {
    let (mut bad, mut all) = (0usize, 0usize);
    for letter in text.chars().filter(|letter| !letter.is_ascii()) {
        all += 1;
        bad += usize::from(letter == '\u{fffd}');
    }
    bad * 4 <= all
}

/// The first two lines that are more than ASCII in every encoding that reads them without a fault.
fn samples(body: &[u8], text: &str, encoding: Encoding, decode: &dyn Decode) -> Vec<(Encoding, String)> {
    let short = |text: &str| text.trim_end().chars().take(SAMPLE_LETTERS).collect::<String>();
    if matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be) {
        let lines = text.lines().filter(|line| !line.is_ascii()).take(2);
        let sample = lines.map(short).collect::<Vec<_>>().join("\n");
        return if sample.is_empty() { Vec::new() } else { vec![(encoding, sample)] };
    }
    let lines = body.split(|&byte| byte == b'\n' || byte == b'\r').filter(|line| !line.is_ascii()).take(2);
    let lines: Vec<&[u8]> = lines.collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let tried =
        Encoding::ALL.into_iter().filter(|tried| !matches!(tried, Encoding::Utf16Le | Encoding::Utf16Be));
    tried
        .filter_map(|tried| {
            let mut read = Vec::new();
            for line in &lines {
                let mut text = String::new();
                let faulty = decode.decode(tried, line, &mut text) || text.contains(is_nothing);
                // What was decided is shown even so.
                if faulty && tried != encoding {
                    return None;
                }
                read.push(short(&text));
            }
            Some((tried, read.join("\n")))
        })
        .collect()
}

/// Control characters are what bytes without a meaning become in Windows-1252, characters for private use what they become
/// in GB18030.
fn is_nothing(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\t' | '\u{1}')) || ('\u{e000}'..='\u{f8ff}').contains(&letter)
}
