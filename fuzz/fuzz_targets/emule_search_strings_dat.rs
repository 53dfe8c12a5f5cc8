//! Foreign bytes for the reader `emule_search_strings_dat`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("emule_search_strings_dat", bytes));
