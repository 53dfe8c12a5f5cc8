//! An export as it comes: its parts one after the other, and of the chats one message at a time.

use std::fmt;
use std::io::{self, BufReader, Read};

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use tutela_model::Text;
use tutela_model::source::Refusal;
use tutela_model::tables::{Problem, ProblemKind};

use super::{Export, PARTS, PASSED, spot};
use crate::metered::{CHUNK, Meter, Metered};

/// The largest part that is held in memory: a message, a list of contacts or sessions.
const PART_MAX: u64 = 64 << 20;

/// What a chat says of itself before its messages.
#[derive(Default)]
pub(super) struct Chat {
    pub id: Option<Text>,
    pub name: Option<Text>,
    pub kind: Option<Text>,
}

/// Reads an export. What stands before a flaw is read, and the flaw is a problem at its part.
pub(super) fn read(bytes: &mut dyn Read, export: &mut Export<'_>) -> Result<(), Refusal> {
    let mut bytes = BufReader::with_capacity(CHUNK, bytes);
    skip_mark(&mut bytes)?;
    let metered = Metered::new(&mut bytes, PART_MAX);
    let mut walk = Walk { export, meter: metered.meter(), failed: None, at: String::new() };
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(CHUNK, metered));
    let top = Object { walk: &mut walk, pointer: String::new(), is_top: true };
    let ended = top.deserialize(&mut json).and_then(|()| json.end());
    let Walk { failed, at, .. } = walk;
    match (failed, ended) {
        (Some(refusal), _) => Err(refusal),
        (None, Ok(())) => Ok(()),
        (None, Err(error)) if error.is_io() && error.io_error_kind() != Some(io::ErrorKind::FileTooLarge) => {
            Err(io::Error::from(error).into())
        }
        (None, Err(error)) => {
            let kind = match error.io_error_kind() {
                Some(_) => ProblemKind::TooLarge,
                None if error.is_eof() => ProblemKind::Truncated,
                None => ProblemKind::Malformed,
            };
            let expected = "the export in JSON (RFC 8259), as Telegram Desktop writes it";
            let problem = Problem::new(kind, spot(&at), "", expected, &error.to_string());
            export.chats.sink.record();
            export
                .chats
                .sink
                .problem(problem.mend("what stands before this place was read; ask for the whole file"))
        }
    }
}

/// A byte order mark is no JSON.
fn skip_mark(bytes: &mut BufReader<&mut dyn Read>) -> Result<(), Refusal> {
    use std::io::BufRead as _;
    if bytes.fill_buf()?.starts_with("\u{feff}".as_bytes()) {
        bytes.consume(3);
    }
    Ok(())
}

struct Walk<'w, 'a> {
    export: &'w mut Export<'a>,
    meter: Meter,
    failed: Option<Refusal>,
    /// The part that is being read.
    at: String,
}

impl Walk<'_, '_> {
    /// Keeps a refusal, which no error of JSON can carry.
    fn done<E: serde::de::Error>(&mut self, result: Result<(), Refusal>) -> Result<(), E> {
        result.map_err(|refusal| {
            self.failed = Some(refusal);
            E::custom("the import has ended")
        })
    }

    fn begin(&mut self, pointer: &str) {
        self.meter.next();
        self.at.clear();
        self.at.push_str(pointer);
    }
}

/// The whole export, or a chat in it: both may have messages.
struct Object<'v, 'w, 'a> {
    walk: &'v mut Walk<'w, 'a>,
    pointer: String,
    is_top: bool,
}

impl<'de> DeserializeSeed<'de> for Object<'_, '_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an export or chat as an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { walk, pointer, is_top } = self;
        let mut chat = Chat::default();
        while let Some(key) = map.next_key::<String>()? {
            let pointer = format!("{pointer}/{key}");
            walk.begin(&pointer);
            match key.as_str() {
                "messages" => map.next_value_seed(Items { walk, pointer, chat: Some(&chat) })?,
                "chats" | "left_chats" if is_top => map.next_value_seed(Chats { walk, pointer })?,
                "name" | "type" | "id" => {
                    let value = map.next_value::<Value>()?;
                    let said = match &value {
                        Value::String(text) => Some(text.as_str().into()),
                        Value::Number(number) => Some(number.to_string().into()),
                        _ => None,
                    };
                    match key.as_str() {
                        "name" => chat.name = said,
                        "type" => chat.kind = said,
                        _ => chat.id = said,
                    }
                }
                key if is_top && PARTS.contains(&key) => {
                    let value = map.next_value::<Value>()?;
                    let filed = walk.export.part(key, &value, &pointer);
                    walk.done(filed)?;
                }
                key => {
                    map.next_value::<IgnoredAny>()?;
                    let passed = passed(walk, key, &pointer);
                    walk.done(passed)?;
                }
            }
        }
        Ok(())
    }
}

/// A part that is not read: declared, or unknown and told.
fn passed(walk: &mut Walk<'_, '_>, key: &str, pointer: &str) -> Result<(), Refusal> {
    let sink = &mut walk.export.chats.sink;
    sink.record();
    if PASSED.contains(&key) {
        sink.skip(&spot(pointer), "a part that the README names");
        return Ok(());
    }
    let expected = "a part of an export that the reader knows; this one is not read";
    sink.problem(Problem::new(ProblemKind::UnknownElement, spot(pointer), key, expected, key))
}

/// `{"about": …, "list": […]}`.
struct Chats<'v, 'w, 'a> {
    walk: &'v mut Walk<'w, 'a>,
    pointer: String,
}

impl<'de> DeserializeSeed<'de> for Chats<'_, '_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Chats<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a list of chats")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { walk, pointer } = self;
        while let Some(key) = map.next_key::<String>()? {
            let pointer = format!("{pointer}/{key}");
            walk.begin(&pointer);
            if key == "list" {
                map.next_value_seed(Items { walk, pointer, chat: None })?;
            } else {
                map.next_value::<IgnoredAny>()?;
                let passed = passed(walk, &key, &pointer);
                walk.done(passed)?;
            }
        }
        Ok(())
    }
}

/// The messages of a chat, or where none is given, the chats of a list.
struct Items<'v, 'w, 'a> {
    walk: &'v mut Walk<'w, 'a>,
    pointer: String,
    chat: Option<&'v Chat>,
}

impl<'de> DeserializeSeed<'de> for Items<'_, '_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of messages or chats")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Self { walk, pointer, chat } = self;
        for idx in 0_u64.. {
            let pointer = format!("{pointer}/{idx}");
            walk.begin(&pointer);
            let Some(chat) = chat else {
                let next = Object { walk, pointer, is_top: false };
                if items.next_element_seed(next)?.is_none() {
                    return Ok(());
                }
                continue;
            };
            let Some(value) = items.next_element::<Value>()? else { return Ok(()) };
            walk.export.chats.sink.record();
            let filed = walk.export.message(&value, chat, &pointer);
            walk.done(filed)?;
            if idx % 1024 == 0 {
                walk.export.chats.sink.progress(walk.meter.n_read());
            }
        }
        Err(A::Error::custom("a list without an end"))
    }
}
