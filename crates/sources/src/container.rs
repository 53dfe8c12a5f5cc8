//! A ZIP of source files.
