//! Foreign bytes for the reader `shareaza_library_dat`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("shareaza_library_dat", bytes));
