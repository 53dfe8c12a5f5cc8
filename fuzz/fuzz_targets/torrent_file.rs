//! Foreign bytes for the reader `torrent_file`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("torrent_file", bytes));
