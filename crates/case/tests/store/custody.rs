//! Custody: where a file came from, whether it is what its supplier describes, and who had it since.

use serde_json::json;
use tutela_case::{Case, CaseError, DigestKind, Handled, Handling, Limits, NotDone, Provenance, ToReceive};

use crate::made_up::{at, day, go_on, item, operation, write};

fn provenance() -> Provenance {
    Provenance {
        exhibit: "R-7/2026".to_owned(),
        supplier: "Operatore Uno".to_owned(),
        reference: "OU-4411".to_owned(),
        asked: "who held the addresses of the list".to_owned(),
        ..Provenance::default()
    }
}

#[test]
fn a_chain_names_every_act_from_the_receipt_on() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    let mut writer = case.lock("R. Rossi", at()).expect("nobody else writes");
    let basis = writer.case().basis(None, day("2026-03-01")).expect("it covers");
    let path = write(dir.path(), "answer.txt", "1\n2\n");
    // The digests of `printf '1\n2\n'` by md5sum and sha1sum.
    let digests = vec![
        (DigestKind::Md5, "6DDB4095EB719E2A9F0A3F95677D24E0".to_owned()),
        (DigestKind::Sha1, "5a1a77a1d3f0e0ee1ad6ef24eb3ee5bcd0d5b9d5".to_owned()),
    ];
    let file = ToReceive { path, provenance: provenance(), digests };
    let received =
        writer.receive_all(&[file], &basis, at(), 1, &go_on).pop().expect("one").expect("received");
    assert_eq!(received.verified, Some(false), "one of the two is of another file");
    let sha256 = received.sha256;
    writer.import(item(received), &basis, at(), Limits::default(), &go_on).expect("imported");
    writer
        .put_derived(&[("leads.json".to_owned(), b"[]".to_vec())], &[], "1", &[], at())
        .expect("it is stored");
    writer
        .record("disclose", json!({"output": "report", "files": [{"path": "report.pdf"}]}), at())
        .expect("ok");
    let about = |to: &str| Handled { files: vec![sha256], to: to.to_owned(), ..Handled::default() };
    writer.handle(Handling::TransferOut, &about("Laboratory"), at()).expect("the unit has it");
    assert_eq!(writer.case().holder(sha256).as_deref(), Some("Laboratory"));
    let refused = writer.handle(Handling::Destroy, &about(""), at()).expect_err("it is elsewhere");
    assert!(matches!(refused, CaseError::NotDone(NotDone::Custody { found, .. }) if found == "Laboratory"));
    writer.handle(Handling::TransferIn, &about("unit"), at()).expect("it comes back");
    assert!(writer.handle(Handling::TransferIn, &about("unit"), at()).is_err(), "it is here");
    assert!(!writer.hash_verify(sha256, "before the hearing", at()).expect("it is read"));
    let copy = dir.path().join("copy.txt");
    writer.copy_out(sha256, &copy, "for the expert", at()).expect("it is copied");
    assert_eq!(std::fs::read(&copy).expect("it is there"), b"1\n2\n");
    assert!(writer.copy_out(sha256, &copy, "again", at()).is_err(), "nothing is overwritten");
    writer.handle(Handling::Return, &about("owner"), at()).expect("the unit has it");
    let case = Case::open(case.dir()).expect("it opens");
    let chain = case.chain(sha256);
    let acts: Vec<&str> = chain.iter().map(|step| step.act.as_str()).collect();
    assert_eq!(
        acts,
        [
            "receive",
            "import",
            "analyse",
            "disclose",
            "transfer-out",
            "transfer-in",
            "hash-verify",
            "copy",
            "return"
        ]
    );
    let verified = &chain[6].particulars["outcome"];
    assert!(verified.contains("md5 6ddb4095eb719e2a9f0a3f95677d24e0: as recorded"), "{verified}");
    assert!(verified.contains("sha1 5a1a77a1d3f0e0ee1ad6ef24eb3ee5bcd0d5b9d5: found "), "{verified}");
    for said in ["R-7/2026", "answer.txt", &sha256.hex()[..8]] {
        assert_eq!(case.exhibit(said), [sha256], "{said}");
    }
    assert!(case.exhibit("R-8/2026").is_empty());
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
}
