//! JSON Lines: one object a line, with the table's column names as keys.

use tutela_model::TableInfo;
use tutela_model::field::Reading;
use tutela_model::place::Spot;
use tutela_model::source::{Declared, Input, Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};

use super::{MAX_FIELDS, Target, has_required, same_column};
use crate::json_lines::{Key, Keys, first_objects, read as read_objects};
use crate::text::head_text;

pub(super) fn has_columns(head: &[u8], table: &TableInfo) -> bool {
    let objects = first_objects(&head_text(head), 1);
    let Some(pairs) = objects.first() else { return false };
    has_required(table, || pairs.iter().map(|(key, _)| key.as_str()).collect())
}

pub(super) fn read(
    input: Input,
    table: &'static TableInfo,
    declared: &Declared,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let reading = Reading { zone: declared.zone.clone(), ..Reading::default() };
    let mut columns = [None; MAX_FIELDS];
    for (field_idx, column) in columns.iter_mut().enumerate().take(table.fields.len()) {
        *column = Some(field_idx);
    }
    let target = Target { table, reading, columns, n_columns: table.fields.len(), is_barren: false };
    read_objects(input, declared.encoding.as_deref(), &Fields(table), sink, |cells, line, sink| {
        target.record(|field_idx| cells[field_idx].as_deref(), Spot::Line(line), sink)
    })
}

/// The keys of a table are its fields.
struct Fields(&'static TableInfo);

impl Keys for Fields {
    fn n_columns(&self) -> usize {
        self.0.fields.len()
    }

    fn key(&self, key: &str) -> Key {
        match self.0.fields.iter().position(|field| same_column(key, field.name)) {
            Some(field_idx) => Key::Column(field_idx),
            None => Key::Unknown,
        }
    }

    fn name(&self, column: usize) -> &str {
        self.0.fields[column].name
    }

    fn unknown(&self, key: &str, place: Spot) -> Problem {
        let expected = format!("a column of {}", self.0.name);
        Problem::new(ProblemKind::UnknownColumn, place, key, &expected, key)
    }

    fn opens_objects(&self) -> bool {
        false
    }
}
