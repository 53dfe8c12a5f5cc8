//! WhatsApp on iOS: `ChatStorage.sqlite`, in the tables of Apple's Core Data.

mod schema;

use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{Message, MessageKind, Problem, ProblemKind, SelectorKind, Transfer};
use tutela_model::{Precision, Spot, Text, Time};

use crate::chat::{self, Chats, last_part, no_time, sha256_of_base64};
use crate::sqlite_file::{Database, Row, Value, head_text, sweep};
use crate::whatsapp::{CHANNEL, Jid, Way, kind_of, number, position};

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "whatsapp_ios_db",
    version: 1,
    about: "the database of WhatsApp on an iPhone (ChatStorage.sqlite)",
    tables: &["message", "transfer", "selector"],
    recognise,
    read,
};

fn recognise(sample: &Sample<'_>) -> Fit {
    let Some(head) = head_text(sample.head) else { return Fit::No };
    if ["ZWAMESSAGE", "ZWACHATSESSION", "ZWAMEDIAITEM"].iter().any(|table| head.contains(table)) {
        return Fit::Sure;
    }
    // The statements that made the tables may stand anywhere in the file.
    if sample.name.to_ascii_lowercase().starts_with("chatstorage") { Fit::Possible } else { Fit::No }
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let len = input.len;
    let Some(mut database) = chat::database(input, sink)? else { return Ok(()) };
    if database.table("ZWAMESSAGE").is_none() {
        let names: Vec<&str> = database.tables().iter().map(|table| table.name.as_str()).collect();
        let place = Spot::Byte { byte: 0, len: 100 };
        let expected = "the table ZWAMESSAGE";
        let problem = Problem::new(ProblemKind::MissingValue, place, "", expected, &names.join(", "));
        sink.record();
        sink.problem(problem.mend("this is a database of something else, or its tables are damaged"))?;
    }
    if let Some(counts) = database.without_and_with_log(&["ZWAMESSAGE", "ZWAMEDIAITEM"])? {
        sink.note("rows without and with the write-ahead log", &counts);
    }
    sweep(&database, &schema::KNOWN, sink)?;
    sink.note(
        "owner",
        "the account whose telephone this was is written as self: the database has no number for it",
    );
    let mut chats = Chats::new(CHANNEL, sink);
    names(&database, &mut chats)?;
    chats.each_row(&database, "ZWAMESSAGE", |row, chats| message(&database, row, chats))?;
    chats.each_row(&database, "ZWAMEDIAITEM", |row, chats| file(&database, row, chats))?;
    chat::finish(&database, len, chats.sink)
}

/// Accounts and their names, as the tables of conversations, groups and profiles have them.
const NAMED: &[(&str, &str, &[&str])] = &[
    ("ZWACHATSESSION", "ZCONTACTJID", &["ZPARTNERNAME"]),
    ("ZWAGROUPMEMBER", "ZMEMBERJID", &["ZCONTACTNAME", "ZFIRSTNAME"]),
    (CHOSEN, "ZJID", &["ZPUSHNAME"]),
];

/// The table of names that users chose themselves; those of the others the owner of the telephone saved.
const CHOSEN: &str = "ZWAPROFILEPUSHNAME";

fn names(database: &Database, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    for (table, account, names) in NAMED {
        chats.each_row(database, table, |row, chats| {
            let jid = Jid::new(&row.text(account).unwrap_or_default());
            let mut filed = number(&jid, row.place_of(account), chats)?;
            if !jid.is_shared() {
                for name in *names {
                    let said = row.text(name);
                    let place = row.place_of(name);
                    let (account, kind) = (jid.account(), SelectorKind::Nickname);
                    filed |= match *table {
                        CHOSEN => chats.selector(&account, kind, said.as_deref(), place)?,
                        _ => chats.saved(&account, kind, said.as_deref(), place)?,
                    };
                }
            }
            if !filed {
                chats.sink.skip(&row.place, "a group, or an account that was named before");
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// What a message's number says that it is; 6 and 10 are notices, of which some are calls.
const KINDS: &[(MessageKind, &[i64])] = &[
    // Words, contact cards, positions, links, answers to templates, products, invitations, polls.
    (MessageKind::Text, &[0, 4, 5, 7, 19, 20, 23, 24, 25, 26, 27, 30, 31, 32, 34, 41, 42, 46]),
    // Pictures, films, voice, documents, moving pictures, stickers; 38 and 39 are to be seen once.
    (MessageKind::File, &[1, 2, 3, 8, 11, 15, 38, 39]),
    // Notices: of groups, of messages that wait, were taken back or vanish.
    (MessageKind::System, &[6, 10, 12, 14, 28]),
];
/// The notices of type 10 that are calls.
const CALLS: &[i64] = &[1, 4, 21, 22, 40, 41, 45, 46];

fn kind(row: &Row<'_>, has_file: bool, chats: &mut Chats<'_>) -> Result<MessageKind, Refusal> {
    let Some(said) = row.integer("ZMESSAGETYPE") else { return Ok(MessageKind::Text) };
    let event = row.integer("ZGROUPEVENTTYPE");
    match kind_of(KINDS, said) {
        Some(MessageKind::System) if said == 10 && event.is_some_and(|event| CALLS.contains(&event)) => {
            Ok(MessageKind::Call)
        }
        // Albums come as words without words.
        Some(MessageKind::Text) if said == 0 && has_file => Ok(MessageKind::File),
        Some(kind) => Ok(kind),
        None => {
            let expected = "a kind of message that the reader knows";
            let place = row.place.clone();
            let problem =
                Problem::new(ProblemKind::UnknownElement, place, "ZMESSAGETYPE", expected, &said.to_string());
            let mend = "messages of this kind are filed as a file when one belongs to them, else as text";
            chats.once(&format!("ZMESSAGETYPE {said}"), problem.mend(mend))?;
            Ok(if has_file { MessageKind::File } else { MessageKind::Text })
        }
    }
}

/// Who wrote a message, where and when.
struct Head {
    way: Way,
    at: Option<Time>,
    thread_name: Option<Text>,
}

fn head(database: &Database, row: &Row<'_>) -> Result<Head, Refusal> {
    let find = |table: &str, column: &str| -> Result<Option<Row<'_>>, Refusal> {
        let (Some(table), Some(number)) = (database.table(table), row.integer(column)) else {
            return Ok(None);
        };
        Ok(database.find(table, number)?)
    };
    let session = find("ZWACHATSESSION", "ZCHATSESSION")?;
    let member = find("ZWAGROUPMEMBER", "ZGROUPMEMBER")?;
    let from_me = row.integer("ZISFROMME") == Some(1);
    let other = row.text(if from_me { "ZTOJID" } else { "ZFROMJID" });
    let chat = session.as_ref().and_then(|session| session.text("ZCONTACTJID")).or(other);
    let chat = chat.map(|jid| Jid::new(&jid));
    let sender = member.and_then(|member| member.text("ZMEMBERJID")).map(|jid| Jid::new(&jid));
    let way = Way::new(chat.as_ref(), from_me, sender.as_ref());
    let thread_name = session.and_then(|session| session.text("ZPARTNERNAME")).map(Text::from);
    Ok(Head { way, at: time(&row.get("ZMESSAGEDATE")), thread_name })
}

/// Seconds from 1970 to 2001, where Apple's count begins.
const APPLE_EPOCH_S: i64 = 978_307_200;

/// An instant in seconds since 2001. A part of a second is kept to the millisecond: a count in binary has no exact more.
fn time(value: &Value<'_>) -> Option<Time> {
    let (at_ms, precision) = match value {
        Value::Integer(value) => (value.checked_mul(1000)?, Precision::Second),
        Value::Real(value) if value.abs() > 1e12 => return None,
        Value::Real(value) if value.fract() == 0.0 => ((value * 1000.0) as i64, Precision::Second),
        Value::Real(value) => ((value * 1000.0).floor() as i64, Precision::Millisecond),
        _ => return None,
    };
    let at_us =
        Some(at_ms).filter(|at_ms| *at_ms != 0)?.checked_add(APPLE_EPOCH_S * 1000)?.checked_mul(1000)?;
    Time::from_epoch_us(at_us, precision, &value.text()?).ok()
}

fn said_time(row: &Row<'_>) -> String {
    row.text("ZMESSAGEDATE").unwrap_or_default()
}

fn item_of<'d>(database: &'d Database, message: &Row<'_>) -> Result<Option<Row<'d>>, Refusal> {
    let table = database.table("ZWAMEDIAITEM");
    let (Some(table), Some(number)) = (table, message.integer("ZMEDIAITEM")) else { return Ok(None) };
    Ok(database.find(table, number)?)
}

fn message(database: &Database, row: &Row<'_>, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    let item = item_of(database, row)?;
    let item = item.as_ref();
    let title = item.and_then(|item| item.text("ZTITLE"));
    let place = item.and_then(|item| position(item.text("ZLATITUDE"), item.text("ZLONGITUDE")));
    let words = row.text("ZTEXT").or(title).or(place);
    let Head { way, at, thread_name } = head(database, row)?;
    let Some(at) = at else {
        let problem = no_time(row.place.clone(), "ZMESSAGEDATE", &said_time(row), words.as_deref());
        return chats.sink.problem(problem);
    };
    if way.from.is_empty() {
        let expected = "ZCHATSESSION or ZFROMJID, the conversation that the message is of";
        let place = row.place.clone();
        let found = words.unwrap_or_default();
        return chats.sink.problem(Problem::new(
            ProblemKind::MissingValue,
            place,
            "ZCHATSESSION",
            expected,
            &found,
        ));
    }
    let kind = kind(row, item.is_some_and(is_file), chats)?;
    let message = Message {
        channel: chats.channel(),
        thread: way.thread,
        from_account: way.from.clone(),
        to_account: way.to,
        at,
        kind,
        text: words.map(Text::from),
        thread_name,
        place: row.place.clone(),
    };
    chats.sink.row(message.into())?;
    // The name that its writer had then.
    let name = row.text("ZPUSHNAME").filter(|_| !way.from.contains("@g.us"));
    chats.selector(&way.from, SelectorKind::Nickname, name.as_deref(), row.place_of("ZPUSHNAME"))?;
    Ok(())
}

/// Whether an item names a file, and is not only a card, link or position.
fn is_file(item: &Row<'_>) -> bool {
    item.text("ZMEDIALOCALPATH").is_some()
        || item.text("ZVCARDNAME").is_some_and(|said| sha256_of_base64(&said).is_some())
}

fn file(database: &Database, row: &Row<'_>, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    if !is_file(row) {
        chats.sink.skip(&row.place, "a card, link or position, which stands in its message");
        return Ok(());
    }
    let said = row.text("ZVCARDNAME");
    let path = row.text("ZMEDIALOCALPATH");
    let message = match (database.table("ZWAMESSAGE"), row.integer("ZMESSAGE")) {
        (Some(table), Some(number)) => database.find(table, number)?,
        _ => None,
    };
    let found = said.clone().or_else(|| path.clone()).unwrap_or_default();
    let head = message.as_ref().map(|message| head(database, message)).transpose()?;
    let head = head.filter(|head| !head.way.from.is_empty());
    let (Some(message), Some(Head { way, at, .. })) = (message, head) else {
        let expected = "the message that this file belongs to";
        let problem =
            Problem::new(ProblemKind::MissingValue, row.place.clone(), "ZMESSAGE", expected, &found);
        let mend = "the message was deleted or stands in a part of the file that is not read; nobody can say who sent it when";
        return chats.sink.problem(problem.mend(mend));
    };
    let Some(at) = at else {
        let problem = no_time(row.place.clone(), "ZMESSAGEDATE", &said_time(&message), Some(&found));
        return chats.sink.problem(problem);
    };
    let transfer = Transfer {
        channel: chats.channel(),
        thread: way.thread,
        from_account: way.from,
        to_account: way.to,
        at,
        file_hash: said.as_deref().and_then(sha256_of_base64),
        file_name: path.as_deref().and_then(last_part),
        file_size: row
            .integer("ZFILESIZE")
            .and_then(|size| u64::try_from(size).ok())
            .filter(|size| *size > 0),
        original_hash: None,
        path: path.or_else(|| row.text("ZMEDIAURL")).map(Text::from),
        place: row.place.clone(),
    };
    chats.sink.row(transfer.into())
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn an_instant_counts_from_2001_and_is_no_finer_than_a_millisecond() {
        let said = |value: Value<'_>| {
            time(&value).map_or_else(
                || "none".to_owned(),
                |time| format!("{time} {} {}", time.precision.word(), time.said),
            )
        };
        assert_eq!(said(Value::Integer(794_088_000)), "2026-03-01T20:00:00Z second 794088000");
        assert_eq!(said(Value::Real(794_088_000.0)), "2026-03-01T20:00:00Z second 794088000");
        assert_eq!(said(Value::Real(794_088_000.25)), "2026-03-01T20:00:00.25Z millisecond 794088000.25");
        for value in [Value::Integer(0), Value::Integer(i64::MAX), Value::Real(f64::INFINITY), Value::Null] {
            assert_eq!(said(value.clone()), "none", "{value:?}");
        }
    }
}
