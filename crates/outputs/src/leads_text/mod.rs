//! The ranked leads for a terminal of 80 columns: plain text, no colour, nothing told by a symbol alone.

use tutela_model::finding::{Band, NextStep, PersonStatus};
use tutela_model::{Lang, Lead};

use crate::labels::{fill, say};
use crate::{Dossier, decided, labels, shown};

/// How many accounts or lines of a lead the list names.
const NAMES_SHOWN: usize = 3;

/// The ranked leads.
#[must_use]
pub fn leads_text(dossier: &Dossier<'_>, lang: Lang) -> String {
    let mut text = heading(dossier, lang);
    if dossier.leads.is_empty() {
        text.push_str(&shown::wrapped("", say(&labels::NO_LEADS, lang), 0));
    }
    for lead in &dossier.leads {
        text.push('\n');
        text.push_str(&entry(lead, dossier, lang));
    }
    text
}

/// The operation, the warnings, and how many leads there are of each status.
pub(crate) fn heading(dossier: &Dossier<'_>, lang: Lang) -> String {
    let statuses = [
        (PersonStatus::Identified, &labels::N_IDENTIFIED),
        (PersonStatus::Candidate, &labels::N_CANDIDATE),
        (PersonStatus::Unattributed, &labels::N_UNATTRIBUTED),
    ];
    let counts = statuses.map(|(status, label)| {
        let n = dossier.leads.iter().filter(|lead| lead.status == status).count();
        fill(label, lang, [("n", n.into())])
    });
    let operation = format!("{} {}", say(&labels::OPERATION, lang), shown::plain(dossier.title));
    let n_leads = fill(&labels::N_LEADS, lang, [("n", dossier.leads.len().into())]);
    let mut text = shown::wrapped("", &format!("{operation}: {n_leads} ({})", counts.join("; ")), 2);
    if dossier.synthetic {
        text.push_str(&shown::wrapped("", say(&labels::MADE_UP, lang), 0));
    }
    for warning in dossier.warnings {
        text.push_str(&shown::wrapped("! ", &shown::plain(&dossier.say(warning, lang)), 2));
    }
    text
}

/// The band in words with its date: `VERY HIGH, act by 14 Mar 2026`.
pub(crate) fn band_words(lead: &Lead, dossier: &Dossier<'_>, lang: Lang) -> String {
    let band = say(labels::band(lead.band), lang).to_uppercase();
    match act_by(lead, dossier, lang) {
        by if by.is_empty() => band,
        by => format!("{band}, {by}"),
    }
}

/// By when to act, and whether that time has passed; nothing when no clock runs.
pub(crate) fn act_by(lead: &Lead, dossier: &Dossier<'_>, lang: Lang) -> String {
    let Some(date) = &lead.act_by else { return String::new() };
    let label = if dossier.is_past(date) { &labels::ACT_BY_PAST } else { &labels::ACT_BY };
    fill(label, lang, [("date", shown::date(date, lang).into())])
}

/// By when to ask, and whether that time has passed.
pub(crate) fn ask_by(step: &NextStep, dossier: &Dossier<'_>, lang: Lang) -> String {
    let Some(date) = &step.by else { return say(&labels::NO_DATE, lang).to_owned() };
    let label = if dossier.is_past(date) { &labels::BY_DATE_PAST } else { &labels::BY_DATE };
    fill(label, lang, [("date", shown::date(date, lang).into())])
}

fn entry(lead: &Lead, dossier: &Dossier<'_>, lang: Lang) -> String {
    let mark = match lead.band {
        Band::VeryHigh => "!!",
        Band::High => "! ",
        Band::Medium | Band::Low | Band::Informational => "  ",
    };
    let mut text = format!("{:>4}. {} {mark} {}\n", lead.rank, lead.lead, band_words(lead, dossier, lang));
    let mut line = |label: &tutela_model::Statement, value: &str| {
        if !value.is_empty() {
            text.push_str(&shown::wrapped(&format!("      {}: ", say(label, lang)), value, 8));
        }
    };
    line(&labels::STATUS, say(labels::status(lead.status), lang));
    if let Some(decision) = dossier.decision_of(lead, None) {
        line(&labels::DECISION, &shown::plain(&decided::line(decision, dossier, lang)));
    }
    line(&labels::STRENGTH, &dossier.strength_words(lead.strength, lang));
    if lead.status == PersonStatus::Identified {
        line(&labels::LEAVES_AS, &dossier.leaves_as(lead, lang));
    }
    line(&labels::ACCOUNTS, &shown::first(&lead.accounts, NAMES_SHOWN));
    line(&labels::PEERS, &shown::first(&lead.peers, NAMES_SHOWN));
    line(&labels::LINES, &shown::first(&Dossier::lines_of(lead, lang), NAMES_SHOWN));
    line(&labels::WHERE, &shown::plain(&Dossier::place_of(lead, lang)));
    line(&labels::ALSO_AT, &shown::plain(&dossier.also_at_of(lead, lang).join("; ")));
    let findings = dossier.findings_of(lead);
    let why = findings.first().map(|finding| dossier.say(&finding.statement, lang)).unwrap_or_default();
    line(&labels::WHY, &shown::plain(&why));
    let grounds: Vec<String> =
        dossier.grounds_of(lead, lang).into_iter().filter(|ground| *ground != why).collect();
    line(&labels::FACTORS, &shown::plain(&grounds.join("; ")));
    let missing: Vec<String> = lead.missing.iter().map(|phrase| dossier.say(phrase, lang)).collect();
    line(&labels::MISSING, &shown::plain(&missing.join("; ")));
    let steps = dossier.steps_of(lead);
    if let Some(step) = steps.first() {
        let mut words = step_words(step, dossier, lang);
        if steps.len() > 1 {
            let values = [("n", (steps.len() - 1).into()), ("lead", lead.lead.as_str().into())];
            words = format!("{words} {}", fill(&labels::MORE_STEPS, lang, values));
        }
        line(&labels::NEXT_STEPS, &words);
    }
    text
}

/// A step in one line: `14 Mar 2026: ask for the ports (of: borea)`.
pub(crate) fn step_words(step: &NextStep, dossier: &Dossier<'_>, lang: Lang) -> String {
    let ask = dossier.say(&step.ask, lang);
    let ask = ask.trim_end_matches('.');
    let words = fill(&labels::STEP, lang, [("ask", ask.into()), ("of", step.of.as_str().into())]);
    format!("{}: {}", ask_by(step, dossier, lang), shown::plain(&words))
}

#[cfg(test)]
mod tests {
    use tutela_model::Lang;

    use crate::example::{Example, golden};

    #[test]
    fn the_list_of_the_example_is_as_golden_in_both_languages() {
        let example = Example::new(3);
        for (lang, golden_text, path) in [
            (Lang::En, include_str!("leads.en.golden"), "src/leads_text/leads.en.golden"),
            (Lang::It, include_str!("leads.it.golden"), "src/leads_text/leads.it.golden"),
        ] {
            golden(path, golden_text, &super::leads_text(&example.dossier(), lang));
        }
    }

    #[test]
    fn no_line_is_longer_than_80_columns_and_none_holds_a_control_character() {
        let mut example = Example::new(3);
        example.hostile();
        for lang in [Lang::En, Lang::It] {
            let text = super::leads_text(&example.dossier(), lang);
            assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
        }
    }

    #[test]
    fn an_operation_without_leads_says_so() {
        let example = Example::new(0);
        let text = super::leads_text(&example.dossier(), Lang::En);
        assert!(text.contains("No leads: the analyses found no accounts to tie"), "{text}");
    }
}
