//! A CyberTip as police receive it from the clearing house, in JSON. Its description is not public: the shape is what
//! programs of investigators read, so every wrapper may be missing, null, bare or repeated.

mod report;

mod keys;
mod many;

use std::io::{Read as _, Seek as _, SeekFrom};

use serde_json::Value;
use tutela_model::Spot;
use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{Problem, ProblemKind};

use crate::cybertip::Filing;

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "cybertip_police_json",
    version: 2,
    about: "a CyberTip as police receive it from the clearing house (JSON)",
    tables: &["referral", "reported_person", "reported_file", "connection", "selector"],
    recognise,
    read,
};

/// The largest report that is read, in bytes; a file up to that size is read at once. It is held in memory whole, with
/// up to some twenty times its size beside it when it is made of very small values. Deliveries carry no media in it,
/// so an honest one is far smaller. A larger file is read when it is a list of reports, one after the other.
const FILE_MAX: u64 = 64 << 20;

fn recognise(sample: &Sample<'_>) -> Fit {
    let head = String::from_utf8_lossy(sample.head);
    let holds = |key: &str| head.contains(&format!("\"{key}\""));
    if !head.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '['])
        || !holds("reportedInformation")
    {
        return Fit::No;
    }
    // The keys may come in any order, so the number may lie behind the part that is seen.
    let own = ["reportId", "reportingEsp", "reportedPeople", "incidentSummary", "uploadedFiles"];
    if own.into_iter().any(holds) { Fit::Sure } else { Fit::Possible }
}

fn read(mut input: Input, declared: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    if input.len > FILE_MAX
        && let Some(start) = list_start(&mut input)?
    {
        input.bytes.seek(SeekFrom::Start(start))?;
        return many::read(&mut input.bytes, &input.name, declared, FILE_MAX, sink);
    }
    let mut bytes = Vec::new();
    if input.len <= FILE_MAX {
        input.bytes.by_ref().take(FILE_MAX + 1).read_to_end(&mut bytes)?;
    }
    if input.len.max(bytes.len() as u64) > FILE_MAX {
        let expected = format!("at most {FILE_MAX} bytes");
        let problem = problem(ProblemKind::TooLarge, FILE_MAX, &expected, &input.len.to_string());
        return alone(problem.mend("ask the sender for one file a report"), sink);
    }
    sink.progress(bytes.len() as u64);
    match parse(&bytes) {
        Ok(Value::Array(reports)) if !reports.is_empty() => {
            let mut filing = Filing::new(declared, sink);
            for (idx, report) in reports.iter().enumerate() {
                report::read(report, &format!("/{idx}"), &input.name, &mut filing)?;
            }
            Ok(())
        }
        Ok(report) => report::read(&report, "", &input.name, &mut Filing::new(declared, sink)),
        Err(problem) => alone(*problem, sink),
    }
}

/// Where the list of a file begins that is one.
fn list_start(input: &mut Input) -> Result<Option<u64>, Refusal> {
    let mut head = Vec::new();
    input.bytes.rewind()?;
    input.bytes.by_ref().take(1024).read_to_end(&mut head)?;
    input.bytes.rewind()?;
    let mark = if head.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
    let first = head[mark..].iter().position(|byte| !byte.is_ascii_whitespace()).map(|at| mark + at);
    Ok(first.filter(|at| head[*at] == b'[').map(|at| at as u64))
}

fn alone(problem: Problem, sink: &mut dyn Sink) -> Result<(), Refusal> {
    sink.record();
    sink.problem(problem)
}

fn problem(kind: ProblemKind, byte: u64, expected: &str, found: &str) -> Problem {
    Problem::new(kind, Spot::Byte { byte, len: 1 }, "", expected, found)
}

fn parse(bytes: &[u8]) -> Result<Value, Box<Problem>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let problem =
            problem(ProblemKind::Encoding, error.valid_up_to() as u64, "text in UTF-8", &error.to_string());
        Box::new(problem.mend("save the file as UTF-8 and import it again"))
    })?;
    let bare = text.trim_start_matches('\u{feff}');
    serde_json::from_str(bare).map_err(|error| {
        let before = (text.len() - bare.len()) as u64;
        let byte = before + byte_of(bare, error.line(), error.column());
        let said = error.to_string();
        let (kind, mend) = if said.contains("recursion limit") {
            (
                ProblemKind::TooLarge,
                "ask the sender for the file as it was issued; nothing of this one is read",
            )
        } else if error.is_eof() {
            (ProblemKind::Truncated, "ask the sender for the whole file; nothing of a cut one is read")
        } else {
            (
                ProblemKind::Malformed,
                "ask the sender for the file as it was issued; nothing of this one is read",
            )
        };
        problem(kind, byte, "a JSON document (RFC 8259), at most 128 levels deep", &said).mend(mend).into()
    })
}

/// The byte of a line and column as serde_json counts them: both from 1, columns in bytes.
fn byte_of(text: &str, line: usize, column: usize) -> u64 {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_known_by_keys_of_its_own_in_any_order() {
        let fit = |head: &str| recognise(&Sample { name: "a.json", head: head.as_bytes() });
        assert_eq!(fit("\u{feff}{\"reportId\":1,\"reportedInformation\":{}}"), Fit::Sure);
        assert_eq!(fit("[{\"reportedInformation\":{\"reportingEsp\":null"), Fit::Sure);
        assert_eq!(fit("{\"reportedInformation\":{}}"), Fit::Possible);
        assert_eq!(fit("{\"reportId\":1}"), Fit::No);
        assert_eq!(fit("\"reportedInformation\" \"reportId\""), Fit::No);
    }

    #[test]
    fn what_is_not_json_is_a_problem_with_its_byte() {
        let said = |bytes: &[u8]| {
            parse(bytes).map_or_else(
                |problem| format!("{} {}", problem.kind.word(), problem.place),
                |_| "read".to_owned(),
            )
        };
        assert_eq!(said(b""), "truncated byte:0+1");
        assert_eq!(said(b"{\n\"a\": [1,"), "truncated byte:9+1");
        assert_eq!(said("\u{feff}{\"à\": x}".as_bytes()), "malformed byte:10+1");
        assert_eq!(said(b"{\"a\": \"\xe0\"}"), "encoding byte:7+1");
        assert_eq!(said("[".repeat(1000).as_bytes()), "too_large byte:127+1");
    }
}
