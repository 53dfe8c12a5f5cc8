//! Rules over the crates: who may use whom, who is on the map, who may touch the world outside.

use std::collections::BTreeSet;

use crate::tree::{Fault, Tree};

/// The crates of ours that a crate may use: the star of ARCHITECTURE.md. The centre may use all.
const STAR: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("ledger", &[]),
    ("case", &["model", "ledger"]),
    ("sources", &["model"]),
    ("hashing", &[]),
    ("evidence", &["model"]),
    ("matchers", &["model"]),
    ("analyses", &["model"]),
    ("outputs", &["model"]),
    ("simulation", &["model"]),
    ("grid", &["model"]),
    ("engine", &["model"]),
    ("ui", &[]),
];

/// The crate that knows all the others and is known by none.
const CENTRE: &str = "app";

/// The crates that may touch neither disk nor clock nor environment nor threads nor random numbers.
pub const PURE: &[&str] = &["model", "sources", "analyses", "outputs", "ledger"];

/// The crates that may hold `unsafe` blocks. Each says why at its head, and takes all other lints of the workspace.
const UNSAFE: &[&str] = &["hashing", "matchers"];

/// Our crates use each other along the star only, tests among them, and all take the workspace's lints.
#[must_use]
pub fn star(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for name in tree.folders("crates/") {
        let path = format!("crates/{name}/Cargo.toml");
        let manifest: toml::Table = match tree.text(&path).parse() {
            Ok(manifest) => manifest,
            Err(error) => {
                faults.push(Fault::file(&path, format!("not a manifest: {error}")));
                continue;
            }
        };
        let head = tree.text(&format!("crates/{name}/src/lib.rs"));
        if UNSAFE.contains(&name) {
            if manifest.get("lints") != Some(&lints_with_unsafe(tree)) {
                faults.push(Fault::file(
                    &path,
                    "its lints are not the workspace's with unsafe_code = \"deny\"",
                ));
            }
            if !head.lines().any(|line| line.starts_with("//! `unsafe` is allowed in this crate for")) {
                faults
                    .push(Fault::file(&path, "does not say at the head of src/lib.rs what `unsafe` is for"));
            }
        } else if manifest.get("lints").and_then(|lints| lints.get("workspace"))
            != Some(&toml::Value::Boolean(true))
        {
            faults.push(Fault::file(
                &path,
                "does not take the workspace's lints\nadd: [lints] workspace = true",
            ));
        }
        let Some((_, allowed)) = STAR.iter().find(|(of, _)| *of == name) else {
            if name != CENTRE {
                faults.push(Fault::file(
                    &path,
                    "the star does not have this crate\nargue for its place in design.rs",
                ));
            }
            continue;
        };
        for used in ours(&manifest) {
            if !allowed.contains(&used.as_str()) {
                faults.push(Fault::file(
                    &path,
                    format!("may not use tutela-{used}: the star allows {allowed:?}"),
                ));
            }
        }
    }
    faults
}

/// The workspace's lints, with `unsafe` denied where it is not allowed by name, and never without its reason.
fn lints_with_unsafe(tree: &Tree) -> toml::Value {
    let workspace: toml::Table = tree.text("Cargo.toml").parse().unwrap_or_default();
    let lints = workspace.get("workspace").and_then(|workspace| workspace.get("lints"));
    let mut lints = lints.cloned().unwrap_or_else(|| toml::Value::Table(toml::Table::new()));
    for (tool, lint) in [("rust", "unsafe_code"), ("clippy", "undocumented_unsafe_blocks")] {
        if let Some(tool) = lints.get_mut(tool).and_then(toml::Value::as_table_mut) {
            tool.insert(lint.to_owned(), toml::Value::String("deny".to_owned()));
        }
    }
    lints
}

/// The crates of ours that a manifest names in any of its dependency sections.
fn ours(manifest: &toml::Table) -> BTreeSet<String> {
    let mut sections = vec![manifest];
    let targets =
        manifest.get("target").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::values);
    sections.extend(targets.filter_map(toml::Value::as_table));
    let names = sections.iter().flat_map(|section| {
        ["dependencies", "dev-dependencies", "build-dependencies"]
            .iter()
            .filter_map(|kind| section.get(*kind)?.as_table())
            .flat_map(toml::Table::keys)
    });
    names.filter_map(|name| name.strip_prefix("tutela-").map(str::to_owned)).collect()
}

/// ARCHITECTURE.md has one heading for each crate, and none for a crate that is not there.
#[must_use]
pub fn map(tree: &Tree) -> Vec<Fault> {
    const MAP: &str = "ARCHITECTURE.md";
    let headed: Vec<(usize, &str)> = tree
        .text(MAP)
        .lines()
        .enumerate()
        .filter_map(|(line_idx, line)| {
            Some((line_idx + 1, line.strip_prefix("### `crates/")?.strip_suffix('`')?.trim_end_matches('/')))
        })
        .collect();
    let crates = tree.folders("crates/");
    let missing = crates.iter().filter(|name| !headed.iter().any(|(_, headed)| headed == *name));
    let missing = missing.map(|name| Fault::file(MAP, format!("has no heading: ### `crates/{name}`")));
    let gone = headed.iter().filter(|(_, name)| !crates.contains(name));
    let gone = gone.map(|(line, name)| Fault::line(MAP, *line, format!("there is no such crate: {name}")));
    missing.chain(gone).collect()
}

/// Each pure crate has the same `clippy.toml`, and its sources do not switch off what that bans.
///
/// clippy itself finds a banned call; this rule sees to it that clippy is asked.
#[must_use]
pub fn purity(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    let bans = tree.text("crates/model/clippy.toml");
    for name in PURE.iter().filter(|name| tree.folders("crates/").contains(name)) {
        let path = format!("crates/{name}/clippy.toml");
        if tree.text(&path).is_empty() || tree.text(&path) != bans {
            faults.push(Fault::file(
                &path,
                "the bans of a pure crate are those of crates/model/clippy.toml\ncopy that file",
            ));
        }
        let sources = format!("crates/{name}/src/");
        for (path, text) in tree.texts(&sources, ".rs").filter(|(path, _)| !path.ends_with("/tests.rs")) {
            let product = text.split("#[cfg(test)]").next().unwrap_or_default();
            for (line_idx, line) in product.lines().enumerate() {
                if line.contains("clippy::disallowed") {
                    faults.push(Fault::line(
                        path,
                        line_idx + 1,
                        "a pure crate has no exception from its bans, tests apart",
                    ));
                }
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINTS: &str = "[lints]\nworkspace = true\n";

    #[test]
    fn a_crate_outside_its_star_is_found_in_every_section() {
        let bad = format!("{LINTS}[target.'cfg(unix)'.dev-dependencies]\ntutela-case.workspace = true\n");
        let good = format!("{LINTS}[dependencies]\ntutela-model.workspace = true\n");
        let tree = Tree::of(&[
            ("crates/sources/Cargo.toml", &bad),
            ("crates/outputs/Cargo.toml", &good),
            ("crates/app/Cargo.toml", &bad),
            ("crates/extra/Cargo.toml", LINTS),
            ("crates/model/Cargo.toml", ""),
        ]);
        let faults: Vec<String> = star(&tree).iter().map(|fault| fault.path.clone()).collect();
        assert_eq!(
            faults,
            ["crates/extra/Cargo.toml", "crates/model/Cargo.toml", "crates/sources/Cargo.toml"]
        );
    }

    #[test]
    fn a_crate_with_unsafe_blocks_says_why_and_takes_all_other_lints() {
        let workspace = "[workspace.lints.rust]\nunsafe_code = \"forbid\"\nmissing_docs = \"warn\"\n";
        let good = "[lints.rust]\nunsafe_code = \"deny\"\nmissing_docs = \"warn\"\n";
        let bad = "[lints.rust]\nunsafe_code = \"allow\"\nmissing_docs = \"warn\"\n";
        let head = "//! X.\n//!\n//! `unsafe` is allowed in this crate for one thing: vector instructions.\n";
        let tree = Tree::of(&[
            ("Cargo.toml", workspace),
            ("crates/hashing/Cargo.toml", good),
            ("crates/hashing/src/lib.rs", head),
            ("crates/matchers/Cargo.toml", bad),
            ("crates/matchers/src/lib.rs", "//! X.\n"),
            ("crates/evidence/Cargo.toml", good),
        ]);
        let faults: Vec<String> = star(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[0].starts_with("crates/evidence/Cargo.toml: does not take the workspace's lints"));
        assert!(faults[1].starts_with("crates/matchers/Cargo.toml: its lints are not"));
        assert!(faults[2].starts_with("crates/matchers/Cargo.toml: does not say"));
    }

    #[test]
    fn a_map_that_misses_a_crate_or_names_one_that_is_gone_is_found() {
        let tree = Tree::of(&[
            ("crates/model/x", ""),
            ("crates/app/x", ""),
            ("ARCHITECTURE.md", "### `crates/app`\n### `crates/old`\n"),
        ]);
        let faults: Vec<String> = map(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(
            faults,
            [
                "ARCHITECTURE.md: has no heading: ### `crates/model`",
                "ARCHITECTURE.md:2: there is no such crate: old"
            ]
        );
    }

    #[test]
    fn other_bans_and_switched_off_bans_are_found() {
        let tree = Tree::of(&[
            ("crates/model/clippy.toml", "a"),
            (
                "crates/model/src/lib.rs",
                "#[cfg(test)]\n#[expect(clippy::disallowed_methods, reason = \"…\")]",
            ),
            ("crates/ledger/clippy.toml", "b"),
            ("crates/sources/clippy.toml", "a"),
            ("crates/sources/src/lib.rs", "//! x\n#![expect(clippy::disallowed_types)]"),
        ]);
        let faults: Vec<String> = purity(&tree).iter().map(|fault| fault.path.clone()).collect();
        assert_eq!(faults, ["crates/sources/src/lib.rs", "crates/ledger/clippy.toml"]);
    }
}
