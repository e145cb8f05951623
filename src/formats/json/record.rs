//! One JSON object as named cells, each letter by letter as it is written.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of an object in their order.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Deserialize<'a> for Members<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'a> Visitor<'a> for Reader {
            type Value = Members<'a>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Members<'a>, A::Error> {
                let mut members = Vec::new();
                while let Some((Name(name), value)) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// A member's name; copied only when it holds an escape.
struct Name<'a>(Cow<'a, str>);

impl<'a> Deserialize<'a> for Name<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'a> Visitor<'a> for Reader {
            type Value = Name<'a>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'a str) -> Result<Name<'a>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'a>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(Reader)
    }
}

/// Gives the cells of an object to `take`: objects within it are opened once (`a.b`), what lies deeper and arrays stay
/// JSON without white space. Numbers are not read, so that a 19-digit id stays what it is; null is an empty cell.
///
/// # Errors
/// What is wrong with the text.
pub(super) fn cells<'a>(
    object: &'a [u8],
    take: &mut impl FnMut(&str, Cow<'a, str>),
) -> Result<(), serde_json::Error> {
    let Members(members) = serde_json::from_slice(object)?;
    let mut path = String::new();
    for (name, value) in members {
        let text = value.get();
        if text.starts_with('{') {
            let Members(inner) = serde_json::from_str(text)?;
            for (inner_name, value) in inner {
                path.clear();
                path.push_str(&name);
                path.push('.');
                path.push_str(&inner_name);
                take(&path, cell(value.get())?);
            }
        } else {
            take(&name, cell(text)?);
        }
    }
    Ok(())
}

fn cell(text: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    Ok(match text.as_bytes().first() {
        Some(b'"') => match text.get(1..text.len() - 1).filter(|inner| !inner.contains('\\')) {
            Some(plain) => Cow::Borrowed(plain),
            None => Cow::Owned(serde_json::from_str(text)?),
        },
        Some(b'n') => Cow::Borrowed(""),
        Some(b'{' | b'[') => Cow::Owned(compact(text)),
        _ => Cow::Borrowed(text),
    })
}

/// JSON without white space between its parts.
fn compact(text: &str) -> String {
    let (mut in_text, mut escaped) = (false, false);
    text.chars()
        .filter(|&sign| {
            if in_text {
                in_text = escaped || sign != '"';
                escaped = !escaped && sign == '\\';
                return true;
            }
            in_text = sign == '"';
            !sign.is_ascii_whitespace()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        cells(text.as_bytes(), &mut |name, value| found.push(format!("{name}={value}"))).unwrap();
        found
    }

    #[test]
    fn cells_by_hand() {
        let text = r#"{"id": 1234567890123456789, "p\u0061y": "\"甲\"\n", "n": null, "ok": true, "x": 1.50e3,
            "o": {"city": "上海", "deep": {"a": [1, "b c \" "]}, "none": null}, "list": [ {"k": 1}, 2 ], "e": {}}"#;
        assert_eq!(
            read(text),
            [
                "id=1234567890123456789",
                "pay=\"甲\"\n",
                "n=",
                "ok=true",
                "x=1.50e3",
                "o.city=上海",
                "o.deep={\"a\":[1,\"b c \\\" \"]}",
                "o.none=",
                "list=[{\"k\":1},2]",
            ]
        );
        for broken in ["{", "[]", "7", "{\"a\":}", "{\"a\":{\"b\":tru}}", "{} {}"] {
            assert!(cells(broken.as_bytes(), &mut |_, _| {}).is_err(), "{broken}");
        }
    }
}
