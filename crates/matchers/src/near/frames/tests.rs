//! Films made of random hashes: parts, other orders, gaps, nothing to compare.

use super::*;
use crate::shapes::Noise;

/// A film of scenes that change each second, by the seeds of its frames; a seed of 0 is a flat frame.
fn film(seeds: &[u64], every_ms: u64) -> Vec<Frame> {
    let frame = |(index, seed): (usize, &u64)| {
        let mut noise = Noise(*seed);
        let hash = PdqHash::of_limbs(std::array::from_fn(|_| noise.next()));
        let quality = if *seed == 0 { 10 } else { 100 };
        Frame { index: index as u32, at_ms: index as u64 * every_ms, hash, quality }
    };
    seeds.iter().enumerate().map(frame).collect()
}

fn compare(asked: &[u64], listed: &[u64]) -> Option<Alike> {
    alike(&film(asked, 1000), &film(listed, 1000), Settings::default())
}

#[test]
fn a_film_within_another_is_found_with_its_place() {
    let listed: Vec<u64> = (1..=60).collect();
    let asked: Vec<u64> = [901, 902].into_iter().chain(21..=40).chain([903]).collect();
    let alike = compare(&asked, &listed).expect("frames");
    assert_eq!((alike.asked, alike.asked_near, alike.listed, alike.listed_near), (23, 20, 60, 20));
    assert_eq!((alike.asked_share(), alike.listed_share()), (869, 333));
    let run = Run {
        frames: 20,
        asked_from_ms: 2000,
        asked_to_ms: 21_000,
        listed_from_ms: 20_000,
        listed_to_ms: 39_000,
        furthest: 0,
    };
    assert_eq!(alike.run, Some(run));
}

#[test]
fn the_same_frames_in_another_order_have_the_share_and_no_run() {
    let listed: Vec<u64> = (1..=40).collect();
    let mut shuffled = listed.clone();
    let mut noise = Noise(5);
    for idx in (1..shuffled.len()).rev() {
        shuffled.swap(idx, noise.below(idx as u64 + 1) as usize);
    }
    let alike = compare(&shuffled, &listed).expect("frames");
    assert_eq!(alike.listed_share(), 1000);
    assert!(alike.run.is_some_and(|run| run.frames <= 5), "{alike:?}");
    let alike = compare(&listed, &listed).expect("frames");
    assert_eq!(alike.run.map(|run| run.frames), Some(40));
}

#[test]
fn a_few_frames_that_are_missing_do_not_end_a_run_and_many_do() {
    let listed: Vec<u64> = (1..=30).collect();
    let mut asked = listed.clone();
    asked[10] = 900;
    asked[11] = 0;
    assert_eq!(compare(&asked, &listed).and_then(|alike| alike.run).map(|run| run.frames), Some(28));
    asked[12..16].fill(0);
    let run = compare(&asked, &listed).and_then(|alike| alike.run).expect("a run");
    assert_eq!((run.frames, run.asked_from_ms), (14, 16_000));
}

#[test]
fn another_rate_of_frames_does_not_break_a_run() {
    let listed = film(&(1..=20).collect::<Vec<_>>(), 1000);
    let twice: Vec<u64> = (1..=20).flat_map(|seed| [seed, seed]).collect();
    let alike = alike(&film(&twice, 500), &listed, Settings::default()).expect("frames");
    assert_eq!(alike.run.map(|run| (run.frames, run.listed_to_ms)), Some((40, 19_000)));
}

#[test]
fn films_without_a_frame_of_sufficient_quality_are_not_compared() {
    assert_eq!(compare(&[0, 0], &[1, 2]), None);
    assert_eq!(compare(&[1, 2], &[0]), None);
    assert_eq!(compare(&[], &[]), None);
    let unlike = compare(&[1, 2], &[3, 4]).expect("frames");
    assert_eq!((unlike.run, unlike.asked_share(), unlike.listed_share()), (None, 0, 0));
    let far = Frame { at_ms: u64::MAX, ..film(&[1], 1)[0] };
    let alike = alike(&[far], &film(&[1], 1), Settings { slack_ms: 0, ..Settings::default() });
    assert_eq!(alike.and_then(|alike| alike.run).map(|run| run.frames), Some(1));
}

#[test]
fn a_still_film_is_alike_with_its_run_and_takes_no_room() {
    let still = vec![7; 900];
    let alike = compare(&still, &still).expect("frames");
    assert_eq!(alike.listed_share(), 1000);
    assert_eq!(alike.run.map(|run| run.frames), Some(900));
}

#[test]
fn films_are_found_by_any_of_their_frames_and_equal_frames_are_each_films() {
    let films = vec![
        film(&(1..=10).collect::<Vec<_>>(), 1000),
        film(&(5..=30).collect::<Vec<_>>(), 1000),
        film(&[50, 0, 51], 1000),
        film(&[0], 1000),
        Vec::new(),
    ];
    let films = films.into_iter().map(Into::into).collect();
    let films = Films::build(films, Settings::default()).expect("memory");
    let mut scratch = Scratch::default();
    let mut found = |seeds: &[u64]| {
        let found = films.search(&mut scratch, &film(seeds, 1000), Settings::default());
        found.into_iter().map(|(film, alike)| (film, alike.listed_near)).collect::<Vec<_>>()
    };
    assert_eq!(found(&[8, 9, 10]), [(0, 3), (1, 3)]);
    assert_eq!(found(&[51]), [(2, 1)]);
    assert_eq!(found(&[0, 99]), []);
    let none = Films::build(Vec::new(), Settings::default()).expect("memory");
    assert_eq!(none.search(&mut scratch, &film(&[1], 1000), Settings::default()), []);
}
