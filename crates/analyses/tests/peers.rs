//! Small made-up sightings of file-sharing networks, and what they let the analyses say of peers and lines.

mod memory;

use std::collections::BTreeSet;

use memory::{Memory, daily_leases, derive_kept, findings, logins, only_lead, subscriber};
use tutela_analyses::questions::{self, Draft, Wanted};
use tutela_analyses::sharing::{Means, MemoryShelf};
use tutela_analyses::{Derived, derive_from};
use tutela_model::finding::PersonStatus;
use tutela_model::{AlternativeState, Catalogue, Decisions, Digest, Finding, Lang, Lead};

const PEER: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "fedcba9876543210fedcba9876543210";

/// A sighting of a peer, at an instant of March.
fn sighting(
    network: &str,
    peer: &str,
    address: &str,
    port: &str,
    at: &str,
    observed: &str,
    basis: &str,
) -> String {
    format!(
        "sighting: {network}, {address}, {port}, {peer}, sha1:aa, n, 100, 2026-03-{at}Z, prova, {observed}, {basis}\n"
    )
}

/// Two sightings with a connection on each of these days.
fn seen(network: &str, peer: &str, address: &str, days: std::ops::RangeInclusive<u32>) -> String {
    let two = |day: u32| {
        sighting(network, peer, address, "6346", &format!("{day:02}T08:15:00"), "offered", "connected")
            + &sighting(
                network,
                peer,
                address,
                "6346",
                &format!("{day:02}T20:15:00"),
                "downloaded",
                "connected",
            )
    };
    days.map(two).collect()
}

fn home() -> String {
    daily_leases("h1", "198.18.0.1", "fixed") + &subscriber("h1", "Zelmira Quartovio", "QRT1", "Via Finta 1")
}

fn keys(derived: &Derived, analysis: &str) -> Vec<String> {
    findings(derived, analysis).iter().map(|finding| finding.statement.key.clone()).collect()
}

fn only<'a>(derived: &'a Derived, key: &str) -> &'a Finding {
    let analysis = key.split_once('.').expect("an analysis and a name").0;
    let of_key: Vec<&Finding> =
        findings(derived, analysis).iter().filter(|finding| finding.statement.key == key).collect();
    assert_eq!(of_key.len(), 1, "{key}: {:#?}", findings(derived, analysis));
    of_key[0]
}

fn lead_of<'a>(derived: &'a Derived, peer: &str) -> &'a Lead {
    let has = |lead: &&Lead| lead.peers.iter().any(|of| of == peer);
    derived.leads.iter().find(has).unwrap_or_else(|| panic!("{peer}: {:#?}", derived.leads))
}

/// The addresses that a lead asks the holders of, first things first.
fn asked(lead: &Lead) -> Vec<&str> {
    let picks = lead.next_steps.iter().filter(|step| step.ask.key == "next_steps.peer_holder.ask");
    picks.map(|step| step.ask.text("address")).collect()
}

/// The requests about these peers: the same ones whether sightings are looked up by runs or looked for among all.
fn drafts(tables: &Memory, peers: &[&str]) -> Vec<Draft> {
    let accounts: BTreeSet<String> = peers.iter().map(|peer| (*peer).to_owned()).collect();
    let wanted = Wanted { accounts: &accounts, of: None, controls: 1, again: false };
    let (shelf, decisions) = (MemoryShelf::default(), Decisions::new());
    let alone = Means::alone(&shelf);
    let drafts = |means: &Means<'_>| {
        questions::drafts(tables, means, &decisions, &wanted).expect("memory can be read")
    };
    let among_all = drafts(&alone);
    let derived = derive_from(tables, &decisions, &[], &alone, &mut |_| ()).expect("memory can be read");
    let by_runs = drafts(&Means { manifest: &derived.shelf, ..Means::alone(&shelf) });
    assert_eq!(format!("{by_runs:?}"), format!("{among_all:?}"));
    assert!(!derived.shelf.is_empty());
    by_runs
}

#[test]
fn a_peer_over_leases_of_one_line_is_a_candidate_and_stands_under_peers() {
    let tables =
        Memory::default().file("ngo", &seen("gnutella", PEER, "198.18.0.1", 1..=10)).file("answer", &home());
    let derived = tables.derive();
    let lead = only_lead(&derived);
    assert_eq!((lead.status, &lead.name_said), (PersonStatus::Candidate, &None));
    assert_eq!((&lead.peers, &lead.accounts), (&vec![format!("gnutella/{PEER}")], &vec![]));
    assert_eq!((&*lead.lines, lead.province.as_deref()), (&["alfa/h1".to_owned()][..], Some("MI")));
    let finding = only(&derived, "attribution.peer");
    assert_eq!((finding.number("connections"), finding.number("sessions")), (20, 10));
    assert_eq!((finding.text("platform"), finding.text("account")), ("gnutella", PEER));
    assert_eq!(["offered", "downloaded", "listed"].map(|name| finding.number(name)), [10, 10, 0]);
    assert!(finding.strength.expect("a strength").log10_lr() >= 3.0);
    let tables: BTreeSet<&str> = finding.rows.iter().map(|row| row.table.as_str()).collect();
    assert_eq!(tables, ["lease", "sighting"].into());
    // What would tie the program to somebody is on a device, and no network is asked for contacts.
    let asks: Vec<&str> = lead.next_steps.iter().map(|step| step.ask.key.as_str()).collect();
    assert!(asks.contains(&"next_steps.peer_device.ask") && !asks.contains(&"next_steps.contacts.ask"));
}

#[test]
fn an_address_that_nobody_was_connected_with_gives_no_line_and_is_told_by_its_reason() {
    for (basis, reason) in [
        ("self_reported", "self_reported"),
        ("third_party", "third_party"),
        ("unknown", "basis_unknown"),
        ("", "basis_unknown"),
    ] {
        let ngo = seen("ed2k", PEER, "198.18.0.1", 1..=10).replace("connected", basis);
        let derived = Memory::default().file("ngo", &ngo).file("answer", &home()).derive();
        let lead = only_lead(&derived);
        assert_eq!((lead.status, lead.lines.len()), (PersonStatus::Unattributed, 0), "{basis}");
        assert!(findings(&derived, "attribution").is_empty());
        let coverage = only(&derived, "coverage.peer");
        assert_eq!((coverage.number(reason), coverage.number("attributed")), (20, 0), "{basis}");
        assert_eq!(coverage.statement.values["reasons"][reason], 20);
        // What was only stated is asked about of nobody who holds addresses.
        assert_eq!(lead.next_steps[0].ask.key, "next_steps.connected.ask");
        assert!(asked(lead).is_empty());
    }
}

#[test]
fn what_was_only_stated_adds_nothing_to_what_was_connected() {
    let stated = seen("ed2k", PEER, "198.18.0.1", 2..=10).replace("connected", "self_reported");
    let ngo = seen("ed2k", PEER, "198.18.0.1", 1..=1) + &stated;
    let derived = Memory::default().file("ngo", &ngo).file("answer", &home()).derive();
    let finding = only(&derived, "attribution.peer");
    assert_eq!((finding.number("connections"), finding.number("sessions")), (2, 1));
    assert!(finding.strength.expect("a strength").log10_lr() < 2.0);
    // Nor does it stand among the rows of the lead.
    assert_eq!(only(&derived, "identity.candidate_peers").n_rows, 2 + 1);
}

#[test]
fn a_shared_address_without_a_port_stays_open_and_is_never_asked_about_alone() {
    let no_port = seen("ed2k", PEER, "198.18.5.1", 1..=10).replace(", 6346,", ", ,");
    let cgnat = "network: 198.18.5.0/24, cgnat, Operatore finto, 2026-03-01";
    let derived = Memory::default().file("ngo", &no_port).file("list", cgnat).derive();
    let lead = only_lead(&derived);
    assert_eq!(lead.status, PersonStatus::Unattributed);
    assert_eq!(only(&derived, "coverage.peer").statement.values["reasons"]["port_missing"], 20);
    assert!(asked(lead).is_empty());
    assert!(
        drafts(&Memory::default().file("ngo", &no_port).file("list", cgnat), &[&lead.peers[0]]).is_empty()
    );
    // Where an answer names the lines, they are a set, and none of them is in the lead.
    let shared: String = ["m1", "m2"]
        .map(|line| daily_leases(line, "198.18.5.1", "mobile").replace(", mobile,\n", ", mobile, 40\n"))
        .concat();
    let derived = Memory::default().file("ngo", &no_port).file("answer", &shared).derive();
    let lead = only_lead(&derived);
    assert_eq!((lead.status, lead.lines.len()), (PersonStatus::Unattributed, 0));
    assert_eq!(keys(&derived, "shared_address"), ["shared_address.set"]);
}

#[test]
fn the_same_number_at_an_exit_and_then_at_home_is_told_in_the_lead() {
    let ngo = seen("gnutella", PEER, "203.0.113.9", 1..=5) + &seen("gnutella", PEER, "198.18.0.1", 6..=10);
    let list = "network: 203.0.113.9/32, tor_exit, Uscite, 2026-03-01\nnetwork: 203.0.113.9/32, tor_exit, Uscite, 2026-03-10";
    let derived = Memory::default().file("ngo", &ngo).file("list", list).file("answer", &home()).derive();
    let lead = only_lead(&derived);
    assert_eq!((lead.status, &*lead.lines), (PersonStatus::Candidate, &["alfa/h1".to_owned()][..]));
    let told = only(&derived, "identity.hidden_and_not");
    assert!(lead.findings.contains(&told.id));
    assert_eq!(["hidden", "plain", "attributed"].map(|name| told.number(name)), [10, 10, 10]);
    // The exit supports no line, and is no place to ask about.
    assert_eq!(only(&derived, "attribution.peer").number("connections"), 10);
    let vpn = lead.alternatives.iter().find(|other| other.kind == "vpn").expect("an explanation");
    assert_eq!(vpn.state, AlternativeState::Open);
    let only_tor =
        Memory::default().file("ngo", &seen("ed2k", PEER, "203.0.113.9", 1..=5)).file("list", list);
    assert!(asked(only_lead(&only_tor.derive())).is_empty());
}

#[test]
fn one_number_on_two_networks_is_one_installation_and_another_number_is_not() {
    let ngo = seen("gnutella", PEER, "198.18.0.1", 1..=5) + &seen("ed2k", PEER, "198.18.0.1", 6..=10);
    let bridge = Memory::default().file("ngo", &ngo).file("answer", &home());
    let derived = bridge.derive();
    assert_eq!(only_lead(&derived).peers, [format!("ed2k/{PEER}"), format!("gnutella/{PEER}")]);
    let joined = only(&derived, "same_user.joined");
    assert_eq!(joined.statement.values["shared"][0], "user_hash");
    assert!(joined.rows.iter().all(|row| row.table == "sighting") && joined.rows.len() == 8);
    // A program that was set up anew has another number: nothing shows that it is the same one.
    let derived = bridge.file("later", &seen("ed2k", OTHER, "198.18.0.1", 11..=12)).derive();
    assert_eq!(derived.leads.len(), 2);
    assert_eq!(lead_of(&derived, &format!("ed2k/{OTHER}")).lines, ["alfa/h1"]);
    // Nor does one number join what was at home with two unrelated people.
    let apart = seen("gnutella", PEER, "198.18.0.1", 1..=10) + &seen("ed2k", PEER, "198.18.0.2", 1..=10);
    let other =
        daily_leases("h2", "198.18.0.2", "fixed") + &subscriber("h2", "Ubaldo Finzi", "FNZ1", "Via Altra 9");
    let derived = Memory::default().file("ngo", &apart).file("answer", &(home() + &other)).derive();
    assert_eq!(derived.leads.len(), 2, "{:#?}", derived.leads);
    // Programs without a number write zeros: they are nobody's.
    let zeros = seen("gnutella", &"0".repeat(32), "198.18.0.1", 1..=10);
    assert!(Memory::default().file("ngo", &zeros).file("answer", &home()).derive().leads.is_empty());
}

#[test]
fn a_person_with_peers_and_accounts_is_one_lead() {
    let derived = Memory::default()
        .file("ngo", &seen("ed2k", PEER, "198.18.0.1", 1..=10))
        .file("log", &logins("a1", "198.18.0.1", ""))
        .file(
            "platform",
            &format!("selector: account, agora/a1, user_hash, {}, , , yes,", PEER.to_uppercase()),
        )
        .file("answer", &home())
        .derive();
    let lead = only_lead(&derived);
    assert_eq!(
        (&*lead.accounts, &*lead.peers),
        (&["agora/a1".to_owned()][..], &[format!("ed2k/{PEER}")][..])
    );
    assert_eq!(lead.status, PersonStatus::Candidate);
}

#[test]
fn a_user_hash_that_an_exhibit_states_ties_the_peer_to_the_exhibit_and_names_nobody() {
    let artefact = Digest::of(b"preferences").hex();
    let exhibit = format!(
        "exhibit: E-1, , disco, , , , raw, , , ,\n\
         file: E-1, /home/x/.aMule/preferences.dat, 100, , , , {artefact}, , file, allocated, , , , yes,\n"
    );
    let derived = Memory::default()
        .file("ngo", &seen("ed2k", &PEER.to_uppercase(), "198.18.0.1", 1..=10))
        .file("preferences", &format!("selector: peer, ed2k/{PEER}, user_hash, {PEER}, , , ,"))
        .file("exhibit", &exhibit)
        .file("answer", &home())
        .derive();
    let lead = only_lead(&derived);
    assert_eq!((&*lead.exhibits, &*lead.peers), (&["E-1".to_owned()][..], &[format!("ed2k/{PEER}")][..]));
    assert_eq!((lead.status, &lead.name_said), (PersonStatus::Candidate, &None));
    assert!(lead.findings.contains(&only(&derived, "device_links.exhibit_of_peer").id));
}

#[test]
fn two_lines_of_one_person_are_a_ground_for_a_peer_as_for_an_account() {
    let ngo = seen("ed2k", PEER, "198.18.0.1", 1..=6) + &seen("ed2k", PEER, "198.18.0.9", 7..=11);
    let sim = daily_leases("s1", "198.18.0.9", "mobile")
        + &subscriber("s1", "Zelmira Quartovio", "QRT1", "Via Finta 1");
    let derived = Memory::default().file("ngo", &ngo).file("answer", &(home() + &sim)).derive();
    let lead = only_lead(&derived);
    assert_eq!(
        (lead.status, lead.name_said.as_deref()),
        (PersonStatus::Identified, Some("Zelmira Quartovio"))
    );
    assert_eq!(lead.propositions[0].key, "identity.for.person_peers");
}

#[test]
fn a_number_that_is_in_two_homes_at_once_is_of_several_installations_and_identifies_nobody() {
    // The SIM and the home of one person would be a ground; the same number in another home at the same times is none.
    let sim = daily_leases("s1", "198.18.0.9", "mobile")
        + &subscriber("s1", "Zelmira Quartovio", "QRT1", "Via Finta 1");
    let other =
        daily_leases("h2", "198.18.0.2", "fixed") + &subscriber("h2", "Ubaldo Finzi", "FNZ1", "Via Altra 9");
    let ngo = seen("ed2k", PEER, "198.18.0.1", 1..=10)
        + &seen("ed2k", PEER, "198.18.0.9", 1..=10).replace(":15:00", ":45:00")
        + &sighting("ed2k", PEER, "198.18.0.2", "1", "03T08:16:00", "offered", "connected");
    let answer = home() + &sim + &other;
    let derived =
        |more: &str| Memory::default().file("ngo", &(ngo.clone() + more)).file("answer", &answer).derive();
    // Once may be a clock.
    assert_eq!(only_lead(&derived("")).status, PersonStatus::Identified);
    let twice = derived(&sighting("ed2k", PEER, "198.18.0.2", "1", "04T20:14:00", "offered", "connected"));
    let lead = only_lead(&twice);
    assert_eq!((lead.status, &lead.name_said), (PersonStatus::Candidate, &None));
    assert_eq!(lead.missing[0].key, "identity.missing.two_at_once");
}

#[test]
fn peers_that_an_answer_says_nothing_of_are_no_leads_unless_they_lead() {
    // Twenty of two hundred peers lead; one more was at the address of the answer in January, one when it says who
    // was there.
    let crowd: String = (0..200_u32)
        .map(|n| seen("ed2k", &format!("{n:031x}e"), &format!("192.0.2.{}", n % 250), 1..=2))
        .collect();
    let before = sighting("ed2k", OTHER, "198.18.0.1", "1", "05T08:15:00", "offered", "connected")
        .replace("2026-03", "2026-01");
    let then = sighting("ed2k", PEER, "198.18.0.1", "1", "05T08:15:00", "offered", "connected");
    let derived = Memory::default().file("ngo", &(crowd + &before + &then)).file("answer", &home()).derive();
    assert_eq!(derived.leads.len(), 21);
    let first = &derived.leads[0];
    assert_eq!((&*first.peers, first.status), (&[format!("ed2k/{PEER}")][..], PersonStatus::Candidate));
    assert!(derived.leads.iter().all(|lead| !lead.peers.contains(&format!("ed2k/{OTHER}"))));
    // Of peers without a line nothing is asked of officers before an operator has answered.
    assert!(
        derived.leads[1..].iter().all(|lead| lead.alternatives[0].state == AlternativeState::NotApplicable)
    );
}

#[test]
fn operators_are_asked_about_few_sightings_on_distinct_addresses_the_longest_held_first() {
    let ngo = seen("ed2k", PEER, "198.18.7.1", 1..=9)
        + &seen("ed2k", PEER, "198.18.7.2", 10..=11)
        + &seen("ed2k", PEER, "198.18.7.3", 12..=12)
        + &seen("ed2k", PEER, "203.0.113.9", 13..=28)
        + &seen("ed2k", PEER, "198.18.7.4", 1..=28).replace("connected", "third_party")
        + &seen("ed2k", PEER, "198.18.7.5", 1..=9).replace("2026-03", "2024-03");
    let list = "network: 203.0.113.0/24, vpn, Lista, \nnetwork: 198.18.7.0/24, mobile, Beta, ";
    let tables = Memory::default().file("ngo", &ngo).file("list", list);
    let derived = tables.derive();
    let lead = only_lead(&derived);
    // What expires first is asked first: of the address that was kept longest the middle and the last day, then the others.
    assert_eq!(asked(lead), ["198.18.7.1", "198.18.7.1", "198.18.7.2", "198.18.7.3"]);
    let first = &lead.next_steps[0];
    assert_eq!((first.ask.text("at"), first.of.as_str()), ("2026-03-05T08:15:00Z", "Beta"));
    assert_eq!(first.by.as_deref(), Some("2027-03-05"));
    assert_eq!(first.ask.values["port"], 6346);
    // The request holds the same, copied from the rows.
    let drafts = drafts(&tables, &[&lead.peers[0]]);
    assert_eq!((drafts.len(), drafts[0].of.as_str(), drafts[0].questions.len()), (1, "Beta", 5));
    let mut asked: Vec<(&str, i64)> = drafts[0]
        .questions
        .iter()
        .map(|question| (question.address.as_str(), question.at_s / 86_400))
        .collect();
    asked.sort_unstable();
    asked.dedup();
    assert_eq!(asked.len(), 4, "and one of them is asked twice");
    assert!(asked.iter().all(|(address, _)| address.starts_with("198.18.7.")));
}

#[test]
fn a_question_on_a_sighting_is_held_against_its_row() {
    let tables = Memory::default().file("ngo", &seen("ed2k", PEER, "198.18.7.1", 1..=9));
    let draft = &drafts(&tables, &[&format!("ed2k/{PEER}")])[0];
    let asked = |address: &str| -> String {
        let line = |(idx, question): (usize, &questions::Question)| {
            let at = tutela_model::time::utc(question.at_s * 1_000_000);
            format!(
                "request: {}, {}, unknown, {address}, 6346, {at}, {}, {}, {}, , , \n",
                draft.reference,
                idx + 1,
                question.at_said,
                question.source.hex(),
                question.place
            )
        };
        draft.questions.iter().enumerate().map(line).collect()
    };
    let kept = |address: &str| {
        let ngo = seen("ed2k", PEER, "198.18.7.1", 1..=9);
        keys(&Memory::default().file("ngo", &ngo).file("R-001", &asked(address)).derive(), "answer_check")
    };
    assert_eq!(kept("198.18.7.1"), ["answer_check.waiting"]);
    assert_eq!(kept("198.18.7.11"), ["answer_check.retyped", "answer_check.waiting"]);
}

#[test]
fn an_answer_in_another_zone_is_found_by_sightings_too() {
    // Two peers change address every night at three; the answer's times are two hours late.
    let mut ngo = String::new();
    let mut answer = String::new();
    for day in 1..=28_u32 {
        for (peer, line, own) in [(PEER, "h1", 0), (OTHER, "h2", 1)] {
            let address = format!("198.18.{}.{}", (day + own) % 2, day);
            for hour in ["03:30", "04:10", "12:00", "23:00"] {
                ngo += &sighting(
                    "ed2k",
                    peer,
                    &address,
                    "4662",
                    &format!("{day:02}T{hour}:00"),
                    "offered",
                    "connected",
                );
            }
            let until = format!("2026-03-{day:02}T05:10:00Z");
            let next = jiff::civil::date(2026, 3, 1)
                .checked_add(jiff::Span::new().days(i64::from(day)))
                .expect("a day");
            answer += &format!("lease: alfa, {address}, , , {until}, {next}T05:00:00Z, {line}, fixed,\n");
        }
    }
    let derived = Memory::default().file("ngo", &ngo).file("answer", &answer).derive();
    assert_eq!(keys(&derived, "zone_shift"), ["zone_shift.indicated"]);
    assert_eq!(findings(&derived, "zone_shift")[0].number("zone_shift_s"), -7200);
}

#[test]
fn where_lists_put_the_addresses_is_an_estimate_that_chooses_an_office() {
    let ngo = seen("ed2k", PEER, "198.18.7.1", 1..=9) + &seen("ed2k", PEER, "198.18.8.1", 10..=11);
    let area = "area: 198.18.0.0/16, IT, RM, Lista, 2026-01-01\n\
                area: 198.18.7.0/24, IT, BG, Lista, 2026-02-01\n\
                area: 198.18.7.0/24, IT, BS, Lista, 2025-02-01\n";
    let derived = Memory::default().file("ngo", &ngo).file("area", area).derive();
    let lead = only_lead(&derived);
    assert_eq!((&lead.province, lead.estimated_province.as_deref()), (&None, Some("BG")));
    let told = only(&derived, "identity.area");
    assert_eq!((told.number("n"), told.number("placed"), told.rows.len()), (18, 22, 1));
    // A registered line says more.
    let derived = Memory::default()
        .file("ngo", &seen("ed2k", PEER, "198.18.0.1", 1..=10))
        .file("area", area)
        .file("answer", &home())
        .derive();
    assert_eq!(
        (only_lead(&derived).province.as_deref(), &only_lead(&derived).estimated_province),
        (Some("MI"), &None)
    );
    // Half is not more than half.
    let split = seen("ed2k", PEER, "198.18.7.1", 1..=5) + &seen("ed2k", PEER, "198.18.8.1", 6..=10);
    assert_eq!(
        only_lead(&Memory::default().file("ngo", &split).file("area", area).derive()).estimated_province,
        None
    );
}

/// A log that is long enough for its counts to be kept, beside sightings.
fn with_log() -> Memory {
    let log: String = (0..10_100)
        .map(|n| {
            let (day, minute) = (1 + n / 1_200, n * 7 % 1_440);
            format!(
                "connection: agora, a{}, login, 198.18.0.1, , 2026-03-{day:02}T{:02}:{:02}:00Z, , , \n",
                n % 5,
                minute / 60,
                minute % 60
            )
        })
        .collect();
    Memory::default().file("log", &log).file("answer", &home())
}

#[test]
fn counts_of_connections_are_gone_on_from_and_sightings_are_counted_each_time() {
    let kept = with_log().derive().counted;
    assert!(!kept.is_empty());
    let more = with_log().file("ngo", &seen("ed2k", PEER, "198.18.0.1", 1..=10));
    let fresh = more.derive();
    let again = derive_kept(&more, &Decisions::new(), &kept);
    assert_eq!(
        format!("{:?}\n{:?}", again.findings, again.leads),
        format!("{:?}\n{:?}", fresh.findings, fresh.leads)
    );
    assert!(fresh.counted == kept && again.counted == kept, "sightings are in no count that is kept");
    assert_eq!(lead_of(&fresh, &format!("ed2k/{PEER}")).lines, ["alfa/h1"]);
}

#[test]
fn the_order_of_files_and_rows_reaches_nothing_that_is_said_of_peers() {
    let ngo = seen("gnutella", PEER, "198.18.0.1", 1..=10)
        + &seen("ed2k", &PEER.to_uppercase(), "198.18.7.1", 1..=9)
        + &seen("ed2k", OTHER, "198.18.7.2", 1..=9);
    let derived = |names: [&str; 2], order: &dyn Fn(usize) -> u64| {
        let derived = Memory::default()
            .file_in_order("ngo", &ngo, order)
            .file(names[0], &home())
            .file(names[1], &seen("ed2k", OTHER, "198.18.7.3", 10..=12))
            .derive();
        derived.leads
    };
    let expected = derived(["b", "c"], &|number| number as u64);
    assert!(expected.len() == 2);
    for turn in 1..6_u64 {
        let order = move |number: usize| (number as u64 * 2_654_435_761 * turn) >> 3 & 0xffff;
        assert!(derived(["b", "c"], &order) == expected, "{turn}");
    }
}

#[test]
fn every_sentence_on_peers_is_said_in_both_languages() {
    let catalogue = Catalogue::new(&tutela_analyses::statements());
    let ngo = seen("gnutella", PEER, "203.0.113.9", 1..=2)
        + &seen("gnutella", PEER, "198.18.0.1", 3..=10)
        + &seen("ed2k", OTHER, "198.18.0.2", 1..=4).replace("connected", "third_party");
    let derived = Memory::default()
        .file("ngo", &ngo)
        .file("list", "network: 203.0.113.9/32, tor_exit, Uscite, ")
        .file("area", "area: 198.18.0.0/16, IT, RM, Lista, 2026-01-01")
        .file("answer", &daily_leases("h1", "198.18.0.1", "fixed"))
        .derive();
    let of_findings = derived.findings.iter().flat_map(|(_, findings)| findings);
    let of_findings =
        of_findings.flat_map(|finding| [&finding.statement].into_iter().chain(&finding.propositions));
    let of_leads = derived.leads.iter().flat_map(|lead| {
        let whys = lead.alternatives.iter().map(|other| &other.why);
        let steps = lead.next_steps.iter().flat_map(|step| [&step.ask, &step.why]);
        whys.chain(steps).chain(&lead.missing).chain(&lead.propositions)
    });
    for phrase in of_findings.chain(of_leads) {
        for lang in [Lang::It, Lang::En] {
            let said = catalogue.say(phrase, lang);
            assert!(
                said != phrase.key && !said.contains('?') && !said.contains('{'),
                "{}: {said}",
                phrase.key
            );
        }
    }
}
