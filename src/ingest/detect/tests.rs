//! Files as people have them.

use super::*;
use crate::ingest::encoding::{Native, Unicode};
use crate::ingest::mapping::Role;
use crate::table::decimal::NumberFormat;

fn look_with(text: &[u8], choice: LayoutChoice) -> Result<Inspection> {
    inspect("a.csv", text.len() as u64, text, choice, &Native)
}

fn look(text: &[u8]) -> Result<Inspection> {
    look_with(text, LayoutChoice::default())
}

/// Delimiter, header, lines to skip, and the columns' names.
fn shape(text: &str) -> (char, bool, u32, Vec<String>) {
    let found = look(text.as_bytes()).unwrap();
    let names = found.columns.into_iter().map(|column| column.name).collect();
    (found.layout.delimiter, found.layout.header, found.layout.skip_lines, names)
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn delimiters_and_headers() {
    let found = look("用户ID;时间;金额\n1;2024-01-01;\"1,5\"\n2;2024-01-02;2,5\n".as_bytes()).unwrap();
    assert_eq!(
        (found.layout.delimiter, found.layout.header, found.columns.len(), found.estimated_rows),
        (';', true, 3, 2)
    );
    assert_eq!(found.mapping.user.as_deref(), Some("用户ID"));
    let found = look(b"1\t2024-01-01\n2\t2024-01-02\n").unwrap();
    assert_eq!((found.layout.delimiter, found.layout.header), ('\t', false));
    assert_eq!(found.columns[1].name, "column 2");
    assert_eq!(found.columns[1].role, Role::Time);
}

#[test]
fn any_sign_may_delimit() {
    for sign in [',', ';', '\t', '|', '\u{1}', '^', '~', ':', '!', '#', '@'] {
        let text = "user_id,city,amount\n1,Bern,10\n2,Rom,20\n3,Riga,5\n".replace(',', &sign.to_string());
        assert_eq!(shape(&text), (sign, true, 0, names(&["user_id", "city", "amount"])), "{sign:?}");
    }
    // Signs that are part of what cells say.
    assert_eq!(shape("time\n2024-01-01 08:00:00\n2024-01-01 09:00:00\n").3, names(&["time"]));
    assert_eq!(shape("2024-01-01 08:00:00\n2024-01-01 09:00:00\n").3.len(), 1);
    assert_eq!(shape("1;2,5;3,5\n4;5,5;6,5\n7;8,5;9,5\n").0, ';');
    assert_eq!(shape("name\taddress\nA\tx, y, z\nB\tu, v, w\nC\tr, s, t\n").0, '\t');
    assert_eq!(shape("id,tags\n1,a;b;c\n2,d;e;f\n3,g;h;i\n").0, ',');
}

#[test]
fn line_ends() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["user,time,city", "1,2024-01-01,\"a\nb\"", "2,2024-01-02,c", ""].join(end);
        let found = look(text.as_bytes()).unwrap();
        assert_eq!((found.columns.len(), found.estimated_rows, found.preview.len()), (3, 2, 2), "{end:?}");
        assert_eq!(found.preview[0][2], "a\nb");
    }
}

#[test]
fn titles_above_the_header() {
    let header = names(&["订单号", "用户", "时间", "金额"]);
    let rows = "订单号,用户,时间,金额\n1,u1,2024-03-01,5\n2,u2,2024-03-02,6\n3,u3,2024-03-03,7\n";
    for (above, lines) in [
        ("某某商城订单导出\n导出时间：2024-03-05\n\n", 3),
        ("某某商城订单导出,,,\n导出时间：2024-03-05,,,\n", 2),
        ("\"标题\n两行\",,,\n", 2),
        ("店铺,某某旗舰店\r\n\r\n", 2),
        ("sep=,\n", 1),
        ("", 0),
        ("\n\n", 0),
    ] {
        assert_eq!(shape(&format!("{above}{rows}")), (',', true, lines, header.clone()), "{above:?}");
    }
    assert_eq!(shape("sep=;\na;b\n1;2,5\n3;4,5\n"), (';', true, 1, names(&["a", "b"])));
    assert_eq!(
        shape("报表\n2024-03-05\n1,2024-03-01,5\n2,2024-03-02,6\n"),
        (',', false, 2, names(&["column 1", "column 2", "column 3"]))
    );
    // What is chosen stands.
    let choice = LayoutChoice { skip_lines: Some(1), ..LayoutChoice::default() };
    let found = look_with(format!("a,b,c,d\n{rows}").as_bytes(), choice).unwrap();
    assert_eq!(
        (found.layout.skip_lines, found.columns[0].name.as_str(), found.estimated_rows),
        (1, "订单号", 3)
    );
    let none = LayoutChoice { skip_lines: Some(0), ..LayoutChoice::default() };
    assert_eq!(look_with(format!("x\n{rows}").as_bytes(), none).unwrap().layout.skip_lines, 0);
}

#[test]
fn rows_are_not_taken_for_titles() {
    // Many rows fill one field of two; the first of them is the header.
    assert_eq!(shape("user,city\n1,\n2,\n3,x\n4,\n").3, names(&["user", "city"]));
    assert_eq!(shape("1,\n2,5\n3,6\n4,7\n5,8\n"), (',', false, 0, names(&["column 1", "column 2"])));
    // Rows that lack their last fields.
    assert_eq!(shape("user,time,city,note\n1,2024-01-01,x\n2,2024-01-02,y\n3,2024-01-02,y\n").2, 0);
}

#[test]
fn comments() {
    let found = look(b"# exported by a tool, version 2\n# on Monday\nuser,time\n1,2024-01-01\n#2,2024-01-02,x\n3,2024-01-03\n").unwrap();
    assert_eq!(
        (found.layout.comment, found.columns[0].name.as_str(), found.estimated_rows),
        (Some('#'), "user", 2)
    );
    // A header, or ids, that begin with the sign.
    let found = look(b"#user,time\n1,2024-01-01\n2,2024-01-02\n").unwrap();
    assert_eq!((found.layout.comment, found.columns[0].name.as_str()), (None, "#user"));
    assert_eq!(look(b"Name,Email\n#1001,a@b.com\n#1002,c@d.com\n").unwrap().layout.comment, None);
}

#[test]
fn quotes_and_escapes() {
    let layout = |text: &str| look(text.as_bytes()).unwrap().layout;
    let single = layout("'name','city'\n'O\\'Neil, A','Cork'\n'Li, B','Xi''an'\n");
    assert_eq!((single.delimiter, single.quote), (',', Some('\'')));
    assert_eq!(layout("name,note\nA,it's\nB,he's\nC,'tis\n").quote, Some('"'));
    let noise =
        "item,size,price\nscreen,5\" wide,1\n\"old\" disk,x,2\n\"a,b,3\n\"c,d,4\n\"e,f,5\n\"g,h,6\ni,j,7\n";
    assert_eq!(layout(noise).quote, None);
    let escaped = look(b"id,say\n1,\"a \\\"b, c\\\" d\"\n2,\"e \\\"f\\\" g\"\n").unwrap();
    assert_eq!((escaped.layout.escape, escaped.preview[0][1].as_str()), (Some('\\'), "a \"b, c\" d"));
    assert_eq!(layout("id,path\n1,\"C:\\dir\\\"\n2,\"D:\\\"\n").escape, None);
    assert_eq!(layout("id,say\n1,\"a \"\"b\"\" c\"\n").escape, None);
    // One stray quotation mark costs its row only.
    let stray = look(b"a,b\n1,2\n3,\"4\n5,6\n7,8\n").unwrap();
    assert_eq!((stray.layout.quote, stray.preview.len(), stray.estimated_rows), (Some('"'), 3, 4));
}

#[test]
fn headers() {
    let header = |text: &str| look(text.as_bytes()).unwrap().layout.header;
    assert!(header("a,b\nx,y\nz,w\n"), "nothing speaks against it");
    assert!(header("city,amount\nBern,1\n"));
    assert!(!header("1,2024-01-01\n"));
    assert!(header("user,2023,2024\nu1,5,6\nu2,7,8\n"), "years are names too");
    assert!(!header("alice,2023,2024\nbob,2023,2022\n"));
    assert!(!header("u1,buy\nu2,buy\nu3,view\n"), "a name is not found again below it");
    assert!(!header("u1,2024年1月1日 下午3:05\nu2,2024年1月2日\n"));
}

#[test]
fn what_is_not_text_is_named() {
    let kind = |bytes: &[u8]| {
        look(bytes)
            .map(|_| ())
            .map_err(|error| (error.kind, error.found.clone().unwrap_or_default(), error.row))
    };
    assert_eq!(kind(b"").unwrap_err().0, ErrorKind::EmptyFile);
    assert_eq!(kind(b" \n\n").unwrap_err().0, ErrorKind::EmptyFile);
    assert_eq!(kind(b"\xef\xbb\xbf").unwrap_err().0, ErrorKind::EmptyFile);
    assert_eq!(kind(b"PK\x03\x04rest").unwrap_err().1, "Excel (.xlsx) / ZIP");
    assert_eq!(kind(b"a,b\n\0\0,1\n").unwrap_err().1, "binary");
    assert_eq!(kind(b"a,b\n").unwrap_err().0, ErrorKind::NoRows);
    // GBK for 用户, where nothing has its table.
    let error =
        inspect("a", 100, b"a,b\n1,2\n\xd3\xc3\xbb\xa7,3\n", LayoutChoice::default(), &Unicode).unwrap_err();
    assert_eq!((error.kind, error.row), (ErrorKind::NotUtf8, Some(3)));
}

#[test]
fn encodings() {
    let text = "用户ID,下单时间,金额\r\n1001,2024-03-05,12.50\r\n1002,2024-03-06,8\r\n";
    let utf16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> { text.encode_utf16().flat_map(order).collect() };
    let (gbk, _, _) = encoding_rs::GBK.encode(text);
    let with = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
    for (encoding, bytes, sure) in [
        (Encoding::Utf8, text.as_bytes().to_vec(), true),
        (Encoding::Utf8, with(b"\xef\xbb\xbf", text.as_bytes()), true),
        (Encoding::Utf16Le, with(b"\xff\xfe", &utf16(u16::to_le_bytes)), true),
        (Encoding::Utf16Be, with(b"\xfe\xff", &utf16(u16::to_be_bytes)), true),
        (Encoding::Utf16Le, utf16(u16::to_le_bytes), true),
        (Encoding::Gb18030, gbk.to_vec(), false),
    ] {
        let found = look(&bytes).unwrap();
        assert_eq!((found.layout.encoding, found.encoding_sure), (encoding, sure));
        assert_eq!((found.columns[0].name.as_str(), found.estimated_rows), ("用户ID", 2), "{encoding:?}");
        let sample = found.encoding_samples.iter().find(|(of, _)| *of == encoding).unwrap();
        assert_eq!(sample.1, "用户ID,下单时间,金额", "{encoding:?}");
        // The file goes on, and its head ends anywhere.
        for cut in bytes.len() - 8..bytes.len() {
            let found = inspect("a", 100_000, &bytes[..cut], LayoutChoice::default(), &Native).unwrap();
            assert_eq!(
                (found.layout.encoding, found.columns[0].name.as_str()),
                (encoding, "用户ID"),
                "{cut}"
            );
        }
    }
    let chosen = LayoutChoice { encoding: Some(Encoding::Windows1252), ..LayoutChoice::default() };
    let found = look_with(&gbk, chosen).unwrap();
    assert_eq!((found.layout.encoding, found.encoding_sure), (Encoding::Windows1252, true));
    assert!(
        found.encoding_samples.iter().any(|(of, text)| *of == Encoding::Gb18030 && text.starts_with("用户"))
    );
    // A few broken bytes do not make it another encoding.
    let broken = with(text.repeat(3).as_bytes(), b"1003,2024-03-07,\xff\n");
    assert_eq!(look(&broken).unwrap().layout.encoding, Encoding::Utf8);
    assert!(look(b"a,b\n1,2\n").unwrap().encoding_samples.is_empty(), "there is nothing to tell apart");
}

#[test]
fn a_character_cut_by_the_end_of_the_head_is_not_an_error() {
    let text = "a,b\n1,数".as_bytes();
    let found = inspect("a", 1000, &text[..text.len() - 1], LayoutChoice::default(), &Native).unwrap();
    assert_eq!(found.layout.encoding, Encoding::Utf8);
}

#[test]
fn a_choice_that_cannot_be() {
    for (choice, path) in [
        (LayoutChoice { delimiter: Some('数'), ..LayoutChoice::default() }, "delimiter"),
        (LayoutChoice { delimiter: Some('\n'), ..LayoutChoice::default() }, "delimiter"),
        (LayoutChoice { delimiter: Some('"'), ..LayoutChoice::default() }, "delimiter"),
        (LayoutChoice { quote: Some('\u{201c}'), ..LayoutChoice::default() }, "quote"),
    ] {
        let error = look_with(b"a,b\n1,2\n", choice).unwrap_err();
        assert_eq!((error.kind, error.path.as_deref()), (ErrorKind::BadValue, Some(path)));
    }
    let plain = LayoutChoice { quote: Some(' '), ..LayoutChoice::default() };
    let found = look_with(b"a,b\n\"x\",\"y\"\n", plain).unwrap();
    assert_eq!((found.layout.quote, found.preview[0][0].as_str()), (None, "\"x\""));
}

#[test]
fn instants_are_told_from_wall_clock_times() {
    let found = look(b"user,time\n1,2024-01-01T00:00:00Z\n2,2024-01-02T00:00:00+08:00\n").unwrap();
    assert_eq!(time_column(&found, &found.mapping), (TimeFormat::YearFirst, Clock::Instant));
    let found = look(b"user,time\n1,2024-01-01T00:00:00\n").unwrap();
    assert_eq!(time_column(&found, &found.mapping).1, Clock::Civil);
}

/// One row of a made-up table, its cells quoted or not.
fn line(cells: &[String], delimiter: char, quoted: bool) -> String {
    let cell = |cell: &String| {
        if quoted || cell.contains([delimiter, '"', '\n']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    };
    cells.iter().map(cell).collect::<Vec<_>>().join(&delimiter.to_string())
}

proptest::proptest! {
    #[test]
    fn what_was_written_is_found(
        delimiter in proptest::sample::select(vec![',', ';', '\t', '|', '\u{1}']),
        end in proptest::sample::select(vec!["\n", "\r\n", "\r"]),
        (quoted, header, comma) in proptest::prelude::any::<(bool, bool, bool)>(),
        titles in 0usize..3,
        notes in proptest::collection::vec("(好|a|,|;| |\"|\n){0,6}", 4..30),
    ) {
        let mut lines: Vec<String> = ["商城订单", "导出时间：2024年3月5日"].iter().take(titles).map(|title| (*title).to_owned()).collect();
        if header {
            let names = ["user", "date", "amount", "note"].map(str::to_owned);
            lines.push(line(&names, delimiter, quoted));
        }
        let point = if comma { "," } else { "." };
        for (row, note) in notes.iter().enumerate() {
            let cells =
                [format!("u{row}"), format!("2024-03-{:02}", row % 28 + 1), format!("{row}{point}5"), note.clone()];
            lines.push(line(&cells, delimiter, quoted));
        }
        let text = lines.join(end) + end;
        let found = look(text.as_bytes()).unwrap();
        let layout = found.layout;
        proptest::prop_assert_eq!((layout.delimiter, layout.quote, layout.escape), (delimiter, Some('"'), None));
        proptest::prop_assert_eq!((layout.header, layout.skip_lines as usize, layout.comment), (header, titles, None));
        proptest::prop_assert_eq!(found.estimated_rows, notes.len() as u64);
        let read: Vec<String> = found.preview.iter().map(|row| row[3].clone()).collect();
        proptest::prop_assert_eq!(&read[..], &notes[..notes.len().min(20)]);
        let amount = found.columns[2].number_format;
        proptest::prop_assert_eq!(amount, Some(if comma { NumberFormat::Comma } else { NumberFormat::Point }));
    }

    #[test]
    fn no_bytes_make_it_panic(head in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400), more in 0u64..1000) {
        let _ = inspect("a", head.len() as u64 + more, &head, LayoutChoice::default(), &Native);
    }

    #[test]
    fn no_text_makes_it_panic(head in "([a1,;\t|\"'\\\\#:^\n\r]|数|sep=){0,80}", more in 0u64..1000) {
        let _ = inspect("a", head.len() as u64 + more, head.as_bytes(), LayoutChoice::default(), &Native);
    }
}
