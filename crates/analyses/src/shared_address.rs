//! What connections without a port say of lines that shared an address: a set of them, and never one.
//!
//! # What it shows
//! For each account and operator, the connections that came from addresses that several lines shared, without a port that
//! tells them apart: how many sets of lines the answers name, how large they are, and which lines stand in all of them.
//! For each set of NAT parameters that an operator stated, what is computed from it, or why nothing is.
//!
//! # Why it matters
//! Most mobile and half of fixed operators share addresses, up to thousands of lines at a time (Europol, 2017), and many
//! platforms record no port.
//! Such connections narrow a search, and say how much it would help to have the ports.
//!
//! # What it does not show
//! Which line an account was used through: however small a set is, and be it of one line, it attributes nothing and names
//! nobody in a lead.
//! An account that was used through several lines need not have one of them in all its sets.
//! Whether an operator's device worked by the parameters that its operator stated.
//!
//! # Method and source
//! While the holders of an address do not change, its connections are of one *stretch* and give one set.
//! A set has the lines that the answers name, `k` of them or more: as many as the operator says that shared the address;
//! where it says nothing, as many as its ports have room for, what is given to nobody named counting as given out in
//! shares like the smallest one named.
//! Where neither is known, a set has no size, and no ratio is given.
//! The ratio of one set is N/k for each of its lines alike: under "the account was used through this line" the line is in
//! the set, and of all lines of the operator k in N are.
//! N is the number of the operator's lines that the answers name, or k where this is larger.
//! The operator has more customers, so that the ratio is too low rather than too high.
//! Sets over several stretches count one for another only where the stretches have no session of a line in common:
//! stretches that do are as one, of which the smallest set counts.
//! Their sum is never more than what the lines that stand in all sets leave: N divided by the number of these lines, and
//! of lines that no answer names and that may stand in all sets too.
//! A NAT that always puts the same lines on one address (RFC 7422) gives the same set every day, and so no more than one
//! set gives.
//! A single connection gives at most weak support, one stretch at most moderate, as in `attribution`; more give at most
//! moderately strong support, a tenth of what records of one line can give, because the sets hold only if each of their
//! answers is complete, and nothing in the records shows that.
//! Parameters of a NAT are read as `nat_plan` in the table of that name says: the algorithms sequential and staggered of
//! RFC 7422 (section 2), nothing else; parameters that cannot be right, or that fit more than one way to count, give
//! nothing and are named.
//!
//! # Settings
//! `at_most`: the most that sets give, in thousandths of log10 (2,900).
//! `lines_listed`: how many lines that stand in all sets are listed (20).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use tutela_model::place::Digest;
use tutela_model::{Alternative, AlternativeState, Finding, Phrase, RowRef, Statement, Strength, Text};

use crate::attribution::{ONE_CONNECTION, ONE_SESSION, weakest, wrong_zone};
use crate::linkage::scale::millibans;
use crate::nat_plan::Plan;
use crate::usage::{AccountKey, SharedStretch, Usage};
use crate::zone_shift::Clock;

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "shared_address.set",
        it: "{connections|connessione|connessioni} dell'account {platform}/{account} da indirizzi di {operator} condivisi \
             da più utenze, senza porta: indicano un insieme di {sharing} utenze, {remaining} delle quali nelle risposte \
             ({lines}); nessuna è indicata più delle altre",
        en: "{connections|connection|connections} of account {platform}/{account} came from addresses of {operator} that \
             several lines shared, without a port: they name a set of {sharing} lines, of which the answers name \
             {remaining} ({lines}); none of them more than the others",
    },
    Statement {
        key: "shared_address.sets",
        it: "{connections|connessione|connessioni} dell'account {platform}/{account} da indirizzi di {operator} condivisi \
             da più utenze, senza porta: indicano {sets} insiemi di utenze, il minore di {sharing}; {remaining} utenze \
             delle risposte stanno in tutti ({lines}); nessuna è indicata più delle altre",
        en: "{connections|connection|connections} of account {platform}/{account} came from addresses of {operator} that \
             several lines shared, without a port: they name {sets} sets of lines, the smallest of {sharing}; {remaining} \
             lines of the answers stand in all of them ({lines}); none of them more than the others",
    },
    Statement {
        key: "shared_address.one_left",
        it: "{connections|connessione|connessioni} dell'account {platform}/{account} da indirizzi di {operator} condivisi \
             da più utenze, senza porta: una sola utenza delle risposte ({lines}) sta in tutti gli insiemi ({sets}, il \
             minore di {sharing} utenze); senza porte questa non è un'attribuzione",
        en: "{connections|connection|connections} of account {platform}/{account} came from addresses of {operator} that \
             several lines shared, without a port: one line of the answers ({lines}) stands in all the sets ({sets}, the \
             smallest of {sharing} lines); without ports this is no attribution",
    },
    Statement {
        key: "shared_address.none_left",
        it: "{connections|connessione|connessioni} dell'account {platform}/{account} da indirizzi di {operator} condivisi \
             da più utenze, senza porta: indicano {sets} insiemi di utenze, il minore di {sharing}, e nessuna utenza delle \
             risposte sta in tutti",
        en: "{connections|connection|connections} of account {platform}/{account} came from addresses of {operator} that \
             several lines shared, without a port: they name {sets} sets of lines, the smallest of {sharing}, and no line \
             of the answers stands in all of them",
    },
    Statement {
        key: "shared_address.size_unknown",
        it: "{connections|connessione|connessioni} dell'account {platform}/{account} da indirizzi di {operator} condivisi \
             da più utenze, senza porta; quante utenze li condividessero non risulta (le risposte ne indicano {named}): \
             va chiesto all'operatore, e la porta alla piattaforma",
        en: "{connections|connection|connections} of account {platform}/{account} came from addresses of {operator} that \
             several lines shared, without a port; how many lines shared them is not known (the answers name {named}): ask \
             the operator for it, and the platform for the port",
    },
    Statement {
        key: "shared_address.for",
        it: "l'account {platform}/{account} è stato usato attraverso una data utenza fra quelle che stanno in tutti gli \
             insiemi: il rapporto è lo stesso per ciascuna",
        en: "account {platform}/{account} was used through a given line of those that stand in all sets: the ratio is the \
             same for each of them",
    },
    Statement {
        key: "shared_address.against",
        it: "l'account {platform}/{account} è stato usato attraverso un'altra utenza di {operator}, presa a caso",
        en: "account {platform}/{account} was used through another line of {operator}, taken at random",
    },
    Statement {
        key: "shared_address.cgnat.open",
        it: "ogni altra utenza degli insiemi spiega le connessioni allo stesso modo, e così quelle che le risposte non \
             indicano: fino a {unnamed}",
        en: "every other line of the sets explains the connections as well, and so do those that no answer names: up to \
             {unnamed}",
    },
    Statement {
        key: "shared_address.account_shared.open",
        it: "se l'account è stato usato attraverso più utenze, nessuna deve stare in tutti gli insiemi",
        en: "if the account was used through several lines, none of them need stand in all sets",
    },
    Statement {
        key: "shared_address.refuted_by.ports",
        it: "le porte delle connessioni, se indicano un'utenza che non sta in tutti gli insiemi",
        en: "the ports of the connections, where they name a line that does not stand in all sets",
    },
    Statement {
        key: "shared_address.refuted_by.list",
        it: "un elenco completo dell'operatore in cui altre utenze stanno in tutti gli insiemi",
        en: "a complete list of the operator in which other lines stand in all sets",
    },
    Statement {
        key: "shared_address.plan",
        it: "dai parametri del NAT di {operator} ({algorithm}, {each} porte per utenza, {sharing} utenze per indirizzo, \
             {outside}) sono calcolate {computed} assegnazioni, non registrate dall'operatore; le porte fuori da {ports} \
             non sono calcolabili; assegnazioni di troppi indirizzi per essere calcolate: {too_wide}",
        en: "by the NAT parameters of {operator} ({algorithm}, {each} ports a line, {sharing} lines an address, {outside}) \
             {computed} assignments are computed, which the operator did not record; ports outside {ports} cannot be \
             computed; assignments of too many addresses to be computed: {too_wide}",
    },
    Statement {
        key: "shared_address.plan_contested",
        it: "i parametri del NAT di {operator} ({algorithm}, {each} porte per utenza, {sharing} utenze per indirizzo, \
             {outside}) ne contraddicono altri per gli stessi indirizzi, le stesse porte e lo stesso periodo: dove si \
             contraddicono nessuna connessione è attribuita",
        en: "the NAT parameters of {operator} ({algorithm}, {each} ports a line, {sharing} lines an address, {outside}) \
             contradict others for the same addresses, ports and time: where they do, no connection is attributed",
    },
    Statement {
        key: "shared_address.plan_impossible",
        it: "i parametri del NAT di {operator} ({outside}) sono conservati e non usati: {why:nat_plan}; la conferma va \
             chiesta all'operatore",
        en: "the NAT parameters of {operator} ({outside}) are kept and not used: {why:nat_plan}; ask the operator to \
             confirm them",
    },
    Statement {
        key: "nat_plan.not_given",
        it: "mancano le porte, le porte per utenza o un estremo dell'insieme dinamico",
        en: "the ports, the ports of a line or an end of the dynamic pool are missing",
    },
    Statement {
        key: "nat_plan.inverted",
        it: "un intervallo finisce prima di cominciare, o i suoi estremi sono di due famiglie di indirizzi",
        en: "a range ends before it begins, or its ends are of two families of addresses",
    },
    Statement {
        key: "nat_plan.blocks_too_large",
        it: "le porte delle utenze di un indirizzo sono più di quelle disponibili",
        en: "the lines of an address have more ports than there are",
    },
    Statement {
        key: "nat_plan.too_many_inside",
        it: "gli indirizzi interni sono più dei blocchi di porte",
        en: "there are more inside addresses than blocks of ports",
    },
    Statement {
        key: "nat_plan.in_dynamic_pool",
        it: "porte delle utenze stanno nell'insieme dinamico",
        en: "ports of lines lie in the dynamic pool",
    },
    Statement {
        key: "nat_plan.sharing_not_said",
        it: "quante utenze condividano un indirizzo non è detto, e più di un numero è compatibile",
        en: "how many lines share an address is not said, and more than one number fits",
    },
];

/// The most that sets of lines give: moderately strong support, an order below what records of one line can give.
const AT_MOST: i32 = 2900;
/// The most lines that are listed.
const LINES_LISTED: usize = 20;
/// The most leases of a finding's rows.
const LEASES_LISTED: usize = 24;

/// Runs the analysis.
#[must_use]
pub fn run(usage: &Usage, clocks: &BTreeMap<Digest, Clock>) -> Vec<Finding> {
    let mut n_lines: BTreeMap<&Text, u64> = BTreeMap::new();
    for line in &usage.index.lines {
        *n_lines.entry(&line.operator).or_default() += 1;
    }
    let mut findings = Vec::new();
    for (key, stretches) in &usage.shared {
        let mut by_operator: BTreeMap<&Text, [Vec<Stretch<'_>>; 2]> = BTreeMap::new();
        for (sessions, stretch) in &stretches.kept {
            let operator = &usage.index.lines[stretch.held.lines[0] as usize].operator;
            let size_known = usize::from(stretch.held.n_sharing.is_some());
            by_operator.entry(operator).or_default()[size_known].push(Stretch { sessions, of: stretch });
        }
        for (operator, [unknown, known]) in by_operator {
            let about = About { usage, clocks, key, operator };
            if !known.is_empty() {
                findings.push(about.sets(&known, n_lines[operator]));
            }
            if !unknown.is_empty() {
                findings.push(about.size_unknown(&unknown));
            }
        }
    }
    findings.extend((0..).zip(&usage.index.plans).map(|(number, plan)| of_plan(usage, number, plan)));
    findings
}

/// A stretch with the sessions of its holders.
#[derive(Clone, Copy)]
struct Stretch<'a> {
    sessions: &'a [u32],
    of: &'a SharedStretch,
}

impl Stretch<'_> {
    fn n_sharing(&self) -> u32 {
        self.of.held.n_sharing.unwrap_or(0)
    }
}

/// An account's connections from an operator's shared addresses.
struct About<'a> {
    usage: &'a Usage,
    clocks: &'a BTreeMap<Digest, Clock>,
    key: &'a AccountKey,
    operator: &'a Text,
}

impl About<'_> {
    fn sets(&self, stretches: &[Stretch<'_>], n_lines: u64) -> Finding {
        let joint = Joint::of(stretches, n_lines);
        let key = match (joint.remaining.len(), joint.n_sets) {
            (0, _) => "none_left",
            (_, 1) => "set",
            (1, _) => "one_left",
            _ => "sets",
        };
        let lines = || joint.remaining.iter().map(|line| self.usage.index.lines[*line as usize].name());
        let mut listed: Vec<String> = lines().take(LINES_LISTED).collect();
        if joint.remaining.len() > listed.len() {
            listed.push(format!("+{}", joint.remaining.len() - listed.len()));
        }
        let statement = self
            .statement(key, stretches)
            .with("sets", joint.n_sets)
            .with("independent", joint.n_independent)
            .with("sharing", joint.n_sharing)
            .with("named", joint.n_named)
            .with("remaining", joint.remaining.len())
            .with("unnamed", joint.n_unnamed)
            .with("lines_known", joint.n_lines)
            .with("lines", listed);
        let mut finding = self.finding("sets", statement.clone(), stretches);
        if !joint.remaining.is_empty() {
            finding.strength = Some(joint.strength(finding.number("connections")));
            finding.propositions = ["shared_address.for", "shared_address.against"]
                .map(|key| Phrase { key: key.to_owned(), ..statement.clone() })
                .into();
        }
        let alternative = |kind: &str, key: &str| Alternative {
            kind: kind.to_owned(),
            state: AlternativeState::Open,
            why: Phrase { key: key.to_owned(), ..statement.clone() },
        };
        let answers = stretches.iter().flat_map(|stretch| stretch.of.held.answers.iter().copied());
        finding.alternatives = vec![
            alternative("cgnat", "shared_address.cgnat.open"),
            alternative("account_shared", "shared_address.account_shared.open"),
            wrong_zone(weakest(self.usage, self.clocks, answers)),
        ];
        finding.refuted_by =
            ["shared_address.refuted_by.ports", "shared_address.refuted_by.list"].map(Phrase::new).into();
        finding
    }

    fn size_unknown(&self, stretches: &[Stretch<'_>]) -> Finding {
        let named: BTreeSet<u32> =
            stretches.iter().flat_map(|stretch| &stretch.of.held.lines).copied().collect();
        let statement = self.statement("size_unknown", stretches).with("named", named.len());
        self.finding("size_unknown", statement, stretches)
    }

    fn statement(&self, key: &str, stretches: &[Stretch<'_>]) -> Phrase {
        let n: u64 = stretches.iter().map(|stretch| stretch.of.tally.n).sum();
        Phrase::new(&format!("shared_address.{key}"))
            .with("platform", self.key.platform.as_str())
            .with("account", self.key.account.as_str())
            .with("operator", self.operator.as_str())
            .with("connections", n)
            .with("stretches", stretches.len())
            .with("beyond", self.usage.shared[self.key].n_beyond)
    }

    /// The finding with its rows: connections, and leases of the smallest set.
    fn finding(&self, kind: &str, statement: Phrase, stretches: &[Stretch<'_>]) -> Finding {
        let subject = format!("{}\n{}\n{kind}", self.key.name(), self.operator);
        let mut finding = Finding::new("shared_address", &subject, statement);
        let index = &self.usage.index;
        let connections = stretches.iter().map(|stretch| stretch.of.tally.rows.rows(&self.usage.parts));
        let each = (24 / stretches.len()).max(1);
        finding.rows.extend(connections.take(24).flat_map(|rows| rows.into_iter().take(each)));
        let smallest =
            stretches.iter().min_by_key(|stretch| (stretch.n_sharing(), stretch.of.held.lines.len()));
        let leases = smallest.into_iter().flat_map(|stretch| &stretch.of.held.leases).take(LEASES_LISTED);
        let rows: BTreeSet<RowRef> = leases.flat_map(|lease| index.rows(*lease)).collect();
        finding.n_rows = finding.number("connections").unsigned_abs() + rows.len() as u64;
        finding.rows.extend(rows);
        finding.settings.insert("at_most".to_owned(), json!(AT_MOST));
        finding.settings.insert("lines_listed".to_owned(), json!(LINES_LISTED));
        finding
    }
}

/// What sets of lines say together. It does not depend on their order.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Joint {
    /// Lines that stand in all sets.
    remaining: Vec<u32>,
    /// Different sets.
    n_sets: usize,
    /// Groups of stretches that have no session in common.
    n_independent: usize,
    /// Lines of the smallest set, named or not.
    n_sharing: u32,
    /// Lines that answers name for it.
    n_named: usize,
    /// The most lines that no answer names and that may stand in all sets.
    n_unnamed: u32,
    /// Lines of the operator.
    n_lines: u64,
    /// The sum over independent groups, before anything bounds it.
    sum: i32,
}

impl Joint {
    fn of(stretches: &[Stretch<'_>], n_lines: u64) -> Self {
        let sets: BTreeSet<&[u32]> =
            stretches.iter().map(|stretch| stretch.of.held.lines.as_slice()).collect();
        let n_lines = stretches.iter().map(|stretch| u64::from(stretch.n_sharing())).fold(n_lines, u64::max);
        let smallest =
            stretches.iter().map(|stretch| (stretch.n_sharing(), stretch.of.held.lines.len())).min();
        let unnamed = |stretch: &Stretch<'_>| stretch.n_sharing() - stretch.of.held.lines.len() as u32;
        let groups = independent(stretches);
        let sum = groups.iter().map(|n_sharing| millibans(n_lines, u64::from(*n_sharing)));
        Self {
            remaining: common(&sets),
            n_sets: sets.len(),
            n_independent: groups.len(),
            n_sharing: smallest.map_or(0, |(n_sharing, _)| n_sharing),
            n_named: smallest.map_or(0, |(_, n_named)| n_named),
            n_unnamed: stretches.iter().map(unnamed).min().unwrap_or(0),
            n_lines,
            sum: sum.fold(0, i32::saturating_add),
        }
    }

    /// The ratio for each of the lines that remain.
    fn strength(&self, n_connections: i64) -> Strength {
        let left = self.remaining.len() as u64 + u64::from(self.n_unnamed);
        let most = match (n_connections, self.n_independent) {
            (..=1, _) => ONE_CONNECTION,
            (_, ..=1) => ONE_SESSION,
            _ => AT_MOST,
        };
        Strength(self.sum.min(millibans(self.n_lines, left)).min(most).max(0))
    }
}

/// The lines that stand in all sets.
fn common(sets: &BTreeSet<&[u32]>) -> Vec<u32> {
    let mut sets = sets.iter();
    let first = sets.next().copied().unwrap_or_default();
    let others: Vec<&&[u32]> = sets.collect();
    let in_all = |line: &&u32| others.iter().all(|set| set.binary_search(line).is_ok());
    first.iter().filter(in_all).copied().collect()
}

/// Groups of stretches that have no session in common, each as the number of lines of its smallest set, ascending.
fn independent(stretches: &[Stretch<'_>]) -> Vec<u32> {
    let mut groups: Vec<(BTreeSet<u32>, u32)> = Vec::new();
    for stretch in stretches {
        let mut joined = (stretch.sessions.iter().copied().collect::<BTreeSet<u32>>(), stretch.n_sharing());
        groups.retain_mut(|(sessions, n_sharing)| {
            let apart = sessions.is_disjoint(&joined.0);
            if !apart {
                joined.0.append(sessions);
                joined.1 = joined.1.min(*n_sharing);
            }
            apart
        });
        groups.push(joined);
    }
    let mut sizes: Vec<u32> = groups.into_iter().map(|(_, n_sharing)| n_sharing).collect();
    sizes.sort_unstable();
    sizes
}

/// What is computed from the parameters of a NAT, or why nothing is.
fn of_plan(usage: &Usage, number: u32, plan: &Plan) -> Finding {
    let outside = format!("{}–{}", plan.outside.0, plan.outside.1);
    let said = |key: &str| {
        Phrase::new(&format!("shared_address.{key}"))
            .with("operator", plan.operator.as_str())
            .with("algorithm", plan.algorithm.word())
            .with("outside", outside.clone())
            .with("source", plan.source.hex())
    };
    let statement = match plan.ports {
        Err(why) => said("plan_impossible").with("why", why.word()),
        Ok(ports) => {
            let given_out = plan.given_out().unwrap_or_default();
            let key = if plan.contested.is_empty() { "plan" } else { "plan_contested" };
            said(key)
                .with("each", ports.each)
                .with("sharing", ports.n_lines)
                .with("ports", format!("{}–{}", given_out.0, given_out.1))
                .with("computed", usage.index.n_computed(number))
                .with("too_wide", plan.n_too_wide)
        }
    };
    let subject = format!("{}\n{}", plan.row.source, plan.row.place);
    let mut finding = Finding::new("shared_address", &subject, statement);
    finding.rows = vec![plan.row.clone()];
    finding.n_rows = 1;
    if !plan.contested.is_empty() {
        let others = usage.index.plans.iter().filter(|other| other.contests(plan));
        finding.against = others.map(|other| other.row.clone()).collect();
        finding.n_against = finding.against.len() as u64;
    }
    finding
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stretch(n_sharing: u32, lines: &[u32]) -> SharedStretch {
        let mut stretch = SharedStretch::default();
        stretch.held.lines = lines.to_vec();
        stretch.held.n_sharing = Some(n_sharing.max(lines.len() as u32));
        stretch
    }

    fn joint(stretches: &[(Vec<u32>, SharedStretch)], n_lines: u64) -> Joint {
        let stretches: Vec<Stretch<'_>> =
            stretches.iter().map(|(sessions, of)| Stretch { sessions, of }).collect();
        Joint::of(&stretches, n_lines)
    }

    #[test]
    fn one_set_gives_n_over_k_and_several_never_more_than_their_lines_leave() {
        let first = (vec![1, 2, 3, 4], stretch(4, &[10, 20, 30, 40]));
        let once = joint(std::slice::from_ref(&first), 64);
        assert_eq!(once.strength(9), Strength(millibans(64, 4)));
        assert_eq!(once.strength(1), Strength(ONE_CONNECTION));
        // The same lines on other days: a NAT that always puts them on one address says no more than once.
        let again = (vec![5, 6, 7, 8], stretch(4, &[10, 20, 30, 40]));
        let twice = joint(&[first.clone(), again], 64);
        assert_eq!((twice.n_sets, twice.n_independent, twice.sum), (1, 2, 2 * millibans(64, 4)));
        assert_eq!(twice.strength(9), Strength(millibans(64, 4)));
        // Another set: one line stands in both.
        let other = (vec![9, 10], stretch(4, &[30, 50, 60, 70]));
        let both = joint(&[first.clone(), other], 64);
        assert_eq!((both.remaining.clone(), both.n_unnamed), (vec![30], 0));
        assert_eq!(both.strength(9), Strength(millibans(64, 1)));
        assert_eq!(both.strength(9).words_key(), "strength.moderate");
        assert_eq!(joint(std::slice::from_ref(&first), 1_000_000).strength(9), Strength(ONE_SESSION));
        // Lines that no answer names may stand in all sets too.
        let unnamed = joint(&[first, (vec![9], stretch(8, &[30, 50, 60, 70]))], 64);
        assert_eq!((unnamed.n_unnamed, unnamed.n_sharing), (0, 4));
        let unnamed = joint(&[(vec![1], stretch(16, &[30])), (vec![9], stretch(8, &[30]))], 64);
        assert_eq!((unnamed.n_unnamed, unnamed.strength(9)), (7, Strength(millibans(64, 8))));
    }

    #[test]
    fn however_many_sets_there_are_support_is_never_strong() {
        let sets: Vec<(Vec<u32>, SharedStretch)> =
            (0..40).map(|day| (vec![day], stretch(2, &[7, 100 + day]))).collect();
        let strength = joint(&sets, 100_000_000).strength(4_000);
        assert_eq!((strength, strength.words_key()), (Strength(AT_MOST), "strength.moderately_strong"));
    }

    #[test]
    fn stretches_with_a_session_in_common_count_as_one() {
        let sets = [
            (vec![1, 2], stretch(4, &[10, 20])),
            (vec![3, 4], stretch(2, &[10, 30])),
            (vec![2, 3], stretch(8, &[10, 20])),
            (vec![9], stretch(4, &[10])),
        ];
        let joint = joint(&sets, 64);
        assert_eq!((joint.n_independent, joint.sum), (2, millibans(64, 2) + millibans(64, 4)));
    }

    #[test]
    fn what_sets_leave_does_not_depend_on_their_order() {
        let lines = proptest::collection::btree_set(0_u32..12, 1..9);
        let sessions = proptest::collection::btree_set(0_u32..30, 1..4);
        let one = (sessions, lines, 1_u32..20).prop_map(|(sessions, lines, n_sharing)| {
            let lines: Vec<u32> = lines.into_iter().collect();
            (sessions.into_iter().collect::<Vec<u32>>(), stretch(n_sharing, &lines))
        });
        let all = proptest::collection::vec(one, 1..9).prop_flat_map(|sets| {
            let shuffled = Just(sets.clone()).prop_shuffle();
            (Just(sets), shuffled)
        });
        let config = ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() };
        let result = proptest::test_runner::TestRunner::new(config).run(&all, |(sets, shuffled)| {
            let ours = joint(&sets, 64);
            prop_assert_eq!(&ours, &joint(&shuffled, 64));
            for line in 0..12 {
                let in_all = sets.iter().all(|(_, set)| set.held.lines.contains(&line));
                prop_assert_eq!(ours.remaining.contains(&line), in_all, "{}", line);
            }
            let strength = ours.strength(50).0;
            prop_assert!((0..=AT_MOST).contains(&strength));
            Ok(())
        });
        if let Err(error) = result {
            panic!("{error}");
        }
    }
}
