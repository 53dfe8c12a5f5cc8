//! A request to an operator or a platform: its questions as CSV (RFC 4180), the sheet that goes with them, and the
//! questions as the operation keeps them, each with the record that it was copied from.
//!
//! What goes out does not say which questions are control questions or repetitions, and says nothing of anybody's conduct.

use std::sync::LazyLock;

use serde_json::Value;
use tutela_model::{Catalogue, Digest, Lang, Phrase, Statement};

use crate::leads_csv::safe;
use crate::shown;

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// `R-001`.
    pub reference: String,
    /// The operator or platform; none while nobody knows who holds the addresses.
    pub of: Option<String>,
    /// Whether it is a platform, which is asked for source ports.
    pub is_platform: bool,
    /// The act under which it is asked.
    pub authority: String,
    /// The questions, in the order of their numbers, which begin at 1.
    pub questions: Vec<Question>,
}

/// A question.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The account, for its platform only.
    pub account: String,
    /// The address, as the record wrote it.
    pub address: String,
    /// The port.
    pub port: Option<u16>,
    /// The instant in UTC, to the second, with `Z`.
    pub at: String,
    /// The same, as the record wrote it.
    pub at_in_record: String,
    /// SHA-256 of the received file that holds the record, hexadecimal.
    pub from_source: String,
    /// The record's spot in it.
    pub from_place: String,
    /// The earlier question that this one asks again.
    pub repeat_of: String,
    /// The line known already, for a control question.
    pub control_line: String,
    /// SHA-256 of the answers that knew the address, hexadecimal, separated by blanks.
    pub known_from: String,
}

static STATEMENTS: &[Statement] = &[
    Statement { key: "request.title", it: "Richiesta {reference}", en: "Request {reference}" },
    Statement { key: "request.to", it: "A: {of}", en: "To: {of}" },
    Statement {
        key: "request.to_unknown",
        it: "A: l'operatore a cui gli indirizzi sono assegnati (da cercare prima nel registro regionale)",
        en: "To: the operator to which the addresses are assigned (to be looked up in the regional registry first)",
    },
    Statement { key: "request.authority", it: "Titolo: {authority}", en: "Legal basis: {authority}" },
    Statement {
        key: "request.file",
        it: "Domande: {n}, nel file {file} (SHA-256 {sha256}). Il file vale come è: non va ricopiato a mano.",
        en: "Questions: {n}, in the file {file} (SHA-256 {sha256}). The file counts as it is: it is not to be typed again.",
    },
    Statement { key: "request.asked", it: "Che cosa si chiede", en: "What is asked" },
    Statement {
        key: "request.line",
        it: "Per ogni riga: l'utenza che a quell'istante aveva l'indirizzo e, dove è indicata, quella porta sorgente, con \
             inizio e fine dell'assegnazione che comprende l'istante.",
        en: "For each row: the line that held the address at that instant and, where one is given, that source port, with \
             the beginning and end of the assignment that holds the instant.",
    },
    Statement {
        key: "request.shared",
        it: "Se più utenze condividevano l'indirizzo: l'intervallo di porte di ciascuna e quante erano; mai una sola di esse \
             scelta senza porta.",
        en: "If several lines shared the address: the range of ports of each and how many there were; never one of them \
             chosen without a port.",
    },
    Statement {
        key: "request.port",
        it: "Per ogni riga: la porta sorgente dell'accesso, e l'orario al secondo. Senza porta un operatore può indicare \
             solo un insieme di utenze.",
        en: "For each row: the source port of the access, and the time to the second. Without the port an operator can only \
             name a set of lines.",
    },
    Statement {
        key: "request.seconds",
        it: "Gli orari delle domande sono in UTC (Z), al secondo. Porta e orario al secondo servono entrambi: un'assegnazione \
             di un altro giorno, di un'altra ora o di un'altra porta non risponde alla domanda.",
        en: "The times of the questions are in UTC (Z), to the second. Port and time to the second are both needed: an \
             assignment of another day, another hour or another port does not answer the question.",
    },
    Statement {
        key: "request.role",
        it: "Per ogni persona e indirizzo indicati: in quale ruolo (pagante, contraente, indirizzo d'impianto, utilizzatore). \
             Se il ruolo non è noto, scrivere che non è noto.",
        en: "For each person and address named: in which role (payer, contract holder, installation address, user). If the \
             role is not known, write that it is not known.",
    },
    Statement {
        key: "request.zone",
        it: "Il fuso orario degli orari della risposta, scritto in ogni orario o una volta per tutti.",
        en: "The time zone of the times in the answer, written in each time or once for all.",
    },
    Statement {
        key: "request.number",
        it: "Il numero della domanda (colonna item) accanto a ogni riga della risposta, anche dove non risulta nulla.",
        en: "The number of the question (column item) beside each row of the answer, also where nothing was found.",
    },
    Statement {
        key: "request.nothing",
        it: "La richiesta non afferma nulla sulla condotta di chicchessia. L'intestatario di un'utenza non è per ciò stesso \
             chi la usa.",
        en: "The request states nothing about anybody's conduct. Whoever a line is registered to is not thereby its user.",
    },
];

fn say(phrase: &Phrase, lang: Lang) -> String {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(&[STATEMENTS]));
    CATALOGUE.say(phrase, lang)
}

fn written(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(header).expect("a vector takes everything");
    for row in rows {
        writer.write_record(row).expect("each row has as many cells as the header");
    }
    writer.into_inner().expect("a vector takes everything")
}

impl Request {
    /// The name of the file that goes out.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("request-{}.csv", self.reference)
    }

    fn numbered(&self) -> impl Iterator<Item = (String, &Question)> {
        (1..).map(|number: usize| number.to_string()).zip(&self.questions)
    }
}

/// The questions as they go out. Platforms are told which of their accounts is meant; operators are not.
#[must_use]
pub fn request_csv(request: &Request) -> Vec<u8> {
    let port = |question: &Question| question.port.map_or_else(String::new, |port| port.to_string());
    let rows = request.numbered().map(|(number, question)| {
        let mut row = vec![request.reference.clone(), number];
        if request.is_platform {
            row.push(safe(&question.account));
        }
        row.extend([question.address.clone(), port(question), question.at.clone()]);
        row
    });
    match request.is_platform {
        true => written(&["reference", "item", "account", "address", "port", "time"], rows),
        false => written(&["reference", "item", "address", "port", "time"], rows),
    }
}

/// The questions as the operation keeps them: the table `request`.
#[must_use]
pub fn kept_csv(request: &Request) -> Vec<u8> {
    const HEADER: [&str; 12] = [
        "request",
        "item",
        "of",
        "address",
        "port",
        "at",
        "at_in_record",
        "from_source",
        "from_place",
        "repeat_of",
        "control_line",
        "known_from",
    ];
    let rows = request.numbered().map(|(number, question)| {
        let Question { address, at, at_in_record, from_source, from_place, .. } = question.clone();
        let port = question.port.map_or_else(String::new, |port| port.to_string());
        let of = request.of.clone().unwrap_or_else(|| "unknown".to_owned());
        let Question { repeat_of, control_line, known_from, .. } = question.clone();
        let row = [request.reference.clone(), number, of, address, port, at, at_in_record];
        row.into_iter().chain([from_source, from_place, repeat_of, control_line, known_from]).collect()
    });
    written(&HEADER, rows)
}

/// The sheet that goes with the questions, as Markdown.
#[must_use]
pub fn cover(request: &Request, lang: Lang) -> String {
    let phrase = |key: &str, values: &[(&str, Value)]| {
        let phrase =
            values.iter().fold(Phrase::new(key), |phrase, (name, value)| phrase.with(name, value.clone()));
        say(&phrase, lang)
    };
    let plain = |text: &str| Value::from(shown::plain(text));
    let to = match &request.of {
        Some(of) => phrase("request.to", &[("of", plain(of))]),
        None => phrase("request.to_unknown", &[]),
    };
    let file = [
        ("n", request.questions.len().into()),
        ("file", request.file_name().into()),
        ("sha256", Digest::of(&request_csv(request)).hex().into()),
    ];
    let asked: &[&str] = match request.is_platform {
        true => &["port", "number", "zone"],
        false => &["line", "shared", "seconds", "role", "zone", "number"],
    };
    let asked: Vec<String> =
        asked.iter().map(|key| format!("- {}", phrase(&format!("request.{key}"), &[]))).collect();
    [
        format!("# {}", phrase("request.title", &[("reference", plain(&request.reference))])),
        to,
        phrase("request.authority", &[("authority", plain(&request.authority))]),
        phrase("request.file", &file),
        format!("## {}", phrase("request.asked", &[])),
        asked.join("\n"),
        phrase("request.nothing", &[]) + "\n",
    ]
    .join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::golden;

    fn example() -> Request {
        let question = |address: &str, port, at: &str| Question {
            account: "=u-17".to_owned(),
            address: address.to_owned(),
            port,
            at: at.to_owned(),
            at_in_record: "01/03/2026, 21:00:00".to_owned(),
            from_source: Digest::of(b"log").hex(),
            from_place: "line:12".to_owned(),
            ..Question::default()
        };
        let control = Question {
            control_line: "alfanet/A-100".to_owned(),
            known_from: Digest::of(b"answer").hex(),
            ..question("192.0.2.9", None, "2026-03-02T20:00:00Z")
        };
        Request {
            reference: "R-001".to_owned(),
            of: Some("alfanet".to_owned()),
            is_platform: false,
            authority: "Decreto inventato n. 1/2026".to_owned(),
            questions: vec![question("192.0.2.1", Some(4000), "2026-03-01T20:00:00Z"), control],
        }
    }

    #[test]
    fn a_request_goes_out_with_its_sheet_as_golden() {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n");
        let request = example();
        let platform = Request { of: Some("agora".to_owned()), is_platform: true, ..example() };
        let unknown = Request { of: None, ..example() };
        for (lang, golden_text, path) in [
            (Lang::En, include_str!("request.en.golden"), "src/request/request.en.golden"),
            (Lang::It, include_str!("request.it.golden"), "src/request/request.it.golden"),
        ] {
            let sheets = [&request, &platform, &unknown].map(|request| cover(request, lang));
            let files = [text(request_csv(&request)), text(request_csv(&platform)), text(kept_csv(&request))];
            golden(path, golden_text, &(sheets.concat() + &files.join("\n")));
        }
    }

    #[test]
    fn what_goes_out_does_not_tell_a_control_question_from_another() {
        let mut request = example();
        let sent = (request_csv(&request), cover(&request, Lang::En));
        for question in &mut request.questions {
            question.control_line.clear();
            question.known_from.clear();
            question.repeat_of = "R-000/1".to_owned();
        }
        assert_eq!((request_csv(&request), cover(&request, Lang::En)), sent);
        assert!(!sent.1.contains("control") && !String::from_utf8_lossy(&sent.0).contains("A-100"));
    }
}
