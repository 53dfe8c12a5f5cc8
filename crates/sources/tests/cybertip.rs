//! What the CyberTip sources promise beyond their golden samples.

use tutela_model::source::{Declared, Input, Reader, Refusal, Sink};
use tutela_model::tables::{
    Connection, Origin, Problem, ProblemKind, ReportedFile, ReportedPerson, Selector, Stated,
};
use tutela_model::{Row, Spot};
use tutela_sources::{cybertip_esp_xml, cybertip_police_json};

/// Keeps what a reader reads.
#[derive(Default)]
struct Kept {
    rows: Vec<Row>,
    /// Rows, problems and skips of each record.
    records: Vec<u32>,
}

impl Kept {
    fn counted(&mut self) {
        *self.records.last_mut().expect("a record has begun") += 1;
    }
}

impl Sink for Kept {
    fn record(&mut self) {
        self.records.push(0);
    }

    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        self.counted();
        self.rows.push(row);
        Ok(())
    }

    fn skip(&mut self, _: &Spot, _: &'static str) {
        self.counted();
    }

    fn note(&mut self, _: &'static str, _: &str) {}

    fn progress(&mut self, _: u64) {}
}

impl Kept {
    fn people(&self) -> Vec<&ReportedPerson> {
        self.rows
            .iter()
            .filter_map(|row| if let Row::ReportedPerson(person) = row { Some(person) } else { None })
            .collect()
    }

    fn connections(&self) -> Vec<&Connection> {
        self.rows
            .iter()
            .filter_map(|row| if let Row::Connection(row) = row { Some(row) } else { None })
            .collect()
    }

    fn selectors(&self) -> Vec<&Selector> {
        self.rows
            .iter()
            .filter_map(|row| if let Row::Selector(row) = row { Some(row) } else { None })
            .collect()
    }

    fn files(&self) -> Vec<&ReportedFile> {
        self.rows
            .iter()
            .filter_map(|row| if let Row::ReportedFile(row) = row { Some(row) } else { None })
            .collect()
    }

    fn problems(&self) -> Vec<&Problem> {
        self.rows
            .iter()
            .filter_map(|row| if let Row::Problem(row) = row { Some(row) } else { None })
            .collect()
    }
}

fn read(reader: &Reader, name: &str, bytes: &[u8]) -> Kept {
    let mut kept = Kept::default();
    let input = Input::from_memory(name, bytes.to_vec());
    (reader.read)(input, &Declared::default(), &mut kept).expect("content is never a refusal");
    kept
}

fn xml(name: &str, text: &str) -> Kept {
    read(&cybertip_esp_xml::READER, name, text.as_bytes())
}

fn json(name: &str, text: &str) -> Kept {
    read(&cybertip_police_json::READER, name, text.as_bytes())
}

const REPORT: &str = include_str!("../src/cybertip_esp_xml/samples/report-4564654.xml");
const FILE_DETAILS: &str =
    include_str!("../src/cybertip_esp_xml/samples/report-4564654-file-b0754af766b426f2928a02c651ed4b99.xml");
const TIP: &str = include_str!("../src/cybertip_police_json/samples/cybertip-4564654.json");
const FREE_TEXT: &str = include_str!("../src/cybertip_police_json/samples/cybertip-201-free_text.json");

#[test]
fn honest_files_of_both_shapes_are_read_without_a_problem() {
    for kept in [xml("report-4564654.xml", REPORT), xml("a.xml", FILE_DETAILS), json("a.json", TIP)] {
        assert!(kept.problems().is_empty(), "{:?}", kept.problems());
        assert!(!kept.rows.is_empty());
    }
}

#[test]
fn no_two_rows_of_a_table_share_a_place() {
    for kept in [xml("report-4564654.xml", REPORT), json("a.json", TIP), json("a.json", FREE_TEXT)] {
        let mut places: Vec<_> =
            kept.rows.iter().map(|row| (row.table().name, row.place().to_string())).collect();
        let n_rows = places.len();
        places.sort();
        places.dedup();
        assert_eq!(places.len(), n_rows);
    }
}

#[test]
fn every_place_of_a_json_row_leads_to_what_it_says() {
    for text in [TIP, FREE_TEXT] {
        let document: serde_json::Value = serde_json::from_str(text).expect("a document");
        for row in json("a.json", text).rows {
            let Spot::Pointer(pointer) = row.place() else { panic!("{row:?}") };
            let (pointer, part) =
                pointer.split_once("#char=").map_or((pointer.as_str(), None), |(p, c)| (p, Some(c)));
            let value = document.pointer(pointer).expect("a value");
            let (Some(part), Row::Selector(selector)) = (part, &row) else { continue };
            let (start, end) = part.split_once(',').expect("two numbers");
            let (start, end): (usize, usize) =
                (start.parse().expect("a number"), end.parse().expect("a number"));
            let said: String =
                value.as_str().expect("a text").chars().skip(start).take(end - start).collect();
            let bare: String = said.chars().filter(|c| *c != ' ').collect();
            assert_eq!(selector.origin, Origin::Mined);
            assert_eq!(bare, selector.value.as_str());
        }
    }
}

#[test]
fn what_is_not_stated_is_unknown_and_never_no() {
    let person =
        |field: &str| format!("<report><personOrUserReported>{field}</personOrUserReported></report>");
    for (field, stated) in [
        ("<compromisedAccount>true</compromisedAccount>", Stated::Yes),
        ("<compromisedAccount>0</compromisedAccount>", Stated::No),
        ("", Stated::Unknown),
    ] {
        assert_eq!(xml("a.xml", &person(field)).people()[0].compromised, stated, "{field}");
    }
    let file = |viewed: &str| {
        format!(
            "{{\"reportId\":1,\"reportedInformation\":{{\"uploadedFiles\":[{{\"viewedByEsp\":{viewed}}}]}}}}"
        )
    };
    for (viewed, stated) in [("true", Stated::Yes), ("false", Stated::No), ("null", Stated::Unknown)] {
        assert_eq!(json("a.json", &file(viewed)).files()[0].viewed_by_platform, stated, "{viewed}");
    }
}

#[test]
fn a_report_cut_anywhere_keeps_only_what_had_ended_and_says_so() {
    let whole = xml("report-4564654.xml", REPORT);
    for len in (0..REPORT.trim_end().len()).filter(|len| REPORT.is_char_boundary(*len)) {
        let cut = xml("report-4564654.xml", &REPORT[..len]);
        let kinds: Vec<_> = cut.problems().iter().map(|problem| problem.kind).collect();
        assert!(matches!(kinds[..], [ProblemKind::Truncated | ProblemKind::Malformed]), "{len}: {kinds:?}");
        for connection in cut.connections() {
            assert!(whole.connections().contains(&connection), "{len}: {connection:?}");
        }
        for selector in cut.selectors() {
            let same = |other: &&Selector| (other.kind, &other.value) == (selector.kind, &selector.value);
            assert!(whole.selectors().iter().any(same), "{len}: {selector:?}");
        }
    }
}

#[test]
fn entities_of_a_document_are_never_expanded() {
    let bomb =
        "<!DOCTYPE report [<!ENTITY a \"aaaa\">]><report><additionalInfo>&a;</additionalInfo></report>";
    let undeclared =
        "<report><personOrUserReported><espIdentifier>&a;</espIdentifier></personOrUserReported></report>";
    for text in [bomb, undeclared] {
        let kept = xml("a.xml", text);
        assert!(
            kept.problems().iter().any(|problem| problem.kind == ProblemKind::Refused),
            "{:?}",
            kept.rows
        );
        assert!(kept.selectors().is_empty());
    }
    let predefined = xml(
        "a.xml",
        "<report><personOrUserReported><screenName>a &amp; &#98;</screenName></personOrUserReported></report>",
    );
    assert_eq!(predefined.people()[0].account.as_deref(), Some("a & b"));
}

#[test]
fn documents_deeper_or_larger_than_any_honest_one_are_problems() {
    let deep = format!("<report>{}", "<victim>".repeat(100_000));
    let long = format!("<report><additionalInfo>{}</additionalInfo></report>", "a".repeat(5 << 20));
    for text in [deep, long] {
        assert_eq!(xml("a.xml", &text).problems()[0].kind, ProblemKind::TooLarge);
    }
    let deep = format!("{{\"reportId\":1,\"reportedInformation\":{}", "[".repeat(100_000));
    assert_eq!(json("a.json", &deep).problems()[0].kind, ProblemKind::TooLarge);
}

#[test]
fn an_unknown_element_is_kept_each_time_and_said_once() {
    let person = "<personOrUserReported><newThing a=\"1\"><b>x &lt; y</b></newThing></personOrUserReported>";
    let kept = xml("a.xml", &format!("<report>{person}{person}</report>"));
    assert_eq!(kept.problems().len(), 1, "{:?}", kept.problems());
    for (person, n) in kept.people().into_iter().zip(1..) {
        let fields = person.unknown_fields.as_deref().expect("kept");
        let fields: serde_json::Value = serde_json::from_str(fields).expect("JSON");
        let verbatim = &fields[format!("/report/personOrUserReported[{n}]/newThing[1]")];
        assert_eq!(verbatim, "<newThing a=\"1\"><b>x &lt; y</b></newThing>");
    }
}

#[test]
fn a_local_time_without_a_declared_zone_ends_the_import() {
    let text = REPORT.replace("2026-03-01T20:00:00Z", "2026-03-01T20:00:00");
    let input = Input::from_memory("report-1.xml", text.into_bytes());
    let refusal = (cybertip_esp_xml::READER.read)(input, &Declared::default(), &mut Kept::default());
    assert!(matches!(refusal, Err(Refusal::ZoneMissing { .. })), "{refusal:?}");
}

#[test]
fn a_list_may_be_wrapped_bare_single_or_null() {
    for emails in [
        r#"{"emails":[{"value":"a@example.test"}]}"#,
        r#"[{"value":"a@example.test"}]"#,
        r#"["a@example.test"]"#,
        r#"{"value":"a@example.test"}"#,
        r#""a@example.test""#,
    ] {
        let text =
            format!(r#"{{"reportId":1,"reportedInformation":{{"reportedPeople":[{{"emails":{emails}}}]}}}}"#);
        let kept = json("a.json", &text);
        let values: Vec<_> = kept.selectors().iter().map(|selector| selector.value.to_string()).collect();
        assert_eq!(values, ["a@example.test"], "{emails}");
        assert!(kept.problems().is_empty(), "{emails}: {:?}", kept.problems());
    }
}

#[test]
fn every_record_of_a_damaged_file_gives_a_row_a_problem_or_a_skip() {
    for (reader, text) in [
        (&cybertip_esp_xml::READER, REPORT),
        (&cybertip_esp_xml::READER, FILE_DETAILS),
        (&cybertip_police_json::READER, TIP),
        (&cybertip_police_json::READER, FREE_TEXT),
    ] {
        for byte in (0..text.len()).step_by(3) {
            for damage in [0, b'"', b'<', b'9', 0xff] {
                let mut bytes = text.as_bytes().to_vec();
                bytes[byte] = damage;
                let mut kept = Kept::default();
                match (reader.read)(Input::from_memory("a", bytes), &Declared::default(), &mut kept) {
                    Ok(()) | Err(Refusal::ZoneMissing { .. }) => {}
                    Err(refusal) => panic!("{damage} at {byte}: {refusal}"),
                }
                assert!(!kept.records.is_empty(), "{damage} at {byte}");
                assert!(kept.records.iter().all(|n| *n > 0), "{damage} at {byte}: {:?}", kept.records);
            }
        }
    }
}
