//! What Telegram Desktop exports as machine-readable JSON: `result.json`, of an account or of one chat.

mod message;
mod stream;

use serde_json::Value;
use tutela_model::field::{AddressSaid, Field as _, Reading};
use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{Connection, Event, Problem, ProblemKind, SelectorKind, Stated};
use tutela_model::{Spot, Text, Time};

use crate::chat::{Chats, SELF, Since};
use crate::cybertip::phone;

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "telegram_desktop_json",
    version: 1,
    about: "the export of Telegram Desktop (result.json), of an account or of one chat",
    tables: &["message", "transfer", "selector", "connection"],
    recognise,
    read,
};

fn recognise(sample: &Sample<'_>) -> Fit {
    let head = String::from_utf8_lossy(sample.head);
    if !head.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        return Fit::No;
    }
    let holds = |key: &str| head.contains(&format!("\"{key}\""));
    let of_account = holds("personal_information") || (holds("chats") && holds("list")) || holds("sessions");
    let of_chat = holds("messages") && holds("type") && holds("id");
    if holds("date_unixtime") && (holds("from_id") || holds("actor_id")) && (of_account || of_chat) {
        return Fit::Sure;
    }
    if holds("about") && of_account && (holds("user_id") || holds("contacts")) {
        return Fit::Sure;
    }
    if of_chat && CHAT_TYPES.iter().any(|kind| holds(kind)) { Fit::Possible } else { Fit::No }
}

/// What a chat's type can be.
const CHAT_TYPES: &[&str] = &[
    "saved_messages",
    "replies",
    "verification_codes",
    "personal_chat",
    "bot_chat",
    "private_group",
    "private_supergroup",
    "public_supergroup",
    "private_channel",
    "public_channel",
];

fn read(mut input: Input, declared: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let mut content = crate::compression::decompressed(Input {
        name: input.name.clone(),
        len: input.len,
        bytes: std::mem::replace(&mut input.bytes, Box::new(std::io::empty())),
        beside: Vec::new(),
    })?;
    let reading = Reading { zone: declared.zone.clone(), ..Reading::default() };
    let mut export =
        Export { chats: Chats::new("telegram", sink), reading, owner: None, is_owner_told: false };
    stream::read(&mut content, &mut export)?;
    let sink = export.chats.sink;
    if let Some(problem) = content.trouble(Spot::Byte { byte: 0, len: input.len }) {
        sink.record();
        sink.problem(problem)?;
    }
    sink.progress(input.len);
    Ok(())
}

/// The way from an export's objects into rows.
struct Export<'a> {
    chats: Chats<'a>,
    reading: Reading,
    /// The number of the account that exported; none when the export is of one chat only.
    owner: Option<Text>,
    is_owner_told: bool,
}

/// A part of an export that is not a list of messages.
const PARTS: &[&str] = &["personal_information", "contacts", "sessions", "web_sessions"];
/// Parts that are passed over, as the README says.
const PASSED: &[&str] =
    &["about", "profile_pictures", "stories", "frequent_contacts", "other_data", "ips", "drafts"];

fn spot(pointer: &str) -> Spot {
    Spot::Pointer(pointer.into())
}

/// A value as text that is not empty.
fn said(object: &Value, key: &str) -> Option<String> {
    match object.get(key)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The account that an id names: `user1` is the account 1, as lists of contacts write it; others stay as they are.
fn account(id: &str) -> Text {
    let number = id.strip_prefix("user").filter(|rest| rest.bytes().all(|digit| digit.is_ascii_digit()));
    number.filter(|rest| !rest.is_empty()).unwrap_or(id).into()
}

impl Export<'_> {
    /// The owner of the export, as rows name it.
    fn owner(&mut self) -> Text {
        if self.owner.is_none() && !self.is_owner_told {
            self.is_owner_told = true;
            self.chats
                .sink
                .note("owner", "the account that exported is written as self: the file has no number for it");
        }
        self.owner.clone().unwrap_or_else(|| SELF.into())
    }

    /// The instant of an object: in seconds since 1970, or where an older export has none, a local time.
    fn time(&mut self, object: &Value, key: &str, pointer: &str) -> Result<Result<Time, Problem>, Refusal> {
        let counted = said(object, &format!("{key}_unixtime"));
        if let Some(time) =
            counted.and_then(|said| said.parse().ok()).and_then(|value| Since::UnixS.time(value))
        {
            return Ok(Ok(time));
        }
        let place = spot(&format!("{pointer}/{key}"));
        match Time::from_cell("at", said(object, key).as_deref(), &self.reading) {
            Ok(time) => Ok(Ok(time)),
            Err(flaw) => Ok(Err(Problem::of(flaw, &place)?)),
        }
    }

    /// A part that is not a list of messages.
    fn part(&mut self, key: &str, value: &Value, pointer: &str) -> Result<(), Refusal> {
        if key == "personal_information" {
            self.chats.sink.record();
            return self.person(value, pointer, true);
        }
        let list = value.get("list").unwrap_or(value);
        let pointer =
            if value.get("list").is_some() { format!("{pointer}/list") } else { pointer.to_owned() };
        let Some(items) = list.as_array() else {
            self.chats.sink.record();
            let problem =
                Problem::new(ProblemKind::Malformed, spot(&pointer), "", "a list", &list.to_string());
            return self.chats.sink.problem(problem);
        };
        for (idx, item) in items.iter().enumerate() {
            let pointer = format!("{pointer}/{idx}");
            self.chats.sink.record();
            match key {
                "contacts" => self.person(item, &pointer, false)?,
                _ => self.session(item, &pointer)?,
            }
        }
        Ok(())
    }

    /// The account that exported, or a contact of it.
    fn person(&mut self, value: &Value, pointer: &str, is_owner: bool) -> Result<(), Refusal> {
        let number = said(value, "user_id").filter(|number| number != "0");
        if let (true, Some(number)) = (is_owner, &number) {
            self.owner = Some(number.as_str().into());
            self.chats.sink.note("owner", number);
        }
        let names: Vec<String> =
            ["first_name", "last_name"].iter().filter_map(|key| said(value, key)).collect();
        let name = (!names.is_empty()).then(|| names.join(" "));
        let telephone = said(value, "phone_number").map(|said| phone(None, &said));
        // A contact who has no account is known by the number that the owner wrote.
        let account = number.or_else(|| telephone.clone()).unwrap_or_default();
        let at = |key: &str| spot(&format!("{pointer}/{key}"));
        let mut filed = false;
        let username = said(value, "username").map(|name| name.trim_start_matches('@').to_owned());
        for (kind, value, place) in [
            (SelectorKind::Phone, telephone, at("phone_number")),
            (SelectorKind::Nickname, name, at("first_name")),
            (SelectorKind::Nickname, username, at("username")),
        ] {
            let is_chosen = is_owner || place == at("username");
            filed |= match is_chosen {
                true => self.chats.selector(&account, kind, value.as_deref(), place)?,
                false => self.chats.saved(&account, kind, value.as_deref(), place)?,
            };
        }
        if !filed {
            self.chats.sink.skip(&spot(pointer), "an account without a name or number");
        }
        Ok(())
    }

    /// A device or program that was logged in, with the address that it was last active from.
    fn session(&mut self, value: &Value, pointer: &str) -> Result<(), Refusal> {
        let place = spot(pointer);
        let Some(account) = self.owner.clone() else {
            // Sessions of two exports that do not say whose they are would be of one account.
            let expected = "the account that exported, in personal_information";
            return self.chats.sink.problem(Problem::new(
                ProblemKind::MissingValue,
                place,
                "account",
                expected,
                "",
            ));
        };
        let said_address = said(value, "last_ip");
        let address = match AddressSaid::from_cell("address", said_address.as_deref(), &self.reading) {
            Ok(address) => address,
            Err(flaw) => return self.chats.sink.problem(Problem::of(flaw, &place)?),
        };
        let at = match self.time(value, "last_active", pointer)? {
            Ok(at) => Some(at),
            Err(problem) => {
                self.chats.sink.problem(problem)?;
                None
            }
        };
        let device = ["device_model", "platform", "system_version", "browser"];
        let program = ["application_name", "application_version", "bot_username", "domain_name"];
        let words = |keys: &[&str]| {
            let words: Vec<String> = keys.iter().filter_map(|key| said(value, key)).collect();
            (!words.is_empty()).then(|| words.join(" ").into())
        };
        let row = Connection {
            platform: self.chats.channel(),
            account,
            event: Event::Other,
            address,
            port: None,
            at,
            device: words(&device),
            user_agent: words(&program),
            proxy_said: Stated::Unknown,
            place,
        };
        self.chats.sink.row(row.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_is_known_by_keys_of_its_own() {
        let fit = |head: &str| recognise(&Sample { name: "a.json", head: head.as_bytes() });
        assert_eq!(
            fit(
                r#"{"name":"x","type":"personal_chat","id":1,"messages":[{"date_unixtime":"1","from_id":"user1"}]}"#
            ),
            Fit::Sure
        );
        assert_eq!(fit(r#"{"about":"x","personal_information":{"user_id":1}}"#), Fit::Sure);
        assert_eq!(fit(r#"{"name":"x","type":"personal_chat","id":1,"messages":[]}"#), Fit::Possible);
        assert_eq!(fit(r#"{"messages":[],"type":"x","id":1}"#), Fit::No);
        assert_eq!(fit(r#"[{"date_unixtime":"1","from_id":"user1"}]"#), Fit::No);
    }

    #[test]
    fn a_users_id_is_the_number_that_contacts_have() {
        for (id, expected) in
            [("user777", "777"), ("channel777", "channel777"), ("user", "user"), ("userx", "userx")]
        {
            assert_eq!(account(id), expected);
        }
    }
}
