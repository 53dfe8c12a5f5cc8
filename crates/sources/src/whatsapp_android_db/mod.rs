//! WhatsApp on Android: `msgstore.db`, in its older and newer tables, and `wa.db` with the names of contacts.

mod newer;
mod older;
mod schema;

use std::collections::BTreeMap;

use tutela_model::Text;
use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{MessageKind, Problem, ProblemKind, SelectorKind};

use crate::chat::{self, Chats};
use crate::sqlite_file::{Database, Row, head_text, sweep};
use crate::whatsapp::{CHANNEL, Jid, kind_of, number};

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "whatsapp_android_db",
    version: 1,
    about: "the database of WhatsApp on an Android telephone (msgstore.db, wa.db)",
    tables: &["message", "transfer", "selector"],
    recognise,
    read,
};

fn recognise(sample: &Sample<'_>) -> Fit {
    let Some(head) = head_text(sample.head) else { return Fit::No };
    let makes = |table: &str, column: &str| {
        let made =
            ["", "\"", "`"].iter().any(|mark| head.contains(&format!("CREATE TABLE {mark}{table}{mark}")));
        made && head.contains(column)
    };
    let own = [
        ("messages", "key_remote_jid"),
        ("message", "sender_jid_row_id"),
        ("chat", "jid_row_id"),
        ("chat_list", "key_remote_jid"),
        ("wa_contacts", "is_whatsapp_user"),
    ];
    if own.into_iter().any(|(table, column)| makes(table, column)) {
        return Fit::Sure;
    }
    // The statements that made the tables may stand anywhere in the file.
    let name = sample.name.to_ascii_lowercase();
    if name.starts_with("msgstore") || name == "wa.db" { Fit::Possible } else { Fit::No }
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let len = input.len;
    let Some(mut database) = chat::database(input, sink)? else { return Ok(()) };
    let has = |table: &str| database.table(table).is_some();
    let found: Vec<&str> = schema::MAIN.iter().copied().filter(|table| has(table)).collect();
    match found.is_empty() {
        true => {
            let names: Vec<&str> = database.tables().iter().map(|table| table.name.as_str()).collect();
            let place = tutela_model::Spot::Byte { byte: 0, len: 100 };
            let expected = format!("one of the tables {}", schema::MAIN.join(", "));
            let problem = Problem::new(ProblemKind::MissingValue, place, "", &expected, &names.join(", "));
            sink.record();
            sink.problem(problem.mend("this is a database of something else, or its tables are damaged"))?;
        }
        false => sink.note("tables", &found.join(", ")),
    }
    if let Some(counts) = database.without_and_with_log(&found)? {
        sink.note("rows without and with the write-ahead log", &counts);
    }
    sweep(&database, &schema::KNOWN, sink)?;
    sink.note(
        "owner",
        "the account whose telephone this was is written as self: the database has no number for it",
    );
    let mut chats = Chats::new(CHANNEL, sink);
    let names = Names::read(&database, &mut chats)?;
    older::messages(&database, &names, &mut chats)?;
    newer::messages(&database, &names, &mut chats)?;
    newer::files(&database, &names, &mut chats)?;
    newer::calls(&database, &names, &mut chats)?;
    contacts(&database, &mut chats)?;
    chat::finish(&database, len, chats.sink)
}

/// What a message's number says that it is.
const KINDS: &[(MessageKind, &[i64])] = &[
    // Words, contact cards, positions, polls, orders, answers to templates.
    (
        MessageKind::Text,
        &[0, 4, 5, 14, 16, 23, 24, 25, 26, 27, 28, 32, 44, 45, 46, 49, 55, 57, 66, 81, 103, 106],
    ),
    // Pictures, voice, films, documents, moving pictures, stickers; 42, 43 and 82 are to be seen or heard once.
    (MessageKind::File, &[1, 2, 3, 9, 13, 20, 42, 43, 82]),
    (MessageKind::Call, &[8, 10, 90]),
    // Notices: of groups, of messages that wait, were taken back or vanish.
    (MessageKind::System, &[7, 11, 15, 36, 56, 64, 99, 112, 116]),
];

/// The kind of a message. A number that is not known is told once, and what the row holds decides.
fn kind(
    said: Option<i64>,
    has_file: bool,
    row: &Row<'_>,
    chats: &mut Chats<'_>,
) -> Result<MessageKind, Refusal> {
    let Some(said) = said else { return Ok(MessageKind::Text) };
    if let Some(kind) = kind_of(KINDS, said) {
        return Ok(kind);
    }
    let expected = "a kind of message that the reader knows";
    let place = row.place.clone();
    let problem =
        Problem::new(ProblemKind::UnknownElement, place, "message_type", expected, &said.to_string());
    let mend = "messages of this kind are filed as a file when one belongs to them, else as text";
    chats.once(&format!("message_type {said}"), problem.mend(mend))?;
    Ok(if has_file { MessageKind::File } else { MessageKind::Text })
}

/// Accounts behind other names, and names of conversations.
struct Names {
    /// From the row of an account's other name to the row of its number; none where two contradict each other.
    numbers: BTreeMap<i64, Option<i64>>,
    /// From the address of a conversation to its name.
    subjects: BTreeMap<String, Text>,
}

impl Names {
    fn read(database: &Database, chats: &mut Chats<'_>) -> Result<Self, Refusal> {
        let mut names = Self { numbers: BTreeMap::new(), subjects: BTreeMap::new() };
        chats.each_row(database, "jid_map", |row, chats| {
            let (Some(lid), Some(jid)) = (row.integer("lid_row_id"), row.integer("jid_row_id")) else {
                let expected = "lid_row_id and jid_row_id";
                let place = row.place.clone();
                return chats.sink.problem(Problem::new(ProblemKind::MissingValue, place, "", expected, ""));
            };
            chats.sink.skip(&row.place, "another name of an account: messages are filed under its number");
            let known = names.numbers.entry(lid).or_insert(Some(jid));
            if known.is_some_and(|known| known != jid) {
                *known = None;
                let expected = "one number for each other name of an account";
                let problem = Problem::new(
                    ProblemKind::Contradiction,
                    row.place.clone(),
                    "jid_row_id",
                    expected,
                    &jid.to_string(),
                );
                return chats.sink.problem(problem.mend("its messages are filed under its other name"));
            }
            Ok(())
        })?;
        chats.each_row(database, "jid", |row, chats| {
            let jid = jid_of(row);
            if !number(&jid, row.place_of("user"), chats)? {
                chats.sink.skip(&row.place, "a group, a list, a device or an account that was named before");
            }
            Ok(())
        })?;
        chats.each_row(database, "chat_list", |row, chats| {
            let (jid, subject) = (row.text("key_remote_jid"), row.text("subject"));
            names.subject(jid.as_deref(), subject);
            let numbered = Jid::new(&jid.unwrap_or_default());
            if !number(&numbered, row.place_of("key_remote_jid"), chats)? {
                chats.sink.skip(&row.place, "a conversation: its messages name it");
            }
            Ok(())
        })?;
        chats.each_row(database, "chat", |row, chats| {
            let jid = names.jid(database, row.integer("jid_row_id"))?;
            names.subject(jid.as_ref().map(Jid::raw), row.text("subject"));
            chats.sink.skip(&row.place, "a conversation: its messages name it");
            Ok(())
        })?;
        Ok(names)
    }

    fn subject(&mut self, jid: Option<&str>, subject: Option<String>) {
        if let (Some(jid), Some(subject)) = (jid, subject) {
            self.subjects.insert(jid.to_owned(), subject.into());
        }
    }

    fn subject_of(&self, thread: Option<&Text>) -> Option<Text> {
        self.subjects.get(thread?.as_str()).cloned()
    }

    /// The address in a row of `jid`, by its number where the database says which one is behind another name.
    fn jid(&self, database: &Database, row: Option<i64>) -> Result<Option<Jid>, Refusal> {
        let (Some(table), Some(row)) = (database.table("jid"), row) else { return Ok(None) };
        let find = |number| -> Result<Option<Jid>, Refusal> {
            Ok(database.find(table, number)?.map(|row| jid_of(&row)).filter(|jid| !jid.raw().is_empty()))
        };
        let jid = find(row)?;
        match self.numbers.get(&row) {
            Some(Some(number)) if jid.as_ref().is_some_and(Jid::is_lid) => Ok(find(*number)?.or(jid)),
            _ => Ok(jid),
        }
    }
}

fn jid_of(row: &Row<'_>) -> Jid {
    let parts = || Some(format!("{}@{}", row.text("user")?, row.text("server")?));
    Jid::new(&row.text("raw_string").or_else(parts).unwrap_or_default())
}

/// The names of contacts, in `wa.db`.
fn contacts(database: &Database, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    chats.each_row(database, "wa_contacts", |row, chats| {
        let jid = Jid::new(&row.text("jid").unwrap_or_default());
        if jid.is_shared() || jid.raw().is_empty() {
            chats.sink.skip(&row.place, "a group or list, or a contact without an account");
            return Ok(());
        }
        let account = jid.account();
        let mut filed = number(&jid, row.place_of("jid"), chats)?;
        let (kind, chosen) = (SelectorKind::Nickname, row.text("wa_name"));
        filed |= chats.selector(&account, kind, chosen.as_deref(), row.place_of("wa_name"))?;
        for column in ["display_name", "nickname"] {
            let saved = row.text(column);
            filed |= chats.saved(&account, kind, saved.as_deref(), row.place_of(column))?;
        }
        if !filed {
            chats.sink.skip(&row.place, "a contact that was named before");
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_known_by_its_tables_or_by_its_name_alone_as_possible() {
        let fit = |name: &str, sql: &str| {
            let mut head = b"SQLite format 3\0".to_vec();
            head.extend_from_slice(sql.as_bytes());
            recognise(&Sample { name, head: &head })
        };
        assert_eq!(fit("a.db", "CREATE TABLE messages (_id, key_remote_jid TEXT)"), Fit::Sure);
        assert_eq!(fit("a.db", "CREATE TABLE message (_id, sender_jid_row_id INTEGER)"), Fit::Sure);
        assert_eq!(fit("a.db", "CREATE TABLE message (_id, text)"), Fit::No);
        assert_eq!(fit("msgstore-2026-03-01.1.db", ""), Fit::Possible);
        assert_eq!(recognise(&Sample { name: "msgstore.db", head: b"CREATE TABLE messages" }), Fit::No);
    }
}
