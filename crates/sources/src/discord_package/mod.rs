//! The package of their data that Discord gives to users: messages of a channel (JSON, older: CSV), what it says of the
//! channel, and of the account.

mod account;
mod csv;

use std::io::Read as _;

use serde_json::Value;
use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{Message, MessageKind, Problem, ProblemKind, Transfer};
use tutela_model::{Precision, Spot, Text, Time, Zone, ZoneKnown};

use crate::chat::{Chats, SELF, last_part, no_time};

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "discord_package",
    version: 1,
    about: "the data package of a Discord user: messages.json or messages.csv, channel.json, user.json",
    tables: &["message", "transfer", "selector", "connection"],
    recognise,
    read,
};

/// The largest file that is read, in bytes: the messages of one channel.
const FILE_MAX: u64 = 64 << 20;

/// The first line of messages as CSV.
const HEADER: &str = "ID,Timestamp,Contents,Attachments";

/// The file of the same folder that says which channel a file of messages is of.
pub(crate) fn beside(name: &str) -> Option<&'static str> {
    ["messages.json", "messages.csv"].contains(&name).then_some("channel.json")
}

/// The files of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Messages,
    MessagesCsv,
    Channel,
    Account,
}

fn part(name: &str, head: &[u8]) -> Option<(Part, Fit)> {
    let head = String::from_utf8_lossy(head);
    let head = head.trim_start_matches('\u{feff}').trim_start();
    let holds = |key: &str| head.contains(&format!("\"{key}\""));
    match head.chars().next()? {
        'I' if head.lines().next().map(str::trim_end) == Some(HEADER) => Some((Part::MessagesCsv, Fit::Sure)),
        '[' if holds("ID") && holds("Timestamp") && holds("Contents") => Some((Part::Messages, Fit::Sure)),
        '[' if name.eq_ignore_ascii_case("messages.json") => Some((Part::Messages, Fit::Possible)),
        '{' if holds("discriminator") && holds("username") && holds("avatar_hash") => {
            Some((Part::Account, Fit::Sure))
        }
        '{' if name.eq_ignore_ascii_case("channel.json") && holds("id") && holds("type") => {
            Some((Part::Channel, Fit::Possible))
        }
        _ => None,
    }
}

fn recognise(sample: &Sample<'_>) -> Fit {
    part(sample.name, sample.head).map_or(Fit::No, |(_, fit)| fit)
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let name = input.name.clone();
    let (mut input, channel) = {
        let mut input = input;
        let beside = std::mem::take(&mut input.beside).into_iter().find(|file| file.name == "channel.json");
        (input, beside.map(channel).transpose()?.flatten().unwrap_or_default())
    };
    let mut bytes = Vec::new();
    input = match crate::compression::seekable(input)? {
        Ok(input) => input,
        Err(problem) => return alone(problem, sink),
    };
    input.bytes.by_ref().take(FILE_MAX + 1).read_to_end(&mut bytes)?;
    sink.progress(bytes.len() as u64);
    if bytes.len() as u64 > FILE_MAX {
        let place = Spot::Byte { byte: FILE_MAX, len: 1 };
        let expected = format!("at most {FILE_MAX} bytes");
        let problem = Problem::new(ProblemKind::TooLarge, place, "", &expected, &input.len.to_string());
        return alone(problem.mend("cut the file into parts that each are JSON"), sink);
    }
    let mut package = Package { chats: Chats::new("discord", sink), channel };
    match part(&name, &bytes) {
        Some((Part::MessagesCsv, _)) => csv::read(&bytes, &mut package),
        Some((part, _)) => match serde_json::from_slice::<Value>(without_mark(&bytes)) {
            Ok(value) => package.file(part, &value),
            Err(error) => {
                let kind = if error.is_eof() { ProblemKind::Truncated } else { ProblemKind::Malformed };
                let place = Spot::Line(error.line() as u64);
                let problem = Problem::new(kind, place, "", "a JSON document (RFC 8259)", &error.to_string());
                alone(
                    problem.mend("ask for the file as it was issued; nothing of this one is read"),
                    package.chats.sink,
                )
            }
        },
        None => {
            let place = Spot::Byte { byte: 0, len: bytes.len() as u64 };
            let found = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
            let kind = if bytes.is_empty() { ProblemKind::Truncated } else { ProblemKind::Malformed };
            let expected = "messages.json, messages.csv, channel.json or user.json of a package";
            alone(Problem::new(kind, place, "", expected, &found), package.chats.sink)
        }
    }
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)
}

fn alone(problem: Problem, sink: &mut dyn Sink) -> Result<(), Refusal> {
    sink.record();
    sink.problem(problem)
}

/// What a package says of a channel.
#[derive(Default)]
struct Channel {
    id: Option<Text>,
    name: Option<Text>,
}

/// Reads what lies beside the messages. What cannot be read says nothing; it is told where it is read by itself.
fn channel(file: Input) -> Result<Option<Channel>, Refusal> {
    let mut bytes = Vec::new();
    file.bytes.take(FILE_MAX).read_to_end(&mut bytes)?;
    let Ok(value) = serde_json::from_slice::<Value>(without_mark(&bytes)) else { return Ok(None) };
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let guild = text(value.get("guild").and_then(|guild| guild.get("name")));
    let names: Vec<String> = guild.into_iter().chain(text(value.get("name"))).collect();
    let receivers = value.get("recipients").and_then(Value::as_array).into_iter().flatten();
    let receivers: Vec<&str> = receivers.filter_map(Value::as_str).collect();
    let name = match (names.is_empty(), receivers.is_empty()) {
        (false, _) => Some(names.join(" / ")),
        // Which of the two is the owner, the package says elsewhere.
        (true, false) => Some(format!("recipients {}", receivers.join(", "))),
        (true, true) => None,
    };
    Ok(Some(Channel { id: text(value.get("id")).map(Text::from), name: name.map(Text::from) }))
}

/// The way from a package's files into rows.
struct Package<'a> {
    chats: Chats<'a>,
    channel: Channel,
}

/// A message as a file has it.
struct Said<'v> {
    id: Option<String>,
    stamp: Option<String>,
    contents: Option<String>,
    /// Addresses of files, each with its place.
    attachments: Vec<(&'v str, Spot)>,
    place: Spot,
}

/// Keys of a message.
const KNOWN: &[&str] = &["ID", "Timestamp", "Contents", "Attachments"];

impl Package<'_> {
    fn file(&mut self, part: Part, value: &Value) -> Result<(), Refusal> {
        match (part, value) {
            (Part::Messages, Value::Array(messages)) => {
                self.note();
                for (idx, message) in messages.iter().enumerate() {
                    self.chats.sink.record();
                    self.object(message, &format!("/{idx}"))?;
                }
                Ok(())
            }
            (Part::Account, Value::Object(_)) => account::read(value, &mut self.chats),
            (Part::Channel, Value::Object(_)) => {
                self.chats.sink.record();
                let place = Spot::Pointer("".into());
                self.chats.sink.skip(&place, "what is said of a channel; its messages are filed with it");
                Ok(())
            }
            _ => {
                let place = Spot::Pointer("".into());
                let expected = "a list of messages, or an object";
                alone(
                    Problem::new(ProblemKind::Malformed, place, "", expected, &value.to_string()),
                    self.chats.sink,
                )
            }
        }
    }

    fn note(&mut self) {
        let owner = "the account whose package this is is written as self: its number stands in user.json";
        self.chats.sink.note("owner", owner);
        match &self.channel.id {
            Some(id) => self.chats.sink.note("channel", id),
            None => {
                self.chats.sink.note("channel", "not said: channel.json was not received beside the messages")
            }
        }
    }

    fn object(&mut self, value: &Value, pointer: &str) -> Result<(), Refusal> {
        let place = Spot::Pointer(pointer.into());
        let Some(object) = value.as_object() else {
            let found = value.to_string();
            let problem = Problem::new(ProblemKind::Malformed, place, "", "a message as an object", &found);
            return self.chats.sink.problem(problem);
        };
        for key in object.keys().filter(|key| !KNOWN.contains(&key.as_str())) {
            let place = Spot::Pointer(format!("{pointer}/{key}").into());
            let expected = "a key of a message that the reader knows; this one is not read";
            self.chats.once(key, Problem::new(ProblemKind::UnknownElement, place, key, expected, key))?;
        }
        let text = |key: &str| match value.get(key) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let attachments = value.get("Attachments").and_then(Value::as_str).unwrap_or_default();
        let part = |at: usize, len: usize| {
            // RFC 5147: places in a text are counted in characters.
            let from = attachments[..at].chars().count();
            let to = from + attachments[at..at + len].chars().count();
            Spot::Pointer(format!("{pointer}/Attachments#char={from},{to}").into())
        };
        let addresses = addresses(attachments).map(|(at, address)| (address, part(at, address.len())));
        self.message(&Said {
            id: text("ID"),
            stamp: text("Timestamp"),
            contents: text("Contents"),
            attachments: addresses.collect(),
            place,
        })
    }

    /// Files a message, and each file that came with it.
    fn message(&mut self, said: &Said<'_>) -> Result<(), Refusal> {
        let words = said.contents.clone().filter(|words| !words.trim().is_empty());
        let at = match time(said) {
            Ok((at, None)) => at,
            Ok((at, Some(problem))) => {
                self.chats.sink.problem(problem)?;
                at
            }
            Err(problem) => return self.chats.sink.problem(*problem),
        };
        let message = Message {
            channel: self.chats.channel(),
            thread: self.channel.id.clone(),
            from_account: SELF.into(),
            to_account: None,
            at: at.clone(),
            kind: if said.attachments.is_empty() { MessageKind::Text } else { MessageKind::File },
            text: words.map(Text::from),
            thread_name: self.channel.name.clone(),
            place: said.place.clone(),
        };
        self.chats.sink.row(message.into())?;
        for (address, place) in &said.attachments {
            let transfer = Transfer {
                channel: self.chats.channel(),
                thread: self.channel.id.clone(),
                from_account: SELF.into(),
                to_account: None,
                at: at.clone(),
                file_hash: None,
                file_name: last_part(address),
                file_size: None,
                original_hash: None,
                path: Some((*address).into()),
                place: place.clone(),
            };
            self.chats.sink.row(transfer.into())?;
        }
        Ok(())
    }
}

/// The addresses in a text that holds nothing else, with the byte that each begins at.
fn addresses(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let start = text.as_ptr() as usize;
    text.split([' ', '\n', '\r', '\t'])
        .filter(|part| !part.is_empty())
        .map(move |part| (part.as_ptr() as usize - start, part))
}

/// Milliseconds from 1970 to 2015, where the service's numbers begin to count.
const FIRST_ID_MS: i64 = 1_420_070_400_000;

/// The instant that a message's number was given at: the service counts milliseconds in it, in UTC.
fn time_of_id(id: &str) -> Option<Time> {
    let number = id.trim().parse::<u64>().ok().filter(|number| *number >= 1 << 22)?;
    let at_ms = i64::try_from(number >> 22).ok()?.checked_add(FIRST_ID_MS)?;
    Time::from_epoch_us(at_ms.checked_mul(1000)?, Precision::Millisecond, id.trim()).ok()
}

/// When a message was sent: as the file writes it. Newer files write no zone, and the message's own number tells
/// whether what they write is UTC.
fn time(said: &Said<'_>) -> Result<(Time, Option<Problem>), Box<Problem>> {
    let stamp = said.stamp.as_deref().unwrap_or_default().trim();
    let of_id = said.id.as_deref().and_then(time_of_id);
    if let Ok(time) = Time::parse(stamp, None) {
        return Ok((time, None));
    }
    let flaw = |kind, expected: &str| Problem::new(kind, said.place.clone(), "Timestamp", expected, stamp);
    match (Time::parse(stamp, Some(&Zone::utc())), of_id) {
        (Ok(time), Some(of_id)) if (time.at_us - of_id.at_us).abs() < 2_000_000 => {
            Ok((Time { zone: ZoneKnown::InFormat, ..time }, None))
        }
        (_, Some(of_id)) => {
            let expected = format!("the instant in UTC that the message's number says: {of_id}");
            let problem = flaw(ProblemKind::Contradiction, &expected);
            Ok((of_id, Some(problem.mend("the row has the instant of the number"))))
        }
        (_, None) => Err(Box::new(no_time(said.place.clone(), "Timestamp", stamp, said.contents.as_deref()))),
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn the_files_of_a_package_are_known_by_what_they_hold() {
        for (name, head, expected) in [
            ("a.json", r#"[{"ID": 1, "Timestamp": "x", "Contents": ""}]"#, Some((Part::Messages, Fit::Sure))),
            ("a.csv", "ID,Timestamp,Contents,Attachments\r\n1,", Some((Part::MessagesCsv, Fit::Sure))),
            ("messages.json", "[]", Some((Part::Messages, Fit::Possible))),
            ("channel.json", r#"{"id": "1", "type": 1}"#, Some((Part::Channel, Fit::Possible))),
            ("a.json", r#"{"id": "1", "type": 1}"#, None),
            (
                "u.json",
                r#"{"username":"x","discriminator":0,"avatar_hash":null}"#,
                Some((Part::Account, Fit::Sure)),
            ),
            ("a.csv", "ID,Time\n", None),
            ("empty.json", "", None),
        ] {
            assert_eq!(part(name, head.as_bytes()), expected, "{name} {head}");
        }
    }

    #[test]
    fn a_time_without_a_zone_counts_only_as_far_as_the_messages_number_agrees() {
        // The number of a message of 1 March 2026, 20:00:00.250 UTC.
        let id = ((1_772_395_200_250_u64 - FIRST_ID_MS as u64) << 22).to_string();
        let read = |id: Option<&str>, stamp: &str| {
            let place = Spot::Line(1);
            let said = Said {
                id: id.map(str::to_owned),
                stamp: Some(stamp.to_owned()),
                contents: None,
                attachments: Vec::new(),
                place,
            };
            match time(&said) {
                Ok((time, problem)) => {
                    let told = problem.map_or("", |problem| problem.kind.word());
                    format!("{time} {} {} {told}", time.precision.word(), time.zone.word())
                        .trim_end()
                        .to_owned()
                }
                Err(problem) => problem.kind.word().to_owned(),
            }
        };
        let id = Some(id.as_str());
        assert_eq!(read(id, "2026-03-01 20:00:00"), "2026-03-01T20:00:00Z second in_format");
        assert_eq!(
            read(id, "2026-03-01 21:00:00"),
            "2026-03-01T20:00:00.25Z millisecond in_format contradiction"
        );
        assert_eq!(
            read(None, "2026-03-01 20:00:00.250000+00:00"),
            "2026-03-01T20:00:00.25Z microsecond in_record"
        );
        assert_eq!(read(None, "2026-03-01 20:00:00"), "bad_value");
        assert_eq!(read(Some("x"), ""), "bad_value");
    }
}
