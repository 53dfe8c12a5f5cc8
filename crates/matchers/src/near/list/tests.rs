//! Lists of random hashes: written, opened, altered, searched; and lines of text.

use proptest::prelude::*;

use super::file::{BadList, Head, head, open, write};
use super::*;
use crate::shapes::{Noise, rectangles};

/// The least that a guess at a passphrase may cost, so that tests take no time.
const WORK: u8 = 2;

fn made(noise: &mut Noise) -> PdqHash {
    PdqHash::of_limbs(std::array::from_fn(|_| noise.next()))
}

fn label(list: &str, category: Option<&str>) -> Arc<Label> {
    Arc::new(Label { list: list.to_owned(), category: category.map(str::to_owned), ..Label::default() })
}

fn entry(hash: PdqHash, quality: Option<u8>, label: Arc<Label>) -> Listed {
    Listed { hash, quality, profile: None, withdrawn: false, label }
}

fn entries(noise: &mut Noise, count: usize) -> Vec<Listed> {
    let one = |noise: &mut Noise| Listed {
        hash: made(noise),
        quality: [None, Some(100), Some(50), Some(49), Some(0)][noise.below(5) as usize],
        profile: [None, Some(Profile::Ref512), Some(Profile::Full)][noise.below(3) as usize],
        withdrawn: noise.below(4) == 0,
        label: Arc::new(Label {
            list: "Made-up list".to_owned(),
            version: Some(format!("{}", noise.below(2))),
            scheme: Some("made_up".to_owned()),
            category: Some(format!("{}", noise.below(3))),
            series: (noise.below(2) == 0).then(|| "Series \"1\"\n".to_owned()),
        }),
    };
    (0..count).map(|_| one(noise)).collect()
}

fn written(entries: &[Listed], passphrase: &str) -> (Head, Vec<u8>) {
    let mut file = Vec::new();
    let head = write(&mut file, "Made-up list", Some("7"), entries, &[], passphrase, WORK).expect("memory");
    (head, file)
}

fn opened(file: &[u8], passphrase: &str) -> Result<(Head, List), BadList> {
    open(file, file.len() as u64, passphrase, None)
}

#[test]
fn a_list_is_read_as_it_was_written_and_every_entry_is_found_with_what_is_said_of_it() {
    let mut noise = Noise(1);
    let entries = entries(&mut noise, 300);
    let (said, file) = written(&entries, "made up");
    let (head, list) = opened(&file, "made up").expect("a list");
    assert_eq!((&head, head.entries, list.len()), (&said, 300, 300));
    assert_eq!(list.low_quality(), entries.iter().filter(|e| e.quality.is_some_and(|q| q < 50)).count());
    let mut scratch = Scratch::default();
    for entry in &entries {
        let asked = Asked::of_hash(entry.hash, None, Profile::Full, false);
        let search = Search { low_quality: true, ..Search::default() };
        let hits = list.search(&mut scratch, &asked, search);
        let [hit] = hits[..] else { panic!("one entry is near, not {}", hits.len()) };
        let particulars = (hit.distance, hit.quality, hit.listed, hit.withdrawn, hit.label);
        assert_eq!(particulars, (0, entry.quality, entry.profile, entry.withdrawn, &*entry.label));
    }
}

#[test]
fn the_digest_is_of_the_content_whatever_the_order_and_the_passphrase() {
    let mut noise = Noise(2);
    let mut entries = entries(&mut noise, 40);
    let (first, file) = written(&entries, "one");
    entries.reverse();
    entries.push(entries[3].clone());
    let (second, other) = written(&entries, "two");
    assert_eq!(first, second);
    assert_ne!(file, other);
    entries[0].withdrawn = !entries[0].withdrawn;
    assert_ne!(written(&entries, "two").0.sha256, first.sha256);
}

#[test]
fn a_file_shows_its_head_and_no_hash_and_opens_with_its_passphrase_only() {
    let mut noise = Noise(3);
    let entries = entries(&mut noise, 20);
    let (said, file) = written(&entries, "made up");
    assert_eq!(head(&*file).expect("a head"), said);
    for entry in &entries {
        let [a, ..] = entry.hash.limbs();
        let limb = a.to_le_bytes();
        assert!(!file.windows(8).any(|bytes| bytes == limb), "a part of a hash lies open");
    }
    let shown = format!("{:?} {:?}", entries[0], opened(&file, "made up").expect("a list").1);
    assert!(!shown.contains(&entries[0].hash.hex()[..8]) && shown.contains("not shown"), "{shown}");
    assert!(matches!(opened(&file, "Made up"), Err(BadList::Passphrase)));
}

#[test]
fn what_follows_the_two_lines_is_an_age_file_that_begins_with_them() {
    let (_, file) = written(&entries(&mut Noise(4), 2), "made up");
    let lines: usize = file.split_inclusive(|byte| *byte == b'\n').take(2).map(<[u8]>::len).sum();
    let identity = age::scrypt::Identity::new(age::secrecy::SecretString::from("made up"));
    let plain = age::decrypt(&identity, &file[lines..]).expect("an age file");
    assert!(plain.starts_with(&file[..lines]));
}

#[test]
fn every_changed_or_missing_byte_is_found() {
    let (_, file) = written(&entries(&mut Noise(5), 3), "made up");
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 1;
        assert!(opened(&changed, "made up").is_err(), "byte {at}");
    }
    for end in 0..file.len() {
        assert!(opened(&file[..end], "made up").is_err(), "{end} bytes");
    }
    let longer = [&file[..], b"x"].concat();
    assert!(opened(&longer, "made up").is_err());
    assert!(matches!(opened(b"something else\n", "made up"), Err(BadList::NoList)));
    assert!(matches!(opened(b"", "made up"), Err(BadList::NoList)));
}

#[test]
fn nothing_is_reserved_on_the_word_of_a_head() {
    let (_, file) = written(&entries(&mut Noise(6), 3), "made up");
    let text = String::from_utf8_lossy(&file);
    let lines = text.split_inclusive('\n').take(2).map(str::len).sum::<usize>();
    for (from, to) in [("\"entries\":3", "\"entries\":3000000000"), ("\"labels\":3", "\"labels\":3000000000")]
    {
        let begin = text[..lines].replace(from, to);
        if begin.len() == lines {
            continue;
        }
        let crafted = [begin.as_bytes(), &file[lines..]].concat();
        assert!(matches!(opened(&crafted, "made up"), Err(BadList::Limit(_))), "{from}");
    }
    let long = format!("tutela perceptual list 1\n{}", "x".repeat(70_000));
    assert!(matches!(opened(long.as_bytes(), "made up"), Err(BadList::Limit(_))));
}

#[test]
fn hashes_of_a_low_quality_are_found_only_where_that_is_asked_for() {
    let mut noise = Noise(7);
    let (low, sound) = (made(&mut noise), made(&mut noise));
    let entries = [
        entry(low, Some(49), label("l", None)),
        entry(sound, Some(50), label("l", None)),
        entry(sound, None, label("l", None)),
    ];
    let list = List::of(&entries, None).expect("memory");
    let mut scratch = Scratch::default();
    let mut hits = |hash, quality, low_quality| {
        let asked = Asked::of_hash(hash, quality, Profile::Full, false);
        list.search(&mut scratch, &asked, Search { low_quality, ..Search::default() }).len()
    };
    assert_eq!((hits(low, Some(80), false), hits(low, Some(80), true)), (0, 1));
    assert_eq!((hits(sound, Some(50), false), hits(sound, None, false)), (2, 2));
    assert_eq!((hits(sound, Some(49), false), hits(sound, Some(49), true)), (0, 2));
}

#[test]
fn an_entry_is_hit_once_at_its_least_distance_and_says_how() {
    let mut noise = Noise(8);
    let hash = made(&mut noise);
    let mirrored = Turn::Mirrored.of_hash(hash);
    let [a, b, c, d] = mirrored.limbs();
    let near = PdqHash::of_limbs([a ^ 0b111, b, c, d]);
    let of = Listed {
        profile: Some(Profile::Ref512),
        withdrawn: true,
        ..entry(near, Some(90), label("l", Some("1")))
    };
    let list =
        List::of(&[of.clone(), entry(made(&mut noise), None, label("l", None))], None).expect("memory");
    let mut scratch = Scratch::default();
    let upright = Asked::of_hash(hash, Some(90), Profile::Full, false);
    assert_eq!(list.search(&mut scratch, &upright, Search::default()), []);
    let mut asked = Asked::of_hash(hash, Some(90), Profile::Full, true);
    asked.extend(Asked::of_hash(hash, Some(90), Profile::Ref512, true));
    let hits = list.search(&mut scratch, &asked, Search::default());
    let [hit] = hits[..] else { panic!("one entry is near, not {}", hits.len()) };
    assert_eq!((hit.distance, hit.orientation, hit.derived, hit.withdrawn), (3, Turn::Mirrored, true, true));
    assert_eq!(hit.profile(), "ref512 to ref512, mirrored, derived from the hash");
    assert_eq!(hit.label, &*of.label);
    let unknown =
        Hit { listed: None, orientation: Turn::Upright, derived: false, asked: Profile::Full, ..hit };
    assert_eq!(unknown.profile(), "full to unknown");
}

#[test]
fn a_picture_is_asked_for_in_both_profiles_and_a_turned_copy_of_it_is_similar() {
    let shape = rectangles(700, 520, 9);
    let png = crate::picture::tests::png(&shape);
    let picture = crate::picture::take(&png, Default::default()).perceived.expect("a picture");
    let asked = Asked::of_picture(&picture, false);
    assert_eq!(asked.iter().map(|asked| asked.profile).collect::<Vec<_>>(), [Profile::Ref512, Profile::Full]);
    assert_eq!(Asked::of_picture(&picture, true).len(), 16);
    // A list has the picture as it is mirrored.
    let view = crate::pdq::View::rgb(700, 520, &shape.rgb).expect("a picture").turned(Turn::Mirrored);
    let listed = Listed {
        profile: Some(Profile::Full),
        ..entry(crate::pdq::hash(view, Profile::Full).hash, None, label("l", None))
    };
    let list = List::of(&[listed], None).expect("memory");
    let mut scratch = Scratch::default();
    assert_eq!(list.search(&mut scratch, &asked, Search::default()), []);
    let hits = list.search(&mut scratch, &Asked::of_picture(&picture, true), Search::default());
    let [hit] = hits[..] else { panic!("one entry is near, not {}", hits.len()) };
    assert_eq!((hit.orientation, hit.derived), (Turn::Mirrored, false));
    assert!(hit.profile().ends_with(" to full, mirrored"), "{}", hit.profile());
}

#[test]
fn lines_of_every_kind_are_read_and_a_short_hash_is_a_problem_with_its_line() {
    let hash = made(&mut Noise(10));
    let hex = hash.hex();
    let of = label("l", Some("2"));
    let text = format!(
        "\u{feff}# made up\n{hex}\n{hex},77\npdq {hex}\r\nPDQ\t{}\n\nvideo_md5 0123456789abcdef\n{hex},100,a file.jpg\n{hex},\n",
        hex.to_uppercase()
    );
    let lines = text::read(text.as_bytes(), &of, Some(Profile::Full));
    assert_eq!(lines.problems, []);
    assert_eq!(lines.other_kinds, 1);
    let qualities: Vec<Option<u8>> = lines.entries.iter().map(|entry| entry.quality).collect();
    assert_eq!(qualities, [None, Some(77), None, None, Some(100), None]);
    for entry in &lines.entries {
        assert_eq!((entry.hash, entry.profile, &entry.label), (hash, Some(Profile::Full), &of));
    }
    let bad = format!(
        "quality,hash\n50,{hex}\n50,{}\n101,{hex}\nx,{hex}\n50\npdq {}\nsomething {hex}\n50,{}g\n{}\n50,{hex}",
        &hex[..63],
        &hex[..8],
        &hex[..63],
        "a".repeat(5000)
    );
    let lines = text::read(bad.as_bytes(), &of, None);
    assert_eq!(lines.entries.len(), 2);
    let numbers: Vec<u64> = lines.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(numbers, [3, 4, 5, 6, 7, 8, 9, 10]);
    let told = format!("{:?}", lines.problems);
    assert!(!told.contains(&hex[..6]), "a problem repeats a hash: {told}");
    let bytes = [b"pdq ", &[0xff; 64][..], b"\n"].concat();
    assert_eq!(text::read(&bytes, &of, None).problems.len(), 1);
}

/// A film of frames a second, the last of a low quality.
fn listed_film(noise: &mut Noise, id: &str, count: u32) -> ListedFilm {
    let mut frame = |index: u32| Frame {
        index,
        at_ms: u64::from(index) * 1000,
        hash: made(noise),
        quality: if index + 1 == count { 0 } else { 100 },
    };
    let frames = (0..count).map(&mut frame).collect::<Vec<_>>().into();
    ListedFilm { id: id.to_owned(), frames, profile: Some(Profile::Full), label: label("films", Some("2")) }
}

#[test]
fn films_are_read_as_they_were_written_and_a_part_of_one_is_similar_to_it() {
    let mut noise = Noise(11);
    let films = [listed_film(&mut noise, "b", 30), listed_film(&mut noise, "a", 20)];
    let entries = entries(&mut noise, 3);
    let written = |films: &[ListedFilm]| {
        let mut file = Vec::new();
        let head = write(&mut file, "films", None, &entries, films, "made up", WORK).expect("memory");
        (head, file)
    };
    let (said, file) = written(&films);
    assert!(file.starts_with(b"tutela perceptual list 2\n") && super::file::is_list(&file));
    let reversed = [films[1].clone(), films[0].clone(), films[1].clone()];
    assert_eq!(written(&reversed).0, said);
    let (read, list) = opened(&file, "made up").expect("a list");
    assert_eq!((&read, read.films, read.frames), (&said, 2, 50));
    assert_eq!((list.films(), list.len()), (2, 3));
    let mut scratch = Scratch::default();
    let mut asked = |frames: &[Frame]| {
        let hits = list.search_films(&mut scratch, frames, Settings::default());
        let hit = |hit: &FilmHit<'_>| (hit.film.to_owned(), hit.alike.run.map(|run| run.frames));
        (hits.iter().map(hit).collect::<Vec<_>>(), hits.first().map(|hit| hit.profile(Profile::Full)))
    };
    let (hits, profile) = asked(&films[0].frames[10..25]);
    assert_eq!((hits, profile.as_deref()), (vec![("b".to_owned(), Some(15))], Some("full to full")));
    // Nine frames among as many of others are neither ten in a row nor most of either film.
    let others = listed_film(&mut noise, "c", 10);
    let nine = [&films[0].frames[10..19], &others.frames[..]].concat();
    assert_eq!(asked(&nine).0, []);
    assert_eq!(asked(&films[0].frames[10..19]).0.len(), 1);
    assert_eq!(asked(&films[1].frames[19..]).0, []);

    // What is changed or missing is found, also where the passphrase is right; and nothing is reserved on a head's word.
    for at in (0..file.len()).step_by(7) {
        let mut changed = file.clone();
        changed[at] ^= 1;
        assert!(opened(&changed, "made up").is_err(), "byte {at}");
        assert!(opened(&file[..at], "made up").is_err(), "{at} bytes");
    }
    let text = String::from_utf8_lossy(&file);
    let lines = text.split_inclusive('\n').take(2).map(str::len).sum::<usize>();
    let begin = text[..lines].replace("\"frames\":50", "\"frames\":5000000000000000000");
    let crafted = [begin.as_bytes(), &file[lines..]].concat();
    assert!(matches!(opened(&crafted, "made up"), Err(BadList::Limit(_))));
    let begin = text[..lines].replace("list 2", "list 1");
    let crafted = [begin.as_bytes(), &file[lines..]].concat();
    assert!(matches!(opened(&crafted, "made up"), Err(BadList::Damaged(_))));
}

#[test]
fn frames_of_films_are_read_from_tables_with_any_order_of_columns() {
    let hex = made(&mut Noise(12)).hex();
    let table = format!(
        "sha256,at_ms,pdq,pdq_profile,pdq_quality,place\nb,1000,{hex},full,90,row:2\nb,0,{hex},full,50,row:1\n\
         \"a\",5,{hex},full,100,\n,5,{hex},full,100,\nc,x,{hex},full,100,\nc,5,{},full,100,\nc,5,{hex},full,,\n",
        &hex[1..]
    );
    let lines = text::read(table.as_bytes(), &label("l", None), Some(Profile::Full));
    let films = lines.films.iter().flat_map(|film| {
        film.frames.iter().map(|frame| (&*film.id, frame.index, frame.at_ms, frame.quality))
    });
    let films: Vec<(&str, u32, u64, u8)> = films.collect();
    assert_eq!(films, [("a", 0, 5, 100), ("b", 0, 0, 50), ("b", 1, 1000, 90)]);
    assert!(lines.entries.is_empty() && lines.films.iter().all(|film| film.profile == Some(Profile::Full)));
    let problems: Vec<_> = lines.problems.iter().map(|problem| (problem.line, problem.expected)).collect();
    let expected = [
        (5, "a film's id of 1 to 256 characters"),
        (6, "whole milliseconds"),
        (7, "64 hexadecimal digits"),
        (8, "a quality from 0 to 100"),
    ];
    assert_eq!(problems, expected);
    // A table of pictures that names a film each is one of pictures.
    let table = format!("film,hash\na,{hex}\n");
    assert_eq!(text::read(table.as_bytes(), &label("l", None), None).entries.len(), 1);
}

proptest! {
    #[test]
    fn any_bytes_are_lines_or_problems(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let lines = text::read(&bytes, &label("l", None), None);
        prop_assert!(lines.entries.len() + lines.problems.len() <= bytes.split(|byte| *byte == b'\n').count());
        let _ = head(&*bytes);
    }

    #[test]
    fn a_head_of_any_words_is_read_or_refused(entries in any::<u64>(), labels in any::<u64>(), rest in proptest::collection::vec(any::<u8>(), 0..200)) {
        let begin = format!(
            "tutela perceptual list 1\n{{\"entries\":{entries},\"labels\":{labels},\"sha256\":\"\",\"list\":\"l\"}}\n"
        );
        let file = [begin.as_bytes(), &rest].concat();
        prop_assert!(opened(&file, "made up").is_err());
    }
}
