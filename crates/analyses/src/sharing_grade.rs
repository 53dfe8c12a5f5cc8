//! How far the records of a file-sharing program say that files were shared.
//!
//! # What it shows
//! For each file that a program on an exhibit recorded, the highest of five grades: it was *offered*; others *requested*
//! it; requests were *accepted*; *bytes were sent*; bytes were sent to a *peer that the record names with the file*.
//! Each with the counters as they stand in the record, and where.
//!
//! # Why it matters
//! That a file lay in a shared folder, that somebody asked for it, and that it was sent are different facts, and courts
//! ask which of them the record holds.
//! Tools that say "shared" of all three have called files shared that were only received.
//!
//! # What it does not show
//! An offer is not a request, a request is not a transfer, and bytes sent are not the whole file.
//! Nobody's name: not who sat at the device, and not to whom the bytes went.
//! What a program's record of credits says of another peer is a sum over all files: it grades the program's use, never
//! a file.
//! What was received is never counted as shared.
//!
//! # Method and source
//! Counters are those of the client's own file (`known.met`, `resume.dat`, `.fastresume` and others); several records of
//! one file in one folder are copies or earlier states, so the highest grade of any of them counts and nothing is added
//! up.
//! The record is of an exhibit when a file with the SHA-256 of the received artefact lies on it.
//! A file is *known* when one of the hashes that the record states, or a hash of a file on an exhibit that has one of
//! these, meets an entry of a list that the list has not withdrawn.
//! Grades are facts about rows: no likelihood ratio is stated, because none is known for how such counters come about.
//!
//! # Settings
//! `files_told` 200: known files from *accepted* upwards that are told one by one for each program; the others are
//! counted.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use tutela_model::address::Address;
use tutela_model::tables::{SharedFile, Stated, TotalOf};
use tutela_model::words::Words as _;
use tutela_model::{Alternative, AlternativeState, Finding, Phrase, RowRef, Statement, Text};

use crate::devices::clients::{Client, ClientKey, Shared};
use crate::devices::hash::Hash;
use crate::devices::{Devices, cite};
use crate::facts::folded;

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "sharing_grade.client",
        it: "le registrazioni di {programs} in {place} riportano {n|file|file}: offerti {offered}, richiesti \
             {requested}, con richieste accettate {accepted}, con byte inviati {bytes_sent}, inviati a un peer \
             indicato con il file {sent_to_named}, senza alcun dato di condivisione {recorded}; ognuno è contato al \
             grado più alto; presenti in elenchi: {known}",
        en: "the records of {programs} in {place} hold {n|file|files}: offered {offered}, requested {requested}, with \
             accepted requests {accepted}, with bytes sent {bytes_sent}, sent to a peer named with the file \
             {sent_to_named}, without any sign of sharing {recorded}; each is counted at its highest grade; known to \
             lists: {known}",
    },
    Statement {
        key: "sharing_grade.file_accepted",
        it: "le registrazioni di {programs} in {place} riportano {n_accepted|richiesta accettata|richieste accettate} \
             su {n_requests:word} per il file {file_hash} ({file_name}), presente in {lists}; una richiesta accettata \
             non è un trasferimento, e la registrazione non dice di chi fosse",
        en: "the records of {programs} in {place} state {n_accepted|accepted request|accepted requests} of \
             {n_requests:word} for the file {file_hash} ({file_name}), known to {lists}; an accepted request is not a \
             transfer, and the record does not say whose it was",
    },
    Statement {
        key: "sharing_grade.file_bytes_sent",
        it: "le registrazioni di {programs} in {place} riportano {n_bytes_sent|byte inviato|byte inviati} del file \
             {file_hash} ({file_name}; dimensione {file_size:word}), presente in {lists}; non dicono a chi, né che il \
             file sia stato inviato per intero",
        en: "the records of {programs} in {place} state {n_bytes_sent|byte|bytes} sent of the file {file_hash} \
             ({file_name}; size {file_size:word}), known to {lists}; they do not say to whom, nor that the whole file \
             was sent",
    },
    Statement {
        key: "sharing_grade.file_sent_to_named",
        it: "le registrazioni di {programs} in {place} indicano {n_peers|altro peer|altri peer} a cui sono stati \
             inviati byte del file {file_hash} ({file_name}; dimensione {file_size:word}), presente in {lists}; un \
             peer è un programma e non una persona, e il file può non essere stato inviato per intero",
        en: "the records of {programs} in {place} name {n_peers|other peer|other peers} to which bytes of the file \
             {file_hash} ({file_name}; size {file_size:word}) were sent, known to {lists}; a peer is a program and \
             not a person, and the file may not have been sent whole",
    },
    Statement {
        key: "sharing_grade.peers",
        it: "le registrazioni di {programs} in {place} indicano {n|altro peer|altri peer} a cui il programma ha \
             inviato in tutto {n_bytes_sent|byte|byte}, sommati su tutti i file: di quali file fossero non risulta",
        en: "the records of {programs} in {place} name {n|other peer|other peers} to which the program sent \
             {n_bytes_sent|byte|bytes} in all, summed over all files: of which files does not appear",
    },
    Statement {
        key: "sharing_grade.totals",
        it: "i totali di {programs} in {place}, su tutti i file: byte inviati ad altri {n_bytes_sent:word}, byte \
             ricevuti {n_bytes_received:word}; che cosa fosse non risulta",
        en: "the totals of {programs} in {place}, over all files: bytes sent to others {n_bytes_sent:word}, bytes \
             received {n_bytes_received:word}; of what does not appear",
    },
    Statement {
        key: "sharing_grade.device_shared",
        it: "nulla nella registrazione dice chi usasse il dispositivo o il programma",
        en: "nothing in the record says who used the device or the program",
    },
    Statement {
        key: "sharing_grade.refuted_by.copy",
        it: "una cartella del programma copiata da un altro dispositivo, con i suoi contatori",
        en: "a folder of the program that was copied from another device, with its counters",
    },
];

/// How far a record says that a file was shared, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// The program knew it; nothing says that it was shared.
    Recorded,
    /// It was among the files that the program offers.
    Offered,
    /// Others asked for it.
    Requested,
    /// Requests were accepted.
    Accepted,
    /// Bytes of it were sent.
    BytesSent,
    /// Bytes of it were sent to a peer that the record names with the file.
    SentToNamed,
}

impl Grade {
    const ALL: [Self; 6] =
        [Self::Recorded, Self::Offered, Self::Requested, Self::Accepted, Self::BytesSent, Self::SentToNamed];

    /// The name that statements use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Offered => "offered",
            Self::Requested => "requested",
            Self::Accepted => "accepted",
            Self::BytesSent => "bytes_sent",
            Self::SentToNamed => "sent_to_named",
        }
    }

    /// What one record says of its file by its own counters. Bytes received play no part.
    pub fn of(row: &SharedFile) -> Self {
        let counted = |counter: Option<u64>| counter.is_some_and(|n| n > 0);
        if counted(row.bytes_sent) {
            Self::BytesSent
        } else if counted(row.n_accepted) {
            Self::Accepted
        } else if counted(row.n_requests) {
            Self::Requested
        } else if row.offered == Stated::Yes {
            Self::Offered
        } else {
            Self::Recorded
        }
    }
}

/// Known files from *accepted* upwards that are told for each program.
const FILES_TOLD: usize = 200;

/// A file of a program with its grade.
struct Graded<'a> {
    grade: Grade,
    file_hash: &'a Text,
    shared: &'a Shared,
    /// The record that has the highest counters.
    best: &'a (SharedFile, RowRef),
    /// Lists that know it.
    lists: Vec<String>,
    list_rows: Vec<RowRef>,
    withdrawn: bool,
    /// Peers that the record names with the file, and the rows that do.
    named: Vec<&'a RowRef>,
    n_peers: usize,
}

/// Runs the analysis.
#[must_use]
pub fn run(devices: &Devices) -> Vec<Finding> {
    let contents = Contents::of(devices);
    let mut findings = Vec::new();
    for (key, client) in &devices.clients {
        let named = named(client);
        let mut graded: Vec<Graded<'_>> =
            client.files.iter().filter_map(|file| graded(file, &named, devices, &contents)).collect();
        graded.sort_by_key(|file| {
            let sent = file.best.0.bytes_sent;
            (file.lists.is_empty(), Reverse(file.grade), Reverse(sent), file.file_hash.clone())
        });
        if !graded.is_empty() {
            let told = graded.iter().filter(|file| is_told(file)).take(FILES_TOLD);
            let told: Vec<Finding> = told.map(|file| of_file(key, client, file)).collect();
            findings.push(of_client(key, client, &graded, told.len()));
            findings.extend(told);
        }
        findings.extend(of_peers(key, client));
        findings.extend(of_totals(key, client));
    }
    findings
}

fn is_told(file: &Graded<'_>) -> bool {
    !file.lists.is_empty() && file.grade >= Grade::Accepted
}

/// The other hashes of files that lie on exhibits, by any of their hashes.
pub struct Contents<'a>(BTreeMap<Hash, &'a [Hash]>);

impl<'a> Contents<'a> {
    /// Of the files that somebody asks about.
    pub fn of(devices: &'a Devices) -> Self {
        let found = devices.files.found.iter();
        Self(found.flat_map(|found| found.hashes.iter().map(|hash| (*hash, &found.hashes[..]))).collect())
    }

    /// These hashes, and those of files that have one of them.
    pub fn widened(&self, hashes: impl IntoIterator<Item = Hash>) -> Vec<Hash> {
        let mut all: Vec<Hash> = Vec::new();
        for hash in hashes {
            all.push(hash);
            all.extend(self.0.get(&hash).into_iter().copied().flatten());
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// A peer as a record names it: by its number and by its address.
type Peer = (Option<Text>, Option<Address>);

/// By file, the peers that a record names with it and to which bytes of it were sent, with the rows.
type Named<'a> = BTreeMap<Text, Vec<(Peer, &'a RowRef)>>;

fn named(client: &Client) -> Named<'_> {
    let mut named = Named::new();
    for (contact, at) in &client.contacts {
        let peer = (contact.peer.as_deref().map(folded), contact.address.as_ref().map(|said| said.address));
        let sent = contact.bytes_sent.is_some_and(|n| n > 0) && peer != (None, None);
        if let Some(file_hash) = contact.file_hash.as_ref().filter(|_| sent) {
            named.entry(file_hash.to_lowercase()).or_default().push((peer, at));
        }
    }
    named
}

fn graded<'a>(
    (file_hash, shared): (&'a Text, &'a Shared),
    named: &Named<'a>,
    devices: &Devices,
    contents: &Contents<'_>,
) -> Option<Graded<'a>> {
    let counters = |(row, at): &'a (SharedFile, RowRef)| {
        (Grade::of(row), row.bytes_sent, row.n_accepted, row.n_requests, Reverse(at))
    };
    let best = shared.rows.iter().max_by_key(|row| counters(row))?;
    let named = named.get(file_hash).map(Vec::as_slice).unwrap_or_default();
    let peers: BTreeSet<&Peer> = named.iter().map(|(peer, _)| peer).collect();
    let known = devices.lists.of(&contents.widened(shared.hashes.iter().copied()));
    Some(Graded {
        grade: if named.is_empty() { counters(best).0 } else { Grade::SentToNamed },
        file_hash,
        shared,
        best,
        lists: known.names(),
        withdrawn: !known.is_known() && !known.withdrawn.is_empty(),
        list_rows: known.rows,
        named: named.iter().map(|(_, at)| *at).collect(),
        n_peers: peers.len(),
    })
}

/// What every sentence of a program names.
fn about(key_said: &str, key: &ClientKey, client: &Client) -> Phrase {
    let programs: Vec<&str> = client.programs.iter().map(Text::as_str).collect();
    Phrase::new(key_said)
        .with("exhibit", key.exhibit.as_deref())
        .with("folder", key.folder.as_str())
        .with("place", key.place())
        .with("programs", programs)
        .with("deleted_artefacts", client.n_deleted)
}

fn of_client(key: &ClientKey, client: &Client, graded: &[Graded<'_>], n_told: usize) -> Finding {
    let mut statement = about("sharing_grade.client", key, client).with("n", graded.len());
    let mut by_grade_known = Map::new();
    for grade in Grade::ALL {
        let of_grade = || graded.iter().filter(|file| file.grade == grade);
        statement = statement.with(grade.name(), of_grade().count());
        let n_known = of_grade().filter(|file| !file.lists.is_empty()).count();
        by_grade_known.insert(grade.name().to_owned(), json!(n_known));
    }
    let n_to_tell = graded.iter().filter(|file| is_told(file)).count();
    statement = statement
        .with("known", graded.iter().filter(|file| !file.lists.is_empty()).count())
        .with("known_by_grade", by_grade_known)
        .with("withdrawn", graded.iter().filter(|file| file.withdrawn).count())
        .with("files_told", n_told)
        .with("files_not_told", n_to_tell - n_told);
    let mut finding = Finding::new("sharing_grade", &key.place(), statement);
    cite(&mut finding, graded.iter().map(|file| file.best.1.clone()));
    of_device(&mut finding);
    finding
}

fn of_file(key: &ClientKey, client: &Client, file: &Graded<'_>) -> Finding {
    let row = &file.best.0;
    let size = file.shared.rows.iter().find_map(|(row, _)| row.file_size);
    let statement = about(&format!("sharing_grade.file_{}", file.grade.name()), key, client)
        .with("grade", file.grade.name())
        .with("file_hash", file.file_hash.as_str())
        .with("file_name", row.file_name.as_deref().unwrap_or("-"))
        .with("file_size", or_unknown(size))
        .with("lists", file.lists.clone())
        .with("n_requests", or_unknown(row.n_requests))
        .with("n_accepted", row.n_accepted)
        .with("n_bytes_sent", row.bytes_sent)
        .with("n_bytes_received", row.bytes_received)
        .with("n_peers", file.n_peers)
        .with("offered_said", row.offered.word())
        .with("last_sent", row.last_sent.as_ref().map(|at| at.said.to_string()))
        .with("counters_said", row.counters_said.as_deref());
    let mut finding =
        Finding::new("sharing_grade", &format!("{}\n{}", key.place(), file.file_hash), statement);
    let others = file.shared.rows.iter().map(|(_, at)| at).filter(|at| **at != file.best.1);
    let rows = [&file.best.1].into_iter().chain(file.named.iter().copied()).chain(others);
    cite(&mut finding, rows.cloned().chain(file.list_rows.iter().cloned()));
    of_device(&mut finding);
    finding
}

/// A number, or that the record has none: never zero in its place.
fn or_unknown(n: Option<u64>) -> Value {
    n.map_or_else(|| "unknown".into(), Into::into)
}

/// What else could explain the records of a program, and what would refute what is said of them.
fn of_device(finding: &mut Finding) {
    finding.alternatives.push(Alternative {
        kind: "device_shared".to_owned(),
        state: AlternativeState::Open,
        why: Phrase::new("sharing_grade.device_shared"),
    });
    finding.refuted_by.push(Phrase::new("sharing_grade.refuted_by.copy"));
    finding.settings.insert("files_told".to_owned(), FILES_TOLD.into());
}

/// What the program sent to peers that it names, over all files.
fn of_peers(key: &ClientKey, client: &Client) -> Option<Finding> {
    let sent = client.contacts.iter().filter(|(row, _)| {
        row.file_hash.is_none() && row.peer.is_some() && row.bytes_sent.is_some_and(|n| n > 0)
    });
    // Copies of one record, and states of different times: of each peer the highest counts.
    let mut peers: BTreeMap<Text, (u64, &RowRef)> = BTreeMap::new();
    for (row, at) in sent {
        let (peer, n) = (row.peer.as_deref().map(folded)?, row.bytes_sent?);
        let best = peers.entry(peer).or_insert((n, at));
        *best = if n > best.0 { (n, at) } else { *best };
    }
    let mut ranked: Vec<(&Text, &(u64, &RowRef))> = peers.iter().collect();
    ranked.sort_by_key(|(peer, (n, _))| (Reverse(*n), (*peer).clone()));
    let statement = about("sharing_grade.peers", key, client)
        .with("n", ranked.len())
        .with("n_bytes_sent", ranked.iter().fold(0_u64, |sum, (_, (n, _))| sum.saturating_add(*n)));
    let mut finding = Finding::new("sharing_grade", &key.place(), statement);
    cite(&mut finding, ranked.iter().map(|(_, (_, at))| (*at).clone()));
    of_device(&mut finding);
    (!ranked.is_empty()).then_some(finding)
}

fn of_totals(key: &ClientKey, client: &Client) -> Option<Finding> {
    let most = |total| {
        let of = client.totals.iter().filter(|(row, _)| row.total == total);
        of.filter_map(|(row, _)| row.value).max()
    };
    let (sent, received) = (most(TotalOf::BytesSent), most(TotalOf::BytesReceived));
    if sent.is_none() && received.is_none() {
        return None;
    }
    let all = TotalOf::ALL.iter().filter_map(|total| Some((total.word().to_owned(), json!(most(*total)?))));
    let statement = about("sharing_grade.totals", key, client)
        .with("n_bytes_sent", or_unknown(sent))
        .with("n_bytes_received", or_unknown(received))
        .with("totals", all.collect::<Map<_, _>>());
    let mut finding = Finding::new("sharing_grade", &key.place(), statement);
    cite(&mut finding, client.totals.iter().map(|(_, at)| at.clone()));
    of_device(&mut finding);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tutela_model::Spot;
    use tutela_model::field::Reading;
    use tutela_model::table::Table as _;

    /// Cells: offered, requests, accepted, sent, received.
    fn row(counters: [&str; 5]) -> SharedFile {
        let [offered, requests, accepted, sent, received] = counters.map(Some);
        let cells = [
            Some("ed2k"),
            Some("aMule"),
            Some("ed2k:00"),
            None,
            None,
            None,
            None,
            offered,
            requests,
            accepted,
            sent,
            received,
        ];
        SharedFile::from_cells(&cells, &Reading::default(), Spot::Line(1)).expect("a row")
    }

    #[test]
    fn each_counter_gives_its_grade_and_what_was_received_gives_none() {
        for (counters, grade) in [
            (["", "", "", "", ""], Grade::Recorded),
            (["no", "0", "0", "0", "9000"], Grade::Recorded),
            (["unknown", "", "", "", "9000"], Grade::Recorded),
            (["yes", "0", "0", "0", "9000"], Grade::Offered),
            (["yes", "2", "0", "0", ""], Grade::Requested),
            (["no", "2", "1", "0", ""], Grade::Accepted),
            (["yes", "2", "1", "1", ""], Grade::BytesSent),
            (["no", "", "", "1", ""], Grade::BytesSent),
        ] {
            assert_eq!(Grade::of(&row(counters)), grade, "{counters:?}");
        }
        assert!(Grade::ALL.is_sorted());
    }
}
