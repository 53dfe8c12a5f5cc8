//! Foreign bytes for what a witness is asked, and for what it answers. What is read is written back to the byte.
#![no_main]

use tutela_ledger::checkpoint::Checkpoint;
use tutela_ledger::note::Note;
use tutela_ledger::witness::{Request, add};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = Request::parse(bytes) {
        assert_eq!(request.to_string().as_bytes(), bytes);
    }
    let head = Checkpoint::new("unit.example/case", 0, tutela_ledger::EMPTY).expect("an origin");
    let mut note = Note::new(&head.to_string()).expect("a text");
    assert!(add(&mut note, bytes, &[]).is_err());
});
