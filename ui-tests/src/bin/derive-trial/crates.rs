//! Copies of the crates under the target folder, each with this library among its dependencies.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Where the copies are.
pub struct Workshop {
    root: PathBuf,
}

impl Workshop {
    /// Has cargo load the crates, and copies them.
    pub fn new(crates: &[String]) -> Result<Self, String> {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("this package has no workspace")?;
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository.join("target"), PathBuf::from);
        let workshop = Self { root: target.join("derive-trial") };
        let live = repository.join("vantage-live").display().to_string();
        for name in crates {
            let (name, version) = name.split_once('@').ok_or_else(|| format!("{name} is no NAME@VERSION"))?;
            let loader = workshop.root.join("loader");
            let manifest = format!(
                "[package]\nname = \"loader\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
                 [dependencies]\n{name} = \"={version}\"\n"
            );
            write(&loader.join("Cargo.toml"), &manifest)?;
            write(&loader.join("src/lib.rs"), "")?;
            let source = source_of(&cargo(&loader, &["metadata", "--format-version", "1"])?.0, name)?;
            let copy = workshop.folder(&format!("{name}@{version}"));
            let _ = fs::remove_dir_all(&copy);
            copy_folder(&source, &copy)?;
            let manifest = copy.join("Cargo.toml");
            let text = read(&manifest)?;
            let added = format!("{text}\n[workspace]\n\n[dependencies.vantage-live]\npath = {live:?}\n");
            write(&manifest, &added)?;
        }
        Ok(workshop)
    }

    /// Where the crate of that name and version lies.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.root.join(name.replace('@', "-"))
    }

    /// The errors that the compiler finds in the crate as it lies there.
    pub fn check(&self, name: &str) -> Result<Vec<Value>, String> {
        let (output, whole) = cargo(&self.folder(name), &["check", "--lib", "--quiet", "--message-format", "json"])?;
        let messages: Vec<Value> = output
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|line| line["reason"] == "compiler-message" && line["message"]["level"] == "error")
            .map(|mut line| line["message"].take())
            .collect();
        if messages.is_empty() && !whole.is_empty() {
            return Err(format!("{name}: {whole}"));
        }
        Ok(messages)
    }
}

/// What cargo prints in `folder`, and what it complains of where it fails.
fn cargo(folder: &Path, arguments: &[&str]) -> Result<(String, String), String> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let target = folder.parent().unwrap_or(folder).join("target");
    command.current_dir(folder).args(arguments).env("CARGO_TARGET_DIR", target).stdin(Stdio::null());
    let output = command.output().map_err(|error| format!("cargo: {error}"))?;
    let complaint = if output.status.success() { "" } else { &*String::from_utf8_lossy(&output.stderr) };
    Ok((String::from_utf8_lossy(&output.stdout).into_owned(), complaint.to_owned()))
}

/// The folder of a package, by cargo's metadata.
fn source_of(metadata: &str, name: &str) -> Result<PathBuf, String> {
    let metadata: Value =
        serde_json::from_str(metadata).map_err(|error| format!("{name} is not to be had: {error}"))?;
    let packages = metadata["packages"].as_array().ok_or("cargo's metadata has no packages")?;
    let manifest = packages.iter().find(|package| package["name"] == name).and_then(|it| it["manifest_path"].as_str());
    let folder = manifest.and_then(|manifest| Path::new(manifest).parent());
    folder.map(Path::to_owned).ok_or_else(|| format!("{name} is not among its own packages"))
}

/// Copies all but what is hidden: settings of cargo's that are none of a crate's users'.
fn copy_folder(from: &Path, to: &Path) -> Result<(), String> {
    for entry in fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))? {
        let entry = entry.map_err(|error| error.to_string())?;
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if source.is_dir() {
            copy_folder(&source, &copy)?;
        } else {
            fs::create_dir_all(to).map_err(|error| format!("{}: {error}", to.display()))?;
            fs::copy(&source, &copy).map_err(|error| format!("{}: {error}", source.display()))?;
        }
    }
    Ok(())
}

pub fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

pub fn write(path: &Path, text: &str) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
