//! Making a grid: each column is read by itself, on a thread, and written in its turn.
//!
//! Memory grows with rows: a column of numbers takes some 24 bytes a row while it is made, one of texts 12 and its
//! values, and as many columns are made at a time as there are threads.

mod numbers;
mod out;
mod plain;
mod texts;

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use arrow_array::ArrayRef;
use arrow_schema::DataType;
use tutela_model::table::{Part, TablesError};
use tutela_model::{TableInfo, Tables};

use self::numbers::{Numbers, Wide};
use self::out::Out;
use self::plain::Plain;
use self::texts::Texts;
use crate::form::{Body, ColumnForm, Form, SOURCE, is_beside};
use crate::kind::{self, Kind};

/// The most rows that a grid is made of: more would take gigabytes of memory.
pub const ROWS: u64 = 1 << 26;

/// Why a grid was not made.
#[derive(Debug, thiserror::Error)]
pub enum NotMade {
    /// The table could not be read.
    #[error(transparent)]
    Tables(#[from] TablesError),
    /// The grid could not be written.
    #[error("cannot write a grid: {0}")]
    Disk(#[from] io::Error),
    /// The table has more than [`ROWS`] rows.
    #[error("a table of {0} rows is too large for a grid")]
    TooLarge(u64),
}

/// How often the rows of a table are read for its grid, at most twice for each column.
#[must_use]
pub fn passes(table: &TableInfo) -> u64 {
    (table.schema)().fields().len() as u64
}

/// Writes the grid of a table.
///
/// # Errors
/// The table cannot be read or is too large, or the grid cannot be written.
pub fn make(
    tables: &dyn Tables,
    table: &TableInfo,
    threads: usize,
    out: &mut (dyn Write + Send),
) -> Result<(), NotMade> {
    let parts = tables.parts(table);
    let n_rows: u64 = parts.iter().map(|part| part.n_rows).sum();
    if n_rows > ROWS {
        return Err(NotMade::TooLarge(n_rows));
    }
    let made_of = MadeOf { tables, table, parts: &parts };
    let schema = (table.schema)();
    let mut columns: Vec<(&str, &DataType)> = vec![(SOURCE, &DataType::Utf8)];
    columns.extend(schema.fields().iter().map(|field| (field.name().as_str(), field.data_type())));
    let of_part = |part: &Part| (part.source.hex(), part.n_rows as u32);
    let form = Form::new(table, n_rows as u32, parts.iter().map(of_part).collect());
    let turns = Turns { state: Mutex::new(Turn { next: 0, form, out: Out::new(out) }), came: Condvar::new() };
    let (taken, failed) = (AtomicUsize::new(0), Mutex::new(None));
    let work = || {
        loop {
            let idx = taken.fetch_add(1, Ordering::Relaxed);
            let Some((name, data_type)) = columns.get(idx) else { break };
            let is_well = || held(&failed).is_none();
            let made = if is_well() { made_of.column(name, data_type).map(Some) } else { Ok(None) };
            let written = made.and_then(|made| Ok(turns.write(idx, made, (name, Kind::of(data_type)))?));
            if let Err(error) = written {
                held(&failed).get_or_insert(error);
                turns.pass(idx);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let Turn { form, mut out, .. } = turns.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    out.write(&form.end())?;
    Ok(out.flush()?)
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Columns are written in their order, whoever is done first.
struct Turns<'a> {
    state: Mutex<Turn<'a>>,
    came: Condvar,
}

struct Turn<'a> {
    next: usize,
    form: Form,
    out: Out<'a>,
}

impl<'a> Turns<'a> {
    fn await_turn(&self, idx: usize) -> MutexGuard<'_, Turn<'a>> {
        let state = held(&self.state);
        self.came.wait_while(state, |turn| turn.next < idx).unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a column when those before it are written.
    fn write(&self, idx: usize, made: Option<Made>, (name, kind): (&str, Kind)) -> io::Result<()> {
        let mut turn = self.await_turn(idx);
        if let Some(made) = made {
            let body = made.write(&mut turn.out)?;
            turn.form.columns.push(ColumnForm { name: name.to_owned(), kind, body });
        }
        turn.next = idx + 1;
        self.came.notify_all();
        Ok(())
    }

    /// Lets the others go on after a failure.
    fn pass(&self, idx: usize) {
        let mut turn = self.await_turn(idx);
        turn.next = turn.next.max(idx + 1);
        self.came.notify_all();
    }
}

/// A column that is made and not written.
enum Made {
    Narrow(Numbers<u64>),
    Wide(Numbers<Wide>),
    Texts(Texts),
    Plain(Plain),
}

impl Made {
    fn write(self, out: &mut Out) -> io::Result<Body> {
        match self {
            Self::Narrow(numbers) => numbers.write(out, 8).map(Body::Coded),
            Self::Wide(numbers) => numbers.write(out, 16).map(Body::Coded),
            Self::Texts(texts) => texts.write(out).map(Body::Coded),
            Self::Plain(plain) => plain.write(out),
        }
    }
}

/// What a grid is made of.
struct MadeOf<'a> {
    tables: &'a dyn Tables,
    table: &'a TableInfo,
    parts: &'a [Part],
}

impl MadeOf<'_> {
    fn column(&self, name: &str, data_type: &DataType) -> Result<Made, NotMade> {
        if name == SOURCE {
            let mut texts = Texts::default();
            self.parts.iter().for_each(|part| texts.push_times(&part.source.hex(), part.n_rows as usize));
            return Ok(Made::Texts(texts));
        }
        match Kind::of(data_type) {
            Kind::Text => self.texts(name),
            Kind::Address => {
                let mut numbers = Numbers::default();
                self.read(name, &mut |array| {
                    kind::wide(array, &mut |key| numbers.push(key.map(Wide::from)));
                    ControlFlow::Continue(())
                })?;
                Ok(Made::Wide(numbers))
            }
            _ => {
                let mut numbers = Numbers::default();
                self.read(name, &mut |array| {
                    kind::narrow(array, &mut |key| numbers.push(key));
                    ControlFlow::Continue(())
                })?;
                Ok(Made::Narrow(numbers))
            }
        }
    }

    fn texts(&self, name: &str) -> Result<Made, NotMade> {
        if !is_beside(self.table, name) {
            let mut texts = Texts::default();
            self.read(name, &mut |array| texts.push(array))?;
            if !texts.is_too_much() {
                return Ok(Made::Texts(texts));
            }
        }
        let mut plain = Plain::new()?;
        let mut packed = Ok(());
        self.read(name, &mut |array| {
            packed = plain.push(array);
            if packed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        packed?;
        plain.end()?;
        Ok(Made::Plain(plain))
    }

    /// Hands a column's values over in the order of rows.
    fn read(
        &self,
        name: &str,
        each: &mut dyn FnMut(&ArrayRef) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        for part in self.parts {
            let (mut n_read, mut is_broken) = (0, false);
            self.tables.coded_rows(self.table, part, 0..part.n_rows, &[name], &mut |batch| {
                n_read += batch.num_rows() as u64;
                let flow = each(batch.column(0));
                is_broken = flow.is_break();
                flow
            })?;
            if is_broken {
                break;
            }
            if n_read != part.n_rows {
                let message = format!("{n_read} rows instead of {}", part.n_rows);
                return Err(TablesError { table: self.table.name, source_digest: part.source, message });
            }
        }
        Ok(())
    }
}
