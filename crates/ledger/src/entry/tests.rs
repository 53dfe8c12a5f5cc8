//! Entries as they are written, of later programs, and damaged.

use proptest::prelude::*;

use super::*;
use crate::merkle::EMPTY;

const ACT: &str = r#"{"act":"receive","at":"2026-03-01T20:00:00Z","payload":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=","seq":4,"v":1}"#;

fn act() -> Act<'static> {
    Act { act: "receive".into(), at: "2026-03-01T20:00:00Z".into(), payload: EMPTY }
}

fn officer() -> Signer {
    Signer::new("unit.example/officer-17", Algorithm::Ed25519, &[7; 32]).expect("a name")
}

fn head(size: u64) -> Checkpoint {
    Checkpoint::new("unit.example/case", size, EMPTY).expect("an origin")
}

fn signed() -> String {
    let mut bytes = Vec::new();
    Signed::write(&head(4), "2026-03-01T20:00:09Z", &officer(), &mut bytes).expect("a key for entries");
    String::from_utf8(bytes).expect("ASCII")
}

#[test]
fn an_act_has_these_bytes_and_reads_back() {
    let mut bytes = Vec::new();
    act().write(4, &mut bytes).expect("a word and a time");
    assert_eq!(String::from_utf8_lossy(&bytes), ACT);
    let value: Value = serde_json::from_str(ACT).expect("JSON");
    assert_eq!(canonical(&value).as_deref(), Ok(ACT));
    let entry = Entry { seq: 4, version: 1, content: Content::Act(act()), unknown: Map::new() };
    assert_eq!(Entry::parse(ACT.as_bytes(), 4), Ok(entry.clone()));
    let slowly = Members::parse(ACT.as_bytes(), 4).and_then(Members::entry);
    assert_eq!(slowly, Ok(entry));
}

#[test]
fn a_payload_is_bound_by_its_salt() {
    // SHA-256 of sixteen zero bytes and of "{}", made with sha256sum.
    let expected = "sha256:333b13ff02f57ae18049b82ca66f37592c5a3d8fd54e44e23ae5c7085c24fd2a";
    assert_ne!(commit(&[0; 16], b"{}"), commit(&[1; 16], b"{}"));
    assert_eq!(commit(&[0; 16], b"{}").to_string(), expected);
}

#[test]
fn a_signature_holds_for_the_log_before_it_and_its_key_only() {
    let text = signed();
    let value: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(canonical(&value).as_deref(), Ok(text.as_str()));
    let entry = Entry::parse(text.as_bytes(), 4).expect("as written");
    assert_eq!(Members::parse(text.as_bytes(), 4).and_then(Members::entry).as_ref(), Ok(&entry));
    let Content::Signed(signed) = entry.content else { panic!("it signs") };
    assert_eq!(signed.by.to_string(), officer().key().to_string());
    assert!(signed.holds(&head(4), officer().verifier()));
    assert!(!signed.holds(&head(5), officer().verifier()));
    let elsewhere = Checkpoint::new("unit.example/other", 4, EMPTY).expect("an origin");
    assert!(!signed.holds(&elsewhere, officer().verifier()));
    let other = Signer::new("unit.example/officer-17", Algorithm::Ed25519, &[8; 32]).expect("a name");
    assert!(!signed.holds(&head(4), other.verifier()));
    assert_eq!(
        signing_text(&head(4)),
        "tutela-ledger/sign/1\nunit.example/case\n4\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    );
    assert!(Checkpoint::parse(&signing_text(&head(4))).is_err());
}

#[test]
fn what_a_later_program_writes_is_kept_as_unknown() {
    let more = ACT.replace(r#","v":1"#, r#","v":1,"x":["é",null,{"y":2}]"#);
    let entry = Entry::parse(more.as_bytes(), 4).expect("one member more");
    assert_eq!((entry.content, entry.unknown.len()), (Content::Act(act()), 1));
    let newer = r#"{"acts":[1,2],"seq":4,"v":2}"#;
    let entry = Entry::parse(newer.as_bytes(), 4).expect("a later version");
    assert_eq!((entry.version, entry.content, entry.unknown.len()), (2, Content::Unknown, 1));
    let word = ACT.replace("receive", "Übergabe \\\" später");
    let Ok(Entry { content: Content::Act(act), .. }) = Entry::parse(word.as_bytes(), 4) else {
        panic!("another word for an act")
    };
    assert_eq!(act.act, "Übergabe \" später");
}

#[test]
fn what_is_not_as_it_was_written_is_found_at_its_place() {
    let signed = signed();
    let without = |text: &str, from: &str, to: &str| text.replace(from, to);
    for (bytes, message) in [
        (String::new(), "byte 0: expected one JSON object, found: "),
        ("[]".to_owned(), "byte 0: expected one JSON object, found: []"),
        (without(ACT, "\"act\"", "\"act\" "), "byte 6: expected the canonical form :\"receive\""),
        (without(ACT, ":4,", ":5,"), "seq: expected 4, found: 5"),
        (without(ACT, ":4,", ":-4,"), "seq: expected the position of the entry, found: -4"),
        (without(ACT, ":4,", ":4.5,"), "a number: expected a whole number, found: "),
        (without(ACT, "\"seq\":4,", ""), "seq: expected the position of the entry, found: no such member"),
        (without(ACT, ",\"v\":1", ""), "v: expected a version from 1, found: no such member"),
        (without(ACT, "\"v\":1", "\"v\":0"), "v: expected a version from 1, found: 0"),
        (without(ACT, "\"act\":\"receive\",", ""), "act: expected what was done, found: no such member"),
        (without(ACT, "20:00:00Z", "20:00:00"), "at: expected a time such as 2026-03-01T20:00:00Z, found: "),
        (without(ACT, "-03-", "-13-"), "at: expected a time"),
        (without(ACT, "uFU=", "uFV="), "payload: expected a hash of 32 bytes in base64, found: "),
        (without(ACT, "receive", "sign"), "by: expected a key name and key id, found: no such member"),
        (without(&signed, "officer-17+", "officer-17 "), "by: expected a key name and key id, found: "),
        (without(&signed, "==", ""), "sig: expected a signature of 64 bytes in base64, found: "),
        (without(ACT, "\"v\":1}", "\"v\":1}\n"), "byte 116: expected the end of the entry, found: \\n"),
        (without(ACT, "\"seq\":4", "\"seq\":4,\"seq\":4"), "byte 111: expected the canonical form v\":1}"),
    ] {
        let flaw = Entry::parse(bytes.as_bytes(), 4).expect_err(message).to_string();
        let expected = format!("entry 4 is broken at {message}");
        assert!(flaw.starts_with(&expected), "{flaw}\n{expected}");
    }
}

#[test]
fn what_cannot_be_written_is_refused_and_adds_nothing() {
    let mut bytes = Vec::new();
    let named = |act: &'static str| Act { act: act.into(), ..self::act() };
    let timed = |at: &'static str| Act { at: at.into(), ..self::act() };
    for act in ["", "sign", "Receive", "re ceive", "\"", "é"] {
        assert!(matches!(named(act).write(0, &mut bytes), Err(NotWritten::Act(_))), "{act}");
    }
    for at in [
        "",
        "2026-03-01 20:00:00Z",
        "2026-00-01T20:00:00Z",
        "2026-03-32T20:00:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T20:00:00+",
    ] {
        assert!(matches!(timed(at).write(0, &mut bytes), Err(NotWritten::At(_))), "{at}");
    }
    assert_eq!(act().write(EXACT + 1, &mut bytes), Err(NotWritten::Seq(EXACT + 1)));
    let witness = Signer::new("w", Algorithm::Cosignature, &[7; 32]).expect("a name");
    let refused = Signed::write(&head(0), "2026-03-01T20:00:00Z", &witness, &mut bytes);
    assert!(matches!(refused, Err(NotWritten::Algorithm(_))));
    assert!(bytes.is_empty());
}

proptest! {
    #[test]
    fn any_bytes_are_an_entry_or_a_flaw(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Entry::parse(&bytes, 4);
    }

    /// The quick way and the careful way agree on every entry that was changed in one place.
    #[test]
    fn a_changed_byte_is_read_alike_both_ways(at in 0..300_usize, to in any::<u8>(), signs in any::<bool>()) {
        let mut bytes = if signs { signed().into_bytes() } else { ACT.as_bytes().to_vec() };
        let at = at % bytes.len();
        bytes[at] = to;
        let slowly = Members::parse(&bytes, 4).and_then(Members::entry);
        if let Some(quickly) = Plain(&bytes).entry() {
            prop_assert_eq!(slowly.as_ref(), Ok(&quickly));
        }
        prop_assert_eq!(Entry::parse(&bytes, 4).is_ok(), slowly.is_ok_and(|entry| entry.seq == 4));
    }
}
