//! Foreign bytes for the reader `utorrent_resume_dat`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("utorrent_resume_dat", bytes));
