//! Tables of some bits of each hash: built, and searched as far as each query needs.

use std::io;

use crate::machine::{for_machine, soon};
use crate::near::Layout;
use crate::near::memory::{Guarded, Memory};
use crate::near::scan::{Block, limbs};

/// Bits of each table, in the order in which they lie; 256 in all.
pub(super) fn cuts(layout: Layout) -> &'static [u32] {
    match layout {
        Layout::Scan => &[256],
        Layout::Sixteen => &[16; 16],
        Layout::Eleven => &[24, 24, 24, 23, 23, 23, 23, 23, 23, 23, 23],
    }
}

/// A hash in a table: its number, and 96 of the bits that the table does not sort by.
type Posting = [u32; 4];

struct Table {
    /// The place of its first bit.
    start: u32,
    bits: u32,
    /// Where the postings of each value begin; of the value after the last, where they end.
    starts: Guarded<u32>,
    /// Sorted by the table's bits, then by number.
    postings: Guarded<Posting>,
}

pub(super) struct Tables {
    tables: Vec<Table>,
    /// What a value is combined with to give those that differ from it in 0, 1, 2 … bits of so many.
    masks: [Masks; 2],
}

/// Masks of at most three bits of so many, those of fewer first.
struct Masks {
    bits: u32,
    masks: Vec<u32>,
    /// How many masks have at most 0, 1, 2, 3 bits.
    upto: [usize; LEVELS],
}

/// A table is searched within so many bits at most, less one.
const LEVELS: usize = 4;

impl Masks {
    fn of(bits: u32) -> Self {
        let mut masks = vec![0];
        let mut upto = [1; LEVELS];
        let mut level: Vec<u32> = vec![0];
        for upto in &mut upto[1..] {
            // Each mask of one bit more is made once: from the one without its highest bit.
            level = level
                .iter()
                .flat_map(|mask| (u32::BITS - mask.leading_zeros()..bits).map(move |bit| mask | 1 << bit))
                .collect();
            masks.extend(&level);
            *upto = masks.len();
        }
        Self { bits, masks, upto }
    }

    fn within(&self, bits: usize) -> &[u32] {
        &self.masks[..self.upto[bits]]
    }
}

/// What a query notes on its way.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Where postings to look at begin and end.
    ranges: Vec<(u32, u32)>,
}

/// The costs of looking up where postings are, of looking at one, and of reading a hash when all are read, for one query
/// of several. In tenths of a nanosecond, as measured; only their ratios matter.
const COST_LOOKUP: u64 = 100;
const COST_POSTING: u64 = 30;

/// Where a table is not searched at all; else within how many bits.
pub(super) type Depth = Option<usize>;

impl Table {
    fn build(blocks: &[Block], len: usize, start: u32, bits: u32) -> io::Result<Self> {
        let values = 1_usize << bits;
        // Two more than there are values: while postings are placed, the start of a value stands one further.
        let mut starts = Guarded::<u32>::zeros(values + 2)?;
        let mut postings = Guarded::<Posting>::zeros(len)?;
        count(blocks, len, start, bits, &mut starts);
        place(blocks, len, start, bits, &mut starts, &mut postings);
        Ok(Self { start, bits, starts, postings })
    }
}

/// A table's bits of a hash, and 128 bits from its first on.
#[inline(always)]
fn turned(limbs: &[u64; 4], start: u32) -> (u64, u64) {
    let (limb, shift) = ((start / 64) as usize, start % 64);
    let of = |idx: usize| limbs[(limb + idx) % 4];
    let join = |low: u64, high: u64| (low >> shift) | (high << 1 << (63 - shift));
    (join(of(0), of(1)), join(of(1), of(2)))
}

#[inline(always)]
fn value(low: u64, bits: u32) -> usize {
    (low & ((1 << bits) - 1)) as usize
}

#[inline(always)]
fn posting(number: u32, low: u64, high: u64) -> Posting {
    [number, (low >> 32) as u32, high as u32, (high >> 32) as u32]
}

/// How many hashes are prepared before the memory that they go to is touched.
const AHEAD: usize = 64;

for_machine! {
    /// Counts the hashes of each value, two places further, and adds the counts up.
    fn count(blocks: &[Block], len: usize, start: u32, bits: u32, starts: &mut [u32]) = count_by
}

#[inline(always)]
fn count_by(blocks: &[Block], len: usize, start: u32, bits: u32, starts: &mut [u32]) {
    let mut values = [0; AHEAD];
    for first in (0..len).step_by(AHEAD) {
        let values = &mut values[..AHEAD.min(len - first)];
        for (idx, kept) in values.iter_mut().enumerate() {
            *kept = value(turned(&limbs(blocks, first + idx), start).0, bits) + 2;
            soon(starts, *kept);
        }
        for value in values {
            starts[*value] += 1;
        }
    }
    let mut sum = 0;
    for start in starts {
        sum += *start;
        *start = sum;
    }
}

for_machine! {
    /// Puts every hash where its value's postings are.
    fn place(
        blocks: &[Block],
        len: usize,
        start: u32,
        bits: u32,
        starts: &mut [u32],
        postings: &mut [Posting],
    ) = place_by
}

#[inline(always)]
fn place_by(
    blocks: &[Block],
    len: usize,
    start: u32,
    bits: u32,
    starts: &mut [u32],
    postings: &mut [Posting],
) {
    let mut kept = [(0, [0; 4]); AHEAD];
    for first in (0..len).step_by(AHEAD) {
        let kept = &mut kept[..AHEAD.min(len - first)];
        for (idx, (place, made)) in kept.iter_mut().enumerate() {
            let (low, high) = turned(&limbs(blocks, first + idx), start);
            *place = value(low, bits) + 1;
            *made = posting((first + idx) as u32, low, high);
            soon(starts, *place);
        }
        for (place, _) in kept.iter_mut() {
            let next = starts[*place];
            starts[*place] += 1;
            *place = next as usize;
            soon(postings, next as usize);
        }
        for (place, made) in kept {
            postings[*place] = *made;
        }
    }
}

impl Tables {
    pub(super) fn build(blocks: &[Block], len: usize, cuts: &[u32]) -> io::Result<Self> {
        let mut tables = Vec::with_capacity(cuts.len());
        let mut start = 0;
        for bits in cuts {
            tables.push(Table::build(blocks, len, start, *bits)?);
            start += bits;
        }
        let widths = [cuts[0], cuts[cuts.len() - 1]];
        Ok(Self { tables, masks: widths.map(Masks::of) })
    }

    pub(super) fn memory(&self) -> Memory {
        let of = |table: &Table| table.starts.memory() + table.postings.memory();
        self.tables.iter().map(of).fold(Memory::default(), |sum, of| sum + of)
    }

    fn masks(&self, table: &Table) -> &Masks {
        if self.masks[0].bits == table.bits { &self.masks[0] } else { &self.masks[1] }
    }

    /// Adds the numbers of candidates, some of them several times; all that are near are among them. Says no, and has
    /// added nothing, when reading the whole list costs less.
    pub(super) fn search(
        &self,
        scratch: &mut Scratch,
        query: &[u64; 4],
        within: u32,
        len: usize,
        numbers: &mut Vec<u32>,
    ) -> bool {
        let mut depths = self.usual(within);
        let postings = gather(self, &depths, query, &mut scratch.ranges);
        // What a uniform list gives, and as much again and again.
        let usual = self.expected(&depths, len);
        if postings > 8 * usual + 1024 {
            depths = self.cheapest(query, within);
            let postings = gather(self, &depths, query, &mut scratch.ranges);
            if postings > len as u64 / 8 {
                return false;
            }
        }
        look(self, query, within, &scratch.ranges, numbers);
        true
    }

    /// How far each table is searched where nothing is known of the query: as evenly as the distance asked for allows.
    /// Tables with more bits cost more, and they are the first that are searched less.
    pub(super) fn usual(&self, within: u32) -> Vec<Depth> {
        let count = self.tables.len();
        let (each, more) = ((within as usize + 1) / count, (within as usize + 1) % count);
        (0..count).map(|idx| (each + usize::from(idx >= count - more)).checked_sub(1)).collect()
    }

    fn expected(&self, depths: &[Depth], len: usize) -> u64 {
        let of = |(table, depth): (&Table, &Depth)| {
            let lookups = depth.map_or(0, |depth| self.masks(table).upto[depth]);
            (lookups as u64 * len as u64) >> table.bits
        };
        self.tables.iter().zip(depths).map(of).sum()
    }

    /// The depths that cost least for a query, from how full the buckets around it are.
    pub(super) fn cheapest(&self, query: &[u64; 4], within: u32) -> Vec<Depth> {
        let wanted = within as usize + 1;
        // The least cost of the tables so far for each sum of their depths, and the depth of the last one that gives it.
        let mut least: Vec<u64> = (0..=wanted).map(|sum| if sum == 0 { 0 } else { u64::MAX }).collect();
        let mut chosen = Vec::with_capacity(self.tables.len());
        for table in &self.tables {
            let costs = self.costs(table, query);
            let of = |sum: usize| {
                let with = |depth: usize| least[sum.saturating_sub(depth)].saturating_add(costs[depth]);
                (0..costs.len()).map(|depth| (with(depth), depth)).min().unwrap_or((u64::MAX, 0))
            };
            let best: Vec<(u64, usize)> = (0..=wanted).map(of).collect();
            least = best.iter().map(|(cost, _)| *cost).collect();
            chosen.push(best.iter().map(|(_, depth)| *depth).collect::<Vec<_>>());
        }
        let mut depths = Vec::with_capacity(chosen.len());
        let mut sum = wanted;
        for chosen in chosen.iter().rev() {
            depths.push(chosen[sum].checked_sub(1));
            sum = sum.saturating_sub(chosen[sum]);
        }
        depths.reverse();
        depths
    }

    /// What a table costs when it is not searched, and within 0, 1, 2, 3 bits.
    fn costs(&self, table: &Table, query: &[u64; 4]) -> [u64; LEVELS + 1] {
        let masks = self.masks(table);
        let value = value(turned(query, table.start).0, table.bits) as u32;
        let mut costs = [0; LEVELS + 1];
        let (mut cost, mut depth) = (0, 0);
        for (idx, mask) in masks.masks.iter().enumerate() {
            let at = (value ^ mask) as usize;
            cost += COST_LOOKUP + COST_POSTING * u64::from(table.starts[at + 1] - table.starts[at]);
            if idx + 1 == masks.upto[depth] {
                depth += 1;
                costs[depth] = cost;
            }
        }
        costs
    }
}

/// How many look-ups are under way before the first is used.
const UNDER_WAY: usize = 32;

for_machine! {
    /// Notes the postings of every value that is looked up, for each table in turn with an empty range at its end; how many
    /// there are.
    fn gather(tables: &Tables, depths: &[Depth], query: &[u64; 4], ranges: &mut Vec<(u32, u32)>) -> u64 = gather_by
}

#[inline(always)]
fn gather_by(tables: &Tables, depths: &[Depth], query: &[u64; 4], ranges: &mut Vec<(u32, u32)>) -> u64 {
    ranges.clear();
    let mut postings = 0;
    for (table, depth) in tables.tables.iter().zip(depths) {
        if let Some(depth) = depth {
            let masks = tables.masks(table).within(*depth);
            let value = value(turned(query, table.start).0, table.bits) as u32;
            let starts: &[u32] = &table.starts;
            for mask in masks.iter().take(UNDER_WAY) {
                soon(starts, (value ^ mask) as usize);
            }
            for (idx, mask) in masks.iter().enumerate() {
                if let Some(mask) = masks.get(idx + UNDER_WAY) {
                    soon(starts, (value ^ mask) as usize);
                }
                let at = (value ^ mask) as usize;
                let (start, end) = (starts[at], starts[at + 1]);
                if start < end {
                    postings += u64::from(end - start);
                    ranges.push((start, end));
                }
            }
        }
        ranges.push((0, 0));
    }
    postings
}

/// Adds the numbers of the postings of which 96 bits are near.
fn look(tables: &Tables, query: &[u64; 4], within: u32, ranges: &[(u32, u32)], numbers: &mut Vec<u32>) {
    #[cfg(target_arch = "x86_64")]
    if matches!(crate::machine::width(), crate::machine::Width::Avx512) {
        // SAFETY: the machine was seen to have these instructions.
        #[expect(unsafe_code, reason = "vector instructions that the machine has")]
        return unsafe { four::look(tables, query, within, ranges, numbers) };
    }
    look_plainly(tables, query, within, ranges, numbers);
}

for_machine! {
    /// The same without instructions that this file names.
    fn look_plainly(
        tables: &Tables,
        query: &[u64; 4],
        within: u32,
        ranges: &[(u32, u32)],
        numbers: &mut Vec<u32>,
    ) = look_one_by_one
}

#[inline(always)]
fn look_one_by_one(
    tables: &Tables,
    query: &[u64; 4],
    within: u32,
    ranges: &[(u32, u32)],
    numbers: &mut Vec<u32>,
) {
    look_by(tables, query, ranges, |postings, sought| one_by_one(postings, sought, within, numbers));
}

#[inline(always)]
fn one_by_one(postings: &[Posting], sought: &Posting, within: u32, numbers: &mut Vec<u32>) {
    for posting in postings {
        let join = |a: u32, b: u32| u64::from(a) | u64::from(b) << 32;
        let bits = join(posting[1] ^ sought[1], posting[2] ^ sought[2]).count_ones()
            + (posting[3] ^ sought[3]).count_ones();
        if bits <= within {
            numbers.push(posting[0]);
        }
    }
}

/// Hands each range of postings to a function, with what the query has at the place of their bits.
#[inline(always)]
fn look_by(
    tables: &Tables,
    query: &[u64; 4],
    ranges: &[(u32, u32)],
    mut near: impl FnMut(&[Posting], &Posting),
) {
    for (table, ranges) in tables.tables.iter().zip(ranges.split(|(_, end)| *end == 0)) {
        let postings: &[Posting] = &table.postings;
        let (low, high) = turned(query, table.start);
        let sought = posting(0, low, high);
        for (start, _) in ranges.iter().take(UNDER_WAY) {
            soon(postings, *start as usize);
        }
        for (idx, (start, end)) in ranges.iter().enumerate() {
            if let Some((start, end)) = ranges.get(idx + UNDER_WAY) {
                soon(postings, *start as usize);
                if end - start > LINE {
                    for line in (start + LINE..*end).step_by(LINE as usize).take(LINES) {
                        soon(postings, line as usize);
                    }
                }
            }
            near(&postings[*start as usize..*end as usize], &sought);
        }
    }
}

/// Postings of a line of the cache, and how many lines of a range are asked for before it is its turn: the machine sees by
/// itself how a longer one goes on.
const LINE: u32 = 4;
const LINES: usize = 6;

/// Four postings at once.
#[cfg(target_arch = "x86_64")]
mod four {
    use std::arch::x86_64::{
        _mm512_add_epi64, _mm512_cmple_epu64_mask, _mm512_loadu_si512, _mm512_maskz_loadu_epi64,
        _mm512_maskz_xor_epi32, _mm512_popcnt_epi64, _mm512_set_epi32, _mm512_set1_epi64,
        _mm512_shuffle_epi32,
    };

    use super::{Tables, look_by, one_by_one};

    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vpopcntdq,popcnt,bmi1,bmi2")]
    pub(super) fn look(
        tables: &Tables,
        query: &[u64; 4],
        within: u32,
        ranges: &[(u32, u32)],
        numbers: &mut Vec<u32>,
    ) {
        let most = _mm512_set1_epi64(i64::from(within));
        look_by(tables, query, ranges, |postings, sought| {
            if postings.len() < 4 {
                return one_by_one(postings, sought, within, numbers);
            }
            let [_, a, b, c] = sought.map(u32::cast_signed);
            let sought = _mm512_set_epi32(c, b, a, 0, c, b, a, 0, c, b, a, 0, c, b, a, 0);
            for four in postings.chunks(4) {
                let (held, read) = match four {
                    [_, _, _, _] => (0xff, {
                        // SAFETY: four postings are 64 bytes.
                        #[expect(unsafe_code, reason = "a vector from memory")]
                        unsafe {
                            _mm512_loadu_si512(four.as_ptr().cast())
                        }
                    }),
                    fewer => {
                        let held = (1_u8 << (2 * fewer.len())) - 1;
                        // SAFETY: no more than the postings that there are is read: each is two numbers of 64 bits.
                        #[expect(unsafe_code, reason = "a vector from memory")]
                        (held, unsafe { _mm512_maskz_loadu_epi64(held, fewer.as_ptr().cast()) })
                    }
                };
                // The number of a hash, the first of four, is not compared.
                let bits = _mm512_popcnt_epi64(_mm512_maskz_xor_epi32(0xeeee, read, sought));
                let sums = _mm512_add_epi64(bits, _mm512_shuffle_epi32::<0b01_00_11_10>(bits));
                let mut near = _mm512_cmple_epu64_mask(sums, most) & held & 0b0101_0101;
                while near != 0 {
                    numbers.push(four[near.trailing_zeros() as usize / 2][0]);
                    near &= near - 1;
                }
            }
        });
    }
}

#[cfg(test)]
impl Tables {
    /// Candidates by the instructions of this machine and by those of every machine.
    pub(super) fn candidates_by_every_machine(&self, query: &[u64; 4], within: u32) -> (Vec<u32>, Vec<u32>) {
        let (mut ranges, mut here, mut every) = (Vec::new(), Vec::new(), Vec::new());
        let depths = self.usual(within);
        gather(self, &depths, query, &mut ranges);
        look(self, query, within, &ranges, &mut here);
        gather_by(self, &depths, query, &mut ranges);
        look_one_by_one(self, query, within, &ranges, &mut every);
        (here, every)
    }
}
