//! SAFETY.md names the tests that hold its constraints; each must be a test of the tree.

use std::collections::BTreeSet;

use crate::rust::functions;
use crate::tree::{Fault, Tree};

const SAFETY: &str = "SAFETY.md";

/// Every line that begins with `Held by` names tests in backquotes, and each of them exists.
#[must_use]
pub fn safety(tree: &Tree) -> Vec<Fault> {
    let tests: BTreeSet<String> = tree
        .texts("", ".rs")
        .flat_map(|(_, text)| functions(text))
        .filter(|function| function.test)
        .map(|function| function.name)
        .collect();
    let mut faults = Vec::new();
    for (line_idx, line) in tree.text(SAFETY).lines().enumerate() {
        let Some(held_by) = line.trim_start_matches([' ', '-', '*']).strip_prefix("Held by") else {
            continue;
        };
        let mut names = held_by.split('`').skip(1).step_by(2).peekable();
        if names.peek().is_none() {
            faults.push(Fault::line(SAFETY, line_idx + 1, "names no test in backquotes"));
        }
        let gone = names.filter(|name| !tests.contains(*name));
        faults.extend(
            gone.map(|name| Fault::line(SAFETY, line_idx + 1, format!("there is no such test: {name}"))),
        );
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_is_not_in_the_tree_is_found() {
        let tree = Tree::of(&[
            ("crates/a/src/lib.rs", "#[test]\nfn there() {\n}\nfn no_test() {\n}\n"),
            (SAFETY, "- Held by `there` and `no_test`.\nHeld by hope.\nNot held by `anything`."),
        ]);
        let found: Vec<String> = safety(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            ["SAFETY.md:1: there is no such test: no_test", "SAFETY.md:2: names no test in backquotes"]
        );
    }
}
