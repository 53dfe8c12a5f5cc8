//! What a word that the user types names: leads, accounts, lines, subscribers, peers, findings, files.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::asked::Asked;
use crate::serve::answer::{Answer, Refused};

/// What a word names.
#[derive(Serialize, ToSchema)]
pub struct Hits {
    /// `tutela.search/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// How many there are; at most 50 are told.
    total: usize,
    /// Leads before files, by rank.
    hits: Vec<Hit>,
}

/// Something that a word names.
#[derive(Serialize, ToSchema)]
struct Hit {
    /// `lead`, `account`, `line`, `subscriber`, `peer`, `handle`, `exhibit`, `finding`, `file`.
    #[schema(value_type = String)]
    kind: &'static str,
    /// What is named.
    text: String,
    /// The lead that it is of.
    lead: Option<String>,
    /// SHA-256 of the file, hexadecimal.
    source: Option<String>,
}

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Sought {
    /// A part of a name, in capitals or small letters: 1 to 200 characters.
    #[param(min_length = 1, max_length = 200)]
    q: String,
}

/// The most hits that are told.
const TOLD: usize = 50;

/// Looks for a word among leads and what belongs to them, findings and files.
#[utoipa::path(get, path = "/search", params(Sought),
    responses((status = 200, body = Hits), (status = "4XX", body = Refused)))]
pub async fn search(asked: Asked, sought: Result<Query<Sought>, QueryRejection>) -> Answer<Hits> {
    let Query(Sought { q }) = sought?;
    asked
        .show(("search", q.clone()), move |_, opened, run| {
            let q = q.trim().to_lowercase();
            let names = |text: &str| !q.is_empty() && text.to_lowercase().contains(&q);
            let mut hits = Vec::new();
            let gathered = opened.gathered(run)?;
            for lead in gathered.map(|gathered| gathered.leads()).unwrap_or_default() {
                let name = lead.name_said.iter().chain(lead.subscribers.iter().flatten());
                let of_lead = std::iter::once(("lead", &lead.lead))
                    .chain(lead.accounts.iter().map(|text| ("account", text)))
                    .chain(lead.lines.iter().map(|text| ("line", text)))
                    .chain(name.map(|text| ("subscriber", text)))
                    .chain(lead.peers.iter().map(|text| ("peer", text)))
                    .chain(lead.handles.iter().map(|text| ("handle", text)))
                    .chain(lead.exhibits.iter().map(|text| ("exhibit", text)))
                    .chain(lead.findings.iter().map(|text| ("finding", text)));
                let first = hits.len();
                for (kind, text) in of_lead.filter(|(_, text)| names(text)) {
                    let is_told = hits[first..].iter().any(|hit: &Hit| hit.kind == kind && hit.text == *text);
                    if !is_told {
                        hits.push(Hit {
                            kind,
                            text: text.clone(),
                            lead: Some(lead.lead.clone()),
                            source: None,
                        });
                    }
                }
            }
            let files = opened.case().imports().into_iter();
            hits.extend(
                files.filter(|import| names(&import.name) || import.sha256.hex().starts_with(&q)).map(
                    |import| Hit {
                        kind: "file",
                        text: import.name.clone(),
                        lead: None,
                        source: Some(import.sha256.hex()),
                    },
                ),
            );
            let total = hits.len();
            hits.truncate(TOLD);
            Ok(Ok(Hits { schema: "tutela.search/1", total, hits }))
        })
        .await
}
