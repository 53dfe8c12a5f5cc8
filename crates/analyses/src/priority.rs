//! How soon to act on each lead, from named grounds.
//!
//! # What it shows
//! For each lead, which grounds for urgency its referrals and precedents state, and the band that follows.
//!
//! # Why it matters
//! Of two reports that look alike one leads to a child in danger: officers name that choice, not the number of reports,
//! as their hardest task (Stanford Internet Observatory, 2024, 66 interviews).
//!
//! # What it does not show
//! That a child is safe where nothing is stated: what no record speaks of is *unknown*, never *no*.
//! How complete a report is plays no part; neither does how many connections an account has.
//!
//! # Method and source
//! The order of the Internet Crimes Against Children task forces: a child at immediate risk; a child within reach of a
//! known offender; somebody who seeks contact; material that looks home-made; many receivers or violence; others.
//! A camera of known files: pictures that no list knows, on an exhibit that states an identifier of the accounts, state the
//! serial number of a camera that files of a list state too (see `produced`); without such an exhibit the ground is not
//! asked about.
//! *Very high*: the reporter asks for urgency, or a child is named or reachable together with enticement, extortion,
//! home-made material, a camera of known files or a precedent.
//! *High*: one of these alone. *Medium*: files graded A, many receivers, or several reports. *Low*: other files.
//! *Informational*: only a file that spread widely, or no referral at all.
//! Where observers saw a peer of the lead offer, give or show a file that a list knows, the band is no less than medium;
//! where others named it as a source, or an exhibit records such a file with it, no less than low.
//! `act_by` is 24 hours after the referral was received for very high, seven days for high.
//!
//! # Settings
//! `many_receivers` 5.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::finding::{Band, Factor, PersonStatus};
use tutela_model::tables::{ReportedRole, Stated};
use tutela_model::time::{DAY_US, utc};
use tutela_model::{Finding, Phrase, RowRef, Statement, Text};

use crate::device_links::OfGroup;
use crate::facts::{CaseFacts, Mention, ReferralFacts};
use crate::identity::Group;
use crate::produced::Produced;

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "priority.escalation_stated",
        it: "chi ha segnalato chiede urgenza: «{said}»",
        en: "the reporter asks for urgency: “{said}”",
    },
    Statement {
        key: "priority.minor_victim_named",
        it: "la segnalazione indica {n|minore|minori} come persona offesa",
        en: "the referral names {n|child|children} as harmed or at risk",
    },
    Statement {
        key: "priority.enticement_stated",
        it: "la segnalazione indica adescamento o richiesta a un minore: {said}",
        en: "the referral states enticement of or demands on a child: {said}",
    },
    Statement {
        key: "priority.sextortion_stated",
        it: "la segnalazione indica estorsione o sadismo: {said}",
        en: "the referral states extortion or sadism: {said}",
    },
    Statement {
        key: "priority.access_to_children_stated",
        it: "la segnalazione dichiara un accesso della persona a minori",
        en: "the referral states that the person has access to children",
    },
    Statement {
        key: "priority.home_made_material",
        it: "la piattaforma annota {n|file|file} come materiale forse prodotto in proprio",
        en: "the platform notes {n|file|files} as possibly self-produced",
    },
    Statement {
        key: "priority.graded_a",
        it: "la piattaforma classifica {n|file|file} nelle categorie A1 o A2",
        en: "the platform grades {n|file|files} A1 or A2",
    },
    Statement {
        key: "priority.many_receivers",
        it: "la segnalazione indica {n|destinatario|destinatari}",
        en: "the referral names {n|receiver|receivers}",
    },
    Statement {
        key: "priority.precedents",
        it: "numero di precedenti: {n}",
        en: "{n|precedent is|precedents are} on record",
    },
    Statement {
        key: "priority.conviction_stated",
        it: "la segnalazione dichiara una condanna precedente",
        en: "the referral states an earlier conviction",
    },
    Statement {
        key: "priority.several_reports",
        it: "l'account compare in {n|segnalazione|segnalazioni}",
        en: "the accounts appear in {n|referral|referrals}",
    },
    Statement {
        key: "priority.camera_of_known_files",
        it: "{n|immagine o filmato|immagini o filmati} che nessun elenco conosce, sui reperti {exhibits}, dichiarano la \
             matricola di una fotocamera che anche file noti dichiarano",
        en: "{n|picture or film|pictures or films} that no list knows, on exhibits {exhibits}, state the serial number of a \
             camera that known files state too",
    },
    Statement {
        key: "factor.escalation_stated",
        it: "urgenza chiesta da chi segnala",
        en: "urgency asked for by the reporter",
    },
    Statement {
        key: "factor.minor_victim_named",
        it: "minore indicato come persona offesa",
        en: "child named as harmed or at risk",
    },
    Statement { key: "factor.enticement_stated", it: "adescamento indicato", en: "enticement stated" },
    Statement {
        key: "factor.sextortion_stated",
        it: "estorsione o sadismo indicati",
        en: "extortion or sadism stated",
    },
    Statement {
        key: "factor.access_to_children_stated",
        it: "accesso a minori dichiarato",
        en: "access to children stated",
    },
    Statement {
        key: "factor.home_made_material",
        it: "materiale forse prodotto in proprio",
        en: "material possibly self-produced",
    },
    Statement { key: "factor.graded_a", it: "file nelle categorie A1 o A2", en: "files graded A1 or A2" },
    Statement { key: "factor.many_receivers", it: "molti destinatari", en: "many receivers" },
    Statement { key: "factor.precedents", it: "precedenti", en: "precedents" },
    Statement { key: "factor.conviction_stated", it: "condanna dichiarata", en: "conviction stated" },
    Statement {
        key: "factor.camera_of_known_files",
        it: "fotocamera di file noti su un reperto",
        en: "camera of known files on an exhibit",
    },
    Statement { key: "factor.several_reports", it: "più segnalazioni", en: "several reports" },
];

/// The grounds, in the order in which leads show them.
const FACTORS: &[&str] = &[
    "escalation_stated",
    "minor_victim_named",
    "enticement_stated",
    "sextortion_stated",
    "access_to_children_stated",
    "home_made_material",
    "graded_a",
    "many_receivers",
    "precedents",
    "conviction_stated",
    "several_reports",
];

/// The ground that is asked about where a lead has exhibits.
const OF_EXHIBITS: &str = "camera_of_known_files";

const MANY_RECEIVERS: usize = 5;

/// What the analysis says.
pub struct Priority {
    /// For each group, by position.
    pub ranked: Vec<Urgency>,
    /// Findings of all groups.
    pub findings: Vec<Finding>,
}

/// How soon to act on a group.
pub struct Urgency {
    /// The band.
    pub band: Band,
    /// By when, RFC 3339, where a clock runs.
    pub act_by: Option<String>,
    /// The grounds.
    pub factors: Vec<Factor>,
}

/// Runs the analysis.
#[must_use]
pub fn run(groups: &[Group], facts: &CaseFacts, links: &[OfGroup], produced: &Produced) -> Priority {
    let mut findings = Vec::new();
    let of_group = |(group, linked): (&Group, &OfGroup)| {
        let cameras = linked
            .exhibits
            .iter()
            .filter_map(|exhibit| Some((exhibit, produced.cameras_of_known.get(exhibit)?)))
            .collect();
        urgency(group, facts, (!linked.exhibits.is_empty()).then_some(cameras), &mut findings)
    };
    let ranked = groups.iter().zip(links).map(of_group).collect();
    Priority { ranked, findings }
}

/// For a lead with exhibits, those that have pictures of a camera of known files: how many, and rows.
type Cameras<'a> = Vec<(&'a Text, &'a (u64, Vec<RowRef>))>;

fn urgency(
    group: &Group,
    facts: &CaseFacts,
    cameras: Option<Cameras<'_>>,
    findings: &mut Vec<Finding>,
) -> Urgency {
    let mentions: Vec<&Mention> = group
        .accounts
        .iter()
        .filter_map(|account| facts.mentions.get(&account.name()))
        .flatten()
        .filter(|mention| matches!(mention.role, ReportedRole::Reported | ReportedRole::Associated))
        .collect();
    let keys: BTreeSet<_> = mentions.iter().map(|mention| &mention.referral).collect();
    let referrals: Vec<&ReferralFacts> = keys.iter().filter_map(|key| facts.referrals.get(*key)).collect();
    let mut grounds = grounds(group, &mentions, &referrals);
    grounds.extend(cameras.as_ref().and_then(|cameras| of_cameras(cameras)));
    let mut factors = Vec::new();
    for name in FACTORS.iter().chain(cameras.as_ref().map(|_| &OF_EXHIBITS)) {
        let ground = grounds.get(name);
        let finding = ground.map(|ground| {
            let mut statement = Phrase::new(&format!("priority.{name}")).with(
                "accounts",
                group.accounts.iter().map(crate::usage::AccountKey::name).collect::<Vec<_>>(),
            );
            statement.values.extend(ground.values.clone());
            let mut finding = Finding::new("priority", &group.id, statement);
            finding.n_rows = ground.rows.len() as u64;
            finding.rows = ground.rows.iter().take(tutela_model::finding::ROWS_LISTED).cloned().collect();
            finding
        });
        let state = match (&finding, *name) {
            (Some(_), _) => "yes",
            (None, "several_reports") => "no",
            (None, "precedents") if group.status == PersonStatus::Identified => "no",
            (None, "access_to_children_stated") => stated(&mentions, |mention| mention.access_to_children),
            (None, "conviction_stated") => stated(&mentions, |mention| mention.convicted),
            _ => "unknown",
        };
        factors.push(Factor {
            name: (*name).to_owned(),
            state: state.to_owned(),
            finding: finding.as_ref().map(|finding| finding.id.clone()),
        });
        findings.extend(finding);
    }
    let band = band(&grounds, &referrals);
    Urgency { band, act_by: act_by(band, &referrals), factors }
}

/// The ground that pictures of a camera of known files give.
fn of_cameras(cameras: &Cameras<'_>) -> Option<(&'static str, Stands)> {
    let n: u64 = cameras.iter().map(|(_, (n, _))| n).sum();
    let exhibits: Vec<&str> = cameras.iter().map(|(exhibit, _)| exhibit.as_str()).collect();
    let values = [("n".to_owned(), n.into()), ("exhibits".to_owned(), exhibits.into())].into();
    let rows = cameras.iter().flat_map(|(_, (_, rows))| rows).cloned().collect();
    (n > 0).then_some((OF_EXHIBITS, Stands { values, rows }))
}

/// `no` when every mention states so; otherwise `unknown`.
fn stated(mentions: &[&Mention], of: impl Fn(&Mention) -> Stated) -> &'static str {
    let all_no = !mentions.is_empty() && mentions.iter().all(|mention| of(mention) == Stated::No);
    if all_no { "no" } else { "unknown" }
}

/// A ground that is stated: values of its sentence, and rows.
#[derive(Default)]
struct Stands {
    values: BTreeMap<String, serde_json::Value>,
    rows: Vec<RowRef>,
}

fn grounds(
    group: &Group,
    mentions: &[&Mention],
    referrals: &[&ReferralFacts],
) -> BTreeMap<&'static str, Stands> {
    let mut grounds: BTreeMap<&'static str, Stands> = BTreeMap::new();
    let mut say = |name: &'static str, value: (&str, serde_json::Value), rows: Vec<RowRef>| {
        let ground = grounds.entry(name).or_default();
        ground.values.insert(value.0.to_owned(), value.1);
        ground.rows.extend(rows);
    };
    for facts in referrals {
        let row = || vec![facts.row.clone()];
        if let Some(said) = &facts.referral.escalation {
            say("escalation_stated", ("said", said.as_str().into()), row());
        }
        let incident = facts.referral.incident_type.as_deref().unwrap_or_default();
        let annotations: Vec<&str> =
            facts.referral.annotations.as_deref().unwrap_or_default().split(' ').collect();
        // Words of the CyberTipline's own vocabulary, compared as codes.
        if incident.contains("Enticement") || annotations.contains(&"csamSolicitation") {
            say("enticement_stated", ("said", incident.into()), row());
        }
        if let Some(said) =
            annotations.iter().find(|said| matches!(**said, "sextortion" | "sadisticOnlineExploitation"))
        {
            say("sextortion_stated", ("said", (*said).into()), row());
        }
    }
    let minors: Vec<RowRef> = referrals
        .iter()
        .flat_map(|facts| &facts.victims)
        .filter(|(age, _)| age.is_none_or(|age| age < 18))
        .map(|(_, row)| row.clone())
        .collect();
    if !minors.is_empty() {
        say("minor_victim_named", ("n", minors.len().into()), minors);
    }
    let files = || referrals.iter().flat_map(|facts| &facts.files);
    let annotated: Vec<RowRef> = files()
        .filter(|(file, _)| {
            file.annotations.as_deref().unwrap_or_default().contains("possibleSelfProduction")
        })
        .map(|(_, row)| row.clone())
        .collect();
    if !annotated.is_empty() {
        say("home_made_material", ("n", annotated.len().into()), annotated);
    }
    let graded: Vec<RowRef> = files()
        .filter(|(file, _)| matches!(file.classification.as_deref(), Some("A1" | "A2")))
        .map(|(_, row)| row.clone())
        .collect();
    if !graded.is_empty() {
        say("graded_a", ("n", graded.len().into()), graded);
    }
    let receivers: Vec<RowRef> = referrals.iter().flat_map(|facts| &facts.recipients).cloned().collect();
    if receivers.len() >= MANY_RECEIVERS {
        say("many_receivers", ("n", receivers.len().into()), receivers);
    }
    let with = |of: fn(&Mention) -> Stated| -> Vec<RowRef> {
        mentions
            .iter()
            .filter(|mention| of(mention) == Stated::Yes)
            .map(|mention| mention.row.clone())
            .collect()
    };
    for (name, rows) in [
        ("access_to_children_stated", with(|mention| mention.access_to_children)),
        ("conviction_stated", with(|mention| mention.convicted)),
    ] {
        if !rows.is_empty() {
            say(name, ("n", rows.len().into()), rows);
        }
    }
    if group.n_precedents > 0 {
        say("precedents", ("n", group.n_precedents.into()), Vec::new());
    }
    if referrals.len() > 1 {
        let rows = referrals.iter().map(|facts| facts.row.clone()).collect();
        say("several_reports", ("n", referrals.len().into()), rows);
    }
    grounds
}

fn band(grounds: &BTreeMap<&'static str, Stands>, referrals: &[&ReferralFacts]) -> Band {
    let any = |names: &[&str]| names.iter().any(|name| grounds.contains_key(name));
    let child = any(&["minor_victim_named", "access_to_children_stated"]);
    let aggressive = any(&["enticement_stated", "sextortion_stated"]);
    let near = any(&["home_made_material", "precedents", "conviction_stated", OF_EXHIBITS]);
    if any(&["escalation_stated"]) || (child && (aggressive || near)) {
        Band::VeryHigh
    } else if child || aggressive || near {
        Band::High
    } else if any(&["graded_a", "many_receivers", "several_reports"]) {
        Band::Medium
    } else if referrals.iter().any(|facts| facts.referral.batched != Stated::Yes) {
        Band::Low
    } else {
        Band::Informational
    }
}

/// When the clock of a band ends, counted from when the first referral was received or, where it does not say, from
/// the incident.
fn act_by(band: Band, referrals: &[&ReferralFacts]) -> Option<String> {
    let days = match band {
        Band::VeryHigh => 1,
        Band::High => 7,
        Band::Medium | Band::Low | Band::Informational => return None,
    };
    let received = referrals
        .iter()
        .filter_map(|facts| facts.referral.received.as_ref().or(facts.referral.incident_at.as_ref()))
        .map(|time| time.at_us)
        .min()?;
    Some(utc(received + days * DAY_US))
}
