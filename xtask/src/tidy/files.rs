//! Rules over single files: how they begin, how long their functions are, what kinds there are, whose traces they hold.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::rust::functions;
use crate::tree::{Fault, Tree};

/// Every Rust file begins with `//!`: what it is, what it is not.
#[must_use]
pub fn headers(tree: &Tree) -> Vec<Fault> {
    let bare = tree.texts("", ".rs").filter(|(_, text)| !text.trim_start().starts_with("//! "));
    bare.map(|(path, _)| Fault::line(path, 1, "does not begin with //! and a sentence that says what it is"))
        .collect()
}

/// The most lines that a function has.
const LINES: usize = 70;

/// The functions that are longer, with their lines, which may only go down.
const LONG_FUNCTIONS: &str = "xtask/long_functions.tsv";

/// No function is longer than a page, but those on a list that may only shrink.
#[must_use]
pub fn long_functions(tree: &Tree) -> Vec<Fault> {
    let mut listed = BTreeMap::new();
    for (line_idx, line) in tree.text(LONG_FUNCTIONS).lines().enumerate().skip(1) {
        let mut cells = line.split('\t');
        if let (Some(path), Some(name), Some(Ok(lines))) =
            (cells.next(), cells.next(), cells.next().map(str::parse::<usize>))
        {
            listed.insert((path.to_owned(), name.to_owned()), (line_idx + 1, lines));
        }
    }
    let mut faults = Vec::new();
    for (path, text) in tree.texts("", ".rs") {
        for function in functions(text).iter().filter(|function| function.lines > LINES) {
            let found = function.lines;
            match listed.remove(&(path.to_owned(), function.name.clone())) {
                None => faults.push(Fault::line(
                    path,
                    function.line,
                    format!(
                        "{} has {found} lines, more than {LINES}\ncut it where it does a second thing",
                        function.name
                    ),
                )),
                Some((_, lines)) if found > lines => faults.push(Fault::line(
                    path,
                    function.line,
                    format!("{} grew from {lines} lines to {found}; it may only shrink", function.name),
                )),
                Some((line, lines)) if found < lines => {
                    faults.push(Fault::line(LONG_FUNCTIONS, line, format!("it shrank: write {found}")))
                }
                Some(_) => {}
            }
        }
    }
    faults.extend(listed.values().map(|(line, _)| {
        Fault::line(LONG_FUNCTIONS, *line, "no such long function any more: take the line out")
    }));
    faults
}

/// Words that say that something is still to be done. Made of halves, so that this list does not name itself.
const UNFINISHED: &[&str] =
    &[concat!("FIX", "ME"), concat!("TO", "DO"), concat!("XX", "X"), concat!("HA", "CK")];

/// What is in the tree is finished: a gap is an issue, not a comment.
#[must_use]
pub fn unfinished(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in tree.texts("", "").filter(|(path, _)| *path != "Cargo.lock" && *path != "LICENSE") {
        for (line_idx, line) in text.lines().enumerate() {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            if let Some(word) = words.find(|word| UNFINISHED.contains(word)) {
                faults.push(Fault::line(
                    path,
                    line_idx + 1,
                    format!("says {word}: do it, or file it as an issue"),
                ));
            }
        }
    }
    faults
}

/// The most bytes that a file has.
const BYTES: u64 = 256 * 1024;

/// No large file is stored, the lock file apart.
#[must_use]
pub fn blobs(tree: &Tree) -> Vec<Fault> {
    let large = tree.files.iter().filter(|(path, file)| file.len > BYTES && *path != "Cargo.lock");
    large
        .map(|(path, file)| {
            Fault::file(path, format!("{} bytes, more than {BYTES}\nmake it by a command", file.len))
        })
        .collect()
}

/// Only scripts may be executed.
#[must_use]
pub fn executables(tree: &Tree) -> Vec<Fault> {
    let script = |path: &str, text: &str| {
        (path.starts_with(".ci/") || path.starts_with("tools/") || path.ends_with(".sh"))
            && text.starts_with("#!")
    };
    let files = tree.files.iter().filter(|(_, file)| file.executable);
    let wrong = files.filter(|(path, file)| !script(path, file.text.as_deref().unwrap_or_default()));
    wrong
        .map(|(path, _)| Fault::file(path, "may be executed and is no script of .ci or tools\nchmod -x"))
        .collect()
}

/// The kinds of file that the tree holds, by the end of their name.
const EXTENSIONS: &[&str] = &[
    // Sources of the program and of its reports.
    "rs",
    "typ",
    "ts",
    "tsx",
    "css",
    // The web app's sign, and its tools.
    "svg",
    "mjs",
    // Words.
    "md",
    "txt",
    // Settings, lists, made-up records.
    "toml",
    "lock",
    "yml",
    "json",
    "jsonl",
    "csv",
    "tsv",
    "xml",
    "html",
    "log",
    // Containers that readers are tested on.
    "gz",
    "zst",
    "zip",
    "xlsx",
    "parquet",
    "db",
    "sqlite",
    // Made-up files of file-sharing programs.
    "met",
    "dat",
    "bak",
    "ini",
    "torrent",
    "fastresume",
    "resume",
    // What tests compare with.
    "golden",
    // Scripts that make fixtures.
    "sh",
    "py",
    // The check of a log by a tool that is not ours.
    "go",
];

/// Files that have no extension.
const BARE: &[&str] = &["LICENSE", ".gitignore", ".gitattributes", ".ci/run", "web/.npmrc"];

/// Every kind of file is there on purpose.
#[must_use]
pub fn extensions(tree: &Tree) -> Vec<Fault> {
    let known = |path: &str| {
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        // Pictures of made-up operations, which the tests of the web app make; nowhere else is a picture of pixels.
        let is_of_docs = path.starts_with("docs/pictures/") && name.ends_with(".png");
        is_of_docs
            || BARE.iter().any(|bare| path == *bare || name == *bare)
            || name.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
    };
    let unknown = tree.files.keys().filter(|path| !known(path));
    unknown
        .map(|path| {
            Fault::file(
                path,
                "a kind of file that the tree does not have\nadd it to files.rs, or leave it out",
            )
        })
        .collect()
}

/// Kinds of file in which anything that reads like an IPv6 address is one; in sources it may be a path.
const RECORDS: &[&str] = &["csv", "tsv", "xml", "json", "jsonl", "golden"];

/// Every address in the tree lies in a range that belongs to nobody.
#[must_use]
pub fn addresses(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in tree.texts("", "").filter(|(path, _)| *path != "Cargo.lock") {
        let record = path.rsplit_once('.').is_some_and(|(_, extension)| RECORDS.contains(&extension));
        for (line_idx, line) in text.lines().enumerate() {
            let words = line.split(|c: char| !c.is_ascii_hexdigit() && c != '.' && c != ':');
            for word in words.map(|word| word.trim_matches('.')).filter(|word| word.len() >= 7) {
                // Outside records four numbers below 20 are a version or a section number.
                let v4 = word.split(':').find_map(|word| word.parse::<Ipv4Addr>().ok());
                let v4 = v4.filter(|v4| record || v4.octets().iter().any(|octet| *octet >= 20));
                let v6 =
                    [word, word.trim_end_matches(':')].iter().find_map(|word| word.parse::<Ipv6Addr>().ok());
                let v6 = v6.filter(|_| record);
                if v4.is_some_and(|v4| !nobodys(v4)) || v6.is_some_and(|v6| !nobodys_v6(v6)) {
                    faults.push(Fault::line(path, line_idx + 1, format!("an address that may be somebody's: {word}\ntake one of RFC 5737, 3849, 2544 or 6598")));
                }
            }
        }
    }
    faults
}

/// Documentation (RFC 5737), benchmark (RFC 2544), shared (RFC 6598), private (RFC 1918) and special (RFC 6890) ranges.
fn nobodys(v4: Ipv4Addr) -> bool {
    let [a, b, c, d] = v4.octets();
    v4.is_documentation()
        || (a == 198 && b & 0xfe == 18)
        || (a == 100 && b & 0xc0 == 64)
        || v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || a == 0
        || a >= 224
        // The version of a browser in its description of itself: Chrome/120.0.0.0.
        || (b, c, d) == (0, 0, 0)
}

/// Documentation (RFC 3849) and special ranges; what maps an IPv4 address is as that address is.
fn nobodys_v6(v6: Ipv6Addr) -> bool {
    match v6.to_ipv4_mapped() {
        Some(v4) => nobodys(v4),
        None => {
            v6.segments()[..2] == [0x2001, 0xdb8]
                || v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_unicast_link_local()
                || v6.is_unique_local()
        }
    }
}

/// In Markdown a line holds one sentence at most.
#[must_use]
pub fn sentences(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in tree.texts("", ".md") {
        let mut code = false;
        for (line_idx, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                code = !code;
            } else if !code && !line.starts_with('|') && second_sentence(line) {
                faults.push(Fault::line(path, line_idx + 1, "more than one sentence on a line"));
            }
        }
    }
    faults
}

/// A stop after a word of more than three letters, then a capital. Shorter words before a stop are abbreviations.
fn second_sentence(line: &str) -> bool {
    line.match_indices(". ").any(|(at, _)| {
        let word = line[..at].chars().rev().take_while(|c| c.is_alphabetic()).count();
        word > 3 && line[at + 2..].starts_with(char::is_uppercase)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::File;

    #[test]
    fn a_function_that_is_too_long_grew_shrank_or_is_gone_is_found() {
        let source = |lines: usize| format!("//! x\nfn long() {{\n{}}}\n", "    x();\n".repeat(lines - 2));
        let list = "path\tfunction\tlines\na.rs\tlong\t80\ngone.rs\tlong\t80\n";
        let long = |of_a: usize, of_b: usize| {
            let tree = Tree::of(&[("a.rs", &source(of_a)), ("b.rs", &source(of_b)), (LONG_FUNCTIONS, list)]);
            long_functions(&tree).iter().map(|fault| (fault.path.clone(), fault.line)).collect::<Vec<_>>()
        };
        let gone = (LONG_FUNCTIONS.to_owned(), Some(3));
        assert_eq!(long(80, 70), std::slice::from_ref(&gone));
        assert_eq!(long(81, 71), [("a.rs".to_owned(), Some(2)), ("b.rs".to_owned(), Some(2)), gone.clone()]);
        assert_eq!(long(75, 70), [(LONG_FUNCTIONS.to_owned(), Some(2)), gone]);
    }

    #[test]
    fn somebodys_addresses_are_found_and_nobodys_are_not() {
        let host = ["93", "184", "216", "34"].join(".");
        let somebodys = [&format!("a {host}, b"), "2a00:1450:4002::8", "::ffff:8.8.8.8"];
        let nobodys = [
            "192.0.2.1",
            "198.19.0.1:4662",
            "100.64.3.2",
            "2001:db8::1",
            "10.0.0.1",
            "12:30:45",
            "Chrome/120.0.0.0",
            "1.2.3",
            "de:ad",
        ];
        let tree = Tree::of(&[
            ("a.csv", &somebodys.join("\n")),
            ("b.csv", &nobodys.join("\n")),
            ("c.rs", "use abc::de; // RFC 4291 section 2.5.5.2"),
        ]);
        let found: Vec<_> = addresses(&tree).into_iter().map(|fault| (fault.path, fault.line)).collect();
        assert_eq!(found, [1, 2, 3].map(|line| ("a.csv".to_owned(), Some(line))));
    }

    #[test]
    fn unfinished_unheaded_unknown_large_and_executable_files_are_found() {
        let mut tree = Tree::of(&[
            ("a.rs", "fn a() {}\n"),
            ("b.md", &format!("{}: later", UNFINISHED[0])),
            ("c.exe", ""),
            (".ci/run", "#!/bin/sh\n"),
        ]);
        tree.files.insert("d.csv".to_owned(), File { text: None, len: BYTES + 1, executable: true });
        tree.files.entry(".ci/run".to_owned()).or_default().executable = true;
        for (rule, path) in [
            (headers as fn(&Tree) -> Vec<Fault>, "a.rs"),
            (unfinished, "b.md"),
            (extensions, "c.exe"),
            (blobs, "d.csv"),
            (executables, "d.csv"),
        ] {
            let found: Vec<String> = rule(&tree).into_iter().map(|fault| fault.path).collect();
            assert_eq!(found, [path]);
        }
    }

    #[test]
    fn two_sentences_on_a_line_are_found_and_abbreviations_are_not() {
        let tree = Tree::of(&[(
            "a.md",
            "One thing. Another.\nSee art. Nine of it.\n```\nOne thing. Another.\n```\n| Cell one. Cell two. |\n",
        )]);
        assert_eq!(sentences(&tree).into_iter().map(|fault| fault.line).collect::<Vec<_>>(), [Some(1)]);
    }
}
