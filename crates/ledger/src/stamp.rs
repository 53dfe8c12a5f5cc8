//! What an authority is asked to stamp and what it answers, as two files (RFC 3161): the request that is sent, and what
//! stands in the reply.
//!
//! ```text
//! TimeStampReq   { version 1, messageImprint { SHA-256, hash }, nonce, certReq TRUE }
//! TimeStampResp  { status { status, statusString, failInfo }, timeStampToken }
//! TimeStampToken = ContentInfo { signedData, SignedData { …, { tSTInfo, TSTInfo }, certificates, signerInfos } }
//! TSTInfo        { version 1, policy, messageImprint, serialNumber, genTime, …, nonce, tsa [0], … }
//! ```
//!
//! Nothing here checks the signature of the authority: what a reply says is what it says. Tools that courts know check
//! it, with the authority's certificate from elsewhere: README.md has the command of OpenSSL.

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetString, OctetStringRef, UintRef};
use der::{
    DecodeValue, Encode, EncodingRules, FixedTag, Header, Reader, SliceReader, Tag, TagMode, TagNumber,
    Tagged as _,
};
use sha2::{Digest as _, Sha256};

use crate::entry::is_time;
use crate::merkle::Hash;

mod name;

/// The most bytes of a reply: it has about 2,000, and certificates and lists of revoked ones make it longer.
const REPLY_BYTES: usize = 1024 * 1024;

/// SHA-256 (RFC 5754 section 2.2).
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
/// What a token is (RFC 5652 section 5.1).
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// What a token is signed over (RFC 3161 section 2.4.2).
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// The tag of the authority's name, which stands around it because a name is one of several kinds.
const TSA: Tag = Tag::ContextSpecific { constructed: true, number: TagNumber(0) };

/// The bytes of a request for a stamp of this message (RFC 3161 section 2.4.1): `FILE.tsq`.
///
/// The nonce is a number that nobody can guess; a reply that repeats it was not made before the request. The reply is
/// asked to hold the authority's certificate.
#[must_use]
pub fn request(message: &[u8], nonce: u64) -> Vec<u8> {
    // SHA-256 is written without parameters (RFC 5754 section 2).
    let algorithm = value(Tag::Sequence, &[&encoded(&SHA_256)]);
    let hash = value(Tag::OctetString, &[&Sha256::digest(message)]);
    let imprint = value(Tag::Sequence, &[&algorithm, &hash]);
    value(Tag::Sequence, &[&encoded(&1_u8), &imprint, &encoded(&nonce), &encoded(&true)])
}

fn value(tag: Tag, parts: &[&[u8]]) -> Vec<u8> {
    encoded(&AnyRef::new(tag, &parts.concat()).expect("some hundred bytes are not too long"))
}

fn encoded(value: &impl Encode) -> Vec<u8> {
    value.to_der().expect("some hundred bytes are not too long")
}

/// What stands in the reply of an authority. Whether the authority signed it is for others to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// SHA-256 of the message that was stamped.
    pub imprint: Hash,
    /// When it was stamped, RFC 3339 in UTC; a fraction of the second is left out.
    pub gen_time: String,
    /// The stamp's number at this authority, in hexadecimal digits.
    pub serial: String,
    /// Under which policy the authority stamped: an object identifier such as `1.2.3.4`.
    pub policy: String,
    /// The number of the request, in hexadecimal digits; none when the request had none.
    pub nonce: Option<String>,
    /// The name that the authority gives itself, for display; none when it gives none.
    pub tsa: Option<String>,
}

/// Bytes that are not the reply of an authority, or a reply without a stamp that is read here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadReply {
    /// Not as RFC 3161 has it.
    #[error("not the reply of a time-stamping authority at {place}: expected {expected}, found: {found}")]
    Form {
        /// Where, by the names of RFC 3161 and RFC 5652.
        place: &'static str,
        /// What should stand there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// The authority did not stamp.
    #[error("the authority did not stamp: expected granted, found: {status}{}", in_brackets(.said))]
    Refused {
        /// Its status (RFC 3161 section 2.4.2), in a word.
        status: &'static str,
        /// What it says of that, and the reasons that it names.
        said: Vec<String>,
    },
    /// The stamp is of a hash that is not made here.
    #[error("the stamp is of another hash: expected SHA-256 ({SHA_256}), found: {0}")]
    Algorithm(String),
}

fn in_brackets(texts: &[String]) -> String {
    if texts.is_empty() { String::new() } else { format!(" ({})", texts.join("; ")) }
}

/// Why a reply is not the one to a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OtherRequest {
    /// The stamp is of other bytes.
    #[error("the stamp is of other bytes: expected {expected}, found: {found}")]
    Imprint {
        /// SHA-256 of the message.
        expected: Hash,
        /// SHA-256 of what was stamped.
        found: Hash,
    },
    /// The reply does not repeat the number of the request.
    #[error("the reply is to another request: expected the number {expected}, found: {found}")]
    Nonce {
        /// The number of the request, in hexadecimal digits.
        expected: String,
        /// The number in the reply.
        found: String,
    },
}

impl Reply {
    /// Reads a reply, or a stamp that was taken out of one. No signature is checked.
    ///
    /// # Errors
    /// Bytes that are neither, an authority that did not stamp, a stamp of another hash than SHA-256.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadReply> {
        if bytes.len() > REPLY_BYTES {
            return Err(form("the file", "at most 1048576 bytes", format!("{} bytes", bytes.len())));
        }
        // A token may be written in BER (RFC 5652 section 5), what was signed is DER (RFC 3161 section 2.4.2).
        let mut reader = SliceReader::new_with_encoding_rules(bytes, EncodingRules::Ber)?;
        let info = reader.sequence(|reader| {
            if Tag::peek(reader)? == Tag::ObjectIdentifier {
                return token(reader);
            }
            reader.sequence(granted)?;
            if reader.is_finished() {
                return Err(form("timeStampToken", "a token", "the end".to_owned()));
            }
            reader.sequence(token)
        })?;
        reader.finish()?;
        let mut reader = SliceReader::new(info.as_bytes())?;
        let reply = reader.sequence(Self::info)?;
        reader.finish()?;
        Ok(reply)
    }

    /// Whether the stamp is of this message and the reply to the request with this number; with none, to any.
    ///
    /// # Errors
    /// What differs.
    pub fn answers(&self, message: &[u8], nonce: Option<u64>) -> Result<(), OtherRequest> {
        let expected = Hash(Sha256::digest(message).into());
        if self.imprint != expected {
            return Err(OtherRequest::Imprint { expected, found: self.imprint });
        }
        let Some(nonce) = nonce.map(|nonce| digits(&nonce.to_be_bytes())) else { return Ok(()) };
        match &self.nonce {
            Some(found) if *found == nonce => Ok(()),
            found => {
                let found = found.clone().unwrap_or_else(|| "none".to_owned());
                Err(OtherRequest::Nonce { expected: nonce, found })
            }
        }
    }

    /// Reads the members of a `TSTInfo` (RFC 3161 section 2.4.2).
    fn info(reader: &mut SliceReader<'_>) -> Result<Self, BadReply> {
        let version: u8 = at("version", "1", reader.decode())?;
        if version != 1 {
            return Err(form("version", "1", version.to_string()));
        }
        let policy: ObjectIdentifier = at("policy", "an object identifier", reader.decode())?;
        let imprint = reader.sequence(imprint)?;
        let serial: UintRef<'_> = at("serialNumber", "a number from 0", reader.decode())?;
        let time: AnyRef<'_> = at("genTime", "a time", reader.decode())?;
        let gen_time = gen_time(time)?;
        if !reader.is_finished() && Tag::peek(reader)? == Tag::Sequence {
            let _accuracy: AnyRef<'_> = at("accuracy", "a sequence", reader.decode())?;
        }
        let _ordering: Option<bool> = at("ordering", "true or false", reader.decode())?;
        let nonce: Option<UintRef<'_>> = at("nonce", "a number from 0", reader.decode())?;
        let mut tsa = None;
        while !reader.is_finished() {
            let member: AnyRef<'_> = at("tsa", "a name", reader.decode())?;
            // What else stands here are extensions, which are passed over.
            if member.tag() == TSA {
                tsa = Some(name::general(member.value())?);
            }
        }
        let (serial, nonce) = (digits(serial.as_bytes()), nonce.map(|nonce| digits(nonce.as_bytes())));
        Ok(Self { imprint, gen_time, serial, policy: policy.to_string(), nonce, tsa })
    }
}

fn form(place: &'static str, expected: &'static str, found: String) -> BadReply {
    BadReply::Form { place, expected, found }
}

/// Where what could not be decoded should stand.
fn at<T>(place: &'static str, expected: &'static str, decoded: der::Result<T>) -> Result<T, BadReply> {
    decoded.map_err(|error| form(place, expected, error.to_string()))
}

/// What is wrong between members: a sequence that is none, that ends early or that has more to it.
impl From<der::Error> for BadReply {
    fn from(error: der::Error) -> Self {
        form("the structure", "the members of RFC 3161 in DER", error.to_string())
    }
}

/// Reads the members of a `PKIStatusInfo` (RFC 3161 section 2.4.2), of a reply that holds a stamp.
fn granted(reader: &mut SliceReader<'_>) -> Result<(), BadReply> {
    const STATUSES: [&str; 6] = [
        "granted",
        "granted with changes",
        "rejection",
        "waiting",
        "warning of a revocation",
        "notice of a revocation",
    ];
    /// The bits of `PKIFailureInfo` that RFC 3161 names.
    const FAILURES: [(usize, &str); 8] = [
        (0, "badAlg"),
        (2, "badRequest"),
        (5, "badDataFormat"),
        (14, "timeNotAvailable"),
        (15, "unacceptedPolicy"),
        (16, "unacceptedExtension"),
        (17, "addInfoNotAvailable"),
        (25, "systemFailure"),
    ];
    let status: u8 = at("status", "a number from 0 to 5", reader.decode())?;
    let word = STATUSES.get(usize::from(status));
    let word = word.ok_or_else(|| form("status", "a number from 0 to 5", status.to_string()))?;
    let mut said = Vec::new();
    if !reader.is_finished() && Tag::peek(reader)? == Tag::Sequence {
        reader.sequence(|reader| {
            while !reader.is_finished() {
                let text: AnyRef<'_> = at("statusString", "a text", reader.decode())?;
                said.push(name::text(text));
            }
            Ok::<_, BadReply>(())
        })?;
    }
    let failures: Option<BitStringRef<'_>> = at("failInfo", "bits", reader.decode())?;
    let bits: Vec<bool> = failures.map(|failures| failures.bits().collect()).unwrap_or_default();
    let named = FAILURES.iter().filter(|(bit, _)| bits.get(*bit).copied().unwrap_or(false));
    said.extend(named.map(|(_, name)| (*name).to_owned()));
    // Granted, or granted with changes.
    if status <= 1 { Ok(()) } else { Err(BadReply::Refused { status: word, said }) }
}

/// Reads the members of a token's `ContentInfo` (RFC 5652 section 3): what was signed.
fn token(reader: &mut SliceReader<'_>) -> Result<OctetString, BadReply> {
    is("contentType", "signedData (1.2.840.113549.1.7.2)", SIGNED_DATA, reader)?;
    let data = reader.context_specific::<SignedData>(TagNumber(0), TagMode::Explicit)?;
    let data = data.ok_or_else(|| form("content", "signed data", "something else or the end".to_owned()))?;
    Ok(data.0)
}

/// Reads the object identifier that has to stand here.
fn is<'a>(
    place: &'static str,
    expected: &'static str,
    identifier: ObjectIdentifier,
    reader: &mut impl Reader<'a>,
) -> Result<(), BadReply> {
    let found: ObjectIdentifier = at(place, expected, reader.decode())?;
    if found == identifier { Ok(()) } else { Err(form(place, expected, found.to_string())) }
}

/// The content of a `SignedData` (RFC 5652 section 5.1). Certificates and signatures are passed over.
struct SignedData(OctetString);

impl FixedTag for SignedData {
    const TAG: Tag = Tag::Sequence;
}

impl<'a> DecodeValue<'a> for SignedData {
    type Error = BadReply;

    fn decode_value<R: Reader<'a>>(reader: &mut R, _: Header) -> Result<Self, BadReply> {
        let _version: u8 = at("SignedData version", "a number", reader.decode())?;
        let _digests: AnyRef<'_> = at("digestAlgorithms", "a set", reader.decode())?;
        let content = reader.sequence(|reader| {
            is("eContentType", "tSTInfo (1.2.840.113549.1.9.16.1.4)", TST_INFO, reader)?;
            let content = reader.context_specific::<OctetString>(TagNumber(0), TagMode::Explicit);
            let content = at("eContent", "bytes", content)?;
            content.ok_or_else(|| form("eContent", "bytes", "something else or the end".to_owned()))
        })?;
        while !reader.is_finished() {
            let _certificates_or_signatures: AnyRef<'_> = reader.decode()?;
        }
        Ok(Self(content))
    }
}

/// Reads the members of a `MessageImprint` (RFC 3161 section 2.4.1).
fn imprint(reader: &mut SliceReader<'_>) -> Result<Hash, BadReply> {
    let algorithm: ObjectIdentifier = reader.sequence(|reader| {
        let algorithm = at("hashAlgorithm", "an object identifier", reader.decode())?;
        // Parameters are absent or null (RFC 5754 section 2), and say nothing.
        let _parameters: Option<AnyRef<'_>> = at("hashAlgorithm", "parameters", reader.decode())?;
        Ok::<_, BadReply>(algorithm)
    })?;
    if algorithm != SHA_256 {
        return Err(BadReply::Algorithm(algorithm.to_string()));
    }
    let hash: &OctetStringRef = at("hashedMessage", "a hash of 32 bytes", reader.decode())?;
    let hash = hash.as_bytes();
    let bytes = hash.try_into();
    bytes.map(Hash).map_err(|_| form("hashedMessage", "a hash of 32 bytes", format!("{} bytes", hash.len())))
}

/// A time such as `20260301200000.25Z` (RFC 3161 section 2.4.2) as `2026-03-01T20:00:00Z`.
fn gen_time(time: AnyRef<'_>) -> Result<String, BadReply> {
    let bad = || {
        let found = String::from_utf8_lossy(time.value()).chars().take(40).collect::<String>();
        form("genTime", "a time such as 20260301200000Z", found.escape_debug().to_string())
    };
    let text = std::str::from_utf8(time.value()).ok().filter(|text| text.is_ascii());
    let (second, fraction) =
        text.and_then(|text| text.strip_suffix('Z')?.split_at_checked(14)).ok_or_else(bad)?;
    let fraction_holds = fraction.is_empty()
        || fraction
            .strip_prefix('.')
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()));
    let (day, hour) = second.split_at(8);
    let text =
        format!("{}-{}-{}T{}:{}:{}Z", &day[..4], &day[4..6], &day[6..], &hour[..2], &hour[2..4], &hour[4..]);
    let tagged = time.tag() == Tag::GeneralizedTime;
    if tagged && fraction_holds && is_time(&text) { Ok(text) } else { Err(bad()) }
}

/// A number in hexadecimal digits, two for each byte, without empty bytes in front.
fn digits(bytes: &[u8]) -> String {
    let n_empty = bytes.iter().take_while(|byte| **byte == 0).count().min(bytes.len().saturating_sub(1));
    bytes[n_empty..].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
