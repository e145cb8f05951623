//! Every test, and the benchmark: what runs in a browser is driven by Node.js.

use std::ffi::OsString;

use crate::project::{Project, cargo, run as run_command};
use crate::tools::{self, Browsers};
use crate::wasm::Speed;
use crate::{Result, bundle, coverage, site};

/// Runs the native tests, then builds both pages and runs the browser tests on them.
pub fn run(project: &Project, speed: Speed, only_native: bool, coverage: bool) -> Result<()> {
    if only_native {
        // One native test reads the files of an npm package; without Node.js it is skipped, and says so.
        if let Err(error) = tools::npm_packages(project) {
            if std::env::var_os("CI").is_some() {
                return Err(error);
            }
            println!("{error}");
        }
        return native(project, coverage);
    }
    // Installing comes first: what is missing should be known before half an hour of work.
    tools::npm_packages(project)?;
    let browsers = tools::browsers(project)?;
    native(project, coverage)?;
    bundle::build(project, speed)?;
    in_browsers(project, &browsers)
}

/// Builds what users get and measures it; the arguments go to the benchmark.
pub fn bench(project: &Project, arguments: &[String]) -> Result<()> {
    tools::npm_packages(project)?;
    let browsers = tools::browsers(project)?;
    site::build(project, Speed::Release)?;
    let mut command = project.command("node");
    command.arg("bench/run.mjs").args(arguments).env("CHROMIUM", &browsers.chromium);
    run_command(&mut command)
}

fn native(project: &Project, coverage: bool) -> Result<()> {
    let python = tools::python(project)?;
    let counted = if coverage { coverage::tests(project) } else { None };
    let is_counted = counted.is_some();
    let mut command = counted.unwrap_or_else(|| {
        let mut command = project.command(cargo());
        command.args(["test", "--workspace"]);
        command
    });
    if let Some(python) = python {
        command.env("STRATA_FOREIGN", python);
        if let Some(office) = tools::office(project)? {
            command.env("STRATA_OFFICE", office);
        }
    }
    run_command(&mut command)?;
    if !is_counted {
        return Ok(());
    }
    coverage::report(project)?;
    project.cargo(&["test", "--package", "xtask"])
}

fn in_browsers(project: &Project, browsers: &Browsers) -> Result<()> {
    let mut command = project.command("node");
    // One at a time: browsers that share two cores time out, and screenshots of one disturb the other.
    command.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]).args(browser_tests(project)?);
    command.env("CHROMIUM", &browsers.chromium);
    if let Some(firefox) = &browsers.firefox {
        command.env("FIREFOX", firefox);
    }
    if let Some(python) = tools::python(project)? {
        command.env("STRATA_FOREIGN", python);
    }
    run_command(&mut command)
}

fn browser_tests(project: &Project) -> Result<Vec<OsString>> {
    let folder = project.root.join("tests").join("browser");
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let paths = entries.flatten().map(|entry| entry.path());
    let mut tests: Vec<OsString> =
        paths.map(OsString::from).filter(|path| path.to_string_lossy().ends_with(".test.mjs")).collect();
    tests.sort();
    if tests.is_empty() { Err(format!("{}: there is no test", folder.display())) } else { Ok(tests) }
}
