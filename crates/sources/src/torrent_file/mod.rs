//! A `.torrent` (BEP 3, BEP 52): the description of files by the hashes of their pieces. It says of no peer that it
//! has anything.

mod files;

use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{ProblemKind, SharedFile, SharingNetwork};

use crate::artefact::{Counters, Flaw, Loaded, Remarks, Telling, file_of};
use crate::bencode::{Dict, parse, shown};
use crate::torrents::{Numbers, instant, keys, root};

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "torrent_file",
    version: 1,
    about: "a .torrent (BEP 3, BEP 52, both at once): names, sizes, hashes of pieces, infohashes",
    tables: &["shared_file", "file_part"],
    recognise,
    read,
};

/// What made the file is not in it, as far as its format tells.
const PROGRAM: &str = "a torrent file";

/// Keys of the file (BEP 3, 12, 19, 5, 52), and what programs add.
const KEYS: &str = "announce|announce-list|comment|comment.utf-8|created by|creation date|encoding|httpseeds|info|\
    libtorrent_resume|locale|magnet-info|nodes|piece layers|publisher|publisher-url|publisher-url.utf-8|\
    publisher.utf-8|rtorrent|url-list|azureus_properties|title";
/// Keys of its description.
const INFO_KEYS: &str = "collections|ed2k|file tree|file-duration|file-media|files|length|md5sum|meta version|name|name.utf-8|\
    piece length|pieces|private|profiles|publisher|publisher-url|publisher-url.utf-8|publisher.utf-8|\
    root hash|sha1|similar|source|update-url|x_cross_seed|filehash|mtime|attr|symlink path|signatures|\
    ssl-cert|originator";

fn recognise(sample: &Sample<'_>) -> Fit {
    let named = sample.name.to_ascii_lowercase().ends_with(".torrent");
    let parsed = parse(sample.head);
    let Some(dict) = parsed.root.as_ref().and_then(|root| Dict::of(sample.head, root)) else {
        return if named { Fit::Possible } else { Fit::No };
    };
    // The head may end inside the description, of which only the beginning is then there.
    let is_described = dict.dict("info").is_some_and(|info| {
        ["pieces", "piece length", "file tree", "files", "name"].iter().filter(|key| info.has(key)).count()
            >= 2
    });
    match (is_described && !dict.has("file-format"), named) {
        (true, _) => Fit::Sure,
        (false, true) => Fit::Possible,
        (false, false) => Fit::No,
    }
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let loaded = Loaded::open(input)?;
    let mut telling = Telling::new(sink);
    let parsed = parse(&loaded.bytes);
    if let Some(file) = root(&parsed, &mut telling)? {
        match file.dict("info") {
            Some(info) => torrent(&file, &info, &loaded, &mut telling)?,
            None => {
                let expected = "a description under the key info; nothing of the file was read";
                let found = format!("{} keys", file.entries.len());
                telling.lost(&Flaw::new(ProblemKind::MissingValue, file.span, expected, found))?;
            }
        }
    }
    telling.end(&loaded)
}

fn torrent(
    file: &Dict<'_>,
    info: &Dict<'_>,
    loaded: &Loaded,
    telling: &mut Telling<'_>,
) -> Result<(), Refusal> {
    let bytes = &loaded.bytes[..];
    telling.record();
    keys("key of a torrent file", file, bytes, KEYS, telling)?;
    keys("key of a torrent's description", info, bytes, INFO_KEYS, telling)?;
    let numbers = Numbers::of_info(bytes, info);
    let file_hash = numbers.file_hash(&loaded.name, info.span, telling)?;
    let mut counters = Counters::default();
    let created = instant(file, bytes, "creation date", &mut counters, telling)?;
    let mut remarks = Remarks::default();
    if let Some(created) = &created {
        remarks.push("created", created);
    }
    for (dict, key) in [
        (file, "created by"),
        (file, "comment"),
        (file, "comment.utf-8"),
        (file, "announce"),
        (file, "announce-list"),
        (file, "url-list"),
        (file, "publisher"),
        (file, "publisher-url"),
        (file, "title"),
        (info, "private"),
        (info, "source"),
        (info, "publisher"),
        (info, "piece length"),
        (info, "meta version"),
    ] {
        if let Some(value) = dict.get(key) {
            remarks.push(key, shown(bytes, value));
        }
    }
    let listed = files::listed(info, bytes, telling)?;
    remarks.push("files", listed.len());
    let total = listed.iter().try_fold(0_u64, |sum, file| sum.checked_add(file.size?));
    telling.row(SharedFile {
        other_hash: numbers.other_hash(),
        file_name: info.text("name.utf-8").or_else(|| info.text("name")).map(Into::into),
        file_size: total,
        counters_said: counters.text(),
        text: remarks.text(),
        ..file_of(SharingNetwork::Bittorrent, PROGRAM, file_hash.clone(), info.span)
    })?;
    for file in &listed {
        files::tell(file, &file_hash, telling)?;
    }
    files::pieces(info, &listed, total, &file_hash, bytes, telling)?;
    files::layers(file, info, &listed, &file_hash, bytes, telling)
}
