//! What to ask next for each lead, of whom, and by when.
//!
//! # What it shows
//! For each lead, the questions whose answers would tie its accounts to a line or a person, or exclude them, with the
//! date on which the record may be deleted.
//!
//! # Why it matters
//! Records expire: a question asked a week late is a child not found.
//!
//! # What it does not show
//! Whether a request is lawful: the judicial authority decides.
//! The dates follow the rules in `retention.tsv`; a holder may keep less or more.
//!
//! # Method and source
//! One question for each reason that leaves connections open (see `coverage`), and for each ground that the gate to
//! *identified* misses (see `identity`).
//! A date is the earliest of the open connections plus the retention that the rule names.
//! Each question carries how much its answer is expected to tell, in bits (Shannon 1948): the uncertainty that a decisive
//! answer ends, times the share of answers of its kind that decided something in this operation so far.
//! Of a line not known yet, the uncertainty is that among all lines that answers name; where lines are known, that of a
//! further session falling on another line; of the person behind a line, that left by a ratio of ten.
//! Repeated look-ups with a control question, and asking for the role of the person named (payer, contract holder,
//! installation address, user), follow the causes of wrong attributions that oversight bodies published.
//!
//! For the sightings of a peer: the holder of its address at the few that tell most, those with a connection and a port at
//! the addresses that it kept longest, on distinct addresses and days, and within the retention of traffic data as of the
//! latest of them (see `picks` in the source); a shared address without a port is not asked about.
//! For a peer that exhibits name: the holder of its address, where the record or an observer has address and time, with
//! the retention of traffic data from then; else what observers have of the peer.
//! For an exhibit: recovery of files of which parts are known to lists, and what opens its encrypted parts.
//!
//! # Settings
//! The rules of `retention.tsv`, with their source and date.

use std::collections::BTreeMap;

use tutela_model::address::Address;
use tutela_model::finding::{NextStep, PersonStatus};
use tutela_model::tables::SubscriberRole;
use tutela_model::time::{Date, utc_date};
use tutela_model::{AlternativeState, Finding, Phrase, RowRef, Statement, Text};

use crate::device_links::{Links, PeerLead};
use crate::devices::{Devices, utc};
use crate::facts::CaseFacts;
use crate::identity::{Group, LINE_AT_PERSON, account_id};
use crate::information::{entropy_of_odds, entropy_of_share, expected, millibits};
use crate::picks::Pick;
use crate::usage::{AccountKey, AccountUse, Open, OpenUse, Peer, Usage};
use crate::zone_shift;

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "next_steps.ports.ask",
        it: "porta sorgente e orario al secondo per {n|connessione|connessioni} di {account} da indirizzi condivisi",
        en: "source port and time to the second of {n|connection|connections} of {account} from shared addresses",
    },
    Statement {
        key: "next_steps.ports.why",
        it: "senza porta l'operatore può indicare solo un insieme di utenze",
        en: "without the port the operator can only name a set of lines",
    },
    Statement {
        key: "next_steps.holder.ask",
        it: "assegnatario di {addresses} ({n|connessione|connessioni} di {account} fra {first} e {last})",
        en: "holder of {addresses} ({n|connection|connections} of {account} between {first} and {last})",
    },
    Statement {
        key: "next_steps.holder.why",
        it: "nessuna risposta ricevuta riguarda questi indirizzi",
        en: "no answer received covers these addresses",
    },
    Statement {
        key: "next_steps.nobody.ask",
        it: "nuova ricerca, con domanda di controllo, per {addresses} ({n|connessione|connessioni} di {account})",
        en: "a repeated look-up, with a control question, for {addresses} ({n|connection|connections} of {account})",
    },
    Statement {
        key: "next_steps.nobody.why",
        it: "la risposta conosce questi indirizzi, ma non per gli orari delle connessioni",
        en: "the answer knows these addresses, but not for the times of the connections",
    },
    Statement {
        key: "next_steps.zone.ask",
        it: "conferma scritta del fuso orario della risposta, con la nuova ricerca di una connessione nota",
        en: "written confirmation of the zone of the answer's times, with a repeated look-up of a known connection",
    },
    Statement {
        key: "next_steps.zone.why",
        it: "{n|connessione|connessioni} di {account} attendono: gli orari della risposta sono in questione",
        en: "{n|connection|connections} of {account} wait: the times of the answer are in question",
    },
    Statement {
        key: "next_steps.control.why",
        it: "la risposta ricevuta non ha superato la domanda di controllo",
        en: "the answer received failed its control question",
    },
    Statement {
        key: "next_steps.unstable.why",
        it: "{n|connessione|connessioni} di {account} non contano: con un'altra lettura possibile degli orari cadrebbero \
             su un'altra utenza",
        en: "{n|connection|connections} of {account} do not count: under another possible reading of the times they would \
             fall on another line",
    },
    Statement {
        key: "next_steps.hotspot.ask",
        it: "registrazione degli utenti dell'hotspot ({labels}) per {n|connessione|connessioni} di {account}",
        en: "the user records of the hotspot ({labels}) for {n|connection|connections} of {account}",
    },
    Statement {
        key: "next_steps.hotspot.why",
        it: "l'utenza serve il pubblico: l'intestatario non è l'utilizzatore",
        en: "the line serves the public: its subscriber is not its user",
    },
    Statement {
        key: "next_steps.hidden.ask",
        it: "altri accessi di {account} non passati da VPN, Tor o centri dati ({n|connessione|connessioni} lo sono)",
        en: "other uses of {account} that did not come through a VPN, Tor or a data centre ({n|connection|connections} did)",
    },
    Statement {
        key: "next_steps.hidden.why",
        it: "chi usa questi servizi spesso non li usa sempre",
        en: "those who use such services often do not always use them",
    },
    Statement {
        key: "next_steps.contacts.ask",
        it: "recapiti, dispositivi e pagamenti verificati di {accounts}",
        en: "verified contacts, devices and payments of {accounts}",
    },
    Statement {
        key: "next_steps.contacts.why",
        it: "manca un elemento che leghi l'account a una persona e non alla sola utenza",
        en: "a ground is missing that ties the account to a person rather than to the line alone",
    },
    Statement {
        key: "next_steps.role.ask",
        it: "per le utenze {lines}: ruolo di chi è indicato (pagante, contraente, indirizzo d'impianto, utilizzatore)",
        en: "for lines {lines}: the role of the person named (payer, contract holder, installation address, user)",
    },
    Statement {
        key: "next_steps.role.why",
        it: "l'indirizzo di fatturazione al posto di quello d'impianto ha già portato alla porta sbagliata",
        en: "a billing address in place of the installation address has led to a wrong door before",
    },
    Statement {
        key: "next_steps.household.ask",
        it: "composizione del nucleo familiare e rete Wi-Fi all'indirizzo d'impianto delle utenze {lines}",
        en: "household and Wi-Fi at the installation address of lines {lines}",
    },
    Statement {
        key: "next_steps.household.why",
        it: "altre persone possono aver usato l'utenza",
        en: "other people may have used the line",
    },
    Statement {
        key: "next_steps.peer_holder.ask",
        it: "assegnatario di {address}, porta {port:word}, il {at}",
        en: "holder of {address}, port {port:word}, on {at}",
    },
    Statement {
        key: "next_steps.peer_holder.why",
        it: "il peer {peer} era a questo indirizzo; un'utenza la può indicare solo l'operatore",
        en: "the peer {peer} was at this address; only the operator can name a line",
    },
    Statement {
        key: "next_steps.peer_written.why",
        it: "il peer {peer} era collegato da questo indirizzo quando il programma ha scritto il suo file, secondo l'orologio \
             del reperto: prima di chiedere va confrontato con l'ora esatta",
        en: "the peer {peer} was connected from this address when the program wrote its file, by the exhibit's clock: before \
             asking, it is to be held against the exact time",
    },
    Statement {
        key: "next_steps.peer_seen.ask",
        it: "osservazioni del peer {peer}, con indirizzo, porta e orario",
        en: "sightings of the peer {peer}, with address, port and time",
    },
    Statement {
        key: "next_steps.peer_seen.why",
        it: "le registrazioni dei reperti non hanno un indirizzo con orario",
        en: "the records of the exhibits have no address with a time",
    },
    Statement {
        key: "next_steps.peer_pick.why",
        it: "il peer {peer} vi è stato osservato {n} volte in {days|giorno|giorni}, con l'osservatore collegato, e nessuna \
             risposta dice di chi fosse l'indirizzo in quel momento",
        en: "the peer {peer} was observed there {n} times in {days|day|days}, with the observer connected, and no answer says \
             whose the address was at that time",
    },
    Statement {
        key: "next_steps.connected.ask",
        it: "osservazioni del peer {peer} in cui l'osservatore era collegato, con indirizzo, porta e orario al secondo",
        en: "sightings of the peer {peer} with the observer connected, with address, port and time to the second",
    },
    Statement {
        key: "next_steps.connected.why",
        it: "{n|osservazione non sostiene|osservazioni non sostengono} alcuna utenza: un peer può dichiarare qualsiasi \
             indirizzo, e chi lo indica per lui può sbagliare",
        en: "{n|sighting supports|sightings support} no line: a peer can state any address, and whoever names one for it can \
             be wrong",
    },
    Statement {
        key: "next_steps.peer_device.ask",
        it: "file di configurazione di programmi con il numero {peers}, su dispositivi acquisiti all'indirizzo d'impianto",
        en: "configuration files of programs with the number {peers}, on devices obtained at the installation address",
    },
    Statement {
        key: "next_steps.peer_device.why",
        it: "dalla rete non risulta altro: solo un dispositivo può legare il numero a chi lo usa",
        en: "the network says no more: only a device can tie the number to whoever uses it",
    },
    Statement {
        key: "next_steps.recovery.ask",
        it: "recupero dal reperto {exhibit} di {n|file di cui gli elenchi conoscono parti|file di cui gli elenchi conoscono \
             parti}",
        en: "recovery from exhibit {exhibit} of {n|file of which lists know parts|files of which lists know parts}",
    },
    Statement {
        key: "next_steps.recovery.why",
        it: "le registrazioni riportano hash di parti note; il file può essere incompleto o cancellato",
        en: "the records state hashes of known parts; the file may be incomplete or deleted",
    },
    Statement {
        key: "next_steps.unlock.ask",
        it: "chiavi o password di {n|parte cifrata|parti cifrate} del reperto {exhibit}",
        en: "keys or passwords of {n|encrypted part|encrypted parts} of exhibit {exhibit}",
    },
    Statement {
        key: "next_steps.unlock.why",
        it: "ciò che è cifrato non è stato letto",
        en: "what is encrypted was not read",
    },
];

/// What the analysis says.
pub struct NextSteps {
    /// For each group, by position.
    pub steps: Vec<Vec<NextStep>>,
    /// For each peer that is a lead, by position.
    pub of_peers: Vec<Vec<NextStep>>,
    /// One finding a group, peer or exhibit that has steps.
    pub findings: Vec<Finding>,
}

/// A retention rule: for how many months a kind of record is kept.
struct Retention {
    months: i32,
}

impl Retention {
    /// The rule of a kind, from `retention.tsv`.
    fn of(kind: &str) -> Self {
        let rule = include_str!("../data/retention.tsv").lines().find_map(|line| {
            let mut cells = line.split('\t');
            (cells.next() == Some(kind)).then(|| cells.next()?.parse().ok()).flatten()
        });
        Self { months: rule.expect("retention.tsv has every kind that this file names; a test reads them") }
    }

    fn until(&self, from_us: i64) -> Option<String> {
        let date: Date = utc_date(from_us)?;
        date.checked_add(jiff::Span::new().months(self.months)).ok().map(|date| date.to_string())
    }

    /// From when on records are kept at an instant, microseconds UTC.
    fn since_us(&self, at_us: i64) -> Option<i64> {
        let date = utc_date(at_us)?.checked_sub(jiff::Span::new().months(self.months)).ok()?;
        Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_microsecond())
    }
}

/// The sightings of a peer that operators are asked about, without those that were past their retention at the time of the
/// latest: no clock is asked.
pub fn picks(peer: &Peer) -> Vec<Pick> {
    let since_us = |latest_us| Retention::of("telematic_traffic").since_us(latest_us);
    peer.spots.pick(peer.spots.latest_us().and_then(since_us).unwrap_or(i64::MIN / 2))
}

/// Runs the analysis.
#[must_use]
pub fn run(
    groups: &[Group],
    usage: &Usage,
    facts: &CaseFacts,
    zones: &[Finding],
    (devices, links): (&Devices, &Links),
) -> NextSteps {
    let mut all = NextSteps { steps: Vec::new(), of_peers: Vec::new(), findings: Vec::new() };
    let answered = Answered::so_far(groups, usage);
    for (group, linked) in groups.iter().zip(&links.of_groups) {
        let mut steps = Vec::new();
        let gains = Gains::of(group, usage, &answered);
        let mut rows = Vec::new();
        for account in &group.accounts {
            let peer = usage.peers.get(account);
            if let Some(peer) = peer {
                let (asked, of) = for_sightings(account, peer, usage, &gains);
                steps.extend(asked);
                rows.extend(of);
            }
            let open = usage.accounts.get(account).into_iter().flat_map(|account| &account.open);
            for (open, open_use) in open.filter(|(open, _)| peer.is_none() || !OF_PEERS.contains(open)) {
                let before = steps.len();
                let asked = for_open(account, *open, open_use, usage, zones);
                let gain_millibits = gains.for_open(*open);
                steps.extend(asked.into_iter().map(|step| NextStep { gain_millibits, ..step }));
                if steps.len() > before {
                    rows.extend(open_use.tally.rows.rows(&usage.parts).into_iter().take(4));
                }
            }
        }
        steps.extend(for_gate(group, facts, &gains));
        steps.extend(linked.exhibits.iter().flat_map(|exhibit| for_exhibit(exhibit, devices).0));
        // What expires first comes first; what never expires comes last.
        steps.sort_by(|a: &NextStep, b| {
            (a.by.is_none(), &a.by, &a.of, &a.ask.key).cmp(&(b.by.is_none(), &b.by, &b.of, &b.ask.key))
        });
        all.findings.extend(finding(&group.id, &steps, rows));
        all.steps.push(steps);
    }
    for peer in &links.peers {
        let steps = vec![for_peer(peer, &answered)];
        all.findings.extend(finding(&account_id(&peer.name), &steps, Vec::new()));
        all.of_peers.push(steps);
    }
    for exhibit in &devices.exhibits {
        let (steps, rows) = for_exhibit(exhibit, devices);
        all.findings.extend(finding(&format!("exhibit\n{exhibit}"), &steps, rows));
    }
    all
}

/// The reasons that leave sightings open and that [`for_sightings`] asks about.
const OF_PEERS: [Open; 5] =
    [Open::NotAsked, Open::NobodyThen, Open::SelfReported, Open::ThirdParty, Open::BasisUnknown];

/// The questions that the sightings of a peer leave, with the rows that are asked about: the few that tell most, of
/// whoever holds the address; where there are none, sightings with a connection, of observers.
fn for_sightings(
    key: &AccountKey,
    peer: &Peer,
    usage: &Usage,
    gains: &Gains,
) -> (Vec<NextStep>, Vec<RowRef>) {
    let name = key.name();
    let about = |key: &str| Phrase::new(key).with("peer", name.as_str());
    let picks = picks(peer);
    let rows = picks.iter().map(|pick| usage.parts[pick.row.0 as usize].row(&pick.row.1)).collect();
    let step = |pick: &Pick| {
        let port = pick.port.map_or_else(|| "unknown".into(), serde_json::Value::from);
        let known = operators(usage, [pick.address].into_iter());
        let label = pick.label.as_ref().map(ToString::to_string);
        NextStep {
            ask: about("next_steps.peer_holder.ask")
                .with("address", pick.address.to_string())
                .with("port", port)
                .with("at", utc(pick.at_us)),
            of: Some(known)
                .filter(|known| !known.is_empty())
                .or(label)
                .unwrap_or_else(|| "RIR → ISP".to_owned()),
            by: Retention::of("telematic_traffic").until(pick.at_us),
            why: about("next_steps.peer_pick.why").with("n", pick.held.0).with("days", pick.held.1),
            gain_millibits: gains.look_up,
        }
    };
    let mut steps: Vec<NextStep> = picks.iter().map(step).collect();
    let account = &usage.accounts[key];
    let n_unconnected = account.n_open(&Open::UNCONNECTED);
    if picks.is_empty() && account.lines.is_empty() && n_unconnected > 0 {
        steps.push(NextStep {
            ask: about("next_steps.connected.ask"),
            of: key.platform.to_string(),
            by: None,
            why: about("next_steps.connected.why").with("n", n_unconnected),
            gain_millibits: gains.look_up,
        });
    }
    (steps, rows)
}

/// The question that a peer leaves: of whoever holds its address, or of observers.
fn for_peer(peer: &PeerLead, answered: &Answered) -> NextStep {
    let about = |key: &str| Phrase::new(key).with("peer", peer.name.as_str());
    let Some((address, port, at_us)) = peer.at else {
        return NextStep {
            ask: about("next_steps.peer_seen.ask"),
            of: peer.network.to_string(),
            by: None,
            why: about("next_steps.peer_seen.why"),
            gain_millibits: 0,
        };
    };
    let port = port.map_or_else(|| "unknown".into(), serde_json::Value::from);
    NextStep {
        ask: about("next_steps.peer_holder.ask")
            .with("address", address.to_string())
            .with("port", port)
            .with("at", utc(at_us)),
        of: "RIR → ISP".to_owned(),
        by: Retention::of("telematic_traffic").until(at_us),
        why: about(if peer.by_file { "next_steps.peer_written.why" } else { "next_steps.peer_holder.why" }),
        gain_millibits: expected(
            millibits(answered.n_lines.max(2), 1),
            answered.on_one_line,
            answered.covered,
        ),
    }
}

/// What the laboratory may still get out of an exhibit, and the rows that say so.
fn for_exhibit(exhibit: &Text, devices: &Devices) -> (Vec<NextStep>, Vec<RowRef>) {
    let mut named = Finding::new("next_steps", "", Phrase::new(""));
    let step = |name: &str, n: u64| NextStep {
        ask: Phrase::new(&format!("next_steps.{name}.ask")).with("exhibit", exhibit.as_str()).with("n", n),
        of: "lab".to_owned(),
        by: None,
        why: Phrase::new(&format!("next_steps.{name}.why")),
        gain_millibits: 0,
    };
    let mut steps = Vec::new();
    let is_standing =
        |bytes: &[u8; 32]| devices.lists.parts[bytes].iter().any(|part| !part.entry.listing.withdrawn);
    let of_exhibit = devices.parts.iter().filter(|((of, _), _)| of.as_ref() == Some(exhibit));
    let partial: Vec<_> =
        of_exhibit.filter(|(_, known)| known.parts.keys().any(|(bytes, _)| is_standing(bytes))).collect();
    if !partial.is_empty() {
        partial.iter().for_each(|(_, known)| known.rows.cite(&mut named));
        steps.push(step("recovery", partial.len() as u64));
    }
    if let Some(locked) = devices.unread.get(exhibit).and_then(|unread| unread.get("encrypted")) {
        locked.cite(&mut named);
        steps.push(step("unlock", locked.n()));
    }
    (steps, named.rows)
}

fn finding(subject: &str, steps: &[NextStep], rows: Vec<RowRef>) -> Option<Finding> {
    let first = steps.first()?;
    let mut statement = Phrase { key: first.ask.key.clone(), values: first.ask.values.clone() };
    statement.values.insert("of".to_owned(), first.of.clone().into());
    statement.values.insert("by".to_owned(), first.by.clone().into());
    statement.values.insert("steps".to_owned(), steps.len().into());
    let mut finding = Finding::new("next_steps", subject, statement);
    finding.n_rows = rows.len() as u64;
    finding.rows = rows;
    Some(finding)
}

/// What answers have decided in the operation so far.
struct Answered {
    /// Connections that an answer covers, and those of them that fall on one line.
    covered: u64,
    on_one_line: u64,
    /// Accounts that came through VPNs, Tor or data centres, and those of them that some line is known of too.
    hidden: u64,
    hidden_with_line: u64,
    /// Leads with a line, and those of them that a ground ties to a person.
    with_line: u64,
    with_person: u64,
    /// Lines that answers name.
    n_lines: u64,
}

/// The reasons for which a connection that an answer covers falls on no line.
const COVERED: [Open; 6] = [
    Open::PortMissing,
    Open::SeveralLines,
    Open::ClockInQuestion,
    Open::Unstable,
    Open::NearChange,
    Open::NobodyThen,
];
impl Answered {
    fn so_far(groups: &[Group], usage: &Usage) -> Self {
        let accounts = || usage.accounts.values();
        let on_one_line: u64 = accounts().map(AccountUse::n_attributed).sum();
        let hidden = || accounts().filter(|account| account.n_open(&Open::HIDDEN) > 0);
        let with_line = || groups.iter().filter(|group| !group.lines.is_empty());
        Self {
            covered: on_one_line + accounts().map(|account| account.n_open(&COVERED)).sum::<u64>(),
            on_one_line,
            hidden: hidden().count() as u64,
            hidden_with_line: hidden().filter(|account| !account.lines.is_empty()).count() as u64,
            with_line: with_line().count() as u64,
            with_person: with_line().filter(|group| group.person.is_some()).count() as u64,
            n_lines: usage.index.lines.len() as u64,
        }
    }
}

/// What the answer to each kind of question is expected to tell about a lead, in thousandths of a bit.
struct Gains {
    look_up: u32,
    hidden: u32,
    zone: u32,
    hotspot: u32,
    contacts: u32,
    role: u32,
    household: u32,
}

impl Gains {
    fn of(group: &Group, usage: &Usage, answered: &Answered) -> Self {
        let uses = group.accounts.iter().filter_map(|account| usage.accounts.get(account));
        let n_sessions: usize =
            uses.flat_map(|account| account.lines.values()).map(|support| support.sessions.len()).sum();
        let line = match group.lines.len() as u64 {
            0 => millibits(answered.n_lines.max(2), 1),
            n_lines => entropy_of_share(n_lines - 1, n_sessions as u64),
        };
        let person = match group.person {
            Some(_) => entropy_of_odds(group.strength.0),
            None => entropy_of_odds(group.strength.0.min(LINE_AT_PERSON)),
        };
        // Nothing but a look at the home tells its people apart, however strong the other grounds are.
        let at_home = entropy_of_odds(group.strength.0.min(LINE_AT_PERSON));
        // Of what the operation has no count yet, an answer decides in one case of two.
        let uncounted = |uncertainty| expected(uncertainty, 0, 0);
        Self {
            look_up: expected(line, answered.on_one_line, answered.covered),
            hidden: expected(line, answered.hidden_with_line, answered.hidden),
            zone: line,
            hotspot: uncounted(line),
            contacts: expected(person, answered.with_person, answered.with_line),
            role: uncounted(at_home),
            household: uncounted(at_home),
        }
    }

    fn for_open(&self, open: Open) -> u32 {
        match open {
            Open::ClockInQuestion | Open::Unstable => self.zone,
            Open::Hotspot => self.hotspot,
            Open::Vpn | Open::TorExit | Open::Hosting => self.hidden,
            _ => self.look_up,
        }
    }
}

/// The question that an open reason asks.
fn for_open(
    account: &AccountKey,
    open: Open,
    open_use: &OpenUse,
    usage: &Usage,
    zones: &[Finding],
) -> Vec<NextStep> {
    let n = open_use.tally.n;
    let first_us = open_use.tally.span_us.map(|(first, _)| first);
    let until = |kind: &str| first_us.and_then(|first_us| Retention::of(kind).until(first_us));
    let about = |key: &str| Phrase::new(key).with("account", account.name()).with("n", n);
    let step = |name: &str, of: String, by: Option<String>, ask: Phrase| NextStep {
        ask,
        of,
        by,
        why: about(&format!("next_steps.{name}.why")),
        gain_millibits: 0,
    };
    let platform = || account.platform.to_string();
    let labels = || open_use.labels.iter().map(|label| label.as_str()).collect::<Vec<_>>();
    let holder = || if labels().is_empty() { "RIR → ISP".to_owned() } else { labels().join(", ") };
    match open {
        Open::PortMissing => {
            vec![step("ports", platform(), until("platform_log"), about("next_steps.ports.ask"))]
        }
        Open::NotAsked | Open::NobodyThen => {
            let name = if open == Open::NotAsked { "holder" } else { "nobody" };
            let ask = with_addresses(about(&format!("next_steps.{name}.ask")), open_use);
            let of = if open == Open::NotAsked { holder() } else { operators_knowing(usage, open_use) };
            vec![step(name, of, until("telematic_traffic"), ask)]
        }
        Open::ClockInQuestion => zones
            .iter()
            .filter(|zone| zone_shift::is_indicated(zone))
            .map(|zone| {
                let operators = zone.statement.values.get("operator").and_then(|names| names.as_array());
                let names: Vec<&str> =
                    operators.into_iter().flatten().filter_map(|name| name.as_str()).collect();
                step("zone", names.join(", "), until("telematic_traffic"), about("next_steps.zone.ask"))
            })
            .collect(),
        Open::Unstable => {
            let why = about("next_steps.unstable.why");
            let ask = about("next_steps.zone.ask");
            vec![NextStep {
                ask,
                of: operators_knowing(usage, open_use),
                by: until("telematic_traffic"),
                why,
                gain_millibits: 0,
            }]
        }
        Open::AnswerInQuestion => {
            let ask = with_addresses(about("next_steps.nobody.ask"), open_use);
            vec![step("control", operators_knowing(usage, open_use), until("telematic_traffic"), ask)]
        }
        Open::Hotspot => {
            let ask = about("next_steps.hotspot.ask").with("labels", labels());
            vec![step("hotspot", holder(), until("telematic_traffic"), ask)]
        }
        Open::Vpn | Open::TorExit | Open::Hosting => {
            vec![step("hidden", platform(), until("platform_log"), about("next_steps.hidden.ask"))]
        }
        Open::NoTime | Open::Campus | Open::SeveralLines | Open::PortOutsidePlan | Open::NearChange => {
            Vec::new()
        }
        Open::SelfReported | Open::ThirdParty | Open::BasisUnknown => Vec::new(),
    }
}

fn with_addresses(ask: Phrase, open_use: &OpenUse) -> Phrase {
    let mut addresses: Vec<_> = open_use.addresses.iter().collect();
    addresses.sort_by_key(|(address, (n, _, _))| (std::cmp::Reverse(*n), **address));
    let mut shown: Vec<String> = addresses.iter().take(3).map(|(address, _)| address.to_string()).collect();
    if addresses.len() > shown.len() {
        shown.push(format!("+{}", addresses.len() - shown.len()));
    }
    let date = |us: Option<i64>| us.and_then(utc_date).map(|date| date.to_string());
    ask.with("addresses", shown)
        .with("first", date(open_use.tally.span_us.map(|(first, _)| first)))
        .with("last", date(open_use.tally.span_us.map(|(_, last)| last)))
}

fn operators_knowing(usage: &Usage, open_use: &OpenUse) -> String {
    operators(usage, open_use.addresses.keys().take(20).copied())
}

/// The operators whose answers know some of these addresses.
fn operators(usage: &Usage, addresses: impl Iterator<Item = Address>) -> String {
    let mut operators: BTreeMap<&str, ()> = BTreeMap::new();
    for answer in addresses.flat_map(|address| usage.index.answers_knowing(address)) {
        operators.extend(usage.index.answers[answer].operators.iter().map(|name| (name.as_str(), ())));
    }
    operators.into_keys().collect::<Vec<_>>().join(", ")
}

/// The questions that the gate leaves.
fn for_gate(group: &Group, facts: &CaseFacts, gains: &Gains) -> Vec<NextStep> {
    let lines: Vec<&str> = group.lines.iter().map(|line| line.name.as_str()).collect();
    let operators = || {
        let mut operators: Vec<&str> =
            lines.iter().filter_map(|line| Some(line.split_once('/')?.0)).collect();
        operators.sort_unstable();
        operators.dedup();
        operators.join(", ")
    };
    let of_platforms = || group.accounts.iter().filter(|account| !group.peers.contains(account));
    let platforms = || {
        let mut platforms: Vec<&str> = of_platforms().map(|account| account.platform.as_str()).collect();
        platforms.sort_unstable();
        platforms.dedup();
        platforms.join(", ")
    };
    let lines_step = |name: &str, of: String, gain_millibits: u32| NextStep {
        ask: Phrase::new(&format!("next_steps.{name}.ask")).with("lines", lines.clone()),
        of,
        by: None,
        why: Phrase::new(&format!("next_steps.{name}.why")),
        gain_millibits,
    };
    let mut steps = Vec::new();
    let lacks_ground = group.missing.iter().any(|phrase| phrase.key == "identity.missing.ground");
    if lacks_ground && !group.peers.is_empty() {
        let peers: Vec<String> = group.peers.iter().map(AccountKey::name).collect();
        steps.push(NextStep {
            ask: Phrase::new("next_steps.peer_device.ask").with("peers", peers),
            of: "p.g.".to_owned(),
            by: None,
            why: Phrase::new("next_steps.peer_device.why"),
            gain_millibits: gains.contacts,
        });
    }
    if lacks_ground && of_platforms().next().is_some() {
        let accounts: Vec<String> = of_platforms().map(AccountKey::name).collect();
        // A platform keeps what it reported for a year from the report.
        let reported_us = accounts
            .iter()
            .filter_map(|account| facts.mentions.get(account))
            .flatten()
            .filter_map(|mention| facts.referrals.get(&mention.referral))
            .filter_map(|facts| facts.referral.received.as_ref().or(facts.referral.incident_at.as_ref()))
            .map(|time| time.at_us)
            .min();
        steps.push(NextStep {
            ask: Phrase::new("next_steps.contacts.ask").with("accounts", accounts),
            of: platforms(),
            by: reported_us.and_then(|us| Retention::of("platform_report").until(us)),
            why: Phrase::new("next_steps.contacts.why"),
            gain_millibits: gains.contacts,
        });
    }
    if group.status != PersonStatus::Unattributed {
        let is_unsaid =
            |line: &&str| facts.registration(line).is_none_or(|said| said.role == SubscriberRole::Unknown);
        if lines.iter().any(is_unsaid) {
            steps.push(lines_step("role", operators(), gains.role));
        }
        if group
            .alternatives
            .iter()
            .any(|other| other.kind == "household" && other.state == AlternativeState::Open)
        {
            steps.push(lines_step("household", "p.g.".to_owned(), gains.household));
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_that_is_named_has_its_months() {
        for kind in ["telematic_traffic", "platform_log", "platform_report"] {
            assert!(Retention::of(kind).months > 0, "{kind}");
        }
    }

    #[test]
    fn a_year_after_a_leap_day_is_the_last_of_february() {
        let leap_day_us = 1_709_164_800_000_000;
        assert_eq!(Retention { months: 12 }.until(leap_day_us).as_deref(), Some("2025-02-28"));
    }
}
