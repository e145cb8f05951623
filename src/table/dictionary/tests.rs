use super::*;
use proptest::prelude::*;

#[test]
fn ids_stay_as_they_are() {
    let mut codes = Codes::default();
    for text in ["007", "7", "", "6222020200112233445", "007", "用户"] {
        assert!(codes.push(text.as_bytes()));
    }
    let rows: Vec<&str> = (0..codes.len()).map(|row| codes.get(row)).collect();
    assert_eq!(rows, ["007", "7", "", "6222020200112233445", "007", "用户"]);
    assert_eq!(codes.dictionary.len(), 5);
    assert!(!codes.push(&[0xff, 0xfe]), "not UTF-8");
    assert_eq!(codes.len(), 6, "a refused text leaves no row");
}

proptest! {
    #[test]
    fn codes_are_those_of_a_map(texts in proptest::collection::vec("(a|b|\0|数){0,20}", 0..300)) {
        let (mut dictionary, mut map) = (Dictionary::default(), std::collections::HashMap::new());
        let mut together = (Dictionary::default(), Vec::new(), Vec::new());
        together.1.extend(texts.iter().map(|text| Text::from(text.as_bytes())));
        together.0.codes(&together.1, &mut together.2);
        for text in &texts {
            let next = u32::try_from(map.len()).unwrap();
            let expected = *map.entry(text.clone()).or_insert(next);
            prop_assert_eq!(dictionary.code(text.as_bytes()), Some(expected));
        }
        let expected: Vec<u32> = texts.iter().map(|text| map[text]).collect();
        prop_assert_eq!(together.2, expected);
        for (text, code) in &map {
            prop_assert_eq!(dictionary.find(text), Some(*code));
            prop_assert_eq!(dictionary.get(*code), text);
        }
    }

    #[test]
    fn many_texts_together_are_the_same_as_one_by_one(
        numbers in proptest::collection::vec(0u32..6000, 0..9000), long in proptest::bool::ANY,
    ) {
        let text = |number: &u32| if long { format!("a user with the number {number}") } else { number.to_string() };
        let texts: Vec<String> = numbers.iter().map(text).collect();
        // One after the other, as in a file: what follows a text must not matter.
        let all = texts.concat();
        let ends = texts.iter().scan(0, |end, text| { *end += text.len(); Some(*end) });
        let text = |(text, end): (&String, usize)| Text::new(&all.as_bytes()[end - text.len()..], text.len() as u32);
        let bytes: Vec<Text<'_>> = texts.iter().zip(ends).map(text).collect();
        let (mut together, mut one, mut codes) = (Dictionary::default(), Dictionary::default(), Vec::new());
        for (turn, bytes) in bytes.chunks(1000).enumerate() {
            if turn % 2 == 0 {
                together.codes(bytes, &mut codes);
            } else {
                let bytes: Vec<&[u8]> = bytes.iter().map(Text::bytes).collect();
                together.codes_of_new(&bytes, &mut codes);
            }
            let expected: Vec<u32> = bytes.iter().map(|text| one.code(text.bytes()).unwrap()).collect();
            prop_assert_eq!(&codes, &expected);
        }
        prop_assert_eq!(together.iter().collect::<Vec<_>>(), one.iter().collect::<Vec<_>>());
    }

    #[test]
    fn any_texts_come_back(numbers in proptest::collection::vec(0u32..70_000, 0..500), spread in 1u32..300) {
        let mut codes = Codes::default();
        let texts: Vec<String> = (0..70_000 / spread.max(200)).map(|n| n.to_string()).chain(numbers.iter().map(u32::to_string)).collect();
        for text in &texts {
            codes.push(text.as_bytes());
        }
        for (row, text) in texts.iter().enumerate() {
            prop_assert_eq!(codes.get(row), text);
        }
    }
}

#[test]
fn codes_widen_as_the_dictionary_grows() {
    let mut codes = Codes::default();
    for number in 0..70_000u32 {
        codes.push(number.to_string().as_bytes());
    }
    assert!(matches!(codes.rows, CodeVec::U32(_)));
    assert!((0..70_000usize).all(|row| codes.get(row) == row.to_string()));
}
