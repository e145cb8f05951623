//! Requests as JSON: parsed strictly, so that a misspelt field is refused with its path and what is allowed.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::library::{Library, expand};
use super::lists::SaveWanted;
use super::registry::Analysis;
use crate::analysis::overlap::Chosen;
use crate::dataset::audit::Duplicates;
use crate::dataset::calendar::{Day, WeekStart};
use crate::dataset::filter::{Condition, Filter};
use crate::dataset::segment::UserSegment;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::layout::{Encoding, LayoutChoice};
use crate::ingest::mapping::Mapping;
use crate::ingest::sample::{Dates, Keep};

/// How files are to be read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OpenOptions {
    /// The columns' roles; guessed from names and first cells when absent.
    pub mapping: Option<Mapping>,
    /// The IANA time zone that days are counted in; UTC when absent.
    pub time_zone: Option<String>,
    /// The day weeks start on.
    pub week_start: Option<WeekStart>,
    /// The character between fields; detected when absent.
    pub delimiter: Option<char>,
    /// Whether the first row names the columns; detected when absent.
    pub header: Option<bool>,
    /// The letters that text is written in; detected when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// The character around fields, a space where quotes mean nothing; detected when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<char>,
    /// Lines above the header; detected when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_lines: Option<u32>,
    /// What is different for some of the files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileOptions>,
    /// What becomes of rows that are there twice.
    #[serde(skip_serializing_if = "Duplicates::is_keep")]
    pub duplicates: Duplicates,
    /// Reads a sample: one user in so many, the same in every file, with all rows (see [`crate::ingest::sample`]). Everybody
    /// when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<u32>,
    /// Reads the rows of these days only. Rows without a day, as those of users, are read in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dates: Option<Dates>,
    /// Reads even what is estimated not to fit into a tab.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ignore_estimate: bool,
}

/// How one of several files is to be read; what is absent is as for all files, or detected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct FileOptions {
    /// The file's name.
    pub file: String,
    /// The member of an archive or the sheet of a workbook that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// Its columns' roles, and what its rows are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Mapping>,
    /// The character between fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Whether the first row names the columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// The letters that it is written in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// The character around fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<char>,
    /// Lines above the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_lines: Option<u32>,
}

impl OpenOptions {
    /// What is said of this file, or of this part of it, alone.
    #[must_use]
    pub fn of_file(&self, file: &str, part: Option<&str>) -> Option<&FileOptions> {
        let fits = |options: &&FileOptions| {
            options.file == file
                && (part.is_none() || options.part.is_none() || options.part.as_deref() == part)
        };
        self.files.iter().find(fits)
    }

    /// Which rows are read.
    #[must_use]
    pub fn keep(&self) -> Keep {
        let dates = self.dates.filter(|dates| !dates.is_everything());
        Keep { sample: self.sample.filter(|one_in| *one_in != 1), dates }
    }

    /// Gives a file a mapping of its own.
    pub fn set_mapping(&mut self, file: &str, mapping: Mapping) {
        match self.files.iter_mut().find(|options| options.file == file) {
            Some(options) => options.mapping = Some(mapping),
            None => {
                self.files.push(FileOptions {
                    file: file.to_owned(),
                    mapping: Some(mapping),
                    ..FileOptions::default()
                });
            }
        }
    }

    /// How a file is laid out, as far as it has been said.
    #[must_use]
    pub fn layout(&self, file: &str, part: Option<&str>) -> LayoutChoice {
        let own = self.of_file(file, part).cloned().unwrap_or_default();
        LayoutChoice {
            encoding: own.encoding.or(self.encoding),
            delimiter: own.delimiter.or(self.delimiter),
            quote: own.quote.or(self.quote),
            skip_lines: own.skip_lines.or(self.skip_lines),
            header: own.header.or(self.header),
        }
    }
}

/// One question, or the users behind a cell of its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Query {
    /// The question.
    pub analysis: Analysis,
    /// Its parameters; see the question's own documentation.
    #[serde(default = "empty")]
    pub params: Value,
    /// Which rows it looks at.
    #[serde(default, skip_serializing_if = "Filter::is_empty")]
    pub filter: Filter,
    /// Asks for the users behind a cell instead of the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<UsersWanted>,
    /// Asks instead why a user is behind a cell, or is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<WhyWanted>,
    /// Asks instead for all that is known of one user; the question decides nothing then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileWanted>,
    /// Answers as if days were counted in this zone, an IANA name or an offset; in the data set's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_zone: Option<String>,
}

/// Of whom an account is wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WhyWanted {
    /// The cell; see the question's own documentation.
    pub cell: Value,
    /// The user's id.
    pub user: String,
    /// How many of the user's rows to leave out at the beginning.
    #[serde(default)]
    pub offset: u64,
    /// How many rows to list.
    #[serde(default = "hundred")]
    pub limit: u64,
}

/// Whose profile is wanted.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProfileWanted {
    /// The user's id.
    pub user: String,
    /// The segments that are looked at, at most 50.
    #[serde(default)]
    pub segments: Vec<Chosen>,
    /// The day that everything counts to; the last day that is looked at when absent.
    #[serde(default)]
    pub as_of: Option<Day>,
    /// How many of the user's rows to leave out at the beginning.
    #[serde(default)]
    pub offset: u64,
    /// How many rows to list.
    #[serde(default = "hundred")]
    pub limit: u64,
}

/// Which users are wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UsersWanted {
    /// The cell; see the question's own documentation.
    pub cell: Value,
    /// How many users to leave out at the beginning.
    #[serde(default)]
    pub offset: u64,
    /// How many users to list.
    #[serde(default = "hundred")]
    pub limit: u64,
    /// The order of the list; the question's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<SortUsers>,
    /// Lists only users whose id contains this text, upper and lower case being the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// Asks instead what the list would be saved as: all who are found, whatever `offset` and `limit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save: Option<SaveWanted>,
}

/// The order of a list of users. Users with equal cells stand in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SortUsers {
    /// The key of one of the list's columns, or `user` for the id.
    pub column: String,
    /// Whether the largest comes first.
    #[serde(default)]
    pub descending: bool,
}

fn empty() -> Value {
    Value::Object(serde_json::Map::new())
}

fn hundred() -> u64 {
    100
}

impl Query {
    /// A question with these parameters about all rows.
    #[must_use]
    pub fn new(analysis: Analysis, params: &impl Serialize) -> Self {
        let params = serde_json::to_value(params).unwrap_or_else(|_| empty());
        Self {
            analysis,
            params,
            filter: Filter::default(),
            users: None,
            why: None,
            profile: None,
            in_zone: None,
        }
    }

    /// The same question, for the users behind a cell.
    #[must_use]
    pub fn for_users(&self, cell: &impl Serialize, offset: u64, limit: u64) -> Self {
        let cell = serde_json::to_value(cell).unwrap_or(Value::Null);
        Self {
            users: Some(UsersWanted { cell, offset, limit, sort: None, search: None, save: None }),
            ..self.clone()
        }
    }

    /// The same question, for the reasons why a user is behind a cell, or is not.
    #[must_use]
    pub fn for_why(&self, cell: &impl Serialize, user: &str, limit: u64) -> Self {
        let cell = serde_json::to_value(cell).unwrap_or(Value::Null);
        let why = WhyWanted { cell, user: user.to_owned(), offset: 0, limit };
        Self { users: None, why: Some(why), ..self.clone() }
    }

    /// The users behind a cell as a condition for other questions: a definition, which follows the data.
    #[must_use]
    pub fn to_segment(&self, name: Option<String>, cell: &impl Serialize) -> Condition {
        let analysis = serde_json::to_value(self.analysis).ok();
        let segment = UserSegment {
            name,
            analysis: analysis.and_then(|name| name.as_str().map(str::to_owned)),
            params: Some(self.params.clone()).filter(|params| *params != empty()),
            filter: self.filter.clone(),
            cell: serde_json::to_value(cell).ok(),
            ..UserSegment::default()
        };
        Condition { segment: Some(segment), ..Condition::default() }
    }

    /// Reads a request.
    ///
    /// # Errors
    /// [`ErrorKind::NotJson`], [`ErrorKind::UnknownField`] and [`ErrorKind::BadValue`] with the path.
    pub fn parse(text: &str) -> Result<Self> {
        let mut value: Value =
            serde_json::from_str(text).map_err(|error| Error::new(ErrorKind::NotJson).found(error))?;
        name_no_more(&mut value)?;
        from_value(value, "")
    }
}

/// How to open files and what to ask of them, in one JSON object: the fields of [`OpenOptions`] and of [`Query`].
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// How to open the files.
    pub open: OpenOptions,
    /// What to ask.
    pub query: Query,
}

impl Spec {
    /// The fields that say how to open files; all others belong to the query.
    const OPEN_FIELDS: [&str; 13] = [
        "mapping",
        "timeZone",
        "weekStart",
        "delimiter",
        "header",
        "encoding",
        "quote",
        "skipLines",
        "files",
        "duplicates",
        "sample",
        "dates",
        "ignoreEstimate",
    ];

    /// Reads a specification.
    ///
    /// # Errors
    /// As [`Query::parse`].
    pub fn parse(text: &str) -> Result<Self> {
        let mut value: Value =
            serde_json::from_str(text).map_err(|error| Error::new(ErrorKind::NotJson).found(error))?;
        name_no_more(&mut value)?;
        let Value::Object(mut fields) = value else {
            return Err(Error::bad_value("", value, "an object with `analysis`"));
        };
        let mut open = serde_json::Map::new();
        for name in Self::OPEN_FIELDS {
            if let Some(value) = fields.remove(name) {
                open.insert(name.to_owned(), value);
            }
        }
        Ok(Self { open: from_value(Value::Object(open), "")?, query: from_value(Value::Object(fields), "")? })
    }

    /// The specification as indented JSON, for people to keep and send.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut fields = serde_json::Map::new();
        for part in [serde_json::to_value(&self.open), serde_json::to_value(&self.query)] {
            if let Ok(Value::Object(part)) = part {
                fields.extend(part.into_iter().filter(|(_, value)| !value.is_null()));
            }
        }
        serde_json::to_string_pretty(&fields).unwrap_or_default()
    }
}

/// Puts the definitions that a request brings along as `segments` where it names them.
fn name_no_more(request: &mut Value) -> Result<()> {
    let brought = request.as_object_mut().and_then(|fields| fields.remove("segments"));
    let library: Library = match brought {
        Some(segments) => from_value(segments, "segments")?,
        None => Library::default(),
    };
    expand(request, &library, "")
}

/// Reads a part of a request; `path` is where in the request it stands.
///
/// # Errors
/// [`ErrorKind::UnknownField`] and [`ErrorKind::BadValue`] with the path and what is allowed.
pub fn from_value<T: DeserializeOwned>(value: Value, path: &str) -> Result<T> {
    let complaint = |value: &Value| T::deserialize(value).err().map(|error| error.to_string());
    match T::deserialize(&value) {
        Ok(part) => Ok(part),
        Err(error) => Err(blame(&value, &error.to_string(), path, &complaint)),
    }
}

/// The longest list in which the one wrong item is looked for; of a longer one the whole list is blamed.
const MOST_TRIED: usize = 100;

/// Finds the smallest part of a value that a complaint is about: the one without which the rest can be read, or is complained
/// of differently. (Tracking the path while reading would double the code of everything that can be read.)
fn blame(whole: &Value, message: &str, path: &str, complaint: &dyn Fn(&Value) -> Option<String>) -> Error {
    let (mut place, mut pointer) = (path.to_owned(), String::new());
    while let Some(part) = whole.pointer(&pointer) {
        let children: Vec<(String, String)> = match part {
            Value::Object(fields) => fields.keys().map(|key| (format!(".{key}"), escaped(key))).collect(),
            // Each step tries the request once without each child: too often for a list of a million ids.
            Value::Array(items) if items.len() <= MOST_TRIED => {
                (0..items.len()).map(|index| (format!("[{index}]"), index.to_string())).collect()
            }
            _ => break,
        };
        let without = |child: &str| {
            let mut rest = whole.clone();
            if let Some(part) = rest.pointer_mut(&pointer) {
                remove(part, child);
            }
            complaint(&rest)
        };
        let cured = children.iter().find(|(_, child)| without(child).is_none());
        let changed = || children.iter().find(|(_, child)| without(child).as_deref() != Some(message));
        let Some((step, child)) = cured.or_else(changed) else { break };
        place.push_str(step);
        pointer = format!("{pointer}/{child}");
    }
    from_serde(message, place.trim_start_matches('.'), whole.pointer(&pointer))
}

/// A key as a JSON pointer writes it (RFC 6901).
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn remove(part: &mut Value, child: &str) {
    match part {
        Value::Object(fields) => drop(fields.remove(&child.replace("~1", "/").replace("~0", "~"))),
        Value::Array(items) => {
            if let Some(index) = child.parse().ok().filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
}

/// Takes the parts out of serde's message: "unknown field `x`, expected one of `a`, `b`".
fn from_serde(message: &str, path: &str, value: Option<&Value>) -> Error {
    let (what, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let expected = expected.replace(['`'], "").replace("one of ", "");
    let named = what.split('`').nth(1).map(str::to_owned);
    let found = || named.clone().or_else(|| value.map(Value::to_string)).unwrap_or_else(|| what.to_owned());
    if what.starts_with("missing field") {
        let place = if path.is_empty() { "request" } else { path };
        return Error::new(ErrorKind::MissingField).at_path(place).expected(named.unwrap_or_default());
    }
    let kind = if what.starts_with("unknown field") { ErrorKind::UnknownField } else { ErrorKind::BadValue };
    let expected = if expected.is_empty() { what.to_owned() } else { expected };
    let found = found();
    Error::new(kind).at_path(path).found(found).expected(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (ErrorKind, String, String, String) {
        let error = Spec::parse(text).map(|_| ()).unwrap_err();
        (
            error.kind,
            error.path.clone().unwrap_or_default(),
            error.found.clone().unwrap_or_default(),
            error.expected.clone().unwrap_or_default(),
        )
    }

    #[test]
    fn a_spec_goes_out_and_comes_back() {
        let text = r#"{"mapping":{"user":"id","time":"t"},"timeZone":"Asia/Shanghai","analysis":"retention","params":{"period":"week"},
            "filter":{"all":[{"column":"channel","in":["抖音"]},{"from":"2024-01-01"}]}}"#;
        let spec = Spec::parse(text).unwrap();
        assert_eq!(spec.query.analysis, Analysis::Retention);
        assert_eq!(Spec::parse(&spec.to_text()).unwrap(), spec);
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_path() {
        let (kind, path, found, expected) = refused(r#"{"analysis":"retension"}"#);
        assert_eq!((kind, path.as_str(), found.as_str()), (ErrorKind::BadValue, "analysis", "retension"));
        assert!(expected.contains("retention") && expected.contains("rfm"), "{expected}");
        let (kind, path, found, _) = refused(r#"{"analysis":"rfm","filtre":{}}"#);
        assert_eq!((kind, path.as_str(), found.as_str()), (ErrorKind::UnknownField, "filtre", "filtre"));
        let (kind, path, found, expected) =
            refused(r#"{"analysis":"rfm","filter":{"all":[{"form":"2024-01-01"}]}}"#);
        assert_eq!(
            (kind, path.as_str(), found.as_str()),
            (ErrorKind::UnknownField, "filter.all[0].form", "form")
        );
        assert!(expected.contains("from"));
        let (kind, path, found, _) =
            refused(r#"{"analysis":"rfm","filter":{"all":[{"from":"2024-02-30"}]}}"#);
        assert_eq!(
            (kind, path.as_str(), found.as_str()),
            (ErrorKind::BadValue, "filter.all[0].from", "2024-02-30")
        );
        let scoring = |text: &str| {
            let text = format!(r#"{{"scoring":{text}}}"#);
            from_value::<crate::analysis::rfm::Params>(serde_json::from_str(&text).unwrap(), "params")
                .unwrap_err()
        };
        let error = scoring(r#"{"by":"quantile","tie":"ntile"}"#);
        assert_eq!(
            (error.kind, error.path.as_deref()),
            (ErrorKind::UnknownField, Some("params.scoring.tie"))
        );
        let error = scoring(r#"{"by":"quantile","ties":"fair"}"#);
        assert_eq!(
            (error.path.as_deref(), error.found.as_deref()),
            (Some("params.scoring.ties"), Some("fair"))
        );
        assert!(error.expected.clone().unwrap().contains("ntile"));
        assert_eq!(scoring(r#"{"by":"luck"}"#).path.as_deref(), Some("params.scoring.by"));
        assert_eq!(scoring("3").path.as_deref(), Some("params.scoring"));
        let (kind, _, _, expected) = refused(r#"{"params":{}}"#);
        assert_eq!((kind, expected.as_str()), (ErrorKind::MissingField, "analysis"));
        assert_eq!(refused("{").0, ErrorKind::NotJson);
        assert_eq!(refused("[]").0, ErrorKind::BadValue);
    }
}
