//! The data dictionary, `docs/tables.md`: made from the declarations of the tables, so that it cannot be out of date.

use std::fmt::Write as _;

use tutela_model::table::{TABLES, TableInfo};

/// Where the dictionary lies.
pub const DICTIONARY: &str = "docs/tables.md";

/// The dictionary as Markdown.
#[must_use]
pub fn dictionary() -> String {
    let mut page = String::from(
        "# Tables\n\n\
         Every table, its columns in the order of a file that is read by `tutela_table`, and what each holds.\n\
         Made by `cargo xtask docs` from the declarations in `crates/model/src/tables.rs`.\n\n\
         A row also has `place`, where in the received file it stands, and when stored `source`, the SHA-256 of that file.\n\
         An address is stored as its 16 bytes and, in a column ending in `_said`, as it was written; a range also has `_bits`.\n\
         A time is stored in microseconds UTC and, in columns ending in `_said`, `_precision` and `_zone`, as it was written, how fine that was, and how its zone is known.\n\
         An empty cell means that the value is unknown.\n",
    );
    TABLES.iter().for_each(|table| section(&mut page, table));
    page
}

fn section(page: &mut String, table: &TableInfo) {
    let key = table.key.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", ");
    write!(page, "\n## {}\n\n{}\nSorted by {key}.\n\n", table.name, lines(table.doc))
        .expect("a string takes any text");
    page.push_str("| column | holds | value | may be empty |\n|---|---|---|---|\n");
    for field in table.fields {
        let empty = if field.required { "no" } else { "yes" };
        let (name, doc, kind) = (field.name, cell(field.doc), cell(&(field.kind)()));
        writeln!(page, "| {name} | {doc} | {kind} | {empty} |").expect("a string takes any text");
    }
}

/// One sentence a line.
fn lines(doc: &str) -> String {
    doc.trim().replace(". ", ".\n")
}

fn cell(text: &str) -> String {
    text.trim().replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_and_column_is_in_the_dictionary() {
        let page = dictionary();
        for table in TABLES {
            assert!(page.contains(&format!("\n## {}\n", table.name)), "{}", table.name);
            for field in table.fields {
                assert!(page.contains(&format!("\n| {} | ", field.name)), "{}.{}", table.name, field.name);
            }
        }
    }
}
