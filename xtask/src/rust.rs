//! As much of Rust's syntax as the rules need: where strings are, where functions begin and end. Not a parser: it
//! relies on sources that `cargo fmt` has laid out.

/// A string literal.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    /// The line that it begins on, from 1.
    pub line: usize,
    /// Its text, escapes as they are written; a line continuation (`\` at the end of a line) is joined.
    pub text: String,
}

/// The string literals of a source, comments and characters left out.
#[must_use]
pub fn literals(source: &str) -> Vec<Literal> {
    let mut literals = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some(first) = rest.chars().next() {
        let (token, text) = token(rest, first);
        if let Some(text) = text {
            literals.push(Literal { line, text: joined(text) });
        }
        line += rest[..token].matches('\n').count();
        rest = &rest[token..];
    }
    literals
}

/// The length in bytes of the token that the source begins with, and its text when it is a string.
fn token(rest: &str, first: char) -> (usize, Option<&str>) {
    let until =
        |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    match first {
        '/' if rest.starts_with("//") => (until("\n", 2), None),
        '/' if rest.starts_with("/*") => (until("*/", 2), None),
        '"' => {
            let end = string_end(rest);
            (end, Some(rest[1..end].strip_suffix('"').unwrap_or(&rest[1..end])))
        }
        'r' if rest[1..].trim_start_matches('#').starts_with('"') => {
            let hashes = rest[1..].bytes().take_while(|byte| *byte == b'#').count();
            let end = until(&format!("\"{}", "#".repeat(hashes)), hashes + 2);
            (end, Some(&rest[hashes + 2..end.saturating_sub(hashes + 1).max(hashes + 2)]))
        }
        '\'' => (character_end(rest), None),
        // A word is taken whole, so that the `r` at the end of one does not begin a raw string.
        first if first.is_alphanumeric() || first == '_' => {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            (end, None)
        }
        first => (first.len_utf8(), None),
    }
}

fn string_end(rest: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The end of a character, or of the quote alone when it begins a lifetime.
fn character_end(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, _))) => rest[at + 1..].find('\'').map_or(rest.len(), |end| at + end + 2),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

fn joined(text: &str) -> String {
    let mut parts = text.split("\\\n");
    let mut joined = parts.next().unwrap_or_default().to_owned();
    parts.for_each(|part| joined.push_str(part.trim_start()));
    joined
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of its `fn`, from 1.
    pub line: usize,
    /// Lines from its `fn` to its closing brace, both counted.
    pub lines: usize,
    /// Whether an attribute right above makes it a test.
    pub test: bool,
}

/// The functions of a source.
#[must_use]
pub fn functions(source: &str) -> Vec<Function> {
    let lines: Vec<&str> = source.lines().collect();
    let mut functions = Vec::new();
    for (line_idx, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = &line[..line.len() - line.trim_start().len()];
        let ends = |end: &&str| end.strip_prefix(indent).is_some_and(|end| end.starts_with('}'));
        let one_line = line.trim_end().ends_with(['}', ';']);
        let height = if one_line { Some(0) } else { lines[line_idx..].iter().position(ends) };
        let attributes = lines[..line_idx].iter().rev().take_while(|line| {
            let line = line.trim_start();
            line.starts_with("#[") || line.starts_with("//")
        });
        let test = attributes.clone().any(|line| line.trim() == "#[test]");
        functions.push(Function { name, line: line_idx + 1, lines: height.unwrap_or(0) + 1, test });
    }
    functions
}

fn function_name(line: &str) -> Option<String> {
    let mut words = line.trim_start();
    for word in ["pub ", "pub(crate) ", "pub(super) ", "const ", "async ", "unsafe ", "extern \"C\" "] {
        words = words.strip_prefix(word).unwrap_or(words);
    }
    let name = words.strip_prefix("fn ")?;
    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    Some(name[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_found_and_comments_characters_and_lifetimes_are_not() {
        let source = "// \"no\"\nlet a: &'a str = \"one \\\" two\";\nlet b = '\"'; /* \"no\" */\nlet c = r#\"raw \"x\"\"#;\nlet d = '\\'';\n\"joined \\\n    here\"";
        let found: Vec<(usize, String)> = literals(source).into_iter().map(|l| (l.line, l.text)).collect();
        let expected = [(2, "one \\\" two"), (4, "raw \"x\""), (6, "joined here")];
        assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn a_function_is_as_long_as_its_lines() {
        let source = "impl A {\n    #[test]\n    fn one(\n        x: u8,\n    ) {\n        if x {\n        }\n    }\n}\npub fn two() {}\n";
        let found = functions(source);
        assert_eq!(found[0], Function { name: "one".to_owned(), line: 3, lines: 6, test: true });
        assert_eq!(found[1], Function { name: "two".to_owned(), line: 10, lines: 1, test: false });
    }
}
