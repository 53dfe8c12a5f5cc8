//! Tables: what there is of each, and stretches of their rows.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutela_model::table::TABLES;
use tutela_model::{RowId, Spot, TableInfo};
use utoipa::{IntoParams, ToSchema};

use super::asked::Asked;
use super::places::Place;
use crate::serve::answer::{Answer, Refused};
use crate::serve::window::Stored;
use crate::talk::phrase;
use crate::verbs::problems::name_of;

/// The tables.
#[derive(Serialize, ToSchema)]
pub struct Tables {
    /// `tutela.tables/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// All tables that there may be.
    tables: Vec<Table>,
}

/// A table.
#[derive(Serialize, ToSchema)]
struct Table {
    /// Its name.
    #[schema(value_type = String)]
    name: &'static str,
    /// What a row is, in English.
    #[schema(value_type = String)]
    doc: &'static str,
    /// How many rows there are.
    rows: u64,
    /// Its columns in order.
    columns: Vec<Column>,
}

/// A column.
#[derive(Serialize, ToSchema)]
struct Column {
    /// Its name.
    name: String,
    /// What it holds, in English; empty where it only says how a source wrote another.
    #[schema(value_type = String)]
    doc: &'static str,
    /// The kind of value: text, whole number, instant.
    kind: String,
}

fn columns(table: &TableInfo) -> Vec<Column> {
    let schema = (table.schema)();
    let column = |name: &String| {
        let field = table.fields.iter().find(|field| field.name == name);
        Column {
            name: name.clone(),
            doc: field.map_or("", |field| field.doc),
            kind: field.map_or_else(String::new, |field| (field.kind)()),
        }
    };
    schema.fields().iter().map(|field| column(field.name())).filter(|column| column.name != "place").collect()
}

/// Tells the tables.
#[utoipa::path(get, path = "/tables", responses((status = 200, body = Tables), (status = "4XX", body = Refused)))]
pub async fn all(asked: Asked) -> Answer<Tables> {
    asked
        .tell(|_, opened, _| {
            let imports = opened.case().imports();
            let table = |table: &TableInfo| Table {
                name: table.name,
                doc: table.doc,
                rows: imports.iter().map(|import| import.rows(table.name)).sum(),
                columns: columns(table),
            };
            Ok(Ok(Tables { schema: "tutela.tables/1", tables: TABLES.iter().map(table).collect() }))
        })
        .await
}

/// A stretch of a table.
#[derive(Serialize, ToSchema)]
pub struct Rows {
    /// `tutela.rows/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// The table.
    #[schema(value_type = String)]
    table: &'static str,
    /// How many rows meet what was asked.
    total: u64,
    /// The position of the first row told.
    offset: u64,
    /// Names of the columns, in the order of the cells.
    columns: Vec<String>,
    /// The rows.
    rows: Vec<Row>,
}

/// A row.
#[derive(Serialize, ToSchema)]
struct Row {
    /// Its id: 16 hexadecimal digits.
    row: String,
    /// SHA-256 of the file received, hexadecimal.
    source: String,
    /// The name of that file.
    file: String,
    /// Where in that file.
    #[schema(value_type = Place)]
    place: Value,
    /// Its cells, in the order of the columns: text, numbers, true and false, null; instants in UTC.
    cells: Vec<Value>,
}

/// Which rows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// The position of the first row.
    #[serde(default)]
    #[param(default = 0)]
    offset: u64,
    /// How many rows: at most 500.
    #[serde(default = "a_page")]
    #[param(default = 100, maximum = 500)]
    limit: u64,
}

fn a_page() -> u64 {
    100
}

/// Tells a stretch of a table, in the order in which rows are stored.
#[utoipa::path(get, path = "/tables/{table}/rows",
    params(("table" = String, Path, description = "Its name"), Which),
    responses((status = 200, body = Rows), (status = "4XX", body = Refused)))]
pub async fn rows(
    asked: Asked,
    table: Result<Path<String>, PathRejection>,
    which: Result<Query<Which>, QueryRejection>,
) -> Answer<Rows> {
    let (Path(name), Query(which)) = (table?, which?);
    let Some(table) = TableInfo::named(&name) else {
        return Err(Refused::not_found(phrase!("table.unknown", table = name), asked.lang));
    };
    asked
        .show(("table", table.name.to_owned()), move |asked, opened, _| {
            let case = opened.case();
            let (stored, total) =
                asked.server.windows.rows(case, table, which.offset, which.limit.min(500))?;
            let columns: Vec<String> = columns(table).into_iter().map(|column| column.name).collect();
            let row = |Stored { source, mut row }: Stored| {
                let place =
                    row.remove("place").as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
                let id = RowId::new(table.name, &source.hex(), &place);
                let mut spot = place.parse::<Spot>().map(|spot| spot.json()).unwrap_or_default();
                spot.insert("file".to_owned(), format!("sha256:{source}").into());
                Row {
                    row: id.0,
                    source: source.hex(),
                    file: name_of(case, source),
                    place: Value::Object(spot),
                    cells: columns.iter().map(|name| row.remove(name).unwrap_or_default()).collect(),
                }
            };
            let rows = stored.into_iter().map(row).collect();
            let (schema, offset) = ("tutela.rows/1", which.offset);
            Ok(Ok(Rows { schema, table: table.name, total, offset, columns, rows }))
        })
        .await
}
