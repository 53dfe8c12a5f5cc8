//! A graph as two tables in CSV (RFC 4180): its nodes, its edges. A third says what is left out.

use tutela_model::Lang;

use super::{Graph, words};
use crate::Dossier;
use crate::leads_csv::safe;

/// The tables, by the name of their file.
#[must_use]
pub fn graph_csv(graph: &Graph, dossier: &Dossier<'_>, lang: Lang) -> Vec<(String, Vec<u8>)> {
    let nodes = graph.nodes.iter().map(|node| {
        vec![
            safe(&node.id.to_string()),
            node.id.kind.word().to_owned(),
            safe(&node.label),
            node.hop.to_string(),
            node.n_neighbours.to_string(),
            node.weak.as_ref().map_or_else(String::new, |weak| weak.why.to_owned()),
            node.x.to_string(),
            node.y.to_string(),
        ]
    });
    let edges = graph.edges.iter().map(|edge| {
        vec![
            safe(&edge.from.to_string()),
            safe(&edge.to.to_string()),
            edge.kind.clone(),
            edge.strength.map_or_else(String::new, |strength| strength.log10_lr().to_string()),
            edge.strength.map_or_else(String::new, |strength| words(dossier, strength, lang)),
            edge.n_sources.to_string(),
            edge.findings.join("; "),
        ]
    });
    let left_out = graph
        .left_out
        .iter()
        .map(|((kind, why), n)| vec![kind.word().to_owned(), why.word().to_owned(), n.to_string()]);
    vec![
        table("nodes.csv", &["id", "kind", "label", "hop", "neighbours", "weak", "x", "y"], nodes),
        table("edges.csv", &["from", "to", "kind", "log10_lr", "strength", "sources", "findings"], edges),
        table("left_out.csv", &["kind", "why", "n"], left_out),
    ]
}

fn table(name: &str, header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> (String, Vec<u8>) {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(header).expect("a vector takes everything");
    for row in rows {
        writer.write_record(row).expect("each row has as many cells as the header");
    }
    (name.to_owned(), writer.into_inner().expect("a vector takes everything"))
}
