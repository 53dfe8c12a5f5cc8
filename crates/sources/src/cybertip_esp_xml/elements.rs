//! Which elements and attributes the published description has, so that all others are noticed.
//! Order, number and length are the receiving service's business and are not checked here.

/// What may stand in an element.
pub(super) struct Shape {
    pub children: &'static [&'static str],
    pub attributes: &'static [&'static str],
}

impl Shape {
    /// The shape of the elements of that name, wherever they stand.
    pub fn of(name: &str) -> Self {
        let known = ELEMENTS.iter().find(|(names, ..)| names.contains(&name));
        known.map_or(Self { children: &[], attributes: &[] }, |(_, children, attributes)| Self {
            children,
            attributes,
        })
    }
}

/// Names, children, attributes: CyberTipline Reporting API, technical documentation of 11 June 2025 and its schema.
/// An element that is not here has neither children nor attributes.
type Known = (&'static [&'static str], &'static [&'static str], &'static [&'static str]);

/// An account's elements, which reported people, receivers and victims share.
macro_rules! account_and {
    ($($name:literal),*) => {
        &["espIdentifier", "espService", "compromisedAccount", "screenName", "displayName", "profileUrl",
          "profileBio", "ipCaptureEvent", "deviceId", "priorCTReports", "groupIdentifier",
          "accountTemporarilyDisabled", "accountPermanentlyDisabled", "estimatedLocation", "allEmailsReported",
          "associatedAccount", "additionalInfo", $($name),*]
    };
}

static ELEMENTS: &[Known] = &[
    (
        &["report"],
        &[
            "batchedReport",
            "incidentSummary",
            "internetDetails",
            "lawEnforcement",
            "reporter",
            "personOrUserReported",
            "intendedRecipient",
            "victim",
            "additionalInfo",
        ],
        &[],
    ),
    (&["batchedReport"], &[], &["reason"]),
    (
        &["incidentSummary"],
        &[
            "incidentType",
            "platform",
            "escalateToHighPriority",
            "reportAnnotations",
            "incidentDateTime",
            "incidentDateTimeDescription",
        ],
        &[],
    ),
    (
        &["reportAnnotations"],
        &["sextortion", "csamSolicitation", "minorToMinorInteraction", "spam", "sadisticOnlineExploitation"],
        &[],
    ),
    (
        &["internetDetails"],
        &[
            "webPageIncident",
            "emailIncident",
            "newsgroupIncident",
            "chatImIncident",
            "onlineGamingIncident",
            "cellPhoneIncident",
            "nonInternetIncident",
            "peer2peerIncident",
        ],
        &[],
    ),
    (&["webPageIncident"], &["url", "additionalInfo"], &["thirdPartyHostedContent"]),
    (&["emailIncident"], &["emailAddress", "content", "additionalInfo"], &[]),
    (&["newsgroupIncident"], &["name", "emailAddress", "content", "additionalInfo"], &[]),
    (&["chatImIncident"], &["chatClient", "chatRoomName", "content", "additionalInfo"], &[]),
    (&["onlineGamingIncident"], &["gameName", "console", "content", "additionalInfo"], &[]),
    (&["cellPhoneIncident"], &["phoneNumber", "latitude", "longitude", "additionalInfo"], &[]),
    (&["nonInternetIncident"], &["locationName", "incidentAddress", "additionalInfo"], &[]),
    (&["peer2peerIncident"], &["client", "ipCaptureEvent", "fileNames", "additionalInfo"], &[]),
    (
        &["lawEnforcement"],
        &[
            "agencyName",
            "caseNumber",
            "officerContact",
            "reportedToLe",
            "servedLegalProcessDomestic",
            "servedLegalProcessInternational",
        ],
        &[],
    ),
    (&["servedLegalProcessInternational"], &[], &["fleaCountry"]),
    (
        &["reporter"],
        &["reportingPerson", "contactPerson", "companyTemplate", "termsOfService", "legalURL"],
        &[],
    ),
    (
        &["personOrUserReported"],
        account_and!["personOrUserReportedPerson", "vehicleDescription", "thirdPartyUserReported"],
        &[],
    ),
    (&["intendedRecipient"], account_and!["intendedRecipientPerson"], &[]),
    (&["victim"], account_and!["victimPerson", "schoolName"], &[]),
    (
        // The attribute is `type` in the schema and `accountType` in the documentation; the number of earlier reports
        // is singular here and plural elsewhere.
        &["associatedAccount"],
        account_and![
            "platform",
            "firstName",
            "middleName",
            "lastName",
            "approximateAge",
            "dateOfBirth",
            "phone",
            "email",
            "address",
            "priorCTReport"
        ],
        &["type", "accountType"],
    ),
    (&["platform"], &[], &["thirdPartyUser"]),
    (
        &[
            "personOrUserReportedPerson",
            "intendedRecipientPerson",
            "victimPerson",
            "reportingPerson",
            "contactPerson",
            "officerContact",
        ],
        &["firstName", "lastName", "phone", "email", "address", "age", "dateOfBirth"],
        &[],
    ),
    (
        &["phone", "phoneNumber"],
        &[],
        &["type", "verified", "verificationDate", "countryCallingCode", "extension"],
    ),
    (&["email", "emailAddress"], &[], &["type", "verified", "verificationDate"]),
    (
        &["address", "incidentAddress"],
        &["address", "city", "zipCode", "state", "nonUsaState", "country"],
        &["type"],
    ),
    (&["ipCaptureEvent"], &["ipAddress", "eventName", "dateTime", "possibleProxy", "port"], &[]),
    (&["deviceId"], &["idType", "idValue", "eventName", "dateTime"], &[]),
    (&["estimatedLocation"], &["city", "region", "countryCode"], &["verified", "timestamp"]),
    (
        &["accountTemporarilyDisabled", "accountPermanentlyDisabled"],
        &[],
        &["disabledDate", "userNotified", "userNotifiedDate", "reenabledDate"],
    ),
    (
        &["fileDetails"],
        &[
            "reportId",
            "fileId",
            "fileName",
            "originalFileName",
            "uploadedToEspTimestamp",
            "locationOfFile",
            "fileViewedByEsp",
            "exifViewedByEsp",
            "publiclyAvailable",
            "fileRelevance",
            "potentialMeme",
            "fileAnnotations",
            "industryClassification",
            "originalFileHash",
            "ipCaptureEvent",
            "deviceId",
            "details",
            "additionalInfo",
        ],
        &[],
    ),
    (&["originalFileHash"], &[], &["hashType"]),
    (&["details"], &["nameValuePair"], &["type"]),
    (&["nameValuePair"], &["name", "value"], &[]),
];
