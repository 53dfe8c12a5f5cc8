//! How much of each account's activity the answers explain, and why the rest is open.
//!
//! # What it shows
//! For each account, the connections that were attributed to a line, and those that were not, by reason; for each peer of a
//! file-sharing network that was looked up, its sightings.
//!
//! # Why it matters
//! What is not attributable is named with its reason, because each reason has its own next question: a missing port is
//! asked of the platform, an address without an answer of its operator, an exit of a VPN of nobody in the country.
//!
//! # What it does not show
//! That the open connections came from anywhere else than the attributed ones, or from the same place.
//!
//! # Method and source
//! A count over the same join as `attribution`; each connection is counted once, under the first reason that applies:
//! for sightings how the observer came to the address, then lists of exits and hotspots, then the answers.
//! Of each reason four rows are listed, of those that `attribution` would list.
//! Deployment of shared addresses at 90 of 100 mobile and 50 of 100 fixed providers: Europol, 2017.
//!
//! # Settings
//! None.

use serde_json::{Map, json};
use tutela_model::{Finding, Phrase, Statement};

use crate::attribution::{ratio, rounded};
use crate::usage::{Open, Usage};

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "coverage.account_unstable",
        it: "delle {connections|connessione|connessioni} dell'account {platform}/{account}, {attributed} cadono su una \
         sola utenza; non attribuibili: {open}, di cui {unstable} cadrebbero su un'altra utenza con un'altra lettura \
         possibile degli orari",
        en: "of {connections|connection|connections} of account {platform}/{account}, {attributed} fall on one line; not \
         attributable: {open}, of which {unstable} would fall on another line under another possible reading of the \
         times",
    },
    Statement {
        key: "coverage.account",
        it: "delle {connections|connessione|connessioni} dell'account {platform}/{account}, {attributed} cadono su una \
         sola utenza; non attribuibili: {open}",
        en: "of {connections|connection|connections} of account {platform}/{account}, {attributed} fall on one line; not \
         attributable: {open}",
    },
    Statement {
        key: "coverage.peer",
        it: "delle {connections|osservazione|osservazioni} del peer {platform}/{account}, {attributed} cadono su una sola \
             utenza; non attribuibili: {open}, di cui con l'indirizzo dichiarato dal peer stesso {self_reported}, \
             dichiarato da altri {third_party}, di origine non detta {basis_unknown}, e {unstable} che cadrebbero su \
             un'altra utenza con un'altra lettura possibile degli orari",
        en: "of {connections|sighting|sightings} of peer {platform}/{account}, {attributed} fall on one line; not \
             attributable: {open}, of which {self_reported} with an address that the peer stated itself, {third_party} \
             that others stated, {basis_unknown} of an origin not said, and {unstable} that would fall on another line \
             under another possible reading of the times",
    },
];

/// Runs the analysis.
#[must_use]
pub fn run(usage: &Usage) -> Vec<Finding> {
    usage
        .accounts
        .iter()
        .map(|(key, account)| {
            let attributed: u64 = account.lines.values().map(|support| support.tally.n).sum();
            let reasons: Map<_, _> = account
                .open
                .iter()
                .map(|(open, open_use)| (open.name().to_owned(), json!(open_use.tally.n)))
                .collect();
            let n_of = |open| account.open.get(&open).map_or(0, |open_use| open_use.tally.n);
            let n_unstable = n_of(Open::Unstable) + n_of(Open::NearChange);
            let key_said = match usage.peers.contains_key(key) {
                true => "coverage.peer",
                false if n_unstable > 0 => "coverage.account_unstable",
                false => "coverage.account",
            };
            let statement = Phrase::new(key_said)
                .with("platform", key.platform.as_str())
                .with("account", key.account.as_str())
                .with("connections", account.tally.n)
                .with("timed", account.n_timed)
                .with("attributed", attributed)
                .with("share", rounded(ratio(attributed, account.tally.n)))
                .with("open", account.tally.n - attributed)
                .with("unstable", n_unstable)
                .with("reasons", reasons);
            let statement = match usage.peers.contains_key(key) {
                true => Open::UNCONNECTED
                    .iter()
                    .fold(statement, |statement, open| statement.with(open.name(), n_of(*open))),
                false => statement,
            };
            let mut finding = Finding::new("coverage", &key.name(), statement);
            for open_use in account.open.values() {
                finding.rows.extend(open_use.tally.rows.rows(&usage.parts).into_iter().take(4));
            }
            finding.n_rows = account.tally.n - attributed;
            finding
        })
        .collect()
}
