//! A made-up operation of any number of leads, for the tests and for looking at the report. Everyone is invented.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tutela_model::finding::{AlternativeState, Band, Factor, Gate, NextStep, PersonStatus};
use tutela_model::{Alternative, Catalogue, Finding, Lead, Phrase, RowRef, Statement, Strength};
use tutela_outputs::{
    Anchor, AnchorKind, Authority, AuthorityFate, Decision, DigestCheck, Dossier, Exhibit, Head, Method,
    Problem, Source, Step, SuppliedDigest, also_at,
};

static STATEMENTS: &[Statement] = &[
    Statement {
        key: "example.line",
        it: "{n|connessione|connessioni} dell'account {account} da indirizzi e porte che {operator} aveva assegnato all'utenza {line}, in {sessions|assegnazione distinta|assegnazioni distinte}",
        en: "{n|connection|connections} of account {account} from addresses and ports that {operator} had assigned to line {line}, in {sessions|distinct assignment|distinct assignments}",
    },
    Statement {
        key: "example.selector",
        it: "l'e-mail verificata dell'account {account} è la stessa indicata all'operatore per l'utenza {line}",
        en: "the verified e-mail of account {account} is the one given to the operator for line {line}",
    },
    Statement {
        key: "example.prop.for",
        it: "gli account sono stati usati attraverso l'utenza {line}, da una persona del nucleo a cui è intestata",
        en: "the accounts were used through line {line}, by a person of the household that it is registered to",
    },
    Statement {
        key: "example.prop.against",
        it: "gli account sono stati usati attraverso un'altra utenza",
        en: "the accounts were used through another line",
    },
    Statement {
        key: "example.members",
        it: "risultano {n|persona residente|persone residenti} all'indirizzo",
        en: "{n|person is|persons are} on record at the address",
    },
    Statement {
        key: "example.zone",
        it: "nessun altro fuso spiega più connessioni",
        en: "no other zone explains more connections",
    },
    Statement {
        key: "example.wifi",
        it: "nulla nei dati riguarda il Wi-Fi dell'abitazione",
        en: "nothing in the records speaks to the Wi-Fi of the dwelling",
    },
    Statement {
        key: "example.refute",
        it: "Una risposta dell'operatore che assegna gli stessi indirizzi e porte a un'altra utenza.",
        en: "An answer of the operator that assigns the same addresses and ports to another line.",
    },
    Statement {
        key: "example.refute.abroad",
        it: "La prova che nessuno era nell'abitazione durante le connessioni.",
        en: "Proof that nobody was in the dwelling during the connections.",
    },
    Statement {
        key: "example.missing.person",
        it: "Nessun elemento lega un account a una persona anziché alla sola utenza.",
        en: "No ground ties an account to a person rather than to the line alone.",
    },
    Statement {
        key: "example.missing.port",
        it: "Per {n|connessione|connessioni} manca la porta, e l'indirizzo era condiviso.",
        en: "The port is missing for {n|connection|connections}, and the address was shared.",
    },
    Statement {
        key: "example.pair",
        it: "gli account {account} e {other} hanno elementi in comune",
        en: "accounts {account} and {other} have selectors in common",
    },
    Statement {
        key: "sharing_overview",
        it: "{sightings|avvistamento|avvistamenti} di {peers|peer|peer} in {days|giorno|giorni}",
        en: "{sightings|sighting|sightings} of {peers|peer|peers} on {days|day|days}",
    },
    Statement {
        key: "spread_over_time",
        it: "gli avvistamenti e i peer di ogni periodo",
        en: "the sightings and peers of each period",
    },
    Statement {
        key: "removal_curve",
        it: "quanti dei {files|file|file} avrebbero ancora un peer",
        en: "how many of {files|file|files} would still have a peer",
    },
    Statement {
        key: "by_area",
        it: "i peer per provincia, secondo un elenco fornito",
        en: "the peers by province, by a supplied list",
    },
    Statement { key: "word.email", it: "e-mail", en: "e-mail" },
    Statement {
        key: "example.gate.sessions",
        it: "l'uso ricorre in {n|sessione distinta|sessioni distinte}",
        en: "use recurs in {n|distinct session|distinct sessions}",
    },
    Statement {
        key: "example.gate.role",
        it: "per {line}: ruolo della persona indicata dall'operatore",
        en: "for {line}: the role in which the operator names the person",
    },
    Statement {
        key: "example.ask.port",
        it: "Chiedere le porte sorgente delle connessioni da {address}.",
        en: "Ask for the source ports of the connections from {address}.",
    },
    Statement {
        key: "example.ask.lease",
        it: "Chiedere a chi era assegnato {address} in {n|istante|istanti}.",
        en: "Ask who held {address} at {n|instant|instants}.",
    },
    Statement {
        key: "example.why.port",
        it: "Senza porta la risposta elenca tutte le utenze che condividevano l'indirizzo.",
        en: "Without a port the answer lists every line that shared the address.",
    },
    Statement {
        key: "example.why.kept",
        it: "L'operatore conserva questi dati per un tempo limitato.",
        en: "The operator keeps these records for a limited time.",
    },
    Statement {
        key: "example.warning.zone",
        it: "La fonte {file} è stata messa da parte: uno spostamento di {hours|ora|ore} spiegherebbe molte più connessioni. Un ufficiale deve decidere prima che conti.",
        en: "The source {file} was set aside: a shift of {hours|hour|hours} would explain many more connections. An officer has to decide before it counts.",
    },
    Statement {
        key: "factor.child_at_immediate_risk",
        it: "minore in pericolo immediato",
        en: "child at immediate risk",
    },
    Statement {
        key: "factor.access_to_children_stated",
        it: "accesso a minori dichiarato",
        en: "access to children stated",
    },
];

/// The parts that a dossier borrows.
pub struct Example {
    /// The title.
    pub title: String,
    /// Legal bases.
    pub authorities: Vec<Authority>,
    /// Files.
    pub sources: Vec<Source>,
    /// Their custody.
    pub exhibits: Vec<Exhibit>,
    /// Anchors of the record; none at first.
    pub anchors: Vec<Anchor>,
    /// Leads.
    pub leads: Vec<Lead>,
    /// Findings.
    pub findings: BTreeMap<String, Finding>,
    /// Rows.
    pub rows: BTreeMap<RowRef, Vec<(String, String)>>,
    /// Decisions.
    pub decisions: Vec<Decision>,
    /// Problems.
    pub problems: Vec<Problem>,
    /// Methods.
    pub methods: Vec<Method>,
    /// Sentences.
    pub catalogue: Catalogue,
    /// Warnings.
    pub warnings: Vec<Phrase>,
}

impl Example {
    /// An operation with so many leads: identified, candidate and unattributed in turn.
    pub fn new(n_leads: usize) -> Self {
        let source = |n: u8, name: &str, reader: &str, rows: u64| Source {
            digest: format!("{n:02x}").repeat(32),
            name: name.to_owned(),
            size: 48_211 * u64::from(n),
            reader: reader.to_owned(),
            received_at: "2026-10-02T08:15:00Z".to_owned(),
            basis: "A-1".to_owned(),
            rows,
            sealed: u64::from(n == 1) * 41,
            problems: u64::from(n == 2),
        };
        let mut example = Self {
            title: "Faro".to_owned(),
            authorities: vec![Authority {
                id: "A-1".to_owned(),
                kind: "judge_decree".to_owned(),
                text: "decreto di acquisizione 12/2026".to_owned(),
                from: "2026-09-15".to_owned(),
                until: "2027-03-14".to_owned(),
                covers: vec!["agorachat".to_owned(), "alfanet".to_owned()],
                fate: AuthorityFate::Validated("convalida 12/2026".to_owned()),
            }],
            sources: vec![
                source(1, "agorachat-connections.csv", "profile/agorachat_connections", 117_000),
                source(2, "alfanet-risposta.csv", "profile/alfanet_risposta", 1_904),
                source(3, "selector.csv", "tutela_table/selector", 88),
            ],
            exhibits: exhibits(),
            anchors: Vec::new(),
            leads: Vec::new(),
            findings: BTreeMap::new(),
            rows: BTreeMap::new(),
            decisions: Vec::new(),
            problems: vec![Problem {
                source: "02".repeat(32),
                place: "line:77".to_owned(),
                kind: "bad_value".to_owned(),
                column: Some("INIZIO".to_owned()),
                expected: "a date and time".to_owned(),
                found: Some("31/02/2026 25:00".to_owned()),
                mend: Some("ask the operator for the row again".to_owned()),
            }],
            methods: vec![
                method("attribution", "Connections to lines"),
                method("identity", "Accounts to people"),
            ],
            catalogue: Catalogue::new(&[STATEMENTS]),
            warnings: vec![
                Phrase::new("example.warning.zone").with("file", "delta-risposta.csv").with("hours", 1),
            ],
        };
        (0..n_leads).for_each(|n| example.add_lead(n));
        example
    }

    /// The dossier of these parts.
    pub fn dossier(&self) -> Dossier<'_> {
        Dossier {
            title: &self.title,
            authorities: self.authorities.iter().collect(),
            sources: self.sources.iter().collect(),
            exhibits: self.exhibits.iter().collect(),
            leads: self.leads.iter().collect(),
            findings: &self.findings,
            rows: &self.rows,
            decisions: self.decisions.iter().collect(),
            problems: self.problems.iter().collect(),
            n_problems: self.problems.len() as u64,
            methods: &self.methods,
            catalogue: &self.catalogue,
            findings_digest: "9f3c1d27b8a4e6509f3c1d27b8a4e6509f3c1d27b8a4e6509f3c1d27b8a4e650",
            record: Head {
                origin: "tutela.case/5d1241d0c2f7a9be63805d1241d0c2f7",
                size: 214,
                root: std::array::from_fn(|n| [0x41, 0xd0, 0xc2, 0xf7, 0xa9, 0xbe, 0x63, 0x80][n % 8]),
                anchors: self.anchors.clone(),
            },
            officer: "isp. E. Prova",
            as_of: "2026-11-02T10:30:00Z",
            synthetic: true,
            warnings: &self.warnings,
            also_at: also_at(&self.leads),
            part: None,
        }
    }

    /// Anchors the record: a time stamp, and later a witness.
    pub fn anchor(&mut self) {
        let anchor =
            |kind, by: &str, at: &str, size| Anchor { kind, by: by.to_owned(), at: at.to_owned(), size };
        self.anchors = vec![
            anchor(AnchorKind::Stamp, "Marca di Prova TSA", "2026-10-05T06:00:12Z", 120),
            anchor(AnchorKind::Witness, "procura.example/testimone", "2026-11-01T18:00:00Z", 203),
        ];
    }

    /// Records decisions: on an explanation, first in doubt and then not; on a lead; on what is gone.
    #[cfg(test)]
    pub fn decide(&mut self) {
        use tutela_model::finding::Choice;
        let person = |n: usize| self.leads[n].person_id.clone();
        let decision = |subject: String, choice, reason: &str, officer: &str, at: &str| Decision {
            subject,
            choice,
            reason: reason.to_owned(),
            officer: officer.to_owned(),
            at: at.to_owned(),
            counts: choice != Choice::Unsure,
            agreed: if choice == Choice::Unsure { vec![] } else { vec![officer.to_owned()] },
        };
        let household = self.leads[0].subject("household");
        let (prova, finta) = ("isp. E. Prova", "sov. A. Finta");
        self.decisions = vec![
            decision(
                household.clone(),
                Choice::Unsure,
                "the family register is awaited",
                prova,
                "2026-11-01T09:00:00Z",
            ),
            decision(
                household,
                Choice::Reject,
                "lives alone according to the register.",
                prova,
                "2026-11-02T08:15:00Z",
            ),
            decision(
                person(1),
                Choice::Reject,
                "the line was ported in January",
                finta,
                "2026-11-02T08:30:00Z",
            ),
            decision(
                "P-gone/open_wifi".to_owned(),
                Choice::Accept,
                "a guest network",
                finta,
                "2026-11-02T08:40:00Z",
            ),
        ];
    }

    /// Answers every explanation that is open.
    #[cfg(test)]
    pub fn answer(&mut self) {
        let dossier = self.dossier();
        let open = dossier
            .unanswered()
            .into_iter()
            .flat_map(|(lead, kinds)| kinds.into_iter().map(|kind| lead.subject(kind)).collect::<Vec<_>>());
        let answers = open.map(|subject| Decision {
            subject,
            choice: tutela_model::finding::Choice::Unsure,
            reason: "nothing can be asked before the search".to_owned(),
            officer: "isp. E. Prova".to_owned(),
            at: "2026-11-02T09:00:00Z".to_owned(),
            counts: true,
            agreed: vec!["isp. E. Prova".to_owned()],
        });
        self.decisions = answers.collect();
    }

    /// Adds a pair of the first lead's accounts with what each part says, and hands back its id.
    #[cfg(test)]
    pub fn add_pair(&mut self) -> String {
        let accounts = self.leads[0].accounts.clone();
        let statement = Phrase::new("example.pair")
            .with("account", accounts[0].as_str())
            .with("other", accounts[1].as_str())
            .with(
                "waterfall",
                json!([
                    {"group": "contact", "kind": "email", "value": "posta0@example.org", "millibans": 4100, "n_rows": 2},
                    {"group": "time", "kind": "time", "value": "", "millibans": -350, "n_rows": 1},
                ]),
            );
        let mut pair = Finding::new("same_user", &accounts.join("\n"), statement);
        pair.strength = Some(Strength(3_750));
        let id = pair.id.clone();
        self.findings.insert(id.clone(), pair);
        id
    }

    /// Puts texts that try to act into every place that a foreign file can reach.
    #[cfg(test)]
    pub fn hostile(&mut self) {
        let hostile = HOSTILE.join(" ");
        self.title.clone_from(&hostile);
        self.sources[0].name = format!("{hostile}.csv");
        self.exhibits[0].supplier = Some(hostile.clone());
        self.exhibits[0].steps[0].fields.push(("note".to_owned(), hostile.clone()));
        self.anchor();
        self.anchors[0].by.clone_from(&hostile);
        self.problems[0].found = Some(hostile.clone());
        self.decide();
        self.decisions.iter_mut().for_each(|decision| decision.reason.clone_from(&hostile));
        for columns in self.rows.values_mut() {
            columns.push(("user_agent".to_owned(), hostile.clone()));
        }
        for lead in &mut self.leads {
            lead.accounts.push(format!("agorachat/{hostile}"));
            lead.subscribers.iter_mut().for_each(|name| *name = Some(hostile.clone()));
            lead.next_steps.iter_mut().for_each(|step| step.of.clone_from(&hostile));
        }
        for finding in self.findings.values_mut() {
            finding.statement.values.insert("account".to_owned(), json!(hostile));
        }
    }

    /// Adds what `sharing` finds of a network: 61 days of which one has no sighting, curves, and provinces by an estimate.
    pub fn add_network(&mut self) {
        let day = |n: u64| format!("2026-{:02}-{:02}", 3 + n / 31, n % 31 + 1);
        let points = (0..61_u64).filter(|n| *n != 40).map(|n| {
            // Weekends have more, and each day brings fewer that were not seen before.
            let peers = 9_000 + n * 37 + n * n * 7_919 % 2_300 + if n % 7 > 4 { 3_100 } else { 0 };
            json!([day(n), peers * 31 + n * 4_801 % 9_000, peers, peers * 40 / (44 + n * 3)])
        });
        let points: Vec<Value> = points.collect();
        let curve = [0, 1, 2, 5, 10, 20, 50, 100, 200, 300, 400, 500].map(|k: u64| {
            let left = |reach: u64| 48_211 - 14_400 * (k * (reach + 500)) / (500 * (k + reach));
            json!([k, left(60), left(170), left(900)])
        });
        let placed = tutela_outputs::offices::provinces().iter().zip(1_u64..).map(|(province, n)| {
            let peers = (n * 7_919 % 101).pow(3) / 250;
            (province.code.clone(), peers, peers * (n % 5) / 40)
        });
        let placed: Vec<_> =
            placed.filter(|(_, peers, _)| *peers > 40).chain([("XX".to_owned(), 12, 0)]).collect();
        let statement = |key: &str| Phrase::new(key);
        let overview = statement("sharing_overview")
            .with("sightings", 22_411_905)
            .with("peers", 240_118)
            .with("listed_peers", 9_204)
            .with("without_number", 81_004)
            .with("addresses", 611_322)
            .with("files", 48_211)
            .with("listed_files", 1_904)
            .with("first_seen", "2026-03-01T00:00:04Z")
            .with("last_seen", "2026-04-30T23:59:51Z")
            .with("days", 60)
            .with("networks", json!([["ed2k", 17_000_221, 180_440], ["gnutella", 5_411_684, 59_678]]));
        for phrase in [
            overview,
            statement("spread_over_time").with("period", "day").with("points", points),
            statement("removal_curve").with("files", 48_211).with("points", curve.to_vec()),
            statement("by_area")
                .with("provinces", json!(placed))
                .with("countries", json!([["IT", 181_442], ["FR", 22_018], ["DE", 19_554]]))
                .with("unplaced", 17_104)
                .with("as_of", json!(["2026-04-30"])),
        ] {
            let finding = Finding::new("sharing", &phrase.key.clone(), phrase);
            self.findings.insert(finding.id.clone(), finding);
        }
    }

    fn add_lead(&mut self, n: usize) {
        let status = [PersonStatus::Identified, PersonStatus::Candidate, PersonStatus::Unattributed][n % 3];
        let account = format!("agorachat/vela_{:02}", n + 14);
        let line = format!("alfanet/0190-55{:02}", n);
        let findings = self.add_findings(n, status, &account, &line);
        let provinces = ["MI", "TO", "BA", "RM", "CT", "NA"];
        let attributed = status != PersonStatus::Unattributed;
        let missing = match status {
            PersonStatus::Identified => vec![],
            PersonStatus::Candidate => vec![Phrase::new("example.missing.person")],
            PersonStatus::Unattributed => vec![Phrase::new("example.missing.port").with("n", 41 + n)],
        };
        let of = |list: &[&str], yes: bool| -> Vec<String> {
            if yes { list.iter().map(|text| (*text).to_owned()).collect() } else { Vec::new() }
        };
        let lead = Lead {
            lead: format!("L-{:03}", n + 1),
            rank: n as u32 + 1,
            person_id: format!("P-{n:010x}"),
            ids: vec![format!("P-{n:010x}"), format!("P-{:010x}", 0xa0_0000 + n)],
            name_said: (status == PersonStatus::Identified).then(|| "Ulderico Provarella".to_owned()),
            status,
            missing,
            lines: of(&[&line], attributed),
            subscribers: if attributed { vec![Some("Gisella Provarella".to_owned())] } else { vec![] },
            accounts: vec![account.clone(), format!("fotobox/vela{}", n + 14)],
            peers: vec![],
            handles: vec![],
            exhibits: vec![],
            province: attributed.then(|| provinces[n / 3 % provinces.len()].to_owned()),
            estimated_province: None,
            strength: Strength([4_700, 3_200, 150][n % 3]),
            propositions: vec![
                Phrase::new("example.prop.for").with("line", line.as_str()),
                Phrase::new("example.prop.against"),
            ],
            margin: Some(Strength(1_800)),
            band: [Band::VeryHigh, Band::High, Band::Medium, Band::Low, Band::Informational][n % 5],
            act_by: (n % 5 < 2).then(|| "2026-11-09".to_owned()),
            factors: vec![
                Factor {
                    name: "child_at_immediate_risk".to_owned(),
                    state: "unknown".to_owned(),
                    finding: None,
                },
                Factor {
                    name: "access_to_children_stated".to_owned(),
                    state: if n.is_multiple_of(3) { "yes" } else { "unknown" }.to_owned(),
                    finding: findings.first().cloned(),
                },
            ],
            precedents: u32::from(n.is_multiple_of(5)),
            findings,
            alternatives: vec![
                alternative("household", AlternativeState::Open, Phrase::new("example.members").with("n", 3)),
                alternative("open_wifi", AlternativeState::Open, Phrase::new("example.wifi")),
                alternative("wrong_zone", AlternativeState::Unlikely, Phrase::new("example.zone")),
            ],
            next_steps: next_steps(),
            gates: gates(n, &line),
        };
        self.leads.push(lead);
    }

    fn add_findings(&mut self, n: usize, status: PersonStatus, account: &str, line: &str) -> Vec<String> {
        let statement = Phrase::new("example.line")
            .with("account", account)
            .with("operator", "alfanet")
            .with("line", line)
            .with("n", 41)
            .with("sessions", 6);
        let mut finding = Finding::new("attribution", account, statement);
        finding.strength = Some(Strength([4_700, 3_200, 150][n % 3]));
        finding.propositions =
            vec![Phrase::new("example.prop.for").with("line", line), Phrase::new("example.prop.against")];
        finding.rows = (0..20).map(|row| self.add_row(n * 20 + row, account)).collect();
        finding.n_rows = 41;
        finding.against = vec![self.add_row(90_000 + n, account)];
        finding.n_against = 1;
        finding.alternatives =
            vec![alternative("typing_error", AlternativeState::Checked, Phrase::new("example.zone"))];
        finding.refuted_by = vec![Phrase::new("example.refute"), Phrase::new("example.refute.abroad")];
        finding.settings = BTreeMap::from([("clock_tolerance_s".to_owned(), json!(5))]);
        let mut ids = vec![finding.id.clone()];
        self.findings.insert(finding.id.clone(), finding);
        if status == PersonStatus::Identified {
            let statement = Phrase::new("example.selector").with("account", account).with("line", line);
            let mut finding = Finding::new("identity", account, statement);
            finding.strength = Some(Strength(2_400));
            let row = RowRef {
                table: "selector".to_owned(),
                source: "03".repeat(32),
                place: format!("line:{}", n + 2),
            };
            self.rows.insert(
                row.clone(),
                vec![
                    ("kind".to_owned(), "email".to_owned()),
                    ("value".to_owned(), format!("posta{n}@example.org")),
                ],
            );
            finding.rows = vec![row];
            finding.n_rows = 1;
            finding.refuted_by = vec![Phrase::new("example.refute")];
            ids.push(finding.id.clone());
            self.findings.insert(finding.id.clone(), finding);
        }
        ids
    }

    /// A finding that a row speaks against; its id.
    #[cfg(all(test, feature = "pdf"))]
    pub fn add_contradicted(&mut self, n: usize) -> String {
        let statement = Phrase::new("example.wifi");
        let mut finding = Finding::new("usage", &format!("subject {n}"), statement);
        finding.against = vec![self.add_row(95_000 + n, "agorachat/vela_14")];
        finding.n_against = 1;
        let id = finding.id.clone();
        self.findings.insert(id.clone(), finding);
        id
    }

    fn add_row(&mut self, n: usize, account: &str) -> RowRef {
        let row = RowRef {
            table: "connection".to_owned(),
            source: "01".repeat(32),
            place: format!("line:{}", n + 2),
        };
        let at = format!("2026-03-{:02}T{:02}:14:05Z", n % 28 + 1, n % 24);
        self.rows.insert(
            row.clone(),
            vec![
                ("at".to_owned(), at),
                ("account".to_owned(), account.to_owned()),
                ("event".to_owned(), "login".to_owned()),
                ("address".to_owned(), format!("203.0.113.{}", n % 250 + 1)),
                ("port".to_owned(), (1_024 + n % 60_000).to_string()),
                ("device".to_owned(), String::new()),
            ],
        );
        row
    }
}

/// The custody of the three files and of a fourth that no reader reads.
fn exhibits() -> Vec<Exhibit> {
    let names = ["agorachat-connections.csv", "alfanet-risposta.csv", "selector.csv", "verbale-consegna.pdf"];
    let (prova, finta) = ("isp. E. Prova", "sov. A. Finta");
    let step = |seq, at: &str, action: &str, fields: &[(&str, &str)]| Step {
        seq,
        at: at.to_owned(),
        officer: prova.to_owned(),
        second: None,
        action: action.to_owned(),
        fields: fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
    };
    let exhibit = |(n, name): (u8, &&str)| {
        let seq = u64::from(n) * 4;
        let receive = step(seq, "2026-10-02T08:15:00Z", "receive", &[("name", name), ("basis", "A-1")]);
        Exhibit {
            number: Some(format!("R-{n}")),
            name: (*name).to_owned(),
            size: 48_211 * u64::from(n),
            digest: format!("{n:02x}").repeat(32),
            supplied: (n < 3)
                .then(|| SuppliedDigest {
                    said: format!("sha256 {}", format!("{n:02x}").repeat(32)),
                    check: [DigestCheck::Holds, DigestCheck::NotCompared][usize::from(n) - 1],
                })
                .into_iter()
                .collect(),
            supplier: (n < 4)
                .then(|| ["Agorachat Ltd", "Alfanet S.p.A.", "isp. E. Prova"][usize::from(n) - 1].to_owned()),
            reference: (n == 2).then(|| "prot. 4471/2026".to_owned()),
            basis: "A-1".to_owned(),
            steps: vec![Step { second: (n == 1).then(|| finta.to_owned()), ..receive }],
        }
    };
    let mut exhibits: Vec<Exhibit> = (1..).zip(&names).map(exhibit).collect();
    for (exhibit, (rows, problems)) in exhibits.iter_mut().zip([("117000", "0"), ("1904", "1"), ("88", "0")])
    {
        let seq = exhibit.steps[0].seq + 2;
        let fields = [
            ("reader", "profile/agorachat_connections"),
            ("version", "2"),
            ("rows", rows),
            ("problems", problems),
        ];
        exhibit.steps.push(step(seq, "2026-10-02T08:21:00Z", "import", &fields));
    }
    exhibits[0].steps.push(step(60, "2026-10-09T10:00:00Z", "hash-verify", &[("outcome", "uguale")]));
    let handed = [("to", "Procura di Prova"), ("seal", "S-14"), ("reason", "copia forense per il PM")];
    exhibits[0].steps.push(step(188, "2026-10-28T15:30:00Z", "transfer-out", &handed));
    exhibits
}

/// Texts that a foreign file may hold in the hope that a reader, a spreadsheet or a typesetter acts on them.
#[cfg(test)]
pub const HOSTILE: &[&str] = &[
    "<img src=x onerror=alert(1)>",
    "#eval(\"1+1\")",
    "#read(\"/etc/passwd\")",
    "*bold* _it_ $x^2$ `raw` = head",
    "\\u{41} @ref <label> // comment /* x */",
    "\u{1b}[2J\u{202e}\u{0}",
    "漢字 \u{1f600} \u{e000} עברית",
];

fn next_steps() -> Vec<NextStep> {
    vec![
        NextStep {
            ask: Phrase::new("example.ask.lease").with("address", "203.0.113.14").with("n", 4),
            of: "alfanet".to_owned(),
            by: None,
            why: Phrase::new("example.why.kept"),
            gain_millibits: 840,
        },
        NextStep {
            ask: Phrase::new("example.ask.port").with("address", "198.51.100.7"),
            of: "agorachat".to_owned(),
            by: Some("2026-12-01T00:00:00Z".to_owned()),
            why: Phrase::new("example.why.port"),
            gain_millibits: 310,
        },
    ]
}

fn gates(n: usize, line: &str) -> Vec<Gate> {
    vec![
        Gate {
            name: "sessions".to_owned(),
            passed: true,
            why: Phrase::new("example.gate.sessions").with("n", 6),
        },
        Gate {
            name: "role".to_owned(),
            passed: n.is_multiple_of(2),
            why: Phrase::new("example.gate.role").with("line", line),
        },
    ]
}

fn alternative(kind: &str, state: AlternativeState, why: Phrase) -> Alternative {
    Alternative { kind: kind.to_owned(), state, why }
}

fn method(analysis: &str, title: &str) -> Method {
    let sections = [
        ("What it shows", "Which line an address and port were assigned to when an account was used."),
        ("Why it matters", "A line has a subscriber, and a subscriber an address."),
        (
            "What it does not show",
            "Who used the line.\n\n- Guests and neighbours.\n- Other members of the `household`.",
        ),
        (
            "Method and source",
            "An interval join of `connection` and `lease` with the uncertainty of both times.",
        ),
        ("Settings", "- `clock_tolerance_s`: how far the clocks may differ, in seconds."),
    ];
    Method {
        analysis: analysis.to_owned(),
        title: title.to_owned(),
        sections: sections.map(|(heading, text)| (heading.to_owned(), text.to_owned())).to_vec(),
    }
}

/// Compares an output with its golden file; `BLESS=1` writes the file anew.
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test writes its golden file when it is asked to")]
pub fn golden(path: &str, golden: &str, output: &str) {
    if std::env::var_os("BLESS").is_some() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        std::fs::write(path, output).expect("the golden file can be written");
        return;
    }
    assert_eq!(output, golden, "{path} differs: BLESS=1 writes it anew, the diff is the review");
}
