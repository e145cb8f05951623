use super::*;
use proptest::prelude::*;

fn split(text: &[u8], cuts: &[usize]) -> Vec<(u64, Vec<String>)> {
    let mut rows = Vec::new();
    let mut splitter = Splitter::new(&Layout::default());
    let mut sink = |place: Place, found: Found<'_>| {
        let fields = match found {
            Found::Record(fields) => {
                fields.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect()
            }
            Found::Broken(line) => vec![format!("broken: {}", String::from_utf8_lossy(line).trim_end())],
        };
        let raw = &text[usize::try_from(place.start).unwrap()..usize::try_from(place.end).unwrap()];
        assert!(!raw.is_empty());
        rows.push((place.row, fields));
    };
    let mut from = 0;
    for &cut in cuts {
        splitter.push(&text[from..cut], &mut sink);
        from = cut;
    }
    splitter.push(&text[from..], &mut sink);
    splitter.finish(&mut sink);
    rows
}

/// The records of a file that is read in slices, each by a splitter of its own, with the places they come from.
fn in_slices(text: &[u8], cuts: &[usize]) -> Vec<(u64, u64, Vec<String>)> {
    let mut rows = Vec::new();
    let ends = cuts.iter().copied().chain([text.len()]);
    // Where the records read so far end.
    let mut position = 0u64;
    for (start, end) in std::iter::once(0).chain(cuts.iter().copied()).zip(ends) {
        let read = |start: u64, exact: bool| {
            let mut splitter = Splitter::slice(&Layout::default(), start, exact, end as u64, 2);
            let (mut found_here, mut first) = (Vec::new(), None);
            let mut sink = |place: Place, found: Found<'_>| {
                first.get_or_insert(place.start);
                let cells = match found {
                    Found::Record(fields) => {
                        fields.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
                    }
                    Found::Broken(line) => vec![format!("broken {}", String::from_utf8_lossy(line))],
                };
                found_here.push((place.start, place.end, cells));
            };
            let from = usize::try_from(start).unwrap() - usize::from(!exact);
            for piece in text[from..].chunks(3) {
                splitter.push(piece, &mut sink);
            }
            splitter.finish(&mut sink);
            (splitter.begun(), splitter.position().unwrap_or(start), found_here)
        };
        if position >= end as u64 && end != text.len() {
            continue;
        }
        let guess = read(start as u64, start == 0);
        let right = guess.0.is_some_and(|begun| {
            begun == position || begun == position + 1 && text[usize::try_from(position).unwrap()] == b'\n'
        });
        let (_, after, records) = if right { guess } else { read(position, true) };
        rows.extend(records);
        position = after;
    }
    rows
}

/// The records as `csv-core` alone would have them.
fn reference(text: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv_core::Reader::new();
    let (mut output, mut ends) = (vec![0; text.len() + 16], vec![0; text.len() + 16]);
    let (mut rows, mut read) = (Vec::new(), 0);
    loop {
        let (mut written, mut fields) = (0, 0);
        loop {
            let (result, taken, put, ended) =
                reader.read_record(&text[read..], &mut output[written..], &mut ends[fields..]);
            (read, written, fields) = (read + taken, written + put, fields + ended);
            match result {
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return rows,
                _ => {}
            }
        }
        let starts = std::iter::once(0).chain(ends[..fields].iter().copied());
        rows.push(
            starts
                .zip(&ends[..fields])
                .map(|(start, end)| String::from_utf8_lossy(&output[start..*end]).into_owned())
                .collect(),
        );
    }
}

fn fields(rows: &[(u64, Vec<String>)]) -> Vec<Vec<&str>> {
    rows.iter().map(|(_, fields)| fields.iter().map(String::as_str).collect()).collect()
}

#[test]
fn quotes_line_ends_and_a_missing_last_one() {
    let rows = split("\u{feff}a,b\r\n\"x,\"\"1\"\"\",\"two\nlines\"\n\n3,4".as_bytes(), &[]);
    assert_eq!(fields(&rows), [vec!["a", "b"], vec!["x,\"1\"", "two\nlines"], vec!["3", "4"]]);
}

#[test]
fn an_unclosed_quote_costs_one_line() {
    let rows = split(b"a,b\n1,2\n3,\"4\n5,6\n7,8\n", &[]);
    assert_eq!(
        fields(&rows),
        [vec!["a", "b"], vec!["1", "2"], vec!["broken: 3,\"4"], vec!["5", "6"], vec!["7", "8"]]
    );
    // A file that was cut off inside a quote.
    let rows = split(b"a,b\n1,\"2\"\n3,\"4", &[5]);
    assert_eq!(fields(&rows), [vec!["a", "b"], vec!["1", "2"], vec!["broken: 3,\"4"]]);
    // A quotation mark inside a field is none.
    assert_eq!(fields(&split(b"a,b\n5\" disk,2", &[])), [vec!["a", "b"], vec!["5\" disk", "2"]]);
    // Closed by the next stray quote, some lines on.
    let rows = split(b"a,b\n\"1,2\n3,4\n5\",6,7\n8,9\n", &[]);
    assert_eq!(fields(&rows)[1], ["broken: \"1,2"]);
    assert_eq!(fields(&rows)[2], ["3", "4"]);
    assert_eq!(fields(&rows).last().unwrap(), &["8", "9"]);
}

#[test]
fn an_endless_quote_costs_one_line() {
    let mut text = b"a,b\n\"1,2\n".to_vec();
    let row = b"33333333,44444444\n";
    let count = 3 * LONGEST_RECORD / row.len();
    for _ in 0..count {
        text.extend_from_slice(row);
    }
    let rows = split(&text, &[100_000, 1_500_000]);
    assert_eq!(rows.len(), count + 2);
}

proptest! {
    #[test]
    fn both_ways_give_the_same_records(rows in proptest::collection::vec(proptest::collection::vec("([ab\u{6570}]{0,3}|\"[ab,\n]{0,4}\")", 3), 0..12), crlf: bool) {
        let end = if crlf { "\r\n" } else { "\n" };
        let text: String = rows.iter().map(|row| row.join(",") + end).collect();
        prop_assert_eq!(split(text.as_bytes(), &[]).into_iter().map(|(_, fields)| fields).collect::<Vec<_>>(), reference(text.as_bytes()));
    }

    #[test]
    fn any_slices_give_the_same_records(text in "(a|b|,|\"|\n|\r\n|\r|é|数|a,b\n){0,80}", mut cuts in proptest::collection::vec(1usize..200, 0..6)) {
        let bytes = text.as_bytes();
        cuts.retain(|cut| *cut < bytes.len());
        cuts.sort_unstable();
        cuts.dedup();
        prop_assert_eq!(in_slices(bytes, &cuts), in_slices(bytes, &[]));
    }

    #[test]
    fn any_cut_gives_the_same_records(text in "(a|b|,|\"|\n|\r\n|é|数|\u{feff}){0,60}", mut cuts in proptest::collection::vec(0usize..200, 0..6)) {
        let bytes = text.as_bytes();
        cuts.retain(|cut| *cut <= bytes.len());
        cuts.sort_unstable();
        prop_assert_eq!(split(bytes, &cuts), split(bytes, &[]));
    }
}
