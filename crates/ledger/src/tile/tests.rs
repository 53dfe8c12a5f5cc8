//! Tiles against a tree that is made anew from all leaves, for every size up to 600, and damaged files.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::tree::{Tree, root_at};

fn entry(seq: u64) -> Vec<u8> {
    format!("entry {seq}").into_bytes()
}

/// The bytes of a tile by the formula of the specification: MTH(D[(n * 256 + i) * 256^l : (n * 256 + i + 1) * 256^l]).
fn by_the_formula(tile: Tile, leaves: &[Hash]) -> Vec<u8> {
    let first = tile.index as usize * 256;
    match tile.kind {
        Kind::Entries => (first..first + usize::from(tile.width))
            .flat_map(|seq| {
                let entry = entry(seq as u64);
                [&(entry.len() as u16).to_be_bytes()[..], &entry].concat()
            })
            .collect(),
        Kind::Hashes(level) => {
            let span = 256_usize.pow(u32::from(level));
            let hash = |i: usize| root(&leaves[i * span..(i + 1) * span]);
            (first..first + usize::from(tile.width)).flat_map(|i| hash(i).0).collect()
        }
    }
}

type Files = BTreeMap<Tile, Vec<u8>>;

fn read(files: &Files) -> impl Fn(Tile) -> Result<Vec<u8>, Damaged> {
    |tile| files.get(&tile).cloned().ok_or_else(|| tile.damaged(0, "a file".into(), "none".into()))
}

#[test]
fn paths_are_those_of_the_specification() {
    let hashes = |level, index, width| Tile { kind: Kind::Hashes(level), index, width };
    for (tile, path) in [
        (hashes(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (hashes(0, 0, 256), "tile/0/000"),
        (hashes(1, 999, 17), "tile/1/999.p/17"),
        (hashes(63, 1000, 255), "tile/63/x001/000.p/255"),
        (Tile { kind: Kind::Entries, index: 273, width: 112 }, "tile/entries/273.p/112"),
        (hashes(0, u64::MAX, 256), "tile/0/x018/x446/x744/x073/x709/x551/615"),
    ] {
        assert_eq!(tile.to_string(), path);
        assert_eq!(path.parse::<Tile>(), Ok(tile));
    }
    assert_eq!(hashes(2, 1000, 3).partial_folder(), "tile/2/x001/000.p");
    for path in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/+1",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/xx01/000",
        "tile/data/000",
        "/tile/0/000",
        "tile/0/../000",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/000/",
        "tile/0/+00",
    ] {
        assert!(path.parse::<Tile>().is_err(), "{path}");
    }
}

#[test]
fn the_specification_s_tree_of_70_000_has_its_tiles() {
    let write = growth(0, 70_000).write;
    let count = |kind, full| write.iter().filter(|tile| tile.kind == kind && tile.is_full() == full).count();
    let widths: Vec<String> = write.iter().filter(|tile| !tile.is_full()).map(Tile::to_string).collect();
    assert_eq!(count(Kind::Hashes(0), true), 273);
    assert_eq!(count(Kind::Entries, true), 273);
    assert_eq!(count(Kind::Hashes(1), true), 1);
    assert_eq!(widths, ["tile/entries/273.p/112", "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
    let paths: Vec<String> = growth(0, 256).write.iter().map(Tile::to_string).collect();
    assert_eq!(paths, ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(growth(0, 0), Growth::default());
    assert_eq!(growth(9, 9), Growth::default());
}

#[test]
fn at_every_size_the_files_and_the_root_are_those_of_a_tree_made_anew() {
    let leaves: Vec<Hash> = (0..600).map(|seq| leaf(&entry(seq))).collect();
    let (mut edge, mut tree, mut files) = (Edge::default(), Tree::default(), Files::new());
    for size in 0..=600_u64 {
        assert_eq!((edge.size(), edge.root()), (size, root(&leaves[..size as usize])), "{size}");
        let mut all = files.clone();
        all.extend(edge.partial().into_iter().map(|file| (file.tile, file.bytes)));
        let expected = growth(0, size).write.into_iter().map(|tile| (tile, by_the_formula(tile, &leaves)));
        assert_eq!(all, expected.collect::<Files>(), "{size}");
        assert_eq!(Edge::resume(size, read(&all)), Ok(edge.clone()), "{size}");
        let hashes = |subtree| hash_at(subtree, size, read(&all));
        assert_eq!(root_at(size, hashes), Ok(edge.root()), "{size}");
        assert!(root_at(size + 1, hashes).is_err(), "{size}");
        assert_eq!(root_at(size / 2, hashes), Ok(root(&leaves[..size as usize / 2])), "{size}");
        let mut full = Vec::new();
        assert_eq!(edge.push(&entry(size), &mut full), Ok(leaf(&entry(size))));
        files.extend(full.into_iter().map(|file| (file.tile, file.bytes)));
        tree.push(leaf(&entry(size)));
        assert_eq!(edge.root(), tree.root());
    }
}

#[test]
fn a_log_that_grew_in_steps_has_the_files_of_one_that_was_written_at_once() {
    let sizes = [0, 1, 2, 200, 255, 256, 257, 300, 511, 600, 65_535, 65_536, 65_537, 66_000];
    let (mut files, mut edge) = (Files::new(), Edge::default());
    for step in sizes.windows(2) {
        let (from, to) = (step[0], step[1]);
        let before: Vec<Tile> = files.keys().copied().collect();
        let mut wrote = Vec::new();
        (from..to).for_each(|seq| {
            edge.push(&entry(seq), &mut wrote).expect("it is short");
        });
        wrote.extend(edge.partial());
        let growth = growth(from, to);
        files.extend(wrote.into_iter().map(|file| (file.tile, file.bytes)));
        let added: Vec<Tile> = files.keys().copied().filter(|tile| !before.contains(tile)).collect();
        assert!(added.iter().all(|tile| growth.write.contains(tile)), "{from} to {to}");
        assert!(growth.write.iter().all(|tile| files.contains_key(tile)), "{from} to {to}");
        files.retain(|tile, _| tile.is_full() || !growth.replaced.contains(&tile.partial_folder()));
        files.retain(|tile, _| !growth.outgrown.contains(tile));
        let expected: Vec<Tile> = {
            let mut tiles = super::growth(0, to).write;
            tiles.sort_unstable();
            tiles
        };
        assert_eq!(files.keys().copied().collect::<Vec<_>>(), expected, "{from} to {to}");
        edge = Edge::resume(to, read(&files)).expect("the files go together");
    }
}

#[test]
fn an_entry_that_is_too_long_is_refused_and_leaves_the_log_as_it_was() {
    let (mut edge, mut full) = (Edge::default(), Vec::new());
    edge.push(&[b'x'; ENTRY_BYTES], &mut full).expect("the longest one");
    let before = edge.clone();
    let refused = edge.push(&[b'x'; ENTRY_BYTES + 1], &mut full).map_err(|refused| refused.to_string());
    assert_eq!(refused, Err("entry 1 is longer than 65535 bytes: 65536".to_owned()));
    assert_eq!(edge, before);
    let bundle = edge.partial().swap_remove(0);
    assert_eq!(bundle.tile.entries(&bundle.bytes).map(|entries| entries[0].len()), Ok(ENTRY_BYTES));
}

#[test]
fn a_damaged_file_is_named_with_its_place() {
    let bundle = Tile { kind: Kind::Entries, index: 0, width: 2 };
    let hashes = Tile { kind: Kind::Hashes(0), index: 7, width: 2 };
    for (bytes, message) in [
        (&b""[..], "at byte 0: expected the length of entry 1 of 2, found: 0 bytes"),
        (b"\0\x01a\0", "at byte 3: expected the length of entry 2 of 2, found: 1 bytes"),
        (b"\0\x01a\0\x05b", "at byte 5: expected 5 bytes, found: 1 bytes"),
        (b"\0\x01a\0\x01bc", "at byte 6: expected the end after 2 entries, found: 1 bytes"),
    ] {
        let damaged = bundle.entries(bytes).expect_err(message).to_string();
        assert_eq!(damaged, format!("tile/entries/000.p/2 is damaged {message}"));
    }
    assert_eq!(
        hashes.hashes(&[0; 63]).expect_err("too few").to_string(),
        "tile/0/007.p/2 is damaged at byte 63: expected 64 bytes, found: 63 bytes"
    );
    let (mut edge, mut full) = (Edge::default(), Vec::new());
    [0, 1].iter().for_each(|seq| drop(edge.push(&entry(*seq), &mut full)));
    let mut files: Files = edge.partial().into_iter().map(|file| (file.tile, file.bytes)).collect();
    if let Some(bytes) = files.get_mut(&bundle) {
        bytes[12] ^= 1;
    }
    let damaged = Edge::resume(2, read(&files)).expect_err("an entry was changed");
    assert_eq!((damaged.path.as_str(), damaged.at), ("tile/entries/000.p/2", 9));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000), width in 1..=256_u16) {
        for kind in [Kind::Entries, Kind::Hashes(3)] {
            let tile = Tile { kind, index: 5, width };
            if let Ok(entries) = tile.entries(&bytes) {
                let again: Vec<u8> =
                    entries.iter().flat_map(|entry| [&(entry.len() as u16).to_be_bytes()[..], entry].concat()).collect();
                prop_assert_eq!(again, bytes.clone());
            }
            prop_assert_eq!(tile.hashes(&bytes).is_ok(), bytes.len() == usize::from(width) * 32);
        }
    }

    #[test]
    fn any_text_is_a_path_in_one_spelling_or_none(path in "tile/(entries|[0-9]{1,2})/(x?[0-9]{2,3}/){0,3}[0-9]{3}(\\.p/[0-9]{1,3})?") {
        if let Ok(tile) = path.parse::<Tile>() {
            prop_assert_eq!(tile.to_string(), path);
        }
    }

    #[test]
    fn any_growth_is_made_of_paths_that_read_back(from in 0..100_000_u64, by in 0..3_000_u64) {
        let growth = growth(from, from + by);
        for tile in growth.write.iter().chain(&growth.outgrown) {
            prop_assert_eq!(tile.to_string().parse::<Tile>(), Ok(*tile));
        }
    }
}
