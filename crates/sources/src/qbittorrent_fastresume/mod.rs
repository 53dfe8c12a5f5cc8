//! A `.fastresume` of qBittorrent, and of other programs on libtorrent: one torrent, what was sent and when last, the
//! pieces that are there, the peers that it knew.

use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{ProblemKind, SharedFile, SharingNetwork, Stated};

use crate::artefact::{Counters, Flaw, Loaded, Remarks, Telling, file_of, hex, text_of};
use crate::bencode::{Dict, parse, shown};
use crate::torrents::{Entry, Numbers, Peers, counter, instant, keys, not_a, root, runs};

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "qbittorrent_fastresume",
    version: 1,
    about: "a .fastresume of qBittorrent and others on libtorrent: bytes sent, when last, pieces held, peers",
    tables: &["shared_file", "peer_contact"],
    recognise,
    read,
};

/// What every file of libtorrent says of itself.
const FORMAT: &[u8] = b"libtorrent resume file";

/// Keys of libtorrent 1.1 to 2.0 (`write_resume_data.cpp`), and of qBittorrent.
const KEYS: &str = "active_time|added_time|allocation|apply_ip_filter|auto_managed|banned_peers|banned_peers6|\
    blocks per piece|completed_time|disable_dht|disable_lsd|disable_pex|download_rate_limit|file sizes|\
    file-format|file-version|file_priority|finished_time|have|httpseeds|i2p|info|info-hash|info-hash2|\
    last_download|last_scrape|last_seen_complete|last_upload|libtorrent-version|mapped_files|\
    max_connections|max_uploads|merkle tree|name|num_complete|num_downloaded|num_incomplete|paused|peers|\
    peers6|piece layers|piece_priority|pieces|rss_feed_url|save_path|seed_mode|seeding_time|\
    sequential_download|slots|stop_when_ready|super_seeding|total_downloaded|total_uploaded|trackers|\
    trees|unfinished|upload_mode|upload_rate_limit|url-list|url_seed|urls|uuid|verified|share_mode|\
    source|comment|created by|creation date|qBt-*";
/// How keys of qBittorrent begin.
const OWN: &str = "qBt-";

fn recognise(sample: &Sample<'_>) -> Fit {
    let named = sample.name.to_ascii_lowercase().ends_with(".fastresume");
    let parsed = parse(sample.head);
    let root = parsed.root.as_ref().and_then(|root| Dict::of(sample.head, root));
    let format =
        root.and_then(|root| root.string("file-format")).map(|format| format.of(sample.head) == FORMAT);
    match (format == Some(true), named) {
        (true, _) => Fit::Sure,
        (false, true) => Fit::Possible,
        (false, false) => Fit::No,
    }
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let loaded = Loaded::open(input)?;
    let mut telling = Telling::new(sink);
    let parsed = parse(&loaded.bytes);
    if let Some(torrent) = root(&parsed, &mut telling)? {
        tell(&torrent, &loaded, &mut telling)?;
    }
    telling.end(&loaded)
}

/// The numbers that the file states; those of its description, where it has one, are held against them.
fn numbers(torrent: &Dict<'_>, bytes: &[u8], telling: &mut Telling<'_>) -> Result<Numbers, Refusal> {
    let stated = |key: &str, len: usize| {
        torrent
            .string(key)
            .map(|hash| hash.of(bytes))
            .filter(|hash| hash.len() == len && hash.iter().any(|byte| *byte != 0))
            .map(hex)
    };
    let stated = Numbers { v1: stated("info-hash", 20), v2: stated("info-hash2", 32) };
    let Some(info) = torrent.dict("info") else { return Ok(stated) };
    let made = Numbers::of_info(bytes, &info);
    let differs = |stated: &Option<String>, made: &Option<String>| stated.is_some() && stated != made;
    if differs(&stated.v2, &made.v2) || (made.v1.is_some() && differs(&stated.v1, &made.v1)) {
        let expected = format!("a description with the infohash that the file states, {stated:?}");
        let flaw = Flaw::new(ProblemKind::Contradiction, info.span, &expected, format_args!("{made:?}"));
        telling.flaw("info", &flaw)?;
    }
    Ok(stated)
}

fn tell(torrent: &Dict<'_>, loaded: &Loaded, telling: &mut Telling<'_>) -> Result<(), Refusal> {
    let bytes = &loaded.bytes[..];
    telling.record();
    keys("key of a fastresume", torrent, bytes, KEYS, telling)?;
    if torrent.string("file-format").map(|format| format.of(bytes)) != Some(FORMAT) {
        let found = torrent.get("file-format").map_or("none".to_owned(), |node| shown(bytes, node));
        let expected = "libtorrent resume file as its file-format";
        telling.flaw("file-format", &Flaw::new(ProblemKind::BadValue, torrent.span, expected, found))?;
    }
    let numbers = numbers(torrent, bytes, telling)?;
    let mut counters = Counters::default();
    let mut number =
        |key: &str, telling: &mut Telling<'_>| counter(torrent, bytes, key, &mut counters, telling);
    let sent = number("total_uploaded", telling)?;
    let received = number("total_downloaded", telling)?;
    for key in ["active_time", "finished_time", "seeding_time"] {
        number(key, telling)?;
    }
    let mut time =
        |key: &str, telling: &mut Telling<'_>| instant(torrent, bytes, key, &mut counters, telling);
    let (added, completed) = (time("added_time", telling)?, time("completed_time", telling)?);
    let (last_sent, last_received) = (time("last_upload", telling)?, time("last_download", telling)?);
    let last_complete = time("last_seen_complete", telling)?;
    let mut remarks = remarks(torrent, bytes);
    for (name, time) in
        [("last received", &last_received), ("all of it last seen among peers", &last_complete)]
    {
        if let Some(time) = time {
            remarks.push(name, time);
        }
    }
    let complete = held(torrent, bytes, completed.is_some(), &mut remarks);
    let file_hash = numbers.file_hash(&loaded.name, torrent.span, telling)?;
    let is_own = torrent.entries.iter().any(|(key, _)| key.of(bytes).starts_with(OWN.as_bytes()));
    let program = if is_own { "qBittorrent" } else { "a program on libtorrent" };
    telling.row(SharedFile {
        other_hash: numbers.other_hash(),
        file_name: torrent.text("qBt-name").or_else(|| torrent.text("name")).map(Into::into),
        path: torrent.text("qBt-savePath").or_else(|| torrent.text("save_path")).map(Into::into),
        bytes_sent: sent.map(|said| said.value),
        bytes_received: received.map(|said| said.value),
        complete,
        added,
        completed,
        last_sent,
        counters_said: counters.text(),
        text: remarks.text(),
        ..file_of(SharingNetwork::Bittorrent, program, file_hash.clone(), torrent.span)
    })?;
    for (key, entry) in [("peers", Entry::V4), ("peers6", Entry::V6)] {
        let peers = Peers { program, file_hash: Some(&file_hash), entry };
        match (torrent.get(key), torrent.string(key)) {
            (_, Some(list)) => peers.tell(key, list, bytes, telling)?,
            (Some(node), None) => not_a(key, "a string of peers", node, bytes, telling)?,
            (None, None) => {}
        }
    }
    Ok(())
}

/// Keys whose values say something of how the torrent was dealt with.
const REMARKED: &str = "paused|seed_mode|super_seeding|save_path|trackers|url-list|mapped_files|comment|created by|libtorrent-version";

fn remarks(torrent: &Dict<'_>, bytes: &[u8]) -> Remarks {
    let mut remarks = Remarks::default();
    for (key, node) in torrent.entries {
        let key = key.of(bytes);
        let is_remarked = REMARKED.split('|').any(|remarked| remarked.as_bytes() == key);
        if (is_remarked || key.starts_with(OWN.as_bytes())) && Dict::of(bytes, node).is_none() {
            let value = shown(bytes, node);
            if !matches!(value.as_str(), "" | "[]" | "[[]]") {
                remarks.push(&text_of(key), value);
            }
        }
    }
    remarks
}

/// The pieces that were there: a byte each, of which the first bit says so (libtorrent before 2.0 writes them so too,
/// later versions write a second bit for what was checked).
fn held(torrent: &Dict<'_>, bytes: &[u8], is_dated: bool, remarks: &mut Remarks) -> Stated {
    let Some(pieces) = torrent.string("pieces").filter(|pieces| pieces.len > 0) else {
        return if is_dated { Stated::Yes } else { Stated::Unknown };
    };
    let (text, n_held) = runs(pieces.of(bytes).iter().map(|piece| piece & 1 != 0));
    remarks.push("pieces held", format_args!("{n_held} of {}: {text}", pieces.len));
    if n_held == pieces.len { Stated::Yes } else { Stated::No }
}
