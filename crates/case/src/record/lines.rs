//! The forms of the record's files: the tail, the lines of payloads, and what is wrong with one of them.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use tutela_ledger::entry::{Content, Entry, Flaw, SIGN, commit};
use tutela_ledger::tile::{Damaged, Kind, Tile, WIDTH};

use super::{Act, Payload, Said};
use crate::folder::Folder;

/// The tail's path in its folder.
pub(crate) const TAIL: &str = "ledger/tail";

/// The name of the tile of the hashes of a full bundle.
pub(crate) fn leaves(index: u64) -> Tile {
    Tile { kind: Kind::Hashes(0), index, width: WIDTH }
}

/// The name of a full bundle.
pub(crate) fn bundle(index: u64) -> Tile {
    Tile { kind: Kind::Entries, index, width: WIDTH }
}

/// The whole entries of a tail, and how many bytes they take.
pub(crate) fn frames(mut bytes: &[u8]) -> (Vec<&[u8]>, usize) {
    let (mut entries, mut len) = (Vec::new(), 0);
    while let Some((length, rest)) = bytes.split_first_chunk::<2>()
        && let Some((entry, rest)) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
    {
        entries.push(entry);
        len += 2 + entry.len();
        bytes = rest;
    }
    (entries, len)
}

/// A line of payloads.
pub(crate) fn line(payload: &str, salt: &[u8; 16], seq: u64) -> String {
    format!("{{\"payload\":{payload},\"salt\":\"{}\",\"seq\":{seq}}}\n", STANDARD.encode(salt))
}

/// The line of an entry that signs, which has no payload.
pub(crate) fn line_of_signature(seq: u64) -> String {
    format!("{{\"seq\":{seq}}}\n")
}

/// The line that stands in the place of a payload that was erased.
pub(crate) fn erased(seq: u64) -> String {
    format!("{{\"erased\":true,\"seq\":{seq}}}\n")
}

/// The act of an entry and its line of payloads.
pub(crate) fn act(entry: &Entry<'_>, line: &[u8]) -> Result<Act, Flaw> {
    let seq = entry.seq;
    let flaw = |expected: &str| broken(seq, &payloads_of(seq), expected, &String::from_utf8_lossy(line));
    let text = std::str::from_utf8(line).map_err(|_| flaw("a line of text"))?;
    let (act, at, hash) = match &entry.content {
        Content::Act(act) => (act.act.to_string(), act.at.to_string(), act.payload),
        Content::Signed(signed) if text.starts_with("{\"seq\"") && text == line_of_signature(seq) => {
            let (signer, at) = (Some(signed.by.clone()), signed.at.to_string());
            return Ok(Act { seq, at, act: SIGN.to_owned(), signer, payload: None });
        }
        Content::Signed(_) => return Err(flaw("the line of an entry that signs")),
        Content::Unknown => {
            let (act, at) = ("unknown".to_owned(), String::new());
            return Ok(Act { seq, at, act, signer: None, payload: None });
        }
    };
    let mut act = Act { seq, at, act, signer: None, payload: None };
    if text.starts_with("{\"erased\"") && text == erased(seq) {
        return Ok(act);
    }
    let (payload, salt) = parts(text, seq).ok_or_else(|| flaw("a payload, its salt and its position"))?;
    if commit(&salt, payload.as_bytes()) != hash {
        return Err(flaw("the payload whose hash is in the entry"));
    }
    let said = Said::parse(payload).ok_or_else(|| flaw("act, time, officer and the particulars"))?;
    if (&*said.act, &*said.at) != (&*act.act, &*act.at) {
        let (expected, found) =
            (format!("{} at {}", said.act, said.at), format!("{} at {}", act.act, act.at));
        return Err(broken(seq, &payloads_of(seq), &expected, &found));
    }
    act.payload = Some(Payload { text: payload.to_owned(), salt });
    Ok(act)
}

/// The payload and the salt in a line that is written as [`line`] writes it. Nothing is made to compare it with: a million
/// lines are read whenever a large operation is opened. Base64 of sixteen bytes has one spelling for each.
pub(crate) fn parts(text: &str, seq: u64) -> Option<(&str, [u8; 16])> {
    const SALT: &str = ",\"salt\":\"";
    let (rest, found) =
        text.strip_prefix("{\"payload\":")?.strip_suffix("}\n")?.rsplit_once("\",\"seq\":")?;
    let is_number = !found.starts_with('0') || found == "0";
    if !is_number || !found.bytes().all(|byte| byte.is_ascii_digit()) || found.parse() != Ok(seq) {
        return None;
    }
    let (payload, digits) = rest.split_at_checked(rest.len().checked_sub(SALT.len() + 24)?)?;
    let digits = digits.strip_prefix(SALT)?;
    let mut salt = [0; 18];
    let n_bytes = STANDARD.decode_slice(digits, &mut salt).ok()?;
    Some((payload, salt[..n_bytes].try_into().ok()?))
}

/// A bundle that is not one, as a flaw of the record.
pub(crate) fn flaw_of(tile: &Tile, damaged: Damaged) -> Flaw {
    broken(tile.index * u64::from(WIDTH), &damaged.path, &damaged.expected, &damaged.found)
}

/// A file of payloads that holds more than its bundle.
pub(crate) fn no_more(tile: &Tile, rest: &[u8]) -> Flaw {
    let last = (tile.index + 1) * u64::from(WIDTH) - 1;
    broken(last, &payloads_of(last), "the last line", &String::from_utf8_lossy(rest))
}

/// The file, in its folder, that holds the payload of an entry.
pub(crate) fn payloads_of(seq: u64) -> String {
    let path = Folder::new(Path::new("")).payloads(seq / u64::from(WIDTH));
    path.to_string_lossy().into_owned()
}

pub(crate) fn broken(seq: u64, place: &str, expected: &str, found: &str) -> Flaw {
    let found = found.chars().take(120).collect();
    Flaw { seq, place: place.to_owned(), expected: expected.to_owned(), found }
}
