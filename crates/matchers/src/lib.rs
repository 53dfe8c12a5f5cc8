//! Lists of known files, and the matching of files with them: exact, perceptual, block by block.
//!
//! `unsafe` is allowed in this crate for three things: memory-mapped lists, which nobody changes once they are written;
//! vector instructions, each chosen when the machine is seen to have them; and hints to the cache, which read nothing.

pub mod lists;

pub mod index;

pub mod blocks;

pub mod triage;

pub mod pdq;
pub mod picture;

pub mod near;

mod machine;
#[cfg(test)]
mod shapes;
