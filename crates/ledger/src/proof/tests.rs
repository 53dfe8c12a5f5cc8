//! Proofs that hold, that are of another entry, log or size, and files that are none.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::key::{Algorithm, Signer};
use crate::tree::{of_leaves, prove_inclusion};

const ORIGIN: &str = "unit.example/case";

fn key(name: &str, algorithm: Algorithm) -> Signer {
    Signer::new(name, algorithm, &[name.len() as u8; 32]).expect("a name")
}

fn entry(seq: u64) -> Vec<u8> {
    format!("entry {seq}").into_bytes()
}

/// The file for this entry of a log of this size.
fn made(seq: u64, size: u64) -> Inclusion {
    let leaves: Vec<Hash> = (0..size).map(|seq| leaf(&entry(seq))).collect();
    let checkpoint = Checkpoint::new(ORIGIN, size, crate::root(&leaves)).expect("an origin");
    let mut note = Note::new(&checkpoint.to_string()).expect("a text");
    note.sign(&key(ORIGIN, Algorithm::Ed25519)).expect("a key for notes");
    note.cosign(&key("witness", Algorithm::Cosignature), 1_772_395_200).expect("a checkpoint");
    let proof = prove_inclusion(seq, size, of_leaves(&leaves)).expect("all leaves are there");
    Inclusion::new(proof.expect("the entry is there"), note)
}

fn check(file: &Inclusion, entry: &[u8], origin: Option<&str>) -> Result<Opened, NotIncluded> {
    let log = [key(ORIGIN, Algorithm::Ed25519).verifier().clone()];
    let witnesses = [key("witness", Algorithm::Cosignature).verifier().clone()];
    file.verify(entry, origin, &log, &witnesses)
}

#[test]
fn every_entry_of_every_size_is_shown_by_a_file_that_reads_back() {
    for size in 1..=9 {
        for seq in 0..size {
            let file = made(seq, size);
            let again = Inclusion::parse(file.to_string().as_bytes()).expect("as written");
            assert_eq!(again, file);
            let opened = check(&again, &entry(seq), Some(ORIGIN)).expect("the entry is there");
            assert_eq!((opened.checkpoint.size(), opened.signed.len()), (size, 2));
            assert_eq!(opened.signed[1].time_s, Some(1_772_395_200));
            assert!(matches!(check(&again, &entry(seq + 1), None), Err(NotIncluded::Root { .. })));
        }
    }
}

#[test]
fn the_form_is_that_of_the_specification() {
    let file = Inclusion { extra: b"age-v1.2.1".to_vec(), ..made(1, 3) };
    let text = file.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..3], ["c2sp.org/tlog-proof@v1", "extra YWdlLXYxLjIuMQ==", "index 1"]);
    assert_eq!(lines[3], leaf(&entry(0)).base64());
    assert_eq!(lines[4], leaf(&entry(2)).base64());
    assert_eq!(lines[5..8], ["", ORIGIN, "3"]);
    assert_eq!(Inclusion::parse(text.as_bytes()).as_ref(), Ok(&file));
    assert!(check(&file, &entry(1), None).is_ok());
    // The path of a log of one entry has no hashes: the empty line follows the index.
    assert!(made(0, 1).to_string().starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nunit.example/case\n1\n"));
}

#[test]
fn what_is_not_shown_is_said_with_what_was_expected() {
    let file = made(4, 7);
    let root = Checkpoint::parse(file.checkpoint.text()).expect("a checkpoint").root();
    let beyond = Inclusion { seq: 7, ..file.clone() };
    assert_eq!(check(&beyond, &entry(4), None), Err(NotIncluded::Beyond { size: 7, seq: 7 }));
    let shorter = Inclusion { path: file.path[1..].to_vec(), ..file.clone() };
    assert_eq!(check(&shorter, &entry(4), None), Err(NotIncluded::Path { seq: 4, size: 7, found: 2 }));
    let longer = Inclusion { path: [&file.path[..], &[root]].concat(), ..file.clone() };
    assert_eq!(check(&longer, &entry(4), None), Err(NotIncluded::Path { seq: 4, size: 7, found: 4 }));
    let elsewhere = Inclusion { seq: 3, ..file.clone() };
    let found = check(&elsewhere, &entry(4), None).map_err(|why| why.to_string());
    let expected = format!("the log does not hold this entry at 3: expected the root {root}, found: sha256:");
    assert!(found.as_ref().is_err_and(|found| found.starts_with(&expected)), "{found:?}");
    let origin = check(&file, &entry(4), Some("unit.example/other")).map_err(|why| why.to_string());
    let expected = "a checkpoint of another log: expected unit.example/other, found: unit.example/case";
    assert_eq!(origin, Err(expected.to_owned()));
    assert!(matches!(
        file.verify(&entry(4), None, &[], &[]),
        Err(NotIncluded::Checkpoint(NotOpened::NotVerified(_)))
    ));
}

#[test]
fn what_is_not_a_proof_is_refused_at_its_line() {
    let text = Inclusion { extra: vec![1], ..made(1, 3) }.to_string();
    let hash = leaf(&entry(0)).base64();
    let many = format!("{}{hash}", format!("{hash}\n").repeat(64));
    let index = "index and the position of an entry";
    for (from, to, line, expected) in [
        ("@v1", "@v2", 1, "c2sp.org/tlog-proof@v1"),
        ("c2sp", "\n\nc2sp", 1, "c2sp.org/tlog-proof@v1"),
        ("extra AQ==", "extra AQ=", 2, "extra and base64"),
        ("extra AQ==", "extra ", 2, "extra and base64"),
        ("extra AQ==", "more AQ==", 2, index),
        ("index 1", "index 01", 3, index),
        ("index 1", "index -1", 3, index),
        ("index 1", "index 18446744073709551616", 3, index),
        ("index 1\n", "", 3, index),
        (&hash, &hash[1..], 4, "a hash of 32 bytes in base64"),
        (&hash, &format!("{hash}\r"), 4, "a hash of 32 bytes in base64"),
        (&hash, &many, 68, "at most 64 hashes"),
        ("\n3\n", "\n03\n", 8, "the number of entries"),
        ("\n\n—", "\n—", 11, "an empty line before the signatures"),
        ("\n\n", "\n", 1, "lines, an empty line and a signed checkpoint"),
    ] {
        assert!(text.contains(from), "{from}");
        let bad = Inclusion::parse(text.replace(from, to).as_bytes()).expect_err(expected);
        assert_eq!((bad.line, bad.expected), (line, expected), "{bad}");
    }
    let huge = vec![b'a'; 3 * 1024 * 1024];
    assert_eq!(Inclusion::parse(&huge).map_err(|bad| bad.expected), Err("at most 2097152 bytes"));
    assert!(Inclusion::parse(b"\xff\n\n").is_err());
    assert!(Inclusion::parse(b"").is_err());
}

/// One file, which is signed once for all cases.
static MADE: LazyLock<Inclusion> = LazyLock::new(|| made(4, 7));

proptest! {
    #[test]
    fn a_changed_byte_leaves_no_file_that_shows_another_entry(at in 0..900_usize, to in any::<u8>()) {
        let mut bytes = MADE.to_string().into_bytes();
        let at = at % bytes.len();
        bytes[at] = to;
        if let Ok(file) = Inclusion::parse(&bytes) {
            prop_assert_eq!(file.to_string().into_bytes(), bytes);
            prop_assert!(check(&file, &entry(5), None).is_err());
        }
    }

    #[test]
    fn any_bytes_are_a_proof_or_not(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Inclusion::parse(&bytes);
    }
}
