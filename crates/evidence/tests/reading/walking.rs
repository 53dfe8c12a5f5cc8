//! Limits of a walk, and its end.

use std::cell::Cell;
use std::io::Read;
use std::ops::ControlFlow;

use tutela_evidence::entry::{Entry, Unread, Visit, Why};
use tutela_evidence::image::Image;
use tutela_evidence::walk::{Exhibit, Limits, Options, walk};

use crate::made::fat::{CLUSTER, Fat, entry};
use crate::made::{content, seen_of, seen_within};

/// Ten files of three clusters each.
fn ten() -> Vec<u8> {
    let mut made = Fat::new(16);
    for file in 0..10_u32 {
        let name: [u8; 11] = format!("FILE{file}   BIN").into_bytes().try_into().expect("eleven");
        let first = 10 + file * 3;
        made.file(file as usize, &name, &[first, first + 1, first + 2], &content(file, 3 * CLUSTER));
    }
    made.bytes
}

#[test]
fn behind_the_limit_of_entries_nothing_is_listed_and_that_is_said() {
    let seen = seen_within(Box::new(ten()), Limits { entries: 3, ..Limits::default() });
    assert_eq!(seen.entries.len(), 3);
    assert_eq!(seen.findings(), [("FILE3.BIN", Why::Limit, "more: it and what follows is not listed")]);
}

#[test]
fn behind_the_limit_of_bytes_files_are_only_listed() {
    let seen = seen_within(Box::new(ten()), Limits { bytes: 7 * CLUSTER as u64, ..Limits::default() });
    assert_eq!(seen.entries.len(), 10);
    let read: Vec<bool> = seen.entries.iter().map(|(_, bytes)| matches!(bytes, Some(Ok(_)))).collect();
    assert_eq!(read.iter().filter(|read| **read).count(), 2);
    let said = [("FILE2.BIN", "more"), ("FILE3.BIN", "more: from here on files are only listed")];
    assert_eq!(seen.findings().into_iter().map(|(place, _, found)| (place, found)).collect::<Vec<_>>(), said);
}

#[test]
fn a_file_larger_than_its_limit_is_cut_and_the_next_is_whole() {
    let mut made = Fat::new(16);
    made.file(0, b"LARGE   BIN", &[10, 11, 12], &content(1, 3 * CLUSTER));
    made.file(1, b"EXACT   BIN", &[20, 21], &content(2, 2 * CLUSTER));
    let seen =
        seen_within(Box::new(made.bytes), Limits { file_bytes: 2 * CLUSTER as u64, ..Limits::default() });
    assert_eq!(seen.findings(), [("LARGE.BIN", Why::Limit, "more")]);
    assert_eq!(seen.bytes("EXACT.BIN"), content(2, 2 * CLUSTER));
}

#[test]
fn folders_deeper_than_the_limit_are_not_read_and_that_is_said() {
    let mut made = Fat::new(16);
    made.root_slot(0, &entry(b"A          ", 0x10, 10, 0));
    for cluster in 10..15 {
        made.chain(&[cluster]);
        made.folder(cluster, if cluster == 10 { 0 } else { cluster - 1 });
        made.slot(cluster, 2, &entry(b"B          ", 0x10, cluster + 1, 0));
    }
    let seen = seen_within(Box::new(made.bytes), Limits { depth: 2, ..Limits::default() });
    assert_eq!(seen.paths(), ["A/", "A/B/", "A/B/B/"]);
    assert_eq!(seen.findings(), [("A/B/B", Why::Limit, "more")]);
}

#[test]
fn findings_beyond_their_limit_are_counted() {
    let mut made = Fat::new(16);
    for file in 0..20_u32 {
        let name: [u8; 11] = format!("FILE{file:02}  BIN").into_bytes().try_into().expect("eleven");
        made.chain(&[10 + file]);
        made.root_slot(file as usize, &entry(&name, 0x20, 10 + file, 5 * CLUSTER as u32));
    }
    // Each says that its chain ends, and that its clusters do.
    let seen = seen_within(Box::new(made.bytes), Limits { findings: 7, ..Limits::default() });
    assert_eq!(seen.entries.len(), 20);
    assert_eq!(seen.unread.len(), 8);
    assert_eq!(seen.findings()[7], ("", Why::Limit, "33 more, which are not told one by one"));
}

#[test]
fn when_the_time_ends_the_walk_ends_and_says_where() {
    let asked = Cell::new(0);
    let stop = || {
        asked.set(asked.get() + 1);
        asked.get() > 8
    };
    let seen = seen_of(&Exhibit::Image(Image::of_bytes(Box::new(ten()))), Limits::default(), &stop);
    assert!((1..10).contains(&seen.entries.len()));
    let last = seen.unread.last().expect("a finding");
    assert_eq!((last.why, last.found.as_str()), (Why::Limit, "an end of the time"));
    assert_eq!(seen.unread.len(), 1, "once");
}

/// Takes three entries and reads a byte of each.
struct Three(Vec<String>);

impl Visit for Three {
    fn entry(&mut self, entry: &Entry, bytes: Option<&mut dyn Read>) -> ControlFlow<()> {
        let mut byte = [0];
        bytes.expect("bytes").read_exact(&mut byte).expect("a byte");
        self.0.push(entry.path.clone());
        if self.0.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn unread(&mut self, unread: Unread) -> ControlFlow<()> {
        panic!("{unread:?}");
    }
}

#[test]
fn a_visitor_may_read_as_much_as_it_likes_and_end_the_walk() {
    let mut three = Three(Vec::new());
    let limits = Limits::default();
    let exhibit = Exhibit::Image(Image::of_bytes(Box::new(ten())));
    let flow = walk(&exhibit, &Options { limits, search_free: true, stop: &|| false }, &mut three);
    assert_eq!(flow, ControlFlow::Break(()));
    assert_eq!(three.0, ["FILE0.BIN", "FILE1.BIN", "FILE2.BIN"]);
}

#[test]
fn the_same_bytes_give_the_same_entries_in_the_same_order() {
    let twice = [ten(), ten()].map(|bytes| seen_within(Box::new(bytes), Limits::default()).entries);
    assert_eq!(twice[0], twice[1]);
}
