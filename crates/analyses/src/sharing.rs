//! What observers saw of file-sharing networks: who matters most, what spreads, where.
//!
//! # What it shows
//! For each file: how many peers and how many addresses were seen with it, exactly; how often; since when and until when;
//! how it spread over the months; in which provinces and countries, by a supplied list.
//! For each peer: its files, those that lists know, by category; addresses, sightings, days, sessions; first and last
//! sighting; how many files it adds to those of the peers before it; whether it was seen at exits of Tor or at VPNs, and
//! after them at an address that is neither.
//! For the whole: how the numbers of files, days and addresses are distributed, how many files would be left without the
//! first peers, how peers are spread over provinces.
//!
//! # Why it matters
//! Hundreds of thousands of peers are seen and some dozens can be looked into.
//! In Gnutella, in a year, more than four of five computers were seen with fewer than ten known files or on fewer than ten
//! days, and less than one in a hundred, with a hundred files and more, had up to a third of all files alone
//! (Wolak, Liberatore and Levine 2014).
//! Which peers those are is a question of what they *add*, and not of how much they have (Hurley and others 2013).
//!
//! # What it does not show
//! Who sat at a device, or whose line an address was: a peer is a program's number, which changes when the program is
//! installed anew, can be copied and can be made up.
//! That a peer had a file that it was *listed* with: another stated that.
//! That an address was where the peer was: some are stated by the peer itself or by others, and the basis is told.
//! Where anybody lives: provinces and countries are estimates of a supplied list of address ranges.
//! How many people there are: a person may have several numbers, and several people one.
//! A sighting is a row: two observers who saw the same thing make two, which changes no number of peers, files, addresses,
//! days or sessions.
//!
//! # Method and source
//! All numbers are exact; nothing is estimated by sketches, whose error on the most shared file was seven per cent in a
//! test with another engine.
//! A peer is a number on one network; the same number on another network is another peer, and is told as a bridge.
//! Hexadecimal numbers are the same in capitals and in small letters.
//! Sightings without a number count for files and addresses, and for no peer.
//! Days are those of UTC.
//! A session ends where nothing is seen for half an hour; how many there would be with ten minutes and with an hour is told
//! beside it.
//! What a peer adds is the greedy choice of maximum coverage: the first peer is the one with most files, the next the one
//! with most files that the first has not, and so on, of equal ones the one of the lesser number.
//! The best choice is NP-hard; the greedy one has at least 1 − 1/e, 63 %, of the files that any choice of as many peers
//! has together (Nemhauser, Wolsey and Fisher 1978).
//! Severity and recency stand apart from volume: those who have most are not those who harm most (Bissias and others 2016).
//! An address is hidden where a supplied list calls it an exit of Tor, a VPN's or a data centre's between the versions of
//! the list around the sightings there.
//! Rows are sorted into runs, which are kept and merged, so that a further day is counted by itself.
//!
//! # Settings
//! `told` 1,000 files and 1,000 peers, the 20 peers of each province with most listed files, and every peer of whom an
//! address lies in a range that an operator answered about; the others are counted.
//! `session_gap_s` 1,800.

mod blocks;
mod build;
mod chunk;
mod context;
mod counts;
mod dictionary;
mod greedy;
mod held;
mod kept;
mod merged;
mod odd;
mod parcel;
mod peer;
mod placed;
mod present;
mod ranges;
mod record;
mod run;
mod survey;
mod threads;

mod memory;
mod told;

pub use chunk::CHUNK_ROWS;
pub use memory::{MemoryShelf, one_after_the_other};
pub use parcel::{Makers, Parcel, Piece, is_rechecked, run_of};
pub use present::Activity;
pub(crate) use ranges::Ranges;
pub(crate) use record::AddressSeen;
pub(crate) use survey::rows_where;
pub use survey::{Chosen, Distinct, Means, Rows, Survey, TOLD, Works, distinct, survey};
pub(crate) use threads::each_at_once;
pub(crate) use told::each_other;
pub use told::{ONE_BY_ONE, STATEMENTS, run};

/// The files that decide what this analysis says.
pub const SOURCES: &[&str] = &[
    include_str!("sharing/blocks.rs"),
    include_str!("sharing/build.rs"),
    include_str!("sharing/chunk.rs"),
    include_str!("sharing/context.rs"),
    include_str!("sharing/counts.rs"),
    include_str!("sharing/dictionary.rs"),
    include_str!("sharing/greedy.rs"),
    include_str!("sharing/held.rs"),
    include_str!("sharing/kept.rs"),
    include_str!("sharing/merged.rs"),
    include_str!("sharing/odd.rs"),
    include_str!("sharing/parcel.rs"),
    include_str!("sharing/peer.rs"),
    include_str!("sharing/placed.rs"),
    include_str!("sharing/present.rs"),
    include_str!("sharing/ranges.rs"),
    include_str!("sharing/record.rs"),
    include_str!("sharing/run.rs"),
    include_str!("sharing/survey.rs"),
    include_str!("sharing/threads.rs"),
    include_str!("sharing/told.rs"),
    include_str!("varint.rs"),
];
