//! Officers' decisions in words and as JSON: on what, what was decided, by whom, when and why.

use serde_json::{Value, json};
use tutela_model::finding::Choice;
use tutela_model::{Lang, Statement};

use crate::labels::{self, fill, say};
use crate::{Decision, Dossier, shown};

/// What a decision is on.
enum On<'a> {
    /// A finding, by its id.
    Finding(&'a str),
    /// A lead, by its number; none when its accounts are no lead any more.
    Lead(Option<&'a str>),
    /// Another explanation of a lead, by its kind.
    Explanation(Option<&'a str>, &'a str),
}

fn on<'a>(decision: &'a Decision, dossier: &Dossier<'a>) -> On<'a> {
    let number = |person_id: &str| {
        let lead = dossier.leads.iter().find(|lead| lead.has_id(person_id));
        lead.map(|lead| lead.lead.as_str())
    };
    match decision.subject.split_once('/') {
        _ if !tutela_model::finding::is_of_lead(&decision.subject) => On::Finding(&decision.subject),
        None => On::Lead(number(&decision.subject)),
        Some((person_id, kind)) => On::Explanation(number(person_id), kind),
    }
}

/// What a decision is on: `Lead L-001: open Wi-Fi, guests or neighbours`.
#[must_use]
pub fn subject(decision: &Decision, dossier: &Dossier<'_>, lang: Lang) -> String {
    let lead = |number: Option<&str>| match number {
        Some(number) => format!("{} {number}", say(&labels::LEAD, lang)),
        None => fill(&labels::GONE, lang, [("subject", decision.subject.as_str().into())]),
    };
    match on(decision, dossier) {
        On::Finding(id) => match dossier.findings.get(id) {
            Some(finding) => format!("{id}: {}", dossier.say(&finding.statement, lang)),
            None => fill(&labels::GONE, lang, [("subject", id.into())]),
        },
        On::Lead(number) => lead(number),
        On::Explanation(number, kind) => format!("{}: {}", lead(number), labels::alternative(kind, lang)),
    }
}

/// What was decided, in words that fit what it was decided on.
#[must_use]
pub fn choice(decision: &Decision, dossier: &Dossier<'_>, lang: Lang) -> &'static str {
    let (accept, reject, unsure): (&Statement, &Statement, &Statement) = match on(decision, dossier) {
        On::Finding(_) => (&labels::ACCEPTED, &labels::REJECTED, &labels::UNSURE),
        On::Lead(_) => (&labels::LEAD_ACCEPTED, &labels::LEAD_CLOSED, &labels::LEAD_UNSURE),
        On::Explanation(..) => {
            (&labels::EXPLANATION_HOLDS, &labels::EXPLANATION_EXCLUDED, &labels::EXPLANATION_POSSIBLE)
        }
    };
    let word = match decision.choice {
        Choice::Accept => accept,
        Choice::Reject => reject,
        Choice::Unsure => unsure,
    };
    say(word, lang)
}

/// What was decided and why, by whom and when, in one line.
#[must_use]
pub fn line(decision: &Decision, dossier: &Dossier<'_>, lang: Lang) -> String {
    let decided = fill(
        &labels::DECIDED,
        lang,
        [
            ("choice", choice(decision, dossier, lang).into()),
            ("reason", decision.reason.trim_end_matches('.').into()),
            ("officer", decision.officer.as_str().into()),
            ("at", shown::date(&decision.at, lang).into()),
        ],
    );
    if dossier.is_withdrawn(decision) {
        return format!("{decided}; {}", say(&labels::WITHDRAWN, lang));
    }
    decided
}

/// A decision as JSON.
#[must_use]
pub fn decision_json(decision: &Decision, dossier: &Dossier<'_>, lang: Lang) -> Value {
    json!({
        "subject": decision.subject,
        "on": subject(decision, dossier, lang),
        "choice": decision.choice,
        "words": choice(decision, dossier, lang),
        "reason": decision.reason,
        "officer": decision.officer,
        "at": decision.at,
        "withdrawn": dossier.is_withdrawn(decision),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::Example;

    #[test]
    fn a_decision_is_told_by_what_it_is_on_and_whether_it_counts() {
        let mut example = Example::new(2);
        example.decide();
        let dossier = example.dossier();
        let told: Vec<String> = dossier
            .decisions
            .iter()
            .map(|decision| {
                let on = subject(decision, &dossier, Lang::En);
                format!("{on} | {}", line(decision, &dossier, Lang::En))
            })
            .collect();
        assert_eq!(
            told,
            [
                "Lead L-001: another member of the household | examined, remains possible: the family register is \
                 awaited (isp. E. Prova, 1 Nov 2026, 09:00 UTC); does not count: withdrawn, replaced, or not taken by a second officer",
                "Lead L-001: another member of the household | excluded: lives alone according to the register \
                 (isp. E. Prova, 2 Nov 2026, 08:15 UTC)",
                "Lead L-002 | closed: the line was ported in January (sov. A. Finta, 2 Nov 2026, 08:30 UTC)",
                "P-gone/open_wifi, which the records show no longer: open Wi-Fi, guests or neighbours | holds: a guest network \
                 (sov. A. Finta, 2 Nov 2026, 08:40 UTC)",
            ]
        );
    }
}
