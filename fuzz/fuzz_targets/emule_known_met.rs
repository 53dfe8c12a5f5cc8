//! Foreign bytes for the reader `emule_known_met`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("emule_known_met", bytes));
