//! Requests, from the rows that they are copied from to the record of their going out.

use std::fs;

use serde_json::Value;
use tutela_model::Digest;

use crate::folder::{CONNECTIONS, Folder};

/// An answer that has settled the first of [`CONNECTIONS`], and knows nothing of a third one.
const LEASE: &str = "operator,address,from,until,line,access\n\
    alfa,192.0.2.10,2026-03-01T00:00:00Z,2026-03-02T00:00:00Z,h1,fixed\n";

fn rows(folder: &Folder) -> Vec<Value> {
    let document = folder.run(&["table", "request", "--json", "--limit", "0"]).ended(0).json();
    document["rows"].as_array().expect("rows").clone()
}

#[test]
fn what_is_asked_is_copied_from_rows_kept_recorded_and_asked_once() {
    let folder = Folder::with_connections();
    folder.run(&["import", &folder.file("lease.csv", LEASE)]).ended(0);
    let out = folder.path("out");
    let asked = folder.run(&["ask", "-o", &out, "--json"]).ended(0).json();
    let request = &asked["requests"][0];
    assert_eq!(
        (&request["of"], &request["questions"], &request["controls"]),
        (&"alfa".into(), &2.into(), &1.into())
    );

    // What goes out is the address, the port and the second of the records, and a number: no account, no line.
    let sent = fs::read_to_string(folder.path("out/request-R-001.csv")).expect("a request");
    let mut lines: Vec<&str> = sent.lines().collect();
    assert_eq!(lines.remove(0), "reference,item,address,port,time");
    lines.sort_by_key(|line| line.rsplit(',').next());
    let cells: Vec<Vec<&str>> = lines.iter().map(|line| line.split(',').skip(2).collect()).collect();
    assert_eq!(
        cells,
        [["192.0.2.10", "4000", "2026-03-01T20:00:00Z"], ["192.0.2.10", "4001", "2026-03-02T20:00:00Z"]]
    );
    let sheet = fs::read_to_string(folder.path("out/request-R-001.md")).expect("a sheet");
    assert!(sheet.contains(&Digest::of(sent.as_bytes()).hex()) && !sheet.contains("u-1"), "{sheet}");

    // The operation keeps where each came from, and that one of them is a control question.
    let source = Digest::of(CONNECTIONS.as_bytes()).hex();
    let kept = rows(&folder);
    assert_eq!(kept.len(), 2);
    for row in &kept {
        assert_eq!(row["from_source"], source.as_str());
        let place: usize = row["from_place"]
            .as_str()
            .and_then(|at| at.strip_prefix("line:"))
            .expect("a line")
            .parse()
            .expect("a number");
        let record = CONNECTIONS.lines().nth(place - 1).expect("the record");
        assert!(record.contains(row["at_in_record"].as_str().expect("a time")), "{record}");
    }
    let controls: Vec<&Value> = kept.iter().filter(|row| row["control_line"] == "alfa/h1").collect();
    assert_eq!(controls.len(), 1);
    let log = folder.run(&["ledger", "log"]).ended(0).out;
    assert!(log.contains("disclose"), "{log}");
    folder.run(&["ledger", "verify"]).ended(0);
    folder.run(&["rebuild", "--check"]).ended(0);

    let again = folder.run(&["ask", "-o", &out]).ended(1);
    assert!(again.err.contains("there is nothing to ask"), "{}", again.err);
    let repeated = folder.run(&["ask", "--again", "-o", &out, "--json"]).ended(0).json();
    assert_eq!(repeated["requests"][0]["reference"], "R-002");
    assert!(
        rows(&folder).iter().any(|row| row["repeat_of"].as_str().is_some_and(|of| of.starts_with("R-001/")))
    );
}

#[test]
fn leads_begin_with_an_answer_that_failed_its_control_question() {
    let folder = Folder::with_connections();
    folder.run(&["import", &folder.file("lease.csv", LEASE)]).ended(0);
    folder.run(&["ask", "-o", &folder.path("out")]).ended(0);
    let answer =
        LEASE.replace("h1", "h9") + "alfa,192.0.2.10,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,h9,fixed\n";
    folder.run(&["import", "--as", "tutela_table/lease", &folder.file("answer.csv", answer)]).ended(0);
    let leads = folder.run(&["leads"]).ended(0).out;
    assert!(leads.contains("! to control question R-001/") && leads.contains("alfa/h9"), "{leads}");
    let document = folder.run(&["leads", "--json"]).ended(0).json();
    assert_eq!(document["leads"][0]["lines"], serde_json::json!(["alfa/h1"]));
    let finding = folder.run(&["findings", "--analysis", "answer_check", "--jsonl"]).ended(0).out;
    let finding = finding.lines().find(|line| line.contains("control_wrong")).expect("a finding");
    let finding: Value = serde_json::from_str(finding).expect("JSON");
    let id = finding["finding"].as_str().expect("an id");
    folder.run(&["decide", id, "accept", "--reason", "asked for again"]).ended(0);
    assert!(!folder.run(&["leads", "--lang", "it"]).ended(0).out.contains("alfa/h9"));
}
