//! The web app's server, asked as browsers ask it and as other sites would.

use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

use tutela_ledger::checkpoint::Checkpoint;
use tutela_ledger::entry::commit;
use tutela_ledger::{Proof, leaf as merkle_leaf};

use crate::folder::Folder;
use crate::http::{Answer, Kept, Serving, connect, exchange, request};

/// A server of this machine.
pub struct Served {
    /// It runs as long as this lives.
    _serving: Serving,
    host: String,
    link: String,
}

impl Served {
    pub fn on(folder: &Folder) -> Self {
        let (serving, line) = Serving::start(folder, &[]);
        let rest = line.strip_prefix("http://").expect("a link");
        let (host, link) = rest.split_once('/').expect("a path");
        Self { host: host.to_owned(), link: format!("/{link}"), _serving: serving }
    }

    /// Sends a request as it is written.
    fn send(&self, request: &str) -> Answer {
        exchange(connect(&self.host), request)
    }

    fn ask(&self, what: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.send(&request(what, &self.host, headers, body))
    }

    /// Lets a browser in.
    pub fn come_in(&self) -> Browser<'_> {
        let answer = self.ask(&format!("GET {}", self.link), &[], "");
        assert_eq!(answer.status, 303, "{}", answer.head);
        let cookie = answer.set_cookie().expect("a cookie");
        assert!(cookie.contains("HttpOnly; SameSite=Strict"), "{cookie}");
        Browser {
            served: self,
            kept: Kept::of(cookie, |pair| self.ask("GET /api/v1/session", &[("cookie", pair)], "")),
        }
    }
}

/// A browser that has come in.
pub struct Browser<'a> {
    served: &'a Served,
    kept: Kept,
}

impl Browser<'_> {
    pub fn get(&self, path: &str) -> Answer {
        self.served.ask(&format!("GET /api/v1/{path}"), &[("cookie", &self.kept.cookie)], "")
    }

    pub fn write(&self, what: &str, body: &Value) -> Answer {
        self.served.ask(what, &self.kept.headers(), &body.to_string())
    }

    fn decide(&self, finding: &str, choice: &str, seen: Value) -> Answer {
        let body = json!({"finding": finding, "choice": choice, "reason": "prova", "seen": seen});
        self.write("POST /api/v1/decisions", &body)
    }
}

/// A made-up operation with leads.
fn with_leads() -> Folder {
    let folder = Folder::new();
    let files = folder.path("made-up");
    folder
        .run(&["simulate", "platform-connections", "--size", "0.03", "--seed", "24", "-o", &files])
        .ended(0);
    for part in ["referrals", "platforms", "operators", "lists"] {
        folder.run(&["import", &format!("{files}/{part}"), "--zone", "Europe/Rome"]);
    }
    folder.run(&["analyse"]).ended(0);
    folder
}

#[test]
fn a_link_lets_one_browser_in_and_no_second() {
    let folder = Folder::with_connections();
    let served = Served::on(&folder);
    assert_eq!(served.ask("GET /api/v1/status", &[], "").code(), "no_session");
    assert_eq!(served.ask("GET /", &[], "").status, 401);
    let browser = served.come_in();
    let again = served.ask(&format!("GET {}", served.link), &[], "");
    assert_eq!(again.status, 401);
    assert!(!again.head.contains("set-cookie") && again.body.contains("<!DOCTYPE html>"));
    assert_eq!(browser.get("status").json()["schema"], "tutela.status/1");
    assert_eq!(browser.write("DELETE /api/v1/session", &Value::Null).status, 204);
    assert_eq!(browser.get("status").code(), "no_session");
}

#[test]
fn whoever_comes_from_another_site_is_refused() {
    let folder = Folder::with_connections();
    let served = Served::on(&folder);
    let browser = served.come_in();
    let cookie = ("cookie", browser.kept.cookie.as_str());
    for (headers, code) in [
        (vec![cookie, ("host", "attacker.example")], "host"),
        (vec![cookie, ("host", "127.0.0.1:1")], "host"),
        (vec![cookie, ("origin", "http://attacker.example")], "origin"),
        (vec![cookie, ("origin", "null")], "origin"),
        (vec![cookie, ("origin", &format!("https://{}", served.host))], "origin"),
        (vec![("cookie", "tutela-1=0")], "no_session"),
    ] {
        assert_eq!(served.ask("GET /api/v1/status", &headers, "").code(), code, "{headers:?}");
    }
    let body = r#"{"verb": "analyse"}"#;
    for csrf in [vec![], vec![("x-tutela-csrf", "0")]] {
        let headers = [vec![cookie, ("content-type", "application/json")], csrf].concat();
        assert_eq!(served.ask("POST /api/v1/jobs", &headers, body).code(), "csrf", "{headers:?}");
    }
    let told = browser.get("status");
    assert!(told.head.contains("content-security-policy: default-src 'none'"), "{}", told.head);
    assert!(told.head.contains("cache-control: no-store") && told.head.contains("nosniff"));
}

#[test]
fn who_looked_is_recorded_once_a_look_and_with_the_reason() {
    let folder = with_leads();
    folder.run(&["rules", "--reasons", "yes"]).ended(0);
    let served = Served::on(&folder);
    let browser = served.come_in();
    assert_eq!((browser.get("leads").status, browser.get("leads").code().as_str()), (428, "reason_needed"));
    assert_eq!(browser.write("PUT /api/v1/session", &json!({"reason": "proc. 12"})).status, 204);
    for path in
        ["leads", "leads", "tables/connection/rows?limit=1", "tables/connection/rows?offset=1&limit=1"]
    {
        assert_eq!(browser.get(path).status, 200, "{path}");
    }
    let log = folder.run(&["access", "list", "--json"]).ended(0).json();
    let looks = log["consulted"].as_array().expect("looks");
    let looks: Vec<[&str; 3]> = looks
        .iter()
        .map(|look| ["asked", "of", "reason"].map(|name| look[name].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(looks, [["leads", "all", "proc. 12"], ["table", "connection", "proc. 12"]]);
}

#[test]
fn who_looked_at_what_is_told_a_page_at_a_time_and_by_officer_kind_object_and_day() {
    let folder = Folder::with_connections();
    folder.run(&["--officer", "M. Verdi", "sql", "select 1"]).ended(0);
    for _ in 0..3 {
        folder.run(&["--officer", "M. Verdi", "table", "connection"]).ended(0);
    }
    let served = Served::on(&folder);
    let browser = served.come_in();
    assert_eq!(browser.get("tables/connection/rows?limit=1").status, 200);
    let told = browser.get("access").json();
    let kinds = |told: &Value| -> Vec<String> {
        let looks = told["looks"].as_array().expect("looks").iter();
        looks.map(|look| look["kind"].as_str().expect("a word").to_owned()).collect()
    };
    // That the log was looked at is the first line of it.
    assert_eq!(kinds(&told), ["access", "table", "table", "table", "table", "sql"]);
    assert_eq!((&told["whose"], &told["total"], &told["kept"]), (&json!("all"), &json!(6), &json!(6)));
    assert_eq!((&told["zone"], &told["looks"][5]["of"]), (&json!("Europe/Rome"), &json!("select 1")));
    let officers = json!([{"name": "A. Prova", "looks": 2}, {"name": "M. Verdi", "looks": 4}]);
    assert_eq!(told["officers"], officers);
    for (asked, total, shown) in [
        ("limit=2", 6, vec!["access", "table"]),
        ("offset=4&limit=9", 6, vec!["table", "sql"]),
        ("offset=6", 6, vec![]),
        ("offset=18446744073709551615", 6, vec![]),
        ("limit=0", 6, vec![]),
        ("limit=999999", 6, vec!["access", "table", "table", "table", "table", "sql"]),
        ("officer=M.+Verdi&limit=1", 4, vec!["table"]),
        ("officer=A.+Prova", 2, vec!["access", "table"]),
        ("officer=nobody", 0, vec![]),
        ("kind=sql", 1, vec!["sql"]),
        ("of=SELECT", 1, vec!["sql"]),
        ("of=connection&officer=M.+Verdi", 3, vec!["table", "table", "table"]),
        ("since=2020-01-01&until=2098-12-31&kind=sql", 1, vec!["sql"]),
        ("until=2020-01-01", 0, vec![]),
        ("since=2098-12-31", 0, vec![]),
    ] {
        let told = browser.get(&format!("access?{asked}"));
        assert_eq!(told.status, 200, "{asked}: {}", told.body);
        let told = told.json();
        assert_eq!((&told["total"], kinds(&told)), (&json!(total), to_owned(&shown)), "{asked}");
        assert_eq!(told["kept"], json!(6), "{asked}");
    }
    for wrong in ["since=yesterday", "until=2026-02-30", "limit=-1", "year=2026"] {
        assert_eq!(browser.get(&format!("access?{wrong}")).code(), "wrong_request", "{wrong}");
    }
    // What the command line tells is the same, the oldest first.
    let listed = folder.run(&["access", "list", "--json"]).ended(0).json();
    let listed = listed["consulted"].as_array().expect("looks").iter().rev();
    assert_eq!(listed.map(|look| look["asked"].clone()).collect::<Vec<_>>(), kinds(&told));
}

fn to_owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn a_line_of_the_access_log_that_was_altered_is_a_problem_and_ends_nothing() {
    let folder = Folder::with_connections();
    let served = Served::on(&folder);
    let browser = served.come_in();
    assert_eq!(browser.get("access").json()["kept"], 1);
    let altered = crate::folder::files(Path::new(&folder.op())).into_iter().find(|(path, bytes)| {
        path.components().any(|part| part.as_os_str() == "access")
            && String::from_utf8_lossy(bytes).contains("consult")
            && path.components().any(|part| part.as_os_str() == "payloads")
    });
    let (path, bytes) = altered.expect("a log");
    // One of another length: the server reads anew what others wrote since.
    for damage in ["konsultt", "\u{0}", "consult\"", "{"] {
        let text = String::from_utf8_lossy(&bytes).replace("consult", damage);
        std::fs::write(Path::new(&folder.op()).join(&path), text).expect("a file");
        let answer = browser.get("access");
        assert_eq!((answer.status, answer.code().as_str()), (500, "integrity"), "{damage}: {}", answer.body);
        assert!(!answer.json()["error"]["what"].as_str().unwrap_or_default().is_empty(), "{damage}");
        assert_eq!(browser.get("status").status, 200, "{damage}");
    }
    std::fs::write(Path::new(&folder.op()).join(&path), &bytes).expect("a file");
    assert_eq!(browser.get("access").json()["kept"], 1);
}

#[test]
fn what_shows_that_an_entry_is_in_the_record_is_given_as_a_file_that_verifies() {
    let folder = Folder::with_connections();
    let served = Served::on(&folder);
    let browser = served.come_in();
    let n = browser.get("ledger?limit=1").json()["total"].as_u64().expect("a number");
    for seq in 0..n {
        let answer = browser.get(&format!("ledger/proof?seq={seq}"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        let name = format!("attachment; filename=\"entry-{seq}.proof.json\"");
        assert!(answer.head.contains(&name), "{}", answer.head);
        assert_eq!(answer.body, folder.run(&["ledger", "prove", &seq.to_string(), "--json"]).ended(0).out);
        let file = answer.json();
        let text = |name: &str| file[name].as_str().unwrap_or_else(|| panic!("{name}: {file}"));
        let checkpoint = Checkpoint::parse(text("checkpoint")).expect("a checkpoint");
        let path = file["path"].as_array().expect("hashes").iter();
        let path = path.map(|hash| hash.as_str().expect("a hash").parse().expect("a hash"));
        let leaf = merkle_leaf(text("entry").as_bytes());
        let size = file["size"].as_u64().expect("a number");
        let proof = Proof { seq, size, leaf, path: path.collect() };
        assert!(proof.holds(checkpoint.root()) && checkpoint.size() == n, "{file}");
        assert_eq!((text("leaf"), text("root")), (&*leaf.to_string(), &*checkpoint.root().to_string()));
        let other = Proof { leaf: merkle_leaf(text("entry").replace('2', "3").as_bytes()), ..proof };
        assert!(!other.holds(checkpoint.root()), "an altered entry is not in it");
        let salt: Vec<u8> = (0..16)
            .map(|at| u8::from_str_radix(&text("salt")[2 * at..2 * at + 2], 16).expect("hexadecimal"))
            .collect();
        let salt = salt.try_into().expect("16 bytes");
        let hash = |payload: &str| commit(&salt, payload.as_bytes()).base64();
        assert!(text("entry").contains(&hash(text("payload"))), "its particulars are those of the entry");
        // The program itself finds the file's head in the record, and another's not.
        let kept = folder.file("kept", text("checkpoint"));
        folder.run(&["ledger", "verify", "--against", &kept]).ended(0);
    }
    for (asked, status) in [("", 400), ("?seq=x", 400), ("?seq=-1", 400), ("?seq=0&more=1", 400)] {
        assert_eq!(browser.get(&format!("ledger/proof{asked}")).status, status, "{asked}");
    }
    for seq in [n, u64::MAX] {
        assert_eq!(browser.get(&format!("ledger/proof?seq={seq}")).code(), "not_found", "{seq}");
    }
    assert_eq!(browser.get("ledger?limit=1").json()["total"], json!(n), "it is no act");
    let looks = browser.get("access?kind=prove").json();
    assert_eq!((&looks["total"], &looks["looks"][1]["of"]), (&json!(n + 2), &json!(n.to_string())));
}

#[test]
fn of_two_officers_who_decide_at_once_the_second_is_told() {
    let folder = with_leads();
    let served = Served::on(&folder);
    let browser = served.come_in();
    let first = browser.decide("L-001/household", "reject", Value::Null);
    assert_eq!(first.status, 201, "{}", first.body);
    let seen = first.json()["standing"][0]["seq"].clone();
    assert_eq!(browser.decide("L-001/household", "accept", Value::Null).code(), "conflict");
    assert_eq!(browser.decide("L-001/household", "accept", seen.clone()).status, 201);
    // What the command line records meanwhile counts as well.
    folder.run(&["decide", "L-001/household", "unsure", "--reason", "prova"]).ended(0);
    assert_eq!(browser.decide("L-001/household", "reject", seen).code(), "conflict");
    assert_eq!(browser.get("decisions").json()["decisions"][0]["choice"], "unsure");
    for (finding, choice) in [("L-999", "accept"), ("F-0000000000", "accept"), ("L-001/nothing", "reject")] {
        assert_eq!(browser.decide(finding, choice, Value::Null).code(), "not_found", "{finding}");
    }
    let empty = json!({"finding": "L-001", "choice": "accept", "reason": " ", "seen": null});
    assert_eq!(browser.write("POST /api/v1/decisions", &empty).status, 400);
    let decided = folder.run(&["ledger", "log", "--json"]).ended(0).json();
    let acts =
        decided["entries"].as_array().expect("entries").iter().filter(|entry| entry["act"] == "decide");
    assert_eq!(acts.count(), 3);
    folder.run(&["ledger", "verify"]).ended(0);
}

#[test]
fn every_address_answers_and_what_makes_no_sense_is_refused_in_words() {
    let folder = with_leads();
    let served = Served::on(&folder);
    let browser = served.come_in();
    let described = browser.get("openapi.json").json();
    let lead = browser.get("leads").json()["leads"][0].clone();
    let finding = lead["findings"][0].as_str().expect("a finding").to_owned();
    let (source, place) = a_place(&browser);
    for (path, asked) in described["paths"].as_object().expect("paths") {
        // Accounts are of a team's server only; what left the operation has a test of its own.
        let apart =
            ["/jobs/", "/team", "/passkeys", "/reports/files/"].iter().any(|part| path.contains(part));
        if asked.get("get").is_none() || apart {
            continue;
        }
        let path = path.trim_start_matches("/api/v1/");
        let sound =
            path.replace("{lead}", "L-001").replace("{finding}", &finding).replace("{table}", "connection");
        // What must be asked for besides the path.
        let parameters = asked["get"]["parameters"].as_array().cloned().unwrap_or_default();
        let needed = parameters.iter().filter(|one| one["in"] == "query" && one["required"] == true);
        let needed: Vec<&str> = needed.filter_map(|one| one["name"].as_str()).collect();
        let sound = match needed.as_slice() {
            _ if path.contains("{sha256}") => format!("{}?{place}", sound.replace("{sha256}", &source)),
            [] => sound,
            ["column"] => format!("{sound}?column=at"),
            ["from"] => format!("{sound}?from=lead:L-001"),
            ["q"] => format!("{sound}?q=l-0"),
            ["scheme"] => format!("{sound}?scheme=iiacs"),
            ["seq"] => format!("{sound}?seq=0"),
            others => panic!("{path}: {others:?}"),
        };
        let answer = browser.get(&sound);
        assert_eq!(answer.status, 200, "{sound}: {}", answer.body);
        for wrong in
            ["..%2f..%2fetc%2fpasswd", "%00", "%3Cimg%20src=x%20onerror=alert(1)%3E", "L-999", "%F0%9F%92%A9"]
        {
            let answer = browser.get(&format!(
                "{}?limit=-1",
                path.replace("{lead}", wrong)
                    .replace("{finding}", wrong)
                    .replace("{table}", wrong)
                    .replace("{sha256}", wrong)
            ));
            assert!(answer.status < 500, "{path} {wrong}: {} {}", answer.status, answer.body);
            assert!(answer.status == 200 || !answer.json()["error"]["what"].is_null(), "{path} {wrong}");
        }
    }
    for path in
        ["findings?limit=x", "findings?nothing=1", "tables/connection/rows?offset=99999999999999999999"]
    {
        assert_eq!(browser.get(path).status, 400, "{path}");
    }
    let long = json!({"reason": "x".repeat(2 << 20)});
    assert_eq!(browser.write("PUT /api/v1/session", &long).status, 413);
    assert_eq!(browser.write("PUT /api/v1/session", &json!({"reason": "x", "more": 1})).status, 422);
    assert!(served.send("GET / HTTP/1.1\r\nhost: \u{1}\r\n\r\n").status < 500);
    assert!(served.send("\u{16}\u{3}\u{1}").status < 500);
}

/// The file and place of the first connection, the place as a row gives it.
fn a_place(browser: &Browser<'_>) -> (String, String) {
    let rows = browser.get("tables/connection/rows?limit=1").json();
    let row = &rows["rows"][0];
    let place = row["place"].as_object().expect("a place");
    let fields = place.iter().map(|(name, value)| {
        format!("{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    });
    (row["source"].as_str().expect("a file").to_owned(), fields.collect::<Vec<_>>().join("&"))
}

#[test]
fn the_place_of_a_row_is_shown_with_its_bytes_marked_and_the_look_is_recorded() {
    let folder = with_leads();
    let served = Served::on(&folder);
    let browser = served.come_in();
    let (source, place) = a_place(&browser);
    let shown = browser.get(&format!("sources/{source}/place?{place}"));
    assert_eq!(shown.status, 200, "{}", shown.body);
    let shown = shown.json();
    assert_eq!((&shown["schema"], &shown["view"]["kind"]), (&json!("tutela.place/1"), &json!("text")));
    assert_eq!(
        (&shown["file"]["sha256"], &shown["file"]["compared"]["now"]),
        (&json!(source), &json!(false))
    );
    let marked = |view: &Value| -> String {
        let lines = view["lines"].as_array().expect("lines").iter();
        let pieces = lines.flat_map(|line| line["pieces"].as_array().expect("pieces"));
        pieces.filter(|piece| piece["marked"] == true).filter_map(|piece| piece["text"].as_str()).collect()
    };
    // The bytes at the offset are those that are marked.
    let stored = std::fs::read(format!("{}/received/{source}", folder.op())).expect("a file received");
    let at = |name: &str| shown["view"][name].as_u64().expect("an offset") as usize;
    let bytes = &stored[at("byte")..at("byte") + at("len")];
    assert_eq!(marked(&shown["view"]), String::from_utf8_lossy(bytes));
    for (asked, status, code) in [
        (format!("sources/{source}/place"), 400, "wrong_request"),
        (format!("sources/{source}/place?line=1&page=2"), 400, "wrong_request"),
        (format!("sources/{source}/place?line=-1"), 400, "wrong_request"),
        (format!("sources/{source}/place?line=1&file=sha256:{}", "0".repeat(64)), 400, "wrong_request"),
        (format!("sources/{}/place?line=1", "0".repeat(64)), 404, "not_found"),
        ("sources/..%2f..%2foperation.toml/place?line=1".to_owned(), 404, "not_found"),
    ] {
        let answer = browser.get(&asked);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{asked}: {}", answer.body);
    }
    let far = browser.get(&format!("sources/{source}/place?line=999999999")).json();
    assert_eq!((&far["view"]["kind"], &far["view"]["code"]), (&json!("none"), &json!("not_there")));
    assert!(!far["view"]["words"].as_str().unwrap_or_default().is_empty());
    let log = folder.run(&["access", "list", "--json"]).ended(0).json();
    let looks = log["consulted"].as_array().expect("looks").iter();
    let of_file = looks.filter(|look| look["of"].as_str().is_some_and(|of| of.contains(&source)));
    assert_eq!(of_file.filter(|look| look["asked"] == "place").count(), 2);
}

#[test]
fn a_graph_begins_at_one_node_and_one_that_leaves_is_in_the_ledger_with_its_digest() {
    let folder = with_leads();
    let served = Served::on(&folder);
    let browser = served.come_in();
    let account = browser.get("leads").json()["leads"][0]["accounts"][0].as_str().expect("one").to_owned();
    let answer = browser.get(&format!("graph?from=account:{account}&hops=2"));
    assert_eq!(answer.status, 200, "{}", answer.body);
    let graph = &answer.json()["graph"];
    let nodes = graph["nodes"].as_array().expect("nodes");
    assert_eq!((&nodes[0]["id"], &nodes[0]["x"]), (&json!(format!("account:{account}")), &json!(0)));
    assert!(nodes.len() > 2 && nodes.iter().any(|node| node["kind"] == "line"), "{graph}");
    assert_eq!(browser.get(&format!("graph?from=account:{account}&hops=2")).body, answer.body);
    for (asked, status) in [
        ("graph", 400),
        ("graph?from=nothing", 400),
        ("graph?from=account:nobody/0", 404),
        ("graph?from=lead:L-001&hops=4", 400),
        ("graph?from=lead:L-001&kinds=line,nothing", 400),
    ] {
        assert_eq!(browser.get(asked).status, status, "{asked}");
    }
    for format in ["graphml", "csv", "anx"] {
        let body = json!({"format": format, "graph": {"from": "lead:L-001"}, "to": "PM"});
        let given = browser.write("POST /api/v1/graph/export", &body);
        assert_eq!(given.status, 200, "{format}: {}", given.body);
        assert!(given.body.contains("lead:L-001") && given.head.contains("attachment"), "{}", given.head);
        let log = folder.run(&["ledger", "log", "--json"]).ended(0).json();
        let last =
            log["entries"].as_array().expect("entries").iter().rfind(|entry| entry["act"] == "disclose");
        let body = &last.expect("it is recorded")["body"];
        assert_eq!((&body["output"], &body["to"]), (&json!(format!("graph-{format}")), &json!("PM")));
        assert_eq!(body["files"][0]["size"], json!(given.body.len()));
    }
    folder.run(&["ledger", "verify"]).ended(0);
}

#[test]
fn work_in_the_background_is_told_to_its_end() {
    let folder = with_leads();
    let served = Served::on(&folder);
    let browser = served.come_in();
    let begun = browser.write("POST /api/v1/jobs", &json!({"verb": "verify"}));
    assert_eq!(begun.status, 202, "{}", begun.body);
    let path = format!("jobs/{}", begun.json()["id"]);
    let ended = (0..100_000).map(|_| browser.get(&path).json()).find(|job| job["state"] != "running");
    let ended = ended.expect("it ends");
    assert_eq!((&ended["state"], &ended["exit"]), (&json!("done"), &json!(0)));
    assert_eq!((&ended["data"]["schema"], &ended["data"]["ok"]), (&json!("tutela.verify/1"), &json!(true)));
    assert_eq!(browser.get("jobs/99").code(), "not_found");
}

/// An address below `tables/connection/`, with what is asked written as in a browser.
fn asked(what: &str, query: &[(&str, &str)]) -> String {
    let mut path = format!("tables/connection/{what}?");
    for (name, value) in query {
        let _ = write!(path, "{name}=");
        for byte in value.bytes() {
            let _ = write!(path, "%{byte:02x}");
        }
        path.push('&');
    }
    path.pop();
    path
}

/// All rows of a document, cell by cell, with the names of its columns.
fn rows_of(document: &Value) -> Vec<Value> {
    let columns = document["columns"].as_array().expect("columns");
    let row = |row: &Value| {
        let cells = row["cells"].as_array().expect("cells").iter().cloned();
        let names = columns.iter().map(|name| name.as_str().expect("a name").to_owned());
        let mut named: serde_json::Map<String, Value> = names.zip(cells).collect();
        named.insert("row".to_owned(), row["row"].clone());
        named.insert("place".to_owned(), row["place"].clone());
        Value::Object(named)
    };
    document["rows"].as_array().expect("rows").iter().map(row).collect()
}

impl Browser<'_> {
    fn connections(&self, query: &[(&str, &str)]) -> (Vec<Value>, u64) {
        let answer = self.get(&asked("rows", query));
        assert_eq!(answer.status, 200, "{query:?}: {}", answer.body);
        let document = answer.json();
        (rows_of(&document), document["total"].as_u64().expect("a number"))
    }

    /// All rows in the order of the table.
    fn all_connections(&self) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let (rows, total) = self.connections(&[("offset", &all.len().to_string()), ("limit", "500")]);
            all.extend(rows);
            if all.len() as u64 == total {
                return all;
            }
        }
    }
}

/// Rows in the order of a column; those without a value last.
fn in_order(rows: &[Value], column: &str, is_descending: bool) -> Vec<Value> {
    let key = |row: &Value| {
        row[column].as_u64().map_or_else(|| plain(&row[column]), |number| format!("{number:020}"))
    };
    let mut rows = rows.to_vec();
    rows.sort_by(|one, other| {
        let by_value = key(one).cmp(&key(other));
        let by_value = if is_descending { by_value.reverse() } else { by_value };
        one[column].is_null().cmp(&other[column].is_null()).then(by_value)
    });
    rows
}

fn plain(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[test]
fn windows_are_those_of_the_whole_table_sorted_and_filtered() {
    let folder = with_leads();
    let served = Served::on(&folder);
    let browser = served.come_in();
    let all = browser.all_connections();
    assert!(all.len() > 1_000, "{}", all.len());
    let device = all.iter().map(|row| plain(&row["device"])).find(|device| device.len() > 3);
    let device = device.expect("platforms number devices");
    let is_device = json!([{"column": "device", "is": device}]).to_string();
    let letters = device[1..3].to_uppercase();
    let contains = json!([{"column": "device", "contains": letters}]).to_string();
    let ports =
        json!([{"column": "port", "from": 20_000, "until": "40000"}, {"column": "event", "is": ["login"]}])
            .to_string();
    let day = &plain(&all[7]["at"])[..10];
    let on_day = json!([{"column": "at", "is": day}]).to_string();
    let no_port = json!([{"column": "port", "is": null}]).to_string();
    let nothing = json!([{"column": "port", "is": -1}]).to_string();
    let holds = |what: usize, row: &Value| match what {
        0 => row["device"] == device.as_str(),
        1 => plain(&row["device"]).to_lowercase().contains(&letters.to_lowercase()),
        2 => {
            row["port"].as_u64().is_some_and(|port| (20_000..40_000).contains(&port))
                && row["event"] == "login"
        }
        3 => plain(&row["at"]).starts_with(day),
        4 => row["port"].is_null(),
        5 => false,
        _ => true,
    };
    for (what, conditions) in
        [&is_device, &contains, &ports, &on_day, &no_port, &nothing, "[]"].into_iter().enumerate()
    {
        let left: Vec<Value> = all.iter().filter(|row| holds(what, row)).cloned().collect();
        for (column, is_descending) in [("at", false), ("at", true), ("device", true), ("port", false)] {
            let expected = in_order(&left, column, is_descending);
            let sort = format!("{}{column}", if is_descending { "-" } else { "" });
            for offset in [0, left.len() / 3, left.len().saturating_sub(5)] {
                let offset_said = offset.to_string();
                let query = [
                    ("sort", sort.as_str()),
                    ("where", conditions),
                    ("offset", &offset_said),
                    ("limit", "90"),
                ];
                let (rows, total) = browser.connections(&query);
                assert_eq!(total as usize, left.len(), "{conditions}");
                assert_eq!(
                    rows,
                    expected[offset..expected.len().min(offset + 90)],
                    "{conditions} {sort} {offset}"
                );
            }
        }
        counts_and_values_are_those_of(&browser, &left, conditions);
    }
    let sources = browser.get(&asked("values", &[("column", "source")])).json();
    assert!(sources["values"][0]["file"].as_str().is_some_and(|name| name.contains('.')), "{sources}");
}

/// What is counted by time and by value under conditions is what these rows give.
fn counts_and_values_are_those_of(browser: &Browser<'_>, left: &[Value], conditions: &str) {
    let by_time = [("column", "at"), ("where", conditions), ("buckets", "7")];
    let counted = browser.get(&asked("counts", &by_time)).json();
    let stretches = counted["stretches"].as_array().into_iter().flatten();
    let in_stretches: u64 = stretches.map(|one| one["rows"].as_u64().expect("a number")).sum();
    let without = counted["empty"].as_u64().expect("a number");
    assert_eq!(in_stretches + without, left.len() as u64, "{conditions}");
    let values = browser.get(&asked("values", &[("column", "event"), ("where", conditions)])).json();
    for value in values["values"].as_array().expect("values") {
        let n = left.iter().filter(|row| row["event"] == value["value"]).count();
        assert_eq!(value["rows"], n, "{conditions}");
    }
}

#[test]
fn what_a_table_cannot_be_asked_is_refused_with_what_it_can() {
    let folder = Folder::with_connections();
    let served = Served::on(&folder);
    let browser = served.come_in();
    for (what, query, said) in [
        ("rows", ("sort", "nothing"), "it has: platform, account"),
        ("rows", ("sort", "-at_said"), "contains"),
        ("rows", ("where", "{"), "JSON"),
        ("rows", ("where", r#"[{"column": "at"}]"#), "is, contains"),
        ("rows", ("where", r#"[{"column": "at", "is": "2026-03-01T20:00"}]"#), "2026-03-01T20:00"),
        ("rows", ("where", r#"[{"column": "at", "contains": "2026"}]"#), "only texts"),
        ("rows", ("where", r#"[{"column": "port", "is": "http"}]"#), "http"),
        ("rows", ("where", r#"[{"column": "address", "is": "192.0.2.1/24"}]"#), "192.0.2.1/24"),
        ("rows", ("where", r#"[{"column": "nothing", "is": 1}]"#), "it has: platform, account"),
        ("rows", ("where", r#"[{"column": "at", "is": 1, "more": 2}]"#), "more"),
        ("values", ("column", "place"), "place"),
        ("values", ("column", "nothing"), "it has: platform"),
        ("counts", ("column", "account"), "only times"),
    ] {
        let answer = browser.get(&asked(what, &[query]));
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "wrong_request"),
            "{query:?}: {}",
            answer.body
        );
        let told = plain(&answer.json()["error"]["what"]);
        assert!(told.contains(said), "{query:?}: {told}");
    }
    let many = format!("[{}]", vec![r#"{"column": "port", "is": 1}"#; 17].join(","));
    assert_eq!(browser.get(&asked("rows", &[("where", &many)])).status, 400);
    let within =
        json!([{"column": "address", "is": "192.0.2.0/24"}, {"column": "at_said", "contains": "03-02t"}]);
    assert_eq!(browser.connections(&[("where", &within.to_string())]).1, 1);
    assert_eq!(browser.get("tables/lease/rows?sort=-from").json()["total"], 0);
}

#[test]
fn a_grid_that_is_damaged_cut_or_gone_is_made_anew() {
    let folder = Folder::with_connections();
    let grids = std::path::PathBuf::from(folder.op()).join("grids");
    let whole = |folder: &Folder| {
        let served = Served::on(folder);
        let (rows, total) = served.come_in().connections(&[("sort", "-at")]);
        assert_eq!((total, &rows[0]["at"]), (2, &json!("2026-03-02T20:00:00Z")));
    };
    whole(&folder);
    let grid = || {
        let files = std::fs::read_dir(&grids).expect("a folder").map(|file| file.expect("a file").path());
        let mut files = files.filter(|path| path.extension().is_none() && !path.ends_with("lock"));
        files.next().expect("a grid")
    };
    let bytes = std::fs::read(grid()).expect("a grid");
    for harm in [&bytes[..bytes.len() / 2], &bytes[1..], b""] {
        std::fs::write(grid(), harm).expect("a file");
        whole(&folder);
        assert_eq!(std::fs::read(grid()).expect("a grid"), bytes);
    }
    std::fs::remove_dir_all(&grids).expect("a folder");
    whole(&folder);
    // A folder that cannot be written: its name is that of a file.
    std::fs::remove_dir_all(&grids).expect("a folder");
    std::fs::write(&grids, "").expect("a file");
    whole(&folder);
    // What is harmed while it is read is made anew as well.
    std::fs::remove_file(&grids).expect("a file");
    let served = Served::on(&folder);
    let browser = served.come_in();
    assert_eq!(browser.connections(&[("sort", "-at")]).1, 2);
    std::fs::OpenOptions::new().write(true).truncate(true).open(grid()).expect("a grid");
    let (rows, _) = browser.connections(&[("sort", "at")]);
    assert_eq!(rows[0]["at"], "2026-03-01T20:00:00Z");
    // An altered table gives no grid.
    drop(served);
    std::fs::remove_dir_all(&grids).expect("a folder");
    let mut table = std::fs::read(folder.table_file()).expect("a file");
    let middle = table.len() / 2;
    table[middle] ^= 1;
    std::fs::write(folder.table_file(), table).expect("a file");
    let served = Served::on(&folder);
    assert_eq!(served.come_in().get("tables/connection/rows?sort=at").code(), "integrity");
}

#[test]
fn what_is_imported_or_erased_meanwhile_is_in_the_next_window() {
    let folder = Folder::with_connections();
    let served = Served::on(&folder);
    let browser = served.come_in();
    std::thread::scope(|scope| {
        let ask = || browser.connections(&[("sort", "account")]).1;
        let asked: Vec<_> = (0..6).map(|_| scope.spawn(ask)).collect();
        assert!(asked.into_iter().all(|one| one.join().expect("an answer") == 2));
    });
    let more = "platform,account,event,address,port,at,device,user_agent,proxy_said\n\
        agorachat,a-0,login,192.0.2.99,4000,2026-03-09T20:00:00Z,,,no\n";
    folder.run(&["import", &folder.file("second/connection.csv", more)]).ended(0);
    let (rows, total) = browser.connections(&[("sort", "account")]);
    assert_eq!((total, &rows[0]["account"]), (3, &json!("a-0")));
    let source =
        browser.get("tables/connection/rows?sort=account&limit=1").json()["rows"][0]["source"].clone();
    let of_file = json!([{"column": "source", "is": source}]).to_string();
    assert_eq!(browser.connections(&[("where", &of_file)]).1, 1);
    let grids = || {
        let files = std::fs::read_dir(folder.path("operation/grids")).expect("a folder");
        files.filter(|file| file.as_ref().expect("a file").path().extension().is_none()).count()
    };
    // The grid of three rows, and the lock: that of two rows went.
    assert_eq!(grids(), 2);
    let file = plain(&source);
    folder.run(&["erase", "file", &file, "--authority", "A-1", "--reason", "prova"]).ended(0);
    assert_eq!(grids(), 0);
    assert_eq!(browser.connections(&[("sort", "account")]).1, 2);
}

#[test]
fn a_large_table_is_told_in_its_own_order_until_it_is_prepared() {
    let folder = Folder::new();
    let mut lines = "platform,account,event,address,port,at,device,user_agent,proxy_said\n".to_owned();
    for idx in 0..100_001_u32 {
        let (high, low, minute) = (idx / 256 % 256, idx % 256, idx % 60);
        let _ =
            writeln!(lines, "a,u{},login,198.18.{high}.{low},,2026-03-01T20:{minute:02}:00Z,,,", idx % 997);
    }
    folder.run(&["import", &folder.file("many/connection.csv", lines)]).ended(0);
    let served = Served::on(&folder);
    let browser = served.come_in();
    let path = asked("rows", &[("sort", "-account"), ("limit", "1")]);
    let first = browser.get(&path);
    assert_eq!((first.status, first.code().as_str()), (409, "preparing"), "{}", first.body);
    assert_eq!(first.json()["error"]["job"]["verb"], "prepare");
    let own = browser.get("tables/connection/rows?limit=2").json();
    assert_eq!((&own["total"], rows_of(&own).len()), (&json!(100_001), 2));
    let job = format!("jobs/{}", first.json()["error"]["job"]["id"]);
    let ended = (0..100_000).map(|_| browser.get(&job).json()).find(|job| job["state"] != "running");
    assert_eq!(ended.expect("it ends")["state"], "done");
    let sorted = browser.get(&path).json();
    assert_eq!(rows_of(&sorted)[0]["account"], "u996");
    let own = browser.get("tables/connection/rows?offset=100000").json();
    assert_eq!((&own["preparing"], rows_of(&own).len()), (&Value::Null, 1));
}

#[cfg(feature = "pdf")]
#[test]
fn what_leaves_the_operation_is_kept_and_handed_out_as_it_left() {
    let folder = with_leads();
    let served = Served::on(&folder);
    let browser = served.come_in();
    let before = browser.get("reports").json();
    assert_eq!(before["versions"], json!([]));
    assert!(before["unanswered"].as_array().is_some_and(|open| !open.is_empty()), "{before}");
    let work = json!({"verb": "report", "part": "packages", "lang": "it", "to": "Procura", "final": false});
    let make = |work: &Value| {
        let begun = browser.write("POST /api/v1/jobs", work);
        assert_eq!(begun.status, 202, "{}", begun.body);
        let job = format!("jobs/{}", begun.json()["id"]);
        let ended = (0..1_000_000).map(|_| browser.get(&job).json()).find(|job| job["state"] != "running");
        ended.expect("it ends")
    };
    // What could only be a draft is refused where that was asked for, and nothing leaves.
    let mut only_final = work.clone();
    only_final["final"] = json!(true);
    assert_eq!(make(&only_final)["state"], "failed");
    assert_eq!(make(&work)["state"], "done");
    assert_eq!(make(&work)["state"], "done");
    let made = browser.get("reports").json();
    let versions = made["versions"].as_array().expect("a list").clone();
    assert_eq!(versions.len(), 2, "{made:#}");
    assert_eq!((&versions[0]["to"], &versions[0]["is_current"]), (&json!("Procura"), &json!(true)));
    let file = &versions[0]["files"][0];
    assert_eq!((&file["is_here"], &versions[1]["files"][0]["against"]), (&json!(true), &json!("first")));
    let sha256 = file["sha256"].as_str().expect("a digest");
    let handed = browser.get(&format!("reports/files/{sha256}"));
    assert_eq!(handed.status, 200, "{}", handed.body);
    assert!(handed.head.contains("content-disposition: attachment"), "{}", handed.head);
    // A copy that was altered is not handed out as what left, and what never left is not there.
    std::fs::write(folder.path(&format!("operation/handed/{sha256}")), "something else").expect("a file");
    assert_eq!(browser.get(&format!("reports/files/{sha256}")).code(), "gone");
    for wrong in [&"0".repeat(64), "..%2f..%2foperation.toml", "%00"] {
        assert_eq!(browser.get(&format!("reports/files/{wrong}")).code(), "not_found", "{wrong}");
    }
    folder.run(&["ledger", "verify"]).ended(0);
}

#[test]
fn other_machines_are_not_served() {
    let folder = Folder::new();
    let refused = folder.run(&["serve", "--bind", "0.0.0.0:0"]).ended(2);
    assert!(refused.err.contains("0.0.0.0:0") && refused.err.contains("127.0.0.1"), "{}", refused.err);
}
