//! Legal authorities: under what act files may be received, until when, and which of their rows it covers.

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array, BooleanArray, RecordBatch, StringArray};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tutela_model::words;

use crate::acts::{as_optional_text, as_text};

words! {
    /// The kind of act that an authority is.
    pub enum AuthorityKind {
        /// A decree of the public prosecutor.
        ProsecutorDecree = "prosecutor_decree",
        /// A decree of the judge, as for traffic data (art. 132 D.Lgs. 196/2003).
        JudgeDecree = "judge_decree",
        /// A decree of the public prosecutor in urgency, which the judge must validate (48 hours for traffic data).
        UrgentDecree = "urgent_decree",
        /// A European Production Order (Regulation (EU) 2023/1543).
        ProductionOrder = "production_order",
        /// A European Preservation Order (Regulation (EU) 2023/1543).
        PreservationOrder = "preservation_order",
        /// The prosecutor's delegation of acts of investigation.
        Delegation = "delegation",
        /// An authorisation of undercover activity (art. 14 L. 269/1998).
        Undercover = "undercover",
        /// A search or seizure, with its validation where one is due (art. 247, 354 c.p.p.).
        Seizure = "seizure",
        /// A request of a foreign authority, or its answer to one.
        Foreign = "foreign",
        /// A report or complaint that was handed in.
        Report = "report",
        /// Another act, or one whose kind was not recorded.
        Other = "other",
    }
}

/// A legal authority under which files may be received.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Authority {
    /// `A-1`, `A-2`, … in the order of recording.
    pub id: String,
    /// The kind of act.
    #[serde(default = "other", with = "as_word", skip_serializing_if = "is_other")]
    pub kind: AuthorityKind,
    /// The act itself: office, number, date.
    pub text: String,
    /// First day that it covers.
    #[serde(with = "as_text")]
    pub from: Date,
    /// Last day that it covers.
    #[serde(with = "as_text")]
    pub until: Date,
    /// The last day on which it can be validated, where it must be.
    #[serde(default, with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    pub validate_by: Option<Date>,
    /// Which rows it covers.
    #[serde(default, skip_serializing_if = "Scope::is_everything")]
    pub scope: Scope,
    /// What has become of it since.
    #[serde(skip)]
    pub fate: Fate,
}

/// What has become of an authority.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// Nothing: it stands as recorded.
    #[default]
    Stands,
    /// It was validated, by the act named.
    Validated(String),
    /// It lapsed, for the reason given: what was imported under it no longer counts.
    Lapsed(String),
}

impl Authority {
    /// An authority over everything that has no id yet.
    #[must_use]
    pub fn new(text: &str, from: Date, until: Date) -> Self {
        Self {
            id: String::new(),
            kind: AuthorityKind::Other,
            text: text.to_owned(),
            from,
            until,
            validate_by: None,
            scope: Scope::default(),
            fate: Fate::Stands,
        }
    }

    /// Whether files may be received under it on the day: it covers the day, has not lapsed, and does not wait for a
    /// validation that is overdue.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.from <= day && day <= self.until && !self.is_overdue(day) && !self.has_lapsed()
    }

    /// Whether it should have been validated before the day, and was not.
    #[must_use]
    pub fn is_overdue(&self, day: Date) -> bool {
        self.waits_until().is_some_and(|last| last < day)
    }

    /// The last day for the validation that it waits for.
    #[must_use]
    pub fn waits_until(&self) -> Option<Date> {
        self.validate_by.filter(|_| self.fate == Fate::Stands)
    }

    /// Whether it lapsed.
    #[must_use]
    pub fn has_lapsed(&self) -> bool {
        matches!(self.fate, Fate::Lapsed(_))
    }
}

/// Which rows an authority covers. What it does not limit, it covers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// The operators, platforms and services whose records it covers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<String>,
    /// The accounts, `platform/account`, whose records it covers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<String>,
    /// The instant from which records are covered, UTC.
    #[serde(with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// The instant before which records are covered, UTC.
    #[serde(with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Columns that name who keeps a record.
const PARTY_COLUMNS: [&str; 3] = ["platform", "operator", "service"];
/// Columns that name an account, beside its platform, channel or service.
const ACCOUNT_COLUMNS: [&str; 5] = ["account", "from_account", "to_account", "payer", "payee"];
/// Columns that say to whom an account belongs.
const ACCOUNT_OF_COLUMNS: [&str; 3] = ["platform", "channel", "service"];

impl Scope {
    /// Whether it limits nothing.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// What it is limited to, one text each: parties, accounts, instants.
    #[must_use]
    pub fn limits(&self) -> Vec<String> {
        let instants =
            [self.from.map(|from| format!("≥ {from}")), self.until.map(|until| format!("< {until}"))];
        self.parties.iter().chain(&self.accounts).cloned().chain(instants.into_iter().flatten()).collect()
    }

    /// Which rows of a batch it covers; none when it covers them all.
    ///
    /// A row is outside when it names another party than those covered, or accounts none of which is covered, or a time
    /// wholly outside the period. What a row does not say speaks neither way: a subscriber has no time, a lease no
    /// account.
    pub(crate) fn covered(&self, batch: &RecordBatch) -> Option<BooleanArray> {
        if self.is_everything() {
            return None;
        }
        let parties: Vec<String> = self.parties.iter().map(|party| party.to_lowercase()).collect();
        let accounts: Vec<String> = self.accounts.iter().map(|account| account.to_lowercase()).collect();
        let rows = Columns::of(batch);
        let covered: BooleanArray = (0..batch.num_rows())
            .map(|row_idx| {
                let by_party = parties.is_empty() || {
                    let mut named = rows.parties.iter().filter_map(|column| text_at(column, row_idx));
                    named.all(|party| parties.contains(&party.to_lowercase()))
                };
                let by_account = accounts.is_empty() || {
                    let named = rows.accounts_at(row_idx);
                    named.is_empty() || named.iter().any(|account| accounts.contains(account))
                };
                Some(by_party && by_account && self.covers_time(rows.time_at(row_idx)))
            })
            .collect();
        (covered.true_count() < covered.len()).then_some(covered)
    }

    /// Whether some of a stretch of time, in microseconds UTC, is in the period.
    fn covers_time(&self, (begin_us, end_us): (Option<i64>, Option<i64>)) -> bool {
        let before = |end_us: i64| self.from.is_some_and(|from| end_us < from.as_microsecond());
        let after = |begin_us: i64| self.until.is_some_and(|until| begin_us >= until.as_microsecond());
        !end_us.is_some_and(before) && !begin_us.is_some_and(after)
    }
}

/// The columns of a batch by which rows are held against a scope.
struct Columns<'a> {
    parties: Vec<&'a StringArray>,
    account_of: Option<&'a StringArray>,
    accounts: Vec<&'a StringArray>,
    /// The columns of a selector that name its owner: the kind of owner, and the owner.
    owner: Option<(&'a StringArray, &'a StringArray)>,
    begin: Option<&'a dyn Array>,
    end: Option<&'a dyn Array>,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Self {
        let text = |name: &&str| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
        let time = |name: &str| {
            let column = batch.column_by_name(name)?;
            column.as_primitive_opt::<TimestampMicrosecondType>().map(|times| times as &dyn Array)
        };
        Self {
            parties: PARTY_COLUMNS.iter().filter_map(text).collect(),
            account_of: ACCOUNT_OF_COLUMNS.iter().find_map(text),
            accounts: ACCOUNT_COLUMNS.iter().filter_map(text).collect(),
            owner: text(&"owner_kind").zip(text(&"owner")),
            begin: time("at").or_else(|| time("from")),
            end: time("at").or_else(|| time("until")),
        }
    }

    /// The accounts that a row names, `platform/account` in lower case.
    fn accounts_at(&self, row_idx: usize) -> Vec<String> {
        let of = self.account_of.and_then(|column| text_at(column, row_idx)).unwrap_or_default();
        let named = self.accounts.iter().filter_map(|column| text_at(column, row_idx));
        let mut named: Vec<String> = named.map(|account| format!("{of}/{account}").to_lowercase()).collect();
        if let Some((kinds, owners)) = self.owner
            && text_at(kinds, row_idx) == Some("account")
        {
            named.extend(text_at(owners, row_idx).map(str::to_lowercase));
        }
        named
    }

    /// When a row's record begins and ends.
    fn time_at(&self, row_idx: usize) -> (Option<i64>, Option<i64>) {
        let at = |column: Option<&dyn Array>| {
            let times = column?.as_primitive::<TimestampMicrosecondType>();
            times.is_valid(row_idx).then(|| times.value(row_idx))
        };
        (at(self.begin), at(self.end))
    }
}

fn text_at(column: &StringArray, row_idx: usize) -> Option<&str> {
    column.is_valid(row_idx).then(|| column.value(row_idx)).filter(|text| !text.is_empty())
}

fn other() -> AuthorityKind {
    AuthorityKind::Other
}

fn is_other(kind: &AuthorityKind) -> bool {
    *kind == AuthorityKind::Other
}

/// A kind by its word; a kind that this program does not know is another act.
mod as_word {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::{AuthorityKind, other};
    use tutela_model::words::Words as _;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
    pub fn serialize<S: Serializer>(kind: &AuthorityKind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(kind.word())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AuthorityKind, D::Error> {
        let word = String::deserialize(deserializer)?;
        Ok(AuthorityKind::from_word(&word).unwrap_or_else(other))
    }
}
