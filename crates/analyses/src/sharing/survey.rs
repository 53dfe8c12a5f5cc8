//! All that the runs say of an operation's sightings, brought up to date and read once.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{self, AtomicBool};
use std::sync::{Mutex, PoisonError, RwLock};

use tutela_model::table::{Part, TablesError};
use tutela_model::tables::Sighting;
use tutela_model::time::DAY_US;
use tutela_model::{Digest, Prefix, Shelf, Table, Tables, Text};

use super::blocks::damaged;
use super::build;
use super::chunk::{CHUNK_ROWS, Chunk, chunk_of};
use super::context::Context;
use super::greedy::left_after;
use super::held::{Held, held, peers_by_file};
use super::kept::Kept;
use super::memory::one_after_the_other;
use super::merged::{self, Half, MergedPeers, MergedPresences, MergedTotals};
use super::parcel::{Makers, Parcel, Piece, adopt, is_rechecked, pieces, pieces_for, run_of};
use super::placed::{Placed, placed};
use super::present::{Activity, Period, Present, RANKED, Wanted, each_other, present, seen_most_in};
use super::record::{AddressSeen, Total};
use super::run::RunWriter;
use super::threads::{Turn, Turns, each_at_once};

/// Files and peers that are told one by one.
pub const TOLD: usize = 1_000;

/// Peers that lead: the first of all, and of each province.
const LEADING: usize = 20;
const LEADING_OF_PROVINCE: usize = 3;

/// A peer whose sightings are held against answers.
pub struct Chosen<'a> {
    /// What is told of it.
    pub activity: &'a Activity,
    /// Its rank among those that lead, from 1.
    pub rank: Option<u32>,
    /// Whether an exhibit names it.
    pub is_named: bool,
}

/// Pieces of work that may be done at one time.
pub type Works<'a> = Vec<Box<dyn FnOnce() + Send + 'a>>;

/// Where the analyses keep what they counted, and who works for them.
pub struct Means<'a> {
    /// Where runs are kept.
    pub shelf: &'a dyn Shelf,
    /// Does all of these, in any order and at one time where there are threads.
    pub work: &'a (dyn Fn(Works<'_>) + Sync),
    /// How many pieces of work it does at one time.
    pub jobs: usize,
    /// Rows that a run is made of: [`CHUNK_ROWS`](super::CHUNK_ROWS), or fewer where memory is short.
    pub chunk_rows: usize,
    /// What an earlier run said of the shelf; empty when there is none.
    pub manifest: &'a [u8],
    /// Other machines that make the runs; none, and they are made here.
    pub makers: Option<&'a dyn Makers>,
}

impl<'a> Means<'a> {
    /// A shelf on which nothing counts yet, one thread, and no other machine.
    pub fn alone(shelf: &'a dyn Shelf) -> Self {
        Self {
            shelf,
            work: &one_after_the_other,
            jobs: 1,
            chunk_rows: CHUNK_ROWS,
            manifest: &[],
            makers: None,
        }
    }
}

/// All that is known of sightings.
pub struct Survey {
    /// The runs and the dictionary of files.
    pub kept: Kept,
    /// Lists and answers.
    pub context: Context,
    /// Sums by file.
    pub totals: Vec<Option<Total>>,
    /// The last sighting of all, microseconds UTC.
    pub last_us: i64,
    /// Who was seen with what.
    pub held: Held,
    /// What was seen at addresses.
    pub placed: Placed,
    /// When and where peers were seen.
    pub present: Present,
    /// The greedy choice: positions, each with the files that it adds.
    pub greedy: Vec<(u32, u32)>,
    /// The files that are told, most peers first.
    pub files: Vec<u32>,
    /// Sightings by network and day, counted from 1970.
    pub days: BTreeMap<(u8, i32), u64>,
    /// Sightings that cannot be as they are: how many, and the first of them.
    pub odd: BTreeMap<u8, (u64, u32, u64)>,
}

/// Reads new sightings into runs, then all runs. `answered` are the ranges that operators answered about, and `numbers`
/// those that exhibits state of their own programs: peers seen there, or of these numbers, are told. None when there are
/// no sightings.
///
/// # Errors
/// What the store or the shelf could not do.
pub fn survey(
    tables: &dyn Tables,
    means: &Means<'_>,
    answered: &[Prefix],
    numbers: BTreeSet<Text>,
) -> Result<Option<Survey>, TablesError> {
    let parts = tables.parts(&Sighting::INFO);
    if parts.iter().all(|part| part.n_rows == 0) {
        return Ok(None);
    }
    let besides = Besides { answered, numbers: &numbers };
    match survey_from(tables, &parts, means, means.manifest, &besides) {
        // What lay on the shelf was altered: it is made anew from the tables.
        Err(Failed::Shelf(error))
            if error.kind() == io::ErrorKind::InvalidData && !means.manifest.is_empty() =>
        {
            survey_from(tables, &parts, means, &[], &besides)
        }
        surveyed => surveyed,
    }
    .map(Some)
    .map_err(Failed::told)
}

/// Which peers are told besides those that lead.
struct Besides<'a> {
    /// Ranges that operators answered about.
    answered: &'a [Prefix],
    /// Numbers that exhibits state of their own programs.
    numbers: &'a BTreeSet<Text>,
}

/// Why a survey ended.
enum Failed {
    Tables(TablesError),
    Shelf(io::Error),
}

impl From<TablesError> for Failed {
    fn from(error: TablesError) -> Self {
        Self::Tables(error)
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Shelf(error)
    }
}

impl Failed {
    fn told(self) -> TablesError {
        match self {
            Self::Tables(error) => error,
            Self::Shelf(error) => TablesError {
                table: Sighting::INFO.name,
                source_digest: Digest::of(b""),
                message: format!("the runs of sightings: {error}"),
            },
        }
    }
}

fn survey_from(
    tables: &dyn Tables,
    parts: &[Part],
    means: &Means<'_>,
    manifest: &[u8],
    besides: &Besides<'_>,
) -> Result<Survey, Failed> {
    let mut kept = Kept::load(manifest, parts, means.shelf)?;
    let new = kept.begin(parts);
    match means.makers {
        Some(makers) => add_from(makers, tables, means, &mut kept, &new)?,
        None => add_here(tables, means, &mut kept, &new)?,
    }
    let context = Context::read(tables, &kept.dictionary, besides.answered, besides.numbers)?;
    let ranks = kept.ranks();
    let (days, odd) = (merged::days(kept.runs()), merged::odd(kept.runs(), &ranks));
    let (mut of_peers, mut of_places) = (None, None);
    (means.work)(vec![
        Box::new(|| of_peers = Some(peers(&kept, &context, means.shelf))),
        Box::new(|| of_places = Some(places(&kept, &ranks, means.shelf))),
    ]);
    let (held, present, greedy, files) = of_peers.expect("all work is done")?;
    let (placed, totals) = of_places.expect("all work is done")?;
    let last_us = totals.iter().flatten().map(|total| total.last.at_us).max().unwrap_or_default();
    Ok(Survey { context, totals, last_us, held, placed, present, greedy, files, days, odd, kept })
}

/// Makes runs of new parts, as many at one time as there are threads, and one of those of a level.
fn add_here(
    tables: &dyn Tables,
    means: &Means<'_>,
    kept: &mut Kept,
    new: &[(u32, Part)],
) -> Result<(), Failed> {
    let ranks = kept.ranks();
    let all: Vec<_> = chunks(tables, new, means.chunk_rows as u64)
        .into_iter()
        .map(|pieces| (kept.next_number(), pieces))
        .collect();
    let dictionary = RwLock::new(std::mem::take(&mut kept.dictionary));
    let (turns, failed) = (Turns::default(), AtomicBool::new(false));
    let rooms: Mutex<Vec<Chunk>> = Mutex::default();
    let rooms = || rooms.lock().unwrap_or_else(PoisonError::into_inner);
    let write = |turn: Turn<'_>, (number, pieces): (u32, Vec<(&Part, Piece)>)| {
        let room = rooms().pop().unwrap_or_default();
        let mut chunk = chunk_of(tables, &pieces, ranks.clone(), room)?;
        let known = chunk.known_in(&dictionary.read().unwrap_or_else(PoisonError::into_inner));
        // New files get their numbers in the order of the rows, whichever thread was first.
        turn.wait();
        let numbers = chunk.number(known, &mut dictionary.write().unwrap_or_else(PoisonError::into_inner));
        drop(turn);
        chunk.renumber(&numbers);
        let run = build::write(&mut chunk, means.shelf, number)?;
        rooms().push(chunk);
        Ok::<_, Failed>(run)
    };
    let runs = each_at_once(means, all.into_iter().enumerate().collect(), |(idx, one)| {
        let turn = Turn { turns: &turns, number: idx };
        // What comes after a failure is not begun; its turn passes all the same.
        let run = (!failed.load(atomic::Ordering::Relaxed)).then(|| write(turn, one));
        failed.fetch_or(matches!(run, Some(Err(_))), atomic::Ordering::Relaxed);
        run
    });
    kept.dictionary = dictionary.into_inner().unwrap_or_else(PoisonError::into_inner);
    for run in runs.into_iter().flatten() {
        kept.add(run?);
    }
    Ok(merge_due(means, kept)?)
}

/// New parts in pieces, as many together as make a run of at most so many rows; the runs are of about one size.
fn chunks<'a>(tables: &dyn Tables, new: &'a [(u32, Part)], most: u64) -> Vec<Vec<(&'a Part, Piece)>> {
    let n_rows: u64 = new.iter().map(|(_, part)| part.n_rows).sum();
    let enough = n_rows.div_ceil(n_rows.div_ceil(most.max(1)).max(1));
    let all = new.iter().flat_map(|(number, part)| {
        pieces(tables, *number, part, most).into_iter().map(move |piece| (part, piece))
    });
    let (mut chunks, mut n_in_last) = (Vec::<Vec<_>>::new(), u64::MAX);
    for (part, piece) in all {
        let n_then = n_in_last.saturating_add(piece.n_rows);
        match chunks.last_mut().filter(|_| n_in_last < enough && n_then <= most) {
            Some(last) => {
                n_in_last = n_then;
                last.push((part, piece));
            }
            None => {
                n_in_last = piece.n_rows;
                chunks.push(vec![(part, piece)]);
            }
        }
    }
    chunks
}

/// Makes one of each set of runs of a level, a few sets at one time.
fn merge_due(means: &Means<'_>, kept: &mut Kept) -> io::Result<()> {
    let ranks = kept.ranks();
    loop {
        let due = kept.due();
        if due.is_empty() {
            return Ok(());
        }
        for some in due.chunks(means.jobs.max(1)) {
            let begun = some.iter().map(|runs| merged::begin(runs, means.shelf, kept.next_number()));
            let mut begun = begun.collect::<io::Result<Vec<RunWriter<'_>>>>()?;
            let halves = some.iter().zip(&mut begun).flat_map(|(runs, run)| {
                [Half::Peers(runs, &mut run.peers), Half::Places(runs, &mut run.places)]
            });
            let done = each_at_once(means, halves.collect(), |half| half.merge(&ranks, means.shelf));
            done.into_iter().collect::<io::Result<()>>()?;
            for (runs, run) in some.iter().zip(begun) {
                kept.replace(runs, run.end(&merged::days(runs), &merged::odd(runs, &ranks))?);
            }
        }
    }
}

/// Takes the runs of new parts from others who make them.
fn add_from(
    makers: &dyn Makers,
    tables: &dyn Tables,
    means: &Means<'_>,
    kept: &mut Kept,
    new: &[(u32, Part)],
) -> Result<(), Failed> {
    let pieces = pieces_for(tables, new, means.chunk_rows, makers.n_makers());
    let mut added = Ok(());
    makers.make(&pieces, &mut |piece_idx, parcel| {
        added = add_parcel(tables, means, kept, (&pieces, piece_idx), &parcel);
        if added.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    added
}

fn add_parcel(
    tables: &dyn Tables,
    means: &Means<'_>,
    kept: &mut Kept,
    (pieces, piece_idx): (&[Piece], usize),
    parcel: &Parcel,
) -> Result<(), Failed> {
    let piece = &pieces[piece_idx];
    // Of kind `Other`: nothing that is kept here was altered.
    let of_maker = |what: &str| {
        let (from, to) = (piece.first_row + 1, piece.first_row + piece.n_rows);
        io::Error::other(format!("{}, rows {from} to {to} of sha256:{}: {what}", parcel.maker, piece.source))
    };
    if is_rechecked(pieces, piece_idx) && run_of(tables, piece)? != parcel.bytes {
        return Err(of_maker("this worker counts otherwise than is counted here").into());
    }
    let number = kept.next_number();
    let run = match adopt(&parcel.bytes, piece, &mut kept.dictionary, means.shelf, number) {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(of_maker("this worker gave bytes that are no run").into());
        }
        adopted => adopted?,
    };
    kept.add(run);
    Ok(merge_due(means, kept)?)
}

/// A file with its exact counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Distinct {
    /// The network's word.
    pub network: &'static str,
    /// The hash, with its kind.
    pub file_hash: String,
    /// Peers.
    pub peers: u32,
    /// Addresses.
    pub addresses: u32,
}

/// Peers and addresses of every file, from runs that an earlier analysis left.
///
/// # Errors
/// What the store or the shelf could not do, or a part that no run counts.
pub fn distinct(tables: &dyn Tables, means: &Means<'_>) -> Result<Vec<Distinct>, TablesError> {
    counted(tables, means).map_err(Failed::told)
}

/// The runs that an earlier analysis left; none when they do not count all sightings.
fn kept_of_all(tables: &dyn Tables, means: &Means<'_>) -> io::Result<Option<Kept>> {
    let parts = tables.parts(&Sighting::INFO);
    let mut kept = Kept::load(means.manifest, &parts, means.shelf)?;
    Ok(kept.begin(&parts).is_empty().then_some(kept))
}

fn counted(tables: &dyn Tables, means: &Means<'_>) -> Result<Vec<Distinct>, Failed> {
    let uncounted = || io::Error::other("there are sightings that no run counts yet");
    let kept = kept_of_all(tables, means)?.ok_or_else(uncounted)?;
    let (mut of_peers, mut of_places) = (None, None);
    (means.work)(vec![
        Box::new(|| of_peers = Some(peers_by_file(&kept, means.shelf))),
        Box::new(|| of_places = Some(placed(&kept, means.shelf))),
    ]);
    let (peers, placed) = (of_peers.expect("all work is done")?, of_places.expect("all work is done")?);
    let of_file = |file: u32| {
        let (network, file_hash) = kept.dictionary.file(file);
        let (peers, addresses) = (peers[file as usize], placed.addresses_of[file as usize]);
        Distinct { network: network.word(), file_hash, peers, addresses }
    };
    Ok((0..kept.dictionary.len() as u32).map(of_file).collect())
}

/// Whether a peer is wanted, by its network, its number as records write it, and its addresses.
pub type Wanting<'a> = &'a dyn Fn(&str, &str, &[AddressSeen]) -> bool;

/// A peer, and where its rows are.
pub struct Rows {
    /// The network's word.
    pub network: &'static str,
    /// Its number, as the records write it.
    pub number: String,
    /// Its rows, by file received.
    pub rows: Vec<(Digest, Range<u64>)>,
}

/// The peers that are wanted, from runs that an earlier analysis left; none when these do not count all sightings.
///
/// # Errors
/// What the store or the shelf could not do.
pub fn rows_where(
    tables: &dyn Tables,
    means: &Means<'_>,
    is_wanted: Wanting<'_>,
) -> Result<Option<Vec<Rows>>, TablesError> {
    match rows_of_runs(tables, means, is_wanted) {
        // What lay on the shelf was altered: nothing is known from it.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
        found => found.map_err(|error| Failed::Shelf(error).told()),
    }
}

fn rows_of_runs(
    tables: &dyn Tables,
    means: &Means<'_>,
    is_wanted: Wanting<'_>,
) -> io::Result<Option<Vec<Rows>>> {
    let Some(kept) = kept_of_all(tables, means)? else { return Ok(None) };
    let mut found = Vec::new();
    let mut peers = MergedPeers::of(kept.runs(), means.shelf)?;
    let mut presences = MergedPresences::of(kept.runs(), means.shelf)?;
    while peers.next()? {
        presences.next(&peers.of)?;
        let presence = &presences.presence;
        let (network, number) = (peers.peer.network().word(), peers.peer.number(peers.style));
        if is_wanted(network, &number, &presence.addresses) {
            found.push(Rows { network, number, rows: kept.rows(&presence.rows) });
        }
    }
    Ok(Some(found))
}

type OfPeers = (Held, Present, Vec<(u32, u32)>, Vec<u32>);

fn peers(kept: &Kept, context: &Context, shelf: &dyn Shelf) -> io::Result<OfPeers> {
    let held = held(kept, &context.listed, shelf)?;
    let greedy = held.lists.greedy(kept.dictionary.len(), RANKED);
    let files = first_files(kept, &held);
    let mut chosen: BTreeSet<u32> = greedy.iter().take(TOLD).map(|(position, _)| *position).collect();
    let larger = held.lists.largest(TOLD);
    let more = larger.into_iter().filter(|position| !greedy.iter().any(|(other, _)| other == position));
    let missing = TOLD.saturating_sub(chosen.len());
    chosen.extend(more.take(missing).collect::<Vec<_>>());
    let wanted = Wanted { peers: &chosen, files: &files, period: period(&merged::days(kept.runs())) };
    let present = present(kept, context, &wanted, shelf)?;
    Ok((held, present, greedy, files))
}

/// The periods that spread over these days is told by.
pub fn period(days: &BTreeMap<(u8, i32), u64>) -> Period {
    let all = || days.keys().map(|(_, day)| *day);
    Period::of(all().min().unwrap_or_default(), all().max().unwrap_or_default())
}

/// The order of files: most peers first, then by network and hash.
fn by_peers(kept: &Kept, held: &Held, one: u32, other: u32) -> Ordering {
    let n_peers = |file: u32| held.peers_of[file as usize];
    n_peers(other).cmp(&n_peers(one)).then_with(|| kept.dictionary.order(one, other))
}

/// The files with most peers, most first.
fn first_files(kept: &Kept, held: &Held) -> Vec<u32> {
    let order = |one: &u32, other: &u32| by_peers(kept, held, *one, *other);
    let mut files: Vec<u32> = (0..kept.dictionary.len() as u32).collect();
    if files.len() > TOLD {
        files.select_nth_unstable_by(TOLD, order);
        files.truncate(TOLD);
    }
    files.sort_unstable_by(order);
    files
}

fn places(kept: &Kept, ranks: &[u32], shelf: &dyn Shelf) -> io::Result<(Placed, Vec<Option<Total>>)> {
    let mut totals = vec![None; kept.dictionary.len()];
    let mut merged = MergedTotals::of(kept.runs(), ranks, shelf)?;
    while let Some(total) = merged.next()? {
        *totals.get_mut(total.file as usize).ok_or_else(damaged)? = Some(total);
    }
    Ok((placed(kept, shelf)?, totals))
}

/// Numbers of peers after which the files that are left are told.
const REMOVED: &[usize] = &[
    0, 1, 2, 3, 5, 8, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 915, 1_000, 1_500, 2_000, 3_000,
    5_000, 7_500, 10_000,
];

impl Survey {
    /// The files that are not told one by one, most peers first.
    pub fn other_files(&self) -> Vec<u32> {
        let told: BTreeSet<u32> = self.files.iter().copied().collect();
        let mut files: Vec<u32> =
            (0..self.kept.dictionary.len() as u32).filter(|file| !told.contains(file)).collect();
        files.sort_unstable_by(|one, other| by_peers(&self.kept, &self.held, *one, *other));
        files
    }

    /// Hands out the peers that are not told one by one, in the order of their numbers. `Break` ends it.
    ///
    /// # Errors
    /// The shelf's.
    pub fn each_other_peer(
        &self,
        means: &Means<'_>,
        each: &mut dyn FnMut(Activity) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        each_other(&self.kept, &self.context, &self.present.told, means.shelf, each)
            .map_err(|error| Failed::Shelf(error).told())
    }

    /// Says what is on the shelf, for a later run.
    ///
    /// # Errors
    /// The shelf's.
    pub fn save(&mut self, means: &Means<'_>) -> Result<Vec<u8>, TablesError> {
        self.kept.save(means.shelf).map_err(|error| Failed::Shelf(error).told())
    }

    /// The names of the files on the shelf that count.
    #[must_use]
    pub fn files_kept(&self) -> BTreeSet<String> {
        self.kept.files()
    }

    /// The peers whose sightings are held against answers: those that an answer covers, those that exhibits name, the
    /// first of all and the first of each province, in the order in which they are told.
    pub fn chosen(&self) -> Vec<Chosen<'_>> {
        let mut of_provinces: BTreeMap<u16, usize> = BTreeMap::new();
        let mut n_leading = 0;
        let told = super::told::activities(self);
        let chosen = told.into_iter().enumerate().filter_map(|(at, (activity, _))| {
            let in_province = seen_most_in(&activity.provinces).map(|province| {
                let n = of_provinces.entry(province).or_default();
                *n += 1;
                *n
            });
            let leads = at < LEADING || in_province.is_some_and(|n| n <= LEADING_OF_PROVINCE);
            n_leading += u32::from(leads);
            let is_named = self.present.named.contains(&activity.position);
            let rank = leads.then_some(n_leading);
            let is_chosen = leads || is_named || self.present.answered.contains(&activity.position);
            is_chosen.then_some(Chosen { activity, rank, is_named })
        });
        chosen.collect()
    }

    /// The rows of a peer, by file received.
    pub fn rows(&self, activity: &Activity) -> Rows {
        let (network, number) = (activity.network.word(), activity.number.clone());
        Rows { network, number, rows: self.kept.rows(&activity.rows) }
    }

    /// How many files were seen with a peer that has a number.
    pub fn totals_with_peers(&self) -> u64 {
        self.held.peers_of.iter().filter(|n_peers| **n_peers > 0).count() as u64
    }

    /// Days from a sighting to the last one of all.
    pub fn recency_days(&self, last_us: i64) -> i64 {
        (self.last_us - last_us) / DAY_US
    }

    /// How many files still have a peer when the first peers of a ranking are gone: by what each adds, by library, by days.
    pub fn removal(&self) -> [Vec<(usize, u64)>; 3] {
        let (lists, peers_of) = (&self.held.lists, &self.held.peers_of);
        let left = |ranking: &[u32]| {
            left_after(ranking.iter().filter_map(|position| lists.find(*position)), peers_of, REMOVED)
        };
        let greedy: Vec<u32> = self.greedy.iter().map(|(position, _)| *position).collect();
        let by_days = self.present.by_days_listed.iter().map(|(_, files)| files.as_slice());
        [left(&greedy), left(&lists.largest(RANKED)), left_after(by_days, peers_of, REMOVED)]
    }
}
