//! What hangs together with one thing: accounts, lines, devices, exhibits, with what findings say between them.
//!
//! A graph begins at one node and has few, since a large one persuades by its looks. It says what it leaves out. What many
//! share (a hotspot, a device of an internet café) is flagged, and nothing is joined through it. A line is not a person, so
//! a subscriber is a node of its own, one for each line: the same name on two lines may be two people.

mod layout;
mod links;

pub mod anx;
pub mod csv;
pub mod graphml;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tutela_model::{Lang, Phrase, Strength};

use crate::Dossier;
use links::{Link, Links};

pub use links::{Kind, NodeId, Weak};

/// The most nodes of a graph.
pub const MOST_NODES: usize = 150;
/// The most steps from the first node.
pub const MOST_HOPS: u8 = 3;

/// Which graph.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The node that it begins at.
    pub from: NodeId,
    /// How many steps from it: at most [`MOST_HOPS`].
    pub hops: u8,
    /// Only nodes of these kinds; empty for all.
    pub kinds: BTreeSet<Kind>,
    /// Whether what many share is shown too.
    pub shows_weak: bool,
    /// How many nodes: at most [`MOST_NODES`].
    pub limit: usize,
}

/// A graph.
#[derive(Clone, Debug)]
pub struct Graph {
    /// Its nodes, the first one first, then by steps from it and strength.
    pub nodes: Vec<Node>,
    /// What is between them.
    pub edges: Vec<Edge>,
    /// What is not shown, by kind and reason.
    pub left_out: BTreeMap<(Kind, LeftOut), usize>,
}

/// A node of a graph.
#[derive(Clone, Debug)]
pub struct Node {
    /// Which.
    pub id: NodeId,
    /// Its name.
    pub label: String,
    /// How many steps it is from the first.
    pub hop: u8,
    /// How many nodes it hangs together with, shown or not.
    pub n_neighbours: usize,
    /// Why nothing is joined through it; none where it is not weak.
    pub weak: Option<Weak>,
    /// Where it is drawn: whole numbers, the first node at 0, 0.
    pub x: i32,
    /// Where it is drawn.
    pub y: i32,
}

/// What is between two nodes.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The one whose id comes first.
    pub from: NodeId,
    /// The other.
    pub to: NodeId,
    /// The analysis that says so; `lead` for what a lead holds, `registered` for the subscriber of a line.
    pub kind: String,
    /// The highest strength that one of the findings has; none where none has one for this pair alone.
    pub strength: Option<Strength>,
    /// How many files received the rows listed by the findings come from.
    pub n_sources: usize,
    /// The findings.
    pub findings: Vec<String>,
}

/// Why a node is not shown that hangs together with one that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// Its kind was not asked for.
    Kind,
    /// Many share it.
    Weak,
    /// There would be too many nodes; those that hang together more strongly go before.
    Limit,
    /// It is further away than was asked for.
    Hops,
}

impl LeftOut {
    /// Its word, in data.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Weak => "weak",
            Self::Limit => "limit",
            Self::Hops => "hops",
        }
    }
}

/// The graph from a node; none when no finding and no lead names it.
#[must_use]
pub fn graph(dossier: &Dossier<'_>, asked: &Asked) -> Option<Graph> {
    let links = Links::of(dossier);
    links.has(&asked.from).then(|| {
        let (hop_of, left_out) = chosen(&links, asked);
        let edges: Vec<Edge> = links
            .all()
            .filter(|link| hop_of.contains_key(&link.ends.0) && hop_of.contains_key(&link.ends.1))
            .map(edge)
            .collect();
        let mut nodes: Vec<Node> = hop_of
            .iter()
            .map(|(id, (hop, _))| Node {
                id: (*id).clone(),
                label: links.label(id),
                hop: *hop,
                n_neighbours: links.neighbours(id).len(),
                weak: links.weak(id),
                x: 0,
                y: 0,
            })
            .collect();
        nodes.sort_by_key(|node| hop_of[&node.id]);
        layout::place(&mut nodes, &edges);
        Graph { nodes, edges, left_out }
    })
}

type Chosen<'l> = BTreeMap<&'l NodeId, (u8, usize)>;

/// The nodes that are shown, each with its steps from the first and its number in the order of choice.
fn chosen<'l>(links: &'l Links, asked: &'l Asked) -> (Chosen<'l>, BTreeMap<(Kind, LeftOut), usize>) {
    let (limit, hops) = (asked.limit.clamp(1, MOST_NODES), asked.hops.min(MOST_HOPS));
    let mut hop_of: Chosen<'l> = BTreeMap::from([(&asked.from, (0, 0))]);
    let mut why: BTreeMap<&NodeId, LeftOut> = BTreeMap::new();
    for hop in 1..=hops + 1 {
        let mut next: BTreeMap<&NodeId, Reverse<Option<Strength>>> = BTreeMap::new();
        let last = hop_of.iter().filter(|(_, (of, _))| *of == hop - 1);
        // Nothing is joined through what many share, unless it is what was asked about.
        for id in last.map(|(id, _)| *id).filter(|id| **id == asked.from || links.weak(id).is_none()) {
            for (other, strength) in links.neighbours(id) {
                if !hop_of.contains_key(other) && !why.contains_key(other) {
                    let best = next.entry(other).or_insert(Reverse(strength));
                    *best = (*best).min(Reverse(strength));
                }
            }
        }
        let mut next: Vec<(Reverse<Option<Strength>>, &NodeId)> =
            next.into_iter().map(|(id, strength)| (strength, id)).collect();
        next.sort();
        for (_, id) in next {
            let reason = match () {
                () if hop > hops => Some(LeftOut::Hops),
                () if !asked.kinds.is_empty() && !asked.kinds.contains(&id.kind) => Some(LeftOut::Kind),
                () if !asked.shows_weak && links.weak(id).is_some() => Some(LeftOut::Weak),
                () if hop_of.len() >= limit => Some(LeftOut::Limit),
                () => None,
            };
            match reason {
                Some(reason) => {
                    why.insert(id, reason);
                }
                None => {
                    let number = hop_of.len();
                    hop_of.insert(id, (hop, number));
                }
            }
        }
    }
    let mut left_out = BTreeMap::new();
    for (id, reason) in why {
        *left_out.entry((id.kind, reason)).or_default() += 1;
    }
    (hop_of, left_out)
}

fn edge(link: &Link) -> Edge {
    Edge {
        from: link.ends.0.clone(),
        to: link.ends.1.clone(),
        kind: link.kind.clone(),
        strength: link.strength,
        n_sources: link.sources.len(),
        findings: link.findings.iter().cloned().collect(),
    }
}

impl Graph {
    /// The graph as a document.
    #[must_use]
    pub fn json(&self, dossier: &Dossier<'_>, lang: Lang) -> Value {
        let nodes = self.nodes.iter().map(|node| {
            json!({
                "id": node.id.to_string(),
                "kind": node.id.kind.word(),
                "label": node.label,
                "hop": node.hop,
                "neighbours": node.n_neighbours,
                "weak": node.weak.as_ref().map(|weak| json!({"why": weak.why, "n": weak.n})),
                "x": node.x,
                "y": node.y,
            })
        });
        let edges = self.edges.iter().map(|edge| {
            json!({
                "from": edge.from.to_string(),
                "to": edge.to.to_string(),
                "kind": edge.kind,
                "log10_lr": edge.strength.map(Strength::log10_lr),
                "words": edge.strength.map(|strength| words(dossier, strength, lang)),
                "sources": edge.n_sources,
                "findings": edge.findings,
            })
        });
        let left_out = self
            .left_out
            .iter()
            .map(|((kind, why), n)| json!({"kind": kind.word(), "why": why.word(), "n": n}));
        json!({
            "schema": "tutela.graph/1",
            "nodes": nodes.collect::<Vec<_>>(),
            "edges": edges.collect::<Vec<_>>(),
            "left_out": left_out.collect::<Vec<_>>(),
        })
    }
}

fn words(dossier: &Dossier<'_>, strength: Strength, lang: Lang) -> String {
    dossier.say(&Phrase::new(strength.words_key()), lang)
}

#[cfg(test)]
mod tests;
