//! `tutela export`: writes one of the interchange outputs.

use std::collections::BTreeSet;

use tutela_model::Lang;
use tutela_outputs::graph::anx::anx;
use tutela_outputs::graph::csv::graph_csv;
use tutela_outputs::graph::graphml::graphml;
use tutela_outputs::graph::{Asked, Graph, MOST_HOPS, MOST_NODES, NodeId, graph};
use tutela_outputs::vics::{Form, media_csv, vics};
use tutela_outputs::{Dossier, Region, findings_jsonl, leads_csv, region, regions};

use crate::dossier::{Gathered, RowsOf};
use crate::ending::{Exit, Failure};
use crate::exhibit::media;
use crate::operation::Operation;
use crate::run::Run;
use crate::talk::phrase;
use crate::verbs::report;

/// Options of `export`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The output: leads-csv, findings-jsonl, packages, office-packages, vics, vics-media, media-csv, graph-graphml,
    /// graph-csv, graph-anx
    #[arg(long = "as", value_name = "NAME")]
    pub name: String,
    /// Of office-packages, only leads of this region: a name in Italian or English, or a code (03, IT-25)
    #[arg(long, value_name = "NAME")]
    pub region: Option<String>,
    /// Refuse packages while other explanations are unanswered and they could only be drafts
    #[arg(long = "final")]
    pub is_final: bool,
    /// To whom it goes, for the ledger
    #[arg(long, value_name = "WHO", default_value = "")]
    pub to: String,
    /// Of media, only those of this exhibit
    #[arg(long, value_name = "NUMBER")]
    pub of_exhibit: Option<String>,
    /// Of media, the scheme whose grades are written as categories
    #[arg(long, value_name = "NAME")]
    pub scheme: Option<String>,
    /// The scale that the scheme is in VICS: Default, US, UK, CUSTOM
    #[arg(long, value_name = "NAME", default_value = "CUSTOM", value_parser = ["Default", "US", "UK", "CUSTOM"])]
    pub scale: String,
    /// Of a graph, the node that it begins at: lead:L-001, account:PLATFORM/NAME
    #[arg(long, value_name = "NODE", required_if_eq_any = [("name", GRAPHML), ("name", CSV), ("name", ANX)])]
    pub from: Option<NodeId>,
    /// Of a graph, how many steps from that node
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=3))]
    pub hops: u8,
    /// Of a graph, also what many share
    #[arg(long)]
    pub weak: bool,
}

/// A graph as GraphML.
pub const GRAPHML: &str = "graph-graphml";
/// A graph as tables.
pub const CSV: &str = "graph-csv";
/// A graph as the exchange XML of i2 Analyst's Notebook.
pub const ANX: &str = "graph-anx";

/// The outputs by name.
const OUTPUTS: [&str; 10] = [
    "leads-csv",
    "findings-jsonl",
    "packages",
    "office-packages",
    "vics",
    "vics-media",
    "media-csv",
    GRAPHML,
    CSV,
    ANX,
];

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    if !OUTPUTS.contains(&args.name.as_str()) {
        let what = phrase!("export.unknown", name = args.name.as_str());
        return Err(Failure::new(Exit::Usage, what)
            .hint(phrase!("export.unknown.hint", names = OUTPUTS.to_vec()))
            .into());
    }
    let region = args.region.as_deref().map(|said| meant(run, said)).transpose()?;
    if args.name == "packages" || args.name == "office-packages" {
        return report::write_packages(run, run.folder("export")?, region, args.is_final, &args.to);
    }
    if region.is_some() {
        return Err(Failure::new(Exit::Usage, phrase!("export.region.only")).into());
    }
    let mut operation = Operation::open(run)?;
    let bytes = match args.name.as_str() {
        "leads-csv" | "findings-jsonl" => of_findings(run, &mut operation, &args.name)?,
        GRAPHML | CSV | ANX => of_graph(run, &mut operation, args)?,
        name => {
            let (exhibit, scheme) = (args.of_exhibit.as_deref(), args.scheme.as_deref());
            let collection = media::collection(&operation.case, exhibit, scheme, &args.scale)?;
            match name {
                "vics" => vics(&collection, Form::Case),
                "vics-media" => vics(&collection, Form::Media),
                _ => media_csv(&collection),
            }
        }
    };
    // What leaves the operation is recorded before it exists outside.
    operation.record_disclosure(run, &args.name, &[(args.name.clone(), &bytes)], &args.to)?;
    run.data(|out| Ok(out.write_all(&bytes)?))?;
    Ok(Exit::Done)
}

/// The region that is meant.
fn meant(run: &Run, said: &str) -> anyhow::Result<&'static Region> {
    region(said).ok_or_else(|| {
        let name = |region: &Region| format!("{} ({}, {})", region.name(run.lang), region.istat, region.iso);
        let names: Vec<String> = regions().iter().map(name).collect();
        Failure::new(Exit::Usage, phrase!("export.region.unknown", name = said))
            .hint(phrase!("export.region.unknown.hint", names = names))
            .into()
    })
}

fn of_findings(run: &Run, operation: &mut Operation, name: &str) -> anyhow::Result<Vec<u8>> {
    let derived = operation.fresh(run)?;
    let gathered = Gathered::new(run, operation, derived, RowsOf::Nothing)?;
    let dossier = gathered.dossier();
    Ok(match name {
        "leads-csv" => leads_csv(&dossier, run.lang),
        _ => findings_jsonl(&dossier, None, run.lang).into_bytes(),
    })
}

fn of_graph(run: &Run, operation: &mut Operation, args: &Args) -> anyhow::Result<Vec<u8>> {
    let derived = operation.fresh(run)?;
    let gathered = Gathered::new(run, operation, derived, RowsOf::Nothing)?;
    let dossier = gathered.dossier();
    let asked = args.from.clone().map(|from| Asked {
        from,
        hops: args.hops.min(MOST_HOPS),
        kinds: BTreeSet::new(),
        shows_weak: args.weak,
        limit: MOST_NODES,
    });
    let graph = asked.as_ref().and_then(|asked| graph(&dossier, asked)).ok_or_else(|| {
        let node = args.from.as_ref().map(NodeId::to_string).unwrap_or_default();
        Failure::new(Exit::Usage, phrase!("graph.unknown", node = node))
    })?;
    Ok(written(&args.name, &graph, &dossier, run.lang))
}

/// A graph in the form of that name; of tables each stands behind the name of its file.
pub fn written(name: &str, graph: &Graph, dossier: &Dossier<'_>, lang: Lang) -> Vec<u8> {
    match name {
        GRAPHML => graphml(graph, dossier, lang).into_bytes(),
        ANX => anx(graph, dossier, lang).into_bytes(),
        _ => {
            let tables = graph_csv(graph, dossier, lang).into_iter();
            tables.flat_map(|(name, bytes)| [format!("{name}\r\n").into_bytes(), bytes].concat()).collect()
        }
    }
}
