//! Builds the explorer: `cargo run -p collapsar-explorer-build` in `explorer/`.
//!
//! The library is compiled for the browser, its glue written, and everything put into one file,
//! `target/explorer/collapsar.html`, which asks no server for anything.

mod page;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs, io};

use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";
/// What `wasm_bindgen` calls the glue that needs no modules.
const NAME: &str = "collapsar_explorer";

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
enum BuildError {
    #[error("{path}: {error}")]
    File { path: PathBuf, error: io::Error },
    #[error("cargo could not compile the library for {TARGET}; `rustup target add {TARGET}` adds it")]
    Compile,
    #[error("the glue cannot be written: {0}")]
    Glue(String),
    #[error("index.html names {0}, which is not there")]
    Missing(String),
}

fn main() -> ExitCode {
    match build() {
        Ok(path) => {
            println!("{}", path.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<PathBuf, BuildError> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned();
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut compile = Command::new(cargo);
    compile.current_dir(&root).args(["build", "--release", "--locked", "--lib", "--target", TARGET]);
    compile.arg("--target-dir").arg(&target);
    // Two numbers at a time, as all browsers do since 2023.
    compile.arg("--config").arg(format!("target.{TARGET}.rustflags = [\"-Ctarget-feature=+simd128\"]"));
    if !compile.status().is_ok_and(|status| status.success()) {
        return Err(BuildError::Compile);
    }
    let library = target.join(TARGET).join("release").join(NAME).with_extension("wasm");
    let glue = |error: &dyn std::fmt::Display| BuildError::Glue(error.to_string());
    let mut bindgen = Bindgen::new();
    let bindgen = bindgen.input_path(&library).no_modules(true).map_err(|error| glue(&error))?;
    let bindgen = bindgen.typescript(false).remove_name_section(true).remove_producers_section(true);
    let mut output = bindgen.generate_output().map_err(|error| glue(&error))?;
    let script = output.js().to_owned();
    let module = output.wasm_mut().emit_wasm();
    let text = page::page(&root.join("page"), &script, &module)?;
    let folder = target.join("explorer");
    let path = folder.join("collapsar.html");
    fs::create_dir_all(&folder).map_err(|error| BuildError::File { path: folder.clone(), error })?;
    fs::write(&path, text).map_err(|error| BuildError::File { path: path.clone(), error })?;
    Ok(path)
}
