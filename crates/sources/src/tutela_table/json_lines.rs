//! JSON Lines: one object a line, with the table's column names as keys.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use tutela_model::TableInfo;
use tutela_model::field::Reading;
use tutela_model::place::Spot;
use tutela_model::source::{Declared, Input, Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};

use super::{MAX_FIELDS, Target, has_required, same_column};
use crate::text::{NextLine, TextInput};

pub(super) fn has_columns(head: &[u8], table: &TableInfo) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    serde_json::from_slice::<Pairs>(line)
        .is_ok_and(|pairs| has_required(table, || pairs.0.iter().map(|(key, _)| key.as_str()).collect()))
}

pub(super) fn read(
    input: Input,
    table: &'static TableInfo,
    declared: &Declared,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let mut text = TextInput::open(input, declared.encoding.as_deref(), sink)?;
    let reading = Reading { zone: declared.zone.clone(), ..Reading::default() };
    let mut columns = [None; MAX_FIELDS];
    for (field_idx, column) in columns.iter_mut().enumerate().take(table.fields.len()) {
        *column = Some(field_idx);
    }
    let target = Target { table, reading, columns, n_columns: table.fields.len(), is_barren: false };
    let mut unknown = Vec::new();
    let mut scratch = String::new();
    loop {
        match text.next_line(&mut scratch, sink)? {
            NextLine::End => return text.finish(sink),
            NextLine::Problem(problem) => {
                sink.record();
                sink.problem(*problem)?;
            }
            NextLine::Line(line, line_number) => {
                sink.record();
                object(line, &Spot::Line(line_number), &target, &mut unknown, sink)?;
            }
        }
    }
}

/// Most kinds of unknown columns that are told apart; a file with more is not of this format.
const MAX_UNKNOWN: usize = 1_000;

fn object(
    line: &str,
    place: &Spot,
    target: &Target,
    unknown: &mut Vec<String>,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let pairs: Pairs = match serde_json::from_str(line) {
        Ok(pairs) => pairs,
        Err(error) => {
            let expected = "one JSON object with text, numbers, true, false or null as values";
            let problem = Problem::new(ProblemKind::Malformed, place.clone(), "", expected, line);
            return sink.problem(problem.mend(&format!("the JSON reader says: {error}")));
        }
    };
    let mut cells: [Option<String>; MAX_FIELDS] = Default::default();
    for (key, value) in pairs.0 {
        let Some(field_idx) = target.table.fields.iter().position(|field| same_column(&key, field.name))
        else {
            if !unknown.contains(&key) && unknown.len() < MAX_UNKNOWN {
                let expected = format!("a column of {}", target.table.name);
                sink.problem(Problem::new(ProblemKind::UnknownColumn, place.clone(), &key, &expected, &key))?;
                unknown.push(key);
            }
            continue;
        };
        let field = target.table.fields[field_idx].name;
        let (kind, expected) = match (cells[field_idx].is_some(), text_of(value)) {
            (true, _) => (ProblemKind::Malformed, "each key once"),
            (false, Ok(cell)) => {
                cells[field_idx] = cell;
                continue;
            }
            (false, Err(NotACell)) => (ProblemKind::BadValue, "text, a number, true, false or null"),
        };
        return sink.problem(Problem::new(kind, place.clone(), field, expected, line));
    }
    target.record(|field_idx| cells[field_idx].as_deref(), place.clone(), sink)
}

/// An array or object where a value should be.
struct NotACell;

fn text_of(value: Value) -> Result<Option<String>, NotACell> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(value) => Ok(Some(value.to_string())),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::String(text) => Ok(Some(text)),
        Value::Array(_) | Value::Object(_) => Err(NotACell),
    }
}

/// An object's pairs in order; a map would lose a key that stands twice.
struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}
