//! The GUID table (UEFI, section 5.3), behind a master boot record that protects it; and its copy at the end.

use super::{Volume, Volumes};
use crate::entry::Why;
use crate::image::{ReadAt, read_exact_at, u16_at, u32_at, u64_at};

/// The most entries of a table: 128 is usual.
const ENTRIES: u32 = 1024;

/// Reads the table, or its copy where it is damaged. No when the image has neither.
pub(super) fn read(image: &dyn ReadAt, sector: &[u8; 512], found: &mut Volumes) -> bool {
    let protected =
        sector[510..] == [0x55, 0xaa] && sector[446..510].chunks_exact(16).any(|slot| slot[4] == 0xee);
    for sector_size in [512, 4096] {
        let last = (image.size() / sector_size).saturating_sub(1);
        let first = table(image, 1, sector_size);
        let copy = table(image, last, sector_size);
        let (volumes, wrong) = match (first, copy) {
            (Ok(first), Ok(copy)) if first == copy => (first, None),
            (Ok(first), Ok(_)) => (first, Some(("the copy of the table", "another table".to_owned()))),
            (Ok(first), Err(fault)) => (first, Some(("the copy of the table", fault))),
            (Err(fault), Ok(copy)) => (copy, Some(("the first table", fault))),
            (Err(_), Err(_)) => continue,
        };
        if let Some((place, fault)) = wrong {
            found.fault(place, Why::Damaged, "two GUID tables that agree", fault);
        }
        found.volumes = Some(volumes);
        return true;
    }
    if protected {
        let expected = "a GUID table, or its copy at the end";
        found.fault("sector 1", Why::Damaged, expected, "neither with the right checksums".to_owned());
    }
    false
}

/// The volumes of the table in that sector; what is wrong with it when it is none.
fn table(image: &dyn ReadAt, at: u64, sector_size: u64) -> Result<Vec<Volume>, String> {
    let mut head = [0; 92];
    read_exact_at(image, at.saturating_mul(sector_size), &mut head).map_err(|error| error.to_string())?;
    if !head.starts_with(b"EFI PART") {
        return Err("no mark of a GUID table".to_owned());
    }
    let mut summed = head;
    summed[16..20].fill(0);
    if u32_at(&head, 12) != 92 || crc32(&summed) != u32_at(&head, 16) {
        return Err("a wrong checksum of its head".to_owned());
    }
    let (count, size) = (u32_at(&head, 80), u32_at(&head, 84));
    if count > ENTRIES || !(128..=4096).contains(&size) {
        return Err(format!("{count} entries of {size} bytes"));
    }
    let mut entries = vec![0; count as usize * size as usize];
    let start = u64_at(&head, 72).saturating_mul(sector_size);
    read_exact_at(image, start, &mut entries).map_err(|error| error.to_string())?;
    if crc32(&entries) != u32_at(&head, 88) {
        return Err("a wrong checksum of its entries".to_owned());
    }
    let used = entries.chunks_exact(size as usize).filter(|entry| entry[..16] != [0; 16]);
    Ok(used
        .map(|entry| {
            let (first, last) = (u64_at(entry, 32), u64_at(entry, 40));
            let units: Vec<u16> = entry[56..128].chunks_exact(2).map(|two| u16_at(two, 0)).collect();
            let name = String::from_utf16_lossy(&units);
            let name = name.trim_end_matches('\0');
            Volume {
                offset: first.saturating_mul(sector_size),
                length: last.saturating_add(1).saturating_sub(first).saturating_mul(sector_size),
                said: if name.is_empty() { guid(entry) } else { format!("{} {name}", guid(entry)) },
            }
        })
        .collect())
}

/// A GUID as it is written: its first three fields the lowest byte first.
fn guid(bytes: &[u8]) -> String {
    let rest =
        |from: usize, to: usize| bytes[from..to].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!(
        "{:08x}-{:04x}-{:04x}-{}-{}",
        u32_at(bytes, 0),
        u16_at(bytes, 4),
        u16_at(bytes, 6),
        rest(8, 10),
        rest(10, 16)
    )
}

/// CRC-32 as UEFI and ZIP have it.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}
