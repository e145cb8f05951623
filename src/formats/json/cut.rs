//! Cuts a stream of JSON into its values without understanding them: brackets and strings are enough.

use std::io::Read;

use strata_core::error::{Error, ErrorKind, Result};

use crate::source::{from_io, megabytes};

/// Bytes read at once.
const PIECE: usize = 1 << 18;

/// What was cut.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Cut<'a> {
    /// A value, whole or at least balanced; the line on which it begins.
    Value(&'a [u8], u64),
    /// What follows a value that never ends.
    Rest(&'a [u8], u64),
}

/// How values stand in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Between {
    /// One a line.
    Lines,
    /// In an array, commas between them; or one after the other.
    Brackets,
}

/// The values of a stream, one after the other.
pub(crate) struct Cutter {
    source: Box<dyn Read>,
    between: Between,
    buffer: Vec<u8>,
    next: usize,
    ended: bool,
    line: u64,
    started: bool,
    limit: u64,
}

impl Cutter {
    pub(crate) fn new(source: Box<dyn Read>, between: Between, limit: u64) -> Self {
        Self { source, between, buffer: Vec::new(), next: 0, ended: false, line: 1, started: false, limit }
    }

    /// The next value.
    pub(crate) fn next(&mut self) -> Result<Option<Cut<'_>>> {
        if !self.started {
            self.started = true;
            self.fill()?;
            if self.buffer.starts_with(&[0xef, 0xbb, 0xbf]) {
                self.next = 3;
            }
            if self.between == Between::Brackets {
                self.space()?;
                if self.buffer.get(self.next) == Some(&b'[') {
                    self.next += 1;
                }
            }
        }
        match self.between {
            Between::Lines => self.next_line(),
            Between::Brackets => self.next_value(),
        }
    }

    fn next_line(&mut self) -> Result<Option<Cut<'_>>> {
        loop {
            let mut seen = 0;
            let end = loop {
                let rest = self.buffer.get(self.next + seen..).unwrap_or_default();
                if let Some(place) = rest.iter().position(|&byte| byte == b'\n') {
                    break self.next + seen + place;
                }
                seen += rest.len();
                if self.ended {
                    break self.next + seen;
                }
                self.fill()?;
            };
            let (start, line) = (self.next, self.line);
            if start >= self.buffer.len() {
                return Ok(None);
            }
            self.next = (end + 1).min(self.buffer.len().max(end));
            self.line += 1;
            let blank = self.buffer.get(start..end).unwrap_or_default().trim_ascii().is_empty();
            if blank && self.next >= self.buffer.len() && self.ended {
                return Ok(None);
            }
            if !blank {
                return Ok(Some(Cut::Value(
                    self.buffer.get(start..end).unwrap_or_default().trim_ascii(),
                    line,
                )));
            }
        }
    }

    fn next_value(&mut self) -> Result<Option<Cut<'_>>> {
        self.space()?;
        // The end of the array; what follows it is another value, if anything.
        while matches!(self.buffer.get(self.next), Some(b',' | b']')) {
            self.next += 1;
            self.space()?;
        }
        if self.next >= self.buffer.len() {
            return Ok(None);
        }
        let line = self.line;
        let (mut depth, mut in_text, mut escaped, mut seen) = (0u64, false, false, 0usize);
        loop {
            let rest = self.buffer.get(self.next + seen..).unwrap_or_default();
            let mut ended = None;
            for (place, &byte) in rest.iter().enumerate() {
                if byte == b'\n' {
                    self.line += 1;
                }
                if in_text {
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => in_text = false,
                        _ => continue,
                    }
                    if in_text || depth > 0 {
                        continue;
                    }
                    ended = Some(place + 1);
                    break;
                }
                match byte {
                    b'"' => in_text = true,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' if depth > 0 => {
                        depth -= 1;
                        if depth == 0 {
                            ended = Some(place + 1);
                            break;
                        }
                    }
                    b',' | b']' | b'}' if depth == 0 && seen + place > 0 => {
                        ended = Some(place);
                        break;
                    }
                    _ => {}
                }
            }
            let start = self.next;
            if let Some(place) = ended {
                let end = start + seen + place.max(usize::from(seen == 0));
                self.next = end;
                return Ok(Some(Cut::Value(
                    self.buffer.get(start..end).unwrap_or_default().trim_ascii(),
                    line,
                )));
            }
            seen += rest.len();
            if self.ended {
                self.next = self.buffer.len();
                let rest = self.buffer.get(start..).unwrap_or_default().trim_ascii();
                let whole = depth == 0 && !in_text;
                return Ok(Some(if whole { Cut::Value(rest, line) } else { Cut::Rest(rest, line) }));
            }
            self.fill()?;
        }
    }

    /// Skips white space.
    fn space(&mut self) -> Result<()> {
        loop {
            while let Some(byte) = self.buffer.get(self.next).filter(|byte| byte.is_ascii_whitespace()) {
                self.line += u64::from(*byte == b'\n');
                self.next += 1;
            }
            if self.next < self.buffer.len() || self.ended {
                return Ok(());
            }
            self.fill()?;
        }
    }

    /// Reads more; what has been cut goes.
    fn fill(&mut self) -> Result<()> {
        self.buffer.drain(..self.next.min(self.buffer.len()));
        self.next = 0;
        if self.buffer.len() as u64 > self.limit {
            let error = Error::new(ErrorKind::InflatesTooMuch).at_row(self.line);
            return Err(error.found(megabytes(self.limit)).expected(megabytes(self.limit)));
        }
        // A value that is longer than a piece is read in pieces that grow with it.
        let more = PIECE.max(self.buffer.len());
        let read = (&mut self.source).take(more as u64).read_to_end(&mut self.buffer).map_err(from_io)?;
        self.ended = read < more;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn cut(text: &str, between: Between) -> Vec<String> {
        let mut cutter = Cutter::new(Box::new(Cursor::new(text.to_owned().into_bytes())), between, 1 << 20);
        let mut cuts = Vec::new();
        while let Some(cut) = cutter.next().unwrap() {
            cuts.push(match cut {
                Cut::Value(value, line) => format!("{line}:{}", String::from_utf8_lossy(value)),
                Cut::Rest(value, line) => format!("{line}?{}", String::from_utf8_lossy(value)),
            });
        }
        cuts
    }

    #[test]
    fn arrays_and_lines() {
        let text = "[ {\"a\": \"]}\\\"\"},\n {\"b\": [1, {}]} , 7, \"x,y\", null ]\n";
        let found = ["1:{\"a\": \"]}\\\"\"}", "2:{\"b\": [1, {}]}", "2:7", "2:\"x,y\"", "2:null"];
        assert_eq!(cut(text, Between::Brackets), found);
        assert_eq!(cut("{\"a\":1}{\"a\":2}\n{\"a\":3}", Between::Brackets).len(), 3);
        assert_eq!(cut("[{\"a\":1},{\"a\":", Between::Brackets), ["1:{\"a\":1}", "1?{\"a\":"]);
        assert_eq!(
            cut("\u{feff}{\"a\":1}\r\n\n{broken\n{}", Between::Lines),
            ["1:{\"a\":1}", "3:{broken", "4:{}"]
        );
        assert_eq!(cut("", Between::Lines), [""; 0]);
        assert_eq!(cut(" [] ", Between::Brackets), [""; 0]);
    }

    #[test]
    fn values_longer_than_a_piece() {
        let long = "x".repeat(PIECE * 3);
        for between in [Between::Lines, Between::Brackets] {
            let found = cut(&format!("{{\"a\":\"{long}\"}}\n{{}}\n"), between);
            assert_eq!(found.iter().map(String::len).collect::<Vec<_>>(), [PIECE * 3 + 10, 4]);
        }
    }
}
