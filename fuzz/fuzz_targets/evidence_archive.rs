//! A ZIP, TAR, gzip or 7z from somebody else.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::evidence::walk_file(bytes));
