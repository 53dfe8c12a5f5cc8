//! A witness that goes along with a log, and one that is asked to sign what did not grow from what it saw.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::merkle::{leaf, root};
use crate::tree::{of_leaves, prove_consistency};

const ORIGIN: &str = "unit.example/case";
const TIME_S: u64 = 1_772_395_200;

fn log_key() -> Signer {
    Signer::new(ORIGIN, Algorithm::Ed25519, &[1; 32]).expect("a name")
}

fn witness_key() -> Signer {
    Signer::new("prosecutor.example/witness", Algorithm::Cosignature, &[2; 32]).expect("a name")
}

fn leaves(size: u64, word: &str) -> Vec<Hash> {
    (0..size).map(|seq| leaf(format!("{word} {seq}").as_bytes())).collect()
}

/// The head of a log whose entries hold this word.
fn head(origin: &str, size: u64, word: &str) -> Checkpoint {
    Checkpoint::new(origin, size, root(&leaves(size, word))).expect("an origin")
}

fn signed(head: &Checkpoint) -> Note {
    let mut note = Note::new(&head.to_string()).expect("a text");
    note.sign(&log_key()).expect("a key for notes");
    note
}

fn request(old: u64, size: u64, word: &str) -> Request {
    let leaves = leaves(size, word);
    let grew = prove_consistency(old, size, of_leaves(&leaves)).expect("all leaves are there");
    let grew = grew.unwrap_or(Consistency { from: old, to: size, path: Vec::new() });
    Request::new(grew, signed(&head(ORIGIN, size, word)))
}

fn ask(request: &Request, seen: Option<&Checkpoint>) -> Result<Answer, Refused> {
    answer(request, &[log_key().verifier().clone()], seen, &witness_key(), TIME_S)
}

#[test]
fn a_witness_goes_along_with_a_log_that_grows() {
    let mut seen: Option<Checkpoint> = None;
    for size in [0, 1, 1, 2, 5, 8, 13, 13] {
        let asked = request(seen.as_ref().map_or(0, Checkpoint::size), size, "entry");
        let again = Request::parse(asked.to_string().as_bytes()).expect("as written");
        assert_eq!(again, asked);
        let answered = ask(&again, seen.as_ref()).expect("it only grew");
        assert_eq!(Ok(&answered.seen), asked.asks_for().as_ref());
        let mut note = signed(&answered.seen);
        let known = [log_key().verifier().clone(), witness_key().verifier().clone()];
        let added = add(&mut note, answered.text.as_bytes(), &known).expect("a known witness");
        assert_eq!(added[0].time_s, Some(TIME_S));
        assert_eq!(note.verify(&known).map(|verified| verified.len()), Ok(2));
        seen = Some(answered.seen);
    }
}

#[test]
fn the_request_is_as_in_the_specification_and_the_answer_a_signature_line() {
    let asked = request(3, 5, "entry");
    let text = asked.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines[0], asked.path.len()), ("old 3", 4));
    assert_eq!(lines[1..5], asked.path.iter().map(Hash::base64).collect::<Vec<_>>());
    assert_eq!(lines[5..8], ["", ORIGIN, "5"]);
    assert!(request(0, 5, "entry").to_string().starts_with("old 0\n\nunit.example/case\n5\n"));
    let answered = ask(&asked, Some(&head(ORIGIN, 3, "entry"))).expect("it only grew").text;
    assert!(answered.starts_with("— prosecutor.example/witness ") && answered.ends_with('\n'), "{answered}");
    assert_eq!(answered.lines().count(), 1);
}

#[test]
fn what_did_not_grow_from_what_was_seen_is_refused() {
    let seen = head(ORIGIN, 5, "entry");
    let anew = head(ORIGIN, 5, "other");
    assert_eq!(ask(&request(4, 4, "entry"), Some(&seen)), Err(Refused::Shorter { seen: 5, size: 4 }));
    assert_eq!(ask(&request(0, 8, "entry"), Some(&seen)), Err(Refused::Old { expected: 5, found: 0 }));
    assert_eq!(ask(&request(9, 8, "entry"), Some(&seen)), Err(Refused::Old { expected: 5, found: 9 }));
    assert_eq!(ask(&request(5, 8, "entry"), None), Err(Refused::Old { expected: 0, found: 5 }));
    let root = Refused::Root { size: 5, expected: seen.root(), found: anew.root() };
    assert_eq!(ask(&request(5, 5, "other"), Some(&seen)), Err(root));
    let other = head(ORIGIN, 8, "other");
    let grew = Refused::Consistency { from: 5, seen: seen.root(), to: 8, root: other.root(), found: 4 };
    assert_eq!(ask(&request(5, 8, "other"), Some(&seen)), Err(grew));
    let longer = |size, old| Request { path: vec![EMPTY], ..request(old, size, "entry") };
    assert!(matches!(ask(&longer(5, 5), Some(&seen)), Err(Refused::Consistency { found: 1, .. })));
    assert!(matches!(ask(&longer(5, 0), None), Err(Refused::Consistency { found: 1, .. })));
    // A log without entries has one root (tlog-witness, `add-checkpoint`).
    let nothing = Checkpoint::new(ORIGIN, 0, seen.root()).expect("an origin");
    let asked = Request { old: 0, path: Vec::new(), checkpoint: signed(&nothing) };
    assert_eq!(ask(&asked, None), Err(Refused::Root { size: 0, expected: EMPTY, found: seen.root() }));
}

#[test]
fn only_a_known_log_with_its_own_signature_is_signed() {
    let asked = request(0, 3, "entry");
    let log = [log_key().verifier().clone()];
    let strangers = answer(&asked, &[], None, &witness_key(), TIME_S);
    assert!(matches!(strangers, Err(Refused::Checkpoint(NotOpened::NotVerified(NotVerified::Unknown(_))))));
    let moved = asked.to_string().replace("unit.example/case\n3", "unit.example/case\n4");
    let moved = Request::parse(moved.as_bytes()).expect("a request");
    let invalid = NotVerified::Invalid(log_key().key().clone());
    assert_eq!(ask(&moved, None), Err(Refused::Checkpoint(NotOpened::NotVerified(invalid))));
    let elsewhere = head("unit.example/other", 0, "entry");
    let refused = ask(&asked, Some(&elsewhere)).map_err(|why| why.to_string());
    let expected = "a checkpoint of another log: expected unit.example/other, found: unit.example/case";
    assert_eq!(refused, Err(expected.to_owned()));
    let notary = answer(&asked, &log, None, &log_key(), TIME_S);
    assert!(matches!(notary, Err(Refused::NotSigned(NotSigned::Algorithm(_)))));
    for time_s in [0, u64::MAX] {
        let timeless = answer(&asked, &log, None, &witness_key(), time_s);
        assert_eq!(timeless, Err(Refused::NotSigned(NotSigned::Time(time_s))));
    }
}

#[test]
fn an_answer_goes_under_the_checkpoint_that_was_asked_for_only() {
    let (asked, known) = (request(0, 3, "entry"), [witness_key().verifier().clone()]);
    let answered = ask(&asked, None).expect("it is signed").text;
    let before = signed(&head(ORIGIN, 4, "entry"));
    let mut note = before.clone();
    let invalid = NotVerified::Invalid(witness_key().key().clone());
    assert_eq!(add(&mut note, answered.as_bytes(), &known), Err(BadAnswer::NotVerified(invalid)));
    let mut right = asked.checkpoint.clone();
    let unknown = add(&mut right, answered.as_bytes(), &[log_key().verifier().clone()]);
    assert!(matches!(unknown, Err(BadAnswer::NotVerified(NotVerified::Unknown(_)))), "{unknown:?}");
    // A stranger's line beside it is left out; the log's own signature stays.
    let stranger = Signer::new("stranger", Algorithm::Cosignature, &[3; 32]).expect("a name");
    let log = [log_key().verifier().clone()];
    let other = answer(&asked, &log, None, &stranger, TIME_S).expect("it is signed").text;
    add(&mut right, format!("{other}{answered}").as_bytes(), &known).expect("one is known");
    let names: Vec<&str> = right.signatures().iter().map(|one| one.key.name.as_str()).collect();
    assert_eq!(names, [ORIGIN, "prosecutor.example/witness"]);
    for (answer, line) in [
        (String::new(), 1),
        (answered.trim_end().to_owned(), 1),
        (format!("{answered}no line\n"), 2),
        (format!("unit.example/case\n3\n\n{answered}"), 1),
        (format!("\n{answered}"), 1),
    ] {
        let bad = add(&mut note, answer.as_bytes(), &known).expect_err(&answer);
        assert!(matches!(&bad, BadAnswer::Lines(why) if why.line == line), "{answer}: {bad}");
    }
    assert_eq!(note, before);
}

#[test]
fn what_is_not_a_request_is_refused_at_its_line() {
    let text = request(3, 5, "entry").to_string();
    let hash = request(3, 5, "entry").path[0].base64();
    let many = format!("{}{hash}", format!("{hash}\n").repeat(63));
    for (from, to, line, expected) in [
        ("old 3", "old 03", 1, "old and a number of entries"),
        ("old 3", "old  3", 1, "old and a number of entries"),
        ("old 3", "new 3", 1, "old and a number of entries"),
        (&hash, "AAAA", 2, "a hash of 32 bytes in base64"),
        (&hash, &many, 65, "at most 63 hashes"),
        ("case\n5\n", "case\n05\n", 8, "the number of entries"),
        ("\n\n", "\n", 1, "lines, an empty line and a signed checkpoint"),
    ] {
        assert!(text.contains(from), "{from}");
        let bad = Request::parse(text.replace(from, to).as_bytes()).expect_err(expected);
        assert_eq!((bad.line, bad.expected), (line, expected), "{bad}");
        assert!(bad.to_string().starts_with("not a request to a witness: expected "), "{bad}");
    }
}

/// One request, which is signed once for all cases.
static ASKED: LazyLock<Request> = LazyLock::new(|| request(3, 5, "entry"));

proptest! {
    #[test]
    fn a_changed_byte_is_refused_or_asks_for_the_same_checkpoint(at in 0..500_usize, to in any::<u8>()) {
        let mut bytes = ASKED.to_string().into_bytes();
        let at = at % bytes.len();
        bytes[at] = to;
        if let Ok(asked) = Request::parse(&bytes) {
            prop_assert_eq!(asked.to_string().into_bytes(), bytes);
            if let Ok(answered) = ask(&asked, Some(&head(ORIGIN, 3, "entry"))) {
                prop_assert_eq!(answered.seen, head(ORIGIN, 5, "entry"));
            }
        }
    }

    #[test]
    fn any_bytes_are_a_request_or_an_answer_or_not(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Request::parse(&bytes);
        let mut note = ASKED.checkpoint.clone();
        prop_assert!(add(&mut note, &bytes, &[witness_key().verifier().clone()]).is_err());
    }
}
