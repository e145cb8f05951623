//! The browser's own decoders: every browser has the tables that our program does without.

use web_sys::TextDecoder;

use crate::ingest::encoding::{Decode, decode_unicode, guess_by_patterns};
use crate::ingest::layout::Encoding;

/// Decodes with the browser's `TextDecoder`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Browser;

impl Decode for Browser {
    fn decode(&self, encoding: Encoding, bytes: &[u8], into: &mut String) -> bool {
        if let Some(problems) = decode_unicode(encoding, bytes, into) {
            return problems;
        }
        let decoded = TextDecoder::new_with_label(encoding.label())
            .and_then(|decoder| decoder.decode_with_u8_array(bytes));
        // A browser without the encoding (none is known) reads what is ASCII in it.
        let text = decoded.unwrap_or_else(|_| {
            bytes.iter().map(|&byte| if byte.is_ascii() { char::from(byte) } else { '\u{fffd}' }).collect()
        });
        into.push_str(&text);
        text.contains('\u{fffd}')
    }

    fn guess(&self, head: &[u8]) -> Encoding {
        guess_by_patterns(head)
    }
}
