//! Acts that officers sign: which count, who may sign, and what nobody signed.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tutela_case::{Actor, Authority, Case, CaseError, NotAllowed, Officer, Rules};
use tutela_ledger::key::{Algorithm, Signer};
use tutela_model::Choice;

use crate::made_up::{at, day, operation};

/// An officer with a made-up key.
pub fn officer(name: &str) -> Actor {
    let secret = [name.len() as u8; 32];
    let key = Signer::new(&format!("unit.example/{}", name.to_lowercase()), Algorithm::Ed25519, &secret);
    Actor { name: name.to_owned(), key: Some(Arc::new(key.expect("a name of a key"))), second: None }
}

/// A new operation in which every act is signed.
pub fn signed_operation(dir: &Path) -> Case {
    let authority = Authority::new("Decree 12/2026", day("2026-03-01"), day("2026-03-31"));
    Case::create(&dir.join("op"), "Made-up operation", officer("Rossi"), &authority, at())
        .expect("a new folder")
}

fn recorded(actor: &Actor) -> Officer {
    let key = actor.key.as_ref().expect("an officer with a key").verifier().to_string();
    Officer::new(&key, &actor.name)
}

#[test]
fn whoever_creates_an_operation_with_a_key_signs_and_so_does_everybody_after() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = signed_operation(dir.path());
    let acts: Vec<&str> = case.record().acts().iter().map(|act| act.act.as_str()).collect();
    assert_eq!(acts, ["create", "authority", "officer", "rules", "sign"]);
    assert!(matches!(case.lock("R. Rossi", at()).err(), Some(CaseError::NotAllowed(NotAllowed::Unsigned))));
    let stranger = officer("Neri");
    assert!(matches!(
        case.lock(&stranger, at()).err(),
        Some(CaseError::NotAllowed(NotAllowed::UnknownKey(_)))
    ));
    let mut writer = case.lock(officer("Rossi"), at()).expect("she is recorded");
    writer.add_officer(&recorded(&stranger), at()).expect("a new key");
    assert!(matches!(
        writer.add_officer(&recorded(&stranger), at()),
        Err(CaseError::NotAllowed(NotAllowed::KnownKey(_)))
    ));
    drop(writer);
    // An officer acts under the name that was recorded with the key, whatever name is said.
    let mut writer =
        case.lock(Actor { name: "somebody".to_owned(), ..stranger.clone() }, at()).expect("recorded");
    assert_eq!(writer.officer(), "Neri");
    writer.decide("F-1", Choice::Accept, "a reason", at()).expect("it is recorded");
    drop(writer);
    let mut writer = case.lock(officer("Rossi"), at()).expect("she is recorded");
    let key = stranger.key.as_ref().expect("an officer with a key").key().clone();
    writer.retire_officer(&key, "left the unit", at()).expect("it is recorded");
    drop(writer);
    assert!(matches!(
        case.lock(&stranger, at()).err(),
        Some(CaseError::NotAllowed(NotAllowed::Retired { .. }))
    ));
    let case = Case::open(case.dir()).expect("it opens");
    assert_eq!((case.decisions().len(), case.n_unsigned()), (1, 0));
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
}

#[test]
fn an_act_that_somebody_adds_without_a_key_does_not_count_and_is_found() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = signed_operation(dir.path());
    let unsigned = operation(&dir.path().join("other"));
    let mut writer = unsigned.lock("R. Rossi", at()).expect("nobody else writes");
    for n in writer.case().record().acts().len()..case.record().acts().len() {
        writer.record("view", json!({"n": n}), at()).expect("it is recorded");
    }
    writer.decide("F-1", Choice::Accept, "a reason", at()).expect("it is recorded");
    // The bytes of an act that nobody signed, put behind those of the signed operation.
    for name in ["payloads/000", "ledger/tail"] {
        let bytes = std::fs::read(unsigned.dir().join(name)).expect("it is there");
        let last = match name {
            "ledger/tail" => last_frame(&bytes),
            _ => bytes.split_inclusive(|byte| *byte == b'\n').next_back().expect("a line"),
        };
        let mut file = OpenOptions::new().append(true).open(case.dir().join(name)).expect("it is ours");
        file.write_all(last).expect("it is ours");
    }
    let case = Case::open(case.dir()).expect("it opens");
    assert_eq!((case.decisions().len(), case.n_unsigned()), (0, 1));
    let faults = case.verify(&mut |_| ()).expect("it is read");
    assert!(faults.iter().any(|fault| fault.expected.contains("signature")), "{faults:?}");
    // The next officer finds it, says so, and it never counts.
    let mut writer = case.lock(officer("Rossi"), at()).expect("she is recorded");
    writer.decide("F-2", Choice::Accept, "a reason", at()).expect("it is recorded");
    let case = Case::open(case.dir()).expect("it opens");
    let decided: Vec<&str> = case.decisions().iter().map(|decision| decision.finding.as_str()).collect();
    assert_eq!((decided, case.n_unsigned()), (vec!["F-2"], 0));
    assert!(case.record().acts().iter().any(|act| act.act == "recover" && act.body()["unsigned"] == 1));
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
}

/// The last entry of a tail, with its length.
fn last_frame(mut bytes: &[u8]) -> &[u8] {
    loop {
        let len = 2 + usize::from(u16::from_be_bytes([bytes[0], bytes[1]]));
        if bytes.len() == len {
            return bytes;
        }
        bytes = &bytes[len..];
    }
}

#[test]
fn two_persons_sign_what_the_rules_ask_of_two() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = signed_operation(dir.path());
    let (first, second) = (officer("Rossi"), officer("Bianchi"));
    let mut writer = case.lock(&first, at()).expect("she is recorded");
    writer.add_officer(&recorded(&second), at()).expect("a new key");
    let rules = Rules { two_person: ["destroy".to_owned()].into(), ..writer.case().rules().clone() };
    writer.set_rules(&rules, at()).expect("she signs");
    let refused = writer.record("destroy", json!({}), at()).expect_err("two have to");
    assert!(matches!(refused, CaseError::NotAllowed(NotAllowed::SecondPerson(act)) if act == "destroy"));
    drop(writer);
    let with = |second: &Actor| Actor { second: Some(Box::new(second.clone())), ..first.clone() };
    assert!(matches!(
        case.lock(with(&first), at()).err(),
        Some(CaseError::NotAllowed(NotAllowed::SamePerson(_)))
    ));
    let mut writer = case.lock(with(&second), at()).expect("both are recorded");
    writer.record("destroy", json!({}), at()).expect("two do it");
    let case = Case::open(case.dir()).expect("it opens");
    let acts = case.record().acts();
    let [.., act, one, other] = acts else { panic!("three entries: {acts:?}") };
    assert_eq!((act.act.as_str(), act.second().as_deref()), ("destroy", Some("Bianchi")));
    assert_ne!(one.signer, other.signer);
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
}

#[test]
fn four_eyes_make_a_decision_count_when_a_second_officer_takes_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    let decide = |officer: &str, choice| {
        case.lock(officer, at()).expect("a lock").decide("F-1", choice, "a reason", at()).expect("recorded");
        let case = Case::open(case.dir()).expect("it opens");
        case.standing().get("F-1").map(|decision| decision.choice)
    };
    let rules = Rules { four_eyes: true, ..Rules::default() };
    case.lock("R. Rossi", at()).expect("a lock").set_rules(&rules, at()).expect("recorded");
    assert_eq!(decide("R. Rossi", Choice::Accept), None);
    assert_eq!(decide("R. Rossi", Choice::Accept), None, "the same officer twice is one");
    assert_eq!(decide("B. Bianchi", Choice::Accept), Some(Choice::Accept));
    assert_eq!(decide("B. Bianchi", Choice::Reject), None, "they no longer agree");
    assert_eq!(decide("R. Rossi", Choice::Reject), Some(Choice::Reject));
    case.lock("R. Rossi", at()).expect("a lock").withdraw("F-1", "a mistake", at()).expect("recorded");
    let case = Case::open(case.dir()).expect("it opens");
    assert!(case.standing().is_empty());
    assert_eq!(case.decisions().len(), 5, "nothing is deleted");
}

#[test]
fn a_clock_that_was_set_back_is_recorded_and_the_order_stays() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    let mut writer = case.lock("R. Rossi", at()).expect("a lock");
    let earlier = at() - jiff::SignedDuration::from_hours(3);
    writer.decide("F-1", Choice::Accept, "a reason", earlier).expect("it is recorded");
    // A second or two is what two processes differ by.
    writer
        .decide("F-2", Choice::Accept, "a reason", earlier - jiff::SignedDuration::from_secs(1))
        .expect("recorded");
    let case = Case::open(case.dir()).expect("it opens");
    let acts: Vec<(u64, &str, &str)> =
        case.record().acts().iter().skip(2).map(|act| (act.seq, act.act.as_str(), act.at.as_str())).collect();
    let back = "2026-03-01T17:00:00Z";
    assert_eq!(acts, [(2, "clock", back), (3, "decide", back), (4, "decide", back)]);
    assert_eq!(case.record().acts()[2].body()["latest"], "2026-03-01T20:00:00Z");
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
}

/// So many acts are read by several threads.
#[test]
fn ten_thousand_decisions_count_once_they_are_signed() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = signed_operation(dir.path());
    let mut writer = case.lock(officer("Rossi"), at()).expect("she is recorded");
    let findings: Vec<String> = (0..10_000).map(|n| format!("F-{n}")).collect();
    let decisions: Vec<_> = findings.iter().map(|finding| (&**finding, Choice::Accept, "a reason")).collect();
    writer.decide_all(&decisions, at()).expect("they are recorded");
    assert!(writer.decide_all(&[], at()).is_ok());
    let case = Case::open(case.dir()).expect("it opens");
    assert_eq!((case.decisions().len(), case.n_unsigned()), (10_000, 0));
    assert_eq!(case.decisions(), writer.case().decisions());
    assert!(case.decisions().iter().zip(&findings).all(|(decision, finding)| decision.finding == *finding));
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
}
