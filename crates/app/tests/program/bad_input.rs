//! Files that nobody should send and somebody will: each ends in words that say what is wrong and where, with the exit
//! code of the contract, and nothing that was stored before is touched.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::folder::{CONNECTIONS, Folder, command, overwrite, run};
use serde_json::Value;

const HEADER: &str = "platform,account,event,address,port,at,device,user_agent,proxy_said\n";
const LEASES: &str = "operator,address,port_low,port_high,from,until,line,access,shared_by\n";

fn connection(address: &str, port: &str, at: &str) -> String {
    format!("agorachat,u-1,login,{address},{port},{at},,,no\n")
}

/// A file, and what comes of it.
struct Case {
    what: &'static str,
    name: &'static str,
    content: Vec<u8>,
    args: &'static [&'static str],
    exit: i32,
    /// Kind and place of each problem.
    problems: &'static [(&'static str, &'static str)],
    /// Rows that are read all the same.
    rows: u64,
}

fn case(what: &'static str, name: &'static str, content: impl Into<Vec<u8>>) -> Case {
    Case { what, name, content: content.into(), args: &[], exit: 3, problems: &[], rows: 0 }
}

const AT: &str = "2026-03-01T20:00:00Z";
const ADDRESS: &str = "192.0.2.10";

/// A file of connections with these rows.
fn rows(rows: &[String]) -> String {
    HEADER.to_owned() + &rows.concat()
}

fn leases(rows: &[&str]) -> String {
    LEASES.to_owned() + &rows.join("\n") + "\n"
}

fn good() -> String {
    connection(ADDRESS, "4000", AT)
}

fn cases() -> Vec<Case> {
    [values(), records(), documents()].into_iter().flatten().collect()
}

/// Values that are none, or that contradict each other.
fn values() -> Vec<Case> {
    vec![
        Case {
            problems: &[("bad_value", "line:2"), ("bad_value", "line:3"), ("bad_value", "line:4")],
            rows: 1,
            ..case(
                "ports that do not exist",
                "connection.csv",
                rows(&["0", "70000", "-1", "65535"].map(|port| connection(ADDRESS, port, AT))),
            )
        },
        Case {
            problems: &[("bad_value", "line:2"), ("bad_value", "line:3"), ("bad_value", "line:4")],
            ..case(
                "dates out of time",
                "connection.csv",
                rows(
                    &["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-02-30T00:00:00Z"]
                        .map(|at| connection(ADDRESS, "1", at)),
                ),
            )
        },
        Case {
            args: &["--zone", "Europe/Rome"],
            problems: &[("bad_value", "line:2")],
            rows: 1,
            ..case(
                "an hour that the clocks skipped, and one that they showed twice",
                "connection.csv",
                rows(&["2026-03-29T02:30:00", "2026-10-25T02:30:00"].map(|at| connection(ADDRESS, "1", at))),
            )
        },
        Case {
            exit: 0,
            rows: 2,
            ..case(
                "IPv4 written as IPv6",
                "connection.csv",
                rows(&["::ffff:192.0.2.10", "::FFFF:C000:20A"].map(|address| connection(address, "1", AT))),
            )
        },
        Case {
            problems: &[("bad_value", "line:2"), ("bad_value", "line:3"), ("bad_value", "line:4")],
            ..case(
                "what is nearly an address",
                "connection.csv",
                rows(
                    &["192.0.2.256", "0192.0.2.1", "fe80::1%eth0"]
                        .map(|address| connection(address, "1", AT)),
                ),
            )
        },
        Case {
            problems: &[("contradiction", "line:3"), ("contradiction", "line:4")],
            rows: 2,
            ..case(
                "leases that overlap, that end before they start, with ports in the wrong order",
                "lease.csv",
                leases(&[
                    "alfa,192.0.2.10,,,2026-03-01T00:00:00Z,2026-03-03T00:00:00Z,L-1,fixed,",
                    "alfa,192.0.2.11,,,2026-03-03T00:00:00Z,2026-03-01T00:00:00Z,L-1,fixed,",
                    "alfa,192.0.2.12,9,5,2026-03-01T00:00:00Z,2026-03-03T00:00:00Z,L-1,fixed,",
                    "alfa,192.0.2.10,,,2026-03-02T00:00:00Z,2026-03-04T00:00:00Z,L-2,fixed,",
                ]),
            )
        },
    ]
}

/// Records without measure, and files that end in one.
fn records() -> Vec<Case> {
    vec![
        Case {
            problems: &[("malformed", "line:2")],
            rows: 1,
            ..case("NUL bytes", "connection.csv", rows(&[good().replace("chat", "\0chat"), good()]))
        },
        Case {
            problems: &[("too_large", "line:2")],
            rows: 1,
            ..case(
                "a record of two million columns",
                "connection.csv",
                rows(&[good().trim_end().to_owned() + &",".repeat(2_000_000) + "\n", good()]),
            )
        },
        Case {
            args: &["--as", "tutela_table/connection"],
            problems: &[("too_large", "line:1")],
            ..case("a header of two million columns", "wide.csv", "c,".repeat(2_000_000))
        },
        Case {
            problems: &[("too_large", "line:2")],
            rows: 1,
            ..case(
                "a line without an end in sight",
                "connection.csv",
                rows(&["a".repeat(17 << 20) + "\n", good()]),
            )
        },
        Case {
            problems: &[("truncated", "line:3")],
            rows: 1,
            ..case("gzip that was cut", "connection.csv.gz", {
                let whole = packed(&rows(&[good()]));
                whole[..whole.len() - 6].to_vec()
            })
        },
    ]
}

/// Documents made to harm whoever reads them.
fn documents() -> Vec<Case> {
    vec![
        Case {
            args: &["--as", "tutela_table/connection"],
            problems: &[("malformed", "{\"record\":1}")],
            ..case(
                "Parquet with a schema that makes its decoder panic, found by fuzzing",
                "connection.parquet",
                include_bytes!("../../../sources/src/tutela_table/samples/connection-damaged_schema.parquet"),
            )
        },
        Case {
            problems: &[
                ("truncated", "byte:17408+1"),
                ("contradiction", "byte:7158+4"),
                ("truncated", "byte:6152+4"),
                ("malformed", "byte:7176+2"),
                ("missing_value", "byte:7817+99"),
            ],
            rows: 23,
            ..case(
                "a database whose pages lead to themselves, and whose end is cut off",
                "msgstore.db",
                include_bytes!("../../../sources/src/whatsapp_android_db/samples/msgstore-damaged.db"),
            )
        },
        Case {
            problems: &[("too_large", "byte:104+1")],
            rows: 1,
            ..case(
                "elements inside one another without an end",
                "report-1.xml",
                "<report>".to_owned() + &"<a>".repeat(100_000),
            )
        },
        Case {
            problems: &[("refused", "byte:0+1")],
            ..case(
                "an entity that names a file of the machine",
                "report-1.xml",
                "<!DOCTYPE report [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><report><incidentSummary><platform>&x;\
                 </platform></incidentSummary></report>",
            )
        },
    ]
}

/// Gzip as RFC 1952 has it, with the content stored and not compressed.
fn packed(content: &str) -> Vec<u8> {
    let len = u16::try_from(content.len()).expect("a short text");
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    bytes.extend(len.to_le_bytes());
    bytes.extend((!len).to_le_bytes());
    bytes.extend(content.bytes());
    bytes.extend([0; 4]);
    bytes.extend(u32::from(len).to_le_bytes());
    bytes
}

#[test]
fn what_nobody_should_send_ends_in_words_and_touches_nothing_stored_before() {
    for Case { what, name, content, args, exit, problems, rows } in cases() {
        let folder = Folder::with_connections();
        let before = folder.tables();
        let path = folder.file(&format!("bad/{name}"), content);
        let ran = folder.run(&[["import", &path, "--json"].as_slice(), args].concat());
        assert_eq!(ran.code, exit, "{what}: {}", ran.err);
        assert!(!ran.err.contains("panicked"), "{what}: {}", ran.err);
        let imported: Value = serde_json::from_str(&ran.out).expect("JSON");
        let counts = imported["files"][0]["rows"].as_object().expect("rows");
        let n_rows: u64 = counts.iter().filter(|(table, _)| *table != "problem").map(count).sum();
        assert_eq!(n_rows, rows, "{what}: {}", ran.out);
        let said: Value = serde_json::from_str(&folder.run(&["problems", "--json"]).out).expect("JSON");
        let mut found: Vec<(String, String)> =
            said["problems"].as_array().expect("problems").iter().map(shown).collect();
        found.sort();
        let mut expected: Vec<(String, String)> =
            problems.iter().map(|(kind, place)| ((*kind).to_owned(), (*place).to_owned())).collect();
        expected.sort();
        assert_eq!(found, expected, "{what}");
        for problem in said["problems"].as_array().expect("problems") {
            assert!(problem["expected"].as_str().is_some_and(|text| !text.is_empty()), "{what}: {problem}");
        }
        untouched(&folder, &before, what);
    }
}

fn count((_, n): (&String, &Value)) -> u64 {
    n.as_u64().expect("a number")
}

/// Kind and place of a problem.
fn shown(problem: &Value) -> (String, String) {
    let place = &problem["place"];
    let place = match (&place["line"], &place["byte"], &place["len"]) {
        (Value::Number(line), ..) => format!("line:{line}"),
        (_, Value::Number(byte), Value::Number(len)) => format!("byte:{byte}+{len}"),
        _ => {
            let mut place = place.as_object().expect("a place").clone();
            place.remove("file");
            Value::from(place).to_string()
        }
    };
    (problem["kind"].as_str().expect("a kind").to_owned(), place)
}

/// Everything is as recorded, and the tables of before are the same to the byte.
fn untouched(folder: &Folder, before: &std::collections::BTreeMap<std::path::PathBuf, Vec<u8>>, what: &str) {
    let after = folder.tables();
    assert!(before.iter().all(|(path, bytes)| after.get(path) == Some(bytes)), "{what}: a table has changed");
    let verified = folder.run(&["ledger", "verify"]);
    assert_eq!(verified.code, 0, "{what}: {}{}", verified.out, verified.err);
}

#[test]
fn leases_that_overlap_support_neither_of_their_lines() {
    let folder = Folder::with_connections();
    let leases = LEASES.to_owned()
        + "alfa,192.0.2.10,,,2026-03-01T00:00:00Z,2026-03-05T00:00:00Z,L-1,fixed,\n\
           alfa,192.0.2.10,,,2026-02-27T00:00:00Z,2026-03-04T00:00:00Z,L-2,fixed,\n";
    assert_eq!(folder.run(&["import", &folder.file("lease.csv", leases)]).code, 0);
    let leads: Value = serde_json::from_str(&folder.run(&["leads", "--json"]).out).expect("JSON");
    let leads = leads["leads"].as_array().expect("leads");
    assert!(!leads.is_empty());
    assert!(leads.iter().all(|lead| lead["person"]["status"] == "unattributed"), "{leads:#?}");
}

/// Characters that a terminal obeys, as they stand in a file's name or a record.
const HOSTILE: &str = "a\u{1b}]0;owned\u{7}\u{1b}[31m\u{202e}\u{9b}2Jb";

fn acts(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || ('\u{202a}'..='\u{202e}').contains(&c)
}

#[test]
#[cfg(unix)]
fn no_name_and_no_record_acts_on_the_terminal() {
    let folder = Folder::with_connections();
    let unknown = folder.file(&format!("{HOSTILE}.csv"), "x\n");
    let named = folder.file(&format!("{HOSTILE}/connection.csv"), CONNECTIONS.replace("u-1", "u-7"));
    let forged = folder.file("x\nhint: rm -rf.csv", "x\n");
    let cells = HEADER.to_owned()
        + &connection(HOSTILE, "1", AT)
        + &connection(ADDRESS, "1", AT).replace("u-1", HOSTILE);
    let cells = folder.file("cells/connection.csv", cells);
    let op = folder.op();
    let runs: &[&[&str]] = &[
        &["import", &unknown],
        &["import", &named],
        &["import", &cells],
        &["import", &format!("{named}x")],
        &["import", &named, "--profile", &unknown],
        &["import", &forged],
        &["status"],
        &["problems"],
        &["table", "connection"],
        &["leads"],
        &["findings"],
        &["explain", HOSTILE],
        &["ledger", "log"],
        &["leads", "-o", &format!("{unknown}/x")],
        &["import", &named, "--zone", HOSTILE],
        &["decide", HOSTILE, "accept", "--reason", HOSTILE],
        &["profile", "guess", &unknown],
        &["simulate", HOSTILE, "-o", &unknown],
    ];
    for args in runs {
        let ran = folder.run(args);
        for text in [&ran.out, &ran.err] {
            assert!(!text.contains(acts), "{args:?}: {text:?}");
        }
        assert!(!ran.err.contains("\nhint: rm"), "{args:?}: {}", ran.err);
    }
    let ran = run(&mut command(&["--op", &format!("{op}{HOSTILE}"), "status"]));
    assert!(ran.code == 1 && !ran.err.contains(acts), "{:?}", ran.err);
}

#[test]
#[cfg(unix)]
fn a_name_that_is_no_text_is_shown_as_far_as_it_is() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = Folder::with_connections();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.csv");
    let path = Path::new(&folder.path("first")).join(name);
    fs::write(&path, CONNECTIONS.replace("u-1", "u-8")).expect("the file system takes it");
    let mut import = folder.command(&["import", "--as", "tutela_table/connection"]);
    let ran = run(import.arg(&path));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("caf\u{fffd}.csv"), "{}", ran.out);
}

#[test]
#[cfg(unix)]
fn what_is_no_plain_file_is_passed_over_aloud() {
    use std::os::unix::fs::symlink;
    let folder = Folder::with_connections();
    let pipe = folder.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("every Unix has it");
    assert!(made.success());
    for path in [&pipe, "/dev/null"] {
        let ran = folder.run(&["import", path]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        assert!(ran.err.contains("not a plain file") && ran.err.contains("hint: name a file"), "{}", ran.err);
    }
    // A link to the folder that it lies in leads nowhere, and one that was named is followed.
    folder.file("tree/connection.csv", CONNECTIONS.replace("u-1", "u-9"));
    symlink(".", folder.path("tree/self")).expect("a link");
    symlink("loop", folder.path("loop")).expect("a link");
    let ran = folder.run(&["import", &folder.path("tree")]);
    assert!(ran.code == 0 && ran.err.contains("a symbolic link"), "{}", ran.err);
    assert_eq!(folder.run(&["import", &folder.path("loop")]).code, 1);
    assert_eq!(folder.run(&["ledger", "verify"]).code, 0);
}

#[test]
fn a_table_file_that_is_gone_or_altered_is_said_and_had_again_by_importing_its_file() {
    for altered in [None, Some(&b""[..]), Some(b"PAR1 and nothing else PAR1")] {
        let folder = Folder::with_connections();
        let whole = folder.tables();
        match altered {
            None => fs::remove_file(folder.table_file()).expect("it is there"),
            Some(bytes) => overwrite(&folder.table_file(), bytes),
        }
        for verb in [&["leads"][..], &["table", "connection"], &["ledger", "verify"], &["rebuild", "--check"]]
        {
            assert_eq!(folder.run(verb).code, 4, "{verb:?}");
        }
        let said = folder.run(&["leads"]).err;
        assert!(said.contains("import the file that it came from again"), "{said}");
        assert_eq!(folder.run(&["import", &folder.path("first/connection.csv")]).code, 0);
        assert!(folder.tables() == whole, "derived anew, a table is the same to the byte");
        assert_eq!(folder.run(&["leads"]).code, 0);
    }
}

#[test]
fn a_received_file_that_is_gone_is_put_back_and_one_that_was_altered_is_not_read() {
    let folder = Folder::with_connections();
    let first = folder.path("first/connection.csv");
    let received = folder.received_file();
    overwrite(&received, b"altered");
    let refused = folder.run(&["import", &first, "--zone", "UTC"]);
    assert_eq!(refused.code, 4, "{}", refused.err);
    fs::remove_file(&received).expect("it is there");
    assert_eq!(folder.run(&["import", &first, "--zone", "UTC"]).code, 0);
    assert_eq!(folder.run(&["ledger", "verify"]).code, 0);
}

/// A limit on the size of files stands in for a disk that is full: the write fails in its middle.
#[test]
#[cfg(unix)]
fn a_disk_that_is_full_is_said_and_the_same_command_goes_through_later() {
    let folder = Folder::with_connections();
    let before = folder.tables();
    let rows: Vec<String> = (1..4_000).map(|port| connection(ADDRESS, &port.to_string(), AT)).collect();
    let large = folder.file("large/connection.csv", HEADER.to_owned() + &rows.concat());
    // Blocks of 512 bytes: for the copy none is enough, and the record of the operation grows beyond the other.
    for blocks in ["100", "3"] {
        let path = if blocks == "3" { folder.file("small/connection.csv", HEADER) } else { large.clone() };
        let mut limited = std::process::Command::new("sh");
        limited
            .args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")])
            .args([env!("CARGO_BIN_EXE_tutela"), "--op", &folder.op(), "import", &path])
            .env("TUTELA_LANG", "en");
        let ran = run(&mut limited);
        assert_eq!(ran.code, 1, "{blocks}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains("hint: the system allows no file this large"), "{blocks}: {}", ran.err);
        untouched(&folder, &before, blocks);
        let left = fs::read_dir(folder.path("operation/unfinished")).expect("a folder").count();
        assert_eq!(left, 0, "{blocks}: half files would keep the disk full");
    }
    assert_eq!(folder.run(&["import", &large]).code, 0);
    untouched(&folder, &before, "after");
}

#[test]
#[cfg(target_os = "linux")]
fn a_device_is_written_to_and_never_replaced() {
    use std::os::unix::fs::FileTypeExt as _;
    let folder = Folder::with_connections();
    // A link of the test's own, so that a fault replaces that and not the machine's device.
    std::os::unix::fs::symlink("/dev/full", folder.path("full")).expect("a link");
    let ran = folder.run(&["leads", "-o", &folder.path("full")]);
    assert!(ran.code == 1 && ran.err.contains("hint: the disk is full"), "{}", ran.err);
    assert!(fs::metadata(folder.path("full")).expect("it is there").file_type().is_char_device());
    // Nobody hears what is said any more, and the exit code is that of the contract all the same.
    let full = || fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    assert_eq!(run(folder.command(&["leads"]).stdout(full()).stderr(full())).code, 1);
}

#[test]
fn a_record_that_is_gone_empty_or_cut_inside_is_an_integrity_failure() {
    let damages: &[fn(&Path)] = &[
        |record| fs::remove_file(record).expect("it is there"),
        |record| fs::write(record, "").expect("it is ours"),
        |record| {
            let bytes = fs::read(record).expect("bytes");
            let second = 2 + usize::from(u16::from_be_bytes([bytes[0], bytes[1]]));
            fs::write(record, &bytes[second..]).expect("it is ours");
        },
        |record| {
            let mut file = fs::File::options().append(true).open(record).expect("it is ours");
            file.write_all(b"\x00\x06\xff\x00\x1b[2J").expect("it is ours");
        },
    ];
    for (n, damage) in damages.iter().enumerate() {
        let folder = Folder::with_connections();
        damage(Path::new(&folder.path("operation/ledger/tail")));
        for verb in [&["status"][..], &["import", &folder.path("first")], &["ledger", "log"]] {
            let ran = folder.run(verb);
            assert_eq!(ran.code, 4, "{n} {verb:?}: {}", ran.err);
            assert!(ran.err.contains("hint: ") && !ran.err.contains(acts), "{}", ran.err);
        }
    }
}
