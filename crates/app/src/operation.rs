//! The operation that a run works on: where it is, what day it is there, and its findings, derived anew when stale.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tutela_case::{Access, AccessLog, Actor, Case, CaseError, Limits, Writer};
use tutela_model::{Choice, Date, Decisions, Digest};

use crate::analysis::{self, Derived};
use crate::dossier::DISCLOSE;
use crate::ending::{Exit, Failure};
use crate::keys;
use crate::run::Run;
use crate::talk::{path_text, phrase};

/// An operation, opened.
pub struct Operation {
    /// What is stored.
    pub case: Case,
    /// Where looks at it are recorded.
    pub access: Arc<AccessLog>,
}

/// The folder of the operation: that of `--op`, or the nearest parent that holds `operation.toml`.
///
/// # Errors
/// There is none.
pub fn folder(run: &Run) -> anyhow::Result<PathBuf> {
    let start = match &run.op {
        Some(folder) => folder.clone(),
        None => std::env::current_dir()?,
    };
    let start = std::path::absolute(start)?;
    let is_operation = |folder: &&Path| folder.join("operation.toml").is_file();
    // A folder that was named is meant itself; only the folder at hand is looked for upwards.
    let found = match run.op {
        Some(_) => Some(start.as_path()).filter(is_operation),
        None => start.ancestors().find(is_operation),
    };
    found.map(Path::to_owned).ok_or_else(|| {
        let what = phrase!("operation.none", folder = path_text(&start));
        Failure::new(Exit::Failed, what).hint(phrase!("operation.none.hint")).into()
    })
}

/// The day that legal bases are held against: in the zone that the variable TZ names, else in that of Italy, because
/// an authority ends at the officer's midnight.
pub fn today() -> Date {
    Timestamp::now().to_zoned(zone()).date()
}

/// The instant at which a day begins where [`today`] is told.
///
/// # Errors
/// A day at the end of time.
pub fn beginning_of(day: Date) -> Result<Timestamp, jiff::Error> {
    Ok(day.to_zoned(zone())?.timestamp())
}

/// The zone in which the unit's days are told: that which the variable TZ names, else that of Italy.
pub fn zone() -> TimeZone {
    let named = std::env::var("TZ").ok();
    let zone = named.and_then(|name| TimeZone::get(name.trim_start_matches(':')).ok());
    zone.or_else(|| TimeZone::get("Europe/Rome").ok()).unwrap_or(TimeZone::UTC)
}

/// The instant of an act, to the second: the ledger needs no more, and people read it.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// The instant of a grade, to the microsecond: of two grades of a file in one second the later counts.
pub fn instant() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

/// A clock that is behind by no more was not set back: two processes told the time at once.
const MOMENT: SignedDuration = SignedDuration::from_secs(2);

/// Whoever acts: the name, the key of `--key`, and the second person.
///
/// # Errors
/// A key cannot be opened.
pub fn actor(run: &Run) -> anyhow::Result<Actor> {
    let second = match &run.second {
        (None, None) => None,
        (name, key) => {
            let key = key.as_deref().map(|path| keys::opened(run, path)).transpose()?;
            let name = name.clone().or_else(|| key.as_ref().map(|key| key.key().name.clone()));
            Some(Box::new(Actor { name: name.unwrap_or_default(), key, second: None }))
        }
    };
    Ok(Actor { name: run.officer.clone(), key: keys::signer(run)?, second })
}

impl Operation {
    /// Opens the operation of a run.
    ///
    /// # Errors
    /// There is none, or its record is broken.
    pub fn open(run: &Run) -> anyhow::Result<Self> {
        Ok(Self { case: Case::open(&folder(run)?)?, access: Arc::default() })
    }

    /// Becomes the one writer, with the keys that the command line names.
    ///
    /// # Errors
    /// Somebody else is writing, a key cannot be opened, or the operation does not know it.
    pub fn write(&self, run: &Run) -> anyhow::Result<Writer> {
        let writer = self.case.lock(&actor(run)?, now())?;
        if let Some(back) = self.clock_back() {
            run.warn(phrase!("clock.back", latest = back));
        }
        Ok(writer)
    }

    /// The time of the last act, when this machine's clock is before it by more than a moment.
    fn clock_back(&self) -> Option<String> {
        let latest: Timestamp = self.case.record().acts().last()?.at.parse().ok()?;
        let is_back = latest.duration_since(now()) > MOMENT;
        is_back.then(|| latest.to_string())
    }

    /// Records that personal data is looked at: what was asked, and of what.
    ///
    /// # Errors
    /// The operation asks for a reason and there is none.
    pub fn consult(&self, run: &Run, asked: &str, of: &str) -> anyhow::Result<()> {
        if run.is_recorded {
            return Ok(());
        }
        let access = Access { asked, of, reason: &run.why };
        match self.access.record(&self.case, &Actor::from(run.officer.as_str()), access, now()) {
            // A copy on a disk that can only be read is looked at all the same, unless reasons are asked for.
            Err(CaseError::Disk { path, .. }) if !self.case.rules().reasons => {
                run.warn(phrase!("access.unrecorded", path = path_text(&path)));
                Ok(())
            }
            logged => Ok(logged?),
        }
    }

    /// The decisions that count.
    pub fn decisions(&self) -> Decisions {
        self.case.standing().into_iter().map(|(on, decision)| (on.to_owned(), decision.choice)).collect()
    }

    /// Findings and leads of the ground state as it is, derived first when those stored are of another.
    ///
    /// # Errors
    /// A table cannot be read, or the findings cannot be stored.
    pub fn fresh(&mut self, run: &Run) -> anyhow::Result<Derived> {
        if self.case.is_stale(&analysis::made_with()) {
            run.say(phrase!("analyse.stale"));
            analysis::derive_and_store(run, self)?;
        }
        analysis::stored(&self.case)
    }

    /// Records that files leave the operation: which, with what digests, as what, to whom.
    ///
    /// # Errors
    /// Somebody else is writing, or the disk refuses.
    pub fn record_disclosure(
        &self,
        run: &Run,
        output: &str,
        files: &[(String, impl AsRef<[u8]>)],
        to: &str,
    ) -> anyhow::Result<()> {
        let list: Vec<_> = files
            .iter()
            .map(|(path, bytes)| {
                let bytes = bytes.as_ref();
                json!({"path": path, "size": bytes.len(), "sha256": Digest::of(bytes).hex()})
            })
            .collect();
        let findings = self.case.analysis().map(|analysis| analysis.digest.hex());
        let body =
            json!({"output": output, "findings": findings, "files": list, "to": to, "reason": run.why});
        Ok(self.write(run)?.record(DISCLOSE, body, now())?)
    }
}

/// What an import may use: what the command line says, else 256 MB and all threads.
pub fn limits(run: &Run) -> Limits {
    let memory = run.memory_limit.and_then(|bytes| usize::try_from(bytes).ok());
    Limits { memory: memory.unwrap_or(Limits::default().memory), jobs: run.jobs }
}

/// A decision's word, in data and on the command line.
pub fn choice_word(choice: Choice) -> &'static str {
    match choice {
        Choice::Accept => "accept",
        Choice::Reject => "reject",
        Choice::Unsure => "unsure",
    }
}
