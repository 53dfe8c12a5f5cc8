//! What observers of file-sharing networks saw.

pub mod files;
pub mod places;
pub mod sighting;

pub mod clients;
pub mod crowd;
pub mod stream;

pub mod counts;
pub mod exports;
pub mod faults;
mod nexus;
