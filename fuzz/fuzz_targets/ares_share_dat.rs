//! Foreign bytes for the reader `ares_share_dat`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("ares_share_dat", bytes));
