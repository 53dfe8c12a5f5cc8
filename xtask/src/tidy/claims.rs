//! The claim linter: wordings that say more than rows can show, in Italian and English, wherever a sentence may reach an
//! officer, a prosecutor or a court. The list is `claims.toml`; it is reviewed, not generated.

use serde::Deserialize;

use crate::rust::literals;
use crate::tree::{Fault, Tree};

/// The list's path.
pub const CLAIMS: &str = "xtask/claims.toml";

/// The list.
#[derive(Deserialize)]
struct Claims {
    wording: Vec<Wording>,
    #[serde(default)]
    exception: Vec<Exception>,
}

/// A wording that is not to be used.
#[derive(Deserialize)]
struct Wording {
    /// The words, in lower case; a run of blanks stands for one.
    says: Vec<String>,
    /// What rows cannot show of it, and what to write in its place.
    why: String,
}

/// A place where a wording may stand.
#[derive(Deserialize)]
struct Exception {
    /// The file.
    path: String,
    /// The words, as the list of wordings has them.
    says: String,
    /// Why it may.
    #[expect(
        dead_code,
        reason = "the reason is for the reader of the list; that it is there is checked on reading"
    )]
    reason: String,
}

/// The wordings of the list that stand in the tree, and the exceptions that nothing needs any more.
#[must_use]
pub fn claims(tree: &Tree) -> Vec<Fault> {
    let claims: Claims = match toml::from_str(tree.text(CLAIMS)) {
        Ok(claims) => claims,
        Err(error) => return vec![Fault::file(CLAIMS, error.to_string())],
    };
    let mut faults = Vec::new();
    let mut used = vec![false; claims.exception.len()];
    for (path, text) in tree.texts("", "").filter(|(path, _)| *path != CLAIMS) {
        for (line, sentence) in sentences(path, text) {
            let sentence = spaced(&sentence);
            for (says, why) in claims.wording.iter().flat_map(|w| w.says.iter().map(|says| (says, &w.why))) {
                if !holds(&sentence, says) {
                    continue;
                }
                match claims.exception.iter().position(|e| e.path == path && e.says == *says) {
                    Some(exception_idx) => used[exception_idx] = true,
                    None => faults.push(Fault::line(
                        path,
                        line,
                        format!("says more than rows can show: {says}\n{why}"),
                    )),
                }
            }
        }
    }
    let stale = claims.exception.iter().zip(used).filter(|(_, used)| !used);
    faults.extend(stale.map(|(e, _)| {
        Fault::file(CLAIMS, format!("nothing needs this exception: {} in {}", e.says, e.path))
    }));
    faults
}

/// What a file says to its readers, by line: the strings of sources (without those of their tests), the paragraphs of
/// everything else that is words.
fn sentences(path: &str, text: &str) -> Vec<(usize, String)> {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "rs" if path.starts_with("crates/") && path.contains("/src/") && !path.ends_with("/tests.rs") => {
            let product = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            let mut said: Vec<_> =
                literals(product).into_iter().map(|literal| (literal.line, literal.text)).collect();
            if path.starts_with("crates/analyses/") {
                said.extend(paragraphs(text, |line| line.strip_prefix("//!")));
            }
            said
        }
        "md" | "golden" | "typ" | "toml" | "tsv" | "txt" | "html" | "ts" | "tsx" => paragraphs(text, Some),
        _ => Vec::new(),
    }
}

/// Lines that follow each other are one paragraph, so that a wording across a line's end is found.
fn paragraphs<'a>(text: &'a str, line: impl Fn(&'a str) -> Option<&'a str>) -> Vec<(usize, String)> {
    let mut paragraphs: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (line_idx, text) in text.lines().enumerate() {
        match line(text).filter(|text| !text.trim().is_empty()) {
            None => open = false,
            Some(text) => {
                match paragraphs.last_mut().filter(|_| open) {
                    Some((_, paragraph)) => *paragraph = format!("{paragraph} {text}"),
                    None => paragraphs.push((line_idx + 1, text.to_owned())),
                }
                open = true;
            }
        }
    }
    paragraphs
}

/// In lower case, with one blank between words, one apostrophe and no emphasis marks.
fn spaced(sentence: &str) -> String {
    let plain = sentence.to_lowercase().replace('’', "'").replace(['*', '_', '`'], " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the words stand in the sentence as whole words, and not right after a negation.
fn holds(sentence: &str, says: &str) -> bool {
    sentence.match_indices(says).any(|(at, _)| {
        let before = &sentence[..at];
        let after = sentence[at + says.len()..].chars().next();
        !before.ends_with(char::is_alphanumeric)
            && !after.is_some_and(char::is_alphanumeric)
            && !before.split_whitespace().next_back().is_some_and(|word| NEGATIONS.contains(&word))
    })
}

/// "L'intestatario non è l'utilizzatore" says what the rows do not show, which is what is wanted.
const NEGATIONS: &[&str] = &["non", "né", "mai", "not", "never", "nor"];

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "[[wording]]\nsays = [\"is the user\"]\nwhy = \"a line is registered, not used\"\n";

    #[test]
    fn a_wording_is_found_in_sentences_and_not_in_code_comments_or_tests() {
        let source = "// is the user\nlet a = \"Rossi is the \\\n     user\";\n#[cfg(test)]\nmod tests { \"is the user\" }\n";
        let tree = Tree::of(&[
            (CLAIMS, LIST),
            ("crates/app/src/a.rs", source),
            ("crates/outputs/src/x.golden", "who is the\n*user*, then\n"),
            (
                "docs/x.md",
                "this is the users' guide; who pays is never the user of necessity, not is the user",
            ),
        ]);
        let found: Vec<String> =
            claims(&tree).iter().map(|fault| format!("{}:{:?}", fault.path, fault.line)).collect();
        assert_eq!(found, ["crates/app/src/a.rs:Some(2)", "crates/outputs/src/x.golden:Some(1)"]);
    }

    #[test]
    fn an_exception_covers_its_file_and_a_stale_one_fails() {
        let list = format!(
            "{LIST}[[exception]]\npath = \"a.md\"\nsays = \"is the user\"\nreason = \"quotes it\"\n[[exception]]\npath = \"b.md\"\nsays = \"is the user\"\nreason = \"quotes it\"\n"
        );
        let tree = Tree::of(&[(CLAIMS, &list), ("a.md", "never \"is the user\""), ("b.md", "")]);
        let found: Vec<String> = claims(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["xtask/claims.toml: nothing needs this exception: is the user in b.md"]);
    }

    #[test]
    fn an_exception_without_a_reason_is_refused() {
        let tree = Tree::of(&[(CLAIMS, &format!("{LIST}[[exception]]\npath = \"a\"\nsays = \"b\"\n"))]);
        assert!(claims(&tree)[0].what.contains("missing field `reason`"));
    }
}
