//! What a volume holds, by its marks: a file system, something encrypted, zeros, or bytes like random ones.

use crate::image::{ReadAt, u16_at, u32_at, u64_at};

/// What a volume holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// NTFS.
    Ntfs,
    /// FAT12, FAT16 or FAT32.
    Fat,
    /// exFAT.
    ExFat,
    /// Something encrypted that says so: how.
    Encrypted(&'static str),
    /// Another file system, or a volume of volumes: its name.
    Foreign(&'static str),
    /// Nothing but zeros in the first 64 KiB.
    Zeros,
    /// Bytes without any mark that cannot be told from random ones.
    Random,
    /// Something else.
    Unknown,
}

impl Content {
    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ntfs => "NTFS",
            Self::Fat => "FAT",
            Self::ExFat => "exFAT",
            Self::Encrypted(name) | Self::Foreign(name) => name,
            Self::Zeros => "zeros",
            Self::Random => "bytes like random ones",
            Self::Unknown => "unknown",
        }
    }
}

/// How many bytes of a volume are looked at: marks lie in the first 64 KiB and some.
const HEAD: usize = 68 << 10;

/// Marks of what is not read here, and where they lie.
const MARKS: &[(usize, &[u8], Content)] = &[
    (3, b"-FVE-FS-", Content::Encrypted("BitLocker")),
    (0, b"LUKS\xba\xbe\0\x01", Content::Encrypted("LUKS1")),
    (0, b"LUKS\xba\xbe\0\x02", Content::Encrypted("LUKS2")),
    (0, b"encrcdsa", Content::Encrypted("an encrypted disk image of macOS")),
    (0, b"XFSB", Content::Foreign("XFS")),
    (0x10040, b"_BHRfS_M", Content::Foreign("Btrfs")),
    (0x8001, b"CD001", Content::Foreign("ISO 9660")),
    (0x8001, b"BEA01", Content::Foreign("UDF")),
    (0x8001, b"NSR0", Content::Foreign("UDF")),
    (3, b"ReFS\0\0\0\0", Content::Foreign("ReFS")),
    (0x400, b"H+\0\x04", Content::Foreign("HFS+")),
    (0x400, b"HX\0\x05", Content::Foreign("HFSX")),
    (0x400, b"BD", Content::Foreign("HFS")),
    (0x400, b"\x10\x20\xf5\xf2", Content::Foreign("F2FS")),
    (0x10034, b"ReIsEr", Content::Foreign("ReiserFS")),
    (0x218, b"LABELONE", Content::Foreign("LVM2")),
    (0x200, b"LABELONE", Content::Foreign("LVM2")),
    (0x1000, b"\xfc\x4e\x2b\xa9", Content::Foreign("a Linux RAID")),
    (0, b"hsqs", Content::Foreign("SquashFS")),
    (0xff6, b"SWAPSPACE2", Content::Foreign("Linux swap")),
    (0, b"VMFS", Content::Foreign("VMFS")),
];

/// What the bytes are, by their beginning.
#[must_use]
pub fn recognise(volume: &dyn ReadAt) -> Content {
    let mut head = vec![0; HEAD.min(usize::try_from(volume.size()).unwrap_or(HEAD))];
    // What cannot be read of the head reads as zeros: it decides nothing.
    let mut taken = volume.read_at(0, &mut head).unwrap_or_default();
    if taken == 0 {
        let first = head.len().min(512);
        taken = volume.read_at(0, &mut head[..first]).unwrap_or_default();
    }
    head.truncate(taken);
    by_marks(volume, &head)
}

fn by_marks(volume: &dyn ReadAt, head: &[u8]) -> Content {
    let marked = |at: usize, mark: &[u8]| head.get(at..).is_some_and(|rest| rest.starts_with(mark));
    let encrypted = |content: &Content| matches!(content, Content::Encrypted(_));
    let named = |wanted: bool| {
        let mut found = MARKS.iter().filter(|(at, mark, _)| marked(*at, mark));
        found.find(|(_, _, content)| encrypted(content) == wanted).map(|(_, _, content)| *content)
    };
    if let Some(content) = named(true) {
        return content;
    }
    // BitLocker To Go hides behind a FAT that says so in a GUID.
    if marked(424, &[0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a]) {
        return Content::Encrypted("BitLocker To Go");
    }
    // What lies further in may be left from an earlier file system: the first sector counts before it.
    if marked(3, b"EXFAT   ") {
        return Content::ExFat;
    }
    if marked(3, b"NTFS    ") {
        return Content::Ntfs;
    }
    if is_fat(head) {
        return Content::Fat;
    }
    if marked(32, b"NXSB") {
        return apfs(volume, head);
    }
    if let Some(content) = named(false) {
        return content;
    }
    if u16_at(head, 0x438) == 0xef53 {
        return Content::Foreign("ext2, ext3 or ext4");
    }
    if !head.is_empty() && head.iter().all(|byte| *byte == 0) {
        return Content::Zeros;
    }
    if is_random(head) { Content::Random } else { Content::Unknown }
}

/// Whether the first sector describes a FAT: every field of it within what the format allows.
fn is_fat(head: &[u8]) -> bool {
    if head.len() < 512 {
        return false;
    }
    let sector = u16_at(head, 11);
    let jump = matches!(head[0], 0xe9 | 0xeb);
    let sectors = u32::from(u16_at(head, 19)).max(u32_at(head, 32));
    let table = u32::from(u16_at(head, 22)).max(u32_at(head, 36));
    (jump || head[510..512] == [0x55, 0xaa])
        && [512, 1024, 2048, 4096].contains(&sector)
        && head[13].is_power_of_two()
        && u16_at(head, 14) > 0
        && (1..=2).contains(&head[16])
        && matches!(head[21], 0xf0 | 0xf8..=0xff)
        && sectors > 0
        && table > 0
}

/// A container of APFS. The flags of its first volume say whether it is encrypted: they lie where its object map leads,
/// which is followed only so far as it is plain.
fn apfs(volume: &dyn ReadAt, head: &[u8]) -> Content {
    let block = u64::from(u32_at(head, 36));
    let mut unencrypted = None;
    // A volume's head begins with its mark at byte 32 of its block; flags at 264, of which bit 0 says unencrypted.
    for at in (0..64).map(|number| number * block) {
        let mut found = [0; 272];
        if block >= 4096
            && volume.read_at(at, &mut found).is_ok_and(|taken| taken == 272)
            && found[32..36] == *b"APSB"
        {
            unencrypted = Some(u64_at(&found, 264) & 1 != 0);
        }
    }
    match unencrypted {
        Some(false) => Content::Encrypted("APFS (FileVault)"),
        Some(true) | None => Content::Foreign("APFS"),
    }
}

/// Whether every byte value is about as frequent as in random bytes; of fewer than 64 KiB it cannot be told.
///
/// The sum of squared differences from the mean, over the mean, is near 255 with a spread of 23 for random bytes
/// (Pearson); text, code and tables are above 10,000 for 64 KiB, packed pictures mostly above 400.
#[must_use]
pub fn is_random(bytes: &[u8]) -> bool {
    if bytes.len() < 64 << 10 {
        return false;
    }
    let mut counts = [0_u64; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let total = bytes.len() as u64;
    // Multiplied by 256 × the number of bytes, to stay in whole numbers.
    let squared: u64 = counts.iter().map(|count| (count * 256).abs_diff(total).pow(2)).sum();
    let (low, high) = (150 * 256 * total, 360 * 256 * total);
    (low..high).contains(&squared)
}
