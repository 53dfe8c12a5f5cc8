//! Sets of blocks: what of a file is kept, what is found of it on a device, and what is not taken for it.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tempfile::TempDir;
use tutela_matchers::blocks::{BLOCK_BYTES, BlockHashKind, Place};
use tutela_matchers::index::{Builder, Index, IndexError, Settings};
use tutela_matchers::lists::{Declared, Layout};
use tutela_matchers::triage::{Confirmed, confirm};

const BLOCK: usize = BLOCK_BYTES as usize;

/// Bytes that look compressed, other ones for each number.
fn noise(number: u64, len: usize) -> Vec<u8> {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..len).map(|_| next()).collect()
}

/// A folder, and the builder of an index in it.
fn builder(folder: &TempDir, name: &str) -> (Builder, PathBuf) {
    let settings = Settings {
        name: "prova".to_owned(),
        version: "1".to_owned(),
        scheme: None,
        translation: None,
        memory_bytes: 1 << 20,
        folder: folder.path().to_owned(),
    };
    let path = folder.path().join(name);
    (Builder::new(settings, &path).expect("a file"), path)
}

fn finish(builder: Builder, path: &Path) -> Index {
    builder.finish(&mut |_| ControlFlow::Continue(())).expect("it is built");
    Index::open(path).expect("it opens")
}

fn take(builder: &mut Builder, bytes: &[u8]) -> u64 {
    let taken = builder.blocks().original(&mut &bytes[..], Path::new("an original")).expect("memory");
    assert_eq!(taken.bytes, bytes.len() as u64);
    taken.probative
}

#[test]
fn a_block_is_found_with_its_file_and_place_and_others_are_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let (a, b) = (noise(1, BLOCK * 5 + 100), noise(2, BLOCK * 3));
    let (mut builder, path) = builder(&folder, "set");
    assert_eq!((take(&mut builder, &a), take(&mut builder, &b)), (5, 3));
    let index = finish(builder, &path);
    let set = index.blocks().expect("it is whole").expect("there are blocks");
    assert_eq!((set.len(), set.block_bytes(), set.hash()), (8, BLOCK_BYTES, BlockHashKind::Sha256));
    for (file, count) in [(&a, 5), (&b, 3)] {
        let digest = tutela_model::Digest::of(file).hex();
        for (number, block) in file.chunks_exact(BLOCK).enumerate() {
            let place = set.look(block).expect("it is in the set");
            assert_eq!(place.offset, Some((number * BLOCK) as u64));
            let of = &set.files()[place.file as usize];
            assert_eq!(
                (&of.hash, of.bytes, of.blocks, of.kept),
                (&digest, Some(file.len() as u64), Some(count), count)
            );
        }
    }
    assert_eq!(set.look(&a[5 * BLOCK..]), None, "what is behind the last whole block is not taken");
    assert_eq!(set.look(&a[1..=BLOCK]), None);
    let passed = (100..1100).filter(|n| set.may_hold(&noise(*n, BLOCK))).count();
    assert!(passed < 120, "the prefilter lets {passed} of 1000 pass");
    assert!((100..1100).all(|n| set.look(&noise(n, BLOCK)).is_none()));
}

#[test]
fn blocks_that_say_nothing_are_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let (own, shared, twice, clean) = (noise(1, BLOCK), noise(2, BLOCK), noise(3, BLOCK), noise(4, BLOCK));
    let zeros = vec![0; BLOCK];
    let first = [&own[..], &shared, &twice, &twice, &clean, &zeros].concat();
    let second = [&noise(5, BLOCK)[..], &shared].concat();
    let (mut builder, path) = builder(&folder, "set");
    take(&mut builder, &first);
    take(&mut builder, &second);
    // A copy of a file is that file, and not a second one that shares all its blocks.
    assert!(builder.blocks().original(&mut &first[..], Path::new("a copy")).expect("memory").repeated);
    builder
        .blocks()
        .clean(&mut &[&clean[..], &noise(6, BLOCK)].concat()[..], Path::new("clean"))
        .expect("memory");
    let index = finish(builder, &path);
    let told = index.manifest().blocks.clone().expect("there are blocks");
    assert_eq!((told.kept, told.low_entropy, told.pattern, told.repeated, told.clean), (2, 1, 0, 4, 1));
    let set = index.blocks().expect("it is whole").expect("there are blocks");
    assert!(set.look(&own).is_some());
    for block in [&shared, &twice, &clean, &zeros] {
        assert_eq!(set.look(block), None);
    }
    // A set may stand for the clean files.
    let (mut builder, path) = self::builder(&folder, "other");
    take(&mut builder, &first);
    builder.blocks().clean_index(&index).expect("it is whole");
    let other = finish(builder, &path);
    let set = other.blocks().expect("it is whole").expect("there are blocks");
    assert_eq!((set.look(&own), set.look(&shared).is_some()), (None, true));
}

#[test]
fn sets_put_together_are_the_set_of_all_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let files: Vec<Vec<u8>> =
        (0..6).map(|n| [noise(n / 2, BLOCK), noise(10 + n, BLOCK * 2)].concat()).collect();
    let set = |name: &str, files: &[&Vec<u8>]| {
        let (mut builder, path) = builder(&folder, name);
        for file in files {
            take(&mut builder, file);
        }
        finish(builder, &path)
    };
    let forward = set("all", &files.iter().collect::<Vec<_>>());
    let backward = set("backward", &files.iter().rev().collect::<Vec<_>>());
    assert_eq!(forward.digest(), backward.digest());
    let (even, odd) =
        (set("even", &[&files[0], &files[2], &files[4]]), set("odd", &[&files[1], &files[3], &files[5]]));
    let (mut builder, path) = builder(&folder, "merged");
    builder.index(&odd, None).expect("it is whole");
    builder.index(&even, None).expect("it is whole");
    let merged = finish(builder, &path);
    let keys = |index: &Index| {
        index.manifest().sections.iter().find(|section| section.name == "block.keys").cloned()
    };
    assert_eq!(keys(&merged).map(|keys| keys.sha256), keys(&forward).map(|keys| keys.sha256));
    assert_eq!(merged.blocks().expect("whole").expect("blocks").len(), 12);
}

/// A device of zeros with bytes at some of its places.
fn device(bytes: usize, at: &[(usize, &[u8])]) -> Vec<u8> {
    let mut device = vec![0; bytes];
    at.iter().for_each(|(at, bytes)| device[*at..*at + bytes.len()].copy_from_slice(bytes));
    device
}

#[test]
fn a_file_is_named_by_all_its_bytes_or_two_blocks_in_place_and_not_by_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut builder, path) = builder(&folder, "list");
    let (a, b) = (noise(1, BLOCK * 6 + 100), noise(2, BLOCK + 7));
    take(&mut builder, &a);
    take(&mut builder, &b);
    let index = finish(builder, &path);
    let set = index.blocks().expect("undamaged").expect("there are some");
    // At a sector that is no multiple of a block, as file systems begin.
    let found = |device: &[u8]| -> Vec<(usize, Confirmed)> {
        let mut read = |at: u64, buffer: &mut [u8]| {
            let from = (at as usize).min(device.len());
            let taken = buffer.len().min(device.len() - from);
            buffer[..taken].copy_from_slice(&device[from..from + taken]);
            Ok(taken)
        };
        let met: Vec<(usize, Place)> = set.scan(device, 512).collect();
        let confirmed = met
            .into_iter()
            .map(|(at, place)| (at, confirm(&set, place, at as u64, &mut read).expect("memory")));
        confirmed.collect()
    };
    let at = 7 * 512;
    let whole = found(&device(BLOCK * 20, &[(at, &a)]));
    assert_eq!(whole.len(), 6);
    assert!(whole.iter().enumerate().all(|(n, found)| *found == (at + n * BLOCK, Confirmed::Whole)));
    // The last byte is another one: six blocks are there, and not the file.
    let mut changed = a.clone();
    *changed.last_mut().expect("a byte") ^= 1;
    assert!(found(&device(BLOCK * 20, &[(at, &changed)])).iter().all(|found| found.1 == Confirmed::Part(6)));
    // The device begins, or ends, in the middle of the file.
    assert!(found(&a[2 * BLOCK..]).iter().all(|found| found.1 == Confirmed::Part(4)));
    assert!(found(&a[..5 * BLOCK]).iter().all(|found| found.1 == Confirmed::Part(5)));
    // Blocks that do not lie as in the file name it no more than one does.
    let apart = [(0, &a[..BLOCK]), (5 * BLOCK, &a[BLOCK..2 * BLOCK])];
    assert_eq!(found(&device(BLOCK * 20, &apart)), [(0, Confirmed::One), (5 * BLOCK, Confirmed::One)]);
    // A file of one block is named when all its bytes are there.
    assert_eq!(found(&device(BLOCK * 4, &[(512, &b)])), [(512, Confirmed::Whole)]);
    assert_eq!(found(&device(BLOCK * 4, &[(512, &b[..BLOCK])])), [(512, Confirmed::One)]);
}

#[test]
fn block_hashes_of_hashdb_are_looked_up_as_md5_without_a_prefilter() {
    let folder = tempfile::tempdir().expect("a folder");
    let block = noise(1, 512);
    let key = tutela_matchers::lists::hex(&BlockHashKind::Md5.key(&block));
    let file = "0123456789abcdef0123456789abcdef";
    let text = format!("{{\"block_hash\":\"{key}\",\"source_offset_pairs\":[\"{file}\",1024]}}\n");
    let list = folder.path().join("list.jsonl");
    fs::write(&list, text).expect("a file");
    let (mut builder, path) = builder(&folder, "set");
    let declared = Declared { block_bytes: Some(512), ..Declared::default() };
    builder
        .list(&list, Layout::Hashdb, &declared, &mut |_| Ok(()), &mut |_| ControlFlow::Continue(()))
        .expect("a list");
    let mut bytes = &block[..];
    let other = builder.blocks().declare(4096, BlockHashKind::Sha256);
    assert!(matches!(other, Err(IndexError::OtherBlocks { .. })));
    drop(builder.blocks().original(&mut bytes, Path::new("an original")));
    let index = finish(builder, &path);
    let set = index.blocks().expect("it is whole").expect("there are blocks");
    assert_eq!((set.hash(), set.block_bytes()), (BlockHashKind::Md5, 512));
    // The original has the same block at another place: it is at two, and says nothing.
    assert_eq!(set.len(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn a_damaged_set_never_faults(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = noise(1, BLOCK * 4);
        let (mut builder, path) = builder(&folder, "set");
        take(&mut builder, &file);
        drop(finish(builder, &path));
        let mut bytes = fs::read(&path).expect("it is there");
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let damaged = folder.path().join("damaged");
        fs::write(&damaged, bytes).expect("a file");
        if let Ok(index) = Index::open(&damaged)
            && let Ok(Some(set)) = index.blocks()
        {
            for block in file.chunks_exact(BLOCK) {
                let _ = set.look(block);
            }
        }
    }
}
