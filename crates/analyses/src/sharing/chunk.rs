//! Sightings as numbers, a bounded number of rows at a time.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, TimestampMicrosecondType};
use arrow_array::{
    Array, ArrayRef, FixedSizeBinaryArray, Int32Array, PrimitiveArray, RecordBatch, StringArray,
};
use tutela_model::table::{Part, TablesError};
use tutela_model::tables::{IpBasis, Observed, SharingNetwork, Sighting};
use tutela_model::time::DAY_US;
use tutela_model::words::Words;
use tutela_model::{Address, Table, Tables};

use super::build::Pairs;
use super::dictionary::{Dictionary, Name, short};
use super::odd::{Odd, first_odd};
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

/// Rows of one peer that follow each other in a part.
#[derive(Clone, Debug)]
pub struct Span {
    /// The peer; none when the rows have no number.
    pub peer: Option<(Peer, u8)>,
    /// Its rows in the chunk.
    pub rows: Range<u32>,
    /// Where the first of them stands: the part, by its number among those counted, and the row in it.
    pub first: (u32, u64),
}

/// A piece of a part, or several of one part or of several.
#[derive(Debug, Default)]
pub struct Chunk {
    /// Where the row that comes next stands: the part and the row in it.
    pub next: (u32, u64),
    /// The parts' order; see [`Total::join`].
    pub ranks: Vec<u32>,
    /// Its rows.
    pub rows: Vec<Seen>,
    /// Whose they are.
    pub spans: Vec<Span>,
    /// Its files.
    pub files: Dictionary,
    /// Sums by file, in the files' order.
    pub totals: Vec<Total>,
    /// Rows that cannot be as they are, by kind: how many, and the part and row of the first of them.
    pub odd: BTreeMap<Odd, (u64, u32, u64)>,
    /// Sightings by network and day, counted from 1970.
    pub days: BTreeMap<(u8, i32), u64>,
    /// Room for what the run needs in another order.
    pub pairs: Pairs,
}

impl Chunk {
    /// Empties it. The room stays for the next one: new memory takes the system a tenth of the time that a chunk takes.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.spans.clear();
        self.files.clear();
        self.totals.clear();
        self.odd.clear();
        self.days.clear();
        self.pairs.clear();
    }

    /// Adds a row to the others and to the sum of its file.
    pub fn push(&mut self, seen: Seen) {
        let (part, row) = self.next;
        let at = At { at_us: seen.at_us, part, row };
        let total = Total { file: seen.file, n: 1, first: at, last: at };
        // Files have numbers before their first rows come.
        for file in self.totals.len() as u32..=seen.file {
            self.totals.push(Total { file, n: 0, ..total });
        }
        let known = &mut self.totals[seen.file as usize];
        if known.n == 0 {
            *known = total
        } else {
            known.join(&total, &self.ranks)
        }
        self.rows.push(seen);
        self.next.1 += 1;
    }

    /// The row that comes next cannot be as it is.
    fn odd(&mut self, kind: Odd) {
        let (part, row) = self.next;
        let known = self.odd.entry(kind).or_insert((0, part, row));
        *known = first_odd(*known, (1, part, row), &self.ranks);
    }
}

/// The sightings of pieces of parts as one chunk, in the room of an empty one. `ranks` is the parts' order.
///
/// # Errors
/// What the store could not read, or a part that has other rows than its piece says.
pub fn chunk_of(
    tables: &dyn Tables,
    pieces: &[(&Part, Piece)],
    ranks: Vec<u32>,
    room: Chunk,
) -> Result<Chunk, TablesError> {
    let mut reader = Reader::new(pieces, Chunk { ranks, ..room });
    for (part, piece) in pieces {
        let n_before = reader.chunk.rows.len();
        reader.begin(piece);
        let rows = piece.first_row..piece.first_row.saturating_add(piece.n_rows);
        tables.coded_rows(&Sighting::INFO, part, rows, COLUMNS, &mut |batch| {
            let columns = Columns::of(&batch);
            reader.codes.begin(&columns.file_hash);
            reader.number(&columns);
            (0..batch.num_rows()).for_each(|row_idx| reader.row(&columns, row_idx));
            ControlFlow::Continue(())
        })?;
        let n_rows = reader.chunk.rows.len() - n_before;
        if n_rows as u64 != piece.n_rows {
            return Err(TablesError {
                table: Sighting::INFO.name,
                source_digest: part.source,
                message: format!("{n_rows} rows instead of {}", piece.n_rows),
            });
        }
    }
    Ok(reader.end())
}

/// The last instant that a sighting of a part can be of, microseconds UTC. Clocks of observers may be in another zone.
pub fn until_us(tables: &dyn Tables, part: &Part) -> i64 {
    tables.read_us(&Sighting::INFO, part).map_or(i64::MAX, |read_us| read_us.saturating_add(DAY_US))
}

/// A column of text: the text of each row, or codes of values that stand once.
enum Texts<'a> {
    Plain(&'a StringArray),
    Coded(&'a Int32Array, &'a StringArray),
}

impl<'a> Texts<'a> {
    fn of(column: &'a ArrayRef) -> Self {
        match column.as_dictionary_opt::<Int32Type>() {
            Some(coded) => Self::Coded(coded.keys(), coded.values().as_string()),
            None => Self::Plain(column.as_string()),
        }
    }

    /// The text of a row; empty where there is none.
    fn value(&self, row_idx: usize) -> &'a str {
        match self {
            Self::Plain(texts) if texts.is_valid(row_idx) => texts.value(row_idx),
            Self::Coded(codes, values) if codes.is_valid(row_idx) => {
                values.value(codes.value(row_idx) as usize)
            }
            _ => "",
        }
    }

    /// Whether the text is known to be that of the row before, without a look at either.
    fn is_as_before(&self, row_idx: usize) -> bool {
        match self {
            Self::Coded(codes, _) if row_idx > 0 && codes.null_count() == 0 => {
                codes.value(row_idx) == codes.value(row_idx - 1)
            }
            _ => false,
        }
    }
}

struct Columns<'a> {
    network: Texts<'a>,
    peer: Texts<'a>,
    file_hash: Texts<'a>,
    address: &'a FixedSizeBinaryArray,
    at: &'a PrimitiveArray<TimestampMicrosecondType>,
    observed: Texts<'a>,
    basis: Texts<'a>,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Self {
        let column =
            |name: &str| batch.column_by_name(name).expect("the scan hands out the columns asked for");
        Self {
            network: Texts::of(column("network")),
            peer: Texts::of(column("peer")),
            file_hash: Texts::of(column("file_hash")),
            address: column("address").as_fixed_size_binary(),
            at: column("at").as_primitive(),
            observed: Texts::of(column("observed")),
            basis: Texts::of(column("ip_basis")),
        }
    }
}

/// A word of a closed vocabulary by its position; neighbouring rows mostly have the same.
struct Word<W> {
    last: Option<W>,
}

impl<W: Words> Word<W> {
    fn of(&mut self, words: &Texts<'_>, row_idx: usize, other: W) -> W {
        let is_same = |last: &W| words.is_as_before(row_idx) || last.word() == words.value(row_idx);
        match self.last.filter(is_same) {
            Some(last) => last,
            None => *self.last.insert(W::from_word(words.value(row_idx)).unwrap_or(other)),
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
    codes: Codes,
}

/// The numbers that files have in the chunk by the table's own codes, where it has some.
#[derive(Default)]
struct Codes {
    /// The values of the codes.
    values: Option<StringArray>,
    /// By network and code, the number in the chunk.
    numbers: Vec<u32>,
}

/// No number yet.
const UNKNOWN: u32 = u32::MAX;

/// No number yet, but it is being looked for.
const ASKED: u32 = u32::MAX - 1;

impl Codes {
    /// Before rows whose hashes are these.
    fn begin(&mut self, hashes: &Texts<'_>) {
        let Texts::Coded(_, values) = hashes else { return };
        // As long as the values are kept nothing else lies where they lie.
        let place = |values: &StringArray| (values.value_data().as_ptr(), values.len());
        if self.values.as_ref().map(place) != Some(place(values)) {
            self.numbers.clear();
            self.numbers.resize(SharingNetwork::ALL.len() * values.len(), UNKNOWN);
            self.values = Some((*values).clone());
        }
    }

    /// Where the number of a row's file stands, if the table has a code for it.
    fn place(network: SharingNetwork, hashes: &Texts<'_>, row_idx: usize) -> Option<usize> {
        match hashes {
            Texts::Coded(codes, values) if codes.is_valid(row_idx) => {
                Some(network as usize * values.len() + codes.value(row_idx) as usize)
            }
            _ => None,
        }
    }
}

impl Reader {
    fn new(pieces: &[(&Part, Piece)], mut chunk: Chunk) -> Self {
        // A piece says how many rows it has, and may come from elsewhere.
        let n_rows = pieces.iter().fold(0_u64, |n, (_, piece)| n.saturating_add(piece.n_rows));
        let n_rows = usize::try_from(n_rows).unwrap_or(CHUNK_ROWS).min(CHUNK_ROWS);
        chunk.rows.reserve_exact(n_rows);
        Self {
            chunk,
            until_us: i64::MAX,
            before: None,
            day: Default::default(),
            networks: Word { last: None },
            observed: Word { last: None },
            bases: Word { last: None },
            codes: Codes::default(),
        }
    }

    /// Before the rows of a piece: none of them goes on with what was before.
    fn begin(&mut self, piece: &Piece) {
        self.chunk.next = (piece.part, piece.first_row);
        self.until_us = piece.until_us;
        self.before = None;
    }

    fn end(mut self) -> Chunk {
        let (day, n) = self.day;
        *self.chunk.days.entry(day).or_default() += n;
        self.chunk.days.retain(|_, n| *n > 0);
        self.chunk
    }

    fn row(&mut self, columns: &Columns<'_>, row_idx: usize) {
        let row = self.chunk.rows.len() as u32;
        let network = self.networks.of(&columns.network, row_idx, SharingNetwork::Other);
        let said = columns.peer.value(row_idx);
        match &self.before {
            Some((before, number))
                if *before == network && (columns.peer.is_as_before(row_idx) || number == said) =>
            {
                self.chunk.spans.last_mut().expect("there was a row before").rows.end = row + 1;
            }
            _ => {
                let peer = (!said.is_empty()).then(|| Peer::new(network, said));
                self.chunk.spans.push(Span { peer, rows: row..row + 1, first: self.chunk.next });
                self.before = Some((network, said.to_owned()));
            }
        }
        let address: [u8; 16] = columns.address.value(row_idx).try_into().expect("an address has 16 bytes");
        let address = u128::from_be_bytes(address);
        let at_us = columns.at.value(row_idx);
        let future = (at_us > self.until_us).then_some(Odd::Future);
        for odd in Address(address).local_use().map(Odd::Address).into_iter().chain(future) {
            self.chunk.odd(odd);
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
        let observed = self.observed.of(&columns.observed, row_idx, Observed::Unknown);
        let basis = self.bases.of(&columns.basis, row_idx, IpBasis::Unknown);
        let file = self.file(network, &columns.file_hash, row_idx);
        self.chunk.push(Seen {
            address: [(address >> 64) as u64, address as u64],
            at_us,
            file,
            observed: 1 << observed as u8,
            basis: 1 << basis as u8,
        });
    }

    /// Gives the files of rows their numbers, as far as the table has codes for them.
    fn number(&mut self, columns: &Columns<'_>) {
        let hashes = &columns.file_hash;
        let mut new: Vec<(usize, Name<'static>)> = Vec::new();
        for row_idx in 0..columns.at.len() {
            let network = self.networks.of(&columns.network, row_idx, SharingNetwork::Other);
            // Names that are not short hashes are few, and get their numbers with their rows.
            if let Some(place) = Codes::place(network, hashes, row_idx)
                && self.codes.numbers[place] == UNKNOWN
                && let Some(name) = short(network, hashes.value(row_idx))
            {
                self.codes.numbers[place] = ASKED;
                new.push((place, name));
            }
        }
        let known = self.chunk.files.find_all(new.iter().map(|(_, name)| *name));
        for ((place, name), known) in new.iter().zip(known) {
            self.codes.numbers[*place] = known.unwrap_or_else(|| self.chunk.files.number_of(name));
        }
    }

    fn file(&mut self, network: SharingNetwork, hashes: &Texts<'_>, row_idx: usize) -> u32 {
        let place = Codes::place(network, hashes, row_idx);
        let known = place.map(|place| self.codes.numbers[place]).filter(|number| *number != UNKNOWN);
        known.unwrap_or_else(|| {
            let number = self.chunk.files.number(network, hashes.value(row_idx));
            if let Some(place) = place {
                self.codes.numbers[place] = number;
            }
            number
        })
    }
}
