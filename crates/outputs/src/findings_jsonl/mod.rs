//! Findings as JSON Lines, one object a line: fields may be added, never renamed.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use tutela_model::{Finding, Lang, RowRef};

use crate::decided::decision_json;
use crate::{Dossier, labels, shown};

/// The findings in the order of their ids: of one analysis when it is named, and in an office's copy only those of
/// its leads.
#[must_use]
pub fn findings_jsonl(dossier: &Dossier<'_>, analysis: Option<&str>, lang: Lang) -> String {
    let of_part: Option<BTreeSet<&str>> = dossier
        .part
        .map(|_| dossier.leads.iter().flat_map(|lead| lead.findings.iter().map(String::as_str)).collect());
    let mut lines = String::new();
    for finding in dossier.findings.values() {
        let asked = analysis.is_none_or(|analysis| finding.analysis == analysis);
        let in_part = of_part.as_ref().is_none_or(|ids| ids.contains(finding.id.as_str()));
        if asked && in_part {
            lines.push_str(&finding_json(finding, dossier, lang).to_string());
            lines.push('\n');
        }
    }
    lines
}

/// One finding.
#[must_use]
pub fn finding_json(finding: &Finding, dossier: &Dossier<'_>, lang: Lang) -> Value {
    let say = |phrases: &[tutela_model::Phrase]| -> Vec<String> {
        phrases.iter().map(|phrase| dossier.say(phrase, lang)).collect()
    };
    let alternatives = finding.alternatives.iter().map(|alternative| {
        json!({
            "kind": alternative.kind, "words": labels::alternative(&alternative.kind, lang),
            "state": alternative.state, "why": dossier.say(&alternative.why, lang),
        })
    });
    json!({
        "finding": finding.id,
        "analysis": finding.analysis,
        "statement": dossier.say(&finding.statement, lang),
        "statement_key": finding.statement.key,
        "values": finding.statement.values,
        "log10_lr": finding.strength.map(tutela_model::Strength::log10_lr),
        "words": finding.strength.map(|strength| dossier.strength_words(strength, lang)),
        "propositions": say(&finding.propositions),
        "rows": rows_json(&finding.rows),
        "n_rows": finding.n_rows,
        "against": rows_json(&finding.against),
        "n_against": finding.n_against,
        "alternatives": alternatives.collect::<Vec<_>>(),
        "refuted_by": say(&finding.refuted_by),
        "decision": dossier.decision_on(&finding.id).map(|decision| decision_json(decision, dossier, lang)),
        "method": method(finding, dossier),
        "settings": finding.settings,
    })
}

fn rows_json(rows: &[RowRef]) -> Vec<Value> {
    let row = |row: &RowRef| {
        json!({
            "table": row.table, "row": row.id().0, "source": row.source,
            "place": shown::place_json(row),
        })
    };
    rows.iter().map(row).collect()
}

/// The analysis's own text on its method; its name when no text was given.
fn method<'a>(finding: &'a Finding, dossier: &Dossier<'a>) -> &'a str {
    let method = dossier.methods.iter().find(|method| method.analysis == finding.analysis);
    let section = method.and_then(|method| {
        method.sections.iter().find(|(heading, _)| heading == labels::METHOD_AND_SOURCE.en)
    });
    section.map_or(&finding.analysis, |(_, text)| text)
}

#[cfg(test)]
mod tests {
    use tutela_model::Lang;

    use crate::example::{Example, golden};

    #[test]
    fn the_findings_of_the_example_are_as_golden() {
        let example = Example::new(3);
        let lines = super::findings_jsonl(&example.dossier(), None, Lang::En);
        golden("src/findings_jsonl/findings.en.golden", include_str!("findings.en.golden"), &lines);
    }

    #[test]
    fn each_line_is_an_object_with_a_place_that_names_the_file() {
        let example = Example::new(3);
        let lines = super::findings_jsonl(&example.dossier(), Some("attribution"), Lang::It);
        assert!(!lines.is_empty());
        for line in lines.lines() {
            let finding: serde_json::Value = serde_json::from_str(line).expect("JSON");
            assert_eq!(finding["analysis"], "attribution");
            let file = finding["rows"][0]["place"]["file"].as_str().expect("a file");
            assert!(file.starts_with("sha256:"));
        }
    }

    #[test]
    fn an_offices_copy_holds_the_findings_of_its_leads_only() {
        let example = Example::new(3);
        let dossier = example.dossier();
        let milan = crate::office_of("MI").expect("an office");
        let copy = dossier.for_office(milan);
        let wanted: usize = copy.leads.iter().map(|lead| lead.findings.len()).sum();
        assert!(wanted > 0 && wanted < dossier.findings.len());
        assert_eq!(super::findings_jsonl(&copy, None, Lang::En).lines().count(), wanted);
    }
}
