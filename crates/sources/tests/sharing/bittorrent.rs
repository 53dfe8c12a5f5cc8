//! Files of BitTorrent programs.

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::{EVENING, cut, hash, joined};

fn number(value: i64) -> Vec<u8> {
    format!("i{value}e").into_bytes()
}

fn bytes(value: &[u8]) -> Vec<u8> {
    joined(&[value.len().to_string().as_bytes(), b":", value])
}

fn text(value: &str) -> Vec<u8> {
    bytes(value.as_bytes())
}

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    joined(&[b"l", &items.concat(), b"e"])
}

fn dict(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let entries: Vec<u8> = entries.iter().flat_map(|(key, value)| joined(&[&text(key), value])).collect();
    joined(&[b"d", &entries, b"e"])
}

/// `n_hashes` hashes of pieces, 20 bytes each.
fn pieces(n_hashes: u32) -> Vec<u8> {
    bytes(&(0..n_hashes).flat_map(|idx| Sha1::digest(idx.to_le_bytes()).to_vec()).collect::<Vec<u8>>())
}

/// Two files and one that fills up a piece, by BEP 3.
fn first_version() -> Vec<u8> {
    let file = |length: i64, path: &[&str], more: &[(&str, Vec<u8>)]| {
        let path = list(&path.iter().map(|part| text(part)).collect::<Vec<_>>());
        dict(&[&[("length", number(length))], more, &[("path", path)]].concat())
    };
    let files = [
        file(20_000, &["file 1.bin"], &[("md5sum", text("000102030405060708090a0b0c0d0e0f"))]),
        dict(&[
            ("attr", text("p")),
            ("length", number(12_768)),
            ("path", list(&[text(".pad"), text("12768")])),
        ]),
        file(40_000, &["holiday", "file 2.bin"], &[("sha1", bytes(&hash::<20>(0)))]),
    ];
    let info = dict(&[
        ("files", list(&files)),
        ("name", text("blue car")),
        ("piece length", number(32_768)),
        ("pieces", pieces(3)),
        ("private", number(1)),
    ]);
    dict(&[
        ("announce", text("http://tracker.example.org/announce")),
        ("comment", text("made up")),
        ("created by", text("a program 1.0")),
        ("creation date", number(EVENING.into())),
        ("info", info),
    ])
}

/// The root over hashes of 16 KiB blocks, filled up with zeros to a power of two (BEP 52).
fn merkle(mut hashes: Vec<[u8; 32]>, fill: [u8; 32]) -> [u8; 32] {
    hashes.resize(hashes.len().next_power_of_two(), fill);
    while hashes.len() > 1 {
        hashes = hashes.chunks(2).map(|pair| Sha256::digest(pair.concat()).into()).collect();
    }
    hashes[0]
}

/// A file of two pieces of 32 KiB and one of less than a piece, by both versions.
fn hybrid() -> Vec<u8> {
    let block = |idx: u8| -> [u8; 32] { Sha256::digest([idx; 16_384]).into() };
    let layer = [merkle(vec![block(0), block(1)], [0; 32]), merkle(vec![block(2)], [0; 32])];
    let (large, small) = (merkle(layer.to_vec(), [0; 32]), block(3));
    let leaf = |length: i64, root: &[u8; 32]| {
        dict(&[("", dict(&[("length", number(length)), ("pieces root", bytes(root))]))])
    };
    let tree = dict(&[("file 1.bin", leaf(49_152, &large)), ("file 2.bin", leaf(1_000, &small))]);
    let padding = dict(&[("attr", text("p")), ("length", number(16_384)), ("path", list(&[text(".pad")]))]);
    let files = [
        dict(&[("length", number(49_152)), ("path", list(&[text("file 1.bin")]))]),
        padding,
        dict(&[("length", number(1_000)), ("path", list(&[text("file 2.bin")]))]),
    ];
    let info = dict(&[
        ("file tree", tree),
        ("files", list(&files)),
        ("meta version", number(2)),
        ("name", text("holiday")),
        ("piece length", number(32_768)),
        ("pieces", pieces(3)),
    ]);
    let layers = joined(&[b"d", &bytes(&large), &bytes(&layer.concat()), b"e"]);
    dict(&[("info", info), ("piece layers", layers)])
}

/// Only by BEP 52, in a folder, with a layer that belongs to no file.
fn second_version() -> Vec<u8> {
    let leaf = dict(&[("", dict(&[("length", number(100)), ("pieces root", bytes(&hash::<32>(0)))]))]);
    let info = dict(&[
        ("file tree", dict(&[("holiday", dict(&[("file 3.bin", leaf)]))])),
        ("meta version", number(2)),
        ("name", text("holiday")),
        ("piece length", number(16_384)),
    ]);
    let layers = joined(&[b"d", &bytes(&hash::<32>(9)), &bytes(&[1; 33]), b"e"]);
    dict(&[("info", info), ("piece layers", layers)])
}

/// Sizes that make another number of pieces, a file without a size, unknown keys, a key twice.
fn contradictory() -> Vec<u8> {
    let files = [
        dict(&[("length", number(-5)), ("path", list(&[text("file 1.bin")]))]),
        dict(&[("colour", text("blue")), ("length", number(70_000)), ("path", list(&[text("..")]))]),
        number(7),
    ];
    let info = dict(&[
        ("files", list(&files)),
        ("name", text("x")),
        ("name", text("y")),
        ("piece length", number(0)),
        ("pieces", bytes(&[1; 50])),
        ("colour", text("blue")),
    ]);
    let file = dict(&[("info", info), ("shape", text("round"))]);
    joined(&[&file, b"rest"])
}

/// An entry of 18 bytes: an IPv4 address in its mapped form, or an IPv6 address, and a port.
fn peer_v6(v4: Option<[u8; 4]>, port: u16) -> Vec<u8> {
    let address = match v4 {
        Some(v4) => joined(&[&[0; 10], &[0xff, 0xff], &v4]),
        None => joined(&[&[0x20, 0x01, 0x0d, 0xb8], &[0; 11], &[7]]),
    };
    joined(&[&address, &port.to_be_bytes()])
}

fn utorrent() -> Vec<u8> {
    let torrent = |caption: &str, more: &[(&str, Vec<u8>)]| {
        let entries = [
            &[
                ("added_on", number(EVENING.into())),
                ("caption", text(caption)),
                ("completed_on", number(i64::from(EVENING) + 3600)),
                ("downloaded", number(60_000)),
                ("have", bytes(&[0b1110_0000])),
            ][..],
            more,
            &[("uploaded", number(123_456)), ("labels", list(&[text("cars")]))],
        ];
        dict(&entries.concat())
    };
    let peers = joined(&[&peer_v6(Some([192, 0, 2, 1]), 6881), &peer_v6(None, 51413)]);
    let first = [
        ("info", bytes(&hash::<20>(0x10))),
        ("last seen complete", number(EVENING.into())),
        ("path", text("C:\\Users\\anna\\holiday")),
        ("peers6", bytes(&peers)),
        ("seedtime", number(7200)),
        ("time", number(i64::from(EVENING) + 9000)),
    ];
    let second = [
        ("info", bytes(b"short")),
        ("peers6", bytes(&joined(&[&peer_v6(Some([198, 51, 100, 9]), 0), b"cut"]))),
        ("shape", text("round")),
    ];
    dict(&[
        (".fileguard", bytes(&[b'0'; 40])),
        ("file 1.torrent", torrent("file 1.bin", &first)),
        ("file 2.torrent", torrent("file 2.bin", &second)),
        ("number", number(7)),
        ("rec", list(&[])),
    ])
}

fn fastresume() -> Vec<u8> {
    let peers =
        joined(&[&[192, 0, 2, 1], &6881_u16.to_be_bytes(), &[198, 51, 100, 9], &6882_u16.to_be_bytes()]);
    dict(&[
        ("active_time", number(86_400)),
        ("added_time", number(EVENING.into())),
        ("completed_time", number(i64::from(EVENING) + 600)),
        ("file-format", text("libtorrent resume file")),
        ("file-version", number(1)),
        ("info-hash", bytes(&hash::<20>(0x10))),
        ("info-hash2", bytes(&hash::<32>(0x40))),
        ("last_download", number(i64::from(EVENING) + 600)),
        ("last_upload", number(i64::from(EVENING) + 7200)),
        ("name", text("file 1.bin")),
        ("peers", bytes(&peers)),
        ("peers6", bytes(&peer_v6(None, 6883))),
        ("pieces", bytes(&[1, 1, 1, 0, 3])),
        ("qBt-category", text("holiday")),
        ("qBt-savePath", text("/home/anna/cars")),
        ("qBt-tags", list(&[text("blue")])),
        ("save_path", text("/home/anna/cars")),
        ("seeding_time", number(7000)),
        ("shape", text("round")),
        ("total_downloaded", number(65_536)),
        ("total_uploaded", number(327_680)),
    ])
}

fn fastresume_without() -> Vec<u8> {
    dict(&[
        ("file-format", text("libtorrent resume file")),
        ("info-hash", bytes(&[0; 20])),
        ("last_upload", number(-1)),
        ("peers", number(3)),
        ("total_uploaded", text("many")),
    ])
}

fn transmission() -> Vec<u8> {
    let peer = |kind: u8, address: &[u8], port: u16| {
        let mut entry = vec![kind, 0, 0, 0];
        entry.extend_from_slice(address);
        entry.resize(20, 0);
        joined(&[&entry, &port.to_be_bytes(), &[0, 0]])
    };
    let v6 = joined(&[&[0x20, 0x01, 0x0d, 0xb8], &[0; 11], &[9]]);
    dict(&[
        ("activity-date", number(i64::from(EVENING) + 60)),
        ("added-date", number(EVENING.into())),
        ("bandwidth-priority", number(0)),
        ("corrupt", number(0)),
        ("destination", text("/home/anna/holiday")),
        ("done-date", number(0)),
        ("downloaded", number(32_768)),
        ("max-peers", number(50)),
        ("name", text("file 1.bin")),
        ("paused", number(0)),
        ("peers2", bytes(&joined(&[&peer(0, &[192, 0, 2, 7], 51413), &peer(9, &[], 1)]))),
        ("peers2-6", bytes(&peer(1, &v6, 51414))),
        ("progress", dict(&[("blocks", bytes(&[0b1100_0000, 0b0000_0001]))])),
        ("seeding-time-seconds", number(0)),
        ("shape", text("round")),
        ("uploaded", number(16_384)),
    ])
}

pub fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let whole_number = "transmission_resume/samples/00000000000000000000000000000000000000aa.resume";
    vec![
        ("torrent_file/samples/two-files.torrent", first_version()),
        ("torrent_file/samples/hybrid.torrent", hybrid()),
        ("torrent_file/samples/second-version.torrent", second_version()),
        ("torrent_file/samples/contradictory.torrent", contradictory()),
        ("torrent_file/samples/cut.torrent", cut(first_version(), 30)),
        ("torrent_file/samples/nested.torrent", vec![b'l'; 300]),
        ("torrent_file/samples/nothing.torrent", dict(&[("comment", text("x"))])),
        ("utorrent_resume_dat/samples/resume.dat", utorrent()),
        ("utorrent_resume_dat/samples/cut-resume.dat", cut(utorrent(), 300)),
        ("qbittorrent_fastresume/samples/file-1.fastresume", fastresume()),
        ("qbittorrent_fastresume/samples/without-numbers.fastresume", fastresume_without()),
        ("qbittorrent_fastresume/samples/cut.fastresume", cut(fastresume(), 120)),
        ("transmission_resume/samples/file-1.bin.0123456789abcdef.resume", transmission()),
        (
            whole_number,
            dict(&[
                ("activity_date", number(0)),
                ("added_date", number(EVENING.into())),
                ("bandwidth_priority", number(0)),
                ("destination", text("/srv")),
                ("progress", dict(&[("blocks", text("all"))])),
                ("seeding_time_seconds", number(5)),
                ("uploaded", number(7)),
            ]),
        ),
        ("transmission_resume/samples/unnamed.resume", cut(transmission(), 40)),
    ]
}
