//! 7z, whose headers and blocks `sevenz-rust2` decodes: LZMA, LZMA2, plain, and their filters. Other methods are named.

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, Error, Password};
use tutela_model::tables::FileKind;

use super::{End, Member, Opened};
use crate::entry::{Times, Why};
use crate::image::{Cursor, Fault, ReadAt};

/// The most memory for headers, and for a dictionary, in KiB: 7z writes dictionaries of up to 64 MiB unasked, and of
/// up to 1.5 GiB when told to.
const MEMORY_KIB: usize = 256 << 10;

/// Tells the members of a 7z.
pub(super) fn members(bytes: &dyn ReadAt, opened: &mut Opened<'_, '_>) -> Result<(), End> {
    let none = Password::empty();
    let mut source = Cursor::new(bytes);
    let archive = caught(|| Archive::read_with_memory_limit(&mut source, &none, MEMORY_KIB));
    let archive = archive.map_err(|error| End::Fault(fault(error)))?;
    for (file_idx, file) in archive.files.iter().enumerate().filter(|(_, file)| !file.has_stream) {
        // What has no bytes: folders and empty files. What was taken out by an update is not there.
        match file.is_anti_item || archive.is_file_encrypted(file_idx) && !file.is_directory {
            true => {}
            false => opened.bare(member(file))?,
        }
    }
    for block_idx in 0..archive.blocks.len() {
        block(bytes, &archive, block_idx, opened)?;
    }
    Ok(())
}

/// Tells the members of a block, which are packed together.
fn block(
    bytes: &dyn ReadAt,
    archive: &Archive,
    block_idx: usize,
    opened: &mut Opened<'_, '_>,
) -> Result<(), End> {
    let none = Password::empty();
    let mut source = Cursor::new(bytes);
    let decoder = BlockDecoder::new_with_memory_limit(1, MEMORY_KIB, block_idx, archive, &none, &mut source);
    let with_bytes: Vec<ArchiveEntry> =
        decoder.entries().iter().filter(|file| file.has_stream).cloned().collect();
    let (mut n_told, mut end, mut ours) = (0, None, false);
    let decoded = catch_unwind(AssertUnwindSafe(|| {
        decoder.for_each_entries(&mut |file, content| {
            if !file.has_stream {
                return Ok(true);
            }
            n_told += 1;
            ours = true;
            let told = opened.packed(member(file), &mut Foreign { content, ours: &mut ours });
            ours = false;
            end = told.err();
            Ok(end.is_none())
        })
    }));
    let decoded = match decoded {
        Ok(decoded) => decoded,
        // Whoever takes the entries panicked, and not the decoder.
        Err(panic) if ours => resume_unwind(panic),
        Err(_) => Err(Error::Other("the decoder ended by a panic".into())),
    };
    if let Some(end) = end {
        return Err(end);
    }
    let Err(error) = decoded else { return Ok(()) };
    let Fault { why, expected, found } = Fault::of(&fault(error));
    // A member that was told and whose bytes failed has said so itself; those behind it are told here.
    for file in with_bytes.iter().skip(n_told) {
        opened.lost(member(file), why, &expected, &found)?;
    }
    if n_told == with_bytes.len() {
        return Err(End::Fault(Fault::error(why, expected, found)));
    }
    Ok(())
}

/// Bytes from the decoder: while it works, a panic is its own.
struct Foreign<'a> {
    content: &'a mut dyn Read,
    ours: &'a mut bool,
}

impl Read for Foreign<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        *self.ours = false;
        let taken = self.content.read(buffer);
        *self.ours = true;
        taken
    }
}

fn caught(read: impl FnOnce() -> Result<Archive, Error>) -> Result<Archive, Error> {
    let panicked = |_| Err(Error::Other("the decoder ended by a panic".into()));
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(panicked)
}

/// What the decoder says, in our words.
fn fault(error: Error) -> io::Error {
    let (why, expected) = match &error {
        Error::Io(inner, _) if inner.get_ref().is_some_and(|inner| inner.is::<Fault>()) => {
            let Fault { why, expected, found } = Fault::of(inner);
            return Fault::error(why, expected, found);
        }
        Error::PasswordRequired | Error::MaybeBadPassword(_) => (Why::Encrypted, "a plain archive"),
        Error::UnsupportedCompressionMethod(method) if method.contains("AES") => {
            (Why::Encrypted, "a plain archive")
        }
        Error::UnsupportedCompressionMethod(_) | Error::Unsupported(_) | Error::ExternalUnsupported => {
            (Why::Unsupported, "an archive packed by LZMA or LZMA2")
        }
        Error::MaxMemLimited { .. } => (Why::Limit, "an archive that unpacks in 256 MiB of memory"),
        _ => (Why::Damaged, "an archive as its format says"),
    };
    Fault::error(why, expected, error.to_string())
}

fn member(file: &ArchiveEntry) -> Member {
    let stamp =
        |has: bool, time: sevenz_rust2::NtTime| has.then(|| crate::ntfs::stamp(u64::from(time))).flatten();
    Member {
        name: file.name.clone(),
        kind: if file.is_directory { FileKind::Folder } else { FileKind::Member },
        size: file.size,
        times: Times {
            created: stamp(file.has_creation_date, file.creation_date),
            modified: stamp(file.has_last_modified_date, file.last_modified_date),
            accessed: stamp(file.has_access_date, file.access_date),
            changed: None,
        },
    }
}
