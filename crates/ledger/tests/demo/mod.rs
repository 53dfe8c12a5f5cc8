//! Made-up logs as folders: one that is honest, and ones that somebody tampered with, each in one way.

use std::collections::BTreeMap;
use std::path::Path;

use tutela_ledger::checkpoint::Checkpoint;
use tutela_ledger::entry::{Act, Signed, commit};
use tutela_ledger::key::{Algorithm, Signer};
use tutela_ledger::note::Note;
use tutela_ledger::proof::Inclusion;
use tutela_ledger::tile::{Damaged, Edge, Kind, Tile, hash_at};
use tutela_ledger::tree::{Tree, prove_consistency, prove_inclusion};
use tutela_ledger::witness::{Request, answer};

/// Which log the demonstration is.
pub const ORIGIN: &str = "unit.example/demo";

/// What was done to a log, and its name on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Case {
    /// Nothing.
    Honest,
    /// One byte of entry 100 is another; nothing else was touched.
    ChangedByte,
    /// The last bundle and the last tile of leaf hashes are gone; the checkpoint still counts them.
    Truncated,
    /// Entries 10 and 11 have changed places in their bundle.
    Reordered,
    /// The checkpoint is signed with a key that is not the log's.
    WrongKey,
    /// The key holder wrote entry 100 anew, made all files anew and signed.
    Rewritten,
    /// The key holder went on from the first third with other entries and signed.
    Forked,
    /// The key holder left out the newer half and signed.
    DroppedTail,
    /// The unit's clock was set back at entry `n_entries - 100`, and no entry says so.
    ClockBack,
    /// Nothing; but the earlier checkpoint is one of another log of the same unit.
    OtherEarlier,
    /// Nothing; but a later program wrote entry `n_entries - 100`.
    Newer,
}

/// All of them.
pub const CASES: [(&str, Case); 11] = [
    ("honest", Case::Honest),
    ("changed-byte", Case::ChangedByte),
    ("truncated", Case::Truncated),
    ("reordered", Case::Reordered),
    ("wrong-key", Case::WrongKey),
    ("rewritten", Case::Rewritten),
    ("forked", Case::Forked),
    ("dropped-tail", Case::DroppedTail),
    ("clock-back", Case::ClockBack),
    ("other-earlier", Case::OtherEarlier),
    ("newer", Case::Newer),
];

/// The log's key. Nothing secret is in a demonstration: the same bytes each time.
pub fn log_key() -> Signer {
    Signer::new(ORIGIN, Algorithm::Ed25519, &[1; 32]).expect("a name")
}

/// The key of the officer who signs every fiftieth entry.
pub fn officer_key() -> Signer {
    Signer::new("unit.example/officer-17", Algorithm::Ed25519, &[2; 32]).expect("a name")
}

/// The key of a witness who saw the checkpoint.
pub fn witness_key() -> Signer {
    Signer::new("prosecutor.example/witness", Algorithm::Cosignature, &[3; 32]).expect("a name")
}

/// Writes `checkpoint`, `tile/`, `log.vkey`, `witness.vkey`, `officer.vkey`, and what somebody else kept of the honest
/// log: `earlier`, its checkpoint at two thirds of its size, and `stamped`, its last one. What goes to others lies beside:
/// `entry` and `entry.tlog-proof`, entry 0 for somebody without the log; `request` and `answer` of a witness.
pub fn write(folder: &Path, case: Case, n_entries: u64) -> std::io::Result<()> {
    let size = if case == Case::DroppedTail { n_entries / 2 } else { n_entries };
    let (mut files, checkpoint) = log(ORIGIN, size, |seq| match case {
        Case::Rewritten if seq == 100 => Change::Payload,
        Case::Forked if seq >= n_entries / 3 => Change::Payload,
        Case::ClockBack if seq == n_entries - 100 => Change::Time,
        Case::Newer if seq == n_entries - 100 => Change::Version,
        _ => Change::None,
    });
    let untouched = files.clone();
    tamper(&mut files, case);
    let intruder = Signer::new(ORIGIN, Algorithm::Ed25519, &[9; 32]).expect("a name");
    let signer = if case == Case::WrongKey { intruder } else { log_key() };
    let (_, earlier) = match case {
        Case::OtherEarlier => log("unit.example/other", n_entries * 2 / 3, |_| Change::Payload),
        _ => log(ORIGIN, n_entries * 2 / 3, |_| Change::None),
    };
    // What was handed out and stamped is what the log was then, also where it was not as it should be.
    let as_handed_out = matches!(case, Case::ClockBack | Case::Newer);
    let last = if as_handed_out { checkpoint.clone() } else { log(ORIGIN, n_entries, |_| Change::None).1 };
    let mut texts: BTreeMap<String, Vec<u8>> = BTreeMap::from([
        ("checkpoint".to_owned(), signed(&checkpoint, &signer).into()),
        ("earlier".to_owned(), signed(&earlier, &log_key()).into()),
        ("stamped".to_owned(), signed(&last, &log_key()).into()),
    ]);
    for (name, key) in [("log", log_key()), ("officer", officer_key()), ("witness", witness_key())] {
        texts.insert(format!("{name}.vkey"), format!("{}\n", key.verifier()).into());
    }
    texts.extend(for_others(&untouched, &checkpoint, &signer, &earlier));
    texts.extend(files.into_iter().map(|(tile, bytes)| (tile.to_string(), bytes)));
    for (path, bytes) in texts {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("it lies in the folder"))?;
        std::fs::write(path, bytes)?;
    }
    Ok(())
}

type Files = BTreeMap<Tile, Vec<u8>>;

/// What is other about an entry.
enum Change {
    /// Nothing.
    None,
    /// Its particulars.
    Payload,
    /// Its time, which is before that of the first entry.
    Time,
    /// Its version.
    Version,
}

/// The files and the head of a log with this origin, of which `change` says what is other about an entry.
fn log(origin: &str, n_entries: u64, change: impl Fn(u64) -> Change) -> (Files, Checkpoint) {
    let (mut files, mut edge, mut tree, mut bytes) =
        (Vec::new(), Edge::default(), Tree::default(), Vec::new());
    for seq in 0..n_entries {
        bytes.clear();
        let change = change(seq);
        if matches!(change, Change::Version) {
            bytes.extend_from_slice(format!("{{\"acts\":[1,2],\"seq\":{seq},\"v\":2}}").as_bytes());
        } else if seq % 50 == 49 {
            let before = Checkpoint::new(origin, seq, tree.root()).expect("an origin");
            Signed::write(&before, &at(seq, &change), &officer_key(), &mut bytes).expect("a key for entries");
        } else {
            let other = if matches!(change, Change::Payload) { "changed" } else { "" };
            let payload = commit(&[seq as u8; 16], format!("{{\"n\":{seq}}}{other}").as_bytes());
            let at = at(seq, &change).into();
            Act { act: "receive".into(), at, payload }.write(seq, &mut bytes).expect("a word");
        }
        tree.push(edge.push(&bytes, &mut files).expect("it is short"));
    }
    files.extend(edge.partial());
    let checkpoint = Checkpoint::new(origin, n_entries, edge.root()).expect("an origin");
    (files.into_iter().map(|file| (file.tile, file.bytes)).collect(), checkpoint)
}

/// The time of an entry: a second for each, in days of one hour and years of ten months of 28 days, so that times only
/// go on however many entries there are.
fn at(seq: u64, change: &Change) -> String {
    let (day, minute, second) = (seq / 3600, seq / 60 % 60, seq % 60);
    let (year, month, day) = (2026 + day / 280, day / 28 % 10 + 3, day % 28 + 1);
    let year = if matches!(change, Change::Time) { 2025 } else { year };
    format!("{year}-{month:02}-{day:02}T20:{minute:02}:{second:02}Z")
}

/// The checkpoint with the signature of the log and, as the log handed it out, of a witness.
fn signed(checkpoint: &Checkpoint, signer: &Signer) -> String {
    let mut note = Note::new(&checkpoint.to_string()).expect("a text");
    note.sign(signer).expect("a key for notes");
    note.cosign(&witness_key(), 1_772_395_200).expect("a checkpoint");
    note.to_string()
}

/// What is handed to somebody without the log, what a witness is asked who saw the earlier checkpoint last, and what it
/// answers.
fn for_others(
    files: &Files,
    checkpoint: &Checkpoint,
    signer: &Signer,
    earlier: &Checkpoint,
) -> Vec<(String, Vec<u8>)> {
    let size = checkpoint.size();
    let at = |subtree| hash_at(subtree, size, |tile| Ok::<_, Damaged>(files[&tile].clone()));
    let proof = prove_inclusion(0, size, at).expect("the files are there").expect("entry 0 is there");
    let mut note = Note::new(&checkpoint.to_string()).expect("a text");
    note.sign(signer).expect("a key for notes");
    let bundle = Tile { kind: Kind::Entries, index: 0, width: 256 };
    let entry = bundle.entries(&files[&bundle]).expect("a bundle")[0].to_vec();
    let proof = Inclusion::new(proof, note.clone()).to_string();
    let mut handed = vec![("entry".to_owned(), entry), ("entry.tlog-proof".to_owned(), proof.into())];
    // A log that became shorter has nothing to ask.
    if let Some(grew) = prove_consistency(earlier.size(), size, at).expect("the files are there") {
        let request = Request::new(grew, note);
        let log = [log_key().verifier().clone()];
        // A witness does not answer where the log was written anew or is signed with another key.
        if let Ok(answer) = answer(&request, &log, Some(earlier), &witness_key(), 1_772_395_200) {
            handed.push(("answer".to_owned(), answer.text.into()));
        }
        handed.push(("request".to_owned(), request.to_string().into()));
    }
    handed
}

/// What somebody without the key does to the files.
fn tamper(files: &mut Files, case: Case) {
    let first = Tile { kind: Kind::Entries, index: 0, width: 256 };
    match case {
        Case::ChangedByte => {
            let bundle = files.get_mut(&first).expect("a full bundle");
            // The second of the time of entry 100.
            let at = bundle.windows(10).position(|bytes| bytes == b"\"seq\":100,").expect("entry 100");
            let second = at - bundle[..at].iter().rev().position(|byte| *byte == b'Z').expect("its time") - 2;
            bundle[second] = if bundle[second] == b'0' { b'1' } else { b'0' };
        }
        Case::Reordered => {
            let bundle = &files[&first];
            let mut entries: Vec<Vec<u8>> =
                first.entries(bundle).expect("a bundle").into_iter().map(<[u8]>::to_vec).collect();
            entries.swap(10, 11);
            let bytes = entries
                .iter()
                .flat_map(|entry| [&(entry.len() as u16).to_be_bytes()[..], entry].concat())
                .collect();
            files.insert(first, bytes);
        }
        Case::Truncated => {
            for kind in [Kind::Entries, Kind::Hashes(0)] {
                let last =
                    files.keys().filter(|tile| tile.kind == kind).max_by_key(|tile| tile.index).copied();
                files.remove(&last.expect("a file of each kind"));
            }
        }
        _ => {}
    }
}
