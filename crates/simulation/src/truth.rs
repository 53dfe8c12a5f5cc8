//! The truth files: what really happened. They are for measuring and are never imported.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use crate::accounts::Account;
use crate::clock::Clock;
use crate::faults::Label;
use crate::network::LineId;
use crate::platform_logs::Fault;
use crate::world::{Archetype, Role, User, World};
use crate::{Output, SimulationError};

/// `truth/connections.csv` while it is written.
pub struct TrueConnections {
    out: Box<dyn Write>,
    clock: Clock,
    row: Vec<u8>,
    /// Operator and number of the line last written: connections of a session share it.
    last_line: Option<(LineId, String)>,
    /// How many have been written.
    pub n: u64,
}

const CONNECTIONS: &str = "truth/connections.csv";

impl TrueConnections {
    /// Begins the file.
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn begin(output: &mut dyn Output) -> Result<Self, SimulationError> {
        let mut out = crate::begin(output, CONNECTIONS)?;
        out.write_all(b"source_row,platform,account,at_true,operator,line,person\n")
            .map_err(SimulationError::writing(CONNECTIONS))?;
        Ok(Self { out, clock: Clock::new(), row: Vec::with_capacity(256), last_line: None, n: 0 })
    }

    /// Writes one connection. `source_row` names the file and the line in it (`:12`), or the ordinal of the address
    /// event in a referral (`#3`).
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn write(
        &mut self,
        (file, separator, place): (&str, u8, u64),
        (platform, account): (&str, &str),
        (true_ms, line): (i64, Option<LineId>),
        person: &str,
    ) -> Result<(), SimulationError> {
        let row = &mut self.row;
        row.clear();
        row.extend_from_slice(file.as_bytes());
        row.push(separator);
        crate::clock::number(place, row);
        for text in [platform, account] {
            row.push(b',');
            row.extend_from_slice(text.as_bytes());
        }
        row.push(b',');
        self.clock.utc_ms(true_ms, row);
        row.push(b',');
        match line {
            Some(line) => {
                let known = self.last_line.take().filter(|(last, _)| *last == line);
                let (_, text) =
                    self.last_line.insert(known.unwrap_or_else(|| (line, line.owner().replace('/', ","))));
                row.extend_from_slice(text.as_bytes());
            }
            None => row.push(b','),
        }
        row.push(b',');
        row.extend_from_slice(person.as_bytes());
        row.push(b'\n');
        self.n += 1;
        self.out.write_all(row).map_err(SimulationError::writing(CONNECTIONS))
    }

    /// Ends the file.
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn finish(mut self) -> Result<(), SimulationError> {
        self.out.flush().map_err(SimulationError::writing(CONNECTIONS))
    }
}

/// Who is in the truth, in numbers.
pub struct Counted {
    /// People.
    pub persons: u32,
    /// Their lines.
    pub lines: u32,
    /// Bystanders who have a line in the answers.
    pub bystanders: u32,
}

/// Writes who is who and what belongs to whom. `seen` are the lines of the answers, `n_of_sellers` the connections of
/// those who sold an account to a user.
///
/// # Errors
/// [`SimulationError::Write`].
pub fn write_people(
    world: &World,
    accounts: &[Account],
    seen: &BTreeSet<LineId>,
    n_of_sellers: &BTreeMap<usize, u32>,
    output: &mut dyn Output,
) -> Result<Counted, SimulationError> {
    let counted = write_persons_and_lines(world, seen, output)?;
    let mut table = Table::begin(output, "truth/accounts.csv", "platform,account,person")?;
    for account in accounts {
        let holders = account.holders.iter().map(|holder| world.users[*holder].person);
        for person in account.seller.into_iter().chain(holders) {
            table.line(&[account.platform.name(), &account.id, &world.people[person].id()])?;
        }
    }
    for victim in &world.victims {
        table.line(&["agorachat", &victim.account, &world.people[victim.person].id()])?;
    }
    table.finish()?;
    write_users(world, n_of_sellers, output)?;
    Ok(counted)
}

/// Writes how the people who use accounts live. `n_of_sellers` are the connections of those who sold one to a user.
///
/// # Errors
/// [`SimulationError::Write`].
pub fn write_users(
    world: &World,
    n_of_sellers: &BTreeMap<usize, u32>,
    output: &mut dyn Output,
) -> Result<(), SimulationError> {
    let header = "person,archetype,home,sim,precedent,connections,household_size,teen,sim_of,bought_from,\
        former_number";
    let mut table = Table::begin(output, "truth/people.csv", header)?;
    let yes_or_no = |is: bool| if is { "yes" } else { "no" };
    for (idx, user) in world.users.iter().enumerate() {
        let person = world.people[user.person].id();
        let home = user.home.map(LineId::owner).unwrap_or_default();
        let n = user.n_connections - n_of_sellers.get(&idx).copied().unwrap_or_default();
        let seller = user.seller.map(|seller| world.people[seller.person].id()).unwrap_or_default();
        table.line(&[
            &person,
            user.archetype.word(),
            &home,
            &user.sim.owner(),
            yes_or_no(user.precedent),
            &n.to_string(),
            &user.household_size.to_string(),
            yes_or_no(user.is_teen),
            user.sim_of.word(),
            &seller,
            &user.former_number.map(LineId::owner).unwrap_or_default(),
        ])?;
    }
    table.finish()
}

/// Writes who is who and to whom lines are registered. `seen` are the lines of the answers.
///
/// # Errors
/// [`SimulationError::Write`].
pub fn write_persons_and_lines(
    world: &World,
    seen: &BTreeSet<LineId>,
    output: &mut dyn Output,
) -> Result<Counted, SimulationError> {
    let mut own_lines: BTreeMap<usize, LineId> = BTreeMap::new();
    for (line, person) in world.registered_lines() {
        own_lines.entry(person).or_insert(line);
    }
    own_lines.extend(world.victims.iter().map(|victim| (victim.person, victim.line)));
    // A user's line is the household's, whoever it is registered to; a neighbour's is not.
    let household =
        |user: &User| user.home.filter(|_| user.archetype != Archetype::OpenWifi).unwrap_or(user.sim);
    own_lines.extend(world.users.iter().map(|user| (user.person, household(user))));
    let mut persons = Table::begin(output, "truth/persons.csv", "person,name,tax_code,role,line")?;
    for (idx, person) in world.people.iter().enumerate() {
        let own = own_lines.get(&idx).map(|line| line.owner()).unwrap_or_default();
        persons.line(&[&person.id(), &person.name, &person.tax_code, world.roles[idx].word(), &own])?;
    }
    let registered: BTreeSet<LineId> = world.registered_lines().map(|(line, _)| line).collect();
    let mut lines = Table::begin(output, "truth/lines.csv", "operator,line,subscriber_person,access")?;
    let mut counted = Counted { persons: world.people.len() as u32, lines: 0, bystanders: 0 };
    let mut seen_twice = BTreeSet::new();
    for id in seen.union(&registered) {
        let subscriber = world.subscriber(*id);
        let role = world.subscriber_role(*id);
        let is_registered = registered.contains(id);
        if !is_registered {
            let cells = [&subscriber.id(), &subscriber.name, &subscriber.tax_code, role.word(), &id.owner()];
            persons.line(&cells)?;
            counted.persons += 1;
        }
        // Whoever has a part in the world may hold two lines.
        if role == Role::Bystander
            && seen.contains(id)
            && (!is_registered || seen_twice.insert(subscriber.number))
        {
            counted.bystanders += 1;
        }
        counted.lines += 1;
        lines.line(&[id.pool.plan().operator.name(), &id.number(), &subscriber.id(), id.access()])?;
    }
    persons.finish()?;
    lines.finish()?;
    Ok(counted)
}

/// Writes the rows of the logs that cannot be read, on purpose, and the faults that were asked for; their columns stand
/// there only when some were.
///
/// # Errors
/// [`SimulationError::Write`].
pub fn write_faults(
    mistyped: &[Fault],
    injected: Option<&[Label]>,
    output: &mut dyn Output,
) -> Result<(), SimulationError> {
    let (head, rest) = if injected.is_some() { (",changed,from,to", ",,,") } else { ("", "") };
    let mut table = Table::begin(output, "truth/faults.csv", &format!("file,line,fault{head}"))?;
    for fault in mistyped {
        let rest = format!("{}{rest}", fault.what);
        let line = if fault.line > 0 { fault.line.to_string() } else { String::new() };
        table.line(&[&fault.file, &line, &rest])?;
    }
    for label in injected.unwrap_or_default() {
        let place = label.line.map(|number| number.to_string()).unwrap_or_default();
        table.line(&[&label.file, &place, label.fault, label.changed, &label.from, &label.to])?;
    }
    table.finish()
}

/// A CSV file while it is written; no simulated value holds a comma or a quotation mark.
pub struct Table {
    out: Box<dyn Write>,
    path: &'static str,
}

impl Table {
    /// Begins it with its header.
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn begin(output: &mut dyn Output, path: &'static str, header: &str) -> Result<Self, SimulationError> {
        let mut table = Self { out: crate::begin(output, path)?, path };
        table.line(&[header])?;
        Ok(table)
    }

    /// Writes a line.
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn line(&mut self, cells: &[&str]) -> Result<(), SimulationError> {
        let line = cells.join(",") + "\n";
        self.out.write_all(line.as_bytes()).map_err(SimulationError::writing(self.path))
    }

    /// Ends the file.
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn finish(mut self) -> Result<(), SimulationError> {
        self.out.flush().map_err(SimulationError::writing(self.path))
    }
}
