//! Rules over what is added most often: a source is a folder, an analysis a file, an output a folder, and each carries
//! its own text and its own samples.

use crate::tree::{Fault, Tree};

/// The headings of a source's README.md, in this order.
pub const SOURCE_HEADINGS: &[&str] = &[
    "Who issues it",
    "On what request",
    "Fields",
    "Time zone and precision",
    "What it does not say",
    "Skipped on purpose",
];

/// The headings of an analysis's `//!` lines, in this order.
pub const ANALYSIS_HEADINGS: &[&str] =
    &["What it shows", "Why it matters", "What it does not show", "Method and source", "Settings"];

/// Where readers are listed.
pub const READERS: &str = "crates/sources/src/lib.rs";
/// Where analyses are listed.
pub const ANALYSES: &str = "crates/analyses/src/lib.rs";
/// Where outputs are listed.
pub const OUTPUTS: &str = "crates/outputs/src/lib.rs";

/// Every reader in the list has its folder with README.md, values.tsv and samples, and no folder is left off the list.
#[must_use]
pub fn sources(tree: &Tree) -> Vec<Fault> {
    let listed = between(tree.text(READERS), "&", "::READER");
    let mut faults = Vec::new();
    for folder in tree.folders("crates/sources/src/") {
        let path = format!("crates/sources/src/{folder}/README.md");
        if tree.files.contains_key(&path) && !listed.contains(&folder) {
            faults.push(Fault::file(
                &path,
                format!("a source that is not listed\nadd &{folder}::READER to {READERS}"),
            ));
        }
    }
    for name in listed {
        let folder = format!("crates/sources/src/{name}");
        let readme = format!("{folder}/README.md");
        faults.extend(headings(&readme, tree.text(&readme), "## ", SOURCE_HEADINGS));
        if tree.text(&format!("{folder}/values.tsv")).is_empty() {
            faults.push(Fault::file(&folder, "has no values.tsv with the words that the source writes"));
        }
        faults.extend(samples(tree, &format!("{folder}/samples/")));
        let target = format!("fuzz/fuzz_targets/{name}.rs");
        if !tree.files.contains_key(&target)
            || !tree.text("fuzz/Cargo.toml").contains(&format!("path = \"fuzz_targets/{name}.rs\""))
        {
            faults.push(Fault::file(&target, "no fuzz target of that name, or not in fuzz/Cargo.toml"));
        }
    }
    faults
}

/// There are samples, every one has its golden output beside it, and every golden output its sample.
fn samples(tree: &Tree, folder: &str) -> Vec<Fault> {
    let paths: Vec<&str> =
        tree.files.keys().filter(|path| path.starts_with(folder)).map(String::as_str).collect();
    let mut faults = Vec::new();
    if !paths.iter().any(|path| path.ends_with(".golden")) {
        faults.push(Fault::file(folder, "has no sample with its golden output"));
    }
    for path in &paths {
        let sample = path.strip_suffix(".golden");
        if sample.is_none() && is_sample(path) && !paths.contains(&format!("{path}.golden").as_str()) {
            faults.push(Fault::file(
                path,
                "a sample without its golden output\nrun the crate's tests with BLESS=1",
            ));
        }
        if sample.is_some_and(|sample| !paths.contains(&sample)) {
            faults.push(Fault::file(path, "a golden output without its sample"));
        }
    }
    faults
}

/// Whether a file among the samples is one: not what is declared about one on import (`.toml`), not what tells of them,
/// and not the script that made them.
fn is_sample(path: &str) -> bool {
    ![".toml", ".md", ".sh", ".py"].iter().any(|end| path.ends_with(end))
}

/// Every analysis in the list carries its headings, each with text.
#[must_use]
pub fn analyses(tree: &Tree) -> Vec<Fault> {
    let listed = between(tree.text(ANALYSES), "source: include_str!(\"", ".rs\")");
    listed
        .into_iter()
        .flat_map(|name| {
            let path = format!("crates/analyses/src/{name}.rs");
            let docs = tree.text(&path).lines().map_while(|line| line.strip_prefix("//!"));
            let docs: Vec<&str> = docs.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
            headings(&path, &docs.join("\n"), "# ", ANALYSIS_HEADINGS)
        })
        .collect()
}

/// Every folder of an output is listed, says what it writes and shows it.
#[must_use]
pub fn outputs(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for name in tree.folders("crates/outputs/src/") {
        let folder = format!("crates/outputs/src/{name}");
        if !tree.text(OUTPUTS).contains(&format!("mod {name};")) {
            faults.push(Fault::file(&folder, format!("an output that is not listed\nadd it to {OUTPUTS}")));
        }
        if tree.text(&format!("{folder}/mod.rs")).is_empty() {
            faults.push(Fault::file(&folder, "has no mod.rs"));
        }
        let golden = tree.files.keys().any(|path| path.starts_with(&folder) && path.ends_with(".golden"));
        let tested = tree.texts(&folder, ".rs").any(|(_, text)| text.contains("#[test]"));
        // What has no text, such as a PDF, is shown by tests of what it must hold.
        if !golden && !tested {
            faults.push(Fault::file(&folder, "has neither golden output nor tests"));
        }
    }
    faults
}

/// What stands between a mark and the next end mark, for marks that enclose one name.
fn between<'a>(text: &'a str, mark: &str, end: &str) -> Vec<&'a str> {
    let name = |part: &'a str| part.split_once(end).map(|(name, _)| name);
    let names = text.split(mark).skip(1).filter_map(name);
    names.filter(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_')).collect()
}

/// The headings must all be there, in order, each with text under it.
fn headings(path: &str, text: &str, mark: &str, wanted: &[&str]) -> Vec<Fault> {
    let mut found: Vec<(&str, bool)> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix(mark) {
            Some(heading) => found.push((heading.trim(), false)),
            None => {
                if let (Some((_, filled)), false) = (found.last_mut(), line.trim().is_empty()) {
                    *filled = true;
                }
            }
        }
    }
    let mut faults = Vec::new();
    for heading in wanted {
        match found.iter().find(|(name, _)| name == heading) {
            None => faults.push(Fault::file(path, format!("has no heading: {mark}{heading}"))),
            Some((_, false)) => {
                faults.push(Fault::file(path, format!("has nothing under the heading: {mark}{heading}")))
            }
            Some(_) => {}
        }
    }
    let order: Vec<&str> = found.iter().map(|(name, _)| *name).filter(|name| wanted.contains(name)).collect();
    if faults.is_empty() && order != wanted {
        faults.push(Fault::file(
            path,
            format!("the headings are not in this order, each once: {}", wanted.join(", ")),
        ));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(faults: &[Fault]) -> Vec<String> {
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_source_without_its_texts_and_samples_is_found() {
        let tree = Tree::of(&[
            (READERS, "pub static READERS: &[&Reader] = &[\n    &a_b_csv::READER,\n];"),
            (
                "crates/sources/src/a_b_csv/README.md",
                "## Who issues it\nx\n## On what request\nx\n## Fields\n## What it does not say\nx\n## Skipped on purpose\nx\n",
            ),
            ("crates/sources/src/a_b_csv/samples/empty.csv", ""),
            ("crates/sources/src/a_b_csv/samples/gone.csv.golden", ""),
            ("crates/sources/src/unlisted/README.md", ""),
        ]);
        let found = whats(&sources(&tree)).join("\n");
        for part in [
            "unlisted/README.md: a source that is not",
            "under the heading: ## Fields",
            "no heading: ## Time zone",
            "no values.tsv",
            "empty.csv: a sample without",
            "gone.csv.golden: a golden output without",
            "no fuzz target",
        ] {
            assert!(found.contains(part), "{part} in\n{found}");
        }
    }

    #[test]
    fn an_analysis_without_its_headings_in_order_is_found() {
        let list = "Analysis { name: \"a\", source: include_str!(\"a.rs\") }, Analysis { source: include_str!(\"b.rs\") }";
        let full = "//! A.\n//!\n//! # What it shows\n//! x\n//! # Why it matters\n//! x\n//! # What it does not show\n//! x\n//! # Method and source\n//! x\n//! # Settings\n//! x\n";
        let swapped = full
            .replace("Settings", "0")
            .replace("Why it matters", "Settings")
            .replace("# 0", "# Why it matters");
        let tree = Tree::of(&[
            (ANALYSES, list),
            ("crates/analyses/src/a.rs", full),
            ("crates/analyses/src/b.rs", &swapped),
        ]);
        let found = whats(&analyses(&tree));
        assert!(
            matches!(&found[..], [one] if one.starts_with("crates/analyses/src/b.rs: the headings are not in this order")),
            "{found:?}"
        );
    }

    #[test]
    fn an_output_that_is_not_listed_or_shows_nothing_is_found() {
        let tree = Tree::of(&[
            (OUTPUTS, "pub mod a;"),
            ("crates/outputs/src/a/mod.rs", "x"),
            ("crates/outputs/src/a/x.golden", ""),
            ("crates/outputs/src/b/y.rs", ""),
        ]);
        assert_eq!(outputs(&tree).len(), 3, "{:?}", whats(&outputs(&tree)));
    }
}
