//! Foreign bytes for the reader `emule_shareddir_dat`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::read("emule_shareddir_dat", bytes));
