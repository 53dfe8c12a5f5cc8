//! The root `report`: the referral, the people in it, and what they did from which address.

use serde_json::Map;
use tutela_model::source::Refusal;
use tutela_model::table::Row;
use tutela_model::tables::{Referral, ReportedPerson, ReportedRole, SelectorKind, Stated};
use tutela_model::{Spot, Text};

use super::{Document, Element, Next, capture, flag, keep_unknown, reference_of, write_lines};
use crate::cybertip::{self, Account, Filing, ISSUER, Lines, Owner};

/// Elements of a person that give rows which need an account to stand under.
const OWNED: &[&str] = &[
    "phone",
    "email",
    "firstName",
    "middleName",
    "lastName",
    "dateOfBirth",
    "screenName",
    "displayName",
    "profileUrl",
    "profileBio",
    "ipCaptureEvent",
    "deviceId",
    "additionalInfo",
];

/// Reads a report to its end.
pub(super) fn read(document: &mut Document, name: &str, filing: &mut Filing<'_>) -> Result<(), Refusal> {
    let mut report = Report { reference: reference_of(name), ..Report::default() };
    let broken = loop {
        match document.next()? {
            Next::Child(child) => report.child(child, filing)?,
            Next::End => break None,
            Next::Broken(partial, problem) => {
                if let Some(child) = partial {
                    report.child(child, filing)?;
                }
                break Some(problem);
            }
        }
        filing.sink.progress(document.position());
    };
    if let Some(root) = &document.root {
        report.kept.name = root.name.clone();
        report.kept.attributes.clone_from(&root.attributes);
        report.kept.text.clone_from(&root.text);
    }
    report.finish(filing)?;
    match broken {
        Some(problem) => filing.sink.problem(problem),
        None => Ok(()),
    }
}

/// What is known of a report so far.
#[derive(Default)]
struct Report {
    reference: Text,
    platform: Option<Text>,
    /// How many people were read.
    n_people: u32,
    /// The root with the children that say something of the report itself; they are filed when its end is known.
    kept: Element,
}

impl Report {
    fn child(&mut self, child: Element, filing: &mut Filing<'_>) -> Result<(), Refusal> {
        let role = match child.name.as_str() {
            "personOrUserReported" => ReportedRole::Reported,
            "intendedRecipient" => ReportedRole::IntendedRecipient,
            "victim" => ReportedRole::Victim,
            _ => {
                self.platform = self.platform.take().or_else(|| platform_of(&child));
                self.kept.children.push(child);
                return Ok(());
            }
        };
        let platform = self.platform.clone().unwrap_or_else(|| Account::of_report("").platform);
        self.person(
            &child,
            &child.path("/report"),
            &format!("/report/{}", child.name),
            role,
            &platform,
            filing,
        )
    }

    fn person(
        &mut self,
        element: &Element,
        path: &str,
        plain_path: &str,
        role: ReportedRole,
        platform: &Text,
        filing: &mut Filing<'_>,
    ) -> Result<(), Refusal> {
        filing.sink.record();
        self.n_people += 1;
        let mut person = Person::new(element, path, role, self.n_people, platform, &self.reference);
        person.read(filing)?;
        keep_unknown(element, path, plain_path, &mut person.unknown, filing)?;
        let (fields, account, name) = (person.fields, person.account, person.row.0.name.clone());
        filing.sink.row(person.row.finish(person.lines, person.unknown))?;
        let owner = Owner::from(&account);
        let first = fields
            .iter()
            .find(|(field, _)| matches!(field.name.as_str(), "firstName" | "middleName" | "lastName"));
        if let (Some(name), Some((_, path))) = (name, first) {
            let place = Spot::Pointer(path.as_str().into());
            filing.selector(&owner, SelectorKind::Name, &name, Stated::Unknown, place)?;
        }
        for (field, path) in &fields {
            file_field(field, path, &account, &owner, filing)?;
        }
        let associated = fields.iter().filter(|(field, _)| field.name == "associatedAccount");
        for (field, path) in associated {
            let plain_path = format!("{plain_path}/associatedAccount");
            self.person(field, path, &plain_path, ReportedRole::Associated, &account.platform, filing)?;
        }
        Ok(())
    }

    /// Files the referral, then what the report says of nobody in particular.
    fn finish(self, filing: &mut Filing<'_>) -> Result<(), Refusal> {
        filing.sink.record();
        let place = Spot::Pointer("/report".into());
        let mut referral = Referral {
            issuer: ISSUER.into(),
            reference: self.reference.clone(),
            platform: self.platform.clone(),
            received: None,
            incident_type: None,
            incident_at: None,
            incident_at_note: None,
            escalation: None,
            annotations: None,
            batched: Stated::Unknown,
            text: None,
            unknown_fields: None,
            place,
        };
        let mut lines = Lines::default();
        for child in &self.kept.children {
            match child.name.as_str() {
                "incidentSummary" => read_summary(child, &mut referral, &mut lines, filing)?,
                "batchedReport" => {
                    referral.batched = Stated::Yes;
                    lines.push("batchedReport reason", child.attribute("reason").unwrap_or_default());
                }
                "internetDetails" => {
                    child.children.iter().for_each(|of| write_lines(of, &of.name, &mut lines))
                }
                "lawEnforcement" => write_lines(child, &child.name, &mut lines),
                "additionalInfo" => lines.push_text(&child.text),
                _ => {}
            }
        }
        let mut unknown = Map::new();
        keep_unknown(&self.kept, "/report", "/report", &mut unknown, filing)?;
        referral.text = lines.text();
        referral.unknown_fields = cybertip::verbatim(unknown);
        filing.sink.row(referral.into())?;
        self.file_the_rest(filing)
    }

    fn file_the_rest(&self, filing: &mut Filing<'_>) -> Result<(), Refusal> {
        let (account, owner) = (Account::of_report(&self.reference), Owner::of_report(&self.reference));
        for child in &self.kept.children {
            let path = child.path("/report");
            match child.name.as_str() {
                "reporter" => {
                    filing.sink.record();
                    let reason = "the platform's own staff and form letters are not part of what it reports";
                    filing.sink.skip(&Spot::Pointer(path.into()), reason);
                }
                "internetDetails" => {
                    for incident in &child.children {
                        let path = incident.path(&path);
                        for field in &incident.children {
                            file_field(field, &field.path(&path), &account, &owner, filing)?;
                        }
                    }
                }
                "additionalInfo" => filing.mine(&child.text, &owner, &account, &path)?,
                _ => {}
            }
        }
        Ok(())
    }
}

/// The platform that a child of the report names: the summary's word, else the domain that the reporter writes from.
fn platform_of(child: &Element) -> Option<Text> {
    let said = match child.name.as_str() {
        "incidentSummary" => child.said("platform"),
        "reporter" => child
            .child("reportingPerson")
            .and_then(|person| person.said("email"))
            .and_then(|email| Some(email.rsplit_once('@')?.1)),
        _ => None,
    };
    said.filter(|said| !said.is_empty()).map(cybertip::platform)
}

fn read_summary(
    summary: &Element,
    referral: &mut Referral,
    lines: &mut Lines,
    filing: &mut Filing<'_>,
) -> Result<(), Refusal> {
    let path = summary.path("/report");
    let mut annotations = Vec::new();
    for child in &summary.children {
        let path = child.path(&path);
        let text = child.text.trim();
        let said = (!text.is_empty()).then(|| Text::from(text));
        match child.name.as_str() {
            "incidentType" => referral.incident_type = said,
            "incidentDateTime" => {
                referral.incident_at =
                    filing.value("incident_at", Some(text), &Spot::Pointer(path.into()))?;
            }
            "incidentDateTimeDescription" => referral.incident_at_note = said,
            // Its presence asks for urgency, whatever it holds.
            "escalateToHighPriority" => {
                referral.escalation = said.or_else(|| Some("(asked for without a reason)".into()));
            }
            "reportAnnotations" => {
                let known = super::Shape::of("reportAnnotations").children;
                for word in child.children.iter().filter(|word| known.contains(&word.name.as_str())) {
                    if flag(word, &word.path(&path), filing)? == Stated::Yes {
                        annotations.push(word.name.to_string());
                    }
                }
            }
            "platform" if !child.attributes.is_empty() => write_lines(child, &child.name, lines),
            _ => {}
        }
    }
    referral.annotations = cybertip::words(&annotations);
    Ok(())
}

/// A person while it is read.
struct Person<'e> {
    row: ReportedPersonRow,
    account: Account,
    /// The person's elements with their paths, those of the `person` element among them.
    fields: Vec<(&'e Element, String)>,
    lines: Lines,
    unknown: Map<String, serde_json::Value>,
}

/// The row, finished once its texts are known.
struct ReportedPersonRow(ReportedPerson);

impl ReportedPersonRow {
    fn finish(mut self, lines: Lines, unknown: Map<String, serde_json::Value>) -> Row {
        self.0.text = lines.text();
        self.0.unknown_fields = cybertip::verbatim(unknown);
        self.0.into()
    }
}

impl<'e> Person<'e> {
    fn new(
        element: &'e Element,
        path: &str,
        role: ReportedRole,
        ordinal: u32,
        platform: &Text,
        reference: &Text,
    ) -> Self {
        let mut fields = Vec::new();
        for child in &element.children {
            let path = child.path(path);
            match child.name.as_str() {
                "personOrUserReportedPerson" | "intendedRecipientPerson" | "victimPerson" => {
                    fields.extend(child.children.iter().map(|field| (field, field.path(&path))));
                }
                _ => fields.push((child, path)),
            }
        }
        let said = |name| element.said(name).filter(|said: &&str| !said.is_empty());
        let platform = said("espService")
            .or_else(|| said("platform"))
            .map_or_else(|| platform.clone(), cybertip::platform);
        let stated = said("espIdentifier").or_else(|| said("screenName"));
        let account = match stated {
            Some(account) => Account { platform: platform.clone(), account: account.into() },
            None => Account::of_person(platform.clone(), reference, ordinal),
        };
        let needed = stated.is_some() || fields.iter().any(|(field, _)| OWNED.contains(&field.name.as_str()));
        let row = ReportedPerson {
            issuer: ISSUER.into(),
            reference: reference.clone(),
            ordinal: Some(ordinal),
            role,
            platform: Some(platform),
            account: needed.then(|| account.account.clone()),
            screen_name: said("screenName").map(Text::from),
            name: None,
            birth_date: None,
            age: None,
            access_to_children: Stated::Unknown,
            convicted: Stated::Unknown,
            compromised: Stated::Unknown,
            prior_reports: None,
            text: None,
            unknown_fields: None,
            place: Spot::Pointer(path.into()),
        };
        let mut lines = Lines::default();
        for (name, value) in &element.attributes {
            lines.push(name, value);
        }
        Self { row: ReportedPersonRow(row), account, fields, lines, unknown: Map::new() }
    }

    fn read(&mut self, filing: &mut Filing<'_>) -> Result<(), Refusal> {
        let (mut names, mut prior_reports) = (Vec::new(), Vec::new());
        let row = &mut self.row.0;
        for (field, path) in &self.fields {
            let (text, place) = (field.text.trim(), Spot::Pointer(path.as_str().into()));
            match field.name.as_str() {
                "firstName" | "middleName" | "lastName" if text.is_empty() => {}
                "firstName" | "middleName" | "lastName" => names.push(text.to_owned()),
                "age" | "approximateAge" => row.age = filing.value("age", Some(text), &place)?,
                "dateOfBirth" => row.birth_date = filing.value("birth_date", Some(text), &place)?,
                "compromisedAccount" => row.compromised = filing.stated("compromised", Some(text), &place)?,
                "priorCTReports" | "priorCTReport" => prior_reports.push(text.to_owned()),
                "additionalInfo" => self.lines.push_text(text),
                "deviceId" => write_device(field, &mut self.lines),
                "espIdentifier" | "espService" | "screenName" | "phone" | "email" | "displayName"
                | "profileUrl" | "ipCaptureEvent" | "associatedAccount" => {}
                "platform" if field.attributes.is_empty() => {}
                _ => write_lines(field, &field.name, &mut self.lines),
            }
        }
        row.name = cybertip::words(&names);
        row.prior_reports = cybertip::words(&prior_reports);
        Ok(())
    }
}

/// A device's type, and what it was seen at, have no column beside its number.
fn write_device(device: &Element, lines: &mut Lines) {
    let said = |name| device.said(name).unwrap_or_default();
    let statement = format!("{} {} {}", said("idValue"), said("eventName"), said("dateTime"));
    lines.push(&format!("deviceId {}", said("idType")), &statement);
}

/// Files the rows that a field gives: identifiers, connections, and what its free text holds.
fn file_field(
    field: &Element,
    path: &str,
    account: &Account,
    owner: &Owner,
    filing: &mut Filing<'_>,
) -> Result<(), Refusal> {
    let (text, place) = (field.text.trim(), Spot::Pointer(path.into()));
    let stated = |kind, value: &str, filing: &mut Filing<'_>| {
        let verified = filing.stated("verified", field.attribute("verified"), &place)?;
        filing.selector(owner, kind, value, verified, place.clone())
    };
    match field.name.as_str() {
        "phone" | "phoneNumber" => {
            let number = cybertip::phone(field.attribute("countryCallingCode"), text);
            stated(SelectorKind::Phone, &number, filing)
        }
        "email" | "emailAddress" => stated(SelectorKind::Email, text, filing),
        "screenName" | "displayName" => stated(SelectorKind::Nickname, text, filing),
        "profileUrl" | "url" => stated(SelectorKind::Url, text, filing),
        "dateOfBirth" => stated(SelectorKind::BirthDate, text, filing),
        "ipCaptureEvent" => filing.connection(account, &capture(field), place),
        "deviceId" => file_device(field, owner, place, filing),
        // As it stands, blanks and all: places count its characters.
        "profileBio" | "additionalInfo" | "content" => filing.mine(&field.text, owner, account, path),
        _ => Ok(()),
    }
}

/// Files the number of a device; a network's name is kept in the text only, because guests share it.
pub(super) fn file_device(
    device: &Element,
    owner: &Owner,
    place: Spot,
    filing: &mut Filing<'_>,
) -> Result<(), Refusal> {
    match cybertip::device_kind(device.said("idType").unwrap_or_default()) {
        Some(kind) => {
            let value = device.said("idValue").unwrap_or_default();
            filing.selector(owner, kind, value, Stated::Unknown, place)
        }
        None => {
            filing.sink.skip(&place, "the name of a network is not the number of a device");
            Ok(())
        }
    }
}
