//! The volumes of an image, as `mmls` and `pstat` list them.

/// A volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Its first sector.
    pub start: u64,
    /// How many sectors.
    pub length: u64,
    /// Bytes of a sector.
    pub sector: u64,
    /// What the table says of it: `NTFS / exFAT (0x07)`.
    pub said: String,
}

/// Volumes that are read at most: tables of partitions have 128 at most, chains of extended ones may be endless.
pub const MAX_VOLUMES: usize = 256;

/// The volumes that `mmls` lists, in its order. A line has a number, a slot, first sector, last, count and what it is.
#[must_use]
pub fn read(listing: &str) -> Vec<Volume> {
    let unit =
        listing.lines().find_map(|line| line.strip_prefix("Units are in ")?.split('-').next()?.parse().ok());
    let sector = unit.unwrap_or(512);
    let volume = |line: &str| {
        let mut words = line.split_whitespace();
        let _number: u64 = words.next()?.strip_suffix(':')?.parse().ok()?;
        // `Meta` for the table itself, dashes for what no volume has.
        let slot = words.next()?;
        if slot.split(':').any(|part| part.parse::<u64>().is_err()) {
            return None;
        }
        let (start, _last, length) = (words.next()?, words.next()?, words.next()?);
        let (start, length) = (start.parse().ok()?, length.parse().ok()?);
        Some(Volume { start, length, sector, said: words.collect::<Vec<_>>().join(" ") })
    };
    listing.lines().filter_map(volume).take(MAX_VOLUMES).collect()
}

/// A volume of an APFS container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pooled {
    /// The block of its superblock, by which `fls -B` and `icat -B` take it.
    pub block: u64,
    /// Its name.
    pub name: String,
    /// Whether it is encrypted.
    pub encrypted: bool,
}

/// The volumes that `pstat` lists. A name is read only where its volume's lines have it, and shown, never used.
#[must_use]
pub fn read_pool(listing: &str) -> Vec<Pooled> {
    let mut volumes: Vec<Pooled> = Vec::new();
    for line in listing.lines() {
        let line = line.trim_start_matches(['|', ' ']);
        if let Some(block) =
            line.strip_prefix("APSB Block Number: ").and_then(|block| block.trim().parse().ok())
        {
            if volumes.len() == MAX_VOLUMES {
                break;
            }
            volumes.push(Pooled { block, name: String::new(), encrypted: false });
        } else if let Some(volume) = volumes.last_mut() {
            if let Some(name) = line.strip_prefix("Name (Role): ").filter(|_| volume.name.is_empty()) {
                volume.name = name.chars().take(256).collect();
            }
            volume.encrypted |= line.starts_with("Encrypted: Yes");
        }
    }
    volumes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_are_the_numbered_slots_of_the_table() {
        let listing = "DOS Partition Table\nOffset Sector: 0\nUnits are in 4096-byte sectors\n\n\
                       \x20     Slot      Start        End          Length       Description\n\
                       000:  Meta      0000000000   0000000000   0000000001   Primary Table (#0)\n\
                       001:  -------   0000000000   0000002047   0000002048   Unallocated\n\
                       002:  000:000   0000002048   0000102399   0000100352   NTFS / exFAT (0x07)\n\
                       003:  001       0000102400   0000102401   0000000002   \n";
        let said = |said: &str, start, length| Volume { start, length, sector: 4096, said: said.to_owned() };
        assert_eq!(read(listing), [said("NTFS / exFAT (0x07)", 2048, 100_352), said("", 102_400, 2)]);
        assert_eq!(read("002:  000:000   x   1   1   NTFS\n\nunits"), []);
    }

    #[test]
    fn volumes_of_a_container_have_their_block() {
        let listing = "Type: APFS\n|\n+-> Volume 458ed10d\n|   APSB Block Number: 107\n|   Name (Role): photos (No \
                       specific role)\n|   Encrypted: No\n|\n+-> Volume 5\n|   APSB Block Number: 9\n|   Encrypted: Yes\n";
        let pooled = |block, name: &str, encrypted| Pooled { block, name: name.to_owned(), encrypted };
        assert_eq!(
            read_pool(listing),
            [pooled(107, "photos (No specific role)", false), pooled(9, "", true)]
        );
        assert_eq!(read_pool("APSB Block Number: -\nName (Role): x"), []);
    }
}
