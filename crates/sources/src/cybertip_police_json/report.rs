//! One report: the referral, the people and files in it, and the addresses that were captured with them.

use serde_json::{Map, Value};
use tutela_model::source::Refusal;
use tutela_model::tables::{
    Problem, ProblemKind, Referral, ReportedFile, ReportedPerson, ReportedRole, SelectorKind, Stated,
};
use tutela_model::{Spot, Text, Time};

use super::keys::{keep_unknown, step};
use crate::cybertip::{self, Account, ConnectionSaid, Filing, Hashes, ISSUER, Lines, Owner, report_number};

/// A value with its place in the document.
#[derive(Clone)]
struct Node<'v> {
    value: &'v Value,
    pointer: String,
}

static NOTHING: Value = Value::Null;

impl<'v> Node<'v> {
    fn get(&self, key: &str) -> Self {
        Self { value: self.value.get(key).unwrap_or(&NOTHING), pointer: step(&self.pointer, key) }
    }

    fn place(&self) -> Spot {
        Spot::Pointer(self.pointer.as_str().into())
    }

    /// A list, however it is wrapped: `{"emails": […]}`, `[…]`, a single item, or nothing.
    fn items(&self, wrapper: &str) -> Vec<Self> {
        match self.value {
            Value::Null => Vec::new(),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(idx, value)| Self { value, pointer: format!("{}/{idx}", self.pointer) })
                .filter(|item| !item.value.is_null())
                .collect(),
            Value::Object(object) if object.contains_key(wrapper) => self.get(wrapper).items(wrapper),
            Value::Object(object) if object.is_empty() => Vec::new(),
            _ => vec![self.clone()],
        }
    }

    /// A single value as text, bare or as `{"value": …}`. What stands for nothing is nothing.
    fn said(&self) -> Option<String> {
        let said = match self.value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(_) | Value::Bool(_) => self.value.to_string(),
            Value::Object(object) if object.contains_key("value") => return self.get("value").said(),
            _ => return None,
        };
        (!said.is_empty() && said != "N/A").then_some(said)
    }

    fn text(&self, key: &str) -> Option<String> {
        self.get(key).said()
    }

    /// The captures of a person, file or page.
    fn captures(&self) -> Vec<Self> {
        self.get("sourceInformation").items("sourceCaptures")
    }

    fn is_address(&self) -> bool {
        self.text("captureType").is_some_and(|kind| kind.eq_ignore_ascii_case("ip address"))
    }

    /// Writes every value in it, one a line.
    fn write(&self, name: &str, lines: &mut Lines) {
        match self.value {
            Value::Object(object) => {
                for key in object.keys() {
                    let name =
                        if key == "value" || key == name { name.to_owned() } else { format!("{name}/{key}") };
                    self.get(key).write(&name, lines);
                }
            }
            Value::Array(_) => self.items("").iter().for_each(|item| item.write(name, lines)),
            _ => lines.push(name, &self.said().unwrap_or_default()),
        }
    }
}

/// Reads a report.
pub(super) fn read(value: &Value, pointer: &str, name: &str, filing: &mut Filing<'_>) -> Result<(), Refusal> {
    let root = Node { value, pointer: pointer.to_owned() };
    filing.sink.record();
    if !value.is_object() {
        let expected = "an object with reportId and reportedInformation";
        return filing.sink.problem(Problem::new(
            ProblemKind::Malformed,
            root.place(),
            "",
            expected,
            &value.to_string(),
        ));
    }
    let reference = match root.text("reportId") {
        Some(number) => Text::from(number),
        None => {
            let expected = "the number of the report; the file's name is used in its stead";
            filing.sink.problem(Problem::new(
                ProblemKind::MissingValue,
                root.place(),
                "reportId",
                expected,
                "",
            ))?;
            report_number(name).map_or_else(|| format!("unnumbered-{name}").into(), Text::from)
        }
    };
    let report = Report {
        information: root.get("reportedInformation"),
        owner: Owner::of_report(&reference),
        account: Account::of_report(&reference),
        reference,
    };
    report.referral(&root, filing)?;
    report.details(filing)?;
    report.people(filing)?;
    for file in report.information.get("uploadedFiles").items("uploadedFiles") {
        report.file(&file, filing)?;
    }
    Ok(())
}

struct Report<'v> {
    reference: Text,
    information: Node<'v>,
    /// Who owns what the report says of nobody in particular.
    owner: Owner,
    account: Account,
}

impl<'v> Report<'v> {
    fn platform(&self) -> Option<Text> {
        self.information.get("reportingEsp").text("espName").map(|name| cybertip::platform(&name))
    }

    fn incidents(&self) -> Vec<(&'static str, Node<'v>)> {
        let details = self.information.get("incidentDetails");
        let of = |key| details.get(key).items(key).into_iter().map(move |incident| (key, incident));
        of("webpageIncident").chain(of("emailIncident")).collect()
    }

    fn referral(&self, root: &Node<'v>, filing: &mut Filing<'_>) -> Result<(), Refusal> {
        let summary = self.information.get("incidentSummary");
        let mut lines = Lines::default();
        for text in self.information.get("additionalInformations").items("") {
            lines.push_text(&text.said().unwrap_or_default());
        }
        for (name, incident) in self.incidents() {
            incident.write(name, &mut lines);
        }
        let mut unknown = Map::new();
        keep_unknown(root.value, "", &root.pointer, "", &mut unknown, filing)?;
        let received = root.get("dateReceived");
        let incident_at = summary.get("incidentDateTime");
        let referral = Referral {
            issuer: ISSUER.into(),
            reference: self.reference.clone(),
            platform: self.platform(),
            received: filing.value("received", received.said().as_deref(), &received.place())?,
            incident_type: summary.text("incidentType").map(Text::from),
            incident_at: filing.value("incident_at", incident_at.said().as_deref(), &incident_at.place())?,
            incident_at_note: summary.text("incidentDateTimeDescription").map(Text::from),
            escalation: None,
            annotations: None,
            batched: Stated::Unknown,
            text: lines.text(),
            unknown_fields: cybertip::verbatim(unknown),
            place: root.place(),
        };
        filing.sink.row(referral.into())?;
        let esp = self.information.get("reportingEsp");
        if esp.value.as_object().is_some_and(|esp| esp.len() > 1) {
            filing.sink.skip(&esp.place(), "the platform's own staff are not part of what it reports");
        }
        Ok(())
    }

    /// Files what the report says of pages, e-mails and in free text: of nobody in particular.
    fn details(&self, filing: &mut Filing<'_>) -> Result<(), Refusal> {
        for (_, incident) in self.incidents() {
            self.captured(&incident, &self.owner, &self.account, filing)?;
            self.mined(&incident.get("contents"), &self.owner, &self.account, filing)?;
            self.mined(&incident.get("additionalInformations"), &self.owner, &self.account, filing)?;
        }
        self.mined(&self.information.get("additionalInformations"), &self.owner, &self.account, filing)
    }

    fn people(&self, filing: &mut Filing<'_>) -> Result<(), Refusal> {
        let people = self.information.get("reportedPeople").items("reportedPersons");
        let recipients = self.information.get("intendedRecipients").items("intendedRecipients");
        let people = people.into_iter().map(|person| (ReportedRole::Reported, person));
        let recipients = recipients.into_iter().map(|person| (ReportedRole::IntendedRecipient, person));
        for (idx, (role, person)) in people.chain(recipients).enumerate() {
            self.person(&person, role, idx as u32 + 1, filing)?;
        }
        Ok(())
    }

    fn person(
        &self,
        person: &Node<'v>,
        role: ReportedRole,
        ordinal: u32,
        filing: &mut Filing<'_>,
    ) -> Result<(), Refusal> {
        filing.sink.record();
        if !person.value.is_object() {
            let found = person.value.to_string();
            let problem =
                Problem::new(ProblemKind::Malformed, person.place(), "", "a person as an object", &found);
            return filing.sink.problem(problem);
        }
        let screen_name = person.text("screenName");
        let platform =
            person.text("espService").map(|name| cybertip::platform(&name)).or_else(|| self.platform());
        let platform = platform.unwrap_or_else(|| self.account.platform.clone());
        let stated = person.text("espUserId").or_else(|| screen_name.clone());
        let account = match &stated {
            Some(account) => Account { platform: platform.clone(), account: account.into() },
            None => Account::of_person(platform.clone(), &self.reference, ordinal),
        };
        let needed = stated.is_some() || OWNED.iter().any(|key| !person.get(key).value.is_null());
        let mut unknown = Map::new();
        let context = if role == ReportedRole::Reported { "reportedPersons" } else { "intendedRecipients" };
        let plain_path = format!("/reportedInformation/{context}");
        keep_unknown(person.value, context, &person.pointer, &plain_path, &mut unknown, filing)?;
        let (age, birth) = (person.get("approximateAge"), person.get("dateOfBirth"));
        let row = ReportedPerson {
            issuer: ISSUER.into(),
            reference: self.reference.clone(),
            ordinal: Some(ordinal),
            role,
            platform: Some(platform),
            account: needed.then(|| account.account.clone()),
            screen_name: screen_name.map(Text::from),
            name: name_of(person),
            birth_date: filing.value("birth_date", date(birth.said()).as_deref(), &birth.place())?,
            age: filing.value("age", age.said().as_deref(), &age.place())?,
            access_to_children: access(person, filing)?,
            convicted: stated_at(&person.get("convictedSexOffender"), "convicted", filing)?,
            compromised: Stated::Unknown,
            prior_reports: None,
            text: text_of(person),
            unknown_fields: cybertip::verbatim(unknown),
            place: person.place(),
        };
        let name = row.name.clone();
        filing.sink.row(row.into())?;
        self.identifiers(person, name.as_deref(), &Owner::from(&account), filing)?;
        let owner = Owner::from(&account);
        self.captured(person, &owner, &account, filing)?;
        for key in ["additionalInformations", "additionalContactInformation"] {
            self.mined(&person.get(key), &owner, &account, filing)?;
        }
        Ok(())
    }

    fn identifiers(
        &self,
        person: &Node<'v>,
        name: Option<&str>,
        owner: &Owner,
        filing: &mut Filing<'_>,
    ) -> Result<(), Refusal> {
        if let Some(name) = name {
            filing.selector(
                owner,
                SelectorKind::Name,
                name,
                Stated::Unknown,
                person.get(name_key(person)).place(),
            )?;
        }
        for (key, kind) in [
            ("preferredName", SelectorKind::Nickname),
            ("screenName", SelectorKind::Nickname),
            ("dateOfBirth", SelectorKind::BirthDate),
        ] {
            let value = person.text(key);
            if let Some(value) = if kind == SelectorKind::BirthDate { date(value) } else { value } {
                filing.selector(owner, kind, &value, Stated::Unknown, person.get(key).place())?;
            }
        }
        for (key, kind) in [("emails", SelectorKind::Email), ("phones", SelectorKind::Phone)] {
            for item in person.get(key).items(key) {
                let verified = stated_at(&item.get("verified"), "verified", filing)?;
                let Some(value) = item.said() else { continue };
                let value = if kind == SelectorKind::Phone { cybertip::phone(None, &value) } else { value };
                filing.selector(owner, kind, &value, verified, item.place())?;
            }
        }
        Ok(())
    }

    /// Files the addresses and links that were captured with something. Other captures stand in its text.
    fn captured(
        &self,
        of: &Node<'v>,
        owner: &Owner,
        account: &Account,
        filing: &mut Filing<'_>,
    ) -> Result<(), Refusal> {
        let alone = of.get("ipAddress");
        if let Some(address) = alone.said() {
            let said = ConnectionSaid { address: Some(&address), ..ConnectionSaid::default() };
            filing.connection(account, &said, alone.place())?;
        }
        for capture in of.captures() {
            let text = |key| capture.text(key);
            let (kind, value) = (text("captureType").unwrap_or_default(), text("value"));
            if capture.is_address() {
                let (event, at, port, proxy) =
                    (text("eventName"), text("dateTime"), text("port"), text("possibleProxy"));
                let said = ConnectionSaid {
                    address: value.as_deref(),
                    event: event.as_deref(),
                    at: at.as_deref(),
                    port: port.as_deref(),
                    proxy: proxy.as_deref(),
                };
                filing.connection(account, &said, capture.place())?;
            } else if kind.to_ascii_lowercase().ends_with("url") {
                if let Some(url) = value {
                    filing.selector(owner, SelectorKind::Url, &url, Stated::Unknown, capture.place())?;
                }
            } else {
                let problem = Problem::new(
                    ProblemKind::UnknownElement,
                    capture.place(),
                    "captureType",
                    "IP Address, URL or Profile URL; this capture is kept in the text",
                    &kind,
                );
                filing.once(format!("captureType {kind}"), problem)?;
            }
        }
        Ok(())
    }

    fn mined(
        &self,
        texts: &Node<'v>,
        owner: &Owner,
        account: &Account,
        filing: &mut Filing<'_>,
    ) -> Result<(), Refusal> {
        for text in texts.items("") {
            let pointer =
                if text.value.is_object() { step(&text.pointer, "value") } else { text.pointer.clone() };
            // The text as it stands, blanks and all: places count its characters.
            let value = text.value.get("value").unwrap_or(text.value);
            filing.mine(value.as_str().unwrap_or_default(), owner, account, &pointer)?;
        }
        Ok(())
    }

    fn file(&self, file: &Node<'v>, filing: &mut Filing<'_>) -> Result<(), Refusal> {
        filing.sink.record();
        if !file.value.is_object() {
            let found = file.value.to_string();
            let problem =
                Problem::new(ProblemKind::Malformed, file.place(), "", "a file as an object", &found);
            return filing.sink.problem(problem);
        }
        let mut unknown = Map::new();
        let plain_path = "/reportedInformation/uploadedFiles";
        keep_unknown(file.value, "uploadedFiles", &file.pointer, plain_path, &mut unknown, filing)?;
        let mut hashes = Hashes::default();
        if let Some(hash) = file.text("verificationHash") {
            hashes.add("MD5", &hash);
        }
        let names = [file.text("originalFilename"), file.text("filename")];
        let row = ReportedFile {
            issuer: ISSUER.into(),
            reference: self.reference.clone(),
            file_id: file.text("submittalId").map(Text::from),
            account: None,
            file_name: names.iter().flatten().next().map(Text::from),
            md5: hashes.md5,
            sha1: None,
            sha256: None,
            other_hash: hashes.other,
            classification: file.text("industryClassification").map(Text::from),
            annotations: None,
            viewed_by_platform: stated_at(&file.get("viewedByEsp"), "viewed_by_platform", filing)?,
            publicly_available: stated_at(&file.get("publiclyAvailable"), "publicly_available", filing)?,
            uploaded: uploaded(file, filing)?,
            text: file_text(file, &names),
            unknown_fields: cybertip::verbatim(unknown),
            place: file.place(),
        };
        filing.sink.row(row.into())?;
        self.captured(file, &self.owner, &self.account, filing)?;
        self.mined(&file.get("additionalInformations"), &self.owner, &self.account, filing)
    }
}

/// Keys of a person that give rows which need an account to stand under.
const OWNED: &[&str] = &[
    "firstName",
    "middleName",
    "lastName",
    "preferredName",
    "dateOfBirth",
    "emails",
    "phones",
    "ipAddress",
    "sourceInformation",
    "additionalInformations",
    "additionalContactInformation",
];

const NAMES: [&str; 3] = ["firstName", "middleName", "lastName"];

fn name_of(person: &Node<'_>) -> Option<Text> {
    let names: Vec<String> = NAMES.iter().filter_map(|key| person.text(key)).collect();
    cybertip::words(&names)
}

/// The key where a person's name begins.
fn name_key(person: &Node<'_>) -> &'static str {
    NAMES.into_iter().find(|key| person.text(key).is_some()).unwrap_or(NAMES[0])
}

/// A date of birth is a date, even where it is written as midnight of it.
fn date(said: Option<String>) -> Option<String> {
    let said = said?;
    Some(
        said.split_once('T')
            .filter(|(_, time)| time.starts_with("00:00:00"))
            .map_or(said.as_str(), |(date, _)| date)
            .to_owned(),
    )
}

fn stated_at(node: &Node<'_>, column: &'static str, filing: &mut Filing<'_>) -> Result<Stated, Refusal> {
    filing.stated(column, node.said().as_deref(), &node.place())
}

/// Access to the child named, or to children: either is enough; no is said only when nothing says yes.
fn access(person: &Node<'_>, filing: &mut Filing<'_>) -> Result<Stated, Refusal> {
    let to_child = stated_at(&person.get("accessToChildVictim"), "access_to_children", filing)?;
    let to_children = stated_at(&person.get("accessToChildren"), "access_to_children", filing)?;
    Ok(match (to_child, to_children) {
        (Stated::Yes, _) | (_, Stated::Yes) => Stated::Yes,
        (Stated::No, _) | (_, Stated::No) => Stated::No,
        _ => Stated::Unknown,
    })
}

/// What a person's row has no column for.
fn text_of(person: &Node<'_>) -> Option<Text> {
    /// Keys that columns and rows of their own take in whole.
    const TAKEN: &[&str] = &[
        "firstName",
        "middleName",
        "lastName",
        "preferredName",
        "dateOfBirth",
        "approximateAge",
        "espService",
        "espUserId",
        "ipAddress",
        "screenName",
        "emails",
        "phones",
        "convictedSexOffender",
        "sourceInformation",
        "additionalInformations",
    ];
    let mut lines = Lines::default();
    for text in person.get("additionalInformations").items("") {
        lines.push_text(&text.said().unwrap_or_default());
    }
    for key in super::keys::PERSON_KEYS.iter().filter(|key| !TAKEN.contains(key)) {
        person.get(key).write(key, &mut lines);
    }
    write_captures(person, &mut lines);
    lines.text()
}

fn file_text(file: &Node<'_>, names: &[Option<String>; 2]) -> Option<Text> {
    let mut lines = Lines::default();
    for text in file.get("additionalInformations").items("") {
        lines.push_text(&text.said().unwrap_or_default());
    }
    if let [Some(original), Some(name)] = names
        && original != name
    {
        lines.push("filename", name);
    }
    for group in file.get("ncmecTags").items("groups") {
        group.get("tags").items("tags").iter().for_each(|tag| tag.write("ncmecTags", &mut lines));
    }
    for metadata in file.get("espMetadata").items("metadatas") {
        lines.push(&metadata.text("name").unwrap_or_default(), &metadata.text("value").unwrap_or_default());
    }
    write_captures(file, &mut lines);
    lines.text()
}

/// Captures that are neither an address nor a link.
fn write_captures(of: &Node<'_>, lines: &mut Lines) {
    for capture in of.captures() {
        let kind = capture.text("captureType").unwrap_or_default();
        if !capture.is_address() && !kind.to_ascii_lowercase().ends_with("url") {
            lines.push(&kind, &capture.text("value").unwrap_or_default());
        }
    }
}

/// When a file was uploaded: some platforms write it among their metadata, others with the captured address.
fn uploaded(file: &Node<'_>, filing: &mut Filing<'_>) -> Result<Option<Time>, Refusal> {
    let metadata = file.get("espMetadata").items("metadatas");
    let stated =
        metadata.iter().find(|metadata| metadata.text("name").as_deref() == Some("Upload Date and Time"));
    let captures = file.captures();
    let captured = captures
        .iter()
        .find(|of| of.text("eventName").is_some_and(|event| event.eq_ignore_ascii_case("upload")));
    match (stated, captured) {
        (Some(metadata), _) => {
            let at = metadata.get("value");
            let said = at.said().unwrap_or_default();
            let time = Time::parse(&said, None).ok();
            if time.is_none() && !said.is_empty() {
                // The declared zone is for records of this file; what a platform's form wrote may stand in any zone.
                let expected = "a time with its zone; this one is kept in the text";
                let problem = Problem::new(ProblemKind::BadValue, at.place(), "uploaded", expected, &said);
                filing.sink.problem(problem)?;
            }
            Ok(time)
        }
        (None, Some(capture)) => {
            let at = capture.get("dateTime");
            filing.value("uploaded", at.said().as_deref(), &at.place())
        }
        (None, None) => Ok(None),
    }
}
