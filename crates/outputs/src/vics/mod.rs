//! Media of exhibits for the laboratory's viewer and other tools: Project VIC's data model 2.0 (VICS) as JSON, and the
//! same as CSV. Hashes, names, times and categories; never a picture, and no perceptual hash, which can be turned back into
//! a rough one.
//!
//! A category is a number of one scale, which the model does not name: only grades of the scheme that was asked for are
//! written as such, and what is no number of it is written among the tags. A statement that nobody made is left out,
//! because an absent flag is unknown and `false` would be a statement.

use serde::Serialize;
use tutela_model::Digest;

use crate::leads_csv::safe;

/// Media of an operation.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    /// The operation's identity, from which the case's GUID is made.
    pub operation: String,
    /// Its title, as the case's number.
    pub title: String,
    /// The scale of the categories, as the model's context names it: `Default`, `US`, `UK`, `CUSTOM`.
    pub scale: String,
    /// The program and its version.
    pub made_with: (String, String),
    /// The media, each once, by MD5.
    pub media: Vec<Medium>,
}

/// A medium: bytes that are the same in all places where they were found.
#[derive(Clone, Debug, Default)]
pub struct Medium {
    /// MD5, hexadecimal: the key of the model.
    pub md5: String,
    /// SHA-1, hexadecimal.
    pub sha1: Option<String>,
    /// SHA-256, hexadecimal.
    pub sha256: Option<String>,
    /// Size in bytes.
    pub size: Option<u64>,
    /// Its kind, as its content or else its name says.
    pub mime: Option<String>,
    /// The category that counts, in the words of its scheme: the one scheme that the collection is written in.
    pub category: Option<String>,
    /// The scheme.
    pub scheme: Option<String>,
    /// The series.
    pub series: Option<String>,
    /// Lists that have it, as `list version: category`.
    pub lists: Vec<String>,
    /// What its camera wrote: names and values.
    pub exif: Vec<(String, String)>,
    /// Where it was found.
    pub places: Vec<Place>,
}

/// A place where a medium was found.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The exhibit.
    pub exhibit: String,
    /// The path on it, with `/`.
    pub path: String,
    /// When it was made there, RFC 3339.
    pub created: Option<String>,
    /// When it was last written.
    pub written: Option<String>,
    /// When it was last read.
    pub accessed: Option<String>,
    /// Whether the file system says that it was deleted.
    pub deleted: bool,
    /// Whether no folder names it any more.
    pub orphan: bool,
}

/// What the JSON is: a case with its media, or media alone, as some programs import them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `#Cases`: a case, its media inside.
    Case,
    /// `#Media`: the media themselves.
    Media,
}

#[derive(Serialize)]
struct Document<V> {
    #[serde(rename = "@odata.context")]
    context: String,
    value: Vec<V>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CaseOut<'a> {
    #[serde(rename = "CaseID")]
    id: String,
    case_number: &'a str,
    source_application_name: &'a str,
    source_application_version: &'a str,
    /// Distinct media, not files.
    total_media_files: usize,
    media: Vec<MediumOut<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MediumOut<'a> {
    #[serde(rename = "MediaID")]
    id: usize,
    category: Option<i64>,
    #[serde(rename = "MD5")]
    md5: String,
    #[serde(rename = "SHA1", skip_serializing_if = "Option::is_none")]
    sha1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<&'a str>,
    #[serde(skip_serializing_if = "String::is_empty")]
    tags: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exifs: Vec<Property<'a>>,
    media_files: Vec<PlaceOut<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Property<'a> {
    property_name: &'a str,
    property_value: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PlaceOut<'a> {
    #[serde(rename = "MD5")]
    md5: String,
    file_name: &'a str,
    file_path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accessed: Option<&'a str>,
    unallocated: bool,
    deleted: bool,
    #[serde(rename = "SourceID")]
    source: &'a str,
}

/// The collection as VICS 2.0.
///
/// # Panics
/// Never: texts and numbers always have a JSON form.
#[must_use]
pub fn vics(collection: &Collection, form: Form) -> Vec<u8> {
    let media: Vec<MediumOut<'_>> =
        (1..).zip(&collection.media).map(|(id, medium)| medium_out(id, medium)).collect();
    let mut bytes = match form {
        Form::Media => serde_json::to_vec(&Document { context: context(collection, "Media"), value: media }),
        Form::Case => {
            let case = CaseOut {
                id: guid(&collection.operation),
                case_number: &collection.title,
                source_application_name: &collection.made_with.0,
                source_application_version: &collection.made_with.1,
                total_media_files: media.len(),
                media,
            };
            serde_json::to_vec(&Document { context: context(collection, "Cases"), value: vec![case] })
        }
    }
    .expect("texts and numbers have a JSON form");
    bytes.push(b'\n');
    bytes
}

fn context(collection: &Collection, of: &str) -> String {
    let scale = &collection.scale;
    format!("http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/{scale}/$metadata#{of}")
}

fn medium_out(id: usize, medium: &Medium) -> MediumOut<'_> {
    let category = medium.category.as_ref().and_then(|category| category.parse().ok());
    let unnumbered = medium.category.as_ref().filter(|_| category.is_none());
    let graded =
        unnumbered.map(|category| format!("{}: {category}", medium.scheme.as_deref().unwrap_or_default()));
    MediumOut {
        id,
        category,
        md5: medium.md5.to_ascii_uppercase(),
        sha1: medium.sha1.as_ref().map(|sha1| sha1.to_ascii_uppercase()),
        series: medium.series.as_deref(),
        tags: graded.iter().chain(&medium.lists).cloned().collect::<Vec<_>>().join("; "),
        media_size: medium.size,
        mime_type: medium.mime.as_deref(),
        exifs: medium
            .exif
            .iter()
            .map(|(name, value)| Property { property_name: name, property_value: value })
            .collect(),
        media_files: medium.places.iter().map(|place| place_out(place, medium)).collect(),
    }
}

fn place_out<'a>(place: &'a Place, medium: &Medium) -> PlaceOut<'a> {
    let (folder, name) = place.path.rsplit_once('/').unwrap_or(("", &place.path));
    PlaceOut {
        md5: medium.md5.to_ascii_uppercase(),
        file_name: name,
        file_path: folder.replace('/', "\\"),
        created: place.created.as_deref(),
        written: place.written.as_deref(),
        accessed: place.accessed.as_deref(),
        unallocated: place.orphan,
        deleted: place.deleted || place.orphan,
        source: &place.exhibit,
    }
}

/// A GUID that is always the same for an operation: a UUID of version 8 (RFC 9562, section 5.8) of its digest.
fn guid(operation: &str) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Digest::of(operation.as_bytes()).0[..16]);
    bytes[6] = bytes[6] & 0x0F | 0x80;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// The collection as CSV (RFC 4180), a place a line.
///
/// # Panics
/// Never: memory takes all that is written.
#[must_use]
pub fn media_csv(collection: &Collection) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let mut write = |cells: &[String]| csv.write_record(cells).expect("memory takes what is written");
    let heading = "exhibit path size mime md5 sha1 sha256 scheme category series lists created written accessed deleted";
    write(&heading.split(' ').map(str::to_owned).collect::<Vec<_>>());
    for medium in &collection.media {
        for place in &medium.places {
            let said = |text: &Option<String>| safe(text.as_deref().unwrap_or_default());
            write(&[
                safe(&place.exhibit),
                safe(&place.path),
                medium.size.map(|size| size.to_string()).unwrap_or_default(),
                said(&medium.mime),
                medium.md5.clone(),
                said(&medium.sha1),
                said(&medium.sha256),
                said(&medium.scheme),
                said(&medium.category),
                said(&medium.series),
                safe(&medium.lists.join("; ")),
                said(&place.created),
                said(&place.written),
                said(&place.accessed),
                (place.deleted || place.orphan).to_string(),
            ]);
        }
    }
    csv.into_inner().expect("memory takes what is written")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::example::golden;

    fn collection() -> Collection {
        let place = |exhibit: &str, path: &str, deleted| Place {
            exhibit: exhibit.to_owned(),
            path: path.to_owned(),
            created: Some("2026-03-01T20:00:00Z".to_owned()),
            deleted,
            ..Place::default()
        };
        let graded = Medium {
            md5: "9e107d9d372bb6826bd81d3542a419d6".to_owned(),
            sha1: Some("2fd4e1c67a2d28fced849ee1bb76e7391b93eb12".to_owned()),
            size: Some(43),
            mime: Some("image/jpeg".to_owned()),
            category: Some("2".to_owned()),
            scheme: Some("made-up scale".to_owned()),
            series: Some("made-up series".to_owned()),
            lists: vec!["made-up list 7: B".to_owned()],
            exif: vec![("Model".to_owned(), "Camera 1".to_owned())],
            places: vec![place("7", "volume-1/DCIM/shape 1.jpg", false), place("8", "=shape.jpg", true)],
            ..Medium::default()
        };
        let other = Medium {
            md5: "e4d909c290d0fb1ca068ffaddf22cbd0".to_owned(),
            category: Some("B".to_owned()),
            scheme: Some("made-up scale".to_owned()),
            places: vec![place("7", "shape 2.png", false)],
            ..Medium::default()
        };
        Collection {
            operation: "made-up".to_owned(),
            title: "Made-up operation".to_owned(),
            scale: "CUSTOM".to_owned(),
            made_with: ("tutela".to_owned(), "0".to_owned()),
            media: vec![graded, other],
        }
    }

    #[test]
    fn a_collection_is_written_in_both_forms_and_as_csv() {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let collection = collection();
        golden("src/vics/cases.golden", include_str!("cases.golden"), &text(vics(&collection, Form::Case)));
        golden("src/vics/media.golden", include_str!("media.golden"), &text(vics(&collection, Form::Media)));
        golden("src/vics/csv.golden", include_str!("csv.golden"), &text(media_csv(&collection)));
    }

    /// Context first, then the values: a common reader takes no other order.
    #[test]
    fn the_context_comes_first_and_says_what_the_values_are() {
        for (form, ending) in [(Form::Case, "$metadata#Cases"), (Form::Media, "$metadata#Media")] {
            let bytes = vics(&collection(), form);
            assert!(bytes.starts_with(b"{\"@odata.context\":"));
            let document: Value = serde_json::from_slice(&bytes).expect("JSON");
            assert!(document["@odata.context"].as_str().expect("a text").ends_with(ending));
            let is_case = document["value"][0].get("Media").is_some();
            assert_eq!(is_case, form == Form::Case);
        }
    }

    /// A category that is no number is no number of the scale; what nobody stated is not `false`.
    #[test]
    fn nothing_is_stated_that_nobody_stated() {
        let document: Value = serde_json::from_slice(&vics(&collection(), Form::Media)).expect("JSON");
        let other = &document["value"][1];
        assert_eq!(other["Category"], Value::Null);
        assert_eq!(other["Tags"], "made-up scale: B");
        for flag in ["VictimIdentified", "OffenderIdentified", "IsDistributed", "SHA1"] {
            assert_eq!(other.get(flag), None);
        }
    }
}
