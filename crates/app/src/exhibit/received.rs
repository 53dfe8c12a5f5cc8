//! Files that the program itself made of exhibits, taken into the operation like those of anybody else.

use std::path::PathBuf;

use tutela_case::Provenance;
use tutela_model::Zone;

use crate::delivery::Sheet;
use crate::ending::Doing as _;
use crate::operation::Operation;
use crate::run::Run;
use crate::talk::{path_text, phrase};
use crate::verbs::import;

/// Rows of a table in a file, and how they are to be received.
#[derive(Default)]
pub struct Made<'a> {
    /// The files, all of one source.
    pub files: Vec<PathBuf>,
    /// The source: `tutela_table/file`; none where it is recognised.
    pub source: Option<String>,
    /// The zone of times that were written without one.
    pub zone: Option<Zone>,
    /// The authority, where it is not the latest.
    pub basis: Option<&'a str>,
    /// Where they come from.
    pub provenance: Provenance,
}

/// Receives and imports what was made.
///
/// # Errors
/// A file is refused, the disk refuses, or the user has asked to stop.
pub fn receive(run: &Run, operation: &Operation, made: Made<'_>) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let sheet = folder.path().join("sheet.toml");
    std::fs::write(&sheet, toml::to_string(&made.provenance)?)
        .doing(|| phrase!("cannot.write", path = path_text(&sheet)))?;
    let args = import::Args {
        files: made.files,
        source: made.source,
        zone: made.zone,
        basis: made.basis.map(str::to_owned),
        custody: Sheet { sheet: Some(sheet), ..Sheet::default() },
        ..import::Args::default()
    };
    import::silently(run, operation, &args)
}

/// The source of a file of rows of a table.
#[must_use]
pub fn table_source(table: &str) -> Option<String> {
    Some(format!("tutela_table/{table}"))
}
