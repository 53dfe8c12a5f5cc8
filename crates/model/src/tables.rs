//! All tables. `tables.golden` beside this crate's manifest holds their columns; a test compares.
//!
//! The names are a contract with other programs: add, never rename.

use std::collections::BTreeMap;

use arrow_array::RecordBatch;

use crate::Text;
use crate::field::{AddressSaid, Flaw, FlawKind, PrefixSaid};
use crate::table::{Build, Table, TableInfo};
use crate::time::{Date, Time};

words! {
    /// What an account did from an address.
    pub enum Event {
        /// It logged in.
        Login = "login",
        /// It was registered.
        Registration = "registration",
        /// It uploaded something.
        Upload = "upload",
        /// It sent a message.
        Message = "message",
        /// It bought something.
        Purchase = "purchase",
        /// Something else, which the source names.
        Other = "other",
        /// The source does not say.
        Unknown = "unknown",
    }
}

words! {
    /// Yes, no, or the source does not say.
    pub enum Stated {
        /// Stated as so.
        Yes = "yes",
        /// Stated as not so.
        No = "no",
        /// Not stated: never the same as no.
        Unknown = "unknown",
    }
}

words! {
    /// How a line reaches the network.
    pub enum Access {
        /// A fixed line in a home.
        Fixed = "fixed",
        /// A SIM.
        Mobile = "mobile",
        /// A hotspot that guests use.
        Hotspot = "hotspot",
        /// A line of a business.
        Business = "business",
        /// The operator does not say.
        Unknown = "unknown",
    }
}

words! {
    /// In which role an operator's answer names somebody, or an address, for a line.
    pub enum SubscriberRole {
        /// Who pays the bills, and where they go.
        Payer = "payer",
        /// Who signed the contract.
        Holder = "holder",
        /// Where the line is installed, and who is there.
        Installation = "installation",
        /// Who uses the line, as the operator was told.
        User = "user",
        /// The operator does not say.
        Unknown = "unknown",
    }
}

words! {
    /// A file-sharing network.
    pub enum SharingNetwork {
        /// eDonkey and Kad.
        Ed2k = "ed2k",
        /// Gnutella and Gnutella2.
        Gnutella = "gnutella",
        /// Ares.
        Ares = "ares",
        /// BitTorrent.
        Bittorrent = "bittorrent",
        /// Another, named in the source.
        Other = "other",
    }
}

words! {
    /// What an observer saw a peer do. They weigh differently: who is listed has not been seen to give anything.
    pub enum Observed {
        /// A server, tracker or other peer named it as a source; the observer did not reach it.
        Listed = "listed",
        /// It offered the file to the observer.
        Offered = "offered",
        /// The observer downloaded the file, or a part of it, from this peer alone.
        Downloaded = "downloaded",
        /// It showed the observer the list of the files that it shares.
        Browse = "browse",
        /// It searched for something.
        Searched = "searched",
        /// The observer does not say.
        Unknown = "unknown",
    }
}

words! {
    /// How an observer came to a peer's address.
    pub enum IpBasis {
        /// The observer was connected with it.
        Connected = "connected",
        /// The peer itself stated it.
        SelfReported = "self_reported",
        /// Somebody else stated it: a server, a tracker, another peer.
        ThirdParty = "third_party",
        /// The observer does not say.
        Unknown = "unknown",
    }
}

words! {
    /// What a message carries.
    pub enum MessageKind {
        /// Words.
        Text = "text",
        /// A file.
        File = "file",
        /// A call.
        Call = "call",
        /// A notice of the service.
        System = "system",
    }
}

words! {
    /// What a selector belongs to.
    pub enum OwnerKind {
        /// An account: owner is `platform/account`.
        Account = "account",
        /// A line: owner is `operator/line`.
        Line = "line",
        /// A person: owner is a tax code or a reference of the source.
        Person = "person",
        /// A device: owner is its number.
        Device = "device",
        /// A peer: owner is `network/peer`.
        Peer = "peer",
        /// A payment handle: owner is `service/handle`.
        Handle = "handle",
    }
}

words! {
    /// The kinds of identifier.
    pub enum SelectorKind {
        /// An e-mail address.
        Email = "email",
        /// A telephone number.
        Phone = "phone",
        /// The number of a handset.
        Imei = "imei",
        /// The number of a SIM.
        Imsi = "imsi",
        /// The hardware address of a network card.
        Mac = "mac",
        /// A name chosen by its user.
        Nickname = "nickname",
        /// A name of a person, as stated.
        Name = "name",
        /// A tax code.
        TaxCode = "tax_code",
        /// A date of birth, as stated.
        BirthDate = "birth_date",
        /// A device number given by a platform.
        DeviceId = "device_id",
        /// A browser cookie.
        Cookie = "cookie",
        /// A bank account number.
        Iban = "iban",
        /// A cryptocurrency address.
        Wallet = "wallet",
        /// A payment card, as the source masks it.
        Card = "card",
        /// An address on the web.
        Url = "url",
        /// The user hash of a file-sharing client.
        UserHash = "user_hash",
        /// The serial number of a camera.
        CameraSerial = "camera_serial",
    }
}

words! {
    /// How a source came to hold an identifier.
    pub enum Origin {
        /// A field of the record states it.
        Stated = "stated",
        /// It was found in free text: whose it is, the text alone says.
        Mined = "mined",
        /// Somebody else's address book or program says so: the account's user did not choose it, and may not know of it.
        AddressBook = "address_book",
    }
}

words! {
    /// What an address range is used for.
    pub enum Nature {
        /// Shared by many lines of one operator.
        Cgnat = "cgnat",
        /// A VPN's exit.
        Vpn = "vpn",
        /// A data centre.
        Hosting = "hosting",
        /// An exit of the Tor network.
        TorExit = "tor_exit",
        /// A hotspot.
        Hotspot = "hotspot",
        /// A university or school.
        Campus = "campus",
        /// A mobile operator's pool.
        Mobile = "mobile",
    }
}

words! {
    /// How a deterministic NAT gives ports to the lines behind one address: the algorithms of RFC 7422 (section 2) of
    /// which a plan's parameters alone give the line of a port.
    pub enum PortAlgorithm {
        /// Each line has ports that follow each other: the first block is the first line's.
        Sequential = "sequential",
        /// Each line has every n-th port, of n lines on an address: the first port is the first line's, the second port
        /// the second line's.
        Staggered = "staggered",
    }
}

words! {
    /// The part that a person has in a referral, as its sender states it.
    pub enum ReportedRole {
        /// Reported by the sender.
        Reported = "reported",
        /// Named as the receiver of a message or file.
        IntendedRecipient = "intended_recipient",
        /// Named as a child at risk or harmed.
        Victim = "victim",
        /// An account that the sender associates with another person of the referral.
        Associated = "associated",
    }
}

words! {
    /// Why a record could not be read.
    pub enum ProblemKind {
        /// A value is not of its column's kind.
        BadValue = "bad_value",
        /// A value that the table needs is missing.
        MissingValue = "missing_value",
        /// Two values of the record contradict each other.
        Contradiction = "contradiction",
        /// A column that the table does not have; reported once a file.
        UnknownColumn = "unknown_column",
        /// An element or word that the format's description does not have; kept verbatim.
        UnknownElement = "unknown_element",
        /// The record is not well formed.
        Malformed = "malformed",
        /// The file ends inside a record.
        Truncated = "truncated",
        /// Larger or deeper than any honest record of the format.
        TooLarge = "too_large",
        /// Bytes that are not text in the file's encoding.
        Encoding = "encoding",
        /// A part of the file that is not read, because reading it could do harm.
        Refused = "refused",
    }
}

words! {
    /// What an entry of a file system or archive is.
    pub enum FileKind {
        /// A file.
        File = "file",
        /// A folder.
        Folder = "folder",
        /// A named stream beside a file's own bytes (NTFS).
        Stream = "stream",
        /// A link to another entry.
        Link = "link",
        /// A file in an archive, which is itself a file.
        Member = "member",
        /// Something else: a device, a pipe.
        Other = "other",
        /// The source does not say.
        Unknown = "unknown",
    }
}

words! {
    /// What a file system says of an entry.
    pub enum FileState {
        /// It is there.
        Allocated = "allocated",
        /// It was deleted, and its entry is still in its folder.
        Deleted = "deleted",
        /// It was deleted, and no folder names it any more.
        Orphan = "orphan",
        /// The source does not say.
        Unknown = "unknown",
    }
}

words! {
    /// What the hash of a part of a file is taken over.
    pub enum PartKind {
        /// MD4 of 9,728,000 bytes, as eDonkey cuts files.
        Ed2k = "ed2k",
        /// SHA-1 of 184,320 bytes, as eMule's AICH cuts the parts of eDonkey.
        Aich = "aich",
        /// Root of eMule's AICH tree over the 9,728,000 bytes of one part of eDonkey.
        AichPart = "aich_part",
        /// SHA-1 of a torrent's piece (BEP 3): it may reach over the end of a file.
        TorrentPiece = "torrent_piece",
        /// SHA-256 root of a piece of one file (BEP 52).
        TorrentLayer = "torrent_layer",
    }
}

words! {
    /// How a file-sharing program came to know another peer.
    pub enum Contact {
        /// It keeps a balance of what the two gave each other.
        Credit = "credit",
        /// It is a source from which a file was being fetched.
        Source = "source",
        /// It was connected for a file when the program wrote its state.
        Swarm = "swarm",
        /// Its user put it on the list of friends.
        Friend = "friend",
    }
}

words! {
    /// How a file meets an entry of a list.
    pub enum MatchBasis {
        /// A hash of the whole file is the entry's.
        Whole = "whole",
        /// A hash of a part of it is the entry's.
        Part = "part",
        /// A hash that a record states, without the file.
        Recorded = "recorded",
        /// Its picture is similar: never said to be the same.
        Similar = "similar",
    }
}

words! {
    /// Whose part in a sharing program's total a number is.
    pub enum TotalOf {
        /// Bytes sent to others.
        BytesSent = "bytes_sent",
        /// Bytes received from others.
        BytesReceived = "bytes_received",
        /// Sessions in which something was sent.
        SessionsSent = "sessions_sent",
        /// Sessions in which something was received.
        SessionsReceived = "sessions_received",
        /// Files completed.
        FilesCompleted = "files_completed",
        /// Seconds connected.
        SecondsConnected = "seconds_connected",
        /// Seconds that the program ran, connected or not.
        SecondsRun = "seconds_run",
    }
}

table! {
    /// One use of an account from an address at an instant.
    pub struct Connection = "connection", key [address, port, at, platform, account] {
        /// The platform, in lower case letters as its own records name it.
        platform: Text,
        /// The account's number or name on the platform.
        account: Text,
        /// What the account did.
        event: Event,
        /// The address that the platform saw.
        address: AddressSaid,
        /// The source port that the platform saw; empty when it recorded none.
        port: Option<u16>,
        /// When, by the platform's clock; empty when the record has no time.
        at: Option<Time>,
        /// A device number that the platform gave.
        device: Option<Text>,
        /// The client's own description of itself.
        user_agent: Option<Text>,
        /// Whether the platform marks the address as a proxy.
        proxy_said: Stated,
    }
}

table! {
    /// Who held an address (and port range) from when to when, as an operator answered.
    pub struct Lease = "lease", key [address, address_bits, port_low, from, until, line], check lease_holds {
        /// The operator that answered.
        operator: Text,
        /// The address or prefix that the line held.
        address: PrefixSaid,
        /// First source port of the line's share of the address; empty when the line held all ports.
        port_low: Option<u16>,
        /// Last source port of the line's share of the address.
        port_high: Option<u16>,
        /// When the line began to hold the address.
        from: Time,
        /// When it ended, exclusive; empty when it had not ended at the time of the answer.
        until: Option<Time>,
        /// The line, as the operator numbers it.
        line: Text,
        /// How the line reaches the network.
        access: Access,
        /// How many lines share the address at one time; empty when unknown.
        shared_by: Option<u32>,
    }
}

fn lease_holds(lease: &Lease) -> Result<(), Flaw> {
    let contradiction = |column, expected: String, found: String| {
        Err(Flaw { column, kind: FlawKind::Contradiction, expected, found })
    };
    if let Some(until) = &lease.until
        && until.last_us() < lease.from.at_us
    {
        return contradiction(
            "until",
            format!("an end after its beginning, {}", lease.from.said),
            until.said.to_string(),
        );
    }
    match (lease.port_low, lease.port_high) {
        (Some(low), Some(high)) if high < low => {
            contradiction("port_high", format!("a last port from {low} on"), high.to_string())
        }
        (None, Some(high)) => contradiction(
            "port_low",
            "a first port, because a last one is given".to_owned(),
            high.to_string(),
        ),
        (Some(low), None) => contradiction(
            "port_high",
            "a last port, because a first one is given".to_owned(),
            low.to_string(),
        ),
        _ => Ok(()),
    }
}

table! {
    /// To whom a line is registered, as an operator answered. The subscriber is not the user.
    pub struct Subscriber = "subscriber", key [operator, line] {
        /// The operator that answered.
        operator: Text,
        /// The line, as the operator numbers it.
        line: Text,
        /// The name that the line is registered to.
        name: Option<Text>,
        /// Its tax code.
        tax_code: Option<Text>,
        /// Its date of birth.
        birth_date: Option<Date>,
        /// Postal address of the installation, or of the subscriber for a SIM.
        address_text: Option<Text>,
        /// Municipality.
        municipality: Option<Text>,
        /// Province, two letters.
        province: Option<Text>,
        /// Since when the line is registered so.
        active_from: Option<Date>,
        /// Until when it was.
        active_until: Option<Date>,
        /// In which role the answer names this person and this address. A line has a row for each role.
        role: SubscriberRole,
    }
}

table! {
    /// A peer that was observed with a file on a file-sharing network, and what was observed.
    pub struct Sighting = "sighting", key [peer, network, at] {
        /// The file-sharing network.
        network: SharingNetwork,
        /// The peer's address.
        address: AddressSaid,
        /// The peer's port.
        port: Option<u16>,
        /// The peer's number on its network (GUID, user hash).
        peer: Option<Text>,
        /// The file's hash with its kind: `ed2k:…`, `sha1:…`, `btih:…`.
        file_hash: Text,
        /// The file's name, as the peer gave it.
        file_name: Option<Text>,
        /// The file's size in bytes.
        file_size: Option<u64>,
        /// When, by the observer's clock.
        at: Time,
        /// The peer's program, as it names itself.
        client: Option<Text>,
        /// What the observer saw the peer do.
        observed: Observed,
        /// How the observer came to the address.
        ip_basis: IpBasis,
    }
}

table! {
    /// Who wrote to whom, in which channel, when.
    pub struct Message = "message", key [channel, thread, at] {
        /// The application or platform.
        channel: Text,
        /// The conversation.
        thread: Option<Text>,
        /// The account that wrote.
        from_account: Text,
        /// The account written to; empty in a group.
        to_account: Option<Text>,
        /// When.
        at: Time,
        /// What the message carries.
        kind: MessageKind,
        /// Its words.
        text: Option<Text>,
        /// The conversation's name, as the source shows it.
        thread_name: Option<Text>,
    }
}

table! {
    /// Who gave which file to whom, in which channel, when.
    pub struct Transfer = "transfer", key [file_hash, channel, thread, at] {
        /// The application or platform.
        channel: Text,
        /// The conversation.
        thread: Option<Text>,
        /// The account that gave.
        from_account: Text,
        /// The account that received; empty in a group.
        to_account: Option<Text>,
        /// When.
        at: Time,
        /// The file's hash with its kind.
        file_hash: Option<Text>,
        /// The file's name.
        file_name: Option<Text>,
        /// The file's size in bytes.
        file_size: Option<u64>,
        /// The hash of the file as it was before the application made it smaller, with its kind.
        original_hash: Option<Text>,
        /// Where the application kept the file, or the address that it had it from.
        path: Option<Text>,
    }
}

table! {
    /// A payment, as a payment service recorded it.
    pub struct Payment = "payment", key [service, payer, payee, at] {
        /// The payment service.
        service: Text,
        /// The service's number of the payment.
        reference: Option<Text>,
        /// The payer's handle.
        payer: Text,
        /// The payer's name, as recorded.
        payer_name: Option<Text>,
        /// Where it was paid in.
        payer_place: Option<Text>,
        /// The payee's handle.
        payee: Text,
        /// The payee's name, as recorded.
        payee_name: Option<Text>,
        /// Where it was paid out.
        payee_place: Option<Text>,
        /// The amount in the currency's minor unit (cents).
        amount_minor: Option<i64>,
        /// The currency, by ISO 4217.
        currency: Option<Text>,
        /// When.
        at: Time,
        /// The payer's own words.
        note: Option<Text>,
    }
}

table! {
    /// A journey, as a carrier or a border recorded it.
    pub struct Journey = "journey", key [traveller, departed] {
        /// The traveller, as recorded.
        traveller: Text,
        /// Where from.
        from_place: Option<Text>,
        /// Where to.
        to_place: Option<Text>,
        /// When it began.
        departed: Time,
        /// When the traveller came back.
        returned: Option<Time>,
        /// The carrier.
        carrier: Option<Text>,
    }
}

table! {
    /// An identifier that a record ties to an account, a person, a device or a line.
    pub struct Selector = "selector", key [kind, value, owner_kind, owner] {
        /// What the identifier belongs to.
        owner_kind: OwnerKind,
        /// The owner: `platform/account`, `operator/line`, a person's tax code, a device, a peer, a handle.
        owner: Text,
        /// The kind of identifier.
        kind: SelectorKind,
        /// The identifier, as the source wrote it.
        value: Text,
        /// Since when it was the owner's.
        from: Option<Time>,
        /// Until when it was.
        until: Option<Time>,
        /// Whether the source states that it checked the identifier (a code sent to the number, a document seen).
        verified: Stated,
        /// How the source came to hold it; an empty cell means that a field of the record states it.
        origin: Origin,
    }
}

table! {
    /// What an address range is used for, from a supplied list with its date.
    pub struct Network = "network", key [prefix, prefix_bits, as_of] {
        /// The range.
        prefix: PrefixSaid,
        /// What it is used for.
        nature: Nature,
        /// The list's own name for it.
        label: Option<Text>,
        /// The date for which the list says so.
        as_of: Option<Date>,
    }
}

table! {
    /// Where a supplied list puts an address range, with its date: an estimate, which ties nobody to a place.
    pub struct Area = "area", key [prefix, prefix_bits, as_of] {
        /// The range.
        prefix: PrefixSaid,
        /// The country, by its two letters (ISO 3166-1).
        country: Option<Text>,
        /// The Italian province, by its two letters.
        province: Option<Text>,
        /// The list's own name for the place.
        label: Option<Text>,
        /// The date for which the list says so.
        as_of: Option<Date>,
    }
}

table! {
    /// A question that went to an operator or a platform, as it was asked, and the record that it was copied from.
    pub struct Request = "request", key [request, item] {
        /// The request's reference: `R-001`.
        request: Text,
        /// The question's number in the request, from 1.
        item: Option<u32>,
        /// Who was asked: an operator, a platform, or `unknown` while the holder of the address is not known.
        of: Text,
        /// The address, as the record wrote it.
        address: AddressSaid,
        /// The source port; empty when the record has none.
        port: Option<u16>,
        /// When, in UTC and to the second, as it was asked.
        at: Time,
        /// The same instant, as the record wrote it.
        at_in_record: Option<Text>,
        /// SHA-256 of the received file that holds the record, hexadecimal.
        from_source: Text,
        /// The spot of the record in that file.
        from_place: Text,
        /// The earlier question that this one asks again, as `R-001/3`; empty otherwise.
        repeat_of: Option<Text>,
        /// For a control question, the line that an earlier answer named: `operator/line`; empty otherwise.
        control_line: Option<Text>,
        /// SHA-256 of the answers that knew the address when the question was asked, hexadecimal, separated by blanks.
        known_from: Option<Text>,
    }
}

table! {
    /// An entry of an agency's list of known files.
    pub struct KnownFile = "known_file", key [list, md5, sha1, sha256] {
        /// The list.
        list: Text,
        /// Its version.
        list_version: Option<Text>,
        /// The scheme of its categories.
        scheme: Option<Text>,
        /// The category, in that scheme.
        category: Option<Text>,
        /// The series that the file belongs to.
        series: Option<Text>,
        /// MD5, hexadecimal.
        md5: Option<Text>,
        /// SHA-1, hexadecimal.
        sha1: Option<Text>,
        /// SHA-256, hexadecimal.
        sha256: Option<Text>,
        /// The eDonkey hash, hexadecimal.
        ed2k: Option<Text>,
        /// The PDQ perceptual hash, hexadecimal.
        pdq: Option<Text>,
        /// The file's size in bytes.
        size: Option<u64>,
        /// Whether the list has withdrawn the entry.
        withdrawn: Option<bool>,
        /// Who put the file into the category; none when the list does not say.
        stated_by: Option<Text>,
        /// When; of several statements about a file in one list, the latest counts.
        stated_at: Option<Time>,
        /// Where, when the row was taken from another file: its SHA-256 and the place in it.
        stated_in: Option<Text>,
    }
}

table! {
    /// A person's earlier proceeding.
    pub struct Precedent = "precedent", key [tax_code, name, date] {
        /// The person's tax code.
        tax_code: Option<Text>,
        /// The person's name.
        name: Option<Text>,
        /// Date of birth.
        birth_date: Option<Date>,
        /// The offence, as the register names it.
        offence: Option<Text>,
        /// The proceeding's date.
        date: Option<Date>,
    }
}

table! {
    /// What started an operation: a report of a platform, a hotline, an NGO or a foreign force.
    pub struct Referral = "referral", key [issuer, reference] {
        /// Who sent it on: `ncmec` and others.
        issuer: Text,
        /// Its number with the sender.
        reference: Text,
        /// The platform that reported.
        platform: Option<Text>,
        /// When the sender received it.
        received: Option<Time>,
        /// The sender's own kind of incident.
        incident_type: Option<Text>,
        /// When the incident was, as reported.
        incident_at: Option<Time>,
        /// What the sender says about that time.
        incident_at_note: Option<Text>,
        /// The reason why the reporter asks for urgency; empty when it does not.
        escalation: Option<Text>,
        /// Annotations that the reporter set, separated by blanks.
        annotations: Option<Text>,
        /// Whether one report stands for many uploads of a file that spread widely.
        batched: Stated,
        /// Free text of the reporter.
        text: Option<Text>,
        /// Elements that the format's description does not have, verbatim.
        unknown_fields: Option<Text>,
    }
}

table! {
    /// A person or account, as a referral states it.
    pub struct ReportedPerson = "reported_person", key [issuer, reference, ordinal] {
        /// Who sent the referral on.
        issuer: Text,
        /// The referral's number with the sender.
        reference: Text,
        /// The person's position in the referral, from 1.
        ordinal: Option<u32>,
        /// The part that the sender gives the person.
        role: ReportedRole,
        /// The platform of the account.
        platform: Option<Text>,
        /// The account's number on the platform.
        account: Option<Text>,
        /// The account's visible name.
        screen_name: Option<Text>,
        /// The name stated.
        name: Option<Text>,
        /// Date of birth stated.
        birth_date: Option<Date>,
        /// Age stated, in years.
        age: Option<u32>,
        /// Whether the referral states that the person has access to children.
        access_to_children: Stated,
        /// Whether the referral states an earlier conviction.
        convicted: Stated,
        /// Whether the platform says that the account was taken over by somebody else.
        compromised: Stated,
        /// Numbers of earlier reports on the account, separated by blanks.
        prior_reports: Option<Text>,
        /// Free text on the person.
        text: Option<Text>,
        /// Elements that the format's description does not have, verbatim.
        unknown_fields: Option<Text>,
    }
}

table! {
    /// A file, as a referral describes it. The file itself is never read.
    pub struct ReportedFile = "reported_file", key [issuer, reference, file_id] {
        /// Who sent the referral on.
        issuer: Text,
        /// The referral's number with the sender.
        reference: Text,
        /// The file's number in the referral.
        file_id: Option<Text>,
        /// The account that uploaded it, `platform/account`, where the referral says.
        account: Option<Text>,
        /// Its name.
        file_name: Option<Text>,
        /// MD5, hexadecimal.
        md5: Option<Text>,
        /// SHA-1, hexadecimal.
        sha1: Option<Text>,
        /// SHA-256, hexadecimal.
        sha256: Option<Text>,
        /// Another hash with its kind: `PhotoDNA:…`.
        other_hash: Option<Text>,
        /// The platform's classification (A1, A2, B1, B2), in its own scheme.
        classification: Option<Text>,
        /// Annotations that the platform set, separated by blanks.
        annotations: Option<Text>,
        /// Whether somebody at the platform saw the whole file.
        viewed_by_platform: Stated,
        /// Whether the file was open to everybody.
        publicly_available: Stated,
        /// When it was uploaded.
        uploaded: Option<Time>,
        /// What else the referral says of the file, one statement a line.
        text: Option<Text>,
        /// Elements that the format's description does not have, verbatim.
        unknown_fields: Option<Text>,
    }
}

table! {
    /// A seized thing.
    pub struct Exhibit = "exhibit", key [number] {
        /// The exhibit's number.
        number: Text,
        /// The exhibit that it is a part of.
        part_of: Option<Text>,
        /// What it is.
        description: Option<Text>,
        /// When it was seized.
        seized: Option<Time>,
        /// Where.
        seized_place: Option<Text>,
        /// From whom.
        seized_from: Option<Text>,
        /// What it is read as: `folder`, `raw`, `split`, `e01`, …
        form: Option<Text>,
        /// The path where its image lay when it was added.
        image: Option<Text>,
        /// The size of its image's files together, in bytes.
        size: Option<u64>,
        /// SHA-256 of the image's files, joined in their order, hexadecimal; none for a folder.
        sha256: Option<Text>,
        /// The hash that the image itself states of what was acquired, with its kind; none when it states none.
        acquired_hash: Option<Text>,
    }
}

table! {
    /// A file that was delivered with a referral or found on an exhibit: listed and hashed, never opened.
    pub struct File = "file", key [exhibit, path] {
        /// The exhibit, or the number of the referral that the file came with.
        exhibit: Option<Text>,
        /// Its path.
        path: Text,
        /// Its size in bytes.
        size: Option<u64>,
        /// When it was last written, by the clock of what held it.
        modified: Option<Time>,
        /// MD5, hexadecimal.
        md5: Option<Text>,
        /// SHA-1, hexadecimal.
        sha1: Option<Text>,
        /// SHA-256, hexadecimal.
        sha256: Option<Text>,
        /// The eDonkey hash, hexadecimal.
        ed2k: Option<Text>,
        /// What the entry is.
        kind: FileKind,
        /// What the file system says of it.
        state: FileState,
        /// When it was made on this file system, by the clock of what held it.
        created: Option<Time>,
        /// When it was last read, where the file system keeps that.
        accessed: Option<Time>,
        /// When its entry was last changed, where the file system keeps that.
        changed: Option<Time>,
        /// Whether all its bytes could be read, so that its hashes are of the whole.
        whole: Stated,
        /// Where its bytes lie in the image: `offset+length` in bytes, separated by blanks; the first sixteen runs, and
        /// `…` when there are more.
        bytes_at: Option<Text>,
    }
}

table! {
    /// What is known of a picture or film without looking at it.
    pub struct Media = "media", key [sha256] {
        /// SHA-256 of the file, hexadecimal.
        sha256: Text,
        /// The PDQ perceptual hash, hexadecimal.
        pdq: Option<Text>,
        /// The camera's maker and model, as the file states them.
        camera: Option<Text>,
        /// The camera's serial number, as the file states it.
        camera_serial: Option<Text>,
        /// When it was taken, as the file states it.
        taken: Option<Time>,
        /// Place coordinates, as the file states them.
        position: Option<Text>,
        /// The way in which the perceptual hash was taken: `ref512` or `full`.
        pdq_profile: Option<Text>,
        /// The perceptual hash's own quality, 0 to 100; below 50 it says little.
        pdq_quality: Option<u32>,
        /// What was done to the picture before it was hashed: orientation, palette, colours, transparency.
        normalised: Option<Text>,
    }
}

table! {
    /// A file, or a hash that a record states, that meets an entry of an agency's list.
    pub struct KnownMatch = "known_match", key [list, sha256, path] {
        /// The exhibit.
        exhibit: Option<Text>,
        /// The file's path on it; none when only a record states the hash.
        path: Option<Text>,
        /// SHA-256 of the file, hexadecimal; none when the file is not there.
        sha256: Option<Text>,
        /// The hash that met the entry, with its kind: `md5:…`, `ed2k:…`, `pdq:…`.
        met: Text,
        /// How it met.
        basis: MatchBasis,
        /// The list.
        list: Text,
        /// Its version.
        list_version: Option<Text>,
        /// SHA-256 of the list's index, hexadecimal.
        list_digest: Option<Text>,
        /// The scheme of its categories.
        scheme: Option<Text>,
        /// The category, in that scheme.
        category: Option<Text>,
        /// The series that the list puts it in.
        series: Option<Text>,
        /// For a similar picture, in how many of 256 bits the hashes differ; for a similar film, the most in which two near
        /// frames of the run differ.
        distance: Option<u32>,
        /// For a similar picture, how both hashes were taken, and how the picture was turned; for a similar film, how both
        /// films' frames were.
        profile: Option<Text>,
        /// Whether the list has withdrawn the entry.
        withdrawn: Option<bool>,
        /// For a similar film, the id that the list gives to its film.
        listed_film: Option<Text>,
        /// For a similar film, how many thousandths of its frames of sufficient quality are near to one of the listed film.
        near_thousandths: Option<u32>,
        /// For a similar film, how many thousandths of the listed film's are near to one of it.
        listed_near_thousandths: Option<u32>,
        /// For a similar film, how many near frames follow each other in the same order and at the same pace as in
        /// the listed film, in the longest run.
        run_frames: Option<u32>,
        /// Where that run begins in the film, in milliseconds.
        run_from_ms: Option<u64>,
        /// How long it is, from its first frame to its last, in milliseconds.
        run_ms: Option<u64>,
    }
}

table! {
    /// What a file-sharing program recorded of a file of its own: whether it offered it, who asked, how much it sent.
    pub struct SharedFile = "shared_file", key [file_hash, program, path] {
        /// The file-sharing network.
        network: SharingNetwork,
        /// The program that wrote the record, as far as its format tells.
        program: Text,
        /// The file's hash with its kind: `ed2k:…`, `sha1:…`, `btih:…`, `btmh:…`; `btih_start:…` when only its first digits
        /// are known, and `unnumbered:…` and a name when the record has none, which meets nothing else.
        file_hash: Text,
        /// A second hash of the same file or torrent, with its kind: `aich:…`, `btmh:…`, `tth:…`.
        other_hash: Option<Text>,
        /// The file's name, as the program kept it.
        file_name: Option<Text>,
        /// The file's size in bytes.
        file_size: Option<u64>,
        /// Where the program kept it.
        path: Option<Text>,
        /// Whether the program had it among the files that it offers.
        offered: Stated,
        /// How often others asked for it, over the life of the record.
        n_requests: Option<u64>,
        /// How many of these requests were accepted.
        n_accepted: Option<u64>,
        /// Bytes of it sent to others.
        bytes_sent: Option<u64>,
        /// Bytes of it received from others.
        bytes_received: Option<u64>,
        /// Whether the program had all of it.
        complete: Stated,
        /// When it was taken up.
        added: Option<Time>,
        /// When it became complete.
        completed: Option<Time>,
        /// When it was last offered.
        last_offered: Option<Time>,
        /// When something of it was last sent.
        last_sent: Option<Time>,
        /// The raw counters, each with the bytes that hold it: `requests=7@byte:130+4`, separated by blanks.
        counters_said: Option<Text>,
        /// Further hashes of the same file, each with its kind, separated by blanks; `btroot:…` is its root in BEP 52.
        more_hashes: Option<Text>,
        /// What else the record says of the file, one statement a line.
        text: Option<Text>,
    }
}

table! {
    /// Another peer that a file-sharing program recorded, and what the two gave each other.
    pub struct PeerContact = "peer_contact", key [peer, address, last_seen] {
        /// The file-sharing network.
        network: SharingNetwork,
        /// The program that wrote the record, as far as its format tells.
        program: Text,
        /// How the program came to know the peer.
        contact: Contact,
        /// The peer's number on its network (user hash, GUID).
        peer: Option<Text>,
        /// The peer's name, as it called itself.
        peer_name: Option<Text>,
        /// The peer's address; none when the record has none.
        address: Option<AddressSaid>,
        /// The peer's port.
        port: Option<u16>,
        /// The file that the contact is about, as its hash with its kind.
        file_hash: Option<Text>,
        /// Bytes sent to the peer.
        bytes_sent: Option<u64>,
        /// Bytes received from it.
        bytes_received: Option<u64>,
        /// When the program last saw it.
        last_seen: Option<Time>,
        /// The raw counters, each with the bytes that hold it, as in `shared_file`.
        counters_said: Option<Text>,
    }
}

table! {
    /// The hash of a part of a file, as a record states it.
    pub struct FilePart = "file_part", key [hash, file_hash] {
        /// The whole file's hash or the torrent's, with its kind: `ed2k:…`, `aich:…`, `btih:…`, `btroot:…`.
        file_hash: Text,
        /// What the hash is taken over.
        kind: PartKind,
        /// The part's hash, hexadecimal.
        hash: Text,
        /// Where the part begins, in bytes from the beginning of the file or torrent.
        offset: Option<u64>,
        /// How long it is; none when the record does not say.
        length: Option<u64>,
        /// Whether the program had this part.
        held: Stated,
    }
}

table! {
    /// A download that the user of a file-sharing program cancelled: a file that was once chosen.
    pub struct CancelledFile = "cancelled_file", key [hash] {
        /// The program that wrote the record, as far as its format tells.
        program: Text,
        /// The seed that the program hashed the file's hash with; none when it kept that hash itself.
        seed: Option<u32>,
        /// The hash with its kind: `ed2k:…`, or `seeded_md5:…`, which is MD5 over the seed (4 bytes, little-endian)
        /// and the eDonkey hash.
        hash: Text,
    }
}

table! {
    /// Words that were searched for with a program, as it kept them.
    pub struct SearchedFor = "searched_for", key [program, words] {
        /// The program that wrote the record, as far as its format tells.
        program: Text,
        /// The words, as they were typed.
        words: Text,
        /// When; none when the program keeps no time.
        at: Option<Time>,
        /// How many results the record still has.
        n_results: Option<u32>,
    }
}

table! {
    /// A folder that a file-sharing program was told to offer.
    pub struct SharedFolder = "shared_folder", key [program, path] {
        /// The program that wrote the record, as far as its format tells.
        program: Text,
        /// The folder's path.
        path: Text,
    }
}

table! {
    /// A total that a file-sharing program keeps over all files.
    pub struct SharingTotal = "sharing_total", key [program, total] {
        /// The program that wrote the record, as far as its format tells.
        program: Text,
        /// What is counted.
        total: TotalOf,
        /// The number.
        value: Option<u64>,
        /// Since when it is counted; none when the record does not say.
        since: Option<Time>,
    }
}

words! {
    /// Why something of an exhibit was not read.
    pub enum UnreadWhy {
        /// Its structure is damaged.
        Damaged = "damaged",
        /// The image ends before it, or a segment is missing.
        Truncated = "truncated",
        /// A limit of entries, depth, size or time was reached.
        Limit = "limit",
        /// It is encrypted.
        Encrypted = "encrypted",
        /// Nothing here reads this kind.
        Unsupported = "unsupported",
        /// Two readers found different things.
        Disagreement = "disagreement",
    }
}

table! {
    /// Something of an exhibit that could not be read, or on which two readers disagree.
    pub struct Unread = "unread", key [exhibit, at] {
        /// The exhibit.
        exhibit: Text,
        /// A path, or an offset in the image.
        at: Text,
        /// Why it was not read.
        why: UnreadWhy,
        /// What was expected.
        expected: Option<Text>,
        /// What was found.
        found: Option<Text>,
    }
}

table! {
    /// A record that could not be read, kept with its place.
    pub struct Problem = "problem", key [kind, column] {
        /// Why.
        kind: ProblemKind,
        /// The column or element, where there is one.
        column: Option<Text>,
        /// What was expected.
        expected: Text,
        /// What was found, clipped when long.
        found: Option<Text>,
        /// How to mend it.
        mend: Option<Text>,
    }
}

table! {
    /// The parameters by which an operator's deterministic NAT (RFC 7422) gave ports of public addresses to inside
    /// addresses, as the operator stated them. Rows whose parameters cannot be right are kept; `shared_address` says so.
    pub struct NatPlan = "nat_plan", key [outside_low, port_low, from] {
        /// The operator, as its leases name it.
        operator: Text,
        /// First inside address that has ports: not the prefix's, because many leave its first and last address out.
        inside_low: AddressSaid,
        /// Last inside address that has ports.
        inside_high: AddressSaid,
        /// First public address.
        outside_low: AddressSaid,
        /// Last public address.
        outside_high: AddressSaid,
        /// First port that is given out by the algorithm.
        port_low: Option<u16>,
        /// Last port of the range that is given out; what lines do not fill of it is nobody's, or of the dynamic pool.
        port_high: Option<u16>,
        /// How many ports each line has.
        ports_per_line: Option<u32>,
        /// How many lines share a public address (the compression ratio); empty where nothing depends on it.
        lines_per_address: Option<u32>,
        /// How ports are given to lines.
        algorithm: PortAlgorithm,
        /// First port of the dynamic pool, whose ports the operator logs; empty when there is none.
        dynamic_low: Option<u16>,
        /// Last port of the dynamic pool.
        dynamic_high: Option<u16>,
        /// Since when the parameters held.
        from: Time,
        /// Until when, exclusive; empty when they still did at the time of the answer.
        until: Option<Time>,
    }
}

table! {
    /// That an exhibit was held against a list, whether or not anything met. Without it, no match says nothing.
    pub struct ListTried = "list_tried", key [exhibit, list, list_version] {
        /// The exhibit.
        exhibit: Text,
        /// The list.
        list: Text,
        /// Its version.
        list_version: Option<Text>,
        /// SHA-256 of the list's index, hexadecimal; of a perceptual list, of its labels and entries.
        list_digest: Option<Text>,
        /// The kinds of hashes that the list has, separated by blanks: `md5 sha1 sha256 ed2k`, or `pdq` for
        /// pictures and `pdq_frames` for films.
        kinds: Text,
        /// How many files the exhibit had then: rows of the table `file` that are no folders and no links. Of a perceptual
        /// list, those of pictures that were hashed, and where it has films those of films whose frames were.
        n_files: Option<u64>,
        /// How many of them could be looked up: they were whole and had a hash of one of these kinds; a perceptual one is of
        /// a quality that says something.
        n_looked_up: Option<u64>,
        /// How many matches were found on the exhibit.
        n_hits: Option<u64>,
    }
}

table! {
    /// A frame of a film, by its perceptual hash.
    pub struct FilmFrame = "film_frame", key [sha256, at_ms] {
        /// SHA-256 of the film's file, hexadecimal.
        sha256: Text,
        /// When the frame is shown, in milliseconds from the film's beginning.
        at_ms: Option<u64>,
        /// The PDQ perceptual hash, hexadecimal.
        pdq: Text,
        /// The way in which the hash was taken: `full`.
        pdq_profile: Option<Text>,
        /// The hash's own quality, 0 to 100; below 50 it says little.
        pdq_quality: Option<u32>,
    }
}

/// The list in which an operation keeps the grades of its own officers.
pub const GRADES: &str = "grades";

/// The list in which grades are kept that contradict another, until an officer decides: those that came from elsewhere, and
/// those of a second officer who did not know the first.
pub const GRADES_IN_DISPUTE: &str = "grades in dispute";

/// Lists the tables: the row of any of them, and what is done with all of them.
macro_rules! tables {
    ($($row:ident,)+) => {
        /// A row of any table.
        #[derive(Clone, Debug, PartialEq)]
        #[expect(missing_docs, reason = "each variant is the row type of its name")]
        pub enum Row {
            $($row($row),)+
        }

        /// Every table.
        pub static TABLES: &[TableInfo] = &[$(<$row as Table>::INFO),+];

        impl Row {
            /// The table that the row belongs to.
            #[must_use]
            pub fn table(&self) -> &'static TableInfo {
                match self {
                    $(Self::$row(_) => const { &<$row as Table>::INFO },)+
                }
            }

            /// Where in the received file the row stands.
            #[must_use]
            pub fn place(&self) -> &crate::place::Spot {
                match self {
                    $(Self::$row(row) => &row.place,)+
                }
            }

            /// How many bytes of foreign text the row holds, so that a store can keep within its memory.
            #[must_use]
            pub fn text_bytes(&self) -> usize {
                match self {
                    $(Self::$row(row) => Table::text_bytes(row),)+
                }
            }

            /// Where in the received file the row stands, to be moved into a container's member.
            pub fn place_mut(&mut self) -> &mut crate::place::Spot {
                match self {
                    $(Self::$row(row) => &mut row.place,)+
                }
            }
        }

        /// Collects rows of all tables into batches.
        #[derive(Default)]
        #[expect(non_snake_case, reason = "each field is named like the row type that it collects")]
        pub struct Builders {
            $($row: Option<Box<<$row as Table>::Builder>>,)+
        }

        impl Builders {
            /// Appends a row; hands back a batch when its table has `n_rows` of them.
            pub fn push(&mut self, row: &Row, n_rows: usize) -> Option<(&'static TableInfo, RecordBatch)> {
                match row {
                    $(Row::$row(row) => {
                        let builder = self.$row.get_or_insert_default();
                        builder.push(row);
                        (builder.len() >= n_rows).then(|| (const { &<$row as Table>::INFO }, builder.finish()))
                    })+
                }
            }

            /// Ends all tables that have rows waiting.
            pub fn finish(&mut self) -> BTreeMap<&'static str, (&'static TableInfo, RecordBatch)> {
                let mut batches = BTreeMap::new();
                $(if let Some(builder) = &mut self.$row && !builder.is_empty() {
                    let info = const { &<$row as Table>::INFO };
                    batches.insert(info.name, (info, builder.finish()));
                })+
                batches
            }
        }
    };
}

tables! {
    Referral,
    ReportedPerson,
    ReportedFile,
    Connection,
    Lease,
    Subscriber,
    Sighting,
    Message,
    Transfer,
    Payment,
    Journey,
    Exhibit,
    File,
    Media,
    KnownFile,
    Selector,
    Precedent,
    Network,
    Area,
    Request,
    Problem,
    NatPlan,
    KnownMatch,
    SharedFile,
    PeerContact,
    FilePart,
    CancelledFile,
    SearchedFor,
    SharedFolder,
    SharingTotal,
    Unread,
    ListTried,
    FilmFrame,
}
