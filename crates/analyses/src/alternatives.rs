//! What else could explain a lead, and how each explanation stands.

use tutela_model::finding::PersonStatus;
use tutela_model::tables::Access;
use tutela_model::{Alternative, AlternativeState, Phrase, Statement};

use crate::grounds::View;
use crate::usage::{Open, Usage};

/// Sentences of the explanations.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "alternative.household.open",
        it: "altre persone presenti allo stesso indirizzo possono aver usato l'utenza",
        en: "other people at the same address may have used the line",
    },
    Statement {
        key: "alternative.household.identified",
        it: "conviventi usano utenze, recapiti e dispositivi gli uni degli altri, e i contratti si firmano per loro: la \
             composizione del nucleo familiare non risulta",
        en: "people of one home use each other's lines, contacts and devices, and contracts are signed for them: who lives \
             there does not appear",
    },
    Statement {
        key: "alternative.household.unlikely",
        it: "un documento o un pagamento verificato lega l'account alla persona; gli altri conviventi restano da escludere",
        en: "a verified document or payment ties the account to the person; the others at the address remain to be excluded",
    },
    Statement {
        key: "alternative.open_wifi.open",
        it: "chi si trovava nelle vicinanze può aver usato la rete Wi-Fi dell'utenza fissa",
        en: "somebody nearby may have used the Wi-Fi of the fixed line",
    },
    Statement {
        key: "alternative.open_wifi.unlikely",
        it: "l'account è stato usato anche attraverso un'utenza mobile della stessa persona",
        en: "the account was also used through a mobile line of the same person",
    },
    Statement {
        key: "alternative.not_fixed",
        it: "nessun'utenza fissa è coinvolta",
        en: "no fixed line is involved",
    },
    Statement {
        key: "alternative.cgnat.open",
        it: "{n} connessioni da indirizzi condivisi non hanno porta: indicano un insieme di utenze",
        en: "{n} connections from shared addresses have no port: they name a set of lines",
    },
    Statement {
        key: "alternative.cgnat.unlikely",
        it: "le connessioni attribuite hanno la porta o vengono da indirizzi non condivisi",
        en: "the attributed connections have their port or come from addresses that are not shared",
    },
    Statement {
        key: "alternative.vpn.open",
        it: "{n} connessioni passano da VPN, Tor o centri dati: da dove provenissero non risulta",
        en: "{n} connections came through VPNs, Tor or data centres: from where does not appear",
    },
    Statement {
        key: "alternative.vpn.not_applicable",
        it: "nessuna connessione passa da reti presenti negli elenchi forniti",
        en: "no connection came through networks of the supplied lists",
    },
    Statement {
        key: "alternative.account_shared.open",
        it: "nulla esclude che più persone abbiano usato l'account",
        en: "nothing excludes that several people used the account",
    },
    Statement {
        key: "alternative.account_shared.program",
        it: "nulla esclude che più persone abbiano usato il programma o il dispositivo su cui si trova",
        en: "nothing excludes that several people used the program or the device that it is on",
    },
    Statement {
        key: "alternative.account_shared.nobody_named",
        it: "nessuna utenza è indicata: le altre spiegazioni si valutano dopo la risposta di un operatore",
        en: "no line is named: other explanations are weighed once an operator has answered",
    },
    Statement {
        key: "alternative.account_shared.households",
        it: "l'account è stato usato da utenze di più nuclei familiari",
        en: "the account was used from lines of several households",
    },
    Statement {
        key: "alternative.account_shared.unlikely",
        it: "l'account è stato usato con un solo dispositivo e da un solo nucleo familiare",
        en: "the account was used with one device and from one household",
    },
    Statement {
        key: "alternative.device_shared.open",
        it: "lo stesso dispositivo compare con account di altre piste",
        en: "the same device appears with accounts of other leads",
    },
    Statement {
        key: "alternative.device_shared.unlikely",
        it: "i dispositivi degli account non compaiono altrove",
        en: "the devices of the accounts appear nowhere else",
    },
    Statement {
        key: "alternative.device_shared.unknown",
        it: "le registrazioni non indicano dispositivi",
        en: "the records name no devices",
    },
];

/// Grounds that the people of one home do not share as they share a telephone or an e-mail address.
const OF_ONE: [&str; 3] = ["tax_code", "iban", "card"];

/// The explanations of a lead's accounts; those of its attributions come from `attribution`.
pub fn of(
    usage: &Usage,
    views: &[&View<'_>],
    has_lines: bool,
    status: PersonStatus,
    shares_device: bool,
) -> Vec<Alternative> {
    use AlternativeState::{NotApplicable, Open as Unanswered, Unlikely};
    let of_peers = views.iter().all(|view| view.peer.is_some());
    if of_peers && !has_lines {
        return vec![alternative("account_shared", NotApplicable, "account_shared.nobody_named")];
    }
    let mut alternatives = if has_lines { of_home(views, status) } else { Vec::new() };
    let n_open = |reasons: &[Open]| -> u64 {
        let uses = views.iter().filter_map(|view| usage.accounts.get(&view.key));
        uses.map(|account| account.n_open(reasons)).sum()
    };
    let n_shared = n_open(&[Open::PortMissing, Open::SeveralLines]);
    let mut cgnat = match n_shared {
        0 => alternative("cgnat", Unlikely, "cgnat.unlikely"),
        _ if !has_lines => alternative("cgnat", Unanswered, "cgnat.open"),
        _ => alternative("cgnat", Unlikely, "cgnat.unlikely"),
    };
    cgnat.why = cgnat.why.with("n", n_shared);
    let n_hidden = n_open(&Open::HIDDEN);
    let mut vpn = match n_hidden {
        0 => alternative("vpn", NotApplicable, "vpn.not_applicable"),
        _ => alternative("vpn", Unanswered, "vpn.open"),
    };
    vpn.why = vpn.why.with("n", n_hidden);
    let several_households = views.iter().flat_map(|view| &view.contradictions).any(|phrase| {
        phrase.key == "identity.missing.one_household" || phrase.key == "identity.missing.one_person"
    });
    let one_device = views.iter().all(|view| view.account.devices.len() == 1);
    let shared = match (several_households, one_device) {
        (true, _) => alternative("account_shared", Unanswered, "account_shared.households"),
        (false, true) => alternative("account_shared", Unlikely, "account_shared.unlikely"),
        (false, false) if of_peers => alternative("account_shared", Unanswered, "account_shared.program"),
        (false, false) => alternative("account_shared", Unanswered, "account_shared.open"),
    };
    let device = match (shares_device, views.iter().all(|view| view.account.devices.is_empty())) {
        (true, _) => alternative("device_shared", Unanswered, "device_shared.open"),
        (false, true) => alternative("device_shared", Unanswered, "device_shared.unknown"),
        (false, false) => alternative("device_shared", Unlikely, "device_shared.unlikely"),
    };
    alternatives.extend([cgnat, vpn, shared, device]);
    alternatives
}

fn alternative(kind: &str, state: AlternativeState, key: &str) -> Alternative {
    Alternative { kind: kind.to_owned(), state, why: Phrase::new(&format!("alternative.{key}")) }
}

/// The people of the home and those near it.
fn of_home(views: &[&View<'_>], status: PersonStatus) -> Vec<Alternative> {
    use AlternativeState::{NotApplicable, Open as Unanswered, Unlikely};
    let identified = status == PersonStatus::Identified;
    let lines = || views.iter().flat_map(|view| &view.lines);
    let access =
        |mobile: bool| lines().any(|(_, _, support, _)| (support.access == Some(Access::Mobile)) == mobile);
    let document = views.iter().flat_map(|view| &view.grounds).any(|ground| OF_ONE.contains(&ground.kind));
    let household = match (identified, document) {
        (true, true) => alternative("household", Unlikely, "household.unlikely"),
        (true, false) => alternative("household", Unanswered, "household.identified"),
        (false, _) => alternative("household", Unanswered, "household.open"),
    };
    let open_wifi = match (access(false), access(true)) {
        (false, _) => alternative("open_wifi", NotApplicable, "not_fixed"),
        (true, true) if identified => alternative("open_wifi", Unlikely, "open_wifi.unlikely"),
        (true, _) => alternative("open_wifi", Unanswered, "open_wifi.open"),
    };
    vec![household, open_wifi]
}
