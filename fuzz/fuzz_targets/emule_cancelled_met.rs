//! Foreign bytes for the reader `emule_cancelled_met`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("emule_cancelled_met", bytes));
