//! Files of eMule and aMule.

use md4::{Digest as _, Md4};
use md5::Md5;
use sha1::Sha1;

use super::{EVENING, cut, hash, joined};

/// A numbered tag: type, length of the name, name, value.
fn tag(kind: u8, id: u8, value: &[u8]) -> Vec<u8> {
    joined(&[&[kind, 1, 0, id], value])
}

fn text(id: u8, text: &str) -> Vec<u8> {
    tag(2, id, &joined(&[&(text.len() as u16).to_le_bytes(), text.as_bytes()]))
}

/// With the byte order mark before it, as eMule writes what its code page cannot hold and aMule writes every first name.
fn marked(id: u8, name: &str) -> Vec<u8> {
    text(id, &format!("\u{feff}{name}"))
}

fn number(id: u8, value: u32) -> Vec<u8> {
    tag(3, id, &value.to_le_bytes())
}

fn wide(id: u8, value: u64) -> Vec<u8> {
    tag(11, id, &value.to_le_bytes())
}

/// A side of a gap: its name is the side and the gap's number in digits.
fn gap(side: u8, idx: &str, value: u32) -> Vec<u8> {
    let name = joined(&[&[side], idx.as_bytes()]);
    joined(&[&[3], &(name.len() as u16).to_le_bytes(), &name, &value.to_le_bytes()])
}

fn tags(tags: &[Vec<u8>]) -> Vec<u8> {
    joined(&[&(tags.len() as u32).to_le_bytes(), &tags.concat()])
}

fn hash_set(file: &[u8; 16], parts: &[[u8; 16]]) -> Vec<u8> {
    joined(&[file, &(parts.len() as u16).to_le_bytes(), &parts.concat()])
}

fn record(modified: u32, file: &[u8; 16], parts: &[[u8; 16]], tag_list: &[Vec<u8>]) -> Vec<u8> {
    joined(&[&modified.to_le_bytes(), &hash_set(file, parts), &tags(tag_list)])
}

fn ed2k_of(parts: &[[u8; 16]]) -> [u8; 16] {
    Md4::digest(parts.concat()).into()
}

fn listed(version: u8, records: &[Vec<u8>]) -> Vec<u8> {
    joined(&[&[version], &(records.len() as u32).to_le_bytes(), &records.concat()])
}

fn emule_record() -> Vec<u8> {
    let tag_list = [
        marked(0x01, "file 1.bin"),
        number(0x02, 300_000),
        number(0x50, 4_096_000),
        number(0x51, 7),
        number(0x52, 3),
        number(0x54, 0),
        number(0x34, EVENING),
        number(0x19, 5),
        text(0x27, "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT"),
        tag(0x07, 0x35, &joined(&[&22_u32.to_le_bytes(), &hash::<20>(0), &0_u16.to_le_bytes()])),
        text(0xf6, "from the holiday"),
        tag(9, 0xf7, &[4]),
    ];
    record(EVENING - 86_400, &hash(0x10), &[], &tag_list)
}

/// Of two parts, with the two names of aMule, of which the second reads as mojibake.
fn amule_record() -> Vec<u8> {
    let parts = [hash(0x40), hash(0x60)];
    let tag_list = [
        marked(0x01, "città.bin"),
        text(0x01, "cittÃ .bin"),
        number(0x02, 9_851_456),
        number(0x50, 0),
        number(0x54, 1),
        number(0x51, 12),
        number(0x52, 0),
        number(0x28, EVENING),
        number(0x21, EVENING + 18_000),
    ];
    record(EVENING, &ed2k_of(&parts), &parts, &tag_list)
}

/// Larger than 4 GB, its counters in numbers of 8 bytes, its tags in the short form.
fn large_record() -> Vec<u8> {
    let tag_list = [
        joined(&[&[0x80 | 0x1a, 0x01], b"file 2.bin"]),
        joined(&[&[0x80 | 0x0b, 0x02], &5_000_000_000_u64.to_le_bytes()]),
        joined(&[&[0x80 | 0x0b, 0x50], &6_000_000_000_u64.to_le_bytes()]),
        joined(&[&[0x80 | 0x09, 0x51], &[1]]),
    ];
    record(0, &hash(0x30), &[], &tag_list)
}

fn known() -> Vec<u8> {
    listed(0x0f, &[emule_record(), amule_record()])
}

/// What does not agree with itself, tags that nobody knows, one of a type that does not say where it ends, and a whole
/// record after that.
fn known_damaged() -> Vec<u8> {
    let doubtful = record(
        u32::MAX,
        &hash(0x10),
        &[hash(0x40), hash(0x60), hash(0x80)],
        &[
            marked(0x01, "file 3.bin"),
            number(0x02, 9_728_000),
            number(0x51, 7),
            number(0x51, 8),
            text(0x52, "three"),
            number(0x34, u32::MAX),
            number(0x99, 5),
            joined(&[&[3, 6, 0], b"colour", &[9, 0, 0, 0]]),
            text(0x27, "not base 32"),
            tag(0x07, 0x35, &joined(&[&3_u32.to_le_bytes(), &[1, 2, 3]])),
            tag(0x06, 0x25, &[8, 0, 255, 1]),
            tag(0x0a, 0x38, &[2, 7, 8]),
            tag(0x01, 0x36, &hash::<16>(1)),
            tag(0x04, 0xd4, &1.5_f32.to_le_bytes()),
            tag(0x05, 0x22, &[1]),
            tag(0x08, 0x55, &[1, 0]),
        ],
    );
    let unreadable =
        record(EVENING, &hash(0x20), &[], &[marked(0x01, "file 4.bin"), tag(0x7e, 0x51, &[1, 2, 3, 4])]);
    listed(0x0e, &[doubtful, unreadable, emule_record()])
}

/// 25,000,000 bytes in three parts, of which the first is whole.
fn part() -> Vec<u8> {
    let parts = [hash(0x40), hash(0x60), hash(0x80)];
    let tag_list = [
        marked(0x01, "file 5.bin"),
        number(0x02, 25_000_000),
        number(0x08, 12_000_000),
        text(0x12, "001.part"),
        number(0x14, 1),
        number(0x05, EVENING),
        text(0x24, "1"),
        gap(0x09, "0", 9_728_000),
        gap(0x0a, "0", 10_000_000),
        gap(0x09, "1", 20_000_000),
        gap(0x0a, "1", 25_000_000),
        number(0x50, 184_320),
        number(0x51, 2),
        number(0x52, 1),
    ];
    joined(&[&[0xe0], &record(EVENING, &ed2k_of(&parts), &parts, &tag_list)])
}

fn part_large() -> Vec<u8> {
    let tag_list = [
        marked(0x01, "file 6.bin"),
        wide(0x02, 5_000_000_000),
        wide(0x08, 4_500_000_000),
        joined(&[&[11, 2, 0, 0x09, b'0'], &4_500_000_000_u64.to_le_bytes()]),
        joined(&[&[11, 2, 0, 0x0a, b'0'], &5_000_000_000_u64.to_le_bytes()]),
    ];
    joined(&[&[0xe2], &record(EVENING, &hash(0x10), &[], &tag_list)])
}

/// The part hashes stand after the tags.
fn part_split() -> Vec<u8> {
    let parts = [hash::<16>(0x40), hash(0x60)];
    let tag_list = [marked(0x01, "file 7.bin"), number(0x02, 10_000_000)];
    joined(&[
        &[0xe1, 0x01],
        &EVENING.to_le_bytes(),
        &ed2k_of(&parts),
        &tags(&tag_list),
        &[0],
        &parts.concat(),
    ])
}

/// Gaps that cannot be: without an end, without a number, end before start, both sides twice.
fn part_gaps() -> Vec<u8> {
    let tag_list = [
        marked(0x01, "file 8.bin"),
        number(0x02, 1_000_000),
        gap(0x09, "0", 500_000),
        gap(0x09, "x", 1),
        gap(0x09, "2", 900),
        gap(0x0a, "2", 800),
        gap(0x09, "3", 1),
        gap(0x09, "3", 2),
        gap(0x0a, "3", 10),
    ];
    joined(&[&[0xe0], &record(EVENING, &hash(0x10), &[], &tag_list)])
}

/// The root as eMule's own code makes it: by bytes, from the top down. A file of `size` bytes, its blocks' hashes in
/// their order.
fn aich(size: u64, is_left: bool, blocks: &mut impl Iterator<Item = [u8; 20]>) -> [u8; 20] {
    const PART: u64 = 9_728_000;
    let base = if size <= PART { 184_320 } else { PART };
    if size <= 184_320 {
        return blocks.next().expect("as many blocks as the size makes");
    }
    let n_blocks = size / base + u64::from(!size.is_multiple_of(base));
    let left = (if is_left { n_blocks + 1 } else { n_blocks }) / 2 * base;
    let left_hash = aich(left, true, blocks);
    let right_hash = aich(size - left, false, blocks);
    Sha1::digest(joined(&[&left_hash, &right_hash])).into()
}

/// The entry of a file whose blocks hold their own numbers.
fn aich_entry(size: u64) -> Vec<u8> {
    const PART: u64 = 9_728_000;
    let n_blocks = size / PART * 53 + (size % PART).div_ceil(184_320);
    let blocks: Vec<[u8; 20]> = (0..n_blocks).map(|idx| Sha1::digest(idx.to_le_bytes()).into()).collect();
    let root = aich(size, true, &mut blocks.iter().copied());
    joined(&[&root, &(n_blocks as u32).to_le_bytes(), &blocks.concat()])
}

fn known2() -> Vec<u8> {
    let mut wrong = aich_entry(400_000);
    wrong[0] ^= 1;
    joined(&[&[2], &aich_entry(300_000), &aich_entry(29_184_001), &wrong, &aich_entry(1_000)])
}

fn clients() -> Vec<u8> {
    let peer = |first: u8, low: [u32; 3], high: [u32; 2], key_len: u8| {
        let numbers: Vec<u8> = low.iter().chain(&high).flat_map(|number| number.to_le_bytes()).collect();
        joined(&[&hash::<16>(first), &numbers, &[0, 0, key_len], &[7; 80]])
    };
    let peers = [
        peer(0x10, [1_843_200, 0, EVENING], [0, 0], 76),
        peer(0x30, [5, 6, 0], [1, 2], 0),
        peer(0x50, [0, 0, u32::MAX], [0, 0], 200),
    ];
    listed(0x12, &peers)
}

fn clients_without_keys() -> Vec<u8> {
    let numbers: Vec<u8> = [9_u32, 8, EVENING, 0, 0].iter().flat_map(|number| number.to_le_bytes()).collect();
    joined(&[&listed(0x11, &[joined(&[&hash::<16>(0x70), &numbers, &[0, 0]])]), b"rest"])
}

fn cancelled() -> Vec<u8> {
    let seed = 0x0102_0304_u32;
    let seeded = |ed2k: [u8; 16]| Md5::digest(joined(&[&seed.to_le_bytes(), &ed2k])).to_vec();
    joined(&[
        &[0x0f, 0x01],
        &seed.to_le_bytes(),
        &2_u32.to_le_bytes(),
        &seeded(hash(0x10)),
        &[0],
        &seeded(hash(0x20)),
        &[1],
        &number(0x42, 1),
    ])
}

fn search(words: &str, title: &str, of_a_peer: u8, results: &[Vec<u8>]) -> Vec<u8> {
    let string = |text: &str| joined(&[&(text.len() as u16).to_le_bytes(), text.as_bytes()]);
    joined(&[
        &[1, 0, 0, 0, 1, of_a_peer],
        &string(title),
        &string(words),
        &string("Video"),
        &(results.len() as u32).to_le_bytes(),
        &results.concat(),
    ])
}

fn searches() -> Vec<u8> {
    let result = |name: &str| {
        let short_name = joined(&[&[0x80 | 0x02, 0x01, name.len() as u8, 0], name.as_bytes()]);
        joined(&[&hash::<16>(0x10), &[192, 0, 2, 7], &4662_u16.to_le_bytes(), &tags(&[short_name])])
    };
    joined(&[
        &[0x0f, 0x01, 3, 0],
        &search("holiday", "", 0, &[result("file 1.bin"), result("file 2.bin")]),
        &search("blue car", "cars", 0, &[]),
        &search("", "a peer", 1, &[result("file 9.bin")]),
    ])
}

fn wide_lines(lines: &[&str]) -> Vec<u8> {
    let text = format!("\u{feff}{}\r\n", lines.join("\r\n"));
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

pub fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let preferences = |first: &[u8], more: &[u8]| joined(&[&[0x14], first, more]);
    let mut user_hash = hash::<16>(0xa0);
    (user_hash[5], user_hash[14]) = (0x0e, 0x6f);
    vec![
        ("emule_known_met/samples/known.met", known()),
        ("emule_known_met/samples/large-known.met", listed(0x0f, &[large_record()])),
        ("emule_known_met/samples/damaged-known.met", known_damaged()),
        ("emule_known_met/samples/cut-known.met.bak", cut(known(), 70)),
        ("emule_known_met/samples/short-known.met", joined(&[&[0x0e, 9, 0, 0, 0], &emule_record()])),
        ("emule_known_met/samples/other-known.met", joined(&[&[0x10], &known()[1..]])),
        ("emule_known_met/samples/empty-known.met", Vec::new()),
        ("emule_part_met/samples/001.part.met", part()),
        ("emule_part_met/samples/002.part.met.bak", part_large()),
        ("emule_part_met/samples/003.part.met", part_split()),
        ("emule_part_met/samples/004.part.met", part_gaps()),
        ("emule_part_met/samples/005.part.met", cut(part(), 40)),
        ("emule_part_met/samples/006.part.met", vec![0x53, 0, 0]),
        ("emule_known2_met/samples/known2_64.met", known2()),
        ("emule_known2_met/samples/cut-known2_64.met", cut(joined(&[&[2], &aich_entry(600_000)]), 10)),
        ("emule_known2_met/samples/other-known2.met", vec![1, 2, 3]),
        ("emule_preferences_dat/samples/preferences.dat", preferences(&user_hash, &[0; 44])),
        ("emule_preferences_dat/samples/unmarked-preferences.dat", preferences(&hash::<16>(1), &[])),
        ("emule_preferences_dat/samples/zeros-preferences.dat", preferences(&[0; 16], &[])),
        ("emule_preferences_dat/samples/cut-preferences.dat", preferences(&[1; 5], &[])),
        ("emule_clients_met/samples/clients.met", clients()),
        ("emule_clients_met/samples/old-clients.met", clients_without_keys()),
        ("emule_clients_met/samples/cut-clients.met", cut(clients(), 100)),
        ("emule_cancelled_met/samples/cancelled.met", cancelled()),
        (
            "emule_cancelled_met/samples/old-cancelled.met",
            listed(0x0e, &[joined(&[&hash::<16>(0x10), &[0]])]),
        ),
        ("emule_cancelled_met/samples/canceled.met", listed(0x21, &[hash::<16>(0x10).to_vec()])),
        ("emule_cancelled_met/samples/cut-cancelled.met", cut(cancelled(), 12)),
        ("emule_cancelled_met/samples/other-cancelled.met", vec![0x0f, 0x07, 0, 0, 0, 0]),
        ("emule_stored_searches_met/samples/StoredSearches.met", searches()),
        ("emule_stored_searches_met/samples/cut-StoredSearches.met", cut(searches(), 30)),
        ("emule_stored_searches_met/samples/other-StoredSearches.met", vec![0x0f, 0x02, 0, 0]),
        (
            "emule_search_strings_dat/samples/AC_SearchStrings.dat",
            wide_lines(&["holiday", "blue car", "", "città vecchia"]),
        ),
        ("emule_search_strings_dat/samples/plain-AC_SearchStrings.dat", b"blue car\r\nholiday".to_vec()),
        (
            "emule_shareddir_dat/samples/shareddir.dat",
            wide_lines(&["C:\\Users\\anna\\holiday\\", "D:\\cars\\"]),
        ),
        ("emule_shareddir_dat/samples/shareddir-explicit.dat", "/home/anna/città\n/srv/cars\n".into()),
        ("emule_statistics_ini/samples/statistics.ini", STATISTICS.as_bytes().to_vec()),
    ]
}

const STATISTICS: &str = "\
[Statistics]\r\n\
TotalDownloadedBytes=104857600\r\n\
TotalUploadedBytes=52428800\r\n\
UpSuccessfulSessions=42\r\n\
DownSuccessfulSessions=many\r\n\
UpData_EMULE=52000000\r\n\
DownCompletedFiles=3\r\n\
ConnServerDuration=7200\r\n\
ConnRunTime=86400\r\n\
ColourOfGraph=7\r\n\
statsDateTimeLastReset=1772395200\r\n\
\r\n\
[Other]\r\n\
TotalUploadedBytes=1\r\n\
what is this\r\n";
