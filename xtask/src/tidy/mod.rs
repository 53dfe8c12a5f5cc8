//! The rules that hold the design: each a function from the repository's files to what is wrong with them.

use crate::tree::{Fault, Tree};

pub mod design;
pub mod folders;

pub mod claims;
pub mod errors;
pub mod safety;

pub mod files;
pub mod packages;

/// A rule.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its name, for the developer who breaks it.
    pub name: &'static str,
    /// Why the house has it.
    pub why: &'static str,
    /// What in the tree breaks it.
    pub check: fn(&Tree) -> Vec<Fault>,
}

/// All rules, those of the design first.
pub static RULES: &[Rule] = &[
    Rule { name: "star", why: "a crate can be read, built and tested alone", check: design::star },
    Rule { name: "map", why: "ARCHITECTURE.md names every crate and no other", check: design::map },
    Rule {
        name: "purity",
        why: "what is derived depends on what was received and on nothing else",
        check: design::purity,
    },
    Rule { name: "sources", why: "a source says what it reads and shows it", check: folders::sources },
    Rule {
        name: "analyses",
        why: "the method annex of a report is the text of the code",
        check: folders::analyses,
    },
    Rule { name: "outputs", why: "an output says what it writes and shows it", check: folders::outputs },
    Rule { name: "claims", why: "no sentence says more than rows can show", check: claims::claims },
    Rule { name: "safety", why: "a constraint counts when a test holds it", check: safety::safety },
    Rule {
        name: "errors",
        why: "what a user can do wrong is listed as the program says it",
        check: errors::errors,
    },
    Rule { name: "headers", why: "a file begins with what it is", check: files::headers },
    Rule { name: "long_functions", why: "a function fits on a page", check: files::long_functions },
    Rule { name: "unfinished", why: "what is in the tree is finished", check: files::unfinished },
    Rule { name: "blobs", why: "a large file is made by a command, not stored", check: files::blobs },
    Rule { name: "executables", why: "only scripts are run", check: files::executables },
    Rule {
        name: "extensions",
        why: "every kind of file in the tree is there on purpose",
        check: files::extensions,
    },
    Rule { name: "addresses", why: "nothing in the tree is a real person's trace", check: files::addresses },
    Rule { name: "sentences", why: "a change to a sentence is a change to a line", check: files::sentences },
    Rule {
        name: "no_network_client",
        why: "that nothing is sent anywhere is shown by absence",
        check: packages::no_network_client,
    },
    Rule {
        name: "registry_only",
        why: "every dependency comes from the registry, with a checksum",
        check: packages::registry_only,
    },
];

/// Everything that is wrong with the tree, by rule.
#[must_use]
pub fn tidy(tree: &Tree) -> Vec<(Rule, Vec<Fault>)> {
    let faults = RULES.iter().map(|rule| (*rule, (rule.check)(tree)));
    faults.filter(|(_, faults)| !faults.is_empty()).collect()
}
