//! The whole tool chain: build, bundle, serve, check, test, bench. Installs what is missing, says what it cannot.

mod bundle;
mod check;
mod coverage;
mod fuzz;
mod project;
mod serve;
mod site;
mod template;
mod test;
mod tools;
mod wasm;

use std::process::ExitCode;

use project::Project;

/// Everything here ends with a line that a person can act on.
type Result<T> = std::result::Result<T, String>;

const USAGE: &str = "\
cargo xtask COMMAND

  serve [--port N] [--fast]    build the page, serve it on this machine, print its address
  build [--fast]               build the static folder dist/ (any static host, any sub-path)
  bundle [--fast]              also build dist/strata.html, the single file that works by double click
  test [--native] [--fast] [--coverage]
                               every test: native, then a real browser on both builds; --native stops before the browser;
                               --coverage tells how many of the engine's lines the native tests run
  check                        formatting and lints
  fuzz [--seconds N] [--target NAME]
                               every fuzz target, or one, for N seconds (60)
  bench [OPTIONS...]           the benchmark in a browser: other engines, Parquet, start, journey; OPTIONS go to bench/run.mjs

--fast builds in less time and runs slower: for development.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let Some((command, options)) = arguments.split_first() else {
        return Err(USAGE.to_owned());
    };
    let project = Project::find()?;
    match command.as_str() {
        "build" => site::build(&project, speed(&Options::parse(options, &["--fast"], &[])?)).map(drop),
        "bundle" => bundle::build(&project, speed(&Options::parse(options, &["--fast"], &[])?)),
        "serve" => {
            let options = Options::parse(options, &["--fast"], &["--port"])?;
            let port = options.value("--port").map(parse_port).transpose()?;
            site::build(&project, speed(&options))?;
            serve::serve(&project.dist(), port)
        }
        "test" => {
            let options = Options::parse(options, &["--fast", "--native", "--coverage"], &[])?;
            test::run(&project, speed(&options), options.has("--native"), options.has("--coverage"))
        }
        "check" => Options::parse(options, &[], &[]).and_then(|_| check::run(&project)),
        "fuzz" => {
            let options = Options::parse(options, &[], &["--seconds", "--target"])?;
            let seconds = options.value("--seconds").map(parse_seconds).transpose()?;
            fuzz::run(&project, seconds, options.value("--target"))
        }
        "bench" => test::bench(&project, options),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(format!("`{other}` is not a command.\n\n{USAGE}")),
    }
}

fn speed(options: &Options) -> wasm::Speed {
    if options.has("--fast") { wasm::Speed::Fast } else { wasm::Speed::Release }
}

fn parse_port(text: &str) -> Result<u16> {
    text.parse().map_err(|_| format!("--port takes a number from 0 to 65535, not `{text}`"))
}

fn parse_seconds(text: &str) -> Result<u32> {
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0);
    seconds.ok_or_else(|| format!("--seconds takes a number from 1 up, not `{text}`"))
}

/// Options of one command: switches, and names followed by a value.
struct Options(Vec<(String, Option<String>)>);

impl Options {
    fn parse(arguments: &[String], switches: &[&str], valued: &[&str]) -> Result<Self> {
        let mut found = Vec::new();
        let mut rest = arguments.iter();
        while let Some(name) = rest.next() {
            let value = if valued.contains(&name.as_str()) {
                Some(rest.next().ok_or_else(|| format!("{name} needs a value"))?.clone())
            } else if switches.contains(&name.as_str()) {
                None
            } else {
                return Err(format!("`{name}` is not known here.\n\n{USAGE}"));
            };
            found.push((name.clone(), value));
        }
        Ok(Self(found))
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).and_then(|(_, value)| value.as_deref())
    }
}
