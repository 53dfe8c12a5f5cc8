//! FAT12, FAT16 and FAT32 that were made entry by entry.

use tutela_evidence::entry::{Found, Run, Stamp, Why};
use tutela_evidence::image::ReadAt;
use tutela_evidence::walk::Limits;

use crate::made::fat::{CLUSTER, Fat, deleted, entry, long};
use crate::made::{content, put, seen, seen_within};

#[test]
fn files_of_all_three_have_their_bytes_in_whatever_order_their_clusters_lie() {
    for bits in [12, 16, 32] {
        let mut made = Fat::new(bits);
        let (short, split, large) = (content(1, 100), content(2, 3 * CLUSTER - 7), content(3, 40 * CLUSTER));
        made.file(0, b"SHORT   BIN", &[10], &short);
        made.file(1, b"SPLIT   BIN", &[20, 12, 11], &split);
        made.file(2, b"LARGE   BIN", &(100..140).collect::<Vec<_>>(), &large);
        made.root_slot(3, &entry(b"EMPTY   TXT", 0x20, 0, 0));
        let seen = seen(made.bytes.clone());
        assert_eq!(seen.paths(), ["SHORT.BIN", "SPLIT.BIN", "LARGE.BIN", "EMPTY.TXT"], "FAT{bits}");
        assert_eq!(seen.bytes("SHORT.BIN"), short);
        assert_eq!(seen.bytes("SPLIT.BIN"), split);
        assert_eq!(seen.bytes("LARGE.BIN"), large);
        assert_eq!(seen.bytes("EMPTY.TXT"), b"");
        assert_eq!(seen.findings(), []);
        let run = |cluster: u32, length: usize| Run {
            offset: Some(made.at(cluster) as u64),
            length: length as u64,
        };
        let expected = [run(20, CLUSTER), run(12, CLUSTER), run(11, CLUSTER - 7)];
        assert_eq!(
            seen.entry("SPLIT.BIN").runs,
            expected,
            "where the bytes lie, and not what fills the last cluster"
        );
        assert_eq!(seen.entry("SPLIT.BIN").id, "4");
    }
}

#[test]
fn times_are_of_the_wall_clock_with_the_width_that_they_are_kept_with() {
    let mut made = Fat::new(16);
    made.root_slot(0, &entry(b"A          ", 0x20, 0, 0));
    let times = seen(made.bytes).entry("A").times;
    let stamp = |at_us, width_us| Some(Stamp { at_us, width_us, local: true });
    assert_eq!(times.created, stamp(1_577_968_497_500_000, 10_000));
    assert_eq!(times.modified, stamp(1_577_968_496_000_000, 2_000_000));
    assert_eq!(times.accessed, stamp(1_577_923_200_000_000, 86_400_000_000));
    assert_eq!(times.changed, None);
}

#[test]
fn a_long_name_is_kept_as_it_is_written_with_characters_that_act() {
    let names = [
        "a long name with blanks.jpeg",
        "line\nbreak\u{1b}[31m.txt",
        "invoice\u{202e}gpj.exe",
        "日本語の名前.png",
    ];
    let mut made = Fat::new(16);
    let mut slot = 0;
    for (name_idx, name) in names.iter().enumerate() {
        let short: [u8; 11] = format!("NAME~{}  TXT", name_idx + 1).into_bytes().try_into().expect("eleven");
        for piece in long(name, &short) {
            made.root_slot(slot, &piece);
            slot += 1;
        }
        made.root_slot(slot, &entry(&short, 0x20, 0, 0));
        slot += 1;
    }
    assert_eq!(seen(made.bytes).paths(), names);
}

#[test]
fn a_long_name_that_would_part_a_path_or_is_of_another_entry_gives_way_to_the_short_one() {
    let mut made = Fat::new(16);
    let slots = [
        long("../../etc/passwd", b"EVIL    TXT"),
        vec![entry(b"EVIL    TXT", 0x20, 0, 0)],
        long("of another file.txt", b"OTHER   TXT"),
        vec![entry(b"THIS    TXT", 0x20, 0, 0)],
    ];
    slots.concat().iter().enumerate().for_each(|(slot, bytes)| made.root_slot(slot, bytes));
    assert_eq!(seen(made.bytes).paths(), ["EVIL.TXT", "THIS.TXT"]);
}

#[test]
fn a_deleted_file_is_guessed_over_free_clusters_and_keeps_its_long_name() {
    let mut made = Fat::new(16);
    let bytes = content(4, 3 * CLUSTER - 50);
    let pieces = long("holiday picture.jpg", b"HOLIDA~1JPG");
    // Cluster 31 is of a file that is there; the deleted one goes on behind it.
    made.file(0, b"THERE   BIN", &[31], &content(5, CLUSTER));
    made.fill(&[30, 32, 33], &bytes);
    let mut slot = 1;
    for piece in pieces {
        made.root_slot(slot, &deleted(piece));
        slot += 1;
    }
    made.root_slot(slot, &deleted(entry(b"HOLIDA~1JPG", 0x20, 30, bytes.len() as u32)));
    made.root_slot(slot + 1, &deleted(entry(b"SHORT   JPG", 0x20, 40, 5)));
    let seen = seen(made.bytes);
    assert_eq!(seen.paths(), ["THERE.BIN", "deleted holiday picture.jpg", "deleted _HORT.JPG"]);
    assert_eq!(seen.entry("holiday picture.jpg").found, Found::Guessed);
    assert_eq!(seen.bytes("holiday picture.jpg"), bytes);
}

#[test]
fn a_deleted_file_whose_first_cluster_is_in_use_has_lost_its_bytes() {
    let mut made = Fat::new(16);
    made.file(0, b"LIVE    BIN", &[30], &content(6, CLUSTER));
    made.root_slot(1, &deleted(entry(b"GONE    BIN", 0x20, 30, 100)));
    made.root_slot(2, &deleted(entry(b"HUGE    BIN", 0x20, 40, 5000 * CLUSTER as u32)));
    let seen = seen(made.bytes);
    for path in ["_ONE.BIN", "_UGE.BIN"] {
        assert_eq!((seen.entry(path).found, seen.entry(path).runs.len()), (Found::Lost, 0), "{path}");
    }
    assert!(
        seen.entries.iter().skip(1).all(|(_, bytes)| bytes.is_none()),
        "no bytes of the live file are given as theirs"
    );
}

#[test]
fn a_deleted_folder_is_read_where_it_is_still_one_and_what_nothing_names_is_found() {
    let mut made = Fat::new(32);
    let bytes = content(7, CLUSTER);
    made.root_slot(0, &deleted(entry(b"OLD        ", 0x10, 50, 0)));
    made.folder(50, 0);
    made.slot(50, 2, &deleted(entry(b"INSIDE  BIN", 0x20, 51, CLUSTER as u32)));
    made.fill(&[51], &bytes);
    // The entry of this folder is gone; its second cluster lies elsewhere.
    made.folder(60, 0);
    made.slot(60, 2, &deleted(entry(b"LEFT    BIN", 0x20, 51, CLUSTER as u32)));
    made.root_slot(1, &deleted(entry(b"NOFOLDER   ", 0x10, 70, 0)));
    made.fill(&[70], &content(8, CLUSTER));
    let seen = seen(made.bytes);
    let paths =
        ["deleted _LD/", "deleted _LD/_NSIDE.BIN", "deleted _OFOLDER/", "orphan $OrphanFiles/_EFT.BIN"];
    assert_eq!(seen.paths(), paths);
    assert_eq!(seen.bytes("_LD/_NSIDE.BIN"), bytes);
    assert_eq!(seen.bytes("$OrphanFiles/_EFT.BIN"), bytes);
    assert_eq!(seen.entry("_OFOLDER").found, Found::Lost);
}

#[test]
fn bytes_of_files_in_free_clusters_are_no_entries() {
    let mut made = Fat::new(16);
    made.fill(&(10..300).collect::<Vec<_>>(), &content(9, 290 * CLUSTER));
    let text: Vec<u8> = b"From: someone@example.org  Date: 2020-01-02 12:34  Size: 00001234\r\n".repeat(2000);
    made.fill(&(400..600).collect::<Vec<_>>(), &text);
    made.fill(&(700..720).collect::<Vec<_>>(), &vec![b'0'; 20 * CLUSTER]);
    made.fill(&(800..820).collect::<Vec<_>>(), &vec![0xe5; 20 * CLUSTER]);
    made.fill(&(900..920).collect::<Vec<_>>(), &vec![0xff; 20 * CLUSTER]);
    assert!(seen(made.bytes).entries.is_empty());
}

#[test]
fn folders_in_a_circle_end_with_a_finding() {
    let mut made = Fat::new(16);
    made.chain(&[10]);
    made.chain(&[11]);
    made.root_slot(0, &entry(b"A          ", 0x10, 10, 0));
    made.folder(10, 0);
    made.slot(10, 2, &entry(b"B          ", 0x10, 11, 0));
    made.folder(11, 10);
    made.slot(11, 2, &entry(b"C          ", 0x10, 10, 0));
    made.slot(11, 3, &entry(b"AFTER   TXT", 0x20, 0, 0));
    let seen = seen(made.bytes);
    assert_eq!(seen.paths(), ["A/", "A/B/", "A/B/C/", "A/B/AFTER.TXT"]);
    assert_eq!(
        seen.findings(),
        [("A/B/C", Why::Damaged, "one that begins with cluster 10, which was read before")]
    );
}

#[test]
fn chains_that_circle_end_early_or_leave_the_volume_say_so_and_give_what_there_is() {
    let mut made = Fat::new(16);
    let bytes = content(10, 10 * CLUSTER);
    made.file(0, b"CIRCLE  BIN", &[10, 11, 12], &bytes[..3 * CLUSTER]);
    made.link(12, 11);
    put(&mut made.bytes, 0, &[]);
    made.root_slot(0, &entry(b"CIRCLE  BIN", 0x20, 10, 9 * CLUSTER as u32));
    made.file(1, b"SHORT   BIN", &[20, 21], &bytes[..2 * CLUSTER]);
    made.root_slot(1, &entry(b"SHORT   BIN", 0x20, 20, 9 * CLUSTER as u32));
    made.file(2, b"OUTSIDE BIN", &[30], &bytes[..CLUSTER]);
    made.link(30, 5900);
    made.root_slot(2, &entry(b"OUTSIDE BIN", 0x20, 30, 9 * CLUSTER as u32));
    made.root_slot(3, &entry(b"NOWHERE BIN", 0x20, 5900, 9));
    made.root_slot(4, &entry(b"AFTER   TXT", 0x20, 0, 0));
    let seen = seen(made.bytes);
    let said = |path: &str| -> Vec<&str> {
        seen.findings().into_iter().filter(|(place, ..)| *place == path).map(|(.., found)| found).collect()
    };
    assert!(
        said("CIRCLE.BIN").iter().any(|found| found.starts_with("a chain that comes back to cluster")),
        "{seen:?}"
    );
    assert!(said("SHORT.BIN").contains(&"a chain that ends after 1024 bytes"), "{seen:?}");
    assert!(said("OUTSIDE.BIN").contains(&"a chain that leads to cluster 5900 after 512 bytes"), "{seen:?}");
    assert_eq!(
        seen.paths(),
        ["CIRCLE.BIN", "SHORT.BIN", "OUTSIDE.BIN", "AFTER.TXT"],
        "and a slot that cannot be one is none"
    );
    assert_eq!(said("the root"), ["1 slots that are none beside 4 that are"]);
}

#[test]
fn a_folder_of_garbage_ends_with_a_finding_and_the_rest_goes_on() {
    let mut made = Fat::new(16);
    made.chain(&(100..400).collect::<Vec<_>>());
    made.fill(&(100..400).collect::<Vec<_>>(), &content(11, 300 * CLUSTER));
    made.root_slot(0, &entry(b"GARBAGE    ", 0x10, 100, 0));
    made.root_slot(1, &entry(b"AFTER   TXT", 0x20, 0, 0));
    let seen = seen(made.bytes);
    assert_eq!(seen.paths(), ["GARBAGE/", "AFTER.TXT"]);
    let found: Vec<&str> = seen.findings().into_iter().map(|(.., found)| found).collect();
    assert_eq!(found[0], "one that does not begin with itself and the folder that it is in");
    assert_eq!(found[1], "64 slots that are none beside 0 that are: it is not read further");
}

/// A FAT32 whose root is a chain of 320 MB: its slots are made as they are read, so that no disk holds them.
struct Endless {
    head: Vec<u8>,
    clusters: u32,
    plausible: bool,
}

impl Endless {
    /// Bytes before the first cluster, of which the table is one part.
    fn table(&self) -> u64 {
        32 * 512
    }

    fn heap(&self) -> u64 {
        self.table() + u64::from(self.clusters + 2) * 4
    }

    fn byte(&self, at: u64) -> u8 {
        if at < self.table() {
            return self.head.get(at as usize).copied().unwrap_or_default();
        }
        if at < self.heap() {
            let cluster = ((at - self.table()) / 4) as u32;
            let next = if cluster < 2 || cluster > self.clusters { 0x0fff_ffff } else { cluster + 1 };
            return next.to_le_bytes()[(at % 4) as usize];
        }
        let (slot, inside) = ((at - self.heap()) / 32, ((at - self.heap()) % 32) as usize);
        if !self.plausible {
            let mixed = ((slot + 1) * 32 + inside as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            return ((mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as u8 | 1;
        }
        let name: [u8; 11] = format!("{slot:08}TXT").into_bytes().try_into().expect("eleven");
        entry(&name, 0x20, 0, 0)[inside]
    }
}

impl ReadAt for Endless {
    fn size(&self) -> u64 {
        self.heap() + u64::from(self.clusters) * 32_768
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        let taken = self.size().saturating_sub(offset).min(buffer.len() as u64) as usize;
        buffer[..taken].iter_mut().zip(offset..).for_each(|(byte, at)| *byte = self.byte(at));
        Ok(taken)
    }
}

#[test]
fn ten_million_slots_of_garbage_end_soon_with_a_finding() {
    let mut head = Fat::new(32).bytes[..512].to_vec();
    let clusters = 10_000_u32;
    head[13] = 64;
    put(&mut head, 14, &32_u16.to_le_bytes());
    let table_sectors = (clusters + 2).div_ceil(128);
    put(&mut head, 36, &table_sectors.to_le_bytes());
    put(&mut head, 32, &(32 + table_sectors + clusters * 64).to_le_bytes());
    // The table of sectors is a little longer than its entries: the heap begins behind whole sectors.
    let clusters = table_sectors * 128 - 2;
    for (plausible, n_entries, found) in [
        (false, 0, "64 slots that are none beside 0 that are: it is not read further"),
        (true, 65_536, "more clusters"),
    ] {
        let endless = Endless { head: head.clone(), clusters, plausible };
        assert!(u64::from(clusters) * 1024 > 10_000_000, "more than ten million slots");
        let seen = seen_within(Box::new(endless), Limits::default());
        assert_eq!(seen.entries.len(), n_entries);
        assert!(seen.findings().iter().any(|(.., said)| *said == found), "{:?}", seen.findings());
    }
}

#[test]
fn an_image_that_is_cut_off_gives_what_is_before_and_says_what_is_not() {
    let mut made = Fat::new(16);
    let (before, behind) = (content(12, CLUSTER), content(13, 2 * CLUSTER));
    made.file(0, b"BEFORE  BIN", &[10], &before);
    made.file(1, b"BEHIND  BIN", &[4000, 4001], &behind);
    let cut = made.at(4001);
    made.bytes.truncate(cut);
    let seen = seen(made.bytes);
    assert_eq!(seen.bytes("BEFORE.BIN"), before);
    let places: Vec<(&str, Why)> = seen.findings().iter().map(|(place, why, _)| (*place, *why)).collect();
    assert!(places.contains(&("the image", Why::Truncated)), "{seen:?}");
    assert!(places.contains(&("BEHIND.BIN", Why::Truncated)), "{seen:?}");
}

#[test]
fn a_label_is_told_and_is_no_file() {
    let mut made = Fat::new(12);
    made.root_slot(0, &entry(b"HOLIDAYS   ", 0x08, 0, 0));
    let seen = seen(made.bytes);
    assert_eq!(seen.paths(), ["HOLIDAYS (Volume Label Entry)"]);
    assert!(seen.entries[0].1.is_none());
}
