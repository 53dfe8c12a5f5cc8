//! A graph as the exchange XML of i2 Analyst's Notebook (ANX): entities with icons, links between them, their places.
//!
//! Only the elements that public writers of the format have in common are used: `Chart`, `ChartItemCollection`,
//! `ChartItem`, `End`, `Entity`, `Icon`, `IconStyle`, `Link`, `LinkStyle`. The schema is the vendor's, and no program that
//! reads the format is at hand: a test holds the document against that structure, and nothing else did.

use std::fmt::Write as _;

use tutela_model::Lang;

use super::graphml::escape;
use super::{Graph, Kind, words};
use crate::Dossier;

/// The document.
#[must_use]
pub fn anx(graph: &Graph, dossier: &Dossier<'_>, lang: Lang) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Chart>\n");
    if dossier.synthetic {
        xml.push_str("  <!-- MADE-UP DATA / DATI INVENTATI -->\n");
    }
    for ((kind, why), n) in &graph.left_out {
        let _ = writeln!(xml, "  <!-- left out: {} {n} ({}) -->", kind.word(), why.word());
    }
    xml.push_str("  <ChartItemCollection>\n");
    for node in &graph.nodes {
        let (id, label) = (escape(&node.id.to_string()), escape(&node.label));
        let weak = node.weak.as_ref().map_or("", |weak| weak.why);
        let description = escape(&format!("{} {weak}", node.id.kind.word()));
        let _ = writeln!(
            xml,
            "    <ChartItem Label=\"{label}\" Description=\"{}\" XPosition=\"{}\">\n      \
             <End X=\"{}\" Y=\"{}\" Z=\"0\">\n        \
             <Entity EntityId=\"{id}\" Identity=\"{id}\" LabelIsIdentity=\"false\">\n          \
             <Icon><IconStyle Type=\"{}\"/></Icon>\n        \
             </Entity>\n      </End>\n    </ChartItem>",
            description.trim_end(),
            node.x,
            node.x,
            node.y,
            icon(node.id.kind),
        );
    }
    for edge in &graph.edges {
        let (from, to) = (escape(&edge.from.to_string()), escape(&edge.to.to_string()));
        let strength = edge.strength.map(|strength| words(dossier, strength, lang));
        let label = strength.map_or_else(|| edge.kind.clone(), |words| format!("{}: {words}", edge.kind));
        let _ = writeln!(
            xml,
            "    <ChartItem Label=\"{}\" Description=\"{}\">\n      \
             <Link End1Id=\"{from}\" End2Id=\"{to}\">\n        \
             <LinkStyle ArrowStyle=\"ArrowNone\" Type=\"{}\"/>\n      \
             </Link>\n    </ChartItem>",
            escape(&label),
            escape(&edge.findings.join(" ")),
            escape(&edge.kind),
        );
    }
    xml.push_str("  </ChartItemCollection>\n</Chart>\n");
    xml
}

/// The name of an icon. A subscriber is a contract and no person who acted, so it has the icon of a document.
fn icon(kind: Kind) -> &'static str {
    match kind {
        Kind::Lead => "Query",
        Kind::Account => "Account",
        Kind::Referral | Kind::Subscriber => "Document",
        Kind::Line => "Telephone",
        Kind::Device | Kind::Exhibit => "Computer",
        Kind::Selector => "E-mail",
        Kind::Peer => "Network",
        Kind::Handle => "Anonymous",
    }
}
