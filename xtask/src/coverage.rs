//! How many lines of the engine the native tests run, with cargo-llvm-cov, which is installed when missing.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::Result;
use crate::project::{Project, answer, run as run_command};

/// The engine: the folders of `src/` that decide what a number is.
const ROOMS: [&str; 7] = ["analysis", "dataset", "engine", "ingest", "model", "segment", "table"];

/// The least share of the engine's lines, in percent.
const LEAST: f64 = 90.0;

/// The native tests but those of this tool, instrumented; nothing, said aloud, where the tools for that cannot be had.
pub fn tests(project: &Project) -> Option<Command> {
    if let Err(error) = prepare(project) {
        println!("Lines that the tests run are not counted: {error}");
        return None;
    }
    // What an earlier run has counted is not to be counted again.
    let _ = run_command(project.command("cargo").args(["llvm-cov", "clean", "--profraw-only"]));
    let mut command = project.command("cargo");
    command.args(["llvm-cov", "test", "--workspace", "--exclude", "xtask", "--no-report"]);
    Some(command)
}

/// Installs what is missing.
fn prepare(project: &Project) -> Result<()> {
    if answer(project.command("cargo").args(["llvm-cov", "--version"])).is_none() {
        run_command(project.command("cargo").args(["install", "cargo-llvm-cov", "--locked"]))?;
    }
    // The tool chain's own programs that read the counters; rustup may be absent, and they be there all the same.
    if !has_readers(project) {
        run_command(project.command("rustup").args(["component", "add", "llvm-tools"]))?;
    }
    Ok(())
}

/// Whether the tool chain has the programs that read the counters.
fn has_readers(project: &Project) -> bool {
    let libraries = answer(project.command("rustc").args(["--print", "target-libdir"]));
    let programs = libraries
        .as_deref()
        .and_then(|libraries| Path::new(libraries.trim()).parent().map(|host| host.join("bin")));
    let file = format!("llvm-profdata{}", std::env::consts::EXE_SUFFIX);
    programs.is_some_and(|programs| programs.join(file).is_file())
}

/// Prints what the tests have run, room by room.
///
/// # Errors
/// Less than [`LEAST`] of the engine's lines.
pub fn report(project: &Project) -> Result<()> {
    let path = project.target.join("coverage.json");
    let mut command = project.command("cargo");
    command
        .args(["llvm-cov", "report", "--workspace", "--json", "--summary-only", "--output-path"])
        .arg(&path);
    run_command(&mut command)?;
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let report: Value =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut rooms: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for file in report.pointer("/data/0/files").and_then(Value::as_array).into_iter().flatten() {
        let name = file.get("filename").and_then(Value::as_str).unwrap_or_default().replace('\\', "/");
        // One package takes its rooms from beside itself: `src/core/../analysis`.
        let Some((_, inside)) = name.rsplit_once("/src/") else { continue };
        let inside = inside.strip_prefix("core/../").unwrap_or(inside);
        let Some(room) = ROOMS.into_iter().find(|room| inside.starts_with(&format!("{room}/"))) else {
            continue;
        };
        let number = |key: &str| file.pointer(&format!("/summary/lines/{key}")).and_then(Value::as_u64);
        let (lines, covered) = rooms.entry(room).or_default();
        *lines += number("count").unwrap_or(0);
        *covered += number("covered").unwrap_or(0);
    }
    let (lines, covered) = rooms.values().fold((0, 0), |sum, room| (sum.0 + room.0, sum.1 + room.1));
    println!("Lines that the native tests run:");
    for (room, (lines, covered)) in &rooms {
        println!("  {room:<9} {:>6} of {lines:>6}  {:.1}%", covered, percent(*covered, *lines));
    }
    let share = percent(covered, lines);
    println!("  {:<9} {covered:>6} of {lines:>6}  {share:.1}%", "engine");
    if share >= LEAST {
        return Ok(());
    }
    Err(format!("The native tests run {share:.1}% of the engine's lines; {LEAST}% is the least."))
}

fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 * 100.0 }
}
