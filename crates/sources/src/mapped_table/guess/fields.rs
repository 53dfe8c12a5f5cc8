//! What each table's fields look like in other parties' tables: the words of their headers and the form of their values.

use super::values::Kind;

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Address,
    Port,
    PortRange,
    Time,
    Date,
    TaxCode,
    Email,
    Phone,
    Imei,
    Mac,
    Iban,
    Province,
    Currency,
    Amount,
    Count,
    Hash,
    /// A number or name of somebody or something.
    Id,
    /// Words that no form tells.
    Text,
    /// A word of a vocabulary.
    Word(&'static str),
}

/// A field as others write it.
pub(super) struct FieldLook {
    pub name: &'static str,
    pub takes: Takes,
    /// Phrases of headers, without accents, parted by commas.
    pub says: &'static str,
    /// Phrases that speak against it.
    pub denies: &'static str,
    /// Whether the form of the values is enough when no header word says so.
    pub alone: bool,
}

/// A table as others write it.
pub(super) struct TableLook {
    pub name: &'static str,
    pub fields: &'static [FieldLook],
    /// Of each group one field must be found.
    pub must: &'static [&'static [&'static str]],
    /// Fields that a file of one issuer mostly does not repeat: the officer says them.
    pub said: &'static [&'static str],
    /// The fields that make the owner of selectors, and what the owner is.
    pub owner: Option<(&'static str, &'static str, &'static str)>,
}

impl Takes {
    /// How much values of a kind speak for it; none when they cannot be its values.
    pub fn weight(self, kind: Kind) -> Option<u32> {
        use Kind as K;
        Some(match (self, kind) {
            (_, K::Empty) => 0,
            (Self::Address, K::Address) => 4,
            (Self::Address, K::AddressAndPort) => 5,
            (Self::Port, K::Port) => 2,
            (Self::PortRange, K::PortRange) => 4,
            (Self::Time, K::Time(_) | K::Epoch(_)) => 4,
            (Self::Time, K::Date(_)) => 1,
            (Self::Date, K::Date(_)) => 3,
            (Self::Date, K::Time(None)) => 1,
            (Self::TaxCode, K::TaxCode)
            | (Self::Email, K::Email)
            | (Self::Iban, K::Iban)
            | (Self::Mac, K::Mac) => 5,
            (Self::Imei, K::Imei) | (Self::Hash, K::Hash) => 4,
            (Self::Phone, K::Phone)
            | (Self::Province, K::Province)
            | (Self::Currency, K::Currency)
            | (Self::Amount, K::Amount { .. }) => 3,
            (Self::Phone | Self::Imei, K::Count) => 1,
            (Self::Amount | Self::Count, K::Port | K::Count) => 1,
            (
                Self::Id,
                K::Text
                | K::Count
                | K::Port
                | K::Phone
                | K::Email
                | K::Guid
                | K::Hash
                | K::Imei
                | K::Mac
                | K::Province
                | K::TaxCode
                | K::Iban,
            ) => 1,
            (
                Self::Text,
                K::Text
                | K::Province
                | K::Count
                | K::Port
                | K::Guid
                | K::Hash
                | K::Address
                | K::Email
                | K::TaxCode,
            ) => 1,
            (Self::Word(_), K::Text | K::Port | K::Count | K::Province) => 1,
            _ => return None,
        })
    }
}

const fn field(name: &'static str, takes: Takes, says: &'static str) -> FieldLook {
    FieldLook { name, takes, says, denies: "", alone: false }
}

const fn alone(mut look: FieldLook) -> FieldLook {
    look.alone = true;
    look
}

const fn not(mut look: FieldLook, denies: &'static str) -> FieldLook {
    look.denies = denies;
    look
}

const IP: &str = "ip, ip address, indirizzo ip, ip pubblico, address, indirizzo, prefix, client ip, c ip, \
         orig h, ipv4, ipv6, src ip, source ip";
/// The other end of a connection is not the account's.
const OTHER_END: &str = "s ip, resp h, resp p, dst, dest, destination, server, destinazione, s port, remote";
const WHEN: &str = "ts, timestamp, data, ora, data ora, date, time, datetime, quando, at, istante, data e ora, \
         session start, start, inizio, created, date time";
const END: &str = "fine, end, until, al, to, stop, cessazione, scadenza, data fine, ora fine";
const START: &str = "inizio, start, from, dal, since, begin, data inizio, ora inizio, decorrenza";
const LINE: &str = "utenza, linea, line, msisdn, customer, contratto, subscriber, numero utenza, cliente, \
         codice cliente, user line, numerazione, dn";
const ACCOUNT: &str = "account, user, utente, login, uid, profilo, username, user id, user name, nome utente, \
         id utente, cs username, account id, nickname";
const BIRTH: &str = "nascita, nato, nata, nato il, birth, birth date, dob, data nascita, data di nascita, \
         date of birth";
const PERSON: &str = "customer name, subscriber name, intestatario, titolare, nominativo, =name, =nome, \
         cognome nome, cognome e nome, nome e cognome, full name, denominazione, ragione sociale, \
         soggetto";
const TAX: &str = "codice fiscale, cod fiscale, cf, tax code, codicefiscale, c f, fiscal code";
const FROM_ACCOUNT: &str = "mittente, from, sender, da, author, autore, from account, from user, inviato da";
const TO_ACCOUNT: &str = "destinatario, to, recipient, receiver, a, to account, to user, inviato a";
const THREAD: &str =
    "thread, conversation, conversazione, chat, room, stanza, gruppo, group, chat id, thread id";
const NAME_OF_FILE: &str = "file, file name, filename, nome file, allegato";
const SIZE: &str = "size, dimensione, bytes, byte, file size, lunghezza";
const HASH: &str = "hash, file hash, md5, sha1, sha256, ed2k, btih, infohash, info hash";

use Takes::*;

/// The tables that an answer or a log may be. Of equals the first wins.
pub(super) const TABLES: &[TableLook] = &[
    TableLook {
        name: "lease",
        fields: &[
            alone(field("address", Address, IP)),
            field(
                "port_low",
                Port,
                "porta da, port low, port from, port start, porte da, da porta, porta inizio, porta iniziale, \
         port min",
            ),
            field(
                "port_high",
                Port,
                "porta a, port high, port to, port end, porte a, a porta, porta fine, porta finale, port max",
            ),
            alone(field(
                "port_low+port_high",
                PortRange,
                "porte, ports, port range, porta, range porte, intervallo porte",
            )),
            not(alone(field("from", Time, START)), "fine, end, until, al, stop, nascita, birth"),
            not(alone(field("until", Time, END)), "dal, inizio, start, from, nascita, birth"),
            field("line", Id, LINE),
            field(
                "access",
                Word("access"),
                "tipo, access, accesso, tipo accesso, access type, type, tecnologia, tipologia",
            ),
            field("shared_by", Count, "utenti per ip, shared by, utenti, condiviso, users, n utenti"),
            field("operator", Text, "operator, operatore, isp, gestore"),
        ],
        must: &[&["address"], &["from"], &["line"]],
        said: &["operator"],
        owner: Some(("line", "operator", "line")),
    },
    TableLook {
        name: "connection",
        fields: &[
            not(alone(field("address", Address, IP)), OTHER_END),
            not(
                alone(field(
                    "port",
                    Port,
                    "port, porta, source port, client port, src port, porta sorgente, orig p, c port, source",
                )),
                "resp p, s port, dst, dest, status, length, bytes, size",
            ),
            not(alone(field("at", Time, WHEN)), "end, fine, stop, nascita, birth, logout"),
            not(field("account", Id, ACCOUNT), "agent, user agent, tipo"),
            field(
                "event",
                Word("event"),
                "event, evento, operazione, action, azione, activity, attivita, tipo evento, event type",
            ),
            field("device", Id, "device, dispositivo, device id, id dispositivo"),
            field(
                "user_agent",
                Text,
                "agent, user agent, client, useragent, browser, cs user agent, applicazione, app",
            ),
            field("proxy_said", Word("stated"), "proxy, vpn, proxy flag, is proxy"),
            field("platform", Text, "platform, piattaforma"),
        ],
        must: &[&["address"], &["account"], &["at"]],
        said: &["platform"],
        owner: Some(("account", "platform", "account")),
    },
    TableLook {
        name: "subscriber",
        fields: &[
            field("line", Id, LINE),
            not(field("name", Text, PERSON), "comune, via, file, utente, user"),
            alone(field("tax_code", TaxCode, TAX)),
            field("birth_date", Date, BIRTH),
            field(
                "address_text",
                Text,
                "indirizzo, residenza, recapito, address, via, domicilio, installation address, ubicazione, \
         sede",
            ),
            field("municipality", Text, "comune, city, citta, town, localita, municipality"),
            alone(field("province", Province, "prov, provincia, pr, province, sigla provincia")),
            field(
                "active_from",
                Date,
                "attiva dal, attivazione, active from, activation, data attivazione, attivo dal",
            ),
            field(
                "active_until",
                Date,
                "attiva al, cessazione, disattivazione, active until, deactivation, attivo al, cessata",
            ),
            field("role", Word("role"), "ruolo, role, qualita, in qualita di, titolo, ruolo intestatario"),
            field("operator", Text, "operator, operatore, isp, gestore"),
        ],
        must: &[&["line"], &["name", "tax_code"]],
        said: &["operator"],
        owner: Some(("line", "operator", "line")),
    },
    TableLook {
        name: "payment",
        fields: &[
            field(
                "payer",
                Id,
                "payer, ordinante, pagante, mittente, sender, from, da, conto ordinante, iban ordinante, \
         payer account, debtor, addebito",
            ),
            field(
                "payee",
                Id,
                "payee, beneficiario, destinatario, recipient, to, a, conto beneficiario, iban beneficiario, \
         payee account, creditor, accredito",
            ),
            alone(field(
                "amount_minor",
                Amount,
                "importo, amount, somma, valore, total, totale, euro, importo eur",
            )),
            alone(field("currency", Currency, "valuta, currency, divisa")),
            not(
                alone(field(
                    "at",
                    Time,
                    "data, date, at, timestamp, data operazione, data ora, data pagamento, eseguito il, \
         valuta data, time",
                )),
                "nascita, birth",
            ),
            field(
                "reference",
                Id,
                "reference, riferimento, transazione, transaction, transaction id, id transazione, numero, cro, \
         trn, mtcn, id",
            ),
            field("note", Text, "causale, note, nota, description, descrizione, memo, oggetto"),
            field(
                "payer_name",
                Text,
                "nome ordinante, payer name, nome mittente, sender name, intestatario ordinante",
            ),
            field(
                "payee_name",
                Text,
                "nome beneficiario, payee name, nome destinatario, recipient name, intestatario beneficiario",
            ),
            field(
                "payer_place",
                Text,
                "luogo invio, payer place, sender city, citta mittente, paese mittente",
            ),
            field(
                "payee_place",
                Text,
                "luogo incasso, payee place, recipient city, citta destinatario, paese destinatario",
            ),
            field("service", Text, "service, servizio, circuito"),
        ],
        must: &[&["payer"], &["payee"], &["amount_minor"], &["at"]],
        said: &["service"],
        owner: None,
    },
    TableLook {
        name: "message",
        fields: &[
            field("from_account", Id, FROM_ACCOUNT),
            field("to_account", Id, TO_ACCOUNT),
            alone(field("at", Time, WHEN)),
            field("text", Text, "text, testo, messaggio, message, body, contenuto, content, corpo"),
            field("kind", Word("message_kind"), "kind, tipo, type, tipo messaggio, message type"),
            field("thread", Id, THREAD),
            field("channel", Text, "channel, canale, app, piattaforma, platform, servizio"),
        ],
        must: &[&["from_account"], &["at"], &["text", "to_account", "thread"]],
        said: &["channel", "kind"],
        owner: None,
    },
    TableLook {
        name: "transfer",
        fields: &[
            field("from_account", Id, FROM_ACCOUNT),
            field("to_account", Id, TO_ACCOUNT),
            alone(field("at", Time, WHEN)),
            field("file_name", Text, NAME_OF_FILE),
            alone(field("file_hash", Hash, HASH)),
            field("file_size", Count, SIZE),
            field("thread", Id, THREAD),
            field("channel", Text, "channel, canale, app, piattaforma, platform, servizio"),
        ],
        must: &[&["from_account"], &["at"], &["file_name", "file_hash"]],
        said: &["channel"],
        owner: None,
    },
    TableLook {
        name: "sighting",
        fields: &[
            alone(field("file_hash", Hash, HASH)),
            not(alone(field("address", Address, IP)), OTHER_END),
            not(alone(field("port", Port, "port, porta, source port, peer port")), "size"),
            alone(field("at", Time, WHEN)),
            field("peer", Id, "peer, guid, user hash, peer id, client id"),
            field("file_name", Text, NAME_OF_FILE),
            field("file_size", Count, SIZE),
            field("client", Text, "client, software, programma, client name"),
            field("network", Word("network"), "network, net, rete, protocollo, protocol"),
            field(
                "observed",
                Word("observed"),
                "observed, osservato, observation, osservazione, event type, tipo evento, event, evento",
            ),
            field(
                "ip_basis",
                Word("ip_basis"),
                "ip basis, ip from, address basis, origine ip, ip source, fonte ip, origine indirizzo",
            ),
        ],
        must: &[&["file_hash"], &["address"], &["at"]],
        said: &["network"],
        owner: None,
    },
    TableLook {
        name: "journey",
        fields: &[
            field(
                "traveller",
                Id,
                "traveller, traveler, passenger, passeggero, viaggiatore, nominativo, =name, =nome",
            ),
            field(
                "departed",
                Time,
                "partenza, departure, departed, data partenza, departure date, data volo",
            ),
            field("returned", Time, "ritorno, return, returned, data ritorno, return date"),
            field("from_place", Text, "da, from, origine, origin, luogo partenza, aeroporto partenza"),
            field("to_place", Text, "a, to, destinazione, destination, luogo arrivo, aeroporto arrivo"),
            field("carrier", Text, "vettore, carrier, compagnia, airline, volo, flight"),
        ],
        must: &[&["traveller"], &["departed"]],
        said: &[],
        owner: None,
    },
    TableLook {
        name: "network",
        fields: &[
            alone(field("prefix", Address, "prefix, rete, network, range, cidr, subnet, prefisso, ip")),
            field("nature", Word("nature"), "nature, tipo, type, uso, usage, natura, category, categoria"),
            field("label", Text, "label, etichetta, nome, name, provider, fornitore"),
            field("as_of", Date, "as of, data, date, updated, aggiornato"),
        ],
        must: &[&["prefix"], &["nature"]],
        said: &[],
        owner: None,
    },
    TableLook {
        name: "known_file",
        fields: &[
            field("md5", Hash, "md5"),
            field("sha1", Hash, "sha1, sha 1"),
            field("sha256", Hash, "sha256, sha 256"),
            field("ed2k", Hash, "ed2k"),
            field("category", Id, "category, categoria, classe, class"),
            field("series", Text, "series, serie"),
            field("size", Count, SIZE),
            field("list", Text, "list, lista, elenco"),
            field("scheme", Text, "scheme, schema"),
            field("list_version", Text, "list version, versione"),
        ],
        must: &[&["md5", "sha1", "sha256", "ed2k"], &["category", "series", "list"]],
        said: &["list"],
        owner: None,
    },
    TableLook {
        name: "precedent",
        fields: &[
            alone(field("tax_code", TaxCode, TAX)),
            field("name", Text, PERSON),
            field("birth_date", Date, BIRTH),
            field("offence", Text, "offence, offense, reato, articolo, titolo di reato, imputazione"),
            not(field("date", Date, "date, data, data reato, data procedimento"), BIRTH),
        ],
        must: &[&["offence"], &["tax_code", "name"]],
        said: &[],
        owner: None,
    },
    TableLook {
        name: "exhibit",
        fields: &[
            field("number", Id, "reperto, exhibit, numero reperto, n reperto, exhibit number"),
            field("description", Text, "descrizione, description, oggetto"),
            field("seized", Time, "sequestro, seized, data sequestro, sequestrato il"),
            field("seized_place", Text, "luogo, place, luogo sequestro"),
            field("seized_from", Text, "nei confronti di, seized from, indagato, soggetto"),
        ],
        must: &[&["number"], &["description", "seized"]],
        said: &[],
        owner: None,
    },
];

/// Identifiers that a line or an account may have beside it: each becomes a selector.
pub(super) const SELECTORS: &[FieldLook] = &[
    alone(field(
        "email",
        Email,
        "email, e mail, mail, posta elettronica, contact email, email contatto, pec",
    )),
    alone(field(
        "phone",
        Phone,
        "telefono, tel, phone, cellulare, mobile, tel contatto, recapito telefonico, msisdn, \
         numero telefono",
    )),
    alone(field("imei", Imei, "imei")),
    field("imsi", Id, "imsi"),
    alone(field("mac", Mac, "mac, mac address, indirizzo mac")),
    alone(field("iban", Iban, "iban")),
    alone(field("tax_code", TaxCode, TAX)),
    field("birth_date", Date, BIRTH),
    field("nickname", Id, "nickname, nick, screen name, soprannome"),
    field("cookie", Id, "cookie, cookie id"),
    field("device_id", Id, "device id, udid, idfa, android id"),
    not(field("name", Text, PERSON), "comune, via, file, utente, user"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use tutela_model::TableInfo;
    use tutela_model::tables::SelectorKind;
    use tutela_model::words::Words as _;

    #[test]
    fn every_field_is_one_of_its_table() {
        for look in TABLES {
            let table = TableInfo::named(look.name).expect(look.name);
            for name in look.fields.iter().flat_map(|field| field.name.split('+')) {
                assert!(table.field_idx(name).is_some(), "{} has no field {name}", look.name);
            }
            let named = |name: &&str| look.fields.iter().any(|field| field.name == *name);
            assert!(look.must.iter().all(|group| group.iter().all(&named)), "{}", look.name);
            for needed in crate::tutela_table::needed(table) {
                let is_met =
                    look.must.iter().any(|group| group.contains(&needed)) || look.said.contains(&needed);
                assert!(is_met, "{} needs {needed}", look.name);
            }
        }
        assert!(SELECTORS.iter().all(|look| SelectorKind::from_word(look.name).is_some()));
    }
}
