//! What real file-sharing programs leave, read by our readers and held against `rhash` and against the files' own bytes.
//! `tools/clients/make.sh` runs the programs; where they are not installed, the test says so.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the test runs programs of others and reads what they leave"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha1::{Digest as _, Sha1};
use tutela_model::source::{Declared, Input, Refusal, Sample, Sink};
use tutela_model::tables::{
    Contact, FilePart, PartKind, PeerContact, SelectorKind, SharedFile, SharedFolder, Stated,
};
use tutela_model::{Row, Spot};
use tutela_sources::recognise;

/// The rows of a file that is read without a problem.
#[derive(Default)]
struct Rows {
    files: Vec<SharedFile>,
    parts: Vec<FilePart>,
    peers: Vec<PeerContact>,
    folders: Vec<SharedFolder>,
    selectors: Vec<tutela_model::tables::Selector>,
}

impl Sink for Rows {
    fn record(&mut self) {}

    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        match row {
            Row::SharedFile(row) => self.files.push(row),
            Row::FilePart(row) => self.parts.push(row),
            Row::PeerContact(row) => self.peers.push(row),
            Row::SharedFolder(row) => self.folders.push(row),
            Row::Selector(row) => self.selectors.push(row),
            other => panic!("{other:?}"),
        }
        Ok(())
    }

    fn skip(&mut self, _: &Spot, _: &'static str) {}

    fn note(&mut self, _: &'static str, _: &str) {}

    fn progress(&mut self, _: u64) {}
}

/// Reads a file that `reader` must know by itself.
fn read(path: &Path, reader: &str) -> Rows {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let head = &bytes[..bytes.len().min(64 << 10)];
    let found = recognise(&Sample { name: &name, head }).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(found.name, reader, "{name}");
    let mut rows = Rows::default();
    (found.read)(Input::from_memory(&name, bytes), &Declared::default(), &mut rows).expect("it is read");
    rows
}

/// The only file of a folder with this end of its name.
fn only(folder: &Path, end: &str) -> PathBuf {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.to_string_lossy().ends_with(end)).collect();
    assert_eq!(found.len(), 1, "{end} in {}", folder.display());
    found.remove(0)
}

/// What rhash says of a file.
#[derive(Debug)]
struct Hashed {
    aich: String,
    size: u64,
    name: String,
}

/// By ed2k hash.
fn hashed(folder: &Path) -> BTreeMap<String, Hashed> {
    let text = fs::read_to_string(folder.join("hashes.txt")).expect("hashes by rhash");
    let line = |line: &str| {
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        let size = words[2].parse().expect("a size");
        (words[0].to_owned(), Hashed { aich: hex_of_base32(words[1]), size, name: words[3].to_owned() })
    };
    text.lines().map(line).collect()
}

/// rhash writes AICH in base 32, our tables hexadecimal digits: 40 letters of 5 bits, 40 digits of 4.
fn hex_of_base32(text: &str) -> String {
    let value = |letter: u8| match letter {
        b'a'..=b'z' => letter - b'a',
        _ => letter - b'2' + 26,
    };
    let bits: Vec<u8> =
        text.bytes().flat_map(|letter| (0..5).rev().map(move |bit| value(letter) >> bit & 1)).collect();
    let digit = |bits: &[u8]| char::from_digit(bits.iter().fold(0, |sum, bit| sum * 2 + u32::from(*bit)), 16);
    bits.chunks_exact(4).filter_map(digit).collect()
}

#[test]
fn what_real_programs_leave_agrees_with_rhash_and_with_the_files_themselves() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients");
    let _ = fs::remove_dir_all(&folder);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/clients/make.sh");
    let made = Command::new("bash").arg(&script).arg(&folder).output();
    let made = match made {
        Ok(made) if made.status.code() != Some(3) => made,
        missing => {
            eprintln!("did not run: {missing:?}, see tools/clients/make.sh");
            return;
        }
    };
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let hashed = hashed(&folder);
    assert_eq!(hashed.len(), 6);
    amule(&folder, &hashed);
    torrents(&folder);
    fs::remove_dir_all(&folder).expect("the folder was made here");
}

fn amule(folder: &Path, hashed: &BTreeMap<String, Hashed>) {
    const PART: u64 = 9_728_000;
    let path = folder.join("amule/known.met");
    let known = read(&path, "emule_known_met");
    let bytes = fs::read(&path).expect("it was read before");
    assert_eq!(known.files.len(), hashed.len());
    for file in &known.files {
        let ed2k = file.file_hash.strip_prefix("ed2k:").expect("its kind");
        let by_rhash = &hashed[ed2k];
        assert_eq!(file.file_size, Some(by_rhash.size), "{by_rhash:?}");
        assert_eq!(file.other_hash.as_deref(), Some(format!("aich:{}", by_rhash.aich).as_str()));
        assert_eq!(file.file_name.as_deref(), Some(by_rhash.name.as_str()));
        assert_eq!((file.program.as_str(), file.n_requests, file.bytes_sent), ("aMule", Some(0), Some(0)));
        // The bytes of a counter are where the row says.
        for counter in file.counters_said.as_deref().expect("counters").split(' ') {
            let (name_value, place) = counter.split_once('@').expect("a place");
            let Ok(Spot::Byte { byte, len }) = place.parse() else { panic!("{place}") };
            let there: [u8; 4] = bytes[byte as usize..(byte + len) as usize].try_into().expect("4 bytes");
            let value = name_value.split_once('=').expect("a value").1;
            assert_eq!(u32::from_le_bytes(there).to_string(), value, "{counter}");
        }
        let parts: Vec<&FilePart> =
            known.parts.iter().filter(|part| part.file_hash == file.file_hash).collect();
        let n_parts = if by_rhash.size < PART { 0 } else { by_rhash.size.div_ceil(PART) };
        assert_eq!(parts.len() as u64, n_parts, "{by_rhash:?}");
        let total: u64 = parts.iter().filter_map(|part| part.length).sum();
        assert!(parts.is_empty() || total == by_rhash.size, "{by_rhash:?}");
    }
    let leaves = read(&folder.join("amule/known2_64.met"), "emule_known2_met").parts;
    for by_rhash in hashed.values() {
        let root = format!("aich:{}", by_rhash.aich);
        let of_file: Vec<&FilePart> = leaves.iter().filter(|leaf| leaf.file_hash == root.as_str()).collect();
        let n_blocks = by_rhash.size / PART * 53 + (by_rhash.size % PART).div_ceil(184_320);
        assert_eq!(of_file.len() as u64, n_blocks, "{by_rhash:?}");
        // A leaf is the SHA-1 of the bytes that its row names; how long the last one is, the record does not say.
        let data = fs::read(folder.join("data").join(&by_rhash.name)).expect("a file that was made");
        for leaf in of_file {
            let offset = leaf.offset.expect("an offset") as usize;
            let end = leaf.length.map_or(data.len(), |length| offset + length as usize);
            assert_eq!(leaf.hash.as_str(), sha1(&data[offset..end]), "{by_rhash:?} {leaf:?}");
        }
    }
    let selectors = read(&folder.join("amule/preferences.dat"), "emule_preferences_dat").selectors;
    assert!(!selectors.is_empty() && selectors.iter().all(|row| row.kind == SelectorKind::UserHash));
    assert!(read(&folder.join("amule/clients.met"), "emule_clients_met").peers.is_empty());
    let part = read(&folder.join("amule/001.part.met"), "emule_part_met").files.remove(0);
    assert_eq!(part.file_hash.as_str(), "ed2k:000102030405060708090a0b0c0d0e0f");
    assert_eq!((part.file_name.as_deref(), part.file_size), (Some("file 7.bin"), Some(25_000_000)));
    assert_eq!((part.complete, part.bytes_received), (Stated::No, Some(0)));
    assert!(part.text.as_deref().unwrap_or_default().contains("complete bytes: 0 of 25000000"), "{part:?}");
    let folders = read(&folder.join("amule/shareddir.dat"), "emule_shareddir_dat").folders;
    let shared: Vec<String> = folders.iter().map(|row| row.path.to_string()).collect();
    let data = fs::canonicalize(folder.join("data")).expect("a folder that was made");
    assert_eq!(shared, [data.to_string_lossy()]);
}

fn sha1(bytes: &[u8]) -> String {
    Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn torrents(folder: &Path) {
    let torrent = read(&folder.join("torrents/sent.torrent"), "torrent_file");
    let data = fs::read(folder.join("data/file 5.bin")).expect("a file that was made");
    let pieces: Vec<&FilePart> =
        torrent.parts.iter().filter(|part| part.kind == PartKind::TorrentPiece).collect();
    assert_eq!(pieces.len(), 38);
    for piece in &pieces {
        let from = piece.offset.expect("an offset") as usize;
        let to = from + piece.length.expect("a length") as usize;
        assert_eq!(piece.hash.as_str(), sha1(&data[from..to]));
    }
    let number = torrent.files[0].file_hash.clone();

    let resume = read(&only(&folder.join("qbittorrent"), ".fastresume"), "qbittorrent_fastresume");
    let received = &resume.files[0];
    assert_eq!((&received.file_hash, received.program.as_str()), (&number, "qBittorrent"));
    assert_eq!((received.bytes_received, received.bytes_sent), (Some(data.len() as u64), Some(0)));
    assert_eq!((received.complete, &received.last_sent), (Stated::Yes, &None));
    assert!(received.added.is_some() && received.completed.is_some());
    let peer = resume.peers.iter().find(|peer| peer.port == Some(51413)).expect("who sent it");
    assert_eq!(peer.address.as_ref().map(|address| address.said.as_str()), Some("127.0.0.1"));
    assert_eq!((peer.contact, peer.file_hash.as_ref()), (Contact::Swarm, Some(&number)));
    // What qBittorrent keeps beside it is the torrent, written anew.
    let kept = read(&only(&folder.join("qbittorrent"), ".torrent"), "torrent_file");
    assert_eq!((&kept.files[0].file_hash, kept.parts.len()), (&number, pieces.len()));

    let name = format!("{}.resume", number.strip_prefix("btih:").expect("its kind"));
    let resume = read(&folder.join("transmission").join(name), "transmission_resume");
    let sent = &resume.files[0];
    assert_eq!((&sent.file_hash, sent.complete), (&number, Stated::Yes));
    // Transmission counts a little more than the file: what it sends again, or beside the pieces.
    let n_sent = sent.bytes_sent.expect("a counter");
    assert!((data.len() as u64..data.len() as u64 * 2).contains(&n_sent), "{n_sent}");

    let many = read(&folder.join("torrents/folder.torrent"), "torrent_file");
    let names: Vec<&str> = many.files[1..].iter().filter_map(|file| file.file_name.as_deref()).collect();
    assert_eq!(names, ["città 6.bin", "file 1.bin", "file 2.bin", "file 3.bin", "file 4.bin", "file 5.bin"]);
}
