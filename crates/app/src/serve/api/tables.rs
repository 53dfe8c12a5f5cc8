//! Tables: what there is of each, windows of their rows in any order and under conditions, and what is counted of them.

use std::sync::Arc;

use arrow_schema::FieldRef;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutela_case::Case;
use tutela_grid::{Kind, SOURCE};
use tutela_model::table::{PLACE_COLUMN, TABLES};
use tutela_model::{Digest, Lang, RowId, TableInfo};
use utoipa::{IntoParams, ToSchema};

use super::asked::Asked;
use super::places::Place;
use crate::cells;
use crate::rows::{Stored, in_order, place_of};
use crate::serve::answer::{Answer, Refused};
use crate::serve::jobs::JobTold;
use crate::serve::opened::Opened;
use crate::serve::sought::{Reading, word};
use crate::serve::window::{Sought, State, Windows};
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
    /// What filters see: `text`, `truth`, `number`, `date`, `instant` or `address`.
    #[schema(value_type = String)]
    holds: &'static str,
    /// Whether rows can be sorted by it, its values counted, and held against a value. Where not, as in a column that says
    /// what a source wrote, it can be searched with `contains`.
    sorts: bool,
}

fn columns(table: &TableInfo) -> Vec<Column> {
    let schema = (table.schema)();
    let column = |column: &FieldRef| {
        let field = table.fields.iter().find(|field| field.name == column.name());
        Column {
            name: column.name().clone(),
            doc: field.map_or("", |field| field.doc),
            kind: field.map_or_else(String::new, |field| (field.kind)()),
            holds: word(Kind::of(column.data_type())),
            sorts: !tutela_grid::is_beside(table, column.name()),
        }
    };
    schema.fields().iter().map(column).filter(|column| column.name != PLACE_COLUMN).collect()
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

/// A window of a table.
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
    /// The work that prepares a large table to be sorted and filtered; null where there is nothing to wait for. Until it
    /// has ended, a request that sorts or filters is refused with the code `preparing` and the same work.
    #[schema(nullable)]
    preparing: Option<JobTold>,
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
    /// The position of the first row, among those that meet all conditions.
    #[serde(default)]
    #[param(default = 0)]
    offset: u64,
    /// How many rows: at most 500.
    #[serde(default = "a_page")]
    #[param(default = 100, maximum = 500)]
    limit: u64,
    /// The column to sort by, with `-` before it for the greatest first. Rows without a value come last either way, and
    /// rows of equal values have the order of the table; so has everything where no column is named.
    sort: Option<String>,
    /// Conditions that rows must all meet: a list of `Where` in JSON, such as
    /// `[{"column":"event","is":"login"},{"column":"at","from":"2026-03-01","until":"2026-04-01"}]`.
    r#where: Option<String>,
}

fn a_page() -> u64 {
    100
}

/// Tells a window of a table. A table with more than 100,000 rows is prepared in the background when it is asked for
/// first: until that has ended it is told in its own order, and a request that sorts or filters is refused with 409, the
/// code `preparing` and the work to wait for.
#[utoipa::path(get, path = "/tables/{table}/rows",
    params(("table" = String, Path, description = "Its name"), Which),
    responses((status = 200, body = Rows), (status = "4XX", body = Refused)))]
pub async fn rows(
    asked: Asked,
    table: Result<Path<String>, PathRejection>,
    which: Result<Query<Which>, QueryRejection>,
) -> Answer<Rows> {
    let (table, Query(which)) = (named(table, asked.lang)?, which?);
    let sought = Reading::new(table, asked.lang).sought(which.sort.as_deref(), which.r#where.as_deref())?;
    asked
        .show(("table", table.name.to_owned()), move |asked, opened, _| {
            let case = opened.case();
            let found =
                match window_of((asked, opened), table, &sought, (which.offset, which.limit.min(500)))? {
                    Ok(found) => found,
                    Err(refused) => return Ok(Err(refused)),
                };
            let sources = found.rows.iter().map(|stored| stored.source).collect();
            asked.server.line_indexes.prepare(case, sources);
            let columns: Vec<String> = columns(table).into_iter().map(|column| column.name).collect();
            let rows = found.rows.into_iter().map(|stored| row(case, table, &columns, stored)).collect();
            let (total, preparing, offset) = (found.total, found.preparing, which.offset);
            Ok(Ok(Rows {
                schema: "tutela.rows/1",
                table: table.name,
                total,
                offset,
                columns,
                rows,
                preparing,
            }))
        })
        .await
}

/// The table of a path.
fn named(table: Result<Path<String>, PathRejection>, lang: Lang) -> Result<&'static TableInfo, Refused> {
    let Path(name) = table?;
    TableInfo::named(&name).ok_or_else(|| Refused::not_found(phrase!("table.unknown", table = name), lang))
}

/// Rows that were found.
struct Found {
    rows: Vec<Stored>,
    total: u64,
    preparing: Option<JobTold>,
}

fn window_of(
    (asked, opened): (&Asked, &Arc<Opened>),
    table: &'static TableInfo,
    sought: &Sought,
    (offset, limit): (u64, u64),
) -> anyhow::Result<Result<Found, Refused>> {
    let windows = &asked.server.windows;
    if sought.sort.is_none() && sought.conditions.is_empty() {
        let state = match Windows::is_large(opened.case(), table) {
            true => windows.state((asked, opened), table, false).ok(),
            false => None,
        };
        if !matches!(state, Some(State::Ready(_))) {
            let (rows, total) = in_order(opened.case(), table, offset, limit)?;
            let preparing = match state {
                Some(State::Preparing(told)) => Some(*told),
                _ => None,
            };
            return Ok(Ok(Found { rows, total, preparing }));
        }
    }
    let reading = Reading::new(table, asked.lang);
    windows.ask((asked, opened), table, |turned| {
        if let Err(refused) = reading.allows(&turned.grid, sought) {
            return Ok(Err(refused));
        }
        let ordered = windows.ordered(turned, sought)?;
        let is_descending = sought.sort.is_some_and(|(_, is_descending)| is_descending);
        let rows = turned.grid.window(&ordered, is_descending, offset, limit)?;
        let rows = Windows::cells(turned, &rows)?;
        Ok(Ok(Found { rows, total: ordered.n().into(), preparing: None }))
    })
}

fn row(case: &Case, table: &TableInfo, columns: &[String], stored: Stored) -> Row {
    let place = place_of(&stored);
    let Stored { source, mut row } = stored;
    let at = row.remove(PLACE_COLUMN).unwrap_or_default();
    let id = RowId::new(table.name, &source.hex(), at.as_str().unwrap_or_default());
    Row {
        row: id.0,
        source: source.hex(),
        file: name_of(case, source),
        place,
        cells: columns.iter().map(|name| row.remove(name).unwrap_or_default()).collect(),
    }
}

/// The values of a column.
#[derive(Serialize, ToSchema)]
pub struct Values {
    /// `tutela.values/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// The table.
    #[schema(value_type = String)]
    table: &'static str,
    /// The column.
    column: String,
    /// How many values it has, in the rows that meet the conditions.
    distinct: u64,
    /// How many of these rows have none.
    empty: u64,
    /// The most frequent values, those of as many rows in their own order.
    values: Vec<Frequent>,
}

/// A value of a column.
#[derive(Serialize, ToSchema)]
struct Frequent {
    /// The value, as cells have it.
    value: Value,
    /// The name of the file received, where the column is `source`.
    file: Option<String>,
    /// How many rows have it.
    rows: u64,
}

/// Which values.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WhichValues {
    /// The column; `source` is the file received.
    column: String,
    /// Conditions that rows must all meet, as for rows.
    r#where: Option<String>,
    /// How many values: at most 500.
    #[serde(default = "some_values")]
    #[param(default = 50, maximum = 500)]
    limit: usize,
}

fn some_values() -> usize {
    50
}

/// Tells the most frequent values of a column, and in how many of the rows that meet the conditions each stands. A table
/// that is not prepared is refused as for sorted rows.
#[utoipa::path(get, path = "/tables/{table}/values",
    params(("table" = String, Path, description = "Its name"), WhichValues),
    responses((status = 200, body = Values), (status = "4XX", body = Refused)))]
pub async fn values(
    asked: Asked,
    table: Result<Path<String>, PathRejection>,
    which: Result<Query<WhichValues>, QueryRejection>,
) -> Answer<Values> {
    let (table, Query(which)) = (named(table, asked.lang)?, which?);
    let reading = Reading::new(table, asked.lang);
    let (of, sought) = (reading.column(&which.column)?, reading.sought(None, which.r#where.as_deref())?);
    asked
        .show(("table", table.name.to_owned()), move |asked, opened, _| {
            let windows = &asked.server.windows;
            windows.ask((asked, opened), table, |turned| {
                let grid = &turned.grid;
                if let Err(refused) = reading.allows(grid, &sought).and_then(|()| reading.sorts(grid, of.idx))
                {
                    return Ok(Err(refused));
                }
                let left = windows.matching(turned, &sought.conditions)?;
                let valued = grid.valued(of.idx, left.as_deref(), which.limit.min(500))?;
                let codes: Vec<u32> = valued.values.iter().map(|(code, _)| *code).collect();
                let array = grid.values_at(of.idx, &codes)?;
                let frequent = |(idx, (_, n)): (usize, &(u32, u32))| {
                    let value = cells::value(&array, idx);
                    let source = value.as_str().filter(|_| of.name == SOURCE);
                    let source = source.and_then(|hex| hex.parse::<Digest>().ok());
                    Frequent {
                        file: source.map(|source| name_of(opened.case(), source)),
                        value,
                        rows: (*n).into(),
                    }
                };
                Ok(Ok(Values {
                    schema: "tutela.values/1",
                    table: table.name,
                    column: of.name.clone(),
                    distinct: valued.n_values.into(),
                    empty: valued.n_empty.into(),
                    values: valued.values.iter().enumerate().map(frequent).collect(),
                }))
            })
        })
        .await
}

/// Rows counted along a column.
#[derive(Serialize, ToSchema)]
pub struct Counts {
    /// `tutela.counts/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// The table.
    #[schema(value_type = String)]
    table: &'static str,
    /// The column.
    column: String,
    /// How many rows that meet the conditions have no value.
    empty: u64,
    /// Stretches of equal length one after another, from the least value to the greatest; none where no row has one.
    stretches: Vec<Counted>,
}

/// A stretch of a column's values.
#[derive(Serialize, ToSchema)]
struct Counted {
    /// The first value in it, as cells have it.
    from: Value,
    /// The first value after it.
    until: Value,
    /// How many rows lie in it.
    rows: u64,
}

/// Which counts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WhichCounts {
    /// The column: of times, dates or numbers.
    column: String,
    /// Conditions that rows must all meet, as for rows.
    r#where: Option<String>,
    /// Into how many stretches: at most 1,000.
    #[serde(default = "some_buckets")]
    #[param(default = 200, minimum = 1, maximum = 1000)]
    buckets: u32,
}

fn some_buckets() -> u32 {
    200
}

/// Counts the rows that meet the conditions in equal stretches of a column's values, for a histogram. A table that is not
/// prepared is refused as for sorted rows.
#[utoipa::path(get, path = "/tables/{table}/counts",
    params(("table" = String, Path, description = "Its name"), WhichCounts),
    responses((status = 200, body = Counts), (status = "4XX", body = Refused)))]
pub async fn counts(
    asked: Asked,
    table: Result<Path<String>, PathRejection>,
    which: Result<Query<WhichCounts>, QueryRejection>,
) -> Answer<Counts> {
    let (table, Query(which)) = (named(table, asked.lang)?, which?);
    let reading = Reading::new(table, asked.lang);
    let of = reading.measured(&which.column)?;
    let Sought { conditions, .. } = reading.sought(None, which.r#where.as_deref())?;
    // Counted along the column, rows are those of a window that is sorted by it.
    let sought = Sought { sort: Some((of.idx, false)), conditions };
    asked
        .show(("table", table.name.to_owned()), move |asked, opened, _| {
            let windows = &asked.server.windows;
            windows.ask((asked, opened), table, |turned| {
                if let Err(refused) = reading.allows(&turned.grid, &sought) {
                    return Ok(Err(refused));
                }
                let ordered = windows.ordered(turned, &sought)?;
                let found = turned.grid.stretches(of.idx, &ordered, which.buckets.clamp(1, 1_000))?;
                let n_empty = found.as_ref().map_or(ordered.n(), |found| found.n_empty);
                let stretches = found.map_or_else(Vec::new, |found| {
                    let edge = |idx: usize| {
                        let key = found.from.saturating_add(found.each.saturating_mul(idx as u128));
                        cells::number(of.kind.value(key), of.kind)
                    };
                    let stretch = |(idx, n): (usize, &u32)| Counted {
                        from: edge(idx),
                        until: edge(idx + 1),
                        rows: (*n).into(),
                    };
                    found.counts.iter().enumerate().map(stretch).collect()
                });
                let (table, column) = (table.name, of.name.clone());
                Ok(Ok(Counts { schema: "tutela.counts/1", table, column, empty: n_empty.into(), stretches }))
            })
        })
        .await
}
