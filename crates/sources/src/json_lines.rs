//! JSON Lines: one object a line, its values as the text that cells hold.

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};
use tutela_model::place::Spot;
use tutela_model::source::{Input, Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};

use crate::text::{NextLine, TextInput};

/// Most kinds of unknown keys that are told apart; a file with more is not of its format.
const MAX_UNKNOWN: usize = 1_000;

/// What the keys of a file's objects are.
pub(crate) trait Keys {
    /// How many columns there are.
    fn n_columns(&self) -> usize;
    /// What a key is; objects inside an object have their keys joined to its own by points.
    fn key(&self, key: &str) -> Key;
    /// The column's name, for problems.
    fn name(&self, column: usize) -> &str;
    /// The problem that a key is which nobody knows.
    fn unknown(&self, key: &str, place: Spot) -> Problem;
    /// Whether objects inside an object are opened.
    fn opens_objects(&self) -> bool;
}

/// What a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// The name of a column.
    Column(usize),
    /// Of no interest.
    Ignored,
    /// Not known.
    Unknown,
}

/// The cells of an object, by column.
pub(crate) type Cells<'a> = [Option<Cow<'a, str>>];

/// Reads a file's objects. A line that is none becomes a problem; of the others `each` gets the cells and the line.
pub(crate) fn read(
    input: Input,
    encoding: Option<&str>,
    keys: &dyn Keys,
    sink: &mut dyn Sink,
    mut each: impl FnMut(&Cells<'_>, u64, &mut dyn Sink) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut text = TextInput::open(input, encoding, sink)?;
    let mut scratch = String::new();
    let mut met = Met { keys, known: Vec::new(), unknown: Vec::new() };
    loop {
        match text.next_line(&mut scratch, sink)? {
            NextLine::End => return text.finish(sink),
            NextLine::Problem(problem) => {
                sink.record();
                sink.problem(*problem)?;
            }
            NextLine::Line(line, number) => {
                sink.record();
                let place = Spot::Line(number);
                let n_unknown = met.unknown.len();
                let cells = met.object(line, &place);
                for key in &met.unknown[n_unknown..] {
                    sink.problem(keys.unknown(key, place.clone()))?;
                }
                match cells {
                    Ok(cells) => each(&cells, number, sink)?,
                    Err(problem) => sink.problem(*problem)?,
                }
            }
        }
    }
}

/// Whether a file that begins so begins with an object.
pub(crate) fn is_object(head: &[u8]) -> bool {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start().starts_with(b"{")
}

/// The first objects of a text, each as its keys and texts: to recognise a file and to guess at it.
pub(crate) fn first_objects(text: &str, n_lines: usize) -> Vec<Vec<(String, String)>> {
    let lines = text.lines().filter(|line| !line.trim().is_empty()).take(n_lines);
    lines.filter_map(|line| pairs(line).ok()).collect()
}

fn pairs(line: &str) -> Result<Vec<(String, String)>, serde_json::Error> {
    let mut pairs = Vec::new();
    let mut json = serde_json::Deserializer::from_str(line);
    let mut take = |key: &str, value: Value<'_>| {
        let text = match value {
            Value::Text(text) => text.into_owned(),
            Value::Nothing | Value::Many => String::new(),
        };
        pairs.push((key.to_owned(), text));
    };
    Object { prefix: "", opens_objects: true, take: &mut take }.deserialize(&mut json)?;
    json.end()?;
    Ok(pairs)
}

/// The keys met so far.
struct Met<'k> {
    keys: &'k dyn Keys,
    /// The keys of the object before, in its order: most objects of a file have the same.
    known: Vec<(String, Key)>,
    unknown: Vec<String>,
}

impl Met<'_> {
    fn object<'l>(&mut self, line: &'l str, place: &Spot) -> Result<Vec<Option<Cow<'l, str>>>, Box<Problem>> {
        let mut cells: Vec<Option<Cow<'l, str>>> = vec![None; self.keys.n_columns()];
        let mut has_value = vec![false; cells.len()];
        let mut flaw: Option<(usize, ProblemKind, &'static str)> = None;
        let (mut position, opens_objects, n_unknown) = (0, self.keys.opens_objects(), self.unknown.len());
        let mut take = |key: &str, value: Value<'l>| {
            let Key::Column(column) = self.find(position, key) else {
                position += 1;
                return;
            };
            position += 1;
            match value {
                _ if has_value[column] => {
                    flaw.get_or_insert((column, ProblemKind::Malformed, "each key once"));
                }
                Value::Text(text) => (cells[column], has_value[column]) = (Some(text), true),
                Value::Nothing => has_value[column] = true,
                Value::Many => {
                    let expected = "text, a number, true, false or null";
                    flaw.get_or_insert((column, ProblemKind::BadValue, expected));
                }
            }
        };
        let mut json = serde_json::Deserializer::from_str(line);
        let object = Object { prefix: "", opens_objects, take: &mut take };
        if let Err(error) = object.deserialize(&mut json).and_then(|()| json.end()) {
            // What was met in a line that is none counts for nothing.
            self.unknown.truncate(n_unknown);
            self.known.clear();
            let expected = "one JSON object with text, numbers, true, false or null as values";
            let problem = Problem::new(ProblemKind::Malformed, place.clone(), "", expected, line);
            return Err(Box::new(problem.mend(&format!("the JSON reader says: {error}"))));
        }
        match flaw {
            Some((column, kind, expected)) => {
                let name = self.keys.name(column);
                Err(Box::new(Problem::new(kind, place.clone(), name, expected, line)))
            }
            None => Ok(cells),
        }
    }

    fn find(&mut self, position: usize, key: &str) -> Key {
        if let Some((_, found)) = self.known.get(position).filter(|(known, _)| known == key) {
            return *found;
        }
        let found = self.keys.key(key);
        if found == Key::Unknown && self.unknown.len() < MAX_UNKNOWN && !self.unknown.iter().any(|k| k == key)
        {
            self.unknown.push(key.to_owned());
        }
        match self.known.get_mut(position) {
            Some(known) => *known = (key.to_owned(), found),
            None if position < MAX_UNKNOWN => self.known.resize(position + 1, (key.to_owned(), found)),
            None => {}
        }
        found
    }
}

/// What stands under a key.
enum Value<'a> {
    Nothing,
    Text(Cow<'a, str>),
    /// An array, or an object that is not opened.
    Many,
}

/// Takes a key and its value.
type Take<'t, 'de> = &'t mut dyn FnMut(&str, Value<'de>);

/// An object, of which each pair is handed over in its order: a map would lose a key that stands twice.
struct Object<'t, 'de> {
    prefix: &'t str,
    opens_objects: bool,
    take: Take<'t, 'de>,
}

impl<'de> DeserializeSeed<'de> for Object<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Name)? {
            let key = if self.prefix.is_empty() { key } else { format!("{}.{key}", self.prefix).into() };
            map.next_value_seed(Under {
                key: &key,
                opens_objects: self.opens_objects,
                take: &mut *self.take,
            })?;
        }
        Ok(())
    }
}

/// The name of a pair.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

/// The value under a key.
struct Under<'t, 'de> {
    key: &'t str,
    opens_objects: bool,
    take: Take<'t, 'de>,
}

impl<'de> Under<'_, 'de> {
    fn text<E>(self, text: Cow<'de, str>) -> Result<(), E> {
        (self.take)(self.key, Value::Text(text));
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Under<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Under<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<(), E> {
        self.text(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.text(Cow::Owned(text.to_owned()))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.text(Cow::Borrowed(if value { "true" } else { "false" }))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.text(Cow::Owned(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.text(Cow::Owned(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        let number = serde_json::Number::from_f64(number)
            .ok_or_else(|| E::invalid_value(Unexpected::Float(number), &"a finite number"))?;
        self.text(Cow::Owned(number.to_string()))
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        (self.take)(self.key, Value::Nothing);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        (self.take)(self.key, Value::Many);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if self.opens_objects {
            let inside = Object { prefix: self.key, opens_objects: true, take: self.take };
            return inside.visit_map(map);
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        (self.take)(self.key, Value::Many);
        Ok(())
    }
}
