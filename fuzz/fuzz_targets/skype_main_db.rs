//! Foreign bytes for the reader `skype_main_db`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("skype_main_db", bytes));
