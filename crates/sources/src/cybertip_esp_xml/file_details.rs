//! The root `fileDetails`: one file of a report, as the platform describes it. The file itself is elsewhere.

use serde_json::Map;
use tutela_model::source::Refusal;
use tutela_model::tables::{Problem, ProblemKind, ReportedFile, Stated};
use tutela_model::{Spot, Text};

use super::report::file_device;
use super::{Document, Element, Next, capture, flag, keep_unknown, reference_of, write_lines};
use crate::cybertip::{self, Account, Filing, Hashes, ISSUER, Lines, Owner};

const ROOT: &str = "/fileDetails";

/// Reads a description to its end.
pub(super) fn read(document: &mut Document, name: &str, filing: &mut Filing<'_>) -> Result<(), Refusal> {
    let mut children = Vec::new();
    let broken = loop {
        match document.next()? {
            Next::Child(child) => children.push(child),
            Next::End => break None,
            Next::Broken(partial, problem) => {
                children.extend(partial);
                break Some(problem);
            }
        }
    };
    let mut root = document.root.take().unwrap_or_default();
    root.children = children;
    file(&root, name, filing)?;
    match broken {
        Some(problem) => filing.sink.problem(problem),
        None => Ok(()),
    }
}

fn file(root: &Element, name: &str, filing: &mut Filing<'_>) -> Result<(), Refusal> {
    filing.sink.record();
    let place = Spot::Pointer(ROOT.into());
    let said = |name| root.said(name).filter(|said: &&str| !said.is_empty());
    let reference: Text = match said("reportId") {
        Some(report_id) => report_id.into(),
        None => {
            let expected = "the number of the report; the file's name is used in its stead";
            filing.sink.problem(Problem::new(
                ProblemKind::MissingValue,
                place.clone(),
                "reportId",
                expected,
                "",
            ))?;
            reference_of(name)
        }
    };
    let mut unknown = Map::new();
    keep_unknown(root, ROOT, ROOT, &mut unknown, filing)?;
    let (mut hashes, mut lines, mut annotations) = (Hashes::default(), Lines::default(), Vec::new());
    for child in &root.children {
        let path = child.path(ROOT);
        match child.name.as_str() {
            "originalFileHash" => hashes.add(child.attribute("hashType").unwrap_or_default(), &child.text),
            "potentialMeme" => annotate(child, &path, &mut annotations, filing)?,
            "fileAnnotations" => {
                for word in &child.children {
                    annotate(word, &word.path(&path), &mut annotations, filing)?;
                }
            }
            "details" => write_details(child, &mut lines),
            "additionalInfo" => lines.push_text(&child.text),
            // A second name is kept, whichever of the two the column takes.
            "fileName" if said("originalFileName").is_none() => {}
            "fileName" | "locationOfFile" | "exifViewedByEsp" | "fileRelevance" | "deviceId" => {
                write_lines(child, &child.name, &mut lines);
            }
            _ => {}
        }
    }
    let at = |name| Spot::Pointer(format!("{ROOT}/{name}[1]").into());
    let row = ReportedFile {
        issuer: ISSUER.into(),
        reference: reference.clone(),
        file_id: said("fileId").map(Text::from),
        account: None,
        file_name: said("originalFileName").or_else(|| said("fileName")).map(Text::from),
        md5: hashes.md5,
        sha1: hashes.sha1,
        sha256: hashes.sha256,
        other_hash: hashes.other,
        classification: said("industryClassification").map(Text::from),
        annotations: cybertip::words(&annotations),
        viewed_by_platform: filing.stated(
            "viewed_by_platform",
            root.said("fileViewedByEsp"),
            &at("fileViewedByEsp"),
        )?,
        publicly_available: filing.stated(
            "publicly_available",
            root.said("publiclyAvailable"),
            &at("publiclyAvailable"),
        )?,
        uploaded: filing.value(
            "uploaded",
            root.said("uploadedToEspTimestamp"),
            &at("uploadedToEspTimestamp"),
        )?,
        text: lines.text(),
        unknown_fields: cybertip::verbatim(unknown),
        place,
    };
    filing.sink.row(row.into())?;
    file_the_rest(root, &reference, filing)
}

fn annotate(
    word: &Element,
    path: &str,
    annotations: &mut Vec<String>,
    filing: &mut Filing<'_>,
) -> Result<(), Refusal> {
    if flag(word, path, filing)? == Stated::Yes {
        annotations.push(word.name.to_string());
    }
    Ok(())
}

fn write_details(details: &Element, lines: &mut Lines) {
    let kind = details.attribute("type").unwrap_or("details");
    for pair in &details.children {
        lines.push(
            &format!("{kind} {}", pair.said("name").unwrap_or_default()),
            pair.said("value").unwrap_or_default(),
        );
    }
}

/// Files what the description says besides the file: nobody's account is named in it, so the report stands for one.
fn file_the_rest(root: &Element, reference: &str, filing: &mut Filing<'_>) -> Result<(), Refusal> {
    let (account, owner) = (Account::of_report(reference), Owner::of_report(reference));
    for child in &root.children {
        let path = child.path(ROOT);
        match child.name.as_str() {
            "ipCaptureEvent" => filing.connection(&account, &capture(child), Spot::Pointer(path.into()))?,
            "deviceId" => file_device(child, &owner, Spot::Pointer(path.into()), filing)?,
            "additionalInfo" => filing.mine(&child.text, &owner, &account, &path)?,
            _ => {}
        }
    }
    Ok(())
}
