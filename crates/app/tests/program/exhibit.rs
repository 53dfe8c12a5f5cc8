//! Seized devices, from a folder to tables, grades, and what goes to the laboratory.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tutela_model::Digest;

use crate::folder::{Folder, command, run};

/// Made-up files as programs leave them, from the samples of their readers.
fn artefact(sample: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sources/src").join(sample);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A copy of a device: two files that are the same, what eMule and a chat program left, a name that acts on terminals.
fn device(folder: &Folder) -> String {
    let device = Path::new(&folder.path("device")).to_owned();
    for (path, bytes) in [
        ("DCIM/shape 1.jpg", b"a made-up file".to_vec()),
        ("copies/shape 1 (1).jpg", b"a made-up file".to_vec()),
        ("notes\u{1b}[2J.txt", b"placeholder 1".to_vec()),
        ("eMule/config/known.met", artefact("emule_known_met/samples/known.met")),
        ("eMule/config/clients.met", artefact("emule_clients_met/samples/clients.met")),
        ("eMule/config/preferences.dat", artefact("emule_preferences_dat/samples/preferences.dat")),
        ("chat/msgstore.db", artefact("whatsapp_android_db/samples/msgstore-new.db")),
    ] {
        let path = device.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    }
    device.to_string_lossy().into_owned()
}

/// The rows of a table.
pub fn rows(folder: &Folder, table: &str) -> Vec<Value> {
    let document = folder.run(&["table", table, "--json", "--limit", "0"]).ended(0).json();
    document["rows"].as_array().expect("rows").clone()
}

#[test]
fn a_device_becomes_files_artefacts_and_grades_that_travel() {
    let folder = Folder::with_connections();
    let device = device(&folder);
    folder.run(&["exhibit", "add", &device, "--number", "7/2026", "--seized-place", "Milano"]).ended(0);
    let processed = folder.run(&["exhibit", "process", "--json"]).ended(0).json();
    let exhibit = &processed["exhibits"][0];
    assert_eq!((&exhibit["number"], &exhibit["artefacts"]), (&"7/2026".into(), &4.into()), "{exhibit}");
    assert_eq!((&exhibit["unread"], &exhibit["complete"]), (&0.into(), &true.into()));

    // Every file is there once for each place, with its hashes and the exhibit's number.
    let files = rows(&folder, "file");
    let jpegs: Vec<&Value> =
        files.iter().filter(|row| row["sha256"] == Digest::of(b"a made-up file").hex()).collect();
    assert_eq!(jpegs.len(), 2);
    assert!(jpegs.iter().all(|row| row["exhibit"] == "7/2026" && row["whole"] == "yes"));
    assert!(files.iter().any(|row| row["path"] == "notes\u{1b}[2J.txt"), "{files:?}");
    let listed = folder.run(&["table", "file"]).ended(0).out;
    assert!(!listed.contains('\u{1b}'), "{listed}");

    // What programs left was received with its bytes and read: rows of a file that is on the exhibit.
    for table in ["shared_file", "peer_contact", "selector", "message", "transfer"] {
        let rows = rows(&folder, table);
        let of_device = |row: &Value| files.iter().any(|file| file["sha256"] == row["source"]);
        assert!(rows.iter().any(of_device), "{table}: {rows:?}");
    }

    // A second run finds nothing that waits; one that is asked for gives the same bytes, which are known.
    folder.run(&["exhibit", "process"]).ended(1);
    let n_receipts = folder.run(&["status", "--json"]).ended(0).json()["sources"].as_array().map(Vec::len);
    folder.run(&["exhibit", "process", "7/2026"]).ended(0);
    let again = folder.run(&["status", "--json"]).ended(0).json()["sources"].as_array().map(Vec::len);
    assert_eq!(again, n_receipts);

    // A grade is an entry of a list; the laboratory's viewer gets it, and a withdrawal takes it back.
    let hash = Digest::of(b"a made-up file").hex();
    let grade = ["grade", &hash, "--scheme", "made-up", "--category", "2", "--reason", "made-up reason"];
    folder.run(&grade).ended(0);
    let vics = folder.run(&["export", "--as", "vics", "--scheme", "made-up"]).ended(0).json();
    let media = &vics["value"][0]["Media"];
    assert_eq!((&media[0]["Category"], &media[1]), (&2.into(), &Value::Null), "{vics}");
    assert_eq!(media[0]["MediaFiles"].as_array().map(Vec::len), Some(2));
    let csv = folder.run(&["export", "--as", "media-csv"]).ended(0).out;
    assert_eq!(csv.lines().count(), 3, "{csv}");
    let grades = folder.run(&["grade", "--json"]).ended(0).json();
    assert_eq!(grades["grades"][0]["category"], "2");

    folder.run(&["analyse"]).ended(0);
    let list = folder.run(&["exhibit", "list", "--json"]).ended(0).json();
    assert_eq!(list["exhibits"][0]["form"], "folder");
    folder.run(&["ledger", "verify"]).ended(0);
    folder.run(&["rebuild", "--check"]).ended(0);
}

#[test]
fn a_limit_that_was_reached_is_a_finding_and_what_was_read_is_kept() {
    let folder = Folder::with_connections();
    let device = device(&folder);
    folder.run(&["exhibit", "add", &device, "--number", "7"]).ended(0);
    folder.run(&["exhibit", "process", "--max-entries", "3"]).ended(3);
    assert_eq!(rows(&folder, "file").len(), 3);
    let unread = rows(&folder, "unread");
    assert_eq!(unread.len(), 1, "{unread:?}");
    assert_eq!(unread[0]["why"], "limit");
}

#[test]
fn an_exhibit_that_is_not_there_is_told_with_those_that_are() {
    let folder = Folder::with_connections();
    let none = folder.run(&["exhibit", "process", "9"]).ended(1);
    assert!(none.err.contains("no exhibit has this number: 9"), "{}", none.err);
    folder.run(&["exhibit", "add", &device(&folder), "--number", "7"]).ended(0);
    let other = folder.run(&["exhibit", "process", "9"]).ended(1);
    assert!(other.err.contains("exhibits: 7"), "{}", other.err);
    let nothing = folder.run(&["exhibit", "add", &folder.path("none"), "--number", "8"]).ended(1);
    assert!(nothing.err.contains("none"), "{}", nothing.err);
    let hash = "0".repeat(64);
    let none = folder.run(&["grade", &hash, "--scheme", "s", "--category", "1", "--reason", "r"]).ended(1);
    assert!(none.err.contains("no file of the operation has this hash"), "{}", none.err);
    folder.run(&["exhibit", "match"]).ended(2);
}

#[test]
fn a_list_that_was_tried_leaves_a_row_without_a_hit_and_new_names_the_lists() {
    let folder = Folder::with_connections();
    folder.run(&["exhibit", "add", &device(&folder), "--number", "7"]).ended(0);
    folder.run(&["exhibit", "process"]).ended(0);
    let untried = folder.run(&["exhibit", "list"]).ended(0);
    assert!(untried.err.contains("exhibit 7 was held against no list"), "{}", untried.err);
    folder.run(&["analyse"]).ended(0);
    let headline = |folder: &Folder| {
        let findings = folder.run(&["findings", "--analysis", "known_files", "--jsonl"]).ended(0).out;
        let mut findings = findings.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        findings.find(|finding| {
            finding["statement_key"].as_str().is_some_and(|key| key.starts_with("known_files.exhibit"))
        })
    };
    let before = headline(&folder).expect("a headline");
    assert_eq!(before["statement_key"], "known_files.exhibit_untried", "{before}");

    let built = |name: &str, hash: &str| {
        let (file, index) = (folder.file(name, hash), folder.path(&format!("{name}.list")));
        folder.run(&["lists", "build", &file, "--name", name, "--version", "2026-10", "-o", &index]).ended(0);
        index
    };
    let known = built("A", &Digest::of(b"placeholder 1").hex());
    let other = built("B", &Digest::of(b"on no exhibit").hex());
    folder.run(&["exhibit", "match", "--lists", &known, "--lists", &other]).ended(0);
    let tried: Vec<(String, u64)> = rows(&folder, "list_tried")
        .iter()
        .map(|row| {
            assert_eq!((&row["exhibit"], &row["kinds"]), (&"7".into(), &"sha256".into()));
            assert_eq!((&row["n_files"], &row["n_looked_up"]), (&7.into(), &7.into()));
            assert!(row["list_digest"].as_str().is_some_and(|digest| digest.len() == 64));
            (row["list"].as_str().expect("a name").to_owned(), row["n_hits"].as_u64().expect("a number"))
        })
        .collect();
    assert_eq!(tried.len(), 2);
    assert!(tried.contains(&("A".to_owned(), 1)) && tried.contains(&("B".to_owned(), 0)), "{tried:?}");
    folder.run(&["analyse"]).ended(0);
    let after = headline(&folder).expect("a headline");
    assert_eq!(after["statement_key"], "known_files.exhibit", "{after}");
    assert_eq!(after["values"]["lists"], serde_json::json!(["A 2026-10", "B 2026-10"]));
    let statement = after["statement"].as_str().expect("a sentence");
    assert!(statement.contains("on none of these lists: A 2026-10, B 2026-10"), "{statement}");
    let list = folder.run(&["exhibit", "list", "--json"]).ended(0);
    assert!(!list.err.contains("held against no list"), "{}", list.err);
    let lists = &list.json()["exhibits"][0]["lists"];
    assert_eq!((&lists[0]["list"], &lists[0]["hits"]), (&"A".into(), &1.into()));
    assert_eq!((&lists[1]["list"], &lists[1]["hits"]), (&"B".into(), &0.into()));

    // What is read afterwards was not looked up, and that is said until it is.
    folder.file("device/later.txt", "read later");
    folder.run(&["exhibit", "process", "7"]).ended(0);
    let read_since = || {
        folder.run(&["analyse"]).ended(0);
        let findings = folder.run(&["findings", "--analysis", "known_files", "--jsonl"]).ended(0).out;
        findings.contains("more files were read after these lists were tried")
    };
    assert!(read_since());
    folder.run(&["exhibit", "match", "--lists", &known, "--lists", &other]).ended(0);
    assert!(!read_since());
}

#[test]
fn a_message_that_is_only_in_the_log_of_a_database_is_read_with_its_place_in_the_log() {
    let folder = Folder::with_connections();
    let made = folder.file("made/msgstore.db", artefact("whatsapp_android_db/samples/msgstore-new.db"));
    let connection = rusqlite::Connection::open(&made).expect("a database");
    connection.execute_batch("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;").expect("a log");
    let insert = "INSERT INTO message VALUES (900, 1, 1, 'M900', 0, 5, 1772399900250, 0, 'only in the log')";
    connection.execute_batch(insert).expect("a row");
    // As they lie on a device whose program was running; a log of something else beside them, and a copy without its log.
    let database = fs::read(&made).expect("the database");
    for (path, bytes) in [
        ("device/chat/msgstore.db", database.clone()),
        ("device/chat/msgstore.db-wal", fs::read(folder.path("made/msgstore.db-wal")).expect("its log")),
        ("device/chat/other.db-wal", fs::read(folder.path("made/msgstore.db-wal")).expect("its log")),
        ("device/old/msgstore.db", database),
        ("device/BT_backup/0f.fastresume", artefact("qbittorrent_fastresume/samples/file-1.fastresume")),
    ] {
        folder.file(path, bytes);
    }
    folder.run(&["exhibit", "add", &folder.path("device"), "--number", "7"]).ended(0);
    let processed = folder.run(&["exhibit", "process", "--json"]).ended(0);
    let wal = "chat/msgstore.db-wal";
    assert!(
        processed.err.contains("chat/msgstore.db was read with chat/msgstore.db-wal"),
        "{}",
        processed.err
    );
    let exhibit = &processed.json()["exhibits"][0];
    assert_eq!(exhibit["read_with"], json!([{"path": "chat/msgstore.db", "with": [wal]}]), "{exhibit}");
    assert_eq!(exhibit["artefacts"], 3);

    let messages = rows(&folder, "message");
    let of_log: Vec<&Value> = messages.iter().filter(|row| row["text"] == "only in the log").collect();
    let [message] = of_log[..] else { panic!("once, though the copy has no log: {messages:?}") };
    let place = message["place"].as_str().expect("a place");
    assert!(place.starts_with("path:msgstore.db-wal|byte:"), "{place}");
    let others = messages.iter().filter(|row| row["text"] == "placeholder 2");
    assert_eq!(others.count(), 1);

    // Both files were received under their names, as they are on the exhibit; the log of nothing was not.
    let files = rows(&folder, "file");
    let of = |path: &str| files.iter().find(|row| row["path"] == path).expect("listed")["sha256"].clone();
    assert_eq!(message["source"], of("chat/msgstore.db"));
    let wal = of(wal);
    let handled = folder.run(&["custody", wal.as_str().expect("a digest"), "--json"]).ended(0).json();
    assert_eq!(handled["files"][0]["name"], "msgstore.db-wal", "{handled}");
    let note = "chat/msgstore.db, chat/msgstore.db-wal";
    assert!(handled.to_string().contains(note), "{handled}");
    let resumed = folder.run(&["status", "--json"]).ended(0).out;
    assert!(resumed.contains("\"name\": \"0f.fastresume\""), "{resumed}");

    // Again, nothing changes; and what was derived is derived again from both.
    folder.run(&["exhibit", "process", "7"]).ended(0);
    assert_eq!(rows(&folder, "message"), messages);
    folder.run(&["rebuild", "--check"]).ended(0);
    folder.run(&["ledger", "verify"]).ended(0);

    // An officer who imports the folder has the same rows; one who imports the database alone is told what is missing.
    let other = Folder::new();
    let imported = other.run(&["import", &folder.path("device/chat"), "--json"]).ended(3).json();
    let file = &imported["files"][0];
    assert_eq!(
        (&file["rows"]["message"], &file["beside"]["msgstore.db-wal"]),
        (&messages.len().into(), &wal),
        "{imported}"
    );
    assert_eq!(imported["passed"].as_array().map(Vec::len), Some(1), "{imported}");
    let alone = Folder::new();
    let imported = alone.run(&["import", &folder.path("device/chat/msgstore.db")]).ended(3);
    assert!(imported.out.contains("write-ahead log: not received"), "{}", imported.out);
}

/// What is missing to read an image twice; it is said aloud, and nothing is tried.
fn missing(files: &[&str]) -> bool {
    let missing = ["/usr/bin/fls"].iter().chain(files).find(|file| !Path::new(file).exists());
    if let Some(missing) = missing {
        eprintln!("not tried, because {missing} is not installed");
    }
    missing.is_some()
}

#[test]
fn two_readers_of_an_image_agree_or_each_disagreement_is_told_with_what_both_say() {
    let folder = Folder::new();
    let sample = "/usr/share/forensics-samples/fs.vfat.xz";
    if !missing(&[sample, "/usr/bin/xz"]) {
        let unpacked = Command::new("xz").args(["-dc", sample]).output().expect("xz runs").stdout;
        let image = folder.file("fs.vfat", unpacked);
        let checked = run(&mut command(&["exhibit", "cross-check", &image, "--json"])).ended(3).json();
        // Of one deleted file the Sleuth Kit gives the short name.
        assert_eq!((&checked["counts"], &checked["complete"]), (&json!({"path": 1}), &true.into()));
        let disagreement = &checked["disagreements"][0];
        assert!(disagreement["native"] != disagreement["sleuthkit"], "{disagreement}");
        assert_eq!(
            (&checked["paired"], &checked["entries"]["native"]),
            (&44.into(), &44.into()),
            "{checked}"
        );
        assert!(checked["same_digest"].as_u64() > Some(20), "{checked}");
        let told = run(&mut command(&["exhibit", "cross-check", &image])).ended(3);
        assert!(
            told.out.contains("\n  native: volume-1/") && told.err.contains("path: 1 disagreements"),
            "{}{}",
            told.out,
            told.err
        );
    }
    let made = ["/usr/sbin/mkfs.fat", "/sbin/mkfs.fat"].into_iter().find(|path| Path::new(path).exists());
    if !missing(&[made.unwrap_or("/usr/sbin/mkfs.fat")]) {
        let image = folder.path("made.dd");
        let mut mkfs = Command::new(made.expect("it is there"));
        assert!(mkfs.args(["-C", &image, "4096"]).output().expect("mkfs.fat runs").status.success());
        let told = run(&mut command(&["exhibit", "cross-check", &image])).ended(0);
        assert!(told.out.is_empty() && told.err.contains("0 disagreements"), "{}", told.err);
    }
    // What our own readers do not open is no disagreement.
    if !missing(&[]) {
        let none = run(&mut command(&["exhibit", "cross-check", &folder.file("disk.vmdk", "KDMV")])).ended(1);
        assert!(none.err.contains("VMware"), "{}", none.err);
    }
}
