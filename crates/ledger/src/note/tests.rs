//! Notes of other tools, notes that are signed twice, witnessed, damaged, and no notes at all.

use proptest::prelude::*;

use super::*;
use crate::merkle::EMPTY;

/// The example of the specification signed-note.
const FOO_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const FOO: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

/// The example of the documentation of Go's package sumdb/note.
const PETER_SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const PETER_TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_LINE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const ENOCH_LINE: &str = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

fn key(text: &str) -> Verifier {
    text.parse().expect("a key")
}

fn signer(name: &str, algorithm: Algorithm, secret: u8) -> Signer {
    Signer::new(name, algorithm, &[secret; 32]).expect("a name")
}

fn checkpoint() -> Note {
    Note::new(&Checkpoint::new("unit.example/case", 0, EMPTY).expect("an origin").to_string())
        .expect("a text")
}

#[test]
fn notes_of_other_tools_verify_and_are_made_alike() {
    let note = Note::parse(FOO.as_bytes()).expect("a note");
    assert_eq!(note.to_string(), FOO);
    let verified = note.verify(&[key(FOO_KEY)]).expect("it is signed");
    assert_eq!(
        (verified[0].key.to_string().as_str(), verified[0].time_s),
        ("example.com/foo+530d903a", None)
    );

    let peter = Signer::parse(PETER_SECRET).expect("a key");
    let mut note = Note::new(PETER_TEXT).expect("a text");
    note.sign(&peter).expect("a key for notes");
    assert_eq!(note.to_string(), format!("{PETER_TEXT}\n{PETER_LINE}"));
    let twice = format!("{PETER_TEXT}\n{PETER_LINE}{ENOCH_LINE}");
    let note = Note::parse(twice.as_bytes()).expect("a note with two signatures");
    assert_eq!(note.to_string(), twice);
    assert_eq!(note.verify(&[peter.verifier().clone()]).map(|verified| verified.len()), Ok(1));
}

#[test]
fn a_text_may_hold_empty_lines_and_what_looks_like_signatures() {
    let signer = signer("a", Algorithm::Ed25519, 1);
    for text in ["\n", "\n\n", "a\n\nb\n", &format!("a\n\n{PETER_LINE}"), "ed è subito sera.\n\n\n"] {
        let mut note = Note::new(text).expect("a text");
        note.sign(&signer).expect("a key for notes");
        let again = Note::parse(note.to_string().as_bytes()).expect("as written");
        assert_eq!((again.text(), &again), (text, &note));
        assert!(again.verify(&[signer.verifier().clone()]).is_ok());
    }
}

#[test]
fn known_keys_are_checked_and_unknown_ones_say_nothing() {
    let (one, other) = (signer("a", Algorithm::Ed25519, 1), signer("b", Algorithm::Ed25519, 2));
    let mut note = checkpoint();
    let unsigned = note.verify(&[one.verifier().clone()]).expect_err("nobody signed").to_string();
    assert_eq!(unsigned, "no signature of a known key; signed by: nobody");
    note.sign(&one).expect("a key for notes");
    note.sign(&other).expect("a key for notes");
    note.sign(&one).expect("a key for notes");
    assert_eq!(note.signatures().len(), 2);
    let both = [one.verifier().clone(), other.verifier().clone()];
    assert_eq!(note.verify(&both).map(|verified| verified.len()), Ok(2));
    assert_eq!(note.verify(&both[..1]).map(|verified| verified.len()), Ok(1));
    let stranger = signer("a", Algorithm::Ed25519, 3);
    assert!(
        matches!(note.verify(&[stranger.verifier().clone()]), Err(NotVerified::Unknown(keys)) if keys.len() == 2)
    );
    // A signature that names a known key and is another's makes the whole note worthless.
    let mut forged = note.clone();
    let bytes = forged.signatures[0].bytes.clone();
    forged.add(Signature { key: one.key().clone(), bytes });
    assert_eq!(forged.verify(&both), Err(NotVerified::Invalid(one.key().clone())));
    let moved = Note { text: checkpoint().text.replace("case", "cage"), ..note };
    assert!(matches!(moved.verify(&both), Err(NotVerified::Invalid(_))));
}

#[test]
fn a_witness_signs_a_checkpoint_with_its_time() {
    let (log, witness) =
        (signer("unit.example/case", Algorithm::Ed25519, 1), signer("w", Algorithm::Cosignature, 2));
    let known = [log.verifier().clone(), witness.verifier().clone()];
    let mut note = checkpoint();
    note.sign(&log).expect("a key for notes");
    note.cosign(&witness, 1_679_315_147).expect("a checkpoint");
    let note = Note::parse(note.to_string().as_bytes()).expect("as written");
    let verified = note.verify(&known).expect("both signed");
    assert_eq!(verified.iter().map(|one| one.time_s).collect::<Vec<_>>(), [None, Some(1_679_315_147)]);

    let mut later = note.clone();
    later.signatures[1].bytes[7] ^= 1;
    assert_eq!(later.verify(&known), Err(NotVerified::Invalid(witness.key().clone())));
    let mut short = note.clone();
    short.signatures[1].bytes.truncate(7);
    assert!(short.verify(&known).is_err());
    assert!(matches!(checkpoint().sign(&witness), Err(NotSigned::Algorithm(_))));
    assert!(matches!(checkpoint().cosign(&log, 0), Err(NotSigned::Algorithm(_))));
    assert!(matches!(checkpoint().cosign(&witness, u64::MAX), Err(NotSigned::Time(_))));
    let mut words = Note::new("no checkpoint\n").expect("a text");
    assert!(matches!(words.cosign(&witness, 0), Err(NotSigned::NotACheckpoint(_))));
}

#[test]
fn what_is_not_a_note_is_refused_at_its_line() {
    let many = format!("a\n\n{}", PETER_LINE.repeat(SIGNATURES + 1));
    for (bytes, line, expected) in [
        (&b""[..], 1, "an empty line before the signatures"),
        (b"a\n", 1, "an empty line before the signatures"),
        (b"a\n\n", 2, "a signature with a line end"),
        (b"a\n\nb\n", 3, "a signature"),
        ("a\n\n— b".as_bytes(), 3, "a signature with a line end"),
        ("a\n\n— b \n".as_bytes(), 3, "a signature"),
        ("a\n\n— b AAAAAA==\n".as_bytes(), 3, "a signature"),
        ("a\n\n— b AAAAAA\n".as_bytes(), 3, "a signature"),
        ("a\n\n—  AAAAAAA=\n".as_bytes(), 3, "a signature"),
        ("a\n\n— b+c AAAAAAA=\n".as_bytes(), 3, "a signature"),
        ("a\n\n— b AAAAAAA=\n\n".as_bytes(), 4, "a signature with a line end"),
        (b"a\nb\tc\n\n", 2, "no control characters"),
        (b"a\r\n\n", 1, "no control characters"),
        (b"a\n\xff\n\n", 2, "UTF-8"),
        (many.as_bytes(), 103, "at most 100 signatures"),
        (&vec![b'a'; NOTE_BYTES + 1], 1, "at most 1048576 bytes"),
    ] {
        let bad = Note::parse(bytes).expect_err(expected);
        assert_eq!((bad.line, bad.expected), (line, expected), "{bad}");
    }
    assert!(Note::new("no end").is_err());
    assert!(Note::new("").is_err());
    assert!(Note::new("a\tb\n").is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_a_note_or_not(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Note::parse(&bytes);
    }

    #[test]
    fn any_lines_are_a_note_that_reads_back_or_none(text in "([a-z— +=\n]|\n\n|— a AAAAAAA=\n){0,20}") {
        if let Ok(note) = Note::parse(text.as_bytes()) {
            prop_assert_eq!(note.to_string(), text);
        }
    }

    #[test]
    fn a_changed_byte_never_leaves_a_note_that_verifies_with_another_text(at in 0..1000_usize, by in 1..=255_u8) {
        let mut bytes = FOO.as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] ^= by;
        if let Ok(note) = Note::parse(&bytes) {
            prop_assert!(note.verify(&[key(FOO_KEY)]).is_err() || note.text() == "This is an example message.\n");
        }
    }

    #[test]
    fn any_text_is_a_key_that_reads_back_or_none(text in "(PRIVATE\\+KEY\\+)?[a-zA-Z./ +]{0,12}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]{40,46}") {
        if let Ok(key) = text.parse::<Verifier>() {
            prop_assert_eq!(key.to_string(), text.clone());
        }
        let _ = Signer::parse(&text);
        let _ = Checkpoint::parse(&text);
    }
}
