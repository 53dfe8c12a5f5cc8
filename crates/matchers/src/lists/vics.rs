//! Project VIC: JSON of 1.2, 1.3 and 2.0. `value` holds media, or cases that hold them under `Media`.
//!
//! Which of both is told by a key `Media` in the first record, as its place in the file and not the address at its head
//! tells: that address says `#Cases` or `#Media`, and exporters do not keep to it. The region in it (US, UK, CUSTOM)
//! names the scheme of the categories; without one a category is a number that means nothing, and is kept as such.
//!
//! Exporters write flags as true or false or as `"true"` or `"false"`, an unknown category as null, and the file with or
//! without a byte order mark. Names, paths, tags, comments, Exif and pictures are not kept.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use tutela_model::Spot;

use super::ReadError;
use super::gather::Gathered;
use super::icse::yes_or_no;
use super::json::{Broken, Json};
use super::record::{Kind, Note, Problem, Record, Skip, Take};

/// The most bytes of a record. One with a thumbnail has some ten thousand.
const LONGEST: usize = 16 << 20;

/// Reads a list.
pub fn read(bytes: &mut dyn Read, take: &mut dyn Take) -> Result<(), ReadError> {
    let mut json = Json::new(bytes)?;
    if json.peek()? != Some(b'{') {
        return Err(ReadError::OtherLayout {
            layout: "vics",
            expected: "an object with the key value",
            found: json.peek()?.map_or_else(String::new, |byte| char::from(byte).to_string()),
        });
    }
    let read = root(&mut json, take);
    end(&json, read, take)
}

/// What stops the taking apart: the file, or whoever takes the records.
enum Stop {
    Broken(Broken),
    Taken(ReadError),
}

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Broken(Broken::Disk(error))
    }
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        Self::Taken(error)
    }
}

/// Where a file cannot be taken apart any further, the rest of it is one problem.
fn end(json: &Json<'_>, read: Result<(), Stop>, take: &mut dyn Take) -> Result<(), ReadError> {
    let (expected, found) = match read {
        Ok(()) => return Ok(()),
        Err(Stop::Taken(error)) => return Err(error),
        Err(Stop::Broken(Broken::Disk(error))) => return Err(error.into()),
        Err(Stop::Broken(Broken::Cut)) => ("the rest of the record and of the file", "the end of the file"),
        Err(Stop::Broken(Broken::Odd(expected))) => (expected, "something else; nothing behind it is read"),
    };
    let spot = Spot::Byte { byte: json.place(), len: 0 };
    take.problem(Problem::lost(spot, expected, found.as_bytes()))
}

fn root(json: &mut Json<'_>, take: &mut dyn Take) -> Result<(), Stop> {
    json.expect(b'{', "an object")?;
    let mut first = true;
    while let Some(key) = json.key(&mut first)? {
        match key.as_str() {
            "odata.metadata" | "@odata.context" => {
                let mut context = Vec::new();
                json.value(&mut context, 4096)?;
                let context: String = serde_json::from_slice(&context).unwrap_or_default();
                if let Some(region) = region(&context) {
                    take.scheme(&format!("Project VIC {region}"));
                }
            }
            "value" => values(json, take)?,
            _ => json.pass()?,
        }
    }
    match json.peek()? {
        None => Ok(()),
        Some(_) => Err(Broken::Odd("the end of the file").into()),
    }
}

/// The region in an address such as `…/2.0.xml/UK/$metadata#Media`. `Default` is none.
fn region(context: &str) -> Option<&str> {
    let (before, _) = context.split_once("/$metadata")?;
    let (_, region) = before.rsplit_once('/')?;
    (!region.contains('.') && region != "Default" && !region.is_empty()).then_some(region)
}

fn values(json: &mut Json<'_>, take: &mut dyn Take) -> Result<(), Stop> {
    if json.peek()? != Some(b'[') {
        return Ok(json.pass()?);
    }
    json.expect(b'[', "a list")?;
    let mut first = true;
    // Whether records are cases; unknown before the first.
    let mut cases = None;
    let mut record = Vec::new();
    while json.element(&mut first)? {
        if json.peek()? != Some(b'{') || cases == Some(false) {
            media(json, &mut record, take)?;
            continue;
        }
        let is_case = case_or_media(json, take)?;
        cases = cases.or(Some(is_case));
    }
    Ok(())
}

/// Reads a record key by key: the media of a case one by one, the keys of a medium together. Gives whether it is a case.
fn case_or_media(json: &mut Json<'_>, take: &mut dyn Take) -> Result<bool, Stop> {
    json.peek()?;
    let place = json.place();
    json.expect(b'{', "an object")?;
    let mut record = b"{".to_vec();
    let mut is_case = false;
    let mut first = true;
    while let Some(key) = json.key(&mut first)? {
        if key == "Media" && json.peek()? == Some(b'[') {
            is_case = true;
            json.expect(b'[', "a list")?;
            let (mut first, mut record) = (true, Vec::new());
            while json.element(&mut first)? {
                media(json, &mut record, take)?;
            }
            continue;
        }
        if record.len() > 1 {
            record.push(b',');
        }
        record.extend(serde_json::to_vec(&key).unwrap_or_default());
        record.push(b':');
        json.value(&mut record, LONGEST + 1)?;
    }
    if is_case {
        take.record(Record::Skip(Skip::Container))?;
    } else {
        record.push(b'}');
        let len = json.place() - place;
        parse(&record, place, len, take)?;
    }
    Ok(is_case)
}

/// Reads a record into a buffer that the next one takes over.
fn media(json: &mut Json<'_>, record: &mut Vec<u8>, take: &mut dyn Take) -> Result<(), Stop> {
    json.peek()?;
    let place = json.place();
    record.clear();
    let len = json.value(record, LONGEST + 1)?;
    Ok(parse(record, place, len, take)?)
}

/// A record of media, as far as it is kept.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Media<'a> {
    #[serde(rename = "MD5", borrow, default)]
    md5: Said<'a>,
    #[serde(rename = "SHA1", borrow, default)]
    sha1: Said<'a>,
    #[serde(rename = "SHA256", borrow, default)]
    sha256: Said<'a>,
    #[serde(rename = "PhotoDNA", borrow, default)]
    photo_dna: Said<'a>,
    #[serde(borrow, default)]
    alternative_hashes: Option<Vec<Alternative<'a>>>,
    #[serde(borrow, default)]
    category: Said<'a>,
    #[serde(borrow, default)]
    victim_identified: Said<'a>,
    #[serde(borrow, default)]
    offender_identified: Said<'a>,
    #[serde(borrow, default)]
    is_distributed: Said<'a>,
    #[serde(borrow, default)]
    is_suspected: Said<'a>,
    #[serde(borrow, default)]
    self_generated: Said<'a>,
    #[serde(borrow, default)]
    is_precategorized: Said<'a>,
    #[serde(borrow, default)]
    precategorization_source: Said<'a>,
    #[serde(borrow, default)]
    series: Said<'a>,
    #[serde(borrow, default)]
    media_size: Said<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Alternative<'a> {
    #[serde(borrow, default)]
    hash_name: Said<'a>,
    #[serde(borrow, default)]
    hash_value: Said<'a>,
}

fn parse(record: &[u8], byte: u64, len: u64, take: &mut dyn Take) -> Result<(), ReadError> {
    let spot = || Spot::Byte { byte, len };
    if record.len() > LONGEST {
        return take.problem(Problem::lost(spot(), "a record of at most 16 MiB", record));
    }
    match serde_json::from_slice::<Media<'_>>(record) {
        Ok(media) => hand_over(&media, &spot, take),
        // Paths may come in another encoding than the rest; nothing that is kept is lost by that.
        Err(_) => match serde_json::from_str::<Media<'_>>(&String::from_utf8_lossy(record)) {
            Ok(media) => hand_over(&media, &spot, take),
            Err(_) => take.problem(Problem::lost(spot(), "a record of media in well-formed JSON", record)),
        },
    }
}

fn hand_over(media: &Media<'_>, spot: &dyn Fn() -> Spot, take: &mut dyn Take) -> Result<(), ReadError> {
    let mut gathered = Gathered::default();
    for (kind, said) in [(Kind::Md5, &media.md5), (Kind::Sha1, &media.sha1), (Kind::Sha256, &media.sha256)] {
        match said {
            Said::Nothing => {}
            Said::Text(digits) => gathered.hash(kind, digits.as_bytes(), spot),
            other => gathered.wrong(spot(), super::gather::expected(kind), other.text().as_bytes()),
        }
    }
    if !media.photo_dna.text().is_empty() {
        gathered.other(Some(Note::PhotoDna), take);
    }
    for alternative in media.alternative_hashes.iter().flatten() {
        let (name, value) = (alternative.hash_name.text(), alternative.hash_value.text());
        match Kind::of_word(&name) {
            Some(kind) => gathered.hash(kind, value.as_bytes(), spot),
            None if name.eq_ignore_ascii_case("PDQ") => gathered.pdq(value.as_bytes(), spot, take),
            None if name.eq_ignore_ascii_case("PhotoDNA") => gathered.other(Some(Note::PhotoDna), take),
            None => gathered.other(Some(Note::Perceptual), take),
        }
    }
    gathered.size(media.media_size.text().as_bytes(), spot);
    attributes(media, &mut gathered, spot, take);
    take.at(&spot());
    gathered.hand_over(take)
}

fn attributes(media: &Media<'_>, gathered: &mut Gathered, spot: &dyn Fn() -> Spot, take: &mut dyn Take) {
    let flags = [
        &media.victim_identified,
        &media.offender_identified,
        &media.is_distributed,
        &media.is_suspected,
        &media.self_generated,
        &media.is_precategorized,
    ]
    .map(|said| match said {
        Said::Nothing => None,
        Said::Flag(flag) => Some(*flag),
        said => {
            let text = said.text();
            let known = yes_or_no(text.as_bytes());
            if known.is_none() && !text.is_empty() {
                gathered.wrong(spot(), "true or false", text.as_bytes());
            }
            known
        }
    });
    let text = |said: &Said<'_>| Some(said.text().trim().to_owned()).filter(|text| !text.is_empty());
    let attributes = &mut gathered.entry.attributes;
    attributes.category = text(&media.category);
    attributes.series = text(&media.series);
    attributes.contributor = text(&media.precategorization_source);
    [
        attributes.flags.victim_identified,
        attributes.flags.offender_identified,
        attributes.flags.distributed,
        attributes.flags.suspected,
        attributes.flags.self_generated,
        attributes.flags.precategorized,
    ] = flags;
    if attributes.flags.precategorized == Some(true) && attributes.category.is_none() {
        take.note(Note::CategoryMissing);
    }
}

/// A value of which exporters choose the type.
#[derive(Debug, Default)]
enum Said<'a> {
    #[default]
    Nothing,
    Flag(bool),
    Number(String),
    Text(Cow<'a, str>),
    /// An object or a list.
    Other,
}

impl Said<'_> {
    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Nothing => Cow::Borrowed(""),
            Self::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
            Self::Number(text) => Cow::Borrowed(text),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Other => Cow::Borrowed("an object or a list"),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Said<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyType)
    }
}

struct AnyType;

impl<'de> Visitor<'de> for AnyType {
    type Value = Said<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Said<'de>, E> {
        Ok(Said::Nothing)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Said<'de>, E> {
        Ok(Said::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Said<'de>, E> {
        Ok(Said::Number(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Said<'de>, E> {
        Ok(Said::Number(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Said<'de>, E> {
        Ok(Said::Number(number.to_string()))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Said<'de>, E> {
        Ok(Said::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Said<'de>, E> {
        Ok(Said::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Said<'de>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Said::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Said<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Said::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_names_the_scheme_and_default_names_none() {
        let v2 = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/";
        assert_eq!(region(&format!("{v2}UK/$metadata#Media")), Some("UK"));
        assert_eq!(region(&format!("{v2}Default/$metadata#Cases")), None);
        assert_eq!(region("http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Media"), None);
        assert_eq!(region("2.0.xml/$metadata"), None);
    }
}
