//! `tutela doctor`: whether this machine and folder are fit for work. It changes nothing that it does not remove again.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Serialize;
use serde_json::json;
use tutela_model::Zone;
use tutela_outputs::shown::plain;

use crate::columns::write_columns;
use crate::ending::Exit;
use crate::operation;
use crate::run::{Format, Run, width};
use crate::talk::{path_text, phrase};

/// Options of `doctor`.
#[derive(clap::Args, Debug)]
pub struct Args {}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    state: State,
    found: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    Warning,
    Failed,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
        }
    }
}

/// Runs the verb.
pub fn run(run: &Run, _: &Args) -> anyhow::Result<Exit> {
    let folder = operation::folder(run).unwrap_or_else(|_| PathBuf::from("."));
    let checks = [
        program(),
        features(),
        writable(&folder),
        free_space(&folder),
        zones(),
        clock(),
        Check { name: "threads", state: State::Ok, found: run.jobs.to_string() },
        officer(run),
        key(run),
        openssl(),
    ];
    match run.format {
        Format::Text => run.data(|out| {
            let rows: Vec<Vec<String>> = checks
                .iter()
                .map(|check| vec![check.name.to_owned(), check.state.word().to_owned(), check.found.clone()])
                .collect();
            Ok(write_columns(out, &run.headings(phrase!("doctor.columns")), &rows, width())?)
        })?,
        _ => run.json(&json!({"schema": "tutela.doctor/1", "checks": checks}))?,
    }
    if checks.iter().any(|check| check.state == State::Failed) {
        run.warn(phrase!("doctor.failed"));
        return Ok(Exit::Failed);
    }
    Ok(Exit::Done)
}

fn program() -> Check {
    let found = format!(
        "tutela {} on {} {}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    Check { name: "program", state: State::Ok, found }
}

fn features() -> Check {
    let missing: Vec<&str> = [("pdf", cfg!(feature = "pdf")), ("sql", cfg!(feature = "sql"))]
        .into_iter()
        .filter(|(_, built)| !built)
        .map(|(name, _)| name)
        .collect();
    let found = if missing.is_empty() {
        "all features built in".to_owned()
    } else {
        format!(
            "built without: {} (cargo build --release --features {})",
            missing.join(", "),
            missing.join(",")
        )
    };
    Check { name: "features", state: State::Ok, found }
}

fn writable(folder: &Path) -> Check {
    match tempfile::NamedTempFile::new_in(folder) {
        Ok(_) => Check {
            name: "folder",
            state: State::Ok,
            found: format!("can be written: {}", path_text(folder)),
        },
        Err(error) => {
            let found = format!("cannot be written ({error}): {}", path_text(folder));
            Check { name: "folder", state: State::Failed, found }
        }
    }
}

/// Below this an import is likely to end on a full disk.
const LOW_SPACE_BYTES: u64 = 1 << 30;

#[cfg(unix)]
fn free_space(folder: &Path) -> Check {
    match rustix::fs::statvfs(folder) {
        Ok(found) => {
            let free_bytes = found.f_bavail.saturating_mul(found.f_frsize);
            let state = if free_bytes < LOW_SPACE_BYTES { State::Warning } else { State::Ok };
            Check { name: "free space", state, found: format!("{} MB", free_bytes / 1_000_000) }
        }
        Err(error) => Check { name: "free space", state: State::Warning, found: error.to_string() },
    }
}

#[cfg(not(unix))]
fn free_space(_: &Path) -> Check {
    Check { name: "free space", state: State::Warning, found: "not known on this system".to_owned() }
}

fn zones() -> Check {
    match "Europe/Rome".parse::<Zone>() {
        Ok(_) => Check { name: "time zones", state: State::Ok, found: "database built in".to_owned() },
        Err(error) => Check { name: "time zones", state: State::Failed, found: error.to_string() },
    }
}

/// The machine's clock decides whether an authority is valid and dates the ledger: the officer looks at it here.
fn clock() -> Check {
    let now = jiff::Timestamp::now();
    let plausible = now.to_zoned(jiff::tz::TimeZone::UTC).year() >= 2026;
    let state = if plausible { State::Ok } else { State::Warning };
    Check { name: "clock", state, found: format!("{now:.0}") }
}

fn officer(run: &Run) -> Check {
    let state = if run.officer == "unknown" { State::Warning } else { State::Ok };
    Check { name: "officer", state, found: plain(&run.officer) }
}

/// The key that signs. It is not opened here: that takes its passphrase.
fn key(run: &Run) -> Check {
    let (state, found) = match &run.key {
        None => (State::Ok, "none named: --key, TUTELA_KEY".to_owned()),
        Some(path) if path.is_file() => (State::Ok, path_text(path)),
        Some(path) => (State::Failed, format!("no such file: {}", path_text(path))),
    };
    Check { name: "key", state, found }
}

/// Time stamps are checked with OpenSSL; nothing else needs it.
fn openssl() -> Check {
    let (state, found) = match Command::new("openssl").arg("version").output() {
        Ok(output) => (State::Ok, plain(String::from_utf8_lossy(&output.stdout).trim())),
        Err(_) => (State::Warning, "not installed: time stamps cannot be checked".to_owned()),
    };
    Check { name: "openssl", state, found }
}
