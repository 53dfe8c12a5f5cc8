//! What is said of pairs and sets: each pair with its waterfall, each set with its margin, and what is to be looked at.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tutela_model::finding::ROWS_LISTED;
use tutela_model::{Decisions, Finding, Phrase, RowRef, Statement, Strength};

use super::evidence::{Comparer, Evidence, Step};
use super::holdings::{Common, Group, Shared};
use super::partition::Partition;
use super::{Set, pair_finding};
use crate::linkage::cluster::{Note, Thread};

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "same_user.joined",
        it: "gli account {account} e {other} hanno in comune: {shared:word}",
        en: "accounts {account} and {other} have in common: {shared:word}",
    },
    Statement {
        key: "same_user.set",
        it: "ipotesi: gli account {accounts} avevano un solo utilizzatore; margine sulla suddivisione alternativa \
             migliore: {margin} millesimi di log10",
        en: "hypothesis: accounts {accounts} had one user; margin over the best other grouping: {margin} thousandths of \
             log10",
    },
    Statement {
        key: "same_user.for",
        it: "gli account {accounts} avevano un solo utilizzatore",
        en: "accounts {accounts} had one user",
    },
    Statement {
        key: "same_user.against",
        it: "gli account {accounts} avevano più utilizzatori",
        en: "accounts {accounts} had several users",
    },
    Statement {
        key: "same_user.single_thread",
        it: "un solo gruppo di elementi ({group:word}) tiene insieme gli account {account} e {other}, e con loro il \
             resto dell'insieme: da verificare",
        en: "one group of evidence alone ({group:word}) holds accounts {account} and {other} together, and the rest of \
             the set with them: to be checked",
    },
    Statement {
        key: "same_user.cut",
        it: "un solo gruppo di elementi ({group:word}), debole, univa gli account {account} e {other}: restano \
             separati",
        en: "one group of evidence alone ({group:word}), a weak one, connected accounts {account} and {other}: they \
             stay apart",
    },
    Statement {
        key: "same_user.hub_suspected",
        it: "l'insieme ha {n} account, più di quanti se ne attendono da una persona: può unirli un elemento comune a \
             molti",
        en: "the set has {n} accounts, more than one person is expected to have: something that many share may connect \
             them",
    },
    Statement {
        key: "same_user.contradiction",
        it: "decisioni e dati verificati sugli account {accounts} si contraddicono: nessuna delle decisioni che li \
             uniscono è stata seguita",
        en: "decisions and verified records on accounts {accounts} contradict each other: none of the decisions that \
             join them is followed",
    },
    Statement {
        key: "same_user.common",
        it: "{n} account hanno in comune {kind:word} ({value}): un elemento così diffuso non unisce nessuno",
        en: "{n} accounts share {kind:word} ({value}): what is so common joins nobody",
    },
    Statement {
        key: "identity.missing.hub",
        it: "l'insieme ha {n} account: prima va escluso che li unisca un elemento comune a molti",
        en: "the set has {n} accounts: first it must be excluded that something many share connects them",
    },
];

/// From this weight on a pair is stated though it joins nothing, in thousandths of log10.
const STATED_FROM: i32 = 1500;

/// Sets in the order of their first accounts, and all findings.
pub fn of(comparer: &Comparer<'_>, partition: &Partition, decisions: &Decisions) -> (Vec<Set>, Vec<Finding>) {
    let names = |accounts: &[u32]| -> Vec<String> {
        accounts.iter().map(|account| comparer.holdings.all[*account as usize].view.name.clone()).collect()
    };
    let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (account, set) in partition.sets.of.iter().enumerate() {
        members.entry(*set).or_default().push(account as u32);
    }
    let mut sets: BTreeMap<u32, Set> = BTreeMap::new();
    for (set, accounts) in &members {
        let key = |account: &u32| comparer.holdings.all[*account as usize].view.key.clone();
        let margin = partition.sets.margins.get(set).copied().filter(|margin| *margin != i32::MAX);
        sets.insert(*set, Set { accounts: accounts.iter().map(key).collect(), margin, ..Set::default() });
    }
    let mut findings = Vec::new();
    for ((a, b), evidence) in &partition.pairs {
        let (set_a, set_b) = (partition.sets.of[*a as usize], partition.sets.of[*b as usize]);
        let pair = names(&[*a, *b]);
        let finding = of_pair(&pair[0], &pair[1], evidence);
        let inside = set_a == set_b && !evidence.steps.is_empty();
        if inside
            || evidence.millibans() >= STATED_FROM
            || evidence.never
            || decisions.contains_key(&finding.id)
        {
            if let Some(set) = sets.get_mut(&set_a).filter(|_| inside) {
                set.findings.push(finding.id.clone());
            }
            findings.push(finding);
        }
    }
    // The strongest first; of equally strong ones as the accounts are ordered.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.strength));
    for set in sets.values_mut() {
        let accounts: Vec<String> = set.accounts.iter().map(|account| account.name()).collect();
        if let Some(margin) = set.margin {
            let finding = of_set(&accounts, margin);
            set.findings.push(finding.id.clone());
            findings.push(finding);
        }
    }
    for note in &partition.sets.notes {
        let (finding, about) = of_note(note, partition, &names, &members);
        for set in about.iter().map(|account| partition.sets.of[*account as usize]).collect::<BTreeSet<u32>>()
        {
            let Some(set) = sets.get_mut(&set) else { continue };
            set.findings.push(finding.id.clone());
            if let Note::Hub { size, .. } = note {
                set.missing.push(Phrase::new("identity.missing.hub").with("n", *size));
            }
        }
        findings.push(finding);
    }
    findings.extend(comparer.holdings.common.iter().map(|common| of_common(comparer, common)));
    let mut sets: Vec<Set> = sets.into_values().collect();
    sets.sort_by(|a, b| a.accounts.cmp(&b.accounts));
    (sets, findings)
}

fn of_pair(a: &str, b: &str, evidence: &Evidence) -> Finding {
    let mut finding = pair_finding(a, b);
    let shared = evidence.shared();
    let shared = if shared.is_empty() { vec!["nothing"] } else { shared };
    let waterfall: Vec<Value> = evidence.steps.iter().map(Step::json).collect();
    finding.statement = finding.statement.with("shared", shared).with("waterfall", waterfall);
    finding.strength = Some(Strength(evidence.millibans()));
    let accounts = vec![a.to_owned(), b.to_owned()];
    finding.propositions = propositions(&accounts);
    let rows = |against: bool| -> Vec<RowRef> {
        let steps = evidence.steps.iter().filter(|step| (step.millibans < 0) == against);
        let rows: BTreeSet<&RowRef> = steps.flat_map(|step| &step.rows).collect();
        rows.into_iter().cloned().collect()
    };
    finding.rows = rows(false);
    finding.against = rows(true);
    finding.n_rows = finding.rows.len() as u64;
    finding.n_against = finding.against.len() as u64;
    finding.rows.truncate(ROWS_LISTED);
    finding.against.truncate(ROWS_LISTED);
    finding
}

fn propositions(accounts: &[String]) -> Vec<Phrase> {
    let about = |key: &str| Phrase::new(key).with("accounts", accounts.to_vec());
    vec![about("same_user.for"), about("same_user.against")]
}

fn of_set(accounts: &[String], margin: i32) -> Finding {
    let statement = Phrase::new("same_user.set").with("accounts", accounts.to_vec()).with("margin", margin);
    let mut finding = Finding::new("same_user", &accounts.join("\n"), statement);
    finding.propositions = propositions(accounts);
    finding
}

/// The finding on a note, and the accounts that it is about.
fn of_note(
    note: &Note,
    partition: &Partition,
    names: &dyn Fn(&[u32]) -> Vec<String>,
    members: &BTreeMap<u32, Vec<u32>>,
) -> (Finding, Vec<u32>) {
    let of_thread = |key: &str, thread: &Thread| {
        let (a, b) = thread.pair;
        let pair = names(&[a, b]);
        let group = Group::FOR.into_iter().find(|group| group.bit() == thread.group);
        let statement = Phrase::new(key)
            .with("account", pair[0].as_str())
            .with("other", pair[1].as_str())
            .with("group", group.map_or("second_source", Group::name));
        let mut finding = Finding::new("same_user", &pair.join("\n"), statement);
        let rows = partition.pairs.get(&(a, b)).map(|evidence| {
            let of_group = evidence.steps.iter().filter(|step| step.group.bit() == thread.group);
            of_group.flat_map(|step| step.rows.clone()).collect::<Vec<_>>()
        });
        finding.rows = rows.unwrap_or_default();
        finding.n_rows = finding.rows.len() as u64;
        (finding, vec![a, b])
    };
    match note {
        Note::SingleThread(thread) => of_thread("same_user.single_thread", thread),
        Note::Cut(thread) => of_thread("same_user.cut", thread),
        Note::Hub { set, size } => {
            let accounts = members.get(set).cloned().unwrap_or_default();
            let statement = Phrase::new("same_user.hub_suspected").with("n", *size);
            (Finding::new("same_user", &names(&accounts).join("\n"), statement), accounts)
        }
        Note::Contradiction(way) => {
            let way_names = names(way);
            let statement = Phrase::new("same_user.contradiction").with("accounts", way_names.clone());
            (Finding::new("same_user", &way_names.join("\n"), statement), way.clone())
        }
    }
}

fn of_common(comparer: &Comparer<'_>, common: &Common) -> Finding {
    let (kind, value) = match &common.shared {
        Shared::Identifier((kind, value)) => (kind.word(), value.to_string()),
        Shared::Device(device) => ("device", device.to_string()),
        Shared::Person(person) => ("person", line_of(comparer, person)),
        Shared::Lines(home, sim) => ("two_lines", lines(comparer, &[*home, *sim])),
        Shared::Line(line) => ("line", lines(comparer, &[*line])),
        Shared::Nickname(core) => ("nickname", core.clone()),
    };
    let statement =
        Phrase::new("same_user.common").with("n", common.n).with("kind", kind).with("value", value.as_str());
    let mut finding = Finding::new("same_user", &format!("{kind}\n{value}"), statement);
    finding.rows = common.rows.iter().take(ROWS_LISTED).cloned().collect();
    finding.n_rows = common.n;
    finding
}

fn lines(comparer: &Comparer<'_>, lines: &[u32]) -> String {
    let names: Vec<String> =
        lines.iter().map(|line| comparer.usage.index.lines[*line as usize].name()).collect();
    names.join(" + ")
}

/// The line in whose records the grounds for a person stand; nobody is named before the gate.
fn line_of(comparer: &Comparer<'_>, person: &crate::facts::PersonKey) -> String {
    let grounds = comparer.holdings.all.iter().flat_map(|holding| &holding.view.grounds);
    let lines = grounds.filter(|ground| ground.person == *person).map(|ground| ground.statement.text("line"));
    lines.min().unwrap_or_default().to_owned()
}
