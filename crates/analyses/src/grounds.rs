//! What the records say of one account: lines it was used through, what ties it to a person, what speaks against that.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::tables::{Access, Origin, SelectorKind, Stated};
use tutela_model::time::DAY_US;
use tutela_model::{Phrase, RowRef, Text};

use crate::attribution;
use crate::facts::{AccountSelector, CaseFacts, PersonKey, Registration};
use crate::usage::{AccountKey, AccountUse, Act, Peer, SLOT_US, Support, Usage};

/// Distinct sessions that make a use more than a coincidence.
pub const GATE_SESSIONS: usize = 2;
const GATE_DAYS: usize = 3;
/// An identifier that the platform checked.
pub const VERIFIED: i32 = 4000;
/// An identifier of which the platform does not say whether it checked it.
pub const STATED: i32 = 3000;
/// Two independent lines of one person.
pub const TWO_LINES: i32 = 3000;
pub const HUB_PERSONS: usize = 2;
/// Use through another household's line counts against the first from this share of the attributed connections on: of few
/// connections one is enough, because a wrong day in one look-up names somebody else just so.
const REGULAR_SHARE: f64 = 0.1;
/// An account that was used on for so many days and such a part of its life after the last use through the person's own
/// lines may have changed hands.
const HANDED_OVER_DAYS: i64 = 14;
const HANDED_OVER_PART: i64 = 5;
/// A number that was in two homes at once on so many days is of several installations: once may be a clock.
const AT_ONCE_DAYS: usize = 2;

/// Identifiers that tie an account to somebody. Names, nicknames and dates of birth do not: they are typed in at will.
pub const TYING: &[SelectorKind] = &[
    SelectorKind::Email,
    SelectorKind::Phone,
    SelectorKind::Imei,
    SelectorKind::Imsi,
    SelectorKind::Mac,
    SelectorKind::DeviceId,
    SelectorKind::Iban,
    SelectorKind::Wallet,
    SelectorKind::Card,
    SelectorKind::TaxCode,
];
/// The accounts that may belong to somebody sought, with what the records say of each.
pub fn views<'a>(usage: &'a Usage, facts: &'a CaseFacts) -> BTreeMap<AccountKey, View<'a>> {
    let view = |key: AccountKey| (key.clone(), View::new(usage, facts, &key));
    suspect_accounts(usage, facts).into_iter().map(view).collect()
}

/// Accounts that were used or reported, without those that appear only as harmed or written to.
fn suspect_accounts(usage: &Usage, facts: &CaseFacts) -> BTreeSet<AccountKey> {
    let reported = facts.mentions.keys().filter_map(|name| {
        let (platform, account) = name.split_once('/')?;
        Some(AccountKey { platform: platform.into(), account: account.into() })
    });
    usage.accounts.keys().cloned().chain(reported).filter(|key| !facts.only_harmed(&key.name())).collect()
}

/// An account with what the records say of it.
pub struct View<'a> {
    pub key: AccountKey,
    pub name: String,
    pub account: &'a AccountUse,
    /// What is known of it besides, where it is a peer of a file-sharing network.
    pub peer: Option<&'a Peer>,
    pub selectors: &'a [AccountSelector],
    /// Lines through which it was used more than in passing, most used first.
    pub lines: Vec<(u32, String, &'a Support, Option<&'a Registration>)>,
    pub grounds: Vec<Ground>,
    pub contradictions: Vec<Phrase>,
}

/// Something that ties an account to a person rather than to a line.
pub struct Ground {
    pub person: PersonKey,
    pub name: Option<Text>,
    pub kind: &'static str,
    pub millibans: i32,
    pub statement: Phrase,
    pub rows: Vec<RowRef>,
}

static NO_USE: AccountUse = AccountUse {
    tally: crate::usage::Tally { n: 0, span_us: None, rows: crate::usage::Spread::EMPTY },
    n_timed: 0,
    lines: BTreeMap::new(),
    shared: BTreeMap::new(),
    unstable: BTreeMap::new(),
    open: BTreeMap::new(),
    devices: BTreeMap::new(),
};

impl<'a> View<'a> {
    fn new(usage: &'a Usage, facts: &'a CaseFacts, key: &AccountKey) -> Self {
        let name = key.name();
        let account = usage.accounts.get(key).unwrap_or(&NO_USE);
        let selectors = facts.account_selectors.get(&name).map(Vec::as_slice).unwrap_or_default();
        let attributed: u64 = account.lines.values().map(|support| support.tally.n).sum();
        let mut lines: Vec<_> = account
            .lines
            .iter()
            .filter(|(_, support)| {
                support.sessions.len() > 1 || support.days.len() > 1 || support.tally.n * 100 >= attributed
            })
            .map(|(line, support)| {
                let name = usage.index.lines[*line as usize].name();
                let registration = facts.registration(&name);
                (*line, name, support, registration)
            })
            .collect();
        lines.sort_by(|a, b| (b.2.tally.n, &a.1).cmp(&(a.2.tally.n, &b.1)));
        let mut view = Self {
            key: key.clone(),
            name,
            account,
            peer: usage.peers.get(key),
            selectors,
            lines,
            grounds: vec![],
            contradictions: vec![],
        };
        view.grounds = view.grounds(facts);
        view.contradictions = view.contradictions(facts, attributed);
        view
    }

    /// Lines of the person's household through which the account was used often enough, without one line.
    fn household_lines<'b>(
        &'b self,
        person: &'b PersonKey,
        household: Option<&'b Text>,
        without: Option<&'b str>,
    ) -> impl Iterator<Item = &'b str> {
        self.lines.iter().filter_map(move |(_, line, support, registration)| {
            let same = registration.is_some_and(|registration| registration.is_of(person, household));
            (same && often(support) && Some(line.as_str()) != without).then_some(line.as_str())
        })
    }

    fn grounds(&self, facts: &CaseFacts) -> Vec<Ground> {
        let mut grounds: Vec<Ground> =
            self.selectors.iter().flat_map(|selector| self.identifier_grounds(facts, selector)).collect();
        grounds.extend(self.two_lines_grounds());
        grounds
    }

    fn identifier_grounds(&self, facts: &CaseFacts, selector: &AccountSelector) -> Vec<Ground> {
        let (kind, value) = &selector.identifier;
        // What a text or somebody's address book says of an account ties nobody to it.
        let mined = selector.origin != Origin::Stated;
        if !TYING.contains(kind) || selector.verified == Stated::No || mined {
            return Vec::new();
        }
        let lines = facts.lines_of.get(&selector.identifier).into_iter().flatten();
        let holders: Vec<(&String, &Registration, &PersonKey)> = lines
            // A number that was given to somebody else since is another's.
            .filter(|line| facts.line_had(line, &selector.identifier, selector.held))
            .filter(|line| !facts.names_several(line))
            .filter_map(|line| {
                let registration = facts.registration(line)?;
                Some((line, registration, registration.person.as_ref()?))
            })
            .collect();
        let persons: BTreeSet<&PersonKey> = holders.iter().map(|(_, _, person)| *person).collect();
        if persons.len() > HUB_PERSONS {
            return Vec::new();
        }
        let mut grounds = Vec::new();
        for (line, registration, person) in holders {
            // The number of a SIM says nothing that the use of the same SIM has not said.
            let own_number = *kind == SelectorKind::Phone && is_own_number(line, value);
            let without = own_number.then_some(line.as_str());
            let Some(used) = self.household_lines(person, registration.household.as_ref(), without).next()
            else {
                continue;
            };
            let millibans = if selector.verified == Stated::Yes { VERIFIED } else { STATED };
            let statement = Phrase::new("identity.ground.identifier")
                .with("kind", kind.word())
                .with("account", self.name.as_str())
                .with("value", value.as_str())
                .with("verified", selector.verified.word())
                .with("line", line.as_str())
                .with("used_line", used);
            let line_row =
                facts.line_selectors.get(line).and_then(|of_line| of_line.get(&selector.identifier));
            let rows = [Some(&selector.row), line_row, Some(&registration.row)];
            grounds.push(Ground {
                person: person.clone(),
                name: registration.name.clone(),
                kind: kind.word(),
                millibans,
                statement,
                rows: rows.into_iter().flatten().cloned().collect(),
            });
        }
        grounds
    }

    fn two_lines_grounds(&self) -> Vec<Ground> {
        let mut grounds = Vec::new();
        for (idx, (_, line, support, registration)) in self.lines.iter().enumerate() {
            for (_, other_line, other_support, other_registration) in &self.lines[idx + 1..] {
                let (Some(registration), Some(other)) = (registration, other_registration) else {
                    continue;
                };
                let same = registration.person.is_some() && registration.person == other.person;
                let mobile = |support: &Support| support.access == Some(Access::Mobile);
                let operator = |line: &str| line.split_once('/').map(|(operator, _)| operator.to_owned());
                let independent =
                    mobile(support) != mobile(other_support) || operator(line) != operator(other_line);
                let (Some(person), true) = (&registration.person, same && independent) else {
                    continue;
                };
                if often(support) && often(other_support) {
                    let statement = Phrase::new("identity.ground.two_lines")
                        .with("account", self.name.as_str())
                        .with("line", line.as_str())
                        .with("other_line", other_line.as_str());
                    grounds.push(Ground {
                        person: person.clone(),
                        name: registration.name.clone(),
                        kind: "two_lines",
                        millibans: TWO_LINES,
                        statement,
                        rows: vec![registration.row.clone(), other.row.clone()],
                    });
                }
            }
        }
        grounds
    }

    /// What speaks against tying the account to the person of its grounds.
    fn contradictions(&self, facts: &CaseFacts, attributed: u64) -> Vec<Phrase> {
        let mut contradictions = Vec::new();
        let persons: BTreeSet<&PersonKey> = self.grounds.iter().map(|ground| &ground.person).collect();
        if persons.len() > 1 {
            contradictions.push(Phrase::new("identity.missing.one_person"));
        }
        if let Some(line) = self.other_household(attributed) {
            contradictions.push(Phrase::new("identity.missing.one_household").with("line", line));
        }
        if let Some(line) = self.telephone_of_another() {
            contradictions.push(Phrase::new("identity.missing.telephone_of_another").with("line", line));
        }
        if let Some((line, other, days)) = self.at_once_in_two_homes() {
            let phrase = Phrase::new("identity.missing.two_at_once").with("peer", self.name.as_str());
            contradictions.push(phrase.with("line", line).with("other_line", other).with("days", days));
        }
        if let Some(days) = self.days_elsewhere_since() {
            contradictions.push(Phrase::new("identity.missing.handed_over").with("days", days));
        }
        for selector in self.selectors.iter().filter(|selector| selector.verified == Stated::Yes) {
            let (kind, value) = &selector.identifier;
            let differs = match (kind, self.person()) {
                (SelectorKind::TaxCode, Some(PersonKey::TaxCode(code))) => code != value,
                (SelectorKind::Name, Some(_)) => {
                    let name = self.grounds.first().and_then(|ground| ground.name.as_ref());
                    name.is_some_and(|name| !same_words(name, value))
                }
                _ => false,
            };
            if differs {
                let phrase = Phrase::new("identity.missing.verified_other");
                contradictions.push(phrase.with("account", self.name.as_str()).with("kind", kind.word()));
            }
        }
        let mentions = facts.mentions.get(&self.name).into_iter().flatten();
        if mentions.into_iter().any(|mention| mention.compromised == Stated::Yes) {
            let phrase = Phrase::new("identity.missing.compromised");
            contradictions.push(phrase.with("account", self.name.as_str()));
        }
        contradictions
    }

    /// Two fixed lines of unrelated people through which a peer was on its network at once, and on how many days: a number
    /// that is copied with its program stands for several installations.
    fn at_once_in_two_homes(&self) -> Option<(&str, &str, usize)> {
        self.peer?;
        let homes: Vec<_> =
            self.lines.iter().filter(|(_, _, support, _)| support.access == Some(Access::Fixed)).collect();
        let met = |one: &Support, other: &Support| -> usize {
            let slots: BTreeSet<i64> = other.acts.by_time().iter().map(|act| act.slot).collect();
            let near = |act: &&Act| slots.range(act.slot - 1..=act.slot + 1).next().is_some();
            let days = one.acts.by_time().iter().filter(near).map(|act| act.slot * SLOT_US / DAY_US);
            days.collect::<BTreeSet<i64>>().len()
        };
        homes.iter().enumerate().find_map(|(idx, (_, line, support, registration))| {
            homes[idx + 1..].iter().find_map(|(_, other_line, other_support, other)| {
                let one_home = registration.zip(*other).is_some_and(|(mine, theirs)| related(mine, theirs));
                let days = if one_home { 0 } else { met(support, other_support) };
                (days >= AT_ONCE_DAYS).then_some((line.as_str(), other_line.as_str(), days))
            })
        })
    }

    /// A mobile line through which the account was used often, and which is registered to somebody else than the grounds
    /// name: a telephone goes where its owner goes, so that it speaks for that person, of the same home or not.
    fn telephone_of_another(&self) -> Option<&str> {
        let person = self.person()?;
        let is_anothers = |registration: &Registration| {
            registration.person.as_ref().is_some_and(|registered| registered != person)
        };
        let mobile = |support: &Support| support.access == Some(Access::Mobile) && often(support);
        let mut lines = self.lines.iter();
        let found = lines
            .find(|(_, _, support, registration)| mobile(support) && registration.is_some_and(is_anothers));
        found.map(|(_, line, _, _)| line.as_str())
    }

    /// For how many days the account went on being used after its last use through a line of the person's household, where
    /// these are a large part of its life: it was handed over, sold or taken, and the grounds may be of whoever had it
    /// before.
    fn days_elsewhere_since(&self) -> Option<i64> {
        let ground = self.grounds.first()?;
        let (first_us, last_us) = self.account.tally.span_us?;
        let registrations = || self.lines.iter().filter_map(|(_, _, _, registration)| *registration);
        let household = registrations()
            .find(|registration| registration.person.as_ref() == Some(&ground.person))
            .and_then(|registration| registration.household.as_ref());
        let own = self.lines.iter().filter(|(_, _, _, registration)| {
            registration.is_some_and(|registration| registration.is_of(&ground.person, household))
        });
        let last_own_us = own.filter_map(|(_, _, support, _)| Some(support.tally.span_us?.1)).max()?;
        let (since_us, life_us) = (last_us - last_own_us, last_us - first_us);
        let days = since_us / DAY_US;
        (days >= HANDED_OVER_DAYS && since_us >= life_us / HANDED_OVER_PART).then_some(days)
    }

    /// A line through which the account was used regularly, and which is registered to somebody who shares neither
    /// person nor household with the line used most.
    fn other_household(&self, attributed: u64) -> Option<&str> {
        // A business is nobody's household: it says where somebody was, not who.
        let mut regular = self.lines.iter().filter(|(_, _, support, _)| {
            support.access != Some(Access::Business)
                && attribution::ratio(support.tally.n, attributed) >= REGULAR_SHARE
        });
        let (_, _, _, main) = regular.next()?;
        regular
            .find(|(_, _, support, other)| match (main, other) {
                (Some(main), Some(other)) => !related(main, other),
                // An unknown holder of a SIM may be the same; two homes are two.
                _ => support.access != Some(Access::Mobile),
            })
            .map(|(_, line, _, _)| line.as_str())
    }

    /// Whether some line of this account and some line of the other are registered to unrelated people.
    pub fn unrelated_lines(&self, other: &View<'_>) -> bool {
        let mine = self.lines.iter().filter_map(|(_, _, _, registration)| *registration);
        let theirs: Vec<_> = other.lines.iter().filter_map(|(_, _, _, registration)| *registration).collect();
        mine.into_iter().any(|mine| theirs.iter().any(|theirs| !related(mine, theirs)))
    }

    fn person(&self) -> Option<&PersonKey> {
        self.grounds.first().map(|ground| &ground.person)
    }

    /// Whether a contradiction makes it unsafe to tie the account to anybody.
    pub fn in_question(&self) -> bool {
        !self.contradictions.is_empty()
    }
}

pub fn often(support: &Support) -> bool {
    support.sessions.len() >= GATE_SESSIONS || support.days.len() >= GATE_DAYS
}

/// Whether two registrations share the person or the household.
pub fn related(a: &Registration, b: &Registration) -> bool {
    let same_person = a.person.is_some() && a.person == b.person;
    let same_household = a.household.is_some() && a.household == b.household;
    same_person || same_household
}

/// Whether a telephone number is the number of the line itself.
fn is_own_number(line: &str, number: &str) -> bool {
    line.split_once('/').is_some_and(|(_, line)| crate::facts::phone(line) == number)
}

/// Whether two names have the same words in any order: registers put the family name first, people do not.
fn same_words(name: &str, other: &str) -> bool {
    let words = |name: &str| name.split_whitespace().map(str::to_lowercase).collect::<BTreeSet<_>>();
    words(name) == words(other)
}
