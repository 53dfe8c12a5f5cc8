//! What the survey says, as findings.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{ControlFlow, Range};

use arrow_array::cast::AsArray;
use jiff::Timestamp;
use serde_json::{Value, json};
use tutela_model::table::{PLACE_COLUMN, Part, TablesError};
use tutela_model::tables::{Observed, Sighting};
use tutela_model::time::DAY_US;
use tutela_model::words::Words as _;
use tutela_model::{Finding, Phrase, RowRef, Statement, Table, Tables};

use super::counts::AtLeast;
use super::held::LARGE;
use super::kept::Kept;
use super::odd::Odd;
use super::peer::network as network_of;
use super::placed::Placed;
use super::present::{Activity, GAPS_US, Spread, date};
use super::record::{At, RowSpan};
use super::survey::{Means, Survey, TOLD, period};
use super::threads::each_at_once;

/// The analysis's name.
const NAME: &str = "sharing";

/// The keys of statements about one file and about one peer.
pub const ONE_BY_ONE: [&str; 2] = ["file_spread", "peer_activity"];

/// Rows of a peer that are listed.
const ROWS: usize = 12;

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "sharing_overview",
        it: "{sightings|avvistamento|avvistamenti} dal {first_seen} al {last_seen}: {peers|peer|peer}, \
             {addresses|indirizzo|indirizzi}, {files|file|file}, di cui {listed_files} in elenchi; senza numero di peer: \
             {without_number}; un peer è il numero di un programma, non una persona",
        en: "{sightings|sighting|sightings} from {first_seen} to {last_seen}: {peers|peer|peers}, \
             {addresses|address|addresses}, {files|file|files}, {listed_files} of them on lists; without a peer's number: \
             {without_number}; a peer is a program's number, not a person",
    },
    Statement {
        key: "spread_over_time",
        it: "peer visti nel tempo: il periodo con più peer è quello dal {busiest}, con {busiest_peers|peer|peer}; i numeri \
             di ogni periodo sono nella tabella",
        en: "peers seen over time: the period with most peers is the one from {busiest}, with {busiest_peers|peer|peers}; \
             the numbers of each period are in the table",
    },
    Statement {
        key: "removal_curve",
        it: "senza i primi {k|peer|peer}, scelti uno a uno per i file che aggiungono, {left} dei {files} file avrebbero \
             ancora un peer; senza i {k} con più file {left_by_library}, senza i {k} visti in più giorni {left_by_days}; \
             nessuna scelta di altrettanti peer ha insieme più di 1/0,63 volte i file di questa",
        en: "without the first {k|peer|peers}, chosen one by one for the files that they add, {left} of {files} files \
             would still have a peer; without the {k} with most files {left_by_library}, without the {k} seen on most \
             days {left_by_days}; no choice of as many peers has more than 1/0.63 times the files of this one together",
    },
    Statement {
        key: "by_area",
        it: "peer per provincia e Paese secondo l'elenco di intervalli fornito: una stima che non lega nessuno a un luogo; \
             un peer conta in ogni provincia in cui è stato visto; senza collocazione: {unplaced|peer|peer}",
        en: "peers by province and country by the supplied list of ranges: an estimate, which ties nobody to a place; a \
             peer counts in every province where it was seen; not placed: {unplaced|peer|peers}",
    },
    Statement {
        key: "sharing_libraries",
        it: "{few_files} peer su {peers} hanno meno di 10 file, {few_days} sono stati visti in meno di 10 giorni; con \
             almeno {large} file {n_large|peer|peer}, senza i quali {only_large|file|file} su {files} non avrebbero più \
             alcun peer",
        en: "{few_files} of {peers} peers have fewer than 10 files, {few_days} were seen on fewer than 10 days; \
             {n_large|peer|peers} with {large} files and more, without whom {only_large|file|files} of {files} would have \
             no peer left",
    },
    Statement {
        key: "sharing_rarity",
        it: "file visti con un solo peer: {at_most_1}; con al più due: {at_most_2}; con al più cinque: {at_most_5}; in \
             tutto {files}",
        en: "files seen with one peer only: {at_most_1}; with two at most: {at_most_2}; with five at most: {at_most_5}; in \
             all {files}",
    },
    Statement {
        key: "sharing_survival",
        it: "file visti in un solo giorno: {one_day}; per più di 7 giorni dal primo all'ultimo avvistamento: {over_7}; per \
             più di 30: {over_30}; in tutto {files}",
        en: "files seen on one day only: {one_day}; for more than 7 days from the first to the last sighting: {over_7}; \
             for more than 30: {over_30}; in all {files}",
    },
    Statement {
        key: "sharing_addresses",
        it: "{several_addresses} peer su {peers} sono stati visti a più di un indirizzo; a {several_peers} indirizzi su \
             {addresses} è stato visto più di un peer: né gli indirizzi né i numeri di peer contano persone",
        en: "{several_addresses} of {peers} peers were seen at more than one address; at {several_peers} of {addresses} \
             addresses more than one peer was seen: neither addresses nor peers' numbers count people",
    },
    Statement {
        key: "sharing_sessions",
        it: "{sessions|sessione|sessioni} con pause fino a 30 minuti; con pause fino a 10 minuti sarebbero {sessions_10min}, \
             fino a un'ora {sessions_60min}",
        en: "{sessions|session|sessions} with pauses of up to 30 minutes; with pauses of up to 10 minutes there would be \
             {sessions_10min}, of up to an hour {sessions_60min}",
    },
    Statement {
        key: "sharing_tor",
        it: "{tor|peer visto|peer visti} a un'uscita della rete Tor secondo gli elenchi, di cui {later} in seguito a un \
             indirizzo che nessun elenco indica; di quelli visti in almeno tre giorni ({tor_3_days}): {later_3_days}; in \
             quelle occasioni si può chiedere a un operatore",
        en: "{tor|peer|peers} seen at an exit of the Tor network by the lists, {later} of them later at an address that no \
             list names; of those seen on three days and more ({tor_3_days}): {later_3_days}; about those occasions an \
             operator can be asked",
    },
    Statement {
        key: "sharing_bridges",
        it: "{bridges|numero di peer visto|numeri di peer visti} su più di una rete: un programma che ne usa diverse può \
             tenere lo stesso numero",
        en: "{bridges|peer's number|peers' numbers} seen on more than one network: a program that uses several may keep \
             one number",
    },
    Statement {
        key: "sharing_odd",
        it: "{n|avvistamento|avvistamenti} con un indirizzo di tipo particolare ({kind:word}): non può essere quello di un \
             peer su Internet; gli avvistamenti contano, l'indirizzo non va chiesto a nessuno",
        en: "{n|sighting|sightings} with an address of a special kind ({kind:word}): it can be no peer's on the Internet; \
             the sightings count, the address is to be asked of nobody",
    },
    Statement {
        key: "sharing_future",
        it: "{n|avvistamento|avvistamenti} con un'ora successiva al giorno in cui il file è stato letto: l'orologio \
             dell'osservatore o la forma dell'ora è da verificare; contano come gli altri",
        en: "{n|sighting|sightings} at a time after the day on which the file was read: the observer's clock or the form \
             of the time is to be checked; they count as the others do",
    },
    Statement { key: "word.unspecified", it: "non specificato", en: "unspecified" },
    Statement { key: "word.loopback", it: "della macchina stessa", en: "of the machine itself" },
    Statement { key: "word.private", it: "di una rete privata", en: "of a private network" },
    Statement { key: "word.link_local", it: "di un collegamento locale", en: "of a local link" },
    Statement { key: "word.multicast", it: "di un gruppo", en: "of a group" },
    Statement { key: "word.broadcast", it: "di tutti", en: "of all" },
    Statement {
        key: "file_spread",
        it: "file {file_hash} ({network:word}): visto con {peers|peer|peer} a {addresses|indirizzo|indirizzi} in \
             {sightings|avvistamento|avvistamenti}, dal {first_seen} al {last_seen}; in elenchi: {listed_said:word}",
        en: "file {file_hash} ({network:word}): seen with {peers|peer|peers} at {addresses|address|addresses} in \
             {sightings|sighting|sightings}, from {first_seen} to {last_seen}; on lists: {listed_said:word}",
    },
    Statement {
        key: "peer_activity",
        it: "peer {peer} ({network:word}): {files|file|file}, in elenchi {listed_files}, di cui {listed_first_hand} offerti, \
             dati o mostrati all'osservatore; {sightings|avvistamento|avvistamenti} \
             in {days|giorno|giorni} e {sessions|sessione|sessioni} a {addresses|indirizzo|indirizzi}, dal {first_seen} al \
             {last_seen}; aggiunge {adds:word} file a quelli dei peer che precedono; uscite Tor o VPN: \
             {shared_infrastructure:word}",
        en: "peer {peer} ({network:word}): {files|file|files}, on lists {listed_files}, {listed_first_hand} of them offered, \
             given or shown to the observer; {sightings|sighting|sightings} on \
             {days|day|days} and in {sessions|session|sessions} at {addresses|address|addresses}, from {first_seen} to \
             {last_seen}; adds {adds:word} files to those of the peers before it; exits of Tor or VPNs: \
             {shared_infrastructure:word}",
    },
    Statement {
        key: "factor.listed_files_seen",
        it: "file in elenchi visti presso i suoi peer",
        en: "listed files seen with its peers",
    },
];

/// The findings on a survey.
///
/// # Errors
/// A stored table could not be read.
pub fn run(tables: &dyn Tables, means: &Means<'_>, survey: &mut Survey) -> Result<Vec<Finding>, TablesError> {
    let found = all(survey);
    let wanted = found.iter().flat_map(|(_, rows)| rows.iter().copied()).collect();
    let mut places = std::mem::take(&mut survey.kept.places);
    find_places(tables, means, &survey.kept, &mut places, &wanted)?;
    let found = found.into_iter().map(|told| cited(&survey.kept, &places, told)).collect();
    survey.kept.places = places;
    Ok(found)
}

/// The finding with its rows.
fn cited(kept: &Kept, places: &Places, (mut finding, rows): Told) -> Finding {
    finding.rows = rows.iter().filter_map(|row| row_ref(kept, places, *row)).collect();
    let session_gap_s = GAPS_US[1] / 1_000_000;
    finding.settings = BTreeMap::from([
        ("told".to_owned(), json!(TOLD)),
        ("session_gap_s".to_owned(), json!(session_gap_s)),
    ]);
    finding
}

/// Hands out the findings on all other files and peers, for whoever wants them all: files by number of peers, then peers
/// by number. `Break` ends it.
///
/// # Errors
/// A stored table could not be read, or a run.
pub fn each_other(
    tables: &dyn Tables,
    survey: &Survey,
    means: &Means<'_>,
    each: &mut dyn FnMut(Finding) -> ControlFlow<()>,
) -> Result<(), TablesError> {
    for files in survey.other_files().chunks(AT_ONCE) {
        let told = files.iter().filter_map(|file| file_spread(survey, *file)).collect();
        if hand_out((tables, means), survey, told, each)?.is_break() {
            return Ok(());
        }
    }
    let (ranks, chosen) = (survey.kept.ranks(), chosen(survey));
    let (mut waiting, mut ended) = (Vec::new(), Ok(ControlFlow::Continue(())));
    survey.each_other_peer(means, &mut |activity| {
        let rank = chosen.get(&activity.position).copied();
        waiting.push(peer_activity(survey, &ranks, (&activity, rank)));
        if waiting.len() < AT_ONCE {
            return ControlFlow::Continue(());
        }
        ended = hand_out((tables, means), survey, std::mem::take(&mut waiting), each);
        if let Ok(ControlFlow::Continue(())) = ended {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    if ended?.is_continue() {
        let _ = hand_out((tables, means), survey, waiting, each)?;
    }
    Ok(())
}

/// Findings whose rows are looked up together.
const AT_ONCE: usize = 4_096;

fn hand_out(
    (tables, means): (&dyn Tables, &Means<'_>),
    survey: &Survey,
    told: Vec<Told>,
    each: &mut dyn FnMut(Finding) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, TablesError> {
    let wanted = told.iter().flat_map(|(_, rows)| rows.iter().copied()).collect();
    let mut places = BTreeMap::new();
    find_places(tables, means, &survey.kept, &mut places, &wanted)?;
    let cited = told.into_iter().map(|told| cited(&survey.kept, &places, told));
    Ok(cited.into_iter().try_for_each(each))
}

fn all(survey: &Survey) -> Vec<Told> {
    let files = survey.files.iter().filter_map(|file| file_spread(survey, *file));
    let ranks = survey.kept.ranks();
    let peers = activities(survey).into_iter().map(|activity| peer_activity(survey, &ranks, activity));
    overview(survey).into_iter().chain(files).chain(peers).collect()
}

/// A finding with the rows that it lists: part and number of each.
type Told = (Finding, Vec<(u32, u64)>);

fn told(subject: &str, statement: Phrase, n_rows: u64, rows: Vec<(u32, u64)>) -> Told {
    let mut finding = Finding::new(NAME, subject, statement);
    finding.n_rows = n_rows;
    (finding, rows)
}

fn instant(at_us: i64) -> String {
    Timestamp::from_microsecond(at_us).map_or_else(|_| at_us.to_string(), |at| at.to_string())
}

/// The findings on the whole.
fn overview(survey: &Survey) -> Vec<Told> {
    let n_sightings: u64 = survey.days.values().sum();
    let summed = |statement| told("", statement, n_sightings, Vec::new());
    let mut found =
        vec![summed(whole(survey, n_sightings)), summed(over_time(survey)), summed(removal(survey))];
    if !survey.context.countries.is_empty() || !survey.context.provinces.is_empty() {
        found.push(summed(by_area(survey)));
    }
    found.extend([summed(libraries(survey)), summed(rarity(survey)), summed(survival(survey))]);
    found.extend([summed(addresses(survey)), summed(sessions(survey))]);
    let [tor, later, tor_3_days, later_3_days] = survey.present.tor;
    if tor > 0 {
        let statement = Phrase::new("sharing_tor").with("tor", tor).with("later", later);
        found.push(summed(statement.with("tor_3_days", tor_3_days).with("later_3_days", later_3_days)));
    }
    if survey.held.n_bridges > 0 {
        found.push(summed(Phrase::new("sharing_bridges").with("bridges", survey.held.n_bridges)));
    }
    for (kind, (n, part, row)) in &survey.odd {
        let kind = Odd::numbered(*kind);
        let key = if kind == Some(Odd::Future) { "sharing_future" } else { "sharing_odd" };
        let kind = kind.map_or("unknown", Odd::name);
        let statement = Phrase::new(key).with("kind", kind).with("n", *n);
        found.push(told(kind, statement, *n, vec![(*part, *row)]));
    }
    found
}

fn whole(survey: &Survey, n_sightings: u64) -> Phrase {
    let totals = || survey.totals.iter().flatten();
    let first = totals().map(|total| total.first.at_us).min().unwrap_or_default();
    let mut of_networks: BTreeMap<u8, u64> = BTreeMap::new();
    for ((network, _), n) in &survey.days {
        *of_networks.entry(*network).or_default() += n;
    }
    let networks: Vec<Value> = of_networks
        .iter()
        .map(|(network, n)| {
            json!([network_of(*network).word(), n, survey.held.by_network[usize::from(*network)]])
        })
        .collect();
    let days: BTreeSet<i32> = survey.days.keys().map(|(_, day)| *day).collect();
    let listed = totals().filter(|total| survey.context.listed[total.file as usize].is_some());
    Phrase::new("sharing_overview")
        .with("sightings", n_sightings)
        .with("peers", survey.held.n_peers)
        .with("listed_peers", survey.held.n_listed_peers)
        .with("without_number", n_sightings - survey.present.n_sightings)
        .with("addresses", survey.placed.n_addresses)
        .with("addresses_v6", survey.placed.n_v6)
        .with("files", totals().count())
        .with("listed_files", listed.count())
        .with("first_seen", instant(first))
        .with("last_seen", instant(survey.last_us))
        .with("days", days.len())
        .with("networks", networks)
}

fn over_time(survey: &Survey) -> Phrase {
    let period = period(&survey.days);
    let mut sightings: BTreeMap<i32, u64> = BTreeMap::new();
    for ((_, day), n) in &survey.days {
        *sightings.entry(period.first_day(*day)).or_default() += n;
    }
    let periods = &survey.present.periods;
    let of = |day: &i32| periods.get(day).copied().unwrap_or_default();
    let points: Vec<Value> =
        sightings.iter().map(|(day, n)| json!([date(*day).to_string(), n, of(day).0, of(day).1])).collect();
    let busiest = sightings.keys().max_by_key(|day| (of(day).0, std::cmp::Reverse(**day)));
    let busiest = busiest.copied().unwrap_or_default();
    Phrase::new("spread_over_time")
        .with("period", period.name())
        .with("points", points)
        .with("busiest", date(busiest).to_string())
        .with("busiest_peers", of(&busiest).0)
}

fn removal(survey: &Survey) -> Phrase {
    let [by_contribution, by_library, by_days] =
        survey.removal().map(|points| points.into_iter().collect::<BTreeMap<usize, u64>>());
    let points: Vec<Value> = by_contribution
        .iter()
        .filter_map(|(k, left)| Some(json!([k, left, by_library.get(k)?, by_days.get(k)?])))
        .collect();
    // A sentence needs one number: how much a hundred peers, or all that there are, matter.
    let k =
        points.iter().filter_map(|point| point[0].as_u64()).filter(|k| *k <= 100).max().unwrap_or_default();
    let left = |of: &BTreeMap<usize, u64>| of.get(&(k as usize)).copied().unwrap_or_default();
    Phrase::new("removal_curve")
        .with("files", survey.totals_with_peers())
        .with("points", points)
        .with("k", k)
        .with("left", left(&by_contribution))
        .with("left_by_library", left(&by_library))
        .with("left_by_days", left(&by_days))
        .with("least_files", survey.held.lists.least())
}

fn by_area(survey: &Survey) -> Phrase {
    let (context, present) = (&survey.context, &survey.present);
    let provinces: Vec<Value> = present
        .provinces
        .iter()
        .map(|(province, (n, listed))| json!([context.provinces[usize::from(*province)].as_str(), n, listed]))
        .collect();
    let countries: Vec<Value> = present
        .countries
        .iter()
        .map(|(country, n)| json!([context.countries[usize::from(*country)].as_str(), n]))
        .collect();
    let as_of: Vec<String> = context.areas_as_of.iter().map(ToString::to_string).collect();
    Phrase::new("by_area")
        .with("provinces", provinces)
        .with("countries", countries)
        .with("unplaced", present.n_unplaced)
        .with("as_of", as_of)
}

fn points(counts: &AtLeast) -> Vec<Value> {
    counts.points().into_iter().map(|(size, n)| json!([size, n])).collect()
}

fn libraries(survey: &Survey) -> Phrase {
    let (held, present) = (&survey.held, &survey.present);
    let n_peers = u64::from(held.n_peers);
    Phrase::new("sharing_libraries")
        .with("peers", n_peers)
        .with("few_files", n_peers - held.by_library.at(10))
        .with("few_days", n_peers - present.by_days.at(10))
        .with("large", LARGE)
        .with("n_large", held.by_library.at(LARGE as u64))
        .with("only_large", held.only_large())
        .with("files", survey.totals_with_peers())
        .with("peers_by_files", points(&held.by_library))
        .with("peers_by_days", points(&present.by_days))
}

fn rarity(survey: &Survey) -> Phrase {
    let held = &survey.held;
    Phrase::new("sharing_rarity")
        .with("at_most_1", held.files_with_at_most(1))
        .with("at_most_2", held.files_with_at_most(2))
        .with("at_most_5", held.files_with_at_most(5))
        .with("files", survey.totals_with_peers())
}

fn survival(survey: &Survey) -> Phrase {
    let day = |at: &At| at.at_us.div_euclid(DAY_US);
    let over = |n_days: i64| {
        let total = survey.totals.iter().flatten();
        total.filter(|total| total.last.at_us - total.first.at_us > n_days * DAY_US).count()
    };
    let totals = || survey.totals.iter().flatten();
    let one_day = totals().filter(|total| day(&total.first) == day(&total.last)).count();
    let seen_for = [1, 3, 7, 14, 30, 60, 90, 180, 365].map(|n_days| json!([n_days, over(n_days)]));
    Phrase::new("sharing_survival")
        .with("one_day", one_day)
        .with("over_7", over(7))
        .with("over_30", over(30))
        .with("files", totals().count())
        .with("files_over_days", seen_for.to_vec())
}

fn addresses(survey: &Survey) -> Phrase {
    let Placed { n_addresses, by_peers, crowded, .. } = &survey.placed;
    let crowded: Vec<Value> =
        crowded.iter().map(|(n_peers, address)| json!([address.to_string(), n_peers])).collect();
    Phrase::new("sharing_addresses")
        .with("peers", survey.held.n_peers)
        .with("several_addresses", survey.present.by_addresses.at(2))
        .with("addresses", *n_addresses)
        .with("several_peers", by_peers.at(2))
        .with("peers_by_addresses", points(&survey.present.by_addresses))
        .with("addresses_by_peers", points(by_peers))
        .with("crowded", crowded)
}

fn sessions(survey: &Survey) -> Phrase {
    let [sessions_10min, sessions, sessions_60min] = survey.present.sessions;
    Phrase::new("sharing_sessions")
        .with("sessions", sessions)
        .with("sessions_10min", sessions_10min)
        .with("sessions_60min", sessions_60min)
}

fn file_spread(survey: &Survey, file: u32) -> Option<Told> {
    let total = survey.totals.get(file as usize).copied().flatten()?;
    let (network, hash) = survey.kept.dictionary.file(file);
    let subject = format!("{} {hash}", network.word());
    let listed =
        survey.context.listed[file as usize].map(|at| survey.context.categories[usize::from(at)].as_str());
    let (no_spread, names) = (Spread::default(), &survey.context);
    let spread = survey.present.files.get(&file).unwrap_or(&no_spread);
    let months: Vec<Value> =
        spread.months.iter().map(|((year, month), n)| json!([format!("{year:04}-{month:02}"), n])).collect();
    let named = |of: &BTreeMap<u16, u64>, names: &[tutela_model::Text]| -> Vec<Value> {
        of.iter().map(|(at, n)| json!([names[usize::from(*at)].as_str(), n])).collect()
    };
    let statement = Phrase::new("file_spread")
        .with("network", network.word())
        .with("file_hash", hash)
        .with("peers", survey.held.peers_of[file as usize])
        .with("addresses", survey.placed.addresses_of[file as usize])
        .with("sightings", total.n)
        .with("first_seen", instant(total.first.at_us))
        .with("last_seen", instant(total.last.at_us))
        .with("listed", listed.map_or(Value::Null, Value::from))
        .with("listed_said", listed.unwrap_or("no"))
        .with("spread", months)
        .with("provinces", named(&spread.provinces, &names.provinces))
        .with("countries", named(&spread.countries, &names.countries));
    let rows = [total.first, total.last].map(|at| (at.part, at.row)).to_vec();
    Some(told(&subject, statement, total.n, rows))
}

/// The greedy choice by position: rank and files added.
fn chosen(survey: &Survey) -> BTreeMap<u32, (usize, u32)> {
    let ranked = (1..).zip(&survey.greedy);
    ranked.map(|(rank, (position, adds))| (*position, (rank, *adds))).collect()
}

/// The peers that are told: by the greedy choice, then by listed files and files.
pub fn activities(survey: &Survey) -> Vec<(&Activity, Option<(usize, u32)>)> {
    let chosen = chosen(survey);
    let of = |activity: &Activity| chosen.get(&activity.position).copied();
    let mut told: Vec<_> = survey.present.told.values().map(|activity| (activity, of(activity))).collect();
    told.sort_by_key(|(activity, chosen)| {
        let rank = chosen.map_or(usize::MAX, |(rank, _)| rank);
        (rank, std::cmp::Reverse((activity.n_listed(), activity.n_files)), activity.position)
    });
    told
}

fn peer_activity(
    survey: &Survey,
    ranks: &[u32],
    (activity, chosen): (&Activity, Option<(usize, u32)>),
) -> Told {
    let context = &survey.context;
    let names = |of: &BTreeMap<u16, u64>, names: &[tutela_model::Text]| -> Vec<Value> {
        let mut of: Vec<_> = of.iter().collect();
        // Where it was seen most stands first.
        of.sort_by_key(|(at, n)| (std::cmp::Reverse(**n), **at));
        of.into_iter().map(|(at, _)| Value::from(names[usize::from(*at)].as_str())).collect()
    };
    let severity: serde_json::Map<String, Value> = activity
        .listed
        .iter()
        .map(|(category, n)| (context.categories[usize::from(*category)].clone(), Value::from(*n)))
        .collect();
    let observed: serde_json::Map<String, Value> = Observed::ALL
        .iter()
        .zip(activity.observed)
        .filter(|(_, n)| *n > 0)
        .map(|(word, n)| (word.word().to_owned(), Value::from(n)))
        .collect();
    let (tor, vpn) = activity.hidden;
    let (sessions_10min, sessions, sessions_60min) =
        (activity.sessions[0], activity.sessions[1], activity.sessions[2]);
    let also_on: Vec<&str> = activity.also_on.iter().map(|network| network.word()).collect();
    let yes = |is: bool| if is { "yes" } else { "no" };
    let statement = Phrase::new("peer_activity")
        .with("network", activity.network.word())
        .with("peer", activity.number.as_str())
        .with("files", activity.n_files)
        .with("listed_files", activity.n_listed())
        .with("listed_first_hand", activity.n_listed_first_hand)
        .with("severity", severity)
        .with("observed", observed)
        .with("addresses", activity.n_addresses)
        .with("addresses_connected", activity.n_connected)
        .with("sightings", activity.n_sightings)
        .with("days", activity.n_days)
        .with("sessions", sessions)
        .with("sessions_10min", sessions_10min)
        .with("sessions_60min", sessions_60min)
        .with("first_seen", instant(activity.span_us.0))
        .with("last_seen", instant(activity.span_us.1))
        .with("recency_days", survey.recency_days(activity.span_us.1))
        .with("contribution", chosen.map_or(Value::Null, |(rank, _)| rank.into()))
        .with("adds", chosen.map_or(Value::from("unknown"), |(_, adds)| adds.into()))
        .with("shared_infrastructure", yes(tor || vpn))
        .with("tor", yes(tor))
        .with("vpn", yes(vpn))
        .with("tor_then_not", yes(activity.tor_then_not))
        .with("also_on", also_on)
        .with("provinces", names(&activity.provinces, &context.provinces))
        .with("countries", names(&activity.countries, &context.countries));
    let subject = format!("{} {}", activity.network.word(), activity.number);
    told(&subject, statement, activity.n_sightings, rows_of(&activity.rows, ranks))
}

/// The first and the last row of each stretch of rows, as far as they are listed, in the order of the parts.
fn rows_of(spans: &[RowSpan], ranks: &[u32]) -> Vec<(u32, u64)> {
    let mut spans = spans.to_vec();
    spans.sort_by_key(|span| (ranks.get(span.part as usize).copied(), span.first));
    let ends = spans.iter().flat_map(|span| [(span.part, span.first), (span.part, span.first + span.n - 1)]);
    let mut rows: Vec<(u32, u64)> = ends.collect();
    rows.dedup();
    if rows.len() > ROWS {
        let last = rows.split_off(rows.len() - ROWS / 2);
        rows.truncate(ROWS / 2);
        rows.extend(last);
    }
    rows
}

/// Places of rows by part and number.
type Places = BTreeMap<(u32, u64), String>;

fn row_ref(kept: &Kept, places: &Places, row: (u32, u64)) -> Option<RowRef> {
    let source = kept.source(row.0)?.hex();
    let place = places.get(&row)?.clone();
    Some(RowRef { table: Sighting::INFO.name.to_owned(), source, place })
}

/// Finds the places of rows by part and number; of those that are known no table is read, and others go.
fn find_places(
    tables: &dyn Tables,
    means: &Means<'_>,
    kept: &Kept,
    places: &mut Places,
    wanted: &BTreeSet<(u32, u64)>,
) -> Result<(), TablesError> {
    places.retain(|row, _| wanted.contains(row));
    let missing: Vec<(u32, u64)> = wanted.iter().filter(|row| !places.contains_key(row)).copied().collect();
    let parts = tables.parts(&Sighting::INFO);
    let of_parts: Vec<(&Part, &[(u32, u64)])> = missing
        .chunk_by(|one, other| one.0 == other.0)
        .filter_map(|rows| {
            let source = kept.source(rows[0].0);
            Some((parts.iter().find(|part| Some(part.source) == source)?, rows))
        })
        .collect();
    for found in each_at_once(means, of_parts, |(part, rows)| places_of(tables, part, rows)) {
        places.extend(found?);
    }
    Ok(())
}

/// The places of rows of a part.
fn places_of(tables: &dyn Tables, part: &Part, wanted: &[(u32, u64)]) -> Result<Places, TablesError> {
    let rows: Vec<Range<u64>> = wanted.iter().map(|(_, row)| *row..row + 1).collect();
    let (mut places, mut left) = (Places::new(), wanted.iter());
    tables.rows(&Sighting::INFO, part, &rows, &[PLACE_COLUMN], &mut |batch| {
        for place in batch.column(0).as_string::<i32>() {
            let (Some(row), Some(place)) = (left.next(), place) else { break };
            places.insert(*row, place.to_owned());
        }
        ControlFlow::Continue(())
    })?;
    Ok(places)
}
