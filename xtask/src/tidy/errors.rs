//! docs/errors.md lists what can go wrong by a user's doing; each message that it quotes must be one of the program's.

use crate::rust::literals;
use crate::tree::{Fault, Tree};

const ERRORS: &str = "docs/errors.md";

/// What stands for a value in a quoted message.
const VALUE: char = '…';

/// Every row of the table quotes, in its second cell, a message whose words stand in a string of the program.
#[must_use]
pub fn errors(tree: &Tree) -> Vec<Fault> {
    let said: Vec<String> = tree
        .texts("crates/", ".rs")
        .flat_map(|(_, text)| literals(text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default()))
        .map(|literal| literal.text)
        .collect();
    let mut faults = Vec::new();
    for (line_idx, line) in tree.text(ERRORS).lines().enumerate() {
        let Some(message) = line.strip_prefix("| ").and_then(|line| line.split(" | ").nth(1)) else {
            continue;
        };
        let Some(message) = message.trim().strip_prefix('`').and_then(|message| message.strip_suffix('`'))
        else {
            continue;
        };
        let parts: Vec<&str> = message.split(VALUE).map(str::trim).filter(|part| part.len() > 3).collect();
        if parts.is_empty() || !said.iter().any(|said| parts.iter().all(|part| said.contains(part))) {
            faults.push(Fault::line(ERRORS, line_idx + 1, format!("the program does not say: {message}")));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_the_program_does_not_say_is_found() {
        let tree = Tree::of(&[
            (
                "crates/a/src/lib.rs",
                "#[error(\"no such file: {path}\")]\n#[cfg(test)]\nmod tests { \"gone: {x}\" }",
            ),
            (
                ERRORS,
                "| what | message | exit |\n|---|---|---|\n| a | `no such file: …` | 1 |\n| b | `gone: …` | 1 |\n",
            ),
        ]);
        let found: Vec<String> = errors(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["docs/errors.md:4: the program does not say: gone: …"]);
    }
}
