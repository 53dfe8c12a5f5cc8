//! A server with accounts, asked over TLS as browsers ask it, and as others would.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};

use crate::authenticator::Authenticator;
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

    /// Where browsers find it: passkeys are of a name.
    fn origin(&self) -> String {
        self.host.replace("127.0.0.1", "https://localhost")
    }

    /// Comes in with a passkey, on a page of `origin`.
    fn sign_in_with(&self, name: &str, passkey: &mut Authenticator, origin: &str) -> Answer {
        let asked = self.post("sign-in/challenge", &[], &json!({"name": name})).json();
        let credential = passkey.sign(&asked["options"], origin);
        let said = json!({"name": name, "ticket": asked["ticket"], "credential": credential});
        let answer = self.post("sign-in/passkey", &[], &said);
        assert_eq!(self.post("sign-in/passkey", &[], &said).code(), "not_let_in", "an answer serves once");
        answer
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

impl Browser<'_> {
    /// Adds a passkey to the account that is in.
    fn add_passkey(&self, name: &str, passkey: &Authenticator, origin: &str) -> Answer {
        let asked =
            self.ask("POST", "passkeys/challenge", &json!({"passphrase": passphrase(name)}).to_string());
        assert_eq!(asked.status, 200, "{}", asked.body);
        let asked = asked.json();
        let credential = passkey.make(&asked["options"], origin);
        let said = json!({"ticket": asked["ticket"], "label": " chiave ", "credential": credential});
        self.ask("POST", "passkeys", &said.to_string())
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
        .filter(|asked| !asked.starts_with("POST /sign-in") && asked != "POST /invitation")
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
fn an_officer_is_told_their_own_days_and_whoever_leads_the_totals_of_all() {
    let folder = crate::grades::operation();
    let [rossi, bianchi, verdi, neri] =
        [("rossi", "analyst"), ("bianchi", "reviewer"), ("verdi", "supervisor"), ("neri", "viewer")]
            .map(|(name, role)| account(&folder, name, role));
    let served = Served::on(&folder);
    let [rossi, bianchi] = [served.take_up("rossi", &rossi), served.take_up("bianchi", &bianchi)];
    let [verdi, neri] = [served.take_up("verdi", &verdi), served.take_up("neri", &neri)];
    let hash = tutela_model::Digest::of(b"a third").hex();
    let first =
        json!({"hashes": [hash], "scheme": "made-up", "category": "1", "series": null, "reason": "r"});
    assert_eq!(rossi.ask("POST", "grades", &first.to_string()).status, 200);

    // The second officer is asked without being told how it was graded, and the first is not asked.
    let queue = "grades/second?scheme=made-up&among=%5B%221%22%5D";
    assert_eq!(rossi.get(queue).json()["files"], json!([]));
    let waits = bianchi.get(queue);
    assert_eq!(waits.json()["files"][0]["sha256"], hash.as_str(), "{}", waits.body);
    assert!(!waits.body.contains("category") && !waits.body.contains("rossi"), "{}", waits.body);
    assert_eq!(bianchi.get("grades/second?scheme=made-up&among=1").status, 400);
    let again = json!({"hash": hash, "scheme": "made-up", "category": "2", "reason": "r"}).to_string();
    let answer = bianchi.ask("POST", "grades/second", &again);
    assert_eq!(answer.json()["graded"][0]["agreed"], false, "{}", answer.body);

    let officers = |browser: &Browser<'_>| -> (String, BTreeSet<String>) {
        let told = browser.get("grades/exposure").json();
        let days = told["days"].as_array().expect("days").iter();
        let whose = told["whose"].as_str().expect("a word").to_owned();
        (whose, days.map(|day| day["officer"].as_str().expect("a name").to_owned()).collect())
    };
    let own = |name: &str| ("own".to_owned(), BTreeSet::from([name.to_owned()]));
    let all = BTreeSet::from(["isp. rossi".to_owned(), "isp. bianchi".to_owned()]);
    assert_eq!((officers(&rossi), officers(&bianchi)), (own("isp. rossi"), own("isp. bianchi")));
    assert_eq!(officers(&verdi), ("all".to_owned(), all));
    assert_eq!(officers(&neri), ("own".to_owned(), BTreeSet::new()));
    assert!(!verdi.get("grades/exposure").body.contains(&hash), "which files is not told");

    // The unit's hours stop an officer, until somebody who leads lifts them.
    folder.run(&["rules", "--no-grading", "00:00-24:00"]).ended(0);
    assert_eq!(rossi.ask("POST", "grades", &first.to_string()).code(), "rest");
    assert_eq!(rossi.get("grades/exposure").json()["rest"]["stopped"], "hours");
    let lift = json!({"officer": "isp. rossi", "reason": "made-up reason"}).to_string();
    assert_eq!(rossi.ask("POST", "grades/lift", &lift).code(), "forbidden");
    assert_eq!(verdi.ask("POST", "grades/lift", &lift).status, 201);
    assert_eq!(rossi.ask("POST", "grades", &first.to_string()).status, 200);
    assert_eq!(bianchi.ask("POST", "grades/second", &again).code(), "rest");
}

#[test]
fn an_officer_is_told_their_own_looks_and_whoever_leads_or_audits_those_of_all() {
    let folder = Folder::with_connections();
    folder.run(&["analyse"]).ended(0);
    let [rossi, bianchi, verdi, neri] =
        [("rossi", "analyst"), ("bianchi", "viewer"), ("verdi", "supervisor"), ("neri", "auditor")]
            .map(|(name, role)| account(&folder, name, role));
    let served = Served::on(&folder);
    let [rossi, bianchi] = [served.take_up("rossi", &rossi), served.take_up("bianchi", &bianchi)];
    let [verdi, neri] = [served.take_up("verdi", &verdi), served.take_up("neri", &neri)];
    for asked in ["search?q=mario.rossi", "tables/connection/rows?limit=1"] {
        assert_eq!(rossi.get(asked).status, 200, "{asked}");
    }
    let told = |browser: &Browser<'_>, asked: &str| {
        let told = browser.get(&format!("access{asked}")).json();
        let looks = told["looks"].as_array().expect("looks").iter();
        let looks = looks.map(|look| (look["kind"].clone(), look["of"].clone()));
        (told["whose"].clone(), told["kept"].clone(), looks.collect::<Vec<_>>())
    };
    let look = |kind: &str, of: Value| (json!(kind), of);
    let own = look("access", json!("own"));
    let table = look("table", json!("connection"));
    let search = look("search", json!("mario.rossi"));
    let of_rossi = [own.clone(), table.clone(), search.clone()];
    assert_eq!(told(&rossi, ""), (json!("own"), json!(3), of_rossi.to_vec()));
    assert_eq!(told(&bianchi, ""), (json!("own"), json!(1), vec![own.clone()]));
    // Who else there is cannot be asked either.
    assert_eq!(told(&bianchi, "?officer=isp.+rossi"), (json!("own"), json!(1), vec![]));
    let names = &bianchi.get("access").json()["officers"];
    assert_eq!(*names, json!([{"name": "isp. bianchi", "looks": 1}]));

    let all = look("access", json!("all"));
    let of_all = [all.clone(), own.clone(), own.clone(), table.clone(), search];
    assert_eq!(told(&verdi, ""), (json!("all"), json!(5), of_all.to_vec()));
    // An auditor sees no personal data: neither what was searched for, nor whether somebody was.
    let of_all = [all.clone(), all, own.clone(), own, table, look("search", Value::Null)];
    assert_eq!(told(&neri, ""), (json!("all"), json!(6), of_all.to_vec()));
    assert_eq!(told(&neri, "?of=mario"), (json!("all"), json!(6), vec![]));
    assert!(!neri.get("access").body.contains("mario"), "the words are nowhere in it");
    assert_eq!(neri.get("ledger/proof?seq=0").status, 200);
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
fn a_passkey_of_the_account_comes_in_without_a_passphrase_and_no_other_does() {
    let folder = Folder::with_connections();
    let (team, code) = (folder.path("team"), account(&folder, "rossi", "supervisor"));
    let other = account(&folder, "bianchi", "viewer");
    let served = Served::on(&folder);
    let (browser, bianchi) = (served.take_up("rossi", &code), served.take_up("bianchi", &other));
    let origin = served.origin();
    let (mut own, mut others) = (Authenticator::new(1), Authenticator::new(2));

    // A session alone adds no way in; nor does a page elsewhere, or a key that asked for no PIN.
    assert_eq!(browser.ask("POST", "passkeys/challenge", r#"{"passphrase": "a guess"}"#).status, 403);
    assert_eq!(browser.add_passkey("rossi", &own, "https://localhost.example").code(), "wrong_request");
    own.is_verified = false;
    assert_eq!(browser.add_passkey("rossi", &own, &origin).code(), "wrong_request");
    own.is_verified = true;
    assert_eq!(browser.add_passkey("rossi", &own, &origin).status, 204);
    assert_eq!(bianchi.add_passkey("bianchi", &own, &origin).code(), "conflict");
    assert_eq!(bianchi.add_passkey("bianchi", &others, &origin).status, 204);
    let listed = browser.get("passkeys").json();
    assert_eq!((&listed["host"], &listed["passkeys"][0]["label"]), (&json!("localhost"), &json!("chiave")));
    assert_eq!(listed["passkeys"].as_array().map(Vec::len), Some(1));

    let came_in = served.sign_in_with("rossi", &mut own, &origin);
    assert_eq!(came_in.status, 204, "{}", came_in.body);
    let second = served.browser(&came_in);
    assert_eq!(second.get("session").json()["officer"], "isp. rossi");
    assert_eq!(served.sign_in_with("rossi", &mut others, &origin).code(), "not_let_in");
    assert_eq!(served.sign_in_with("rossi", &mut own, &origin).status, 204);

    // One that was taken away lets nobody in, and whoever was in is out.
    let removed = second.ask("DELETE", &format!("passkeys/{}", own.id()), "");
    assert_eq!(removed.status, 204, "{}", removed.body);
    for ended in [&browser, &second] {
        assert_eq!(ended.get("session").code(), "sign_in");
    }
    assert_eq!(served.browser(&removed).get("passkeys").json()["passkeys"], json!([]));
    assert_eq!(served.sign_in_with("rossi", &mut own, &origin).code(), "not_let_in");
    let log = folder.run(&["team", &team, "log", "--json"]).ended(0).out;
    assert!(log.contains("passkey_added") && log.contains("passkey_removed"), "{log}");
}

#[test]
fn a_passkey_that_was_copied_is_refused_and_nobody_learns_who_has_one() {
    let folder = Folder::with_connections();
    let code = account(&folder, "rossi", "viewer");
    let served = Served::on(&folder);
    let (browser, origin) = (served.take_up("rossi", &code), served.origin());
    let mut own = Authenticator::new(1);
    assert_eq!(browser.add_passkey("rossi", &own, &origin).status, 204);
    own.uses = 7;
    assert_eq!(served.sign_in_with("rossi", &mut own, &origin).status, 204);
    // A copy has counted less than what was used last.
    own.uses = 3;
    assert_eq!(served.sign_in_with("rossi", &mut own, &origin).code(), "not_let_in");

    let asked = |name: &str| served.post("sign-in/challenge", &[], &json!({"name": name})).json();
    let ids = |name: &str| asked(name)["options"]["allowCredentials"].clone();
    assert_eq!(ids("rossi")[0]["id"], own.id());
    let nobody = ids("nobody");
    assert_eq!(nobody.as_array().map(Vec::len), Some(1));
    assert!(nobody == ids("nobody") && nobody != ids("somebody"));
    let keys =
        |asked: &Value| asked["options"].as_object().expect("options").keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&asked("rossi")), keys(&asked("nobody")));
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
