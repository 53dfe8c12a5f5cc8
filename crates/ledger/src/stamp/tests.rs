//! Replies of an authority that is made up (`tests/stamp/make.sh`), whole, refused, in BER and damaged.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use proptest::prelude::*;

use super::*;

const MESSAGE: &[u8] = b"a checkpoint\n";

static GRANTED: LazyLock<Vec<u8>> = LazyLock::new(|| bytes(include_str!("../../tests/stamp/granted.txt")));

fn bytes(text: &str) -> Vec<u8> {
    STANDARD.decode(text.replace('\n', "")).expect("a sample is base64")
}

/// The bytes of a member with this tag.
fn member(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let length = match value.len() {
        length @ 0..0x80 => vec![length as u8],
        length @ 0x80..0x100 => vec![0x81, length as u8],
        length => vec![0x82, (length >> 8) as u8, length as u8],
    };
    [&[tag][..], &length, &value].concat()
}

/// A `TSTInfo` with this time and these members after it.
fn info(time: &str, more: &[&[u8]]) -> Vec<u8> {
    let algorithm = value(Tag::Sequence, &[&encoded(&SHA_256), &member(5, &[])]);
    let imprint = member(0x30, &[&algorithm, &member(4, &[&Sha256::digest(MESSAGE)])]);
    let policy = encoded(&ObjectIdentifier::new_unwrap("1.2.3.4"));
    let time = member(0x18, &[time.as_bytes()]);
    let parts = [&[2, 1, 1][..], &policy, &imprint, &[2, 2, 0, 0x8f], &time];
    member(0x30, &[&parts.concat(), &more.concat()])
}

/// A token over this, of which nobody signed anything.
fn unsigned(info: &[u8]) -> Vec<u8> {
    let content = member(0xa0, &[&member(4, &[info])]);
    let content = member(0x30, &[&encoded(&TST_INFO), &content]);
    let data = member(0x30, &[&[2, 1, 3, 0x31, 0], &content, &[0x31, 0]]);
    member(0x30, &[&encoded(&SIGNED_DATA), &member(0xa0, &[&data])])
}

#[test]
fn the_reply_of_a_made_up_authority_says_what_openssl_reads_in_it() {
    // From `openssl ts -reply -in granted.tsr -text`.
    let expected = Reply {
        imprint: Hash(Sha256::digest(MESSAGE).into()),
        gen_time: "2026-11-22T10:15:21Z".to_owned(),
        serial: "0a1c".to_owned(),
        policy: "1.2.3.4".to_owned(),
        nonce: Some("2cff2d3a7614217f".to_owned()),
        tsa: Some("C=IT, O=Made-up court, first chamber, CN=made-up TSA".to_owned()),
    };
    assert_eq!(Reply::parse(&GRANTED), Ok(expected.clone()));
    // The token alone, as OpenSSL takes it out with -token_out, follows the status of five bytes.
    let token =
        &GRANTED[GRANTED.windows(5).position(|part| part == [0x30, 3, 2, 1, 0]).expect("granted") + 5..];
    assert_eq!(Reply::parse(token), Ok(expected));
}

#[test]
fn a_reply_is_the_one_to_its_request_only() {
    let reply = Reply::parse(&GRANTED).expect("a reply");
    let nonce = u64::from_str_radix(reply.nonce.as_deref().expect("it was asked for"), 16).expect("digits");
    assert_eq!(reply.answers(MESSAGE, Some(nonce)), Ok(()));
    assert_eq!(reply.answers(MESSAGE, None), Ok(()));
    let other = reply.answers(b"another checkpoint\n", Some(nonce));
    assert!(matches!(other, Err(OtherRequest::Imprint { found, .. }) if found == reply.imprint));
    let earlier = reply.answers(MESSAGE, Some(0)).map_err(|why| why.to_string());
    assert_eq!(
        earlier,
        Err("the reply is to another request: expected the number 00, found: 2cff2d3a7614217f".to_owned())
    );
    let without = Reply { nonce: None, ..reply };
    assert!(
        matches!(without.answers(MESSAGE, Some(1)), Err(OtherRequest::Nonce { found, .. }) if found == "none")
    );
}

#[test]
fn a_request_has_the_bytes_of_rfc_3161() {
    let hash = Sha256::digest(MESSAGE);
    for (nonce, digits) in [
        (0, &[0][..]),
        (0x7f, &[0x7f]),
        (0x80, &[0, 0x80]),
        (u64::MAX, &[0, 255, 255, 255, 255, 255, 255, 255, 255]),
    ] {
        let algorithm = [0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
        let imprint = member(0x30, &[&algorithm, &member(4, &[&hash])]);
        let expected = member(0x30, &[&[2, 1, 1], &imprint, &member(2, &[digits]), &[1, 1, 0xff]]);
        assert_eq!(request(MESSAGE, nonce), expected, "{nonce}");
    }
}

#[test]
fn an_authority_that_did_not_stamp_is_named_with_what_it_said() {
    let refused = Reply::parse(&bytes(include_str!("../../tests/stamp/refused.txt")));
    assert_eq!(
        refused.map_err(|why| why.to_string()),
        Err("the authority did not stamp: expected granted, found: rejection \
             (Message digest algorithm is not supported.; badAlg)"
            .to_owned())
    );
    let other = Reply::parse(&bytes(include_str!("../../tests/stamp/sha512.txt")));
    assert_eq!(other, Err(BadReply::Algorithm("2.16.840.1.101.3.4.2.3".to_owned())));
    for (status, expected) in [
        (3, "the authority did not stamp: expected granted, found: waiting"),
        (6, "not the reply of a time-stamping authority at status: expected a number from 0 to 5, found: 6"),
        (0, "not the reply of a time-stamping authority at timeStampToken: expected a token, found: the end"),
    ] {
        let reply = member(0x30, &[&[0x30, 3, 2, 1, status]]);
        assert_eq!(Reply::parse(&reply).map_err(|why| why.to_string()), Err(expected.to_owned()));
    }
    // Granted with changes is granted.
    let reply = member(0x30, &[&[0x30, 3, 2, 1, 1], &unsigned(&info("20260301200000Z", &[]))]);
    assert_eq!(Reply::parse(&reply).map(|reply| reply.serial).as_deref(), Ok("8f"));
}

#[test]
fn a_time_is_a_second_in_utc_and_its_fraction_is_left_out() {
    let parse = |time: &str| Reply::parse(&unsigned(&info(time, &[]))).map(|reply| reply.gen_time);
    for time in ["20260301200000Z", "20260301200000.2Z", "20260301200000.123456789Z"] {
        assert_eq!(parse(time).as_deref(), Ok("2026-03-01T20:00:00Z"), "{time}");
    }
    assert_eq!(parse("20261231235960Z").as_deref(), Ok("2026-12-31T23:59:60Z"));
    for time in [
        "",
        "Z",
        "20260301200000",
        "20260301200000.Z",
        "20260301200000,2Z",
        "20261301200000Z",
        "202603012000Z",
        "20260301200000+0100",
        "2026030120000éZ",
        "20260301200000.2 Z",
    ] {
        let bad = parse(time).map_err(|why| why.to_string());
        let expected = "at genTime: expected a time such as 20260301200000Z, found: ";
        assert!(bad.as_ref().is_err_and(|bad| bad.contains(expected)), "{time}: {bad:?}");
    }
}

#[test]
fn names_of_authorities_are_shown_in_one_line() {
    let cn = |value: &[u8]| {
        let attribute = member(0x30, &[&encoded(&ObjectIdentifier::new_unwrap("2.5.4.3")), value]);
        member(0xa4, &[&member(0x30, &[&member(0x31, &[&attribute])])])
    };
    let tsa = |name: &[u8]| {
        let info = info("20260301200000Z", &[&member(0xa0, &[name]), &member(0xa1, &[&[5, 0]])]);
        Reply::parse(&unsigned(&info)).map(|reply| reply.tsa.unwrap_or_default())
    };
    for (name, expected) in [
        (cn(&member(0x0c, &["Città\n\u{202e}".as_bytes()])), "CN=Città\\n\\u{202e}"),
        (cn(&member(0x13, &[b"O'Made \"up\""])), "CN=O'Made \"up\""),
        (cn(&member(0x14, &[b"Citt\xe0"])), "CN=Città"),
        (cn(&member(0x1e, &[b"\0T\0S\0A\xd8"])), "CN=TSAØ"),
        (cn(&[2, 1, 7]), "CN=#07"),
        (member(0x86, &[b"https://tsa.example"]), "https://tsa.example"),
        (member(0x88, &[&[0x2a, 3]]), "#2a03"),
    ] {
        assert_eq!(tsa(&name).as_deref(), Ok(expected));
    }
    assert!(tsa(&member(0xa4, &[&[0x30, 0]])).is_err());
    assert!(tsa(&cn(&member(0x0c, &[&[b'a'; 900]]))).is_ok_and(|name| name.len() == 300));
}

#[test]
fn a_token_in_ber_is_read_too() {
    let info = info("20260301200000Z", &[]);
    let (begin, end) = info.split_at(20);
    let open = |tag: u8, parts: &[&[u8]]| [&[tag, 0x80][..], &parts.concat(), &[0, 0]].concat();
    let bytes = open(0x24, &[&member(4, &[begin]), &member(4, &[end])]);
    let content = open(0x30, &[&encoded(&TST_INFO), &open(0xa0, &[&bytes])]);
    let data = open(0x30, &[&[2, 1, 3, 0x31, 0], &content, &open(0xa0, &[&[5, 0]]), &open(0x31, &[])]);
    let token = open(0x30, &[&encoded(&SIGNED_DATA), &open(0xa0, &[&data])]);
    let expected = Reply::parse(&unsigned(&info));
    assert!(expected.is_ok(), "{expected:?}");
    assert_eq!(Reply::parse(&token), expected);
    assert_eq!(Reply::parse(&open(0x30, &[&[0x30, 3, 2, 1, 0], &token])), expected);
}

#[test]
fn what_is_not_a_reply_is_refused_with_its_place() {
    let whole = unsigned(&info("20260301200000Z", &[]));
    let with = |from: &[u8], to: &[u8]| {
        let at = whole.windows(from.len()).position(|part| part == from).expect("it is there");
        [&whole[..at], to, &whole[at + from.len()..]].concat()
    };
    for (bytes, place, found) in [
        (Vec::new(), "the structure", "at DER byte 0"),
        (b"<html>".to_vec(), "the structure", "0x3c"),
        (request(MESSAGE, 7), "the structure", "SEQUENCE"),
        ([&whole[..], &[0]].concat(), "the structure", "trailing data"),
        (
            with(&encoded(&SIGNED_DATA), &encoded(&ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3"))),
            "contentType",
            "1.2.840.113549.1.7.3",
        ),
        (
            with(&encoded(&TST_INFO), &encoded(&ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.2"))),
            "eContentType",
            "1.2.840.113549.1.9.16.1.2",
        ),
        (with(&[2, 1, 1], &[2, 1, 2]), "version", "2"),
        (with(&[2, 2, 0, 0x8f], &[2, 2, 0x80, 0x8f]), "serialNumber", "INTEGER"),
        (with(&[4, 32], &[5, 32]), "hashedMessage", "OCTET STRING"),
        (with(&[0x18, 15], &[0x13, 15]), "genTime", "20260301200000Z"),
        (vec![0; 2 * 1024 * 1024], "the file", "2097152 bytes"),
    ] {
        match Reply::parse(&bytes) {
            Err(BadReply::Form { place: at, found: said, .. }) if at == place && said.contains(found) => {}
            other => panic!("{place}, {found}: {other:?}"),
        }
    }
}

proptest! {
    #[test]
    fn a_changed_byte_is_read_or_refused(at in 0..4000_usize, to in any::<u8>(), length in 0..4000_usize) {
        let mut bytes = GRANTED.clone();
        let at = at % bytes.len();
        bytes[at] = to;
        let _ = Reply::parse(&bytes);
        bytes.truncate(length % bytes.len());
        prop_assert!(Reply::parse(&bytes).is_err());
    }

    #[test]
    fn any_bytes_are_a_reply_or_not(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Reply::parse(&bytes);
        let _ = Reply::parse(&unsigned(&bytes));
        let _ = Reply::parse(&unsigned(&info("20260301200000Z", &[&member(0xa0, &[&bytes])])));
        let _ = Reply::parse(&member(0x30, &[&member(0x30, &[&[2, 1, 2], &bytes])]));
    }

    #[test]
    fn any_request_has_its_hash_and_number(message in prop::collection::vec(any::<u8>(), 0..40), nonce in any::<u64>()) {
        let asked = request(&message, nonce);
        let mut reader = SliceReader::new(&asked).expect("it is short");
        let read: der::Result<(u8, u64, bool)> = reader.sequence(|reader| {
            let version = reader.decode()?;
            let _imprint: AnyRef<'_> = reader.decode()?;
            Ok((version, reader.decode()?, reader.decode()?))
        });
        prop_assert_eq!(read, Ok((1, nonce, true)));
    }
}
