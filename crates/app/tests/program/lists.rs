//! `tutela lists` without an operation: from files of agencies to an index, its next version, and what it says of files.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::folder::{Ran, Unit, command, run, run_with};

const MD5: [&str; 4] = [
    "8f7c9f19cfc3c1b366302c7c346be060",
    "ba7067fffafe1e0331121389cc8b29d9",
    "e5ed17c4bc42f054c14b8768db3e23cb",
    "52184e92f3aee345b2d75e04c18b74d3",
];

impl Unit {
    fn lists(&self, args: &[&str]) -> Ran {
        self.run(&[&["lists"], args].concat())
    }

    /// The index of a list of these hashes, with their categories.
    fn list(&self, name: &str, version: &str, rows: &[(&str, &str)]) -> String {
        let rows: String = rows.iter().map(|(md5, category)| format!("A,prova,{category},{md5}\n")).collect();
        let file = self.file(&format!("{name}.csv"), format!("list,scheme,category,md5\n{rows}"));
        let index = self.path(name);
        self.lists(&["build", &file, "--name", "unit A", "--version", version, "-o", &index]).ended(0);
        index
    }
}

fn sample(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../matchers/samples");
    folder.join(name).to_str().expect("UTF-8").to_owned()
}

#[test]
fn a_list_is_built_inspected_and_looked_up_and_what_could_not_be_read_is_kept_aside() {
    let unit = Unit::new();
    let (vics, icse) = (sample("vics_media_1_3.json"), sample("icse.csv"));
    let built =
        unit.lists(&["build", &vics, &icse, "--name", "prova", "--version", "2026/1", "--json"]).ended(3);
    assert!(built.err.contains("vics, 4 entries with 5 hashes, 2 records not read"), "{}", built.err);
    assert!(
        built.err.contains("categories without a scheme") && built.err.contains("PhotoDNA"),
        "{}",
        built.err
    );
    let info = built.json();
    assert_eq!(info["schema"], "tutela.lists/1");
    let list = &info["lists"][0];
    assert_eq!((list["list"].as_str(), list["version"].as_str()), (Some("prova"), Some("2026/1")));
    // Two of the seven entries of both files are of one file, and say different things of it.
    assert_eq!((list["entries"].as_u64(), list["hashes"]["md5"].as_u64()), (Some(7), Some(6)));
    let index = unit.path("prova-2026-1.list");
    let problems =
        fs::read_to_string(unit.path("prova-2026-1.list.problems.csv")).expect("it is beside the index");
    assert!(problems.starts_with("list,place,expected,found,record_lost\n"), "{problems}");
    assert!(problems.contains("icse.csv,line:8.1,an MD5 of 32 hexadecimal digits,xx,true"), "{problems}");
    assert_eq!(problems.lines().count(), 9, "{problems}");

    let looked = unit.lists(&["look", &index, MD5[0], MD5[3], "--json"]).ended(0).json();
    let files = looked["files"].as_array().expect("files");
    let entries = files[0]["lists"][0]["entries"].as_array().expect("entries");
    assert_eq!(entries.len(), 2);
    let says = |scheme: &str| {
        let of = |entry: &&Value| entry["says"]["scheme"].as_str().unwrap_or_default() == scheme;
        entries.iter().find(of).expect("it is there")["says"].clone()
    };
    assert_eq!(says("")["category"], "1");
    assert_eq!(says("INTERPOL ICSE baseline")["flags"]["distributed"], true);
    assert_eq!(says("INTERPOL ICSE baseline")["flags"]["self_generated"], Value::Null);
    assert_eq!(files[1]["lists"][0]["standing"], "not_listed");

    let text = unit.lists(&["look", &index, MD5[0]]).ended(0);
    assert!(text.out.lines().all(|line| line.chars().count() <= 80), "{}", text.out);
    let checked = unit.lists(&["info", &index, "--check"]).ended(0);
    assert!(checked.out.contains("every byte is as it was written"), "{}", checked.out);
    let csv = unit.lists(&["info", &index, "--csv"]).ended(0);
    assert!(
        csv.out.starts_with("list,version,digest,entries,withdrawn,path\nprova,2026/1,sha256:"),
        "{}",
        csv.out
    );
}

#[test]
fn a_withdrawal_makes_the_next_version_and_both_say_what_they_hold() {
    let unit = Unit::new();
    let v1 = unit.list("v1", "1", &[(MD5[0], "1"), (MD5[1], "2")]);
    let v2 = unit.path("v2");
    let withdraw = |hash: &str, version: &str| {
        unit.lists(&[
            "withdraw",
            &v1,
            "--hash",
            hash,
            "--reason",
            "graded by mistake",
            "--version",
            version,
            "-o",
            &v2,
        ])
    };
    let unknown = withdraw(MD5[2], "2").ended(1);
    assert!(unknown.err.contains("has no entry of") && !Path::new(&v2).exists(), "{}", unknown.err);
    withdraw(MD5[0], "1").ended(2);
    let before = fs::read(&v1).expect("it is there");
    withdraw(MD5[0], "2").ended(0);
    assert!(fs::read(&v1).expect("it is there") == before, "an index is never changed");
    let again = withdraw(MD5[1], "3").ended(1);
    assert!(again.err.contains("a list is never written over"), "{}", again.err);

    let looked = unit.lists(&["look", &v1, &v2, MD5[0], "--jsonl"]).ended(0).json();
    let standing = |at: usize| looked["lists"][at]["standing"].clone();
    assert_eq!((standing(0), standing(1)), (Value::from("listed"), Value::from("withdrawn")));
    let withdrawn = &looked["lists"][1]["entries"][0]["says"]["withdrawn"];
    assert_eq!(
        (withdrawn["version"].as_str(), withdrawn["reason"].as_str()),
        (Some("2"), Some("graded by mistake"))
    );

    let v3 = unit.list("v3", "3", &[(MD5[1], "1"), (MD5[3], "1")]);
    let differ = unit.lists(&["diff", &v1, &v3, "--json"]).ended(0);
    assert!(differ.err.contains("1 added, 1 missing, 0 withdrawn, 0 restored, 1 changed"), "{}", differ.err);
    let differ = differ.json();
    let changes: Vec<(&str, &str)> = differ["changes"]
        .as_array()
        .expect("changes")
        .iter()
        .map(|change| {
            (change["change"].as_str().expect("a word"), change["hashes"]["md5"].as_str().expect("an MD5"))
        })
        .collect();
    assert_eq!(changes, [("added", MD5[3]), ("missing", MD5[0]), ("changed", MD5[1])]);
    assert_eq!(differ["counts"]["changed"], 1);
    let csv = unit.lists(&["diff", &v1, &v2, "--csv"]).ended(0);
    let expected = format!(
        "change,kind,hash,category_before,category_after\nwithdrawn,md5,{},1 (prova),1 (prova)\n",
        MD5[0]
    );
    assert_eq!(csv.out, expected);
    assert!(unit.lists(&["diff", &v1, &v1]).ended(0).out.is_empty());
}

#[test]
fn hashes_come_from_stdin_too_as_md5sum_writes_them() {
    let unit = Unit::new();
    let list = unit.list("v1", "1", &[(MD5[0], "1")]);
    let stdin = format!(
        "{}  a name.jpg\n\n# nothing\nMD5 (b) = {}\nmd5:{}\nnothing\n",
        MD5[0].to_uppercase(),
        MD5[1],
        MD5[0]
    );
    let looked = run_with(&mut command(&["lists", "look", &list, "--csv"]), &stdin).ended(3);
    let standings: Vec<&str> = looked.out.lines().skip(1).filter_map(|line| line.split(',').nth(3)).collect();
    assert_eq!(standings, ["listed", "not_listed", "listed"], "{}", looked.out);
    assert!(
        looked.err.contains("line 6: expected a hash of 32, 40 or 64 hexadecimal digits"),
        "{}",
        looked.err
    );
    assert!(looked.out.contains("a name.jpg,unit A,1,listed,md5,"), "{}", looked.out);
}

#[test]
fn a_hash_that_contradicts_the_entry_is_said() {
    let unit = Unit::new();
    let link = |size: u32| format!("ed2k://|file|x|{size}|{}|/\n", MD5[3]);
    let file = unit.file("a.txt", link(9));
    let index = unit.path("a");
    unit.lists(&["build", &file, "--name", "a", "--version", "1", "-o", &index]).ended(0);
    let looked = run_with(&mut command(&["lists", "look", &index]), &link(8)).ended(0);
    let words: Vec<&str> = looked.out.split_whitespace().collect();
    assert!(words.join(" ").contains("listed the list has another size of it"), "{}", looked.out);
    let same = run_with(&mut command(&["lists", "look", &index, "--csv"]), &link(9)).ended(0);
    assert!(same.out.ends_with(",a,1,listed,ed2k,,,,,,\n"), "{}", same.out);
}

#[test]
fn categories_are_translated_only_by_a_table_that_the_unit_gives() {
    let unit = Unit::new();
    let file =
        unit.file("a.csv", format!("list,scheme,category,md5\nA,prova,1,{}\nA,prova,9,{}\n", MD5[0], MD5[1]));
    let table = unit.file("table.toml", "from = \"prova\"\nto = \"altra\"\n[categories]\n1 = \"A\"\n");
    let index = unit.path("a");
    let args = ["build", &file, "--name", "a", "--version", "1", "--translate", &table, "-o", &index];
    let built = unit.lists(&args).ended(0);
    assert!(
        built.err.contains("1 entry has a category that the table does not translate into altra"),
        "{}",
        built.err
    );
    assert!(built.out.contains("category 1 (prova) → A (altra): 1"), "{}", built.out);
    let says =
        unit.lists(&["look", &index, MD5[0], "--jsonl"]).ended(0).json()["lists"][0]["entries"][0]["says"]
            .clone();
    assert_eq!((says["category"].as_str(), says["translated"]["category"].as_str()), (Some("1"), Some("A")));
}

/// Bytes that look compressed.
fn noise(number: u64, len: usize) -> Vec<u8> {
    let mut state = number | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..len).map(|_| next()).collect()
}

#[test]
fn blocks_of_originals_are_kept_but_for_those_that_say_nothing() {
    let unit = Unit::new();
    let shared = noise(9, 4096);
    unit.file("originals/a.bin", [&noise(1, 8192)[..], &shared, &[0; 4096]].concat());
    unit.file("originals/below/b.bin", [&noise(2, 4096)[..], &shared, b"a rest"].concat());
    unit.file("clean/c.bin", noise(1, 4096));
    let (originals, clean, index) = (unit.path("originals"), unit.path("clean"), unit.path("set"));
    let args = [
        "build",
        "--blocks",
        &originals,
        "--clean",
        &clean,
        "--name",
        "b",
        "--version",
        "1",
        "-o",
        &index,
        "--json",
    ];
    let info = unit.lists(&args).ended(0).json()["lists"][0].clone();
    let blocks = &info["blocks"];
    let of = |name: &str| blocks[name].as_u64().expect("a count");
    assert_eq!([of("kept"), of("repeated"), of("clean"), of("low_entropy")], [2, 2, 1, 1], "{blocks}");
    assert_eq!(info["entries"], 0);
}

#[test]
fn what_is_wrong_is_said_with_how_to_mend_it_in_both_languages() {
    let unit = Unit::new();
    let list = unit.list("v1", "1", &[(MD5[0], "1")]);
    let odd = unit.file("odd.bin", [0, 1, 2, 3]);
    let plain = unit.file("plain.txt", MD5[0]);
    let hashdb = sample("hashdb.jsonl");
    let mut bytes = fs::read(&list).expect("it is there");
    let cut = unit.file("cut.list", &bytes[..bytes.len() - 3]);
    bytes[70] ^= 1;
    let altered = unit.file("altered.list", &bytes);
    let build = |file: &str, more: &[&str]| {
        let out = unit.path("never");
        unit.lists(&[&["build", file, "--name", "n", "--version", "1", "-o", &out], more].concat())
    };
    for (ran, code, said) in [
        (build(&odd, &[]), 1, "no layout of lists begins like this file"),
        (build(&plain, &["--as", "nothing"]), 2, "hint: the layouts are: vics, icse,"),
        (build(&plain, &["--as", "icse"]), 1, "not of the layout icse: expected the columns MD5 or SHA1"),
        (build(&hashdb, &[]), 1, "hint: give --block-size"),
        (
            build(&sample("icse.csv"), &["--scheme", "x"]),
            1,
            "the list says that its categories are of INTERPOL ICSE baseline, not of: x",
        ),
        (build(&unit.path("none"), &[]), 1, "cannot read"),
        (build(&plain, &["--translate", &plain]), 1, "cannot use the table of categories"),
        (unit.lists(&["look", &plain, MD5[0]]), 1, "not an index of a list"),
        (unit.lists(&["look", MD5[0]]), 2, "no list index is given"),
        (
            unit.lists(&["look", &list, "xyz"]),
            2,
            "expected a hash of 32, 40 or 64 hexadecimal digits, found: xyz",
        ),
        (unit.lists(&["info", &cut]), 4, "a damaged index, at byte 16"),
        (unit.lists(&["info", &altered, "--check"]), 4, "is not as it was written, in section md5.keys"),
    ] {
        assert_eq!(ran.code, code, "{said}: {}", ran.err);
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    }
    assert!(!Path::new(&unit.path("never")).exists());
    let italian = run(command(&["lists", "info", &cut]).env("TUTELA_LANG", "it")).ended(4);
    assert!(
        italian.err.contains("un indice danneggiato, a byte 16: atteso un manifesto che chiude il file"),
        "{}",
        italian.err
    );
}
