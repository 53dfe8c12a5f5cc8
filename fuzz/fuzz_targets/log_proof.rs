//! Foreign bytes for the file that shows that an entry is in a log. What is read is written back to the byte.
#![no_main]

use tutela_ledger::proof::Inclusion;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = Inclusion::parse(bytes) {
        assert_eq!(file.to_string().as_bytes(), bytes);
        assert!(file.verify(b"entry", None, &[], &[]).is_err());
    }
});
