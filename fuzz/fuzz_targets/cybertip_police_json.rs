//! Foreign bytes for the reader `cybertip_police_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("cybertip_police_json", bytes));
