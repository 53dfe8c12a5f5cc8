//! Hand-made operations, small enough to count by hand.

use serde_json::{Value, json};
use tutela_model::{Finding, Lead, Phrase, Strength};

use super::*;

fn truth() -> Truth {
    let person = |id: &str, name: &str, role: &str| (id.to_owned(), (name.to_owned(), role.to_owned()));
    let used = |account: &str, by: &[&str]| {
        (account.to_owned(), by.iter().map(|person| (*person).to_owned()).collect())
    };
    Truth {
        persons: [
            person("P1", "Nadia Verdelli", "user"),
            person("P2", "Ugo Brennari", "user"),
            person("P3", "Ida Brennari", "bystander"),
            person("P4", "Tullo Verdelli", "subscriber_only"),
        ]
        .into(),
        users_of: [used("x/a", &["P1"]), used("x/b", &["P2"]), used("x/s", &["P1", "P2"])].into(),
        residents: [("o/1".to_owned(), 1), ("o/2".to_owned(), 2)].into(),
        subscriber_of: [("o/1".to_owned(), "P3".to_owned()), ("o/2".to_owned(), "P1".to_owned())].into(),
        connections: [(("x/a".to_owned(), "o/1".to_owned()), 10)].into(),
        stands_for: [("cybertip/report-7".to_owned(), "x/a".to_owned())].into(),
        precedents: Some(["P1".to_owned()].into()),
    }
}

fn lead(id: &str, accounts: &[&str], name_said: Option<&str>, precedents: u32) -> Lead {
    serde_json::from_value(json!({
        "lead": id, "rank": 1, "person_id": id, "name_said": name_said,
        "status": if name_said.is_some() { "identified" } else { "candidate" },
        "missing": [], "lines": ["o/1"], "subscribers": [null], "accounts": accounts, "peers": [],
        "handles": [], "exhibits": [], "province": null, "strength": 5000, "propositions": [], "band": "low",
        "act_by": null, "factors": [], "precedents": precedents, "findings": [], "alternatives": [],
        "next_steps": [],
    }))
    .expect("a lead")
}

/// A candidate that lacks these grounds, its most used line first.
fn lacking(id: &str, account: &str, line: &str, missing: &[&str]) -> Lead {
    let missing = missing.iter().map(|name| Phrase::new(&format!("identity.missing.{name}"))).collect();
    Lead { lines: vec![line.to_owned()], missing, ..lead(id, &[account], None, 0) }
}

fn finding(analysis: &str, values: Value, millibans: i32) -> Finding {
    let subject = values.to_string();
    let values = serde_json::from_value(values).expect("values");
    let mut finding = Finding::new(analysis, &subject, Phrase { key: "k".to_owned(), values });
    finding.strength = Some(Strength(millibans));
    finding
}

fn attributed(account: &str, line: &str, connections: u64, posterior: f64) -> Finding {
    let values = json!({"platform": "x", "account": account, "operator": "o", "line": line,
        "connections": connections, "posterior": posterior});
    finding("attribution", values, 4000)
}

#[test]
fn when_everything_is_right_every_share_is_one_and_nobody_is_accused() {
    let leads = [
        lead("L-001", &["x/a", "x/s"], Some("Nadia Verdelli"), 1),
        lead("L-002", &["x/b"], Some("Ugo Brennari"), 0),
    ];
    let same = finding("same_user", json!({"account": "x/a", "other": "x/s"}), 4000);
    let evaluation = of_parts(&truth(), &leads, &[attributed("a", "1", 10, 1.0)], &[same]);
    let Measures { levels, false_accusations, calibration_error, gates } = &evaluation.measures;
    for (name, level) in levels.all() {
        assert_eq!(level.precision, Some(1.0), "{name}");
    }
    // The account x/b shares x/s with its other user, which one lead alone can have.
    assert_eq!((levels.same_user.found, levels.same_user.sought, levels.same_user.reached), (1, 2, 1));
    assert_eq!((levels.lead_person.recall, levels.connection_line.recall), (Some(1.0), Some(1.0)));
    assert_eq!(levels.lead_person.precision_lower_95, Some(0.2236), "the square root of 0.05");
    assert_eq!(levels.connection_line.precision_lower_95, None, "connections are not independent");
    assert_eq!((false_accusations.count, false_accusations.per_1000_leads), (0, Some(0.0)));
    assert_eq!(false_accusations.upper_95_per_1000_leads, Some(776.3932));
    assert_eq!(calibration_error.ece, Some(0.0));
    assert!(gates.is_empty());
    let ratios = levels.lead_person.likelihood_ratios.as_ref().expect("strengths");
    assert_eq!((ratios.n_true, ratios.n_false, ratios.cllr), (2, 0, None));
}

#[test]
fn a_name_leaves_as_an_attribution_where_one_person_lives_and_the_records_meet_every_condition() {
    let named = |name: &str, line: &str, passed: bool| {
        let mut named = Lead { lines: vec![line.to_owned()], ..lead("L-1", &["x/a"], Some(name), 0) };
        let why = Phrase::new("k");
        named.gates = vec![tutela_model::finding::Gate { name: "role".to_owned(), passed, why }];
        let found = of_parts(&truth(), &[named], &[], &[]).measures.false_accusations;
        (found.exported, found.exported_wrong)
    };
    assert_eq!(named("Nadia Verdelli", "o/1", true), (1, 0));
    assert_eq!(named("Ugo Brennari", "o/1", true), (1, 1), "any other name is wrong");
    assert_eq!(named("Nadia Verdelli", "o/2", true), (0, 0), "two live there");
    assert_eq!(named("Nadia Verdelli", "o/1", false), (0, 0), "the role is not known");
    assert_eq!(named("Nadia Verdelli", "o/3", true), (0, 0), "nobody knows who lives there");
}

#[test]
fn a_bystander_and_a_subscriber_who_are_identified_are_false_accusations_and_another_user_is_a_wrong_name() {
    for (name, accused, of) in [
        ("Ida Brennari", 1, "bystander"),
        ("Tullo Verdelli", 1, "subscriber_only"),
        ("Ugo Brennari", 0, "another_user"),
    ] {
        let leads = [lead("L-001", &["x/a"], Some(name), 0), lead("L-002", &["x/b"], None, 0)];
        let evaluation = of_parts(&truth(), &leads, &[], &[]);
        let found = &evaluation.measures.false_accusations;
        assert_eq!((found.count, found.leads, found.leads_identified), (accused, 2, 1), "{name}");
        assert_eq!(found.per_1000_identified, Some(1000.0 * accused as f64), "{name}");
        let as_json = serde_json::to_value(found).expect("JSON");
        assert_eq!(as_json[of], 1, "{name}");
        let level = &evaluation.measures.levels.lead_person;
        assert_eq!((level.precision, level.precision_lower_95), (Some(0.0), Some(0.0)), "{name}");
    }
}

#[test]
fn joining_accounts_of_two_persons_counts_against_the_same_user_and_its_strengths() {
    let same = |other: &str| finding("same_user", json!({"account": "x/a", "other": other}), 4000);
    let leads = [lead("L-001", &["x/a", "x/b", "x/s"], None, 0)];
    let evaluation = of_parts(&truth(), &leads, &[], &[same("x/b"), same("x/s"), same("y/unknown")]);
    assert_eq!(evaluation.merged_leads.len(), 1);
    let level = &evaluation.measures.levels.same_user;
    assert_eq!((level.found, level.right, level.sought), (3, 2, 2));
    assert_eq!((level.precision, level.recall), (Some(0.6667), Some(1.0)));
    let ratios = level.likelihood_ratios.as_ref().expect("strengths");
    assert_eq!((ratios.n_true, ratios.n_false, ratios.cllr_min), (1, 1, Some(1.0)));
}

#[test]
fn of_nothing_there_are_no_shares_and_everybody_is_missed() {
    let evaluation = of_parts(&truth(), &[], &[], &[]);
    let Measures { levels, false_accusations, calibration_error, gates } = &evaluation.measures;
    assert!(
        levels.all().iter().all(|(_, level)| level.precision.is_none() && level.likelihood_ratios.is_none())
    );
    assert_eq!((levels.lead_person.recall, evaluation.missed), (Some(0.0), 2));
    assert_eq!((false_accusations.per_1000_leads, false_accusations.upper_95_per_1000_leads), (None, None));
    assert_eq!(calibration_error.ece, None);
    assert_eq!((gates.len(), gates[0].missing.as_str(), gates[0].persons), (1, "no_lead", 2));
    let nobody = of_parts(&Truth::default(), &[], &[], &[]);
    assert!(nobody.measures.gates.is_empty() && nobody.measures.levels.lead_person.recall.is_none());
}

#[test]
fn a_gate_costs_the_persons_that_it_holds_back_and_earns_the_doors_that_it_keeps_shut() {
    let leads = [
        lacking("L-001", "x/a", "o/1", &["ground", "sessions"]),
        lacking("L-002", "x/a", "o/2", &["ground"]),
        lacking("L-003", "x/b", "o/9", &["ground"]),
    ];
    let gates = of_parts(&truth(), &leads, &[], &[]).measures.gates;
    let told = |gate: &Gate| (gate.persons, gate.only, gate.leads, gate.leads_line_of_another);
    assert_eq!((gates[0].missing.as_str(), told(&gates[0])), ("ground", (2, 1, 3, 1)));
    assert_eq!((gates[1].missing.as_str(), told(&gates[1])), ("sessions", (1, 0, 1, 1)));
    assert_eq!(gates.iter().map(|gate| gate.recall_lost).collect::<Vec<_>>(), [Some(1.0), Some(0.5)]);
}

#[test]
fn operations_add_up_as_if_they_were_one() {
    let findings = [attributed("a", "1", 8, 0.95), attributed("a", "2", 2, 0.5)];
    let leads =
        [lacking("L-001", "x/a", "o/1", &["ground"]), lead("L-002", &["x/b"], Some("Ida Brennari"), 0)];
    let one = Counts::of(&truth(), &leads, &findings, &[]);
    let mut sum = Counts::default();
    sum += &one;
    sum += &one;
    let (once, twice) = (Measures::of(&one), Measures::of(&sum));
    assert_eq!((once.false_accusations.count, twice.false_accusations.count), (1, 2));
    assert_eq!(once.levels.account_line.precision, twice.levels.account_line.precision);
    assert_eq!(once.calibration_error.ece, twice.calibration_error.ece);
    let cllr = |measures: &Measures| {
        measures.levels.account_line.likelihood_ratios.clone().map(|ratios| ratios.cllr)
    };
    assert_eq!(cllr(&once), cllr(&twice));
    assert_eq!((once.gates[0].persons, twice.gates[0].persons), (1, 2));
}

#[test]
fn a_right_name_counts_and_operators_may_write_the_surname_first() {
    let evaluation = of_parts(&truth(), &[lead("L-001", &["x/a"], Some("VERDELLI NADIA"), 1)], &[], &[]);
    assert_eq!((evaluation.users_total, evaluation.identified, evaluation.missed), (2, 1, 1));
    assert!(evaluation.bystanders_identified.is_empty());
    assert_eq!((evaluation.precedents_right, evaluation.precedents_wrong), (1, 0));
}

#[test]
fn naming_a_bystander_or_another_user_or_nobody_is_counted() {
    for (name, named) in
        [("Ida Brennari", "not_a_user"), ("Ugo Brennari", "another_user"), ("Nadia Verdeli", "not_a_user")]
    {
        let evaluation = of_parts(&truth(), &[lead("L-001", &["x/a"], Some(name), 0)], &[], &[]);
        assert_eq!(evaluation.bystanders_identified.len(), 1, "{name}");
        assert_eq!(evaluation.bystanders_identified[0].named, named, "{name}");
        assert_eq!((evaluation.identified, evaluation.candidate), (0, 1), "{name}");
    }
}

#[test]
fn of_two_namesakes_the_one_whose_line_was_used_is_named() {
    let mut truth = truth();
    truth.persons.insert("P5".to_owned(), ("Nadia Verdelli".to_owned(), "bystander".to_owned()));
    let wrong = |truth: &Truth, line: &str| {
        let lead =
            Lead { lines: vec![line.to_owned()], ..lead("L-001", &["x/a"], Some("Nadia Verdelli"), 0) };
        let evaluation = of_parts(truth, &[lead], &[], &[]);
        (evaluation.measures.false_accusations.bystander, evaluation.identified)
    };
    assert_eq!(wrong(&truth, "o/2"), (0, 1), "the user's own line");
    truth.subscriber_of.insert("o/5".to_owned(), "P5".to_owned());
    assert_eq!(wrong(&truth, "o/5"), (1, 0), "the namesake's line");
    assert_eq!(wrong(&truth, "o/9"), (0, 1), "a line of neither: the benefit of the doubt");
}

#[test]
fn whoever_sold_an_account_and_is_named_for_it_is_accused_falsely() {
    let mut truth = truth();
    truth.users_of.insert("x/a".to_owned(), ["P1".to_owned(), "P3".to_owned()].into());
    let of = |name: &str| {
        let leads = [lead("L-001", &["x/a"], Some(name), 0)];
        of_parts(&truth, &leads, &[], &[]).measures.false_accusations.bystander
    };
    assert_eq!((of("Ida Brennari"), of("Nadia Verdelli")), (1, 0));
}

#[test]
fn a_lead_that_joins_two_people_and_names_one_is_counted_apart() {
    let joining =
        |name: Option<&str>| Counts::of(&truth(), &[lead("L-001", &["x/a", "x/b"], name, 0)], &[], &[]);
    let told = |counts: Counts| (counts.merged, counts.merged_identified);
    assert_eq!((told(joining(None)), told(joining(Some("Nadia Verdelli")))), ((1, 0), (1, 1)));
}

#[test]
fn joining_two_people_is_counted_but_an_account_that_they_share_joins_nobody() {
    let joined = |accounts: &[&str]| {
        of_parts(&truth(), &[lead("L-001", accounts, None, 0)], &[], &[]).merged_leads.len()
    };
    assert_eq!(joined(&["x/a", "x/b"]), 1);
    assert_eq!(joined(&["x/a", "x/s"]), 0);
    assert_eq!(joined(&["x/s"]), 0);
}

#[test]
fn a_precedent_on_the_wrong_lead_is_wrong_and_the_right_person_lacks_it() {
    let leads = [lead("L-001", &["x/b"], None, 1), lead("L-002", &["x/a"], None, 0)];
    let evaluation = of_parts(&truth(), &leads, &[], &[]);
    let Evaluation { precedents_right, precedents_wrong, precedents_missed, .. } = evaluation;
    assert_eq!((precedents_right, precedents_wrong, precedents_missed), (0, 1, 1));
}

#[test]
fn attribution_counts_what_is_found_beyond_the_truth_against_precision() {
    let findings = [attributed("a", "1", 8, 0.95), attributed("a", "2", 2, 0.95)];
    let evaluation = of_parts(&truth(), &[], &findings, &[]);
    let found = evaluation.attribution;
    assert_eq!((found.pairs_found, found.pairs_right), (2, 1));
    assert_eq!((found.precision, found.recall), (Some(0.8), Some(0.8)));
    assert_eq!(found.calibration.len(), 1);
    assert!((found.calibration[0].share_right - 0.8).abs() < 1e-9);
    assert_eq!(evaluation.measures.calibration_error.ece, Some(0.15));
    let posteriors = Counts::of(&truth(), &[], &findings, &[]).posteriors;
    assert_eq!(posteriors, [(9_500, (8, 2))].into());
}

#[test]
fn what_a_report_says_without_an_account_is_judged_as_its_account_and_an_unknown_account_is_not() {
    let of_report = |account: &str| {
        let values = json!({"platform": "cybertip", "account": account, "operator": "o", "line": "1",
            "connections": 4, "posterior": 0.8});
        finding("attribution", values, 900)
    };
    let findings = [attributed("a", "1", 8, 0.95), of_report("report-7"), of_report("report-8")];
    let levels = of_parts(&truth(), &[], &findings, &[]).measures.levels;
    let told = |level: &measures::Level| (level.found, level.right, level.reached, level.unjudged);
    assert_eq!(told(&levels.account_line), (2, 2, 1, 1));
    assert_eq!(
        told(&levels.connection_line),
        (12, 12, 10, 4),
        "of ten connections no more than ten are reached"
    );
}

#[test]
fn peers_of_a_lead_are_accounts_of_their_network() {
    let mut truth = truth();
    truth.persons.insert("P5".to_owned(), ("Edda Corvani".to_owned(), "other_user".to_owned()));
    truth.users_of.insert("ed2k/aa".to_owned(), ["P1".to_owned()].into());
    truth.users_of.insert("ed2k/bb".to_owned(), ["P5".to_owned()].into());
    let of_peers = |id: &str, peers: &[&str], name: &str| {
        let peers = peers.iter().map(|peer| (*peer).to_owned()).collect();
        Lead { peers, ..lead(id, &[], Some(name), 0) }
    };
    // Who is not to be found may be named all the same, by the own peer only.
    let leads = [
        of_peers("L-001", &["ed2k/aa"], "Nadia Verdelli"),
        of_peers("L-002", &["ed2k/bb"], "Edda Corvani"),
        of_peers("L-003", &["ed2k/aa"], "Edda Corvani"),
        of_peers("L-004", &["ed2k/aa", "ed2k/bb"], "Ida Brennari"),
    ];
    let found = of_parts(&truth, &leads, &[], &[]);
    let wrong: Vec<(&str, &str)> =
        found.bystanders_identified.iter().map(|wrong| (wrong.lead.as_str(), wrong.named)).collect();
    assert_eq!(wrong, [("L-003", "another_user"), ("L-004", "not_a_user")]);
    assert_eq!((found.users_total, found.identified, found.leads_unknown), (2, 1, 0));
    assert_eq!(found.merged_leads.iter().map(|merged| merged.lead.as_str()).collect::<Vec<_>>(), ["L-004"]);
}
