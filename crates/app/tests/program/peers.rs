//! Peers of a file-sharing network, from an observer's export to requests, leads and the packages of one region.

use std::fs;

use serde_json::Value;

use crate::folder::Folder;

const PEER: &str = "0123456789abcdef0123456789abcdef";

/// Sightings of a peer at an address, twice on each day of some days of March.
fn seen(network: &str, peer: &str, address: &str, days: std::ops::RangeInclusive<u32>) -> String {
    let one = |day: u32, hour: u32| {
        format!(
            "{network},{address},6346,{peer},sha1:aa,2026-03-{day:02}T{hour:02}:15:00Z,offered,connected\n"
        )
    };
    days.flat_map(|day| [one(day, 8), one(day, 20)]).collect()
}

const SIGHTING: &str = "network,address,port,peer,file_hash,at,observed,ip_basis\n";

/// A lease each day, and whose line it is.
fn answer(line: &str, address: &str) -> String {
    let one = |day: u32| {
        format!("alfa,{address},2026-03-{day:02}T03:15:00Z,2026-03-{:02}T03:00:00Z,{line},fixed\n", day + 1)
    };
    (1..=10).map(one).collect()
}

/// One number on two networks, at the homes of unrelated people in Milan and Rome; one peer that a list puts in Bergamo.
fn operation() -> Folder {
    let folder = Folder::new();
    let sightings = SIGHTING.to_owned()
        + &seen("gnutella", PEER, "198.18.0.1", 1..=10)
        + &seen("ed2k", PEER, "198.18.0.2", 1..=10)
        + &seen("ed2k", "fedcba9876543210fedcba9876543210", "198.18.7.1", 1..=9);
    let leases = "operator,address,from,until,line,access\n".to_owned()
        + &answer("h1", "198.18.0.1")
        + &answer("h2", "198.18.0.2");
    let subscribers = "operator,line,name,tax_code,address_text,municipality,province\n\
        alfa,h1,Zelmira Quartovio,QRT1,Via Finta 1,Borgo Finto,MI\n\
        alfa,h2,Ubaldo Finzi,FNZ1,Via Altra 9,Borgo Altro,RM\n";
    let areas = "prefix,country,province,label,as_of\n198.18.7.0/24,IT,BG,Lista finta,2026-01-01\n";
    for (name, text) in [
        ("ngo/sighting.csv", sightings.as_str()),
        ("answer/lease.csv", &leases),
        ("answer/subscriber.csv", subscribers),
        ("list/area.csv", areas),
    ] {
        folder.run(&["import", &folder.file(name, text)]).ended(0);
    }
    folder
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().filter_map(Value::as_str).collect()
}

#[test]
fn leads_on_peers_say_where_they_go_and_which_office_has_the_same_peer() {
    let folder = operation();
    let document = folder.run(&["leads", "--json"]).ended(0).json();
    let leads = document["leads"].as_array().expect("leads");
    let said: Vec<(Vec<&str>, &str, &Value, &str)> = leads
        .iter()
        .map(|lead| {
            assert!(strings(&lead["accounts"]).is_empty());
            let status = lead["person"]["status"].as_str().expect("a status");
            (strings(&lead["peers"]), status, &lead["province"], lead["office"].as_str().unwrap_or("-"))
        })
        .collect();
    let (ed2k, gnutella) = (format!("ed2k/{PEER}"), format!("gnutella/{PEER}"));
    assert_eq!(
        said,
        [
            (vec![ed2k.as_str()], "candidate", &"RM".into(), "cosc-lazio"),
            (vec![gnutella.as_str()], "candidate", &"MI".into(), "cosc-lombardia"),
            (vec!["ed2k/fedcba9876543210fedcba9876543210"], "unattributed", &Value::Null, "cosc-lombardia"),
        ]
    );
    let also = |lead: &Value| -> Vec<String> {
        let also = lead["also_at"].as_array().expect("a list").iter();
        also.map(|also| format!("{} {}", also["office"].as_str().unwrap_or("-"), also["shared"])).collect()
    };
    assert_eq!(also(&leads[0]), [format!("cosc-lombardia [\"{ed2k}\"]")]);
    assert_eq!(also(&leads[1]), [format!("cosc-lazio [\"{gnutella}\"]")]);
    assert_eq!(also(&leads[2]), [""; 0]);
    assert_eq!((&leads[2]["province_estimate"], &leads[2]["office_by"]), (&"BG".into(), &"estimate".into()));
    let text = folder.run(&["leads"]).ended(0).out.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "Bergamo (BG) by estimate, from lists of addresses, C.O.S.C. Lombardia".to_owned(),
        format!("Also in the package of: C.O.S.C. Lazio: {gnutella}"),
    ] {
        assert!(text.contains(&said), "{said}: {text}");
    }
    folder.run(&["rebuild", "--check"]).ended(0);
}

#[test]
fn an_operator_is_asked_about_the_few_sightings_of_a_peer_that_the_lead_names() {
    let folder = operation();
    let out = folder.path("out");
    let peer = "ed2k/fedcba9876543210fedcba9876543210";
    let asked = folder.run(&["ask", peer, "--control", "1", "-o", &out, "--json"]).ended(0).json();
    let request = &asked["requests"][0];
    // Three picks of one address, and a repetition among them.
    assert_eq!((&request["of"], &request["questions"]), (&"unknown".into(), &4.into()));
    let sent = fs::read_to_string(folder.path("out/request-R-001.csv")).expect("a request");
    let mut days: Vec<&str> = sent.lines().skip(1).filter_map(|line| line.rsplit(',').next()).collect();
    days.sort_unstable();
    days.dedup();
    assert_eq!(days, ["2026-03-01T08:15:00Z", "2026-03-05T08:15:00Z", "2026-03-09T08:15:00Z"]);
    assert!(!sent.contains("fedcba"), "the operator is told no number");
    let again = folder.run(&["ask", peer, "-o", &out]).ended(1);
    assert!(again.err.contains("there is nothing to ask"), "{}", again.err);
    let findings = folder.run(&["findings", "--analysis", "answer_check", "--jsonl"]).ended(0).out;
    assert!(findings.contains("answer_check.waiting") && !findings.contains("retyped"), "{findings}");
}

#[cfg(feature = "pdf")]
#[test]
fn a_region_receives_its_own_leads_by_office_with_rows_steps_and_digests() {
    let folder = operation();
    let of = |said: &str| -> Vec<String> {
        let out = folder.path(&format!("region {said}"));
        let written =
            folder.run(&["export", "--as", "office-packages", "--region", said, "-o", &out, "--json"]);
        let written = written.ended(0).json();
        let files = written["files"].as_array().expect("files").iter();
        files.map(|file| file["path"].as_str().expect("a path").to_owned()).collect()
    };
    let files = of("Lombardy");
    let names: Vec<String> = [
        "findings.jsonl",
        "leads.csv",
        "leads.json",
        "next_steps.csv",
        "rows.jsonl",
        "report.pdf",
        "MANIFEST.sha256",
    ]
    .map(|name| format!("cosc-lombardia/{name}"))
    .into();
    assert_eq!(files, names);
    assert_eq!(of("IT-25"), names);
    assert!(of("Lazio").iter().all(|path| path.starts_with("cosc-lazio/")));
    assert_eq!(of("Toscana"), [""; 0]);
    let read = |name: &str| {
        fs::read(folder.path(&format!("region Lombardy/cosc-lombardia/{name}"))).expect("a file")
    };
    let leads: Value = serde_json::from_slice(&read("leads.json")).expect("JSON");
    let leads = leads["leads"].as_array().expect("leads");
    assert_eq!(leads.len(), 2);
    assert_eq!(leads[0]["also_at"][0]["office"], "cosc-lazio");
    let rows = String::from_utf8(read("rows.jsonl")).expect("UTF-8");
    assert!(
        rows.contains(PEER) && !rows.contains("198.18.0.2") && !rows.contains("Ubaldo"),
        "of this office alone"
    );
    assert!(
        String::from_utf8(read("next_steps.csv")).expect("UTF-8").contains("holder of 198.18.7.1, port 6346")
    );
    let manifest = String::from_utf8(read("MANIFEST.sha256")).expect("UTF-8");
    for name in ["leads.json", "rows.jsonl", "next_steps.csv", "report.pdf"] {
        let line = format!("{}  {name}", tutela_model::Digest::of(&read(name)).hex());
        assert!(manifest.lines().any(|other| other == line), "{name}");
    }
    let log = folder.run(&["ledger", "log"]).ended(0).out;
    assert!(log.contains("disclose"), "{log}");
}

#[test]
fn a_region_that_is_not_known_is_told_with_the_list_in_both_languages() {
    let folder = Folder::new();
    let out = folder.path("out");
    for (lang, said, name) in [
        ("en", "no region of this name: Padania", "Tuscany (09, IT-52)"),
        ("it", "nessuna regione con questo nome: Padania", "Toscana (09, IT-52)"),
    ] {
        let ran = folder.run(&[
            "export",
            "--as",
            "office-packages",
            "--region",
            "Padania",
            "-o",
            &out,
            "--lang",
            lang,
        ]);
        let ran = ran.ended(2);
        assert!(ran.err.contains(said) && ran.err.contains(name), "{}", ran.err);
    }
    assert!(!fs::exists(out).expect("a folder to look into"), "nothing was written");
}
