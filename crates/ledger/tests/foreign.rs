//! The tampering matrix of README.md: what each tool sees of what was done to a log, with and without an earlier
//! checkpoint. Ours always runs; a foreign tool runs where it is installed, and the test says where it is not.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the test writes logs to a folder of its own and starts the foreign tools on them"
)]

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use tutela_ledger::note::Note;
use tutela_ledger::tile::Tile;
use tutela_ledger::verify::{Trust, verify};

mod demo;

use demo::Case;

/// What is seen of a case: by a verifier of logs from the log alone, and with the earlier checkpoint.
#[derive(Clone, Copy, Debug)]
struct Seen {
    alone: bool,
    earlier: bool,
}

const NEVER: Seen = Seen { alone: false, earlier: false };
const WITH_EARLIER: Seen = Seen { alone: false, earlier: true };
const ALWAYS: Seen = Seen { alone: true, earlier: true };

/// Each case, what our verifier sees, what foreign verifiers of logs see, and whether the stamp of the checkpoint that
/// was handed out shows it.
const MATRIX: [(Case, Seen, Seen, bool); 11] = [
    (Case::Honest, NEVER, NEVER, false),
    (Case::ChangedByte, ALWAYS, ALWAYS, false),
    (Case::Truncated, ALWAYS, ALWAYS, false),
    (Case::Reordered, ALWAYS, ALWAYS, false),
    (Case::WrongKey, ALWAYS, ALWAYS, true),
    (Case::Rewritten, WITH_EARLIER, WITH_EARLIER, true),
    (Case::Forked, WITH_EARLIER, WITH_EARLIER, true),
    (Case::DroppedTail, WITH_EARLIER, WITH_EARLIER, true),
    (Case::ClockBack, ALWAYS, NEVER, false),
    (Case::OtherEarlier, WITH_EARLIER, WITH_EARLIER, false),
    (Case::Newer, NEVER, NEVER, false),
];

#[test]
fn each_tool_sees_what_the_matrix_says() {
    assert!(demo::CASES.iter().all(|(_, case)| MATRIX.iter().any(|(known, ..)| known == case)));
    let mut absent = Vec::new();
    for (case, our, others, stamp) in MATRIX {
        let folder = tempfile::tempdir().expect("a folder for the test");
        demo::write(folder.path(), case, 600).expect("the folder can be written");
        assert_eq!(ours(folder.path(), false).is_err(), our.alone, "ours, {case:?}");
        assert_eq!(ours(folder.path(), true).is_err(), our.earlier, "ours, {case:?}, with an earlier one");
        for (tool, earlier, expected) in [
            ("aics", false, others.alone),
            ("aics", true, others.earlier),
            ("go", false, others.alone),
            ("go", true, others.earlier),
            ("openssl", false, stamp),
        ] {
            match foreign(folder.path(), tool, earlier) {
                Ok(seen) => {
                    assert_eq!(seen.is_some(), expected, "{tool}, {case:?}, earlier: {earlier}, {seen:?}");
                }
                Err(reason) => absent.push(reason),
            }
        }
    }
    report(absent);
}

/// Says which tools are not installed, so that a test that passes is not taken for more than it was.
fn report(mut absent: Vec<String>) {
    absent.sort();
    absent.dedup();
    for reason in absent {
        // Not by a macro, whose lines a test that passes keeps to itself.
        writeln!(std::io::stderr(), "not part of this run: {reason}").expect("a line on the terminal");
    }
}

#[test]
fn our_verifier_counts_what_the_officer_signed_and_what_a_witness_saw() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    demo::write(folder.path(), Case::Honest, 600).expect("the folder can be written");
    let checked = ours(folder.path(), true).expect("it is honest");
    assert_eq!((checked.checkpoint.size(), checked.signed_entries), (600, 599));
    assert_eq!(checked.signed.iter().filter_map(|one| one.time_s).collect::<Vec<_>>(), [1_772_395_200]);
    assert_eq!(checked.continues, [400]);
}

#[test]
fn our_verifier_says_what_is_wrong_and_keeps_what_a_later_program_wrote() {
    for (case, expected) in [
        (
            Case::ClockBack,
            "entry 500 is earlier than an entry before it, and no entry says that the clock was set back: \
             expected 2026-03-01T20:08:19Z or later, found: 2025-03-01T20:08:20Z",
        ),
        (
            Case::OtherEarlier,
            "a checkpoint of another log: expected unit.example/demo, found: unit.example/other",
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder for the test");
        demo::write(folder.path(), case, 600).expect("the folder can be written");
        assert_eq!(ours(folder.path(), true).err().as_deref(), Some(expected));
    }
    let folder = tempfile::tempdir().expect("a folder for the test");
    demo::write(folder.path(), Case::Newer, 600).expect("the folder can be written");
    assert_eq!(ours(folder.path(), true).map(|checked| checked.unknown), Ok(vec![500]));
}

/// What our verifier says of the log in a folder.
fn ours(folder: &Path, earlier: bool) -> Result<tutela_ledger::verify::Checked, String> {
    let read = |name: &str| std::fs::read(folder.join(name)).expect("the demonstration has it");
    let [log, witness, officer] =
        [demo::log_key(), demo::witness_key(), demo::officer_key()].map(|key| [key.verifier().clone()]);
    let notes = [Note::parse(&read("earlier")).expect("a note")];
    let earlier = if earlier { &notes[..] } else { &[] };
    let trust =
        Trust { origin: Some(demo::ORIGIN), log: &log, witnesses: &witness, officers: &officer, earlier };
    let tile = |tile: Tile| match std::fs::read(folder.join(tile.to_string())) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.to_string()),
        bytes => Ok(bytes.ok()),
    };
    verify(&read("checkpoint"), trust, tile, |_| {}).map_err(|fault| fault.to_string())
}

/// What a foreign tool sees: a fault or none; an error when it is not installed.
fn foreign(folder: &Path, tool: &str, earlier: bool) -> Result<Option<String>, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/verify/foreign.sh");
    let mut command = Command::new("bash");
    command.arg(script).arg(folder).env("TOOLS", tool).env("STAMPED", folder.join("stamped"));
    if earlier {
        command.arg(folder.join("earlier"));
    }
    let done = command.output().map_err(|error| format!("bash: {error}"))?;
    let said = String::from_utf8_lossy(&done.stdout).trim().to_owned();
    match done.status.code() {
        Some(0) => Ok(None),
        Some(1) => Ok(Some(said)),
        Some(3) => Err(said),
        _ => panic!("{tool}: {said} {}", String::from_utf8_lossy(&done.stderr)),
    }
}
