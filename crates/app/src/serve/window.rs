//! Windows of large tables, for whoever scrolls through them, sorts and filters them.
//!
//! Sorted and filtered windows are those of the table's grid. A grid of a small table is made when it is asked for, one
//! of a large table in the background, and until it is there the table is told in its own order. A grid is kept in the
//! operation's folder, or where that cannot be written in a file without a name, which ends with the program.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use tutela_case::Case;
use tutela_grid::{Bits, Condition, Grid, NotMade, Ordered};
use tutela_model::{Digest, TableInfo, Tables};

use super::answer::Refused;
use super::api::Asked;
use super::jobs::{Job, JobTold};
use super::opened::Opened;
use crate::cells;
use crate::ending::{Doing as _, Exit};
use crate::held::held;
use crate::rows::Stored;
use crate::run::Run;
use crate::talk::phrase;
use crate::watched::Watched;

/// The most rows of which a grid is made while somebody waits for it.
const AT_ONCE: u64 = 100_000;

/// The verb of the work that makes a grid.
const PREPARE: &str = "prepare";

/// Grids, and what was asked of them.
#[derive(Default)]
pub struct Windows {
    held: Mutex<Held>,
    remembered: Mutex<Remembered>,
}

#[derive(Default)]
struct Held {
    /// How many acts were recorded when the grids were last held against the tables.
    n_acts: usize,
    grids: BTreeMap<&'static str, Arc<Slot>>,
}

/// The grid of a table, or the work on it.
struct Slot {
    key: Digest,
    grid: OnceLock<Arc<Turned>>,
    making: Mutex<Option<Arc<Job>>>,
}

/// A table turned on its side.
pub struct Turned {
    /// The grid.
    pub grid: Grid,
    key: Digest,
}

/// How far the grid of a table is.
pub enum State {
    /// It is there.
    Ready(Arc<Turned>),
    /// It is being made.
    Preparing(Box<JobTold>),
    /// The table has more rows than grids are made of.
    TooLarge,
}

/// Which rows, in which order.
pub struct Sought {
    /// The column that they are sorted by, by its number in the grid, and whether it descends; none for the table's order.
    pub sort: Option<(usize, bool)>,
    /// What they must be.
    pub conditions: Vec<Condition>,
}

fn n_rows(case: &Case, table: &TableInfo) -> u64 {
    case.tables().parts(table).iter().map(|part| part.n_rows).sum()
}

impl Windows {
    /// Asks the grid of a table. One that cannot be read is made anew.
    ///
    /// # Errors
    /// There is no grid, because none could be made.
    pub fn ask<T>(
        &self,
        (asked, opened): (&Asked, &Arc<Opened>),
        table: &'static TableInfo,
        ask: impl Fn(&Turned) -> io::Result<Result<T, Refused>>,
    ) -> anyhow::Result<Result<T, Refused>> {
        let mut again = true;
        loop {
            let turned = match self.state((asked, opened), table, true)? {
                State::Ready(turned) => turned,
                State::Preparing(told) => return Ok(Err(Refused::preparing(table.name, told, asked.lang))),
                State::TooLarge => {
                    let what =
                        phrase!("serve.too_large", table = table.name, n = n_rows(opened.case(), table));
                    return Ok(Err(Refused::wrong(what, asked.lang)));
                }
            };
            match ask(&turned) {
                Err(_) if again => {
                    again = false;
                    held(&self.held).grids.remove(table.name);
                }
                answer => return answer.doing(|| phrase!("serve.grid", table = table.name)),
            }
        }
    }

    /// How far the grid of a table is; work on one of a large table is begun. Whoever does not need it is not told that
    /// it failed, and does not begin it again.
    ///
    /// # Errors
    /// None could be made.
    pub fn state(
        &self,
        (asked, opened): (&Asked, &Arc<Opened>),
        table: &'static TableInfo,
        is_needed: bool,
    ) -> anyhow::Result<State> {
        let slot = self.slot(opened.case(), table);
        let n_rows = n_rows(opened.case(), table);
        if n_rows > tutela_grid::ROWS {
            return Ok(State::TooLarge);
        }
        // Whoever asks for a small table meanwhile waits until its grid is made.
        let mut making = held(&slot.making);
        if let Some(turned) = slot.grid.get() {
            return Ok(State::Ready(Arc::clone(turned)));
        }
        if n_rows <= AT_ONCE {
            slot.make(&asked.run(), opened, table)?;
            let turned = slot.grid.get().map(Arc::clone).ok_or_else(|| anyhow::anyhow!("no grid"))?;
            return Ok(State::Ready(turned));
        }
        if let Some(job) = &*making {
            let told = job.told();
            let error = told.failed().map(str::to_owned);
            match error {
                Some(error) if is_needed => {
                    *making = None;
                    return Err(anyhow::anyhow!(error));
                }
                None if is_needed && !told.is_running() => {}
                _ => return Ok(State::Preparing(Box::new(told))),
            }
        }
        let (opened, made) = (Arc::clone(opened), Arc::clone(&slot));
        let jobs = &asked.server.jobs;
        let work = move |run: &Run| made.make(run, &opened, table).map(|()| Exit::Done);
        let job = match jobs.begin(asked.run(), PREPARE, work) {
            Some(job) => {
                *making = Some(Arc::clone(&job));
                job
            }
            // Another table is first.
            None => jobs.running(PREPARE).ok_or_else(|| anyhow::anyhow!("no work"))?,
        };
        Ok(State::Preparing(Box::new(job.told())))
    }

    /// Whether the grid of a table is worth making before anybody sorts it.
    pub fn is_large(case: &Case, table: &TableInfo) -> bool {
        n_rows(case, table) > AT_ONCE
    }

    fn slot(&self, case: &Case, table: &'static TableInfo) -> Arc<Slot> {
        let tables = case.tables();
        let mut held = held(&self.held);
        let n_acts = case.record().acts().len();
        if held.n_acts != n_acts {
            // Grids of what no longer counts are let go: their rows may have been erased.
            held.n_acts = n_acts;
            held.grids.retain(|name, slot| {
                TableInfo::named(name).is_some_and(|table| tutela_grid::key(&tables, table) == slot.key)
            });
        }
        let slot = held.grids.entry(table.name).or_insert_with(|| {
            let key = tutela_grid::key(&tables, table);
            Arc::new(Slot { key, grid: OnceLock::new(), making: Mutex::default() })
        });
        Arc::clone(slot)
    }

    /// The rows that are sought, in their order; and the order, to be asked for windows.
    ///
    /// # Errors
    /// The grid cannot be read.
    pub fn ordered(&self, turned: &Turned, sought: &Sought) -> io::Result<Arc<Ordered>> {
        let by = sought.sort.map(|(column, _)| column);
        let bits = self.matching(turned, &sought.conditions)?;
        let found = |known: &Known| known.orders.iter().find(|(column, _)| *column == by).cloned();
        if let Some((_, ordered)) =
            held(&self.remembered).known(turned.key, &sought.conditions).and_then(|known| found(known))
        {
            return Ok(ordered);
        }
        let ordered = Arc::new(turned.grid.ordered(by, bits)?);
        if let Some(known) = held(&self.remembered).known(turned.key, &sought.conditions) {
            known.orders.push((by, Arc::clone(&ordered)));
        }
        Ok(ordered)
    }

    /// The rows that meet conditions; none where there are no conditions, so that all do.
    ///
    /// # Errors
    /// The grid cannot be read.
    pub fn matching(&self, turned: &Turned, conditions: &[Condition]) -> io::Result<Option<Arc<Bits>>> {
        if let Some(known) = held(&self.remembered).known(turned.key, conditions) {
            return Ok(known.bits.clone());
        }
        let bits = match conditions {
            [] => None,
            conditions => Some(Arc::new(turned.grid.matching(conditions)?)),
        };
        held(&self.remembered).remember(turned.key, conditions, bits.clone());
        Ok(bits)
    }

    /// Rows of a grid by their numbers.
    ///
    /// # Errors
    /// The grid cannot be read.
    pub fn cells(turned: &Turned, rows: &[u32]) -> io::Result<Vec<Stored>> {
        let (sources, batch) = turned.grid.rows(rows)?;
        let stored = |(row, source)| Stored { source, row: cells::row_json(&batch, row) };
        Ok(sources.into_iter().enumerate().map(stored).collect())
    }
}

/// What was asked before, the latest last, so that scrolling asks it once.
#[derive(Default)]
struct Remembered {
    all: Vec<Known>,
}

/// What is known of conditions on a grid.
struct Known {
    grid: Digest,
    conditions: Vec<Condition>,
    bits: Option<Arc<Bits>>,
    orders: Vec<(Option<usize>, Arc<Ordered>)>,
}

/// Bytes of what is remembered. A filter of 11.7 million rows takes 1.5 MB.
const REMEMBERED: usize = 64 << 20;

impl Known {
    fn bytes(&self) -> usize {
        let orders: usize = self.orders.iter().map(|(_, ordered)| ordered.bytes()).sum();
        self.bits.as_ref().map_or(0, |bits| bits.bytes()) + orders + 1_024
    }
}

impl Remembered {
    fn known(&mut self, grid: Digest, conditions: &[Condition]) -> Option<&mut Known> {
        let found = self.all.iter().position(|known| known.grid == grid && known.conditions == conditions)?;
        let known = self.all.remove(found);
        self.all.push(known);
        self.all.last_mut()
    }

    fn remember(&mut self, grid: Digest, conditions: &[Condition], bits: Option<Arc<Bits>>) {
        if self.known(grid, conditions).is_some() {
            return;
        }
        self.all.push(Known { grid, conditions: conditions.to_vec(), bits, orders: Vec::new() });
        while self.all.len() > 1 && self.all.iter().map(Known::bytes).sum::<usize>() > REMEMBERED {
            self.all.remove(0);
        }
    }
}

impl Slot {
    /// Takes the grid that was kept, or makes it.
    fn make(&self, run: &Run, opened: &Opened, table: &'static TableInfo) -> anyhow::Result<()> {
        let grid = made(run, opened.case(), table, self.key)?;
        let _ = self.grid.set(Arc::new(Turned { grid, key: self.key }));
        Ok(())
    }
}

fn made(run: &Run, case: &Case, table: &'static TableInfo, key: Digest) -> anyhow::Result<Grid> {
    let grids = case.grids();
    let kept = || grids.get(table.name, key).ok().flatten();
    let opened = |file: File| Grid::open(file, table, run.jobs);
    if let Some(Ok(grid)) = kept().map(opened) {
        return Ok(grid);
    }
    // A folder that is full or cannot be written is not the end, and another process may be making a grid.
    if let Ok(Some(mut making)) = grids.begin(table.name, key) {
        let written = write(run, case, table, making.file());
        if !matches!(written, Ok(Ok(()))) {
            making.give_up();
            // Why the table could not be read, or that the user has stopped it.
            let _: io::Result<()> = written?;
        } else if making.end().is_ok()
            && let Some(Ok(grid)) = kept().map(opened)
        {
            return Ok(grid);
        }
    }
    let mut file = tempfile::tempfile().doing(|| phrase!("serve.grid", table = table.name))?;
    write(run, case, table, &mut io::BufWriter::with_capacity(256 << 10, &mut file))?
        .doing(|| phrase!("serve.grid", table = table.name))?;
    opened(file).doing(|| phrase!("serve.grid", table = table.name))
}

/// Writes a grid; what the disk said of it.
fn write(
    run: &Run,
    case: &Case,
    table: &TableInfo,
    out: &mut (dyn io::Write + Send),
) -> anyhow::Result<io::Result<()>> {
    let checked = case.checked_tables();
    let watched = Watched::new(&checked, run).in_passes(tutela_grid::passes(table));
    let written = match tutela_grid::make(&watched, table, run.jobs, out) {
        Err(NotMade::Tables(error)) => watched.end(Err(error)),
        Err(NotMade::Disk(error)) => watched.end(Ok(Err(error))),
        Err(error @ NotMade::TooLarge(_)) => Err(error.into()),
        Ok(()) => watched.end(Ok(Ok(()))),
    };
    checked.end()?;
    written
}
