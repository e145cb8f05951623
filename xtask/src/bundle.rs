//! `dist/strata.html`: the whole application in one file that works by double click, without any server.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use crate::Result;
use crate::project::{Project, read_text, write};
use crate::site;
use crate::template::{self, Values};
use crate::wasm::{self, Loading, Speed};

/// Builds `dist/` and the single file in it.
pub fn build(project: &Project, speed: Speed) -> Result<()> {
    let compiled = site::build(project, speed)?;
    let application = wasm::application(project, &compiled.program, speed, Loading::Script)?;
    let readers = wasm::application(project, &compiled.readers, speed, Loading::Script)?;
    let boot = read_text(&project.root.join("src").join("module").join("single.js"))?;
    let styles = inline_styles(&site::styles(project)?)?;
    let (glue, boot) = (inline_script("the glue", &application.glue)?, inline_script("single.js", &boot)?);

    let mut values = template::phrases(project)?;
    values.insert("policy".to_owned(), policy(&[&glue, &boot]));
    values.insert("styles".to_owned(), styles);
    values.insert("head".to_owned(), String::new());
    let readers_glue = inline_script("the readers' glue", &readers.glue)?;
    let programs = [("strata-wasm", &application.wasm), ("strata-readers-wasm", &readers.wasm)];
    let data = programs.map(|(id, wasm)| Ok(data(id, &STANDARD.encode(site::gzip(wasm)?))));
    let mut data = data.into_iter().collect::<Result<Vec<_>>>()?;
    // The page never runs it: it is the text of a worker.
    data.push(self::data("strata-readers-glue", &readers_glue));
    values.insert("scripts".to_owned(), scripts(&data, &glue, &boot));
    let page = fill(project, &values)?;
    write(&project.dist().join("strata.html"), &page)?;
    println!("dist/strata.html: {} bytes", page.len());
    Ok(())
}

fn fill(project: &Project, values: &Values) -> Result<String> {
    let page = read_text(&project.root.join("index.html"))?;
    template::fill(&page, values).map_err(|error| format!("index.html: {error}"))
}

/// Only these very scripts run, and no connection is allowed at all.
fn policy(scripts: &[&str]) -> String {
    let hashes: Vec<String> =
        scripts.iter().map(|text| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))).collect();
    format!(
        "default-src 'none'; script-src {} 'wasm-unsafe-eval'; worker-src blob:; style-src 'unsafe-inline'; \
         img-src data: blob:; connect-src 'none'; base-uri 'none'; form-action 'none'",
        hashes.join(" ")
    )
}

/// An element whose text is data and no script.
fn data(id: &str, text: &str) -> String {
    format!("<script type=\"application/octet-stream\" id=\"{id}\">{text}</script>")
}

fn scripts(data: &[String], glue: &str, boot: &str) -> String {
    format!("{}\n<script id=\"strata-glue\">{glue}</script>\n<script>{boot}</script>", data.join("\n"))
}

/// A script's text as the browser will see and hash it.
fn inline_script(name: &str, text: &str) -> Result<String> {
    let text = text.replace("\r\n", "\n");
    let lower = text.to_lowercase();
    // The first ends the element early, the second keeps it from ending.
    for forbidden in ["</script", "<!--"] {
        if lower.contains(forbidden) {
            return Err(format!("{name} contains `{forbidden}` and cannot stand inside a page"));
        }
    }
    Ok(text)
}

fn inline_styles(styles: &[(String, String)]) -> Result<String> {
    let mut elements = Vec::new();
    for (name, text) in styles {
        let lower = text.to_lowercase();
        let refers = lower.replace("url(data:", "").replace("url(\"data:", "").replace("url('data:", "");
        for forbidden in ["</style", "@import", "url("] {
            if refers.contains(forbidden) {
                return Err(format!(
                    "style/{name} contains `{forbidden}`: the single file has nothing to load from"
                ));
            }
        }
        elements.push(format!("<style>\n{text}</style>"));
    }
    Ok(elements.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_would_end_early_is_refused() {
        assert!(inline_script("x", "let a = 1 < 2;").is_ok());
        assert!(inline_script("x", "let a = '</SCRIPT>';").is_err());
        assert!(inline_script("x", "// <!-- ").is_err());
    }

    #[test]
    fn styles_may_refer_to_nothing_outside() {
        let style = |text: &str| inline_styles(&[("a.css".to_owned(), text.to_owned())]);
        assert!(style("a { background: url(data:image/png;base64,) }").is_ok());
        assert!(style("a { background: url(a.png) }").is_err());
        assert!(style("@import 'b.css';").is_err());
    }

    #[test]
    fn the_policy_names_the_scripts_by_hash() {
        // The hash of the empty text is well known.
        let expected = "script-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'wasm-unsafe-eval'";
        assert!(policy(&[""]).contains(expected));
    }
}
