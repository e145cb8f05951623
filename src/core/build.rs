//! Turns `locales/*.json` into Rust: one struct with a field for every phrase, one constant for each language.
//!
//! The build fails when a language lacks a phrase, has one too many, or uses other placeholders than English:
//! a half-translated page cannot be made.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::{env, fs, path::Path, process};

/// Seen from this package.
const LOCALES: &str = "../../locales";

const LANGUAGES: [(&str, &str); 2] = [("en", "EN"), ("zh-CN", "ZH_CN")];

fn main() {
    println!("cargo::rerun-if-changed={LOCALES}");
    if let Err(message) = generate() {
        println!("cargo::error={message}");
        process::exit(1);
    }
}

fn generate() -> Result<(), String> {
    let mut tables = Vec::new();
    for (file, constant) in LANGUAGES {
        let path = format!("{LOCALES}/{file}.json");
        let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let value: serde_json::Value =
            serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))?;
        let mut phrases = BTreeMap::new();
        flatten("", &value, &mut phrases).map_err(|error| format!("{path}: {error}"))?;
        tables.push((path, constant, phrases));
    }
    let (english_path, _, english) = tables.first().ok_or("no language")?;
    for (path, _, phrases) in &tables {
        compare(english_path, english, path, phrases)?;
    }
    let out = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    fs::write(Path::new(&out).join("words.rs"), code(&tables)).map_err(|error| error.to_string())
}

/// The struct with a field for every phrase, a constant for each language, and the list that names are looked up in.
fn code(tables: &[(String, &str, BTreeMap<String, String>)]) -> String {
    let Some((_, _, english)) = tables.first() else { return String::new() };
    let mut code =
        String::from("/// Every phrase the user reads, by name.\n#[derive(Debug)]\npub struct Words {\n");
    for (key, phrase) in english {
        let _ = writeln!(code, "    #[doc = {phrase:?}]\n    pub {key}: &'static str,");
    }
    code.push_str("    by_key: &'static [&'static str],\n}\n");
    for (_, constant, phrases) in tables {
        let _ = writeln!(code, "static {constant}: Words = Words {{");
        for (key, phrase) in phrases {
            let _ = writeln!(code, "    {key}: {phrase:?},");
        }
        let list: Vec<&String> = phrases.values().collect();
        let _ = writeln!(code, "    by_key: &{list:?},\n}};");
    }
    let keys: Vec<&String> = english.keys().collect();
    let _ = writeln!(code, "/// The names, sorted.\nstatic KEYS: [&str; {}] = {keys:?};", keys.len());
    code.push_str(LOOK_UP);
    code
}

/// Names that are made at run time (of error and column codes) are looked up; all others are fields.
const LOOK_UP: &str = "
impl Words {
    /// The phrase with this name, for names that are made at run time.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'static str> {
        KEYS.binary_search(&key).ok().and_then(|place| self.by_key.get(place).copied())
    }
}
";

/// Nested sections become one name: `{"start": {"drop": "…"}}` is `start_drop`.
fn flatten(
    prefix: &str,
    value: &serde_json::Value,
    into: &mut BTreeMap<String, String>,
) -> Result<(), String> {
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}_{key}") };
                flatten(&name, value, into)?;
            }
            Ok(())
        }
        serde_json::Value::String(text) => match into.insert(prefix.to_owned(), text.clone()) {
            None => Ok(()),
            Some(_) => Err(format!("`{prefix}` is there twice")),
        },
        other => Err(format!("`{prefix}` should be text, found {other}")),
    }
}

fn compare(
    english_path: &str,
    english: &BTreeMap<String, String>,
    path: &str,
    phrases: &BTreeMap<String, String>,
) -> Result<(), String> {
    for (key, phrase) in english {
        let other =
            phrases.get(key).ok_or_else(|| format!("{path} lacks `{key}` ({phrase:?} in {english_path})"))?;
        if placeholders(phrase) != placeholders(other) {
            return Err(format!("`{key}` has other placeholders in {path} than in {english_path}"));
        }
    }
    match phrases.keys().find(|key| !english.contains_key(*key)) {
        Some(key) => Err(format!("{path} has `{key}`, which {english_path} lacks")),
        None => Ok(()),
    }
}

fn placeholders(phrase: &str) -> BTreeSet<&str> {
    phrase.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
}
