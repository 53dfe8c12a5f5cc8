//! What hangs together with one thing, to be drawn and to be handed on.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::Query;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutela_analyses::strongest_path;
use tutela_model::{Lang, Phrase};
use tutela_outputs::Dossier;
use tutela_outputs::graph::{Asked as Wanted, Graph, Kind, MOST_NODES, NodeId, graph};
use utoipa::{IntoParams, ToSchema};

use super::asked::{Asked, described};
use crate::run::Run;
use crate::serve::answer::{Answer, Refused};
use crate::serve::opened::Opened;
use crate::talk::phrase;
use crate::verbs::export;

/// What hangs together with one thing.
#[derive(Serialize, ToSchema)]
pub struct Document {
    /// The nodes and edges, with what is left out.
    #[schema(value_type = Drawn)]
    graph: Value,
    /// How two accounts hang together, pair by pair, where a second was named: the way whose weakest pair is strongest. None
    /// where no way leads there.
    path: Option<Vec<Step>>,
}

/// A pair on the way from one account to another.
#[derive(Serialize, ToSchema)]
struct Step {
    /// The finding on the pair.
    finding: String,
    /// Its accounts.
    accounts: [String; 2],
    /// log10 of the likelihood ratio.
    log10_lr: f64,
    /// The same in words (ENFSI 2015).
    words: String,
}

/// Nodes and edges: `tutela.graph/1`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "documents are held against these types and described by them, and built by outputs"
)]
struct Drawn {
    /// `tutela.graph/1`.
    schema: String,
    /// The nodes, the first one first, then by steps from it and strength.
    nodes: Vec<Node>,
    /// What is between them.
    edges: Vec<Edge>,
    /// What is not shown of what hangs together with the nodes, by kind and reason.
    left_out: Vec<LeftOut>,
}

/// A node.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "documents are held against these types and described by them, and built by outputs"
)]
struct Node {
    /// Its id: `account:agorachat/10005057`.
    id: String,
    /// What it is: lead, account, referral, line, subscriber, device, selector, exhibit, peer or handle.
    kind: String,
    /// Its name.
    label: String,
    /// How many steps it is from the first.
    hop: u8,
    /// How many nodes it hangs together with, shown or not.
    neighbours: usize,
    /// Why nothing is joined through it: many share it. Null where they do not.
    weak: Option<Weak>,
    /// Where it is drawn, in whole numbers; the first node at 0, 0.
    x: i32,
    /// Where it is drawn.
    y: i32,
}

/// Why nothing is joined through a node.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "documents are held against these types and described by them, and built by outputs"
)]
struct Weak {
    /// `common`: an analysis found that many share it; `many`: it hangs together with many; `hotspot`: a public access.
    why: String,
    /// How many share it, where that is known.
    n: Option<u64>,
}

/// What is between two nodes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "documents are held against these types and described by them, and built by outputs"
)]
struct Edge {
    /// A node.
    from: String,
    /// The other.
    to: String,
    /// The analysis that says so; `lead` for what a lead holds, `registered` for the subscriber of a line.
    kind: String,
    /// The highest log10 of a likelihood ratio that a finding has for this pair; null where none has one.
    log10_lr: Option<f64>,
    /// The same in words (ENFSI 2015).
    words: Option<String>,
    /// How many files received the rows come from that the findings list.
    sources: usize,
    /// The findings.
    findings: Vec<String>,
}

/// What is not shown.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "documents are held against these types and described by them, and built by outputs"
)]
struct LeftOut {
    /// What it is.
    kind: String,
    /// `kind`: its kind was not asked for; `weak`: many share it; `limit`: too many nodes; `hops`: too far away.
    why: String,
    /// How many.
    n: usize,
}

/// Which graph.
#[derive(Clone, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// The node that it begins at: `account:agorachat/10005057`, `lead:L-001`.
    from: String,
    /// Another account, to which the strongest way is told.
    to: Option<String>,
    /// How many steps from the first: 1 to 3.
    #[serde(default = "two")]
    #[param(default = 2, minimum = 1, maximum = 3)]
    hops: u8,
    /// Only nodes of these kinds, with commas between them.
    kinds: Option<String>,
    /// Whether what many share is shown or hidden.
    #[serde(default)]
    weak: WeakNodes,
    /// How many nodes: at most 150.
    #[serde(default = "most")]
    #[param(default = 150, maximum = 150)]
    limit: usize,
}

/// Whether what many share is shown.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum WeakNodes {
    /// It is counted only.
    #[default]
    Hide,
    /// It is shown, and nothing is joined through it.
    Show,
}

fn two() -> u8 {
    2
}

fn most() -> usize {
    MOST_NODES
}

impl Which {
    fn wanted(&self, lang: Lang) -> Result<Wanted, Refused> {
        let wrong = |what: Phrase| Refused::wrong(what, lang);
        let unknown = |said: &str| wrong(phrase!("graph.kinds", said = said, kinds = words()));
        let from: NodeId = self.from.parse().map_err(|_| unknown(&self.from))?;
        let said = self.kinds.iter().flat_map(|kinds| kinds.split(',')).filter(|kind| !kind.is_empty());
        let kinds: BTreeSet<Kind> =
            said.map(|kind| Kind::from_word(kind).ok_or_else(|| unknown(kind))).collect::<Result<_, _>>()?;
        if !(1..=3).contains(&self.hops) {
            return Err(wrong(phrase!("graph.hops")));
        }
        let limit = self.limit.clamp(1, MOST_NODES);
        Ok(Wanted { from, hops: self.hops, kinds, shows_weak: self.weak == WeakNodes::Show, limit })
    }
}

fn words() -> Vec<&'static str> {
    Kind::ALL.iter().map(|kind| kind.word()).collect()
}

/// Shows what hangs together with one thing.
#[utoipa::path(get, path = "/graph", params(Which),
    responses((status = 200, body = Document), (status = "4XX", body = Refused)))]
pub async fn get(asked: Asked, which: Result<Query<Which>, QueryRejection>) -> Answer<Document> {
    let Query(which) = which?;
    let wanted = which.wanted(asked.lang)?;
    asked
        .show(("graph", wanted.from.to_string()), move |_, opened, run| {
            of(opened, run, &wanted, |graph, dossier| {
                let path = which.to.as_deref().map(|to| path(dossier, &wanted.from, to, run.lang));
                let graph = described::<Drawn>(graph.json(dossier, run.lang));
                Ok(Document { graph, path: path.flatten() })
            })
        })
        .await
}

/// Does something with the graph that is wanted.
fn of<T>(
    opened: &Opened,
    run: &Run,
    wanted: &Wanted,
    work: impl FnOnce(&Graph, &Dossier<'_>) -> anyhow::Result<T>,
) -> anyhow::Result<Result<T, Refused>> {
    let Some(gathered) = opened.gathered(run)? else {
        return Ok(Err(Refused::not_analysed(run.lang)));
    };
    let dossier = gathered.dossier();
    match graph(&dossier, wanted) {
        Some(graph) => work(&graph, &dossier).map(Ok),
        None => {
            let unknown = phrase!("graph.unknown", node = wanted.from.to_string());
            Ok(Err(Refused::not_found(unknown, run.lang)))
        }
    }
}

/// The strongest way between two accounts.
fn path(dossier: &Dossier<'_>, from: &NodeId, to: &str, lang: Lang) -> Option<Vec<Step>> {
    let to: NodeId = to.parse().ok()?;
    let is_pair = |finding: &&tutela_model::Finding| finding.statement.key == "same_user.joined";
    let pairs = dossier.findings.values().filter(is_pair);
    let way = strongest_path::strongest_path(pairs, &from.name, &to.name)?;
    let step = |pair: &tutela_model::Finding| {
        let strength = pair.strength?;
        Some(Step {
            finding: pair.id.clone(),
            accounts: [pair.text("account").to_owned(), pair.text("other").to_owned()],
            log10_lr: strength.log10_lr(),
            words: dossier.say(&Phrase::new(strength.words_key()), lang),
        })
    };
    way.into_iter().map(step).collect()
}

/// A graph that leaves the operation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOn {
    /// The form.
    format: Format,
    /// Which graph.
    graph: Which,
    /// To whom it goes.
    #[serde(default)]
    to: String,
}

/// The form of a graph that leaves the operation.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Format {
    /// GraphML of graphdrawing.org.
    Graphml,
    /// The edges as CSV, behind them the nodes and what is left out, each table behind its name.
    Csv,
    /// The exchange XML of i2 Analyst's Notebook.
    Anx,
}

/// Hands a graph on: its bytes, whose digest the ledger has before they are given.
#[utoipa::path(post, path = "/graph/export", request_body = HandOn,
    responses((status = 200, body = String, content_type = "application/octet-stream"),
        (status = "4XX", body = Refused)))]
pub async fn hand_on(asked: Asked, body: Result<Json<HandOn>, JsonRejection>) -> Result<Response, Refused> {
    let Json(HandOn { format, graph: which, to }) = body?;
    let wanted = which.wanted(asked.lang)?;
    let answer = asked
        .show(("graph", wanted.from.to_string()), move |_, opened, run| {
            of(opened, run, &wanted, |graph, dossier| {
                let (output, name, kind) = match format {
                    Format::Graphml => (export::GRAPHML, "graph.graphml", "application/xml"),
                    Format::Anx => (export::ANX, "graph.anx", "application/xml"),
                    Format::Csv => (export::CSV, "graph.csv", "text/csv; charset=utf-8"),
                };
                let bytes = export::written(output, graph, dossier, run.lang);
                // What leaves the operation is recorded before it exists outside.
                opened.operation.record_disclosure(run, output, &[(name.to_owned(), &bytes)], &to)?;
                Ok((name, kind, bytes))
            })
        })
        .await;
    let Json((name, kind, bytes)) = answer?;
    let saved = format!("attachment; filename=\"{name}\"");
    Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, saved.as_str())], bytes).into_response())
}
