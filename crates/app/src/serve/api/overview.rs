//! Where the operation stands: from connections to persons, by office, what ends when, and what is wrong with the records.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use tutela_model::finding::PersonStatus;
use tutela_model::{Finding, Lang};
use tutela_outputs::Dossier;
use utoipa::ToSchema;

use super::asked::Asked;
use crate::operation::today;
use crate::serve::answer::{Answer, Refused};
use crate::serve::opened::Opened;

/// Where the operation stands.
#[derive(Serialize, ToSchema)]
pub struct Overview {
    /// `tutela.overview/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// Whether records or decisions came since the last analysis, or there was none.
    stale: bool,
    /// From connections to persons, in this order.
    stages: Vec<Stage>,
    /// Leads by how strongly the records support them, the strongest first.
    strengths: Vec<Strong>,
    /// Connections that no line can be named for, by why.
    unattributed: Vec<Reason>,
    /// Leads by office, most first.
    offices: Vec<AtOffice>,
    /// What ends when, the nearest first.
    deadlines: Vec<Deadline>,
    /// What must be known of the records before leads are read.
    quality: Vec<Quality>,
}

/// How many there are of one stage.
#[derive(Serialize, ToSchema)]
struct Stage {
    /// `connections`, `sightings`, `accounts`, `attributed`, `lines`, `identified`, `candidate`, `unattributed`.
    #[schema(value_type = String)]
    stage: &'static str,
    /// How many.
    n: u64,
}

/// Leads of one strength.
#[derive(Serialize, ToSchema)]
struct Strong {
    /// In words (ENFSI 2015).
    words: String,
    /// How many leads.
    leads: u64,
}

/// Connections that no line can be named for, for one reason.
#[derive(Serialize, ToSchema)]
struct Reason {
    /// `port_missing`, `near_change`, `no_answer` and others.
    reason: String,
    /// How many connections.
    connections: u64,
}

/// The leads of an office.
#[derive(Serialize, ToSchema)]
struct AtOffice {
    /// The office.
    office: String,
    /// Its name.
    name: String,
    /// Its seat.
    seat: String,
    /// Provinces of its leads, two letters.
    provinces: Vec<String>,
    /// How many leads.
    leads: u64,
    /// Of these, how many are tied to a person.
    identified: u64,
    /// Of these, how many have their province by an estimate only.
    estimated: u64,
}

/// Something that ends.
#[derive(Serialize, ToSchema)]
struct Deadline {
    /// A date, or an instant, RFC 3339.
    by: String,
    /// Whether it had passed at the last act.
    past: bool,
    /// `act`, `ask` or `authority`.
    #[schema(value_type = String)]
    kind: &'static str,
    /// What is to be done until then.
    what: String,
    /// Whom it concerns: an operator, a platform; null for what concerns a lead or an authority itself.
    of: Option<String>,
    /// The lead.
    lead: Option<String>,
}

/// Something that must be known of the records.
#[derive(Serialize, ToSchema)]
struct Quality {
    /// `warning`, `problems` or `sealed`.
    #[schema(value_type = String)]
    kind: &'static str,
    /// How many rows or records; 0 where nothing is counted.
    n: u64,
    /// In words; empty where the number says it.
    what: String,
    /// The finding that waits for a decision.
    finding: Option<String>,
}

/// The most deadlines that are told.
const DEADLINES: usize = 50;

/// Tells where the operation stands.
#[utoipa::path(get, path = "/overview",
    responses((status = 200, body = Overview), (status = "4XX", body = Refused)))]
pub async fn overview(asked: Asked) -> Answer<Overview> {
    asked
        .show(("overview", "all".to_owned()), |_, opened, run| {
            let gathered = opened.gathered(run)?;
            let dossier = gathered.map(|gathered| gathered.dossier());
            Ok(Ok(Overview {
                schema: "tutela.overview/1",
                stale: opened.is_stale,
                stages: stages(opened, dossier.as_ref()),
                strengths: dossier.as_ref().map(|dossier| strengths(dossier, run.lang)).unwrap_or_default(),
                unattributed: dossier.as_ref().map(unattributed).unwrap_or_default(),
                offices: dossier.as_ref().map(|dossier| offices(dossier, run.lang)).unwrap_or_default(),
                deadlines: deadlines(opened, dossier.as_ref(), run.lang),
                quality: quality(opened, dossier.as_ref(), run.lang),
            }))
        })
        .await
}

fn of<'a>(dossier: &'a Dossier<'_>, analysis: &'a str) -> impl Iterator<Item = &'a Finding> {
    dossier.findings.values().filter(move |finding| finding.analysis == analysis)
}

fn stages(opened: &Opened, dossier: Option<&Dossier<'_>>) -> Vec<Stage> {
    let imports = opened.case().imports();
    let rows = |table: &str| imports.iter().map(|import| import.rows(table)).sum::<u64>();
    let mut stages = vec![
        Stage { stage: "connections", n: rows("connection") },
        Stage { stage: "sightings", n: rows("sighting") },
    ];
    let Some(dossier) = dossier else { return stages };
    let attributed = of(dossier, "coverage").map(|finding| finding.number("attributed").unsigned_abs()).sum();
    let distinct = |of: fn(&tutela_model::Lead) -> &Vec<String>| {
        let all: std::collections::BTreeSet<&String> =
            dossier.leads.iter().flat_map(|lead| of(lead)).collect();
        all.len() as u64
    };
    let persons = |status| dossier.leads.iter().filter(|lead| lead.status == status).count() as u64;
    stages.extend([
        Stage { stage: "accounts", n: distinct(|lead| &lead.accounts) + distinct(|lead| &lead.peers) },
        Stage { stage: "attributed", n: attributed },
        Stage { stage: "lines", n: distinct(|lead| &lead.lines) },
        Stage { stage: "identified", n: persons(PersonStatus::Identified) },
        Stage { stage: "candidate", n: persons(PersonStatus::Candidate) },
        Stage { stage: "unattributed", n: persons(PersonStatus::Unattributed) },
    ]);
    stages
}

fn strengths(dossier: &Dossier<'_>, lang: Lang) -> Vec<Strong> {
    let mut leads = dossier.leads.clone();
    leads.sort_by_key(|lead| std::cmp::Reverse(lead.strength));
    let mut strengths: Vec<Strong> = Vec::new();
    for lead in leads {
        let words = dossier.strength_words(lead.strength, lang);
        match strengths.last_mut() {
            Some(strong) if strong.words == words => strong.leads += 1,
            _ => strengths.push(Strong { words, leads: 1 }),
        }
    }
    strengths
}

fn unattributed(dossier: &Dossier<'_>) -> Vec<Reason> {
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    for finding in of(dossier, "coverage") {
        let of_account = finding.statement.values.get("reasons").and_then(Value::as_object);
        for (reason, n) in of_account.into_iter().flatten() {
            *reasons.entry(reason.clone()).or_default() += n.as_u64().unwrap_or_default();
        }
    }
    let mut reasons: Vec<Reason> =
        reasons.into_iter().map(|(reason, connections)| Reason { reason, connections }).collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.connections));
    reasons
}

fn offices(dossier: &Dossier<'_>, lang: Lang) -> Vec<AtOffice> {
    let mut offices: BTreeMap<&str, AtOffice> = BTreeMap::new();
    for lead in &dossier.leads {
        let office = Dossier::office(lead);
        let at = offices.entry(&office.id).or_insert_with(|| AtOffice {
            office: office.id.clone(),
            name: office.name(lang).to_owned(),
            seat: office.seat.clone(),
            provinces: Vec::new(),
            leads: 0,
            identified: 0,
            estimated: 0,
        });
        at.leads += 1;
        at.identified += u64::from(lead.status == PersonStatus::Identified);
        if let Some((province, estimated)) = Dossier::province_of(lead) {
            at.estimated += u64::from(estimated);
            if !at.provinces.iter().any(|known| known == province) {
                at.provinces.push(province.to_owned());
            }
        }
    }
    let mut offices: Vec<AtOffice> = offices.into_values().collect();
    offices.sort_by_key(|office| std::cmp::Reverse(office.leads));
    offices
}

fn deadlines(opened: &Opened, dossier: Option<&Dossier<'_>>, lang: Lang) -> Vec<Deadline> {
    let mut deadlines = Vec::new();
    for authority in opened.case().authorities().iter().filter(|authority| !authority.has_lapsed()) {
        let by = authority.waits_until().unwrap_or(authority.until);
        deadlines.push(Deadline {
            by: by.to_string(),
            past: by < today(),
            kind: "authority",
            what: format!("{} {}", authority.id, authority.text),
            of: None,
            lead: None,
        });
    }
    for (dossier, lead) in
        dossier.into_iter().flat_map(|dossier| dossier.leads.iter().map(move |lead| (dossier, lead)))
    {
        if dossier.is_closed(lead) {
            continue;
        }
        deadlines.extend(lead.act_by.iter().map(|by| Deadline {
            by: by.clone(),
            past: dossier.is_past(by),
            kind: "act",
            what: dossier.grounds_of(lead, lang).into_iter().next().unwrap_or_default(),
            of: None,
            lead: Some(lead.lead.clone()),
        }));
        let dated = lead.next_steps.iter().filter_map(|step| Some((step, step.by.as_ref()?)));
        deadlines.extend(dated.map(|(step, by)| Deadline {
            by: by.clone(),
            past: dossier.is_past(by),
            kind: "ask",
            what: dossier.say(&step.ask, lang),
            of: Some(step.of.clone()),
            lead: Some(lead.lead.clone()),
        }));
    }
    deadlines.sort_by(|a, b| (&a.by, a.kind, &a.lead).cmp(&(&b.by, b.kind, &b.lead)));
    deadlines.truncate(DEADLINES);
    deadlines
}

fn quality(opened: &Opened, dossier: Option<&Dossier<'_>>, lang: Lang) -> Vec<Quality> {
    let mut quality = Vec::new();
    if let Some(dossier) = dossier {
        for warning in dossier.warnings {
            let finding = dossier.findings.values().find(|finding| finding.statement == *warning);
            quality.push(Quality {
                kind: "warning",
                n: 0,
                what: dossier.say(warning, lang),
                finding: finding.map(|finding| finding.id.clone()),
            });
        }
    }
    let imports = opened.case().imports();
    let counted = [
        ("problems", imports.iter().map(|import| import.problems()).sum::<u64>()),
        ("sealed", imports.iter().map(|import| import.all_sealed()).sum()),
    ];
    let counted = counted.into_iter().filter(|(_, n)| *n > 0);
    quality.extend(counted.map(|(kind, n)| Quality { kind, n, what: String::new(), finding: None }));
    quality
}
