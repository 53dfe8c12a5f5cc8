//! What outputs need to know of an operation, gathered from its folder.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tutela_analyses::{ANALYSES, answer_check, zone_shift};
use tutela_case::{Act, AnchorKind, Authority, Case, Fate, Record};
use tutela_model::tables::Problem;
use tutela_model::words::Words as _;
use tutela_model::{Catalogue, Digest, Finding, Lead, Phrase, RowRef, TableInfo};
use tutela_outputs as outputs;

use crate::analysis::Derived;
use crate::cells;
use crate::operation::Operation;
use crate::run::Run;
use crate::verbs::problems;

/// What the authority of a made-up operation begins with. It stands in the ledger, so no output can lose it.
pub const MADE_UP: &str = "MADE UP:";

/// Everything that a [`outputs::Dossier`] borrows.
pub struct Gathered {
    title: String,
    authorities: Vec<outputs::Authority>,
    sources: Vec<outputs::Source>,
    found: Arc<Found>,
    rows: BTreeMap<RowRef, Vec<(String, String)>>,
    decisions: Vec<outputs::Decision>,
    problems: Vec<outputs::Problem>,
    n_problems: u64,
    methods: Vec<outputs::Method>,
    catalogue: Catalogue,
    exhibits: Vec<outputs::Exhibit>,
    record: Head,
    officer: String,
    as_of: String,
    synthetic: bool,
    warnings: Vec<Phrase>,
}

/// Findings and leads. They stay while decisions come, so whoever outlives one decision keeps them.
pub struct Found {
    leads: Vec<Lead>,
    findings: BTreeMap<String, Finding>,
    /// Findings that set an answer aside until an officer decides on them, in the order of their analyses.
    setting_aside: Vec<String>,
    digest: String,
}

impl From<Derived> for Arc<Found> {
    fn from(derived: Derived) -> Self {
        let of = |analysis: &str| derived.findings.get(analysis).into_iter().flatten();
        let setting_aside = of("zone_shift")
            .chain(of("answer_check"))
            .filter(|finding| zone_shift::is_indicated(finding) || answer_check::sets_aside(finding))
            .map(|finding| finding.id.clone())
            .collect();
        let digest = derived.digest.hex();
        let findings = derived.findings.into_values().flatten();
        let findings = findings.map(|finding| (finding.id.clone(), finding)).collect();
        Self::new(Found { leads: derived.leads, findings, setting_aside, digest })
    }
}

/// The head of the record that an output stands on.
struct Head {
    origin: String,
    size: u64,
    root: [u8; 32],
    anchors: Vec<outputs::Anchor>,
}

/// How many problems of each file outputs may list; their number is always given.
const PROBLEMS_LISTED: usize = 40;

/// The act by which files leave the operation.
pub const DISCLOSE: &str = "disclose";

impl Gathered {
    /// Gathers what outputs need: the rows too when they are to be shown, for which tables are read.
    ///
    /// # Errors
    /// A table cannot be read.
    pub fn new(
        run: &Run,
        operation: &Operation,
        found: impl Into<Arc<Found>>,
        rows_of: RowsOf<'_>,
    ) -> anyhow::Result<Self> {
        let (case, found) = (&operation.case, found.into());
        if !matches!(rows_of, RowsOf::Nothing) {
            // Findings may be older than a change of the tables whose rows are shown beside them.
            case.check_tables()?;
        }
        let rows = match rows_of {
            RowsOf::Nothing => BTreeMap::new(),
            RowsOf::Lead(lead) => {
                let findings = lead.findings.iter().filter_map(|id| found.findings.get(id));
                rows(case, findings)?
            }
            #[cfg(feature = "pdf")]
            RowsOf::Everything => rows(case, found.findings.values())?,
        };
        let authorities = case.authorities().iter().map(|authority| outputs::Authority {
            id: authority.id.clone(),
            kind: authority.kind.word().to_owned(),
            text: authority.text.clone(),
            from: authority.from.to_string(),
            until: authority.until.to_string(),
            covers: authority.scope.limits(),
            fate: fate(authority),
        });
        let standing: BTreeSet<u64> = case.standing().into_values().map(|decision| decision.seq).collect();
        let agreed = case.agreed();
        let agreed = |decision: &str| {
            let officers = agreed.get(decision).into_iter().flatten();
            officers.map(|officer| (*officer).to_owned()).collect()
        };
        let decisions = case.decisions().iter().map(|decision| outputs::Decision {
            counts: standing.contains(&decision.seq),
            agreed: if standing.contains(&decision.seq) { agreed(&decision.finding) } else { Vec::new() },
            subject: decision.finding.clone(),
            choice: decision.choice,
            reason: decision.reason.clone(),
            officer: decision.officer.clone(),
            at: decision.at.to_string(),
        });
        let record = case.record();
        let n_entries = n_reported(record);
        Ok(Self {
            title: case.title().to_owned(),
            authorities: authorities.collect(),
            sources: sources(case),
            problems: first_problems(case)?,
            n_problems: case.imports().iter().map(|import| import.problems()).sum(),
            methods: ANALYSES.iter().map(method).collect(),
            catalogue: Catalogue::new(&tutela_analyses::statements()),
            decisions: decisions.collect(),
            exhibits: exhibits(case, n_entries),
            record: head(case, n_entries),
            officer: run.officer.clone(),
            as_of: record.acts()[..n_entries].last().map(|act| act.at.clone()).unwrap_or_default(),
            synthetic: is_made_up(case),
            warnings: warnings(operation, &found),
            found,
            rows,
        })
    }

    /// The leads by rank.
    pub fn leads(&self) -> &[Lead] {
        &self.found.leads
    }

    /// As outputs take it.
    pub fn dossier(&self) -> outputs::Dossier<'_> {
        outputs::Dossier {
            title: &self.title,
            authorities: self.authorities.iter().collect(),
            sources: self.sources.iter().collect(),
            leads: self.found.leads.iter().collect(),
            findings: &self.found.findings,
            rows: &self.rows,
            decisions: self.decisions.iter().collect(),
            problems: self.problems.iter().collect(),
            n_problems: self.n_problems,
            methods: &self.methods,
            catalogue: &self.catalogue,
            findings_digest: &self.found.digest,
            exhibits: self.exhibits.iter().collect(),
            record: outputs::Head {
                origin: &self.record.origin,
                size: self.record.size,
                root: self.record.root,
                anchors: self.record.anchors.clone(),
            },
            officer: &self.officer,
            as_of: &self.as_of,
            synthetic: self.synthetic,
            warnings: &self.warnings,
            also_at: outputs::also_at(&self.found.leads),
            part: None,
        }
    }
}

/// Whose rows are to be shown.
#[derive(Clone, Copy)]
pub enum RowsOf<'a> {
    /// No rows.
    Nothing,
    /// Those of a lead's findings.
    Lead(&'a Lead),
    /// Those of all findings, which a report shows.
    #[cfg(feature = "pdf")]
    Everything,
}

/// Whether an operation is a made-up one.
pub fn is_made_up(case: &Case) -> bool {
    case.authorities().iter().any(|authority| authority.text.starts_with(MADE_UP))
}

/// An answer whose times look shifted, or that failed a control question, is set aside until an officer decides: whoever
/// reads leads must know it first.
fn warnings(operation: &Operation, found: &Found) -> Vec<Phrase> {
    let decisions = operation.decisions();
    let is_open = |id: &&String| {
        !matches!(decisions.get(*id), Some(tutela_model::Choice::Accept | tutela_model::Choice::Reject))
    };
    let open = found.setting_aside.iter().filter(is_open).filter_map(|id| found.findings.get(id));
    open.map(|finding| finding.statement.clone()).collect()
}

fn fate(authority: &Authority) -> outputs::AuthorityFate {
    match (&authority.fate, authority.waits_until()) {
        (Fate::Validated(act), _) => outputs::AuthorityFate::Validated(act.clone()),
        (Fate::Lapsed(reason), _) => outputs::AuthorityFate::Lapsed(reason.clone()),
        (Fate::Stands, Some(by)) => outputs::AuthorityFate::ToValidate(by.to_string()),
        (Fate::Stands, None) => outputs::AuthorityFate::Stands,
    }
}

fn sources(case: &Case) -> Vec<outputs::Source> {
    case.imports()
        .into_iter()
        .map(|import| {
            // The first receipt says when the bytes came; the import may have been made again later.
            let receipt = case.receipts().iter().find(|receipt| receipt.sha256 == import.sha256);
            outputs::Source {
                digest: import.sha256.hex(),
                name: import.name.clone(),
                size: import.size,
                reader: import.reader.clone(),
                received_at: receipt.map_or(import.at, |receipt| receipt.at).to_string(),
                basis: import.basis.clone(),
                rows: import.all_rows(),
                sealed: import.all_sealed(),
                problems: import.problems(),
            }
        })
        .collect()
}

/// The head of the record when it had so many entries. The store keeps no checkpoints of others, so nothing anchors it.
fn head(case: &Case, n_entries: usize) -> Head {
    let record = case.record();
    let root = record.root_at(n_entries).unwrap_or_else(|| record.root());
    let anchors = case.anchors().iter().map(|anchor| outputs::Anchor {
        kind: match AnchorKind::from_word(&anchor.kind) {
            Some(AnchorKind::Stamp) => outputs::AnchorKind::Stamp,
            _ => outputs::AnchorKind::Witness,
        },
        by: anchor.by.clone(),
        at: anchor.time.clone(),
        size: anchor.size,
    });
    let origin = record.origin().to_owned();
    Head { origin, size: n_entries as u64, root: root.0, anchors: anchors.collect() }
}

/// How many entries a report covers. What was handed out before changes nothing that is reported: the same state gives
/// the same bytes again.
fn n_reported(record: &Record) -> usize {
    let acts = record.acts();
    let passes = |act: &Act| {
        let leaves = act.act == DISCLOSE && act.body().get("output").is_some();
        leaves || act.act == "checkpoint" || act.signer.is_some()
    };
    let last = acts.iter().rposition(|act| !passes(act)).map_or(0, |idx| idx + 1);
    // The signatures of the last act that counts belong to it.
    last + acts[last..].iter().take_while(|act| act.signer.is_some()).count()
}

/// The custody of each file received, in the order of the first receipts, up to the head that is reported.
fn exhibits(case: &Case, n_entries: usize) -> Vec<outputs::Exhibit> {
    let mut exhibits: Vec<outputs::Exhibit> = Vec::new();
    let mut known: BTreeMap<Digest, usize> = BTreeMap::new();
    for receipt in case.receipts() {
        let idx = *known.entry(receipt.sha256).or_insert_with(|| {
            exhibits.push(outputs::Exhibit {
                name: receipt.name.clone(),
                size: receipt.size,
                digest: receipt.sha256.hex(),
                basis: receipt.basis.clone(),
                ..outputs::Exhibit::default()
            });
            exhibits.len() - 1
        });
        let stated = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (exhibit, provenance) = (&mut exhibits[idx], &receipt.provenance);
        exhibit.number = exhibit.number.take().or_else(|| stated(&provenance.exhibit));
        exhibit.supplier = exhibit.supplier.take().or_else(|| stated(&provenance.supplier));
        exhibit.reference = exhibit.reference.take().or_else(|| stated(&provenance.reference));
        exhibit.supplied.extend(receipt.described.iter().map(|described| outputs::SuppliedDigest {
            said: format!("{} {}", described.algorithm, described.digest),
            check: if described.holds { outputs::DigestCheck::Holds } else { outputs::DigestCheck::Differs },
        }));
    }
    let chains = case.chains();
    for (file, exhibit_idx) in &known {
        let steps = chains.get(file).into_iter().flatten();
        let reported = steps.filter(|step| step.seq < n_entries as u64);
        exhibits[*exhibit_idx].steps = reported.map(step).collect();
    }
    exhibits
}

/// Particulars of custody that a report prints: short ones that say something to a reader.
const PRINTED: [&str; 20] = [
    "name",
    "basis",
    "reader",
    "records",
    "reason",
    "from",
    "to",
    "place",
    "seal",
    "condition",
    "receipt",
    "tool",
    "reviewer",
    "outcome",
    "authority",
    "output",
    "choice",
    "channel",
    "note",
    "digest",
];

/// An act on a file, as outputs take it.
fn step(step: &tutela_case::Step) -> outputs::Step {
    let printed =
        |name: &str| step.particulars.get(name).filter(|text| !text.is_empty() && text.len() <= 160);
    let fields = PRINTED.iter().filter_map(|name| Some(((*name).to_owned(), printed(name)?.clone())));
    outputs::Step {
        seq: step.seq,
        at: step.at.clone(),
        officer: step.officer.clone(),
        second: step.second.clone(),
        action: step.act.clone(),
        fields: fields.collect(),
    }
}

/// What the rows say that findings stand on.
///
/// # Errors
/// A table cannot be read.
pub fn rows<'a>(
    case: &Case,
    findings: impl Iterator<Item = &'a Finding>,
) -> anyhow::Result<BTreeMap<RowRef, Vec<(String, String)>>> {
    let mut places: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for row in findings.flat_map(|finding| finding.rows.iter().chain(&finding.against)) {
        places.entry((&row.table, &row.source)).or_default().insert(&row.place);
    }
    let tables = case.tables();
    let mut rows = BTreeMap::new();
    for ((table, source), places) in places {
        let Some(info) = TableInfo::named(table) else { continue };
        let places: Vec<&str> = places.into_iter().collect();
        for (place, batch) in tables.rows_at(info, source.parse()?, &places)? {
            let row = RowRef { table: table.to_owned(), source: source.to_owned(), place };
            rows.insert(row, cells::row_text(info, &cells::row_json(&batch, 0)));
        }
    }
    Ok(rows)
}

fn first_problems(case: &Case) -> anyhow::Result<Vec<outputs::Problem>> {
    let mut listed = Vec::new();
    let mut of_source: BTreeMap<Digest, usize> = BTreeMap::new();
    problems::each(case, &mut |source: Digest, problem: &Problem| {
        let n_listed = of_source.entry(source).or_default();
        if *n_listed < PROBLEMS_LISTED {
            *n_listed += 1;
            let text = |text: &Option<tutela_model::Text>| text.as_ref().map(ToString::to_string);
            listed.push(outputs::Problem {
                source: source.hex(),
                place: problem.place.to_string(),
                kind: problem.kind.word().to_owned(),
                column: text(&problem.column),
                expected: problem.expected.to_string(),
                found: text(&problem.found),
                mend: text(&problem.mend),
            });
        }
    })?;
    Ok(listed)
}

/// An analysis' own text, cut at its headings.
fn method(analysis: &tutela_analyses::Analysis) -> outputs::Method {
    let text = analysis.text();
    let mut parts = text.split("\n# ");
    let title = parts.next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let sections = parts
        .map(|part| {
            let (heading, body) = part.split_once('\n').unwrap_or((part, ""));
            (heading.trim().to_owned(), body.trim().to_owned())
        })
        .collect();
    outputs::Method { analysis: analysis.name.to_owned(), title, sections }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_analysis_has_its_method_cut_at_its_headings() {
        for analysis in ANALYSES {
            let method = method(analysis);
            let headings: Vec<&str> = method.sections.iter().map(|(heading, _)| heading.as_str()).collect();
            assert_eq!(
                headings,
                ["What it shows", "Why it matters", "What it does not show", "Method and source", "Settings"],
                "{}",
                analysis.name
            );
            assert!(!method.title.is_empty() && method.sections.iter().all(|(_, text)| !text.is_empty()));
        }
    }
}
