//! What officers do with referrals, on the command line and in the web app: recorded with who and why, the latest counts.

use serde_json::{Value, json};

use crate::folder::Folder;
use crate::serve::Served;

fn told(folder: &Folder, reference: &str) -> Value {
    let document = folder.run(&["referrals", "--json"]).ended(0).json();
    let all = document["referrals"].as_array().expect("a list");
    all.iter().find(|one| one["reference"] == reference).expect("it is there").clone()
}

#[test]
fn of_what_is_done_with_a_referral_the_latest_counts() {
    let folder = Folder::new();
    let files = folder.path("made-up");
    folder.run(&["simulate", "platform-connections", "--size", "0.2", "--seed", "24", "-o", &files]).ended(0);
    folder.run(&["import", &format!("{files}/referrals"), "--zone", "Europe/Rome"]);
    let document = folder.run(&["referrals", "--json"]).ended(0).json();
    let numbers: Vec<(String, String)> = document["referrals"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| {
            (
                one["issuer"].as_str().unwrap_or_default().to_owned(),
                one["reference"].as_str().expect("a number").to_owned(),
            )
        })
        .collect();
    let (issuer, first) = &numbers[0];
    let (other, second) = &numbers[1];
    let act = |words: &[&str]| {
        folder.run(&[&["referrals", first, "--officer", "isp. Rossi", "--reason", "prova"], words].concat())
    };

    act(&["--assign", "isp. Bianchi"]).ended(0);
    act(&["--band", "low"]).ended(0);
    act(&["--same-as", second]).ended(0);
    act(&["--refer-to", "COSC Torino"]).ended(0);
    let handled = told(&folder, first)["handled"].clone();
    assert_eq!(handled["assigned"]["to"], "isp. Bianchi");
    assert_eq!(handled["assigned"]["officer"], "isp. Rossi");
    assert_eq!(handled["band"]["to"], "low");
    assert_eq!(handled["same_as"]["to"], format!("{other}/{second}"));
    assert_eq!(handled["referred"][0]["to"], "COSC Torino");
    let text = folder.run(&["referrals"]).ended(0).out;
    let line = text.lines().find(|line| line.contains(first.as_str())).expect("its line");
    assert!(line.contains(" low ") && text.contains("isp. Bianchi"), "{text}");

    act(&["--assign", ""]).ended(0);
    act(&["--band", ""]).ended(0);
    act(&["--same-as", ""]).ended(0);
    let handled = told(&folder, first)["handled"].clone();
    assert_eq!([&handled["assigned"], &handled["band"], &handled["same_as"]], [&Value::Null; 3]);
    assert_eq!(handled["referred"].as_array().map(Vec::len), Some(1), "what has left has left");

    for (words, why) in [
        (&["--band", "soon"][..], "not a band"),
        (&["--same-as", first], "with itself"),
        (&["--same-as", "no such number"], "no referral of this number"),
        (&["--refer-to", " "], "its name is empty"),
    ] {
        let refused = act(words).ended(1);
        assert!(refused.err.contains(why), "{words:?}: {}", refused.err);
    }
    folder.run(&["referrals", "no such number", "--assign", "x", "--reason", "prova"]).ended(1);
    folder.run(&["referrals", first, "--assign", "x"]).ended(2);
    folder.run(&["referrals", first]).ended(2);
    folder.run(&["referrals", first, "--assign", "x", "--band", "low", "--reason", "prova"]).ended(2);

    let served = Served::on(&folder);
    let browser = served.come_in();
    let seen = told(&folder, first)["handled"]["last"].clone();
    let ask = |to: &str, seen: &Value| {
        let number = json!({"issuer": issuer, "reference": first});
        let body =
            json!({"referrals": [number], "done": "assign", "to": to, "reason": "prova", "seen": seen});
        browser.write("POST /api/v1/referrals", &body)
    };
    assert_eq!(ask("isp. Verdi", &seen).status, 201);
    let overtaken = ask("isp. Neri", &seen);
    assert_eq!((overtaken.status, overtaken.code().as_str()), (409, "conflict"));
    let told = browser.get("referrals").json();
    let told =
        told["referrals"].as_array().expect("a list").iter().find(|one| one["reference"] == first.as_str());
    assert_eq!(told.expect("it is there")["handled"]["assigned"]["to"], "isp. Verdi");
    let unknown = json!({"referrals": [{"issuer": issuer, "reference": "none"}], "done": "assign", "to": "x", "reason": "y", "seen": null});
    assert_eq!(browser.write("POST /api/v1/referrals", &unknown).status, 400);
    drop(served);
    folder.run(&["ledger", "verify"]).ended(0);
}
