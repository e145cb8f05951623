//! The command line: `strata run spec.json FILE...` prints the same JSON that the page and the module get.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::ExitCode;

use strata::engine::Engine;
use strata::engine::loader::{Loader, MOST_READINGS, SecondThoughts};
use strata::engine::request::{OpenOptions, Spec};
use strata::error::{Error, ErrorKind, Result};
use strata::ingest::detect::HEAD_BYTES;
#[cfg(not(target_arch = "wasm32"))]
use strata::ingest::encoding::Native;
#[cfg(target_arch = "wasm32")]
use strata::ingest::encoding::Unicode as Native;
use strata::privacy::pseudonym::Passphrase;

const USAGE: &str = "\
strata: user-operations analytics

USAGE
    strata run SPEC FILE...   answers the request in SPEC (a JSON file, or - for standard input) about the files, which must
                              have the same columns, and prints the answer as JSON
    strata list SPEC FILE...  writes the list of users that SPEC wants (`users` with `save`) to standard output, as CSV or as an
                              Excel workbook; the passphrase for pseudonyms is taken from the environment (STRATA_PASSPHRASE)
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
        ["list", spec, files @ ..] if !files.is_empty() => list(spec, files),
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
    let (mut engine, spec) = open(spec, files)?;
    engine.answer_in_zone(&spec.query)
}

fn list(spec: &str, files: &[&str]) -> Result<Vec<u8>> {
    let passphrase =
        std::env::var("STRATA_PASSPHRASE").ok().map(|text| Passphrase::new(&text)).transpose()?;
    let (engine, spec) = open(spec, files)?;
    engine.list_file(&spec.query, passphrase.as_ref())
}

/// Reads a specification, and the files as it says.
fn open(spec: &str, files: &[&str]) -> Result<(Engine, Spec)> {
    let text = if spec == "-" { io::read_to_string(io::stdin()) } else { std::fs::read_to_string(spec) };
    let spec = Spec::parse(&text.map_err(|error| unreadable(spec, &error))?)?;
    let sizes: Vec<u64> = files.iter().map(|path| size(path)).collect::<Result<_>>()?;
    let mut loader = read(files, &sizes, &spec.open)?;
    let mut told = Vec::new();
    for _ in 1..MOST_READINGS {
        let Some(SecondThoughts { options, notices }) = loader.second_thoughts() else { break };
        told.extend(notices);
        loader = read(files, &sizes, &options)?;
    }
    let mut engine = Engine::default();
    engine.hold(loader.with_notices(told).finish()?);
    Ok((engine, spec))
}

/// Reads all files in one lane.
fn read(files: &[&str], sizes: &[u64], options: &OpenOptions) -> Result<Loader> {
    let mut loader = Loader::new(sizes.iter().sum(), options, u64::MAX)?;
    let mut opened: Vec<File> = Vec::new();
    for (path, &bytes) in files.iter().zip(sizes) {
        let name = Path::new(path)
            .file_name()
            .map_or_else(|| (*path).to_owned(), |name| name.to_string_lossy().into_owned());
        let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
        let head = piece(&mut file, 0, HEAD_BYTES as u64).map_err(|error| unreadable(path, &error))?;
        loader.add_file(&name, bytes, &head, &Native)?;
        opened.push(file);
    }
    loader.read_all(&Native, |file, place, size| {
        let path = files.get(file).copied().unwrap_or_default();
        let file = opened.get_mut(file).ok_or_else(|| Error::new(ErrorKind::NothingOpen))?;
        piece(file, place, size).map_err(|error| unreadable(path, &error))
    })?;
    Ok(loader)
}

fn size(path: &str) -> Result<u64> {
    std::fs::metadata(path).map(|metadata| metadata.len()).map_err(|error| unreadable(path, &error))
}

/// Some bytes of a file, fewer where it ends.
fn piece(file: &mut File, place: u64, size: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(place))?;
    file.take(size).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(path: &str, error: &io::Error) -> Error {
    Error::new(ErrorKind::Unreadable).in_file(path).found(error)
}
