//! Children that die, hang, flood and lie, and what they can do from inside their sandbox.

use std::fs;
use std::process::Command;
use std::time::Duration;

use tutela_evidence::entry::{Unread, Why};
use tutela_evidence::parent::Budget;

mod common;
use common::{Kept, kept, program};

/// Enough for six made-up files, with silence long enough for a second of processor time on a machine under load.
fn budget() -> Budget {
    Budget { of_one_entry: 4 << 20, ..Budget::default() }
}

/// For children that never end: as long as a child that is well may need to begin.
fn impatient() -> Budget {
    Budget { silence: Duration::from_secs(8), ..budget() }
}

fn acted(what: &str, budget: &Budget) -> Kept {
    kept(&["act", what], 2, budget, &|| None)
}

/// The names that came, with the sums of those that were read.
fn names(kept: &Kept) -> String {
    let name = |received: &tutela_evidence::parent::Received| {
        assert!(received.values.iter().all(|value| value.name == "sum"));
        let sums = received.values.iter().flat_map(|value| &value.bytes).map(|sum| format!("={sum}"));
        format!("{}{}", received.entry.path, sums.collect::<String>())
    };
    kept.entries.iter().map(name).collect::<Vec<_>>().join(" ")
}

/// What could not be read, without the file that the made-up reader says is damaged: each child says so again, and it
/// comes once.
fn findings(kept: &Kept) -> Vec<&Unread> {
    let own = kept.unread.iter().filter(|unread| unread.found == "half a file").count();
    assert_eq!((own, kept.summary.unread), (1, kept.unread.len() as u64), "{:?}", kept.unread);
    kept.unread.iter().filter(|unread| unread.found != "half a file").collect()
}

const ALL: &str = "file-0=0 file-1=3 file-2=6 file-3=9 file-4=12 file-5=15";
const WITHOUT_ONE: &str = "file-0=0 file-1=3 file-2=6 file-3 file-4=12 file-5=15";

#[test]
fn a_reader_that_does_well_is_read_once_and_to_its_end() {
    for what in ["well", "late"] {
        let kept = acted(what, &budget());
        assert_eq!(names(&kept), ALL, "{what}");
        assert_eq!(findings(&kept), Vec::<&Unread>::new());
        assert!(kept.summary.complete && kept.summary.children.len() == 1);
        assert!(
            kept.bytes.iter().all(|(number, bytes)| *bytes == vec![*number as u8; 3])
                && kept.bytes.len() == 6
        );
        let hello = &kept.summary.children[0];
        assert_eq!(hello.reader, "made up");
        eprintln!("held: {}; lacking: {}", hello.held.join(", "), hello.lacking.join("; "));
    }
}

#[test]
fn one_hostile_file_costs_one_finding_however_the_reader_dies_of_it() {
    let sandboxed = cfg!(target_os = "linux");
    for (what, why, says, everywhere) in [
        ("panic", Why::Damaged, "the reader ended with code 101; it said: ", true),
        ("abort", Why::Damaged, "the reader died of", true),
        ("exit", Why::Damaged, "the reader ended with code 9", true),
        ("hang", Why::Limit, "the reader said nothing for 8 s", true),
        ("loop", Why::Limit, "the reader used all its processor time", sandboxed),
        ("memory", Why::Limit, "the reader asked for more memory than it may have", sandboxed),
        ("cut", Why::Damaged, "the reader ended without saying that it came to its end", true),
        ("garbage", Why::Damaged, "the reader is not to be understood: a frame is not as it should be", true),
        ("long", Why::Damaged, "the reader is not to be understood: a frame claims 1048577 bytes", true),
        ("flood", Why::Limit, "an entry has too many runs or values", true),
    ] {
        if !everywhere {
            eprintln!("not tried, this system has no such limit: {what}");
            continue;
        }
        let kept = acted(what, &if what == "hang" { impatient() } else { budget() });
        assert_eq!(names(&kept), WITHOUT_ONE, "{what}");
        let findings = findings(&kept);
        assert_eq!(findings.len(), 1, "{what}: {findings:?}");
        let Unread { place, why: told, found, .. } = findings[0];
        assert_eq!((place.as_str(), *told), ("file-3", why), "{what}");
        assert!(found.starts_with(says), "{what}: {found}");
        assert!(kept.summary.complete && kept.summary.children.len() == 2, "{what}");
        // What came of the file before counts no more.
        assert_eq!(kept.bytes.keys().copied().collect::<Vec<_>>(), [0, 1, 2, 4, 5], "{what}");
    }
}

#[test]
fn a_reader_that_dies_twice_in_the_same_place_is_given_up_and_that_is_said() {
    // Between two entries there is no file to pass over.
    let listing = acted("list", &budget());
    assert_eq!(names(&listing), "file-0=0 file-1=3 file-2=6 file-3=9");
    let told = findings(&listing);
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(
        (told[2].place.as_str(), told[2].expected.as_str()),
        ("after file-3", "the rest of the exhibit")
    );
    assert!(!listing.summary.complete && listing.summary.children.len() == 2);

    let mute = kept(&["act", "mute"], 2, &budget(), &|| None);
    assert!(mute.entries.is_empty() && !mute.summary.complete);
    assert_eq!((mute.unread.len(), mute.unread[0].place.as_str()), (2, "the start"));

    for what in ["fail", "linger"] {
        let kept = acted(what, &impatient());
        assert_eq!(names(&kept), ALL, "{what}");
        assert!(!kept.summary.complete && findings(&kept).len() == 3, "{what}");
    }

    let once = acted("abort", &Budget { restarts: 0, ..budget() });
    assert_eq!((names(&once).as_str(), once.summary.complete), ("file-0=0 file-1=3 file-2=6", false));
    assert_eq!(findings(&once).len(), 2);
}

#[test]
fn a_limit_stops_the_reading_and_is_one_finding() {
    let entries = acted("well", &Budget { entries: 4, ..budget() });
    assert_eq!(names(&entries), "file-0=0 file-1=3 file-2=6 file-3=9");
    let bytes = acted("bytes", &Budget { bytes: 5_000_000, ..budget() });
    assert_eq!(names(&bytes), "file-0=0 file-1=3 file-2=6");
    let unread = acted("unread", &Budget { unread: 50, ..budget() });
    assert_eq!(unread.unread.len(), 51);
    let time = acted("hang", &Budget { time: Duration::from_secs(2), ..budget() });
    let at_once = acted("late", &Budget { at_once: 2, restarts: 1, ..budget() });
    assert!(at_once.unread.iter().any(|unread| unread.found.ends_with("too many entries are begun at once")));
    for (kept, says) in [
        (&entries, "the limit of 4 entries was reached"),
        (&bytes, "the limit of 5000000 extracted bytes was reached"),
        (&unread, "the limit of 50 places that could not be read was reached"),
        (&time, "the time for the whole exhibit is over: 2 s"),
    ] {
        let last = kept.unread.last().expect("a finding");
        assert_eq!((last.found.as_str(), last.why), (says, Why::Limit));
        assert!(!kept.summary.complete && kept.summary.children.len() == 1);
    }
    let stopped = kept(&["act", "hang"], 2, &budget(), &|| Some("the officer stopped".to_owned()));
    assert_eq!(stopped.unread.last().expect("a finding").found, "the officer stopped");

    let deep = acted("deep", &budget());
    assert_eq!(names(&deep), "file-0=0 file-1=3 file-2=6 file-4=12 file-5=15");
    assert_eq!(findings(&deep)[0].found, "1 entries that lie deeper, which were not taken");
    assert!(deep.summary.complete && deep.summary.too_deep == 1);
}

/// What each kind of reader may do: `y` it may, `n` it may not, `l` it may not where Landlock holds it.
const PROBES: [(&str, &str); 15] = [
    ("use", "yyy"),
    ("thread", "yyy"),
    ("reopen", "nyy"),
    ("open", "nll"),
    ("list", "nll"),
    ("create", "nnn"),
    ("write", "nnn"),
    ("remove", "nnn"),
    ("socket", "nnn"),
    ("unix-socket", "nnn"),
    ("exec", "nny"),
    ("exec-other", "nnl"),
    ("memory", "nnn"),
    ("files", "nnn"),
    ("signal", "nnl"),
];

#[test]
fn a_reader_can_do_what_it_needs_and_nothing_else() {
    if !cfg!(target_os = "linux") {
        eprintln!("not tried: readers have no sandbox on this system");
        return;
    }
    for (idx, mode) in ["native", "folder", "tools"].into_iter().enumerate() {
        for (what, may) in PROBES {
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("open.txt");
            fs::write(&file, "a file that is open").expect("a file");
            let mut command = Command::new(program());
            let output =
                command.args(["probe", &format!("{mode}:{what}")]).arg(&file).output().expect("it runs");
            let said = String::from_utf8_lossy(&output.stdout);
            let lines: Vec<_> = said.lines().collect();
            let [held, lacking, came] = lines[..] else { panic!("{mode}:{what}: {said} {output:?}") };
            let holds = |what: &str| held.contains(what);
            let may = match may.as_bytes()[idx] {
                b'y' => true,
                b'l' if !holds("landlock") || (what == "signal" && lacking.contains("Landlock")) => {
                    eprintln!("not tried, {lacking}: {mode}:{what}");
                    continue;
                }
                _ if !holds("seccomp") || !holds("limits") => {
                    eprintln!("not tried, {lacking}: {mode}:{what}");
                    continue;
                }
                _ => false,
            };
            assert_eq!(came == "done", may, "{mode}:{what}: {said}");
            assert!(came == "done" || came.starts_with("refused: "), "{mode}:{what}: {said}");
            assert_eq!(fs::read_to_string(&file).expect("it is still there"), "a file that is open");
            assert_eq!(
                fs::read_dir(folder.path()).expect("a folder").count(),
                1,
                "{mode}:{what} made a file"
            );
        }
    }
}
