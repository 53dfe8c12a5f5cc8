//! The truth files: what really happened. They are for measuring and are never imported.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write;

use crate::accounts::Account;
use crate::clock::Clock;
use crate::connections::Connection;
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
        connection: &Connection,
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
        self.clock.utc_ms(connection.true_ms, row);
        row.push(b',');
        match connection.line {
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

/// Writes who is who and what belongs to whom. `seen` are the lines of the answers. Gives back how many bystanders
/// have a line in the answers.
///
/// # Errors
/// [`SimulationError::Write`].
pub fn write_people(
    world: &World,
    accounts: &[Account],
    seen: &BTreeSet<LineId>,
    output: &mut dyn Output,
) -> Result<u32, SimulationError> {
    let n_bystanders = write_persons_and_lines(world, seen, output)?;
    let mut text = String::from("platform,account,person\n");
    for account in accounts {
        for holder in &account.holders {
            let person = &world.people[world.users[*holder].person];
            line(&mut text, &[account.platform.name(), &account.id, &person.id()]);
        }
    }
    for victim in &world.victims {
        line(&mut text, &["agorachat", &victim.account, &world.people[victim.person].id()]);
    }
    crate::write_whole(output, "truth/accounts.csv", text.as_bytes())?;

    let mut text = String::from("person,archetype,home,sim,precedent,connections\n");
    for user in &world.users {
        let person = world.people[user.person].id();
        let home = user.home.map(LineId::owner).unwrap_or_default();
        let precedent = if user.precedent { "yes" } else { "no" };
        let n = user.n_connections.to_string();
        line(&mut text, &[&person, user.archetype.word(), &home, &user.sim.owner(), precedent, &n]);
    }
    crate::write_whole(output, "truth/people.csv", text.as_bytes())?;
    Ok(n_bystanders)
}

fn write_persons_and_lines(
    world: &World,
    seen: &BTreeSet<LineId>,
    output: &mut dyn Output,
) -> Result<u32, SimulationError> {
    let mut own_lines: BTreeMap<usize, LineId> = BTreeMap::new();
    for (line, person) in world.registered_lines() {
        own_lines.entry(person).or_insert(line);
    }
    own_lines.extend(world.victims.iter().map(|victim| (victim.person, victim.line)));
    // A user's line is the household's, whoever it is registered to; a neighbour's is not.
    let household =
        |user: &User| user.home.filter(|_| user.archetype != Archetype::OpenWifi).unwrap_or(user.sim);
    own_lines.extend(world.users.iter().map(|user| (user.person, household(user))));
    let mut persons = String::from("person,name,tax_code,role,line\n");
    for (idx, person) in world.people.iter().enumerate() {
        let own = own_lines.get(&idx).map(|line| line.owner()).unwrap_or_default();
        line(&mut persons, &[&person.id(), &person.name, &person.tax_code, world.roles[idx].word(), &own]);
    }
    let registered: BTreeSet<LineId> = world.registered_lines().map(|(line, _)| line).collect();
    let mut lines = String::from("operator,line,subscriber_person,access\n");
    let mut bystanders = BTreeSet::new();
    for id in seen.union(&registered) {
        let subscriber = world.subscriber(*id);
        let role = world.subscriber_role(*id);
        if !registered.contains(id) {
            line(
                &mut persons,
                &[&subscriber.id(), &subscriber.name, &subscriber.tax_code, role.word(), &id.owner()],
            );
        }
        if role == Role::Bystander && seen.contains(id) {
            bystanders.insert(subscriber.number);
        }
        line(&mut lines, &[id.pool.plan().operator.name(), &id.number(), &subscriber.id(), id.access()]);
    }
    crate::write_whole(output, "truth/persons.csv", persons.as_bytes())?;
    crate::write_whole(output, "truth/lines.csv", lines.as_bytes())?;
    Ok(bystanders.len() as u32)
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
    let mut text = format!("file,line,fault{head}\n");
    for fault in mistyped {
        writeln!(text, "{},{},{}{rest}", fault.file, fault.line, fault.what)
            .expect("a string takes all text");
    }
    for label in injected.unwrap_or_default() {
        let place = label.line.map(|number| number.to_string()).unwrap_or_default();
        line(&mut text, &[&label.file, &place, label.fault, label.changed, &label.from, &label.to]);
    }
    crate::write_whole(output, "truth/faults.csv", text.as_bytes())
}

/// Appends a line of CSV; no simulated value holds a comma or a quotation mark.
fn line(text: &mut String, cells: &[&str]) {
    text.push_str(&cells.join(","));
    text.push('\n');
}
