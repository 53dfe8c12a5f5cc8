//! Counts sightings whose address no operator gives to a line: a peer behind a router states its address at home, a
//! damaged record has `0.0.0.0`. Their rows stay, because peer and file were seen all the same; a note counts them.

use tutela_model::address::LocalUse;
use tutela_model::place::Spot;
use tutela_model::source::{Refusal, Sink};
use tutela_model::table::Row;
use tutela_model::words::Words as _;

/// Lets `read` read, and notes how many sightings it gave with such an address.
pub(crate) fn noted(
    sink: &mut dyn Sink,
    read: impl FnOnce(&mut dyn Sink) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut counting = Counting { sink, n_sightings: 0, n_of: [0; LocalUse::ALL.len()] };
    read(&mut counting)?;
    let Counting { sink, n_sightings, n_of } = counting;
    let of = |(use_, n): (&LocalUse, u64)| (n > 0).then(|| format!("{} {n}", use_.word()));
    let each: Vec<String> = LocalUse::ALL.iter().zip(n_of).filter_map(of).collect();
    if !each.is_empty() {
        let n: u64 = n_of.iter().sum();
        sink.note(
            "addresses",
            &format!("{n} of {n_sightings} sightings have one that no line has: {}", each.join(", ")),
        );
    }
    Ok(())
}

struct Counting<'a> {
    sink: &'a mut dyn Sink,
    n_sightings: u64,
    n_of: [u64; LocalUse::ALL.len()],
}

impl Sink for Counting<'_> {
    fn record(&mut self) {
        self.sink.record();
    }

    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        if let Row::Sighting(sighting) = &row {
            self.n_sightings += 1;
            if let Some(local) = sighting.address.address.local_use() {
                self.n_of[local as usize] += 1;
            }
        }
        self.sink.row(row)
    }

    fn skip(&mut self, place: &Spot, reason: &'static str) {
        self.sink.skip(place, reason);
    }

    fn note(&mut self, key: &'static str, value: &str) {
        self.sink.note(key, value);
    }

    fn progress(&mut self, bytes_read: u64) {
        self.sink.progress(bytes_read);
    }
}
