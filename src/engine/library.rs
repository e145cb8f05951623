//! Saved segments that others refer to by name: `{"segment": {"saved": "Big spenders"}}`. Before anything is asked, the
//! definition takes the place of the name, so that the rest of the engine knows definitions only.
//!
//! A definition may refer to others; one that leads back to itself means nobody in particular, and is refused with the names
//! of all on the way.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};

/// Definitions by name, as JSON.
pub type Library = BTreeMap<String, Value>;

/// Puts definitions where a request names them. `path` is where in the request the value stands.
///
/// # Errors
/// [`ErrorKind::BadValue`] for a name that the library does not have; [`ErrorKind::SegmentCycle`].
pub fn expand(value: &mut Value, library: &Library, path: &str) -> Result<()> {
    walk(value, library, path, &mut Way::default())
}

/// The most segments inside one another.
const MOST_NESTED: usize = 8;

/// The most definitions that are put in: each mention of a segment is one, and those in its definition again.
const MOST_PUT_IN: usize = 500;

/// How the place at hand was come to.
#[derive(Default)]
struct Way {
    /// The segments whose definitions it lies in, the outermost first.
    within: Vec<String>,
    put_in: usize,
}

fn walk(value: &mut Value, library: &Library, path: &str, within: &mut Way) -> Result<()> {
    match value {
        Value::Array(items) => items
            .iter_mut()
            .enumerate()
            .try_for_each(|(index, item)| walk(item, library, &format!("{path}[{index}]"), within)),
        Value::Object(fields) => fields.iter_mut().try_for_each(|(key, field)| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let name = field.get("saved").and_then(Value::as_str).filter(|_| key == "segment");
            match name.map(str::to_owned) {
                Some(name) => {
                    *field = definition(&name, library, &path, within)?;
                    Ok(())
                }
                None => walk(field, library, &path, within),
            }
        }),
        _ => Ok(()),
    }
}

/// The definition of a name, with all that it refers to.
fn definition(name: &str, library: &Library, path: &str, way: &mut Way) -> Result<Value> {
    if let Some(place) = way.within.iter().position(|outer| outer == name) {
        let circle: Vec<&str> = way.within.iter().skip(place).map(String::as_str).chain([name]).collect();
        return Err(Error::new(ErrorKind::SegmentCycle).at_path(path).found(circle.join(" → ")));
    }
    way.put_in += 1;
    if way.within.len() >= MOST_NESTED || way.put_in > MOST_PUT_IN {
        let most = format!("at most {MOST_NESTED} segments inside one another, {MOST_PUT_IN} in all");
        return Err(Error::bad_value(format!("{path}.saved"), name, most));
    }
    let mut found = library.get(name).cloned().ok_or_else(|| {
        let known: Vec<&str> = library.keys().map(String::as_str).collect();
        Error::bad_value(format!("{path}.saved"), name, known.join(", "))
    })?;
    way.within.push(name.to_owned());
    let whole = walk(&mut found, library, path, way);
    way.within.pop();
    whole?;
    if let Value::Object(fields) = &mut found {
        fields.insert("name".to_owned(), Value::String(name.to_owned()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn library(entries: &[(&str, Value)]) -> Library {
        entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    fn rule(of: Value) -> Value {
        json!({"analysis": "rule", "params": {"rule": of}, "cell": "in"})
    }

    fn member(name: &str) -> Value {
        json!({"segment": {"saved": name}})
    }

    #[test]
    fn definitions_take_the_place_of_names_all_the_way_down() {
        let library = library(&[
            ("Big", json!({"analysis": "rfm", "cell": "all"})),
            ("Loud", rule(json!({"all": [member("Big"), {"not": member("Big")}]}))),
        ]);
        let mut request =
            json!({"filter": {"all": [member("Loud")]}, "params": {"steps": [{"all": [member("Big")]}]}});
        expand(&mut request, &library, "").unwrap();
        let big = json!({"segment": {"name": "Big", "analysis": "rfm", "cell": "all"}});
        let mut loud = rule(json!({"all": [big, {"not": big}]}));
        loud["name"] = json!("Loud");
        let expected = json!({"filter": {"all": [{"segment": loud}]}, "params": {"steps": [{"all": [big]}]}});
        assert_eq!(request, expected);
        let mut plain = json!({"segment": {"users": ["a"]}, "saved": "no segment"});
        let before = plain.clone();
        expand(&mut plain, &library, "").unwrap();
        assert_eq!(plain, before);
    }

    #[test]
    fn what_would_never_end_is_refused() {
        // Each names the one before twice: 2^30 copies.
        let doubled = |name: usize| {
            let before = format!("S{}", name - 1);
            (format!("S{name}"), rule(json!({"any": [member(&before), member(&before)]})))
        };
        let mut library: Library = (1..=30).map(doubled).collect();
        library.insert("S0".to_owned(), json!({"users": []}));
        let put = |name: &str| expand(&mut json!(member(name)), &library, "").map_err(|error| error.kind);
        assert_eq!(put("S7"), Ok(()), "eight inside one another, 255 in all");
        assert_eq!(put("S8"), Err(ErrorKind::BadValue));
        assert_eq!(put("S30"), Err(ErrorKind::BadValue));
        let many = |number: usize| -> Value { (0..number).map(|_| member("S0")).collect() };
        assert!(expand(&mut many(500), &library, "").is_ok());
        assert!(expand(&mut many(501), &library, "").is_err());
    }

    #[test]
    fn circles_and_strangers_are_refused_by_name() {
        let library = library(&[
            ("A", rule(json!({"any": [member("B"), member("C")]}))),
            ("B", rule(member("D"))),
            ("C", rule(member("A"))),
            ("D", json!({"users": []})),
            ("E", rule(member("E"))),
            ("F", rule(member("E"))),
        ]);
        let refused = |name: &str| {
            let mut request = json!({"filter": {"all": [member(name)]}});
            let error = expand(&mut request, &library, "").unwrap_err();
            (error.kind, error.found.clone().unwrap_or_default(), error.path.clone().unwrap_or_default())
        };
        let circle = |found: &str, path: &str| (ErrorKind::SegmentCycle, found.to_owned(), path.to_owned());
        let inside = "filter.all[0].segment.params.rule";
        assert_eq!(
            refused("A"),
            circle("A → C → A", &format!("{inside}.any[1].segment.params.rule.segment"))
        );
        assert_eq!(refused("C").1, "C → A → C");
        assert_eq!(refused("F").1, "E → E", "what leads to a circle is not part of it");
        let mut request = json!({"segment": {"saved": "Z"}});
        let error = expand(&mut request, &library, "").unwrap_err();
        assert_eq!((error.kind, error.path.as_deref()), (ErrorKind::BadValue, Some("segment.saved")));
        assert_eq!(error.expected.as_deref(), Some("A, B, C, D, E, F"));
        assert!(expand(&mut json!(member("B")), &library, "").is_ok());
    }
}
