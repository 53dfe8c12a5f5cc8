//! Closed vocabularies of documents, as the description of the interface tells them.

use serde::Deserialize;
use utoipa::ToSchema;

/// How far the accounts of a lead are tied to a person.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PersonStatus {
    /// Strong support at the level of the person, and no open contradiction.
    Identified,
    /// Support for a line or a person that does not pass that gate.
    Candidate,
    /// Accounts whose connections cannot be tied to a line.
    Unattributed,
}

/// How soon to act.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BandName {
    /// At once.
    VeryHigh,
    /// Within days.
    High,
    /// In turn.
    Medium,
    /// When time allows.
    Low,
    /// Nothing to act on yet.
    Informational,
}

/// A factor of a band; unknown is not no.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactorState {
    /// The records say so.
    Yes,
    /// The records say that it is not so.
    No,
    /// The records do not say.
    Unknown,
}

/// How another explanation stands.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlternativeState {
    /// Nothing in the records speaks to it yet.
    Open,
    /// An officer has looked and recorded the outcome.
    Checked,
    /// The records speak against it.
    Unlikely,
    /// It cannot apply.
    NotApplicable,
}

/// What can be done with a referral.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReferralDone {
    /// Give it to an officer.
    Assign,
    /// Say how soon it is to be acted on: `very_high`, `high`, `medium`, `low` or `informational`.
    Band,
    /// Work on it with another referral, by its number, or its sender, a slash and its number.
    SameAs,
    /// Send it on to another office.
    Refer,
}

/// An officer's decision.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Taken as it is; a lead is followed, another explanation holds.
    Accept,
    /// Not taken; a lead is closed, another explanation excluded.
    Reject,
    /// Looked at, and it cannot be said.
    Unsure,
}

/// How much can be said of the record.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Integrity {
    /// Something is not as it was recorded.
    Red,
    /// Nothing is wrong, and nobody outside stands for it.
    Amber,
    /// Nothing is wrong, and somebody outside stands for a checkpoint.
    Green,
}

/// How a piece of work stands.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It is being done.
    Running,
    /// It is done, perhaps with problems kept aside.
    Done,
    /// It was stopped; what it stored until then holds.
    Stopped,
    /// It failed.
    Failed,
}
