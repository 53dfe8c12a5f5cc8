//! A report to the CyberTipline as a platform submits it, in XML: `report` and `fileDetails`.
//! It is not what police receive from the clearing house; that is `cybertip_police_json`.

mod report;

mod file_details;

mod elements;
mod tree;

use serde_json::{Map, Value};
use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{Problem, ProblemKind, Stated};
use tutela_model::{Spot, Text};

use crate::cybertip::{ConnectionSaid, Filing, Lines, report_number};
use elements::Shape;
use tree::{Document, Element, Next};

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "cybertip_esp_xml",
    version: 1,
    about: "a report to the CyberTipline as the platform submitted it (XML: report, fileDetails)",
    tables: &["referral", "reported_person", "reported_file", "connection", "selector"],
    recognise,
    read,
};

/// The largest file that is read, in bytes. Reports carry no media, so an honest one is far smaller.
const FILE_MAX: u64 = 256 << 20;

fn recognise(sample: &Sample<'_>) -> Fit {
    let head = String::from_utf8_lossy(sample.head);
    let holds = |words: &[&str]| words.iter().any(|word| head.contains(word));
    match root_name(&head) {
        Some("report") if holds(&["<incidentSummary", "cybertip.org"]) => Fit::Sure,
        Some("fileDetails") if holds(&["<reportId", "<fileId", "cybertip.org"]) => Fit::Sure,
        Some("reportResponse" | "reportDoneResponse") if holds(&["<responseCode"]) => Fit::Sure,
        Some("report" | "fileDetails") => Fit::Possible,
        _ => Fit::No,
    }
}

/// The name of the first element, after declarations and comments.
fn root_name(head: &str) -> Option<&str> {
    let mut rest = head.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!--") => "-->",
            // A document type may hold declarations in brackets.
            _ if rest.starts_with("<!") && rest.split('>').next().is_some_and(|it| it.contains('[')) => "]>",
            _ if rest.starts_with("<!") => ">",
            _ => break,
        };
        rest = rest[rest.find(end)? + end.len()..].trim_start();
    }
    rest.strip_prefix('<')?.split([' ', '\t', '\r', '\n', '/', '>']).next()
}

fn read(input: Input, declared: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    if input.len > FILE_MAX {
        sink.record();
        let expected = format!("at most {FILE_MAX} bytes");
        let place = Spot::Byte { byte: FILE_MAX, len: 1 };
        let problem = Problem::new(ProblemKind::TooLarge, place, "", &expected, &input.len.to_string());
        return sink.problem(problem.mend("ask the sender for one file a report"));
    }
    let mut document = Document::new(input.bytes);
    let mut filing = Filing::new(declared, sink);
    if let Some(problem) = document.begin()? {
        filing.sink.record();
        return filing.sink.problem(problem);
    }
    let root = document.root.as_ref().map_or_else(Text::default, |root| root.name.clone());
    match root.as_str() {
        "report" => report::read(&mut document, &input.name, &mut filing)?,
        "fileDetails" => file_details::read(&mut document, &input.name, &mut filing)?,
        "reportResponse" | "reportDoneResponse" => {
            filing.sink.record();
            let place = Spot::Pointer(format!("/{root}").into());
            filing.sink.skip(&place, "the service's receipt for the platform");
        }
        _ => {
            filing.sink.record();
            let place = Spot::Pointer(format!("/{root}").into());
            filing.sink.problem(Problem::new(
                ProblemKind::Malformed,
                place,
                "",
                "report, fileDetails, reportResponse or reportDoneResponse as the root",
                &root,
            ))?;
        }
    }
    filing.sink.progress(document.position());
    Ok(())
}

/// The report's number, for a file that may not hold it.
fn reference_of(name: &str) -> Text {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    report_number(name).map_or_else(|| format!("unnumbered-{stem}").into(), Text::from)
}

/// A flag: present and empty means yes, as the documentation's own examples write it.
fn flag(element: &Element, path: &str, filing: &mut Filing<'_>) -> Result<Stated, Refusal> {
    let said = if element.text.trim().is_empty() { "true" } else { &element.text };
    filing.stated("annotations", Some(said), &Spot::Pointer(path.into()))
}

/// The cells of an `ipCaptureEvent`.
fn capture(element: &Element) -> ConnectionSaid<'_> {
    ConnectionSaid {
        address: element.said("ipAddress"),
        event: element.said("eventName"),
        at: element.said("dateTime"),
        port: element.said("port"),
        proxy: element.said("possibleProxy"),
    }
}

/// Writes an element, with everything in it, one value a line.
fn write_lines(element: &Element, name: &str, lines: &mut Lines) {
    let attributes: Vec<_> =
        element.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let named =
        if attributes.is_empty() { name.to_owned() } else { format!("{name} ({})", attributes.join(", ")) };
    match (element.text.trim(), &element.children[..]) {
        ("", []) => lines.push(&named, "(empty)"),
        (text, _) => lines.push(&named, text),
    }
    for child in &element.children {
        write_lines(child, &format!("{name}/{}", child.name), lines);
    }
}

/// Keeps what the published description does not have: `fields` takes it verbatim, and a problem says so once a file
/// and path. An associated account inside is left alone, because it is a person of its own.
fn keep_unknown(
    element: &Element,
    path: &str,
    plain_path: &str,
    fields: &mut Map<String, Value>,
    filing: &mut Filing<'_>,
) -> Result<(), Refusal> {
    let shape = Shape::of(&element.name);
    let mut keep = |step: &str, plain_step: &str, found: &str, filing: &mut Filing<'_>| {
        fields.insert(format!("{path}/{step}"), Value::from(found));
        filing.unknown(
            format!("{plain_path}/{plain_step}"),
            found,
            Spot::Pointer(format!("{path}/{step}").into()),
        )
    };
    for (name, value) in &element.attributes {
        let of_xml = name == "xmlns" || name.starts_with("xmlns:") || name.starts_with("xsi:");
        if !of_xml && !shape.attributes.contains(&name.as_str()) {
            let step = format!("@{name}");
            keep(&step, &step, value, filing)?;
        }
    }
    if !element.children.is_empty() && !element.text.trim().is_empty() {
        keep("text()", "text()", element.text.trim(), filing)?;
    }
    for child in &element.children {
        // A platform's words for a file are an open list.
        if !shape.children.contains(&child.name.as_str()) && element.name != "fileAnnotations" {
            keep(&format!("{}[{}]", child.name, child.ordinal), &child.name, &child.xml(), filing)?;
        }
    }
    for child in &element.children {
        if shape.children.contains(&child.name.as_str()) && child.name != "associatedAccount" {
            keep_unknown(child, &child.path(path), &format!("{plain_path}/{}", child.name), fields, filing)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(head: &str) -> Fit {
        recognise(&Sample { name: "a.xml", head: head.as_bytes() })
    }

    #[test]
    fn the_format_is_known_by_its_root_and_something_of_its_own() {
        assert_eq!(fit("\u{feff}<?xml version=\"1.0\"?><!-- a > b --><report><incidentSummary>"), Fit::Sure);
        assert_eq!(fit("<!DOCTYPE report [<!ENTITY a \"b\">]>\n<report>\n<incidentSummary/>"), Fit::Sure);
        assert_eq!(fit("<fileDetails><reportId>1</reportId>"), Fit::Sure);
        assert_eq!(fit("<reportDoneResponse><responseCode>0"), Fit::Sure);
        assert_eq!(fit("<report><rows/></report>"), Fit::Possible);
        for other in
            ["", "<", "<?xml", "report", "<html><report><incidentSummary/></report></html>", "{\"report\":1}"]
        {
            assert_eq!(fit(other), Fit::No, "{other}");
        }
    }

    #[test]
    fn a_report_without_a_number_says_so_in_its_reference() {
        assert_eq!(reference_of("report-4564654.xml"), "4564654");
        assert_eq!(reference_of("export.march.xml"), "unnumbered-export.march");
    }
}
