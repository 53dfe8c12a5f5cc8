//! The lists that an operation starts with: earlier proceedings, address ranges, and what the platforms know of the
//! accounts. All three have the columns of the tables of the same names.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::civil::Date;

use crate::accounts::Account;
use crate::clock::day_after_1940;
use crate::network::{LineId, N_TOR_EXITS, Pool, tor_exit, tor_exit_listed};
use crate::rng::Rng;
use crate::world::{Person, Role, World, outsider};
use crate::{Output, SimulationError};

/// Rows of the register of precedents that concern nobody in the operation, at size 1.
const DISTRACTORS: f64 = 300.0;
/// Articles of the Italian criminal code that stand in the made-up register.
const OFFENCES: [&str; 5] =
    ["art. 600-quater c.p.", "art. 640 c.p.", "art. 635 c.p.", "art. 612-bis c.p.", "art. 600-ter c.p."];

/// Writes `lists/precedent.csv`: the precedents of users, and people who only have the same name.
///
/// # Errors
/// [`SimulationError::Write`].
pub fn write_precedents(
    world: &World,
    seen: &BTreeSet<LineId>,
    size: f64,
    output: &mut dyn Output,
) -> Result<(), SimulationError> {
    let bystanders: Vec<LineId> =
        seen.iter().copied().filter(|line| world.subscriber_role(*line) == Role::Bystander).collect();
    let mut rows: Vec<(Date, String)> = Vec::new();
    let mut rng = Rng::new(world.seed, &[50]);
    for user in world.users.iter().filter(|user| user.precedent) {
        let person = &world.people[user.person];
        rows.push(precedent(person, &person.tax_code, OFFENCES[0], &mut rng));
    }
    let n = (DISTRACTORS * size).round().max(10.0) as u32;
    for ordinal in 0..n {
        let mut person = outsider(world.seed, ordinal);
        let namesake = match ordinal % 10 {
            0 | 2 => {
                let user = rng.pick(&world.users);
                Some(world.people[user.person].clone())
            }
            1 | 3 if !bystanders.is_empty() => Some(world.subscriber(*rng.pick(&bystanders))),
            _ => None,
        };
        if let Some(namesake) = namesake {
            if person.birth == namesake.birth {
                continue;
            }
            if ordinal % 20 < 10 {
                person.birth = same_year(&person, &namesake, &mut rng).or(person.birth);
            }
            person.name = namesake.name;
        }
        let tax_code = if matches!(ordinal % 10, 2 | 3) { String::new() } else { person.tax_code.clone() };
        let offence = rng.pick(&OFFENCES);
        rows.push(precedent(&person, &tax_code, offence, &mut rng));
    }
    rows.sort();
    let mut text = String::from("tax_code,name,birth_date,offence,date\n");
    text.extend(rows.iter().map(|(_, row)| row.as_str()));
    crate::write_whole(output, "lists/precedent.csv", text.as_bytes())
}

/// Another day of the year in which the namesake was born.
fn same_year(person: &Person, namesake: &Person, rng: &mut Rng) -> Option<Date> {
    let (own, theirs) = (person.birth?, namesake.birth?);
    let day = Date::new(theirs.year(), own.month(), rng.between(1, 28) as i8).ok()?;
    (day != theirs).then_some(day)
}

fn precedent(person: &Person, tax_code: &str, offence: &str, rng: &mut Rng) -> (Date, String) {
    let date = day_after_1940(rng.between(26_000, 31_000));
    let birth = person.birth.map(|birth| birth.to_string()).unwrap_or_default();
    (date, format!("{tax_code},{},{birth},{offence},{date}\n", person.name))
}

/// Writes `lists/network.csv`: what ranges are used for, by the day for which the list says so. `more` are rows of other
/// ranges.
///
/// # Errors
/// [`SimulationError::Write`].
pub fn write_networks(world: &World, more: &str, output: &mut dyn Output) -> Result<(), SimulationError> {
    let mut text = String::from("prefix,nature,label,as_of\n");
    let mut row = |prefix: &str, nature, label, as_of: &str| {
        writeln!(text, "{prefix},{nature},{label},{as_of}").expect("a string takes all text");
    };
    for (pool, label) in [(Pool::BoreaShared, "borea CGNAT"), (Pool::CometaMobile, "cometa mobile CGNAT")] {
        let first = world.network.division(pool).address(0, 0);
        row(&format!("{first}/{}", pool.plan().bits), "cgnat", label, "2026-01-15");
    }
    row("100.64.0.0/10", "cgnat", "shared address space (RFC 6598)", "2026-01-15");
    for as_of in ["2026-01-20", "2026-05-20"] {
        row("192.0.2.0/25", "vpn", "VelaVPN", as_of);
        row("198.51.100.128/25", "vpn", "Ombra VPN", as_of);
        row("192.0.2.128/26", "hosting", "Cantiere Hosting", as_of);
    }
    for line in &world.hotspots {
        row(
            &format!("{}/32", world.network.division(line.pool).address(line.group, 0)),
            "hotspot",
            "alfanet hotspot",
            "2026-01-15",
        );
    }
    for month in 0..6 {
        for exit in (0..N_TOR_EXITS).filter(|exit| tor_exit_listed(world.seed, *exit, month)) {
            row(
                &format!("{}/32", tor_exit(exit)),
                "tor_exit",
                "exit list",
                &format!("2026-{:02}-01", month + 2),
            );
        }
    }
    text.push_str(more);
    crate::write_whole(output, "lists/network.csv", text.as_bytes())
}

/// Writes `platforms/selector.csv`: what the platforms hold for the accounts.
///
/// # Errors
/// [`SimulationError::Write`].
pub fn write_selectors(accounts: &[Account], output: &mut dyn Output) -> Result<(), SimulationError> {
    let mut text = String::from("owner_kind,owner,kind,value,from,until,verified,origin\n");
    for account in accounts {
        for held in &account.selectors {
            writeln!(
                text,
                "account,{},{},{},,,{},stated",
                account.owner(),
                held.kind,
                held.value,
                held.verified
            )
            .expect("a string takes all text");
        }
        if let Some(email) = &account.recovery_email {
            writeln!(text, "account,{},email,{email},,,unknown,stated", account.owner())
                .expect("a string takes all text");
        }
    }
    crate::write_whole(output, "platforms/selector.csv", text.as_bytes())
}
