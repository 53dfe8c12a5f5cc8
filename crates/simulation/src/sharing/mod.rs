//! What observers of file-sharing networks saw.

pub mod crowd;
pub mod exports;
pub mod files;
pub mod nexus;
pub mod places;
pub mod sighting;
pub mod stream;
