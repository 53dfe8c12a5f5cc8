//! Foreign bytes for the reader `transmission_resume`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("transmission_resume", bytes));
