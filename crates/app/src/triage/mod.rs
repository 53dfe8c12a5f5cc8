//! A first look at a device by samples, layer by layer: its files against lists of known files, then its space, whoever
//! holds it, against sets of blocks. A child reads ([`child`]); the parent keeps what it tells and says what follows from
//! it ([`answer`]). Both know the words of [`said`].

pub mod answer;
pub mod child;

pub mod said;
pub mod statement;

mod files;
mod space;
