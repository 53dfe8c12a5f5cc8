//! What the acts of a record add up to.
//!
//! In an operation whose acts are signed, a signature closes a run of acts: those that no officer signed do not count, and
//! when a later act finds them left over by a stopped writer, they never will.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::thread;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tutela_ledger::entry::Flaw;
use tutela_ledger::key::KeyId;
use tutela_model::words::Words as _;
use tutela_model::{Choice, Digest};

use crate::acts::{Acted, Analysis, AuthorityFate, Decision, Import, Receipt, Referred, Withdrawal};
use crate::anchors::{Anchored, Exported, Purged};
use crate::authority::{Authority, Fate};
use crate::custody::{Erased, Handled, Handling};
use crate::import::in_order;
use crate::officers::{Officer, Retirement, Rules};
use crate::record::Act;

pub(crate) const AUTHORITY: &str = "authority";
pub(crate) const VALIDATE: &str = "validate";
pub(crate) const LAPSE: &str = "lapse";
pub(crate) const RECEIVE: &str = "receive";
pub(crate) const IMPORT: &str = "import";
pub(crate) const DECIDE: &str = "decide";
pub(crate) const WITHDRAW: &str = "withdraw";
pub(crate) const REFERRAL: &str = "referral";
pub(crate) const ANALYSE: &str = "analyse";
pub(crate) const OFFICER: &str = "officer";
pub(crate) const RETIRE: &str = "retire";
pub(crate) const RULES: &str = "rules";
pub(crate) const ERASE: &str = "erase";
pub(crate) const CHECKPOINT: &str = "checkpoint";
pub(crate) const ANCHOR: &str = "anchor";
pub(crate) const PURGE: &str = "purge-access";
pub(crate) const RECOVER: &str = "recover";

/// Acts that have a function of their own in [`crate::Writer`].
pub(crate) const OWN: [&str; 17] = [
    AUTHORITY, VALIDATE, LAPSE, RECEIVE, IMPORT, DECIDE, WITHDRAW, REFERRAL, ANALYSE, OFFICER, RETIRE, RULES,
    ERASE, CHECKPOINT, ANCHOR, PURGE, RECOVER,
];

/// So many acts are read by one thread.
const AT_ONCE: usize = 4_096;

/// What the acts so far add up to.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub authorities: Vec<Authority>,
    pub officers: Vec<Officer>,
    /// Where in `officers` the one with a key stands: reading a key takes long, and signatures are many.
    by_key: BTreeMap<KeyId, usize>,
    pub rules: Rules,
    pub receipts: Vec<Acted<Receipt>>,
    /// Where in `receipts` those of a file stand.
    received: BTreeMap<Digest, Vec<usize>>,
    /// The import that counts, by file received.
    pub imports: BTreeMap<Digest, Acted<Import>>,
    pub decisions: Vec<Acted<Decision>>,
    pub withdrawals: Vec<Acted<Withdrawal>>,
    pub referred: Vec<Acted<Referred>>,
    pub analysis: Option<Acted<Analysis>>,
    pub handled: Vec<Acted<(Handling, Handled)>>,
    pub erasures: Vec<Acted<Erased>>,
    /// The entries whose payloads an erasure names.
    pub erased: BTreeSet<u64>,
    pub exported: Vec<Acted<Exported>>,
    pub anchors: Vec<Acted<Anchored>>,
    pub purged: Vec<Acted<Purged>>,
    /// Positions of acts that wait for a signature.
    pub unsigned: Vec<usize>,
}

impl State {
    /// Takes the acts from a position on in. Decisions come by the hundred thousand, so many at once are read several at
    /// a time.
    pub fn fold(&mut self, acts: &[Act], from: usize) -> Result<(), Flaw> {
        let n_chunks = (acts.len() - from).div_ceil(AT_ONCE);
        // Those of acts that wait for a signature.
        let mut waiting = HashMap::new();
        if n_chunks < 2 {
            return (from..acts.len()).try_for_each(|act_idx| self.take(acts, act_idx, None, &mut waiting));
        }
        let jobs = thread::available_parallelism().map_or(1, usize::from);
        let chunk = |chunk: usize| from + chunk * AT_ONCE..acts.len().min(from + (chunk + 1) * AT_ONCE);
        let decisions = |act: &Act| if act.act == DECIDE { acted(act).ok() } else { None };
        let read = |chunk_idx| acts[chunk(chunk_idx)].iter().map(decisions).collect::<Vec<_>>();
        let mut done = Ok(());
        in_order(n_chunks, jobs, read, |first, chunks| {
            for (act_idx, decision) in
                chunks.into_iter().zip(first..).flat_map(|(read, chunk_idx)| chunk(chunk_idx).zip(read))
            {
                if done.is_ok() {
                    done = self.take(acts, act_idx, decision, &mut waiting);
                }
            }
        });
        done
    }

    /// Takes an act in, or those that it signs.
    fn take(
        &mut self,
        acts: &[Act],
        act_idx: usize,
        decision: Option<Acted<Decision>>,
        waiting: &mut HashMap<usize, Acted<Decision>>,
    ) -> Result<(), Flaw> {
        let act = &acts[act_idx];
        match &act.signer {
            Some(signer) if self.signs(signer) => {
                for signed in std::mem::take(&mut self.unsigned) {
                    self.apply(&acts[signed], waiting.remove(&signed))?;
                }
            }
            Some(_) => {}
            None if self.rules.signed => {
                if act.act == RECOVER {
                    self.unsigned.clear();
                    waiting.clear();
                }
                self.unsigned.push(act_idx);
                waiting.extend(decision.map(|decision| (act_idx, decision)));
            }
            None => self.apply(act, decision)?,
        }
        Ok(())
    }

    /// Whether signatures of this key count.
    fn signs(&self, key: &KeyId) -> bool {
        self.officer(key).is_some_and(|officer| officer.retired.is_none())
    }

    /// The officer with this key.
    pub fn officer(&self, key: &KeyId) -> Option<&Officer> {
        self.officers.get(*self.by_key.get(key)?)
    }

    /// Takes an act in, with the decision in it where that was read before. Acts of other names change nothing that counts.
    fn apply(&mut self, act: &Act, decision: Option<Acted<Decision>>) -> Result<(), Flaw> {
        if act.payload.is_none() {
            // What was erased by law no longer counts.
            return Ok(());
        }
        match act.act.as_str() {
            AUTHORITY => self.authorities.push(body(act)?),
            VALIDATE => self.decide_fate(act, Fate::Validated)?,
            LAPSE => self.decide_fate(act, Fate::Lapsed)?,
            OFFICER => {
                let officer: Officer = body(act)?;
                if let Some(key) = officer.key_id() {
                    self.by_key.entry(key).or_insert(self.officers.len());
                }
                self.officers.push(officer);
            }
            RETIRE => {
                let Retirement { key, reason } = body(act)?;
                let known = |officer: &&mut Officer| officer.key_id().is_some_and(|id| id.to_string() == key);
                let found = self.officers.iter_mut().find(known);
                read(act, "an officer recorded before", found)?.retired = Some(reason);
            }
            RULES => self.rules = body(act)?,
            RECEIVE => {
                let receipt: Acted<Receipt> = acted(act)?;
                self.received.entry(receipt.sha256).or_default().push(self.receipts.len());
                self.receipts.push(receipt);
            }
            IMPORT => {
                let import: Acted<Import> = acted(act)?;
                self.imports.insert(import.sha256, import);
            }
            DECIDE => self.decisions.push(decision.map_or_else(|| acted(act), Ok)?),
            WITHDRAW => self.withdrawals.push(acted(act)?),
            REFERRAL => self.referred.push(acted(act)?),
            ANALYSE => self.analysis = Some(acted(act)?),
            ERASE => self.erase(acted(act)?),
            CHECKPOINT => self.exported.push(acted(act)?),
            ANCHOR => self.anchors.push(acted(act)?),
            PURGE => self.purged.push(acted(act)?),
            word => {
                if let Some(handling) = Handling::from_word(word)
                    && act.body().get("files").is_some_and(is_digests)
                {
                    let Acted { officer, second, at, seq, act } = acted(act)?;
                    self.handled.push(Acted { officer, second, at, seq, act: (handling, act) });
                }
            }
        }
        Ok(())
    }

    /// Takes in what has become of an authority.
    fn decide_fate(&mut self, act: &Act, fate: fn(String) -> Fate) -> Result<(), Flaw> {
        let AuthorityFate { authority, text } = body(act)?;
        let found = self.authorities.iter_mut().find(|known| known.id == authority);
        read(act, "an authority recorded before", found)?.fate = fate(text);
        Ok(())
    }

    /// Takes in an erasure: what it names no longer counts, whether its payload is gone already or not.
    fn erase(&mut self, erased: Acted<Erased>) {
        self.erased.extend(&erased.entries);
        let gone = &self.erased;
        self.receipts.retain(|receipt| !gone.contains(&receipt.seq));
        self.imports.retain(|_, import| !gone.contains(&import.seq));
        self.decisions.retain(|decision| !gone.contains(&decision.seq));
        self.withdrawals.retain(|withdrawal| !gone.contains(&withdrawal.seq));
        self.referred.retain(|referred| !gone.contains(&referred.seq));
        self.handled.retain(|handled| !gone.contains(&handled.seq));
        self.received.clear();
        for (receipt_idx, receipt) in self.receipts.iter().enumerate() {
            self.received.entry(receipt.sha256).or_default().push(receipt_idx);
        }
        self.erasures.push(erased);
    }

    /// The imports that count: those whose authority has not lapsed.
    pub fn counting(&self) -> impl Iterator<Item = &Acted<Import>> {
        self.imports.values().filter(|import| self.counts(import))
    }

    /// The import of a file received that counts.
    pub fn import(&self, sha256: Digest) -> Option<&Acted<Import>> {
        self.imports.get(&sha256).filter(|import| self.counts(import))
    }

    fn counts(&self, import: &Import) -> bool {
        !self.authorities.iter().any(|authority| authority.id == import.basis && authority.has_lapsed())
    }

    /// Whether a file of these bytes was received.
    pub fn has_received(&self, sha256: Digest) -> bool {
        self.received.contains_key(&sha256)
    }

    /// Whether this receipt is recorded: the same bytes by this name under this authority, with what is stated of them.
    pub fn has_receipt(&self, receipt: &Receipt) -> bool {
        let recorded = self.received.get(&receipt.sha256).into_iter().flatten();
        recorded.map(|receipt_idx| &self.receipts[*receipt_idx].act).any(|recorded| recorded == receipt)
    }

    /// The decisions that count, by what they are on: the latest that was not withdrawn, and where the rules ask for four
    /// eyes the latest that a second officer took too.
    pub fn standing(&self) -> BTreeMap<&str, &Acted<Decision>> {
        let mut standing = BTreeMap::new();
        // The latest decision of each officer on each thing.
        let mut taken: HashMap<&str, Vec<&Acted<Decision>>> = HashMap::new();
        for decision in self.not_withdrawn() {
            if self.rules.four_eyes && decision.second.is_none() {
                let by_officer = taken.entry(&decision.finding).or_default();
                by_officer.retain(|earlier| earlier.officer != decision.officer);
                let agreed = by_officer.iter().any(|earlier| earlier.choice == decision.choice);
                by_officer.push(decision);
                if !agreed {
                    standing.remove(decision.finding.as_str());
                    continue;
                }
            }
            standing.insert(decision.finding.as_str(), decision);
        }
        standing
    }

    /// The officers who agree with each decision that counts, by what it is on: those whose latest decision is the same.
    pub fn agreed(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut latest: BTreeMap<(&str, &str), Choice> = BTreeMap::new();
        for decision in self.not_withdrawn() {
            for officer in std::iter::once(&decision.officer).chain(&decision.second) {
                latest.insert((&decision.finding, officer), decision.choice);
            }
        }
        let mut agreed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let standing = self.standing();
        for ((finding, officer), choice) in latest {
            if standing.get(finding).is_some_and(|decision| decision.choice == choice) {
                agreed.entry(finding).or_default().insert(officer);
            }
        }
        agreed
    }

    fn not_withdrawn(&self) -> impl Iterator<Item = &Acted<Decision>> {
        let withdrawn: HashMap<&str, u64> =
            self.withdrawals.iter().map(|withdrawal| (withdrawal.finding.as_str(), withdrawal.seq)).collect();
        self.decisions.iter().filter(move |decision| {
            withdrawn.get(decision.finding.as_str()).is_none_or(|seq| *seq < decision.seq)
        })
    }
}

/// Whether a value is a list of texts; files that leave the operation are listed by name and digest instead.
pub(crate) fn is_digests(files: &Value) -> bool {
    files.as_array().is_some_and(|files| files.iter().all(Value::is_string))
}

/// An act with its particulars and who did it.
fn acted<T: for<'de> Deserialize<'de>>(act: &Act) -> Result<Acted<T>, Flaw> {
    let at: Timestamp = read(act, "a time in UTC", act.at.parse().ok())?;
    let said = read(act, "a payload", act.said())?;
    let (officer, second) = (said.officer.into_owned(), said.second.map(Cow::into_owned));
    Ok(Acted { officer, second, at, seq: act.seq, act: particulars(act, said.body)? })
}

fn body<T: for<'de> Deserialize<'de>>(act: &Act) -> Result<T, Flaw> {
    let said = read(act, "a payload", act.said())?;
    particulars(act, said.body)
}

fn particulars<T: for<'de> Deserialize<'de>>(act: &Act, body: &RawValue) -> Result<T, Flaw> {
    serde_json::from_str(body.get())
        .map_err(|error| flaw(act, &format!("the particulars of the act {}: {error}", act.act)))
}

fn read<T>(act: &Act, expected: &str, value: Option<T>) -> Result<T, Flaw> {
    value.ok_or_else(|| flaw(act, expected))
}

fn flaw(act: &Act, expected: &str) -> Flaw {
    Flaw {
        seq: act.seq,
        place: "payload".to_owned(),
        expected: expected.to_owned(),
        found: format!("{} {}", act.at, act.body()).chars().take(200).collect(),
    }
}
