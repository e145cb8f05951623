//! Turns the guide, `docs/guide/<language>/<page>.md`, into HTML that is part of the program: the page's help is the
//! repository's documentation, word for word.
//!
//! The build fails when a language lacks a page, and when a text would bring in what the page must not hold: markup of its
//! own, pictures, addresses elsewhere. Links become plain text, for there is no other document to go to.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::{env, fs, path::Path, process};

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Seen from this package.
const GUIDE: &str = "../../docs/guide";

/// The folders, in the order of the generated columns.
const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

fn main() {
    println!("cargo::rerun-if-changed={GUIDE}");
    if let Err(message) = generate() {
        println!("cargo::error={message}");
        process::exit(1);
    }
}

fn generate() -> Result<(), String> {
    let out = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    let names = pages(&format!("{GUIDE}/{}", LANGUAGES[0]))?;
    for language in LANGUAGES {
        if pages(&format!("{GUIDE}/{language}"))? != names {
            return Err(format!("{GUIDE}/{language} has other pages than {GUIDE}/{}", LANGUAGES[0]));
        }
    }
    let mut code = format!(
        "/// Each page's name, and its text in each language.\nstatic GUIDE: [(&str, [&str; {}]); {}] = [\n",
        LANGUAGES.len(),
        names.len()
    );
    for name in names {
        let _ = write!(code, "    ({name:?}, [");
        for language in LANGUAGES {
            let path = format!("{GUIDE}/{language}/{name}.md");
            let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
            let page = to_html(&text).map_err(|error| format!("{path}: {error}"))?;
            let file = format!("guide_{language}_{name}.html");
            fs::write(Path::new(&out).join(&file), page).map_err(|error| format!("{file}: {error}"))?;
            let _ = write!(code, "include_str!(concat!(env!(\"OUT_DIR\"), \"/{file}\")), ");
        }
        code.push_str("]),\n");
    }
    code.push_str("];\n");
    fs::write(Path::new(&out).join("guide.rs"), code).map_err(|error| error.to_string())
}

/// The names of the Markdown files in a folder.
fn pages(folder: &str) -> Result<BTreeSet<String>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{folder}: {error}"))?;
    let mut names = BTreeSet::new();
    for entry in entries {
        let entry = entry.map_err(|error| format!("{folder}: {error}"))?;
        if let Some(name) = entry.file_name().to_str().and_then(|name| name.strip_suffix(".md")) {
            names.insert(name.to_owned());
        }
    }
    Ok(names)
}

/// A page of the guide as HTML for a panel that has a title of its own: without the first heading, the others one level
/// lower and numbered (`guide-1`, ...), links as plain text.
///
/// # Errors
/// Markup, a picture, or an address elsewhere.
pub fn to_html(markdown: &str) -> Result<String, String> {
    let (mut events, mut in_title, mut headings) = (Vec::new(), false, 0);
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => in_title = true,
            Event::End(TagEnd::Heading(HeadingLevel::H1)) => in_title = false,
            Event::Start(Tag::Link { .. }) | Event::End(TagEnd::Link) => {}
            _ if in_title => {}
            Event::Html(markup) | Event::InlineHtml(markup) => return Err(format!("markup: {markup}")),
            Event::Start(Tag::Image { dest_url, .. }) => return Err(format!("a picture: {dest_url}")),
            Event::Start(Tag::Heading { level, classes, attrs, .. }) => {
                headings += 1;
                let id = Some(format!("guide-{headings}").into());
                events.push(Event::Start(Tag::Heading { level: lower(level), id, classes, attrs }));
            }
            Event::End(TagEnd::Heading(level)) => events.push(Event::End(TagEnd::Heading(lower(level)))),
            other => events.push(other),
        }
    }
    let mut page = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut page, events.into_iter());
    match ["http:", "https:", "//", "<script", "<img", "javascript:"]
        .iter()
        .find(|part| page.contains(**part))
    {
        Some(part) => Err(format!("an address or a program: {part}")),
        None => Ok(page),
    }
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}
