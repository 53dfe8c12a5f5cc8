//! `resume.dat` of µTorrent and BitTorrent: each torrent that the program has, with what it sent, and the peers that it
//! knew when it wrote the file.

use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{SharedFile, SharingNetwork, Stated};

use crate::artefact::{Counters, Loaded, Remarks, Span, Telling, file_of, hex, is_named, text_of};
use crate::bencode::{Dict, parse, shown};
use crate::torrents::{Entry, Numbers, Peers, bits, counter, instant, keys, not_a, root, runs};

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "utorrent_resume_dat",
    version: 1,
    about: "resume.dat of µTorrent: each torrent with bytes sent and received, pieces held, peers known",
    tables: &["shared_file", "peer_contact"],
    recognise,
    read,
};

const PROGRAM: &str = "uTorrent or BitTorrent";
/// Keys of the file that are no torrent.
const NO_TORRENT: [&str; 2] = [".fileguard", "rec"];

/// Keys of a torrent, as versions 1 to 3 write them.
const KEYS: &str = "added_on|antivirus|app_owner|app_type|app_url|blocks|blocksize|cached|caption|codec|completed_on|\
    completion_period|converted_media|corrupt|created_torrent|dht|directory|download_url|downloaded|\
    downloaded_with_helper|downspeed|episode|episode_to|feed_id|feed_url|flags|gate_info_url|\
    gate_launch_external|gate_progress|gate_string|gate_url|hashed|hashfails|have|\
    helper_integration_changed|infected|info|is_update_available|is_update_torrent|known|label|labels|\
    last seen complete|last_active|lsd|max_connections|meta_audio_codec|meta_available|meta_containers|\
    meta_durations|meta_encoding_rates|meta_video_codec|meta_video_heights|meta_video_widths|\
    meta_vlc_supported|modtimes|moved|next_gate|observers|order|outofspace|override_seedsettings|\
    parent_info|path|peers6|prio|prio2|published_on|quality|quarantined|read_only|relative|resume_valid|\
    rootdir|rss_name|runtime|scrambled|season|seedtime|share_mode|sid|started|stats_all_peers|\
    stats_all_slots|stats_wallet_peers|stats_wallet_slots|streamable|suffixes|superseed|\
    superseed_cur_piece|targets|time|torrents_added_while_downloading|trackermode|trackers|tracker_stats|\
    transcode|tt_1pct|tt_20pct|tt_5pct|ttfb|ulslots|unchoke_rounds|update_freq|update_url|uploaded|\
    uploaded_with_helper|upspeed|use_utp|use_utp_only|valid|visible|vote|votes|wanted_ratio|\
    wanted_seednum|wanted_seedtime|wasforce|waste|web_seeding_enabled|webseeds";

fn recognise(sample: &Sample<'_>) -> Fit {
    let parsed = parse(sample.head);
    let root = parsed.root.as_ref().and_then(|root| Dict::of(sample.head, root));
    let has = |key: &str| root.is_some_and(|root| root.has(key));
    let first = root.and_then(|root| root.entries.iter().find_map(|(_, node)| Dict::of(sample.head, node)));
    let is_torrents = first.is_some_and(|torrent| torrent.has("added_on") && torrent.has("caption"));
    let guarded = has(".fileguard") && (is_torrents || parsed.flaw.is_some());
    match (guarded || is_torrents, is_named(sample.name, "resume.dat")) {
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
        for (key, node) in file.entries {
            let name = text_of(key.of(&loaded.bytes));
            match Dict::of(&loaded.bytes, node) {
                Some(torrent) if !NO_TORRENT.contains(&name.as_str()) => {
                    tell(&name, *key, &torrent, &loaded.bytes, &mut telling)?;
                }
                _ => {
                    telling.record();
                    telling.sink.skip(&node.span.spot(), "a check sum of the file or a list of feeds");
                    if !NO_TORRENT.contains(&name.as_str()) {
                        let found = shown(&loaded.bytes, node);
                        telling.unknown("key of resume.dat", &name, found, node.span)?;
                    }
                }
            }
            telling.sink.progress((node.span.at + node.span.len) as u64);
        }
    }
    telling.end(&loaded)
}

fn tell(
    name: &str,
    key: Span,
    torrent: &Dict<'_>,
    bytes: &[u8],
    telling: &mut Telling<'_>,
) -> Result<(), Refusal> {
    telling.record();
    keys("key of a torrent", torrent, bytes, KEYS, telling)?;
    let span = Span::between(key.at, torrent.span.at + torrent.span.len);
    let numbers = Numbers {
        v1: torrent.string("info").filter(|info| info.len == 20).map(|info| hex(info.of(bytes))),
        v2: None,
    };
    let file_hash = numbers.file_hash(name, span, telling)?;
    let mut counters = Counters::default();
    let mut number =
        |key: &str, telling: &mut Telling<'_>| counter(torrent, bytes, key, &mut counters, telling);
    let sent = number("uploaded", telling)?;
    let received = number("downloaded", telling)?;
    for key in ["seedtime", "runtime", "last_active", "corrupt", "waste"] {
        number(key, telling)?;
    }
    let added = instant(torrent, bytes, "added_on", &mut counters, telling)?;
    let completed = instant(torrent, bytes, "completed_on", &mut counters, telling)?;
    let mut remarks = Remarks::default();
    for key in ["last seen complete", "time"] {
        if let Some(time) = instant(torrent, bytes, key, &mut counters, telling)? {
            remarks
                .push(if key == "time" { "state written" } else { "all of it last seen among peers" }, time);
        }
    }
    for key in
        ["label", "labels", "rss_name", "feed_url", "download_url", "started", "visible", "created_torrent"]
    {
        remark(torrent, bytes, key, &mut remarks);
    }
    if let Some(have) = torrent.string("have") {
        let (pieces, n_held) = runs(bits(have.of(bytes)));
        remarks.push("pieces held", format_args!("{n_held}: {pieces}"));
    }
    remarks.push("torrent file", name);
    telling.row(SharedFile {
        file_name: torrent.text("caption").map(Into::into),
        path: torrent.text("path").map(Into::into),
        bytes_sent: sent.map(|said| said.value),
        bytes_received: received.map(|said| said.value),
        // When it was completed; a torrent that was only made or only seeded here has the time too.
        complete: if completed.is_some() { Stated::Yes } else { Stated::Unknown },
        added,
        completed,
        counters_said: counters.text(),
        text: remarks.text(),
        ..file_of(SharingNetwork::Bittorrent, PROGRAM, file_hash.clone(), span)
    })?;
    let peers = Peers { program: PROGRAM, file_hash: Some(&file_hash), entry: Entry::V6 };
    match (torrent.get("peers6"), torrent.string("peers6")) {
        (_, Some(list)) => peers.tell("peers6", list, bytes, telling),
        (Some(node), None) => not_a("peers6", "a string of peers", node, bytes, telling),
        (None, None) => Ok(()),
    }
}

/// Keeps a value that says something of how the torrent was dealt with.
fn remark(torrent: &Dict<'_>, bytes: &[u8], key: &str, remarks: &mut Remarks) {
    if let Some(node) = torrent.get(key) {
        let value = shown(bytes, node);
        if !value.is_empty() && value != "[]" {
            remarks.push(key, value);
        }
    }
}
