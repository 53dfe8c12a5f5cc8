//! Foreign bytes for the reader `whatsapp_ios_db`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("whatsapp_ios_db", bytes));
