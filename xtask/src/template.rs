//! Fills `{{name}}` in index.html and the boot scripts.

use std::collections::BTreeMap;

use crate::Result;
use crate::project::{Project, read_text};

/// The languages whose phrases index.html may use, `{{en.app.name}}`.
const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

/// Values by name.
pub type Values = BTreeMap<String, String>;

/// Replaces each `{{name}}`; a name without a value is an error. Values are not searched again.
pub fn fill(template: &str, values: &Values) -> Result<String> {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").ok_or("a `{{` is not closed")?;
        let value = values.get(name).ok_or_else(|| format!("`{{{{{name}}}}}` has no value"))?;
        filled.push_str(before);
        filled.push_str(value);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Every phrase of `locales/`, escaped for HTML, by language and path.
pub fn phrases(project: &Project) -> Result<Values> {
    let mut values = Values::new();
    for language in LANGUAGES {
        let path = project.root.join("locales").join(format!("{language}.json"));
        let tree: serde_json::Value = serde_json::from_str(&read_text(&path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        collect(language, &tree, &mut values);
    }
    Ok(values)
}

fn collect(path: &str, tree: &serde_json::Value, values: &mut Values) {
    if let Some(branches) = tree.as_object() {
        for (name, branch) in branches {
            collect(&format!("{path}.{name}"), branch, values);
        }
    } else if let Some(text) = tree.as_str() {
        // Before the application runs, what is lacking is JavaScript, unless the boot script finds something else.
        let text = escape(text).replace("{found}", "<span data-found>JavaScript</span>");
        values.insert(path.to_owned(), text);
    }
}

/// Text for HTML, inside elements and double-quoted attributes.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        Values::from([("a".to_owned(), "{{b}}".to_owned()), ("b".to_owned(), "2".to_owned())])
    }

    #[test]
    fn fills_names_and_leaves_values_alone() {
        assert_eq!(fill("x{{a}}y{{b}}z", &values()), Ok("x{{b}}y2z".to_owned()));
    }

    #[test]
    fn refuses_what_it_cannot_fill() {
        assert!(fill("{{c}}", &values()).is_err_and(|error| error.contains("{{c}}")));
        assert!(fill("{{a", &values()).is_err());
    }

    #[test]
    fn phrases_are_safe_in_html() {
        let mut found = Values::new();
        collect("en", &serde_json::json!({"error": {"x": "a < \"b\": {found}"}}), &mut found);
        assert_eq!(
            found.get("en.error.x").map(String::as_str),
            Some("a &lt; &quot;b&quot;: <span data-found>JavaScript</span>")
        );
    }
}
