//! Foreign bytes for the reader `emule_part_met`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("emule_part_met", bytes));
