//! The scenario `sharing-network`: what four observers of file-sharing networks saw all over the world, what operators
//! answered about the peers of one region, and who was behind them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::Ipv4Addr;

use crate::clock::{Clock, DAY_S};
use crate::faults::{Faults, Injection};
use crate::lists;
use crate::names::TOWNS;
use crate::network::{LineId, Pool};
use crate::operator_answers::Questions;
use crate::rng::{finalise, mix};
use crate::sharing::clients::{self, Client, Known};
use crate::sharing::counts::Counts;
use crate::sharing::crowd::Crowd;
use crate::sharing::exports::{Exports, Observer};
use crate::sharing::faults::{Injector, file_name};
use crate::sharing::files::{File, Files, KNOWN_FILE_HEADER};
use crate::sharing::places;
use crate::sharing::sighting::{FIRST_S, Sighting};
use crate::sharing::stream::{Live, stream};
use crate::truth::{self, Table, TrueConnections};
use crate::world::{Role, World};
use crate::{Extent, Output, SimulationError, Summary};

/// Sightings at size 1.
const SIGHTINGS: f64 = 5_000_000.0;
/// Of 256 sightings, those that a second observer writes too.
const TWICE: u64 = 3;

/// Writes the whole scenario.
///
/// # Errors
/// See [`SimulationError`].
pub fn simulate(
    seed: u64,
    Extent { size, n_connections, .. }: Extent,
    wanted: &Faults,
    output: &mut dyn Output,
) -> Result<Summary, SimulationError> {
    let mut world = World::of_region(seed)?;
    let crowd = Crowd::new(seed, size);
    // What people of the region share is the same at every size.
    let known = clients::sightings(&world, &Files::new(seed, 1.0));
    known.iter().for_each(|known| world.users[known.user].n_connections += 1);
    let n_sightings = n_connections.map_or((SIGHTINGS * size).round() as u64, u64::from);
    let files = Files::new(seed, size);

    let mut run = Run {
        world: &world,
        seed,
        counts: Counts::new(&crowd),
        truth: TrueConnections::begin(output)?,
        injector: Injector::new(seed),
    };
    run.write_sightings(&crowd, &files, &known, n_sightings, output)?;
    let Run { counts, truth, injector, .. } = run;
    let n_known = truth.n;
    truth.finish()?;

    let mut questions = Questions::default();
    questions.add(clients::asked(&world, &known));
    let mut injection = Injection::new(seed, wanted);
    let (seen, n_lease_rows) = questions.answer(&world, &mut injection, output)?;
    write_lists(&world, &seen, &files, &known, output)?;
    crate::write_whole(output, "seized/preferences.dat", &clients::preferences(&known))?;
    let counted = truth::write_persons_and_lines(&world, &seen, output)?;
    truth::write_users(&world, &BTreeMap::new(), output)?;
    let n_clients = write_clients(&world, &known, output)?;
    write_statistics(&counts, &files, output)?;
    let injected = (!wanted.is_none()).then_some(injection.labels.as_slice());
    truth::write_faults(&injector.labels, injected, output)?;
    crate::write_whole(output, "README.txt", readme(seed, size, n_connections, wanted).as_bytes())?;
    let sought = world.users.iter().filter(|user| world.roles[user.person] == Role::User);
    Ok(Summary {
        scenario: "sharing-network",
        seed,
        size,
        connections: n_known,
        sightings: counts.n_rows(),
        peers: counts.n_peers(),
        referral_events: 0,
        users: sought.clone().count() as u32,
        with_precedents: sought.filter(|user| user.precedent).count() as u32,
        bystanders: counted.bystanders,
        persons: counted.persons,
        lines: counted.lines,
        lease_rows: n_lease_rows,
        accounts: n_clients,
        faults: injector.labels.len() as u32,
        injected: injection.labels.len() as u64,
    })
}

/// What grows while sightings are written.
struct Run<'r> {
    world: &'r World,
    seed: u64,
    counts: Counts,
    truth: TrueConnections,
    injector: Injector,
}

impl Run<'_> {
    /// Writes the crowd's sightings and those of the region's people, in the order of time: `n_sightings` in all, where
    /// that is more than the region's.
    fn write_sightings(
        &mut self,
        crowd: &Crowd,
        files: &Files,
        known: &[Known],
        n_sightings: u64,
        output: &mut dyn Output,
    ) -> Result<(), SimulationError> {
        let mut exports = Exports::new(output);
        let mut n_rows = 0;
        self.injector.write_late((crowd, files), &mut exports, |row, live| {
            self.counts.row(Observer::Vigil, row);
            self.counts.peer(row, Some(live));
            n_rows += 1;
        })?;
        let mut known = known.iter().peekable();
        let n_of_region = known.len() as u64;
        // Of those that are written twice the second is one of the rows that were asked for.
        let left = n_sightings.saturating_sub(n_rows + n_of_region);
        let n_of_crowd = left * 256 / (256 + TWICE);
        stream(crowd, files, n_of_crowd, |sighting, live| {
            while let Some(before) = known.next_if(|known| known.sighting.at_ms <= sighting.at_ms) {
                self.known(before, &mut exports)?;
            }
            self.crowd(sighting, live, &mut exports)
        })?;
        for last in known {
            self.known(last, &mut exports)?;
        }
        self.injector.finish(&mut exports)?;
        exports.finish()
    }

    fn crowd(
        &mut self,
        sighting: &Sighting,
        live: &mut Live,
        exports: &mut Exports<'_>,
    ) -> Result<(), SimulationError> {
        self.injector.before(sighting.at_ms, exports)?;
        self.counts.peer(sighting, Some(live));
        let hash = finalise(live.session.hash ^ u64::from(live.n_before) << 32);
        self.written(sighting, hash, exports).map(drop)
    }

    fn known(&mut self, known: &Known, exports: &mut Exports<'_>) -> Result<(), SimulationError> {
        let Known { sighting, line, user, .. } = known;
        self.injector.before(sighting.at_ms, exports)?;
        self.counts.peer(sighting, None);
        let hash = mix(self.seed, &[120, *user as u64, sighting.at_ms as u64]);
        let person = self.world.people[self.world.users[*user].person].id();
        let account = (sighting.network.word(), &*sighting.peer());
        for observer in self.written(sighting, hash, exports)?.into_iter().flatten() {
            let stands = exports.last(observer);
            let place = (file_name(&stands.path), b':', stands.line);
            self.truth.write(place, account, (sighting.at_ms, *line), &person)?;
        }
        Ok(())
    }

    /// Writes a sighting in the file of whoever saw it, and sometimes in a second one; gives back whose files.
    fn written(
        &mut self,
        sighting: &Sighting,
        hash: u64,
        exports: &mut Exports<'_>,
    ) -> Result<[Option<Observer>; 2], SimulationError> {
        let day = (sighting.at_ms / 1000 - FIRST_S) / DAY_S;
        let observer = Observer::of(sighting.network, hash, day);
        let beside = observer.beside(sighting.network, day).filter(|_| hash >> 8 & 0xFF < TWICE);
        for observer in [Some(observer), beside].into_iter().flatten() {
            exports.write(observer, sighting)?;
            self.counts.row(observer, sighting);
        }
        if beside.is_some() {
            self.counts.twice();
        }
        Ok([Some(observer), beside])
    }
}

/// Writes what the unit has beside the exports: what addresses are used for, where a list puts them, which files a list
/// knows, earlier proceedings.
fn write_lists(
    world: &World,
    seen: &BTreeSet<LineId>,
    files: &Files,
    known: &[Known],
    output: &mut dyn Output,
) -> Result<(), SimulationError> {
    lists::write_networks(world, &places::network_rows(), output)?;
    lists::write_precedents(world, seen, 1.0, output)?;
    let areas =
        format!("prefix,country,province,label,as_of\n{}{}", places::area_rows(), operator_areas(world));
    crate::write_whole(output, "lists/area.csv", areas.as_bytes())?;
    let of_region = known.iter().map(|known| known.sighting.file).filter(|file| file.is_listed());
    let listed: BTreeSet<File> = files.listed().chain(of_region).collect();
    let mut text = KNOWN_FILE_HEADER.to_owned();
    listed.into_iter().for_each(|file| file.known_file_row(&mut text));
    crate::write_whole(output, "lists/known_file.csv", text.as_bytes())
}

/// Where the list of places puts the operators' addresses: of fixed lines the province, mostly the right one; of SIMs
/// and of lines that share addresses the country.
fn operator_areas(world: &World) -> String {
    let mut text = String::new();
    let mut row = |prefix: Ipv4Addr, bits: u32, province: &str| {
        writeln!(text, "{prefix}/{bits},IT,{province},elenco luoghi di prova,2026-02-01")
            .expect("a string takes all text");
    };
    for pool in [Pool::BoreaShared, Pool::CometaMobile] {
        row(Ipv4Addr::from(pool.plan().first), u32::from(pool.plan().bits), "");
    }
    for pool in [Pool::AlfanetFixed, Pool::BoreaFixed, Pool::DeltaFixed] {
        let division = world.network.division(pool);
        for group in 0..division.n_groups {
            let line = LineId { pool, group, slot: 0 };
            let is_wrong = mix(world.seed, &[121, u64::from(line.serial())]).is_multiple_of(12);
            let next = world.towns.start + (world.town_of(line) + 5 - world.towns.start) % world.towns.len();
            let town = if is_wrong { next } else { world.town_of(line) };
            row(division.address(group, 0), 32 - division.n_addresses.ilog2(), TOWNS[town].1);
        }
    }
    text
}

/// Writes whose the peers of the region are, and what was seen of each; gives back how many there are.
fn write_clients(world: &World, known: &[Known], output: &mut dyn Output) -> Result<u64, SimulationError> {
    let mut by_client: BTreeMap<Client, Vec<&Known>> = BTreeMap::new();
    for known in known {
        by_client.entry((known.sighting.network, known.sighting.peer())).or_default().push(known);
    }
    let mut accounts = Table::begin(output, "truth/accounts.csv", "platform,account,person")?;
    let header = "network,peer,person,role,province,sightings,files,listed_files,first_seen,last_seen";
    let mut peers = Table::begin(output, "truth/peers.csv", header)?;
    for ((network, peer), all) in &by_client {
        let person = world.users[all[0].user].person;
        let id = world.people[person].id();
        accounts.line(&[network.word(), peer, &id])?;
        let files: BTreeSet<File> = all.iter().map(|known| known.sighting.file).collect();
        let n_listed = files.iter().filter(|file| file.is_listed()).count();
        let [first, last] = [all.first(), all.last()].map(|known| known.map_or_else(String::new, seen_at));
        peers.line(&[
            network.word(),
            peer,
            &id,
            world.roles[person].word(),
            TOWNS[world.people[person].town].1,
            &all.len().to_string(),
            &files.len().to_string(),
            &n_listed.to_string(),
            &first,
            &last,
        ])?;
    }
    accounts.finish()?;
    peers.finish()?;
    Ok(by_client.len() as u64)
}

fn seen_at(known: &&Known) -> String {
    let mut text = Vec::new();
    Clock::new().utc_ms(known.sighting.at_ms, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

fn write_statistics(counts: &Counts, files: &Files, output: &mut dyn Output) -> Result<(), SimulationError> {
    let mut table = Table::begin(output, "truth/statistics.csv", "measure,network,of,value")?;
    for row in counts.statistics(files) {
        table.line(&row.each_ref().map(String::as_str))?;
    }
    table.finish()
}

fn readme(seed: u64, size: f64, n_sightings: Option<u32>, faults: &Faults) -> String {
    let more = n_sightings.map_or(String::new(), |n| format!(" --connections {n}"));
    let asked = if faults.is_none() { String::new() } else { format!(" --faults {faults}") };
    format!(
        "All made up: people, places, companies, peers, addresses and files. Nothing here concerns anybody.\n\
         Addresses lie in ranges reserved for documentation, benchmarks and carrier-grade NAT, and in the fictional plan:\n\
         240.0.0.0/4, which is reserved and belongs to nobody (RFC 1112, section 4).\n\
         \n\
         Made by: tutela simulate sharing-network --seed {seed} --size {size}{more}{asked}\n\
         Import:  tutela import sightings operators lists seized --zone Europe/Rome\n\
         \n\
         sightings/  what four observers of file-sharing networks saw, each in its own layout\n\
         operators/  the operators' answers about peers of one region\n\
         lists/      what address ranges are used for and where a list puts them, known files, earlier proceedings\n\
         seized/     the settings of a program, from a computer\n\
         truth/      what really happened: for measuring only, never imported\n\
         \n\
         Known files have categories of a made-up scheme, scala-marca: marca-1 to marca-4, the last one the gravest.\n\
         truth/connections.csv has the sightings of the region's peers; source_row is the file's name with the line, or\n\
         with the row of a Parquet file (\"file:12\", from 1). truth/faults.csv names the rows that are wrong on purpose,\n\
         and truth/statistics.csv counts all the others.\n"
    )
}
