//! JSON into a table: an array of objects, objects one after the other, or one a line.

mod cut;
mod record;

use std::collections::HashMap;
use std::io::Read;

use strata_core::error::{Error, ErrorKind, Result};

use crate::Format;
use crate::csv::{self, Records};
use crate::notices::{Notice, Notices};
use crate::source::Limits;
use cut::{Between, Cut, Cutter};

/// Objects that are looked at for their columns before the first is written.
const LOOKED_AT: usize = 1000;

/// The most columns; what Excel has.
const MOST_COLUMNS: usize = 16_384;

/// How objects stand in a text that begins like this; nothing when it is no JSON. `whole` tells that nothing follows.
pub(crate) fn sniff(head: &[u8], whole: bool) -> Option<Format> {
    let text = head.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(head).trim_ascii_start();
    match text.split_first()? {
        (b'[', rest) => {
            let first = rest.trim_ascii_start().first().copied();
            matches!(first, Some(b'{' | b']')).then_some(Format::Json)
        }
        (b'{', rest) => {
            let first = rest.trim_ascii_start().first().copied();
            if !matches!(first, Some(b'"' | b'}')) {
                return None;
            }
            let end = text.iter().position(|&byte| byte == b'\n');
            let (line, after) = text.split_at_checked(end.unwrap_or(text.len()))?;
            let alone = whole && after.trim_ascii().is_empty();
            let object = record::cells(line, &mut |_, _| {}).is_ok();
            Some(if object && !alone { Format::JsonLines } else { Format::Json })
        }
        _ => None,
    }
}

/// The objects of a text as records, the header first.
pub(crate) struct Objects {
    cutter: Cutter,
    columns: Vec<String>,
    places: HashMap<String, usize>,
    cells: Cells,
    notices: Notices,
    limits: Limits,
    begun: bool,
    lines: bool,
    row: u64,
}

impl Objects {
    pub(crate) fn new(file: &str, source: Box<dyn Read>, format: Format, limits: Limits) -> Self {
        let between = if format == Format::JsonLines { Between::Lines } else { Between::Brackets };
        Self {
            cutter: Cutter::new(source, between, limits.memory),
            columns: Vec::new(),
            places: HashMap::new(),
            cells: Cells::default(),
            notices: Notices::new(file),
            limits,
            begun: false,
            lines: between == Between::Lines,
            row: 0,
        }
    }

    /// Looks at the first objects for their columns, then writes the header and them.
    fn begin(&mut self, text: &mut Vec<u8>) -> Result<()> {
        let mut first: Vec<(Vec<u8>, u64)> = Vec::new();
        let mut bytes = 0u64;
        while first.len() < LOOKED_AT && bytes < self.limits.memory / 4 {
            let Some(cut) = self.cutter.next()? else { break };
            let (Cut::Value(object, line) | Cut::Rest(object, line)) = cut;
            bytes += object.len() as u64;
            first.push((object.to_vec(), line));
        }
        if let [(only, _)] = &first[..]
            && let Some(inner) = wrapped(only)
        {
            let inner = Box::new(std::io::Cursor::new(inner));
            self.cutter = Cutter::new(inner, Between::Brackets, self.limits.memory);
            return self.begin(text);
        }
        for (object, _) in &first {
            // A broken one is told when it is written.
            let _ = record::cells(object, &mut |name, _| {
                if !self.places.contains_key(name) && self.columns.len() < MOST_COLUMNS {
                    self.places.insert(name.to_owned(), self.columns.len());
                    self.columns.push(name.to_owned());
                }
            });
        }
        if self.columns.is_empty() {
            return Err(Error::new(ErrorKind::UnknownFormat).found("JSON"));
        }
        csv::record(text, self.columns.iter().map(String::as_bytes));
        for (object, line) in first {
            self.write(&object, line, text);
        }
        Ok(())
    }

    /// Writes one object as a record. What is none becomes a record of another width: whoever reads the table sets it aside
    /// and counts it, and here it is told with its line.
    fn write(&mut self, object: &[u8], line: u64, text: &mut Vec<u8>) {
        self.row += 1;
        // A line is found again by its number; an element of an array, by how many come before it.
        let row = if self.lines { line } else { self.row };
        let Self { cells, places, columns, notices, .. } = self;
        cells.clear(columns.len());
        let mut nth = 0;
        let read = record::cells(object, &mut |name, value| {
            // Objects mostly have the same members in the same order.
            let place = if columns.get(nth).is_some_and(|column| column == name) {
                Some(nth)
            } else {
                places.get(name).copied()
            };
            match place {
                Some(place) => {
                    nth = place + 1;
                    cells.put(place, &value);
                }
                None => notices.note(ErrorKind::LateColumn, row, name, &value),
            }
        });
        match read {
            Ok(()) => csv::record(text, (0..columns.len()).map(|place| cells.get(place))),
            Err(error) => {
                notices.note(ErrorKind::BrokenLine, row, "", error);
                // On one line: a record over several that lacks fields would be taken for a quotation mark left open.
                let line_end = |byte: &u8| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte };
                let object: Vec<u8> = object.iter().map(line_end).collect();
                let found: &[&[u8]] = if columns.len() > 1 { &[&object] } else { &[&object, b""] };
                csv::record(text, found.iter().copied());
            }
        }
    }
}

impl Records for Objects {
    fn more(&mut self, text: &mut Vec<u8>) -> Result<()> {
        if !self.begun {
            self.begun = true;
            return self.begin(text);
        }
        while text.len() < 1 << 18 {
            let Some(cut) = self.cutter.next()? else { break };
            let (Cut::Value(object, line) | Cut::Rest(object, line)) = cut;
            let object = object.to_vec();
            self.write(&object, line, text);
        }
        Ok(())
    }

    fn notices(&self) -> Vec<Notice> {
        self.notices.all()
    }
}

/// The array in an object that has one of objects among its members: `{"data": [...]}`, as programs answer.
fn wrapped(object: &[u8]) -> Option<Vec<u8>> {
    let members: std::collections::BTreeMap<String, &serde_json::value::RawValue> =
        serde_json::from_slice(object).ok()?;
    let arrays = members.into_values().map(serde_json::value::RawValue::get);
    let of_objects = arrays
        .filter(|text| text.strip_prefix('[').is_some_and(|rest| rest.trim_ascii_start().starts_with('{')));
    of_objects.max_by_key(|text| text.len()).map(|text| text.as_bytes().to_vec())
}

/// The cells of one record, in one piece of text.
#[derive(Default)]
struct Cells {
    text: Vec<u8>,
    places: Vec<(usize, usize)>,
}

impl Cells {
    fn clear(&mut self, columns: usize) {
        self.text.clear();
        self.places.clear();
        self.places.resize(columns, (0, 0));
    }

    fn put(&mut self, column: usize, value: &str) {
        let start = self.text.len();
        self.text.extend_from_slice(value.as_bytes());
        if let Some(place) = self.places.get_mut(column) {
            *place = (start, self.text.len());
        }
    }

    fn get(&self, column: usize) -> &[u8] {
        let (start, end) = self.places.get(column).copied().unwrap_or_default();
        self.text.get(start..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::TableText;
    use std::io::Cursor;

    fn table(text: &str, format: Format) -> (String, Vec<Notice>) {
        let source = Box::new(Cursor::new(text.to_owned().into_bytes()));
        let mut table = TableText::new(Objects::new("a.json", source, format, Limits::default()));
        let mut csv = String::new();
        table.read_to_string(&mut csv).unwrap();
        (csv, table.notices())
    }

    #[test]
    fn objects_with_different_members() {
        let text =
            "[{\"id\": 1, \"a\": \"x,y\"}, {\"a\": null, \"b\": {\"c\": 2}}, {\"b\": {\"c\": 3}, \"id\": 4}]";
        let (csv, notices) = table(text, Format::Json);
        assert_eq!(csv, "id,a,b.c\n1,\"x,y\",\n,,2\n4,,3\n");
        assert_eq!(notices, []);
        assert_eq!(table(&format!("{{\"total\": 3, \"data\": {text}}}"), Format::Json).0, csv);
        assert_eq!(table("{\"id\": 7}", Format::Json).0, "id\n7\n");
    }

    #[test]
    fn broken_lines_are_told_and_stay() {
        let (csv, notices) =
            table("{\"id\":1,\"n\":2}\n{\"id\":\n\n{\"id\":3,\"n\":4}\n7\n", Format::JsonLines);
        assert_eq!(csv, "id,n\n1,2\n\"{\"\"id\"\":\"\n3,4\n7\n");
        assert_eq!((notices.len(), notices[0].count, notices[0].error.kind), (1, 2, ErrorKind::BrokenLine));
    }

    #[test]
    fn members_that_come_late_are_told_by_name() {
        let mut text = String::new();
        for row in 0..LOOKED_AT + 5 {
            let late = if row > LOOKED_AT { ",\"late\":1" } else { "" };
            text.push_str(&format!("{{\"id\":{row}{late}}}\n"));
        }
        let (csv, notices) = table(&text, Format::JsonLines);
        assert_eq!(csv.lines().count(), LOOKED_AT + 6);
        let [notice] = &notices[..] else { panic!("{notices:?}") };
        assert_eq!(
            (notice.error.kind, notice.error.column.as_deref()),
            (ErrorKind::LateColumn, Some("late"))
        );
        assert_eq!((notice.count, notice.error.row), (4, Some(LOOKED_AT as u64 + 2)));
    }

    #[test]
    fn what_json_is() {
        for (text, format) in [
            (" [ {\"a\":1} ]", Some(Format::Json)),
            ("{\"a\":1}\n{\"a\":2}\n", Some(Format::JsonLines)),
            ("{\"a\":1}\n", Some(Format::Json)),
            ("{\n \"a\": 1\n}", Some(Format::Json)),
            ("[1,2]", None),
            ("{a}", None),
            ("a,b\n", None),
            ("", None),
        ] {
            assert_eq!(sniff(text.as_bytes(), true), format, "{text}");
        }
    }
}
