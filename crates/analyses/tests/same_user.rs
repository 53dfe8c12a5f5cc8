//! Small made-up cases in which accounts have something in common, and what must become of them.

mod memory;

use memory::{Memory, daily_leases, findings, logins, only_lead, subscriber};
use tutela_analyses::Derived;
use tutela_analyses::identity::account_id;
use tutela_model::finding::PersonStatus;
use tutela_model::{Choice, Decisions, Finding};

/// Logins of accounts at odd hours of ten days, each from an address of its own that nobody asked about, so that only
/// what the platform holds of them is left.
fn accounts(names: &[String]) -> String {
    let login = |(idx, name): (usize, &String)| {
        let (low, high) = (idx % 250 + 1, idx / 250);
        format!("connection: agora, {name}, login, 198.51.{high}.{low}, , 2026-03-01T08:15:00Z, , , ,\n")
    };
    names.iter().enumerate().map(login).collect()
}

fn named(names: &[&str]) -> Memory {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    Memory::default().file("log", &accounts(&names))
}

fn selector(account: &str, kind: &str, value: &str, verified: &str) -> String {
    format!("selector: account, agora/{account}, {kind}, {value}, , , {verified},\n")
}

/// The same for several accounts.
fn all_have(accounts: &[&str], kind: &str, value: &str, verified: &str) -> String {
    accounts.iter().map(|account| selector(account, kind, value, verified)).collect()
}

fn leads(derived: &Derived) -> Vec<Vec<String>> {
    let mut leads: Vec<Vec<String>> = derived.leads.iter().map(|lead| lead.accounts.clone()).collect();
    leads.sort();
    leads
}

fn said<'a>(derived: &'a Derived, key: &str) -> Vec<&'a Finding> {
    findings(derived, "same_user").iter().filter(|finding| finding.statement.key == key).collect()
}

/// The finding on a pair.
fn pair<'a>(derived: &'a Derived, account: &str, other: &str) -> &'a Finding {
    let of_pair = |finding: &&&Finding| {
        finding.text("account") == format!("agora/{account}")
            && finding.text("other") == format!("agora/{other}")
    };
    said(derived, "same_user.joined").iter().find(of_pair).expect("the pair is stated")
}

/// What a group says in the waterfall of a finding; none when it is not there.
fn step(finding: &Finding, group: &str) -> Option<i64> {
    let steps = finding.statement.values["waterfall"].as_array().expect("a waterfall");
    let of_group: Vec<&serde_json::Value> = steps.iter().filter(|step| step["group"] == group).collect();
    (!of_group.is_empty()).then(|| of_group.iter().filter_map(|step| step["millibans"].as_i64()).sum())
}

/// Two homes with a line each, registered to people who have nothing to do with each other, and a pair of accounts.
fn two_homes(log: &str, other_address: &str) -> Memory {
    Memory::default().file("log", log).file(
        "answer",
        &(daily_leases("h1", "198.18.0.1", "fixed")
            + &daily_leases("h2", "198.18.0.2", "fixed")
            + &subscriber("h1", "Zelmira Quartovio", "QRT1", "Via Finta 1")
            + &subscriber("h2", "Ubaldo Finzi", "FNZ1", other_address)),
    )
}

#[test]
fn devices_of_two_people_who_share_an_account_join_neither_while_no_line_is_known() {
    let login = |account: &str, device: &str| {
        logins(account, "198.18.0.1", "").replace("Z, , , ,", &format!("Z, {device}, , ,"))
    };
    let log = login("x", "dx") + &login("y", "dy") + &login("z", "dx") + &login("z", "dy");
    let derived = Memory::default().file("log", &log).derive();
    assert_eq!(leads(&derived), [["agora/x"], ["agora/y"], ["agora/z"]]);
    assert_eq!(step(pair(&derived, "x", "z"), "limit"), Some(-1001));
    // One device and no other is one user's as far as records say.
    let one = login("x", "dx") + &login("z", "dx");
    assert_eq!(only_lead(&Memory::default().file("log", &one).derive()).accounts, ["agora/x", "agora/z"]);
}

#[test]
fn use_in_two_homes_at_once_keeps_accounts_apart_and_stands_among_the_rows_against() {
    let log = logins("a1", "198.18.0.1", "") + &logins("a2", "198.18.0.2", "");
    let contact = all_have(&["a1", "a2"], "email", "zq@example.org", "yes");
    let apart = two_homes(&log, "Via Altra 9").file("platform", &contact).derive();
    assert_eq!(apart.leads.len(), 2);
    let finding = pair(&apart, "a1", "a2");
    assert!(step(finding, "apart").is_some_and(|millibans| millibans < -1000), "{:?}", finding.statement);
    assert!(!finding.against.is_empty() && finding.n_against >= 2);
    // In one household two lines are in reach of one person.
    let one_home = two_homes(&log, "Via Finta 1").file("platform", &contact).derive();
    assert_eq!(only_lead(&one_home).accounts, ["agora/a1", "agora/a2"]);
    // Once in ten days may be a clock's error.
    let hours_later = logins("a2", "198.18.0.2", "").replace("T08:15", "T10:15").replace("T20:15", "T22:15");
    let once = logins("a1", "198.18.0.1", "")
        + &hours_later
        + "connection: agora, a2, login, 198.18.0.2, , 2026-03-04T08:16:00Z, , , ,\n";
    let once = two_homes(&once, "Via Altra 9").file("platform", &contact).derive();
    assert_eq!(step(pair(&once, "a1", "a2"), "apart"), None);
    assert_eq!(once.leads.len(), 1);
}

#[test]
fn different_verified_identities_are_never_one_person() {
    for (kind, one, other, joined) in [
        ("tax_code", "QRT1", "FNZ1", false),
        ("name", "Zelmira Quartovio", "Ubaldo Finzi", false),
        ("name", "Zelmira Quartovio", "Quartovio Zelmira Maria", true),
    ] {
        let both = all_have(&["a1", "a2"], "email", "zq@example.org", "yes")
            + &all_have(&["a1", "a2"], "iban", "IT60X0542811101000000123456", "yes");
        let documents = selector("a1", kind, one, "yes") + &selector("a2", kind, other, "yes");
        let derived = named(&["a1", "a2"]).file("platform", &(both + &documents)).derive();
        assert_eq!(derived.leads.len() == 1, joined, "{kind} {other}");
        let finding = pair(&derived, "a1", "a2");
        assert_eq!(finding.against.is_empty(), joined);
    }
}

#[test]
fn an_officer_s_same_joins_and_not_the_same_keeps_apart() {
    let stated =
        named(&["a1", "a2"]).file("platform", &all_have(&["a1", "a2"], "email", "zq@example.org", ""));
    let derived = stated.derive();
    assert_eq!(derived.leads.len(), 2);
    let id = pair(&derived, "a1", "a2").id.clone();
    let joined = stated.derive_with(&Decisions::from([(id.clone(), Choice::Accept)]));
    assert_eq!(only_lead(&joined).accounts, ["agora/a1", "agora/a2"]);
    assert_eq!(stated.derive_with(&Decisions::from([(id, Choice::Unsure)])).leads.len(), 2);
}

#[test]
fn decisions_in_a_circle_are_named_and_join_nothing() {
    let names = ["a1", "a2", "a3"];
    let tables = named(&names).file("platform", &all_have(&names, "email", "zq@example.org", ""));
    let derived = tables.derive();
    let id = |a, b| pair(&derived, a, b).id.clone();
    let decisions = Decisions::from([
        (id("a1", "a2"), Choice::Accept),
        (id("a2", "a3"), Choice::Accept),
        (id("a1", "a3"), Choice::Reject),
    ]);
    let decided = tables.derive_with(&decisions);
    assert_eq!(decided.leads.len(), 3);
    let named = said(&decided, "same_user.contradiction");
    assert_eq!(named.len(), 1);
    let ids: Vec<bool> = decided.leads.iter().map(|lead| lead.findings.contains(&named[0].id)).collect();
    assert_eq!(ids, [true; 3]);
}

#[test]
fn what_many_share_is_named_with_their_number_and_joins_nobody() {
    let names: Vec<String> = (0..40).map(|n| format!("a{n:02}")).collect();
    let shared: String =
        names.iter().map(|name| selector(name, "email", "tutti@example.org", "yes")).collect();
    let derived = Memory::default().file("log", &accounts(&names)).file("platform", &shared).derive();
    assert_eq!(derived.leads.len(), 40);
    let common = said(&derived, "same_user.common");
    assert_eq!((common.len(), common[0].number("n"), common[0].text("kind")), (1, 40, "email"));
    assert!(!common[0].rows.is_empty());
}

#[test]
fn a_number_that_was_given_to_somebody_else_says_nothing() {
    let held = |account: &str, from: &str, until: &str| {
        format!("selector: account, agora/{account}, phone, 3335550104, {from}, {until}, yes,\n")
    };
    for (until, from, n_leads) in [
        ("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z", 2),
        ("2021-06-01T00:00:00Z", "2021-01-01T00:00:00Z", 1),
    ] {
        let both = held("a1", "", until) + &held("a2", from, "");
        let derived = named(&["a1", "a2"]).file("platform", &both).derive();
        assert_eq!(derived.leads.len(), n_leads, "{until}");
    }
}

#[test]
fn a_number_of_the_line_s_former_holder_is_no_ground() {
    let status = |until: &str| {
        let answer = daily_leases("h1", "198.18.0.1", "fixed")
            + &subscriber("h1", "Zelmira Quartovio", "QRT1", "Via Finta 1");
        let contact = format!("selector: line, alfa/h1, email, zq@example.org, , {until}, ,");
        let derived = Memory::default()
            .file("log", &logins("a1", "198.18.0.1", ""))
            .file("answer", &answer)
            .file("contacts", &contact)
            .file(
                "platform",
                "selector: account, agora/a1, email, zq@example.org, 2025-01-01T00:00:00Z, , yes,",
            )
            .derive();
        only_lead(&derived).status
    };
    assert_eq!(status("2024-01-01T00:00:00Z"), PersonStatus::Candidate);
    assert_eq!(status("2025-06-01T00:00:00Z"), PersonStatus::Identified);
    assert_eq!(status(""), PersonStatus::Identified);
}

#[test]
fn contacts_that_one_file_says_count_once_and_contacts_of_two_files_twice() {
    let both = ["a1", "a2"];
    let email = all_have(&both, "email", "zq@example.org", "");
    let phone = all_have(&both, "phone", "3335550104", "");
    let one_file = named(&both).file("platform", &(email.clone() + &phone)).derive();
    let finding = pair(&one_file, "a1", "a2");
    assert_eq!((one_file.leads.len(), step(finding, "contact")), (2, Some(1500)));
    let two_files = named(&both).file("platform", &email).file("shop", &phone).derive();
    let finding = pair(&two_files, "a1", "a2");
    assert_eq!((step(finding, "contact"), step(finding, "second_contact")), (Some(1500), Some(1500)));
    assert_eq!(two_files.leads.len(), 1);
}

#[test]
fn a_strong_single_thread_is_named_in_the_lead_and_a_weak_one_is_cut() {
    let two = ["a1", "a2"];
    let strong = named(&two).file("platform", &all_have(&two, "email", "zq@example.org", "yes")).derive();
    let lead = only_lead(&strong);
    let thread = said(&strong, "same_user.single_thread")[0];
    assert_eq!(thread.text("group"), "contact");
    assert!(lead.findings.contains(&thread.id) && !thread.rows.is_empty());
    let set = said(&strong, "same_user.set")[0];
    assert!(set.number("margin") > 0 && lead.findings.contains(&set.id));
    assert!(lead.findings.contains(&pair(&strong, "a1", "a2").id));
    // What five accounts share is no longer one person's alone, and nothing else holds them together.
    let five = ["a1", "a2", "a3", "a4", "a5"];
    let weak = named(&five).file("platform", &all_have(&five, "email", "zq@example.org", "yes")).derive();
    assert_eq!(weak.leads.len(), 5);
    assert!(!said(&weak, "same_user.cut").is_empty());
    let with_cards =
        all_have(&five, "email", "zq@example.org", "yes") + &all_have(&five, "card", "4000123", "");
    assert_eq!(named(&five).file("platform", &with_cards).derive().leads.len(), 1);
}

#[test]
fn nicknames_names_and_times_on_one_line_never_join_by_themselves() {
    // Nine evenings of which chance would give few: the hours are other ones every day.
    let (mut log, both) = (String::new(), ["a1", "a2"]);
    for day in 1..=9 {
        for account in both {
            log += &format!(
                "connection: agora, {account}, login, 198.18.0.1, , 2026-03-{day:02}T{:02}:{:02}:00Z, , , ,\n",
                5 + day * 7 % 17,
                day * 13 % 55
            );
        }
    }
    let answer = daily_leases("h1", "198.18.0.1", "fixed")
        + &subscriber("h1", "Zelmira Quartovio", "QRT1", "Via Finta 1");
    let profile = all_have(&both, "nickname", "mirtillo.di.palude", "")
        + &all_have(&both, "name", "Zelmira Quartovio", "");
    let derived =
        Memory::default().file("log", &log).file("answer", &answer).file("platform", &profile).derive();
    assert_eq!(derived.leads.len(), 2);
    let finding = pair(&derived, "a1", "a2");
    assert_eq!(step(finding, "nickname"), Some(2000));
    assert_eq!((step(finding, "profile"), step(finding, "line")), (Some(1000), Some(1000)));
    assert_eq!(finding.strength.map(|strength| strength.0), Some(2999));
    let unlike =
        logins("a1", "198.18.0.1", "") + &logins("a2", "198.18.0.1", "").replace(":15:00Z", ":45:00Z");
    let never =
        Memory::default().file("log", &unlike).file("answer", &answer).file("platform", &profile).derive();
    assert_eq!(step(pair(&never, "a1", "a2"), "line"), None, "never at once");
}

#[test]
fn another_device_at_the_same_time_on_the_same_line_speaks_against() {
    let login = |account: &str, device: &str| {
        logins(account, "198.18.0.1", "").replace("Z, , , ,", &format!("Z, {device}, , ,"))
    };
    let answer = daily_leases("h1", "198.18.0.1", "fixed");
    let contact = all_have(&["a1", "a2"], "email", "zq@example.org", "yes");
    let devices = |other: &str| {
        let log = login("a1", "d1") + &login("a2", other);
        let derived =
            Memory::default().file("log", &log).file("answer", &answer).file("platform", &contact).derive();
        step(pair(&derived, "a1", "a2"), "other_device")
    };
    assert_eq!(devices("d2"), Some(-1000));
    assert_eq!(devices("d1"), None);
}

#[test]
fn a_set_of_more_accounts_than_a_person_has_is_a_suspected_hub_and_identifies_nobody() {
    let names: Vec<String> = (0..25).map(|n| format!("a{n:02}")).collect();
    let mut platform = String::new();
    for first in 0..names.len() - 4 {
        for name in &names[first..first + 5] {
            platform += &selector(name, "email", &format!("m{first}@example.org"), "yes");
            platform += &selector(name, "card", &format!("4000{first:04}"), "yes");
        }
    }
    let home = logins("a00", "198.18.0.1", "");
    let answer = daily_leases("h1", "198.18.0.1", "fixed")
        + &subscriber("h1", "Zelmira Quartovio", "QRT1", "Via Finta 1");
    let tables = Memory::default()
        .file("log", &(accounts(&names) + &home))
        .file("answer", &answer)
        .file("contacts", "selector: line, alfa/h1, email, m0@example.org, , , ,")
        .file("platform", &platform);
    let derived = tables.derive();
    let hub = said(&derived, "same_user.hub_suspected");
    assert_eq!((hub.len(), hub[0].number("n")), (1, 25));
    let lead = only_lead(&derived);
    assert_eq!((lead.status, &lead.name_said), (PersonStatus::Candidate, &None));
    assert_eq!(lead.missing[0].key, "identity.missing.hub");
    assert!(lead.findings.contains(&hub[0].id));
}

#[test]
fn a_lead_bears_the_permanent_id_of_its_first_account() {
    let both = ["a1", "a2"];
    let joined = named(&both).file("platform", &all_have(&both, "email", "zq@example.org", "yes")).derive();
    assert_eq!(only_lead(&joined).person_id, account_id("agora/a1"));
    let apart = named(&both).derive();
    let mut ids: Vec<&str> = apart.leads.iter().map(|lead| lead.person_id.as_str()).collect();
    ids.sort_unstable();
    let mut expected = ["agora/a1", "agora/a2"].map(account_id);
    expected.sort();
    assert_eq!(ids, expected);
}

/// Accounts with all that can be shared, in two homes.
fn everything() -> (String, String) {
    let mut log = String::new();
    for (account, address, device) in [
        ("a1", "198.18.0.1", "d1"),
        ("a2", "198.18.0.1", "d1"),
        ("a3", "198.18.0.2", "d3"),
        ("a4", "198.18.0.2", "d1"),
        ("a5", "198.18.0.2", "d5"),
    ] {
        log += &logins(account, address, "").replace("Z, , , ,", &format!("Z, {device}, , ,"));
    }
    let platform = all_have(&["a1", "a3"], "email", "zq@example.org", "yes")
        + &all_have(&["a1", "a2", "a3"], "nickname", "mirtillo.di.palude", "")
        + &all_have(&["a4", "a5"], "phone", "3335550104", "yes")
        + &all_have(&["a4", "a5"], "iban", "IT60X0542811101000000123456", "")
        + &all_have(&["a1", "a5"], "name", "Zelmira Quartovio", "")
        + &selector("a4", "tax_code", "QRT1", "yes")
        + &selector("a1", "tax_code", "FNZ1", "yes");
    (log, platform)
}

#[test]
fn the_steps_of_a_waterfall_stand_by_group_and_add_up_to_the_strength() {
    let (log, platform) = everything();
    let derived = two_homes(&log, "Via Altra 9").file("platform", &platform).derive();
    let pairs = said(&derived, "same_user.joined");
    assert!(pairs.len() >= 4, "{}", pairs.len());
    for finding in pairs {
        let steps = finding.statement.values["waterfall"].as_array().expect("a waterfall");
        let sum: i64 = steps.iter().filter_map(|step| step["millibans"].as_i64()).sum();
        assert_eq!(Some(sum), finding.strength.map(|strength| i64::from(strength.0)));
        let groups: Vec<&str> = steps.iter().filter_map(|step| step["group"].as_str()).collect();
        assert!(groups.is_sorted(), "{groups:?}");
        let fields: Vec<&str> = steps[0].as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(fields, ["group", "kind", "millibans", "n_rows", "value"]);
    }
}

#[test]
fn the_order_in_which_records_come_does_not_reach_findings_and_sets() {
    let (log, platform) = everything();
    let derive = |seed: u64| {
        // Seed 0 leaves the order; every other gives one of its own.
        let shuffled = |number: usize| match seed {
            0 => number as u64,
            _ => {
                (number as u64 + seed).wrapping_mul(6_364_136_223_846_793_005_u64.wrapping_mul(2 * seed + 1))
                    >> 7
            }
        };
        let answer = two_homes("", "Via Altra 9");
        let derived = answer
            .file_in_order("log", &log, &shuffled)
            .file_in_order("platform", &platform, &shuffled)
            .derive();
        (findings(&derived, "same_user").to_vec(), leads(&derived))
    };
    let expected = derive(0);
    assert!(expected.0.len() > 5);
    for seed in 1..20 {
        assert_eq!(derive(seed), expected, "seed {seed}");
    }
}

#[test]
fn every_statement_on_accounts_has_a_template_whose_values_are_all_given() {
    let catalogue = tutela_model::Catalogue::new(&tutela_analyses::statements());
    let five = ["a1", "a2", "a3", "a4", "a5"];
    let (log, platform) = everything();
    let all = [
        two_homes(&log, "Via Altra 9").file("platform", &platform).derive(),
        named(&five).file("platform", &all_have(&five, "email", "zq@example.org", "yes")).derive(),
    ];
    for finding in all.iter().flat_map(|derived| findings(derived, "same_user")) {
        for lang in [tutela_model::Lang::It, tutela_model::Lang::En] {
            let said = catalogue.say(&finding.statement, lang);
            assert!(said != finding.statement.key && !said.contains('?'), "{said}");
        }
    }
}
