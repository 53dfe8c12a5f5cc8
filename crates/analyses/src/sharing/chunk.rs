//! Sightings of a part as numbers, a bounded number of rows at a time.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array, FixedSizeBinaryArray, PrimitiveArray, RecordBatch, StringArray};
use tutela_model::table::{Part, TablesError};
use tutela_model::tables::{IpBasis, Observed, SharingNetwork, Sighting};
use tutela_model::time::DAY_US;
use tutela_model::words::Words;
use tutela_model::{Address, Table, Tables};

use super::dictionary::{Dictionary, canonical};
use super::odd::Odd;
use super::parcel::Piece;
use super::peer::Peer;
use super::record::{At, Total};

/// Rows of a chunk where nothing else is asked for: a run is made of each, which takes some three hundred megabytes.
pub const CHUNK_ROWS: usize = 4 << 20;

/// The columns that are read.
const COLUMNS: &[&str] = &["network", "peer", "file_hash", "address", "at", "observed", "ip_basis"];

/// A sighting.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// The address.
    pub address: [u64; 2],
    /// When, microseconds UTC.
    pub at_us: i64,
    /// The file, by its number in the chunk's own dictionary.
    pub file: u32,
    /// The bit of what was observed.
    pub observed: u8,
    /// The bit of how the observer came to the address.
    pub basis: u8,
}

impl Seen {
    /// The address as a number.
    pub fn address(&self) -> u128 {
        u128::from(self.address[0]) << 64 | u128::from(self.address[1])
    }
}

/// Rows of one peer that follow each other.
#[derive(Clone, Debug)]
pub struct Span {
    /// The peer; none when the rows have no number.
    pub peer: Option<(Peer, u8)>,
    /// Its rows in the chunk.
    pub rows: Range<u32>,
}

/// A piece of a part.
#[derive(Debug, Default)]
pub struct Chunk {
    /// The part, by its number among those counted.
    pub part: u32,
    /// The number of its first row in the part.
    pub first_row: u64,
    /// Its rows.
    pub rows: Vec<Seen>,
    /// Whose they are.
    pub spans: Vec<Span>,
    /// Its files.
    pub files: Dictionary,
    /// Sums by file, in the files' order.
    pub totals: Vec<Total>,
    /// Rows that cannot be as they are, by kind, each with the first of them.
    pub odd: BTreeMap<Odd, (u64, u64)>,
    /// Sightings by network and day, counted from 1970.
    pub days: BTreeMap<(u8, i32), u64>,
}

impl Chunk {
    /// Adds a row to the others and to the sum of its file.
    pub fn push(&mut self, seen: Seen) {
        let row = self.first_row + self.rows.len() as u64;
        let at = At { at_us: seen.at_us, part: self.part, row };
        let total = Total { file: seen.file, n: 1, first: at, last: at };
        match self.totals.get_mut(seen.file as usize) {
            Some(known) => known.join(&total, &[]),
            // Numbers are those of the order in which files come.
            None => self.totals.push(total),
        }
        self.rows.push(seen);
    }
}

/// The sightings of a piece of a part as one chunk.
///
/// # Errors
/// What the store could not read, or a part that has other rows than the piece says.
pub fn chunk_of(tables: &dyn Tables, part: &Part, piece: &Piece) -> Result<Chunk, TablesError> {
    let mut reader = Reader::new(piece);
    let rows = piece.first_row..piece.first_row.saturating_add(piece.n_rows);
    tables.rows(&Sighting::INFO, part, &[rows], COLUMNS, &mut |batch| {
        let columns = Columns::of(&batch);
        (0..batch.num_rows()).for_each(|row_idx| reader.row(&columns, row_idx));
        ControlFlow::Continue(())
    })?;
    let chunk = reader.end();
    if chunk.rows.len() as u64 == piece.n_rows {
        return Ok(chunk);
    }
    Err(TablesError {
        table: Sighting::INFO.name,
        source_digest: part.source,
        message: format!("{} rows instead of {}", chunk.rows.len(), piece.n_rows),
    })
}

/// The last instant that a sighting of a part can be of, microseconds UTC. Clocks of observers may be in another zone.
pub fn until_us(tables: &dyn Tables, part: &Part) -> i64 {
    tables.read_us(&Sighting::INFO, part).map_or(i64::MAX, |read_us| read_us.saturating_add(DAY_US))
}

struct Columns<'a> {
    network: &'a StringArray,
    peer: &'a StringArray,
    file_hash: &'a StringArray,
    address: &'a FixedSizeBinaryArray,
    at: &'a PrimitiveArray<TimestampMicrosecondType>,
    observed: &'a StringArray,
    basis: &'a StringArray,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Self {
        let column =
            |name: &str| batch.column_by_name(name).expect("the scan hands out the columns asked for");
        Self {
            network: column("network").as_string(),
            peer: column("peer").as_string(),
            file_hash: column("file_hash").as_string(),
            address: column("address").as_fixed_size_binary(),
            at: column("at").as_primitive(),
            observed: column("observed").as_string(),
            basis: column("ip_basis").as_string(),
        }
    }
}

/// A word of a closed vocabulary by its position; neighbouring rows mostly have the same.
struct Word<W> {
    last: Option<W>,
}

impl<W: Words> Word<W> {
    fn of(&mut self, word: &str, other: W) -> W {
        match self.last.filter(|last| last.word() == word) {
            Some(last) => last,
            None => *self.last.insert(W::from_word(word).unwrap_or(other)),
        }
    }
}

struct Reader {
    chunk: Chunk,
    /// The last instant that can be.
    until_us: i64,
    /// The peer of the row before, as the table has it.
    before: Option<(SharingNetwork, String)>,
    /// The network and day of the rows before, and how many they are.
    day: ((u8, i32), u64),
    networks: Word<SharingNetwork>,
    observed: Word<Observed>,
    bases: Word<IpBasis>,
    /// Files as the table writes them, with their number in the chunk.
    said: Dictionary,
    numbers: Vec<u32>,
    key: Vec<u8>,
}

impl Reader {
    fn new(piece: &Piece) -> Self {
        // A piece says how many rows it has, and may come from elsewhere.
        let n_rows = usize::try_from(piece.n_rows).unwrap_or(CHUNK_ROWS).min(CHUNK_ROWS);
        Self {
            chunk: Chunk {
                part: piece.part,
                first_row: piece.first_row,
                rows: Vec::with_capacity(n_rows),
                ..Chunk::default()
            },
            until_us: piece.until_us,
            before: None,
            day: Default::default(),
            networks: Word { last: None },
            observed: Word { last: None },
            bases: Word { last: None },
            said: Dictionary::default(),
            numbers: Vec::new(),
            key: Vec::new(),
        }
    }

    fn end(mut self) -> Chunk {
        let (day, n) = self.day;
        *self.chunk.days.entry(day).or_default() += n;
        self.chunk.days.retain(|_, n| *n > 0);
        self.chunk
    }

    fn row(&mut self, columns: &Columns<'_>, row_idx: usize) {
        let row = self.chunk.rows.len() as u32;
        let network = self.networks.of(columns.network.value(row_idx), SharingNetwork::Other);
        let said = if columns.peer.is_valid(row_idx) { columns.peer.value(row_idx) } else { "" };
        match &self.before {
            Some((before, number)) if *before == network && number == said => {
                self.chunk.spans.last_mut().expect("there was a row before").rows.end = row + 1;
            }
            _ => {
                let peer = (!said.is_empty()).then(|| Peer::new(network, said));
                self.chunk.spans.push(Span { peer, rows: row..row + 1 });
                self.before = Some((network, said.to_owned()));
            }
        }
        let address: [u8; 16] = columns.address.value(row_idx).try_into().expect("an address has 16 bytes");
        let address = u128::from_be_bytes(address);
        let at_us = columns.at.value(row_idx);
        let future = (at_us > self.until_us).then_some(Odd::Future);
        for odd in Address(address).local_use().map(Odd::Address).into_iter().chain(future) {
            let at = self.chunk.first_row + u64::from(row);
            self.chunk.odd.entry(odd).or_insert((0, at)).0 += 1;
        }
        let day = (network as u8, at_us.div_euclid(DAY_US) as i32);
        // Rows of a peer come by time: the day is mostly that of the row before.
        match &mut self.day {
            (before, n) if *before == day => *n += 1,
            other => {
                let (before, n) = std::mem::replace(other, (day, 1));
                *self.chunk.days.entry(before).or_default() += n;
            }
        }
        let observed = self.observed.of(columns.observed.value(row_idx), Observed::Unknown);
        let basis = self.bases.of(columns.basis.value(row_idx), IpBasis::Unknown);
        let file = self.file(network, columns.file_hash.value(row_idx));
        self.chunk.push(Seen {
            address: [(address >> 64) as u64, address as u64],
            at_us,
            file,
            observed: 1 << observed as u8,
            basis: 1 << basis as u8,
        });
    }

    fn file(&mut self, network: SharingNetwork, hash: &str) -> u32 {
        let said = self.said.number(network, hash, &mut self.key) as usize;
        if said == self.numbers.len() {
            self.numbers.push(self.chunk.files.number(network, &canonical(hash), &mut self.key));
        }
        self.numbers[said]
    }
}
