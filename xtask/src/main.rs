//! Developer commands: `cargo xtask new source|analysis|output NAME`, `cargo xtask tidy`, `cargo xtask docs`.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use xtask::tree::{Tree, root};
use xtask::{dictionary, scaffold, tidy};

const USAGE: &str = "\
usage: cargo xtask COMMAND
  new source|analysis|output NAME   makes the folder or file with all that the checks ask for, and lists it
  tidy                              checks the house rules, as `cargo test --package xtask` does
  docs                              writes the pages that are made from the code";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["new", kind, name] => new(kind, name),
        ["tidy"] => tidy(),
        ["docs"] => docs(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn new(kind: &str, name: &str) -> Result<()> {
    let root = root();
    let kind = kind.parse()?;
    for (path, text) in scaffold::new(&Tree::read(&root)?, kind, name)? {
        write(&path, &text)?;
    }
    eprintln!("{}", scaffold::next_steps(kind));
    Ok(())
}

fn tidy() -> Result<()> {
    let broken = tidy::tidy(&Tree::read(&root())?);
    for (rule, faults) in &broken {
        eprintln!("{}: {}", rule.name, rule.why);
        for fault in faults {
            eprintln!("  {}", fault.to_string().replace('\n', "\n    "));
        }
    }
    match broken.len() {
        0 => Ok(()),
        n => bail!("rules broken: {n}"),
    }
}

fn docs() -> Result<()> {
    write(dictionary::DICTIONARY, &dictionary::dictionary())
}

fn write(path: &str, text: &str) -> Result<()> {
    let to = root().join(path);
    let folder = to.parent().context("a path of the tree has a folder")?;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    std::fs::write(&to, text).with_context(|| format!("cannot write {path}"))?;
    eprintln!("wrote {path}");
    Ok(())
}
