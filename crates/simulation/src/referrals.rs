//! The referrals on the users' accounts: agorachat's as the XML that a reporting company submits, lumigram's as the
//! JSON that police receive, with the gaps and quirks of both.

use std::fmt::Write as _;

use crate::accounts::{Account, Platform, devices};
use crate::clock::Clock;
use crate::connections::{Connection, Event};
use crate::rng::Rng;
use crate::truth::TrueConnections;
use crate::world::{Victim, World};
use crate::{Output, SimulationError};

/// Address events of one report, at most.
pub const EVENTS: usize = 40;

/// A referral to be written.
pub struct Report<'r> {
    /// The reported account.
    pub account: &'r Account,
    /// The report's position among those of its platform.
    pub ordinal: usize,
    /// Index of the user whose use of the account the platform reports.
    pub user: usize,
    /// The address events, in order of time.
    pub events: Vec<Connection>,
    /// A child whom the report names, with the address events of the child's account.
    pub victim: Option<(&'r Victim, Vec<Connection>)>,
}

impl Report<'_> {
    /// Writes the report's files, and its address events into the truth.
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn write(
        mut self,
        world: &World,
        output: &mut dyn Output,
        truth: &mut TrueConnections,
    ) -> Result<(), SimulationError> {
        let mut rng = Rng::new(world.seed, &[60, self.account.platform as u64, self.ordinal as u64]);
        match self.account.platform {
            Platform::Lumigram => self.write_police_json(world, &mut rng, output, truth),
            Platform::Agorachat | Platform::Fotobox => {
                // A file carries one address event of its own, which is not repeated in the report.
                let n_files = (1 + self.ordinal % 3).min(self.events.len().saturating_sub(1));
                let uploads = self.events.split_off(self.events.len() - n_files);
                self.write_report_xml(world, &mut rng, output, truth)?;
                for upload in &uploads {
                    self.write_file_details(world, upload, &mut rng, output, truth)?;
                }
                Ok(())
            }
        }
    }

    fn number(&self) -> usize {
        match self.account.platform {
            Platform::Lumigram => 52_200_400 + self.ordinal * 11,
            Platform::Agorachat | Platform::Fotobox => 41_700_100 + self.ordinal * 13,
        }
    }

    fn person(&self, world: &World) -> String {
        world.people[world.users[self.user].person].id()
    }

    /// The report as the reporting company's XML has it: the order of elements is fixed by the schema.
    fn write_report_xml(
        &self,
        world: &World,
        rng: &mut Rng,
        output: &mut dyn Output,
        truth: &mut TrueConnections,
    ) -> Result<(), SimulationError> {
        let file = format!("report-{}.xml", self.number());
        let mut xml = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<report xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xsi:noNamespaceSchemaLocation=\"https://report.cybertip.org/ispws/xsd\">\n",
        );
        self.incident_xml(&mut xml);
        xml.push_str("  <personOrUserReported>\n    <personOrUserReportedPerson>\n");
        self.person_xml(&mut xml);
        xml.push_str("    </personOrUserReportedPerson>\n");
        element(&mut xml, "espIdentifier", &self.account.id);
        element(&mut xml, "espService", self.account.platform.name());
        element(&mut xml, "screenName", &self.account.nickname);
        for connection in &self.events {
            xml.push_str(&ip_capture_event(connection));
        }
        let telephone = &devices(world, self.user)[self.account.telephone];
        let _ = writeln!(
            xml,
            "    <deviceId><idType>Platform device</idType><idValue>{telephone}</idValue></deviceId>"
        );
        if self.ordinal % 6 == 4 {
            element(&mut xml, "priorCTReports", &(39_000_000 + rng.below(900_000)).to_string());
        }
        if self.ordinal.is_multiple_of(2)
            && let Some(last) = self.events.last()
        {
            let _ = writeln!(
                xml,
                "    <accountPermanentlyDisabled disabledDate=\"{}\">true</accountPermanentlyDisabled>",
                utc(last.said_ms + 86_400_000)
            );
        }
        xml.push_str("  </personOrUserReported>\n");
        if self.ordinal % 4 == 3 {
            for number in 1..=5 {
                let _ = writeln!(
                    xml,
                    "  <intendedRecipient><screenName>recipient.{}.{number}</screenName></intendedRecipient>",
                    self.ordinal
                );
            }
        }
        self.victim_xml(world, &mut xml);
        xml.push_str(
            "  <additionalInfo>Synthetic report: all data are made up.</additionalInfo>\n</report>\n",
        );
        crate::write_whole(output, &format!("referrals/{file}"), xml.as_bytes())?;
        self.write_truth(world, &file, truth)
    }

    fn incident_xml(&self, xml: &mut String) {
        // Official words of the schema: another word would not be a valid report.
        let incident = if self.ordinal % 5 == 2 {
            "Online Enticement of Children for Sexual Acts"
        } else {
            "Child Pornography (possession, manufacture, and distribution)"
        };
        xml.push_str("  <incidentSummary>\n");
        element(xml, "incidentType", incident);
        element(xml, "platform", "agorachat");
        if self.ordinal % 4 == 1 {
            element(
                xml,
                "escalateToHighPriority",
                "Synthetic: reporter states a child may be at immediate risk",
            );
        }
        if self.ordinal % 5 == 2 {
            xml.push_str("    <reportAnnotations><sextortion/></reportAnnotations>\n");
        }
        let at_s =
            self.events.last().map_or(crate::clock::PERIOD_START_S, |last| last.said_ms / 1000 + 7_200);
        element(xml, "incidentDateTime", &text(|clock, out| clock.rome_offset(at_s, out)));
        xml.push_str(
            "  </incidentSummary>\n  <internetDetails><chatImIncident><chatClient>agorachat</chatClient>",
        );
        xml.push_str("</chatImIncident></internetDetails>\n");
        xml.push_str("  <reporter><reportingPerson><email>safety@agorachat.test</email></reportingPerson></reporter>\n");
    }

    /// What the holder of the account said, and what of it the platform checked.
    fn person_xml(&self, xml: &mut String) {
        if let Some(name) = self.account.selector("name")
            && let Some((given, family)) = name.value.rsplit_once(' ')
        {
            element(xml, "firstName", given);
            element(xml, "lastName", family);
        }
        for (kind, form) in [("phone", "Mobile"), ("email", "Home")] {
            for held in self.account.selectors.iter().filter(|held| held.kind == kind) {
                let verified = match held.verified {
                    "yes" => " verified=\"true\"",
                    "no" => " verified=\"false\"",
                    _ => "",
                };
                let _ = writeln!(xml, "    <{kind} type=\"{form}\"{verified}>{}</{kind}>", held.value);
            }
        }
        if let Some(email) = &self.account.recovery_email {
            let _ = writeln!(xml, "    <email type=\"Recovery\">{email}</email>");
        }
        element(xml, "dateOfBirth", &self.account.birth_said.to_string());
    }

    fn victim_xml(&self, world: &World, xml: &mut String) {
        let Some((victim, events)) = &self.victim else { return };
        let family = world.subscriber(victim.line);
        let _ = writeln!(
            xml,
            "  <victim>\n    <victimPerson><email type=\"Home\" verified=\"true\">{}</email><age>{}</age></victimPerson>",
            family.email, victim.age
        );
        element(xml, "espIdentifier", &victim.account);
        element(xml, "espService", "agorachat");
        for connection in events {
            xml.push_str(&ip_capture_event(connection));
        }
        xml.push_str("  </victim>\n");
    }

    fn write_truth(
        &self,
        world: &World,
        file: &str,
        truth: &mut TrueConnections,
    ) -> Result<(), SimulationError> {
        let platform = self.account.platform.name();
        let mut place = 0;
        for connection in &self.events {
            place += 1;
            truth.write(
                (file, b'#', place),
                (platform, &self.account.id),
                connection.truly(),
                &self.person(world),
            )?;
        }
        if let Some((victim, events)) = &self.victim {
            let child = world.people[victim.person].id();
            for connection in events {
                place += 1;
                truth.write((file, b'#', place), (platform, &victim.account), connection.truly(), &child)?;
            }
        }
        Ok(())
    }

    fn write_file_details(
        &self,
        world: &World,
        upload: &Connection,
        rng: &mut Rng,
        output: &mut dyn Output,
        truth: &mut TrueConnections,
    ) -> Result<(), SimulationError> {
        let id = format!("{:016x}{:016x}", rng.bits(), rng.bits());
        let file = format!("report-{}-file-{id}.xml", self.number());
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<fileDetails>\n");
        element(&mut xml, "reportId", &self.number().to_string());
        element(&mut xml, "fileId", &id);
        element(&mut xml, "originalFileName", &format!("file-{:04}.jpg", rng.below(10_000)));
        element(&mut xml, "uploadedToEspTimestamp", &utc(upload.said_ms));
        if !rng.chance(300) {
            element(&mut xml, "fileViewedByEsp", if rng.chance(500) { "true" } else { "false" });
        }
        element(&mut xml, "publiclyAvailable", "false");
        element(&mut xml, "fileRelevance", "Reported");
        if rng.chance(500) {
            element(&mut xml, "industryClassification", ["A2", "B1", "B2"][rng.below(3) as usize]);
        }
        let md5 = format!("{:016x}{:016x}", rng.bits(), rng.bits());
        let _ = writeln!(xml, "    <originalFileHash hashType=\"MD5\">{md5}</originalFileHash>");
        xml.push_str(&ip_capture_event(&Connection { event: Event::Upload, ..upload.clone() }));
        xml.push_str("</fileDetails>\n");
        crate::write_whole(output, &format!("referrals/{file}"), xml.as_bytes())?;
        let account = (self.account.platform.name(), self.account.id.as_str());
        truth.write((&file, b'#', 1), account, upload.truly(), &self.person(world))
    }

    /// The report as police receive it. Wrappers are null or missing as they are in real ones, and a third of the
    /// files begin with a byte order mark.
    fn write_police_json(
        &self,
        world: &World,
        rng: &mut Rng,
        output: &mut dyn Output,
        truth: &mut TrueConnections,
    ) -> Result<(), SimulationError> {
        let file = format!("cybertip-{}.json", self.number());
        let mut json = String::from(if self.ordinal % 3 == 2 { "\u{feff}" } else { "" });
        let last_ms = self.events.last().map_or(crate::clock::PERIOD_START_S * 1000, |last| last.said_ms);
        let _ = write!(
            json,
            "{{\"reportId\": {}, \"dateReceived\": \"{}\",\n \"reportedInformation\": {{\n  \"reportingEsp\": \
             {{\"espName\": \"lumigram\", \"lastName\": null}},\n  \"incidentSummary\": {{\"incidentType\": \"Child \
             Pornography (possession, manufacture, and distribution)\", \"incidentDateTime\": \"{}\", \
             \"incidentDateTimeDescription\": null}},\n  \"incidentDetails\": null,\n  \"reportedPeople\": \
             {{\"reportedPersons\": [{}]}},\n{}  \"uploadedFiles\": {},\n  \"additionalInformations\": \
             [{{\"value\": \"Synthetic report: all data are made up.\"}}]}}}}\n",
            self.number(),
            utc(last_ms + 3 * 86_400_000),
            utc(last_ms + 3_600_000),
            self.person_json(),
            if self.ordinal.is_multiple_of(2) { "  \"intendedRecipients\": null,\n" } else { "" },
            self.files_json(rng),
        );
        crate::write_whole(output, &format!("referrals/{file}"), json.as_bytes())?;
        self.write_truth(world, &file, truth)
    }

    fn person_json(&self) -> String {
        let wrapped = |kind: &str| -> String {
            let held: Vec<String> = self
                .account
                .selectors
                .iter()
                .filter(|held| held.kind == kind)
                .map(|held| {
                    let verified = match held.verified {
                        "yes" => "true",
                        "no" => "false",
                        _ => "null",
                    };
                    format!("{{\"value\": {}, \"verified\": {verified}}}", quoted(&held.value))
                })
                .collect();
            if held.is_empty() {
                "null".to_owned()
            } else {
                format!("{{\"{kind}s\": [{}]}}", held.join(", "))
            }
        };
        let name = self.account.selector("name").and_then(|held| held.value.rsplit_once(' '));
        let (given, family) = name.map_or(("null".into(), "null".into()), |(a, b)| (quoted(a), quoted(b)));
        let mut notes = vec!["Account data as registered by its holder.".to_owned()];
        notes.extend(self.account.recovery_email.iter().map(|email| format!("Recovery email: {email}")));
        let captures: Vec<String> =
            self.events.iter().enumerate().map(|(idx, event)| self.capture_json(idx, event)).collect();
        format!(
            "{{\"firstName\": {given}, \"middleName\": null, \"lastName\": {family}, \"preferredName\": null, \
             \"dateOfBirth\": \"{}\", \"approximateAge\": null, \"gender\": null, \"espService\": \"lumigram\", \
             \"espUserId\": {}, \"ipAddress\": null, \"screenName\": {{\"value\": {}}},\n   \"emails\": {}, \
             \"phones\": {}, \"addresses\": null, \"accessToChildVictim\": null, \"accessToChildren\": {}, \
             \"accessToFirearms\": null, \"convictedSexOffender\": null, \"relationshipToChildVictim\": null, \
             \"vehicleDescription\": null, \"occupation\": null,\n   \"sourceInformation\": {{\"sourceCaptures\": \
             [{}]}},\n   \"additionalInformations\": [{{\"value\": {}}}]}}",
            self.account.birth_said,
            quoted(&self.account.id),
            quoted(&self.account.nickname),
            wrapped("email"),
            wrapped("phone"),
            if self.ordinal % 4 == 1 { "true" } else { "null" },
            captures.join(",\n     "),
            quoted(&notes.join("\n")),
        )
    }

    fn capture_json(&self, idx: usize, connection: &Connection) -> String {
        let name = event_name(connection.event);
        let name = if idx % 5 == 3 { name.to_uppercase() } else { name.to_owned() };
        format!(
            "{{\"captureType\": \"IP Address\", \"value\": \"{}\", \"port\": {}, \"eventName\": \"{name}\", \
             \"dateTime\": \"{}\"}}",
            connection.address,
            connection.port.map_or("null".to_owned(), |port| port.to_string()),
            utc(connection.said_ms),
        )
    }

    fn files_json(&self, rng: &mut Rng) -> String {
        if self.ordinal % 4 == 3 {
            return "null".to_owned();
        }
        let files: Vec<String> = (0..1 + self.ordinal % 3)
            .map(|number| {
                let viewed = rng.pick(&["true", "false", "null"]);
                let at_ms = self.events.get(number).map_or(crate::clock::PERIOD_START_S * 1000, |event| event.said_ms);
                format!(
                    "{{\"filename\": \"file-{number}.jpg\", \"originalFilename\": null, \"submittalId\": \"{:08x}\", \
                     \"verificationHash\": \"{:016x}{:016x}\", \"viewedByEsp\": {viewed}, \"industryClassification\": \
                     null, \"sourceInformation\": {{\"sourceCaptures\": []}}, \"ncmecTags\": null, \"espMetadata\": \
                     {{\"metadatas\": [{{\"name\": \"Upload Date and Time\", \"value\": \"{}\"}}]}}, \
                     \"additionalInformations\": null}}",
                    rng.bits() >> 32,
                    rng.bits(),
                    rng.bits(),
                    utc(at_ms),
                )
            })
            .collect();
        format!("{{\"uploadedFiles\": [{}]}}", files.join(",\n    "))
    }
}

fn ip_capture_event(connection: &Connection) -> String {
    let mut xml = format!(
        "    <ipCaptureEvent><ipAddress>{}</ipAddress><eventName>{}</eventName><dateTime>{}</dateTime>",
        connection.address,
        event_name(connection.event),
        utc(connection.said_ms)
    );
    if let Some(proxy) = connection.proxy {
        let _ = write!(xml, "<possibleProxy>{proxy}</possibleProxy>");
    }
    if let Some(port) = connection.port {
        let _ = write!(xml, "<port>{port}</port>");
    }
    xml.push_str("</ipCaptureEvent>\n");
    xml
}

/// The schema's word for an event; it has none for a message.
fn event_name(event: Event) -> &'static str {
    match event {
        Event::Login => "Login",
        Event::Registration => "Registration",
        Event::Upload => "Upload",
        Event::Purchase => "Purchase",
        Event::Message | Event::Other => "Other",
    }
}

fn element(xml: &mut String, name: &str, value: &str) {
    // No simulated value holds a character that XML reserves.
    let _ = writeln!(xml, "    <{name}>{value}</{name}>");
}

fn quoted(value: &str) -> String {
    serde_json::to_string(value).expect("a string is always valid JSON")
}

fn utc(at_ms: i64) -> String {
    text(|clock, out| clock.utc(at_ms.div_euclid(1000), out))
}

fn text(write: impl FnOnce(&Clock, &mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&Clock::new(), &mut out);
    String::from_utf8(out).expect("a time is written in digits")
}
