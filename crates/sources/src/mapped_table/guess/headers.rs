//! The words of headers, Italian and English, and the words of values that our vocabularies know.

/// The words of a column's name: lower case, without accents, parted at marks and at capitals (`sourcePort`).
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for sign in name.chars() {
        let starts = sign.is_uppercase() && was_lower;
        was_lower = sign.is_lowercase() || sign.is_ascii_digit();
        if !sign.is_alphanumeric() || starts {
            words.push(String::new());
        }
        if sign.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(sign.to_lowercase().map(without_accent));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn without_accent(sign: char) -> char {
    match sign {
        'à' | 'á' => 'a',
        'è' | 'é' => 'e',
        'ì' | 'í' => 'i',
        'ò' | 'ó' => 'o',
        'ù' | 'ú' => 'u',
        other => other,
    }
}

/// How much of a name one of the phrases is, and which: 6 when it is the whole name, less when it is a part. A phrase
/// that begins with `=` is only ever the whole name: `name` is a person's, `file name` is not.
pub(super) fn match_of(name: &[String], phrases: &'static str) -> Option<(u32, &'static str)> {
    let found = phrases.split(", ").filter_map(|phrase| {
        let (phrase, is_whole_only) = phrase.strip_prefix('=').map_or((phrase, false), |rest| (rest, true));
        let wanted: Vec<&str> = phrase.split(' ').collect();
        let is_part = name.windows(wanted.len()).any(|words| words == wanted)
            && (!is_whole_only || name.len() == wanted.len());
        // Of two phrases the longer says more: `cod fiscale` more than `cod`.
        is_part.then(|| (if name.len() == wanted.len() { 6 } else { 3 + wanted.len().min(3) as u32 }, phrase))
    });
    found.max_by_key(|(score, _)| *score)
}

/// Our word for a word of theirs, in one of our vocabularies.
pub(super) fn our_word(vocabulary: &str, theirs: &str) -> Option<&'static str> {
    let theirs = words(&theirs.to_lowercase()).join(" ");
    VALUE_WORDS
        .iter()
        .filter(|(name, ..)| *name == vocabulary)
        .find(|(_, _, words)| words.split(", ").any(|word| word == theirs))
        .map(|(_, ours, _)| *ours)
}

/// The vocabulary, our word, their words.
const VALUE_WORDS: &[(&str, &str, &str)] = &[
    ("event", "login", "login, logon, log in, sign in, signin, accesso, access, entrata"),
    ("event", "registration", "registration, register, sign up, signup, registrazione, iscrizione"),
    ("event", "upload", "upload, caricamento, carica"),
    ("event", "message", "message, messaggio, msg, chat"),
    ("event", "purchase", "purchase, acquisto, payment, pagamento"),
    ("event", "other", "other, altro, logout, uscita"),
    ("event", "unknown", "unknown, sconosciuto, ignoto, nd"),
    ("stated", "yes", "yes, y, si, s, true, t, vero, 1"),
    ("stated", "no", "no, n, false, f, falso, 0"),
    ("stated", "unknown", "unknown, sconosciuto, ignoto, nd, na"),
    (
        "access",
        "fixed",
        "fixed, fisso, fissa, adsl, vdsl, ftth, fttc, fibra, fiber, rete fissa, residenziale",
    ),
    ("access", "mobile", "mobile, cellulare, umts, lte, 3g, 4g, 5g, sim, rete mobile"),
    ("access", "hotspot", "hotspot, hot spot, wifi, wi fi"),
    ("access", "business", "business, azienda, aziendale, impresa, affari"),
    ("access", "unknown", "unknown, sconosciuto, nd"),
    ("role", "payer", "payer, pagante, bill payer, billing, fatturazione, fattura, intestatario fattura"),
    (
        "role",
        "holder",
        "holder, contract holder, contraente, contratto, intestatario, titolare, intestatario contratto",
    ),
    (
        "role",
        "installation",
        "installation, at the installation, impianto, ubicazione, sede impianto, indirizzo impianto, occupant",
    ),
    ("role", "user", "user, utilizzatore, utente"),
    ("role", "unknown", "unknown, sconosciuto, ignoto, nd"),
    (
        "observed",
        "listed",
        "listed, source, source list, elencato, fonte, search hit, search result, funzionalita di ricerca",
    ),
    ("observed", "offered", "offered, offer, offerto, shared, condiviso, handshake"),
    ("observed", "downloaded", "downloaded, download, single source download, scaricato"),
    ("observed", "browse", "browse, browsed, browse host, sfogliato, elenco file"),
    ("observed", "searched", "searched, search, query, cercato, ricerca"),
    ("observed", "unknown", "unknown, sconosciuto, ignoto, nd"),
    ("ip_basis", "connected", "connected, tcp, direct, connesso, diretto"),
    (
        "ip_basis",
        "self_reported",
        "self reported, self, reported by peer, autodichiarato, dichiarato dal peer",
    ),
    ("ip_basis", "third_party", "third party, tracker, server, dht, relay, terzi, da terzi"),
    ("ip_basis", "unknown", "unknown, sconosciuto, ignoto, nd"),
    ("message_kind", "text", "text, testo, message, messaggio, chat, sms"),
    (
        "message_kind",
        "file",
        "file, image, immagine, foto, photo, video, audio, media, allegato, attachment, document",
    ),
    ("message_kind", "call", "call, chiamata, voce, voip"),
    ("message_kind", "system", "system, sistema, notice, avviso"),
    ("nature", "cgnat", "cgnat, cgn, nat, carrier grade nat"),
    ("nature", "vpn", "vpn, proxy"),
    ("nature", "hosting", "hosting, datacenter, data center, server, cloud"),
    ("nature", "tor_exit", "tor, tor exit, exit node"),
    ("nature", "hotspot", "hotspot, hot spot, wifi, wi fi"),
    ("nature", "campus", "campus, university, universita, school, scuola"),
    ("nature", "mobile", "mobile, cellulare, rete mobile"),
    ("network", "ed2k", "ed2k, edonkey, emule, kad"),
    ("network", "gnutella", "gnutella, gnutella2, g2"),
    ("network", "ares", "ares"),
    ("network", "bittorrent", "bittorrent, torrent, bt"),
    ("network", "other", "other, altro"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_words_in_either_language() {
        for (name, expected) in [
            ("Cod. Fiscale", "cod fiscale"),
            ("sourcePort", "source port"),
            ("IP", "ip"),
            ("Città", "citta"),
            ("Periodo / Inizio", "periodo inizio"),
            ("id.orig_h", "id orig h"),
        ] {
            assert_eq!(words(name).join(" "), expected);
        }
        assert_eq!(our_word("stated", "SÌ"), Some("yes"));
        assert_eq!(our_word("access", "dinamico"), None);
    }

    #[test]
    fn our_words_are_words_of_the_vocabularies() {
        use tutela_model::tables::{
            Access, Event, IpBasis, MessageKind, Nature, Observed, SharingNetwork, Stated, SubscriberRole,
        };
        use tutela_model::words::Words;
        for (vocabulary, ours, _) in VALUE_WORDS {
            let known = match *vocabulary {
                "event" => Event::from_word(ours).is_some(),
                "stated" => Stated::from_word(ours).is_some(),
                "access" => Access::from_word(ours).is_some(),
                "role" => SubscriberRole::from_word(ours).is_some(),
                "observed" => Observed::from_word(ours).is_some(),
                "ip_basis" => IpBasis::from_word(ours).is_some(),
                "message_kind" => MessageKind::from_word(ours).is_some(),
                "nature" => Nature::from_word(ours).is_some(),
                _ => SharingNetwork::from_word(ours).is_some(),
            };
            assert!(known, "{vocabulary} has no word {ours}");
        }
    }
}
