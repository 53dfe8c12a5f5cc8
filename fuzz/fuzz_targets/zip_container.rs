//! Foreign bytes for the reader `zip_container`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("zip_container", bytes));
