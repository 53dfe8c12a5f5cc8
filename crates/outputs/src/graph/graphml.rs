//! A graph as GraphML (graphdrawing.org, version 1.0): keys, one undirected graph, its nodes and edges with their data.

use std::fmt::Write as _;

use tutela_model::Lang;

use super::{Graph, words};
use crate::Dossier;

/// What nodes and edges carry: id, of what, name, type.
const KEYS: [(&str, &str, &str, &str); 12] = [
    ("kind", "node", "kind", "string"),
    ("label", "node", "label", "string"),
    ("hop", "node", "hop", "int"),
    ("neighbours", "node", "neighbours", "int"),
    ("weak", "node", "weak", "string"),
    ("x", "node", "x", "int"),
    ("y", "node", "y", "int"),
    ("between", "edge", "kind", "string"),
    ("log10_lr", "edge", "log10_lr", "double"),
    ("strength", "edge", "strength", "string"),
    ("sources", "edge", "sources", "int"),
    ("findings", "edge", "findings", "string"),
];

/// The document.
#[must_use]
pub fn graphml(graph: &Graph, dossier: &Dossier<'_>, lang: Lang) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:schemaLocation=\"http://graphml.graphdrawing.org/xmlns \
         http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd\">\n",
    );
    if dossier.synthetic {
        xml.push_str("  <desc>MADE-UP DATA / DATI INVENTATI</desc>\n");
    }
    for (id, of, name, kind) in KEYS {
        let _ = writeln!(xml, "  <key id=\"{id}\" for=\"{of}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>");
    }
    xml.push_str("  <graph id=\"G\" edgedefault=\"undirected\">\n");
    for ((kind, why), n) in &graph.left_out {
        let _ = writeln!(xml, "    <!-- left out: {} {n} ({}) -->", kind.word(), why.word());
    }
    for node in &graph.nodes {
        let _ = writeln!(xml, "    <node id=\"{}\">", escape(&node.id.to_string()));
        let weak = node.weak.as_ref().map(|weak| weak.why);
        for (key, value) in [
            ("kind", Some(node.id.kind.word().to_owned())),
            ("label", Some(node.label.clone())),
            ("hop", Some(node.hop.to_string())),
            ("neighbours", Some(node.n_neighbours.to_string())),
            ("weak", weak.map(str::to_owned)),
            ("x", Some(node.x.to_string())),
            ("y", Some(node.y.to_string())),
        ] {
            data(&mut xml, key, value);
        }
        xml.push_str("    </node>\n");
    }
    for (number, edge) in graph.edges.iter().enumerate() {
        let (from, to) = (escape(&edge.from.to_string()), escape(&edge.to.to_string()));
        let _ = writeln!(xml, "    <edge id=\"e{number}\" source=\"{from}\" target=\"{to}\">");
        for (key, value) in [
            ("between", Some(edge.kind.clone())),
            ("log10_lr", edge.strength.map(|strength| strength.log10_lr().to_string())),
            ("strength", edge.strength.map(|strength| words(dossier, strength, lang))),
            ("sources", Some(edge.n_sources.to_string())),
            ("findings", Some(edge.findings.join(" "))),
        ] {
            data(&mut xml, key, value);
        }
        xml.push_str("    </edge>\n");
    }
    xml.push_str("  </graph>\n</graphml>\n");
    xml
}

fn data(xml: &mut String, key: &str, value: Option<String>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        let _ = writeln!(xml, "      <data key=\"{key}\">{}</data>", escape(&value));
    }
}

/// A text for XML 1.0: its five signs as entities, and what no document may hold (section 2.2) as U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            sign => escaped.push(sign),
        }
    }
    escaped
}
