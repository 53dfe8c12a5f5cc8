//! `clients.met` of eMule and aMule: the other peers with which the program keeps a balance of bytes.

use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{Contact, PeerContact, ProblemKind, SharingNetwork};

use crate::artefact::{Counters, Cursor, Flaw, Loaded, Said, Span, Telling, hex, is_named};

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "emule_clients_met",
    version: 1,
    about: "clients.met of eMule and aMule: other peers by their user hash, bytes both ways, when last seen",
    tables: &["peer_contact"],
    recognise,
    read,
};

/// The first byte, with how long a record is then: without a public key, and with one.
const LAYOUTS: [(u8, usize); 2] = [(0x11, 38), (0x12, 119)];
/// The longest public key (`MAXPUBKEYSIZE`).
const KEY_MAX: u8 = 80;

fn layout(version: u8) -> Option<usize> {
    LAYOUTS.iter().find(|(known, _)| *known == version).map(|(_, len)| *len)
}

fn recognise(sample: &Sample<'_>) -> Fit {
    let named = is_named(sample.name, "clients.met");
    let mut cursor = Cursor::new(sample.head, 0);
    let record_len = cursor.u8("the version").ok().and_then(layout);
    let n_records = cursor.u32("the number of records").unwrap_or(u32::MAX) as usize;
    // The records fill the file to its last byte; a longer file than the head is only known by its name.
    let filled = record_len.is_some_and(|len| n_records.checked_mul(len) == Some(cursor.left()));
    match (record_len.is_some(), named) {
        (true, true) => Fit::Sure,
        (_, true) => Fit::Possible,
        (true, false) if filled && n_records > 0 => Fit::Possible,
        _ => Fit::No,
    }
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let loaded = Loaded::open(input)?;
    let mut telling = Telling::new(sink);
    let mut cursor = Cursor::new(&loaded.bytes, 0);
    let head =
        cursor.u8("the version").and_then(|version| Ok((version, cursor.u32("the number of records")?)));
    match head {
        Ok((version, n_records)) => match layout(version) {
            Some(record_len) => records(n_records, record_len, &mut cursor, &mut telling)?,
            None => {
                let expected = "version 11 or 12; nothing of the file was read";
                let found = format_args!("{version:02x}");
                telling.lost(&Flaw::new(ProblemKind::Malformed, Span { at: 0, len: 1 }, expected, found))?;
            }
        },
        Err(flaw) => telling.lost(&flaw)?,
    }
    telling.end(&loaded)
}

fn records(
    n_records: u32,
    record_len: usize,
    cursor: &mut Cursor<'_>,
    telling: &mut Telling<'_>,
) -> Result<(), Refusal> {
    telling.sink.note("records", &n_records.to_string());
    for _ in 0..n_records {
        let span = Span { at: cursor.at, len: record_len };
        match cursor.take(record_len, "a peer's record") {
            Ok(_) => {
                let row = peer(span, cursor.bytes, telling);
                row?;
            }
            Err(flaw) => {
                cursor.at = cursor.bytes.len();
                return telling.lost(&flaw);
            }
        }
        telling.sink.progress(cursor.at as u64);
    }
    telling.rest(cursor)
}

/// A record: user hash, `u32` bytes sent, `u32` bytes received, `u32` last seen, the high halves of both, `u16`
/// reserved, and in the longer form `u8` length of a key and 80 bytes for it.
fn peer(span: Span, bytes: &[u8], telling: &mut Telling<'_>) -> Result<(), Refusal> {
    telling.record();
    let mut fields = Cursor::new(&bytes[..span.at + span.len], span.at);
    let read = |fields: &mut Cursor<'_>| -> Result<([u8; 16], [Said; 5]), Flaw> {
        let hash = fields.array("the user hash")?;
        let mut numbers = [Said { value: 0, span }; 5];
        for number in &mut numbers {
            *number = fields.said_u32("a number of the record")?;
        }
        Ok((hash, numbers))
    };
    let (hash, [sent, received, seen, sent_high, received_high]) = match read(&mut fields) {
        Ok(fields) => fields,
        Err(flaw) => return telling.flaw("", &flaw),
    };
    let mut counters = Counters::default();
    for (name, said) in [
        ("sent_low", sent),
        ("sent_high", sent_high),
        ("received_low", received),
        ("received_high", received_high),
        ("last_seen", seen),
    ] {
        counters.push(name, said.value, said.span);
    }
    let key_at = span.at + 38;
    let key_len = bytes.get(key_at).copied().filter(|_| span.len > 38);
    if let Some(key_len) = key_len {
        counters.push("key_bytes", key_len, Span { at: key_at, len: 1 });
    }
    let last_seen = telling.time("last_seen", seen)?;
    telling.row(PeerContact {
        network: SharingNetwork::Ed2k,
        program: "eMule or aMule".into(),
        contact: Contact::Credit,
        peer: Some(hex(&hash).into()),
        peer_name: None,
        address: None,
        port: None,
        file_hash: None,
        bytes_sent: Some(sent.value | sent_high.value << 32),
        bytes_received: Some(received.value | received_high.value << 32),
        last_seen,
        counters_said: counters.text(),
        place: span.spot(),
    })?;
    match key_len {
        Some(len) if len > KEY_MAX => {
            let expected = format!("a key of at most {KEY_MAX} bytes; the record may be damaged");
            let flaw = Flaw::new(ProblemKind::Malformed, Span { at: key_at, len: 1 }, &expected, len);
            telling.flaw("key_bytes", &flaw)
        }
        _ => Ok(()),
    }
}
