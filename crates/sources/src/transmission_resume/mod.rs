//! A `.resume` of Transmission: one torrent, what was sent and received, when it was last active, peers that it knew.

use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{ProblemKind, SharedFile, SharingNetwork, Stated};
use tutela_model::{Text, Time};

use crate::artefact::{Counters, Flaw, Loaded, Remarks, Telling, file_of};
use crate::bencode::{Dict, parse, shown};
use crate::torrents::{Entry, Peers, bits, counter, instant, keys, not_a, root, runs};

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "transmission_resume",
    version: 1,
    about: "a .resume of Transmission: bytes sent and received, blocks held, when last active, peers",
    tables: &["shared_file", "peer_contact"],
    recognise,
    read,
};

const PROGRAM: &str = "Transmission";

/// Keys, as versions 2 to 4.0 write them; later ones write `_` for `-`.
const KEYS: &str = "activity-date|added-date|bandwidth-priority|corrupt|destination|dnd|done-date|downloaded|\
    downloading-time-seconds|files|group|idle-limit|incomplete-dir|labels|max-peers|name|paused|peers2|\
    peers2-6|priority|progress|ratio-limit|seeding-time-seconds|sequential-download|speed-limit|\
    speed-limit-down|speed-limit-up|uploaded";
/// Keys that no other program's file has together.
const OF_ITS_OWN: [&str; 3] = ["bandwidth-priority", "destination", "seeding-time-seconds"];

/// A key as this file writes it.
fn written<'a>(torrent: &Dict<'_>, key: &'a str, underscored: &'a mut String) -> &'a str {
    if torrent.has(key) {
        return key;
    }
    *underscored = key.replace('-', "_");
    underscored
}

fn recognise(sample: &Sample<'_>) -> Fit {
    let named = sample.name.to_ascii_lowercase().ends_with(".resume");
    let parsed = parse(sample.head);
    let root = parsed.root.as_ref().and_then(|root| Dict::of(sample.head, root));
    let has = |key: &str| root.is_some_and(|root| root.has(key) || root.has(&key.replace('-', "_")));
    // The keys are sorted, so a head that a list of many files fills has only the first.
    let first = has("activity-date") && has("added-date");
    match (OF_ITS_OWN.iter().all(|key| has(key)), named) {
        (true, _) => Fit::Sure,
        (false, true) if first => Fit::Sure,
        (false, true) => Fit::Possible,
        (false, false) => Fit::No,
    }
}

/// The torrent's number, which only the file's name has: all of it, or in versions before 4.0 its first 16 digits.
fn file_hash(name: &str) -> Option<Text> {
    let stem = name.strip_suffix(".resume")?;
    let digits = stem.rsplit(['.', '-']).next().unwrap_or(stem).to_ascii_lowercase();
    match (digits.len(), digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        (40, true) => Some(format!("btih:{digits}").into()),
        (16, true) => Some(format!("btih_start:{digits}").into()),
        _ => None,
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

fn tell(torrent: &Dict<'_>, loaded: &Loaded, telling: &mut Telling<'_>) -> Result<(), Refusal> {
    let bytes = &loaded.bytes[..];
    telling.record();
    let known = format!("{KEYS}|{}", KEYS.replace('-', "_"));
    keys("key of a resume file", torrent, bytes, &known, telling)?;
    let file_hash = match file_hash(&loaded.name) {
        Some(file_hash) => file_hash,
        None => {
            let expected = "a name that ends in the torrent's infohash: nothing in the file says it";
            let flaw = Flaw::new(ProblemKind::MissingValue, torrent.span, expected, &loaded.name);
            telling.flaw("file_hash", &flaw)?;
            format!("unnumbered:{}", loaded.name).into()
        }
    };
    let mut counters = Counters::default();
    let mut number = |key: &str, telling: &mut Telling<'_>| {
        let mut other = String::new();
        counter(torrent, bytes, written(torrent, key, &mut other), &mut counters, telling)
    };
    let sent = number("uploaded", telling)?;
    let received = number("downloaded", telling)?;
    for key in ["corrupt", "seeding-time-seconds", "downloading-time-seconds"] {
        number(key, telling)?;
    }
    let mut time = |key: &str, telling: &mut Telling<'_>| -> Result<Option<Time>, Refusal> {
        let mut other = String::new();
        instant(torrent, bytes, written(torrent, key, &mut other), &mut counters, telling)
    };
    let (added, done) = (time("added-date", telling)?, time("done-date", telling)?);
    let active = time("activity-date", telling)?;
    let mut remarks = Remarks::default();
    if let Some(active) = active {
        remarks.push("last active (sent or received)", active);
    }
    for key in ["incomplete-dir", "labels", "paused", "group"] {
        let mut other = String::new();
        let node = torrent.get(written(torrent, key, &mut other));
        if let Some(value) = node.map(|node| shown(bytes, node)).filter(|value| !value.is_empty()) {
            remarks.push(key, value);
        }
    }
    let complete = held(torrent, bytes, &mut remarks);
    telling.row(SharedFile {
        file_name: torrent.text("name").map(Into::into),
        path: torrent.text("destination").map(Into::into),
        bytes_sent: sent.map(|said| said.value),
        bytes_received: received.map(|said| said.value),
        complete,
        added,
        completed: done,
        counters_said: counters.text(),
        text: remarks.text(),
        ..file_of(SharingNetwork::Bittorrent, PROGRAM, file_hash.clone(), torrent.span)
    })?;
    for key in ["peers2", "peers2-6"] {
        let mut other = String::new();
        let key = written(torrent, key, &mut other);
        let peers = Peers { program: PROGRAM, file_hash: Some(&file_hash), entry: Entry::Transmission };
        match (torrent.get(key), torrent.string(key)) {
            (_, Some(list)) => peers.tell(key, list, bytes, telling)?,
            (Some(node), None) => not_a(key, "a string of peers", node, bytes, telling)?,
            (None, None) => {}
        }
    }
    Ok(())
}

/// Which blocks of the torrent were there, as `progress` says: `all`, `none`, or a bit each.
fn held(torrent: &Dict<'_>, bytes: &[u8], remarks: &mut Remarks) -> Stated {
    let Some(progress) = torrent.dict("progress") else { return Stated::Unknown };
    let blocks = ["blocks", "bitfield", "have"].iter().find_map(|key| progress.string(key));
    match blocks.map(|blocks| blocks.of(bytes)) {
        Some(b"all") => Stated::Yes,
        Some(b"none" | b"") => {
            remarks.push("blocks held", "none");
            Stated::No
        }
        Some(map) => {
            let (text, n_held) = runs(bits(map));
            remarks.push("blocks held", format_args!("{n_held}: {text}"));
            // The last byte has bits of no block, so a map alone does not say whether all are there.
            if n_held + 7 < map.len() * 8 { Stated::No } else { Stated::Unknown }
        }
        None => Stated::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_infohash_stands_in_the_name_whole_or_by_its_beginning() {
        for (name, hash) in [
            ("file 1.bin.0123456789abcdef.resume", Some("btih_start:0123456789abcdef")),
            (
                "00000000000000000000000000000000000000aa.resume",
                Some("btih:00000000000000000000000000000000000000aa"),
            ),
            (
                "0012-00000000000000000000000000000000000000aa.resume",
                Some("btih:00000000000000000000000000000000000000aa"),
            ),
            ("file 1.resume", None),
        ] {
            assert_eq!(file_hash(name).as_deref(), hash, "{name}");
        }
    }
}
