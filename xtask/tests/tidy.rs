//! The house rules, held over the repository as it is.

use std::collections::BTreeSet;
use std::process::Command;

use xtask::dictionary::{DICTIONARY, dictionary};
use xtask::tidy::{RULES, packages};
use xtask::tree::{Fault, Tree, root};

fn tree() -> Tree {
    Tree::read(&root()).expect("the repository can be read")
}

fn none(why: &str, faults: &[Fault]) {
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{why}\n{}", faults.join("\n"));
}

fn holds(name: &str) {
    let rule = RULES.iter().find(|rule| rule.name == name).expect("a rule of that name");
    none(rule.why, &(rule.check)(&tree()));
}

#[test]
fn crates_use_each_other_along_the_star_only() {
    holds("star");
}

#[test]
fn the_map_names_every_crate_and_no_other() {
    holds("map");
}

#[test]
fn pure_crates_have_the_bans_and_no_exception() {
    holds("purity");
}

#[test]
fn every_source_says_what_it_reads_and_shows_it() {
    holds("sources");
}

#[test]
fn every_analysis_carries_its_method() {
    holds("analyses");
}

#[test]
fn every_output_is_listed_and_shows_what_it_writes() {
    holds("outputs");
}

#[test]
fn no_sentence_says_more_than_rows_can_show() {
    holds("claims");
}

#[test]
fn every_constraint_of_safety_is_held_by_a_test_that_exists() {
    holds("safety");
}

#[test]
fn every_listed_error_is_one_that_the_program_says() {
    holds("errors");
}

#[test]
fn every_file_begins_with_what_it_is() {
    holds("headers");
}

#[test]
fn no_function_is_longer_than_a_page() {
    holds("long_functions");
}

#[test]
fn nothing_in_the_tree_is_unfinished() {
    holds("unfinished");
}

#[test]
fn no_large_file_is_stored() {
    holds("blobs");
}

#[test]
fn only_scripts_may_be_executed() {
    holds("executables");
}

#[test]
fn every_kind_of_file_is_there_on_purpose() {
    holds("extensions");
}

#[test]
fn no_address_in_the_tree_belongs_to_anybody() {
    holds("addresses");
}

#[test]
fn a_line_of_markdown_holds_one_sentence() {
    holds("sentences");
}

#[test]
fn no_package_can_send_anything() {
    holds("no_network_client");
}

#[test]
fn only_the_feature_cluster_can_open_a_connection() {
    let packages = |features: &[&str]| {
        let tree = Command::new(env!("CARGO"))
            .args(["tree", "--package=tutela-app", "--edges=normal", "--prefix=none", "--locked"])
            .args(features)
            .current_dir(root())
            .output()
            .expect("cargo runs, because it runs this test");
        assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
        let tree = String::from_utf8(tree.stdout).expect("cargo writes UTF-8");
        tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let with = packages(&["--features=cluster"]);
    // What speaks to other machines: gRPC, over HTTP/2.
    for package in ["tonic", "h2"] {
        assert!(with.contains(package), "{package} is not what the feature brings: name what is");
        for features in [&[][..], &["--features=sql"][..]] {
            assert!(!packages(features).contains(package), "{package} is in a build with {features:?}");
        }
    }
}

/// The web app's server needs HTTP and sockets in every build; what they could ask with is left out of them.
#[test]
fn the_server_cannot_ask() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package=tutela-app", "--edges=normal,features", "--prefix=none", "--locked"])
        .current_dir(root())
        .output()
        .expect("cargo runs, because it runs this test");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).expect("cargo writes UTF-8");
    for (package, asks, serves) in [
        ("hyper", "client", "server"),
        ("hyper-util", "client", "server"),
        ("hyper-util", "client-legacy", "server"),
    ] {
        let has = |feature: &str| {
            tree.lines().any(|line| line.starts_with(&format!("{package} feature \"{feature}\"")))
        };
        assert!(has(serves), "{package} does not name its features as it did: look again");
        assert!(!has(asks), "{package} is built with {asks}");
    }
}

#[test]
fn every_package_comes_from_the_registry() {
    holds("registry_only");
}

#[test]
fn every_rule_is_held_here() {
    let this = include_str!("tidy.rs");
    for rule in RULES {
        assert!(this.contains(&format!("holds(\"{}\")", rule.name)), "{}", rule.name);
    }
}

#[test]
fn every_package_may_be_used_under_an_allowed_licence() {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--all-features"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .expect("cargo runs, because it runs this test");
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata = String::from_utf8(metadata.stdout).expect("cargo writes UTF-8");
    none("the program may be given away", &packages::licences(&tree(), &metadata));
}

#[test]
fn the_data_dictionary_is_that_of_the_tables() {
    assert!(tree().text(DICTIONARY) == dictionary(), "{DICTIONARY} is not up to date\nrun: cargo xtask docs");
}
