//! The rows of a table: its b-tree from left to right (sqlite.org/fileformat2.html sections 1.6 and 1.7).

use std::borrow::Cow;
use std::io;

use tutela_model::Spot;
use tutela_model::tables::{Problem, ProblemKind};

use super::pages::{Page, Seen, Trouble, met_twice};
use super::record::{Field, Value, fields, varint};
use super::schema::{Column, Constant};
use super::{Database, Table};

/// Links from the root of a b-tree to a row: SQLite itself goes no deeper.
const MAX_DEPTH: usize = 20;
/// The largest row that is read, in bytes. Chats hold texts, and pictures the size of a stamp.
const MAX_ROW: usize = 64 << 20;

/// What stands in a table, one after the other.
pub(crate) enum Entry<'d> {
    Row(Row<'d>),
    /// Something of the table that is not read, with its place.
    Flaw(Box<Problem>),
}

/// A row.
pub(crate) struct Row<'d> {
    /// Its number; 0 in a table without row numbers.
    pub rowid: i64,
    /// Its cell: what of it stands in its page. A long row goes on in other pages.
    pub place: Spot,
    database: &'d Database,
    table: &'d Table,
    record: Vec<u8>,
    pieces: Vec<Piece>,
    fields: Vec<Field>,
}

/// A part of a record that stands in one run of bytes.
struct Piece {
    start: usize,
    page: Page,
    offset: usize,
}

impl Row<'_> {
    /// The value of a column; null when the table has none of that name.
    pub fn get(&self, column: &str) -> Value<'_> {
        let Some(column) = self.table.column(column) else { return Value::Null };
        self.of(column)
    }

    pub fn of<'a>(&'a self, column: &'a Column) -> Value<'a> {
        if column.is_rowid {
            return Value::Integer(self.rowid);
        }
        let Some(stored) = column.stored else { return Value::Null };
        let value = match self.fields.get(stored) {
            Some(field) => field.value(&self.record, self.database.encoding),
            None => match &column.default {
                Constant::Null => Value::Null,
                Constant::Integer(value) => Value::Integer(*value),
                Constant::Real(value) => Value::Real(*value),
                Constant::Text(text) => Value::Text(Cow::Borrowed(text)),
                Constant::Blob(bytes) => Value::Blob(bytes),
            },
        };
        match value {
            Value::Integer(value) if column.is_real => Value::Real(value as f64),
            value => value,
        }
    }

    pub fn integer(&self, column: &str) -> Option<i64> {
        self.get(column).integer()
    }

    pub fn text(&self, column: &str) -> Option<String> {
        self.get(column).text()
    }

    /// The bytes of a column's value, as far as they stand in one run; the row's place when it has no bytes of its own.
    pub fn place_of(&self, column: &str) -> Spot {
        let stored = self.table.column(column).filter(|column| !column.is_rowid).and_then(|it| it.stored);
        let Some(field) = stored.and_then(|idx| self.fields.get(idx)).filter(|field| field.len > 0) else {
            return self.place.clone();
        };
        let piece_idx = self.pieces.partition_point(|piece| piece.start <= field.start) - 1;
        let piece = &self.pieces[piece_idx];
        let end = self.pieces.get(piece_idx + 1).map_or(self.record.len(), |next| next.start);
        let len = field.len.min(end - field.start);
        piece.page.spot(piece.offset + field.start - piece.start, len)
    }

    /// Whether every text of the row is one in the encoding of the database.
    pub fn is_sound(&self) -> bool {
        self.fields
            .iter()
            .filter(|field| field.is_text())
            .all(|field| self.database.encoding.is_sound(&self.record[field.start..field.start + field.len]))
    }
}

/// A page on the way from the root.
struct Level {
    page: Page,
    header: usize,
    is_leaf: bool,
    n_cells: usize,
    /// Which link or cell comes next.
    step: usize,
    /// Cells that are met a second time.
    repeated: Vec<usize>,
}

/// Goes over the rows of a table.
pub(crate) struct Rows<'d> {
    database: &'d Database,
    table: &'d Table,
    stack: Vec<Level>,
    seen: Seen,
    /// Whether rows are read, or only their cells found.
    whole: bool,
    started: bool,
    last: Option<i64>,
    told_order: bool,
}

/// Where a link leads and where it stands.
enum Next {
    Link(u32, Spot),
    Cell(usize),
    Up,
}

impl<'d> Rows<'d> {
    pub(super) fn new(database: &'d Database, table: &'d Table, whole: bool) -> Self {
        let seen = Seen::new(&database.pages);
        Self {
            database,
            table,
            stack: Vec::new(),
            seen,
            whole,
            started: false,
            last: None,
            told_order: false,
        }
    }

    /// The next row or flaw; none at the end.
    pub fn next(&mut self) -> io::Result<Option<Entry<'d>>> {
        if !self.started {
            self.started = true;
            if let Err(trouble) = self.enter(self.table.root, self.table.place.clone()) {
                return flaw(trouble).map(Some);
            }
        }
        loop {
            let next = match self.stack.last_mut() {
                None => return Ok(None),
                Some(level) => next(level, self.table.without_rowid, self.database.pages.usable),
            };
            let read = match next {
                Err(problem) => Err(Trouble::Flaw(problem)),
                Ok(Next::Up) => {
                    self.stack.pop();
                    continue;
                }
                Ok(Next::Link(number, from)) => match self.enter(number, from) {
                    Ok(()) => continue,
                    Err(trouble) => Err(trouble),
                },
                Ok(Next::Cell(offset)) => self.row(offset),
            };
            return match read {
                Ok(row) => Ok(Some(self.ordered(row))),
                Err(trouble) => flaw(trouble).map(Some),
            };
        }
    }

    /// Rows come in the order of their numbers. Where they do not, look-ups by number miss some; it is said once.
    fn ordered(&mut self, row: Row<'d>) -> Entry<'d> {
        let falls = self.last.is_some_and(|last| row.rowid <= last);
        self.last = Some(row.rowid);
        if falls && !self.told_order && !self.table.without_rowid {
            self.told_order = true;
            self.stack.last_mut().expect("a row is in a page").step -= 1;
            self.last = None;
            let expected = "rows in the order of their numbers";
            let problem =
                Problem::new(ProblemKind::Contradiction, row.place, "", expected, &row.rowid.to_string());
            return Entry::Flaw(Box::new(
                problem.mend("the rows are read; what names them by number may not find them"),
            ));
        }
        Entry::Row(row)
    }

    fn enter(&mut self, number: u32, from: Spot) -> Result<(), Trouble> {
        if !self.seen.first(number) {
            return Err(met_twice(from, number).into());
        }
        let mut level = level(self.database, self.table, number, &from)?;
        level.repeated = repeated(&level);
        if self.stack.len() >= MAX_DEPTH {
            let expected = format!("a b-tree of at most {MAX_DEPTH} levels");
            let problem = Problem::new(ProblemKind::TooLarge, from, "", &expected, "a deeper one");
            return Err(Box::new(problem).into());
        }
        self.stack.push(level);
        Ok(())
    }

    fn row(&mut self, offset: usize) -> Result<Row<'d>, Trouble> {
        let level = self.stack.last().expect("a cell is in a page");
        let cell = Cell::at(level, offset, self.table, self.database.pages.usable)?;
        let follow = if self.whole { Follow::Once(&mut self.seen) } else { Follow::Nothing };
        read_row(self.database, self.table, &level.page, &cell, follow)
    }
}

fn flaw<'d>(trouble: Trouble) -> io::Result<Entry<'d>> {
    match trouble {
        Trouble::Read(error) => Err(error),
        Trouble::Flaw(problem) => Ok(Entry::Flaw(problem)),
    }
}

fn broken(place: Spot, expected: &str, found: &str) -> Box<Problem> {
    Box::new(Problem::new(ProblemKind::Malformed, place, "", expected, found))
}

/// Opens a page of the table's b-tree.
fn level(database: &Database, table: &Table, number: u32, from: &Spot) -> Result<Level, Trouble> {
    let page = database.pages.get(number, &|| from.clone())?;
    let header = if number == 1 { super::HEADER_BYTES } else { 0 };
    let kind = page.bytes[header];
    let is_leaf = match (kind, table.without_rowid) {
        (13, false) | (10, true) => true,
        (5, false) | (2, true) => false,
        _ => {
            let expected = "a page of the table's b-tree";
            let found = format!("the page {number} of kind {kind}");
            return Err(broken(page.spot(header, 1), expected, &found).into());
        }
    };
    let n_cells = page.u16(header + 3);
    let cells = header + if is_leaf { 8 } else { 12 };
    if cells + 2 * n_cells > database.pages.usable {
        let expected = format!("at most {} cells in a page", (database.pages.usable - cells) / 2);
        return Err(broken(page.spot(header + 3, 2), &expected, &n_cells.to_string()).into());
    }
    Ok(Level { page, header, is_leaf, n_cells, step: 0, repeated: Vec::new() })
}

/// The cells that a pointer before theirs names too: they are one row.
fn repeated(level: &Level) -> Vec<usize> {
    let cells = level.header + if level.is_leaf { 8 } else { 12 };
    let mut offsets: Vec<(usize, usize)> =
        (0..level.n_cells).map(|idx| (level.page.u16(cells + 2 * idx), idx)).collect();
    offsets.sort_unstable();
    let again = |pair: &[(usize, usize)]| (pair[0].0 == pair[1].0).then_some(pair[1].1);
    offsets.windows(2).filter_map(again).collect()
}

/// The next link or cell of a page.
fn next(level: &mut Level, cells_in_inner_pages: bool, usable: usize) -> Result<Next, Box<Problem>> {
    let step = level.step;
    level.step += 1;
    let (link, cell) = match (level.is_leaf, cells_in_inner_pages) {
        (true, _) => (None, Some(step)),
        (false, false) => (Some(step), None),
        (false, true) if step.is_multiple_of(2) => (Some(step / 2), None),
        (false, true) => (None, Some(step / 2)),
    };
    let pointers = level.header + if level.is_leaf { 8 } else { 12 };
    match (link, cell) {
        (Some(link), _) if link == level.n_cells => {
            let at = level.header + 8;
            Ok(Next::Link(level.page.u32(at), level.page.spot(at, 4)))
        }
        (Some(link), _) if link < level.n_cells => {
            let at = offset(level, pointers, link, usable)?;
            Ok(Next::Link(level.page.u32(at), level.page.spot(at, 4)))
        }
        (_, Some(cell)) if cell < level.n_cells => {
            if level.repeated.contains(&cell) {
                let place = level.page.spot(pointers + 2 * cell, 2);
                return Err(broken(place, "a cell that only one pointer leads to", "a second pointer to it"));
            }
            Ok(Next::Cell(offset(level, pointers, cell, usable)?))
        }
        _ => Ok(Next::Up),
    }
}

/// Where a cell begins in its page.
fn offset(level: &Level, pointers: usize, cell: usize, usable: usize) -> Result<usize, Box<Problem>> {
    let offset = level.page.u16(pointers + 2 * cell);
    let first = pointers + 2 * level.n_cells;
    if offset < first || offset + 4 > usable {
        let expected = format!("a cell inside its page, from {first} to {}", usable - 4);
        return Err(broken(level.page.spot(pointers + 2 * cell, 2), &expected, &offset.to_string()));
    }
    Ok(offset)
}

/// A cell with a row.
struct Cell {
    rowid: i64,
    start: usize,
    /// Where the record begins, how long it is, and how much of it stands in the page.
    record: usize,
    len: usize,
    n_local: usize,
}

impl Cell {
    fn at(level: &Level, start: usize, table: &Table, usable: usize) -> Result<Self, Box<Problem>> {
        let bytes = &level.page.bytes[..usable];
        let short =
            || broken(level.page.spot(start, usable - start), "a cell inside its page", "its beginning");
        let mut at = start + if level.is_leaf { 0 } else { 4 };
        let (len, n_bytes) = varint(&bytes[at..]).ok_or_else(short)?;
        at += n_bytes;
        let mut rowid = 0;
        if !table.without_rowid {
            let (value, n_bytes) = varint(&bytes[at..]).ok_or_else(short)?;
            (rowid, at) = (value as i64, at + n_bytes);
        }
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        if len > MAX_ROW {
            let expected = format!("a row of at most {MAX_ROW} bytes");
            let place = level.page.spot(start, at - start);
            return Err(Box::new(Problem::new(
                ProblemKind::TooLarge,
                place,
                "",
                &expected,
                &len.to_string(),
            )));
        }
        let n_local = local(len, usable, table.without_rowid);
        let end = at + n_local + if n_local < len { 4 } else { 0 };
        if end > usable {
            return Err(short());
        }
        Ok(Self { rowid, start, record: at, len, n_local })
    }
}

/// How much of a record stands in its page (section 1.6, "cell payload overflow").
fn local(len: usize, usable: usize, index: bool) -> usize {
    let least = (usable - 12) * 32 / 255 - 23;
    let most = if index { (usable - 12) * 64 / 255 - 23 } else { usable - 35 };
    if len <= most {
        return len;
    }
    let kept = least + (len - least) % (usable - 4);
    if kept <= most { kept } else { least }
}

/// What is read of a row.
enum Follow<'a> {
    /// Only where its cell is.
    Nothing,
    /// Its values; each page that it goes on in once in a table.
    Once(&'a mut Seen),
    /// Its values. The length of all rows that are looked up is limited, and so are their pages.
    LookUp,
}

/// Reads a row from its cell and the pages that it goes on in.
fn read_row<'d>(
    database: &'d Database,
    table: &'d Table,
    page: &Page,
    cell: &Cell,
    mut follow: Follow<'_>,
) -> Result<Row<'d>, Trouble> {
    let link = cell.record + cell.n_local;
    let n_link = if cell.n_local < cell.len { 4 } else { 0 };
    let place = page.spot(cell.start, link + n_link - cell.start);
    let mut row = Row {
        rowid: cell.rowid,
        place,
        database,
        table,
        record: Vec::new(),
        pieces: Vec::new(),
        fields: Vec::new(),
    };
    if let Follow::Nothing = follow {
        return Ok(row);
    }
    row.record = page.bytes[cell.record..link].to_vec();
    row.pieces.push(Piece { start: 0, page: page.clone(), offset: cell.record });
    let (mut from, mut at) = (page.clone(), link);
    while row.record.len() < cell.len {
        let number = from.u32(at);
        let spot = || from.spot(at, 4);
        if let Follow::Once(seen) = &mut follow
            && number != 0
            && !seen.first(number)
        {
            return Err(met_twice(spot(), number).into());
        }
        let next = database.pages.get(number, &spot)?;
        let n_bytes = (cell.len - row.record.len()).min(database.pages.usable - 4);
        row.pieces.push(Piece { start: row.record.len(), page: next.clone(), offset: 4 });
        row.record.extend_from_slice(&next.bytes[4..4 + n_bytes]);
        (from, at) = (next, 0);
    }
    match fields(&row.record) {
        Some(fields) => row.fields = fields,
        None => {
            let expected = "a record whose header fits its bytes";
            let found = format!("{} bytes", row.record.len());
            return Err(broken(row.place, expected, &found).into());
        }
    }
    Ok(row)
}

/// The row of that number; none when it is not there, or not to be read.
pub(super) fn find<'d>(database: &'d Database, table: &'d Table, rowid: i64) -> io::Result<Option<Row<'d>>> {
    if table.without_rowid {
        return Ok(None);
    }
    match descend(database, table, rowid) {
        Ok(row) => Ok(row),
        // The flaw is told when the table itself is gone over.
        Err(Trouble::Flaw(_)) => Ok(None),
        Err(Trouble::Read(error)) => Err(error),
    }
}

fn descend<'d>(database: &'d Database, table: &'d Table, rowid: i64) -> Result<Option<Row<'d>>, Trouble> {
    let usable = database.pages.usable;
    let (mut number, mut from) = (table.root, table.place.clone());
    for _ in 0..MAX_DEPTH {
        let level = level(database, table, number, &from)?;
        let pointers = level.header + if level.is_leaf { 8 } else { 12 };
        // The first cell whose number is not less.
        let (mut low, mut high) = (0, level.n_cells);
        while low < high {
            let middle = low.midpoint(high);
            let at = offset(&level, pointers, middle, usable)?;
            let at = if level.is_leaf {
                at + varint(&level.page.bytes[at..usable]).map_or(usable - at, |(_, n_bytes)| n_bytes)
            } else {
                at + 4
            };
            let Some((value, _)) = varint(&level.page.bytes[at..usable]) else { return Ok(None) };
            if (value as i64) < rowid { low = middle + 1 } else { high = middle }
        }
        if level.is_leaf {
            if low == level.n_cells {
                return Ok(None);
            }
            let cell = Cell::at(&level, offset(&level, pointers, low, usable)?, table, usable)?;
            if cell.rowid != rowid || !database.may_look_up(cell.len) {
                return Ok(None);
            }
            return read_row(database, table, &level.page, &cell, Follow::LookUp).map(Some);
        }
        let at = if low == level.n_cells { level.header + 8 } else { offset(&level, pointers, low, usable)? };
        (number, from) = (level.page.u32(at), level.page.spot(at, 4));
    }
    Ok(None)
}
