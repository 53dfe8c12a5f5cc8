//! Foreign bytes for the reader `discord_package`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("discord_package", bytes));
