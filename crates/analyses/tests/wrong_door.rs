//! Small made-up cases, each with one way in which records lead to the wrong door, and what the analyses must say.

mod memory;

use std::collections::BTreeMap;

use memory::{Memory, daily_leases, findings, logins, only_lead, subscriber};
use tutela_analyses::questions::{self, Draft, Wanted};
use tutela_analyses::sharing::{Means, MemoryShelf};
use tutela_analyses::{Derived, answer_check, zone_shift};
use tutela_model::finding::{Band, PersonStatus};
use tutela_model::{AlternativeState, Choice, Decisions, Digest, Finding};

#[path = "wrong_door/shared_addresses.rs"]
mod shared_addresses;

/// Requests made of the rows, and kept as files received.
trait Asking {
    fn drafts(&self, again: bool) -> Vec<Draft>;
    fn asked(self, drafts: &[Draft], change: impl Fn(usize, String) -> String) -> Self;
}

impl Asking for Memory {
    /// The requests that the open connections of a1 ask for.
    fn drafts(&self, again: bool) -> Vec<Draft> {
        let accounts = ["agora/a1".to_owned()].into();
        let wanted = Wanted { accounts: &accounts, of: None, controls: 1, again };
        let shelf = MemoryShelf::default();
        questions::drafts(self, &Means::alone(&shelf), &Decisions::new(), &wanted)
            .expect("memory can be read")
    }

    /// The requests as they are kept, each question as `change` makes it.
    fn asked(self, drafts: &[Draft], change: impl Fn(usize, String) -> String) -> Self {
        let known = |sources: &[Digest]| sources.iter().map(Digest::hex).collect::<Vec<_>>().join(" ");
        let line = |draft: &Draft, (idx, asked): (usize, &questions::Question)| {
            let at = tutela_model::time::utc(asked.at_s * 1_000_000);
            let port = asked.port.map_or_else(String::new, |port| port.to_string());
            let (repeat_of, control) =
                (asked.repeat_of.as_deref().unwrap_or(""), asked.control_line.as_deref().unwrap_or(""));
            let cells = format!(
                "request: {}, {}, {}, {}, {port}, {at}, {}, {}, {}, {repeat_of}, {control}, {}\n",
                draft.reference,
                idx + 1,
                draft.of,
                asked.address,
                asked.at_said,
                asked.source.hex(),
                asked.place,
                known(&asked.known_from),
            );
            change(idx, cells)
        };
        let of_draft =
            |draft: &Draft| draft.questions.iter().enumerate().map(|one| line(draft, one)).collect();
        let lines: Vec<String> = drafts.iter().map(of_draft).collect();
        let name = drafts.first().map_or("requests", |draft| draft.reference.as_str());
        self.file(name, &lines.concat())
    }
}

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
fn an_account_that_was_used_on_elsewhere_may_have_changed_hands() {
    let later = |month: &str| {
        let elsewhere = logins("a1", "203.0.113.77", "").replace("2026-03", month);
        let derived = home()
            .file("contacts", CONTACT)
            .file("platform", "selector: account, agora/a1, email, zq@example.org, , , yes,")
            .file("elsewhere", &elsewhere)
            .derive();
        let lead = only_lead(&derived);
        (lead.status, lead.missing.first().map(|missing| missing.key.clone()))
    };
    assert_eq!(later("2026-03"), (PersonStatus::Identified, None), "used elsewhere at the same time");
    assert_eq!(later("2026-01"), (PersonStatus::Identified, None), "used elsewhere before");
    let handed_over = Some("identity.missing.handed_over".to_owned());
    assert_eq!(later("2026-05"), (PersonStatus::Candidate, handed_over));
}

#[test]
fn a_telephone_of_another_of_the_same_home_speaks_for_that_person() {
    let status = |holder: &str, code: &str| {
        let sim = daily_leases("+393335550103", "198.18.0.9", "mobile")
            + &subscriber("+393335550103", holder, code, "Via Finta 1");
        let derived = home()
            .file("contacts", CONTACT)
            .file("platform", "selector: account, agora/a1, email, zq@example.org, , , ,")
            .file("on the way", &logins("a1", "198.18.0.9", ""))
            .file("sim", &sim)
            .derive();
        let lead = only_lead(&derived);
        (lead.status, lead.missing.first().map(|missing| missing.key.clone()))
    };
    assert_eq!(status("Zelmira Quartovio", "QRT1"), (PersonStatus::Identified, None));
    let of_another = Some("identity.missing.telephone_of_another".to_owned());
    assert_eq!(status("Tullo Quartovio", "QRT2"), (PersonStatus::Candidate, of_another));
}

#[test]
fn a_business_is_nobodys_household() {
    let identified = |access: &str| {
        let work =
            daily_leases("w1", "198.18.0.9", access) + &subscriber("w1", "Bar Finto", "", "Piazza Finta 2");
        let derived = home()
            .file("contacts", CONTACT)
            .file("platform", "selector: account, agora/a1, email, zq@example.org, , , yes,")
            .file("at work", &logins("a1", "198.18.0.9", ""))
            .file("work", &work)
            .derive();
        only_lead(&derived).status == PersonStatus::Identified
    };
    assert!(identified("business"));
    assert!(!identified("fixed"));
}

#[test]
fn the_people_of_one_home_stay_an_open_explanation_of_a_name() {
    let household = |kind: &str, value: &str| {
        let derived = home()
            .file("contacts", &format!("{CONTACT}\nselector: line, alfa/h1, tax_code, QRT1, , , ,"))
            .file("platform", &format!("selector: account, agora/a1, {kind}, {value}, , , yes,"))
            .derive();
        let lead = only_lead(&derived);
        assert_eq!(lead.status, PersonStatus::Identified, "{kind}");
        assert!(
            lead.next_steps.iter().all(|step| step.ask.key != "next_steps.household.ask")
                == (kind == "tax_code")
        );
        lead.alternatives.iter().find(|other| other.kind == "household").map(|other| other.state)
    };
    assert_eq!(household("email", "zq@example.org"), Some(AlternativeState::Open));
    assert_eq!(household("tax_code", "QRT1"), Some(AlternativeState::Unlikely));
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
fn an_answer_in_another_zone_than_it_says_attributes_only_what_no_reading_changes_until_somebody_decides() {
    let tables = wrong_zone();
    let derived = tables.derive();
    let zone = &findings(&derived, "zone_shift")[0];
    assert_eq!((zone.statement.key.as_str(), zone.number("zone_shift_s")), ("zone_shift.indicated", -7200));
    // Every noon the two lines change places: as written, connections of the two hours after it fall on the other one,
    // and those before the answer begins on nobody. All others are on the line that held the address.
    let stable = findings(&derived, "attribution");
    assert_eq!((stable.len(), stable[0].text("line")), (1, "h1"));
    let reasons = &findings(&derived, "coverage")[0].statement.values["reasons"];
    assert_eq!((stable[0].number("connections"), &reasons["clock_in_question"]), (570, &54.into()));
    let clock = stable[0].alternatives.iter().find(|alternative| alternative.kind == "wrong_zone");
    let clock = clock.map(|alternative| (alternative.state, alternative.why.key.as_str()));
    assert_eq!(clock, Some((AlternativeState::Unlikely, "attribution.zone.stable")));
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
    // What is the same with day and month in either place is h1's, and nothing else counts.
    let stable = findings(&derived, "attribution");
    assert!(stable.iter().all(|finding| finding.text("line") == "h1"), "{stable:?}");
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

/// An account on two addresses of one operator: an answer has settled the first, h1, and knows the second for another
/// year only.
fn half_answered() -> Memory {
    let both = logins("a1", "198.18.0.1", "") + &logins("a1", "198.18.0.20", "");
    let answer = daily_leases("h1", "198.18.0.1", "fixed")
        + &daily_leases("h1", "198.18.0.20", "fixed").replace("2026-03", "2025-07");
    Memory::default().file("log", &both).file("answer", &answer)
}

/// What an operator answers to the questions of [`half_answered`]: the second address is h1's too, and the first one a
/// line's.
fn second_answer(first: &str) -> String {
    daily_leases(first, "198.18.0.1", "fixed") + &daily_leases("h1", "198.18.0.20", "fixed")
}

fn checked<'a>(derived: &'a Derived, key: &str) -> Option<&'a Finding> {
    findings(derived, "answer_check")
        .iter()
        .find(|finding| finding.statement.key == format!("answer_check.{key}"))
}

#[test]
fn a_question_is_copied_from_its_row_and_one_that_was_retyped_is_found() {
    let tables = half_answered();
    let drafts = tables.drafts(false);
    let [draft] = &drafts[..] else { panic!("{drafts:#?}") };
    assert_eq!((draft.reference.as_str(), draft.of.as_str(), draft.n_controls), ("R-001", "alfa", 1));
    // Ten days of which nobody knows the holder, a control question and a repetition.
    assert_eq!(draft.questions.len(), 12);
    let log = logins("a1", "198.18.0.1", "") + &logins("a1", "198.18.0.20", "");
    let lines: Vec<&str> = log.lines().collect();
    for asked in &draft.questions {
        let line: usize = asked.place.strip_prefix("line:").expect("a line").parse().expect("its number");
        let cells: Vec<&str> = lines[line - 1].split(", ").collect();
        assert_eq!((cells[3], cells[5]), (asked.address.as_str(), asked.at_said.as_str()));
        assert_eq!(asked.source, Digest::of(b"log"));
    }
    let days: std::collections::BTreeSet<i64> =
        draft.questions.iter().map(|asked| asked.at_s / 86_400).collect();
    assert_eq!(days.len(), 10);

    let as_copied = half_answered().asked(&drafts, |_, cells| cells).derive();
    assert!(checked(&as_copied, "retyped").is_none());
    assert_eq!(checked(&as_copied, "waiting").map(|finding| finding.number("n")), Some(12));
    let changes: [(&str, &dyn Fn(String) -> String); 4] = [
        ("address", &|cells| cells.replacen("198.18.0.", "198.18.1.", 1)),
        ("port", &|cells| cells.replacen(", ,", ", 4000,", 1)),
        ("time", &|cells| cells.replacen(":15:00Z", ":16:00Z", 1)),
        ("record", &|cells| cells.replacen("line:", "line:9", 1)),
    ];
    for (field, change) in changes {
        let retype = |idx, cells| if idx == 1 { change(cells) } else { cells };
        let derived = half_answered().asked(&drafts, retype).derive();
        let retyped = checked(&derived, "retyped").unwrap_or_else(|| panic!("{field} goes unseen"));
        assert_eq!(retyped.number("n"), 1, "{field}");
        assert_eq!(retyped.statement.values["fields"], serde_json::json!([field]));
        assert_eq!(retyped.statement.values["items"], serde_json::json!(["2"]));
        assert_eq!((retyped.rows.len(), retyped.against.len()), (1, usize::from(field != "record")));
    }
}

#[test]
fn a_request_is_bounded_and_spreads_over_the_days() {
    let log: String = (1..=30)
        .flat_map(|day| (1..=20).map(move |host| (day, host)))
        .map(|(day, host)| {
            format!(
                "connection: agora, a1, login, 198.18.3.{host}, , 2026-03-{day:02}T08:00:{host:02}Z, , , ,\n"
            )
        })
        .collect();
    let drafts = Memory::default().file("log", &log).drafts(false);
    let draft = &drafts[0];
    assert_eq!((draft.of.as_str(), draft.questions.len(), draft.n_left_out), ("unknown", 500, 101));
    let mut of_day: BTreeMap<i64, usize> = BTreeMap::new();
    for asked in draft.questions.iter().filter(|asked| asked.repeat_of.is_none()) {
        *of_day.entry(asked.at_s / 86_400).or_default() += 1;
    }
    assert!(of_day.len() == 30 && of_day.values().all(|n| [16, 17].contains(n)), "{of_day:?}");
    // A time that is not known to the second is not asked about: nothing is made more precise than its source.
    let to_the_minute = "connection: agora, a1, login, 198.18.3.1, , 2026-03-01T08:00Z, , , ,";
    assert!(Memory::default().file("log", to_the_minute).drafts(false).is_empty());
}

#[test]
fn where_nothing_was_asked_nothing_is_said_of_answers() {
    assert!(
        findings(&half_answered().file("more", &second_answer("h9")).derive(), "answer_check").is_empty()
    );
}

#[test]
fn an_answer_that_fails_its_control_question_attributes_nothing_until_an_officer_rejects_that() {
    let drafts = half_answered().drafts(false);
    let asked = || half_answered().asked(&drafts, |_, cells| cells);
    let connections = |derived: &Derived| -> i64 {
        findings(derived, "attribution").iter().map(|finding| finding.number("connections")).sum()
    };
    let right = asked().file("second", &second_answer("h1")).derive();
    assert_eq!(checked(&right, "control_right").map(|finding| finding.number("controls")), Some(1));
    assert!(checked(&right, "answered").is_some());
    assert_eq!(connections(&right), 40);

    let tables = asked().file("second", &second_answer("h9"));
    let wrong = tables.derive();
    let control = checked(&wrong, "control_wrong").expect("the control question names another line");
    assert!(answer_check::sets_aside(control));
    assert_eq!(
        (control.text("known"), &control.statement.values["named"][0]),
        ("alfa/h1", &"alfa/h9".into())
    );
    assert_eq!(control.text("source"), Digest::of(b"second").hex());
    // What the earlier answer settled stands; from the later one nothing is taken.
    assert_eq!(connections(&wrong), 20);
    assert_eq!(findings(&wrong, "coverage")[0].statement.values["reasons"]["answer_in_question"], 20);
    assert!(only_lead(&wrong).next_steps.iter().any(|step| step.why.key == "next_steps.control.why"));
    for (choice, expected) in [(Choice::Accept, 20), (Choice::Unsure, 20)] {
        let decided = tables.derive_with(&Decisions::from([(control.id.clone(), choice)]));
        assert_eq!(connections(&decided), expected, "{choice:?}");
    }
    // Rejected, both answers count, and what they contradict each other on supports nobody.
    let rejected = tables.derive_with(&Decisions::from([(control.id.clone(), Choice::Reject)]));
    let lines: Vec<&str> =
        findings(&rejected, "attribution").iter().map(|finding| finding.text("line")).collect();
    assert_eq!((lines, connections(&rejected)), (vec!["h1"], 20));
}

#[test]
fn a_control_question_cannot_be_told_from_the_others() {
    let drafts = half_answered().drafts(false);
    let control =
        drafts[0].questions.iter().find(|asked| asked.control_line.is_some()).expect("a control question");
    assert_eq!((control.address.as_str(), control.control_line.as_deref()), ("198.18.0.1", Some("alfa/h1")));
    // Another request draws another place for it.
    let places: std::collections::BTreeSet<usize> = (1..20)
        .map(|n| {
            let earlier =
                format!("request: R-{n:03}, 1, beta, 203.0.113.9, , 2026-03-01T08:15:00Z, , x, y, , ,\n");
            let drafts = half_answered().file("earlier", &earlier).drafts(false);
            let mut asked = drafts[0].questions.iter();
            asked.position(|asked| asked.control_line.is_some()).expect("a control question")
        })
        .collect();
    assert!(places.len() > 3, "{places:?}");
}

#[test]
fn a_question_asked_twice_and_answered_otherwise_sets_the_later_answer_aside() {
    // The first answer covers half of the days.
    let first_five: String =
        daily_leases("h1", "198.18.0.20", "fixed").split_inclusive('\n').take(5).collect();
    let drafts = half_answered().drafts(false);
    let once = || half_answered().asked(&drafts, |_, cells| cells).file("first", &first_five);
    let again = once().drafts(true);
    assert_eq!(again[0].reference, "R-002");
    let repeated = again[0].questions.iter().find(|asked| asked.repeat_of.is_some()).expect("a repetition");
    assert!(repeated.repeat_of.as_deref().is_some_and(|of| of.starts_with("R-001/")), "{repeated:?}");

    let answered = |line: &str| {
        let later = daily_leases("h1", "198.18.0.1", "fixed") + &daily_leases(line, "198.18.0.20", "fixed");
        once().asked(&again, |_, cells| cells).file("second", &later)
    };
    assert!(checked(&answered("h1").derive(), "repeat_differs").is_none());
    let tables = answered("h9");
    let derived = tables.derive();
    let differs = checked(&derived, "repeat_differs").expect("h1 before, h9 now");
    assert!(answer_check::sets_aside(differs));
    assert_eq!(differs.text("source"), Digest::of(b"second").hex());
    assert_eq!(differs.statement.values["lines"], serde_json::json!(["alfa/h1", "alfa/h9"]));
    assert!(findings(&derived, "attribution").iter().all(|finding| finding.text("line") == "h1"));
    let rejected = tables.derive_with(&Decisions::from([(differs.id.clone(), Choice::Reject)]));
    assert!(findings(&rejected, "attribution").iter().any(|finding| finding.text("line") == "h9"));
}

#[test]
fn an_answer_of_another_day_or_year_leaves_the_question_open() {
    let drafts = half_answered().drafts(false);
    for shift in ["2025-03", "2026-04"] {
        let late = second_answer("h1").replace("2026-03", shift);
        // The operator had the second address for another month before, so that only a new one shows the mistake.
        let tables = half_answered().asked(&drafts, |_, cells| cells).file("second", &late);
        let derived = tables.derive();
        let open = checked(&derived, "unanswered").expect("no question is answered");
        assert_eq!((open.number("open"), open.number("other_time")), (12, 12), "{shift}");
        let attributed = findings(&derived, "attribution");
        assert!(attributed.iter().all(|finding| finding.number("connections") == 20), "{shift}");
    }
}

#[test]
fn an_address_one_digit_from_the_one_asked_is_named_as_a_possible_slip() {
    let drafts = half_answered().drafts(false);
    let asked = || half_answered().asked(&drafts, |_, cells| cells);
    let answer =
        |address: &str| daily_leases("h1", "198.18.0.1", "fixed") + &daily_leases("e1", address, "fixed");
    let derived = asked().file("second", &answer("198.18.0.21")).derive();
    let typed = checked(&derived, "typed").expect("one digit differs");
    assert_eq!(typed.number("n"), 10);
    let slip = typed.statement.values["slips"][0].as_str().expect("a text");
    assert!(slip.starts_with("198.18.0.21 ← 198.18.0.20 (R-001/"), "{slip}");
    // Two digits, and an address that somebody did use, are no slip.
    assert!(checked(&asked().file("second", &answer("198.18.0.35")).derive(), "typed").is_none());
    let used = asked().file("used", &logins("a2", "198.18.0.21", "")).file("second", &answer("198.18.0.21"));
    assert!(checked(&used.derive(), "typed").is_none());
}

/// Ten days on an address that two lines share, without a port.
fn without_ports() -> Memory {
    let block = |line: &str, ports: &str| {
        format!(
            "lease: alfa, 198.18.0.1, {ports}, 2026-03-01T00:00:00Z, 2026-03-20T00:00:00Z, {line}, mobile, 64\n"
        )
    };
    Memory::default()
        .file("log", &logins("a1", "198.18.0.1", ""))
        .file("answer", &(block("m1", "1024, 2047") + &block("m2", "2048, 3071")))
}

#[test]
fn a_platform_is_asked_for_ports_and_answers_with_records_that_have_them() {
    let drafts = without_ports().drafts(false);
    let [draft] = &drafts[..] else { panic!("{drafts:#?}") };
    assert_eq!((draft.of.as_str(), draft.is_platform, draft.questions.len()), ("agora", true, 10));
    assert!(draft.questions.iter().all(|asked| asked.control_line.is_none() && asked.repeat_of.is_none()));
    let asked = || without_ports().asked(&drafts, |_, cells| cells);
    let open = |derived: &Derived| checked(derived, "ports_open").map(|finding| finding.number("open"));
    assert_eq!(open(&asked().derive()), Some(10));
    let some: String =
        logins("a1", "198.18.0.1", "2100").lines().take(8).map(|line| format!("{line}\n")).collect();
    assert_eq!(open(&asked().file("ports", &some).derive()), Some(6));
    let all = asked().file("ports", &logins("a1", "198.18.0.1", "2100")).derive();
    assert!(checked(&all, "answered").is_some());
}

#[test]
fn a_payers_address_is_nobodys_household() {
    let of = |line: &str, name: &str, code: &str, address: &str, role: &str| {
        subscriber(line, name, code, address).replace(", ,\n", &format!(", , {role}\n"))
    };
    let sim = |role: &str| of("+393335550102", "Figlia Quartovio", "QRT2", "Via Finta 1", role);
    let with = |home: &str, sim: &str| {
        Memory::default()
            .file("log", &logins("a1", "198.18.0.1", ""))
            .file("answer", &(daily_leases("h1", "198.18.0.1", "fixed") + home + sim))
            .file("own", "selector: line, alfa/+393335550102, phone, +393335550102, , , ,")
            .file("platform", "selector: account, agora/a1, phone, 3335550102, , , yes,")
            .derive()
    };
    let named = |derived: &Derived| only_lead(derived).name_said.clone();
    let home = |role: &str| of("h1", "Zelmira Quartovio", "QRT1", "Via Finta 1", role);
    // A SIM at the address of the home line names its holder, whatever else the answer says of the role …
    for role in ["", "holder", "installation", "user"] {
        let derived = with(&home(role), &sim("holder"));
        assert_eq!(named(&derived).as_deref(), Some("Figlia Quartovio"), "{role}");
    }
    // … but not where the address is the one that the bills go to, of either line.
    for (home_role, sim_role) in [("payer", "holder"), ("holder", "payer"), ("payer", "payer")] {
        let derived = with(&home(home_role), &sim(sim_role));
        assert_eq!(named(&derived), None, "{home_role} {sim_role}");
        assert_eq!(only_lead(&derived).status, PersonStatus::Candidate);
    }
    // A payer names neither the subscriber nor the province of a lead.
    let derived = with(&home("payer"), "");
    let lead = only_lead(&derived);
    assert_eq!((lead.lines.len(), &lead.subscribers[0], &lead.province), (1, &None, &None));
}

#[test]
fn a_line_with_a_payer_and_an_installation_is_where_it_is_installed() {
    let of = |name: &str, code: &str, address: &str, province: &str, role: &str| {
        format!(
            "subscriber: alfa, h1, {name}, {code}, 1980-01-02, {address}, Borgo Finto, {province}, , , {role}\n"
        )
    };
    let rows = |rows: &[String]| {
        Memory::default()
            .file("log", &logins("a1", "198.18.0.1", ""))
            .file("answer", &(daily_leases("h1", "198.18.0.1", "fixed") + &rows.concat()))
            .file("contacts", CONTACT)
            .file("platform", "selector: account, agora/a1, email, zq@example.org, , , yes,")
            .derive()
    };
    let payer = of("Ubaldo Finzi", "FNZ1", "Via Altra 9", "TO", "payer");
    let there = of("Zelmira Quartovio", "QRT1", "Via Finta 1", "MI", "installation");
    let both = rows(&[payer.clone(), there.clone()]);
    let lead = only_lead(&both);
    assert_eq!(
        (lead.subscribers[0].as_deref(), lead.province.as_deref()),
        (Some("Zelmira Quartovio"), Some("MI"))
    );
    // Whose the contacts are that stand beside two people, nobody can tell.
    assert_eq!((lead.status, &lead.name_said), (PersonStatus::Candidate, &None));
    assert_eq!(only_lead(&rows(&[there])).status, PersonStatus::Identified);
    // Of one person in two roles the address is that of the installation.
    let holder = of("Zelmira Quartovio", "QRT1", "Via Altra 9", "TO", "holder");
    let place = of("", "", "Via Finta 1", "MI", "installation").replace("1980-01-02", "");
    let one = rows(&[holder, place]);
    let lead = only_lead(&one);
    assert_eq!(
        (lead.name_said.as_deref(), lead.province.as_deref()),
        (Some("Zelmira Quartovio"), Some("MI"))
    );
}

#[test]
fn a_place_guessed_from_an_address_ties_nothing() {
    // Both addresses are said to be in the same small town, by a list and by the text of two registrations.
    let both = logins("a1", "198.18.0.1", "") + &logins("a2", "198.18.7.1", "");
    let geo = "network: 198.18.0.0/16, mobile, Borgo Finto (MI), 2026-03-01\n";
    let guessed = Memory::default().file("log", &both).file("geo", geo).derive();
    assert_eq!(guessed.leads.len(), 2);
    for lead in &guessed.leads {
        assert_eq!((lead.status, &lead.province), (PersonStatus::Unattributed, &None));
        assert!(lead.lines.is_empty() && lead.name_said.is_none());
    }
    for analysis in ["attribution", "same_user"] {
        assert!(findings(&guessed, analysis).is_empty(), "{analysis}");
    }
    // A town and a province that two lines share make no household of them, and no ground.
    let answer = daily_leases("h1", "198.18.0.1", "fixed")
        + &daily_leases("h2", "198.18.7.1", "fixed")
        + &subscriber("h1", "Zelmira Quartovio", "QRT1", "Via Finta 1")
        + &subscriber("h2", "Ubaldo Finzi", "FNZ1", "Via Altra 9");
    let answered = Memory::default()
        .file("log", &both)
        .file("geo", geo)
        .file("answer", &answer)
        .file("own", "selector: line, alfa/h2, email, uf@example.org, , , ,")
        .file("platform", "selector: account, agora/a1, email, uf@example.org, , , yes,")
        .derive();
    assert_eq!(answered.leads.len(), 2);
    assert!(
        answered.leads.iter().all(|lead| lead.status == PersonStatus::Candidate && lead.name_said.is_none())
    );
}

#[test]
fn a_name_or_nickname_alone_ties_no_account_to_anybody() {
    for kind in ["name", "nickname", "birth_date"] {
        let value = if kind == "birth_date" { "1980-01-02" } else { "Zelmira Quartovio" };
        let derived = home()
            .file("second", &logins("a2", "198.18.0.2", ""))
            .file("own", &format!("selector: line, alfa/h1, {kind}, {value}, , , ,"))
            .file(
                "platform",
                &format!(
                    "selector: account, agora/a1, {kind}, {value}, , , ,
                     selector: account, agora/a2, {kind}, {value}, , , ,"
                ),
            )
            .derive();
        assert_eq!(derived.leads.len(), 2, "{kind}");
        let pairs = findings(&derived, "same_user").iter();
        assert!(pairs.filter_map(|pair| pair.strength).all(|strength| strength.0 <= 2000), "{kind}");
        for lead in &derived.leads {
            assert!(lead.status != PersonStatus::Identified && lead.name_said.is_none(), "{kind}");
        }
    }
}

#[test]
fn an_identifier_that_three_people_share_ties_nobody() {
    let of = |lines: &[&str]| {
        let others: String = lines
            .iter()
            .map(|line| {
                subscriber(line, "Altra Persona", &format!("{line}-code"), "Via Altra 9")
                    + &format!("selector: line, alfa/{line}, email, zq@example.org, , , ,\n")
            })
            .collect();
        let derived = home()
            .file("contacts", CONTACT)
            .file("others", &others)
            .file("platform", "selector: account, agora/a1, email, zq@example.org, , , yes,")
            .derive();
        only_lead(&derived).status
    };
    assert_eq!(of(&["h2"]), PersonStatus::Identified);
    assert_eq!(of(&["h2", "h3"]), PersonStatus::Candidate);
}

#[test]
fn a_lead_says_what_the_lists_of_the_time_say_of_its_networks() {
    let both = logins("a1", "198.18.0.1", "") + &logins("a1", "198.18.9.9", "");
    let leases = daily_leases("h1", "198.18.0.1", "fixed") + &daily_leases("h1", "198.18.9.9", "fixed");
    let listed = |dates: &[&str], others: &[&str]| {
        let ours: String =
            dates.iter().map(|date| format!("network: 198.18.9.9/32, tor_exit, Exits, {date}\n")).collect();
        let other = |date: &&str| format!("network: 203.0.113.7/32, tor_exit, Exits, {date}\n");
        let lists = ours + &others.iter().map(other).collect::<String>();
        let derived =
            Memory::default().file("log", &both).file("answer", &leases).file("list", &lists).derive();
        let lead = only_lead(&derived);
        let flag = lead.alternatives.iter().find(|other| other.kind == "vpn").expect("on every lead");
        (flag.state, flag.why.values["n"].clone())
    };
    assert_eq!(listed(&["2026-02-20"], &["2026-04-10"]), (AlternativeState::Open, 20.into()));
    let of_another_time = listed(&["2019-01-01", "2030-01-01"], &["2026-02-20", "2026-04-10"]);
    assert_eq!(of_another_time, (AlternativeState::NotApplicable, 0.into()));
}

#[test]
fn one_event_is_weak_and_names_nobody_whatever_else_agrees() {
    let one = "connection: agora, a1, login, 198.18.0.1, , 2026-03-02T08:15:00Z, , , ,\n";
    let derived = Memory::default()
        .file("log", one)
        .file(
            "answer",
            &(daily_leases("h1", "198.18.0.1", "fixed")
                + &subscriber("h1", "Zelmira Quartovio", "QRT1", "Via Finta 1")),
        )
        .file("contacts", CONTACT)
        .file("platform", "selector: account, agora/a1, email, zq@example.org, , , yes,")
        .derive();
    assert_eq!(
        findings(&derived, "attribution")[0].strength.map(|strength| strength.words_key()),
        Some("strength.weak")
    );
    let lead = only_lead(&derived);
    assert_eq!((lead.status, &lead.name_said), (PersonStatus::Candidate, &None));
}

#[test]
fn two_sessions_must_agree_and_a_line_of_another_household_among_few_blocks() {
    let own = |days: usize| -> String {
        logins("a1", "198.18.0.1", "").split_inclusive('\n').step_by(2).take(days).collect()
    };
    let elsewhere = "connection: agora, a1, login, 198.18.0.2, , 2026-03-05T08:15:00Z, , , ,\n";
    let answer = daily_leases("h1", "198.18.0.1", "fixed")
        + &daily_leases("h9", "198.18.0.2", "fixed")
        + &subscriber("h1", "Zelmira Quartovio", "QRT1", "Via Finta 1")
        + &subscriber("h9", "Anziana Altrove", "ANZ1", "Via Altra 9");
    let status = |log: &str| {
        let derived = Memory::default()
            .file("log", log)
            .file("answer", &answer)
            .file("contacts", CONTACT)
            .file("platform", "selector: account, agora/a1, email, zq@example.org, , , yes,")
            .derive();
        let lead = only_lead(&derived);
        assert_ne!(lead.name_said.as_deref(), Some("Anziana Altrove"));
        (lead.status, lead.missing.first().map(|phrase| phrase.key.clone()))
    };
    let blocked = |key: &str| (PersonStatus::Candidate, Some(format!("identity.missing.{key}")));
    // One session does not agree with anything; two do.
    assert_eq!(status(&own(1)), blocked("sessions"));
    assert_eq!(status(&own(2)), (PersonStatus::Identified, None));
    // One among few falls on somebody else's line: a wrong day in one look-up does that, and so do two users.
    assert_eq!(status(&(own(2) + elsewhere)), blocked("one_household"));
    assert_eq!(status(&(own(8) + elsewhere)), blocked("one_household"));
}

#[test]
fn every_statement_that_is_said_has_a_template_whose_values_are_all_given() {
    let catalogue = tutela_model::Catalogue::new(&tutela_analyses::statements());
    let derived = wrong_zone()
        .file("contacts", CONTACT)
        .file("platform", "selector: account, agora/a1, email, zq@example.org, , , yes,")
        .derive();
    let leads = home().derive().leads;
    let drafts = half_answered().drafts(false);
    let asked = || half_answered().asked(&drafts, |_, cells| cells);
    let others = [
        few_and_near(),
        exchanged_daily(|at| at.replace("2026-", "2025-")),
        exchanged_daily(str::to_owned),
        half_answered().asked(&drafts, |_, cells| cells.replace(":15:00Z", ":16:00Z")),
        without_ports().asked(&without_ports().drafts(false), |_, cells| cells),
        asked().file("second", &second_answer("h1")),
        asked().file("second", &second_answer("h9")),
        asked().file("second", &daily_leases("e1", "198.18.0.21", "fixed")),
    ];
    let others: Vec<Derived> =
        others.into_iter().chain(shared_addresses::all()).map(|tables| tables.derive()).collect();
    let phrases = [&derived]
        .into_iter()
        .chain(&others)
        .flat_map(|derived| &derived.findings)
        .flat_map(|(_, findings)| findings)
        .flat_map(|f| {
            let said = [&f.statement].into_iter().chain(&f.propositions).chain(&f.refuted_by);
            said.chain(f.alternatives.iter().map(|a| &a.why))
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
