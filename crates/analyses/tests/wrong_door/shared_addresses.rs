//! Addresses that several lines share: blocks of ports, deterministic NATs, sets of lines, and answers that contradict
//! each other.

use tutela_model::field::Reading;
use tutela_model::{Spot, TableInfo};

use super::*;

/// Two logins on each of ten days in March, each with its own port.
fn logins_with(account: &str, address: &str, ports: [&str; 2]) -> String {
    let login = |day: u32, hour: u32, port: &str| {
        format!(
            "connection: agora, {account}, login, {address}, {port}, 2026-03-{day:02}T{hour:02}:15:00Z, , , ,\n"
        )
    };
    (1..=10).flat_map(|day| [login(day, 8, ports[0]), login(day, 20, ports[1])]).collect()
}

/// A lease of March.
fn lease(operator: &str, address: &str, ports: &str, line: &str, shared_by: &str) -> String {
    format!(
        "lease: {operator}, {address}, {ports}, 2026-03-01T00:00:00Z, 2026-04-01T00:00:00Z, {line}, fixed, {shared_by}\n"
    )
}

/// Four lines on one public address by a deterministic NAT: 1,000 ports each from 1024 on, and a dynamic pool.
const PLAN: &str = "nat_plan: alfa, 100.64.0.0, 100.64.0.3, 198.18.0.1, 198.18.0.1, 1024, 5023, 1000, 4, sequential, \
                    6000, 65535, 2026-03-01T00:00:00Z, 2026-04-01T00:00:00Z\n";

fn staggered() -> String {
    PLAN.replace("sequential", "staggered")
}

/// Who had the inside addresses.
fn inside() -> String {
    (0..4).map(|n| lease("alfa", &format!("100.64.0.{n}"), ", ", &format!("h{n}"), "")).collect()
}

fn planned(log: &str, inside: &str, plans: &str) -> Memory {
    Memory::default().file("log", log).file("answer", inside).file("plans", plans)
}

fn reasons(derived: &Derived) -> &serde_json::Value {
    &findings(derived, "coverage")[0].statement.values["reasons"]
}

fn shared<'a>(derived: &'a Derived, key: &str) -> Vec<&'a Finding> {
    let wanted = format!("shared_address.{key}");
    findings(derived, "shared_address").iter().filter(|finding| finding.statement.key == wanted).collect()
}

/// A set a day: lines of March 1 to 10 on one address without ports, ten names each.
fn sets(n_days: u32, shared_by: &str) -> Memory {
    let answer: String = (1..=n_days)
        .flat_map(|day| {
            let next = day + 1;
            // h7 is always there; the others are other lines each day.
            let lines = (0..4).map(move |n| if n == 0 { "h7".to_owned() } else { format!("d{day}-{n}") });
            lines.enumerate().map(move |(n, line)| {
                let (low, high) = (1024 + n * 1000, 2023 + n * 1000);
                format!(
                    "lease: alfa, 198.18.0.1, {low}, {high}, 2026-03-{day:02}T03:15:00Z, 2026-03-{next:02}T03:00:00Z, {line}, mobile, {shared_by}\n"
                )
            })
        })
        .collect();
    Memory::default().file("log", &logins("a1", "198.18.0.1", "")).file("answer", &answer)
}

/// A listed shared address, and an answer that names one line on all of it.
fn listed_only() -> Memory {
    home().file("list", "network: 198.18.0.0/24, cgnat, Pool, 2026-03-01")
}

/// Cases in which every sentence of `shared_address` is said.
pub fn all() -> Vec<Memory> {
    let log = logins_with("a1", "198.18.0.1", ["2100", ""]);
    let contested = PLAN.to_owned() + &PLAN.replace("100.64.0.0, 100.64.0.3", "100.64.0.1, 100.64.0.4");
    let impossible = [
        PLAN.replace("5023, 1000", ", 1000"),
        PLAN.replace("1024, 5023", "5023, 1024"),
        PLAN.replace("1000, 4", "2000, 4"),
        PLAN.replace("1000, 4", "1000, 3"),
        PLAN.replace("6000", "5000"),
        PLAN.replace("198.18.0.1, 198.18.0.1", "198.18.0.0, 198.18.0.1").replace("1000, 4", "1000, "),
    ];
    vec![
        planned(&log, &inside(), PLAN),
        planned(&log, &inside(), &contested),
        planned(&log, &inside(), &impossible.concat()),
        sets(1, "4"),
        sets(10, "4"),
        sets(10, ""),
        Memory::default().file("log", &logins("a1", "198.18.0.1", "")).file(
            "answer",
            &(lease("alfa", "198.18.0.1", "1024, 2023", "h1", "4")
                + &lease("alfa", "198.18.0.1", "2024, 3023", "h2", "4")),
        ),
        none_left(),
        listed_only(),
    ]
}

/// An account used from two addresses that share no line.
fn none_left() -> Memory {
    let log = logins("a1", "198.18.0.1", "") + &logins("a1", "198.18.0.2", "");
    let answer = lease("alfa", "198.18.0.1", "1024, 2023", "h1", "2")
        + &lease("alfa", "198.18.0.1", "2024, 3023", "h2", "2")
        + &lease("alfa", "198.18.0.2", "1024, 2023", "h3", "2");
    Memory::default().file("log", &log).file("answer", &answer)
}

#[test]
fn a_nat_by_its_parameters_gives_a_port_to_its_line_and_names_both_rows() {
    // Port 2100 is h1's block; of every fourth port from 1024 on, the second line's are 1025, 1029 and so on.
    for (plan, port, line) in [
        (PLAN.to_owned(), "1024", "h0"),
        (PLAN.to_owned(), "2100", "h1"),
        (PLAN.to_owned(), "5023", "h3"),
        (staggered(), "1024", "h0"),
        (staggered(), "2101", "h1"),
        (staggered(), "5023", "h3"),
    ] {
        let derived = planned(&logins("a1", "198.18.0.1", port), &inside(), &plan).derive();
        let attribution = findings(&derived, "attribution");
        assert_eq!((attribution.len(), attribution[0].text("line")), (1, line), "{port}");
        assert_eq!((attribution[0].number("computed"), attribution[0].number("sessions")), (20, 1));
        let tables: Vec<&str> = attribution[0].rows.iter().map(|row| row.table.as_str()).collect();
        assert_eq!(tables.iter().filter(|table| **table == "nat_plan").count(), 1);
        assert_eq!(tables.iter().filter(|table| **table == "lease").count(), 1);
        assert_eq!(attribution[0].n_rows, 20 + 1 + 1);
        assert!(attribution[0].refuted_by.iter().any(|phrase| phrase.key == "attribution.refuted_by.plan"));
        assert_eq!(shared(&derived, "plan")[0].number("computed"), 4);
    }
}

#[test]
fn a_port_of_the_dynamic_pool_or_a_reserved_one_is_nobodys_and_says_so() {
    for port in ["80", "5500", "6000", "65535"] {
        let derived = planned(&logins("a1", "198.18.0.1", port), &inside(), PLAN).derive();
        assert!(findings(&derived, "attribution").is_empty(), "{port}");
        assert_eq!(reasons(&derived)["port_outside_plan"], 20, "{port}");
    }
    // What the operator logged of its dynamic pool stands beside what is computed.
    let logged = inside() + &lease("alfa", "198.18.0.1", "6000, 6127", "h2", "4");
    let derived = planned(&logins("a1", "198.18.0.1", "6100"), &logged, PLAN).derive();
    assert_eq!(only_lead(&derived).lines, ["alfa/h2"]);
    // Without a port the address has four lines.
    let derived = planned(&logins("a1", "198.18.0.1", ""), &inside(), PLAN).derive();
    assert_eq!(reasons(&derived)["port_missing"], 20);
    assert_eq!(shared(&derived, "set")[0].number("sharing"), 4);
    // Nobody was asked who had the inside address.
    let derived = planned(&logins("a1", "198.18.0.1", "2100"), "", PLAN).derive();
    assert_eq!(reasons(&derived)["not_asked"], 20);
    let derived = planned(&logins("a1", "198.18.0.1", ""), "", PLAN).derive();
    assert_eq!(reasons(&derived)["port_missing"], 20);
}

#[test]
fn parameters_that_contradict_each_other_attribute_nothing_even_where_one_line_is_known() {
    let log = logins("a1", "198.18.0.1", "2100");
    let other = PLAN.replace("100.64.0.0, 100.64.0.3", "100.64.0.1, 100.64.0.4");
    let derived = planned(&log, &inside(), &(PLAN.to_owned() + &other)).derive();
    assert!(findings(&derived, "attribution").is_empty());
    assert_eq!(reasons(&derived)["several_lines"], 20);
    assert_eq!(shared(&derived, "plan_contested").iter().map(|finding| finding.n_against).sum::<u64>(), 2);
    // The other inside address is in no answer: the one that is known is not picked.
    let only = lease("alfa", "100.64.0.1", ", ", "h1", "");
    let far = PLAN.replace("100.64.0.0, 100.64.0.3", "100.64.9.0, 100.64.9.3");
    let derived = planned(&log, &only, &(PLAN.to_owned() + &far)).derive();
    assert!(findings(&derived, "attribution").is_empty());
    assert_eq!(reasons(&derived)["several_lines"], 20);
    // The same parameters twice, from two files, do not contradict themselves.
    let twice = planned(&log, &inside(), PLAN).file("plans-again", PLAN);
    assert_eq!(only_lead(&twice.derive()).lines, ["alfa/h1"]);
    // Another operator's customers are not behind this NAT.
    let derived = planned(&log, &inside().replace("alfa", "beta"), PLAN).derive();
    assert!(findings(&derived, "attribution").is_empty());
}

#[test]
fn parameters_that_cannot_be_right_are_kept_named_and_not_used() {
    let tables = &all()[2];
    let derived = tables.derive();
    assert!(findings(&derived, "attribution").is_empty());
    let said: Vec<&str> =
        shared(&derived, "plan_impossible").iter().map(|finding| finding.text("why")).collect();
    let mut said = said;
    said.sort_unstable();
    let all = [
        "blocks_too_large",
        "in_dynamic_pool",
        "inverted",
        "not_given",
        "sharing_not_said",
        "too_many_inside",
    ];
    assert_eq!(said, all);
    assert!(shared(&derived, "plan_impossible").iter().all(|finding| finding.rows.len() == 1));
}

#[test]
fn an_inside_address_that_is_shared_or_whose_ports_are_parted_tells_nobody_apart() {
    let log = logins("a1", "198.18.0.1", "2100");
    for (ports, shared_by) in [(", ", "5"), ("1024, 2023", "")] {
        let inside = lease("alfa", "100.64.0.1", ports, "h1", shared_by);
        let derived = planned(&log, &inside, PLAN).derive();
        assert!(findings(&derived, "attribution").is_empty());
        assert_eq!(reasons(&derived)["several_lines"], 20);
    }
}

/// Two lines that exchange their inside addresses every day at six, and an answer whose times are written otherwise.
fn inside_exchanged(hours: [u32; 3], said: impl Fn(i16) -> String) -> Memory {
    let (mut log, mut answer) = (String::new(), String::new());
    for day in 0..60 {
        let [own, other] = if day % 2 == 0 { [0, 1] } else { [1, 0] };
        for hour in hours {
            // Hours before six are of the day before.
            let at = instant(day + i16::from(hour < 6), hour);
            log += &format!("connection: agora, a1, login, 198.18.0.1, {}, {at}, , , ,\n", 1100 + own * 1000);
        }
        let [from, until] = [said(day), said(day + 1)];
        // Rows whose end would come before the beginning do not pass the import.
        if from < until {
            answer += &format!("lease: alfa, 100.64.0.{own}, , , {from}, {until}, h1, fixed,\n");
            answer += &format!("lease: alfa, 100.64.0.{other}, , , {from}, {until}, h2, fixed,\n");
        }
    }
    let plan = PLAN.replace("2026-04-01", "2027-04-01");
    Memory::default().file("log", &log).file("answer", &answer).file("plans", &plan)
}

#[test]
fn computed_leases_follow_the_clock_of_the_inside_leases() {
    let tables = inside_exchanged([7, 16, 5], |day| instant(day, 8));
    let derived = tables.derive();
    let zone = &findings(&derived, "zone_shift")[0];
    assert_eq!((zone.statement.key.as_str(), zone.number("zone_shift_s")), ("zone_shift.indicated", -7200));
    // At seven the answer as written names the line of the day before; at other times every reading names h1.
    let stable = findings(&derived, "attribution");
    assert_eq!((stable.len(), stable[0].text("line"), stable[0].number("connections")), (1, "h1", 120));
    let moved = tables.derive_with(&Decisions::from([(zone.id.clone(), Choice::Accept)]));
    let attribution = findings(&moved, "attribution");
    assert_eq!((attribution.len(), attribution[0].text("line")), (1, "h1"));
    assert_eq!((attribution[0].number("connections"), attribution[0].number("computed")), (180, 180));

    // Days and months exchanged: the reading moves the inside leases, and the plan stays where it is.
    let swapped = |day: i16| {
        let at = instant(day, 6);
        match at[8..10].parse::<u8>() {
            Ok(1..=12) => format!("2026-{}-{}{}", &at[8..10], &at[5..7], &at[10..]),
            _ => at,
        }
    };
    let tables = inside_exchanged([9, 16, 22], swapped);
    let derived = tables.derive();
    let days = &findings(&derived, "zone_shift")[0];
    assert_eq!(days.statement.key, "zone_shift.day_month");
    assert!(findings(&derived, "attribution").iter().all(|finding| finding.text("line") == "h1"));
    let moved = tables.derive_with(&Decisions::from([(days.id.clone(), Choice::Accept)]));
    let attribution = findings(&moved, "attribution");
    assert_eq!((attribution.len(), attribution[0].text("line")), (1, "h1"));
    assert!(attribution[0].number("computed") > 150, "{:?}", attribution[0].statement);
}

#[test]
fn a_doubt_about_the_inside_leases_is_one_about_what_is_computed_from_them() {
    let at = |day: u32, time: &str| {
        format!("connection: agora, a1, login, 198.18.0.1, 1100, 2026-03-{day:02}T{time}Z, , , ,\n")
    };
    let log = at(2, "12:00:00") + &at(3, "12:00:00") + &at(4, "12:00:00") + &at(2, "06:30:00");
    let lease = |line: &str, from: &str, until: &str| {
        format!(
            "lease: alfa, 100.64.0.0, , , 2026-03-{from}:00:00Z, 2026-03-{until}:00:00Z, {line}, fixed,\n"
        )
    };
    let answer = lease("h2", "01T06", "02T06") + &lease("h1", "02T06", "05T06");
    let derived = planned(&log, &answer, PLAN).derive();
    let attribution = &findings(&derived, "attribution")[0];
    assert_eq!((attribution.number("connections"), attribution.number("unstable")), (3, 1));
    // Where the parameters changed an hour before, their time is not moved with the answer's.
    let early = PLAN
        .replace("2026-03-01T00:00:00Z, 2026-04-01T00:00:00Z", "2026-03-01T00:00:00Z, 2026-03-02T06:00:00Z");
    let late = PLAN
        .replace("100.64.0.0, 100.64.0.3", "100.64.0.1, 100.64.0.4")
        .replace("2026-03-01T00:00:00Z", "2026-03-02T06:00:00Z");
    let answer = lease("h2", "01T06", "05T06") + &lease("h1", "01T06", "05T06").replace("0.0,", "0.1,");
    let derived = planned(&log, &answer, &(early + &late)).derive();
    let attribution = findings(&derived, "attribution");
    assert_eq!((attribution.len(), attribution[0].text("line")), (1, "h1"));
    assert_eq!((attribution[0].number("connections"), attribution[0].number("unstable")), (4, 0));
}

#[test]
fn a_line_with_several_blocks_has_each_as_long_as_it_held_it_and_one_session() {
    let block = |ports: &str, from: &str, until: &str, line: &str| {
        format!(
            "lease: alfa, 198.18.0.1, {ports}, 2026-03-02T{from}:00Z, 2026-03-02T{until}:00Z, {line}, mobile, 64\n"
        )
    };
    // h1 holds three blocks that do not touch; the third goes to h2 within the hour.
    let answer = block("1024, 1151", "08:00", "12:00", "h1")
        + &block("4096, 4223", "08:05", "12:00", "h1")
        + &block("9216, 9343", "08:10", "08:40", "h1")
        + &block("9216, 9343", "08:45", "12:00", "h2");
    let login = |account: &str, port: &str, time: &str| {
        format!("connection: agora, {account}, login, 198.18.0.1, {port}, 2026-03-02T{time}:00Z, , , ,\n")
    };
    let log = login("a1", "1100", "08:15")
        + &login("a1", "4100", "08:20")
        + &login("a1", "9300", "08:25")
        + &login("a1", "9300", "08:55")
        + &login("a1", "2000", "08:30")
        + &login("a1", "4100", "07:00");
    let tables = Memory::default().file("log", &log).file("answer", &answer);
    let derived = tables.derive();
    let confirmed: Decisions =
        findings(&derived, "zone_shift").iter().map(|zone| (zone.id.clone(), Choice::Accept)).collect();
    let derived = tables.derive_with(&confirmed);
    let by_line: Vec<(&str, i64, i64)> = findings(&derived, "attribution")
        .iter()
        .map(|finding| (finding.text("line"), finding.number("connections"), finding.number("sessions")))
        .collect();
    assert_eq!(by_line, [("h1", 3, 1), ("h2", 1, 1)]);
    assert_eq!(reasons(&derived)["nobody_then"], 2);
}

#[test]
fn sets_of_lines_are_named_and_never_a_line_of_a_lead() {
    let derived = sets(10, "4").derive();
    let lead = only_lead(&derived);
    assert_eq!((lead.status, lead.lines.len()), (PersonStatus::Unattributed, 0));
    assert!(findings(&derived, "attribution").is_empty());
    let left = shared(&derived, "one_left")[0];
    assert_eq!((left.number("sets"), left.number("independent")), (10, 10));
    assert_eq!((left.number("sharing"), left.number("remaining"), left.number("lines_known")), (4, 1, 31));
    assert_eq!(left.statement.values["lines"][0], "alfa/h7");
    // One of 31 lines: no more than the lines that are known bear, however many sets there are.
    assert_eq!(left.strength.map(|strength| strength.0), Some(1491));
    assert!(left.rows.iter().any(|row| row.table == "lease"));
    assert!(left.alternatives.iter().all(|alternative| alternative.state == AlternativeState::Open));
    assert!(!left.propositions.is_empty() && left.refuted_by.len() == 2);

    // One day is one set, and the answer's silence on sixty lines more makes it no smaller.
    let one = sets(1, "64").derive();
    let set = shared(&one, "set")[0];
    assert_eq!((set.number("connections"), set.number("sharing"), set.number("remaining")), (2, 64, 4));
    assert_eq!(set.strength.map(|strength| strength.0), Some(0));
    // Nobody says how many share the address; the ports leave room for sixty lines more.
    let unsaid = sets(1, "").derive();
    assert_eq!(shared(&unsaid, "set")[0].number("sharing"), 65);
}

#[test]
fn how_many_share_an_address_is_unknown_where_only_a_list_says_that_it_is_shared() {
    let derived = listed_only().derive();
    assert_eq!(only_lead(&derived).status, PersonStatus::Unattributed);
    let unknown = shared(&derived, "size_unknown")[0];
    assert_eq!((unknown.number("connections"), unknown.number("named"), unknown.strength), (20, 1, None));
    assert!(unknown.propositions.is_empty());
    let none = none_left().derive();
    let none = shared(&none, "none_left")[0];
    assert_eq!((none.number("sets"), none.number("remaining"), none.strength), (2, 0, None));
}

#[test]
fn two_operators_that_both_claim_an_address_support_neither_line_and_make_no_set() {
    let log = logins("a1", "198.18.0.1", "2100");
    let alfa = lease("alfa", "198.18.0.1", "2000, 2999", "h1", "4");
    let beta = lease("beta", "198.18.0.1", "2000, 2999", "b1", "4");
    for log in [log, logins("a1", "198.18.0.1", "")] {
        let tables = Memory::default().file("log", &log).file("alfa", &alfa).file("beta", &beta);
        let derived = tables.derive();
        assert!(findings(&derived, "attribution").is_empty());
        let open = reasons(&derived).as_object().expect("reasons");
        assert_eq!(open.values().filter_map(serde_json::Value::as_i64).sum::<i64>(), 20);
        assert!(open.keys().all(|reason| ["several_lines", "port_missing"].contains(&reason.as_str())));
        assert!(findings(&derived, "shared_address").is_empty());
    }
}

#[test]
fn a_line_that_answers_register_to_two_people_names_neither() {
    let derived = home()
        .file("again", &subscriber("h1", "Ubaldo Finzi", "FNZ1", "Via Finta 1"))
        .file("contacts", CONTACT)
        .file("platform", "selector: account, agora/a1, email, zq@example.org, , , yes,")
        .derive();
    let lead = only_lead(&derived);
    assert_eq!((lead.status, &lead.name_said), (PersonStatus::Candidate, &None));
}

#[test]
fn a_lease_without_a_line_is_no_row() {
    let table = TableInfo::named("lease").expect("a table");
    let cells: Vec<Option<&str>> = "alfa, 198.18.0.1, , , 2026-03-01T00:00:00Z, , , fixed, "
        .split(',')
        .map(|cell| Some(cell.trim()))
        .collect();
    let flaws = (table.row_from_cells)(&cells, &Reading::default(), Spot::Line(2)).expect_err("a flaw");
    assert_eq!(flaws.iter().map(|flaw| flaw.column).collect::<Vec<_>>(), ["line"]);
}
