//! What `cargo xtask new` makes: a source, an analysis or an output that works, is listed, and carries all that the
//! rules ask for. The texts are those of a small real thing, to be replaced part by part.

use std::str::FromStr;

use anyhow::{Context as _, Result, bail, ensure};

use crate::tidy::folders::{ANALYSES, OUTPUTS, READERS};
use crate::tree::Tree;

/// What can be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A folder under `crates/sources/src`.
    Source,
    /// A file under `crates/analyses/src`.
    Analysis,
    /// A folder under `crates/outputs/src`.
    Output,
}

impl FromStr for Kind {
    type Err = anyhow::Error;

    fn from_str(word: &str) -> Result<Self> {
        Ok(match word {
            "source" => Self::Source,
            "analysis" => Self::Analysis,
            "output" => Self::Output,
            _ => bail!("expected source, analysis or output, found: {word}"),
        })
    }
}

/// The files to write, with their paths: the new ones and the list with its new lines.
///
/// # Errors
/// A name that is no module's name or is taken, or a list whose form is not known any more.
pub fn new(tree: &Tree, kind: Kind, name: &str) -> Result<Vec<(String, String)>> {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    ensure!(
        name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(letters),
        "a name has lower-case letters, digits and _, and begins with a letter: {name}"
    );
    let (krate, list) = match kind {
        Kind::Source => ("sources", READERS),
        Kind::Analysis => ("analyses", ANALYSES),
        Kind::Output => ("outputs", OUTPUTS),
    };
    let module = format!("crates/{krate}/src/{name}");
    let taken = |path: &&String| **path == format!("{module}.rs") || path.starts_with(&format!("{module}/"));
    if let Some(path) = tree.files.keys().find(taken) {
        bail!("the name is taken: {path}");
    }
    let mut files = match kind {
        Kind::Source => source(tree, &module, name)?,
        Kind::Analysis => {
            vec![(format!("{module}.rs"), filled(include_str!("scaffold/analysis.rs.txt"), name))]
        }
        Kind::Output => vec![
            (format!("{module}/mod.rs"), filled(include_str!("scaffold/output.rs.txt"), name)),
            (format!("{module}/{name}.en.golden"), String::new()),
        ],
    };
    let listed = listed(tree.text(list), kind, name)
        .with_context(|| format!("{list} has another form than expected"))?;
    files.push((list.to_owned(), listed));
    Ok(files)
}

/// What is left to do by hand.
#[must_use]
pub fn next_steps(kind: Kind) -> &'static str {
    match kind {
        Kind::Source => {
            "next: cargo fmt, BLESS=1 cargo test -p tutela-sources, then describe the real format"
        }
        Kind::Analysis => {
            "next: cargo fmt, cargo test -p tutela-analyses, then write the method and the rule"
        }
        Kind::Output => "next: cargo fmt, BLESS=1 cargo test -p tutela-outputs, then write the real output",
    }
}

fn filled(template: &str, name: &str) -> String {
    template.replace("NAME", name)
}

fn source(tree: &Tree, module: &str, name: &str) -> Result<Vec<(String, String)>> {
    const FUZZ: &str = "fuzz/Cargo.toml";
    let bin = format!(
        "\n[[bin]]\nname = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"\ntest = false\ndoc = false\nbench = false\n"
    );
    let like = tree.text("fuzz/fuzz_targets/tutela_table.rs");
    ensure!(!like.is_empty(), "there is no fuzz target to go by");
    Ok(vec![
        (format!("{module}/mod.rs"), filled(include_str!("scaffold/source.rs.txt"), name)),
        (format!("{module}/README.md"), filled(include_str!("scaffold/source.md.txt"), name)),
        (format!("{module}/values.tsv"), include_str!("scaffold/values.tsv.txt").to_owned()),
        (format!("{module}/samples/basic.txt"), filled(include_str!("scaffold/sample.txt"), name)),
        (format!("{module}/samples/basic.txt.golden"), String::new()),
        (format!("fuzz/fuzz_targets/{name}.rs"), like.replace("tutela_table", name)),
        (FUZZ.to_owned(), format!("{}{bin}", tree.text(FUZZ))),
    ])
}

/// The list with the lines of the new entry.
fn listed(list: &str, kind: Kind, name: &str) -> Option<String> {
    let module = format!("pub mod {name};\n");
    match kind {
        Kind::Source => {
            let list = before(list, "\nmod ", &module)?;
            before_end(&list, "pub static READERS", "\n];", &format!("\n    &{name}::READER,"))
        }
        Kind::Analysis => {
            let list = before(list, "\nmod ", &module)?;
            let entry = format!(
                "\n    Analysis {{ name: \"{name}\", source: include_str!(\"{name}.rs\"), statements: {name}::STATEMENTS }},"
            );
            let list = before_end(&list, "pub static ANALYSES", "\n];", &entry)?;
            let run = format!("    begin(\"{name}\");\n    let {name} = {name}::run(tables)?;\n");
            let list = before(&list, "    let leads = ", &run)?;
            before_end(
                &list,
                "        findings: vec![",
                "\n        ],",
                &format!("\n            (\"{name}\", {name}),"),
            )
        }
        Kind::Output => {
            let list =
                before(list, "\n#[cfg(feature = \"pdf\")]\npub mod ", &format!("\n{}", module.trim_end()))?;
            Some(format!("{}pub use {name}::{name};\n", list))
        }
    }
}

/// The text with more before the first place of a mark.
fn before(text: &str, mark: &str, more: &str) -> Option<String> {
    let at = text.find(mark)?;
    Some(format!("{}{more}{}", &text[..at], &text[at..]))
}

/// The text with more before the first end mark after a beginning.
fn before_end(text: &str, begin: &str, end: &str, more: &str) -> Option<String> {
    let begin = text.find(begin)?;
    let at = begin + text[begin..].find(end)?;
    Some(format!("{}{more}{}", &text[..at], &text[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{claims, files, folders};
    use crate::tree::root;

    fn added(kind: Kind, name: &str) -> Tree {
        let mut tree = Tree::read(&root()).expect("the repository can be read");
        let files = new(&tree, kind, name).expect("the lists have the form that is expected");
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        tree.files.extend(Tree::of(&files).files);
        tree
    }

    #[test]
    fn what_is_made_breaks_no_rule() {
        for (kind, name, path) in [
            (Kind::Source, "issuer_thing_txt", "issuer_thing_txt"),
            (Kind::Analysis, "made_up_analysis", "made_up_analysis"),
            (Kind::Output, "made_up_output", "made_up_output"),
        ] {
            let tree = added(kind, name);
            for rule in [
                folders::sources,
                folders::analyses,
                folders::outputs,
                files::headers,
                files::sentences,
                claims::claims,
            ] {
                let faults: Vec<String> = rule(&tree)
                    .iter()
                    .map(ToString::to_string)
                    .filter(|fault| fault.contains(path))
                    .collect();
                assert!(faults.is_empty(), "{kind:?}: {faults:?}");
            }
        }
    }

    #[test]
    fn a_name_that_is_taken_or_no_name_is_refused() {
        let tree = added(Kind::Source, "issuer_thing_txt");
        for name in ["issuer_thing_txt", "Issuer", "1a", "a-b", ""] {
            assert!(new(&tree, Kind::Source, name).is_err(), "{name}");
        }
        assert!("reader".parse::<Kind>().is_err());
    }
}
