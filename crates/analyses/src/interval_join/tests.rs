//! The join beside a loop over all pairs, on small made-up worlds in which everything overlaps.

use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;

use proptest::prelude::*;
use tutela_model::Aside;

use super::*;

/// Whether a lease fits, as a sentence of the standard would say it.
fn fits(lease: &Lease, seen: &Seen) -> bool {
    let port_fits = match (lease.ports, seen.port) {
        (Some((first, last)), Some(port)) => first <= port && port <= last,
        _ => true,
    };
    lease.prefix.holds(seen.address)
        && port_fits
        && lease.from_us <= seen.high_us
        && lease.until_us > seen.low_us
}

fn all_pairs(leases: &[Lease], seen: &[Seen]) -> Vec<(u64, u32)> {
    let mut hits = Vec::new();
    for (seen_idx, seen) in (0..).zip(seen) {
        hits.extend((0..).zip(leases).filter(|(_, lease)| fits(lease, seen)).map(|(idx, _)| (seen_idx, idx)));
    }
    hits
}

fn index(leases: &[(u32, Lease)]) -> Index {
    let mut builder = Builder::default();
    leases.iter().for_each(|(id, lease)| builder.push(lease, *id));
    builder.build()
}

fn one_by_one(index: &Index, seen: &[(u64, Seen)]) -> Vec<(u64, u32)> {
    let mut hits = Vec::new();
    for (id, seen) in seen {
        index.at(seen, &mut |lease| hits.push((*id, lease)));
    }
    hits.sort_unstable();
    hits
}

fn together(index: &Index, seen: &[(u64, Seen)]) -> Vec<(u64, u32)> {
    let (mut hits, mut probes) = (Vec::new(), Probes::new(index));
    seen.iter().for_each(|(id, seen)| probes.push(seen, *id, &mut |id, lease| hits.push((id, lease))));
    probes.finish(&mut |id, lease| hits.push((id, lease)));
    hits.sort_unstable();
    hits
}

/// Streams in memory.
#[derive(Default)]
struct Streams(Mutex<BTreeMap<u64, Vec<u8>>>);

impl Aside for Streams {
    fn put(&self, stream: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.lock().expect("no thread panics").entry(stream).or_default().extend(bytes);
        Ok(())
    }

    fn get(&self, stream: u64, position: u64, bytes: &mut [u8]) -> io::Result<()> {
        let streams = self.0.lock().expect("no thread panics");
        let position = position as usize;
        bytes.copy_from_slice(&streams[&stream][position..position + bytes.len()]);
        Ok(())
    }
}

/// Hits in the order in which they are handed out, and how many streams were put aside.
#[expect(
    clippy::disallowed_methods,
    reason = "the caller of the join has the threads, and here the caller is a test"
)]
fn parted(leases: &[Lease], seen: &[Seen], memory: usize, jobs: usize) -> (Vec<(u64, u64)>, usize) {
    let streams = Streams::default();
    let mut parted = Parted::new(&streams, memory);
    (0..).zip(leases).try_for_each(|(row, lease)| parted.lease(lease, row)).expect("memory takes all");
    (0..).zip(seen).try_for_each(|(row, seen)| parted.seen(seen, row)).expect("memory takes all");
    let parted = &parted;
    let join = |job: usize| {
        let mut hits = parted.hits(jobs);
        let mut parts = (job..N_PARTS).step_by(jobs);
        parts.try_for_each(|part| parted.join(part, jobs, &mut hits)).map(|()| hits)
    };
    let collections: io::Result<Vec<Hits<'_>>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs).map(|job| scope.spawn(move || join(job))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no thread panics")).collect()
    });
    let mut all = Vec::new();
    let mut each = |connection, lease| {
        all.push((connection, lease));
        Ok(())
    };
    merge(collections.expect("memory gives all"), memory, &mut each).expect("memory gives all");
    let n_streams = streams.0.lock().expect("no thread panics").len();
    (all, n_streams)
}

/// A few addresses of both families, and prefixes of them of several lengths.
fn address() -> impl Strategy<Value = Address> {
    let v4 = (0_u128..12).prop_map(|host| Address(0xffff_c000_0200 + host));
    let v6 =
        (0_u128..3, 0_u128..3).prop_map(|(net, host)| Address(0x2001_0db8 << 96 | net << 64 | host << 8));
    prop_oneof![v4, v6]
}

fn prefix() -> impl Strategy<Value = Prefix> {
    (address(), 0_u8..4).prop_map(|(address, length)| {
        let lengths = if address.is_v4() { [32, 32, 30, 28] } else { [128, 64, 56, 0] };
        let bits_128 = lengths[usize::from(length)] + if address.is_v4() { 96 } else { 0 };
        Prefix {
            low: Address(address.0 & tutela_model::address::mask(bits_128)),
            bits: lengths[usize::from(length)],
        }
    })
}

fn port() -> impl Strategy<Value = u16> {
    prop_oneof![Just(0), Just(u16::MAX), 1_000_u16..1_100]
}

fn instant() -> impl Strategy<Value = i64> {
    prop_oneof![8 => -50_i64..50, 1 => Just(i64::MIN), 1 => Just(i64::MAX)]
}

fn lease() -> impl Strategy<Value = Lease> {
    // Ends before beginnings and last ports before first ones stand in real answers too.
    (prefix(), proptest::option::weighted(0.8, (port(), port())), instant(), instant())
        .prop_map(|(prefix, ports, from_us, until_us)| Lease { prefix, ports, from_us, until_us })
}

fn seen() -> impl Strategy<Value = Seen> {
    (address(), proptest::option::weighted(0.8, port()), instant(), 0_i64..20, 0_i64..9).prop_map(
        |(address, port, low_us, width_us, slack_us)| {
            Seen { address, port, low_us, high_us: low_us.saturating_add(width_us) }.with_slack(slack_us)
        },
    )
}

fn numbered<Id: From<u8> + Copy + std::ops::Add<Output = Id>, T: Copy>(items: &[T]) -> Vec<(Id, T)> {
    let mut id = Id::from(0);
    let mut number = |item: &T| {
        let numbered = (id, *item);
        id = id + Id::from(1);
        numbered
    };
    items.iter().map(&mut number).collect()
}

/// Checks a world in several orders.
fn check(leases: &[Lease], seen: &[Seen]) {
    let expected = all_pairs(leases, seen);
    let (mut leases, mut seen) = (numbered::<u32, _>(leases), numbered::<u64, _>(seen));
    for turn in 0..3 {
        let index = index(&leases);
        assert_eq!(one_by_one(&index, &seen), expected, "one by one, order {turn}");
        assert_eq!(together(&index, &seen), expected, "together, order {turn}");
        leases.reverse();
        let half = leases.len() / 2;
        leases.rotate_left(half);
        seen.sort_by_key(|(_, seen)| (seen.address, seen.port, seen.low_us));
        if turn == 1 {
            seen.reverse();
        }
    }
}

fn checked(cases: u32, world: impl Strategy<Value = (Vec<Lease>, Vec<Seen>)>) {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let result = proptest::test_runner::TestRunner::new(config).run(&world, |(leases, seen)| {
        check(&leases, &seen);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn hits_are_those_of_a_loop_over_all_pairs() {
    let leases = proptest::collection::vec(lease(), 0..120);
    checked(300, (leases, proptest::collection::vec(seen(), 0..40)));
}

#[test]
fn a_crowded_address_gives_all_its_hits() {
    let low = Address(0xffff_c000_0201);
    let crowded = move |mut lease: Lease| {
        lease.prefix = Prefix::from(low);
        lease
    };
    let leases = proptest::collection::vec(lease().prop_map(crowded), 500..1_500);
    let seen = seen().prop_map(move |seen| Seen { address: low, ..seen });
    checked(24, (leases, proptest::collection::vec(seen, 0..40)));
}

#[test]
fn hits_and_their_order_are_the_same_with_any_memory_and_any_threads() {
    let leases = proptest::collection::vec(lease(), 0..120);
    let world = (leases, proptest::collection::vec(seen(), 0..40));
    let config = ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() };
    let result = proptest::test_runner::TestRunner::new(config).run(&world, |(leases, seen)| {
        let expected = all_pairs(&leases, &seen).into_iter().map(|(seen, lease)| (seen, u64::from(lease)));
        let expected: Vec<(u64, u64)> = expected.collect();
        for (memory, jobs) in [(1 << 30, 1), (1 << 30, 2), (20_000, 2), (1_500, 3), (0, 1)] {
            let (hits, n_aside) = parted(&leases, &seen, memory, jobs);
            prop_assert_eq!(&hits, &expected, "{} bytes, {} threads", memory, jobs);
            prop_assert!(memory != 1 << 30 || n_aside == 0, "what fits is not put aside");
            prop_assert!(memory > 0 || leases.is_empty() || n_aside > 0, "what does not fit is put aside");
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn the_same_lease_twice_is_two_hits() {
    let lease = Lease { prefix: Address(7).into(), ports: None, from_us: 0, until_us: 10 };
    let seen = Seen { address: Address(7), port: None, low_us: 5, high_us: 5 };
    assert_eq!(one_by_one(&index(&[(3, lease), (4, lease)]), &[(0, seen)]), [(0, 3), (0, 4)]);
}

#[test]
fn an_end_is_exclusive_and_slack_reaches_over_it() {
    let lease = Lease { prefix: Address(7).into(), ports: None, from_us: 10, until_us: 20 };
    let index = index(&[(0, lease)]);
    let hit = |at_us, slack_us| {
        let seen = Seen { address: Address(7), port: None, low_us: at_us, high_us: at_us };
        !one_by_one(&index, &[(0, seen.with_slack(slack_us))]).is_empty()
    };
    let cases = [
        (9, 0, false),
        (10, 0, true),
        (19, 0, true),
        (20, 0, false),
        (20, 1, true),
        (21, 1, false),
        (8, 2, true),
    ];
    for (at_us, slack_us, expected) in cases {
        assert_eq!(hit(at_us, slack_us), expected, "at {at_us} with slack {slack_us}");
    }
    assert!(!hit(i64::MIN, 0) && !hit(i64::MAX, 0) && hit(i64::MAX, i64::MAX));
}

#[test]
fn an_empty_index_has_no_hits() {
    check(&[], &[Seen { address: Address(7), port: None, low_us: 0, high_us: 1 }]);
}
