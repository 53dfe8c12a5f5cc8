//! The ranked leads as one JSON document of schema `tutela.leads/1`: fields may be added, never renamed.

use serde_json::{Value, json};
use tutela_model::{Lang, Lead, Strength};

use crate::decided::decision_json;
use crate::labels;
use crate::{Decision, Dossier, office_of};

/// The ranked leads. Sentences are in the language; words of closed vocabularies are the same in every language.
#[must_use]
pub fn leads_json(dossier: &Dossier<'_>, lang: Lang) -> Value {
    json!({
        "schema": "tutela.leads/1",
        "operation": dossier.title,
        "synthetic": dossier.synthetic,
        "draft": dossier.is_draft(),
        "as_of": dossier.as_of,
        "findings_digest": format!("sha256:{}", dossier.findings_digest),
        "warnings": dossier.warnings.iter().map(|warning| dossier.say(warning, lang)).collect::<Vec<_>>(),
        "leads": dossier.leads.iter().map(|lead| lead_json(lead, dossier, lang)).collect::<Vec<_>>(),
        "decisions": decisions(&dossier.decisions, dossier, lang),
    })
}

fn lead_json(lead: &Lead, dossier: &Dossier<'_>, lang: Lang) -> Value {
    let say = |phrases: &[tutela_model::Phrase]| -> Vec<String> {
        phrases.iter().map(|phrase| dossier.say(phrase, lang)).collect()
    };
    let factors = lead.factors.iter().map(|factor| {
        json!({
            "name": factor.name, "words": dossier.factor(&factor.name, lang),
            "state": factor.state, "finding": factor.finding,
        })
    });
    let alternatives = dossier.alternatives_of(lead).into_iter().map(|alternative| {
        json!({
            "kind": alternative.kind, "words": labels::alternative(alternative.kind, lang),
            "state": alternative.state, "why": dossier.say(alternative.why, lang),
            "decision": alternative.decision.map(|decision| decision_json(decision, dossier, lang)),
        })
    });
    let next_steps = dossier.steps_of(lead).into_iter().map(|step| {
        json!({
            "ask": dossier.say(&step.ask, lang), "of": step.of,
            "by": step.by, "why": dossier.say(&step.why, lang),
            "gain_bits": f64::from(step.gain_millibits) / 1000.0,
        })
    });
    let conditions = dossier.conditions_of(lead, lang).into_iter().map(|condition| {
        json!({
            "name": condition.name, "words": condition.words,
            "passed": condition.passed, "why": condition.why,
        })
    });
    let province = Dossier::province_of(lead);
    let office = province.and_then(|(code, _)| office_of(code));
    let office_by = province.map(|(_, estimated)| if estimated { "estimate" } else { "registration" });
    json!({
        "lead": lead.lead,
        "rank": lead.rank,
        "person": {"id": lead.person_id, "ids": lead.ids, "name_said": lead.name_said, "status": lead.status},
        "why": why(lead, dossier, lang),
        "grounds": dossier.grounds_of(lead, lang),
        "missing": say(&lead.missing),
        "lines": lead.lines,
        "subscribers": lead.subscribers,
        "accounts": lead.accounts,
        "peers": lead.peers,
        "handles": lead.handles,
        "exhibits": lead.exhibits,
        "province": lead.province,
        "office": office.map(|office| &office.id),
        "office_name": office.map(|office| office.name(lang)),
        "province_estimate": lead.estimated_province,
        "office_by": office_by.filter(|_| office.is_some()),
        "also_at": also_at(lead, dossier, lang),
        "strength": strength(lead, dossier, lang),
        "band": {"name": lead.band, "act_by": lead.act_by, "factors": factors.collect::<Vec<_>>()},
        "precedents": lead.precedents,
        "findings": lead.findings,
        "alternatives": alternatives.collect::<Vec<_>>(),
        "closed": dossier.is_closed(lead),
        "decisions": decisions(&dossier.decisions_of(lead), dossier, lang),
        "next_steps": next_steps.collect::<Vec<_>>(),
        "export": {
            "as": if dossier.is_attributable(lead) { "attribution" } else { "intelligence" },
            "words": dossier.leaves_as(lead, lang),
            "conditions": conditions.collect::<Vec<_>>(),
        },
    })
}

fn strength(lead: &Lead, dossier: &Dossier<'_>, lang: Lang) -> Value {
    let propositions = lead.propositions.iter().map(|phrase| dossier.say(phrase, lang));
    json!({
        "log10_lr": lead.strength.log10_lr(),
        "words": dossier.strength_words(lead.strength, lang),
        "margin_log10": lead.margin.map(Strength::log10_lr),
        "propositions": propositions.collect::<Vec<_>>(),
    })
}

/// What the strongest of its findings says.
fn why(lead: &Lead, dossier: &Dossier<'_>, lang: Lang) -> Option<String> {
    dossier.findings_of(lead).first().map(|finding| dossier.say(&finding.statement, lang))
}

/// The other offices that have something of a lead.
fn also_at(lead: &Lead, dossier: &Dossier<'_>, lang: Lang) -> Vec<Value> {
    let also_at = dossier.also_at.get(&lead.lead).into_iter().flatten();
    also_at
        .map(|also| {
            json!({"office": also.office.id, "office_name": also.office.name(lang), "shared": also.shared})
        })
        .collect()
}

fn decisions(decisions: &[&Decision], dossier: &Dossier<'_>, lang: Lang) -> Vec<Value> {
    decisions.iter().map(|decision| decision_json(decision, dossier, lang)).collect()
}

#[cfg(test)]
mod tests {
    use tutela_model::Lang;

    use crate::example::{self, golden};

    #[test]
    fn the_leads_of_the_example_are_as_golden_in_both_languages() {
        let example = example::Example::new(3);
        for (lang, golden_text, path) in [
            (Lang::En, include_str!("leads.en.golden"), "src/leads_json/leads.en.golden"),
            (Lang::It, include_str!("leads.it.golden"), "src/leads_json/leads.it.golden"),
        ] {
            let leads = super::leads_json(&example.dossier(), lang);
            golden(path, golden_text, &format!("{leads:#}\n"));
        }
    }

    #[test]
    fn the_fields_of_the_contract_are_all_there() {
        let example = example::Example::new(1);
        let leads = super::leads_json(&example.dossier(), Lang::En);
        assert_eq!(leads["schema"], "tutela.leads/1");
        for pointer in [
            "/operation",
            "/findings_digest",
            "/leads/0/lead",
            "/leads/0/rank",
            "/leads/0/person/id",
            "/leads/0/person/name_said",
            "/leads/0/person/status",
            "/leads/0/lines",
            "/leads/0/accounts",
            "/leads/0/peers",
            "/leads/0/handles",
            "/leads/0/exhibits",
            "/leads/0/province",
            "/leads/0/office",
            "/leads/0/strength/log10_lr",
            "/leads/0/strength/words",
            "/leads/0/strength/propositions/1",
            "/leads/0/band/name",
            "/leads/0/band/act_by",
            "/leads/0/band/factors/0/finding",
            "/leads/0/precedents",
            "/leads/0/findings/0",
            "/leads/0/alternatives/0/kind",
            "/leads/0/alternatives/0/state",
            "/leads/0/alternatives/0/why",
            "/leads/0/decisions",
            "/leads/0/next_steps/0/ask",
            "/leads/0/next_steps/0/of",
            "/leads/0/next_steps/0/by",
            "/leads/0/next_steps/0/why",
        ] {
            assert!(leads.pointer(pointer).is_some(), "{pointer}");
        }
    }
}
