//! A security key as a server sees it: makes key pairs and signs with them (Web Authentication Level 3, section 6).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE;
use rcgen::{KeyPair, SigningKey as _};
use serde_json::{Value, json};
use tutela_model::Digest;

/// A security key with one key pair.
pub struct Authenticator {
    key: KeyPair,
    id: [u8; 16],
    /// How often it says that it was used.
    pub uses: u32,
    /// Whether it says that the PIN was entered.
    pub is_verified: bool,
}

/// The user was present, was verified, and a key pair is told (section 6.1).
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const TELLS_KEY: u8 = 0x40;

impl Authenticator {
    pub fn new(id: u8) -> Self {
        Self { key: KeyPair::generate().expect("a key"), id: [id; 16], uses: 1, is_verified: true }
    }

    /// Its credential ID.
    pub fn id(&self) -> String {
        URL_SAFE.encode(self.id)
    }

    /// What a browser at `origin` sends when a passkey is made for these options.
    pub fn make(&self, options: &Value, origin: &str) -> Value {
        let mut data = self.data(options["rp"]["id"].as_str().expect("a party"), TELLS_KEY);
        data.extend([0; 16]);
        data.extend([0, self.id.len() as u8]);
        data.extend(self.id);
        // An ES256 key in CBOR: {1: 2, 3: -7, -1: 1, -2: x, -3: y} (RFC 9053, section 7.1.1).
        let (x, y) = self.key.public_key_raw()[1..].split_at(32);
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(x);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(y);
        // {"fmt": "none", "attStmt": {}, "authData": data}.
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(data.len() as u8);
        object.extend(&data);
        let client = client_data("webauthn.create", options, origin);
        self.credential(json!({
            "clientDataJSON": URL_SAFE.encode(client),
            "attestationObject": URL_SAFE.encode(object),
            "transports": ["usb"],
        }))
    }

    /// What a browser at `origin` sends when the passkey is used for these options; it counts that.
    pub fn sign(&mut self, options: &Value, origin: &str) -> Value {
        self.uses += 1;
        let data = self.data(options["rpId"].as_str().expect("a party"), 0);
        let client = client_data("webauthn.get", options, origin);
        let signed = [&data[..], &Digest::of(client.as_bytes()).0].concat();
        self.credential(json!({
            "clientDataJSON": URL_SAFE.encode(client),
            "authenticatorData": URL_SAFE.encode(data),
            "signature": URL_SAFE.encode(self.key.sign(&signed).expect("a signature")),
            "userHandle": null,
        }))
    }

    fn data(&self, party: &str, flags: u8) -> Vec<u8> {
        let verified = if self.is_verified { VERIFIED } else { 0 };
        let mut data = Digest::of(party.as_bytes()).0.to_vec();
        data.push(PRESENT | verified | flags);
        data.extend(self.uses.to_be_bytes());
        data
    }

    fn credential(&self, response: Value) -> Value {
        json!({
            "id": self.id(), "rawId": self.id(), "type": "public-key", "response": response,
            "clientExtensionResults": {}, "authenticatorAttachment": "cross-platform",
        })
    }
}

fn client_data(ceremony: &str, options: &Value, origin: &str) -> String {
    json!({"type": ceremony, "challenge": options["challenge"], "origin": origin, "crossOrigin": false})
        .to_string()
}
