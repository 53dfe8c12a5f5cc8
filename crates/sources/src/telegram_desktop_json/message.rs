//! One message of an export.

use serde_json::{Map, Value};
use tutela_model::Text;
use tutela_model::source::Refusal;
use tutela_model::tables::{Message, MessageKind, Problem, ProblemKind, SelectorKind, Transfer};

use super::stream::Chat;
use super::{Export, account, said, spot};
use crate::chat::last_part;
use crate::cybertip::phone;

/// Keys of a message that are read or that the README passes over.
const KNOWN: &[&str] = &[
    "id",
    "type",
    "date",
    "date_unixtime",
    "edited",
    "edited_unixtime",
    "from",
    "from_id",
    "actor",
    "actor_id",
    "action",
    "author",
    "text",
    "text_entities",
    "photo",
    "photo_file_size",
    "file",
    "file_name",
    "file_size",
    "thumbnail",
    "thumbnail_file_size",
    "media_type",
    "media_spoiler",
    "mime_type",
    "sticker_emoji",
    "performer",
    "title",
    "duration_seconds",
    "width",
    "height",
    "self_destruct_period_seconds",
    "forwarded_from",
    "forwarded_from_id",
    "saved_from",
    "reply_to_message_id",
    "reply_to_peer_id",
    "via_bot",
    "contact_information",
    "contact_vcard",
    "contact_vcard_file_size",
    "location_information",
    "live_location_period_seconds",
    "place_name",
    "address",
    "poll",
    "game_title",
    "game_description",
    "game_link",
    "invoice_information",
    "members",
    "inviter",
    "message_id",
    "score",
    "game_message_id",
    "amount",
    "currency",
    "invoice_message_id",
    "recurring",
    "discard_reason",
    "duration",
    "information_text",
    "reason_domain",
    "reason_app_id",
    "reason_app_name",
    "values",
    "to",
    "to_id",
    "distance",
    "period",
    "schedule_date",
    "emoticon",
    "cost",
    "months",
    "new_title",
    "new_icon_emoji_id",
    "button_id",
    "peer_id",
    "reactions",
    "inline_bot_buttons",
];

/// Notices that are calls.
const CALLS: &[&str] = &["phone_call", "group_call", "invite_to_group_call", "conference_call"];

impl Export<'_> {
    /// Files a message: what was said, the file that came with it, and the name of its writer.
    pub(super) fn message(&mut self, value: &Value, chat: &Chat, pointer: &str) -> Result<(), Refusal> {
        let place = spot(pointer);
        let Some(object) = value.as_object() else {
            let found = value.to_string();
            let problem = Problem::new(ProblemKind::Malformed, place, "", "a message as an object", &found);
            return self.chats.sink.problem(problem);
        };
        self.unknown(object, pointer)?;
        let at = match self.time(value, "date", pointer)? {
            Ok(at) => at,
            Err(problem) => return self.chats.sink.problem(problem),
        };
        let is_notice = said(value, "type").as_deref() == Some("service");
        let (id, name) = if is_notice { ("actor_id", "actor") } else { ("from_id", "from") };
        // A notice that names nobody is of the chat itself.
        let of_chat = || chat.id.as_ref().map(|id| Text::from(format!("chat{id}")));
        let from = said(value, id).or_else(|| said(value, "from_id")).map(|id| account(&id));
        let Some(from) = from.or_else(of_chat) else {
            let expected = "from_id, the account that wrote";
            let found = text(value).unwrap_or_default();
            let problem = Problem::new(ProblemKind::MissingValue, place, id, expected, &found);
            return self.chats.sink.problem(problem);
        };
        let file = said(value, "photo").or_else(|| said(value, "file")).filter(|_| !is_notice);
        let action = said(value, "action");
        let kind = match (&action, is_notice, &file) {
            (Some(action), true, _) if CALLS.contains(&action.as_str()) => MessageKind::Call,
            (_, true, _) => MessageKind::System,
            (_, false, Some(_)) => MessageKind::File,
            (_, false, None) => MessageKind::Text,
        };
        let message = Message {
            channel: self.chats.channel(),
            thread: chat.id.clone(),
            to_account: self.receiver(chat, &from),
            from_account: from.clone(),
            at,
            kind,
            text: words(value, is_notice).map(Text::from),
            thread_name: chat.name.clone(),
            place,
        };
        let transfer = file.map(|file| transfer(&message, value, &file));
        self.chats.sink.row(message.into())?;
        if let Some(transfer) = transfer {
            self.chats.sink.row(transfer.into())?;
        }
        let place = spot(&format!("{pointer}/{name}"));
        // The program shows a contact under the name that the owner saved.
        let (kind, shown) = (SelectorKind::Nickname, said(value, name));
        match self.owner.as_ref() == Some(&from) {
            true => self.chats.selector(&from, kind, shown.as_deref(), place)?,
            false => self.chats.saved(&from, kind, shown.as_deref(), place)?,
        };
        Ok(())
    }

    /// Tells of keys that nobody knows, each once a file.
    fn unknown(&mut self, object: &Map<String, Value>, pointer: &str) -> Result<(), Refusal> {
        for key in object.keys().filter(|key| !KNOWN.contains(&key.as_str())) {
            let place = spot(&format!("{pointer}/{key}"));
            let expected = "a key of a message that the reader knows; this one is not read";
            self.chats.once(key, Problem::new(ProblemKind::UnknownElement, place, key, expected, key))?;
        }
        Ok(())
    }

    /// Who receives what `from` writes: the other one of two.
    fn receiver(&mut self, chat: &Chat, from: &Text) -> Option<Text> {
        let of_two = matches!(chat.kind.as_deref(), Some("personal_chat" | "bot_chat"));
        let other = chat.id.clone().filter(|_| of_two)?;
        Some(if *from == other { self.owner() } else { other })
    }
}

/// The file that came with a message, under the path or the words that stand for it.
fn transfer(message: &Message, value: &Value, file: &str) -> Transfer {
    // In brackets stands why a file was not exported; before that, its name where it has one.
    let (path, left_out) = match file.find("(File ") {
        Some(start) => (file[..start].trim(), true),
        None => (file, false),
    };
    let size = said(value, "photo_file_size").or_else(|| said(value, "file_size"));
    Transfer {
        channel: message.channel.clone(),
        thread: message.thread.clone(),
        from_account: message.from_account.clone(),
        to_account: message.to_account.clone(),
        at: message.at.clone(),
        file_hash: None,
        file_name: said(value, "file_name").map(Text::from).or_else(|| last_part(path)),
        file_size: size.and_then(|size| size.parse().ok()),
        original_hash: None,
        path: (!left_out).then(|| path.into()),
        place: message.place.clone(),
    }
}

/// What is written in a message: one text, or its pieces in a list.
fn text(value: &Value) -> Option<String> {
    let text = match value.get("text")? {
        Value::String(text) => text.clone(),
        Value::Array(pieces) => pieces
            .iter()
            .filter_map(|piece| piece.as_str().or_else(|| piece.get("text").and_then(Value::as_str)))
            .collect(),
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

/// The words of a message; where it has none, what it carries instead of them.
fn words(value: &Value, is_notice: bool) -> Option<String> {
    let keyed = |keys: &[&str]| {
        let list = |key: &str| {
            let items = value.get(key)?.as_array()?.iter().filter_map(Value::as_str);
            Some(items.collect::<Vec<_>>().join(", "))
        };
        let words = |key: &&str| Some(format!("{key}={}", said(value, key).or_else(|| list(key))?));
        let words: Vec<String> = keys.iter().filter_map(words).collect();
        (!words.is_empty()).then(|| words.join(" "))
    };
    if is_notice {
        let notice = keyed(&[
            "action",
            "title",
            "members",
            "inviter",
            "duration_seconds",
            "duration",
            "discard_reason",
            "period",
        ]);
        let words: Vec<String> =
            notice.into_iter().chain(said(value, "information_text")).chain(text(value)).collect();
        return (!words.is_empty()).then(|| words.join("\n"));
    }
    if let Some(text) = text(value) {
        return Some(text);
    }
    if let Some(contact) = value.get("contact_information") {
        let number = said(contact, "phone_number").map(|said| phone(None, &said));
        let names = ["first_name", "last_name"].iter().filter_map(|key| said(contact, key));
        let words: Vec<String> = names.chain(number).collect();
        return Some(words.join(" "));
    }
    if let Some(place) = value.get("location_information") {
        let parts = [said(place, "latitude"), said(place, "longitude")];
        let at = parts.into_iter().flatten().collect::<Vec<_>>().join(",");
        let words: Vec<String> =
            [Some(at), said(value, "place_name"), said(value, "address")].into_iter().flatten().collect();
        return Some(words.join(" "));
    }
    if let Some(poll) = value.get("poll") {
        let answers = poll.get("answers").and_then(Value::as_array);
        let answers = answers.into_iter().flatten().filter_map(|answer| said(answer, "text"));
        let words: Vec<String> = said(poll, "question").into_iter().chain(answers).collect();
        return Some(words.join("\n"));
    }
    said(value, "sticker_emoji")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_are_one_text_or_its_pieces_or_what_stands_instead() {
        for (message, expected) in [
            (json!({"text": "placeholder 1"}), Some("placeholder 1")),
            (
                json!({"text": ["placeholder ", {"type": "link", "text": "https://example.org"}, " 2"]}),
                Some("placeholder https://example.org 2"),
            ),
            (
                json!({"text": "", "location_information": {"latitude": 10.5, "longitude": 20}}),
                Some("10.5,20"),
            ),
            (
                json!({"text": "", "poll": {"question": "a?", "answers": [{"text": "b"}, {"text": "c"}]}}),
                Some("a?\nb\nc"),
            ),
            (json!({"text": [], "sticker_emoji": "x"}), Some("x")),
            (json!({"text": 5}), None),
        ] {
            assert_eq!(words(&message, false).as_deref(), expected, "{message}");
        }
        let call =
            json!({"action": "phone_call", "duration_seconds": 35, "discard_reason": "hangup", "text": ""});
        let expected = "action=phone_call duration_seconds=35 discard_reason=hangup";
        assert_eq!(words(&call, true).as_deref(), Some(expected));
    }
}
