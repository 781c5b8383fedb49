//! Compiling the forms, and the time that it takes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::structs::{self, Form};

/// What the figures are.
pub const UNIT: &str = if cfg!(target_os = "linux") { "seconds of the compiler's time" } else { "seconds" };

/// How many of the kernel's ticks in `/proc/self/stat` make a second, on every Linux that Rust knows.
const TICKS: f64 = 100.0;

#[derive(Clone, Copy)]
pub enum Mode {
    Check,
    Build,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Build => "build",
        }
    }
}

/// A workspace of the crates, under the target folder.
pub struct Workshop {
    root: PathBuf,
}

impl Workshop {
    /// Writes the crates, and compiles what they depend on.
    pub fn new(entities: u32, fields: u32) -> Result<Self, String> {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("this package has no workspace")?;
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository.join("target"), PathBuf::from);
        let workshop = Workshop { root: target.join("derive-cost") };
        let members = Form::ALL.map(|form| format!("{:?}", form.name())).join(", ");
        workshop.write("Cargo.toml", &format!("[workspace]\nmembers = [{members}]\nresolver = \"3\"\n"))?;
        let lock = repository.join("Cargo.lock");
        fs::copy(&lock, workshop.root.join("Cargo.lock")).map_err(|error| format!("{}: {error}", lock.display()))?;
        for form in Form::ALL {
            let name = form.name();
            let manifest = format!(
                "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                 [dependencies]\nserde = {{ version = \"1\", features = [\"derive\"] }}\nvantage-live = {{ path = {:?} }}\n",
                repository.join("vantage-live").display().to_string()
            );
            workshop.write(&format!("{name}/Cargo.toml"), &manifest)?;
            workshop.write(&format!("{name}/src/lib.rs"), &structs::source(form, entities, fields))?;
        }
        for mode in [Mode::Check, Mode::Build] {
            workshop.compile(Form::Both, mode)?;
        }
        Ok(workshop)
    }

    /// Compiles one of the crates anew; its time in seconds.
    pub fn compile(&self, form: Form, mode: Mode) -> Result<f64, String> {
        let source = self.root.join(form.name()).join("src/lib.rs");
        let text = fs::read_to_string(&source).map_err(|error| format!("{}: {error}", source.display()))?;
        fs::write(&source, text).map_err(|error| format!("{}: {error}", source.display()))?;
        let (clock, before) = (Instant::now(), children());
        self.cargo(&[mode.name()], form)?;
        Ok(match (before, children()) {
            (Some(before), Some(after)) => after - before,
            _ => clock.elapsed().as_secs_f64(),
        })
    }

    /// How many lines the crate has once its macros are expanded.
    pub fn expanded_lines(&self, form: Form) -> Result<u32, String> {
        let expanded = self.cargo(&["rustc", "--lib", "--profile", "check"], form)?;
        let lines = expanded.lines().filter(|line| !line.trim().is_empty()).count();
        u32::try_from(lines).map_err(|error| error.to_string())
    }

    fn cargo(&self, arguments: &[&str], form: Form) -> Result<String, String> {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root).args(arguments).args(["--quiet", "--offline", "--package", form.name()]);
        command.env("CARGO_TARGET_DIR", self.root.join("target")).env("CARGO_INCREMENTAL", "0");
        if arguments[0] == "rustc" {
            // The stable compiler prints what macros expand to only if it is told that it is no stable one.
            command.args(["--", "-Zunpretty=expanded"]).env("RUSTC_BOOTSTRAP", "1");
        }
        let output = command.stdin(Stdio::null()).output().map_err(|error| format!("cargo: {error}"))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(format!("cargo {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr)))
        }
    }

    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let path = self.root.join(name);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(&path, text)).map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// The time in seconds that this process's ended children have used, user and system together.
fn children() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name in parentheses may have spaces; `cutime` and `cstime` are the 14th and 15th fields after it.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(13)? + ticks(14)?) / TICKS)
}
