//! What is said of a server that several officers share, and of their accounts.

use tutela_model::Statement;

use super::line;

/// The sentences of `team`, and of `serve --team`.
pub static TEAM: &[Statement] = &[
    line(
        "team.started",
        "the web app is open to those who have an account; the certificate's SHA-256 is {fingerprint}; Ctrl-C ends",
        "l'applicazione web è aperta a chi ha un account; lo SHA-256 del certificato è {fingerprint}; Ctrl-C termina",
    ),
    line(
        "team.nobody",
        "nobody has an account with a role in this operation",
        "nessuno ha un account con un ruolo in questa operazione",
    ),
    line(
        "team.nobody.hint",
        "tutela team FOLDER add NAME --as OFFICER --role supervisor makes the first",
        "tutela team CARTELLA add NOME --as UFFICIALE --role supervisor crea il primo",
    ),
    line("team.unreadable", "cannot read the accounts: {path}", "impossibile leggere gli account: {path}"),
    line(
        "team.unwritable",
        "cannot write in the team's folder: {path}",
        "impossibile scrivere nella cartella del gruppo: {path}",
    ),
    line(
        "team.certificate",
        "not a certificate with its key, as PEM: {path}",
        "non è un certificato con la sua chiave, in PEM: {path}",
    ),
    line(
        "team.name",
        "an account's name has 1 to 64 small letters, digits, dots, hyphens and underscores: {found}",
        "il nome di un account ha da 1 a 64 lettere minuscole, cifre, punti, trattini e sottolineature: {found}",
    ),
    line(
        "team.there",
        "there is an account of this name: {name}",
        "esiste già un account con questo nome: {name}",
    ),
    line(
        "team.there.hint",
        "grant gives it a role in the operation, invite a new code",
        "grant gli dà un ruolo nell'operazione, invite un nuovo codice",
    ),
    line(
        "team.no_account",
        "there is no account of this name: {name}",
        "non esiste un account con questo nome: {name}",
    ),
    line("team.no_account.hint", "list shows those there are", "list mostra quelli che ci sono"),
    line(
        "team.invited",
        "give this code to {name} in person; it sets the passphrase, once, within seven days",
        "consegna di persona questo codice a {name}; imposta la passphrase, una volta, entro sette giorni",
    ),
    line("team.granted", "{name} is {role} in this operation", "{name} è {role} in questa operazione"),
    line(
        "team.revoked",
        "{name} has no role in this operation",
        "{name} non ha alcun ruolo in questa operazione",
    ),
    line("team.closed", "{name} comes in no more", "{name} non entra più"),
    line("team.columns", "account · officer · role · state", "account · ufficiale · ruolo · stato"),
    line("team.state.open", "has a passphrase", "ha una passphrase"),
    line(
        "team.state.passkeys",
        "has a passphrase and passkeys: {n}",
        "ha una passphrase e delle passkey: {n}",
    ),
    line("team.state.invited", "has not set a passphrase", "non ha impostato una passphrase"),
    line("team.state.closed", "closed: {reason}", "chiuso: {reason}"),
    line("team.role.viewer", "viewer", "lettore"),
    line("team.role.analyst", "analyst", "analista"),
    line("team.role.reviewer", "reviewer", "revisore"),
    line("team.role.supervisor", "supervisor", "responsabile"),
    line("team.role.auditor", "auditor", "controllore"),
    line("team.role.none", "none here", "nessuno qui"),
    line(
        "team.log.columns",
        "when · account · what · from · detail",
        "quando · account · che cosa · da · dettaglio",
    ),
    line("team.event.added", "account made", "account creato"),
    line("team.event.invited", "invited anew", "invitato di nuovo"),
    line("team.event.passphrase_set", "passphrase set", "passphrase impostata"),
    line("team.event.passkey_added", "passkey added", "passkey aggiunta"),
    line("team.event.passkey_removed", "passkey taken away", "passkey tolta"),
    line("team.event.granted", "role given", "ruolo dato"),
    line("team.event.revoked", "role taken away", "ruolo tolto"),
    line("team.event.closed", "account closed", "account chiuso"),
    line("team.event.came_in", "came in", "entrato"),
    line("team.event.went_out", "went out", "uscito"),
    line("team.event.not_let_in", "not let in", "non fatto entrare"),
    line("team.event.locked_out", "locked out", "bloccato"),
    line("team.event.forbidden", "refused", "rifiutato"),
    line(
        "serve.sign_in",
        "sign in first, or again: the session has ended",
        "prima accedi, o accedi di nuovo: la sessione è finita",
    ),
    line("serve.no_team", "this server has no accounts", "questo server non ha account"),
    line(
        "serve.not_let_in",
        "the name or the passphrase is not right, or the account is not open",
        "il nome o la passphrase non sono giusti, o l'account non è aperto",
    ),
    line(
        "serve.not_a_passkey",
        "the passkey is not one of this account, its time has run out, or it was used elsewhere",
        "la passkey non è di questo account, il suo tempo è scaduto o è stata usata altrove",
    ),
    line(
        "serve.no_passkeys",
        "passkeys are of a server's name, and this one was started without a name: serve --host",
        "le passkey appartengono al nome di un server, e questo è stato avviato senza nome: serve --host",
    ),
    line(
        "serve.passkey_label",
        "a passkey needs a name of 1 to {n} characters",
        "una passkey ha bisogno di un nome da 1 a {n} caratteri",
    ),
    line("serve.passkeys_full", "an account has at most {n} passkeys", "un account ha al più {n} passkey"),
    line(
        "serve.passkey_there",
        "this passkey is of an account already",
        "questa passkey è già di un account",
    ),
    line("serve.no_passkey", "there is no such passkey", "questa passkey non esiste"),
    line(
        "serve.bad_code",
        "the name or the code is not right, or the code has been used or has ended",
        "il nome o il codice non sono giusti, o il codice è già stato usato o è scaduto",
    ),
    line("serve.locked_out", "too many failures: try again in {n} s", "troppi tentativi: riprova tra {n} s"),
    line("serve.too_many", "too many requests at once", "troppe richieste insieme"),
    line(
        "serve.no_role",
        "this account has no role in this operation",
        "questo account non ha alcun ruolo in questa operazione",
    ),
    line("serve.forbidden", "a {role} may not do this", "un {role} non può farlo"),
    line(
        "serve.new_passphrase",
        "a passphrase has at least {n} characters",
        "una passphrase ha almeno {n} caratteri",
    ),
];
