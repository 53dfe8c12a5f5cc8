//! Digests against what standards, libraries and another program say, by every kernel of the machine and every way in.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use md4::Digest as _;
use proptest::prelude::*;
use tutela_hashing::{
    Broken, Digests, HELD_BYTES, InOrder, Kernels, PART_BYTES, Settings, Wanted, ed2k_of_file, hash_in_order,
    hash_stream, hash_streams,
};

fn settings(wanted: Wanted, kernels: &'static Kernels) -> Settings {
    Settings { wanted, threads: 1, kernels }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes that look random and that other programs can make too: the highest byte of `i × 2654435761` in 32 bits.
fn bytes(len: usize) -> Vec<u8> {
    (0..len as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

/// A stream that gives a few bytes at a time and is interrupted now and then.
struct Slow<'b> {
    bytes: &'b [u8],
    most: usize,
    reads: usize,
}

impl<'b> Slow<'b> {
    fn new(bytes: &'b [u8], most: usize) -> Self {
        Self { bytes, most, reads: 0 }
    }
}

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads += 1;
        if self.reads.is_multiple_of(5) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let most = self.most.min(buffer.len());
        self.bytes.read(&mut buffer[..most])
    }
}

#[test]
fn every_kernel_that_the_machine_has_passes_its_test() {
    assert_eq!(Kernels::failed(), &[] as &[&str]);
    let names: Vec<&str> = Kernels::passed().iter().map(Kernels::name).collect();
    eprintln!("kernels of this machine: {names:?}");
    assert_eq!(names.last(), Some(&"portable"));
    #[cfg(target_arch = "x86_64")]
    {
        assert_eq!(names.contains(&"avx2"), is_x86_feature_detected!("avx2"));
        let wide = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw");
        assert_eq!(names.contains(&"avx512"), wide);
    }
}

/// RFC 1320 and 1321, appendix A.5; FIPS 180-4's examples. MD4 is the ed2k hash of a file below one part.
const STANDARD: &[(&str, [&str; 4])] = &[
    (
        "",
        [
            "31d6cfe0d16ae931b73c59d7e0c089c0",
            "d41d8cd98f00b204e9800998ecf8427e",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ],
    ),
    (
        "abc",
        [
            "a448017aaf21d8525fc10ae87aa6729d",
            "900150983cd24fb0d6963f7d28e17f72",
            "a9993e364706816aba3e25717850c26c9cd0d89d",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ],
    ),
    (
        "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
        [
            "e33b4ddc9c38f2199c3e7b164fcc0536",
            "57edf4a22be3c955ac49da2e2107b67a",
            "50abf5706a150990a08b2c5ea40fa0e585554732",
            "f371bc4a311f2b009eef952dd83ca80e2b60026c8e935592d0f9c308453c813e",
        ],
    ),
    (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        [
            "4691a9ec81b1a6bd1ab8557240b245c5",
            "8215ef0796a20bcaaae116d3876c664a",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ],
    ),
];

#[test]
fn the_examples_of_the_standards_come_out() {
    for kernels in Kernels::passed() {
        for (message, expected) in STANDARD {
            let found =
                hash_stream(settings(Wanted::ALL, kernels), message.as_bytes()).expect("memory is read");
            let said = [
                found.ed2k.map(|ed2k| hex(&ed2k.hash)),
                found.md5.map(|digest| hex(&digest)),
                found.sha1.map(|digest| hex(&digest)),
                found.sha256.map(|digest| hex(&digest)),
            ];
            assert_eq!(
                said.map(Option::unwrap_or_default),
                expected.map(str::to_owned),
                "{}",
                kernels.name()
            );
        }
    }
}

/// Length, ed2k, AICH root of [`bytes`], said by RHash 1.4.3.
const KNOWN: &[(usize, &str, &str)] = &[
    (0, "31d6cfe0d16ae931b73c59d7e0c089c0", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    (1, "47c61a0fa8738ba77308a8a600f88e4b", "5ba93c9db0cff93f52b521d7420e43f6eda2784f"),
    (184_319, "058e0c6f5f010159040b8ccde0726498", "0bb311b6b8dcec2d554a3abbb161ad1811dd5f5e"),
    (184_320, "4ce2a8b9d4ac356afb77f881faa709ad", "47b3f761786c9bdfeb64c9438c83633b8fa2162b"),
    (184_321, "002ee634086dc6c3da122464a8987e9d", "9488a775184251f86bd1efd90a397661ab110051"),
    (368_641, "2a3dbb2b22a9973ca3b7adc8d8e10b0e", "3490dae3877050adac18cbf64f1bbfa2b3440c79"),
    (9_727_999, "516876bfce2c3b6159c2f2de59cbb0dd", "e369423d67dd511334c8a05b2ed1c896f8ffcdc3"),
    (9_728_000, "326504f5b342f4770a96dd5391ebf401", "2b0ab26142ef9fc2bed163e2f1654944866b6ab8"),
    (9_728_001, "d24d7d71357afe6f25e0a10864fbee63", "82beab28b0ec271561f3fddb486b68cdd90271d5"),
    (19_456_000, "716efe76b386670b0d9a84ab6c9e38d3", "ff51ba4d411095a44d74932be927bdc21ea9d4b3"),
    (29_368_320, "5dbcebd238f7120a902b64b5481f25cf", "889647612e3a5211803761c65b086bbfd99b11a9"),
    (48_640_017, "16c4959724d26e9f0bc93f6aa5ca2473", "8885c30ab4d2f6740fedbdbce3c9204b34694ac2"),
];

#[test]
fn ed2k_and_aich_are_as_another_program_says_alone_and_side_by_side() {
    let wanted = Wanted { ed2k: true, aich: true, ..Wanted::default() };
    let all = bytes(KNOWN.iter().map(|(len, ..)| *len).max().unwrap_or_default());
    for kernels in Kernels::passed() {
        let check = |at: usize, digests: Digests| {
            let (len, ed2k, aich) = KNOWN[at];
            let (found, tree) = (digests.ed2k.expect("wanted"), digests.aich.expect("wanted"));
            assert_eq!((hex(&found.hash), hex(&tree.root)), (ed2k.to_owned(), aich.to_owned()), "{len}");
            // As known.met and known2_64.met keep them.
            let parts = len / PART_BYTES as usize;
            assert_eq!(found.parts.len(), if parts == 0 { 0 } else { parts + 1 }, "{len}");
            assert_eq!(
                tree.leaves.len(),
                (parts * 53 + (len % PART_BYTES as usize).div_ceil(184_320)).max(1)
            );
            assert_eq!(tree.parts().count(), len.div_ceil(PART_BYTES as usize).max(1));
        };
        for (at, (len, ..)) in KNOWN.iter().enumerate() {
            let settings = Settings { threads: 1 + at % 2, ..settings(wanted, kernels) };
            check(at, hash_stream(settings, &all[..*len]).expect("memory is read"));
        }
        let streams = KNOWN.iter().enumerate().map(|(at, (len, ..))| (at, &all[..*len]));
        let mut told = 0;
        hash_streams(settings(wanted, kernels), streams, |at, outcome| {
            check(at, outcome.expect("memory is read"));
            told += 1;
        });
        assert_eq!(told, KNOWN.len());
    }
}

#[test]
fn one_stream_on_two_threads_has_the_digests_that_it_has_on_one() {
    let all = bytes(3 * PART_BYTES as usize + 777);
    for len in [0, 1, 64, 262_144, 262_145, all.len()] {
        let on = |threads| hash_stream(Settings { threads, ..Settings::new(Wanted::ALL) }, &all[..len]).ok();
        assert!(on(1).is_some_and(|digests| Some(digests) == on(2)), "{len}");
    }
    let failing = Failing { bytes: 5_000_000 };
    let broken =
        hash_stream(Settings { threads: 2, ..Settings::new(Wanted::ALL) }, failing).expect_err("it fails");
    assert_eq!(broken.bytes, 5_000_000);
}

#[test]
fn the_hash_of_a_part_is_that_of_its_bytes() {
    let all = bytes(2 * PART_BYTES as usize + 500);
    let found = hash_stream(Settings::new(Wanted::ALL), &all[..]).expect("memory is read");
    let parts: Vec<[u8; 16]> =
        all.chunks(PART_BYTES as usize).map(|part| md4::Md4::digest(part).into()).collect();
    assert_eq!(found.ed2k.expect("wanted").parts, parts);
    let leaves: Vec<[u8; 20]> = all
        .chunks(PART_BYTES as usize)
        .flat_map(|part| part.chunks(184_320))
        .map(|leaf| sha1::Sha1::digest(leaf).into())
        .collect();
    assert_eq!(found.aich.expect("wanted").leaves, leaves);
}

#[test]
fn the_parts_of_one_file_side_by_side_give_the_same_ed2k() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("file");
    for len in [0, 1, PART_BYTES as usize - 1, PART_BYTES as usize, 3 * PART_BYTES as usize + 12_345] {
        let all = bytes(len);
        std::fs::write(&path, &all).expect("a file");
        let file = std::fs::File::open(&path).expect("the file");
        let expected = hash_stream(Settings::new(Wanted::ALL), &all[..]).expect("memory is read").ed2k;
        for (kernels, threads) in Kernels::passed().iter().zip([1, 2, 3]) {
            let settings = Settings { wanted: Wanted::ALL, threads, kernels };
            assert_eq!(ed2k_of_file(settings, &file).ok(), expected, "{len}");
        }
    }
}

#[test]
fn the_same_comes_out_of_rhash_where_it_is_installed() {
    if Command::new("rhash").arg("--version").output().is_err() {
        eprintln!("rhash is not installed: our digests are compared with fixed values only");
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let lengths = [0, 63, 64, 4_000_000, 9_728_000, 9_728_000 + 184_320, 3 * 9_728_000 - 1];
    for (at, len) in lengths.into_iter().enumerate() {
        let path = dir.path().join(at.to_string());
        // Other bytes than those of the fixed values.
        let all: Vec<u8> = bytes(len + 7).split_off(7);
        std::fs::write(&path, &all).expect("a file");
        let format = "%{md5} %{sha1} %x{sha-256} %{ed2k} %x{aich}";
        let said =
            Command::new("rhash").args(["--printf", format]).arg(&path).output().expect("it ran before");
        let found = hash_stream(Settings::new(Wanted::ALL), &all[..]).expect("memory is read");
        let ours = [
            hex(&found.md5.expect("wanted")),
            hex(&found.sha1.expect("wanted")),
            hex(&found.sha256.expect("wanted")),
            hex(&found.ed2k.expect("wanted").hash),
            hex(&found.aich.expect("wanted").root),
        ];
        assert_eq!(String::from_utf8_lossy(&said.stdout), ours.join(" "), "{len}");
    }
}

/// What the libraries say.
fn expected(bytes: &[u8], wanted: Wanted) -> [Option<Vec<u8>>; 4] {
    [
        wanted.md5.then(|| md5::Md5::digest(bytes).to_vec()),
        wanted.sha1.then(|| sha1::Sha1::digest(bytes).to_vec()),
        wanted.sha256.then(|| sha2::Sha256::digest(bytes).to_vec()),
        wanted.ed2k.then(|| md4::Md4::digest(bytes).to_vec()),
    ]
}

fn said(digests: &Digests) -> [Option<Vec<u8>>; 4] {
    [
        digests.md5.map(|digest| digest.to_vec()),
        digests.sha1.map(|digest| digest.to_vec()),
        digests.sha256.map(|digest| digest.to_vec()),
        digests.ed2k.as_ref().map(|ed2k| ed2k.hash.to_vec()),
    ]
}

fn any_wanted() -> impl Strategy<Value = Wanted> {
    any::<[bool; 5]>().prop_map(|[md5, sha1, sha256, ed2k, aich]| Wanted { md5, sha1, sha256, ed2k, aich })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn streams_of_any_lengths_have_the_digests_of_the_libraries_whatever_the_way(
        lengths in prop::collection::vec(prop_oneof![0..200_usize, 0..70_000_usize], 0..80),
        wanted in any_wanted(),
        most in prop_oneof![1..300_usize, 1..100_000_usize],
        threads in 1..4_usize,
        kernels in 0..3_usize,
        in_order in any::<bool>(),
    ) {
        let kernels = Kernels::passed().get(kernels).unwrap_or(Kernels::best());
        let all = bytes(lengths.iter().copied().max().unwrap_or_default() + lengths.len());
        // Each stream begins elsewhere, so that no two are alike.
        let parts: Vec<&[u8]> = lengths.iter().enumerate().map(|(at, len)| &all[at..at + len]).collect();
        let supply = parts.iter().enumerate().map(|(at, part)| (at, Slow::new(part, most)));
        let mut told: BTreeMap<usize, Digests> = BTreeMap::new();
        let mut twice = 0;
        let each = |at, outcome: Result<Digests, Broken>| {
            twice += usize::from(told.insert(at, outcome.expect("memory is read")).is_some());
        };
        let settings = Settings { wanted, threads, kernels };
        if in_order {
            hash_in_order(settings, supply, each);
        } else {
            hash_streams(settings, supply, each);
        }
        prop_assert_eq!((told.len(), twice), (parts.len(), 0));
        for (at, digests) in &told {
            prop_assert_eq!(digests.bytes, parts[*at].len() as u64);
            prop_assert_eq!(said(digests), expected(parts[*at], wanted));
            prop_assert_eq!(digests.aich.is_some(), wanted.aich);
        }
    }
}

/// A stream that ends in an error after some bytes.
struct Failing {
    bytes: usize,
}

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.bytes.min(buffer.len()).min(1000);
        self.bytes -= n;
        if n == 0 { Err(io::Error::other("bad sector")) } else { Ok(n) }
    }
}

#[test]
fn a_stream_that_fails_in_the_middle_is_told_with_its_bytes_and_stops_no_other() {
    let long = HELD_BYTES as usize + 12_345;
    let lengths: Vec<usize> = (0..100).map(|at| if at % 10 == 0 { long } else { at * 777 }).collect();
    let all = bytes(long);
    for (threads, in_order) in [(1, false), (2, false), (1, true), (2, true), (3, true)] {
        let supply = lengths.iter().enumerate().map(|(at, len)| {
            let stream: Box<dyn Read + Send> = match at % 3 {
                0 => Box::new(Failing { bytes: *len }),
                _ => Box::new(&all[..*len]),
            };
            (at, stream)
        });
        let mut told = BTreeMap::new();
        let each = |at, outcome| assert!(told.insert(at, outcome).is_none());
        let settings = Settings { threads, ..Settings::new(Wanted::USUAL) };
        if in_order {
            hash_in_order(settings, supply, each);
        } else {
            hash_streams(settings, supply, each);
        }
        assert_eq!(told.len(), lengths.len());
        for (at, outcome) in told {
            match outcome {
                Err(broken) => {
                    assert_eq!((at % 3, broken.bytes), (0, lengths[at] as u64));
                    assert_eq!(broken.to_string(), format!("bad sector (after {} bytes)", lengths[at]));
                }
                Ok(digests) => {
                    assert_ne!(at % 3, 0);
                    assert_eq!(said(&digests), expected(&all[..lengths[at]], Wanted::USUAL));
                }
            }
        }
    }
}

#[test]
fn streams_given_one_by_one_are_each_told_once_whatever_their_length() {
    let limit = HELD_BYTES as usize;
    let lengths = [0, 1, limit - 1, limit, limit + 1, 3 * limit, 5, 64, 128].repeat(6);
    let all = bytes(3 * limit);
    for kernels in Kernels::passed() {
        let mut in_order = InOrder::new(settings(Wanted::USUAL, kernels));
        let mut told = BTreeMap::new();
        for (at, len) in lengths.iter().enumerate() {
            in_order.add(at, &mut &all[..*len], |at, outcome| drop(told.insert(at, outcome)));
        }
        in_order.finish(|at, outcome| drop(told.insert(at, outcome)));
        assert_eq!(told.len(), lengths.len());
        for (at, outcome) in told {
            let digests = outcome.expect("memory is read");
            assert_eq!(said(&digests), expected(&all[..lengths[at]], Wanted::USUAL), "{}", lengths[at]);
        }
    }
}

/// Counts how many streams are there.
struct Counted<'c> {
    bytes: usize,
    open: &'c AtomicUsize,
    most: &'c AtomicUsize,
    is_open: bool,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.is_open {
            self.is_open = true;
            self.most.fetch_max(self.open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        }
        let n = self.bytes.min(buffer.len());
        self.bytes -= n;
        buffer[..n].fill(7);
        Ok(n)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        if self.is_open {
            self.open.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

#[test]
fn no_more_streams_are_open_than_there_are_lanes() {
    let (open, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let kernels = Kernels::best();
    let supply = (0..300)
        .map(|at| (at, Counted { bytes: at * 531 % 90_000, open: &open, most: &most, is_open: false }));
    hash_streams(Settings { threads: 2, ..settings(Wanted::USUAL, kernels) }, supply, |_, outcome| {
        assert!(outcome.is_ok());
    });
    assert_eq!(open.load(Ordering::SeqCst), 0);
    assert!(most.load(Ordering::SeqCst) <= 2 * kernels.lanes());
}
