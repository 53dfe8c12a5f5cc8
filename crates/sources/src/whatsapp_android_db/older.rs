//! The older tables: one row of `messages` holds a message and what was sent with it.

use tutela_model::source::Refusal;
use tutela_model::tables::{Message, MessageKind, Problem, ProblemKind, Transfer};

use super::{Names, kind};
use crate::chat::{Chats, Since, last_part, no_time, sha256_of_base64};
use crate::sqlite_file::{Database, Row};
use crate::whatsapp::{Jid, Way, position};

/// The status of a notice.
const NOTICE: i64 = 6;

pub(super) fn messages(database: &Database, names: &Names, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    chats.each_row(database, "messages", |row, chats| message(row, names, chats))
}

fn message(row: &Row<'_>, names: &Names, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    let chat = row.text("key_remote_jid").filter(|jid| jid != "-1");
    let words = row.text("data").or_else(|| row.text("media_caption"));
    if chat.is_none() && words.is_none() {
        chats.sink.skip(&row.place, "the empty row that the application makes first");
        return Ok(());
    }
    let chat = chat.map(|jid| Jid::new(&jid));
    let sender = row.text("remote_resource").map(|jid| Jid::new(&jid));
    let way = Way::new(chat.as_ref(), row.integer("key_from_me") == Some(1), sender.as_ref());
    let stamp = row.text("timestamp").unwrap_or_default();
    let Some(at) = row.integer("timestamp").and_then(|value| Since::UnixMs.time(value)) else {
        let problem = no_time(row.place.clone(), "timestamp", &stamp, words.as_deref());
        return chats.sink.problem(problem);
    };
    if way.from.is_empty() {
        let expected = "key_remote_jid, the conversation that the message is of";
        let place = row.place.clone();
        let found = words.unwrap_or_default();
        return chats.sink.problem(Problem::new(
            ProblemKind::MissingValue,
            place,
            "key_remote_jid",
            expected,
            &found,
        ));
    }
    let is_notice = row.integer("status") == Some(NOTICE);
    let hash = row.text("media_hash");
    let kind = match is_notice {
        true => MessageKind::System,
        false => kind(row.integer("media_wa_type"), hash.is_some(), row, chats)?,
    };
    let words = words.or_else(|| position(row.text("latitude"), row.text("longitude")));
    let message = Message {
        channel: chats.channel(),
        thread_name: names.subject_of(way.thread.as_ref()),
        thread: way.thread,
        from_account: way.from,
        to_account: way.to,
        at,
        kind,
        text: words.map(Into::into),
        place: row.place.clone(),
    };
    let file = (kind == MessageKind::File).then(|| transfer(&message, row));
    chats.sink.row(message.into())?;
    let Some(file) = file else { return Ok(()) };
    if let (Some(said), None) = (&hash, &file.file_hash) {
        chats.sink.problem(not_a_hash(row, "media_hash", said))?;
    }
    chats.sink.row(file.into())
}

/// The file that was sent with a message.
fn transfer(message: &Message, row: &Row<'_>) -> Transfer {
    let size = row.integer("media_size").and_then(|size| u64::try_from(size).ok());
    Transfer {
        channel: message.channel.clone(),
        thread: message.thread.clone(),
        from_account: message.from_account.clone(),
        to_account: message.to_account.clone(),
        at: message.at.clone(),
        file_hash: row.text("media_hash").as_deref().and_then(sha256_of_base64),
        file_name: row.text("media_name").and_then(|name| last_part(&name)),
        file_size: size.filter(|size| *size > 0),
        original_hash: None,
        path: row.text("media_url").map(Into::into),
        place: row.place.clone(),
    }
}

/// The problem of a hash that is none.
pub(super) fn not_a_hash(row: &Row<'_>, column: &str, said: &str) -> Problem {
    let expected = "a SHA-256 in base64, of 44 characters";
    Problem::new(ProblemKind::BadValue, row.place_of(column), column, expected, said)
}
