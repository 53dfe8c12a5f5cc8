//! `tutela authority`: the acts that an operation works under, what they cover, and what has become of them.

use serde_json::{Value, json};
use tutela_case::{Authority, AuthorityKind, Scope};
use tutela_model::Date;
use tutela_model::words::Words as _;
use tutela_outputs::shown::plain;

use crate::cli::{date, given};
use crate::columns::write_columns;
use crate::ending::{Exit, Failure};
use crate::operation::{Operation, beginning_of, now, today};
use crate::run::{Format, Run, width};
use crate::talk::phrase;

/// The verbs of authorities.
#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// Record a further authority: a renewal, or another act
    Add(Box<Add>),
    /// The authorities recorded
    List,
    /// Authorities that end soon, and validations that are due
    Expiring {
        /// How many days ahead to look
        #[arg(long, value_name = "DAYS", default_value_t = 30)]
        within: u16,
    },
    /// Record the act that validates an authority
    Validate {
        /// The authority, …
        id: String,
        /// The act that validates it: office, number and date
        #[arg(long, value_name = "TEXT")]
        act: String,
    },
    /// Record that an authority has lapsed: what was imported under it no longer counts
    Lapse {
        /// The authority, …
        id: String,
        /// Why, with the act that says so
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// What a further authority says.
#[derive(clap::Args, Debug)]
pub struct Add {
    /// The authority: office, number and date of the act
    text: String,
    /// First day that it covers
    #[arg(long, value_name = "DATE", value_parser = date)]
    from: Date,
    /// Last day that it covers
    #[arg(long, value_name = "DATE", value_parser = date)]
    until: Date,
    /// The kind of act
    #[arg(long, value_name = "KIND", default_value = "other", value_parser = kind())]
    kind: String,
    /// The last day on which it can be validated
    #[arg(long, value_name = "DATE", value_parser = date)]
    validate_by: Option<Date>,
    /// An operator, platform or service whose records it covers [default: all]
    #[arg(long = "party", value_name = "NAME")]
    parties: Vec<String>,
    /// An account whose records it covers, as platform/account [default: all]
    #[arg(long = "account", value_name = "ACCOUNT")]
    accounts: Vec<String>,
    /// The first day whose records it covers [default: any]
    #[arg(long, value_name = "DATE", value_parser = date)]
    data_from: Option<Date>,
    /// The last day whose records it covers [default: any]
    #[arg(long, value_name = "DATE", value_parser = date)]
    data_until: Option<Date>,
}

fn kind() -> clap::builder::PossibleValuesParser {
    AuthorityKind::ALL.iter().map(|kind| kind.word()).collect::<Vec<_>>().into()
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    match args {
        Args::Add(act) => add(run, &operation, act),
        Args::List => list(run, &operation),
        Args::Expiring { within } => expiring(run, &operation, *within),
        Args::Validate { id, act } => {
            given("--act", act)?;
            operation.write(run)?.validate_authority(id, act, now())?;
            told(run, id, phrase!("authority.validated", authority = id.as_str()))
        }
        Args::Lapse { id, reason } => {
            given("--reason", reason)?;
            operation.write(run)?.lapse_authority(id, reason, now())?;
            let imports = operation.case.imports();
            let n = imports.iter().filter(|import| import.basis == *id).count();
            told(run, id, phrase!("authority.lapsed", authority = id.as_str(), n = n))
        }
    }
}

fn add(run: &Run, operation: &Operation, act: &Add) -> anyhow::Result<Exit> {
    given("TEXT", &act.text)?;
    in_order(Some(act.from), Some(act.until))?;
    in_order(act.data_from, act.data_until)?;
    let kind = AuthorityKind::from_word(&act.kind).expect("the command line takes the words of kinds only");
    if kind == AuthorityKind::UrgentDecree && act.validate_by.is_none() {
        let what = phrase!("authority.urgent");
        return Err(Failure::new(Exit::Usage, what).hint(phrase!("authority.urgent.hint")).into());
    }
    if let Some(account) = act.accounts.iter().find(|account| !account.contains('/')) {
        return Err(
            Failure::new(Exit::Usage, phrase!("authority.account", account = account.as_str())).into()
        );
    }
    let until = act.data_until.map(|day| day.tomorrow()).transpose()?;
    let scope = Scope {
        parties: act.parties.clone(),
        accounts: act.accounts.clone(),
        from: act.data_from.map(beginning_of).transpose()?,
        until: until.map(beginning_of).transpose()?,
    };
    let Add { from, until, validate_by, .. } = *act;
    let authority = Authority { kind, validate_by, scope, ..Authority::new(&act.text, from, until) };
    let recorded = operation.write(run)?.add_authority(&authority, now())?;
    let until = recorded.until.to_string();
    told(run, &recorded.id, phrase!("basis.added", basis = recorded.id.as_str(), until = until))
}

fn in_order(from: Option<Date>, until: Option<Date>) -> Result<(), Failure> {
    match (from, until) {
        (Some(from), Some(until)) if until < from => {
            let what = phrase!("init.period", from = from.to_string(), until = until.to_string());
            Err(Failure::new(Exit::Usage, what))
        }
        _ => Ok(()),
    }
}

fn told(run: &Run, id: &str, what: tutela_model::Phrase) -> anyhow::Result<Exit> {
    match run.format {
        Format::Text => run.say(what),
        _ => run.json(&json!({"schema": "tutela.basis/1", "basis": id}))?,
    }
    Ok(Exit::Done)
}

fn list(run: &Run, operation: &Operation) -> anyhow::Result<Exit> {
    let authorities = operation.case.authorities();
    let today = today();
    match run.format {
        Format::Text => run.data(|out| {
            let rows: Vec<Vec<String>> = authorities
                .iter()
                .map(|authority| {
                    let (from, until) = (authority.from.to_string(), authority.until.to_string());
                    let text = [run.word(state(authority, today)), plain(&authority.text)];
                    let text = text.into_iter().chain(scope_text(run, &authority.scope));
                    let text = text.collect::<Vec<_>>().join(" · ");
                    vec![authority.id.clone(), from, until, authority.kind.word().to_owned(), text]
                })
                .collect();
            Ok(write_columns(out, &run.headings(phrase!("authority.columns")), &rows, width())?)
        })?,
        _ => {
            let list: Vec<_> = authorities.iter().map(|authority| to_json(authority, today)).collect();
            run.json(&json!({"schema": "tutela.bases/1", "authorities": list}))?;
        }
    }
    Ok(Exit::Done)
}

/// Whether files may be received under an authority today, and what else there is to know of it.
pub fn state(authority: &Authority, today: Date) -> tutela_model::Phrase {
    if authority.has_lapsed() {
        phrase!("authority.state.lapsed")
    } else if let Some(last) = authority.waits_until() {
        match last < today {
            true => phrase!("authority.state.overdue", last = last.to_string()),
            false => phrase!("authority.state.waits", last = last.to_string()),
        }
    } else if authority.covers(today) {
        phrase!("status.valid")
    } else {
        phrase!("status.not_valid")
    }
}

/// What an authority covers, where it does not cover everything.
fn scope_text(run: &Run, scope: &Scope) -> Option<String> {
    let covered: Vec<String> = scope.limits().iter().map(|limit| plain(limit)).collect();
    (!covered.is_empty()).then(|| run.word(phrase!("authority.scope", covered = covered.join(", "))))
}

/// An authority as data.
pub fn to_json(authority: &Authority, today: Date) -> Value {
    let Scope { parties, accounts, from, until } = &authority.scope;
    json!({"id": authority.id, "kind": authority.kind.word(), "text": authority.text,
        "from": authority.from.to_string(), "until": authority.until.to_string(),
        "validate_by": authority.validate_by.map(|day| day.to_string()),
        "fate": fate_json(&authority.fate), "valid_today": authority.covers(today),
        "scope": {"parties": parties, "accounts": accounts, "from": from.map(|from| from.to_string()),
            "until": until.map(|until| until.to_string())}})
}

fn fate_json(fate: &tutela_case::Fate) -> Value {
    match fate {
        tutela_case::Fate::Stands => json!({"state": "stands"}),
        tutela_case::Fate::Validated(act) => json!({"state": "validated", "act": act}),
        tutela_case::Fate::Lapsed(reason) => json!({"state": "lapsed", "reason": reason}),
    }
}

/// A date by which something must be done about an authority.
struct Deadline<'a> {
    authority: &'a Authority,
    on: Date,
    is_validation: bool,
}

/// The deadlines of authorities up to a day, overdue validations among them, the nearest first.
fn deadlines(authorities: &[Authority], today: Date, until: Date) -> Vec<Deadline<'_>> {
    let standing = authorities.iter().filter(|authority| !authority.has_lapsed());
    let of = |authority| {
        let end = Deadline { authority, on: authority.until, is_validation: false };
        let validation = authority.waits_until();
        let validation = validation.map(|on| Deadline { authority, on, is_validation: true });
        [Some(end).filter(|end| end.on >= today), validation]
    };
    let mut deadlines: Vec<Deadline<'_>> = standing.flat_map(of).flatten().collect();
    deadlines.retain(|deadline| deadline.on <= until);
    deadlines.sort_by_key(|deadline| (deadline.on, !deadline.is_validation));
    deadlines
}

fn expiring(run: &Run, operation: &Operation, within: u16) -> anyhow::Result<Exit> {
    let today = today();
    let until = today.checked_add(jiff::Span::new().days(i64::from(within)))?;
    let deadlines = deadlines(operation.case.authorities(), today, until);
    let left = |deadline: &Deadline<'_>| i64::from((deadline.on - today).get_days());
    match run.format {
        Format::Text if deadlines.is_empty() => run.say(phrase!("authority.none_expiring", n = within)),
        Format::Text => run.data(|out| {
            let rows: Vec<Vec<String>> = deadlines
                .iter()
                .map(|deadline| {
                    let what = match deadline.is_validation {
                        true => phrase!("authority.validation"),
                        false => phrase!("authority.end"),
                    };
                    let text = plain(&deadline.authority.text);
                    let (id, days) = (deadline.authority.id.clone(), left(deadline).to_string());
                    vec![id, run.word(what), deadline.on.to_string(), days, text]
                })
                .collect();
            Ok(write_columns(out, &run.headings(phrase!("authority.expiring.columns")), &rows, width())?)
        })?,
        _ => {
            let list: Vec<_> = deadlines
                .iter()
                .map(|deadline| {
                    json!({"authority": deadline.authority.id, "text": deadline.authority.text,
                        "what": if deadline.is_validation { "validation" } else { "end" },
                        "on": deadline.on.to_string(), "days": left(deadline)})
                })
                .collect();
            run.json(&json!({"schema": "tutela.expiring/1", "deadlines": list}))?;
        }
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn deadlines_are_ends_to_come_and_validations_due_or_overdue() {
        let ends = |until: &str| Authority::new("decree", day("2026-01-01"), day(until));
        let urgent = Authority { validate_by: Some(day("2026-02-27")), ..ends("2026-03-20") };
        let lapsed =
            Authority { fate: tutela_case::Fate::Lapsed("not validated".to_owned()), ..urgent.clone() };
        let all = [ends("2026-02-28"), ends("2026-03-05"), ends("2026-09-01"), urgent, lapsed];
        let found = deadlines(&all, day("2026-03-01"), day("2026-03-31"));
        let found: Vec<(String, bool)> =
            found.iter().map(|deadline| (deadline.on.to_string(), deadline.is_validation)).collect();
        let expected = [("2026-02-27", true), ("2026-03-05", false), ("2026-03-20", false)];
        assert_eq!(found, expected.map(|(on, is_validation)| (on.to_owned(), is_validation)));
    }
}
