//! Requests to operators and platforms: what was asked, and what leads leave to be asked.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use tutela_model::Table as _;
use tutela_model::tables::Request;
use utoipa::ToSchema;

use super::asked::Asked;
use crate::rows::{Stored, in_order};
use crate::serve::answer::{Answer, Refused};

/// What was asked and what is to be asked.
#[derive(Serialize, ToSchema)]
pub struct Requests {
    /// `tutela.requests/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// Requests that were written, by reference.
    asked: Vec<Sent>,
    /// What leads leave to be asked, by whom it is to be asked of; of each, the nearest end first.
    to_ask: Vec<Holder>,
}

/// A request that was written.
#[derive(Serialize, ToSchema)]
struct Sent {
    /// Its reference: `R-001`.
    request: String,
    /// Who was asked.
    of: String,
    /// How many questions it has.
    questions: u64,
    /// Of these, repetitions of earlier ones.
    repeated: u64,
    /// Of these, control questions, whose answer is known; whoever is asked cannot tell them.
    control: u64,
    /// The first instant asked about, RFC 3339, UTC.
    first: String,
    /// The last one.
    last: String,
}

/// Somebody who can answer.
#[derive(Serialize, ToSchema)]
struct Holder {
    /// An operator, a platform, a hotspot.
    of: String,
    /// What is to be asked.
    steps: Vec<ToAsk>,
}

/// Something to be asked.
#[derive(Serialize, ToSchema)]
struct ToAsk {
    /// The lead.
    lead: String,
    /// What.
    ask: String,
    /// Why.
    why: String,
    /// Until when it is kept, a date; null where that is not known.
    by: Option<String>,
    /// Whether that had passed at the last act.
    past: bool,
    /// How much an answer would tell, in bits.
    gain_bits: f64,
}

/// The most questions that are looked through.
const LOOKED_AT: u64 = 200_000;

/// Tells what was asked and what is to be asked.
#[utoipa::path(get, path = "/requests",
    responses((status = 200, body = Requests), (status = "4XX", body = Refused)))]
pub async fn all(asked: Asked) -> Answer<Requests> {
    asked
        .show(("requests", "all".to_owned()), |_, opened, run| {
            let case = opened.case();
            let (questions, _) = in_order(case, &Request::INFO, 0, LOOKED_AT)?;
            let mut sent: BTreeMap<String, Sent> = BTreeMap::new();
            for question in questions {
                count(&mut sent, &question);
            }
            let mut to_ask: BTreeMap<String, Vec<ToAsk>> = BTreeMap::new();
            if let Some(gathered) = opened.gathered(run)? {
                let dossier = gathered.dossier();
                for lead in dossier.leads.iter().filter(|lead| !dossier.is_closed(lead)) {
                    for step in dossier.steps_of(lead) {
                        to_ask.entry(step.of.clone()).or_default().push(ToAsk {
                            lead: lead.lead.clone(),
                            ask: dossier.say(&step.ask, run.lang),
                            why: dossier.say(&step.why, run.lang),
                            by: step.by.clone(),
                            past: step.by.as_deref().is_some_and(|by| dossier.is_past(by)),
                            gain_bits: f64::from(step.gain_millibits) / 1000.0,
                        });
                    }
                }
            }
            let holder = |(of, mut steps): (String, Vec<ToAsk>)| {
                steps.sort_by(|a, b| (a.by.is_none(), &a.by, &a.lead).cmp(&(b.by.is_none(), &b.by, &b.lead)));
                Holder { of, steps }
            };
            Ok(Ok(Requests {
                schema: "tutela.requests/1",
                asked: sent.into_values().collect(),
                to_ask: to_ask.into_iter().map(holder).collect(),
            }))
        })
        .await
}

fn count(sent: &mut BTreeMap<String, Sent>, question: &Stored) {
    let text = |name: &str| question.row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (reference, at) = (text("request"), text("at"));
    let request = sent.entry(reference.clone()).or_insert_with(|| Sent {
        request: reference,
        of: text("of"),
        questions: 0,
        repeated: 0,
        control: 0,
        first: at.clone(),
        last: at.clone(),
    });
    request.questions += 1;
    request.repeated += u64::from(!text("repeat_of").is_empty());
    request.control += u64::from(!text("control_line").is_empty());
    request.first = at.clone().min(std::mem::take(&mut request.first));
    request.last = at.max(std::mem::take(&mut request.last));
}
