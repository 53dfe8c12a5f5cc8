//! An operation whose acts are signed, from the keys to what a prosecutor, a witness and an authority for time stamps
//! check with tools of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tutela_ledger::key::{Algorithm, Signer};

use crate::folder::{CONNECTIONS, Folder, Ran, command, run, run_with};
use crate::officer::{PASSPHRASE, sealed, told};

/// A key file with its public half beside it, made with as little work as there can be.
fn key(folder: &Folder, name: &str, algorithm: Algorithm) -> String {
    let signer = Signer::new(&format!("questura.example/{name}"), algorithm, &[name.len() as u8; 32]);
    let signer = signer.expect("a name");
    folder.file(&format!("{name}.vkey"), format!("{}\n", signer.verifier()));
    folder.file(&format!("{name}.key"), sealed(&signer.secret_text()))
}

/// An operation that an officer with a key has made, and the key.
fn signed() -> (Folder, String) {
    let folder = Folder { dir: tempfile::tempdir().expect("a folder") };
    let (rossi, op) = (key(&folder, "rossi", Algorithm::Ed25519), folder.op());
    let basis = ["--basis", "prova", "--basis-from", "2020-01-01", "--basis-until", "2099-12-31"];
    let init = ["init", &op, "--title", "Prova", "--key", &rossi, "--officer", "S. Rossi"];
    told(&[init.as_slice(), &basis].concat(), PASSPHRASE).ended(0);
    (folder, rossi)
}

/// The program on the operation, signing with a key.
fn act(folder: &Folder, key: &str, args: &[&str]) -> Ran {
    told(&[["--op", &folder.op(), "--key", key].as_slice(), args].concat(), PASSPHRASE)
}

fn tool(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/verify").join(name)
}

/// What the tools of others say of an exported log; none when none of them is installed.
fn foreign(log: &str, key: &str, older: Option<&str>) -> Option<(bool, String)> {
    let mut foreign = Command::new("bash");
    foreign.arg(tool("foreign.sh")).arg(log).args(older).env("KEY", key).env("TOOLS", "aics go");
    let ran: Ran = foreign.output().expect("there is a shell").into();
    eprint!("{}", ran.out);
    (ran.code != 3).then_some((ran.code == 0, ran.out))
}

fn has_openssl() -> bool {
    let has = Command::new("openssl").arg("version").output().is_ok();
    if !has {
        eprintln!("openssl is not installed: stamps are not tried");
    }
    has
}

#[test]
fn what_is_handed_out_is_checked_by_the_tools_of_others() {
    let (folder, rossi) = signed();
    let connections = folder.file("first/connection.csv", CONNECTIONS);
    act(&folder, &rossi, &["import", &connections]).ended(0);
    let (first, second) = (folder.path("first-out"), folder.path("second-out"));
    act(&folder, &rossi, &["ledger", "checkpoint", "--export", &first, "--to", "prosecutor"]).ended(0);
    act(&folder, &rossi, &["analyse"]).ended(0);
    act(&folder, &rossi, &["ledger", "checkpoint", "--export", &second]).ended(0);
    let earlier = folder.path("first-out/log/checkpoint");
    let (log, public) = (folder.path("second-out/log"), folder.path("rossi.vkey"));
    if let Some((ok, said)) = foreign(&log, &public, Some(&earlier)) {
        assert!(ok, "{said}");
    }
    let text = fs::read_to_string(folder.path("second-out/log/checkpoint")).expect("it was exported");
    let n: u64 = text.lines().nth(1).and_then(|size| size.parse().ok()).expect("a checkpoint");
    assert_eq!(
        n,
        folder.run(&["ledger", "verify", "--json"]).ended(0).json()["entries"].as_u64().expect("a number")
            - 2
    );
    // Nobody's name leaves with the log.
    for (path, bytes) in crate::folder::files(Path::new(&log)) {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(
            path.ends_with("checkpoint") || !text.contains("s. rossi") && !text.contains("connection.csv")
        );
    }
    // An entry is shown to somebody who has no log, and the record to go on from what that one has kept.
    let proof = folder.path("proof");
    act(&folder, &rossi, &["ledger", "prove", "1", "--files", &proof, "--since", &earlier]).ended(0);
    let entry = fs::read(folder.path("proof/entry")).expect("it was written");
    let inclusion = fs::read(folder.path("proof/entry-1.tlog-proof")).expect("it was written");
    let inclusion = tutela_ledger::proof::Inclusion::parse(&inclusion).expect("a proof");
    let log_key = fs::read_to_string(&public).expect("a key").trim().parse().expect("a key");
    inclusion.verify(&entry, None, &[log_key], &[]).expect("it is in the log");
    let salt = fs::read(folder.path("proof/salt")).expect("it was written");
    let payload = fs::read(folder.path("proof/payload")).expect("it was written");
    let hash = tutela_ledger::entry::commit(&salt.try_into().expect("16 bytes"), &payload);
    assert!(String::from_utf8_lossy(&entry).contains(&hash.base64()));
    // The holder of the key writes the record anew: only what was handed out before shows it.
    let (other, _) = signed();
    act(&other, &rossi, &["import", &connections]).ended(0);
    let against = ["ledger", "verify", "--against", &earlier];
    let verified = other.run(&[against.as_slice(), &["--json"]].concat()).ended(4).json();
    assert!(verified["faults"][0]["found"].as_str().is_some_and(|found| found.contains("another log")));
    folder.run(&against).ended(0);
}

#[test]
fn the_record_is_amber_until_somebody_outside_stands_for_it_and_red_when_something_is_altered() {
    let (folder, rossi) = signed();
    let state = |folder: &Folder| {
        let verified = folder.run(&["ledger", "verify", "--json"]);
        let value = verified.json();
        (verified.code, value["integrity"].as_str().expect("a word").to_owned(), value["claim"].to_string())
    };
    assert_eq!(state(&folder).1, "amber");
    let out = folder.path("out");
    act(&folder, &rossi, &["ledger", "checkpoint", "--export", &out]).ended(0);
    assert_eq!(state(&folder).1, "amber");
    // The witness answers by a file, and keeps what it saw.
    let witness = key(&folder, "tribunale", Algorithm::Cosignature);
    let (request, log) = (folder.path("out/add-checkpoint"), folder.path("rossi.vkey"));
    let answer = folder.path("answer");
    let sign = ["witness", &request, "--log", &log, "--key", &witness, "-o", &answer];
    told(&sign, PASSPHRASE).ended(0);
    let public = folder.path("tribunale.vkey");
    // Another key's word is not taken.
    act(&folder, &rossi, &["ledger", "anchor", &answer, "--witness", &log]).ended(1);
    act(&folder, &rossi, &["ledger", "anchor", &answer, "--witness", &public]).ended(0);
    let (code, word, claim) = state(&folder);
    assert_eq!((code, word.as_str()), (0, "green"));
    assert!(claim.contains("unaltered since") && claim.contains("questura.example/tribunale"), "{claim}");
    assert!(folder.run(&["status"]).ended(0).out.contains("green"));
    // A second request goes on from what the witness saw; one from the beginning is refused.
    let again = folder.path("again");
    act(&folder, &rossi, &["ledger", "checkpoint", "--export", &again]).ended(0);
    let request = folder.path("again/add-checkpoint");
    assert!(!fs::read_to_string(&request).expect("it was written").starts_with("old 0"));
    told(&["witness", &request, "--log", &log, "--key", &witness], PASSPHRASE).ended(0);
    let forgotten = folder.path("forgotten");
    act(&folder, &rossi, &["ledger", "checkpoint", "--export", &forgotten, "--old", "0"]).ended(0);
    let request = folder.path("forgotten/add-checkpoint");
    let refused = told(&["witness", &request, "--log", &log, "--key", &witness], PASSPHRASE).ended(1);
    assert!(refused.out.is_empty());
    let anchors = Path::new(&folder.op()).join("anchors");
    for file in fs::read_dir(&anchors).expect("a folder") {
        let path = file.expect("a file").path();
        let before = fs::read(&path).expect("it is there");
        fs::write(&path, [&before[..], b"\n"].concat()).expect("it is ours");
        let (code, word, _) = state(&folder);
        assert_eq!((code, word.as_str()), (4, "red"), "{}", path.display());
        fs::write(&path, before).expect("it is ours");
    }
    assert_eq!(state(&folder).1, "green");
}

#[test]
fn a_time_stamp_is_asked_for_checked_and_recorded() {
    if !has_openssl() {
        return;
    }
    let (folder, rossi) = signed();
    let out = folder.path("out");
    act(&folder, &rossi, &["ledger", "checkpoint", "--export", &out]).ended(0);
    let (reply, certificate) = (folder.path("reply.tsr"), folder.path("tsa.pem"));
    let stamp = |certificate: &str| {
        let mut authority = Command::new("bash");
        authority
            .arg(tool("authority.sh"))
            .arg(folder.path("out/checkpoint.tsq"))
            .arg(&reply)
            .arg(certificate);
        Ran::from(authority.output().expect("there is a shell")).ended(0);
    };
    let other = folder.path("other.pem");
    stamp(&other);
    stamp(&certificate);
    let anchor = |certificates: &str| {
        act(&folder, &rossi, &["ledger", "anchor", &reply, "--certificates", certificates, "--json"])
    };
    let refused = anchor(&other).ended(4);
    assert!(refused.err.contains("the stamp does not hold against these certificates: "), "{}", refused.err);
    let without = ["--op", &folder.op(), "ledger", "anchor", &reply, "--certificates", &certificate];
    let without = run(command(&without).env("PATH", "")).ended(1);
    assert!(without.err.contains("the stamp cannot be checked: openssl is not installed"), "{}", without.err);
    let anchored = anchor(&certificate).ended(0).json();
    assert_eq!((&anchored["kind"], &anchored["size"]), (&Value::from("stamp"), &Value::from(5)));
    let verified = folder.run(&["ledger", "verify", "--json"]).ended(0).json();
    assert_eq!(verified["integrity"], "green");
    assert!(verified["claim"].as_str().is_some_and(|claim| claim.contains("time-stamped")), "{verified}");
    // The same stamp by OpenSSL alone, from the files that the operation keeps.
    let kept = |name: &str| folder.path(&format!("operation/anchors/{name}"));
    let checkpoint = folder.path("out/log/checkpoint");
    let (file, trust) = (
        kept(anchored["file"].as_str().expect("a digest")),
        kept(anchored["trust"].as_str().expect("a digest")),
    );
    let check = ["ts", "-verify", "-data", &checkpoint, "-in", &file, "-CAfile", &trust];
    Ran::from(Command::new("openssl").args(check).output().expect("it is installed")).ended(0);
}

#[test]
fn custody_is_told_from_the_sheet_to_the_destruction() {
    let (folder, rossi) = signed();
    let bianchi = key(&folder, "bianchi", Algorithm::Ed25519);
    let public = folder.path("bianchi.vkey");
    act(&folder, &rossi, &["officer", "add", &public, "--name", "L. Bianchi", "--role", "analyst"]).ended(0);
    act(&folder, &rossi, &["rules", "--two-person", "destroy,erase"]).ended(0);
    let path = folder.file("first/connection.csv", CONNECTIONS);
    let md5 = Command::new("md5sum").arg(&path).output().expect("md5sum is there");
    let list = folder.file("sums.md5", md5.stdout);
    let sheet = "supplier = \"Agorachat\"\nchannel = \"portal\"\nasked = \"logins of u-1\"\nacquired = \"2026-03-03T10:00:00+01:00\"\n";
    let sheet = folder.file("sheet.toml", sheet);
    let stated = ["--sheet", &sheet, "--digests", &list, "--exhibit", "R-1/2026", "--reference", "AG-77"];
    act(&folder, &rossi, &[["import", &path].as_slice(), &stated].concat()).ended(0);
    act(&folder, &rossi, &["analyse"]).ended(0);
    let custody = |args: &[&str]| act(&folder, &rossi, &[["custody", "R-1/2026"].as_slice(), args].concat());
    let out = ["--record", "transfer-out", "--to", "Laboratory", "--reason", "extraction", "--seal", "S-12"];
    custody(&out).ended(0);
    custody(&out).ended(1);
    custody(&["--record", "transfer-in", "--from", "Laboratory", "--condition", "sealed"]).ended(0);
    custody(&["--record", "hash-verify", "--reason", "return from the laboratory"]).ended(0);
    let destroy = ["--record", "destroy", "--reason", "order of the court"];
    custody(&destroy).ended(1);
    let op = folder.op();
    let by_two = ["--second-key", &bianchi, "--passphrase-stdin", "custody", "R-1/2026"];
    let args = [["--op", &op, "--key", &rossi].as_slice(), &by_two, &destroy].concat();
    run_with(&mut command(&args), &format!("{PASSPHRASE}\n{PASSPHRASE}\n")).ended(0);
    let chain = folder.run(&["custody", "R-1/2026", "--json"]).ended(0).json();
    let file = &chain["files"][0];
    assert_eq!((&file["verified"], &file["holder"]), (&Value::from(true), &Value::from("destroy")));
    let steps = file["chain"].as_array().expect("a chain");
    let acts: Vec<&str> = steps.iter().map(|step| step["act"].as_str().expect("a word")).collect();
    let expected = ["receive", "import", "analyse", "transfer-out", "transfer-in", "hash-verify", "destroy"];
    assert_eq!(acts, expected);
    assert_eq!((&steps[6]["officer"], &steps[6]["second"]), (&"S. Rossi".into(), &"L. Bianchi".into()));
    assert!(steps[0]["particulars"]["provenance"].to_string().contains("logins of u-1"));
    let text = folder.run(&["custody", "R-1/2026"]).ended(0).out;
    assert!(text.contains("hash-verify") && text.contains("S. Rossi, L. Bianchi"), "{text}");
    // Who looked at it stands in a log of its own.
    let looked = folder.run(&["access", "list", "--json"]).ended(0).json();
    assert!(looked["consulted"].as_array().is_some_and(|looks| {
        looks.iter().any(|look| look["asked"] == "custody" && look["of"] == "R-1/2026")
    }));
    folder.run(&["ledger", "verify"]).ended(0);
}

#[test]
fn what_is_erased_by_law_leaves_a_log_that_public_tools_still_check() {
    let (folder, rossi) = signed();
    let path = folder.file("first/connection.csv", CONNECTIONS);
    act(&folder, &rossi, &["import", &path]).ended(0);
    act(&folder, &rossi, &["analyse"]).ended(0);
    let earlier = folder.path("earlier");
    act(&folder, &rossi, &["ledger", "checkpoint", "--export", &earlier]).ended(0);
    let grounds = ["--authority", "A-1", "--reason", "the time to keep it is over"];
    act(&folder, &rossi, &[["erase", "file", "connection.csv"].as_slice(), &grounds].concat()).ended(0);
    assert!(folder.tables().is_empty());
    for (file, bytes) in crate::folder::files(Path::new(&folder.op())) {
        assert!(!String::from_utf8_lossy(&bytes).contains("connection.csv"), "{}", file.display());
    }
    act(&folder, &rossi, &["analyse"]).ended(0);
    folder.run(&["ledger", "verify"]).ended(0);
    let (later, checkpoint) = (folder.path("later"), folder.path("earlier/log/checkpoint"));
    act(&folder, &rossi, &["ledger", "checkpoint", "--export", &later]).ended(0);
    if let Some((ok, said)) =
        foreign(&folder.path("later/log"), &folder.path("rossi.vkey"), Some(&checkpoint))
    {
        assert!(ok, "{said}");
    }
}

#[test]
fn a_decision_of_one_officer_waits_for_a_second_where_the_rules_say_so() {
    let folder = Folder::with_connections();
    folder.run(&["analyse"]).ended(0);
    folder.run(&["rules", "--four-eyes", "yes"]).ended(0);
    let finding = folder.run(&["findings", "--jsonl"]).ended(0).out;
    let finding: Value = serde_json::from_str(finding.lines().next().expect("a finding")).expect("JSON");
    let id = finding["finding"].as_str().expect("an id");
    let decide = |officer: &str, choice: &str| {
        let args = ["decide", id, choice, "--reason", "looked at", "--officer", officer, "--json"];
        folder.run(&args).ended(0).json()["counts"].as_bool()
    };
    assert_eq!(decide("A. Prova", "reject"), Some(false));
    assert_eq!(decide("B. Prova", "reject"), Some(true));
    assert_eq!(decide("B. Prova", "withdraw"), Some(true));
    let log = folder.run(&["ledger", "log", "--json"]).ended(0).json();
    let acts = log["entries"].as_array().expect("entries").iter().filter_map(|entry| entry["act"].as_str());
    let decided: Vec<&str> = acts.filter(|act| matches!(*act, "decide" | "withdraw")).collect();
    assert_eq!(decided, ["decide", "decide", "withdraw"]);
}

#[test]
fn a_clock_that_is_behind_the_record_is_said_and_recorded() {
    let folder = Folder::with_connections();
    let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    let tomorrow = jiff::Timestamp::from_second(tomorrow.as_second()).expect("an instant");
    let case = tutela_case::Case::open(Path::new(&folder.op())).expect("it opens");
    let mut writer = case.lock("A. Prova", tomorrow).expect("nobody else writes");
    writer.record("view", serde_json::json!({}), tomorrow).expect("it is recorded");
    drop(writer);
    let ran = folder.run(&["rules", "--four-eyes", "yes"]).ended(0);
    assert!(ran.err.contains("this machine's clock is before the last act"), "{}", ran.err);
    let verified = folder.run(&["ledger", "verify", "--json"]).ended(0).json();
    assert_eq!(verified["clock_back"].as_array().map(Vec::len), Some(1));
    assert!(folder.run(&["ledger", "verify"]).ended(0).out.contains("the clock was set back"));
}
