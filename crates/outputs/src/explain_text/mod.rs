//! One lead's full reasoning for a terminal of 80 columns: what is claimed, what speaks for and against it, what else
//! would explain it, what would refute it, what is missing and what to ask next.

use tutela_model::finding::ROWS_LISTED;
use tutela_model::{Finding, Lang, Lead, RowRef, Statement};

use crate::labels::{fill, say};
use crate::leads_text::{band_words, step_words};
use crate::{Dossier, decided, labels, shown};

/// How many rows of a finding are shown.
const ROWS_SHOWN: usize = 3;

/// The reasoning of one lead.
#[must_use]
pub fn explain_text(lead: &Lead, dossier: &Dossier<'_>, lang: Lang) -> String {
    let mut text = shown::wrapped(&format!("{}  ", lead.lead), &band_words(lead, dossier, lang), 7);
    if dossier.synthetic {
        text.push_str(&shown::wrapped("", say(&labels::MADE_UP, lang), 0));
    }
    facts(&mut text, lead, dossier, lang);
    claim(&mut text, lead, dossier, lang);
    let findings = dossier.findings_of(lead);
    section(&mut text, &labels::EVIDENCE_FOR, lang);
    for finding in &findings {
        statement(&mut text, finding, dossier, lang);
        rows(&mut text, &finding.rows, finding.n_rows, dossier, lang);
    }
    section(&mut text, &labels::EVIDENCE_AGAINST, lang);
    let against: Vec<&&Finding> = findings.iter().filter(|finding| finding.n_against > 0).collect();
    if against.is_empty() {
        text.push_str(&shown::wrapped("  ", say(&labels::NOTHING_AGAINST, lang), 2));
    }
    for finding in against {
        let said = shown::plain(&dossier.say(&finding.statement, lang));
        let of = fill(
            &labels::AGAINST_FINDING,
            lang,
            [("finding", finding.id.as_str().into()), ("said", said.into())],
        );
        text.push_str(&shown::wrapped("  - ", &of, 4));
        rows(&mut text, &finding.against, finding.n_against, dossier, lang);
    }
    let is_cut = |finding: &&Finding| finding.n_rows.max(finding.n_against) > ROWS_SHOWN as u64;
    if findings.iter().any(is_cut) {
        let values = [("n", ROWS_LISTED.into()), ("lead", lead.lead.as_str().into())];
        text.push_str(&shown::wrapped("\n  ", &fill(&labels::MORE_ROWS, lang, values), 2));
    }
    outlook(&mut text, lead, dossier, lang);
    text
}

fn section(text: &mut String, label: &Statement, lang: Lang) {
    text.push('\n');
    text.push_str(&say(label, lang).to_uppercase());
    text.push('\n');
}

fn facts(text: &mut String, lead: &Lead, dossier: &Dossier<'_>, lang: Lang) {
    let all = |texts: &[String]| shown::first(texts, usize::MAX);
    let factors: Vec<String> = lead
        .factors
        .iter()
        .map(|factor| {
            format!("{}: {}", dossier.factor(&factor.name, lang), labels::answer(&factor.state, lang))
        })
        .collect();
    for (label, value) in [
        (&labels::STATUS, say(labels::status(lead.status), lang).to_owned()),
        (&labels::NAME_SAID, lead.name_said.as_deref().map(shown::plain).unwrap_or_default()),
        (&labels::ACCOUNTS, all(&lead.accounts)),
        (&labels::LINES, all(&Dossier::lines_of(lead, lang))),
        (&labels::PEERS, all(&lead.peers)),
        (&labels::HANDLES, all(&lead.handles)),
        (&labels::EXHIBITS, all(&lead.exhibits)),
        (&labels::WHERE, Dossier::place_of(lead, lang)),
        (&labels::PRECEDENTS, lead.precedents.to_string()),
        (&labels::FACTORS, factors.join("; ")),
    ] {
        if !value.is_empty() {
            text.push_str(&shown::wrapped(&format!("  {}: ", say(label, lang)), &value, 4));
        }
    }
}

fn claim(text: &mut String, lead: &Lead, dossier: &Dossier<'_>, lang: Lang) {
    section(text, &labels::CLAIM, lang);
    for (n, proposition) in lead.propositions.iter().enumerate() {
        text.push_str(&shown::wrapped(
            &format!("  {}. ", n + 1),
            &shown::plain(&dossier.say(proposition, lang)),
            5,
        ));
    }
    let words = dossier.strength_words(lead.strength, lang);
    let log = shown::log10(lead.strength.log10_lr(), lang);
    let strength = fill(&labels::STRENGTH_AND_LOG, lang, [("words", words.into()), ("log", log.into())]);
    text.push_str(&shown::wrapped(&format!("  {}: ", say(&labels::STRENGTH, lang)), &strength, 4));
    text.push_str(&shown::wrapped("  ", say(&labels::NOT_PROBABILITY, lang), 2));
}

fn statement(text: &mut String, finding: &Finding, dossier: &Dossier<'_>, lang: Lang) {
    let said = shown::plain(&dossier.say(&finding.statement, lang));
    let strength = finding.strength.map(|strength| format!(" [{}]", dossier.strength_words(strength, lang)));
    text.push_str(&shown::wrapped(
        "  + ",
        &format!("{said} ({}){}", finding.id, strength.unwrap_or_default()),
        4,
    ));
}

fn rows(text: &mut String, rows: &[RowRef], n_rows: u64, dossier: &Dossier<'_>, lang: Lang) {
    let n_shown = rows.len().min(ROWS_SHOWN);
    text.push_str(&format!("      {}\n", rows_count(n_rows, n_shown, lang)));
    for row in &rows[..n_shown] {
        let said = shown::row(row, dossier).unwrap_or_default();
        text.push_str(&shown::wrapped("      ", &format!("{}: {said}", shown::place(row, dossier)), 8));
    }
}

/// How many rows there are, and how many of them are shown when not all are.
pub(crate) fn rows_count(n_rows: u64, n_shown: usize, lang: Lang) -> String {
    if n_rows == n_shown as u64 {
        return fill(&labels::N_ROWS, lang, [("n", n_rows.into())]);
    }
    fill(&labels::SHOWN, lang, [("n", n_rows.into()), ("shown", n_shown.into())])
}

fn outlook(text: &mut String, lead: &Lead, dossier: &Dossier<'_>, lang: Lang) {
    section(text, &labels::ALTERNATIVES, lang);
    let alternatives: Vec<String> = dossier
        .alternatives_of(lead)
        .into_iter()
        .map(|alternative| {
            let state = say(labels::state(alternative.state), lang).to_uppercase();
            let (kind, name) = (labels::alternative(alternative.kind, lang), alternative.kind);
            format!("{state}: {kind} [{name}] — {}", dossier.say(alternative.why, lang))
        })
        .collect();
    list(text, &alternatives, &labels::NO_ALTERNATIVES, lang);
    section(text, &labels::DECISIONS, lang);
    let decisions: Vec<String> = dossier
        .decisions_of(lead)
        .into_iter()
        .map(|decision| {
            let subject = decided::subject(decision, dossier, lang);
            format!("{subject} — {}", decided::line(decision, dossier, lang))
        })
        .collect();
    list(text, &decisions, &labels::NO_DECISIONS, lang);
    section(text, &labels::REFUTED_BY, lang);
    list(text, &dossier.refuted_by(lead, lang), &labels::NONE, lang);
    section(text, &labels::MISSING, lang);
    let missing: Vec<String> = lead.missing.iter().map(|phrase| dossier.say(phrase, lang)).collect();
    list(text, &missing, &labels::NOTHING_MISSING, lang);
    section(text, &labels::NEXT_STEPS, lang);
    let steps: Vec<String> = Dossier::steps_of(lead)
        .into_iter()
        .map(|step| format!("{} — {}", step_words(step, dossier, lang), dossier.say(&step.why, lang)))
        .collect();
    list(text, &steps, &labels::NO_NEXT_STEPS, lang);
}

fn list(text: &mut String, items: &[String], nothing: &Statement, lang: Lang) {
    if items.is_empty() {
        text.push_str(&shown::wrapped("  ", say(nothing, lang), 2));
    }
    for item in items {
        text.push_str(&shown::wrapped("  * ", &shown::plain(item), 4));
    }
}

#[cfg(test)]
mod tests {
    use tutela_model::Lang;

    use crate::example::{Example, golden};

    #[test]
    fn the_reasoning_of_the_first_lead_is_as_golden_in_both_languages() {
        let example = Example::new(3);
        let dossier = example.dossier();
        for (lang, golden_text, path) in [
            (Lang::En, include_str!("explain.en.golden"), "src/explain_text/explain.en.golden"),
            (Lang::It, include_str!("explain.it.golden"), "src/explain_text/explain.it.golden"),
        ] {
            golden(path, golden_text, &super::explain_text(dossier.leads[0], &dossier, lang));
        }
    }

    #[test]
    fn hostile_texts_are_shown_as_texts_within_80_columns() {
        let mut example = Example::new(3);
        example.hostile();
        let dossier = example.dossier();
        for lead in &dossier.leads {
            let text = super::explain_text(lead, &dossier, Lang::En);
            assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
            assert!(text.contains("This is not the probability that the person did it."));
        }
    }
}
