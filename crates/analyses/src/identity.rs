//! Whether the records tie accounts to a person, to a line only, or to nothing yet.
//!
//! # What it shows
//! Accounts of the same user become one lead.
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
//! (3) no ground for another person, no verified identity of somebody else, and no line of somebody who shares
//! neither person nor household with a tenth or more of the attributed connections, where a business is no household,
//! no mobile line used often that is registered to somebody else, and no use of the account for two weeks and a fifth
//! of its life after the last through the person's own lines.
//! An identifier that more than two persons share is left out as a hub, and one that the line no longer had when it was
//! the account's says nothing.
//! A set of accounts that something many share may have joined identifies nobody, nor do accounts whose grounds name two
//! people.
//! Weights are log10 likelihood ratios with caps by kind, one ground of each kind counted once (dependence groups).
//! Which accounts belong together says `same_user`.
//! A peer of a file-sharing network is one of these accounts, by the number of its program; that the same number was seen at
//! exits and then elsewhere is told with the lead.
//! A number that was on the network through two homes of unrelated people within five minutes, on two days or more,
//! identifies nobody: it may be of several installations.
//! Precedents follow the tax code, or name and date of birth together; never a name alone.
//!
//! # Settings
//! `gate_sessions` 2, `gate_days` 3, `hub_persons` 2.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::finding::{PersonStatus, ROWS_LISTED};
use tutela_model::place::Digest;
use tutela_model::time::utc;
use tutela_model::{Alternative, AlternativeState, Finding, Phrase, RowRef, Statement, Strength, Text};

use crate::facts::{CaseFacts, PersonKey};
use crate::grounds::{Ground, View, often};
use crate::same_user::Set;
use crate::usage::{AccountKey, Open, Tally, Usage};
use crate::{alternatives, attribution};

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "identity.identified",
        it: "i dati degli account {accounts} coincidono con quelli di {name}, e gli account sono stati usati attraverso \
             utenze del suo nucleo familiare: {lines}",
        en: "the records of accounts {accounts} agree with those of {name}, and the accounts were used through lines \
             of that household: {lines}",
    },
    Statement {
        key: "identity.candidate",
        it: "gli account {accounts} sono stati usati attraverso le utenze {lines}; chi li usasse non risulta",
        en: "accounts {accounts} were used through lines {lines}; by whom does not appear",
    },
    Statement {
        key: "identity.unattributed",
        it: "nessun'utenza spiega le connessioni degli account {accounts}",
        en: "no line explains the connections of accounts {accounts}",
    },
    Statement {
        key: "identity.identified_peers",
        it: "i dati degli account o peer {accounts} coincidono con quelli di {name}, e sono stati in uso attraverso utenze \
             del suo nucleo familiare: {lines}",
        en: "the records of accounts or peers {accounts} agree with those of {name}, and they were in use through lines of \
             that household: {lines}",
    },
    Statement {
        key: "identity.candidate_peers",
        it: "gli account o peer {accounts} sono stati in uso attraverso le utenze {lines}; chi li usasse non risulta",
        en: "accounts or peers {accounts} were in use through lines {lines}; by whom does not appear",
    },
    Statement {
        key: "identity.unattributed_peers",
        it: "nessun'utenza spiega le registrazioni degli account o peer {accounts}",
        en: "no line explains the records of accounts or peers {accounts}",
    },
    Statement {
        key: "identity.hidden_and_not",
        it: "lo stesso numero {peer} è stato osservato {hidden} volte da uscite Tor, VPN o centri dati (fra {hidden_first} e \
             {hidden_last}) e {plain} volte, con l'osservatore collegato, da altri indirizzi (fra {plain_first} e \
             {plain_last}), di cui {attributed} attribuite a un'utenza",
        en: "the same number {peer} was observed {hidden} times at exits of Tor, VPNs or data centres (between \
             {hidden_first} and {hidden_last}) and {plain} times, with the observer connected, at other addresses (between \
             {plain_first} and {plain_last}), of which {attributed} are attributed to a line",
    },
    Statement {
        key: "identity.for.person_peers",
        it: "gli account o peer {accounts} erano in uso alla persona a cui si riferiscono i dati coincidenti",
        en: "accounts or peers {accounts} were in use by the person whose records agree with theirs",
    },
    Statement {
        key: "identity.for.line_peers",
        it: "gli account o peer {accounts} sono stati in uso attraverso queste utenze",
        en: "accounts or peers {accounts} were in use through these lines",
    },
    Statement {
        key: "identity.for.person",
        it: "gli account {accounts} erano in uso alla persona a cui si riferiscono i dati coincidenti",
        en: "accounts {accounts} were in use by the person whose records agree with theirs",
    },
    Statement {
        key: "identity.against.person",
        it: "gli account erano in uso ad altri: un convivente, un ospite, un vicino, o chi ne ha usato i dati",
        en: "the accounts were in use by somebody else: of the household, a guest, a neighbour, or somebody who used \
             that person's data",
    },
    Statement {
        key: "identity.against.person_peers",
        it: "erano in uso ad altri: un convivente, un ospite, un vicino, o chi ne ha usato i dati o il dispositivo",
        en: "they were in use by somebody else: of the household, a guest, a neighbour, or somebody who used that person's \
             data or device",
    },
    Statement {
        key: "identity.for.line",
        it: "gli account {accounts} sono stati usati attraverso queste utenze",
        en: "accounts {accounts} were used through these lines",
    },
    Statement {
        key: "identity.against.line",
        it: "le registrazioni indicano queste utenze per errore, o nessun'utenza è indicata",
        en: "the records name these lines by error, or name none",
    },
    Statement {
        key: "identity.ground.identifier",
        it: "un recapito o identificativo dell'account {account} ({kind:word}: {value}; verificato dalla piattaforma: \
             {verified:word}) figura anche nei dati dell'utenza {line}",
        en: "an identifier of account {account} ({kind:word}: {value}; checked by the platform: \
             {verified:word}) also stands in the records of line {line}",
    },
    Statement {
        key: "identity.ground.two_lines",
        it: "l'account {account} è stato usato attraverso due utenze indipendenti intestate alla stessa persona: \
             {line} e {other_line}",
        en: "account {account} was used through two independent lines registered to the same person: {line} and \
             {other_line}",
    },
    Statement {
        key: "identity.precedent",
        it: "un precedente del {date} ({offence}) riguarda la persona con gli stessi dati anagrafici",
        en: "a precedent of {date} ({offence}) concerns the person with the same registered data",
    },
    Statement {
        key: "identity.precedent_of_subscriber",
        it: "un precedente del {date} ({offence}) riguarda la persona a cui è intestata l'utenza {line}; chi la usasse \
             non risulta",
        en: "a precedent of {date} ({offence}) concerns the person to whom line {line} is registered; who used it does \
             not appear",
    },
    Statement {
        key: "identity.missing.sessions",
        it: "manca l'uso attraverso un'utenza del nucleo familiare in due sessioni distinte o in tre giorni",
        en: "missing: use through a line of the household in two distinct sessions or on three days",
    },
    Statement {
        key: "identity.missing.ground",
        it: "manca un elemento che leghi l'account alla persona e non alla sola utenza (recapito verificato, \
             dispositivo, pagamento, o una seconda utenza della stessa persona)",
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
        it: "almeno un decimo delle connessioni attribuite dell'account passa dall'utenza {line}, intestata ad altri",
        en: "at least a tenth of the account's attributed connections came through line {line}, which is registered to \
             somebody else",
    },
    Statement {
        key: "identity.missing.verified_other",
        it: "la piattaforma ha verificato per l'account {account} un'identità ({kind:word}) che non è quella della \
             persona",
        en: "the platform verified an identity ({kind:word}) for account {account} that is not the person's",
    },
    Statement {
        key: "identity.missing.telephone_of_another",
        it: "l'account è stato usato anche attraverso il telefono {line}, intestato a un'altra persona",
        en: "the account was used through telephone {line} too, which is registered to another person",
    },
    Statement {
        key: "identity.missing.handed_over",
        it: "l'account è stato usato per altri {days} giorni dopo l'ultimo uso attraverso le utenze della persona: può essere \
             passato di mano",
        en: "the account was used for {days} more days after its last use through lines of the person: it may have changed \
             hands",
    },
    Statement {
        key: "identity.missing.two_at_once",
        it: "il numero {peer} è stato osservato in {days} giorni nello stesso momento attraverso due utenze, {line} e \
             {other_line}: può essere di più installazioni",
        en: "the number {peer} was observed on {days} days at the same time through two lines, {line} and {other_line}: it may \
             be of several installations",
    },
    Statement {
        key: "identity.missing.compromised",
        it: "la piattaforma segnala l'account {account} come compromesso da altri",
        en: "the platform reports account {account} as taken over by somebody else",
    },
    Statement {
        key: "identity.missing.line",
        it: "nessuna connessione cade su una sola utenza",
        en: "no connection falls on one line alone",
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

/// What a strong result for the line adds at most at the level of the person.
pub const LINE_AT_PERSON: i32 = 1000;
const PERSON_AT_MOST: i32 = 6000;

/// What the analysis says.
pub struct Identity {
    /// Leads to be, in the order of their first account.
    pub groups: Vec<Group>,
    /// Findings of all groups.
    pub findings: Vec<Finding>,
}

/// Accounts that belong together, and what they are tied to.
pub struct Group {
    /// The permanent id of its first account.
    pub id: String,
    /// The permanent ids of all its accounts, in their order: a decision that was recorded under any of them is about
    /// this group, whatever sets were merged or split since.
    pub ids: Vec<String>,
    /// `platform/account`, sorted; of peers `network/peer`.
    pub accounts: Vec<AccountKey>,
    /// Those of them that are peers of file-sharing networks.
    pub peers: BTreeSet<AccountKey>,
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
    /// How much better the set of accounts is than the next best partition, in thousandths of log10.
    pub margin: Option<i32>,
}

/// The permanent id of an account: that of the lead whose first account it is.
#[must_use]
pub fn account_id(name: &str) -> String {
    format!("P-{}", &Digest::of(name.as_bytes()).hex()[..12])
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
pub fn run(
    usage: &Usage,
    facts: &CaseFacts,
    attribution: &[Finding],
    views: &BTreeMap<AccountKey, View<'_>>,
    sets: &[Set],
) -> Identity {
    let mut findings = Vec::new();
    let mut devices: BTreeMap<&Text, BTreeSet<usize>> = BTreeMap::new();
    for (number, set) in sets.iter().enumerate() {
        for device in set.accounts.iter().flat_map(|key| views[key].account.devices.keys()) {
            devices.entry(device).or_default().insert(number);
        }
    }
    let of_account: BTreeMap<(&str, &str, &str, &str), &Finding> = attribution
        .iter()
        .map(|f| ((f.text("platform"), f.text("account"), f.text("operator"), f.text("line")), f))
        .collect();
    let by_id: BTreeMap<&str, &Finding> = attribution.iter().map(|f| (f.id.as_str(), f)).collect();
    let mut groups = Vec::new();
    for set in sets {
        let views: Vec<&View<'_>> = set.accounts.iter().map(|key| &views[key]).collect();
        let shares_device =
            views.iter().flat_map(|view| view.account.devices.keys()).any(|device| devices[device].len() > 1);
        let mut group = group(usage, facts, (&views, set), shares_device, &mut findings);
        for (key, line) in set.accounts.iter().flat_map(|key| group.lines.iter().map(move |line| (key, line)))
        {
            let line_key = &usage.index.lines[line.line as usize];
            let name = (&*key.platform, &*key.account, &*line_key.operator, &*line_key.line);
            group.findings.extend(of_account.get(&name).map(|finding| finding.id.clone()));
        }
        group.findings.extend(set.findings.iter().cloned());
        let mut seen = BTreeSet::new();
        group.findings.retain(|id| seen.insert(id.clone()));
        let zone = worst(&group.findings, &by_id, "wrong_zone");
        let typing = worst(&group.findings, &by_id, "typing_error");
        group.alternatives.extend(zone.into_iter().chain(typing));
        groups.push(group);
    }
    findings.sort_by(|a, b| a.id.cmp(&b.id));
    findings.dedup_by(|a, b| a.id == b.id);
    Identity { groups, findings }
}

fn group(
    usage: &Usage,
    facts: &CaseFacts,
    (views, set): (&[&View<'_>], &Set),
    shares_device: bool,
    findings: &mut Vec<Finding>,
) -> Group {
    let names: Vec<&str> = views.iter().map(|view| view.name.as_str()).collect();
    let lines = line_uses(views);
    let line_strength = lines_strength(usage, &lines, views);
    let (status, person, missing) = status(views, &lines, &set.missing);
    let strength = match &person {
        Some((person, _)) => person_strength(views, person, line_strength),
        None => line_strength,
    };
    let of_peers = if views.iter().any(|view| view.peer.is_some()) { "_peers" } else { "" };
    let about = |key: &str| Phrase::new(key).with("accounts", names.clone());
    let propositions = propositions(person.is_some(), of_peers).map(|key| about(&key)).to_vec();
    let alternatives = alternatives::of(usage, views, !lines.is_empty(), status, shares_device);
    let precedents = precedents(facts, person.as_ref(), &lines, views);
    let n_precedents = precedents.len() as u32;
    let hidden = views.iter().filter_map(|view| hidden_and_not(view, usage));
    let grounds = views.iter().flat_map(|view| &view.grounds).map(of_ground);
    let beside: Vec<Finding> = grounds.chain(precedents).chain(hidden).collect();
    let mut ids: Vec<String> = beside.iter().map(|finding| finding.id.clone()).collect();
    findings.extend(beside);
    let key = match status {
        PersonStatus::Identified => "identity.identified",
        PersonStatus::Candidate => "identity.candidate",
        PersonStatus::Unattributed => "identity.unattributed",
    };
    let mut statement = about(&format!("{key}{of_peers}"))
        .with("lines", lines.iter().map(|line| line.name.clone()).collect::<Vec<_>>());
    if let Some((_, name)) = &person {
        statement = statement.with("name", name.as_deref().unwrap_or("?"));
    }
    let subject = names.join("\n");
    let mut finding = Finding::new("identity", &subject, statement);
    finding.strength = Some(strength);
    finding.propositions.clone_from(&propositions);
    let tallies = || views.iter().flat_map(|view| stands_on(view));
    finding.rows = registrations(facts, &lines);
    finding.rows.extend(tallies().flat_map(|tally| tally.rows.rows(&usage.parts).into_iter().take(8)));
    finding.n_rows = tallies().map(|tally| tally.n).sum::<u64>() + lines.len() as u64;
    finding.alternatives.clone_from(&alternatives);
    finding.refuted_by =
        vec![Phrase::new("identity.refuted_by.elsewhere"), Phrase::new("identity.refuted_by.device")];
    ids.insert(0, finding.id.clone());
    findings.push(finding);
    Group {
        id: account_id(names[0]),
        ids: names.iter().map(|name| account_id(name)).collect(),
        accounts: views.iter().map(|view| view.key.clone()).collect(),
        peers: views.iter().filter(|view| view.peer.is_some()).map(|view| view.key.clone()).collect(),
        person,
        status,
        missing,
        lines,
        strength,
        propositions,
        alternatives,
        findings: ids,
        n_precedents,
        margin: set.margin,
    }
}

/// For and against, at the level of the person or of the line.
fn propositions(of_person: bool, of_peers: &str) -> [String; 2] {
    match of_person {
        true => ["for.person", "against.person"].map(|key| format!("identity.{key}{of_peers}")),
        // That records name a line by error is the same of accounts and peers.
        false => [format!("identity.for.line{of_peers}"), "identity.against.line".to_owned()],
    }
}

fn of_ground(ground: &Ground) -> Finding {
    let subject = format!("{:?}", ground.statement.values);
    let mut finding = Finding::new("identity", &subject, ground.statement.clone());
    finding.strength = Some(Strength(ground.millibans));
    finding.n_rows = ground.rows.len() as u64;
    finding.rows = ground.rows.clone();
    finding
}

/// The records that a group stands on: all of an account; of a peer those that fall on lines, and where none do those at
/// addresses that an observer was connected with, before those that were only stated.
fn stands_on<'a>(view: &View<'a>) -> Vec<&'a Tally> {
    if view.peer.is_none() {
        return vec![&view.account.tally];
    }
    let lines: Vec<&Tally> = view.account.lines.values().map(|support| &support.tally).collect();
    let connected = view.account.open.iter().filter(|(open, _)| !Open::UNCONNECTED.contains(open));
    let connected: Vec<&Tally> = connected.map(|(_, open_use)| &open_use.tally).collect();
    match (lines.is_empty(), connected.is_empty()) {
        (false, _) => lines,
        (true, false) => connected,
        (true, true) => vec![&view.account.tally],
    }
}

/// That a peer was seen at exits and elsewhere too: who uses such services often does not always use them, and where they
/// were not used an operator can name a line.
fn hidden_and_not(view: &View<'_>, usage: &Usage) -> Option<Finding> {
    view.peer?;
    let is_hidden = |open: &Open| Open::HIDDEN.contains(open);
    let open = || view.account.open.iter().filter(|(open, _)| !Open::UNCONNECTED.contains(open));
    let hidden = || open().filter(|(open, _)| is_hidden(open)).map(|(_, open_use)| &open_use.tally);
    let elsewhere = open().filter(|(open, _)| !is_hidden(open)).map(|(_, open_use)| &open_use.tally);
    let attributed = || view.account.lines.values().map(|support| &support.tally);
    let plain: Vec<&Tally> = attributed().chain(elsewhere).collect();
    let n = |of: &mut dyn Iterator<Item = &Tally>| of.map(|tally| tally.n).sum::<u64>();
    let span = |of: &mut dyn Iterator<Item = &Tally>| {
        let spans: Vec<(i64, i64)> = of.filter_map(|tally| tally.span_us).collect();
        Some((spans.iter().map(|span| span.0).min()?, spans.iter().map(|span| span.1).max()?))
    };
    let (hidden_us, plain_us) = (span(&mut hidden())?, span(&mut plain.iter().copied())?);
    let statement = Phrase::new("identity.hidden_and_not")
        .with("peer", view.name.as_str())
        .with("hidden", n(&mut hidden()))
        .with("hidden_first", utc(hidden_us.0))
        .with("hidden_last", utc(hidden_us.1))
        .with("plain", n(&mut plain.iter().copied()))
        .with("plain_first", utc(plain_us.0))
        .with("plain_last", utc(plain_us.1))
        .with("attributed", n(&mut attributed()));
    let mut finding = Finding::new("identity", &view.name, statement);
    let rows = |tally: &Tally| tally.rows.rows(&usage.parts).into_iter().take(8).collect::<Vec<_>>();
    finding.rows = hidden().chain(plain.iter().copied()).flat_map(rows).take(ROWS_LISTED).collect();
    finding.n_rows = n(&mut hidden()) + n(&mut plain.iter().copied());
    Some(finding)
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
    of_set: &[Phrase],
) -> (PersonStatus, Option<(PersonKey, Option<Text>)>, Vec<Phrase>) {
    if lines.is_empty() {
        return (PersonStatus::Unattributed, None, vec![Phrase::new("identity.missing.line")]);
    }
    let mut missing: Vec<Phrase> = of_set.to_vec();
    for phrase in views.iter().flat_map(|view| &view.contradictions) {
        if !missing.contains(phrase) {
            missing.push(phrase.clone());
        }
    }
    let grounds = || views.iter().flat_map(|view| &view.grounds);
    let persons: BTreeSet<&PersonKey> = grounds().map(|ground| &ground.person).collect();
    let several = Phrase::new("identity.missing.one_person");
    // Each account of its own may name one person, and together they name two.
    if persons.len() > 1 && !missing.contains(&several) {
        missing.push(several);
    }
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
        for (precedent, row) in facts.precedents_of(key, registration.name.as_ref(), registration.birth_date)
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
