//! What a picture states of its camera, time and place (EXIF 2.32), without decoding it.
//!
//! All of it can be written by anybody with any program: it is what the file states, nothing more.

use std::io::Cursor;

use exif::{Exif, In, Rational, Reader, Tag, Value};
use tutela_model::time::NotATime;
use tutela_model::{Time, Zone};

/// What a picture states. Texts are as they stand in it, without the blanks and zeros at their end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The camera's maker and model.
    pub camera: Option<String>,
    /// The camera's serial number.
    pub camera_serial: Option<String>,
    /// When it was taken, as written (`2026:03:01 20:00:00`, with fraction and offset where they stand in fields of their
    /// own).
    pub taken_said: Option<String>,
    /// Latitude and longitude in degrees, north and east positive: `45.4642,9.19`.
    pub position: Option<String>,
    /// How the picture asks to be turned when it is shown, 1 to 8; other numbers as they stand.
    pub orientation: Option<u32>,
}

/// The most characters of a text that are kept.
const CHARACTERS: usize = 200;

/// The camera's serial number in pictures of the kind DNG (DNG 1.6, tag 50735).
const DNG_SERIAL: Tag = Tag(exif::Context::Tiff, 0xc62f);

impl Facts {
    /// When it was taken, as an instant. Most cameras write no zone: then it is the zone that an officer declares, and
    /// without one there is no instant.
    ///
    /// # Errors
    /// None of the forms that EXIF allows, or no zone.
    pub fn taken(&self, zone: Option<&Zone>) -> Option<Result<Time, NotATime>> {
        let said = self.taken_said.as_deref()?;
        let plain = said.replacen(':', "-", 2);
        Some(Time::parse(&plain, zone).map(|time| Time { said: said.into(), ..time }))
    }
}

pub(super) fn facts(bytes: &[u8]) -> Facts {
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    let read = reader.read_from_container(&mut Cursor::new(bytes));
    let Ok(exif) = read.or_else(|error| error.distill_partial_result(|_| {})) else {
        return Facts::default();
    };
    let camera = [Tag::Make, Tag::Model].iter().filter_map(|tag| text(&exif, *tag)).collect::<Vec<_>>();
    Facts {
        camera: (!camera.is_empty()).then(|| camera.join(" ")),
        camera_serial: text(&exif, Tag::BodySerialNumber).or_else(|| text(&exif, DNG_SERIAL)),
        taken_said: taken(&exif),
        position: position(&exif),
        orientation: exif.get_field(Tag::Orientation, In::PRIMARY).and_then(|field| field.value.get_uint(0)),
    }
}

fn text(exif: &Exif, tag: Tag) -> Option<String> {
    let Value::Ascii(lines) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let text = String::from_utf8_lossy(lines.first()?);
    let text: String = text.trim_matches(['\0', ' ']).chars().take(CHARACTERS).collect();
    (!text.is_empty()).then_some(text)
}

fn taken(exif: &Exif) -> Option<String> {
    let time = text(exif, Tag::DateTimeOriginal)?;
    // A camera whose clock was never set writes blanks or zeros.
    if !time.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        return None;
    }
    let fraction = text(exif, Tag::SubSecTimeOriginal).map(|digits| format!(".{digits}"));
    let offset = text(exif, Tag::OffsetTimeOriginal);
    Some(time + &fraction.unwrap_or_default() + &offset.unwrap_or_default())
}

fn position(exif: &Exif) -> Option<String> {
    let latitude = degrees(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, ('N', 'S'), 90)?;
    let longitude = degrees(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, ('E', 'W'), 180)?;
    Some(format!("{latitude},{longitude}"))
}

/// Degrees, minutes and seconds to decimal degrees with six places, which is a tenth of a metre.
fn degrees(exif: &Exif, tag: Tag, side: Tag, (plus, minus): (char, char), most: u64) -> Option<String> {
    let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let negative = match text(exif, side)?.chars().next() {
        Some(c) if c == plus => false,
        Some(c) if c == minus => true,
        _ => return None,
    };
    // In millionths of a degree, each part rounded by itself.
    let part = |part: &Rational, parts_a_degree: u64| {
        let denominator = u64::from(part.denom).checked_mul(parts_a_degree)?;
        (u64::from(part.num) * 1_000_000 + denominator / 2).checked_div(denominator)
    };
    let mut millionths = part(parts.first()?, 1)?;
    for (idx, parts_a_degree) in [(1, 60), (2, 3600)] {
        millionths += parts.get(idx).map_or(Some(0), |of| part(of, parts_a_degree))?;
    }
    if millionths > most * 1_000_000 {
        return None;
    }
    let sign = if negative && millionths > 0 { "-" } else { "" };
    let decimals = format!("{:06}", millionths % 1_000_000);
    let decimals = decimals.trim_end_matches('0');
    let point = if decimals.is_empty() { "" } else { "." };
    Some(format!("{sign}{}{point}{decimals}", millionths / 1_000_000))
}
