//! Grades of files: what comes back from a laboratory, and what travels from one operation to another.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tutela_model::Digest;

use crate::exhibit::rows;
use crate::folder::{Folder, Ran, files};

/// An operation with the exhibit 7, of which two files are pictures by their names.
pub fn operation() -> Folder {
    let folder = Folder::with_connections();
    for (name, bytes) in
        [("1.jpg", "a made-up file"), ("2.jpg", "another made-up file"), ("3.jpg", "a third")]
    {
        folder.file(&format!("device/{name}"), bytes);
    }
    folder.run(&["exhibit", "add", &folder.path("device"), "--number", "7"]).ended(0);
    folder.run(&["exhibit", "process"]).ended(0);
    folder
}

fn grade(folder: &Folder, content: &str, category: &str) {
    let hash = Digest::of(content.as_bytes()).hex();
    let args = ["grade", &hash, "--scheme", "made-up", "--category", category, "--reason", "made-up reason"];
    folder.run(&args).ended(0);
}

/// The categories that count, by the beginning of the file's hash, and whether they are in dispute.
fn grades(folder: &Folder) -> Vec<(String, String, bool)> {
    let document = folder.run(&["grade", "--json"]).ended(0).json();
    let of = |content: &str| Digest::of(content.as_bytes()).hex();
    let names = [(of("a made-up file"), "1"), (of("another made-up file"), "2"), (of("a third"), "3")];
    let mut grades: Vec<(String, String, bool)> = document["grades"]
        .as_array()
        .expect("grades")
        .iter()
        .map(|grade| {
            let name = names.iter().find(|(hash, _)| grade["sha256"] == *hash).expect("a file").1;
            let category = grade["category"].as_str().expect("a category");
            (name.to_owned(), category.to_owned(), grade["in_dispute"] == true)
        })
        .collect();
    grades.sort();
    grades
}

fn told(grades: &[(&str, &str, bool)]) -> Vec<(String, String, bool)> {
    grades
        .iter()
        .map(|(name, category, disputed)| ((*name).to_owned(), (*category).to_owned(), *disputed))
        .collect()
}

/// What the laboratory makes of what went out to it with one grade: it fills two more in, sees the first otherwise, and has
/// media that the operation does not have.
fn of_laboratory(folder: &Folder) -> String {
    let mut vics = folder.run(&["export", "--as", "vics", "--scheme", "made-up"]).ended(0).json();
    let media = vics["value"][0]["Media"].as_array_mut().expect("media");
    assert_eq!(media.len(), 3);
    for medium in media.iter_mut() {
        let was = medium["Category"].clone();
        medium["Category"] = if was == 2 { 3.into() } else { 1.into() };
    }
    media.push(serde_json::json!({"MD5": "8F7C9F19CFC3C1B366302C7C346BE060", "Category": 1}));
    media.push(serde_json::json!({"MD5": "BA7067FFFAFE1E0331121389CC8B29D9", "Category": 0}));
    media.push(serde_json::json!({"MD5": "not a hash", "Category": 1}));
    folder.file("back.json", vics.to_string())
}

/// Takes in what the laboratory made of it.
fn from(folder: &Folder, file: &str, more: &[&str]) -> Ran {
    let args = ["grade", "--from", file, "--scheme", "made-up", "--by", "laboratory", "--ungraded", "0"];
    folder.run(&[&args, more].concat())
}

/// How many records are new, as they stand, of other files, and without a grade.
fn counts(document: &Value) -> [u64; 4] {
    ["new", "same", "elsewhere", "ungraded"].map(|name| document[name].as_u64().expect("a count"))
}

#[test]
fn a_file_of_grades_is_looked_at_received_and_cited() {
    let folder = operation();
    grade(&folder, "a made-up file", "2");
    let file = of_laboratory(&folder);
    let unnamed = folder.run(&["grade", "--from", &file]).ended(2);
    assert!(unnamed.err.contains("does not say of which scheme"), "{}", unnamed.err);

    let receipts = || files(&Path::new(&folder.op()).join("received")).len();
    let before = (receipts(), rows(&folder, "known_file").len());
    assert!(before.0 > 2);
    let dry = from(&folder, &file, &["--dry-run", "--json"]).ended(3).json();
    assert_eq!((receipts(), rows(&folder, "known_file").len()), before);
    assert_eq!((counts(&dry), &dry["stored"]), ([2, 0, 1, 1], &false.into()), "{dry}");
    let done = from(&folder, &file, &["--json"]).ended(3).json();
    assert_eq!((counts(&done), &done["stored"]), ([2, 0, 1, 1], &true.into()), "{done}");
    let contradictions = done["contradictions"].as_array().expect("contradictions");
    let [contradiction] = &contradictions[..] else { panic!("one: {contradictions:?}") };
    assert_eq!((&contradiction["stands"], &contradiction["by"]), (&"2".into(), &"A. Prova".into()));
    assert_eq!(
        (&contradiction["category"], &contradiction["sha256"]),
        (&"3".into(), &Digest::of(b"a made-up file").hex().into())
    );
    assert!(
        contradiction["place"].as_str().is_some_and(|place| place.starts_with("byte:")),
        "{contradiction}"
    );

    // The rows say who stated them, and where in which file that was received.
    let digest = Digest::of(&fs::read(&file).expect("it is there")).hex();
    assert!(Path::new(&folder.op()).join("received").join(&digest).is_file());
    let of_laboratory: Vec<Value> =
        rows(&folder, "known_file").into_iter().filter(|row| row["stated_by"] == "laboratory").collect();
    assert_eq!(of_laboratory.len(), 3);
    for row in &of_laboratory {
        let stated_in = row["stated_in"].as_str().expect("a place");
        assert!(stated_in.starts_with(&format!("sha256:{digest} byte:")), "{stated_in}");
    }
}

#[test]
fn a_grade_that_contradicts_is_kept_beside_the_one_that_counts_until_an_officer_decides() {
    let folder = operation();
    grade(&folder, "a made-up file", "2");
    let file = of_laboratory(&folder);
    from(&folder, &file, &[]).ended(3);
    let all = [("1", "2", false), ("1", "3", true), ("2", "1", false), ("3", "1", false)];
    assert_eq!(grades(&folder), told(&all));
    let out = folder.run(&["export", "--as", "vics", "--scheme", "made-up"]).ended(0).json();
    let categories = |document: &Value| -> Vec<i64> {
        let media = document["value"][0]["Media"].as_array().expect("media");
        let mut all: Vec<i64> = media.iter().filter_map(|medium| medium["Category"].as_i64()).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(categories(&out), [1, 1, 2], "the grade that stood counts");

    // Read again, nothing is new, and the contradiction is told and kept once.
    let again = from(&folder, &file, &["--json"]).ended(3).json();
    assert_eq!(counts(&again), [0, 2, 1, 1]);
    assert_eq!(grades(&folder), told(&all));
    let text = from(&folder, &file, &[]).ended(3);
    assert!(
        text.out.contains("made-up") && text.err.contains("1 that contradicts"),
        "{}\n{}",
        text.out,
        text.err
    );
    // An officer decides.
    grade(&folder, "a made-up file", "3");
    assert_eq!(grades(&folder), told(&[("1", "3", false), ("2", "1", false), ("3", "1", false)]));

    folder.run(&["analyse"]).ended(0);
    let findings = folder.run(&["findings", "--analysis", "known_files", "--jsonl"]).ended(0).out;
    let of_category = |category: &str| {
        findings.lines().any(|line| {
            let finding: Value = serde_json::from_str(line).expect("JSON");
            finding["statement_key"] == "known_files.category"
                && finding["values"]["category"] == category
                && finding["values"]["list"] == "grades"
        })
    };
    assert!(of_category("1") && of_category("3"), "{findings}");
    folder.run(&["ledger", "verify"]).ended(0);
    folder.run(&["rebuild", "--check"]).ended(0);
}

#[test]
fn grades_travel_to_another_operation_as_csv_and_as_vics() {
    let first = operation();
    grade(&first, "a made-up file", "2");
    grade(&first, "another made-up file", "B");
    let csv = first.run(&["export", "--as", "media-csv", "--scheme", "made-up"]).ended(0).out;
    let vics = first.run(&["export", "--as", "vics-media", "--scheme", "made-up"]).ended(0).out;

    let second = operation();
    // As a spreadsheet of another language writes it: semicolons. The third file is graded there by hand.
    let csv = csv
        .replace(',', ";")
        .lines()
        .map(|line| {
            let third = Digest::of(b"a third").hex();
            if line.contains(&third) {
                line.replacen(&format!("{third};;"), &format!("{third};made-up;1"), 1)
            } else {
                line.to_owned()
            }
        })
        .collect::<Vec<_>>()
        .join("\r\n");
    let file = second.file("back.csv", csv + "\r\n");
    let done = second.run(&["grade", "--from", &file, "--json"]).ended(0).json();
    assert_eq!((&done["new"], &done["contradictions"]), (&3.into(), &serde_json::json!([])), "{done}");
    assert_eq!(grades(&second), told(&[("1", "2", false), ("2", "B", false), ("3", "1", false)]));
    let stated = rows(&second, "known_file");
    assert!(stated.iter().all(|row| row["stated_in"].as_str().is_some_and(|place| place.contains(" line:"))));
    // In the other form the numbered category comes; it is as it stands.
    let file = second.file("back.json", vics);
    let done = second.run(&["grade", "--from", &file, "--scheme", "made-up", "--json"]).ended(0).json();
    assert_eq!((&done["new"], &done["same"], &done["ungraded"]), (&0.into(), &1.into(), &2.into()), "{done}");
    second.run(&["analyse"]).ended(0);
    let findings = second.run(&["findings", "--analysis", "known_files", "--jsonl"]).ended(0).out;
    assert!(
        findings.contains("known_files.exhibit_untried") && findings.contains("\"known\":3"),
        "{findings}"
    );
}

#[test]
fn a_file_of_grades_that_contradicts_itself_settles_nothing() {
    let third = operation();
    let md5 =
        rows(&third, "file").iter().find(|row| row["path"] == "1.jpg").expect("it was read")["md5"].clone();
    let md5 = md5.as_str().expect("a hash");
    let file = third.file(
        "two.csv",
        format!("exhibit,path,md5,scheme,category\n7,a,{md5},made-up,1\n7,b,{md5},made-up,2\n"),
    );
    let done = third.run(&["grade", "--from", &file, "--json"]).ended(3).json();
    assert_eq!(
        (&done["new"], done["contradictions"].as_array().map(Vec::len)),
        (&0.into(), Some(2)),
        "{done}"
    );
    assert_eq!(grades(&third), told(&[("1", "1", true), ("1", "2", true)]));
    let odd = third.run(&["grade", "--from", &third.file("odd", "nothing")]).ended(1);
    assert!(odd.err.contains("hint: the layouts are: vics, icse, media_csv"), "{}", odd.err);
}

/// Grades a content as another officer, a second time: what the program says of it.
fn second(folder: &Folder, officer: &str, content: &str, category: &str) -> Ran {
    let hash = Digest::of(content.as_bytes()).hex();
    let args = ["--officer", officer, "grade", &hash, "--blind", "--scheme", "made-up"];
    folder.run(&[&args[..], &["--category", category, "--reason", "made-up reason", "--json"]].concat())
}

/// The contents that wait for an officer as the second, of these categories.
fn waiting(folder: &Folder, officer: &str, among: &[&str]) -> Vec<String> {
    let among: Vec<&str> = among.iter().flat_map(|category| ["--among", *category]).collect();
    let args = ["--officer", officer, "grade", "--blind", "--scheme", "made-up", "--json"];
    let document = folder.run(&[&args[..], &among].concat()).ended(0).json();
    let files = document["files"].as_array().expect("files");
    for file in files {
        let names: Vec<&String> = file.as_object().expect("a file").keys().collect();
        assert_eq!(names, ["md5", "sha1", "sha256", "size"], "the first grade is not told");
    }
    let contents = ["a made-up file", "another made-up file", "a third"];
    let hash = |content: &&&str| Digest::of(content.as_bytes()).hex();
    let is_waiting = |content: &&&str| files.iter().any(|file| file["sha256"] == hash(content).as_str());
    contents.iter().filter(is_waiting).map(|content| (*content).to_owned()).collect()
}

#[test]
fn a_second_officer_grades_without_the_first_grade_and_neither_replaces_the_other() {
    let folder = operation();
    grade(&folder, "a made-up file", "1");
    grade(&folder, "another made-up file", "1");
    grade(&folder, "a third", "3");
    let both = ["a made-up file", "another made-up file"];
    assert_eq!(waiting(&folder, "B. Prova", &["1"]), both);
    assert_eq!(waiting(&folder, "B. Prova", &[]), [""; 0], "nothing is in dispute");
    assert_eq!(waiting(&folder, "A. Prova", &["1", "3"]), [""; 0], "nobody gets their own");
    let own = second(&folder, "A. Prova", "a made-up file", "1").ended(1);
    assert!(own.err.contains("you have graded this file yourself"), "{}", own.err);

    let same = second(&folder, "B. Prova", "a made-up file", "1").ended(0).json();
    assert_eq!(same["graded"][0]["agreed"], true, "{same}");
    let other = second(&folder, "B. Prova", "another made-up file", "2").ended(0).json();
    assert_eq!(other["graded"][0]["agreed"], false, "{other}");
    let disputed = [("1", "1", false), ("2", "1", false), ("2", "2", true), ("3", "3", false)];
    assert_eq!(grades(&folder), told(&disputed), "the grade that stood goes on to count");
    // Who has graded is asked no more, and a third officer is asked about what is in dispute.
    assert_eq!(waiting(&folder, "B. Prova", &["1"]), [""; 0]);
    assert_eq!(waiting(&folder, "C. Prova", &["1"]), ["another made-up file"]);
    let third = second(&folder, "C. Prova", "another made-up file", "2").ended(0).json();
    assert_eq!(third["graded"][0]["agreed"], true, "{third}");
    assert_eq!(grades(&folder), told(&[("1", "1", false), ("2", "2", false), ("3", "3", false)]));
    assert_eq!(rows(&folder, "known_file").len(), 6, "every grade is kept");

    // What was taken back is graded by nobody.
    let hash = Digest::of(b"a third").hex();
    folder.run(&["grade", &hash, "--scheme", "made-up", "--withdraw", "--reason", "r"]).ended(0);
    let none = second(&folder, "B. Prova", "a third", "3").ended(1);
    assert!(none.err.contains("nobody has graded this file in this scheme"), "{}", none.err);
    folder.run(&["ledger", "verify"]).ended(0);
    folder.run(&["rebuild", "--check"]).ended(0);
}

#[test]
fn exposure_is_of_acts_of_grading_here_and_not_of_grades_that_came() {
    let folder = operation();
    let nothing = folder.run(&["grade", "--exposure", "--json"]).ended(0).json();
    assert_eq!(nothing["days"], serde_json::json!([]), "{nothing}");
    grade(&folder, "a made-up file", "2");
    let file = of_laboratory(&folder);
    from(&folder, &file, &[]).ended(3);
    second(&folder, "B. Prova", "a made-up file", "2").ended(0);
    let told = folder.run(&["grade", "--exposure", "--json"]).ended(0).json();
    let days = told["days"].as_array().expect("days");
    let of = |officer: &str| -> u64 {
        let own = days.iter().filter(|day| day["officer"] == officer);
        own.map(|day| day["files"].as_u64().expect("a count")).sum()
    };
    assert_eq!((of("A. Prova"), of("B. Prova"), of("laboratory")), (1, 1, 0), "{told}");
    let category = serde_json::json!([{"scheme": "made-up", "category": "2", "files": 1}]);
    assert_eq!((&days[0]["categories"], &told["whose"]), (&category, &"all".into()), "{told}");
    assert!(!told.to_string().contains(&Digest::of(b"a made-up file").hex()), "no file is named: {told}");
    let text = folder.run(&["grade", "--exposure"]).ended(0);
    assert!(text.out.contains("A. Prova") && text.err.contains("at most 10 minutes"), "{}", text.err);
}

#[test]
fn in_hours_in_which_nobody_grades_an_officer_goes_on_only_when_somebody_lifts_that() {
    let folder = operation();
    let hash = Digest::of(b"a third").hex();
    let give = ["grade", &hash, "--scheme", "made-up", "--category", "1", "--reason", "r"];
    folder.run(&["rules", "--no-grading", "8-20"]).ended(2);
    let rules = folder.run(&["rules", "--no-grading", "00:00-24:00", "--grading-minutes", "240", "--json"]);
    let rules = rules.ended(0).json();
    assert_eq!(
        (&rules["no_grading"], &rules["grading_minutes"]),
        (&"00:00-24:00".into(), &240.into()),
        "{rules}"
    );
    let stopped = folder.run(&give).ended(1);
    assert!(stopped.err.contains("grades no files in these hours: 00:00-24:00"), "{}", stopped.err);
    let told = folder.run(&["grade", "--exposure", "--json"]).ended(0).json();
    assert_eq!(told["rest"]["stopped"], "hours", "{told}");

    folder.run(&["grade", "--lift", "A. Prova", "--reason", " "]).ended(2);
    folder.run(&["grade", "--lift", "B. Prova", "--reason", "made-up reason"]).ended(0);
    folder.run(&give).ended(1);
    folder.run(&["grade", "--lift", "A. Prova", "--reason", "made-up reason"]).ended(0);
    folder.run(&give).ended(0);
    let told = folder.run(&["grade", "--exposure", "--json"]).ended(0).json();
    assert!(told["rest"]["stopped"].is_null() && told["rest"]["lifted_until"].is_string(), "{told}");
    let log = folder.run(&["ledger", "log", "--json"]).ended(0).out;
    assert!(log.contains("lift-rest") && log.contains("made-up reason"), "{log}");

    folder.run(&["rules", "--no-grading", "none", "--grading-minutes", "0"]).ended(0);
    let hash = Digest::of(b"a made-up file").hex();
    let args = ["--officer", "C. Prova", "grade", &hash, "--scheme", "made-up", "--category", "1"];
    folder.run(&[&args[..], &["--reason", "r"]].concat()).ended(0);
}
