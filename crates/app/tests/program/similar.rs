//! Lists of perceptual hashes: built, told of, and held against the pictures of an exhibit. The pictures are made here, of
//! rectangles.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::exhibit::rows;
use crate::folder::{Folder, Ran, command, files, run};
use crate::officer::{PASSPHRASE, told};

/// A picture of rectangles, as a Windows bitmap of 256 × 256 pixels and 24 bits; a plain one has no rectangles.
fn picture(seed: u32, rectangles: usize) -> Vec<u8> {
    const SIDE: usize = 256;
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize % below
    };
    let mut grey = vec![128u8; SIDE * SIDE];
    for _ in 0..rectangles {
        let (left, top, shade) = (next(SIDE), next(SIDE), next(256) as u8);
        let (right, bottom) = ((left + 16 + next(96)).min(SIDE), (top + 16 + next(96)).min(SIDE));
        for row in top..bottom {
            grey[row * SIDE + left..row * SIDE + right].fill(shade);
        }
    }
    let pixels: Vec<u8> = grey.iter().flat_map(|shade| [*shade; 3]).collect();
    let mut file = b"BM".to_vec();
    for number in [54 + pixels.len() as u32, 0, 54, 40, SIDE as u32, SIDE as u32] {
        file.extend(number.to_le_bytes());
    }
    file.extend([1, 0, 24, 0]);
    file.extend([0; 24]);
    file.extend(pixels);
    file
}

/// A hash that differs from another in so many bits, in every fourth of them from the first on.
fn flipped(hash: &str, bits: usize) -> String {
    let digit = |(idx, digit): (usize, char)| {
        let value = digit.to_digit(16).expect("a digit") ^ u32::from(idx < bits);
        char::from_digit(value, 16).expect("a digit")
    };
    hash.chars().enumerate().map(digit).collect()
}

fn built(folder: &Folder, name: &str, more: &[&str]) -> Ran {
    let (file, out) = (folder.path(name), folder.path(&format!("{name}.pdq")));
    let args = ["lists", "build", "--perceptual", &file, "--name", name, "--version", "2026-10", "-o", &out];
    told(&[&args, more].concat(), PASSPHRASE)
}

fn matched(folder: &Folder, lists: &[&str]) -> Ran {
    let op = folder.op();
    let mut args = vec!["--op", &op, "exhibit", "match", "--json"];
    lists.iter().for_each(|list| args.extend(["--similar-to", list]));
    // Each list has its own line, as each has its own passphrase.
    told(&args, &vec![PASSPHRASE; lists.len()].join("\n"))
}

/// An operation with an exhibit of two pictures with shapes and one without, and the hashes of all three.
fn exhibit() -> (Folder, Vec<(String, String)>) {
    let folder = Folder::with_connections();
    for (name, bytes) in [("1.bmp", picture(1, 40)), ("2.bmp", picture(2, 40)), ("plain.bmp", picture(3, 0))]
    {
        folder.file(&format!("device/{name}"), bytes);
    }
    folder.run(&["exhibit", "add", &folder.path("device"), "--number", "7"]).ended(0);
    folder.run(&["exhibit", "process"]).ended(0);
    let files = rows(&folder, "file");
    let media = rows(&folder, "media");
    let hash = |name: &str| {
        let file = files.iter().find(|row| row["path"] == name).expect("it was read");
        let of = media.iter().find(|row| row["sha256"] == file["sha256"]).expect("it was hashed");
        (
            file["sha256"].as_str().expect("a digest").to_owned(),
            of["pdq"].as_str().expect("a hash").to_owned(),
        )
    };
    let hashes = ["1.bmp", "2.bmp", "plain.bmp"].map(hash).to_vec();
    (folder, hashes)
}

#[test]
fn pictures_are_similar_to_entries_within_31_bits_with_distance_and_profile() {
    let (folder, hashes) = exhibit();
    let (near, beyond) = (flipped(&hashes[0].1, 31), flipped(&hashes[1].1, 32));
    folder.file("near", format!("hash,quality\n{near},90\n{beyond},90\n{},100\n", hashes[2].1));
    let list = built(&folder, "near", &["--pdq-profile", "full", "--json"]).ended(0);
    let info = &list.json()["lists"][0];
    assert_eq!(
        (&info["list"], &info["perceptual"], &info["entries"]),
        (&"near".into(), &"pdq".into(), &3.into())
    );

    let found = matched(&folder, &[&folder.path("near.pdq")]).ended(0);
    assert_eq!(found.json()["met"]["similar"], 1, "{}", found.out);
    let matches = rows(&folder, "known_match");
    let [row] = &matches[..] else { panic!("one picture is similar to one entry: {matches:?}") };
    assert_eq!((&row["sha256"], &row["path"]), (&hashes[0].0.clone().into(), &"1.bmp".into()));
    assert_eq!(
        (&row["basis"], &row["met"], &row["distance"]),
        (&"similar".into(), &"pdq".into(), &31.into())
    );
    assert_eq!((&row["list"], &row["list_version"]), (&"near".into(), &"2026-10".into()));
    let profile = row["profile"].as_str().expect("how both were taken");
    assert!(profile.ends_with(" to full"), "{profile}");
    assert_eq!(format!("sha256:{}", row["list_digest"].as_str().expect("a digest")), info["digest"]);

    let plain = rows(&folder, "media").into_iter().find(|row| row["sha256"] == hashes[2].0);
    let quality = plain.and_then(|row| row["pdq_quality"].as_u64());
    assert!(quality.is_some_and(|quality| quality < 50), "{quality:?}");
    // The picture without shapes meets its own hash and is no match: a hash of a low quality says little.
    folder.run(&["analyse"]).ended(0);
    let findings = folder.run(&["findings", "--analysis", "known_files", "--jsonl"]).ended(0).out;
    assert!(findings.contains("similar does not mean the same"), "{findings}");

    // A list's hashes are in nothing that is said or kept, and neither is its passphrase.
    for secret in [&near, &beyond, PASSPHRASE] {
        for said in [&list.out, &list.err, &found.out, &found.err, &findings] {
            assert!(!said.contains(secret), "{said}");
        }
        for (path, bytes) in files(Path::new(&folder.op())) {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{}", path.display());
        }
        let list = fs::read(folder.path("near.pdq")).expect("it is there");
        assert!(!list.windows(secret.len()).any(|part| part == secret.as_bytes()));
    }
    folder.run(&["ledger", "verify"]).ended(0);
    folder.run(&["rebuild", "--check"]).ended(0);
}

#[test]
fn lists_that_carry_perceptual_hashes_give_them_with_their_categories() {
    let (folder, hashes) = exhibit();
    let (one, two) = (&hashes[0].1, &hashes[1].1);
    folder.file(
        "vics",
        format!(
            "{{\"@odata.context\":\"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/UK/$metadata#Media\",\
             \"value\":[{{\"MD5\":\"8f7c9f19cfc3c1b366302c7c346be060\",\"Category\":2,\"Series\":\"made-up\",\
             \"AlternativeHashes\":[{{\"HashName\":\"PDQ\",\"HashValue\":\"{one}\"}}]}}]}}"
        ),
    );
    let exact = folder.run(&[
        "lists",
        "build",
        &folder.path("vics"),
        "--name",
        "v",
        "--version",
        "1",
        "-o",
        &folder.path("v"),
    ]);
    assert!(exact.ended(0).err.contains("1 PDQ hash is not in this index: a list of their own takes them"));
    let vics = built(&folder, "vics", &[]).ended(0);
    assert!(vics.err.contains("vics, 1 PDQ hash, 0 records or lines without one"), "{}", vics.err);
    assert!(vics.err.contains("how the hashes were taken is not said"), "{}", vics.err);
    folder.file(
        "signals",
        format!("pdq {two}\nvideo_md5 8f7c9f19cfc3c1b366302c7c346be060\npdq {}\n", &two[..60]),
    );
    let signals = built(&folder, "signals", &[]).ended(3);
    let problems = fs::read_to_string(folder.path("signals.pdq.problems.csv")).expect("what was not read");
    assert_eq!(problems.lines().nth(1), Some("signals,line:3,64 hexadecimal digits,60 characters,true"));
    assert!(signals.err.contains("kept aside: 1 record not read"), "{}", signals.err);

    let lists = [folder.path("vics.pdq"), folder.path("signals.pdq")];
    let found = matched(&folder, &[&lists[0], &lists[1]]).ended(0);
    assert_eq!(found.json()["met"]["similar"], 2, "{}", found.out);
    let mut said: Vec<(Value, Value, Value)> = rows(&folder, "known_match")
        .into_iter()
        .map(|row| (row["list"].clone(), row["scheme"].clone(), row["category"].clone()))
        .collect();
    said.sort_by_key(|(list, ..)| list.to_string());
    let expected =
        [("signals".into(), Value::Null, Value::Null), ("vics".into(), "Project VIC UK".into(), "2".into())];
    assert_eq!(said, expected);
}

#[test]
fn a_head_is_told_without_a_passphrase_and_what_is_no_such_list_is_refused() {
    let folder = Folder::with_connections();
    let hash = flipped(&"0f".repeat(32), 5);
    folder.file("near", &hash);
    built(&folder, "near", &[]).ended(0);
    let list = folder.path("near.pdq");
    let info = run(&mut command(&["lists", "info", &list, "--no-input"])).ended(0);
    assert!(
        info.out.contains("1 perceptual hash (PDQ), encrypted; 1 label") && !info.out.contains(&hash),
        "{}",
        info.out
    );
    let checked = told(&["lists", "info", &list, "--check"], PASSPHRASE).ended(0);
    assert!(checked.out.contains("every byte is as it was written"), "{}", checked.out);
    let csv = run(&mut command(&["lists", "info", &list, "--csv"])).ended(0);
    assert!(csv.out.contains("near,2026-10,sha256:"), "{}", csv.out);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&list).expect("it is there").permissions().mode() & 0o777, 0o600);
    }
    let mut damaged = fs::read(&list).expect("it is there");
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    let damaged = folder.file("damaged", damaged);
    let index = folder.path("exact");
    let md5 = folder.file("md5", "8f7c9f19cfc3c1b366302c7c346be060");
    folder.run(&["lists", "build", &md5, "--name", "n", "--version", "1", "-o", &index]).ended(0);
    let again = built(&folder, "near", &[]);
    for (ran, code, said) in [
        (again, 1, "there is a file already, and a list is never written over"),
        (
            told(&["lists", "info", &list, "--check"], "tredici gatti"),
            1,
            "the passphrase does not open the list",
        ),
        (told(&["lists", "info", &damaged, "--check"], PASSPHRASE), 4, "the list is damaged"),
        (
            folder.run(&["lists", "look", &list, &"0".repeat(32)]),
            1,
            "a list of perceptual hashes, where an index",
        ),
        (
            folder.run(&["exhibit", "match", "--lists", &list]),
            1,
            "hint: tutela exhibit match --similar-to takes it",
        ),
        (folder.run(&["exhibit", "match", "--similar-to", &index]), 1, "not a list of perceptual hashes"),
        (folder.run(&["lists", "info", &md5]), 1, "not an index of a list"),
        (built(&folder, "md5", &[]), 1, "none of the files holds a PDQ hash"),
        (built(&folder, "none", &[]), 1, "cannot read"),
        (
            built(&folder, "md5", &["--as", "icse"]),
            2,
            "hint: the layouts are: vics, ncmec, signals, known_file, text",
        ),
    ] {
        assert_eq!(ran.code, code, "{said}: {}", ran.err);
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
        assert!(!ran.err.contains(&hash), "{}", ran.err);
    }
}
