//! Rules over the lock file: no program that could send anything, nothing from outside the registry. Licences are read
//! from the packages themselves, by [`licences`].

use serde::Deserialize;

use crate::tree::{Fault, Tree};

const LOCK: &str = "Cargo.lock";
const DENY: &str = "deny.toml";

/// The lock file.
#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

/// A package of the lock file.
#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
}

fn locked(tree: &Tree) -> Result<Vec<Package>, Vec<Fault>> {
    let lock = toml::from_str::<Lock>(tree.text(LOCK))
        .map_err(|error| vec![Fault::file(LOCK, error.to_string())])?;
    Ok(lock.package)
}

/// What of deny.toml is read here too, so that `cargo test` holds it where cargo-deny is not installed.
#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Banned>,
}

#[derive(Deserialize)]
struct Banned {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

fn deny(tree: &Tree) -> Result<Deny, Vec<Fault>> {
    toml::from_str(tree.text(DENY)).map_err(|error| vec![Fault::file(DENY, error.to_string())])
}

/// No package that deny.toml bans is in the lock file, for any platform or feature.
#[must_use]
pub fn no_network_client(tree: &Tree) -> Vec<Fault> {
    let (packages, deny) = match (locked(tree), deny(tree)) {
        (Ok(packages), Ok(deny)) => (packages, deny),
        (Err(faults), _) | (_, Err(faults)) => return faults,
    };
    let mut faults = Vec::new();
    for package in packages {
        if let Some(banned) = deny.bans.deny.iter().find(|banned| banned.name == package.name) {
            faults.push(Fault::file(
                LOCK,
                format!("holds {} {}\n{}", package.name, package.version, banned.reason),
            ));
        }
    }
    faults
}

/// Every package that is not ours comes from the registry.
#[must_use]
pub fn registry_only(tree: &Tree) -> Vec<Fault> {
    let packages = match locked(tree) {
        Ok(packages) => packages,
        Err(faults) => return faults,
    };
    let foreign = packages.iter().filter(|package| {
        package
            .source
            .as_deref()
            .is_some_and(|source| source != "registry+https://github.com/rust-lang/crates.io-index")
    });
    foreign
        .map(|package| Fault::file(LOCK, format!("{} does not come from the registry", package.name)))
        .collect()
}

/// What `cargo metadata` says, as far as it is read here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Licensed>,
}

/// A package with the licence that it states.
#[derive(Deserialize)]
struct Licensed {
    name: String,
    version: String,
    license: Option<String>,
}

/// Every package of `cargo metadata` may be used under a licence that deny.toml allows.
#[must_use]
pub fn licences(tree: &Tree, metadata: &str) -> Vec<Fault> {
    let metadata: Metadata = match serde_json::from_str(metadata) {
        Ok(metadata) => metadata,
        Err(error) => return vec![Fault::file(LOCK, format!("cargo metadata cannot be read: {error}"))],
    };
    let deny = match deny(tree) {
        Ok(deny) => deny,
        Err(faults) => return faults,
    };
    let refused =
        metadata.packages.iter().filter(|package| !allowed(package.license.as_deref(), &deny.licenses.allow));
    refused
        .map(|package| {
            let said = package.license.as_deref().unwrap_or("none stated");
            Fault::file(
                LOCK,
                format!("{} {} has a licence that is not allowed: {said}", package.name, package.version),
            )
        })
        .collect()
}

/// Whether a licence expression (SPDX, and the older `A/B` for a choice) can be met with allowed licences.
fn allowed(expression: Option<&str>, allow: &[String]) -> bool {
    let Some(expression) = expression else { return false };
    // No expression in use nests deeper than one pair of brackets around choices: each bracket is met on its own.
    let plain = expression.replace('/', " OR ");
    let mut clauses: Vec<&str> = Vec::new();
    let mut rest = plain.as_str();
    while let Some((before, after)) = rest.split_once('(') {
        let (inside, after) = after.split_once(')').unwrap_or((after, ""));
        clauses.push(inside);
        clauses.extend(
            [before.trim().trim_end_matches("AND").trim()].iter().filter(|clause| !clause.is_empty()),
        );
        rest = after.trim().trim_start_matches("AND");
    }
    clauses.extend([rest.trim()].iter().filter(|clause| !clause.is_empty()));
    clauses.iter().all(|clause| {
        clause
            .split(" OR ")
            .any(|choice| choice.split(" AND ").all(|one| allow.iter().any(|allow| allow == one.trim())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DENY_TOML: &str = "[licenses]\nallow = [\"MIT\", \"Zlib\"]\n[bans]\ndeny = [{ crate = \"reqwest\", reason = \"sends\" }]\n";

    fn tree(lock: &str) -> Tree {
        Tree::of(&[(LOCK, lock), (DENY, DENY_TOML)])
    }

    #[test]
    fn a_banned_package_and_one_from_elsewhere_are_found() {
        let lock = "[[package]]\nname = \"reqwest\"\nversion = \"0.1.0\"\nsource = \"git+https://example.org/reqwest\"\n[[package]]\nname = \"tutela-model\"\nversion = \"0.1.0\"\n";
        assert_eq!(no_network_client(&tree(lock))[0].what, "holds reqwest 0.1.0\nsends");
        assert_eq!(registry_only(&tree(lock))[0].what, "reqwest does not come from the registry");
    }

    #[test]
    fn a_licence_is_allowed_when_one_way_to_meet_it_is() {
        let allow = ["MIT".to_owned(), "Zlib".to_owned()];
        for (expression, met) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("GPL-3.0-only OR MIT", true),
            ("GPL-3.0-only/MIT", true),
            ("MIT AND GPL-3.0-only", false),
            ("(MIT OR GPL-3.0-only) AND Zlib", true),
            ("(MIT OR GPL-3.0-only) AND ISC", false),
            ("Zlib AND (ISC OR GPL-3.0-only)", false),
        ] {
            assert_eq!(allowed(Some(expression), &allow), met, "{expression}");
        }
        assert!(!allowed(None, &allow));
    }
}
