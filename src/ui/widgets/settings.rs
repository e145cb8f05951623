//! A question's parameters in the address: each is a setting of its own, those with the page's default are left out.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::address::Address;

/// The parameters as the address has them: as the page understands them, and as the engine is asked.
///
/// A value that the page does not understand is passed on to the engine, which refuses it and says what is allowed.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings<P> {
    /// What controls show; a value that is not understood counts as the default.
    pub params: P,
    /// What is asked.
    pub asked: Value,
}

/// Reads parameters from the address; reactive.
pub fn read<P: Serialize + DeserializeOwned + Clone>(address: Address, defaults: &P) -> Settings<P> {
    let mut asked = fields(defaults);
    let mut understood = asked.clone();
    let mut params = defaults.clone();
    let names: Vec<String> = asked.keys().cloned().collect();
    for name in names {
        let Some(text) = address.setting(&name) else { continue };
        let candidates = [serde_json::from_str(&text).ok(), Some(Value::String(text))];
        let fitting = candidates.iter().flatten().find_map(|value| {
            let mut tried = understood.clone();
            tried.insert(name.clone(), value.clone());
            serde_json::from_value::<P>(Value::Object(tried.clone()))
                .ok()
                .map(|params| (params, tried, value))
        });
        match fitting {
            Some((fitting, tried, value)) => {
                asked.insert(name, value.clone());
                (params, understood) = (fitting, tried);
            }
            None => {
                if let Some(value) = candidates.into_iter().flatten().next() {
                    asked.insert(name, value);
                }
            }
        }
    }
    Settings { params, asked: Value::Object(asked) }
}

/// Parameters as settings; those with the default value are none.
pub fn texts<P: Serialize>(params: &P, defaults: &P) -> Vec<(String, Option<String>)> {
    let (fields, defaults) = (fields(params), fields(defaults));
    let setting = |(name, value): (String, Value)| {
        let chosen = defaults.get(&name) != Some(&value);
        (name, chosen.then(|| text(&value)))
    };
    fields.into_iter().map(setting).collect()
}

/// Writes parameters to the address, in one step that Back undoes. `more` are settings of the page itself.
pub fn write<P: Serialize>(address: Address, params: &P, defaults: &P, more: &[(&str, Option<&str>)]) {
    let texts = texts(params, defaults);
    let mut changes: Vec<(&str, Option<&str>)> =
        texts.iter().map(|(name, text)| (name.as_str(), text.as_deref())).collect();
    changes.extend_from_slice(more);
    address.set_all(&changes);
}

/// A parameter that is one of several names, as a request writes it.
pub fn name_of(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A parameter from its name in requests.
pub fn from_name<T: DeserializeOwned>(name: String) -> Option<T> {
    serde_json::from_value(Value::String(name)).ok()
}

fn fields(params: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(params) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
