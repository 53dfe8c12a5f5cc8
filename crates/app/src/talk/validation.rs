//! What the program says of its own analyses: measures against a known truth, and the report of their validation.

use tutela_model::Statement;

use super::line;

/// The sentences, by verb.
pub static VALIDATION: &[Statement] = &[
    line("level.connection_line", "connection → line", "connessione → utenza"),
    line("level.account_line", "account → line", "account → utenza"),
    line("level.same_user", "account ↔ account", "account ↔ account"),
    line("level.lead_person", "lead → person", "pista → persona"),
    line("gate.sessions", "too few sessions", "sessioni insufficienti"),
    line("gate.ground", "no ground for a person", "nulla lega alla persona"),
    line("gate.one_person", "grounds for several", "elementi per più persone"),
    line("gate.one_household", "another household too", "anche altra famiglia"),
    line("gate.verified_other", "verified as another", "verificato come altri"),
    line("gate.compromised", "account taken over", "account compromesso"),
    line("gate.line", "no line", "nessuna utenza"),
    line("gate.no_lead", "no lead", "nessuna pista"),
    line("gate.another_named", "the lead names another", "la pista nomina altri"),
    line("gate.other", "{name}", "{name}"),
    line("evaluate.accusations", "false accusations", "accuse false"),
    line("evaluate.accusations.leads", "of leads exported", "sulle piste esportate"),
    line("evaluate.accusations.identified", "of leads that name", "sulle piste che nominano"),
    line(
        "evaluate.accusations.bound",
        "{of} ({n}): at most {upper} in 1,000 (exact bound, 95 %)",
        "{of} ({n}): al più {upper} su 1.000 (limite esatto, 95 %)",
    ),
    line(
        "evaluate.levels",
        "levels (bounds 95 %) · precision · at least · recall · at least",
        "livelli (limiti 95 %) · precisione · almeno · richiamo · almeno",
    ),
    line(
        "evaluate.ratios",
        "strengths stated · true · false · Cllr · minimum",
        "forze dichiarate · vere · false · Cllr · minimo",
    ),
    line(
        "evaluate.ece",
        "calibration error of posteriors (ECE) {ece}",
        "errore di calibrazione delle probabilità (ECE) {ece}",
    ),
    line(
        "evaluate.gates",
        "what is missing · persons · only this · leads · wrong door",
        "che cosa manca · persone · solo questo · piste · altra porta",
    ),
];
