//! Foreign bytes for the reader `whatsapp_export_text`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("whatsapp_export_text", bytes));
