//! A server with accounts, asked over TLS as browsers ask it, and as others would.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};

use crate::folder::Folder;
use crate::http::{Answer, Kept, Serving, connect, exchange, request};

/// A server of a team.
struct Served {
    /// It runs as long as this lives.
    _serving: Serving,
    host: String,
    tls: Arc<ClientConfig>,
}

/// The cookie of an answer, which must be one that nobody else reads or sends.
fn cookie(answer: &Answer) -> Option<&str> {
    let header = answer.set_cookie()?;
    assert!(header.contains("; HttpOnly; SameSite=Strict; Path=/; Secure"), "{header}");
    assert!(header.starts_with("__Host-tutela-"), "{header}");
    Some(header)
}

impl Served {
    fn on(folder: &Folder) -> Self {
        let (serving, line) = Serving::start(folder, &["--team", &folder.path("team")]);
        let host = line.strip_prefix("https://").expect("https").trim_end_matches('/').to_owned();
        let tls = trusting(&Path::new(&folder.path("team")).join("certificate.pem"));
        Self { _serving: serving, host, tls }
    }

    fn ask(&self, what: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let name = ServerName::try_from("localhost").expect("a name");
        let client = ClientConnection::new(Arc::clone(&self.tls), name).expect("a client");
        let stream = StreamOwned::new(client, connect(&self.host));
        exchange(stream, &request(what, &self.host, headers, body))
    }

    fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let headers = [headers, &[("content-type", "application/json")]].concat();
        self.ask(&format!("POST /api/v1/{path}"), &headers, &body.to_string())
    }

    /// Takes up an invitation, which lets the browser in.
    fn take_up(&self, name: &str, code: &str) -> Browser<'_> {
        let said = json!({"name": name, "code": code, "passphrase": passphrase(name)});
        let answer = self.post("invitation", &[], &said);
        assert_eq!(answer.status, 204, "{}{}", answer.head, answer.body);
        self.browser(&answer)
    }

    fn sign_in(&self, name: &str, passphrase: &str) -> Answer {
        self.post("sign-in", &[], &json!({"name": name, "passphrase": passphrase}))
    }

    fn browser(&self, answer: &Answer) -> Browser<'_> {
        let cookie = cookie(answer).expect("a cookie");
        Browser {
            served: self,
            kept: Kept::of(cookie, |pair| self.ask("GET /api/v1/session", &[("cookie", pair)], "")),
        }
    }
}

fn passphrase(name: &str) -> String {
    format!("the passphrase of {name}")
}

/// A client that trusts this certificate and no other.
fn trusting(certificate: &Path) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).expect("a certificate")).expect("it can be trusted");
    let engine = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(engine).with_safe_default_protocol_versions();
    Arc::new(config.expect("versions").with_root_certificates(roots).with_no_client_auth())
}

/// A browser that has come in.
struct Browser<'a> {
    served: &'a Served,
    kept: Kept,
}

impl Browser<'_> {
    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        self.served.ask(&format!("{method} /api/v1/{path}"), &self.kept.headers(), body)
    }
}

/// Makes an account: the code of its invitation.
fn account(folder: &Folder, name: &str, role: &str) -> String {
    let officer = format!("isp. {name}");
    let team = folder.path("team");
    let added = folder.run(&["team", &team, "add", name, "--as", &officer, "--role", role]).ended(0);
    added.out.trim().to_owned()
}

/// The table of `docs/team.md`: what is asked, and what each role is answered.
fn matrix() -> (Vec<String>, Vec<(String, Vec<bool>)>) {
    let page = include_str!("../../../../docs/team.md");
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let roles = page.lines().find(|line| line.starts_with("| asked |")).expect("a heading");
    let rows =
        page.lines().filter(|line| ["| `GET", "| `P", "| `DEL"].iter().any(|begin| line.starts_with(begin)));
    let rows = rows.map(|line| {
        let cells = cells(line);
        let answers = cells[1..].iter().map(|cell| match cell.as_str() {
            "yes" => true,
            "no" => false,
            other => panic!("neither yes nor no: {other}"),
        });
        (cells[0].trim_matches('`').to_owned(), answers.collect())
    });
    (cells(roles)[1..].to_vec(), rows.collect())
}

/// What is asked, with something in place of the names that a path takes.
fn asking(asked: &str) -> (String, String, String) {
    let (method, rest) = asked.split_once(' ').expect("a method");
    let (path, body) = rest.split_once(' ').unwrap_or((rest, ""));
    let filled = [
        ("{lead}", "L-001"),
        ("{finding}", "F-0"),
        ("{id}", "1"),
        ("{table}", "connection"),
        ("{sha256}", &"0".repeat(64)),
    ];
    let path = filled.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
    (method.to_owned(), path.trim_start_matches('/').to_owned(), body.to_owned())
}

#[test]
fn the_table_of_the_documentation_is_what_the_server_does() {
    let (roles, rows) = matrix();
    let described: Value = serde_json::from_str(include_str!("../../../../web/openapi.json")).expect("JSON");
    let described: BTreeSet<String> = described["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().expect("methods").keys();
            let path = path.strip_prefix("/api/v1").expect("below").to_owned();
            methods.map(move |method| format!("{} {path}", method.to_uppercase())).collect::<Vec<_>>()
        })
        .filter(|asked| !["POST /sign-in", "POST /invitation"].contains(&asked.as_str()))
        .collect();
    let told: BTreeSet<String> =
        rows.iter().map(|(asked, _)| asked.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(described, told, "docs/team.md has a row for each address");

    let folder = Folder::with_connections();
    let codes: Vec<String> = roles.iter().map(|role| account(&folder, role, role)).collect();
    let served = Served::on(&folder);
    for (n, (role, code)) in roles.iter().zip(&codes).enumerate() {
        let browser = served.take_up(role, code);
        for (asked, answers) in &rows {
            let (method, path, body) = asking(asked);
            let answer = browser.ask(&method, &path, &body);
            assert_eq!(answer.code() != "forbidden", answers[n], "{asked} as {role}: {}", answer.body);
            assert!(answer.status != 401 && answer.status < 500, "{asked} as {role}: {}", answer.body);
        }
        assert_eq!(browser.get("session").code(), "sign_in", "{role} has left");
    }
}

#[test]
fn a_code_sets_a_passphrase_once_and_the_ledger_names_the_officer() {
    let folder = Folder::with_connections();
    let code = account(&folder, "rossi", "supervisor");
    let served = Served::on(&folder);
    assert_eq!(served.ask("GET /", &[], "").status, 200, "the way in is a page");
    assert_eq!(served.ask("GET /api/v1/overview", &[], "").code(), "sign_in");
    let short = json!({"name": "rossi", "code": code, "passphrase": "fourteen chars"});
    assert_eq!(served.post("invitation", &[], &short).status, 400);
    let browser = served.take_up("rossi", &code.to_uppercase().replace('-', " "));
    let again = json!({"name": "rossi", "code": code, "passphrase": "somebody else's one"});
    assert_eq!(served.post("invitation", &[], &again).code(), "bad_code");
    let session = browser.get("session").json();
    assert_eq!(
        (&session["officer"], &session["account"]["role"]),
        (&json!("isp. rossi"), &json!("supervisor"))
    );
    assert_eq!(session["account"]["rights"].as_array().map(Vec::len), Some(7));

    // What is done is the officer's, and what is looked at too.
    assert_eq!(browser.ask("POST", "jobs", r#"{"verb": "analyse"}"#).status, 202);
    assert_eq!(browser.get("tables/connection/rows?limit=1").status, 200);
    let looks = folder.run(&["access", "list", "--json"]).ended(0).out;
    assert!(looks.contains("isp. rossi"), "{looks}");

    // Another passphrase ends every session but the one that it begins.
    let changed = browser.ask(
        "PUT",
        "passphrase",
        &json!({"old": passphrase("rossi"), "new": "quite another passphrase"}).to_string(),
    );
    assert_eq!(changed.status, 204, "{}", changed.body);
    assert_eq!(browser.get("session").code(), "sign_in");
    assert_eq!(served.browser(&changed).get("session").status, 200);
    assert_eq!(served.sign_in("rossi", &passphrase("rossi")).code(), "not_let_in");
    assert_eq!(served.sign_in("rossi", "quite another passphrase").status, 204);
}

#[test]
fn whoever_guesses_is_locked_out_and_it_is_noted() {
    let folder = Folder::with_connections();
    let code = account(&folder, "rossi", "viewer");
    let served = Served::on(&folder);
    served.take_up("rossi", &code);
    let codes: Vec<String> =
        (0..6).map(|n| served.sign_in("rossi", &format!("guess number {n}")).code()).collect();
    assert_eq!(codes[..4], ["not_let_in"; 4]);
    assert_eq!(codes[4..], ["locked_out"; 2]);
    // Neither the right passphrase nor another name comes in from there now.
    assert_eq!(served.sign_in("rossi", &passphrase("rossi")).status, 429);
    assert_eq!(served.sign_in("nobody", "whatever it may be").status, 429);
    let log = folder.run(&["team", &folder.path("team"), "log", "--json"]).ended(0).out;
    let log: Value = serde_json::from_str(&log).expect("JSON");
    let events: Vec<&str> = log["events"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|event| event["event"].as_str())
        .collect();
    let expected = ["locked_out", "not_let_in", "not_let_in", "not_let_in", "not_let_in", "not_let_in"];
    assert_eq!(events[..6], expected);
    assert_eq!(events[6..], ["came_in", "passphrase_set", "added"]);
    assert_eq!(log["events"][1]["from"], "127.0.0.1");
}

#[test]
fn what_is_taken_away_is_gone_at_the_next_request() {
    let folder = Folder::with_connections();
    let (team, code) = (folder.path("team"), account(&folder, "rossi", "viewer"));
    let other = account(&folder, "bianchi", "supervisor");
    let served = Served::on(&folder);
    let (rossi, bianchi) = (served.take_up("rossi", &code), served.take_up("bianchi", &other));
    assert_eq!(rossi.get("leads").status, 404, "nothing was analysed");
    assert_eq!(rossi.get("team/log").code(), "forbidden");
    folder.run(&["team", &team, "grant", "rossi", "--role", "auditor"]).ended(0);
    assert_eq!((rossi.get("leads").code(), rossi.get("team/log").status), ("forbidden".to_owned(), 200));
    folder.run(&["team", &team, "revoke", "rossi"]).ended(0);
    assert_eq!(rossi.get("session").code(), "no_role");
    folder.run(&["team", &team, "grant", "rossi", "--role", "viewer"]).ended(0);
    assert_eq!(rossi.get("session").status, 200);
    folder.run(&["team", &team, "invite", "rossi"]).ended(0);
    assert_eq!(rossi.get("session").code(), "sign_in");
    folder.run(&["team", &team, "close", "bianchi", "--reason", "left the unit"]).ended(0);
    assert_eq!(bianchi.get("session").code(), "sign_in");
    assert_eq!(served.sign_in("bianchi", &passphrase("bianchi")).code(), "not_let_in");
    let list = folder.run(&["team", &team, "list", "--json"]).ended(0).out;
    let list: Value = serde_json::from_str(&list).expect("JSON");
    assert_eq!(list["accounts"][0]["closed"], "left the unit");
}

#[test]
fn a_session_is_neither_brought_along_nor_taken_over() {
    let folder = Folder::with_connections();
    let code = account(&folder, "rossi", "supervisor");
    let served = Served::on(&folder);
    let first = served.take_up("rossi", &code);
    // A cookie that somebody else has set before, or the officer's own earlier one, is not the session.
    let said = json!({"name": "rossi", "passphrase": passphrase("rossi")});
    let brought = first.kept.cookie.clone();
    let second = served.post("sign-in", &[("cookie", &brought), ("x-tutela-csrf", &first.kept.csrf)], &said);
    assert_eq!(second.status, 204, "{}", second.body);
    assert_eq!(first.get("session").code(), "sign_in");
    let second = served.browser(&second);
    assert_ne!(second.kept.cookie, brought);
    let forged = [("cookie", second.kept.cookie.as_str()), ("content-type", "application/json")];
    assert_eq!(served.ask("POST /api/v1/jobs", &forged, r#"{"verb": "analyse"}"#).code(), "csrf");
    let origin = ("origin", "https://elsewhere.example");
    assert_eq!(served.post("sign-in", &[origin], &said).code(), "origin");
    let plain = format!("http://{}", served.host);
    assert_eq!(served.post("sign-in", &[("origin", &plain)], &said).code(), "origin");
    let own = format!("https://{}", served.host);
    assert_eq!(served.post("sign-in", &[("origin", &own)], &said).status, 204);
    // The link of a server of one machine lets nobody in here.
    assert!(cookie(&served.ask("GET /?t=0123", &[], "")).is_none());
}

#[test]
fn without_an_account_there_is_no_server_and_names_are_checked() {
    let folder = Folder::with_connections();
    let team = folder.path("team");
    let nobody = folder.run(&["serve", "--team", &team, "--bind", "127.0.0.1:0"]).ended(1);
    assert!(nobody.err.contains("tutela team FOLDER add"), "{}", nobody.err);
    folder.run(&["team", &team, "add", "Rossi", "--as", "isp. Rossi", "--role", "viewer"]).ended(2);
    folder.run(&["team", &team, "add", "rossi", "--as", "isp. Rossi", "--role", "chief"]).ended(2);
    account(&folder, "rossi", "viewer");
    folder.run(&["team", &team, "add", "rossi", "--as", "isp. Rossi", "--role", "viewer"]).ended(1);
    folder.run(&["team", &team, "grant", "nobody", "--role", "viewer"]).ended(1);
    let written = folder.path("team/accounts.json");
    std::fs::write(written, "{").expect("it is damaged");
    let damaged = folder.run(&["team", &team, "list"]).ended(1);
    assert!(damaged.err.contains("accounts.json"), "{}", damaged.err);
}
