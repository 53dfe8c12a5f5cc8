//! Small made-up cases, each with one way in which records lead to the wrong door, and what the analyses must say.

mod memory;

use memory::{Memory, daily_leases, findings, logins, only_lead, subscriber};
use tutela_analyses::zone_shift;
use tutela_model::finding::{Band, PersonStatus};
use tutela_model::{AlternativeState, Choice, Decisions};

fn home() -> Memory {
    Memory::default().file("log", &logins("a1", "198.18.0.1", "")).file(
        "answer",
        &(daily_leases("h1", "198.18.0.1", "fixed")
            + &subscriber("h1", "Zelmira Quartovio", "QRT1", "Via Finta 1")),
    )
}

const CONTACT: &str = "selector: line, alfa/h1, email, zq@example.org, , , ,";

#[test]
fn a_line_alone_however_strong_names_nobody() {
    let derived = home().derive();
    let lead = only_lead(&derived);
    assert_eq!(lead.status, PersonStatus::Candidate);
    assert_eq!(lead.name_said, None);
    assert_eq!(lead.lines, ["alfa/h1"]);
    assert_eq!(lead.missing[0].key, "identity.missing.ground");
    let attribution = &findings(&derived, "attribution")[0];
    assert_eq!((attribution.number("connections"), attribution.number("sessions")), (20, 10));
    assert!(attribution.strength.expect("a strength").log10_lr() >= 3.0);
}

#[test]
fn an_identifier_in_the_persons_own_records_is_a_ground() {
    let derived = home()
        .file("contacts", CONTACT)
        .file("platform", "selector: account, agora/a1, email, ZQ@example.org, , , yes,")
        .derive();
    let lead = only_lead(&derived);
    assert_eq!(lead.status, PersonStatus::Identified);
    assert_eq!(lead.name_said.as_deref(), Some("Zelmira Quartovio"));
    assert!(lead.missing.is_empty());
    assert!(lead.strength.log10_lr() >= 3.0);
}

#[test]
fn an_identifier_that_the_platform_found_false_is_no_ground() {
    let derived = home()
        .file("contacts", CONTACT)
        .file("platform", "selector: account, agora/a1, email, zq@example.org, , , no,")
        .derive();
    assert_eq!(only_lead(&derived).status, PersonStatus::Candidate);
}

#[test]
fn an_identifier_that_was_only_mentioned_in_a_text_is_no_ground() {
    let derived = home()
        .file("contacts", CONTACT)
        .file("platform", "selector: account, agora/a1, email, zq@example.org, , , yes, mined")
        .derive();
    assert_eq!(only_lead(&derived).status, PersonStatus::Candidate);
}

#[test]
fn an_identifier_of_somebody_whose_line_was_not_used_is_no_ground() {
    let derived = home()
        .file("contacts", "selector: line, alfa/h2, email, other@example.org, , , ,")
        .file("other", &subscriber("h2", "Ubaldo Finzi", "FNZ1", "Via Altra 9"))
        .file("platform", "selector: account, agora/a1, email, other@example.org, , , yes,")
        .derive();
    let lead = only_lead(&derived);
    assert_eq!((lead.status, &lead.name_said), (PersonStatus::Candidate, &None));
}

#[test]
fn the_number_of_a_sim_adds_nothing_to_the_use_of_the_same_sim() {
    let sim = daily_leases("+393335550101", "198.18.0.9", "mobile");
    let derived = Memory::default()
        .file("log", &logins("a1", "198.18.0.9", "2000"))
        .file("answer", &(sim + &subscriber("+393335550101", "Terzo Prestanome", "TRZ1", "Via Terza 3")))
        .file("own", "selector: line, alfa/+393335550101, phone, +39 333 555 0101, , , ,")
        .file("platform", "selector: account, agora/a1, phone, 333 5550101, , , yes,")
        .derive();
    let lead = only_lead(&derived);
    assert_eq!((lead.status, &lead.name_said), (PersonStatus::Candidate, &None));
}

#[test]
fn a_sim_in_ones_own_name_at_the_address_of_the_home_line_names_its_holder_and_not_the_other() {
    let derived = home()
        .file("sim", &subscriber("+393335550102", "Figlia Quartovio", "QRT2", "via finta  1"))
        .file("own", "selector: line, alfa/+393335550102, phone, +393335550102, , , ,")
        .file("platform", "selector: account, agora/a1, phone, 3335550102, , , yes,")
        .derive();
    let lead = only_lead(&derived);
    assert_eq!(lead.name_said.as_deref(), Some("Figlia Quartovio"));
}

#[test]
fn grounds_for_two_people_identify_neither() {
    let derived = home()
        .file("contacts", CONTACT)
        .file("sim", &subscriber("+393335550102", "Figlia Quartovio", "QRT2", "Via Finta 1"))
        .file("own", "selector: line, alfa/+393335550102, phone, +393335550102, , , ,")
        .file(
            "platform",
            "selector: account, agora/a1, phone, 3335550102, , , yes,
             selector: account, agora/a1, email, zq@example.org, , , yes,",
        )
        .derive();
    let lead = only_lead(&derived);
    assert_eq!((lead.status, &lead.name_said), (PersonStatus::Candidate, &None));
    assert_eq!(lead.missing[0].key, "identity.missing.one_person");
}

#[test]
fn two_independent_lines_of_one_person_are_a_ground() {
    let sim = daily_leases("+393335550103", "198.18.0.9", "mobile");
    let both = logins("a1", "198.18.0.1", "") + &logins("a1", "198.18.0.9", "");
    let home_lines = daily_leases("h1", "198.18.0.1", "fixed");
    let derived = Memory::default()
        .file("log", &both)
        .file("home", &(home_lines + &subscriber("h1", "Zelmira Quartovio", "QRT1", "Via Finta 1")))
        .file("sim", &(sim + &subscriber("+393335550103", "Zelmira Quartovio", "qrt1", "Via Finta 1")))
        .derive();
    let lead = only_lead(&derived);
    assert_eq!((lead.status, lead.lines.len()), (PersonStatus::Identified, 2));
}

#[test]
fn two_accounts_behind_one_line_stay_two_leads() {
    let both = logins("a1", "198.18.0.1", "") + &logins("a2", "198.18.0.1", "");
    let answer = daily_leases("h1", "198.18.0.1", "fixed")
        + &subscriber("h1", "Zelmira Quartovio", "QRT1", "Via Finta 1");
    let tables = Memory::default().file("log", &both).file("answer", &answer);
    assert_eq!(tables.derive().leads.len(), 2);
    let with_one_number = tables.file(
        "platform",
        "selector: account, agora/a1, phone, 3335550104, , , yes,
         selector: account, agora/a2, phone, +39 3335550104, , , yes,",
    );
    let derived = with_one_number.derive();
    assert_eq!(only_lead(&derived).accounts, ["agora/a1", "agora/a2"]);
    let joined = &findings(&derived, "same_user")[0];
    let refused = Decisions::from([(joined.id.clone(), Choice::Reject)]);
    assert_eq!(with_one_number.derive_with(&refused).leads.len(), 2);
}

#[test]
fn an_account_used_from_two_households_is_nobodys_until_that_is_explained() {
    let both = logins("a1", "198.18.0.1", "") + &logins("a1", "198.18.0.2", "");
    let answer = daily_leases("h1", "198.18.0.1", "fixed")
        + &daily_leases("h2", "198.18.0.2", "fixed")
        + &subscriber("h1", "Zelmira Quartovio", "QRT1", "Via Finta 1")
        + &subscriber("h2", "Ubaldo Finzi", "FNZ1", "Via Altra 9");
    let derived = Memory::default()
        .file("log", &both)
        .file("answer", &answer)
        .file("contacts", CONTACT)
        .file("platform", "selector: account, agora/a1, email, zq@example.org, , , yes,")
        .derive();
    let lead = only_lead(&derived);
    assert_eq!((lead.status, &lead.name_said), (PersonStatus::Candidate, &None));
    let shared = lead.alternatives.iter().find(|alternative| alternative.kind == "account_shared");
    assert_eq!(shared.map(|alternative| alternative.state), Some(AlternativeState::Open));
}

#[test]
fn an_account_that_two_people_share_does_not_join_their_own() {
    let login = |account: &str, address: &str, device: &str| {
        logins(account, address, "").replace("Z, , , ,", &format!("Z, {device}, , ,"))
    };
    let log = login("x", "198.18.0.1", "dx")
        + &login("y", "198.18.0.2", "dy")
        + &login("z", "198.18.0.1", "dx")
        + &login("z", "198.18.0.2", "dy");
    let answer = daily_leases("+39333555010", "198.18.0.1", "mobile")
        + &daily_leases("+39333555020", "198.18.0.2", "mobile")
        + &subscriber("+39333555010", "Zelmira Quartovio", "QRT1", "Via Finta 1")
        + &subscriber("+39333555020", "Ubaldo Finzi", "FNZ1", "Via Altra 9");
    let derived = Memory::default().file("log", &log).file("answer", &answer).derive();
    assert_eq!(derived.leads.len(), 3);
    let shared = derived.leads.iter().find(|lead| lead.accounts == ["agora/z"]).expect("a lead of its own");
    assert_eq!(shared.missing[0].key, "identity.missing.one_household");
}

#[test]
fn an_identity_that_the_platform_verified_for_somebody_else_is_a_contradiction() {
    let derived = home()
        .file("contacts", CONTACT)
        .file(
            "platform",
            "selector: account, agora/a1, email, zq@example.org, , , yes,
             selector: account, agora/a1, tax_code, ALTRO1, , , yes,",
        )
        .derive();
    let lead = only_lead(&derived);
    assert_eq!((lead.status, &lead.name_said), (PersonStatus::Candidate, &None));
    assert_eq!(lead.missing[0].key, "identity.missing.verified_other");
}

#[test]
fn exits_and_hotspots_are_never_a_subscribers() {
    for nature in ["vpn", "tor_exit", "hosting", "hotspot", "campus"] {
        let derived =
            home().file("list", &format!("network: 198.18.0.0/24, {nature}, List, 2026-03-01")).derive();
        assert_eq!(only_lead(&derived).status, PersonStatus::Unattributed, "{nature}");
        assert!(findings(&derived, "attribution").is_empty(), "{nature}");
    }
    let venue =
        daily_leases("w1", "198.18.0.1", "hotspot") + &subscriber("w1", "Bar Inventato", "BAR1", "Piazza 1");
    let derived =
        Memory::default().file("log", &logins("a1", "198.18.0.1", "")).file("answer", &venue).derive();
    assert_eq!(only_lead(&derived).status, PersonStatus::Unattributed);
}

#[test]
fn lists_speak_for_the_time_of_the_event_and_for_no_other() {
    let listed = |dates: &[&str], others: &[&str]| {
        let row = |prefix: &str, date: &&str| format!("network: {prefix}, tor_exit, Exits, {date}\n");
        let ours = dates.iter().map(|date| row("198.18.0.0/24", date));
        let lists: String = ours.chain(others.iter().map(|date| row("203.0.113.7/32", date))).collect();
        only_lead(&home().file("list", &lists).derive()).status
    };
    // The logins are of March 2026. Either of the versions around them may be the one that knew.
    assert_eq!(listed(&["2026-02-20"], &["2026-04-10"]), PersonStatus::Unattributed);
    assert_eq!(listed(&["2026-04-10"], &["2026-02-20"]), PersonStatus::Unattributed);
    assert_eq!(listed(&[""], &["2026-02-20", "2026-04-10"]), PersonStatus::Unattributed);
    // An exit of other years is not an exit in March 2026.
    let years_before_and_after = listed(&["2019-01-01", "2030-01-01"], &["2026-02-20", "2026-04-10"]);
    assert_ne!(years_before_and_after, PersonStatus::Unattributed);
}

#[test]
fn an_answer_about_another_year_or_day_names_nobody() {
    for shift in ["2025-03", "2026-04"] {
        let (leases, of) = (
            daily_leases("h1", "198.18.0.1", "fixed"),
            subscriber("h1", "Rosa Inventata", "RSSINV", "Via 1"),
        );
        let derived = Memory::default()
            .file("log", &logins("a1", "198.18.0.1", "4000"))
            .file("answer", &leases.replace("2026-03", shift))
            .file("subscribers", &of)
            .derive();
        assert_eq!(only_lead(&derived).status, PersonStatus::Unattributed, "{shift}");
        assert!(findings(&derived, "attribution").is_empty(), "{shift}");
    }
}

#[test]
fn a_shared_address_without_a_port_is_a_set_and_never_a_line() {
    let block = |line: &str, ports: &str| {
        format!(
            "lease: alfa, 198.18.0.1, {ports}, 2026-03-01T00:00:00Z, 2026-03-20T00:00:00Z, {line}, mobile, 64\n"
        )
    };
    let answer = block("m1", "1024, 2047") + &block("m2", "2048, 3071");
    let answered = |port: &str, answer: &str| {
        Memory::default().file("log", &logins("a1", "198.18.0.1", port)).file("answer", answer).derive()
    };
    assert_eq!(only_lead(&answered("", &answer)).status, PersonStatus::Unattributed);
    assert_eq!(only_lead(&answered("2100", &answer)).lines, ["alfa/m2"]);
    // The answer names one of the sharers only: the address stays shared.
    assert_eq!(only_lead(&answered("", &block("m1", "1024, 2047"))).status, PersonStatus::Unattributed);
    let asked = only_lead(&answered("", &answer)).next_steps[0].clone();
    assert_eq!((asked.ask.key.as_str(), asked.of.as_str()), ("next_steps.ports.ask", "agora"));
    assert_eq!(asked.by.as_deref(), Some("2027-03-01"));
}

#[test]
fn somebody_who_was_harmed_or_written_to_is_no_lead() {
    let derived = home()
        .file(
            "referral",
            "referral: ncmec, 1, agora, , , , , , , , ,
             reported_person: ncmec, 1, 1, victim, agora, a1, , , , 13, , , , , ,",
        )
        .derive();
    assert!(derived.leads.is_empty());
}

#[test]
fn what_a_referral_says_of_uploads_goes_with_its_only_account() {
    let upload = "connection: cybertip, report-1, upload, 198.18.0.1, , 2026-03-05T09:00:00Z, , , ,\n";
    let person = |ordinal: u32, account: &str| {
        format!("reported_person: ncmec, 1, {ordinal}, reported, agora, {account}, , , , , , , , , ,\n")
    };
    let referral = "referral: ncmec, 1, agora, , , , , , , , ,\n".to_owned() + upload + &person(1, "a1");
    let one = home().file("referral", &referral).derive();
    assert_eq!(only_lead(&one).accounts, ["agora/a1", "cybertip/report-1"]);
    let two = home().file("referral", &(referral + &person(2, "a2"))).derive();
    assert!(two.leads.iter().all(|lead| lead.accounts.len() == 1));
}

/// Logins at odd minutes from an address that changes hands between two lines each day, and an answer whose times are
/// two hours late.
fn wrong_zone() -> Memory {
    let mut log = String::new();
    let mut answer = String::new();
    for day in 1..=26 {
        for hour in 0..24 {
            let address = if (day + hour / 12) % 2 == 0 { "198.18.0.1" } else { "198.18.0.2" };
            log += &format!(
                "connection: agora, a1, login, {address}, , 2026-03-{day:02}T{hour:02}:30:00Z, , , ,\n"
            );
        }
        for half in 0..2 {
            let (from, until) = if half == 0 { ("02", "14") } else { ("14", "02") };
            let until_day = day + half;
            for line in ["h1", "h2"] {
                let address =
                    if ((day + half) % 2 == 0) == (line == "h1") { "198.18.0.1" } else { "198.18.0.2" };
                answer += &format!(
                    "lease: alfa, {address}, , , 2026-03-{day:02}T{from}:00:00Z, 2026-03-{until_day:02}T{until}:00:00Z, {line}, fixed,\n"
                );
            }
        }
    }
    Memory::default().file("log", &log).file("answer", &answer)
}

#[test]
fn an_answer_in_another_zone_than_it_says_attributes_nothing_until_somebody_decides() {
    let tables = wrong_zone();
    let derived = tables.derive();
    let zone = &findings(&derived, "zone_shift")[0];
    assert_eq!((zone.statement.key.as_str(), zone.number("zone_shift_s")), ("zone_shift.indicated", -7200));
    assert!(findings(&derived, "attribution").is_empty());
    assert!(only_lead(&derived).next_steps.iter().any(|step| step.ask.key == "next_steps.zone.ask"));

    let moved = tables.derive_with(&Decisions::from([(zone.id.clone(), Choice::Accept)]));
    let attribution = findings(&moved, "attribution");
    assert_eq!((attribution.len(), attribution[0].text("line")), (1, "h1"));
    assert_eq!((attribution[0].number("connections"), attribution[0].number("zone_shift_s")), (624, -7200));

    let as_written = tables.derive_with(&Decisions::from([(zone.id.clone(), Choice::Reject)]));
    assert_eq!(findings(&as_written, "attribution").len(), 2);
}

/// A day in March to June and an hour, as an instant in UTC.
fn instant(day: i16, hour: u32) -> String {
    let date = jiff::civil::date(2026, 3, 1).checked_add(jiff::Span::new().days(day)).expect("a day");
    format!("{date}T{hour:02}:00:00Z")
}

/// Two months of logins on the address that line h1 holds: it and h2 exchange two addresses every day at six. `said`
/// changes what the answer writes of a time.
fn exchanged_daily(said: impl Fn(&str) -> String) -> Memory {
    let (mut log, mut answer) = (String::new(), String::new());
    for day in 0..60 {
        let [own, other] =
            if day % 2 == 0 { ["198.18.0.1", "198.18.0.2"] } else { ["198.18.0.2", "198.18.0.1"] };
        for hour in [9, 16, 22] {
            let at = instant(day, hour);
            log += &format!("connection: agora, a1, login, {own}, , {at}, , , ,\n");
        }
        let [from, until] = [instant(day, 6), instant(day + 1, 6)].map(|at| said(&at));
        // Rows whose end would come before the beginning do not pass the import.
        if from < until {
            answer += &format!("lease: alfa, {own}, , , {from}, {until}, h1, fixed,\n");
            answer += &format!("lease: alfa, {other}, , , {from}, {until}, h2, fixed,\n");
        }
    }
    Memory::default().file("log", &log).file("answer", &answer)
}

#[test]
fn an_answer_of_the_year_before_is_set_aside_and_read_in_its_year_when_an_officer_says_so() {
    let tables = exchanged_daily(|at| at.replace("2026-", "2025-"));
    let derived = tables.derive();
    let year = &findings(&derived, "zone_shift")[0];
    assert_eq!((year.statement.key.as_str(), year.text("reading")), ("zone_shift.year", "YYYY+1"));
    assert!(zone_shift::is_indicated(year) && findings(&derived, "attribution").is_empty());
    let moved = tables.derive_with(&Decisions::from([(year.id.clone(), Choice::Accept)]));
    let attribution = &findings(&moved, "attribution")[0];
    assert_eq!((attribution.text("line"), attribution.number("connections")), ("h1", 180));
}

#[test]
fn exchanged_days_and_months_are_a_reading_of_their_own() {
    let swapped = |at: &str| match at[8..10].parse::<u8>() {
        Ok(1..=12) => format!("2026-{}-{}{}", &at[8..10], &at[5..7], &at[10..]),
        _ => at.to_owned(),
    };
    let tables = exchanged_daily(swapped);
    let derived = tables.derive();
    let days = &findings(&derived, "zone_shift")[0];
    assert_eq!((days.statement.key.as_str(), days.text("reading")), ("zone_shift.day_month", "MM/DD"));
    assert_eq!(days.number("zone_shift_s"), 0);
    assert!(findings(&derived, "attribution").is_empty());
    let moved = tables.derive_with(&Decisions::from([(days.id.clone(), Choice::Accept)]));
    let attribution = findings(&moved, "attribution");
    assert_eq!((attribution.len(), attribution[0].text("line")), (1, "h1"));
    assert!(attribution[0].number("connections") > 150, "{:?}", attribution[0].statement);
}

/// A few logins, the last of them half an hour after h2 gave its address to h1.
fn few_and_near() -> Memory {
    let at = |day: u32, time: &str| {
        format!("connection: agora, a1, login, 198.18.0.1, , 2026-03-{day:02}T{time}Z, , , ,\n")
    };
    let log = at(2, "12:00:00") + &at(3, "12:00:00") + &at(4, "12:00:00") + &at(2, "06:30:00");
    let lease = |line: &str, from: &str, until: &str| {
        format!(
            "lease: alfa, 198.18.0.1, , , 2026-03-{from}:00:00Z, 2026-03-{until}:00:00Z, {line}, fixed,\n"
        )
    };
    let answer = lease("h2", "01T06", "02T06") + &lease("h1", "02T06", "05T06");
    Memory::default().file("log", &log).file("answer", &answer)
}

#[test]
fn a_connection_that_another_possible_reading_gives_to_another_line_supports_none() {
    let tables = few_and_near();
    let derived = tables.derive();
    let zone = &findings(&derived, "zone_shift")[0];
    assert_eq!(zone.statement.key, "zone_shift.undecided");
    let attribution = &findings(&derived, "attribution")[0];
    assert_eq!(attribution.statement.key, "attribution.line_unstable");
    assert_eq!((attribution.number("connections"), attribution.number("unstable")), (3, 1));
    assert_eq!(attribution.statement.values["unstable_under"][0], "+1 h");
    assert_eq!(findings(&derived, "coverage")[0].statement.values["reasons"]["unstable"], 1);
    assert!(only_lead(&derived).next_steps.iter().any(|step| step.why.key == "next_steps.unstable.why"));

    // The operator confirmed its zone, and an officer says so: the doubt is over.
    let confirmed = tables.derive_with(&Decisions::from([(zone.id.clone(), Choice::Accept)]));
    let attribution = &findings(&confirmed, "attribution")[0];
    assert_eq!((attribution.number("connections"), attribution.number("unstable")), (4, 0));
    let clock = attribution.alternatives.iter().find(|alternative| alternative.kind == "wrong_zone");
    assert_eq!(clock.map(|alternative| alternative.state), Some(AlternativeState::Checked));
}

#[test]
fn a_connection_within_a_minute_of_a_change_of_hands_supports_none() {
    let log = logins("a1", "198.18.0.1", "")
        + "connection: agora, a1, login, 198.18.0.1, , 2026-03-04T03:15:20Z, , , ,\n";
    let before = "lease: alfa, 198.18.0.1, , , 2026-03-04T03:01:00Z, 2026-03-04T03:14:50Z, h2, fixed,\n";
    let answer = daily_leases("h1", "198.18.0.1", "fixed") + before;
    let derived = Memory::default().file("log", &log).file("answer", &answer).derive();
    let attribution = &findings(&derived, "attribution")[0];
    assert_eq!((attribution.number("connections"), attribution.number("unstable")), (20, 1));
    assert_eq!(attribution.statement.values["unstable_under"][0], "±60 s");
}

#[test]
fn precedents_follow_tax_code_or_name_with_birth_date_and_never_a_name() {
    let derived = home()
        .file("contacts", CONTACT)
        .file("platform", "selector: account, agora/a1, email, zq@example.org, , , yes,")
        .file(
            "register",
            "precedent: QRT1, , , art. 1, 2019-01-01
             precedent: , quartovio  zelmira, 1980-01-02, art. 2, 2018-01-01
             precedent: , Zelmira Quartovio, 1980-01-02, art. 3, 2017-01-01
             precedent: , Zelmira Quartovio, 1971-05-05, art. 4, 2016-01-01
             precedent: QRT9, Zelmira Quartovio, 1980-01-02, art. 5, 2015-01-01",
        )
        .derive();
    assert_eq!(only_lead(&derived).precedents, 2);
}

#[test]
fn a_child_within_reach_comes_before_a_report_with_more_in_it() {
    let referral = |reference: &str, account: &str, extra: &str| {
        format!(
            "referral: ncmec, {reference}, agora, 2026-03-11T10:00:00Z, , , , , , , ,
             reported_person: ncmec, {reference}, 1, reported, agora, {account}, , , , , {extra}, , , , ,\n"
        )
    };
    let both = logins("a1", "198.18.0.1", "") + &logins("a2", "198.18.0.2", "");
    let files: String =
        (0..40).map(|n| format!("reported_file: ncmec, 1, f{n}, , , , , , , A1, , , , , ,\n")).collect();
    let derived = Memory::default()
        .file("log", &both)
        .file("referral-1", &(referral("1", "a1", "unknown") + &files))
        .file(
            "referral-2",
            &(referral("2", "a2", "yes")
                + "reported_person: ncmec, 2, 2, victim, agora, v1, , , , 12, , , , , ,\n"
                + "referral: ncmec, 3, agora, , , , , Synthetic: urgent, , , ,"),
        )
        .derive();
    assert_eq!(derived.leads[0].accounts, ["agora/a2"]);
    assert_eq!((derived.leads[0].band, derived.leads[1].band), (Band::High, Band::Medium));
    assert_eq!(derived.leads[0].act_by.as_deref(), Some("2026-03-18T10:00:00Z"));
    let unknown = derived.leads[1].factors.iter().find(|factor| factor.name == "access_to_children_stated");
    assert_eq!(unknown.map(|factor| factor.state.as_str()), Some("unknown"));
}

#[test]
fn a_lease_that_two_lines_claim_supports_neither() {
    let answer = daily_leases("h1", "198.18.0.1", "fixed") + &daily_leases("h2", "198.18.0.1", "fixed");
    let derived =
        Memory::default().file("log", &logins("a1", "198.18.0.1", "")).file("answer", &answer).derive();
    assert!(findings(&derived, "attribution").is_empty());
    let coverage = &findings(&derived, "coverage")[0];
    assert_eq!(coverage.statement.values["reasons"]["several_lines"], 20);
}

#[test]
fn every_statement_that_is_said_has_a_template_whose_values_are_all_given() {
    let catalogue = tutela_model::Catalogue::new(&tutela_analyses::statements());
    let derived = wrong_zone()
        .file("contacts", CONTACT)
        .file("platform", "selector: account, agora/a1, email, zq@example.org, , , yes,")
        .derive();
    let leads = home().derive().leads;
    let others =
        [few_and_near(), exchanged_daily(|at| at.replace("2026-", "2025-")), exchanged_daily(str::to_owned)]
            .map(|tables| tables.derive());
    let phrases = [&derived]
        .into_iter()
        .chain(&others)
        .flat_map(|derived| &derived.findings)
        .flat_map(|(_, findings)| findings)
        .flat_map(|f| {
            [&f.statement].into_iter().chain(&f.propositions).chain(f.alternatives.iter().map(|a| &a.why))
        })
        .chain(leads.iter().chain(&derived.leads).flat_map(|lead| {
            let steps = lead.next_steps.iter().flat_map(|step| [&step.ask, &step.why]);
            steps
                .chain(&lead.missing)
                .chain(&lead.propositions)
                .chain(lead.alternatives.iter().map(|a| &a.why))
        }));
    for phrase in phrases {
        for lang in [tutela_model::Lang::It, tutela_model::Lang::En] {
            let said = catalogue.say(phrase, lang);
            assert!(said != phrase.key && !said.contains('?'), "{}: {said}", phrase.key);
        }
    }
}
