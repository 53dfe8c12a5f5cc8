//! Foreign bytes for the reader `emule_stored_searches_met`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("emule_stored_searches_met", bytes));
