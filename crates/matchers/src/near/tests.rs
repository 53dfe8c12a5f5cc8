//! The search against reading every hash, on lists of every kind.

use proptest::prelude::*;

use super::*;
use crate::shapes::Noise;

fn any(noise: &mut Noise) -> PdqHash {
    PdqHash::of_limbs(std::array::from_fn(|_| noise.next()))
}

/// The hash with so many bits changed.
fn off(noise: &mut Noise, hash: PdqHash, mut bits: u32) -> PdqHash {
    let mut limbs = hash.limbs();
    while bits > 0 {
        let bit = noise.below(256) as usize;
        let changed = limbs[bit / 64] ^ (1 << (bit % 64));
        // Each bit once.
        if (changed ^ hash.limbs()[bit / 64]) >> (bit % 64) & 1 == 1 {
            limbs[bit / 64] = changed;
            bits -= 1;
        }
    }
    PdqHash::of_limbs(limbs)
}

/// Lists as they come: uniform; versions of a few pictures; nearly all of one; with few bits that differ at all.
fn list(kind: u8, len: usize, noise: &mut Noise) -> Vec<PdqHash> {
    let centres: Vec<PdqHash> = (0..8).map(|_| any(noise)).collect();
    let one = |noise: &mut Noise| match kind {
        0 => any(noise),
        1 => {
            let (centre, bits) = (centres[noise.below(8) as usize], noise.below(40) as u32);
            off(noise, centre, bits)
        }
        2 => {
            let bits = noise.below(3) as u32;
            off(noise, centres[0], bits)
        }
        3 => PdqHash::of_limbs([noise.below(4), 0, u64::MAX, noise.below(2) << 63]),
        _ => centres[noise.below(2) as usize],
    };
    (0..len).map(|_| one(noise)).collect()
}

fn plainly(hashes: &[PdqHash], query: PdqHash, within: u32) -> Vec<Found> {
    let found = hashes
        .iter()
        .enumerate()
        .map(|(number, hash)| Found { distance: query.distance(*hash), number: number as u32 });
    let mut found: Vec<Found> = found.filter(|found| found.distance <= within).collect();
    found.sort_unstable();
    found
}

/// Of each kind of list: hashes of the list, some bits off, at the very edge and just beyond it, and others.
fn queries(hashes: &[PdqHash], within: u32, noise: &mut Noise) -> Vec<PdqHash> {
    let mut queries = vec![any(noise), PdqHash::of_limbs([0; 4]), PdqHash::of_limbs([u64::MAX; 4])];
    for bits in [0, 1, within.saturating_sub(1), within, within + 1, within + 9] {
        if !hashes.is_empty() {
            let hash = hashes[noise.below(hashes.len() as u64) as usize];
            queries.push(off(noise, hash, bits));
        }
    }
    queries
}

fn check(index: &Index, hashes: &[PdqHash], within: u32, noise: &mut Noise) -> Result<(), TestCaseError> {
    let mut scratch = Scratch::default();
    let queries = queries(hashes, within, noise);
    let together = index.search_all(&mut scratch, &queries, within);
    for (query, together) in queries.iter().zip(together) {
        let expected = plainly(hashes, *query, within);
        prop_assert_eq!(&index.search(&mut scratch, *query, within), &expected);
        prop_assert_eq!(together, expected);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn nothing_near_is_left_out_whatever_the_list(
        kind in 0_u8..5, len in 0_usize..3000, within in 0_u32..=31, seed in proptest::num::u64::ANY
    ) {
        let mut noise = Noise(seed);
        let hashes = list(kind, len, &mut noise);
        for layout in [Layout::Scan, Layout::Sixteen] {
            let index = Index::build(&hashes, layout).expect("memory");
            prop_assert_eq!(index.len(), len);
            check(&index, &hashes, 31, &mut noise)?;
            check(&index, &hashes, within, &mut noise)?;
        }
    }
}

/// Tables of 23 and 24 bits take half a gigabyte even for a short list, so they are built once here.
#[test]
fn nothing_near_is_left_out_by_tables_of_a_long_list_and_numbers_are_places() {
    let mut noise = Noise(1);
    let mut hashes = list(0, 6000, &mut noise);
    for kind in 1..5 {
        hashes.extend(list(kind, 3000, &mut noise));
    }
    let index = Index::build(&hashes, Layout::Eleven).expect("memory");
    for within in [31, 31, 31, 30, 22, 11, 10, 1, 0] {
        check(&index, &hashes, within, &mut noise).expect("all that is near");
    }
    assert!(index.memory().bytes > (3 << 26) + (8 << 25));
}

#[test]
fn a_list_of_one_hash_finds_it_and_an_empty_one_finds_nothing() {
    let mut noise = Noise(2);
    let hash = any(&mut noise);
    let mut scratch = Scratch::default();
    for layout in [Layout::Scan, Layout::Sixteen] {
        let index = Index::build(&[hash], layout).expect("memory");
        let near = off(&mut noise, hash, 31);
        assert_eq!(index.search(&mut scratch, near, 31), [Found { distance: 31, number: 0 }]);
        assert_eq!(index.search(&mut scratch, near, 1000), [Found { distance: 31, number: 0 }], "at most 31");
        let far = off(&mut noise, hash, 32);
        assert_eq!(index.search(&mut scratch, far, 1000), []);
        let none = Index::build(&[], layout).expect("memory");
        assert!(none.is_empty());
        assert_eq!(none.search(&mut scratch, hash, 31), []);
    }
}

#[test]
fn equal_hashes_are_each_found() {
    let mut noise = Noise(3);
    let hash = any(&mut noise);
    let hashes = vec![hash; 20_000];
    let index = Index::build(&hashes, Layout::Sixteen).expect("memory");
    let found = index.search(&mut Scratch::default(), off(&mut noise, hash, 7), 31);
    assert_eq!(found.len(), 20_000);
    assert!(found.iter().enumerate().all(|(idx, found)| (found.number, found.distance) == (idx as u32, 7)));
}

#[test]
fn full_buckets_are_searched_less_deeply_and_where_that_does_not_help_the_list_is_read() {
    let mut noise = Noise(4);
    let candidates = |hashes: &[PdqHash], query: PdqHash| {
        let index = Index::build(hashes, Layout::Sixteen).expect("memory");
        let mut numbers = Vec::new();
        let query = index.spread.apply(query);
        let tables = index.tables.as_ref().expect("tables");
        tables.search(&mut tables::Scratch::default(), &query, 31, hashes.len(), &mut numbers)
    };
    // Half of the list agrees in its first 16 bits, which are one table or are spread over all.
    let mut skewed = list(0, 40_000, &mut noise);
    for hash in skewed.iter_mut().step_by(2) {
        let [a, b, c, d] = hash.limbs();
        *hash = PdqHash::of_limbs([a & !0xffff, b, c, d]);
    }
    assert!(candidates(&skewed, skewed[0]), "one table is full: the others are searched more deeply");
    let equal = vec![skewed[0]; 40_000];
    assert!(!candidates(&equal, skewed[0]), "all are full: the list is read");
    assert!(candidates(&equal, skewed[1]), "a query that is far from all meets nothing");
}

#[test]
fn any_depths_that_are_chosen_add_up() {
    let mut noise = Noise(5);
    for kind in 0..5 {
        let hashes = list(kind, 10_000, &mut noise);
        let index = Index::build(&hashes, Layout::Sixteen).expect("memory");
        let tables = index.tables.as_ref().expect("tables");
        for within in 0..=31 {
            let query = index.spread.apply(any(&mut noise));
            let near = index.spread.apply(hashes[noise.below(10_000) as usize]);
            for depths in
                [tables.usual(within), tables.cheapest(&query, within), tables.cheapest(&near, within)]
            {
                let sum: usize = depths.iter().map(|depth| depth.map_or(0, |depth| depth + 1)).sum();
                assert!(sum > within as usize, "{kind}, {within}: {depths:?}");
            }
        }
    }
}

#[test]
fn the_order_of_bits_changes_no_distance_and_parts_bits_that_go_together() {
    let mut noise = Noise(6);
    // Bits 2 i and 2 i + 1 are equal.
    let double = |noise: &mut Noise| {
        PdqHash::of_limbs(std::array::from_fn(|_| {
            let bits = noise.next() & 0x5555_5555_5555_5555;
            bits | bits << 1
        }))
    };
    let hashes: Vec<PdqHash> = (0..9000).map(|_| double(&mut noise)).collect();
    let spread = Spread::of(hashes.len(), &|number| hashes[number], tables::cuts(Layout::Sixteen));
    let place = |bit: usize| {
        let mut limbs = [0; 4];
        limbs[bit / 64] = 1 << (bit % 64);
        let placed = spread.apply(PdqHash::of_limbs(limbs));
        assert_eq!(placed.iter().map(|limb| limb.count_ones()).sum::<u32>(), 1);
        (0..256).find(|place| placed[place / 64] >> (place % 64) & 1 == 1).expect("one bit")
    };
    let places: Vec<usize> = (0..256).map(place).collect();
    let mut sorted = places.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..256).collect::<Vec<_>>());
    for pair in places.chunks_exact(2) {
        assert_ne!(pair[0] / 16, pair[1] / 16, "equal bits in one table");
    }
}

#[test]
fn instructions_of_every_machine_find_what_those_of_this_one_find() {
    let mut noise = Noise(7);
    let hashes = list(1, 5000, &mut noise);
    let index = Index::build(&hashes, Layout::Sixteen).expect("memory");
    let tables = index.tables.as_ref().expect("tables");
    for query in queries(&hashes, 31, &mut noise) {
        let (here, every) = tables.candidates_by_every_machine(&index.spread.apply(query), 31);
        assert_eq!(here, every);
        assert!(every.len() >= plainly(&hashes, query, 31).len());
    }
}

#[test]
fn memory_is_zero_at_first_and_what_it_holds_is_not_shown() {
    let mut guarded = Guarded::<[u64; 5]>::zeros(1000).expect("memory");
    assert!(guarded.iter().flatten().all(|number| *number == 0));
    guarded[999] = [7; 5];
    assert_eq!(guarded[999], [7; 5]);
    assert_eq!(format!("{guarded:?}"), "Guarded(1000, not shown)");
    assert_eq!(guarded.memory().bytes, 40_960);
    assert_eq!(Guarded::<u32>::zeros(0).expect("memory").len(), 0);
    assert!(Guarded::<[u64; 4]>::zeros(usize::MAX).is_err());
}
