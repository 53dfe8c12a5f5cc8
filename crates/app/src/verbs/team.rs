//! `tutela team`: accounts of a server that several officers share, and what each may do in an operation.

use std::path::PathBuf;

use serde_json::json;
use tutela_outputs::shown::plain;

use crate::cli::given;
use crate::columns::write_columns;
use crate::ending::{Exit, Failure};
use crate::operation::{Operation, now};
use crate::run::{Format, Run, width};
use crate::talk::phrase;
use crate::team::Team;
use crate::team::accounts::{Account, Book, is_name};
use crate::team::log::{TeamLog, What};
use crate::team::roles::Role;

/// Options of `team`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The team's folder, which serve --team takes
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// What to do.
    #[command(subcommand)]
    verb: Verb,
}

/// The verbs of a team.
#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Make an account with a role in the operation, and print the code with which its passphrase is set
    Add {
        /// The account's name: small letters, digits, dot, hyphen, underscore
        #[arg(value_parser = name)]
        name: String,
        /// Whose it is, as the ledger will name them
        #[arg(long = "as", value_name = "NAME")]
        officer: String,
        /// The role in the operation
        #[arg(long)]
        role: Role,
    },
    /// Give an account a role in the operation, instead of the one it has
    Grant {
        /// The account
        name: String,
        /// The role in the operation
        #[arg(long)]
        role: Role,
    },
    /// Take an account's role in the operation away
    Revoke {
        /// The account
        name: String,
    },
    /// End an account's passphrase and passkeys, and print a code with which another is set
    Invite {
        /// The account
        name: String,
    },
    /// Let an account come in no more, to any operation
    Close {
        /// The account
        name: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// The accounts, with their roles in the operation
    List,
    /// Who came in, who was refused, what was changed: the latest first
    Log {
        /// How many
        #[arg(long, value_name = "N", default_value_t = 50)]
        last: usize,
    },
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let team = Team::of(&args.folder);
    match &args.verb {
        Verb::Add { name, officer, role } => {
            given("--as", officer)?;
            let operation = Operation::open(run)?;
            let id = operation.case.record().origin();
            let (mut account, code) = Account::invited(officer, now())?;
            account.roles.insert(id.to_owned(), *role);
            team.accounts.change(|book| add(book, name, account))?;
            noted(&team, What::Added, name, id, role.word())?;
            invited(run, name, &code)
        }
        Verb::Grant { name, role } => {
            let operation = Operation::open(run)?;
            let id = operation.case.record().origin().to_owned();
            team.accounts.change(|book| Ok(book.account(name)?.roles.insert(id.clone(), *role)))?;
            noted(&team, What::Granted, name, &id, role.word())?;
            done(run, phrase!("team.granted", name = name.as_str(), role = run.word(of_role(*role))))
        }
        Verb::Revoke { name } => {
            let operation = Operation::open(run)?;
            let id = operation.case.record().origin();
            team.accounts.change(|book| Ok(book.account(name)?.roles.remove(id)))?;
            noted(&team, What::Revoked, name, id, "")?;
            done(run, phrase!("team.revoked", name = name.as_str()))
        }
        Verb::Invite { name } => {
            let code = team.accounts.change(|book| book.account(name)?.invite(now()))?;
            noted(&team, What::Invited, name, "", "")?;
            invited(run, name, &code)
        }
        Verb::Close { name, reason } => {
            given("--reason", reason)?;
            team.accounts.change(|book| {
                book.account(name)?.closed = Some(reason.clone());
                Ok(())
            })?;
            noted(&team, What::Closed, name, "", reason)?;
            done(run, phrase!("team.closed", name = name.as_str()))
        }
        Verb::List => list(run, &team),
        Verb::Log { last } => log(run, &team, *last),
    }
}

/// Reads the name of an account.
fn name(text: &str) -> Result<String, Failure> {
    let bad = || Failure::new(Exit::Usage, phrase!("team.name", found = text));
    is_name(text).then(|| text.to_owned()).ok_or_else(bad)
}

fn add(book: &mut Book, name: &str, account: Account) -> anyhow::Result<()> {
    if book.accounts.contains_key(name) {
        let what = phrase!("team.there", name = name);
        return Err(Failure::new(Exit::Failed, what).hint(phrase!("team.there.hint")).into());
    }
    book.accounts.insert(name.to_owned(), account);
    Ok(())
}

fn noted(team: &Team, event: What, name: &str, operation: &str, detail: &str) -> anyhow::Result<()> {
    Ok(team.log.note(event, name, "", operation, detail)?)
}

fn done(run: &Run, what: tutela_model::Phrase) -> anyhow::Result<Exit> {
    run.say(what);
    Ok(Exit::Done)
}

fn invited(run: &Run, name: &str, code: &str) -> anyhow::Result<Exit> {
    match run.format {
        Format::Text => run.data(|out| Ok(writeln!(out, "{code}")?))?,
        _ => run.json(&json!({"schema": "tutela.invitation/1", "account": name, "code": code}))?,
    }
    done(run, phrase!("team.invited", name = name))
}

/// A role in words.
pub fn of_role(role: Role) -> tutela_model::Phrase {
    match role {
        Role::Viewer => phrase!("team.role.viewer"),
        Role::Analyst => phrase!("team.role.analyst"),
        Role::Reviewer => phrase!("team.role.reviewer"),
        Role::Supervisor => phrase!("team.role.supervisor"),
        Role::Auditor => phrase!("team.role.auditor"),
    }
}

fn list(run: &Run, team: &Team) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    let (id, book) = (operation.case.record().origin(), team.accounts.now()?);
    if run.format != Format::Text {
        run.json(&book.document(id))?;
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<String>> = book
        .accounts
        .iter()
        .map(|(name, account)| {
            let role = account.roles.get(id).map_or(phrase!("team.role.none"), |role| of_role(*role));
            let state = match (&account.closed, &account.passphrase) {
                (Some(reason), _) => phrase!("team.state.closed", reason = reason.as_str()),
                (None, None) => phrase!("team.state.invited"),
                (None, Some(_)) if account.passkeys.is_empty() => phrase!("team.state.open"),
                (None, Some(_)) => phrase!("team.state.passkeys", n = account.passkeys.len()),
            };
            vec![name.clone(), plain(&account.officer), run.word(role), plain(&run.word(state))]
        })
        .collect();
    run.data(|out| Ok(write_columns(out, &run.headings(phrase!("team.columns")), &rows, width())?))?;
    Ok(Exit::Done)
}

fn log(run: &Run, team: &Team, last: usize) -> anyhow::Result<Exit> {
    let events = team.log.last(last)?;
    if run.format != Format::Text {
        run.json(&TeamLog::of(events))?;
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<String>> = events
        .iter()
        .map(|event| {
            let what = run.word(of_event(event.event));
            vec![event.at.clone(), plain(&event.account), what, plain(&event.from), plain(&event.detail)]
        })
        .collect();
    run.data(|out| Ok(write_columns(out, &run.headings(phrase!("team.log.columns")), &rows, width())?))?;
    Ok(Exit::Done)
}

fn of_event(event: What) -> tutela_model::Phrase {
    match event {
        What::Added => phrase!("team.event.added"),
        What::Invited => phrase!("team.event.invited"),
        What::PassphraseSet => phrase!("team.event.passphrase_set"),
        What::PasskeyAdded => phrase!("team.event.passkey_added"),
        What::PasskeyRemoved => phrase!("team.event.passkey_removed"),
        What::Granted => phrase!("team.event.granted"),
        What::Revoked => phrase!("team.event.revoked"),
        What::Closed => phrase!("team.event.closed"),
        What::CameIn => phrase!("team.event.came_in"),
        What::WentOut => phrase!("team.event.went_out"),
        What::NotLetIn => phrase!("team.event.not_let_in"),
        What::LockedOut => phrase!("team.event.locked_out"),
        What::Forbidden => phrase!("team.event.forbidden"),
    }
}
