//! The fuzz targets, each for a bounded time, with cargo-fuzz, which is installed when missing.

use std::path::Path;

use crate::Result;
use crate::project::{Project, answer, run as run_command};

/// Seconds that each target runs unless told otherwise.
const SECONDS: u32 = 60;

/// What one input may take before it counts as a fault: seconds, and megabytes of memory.
const TIMEOUT: u32 = 25;
const MEMORY: u32 = 2048;

/// The largest input: beyond it libFuzzer finds the same things more slowly.
const LONGEST: u32 = 16_384;

/// Runs one target or all; every one that finds something is named at the end, with the place of its input.
pub fn run(project: &Project, seconds: Option<u32>, only: Option<&str>) -> Result<()> {
    let folder = project.root.join("fuzz");
    let targets = targets(&folder)?;
    let chosen: Vec<&String> = targets.iter().filter(|name| only.is_none_or(|only| only == *name)).collect();
    if chosen.is_empty() {
        return Err(format!("There is no such target. There are: {}.", targets.join(", ")));
    }
    install(project)?;
    run_command(&mut cargo_fuzz(project, "build"))?;
    let mut failed = Vec::new();
    for name in chosen {
        let scratch = project.scratch().join("fuzz").join(name);
        let (corpus, artifacts) = (scratch.join("corpus"), scratch.join("found"));
        for folder in [&corpus, &artifacts] {
            std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let mut command = cargo_fuzz(project, "run");
        // What is new goes to the first folder, outside the project; the committed inputs stay as they are.
        command.arg(name).arg(&corpus).arg(folder.join("seeds").join(name));
        command.arg("--").arg(format!("-artifact_prefix={}/", artifacts.display()));
        command.arg(format!("-max_total_time={}", seconds.unwrap_or(SECONDS)));
        command.arg(format!("-timeout={TIMEOUT}")).arg(format!("-rss_limit_mb={MEMORY}"));
        command.arg(format!("-max_len={LONGEST}")).arg("-print_final_stats=1");
        if let Err(error) = run_command(&mut command) {
            failed.push(format!("{error}\nIts input is in {}.", artifacts.display()));
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}

/// The targets, by name: a file each.
fn targets(folder: &Path) -> Result<Vec<String>> {
    let folder = folder.join("targets");
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let stem = |entry: std::fs::DirEntry| Some(entry.path().file_stem()?.to_string_lossy().into_owned());
    let mut names: Vec<String> = entries.flatten().filter_map(stem).collect();
    names.sort();
    Ok(names)
}

/// A command of cargo-fuzz. Our code has no `unsafe` for a sanitizer to watch, and without one the usual compiler will do.
fn cargo_fuzz(project: &Project, command: &str) -> std::process::Command {
    let mut fuzz = project.command("cargo");
    fuzz.args(["fuzz", command, "--sanitizer", "none", "--fuzz-dir"]).arg(project.root.join("fuzz"));
    fuzz.arg("--target-dir").arg(project.target.join("fuzz"));
    fuzz
}

fn install(project: &Project) -> Result<()> {
    if answer(project.command("cargo").args(["fuzz", "--version"])).is_some() {
        return Ok(());
    }
    run_command(project.command("cargo").args(["install", "cargo-fuzz"])).map_err(|error| {
        format!("Fuzzing needs cargo-fuzz; install it with `cargo install cargo-fuzz`. {error}")
    })
}
