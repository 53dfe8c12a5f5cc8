//! The ranked leads as CSV (RFC 4180), one row a lead. Lists are joined with `; `.
//!
//! A cell that a spreadsheet would run as a formula gets an apostrophe before it.

use tutela_model::finding::AlternativeState;
use tutela_model::{Lang, Lead};

use crate::{Dossier, decided, labels};

const COLUMNS: [&str; 28] = [
    "rank",
    "lead",
    "status",
    "band",
    "act_by",
    "strength",
    "log10_lr",
    "name_said",
    "accounts",
    "lines",
    "subscribers",
    "peers",
    "handles",
    "exhibits",
    "province",
    "office",
    "precedents",
    "missing",
    "next_step",
    "next_step_of",
    "next_step_by",
    "findings",
    "open_explanations",
    "decisions",
    "export",
    "export_missing",
    "province_estimate",
    "also_at",
];

/// The ranked leads. Column names are the same in every language; words are in the language.
#[must_use]
pub fn leads_csv(dossier: &Dossier<'_>, lang: Lang) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS).expect("a vector takes everything");
    for lead in &dossier.leads {
        writer.write_record(cells(lead, dossier, lang)).expect("each row has as many cells as the header");
    }
    writer.into_inner().expect("a vector takes everything")
}

fn cells(lead: &Lead, dossier: &Dossier<'_>, lang: Lang) -> [String; COLUMNS.len()] {
    let subscribers: Vec<&str> =
        lead.subscribers.iter().map(|name| name.as_deref().unwrap_or_default()).collect();
    let missing: Vec<String> = lead.missing.iter().map(|phrase| dossier.say(phrase, lang)).collect();
    let open = dossier.alternatives_of(lead).into_iter();
    let open = open.filter(|explanation| explanation.state == AlternativeState::Open);
    let open: Vec<String> = open.map(|explanation| labels::alternative(explanation.kind, lang)).collect();
    let decisions: Vec<String> = dossier
        .decisions_of(lead)
        .into_iter()
        .map(|decision| {
            let subject = decided::subject(decision, dossier, lang);
            format!("{subject}: {}", decided::line(decision, dossier, lang))
        })
        .collect();
    let lacking = dossier.lacking(lead, lang);
    let steps = dossier.steps_of(lead);
    let step = steps.first();
    [
        lead.rank.to_string(),
        safe(&lead.lead),
        labels::say(labels::status(lead.status), lang).to_owned(),
        labels::say(labels::band(lead.band), lang).to_owned(),
        safe(lead.act_by.as_deref().unwrap_or_default()),
        dossier.strength_words(lead.strength, lang),
        lead.strength.log10_lr().to_string(),
        safe(lead.name_said.as_deref().unwrap_or_default()),
        safe(&lead.accounts.join("; ")),
        safe(&lead.lines.join("; ")),
        safe(&subscribers.join("; ")),
        safe(&lead.peers.join("; ")),
        safe(&lead.handles.join("; ")),
        safe(&lead.exhibits.join("; ")),
        safe(lead.province.as_deref().unwrap_or_default()),
        Dossier::office(lead).name(lang).to_owned(),
        lead.precedents.to_string(),
        safe(&missing.join("; ")),
        safe(&step.map(|step| dossier.say(&step.ask, lang)).unwrap_or_default()),
        safe(step.map_or("", |step| &step.of)),
        safe(step.and_then(|step| step.by.as_deref()).unwrap_or_default()),
        lead.findings.join("; "),
        safe(&open.join("; ")),
        safe(&decisions.join("; ")),
        if lacking.is_empty() { "attribution" } else { "intelligence" }.to_owned(),
        safe(&lacking.join("; ")),
        safe(lead.estimated_province.as_deref().unwrap_or_default()),
        safe(&dossier.also_at_of(lead, lang).join("; ")),
    ]
}

/// Spreadsheets run a cell as a formula when it begins with one of these, also after the blanks that they skip.
pub(crate) fn safe(text: &str) -> String {
    if text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r']) {
        return format!("'{text}");
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use tutela_model::Lang;

    use crate::example::{Example, golden};

    #[test]
    fn the_leads_of_the_example_are_as_golden() {
        let example = Example::new(3);
        for (lang, golden_text, path) in [
            (Lang::En, include_str!("leads.en.golden"), "src/leads_csv/leads.en.golden"),
            (Lang::It, include_str!("leads.it.golden"), "src/leads_csv/leads.it.golden"),
        ] {
            let text = String::from_utf8(super::leads_csv(&example.dossier(), lang)).expect("UTF-8");
            golden(path, golden_text, &text.replace("\r\n", "\n"));
        }
    }

    #[test]
    fn a_cell_that_would_be_a_formula_is_text() {
        for (text, shown) in [
            ("=1+1", "'=1+1"),
            ("+39333", "'+39333"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            (" =1", "' =1"),
            ("\t=1", "'\t=1"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(super::safe(text), shown);
        }
        let mut example = Example::new(1);
        example.leads[0].accounts = vec!["=HYPERLINK(\"x\")".to_owned()];
        let text = String::from_utf8(super::leads_csv(&example.dossier(), Lang::En)).expect("UTF-8");
        assert!(text.contains(",\"'=HYPERLINK(\"\"x\"\")\","), "{text}");
    }
}
