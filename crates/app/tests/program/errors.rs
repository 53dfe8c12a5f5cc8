//! docs/errors.md, row by row: each failure is provoked, and its message and exit code are those of the page.

use std::fs::{self, File};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tutela_ledger::key::{Algorithm, Signer};

use crate::folder::{CONNECTIONS, Folder, Ran, command, overwrite, run};
use crate::officer::{PASSPHRASE, sealed, told};

/// The time stamp of a made-up authority, on bytes that no operation ever handed out.
const STAMP: &str = include_str!("../../../ledger/tests/stamp/granted.txt");
const PAGE: &str = include_str!("../../../../docs/errors.md");

/// Where a row happens: a build may lack a feature, and a system a device.
#[derive(PartialEq)]
enum On {
    Every,
    Linux,
    WithoutPdf,
    WithSql,
    WithoutSql,
    WithCluster,
    WithoutCluster,
}

impl On {
    fn is_here(&self) -> bool {
        match self {
            Self::Every => true,
            Self::Linux => cfg!(target_os = "linux"),
            Self::WithoutPdf => cfg!(not(feature = "pdf")),
            Self::WithSql => cfg!(feature = "sql"),
            Self::WithoutSql => cfg!(not(feature = "sql")),
            Self::WithCluster => cfg!(feature = "cluster"),
            Self::WithoutCluster => cfg!(not(feature = "cluster")),
        }
    }
}

/// A message of the page and what provokes it.
type Provocation = (&'static str, On, fn(&Folder) -> Ran);

/// A grade, but of what.
const GRADE: &[&str] = &["--scheme", "s", "--category", "1", "--reason", "r"];

/// A file of an exhibit that has a grade in a scheme: its hash.
fn graded(folder: &Folder, scheme: &str) -> String {
    folder.file("device/1.jpg", "a made-up file");
    assert_eq!(folder.run(&["exhibit", "add", &folder.path("device"), "--number", "7"]).code, 0);
    assert_eq!(folder.run(&["exhibit", "process"]).code, 0);
    let hash = tutela_model::Digest::of(b"a made-up file").hex();
    let grade = ["grade", &hash, "--scheme", scheme, "--category", "1", "--reason", "r"];
    assert_eq!(folder.run(&grade).code, 0);
    hash
}

/// Messages whose cause takes a terminal or more than a moment to make; a test of the crate that says them holds each.
const HELD_ELSEWHERE: &[&str] = &[
    "no report is issued while other explanations are unanswered: …",
    "the two passphrases are not the same",
    "the stamp does not hold against these certificates: …",
    "the stamp cannot be checked: openssl is not installed",
    "the query needs more than its limit",
    "the Sleuth Kit is not installed",
    "ffmpeg is not installed",
    "the unit's limit of minutes of grading a day is reached: …",
    "the query was stopped after … s",
    "the worker … is another program: …, and this is …",
];

static PROVOCATIONS: &[Provocation] = &[
    ("no exhibit has this number: …", On::Every, |folder| folder.run(&["exhibit", "process", "9"])),
    ("no exhibit waits to be processed", On::Every, |folder| folder.run(&["exhibit", "process"])),
    ("no image: …", On::Every, |folder| folder.run(&["exhibit", "cross-check", &folder.path("")])),
    ("no operation here: no parent folder holds operation.toml: …", On::Every, |folder| {
        run(&mut command(&["--op", &folder.path("first"), "status"]))
    }),
    ("there is an operation already in: …", On::Every, |folder| {
        run(&mut command(
            &[["init", &folder.op(), "--title", "T", "--basis", "B"].as_slice(), PERIOD].concat(),
        ))
    }),
    ("…: expected …, found: …", On::Every, |folder| {
        let path = folder.path("operation/operation.toml");
        let text = fs::read_to_string(&path).expect("it is there");
        fs::write(path, text.replace("format = 2", "format = 3")).expect("it is ours");
        folder.run(&["status"])
    }),
    ("… (process …) has been writing to the operation since: …", On::Every, |folder| {
        let lock = File::options().write(true).open(folder.path("operation/lock")).expect("the lock");
        lock.lock().expect("nobody has it");
        folder.run(&["authority", "add", "B", "--from", "2026-01-01", "--until", "2026-12-31"])
    }),
    ("the record of the operation is not as it was written", On::Every, |folder| {
        fs::remove_file(folder.path("operation/ledger/tail")).expect("it is there");
        folder.run(&["status"])
    }),
    ("… is not as it was written: expected …, found: …", On::Every, |folder| {
        fs::remove_file(folder.table_file()).expect("it is there");
        folder.run(&["leads"])
    }),
    ("the sorted runs of sightings cannot be written or read", On::Every, |folder| {
        let sighting = "network,address,file_hash,at\ned2k,192.0.2.1,ed2k:1,2026-03-01T10:00:00Z\n";
        folder.run(&["import", &folder.file("sighting.csv", sighting)]).ended(0);
        folder.file("operation/runs", "a file where the folder shall be");
        folder.run(&["analyse"])
    }),
    ("… not as recorded", On::Every, |folder| {
        overwrite(&folder.received_file(), b"x");
        folder.run(&["ledger", "verify"])
    }),
    ("… between what is stored and what is derived again", On::Every, |folder| {
        overwrite(&folder.received_file(), b"x");
        folder.run(&["rebuild", "--check"])
    }),
    ("not a checkpoint (expected origin, number of entries and root, one a line): …", On::Every, |folder| {
        folder.run(&["ledger", "verify", "--against", &folder.file("c", "x")])
    }),
    ("the record has … entries, counted from 0, and none of number: …", On::Every, |folder| {
        folder.run(&["ledger", "prove", "99"])
    }),
    ("cannot …: …", On::Every, |folder| {
        // Permissions do not stop the superuser, who may run this; a folder in the place of a file does.
        fs::remove_file(folder.path("operation/lock")).expect("it is there");
        fs::create_dir(folder.path("operation/lock")).expect("it is ours");
        folder.run(&["authority", "add", "B", "--from", "2026-01-01", "--until", "2026-12-31"])
    }),
    ("authority … is valid from … to …, not on: …", On::Every, |folder| {
        let past = ["authority", "add", "B", "--from", "2020-01-01", "--until", "2020-12-31"];
        assert_eq!(folder.run(&past).code, 0);
        folder.run(&["import", &folder.path("first"), "--basis", "A-2"])
    }),
    ("no authority of this id: …", On::Every, |folder| {
        folder.run(&["import", &folder.path("first"), "--basis", "A-9"])
    }),
    ("authority … had to be validated by …, and no validation is recorded", On::Every, |folder| {
        let urgent = ["--kind", "urgent_decree", "--validate-by", "2020-01-03"];
        assert_eq!(folder.run(&[["authority", "add", "B"].as_slice(), LONG, &urgent].concat()).code, 0);
        folder.run(&["import", &folder.path("first"), "--basis", "A-2"])
    }),
    ("authority … has lapsed", On::Every, |folder| {
        assert_eq!(folder.run(&["authority", "lapse", "A-1", "--reason", "annulled"]).code, 0);
        folder.run(&["import", &folder.path("first"), "--basis", "A-1"])
    }),
    ("an urgent decree waits for its validation, and no last day for it is given", On::Every, |folder| {
        folder.run(&[["authority", "add", "B", "--kind", "urgent_decree"].as_slice(), LONG].concat())
    }),
    ("not an account (expected platform/account): …", On::Every, |folder| {
        folder.run(&[["authority", "add", "B", "--account", "u-1"].as_slice(), LONG].concat())
    }),
    ("the authority ends before it begins: … to …", On::Every, |folder| {
        folder.run(&["authority", "add", "B", "--from", "2026-12-31", "--until", "2026-01-01"])
    }),
    ("… is empty", On::Every, |folder| {
        run(&mut command(
            &[["init", &folder.path("other"), "--title", " ", "--basis", "B"].as_slice(), PERIOD].concat(),
        ))
    }),
    ("expected a date such as 2026-12-31, found: …", On::Every, |folder| {
        folder.run(&["authority", "add", "B", "--from", "31/12/2026", "--until", "2026-01-01"])
    }),
    ("this would be written into a folder that is to be read: …", On::Every, |folder| {
        folder.run(&["hash", &folder.path("first"), "--resume", &folder.path("first/notes")])
    }),
    ("hashdeep's form has no column for ed2k or AICH", On::Every, |folder| {
        folder.run(&["hash", &folder.path("first"), "--format", "hashdeep", "--ed2k"])
    }),
    ("not a file that notes digests: …", On::Every, |folder| {
        let notes = folder.file("notes", "x");
        folder.run(&["hash", &folder.path("first"), "--resume", &notes])
    }),
    ("the file notes other hashes than those wanted: …", On::Every, |folder| {
        let args = ["hash", &folder.path("first"), "--resume", &folder.path("notes")];
        assert_eq!(folder.run(&args).code, 0);
        folder.run(&[args.as_slice(), &["--aich"]].concat())
    }),
    ("no such file or folder: …", On::Every, |folder| folder.run(&["import", &folder.path("none.csv")])),
    ("there is no file to import", On::Every, |folder| {
        fs::create_dir(folder.path("empty")).expect("a folder");
        folder.run(&["import", &folder.path("empty")])
    }),
    ("the file is empty: …", On::Every, |folder| {
        folder.run(&["import", &folder.file("connection.csv", "")])
    }),
    ("the file changed while it was copied: …", On::Linux, |folder| {
        // A file of the system that says it is empty and is not.
        folder.run(&["import", "/proc/cpuinfo", "--as", "tutela_table/connection"])
    }),
    ("no source knows this file (known: …): …", On::Every, |folder| {
        folder.run(&["import", &folder.file("letter.txt", "Dear all\n")])
    }),
    ("no source knows this file; … like those of table …: …", On::Every, |folder| {
        folder.run(&["import", &folder.file("odd.csv", "operator;address;dal\nalfa;192.0.2.1;x\n")])
    }),
    ("more than one source knows this file (…): …", On::Every, |folder| {
        let both = [&b"PK\x03\x04"[..], &[0; 26], b"xl/workbook.xml"].concat();
        folder.run(&["import", &folder.file("delivery.bin", both)])
    }),
    (
        "a local time without a zone, in column … at …: expected an offset or a declared zone, found: …",
        On::Every,
        |folder| {
            let local = CONNECTIONS.replace("T20:00:00Z", " 20:00:00");
            folder.run(&["import", &folder.file("connection.csv", local)])
        },
    ),
    (
        "not a time zone (expected a name such as Europe/Rome, an offset such as +02:00, or UTC): …",
        On::Every,
        |folder| folder.run(&["import", &folder.path("first"), "--zone", "Europe/Roma"]),
    ),
    ("expected …, found …", On::Every, |folder| {
        let path = folder.path("first/connection.csv");
        folder.run(&["import", &path, "--as", "mapped_table/cometa_risposta"])
    }),
    (
        "the profile … expects the columns …; the row most like a header, …, has: …",
        On::Every,
        |folder| folder.run(&["import", &folder.path("first"), "--profile", "alfanet_risposta"]),
    ),
    ("the profile … expects the columns …; no row is like a header", On::Every, |folder| {
        let path = folder.file("letter.txt", "Dear all\n");
        folder.run(&["import", &path, "--profile", "alfanet_risposta"])
    }),
    ("neither text nor an Excel workbook (XLSX) nor Parquet: …", On::Every, |folder| {
        guess(folder, &[0x89, 0, 1, 2, 3, 0])
    }),
    ("UTF-16 text without its mark, as it seems: …", On::Every, |folder| {
        let wide: Vec<u8> = CONNECTIONS.bytes().flat_map(|byte| [byte, 0]).collect();
        guess(folder, &wide)
    }),
    ("an Excel workbook of the old form (XLS), which is not read: …", On::Every, |folder| {
        guess(folder, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    }),
    ("the workbook cannot be read: …", On::Every, |folder| {
        guess(folder, &[&b"PK\x03\x04"[..], &[0; 26], b"xl/workbook.xml"].concat())
    }),
    ("no table with columns was found in: …", On::Every, |folder| guess(folder, b"Dear all\n")),
    ("the columns of … fit no table of Tutela: …", On::Every, |folder| {
        guess(folder, b"colour,shape\nred,round\nblue,square\n")
    }),
    ("no lead of this number: …", On::Every, |folder| {
        folder.run(&["decide", "L-999/household", "accept", "--reason", "x"])
    }),
    ("lead … has no other explanation of this name: …", On::Every, |folder| {
        folder.run(&["decide", "L-001/weather", "accept", "--reason", "x"])
    }),
    ("no source of this name: …", On::Every, |folder| {
        folder.run(&["import", &folder.path("first"), "--as", "unheard"])
    }),
    ("source … has no parts to name: …", On::Every, |folder| {
        folder.run(&["import", &folder.path("first"), "--as", "zip_container/x"])
    }),
    ("unknown text encoding: …", On::Every, |folder| {
        let path = folder.file("other/connection.csv", CONNECTIONS.replace("u-1", "u-2"));
        folder.run(&["import", &path, "--encoding", "utf-9"])
    }),
    ("no profile file and no shipped profile of this name: …", On::Every, |folder| {
        folder.run(&["import", &folder.path("first"), "--profile", "unheard"])
    }),
    ("cannot use the profile …", On::Every, |folder| {
        folder.run(&["import", &folder.path("first"), "--profile", &folder.file("p.toml", "name = 3\n")])
    }),
    ("expected a size such as …, found: …", On::Every, |folder| {
        folder.run(&["import", "x", "--memory-limit", "lots"])
    }),
    ("no table of this name: …", On::Every, |folder| folder.run(&["table", "leases"])),
    ("table … has no column: …", On::Every, |folder| {
        folder.run(&["table", "lease", "--where", "colour=red"])
    }),
    ("expected a condition such as line=L-1, found: …", On::Every, |folder| {
        folder.run(&["table", "lease", "--where", "line"])
    }),
    ("no analysis of this name: …", On::Every, |folder| {
        folder.run(&["findings", "--analysis", "guesswork"])
    }),
    ("no lead of this number or account (there are …): …", On::Every, |folder| {
        folder.run(&["explain", "L-999"])
    }),
    ("… is no account of …", On::Every, |folder| {
        folder.run(&["explain", "L-001", "--path", "nowhere/1", "nowhere/2"])
    }),
    ("… files were received by that name or digest: …", On::Every, |folder| {
        folder.run(&["explain", "L-001", "--without", "nowhere.csv"])
    }),
    ("there is nothing to ask: …", On::Every, |folder| {
        folder.run(&["ask", "--of", "nobody", "-o", &folder.path("out")])
    }),
    ("no finding of this id: …", On::Every, |folder| {
        folder.run(&["decide", "F-0000000000", "accept", "--reason", "x"])
    }),
    ("a decision needs its reason: --reason is empty", On::Every, |folder| {
        folder.run(&["decide", "F-0000000000", "accept", "--reason", " "])
    }),
    ("no output of this name: …", On::Every, |folder| folder.run(&["export", "--as", "casefile"])),
    ("no region of this name: …", On::Every, |folder| {
        let out = folder.path("out");
        folder.run(&["export", "--as", "office-packages", "--region", "Atlantide", "-o", &out])
    }),
    ("--region is for office-packages only", On::Every, |folder| {
        folder.run(&["export", "--as", "leads-csv", "--region", "Lazio"])
    }),
    ("no folder given for what … writes", On::Every, |folder| folder.run(&["report"])),
    ("a folder of this name is there already: …", On::Every, |folder| {
        folder.run(&["leads", "-o", &folder.path("first")])
    }),
    ("no such folder to write into: …", On::Every, |folder| {
        folder.run(&["leads", "-o", &folder.path("none/leads.txt")])
    }),
    ("cannot write …", On::Linux, |folder| {
        #[cfg(unix)]
        std::os::unix::fs::symlink("/dev/full", folder.path("full")).expect("a link");
        folder.run(&["leads", "-o", &folder.path("full")])
    }),
    ("cannot write the output", On::Linux, |folder| {
        let full = File::options().write(true).open("/dev/full").expect("Linux has it");
        run(folder.command(&["sources"]).stdout(full))
    }),
    ("this build of the program makes no PDF", On::WithoutPdf, |folder| {
        folder.run(&["report", "-o", &folder.path("report")])
    }),
    (
        "not a key file, or a damaged one (expected the age format, encrypted with a passphrase): …",
        On::Every,
        |folder| told(&["officer", "show", &folder.path("first/connection.csv")], PASSPHRASE),
    ),
    ("wrong passphrase for the key file: …", On::Every, |folder| {
        told(&["officer", "show", &folder.file("rossi.key", sealed("x"))], "another")
    }),
    ("the key file asks for more work than is accepted (2^…, at most 2^…): …", On::Every, |folder| {
        told(&["officer", "show", &folder.file("rossi.key", asks_for_much())], PASSPHRASE)
    }),
    ("what was decrypted is not a key: …", On::Every, |folder| {
        told(&["officer", "show", &folder.file("rossi.key", sealed("x"))], PASSPHRASE)
    }),
    ("not a public key: …", On::Every, |folder| {
        folder.run(&["officer", "show", &folder.file("rossi.vkey", "x")])
    }),
    ("a file of this name is there already, and no key is overwritten: …", On::Every, |folder| {
        folder.run(&["officer", "new", "rossi", "-o", &folder.path("first/connection.csv")])
    }),
    ("the ending .vkey is that of the public half, which lies beside the key: …", On::Every, |folder| {
        folder.run(&["officer", "new", "rossi", "-o", &folder.path("rossi.vkey")])
    }),
    ("no file given for the key", On::Every, |folder| folder.run(&["officer", "new", "rossi"])),
    (
        "expected a key's name such as questura.example/rossi (at most … letters, no blanks, plus signs or control \
         characters), found: …",
        On::Every,
        |folder| folder.run(&["officer", "new", "due parole", "-o", &folder.path("rossi.key")]),
    ),
    ("no key given to show", On::Every, |folder| folder.run(&["officer", "show"])),
    ("the passphrase is too short: …, at least … are needed", On::Every, |folder| {
        told(&["officer", "new", "rossi", "-o", &folder.path("rossi.key")], "gatti")
    }),
    (
        "a passphrase is needed and cannot be asked for: there is no terminal, or --no-input is given",
        On::Every,
        |folder| folder.run(&["officer", "new", "rossi", "-o", &folder.path("rossi.key"), "--no-input"]),
    ),
    (
        "no passphrase in the first line of stdin (expected text in UTF-8, at most … bytes)",
        On::Every,
        |folder| told(&["officer", "new", "rossi", "-o", &folder.path("rossi.key")], ""),
    ),
    ("no layout of lists begins like this file: …", On::Every, |folder| {
        lists(folder, &[&folder.file("x", [0, 1, 2])])
    }),
    ("no such layout of lists: …", On::Every, |folder| lists(folder, &["x", "--as", "nothing"])),
    ("not of the layout …: expected …, found: …", On::Every, |folder| {
        lists(folder, &[&folder.file("x", LISTED), "--as", "icse"])
    }),
    ("the list says that its categories are of …, not of: …", On::Every, |folder| {
        let said = format!("MD5;Baseline\n{LISTED};yes\n");
        lists(folder, &[&folder.file("x", said), "--scheme", "other"])
    }),
    ("the list holds hashes of blocks and does not say how large the blocks are", On::Every, |folder| {
        let block = format!("{{\"block_hash\":\"{LISTED}\",\"source_sub_counts\":[\"{LISTED}\",1]}}\n");
        lists(folder, &[&folder.file("x", block)])
    }),
    ("cannot use the table of categories: …", On::Every, |folder| {
        lists(folder, &[&folder.file("x", LISTED), "--translate", &folder.file("table", "x")])
    }),
    ("there is a file already, and a list is never written over: …", On::Every, |folder| {
        index(folder);
        lists(folder, &[&folder.file("x", LISTED)])
    }),
    ("not an index of a list: …", On::Every, |folder| {
        folder.run(&["lists", "info", &folder.file("x", LISTED)])
    }),
    ("a damaged index, at …: expected …, found …: …", On::Every, |folder| {
        let bytes = fs::read(index(folder)).expect("it is there");
        folder.run(&["lists", "info", &folder.file("y", &bytes[..bytes.len() - 1])])
    }),
    ("the index of the list is not as it was written, in section …: …", On::Every, |folder| {
        let mut bytes = fs::read(index(folder)).expect("it is there");
        bytes[70] ^= 1;
        folder.run(&["lists", "info", "--check", &folder.file("y", bytes)])
    }),
    ("the list … has no entry of: …", On::Every, |folder| {
        let (index, absent) = (index(folder), "0".repeat(31) + "1");
        let reason = ["--reason", "x", "--version", "2", "-o", "never"];
        folder.run(&[&["lists", "withdraw", &index, "--hash", &absent], &reason[..]].concat())
    }),
    ("the list has this version already: …", On::Every, |folder| {
        let index = index(folder);
        let again = ["--reason", "x", "--version", "1", "-o", "never"];
        folder.run(&[&["lists", "withdraw", &index, "--hash", LISTED], &again[..]].concat())
    }),
    ("expected a hash of 32, 40 or 64 hexadecimal digits, found: …", On::Every, |folder| {
        folder.run(&["lists", "look", &index(folder), "xyz"])
    }),
    ("no list index is given, but: …", On::Every, |folder| folder.run(&["lists", "look", LISTED])),
    ("an index of form …, which this program does not read: …", On::Every, |folder| {
        let mut bytes = fs::read(index(folder)).expect("it is there");
        bytes[8] += 1;
        folder.run(&["lists", "info", &folder.file("y", bytes)])
    }),
    ("blocks of … cannot be in one list with blocks of …", On::Every, |folder| {
        let block = format!("{{\"block_hash\":\"{LISTED}\",\"source_sub_counts\":[\"{LISTED}\",1]}}\n");
        let file = folder.file("x", block);
        assert_eq!(lists(folder, &[&file, "--block-size", "512"]).code, 0);
        let out = folder.path("both");
        let both = ["lists", "build", &folder.path("list"), &file, "--name", "n", "--version", "2"];
        folder.run(&[&both, &["--block-size", "4096", "-o", &out][..]].concat())
    }),
    ("a list of perceptual hashes, where an index of exact ones is needed: …", On::Every, |folder| {
        folder.run(&["lists", "look", &perceptual(folder), LISTED])
    }),
    ("not a list of perceptual hashes", On::Every, |folder| {
        folder.run(&["exhibit", "match", "--similar-to", &index(folder)])
    }),
    ("the passphrase does not open the list", On::Every, |folder| {
        told(&["lists", "info", "--check", &perceptual(folder)], "otto cani")
    }),
    ("the list is damaged: …", On::Every, |folder| {
        let bytes = fs::read(perceptual(folder)).expect("it is there");
        told(&["lists", "info", "--check", &folder.file("y", &bytes[..bytes.len() - 1])], PASSPHRASE)
    }),
    ("the list asks for more than is allowed: …", On::Every, |folder| {
        let head = "{\"entries\":9000,\"labels\":1,\"sha256\":\"\",\"list\":\"l\"}";
        let list = folder.file("y", format!("tutela perceptual list 1\n{head}\n"));
        told(&["lists", "info", "--check", &list], PASSPHRASE)
    }),
    ("none of the files holds a PDQ hash", On::Every, |folder| {
        lists(folder, &[&folder.file("x", "video_md5 x"), "--perceptual"])
    }),
    ("lists of this layout carry no PDQ hashes: …", On::Every, |folder| {
        lists(folder, &["x", "--perceptual", "--as", "icse"])
    }),
    ("… expected …, found …", On::Every, |folder| {
        let image = folder.file("x.E01", b"EVF\x09\x0d\x0a\xff\x00\x01\x01\x00\x00\x00");
        folder.run(&["exhibit", "add", &image, "--number", "7"])
    }),
    ("…: expected …, found …", On::Every, |folder| {
        folder.run(&["triage", &folder.file("x.vmdk", b"KDMV"), "--lists", &index(folder)])
    }),
    ("the lists have neither hashes of files nor blocks", On::Every, |folder| {
        assert_eq!(lists(folder, &[&folder.file("none", "md5,category\n")]).code, 0);
        folder.run(&["triage", &folder.path(""), "--lists", &folder.path("list")])
    }),
    ("no list to hold exhibits against", On::Every, |folder| folder.run(&["exhibit", "match"])),
    ("no file of the operation has this hash: …", On::Every, |folder| {
        folder.run(&[&["grade", LISTED], GRADE].concat())
    }),
    ("nobody has graded this file in this scheme: …", On::Every, |folder| {
        folder.run(&[&["grade", &graded(folder, "other"), "--blind"], GRADE].concat())
    }),
    ("you have graded this file yourself: …", On::Every, |folder| {
        folder.run(&[&["grade", &graded(folder, "s"), "--blind"], GRADE].concat())
    }),
    ("the unit grades no files in these hours: …", On::Every, |folder| {
        assert_eq!(folder.run(&["rules", "--no-grading", "00:00-24:00"]).code, 0);
        folder.run(&[&["grade", LISTED], GRADE].concat())
    }),
    ("expected hours such as 20:00-08:00, or none, found: …", On::Every, |folder| {
        folder.run(&["rules", "--no-grading", "8-20"])
    }),
    ("no layout of grades begins like this file: …", On::Every, |folder| {
        folder.run(&["grade", "--from", &folder.file("x", LISTED)])
    }),
    ("the file does not say of which scheme its categories are", On::Every, |folder| {
        let file = folder.file("x", format!("exhibit,path,md5,category\n7,a,{LISTED},1\n"));
        folder.run(&["grade", "--from", &file])
    }),
    ("no such scenario: …", On::Every, |folder| {
        folder.run(&["simulate", "unheard", "-o", &folder.path("made-up")])
    }),
    ("these are not faults that can be made: …", On::Every, |folder| {
        let asked = ["simulate", "platform-connections", "--faults", "typo=2"];
        folder.run(&[asked.as_slice(), &["-o", &folder.path("made-up")]].concat())
    }),
    ("the folder is not empty: …", On::Every, |folder| {
        folder.run(&["simulate", "platform-connections", "-o", &folder.path("first")])
    }),
    ("no truth here (expected persons.csv): …", On::Every, |folder| {
        folder.run(&["evaluate", "--truth", &folder.path("first")])
    }),
    ("this build of the program has no SQL", On::WithoutSql, |folder| folder.run(&["sql", "SELECT 1"])),
    ("only questions are answered (SELECT, WITH, EXPLAIN, SHOW, DESCRIBE): …", On::WithSql, |folder| {
        folder.run(&["sql", "DROP TABLE lease"])
    }),
    ("the query cannot be understood: …", On::WithSql, |folder| folder.run(&["sql", "SELEC 1"])),
    ("this build of the program works on one machine", On::WithoutCluster, |folder| folder.run(&["worker"])),
    (
        "other machines could reach this address, and nothing between workers is encrypted: …",
        On::WithCluster,
        |folder| folder.run(&["worker", "--listen", "192.0.2.1:7301"]),
    ),
    ("the work on several machines failed: …", On::WithCluster, |folder| {
        let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("there are ports");
        let address = taken.local_addr().expect("it has an address").to_string();
        folder.run(&["worker", "--listen", &address])
    }),
    ("no worker answers: …", On::WithCluster, |folder| {
        let sighting = "network,address,peer,file_hash,at,observed,ip_basis\n\
            ed2k,198.51.100.7,0a0b0c0d0a0b0c0d0a0b0c0d0a0b0c0d,sha1:00112233445566778899aabbccddeeff00112233,\
            2026-03-01T10:00:00Z,offered,connected\n";
        folder.run(&["import", &folder.file("sighting-1.csv", sighting)]).ended(0);
        // Nothing listens on the port of discarding (RFC 863), unless somebody turned that service on.
        folder.run(&["analyse", "--cluster", "127.0.0.1:9"])
    }),
    ("every act of this operation is signed, and no key was given", On::Every, |folder| {
        sign(folder);
        folder.run(&["rules", "--four-eyes", "yes"])
    }),
    ("no officer of this operation has the key: …", On::Every, |folder| {
        let key = key_file(folder, "rossi");
        signed(folder, &["rules", "--four-eyes", "yes", "--key", &key])
    }),
    ("an officer of this operation has the key already: …", On::Every, |folder| {
        let key = sign(folder);
        let public = key.replace(".key", ".vkey");
        signed(folder, &["officer", "add", &public, "--name", "Rossi", "--key", &key])
    }),
    ("the key … signs no more: …", On::Every, |folder| {
        let key = sign(folder);
        let id = folder.run(&["officer", "list", "--json"]).json()["officers"][0]["key"].clone();
        let retired = ["officer", "retire", id.as_str().expect("a key"), "--reason", "lost", "--key", &key];
        assert_eq!(signed(folder, &retired).code, 0);
        signed(folder, &["rules", "--four-eyes", "yes", "--key", &key])
    }),
    ("two persons do this together in this operation: …", On::Every, |folder| {
        assert_eq!(folder.run(&["rules", "--two-person", "destroy"]).code, 0);
        folder.run(&["custody", "connection.csv", "--record", "destroy", "--reason", "ordered"])
    }),
    ("the second person is the first: …", On::Every, |folder| {
        folder.run(&["rules", "--four-eyes", "yes", "--second", "A. Prova"])
    }),
    ("expected yes or no, found: …", On::Every, |folder| folder.run(&["rules", "--signed", "maybe"])),
    ("no exhibit of this number, name or digest: …", On::Every, |folder| folder.run(&["custody", "R-9"])),
    ("… files are meant by: …", On::Every, |folder| {
        let other = folder.file("other/connection.csv", CONNECTIONS.replace("4000", "4002"));
        assert_eq!(folder.run(&["import", &other]).code, 0);
        let grounds = ["--authority", "A-1", "--reason", "time is over"];
        folder.run(&[["erase", "file", "connection.csv"].as_slice(), &grounds].concat())
    }),
    ("the file is not as its supplier describes it, so it was kept and not read: …", On::Every, |folder| {
        let file = folder.file("other/connection.csv", CONNECTIONS.replace("4000", "4002"));
        let list = folder.file("sums", format!("{}  connection.csv\n", "0".repeat(64)));
        folder.run(&["import", &file, "--digests", &list])
    }),
    ("…: no digest and name in line …: …", On::Every, |folder| {
        let list = folder.file("sums", "# a comment\nno digest\n");
        folder.run(&["import", &folder.path("first"), "--digests", &list])
    }),
    ("…: the sheet cannot be read at line …: …", On::Every, |folder| {
        let sheet = folder.file("sheet.toml", "supplier = \"Uno\"\nsuplier = \"Due\"\n");
        folder.run(&["import", &folder.path("first"), "--sheet", &sheet])
    }),
    ("--to names the recipient, which this act has: …", On::Every, |folder| {
        folder.run(&["custody", "connection.csv", "--record", "transfer-out", "--reason", "analysis"])
    }),
    ("--reason says why, which this act has: …", On::Every, |folder| {
        folder.run(&["custody", "connection.csv", "--record", "consult"])
    }),
    ("--copy-to names the file of the copy", On::Every, |folder| {
        folder.run(&["custody", "connection.csv", "--record", "copy"])
    }),
    ("… cannot be handled so: expected with …, found: …", On::Every, |folder| {
        folder.run(&["custody", "connection.csv", "--record", "transfer-in"])
    }),
    ("the particulars of entry … cannot be erased: …", On::Every, |folder| {
        folder.run(&["erase", "entry", "0", "--authority", "A-1", "--reason", "time is over"])
    }),
    ("this operation asks why personal data is consulted", On::Every, |folder| {
        assert_eq!(folder.run(&["rules", "--reasons", "yes"]).code, 0);
        folder.run(&["leads"])
    }),
    ("there is no access log of the year …", On::Every, |folder| {
        folder.run(&["access", "purge", "1999", "--reason", "time is over"])
    }),
    ("the access log of … is still written", On::Every, |folder| {
        folder.run(&["access", "purge", "9999", "--reason", "time is over"])
    }),
    ("the checkpoint is not signed: witnesses and public tools ask for a signature", On::Every, |folder| {
        folder.run(&["ledger", "prove", "1", "--files", &folder.path("proof")])
    }),
    ("the record does not continue the checkpoint …, found: …", On::Every, |folder| {
        let other = folder.run(&["ledger", "checkpoint"]).out.replacen("tutela.case/", "tutela.case/0", 1);
        let proof = folder.path("proof");
        folder.run(&["ledger", "prove", "1", "--files", &proof, "--since", &folder.file("other", other)])
    }),
    ("the record never had … entries before …", On::Every, |folder| {
        let key = sign(folder);
        let out = folder.path("out");
        signed(folder, &["ledger", "checkpoint", "--export", &out, "--old", "999", "--key", &key])
    }),
    ("the stamp is of no checkpoint that was handed out: …", On::Every, |folder| {
        let reply = folder.file("reply.tsr", stamp());
        folder.run(&["ledger", "anchor", &reply, "--certificates", &folder.file("tsa.pem", "none")])
    }),
    ("not the reply of a time-stamping authority at …: expected …, found: …", On::Every, |folder| {
        let reply = folder.file("reply.tsr", "none");
        folder.run(&["ledger", "anchor", &reply, "--certificates", &folder.file("tsa.pem", "none")])
    }),
    ("this is not the word of somebody on a checkpoint that was handed out: …", On::Every, |folder| {
        let key = key_file(folder, "rossi").replace(".key", ".vkey");
        folder.run(&["ledger", "anchor", &folder.file("answer", "none"), "--witness", &key])
    }),
    ("a witness signs with a key of its own", On::Every, |folder| {
        let (request, log) = request(folder);
        run(&mut command(&["witness", &request, "--log", &log]))
    }),
    ("this key is not for cosignatures: …", On::Every, |folder| {
        let (request, log) = request(folder);
        let key = log.replace(".vkey", ".key");
        told(&["witness", &request, "--log", &log, "--key", &key], PASSPHRASE)
    }),
    ("not a request", On::Every, |folder| {
        let key = key_file(folder, "rossi").replace(".key", ".vkey");
        run(&mut command(&["witness", &folder.file("request", "none"), "--log", &key]))
    }),
];

/// A key file with its public half beside it.
fn key_file(folder: &Folder, name: &str) -> String {
    let signer = Signer::new(&format!("questura.example/{name}"), Algorithm::Ed25519, &[7; 32]);
    let signer = signer.expect("a name");
    folder.file(&format!("{name}.vkey"), format!("{}\n", signer.verifier()));
    folder.file(&format!("{name}.key"), sealed(&signer.secret_text()))
}

/// Has every act of the operation signed from here on, and gives the key that signs.
fn sign(folder: &Folder) -> String {
    let key = key_file(folder, "rossi");
    let public = key.replace(".key", ".vkey");
    assert_eq!(folder.run(&["officer", "add", &public, "--name", "Rossi"]).code, 0);
    assert_eq!(signed(folder, &["rules", "--signed", "yes", "--key", &key]).code, 0);
    key
}

/// The program on the operation, with the passphrase of these tests.
fn signed(folder: &Folder, args: &[&str]) -> Ran {
    let op = folder.op();
    told(&[["--op", &op].as_slice(), args].concat(), PASSPHRASE)
}

/// A request to a witness, and the public key of who signed its checkpoint.
fn request(folder: &Folder) -> (String, String) {
    let (key, out) = (sign(folder), folder.path("out"));
    assert_eq!(signed(folder, &["ledger", "checkpoint", "--export", &out, "--key", &key]).code, 0);
    (folder.path("out/add-checkpoint"), key.replace(".key", ".vkey"))
}

/// A time stamp of a made-up authority on other bytes.
fn stamp() -> Vec<u8> {
    let text: String = STAMP.split_whitespace().collect();
    BASE64_STANDARD.decode(text).expect("base64")
}

const LONG: &[&str] = &["--from", "2020-01-01", "--until", "2099-12-31"];
const PERIOD: &[&str] = &["--basis-from", "2026-01-01", "--basis-until", "2026-12-31"];

fn guess(folder: &Folder, content: &[u8]) -> Ran {
    folder.run(&["profile", "guess", &folder.file("table.bin", content)])
}

/// The header of a key file that would take a day and a terabyte, as the specification of age writes one.
fn asks_for_much() -> String {
    let (salt, body, mac) = ("A".repeat(22), "A".repeat(43), "A".repeat(43));
    format!("age-encryption.org/v1\n-> scrypt {salt} 30\n{body}\n--- {mac}\nsixteen bytes...")
}

/// A made-up MD5.
const LISTED: &str = "8f7c9f19cfc3c1b366302c7c346be060";

/// Builds the index of a list, at `list` in the folder.
fn lists(folder: &Folder, args: &[&str]) -> Ran {
    let out = folder.path("list");
    folder.run(&[&["lists", "build", "--name", "n", "--version", "1", "-o", &out], args].concat())
}

/// An index of one hash.
fn index(folder: &Folder) -> String {
    assert_eq!(lists(folder, &[&folder.file("listed", LISTED)]).code, 0);
    folder.path("list")
}

/// A list of one perceptual hash, opened with the passphrase of these tests.
fn perceptual(folder: &Folder) -> String {
    let (file, out) = (folder.file("pdq", "0f".repeat(32)), folder.path("pdq.list"));
    let build = ["lists", "build", "--perceptual", &file, "--name", "n", "--version", "1", "-o", &out];
    assert_eq!(told(&build, PASSPHRASE).code, 0);
    out
}

/// The rows of the page that have a message and an exit code.
fn listed() -> Vec<(&'static str, i32)> {
    let row = |line: &'static str| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let message = cells.nth(1)?.strip_prefix('`')?.strip_suffix('`')?;
        Some((message, cells.next()?.trim().parse().ok()?))
    };
    PAGE.lines().filter_map(row).collect()
}

/// Whether a text holds the parts of a message in their order; `…` stands for a value.
fn holds(text: &str, message: &str) -> bool {
    let mut rest = text;
    message.split('…').all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

#[test]
fn every_failure_that_is_listed_happens_as_it_is_listed() {
    for (message, exit) in listed() {
        if HELD_ELSEWHERE.contains(&message) {
            continue;
        }
        let provoked: Vec<&Provocation> = PROVOCATIONS.iter().filter(|(of, ..)| *of == message).collect();
        let [(_, on, provoke)] = provoked[..] else {
            panic!("{} provocations of: {message}", provoked.len())
        };
        if !on.is_here() {
            eprintln!("not on this system or in this build: {message}");
            continue;
        }
        let folder = Folder::with_connections();
        let entries = Path::new(&folder.op()).join("ledger/tail");
        let before = fs::read(&entries).expect("the record");
        let ran = provoke(&folder);
        assert!(holds(&ran.err, message), "expected: {message}\nfound:\n{}", ran.err);
        assert_eq!(ran.code, exit, "{message}\n{}", ran.err);
        assert!(ran.out.is_empty() || exit == 4, "{message}\n{}", ran.out);
        // What was recorded before is still the beginning of the record.
        assert!(fs::read(&entries).map_or(exit == 4, |after| after.starts_with(&before)), "{message}");
    }
}

#[test]
fn every_provocation_is_of_a_message_that_is_listed() {
    let listed = listed();
    assert!(listed.len() > 50, "the tables of the page were read");
    let messages = PROVOCATIONS.iter().map(|(message, ..)| message).chain(HELD_ELSEWHERE);
    for message in messages {
        assert!(listed.iter().any(|(listed, _)| listed == message), "not listed: {message}");
    }
}
