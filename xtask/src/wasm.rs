//! Rust to wasm and its JavaScript glue: cargo, wasm-bindgen, wasm-opt.

use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::Result;
use crate::project::{Project, read, run, write};
use crate::tools::{self, WASM_TARGET};

/// The program that runs in the browser, and the name of what is made from it.
pub const PROGRAM: &str = "strata_app";

/// The program with the readers that most people never need; it is loaded when a file asks for it.
pub const READERS: &str = "strata_readers";

/// How long to build for how fast a result.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    /// Everything on: what users get.
    Release,
    /// No link-time optimisation, no wasm-opt: for development.
    Fast,
}

/// How the glue is loaded.
#[derive(Clone, Copy)]
pub enum Loading {
    /// An ES module.
    Module,
    /// A classic script that defines `wasm_bindgen`.
    Script,
}

/// What a browser runs.
pub struct Application {
    /// The JavaScript between the browser and the wasm.
    pub glue: String,
    /// The optimised wasm.
    pub wasm: Vec<u8>,
}

/// What cargo made: the inputs of [`application`].
pub struct Compiled {
    /// The page and its workers.
    pub program: PathBuf,
    /// The readers.
    pub readers: PathBuf,
}

/// Compiles both programs.
pub fn compile(project: &Project, speed: Speed) -> Result<Compiled> {
    tools::wasm_target(project)?;
    let profile = match speed {
        Speed::Release => "release",
        Speed::Fast => "fast",
    };
    project.cargo(&[
        "build",
        "--package",
        "strata-ui",
        "--bin",
        PROGRAM,
        "--package",
        "strata-formats",
        "--bin",
        READERS,
        "--target",
        WASM_TARGET,
        "--profile",
        profile,
    ])?;
    let made = |program: &str| project.target.join(WASM_TARGET).join(profile).join(format!("{program}.wasm"));
    Ok(Compiled { program: made(PROGRAM), readers: made(READERS) })
}

/// Makes glue and wasm for one way of loading.
pub fn application(
    project: &Project,
    compiled: &Path,
    speed: Speed,
    loading: Loading,
) -> Result<Application> {
    let mut bindgen = Bindgen::new();
    match loading {
        Loading::Module => bindgen.web(true),
        Loading::Script => bindgen.no_modules(true),
    }
    .map_err(|error| format!("wasm-bindgen: {error:#}"))?;
    // The boot script hands the compiled module over, so the glue needs no address of its own.
    bindgen
        .input_path(compiled)
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(std::env::var_os("STRATA_NAMES").is_none())
        .remove_producers_section(true);
    let mut output = bindgen.generate_output().map_err(|error| format!("wasm-bindgen: {error:#}"))?;
    let scripts = output.snippets().iter().filter(|(_, inline)| !inline.is_empty()).map(|(name, _)| name);
    let scripts: Vec<&String> = scripts.chain(output.local_modules().keys()).collect();
    if !scripts.is_empty() {
        return Err(format!("{scripts:?} bring JavaScript of their own, which the single file cannot hold."));
    }
    let glue = output.js().to_owned();
    let wasm = output.wasm_mut().emit_wasm();
    // Of the readers wasm-opt saves 4% (and nothing once they are packed), in minutes.
    let worth_it = compiled.file_stem().is_some_and(|name| name == std::ffi::OsStr::new(PROGRAM));
    let wasm = match speed {
        Speed::Release if worth_it => optimise(project, compiled, wasm)?,
        _ => wasm,
    };
    Ok(Application { glue, wasm })
}

/// Runs wasm-opt, or takes its last result for the same input: it needs longer than everything else here.
fn optimise(project: &Project, compiled: &Path, wasm: Vec<u8>) -> Result<Vec<u8>> {
    tools::npm_packages(project)?;
    let folder = project.scratch().join(compiled.file_stem().unwrap_or_default());
    let (input, output) = (folder.join("input.wasm"), folder.join("optimised.wasm"));
    let stamp = folder.join("optimised.sha256");
    let hash = tools::hash(&wasm);
    if std::fs::read_to_string(&stamp).is_ok_and(|last| last == hash) && output.is_file() {
        return read(&output);
    }
    write(&input, &wasm)?;
    // No feature flags: wasm-opt reads what the module itself says it uses, and browsers refuse more.
    run(project
        .command(project.npm_program("wasm-opt"))
        .arg("-O3")
        .args(std::env::var_os("STRATA_NAMES").map(|_| "-g"))
        .arg(&input)
        .arg("-o")
        .arg(&output))?;
    write(&stamp, hash)?;
    read(&output)
}
