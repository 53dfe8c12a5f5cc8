//! The Italian of the command line's help: each English text beside its own. A test compares the table with the
//! command line, so that none is missing and none is left over.

/// The Italian of a text of the help; the text itself when the table does not have it.
pub fn italian(english: &str) -> &str {
    ITALIAN.iter().find(|(text, _)| *text == english).map_or(english, |(_, italian)| italian)
}

/// The program and its verbs, headings, options of every verb, options by verb, names of values.
pub(super) static ITALIAN: &[(&str, &str)] = &[
    (
        "From lawfully obtained records to ranked leads with their evidence",
        "Dai dati acquisiti legittimamente alle piste ordinate per priorità, con i loro elementi",
    ),
    (
        "From lawfully obtained records to ranked leads with their evidence.\n\n\
         Without --op, the operation is the nearest parent folder that holds operation.toml. \
         Data goes to stdout, talk to stderr.",
        "Dai dati acquisiti legittimamente alle piste ordinate per priorità, con i loro elementi.\n\n\
         Senza --op, l'operazione è la più vicina cartella superiore che contiene operation.toml. \
         I dati vanno su stdout, i messaggi su stderr.",
    ),
    (
        "Exit codes: 0 done · 1 failed · 2 wrong usage · 3 done, with problems kept aside · \
         4 integrity failure · 5 no valid legal basis · 6 locked by another process · 130 stopped",
        "Codici di uscita: 0 fatto · 1 non riuscito · 2 uso errato · 3 fatto, con problemi messi da parte · \
         4 integrità violata · 5 nessuna base giuridica valida · 6 bloccato da un altro processo · 130 fermato",
    ),
    (
        "Make a made-up operation, run the main job on it, print the leads, serve the web app",
        "Crea un'operazione inventata, vi esegue il lavoro principale, mostra le piste e apre l'applicazione web",
    ),
    (
        "Serve the web app to this machine, or to a team",
        "Apre l'applicazione web a questa macchina, o a un gruppo",
    ),
    (
        "Serve those who have an account in this folder, over TLS; tutela team makes accounts",
        "Apre a chi ha un account in questa cartella, con TLS; tutela team crea gli account",
    ),
    (
        "A name under which browsers reach the machine; may be given again",
        "Un nome con cui i browser raggiungono la macchina; si può ripetere",
    ),
    (
        "The certificate of the machine, as PEM [default: one that is made in the team's folder]",
        "Il certificato della macchina, in PEM [predefinito: uno creato nella cartella del gruppo]",
    ),
    ("The private key of the certificate, as PEM", "La chiave privata del certificato, in PEM"),
    (
        "Accounts of a server that several officers share",
        "Gli account di un server condiviso da più ufficiali",
    ),
    ("The team's folder, which serve --team takes", "La cartella del gruppo, quella di serve --team"),
    (
        "Make an account with a role in the operation, and print the code with which its passphrase is set",
        "Crea un account con un ruolo nell'operazione, e mostra il codice con cui se ne imposta la passphrase",
    ),
    (
        "The account's name: small letters, digits, dot, hyphen, underscore",
        "Il nome dell'account: lettere minuscole, cifre, punto, trattino, sottolineatura",
    ),
    ("Whose it is, as the ledger will name them", "Di chi è, come lo nominerà il registro"),
    ("The role in the operation", "Il ruolo nell'operazione"),
    (
        "Give an account a role in the operation, instead of the one it has",
        "Dà a un account un ruolo nell'operazione, al posto di quello che ha",
    ),
    ("The account", "L'account"),
    ("How many", "Quanti"),
    ("ROLE", "RUOLO"),
    ("Take an account's role in the operation away", "Toglie a un account il ruolo nell'operazione"),
    (
        "End an account's passphrase and passkeys, and print a code with which another is set",
        "Annulla la passphrase e le passkey di un account, e mostra un codice con cui se ne imposta un'altra",
    ),
    (
        "Let an account come in no more, to any operation",
        "Non fa più entrare un account, in nessuna operazione",
    ),
    (
        "The referrals, and what is done with them: who works on one, how soon, with which other",
        "Le segnalazioni, e che cosa se ne fa: chi ci lavora, entro quando, con quale altra",
    ),
    (
        "Referrals by their number with the sender, or SENDER/NUMBER [default: print all]",
        "Segnalazioni con il loro numero presso il mittente, o MITTENTE/NUMERO [predefinito: le mostra tutte]",
    ),
    (
        "Give them to an officer; an empty name gives them to nobody",
        "Le affida a un ufficiale; un nome vuoto non le affida a nessuno",
    ),
    (
        "Say how soon to act: very_high, high, medium, low, informational; empty for what the records say",
        "Dice entro quando agire: very_high, high, medium, low, informational; vuoto per ciò che dicono le registrazioni",
    ),
    (
        "Work on them with another referral; empty for each alone",
        "Le lavora con un'altra segnalazione; vuoto per ciascuna da sola",
    ),
    (
        "Record that they were sent on to another office",
        "Registra che sono state trasmesse a un altro ufficio",
    ),
    ("BAND", "FASCIA"),
    ("OFFICE", "UFFICIO"),
    ("The accounts, with their roles in the operation", "Gli account, con il loro ruolo nell'operazione"),
    (
        "Who came in, who was refused, what was changed: the latest first",
        "Chi è entrato, chi è stato rifiutato, che cosa è cambiato: il più recente per primo",
    ),
    ("Sees what was received and found", "Vede ciò che è stato ricevuto e trovato"),
    (
        "Works on the operation: decides, grades, has it analysed",
        "Lavora sull'operazione: decide, classifica, la fa analizzare",
    ),
    (
        "Decides on what others found, and changes nothing else",
        "Decide su ciò che altri hanno trovato, e non cambia altro",
    ),
    ("Everything, and alone hands things on", "Tutto, e lui solo consegna all'esterno"),
    (
        "Checks the record and who came in; sees no personal data",
        "Controlla il registro e chi è entrato; non vede dati personali",
    ),
    (
        "The address of this machine to listen on; port 0 takes a free one",
        "L'indirizzo di questa macchina su cui ascoltare; la porta 0 ne prende una libera",
    ),
    ("Create an operation with its legal basis", "Crea un'operazione con la sua base giuridica"),
    (
        "Legal authorities: what may be received, until when",
        "Atti autorizzativi: che cosa si può ricevere, fino a quando",
    ),
    (
        "Authorities that end soon, and validations that are due",
        "Elenca gli atti in scadenza e le convalide dovute",
    ),
    ("Record the act that validates an authority", "Registra il provvedimento che convalida un atto"),
    (
        "Record that an authority has lapsed: what was imported under it no longer counts",
        "Registra la decadenza di un atto: quanto importato in base a esso non conta più",
    ),
    ("The authority: A-1, A-2, …", "L'atto: A-1, A-2, …"),
    (
        "The act that validates it: office, number and date",
        "Il provvedimento di convalida: ufficio, numero e data",
    ),
    ("Why, with the act that says so", "Il motivo, con il provvedimento che lo dispone"),
    ("How many days ahead to look", "Quanti giorni in avanti guardare"),
    ("DAYS", "GIORNI"),
    ("KIB", "KIB"),
    ("MIB", "MIB"),
    ("PERCENT", "PERCENTO"),
    ("The kind of act", "Il tipo di atto"),
    ("KIND", "TIPO"),
    ("The last day on which it can be validated", "L'ultimo giorno utile per la convalida"),
    (
        "An operator, platform or service whose records it covers [default: all]",
        "Un operatore, una piattaforma o un servizio di cui copre i dati [predefinito: tutti]",
    ),
    (
        "An account whose records it covers, as platform/account [default: all]",
        "Un account di cui copre i dati, come platform/account [predefinito: tutti]",
    ),
    ("ACCOUNT", "ACCOUNT"),
    (
        "The first day whose records it covers [default: any]",
        "Il primo giorno di cui copre i dati [predefinito: qualsiasi]",
    ),
    (
        "The last day whose records it covers [default: any]",
        "L'ultimo giorno di cui copre i dati [predefinito: qualsiasi]",
    ),
    (
        "Record a further authority: a renewal, or another act",
        "Registra un ulteriore atto: una proroga o un altro provvedimento",
    ),
    ("The authorities recorded", "Elenca gli atti registrati"),
    (
        "Make a key, encrypted with a passphrase, in the file that -o names; the public key lies beside it",
        "Crea una chiave, cifrata con una passphrase, nel file indicato con -o; la chiave pubblica le sta accanto",
    ),
    (
        "The public key of a key file, or of a file that ends in .vkey",
        "Mostra la chiave pubblica del file di una chiave, o di un file che termina in .vkey",
    ),
    (
        "The key's name: whose it is, such as questura.example/rossi",
        "Il nome della chiave: di chi è, come questura.example/rossi",
    ),
    (
        "A key for a witness, who cosigns the checkpoints of others",
        "Una chiave per un testimone, che cofirma i checkpoint di altri",
    ),
    (
        "The file [default: that of --key or TUTELA_KEY]",
        "Il file [predefinito: quello di --key o TUTELA_KEY]",
    ),
    (
        "Lists of known files: build an index, inspect it, withdraw, compare, look files up",
        "Liste di file noti: crea un indice, lo esamina, ritira voci, confronta, cerca file",
    ),
    (
        "Make the index of a version of a list, from files in the layouts of agencies and tools",
        "Crea l'indice di una versione di una lista, da file nei formati di enti e strumenti",
    ),
    (
        "What an index holds and what it was made from",
        "Mostra che cosa contiene un indice e da che cosa fu creato",
    ),
    (
        "Make the next version of a list, in which entries are withdrawn",
        "Crea la versione successiva di una lista, in cui alcune voci sono ritirate",
    ),
    (
        "What changed from one version of a list to another",
        "Mostra che cosa è cambiato da una versione di una lista a un'altra",
    ),
    (
        "What lists say of files, by their hashes",
        "Mostra che cosa dicono le liste dei file, in base ai loro hash",
    ),
    (
        "Lists in any layout that is known, and indexes, whose entries are taken over",
        "Liste in qualsiasi formato noto, e indici, le cui voci vengono riprese",
    ),
    ("The list's name", "Il nome della lista"),
    ("Its version", "La sua versione"),
    (
        "The layout of the files [default: by what they begin with]",
        "Il formato dei file [predefinito: secondo come iniziano]",
    ),
    ("LAYOUT", "FORMATO"),
    (
        "The scheme of the categories, where the files do not say it",
        "Lo schema delle categorie, dove i file non lo dicono",
    ),
    ("SCHEME", "SCHEMA"),
    (
        "A table that translates categories into another scheme (from, to, and [categories]); both are kept",
        "Una tabella che traduce le categorie in un altro schema (from, to e [categories]); si conservano entrambe",
    ),
    (
        "The index of the version before: its entries that the files do not have stay, as withdrawn",
        "L'indice della versione precedente: le sue voci che i file non hanno restano, come ritirate",
    ),
    ("LIST", "LISTA"),
    (
        "Bare hashes of 32 digits are eDonkey hashes, not MD5",
        "Gli hash di 32 cifre senza tipo sono hash eDonkey, non MD5",
    ),
    (
        "Where what could not be read goes [default: beside the index, when there is any]",
        "Dove va quanto non si è potuto leggere [predefinito: accanto all'indice, se ce n'è]",
    ),
    (
        "A folder of originals whose blocks of 4096 bytes are taken, to find what is left of them; may be given again",
        "Una cartella di originali di cui si prendono i blocchi di 4096 byte, per trovare ciò che ne resta; ripetibile",
    ),
    ("FOLDER", "CARTELLA"),
    (
        "Files that anybody may have, or an index of their blocks: no block of theirs is kept; may be given again",
        "File che chiunque può avere, o un indice dei loro blocchi: nessun loro blocco è conservato; ripetibile",
    ),
    ("FOLDER|LIST", "CARTELLA|LISTA"),
    (
        "Make a list of perceptual hashes (PDQ), encrypted with a passphrase, from texts of hashes, lists that carry them, and tables of films' frames",
        "Crea una lista di hash percettivi (PDQ), cifrata con una passphrase, da testi di hash, liste che li contengono e tabelle di fotogrammi di filmati",
    ),
    (
        "How the perceptual hashes were taken, as their issuer says: ref512 or full [default: not known]",
        "Come furono calcolati gli hash percettivi, secondo chi li ha emessi: ref512 o full [predefinito: non noto]",
    ),
    (
        "How many bytes the blocks of a list of hashdb have",
        "Quanti byte hanno i blocchi di una lista di hashdb",
    ),
    ("BYTES", "BYTE"),
    ("PROFILE", "PROFILO"),
    (
        "Indexes, and lists of perceptual hashes, of which only the head is read",
        "Indici, e liste di hash percettivi, di cui si legge solo l'intestazione",
    ),
    (
        "Read all of each index and hold it against its digests; the passphrase of perceptual lists is asked for",
        "Legge per intero ogni indice e lo confronta con le sue impronte; delle liste percettive si chiede la passphrase",
    ),
    ("The index of the list", "L'indice della lista"),
    (
        "A hash of an entry, 32, 40 or 64 digits or KIND:DIGITS; may be given again",
        "L'hash di una voce, 32, 40 o 64 cifre oppure KIND:DIGITS; ripetibile",
    ),
    ("HASH", "HASH"),
    ("Why, with the act or message that says so", "Il motivo, con l'atto o il messaggio che lo dice"),
    ("The version that is made", "La versione che si crea"),
    ("VERSION", "VERSIONE"),
    ("The index of the earlier version", "L'indice della versione precedente"),
    ("BEFORE", "PRIMA"),
    ("The index of the later one", "L'indice di quella successiva"),
    ("AFTER", "DOPO"),
    (
        "Indexes, then hashes: 32, 40 or 64 digits, or KIND:DIGITS such as ed2k:… [default: hashes from stdin, one a line, \
         or lines of md5sum]",
        "Indici, poi hash: 32, 40 o 64 cifre, oppure KIND:DIGITS come ed2k:… [predefinito: hash da stdin, uno per riga, \
         o righe di md5sum]",
    ),
    ("LIST|HASH", "LISTA|HASH"),
    ("Receive files: digest, custody, rows, problems", "Riceve i file: impronta, custodia, righe, problemi"),
    ("What is in the operation", "Mostra che cosa contiene l'operazione"),
    ("What could not be read, with its place", "Mostra che cosa non è stato letto, e in quale punto"),
    ("The sources that the program can read", "Elenca le fonti che il programma sa leggere"),
    (
        "Mapping profiles: layouts of operators and platforms",
        "Profili di mappatura: formati di operatori e piattaforme",
    ),
    (
        "Propose a profile for a file, and show ten rows as they would be read",
        "Propone un profilo per un file e mostra dieci righe come verrebbero lette",
    ),
    ("The profiles that come with the program", "Elenca i profili forniti con il programma"),
    ("One profile's text", "Mostra il testo di un profilo"),
    ("Run the analyses that are out of date", "Esegue le analisi da rifare"),
    (
        "Count sightings for an analysis that runs on another machine",
        "Conta gli avvistamenti per un'analisi che gira su un'altra macchina",
    ),
    (
        "Let these workers count sightings: tutela worker on machines that share the operation's folder",
        "Fa contare gli avvistamenti a questi worker: tutela worker su macchine che condividono la cartella dell'operazione",
    ),
    (
        "The address to listen on, of this machine alone; port 0 lets the machine choose",
        "L'indirizzo su cui ascoltare, di questa sola macchina; con la porta 0 sceglie la macchina",
    ),
    ("ADDRESS:PORT", "INDIRIZZO:PORTA"),
    ("The ranked leads", "Mostra le piste in ordine di priorità"),
    ("One lead's full reasoning", "Mostra il ragionamento completo di una pista"),
    (
        "Of sharing, every file and every peer, and not only the first of each",
        "Di sharing, tutti i file e tutti i peer e non solo i primi",
    ),
    ("All findings", "Mostra tutte le risultanze"),
    (
        "Write requests to operators and platforms for what leads leave open",
        "Scrive le richieste a operatori e piattaforme per ciò che le piste lasciano aperto",
    ),
    (
        "The leads (L-001, or 1), or accounts or peers of theirs [default: all]",
        "Le piste (L-001, o 1), o loro account o peer [predefinito: tutte]",
    ),
    (
        "Only of this operator or platform; unknown for addresses whose holder is not known",
        "Solo a questo operatore o piattaforma; unknown per gli indirizzi di cui non si conosce il titolare",
    ),
    ("HOLDER", "TITOLARE"),
    (
        "Control questions in each request to an operator: connections whose line an earlier answer has settled",
        "Domande di controllo in ogni richiesta a un operatore: connessioni la cui utenza è già nota da una risposta",
    ),
    ("Ask again what was asked before", "Chiede di nuovo ciò che è già stato chiesto"),
    (
        "The authority to ask under [default: the latest that covers today]",
        "L'atto in base a cui chiedere [predefinito: l'ultimo valido oggi]",
    ),
    ("Rows of a table", "Mostra le righe di una tabella"),
    ("Read-only SQL over all tables", "Interroga tutte le tabelle con SQL, in sola lettura"),
    (
        "Record a human decision on a finding, a lead or another explanation",
        "Registra la decisione di una persona su una risultanza, una pista o un'altra spiegazione",
    ),
    ("Write the report and one package per office", "Scrive la relazione e un fascicolo per ciascun ufficio"),
    ("Write an interchange format", "Scrive un formato di interscambio"),
    ("Integrity: verify, read, prove, sign", "Integrità: verifica, lettura, prova, firma"),
    (
        "Check the record, every file received and every table against it",
        "Verifica il registro e, a fronte di esso, ogni file ricevuto e ogni tabella",
    ),
    ("What was done, by whom, when", "Mostra che cosa è stato fatto, da chi e quando"),
    ("What shows that an entry is in the record", "Mostra che cosa prova che una voce è nel registro"),
    (
        "The head of the record, to be kept by somebody else",
        "Mostra la testa del registro, da affidare a qualcun altro",
    ),
    (
        "Derive everything again from ground state",
        "Deriva di nuovo tutto da file ricevuti, registro e decisioni",
    ),
    (
        "Write made-up source files with known truth",
        "Scrive file di fonti inventate, di cui è nota la verità",
    ),
    (
        "Compare the leads with the truth of a made-up operation",
        "Confronta le piste con la verità di un'operazione inventata",
    ),
    ("Validate the method on made-up operations", "Valida il metodo su operazioni inventate"),
    ("How many: one of each seed from 1 on", "Quante: una per ogni seme da 1 in poi"),
    (
        "Write the report, as a page of HTML and as JSON, into the folder of -o",
        "Scrive il rapporto, come pagina HTML e come JSON, nella cartella di -o",
    ),
    (
        "The date that the report shall bear [default: none]",
        "La data che il rapporto deve portare [predefinita: nessuna]",
    ),
    ("Check the environment", "Controlla l'ambiente di lavoro"),
    ("Write shell completions", "Scrive i completamenti per la shell"),
    ("Write manual pages", "Scrive le pagine di manuale"),
    (
        "Print this message or the help of the given subcommand(s)",
        "Mostra questo testo, o l'aiuto del comando indicato",
    ),
    // Headings.
    ("Usage:", "Uso:"),
    ("Commands", "Comandi"),
    ("Arguments", "Argomenti"),
    ("Options", "Opzioni"),
    ("Options of every verb", "Opzioni di ogni comando"),
    ("Possible values", "Valori possibili"),
    ("possible values", "valori possibili"),
    ("default", "predefinito"),
    ("[OPTIONS]", "[OPZIONI]"),
    // Options of every verb.
    (
        "The operation's folder [default: the nearest parent that holds operation.toml]",
        "La cartella dell'operazione [predefinita: la più vicina cartella superiore che contiene operation.toml]",
    ),
    (
        "Language of talk, statements and reports [default: from TUTELA_LANG, LC_ALL, LC_MESSAGES, LANG]",
        "La lingua di messaggi, enunciati e relazioni [predefinita: da TUTELA_LANG, LC_ALL, LC_MESSAGES, LANG]",
    ),
    ("Italian", "Italiano"),
    ("English", "Inglese"),
    ("Write data as one JSON document", "Scrive i dati come un unico documento JSON"),
    ("Write data as one JSON object a line", "Scrive i dati come un oggetto JSON per riga"),
    ("Write data as CSV", "Scrive i dati come CSV"),
    (
        "Write data here instead of to stdout (for verbs that make several files: the folder)",
        "Scrive i dati qui anziché su stdout (per i comandi che creano più file: la cartella)",
    ),
    (
        "Threads to use [default: as many as the machine has]",
        "I thread da usare [predefiniti: quanti ne ha la macchina]",
    ),
    (
        "Memory to use, such as 400M or 2G: at this limit import goes on from disk, and analyses end with a message \
         [default: 256M for import, none for analyses]",
        "La memoria da usare, come 400M o 2G: a questo limite l'importazione prosegue su disco e le analisi terminano \
         con un messaggio [predefinita: 256M per l'importazione, nessun limite per le analisi]",
    ),
    (
        "Who acts, for the ledger [default: from TUTELA_OFFICER, else the machine's user name]",
        "Chi opera, per il registro [predefinito: da TUTELA_OFFICER, altrimenti il nome utente della macchina]",
    ),
    (
        "The key to sign with, a file that officer new made [default: from TUTELA_KEY]",
        "La chiave con cui firmare, un file creato da officer new [predefinita: da TUTELA_KEY]",
    ),
    (
        "Take the passphrase of a key from the first line of stdin, for a service or a script",
        "Prende la passphrase di una chiave dalla prima riga di stdin, per un servizio o uno script",
    ),
    ("Never ask a question", "Non fa mai domande"),
    ("Say only warnings and errors", "Mostra solo avvisi ed errori"),
    ("Say more", "Mostra più messaggi"),
    ("Colour; NO_COLOR is heeded", "Il colore; NO_COLOR è rispettato"),
    ("On a terminal", "Su un terminale"),
    ("Always", "Sempre"),
    ("Never", "Mai"),
    ("Print help (see more with '--help')", "Mostra l'aiuto (più esteso con '--help')"),
    ("Print help (see a summary with '-h')", "Mostra l'aiuto (più breve con '-h')"),
    ("Print version", "Mostra la versione"),
    // Options by verb.
    (
        "The folder to make; files/, operation/ and report/ come into it",
        "La cartella da creare; vi saranno posti files/, operation/ e report/",
    ),
    ("The scenario", "Lo scenario"),
    ("Another seed makes another made-up world", "Un altro seme crea un altro mondo inventato"),
    (
        "1 is the operation as it was reported, 0.1 a tenth of it",
        "1 è l'operazione così come è stata riferita, 0.1 un suo decimo",
    ),
    (
        "End after the leads instead of serving the web app",
        "Termina dopo le piste, senza avviare l'applicazione web",
    ),
    ("The folder to create", "La cartella da creare"),
    ("The operation's name", "Il nome dell'operazione"),
    ("The authority: office, number and date of the act", "L'atto: ufficio, numero e data"),
    ("First day that it covers", "Il primo giorno di validità"),
    ("Last day that it covers", "L'ultimo giorno di validità"),
    (
        "Files, and folders that are read in the order of names",
        "I file, e le cartelle da leggere in ordine di nome",
    ),
    (
        "The source, when it is not recognised: tutela_table/connection, mapped_table/PROFILE, …",
        "La fonte, se non è riconosciuta: tutela_table/connection, mapped_table/PROFILO, …",
    ),
    (
        "The zone of local times: Europe/Rome, +02:00, UTC",
        "Il fuso degli orari locali: Europe/Rome, +02:00, UTC",
    ),
    (
        "The authority to receive under [default: the latest that covers today]",
        "L'atto in base al quale ricevere [predefinito: l'ultimo che copre oggi]",
    ),
    (
        "A mapping profile: a TOML file, or the name of one that comes with the program",
        "Un profilo di mappatura: un file TOML, o il nome di uno fornito con il programma",
    ),
    (
        "The text encoding, when the file is in another than it seems: utf-8, windows-1252, …",
        "La codifica del testo, se non è quella che sembra: utf-8, windows-1252, …",
    ),
    ("Read and report, but store nothing", "Legge e riferisce, ma non conserva nulla"),
    (
        "Only those of one file received, by its name or digest",
        "Solo quelli di un file ricevuto, indicato per nome o impronta",
    ),
    ("How many to show", "Quanti mostrarne"),
    ("The file", "Il file"),
    ("The zone of local times", "Il fuso degli orari locali"),
    ("The text encoding", "La codifica del testo"),
    ("Its name", "Il suo nome"),
    (
        "The lead (L-001, or 1), or one of its accounts (agorachat/u-17, or u-17)",
        "La pista (L-001, o 1), o uno dei suoi account (agorachat/u-17, o u-17)",
    ),
    (
        "How two of its accounts hang together: the pairs on the way whose weakest pair is strongest",
        "Come si legano due suoi account: le coppie sulla via la cui coppia più debole è la più forte",
    ),
    (
        "What would become of it without each file that it stands on, recomputed",
        "Che cosa ne resterebbe senza ciascuno dei file su cui poggia, ricalcolato",
    ),
    (
        "What would become of it without these files together, recomputed: a name, or the beginning of a digest",
        "Che cosa ne resterebbe senza questi file insieme, ricalcolato: un nome, o l'inizio di un'impronta",
    ),
    (
        "Telephones and addresses of partners and teenagers are those of whoever holds the home line: nothing in the records tells such people apart",
        "Telefoni e recapiti di partner e ragazzi sono di chi è intestatario dell'utenza di casa: nulla nei dati distingue tali persone",
    ),
    (
        "Only those of one analysis; of sharing, with plots of the network above them",
        "Solo quelle di un'analisi; di sharing, con sopra i grafici della rete",
    ),
    ("The table", "La tabella"),
    (
        "Only rows with this value in this column; several must all hold",
        "Solo le righe con questo valore in questa colonna; se più d'una, devono valere tutte",
    ),
    ("How many rows to show; 0 shows all", "Quante righe mostrare; 0 le mostra tutte"),
    (
        "The query; addresses are compared with address('192.0.2.1') and read with address_text(address)",
        "La query; gli indirizzi si confrontano con address('192.0.2.1') e si leggono con address_text(address)",
    ),
    ("How many rows to show", "Quante righe mostrare"),
    ("After how many seconds to give up", "Dopo quanti secondi rinunciare"),
    (
        "The finding (F-…), the lead (L-001), or other explanations of a lead (L-001/household or \
         L-001/household,vpn)",
        "La risultanza (F-…), la pista (L-001), o altre spiegazioni di una pista (L-001/household o \
         L-001/household,vpn)",
    ),
    ("The decision", "La decisione"),
    (
        "Taken as it is; a lead is followed, another explanation holds",
        "Accolta così com'è; la pista si segue, l'altra spiegazione regge",
    ),
    (
        "Not taken; a lead is closed, another explanation excluded",
        "Non accolta; la pista si chiude, l'altra spiegazione è esclusa",
    ),
    ("Looked at, and it cannot be said", "Esaminata, e non si può dire"),
    ("Why", "Il motivo"),
    (
        "Refuse, and write nothing, while other explanations are unanswered and it could only be a draft",
        "Rifiuta, senza scrivere nulla, finché altre spiegazioni sono senza risposta e non sarebbe che una bozza",
    ),
    (
        "Refuse packages while other explanations are unanswered and they could only be drafts",
        "Rifiuta i fascicoli finché altre spiegazioni sono senza risposta e non sarebbero che bozze",
    ),
    (
        "The output: leads-csv, findings-jsonl, packages, office-packages, vics, vics-media, media-csv, graph-graphml, graph-csv, graph-anx",
        "Il formato di uscita: leads-csv, findings-jsonl, packages, office-packages, vics, vics-media, media-csv, graph-graphml, graph-csv, graph-anx",
    ),
    (
        "Of a graph, the node that it begins at: lead:L-001, account:PLATFORM/NAME",
        "Di un grafo, il nodo da cui comincia: lead:L-001, account:PLATFORM/NAME",
    ),
    ("Of a graph, how many steps from that node", "Di un grafo, quanti passi da quel nodo"),
    ("Of a graph, also what many share", "Di un grafo, anche ciò che molti hanno in comune"),
    ("NODE", "NODO"),
    (
        "Of office-packages, only leads of this region: a name in Italian or English, or a code (03, IT-25)",
        "Di office-packages, solo le piste di questa regione: un nome in italiano o in inglese, o un codice (03, IT-25)",
    ),
    ("Only the last N entries", "Solo le ultime N voci"),
    ("The entry's number, from 0", "Il numero della voce, a partire da 0"),
    (
        "Compare with what is stored, and change nothing",
        "Confronta con quanto conservato, senza cambiare nulla",
    ),
    (
        "The scenario: platform-connections, sharing-network",
        "Lo scenario: platform-connections, sharing-network",
    ),
    (
        "The world is made from this number: the same seed makes the same files",
        "Il numero da cui nasce il mondo inventato: lo stesso seme crea gli stessi file",
    ),
    (
        "Connections in all, or sightings [default: 117000 connections or 5000000 sightings for each 1 of the size]",
        "Connessioni o avvistamenti in tutto [predefinito: 117000 connessioni o 5000000 avvistamenti per ogni 1 di dimensione]",
    ),
    (
        "Mistakes to make on purpose, each with a label in truth/faults.csv: all, or names with the share of rows where one in a hundred is not meant (typo=0.05,zone+1h)",
        "Errori da inserire apposta, ciascuno elencato in truth/faults.csv: all, o i nomi con la quota di righe se non è una su cento (typo=0.05,zone+1h)",
    ),
    (
        "The truth: the folder truth/ that simulate wrote, or the folder that holds it",
        "La verità: la cartella truth/ scritta da simulate, o la cartella che la contiene",
    ),
    ("The shell", "La shell"),
    // Names of values.
    ("CHOICE", "DECISIONE"),
    ("COL=VALUE", "COLONNA=VALORE"),
    ("COMMAND", "COMANDO"),
    ("DATE", "DATA"),
    ("DIR", "CARTELLA"),
    ("F", "F"),
    ("FILE", "FILE"),
    ("FILE|NAME", "FILE|NOME"),
    ("FINDING", "RISULTANZA"),
    ("ID", "ID"),
    ("LABEL", "CODIFICA"),
    ("LEAD", "PISTA"),
    ("N", "N"),
    ("NAME", "NOME"),
    ("IMAGE", "IMMAGINE"),
    ("PATH", "PERCORSO"),
    ("QUERY", "QUERY"),
    ("SCENARIO", "SCENARIO"),
    ("SECONDS", "SECONDI"),
    ("SEQ", "NUMERO"),
    ("SHELL", "SHELL"),
    ("SIZE", "DIMENSIONE"),
    ("SOURCE", "FONTE"),
    ("TEXT", "TESTO"),
    ("TITLE", "TITOLO"),
    ("WHEN", "QUANDO"),
    ("ZONE", "FUSO"),
    ("TIME", "ORA"),
    ("it|en", "it|en"),
    // Trust: officers, rules, custody, erasure, logs, checkpoints.
    (
        "A checkpoint handed out earlier, to be found again in the record; may be given again",
        "Un checkpoint consegnato in precedenza, da ritrovare nel registro; si può ripetere",
    ),
    (
        "A file received, with everything that was read from it",
        "Un file ricevuto, con tutto ciò che ne è stato letto",
    ),
    (
        "A sheet in TOML with all that is known: exhibit, parents, media_type, supplier, channel, reference, requested, asked, period, acquired, clock_offset, acquired_by, place, method, tool, seal, condition, note",
        "Una scheda in TOML con tutto ciò che si sa: exhibit, parents, media_type, supplier, channel, reference, requested, asked, period, acquired, clock_offset, acquired_by, place, method, tool, seal, condition, note",
    ),
    ("ACT", "ATTO"),
    (
        "Cosign the checkpoint of another unit as its witness",
        "Controfirma come testimone il checkpoint di un altro ufficio",
    ),
    ("Custody", "Custodia"),
    ("EXHIBIT", "REPERTO"),
    (
        "Erase by law: a file received, or the particulars of an entry",
        "Cancella per legge: un file ricevuto, o i particolari di una voce",
    ),
    (
        "For how many years after its own an access log is kept",
        "Per quanti anni dopo il proprio si conserva un registro degli accessi",
    ),
    (
        "Hand it out: record it, and write it with the log and the requests for a stamp and a witness into this folder",
        "Lo consegna: lo registra e lo scrive in questa cartella con il registro e le richieste di marca e di testimone",
    ),
    ("KEY", "CHIAVE"),
    (
        "Keys of one's own, and the officers of the operation",
        "Chiavi proprie, e gli ufficiali dell'operazione",
    ),
    ("NUMBER", "NUMERO"),
    (
        "Only of this year [default: all that are kept]",
        "Solo di quest'anno [predefinito: tutti quelli conservati]",
    ),
    ("REQUEST", "RICHIESTA"),
    ("Record an act instead of printing the chain", "Registra un atto invece di mostrare la catena"),
    (
        "Record an officer of the operation, with the public key that signs for this officer",
        "Registra un ufficiale dell'operazione, con la chiave pubblica che firma per lui",
    ),
    ("Record that an officer's key signs no more", "Registra che la chiave di un ufficiale non firma più"),
    (
        "Record what somebody outside says of a checkpoint: a time stamp, or a witness's signature",
        "Registra che cosa dice di un checkpoint qualcuno all'esterno: una marca temporale, o la firma di un testimone",
    ),
    (
        "Remove the log of a year whose time to be kept is over",
        "Rimuove il registro di un anno il cui tempo di conservazione è finito",
    ),
    (
        "The access log: who consulted personal data, when and why",
        "Il registro degli accessi: chi ha consultato dati personali, quando e perché",
    ),
    (
        "The acts that two persons do together, by their words: destroy, transfer-out, erase, disclose, …; none for no act",
        "Gli atti che due persone fanno insieme, con le loro parole: destroy, transfer-out, erase, disclose, …; none per nessuno",
    ),
    ("The agency's exhibit number", "Il numero di reperto dell'ufficio"),
    (
        "The authority that orders or allows it: A-1, A-2, …",
        "L'atto che lo dispone o lo consente: A-1, A-2, …",
    ),
    (
        "The certificates of the authority, in PEM: its own, and that of who stands for it",
        "I certificati dell'autorità, in PEM: il suo, e quello di chi ne risponde",
    ),
    // Seized devices.
    ("Seized devices: add, process, list", "Dispositivi sequestrati: aggiungere, esaminare, elencare"),
    (
        "Add a seized device, its image or a folder copied from it, with what is known of its custody",
        "Aggiunge un dispositivo sequestrato, la sua immagine o una cartella che ne è copia, con quanto si sa della custodia",
    ),
    (
        "Read an exhibit: its files with their hashes, its pictures' hashes, what programs left",
        "Legge un reperto: i file con le impronte, le impronte delle immagini, ciò che i programmi hanno lasciato",
    ),
    (
        "Hold what was found on all exhibits against lists of known files",
        "Confronta quanto trovato su tutti i reperti con elenchi di file noti",
    ),
    ("The exhibits, and what was found on each", "I reperti, e che cosa si è trovato su ciascuno"),
    (
        "Read an image twice, by our own readers and by the Sleuth Kit's programs, and list every file on which they disagree",
        "Legge un'immagine due volte, con i nostri lettori e con i programmi di Sleuth Kit, ed elenca ogni file su cui discordano",
    ),
    (
        "The image (its first segment); no operation is needed",
        "L'immagine (il primo segmento); non serve un'operazione",
    ),
    ("The image (its first segment) or a folder", "L'immagine (il primo segmento) o una cartella"),
    ("The exhibit's number", "Il numero del reperto"),
    ("The exhibit that it is a part of", "Il reperto di cui fa parte"),
    ("What it is: telephone, disk, memory card", "Che cos'è: telefono, disco, scheda di memoria"),
    (
        "When it was seized, with the offset of the local time: 2026-03-01T09:30:00+01:00",
        "Quando è stato sequestrato, con lo scarto dell'ora locale: 2026-03-01T09:30:00+01:00",
    ),
    ("Where", "Dove"),
    ("From whom", "A chi"),
    (
        "A sheet in TOML with all that is known of its custody, as `tutela import --sheet` reads it",
        "Una scheda TOML con tutto ciò che si sa della custodia, come la legge `tutela import --sheet`",
    ),
    (
        "The authority that it is held under [default: the latest that covers today]",
        "Il titolo in base al quale è detenuto [predefinito: il più recente che copre oggi]",
    ),
    (
        "The exhibit's number [default: all that were not processed]",
        "Il numero del reperto [predefinito: tutti quelli non ancora esaminati]",
    ),
    (
        "The zone of clocks that write none, as those of memory cards: Europe/Rome, +02:00, UTC",
        "Il fuso degli orologi che non ne scrivono, come quelli delle schede di memoria: Europe/Rome, +02:00, UTC",
    ),
    ("List and hash what archives hold too", "Elenca anche ciò che gli archivi contengono, con le impronte"),
    (
        "Search free clusters for deleted folders (FAT, exFAT); all of them are read",
        "Cerca cartelle cancellate nei cluster liberi (FAT, exFAT); vengono letti tutti",
    ),
    ("Take no perceptual hashes of pictures", "Non calcola impronte percettive delle immagini"),
    (
        "Hash films by their frames, one a second, with ffmpeg: minutes for an hour of film. Films of at most 4 GiB, 512 GiB in all; of each the first 3 hours, for at most 15 minutes",
        "Calcola le impronte dei filmati per fotogrammi, uno al secondo, con ffmpeg: minuti per un'ora di filmato. Filmati di al più 4 GiB, 512 GiB in tutto; di ciascuno le prime 3 ore, per al più 15 minuti",
    ),
    (
        "Read it with the Sleuth Kit's programs instead of our own readers",
        "Lo legge con i programmi di Sleuth Kit invece dei nostri lettori",
    ),
    ("Entries that are read at most", "Numero massimo di voci lette"),
    ("Minutes that reading takes at most", "Minuti massimi di lettura"),
    (
        "The authority that it is read under [default: the latest that covers today]",
        "Il titolo in base al quale è letto [predefinito: il più recente che copre oggi]",
    ),
    (
        "The authority that the matches are kept under [default: the latest that covers today]",
        "Il titolo in base al quale le corrispondenze sono conservate [predefinito: il più recente che copre oggi]",
    ),
    (
        "Lists of known files, as `tutela lists build` makes them",
        "Elenchi di file noti, come li crea `tutela lists build`",
    ),
    (
        "Lists of perceptual hashes; their passphrase is asked for",
        "Elenchi di impronte percettive; ne viene chiesta la frase segreta",
    ),
    ("Of media, only those of this exhibit", "Dei media, solo quelli di questo reperto"),
    (
        "Of media, the scheme whose grades are written as categories",
        "Dei media, lo schema le cui classificazioni si scrivono come categorie",
    ),
    (
        "The scale that the scheme is in VICS: Default, US, UK, CUSTOM",
        "La scala a cui lo schema corrisponde in VICS: Default, US, UK, CUSTOM",
    ),
    (
        "A first look at a device by samples, against lists of known files",
        "Un primo esame di un dispositivo per campioni, con liste di file noti",
    ),
    (
        "A disk, an image (its first segment) or a folder",
        "Un disco, un'immagine (il primo segmento) o una cartella",
    ),
    ("How much of it is read at most, in percent", "Quanto se ne legge al massimo, in percentuale"),
    ("Minutes that it takes at most", "Minuti che dura al massimo"),
    ("The largest file that is read, in MiB", "Il file più grande che si legge, in MiB"),
    (
        "How much space is read at once, in KiB [default: 64, or 1024 where the disk spins and all may be read]",
        "Quanto spazio si legge per volta, in KiB [predefinito: 64, o 1024 se il disco gira e si può leggere tutto]",
    ),
    (
        "What decides the samples, to draw the same again [default: another one each time]",
        "Ciò che decide i campioni, per estrarre gli stessi [predefinito: ogni volta un altro]",
    ),
    (
        "List its files with the Sleuth Kit's programs instead of our own readers",
        "Elenca i file con i programmi di Sleuth Kit invece che con i nostri lettori",
    ),
    (
        "Give a file of an exhibit its category by its hash, or print the grades",
        "Dà a un file di un reperto la sua categoria tramite l'impronta, o mostra le classificazioni",
    ),
    (
        "Take in grades that come back: a file of Project VIC, of INTERPOL ICSE, or the CSV of `export --as media-csv`",
        "Acquisisce le classificazioni restituite: un file di Project VIC, di INTERPOL ICSE, o il CSV di `export --as media-csv`",
    ),
    (
        "The layout of that file: vics, icse, media_csv [default: by what it begins with]",
        "Il formato di quel file: vics, icse, media_csv [predefinito: dal suo inizio]",
    ),
    ("Who gave the grades of that file", "Chi ha attribuito le classificazioni di quel file"),
    (
        "A category of that file that says that nobody graded; may be given again",
        "Una categoria di quel file che indica che nessuno ha classificato; ripetibile",
    ),
    (
        "Say what that file holds, but store nothing",
        "Dice che cosa contiene quel file, senza conservare nulla",
    ),
    (
        "Hashes of files on exhibits: MD5, SHA-1 or SHA-256 [default: print the grades]",
        "Impronte di file dei reperti: MD5, SHA-1 o SHA-256 [predefinito: mostra le classificazioni]",
    ),
    ("The category, in the words of its scheme", "La categoria, con le parole del suo schema"),
    ("The scheme that the category is of", "Lo schema a cui la categoria appartiene"),
    ("The series that the file belongs to", "La serie a cui il file appartiene"),
    (
        "Grade as a second officer who does not know the first grade; without hashes, print the files that wait for one",
        "Classifica come secondo operatore che non conosce la prima classificazione; senza impronte, elenca i file che lo attendono",
    ),
    (
        "Of files that one officer alone graded, the category to be graded twice; may be given again",
        "Dei file classificati da un solo operatore, la categoria da classificare due volte; ripetibile",
    ),
    (
        "Print how many files each officer graded on each day, and about how long that took",
        "Mostra quanti file ha classificato ogni operatore in ogni giorno, e all'incirca in quanto tempo",
    ),
    (
        "Let an officer go on for twelve hours whom the rules on grading stop",
        "Lascia proseguire per dodici ore un operatore fermato dalle regole sulla classificazione",
    ),
    ("OFFICER", "OPERATORE"),
    (
        "How many minutes of a day an officer grades files at most; 0 for no limit",
        "Quanti minuti al giorno al più un operatore classifica file; 0 per nessun limite",
    ),
    ("MINUTES", "MINUTI"),
    (
        "The hours of each day in which nobody grades files, such as 20:00-08:00; none for no such hours",
        "Le ore di ogni giorno in cui nessuno classifica file, come 20:00-08:00; none per nessuna",
    ),
    ("HOURS", "ORE"),
    (
        "Take the category back; that it was given stays on record",
        "Ritira la categoria; che sia stata data resta nel registro",
    ),
    (
        "The authority to record under [default: the latest that covers today]",
        "Il titolo in base al quale registrare [predefinito: il più recente che copre oggi]",
    ),
    (
        "The chain of custody of an exhibit, and acts in it",
        "La catena di custodia di un reperto, e gli atti che la compongono",
    ),
    (
        "The exhibit's number, a file's name, or the beginning of its digest",
        "Il numero del reperto, il nome di un file, o l'inizio della sua impronta",
    ),
    ("The file of the public key (.vkey)", "Il file della chiave pubblica (.vkey)"),
    (
        "The key: its name and key id, as officer list shows it",
        "La chiave: nome e identificativo, come li mostra officer list",
    ),
    ("The officer's name", "Il nome dell'ufficiale"),
    ("The officer's role, such as analyst", "Il ruolo dell'ufficiale, come analista"),
    ("The officer's unit", "L'ufficio a cui appartiene"),
    ("The officers of the operation", "Gli ufficiali dell'operazione"),
    ("The particulars of an entry of the ledger", "I particolari di una voce del registro"),
    (
        "The public key of the officer who signed it, known from elsewhere (.vkey); may be given again",
        "La chiave pubblica dell'ufficiale che lo ha firmato, nota da altra fonte (.vkey); si può ripetere",
    ),
    ("The public key of the witness (.vkey)", "La chiave pubblica del testimone (.vkey)"),
    (
        "The reply of an authority for time stamps (.tsr), or the answer of a witness",
        "La risposta di un'autorità di marcatura temporale (.tsr), o quella di un testimone",
    ),
    (
        "The request that came with the checkpoint: add-checkpoint",
        "La richiesta arrivata con il checkpoint: add-checkpoint",
    ),
    ("The second person's key", "La chiave della seconda persona"),
    (
        "The second person, for acts that two do together",
        "La seconda persona, per gli atti che si fanno in due",
    ),
    (
        "The supplier's list of digests, as sha256sum, sha1sum, md5sum or sha512sum write it",
        "L'elenco delle impronte del fornitore, come lo scrivono sha256sum, sha1sum, md5sum o sha512sum",
    ),
    ("The supplier's reference", "Il riferimento del fornitore"),
    ("The year", "L'anno"),
    ("To whom it goes, for the ledger", "A chi va, per il registro"),
    ("WHO", "CHI"),
    (
        "What the operation demands: signatures, two persons, four eyes, reasons",
        "Che cosa esige l'operazione: firme, due persone, due ufficiali, motivi",
    ),
    ("What was decided before no longer holds", "Quanto deciso prima non vale più"),
    (
        "Whether a decision counts only when two officers have taken it",
        "Se una decisione conta solo quando l'hanno presa due ufficiali",
    ),
    (
        "Whether every act is signed with the key of an officer of the operation",
        "Se ogni atto è firmato con la chiave di un ufficiale dell'operazione",
    ),
    (
        "Whether nobody consults personal data without saying why",
        "Se nessuno consulta dati personali senza dire perché",
    ),
    ("Who consulted what, when and why", "Chi ha consultato che cosa, quando e perché"),
    ("Who supplied the files", "Chi ha fornito i file"),
    (
        "Why personal data is consulted or handed out, for the logs",
        "Perché si consultano o consegnano dati personali, per i registri",
    ),
    (
        "Why, with the rule that says how long it is kept",
        "Il motivo, con la norma che dice per quanto si conserva",
    ),
    (
        "With --export: how many entries the checkpoint had that the witness signed last [default: as recorded]",
        "Con --export: quante voci aveva il checkpoint firmato per ultimo dal testimone [predefinito: come registrato]",
    ),
    ("With --export: to whom", "Con --export: a chi"),
    (
        "With --files: what shows that the record continues this earlier checkpoint",
        "Con --files: ciò che mostra che il registro continua questo checkpoint precedente",
    ),
    (
        "With --record combine: the exhibits that it was joined with",
        "Con --record combine: i reperti con cui è stato unito",
    ),
    (
        "With --record copy: the file to write, which must not exist",
        "Con --record copy: il file da scrivere, che non deve esistere",
    ),
    ("With --record: in what state", "Con --record: in quale stato"),
    ("With --record: the number of the seal", "Con --record: il numero del sigillo"),
    (
        "With --record: the signed receipt, its number or where it is kept",
        "Con --record: la ricevuta firmata, il numero o dove si trova",
    ),
    (
        "With --record: the tool, its version, the digest of its settings",
        "Con --record: lo strumento, la versione, l'impronta delle impostazioni",
    ),
    ("With --record: what came of it", "Con --record: l'esito"),
    ("With --record: where", "Con --record: dove"),
    ("With --record: who had it before", "Con --record: chi lo aveva prima"),
    (
        "With --record: who has it after, or to whom it was made known",
        "Con --record: chi lo ha dopo, o a chi è stato reso noto",
    ),
    ("With --record: who reviewed it", "Con --record: chi lo ha rivisto"),
    ("With --record: why", "Con --record: perché"),
    (
        "Write it as files into this folder: the entry, its particulars, the proof as tlog-proof",
        "La scrive come file in questa cartella: la voce, i particolari, la prova come tlog-proof",
    ),
    (
        "Digests of all files of a folder or a disk",
        "Calcola le impronte di tutti i file di una cartella o di un disco",
    ),
    ("Files and folders to read", "File e cartelle da leggere"),
    (
        "Also the ed2k hash, with those of its parts in JSON",
        "Anche l'impronta ed2k, in JSON con quelle delle sue parti",
    ),
    ("Also the root of the AICH tree", "Anche la radice dell'albero AICH"),
    ("Write the list in the form of another program", "Scrive l'elenco nella forma di un altro programma"),
    ("FORM", "FORMA"),
    ("The list of known files that hashdeep -k reads", "L'elenco di file noti che hashdeep -k legge"),
    ("How many files are read at once", "Quanti file si leggono insieme"),
    ("One when a disk spins, else many", "Uno quando un disco ruota, altrimenti molti"),
    ("One after the other", "Uno dopo l'altro"),
    ("Several on each thread", "Diversi per ogni thread"),
    (
        "A file to note digests in as they are made: with the same file a run that was stopped goes on",
        "Un file in cui annotare le impronte man mano: con lo stesso file un'esecuzione fermata prosegue",
    ),
    (
        "Find the records of a table that are of the same person",
        "Trova i record di una tabella che sono della stessa persona",
    ),
    ("The table, a CSV file with a heading", "La tabella, un file CSV con intestazione"),
    (
        "The columns to compare, each with its kind: name, date, postcode, place, email, phone, category; and a number, \
         when columns say the same thing twice and count once: town:place:1",
        "Le colonne da confrontare, ciascuna con il suo tipo: name, date, postcode, place, email, phone, category; e un \
         numero, quando più colonne dicono la stessa cosa e contano una volta: town:place:1",
    ),
    ("COLUMN:KIND", "COLONNA:TIPO"),
    (
        "The column that names each record [default: its line]",
        "La colonna che identifica ogni record [predefinito: la sua riga]",
    ),
    (
        "The column that says which person each record really is of, to judge the result by; it is never compared",
        "La colonna che dice di quale persona è davvero ogni record, per giudicare il risultato; non viene mai confrontata",
    ),
    (
        "Two records, by their ids: what speaks for and against one person, column by column",
        "Due record, per identificativo: che cosa parla a favore e contro una sola persona, colonna per colonna",
    ),
    ("COLUMN", "COLONNA"),
    ("NAME[=RATE],…", "NOME[=QUOTA],…"),
    ("YEAR", "ANNO"),
    ("YEARS", "ANNI"),
    ("yes|no", "yes|no"),
];
