//! What the verbs do, as their users see it: exit codes, streams, refusals, determinism. What the numbers of an
//! analysis should be is tested beside the analysis.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::folder::{CONNECTIONS, Folder, command, files, overwrite, tutela};

const LOCAL: &str = "operator,address,port_low,port_high,from,until,line,access,shared_by\n\
    alfa,192.0.2.10,,,2026-03-01 00:00:00,2026-03-03 00:00:00,L-1,fixed,\n";
const SUBSCRIBER: &str = "operator,line,name,tax_code,birth_date,address_text,municipality,province,active_from,active_until\n\
    alfa,L-1,Ida Prova,,,,,MI,,\n";

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}

/// Made-up files that all tests read and none changes.
fn simulated() -> &'static Path {
    static FILES: OnceLock<TempDir> = OnceLock::new();
    let dir = FILES.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a folder");
        let files = dir.path().join("files");
        tutela(&["simulate", "platform-connections", "--seed", "5", "--size", "0.03", "-o", text(&files)])
            .ended(0);
        dir
    });
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| dir.path().join("files"))
}

#[test]
fn from_made_up_files_to_leads_as_the_contract_has_them() {
    let folder = Folder::new();
    let imported = folder.run(&["import", text(simulated()), "--zone", "Europe/Rome"]).ended(3);
    assert!(imported.err.contains("never read") && imported.err.contains("truth"), "{}", imported.err);
    assert!(imported.err.contains("tutela problems"), "{}", imported.err);

    let leads = folder.run(&["leads", "--json"]).ended(0).json();
    assert_eq!(leads["schema"], "tutela.leads/1");
    assert!(leads["findings_digest"].as_str().is_some_and(|digest| digest.starts_with("sha256:")));
    let lead = &leads["leads"][0];
    assert_eq!((lead["lead"].as_str(), lead["rank"].as_u64()), (Some("L-001"), Some(1)));
    for field in [
        "person",
        "lines",
        "accounts",
        "peers",
        "handles",
        "exhibits",
        "province",
        "office",
        "strength",
        "band",
        "precedents",
        "findings",
        "alternatives",
        "next_steps",
    ] {
        assert!(lead.get(field).is_some(), "{field} is missing: {lead:#}");
    }

    let explained = folder.run(&["explain", lead["accounts"][0].as_str().expect("an account")]).ended(0);
    assert!(explained.out.contains("L-001"), "{}", explained.out);
    assert!(explained.out.lines().all(|line| line.chars().count() <= 80), "{}", explained.out);

    let evaluated = folder.run(&["evaluate", "--truth", text(simulated()), "--json"]).ended(0).json();
    assert_eq!(evaluated["bystanders_identified"], serde_json::json!([]));
    assert!(evaluated["users_total"].as_u64().is_some_and(|n| n > 0));

    let findings = folder.run(&["findings", "--analysis", "attribution", "--jsonl"]).ended(0);
    let first: Value = serde_json::from_str(findings.out.lines().next().expect("a finding")).expect("JSON");
    for value in
        ["platform", "account", "operator", "line", "connections", "sessions", "posterior", "coverage"]
    {
        assert!(first["values"].get(value).is_some(), "{value} is missing: {first:#}");
    }
    folder.run(&["rebuild", "--check"]).ended(0);
    folder.run(&["ledger", "verify"]).ended(0);
}

#[test]
fn tables_and_findings_are_the_same_whatever_the_folder_and_the_number_of_threads() {
    let derived = |jobs: &str| {
        let folder = Folder::new();
        folder.run(&["--jobs", jobs, "import", text(simulated()), "--zone", "Europe/Rome"]).ended(3);
        folder.run(&["--jobs", jobs, "analyse"]).ended(0);
        let op = PathBuf::from(folder.op());
        (files(&op.join("tables")), files(&op.join("findings")))
    };
    let (one, two) = (derived("1"), derived("2"));
    assert!(one.0.len() > 3 && one.1.len() > 3);
    assert!(one == two, "tables or findings differ");
}

#[test]
fn an_export_whose_dates_have_two_readings_waits_until_one_is_declared() {
    let folder = Folder::new();
    let chat = folder.file(
        "_chat.txt",
        "[02/03/26, 20:59:00] Anna: placeholder 1\n[03/03/26, 21:00:00] Bruno: placeholder 2\n",
    );
    let refused = folder.run(&["import", &chat, "--zone", "Europe/Rome"]);
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("--as whatsapp_export_text/dmy"), "{}", refused.err);
    folder.run(&["import", &chat, "--zone", "Europe/Rome", "--as", "whatsapp_export_text/mdy"]).ended(0);
    let messages = folder.run(&["table", "message", "--csv"]).ended(0).out;
    assert!(
        messages.contains("2026-02-03T19:59:00Z") && messages.contains("2026-03-03T20:00:00Z"),
        "{messages}"
    );
}

#[test]
fn a_zone_is_never_guessed_and_the_other_files_are_imported() {
    let folder = Folder::new();
    let (leases, connections) = (folder.file("lease.csv", LOCAL), folder.file("connection.csv", CONNECTIONS));
    let refused = folder.run(&["import", &leases, &connections]).ended(1);
    assert!(refused.err.contains("hint: give --zone Europe/Rome"), "{}", refused.err);
    assert!(refused.err.contains("line:2") && refused.err.contains("2026-03-01 00:00:00"), "{}", refused.err);
    let rows = folder.run(&["status", "--json"]).ended(0).json();
    assert_eq!((rows["rows"]["connection"].as_u64(), rows["rows"]["lease"].as_u64()), (Some(2), None));
    folder.run(&["import", &leases, "--zone", "Europe/Rome"]).ended(0);
    let lease = folder.run(&["table", "lease", "--json"]).ended(0).json();
    assert_eq!(lease["rows"][0]["from"], "2026-02-28T23:00:00Z");
    assert_eq!(lease["rows"][0]["from_said"], "2026-03-01 00:00:00");
    let other = folder.run(&["import", &leases, "--zone", "Europe/Roma"]).ended(2);
    assert!(other.err.contains("not a time zone"), "{}", other.err);
}

#[test]
fn an_import_without_a_valid_basis_is_refused_before_any_file_is_read() {
    let folder = Folder::with_basis("2020-01-01", "2020-12-31");
    let refused = folder.run(&["import", "/no/such/file"]).ended(5);
    assert!(refused.err.contains("A-1") && refused.err.contains("2020-12-31"), "{}", refused.err);
    folder.run(&["import", "/no/such/file", "--basis", "A-9"]).ended(5);
    assert!(files(&Path::new(&folder.op()).join("received")).is_empty());
    folder.run(&["basis", "add", "proroga", "--from", "2021-01-01", "--until", "2099-12-31"]).ended(0);
    folder.run(&["import", &folder.file("connection.csv", CONNECTIONS)]).ended(0);
    folder.run(&["import", &folder.file("other.csv", CONNECTIONS), "--basis", "A-1"]).ended(5);
}

#[test]
fn what_an_authority_does_not_cover_is_sealed_counted_and_not_analysed() {
    let folder = Folder::with_basis("2020-01-01", "2020-12-31");
    let days = ["--from", "2026-01-01", "--until", "2099-12-31"];
    let data = ["--kind", "judge_decree", "--party", "agorachat", "--data-until", "2026-03-01"];
    folder.run(&[["authority", "add", "decreto del GIP"].as_slice(), &days, &data].concat()).ended(0);
    let path = folder.file("connection.csv", CONNECTIONS);
    let imported = folder.run(&["import", &path, "--json"]).ended(0).json();
    assert_eq!(imported["files"][0]["rows"]["connection"], 1);
    assert_eq!(imported["files"][0]["sealed"]["connection"], 1);
    let status = folder.run(&["status"]).ended(0);
    assert!(status.out.contains("sealed: 1 row outside"), "{}", status.out);
    let rows = folder.run(&["table", "connection", "--json"]).ended(0);
    assert!(rows.out.contains("2026-03-01T20") && !rows.out.contains("2026-03-02T20"), "{}", rows.out);
    folder.run(&["rebuild", "--check"]).ended(0);
    let list = folder.run(&["authority", "list"]).ended(0);
    assert!(list.out.contains("judge_decree") && list.out.contains("agorachat"), "{}", list.out);
}

#[test]
fn authorities_that_end_and_validations_that_are_due_are_listed_in_time() {
    let folder = Folder::new();
    let soon = ["--from", "2020-01-01", "--until", "2099-12-31", "--validate-by", "2020-01-03"];
    folder.run(&[["authority", "add", "decreto d'urgenza"].as_slice(), &soon].concat()).ended(0);
    let due = folder.run(&["authority", "expiring", "--json"]).ended(0).json();
    assert_eq!(due["deadlines"].as_array().map(Vec::len), Some(1));
    assert_eq!(due["deadlines"][0]["what"], "validation");
    folder.run(&["authority", "validate", "A-2", "--act", "convalida del GIP"]).ended(0);
    let none = folder.run(&["authority", "expiring"]).ended(0);
    assert!(none.err.contains("within 30 days"), "{}", none.err);
    folder.run(&["authority", "validate", "A-9", "--act", "x"]).ended(5);
}

#[test]
fn a_file_that_comes_again_is_recognised() {
    let folder = Folder::new();
    let path = folder.file("connection.csv", CONNECTIONS);
    folder.run(&["import", &path]).ended(0);
    let before = files(&Path::new(&folder.op()).join("tables"));
    let again = folder.run(&["import", &path, "--json"]).ended(0).json();
    assert_eq!(again["files"][0]["state"], "already_imported");
    assert_eq!(files(&Path::new(&folder.op()).join("tables")), before);
}

#[test]
fn records_that_cannot_be_read_are_kept_aside_with_their_place() {
    let folder = Folder::new();
    let path = folder.file("connection.csv", CONNECTIONS.replace("4001", "70000"));
    folder.run(&["import", &path]).ended(3);
    let problems = folder.run(&["problems", "--json"]).ended(0).json();
    let problem = &problems["problems"][0];
    assert_eq!((problem["place"]["line"].as_u64(), problem["found"].as_str()), (Some(3), Some("70000")));
}

#[test]
fn what_was_altered_is_found() {
    let folder = Folder::new();
    folder.run(&["import", &folder.file("connection.csv", CONNECTIONS)]).ended(0);
    let checkpoint = folder.file("checkpoint", &folder.run(&["ledger", "checkpoint"]).ended(0).out);
    folder.run(&["ledger", "verify", "--against", &checkpoint]).ended(0);
    let op = PathBuf::from(folder.op());
    let table = op.join("tables").join(files(&op.join("tables")).keys().next().expect("a table file"));
    let mut bytes = fs::read(&table).expect("a table file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::remove_file(&table).expect("removed");
    fs::write(&table, bytes).expect("altered");
    folder.run(&["ledger", "verify"]).ended(4);
    folder.run(&["rebuild", "--check"]).ended(4);
    // What is derived is derived again and put in its place.
    let mended = folder.run(&["rebuild", "--json"]).ended(0).json();
    assert_eq!((&mended["tables"], &mended["tiles"]), (&Value::from(1), &Value::from(0)));
    folder.run(&["rebuild", "--check"]).ended(0);

    let payloads = op.join("payloads/000");
    let record = fs::read_to_string(&payloads).expect("the record");
    fs::write(&payloads, record.replace("A. Prova", "B. Prova")).expect("altered");
    let broken = folder.run(&["status"]).ended(4);
    assert!(broken.err.contains("hint: "), "{}", broken.err);
}

/// Connections of one account, one a minute.
fn many_connections(n: usize) -> String {
    let head = CONNECTIONS.lines().next().expect("a header").to_owned();
    let row = |n: usize| {
        let (day, hour, minute) = (1 + n / 1_440, n / 60 % 24, n % 60);
        format!(
            "\nagorachat,u-1,login,192.0.2.{},4000,2026-03-{day:02}T{hour:02}:{minute:02}:00Z,,,no",
            n % 50
        )
    };
    head + &(0..n).map(row).collect::<String>() + "\n"
}

#[test]
fn counts_are_gone_on_from_and_altered_ones_are_not_believed() {
    let folder = Folder::new();
    let counted = Path::new(&folder.op()).join("findings/counted.bin");
    folder.run(&["import", &folder.file("first/connection.csv", CONNECTIONS)]).ended(0);
    folder.run(&["analyse"]).ended(0);
    assert!(!counted.exists(), "of few connections nothing is kept");
    folder.run(&["import", &folder.file("many/connection.csv", many_connections(12_000))]).ended(0);
    folder.run(&["analyse"]).ended(0);
    let kept = fs::read(&counted).expect("counts");
    folder.run(&["rebuild", "--check"]).ended(0);
    // A use of the account more than there was: it would be found again by nobody who goes on from it.
    let place = kept.windows(3).position(|bytes| bytes == b"u-1").expect("the account");
    let mut altered = kept.clone();
    altered[place + 2] = b'2';
    fs::write(&counted, &altered).expect("altered");
    folder.run(&["rebuild", "--check"]).ended(4);
    let more = CONNECTIONS.replace("192.0.2.10", "203.0.113.4");
    folder.run(&["import", &folder.file("more/connection.csv", more)]).ended(0);
    folder.run(&["analyse"]).ended(0);
    folder.run(&["rebuild", "--check"]).ended(0);
    let findings = folder.run(&["findings", "--analysis", "coverage", "--json"]).ended(0).out;
    assert!(findings.contains("u-1") && !findings.contains("u-2"), "{findings}");
}

#[test]
fn a_table_that_was_counted_is_not_read_again_and_its_alteration_is_found_by_whoever_checks() {
    let folder = Folder::new();
    folder.run(&["import", &folder.file("many/connection.csv", many_connections(12_000))]).ended(0);
    folder.run(&["analyse"]).ended(0);
    let table = folder.table_file();
    let mut bytes = fs::read(&table).expect("a table file");
    bytes[1_000] ^= 1;
    overwrite(&table, &bytes);
    folder.run(&["import", &folder.file("more/connection.csv", CONNECTIONS)]).ended(0);
    folder.run(&["analyse"]).ended(0);
    folder.run(&["ledger", "verify"]).ended(4);
    folder.run(&["rebuild", "--check"]).ended(4);
    // Where it would be read, it is not.
    fs::remove_file(Path::new(&folder.op()).join("findings/counted.bin")).expect("removed");
    let refused = folder.run(&["analyse"]).ended(4);
    assert!(refused.err.contains("connection"), "{}", refused.err);
}

#[test]
fn a_record_cut_short_is_found_by_a_checkpoint_kept_elsewhere() {
    let folder = Folder::new();
    folder.run(&["import", &folder.file("connection.csv", CONNECTIONS)]).ended(0);
    let checkpoint = folder.file("checkpoint", &folder.run(&["ledger", "checkpoint"]).ended(0).out);
    let tail = PathBuf::from(folder.op()).join("ledger/tail");
    let record = fs::read(&tail).expect("the record");
    let mut end = 0;
    while let Some(length) = record.get(end..end + 2)
        && let next = end + 2 + usize::from(u16::from_be_bytes([length[0], length[1]]))
        && next < record.len()
    {
        end = next;
    }
    fs::write(&tail, &record[..end]).expect("cut");
    folder.run(&["ledger", "verify"]).ended(0);
    folder.run(&["ledger", "verify", "--against", &checkpoint]).ended(4);
}

#[test]
fn a_second_writer_is_told_who_is_writing() {
    let folder = Folder::new();
    let path = folder.file("connection.csv", CONNECTIONS);
    folder.run(&["import", &path]).ended(0);
    let lock = File::options().write(true).open(Path::new(&folder.op()).join("lock")).expect("the lock");
    lock.lock().expect("locked");
    let locked = folder.run(&["import", &path]).ended(6);
    assert!(locked.err.contains("A. Prova"), "{}", locked.err);
    folder.run(&["status"]).ended(0);
}

#[test]
fn a_wrong_command_line_says_what_there_is() {
    let folder = Folder::new();
    for args in [
        &["serves"][..],
        &["leads", "--json", "--csv"],
        &["report"],
        &["findings", "--analysis", "guesswork"],
        &["export", "--as", "casefile"],
        &["table", "leases"],
        &["table", "lease", "--where", "colour=red"],
        &["import", "x", "--as", "unheard"],
    ] {
        let ran = folder.run(args).ended(2);
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{args:?}");
    }
    let ran = folder.run(&["export", "--as", "casefile"]).ended(2);
    assert!(ran.err.contains("leads-csv, findings-jsonl, packages"), "{}", ran.err);
}

#[test]
fn without_an_operation_the_program_says_how_to_make_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let output =
        command(&["--lang", "it", "status"]).current_dir(dir.path()).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(err.contains("errore: nessuna operazione qui") && err.contains("tutela init"), "{err}");
}

#[test]
fn the_operation_is_found_from_any_folder_inside_it() {
    let folder = Folder::new();
    let inside = Path::new(&folder.op()).join("received");
    let output = command(&["status", "--json"]).current_dir(inside).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn an_unknown_file_is_not_stored_and_the_nearest_table_is_named() {
    let folder = Folder::new();
    let path = folder.file("odd.csv", "operator;address;dal;al;cliente\nalfa;192.0.2.1;x;y;z\n");
    let unknown = folder.run(&["import", &path]).ended(1);
    assert!(unknown.err.contains("lease") && unknown.err.contains("tutela profile guess"), "{}", unknown.err);
    assert!(files(&Path::new(&folder.op()).join("received")).is_empty());
    let guessed = folder.run(&["profile", "guess", &path]).ended(0);
    assert!(guessed.out.contains("[[table]]"), "{}", guessed.out);
}

#[test]
fn a_file_without_its_profiles_header_is_refused_and_the_fitting_profile_named() {
    let folder = Folder::new();
    let header = "Utente;Operazione;Indirizzo;Data;Dispositivo\n";
    let path =
        folder.file("accessi.csv", format!("{header}f1;accesso;192.0.2.1:4000;01/03/2026 21:00:00;d1\n"));
    let refused = folder.run(&["import", &path, "--profile", "agorachat_connections"]).ended(1);
    for said in ["expects the columns user_id", "line:1, has: Utente;Operazione", "--profile fotobox_accessi"]
    {
        assert!(refused.err.contains(said), "{said} is not in {}", refused.err);
    }
    let italian = folder.run(&["import", &path, "--profile", "zeek_ssh", "--lang", "it"]).ended(1);
    assert!(italian.err.contains("il profilo zeek_ssh si aspetta le colonne"), "{}", italian.err);
}

#[test]
fn a_guess_says_in_both_languages_why_and_what_to_check() {
    let folder = Folder::new();
    let path = folder.file("odd.csv", "Utenza;IP;Dal;Al\nU1;192.0.2.1;01/03/2026 21:00;02/03/2026 21:00\n");
    for (lang, why, doubt) in [
        ("en", "the name says “dal”", "local times without a zone"),
        ("it", "il nome dice «dal»", "ore locali senza fuso"),
    ] {
        let guessed = folder.run(&["profile", "guess", &path, "--lang", lang]).ended(0);
        assert!(guessed.out.contains(why) && guessed.err.contains(doubt), "{}{}", guessed.out, guessed.err);
    }
    let words = folder.file("words.txt", "hello\nworld\n");
    let none = folder.run(&["profile", "guess", &words, "--lang", "it"]).ended(1);
    assert!(none.err.contains("nessuna tabella con colonne"), "{}", none.err);
}

#[test]
fn a_dry_run_reads_everything_and_stores_nothing() {
    let folder = Folder::new();
    let path = folder.file("lease.csv", LOCAL);
    let before = files(Path::new(&folder.op()));
    let dry = folder.run(&["import", &path, "--dry-run", "--zone", "Europe/Rome", "--json"]).ended(0).json();
    assert_eq!(dry["files"][0]["rows"]["lease"], 1);
    assert_eq!(dry["files"][0]["zones"]["declared"], 2);
    folder.run(&["import", &path, "--dry-run"]).ended(1);
    assert!(files(Path::new(&folder.op())) == before, "a dry run changed the operation");
}

#[test]
fn a_decision_is_recorded_with_its_reason_and_changes_what_findings_stand_on() {
    let folder = with_a_lead();
    let findings = folder.run(&["findings", "--jsonl"]).ended(0);
    let first: Value = serde_json::from_str(findings.out.lines().next().expect("a finding")).expect("JSON");
    let id = first["finding"].as_str().expect("an id");
    folder.run(&["decide", id, "unsure", "--reason", "da rivedere"]).ended(0);
    let log = folder.run(&["ledger", "log", "--jsonl"]).ended(0);
    assert!(log.out.contains("da rivedere") && log.out.contains("A. Prova"), "{}", log.out);
    let status = folder.run(&["status", "--json"]).ended(0).json();
    assert_eq!((status["decisions"].as_u64(), status["findings_stale"].as_bool()), (Some(1), Some(true)));
    folder.run(&["decide", "F-0000000000", "accept", "--reason", "x"]).ended(1);
}

/// An operation with one lead, whose explanations nothing in its records answers.
fn with_a_lead() -> Folder {
    let folder = Folder::new();
    let paths = [
        folder.file("connection.csv", CONNECTIONS),
        folder.file("lease.csv", LOCAL),
        folder.file("subscriber.csv", SUBSCRIBER),
    ];
    let import: Vec<&str> =
        ["import", "--zone", "Europe/Rome"].into_iter().chain(paths.iter().map(String::as_str)).collect();
    folder.run(&import).ended(0);
    folder
}

/// The explanations of the first lead that are open.
fn open_explanations(folder: &Folder) -> Vec<String> {
    let leads = folder.run(&["leads", "--json"]).ended(0).json();
    let all = leads["leads"][0]["alternatives"].as_array().expect("a list").clone();
    let open = all.iter().filter(|explanation| explanation["state"] == "open");
    open.map(|explanation| explanation["kind"].as_str().expect("a kind").to_owned()).collect()
}

#[test]
fn an_explanation_is_answered_and_a_lead_closed_by_decisions_that_leave_findings_as_they_are() {
    let folder = with_a_lead();
    let open = open_explanations(&folder);
    assert!(open.len() > 1, "{open:?}");
    let before = folder.run(&["leads", "--json"]).ended(0).json()["findings_digest"].clone();
    let said = format!("L-001/{}", open.join(","));
    folder
        .run(&["decide", &said, "unsure", "--reason", "nulla da chiedere prima della perquisizione"])
        .ended(0);
    assert!(open_explanations(&folder).is_empty());
    let leads = folder.run(&["leads", "--json"]).ended(0).json();
    assert_eq!(leads["findings_digest"], before);
    assert_eq!(folder.run(&["status", "--json"]).ended(0).json()["findings_stale"], false);
    let explanations = leads["leads"][0]["alternatives"].as_array().expect("a list");
    let decided =
        explanations.iter().find(|explanation| !explanation["decision"].is_null()).expect("a decision");
    assert_eq!(
        (decided["state"].as_str(), decided["decision"]["officer"].as_str()),
        (Some("checked"), Some("A. Prova"))
    );
    folder.run(&["decide", "l-001", "reject", "--reason", "utenza cessata"]).ended(0);
    let explained = folder.run(&["explain", "L-001", "--lang", "it"]).ended(0);
    assert!(explained.out.contains("chiusa: utenza cessata (A. Prova"), "{}", explained.out);
    let unknown = folder.run(&["decide", "L-001/weather", "reject", "--reason", "x"]).ended(1);
    assert!(unknown.err.contains("household"), "{}", unknown.err);
    folder.run(&["decide", "L-999", "reject", "--reason", "x"]).ended(1);
}

#[cfg(feature = "pdf")]
#[test]
fn a_report_is_a_draft_until_every_explanation_is_answered_and_is_then_the_same_each_time() {
    let folder = with_a_lead();
    let to = |name: &str| text(&folder.dir.path().join(name)).to_owned();
    let open = open_explanations(&folder);
    for args in [vec!["report", "--final", "-o"], vec!["export", "--as", "packages", "--final", "-o"]] {
        let out = to("refused");
        let refused = folder.run(&[&args[..], &[out.as_str()]].concat()).ended(1);
        let named = format!("L-001/{}", open.join(","));
        assert!(refused.err.contains(&named) && refused.err.contains("tutela decide"), "{}", refused.err);
        assert!(!Path::new(&out).exists());
    }
    let draft = folder.run(&["report", "-o", &to("draft")]).ended(0);
    assert!(draft.err.contains("a draft") && draft.err.contains("tutela report --final"), "{}", draft.err);
    let leads = fs::read_to_string(Path::new(&to("draft")).join("leads.json")).expect("the leads");
    assert!(leads.contains("\"draft\": true"));
    folder
        .run(&["decide", &format!("L-001/{}", open.join(",")), "reject", "--reason", "verificato"])
        .ended(0);
    for name in ["first", "second"] {
        let issued = folder.run(&["report", "--final", "-o", &to(name)]).ended(0);
        assert!(!issued.err.contains("draft"), "{}", issued.err);
    }
    let (first, second) = (files(Path::new(&to("first"))), files(Path::new(&to("second"))));
    assert!(first == second && first.len() > 8, "{} files", first.len());
}

#[test]
fn an_output_is_written_whole_and_its_disclosure_recorded() {
    let folder = Folder::new();
    folder.run(&["import", &folder.file("connection.csv", CONNECTIONS)]).ended(0);
    let path = folder.dir.path().join("leads.csv");
    folder.run(&["export", "--as", "leads-csv", "-o", text(&path)]).ended(0);
    assert!(fs::read_to_string(&path).expect("the file").starts_with("rank,lead,"));
    let log = folder.run(&["ledger", "log", "--jsonl"]).ended(0);
    assert!(log.out.contains("\"disclose\""), "{}", log.out);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let folder = Folder::new();
    let mut rows = CONNECTIONS.to_owned();
    for second in 0..20_000 {
        let (hour, minute) = (second / 3600, second / 60 % 60);
        rows.push_str(&format!(
            "agorachat,u-2,login,192.0.2.11,,2026-03-03T{hour:02}:{minute:02}:{:02}Z,,,no\n",
            second % 60
        ));
    }
    folder.run(&["import", &folder.file("connection.csv", &rows)]).ended(0);
    let op = folder.op();
    let mut child = command(&["--op", &op, "table", "connection", "--limit", "0", "--jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_demo_works_end_to_end_and_overwrites_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let demo = dir.path().join("demo");
    let ran = tutela(&["demo", text(&demo), "--size", "0.03", "--no-serve"]).ended(0);
    assert!(ran.out.contains("L-001") && ran.out.contains("MADE-UP DATA"), "{}", ran.out);
    assert!(ran.err.contains("explain L-001"), "{}", ran.err);
    assert_eq!(demo.join("report/report.pdf").is_file(), cfg!(feature = "pdf"));
    assert_eq!(ran.err.contains("as a draft"), cfg!(feature = "pdf"), "{}", ran.err);
    let again = tutela(&["demo", text(&demo), "--size", "0.03"]).ended(1);
    assert!(again.err.contains("not empty"), "{}", again.err);
}

#[cfg(not(feature = "sql"))]
#[test]
fn without_the_feature_sql_says_how_to_get_it() {
    let ran = Folder::new().run(&["sql", "SELECT 1"]).ended(1);
    assert!(ran.err.contains("--features sql"), "{}", ran.err);
}

#[cfg(feature = "sql")]
#[test]
fn sql_answers_over_the_tables() {
    let folder = Folder::new();
    folder.run(&["import", &folder.file("connection.csv", CONNECTIONS)]).ended(0);
    let answer = folder.run(&["sql", "SELECT count(*) AS n FROM connection", "--json"]).ended(0).json();
    assert_eq!(answer["rows"][0]["n"], 2);
    folder.run(&["sql", "DROP TABLE connection"]).ended(1);
}

#[test]
fn completions_and_manual_pages_name_the_verbs() {
    assert!(tutela(&["completions", "bash"]).ended(0).out.contains("profile"));
    let dir = tempfile::tempdir().expect("a folder");
    tutela(&["man", "-o", text(dir.path())]).ended(0);
    assert!(dir.path().join("tutela-import.1").is_file());
}
