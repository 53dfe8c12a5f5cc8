//! Foreign bytes for the reply of a time-stamping authority.
#![no_main]

use tutela_ledger::stamp::Reply;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(reply) = Reply::parse(bytes) {
        assert_eq!(reply.gen_time.len(), 20);
        let shown = [Some(reply.serial), Some(reply.policy), reply.nonce, reply.tsa];
        assert!(!shown.iter().flatten().any(|text| text.contains(char::is_control)));
    }
});
