//! Words of closed vocabularies as sentences of findings write them: `{kind:word}` in a template shows `word.KIND`.
//! A word that is not here is shown as the tables have it.

use tutela_model::Statement;

/// The words.
pub static STATEMENTS: &[Statement] = &[
    Statement { key: "word.yes", it: "sì", en: "yes" },
    Statement { key: "word.no", it: "no", en: "no" },
    Statement { key: "word.unknown", it: "non noto", en: "unknown" },
    Statement { key: "word.email", it: "e-mail", en: "e-mail" },
    Statement { key: "word.phone", it: "telefono", en: "telephone" },
    Statement { key: "word.imei", it: "IMEI", en: "IMEI" },
    Statement { key: "word.imsi", it: "IMSI", en: "IMSI" },
    Statement { key: "word.mac", it: "indirizzo MAC", en: "MAC address" },
    Statement { key: "word.nickname", it: "nickname", en: "nickname" },
    Statement { key: "word.name", it: "nome", en: "name" },
    Statement { key: "word.tax_code", it: "codice fiscale", en: "tax code" },
    Statement { key: "word.birth_date", it: "data di nascita", en: "date of birth" },
    Statement { key: "word.device_id", it: "identificativo del dispositivo", en: "device identifier" },
    Statement { key: "word.cookie", it: "cookie", en: "cookie" },
    Statement { key: "word.iban", it: "IBAN", en: "IBAN" },
    Statement { key: "word.wallet", it: "portafoglio di criptovaluta", en: "cryptocurrency wallet" },
    Statement { key: "word.card", it: "carta di pagamento", en: "payment card" },
    Statement { key: "word.url", it: "indirizzo web", en: "web address" },
    Statement { key: "word.user_hash", it: "identificativo di rete", en: "network user hash" },
    Statement { key: "word.camera_serial", it: "matricola della fotocamera", en: "camera serial number" },
    Statement { key: "word.nothing", it: "nulla", en: "nothing" },
    Statement { key: "word.contact", it: "recapiti", en: "contacts" },
    Statement { key: "word.second_contact", it: "un secondo recapito", en: "a second contact" },
    Statement { key: "word.document", it: "documenti", en: "documents" },
    Statement { key: "word.payment", it: "mezzi di pagamento", en: "means of payment" },
    Statement { key: "word.profile", it: "dati del profilo", en: "profile data" },
    Statement { key: "word.line", it: "l'utenza", en: "the line" },
    Statement {
        key: "word.at_once",
        it: "uso nello stesso momento sulla stessa utenza",
        en: "use at the same time on the same line",
    },
    Statement {
        key: "word.never_apart",
        it: "mai in uso nello stesso momento in due abitazioni",
        en: "never in use in two homes at the same time",
    },
    Statement {
        key: "word.two_homes",
        it: "uso nello stesso momento in due abitazioni",
        en: "use in two homes at the same time",
    },
    Statement {
        key: "word.other_device",
        it: "un altro dispositivo nello stesso momento",
        en: "another device at the same time",
    },
    Statement { key: "word.apart", it: "presenza altrove", en: "presence elsewhere" },
    Statement {
        key: "word.verified",
        it: "identità verificate diverse",
        en: "different verified identities",
    },
    Statement { key: "word.limit", it: "limite", en: "limit" },
    Statement { key: "word.pair_at_most", it: "limite di una coppia", en: "limit of a pair" },
    Statement {
        key: "word.device_alone",
        it: "un dispositivo da solo qui non unisce",
        en: "a device alone does not join here",
    },
    Statement {
        key: "word.typed_in_alone",
        it: "ciò che è digitato e i tempi da soli non uniscono",
        en: "what is typed in and times alone do not join",
    },
    Statement { key: "word.referral", it: "la stessa segnalazione", en: "the same referral" },
    Statement { key: "word.device", it: "il dispositivo", en: "the device" },
    Statement { key: "word.person", it: "i dati della persona", en: "the person's data" },
    Statement {
        key: "word.two_lines",
        it: "l'utenza fissa e quella mobile della stessa persona",
        en: "the fixed and the mobile line of the same person",
    },
];

#[cfg(test)]
mod tests {
    use tutela_model::tables::SelectorKind;
    use tutela_model::words::Words as _;
    use tutela_model::{Catalogue, Lang};

    #[test]
    fn every_kind_of_selector_has_words() {
        let catalogue = Catalogue::new(&[super::STATEMENTS]);
        for kind in SelectorKind::ALL {
            let key = format!("word.{}", kind.word());
            assert_ne!(catalogue.word(&key, Lang::It), key);
        }
    }
}
