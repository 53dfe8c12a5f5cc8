//! The schema golden: what other programs rely on. A changed or missing line is a broken contract; a new one is not.

use std::fmt::Write as _;
use std::path::Path;

use tutela_model::table::TABLES;

const GOLDEN: &str = "tables.golden";

#[test]
#[expect(clippy::disallowed_methods, reason = "a test compares with the file beside the manifest")]
fn tables_columns_types_and_keys_are_those_of_the_contract() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(GOLDEN);
    let declared = declared();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &declared).expect("the golden file can be written");
    }
    let golden = std::fs::read_to_string(&path).expect("the golden file is beside the manifest");
    assert!(declared == golden, "{GOLDEN} differs: BLESS=1 writes it anew, the diff is the review");
}

#[test]
fn every_key_column_is_a_column() {
    for table in TABLES {
        for column in table.key {
            assert!((table.schema)().field_with_name(column).is_ok(), "{}.{column}", table.name);
        }
    }
}

/// Every table with its key, and every stored column with its type; `?` where a cell may be empty.
fn declared() -> String {
    let mut text = String::new();
    for table in TABLES {
        writeln!(text, "{} sorted by {}", table.name, table.key.join(", ")).expect("a string takes any text");
        for column in (table.schema)().fields() {
            let empty = if column.is_nullable() { "?" } else { "" };
            writeln!(text, "    {}{empty}: {}", column.name(), column.data_type())
                .expect("a string takes any text");
        }
        text.push('\n');
    }
    text
}
