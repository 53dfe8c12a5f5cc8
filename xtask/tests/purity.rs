//! The bans of the pure crates, tried on a made-up crate that does what they forbid: clippy must see each.

use std::fs;
use std::path::Path;
use std::process::Command;

use xtask::tree::root;

const IMPURE: &str = r#"//! Touches everything that a pure crate may not.
use std::collections::{HashMap, HashSet};

pub fn disk() -> bool { std::fs::read("x").is_ok() && std::fs::File::open("x").is_ok() && std::path::Path::new("x").exists() }
pub fn clock() -> (std::time::SystemTime, std::time::Instant) { (std::time::SystemTime::now(), std::time::Instant::now()) }
pub fn environment() -> bool { std::env::var("x").is_ok() || std::env::args().next().is_some() }
pub fn threads() { std::thread::spawn(|| ()); std::thread::scope(|_| ()); }
pub fn network() -> bool { std::net::TcpStream::connect("192.0.2.1:80").is_ok() }
pub fn programs() -> bool { std::process::Command::new("x").status().is_ok() }
pub fn order(a: &HashMap<u8, u8>, b: &HashSet<u8>) -> usize { a.iter().count() + a.keys().count() + a.values().count() + b.iter().count() }
pub fn random() -> std::hash::RandomState { std::hash::RandomState::new() }
"#;

/// What clippy must name: some of every kind of ban.
const BANNED: &[&str] = &[
    "std::fs::read",
    "std::fs::File",
    "std::path::Path::exists",
    "std::time::SystemTime",
    "std::time::Instant",
    "std::env::var",
    "std::env::args",
    "std::thread::spawn",
    "std::thread::scope",
    "std::net::TcpStream",
    "std::process::Command",
    "std::collections::HashMap::iter",
    "std::collections::HashMap::keys",
    "std::collections::HashMap::values",
    "std::collections::HashSet::iter",
    "std::hash::RandomState",
];

#[test]
fn what_a_pure_crate_may_not_do_is_seen() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("impure");
    fs::create_dir_all(folder.join("src")).expect("the build folder can be written");
    let manifest = "[package]\nname = \"impure\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest).expect("the build folder can be written");
    // The file is written anew each time, because cargo does not repeat the warnings of what it has checked before.
    fs::write(folder.join("src/lib.rs"), IMPURE).expect("the build folder can be written");
    fs::copy(root().join("crates/model/clippy.toml"), folder.join("clippy.toml"))
        .expect("the bans are there");

    let clippy = Command::new(env!("CARGO"))
        .args(["clippy", "--offline", "--quiet"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("CLIPPY_CONF_DIR")
        .output()
        .expect("cargo runs, because it runs this test");
    let said = String::from_utf8_lossy(&clippy.stderr);
    for banned in BANNED {
        let seen =
            ["method", "type"].iter().any(|kind| said.contains(&format!("disallowed {kind} `{banned}`")));
        assert!(seen, "{banned} is not seen in\n{said}");
    }
    assert!(!said.contains("clippy.toml"), "a ban of clippy.toml names nothing:\n{said}");
}
