//! Mapped records that name each value, so that no row is a header: JSON Lines and Parquet.

use tutela_model::place::Spot;
use tutela_model::source::{Declared, Input, OtherHeader, Refusal, Sink};
use tutela_model::tables::Problem;

use super::MAX_TITLE_ROWS;
use super::header::{is_header, shown};
use super::mapping::{Mapping, folded, ignores, unknown};
use super::profile::Profile;
use crate::json_lines::{self, Key, Keys, first_objects};
use crate::parquet_file::ParquetFile;

/// Whether the first objects of a text have exactly the keys of the profile's header, all of them together: some
/// programs leave out a key that has no value.
pub(super) fn has_keys(beginning: &str, profile: &Profile) -> bool {
    is_header(profile, &keys(&first_objects(beginning, MAX_TITLE_ROWS)))
}

/// All keys of objects, each once, in the order in which they come.
pub(super) fn keys(objects: &[Vec<(String, String)>]) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for (key, _) in objects.iter().flatten() {
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    keys
}

/// Reads JSON Lines, of which `beginning` is the first text.
pub(super) fn read_objects(
    input: Input,
    beginning: &str,
    profile: &Profile,
    declared: &Declared,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let encoding = declared.encoding.as_deref().or(profile.encoding.as_deref());
    let mapping = Mapping::of_names(profile, declared)?;
    let columns = Columns { mapping: &mapping, profile };
    let (mut n_strange, mut is_known) = (0, false);
    if !beginning.trim().is_empty() && first_objects(beginning, MAX_TITLE_ROWS).is_empty() {
        return Err(other_keys(&mapping, profile, beginning));
    }
    json_lines::read(input, encoding, &columns, sink, |cells, line, sink| {
        is_known |= cells.iter().any(Option::is_some);
        n_strange += usize::from(!is_known);
        if n_strange >= MAX_TITLE_ROWS {
            return Err(other_keys(&mapping, profile, beginning));
        }
        let cell = |column: usize| cells.get(column)?.as_deref();
        let spot = |column: usize| Spot::Field { line, field: column as u32 + 1 };
        mapping.record(&cell, &Spot::Line(line), &spot, sink)
    })
}

/// None of the first objects has any key that the profile maps.
fn other_keys(mapping: &Mapping, profile: &Profile, beginning: &str) -> Refusal {
    let found = keys(&first_objects(beginning, MAX_TITLE_ROWS));
    let found = (!found.is_empty()).then(|| (Spot::Line(1), shown(&found)));
    let missing = mapping.columns.clone();
    let other = OtherHeader { profile: profile.name.clone(), missing, found, fitting: None };
    Refusal::OtherHeader(Box::new(other))
}

/// The keys that a profile knows.
struct Columns<'a> {
    mapping: &'a Mapping,
    profile: &'a Profile,
}

impl Keys for Columns<'_> {
    fn n_columns(&self) -> usize {
        self.mapping.columns.len()
    }

    fn key(&self, key: &str) -> Key {
        let wanted = folded(key);
        match self.mapping.columns.iter().position(|column| *column == wanted) {
            Some(column) => Key::Column(column),
            None if ignores(self.profile, &wanted) => Key::Ignored,
            None => Key::Unknown,
        }
    }

    fn name(&self, column: usize) -> &str {
        &self.mapping.columns[column]
    }

    fn unknown(&self, key: &str, place: Spot) -> Problem {
        unknown(self.profile, key, false, place)
    }

    fn opens_objects(&self) -> bool {
        true
    }
}

/// Reads Parquet.
pub(super) fn read_columns(
    file: ParquetFile,
    profile: &Profile,
    declared: &Declared,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    sink.record();
    let names = file.names.iter().map(String::as_str);
    let mapping = Mapping::bind(profile, declared, names, &Spot::Record(0), sink)?;
    sink.skip(&Spot::Record(0), "the header");
    let wanted = mapping.used.clone();
    let mut position = vec![usize::MAX; mapping.columns.len()];
    for (idx, column) in wanted.iter().enumerate() {
        position[*column] = idx;
    }
    file.records(&wanted, sink, |cells, record, sink| {
        let cell = |column: usize| cells.get(*position.get(column)?);
        let spot = |column: usize| Spot::RecordField { record, field: column as u32 + 1 };
        mapping.record(&cell, &Spot::Record(record), &spot, sink)
    })
}
