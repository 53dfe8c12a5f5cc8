//! Images: a raw copy of a medium, whole or in segments, and the Expert Witness format (E01, Ex01). Other containers are
//! recognised and named.
//!
//! Every segment is looked for and counted: an image with a hole says where it is, and what lies in it reads as missing,
//! never as zeros.

mod ewf;
mod raw;
mod read_at;
mod segments;

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::Path;

use md5::Md5;
use sha1::{Digest, Sha1};

pub use self::read_at::{Cursor, Fault, Pages, ReadAt, Window, read_exact_at, u16_at, u32_at, u64_at};
pub use self::segments::segments;
use crate::entry::{Unread, Why};

/// An opened image.
pub struct Image {
    /// What it is: `raw`, `split raw`, `E01`, `Ex01`.
    pub format: &'static str,
    /// The hashes of the medium that whoever made the image stored in it.
    pub stored: Hashes,
    /// What is wrong with the image as a whole: missing segments, counts that do not agree, sectors that could not be
    /// read when it was made. Empty when nothing is.
    pub findings: Vec<Unread>,
    bytes: Box<dyn ReadAt>,
}

/// Hashes of a whole medium.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hashes {
    /// Its MD5.
    pub md5: Option<[u8; 16]>,
    /// Its SHA-1.
    pub sha1: Option<[u8; 20]>,
}

/// A file of an image: its name, for messages and its number, and its bytes.
pub struct Segment {
    /// The name of the file, without folders.
    pub name: String,
    /// Its bytes.
    pub bytes: Box<dyn ReadAt>,
}

impl Segment {
    /// A segment in a file that somebody opened.
    ///
    /// # Errors
    /// When its size cannot be told.
    pub fn of_file(name: &str, file: File) -> io::Result<Self> {
        Ok(Self { name: name.to_owned(), bytes: Box::new(OpenFile::new(file)?) })
    }
}

impl Image {
    /// Opens the image that the path names: its segments beside it are found by their names.
    ///
    /// # Errors
    /// When it cannot be opened, or nothing here reads its format: why, as a finding.
    pub fn open(path: &Path) -> Result<Self, Unread> {
        let mut opened = Vec::new();
        for path in segments(path) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let segment = File::open(&path).and_then(|file| Segment::of_file(&name, file));
            opened.push(segment.map_err(|error| {
                unread(&name, Why::Truncated, "a file that can be opened", error.to_string())
            })?);
        }
        Self::of_segments(opened)
    }

    /// The image that these segments are of, in any order. Their names tell their numbers where their bytes do not.
    ///
    /// # Errors
    /// When nothing here reads its format, or it is too damaged to be read at all.
    pub fn of_segments(segments: Vec<Segment>) -> Result<Self, Unread> {
        let Some(first) = segments.first() else {
            return Err(unread("", Why::Truncated, "an image", "no segment".to_owned()));
        };
        let mut head = [0; 128];
        let taken = first.bytes.read_at(0, &mut head).map_err(|error| {
            unread(&first.name, Why::Truncated, "a file that can be read", error.to_string())
        })?;
        if ewf::is_ewf(&head[..taken]) {
            return ewf::open(segments);
        }
        match container(first, &head[..taken]) {
            Some(name) => Err(unread(
                &first.name,
                Why::Unsupported,
                "a raw image, E01 or Ex01",
                format!("{name}\nthe Sleuth Kit, where it is installed, reads some of these"),
            )),
            None => raw::open(segments),
        }
    }

    /// These bytes as a raw image.
    #[must_use]
    pub fn of_bytes(bytes: Box<dyn ReadAt>) -> Self {
        Self { format: "raw", stored: Hashes::default(), findings: Vec::new(), bytes }
    }

    /// Reads the whole medium and takes its MD5 and SHA-1, to compare with what is stored.
    ///
    /// # Errors
    /// When a byte of it is missing or damaged: there is no hash of a part. Or when `stop` says so.
    pub fn hashes(&self, stop: &dyn Fn() -> bool) -> Result<Hashes, Unread> {
        if let Some(finding) = self.findings.iter().find(|finding| finding.why == Why::Truncated) {
            return Err(finding.clone());
        }
        let (mut md5, mut sha1) = (Md5::new(), Sha1::new());
        let mut buffer = vec![0; 1 << 20];
        let mut at = 0;
        while at < self.size() {
            let place = format!("byte {at}");
            if stop() {
                return Err(unread(&place, Why::Limit, "time to read all bytes", "an end of it".to_owned()));
            }
            let taken = self.read_at(at, &mut buffer).map_err(|error| {
                let fault = Fault::of(&error);
                unread(&place, fault.why, &fault.expected, fault.found)
            })?;
            if taken == 0 {
                let expected = format!("{} bytes", self.size());
                return Err(unread(&place, Why::Truncated, &expected, "an end".to_owned()));
            }
            md5.update(&buffer[..taken]);
            sha1.update(&buffer[..taken]);
            at += taken as u64;
        }
        Ok(Hashes { md5: Some(md5.finalize().into()), sha1: Some(sha1.finalize().into()) })
    }
}

impl ReadAt for Image {
    fn size(&self) -> u64 {
        self.bytes.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.bytes.read_at(offset, buffer)
    }
}

/// A container that nothing here reads, by its marks.
fn container(segment: &Segment, head: &[u8]) -> Option<&'static str> {
    const HEADS: &[(usize, &[u8], &str)] = &[
        (0, b"LVF\x09\x0d\x0a\xff\x00", "a logical evidence file (L01)"),
        (0, b"LEF2\x0d\x0a\x81\x00", "a logical evidence file (Lx01)"),
        (0, b"KDMV", "a VMware disk (VMDK)"),
        (0, b"COWD", "a VMware disk (VMDK)"),
        (0, b"# Disk DescriptorFile", "the description of a VMware disk (VMDK)"),
        (0, b"conectix", "a virtual hard disk (VHD)"),
        (0, b"vhdxfile", "a virtual hard disk (VHDX)"),
        (0, b"QFI\xfb", "a QEMU disk (QCOW)"),
        (0, b"AFF10\r\n\0", "an advanced forensic file (AFF)"),
        (0x40, b"\x7f\x10\xda\xbe", "a VirtualBox disk (VDI)"),
        (0, b"ADSEGMENTEDFILE", "an AccessData image (AD1)"),
    ];
    let by_head =
        HEADS.iter().find(|(at, mark, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(mark)));
    if let Some((_, _, name)) = by_head {
        return Some(name);
    }
    let mut tail = [0; 8];
    read_exact_at(&*segment.bytes, segment.bytes.size().checked_sub(512)?, &mut tail).ok()?;
    match &tail {
        b"conectix" => Some("a virtual hard disk (VHD)"),
        [b'k', b'o', b'l', b'y', ..] => Some("a disk image of macOS (DMG)"),
        _ => None,
    }
}

/// A finding about the image as a whole.
fn unread(place: &str, why: Why, expected: &str, found: String) -> Unread {
    Unread { place: place.to_owned(), why, expected: expected.to_owned(), found }
}

/// A file on disk, read only.
struct OpenFile {
    file: RefCell<File>,
    size: u64,
}

impl OpenFile {
    fn new(mut file: File) -> io::Result<Self> {
        // A device has no length in its metadata, but an end.
        let size = file.seek(SeekFrom::End(0))?;
        Ok(Self { file: RefCell::new(file), size })
    }
}

impl ReadAt for OpenFile {
    fn size(&self) -> u64 {
        self.size
    }

    #[cfg(unix)]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        use std::os::unix::fs::FileExt as _;
        let file = self.file.borrow();
        filled(buffer, |done, rest| file.read_at(rest, offset.saturating_add(done)))
    }

    #[cfg(not(unix))]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        use std::io::Read as _;
        let mut file = self.file.borrow_mut();
        file.seek(SeekFrom::Start(offset))?;
        filled(buffer, |_, rest| file.read(rest))
    }
}

/// Calls `read` until the buffer is full or nothing more comes.
fn filled(buffer: &mut [u8], mut read: impl FnMut(u64, &mut [u8]) -> io::Result<usize>) -> io::Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        match read(done as u64, &mut buffer[done..]) {
            Ok(0) => break,
            Ok(taken) => done += taken,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}
