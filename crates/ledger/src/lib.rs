//! The append-only record of an operation as a log that public tools check (C2SP tlog-tiles, RFC 9162).
//!
//! Nothing here reads a disk or a clock: bytes and times come in, files and verdicts go out. A record that checks by
//! itself shows that nobody altered it by accident or in part; only a head that was handed out earlier shows that
//! nobody wrote it anew.
//!
//! Files and commands are described in `README.md` of this crate: entries that hold no personal data ([`entry`]), the
//! tree over them as it grows ([`tree`]), both as files ([`tile`]), the signed head ([`checkpoint`], [`note`], [`key`]),
//! and the verifier of all ([`verify`]). What goes to others and comes back is a file each: an entry for somebody
//! without the log ([`proof`]), what a witness is asked and answers ([`witness`]), what an authority stamps ([`stamp`]).

mod canonical;
mod merkle;

pub mod entry;
pub mod tree;

pub mod tile;

pub mod key;

pub mod checkpoint;
pub mod note;

pub mod verify;

mod cover;
pub mod proof;
pub mod stamp;
pub mod witness;

pub use canonical::{NotCanonical, canonical};
pub use cover::BadCover;
pub use merkle::{EMPTY, Hash, NotAHash, Proof, leaf, root};
