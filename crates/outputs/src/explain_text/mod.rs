//! One lead's full reasoning for a terminal of 80 columns: what is claimed, what speaks for and against it, what else
//! would explain it, what would refute it, what is missing and what to ask next.

use tutela_model::finding::{NextStep, ROWS_LISTED, Without};
use tutela_model::{Finding, Lang, Lead, RowRef, Statement};

use crate::labels::{fill, say};
use crate::leads_text::{band_words, step_words};
use crate::{Dossier, decided, labels, shown};

/// How many rows of a finding are shown.
const ROWS_SHOWN: usize = 3;

/// What was asked of a lead beyond its reasoning.
#[derive(Default)]
pub struct Asked<'a> {
    /// Two accounts, and the pairs on the strongest way from one to the other; none when no way leads there.
    pub path: Option<(&'a str, &'a str, Option<Vec<&'a Finding>>)>,
    /// Names of files, and what would become of the lead without these.
    pub without: Vec<(Vec<String>, Without)>,
}

/// The reasoning of one lead, and what was asked of it.
#[must_use]
pub fn explain_text(lead: &Lead, asked: &Asked<'_>, dossier: &Dossier<'_>, lang: Lang) -> String {
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
        waterfall(&mut text, finding, dossier, lang);
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
    path(&mut text, asked, dossier, lang);
    if !asked.without.is_empty() {
        section(&mut text, &labels::WITHOUT, lang);
        let lines: Vec<String> =
            asked.without.iter().map(|(names, without)| dropped(names, without, dossier, lang)).collect();
        list(&mut text, &lines, &labels::NONE, lang);
    }
    outlook(&mut text, lead, dossier, lang);
    text
}

fn path(text: &mut String, asked: &Asked<'_>, dossier: &Dossier<'_>, lang: Lang) {
    let Some((from, to, way)) = &asked.path else { return };
    let between = [("from", shown::plain(from).into()), ("to", shown::plain(to).into())];
    text.push('\n');
    text.push_str(&shown::wrapped("", &fill(&labels::STRONGEST_PATH, lang, between), 2));
    if way.is_none() {
        text.push_str(&shown::wrapped("  ", say(&labels::NO_PATH, lang), 2));
    }
    for pair in way.iter().flatten() {
        statement(text, pair, dossier, lang);
        waterfall(text, pair, dossier, lang);
    }
}

/// What would become of the lead without some files, in a line.
fn dropped(names: &[String], without: &Without, dossier: &Dossier<'_>, lang: Lang) -> String {
    let Some(status) = without.status else {
        return fill(&labels::WITHOUT_NOTHING, lang, [("names", names.join(", ").into())]);
    };
    let words = dossier.strength_words(without.strength, lang);
    let mut said = fill(
        &labels::WITHOUT_LEAVES,
        lang,
        [
            ("names", names.join(", ").into()),
            ("status", say(labels::status(status), lang).into()),
            ("strength", words.into()),
        ],
    );
    let gates: Vec<String> =
        without.gates_failed.iter().map(|name| labels::gate(name, lang).to_owned()).collect();
    for (label, lost) in [
        (&labels::LINES_LOST, &without.lines_lost),
        (&labels::ACCOUNTS_APART, &without.accounts_apart),
        (&labels::GATES_LOST, &gates),
    ] {
        if !lost.is_empty() {
            said.push_str("; ");
            said.push_str(&fill(label, lang, [("names", lost.join(", ").into())]));
        }
    }
    said
}

/// What each part of a finding's strength says, for and against, where the finding is a sum.
fn waterfall(text: &mut String, finding: &Finding, dossier: &Dossier<'_>, lang: Lang) {
    let parts = finding.statement.values.get("waterfall").and_then(|parts| parts.as_array());
    for part in parts.into_iter().flatten() {
        let field = |name: &str| part.get(name).and_then(|value| value.as_str()).unwrap_or_default();
        let number = |name: &str| part.get(name).and_then(serde_json::Value::as_i64).unwrap_or_default();
        let key = format!("word.{}", field("kind"));
        let words = dossier.catalogue.word(&key, lang);
        let kind = if words == key { field("kind").replace('_', " ") } else { words };
        let log = shown::thousandths(number("millibans"), lang);
        let sign = if number("millibans") < 0 { "" } else { "+" };
        let n_rows = fill(&labels::N_ROWS, lang, [("n", number("n_rows").into())]);
        let said = shown::plain(&format!("{kind} {}", field("value")));
        text.push_str(&shown::wrapped(
            &format!("      {sign}{log}  "),
            &format!("{} ({n_rows})", said.trim()),
            12,
        ));
    }
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
        (&labels::LEAVES_AS, dossier.leaves_as(lead, lang)),
        (&labels::NAME_SAID, lead.name_said.as_deref().map(shown::plain).unwrap_or_default()),
        (&labels::ACCOUNTS, all(&lead.accounts)),
        (&labels::LINES, all(&Dossier::lines_of(lead, lang))),
        (&labels::PEERS, all(&lead.peers)),
        (&labels::HANDLES, all(&lead.handles)),
        (&labels::EXHIBITS, all(&lead.exhibits)),
        (&labels::WHERE, shown::plain(&Dossier::place_of(lead, lang))),
        (&labels::ALSO_AT, shown::plain(&dossier.also_at_of(lead, lang).join("; "))),
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
    section(text, &labels::CONDITIONS, lang);
    let conditions: Vec<String> = dossier
        .conditions_of(lead, lang)
        .into_iter()
        .map(|condition| {
            let state = if condition.passed { &labels::CONDITION_MET } else { &labels::CONDITION_NOT_MET };
            format!("{}: {} — {}", condition.words, say(state, lang), condition.why)
        })
        .collect();
    list(text, &conditions, &labels::NONE, lang);
    section(text, &labels::NEXT_STEPS, lang);
    let steps: Vec<String> = dossier
        .steps_of(lead)
        .into_iter()
        .map(|step| {
            let (words, why) = (step_words(step, dossier, lang), dossier.say(&step.why, lang));
            format!("{words} — {why} ({})", gain(step, lang))
        })
        .collect();
    list(text, &steps, &labels::NO_NEXT_STEPS, lang);
}

/// How much a step's answer is expected to tell: `expected to tell 1.2 bits`.
fn gain(step: &NextStep, lang: Lang) -> String {
    let bits = shown::thousandths(i64::from(step.gain_millibits), lang);
    fill(&labels::GAIN, lang, [("bits", bits.into())])
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
    use tutela_model::finding::{PersonStatus, Without};
    use tutela_model::{Lang, Strength};

    use crate::example::{Example, golden};

    fn without(status: Option<PersonStatus>) -> Without {
        Without {
            status,
            name_said: None,
            strength: Strength(3200),
            lines_lost: vec![],
            accounts_apart: vec!["fotobox/vela14".to_owned()],
            gates_failed: vec!["networks".to_owned()],
        }
    }

    #[test]
    fn the_reasoning_of_the_first_lead_is_as_golden_in_both_languages() {
        let mut example = Example::new(3);
        let pair = example.add_pair();
        let dossier = example.dossier();
        let way = dossier.findings.get(&pair).map(|pair| vec![pair]);
        let asked = super::Asked {
            path: Some(("agorachat/vela_14", "fotobox/vela14", way)),
            without: vec![
                (vec!["selector.csv".to_owned()], without(Some(PersonStatus::Candidate))),
                (vec!["agorachat-connections.csv".to_owned()], without(None)),
            ],
        };
        for (lang, golden_text, path) in [
            (Lang::En, include_str!("explain.en.golden"), "src/explain_text/explain.en.golden"),
            (Lang::It, include_str!("explain.it.golden"), "src/explain_text/explain.it.golden"),
        ] {
            golden(path, golden_text, &super::explain_text(dossier.leads[0], &asked, &dossier, lang));
        }
    }

    #[test]
    fn hostile_texts_are_shown_as_texts_within_80_columns() {
        let mut example = Example::new(3);
        example.hostile();
        let dossier = example.dossier();
        for lead in &dossier.leads {
            let text = super::explain_text(lead, &super::Asked::default(), &dossier, Lang::En);
            assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
            assert!(text.contains("This is not the probability that the person did it."));
        }
    }
}
