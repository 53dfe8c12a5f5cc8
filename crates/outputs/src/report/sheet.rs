//! A lead's sheet: what is claimed, what speaks for and against it, what else would explain it, what officers decided,
//! what would refute it, what is missing and what to ask next.

use serde_json::{Value, json};
use tutela_model::finding::AlternativeState;
use tutela_model::{Finding, Lang, Lead, Phrase, RowRef, Statement};

use crate::explain_text::rows_count;
use crate::labels::{self, fill, say};
use crate::leads_text::{act_by, ask_by};
use crate::{Decision, Dossier, Explanation, decided, shown};

/// The most rows in favour that a lead's sheet shows, shared out among its findings; the totals are always given.
const ROWS_PER_LEAD: usize = 12;

/// The most rows against, unless more findings have some: each then shows one.
const AGAINST_PER_LEAD: usize = 8;

/// The most findings that a lead's sheet states, the strongest first.
const FINDINGS_PER_LEAD: usize = 30;

/// The sheet of a lead.
pub(super) fn sheet(lead: &Lead, dossier: &Dossier<'_>, lang: Lang) -> Value {
    let alone = |phrase: &Phrase| shown::sentence(&dossier.say(phrase, lang));
    let all = dossier.findings_of(lead);
    let stated = &all[..all.len().min(FINDINGS_PER_LEAD)];
    let further = all.len() - stated.len();
    let log = shown::log10(lead.strength.log10_lr(), lang);
    let words = dossier.strength_words(lead.strength, lang);
    let strength = fill(&labels::STRENGTH_AND_LOG, lang, [("words", words.into()), ("log", log.into())]);
    let closing = dossier.decision_of(lead, None).filter(|_| dossier.is_closed(lead));
    json!({
        "lead": lead.lead,
        "heading": format!("{} {}", say(&labels::LEAD, lang), lead.lead),
        "status": say(labels::status(lead.status), lang),
        "band": say(labels::band(lead.band), lang),
        "band_name": lead.band,
        "act_by": act_by(lead, dossier, lang),
        "leaves_as": shown::sentence(&dossier.leaves_as(lead, lang)),
        "attributable": dossier.is_attributable(lead),
        "conditions": dossier.conditions_of(lead, lang).into_iter().map(|condition| {
            let state = if condition.passed { &labels::CONDITION_MET } else { &labels::CONDITION_NOT_MET };
            json!({
                "words": shown::sentence(condition.words), "passed": condition.passed,
                "state": shown::sentence(say(state, lang)), "why": shown::sentence(&condition.why),
            })
        }).collect::<Vec<_>>(),
        "closed": closing.map(|decision| shown::sentence(&decided::line(decision, dossier, lang))),
        "facts": facts(lead, dossier, lang),
        "propositions": lead.propositions.iter().map(alone).collect::<Vec<_>>(),
        "strength_long": shown::sentence(&strength),
        "findings": findings(stated, dossier, lang),
        "further": match further {
            0 => String::new(),
            _ => fill(&labels::FURTHER, lang, [("n", further.into()), ("lead", lead.lead.as_str().into())]),
        },
        "against": against(&all, dossier, lang),
        "alternatives": explanations(lead, dossier, lang),
        "decisions": decisions(lead, dossier, lang),
        "decided_above": dossier.alternatives_of(lead).iter().any(|explanation| explanation.decision.is_some()),
        "refuted_by": dossier.refuted_by(lead, lang).iter().map(|text| shown::sentence(text)).collect::<Vec<_>>(),
        "missing": lead.missing.iter().map(alone).collect::<Vec<_>>(),
        "next_steps": dossier.steps_of(lead).into_iter().map(|step| json!({
            "by": shown::sentence(&ask_by(step, dossier, lang)),
            "ask": alone(&step.ask), "of": step.of, "why": alone(&step.why),
            "gain": shown::thousandths(i64::from(step.gain_millibits), lang),
        })).collect::<Vec<_>>(),
    })
}

fn findings(stated: &[&Finding], dossier: &Dossier<'_>, lang: Lang) -> Vec<Value> {
    let shares = share_out(stated, ROWS_PER_LEAD, |finding| &finding.rows);
    let value = |(finding, rows): (&Finding, &[RowRef])| {
        json!({
            "statement": shown::sentence(&dossier.say(&finding.statement, lang)),
            "strength": strength(finding, dossier, lang),
            "note": note(finding, rows.len(), lang),
            "rows": row_texts(rows, dossier, lang),
        })
    };
    shares.into_iter().map(value).collect()
}

/// What speaks against is never left out: each finding with rows against it is stated, with one of them at least.
fn against(findings: &[&Finding], dossier: &Dossier<'_>, lang: Lang) -> Vec<Value> {
    let findings: Vec<&Finding> = findings.iter().copied().filter(|finding| finding.n_against > 0).collect();
    let shares = share_out(&findings, AGAINST_PER_LEAD.max(findings.len()), |finding| &finding.against);
    let value = |(finding, rows): (&Finding, &[RowRef])| {
        let said = dossier.say(&finding.statement, lang);
        let values = [("finding", finding.id.as_str().into()), ("said", said.into())];
        json!({
            "statement": shown::sentence(&fill(&labels::AGAINST_FINDING, lang, values)),
            "strength": "",
            "note": rows_count(finding.n_against, rows.len(), lang),
            "rows": row_texts(rows, dossier, lang),
        })
    };
    shares.into_iter().map(value).collect()
}

fn explanations(lead: &Lead, dossier: &Dossier<'_>, lang: Lang) -> Vec<Value> {
    let value = |explanation: Explanation<'_>| {
        json!({
            "kind": shown::sentence(&labels::alternative(explanation.kind, lang)),
            "state": shown::sentence(say(labels::state(explanation.state), lang)),
            "open": explanation.state == AlternativeState::Open,
            "why": shown::sentence(&dossier.say(explanation.why, lang)),
            "decision": explanation.decision.map(|decision| {
                shown::sentence(&decided::line(decision, dossier, lang))
            }),
        })
    };
    dossier.alternatives_of(lead).into_iter().map(value).collect()
}

/// A finding's id and how many rows it has; one that counts other findings has none of its own.
fn note(finding: &Finding, n_shown: usize, lang: Lang) -> String {
    match finding.n_rows {
        0 => finding.id.clone(),
        n_rows => format!("{} · {}", finding.id, rows_count(n_rows, n_shown, lang)),
    }
}

/// The decisions that stand nowhere else on the sheet: those that count on explanations stand beside these, the one that
/// closes the lead at its top.
fn decisions(lead: &Lead, dossier: &Dossier<'_>, lang: Lang) -> Vec<String> {
    let all = dossier.decisions_of(lead).into_iter();
    let closes = |decision: &Decision| dossier.is_closed(lead) && lead.has_id(&decision.subject);
    let elsewhere = |decision: &Decision| {
        (decision.subject.contains('/') || closes(decision)) && !dossier.is_withdrawn(decision)
    };
    let line = |decision: &Decision| {
        let subject = decided::subject(decision, dossier, lang);
        format!("{subject} — {}", decided::line(decision, dossier, lang))
    };
    all.filter(|decision| !elsewhere(decision)).map(line).collect()
}

fn facts(lead: &Lead, dossier: &Dossier<'_>, lang: Lang) -> Vec<(&'static str, Value)> {
    let factor = |factor: &tutela_model::finding::Factor| {
        format!("{}: {}", dossier.factor(&factor.name, lang), labels::answer(&factor.state, lang))
    };
    let facts: [(&Statement, Value); 10] = [
        (&labels::NAME_SAID, lead.name_said.clone().unwrap_or_default().into()),
        (&labels::ACCOUNTS, lead.accounts.clone().into()),
        (&labels::LINES, Dossier::lines_of(lead, lang).into()),
        (&labels::PEERS, lead.peers.clone().into()),
        (&labels::HANDLES, lead.handles.clone().into()),
        (&labels::EXHIBITS, lead.exhibits.clone().into()),
        (&labels::WHERE, Dossier::place_of(lead, lang).into()),
        (&labels::ALSO_AT, dossier.also_at_of(lead, lang).into()),
        (&labels::PRECEDENTS, lead.precedents.to_string().into()),
        (&labels::FACTORS, lead.factors.iter().map(factor).collect::<Vec<_>>().into()),
    ];
    facts.into_iter().map(|(label, value)| (say(label, lang), value)).collect()
}

fn strength(finding: &Finding, dossier: &Dossier<'_>, lang: Lang) -> String {
    finding.strength.map(|strength| dossier.strength_words(strength, lang)).unwrap_or_default()
}

/// Shares out a number of rows among findings, one each in turn, so that a finding with many rows hides none.
fn share_out<'f>(
    findings: &[&'f Finding],
    n_rows: usize,
    rows: impl Fn(&'f Finding) -> &'f [RowRef],
) -> Vec<(&'f Finding, &'f [RowRef])> {
    let mut shares = vec![0; findings.len()];
    let mut left = n_rows;
    while left > 0 {
        let before = left;
        for (share, finding) in shares.iter_mut().zip(findings) {
            if left > 0 && *share < rows(finding).len() {
                (*share, left) = (*share + 1, left - 1);
            }
        }
        if left == before {
            break;
        }
    }
    findings.iter().zip(shares).map(|(finding, share)| (*finding, &rows(finding)[..share])).collect()
}

fn row_texts(rows: &[RowRef], dossier: &Dossier<'_>, lang: Lang) -> Vec<Value> {
    let elsewhere = || vec![("", say(&labels::ROW_ELSEWHERE, lang).to_owned())];
    let says = |row| shown::columns(row, dossier).unwrap_or_else(elsewhere);
    rows.iter().map(|row| json!({"place": shown::place(row, dossier), "says": says(row)})).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::Example;

    #[test]
    fn rows_are_shared_out_so_that_each_finding_shows_some() {
        let example = Example::new(1);
        let dossier = example.dossier();
        let findings = dossier.findings_of(dossier.leads[0]);
        let shares = share_out(&findings, ROWS_PER_LEAD, |finding| &finding.rows);
        let counts: Vec<usize> = shares.iter().map(|(_, rows)| rows.len()).collect();
        assert_eq!(counts, [11, 1]);
    }

    #[test]
    fn every_finding_with_rows_against_it_is_stated_with_a_row() {
        let mut example = Example::new(1);
        let ids: Vec<String> = (0..20).map(|n| example.add_contradicted(n)).collect();
        example.leads[0].findings.extend(ids);
        let dossier = example.dossier();
        let sheet = sheet(dossier.leads[0], &dossier, Lang::En);
        let against = sheet["against"].as_array().expect("a list");
        assert_eq!(against.len(), 21);
        assert!(against.iter().all(|finding| finding["rows"].as_array().is_some_and(|rows| rows.len() == 1)));
    }

    #[test]
    fn an_explanation_says_what_an_officer_decided_and_a_closed_lead_why() {
        let mut example = Example::new(2);
        example.decide();
        let dossier = example.dossier();
        let first = sheet(dossier.leads[0], &dossier, Lang::En);
        assert_eq!(first["alternatives"][0]["state"], "Examined");
        let decision = first["alternatives"][0]["decision"].as_str().expect("a decision");
        assert!(decision.starts_with("Excluded: lives alone according to the register"), "{decision}");
        // The one that it withdrew is still told.
        assert_eq!(first["decisions"].as_array().map(Vec::len), Some(1));
        let second = sheet(dossier.leads[1], &dossier, Lang::En);
        assert!(
            second["closed"].as_str().is_some_and(|closed| closed.starts_with("Closed: the line was ported"))
        );
    }
}
