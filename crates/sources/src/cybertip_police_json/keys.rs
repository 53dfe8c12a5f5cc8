//! Which keys the shape has, so that all others are noticed and kept.

use serde_json::{Map, Value};
use tutela_model::Spot;
use tutela_model::source::Refusal;

use crate::cybertip::Filing;

/// Keys by the key of the object that they stand in; list items stand in the key of their list, and where a wrapper may
/// be left out, both have the keys of both. An object of another key has a value and whether it was checked.
static KEYS: &[(&[&str], &[&str])] = &[
    (&[""], &["reportId", "dateReceived", "reportedInformation"]),
    (
        &["reportedInformation"],
        &[
            "reportingEsp",
            "incidentSummary",
            "incidentDetails",
            "reportedPeople",
            "intendedRecipients",
            "uploadedFiles",
            "additionalInformations",
        ],
    ),
    (&["reportingEsp"], &["espName", "firstName", "lastName", "emails", "phones"]),
    (&["incidentSummary"], &["incidentType", "incidentDateTime", "incidentDateTimeDescription"]),
    (&["incidentDetails"], &["webpageIncident", "emailIncident"]),
    (&["webpageIncident"], &["sourceInformation", "additionalInformations"]),
    (&["emailIncident"], &["contents", "sourceInformation", "additionalInformations"]),
    (&["reportedPeople"], &["reportedPersons"]),
    (&["intendedRecipients"], PERSON_KEYS),
    (&["reportedPersons"], PERSON_KEYS),
    (&["emails"], &["emails", "value", "verified"]),
    (&["phones"], &["phones", "value", "verified"]),
    (&["addresses"], &["addresses", "street1", "street2", "city", "state", "postalCode", "country"]),
    (
        &["sourceInformation", "sourceCaptures"],
        &["sourceCaptures", "captureType", "value", "port", "eventName", "dateTime", "possibleProxy"],
    ),
    (
        &["uploadedFiles"],
        &[
            "uploadedFiles",
            "filename",
            "originalFilename",
            "submittalId",
            "verificationHash",
            "viewedByEsp",
            "publiclyAvailable",
            "industryClassification",
            "sourceInformation",
            "ncmecTags",
            "espMetadata",
            "additionalInformations",
        ],
    ),
    (&["ncmecTags", "groups", "tags"], &["groups", "tags", "value"]),
    (&["espMetadata", "metadatas"], &["metadatas", "name", "value"]),
];

/// A person's keys, and those that lists of people are wrapped in.
pub(super) const PERSON_KEYS: &[&str] = &[
    "intendedRecipients",
    "reportedPersons",
    "firstName",
    "middleName",
    "lastName",
    "preferredName",
    "dateOfBirth",
    "approximateAge",
    "gender",
    "espService",
    "espUserId",
    "ipAddress",
    "screenName",
    "emails",
    "phones",
    "addresses",
    "accessToChildVictim",
    "accessToChildren",
    "accessToFirearms",
    "convictedSexOffender",
    "relationshipToChildVictim",
    "vehicleDescription",
    "vehicleTagNumber",
    "occupation",
    "additionalContactInformation",
    "sourceInformation",
    "additionalInformations",
    "languages",
    "races",
    "disabilities",
    "additionalDisabilityInformation",
];

fn keys_of(key: &str) -> &'static [&'static str] {
    KEYS.iter().find(|(names, _)| names.contains(&key)).map_or(&["value", "verified"], |(_, keys)| keys)
}

/// A path one step longer (RFC 6901 section 3). A bar is written as its code, because places use it as a mark.
pub(super) fn step(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1").replace('|', "%7C"))
}

/// Lists whose items keep their own unknown keys, because each is a row, and the key of the items.
const OWN_ROWS: &[(&str, &str)] = &[
    ("reportedPeople", "reportedPersons"),
    ("intendedRecipients", "intendedRecipients"),
    ("uploadedFiles", "uploadedFiles"),
];

/// Keeps what the shape does not have: `fields` takes it verbatim, and a problem says so once a file and path. A key
/// without content says nothing and is left.
pub(super) fn keep_unknown(
    value: &Value,
    key: &str,
    pointer: &str,
    plain_path: &str,
    fields: &mut Map<String, Value>,
    filing: &mut Filing<'_>,
) -> Result<(), Refusal> {
    match value {
        Value::Array(items) => items.iter().enumerate().try_for_each(|(idx, item)| {
            keep_unknown(item, key, &format!("{pointer}/{idx}"), plain_path, fields, filing)
        }),
        Value::Object(object) => {
            let known = keys_of(key);
            for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
                let (pointer, plain_path) = (step(pointer, name), step(plain_path, name));
                if known.contains(&name.as_str()) {
                    match OWN_ROWS.iter().find(|(list, _)| key == "reportedInformation" && list == name) {
                        Some((_, items)) => keep_around(value, items, &pointer, &plain_path, fields, filing)?,
                        None => keep_unknown(value, name, &pointer, &plain_path, fields, filing)?,
                    }
                } else {
                    keep(value, pointer, plain_path, fields, filing)?;
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Keeps what stands beside the items in the wrapper of a list.
fn keep_around(
    wrapper: &Value,
    items: &str,
    pointer: &str,
    plain_path: &str,
    fields: &mut Map<String, Value>,
    filing: &mut Filing<'_>,
) -> Result<(), Refusal> {
    let Some(object) = wrapper.as_object().filter(|object| object.contains_key(items)) else {
        return Ok(());
    };
    let beside = object.iter().filter(|(name, value)| *name != items && !value.is_null());
    for (name, value) in beside {
        keep(value, step(pointer, name), step(plain_path, name), fields, filing)?;
    }
    Ok(())
}

fn keep(
    value: &Value,
    pointer: String,
    plain_path: String,
    fields: &mut Map<String, Value>,
    filing: &mut Filing<'_>,
) -> Result<(), Refusal> {
    filing.unknown(plain_path, &value.to_string(), Spot::Pointer(pointer.as_str().into()))?;
    fields.insert(pointer, value.clone());
    Ok(())
}
