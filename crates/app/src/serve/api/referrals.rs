//! Referrals: what started the operation, with what the records say of each by now, and what is done with it.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tutela_case::ReferralStep;
use utoipa::ToSchema;

use super::asked::{self, Asked};
use super::words;
use crate::operation::now;
use crate::referrals::{self, ReferralNumber, Referrals};
use crate::serve::answer::{Answer, Refused};
use crate::talk::phrase;

/// Tells the referrals.
#[utoipa::path(get, path = "/referrals",
    responses((status = 200, body = Referrals), (status = "4XX", body = Refused)))]
pub async fn all(asked: Asked) -> Answer<Referrals> {
    asked
        .show(("referrals", "all".to_owned()), |_, opened, run| {
            let leads = opened.gathered(run)?.map(|gathered| gathered.leads()).unwrap_or_default();
            Ok(Ok(referrals::document(opened.case(), leads, opened.is_stale)?))
        })
        .await
}

/// Something to be done with referrals.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refer {
    /// The referrals: 1 to 1,000.
    referrals: Vec<ReferralNumber>,
    /// What is done.
    #[schema(value_type = words::ReferralDone)]
    done: ReferralStep,
    /// To whom, which band, or the number of the other referral; empty takes back what was done before.
    #[schema(max_length = 200)]
    to: String,
    /// Why: 1 to 2,000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
    /// The number in the ledger of the last act on any of them that the officer has seen; null for none. Where there is a
    /// later one, nothing is recorded and the answer is 409 with the code `conflict`.
    seen: Option<u64>,
}

/// What was recorded.
#[derive(Serialize, ToSchema)]
pub struct ReferredNow {
    /// `tutela.referred/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// How many acts.
    recorded: usize,
}

/// Records in the ledger what is done with referrals, with the officer and the reason: all or nothing.
#[utoipa::path(post, path = "/referrals", request_body = Refer,
    responses((status = 201, body = ReferredNow), (status = "4XX", body = Refused)))]
pub async fn refer(
    asked: Asked,
    refer: Result<Json<Refer>, JsonRejection>,
) -> Result<(StatusCode, Json<ReferredNow>), Refused> {
    let Json(Refer { referrals, done, to, reason, seen }) = refer?;
    let why = asked::reason(&reason, asked.lang)?;
    if !(1..=1_000).contains(&referrals.len()) || to.trim().chars().count() > 200 {
        return Err(Refused::wrong(phrase!("serve.referrals"), asked.lang));
    }
    let recorded = asked
        .tell(move |_, opened, run| {
            let known = referrals::numbers(opened.case())?;
            let acts = match referrals::acts(&known, &referrals, (done, &to), &why) {
                Ok(acts) => acts,
                Err(failure) => return Ok(Err(Refused::wrong(failure.what, run.lang))),
            };
            let mut writer = opened.operation.write(run)?;
            // Only now nobody else writes.
            if let Some(other) = referrals::later(writer.case(), &referrals, seen) {
                let what = phrase!("serve.overtaken", officer = other.officer.as_str());
                return Ok(Err(Refused::new(StatusCode::CONFLICT, "conflict", what, run.lang)));
            }
            writer.refer(&acts, now())?;
            Ok(Ok(ReferredNow { schema: "tutela.referred/1", recorded: acts.len() }))
        })
        .await?;
    Ok((StatusCode::CREATED, recorded))
}
