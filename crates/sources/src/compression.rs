//! Compressed.
