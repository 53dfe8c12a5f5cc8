//! Bencode (BEP 3): whole numbers, strings of bytes, lists and dictionaries, read into a tree that knows its bytes.
//!
//! A file that ends or breaks inside gives the tree up to there, and the flaw.

use tutela_model::tables::ProblemKind;

use crate::artefact::{Flaw, Said, Span, hex_beginning, text_of};

/// The deepest nesting that is read; honest files have about ten.
const DEPTH_MAX: u32 = 64;
/// The most values that a file may have; a list of ten thousand torrents has two million.
const NODES_MAX: usize = 4_000_000;

/// A value with its bytes.
#[derive(Debug)]
pub(crate) struct Node {
    /// The whole value as it is written: `i7e`, `4:spam`, `d…e`.
    pub span: Span,
    pub value: Value,
    /// Whether it is read to its own end.
    pub is_whole: bool,
}

#[derive(Debug)]
pub(crate) enum Value {
    Integer(i64),
    /// The bytes of the string, without its length.
    Bytes(Span),
    List(Vec<Node>),
    /// Keys with their bytes, and values, in the order of the file.
    Dict(Vec<(Span, Node)>),
}

/// A file's tree as far as it can be read.
pub(crate) struct Parsed<'a> {
    pub bytes: &'a [u8],
    pub root: Option<Node>,
    /// Where the tree ends.
    pub end: usize,
    /// Why it is not whole.
    pub flaw: Option<Flaw>,
}

/// Reads a file.
pub(crate) fn parse(bytes: &[u8]) -> Parsed<'_> {
    let mut parser = Parser { bytes, at: 0, n_nodes: 0, flaw: None };
    let root = parser.node(0);
    Parsed { bytes, root, end: parser.at, flaw: parser.flaw }
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    n_nodes: usize,
    flaw: Option<Flaw>,
}

impl Parser<'_> {
    fn fail<T>(&mut self, kind: ProblemKind, at: usize, expected: &str) -> Option<T> {
        let span = Span::between(at, self.bytes.len().min(at + 16));
        let found = hex_beginning(span.of(self.bytes));
        self.flaw.get_or_insert_with(|| Flaw::new(kind, span, expected, found));
        None
    }

    /// The next value. A list or dictionary that breaks inside is what there was of it, and the flaw is set.
    fn node(&mut self, depth: u32) -> Option<Node> {
        let begin = self.at;
        self.n_nodes += 1;
        if depth > DEPTH_MAX {
            return self.fail(ProblemKind::TooLarge, begin, "at most 64 values inside each other");
        }
        if self.n_nodes > NODES_MAX {
            return self.fail(ProblemKind::TooLarge, begin, "at most 4000000 values in a file");
        }
        let value = match self.bytes.get(begin) {
            Some(b'i') => self.integer()?,
            Some(b'l') => {
                self.at += 1;
                Value::List(self.list(depth))
            }
            Some(b'd') => {
                self.at += 1;
                Value::Dict(self.dict(depth))
            }
            Some(b'0'..=b'9') => Value::Bytes(self.string()?),
            Some(_) => return self.fail(ProblemKind::Malformed, begin, "a value: i, l, d or a length"),
            None => return self.fail(ProblemKind::Truncated, begin, "a value"),
        };
        let is_whole = self.flaw.is_none();
        Some(Node { span: Span::between(begin, self.at), value, is_whole })
    }

    fn integer(&mut self) -> Option<Value> {
        let begin = self.at;
        let digits = self.bytes[begin + 1..].iter().take(24).take_while(|byte| **byte != b'e').count();
        let text = &self.bytes[begin + 1..begin + 1 + digits];
        if self.bytes.get(begin + 1 + digits) != Some(&b'e') {
            let kind = if begin + 1 + digits >= self.bytes.len() {
                ProblemKind::Truncated
            } else {
                ProblemKind::Malformed
            };
            return self.fail(kind, begin, "a whole number between i and e");
        }
        let number = std::str::from_utf8(text).ok().filter(|text| !text.starts_with('+'));
        match number.and_then(|text| text.parse::<i128>().ok()) {
            Some(number) => {
                self.at = begin + digits + 2;
                // Programs write some numbers of 64 bits without their sign.
                Some(Value::Integer(i64::try_from(number).unwrap_or(if number < 0 {
                    i64::MIN
                } else {
                    i64::MAX
                })))
            }
            None => self.fail(ProblemKind::Malformed, begin, "a whole number between i and e"),
        }
    }

    fn string(&mut self) -> Option<Span> {
        let begin = self.at;
        let n_digits = self.bytes[begin..].iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
        let len = std::str::from_utf8(&self.bytes[begin..begin + n_digits])
            .ok()
            .and_then(|len| len.parse::<usize>().ok());
        let colon = begin + n_digits;
        let (Some(len), Some(b':')) = (len, self.bytes.get(colon)) else {
            let kind =
                if colon >= self.bytes.len() { ProblemKind::Truncated } else { ProblemKind::Malformed };
            return self.fail(kind, begin, "a string: its length, :, and that many bytes");
        };
        let left = self.bytes.len() - colon - 1;
        if len > left {
            // What is left of the string is given: hashes and peers in it are whole up to there.
            let expected = "as many bytes as the string's length says";
            self.fail::<()>(ProblemKind::Truncated, begin, expected);
            self.at = self.bytes.len();
            return Some(Span { at: colon + 1, len: left });
        }
        self.at = colon + 1 + len;
        Some(Span { at: colon + 1, len })
    }

    fn list(&mut self, depth: u32) -> Vec<Node> {
        let mut items = Vec::new();
        while !self.ends() {
            match self.node(depth + 1) {
                Some(item) => items.push(item),
                None => break,
            }
            if self.flaw.is_some() {
                break;
            }
        }
        items
    }

    fn dict(&mut self, depth: u32) -> Vec<(Span, Node)> {
        let mut entries = Vec::new();
        while !self.ends() {
            let key_at = self.at;
            let key = match self.bytes.get(key_at) {
                Some(b'0'..=b'9') => self.string(),
                Some(_) => self.fail(ProblemKind::Malformed, key_at, "a key, which is a string"),
                None => self.fail(ProblemKind::Truncated, key_at, "a key, which is a string"),
            };
            let Some(key) = key.filter(|_| self.flaw.is_none()) else { break };
            match self.node(depth + 1) {
                Some(value) => entries.push((key, value)),
                None => break,
            }
            if self.flaw.is_some() {
                break;
            }
        }
        entries
    }

    /// Whether the list or dictionary ends here; its `e` is taken.
    fn ends(&mut self) -> bool {
        let ends = self.bytes.get(self.at) == Some(&b'e');
        self.at += usize::from(ends);
        ends
    }
}

/// A dictionary of a file.
#[derive(Clone, Copy)]
pub(crate) struct Dict<'a> {
    bytes: &'a [u8],
    /// Keys with their bytes, and values, in the order of the file.
    pub entries: &'a [(Span, Node)],
    pub span: Span,
    /// Whether it is read to its own end.
    pub is_whole: bool,
}

impl<'a> Dict<'a> {
    /// The dictionary that a value is.
    pub fn of(bytes: &'a [u8], node: &'a Node) -> Option<Self> {
        match &node.value {
            Value::Dict(entries) => Some(Self { bytes, entries, span: node.span, is_whole: node.is_whole }),
            _ => None,
        }
    }

    /// The value of a key; of a key that stands twice, the first.
    pub fn get(&self, key: &str) -> Option<&'a Node> {
        self.entries.iter().find(|(name, _)| name.of(self.bytes) == key.as_bytes()).map(|(_, value)| value)
    }

    /// A whole number that is not negative, with its place.
    pub fn number(&self, key: &str) -> Option<Said> {
        let node = self.get(key)?;
        match node.value {
            Value::Integer(value) => Some(Said { value: u64::try_from(value).ok()?, span: node.span }),
            _ => None,
        }
    }

    /// The bytes of a string.
    pub fn string(&self, key: &str) -> Option<Span> {
        match self.get(key)?.value {
            Value::Bytes(span) => Some(span),
            _ => None,
        }
    }

    /// A string as text; none when it is empty.
    pub fn text(&self, key: &str) -> Option<String> {
        self.string(key).map(|span| text_of(span.of(self.bytes))).filter(|text| !text.is_empty())
    }

    pub fn dict(&self, key: &str) -> Option<Dict<'a>> {
        Dict::of(self.bytes, self.get(key)?)
    }

    pub fn list(&self, key: &str) -> Option<&'a [Node]> {
        match &self.get(key)?.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// Whether a key stands there, whatever its value.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }
}

/// A value in words: a number, a text, or how much of what there is.
pub(crate) fn shown(bytes: &[u8], node: &Node) -> String {
    match &node.value {
        Value::Integer(number) => number.to_string(),
        Value::Bytes(span) => match std::str::from_utf8(span.of(bytes)) {
            Ok(text) if !text.chars().any(char::is_control) => text.to_owned(),
            _ => hex_beginning(span.of(bytes)),
        },
        Value::List(items) => {
            let shown: Vec<String> = items.iter().take(8).map(|item| shown_flat(bytes, item)).collect();
            let more =
                if items.len() > 8 { format!(", … ({} values)", items.len()) } else { String::new() };
            format!("[{}{more}]", shown.join(", "))
        }
        Value::Dict(entries) => format!("a dictionary of {} keys", entries.len()),
    }
}

fn shown_flat(bytes: &[u8], node: &Node) -> String {
    match &node.value {
        Value::List(items) => format!("a list of {} values", items.len()),
        _ => shown(bytes, node),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_knows_the_bytes_of_its_values() {
        let bytes = b"d3:fooi-7e3:lstl1:a2:bcee";
        let parsed = parse(bytes);
        assert!(parsed.flaw.is_none() && parsed.end == bytes.len());
        let root = parsed.root.expect("a value");
        let dict = Dict::of(bytes, &root).expect("a dictionary");
        assert_eq!(dict.get("foo").map(|node| node.span), Some(Span { at: 6, len: 4 }));
        assert_eq!(dict.number("foo").map(|said| said.value), None, "negative");
        assert_eq!(shown(bytes, dict.get("lst").expect("a list")), "[a, bc]");
    }

    #[test]
    fn what_breaks_inside_gives_what_stands_before_it_and_the_place() {
        for (bytes, kind, at, n_keys) in [
            (&b"d1:ai1e1:bi2"[..], ProblemKind::Truncated, 10, 1),
            (b"d1:ai1e1:b99:x", ProblemKind::Truncated, 10, 2),
            (b"d1:ai1e9:b", ProblemKind::Truncated, 7, 1),
            (b"d1:ai1ei2ei3ee", ProblemKind::Malformed, 7, 1),
            (b"d1:ai1e1:bixee", ProblemKind::Malformed, 10, 1),
            (b"d1:a99999999999999999999:", ProblemKind::Malformed, 4, 0),
            (b"d", ProblemKind::Truncated, 1, 0),
        ] {
            let parsed = parse(bytes);
            let flaw = parsed.flaw.expect("a flaw");
            assert_eq!((flaw.kind, flaw.span.at), (kind, at), "{}", String::from_utf8_lossy(bytes));
            let root = parsed.root.expect("the beginning of the dictionary");
            assert_eq!(Dict::of(bytes, &root).map(|dict| dict.entries.len()), Some(n_keys));
        }
        assert!(parse(b"").root.is_none());
    }

    #[test]
    fn nesting_is_limited() {
        let deep = vec![b'l'; 100_000];
        let parsed = parse(&deep);
        assert_eq!(parsed.flaw.map(|flaw| flaw.kind), Some(ProblemKind::TooLarge));
    }
}
