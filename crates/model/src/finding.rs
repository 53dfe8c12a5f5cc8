//! Findings and leads: what analyses say, without a language, with the rows that say it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::phrase::Phrase;
use crate::place::{Digest, RowId, Spot};
use crate::strength::Strength;
use crate::table::TableInfo;

/// A row that a finding stands on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowRef {
    /// The table.
    pub table: String,
    /// SHA-256 of the file received, hexadecimal.
    pub source: String,
    /// The spot inside it, as the column `place` has it.
    pub place: String,
}

impl RowRef {
    /// The row of a table at a spot of a file received.
    #[must_use]
    pub fn new(table: &TableInfo, source: Digest, place: &Spot) -> Self {
        Self { table: table.name.to_owned(), source: source.hex(), place: place.to_string() }
    }

    /// The row's id.
    #[must_use]
    pub fn id(&self) -> RowId {
        RowId::new(&self.table, &self.source, &self.place)
    }
}

/// A statement of an analysis with its rows, its strength, what else could explain it and what would refute it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// `F-` and ten hexadecimal digits: derived from analysis, key and subject, so it is the same after every
    /// derivation and stays when the numbers of the statement change.
    pub id: String,
    /// The analysis.
    pub analysis: String,
    /// The statement.
    pub statement: Phrase,
    /// Strength for the stated pair of propositions; none for a statement of fact about rows.
    pub strength: Option<Strength>,
    /// The two propositions that the strength compares, in the order for and against.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub propositions: Vec<Phrase>,
    /// Rows in favour: all of them, or a spread of them when there are many.
    pub rows: Vec<RowRef>,
    /// How many rows there are in favour.
    pub n_rows: u64,
    /// Rows against.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<RowRef>,
    /// How many rows there are against.
    #[serde(default)]
    pub n_against: u64,
    /// What else could explain the rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
    /// What would refute the statement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refuted_by: Vec<Phrase>,
    /// The settings that the analysis used.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, serde_json::Value>,
}

/// The most rows that a finding lists, for and against each; the totals are always given.
pub const ROWS_LISTED: usize = 50;

impl Finding {
    /// A statement about a subject, with nothing to support it yet.
    #[must_use]
    pub fn new(analysis: &str, subject: &str, statement: Phrase) -> Self {
        let digest = Digest::of(format!("{analysis}\n{}\n{subject}", statement.key).as_bytes());
        Self {
            id: format!("F-{}", &digest.hex()[..10]),
            analysis: analysis.to_owned(),
            statement,
            strength: None,
            propositions: Vec::new(),
            rows: Vec::new(),
            n_rows: 0,
            against: Vec::new(),
            n_against: 0,
            alternatives: Vec::new(),
            refuted_by: Vec::new(),
            settings: BTreeMap::new(),
        }
    }

    /// A value of the statement as a text.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.statement.values.get(name).and_then(serde_json::Value::as_str).unwrap_or_default()
    }

    /// A value of the statement as a whole number.
    #[must_use]
    pub fn number(&self, name: &str) -> i64 {
        self.statement.values.get(name).and_then(serde_json::Value::as_i64).unwrap_or_default()
    }
}

/// Findings by analysis, in the order in which the analyses ran.
pub type Findings = BTreeMap<String, Vec<Finding>>;

/// An officer's decision on a finding. It is withdrawn by a later one, never deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The officer takes it as it is.
    Accept,
    /// The officer does not take it.
    Reject,
    /// The officer has looked and cannot say.
    Unsure,
}

/// The decision that counts for each subject: a finding's id, or what [`Lead::subject`] gives.
pub type Decisions = BTreeMap<String, Choice>;

/// Something else that could explain the rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// `household`, `open_wifi`, `cgnat`, `vpn`, `account_shared`, `wrong_zone`, `typing_error`, `device_shared`.
    pub kind: String,
    /// How it stands.
    pub state: AlternativeState,
    /// Why it stands so.
    pub why: Phrase,
}

/// How another explanation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// How far the accounts of a lead are tied to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonStatus {
    /// Strong support at the level of the person: see the gate in `identity`.
    Identified,
    /// Support for a line or a person that does not pass the gate.
    Candidate,
    /// Accounts whose connections cannot be tied to a line.
    Unattributed,
}

/// How soon to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
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

/// A named ground for a band.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// Its name: `child_at_immediate_risk`.
    pub name: String,
    /// `yes`, `no` or `unknown`, which is never the same as no.
    pub state: String,
    /// The finding that says so.
    pub finding: Option<String>,
}

/// A condition that a lead must meet before it may leave the operation as an attribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Its name: `sessions`, `readings`, `networks`, `role`; outputs add `person`, `alternatives` and `second_check`.
    pub name: String,
    /// Whether the lead meets it.
    pub passed: bool,
    /// Why it does, or the step that is missing.
    pub why: Phrase,
}

/// What to ask next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NextStep {
    /// What.
    pub ask: Phrase,
    /// Of whom.
    pub of: String,
    /// By which date, in UTC: after it the record may be gone.
    pub by: Option<String>,
    /// Why.
    pub why: Phrase,
    /// How much the answer is expected to tell, in thousandths of a bit.
    #[serde(default)]
    pub gain_millibits: u32,
}

/// The findings about one person, or about accounts that no line explains yet, ranked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lead {
    /// `L-001`, by rank.
    pub lead: String,
    /// Position in the ranking, from 1.
    pub rank: u32,
    /// The id of its first account: the same after every derivation.
    pub person_id: String,
    /// The ids of all its accounts. An account keeps its id when leads are joined or parted, so that a decision recorded
    /// under any of them finds the lead that the account is part of.
    #[serde(default)]
    pub ids: Vec<String>,
    /// The name that the records tie to the accounts; none below `identified`.
    pub name_said: Option<String>,
    /// How far the accounts are tied to a person.
    pub status: PersonStatus,
    /// Why the status is not higher: which ground is missing. Empty when identified.
    pub missing: Vec<Phrase>,
    /// `operator/line`.
    pub lines: Vec<String>,
    /// Names that the lines are registered to, in the order of `lines`; the subscriber is not the user.
    pub subscribers: Vec<Option<String>>,
    /// `platform/account`.
    pub accounts: Vec<String>,
    /// `network/peer`.
    pub peers: Vec<String>,
    /// Payment handles.
    pub handles: Vec<String>,
    /// Exhibits.
    pub exhibits: Vec<String>,
    /// Province of the line's installation, two letters.
    pub province: Option<String>,
    /// Where no province is registered: the one in which supplied lists put most of its addresses, two letters. An
    /// estimate, by which an office is chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_province: Option<String>,
    /// Strength at the level of the person or, below `identified`, of the line.
    pub strength: Strength,
    /// The two propositions.
    pub propositions: Vec<Phrase>,
    /// How much better its accounts hang together than the next best way to part them or to join others; none for one
    /// account that nothing was compared with.
    #[serde(default)]
    pub margin: Option<Strength>,
    /// How soon to act.
    pub band: Band,
    /// By when, in UTC, where a clock runs.
    pub act_by: Option<String>,
    /// The grounds for the band.
    pub factors: Vec<Factor>,
    /// Earlier proceedings of the person.
    pub precedents: u32,
    /// Ids of its findings.
    pub findings: Vec<String>,
    /// What else could explain it.
    pub alternatives: Vec<Alternative>,
    /// What to ask next.
    pub next_steps: Vec<NextStep>,
    /// What the records say of the conditions for leaving as an attribution.
    #[serde(default)]
    pub gates: Vec<Gate>,
}

impl Lead {
    /// What a decision on another explanation of the lead is recorded under: `P-0123456789ab/household`. A decision on
    /// the lead itself stands under the person's id alone, which stays when the lead's number changes.
    #[must_use]
    pub fn subject(&self, alternative: &str) -> String {
        format!("{}/{alternative}", self.person_id)
    }

    /// Whether this is the id of the lead or of one of its accounts.
    #[must_use]
    pub fn has_id(&self, id: &str) -> bool {
        self.person_id == id || self.ids.iter().any(|of_account| of_account == id)
    }
}

/// What would become of a lead without some sources.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Without {
    /// How far its accounts would be tied, by the lead that holds most of them; none when no record named any of them.
    pub status: Option<PersonStatus>,
    /// The name that would be tied to them.
    pub name_said: Option<String>,
    /// The strength at that level.
    pub strength: Strength,
    /// Lines that the accounts would no longer be seen to have been used through.
    pub lines_lost: Vec<String>,
    /// Accounts of the lead that would be in leads of their own, or in none.
    pub accounts_apart: Vec<String>,
    /// Conditions for leaving as an attribution that the records would no longer meet.
    pub gates_failed: Vec<String>,
}

/// Whether a decision's subject is a lead or one of its other explanations. Findings do not stand on such decisions.
#[must_use]
pub fn is_of_lead(subject: &str) -> bool {
    subject.starts_with("P-")
}
