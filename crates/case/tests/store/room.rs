//! Room for what an analysis puts aside: streams are apart, and nothing of them stays.

use std::io::ErrorKind;

use tutela_model::Aside as _;

use crate::made_up::{at, files_under, operation};

#[test]
fn what_is_put_aside_is_handed_out_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    let mut writer = case.lock("R. Rossi", at()).expect("nobody else writes");
    let before = files_under(case.dir());
    {
        let room = writer.room().expect("there is a disk");
        for (stream, bytes) in [(1, "one"), (u64::MAX, "other"), (1, " two")] {
            room.put(stream, bytes.as_bytes()).expect("there is room");
        }
        let mut bytes = [0; 5];
        room.get(1, 2, &mut bytes).expect("it is there");
        assert_eq!(&bytes, b"e two");
        room.get(u64::MAX, 0, &mut bytes).expect("it is there");
        assert_eq!(&bytes, b"other");
        let short = room.get(1, 3, &mut bytes).expect_err("only four bytes are left");
        assert_eq!(short.kind(), ErrorKind::UnexpectedEof);
        assert_eq!(
            room.get(7, 0, &mut bytes).expect_err("nothing was put there").kind(),
            ErrorKind::NotFound
        );
    }
    assert_eq!(files_under(case.dir()), before);
    assert!(writer.room().expect("there is a disk").get(1, 0, &mut [0]).is_err(), "streams begin empty");
}
