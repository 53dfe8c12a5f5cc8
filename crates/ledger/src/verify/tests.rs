//! A log that is whole, every byte of it changed, and what only an earlier checkpoint shows.

use std::collections::BTreeMap;
use std::convert::Infallible;

use super::*;
use crate::entry::{Act, Signed, commit};
use crate::key::{Algorithm, Signer};
use crate::note::NotVerified;

const AT: &str = "2026-03-01T20:00:00Z";

fn key(name: &str) -> Signer {
    Signer::new(name, Algorithm::Ed25519, &[name.len() as u8; 32]).expect("a name")
}

struct Made {
    files: BTreeMap<Tile, Vec<u8>>,
    note: Note,
}

/// A log of acts, of which every tenth is a signature; `change` stands in the payload of entry 100.
fn made(n_entries: u64, change: &str) -> Made {
    let (mut files, mut edge, mut tree) = (Vec::new(), Edge::default(), Tree::default());
    for seq in 0..n_entries {
        let mut bytes = Vec::new();
        if seq % 10 == 9 {
            let before = Checkpoint::new("unit.example/case", seq, tree.root()).expect("an origin");
            Signed::write(&before, AT, &key("officer"), &mut bytes).expect("a key for entries");
        } else {
            let payload = format!("{{\"n\":{seq}}}{}", if seq == 100 { change } else { "" });
            let payload = commit(&[seq as u8; 16], payload.as_bytes());
            Act { act: "receive".into(), at: AT.into(), payload }.write(seq, &mut bytes).expect("a word");
        }
        tree.push(edge.push(&bytes, &mut files).expect("it is short"));
    }
    sealed(files, &edge)
}

/// A log of acts with these words and times; of no word is an entry of a later program.
fn timed(acts: &[(&str, &str)]) -> Made {
    let (mut files, mut edge, mut tree) = (Vec::new(), Edge::default(), Tree::default());
    for (seq, (act, at)) in (0..).zip(acts) {
        let mut bytes = Vec::new();
        match *act {
            "" => bytes.extend_from_slice(format!("{{\"at\":\"{at}\",\"seq\":{seq},\"v\":2}}").as_bytes()),
            "sign" => {
                let before = Checkpoint::new("unit.example/case", seq, tree.root()).expect("an origin");
                Signed::write(&before, at, &key("officer"), &mut bytes).expect("a key for entries");
            }
            act => {
                let act = Act { act: act.into(), at: (*at).into(), payload: commit(&[0; 16], b"{}") };
                act.write(seq, &mut bytes).expect("a word");
            }
        }
        tree.push(edge.push(&bytes, &mut files).expect("it is short"));
    }
    sealed(files, &edge)
}

/// The log with these entries, signed.
fn sealed(mut files: Vec<File>, edge: &Edge) -> Made {
    files.extend(edge.partial());
    let head = Checkpoint::new("unit.example/case", edge.size(), edge.root()).expect("an origin");
    let mut note = Note::new(&head.to_string()).expect("a text");
    note.sign(&key("unit.example/case")).expect("a key for notes");
    Made { files: files.into_iter().map(|file| (file.tile, file.bytes)).collect(), note }
}

fn check(made: &Made, earlier: &[Note]) -> Result<Checked, Fault<Infallible>> {
    let (keys, officers) =
        ([key("unit.example/case").verifier().clone()], [key("officer").verifier().clone()]);
    let trust =
        Trust { origin: Some("unit.example/case"), log: &keys, officers: &officers, earlier, witnesses: &[] };
    let note = made.note.to_string();
    verify(note.as_bytes(), trust, |tile| Ok(made.files.get(&tile).cloned()), |_| {})
}

#[test]
fn a_whole_log_is_as_it_was_written_and_continues_earlier_ones() {
    for size in [0, 1, 9, 10, 255, 256, 257, 600] {
        let checked = check(&made(size, ""), &[]).expect("it is whole");
        assert_eq!((checked.checkpoint.size(), checked.signed.len()), (size, 1));
        assert_eq!(checked.signed_entries, (size / 10 * 10).saturating_sub(1));
    }
    let earlier: Vec<Note> = [0, 101, 600, 101, 256].iter().map(|size| made(*size, "").note).collect();
    assert_eq!(
        check(&made(600, ""), &earlier).map(|checked| checked.continues),
        Ok(vec![0, 101, 101, 256, 600])
    );
}

#[test]
fn a_full_file_stands_for_the_partial_ones_that_it_replaced() {
    let mut log = made(600, "");
    log.note = made(300, "").note;
    let tops = made(300, "").files.into_iter().filter(|(tile, _)| tile.kind == Kind::Hashes(1));
    log.files.extend(tops);
    let full = made(512, "").files.into_iter().filter(|(tile, _)| tile.is_full());
    log.files.extend(full);
    assert!(check(&log, &[]).is_ok());
}

#[test]
fn a_changed_byte_in_any_file_is_found() {
    let log = made(260, "");
    // Without officers, whose signatures are slow to check: the tree has to show it.
    let check = |files| {
        let keys = [key("unit.example/case").verifier().clone()];
        let (trust, note) = (Trust { log: &keys, ..Trust::default() }, log.note.to_string());
        let files: BTreeMap<Tile, Vec<u8>> = files;
        verify(note.as_bytes(), trust, |tile| Ok::<_, Infallible>(files.get(&tile).cloned()), |_| {})
    };
    for (tile, bytes) in &log.files {
        for at in (0..bytes.len()).step_by(bytes.len() / 20 + 1) {
            let mut files = log.files.clone();
            files.get_mut(tile).expect("it is there")[at] ^= 1;
            assert!(check(files).is_err(), "{tile} byte {at}");
        }
        for length in [0, bytes.len() - 1, bytes.len() + 1] {
            let mut files = log.files.clone();
            files.get_mut(tile).expect("it is there").resize(length, 0);
            assert!(check(files).is_err(), "{tile} of {length} bytes");
        }
        let mut files = log.files.clone();
        files.remove(tile);
        let missing = check(files);
        assert_eq!(missing, Err(Fault::Missing(*tile)));
    }
}

#[test]
fn what_the_key_holder_writes_anew_is_seen_with_an_earlier_checkpoint_only() {
    let (honest, anew) = (made(600, ""), made(600, "changed"));
    let checked = check(&anew, &[]).expect("it is whole in itself");
    assert_eq!(checked.signed_entries, 599);
    assert!(check(&anew, &[made(100, "").note]).is_ok());
    let rewritten = check(&anew, &[made(101, "").note]);
    assert!(matches!(rewritten, Err(Fault::Rewritten { size: 101, .. })), "{rewritten:?}");
    assert!(matches!(check(&anew, &[honest.note]), Err(Fault::Rewritten { size: 600, .. })));
    let dropped = check(&made(599, ""), &[made(600, "").note]);
    assert_eq!(dropped, Err(Fault::Shorter { earlier: 600, size: 599 }));
}

#[test]
fn a_witness_alone_does_not_make_a_checkpoint_the_log_s() {
    let log = made(3, "");
    let witness = Signer::new("w", Algorithm::Cosignature, &[4; 32]).expect("a name");
    let (keys, witnesses) = ([key("unit.example/case").verifier().clone()], [witness.verifier().clone()]);
    let verify = |note: &Note, log_keys| {
        let trust = Trust { log: log_keys, witnesses: &witnesses, ..Trust::default() };
        let read = |tile: Tile| Ok::<_, Infallible>(log.files.get(&tile).cloned());
        verify(note.to_string().as_bytes(), trust, read, |_| {})
    };
    let mut note = log.note.clone();
    note.cosign(&witness, 1_772_395_200).expect("a checkpoint");
    let times = verify(&note, &keys).map(|checked| checked.signed.iter().map(|one| one.time_s).collect());
    assert_eq!(times, Ok(vec![None, Some(1_772_395_200)]));
    assert!(matches!(verify(&note, &[]), Err(Fault::NotOpened(NotOpened::NotVerified(_)))));
    let mut forged = note.signatures()[1].clone();
    forged.bytes[20] ^= 1;
    note.add(forged);
    assert_eq!(
        verify(&note, &keys),
        Err(NotOpened::from(NotVerified::Invalid(witness.key().clone())).into())
    );
}

#[test]
fn other_keys_origins_and_officers_are_named() {
    let log = made(30, "");
    let note = log.note.to_string();
    let keys = [key("unit.example/case").verifier().clone()];
    let read = |tile: Tile| Ok::<_, Infallible>(log.files.get(&tile).cloned());
    let verify = |trust| verify(note.as_bytes(), trust, read, |_| {});
    assert!(matches!(
        verify(Trust::default()),
        Err(Fault::NotOpened(NotOpened::NotVerified(NotVerified::Unknown(_))))
    ));
    let elsewhere = Trust { origin: Some("other"), log: &keys, ..Trust::default() };
    assert!(matches!(verify(elsewhere), Err(Fault::NotOpened(NotOpened::Origin { .. }))));
    let checked = verify(Trust { log: &keys, ..Trust::default() }).expect("officers are not known");
    assert_eq!((checked.strangers.len(), checked.signed_entries), (1, 0));

    // An entry with the signature of another head, in a log that is whole in itself.
    let (mut files, mut edge, mut bytes) = (Vec::new(), Edge::default(), Vec::new());
    let before = Checkpoint::new("unit.example/other", 0, edge.root()).expect("an origin");
    Signed::write(&before, AT, &key("officer"), &mut bytes).expect("a key for entries");
    edge.push(&bytes, &mut files).expect("it is short");
    let by = key("officer").key().clone();
    assert_eq!(check(&sealed(files, &edge), &[]), Err(Fault::Signature { seq: 0, by }));
}

#[test]
fn times_go_back_only_where_an_entry_says_that_the_clock_was_set_back() {
    let (noon, later, earlier) = ("2026-03-01T12:00:00Z", "2026-03-01T12:00:01Z", "2026-03-01T11:59:59Z");
    let (leap, new_year) = ("2026-12-31T23:59:60Z", "2027-01-01T00:00:00Z");
    let clock =
        |seq, at: &str, latest: &str| Err(Fault::Clock { seq, at: at.to_owned(), latest: latest.to_owned() });
    for (acts, expected) in [
        (&[("a", noon), ("a", noon), ("sign", later)][..], Ok(vec![])),
        (&[("a", noon), ("clock", earlier), ("a", earlier), ("a", noon)], Ok(vec![1])),
        (&[("clock", noon), ("clock", noon), ("clock", later)], Ok(vec![0, 1, 2])),
        (&[("a", leap), ("a", new_year)], Ok(vec![])),
        (&[("a", noon), ("", earlier), ("a", noon)], Ok(vec![])),
        (&[("a", noon), ("a", earlier)], clock(1, earlier, noon)),
        (&[("a", noon), ("sign", earlier)], clock(1, earlier, noon)),
        (&[("sign", noon), ("a", later), ("a", noon)], clock(2, noon, later)),
        (&[("a", later), ("clock", noon), ("a", earlier)], clock(2, earlier, noon)),
        (&[("a", noon), ("", later), ("a", earlier)], clock(2, earlier, noon)),
        (&[("a", new_year), ("a", leap)], clock(1, leap, new_year)),
    ] {
        assert_eq!(check(&timed(acts), &[]).map(|checked| checked.clock_back), expected, "{acts:?}");
    }
    assert_eq!(
        check(&timed(&[("a", noon), ("a", earlier)]), &[]).map_err(|fault| fault.to_string()),
        Err("entry 1 is earlier than an entry before it, and no entry says that the clock was set back: \
             expected 2026-03-01T12:00:00Z or later, found: 2026-03-01T11:59:59Z"
            .to_owned())
    );
}
