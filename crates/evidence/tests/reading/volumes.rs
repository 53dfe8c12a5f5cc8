//! Tables of volumes, and what volumes hold.

use tutela_evidence::entry::Why;
use tutela_evidence::volume::{Content, recognise, volumes};

use crate::made::fat::{Fat, entry};
use crate::made::{content, put, seen};

/// An entry of a master boot record, in sectors.
fn slot(kind: u8, start: u32, sectors: u32) -> [u8; 16] {
    let mut slot = [0; 16];
    slot[4] = kind;
    put(&mut slot, 8, &start.to_le_bytes());
    put(&mut slot, 12, &sectors.to_le_bytes());
    slot
}

fn table(bytes: &mut [u8], sector: usize, slots: &[[u8; 16]]) {
    for (slot_idx, slot) in slots.iter().enumerate() {
        put(bytes, sector * 512 + 446 + slot_idx * 16, slot);
    }
    put(bytes, sector * 512 + 510, &[0x55, 0xaa]);
}

/// Where volumes lie: offset and length, in sectors.
fn places(bytes: &[u8]) -> Vec<(u64, u64)> {
    let found = volumes(&bytes.to_vec()).volumes.unwrap_or_default();
    found.iter().map(|volume| (volume.offset / 512, volume.length / 512)).collect()
}

#[test]
fn logical_volumes_follow_the_others_and_each_link_counts_from_its_own_place() {
    let mut bytes = vec![0; 512 * 1000];
    table(&mut bytes, 0, &[slot(0x0c, 10, 90), slot(0x05, 200, 500), slot(0x07, 800, 100)]);
    table(&mut bytes, 200, &[slot(0x83, 5, 50), slot(0x05, 100, 60)]);
    table(&mut bytes, 300, &[slot(0x83, 5, 50)]);
    assert_eq!(places(&bytes), [(10, 90), (800, 100), (205, 50), (305, 50)]);
    let seen = seen(bytes);
    let gaps: Vec<(u64, u64)> = seen
        .parts
        .iter()
        .filter(|part| part.name.starts_with("gap"))
        .map(|part| (part.offset / 512, part.length / 512))
        .collect();
    assert_eq!(gaps, [(0, 10), (100, 105), (255, 50), (355, 445), (900, 100)]);
}

#[test]
fn a_chain_of_logical_volumes_in_a_circle_ends_with_a_finding() {
    let mut bytes = vec![0; 512 * 1000];
    table(&mut bytes, 0, &[slot(0x0f, 200, 500)]);
    table(&mut bytes, 200, &[slot(0x83, 5, 50), slot(0x05, 100, 60)]);
    table(&mut bytes, 300, &[slot(0x83, 5, 50), slot(0x05, 0, 60)]);
    let found = volumes(&bytes);
    assert_eq!(found.volumes.expect("volumes").len(), 2);
    assert_eq!(found.faults[0].3, "a link that was followed before");
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// A GUID table with these volumes, in sectors, and its copy at the end.
fn guid_table(bytes: &mut [u8], volumes: &[(u64, u64, &str)]) {
    let last = bytes.len() / 512 - 1;
    table(bytes, 0, &[slot(0xee, 1, last as u32)]);
    let mut entries = vec![0; 128 * 128];
    for (volume_idx, (first, sectors, name)) in volumes.iter().enumerate() {
        let entry = &mut entries[volume_idx * 128..][..128];
        entry[..16].fill(0x11);
        put(entry, 32, &first.to_le_bytes());
        put(entry, 40, &(first + sectors - 1).to_le_bytes());
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        put(entry, 56, &name);
    }
    for (at, start) in [(1, 2), (last, last - 32)] {
        put(bytes, start * 512, &entries);
        let mut head = vec![0; 92];
        put(&mut head, 0, b"EFI PART\0\0\x01\0");
        put(&mut head, 12, &92_u32.to_le_bytes());
        put(&mut head, 72, &(start as u64).to_le_bytes());
        put(&mut head, 80, &128_u32.to_le_bytes());
        put(&mut head, 84, &128_u32.to_le_bytes());
        put(&mut head, 88, &crc(&entries).to_le_bytes());
        let sum = crc(&head);
        put(&mut head, 16, &sum.to_le_bytes());
        put(bytes, at * 512, &head);
    }
}

#[test]
fn a_guid_table_is_read_and_its_copy_when_it_is_damaged() {
    let mut bytes = vec![0; 512 * 2000];
    guid_table(&mut bytes, &[(100, 200, "Basic data partition"), (400, 1000, "")]);
    assert_eq!(places(&bytes), [(100, 200), (400, 1000)]);
    let found = volumes(&bytes);
    assert_eq!(found.faults, []);
    let said = &found.volumes.expect("volumes")[0].said;
    assert_eq!(said, "11111111-1111-1111-1111-111111111111 Basic data partition");
    for (damaged, place) in [
        (512 + 40, "the first table"),
        (1999 * 512 + 40, "the copy of the table"),
        (2 * 512 + 33, "the first table"),
    ] {
        let mut bytes = bytes.clone();
        bytes[damaged] ^= 1;
        assert_eq!(places(&bytes), [(100, 200), (400, 1000)]);
        assert_eq!(volumes(&bytes).faults[0].0, place);
    }
    bytes[512] = 0;
    bytes[1999 * 512] = 0;
    assert_eq!(volumes(&bytes).faults[0].3, "neither with the right checksums");
}

#[test]
fn a_file_system_alone_is_no_table() {
    let made = Fat::new(16);
    assert!(volumes(&made.bytes).volumes.is_none());
    assert_eq!(seen(made.bytes).parts[0].what, "FAT");
}

#[test]
fn what_is_left_of_an_earlier_file_system_does_not_hide_the_table() {
    let mut bytes = vec![0; 512 * 1000];
    put(&mut bytes, 0x438, b"\x53\xef");
    assert_eq!(seen(bytes.clone()).parts[0].what, "ext2, ext3 or ext4");
    table(&mut bytes, 0, &[slot(0x0c, 10, 90)]);
    assert_eq!(places(&bytes), [(10, 90)]);
}

#[test]
fn volumes_have_paths_of_their_own_and_places_in_the_image() {
    let mut made = Fat::new(16);
    let bytes = content(1, 300);
    made.file(0, b"A       BIN", &[10], &bytes);
    let at = made.at(10) as u64;
    let sectors = made.bytes.len() as u32 / 512;
    let mut image = vec![0; 64 * 512];
    table(&mut image, 0, &[slot(0x06, 64, sectors), slot(0x83, 64 + sectors, 200)]);
    image.extend(made.bytes);
    image.extend([0; 100 * 512]);
    let seen = seen(image);
    assert_eq!(seen.paths(), ["volume-1/A.BIN"]);
    assert_eq!(seen.entry("volume-1/A.BIN").runs[0].offset, Some(64 * 512 + at));
    assert_eq!(seen.bytes("volume-1/A.BIN"), bytes);
    let cut: Vec<&str> = seen
        .findings()
        .iter()
        .filter(|(_, why, _)| *why == Why::Truncated)
        .map(|(place, ..)| *place)
        .collect();
    assert_eq!(cut, ["volume-2"]);
}

#[test]
fn what_a_volume_holds_is_named_by_its_marks() {
    let marked = |at: usize, mark: &[u8]| {
        let mut bytes = vec![0; 70 << 10];
        put(&mut bytes, at, mark);
        recognise(&bytes)
    };
    for (at, mark, content) in [
        (3, &b"-FVE-FS-"[..], Content::Encrypted("BitLocker")),
        (0, b"LUKS\xba\xbe\0\x01", Content::Encrypted("LUKS1")),
        (0, b"LUKS\xba\xbe\0\x02", Content::Encrypted("LUKS2")),
        (0x438, b"\x53\xef", Content::Foreign("ext2, ext3 or ext4")),
        (0x400, b"H+\0\x04", Content::Foreign("HFS+")),
        (32, b"NXSB", Content::Foreign("APFS")),
        (0x10040, b"_BHRfS_M", Content::Foreign("Btrfs")),
        (0, b"XFSB", Content::Foreign("XFS")),
        (0x8001, b"CD001", Content::Foreign("ISO 9660")),
        (3, b"ReFS\0\0\0\0", Content::Foreign("ReFS")),
        (3, b"NTFS    ", Content::Ntfs),
        (3, b"EXFAT   ", Content::ExFat),
    ] {
        assert_eq!(marked(at, mark), content);
    }
    assert_eq!(recognise(&vec![0; 70 << 10]), Content::Zeros);
    assert_eq!(recognise(&content(1, 70 << 10)), Content::Random);
    assert_eq!(recognise(&b"a text of many words, none of them a mark ".repeat(2000)), Content::Unknown);
    let packed = {
        use std::io::Write as _;
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        (0..60_000_u32)
            .for_each(|n| encoder.write_all(format!("{} {}\n", n, n % 97).as_bytes()).expect("into memory"));
        encoder.finish().expect("into memory")
    };
    assert!(packed.len() > 70 << 10);
    assert_eq!(recognise(&packed), Content::Unknown, "packed bytes are not random ones");
}

#[test]
fn an_encrypted_apfs_says_so_in_its_first_volume() {
    let mut bytes = vec![0; 70 << 12];
    put(&mut bytes, 32, b"NXSB");
    put(&mut bytes, 36, &4096_u32.to_le_bytes());
    put(&mut bytes, 5 * 4096 + 32, b"APSB");
    assert_eq!(recognise(&bytes), Content::Encrypted("APFS (FileVault)"));
    bytes[5 * 4096 + 264] = 1;
    assert_eq!(recognise(&bytes), Content::Foreign("APFS"));
}

#[test]
fn encrypted_and_foreign_volumes_are_findings_and_the_others_are_read() {
    let mut made = Fat::new(16);
    made.root_slot(0, &entry(b"A       TXT", 0x20, 0, 0));
    let sectors = made.bytes.len() as u32 / 512;
    let mut image = vec![0; 600 * 512];
    let slots = [slot(0x07, 10, 200), slot(0x83, 210, 150), slot(0x83, 360, 200), slot(0x06, 600, sectors)];
    table(&mut image, 0, &slots);
    put(&mut image, 10 * 512 + 3, b"-FVE-FS-");
    put(&mut image, 210 * 512, &content(7, 150 * 512));
    put(&mut image, 360 * 512, b"XFSB");
    image.extend(made.bytes);
    let seen = seen(image);
    let why: Vec<(&str, Why)> = seen.findings().iter().map(|(place, why, _)| (*place, *why)).collect();
    assert_eq!(
        why,
        [("volume-1", Why::Encrypted), ("volume-2", Why::Encrypted), ("volume-3", Why::Unsupported)]
    );
    assert!(seen.findings()[1].2.starts_with("bytes that cannot be told from random ones"));
    assert_eq!(seen.paths(), ["volume-4/A.TXT"]);
}
