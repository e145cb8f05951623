//! Formatting and lints, for this machine and for the browser.

use crate::Result;
use crate::project::Project;
use crate::tools::{self, WASM_TARGET};
use crate::wasm::{PROGRAM, READERS};

/// Runs all checks; the first that fails ends it.
pub fn run(project: &Project) -> Result<()> {
    tools::lint_tools(project)?;
    tools::wasm_target(project)?;
    project.cargo(&["fmt", "--all", "--check"])?;
    project.cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    let browser = [
        "clippy",
        "--package",
        "strata-core",
        "--package",
        "strata",
        "--package",
        "strata-ui",
        "--package",
        "strata-formats",
        "--lib",
        "--bin",
        PROGRAM,
        "--bin",
        READERS,
        "--target",
        WASM_TARGET,
        "--",
        "-D",
        "warnings",
    ];
    project.cargo(&browser)
}
