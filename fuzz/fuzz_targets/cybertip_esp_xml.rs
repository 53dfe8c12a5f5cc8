//! Foreign bytes for the reader `cybertip_esp_xml`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("cybertip_esp_xml", bytes));
