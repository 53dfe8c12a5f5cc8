//! Conditions, and the rows that meet them.

use std::io;
use std::ops::Range;

use memchr::memmem::Finder;

use crate::at::damaged;
use crate::bits::Bits;
use crate::form::{Coded, END, PACKED, Values};
use crate::grid::{BLOCK, Grid};
use crate::kind::fold;

/// What a column of a row must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The column's number.
    pub column: usize,
    /// What its value must be.
    pub wants: Wants,
}

/// What a value must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wants {
    /// In one of these spans.
    Within(Vec<Span>),
    /// A text that has these letters in it, in upper or lower case.
    Contains(String),
    /// None.
    Empty,
}

/// Values from one, up to another, which is not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first one; none where there is no lower end.
    pub from: Option<Edge>,
    /// The first one after; none where there is no upper end.
    pub until: Option<Edge>,
}

/// A value at the end of a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edge {
    /// A number, as [`Kind::key`](crate::Kind::key) makes it.
    Key(u128),
    /// A text.
    Text(String),
}

impl Span {
    /// A text alone.
    #[must_use]
    pub fn text(text: &str) -> Self {
        // No text stands between one and the same with the least letter after it.
        Self { from: Some(Edge::Text(text.to_owned())), until: Some(Edge::Text(format!("{text}\0"))) }
    }

    /// Numbers from one to another, both in it.
    #[must_use]
    pub fn numbers(first: u128, last: u128) -> Self {
        Self { from: Some(Edge::Key(first)), until: last.checked_add(1).map(Edge::Key) }
    }
}

/// Texts that are looked through at a time.
const TEXTS: u32 = 4_096;

impl Grid {
    /// The rows that meet all conditions.
    ///
    /// # Errors
    /// The disk fails, or a column is asked for what it does not have: texts that hardly repeat can only be searched.
    pub fn matching(&self, conditions: &[Condition]) -> io::Result<Bits> {
        let mut all: Option<Bits> = None;
        for Condition { column, wants } in conditions {
            let column = &self.columns()[*column];
            let met = match (column.coded(), column.plain(), wants) {
                (Some(coded), _, Wants::Within(spans)) => {
                    let spans: io::Result<Vec<Range<u32>>> =
                        spans.iter().map(|span| self.codes_of(coded, span)).collect();
                    self.rows_of_spans(coded, &spans?)?
                }
                (Some(coded), _, Wants::Contains(text)) => {
                    let codes = self.codes_with(coded, &fold(text))?;
                    self.rows_of_codes(coded, |code| codes.has(code))?
                }
                (Some(coded), _, Wants::Empty) => {
                    let spans = Range { start: coded.n_values, end: coded.n_values + 1 };
                    self.rows_of_spans(coded, &[spans])?
                }
                (None, Some(at), Wants::Contains(text)) => self.plain_with(at, Some(&fold(text)))?,
                (None, Some(at), Wants::Empty) => self.plain_with(at, None)?,
                (None, ..) => return Err(damaged("a column without codes")),
            };
            match &mut all {
                None => all = Some(met),
                Some(all) => all.keep(&met),
            }
        }
        Ok(all.unwrap_or_else(|| {
            let mut all = Bits::none(self.n_rows);
            all.set_range(0..self.n_rows);
            all
        }))
    }

    /// The codes of the values in a span.
    fn codes_of(&self, coded: &Coded, span: &Span) -> io::Result<Range<u32>> {
        let from = span.from.as_ref().map_or(Ok(0), |edge| self.first_from(coded, edge))?;
        let until = span.until.as_ref().map_or(Ok(coded.n_values), |edge| self.first_from(coded, edge))?;
        Ok(from..until.max(from))
    }

    /// The first code whose value is not before this one.
    pub(crate) fn first_from(&self, coded: &Coded, edge: &Edge) -> io::Result<u32> {
        let (mut from, mut until) = (0, coded.n_values);
        while from < until {
            let middle = from + (until - from) / 2;
            let is_before = match edge {
                Edge::Key(key) => self.number(coded, middle)? < *key,
                Edge::Text(text) => self.text(coded, middle)?.as_str() < text.as_str(),
            };
            if is_before {
                from = middle + 1;
            } else {
                until = middle;
            }
        }
        Ok(from)
    }

    fn rows_of_spans(&self, coded: &Coded, spans: &[Range<u32>]) -> io::Result<Bits> {
        let mut places = Vec::new();
        for span in spans {
            places.push(self.start(coded, span.start)?..self.start(coded, span.end)?);
        }
        let n: u64 = places.iter().map(|places| places.len() as u64).sum();
        // Few rows are fetched one by one; many are found faster by looking through all.
        if n > u64::from(self.n_rows / 8) && coded.order.is_some() {
            return match spans {
                [span] => {
                    let (from, n) = (span.start, span.end - span.start);
                    self.rows_of_codes(coded, |code| code.wrapping_sub(from) < n)
                }
                spans => self.rows_of_codes(coded, |code| spans.iter().any(|span| span.contains(&code))),
            };
        }
        let mut bits = Bits::none(self.n_rows);
        for places in places {
            match coded.order {
                None => bits.set_range(places),
                order => {
                    for from in places.clone().step_by(BLOCK as usize) {
                        let rows = self.placed(order, from..(from + BLOCK).min(places.end))?;
                        rows.into_iter().filter(|row| *row < self.n_rows).for_each(|row| bits.set(row));
                    }
                }
            }
        }
        Ok(bits)
    }

    /// Looks through the codes of all rows.
    fn rows_of_codes(&self, coded: &Coded, is_meant: impl Fn(u32) -> bool + Sync) -> io::Result<Bits> {
        let words = self.side_by_side(self.n_blocks(), |blocks| {
            let mut words = Vec::new();
            for block in blocks {
                let codes = self.codes(coded, self.of_block(block))?;
                words.extend(codes.chunks(64).map(|codes| {
                    let bit = |(idx, code): (usize, &u32)| u64::from(is_meant(*code)) << idx;
                    codes.iter().enumerate().map(bit).fold(0, |word, bit| word | bit)
                }));
            }
            Ok(words)
        })?;
        Ok(Bits { words: words.concat() })
    }

    /// The codes of texts with these letters in them.
    fn codes_with(&self, coded: &Coded, letters: &str) -> io::Result<Bits> {
        let Values::Texts { texts, folded } = &coded.values else { return Err(damaged("a text")) };
        let (heap, finder) = (folded.as_ref().unwrap_or(texts), Finder::new(letters));
        let n_stretches = coded.n_values.div_ceil(TEXTS);
        let found = self.side_by_side(n_stretches, |stretches| {
            let mut found = Vec::new();
            for stretch in stretches {
                let codes = stretch * TEXTS..((stretch + 1) * TEXTS).min(coded.n_values);
                let (begins, bytes) = self.texts(heap, codes.clone())?;
                each_with(&finder, &begins, &bytes, |idx| found.push(codes.start + idx as u32));
            }
            Ok(found)
        })?;
        // The code of no value is asked for as well.
        let mut bits = Bits::none(coded.n_values + 1);
        found.into_iter().flatten().for_each(|code| bits.set(code));
        Ok(bits)
    }

    /// Looks through packed texts: those with these letters in them, or those that are not there.
    fn plain_with(
        &self,
        at: (crate::form::Stretch, crate::form::Stretch),
        letters: Option<&str>,
    ) -> io::Result<Bits> {
        let finder = letters.map(Finder::new);
        let found = self.side_by_side(self.n_rows.div_ceil(PACKED as u32), |blocks| {
            let mut found = Vec::new();
            for idx in blocks {
                let first = idx * PACKED as u32;
                let mut block = self.block(at, u64::from(idx))?;
                let Some(finder) = &finder else {
                    let none = block.lens().enumerate().filter(|(_, len)| *len == 0);
                    found.extend(none.map(|(row, _)| first + row as u32));
                    continue;
                };
                // The beginnings of texts that are there, and the rows that these are of.
                let (mut begins, mut rows) = (vec![0], Vec::new());
                for (row, len) in block.lens().enumerate().filter(|(_, len)| *len > 0) {
                    rows.push(first + row as u32);
                    begins.push(begins[begins.len() - 1] + len as u64);
                }
                fold_all(block.heap(), &mut begins, |bytes, begins| {
                    each_with(finder, begins, bytes, |idx| found.extend(rows.get(idx)));
                });
            }
            Ok(found)
        })?;
        let mut bits = Bits::none(self.n_rows);
        found.into_iter().flatten().for_each(|row| bits.set(row));
        Ok(bits)
    }
}

/// Texts in lower case, with their beginnings.
fn fold_all(heap: &mut [u8], begins: &mut [u64], look: impl FnOnce(&[u8], &[u64])) {
    let is_plain = heap.iter().all(|byte| byte.is_ascii() || *byte == END);
    if is_plain {
        heap.make_ascii_lowercase();
        return look(heap, begins);
    }
    let mut folded = Vec::with_capacity(heap.len());
    for text_idx in 1..begins.len() {
        let end = begins[text_idx] as usize - 1;
        let from = begins[text_idx - 1] as usize;
        let text = String::from_utf8_lossy(heap.get(from..end).unwrap_or_default());
        folded.push((fold(&text), text_idx));
    }
    let mut bytes = Vec::with_capacity(heap.len());
    for (text, text_idx) in folded {
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(END);
        begins[text_idx] = bytes.len() as u64;
    }
    look(&bytes, begins);
}

/// Tells each text that has the letters in it, once. `begins` counts from the first byte of the first text on.
fn each_with(finder: &Finder, begins: &[u64], bytes: &[u8], mut each: impl FnMut(usize)) {
    let Some((first, ends)) = begins.split_first() else { return };
    if finder.needle().is_empty() {
        return (0..ends.len()).for_each(each);
    }
    let mut position = 0;
    while let Some(found) = bytes.get(position..).and_then(|rest| finder.find(rest)) {
        let found = position + found;
        let idx = ends.partition_point(|end| (end - first) as usize <= found);
        let Some(end) = ends.get(idx) else { break };
        each(idx);
        position = (end - first) as usize;
    }
}
