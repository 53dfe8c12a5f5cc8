//! Referrals: what started the operation, with what the records say of each by now.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use tutela_model::table::{PLACE_COLUMN, Table as _};
use tutela_model::tables::{Referral, ReportedFile, ReportedPerson};
use tutela_model::{Lead, TableInfo};
use utoipa::ToSchema;

use super::asked::Asked;
use super::places::Place;
use crate::serve::answer::{Answer, Refused};
use crate::serve::window::{Stored, in_order, place_of};
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
    referrals: Vec<ReferralSoFar>,
}

/// A referral.
#[derive(Serialize, ToSchema)]
struct ReferralSoFar {
    /// Who sent it on.
    issuer: String,
    /// Its number with the sender.
    reference: String,
    /// What it says, by column of the table `referral`: only columns that say something.
    said: BTreeMap<String, Value>,
    /// The persons or accounts that it states.
    persons: Vec<BTreeMap<String, Value>>,
    /// How many files it describes.
    files: u64,
    /// Classifications of these files by the platform, with how many have each.
    classified: BTreeMap<String, u64>,
    /// The lead that its accounts belong to.
    lead: Option<String>,
    /// How soon to act on that lead.
    band: Option<String>,
    /// Until when, RFC 3339, UTC.
    act_by: Option<String>,
    /// Accounts of that lead that other referrals name too: what is already known.
    also_named: u64,
    /// SHA-256 of the file received, hexadecimal.
    source: String,
    /// The name of that file.
    file: String,
    /// Where in that file.
    #[schema(value_type = Place)]
    place: Value,
}

/// The most referrals that are told.
const TOLD: u64 = 5_000;

/// The most persons and files that are looked through.
const LOOKED_AT: u64 = 200_000;

/// Tells the referrals.
#[utoipa::path(get, path = "/referrals",
    responses((status = 200, body = Referrals), (status = "4XX", body = Refused)))]
pub async fn all(asked: Asked) -> Answer<Referrals> {
    asked
        .show(("referrals", "all".to_owned()), |_, opened, run| {
            let case = opened.case();
            let rows = |table: &'static TableInfo, n: u64| in_order(case, table, 0, n);
            let (referrals, total) = rows(&Referral::INFO, TOLD)?;
            let (mut persons, mut files) = (BTreeMap::new(), BTreeMap::new());
            for row in rows(&ReportedPerson::INFO, LOOKED_AT)?.0 {
                persons.entry(number(&row)).or_insert_with(Vec::new).push(saying(&row));
            }
            for row in rows(&ReportedFile::INFO, LOOKED_AT)?.0 {
                files.entry(number(&row)).or_insert_with(Vec::new).push(text(&row, "classification"));
            }
            let leads = opened.gathered(run)?.map(|gathered| gathered.leads()).unwrap_or_default();
            let mut told: Vec<(u32, ReferralSoFar)> = Vec::new();
            for row in referrals {
                let key = number(&row);
                let lead = leads.iter().find(|lead| is_named(lead, &key.1));
                let mut classified = BTreeMap::new();
                let of_referral = files.get(&key).map(Vec::as_slice).unwrap_or_default();
                for class in of_referral.iter().filter(|class| !class.is_empty()) {
                    *classified.entry(class.clone()).or_default() += 1;
                }
                let others = lead.map_or(0, |lead| {
                    lead.accounts
                        .iter()
                        .filter(|account| account.contains("/report-"))
                        .count()
                        .saturating_sub(1)
                });
                told.push((
                    lead.map_or(u32::MAX, |lead| lead.rank),
                    ReferralSoFar {
                        said: saying(&row),
                        persons: persons.remove(&key).unwrap_or_default(),
                        files: of_referral.len() as u64,
                        classified,
                        lead: lead.map(|lead| lead.lead.clone()),
                        band: lead.and_then(|lead| {
                            Some(serde_json::to_value(lead.band).ok()?.as_str()?.to_owned())
                        }),
                        act_by: lead.and_then(|lead| lead.act_by.clone()),
                        also_named: others as u64,
                        source: row.source.hex(),
                        file: name_of(case, row.source),
                        place: place_of(&row),
                        issuer: key.0,
                        reference: key.1,
                    },
                ));
            }
            told.sort_by(|a, b| (a.0, &a.1.reference).cmp(&(b.0, &b.1.reference)));
            let referrals = told.into_iter().map(|(_, told)| told).collect();
            Ok(Ok(Referrals { schema: "tutela.referrals/1", stale: opened.is_stale, total, referrals }))
        })
        .await
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

/// Who sent a referral, and its number.
fn number(row: &Stored) -> (String, String) {
    (text(row, "issuer"), text(row, "reference"))
}

/// The columns that say something.
fn saying(row: &Stored) -> BTreeMap<String, Value> {
    let says = |(name, value): &(&String, &Value)| !value.is_null() && *name != PLACE_COLUMN;
    row.row.iter().filter(says).map(|(name, value)| (name.clone(), value.clone())).collect()
}
