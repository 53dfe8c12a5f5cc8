//! Builds the web app with npm and puts its files into the crate.
//!
//! `UI_BUILD=require` fails where that cannot be done (packages, continuous integration), `UI_BUILD=skip` builds nothing;
//! otherwise a machine without Node gets a program that serves plain pages and says how to get the app.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;

/// What lies in the app's folder and is no part of it: what a developer's own build left, and the tests in a browser.
const LEFT_OUT: [&str; 5] = ["README.md", "browser", "dist", "dist-gallery", "node_modules"];

fn main() {
    println!("cargo::rerun-if-env-changed=UI_BUILD");
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let web = here.join("../../web");
    let parts = parts(&web);
    // The folder itself would be looked through with all that is left out.
    parts.iter().for_each(|part| println!("cargo::rerun-if-changed={}", web.join(part).display()));
    let out = PathBuf::from(variable("OUT_DIR"));
    let made = match std::env::var("UI_BUILD").as_deref() {
        Ok("skip") => Err("UI_BUILD=skip".to_owned()),
        _ => build(&web, &parts, &out.join("web")),
    };
    let mut files = Vec::new();
    match made {
        Ok(dist) => collect(&dist, &dist, &out.join("gzip"), &mut files),
        Err(why) if std::env::var("UI_BUILD").as_deref() == Ok("require") => {
            panic!("the web app was not built: {why}")
        }
        Err(why) => println!("cargo::warning=the program will have no web app, only plain pages: {why}"),
    }
    files.sort();
    let mut list = String::from("&[");
    for (name, path) in &files {
        let _ = write!(list, "File {{ name: {name:?}, gzip: include_bytes!({path:?}) }}, ");
    }
    list.push(']');
    fs::write(out.join("files.rs"), list).expect("the build folder can be written");
}

fn variable(name: &str) -> String {
    std::env::var(name).expect("cargo sets it")
}

/// The names in the app's folder of what the app is made of.
fn parts(web: &Path) -> Vec<String> {
    let entries = fs::read_dir(web).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| !LEFT_OUT.contains(&name.as_str())).collect();
    names.sort();
    names
}

/// Builds the app in a copy, so that nothing is written beside the sources: the folder of its files.
fn build(web: &Path, parts: &[String], copy: &Path) -> Result<PathBuf, String> {
    // What an earlier build had and this one has not must not get in.
    for old in fs::read_dir(copy).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if old.is_dir() && !old.ends_with("node_modules") {
            let _ = fs::remove_dir_all(&old);
        }
    }
    for part in parts {
        let (from, to) = (web.join(part), copy.join(part));
        copy_all(&from, &to).map_err(|error| format!("{}: {error}", from.display()))?;
    }
    let lock =
        fs::read(copy.join("package-lock.json")).map_err(|error| format!("package-lock.json: {error}"))?;
    // What the lock file names is fetched once.
    let installed = copy.join("node_modules/.tutela-lock");
    if fs::read(&installed).ok().as_deref() != Some(&lock) {
        npm(copy, &["ci", "--no-audit", "--no-fund"])?;
        fs::write(&installed, &lock).map_err(|error| error.to_string())?;
    }
    npm(copy, &["run", "build"])?;
    Ok(copy.join("dist"))
}

fn npm(folder: &Path, args: &[&str]) -> Result<(), String> {
    let done = Command::new("npm").args(args).current_dir(folder).output();
    let done =
        done.map_err(|error| format!("npm cannot be run (Node 20 or later builds the app): {error}"))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    Err(format!("npm {}: {}", args.join(" "), said.trim().replace('\n', " · ")))
}

fn copy_all(from: &Path, to: &Path) -> std::io::Result<()> {
    if from.is_file() {
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        return fs::copy(from, to).map(|_| ());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy_all(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Compresses each file below a folder: its name there, and where the compressed bytes are.
fn collect(root: &Path, folder: &Path, to: &Path, files: &mut Vec<(String, PathBuf)>) {
    for entry in fs::read_dir(folder).expect("the app's files can be read") {
        let path = entry.expect("the app's files can be read").path();
        if path.is_dir() {
            collect(root, &path, to, files);
            continue;
        }
        let name = path.strip_prefix(root).expect("it lies below").to_string_lossy().replace('\\', "/");
        let gzip = to.join(name.replace('/', "_"));
        fs::create_dir_all(to).expect("the build folder can be written");
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&fs::read(&path).expect("the app's files can be read")).expect("memory takes it");
        fs::write(&gzip, encoder.finish().expect("memory takes it"))
            .expect("the build folder can be written");
        files.push((name, gzip));
    }
}
