//! `tutela sources`: the formats that the program reads, and the mapping profiles that come with it.

use serde_json::json;
use tutela_sources::READERS;

use crate::columns::write_columns;
use crate::ending::Exit;
use crate::run::{Format, Run, width};
use crate::talk::phrase;

/// Options of `sources`.
#[derive(clap::Args, Debug)]
pub struct Args {}

/// Runs the verb.
pub fn run(run: &Run, _: &Args) -> anyhow::Result<Exit> {
    match run.format {
        Format::Text => run.data(|out| {
            let rows: Vec<Vec<String>> = READERS
                .iter()
                .map(|reader| {
                    vec![reader.name.to_owned(), reader.version.to_string(), reader.about.to_owned()]
                })
                .collect();
            Ok(write_columns(out, &run.headings(phrase!("sources.columns")), &rows, width())?)
        })?,
        _ => {
            let sources: Vec<_> = READERS
                .iter()
                .map(|reader| {
                    json!({"source": reader.name, "version": reader.version, "about": reader.about,
                        "tables": reader.tables})
                })
                .collect();
            run.json(&json!({"schema": "tutela.sources/1", "sources": sources}))?;
        }
    }
    Ok(Exit::Done)
}
