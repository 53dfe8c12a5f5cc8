//! Messages as CSV (RFC 4180), in memory, so that each address of a file has its bytes.

use std::ops::Range;

use tutela_model::Spot;
use tutela_model::source::Refusal;
use tutela_model::tables::{Problem, ProblemKind};

use super::{Package, Said, addresses};

/// The columns, in their order: number, instant, words, addresses of files.
const COLUMNS: usize = 4;

pub(super) fn read(bytes: &[u8], package: &mut Package<'_>) -> Result<(), Refusal> {
    package.note();
    let mut at = if bytes.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
    let mut line = 1;
    while at < bytes.len() {
        let (start, first_line) = (at, line);
        let (fields, end, n_lines) = record(bytes, at);
        (at, line) = (end, line + n_lines);
        if start == end || bytes[start..end].iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        package.chats.sink.record();
        let place = Spot::Line(first_line);
        if first_line == 1 {
            package.chats.sink.skip(&place, "the header");
            continue;
        }
        let texts: Option<Vec<&str>> =
            fields.iter().map(|field| std::str::from_utf8(&bytes[field.clone()]).ok()).collect();
        let Some(texts) = texts.filter(|texts| texts.len() == COLUMNS) else {
            let found = String::from_utf8_lossy(&bytes[start..end.min(start + 400)]).into_owned();
            let expected = "a record of four fields in UTF-8";
            let problem = Problem::new(ProblemKind::Malformed, place, "", expected, &found);
            package.chats.sink.problem(problem.mend("look whether a quotation mark is missing"))?;
            continue;
        };
        let first = fields[3].start;
        let byte = |offset: usize, len: usize| Spot::Byte { byte: (first + offset) as u64, len: len as u64 };
        let said = |text: &str| (!text.is_empty()).then(|| text.replace("\"\"", "\""));
        package.message(&Said {
            id: said(texts[0]),
            stamp: said(texts[1]),
            contents: said(texts[2]),
            attachments: addresses(texts[3]).map(|(at, text)| (text, byte(at, text.len()))).collect(),
            place,
        })?;
    }
    Ok(())
}

/// The fields of a record without their quotation marks, where the next begins, and how many lines it takes. One whose
/// quotation mark is not closed ends with its line, so that it costs no other.
fn record(bytes: &[u8], start: usize) -> (Vec<Range<usize>>, usize, u64) {
    let (mut fields, mut at) = (Vec::new(), start);
    loop {
        let quoted = bytes.get(at) == Some(&b'"');
        let (field, next) = if quoted {
            match closing(bytes, at + 1) {
                Some(end) => (at + 1..end, end + 1),
                None => return whole_line(bytes, start),
            }
        } else {
            let len =
                bytes[at..].iter().position(|byte| matches!(byte, b',' | b'\n')).unwrap_or(bytes.len() - at);
            let end = if bytes[at..at + len].ends_with(b"\r") { at + len - 1 } else { at + len };
            (at..end, at + len)
        };
        fields.push(field);
        match bytes.get(next) {
            Some(b',') => at = next + 1,
            Some(b'\n') => return (fields, next + 1, lines(&bytes[start..=next])),
            Some(b'\r') if bytes.get(next + 1) == Some(&b'\n') => {
                return (fields, next + 2, lines(&bytes[start..next + 2]));
            }
            None => return (fields, next, lines(&bytes[start..]).max(1)),
            // Something stands behind a closing mark.
            Some(_) => return whole_line(bytes, start),
        }
    }
}

/// Where a quotation ends; two marks are one mark of its text.
fn closing(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        at += memchr::memchr(b'"', bytes.get(at..)?)?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

fn whole_line(bytes: &[u8], start: usize) -> (Vec<Range<usize>>, usize, u64) {
    let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |len| start + len + 1);
    (Vec::new(), end, 1)
}

fn lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<Vec<&str>> {
        let (mut at, mut records) = (0, Vec::new());
        while at < text.len() {
            let (fields, end, _) = record(text.as_bytes(), at);
            records.push(fields.into_iter().map(|field| &text[field]).collect());
            assert!(end > at, "{text}");
            at = end;
        }
        records
    }

    #[test]
    fn records_are_split_as_rfc_4180_says_and_an_open_mark_costs_one_line() {
        assert_eq!(split("a,b\r\nc,\"d,\n\"\"e\"\n"), [vec!["a", "b"], vec!["c", "d,\n\"\"e"]]);
        assert_eq!(split("a,\nb,c"), [vec!["a", ""], vec!["b", "c"]]);
        assert_eq!(split("a,\"b\nc,d\n"), [vec![], vec!["c", "d"]]);
        assert_eq!(split("a,\"b\"x\nc,d\n"), [vec![], vec!["c", "d"]]);
        assert_eq!(split(","), [vec!["", ""]]);
    }
}
