//! Foreign bytes for the reader `qbittorrent_fastresume`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("qbittorrent_fastresume", bytes));
