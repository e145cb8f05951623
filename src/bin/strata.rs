//! The command line: `strata run spec.json FILE...` prints the same JSON that the page and the module get.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use strata::engine::Engine;
use strata::engine::loader::Loader;
use strata::engine::request::Spec;
use strata::error::{Error, ErrorKind, Result};
use strata::ingest::detect::HEAD_BYTES;

const USAGE: &str = "\
strata: user-operations analytics

USAGE
    strata run SPEC FILE...   answers the request in SPEC (a JSON file, or - for standard input) about the files, which must
                              have the same columns, and prints the answer as JSON
    strata sample             prints the sample data as CSV

The request format is described in docs/requests.md.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let answer = match words.as_slice() {
        ["run", spec, files @ ..] if !files.is_empty() => {
            run(spec, files).map(|answer| (answer + "\n").into_bytes())
        }
        ["sample"] => Ok(strata::sample::csv()),
        ["help" | "--help" | "-h"] => Ok(USAGE.as_bytes().to_vec()),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match answer {
        // A closed pipe (`strata sample | head`) is not worth a message.
        Ok(bytes) if io::stdout().write_all(&bytes).is_ok() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(spec: &str, files: &[&str]) -> Result<String> {
    let text = if spec == "-" { io::read_to_string(io::stdin()) } else { std::fs::read_to_string(spec) };
    let spec = Spec::parse(&text.map_err(|error| unreadable(spec, &error))?)?;
    let sizes: Vec<u64> = files.iter().map(|path| size(path)).collect::<Result<_>>()?;
    let mut loader: Option<Loader> = None;
    for (path, &bytes) in files.iter().zip(&sizes) {
        let name = Path::new(path)
            .file_name()
            .map_or_else(|| (*path).to_owned(), |name| name.to_string_lossy().into_owned());
        let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
        let mut piece = vec![0; 1 << 22];
        let mut read = fill(&mut file, &mut piece, path)?;
        let loader = match &mut loader {
            Some(loader) => loader,
            none => {
                let head = piece.get(..read.min(HEAD_BYTES)).unwrap_or(&[]);
                none.insert(Loader::new(&name, sizes.iter().sum(), head, &spec.open, u64::MAX)?)
            }
        };
        loader.begin_file(&name, bytes);
        while read > 0 {
            loader.push(piece.get(..read).unwrap_or(&[]))?;
            read = fill(&mut file, &mut piece, path)?;
        }
        loader.end_file()?;
    }
    let mut engine = Engine::default();
    let loader = loader.ok_or_else(|| Error::new(ErrorKind::NothingOpen))?;
    engine.hold(loader.finish()?);
    engine.answer(&spec.query)
}

fn size(path: &str) -> Result<u64> {
    std::fs::metadata(path).map(|metadata| metadata.len()).map_err(|error| unreadable(path, &error))
}

/// Fills the buffer as far as the file goes.
fn fill(file: &mut File, buffer: &mut [u8], path: &str) -> Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest).map_err(|error| unreadable(path, &error))? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

fn unreadable(path: &str, error: &io::Error) -> Error {
    Error::new(ErrorKind::Unreadable).in_file(path).found(error)
}
