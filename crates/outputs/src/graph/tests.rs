//! A made-up graph: what is shown, what is left out, what is joined through nothing, and the same bytes each time.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use tutela_model::{Finding, Phrase, RowRef};

use super::*;
use crate::example::{Example, golden};

/// A finding with a strength, whose rows are of so many files.
fn finding(analysis: &str, key: &str, values: Value, millibans: i32, n_sources: u8) -> Finding {
    let mut statement = Phrase::new(key);
    for (name, value) in values.as_object().expect("values by name") {
        statement = statement.with(name, value.clone());
    }
    let mut finding = Finding::new(analysis, &values.to_string(), statement);
    finding.strength = Some(Strength(millibans));
    finding.rows = (0..n_sources)
        .map(|number| RowRef {
            table: "connection".to_owned(),
            source: format!("{number:064x}"),
            place: "line:2".to_owned(),
        })
        .collect();
    finding
}

fn made_up() -> BTreeMap<String, Finding> {
    let mut all = vec![
        finding(
            "attribution",
            "attribution.line",
            json!({"account": "10", "platform": "agorachat", "line": "B1", "operator": "borea", "access": "fixed"}),
            4000,
            2,
        ),
        finding(
            "same_user",
            "same_user.joined",
            json!({"account": "agorachat/10", "other": "fotobox/<b>&", "waterfall": [
                {"group": "device", "kind": "device", "value": "t-1", "millibans": 4000},
                {"group": "limit", "kind": "pair_at_most", "value": "", "millibans": -1000},
                {"group": "homes", "kind": "two_homes", "value": "3/7", "millibans": -1000},
                {"group": "device", "kind": "imei", "value": "against", "millibans": -1000},
            ]}),
            5000,
            1,
        ),
        finding(
            "identity",
            "identity.ground.identifier",
            json!({"account": "fotobox/<b>&", "kind": "email", "value": "a@b.example", "line": "borea/B1"}),
            3000,
            1,
        ),
        finding(
            "same_user",
            "same_user.joined",
            json!({"account": "agorachat/10", "other": "x/no"}),
            -3000,
            1,
        ),
        finding(
            "device_links",
            "device_links.exhibit_of_account",
            json!({"exhibit": "R-1", "account": "agorachat/10", "kind": "email", "value": "a@b.example"}),
            2000,
            1,
        ),
        finding(
            "shared_address",
            "shared_address.sets",
            json!({"account": "10", "platform": "agorachat", "lines": ["cometa/1", "cometa/2"]}),
            1000,
            1,
        ),
    ];
    // A device of an internet café: twelve accounts, and another that has it in common with all of them.
    for number in 0..12 {
        all.push(finding(
            "same_user",
            "same_user.joined",
            json!({"account": format!("cafe/{number:02}"), "other": "agorachat/10", "waterfall": [
                {"group": "device", "kind": "device", "value": "cafe-1", "millibans": 10},
            ]}),
            400,
            1,
        ));
    }
    all.into_iter().map(|finding| (finding.id.clone(), finding)).collect()
}

fn asked(from: &str) -> Asked {
    Asked {
        from: from.parse().expect("a node"),
        hops: 2,
        kinds: BTreeSet::new(),
        shows_weak: false,
        limit: MOST_NODES,
    }
}

/// Runs a test on the made-up graph of an operation without leads.
fn with(test: impl FnOnce(&Dossier<'_>)) {
    let (example, findings) = (Example::new(1), made_up());
    let mut dossier = example.dossier();
    dossier.leads = Vec::new();
    dossier.findings = &findings;
    test(&dossier);
}

fn ids(graph: &Graph) -> Vec<String> {
    graph.nodes.iter().map(|node| node.id.to_string()).collect()
}

#[test]
fn what_findings_name_together_is_joined_and_what_speaks_against_is_not() {
    with(|dossier| {
        let graph = graph(dossier, &asked("account:agorachat/10")).expect("it is named");
        let ids = ids(&graph);
        assert_eq!(ids[..2], ["account:agorachat/10", "account:fotobox/<b>&"]);
        for id in ["line:borea/B1", "device:device t-1", "exhibit:R-1", "selector:email a@b.example"] {
            assert!(ids.contains(&id.to_owned()), "{id}: {ids:?}");
        }
        assert!(!ids.contains(&"account:x/no".to_owned()));
        assert!(!ids.iter().any(|id| id.contains("3/7") || id.contains("against")), "{ids:?}");
        let line = graph.edges.iter().find(|edge| edge.kind == "attribution").expect("an edge");
        assert_eq!((line.strength, line.n_sources, line.findings.len()), (Some(Strength(4000)), 2, 1));
        // Of a set of lines none has the strength of the set.
        let set = graph.edges.iter().filter(|edge| edge.kind == "shared_address");
        assert!(set.map(|edge| edge.strength).all(|strength| strength.is_none()));
        assert!(super::graph(dossier, &asked("account:nobody/0")).is_none());
    });
}

#[test]
fn what_many_share_is_hidden_with_its_number_and_nothing_is_joined_through_it() {
    with(|dossier| {
        let hidden = graph(dossier, &asked("account:fotobox/<b>&")).expect("it is named");
        assert!(!ids(&hidden).contains(&"device:device cafe-1".to_owned()));
        assert_eq!(hidden.left_out.get(&(Kind::Device, LeftOut::Weak)), Some(&1));
        let shown = Asked { shows_weak: true, ..asked("account:fotobox/<b>&") };
        let shown = graph(dossier, &shown).expect("it is named");
        let device = shown.nodes.iter().find(|node| node.id.name == "device cafe-1").expect("it is shown");
        assert_eq!(device.weak, Some(Weak { why: "many", n: Some(13) }));
        let one =
            Asked { hops: 3, kinds: [Kind::Device, Kind::Account].into(), ..asked("device:device t-1") };
        let one = graph(dossier, &Asked { shows_weak: true, ..one }).expect("it is named");
        let through = one.nodes.iter().filter(|node| node.id.name.starts_with("cafe/")).map(|node| node.hop);
        assert!(through.min() == Some(2), "by their own pairs, and not through the device");
    });
}

#[test]
fn what_is_left_out_is_counted_by_kind_and_reason() {
    with(|dossier| {
        let few = Asked { limit: 3, ..asked("account:agorachat/10") };
        let few = graph(dossier, &few).expect("it is named");
        assert_eq!(few.nodes.len(), 3);
        let n_left: usize = few.left_out.values().sum();
        let all = graph(dossier, &asked("account:agorachat/10")).expect("it is named");
        assert_eq!(all.nodes.len() + 1, 3 + n_left, "{:?}", few.left_out);
        let lines = Asked { kinds: [Kind::Line].into(), hops: 1, ..asked("account:agorachat/10") };
        let lines = graph(dossier, &lines).expect("it is named");
        assert!(lines.nodes[1..].iter().all(|node| node.id.kind == Kind::Line));
        assert_eq!(lines.left_out.get(&(Kind::Exhibit, LeftOut::Kind)), Some(&1));
        let near = Asked { hops: 1, ..asked("line:borea/B1") };
        let near = graph(dossier, &near).expect("it is named");
        assert!(near.left_out.keys().any(|(_, why)| *why == LeftOut::Hops), "{:?}", near.left_out);
    });
}

#[test]
fn the_same_graph_is_drawn_at_the_same_places_with_room_between_nodes() {
    with(|dossier| {
        let at =
            |graph: &Graph| -> Vec<(i32, i32)> { graph.nodes.iter().map(|node| (node.x, node.y)).collect() };
        let first = at(&graph(dossier, &asked("account:agorachat/10")).expect("it is named"));
        assert_eq!(at(&graph(dossier, &asked("account:agorachat/10")).expect("it is named")), first);
        assert_eq!(first[0], (0, 0));
        for (number, a) in first.iter().enumerate() {
            for b in &first[number + 1..] {
                assert!((a.0 - b.0).abs() + (a.1 - b.1).abs() > 20, "{a:?} {b:?}");
            }
        }
    });
}

#[test]
fn leads_hold_their_accounts_and_lines_and_subscribers_are_of_one_line_each() {
    let example = Example::new(3);
    let dossier = example.dossier();
    let lead = dossier.leads[0];
    let graph = graph(&dossier, &asked(&format!("lead:{}", lead.lead))).expect("it is a lead");
    let n_lines = graph.nodes.iter().filter(|node| node.id.kind == Kind::Line && node.hop == 1).count();
    assert_eq!(n_lines, lead.lines.len());
    let subscribers = graph.nodes.iter().filter(|node| node.id.kind == Kind::Subscriber);
    for subscriber in subscribers {
        let of = graph.edges.iter().filter(|edge| edge.from == subscriber.id || edge.to == subscriber.id);
        assert_eq!(of.map(|edge| edge.kind.as_str()).collect::<Vec<_>>(), ["registered"]);
    }
}

#[test]
fn exports_of_the_graph_are_as_golden() {
    with(|dossier| {
        let graph = graph(dossier, &asked("account:agorachat/10")).expect("it is named");
        let json = format!("{:#}\n", graph.json(dossier, Lang::En));
        golden("src/graph/graph.json.golden", include_str!("graph.json.golden"), &json);
        let xml = graphml::graphml(&graph, dossier, Lang::En);
        golden("src/graph/graph.graphml.golden", include_str!("graph.graphml.golden"), &xml);
        let xml = anx::anx(&graph, dossier, Lang::It);
        golden("src/graph/graph.anx.golden", include_str!("graph.anx.golden"), &xml);
        let tables = csv::graph_csv(&graph, dossier, Lang::En);
        let text: String = tables
            .iter()
            .map(|(name, bytes)| format!("{name}\n{}", String::from_utf8_lossy(bytes)))
            .collect();
        golden("src/graph/graph.csv.golden", include_str!("graph.csv.golden"), &text);
    });
}

#[test]
fn no_text_of_a_file_becomes_markup_in_an_export() {
    with(|dossier| {
        let graph = graph(dossier, &asked("account:agorachat/10")).expect("it is named");
        for xml in [graphml::graphml(&graph, dossier, Lang::En), anx::anx(&graph, dossier, Lang::En)] {
            assert!(xml.contains("fotobox/&lt;b&gt;&amp;") && !xml.contains("<b>"), "{xml}");
        }
        assert_eq!(graphml::escape("a\u{0}\u{1f}\n\"'"), "a\u{fffd}\u{fffd} &quot;&apos;");
    });
}

/// Reads XML with a reader that the exports do not use: how often each element comes, and the values of an attribute.
fn read(xml: &str, element: &str, attribute: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut values, mut depth) = (Vec::new(), 0);
    loop {
        let tag = match reader.read_event().expect("well-formed XML") {
            quick_xml::events::Event::Start(tag) => {
                depth += 1;
                tag
            }
            quick_xml::events::Event::Empty(tag) => tag,
            quick_xml::events::Event::End(_) => {
                depth -= 1;
                continue;
            }
            quick_xml::events::Event::Eof => break,
            _ => continue,
        };
        if tag.name().as_ref() == element {
            let found = tag.attributes().flatten().find(|it| it.key.as_ref() == attribute);
            let value =
                found.expect("each of them has it").normalized_value(quick_xml::XmlVersion::Implicit1_0);
            values.push(value.expect("known entities").into_owned());
        }
    }
    assert_eq!(depth, 0);
    values
}

#[test]
fn another_reader_finds_every_node_once_and_both_ends_of_every_edge() {
    with(|dossier| {
        let graph = graph(dossier, &asked("account:agorachat/10")).expect("it is named");
        let of = ids(&graph);
        let xml = graphml::graphml(&graph, dossier, Lang::It);
        assert_eq!(read(&xml, "node", "id"), of);
        let ends = [read(&xml, "edge", "source"), read(&xml, "edge", "target")].concat();
        assert!(ends.len() == graph.edges.len() * 2 && ends.iter().all(|end| of.contains(end)));
        let keys = read(&xml, "key", "id");
        assert!(read(&xml, "data", "key").iter().all(|key| keys.contains(key)));
        let xml = anx::anx(&graph, dossier, Lang::It);
        assert_eq!(read(&xml, "Entity", "EntityId"), of);
        let ends = [read(&xml, "Link", "End1Id"), read(&xml, "Link", "End2Id")].concat();
        assert!(ends.len() == graph.edges.len() * 2 && ends.iter().all(|end| of.contains(end)));
        assert_eq!(read(&xml, "ChartItem", "Label").len(), graph.nodes.len() + graph.edges.len());
    });
}
