//! What a package says of its account, `user.json`: names, addresses, and the accounts that it knows.

use serde_json::Value;
use tutela_model::Spot;
use tutela_model::field::{AddressSaid, Field as _, Reading};
use tutela_model::source::Refusal;
use tutela_model::tables::{Connection, Event, Problem, ProblemKind, SelectorKind, Stated};

use crate::chat::{Chats, SELF};

fn spot(pointer: &str) -> Spot {
    Spot::Pointer(pointer.into())
}

fn said(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Files the account and the accounts that it has relations with.
pub(super) fn read(value: &Value, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    chats.sink.record();
    let id = said(value, "id");
    let account = id.clone().unwrap_or_else(|| SELF.to_owned());
    chats.sink.note("owner", &account);
    let verified = match value.get("verified") {
        Some(Value::Bool(true)) => Stated::Yes,
        Some(Value::Bool(false)) => Stated::No,
        _ => Stated::Unknown,
    };
    let mut filed = false;
    for (key, kind, verified) in [
        ("email", SelectorKind::Email, verified),
        ("phone", SelectorKind::Phone, Stated::Unknown),
        ("username", SelectorKind::Nickname, Stated::Unknown),
        ("global_name", SelectorKind::Nickname, Stated::Unknown),
    ] {
        let text = said(value, key);
        filed |= chats.stated(&account, kind, text.as_deref(), verified, spot(&format!("/{key}")))?;
    }
    if let Some(address) = said(value, "ip") {
        let place = spot("/ip");
        let Some(account) = &id else {
            let expected = "the number of the account, in id";
            let problem = Problem::new(ProblemKind::MissingValue, place, "account", expected, "");
            chats.sink.problem(problem)?;
            return relations(value, chats);
        };
        match AddressSaid::from_cell("address", Some(&address), &Reading::default()) {
            Ok(address) => {
                let row = Connection {
                    platform: chats.channel(),
                    account: account.as_str().into(),
                    event: Event::Unknown,
                    address,
                    port: None,
                    // The package does not say when it was.
                    at: None,
                    device: None,
                    user_agent: None,
                    proxy_said: Stated::Unknown,
                    place,
                };
                chats.sink.row(row.into())?;
            }
            Err(flaw) => chats.sink.problem(Problem::of(flaw, &place)?)?,
        }
        filed = true;
    }
    if !filed {
        chats.sink.skip(&spot(""), "an account without a name or address");
    }
    relations(value, chats)
}

fn relations(value: &Value, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    let relations = value.get("relationships").and_then(Value::as_array);
    for (idx, relation) in relations.into_iter().flatten().enumerate() {
        chats.sink.record();
        let pointer = format!("/relationships/{idx}");
        let user = relation.get("user").unwrap_or(relation);
        let account = said(relation, "id").or_else(|| said(user, "id")).unwrap_or_default();
        let mut filed = false;
        for (of, key, path) in
            [(user, "username", "user/username"), (user, "global_name", "user/global_name")]
        {
            let place = spot(&format!("{pointer}/{path}"));
            filed |= chats.selector(&account, SelectorKind::Nickname, said(of, key).as_deref(), place)?;
        }
        let (place, saved) = (spot(&format!("{pointer}/nickname")), said(relation, "nickname"));
        filed |= chats.saved(&account, SelectorKind::Nickname, saved.as_deref(), place)?;
        if !filed {
            chats.sink.skip(&spot(&pointer), "an account without a name");
        }
    }
    Ok(())
}
