//! `tutela explain`: one lead's full reasoning, with the rows that it stands on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tutela_analyses::strongest_path::strongest_path;
use tutela_analyses::what_if;
use tutela_model::finding::Without;
use tutela_model::{Digest, Finding, Lang, Lead};
use tutela_outputs::{Asked, Dossier, explain_text, finding_json, leads_json};

use crate::analysis::Derived;
use crate::dossier::{Gathered, RowsOf};
use crate::ending::{Exit, Failure};
use crate::operation::Operation;
use crate::run::{Format, Run};
use crate::talk::phrase;
use crate::watched::Watched;

/// Options of `explain`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The lead (L-001, or 1), or one of its accounts (agorachat/u-17, or u-17)
    pub lead: String,
    /// How two of its accounts hang together: the pairs on the way whose weakest pair is strongest
    #[arg(long, num_args = 2, value_names = ["ACCOUNT", "ACCOUNT"])]
    pub path: Vec<String>,
    /// What would become of it without each file that it stands on, recomputed
    #[arg(long)]
    pub what_if: bool,
    /// What would become of it without these files together, recomputed: a name, or the beginning of a digest
    #[arg(long, value_name = "SOURCE")]
    pub without: Vec<String>,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let mut operation = Operation::open(run)?;
    operation.consult(run, "explain", &args.lead)?;
    let derived = operation.fresh(run)?;
    let lead = find(&derived.leads, &args.lead)?.clone();
    let without = without(run, &operation, &derived, &lead, args)?;
    let gathered = Gathered::new(run, &operation, derived, RowsOf::Lead(&lead))?;
    let dossier = gathered.dossier();
    let path = path(&lead, dossier.findings, args)?;
    match run.format {
        Format::Text => {
            let asked = Asked { path, without };
            let text = explain_text(&lead, &asked, &dossier, run.lang);
            run.data(|out| Ok(out.write_all(text.as_bytes())?))?
        }
        _ => run.json(&document(dossier, &lead, path, &without, run.lang))?,
    }
    Ok(Exit::Done)
}

/// A lead's full reasoning as data: schema `tutela.explain/1`.
pub fn document(
    mut dossier: Dossier<'_>,
    lead: &Lead,
    path: Option<Path<'_>>,
    without: &[(Vec<String>, Without)],
    lang: Lang,
) -> Value {
    // Only its own numbers are asked for; where another office has something of it is known from all.
    let findings: Vec<Value> =
        dossier.findings_of(lead).into_iter().map(|finding| finding_json(finding, &dossier, lang)).collect();
    dossier.leads.retain(|other| other.lead == lead.lead);
    let mut document = leads_json(&dossier, lang);
    json!({"schema": "tutela.explain/1", "operation": document["operation"].take(),
        "findings_digest": document["findings_digest"].take(), "lead": document["leads"][0].take(),
        "findings": findings,
        "path": path.map(|(from, to, way)| json!({"from": from, "to": to,
            "pairs": way.map(|pairs| pairs.iter().map(|pair| &pair.id).collect::<Vec<_>>())})),
        "without": without.iter().map(|(names, without)| json!({"files": names, "lead": without}))
            .collect::<Vec<_>>()})
}

/// Two accounts and the pairs on the way between them.
pub type Path<'a> = (&'a str, &'a str, Option<Vec<&'a Finding>>);

/// The way between the two accounts that were asked for, if they were.
fn path<'a>(
    lead: &Lead,
    findings: &'a BTreeMap<String, Finding>,
    args: &'a Args,
) -> anyhow::Result<Option<Path<'a>>> {
    let [from, to] = args.path.as_slice() else { return Ok(None) };
    for account in [from, to] {
        if !lead.accounts.contains(account) {
            let what = phrase!("explain.account", account = account.as_str(), lead = lead.lead.as_str());
            let hint = phrase!("explain.account.hint", accounts = lead.accounts.clone());
            return Err(Failure::new(Exit::Usage, what).hint(hint).into());
        }
    }
    let pairs = findings.values().filter(|finding| finding.analysis == "same_user");
    Ok(Some((from, to, strongest_path(pairs, from, to))))
}

/// What would become of the lead without files: those named together, and each that it stands on in turn.
fn without(
    run: &Run,
    operation: &Operation,
    derived: &Derived,
    lead: &Lead,
    args: &Args,
) -> anyhow::Result<Vec<(Vec<String>, Without)>> {
    let names: BTreeMap<Digest, String> =
        operation.case.imports().into_iter().map(|import| (import.sha256, import.name.clone())).collect();
    let mut sets: Vec<BTreeSet<Digest>> = Vec::new();
    if !args.without.is_empty() {
        let named = args.without.iter().map(|said| named(&names, said));
        sets.push(named.collect::<anyhow::Result<_>>()?);
    }
    if args.what_if {
        let findings = derived.by_id();
        let cited = lead.findings.iter().filter_map(|id| findings.get(id));
        let rows = cited.flat_map(|finding| finding.rows.iter().chain(&finding.against));
        let sources: BTreeSet<Digest> = rows.filter_map(|row| row.source.parse().ok()).collect();
        sets.extend(sources.into_iter().map(|source| BTreeSet::from([source])));
    }
    let tables = operation.case.tables();
    let decisions = operation.decisions();
    let mut all = Vec::new();
    for sources in sets {
        let watched = Watched::new(&tables, run);
        let result = what_if::without(&watched, &decisions, lead, &sources);
        let files = sources.iter().map(|source| names.get(source).cloned().unwrap_or_else(|| source.hex()));
        all.push((files.collect(), watched.end(result)?));
    }
    Ok(all)
}

/// The file received that is meant by its name or the beginning of its digest.
fn named(names: &BTreeMap<Digest, String>, said: &str) -> anyhow::Result<Digest> {
    let is_meant = |(digest, name): &(&Digest, &String)| *name == said || digest.hex().starts_with(said);
    let meant: Vec<&Digest> = names.iter().filter(is_meant).map(|(digest, _)| digest).collect();
    match meant.as_slice() {
        [only] => Ok(**only),
        others => {
            let what = phrase!("explain.source", source = said, n = others.len());
            Err(Failure::new(Exit::Usage, what).hint(phrase!("explain.source.hint")).into())
        }
    }
}

/// The lead of a number, or the one that an account or peer belongs to.
pub fn find<'a>(leads: &'a [Lead], said: &str) -> anyhow::Result<&'a Lead> {
    let number = said.trim_start_matches(['L', 'l', '-']).parse::<u32>().ok();
    let by_number =
        || leads.iter().find(|lead| lead.lead.eq_ignore_ascii_case(said) || Some(lead.rank) == number);
    let has = |lead: &&Lead| {
        let mut names = lead.accounts.iter().chain(&lead.peers);
        names.any(|name| name == said || name.split_once('/').is_some_and(|(_, id)| id == said))
    };
    // An account may be a bare number too: when it is written in full it wins.
    leads
        .iter()
        .find(|lead| lead.accounts.iter().any(|account| account == said))
        .or_else(by_number)
        .or_else(|| leads.iter().find(has))
        .ok_or_else(|| {
            let what = phrase!("explain.none", lead = said, n = leads.len());
            Failure::new(Exit::Failed, what).hint(phrase!("explain.none.hint")).into()
        })
}
