//! The columns of a table, from the statement that made it. Only names, keys and defaults are taken; what a statement
//! would do is never done.

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub name: String,
    /// Where its value stands in a record; none when no record holds it, because it is computed.
    pub(super) stored: Option<usize>,
    /// Whether its value is the row's number.
    pub(super) is_rowid: bool,
    /// Whether whole numbers in it are reals that were stored short.
    pub(super) is_real: bool,
    /// The value of rows that are older than the column.
    pub(super) default: Constant,
}

/// A default value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constant {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

/// What a statement says of its table.
#[derive(Debug, PartialEq)]
pub(super) struct Made {
    pub columns: Vec<Column>,
    pub without_rowid: bool,
}

/// Reads `CREATE TABLE name (…)`; none when it is something else.
pub(super) fn made(sql: &str) -> Option<Made> {
    let tokens = tokens(sql)?;
    let open = tokens.iter().position(|token| *token == Token::Mark('('))?;
    let head: Vec<&Token> = tokens[..open].iter().collect();
    if !head.iter().any(|token| token.is("table")) || head.iter().any(|token| token.is("virtual")) {
        return None;
    }
    let (parts, after) = parts(&tokens[open + 1..])?;
    let mut columns = Vec::new();
    let mut key: Vec<String> = Vec::new();
    let mut integer_keys = Vec::new();
    for part in parts {
        let part = if part[0].is("constraint") && part.len() > 2 { &part[2..] } else { part };
        let first = &part[0];
        if ["primary", "unique", "check", "foreign"].iter().any(|word| first.is(word)) {
            if first.is("primary") {
                key = names_in(part);
            }
            continue;
        }
        let parsed = column(part)?;
        if parsed.is_key {
            key = vec![parsed.column.name.clone()];
        }
        if parsed.is_integer && !(parsed.is_key && parsed.is_descending) {
            integer_keys.push(parsed.column.name.clone());
        }
        columns.push(parsed.column);
    }
    let without_rowid = after.windows(2).any(|pair| pair[0].is("without") && pair[1].is("rowid"));
    if let ([name], false) = (&key[..], without_rowid)
        && integer_keys.iter().any(|integer| integer.eq_ignore_ascii_case(name))
        && let Some(column) = columns.iter_mut().find(|column| column.name.eq_ignore_ascii_case(name))
    {
        column.is_rowid = true;
    }
    lay_out(&mut columns, if without_rowid { &key } else { &[] });
    (!columns.is_empty()).then_some(Made { columns, without_rowid })
}

/// Numbers the values of a record: the key's columns first, where the table has no row numbers, then the rest.
fn lay_out(columns: &mut [Column], key: &[String]) {
    let mut order: Vec<usize> = Vec::new();
    for name in key {
        let found = columns.iter().position(|column| column.name.eq_ignore_ascii_case(name));
        order.extend(found.filter(|idx| !order.contains(idx)));
    }
    let rest: Vec<usize> = (0..columns.len()).filter(|idx| !order.contains(idx)).collect();
    order.extend(rest);
    let mut n_stored = 0;
    for idx in order {
        if columns[idx].stored.is_some() {
            columns[idx].stored = Some(n_stored);
            n_stored += 1;
        }
    }
}

struct Parsed {
    column: Column,
    is_key: bool,
    is_descending: bool,
    is_integer: bool,
}

/// Words that end a column's type.
const CONSTRAINTS: &[&str] = &[
    "constraint",
    "primary",
    "not",
    "null",
    "unique",
    "check",
    "default",
    "collate",
    "references",
    "generated",
    "as",
];

fn column(part: &[Token]) -> Option<Parsed> {
    let name = part[0].name()?.to_owned();
    let end = part.iter().skip(1).position(|token| CONSTRAINTS.iter().any(|word| token.is(word)));
    let (kind, constraints) = part[1..].split_at(end.unwrap_or(part.len() - 1));
    let kind: Vec<String> =
        kind.iter().filter_map(|token| token.name().map(str::to_ascii_lowercase)).collect();
    let kind = kind.join(" ");
    let mut is_key = false;
    let mut is_descending = false;
    let mut is_computed = false;
    let mut default = Constant::Null;
    let mut depth = 0_u32;
    for (idx, token) in constraints.iter().enumerate() {
        match token {
            Token::Mark('(') => depth += 1,
            Token::Mark(')') => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            token if token.is("primary") => is_key = true,
            token if token.is("desc") => is_descending = true,
            token if token.is("as") => is_computed = true,
            token if token.is("stored") => is_computed = false,
            token if token.is("default") => default = constant(&constraints[idx + 1..]),
            _ => {}
        }
    }
    let has = |word: &str| kind.contains(word);
    let is_real = ["real", "floa", "doub"].iter().any(|word| has(word))
        && !["int", "char", "clob", "text", "blob"].iter().any(|word| has(word));
    let stored = (!is_computed).then_some(0);
    let column = Column { name, stored, is_rowid: false, is_real, default };
    Some(Parsed { column, is_key, is_descending, is_integer: kind == "integer" })
}

/// The columns that a table's key names, in order.
fn names_in(part: &[Token]) -> Vec<String> {
    let Some(open) = part.iter().position(|token| *token == Token::Mark('(')) else { return Vec::new() };
    let names = part[open + 1..].split(|token| matches!(token, Token::Mark(',' | ')')));
    names.filter_map(|words| words.first()?.name()).map(str::to_owned).collect()
}

/// A default that is a constant. An expression is computed when a row is written, so no stored row lacks it.
fn constant(tokens: &[Token]) -> Constant {
    let (sign, rest) = match tokens.first() {
        Some(Token::Mark('-')) => (-1, &tokens[1..]),
        Some(Token::Mark('+' | '(')) => return constant(&tokens[1..]),
        _ => (1, tokens),
    };
    match rest.first() {
        Some(Token::Number(digits)) => {
            let hex = digits.strip_prefix("0x").or(digits.strip_prefix("0X"));
            let whole = match hex {
                Some(hex) => u64::from_str_radix(hex, 16).ok().map(|value| value as i64),
                None => digits.parse::<i64>().ok(),
            };
            match (whole, digits.parse::<f64>()) {
                (Some(value), _) => Constant::Integer(sign * value),
                (None, Ok(value)) => Constant::Real(sign as f64 * value),
                _ => Constant::Null,
            }
        }
        Some(Token::Text(text)) if sign > 0 => Constant::Text(text.clone()),
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("true") => Constant::Integer(1),
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("false") => Constant::Integer(0),
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("x") => match rest.get(1) {
            Some(Token::Text(hex)) => Constant::Blob(unhex(hex)),
            _ => Constant::Null,
        },
        // A quoted name that is no column is a text.
        Some(Token::Name(text)) if sign > 0 => Constant::Text(text.clone()),
        _ => Constant::Null,
    }
}

fn unhex(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    /// In quotation marks, grave accents or square brackets.
    Name(String),
    /// In apostrophes.
    Text(String),
    Number(String),
    Mark(char),
}

impl Token {
    fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(found) if found.eq_ignore_ascii_case(word))
    }

    fn name(&self) -> Option<&str> {
        match self {
            Self::Word(name) | Self::Name(name) | Self::Text(name) => Some(name),
            Self::Number(_) | Self::Mark(_) => None,
        }
    }
}

/// The parts between the commas up to the closing bracket, none of them empty, and what comes after it.
fn parts(tokens: &[Token]) -> Option<(Vec<&[Token]>, &[Token])> {
    let (mut depth, mut start) = (0_u32, 0);
    let mut parts = Vec::new();
    for (idx, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('(') => depth += 1,
            Token::Mark(')') if depth > 0 => depth -= 1,
            Token::Mark(')' | ',') if depth == 0 => {
                if idx > start {
                    parts.push(&tokens[start..idx]);
                }
                start = idx + 1;
                if *token == Token::Mark(')') {
                    return Some((parts, &tokens[start..]));
                }
            }
            _ => {}
        }
    }
    None
}

/// The words of a statement; none when a quotation is not closed.
fn tokens(sql: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            c if c.is_whitespace() => c.len_utf8(),
            '-' if rest.starts_with("--") => rest.find('\n').map_or(rest.len(), |end| end + 1),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' | '`' | '\'' | '[' => {
                let (text, len) = quoted(rest, if first == '[' { ']' } else { first })?;
                tokens.push(if first == '\'' { Token::Text(text) } else { Token::Name(text) });
                len
            }
            c if c.is_ascii_digit() || (c == '.' && rest[1..].starts_with(|d: char| d.is_ascii_digit())) => {
                let len = number_len(rest);
                tokens.push(Token::Number(rest[..len].to_owned()));
                len
            }
            c if is_word(c) => {
                let len = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..len].to_owned()));
                len
            }
            c => {
                tokens.push(Token::Mark(c));
                c.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    Some(tokens)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$') || !c.is_ascii()
}

fn number_len(text: &str) -> usize {
    let mut len = 0;
    let mut last = ' ';
    for c in text.chars() {
        let exponent = matches!(last, 'e' | 'E') && !text.starts_with("0x") && matches!(c, '+' | '-');
        if !(c.is_ascii_alphanumeric() || c == '.' || exponent) {
            break;
        }
        len += 1;
        last = c;
    }
    len
}

/// A quotation, in which two end marks are one, and its length in bytes.
fn quoted(text: &str, end: char) -> Option<(String, usize)> {
    let mut content = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != end {
            content.push(c);
        } else if end != ']' && chars.peek().is_some_and(|(_, next)| *next == end) {
            content.push(c);
            chars.next();
        } else {
            return Some((content, at + c.len_utf8()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(sql: &str) -> String {
        let Some(made) = made(sql) else { return "none".to_owned() };
        let columns = made.columns.iter().map(|column| {
            let stored = column.stored.map_or_else(|| "-".to_owned(), |idx| idx.to_string());
            let default = match &column.default {
                Constant::Null => String::new(),
                default => format!("={default:?}"),
            };
            let (rowid, real) =
                (if column.is_rowid { "#" } else { "" }, if column.is_real { "~" } else { "" });
            format!("{}{rowid}{real}@{stored}{default}", column.name)
        });
        let columns: Vec<String> = columns.collect();
        format!("{}{}", columns.join(" "), if made.without_rowid { " without" } else { "" })
    }

    #[test]
    fn columns_are_read_from_the_statement_that_made_the_table() {
        for (sql, expected) in [
            ("CREATE TABLE a(_id INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT NOT NULL)", "_id#@0 b@1"),
            ("create table \"a b\" ([x y] int primary key, `z` double)", "x y@0 z~@1"),
            ("CREATE TABLE a(b INTEGER PRIMARY KEY DESC, c)", "b@0 c@1"),
            ("CREATE TABLE a(b INTEGER, c, PRIMARY KEY(b))", "b#@0 c@1"),
            ("CREATE TABLE a(b, c, d, PRIMARY KEY(c, b)) WITHOUT ROWID", "b@1 c@0 d@2 without"),
            ("CREATE TABLE a(b, c AS (b || ')'), d INT AS (1) STORED, e)", "b@0 c@- d@1 e@2"),
            (
                "CREATE TABLE a(b DEFAULT -5, c DEFAULT 'it''s', d DEFAULT (2.5), e DEFAULT x'0aFF')",
                "b@0=Integer(-5) c@1=Text(\"it's\") d@2=Real(2.5) e@3=Blob([10, 255])",
            ),
            ("CREATE TABLE a(b -- one, two\n, c /* , d */, CONSTRAINT k UNIQUE(b))", "b@0 c@1"),
            ("CREATE VIRTUAL TABLE a USING fts4(b)", "none"),
            ("CREATE INDEX a ON b(c)", "none"),
            ("CREATE TABLE a(b 'unclosed", "none"),
            ("CREATE TABLE a(", "none"),
            ("", "none"),
        ] {
            assert_eq!(said(sql), expected, "{sql}");
        }
    }
}
