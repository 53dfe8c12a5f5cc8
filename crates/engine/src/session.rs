//! One query: a session made for it alone, which knows the operation's tables and nothing else of the machine.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::datasource::empty::EmptyTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt as _;
use tutela_model::table::{SOURCE_COLUMN, TABLES, TableInfo};

use crate::cells;
use crate::{Answer, EngineError, Files, Limits};

/// Answers a question. The threads that it uses end with it.
pub fn query(tables: &[Files<'_>], sql: &str, limits: &Limits) -> Result<Answer, EngineError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(limits.n_threads.max(1))
        .build()
        .map_err(|error| EngineError::Failed(error.to_string()))?;
    let session = session(tables, limits).map_err(|error| told(&error))?;
    let (sender, receiver) = mpsc::channel();
    let (sql, n_rows) = (sql.to_owned(), limits.n_rows);
    runtime.spawn(async move {
        // Whoever asked may have gone, because the time was up: then nobody wants the answer.
        sender.send(answer(&session, &sql, n_rows).await).ok();
    });
    // The clock is not the runtime's, whose threads may all be at work on a long step.
    let answer = receiver.recv_timeout(limits.timeout).map_err(|ended| match ended {
        RecvTimeoutError::Timeout => EngineError::Timeout(limits.timeout),
        RecvTimeoutError::Disconnected => EngineError::Failed("a thread of the query ended early".to_owned()),
    });
    // A query that was stopped ends at its next step: nobody waits for it.
    runtime.shutdown_background();
    answer?
}

async fn answer(session: &SessionContext, sql: &str, n_rows: usize) -> Result<Answer, EngineError> {
    let plan = session.state().create_logical_plan(sql).await.map_err(|error| told(&error))?;
    SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(&plan)
        .map_err(|error| EngineError::NotAQuestion(message(&error)))?;
    let frame = session.execute_logical_plan(plan).await.map_err(|error| told(&error))?;
    let mut batches = frame.execute_stream().await.map_err(|error| told(&error))?;
    let columns = batches.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut answer = Answer { columns, rows: Vec::new(), more: false };
    while let Some(batch) = batches.next().await {
        let batch = batch.map_err(|error| told(&error))?;
        let n_left = n_rows - answer.rows.len();
        answer.more = batch.num_rows() > n_left;
        let batch = batch.slice(0, batch.num_rows().min(n_left));
        answer.rows.extend(cells::rows(&batch).map_err(|error| told(&error))?);
        if answer.more {
            break;
        }
    }
    Ok(answer)
}

/// A session that knows the tables of the model and cannot name any other file.
fn session(tables: &[Files<'_>], limits: &Limits) -> Result<SessionContext, DataFusionError> {
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(limits.memory_bytes)))
        .with_temp_file_path(&limits.spill)
        .build_arc()?;
    let config = SessionConfig::new()
        .with_information_schema(true)
        .with_target_partitions(limits.n_threads.max(1))
        // Files are sorted by a key that may hold more than one file's rows; nothing may rely on it across files.
        .with_collect_statistics(true);
    let session = SessionContext::new_with_config_rt(config, runtime);
    cells::functions().into_iter().for_each(|function| session.register_udf(function));
    for info in TABLES {
        let files =
            tables.iter().find(|(name, _)| *name == info.name).map_or(&[][..], |(_, files)| &files[..]);
        session.register_table(info.name, table(info, files)?)?;
    }
    Ok(session)
}

fn table(info: &TableInfo, files: &[PathBuf]) -> Result<Arc<dyn TableProvider>, DataFusionError> {
    let schema = stored_schema(info);
    if files.is_empty() {
        return Ok(Arc::new(EmptyTable::new(schema)));
    }
    let urls = files.iter().map(|file| url(file)).collect::<Result<_, _>>()?;
    let options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension("");
    let config =
        ListingTableConfig::new_with_multi_paths(urls).with_listing_options(options).with_schema(schema);
    Ok(Arc::new(ListingTable::try_new(config)?))
}

/// The columns of the table and the one that the store adds.
fn stored_schema(info: &TableInfo) -> SchemaRef {
    let schema = (info.schema)();
    let source = Field::new(SOURCE_COLUMN, DataType::Utf8, true);
    let columns: Vec<_> = schema.fields().iter().cloned().chain([Arc::new(source)]).collect();
    Arc::new(Schema::new(columns))
}

/// The address of exactly this file: a path as such would be read as a pattern when it holds `*` or `[`.
fn url(file: &Path) -> Result<ListingTableUrl, DataFusionError> {
    let path = std::path::absolute(file)?;
    let path = path
        .to_str()
        .ok_or_else(|| DataFusionError::Execution(format!("a path that is not text: {}", path.display())))?;
    let mut url = String::from("file://");
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                url.push(char::from(byte))
            }
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    ListingTableUrl::parse(url)
}

/// The engine's error in our words.
fn told(error: &DataFusionError) -> EngineError {
    let text = message(error);
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => EngineError::Memory(text),
        DataFusionError::SQL(..)
        | DataFusionError::Plan(_)
        | DataFusionError::SchemaError(..)
        | DataFusionError::NotImplemented(_) => EngineError::Query(text),
        _ => EngineError::Failed(text),
    }
}

/// The innermost message, on one line.
pub fn message(error: &DataFusionError) -> String {
    let text = error.find_root().message().into_owned();
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use datafusion::arrow::array::{Array as _, ArrayRef, DictionaryArray, RecordBatch};
    use datafusion::arrow::datatypes::Int32Type;
    use datafusion::parquet::arrow::ArrowWriter;
    use serde_json::{Value, json};
    use tutela_model::Spot;
    use tutela_model::field::Reading;
    use tutela_model::table::{Build, Table};
    use tutela_model::tables::Connection;

    use super::*;

    /// Connections of made-up accounts, four a file.
    fn files(folder: &Path) -> Vec<PathBuf> {
        // The names hold what a pattern or an address would read otherwise.
        let file = |(file_idx, name): (usize, &str)| {
            let mut builder = <Connection as Table>::Builder::default();
            for row_idx in 0..4 {
                let (address, port) = (format!("192.0.2.{row_idx}"), (1000 + row_idx).to_string());
                let account = format!("account-{file_idx}");
                let port = (row_idx > 0).then_some(port.as_str());
                let cells = [
                    Some("agorachat"),
                    Some(&*account),
                    Some("login"),
                    Some(&*address),
                    port,
                    Some("2026-03-01T20:00:00Z"),
                ];
                let row = Connection::from_cells(&cells, &Reading::default(), Spot::Line(row_idx + 2));
                builder.push(&row.expect("the cells are those of a connection"));
            }
            let batch = with_source(&builder.finish(), name);
            let path = folder.join(name);
            let to = std::fs::File::create(&path).expect("the folder can be written");
            let mut writer = ArrowWriter::try_new(to, batch.schema(), None).expect("a schema of ours");
            writer.write(&batch).expect("the file can be written");
            writer.close().expect("the file can be written");
            path
        };
        ["a [1]*.parquet", "b%20?.parquet"].into_iter().enumerate().map(file).collect()
    }

    /// The batch as the store writes it: the column of the file received first, as a dictionary.
    fn with_source(batch: &RecordBatch, source: &str) -> RecordBatch {
        let source: DictionaryArray<Int32Type> = vec![source; batch.num_rows()].into_iter().collect();
        let field = Field::new(SOURCE_COLUMN, source.data_type().clone(), false);
        let fields: Vec<_> =
            [Arc::new(field)].into_iter().chain(batch.schema().fields().iter().cloned()).collect();
        let first: ArrayRef = Arc::new(source);
        let columns = [first].into_iter().chain(batch.columns().iter().cloned()).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("as many rows in every column")
    }

    fn limits(folder: &Path) -> Limits {
        Limits {
            memory_bytes: 64 << 20,
            spill: folder.join("spill"),
            timeout: Duration::from_secs(60),
            n_rows: 100,
            n_threads: 2,
        }
    }

    fn asked(sql: &str) -> Result<Answer, EngineError> {
        let folder = tempfile::tempdir().expect("a folder for the test");
        query(&[("connection", files(folder.path()))], sql, &limits(folder.path()))
    }

    fn rows(sql: &str) -> Vec<Vec<Value>> {
        asked(sql).expect("the query is answered").rows
    }

    #[test]
    fn addresses_times_and_unknown_values_are_told_as_people_write_them() {
        let answer = asked(
            "SELECT account, address, port, at, address_said FROM connection ORDER BY account, address LIMIT 2",
        );
        let answer = answer.expect("the query is answered");
        assert_eq!(answer.columns, ["account", "address", "port", "at", "address_said"]);
        assert_eq!(
            answer.rows,
            [
                vec![
                    json!("account-0"),
                    json!("192.0.2.0"),
                    json!(null),
                    json!("2026-03-01T20:00:00Z"),
                    json!("192.0.2.0")
                ],
                vec![
                    json!("account-0"),
                    json!("192.0.2.1"),
                    json!(1001),
                    json!("2026-03-01T20:00:00Z"),
                    json!("192.0.2.1")
                ],
            ]
        );
    }

    #[test]
    fn rows_of_all_files_are_counted_and_addresses_compared() {
        let sql = "SELECT address_text(address) AS a, count(*) AS n FROM connection WHERE address = address('192.0.2.3') GROUP BY address";
        assert_eq!(rows(sql), [[json!("192.0.2.3"), json!(2)]]);
        assert_eq!(rows("SELECT count(DISTINCT account) FROM connection"), [[json!(2)]]);
        let sql = "SELECT source, count(*) FROM connection GROUP BY source ORDER BY source";
        assert_eq!(rows(sql), [[json!("a [1]*.parquet"), json!(4)], [json!("b%20?.parquet"), json!(4)]]);
    }

    #[test]
    fn every_table_is_there_and_one_without_files_is_empty() {
        for info in TABLES {
            let n_rows = if info.name == "connection" { 8 } else { 0 };
            assert_eq!(
                rows(&format!("SELECT count(*) FROM {}", info.name)),
                [[json!(n_rows)]],
                "{}",
                info.name
            );
        }
        assert_eq!(rows("SELECT prefix_said FROM network"), Vec::<Vec<Value>>::new());
    }

    #[test]
    fn what_is_not_a_question_is_refused_and_nothing_is_written() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let copy = folder.path().join("copy.csv");
        for sql in [
            "CREATE TABLE t AS SELECT 1",
            "CREATE VIEW v AS SELECT 1",
            "DROP TABLE connection",
            "INSERT INTO connection SELECT * FROM connection",
            "DELETE FROM connection",
            "UPDATE connection SET account = 'x'",
            "SET datafusion.execution.batch_size = 1",
            "EXPLAIN ANALYZE INSERT INTO connection SELECT * FROM connection",
            "CREATE EXTERNAL TABLE p STORED AS PARQUET LOCATION '/tmp/x'",
            &format!("COPY connection TO '{}'", copy.display()),
        ] {
            let error = asked(sql).expect_err(sql);
            assert!(
                matches!(error, EngineError::NotAQuestion(_) | EngineError::Query(_)),
                "{sql}: {error:?}"
            );
        }
        assert!(!copy.exists());
    }

    #[test]
    fn no_file_can_be_named_that_is_not_a_table() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let files = files(folder.path());
        let sql = format!("SELECT * FROM '{}'", files[1].display());
        let error = query(&[], &sql, &limits(folder.path())).expect_err("there is no such table");
        assert!(matches!(error, EngineError::Query(_)), "{error:?}");
    }

    #[test]
    fn questions_about_the_tables_are_answered() {
        assert!(rows("SHOW TABLES").iter().any(|row| row.contains(&json!("lease"))));
        assert!(rows("DESCRIBE lease").iter().any(|row| row.contains(&json!("port_low"))));
        assert!(!rows("EXPLAIN SELECT 1").is_empty());
        assert_eq!(rows("WITH n AS (SELECT 1 AS one) SELECT one + 1 FROM n"), [[json!(2)]]);
    }

    #[test]
    fn a_word_that_is_no_column_is_told() {
        let error = asked("SELECT acount FROM connection").expect_err("there is no such column");
        assert!(matches!(&error, EngineError::Query(text) if text.contains("acount")), "{error:?}");
    }

    #[test]
    fn more_rows_than_the_limit_are_cut_and_it_is_said() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let tables = [("connection", files(folder.path()))];
        for (n_rows, more) in [(5, true), (8, false)] {
            let limits = Limits { n_rows, ..limits(folder.path()) };
            let answer =
                query(&tables, "SELECT account FROM connection", &limits).expect("the query is answered");
            assert_eq!((answer.rows.len(), answer.more), (n_rows, more));
        }
    }

    #[test]
    fn a_query_beyond_its_time_or_memory_is_stopped() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let long = "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b WHERE a.value * b.value % 7 = 1";
        let limits = Limits { timeout: Duration::from_millis(200), ..limits(folder.path()) };
        let error = query(&[], long, &limits).expect_err("the query takes longer");
        assert!(matches!(error, EngineError::Timeout(_)), "{error:?}");
        let large = "SELECT array_agg(a.value) FROM generate_series(1, 3000000) a";
        let limits = Limits { memory_bytes: 1 << 20, timeout: Duration::from_secs(60), ..limits };
        let error = query(&[], large, &limits).expect_err("the query needs more memory");
        assert!(matches!(error, EngineError::Memory(_)), "{error:?}");
    }
}
