//! gzip (RFC 1952): one file, packed; and the TAR that it often is.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use tutela_model::tables::FileKind;

use super::{End, Form, HEAD, Member, Opened, Unpacked, by_head, tar};
use crate::entry::{Found, Stamp, Times};
use crate::image::{Cursor, ReadAt, read_exact_at, u32_at};

/// Tells what is packed, and the members of a TAR in it.
pub(super) fn members(bytes: &dyn ReadAt, opened: &mut Opened<'_, '_>) -> Result<(), End> {
    let mut head = Vec::new();
    // What cannot be unpacked is told when the bytes are read.
    let _ = MultiGzDecoder::new(Cursor::new(bytes)).take(HEAD as u64).read_to_end(&mut head);
    let member = member(bytes, opened)?;
    if by_head(&head) != Some(Form::Tar) {
        return opened.packed(member, &mut MultiGzDecoder::new(Cursor::new(bytes)));
    }
    // A TAR inside is unpacked a second time for its members, so that no size of it is too large for memory.
    opened.count()?;
    let entry = opened.entry_of(member, Found::Recorded);
    let mut decoder = MultiGzDecoder::new(Cursor::new(bytes));
    let mut unpacked = Unpacked { bytes: &mut decoder, room: opened.room };
    super::flow(opened.walk.give(&entry, Some(&mut |buffer| unpacked.read(buffer))))?;
    if opened.depth >= opened.limits.depth {
        return Ok(());
    }
    let mut again = MultiGzDecoder::new(Cursor::new(bytes));
    let mut unpacked = Unpacked { bytes: &mut again, room: opened.room };
    let mut inner = Opened {
        entry: &entry,
        depth: opened.depth + 1,
        limits: opened.limits,
        n_members: 0,
        room: opened.room,
        walk: &mut *opened.walk,
    };
    tar::members_of_stream(&mut unpacked, &mut inner)
}

/// What is packed: its name and time from the head; its size, of which four bytes are kept, from the end.
fn member(bytes: &dyn ReadAt, opened: &Opened<'_, '_>) -> io::Result<Member> {
    let mut head = [0; 10];
    read_exact_at(bytes, 0, &mut head)?;
    let mut tail = [0; 4];
    read_exact_at(bytes, bytes.size().saturating_sub(4), &mut tail)?;
    let own = opened.entry.path.rsplit('/').next().unwrap_or_default();
    let name = match own.rsplit_once('.') {
        Some((name, "tgz")) => format!("{name}.tar"),
        Some((name, _)) => name.to_owned(),
        None => own.to_owned(),
    };
    let written = u32_at(&head, 4);
    let at_us = i64::from(written) * 1_000_000;
    let modified = (written != 0).then_some(Stamp { at_us, width_us: 1_000_000, local: false });
    Ok(Member {
        name,
        kind: FileKind::Member,
        size: u64::from(u32_at(&tail, 0)),
        times: Times { modified, ..Times::default() },
    })
}
