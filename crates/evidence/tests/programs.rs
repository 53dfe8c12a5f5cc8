//! Made-up programs in the Sleuth Kit's place, each with its fault.
//!
//! One test at a time: another that starts programs at the same moment would hold the scripts open for writing, and the
//! system runs no program that is.
#![cfg(unix)]

use std::fs;
use std::io::Read;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use tutela_evidence::entry::{Entry, Run, Unread, Visit, Why};
use tutela_evidence::sleuthkit::{ImageFiles, Options, Tools, walk};

/// The bytes of an entry that has any, or how reading them failed.
type Content = Option<Result<Vec<u8>, String>>;

/// Keeps what a walk tells.
#[derive(Default)]
struct Walked {
    entries: Vec<(Entry, Content)>,
    unread: Vec<Unread>,
}

impl Visit for Walked {
    fn entry(&mut self, entry: &Entry, bytes: Option<&mut dyn Read>) -> ControlFlow<()> {
        let bytes = bytes.map(|bytes| {
            let mut all = Vec::new();
            bytes.read_to_end(&mut all).map(|_| all).map_err(|error| error.to_string())
        });
        self.entries.push((entry.clone(), bytes));
        ControlFlow::Continue(())
    }

    fn unread(&mut self, unread: Unread) -> ControlFlow<()> {
        self.unread.push(unread);
        ControlFlow::Continue(())
    }
}

/// Programs that say what the Sleuth Kit says, of a disk with three volumes. `icat` fails in a way for each record.
const MADE_UP: [(&str, &str); 6] = [
    ("img_stat", "echo raw"),
    (
        "mmls",
        "echo 'Units are in 512-byte sectors'
         echo '000:  Meta      0000000000   0000000000   0000000001   Primary Table (#0)'
         echo '001:  000:000   0000000063   0000000099   0000000037   NTFS (0x07)'
         echo '002:  000:001   0000000100   0000000199   0000000100   Unknown (0x99)'
         echo '003:  000:002   0000000200   0000000299   0000000100   Apple (0xaf)'",
    ),
    ("fsstat", "[ \"$3\" = 63 ] && echo ntfs && exit; echo 'Possible encryption detected (BitLocker)' >&2; exit 1"),
    (
        "pstat",
        "[ \"$2\" = 200 ] || exit 1
         echo '|   APSB Block Number: 107'; echo '|   Encrypted: No'
         echo '|   APSB Block Number: 9'; echo '|   Name (Role): photos'; echo '|   Encrypted: Yes'",
    ),
    (
        "fls",
        "t='2020-10-27 04:01:00 (UTC)'
         say() { printf '%s:\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\t0\\t0\\n' \"$1\" \"$2\" \"$t\" \"$t\" \"$t\" \"$t\" \"$3\"; }
         if [ \"$7\" = apfs ]; then say 'r/r 5' pooled 2; exit; fi
         say 'd/d 64-144-2' folder 512
         say 'r/r 65-128-2' folder/well 2
         say 'r/r 66-128-2' folder/short 9
         say 'r/r 67-128-2' folder/long 1
         say 'r/r 68-128-2' folder/fails 2
         say 'r/r 69-128-2' folder/dies 2
         say 'r/r 70-128-2' folder/hangs 2
         say 'r/r * 65-128-2(realloc)' folder/another 2
         say 'r/r 8-128-1' '$BadClus:$Bad' 99999999
         echo 'what is no entry'
         say 'r/r 65-128-9' 'folder/well:st^ream' 2
         echo 'the index is broken' >&2; exit 1",
    ),
    (
        "icat",
        "for record; do :; done
         case $record in
         65-*|5|66-*|67-*) printf ab;;
         68-*) printf a; echo 'no such cluster' >&2; exit 1;;
         69-*) kill -9 $$;;
         70-*) exec sleep 600;;
         esac",
    ),
];

/// Held by the test that writes scripts and runs them.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn every_fault_of_a_program_is_told_and_the_rest_goes_on() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().expect("a folder");
    let missing = Tools::find(&[folder.path()]).expect_err("they are not there");
    assert!(missing.why == Why::Unsupported && missing.found.contains("apt install sleuthkit"));
    for (name, script) in MADE_UP {
        let path = folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a script");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its permissions");
    }
    let tools = Tools::find(&[Path::new("/nowhere"), folder.path()]).expect("they are there");
    let image = ImageFiles { segments: vec![PathBuf::from("/made-up.dd")], beside: Vec::new() };
    let mut told = Vec::new();
    for at_once in [1, 4] {
        let mut walked = Walked::default();
        let options = Options { patience: Duration::from_secs(3), at_once, want: &|_, _| true, image: None };
        assert!(walk(&tools, &image, &options, &mut walked).is_continue());
        let entries: Vec<_> = walked.entries.into_iter().map(|(entry, bytes)| (entry.path, bytes)).collect();
        let unread: Vec<_> =
            walked.unread.into_iter().map(|unread| (unread.place, unread.why, unread.found)).collect();
        told.push((entries, unread));
    }
    // How many programs run at once changes nothing.
    assert_eq!(told[0], told[1]);
    let (entries, unread) = &told[0];
    let read: Vec<_> =
        entries.iter().map(|(path, bytes)| (path.as_str(), bytes.as_ref().map(Result::is_ok))).collect();
    assert_eq!(
        read,
        [
            ("volume-1/folder", None),
            ("volume-1/folder/well", Some(true)),
            ("volume-1/folder/short", Some(false)),
            ("volume-1/folder/long", Some(false)),
            ("volume-1/folder/fails", Some(false)),
            ("volume-1/folder/dies", Some(false)),
            ("volume-1/folder/hangs", Some(false)),
            ("volume-1/folder/another", None),
            ("volume-1/$BadClus:$Bad", None),
            ("volume-1/folder/well:st^ream", Some(true)),
            ("volume-3/apfs-1/pooled", Some(true)),
        ]
    );
    assert_eq!(entries[1].1, Some(Ok(b"ab".to_vec())));
    let found = |place: &str| {
        let of: Vec<_> = unread
            .iter()
            .filter(|unread| unread.0 == place)
            .map(|unread| (unread.1, unread.2.as_str()))
            .collect();
        of
    };
    assert_eq!(found("volume-1/folder/short"), [(Why::Truncated, "7 bytes fewer")]);
    assert_eq!(found("volume-1/folder/long"), [(Why::Damaged, "more bytes than its size says")]);
    assert_eq!(found("volume-1/folder/fails"), [(Why::Damaged, "icat failed: no such cluster")]);
    let [(Why::Damaged, died)] = found("volume-1/folder/dies")[..] else { panic!("{unread:?}") };
    assert!(died.starts_with("icat failed: it died: signal: 9"), "{died}");
    assert_eq!(found("volume-1/folder/hangs"), [(Why::Limit, "it wrote nothing for 3 s")]);
    assert_eq!(
        found("volume-1"),
        [(Why::Damaged, "what is no entry"), (Why::Damaged, "the index is broken")]
    );
    let [(Why::Unsupported, hidden)] = found("volume-1/folder/well:st^ream")[..] else {
        panic!("{unread:?}")
    };
    assert!(hidden.starts_with("^, which"));
    assert_eq!(found("volume-2"), [(Why::Encrypted, "Possible encryption detected (BitLocker)")]);
    assert_eq!(found("volume-3/apfs-2"), [(Why::Encrypted, "an encrypted volume: photos")]);
    assert_eq!(unread.len(), 10);
}

/// Programs that say what the Sleuth Kit says of twenty files of four bytes on a file system without volumes. `icat`
/// writes the first sixteen alone.
const PLACED: [(&str, &str); 6] = [
    ("img_stat", "echo 'Size in bytes: 100'"),
    ("mmls", "exit 1"),
    ("pstat", "exit 1"),
    ("fsstat", "echo ext4"),
    (
        "fls",
        "t='2020-10-27 04:01:00 (UTC)'; n=1
         while [ $n -le 20 ]; do
         printf 'r/r %s:\\t%s\\t%s\\t%s\\t%s\\t%s\\t4\\t0\\t0\\n' $n file-$n \"$t\" \"$t\" \"$t\" \"$t\"
         n=$((n+1)); done",
    ),
    ("icat", "for record; do :; done; [ $record -le 16 ] && printf %04d $record"),
];

/// What a walk over them tells, where `fiwalk` says that the fifth file lies so many bytes behind its place.
fn placed(folder: &Path, behind: u64) -> Walked {
    let mut image = vec![b'-'; 4];
    let mut list = "<dfxml><volume offset='0'>".to_owned();
    for n in 1..=20 {
        let at = image.len() as u64 + if n == 5 { behind } else { 0 };
        image.extend(format!("{n:04}").as_bytes());
        list += &format!(
            "<fileobject><filesize>4</filesize><inode>{n}</inode><meta_type>1</meta_type><byte_runs>\
             <byte_run file_offset='0' fs_offset='{at}' img_offset='{at}' len='4'/></byte_runs></fileobject>"
        );
    }
    image.resize(100, b'-');
    let fiwalk = format!("cat <<'END'\n{list}\nEND");
    placed_by(folder, &fiwalk, &image)
}

/// What a walk over them tells with this `fiwalk`.
fn placed_by(folder: &Path, fiwalk: &str, image: &[u8]) -> Walked {
    for (name, script) in PLACED.into_iter().chain([("fiwalk", fiwalk)]) {
        let path = folder.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a script");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its permissions");
    }
    let tools = Tools::find(&[folder]).expect("they are there");
    let files = ImageFiles { segments: vec![PathBuf::from("/made-up.dd")], beside: Vec::new() };
    let mut walked = Walked::default();
    let options = Options {
        patience: Duration::from_secs(3),
        at_once: 3,
        want: &|_, _| true,
        image: Some(&image.to_vec()),
    };
    assert!(walk(&tools, &files, &options, &mut walked).is_continue());
    walked
}

#[test]
fn files_are_read_where_they_are_said_to_lie_until_one_is_found_that_does_not() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().expect("a folder");
    let walked = placed(folder.path(), 0);
    assert_eq!(walked.unread, []);
    for (n, (entry, bytes)) in (1..).zip(&walked.entries) {
        let at = n * 4;
        assert_eq!(
            (entry.path.clone(), &entry.runs[..]),
            (format!("file-{n}"), &[Run { offset: Some(at), length: 4 }][..])
        );
        assert_eq!(bytes, &Some(Ok(format!("{n:04}").into_bytes())));
    }
    assert_eq!(walked.entries.len(), 20);

    let walked = placed(folder.path(), 1);
    assert_eq!((walked.unread[0].place.as_str(), walked.unread[0].why), ("file-5", Why::Disagreement));
    // From there on `icat` alone is asked, which here fails of itself behind the sixteenth.
    assert_eq!(walked.unread.len(), 1 + 4);
    for (n, (_, bytes)) in (1..=16).zip(&walked.entries) {
        assert_eq!(bytes, &Some(Ok(format!("{n:04}").into_bytes())));
    }

    // A list that never comes costs time and no file: the program is waited for once, and `icat` reads what it can.
    let walked = placed_by(folder.path(), "exec sleep 600", &[b'-'; 100]);
    assert!(walked.unread.len() == 4, "{:?}", walked.unread);
    assert!(walked.entries.iter().all(|(entry, _)| entry.runs.is_empty()));
    assert_eq!(walked.entries[15].1, Some(Ok(b"0016".to_vec())));
}
