//! Hashes of many files at once, in one pass over each: MD5, SHA-1, SHA-256, ed2k with its parts, AICH on demand.
//!
//! Who has a stream that can be opened at any time gives it to [`hash_streams`], which reads as many at once as a vector
//! has lanes. Who can read only one after the other gives them to [`InOrder`], which keeps small ones until there are
//! enough. The digests are the same whatever the way, the machine or the number of threads.
//!
//! `unsafe` is allowed in this crate for one thing: vector instructions, each chosen when the machine is seen to have
//! them. A self-test compares every kernel with a plain implementation before the first use.
#![expect(unsafe_code, reason = "vector instructions")]

mod digests;
mod in_order;
mod one_file;
mod streams;

mod aich;
mod ed2k;
mod kernels;
mod lanes;

pub use crate::aich::{Aich, LEAF_BYTES};
pub use crate::digests::{Broken, Digests, Wanted};
pub use crate::ed2k::{Ed2k, PART_BYTES};
pub use crate::in_order::{HELD_BYTES, InOrder, hash_in_order};
pub use crate::kernels::Kernels;
pub use crate::one_file::{ed2k_of_file, hash_stream};
pub use crate::streams::{Settings, hash_streams};
