//! Skype up to version 7 on a computer or telephone: `main.db`.

mod schema;

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{Message, MessageKind, Problem, ProblemKind, SelectorKind, Transfer};
use tutela_model::{Spot, Text, Time};

use crate::chat::{self, Chats, SELF, Since, last_part, no_time};
use crate::cybertip::phone;
use crate::sqlite_file::{Database, Entry, Row, Value, head_text, sweep};
use crate::whatsapp::kind_of;

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "skype_main_db",
    version: 1,
    about: "the database of Skype up to version 7 (main.db)",
    tables: &["message", "transfer", "selector"],
    recognise,
    read,
};

fn recognise(sample: &Sample<'_>) -> Fit {
    let Some(head) = head_text(sample.head) else { return Fit::No };
    let made = |table: &str| head.contains(&format!("CREATE TABLE {table}"));
    let own = (made("Accounts") || made("Contacts")) && head.contains("skypename");
    if own || (made("Messages") && head.contains("body_xml")) {
        return Fit::Sure;
    }
    // The statements that made the tables may stand anywhere in the file.
    if sample.name.eq_ignore_ascii_case("main.db") { Fit::Possible } else { Fit::No }
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let len = input.len;
    let Some(mut database) = chat::database(input, sink)? else { return Ok(()) };
    if database.table("Messages").is_none() {
        let names: Vec<&str> = database.tables().iter().map(|table| table.name.as_str()).collect();
        let place = Spot::Byte { byte: 0, len: 100 };
        let expected = "the table Messages";
        let problem = Problem::new(ProblemKind::MissingValue, place, "", expected, &names.join(", "));
        sink.record();
        sink.problem(problem.mend("this is a database of something else, or its tables are damaged"))?;
    }
    if let Some(counts) = database.without_and_with_log(&["Messages", "Transfers"])? {
        sink.note("rows without and with the write-ahead log", &counts);
    }
    sweep(&database, &schema::KNOWN, sink)?;
    let mut chats = Chats::new("skype", sink);
    let owner = owner(&database, &mut chats)?;
    people(&database, "Accounts", &mut chats)?;
    people(&database, "Contacts", &mut chats)?;
    chats.each_row(&database, "Conversations", |row, chats| {
        chats.sink.skip(&row.place, "a conversation: its messages name it");
        Ok(())
    })?;
    chats.each_row(&database, "Messages", |row, chats| message(&database, &owner, row, chats))?;
    let writers = writers(&database)?;
    chats.each_row(&database, "Transfers", |row, chats| transfer(&database, &owner, &writers, row, chats))?;
    chats.each_row(&database, "Calls", |row, chats| call(&database, &owner, row, chats))?;
    chats.each_row(&database, "SMSes", |row, chats| short_message(&owner, row, chats))?;
    chat::finish(&database, len, chats.sink)
}

/// The account that the database belongs to: the one row of `Accounts`.
fn owner(database: &Database, chats: &mut Chats<'_>) -> Result<Text, Refusal> {
    let mut owners = Vec::new();
    if let Some(table) = database.table("Accounts") {
        let mut rows = database.rows(table);
        while let Some(entry) = rows.next()? {
            if let Entry::Row(row) = entry {
                owners.extend(row.text("skypename"));
            }
        }
    }
    match &owners[..] {
        [owner] => {
            chats.sink.note("owner", owner);
            Ok(owner.as_str().into())
        }
        _ => {
            let said = format!("{} accounts: whoever used them is written as self", owners.len());
            chats.sink.note("owner", &said);
            Ok(SELF.into())
        }
    }
}

/// What a profile says of its account: the column, and which kind of identifier it is.
const PROFILE: &[(&str, SelectorKind)] = &[
    ("displayname", SelectorKind::Nickname),
    ("given_displayname", SelectorKind::Nickname),
    ("fullname", SelectorKind::Name),
    ("pstnnumber", SelectorKind::Phone),
    ("phone_home", SelectorKind::Phone),
    ("phone_office", SelectorKind::Phone),
    ("phone_mobile", SelectorKind::Phone),
    ("assigned_phone1", SelectorKind::Phone),
    ("assigned_phone2", SelectorKind::Phone),
    ("assigned_phone3", SelectorKind::Phone),
    ("emails", SelectorKind::Email),
    ("liveid_membername", SelectorKind::Email),
    ("homepage", SelectorKind::Url),
];

/// Columns that the owner of the database filled in for a contact.
const SAVED: &[&str] = &["given_displayname", "assigned_phone1", "assigned_phone2", "assigned_phone3"];

fn people(database: &Database, table: &str, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    chats.each_row(database, table, |row, chats| {
        let mut filed = false;
        // A contact that is only a telephone number has no account; the number is how messages name it.
        let account = row.text("skypename").or_else(|| row.text("pstnnumber")).unwrap_or_default();
        for (column, kind) in PROFILE {
            let said = row.text(column);
            let value = match kind {
                SelectorKind::Phone => said.map(|said| phone(None, &said)),
                SelectorKind::Email => said.filter(|said| said.contains('@')),
                _ => said,
            };
            let place = row.place_of(column);
            filed |= match SAVED.contains(column) {
                true => chats.saved(&account, *kind, value.as_deref(), place)?,
                false => chats.selector(&account, *kind, value.as_deref(), place)?,
            };
        }
        // Eight digits: year, month, day.
        let birth = row.text("birthday").filter(|said| said.len() == 8 && said.is_ascii());
        let birth = birth.map(|said| format!("{}-{}-{}", &said[..4], &said[4..6], &said[6..]));
        filed |=
            chats.selector(&account, SelectorKind::BirthDate, birth.as_deref(), row.place_of("birthday"))?;
        if !filed {
            chats.sink.skip(&row.place, "an account without an identifier beside its name");
        }
        Ok(())
    })
}

/// A conversation.
#[derive(Default)]
struct Thread {
    id: Option<Text>,
    name: Option<Text>,
    /// The other account, where two talk.
    other: Option<Text>,
}

/// The type of a conversation between two.
const OF_TWO: i64 = 1;

fn thread(database: &Database, number: Option<i64>) -> Result<Thread, Refusal> {
    let (Some(table), Some(number)) = (database.table("Conversations"), number) else {
        return Ok(Thread::default());
    };
    let Some(row) = database.find(table, number)? else { return Ok(Thread::default()) };
    let id: Option<Text> = row.text("identity").map(Text::from);
    let other = id.clone().filter(|_| row.integer("type") == Some(OF_TWO));
    Ok(Thread { id, name: row.text("displayname").map(Text::from), other })
}

/// Who receives what `from` sends: the other one of two; nobody in particular in a group.
fn receiver(from: &str, owner: &Text, other: Option<Text>) -> Option<Text> {
    other.map(|other| if from == owner.as_str() { other } else { owner.clone() })
}

/// What a message's number says that it is.
const KINDS: &[(MessageKind, &[i64])] = &[
    // Words; 60 tells what its writer does, 63 are contacts, 64 is a short message.
    (MessageKind::Text, &[60, 61, 63, 64]),
    // 68 offers files, 70 is a film, 201 and 253 are pictures and others kept by the service, 254 is a file of it.
    (MessageKind::File, &[68, 70, 201, 253, 254]),
    (MessageKind::Call, &[30, 39]),
    // Notices: topic, members, requests to be a contact (50 asks, 51 accepts, 53 blocks), birthdays.
    (MessageKind::System, &[2, 4, 8, 10, 12, 13, 50, 51, 53, 100, 110]),
];

fn kind(row: &Row<'_>, chats: &mut Chats<'_>) -> Result<MessageKind, Refusal> {
    let Some(said) = row.integer("type") else { return Ok(MessageKind::Text) };
    if let Some(kind) = kind_of(KINDS, said) {
        return Ok(kind);
    }
    let expected = "a kind of message that the reader knows";
    let place = row.place.clone();
    let problem = Problem::new(ProblemKind::UnknownElement, place, "type", expected, &said.to_string());
    chats.once(&format!("type {said}"), problem.mend("messages of this kind are filed as text"))?;
    Ok(MessageKind::Text)
}

fn time(row: &Row<'_>, column: &str) -> Option<Time> {
    row.integer(column).and_then(|value| Since::UnixS.time(value))
}

fn message(database: &Database, owner: &Text, row: &Row<'_>, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    let words = row.text("body_xml");
    let Some(at) = time(row, "timestamp") else {
        let stamp = row.text("timestamp").unwrap_or_default();
        return chats.sink.problem(no_time(row.place.clone(), "timestamp", &stamp, words.as_deref()));
    };
    let Some(from) = row.text("author").map(Text::from) else {
        let expected = "author, the account that wrote";
        let place = row.place.clone();
        let found = words.unwrap_or_default();
        return chats.sink.problem(Problem::new(
            ProblemKind::MissingValue,
            place,
            "author",
            expected,
            &found,
        ));
    };
    let thread = thread(database, row.integer("convo_id"))?;
    let partner = row.text("dialog_partner").map(Text::from);
    let message = Message {
        channel: chats.channel(),
        thread: thread.id.clone().or_else(|| row.text("chatname").map(Text::from)),
        to_account: receiver(&from, owner, thread.other.or(partner.filter(|_| thread.id.is_none()))),
        from_account: from.clone(),
        at,
        kind: kind(row, chats)?,
        text: words.map(Text::from),
        thread_name: thread.name,
        place: row.place.clone(),
    };
    chats.sink.row(message.into())?;
    let name = row.text("from_dispname");
    chats.selector(&from, SelectorKind::Nickname, name.as_deref(), row.place_of("from_dispname"))?;
    Ok(())
}

/// What a transfer's number says, where no message says who wrote: 1 was received, 2 was sent.
const RECEIVED: i64 = 1;
const SENT: i64 = 2;

/// The writers of the messages that transfers belong to, by the number that the service gave the message.
fn writers(database: &Database) -> Result<BTreeMap<Vec<u8>, Text>, Refusal> {
    let guid_of = |row: &Row<'_>, column: &str| match row.get(column) {
        Value::Blob(bytes) => Some(bytes.to_vec()),
        Value::Text(text) => Some(text.as_bytes().to_vec()),
        _ => None,
    };
    let mut wanted = BTreeSet::new();
    let mut writers = BTreeMap::new();
    for (table, column) in [("Transfers", "chatmsg_guid"), ("Messages", "guid")] {
        let Some(table) = database.table(table).filter(|table| !table.is_virtual()) else { continue };
        let mut rows = database.rows(table);
        while let Some(entry) = rows.next()? {
            // What is damaged is told when the rows themselves are filed.
            let Entry::Row(row) = entry else { continue };
            match (guid_of(&row, column), row.text("author")) {
                (Some(guid), _) if column == "chatmsg_guid" => {
                    wanted.insert(guid);
                }
                (Some(guid), Some(author)) if wanted.contains(&guid) => {
                    writers.insert(guid, author.into());
                }
                _ => {}
            }
        }
    }
    Ok(writers)
}

/// Who gave a file to whom; none when the record does not say.
fn way(
    owner: &Text,
    writer: Option<&Text>,
    row: &Row<'_>,
    other: Option<Text>,
) -> Option<(Text, Option<Text>)> {
    let partner = row.text("partner_handle").map(Text::from);
    let from = match (writer, partner.clone(), row.integer("type")) {
        (Some(writer), _, _) => writer.clone(),
        // Whoever offers a file stands there too.
        (None, Some(partner), _) if partner == *owner => partner,
        (None, Some(partner), Some(RECEIVED)) => partner,
        (None, _, Some(SENT)) => owner.clone(),
        _ => return None,
    };
    let to = if from == *owner { partner.filter(|it| it != owner).or(other) } else { Some(owner.clone()) };
    Some((from, to))
}

fn transfer(
    database: &Database,
    owner: &Text,
    writers: &BTreeMap<Vec<u8>, Text>,
    row: &Row<'_>,
    chats: &mut Chats<'_>,
) -> Result<(), Refusal> {
    let (path, name) = (row.text("filepath"), row.text("filename"));
    let found = name.clone().or_else(|| path.clone()).unwrap_or_default();
    let at = ["starttime", "accepttime", "finishtime"].iter().find_map(|column| time(row, column));
    let Some(at) = at else {
        let stamp = row.text("starttime").unwrap_or_default();
        return chats.sink.problem(no_time(row.place.clone(), "starttime", &stamp, Some(&found)));
    };
    let writer = match row.get("chatmsg_guid") {
        Value::Blob(guid) => writers.get(guid),
        Value::Text(guid) => writers.get(guid.as_bytes()),
        _ => None,
    };
    let thread = thread(database, row.integer("convo_id"))?;
    let Some((from, to)) = way(owner, writer, row, thread.other) else {
        let expected = "who gave the file: its message's writer, or the type 1 (received) or 2 (sent)";
        let said = format!("{} of {found}", row.text("type").unwrap_or_default());
        let place = row.place.clone();
        return chats.sink.problem(Problem::new(ProblemKind::BadValue, place, "type", expected, &said));
    };
    let transfer = Transfer {
        channel: chats.channel(),
        thread: thread.id,
        from_account: from,
        to_account: to,
        at,
        file_hash: None,
        file_name: name.map(Text::from).or_else(|| path.as_deref().and_then(last_part)),
        file_size: row.integer("filesize").and_then(|size| u64::try_from(size).ok()),
        original_hash: None,
        path: path.map(Text::from),
        place: row.place.clone(),
    };
    chats.sink.row(transfer.into())
}

fn call(database: &Database, owner: &Text, row: &Row<'_>, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    let Some(at) = time(row, "begin_timestamp") else {
        let stamp = row.text("begin_timestamp").unwrap_or_default();
        return chats.sink.problem(no_time(row.place.clone(), "begin_timestamp", &stamp, None));
    };
    let thread = thread(database, row.integer("conv_dbid"))?;
    let host = row.text("host_identity").or_else(|| row.text("partner_handle")).map(Text::from);
    let from = match (row.integer("is_incoming"), host) {
        (Some(0), _) => owner.clone(),
        (_, Some(host)) => host,
        (_, None) => {
            let expected = "host_identity, the account that called";
            let place = row.place.clone();
            return chats.sink.problem(Problem::new(
                ProblemKind::MissingValue,
                place,
                "host_identity",
                expected,
                "",
            ));
        }
    };
    let said = |column: &str| row.text(column).map(|value| format!("{column}={value}"));
    let said: Vec<String> = ["duration", "is_conference"].into_iter().filter_map(said).collect();
    let message = Message {
        channel: chats.channel(),
        thread: thread.id,
        to_account: receiver(&from, owner, thread.other),
        from_account: from,
        at,
        kind: MessageKind::Call,
        text: (!said.is_empty()).then(|| said.join(" ").into()),
        thread_name: thread.name,
        place: row.place.clone(),
    };
    chats.sink.row(message.into())
}

/// A message to a telephone.
fn short_message(owner: &Text, row: &Row<'_>, chats: &mut Chats<'_>) -> Result<(), Refusal> {
    let words = row.text("body");
    let Some(at) = time(row, "timestamp") else {
        let stamp = row.text("timestamp").unwrap_or_default();
        return chats.sink.problem(no_time(row.place.clone(), "timestamp", &stamp, words.as_deref()));
    };
    let numbers = row.text("target_numbers").map(|said| phone(None, &said));
    let message = Message {
        channel: chats.channel(),
        thread: None,
        from_account: owner.clone(),
        to_account: numbers.map(Text::from),
        at,
        kind: MessageKind::Text,
        text: words.map(Text::from),
        thread_name: None,
        place: row.place.clone(),
    };
    chats.sink.row(message.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_of_two_writes_goes_to_the_other() {
        let (owner, other) = (Text::from("anna.example"), Some(Text::from("bruno.example")));
        assert_eq!(receiver("anna.example", &owner, other.clone()), other);
        assert_eq!(receiver("bruno.example", &owner, other), Some(owner.clone()));
        assert_eq!(receiver("bruno.example", &owner, None), None);
    }

    #[test]
    fn a_database_is_known_by_its_tables_or_by_its_name_alone_as_possible() {
        let fit = |name: &str, sql: &str| {
            let mut head = b"SQLite format 3\0".to_vec();
            head.extend_from_slice(sql.as_bytes());
            recognise(&Sample { name, head: &head })
        };
        assert_eq!(fit("a.db", "CREATE TABLE Accounts (id, skypename TEXT)"), Fit::Sure);
        assert_eq!(fit("a.db", "CREATE TABLE Messages (id, body_xml TEXT)"), Fit::Sure);
        assert_eq!(fit("a.db", "CREATE TABLE Contacts (id, name TEXT)"), Fit::No);
        assert_eq!(fit("main.db", ""), Fit::Possible);
        assert_eq!(recognise(&Sample { name: "main.db", head: b"" }), Fit::No);
    }
}
