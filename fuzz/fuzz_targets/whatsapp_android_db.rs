//! Foreign bytes for the reader `whatsapp_android_db`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("whatsapp_android_db", bytes));
