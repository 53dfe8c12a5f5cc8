//! The scenario `platform-connections`: platforms' reports and logs, four operators' answers, and who did what.

use std::collections::BTreeMap;

use crate::accounts::{Account, Platform, accounts, devices};
use crate::connections::{Connection, Used, connections, victim_connections};
use crate::faults::{Faults, Injection};
use crate::lists;
use crate::operator_answers::Questions;
use crate::platform_logs::PlatformLogs;
use crate::referrals::{EVENTS, Report};
use crate::truth::{self, TrueConnections};
use crate::world::{CONNECTIONS, World};
use crate::{Extent, Output, SimulationError, Summary};

/// Address events of a child's account in a referral.
const VICTIM_EVENTS: u32 = 8;

/// Writes the whole scenario.
///
/// # Errors
/// See [`SimulationError`].
pub fn simulate(
    seed: u64,
    Extent { size, n_connections, family_contracts }: Extent,
    wanted: &Faults,
    output: &mut dyn Output,
) -> Result<Summary, SimulationError> {
    let mut world = World::new(seed, size, family_contracts)?;
    let accounts = accounts(&world);
    let n_connections_asked = n_connections;
    let n_connections = n_connections.unwrap_or((CONNECTIONS * size).round() as u32);
    let n_reports = accounts.iter().filter(|account| account.platform == Platform::Agorachat).count();
    world.add_victims(size, n_reports);
    world.spread_connections(n_connections.saturating_sub(VICTIM_EVENTS * world.victims.len() as u32));
    let mut own = vec![Vec::new(); world.users.len()];
    for (account, holder) in
        accounts.iter().enumerate().flat_map(|(idx, of)| of.holders.iter().map(move |holder| (idx, *holder)))
    {
        own[holder].push(account);
    }

    let mut run = Run {
        world: &world,
        accounts: &accounts,
        logs: PlatformLogs::begin(output, u64::from(n_connections) / 8)?,
        truth: TrueConnections::begin(output)?,
        questions: Questions::default(),
        injection: Injection::new(seed, wanted),
        n_reports: BTreeMap::new(),
        n_referral_events: 0,
        n_of_sellers: BTreeMap::new(),
    };
    for (user, own) in own.iter().enumerate() {
        run.user(user, own, output)?;
    }
    let Run { logs, truth, questions, mut injection, n_referral_events, n_of_sellers, .. } = run;
    let faults = logs.finish()?;
    let n_written = truth.n;
    truth.finish()?;
    let (seen, n_lease_rows) = questions.answer(&world, &mut injection, output)?;
    lists::write_precedents(&world, &seen, size, output)?;
    lists::write_networks(&world, "", output)?;
    lists::write_selectors(&accounts, output)?;
    let counted = truth::write_people(&world, &accounts, &seen, &n_of_sellers, output)?;
    let injected = (!wanted.is_none()).then_some(injection.labels.as_slice());
    truth::write_faults(&faults, injected, output)?;
    let asked_for = n_connections_asked.map_or(String::new(), |n| format!(" --connections {n}"));
    crate::write_whole(output, "README.txt", readme(seed, size, &asked_for, wanted).as_bytes())?;
    Ok(Summary {
        scenario: "platform-connections",
        seed,
        size,
        connections: n_written,
        sightings: 0,
        peers: 0,
        referral_events: n_referral_events,
        users: world.users.len() as u32,
        with_precedents: world.users.iter().filter(|user| user.precedent).count() as u32,
        bystanders: counted.bystanders,
        persons: counted.persons,
        lines: counted.lines,
        lease_rows: n_lease_rows,
        accounts: accounts.len() as u64,
        faults: faults.len() as u32,
        injected: injection.labels.len() as u64,
    })
}

/// What is open while users' connections are written.
struct Run<'r> {
    world: &'r World,
    accounts: &'r [Account],
    logs: PlatformLogs,
    truth: TrueConnections,
    questions: Questions,
    injection: Injection,
    n_reports: BTreeMap<Platform, usize>,
    n_referral_events: u64,
    /// Connections of those who sold an account, by the user who bought it.
    n_of_sellers: BTreeMap<usize, u32>,
}

/// The address events of an account that go into its referral instead of the log: one in so many.
struct ForReferral {
    every: u32,
    n_before: u32,
    events: Vec<Connection>,
}

impl Run<'_> {
    /// Writes all that one user does: the logs, the truth and the referrals on the accounts.
    fn user(&mut self, user: usize, own: &[usize], output: &mut dyn Output) -> Result<(), SimulationError> {
        let Self { world, accounts, logs, truth, injection, .. } = self;
        let mut for_referral: BTreeMap<usize, ForReferral> = own
            .iter()
            .filter(|account| {
                accounts[**account].platform.reports() && accounts[**account].holders[0] == user
            })
            .map(|account| {
                let n_likely = world.users[user].n_connections / own.len() as u32;
                let every = (n_likely / EVENTS as u32).max(3);
                (*account, ForReferral { every, n_before: 0, events: Vec::new() })
            })
            .collect();
        let person = world.people[world.users[user].person].id();
        let seller = world.users[user].seller.map(|seller| world.people[seller.person].id());
        let mut n_of_seller = 0;
        let devices = devices(world, user);
        let used = connections(world, user, own, accounts, |connection| {
            let account = &accounts[connection.account];
            let by = seller.as_ref().filter(|_| connection.seller.is_some());
            n_of_seller += u32::from(by.is_some());
            if by.is_none()
                && let Some(reported) = for_referral.get_mut(&connection.account)
            {
                reported.n_before += 1;
                if reported.n_before % reported.every == 1 && reported.events.len() < EVENTS {
                    reported.events.push(connection);
                    return Ok(());
                }
            }
            let spoiled =
                logs.next_place(account).and_then(|place| injection.connection(place, account, &connection));
            let (file, line) = logs.write(spoiled.as_ref().unwrap_or(&connection), account, &devices)?;
            let by = by.unwrap_or(&person);
            truth.write((file, b':', line), (account.platform.name(), &account.id), connection.truly(), by)
        })?;
        if n_of_seller > 0 {
            self.n_of_sellers.insert(user, n_of_seller);
        }
        self.questions.add(used);
        for (account, ForReferral { events, .. }) in for_referral {
            self.report(user, account, events, output)?;
        }
        Ok(())
    }

    fn report(
        &mut self,
        user: usize,
        account: usize,
        events: Vec<Connection>,
        output: &mut dyn Output,
    ) -> Result<(), SimulationError> {
        let account = &self.accounts[account];
        let n_before = self.n_reports.entry(account.platform).or_default();
        let ordinal = *n_before;
        *n_before += 1;
        self.n_referral_events += events.len() as u64;
        let mut victim = None;
        if account.platform == Platform::Agorachat
            && let Some(child) = self.world.victims.get(ordinal)
        {
            let (events, used): (_, Used) =
                victim_connections(self.world, child.line, ordinal, VICTIM_EVENTS);
            self.questions.add(used);
            self.n_referral_events += events.len() as u64;
            victim = Some((child, events));
        }
        Report { account, ordinal, user, events, victim }.write(self.world, output, &mut self.truth)
    }
}

fn readme(seed: u64, size: f64, more: &str, faults: &Faults) -> String {
    let asked = if faults.is_none() { String::new() } else { format!(" --faults {faults}") };
    format!(
        "All made up: people, places, companies, accounts, addresses and files. Nothing here concerns anybody.\n\
         Addresses lie in ranges reserved for documentation, benchmarks and carrier-grade NAT.\n\
         \n\
         Made by: tutela simulate platform-connections --seed {seed} --size {size}{more}{asked}\n\
         Import:  tutela import referrals platforms operators lists --zone Europe/Rome\n\
         \n\
         referrals/  reports on accounts\n\
         platforms/  the platforms' logs, and what they hold for the accounts\n\
         operators/  the operators' answers\n\
         lists/      earlier proceedings, and what address ranges are used for\n\
         truth/      what really happened: for measuring only, never imported\n\
         \n\
         In truth/connections.csv, source_row is the file's name with the line (\"file:12\") or, in a referral, with\n\
         the ordinal of the address event in the order of the file (\"file#3\").\n"
    )
}
