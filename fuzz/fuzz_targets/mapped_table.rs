//! Foreign bytes for the reader `mapped_table`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("mapped_table", bytes));
