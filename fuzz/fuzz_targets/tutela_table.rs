//! Foreign bytes for the reader `tutela_table`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("tutela_table", bytes));
