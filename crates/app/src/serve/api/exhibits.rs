//! Seized devices, and what was found on each.
#![expect(
    dead_code,
    reason = "documents are held against these types and described by them, and built by a verb"
)]

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::asked::{Asked, described};
use crate::serve::answer::{Answer, Refused};
use crate::verbs::exhibit;

/// The exhibits: `tutela exhibit list --json`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exhibits {
    /// `tutela.exhibits/1`.
    schema: String,
    /// By number.
    exhibits: Vec<Exhibit>,
}

/// A seized device, or a part of one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Exhibit {
    /// Its number.
    number: String,
    /// The exhibit that it is a part of.
    part_of: Option<String>,
    /// What it is.
    description: Option<String>,
    /// How it came: an image's form, a folder.
    form: Option<String>,
    /// The image's name.
    image: Option<String>,
    /// Bytes.
    size: Option<u64>,
    /// SHA-256 of the whole, hexadecimal.
    sha256: Option<String>,
    /// The hash that stands in the image, with its kind.
    acquired_hash: Option<String>,
    /// Files found.
    files: u64,
    /// Of these, deleted ones.
    deleted: u64,
    /// Files that lists know.
    known: u64,
    /// Files that lists knew and have withdrawn.
    known_withdrawn: u64,
    /// Files similar to listed ones.
    similar: u64,
    /// What could not be read.
    unread: u64,
    /// The lists that were tried.
    lists: Vec<Tried>,
}

/// A list that was tried on an exhibit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Tried {
    /// The list.
    list: String,
    /// Its version.
    version: Option<String>,
    /// SHA-256 of its index, hexadecimal.
    digest: Option<String>,
    /// Kinds of hashes that it has.
    kinds: String,
    /// Files on the exhibit then.
    files: u64,
    /// Of these, looked up.
    looked_up: u64,
    /// Of these, met.
    hits: u64,
}

/// Tells the exhibits. Hits are rows of the table `known_match`, files of the table `file`.
#[utoipa::path(get, path = "/exhibits", responses((status = 200, body = Exhibits), (status = "4XX", body = Refused)))]
pub async fn all(asked: Asked) -> Answer<Value> {
    let list = |run: &crate::run::Run| exhibit::run(run, &exhibit::Args::List);
    let told = asked.verb(("exhibit list", String::new()), list).await?;
    Ok(axum::Json(described::<Exhibits>(told.0)))
}
