//! What observers of file-sharing networks saw of the peers and files that exhibits name. There may be very many
//! sightings: they are read in one pass, and only what is asked about is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, UInt16Type};
use arrow_array::{Array, StringArray};
use tutela_model::address::Address;
use tutela_model::field::address_at;
use tutela_model::table::TablesError;
use tutela_model::tables::Sighting;
use tutela_model::{RowRef, Table, Tables, Text};

use super::Cited;
use super::hash::Hash;
use crate::facts::folded;

/// The most addresses and files that are kept of a peer.
const MOST: usize = 10_000;

/// What observers saw of a peer.
#[derive(Default)]
pub struct SeenPeer {
    /// How often.
    pub n: u64,
    /// First and last instant, microseconds UTC.
    pub span_us: Option<(i64, i64)>,
    /// Its addresses, each with the port and instant of the last sighting.
    pub addresses: BTreeMap<Address, (i64, Option<u16>)>,
    /// Files that it was seen with.
    pub files: BTreeSet<Hash>,
    /// Rows.
    pub rows: Cited,
}

/// What observers saw of a file.
#[derive(Default)]
pub struct SeenFile {
    /// How often.
    pub n: u64,
    /// First and last instant, microseconds UTC.
    pub span_us: Option<(i64, i64)>,
    /// Rows.
    pub rows: Cited,
}

/// What observers saw.
#[derive(Default)]
pub struct Seen {
    /// By network and peer, the peer's number folded.
    pub peers: BTreeMap<(Text, Text), SeenPeer>,
    /// By hash of the file.
    pub files: BTreeMap<Hash, SeenFile>,
}

const COLUMNS: &[&str] = &["network", "peer", "file_hash", "address", "port", "at", "place"];

impl Seen {
    /// Reads the sightings of these peers and files.
    pub fn read(
        tables: &dyn Tables,
        peers: &BTreeSet<(Text, Text)>,
        files: &BTreeSet<Hash>,
    ) -> Result<Self, TablesError> {
        let mut seen = Self::default();
        if peers.is_empty() && files.is_empty() {
            return Ok(seen);
        }
        for part in tables.parts(&Sighting::INFO) {
            // Rows come by peer: the one before is often the same.
            let mut of_file: (Text, Option<Hash>) = (Text::default(), None);
            let mut of_peer: (Text, Option<Text>) = (Text::default(), None);
            tables.scan(&Sighting::INFO, &part, COLUMNS, &mut |batch| {
                let column = |name: &str| {
                    batch.column_by_name(name).expect("the scan hands out the columns asked for")
                };
                let text = |name: &str| -> &StringArray { column(name).as_string() };
                let (networks, numbers, hashes) = (text("network"), text("peer"), text("file_hash"));
                let ports = column("port").as_primitive::<UInt16Type>();
                let times = column("at").as_primitive::<TimestampMicrosecondType>();
                for row_idx in 0..batch.num_rows() {
                    if hashes.value(row_idx) != of_file.0 {
                        of_file = (hashes.value(row_idx).into(), Hash::parse(hashes.value(row_idx)));
                    }
                    let number = if numbers.is_valid(row_idx) { numbers.value(row_idx) } else { "" };
                    if number != of_peer.0 {
                        of_peer = (number.into(), Some(folded(number)));
                    }
                    let file = of_file.1.filter(|hash| files.contains(hash));
                    let key = of_peer.1.as_ref().filter(|_| !number.is_empty());
                    let peer = key.map(|peer| (Text::from(networks.value(row_idx)), peer.clone()));
                    let peer = peer.filter(|peer| peers.contains(peer));
                    if file.is_none() && peer.is_none() {
                        continue;
                    }
                    let at_us = times.value(row_idx);
                    let row = RowRef {
                        table: Sighting::INFO.name.to_owned(),
                        source: part.source.hex(),
                        place: text("place").value(row_idx).to_owned(),
                    };
                    if let Some(hash) = file {
                        seen.files.entry(hash).or_default().add(at_us, &row);
                    }
                    if let Some(peer) = peer {
                        let port = ports.is_valid(row_idx).then(|| ports.value(row_idx));
                        let address = address_at(column("address"), row_idx);
                        seen.peers.entry(peer).or_default().add(at_us, address, port, of_file.1, row);
                    }
                }
                ControlFlow::Continue(())
            })?;
        }
        Ok(seen)
    }
}

/// The stretch that holds an instant too.
fn widened(span_us: Option<(i64, i64)>, at_us: i64) -> Option<(i64, i64)> {
    let (first, last) = span_us.unwrap_or((at_us, at_us));
    Some((first.min(at_us), last.max(at_us)))
}

impl SeenFile {
    fn add(&mut self, at_us: i64, row: &RowRef) {
        self.n += 1;
        self.span_us = widened(self.span_us, at_us);
        self.rows.push(row.clone());
    }
}

impl SeenPeer {
    fn add(
        &mut self,
        at_us: i64,
        address: Option<Address>,
        port: Option<u16>,
        file: Option<Hash>,
        row: RowRef,
    ) {
        self.n += 1;
        self.span_us = widened(self.span_us, at_us);
        self.rows.push(row);
        if let Some(address) = address {
            let last = self.addresses.entry(address).or_insert((at_us, port));
            *last = (*last).max((at_us, port));
        }
        self.files.extend(file);
        // The lowest stay, whatever the order in which they come.
        while self.addresses.len() > MOST {
            self.addresses.pop_last();
        }
        while self.files.len() > MOST {
            self.files.pop_last();
        }
    }

    /// The address that was seen last, with its port and when.
    pub fn last(&self) -> Option<(Address, Option<u16>, i64)> {
        let last = self.addresses.iter().max_by_key(|(address, (at_us, port))| (*at_us, *port, **address));
        last.map(|(address, (at_us, port))| (*address, *port, *at_us))
    }
}
