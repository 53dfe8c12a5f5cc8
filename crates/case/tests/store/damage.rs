//! A bit flipped, a file cut short, a file gone: each kind of file, and who finds it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::json;
use tutela_case::{Access, AccessLog, Authority, Case, CaseError, Limits, Scope, Writer};
use tutela_ledger::note::Note;
use tutela_model::Choice;

use crate::made_up::{at, day, files_under, go_on, item, lines, receive, witness, write};
use crate::signatures::{officer, signed_operation};

const SEED: u64 = 20_260_302;
/// So many bits are flipped in each file.
const N_FLIPS: usize = 12;
const MADE_WITH: &str = "1";

/// How damage was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    /// The operation does not open, and the error names the file.
    NotOpened,
    /// `verify` names the file.
    Named,
    /// Findings are derived anew.
    Stale,
    /// As after a stop: what is left of the last act is cut off, and an entry by the next writer says so.
    Recovered,
}

#[test]
fn every_damage_to_every_kind_of_file_is_found() {
    let dir = tempfile::tempdir().expect("a folder");
    let op = large_operation(dir.path());
    let kinds = kinds(&op);
    let before = Case::open(&op).expect("it opens");
    let mut random = SEED;
    let mut below = |n: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((random >> 33) as usize) % n
    };
    eprintln!("seed {SEED}");
    for (kind, files) in kinds {
        let mut counts: BTreeMap<(&str, Found), u32> = BTreeMap::new();
        for path in files {
            let whole = fs::read(op.join(&path)).expect("it is there");
            let mut damages = vec![("gone", None), ("cut short", Some(whole[..whole.len() - 1].to_vec()))];
            damages.push(("cut short", Some(whole[..below(whole.len())].to_vec())));
            for _ in 0..N_FLIPS {
                let mut bytes = whole.clone();
                bytes[below(whole.len())] ^= 1 << below(8);
                damages.push(("bit flipped", Some(bytes)));
            }
            for (damage, bytes) in damages {
                let _ = fs::remove_file(op.join(&path));
                if let Some(bytes) = &bytes {
                    fs::write(op.join(&path), bytes).expect("it is ours");
                }
                let found = found(&op, &path, &before);
                let may_recover = path.ends_with("ledger/tail") && damage == "cut short";
                let found = found.unwrap_or_else(|| panic!("{path} {damage}: not found"));
                assert!(found != Found::Recovered || may_recover, "{path} {damage}");
                *counts.entry((damage, found)).or_default() += 1;
            }
            let _ = fs::remove_file(op.join(&path));
            fs::write(op.join(&path), &whole).expect("it is ours");
        }
        eprintln!("{kind}: {counts:?}");
        assert!(counts.len() > 2, "{kind}");
    }
    let case = Case::open(&op).expect("it opens");
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
}

/// An operation with a file of each kind, and several bundles of entries.
fn large_operation(dir: &Path) -> std::path::PathBuf {
    let case = signed_operation(dir);
    let officer = officer("Rossi");
    let mut writer = case.lock(&officer, at()).expect("nobody else writes");
    let period =
        Scope { from: Some("2025-12-29T09:20:20Z".parse().expect("an instant")), ..Scope::default() };
    let narrow =
        Authority { scope: period, ..Authority::new("Decree", day("2026-03-01"), day("2026-03-31")) };
    writer.add_authority(&narrow, at()).expect("it is recorded");
    let received = receive(&mut writer, &write(dir, "log.txt", &lines(40, 3))).expect("it is received");
    let basis = writer.case().basis(Some("A-2"), day("2026-03-01")).expect("it covers");
    writer.import(item(received), &basis, at(), Limits::default(), &go_on).expect("it is imported");
    hand_out(&mut writer);
    writer.decide_all(&vec![("F-1", Choice::Unsure, "a reason"); 600], at()).expect("they are recorded");
    let findings =
        ["leads.json", "attribution.jsonl"].map(|name| (name.to_owned(), b"[\"a lead\"]".to_vec()));
    writer.put_derived(&findings, &[], MADE_WITH, &[], at()).expect("they are stored");
    for _ in 0..3 {
        let access = Access { asked: "explain", of: "L-1", reason: "to try" };
        AccessLog::default().record(writer.case(), &officer, access, at()).expect("it is recorded");
    }
    hand_out(&mut writer);
    writer.record("view", json!({"of": "L-1"}), at()).expect("it is recorded");
    case.dir().to_owned()
}

fn hand_out(writer: &mut Writer) {
    let handed_out = writer.hand_out("prosecutor", at()).expect("it is handed out");
    let mut note = Note::parse(&handed_out.checkpoint).expect("it is signed");
    note.cosign(&witness(), 1_772_395_200).expect("a key for cosignatures");
    let key = witness().verifier().clone();
    writer.add_witness(note.to_string().as_bytes(), &key, at()).expect("it is recorded");
}

/// The files of the operation by kind: all but the lock, which says nothing that counts.
fn kinds(op: &Path) -> BTreeMap<String, Vec<String>> {
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in files_under(op) {
        let path = path.strip_prefix(op).expect("it lies in it").to_string_lossy().into_owned();
        let kind = match path.split('/').collect::<Vec<_>>()[..] {
            ["ledger", "tile", kind, ..] => format!("ledger/tile/{kind}"),
            ["ledger", "tail"] => path.clone(),
            ["access", _, "ledger", "tail"] => "access/*/ledger/tail".to_owned(),
            ["access", _, "payloads", ..] => "access/*/payloads".to_owned(),
            [.., "lock"] => continue,
            [kind, ..] => kind.to_owned(),
            [] => continue,
        };
        kinds.entry(kind).or_default().push(path);
    }
    assert_eq!(
        kinds.keys().map(String::as_str).collect::<Vec<_>>(),
        [
            "access/*/ledger/tail",
            "access/*/payloads",
            "anchors",
            "findings",
            "ledger/tail",
            "ledger/tile/0",
            "ledger/tile/entries",
            "operation.toml",
            "payloads",
            "received",
            "sealed",
            "tables",
        ]
    );
    kinds
}

/// How damage to a file is found by whoever opens the operation after it; whoever has it open is told the file.
fn found(op: &Path, path: &str, before: &Case) -> Option<Found> {
    let case = match Case::open(op) {
        Ok(case) => case,
        Err(CaseError::Broken(_) | CaseError::Form { .. } | CaseError::NoOperation(_)) => {
            assert!(is_named(before, path), "{path}");
            return Some(Found::NotOpened);
        }
        Err(error) => panic!("{path}: {error:?}"),
    };
    if is_named(&case, path) {
        return Some(Found::Named);
    }
    let faults = case.verify(&mut |_| ()).expect("it is read");
    assert_eq!(faults, [], "{path}");
    let name = path.strip_prefix("findings/");
    if name.is_some_and(|name| name == "digest" || case.derived(name).expect("it is read").is_none()) {
        return case.is_stale(MADE_WITH).then_some(Found::Stale);
    }
    // The next writer works on a copy: the matrix goes on with the operation as it is.
    let copy = tempfile::tempdir().expect("a folder");
    for file in files_under(op) {
        let to = copy.path().join(file.strip_prefix(op).expect("it lies in it"));
        fs::create_dir_all(to.parent().expect("a folder")).expect("it is ours");
        fs::copy(file, to).expect("it is ours");
    }
    let case = Case::open(copy.path()).expect("it opens");
    let writer = case.lock(officer("Rossi"), at()).expect("nobody else writes");
    let said = writer.case().record().acts().iter().any(|act| act.act == "recover");
    said.then_some(Found::Recovered)
}

/// Whether a fault names the file. Where the hash in an entry and its payload differ, the payload is named: nothing says
/// which of the two was damaged. An access log that is shorter than its head in a checkpoint is named as a whole.
fn is_named(case: &Case, path: &str) -> bool {
    let faults = case.verify(&mut |_| ()).expect("it is read");
    let n_full = case.record().acts().len() / 256;
    let beside = match path {
        "ledger/tail" => format!("payloads/{n_full:03}"),
        path => path.replace("ledger/tile/entries", "payloads").replace("ledger/tail", "payloads/000"),
    };
    let is_access = path.starts_with("access/2026/");
    let names = |fault: &str| fault == path || fault == beside || is_access && fault == "access/2026";
    faults.iter().any(|fault| names(&fault.path))
}

#[test]
fn tiles_of_hashes_are_made_anew_from_the_entries() {
    let dir = tempfile::tempdir().expect("a folder");
    let op = large_operation(dir.path());
    let mut writer =
        Case::open(&op).expect("it opens").lock(officer("Rossi"), at()).expect("nobody else writes");
    assert_eq!(writer.mend_tiles().expect("nothing is to be done"), 0);
    fs::remove_file(op.join("ledger/tile/0/000")).expect("it is ours");
    fs::write(op.join("ledger/tile/0/001"), b"damaged").expect("it is ours");
    assert_eq!(writer.case().verify(&mut |_| ()).expect("it is read").len(), 1, "the first is named");
    assert_eq!(writer.mend_tiles().expect("both are written"), 2);
    assert_eq!(writer.case().verify(&mut |_| ()).expect("it is read"), []);
}

#[test]
fn what_operation_toml_says_is_held_against_the_act_that_created_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let op = crate::made_up::operation(dir.path()).dir().to_owned();
    let path = op.join("operation.toml");
    let text = fs::read_to_string(&path).expect("it is there");
    for (from, to) in [
        ("Made-up", "Another"),
        ("2026-03-01T20:00:00Z", "2026-03-01T20:00:01Z"),
        ("origin = \"tutela.case/", "origin = \"tutela.case/0"),
        ("title", "# a word\ntitle"),
    ] {
        fs::write(&path, text.replace(from, to)).expect("it is ours");
        let faults = Case::open(&op).expect("it opens").verify(&mut |_| ()).expect("it is read");
        assert!(faults.iter().any(|fault| fault.path == "operation.toml"), "{to}: {faults:?}");
    }
    fs::write(&path, text.replace("format = 2", "format = 3")).expect("it is ours");
    assert!(matches!(Case::open(&op), Err(CaseError::Form { .. })));
}
