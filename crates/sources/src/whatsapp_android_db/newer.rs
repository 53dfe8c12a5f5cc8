//! The newer tables: a message in `message`, what was sent with it in `message_media`, calls in `call_log`.

use tutela_model::source::Refusal;
use tutela_model::tables::{Message, MessageKind, Problem, ProblemKind, Transfer};
use tutela_model::{Text, Time};

use super::older::not_a_hash;
use super::{Names, kind};
use crate::chat::{Chats, Since, last_part, no_time, sha256_of_base64};
use crate::sqlite_file::{Database, Row};
use crate::whatsapp::{Way, position};

/// Who wrote a message, where and when.
struct Head {
    way: Way,
    at: Option<Time>,
}

fn head(database: &Database, names: &Names, row: &Row<'_>) -> Result<Head, Refusal> {
    let chat = match (database.table("chat"), row.integer("chat_row_id")) {
        (Some(table), Some(number)) => database.find(table, number)?,
        _ => None,
    };
    let jid = names.jid(database, chat.and_then(|chat| chat.integer("jid_row_id")))?;
    let sender = names.jid(database, row.integer("sender_jid_row_id"))?;
    let way = Way::new(jid.as_ref(), row.integer("from_me") == Some(1), sender.as_ref());
    Ok(Head { way, at: row.integer("timestamp").and_then(|value| Since::UnixMs.time(value)) })
}

pub(super) fn messages(database: &Database, names: &Names, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    chats.each_row(database, "message", |row, chats| message(database, names, row, chats))
}

fn message(database: &Database, names: &Names, row: &Row<'_>, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    let words = row.text("text_data");
    if row.integer("chat_row_id") == Some(-1) && words.is_none() {
        chats.sink.skip(&row.place, "the empty row that the application makes first");
        return Ok(());
    }
    let Head { way, at } = head(database, names, row)?;
    let Some(at) = at else {
        let stamp = row.text("timestamp").unwrap_or_default();
        return chats.sink.problem(no_time(row.place.clone(), "timestamp", &stamp, words.as_deref()));
    };
    if way.from.is_empty() {
        let expected = "chat_row_id, the conversation that the message is of, with its jid";
        let place = row.place.clone();
        let found = words.unwrap_or_default();
        return chats.sink.problem(Problem::new(
            ProblemKind::MissingValue,
            place,
            "chat_row_id",
            expected,
            &found,
        ));
    }
    let beside = |table: &str| -> Result<Option<Row<'_>>, Refusal> {
        Ok(database.table(table).map(|table| database.find(table, row.rowid)).transpose()?.flatten())
    };
    let kind = kind(row.integer("message_type"), beside("message_media")?.is_some(), row, chats)?;
    let words = match (words, beside("message_location")?) {
        (None, Some(place)) => {
            let at = position(place.text("latitude"), place.text("longitude"));
            let parts: Vec<String> =
                [at, place.text("place_name"), place.text("place_address")].into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        }
        (words, _) => words,
    };
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
    chats.sink.row(message.into())
}

/// Files that were sent: a row each, with what its message says of them.
pub(super) fn files(database: &Database, names: &Names, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    chats.each_row(database, "message_media", |row, chats| file(database, names, row, chats))?;
    chats.each_row(database, "message_location", |row, chats| {
        let message = database.table("message").map(|table| database.find(table, row.rowid)).transpose()?;
        match message.flatten() {
            Some(_) => chats.sink.skip(&row.place, "a position, which stands in the text of its message"),
            None => {
                let at = position(row.text("latitude"), row.text("longitude")).unwrap_or_default();
                chats.sink.problem(without_message(row, &at))?;
            }
        }
        Ok(())
    })
}

fn without_message(row: &Row<'_>, found: &str) -> Problem {
    let expected = "the message that this belongs to";
    Problem::new(ProblemKind::MissingValue, row.place.clone(), "message_row_id", expected, found)
        .mend("the message was deleted or stands in a part of the file that is not read; nobody can say who sent it when")
}

fn file(database: &Database, names: &Names, row: &Row<'_>, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    let said = row.text("file_hash");
    let path = row.text("file_path");
    let name = row.text("media_name").or_else(|| path.clone()).and_then(|name| last_part(&name));
    let size = ["file_size", "file_length"].iter().find_map(|column| {
        row.integer(column).and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0)
    });
    if said.is_none() && name.is_none() && size.is_none() {
        chats.sink.skip(&row.place, "a row that names no file");
        return Ok(());
    }
    let number = row.integer("message_row_id");
    let message = match (database.table("message"), number) {
        (Some(table), Some(number)) => database.find(table, number)?,
        _ => None,
    };
    let (Some(message), found) = (message, said.as_deref().or(name.as_deref()).unwrap_or_default()) else {
        let found = said.or(name.map(String::from)).unwrap_or_default();
        return chats.sink.problem(without_message(row, &found));
    };
    let Head { way, at } = head(database, names, &message)?;
    let Some(at) = at else {
        let stamp = message.text("timestamp").unwrap_or_default();
        return chats.sink.problem(no_time(row.place.clone(), "timestamp", &stamp, Some(found)));
    };
    if way.from.is_empty() {
        return chats.sink.problem(without_message(row, found));
    }
    let mut hash = |column: &str| -> Result<Option<Text>, Refusal> {
        let said = row.text(column);
        let hash = said.as_deref().and_then(sha256_of_base64);
        if let (Some(said), None) = (&said, &hash) {
            chats.sink.problem(not_a_hash(row, column, said))?;
        }
        Ok(hash)
    };
    let (file_hash, original_hash) = (hash("file_hash")?, hash("original_file_hash")?);
    let transfer = Transfer {
        channel: chats.channel(),
        thread: way.thread,
        from_account: way.from,
        to_account: way.to,
        at,
        file_hash,
        file_name: name,
        file_size: size,
        original_hash,
        path: path.or_else(|| row.text("message_url")).map(Into::into),
        place: row.place.clone(),
    };
    chats.sink.row(transfer.into())
}

/// The list of calls.
pub(super) fn calls(database: &Database, names: &Names, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    chats.each_row(database, "call_log", |row, chats| {
        let other = names.jid(database, row.integer("jid_row_id"))?;
        let group = row.integer("group_jid_row_id").filter(|number| *number > 0);
        let group = names.jid(database, group)?;
        let way =
            Way::new(group.as_ref().or(other.as_ref()), row.integer("from_me") == Some(1), other.as_ref());
        let Some(at) = row.integer("timestamp").and_then(|value| Since::UnixMs.time(value)) else {
            let stamp = row.text("timestamp").unwrap_or_default();
            return chats.sink.problem(no_time(row.place.clone(), "timestamp", &stamp, None));
        };
        if way.from.is_empty() {
            let place = row.place.clone();
            let expected = "the account that was called or called";
            return chats.sink.problem(Problem::new(
                ProblemKind::MissingValue,
                place,
                "jid_row_id",
                expected,
                "",
            ));
        }
        let said = |column: &str| row.text(column).map(|value| format!("{column}={value}"));
        let said: Vec<String> =
            ["video_call", "duration", "call_result"].into_iter().filter_map(said).collect();
        let message = Message {
            channel: chats.channel(),
            thread_name: names.subject_of(way.thread.as_ref()),
            thread: way.thread,
            from_account: way.from,
            to_account: way.to,
            at,
            kind: MessageKind::Call,
            text: (!said.is_empty()).then(|| said.join(" ").into()),
            place: row.place.clone(),
        };
        chats.sink.row(message.into())
    })
}
