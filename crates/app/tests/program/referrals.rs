//! What officers do with referrals, on the command line and in the web app: recorded with who and why, the latest counts.

use serde_json::{Value, json};

use crate::folder::{Folder, Ran};
use crate::serve::Served;

/// An operation with two referrals: its folder, and each by sender and number.
fn with_referrals() -> (Folder, [(String, String); 2]) {
    let folder = Folder::new();
    let files = folder.path("made-up");
    folder.run(&["simulate", "platform-connections", "--size", "0.2", "--seed", "24", "-o", &files]).ended(0);
    folder.run(&["import", &format!("{files}/referrals"), "--zone", "Europe/Rome"]);
    let document = folder.run(&["referrals", "--json"]).ended(0).json();
    let number = |n: usize| {
        let text = |name: &str| document["referrals"][n][name].as_str().expect("a text").to_owned();
        (text("issuer"), text("reference"))
    };
    let numbers = [number(0), number(1)];
    (folder, numbers)
}

fn act(folder: &Folder, number: &str, words: &[&str]) -> Ran {
    folder.run(&[&["referrals", number, "--officer", "isp. Rossi", "--reason", "prova"], words].concat())
}

/// What was done with a referral.
fn handled(folder: &Folder, reference: &str) -> Value {
    let document = folder.run(&["referrals", "--json"]).ended(0).json();
    let all = document["referrals"].as_array().expect("a list");
    all.iter().find(|one| one["reference"] == reference).expect("it is there")["handled"].clone()
}

#[test]
fn of_what_is_done_with_a_referral_the_latest_counts() {
    let (folder, [(_, first), (other, second)]) = with_referrals();
    act(&folder, &first, &["--assign", "isp. Bianchi"]).ended(0);
    act(&folder, &first, &["--band", "low"]).ended(0);
    act(&folder, &first, &["--same-as", &second]).ended(0);
    act(&folder, &first, &["--refer-to", "COSC Torino"]).ended(0);
    let done = handled(&folder, &first);
    assert_eq!(done["assigned"]["to"], "isp. Bianchi");
    assert_eq!(done["assigned"]["officer"], "isp. Rossi");
    assert_eq!(done["band"]["to"], "low");
    assert_eq!(done["same_as"]["to"], format!("{other}/{second}"));
    assert_eq!(done["referred"][0]["to"], "COSC Torino");
    let text = folder.run(&["referrals"]).ended(0).out;
    let line = text.lines().find(|line| line.contains(first.as_str())).expect("its line");
    assert!(line.contains(" low ") && text.contains("isp. Bianchi"), "{text}");

    act(&folder, &first, &["--assign", ""]).ended(0);
    act(&folder, &first, &["--band", ""]).ended(0);
    act(&folder, &first, &["--same-as", ""]).ended(0);
    let done = handled(&folder, &first);
    assert_eq!([&done["assigned"], &done["band"], &done["same_as"]], [&Value::Null; 3]);
    assert_eq!(done["referred"].as_array().map(Vec::len), Some(1), "what has left has left");
    folder.run(&["ledger", "verify"]).ended(0);
}

#[test]
fn what_cannot_be_done_with_a_referral_is_said_and_not_recorded() {
    let (folder, [(_, first), _]) = with_referrals();
    for (words, why) in [
        (&["--band", "soon"][..], "not a band"),
        (&["--same-as", &first], "with itself"),
        (&["--same-as", "no such number"], "no referral of this number"),
        (&["--refer-to", " "], "its name is empty"),
    ] {
        let refused = act(&folder, &first, words).ended(1);
        assert!(refused.err.contains(why), "{words:?}: {}", refused.err);
    }
    act(&folder, "no such number", &["--assign", "x"]).ended(1);
    act(&folder, &first, &["--assign", "x", "--band", "low"]).ended(2);
    folder.run(&["referrals", &first, "--assign", "x"]).ended(2);
    folder.run(&["referrals", &first]).ended(2);
    assert_eq!(handled(&folder, &first)["last"], Value::Null);
}

#[test]
fn of_two_officers_who_act_on_a_referral_the_second_is_told() {
    let (folder, [(issuer, first), _]) = with_referrals();
    act(&folder, &first, &["--assign", "isp. Bianchi"]).ended(0);
    let seen = handled(&folder, &first)["last"].clone();
    let served = Served::on(&folder);
    let browser = served.come_in();
    let ask = |reference: &str, to: &str| {
        let number = json!({"issuer": issuer, "reference": reference});
        let body =
            json!({"referrals": [number], "done": "assign", "to": to, "reason": "prova", "seen": seen});
        browser.write("POST /api/v1/referrals", &body)
    };
    assert_eq!(ask(&first, "isp. Verdi").status, 201);
    let overtaken = ask(&first, "isp. Neri");
    assert_eq!((overtaken.status, overtaken.code().as_str()), (409, "conflict"));
    assert_eq!(ask("none", "isp. Neri").status, 400);
    let told = browser.get("referrals").json();
    let told = told["referrals"].as_array().expect("a list").iter().find(|one| one["reference"] == *first);
    assert_eq!(told.expect("it is there")["handled"]["assigned"]["to"], "isp. Verdi");
}
