//! A place of a foreign file: the first line of an input says the reader and the place, `mapped_table line:3.2`; the rest is
//! the file. Whatever comes, something is shown or it is said why not.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::show(bytes));
