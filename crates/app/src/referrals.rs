//! Referrals: what started the operation, what the records say of each by now, and what officers did with it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutela_case::{Acted, Case, ReferralStep, Referred};
use tutela_model::finding::Band;
use tutela_model::table::{PLACE_COLUMN, Table as _};
use tutela_model::tables::{Referral, ReportedFile, ReportedPerson};
use tutela_model::{Lead, TableInfo};
use utoipa::ToSchema;

use crate::ending::{Exit, Failure};
use crate::rows::{Stored, in_order, place_of};
use crate::talk::phrase;
use crate::verbs::problems::name_of;

/// The referrals.
#[derive(Serialize, ToSchema)]
pub struct Referrals {
    /// `tutela.referrals/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// Whether records or decisions came since the last analysis, or there was none.
    stale: bool,
    /// How many there are; at most 5,000 are told.
    total: u64,
    /// Those of leads first, by rank.
    pub referrals: Vec<ReferralSoFar>,
}

/// A referral.
#[derive(Serialize, ToSchema)]
pub struct ReferralSoFar {
    /// Who sent it on.
    pub issuer: String,
    /// Its number with the sender.
    pub reference: String,
    /// What it says, by column of the table `referral`: only columns that say something.
    pub said: BTreeMap<String, Value>,
    /// The persons or accounts that it states.
    persons: Vec<BTreeMap<String, Value>>,
    /// How many files it describes.
    files: u64,
    /// Classifications of these files by the platform, with how many have each.
    classified: BTreeMap<String, u64>,
    /// The lead that its accounts belong to.
    pub lead: Option<String>,
    /// How soon to act on that lead.
    pub band: Option<String>,
    /// Until when, RFC 3339, UTC.
    pub act_by: Option<String>,
    /// Accounts of that lead that other referrals name too: what is already known.
    also_named: u64,
    /// What officers did with it.
    pub handled: ReferralHandled,
    /// SHA-256 of the file received, hexadecimal.
    source: String,
    /// The name of that file.
    file: String,
    /// Where in that file.
    #[schema(value_type = crate::serve::Place)]
    place: Value,
}

/// What officers did with a referral, as far as it counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct ReferralHandled {
    /// Who is to work on it.
    pub assigned: Option<ReferralMark>,
    /// How soon it is to be acted on, where an officer says other than its lead.
    pub band: Option<ReferralMark>,
    /// The referral that it is worked on with: its sender, a slash, its number.
    pub same_as: Option<ReferralMark>,
    /// Where it was sent on to, the latest last.
    pub referred: Vec<ReferralMark>,
    /// The number in the ledger of the last act on it; null before the first.
    pub last: Option<u64>,
}

/// One thing that an officer did with a referral.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReferralMark {
    /// To whom, which band, or which other referral.
    pub to: String,
    /// Why.
    pub reason: String,
    /// By whom.
    pub officer: String,
    /// When, RFC 3339, UTC.
    pub at: String,
}

/// A referral by its sender and the number that it has there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferralNumber {
    /// Who sent it on.
    pub issuer: String,
    /// Its number with the sender.
    pub reference: String,
}

impl fmt::Display for ReferralNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.issuer, self.reference)
    }
}

/// The most referrals that are told.
const TOLD: u64 = 5_000;

/// The most rows of a table that are looked through.
const LOOKED_AT: u64 = 200_000;

/// The referrals with the leads that their accounts belong to.
///
/// # Errors
/// A table cannot be read.
pub fn document(case: &Case, leads: &[Lead], stale: bool) -> anyhow::Result<Referrals> {
    let rows = |table: &'static TableInfo, n: u64| in_order(case, table, 0, n);
    let (referrals, total) = rows(&Referral::INFO, TOLD)?;
    let (mut persons, mut files) = (BTreeMap::new(), BTreeMap::new());
    for row in rows(&ReportedPerson::INFO, LOOKED_AT)?.0 {
        persons.entry(number(&row)).or_insert_with(Vec::new).push(saying(&row));
    }
    for row in rows(&ReportedFile::INFO, LOOKED_AT)?.0 {
        files.entry(number(&row)).or_insert_with(Vec::new).push(text(&row, "classification"));
    }
    let handled = handled(case);
    let mut told: Vec<(u32, ReferralSoFar)> = Vec::new();
    for row in referrals {
        let key = number(&row);
        let lead = leads.iter().find(|lead| is_named(lead, &key.reference));
        let mut classified = BTreeMap::new();
        let of_referral = files.get(&key).map(Vec::as_slice).unwrap_or_default();
        for class in of_referral.iter().filter(|class| !class.is_empty()) {
            *classified.entry(class.clone()).or_default() += 1;
        }
        let others = lead.map_or(0, |lead| {
            lead.accounts.iter().filter(|account| account.contains("/report-")).count().saturating_sub(1)
        });
        let referral = ReferralSoFar {
            said: saying(&row),
            persons: persons.remove(&key).unwrap_or_default(),
            files: of_referral.len() as u64,
            classified,
            lead: lead.map(|lead| lead.lead.clone()),
            band: lead.map(|lead| word(lead.band)),
            act_by: lead.and_then(|lead| lead.act_by.clone()),
            also_named: others as u64,
            handled: handled.get(&key).cloned().unwrap_or_default(),
            source: row.source.hex(),
            file: name_of(case, row.source),
            place: place_of(&row),
            issuer: key.issuer,
            reference: key.reference,
        };
        told.push((lead.map_or(u32::MAX, |lead| lead.rank), referral));
    }
    told.sort_by(|a, b| (a.0, &a.1.reference).cmp(&(b.0, &b.1.reference)));
    let referrals = told.into_iter().map(|(_, told)| told).collect();
    Ok(Referrals { schema: "tutela.referrals/1", stale, total, referrals })
}

/// The acts by which something is done with referrals, out of those that there are.
///
/// # Errors
/// A referral is not there, or it cannot be done with it.
pub fn acts(
    known: &[ReferralNumber],
    referrals: &[ReferralNumber],
    (done, to): (ReferralStep, &str),
    reason: &str,
) -> Result<Vec<Referred>, Failure> {
    let fails = |what| Failure::new(Exit::Failed, what);
    let to = to.trim();
    if done == ReferralStep::Refer && to.is_empty() {
        return Err(fails(phrase!("referrals.nowhere")));
    }
    if done == ReferralStep::Band && !to.is_empty() && band(to).is_none() {
        return Err(fails(phrase!("referrals.band", found = to)));
    }
    let other = match done {
        ReferralStep::SameAs if !to.is_empty() => Some(meant(known, to)?),
        _ => None,
    };
    let to = other.as_ref().map_or_else(|| to.to_owned(), ToString::to_string);
    let act = |number: &ReferralNumber| {
        if number.reference.is_empty() || !known.contains(number) {
            return Err(unknown(&number.reference));
        }
        if other.as_ref() == Some(number) {
            return Err(fails(phrase!("referrals.itself", number = number.reference.as_str())));
        }
        let ReferralNumber { issuer, reference } = number.clone();
        Ok(Referred { issuer, reference, done, to: to.clone(), reason: reason.to_owned() })
    };
    referrals.iter().map(act).collect()
}

/// The referral of a number, with the sender before it where two senders have the same.
///
/// # Errors
/// There is none, or more than one.
pub fn meant(known: &[ReferralNumber], said: &str) -> Result<ReferralNumber, Failure> {
    let is_meant = |number: &&ReferralNumber| number.reference == said || number.to_string() == said;
    let mut found = known.iter().filter(is_meant);
    let first = found.next().ok_or_else(|| unknown(said))?;
    if found.any(|other| other != first) {
        return Err(Failure::new(Exit::Failed, phrase!("referrals.several", number = said)));
    }
    Ok(first.clone())
}

fn unknown(number: &str) -> Failure {
    let what = phrase!("referrals.none", number = number);
    Failure::new(Exit::Failed, what).hint(phrase!("referrals.none.hint"))
}

/// The referrals of the operation by sender and number.
///
/// # Errors
/// The table cannot be read.
pub fn numbers(case: &Case) -> anyhow::Result<Vec<ReferralNumber>> {
    Ok(in_order(case, &Referral::INFO, 0, LOOKED_AT)?.0.iter().map(number).collect())
}

/// The last act on any of these referrals, where it came after the one that was seen.
pub fn later<'a>(
    case: &'a Case,
    referrals: &[ReferralNumber],
    seen: Option<u64>,
) -> Option<&'a Acted<Referred>> {
    let is_of = |act: &&Acted<Referred>| {
        referrals.iter().any(|one| one.issuer == act.issuer && one.reference == act.reference)
    };
    case.referred().iter().rev().find(is_of).filter(|act| seen.is_none_or(|seen| act.seq > seen))
}

/// What officers did with each referral: of each kind of act the latest counts.
fn handled(case: &Case) -> BTreeMap<ReferralNumber, ReferralHandled> {
    let mut all: BTreeMap<ReferralNumber, ReferralHandled> = BTreeMap::new();
    for act in case.referred() {
        let number = ReferralNumber { issuer: act.issuer.clone(), reference: act.reference.clone() };
        let handled = all.entry(number).or_default();
        let mark = ReferralMark {
            to: act.to.clone(),
            reason: act.reason.clone(),
            officer: act.officer.clone(),
            at: act.at.to_string(),
        };
        let stands = (!act.to.is_empty()).then(|| mark.clone());
        match act.done {
            ReferralStep::Assign => handled.assigned = stands,
            ReferralStep::Band => handled.band = stands,
            ReferralStep::SameAs => handled.same_as = stands,
            ReferralStep::Refer => handled.referred.push(mark),
        }
        handled.last = Some(act.seq);
    }
    all
}

/// A band by its word.
fn band(word: &str) -> Option<Band> {
    serde_json::from_value(word.into()).ok()
}

/// The word of a band.
fn word(band: Band) -> String {
    serde_json::to_value(band).ok().and_then(|word| Some(word.as_str()?.to_owned())).unwrap_or_default()
}

/// Whether the lead has the account that a referral without an account of its own is.
fn is_named(lead: &Lead, reference: &str) -> bool {
    lead.accounts.iter().any(|account| {
        account.rsplit_once('/').is_some_and(|(_, id)| id.strip_prefix("report-") == Some(reference))
    })
}

fn text(row: &Stored, column: &str) -> String {
    row.row.get(column).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn number(row: &Stored) -> ReferralNumber {
    ReferralNumber { issuer: text(row, "issuer"), reference: text(row, "reference") }
}

/// The columns that say something.
fn saying(row: &Stored) -> BTreeMap<String, Value> {
    let says = |(name, value): &(&String, &Value)| !value.is_null() && *name != PLACE_COLUMN;
    row.row.iter().filter(says).map(|(name, value)| (name.clone(), value.clone())).collect()
}
