//! What a guessed profile promises: for each shipped profile's sample it reads the same rows, as far as a file can tell.
#![expect(clippy::disallowed_methods, reason = "tests read their samples from the source folders")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tutela_model::source::{Declared, Input, Refusal, Sink};
use tutela_model::tables::{Builders, IpBasis, Observed};
use tutela_model::words::Words as _;
use tutela_model::{Lang, Row, Spot, TableInfo};
use tutela_sources::mapped_table::{PROFILES, READER, guess};

/// The keys of the rows that a profile gives, with table and place.
#[derive(Default)]
struct Keys(BTreeSet<String>);

impl Sink for Keys {
    fn record(&mut self) {}
    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        if !matches!(row, Row::Problem(_)) {
            let (table, batch) = Builders::default().push(&row, 1).expect("one row makes a batch");
            let key = table.key.iter().filter_map(|name| batch.column_by_name(name));
            let key: Vec<String> = key.map(|column| format!("{column:?}")).collect();
            self.0.insert(format!("{} {}", table.name, key.join(" ")));
        }
        Ok(())
    }
    fn skip(&mut self, _: &Spot, _: &'static str) {}
    fn note(&mut self, _: &'static str, _: &str) {}
    fn progress(&mut self, _: u64) {}
}

/// The rows as they come.
#[derive(Default)]
struct Rows(Vec<Row>);

impl Sink for Rows {
    fn record(&mut self) {}
    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        self.0.push(row);
        Ok(())
    }
    fn skip(&mut self, _: &Spot, _: &'static str) {}
    fn note(&mut self, _: &'static str, _: &str) {}
    fn progress(&mut self, _: u64) {}
}

fn sample(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/mapped_table/samples").join(name))
        .expect("a sample")
}

fn keys(name: &str, profile: &str) -> BTreeSet<String> {
    keys_of(name, sample(name), profile)
}

fn keys_of(name: &str, bytes: Vec<u8>, profile: &str) -> BTreeSet<String> {
    let mut keys = Keys::default();
    let declared = Declared {
        profile: Some(profile.to_owned()),
        zone: Some("Europe/Rome".parse().expect("a zone")),
        ..Declared::default()
    };
    (READER.read)(Input::from_memory(name, bytes), &declared, &mut keys)
        .unwrap_or_else(|refusal| panic!("{name}: {refusal}\n{profile}"));
    keys.0
}

fn proposed(name: &str) -> String {
    proposed_of(name, sample(name))
}

fn proposed_of(name: &str, bytes: Vec<u8>) -> String {
    let declared = Declared { zone: Some("Europe/Rome".parse().expect("a zone")), ..Declared::default() };
    let guess = guess(Input::from_memory(name, bytes), &declared, Lang::En);
    guess.unwrap_or_else(|none| panic!("{name}: {none}")).profile
}

/// The profile with the issuer's name written in, which the file does not say.
fn with_issuer(profile: &str, issuer: &str) -> String {
    profile.replace("constant = \"?\"", &format!("constant = \"{issuer}\""))
}

#[test]
fn a_guess_reads_the_sample_of_each_shipped_profile_into_the_same_rows() {
    let samples = [
        ("agorachat_connections", "agorachat-connections.csv", "agorachat"),
        ("fotobox_accessi", "fotobox-accessi.csv", "fotobox"),
        ("lumigram_sessions", "lumigram-sessions.tsv", "lumigram"),
        ("alfanet_risposta", "alfanet-risposta.csv", "alfanet"),
        ("borea_risposta", "borea-risposta.tsv", "borea"),
        ("cometa_risposta", "cometa-risposta.xlsx", "cometa"),
        ("delta_risposta", "delta-risposta.csv", "delta"),
        ("zeek_conn", "zeek-conn.log", "zeek_conn"),
        ("zeek_ssh", "zeek-ssh.log", "zeek_ssh"),
        ("web_access_combined", "access.log", "web"),
        ("vigil_sightings", "vigil-sightings.csv", ""),
        ("meridiana_riscontri", "meridiana-riscontri.csv", "gnutella"),
        ("torrent_watch", "torrent-watch.jsonl", "bittorrent"),
    ];
    // A guess gives each field one column, and `nexus_daily` has one for each network.
    assert_eq!(samples.len() + 1, PROFILES.len(), "a shipped profile has no sample here");
    let mut different = Vec::new();
    for (shipped, name, issuer) in samples {
        let text = PROFILES.iter().find(|profile| profile.name == shipped).expect(shipped).text;
        let proposal = with_issuer(&proposed(name), issuer);
        let (expected, found) = (keys(name, text), keys(name, &proposal));
        let lost: Vec<_> = expected.difference(&found).collect();
        let more: Vec<_> = found.difference(&expected).collect();
        if !lost.is_empty() || !more.is_empty() {
            different.push(format!("{shipped}\n- {lost:#?}\n+ {more:#?}\n{proposal}"));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn a_parquet_file_is_proposed_for_by_its_first_records() {
    let profile = proposed("nexus-daily.parquet");
    for line in [
        "format = \"parquet\"",
        "address = \"addr\"",
        "at = { column = \"t\", epoch = \"s\" }",
        "peer = { column = \"user_hash\", hash = \"guid\" }",
        "network = { column = \"network\", words = \"network\" }",
    ] {
        assert!(profile.contains(line), "{line} is not in\n{profile}");
    }
    // Two of its three peers have a number, of which the proposal reads one.
    assert!(!keys("nexus-daily.parquet", &profile).is_empty(), "{profile}");
}

#[test]
fn the_order_of_columns_and_rows_changes_nothing() {
    let samples = [
        ("agorachat-connections.csv", ",", "agorachat", 0),
        ("fotobox-accessi.csv", ";", "fotobox", 1),
        ("lumigram-sessions.tsv", "\t", "lumigram", 0),
        ("alfanet-risposta.csv", ";", "alfanet", 0),
        ("borea-risposta.tsv", "\t", "borea", 1),
    ];
    for (name, delimiter, issuer, n_above) in samples {
        let text: String = sample(name).iter().map(|byte| char::from(*byte)).collect();
        let rows: Vec<Vec<String>> = text
            .lines()
            .skip(n_above)
            .map(|line| line.split(delimiter).map(str::to_owned).collect())
            .collect();
        let width = rows[0].len();
        let table = |columns: &[usize], reversed: bool| {
            let mut rows: Vec<&Vec<String>> = rows.iter().filter(|row| row.len() == width).collect();
            if reversed {
                rows[1..].reverse();
            }
            let line = |row: &&Vec<String>| {
                columns.iter().map(|idx| row[*idx].as_str()).collect::<Vec<_>>().join(delimiter)
            };
            // The samples that are not UTF-8 are Latin-1, whose bytes are their characters.
            let text = rows.iter().map(line).collect::<Vec<_>>().join("\n") + "\n";
            text.chars().map(|sign| sign as u8).collect::<Vec<u8>>()
        };
        let all: Vec<usize> = (0..width).collect();
        let bytes = table(&all, false);
        let expected = keys_of(name, bytes.clone(), &with_issuer(&proposed_of(name, bytes), issuer));
        let config = ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() };
        let mut runner = proptest::test_runner::TestRunner::new(config);
        let orders = (Just(all).prop_shuffle(), any::<bool>());
        let result = runner.run(&orders, |(columns, reversed)| {
            let bytes = table(&columns, reversed);
            let profile = with_issuer(&proposed_of(name, bytes.clone()), issuer);
            prop_assert_eq!(keys_of(name, bytes, &profile), expected.clone(), "{}", profile);
            Ok(())
        });
        if let Err(error) = result {
            panic!("{name}: {error}");
        }
    }
}

#[test]
fn a_guess_of_a_header_of_two_rows_reads_it() {
    for (name, text) in [("cometa-groups.xlsx", "xlsx"), ("groups.csv", "csv")] {
        let profile = proposed(name);
        assert!(
            profile.contains("header_rows = 2") && profile.contains("Periodo / Inizio"),
            "{text}\n{profile}"
        );
        let keys = keys(name, &with_issuer(&profile, "cometa"));
        assert!(keys.iter().any(|key| key.starts_with("lease ")), "{profile}");
        assert!(keys.iter().any(|key| key.starts_with("subscriber ")), "{profile}");
    }
}

#[test]
fn tables_are_told_apart_by_names_and_values() {
    for (table, text) in [
        (
            "payment",
            "Ordinante;Beneficiario;Importo;Valuta;Data operazione;Causale\nwallet-1;wallet-2;1.234,50;EUR;13/03/2026 10:00:00;regalo\n",
        ),
        (
            "payment",
            "Sender,Recipient,Amount,Date\na@example.org,b@example.org,$12.50,2026-03-01T10:00:00Z\n",
        ),
        ("message", "Data;Mittente;Destinatario;Testo\n13/03/2026 10:00;anna77;bruno9;ciao\n"),
        (
            "subscriber",
            "Utenza;Cognome e Nome;Codice Fiscale;Comune;Prov\nU1;Prova Ada;RSSMRA85T10A562S;Milano;MI\n",
        ),
        (
            "transfer",
            "from,to,time,file name,sha1\na,b,2026-03-01T10:00:00Z,x.bin,da39a3ee5e6b4b0d3255bfef95601890afd80709\n",
        ),
        (
            "sighting",
            "ip,port,hash,time,guid,network\n192.0.2.1,4662,da39a3ee5e6b4b0d3255bfef95601890afd80709,2026-03-01T10:00:00Z,g1,eMule\n",
        ),
        (
            "journey",
            "Passeggero;Partenza;Ritorno;Origine;Destinazione\nAda;13/03/2026;15/03/2026;Roma;Parigi\n",
        ),
        (
            "connection",
            "#Software: x\n#Fields: date time c-ip c-port cs-username sc-status\n2026-03-01 20:00:00 192.0.2.1 4000 anna 200\n",
        ),
        ("lease", "192.0.2.1\t2026-03-01T20:00:00Z\tU1\n192.0.2.2\t2026-03-01T21:00:00Z\tU2\n"),
    ] {
        let declared = Declared { zone: Some("Europe/Rome".parse().expect("a zone")), ..Declared::default() };
        let input = Input::from_memory("x.csv", text.as_bytes().to_vec());
        let guess = guess(input, &declared, Lang::It).unwrap_or_else(|none| panic!("{text}: {none}"));
        assert!(TableInfo::named(table).is_some());
        assert!(
            guess.profile.contains(&format!("[[table]]\nname = \"{table}\"")),
            "{table}\n{}",
            guess.profile
        );
        let problems: Vec<_> = guess.first.iter().flat_map(|record| &record.problems).collect();
        assert!(problems.is_empty() && !guess.first.is_empty(), "{problems:?}\n{}", guess.profile);
    }
}

#[test]
fn what_was_observed_is_a_typed_field() {
    let header = "network,address,file_hash,at,observed,ip_basis";
    let row = |observed: &str, ip_basis: &str| {
        let text =
            format!("{header}\ngnutella,192.0.2.1,sha1:00,2026-03-01T10:00:00Z,{observed},{ip_basis}\n");
        let mut rows = Rows::default();
        let input = Input::from_memory("sighting.csv", text.into_bytes());
        (tutela_sources::tutela_table::READER.read)(input, &Declared::default(), &mut rows).expect("a table");
        rows.0.pop().expect("the record is a row or a problem")
    };
    let sighting = |observed: &str, ip_basis: &str| match row(observed, ip_basis) {
        Row::Sighting(sighting) => (sighting.observed, sighting.ip_basis),
        other => panic!("{observed}, {ip_basis}: {other:?}"),
    };
    for observed in Observed::ALL {
        assert_eq!(sighting(observed.word(), "").0, *observed);
    }
    for ip_basis in IpBasis::ALL {
        assert_eq!(sighting("", ip_basis.word()).1, *ip_basis);
    }
    // What is not said is unknown, and what is said in another word is no observation of any kind.
    assert_eq!(sighting("", ""), (Observed::Unknown, IpBasis::Unknown));
    for (observed, ip_basis, column) in [("viewed", "", "observed"), ("", "geolocated", "ip_basis")] {
        match row(observed, ip_basis) {
            Row::Problem(problem) => assert_eq!(problem.column.as_deref(), Some(column)),
            other => panic!("{observed}, {ip_basis}: {other:?}"),
        }
    }
    // Another party's words are mapped, and a word that nobody mapped stays out.
    let text = "ip,hash,time,network,osservazione,origine ip\n\
        192.0.2.1,da39a3ee5e6b4b0d3255bfef95601890afd80709,2026-03-01T10:00:00Z,eMule,scaricato,tcp\n\
        192.0.2.2,da39a3ee5e6b4b0d3255bfef95601890afd80709,2026-03-01T10:00:00Z,eMule,fonte,da terzi\n";
    let profile = proposed_of("x.csv", text.as_bytes().to_vec());
    for line in ["\"scaricato\" = \"downloaded\"", "\"fonte\" = \"listed\"", "\"da terzi\" = \"third_party\""]
    {
        assert!(profile.contains(line), "{line} is not in\n{profile}");
    }
}

#[test]
fn the_role_of_whoever_an_answer_names_is_proposed_where_a_column_says_it() {
    let profile = proposed("alfanet-risposta.csv");
    for line in ["\"IMPIANTO\" = \"installation\"", "role = { column = \"RUOLO\", words = \"role\" }"] {
        assert!(profile.contains(line), "{line} is not in\n{profile}");
    }
}

#[test]
fn a_column_with_a_day_beyond_twelve_settles_which_number_is_the_month() {
    for (from, until, expected) in [
        ("01/03/2026 10:00:00", "13/03/2026 10:00:00", "%d/%m/%Y"),
        ("01/03/2026 10:00:00", "03/13/2026 10:00:00", "%m/%d/%Y"),
    ] {
        let text = format!("ip,from,until,line\n192.0.2.1,{from},{until},U1\n");
        let guess = guess(Input::from_memory("x.csv", text.into_bytes()), &Declared::default(), Lang::En)
            .unwrap_or_else(|none| panic!("{none}"));
        assert_eq!(guess.profile.matches(expected).count(), 2, "{}", guess.profile);
        assert!(!guess.doubts.iter().any(|doubt| doubt.key == "guess.ambiguous"), "{:?}", guess.doubts);
    }
}

#[test]
fn a_column_without_a_place_is_left_out_with_the_reason() {
    let text = "Utenza;IP;Dal;Al;Tipo;Proxy;Prov\n\
                U1;192.0.2.1;13/03/2026 10:00;14/03/2026 10:00;dinamico;SI;MI\n\
                U2;192.0.2.2;13/03/2026 10:00;14/03/2026 10:00;statico;NO;RM\n";
    let guess = guess(Input::from_memory("x.csv", text.as_bytes().to_vec()), &Declared::default(), Lang::En)
        .unwrap_or_else(|none| panic!("{none}"));
    for line in [
        "    \"Tipo\",  # the name says “tipo”, but access has another column, or not these values: dinamico, statico",
        "    \"Proxy\",  # text, and no word of its name is known: SI, NO",
        "province = \"Prov\"",
    ] {
        assert!(guess.profile.contains(line), "{line} is not in\n{}", guess.profile);
    }
    let text =
        "user,ip,time,proxy\nu1,192.0.2.1,2026-03-13T10:00:00Z,SI\nu2,192.0.2.2,2026-03-13T10:00:00Z,NO\n";
    let guess = tutela_sources::mapped_table::guess(
        Input::from_memory("x.csv", text.as_bytes().to_vec()),
        &Declared::default(),
        Lang::En,
    )
    .unwrap_or_else(|none| panic!("{none}"));
    assert!(
        guess.profile.contains("[words.proxy_said]\n\"SI\" = \"yes\"\n\"NO\" = \"no\""),
        "{}",
        guess.profile
    );
}

#[test]
fn what_is_no_table_is_said_to_be_none() {
    use tutela_sources::mapped_table::NoGuess;
    let wide: Vec<u8> = "a;b\n1;2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let reason = |bytes: &[u8]| {
        guess(Input::from_memory("x", bytes.to_vec()), &Declared::default(), Lang::En).expect_err("no guess")
    };
    assert!(matches!(reason(b""), NoGuess::Empty));
    assert!(matches!(reason(b"\x7fELF\0\0\0\x01\x02\x03abcdefgh\0"), NoGuess::Binary));
    assert!(matches!(reason(&wide), NoGuess::Unmarked));
    assert!(matches!(reason(b"\xd0\xcf\x11\xe0\0\0"), NoGuess::OldWorkbook));
    assert!(matches!(reason(b"hello\nworld\n"), NoGuess::NoTable));
    assert!(matches!(reason(b"Colore,Forma\nrosso,tonda\n"), NoGuess::NoneFits(_)));
    assert!(matches!(reason(b"PK\x03\x04xl/workbook"), NoGuess::Damaged(_)));
}

#[test]
fn damaged_samples_are_guessed_without_a_panic() {
    let damage = (
        any::<prop::sample::Index>(),
        prop_oneof![Just(b"\n".to_vec()), Just(b";".to_vec()), any::<[u8; 3]>().prop_map(Vec::from)],
    );
    let damages = proptest::collection::vec(damage, 1..6);
    for name in ["groups.csv", "cometa-groups.xlsx", "zeek-ssh.log", "borea-risposta.tsv", "access.log"] {
        let config = ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() };
        let result = proptest::test_runner::TestRunner::new(config).run(&damages, |damages| {
            let mut bytes = sample(name);
            for (at, more) in damages {
                let at = at.index(bytes.len());
                bytes.splice(at..(at + 1).min(bytes.len()), more);
            }
            // What is proposed for such bytes is nobody's; that something comes back is the promise.
            let _ = guess(Input::from_memory(name, bytes), &Declared::default(), Lang::En);
            Ok(())
        });
        if let Err(error) = result {
            panic!("{name}: {error}");
        }
    }
}
