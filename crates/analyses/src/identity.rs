//! Which accounts belong together, and whether the records tie them to a person or to a line only.
//!
//! # What it shows
//! Accounts that share identifiers of their own become one lead.
//! A lead is *identified* when its account was used through lines of a person's household and an identifier of the
//! account stands in that person's own records, *candidate* when the records support a line or a person without that,
//! *unattributed* when no line explains it.
//!
//! # Why it matters
//! The worst error is the wrong door: a search at the home of somebody who shared a line, an address, or a name with
//! the person sought.
//!
//! # What it does not show
//! Who held the device at any moment.
//! A verified identifier in a person's records is a ground, not a presence: accounts are lent, sold and taken over,
//! and contracts are signed for others.
//! The strength is not the probability that the person did anything.
//!
//! # Method and source
//! Levels are kept apart: connection, line, household, account, person; strong support for a line adds at most 10 to
//! the ratio for a person, because a household, its guests and its neighbours share it.
//! The gate to *identified* asks for all of these: (1) use through lines of the person's household in two distinct
//! sessions or on three days; (2) a ground that does not follow from the line alone: an identifier of the account in
//! the person's or household's records (an identifier that the platform found false does not count, and the number of
//! a SIM says nothing that the use of the same SIM has not said), or use of two independent lines of the same person;
//! (3) no ground for another person, no verified identity of somebody else, and no regular use through the fixed line
//! of another household.
//! An identifier that more than two persons or five accounts share is left out as a hub.
//! Weights are log10 likelihood ratios with caps by kind, one ground of each kind counted once (dependence groups).
//! Accounts are joined at 1,000 or more, strongest pairs first, never across a contradiction or an officer's "not the
//! same"; a shared line gives one pair at most 10, so a line never joins two people.
//! Precedents follow the tax code, or name and date of birth together; never a name alone.
//!
//! # Settings
//! `gate_sessions` 2, `gate_days` 3, `join_millibans` 3000, `hub_persons` 2, `hub_accounts` 5.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::finding::PersonStatus;
use tutela_model::place::Digest;
use tutela_model::tables::{Access, Origin, SelectorKind, Stated};
use tutela_model::{
    Alternative, AlternativeState, Choice, Decisions, Finding, Phrase, RowRef, Statement, Strength, Text,
};

use crate::attribution;
use crate::facts::{AccountSelector, CaseFacts, Identifier, PersonKey, Registration};
use crate::usage::{AccountKey, AccountUse, Open, Support, Usage};

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "identity.identified",
        it: "i dati degli account {accounts} combaciano con quelli di {name}, e gli account sono stati usati attraverso \
             linee del suo nucleo: {lines}",
        en: "the records of accounts {accounts} agree with those of {name}, and the accounts were used through lines \
             of that household: {lines}",
    },
    Statement {
        key: "identity.candidate",
        it: "gli account {accounts} sono stati usati attraverso le linee {lines}; chi li usasse non risulta",
        en: "accounts {accounts} were used through lines {lines}; by whom does not appear",
    },
    Statement {
        key: "identity.unattributed",
        it: "nessuna linea spiega le connessioni degli account {accounts}",
        en: "no line explains the connections of accounts {accounts}",
    },
    Statement {
        key: "identity.for.person",
        it: "gli account {accounts} erano in uso alla persona intestataria dei dati combacianti",
        en: "accounts {accounts} were in use by the person whose records agree with theirs",
    },
    Statement {
        key: "identity.against.person",
        it: "gli account erano in uso ad altri: un convivente, un ospite, un vicino, o chi ne ha usato i dati",
        en: "the accounts were in use by somebody else: of the household, a guest, a neighbour, or somebody who used \
             that person's data",
    },
    Statement {
        key: "identity.for.line",
        it: "gli account {accounts} sono stati usati attraverso queste linee",
        en: "accounts {accounts} were used through these lines",
    },
    Statement {
        key: "identity.against.line",
        it: "le registrazioni indicano queste linee per errore, o nessuna linea è indicata",
        en: "the records name these lines by error, or name none",
    },
    Statement {
        key: "identity.ground.identifier",
        it: "l'identificativo {kind} dell'account {account} ({value}, verifica della piattaforma: {verified}) figura \
             anche nei dati della linea {line}",
        en: "identifier {kind} of account {account} ({value}, checked by the platform: {verified}) also stands in the \
             records of line {line}",
    },
    Statement {
        key: "identity.ground.two_lines",
        it: "l'account {account} è stato usato attraverso due linee indipendenti intestate alla stessa persona: \
             {line} e {other_line}",
        en: "account {account} was used through two independent lines registered to the same person: {line} and \
             {other_line}",
    },
    Statement {
        key: "identity.same_user",
        it: "gli account {account} e {other} hanno in comune: {shared}",
        en: "accounts {account} and {other} have in common: {shared}",
    },
    Statement {
        key: "identity.precedent",
        it: "un precedente del {date} ({offence}) riguarda la persona con gli stessi dati anagrafici",
        en: "a precedent of {date} ({offence}) concerns the person with the same registered data",
    },
    Statement {
        key: "identity.precedent_of_subscriber",
        it: "un precedente del {date} ({offence}) riguarda la persona a cui è intestata la linea {line}; chi la usasse \
             non risulta",
        en: "a precedent of {date} ({offence}) concerns the person to whom line {line} is registered; who used it does \
             not appear",
    },
    Statement {
        key: "identity.missing.sessions",
        it: "manca l'uso attraverso una linea del nucleo in due sessioni distinte o in tre giorni",
        en: "missing: use through a line of the household in two distinct sessions or on three days",
    },
    Statement {
        key: "identity.missing.ground",
        it: "manca un elemento che leghi l'account alla persona e non alla sola linea (recapito verificato, dispositivo, \
             pagamento, o una seconda linea della stessa persona)",
        en: "missing: a ground that ties the account to a person rather than to the line alone (a verified contact, a \
             device, a payment, or a second line of the same person)",
    },
    Statement {
        key: "identity.missing.one_person",
        it: "gli elementi indicano più di una persona",
        en: "the grounds point to more than one person",
    },
    Statement {
        key: "identity.missing.one_household",
        it: "l'account è stato usato regolarmente anche attraverso la linea {line} di un altro nucleo",
        en: "the account was regularly used through line {line} of another household too",
    },
    Statement {
        key: "identity.missing.verified_other",
        it: "la piattaforma ha verificato per l'account {account} un'identità ({kind}) che non è quella della persona",
        en: "the platform verified an identity ({kind}) for account {account} that is not the person's",
    },
    Statement {
        key: "identity.missing.compromised",
        it: "la piattaforma segnala l'account {account} come compromesso da altri",
        en: "the platform reports account {account} as taken over by somebody else",
    },
    Statement {
        key: "identity.missing.line",
        it: "nessuna connessione cade su una sola linea",
        en: "no connection falls on one line alone",
    },
    Statement {
        key: "identity.alternative.household.open",
        it: "altre persone dello stesso indirizzo possono aver usato la linea",
        en: "other people at the same address may have used the line",
    },
    Statement {
        key: "identity.alternative.household.unlikely",
        it: "un elemento lega l'account alla persona e non alla sola linea; gli altri conviventi restano da escludere",
        en: "a ground ties the account to the person and not to the line alone; the others at the address remain to be \
             excluded",
    },
    Statement {
        key: "identity.alternative.open_wifi.open",
        it: "chi si trovava nelle vicinanze può aver usato la rete Wi-Fi della linea fissa",
        en: "somebody nearby may have used the Wi-Fi of the fixed line",
    },
    Statement {
        key: "identity.alternative.open_wifi.unlikely",
        it: "l'account è stato usato anche attraverso una linea mobile della stessa persona",
        en: "the account was also used through a mobile line of the same person",
    },
    Statement {
        key: "identity.alternative.not_fixed",
        it: "nessuna linea fissa è coinvolta",
        en: "no fixed line is involved",
    },
    Statement {
        key: "identity.alternative.cgnat.open",
        it: "{n} connessioni da indirizzi condivisi non hanno porta: indicano un insieme di linee",
        en: "{n} connections from shared addresses have no port: they name a set of lines",
    },
    Statement {
        key: "identity.alternative.cgnat.unlikely",
        it: "le connessioni attribuite hanno la porta o vengono da indirizzi non condivisi",
        en: "the attributed connections have their port or come from addresses that are not shared",
    },
    Statement {
        key: "identity.alternative.vpn.open",
        it: "{n} connessioni passano da VPN, Tor o centri dati: da dove provenissero non risulta",
        en: "{n} connections came through VPNs, Tor or data centres: from where does not appear",
    },
    Statement {
        key: "identity.alternative.vpn.not_applicable",
        it: "nessuna connessione passa da reti presenti negli elenchi forniti",
        en: "no connection came through networks of the supplied lists",
    },
    Statement {
        key: "identity.alternative.account_shared.open",
        it: "nulla esclude che più persone abbiano usato l'account",
        en: "nothing excludes that several people used the account",
    },
    Statement {
        key: "identity.alternative.account_shared.households",
        it: "l'account è stato usato da linee di più nuclei",
        en: "the account was used from lines of several households",
    },
    Statement {
        key: "identity.alternative.account_shared.unlikely",
        it: "l'account è stato usato con un solo dispositivo e da un solo nucleo",
        en: "the account was used with one device and from one household",
    },
    Statement {
        key: "identity.alternative.device_shared.open",
        it: "lo stesso dispositivo compare con account di altre posizioni",
        en: "the same device appears with accounts of other leads",
    },
    Statement {
        key: "identity.alternative.device_shared.unlikely",
        it: "i dispositivi degli account non compaiono altrove",
        en: "the devices of the accounts appear nowhere else",
    },
    Statement {
        key: "identity.alternative.device_shared.unknown",
        it: "le registrazioni non indicano dispositivi",
        en: "the records name no devices",
    },
    Statement {
        key: "identity.refuted_by.elsewhere",
        it: "un uso dell'account mentre la persona era dimostrabilmente altrove",
        en: "a use of the account while the person demonstrably was elsewhere",
    },
    Statement {
        key: "identity.refuted_by.device",
        it: "un dispositivo della persona senza tracce dell'account",
        en: "a device of the person without traces of the account",
    },
];

const GATE_SESSIONS: usize = 2;
const GATE_DAYS: usize = 3;
/// What a strong result for the line adds at most at the level of the person.
const LINE_AT_PERSON: i32 = 1000;
/// Strong support: the least for a person to be identified, and for two accounts to be joined.
const STRONG: i32 = 3000;
const PERSON_AT_MOST: i32 = 6000;
/// An identifier that the platform checked.
const VERIFIED: i32 = 4000;
/// An identifier of which the platform does not say whether it checked it.
const STATED: i32 = 3000;
/// Two independent lines of one person.
const TWO_LINES: i32 = 3000;
const HUB_PERSONS: usize = 2;
const HUB_ACCOUNTS: usize = 5;
/// Use through another household's fixed line is regular from this share of the attributed connections on.
const REGULAR_SHARE: f64 = 0.1;
const REGULAR_SESSIONS: usize = 3;

/// Identifiers that tie an account to somebody. Names, nicknames and dates of birth do not: they are typed in at will.
const TYING: &[SelectorKind] = &[
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

/// What the analysis says.
pub struct Identity {
    /// Leads to be, in the order of their first account.
    pub groups: Vec<Group>,
    /// Findings of all groups.
    pub findings: Vec<Finding>,
}

/// Accounts that belong together, and what they are tied to.
pub struct Group {
    /// Derived from the accounts.
    pub id: String,
    /// `platform/account`, sorted.
    pub accounts: Vec<AccountKey>,
    /// The person, and the registration that names it, when identified.
    pub person: Option<(PersonKey, Option<Text>)>,
    /// How far the accounts are tied.
    pub status: PersonStatus,
    /// What is missing below identified.
    pub missing: Vec<Phrase>,
    /// Lines by number, most used first.
    pub lines: Vec<LineUse>,
    /// Strength at the level that the status names.
    pub strength: Strength,
    /// For and against.
    pub propositions: Vec<Phrase>,
    /// What else could explain it.
    pub alternatives: Vec<Alternative>,
    /// Ids of findings that it stands on.
    pub findings: Vec<String>,
    /// Precedents of the person or, below identified, of those to whom the lines are registered.
    pub n_precedents: u32,
}

/// A group's use of a line.
pub struct LineUse {
    /// Position in the index of lines.
    pub line: u32,
    /// `operator/line`.
    pub name: String,
    /// Connections.
    pub n: u64,
    /// The registered name.
    pub subscriber: Option<String>,
    /// Province of the registration.
    pub province: Option<String>,
}

/// Runs the analysis.
#[must_use]
pub fn run(usage: &Usage, facts: &CaseFacts, attribution: &[Finding], decisions: &Decisions) -> Identity {
    let mut views: BTreeMap<AccountKey, View<'_>> = BTreeMap::new();
    for key in suspect_accounts(usage, facts) {
        views.insert(key.clone(), View::new(usage, facts, &key));
    }
    let mut findings = Vec::new();
    let joined = join(&views, facts, decisions, &mut findings);
    let mut devices: BTreeMap<&Text, BTreeSet<usize>> = BTreeMap::new();
    for (number, accounts) in joined.iter().enumerate() {
        for device in accounts.iter().flat_map(|key| views[key].account.devices.keys()) {
            devices.entry(device).or_default().insert(number);
        }
    }
    let of_account: BTreeMap<(&str, &str, &str, &str), &Finding> = attribution
        .iter()
        .map(|f| ((f.text("platform"), f.text("account"), f.text("operator"), f.text("line")), f))
        .collect();
    let by_id: BTreeMap<&str, &Finding> = attribution.iter().map(|f| (f.id.as_str(), f)).collect();
    let mut groups = Vec::new();
    for accounts in &joined {
        let views: Vec<&View<'_>> = accounts.iter().map(|key| &views[key]).collect();
        let shares_device =
            views.iter().flat_map(|view| view.account.devices.keys()).any(|device| devices[device].len() > 1);
        let mut group = group(usage, facts, &views, shares_device, &mut findings);
        for (key, line) in accounts.iter().flat_map(|key| group.lines.iter().map(move |line| (key, line))) {
            let line_key = &usage.index.lines[line.line as usize];
            let name = (&*key.platform, &*key.account, &*line_key.operator, &*line_key.line);
            group.findings.extend(of_account.get(&name).map(|finding| finding.id.clone()));
        }
        let zone = worst(&group.findings, &by_id, "wrong_zone");
        let typing = worst(&group.findings, &by_id, "typing_error");
        group.alternatives.extend(zone.into_iter().chain(typing));
        groups.push(group);
    }
    findings.sort_by(|a, b| a.id.cmp(&b.id));
    findings.dedup_by(|a, b| a.id == b.id);
    Identity { groups, findings }
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
struct View<'a> {
    key: AccountKey,
    name: String,
    account: &'a AccountUse,
    selectors: &'a [AccountSelector],
    /// Lines through which it was used more than in passing, most used first.
    lines: Vec<(u32, String, &'a Support, Option<&'a Registration>)>,
    grounds: Vec<Ground>,
    contradictions: Vec<Phrase>,
}

/// Something that ties an account to a person rather than to a line.
struct Ground {
    person: PersonKey,
    name: Option<Text>,
    kind: &'static str,
    millibans: i32,
    statement: Phrase,
    rows: Vec<RowRef>,
}

static NO_USE: AccountUse = AccountUse {
    tally: crate::usage::Tally { n: 0, span_us: None, rows: crate::usage::Spread::EMPTY },
    n_timed: 0,
    lines: BTreeMap::new(),
    shared: BTreeMap::new(),
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
            let registration = (*registration)?;
            let same = registration.person.as_ref() == Some(person)
                || (household.is_some() && registration.household.as_ref() == household);
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
        let mined = selector.origin == Origin::Mined;
        if !TYING.contains(kind) || selector.verified == Stated::No || mined {
            return Vec::new();
        }
        let lines = facts.lines_of.get(&selector.identifier).into_iter().flatten();
        let holders: Vec<(&String, &Registration, &PersonKey)> = lines
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

    /// A fixed line of a second household through which the account was used regularly.
    fn other_household(&self, attributed: u64) -> Option<&str> {
        let fixed = self.lines.iter().filter(|(_, _, support, _)| support.access != Some(Access::Mobile));
        let mut households: BTreeSet<&str> = BTreeSet::new();
        for (_, line, support, registration) in fixed {
            let regular = support.sessions.len() >= REGULAR_SESSIONS
                && attribution::ratio(support.tally.n, attributed) >= REGULAR_SHARE;
            let household = registration.and_then(|registration| registration.household.as_deref());
            if regular && households.insert(household.unwrap_or(line)) && households.len() > 1 {
                return Some(line);
            }
        }
        None
    }

    fn person(&self) -> Option<&PersonKey> {
        self.grounds.first().map(|ground| &ground.person)
    }

    /// Whether a contradiction makes it unsafe to tie the account to anybody.
    fn in_question(&self) -> bool {
        !self.contradictions.is_empty()
    }
}

fn often(support: &Support) -> bool {
    support.sessions.len() >= GATE_SESSIONS || support.days.len() >= GATE_DAYS
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

/// Joins accounts: sets of them, each sorted, in the order of their first.
fn join(
    views: &BTreeMap<AccountKey, View<'_>>,
    facts: &CaseFacts,
    decisions: &Decisions,
    findings: &mut Vec<Finding>,
) -> Vec<Vec<AccountKey>> {
    let mut set_of: BTreeMap<&AccountKey, usize> =
        views.keys().enumerate().map(|(set, key)| (key, set)).collect();
    let mut sets: Vec<Vec<&AccountKey>> = views.keys().map(|key| vec![key]).collect();
    for pair in pairs(views, facts) {
        let (a, b) = (&views[pair.a], &views[pair.b]);
        let mut finding = Finding::new(
            "identity",
            &format!("{}\n{}", a.name, b.name),
            Phrase::new("identity.same_user")
                .with("account", a.name.as_str())
                .with("other", b.name.as_str())
                .with("shared", pair.shared.clone()),
        );
        finding.strength = Some(Strength(pair.millibans));
        finding.n_rows = pair.rows.len() as u64;
        finding.rows = pair.rows;
        let refused = decisions.get(&finding.id) == Some(&Choice::Reject);
        findings.push(finding);
        let (set_a, set_b) = (set_of[pair.a], set_of[pair.b]);
        if refused || set_a == set_b || contradict(views, &sets[set_a], &sets[set_b]) {
            continue;
        }
        let moved = std::mem::take(&mut sets[set_b]);
        for key in &moved {
            set_of.insert(key, set_a);
        }
        sets[set_a].extend(moved);
    }
    let mut joined: Vec<Vec<AccountKey>> = sets
        .into_iter()
        .filter(|set| !set.is_empty())
        .map(|mut set| {
            set.sort();
            set.into_iter().cloned().collect()
        })
        .collect();
    joined.sort();
    joined
}

/// Whether two sets of accounts are tied to different people, or one is tied to several.
fn contradict(views: &BTreeMap<AccountKey, View<'_>>, a: &[&AccountKey], b: &[&AccountKey]) -> bool {
    let both = || a.iter().chain(b).map(|key| &views[*key]);
    let persons: BTreeSet<&PersonKey> =
        both().flat_map(|view| view.grounds.iter().map(|ground| &ground.person)).collect();
    persons.len() > 1 || (a.len() + b.len() > 1 && both().any(View::in_question))
}

/// Two accounts that share enough to be joined.
struct Pair<'a> {
    a: &'a AccountKey,
    b: &'a AccountKey,
    millibans: i32,
    shared: Vec<String>,
    rows: Vec<RowRef>,
}

/// An account that has an identifier, what the identifier weighs there, and the row that says so.
type Holder<'a> = (&'a AccountKey, i32, Option<&'a RowRef>);

/// Pairs at or above the threshold, strongest first.
fn pairs<'a>(views: &'a BTreeMap<AccountKey, View<'_>>, facts: &CaseFacts) -> Vec<Pair<'a>> {
    type Shared<'b> = BTreeMap<String, (i32, Vec<&'b RowRef>)>;
    let mut together: BTreeMap<(&AccountKey, &AccountKey), Shared<'_>> = BTreeMap::new();
    let mut add = |holders: &[Holder<'a>], what: &str| {
        if holders.len() > HUB_ACCOUNTS {
            return;
        }
        for (idx, (a, millibans_a, row_a)) in holders.iter().enumerate() {
            for (b, millibans_b, row_b) in holders[idx + 1..].iter().filter(|(b, _, _)| b != a) {
                let shared = together.entry((a, b)).or_default().entry(what.to_owned()).or_default();
                shared.0 = shared.0.max(*millibans_a.min(millibans_b));
                shared.1.extend(row_a.iter().chain(row_b));
            }
        }
    };
    let mut by_identifier: BTreeMap<&Identifier, Vec<Holder<'_>>> = BTreeMap::new();
    let mut by_device: BTreeMap<&Text, Vec<Holder<'_>>> = BTreeMap::new();
    let mut by_person: BTreeMap<&PersonKey, Vec<Holder<'_>>> = BTreeMap::new();
    let mut by_lines: BTreeMap<(u32, u32), Vec<Holder<'_>>> = BTreeMap::new();
    for (key, view) in views {
        for selector in view.selectors {
            if TYING.contains(&selector.identifier.0) && selector.verified != Stated::No {
                let checked = selector.verified == Stated::Yes && selector.origin == Origin::Stated;
                let millibans = if checked { VERIFIED } else { STATED / 2 };
                let holders = by_identifier.entry(&selector.identifier).or_default();
                if holders.last().is_none_or(|(last, _, _)| *last != key) {
                    holders.push((key, millibans, Some(&selector.row)));
                }
            }
        }
        for device in view.account.devices.keys() {
            by_device.entry(device).or_default().push((key, VERIFIED, None));
        }
        if let (Some(ground), false) = (view.grounds.first(), view.in_question()) {
            by_person.entry(&ground.person).or_default().push((key, STRONG, None));
        }
        for (home, sim) in home_and_sim(view) {
            by_lines.entry((home, sim)).or_default().push((key, TWO_LINES, None));
        }
    }
    for (identifier, holders) in &by_identifier {
        let persons = facts.lines_of.get(*identifier).map_or(0, BTreeSet::len);
        if persons <= HUB_PERSONS {
            add(holders, identifier.0.word());
        }
    }
    by_device.values().for_each(|holders| add(holders, "device"));
    by_person.values().for_each(|holders| add(holders, "person"));
    by_lines.values().for_each(|holders| add(holders, "two_lines"));
    let mut pairs: Vec<Pair<'a>> = together
        .into_iter()
        .map(|((a, b), shared)| Pair {
            a,
            b,
            millibans: shared.values().map(|(millibans, _)| millibans).sum::<i32>().min(PERSON_AT_MOST),
            shared: shared.keys().cloned().collect(),
            rows: shared.into_values().flat_map(|(_, rows)| rows).cloned().collect(),
        })
        .filter(|pair| pair.millibans >= STRONG)
        .collect();
    pairs.sort_by(|x, y| (y.millibans, x.a, x.b).cmp(&(x.millibans, y.a, y.b)));
    pairs
}

/// A fixed line and a mobile line that the account was used through, both often.
fn home_and_sim(view: &View<'_>) -> Vec<(u32, u32)> {
    let used = |mobile: bool| {
        view.lines
            .iter()
            .filter(move |(_, _, support, _)| {
                (support.access == Some(Access::Mobile)) == mobile && often(support)
            })
            .map(|(line, _, _, _)| *line)
    };
    used(false).flat_map(|home| used(true).map(move |sim| (home, sim))).collect()
}

fn group(
    usage: &Usage,
    facts: &CaseFacts,
    views: &[&View<'_>],
    shares_device: bool,
    findings: &mut Vec<Finding>,
) -> Group {
    let names: Vec<&str> = views.iter().map(|view| view.name.as_str()).collect();
    let lines = line_uses(views);
    let line_strength = lines_strength(usage, &lines, views);
    let (status, person, missing) = status(views, &lines);
    let strength = match &person {
        Some((person, _)) => person_strength(views, person, line_strength),
        None => line_strength,
    };
    let level = if person.is_some() { "person" } else { "line" };
    let about = |key: &str| Phrase::new(key).with("accounts", names.clone());
    let propositions =
        vec![about(&format!("identity.for.{level}")), about(&format!("identity.against.{level}"))];
    let alternatives = alternatives(usage, views, &lines, status, shares_device);
    let mut ids = Vec::new();
    for ground in views.iter().flat_map(|view| &view.grounds) {
        let subject = format!("{:?}", ground.statement.values);
        let mut finding = Finding::new("identity", &subject, ground.statement.clone());
        finding.strength = Some(Strength(ground.millibans));
        finding.n_rows = ground.rows.len() as u64;
        finding.rows = ground.rows.clone();
        ids.push(finding.id.clone());
        findings.push(finding);
    }
    let precedents = precedents(facts, person.as_ref(), &lines, views);
    let n_precedents = precedents.len() as u32;
    for finding in precedents {
        ids.push(finding.id.clone());
        findings.push(finding);
    }
    let key = match status {
        PersonStatus::Identified => "identity.identified",
        PersonStatus::Candidate => "identity.candidate",
        PersonStatus::Unattributed => "identity.unattributed",
    };
    let mut statement =
        about(key).with("lines", lines.iter().map(|line| line.name.clone()).collect::<Vec<_>>());
    if let Some((_, name)) = &person {
        statement = statement.with("name", name.as_deref().unwrap_or("?"));
    }
    let subject = names.join("\n");
    let mut finding = Finding::new("identity", &subject, statement);
    finding.strength = Some(strength);
    finding.propositions.clone_from(&propositions);
    finding.rows = registrations(facts, &lines);
    finding
        .rows
        .extend(views.iter().flat_map(|view| view.account.tally.rows.rows(&usage.parts).into_iter().take(8)));
    finding.n_rows = views.iter().map(|view| view.account.tally.n).sum::<u64>() + lines.len() as u64;
    finding.alternatives.clone_from(&alternatives);
    finding.refuted_by =
        vec![Phrase::new("identity.refuted_by.elsewhere"), Phrase::new("identity.refuted_by.device")];
    ids.insert(0, finding.id.clone());
    findings.push(finding);
    Group {
        id: format!("P-{}", &Digest::of(subject.as_bytes()).hex()[..12]),
        accounts: views.iter().map(|view| view.key.clone()).collect(),
        person,
        status,
        missing,
        lines,
        strength,
        propositions,
        alternatives,
        findings: ids,
        n_precedents,
    }
}

fn line_uses(views: &[&View<'_>]) -> Vec<LineUse> {
    let mut lines: BTreeMap<u32, LineUse> = BTreeMap::new();
    for (line, name, support, registration) in views.iter().flat_map(|view| &view.lines) {
        let use_of = lines.entry(*line).or_insert_with(|| LineUse {
            line: *line,
            name: name.clone(),
            n: 0,
            subscriber: registration
                .and_then(|registration| registration.name.as_ref())
                .map(ToString::to_string),
            province: registration
                .and_then(|registration| registration.province.as_ref())
                .map(ToString::to_string),
        });
        use_of.n += support.tally.n;
    }
    let mut lines: Vec<LineUse> = lines.into_values().collect();
    lines.sort_by(|a, b| (b.n, &a.name).cmp(&(a.n, &b.name)));
    lines
}

/// The strength of the best supported line: of several, one is enough to say that the accounts were used there.
fn lines_strength(usage: &Usage, lines: &[LineUse], views: &[&View<'_>]) -> Strength {
    let of_line = |line: &LineUse| {
        let uses = views.iter().filter_map(|view| usage.accounts.get(&view.key)?.lines.get(&line.line));
        uses.map(|support| attribution::strength(support.tally.n, support.sessions.len() as u64)).max()
    };
    lines.iter().filter_map(of_line).max().unwrap_or_default()
}

/// The gate.
#[expect(clippy::type_complexity, reason = "the three parts of one answer, used once")]
fn status(
    views: &[&View<'_>],
    lines: &[LineUse],
) -> (PersonStatus, Option<(PersonKey, Option<Text>)>, Vec<Phrase>) {
    if lines.is_empty() {
        return (PersonStatus::Unattributed, None, vec![Phrase::new("identity.missing.line")]);
    }
    let mut missing: Vec<Phrase> = Vec::new();
    for phrase in views.iter().flat_map(|view| &view.contradictions) {
        if !missing.contains(phrase) {
            missing.push(phrase.clone());
        }
    }
    let grounds = || views.iter().flat_map(|view| &view.grounds);
    let strongest = grounds().max_by(|a, b| (a.millibans, &b.person).cmp(&(b.millibans, &a.person)));
    let Some(ground) = strongest else {
        let often_used = views.iter().flat_map(|view| &view.lines).any(|(_, _, support, _)| often(support));
        if !often_used {
            missing.push(Phrase::new("identity.missing.sessions"));
        }
        missing.push(Phrase::new("identity.missing.ground"));
        return (PersonStatus::Candidate, None, missing);
    };
    if missing.is_empty() {
        (PersonStatus::Identified, Some((ground.person.clone(), ground.name.clone())), missing)
    } else {
        (PersonStatus::Candidate, None, missing)
    }
}

/// Line and grounds together, each kind of ground once.
fn person_strength(views: &[&View<'_>], person: &PersonKey, line: Strength) -> Strength {
    let mut by_kind: BTreeMap<&str, i32> = BTreeMap::new();
    for ground in views.iter().flat_map(|view| &view.grounds).filter(|ground| ground.person == *person) {
        let best = by_kind.entry(ground.kind).or_default();
        *best = (*best).max(ground.millibans);
    }
    let grounds: i32 = by_kind.values().sum();
    Strength((grounds + line.0.min(LINE_AT_PERSON)).min(PERSON_AT_MOST))
}

fn alternatives(
    usage: &Usage,
    views: &[&View<'_>],
    lines: &[LineUse],
    status: PersonStatus,
    shares_device: bool,
) -> Vec<Alternative> {
    use AlternativeState::{NotApplicable, Open as Unanswered, Unlikely};
    let alternative = |kind: &str, state, key: &str| Alternative {
        kind: kind.to_owned(),
        state,
        why: Phrase::new(&format!("identity.alternative.{key}")),
    };
    let identified = status == PersonStatus::Identified;
    let access = |wanted: bool| {
        views
            .iter()
            .flat_map(|view| &view.lines)
            .any(|(_, _, support, _)| (support.access == Some(Access::Mobile)) == wanted)
    };
    let mut alternatives = Vec::new();
    if !lines.is_empty() {
        alternatives.push(if identified {
            alternative("household", Unlikely, "household.unlikely")
        } else {
            alternative("household", Unanswered, "household.open")
        });
        alternatives.push(match (access(false), access(true)) {
            (false, _) => alternative("open_wifi", NotApplicable, "not_fixed"),
            (true, true) if identified => alternative("open_wifi", Unlikely, "open_wifi.unlikely"),
            (true, _) => alternative("open_wifi", Unanswered, "open_wifi.open"),
        });
    }
    let n_open = |reasons: &[Open]| -> u64 {
        let of_view = |view: &&View<'_>| {
            let account = usage.accounts.get(&view.key)?;
            Some(
                reasons
                    .iter()
                    .filter_map(|reason| account.open.get(reason))
                    .map(|open| open.tally.n)
                    .sum::<u64>(),
            )
        };
        views.iter().filter_map(of_view).sum()
    };
    let n_shared = n_open(&[Open::PortMissing, Open::SeveralLines]);
    let mut cgnat = match n_shared {
        0 => alternative("cgnat", Unlikely, "cgnat.unlikely"),
        _ if lines.is_empty() => alternative("cgnat", Unanswered, "cgnat.open"),
        _ => alternative("cgnat", Unlikely, "cgnat.unlikely"),
    };
    cgnat.why = cgnat.why.with("n", n_shared);
    let n_hidden = n_open(&[Open::Vpn, Open::TorExit, Open::Hosting]);
    let mut vpn = match n_hidden {
        0 => alternative("vpn", NotApplicable, "vpn.not_applicable"),
        _ => alternative("vpn", Unanswered, "vpn.open"),
    };
    vpn.why = vpn.why.with("n", n_hidden);
    let several_households = views.iter().flat_map(|view| &view.contradictions).any(|phrase| {
        phrase.key == "identity.missing.one_household" || phrase.key == "identity.missing.one_person"
    });
    let one_device = views.iter().all(|view| view.account.devices.len() == 1);
    let shared = match (several_households, one_device) {
        (true, _) => alternative("account_shared", Unanswered, "account_shared.households"),
        (false, true) => alternative("account_shared", Unlikely, "account_shared.unlikely"),
        (false, false) => alternative("account_shared", Unanswered, "account_shared.open"),
    };
    let device = match (shares_device, views.iter().all(|view| view.account.devices.is_empty())) {
        (true, _) => alternative("device_shared", Unanswered, "device_shared.open"),
        (false, true) => alternative("device_shared", Unanswered, "device_shared.unknown"),
        (false, false) => alternative("device_shared", Unlikely, "device_shared.unlikely"),
    };
    alternatives.extend([cgnat, vpn, shared, device]);
    alternatives
}

/// Of the attributions of a group, the alternative of a kind that is furthest from being answered.
fn worst(ids: &[String], by_id: &BTreeMap<&str, &Finding>, kind: &str) -> Option<Alternative> {
    let rank = |state: AlternativeState| match state {
        AlternativeState::NotApplicable => 0,
        AlternativeState::Unlikely => 1,
        AlternativeState::Checked => 2,
        AlternativeState::Open => 3,
    };
    ids.iter()
        .filter_map(|id| by_id.get(id.as_str()))
        .flat_map(|finding| finding.alternatives.iter().filter(|alternative| alternative.kind == kind))
        .max_by_key(|alternative| rank(alternative.state))
        .cloned()
}

fn registrations(facts: &CaseFacts, lines: &[LineUse]) -> Vec<RowRef> {
    let of_line =
        |line: &LineUse| facts.registration(&line.name).map(|registration| registration.row.clone());
    lines.iter().filter_map(of_line).collect()
}

/// A finding for each precedent: of the person, or where nobody is identified of those to whom the lines used most
/// are registered.
fn precedents(
    facts: &CaseFacts,
    person: Option<&(PersonKey, Option<Text>)>,
    lines: &[LineUse],
    views: &[&View<'_>],
) -> Vec<Finding> {
    // A person's own line may be one that the account was not used through: the line of a verified number.
    let of_grounds = views.iter().flat_map(|view| &view.grounds).map(|ground| ground.statement.text("line"));
    let names: Vec<&str> = lines.iter().map(|line| line.name.as_str()).chain(of_grounds).collect();
    let registrations = names.into_iter().filter_map(|line| Some((line, facts.registration(line)?)));
    let mut findings: Vec<Finding> = Vec::new();
    for (line, registration) in registrations {
        let Some(key) = &registration.person else {
            continue;
        };
        if person.is_some_and(|(person, _)| person != key) {
            continue;
        }
        let statement = match person {
            Some(_) => Phrase::new("identity.precedent"),
            None => Phrase::new("identity.precedent_of_subscriber").with("line", line),
        };
        for (_, precedent, row) in
            facts.precedents_of(key, registration.name.as_ref(), registration.birth_date)
        {
            let statement = statement
                .clone()
                .with("date", precedent.date.map_or_else(|| "?".to_owned(), |date| date.to_string()))
                .with("offence", precedent.offence.as_deref().unwrap_or("?"));
            let subject = format!("{}\n{}", row.source, row.place);
            let mut finding = Finding::new("identity", &subject, statement);
            finding.rows = vec![row.clone(), registration.row.clone()];
            finding.n_rows = 2;
            if findings.iter().all(|known| known.rows[0] != *row) {
                findings.push(finding);
            }
        }
    }
    findings
}
