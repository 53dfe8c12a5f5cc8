//! Foreign bytes for the reader `emule_statistics_ini`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("emule_statistics_ini", bytes));
