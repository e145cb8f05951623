//! The static folder `dist/`: relative links only, so that it works under any path of any static host.

use std::io::Write as _;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};

use crate::Result;
use crate::project::{Project, read_text, write};
use crate::template::{self, Values};
use crate::tools;
use crate::wasm::{self, Application, Compiled, Loading, PROGRAM, READERS, Speed};

/// Nothing may leave: the page can load its own files and reach nothing else. Workers start from a Blob only, because one
/// loaded from an address would not inherit this policy. Charts and text measuring need inline styles.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/// The order in which style sheets build on one another; others follow by name, and paper has the last word.
const STYLE_ORDER: [&str; 14] = [
    "tokens.css",
    "base.css",
    "layout.css",
    "components.css",
    "controls.css",
    "pickers.css",
    "dialogs.css",
    "table.css",
    "chart.css",
    "navigation.css",
    "scope.css",
    "start.css",
    "files.css",
    "ledger.css",
];
const STYLE_LAST: &str = "print.css";

/// The boot scripts and the module's types, as they lie in `src/module/`.
const BOOT_FILES: [&str; 4] = ["start.js", "boot.js", "strata.js", "strata.d.ts"];

/// Builds `dist/`; returns the compiled programs for [`crate::bundle`].
pub fn build(project: &Project, speed: Speed) -> Result<Compiled> {
    let compiled = wasm::compile(project, speed)?;
    let application = wasm::application(project, &compiled.program, speed, Loading::Module)?;
    let readers = wasm::application(project, &compiled.readers, speed, Loading::Module)?;
    let files = files(project, &application, &readers)?;
    let dist = project.dist();
    if dist.is_dir() {
        std::fs::remove_dir_all(&dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    }
    for (name, bytes) in &files {
        write(&dist.join(name), bytes)?;
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let list = serde_json::to_string_pretty(&names).map_err(|error| error.to_string())?;
    write(&dist.join("files.json"), list + "\n")?;
    print_size(&format!("dist/{PROGRAM}_bg.wasm"), &application.wasm)?;
    print_size(&format!("dist/{READERS}_bg.wasm"), &readers.wasm)?;
    Ok(compiled)
}

/// Everything the page is made of: name and content.
fn files(
    project: &Project,
    application: &Application,
    readers: &Application,
) -> Result<Vec<(String, Vec<u8>)>> {
    let styles = styles(project)?;
    let sources = project.root.join("src").join("module");
    let mut boot = Vec::new();
    for name in BOOT_FILES {
        boot.push((name, read_text(&sources.join(name))?));
    }
    let page = read_text(&project.root.join("index.html"))?;
    let version = version(&page, &[application, readers], &boot, &styles);

    let mut values = Values::from([("version".to_owned(), version.clone())]);
    let mut files = Vec::new();
    for (name, text) in boot {
        let text = template::fill(&text, &values).map_err(|error| format!("src/module/{name}: {error}"))?;
        files.push((name.to_owned(), text.into_bytes()));
    }
    let links =
        styles.iter().map(|(name, _)| format!("<link rel=\"stylesheet\" href=\"style/{name}?v={version}\">"));
    values.extend(template::phrases(project)?);
    values.insert("policy".to_owned(), POLICY.to_owned());
    values.insert("styles".to_owned(), links.collect::<Vec<_>>().join("\n"));
    values.insert("head".to_owned(), preloads(&version));
    values.insert("scripts".to_owned(), String::new());
    let page = template::fill(&page, &values).map_err(|error| format!("index.html: {error}"))?;

    files.push(("index.html".to_owned(), page.into_bytes()));
    for (program, application) in [(PROGRAM, application), (READERS, readers)] {
        files.push((format!("{program}.js"), application.glue.clone().into_bytes()));
        files.push((format!("{program}_bg.wasm"), application.wasm.clone()));
    }
    files.extend(styles.into_iter().map(|(name, text)| (format!("style/{name}"), text.into_bytes())));
    files.sort();
    Ok(files)
}

/// Loads everything at once instead of one after the other found out.
fn preloads(version: &str) -> String {
    format!(
        "<link rel=\"preload\" href=\"{PROGRAM}_bg.wasm?v={version}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n\
         <link rel=\"modulepreload\" href=\"{PROGRAM}.js?v={version}\">\n\
         <link rel=\"modulepreload\" href=\"start.js?v={version}\">\n\
         <script type=\"module\" src=\"boot.js?v={version}\"></script>"
    )
}

/// Names what belongs together: a cached file of another build is never mixed in.
fn version(
    page: &str,
    applications: &[&Application],
    boot: &[(&str, String)],
    styles: &[(String, String)],
) -> String {
    let mut all = page.as_bytes().to_vec();
    for application in applications {
        all.extend_from_slice(application.glue.as_bytes());
        all.extend_from_slice(&application.wasm);
    }
    boot.iter().for_each(|(_, text)| all.extend_from_slice(text.as_bytes()));
    styles.iter().for_each(|(_, text)| all.extend_from_slice(text.as_bytes()));
    tools::hash(&all).chars().take(12).collect()
}

/// The style sheets in the order in which they are applied: name and text.
pub fn styles(project: &Project) -> Result<Vec<(String, String)>> {
    let folder = project.root.join("style");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        return Ok(Vec::new());
    };
    let mut styles = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| format!("{}: {error}", folder.display()))?.path();
        if let (Some("css"), Some(name)) = (extension(&path), path.file_name().and_then(|name| name.to_str()))
        {
            styles.push((name.to_owned(), read_text(&path)?));
        }
    }
    let rank = |name: &str| STYLE_ORDER.iter().position(|known| *known == name).unwrap_or(STYLE_ORDER.len());
    styles.sort_by(|(a, _), (b, _)| (a == STYLE_LAST, rank(a), a).cmp(&(b == STYLE_LAST, rank(b), b)));
    Ok(styles)
}

/// A file name's ending.
pub fn extension(path: &Path) -> Option<&str> {
    path.extension().and_then(|ending| ending.to_str())
}

/// What gzip makes of some bytes, at its best.
pub fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(|error| format!("gzip: {error}"))
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &parameters)
        .map_err(|error| format!("brotli: {error}"))?;
    Ok(packed)
}

/// Prints how large a file is on disk and as hosts send it.
pub fn print_size(name: &str, bytes: &[u8]) -> Result<()> {
    let (gzip, brotli) = (gzip(bytes)?.len(), brotli(bytes)?.len());
    println!("{name}: {} bytes, {gzip} gzip, {brotli} brotli", bytes.len());
    Ok(())
}
