//! Installs what is missing. What cannot be installed gets one line that says what to install.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest as _, Sha256};

use crate::Result;
use crate::project::{Project, answer, read, run, write};

/// The target of everything that runs in the browser.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// `node --test --test-concurrency` came with 20.10.
const NODE_VERSION: (u32, u32) = (20, 10);

/// Adds the wasm target; rustup's own automatic installation may be switched off.
pub fn wasm_target(project: &Project) -> Result<()> {
    let libraries =
        answer(project.command("rustc").args(["--print", "target-libdir", "--target", WASM_TARGET]));
    if libraries.is_some_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    run(project.command("rustup").args(["target", "add", WASM_TARGET]))
        .map_err(|error| format!("The Rust target {WASM_TARGET} is missing; install it with rustup. {error}"))
}

/// Adds rustfmt and clippy.
pub fn lint_tools(project: &Project) -> Result<()> {
    let there = |name: &str| answer(project.command("cargo").args([name, "--version"])).is_some();
    if there("fmt") && there("clippy") {
        return Ok(());
    }
    run(project.command("rustup").args(["component", "add", "rustfmt", "clippy"]))
        .map_err(|error| format!("rustfmt or clippy is missing; install them with rustup. {error}"))
}

/// Installs the npm packages (wasm-opt, browser drivers) when the lock file has changed since the last time.
pub fn npm_packages(project: &Project) -> Result<()> {
    node(project)?;
    let lock = hash(&read(&project.root.join("package-lock.json"))?);
    let stamp = project.root.join("node_modules").join(".strata-lock");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    // Install scripts of the browser drivers would download browsers.
    run(project.command(npm).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
        .map_err(|error| format!("npm is needed for wasm-opt and the browser drivers. {error}"))?;
    write(&stamp, lock)
}

/// A Python with the packages that write files for the tests: a folder of its own in the build output. Without Python
/// those tests are skipped, and say so; where everything has to be tested, that is an error.
pub fn python(project: &Project) -> Result<Option<PathBuf>> {
    match foreign_python(project) {
        Ok(python) => Ok(Some(python)),
        Err(error) if std::env::var_os("CI").is_some() => Err(error),
        Err(error) => {
            println!("Tests with files that other programs write will be skipped. {error}");
            Ok(None)
        }
    }
}

fn foreign_python(project: &Project) -> Result<PathBuf> {
    let list = project.root.join("tests").join("formats").join("requirements.txt");
    let folder = project.scratch().join("python");
    let python = if cfg!(windows) { folder.join("Scripts/python.exe") } else { folder.join("bin/python") };
    let stamp = folder.join("requirements.sha256");
    let wanted = hash(&read(&list)?);
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    let base = ["python3", "python"].into_iter().find(|name| on_path(name).is_some());
    let base = base.ok_or("There is no Python 3: install it, with venv and pip.")?;
    let create = || run(project.command(base).args(["-m", "venv", "--clear"]).arg(&folder));
    // Debian keeps this module in a package of its own.
    create().or_else(|_| install(project, &["python3-venv"]).and_then(|()| create()))?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    run(project.command(&python).args(install).arg(&list))?;
    write(&stamp, wanted)?;
    Ok(python)
}

/// LibreOffice, which opens our exports as a spreadsheet does. Without it those tests are skipped, and say so; where
/// everything has to be tested, that is an error.
pub fn office(project: &Project) -> Result<Option<PathBuf>> {
    const PLACES: [&str; 2] =
        ["/usr/lib/libreoffice/program/soffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice"];
    let find = || program("SOFFICE", &["soffice", "libreoffice"], &PLACES);
    if let Some(office) = find() {
        return Ok(Some(office));
    }
    let error = match install(project, &["libreoffice-calc-nogui"]) {
        Ok(()) => "LibreOffice is installed, but there is no `soffice`; set SOFFICE to its path.".to_owned(),
        Err(error) => format!("There is no LibreOffice. {error}"),
    };
    match find() {
        Some(office) => Ok(Some(office)),
        None if std::env::var_os("CI").is_some() => Err(error),
        None => {
            println!("What spreadsheets make of exports is not tested. {error}");
            Ok(None)
        }
    }
}

/// Fails unless a usable Node.js is there.
pub fn node(project: &Project) -> Result<()> {
    let wanted = format!("Install Node.js {}.{} or newer, with npm.", NODE_VERSION.0, NODE_VERSION.1);
    let version = answer(project.command("node").arg("--version"))
        .ok_or_else(|| format!("There is no Node.js. {wanted}"))?;
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found >= NODE_VERSION { Ok(()) } else { Err(format!("Node.js {version} is too old. {wanted}")) }
}

/// The browsers that the tests drive.
pub struct Browsers {
    /// Required.
    pub chromium: PathBuf,
    /// The second engine; its tests are skipped, and say so, when it is not there.
    pub firefox: Option<PathBuf>,
}

/// Finds the browsers and a font with Chinese; installs what is missing when apt can.
pub fn browsers(project: &Project) -> Result<Browsers> {
    let mut missing = Vec::new();
    if chromium().is_none() {
        missing.push("chromium");
    }
    if firefox().is_none() {
        missing.push("firefox-esr");
    }
    if !has_chinese_font() {
        missing.push("fonts-noto-cjk");
    }
    if let Err(error) = install(project, &missing) {
        println!("Not installed: {}. {error}", missing.join(", "));
    }
    if !has_chinese_font() {
        println!(
            "There is no font with Chinese: install one (Debian: fonts-noto-cjk), or charts show boxes."
        );
    }
    let firefox = firefox();
    if firefox.is_none() {
        println!("There is no Firefox, so its tests will be skipped: install it or set FIREFOX to its path.");
    }
    let chromium = chromium().ok_or(
        "There is no Chromium: install it (Debian: chromium), or set CHROMIUM to the path of Chromium or Chrome.",
    )?;
    Ok(Browsers { chromium, firefox })
}

/// Installs Debian packages when apt is there and we may use it.
fn install(project: &Project, packages: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    if on_path("apt-get").is_none() {
        return Err("There is no apt-get here: install them with this system's package manager.".to_owned());
    }
    let is_root = answer(project.command("id").arg("-u")).is_some_and(|user| user == "0");
    let apt = |arguments: &[&str]| {
        let mut command = if is_root {
            project.command("apt-get")
        } else {
            let mut sudo = project.command("sudo");
            sudo.args(["-n", "apt-get"]);
            sudo
        };
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        run(&mut command)
    };
    // Lists may be absent or old on a new machine; an unreachable extra source must not stop the installation.
    if let Err(error) = apt(&["update"]) {
        println!("{error}; going on with the lists that are there");
    }
    let mut arguments = vec!["install", "-y", "--no-install-recommends"];
    arguments.extend_from_slice(packages);
    apt(&arguments).map_err(|error| format!("{error}; install them by hand."))
}

fn chromium() -> Option<PathBuf> {
    program(
        "CHROMIUM",
        &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "msedge"],
        &[
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
        ],
    )
}

fn firefox() -> Option<PathBuf> {
    program("FIREFOX", &["firefox", "firefox-esr"], &["/Applications/Firefox.app/Contents/MacOS/firefox"])
}

/// A program: where the environment says, else the first name on the path, else a usual place.
fn program(variable: &str, names: &[&str], places: &[&str]) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(variable).map(PathBuf::from) {
        return path.is_file().then_some(path);
    }
    let usual = || places.iter().map(PathBuf::from).find(|path| path.is_file());
    names.iter().find_map(|name| on_path(name)).or_else(usual)
}

fn on_path(name: &str) -> Option<PathBuf> {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(&name)).find(|path| path.is_file())
}

/// Only Linux images come without one.
fn has_chinese_font() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let listed = answer(Command::new("fc-list").arg(":lang=zh-cn").stdin(Stdio::null()));
    listed.is_some_and(|fonts| !fonts.is_empty())
}

/// The hash of some bytes, as hexadecimal text.
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
