//! What records on exhibits have in common with other exhibits, with what observers saw, with lists and with accounts.
//!
//! # What it shows
//! Where the user hash of a program on an exhibit was observed on the network, or stands in the records of another
//! exhibit; which of its files observers saw; which other peers it names, with what the two gave each other; which hashes
//! that chats, downloads and cancelled downloads state are known to lists although the file was not found; and which
//! exhibits state an identifier of an account.
//!
//! # Why it matters
//! A seized device knows others: the peers that it gave to and received from are the next leads, and records outlast the
//! files that they speak of.
//!
//! # What it does not show
//! Anybody's name, and no status of any lead: a peer is a program, its address is a line's, and who sat there does not
//! appear.
//! A user hash can be copied with its file.
//! What a record of credits sums up may be any files.
//! That a file whose hash a record states was ever on the exhibit, was opened, or was looked at.
//!
//! # Method and source
//! Rows are joined by equal values: user hashes (`preferences.dat`) with peers of `sighting` and of other exhibits'
//! `peer_contact`; hashes of files and of their parts with `known_match` and `known_file`; a download that was cancelled
//! with every eDonkey hash of `known_file`, by MD5 over the record's seed and that hash, as the program made it.
//! A file counts as not found when no file that was read and hashed on that exhibit has the hash.
//! A peer that exhibits name becomes a lead, as intelligence, when bytes went either way or when the file that the record
//! names with it, or one that observers saw it with, has a category on a list; peers with such a file come first, then
//! those with most bytes.
//! A peer of a torrent's swarm was connected when the program wrote its file: where the record has no time, that of the
//! file is taken, by the exhibit's clock.
//! Of several records of one peer the highest number counts, never the sum: they are copies or states of different times.
//! Peers whose user hash is that of a seized program are not among these: where observers saw them they are in the lead on
//! that peer, with the exhibit.
//! A peer that is in a lead with its sightings is told there.
//! An exhibit is shown with a lead when an identifier that it states of itself is one that a record states of an account of
//! the lead, or the number of a peer of the lead; nobody's status follows from it, and what more than `hub_accounts`
//! accounts share is left out.
//! Joins by equal values have no likelihood ratio here: how often such values are copied is not known.
//!
//! # Settings
//! `hub_accounts` 5, `peers_as_leads` 50, `told` 200: findings of one kind for each exhibit or program, the others are
//! counted.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use tutela_model::address::Address;
use tutela_model::finding::{Alternative, AlternativeState};
use tutela_model::tables::{Contact, Origin, PeerContact, SelectorKind, Stated};
use tutela_model::{Finding, Phrase, RowRef, Statement, Text};

use crate::devices::clients::{Client, ClientKey};
use crate::devices::hash::{Hash, HashKind};
use crate::devices::seen::SeenPeer;
use crate::devices::{Cited, Devices, cite, utc};
use crate::facts::{CaseFacts, Identifier, folded, identifier};
use crate::identity::Group;
use crate::sharing_grade::Contents;
use crate::usage::Usage;

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "device_links.own_seen",
        it: "l'identificativo di rete {peer}, che le registrazioni in {place} dichiarano, è stato osservato {n} volte \
             fra {first} e {last}, da {n_addresses|indirizzo|indirizzi} ({addresses}), con {n_files|file|file} di cui \
             noti agli elenchi {known}; un identificativo si può copiare con il suo file",
        en: "the user hash {peer}, which the records in {place} state, was observed {n} times between {first} and \
             {last}, from {n_addresses|address|addresses} ({addresses}), with {n_files|file|files} of which known to \
             lists: {known}; a user hash can be copied with its file",
    },
    Statement {
        key: "device_links.two_exhibits",
        it: "le registrazioni in {place} riportano come altro peer {peer}, che è l'identificativo dichiarato sul \
             reperto {other}: byte inviati {sent:word}, byte ricevuti {received:word}; di quali file non risulta",
        en: "the records in {place} have as another peer {peer}, a user hash that exhibit {other} states: bytes sent \
             to it {sent:word}, bytes received from it {received:word}; of which files does not appear",
    },
    Statement {
        key: "device_links.files_seen",
        it: "di {n|file|file} nelle registrazioni in {place}, {seen} sono stati osservati sulla rete, in \
             {sightings|osservazione|osservazioni} di qualsiasi peer; {known_seen} di questi sono noti agli elenchi",
        en: "of {n|file|files} in the records in {place}, {seen} were observed on the network, in \
             {sightings|sighting|sightings} of any peer; {known_seen} of these are known to lists",
    },
    Statement {
        key: "device_links.peer",
        it: "le registrazioni dei reperti {exhibits} riportano il peer {peer}: byte inviati {sent:word}, byte \
             ricevuti {received:word}, visto da ultimo {last_seen:word}; di quali file non risulta; un peer è un \
             programma, e chi lo usasse non risulta",
        en: "the records of exhibits {exhibits} name the peer {peer}: bytes sent to it {sent:word}, bytes received \
             from it {received:word}, last seen {last_seen:word}; of which files does not appear; a peer is a \
             program, and who used it does not appear",
    },
    Statement {
        key: "device_links.peer_file",
        it: "le registrazioni dei reperti {exhibits} riportano il peer {peer} per {n_files|file noto|file noti} a \
             {lists}: byte inviati {sent:word}, byte ricevuti {received:word}, visto da ultimo {last_seen:word}; un \
             peer è un programma, e chi lo usasse non risulta",
        en: "the records of exhibits {exhibits} name the peer {peer} for {n_files|file|files} known to {lists}: bytes \
             sent to it {sent:word}, bytes received from it {received:word}, last seen {last_seen:word}; a peer is a \
             program, and who used it does not appear",
    },
    Statement {
        key: "device_links.peer_seen",
        it: "il peer {peer} è stato osservato {n} volte fra {first} e {last}, da {n_addresses|indirizzo|indirizzi} \
             ({addresses}), con {n_files|file|file} di cui noti agli elenchi {known}",
        en: "the peer {peer} was observed {n} times between {first} and {last}, from {n_addresses|address|addresses} \
             ({addresses}), with {n_files|file|files} of which known to lists: {known}",
    },
    Statement {
        key: "device_links.peers",
        it: "le registrazioni dei reperti riportano {n|altro peer|altri peer}; {leads} sono piste, {no_bytes} non \
             hanno byte né file noti",
        en: "the records of exhibits name {n|other peer|other peers}; {leads} are leads, {no_bytes} have neither \
             bytes nor a known file",
    },
    Statement {
        key: "device_links.absent",
        it: "reperto {exhibit}: le registrazioni di {channels} riportano in {n|messaggio|messaggi} l'hash \
             {file_hash}, noto a {lists}; nessun file letto sul reperto ha questo hash",
        en: "exhibit {exhibit}: the records of {channels} state in {n|message|messages} the hash {file_hash}, known \
             to {lists}; no file read on the exhibit has this hash",
    },
    Statement {
        key: "device_links.parts",
        it: "{place}: le registrazioni riportano {n|parte|parti} del file {file_hash} che {lists} conosce; il \
             programma ne aveva {held}; sono gli hash scritti nelle registrazioni: il file può essere incompleto o \
             cancellato",
        en: "{place}: the records state {n|part|parts} of the file {file_hash} that {lists} knows; the program had \
             {held} of them; these are the hashes that the records state: the file may be incomplete or deleted",
    },
    Statement {
        key: "device_links.cancelled",
        it: "fra i download annullati nelle registrazioni in {place} c'è un file noto a {lists} ({kept}): il file è \
             stato una volta scelto e poi annullato; nulla mostra che sia stato aperto",
        en: "among the cancelled downloads in the records in {place} is a file known to {lists} ({kept}): the file \
             was once chosen and then cancelled; nothing shows that it was opened",
    },
    Statement {
        key: "device_links.not_told",
        it: "{place}: altri {n|rilievo|rilievi} dello stesso tipo non sono elencati uno per uno",
        en: "{place}: {n|more finding|more findings} of the same kind are not listed one by one",
    },
    Statement {
        key: "device_links.seeds_left",
        it: "{n|gruppo di download annullati non è stato confrontato|gruppi di download annullati non sono stati \
             confrontati} con gli elenchi: sono troppi",
        en: "{n|group of cancelled downloads was|groups of cancelled downloads were} not compared with lists: there \
             are too many",
    },
    Statement {
        key: "device_links.exhibit_of_account",
        it: "il reperto {exhibit} dichiara {kind:word} {value}, che una registrazione riporta anche per l'account \
             {account}; chi usasse il dispositivo o l'account non risulta da questo",
        en: "exhibit {exhibit} states {kind:word} {value}, which a record also states of account {account}; who used \
             the device or the account does not follow",
    },
    Statement {
        key: "device_links.exhibit_of_peer",
        it: "il reperto {exhibit} dichiara l'identificativo di rete {value}, con il quale il peer {peer} è stato osservato \
             {n} volte fra {first} e {last}; chi usasse il dispositivo non risulta da questo, e un identificativo si può \
             copiare con il suo file",
        en: "exhibit {exhibit} states the user hash {value}, with which peer {peer} was observed {n} times between {first} \
             and {last}; who used the device does not follow, and a user hash can be copied with its file",
    },
    Statement {
        key: "device_links.for.peer",
        it: "il programma sul reperto ha scambiato dati con il peer {peer}",
        en: "the program on the exhibit exchanged data with the peer {peer}",
    },
    Statement {
        key: "device_links.against.peer",
        it: "la registrazione riporta il peer {peer} per errore o è stata copiata da altrove",
        en: "the record names the peer {peer} by an error or was copied from elsewhere",
    },
    Statement {
        key: "device_links.missing.address",
        it: "manca un indirizzo con orario per il quale un operatore possa indicare un'utenza",
        en: "missing: an address with a time for which an operator can name a line",
    },
    Statement {
        key: "device_links.missing.line",
        it: "manca la risposta dell'operatore sull'indirizzo del peer",
        en: "missing: the operator's answer on the peer's address",
    },
    Statement {
        key: "device_links.nobody_named",
        it: "nessuna utenza e nessuna persona è indicata: le altre spiegazioni si valutano dopo la risposta di un \
             operatore",
        en: "no line and nobody is named: other explanations are weighed once an operator has answered",
    },
    Statement {
        key: "factor.known_file_exchanged",
        it: "file noto agli elenchi scambiato con il peer",
        en: "file known to lists recorded with the peer",
    },
];

/// What more accounts than this share ties no exhibit to any of them.
const HUB_ACCOUNTS: usize = 5;
const PEERS_AS_LEADS: usize = 50;
const TOLD: usize = 200;
/// Addresses that a sentence names.
const NAMED: usize = 5;

/// What the analysis says.
#[derive(Default)]
pub struct Links {
    /// Findings.
    pub findings: Vec<Finding>,
    /// For each group, by position, what exhibits say of its accounts.
    pub of_groups: Vec<OfGroup>,
    /// Peers that are leads, first things first.
    pub peers: Vec<PeerLead>,
}

/// What exhibits say of a group's accounts.
#[derive(Default)]
pub struct OfGroup {
    /// Exhibits that state an identifier of one of the accounts.
    pub exhibits: BTreeSet<Text>,
    /// User hashes among these, `ed2k/…`.
    pub peers: BTreeSet<String>,
    /// Findings that say so.
    pub findings: Vec<String>,
    /// The finding that a list knows a file that exhibits record with one of the group's peers.
    pub known_file: Option<String>,
}

/// A peer that exhibits name.
pub struct PeerLead {
    /// `network/peer`, or `network/address:port` of one without a number.
    pub name: String,
    /// The exhibits that name it.
    pub exhibits: BTreeSet<Text>,
    /// Whether a list knows a file that is recorded with it, and the finding that says so.
    pub known_file: Option<String>,
    /// Findings, the one that stands for the lead first.
    pub findings: Vec<String>,
    /// Where it was last, as far as a time is known: address, port, microseconds UTC.
    pub at: Option<(Address, Option<u16>, i64)>,
    /// Whether that time is when the program wrote its file, by the exhibit's clock.
    pub by_file: bool,
    /// The network.
    pub network: Text,
    /// For and against.
    pub propositions: Vec<Phrase>,
    /// What is missing for a line.
    pub missing: Phrase,
    /// What else could explain it: not asked before there is a line.
    pub alternatives: Vec<Alternative>,
}

/// Runs the analysis.
#[must_use]
pub fn run(devices: &Devices, groups: &[Group], facts: &CaseFacts, usage: &Usage) -> Links {
    let mut links = Links::default();
    links.of_groups.resize_with(groups.len(), OfGroup::default);
    if devices.is_empty() {
        return links;
    }
    let contents = Contents::of(devices);
    let own = own_hashes(devices);
    for (key, client) in &devices.clients {
        links.findings.extend(own_seen(key, client, devices));
        links.findings.extend(two_exhibits(key, client, &own));
        links.findings.extend(files_seen(key, client, devices, &contents));
        links.findings.extend(limited("cancelled", &key.place(), cancelled(key, client, devices)));
    }
    for exhibit in &devices.exhibits {
        links.findings.extend(limited("absent", exhibit, absent(exhibit, devices)));
    }
    links.findings.extend(parts(devices));
    if devices.n_seeds_left > 0 {
        let statement = Phrase::new("device_links.seeds_left").with("n", devices.n_seeds_left);
        links.findings.push(Finding::new("device_links", "seeds", statement));
    }
    peers(devices, &own, &contents, &mut links);
    exhibits_of_accounts(devices, groups, facts, &mut links);
    exhibits_of_peers(devices, groups, usage, &mut links);
    peers_of_groups(groups, &mut links);
    for finding in &mut links.findings {
        finding.settings.insert("peers_as_leads".to_owned(), PEERS_AS_LEADS.into());
        finding.settings.insert("told".to_owned(), TOLD.into());
        finding.settings.insert("hub_accounts".to_owned(), HUB_ACCOUNTS.into());
    }
    links
}

/// The first findings of a kind, and how many more there are.
fn limited(kind: &str, place: &str, mut findings: Vec<Finding>) -> Vec<Finding> {
    let n_more = findings.len().saturating_sub(TOLD);
    findings.truncate(TOLD);
    if n_more > 0 {
        let statement = Phrase::new("device_links.not_told").with("place", place).with("n", n_more);
        let statement = statement.with("kind", kind);
        findings.push(Finding::new("device_links", &format!("{place}\n{kind}"), statement));
    }
    findings
}

/// The user hashes that exhibits state, each with its exhibits and rows.
type Own = BTreeMap<Text, BTreeMap<Text, BTreeSet<RowRef>>>;

fn own_hashes(devices: &Devices) -> Own {
    let mut own = Own::new();
    for (key, client) in &devices.clients {
        let Some(exhibit) = &key.exhibit else { continue };
        for (hash, rows) in &client.user_hashes {
            own.entry(hash.clone()).or_default().entry(exhibit.clone()).or_default().extend(rows.clone());
        }
    }
    own
}

/// What observers saw of a peer, as sentences say it.
fn with_seen(statement: Phrase, seen: &SeenPeer, devices: &Devices) -> Phrase {
    let mut by_last: Vec<(&Address, &(i64, Option<u16>))> = seen.addresses.iter().collect();
    by_last.sort_by_key(|(address, last)| (Reverse(**last), **address));
    let mut named: Vec<String> = by_last.iter().take(NAMED).map(|(address, _)| address.to_string()).collect();
    if by_last.len() > NAMED {
        named.push(format!("+{}", by_last.len() - NAMED));
    }
    let known = seen.files.iter().filter(|hash| devices.lists.of(&[**hash]).is_known()).count();
    statement
        .with("n", seen.n)
        .with("first", seen.span_us.map(|(first, _)| utc(first)))
        .with("last", seen.span_us.map(|(_, last)| utc(last)))
        .with("n_addresses", seen.addresses.len())
        .with("addresses", named)
        .with("n_files", seen.files.len())
        .with("known", known)
}

fn own_seen(key: &ClientKey, client: &Client, devices: &Devices) -> Vec<Finding> {
    let seen = |(hash, rows): (&Text, &BTreeSet<RowRef>)| {
        let seen = devices.seen.peers.get(&("ed2k".into(), hash.clone()))?;
        let statement = Phrase::new("device_links.own_seen")
            .with("exhibit", key.exhibit.as_deref())
            .with("place", key.place())
            .with("peer", format!("ed2k/{hash}"));
        let subject = format!("{}\n{hash}", key.place());
        let mut finding = Finding::new("device_links", &subject, with_seen(statement, seen, devices));
        cite(&mut finding, rows.iter().cloned());
        seen.rows.cite(&mut finding);
        Some(finding)
    };
    client.user_hashes.iter().filter_map(seen).collect()
}

/// A number, or that the records have none: never zero in its place.
fn or_unknown(n: Option<u64>) -> serde_json::Value {
    n.map_or_else(|| "unknown".into(), Into::into)
}

/// What records say of the bytes that went either way: of each the highest, because records are copies of each other or of
/// different times.
#[derive(Default)]
struct Bytes {
    sent: Option<u64>,
    received: Option<u64>,
}

impl Bytes {
    fn add(&mut self, contact: &PeerContact) {
        self.sent = self.sent.max(contact.bytes_sent);
        self.received = self.received.max(contact.bytes_received);
    }

    fn sum(&self) -> u64 {
        self.sent.unwrap_or(0).saturating_add(self.received.unwrap_or(0))
    }

    fn with(&self, statement: Phrase) -> Phrase {
        statement.with("sent", or_unknown(self.sent)).with("received", or_unknown(self.received))
    }
}

fn two_exhibits(key: &ClientKey, client: &Client, own: &Own) -> Vec<Finding> {
    let mut others: BTreeMap<(Text, &Text), (Bytes, Vec<RowRef>)> = BTreeMap::new();
    for (contact, at) in &client.contacts {
        let Some(peer) = contact.peer.as_deref().map(folded) else { continue };
        for (other, rows) in own.get(&peer).into_iter().flatten() {
            if key.exhibit.as_ref() != Some(other) {
                let (bytes, cited) = others.entry((peer.clone(), other)).or_default();
                bytes.add(contact);
                cited.extend([at.clone()].into_iter().chain(rows.iter().cloned()));
            }
        }
    }
    let finding = |((peer, other), (bytes, rows)): ((Text, &Text), (Bytes, Vec<RowRef>))| {
        let statement = Phrase::new("device_links.two_exhibits")
            .with("exhibit", key.exhibit.as_deref())
            .with("place", key.place())
            .with("other", other.as_str())
            .with("peer", format!("ed2k/{peer}"));
        let subject = format!("{}\n{peer}\n{other}", key.place());
        let mut finding = Finding::new("device_links", &subject, bytes.with(statement));
        cite(&mut finding, rows.into_iter().collect::<BTreeSet<_>>());
        finding
    };
    others.into_iter().map(finding).collect()
}

fn files_seen(
    key: &ClientKey,
    client: &Client,
    devices: &Devices,
    contents: &Contents<'_>,
) -> Option<Finding> {
    let (mut n_seen, mut n_known, mut sightings, mut rows) = (0_u64, 0_u64, 0_u64, Cited::default());
    let mut recorded = Vec::new();
    for file in client.files.values() {
        let of_file: Vec<_> = file.hashes.iter().filter_map(|hash| devices.seen.files.get(hash)).collect();
        if of_file.is_empty() {
            continue;
        }
        n_seen += 1;
        sightings += of_file.iter().map(|seen| seen.n).sum::<u64>();
        let known = devices.lists.of(&contents.widened(file.hashes.iter().copied())).is_known();
        n_known += u64::from(known);
        of_file.iter().for_each(|seen| rows.extend(&seen.rows));
        recorded.extend(file.rows.iter().map(|(_, at)| at.clone()));
    }
    let statement = Phrase::new("device_links.files_seen")
        .with("exhibit", key.exhibit.as_deref())
        .with("place", key.place())
        .with("n", client.files.len())
        .with("seen", n_seen)
        .with("known_seen", n_known)
        .with("sightings", sightings);
    let mut finding = Finding::new("device_links", &key.place(), statement);
    let (first, others) = recorded.split_at(recorded.len().min(20));
    cite(&mut finding, first.iter().cloned());
    rows.cite(&mut finding);
    cite(&mut finding, others.iter().cloned());
    (n_seen > 0).then_some(finding)
}

fn cancelled(key: &ClientKey, client: &Client, devices: &Devices) -> Vec<Finding> {
    let mut kept: BTreeMap<Hash, BTreeSet<RowRef>> = BTreeMap::new();
    for (row, at) in &client.cancelled {
        if let Some(hash) = Hash::parse(&row.hash) {
            kept.entry(hash).or_default().insert(at.clone());
        }
    }
    let finding = |(hash, rows): (Hash, BTreeSet<RowRef>)| {
        let known = devices.lists.of(&[hash]);
        let statement = Phrase::new("device_links.cancelled")
            .with("exhibit", key.exhibit.as_deref())
            .with("place", key.place())
            .with("kept", hash.to_string())
            .with("seeded", hash.kind == HashKind::SeededMd5)
            .with("lists", known.names());
        let subject = format!("{}\n{hash}", key.place());
        let mut finding = Finding::new("device_links", &subject, statement);
        cite(&mut finding, rows.into_iter().chain(known.rows.iter().cloned()));
        known.is_known().then_some(finding)
    };
    kept.into_iter().filter_map(finding).collect()
}

/// Files that chats of an exhibit name, that lists know, and that were not found on it.
fn absent(exhibit: &Text, devices: &Devices) -> Vec<Finding> {
    let found = devices.files.found.iter().filter(|found| found.exhibit == *exhibit);
    let found: BTreeSet<Hash> = found.flat_map(|found| found.hashes.iter().copied()).collect();
    let of_exhibit =
        devices.transfers.iter().filter(|((of, hash), _)| of == exhibit && !found.contains(hash));
    let finding = |((_, hash), given): (&(Text, Hash), &crate::devices::stated::Given)| {
        let known = devices.lists.of(&[*hash]);
        let channels: Vec<&str> = given.channels.iter().map(Text::as_str).collect();
        let statement = Phrase::new("device_links.absent")
            .with("exhibit", exhibit.as_str())
            .with("channels", channels)
            .with("file_hash", hash.to_string())
            .with("lists", known.names())
            .with("n", given.rows.n())
            .with("first", given.span_us.map(|(first, _)| utc(first)))
            .with("last", given.span_us.map(|(_, last)| utc(last)));
        let mut finding = Finding::new("device_links", &format!("{exhibit}\n{hash}"), statement);
        given.rows.cite(&mut finding);
        cite(&mut finding, known.rows.iter().cloned());
        known.is_known().then_some(finding)
    };
    of_exhibit.filter_map(finding).collect()
}

/// Parts of files that records state and lists know.
fn parts(devices: &Devices) -> Vec<Finding> {
    let mut by_place: BTreeMap<&str, Vec<Finding>> = BTreeMap::new();
    for ((exhibit, file_hash), known) in &devices.parts {
        let place = exhibit.as_deref().unwrap_or("-");
        let entries = || known.parts.keys().flat_map(|(bytes, _)| &devices.lists.parts[bytes]);
        let standing = entries().filter(|part| !part.entry.listing.withdrawn);
        let lists: BTreeSet<String> = standing.map(|part| part.entry.listing.name()).collect();
        if lists.is_empty() {
            continue;
        }
        let statement = Phrase::new("device_links.parts")
            .with("exhibit", exhibit.as_deref())
            .with("place", place)
            .with("file_hash", file_hash.as_str())
            .with("lists", lists.into_iter().collect::<Vec<_>>())
            .with("n", known.parts.len())
            .with("held", known.n_held())
            .with("bytes", known.n_bytes());
        let mut finding = Finding::new("device_links", &format!("{place}\n{file_hash}"), statement);
        known.rows.cite(&mut finding);
        let rows: BTreeSet<RowRef> = entries().map(|part| part.entry.row.clone()).collect();
        cite(&mut finding, rows);
        by_place.entry(place).or_default().push(finding);
    }
    by_place.into_iter().flat_map(|(place, findings)| limited("parts", place, findings)).collect()
}

/// A peer, by its number or else by address and port.
type PeerKey = (Text, Result<Text, (Address, Option<u16>)>);

/// What all exhibits record of a peer.
#[derive(Default)]
struct Recorded {
    bytes: Bytes,
    exhibits: BTreeSet<Text>,
    /// Known files that records name with the peer, and the lists that know them.
    known_files: BTreeSet<Hash>,
    lists: BTreeSet<String>,
    list_rows: BTreeSet<RowRef>,
    /// When it was last seen, and as the record wrote it.
    last: Option<(i64, Text)>,
    /// Where it was, the last time that a record has both.
    at: Option<(i64, Address, Option<u16>)>,
    /// Where it was when a program wrote its file.
    written_at: Option<(i64, Address, Option<u16>)>,
    rows: Cited,
}

fn name_of((network, peer): &PeerKey) -> String {
    match peer {
        Ok(number) => format!("{network}/{number}"),
        Err((address, Some(port))) if address.is_v4() => format!("{network}/{address}:{port}"),
        Err((address, Some(port))) => format!("{network}/[{address}]:{port}"),
        Err((address, None)) => format!("{network}/{address}"),
    }
}

impl Recorded {
    fn add(&mut self, contact: &PeerContact, at: &RowRef, client: &Client) {
        self.bytes.add(contact);
        self.rows.push(at.clone());
        let there = |at_us| Some((at_us, contact.address.as_ref()?.address, contact.port));
        if let Some(seen) = &contact.last_seen {
            self.last = self.last.take().max(Some((seen.at_us, seen.said.clone())));
            self.at = self.at.max(there(seen.at_us));
        } else if contact.contact == Contact::Swarm {
            let written_us = client.written_us.get(&at.source).copied();
            self.written_at = self.written_at.max(written_us.and_then(there));
        }
    }
}

fn recorded(devices: &Devices, own: &Own, contents: &Contents<'_>) -> BTreeMap<PeerKey, Recorded> {
    let mut peers: BTreeMap<PeerKey, Recorded> = BTreeMap::new();
    for (key, client) in &devices.clients {
        for (contact, at) in &client.contacts {
            let number = contact.peer.as_deref().map(folded);
            if number.as_ref().is_some_and(|number| own.contains_key(number)) {
                continue;
            }
            let address = contact.address.as_ref().map(|said| (said.address, contact.port));
            let Some(peer) = number.map(Ok).or(address.map(Err)) else { continue };
            let of_peer = peers.entry((contact.network.word().into(), peer)).or_default();
            of_peer.add(contact, at, client);
            of_peer.exhibits.insert(key.exhibit.clone().unwrap_or_else(|| key.folder.clone()));
            if let Some(hash) = contact.file_hash.as_deref().and_then(Hash::parse) {
                let known = devices.lists.of(&contents.widened([hash]));
                if !known.graded().is_empty() {
                    of_peer.known_files.insert(hash);
                    of_peer.lists.extend(known.graded());
                    of_peer.list_rows.extend(known.rows);
                }
            }
        }
    }
    peers
}

fn peers(devices: &Devices, own: &Own, contents: &Contents<'_>, links: &mut Links) {
    let recorded = recorded(devices, own, contents);
    let seen_of =
        |(network, peer): &PeerKey| devices.seen.peers.get(&(network.clone(), peer.as_ref().ok()?.clone()));
    let seen_known = |key: &PeerKey| {
        let files = seen_of(key).into_iter().flat_map(|seen| &seen.files);
        files.into_iter().any(|hash| !devices.lists.of(&contents.widened([*hash])).graded().is_empty())
    };
    let mut ranked: Vec<(bool, &PeerKey, &Recorded)> = recorded
        .iter()
        .map(|(key, of_peer)| (!of_peer.known_files.is_empty() || seen_known(key), key, of_peer))
        .filter(|(known, _, of_peer)| *known || of_peer.bytes.sum() > 0)
        .collect();
    ranked.sort_by_key(|(known, key, of_peer)| (!known, Reverse(of_peer.bytes.sum()), (*key).clone()));
    if !recorded.is_empty() {
        let statement = Phrase::new("device_links.peers")
            .with("n", recorded.len())
            .with("leads", ranked.len().min(PEERS_AS_LEADS))
            .with("not_told", ranked.len().saturating_sub(PEERS_AS_LEADS))
            .with("no_bytes", recorded.len() - ranked.len());
        let mut finding = Finding::new("device_links", "peers", statement);
        ranked.iter().for_each(|(_, _, of_peer)| of_peer.rows.cite(&mut finding));
        links.findings.push(finding);
    }
    for (known, key, of_peer) in ranked.into_iter().take(PEERS_AS_LEADS) {
        let name = name_of(key);
        let mut findings = vec![of_record(&name, of_peer)];
        let seen = seen_of(key);
        findings.extend(seen.map(|seen| of_sightings(&name, seen, devices)));
        let says_known = findings.get(usize::from(of_peer.known_files.is_empty()));
        links.peers.push(PeerLead {
            exhibits: of_peer.exhibits.clone(),
            known_file: says_known.filter(|_| known).map(|finding| finding.id.clone()),
            findings: findings.iter().map(|finding| finding.id.clone()).collect(),
            at: last_place(of_peer, seen).map(|(at, _)| at),
            by_file: last_place(of_peer, seen).is_some_and(|(_, by_file)| by_file),
            network: key.0.clone(),
            propositions: ["for", "against"]
                .map(|side| Phrase::new(&format!("device_links.{side}.peer")).with("peer", name.as_str()))
                .to_vec(),
            missing: Phrase::new(match last_place(of_peer, seen) {
                Some(_) => "device_links.missing.line",
                None => "device_links.missing.address",
            }),
            alternatives: vec![Alternative {
                kind: "account_shared".to_owned(),
                state: AlternativeState::NotApplicable,
                why: Phrase::new("device_links.nobody_named"),
            }],
            name,
        });
        links.findings.extend(findings);
    }
}

/// Where and when a peer was somewhere.
type There = (Address, Option<u16>, i64);

/// Where a peer was last, by the exhibits' records or the observers'; where neither has a time, when the program wrote
/// its file, which is said of it.
fn last_place(of_peer: &Recorded, seen: Option<&SeenPeer>) -> Option<(There, bool)> {
    let there = |(at_us, address, port)| (address, port, at_us);
    let stated = seen.and_then(SeenPeer::last).into_iter().chain(of_peer.at.map(there));
    let last = stated.max_by_key(|(address, port, at_us)| (*at_us, *port, *address));
    last.map(|last| (last, false)).or_else(|| Some((there(of_peer.written_at?), true)))
}

fn of_record(name: &str, of_peer: &Recorded) -> Finding {
    let key = if of_peer.known_files.is_empty() { "device_links.peer" } else { "device_links.peer_file" };
    let exhibits: Vec<&str> = of_peer.exhibits.iter().map(Text::as_str).collect();
    let statement = Phrase::new(key)
        .with("peer", name)
        .with("exhibits", exhibits)
        .with("n_files", of_peer.known_files.len())
        .with("files", of_peer.known_files.iter().take(20).map(ToString::to_string).collect::<Vec<_>>())
        .with("lists", of_peer.lists.iter().cloned().collect::<Vec<_>>())
        .with("last_seen", of_peer.last.as_ref().map_or("unknown", |(_, said)| said.as_str()));
    let mut finding = Finding::new("device_links", name, of_peer.bytes.with(statement));
    of_peer.rows.cite(&mut finding);
    cite(&mut finding, of_peer.list_rows.iter().cloned());
    finding
}

fn of_sightings(name: &str, seen: &SeenPeer, devices: &Devices) -> Finding {
    let statement = with_seen(Phrase::new("device_links.peer_seen").with("peer", name), seen, devices);
    let mut finding = Finding::new("device_links", name, statement);
    seen.rows.cite(&mut finding);
    finding
}

/// Exhibits that state the number of a peer as their own program's: the device, and nobody.
fn exhibits_of_peers(devices: &Devices, groups: &[Group], usage: &Usage, links: &mut Links) {
    for (group, of_group) in groups.iter().zip(&mut links.of_groups) {
        for peer in &group.peers {
            let number = identifier(SelectorKind::UserHash, &peer.account);
            let Some(exhibits) = devices.stated.of_exhibits.get(&number) else { continue };
            let tally = &usage.accounts[peer].tally;
            for (exhibit, rows) in exhibits {
                let statement = Phrase::new("device_links.exhibit_of_peer")
                    .with("exhibit", exhibit.as_str())
                    .with("peer", peer.name())
                    .with("value", number.1.as_str())
                    .with("n", tally.n)
                    .with("first", tally.span_us.map(|(first, _)| utc(first)))
                    .with("last", tally.span_us.map(|(_, last)| utc(last)));
                let subject = format!("{exhibit}\n{}", peer.name());
                let mut finding = Finding::new("device_links", &subject, statement);
                let n_listed = rows.len() as u64;
                cite(&mut finding, rows.iter().cloned().chain(tally.rows.rows(&usage.parts)));
                finding.n_rows = n_listed + tally.n;
                of_group.exhibits.insert(exhibit.clone());
                of_group.findings.push(finding.id.clone());
                links.findings.push(finding);
            }
        }
    }
}

/// A peer that exhibits name and whose sightings are in a group is told there, and is no lead of its own.
fn peers_of_groups(groups: &[Group], links: &mut Links) {
    let mut group_of: BTreeMap<String, usize> = BTreeMap::new();
    for (idx, group) in groups.iter().enumerate() {
        group_of.extend(group.peers.iter().map(|peer| (peer.name(), idx)));
    }
    let (told, alone): (Vec<PeerLead>, Vec<PeerLead>) =
        std::mem::take(&mut links.peers).into_iter().partition(|peer| group_of.contains_key(&peer.name));
    links.peers = alone;
    for peer in told {
        let idx = group_of[&peer.name];
        let of_group = &mut links.of_groups[idx];
        of_group.findings.extend(peer.findings);
        of_group.known_file = of_group.known_file.take().or(peer.known_file);
        // Of a lead without a line it is all that is known: which records speak of it.
        if groups[idx].lines.is_empty() {
            of_group.exhibits.extend(peer.exhibits);
        }
    }
}

/// Exhibits that state an identifier of an account: shown with the account's lead, and nothing more.
fn exhibits_of_accounts(devices: &Devices, groups: &[Group], facts: &CaseFacts, links: &mut Links) {
    let mut accounts_of: BTreeMap<&Identifier, BTreeSet<&String>> = BTreeMap::new();
    for (account, selectors) in &facts.account_selectors {
        let of_exhibits = selectors.iter().map(|selector| &selector.identifier);
        for identifier in of_exhibits.filter(|identifier| devices.stated.of_exhibits.contains_key(identifier))
        {
            accounts_of.entry(identifier).or_default().insert(account);
        }
    }
    for (group, of_group) in groups.iter().zip(&mut links.of_groups) {
        for account in group.accounts.iter().map(crate::usage::AccountKey::name) {
            for selector in facts.account_selectors.get(&account).into_iter().flatten() {
                let shared_by = accounts_of.get(&selector.identifier).map_or(0, BTreeSet::len);
                let is_stated = selector.verified != Stated::No && selector.origin == Origin::Stated;
                if !is_stated || shared_by > HUB_ACCOUNTS {
                    continue;
                }
                let (kind, value) = &selector.identifier;
                let exhibits = devices.stated.of_exhibits.get(&selector.identifier);
                for (exhibit, rows) in exhibits.into_iter().flatten() {
                    let statement = Phrase::new("device_links.exhibit_of_account")
                        .with("exhibit", exhibit.as_str())
                        .with("account", account.as_str())
                        .with("kind", kind.word())
                        .with("value", value.as_str());
                    let subject = format!("{exhibit}\n{account}\n{}\n{value}", kind.word());
                    let mut finding = Finding::new("device_links", &subject, statement);
                    let own = rows.iter().cloned();
                    cite(&mut finding, own.chain([selector.row.clone()]));
                    if *kind == SelectorKind::UserHash {
                        of_group.peers.insert(format!("ed2k/{value}"));
                    }
                    of_group.exhibits.insert(exhibit.clone());
                    if !of_group.findings.contains(&finding.id) {
                        of_group.findings.push(finding.id.clone());
                        links.findings.push(finding);
                    }
                }
            }
        }
    }
}
