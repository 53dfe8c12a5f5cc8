//! Foreign bytes for the reader `telegram_desktop_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("telegram_desktop_json", bytes));
