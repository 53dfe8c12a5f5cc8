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
use tutela_ledger::stamp::{Reply, request};
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

/// The parts of README.md whose commands are run, and the tools that they need.
const PARTS: [(&str, &[&str]); 3] = [
    ("### One entry for somebody without the log", &["aics-tlog", "openssl"]),
    ("### A witness", &["aics-tlog"]),
    ("### A stamp", &["openssl"]),
];

#[test]
fn what_goes_out_and_comes_back_is_checked_by_the_commands_of_the_readme() {
    let readme = include_str!("../README.md");
    let folder = beside_the_log();
    let mut absent = Vec::new();
    for (heading, tools) in PARTS {
        let missing = tools.iter().find(|tool| run(folder.path(), &format!("command -v {tool}")).is_err());
        if let Some(tool) = missing {
            absent.push(format!("{heading}: {tool} is not installed, see tools/verify/install.sh"));
            continue;
        }
        let commands = commands(readme, heading);
        assert!(commands.len() > 1, "{heading}");
        for block in &commands {
            run(folder.path(), block).unwrap_or_else(|said| panic!("{heading}:\n{block}\n{said}"));
        }
        // A command that finds no fault in anything would be of no use.
        std::fs::write(folder.path().join("damaged.sh"), commands.concat())
            .expect("the folder can be written");
        for (file, from, to) in DAMAGE {
            let path = folder.path().join(file);
            let whole = std::fs::read_to_string(&path).expect("the demonstration has it");
            assert!(whole.contains(from), "{file}: {from}");
            std::fs::write(&path, whole.replacen(from, to, 1)).expect("the folder can be written");
            let seen = run(folder.path(), "bash -euo pipefail damaged.sh").is_err();
            assert_eq!(seen, commands.concat().contains(&format!(" {file}")), "{heading}, {file}");
            std::fs::write(&path, whole).expect("the folder can be written");
        }
    }
    report(absent);
}

/// What is changed in the files, each of which is text: what stands there, and what is written instead.
const DAMAGE: [(&str, &str, &str); 5] = [
    ("entry", "receive", "reclaim"),
    ("entry.tlog-proof", "index 0", "index 1"),
    ("request", "\n1000\n", "\n1001\n"),
    ("answer", "— prosecutor.example/witness", "— prosecutor.example/nobody"),
    ("earlier", "\n666\n", "\n667\n"),
];

#[test]
fn a_stamp_that_was_asked_for_is_read_as_openssl_reads_it() {
    let folder = beside_the_log();
    if run(folder.path(), "command -v openssl").is_err() {
        return report(vec!["openssl is not installed".to_owned()]);
    }
    let read = |name: &str| std::fs::read(folder.path().join(name)).expect("it was made");
    let said = |command: &str| run(folder.path(), command).expect("OpenSSL reads it");
    let asked = said("openssl ts -query -in earlier.tsq -text");
    for line in
        ["Version: 1", "Hash Algorithm: sha256", "Nonce: 0x1234567890ABCDEF", "Certificate required: yes"]
    {
        assert!(asked.contains(line), "{asked}");
    }
    let reply = Reply::parse(&read("earlier.tsr")).expect("a reply");
    assert_eq!(reply.answers(&read("earlier"), Some(NONCE)), Ok(()));
    assert!(reply.answers(&read("request"), Some(NONCE)).is_err());
    let text = said("openssl ts -reply -in earlier.tsr -text");
    let line = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).expect("OpenSSL says it");
    assert_eq!(line("Policy OID: "), reply.policy);
    assert_eq!(line("Serial number: 0x").to_lowercase(), reply.serial);
    assert_eq!(line("Nonce: 0x").to_lowercase(), reply.nonce.clone().expect("it was asked for"));
    assert_eq!((line("TSA: DirName:"), reply.tsa.as_deref()), ("/CN=made-up TSA", Some("CN=made-up TSA")));
    let at = said(&format!("date -u -d '{}' +%Y-%m-%dT%H:%M:%SZ", line("Time stamp: ")));
    assert_eq!(at.trim(), reply.gen_time);
    // The token alone says the same.
    said("openssl ts -reply -in earlier.tsr -token_out -out earlier.token");
    assert_eq!(Reply::parse(&read("earlier.token")).as_ref(), Ok(&reply));
    // Twenty years on the certificate has run out, and the time of the stamp is what counts.
    let verify = "openssl ts -verify -data earlier -in earlier.tsr -CAfile authority.pem -attime";
    let expired = run(folder.path(), &format!("{verify} $(date -d '20 years' +%s)"));
    assert!(expired.as_ref().is_err_and(|said| said.contains("certificate has expired")), "{expired:?}");
    said(&format!("{verify} $(date -d {} +%s)", reply.gen_time));
}

/// The number of the request for a stamp.
const NONCE: u64 = 0x1234_5678_90ab_cdef;

/// A folder with a log, and beside it what does not come with it; with the stamp of an authority where there is OpenSSL.
fn beside_the_log() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    demo::write(&folder.path().join("log"), Case::Honest, 1000).expect("the folder can be written");
    let beside = ["entry", "entry.tlog-proof", "request", "answer", "earlier", "log.vkey", "witness.vkey"];
    for name in beside {
        let from = folder.path().join("log").join(name);
        std::fs::rename(from, folder.path().join(name)).expect("it is there");
    }
    let earlier = std::fs::read(folder.path().join("earlier")).expect("it is there");
    std::fs::write(folder.path().join("earlier.tsq"), request(&earlier, NONCE)).expect("it can be written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/verify/authority.sh");
    let stamped = format!("bash '{}' earlier.tsq earlier.tsr authority.pem", script.display());
    if run(folder.path(), "command -v openssl").is_ok() {
        run(folder.path(), &stamped).expect("the made-up authority stamps");
    }
    folder
}

/// The blocks of commands under a heading of a page.
fn commands(page: &str, heading: &str) -> Vec<String> {
    let part = page.split_once(&format!("\n{heading}\n")).expect("the page has the heading").1;
    let part = part.split("\n#").next().unwrap_or_default();
    part.split("\n```sh\n")
        .skip(1)
        .map(|block| format!("{}\n", block.split("\n```").next().unwrap_or_default()))
        .collect()
}

/// What commands say when they end well, and what they say when they do not.
fn run(folder: &Path, commands: &str) -> Result<String, String> {
    let cache = "${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/tutela-verify/aics/bin";
    let commands = format!("set -euo pipefail; PATH=\"$PATH:{cache}\"; export PATH\n{commands}");
    let done = Command::new("bash").arg("-c").arg(commands).current_dir(folder).output();
    let done = done.map_err(|error| format!("bash: {error}"))?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if done.status.success() { Ok(said(&done.stdout)) } else { Err(said(&done.stdout) + &said(&done.stderr)) }
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
