//! Everything that an output needs to know about an operation, as plain data.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::finding::{AlternativeState, Choice, NextStep, PersonStatus};
use tutela_model::{Catalogue, Finding, Lang, Lead, Phrase, RowRef};

use crate::also_at::AlsoAt;
use crate::custody::Exhibit;
use crate::labels;
use crate::offices::{Office, Region, national_centre, office_of, province};
use crate::record::Head;

/// An operation as outputs see it. The caller fills it; times and digests are texts that it gives.
#[derive(Clone)]
pub struct Dossier<'a> {
    /// The operation's title.
    pub title: &'a str,
    /// The legal bases.
    pub authorities: Vec<&'a Authority>,
    /// The files received that were read.
    pub sources: Vec<&'a Source>,
    /// The custody of the files received, each once by its digest.
    pub exhibits: Vec<&'a Exhibit>,
    /// The leads, in the order of their rank.
    pub leads: Vec<&'a Lead>,
    /// The findings by their id.
    pub findings: &'a BTreeMap<String, Finding>,
    /// What the rows say that findings stand on, column by column; rows may be lacking.
    pub rows: &'a BTreeMap<RowRef, Vec<(String, String)>>,
    /// Officers' decisions on findings, leads and other explanations, the oldest first; withdrawn ones too.
    pub decisions: Vec<&'a Decision>,
    /// Records that could not be read: all, or the first of each file.
    pub problems: Vec<&'a Problem>,
    /// How many records could not be read.
    pub n_problems: u64,
    /// How the analyses work, in their own words.
    pub methods: &'a [Method],
    /// The sentences of the analyses.
    pub catalogue: &'a Catalogue,
    /// SHA-256 of all findings, hexadecimal.
    pub findings_digest: &'a str,
    /// The head of the operation's record, and how it is anchored.
    pub record: Head<'a>,
    /// Who issues the output.
    pub officer: &'a str,
    /// The last act that the outputs stand on, RFC 3339: no clock is asked, so the same state gives the same bytes.
    pub as_of: &'a str,
    /// Whether the data are made up.
    pub synthetic: bool,
    /// What a reader must know first: a source set aside for its time zone.
    pub warnings: &'a [Phrase],
    /// By the number of a lead, what other offices' leads have in common with it: see [`also_at`](crate::also_at()).
    pub also_at: BTreeMap<String, Vec<AlsoAt>>,
    /// The part of the operation that this is, when it is an office's copy.
    pub part: Option<Part<'a>>,
}

/// A part of an operation, for one office.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The office.
    pub office: &'a Office,
    /// How many leads the whole operation has.
    pub n_leads: usize,
    /// How many files the whole operation has received.
    pub n_sources: usize,
    /// How many records of the whole operation could not be read.
    pub n_problems: u64,
}

/// An officer's decision, as recorded. The latest on a subject counts; it withdraws the earlier ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The finding's id, the person's id of a lead, or an explanation of a lead: see [`Lead::subject`].
    pub subject: String,
    /// What was decided.
    pub choice: Choice,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub officer: String,
    /// When, RFC 3339.
    pub at: String,
    /// Whether it counts: it was not withdrawn, none came in its place, and a second officer took it where two have to.
    pub counts: bool,
    /// Of one that counts, the officers whose latest decision is the same.
    pub agreed: Vec<String>,
}

/// A condition for leaving the operation as an attribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Its name, in data: `role`.
    pub name: String,
    /// Its name in words.
    pub words: &'static str,
    /// Whether the lead meets it.
    pub passed: bool,
    /// Why it does, or the step that is missing.
    pub why: String,
}

/// Another explanation of a lead, with what an officer decided on it.
#[derive(Clone, Copy, Debug)]
pub struct Explanation<'a> {
    /// Its kind.
    pub kind: &'a str,
    /// How it stands: what an officer has decided on is checked.
    pub state: AlternativeState,
    /// Why the records leave it so.
    pub why: &'a Phrase,
    /// The decision that counts.
    pub decision: Option<&'a Decision>,
}

/// A legal basis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Its number, which the files received under it name.
    pub id: String,
    /// The kind of act, as the record names it: `judge_decree`.
    pub kind: String,
    /// What it is, as recorded.
    pub text: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
    /// The parties, accounts and instants that it is limited to; empty when it covers everything.
    pub covers: Vec<String>,
    /// What has become of it.
    pub fate: AuthorityFate,
}

/// What has become of a legal authority.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AuthorityFate {
    /// It stands as recorded.
    #[default]
    Stands,
    /// It must be validated by this day.
    ToValidate(String),
    /// It was validated by this act.
    Validated(String),
    /// It lapsed for this reason: nothing that was imported under it counts.
    Lapsed(String),
}

/// A file received that was read into tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// SHA-256, hexadecimal.
    pub digest: String,
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// The reader that read it.
    pub reader: String,
    /// When it was received, RFC 3339.
    pub received_at: String,
    /// The legal basis that it was received under.
    pub basis: String,
    /// Rows read from it.
    pub rows: u64,
    /// Rows of it that the legal basis does not cover, which nothing has read.
    pub sealed: u64,
    /// Problems in it.
    pub problems: u64,
}

/// A record that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// SHA-256 of the file received, hexadecimal.
    pub source: String,
    /// The spot inside it, as the column `place` has it.
    pub place: String,
    /// The kind.
    pub kind: String,
    /// The column, where there is one.
    pub column: Option<String>,
    /// What was expected.
    pub expected: String,
    /// What was found, where something was.
    pub found: Option<String>,
    /// How to mend it, where that is known.
    pub mend: Option<String>,
}

/// How an analysis works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// The analysis.
    pub analysis: String,
    /// Its title.
    pub title: String,
    /// Its sections: heading and text, as Markdown paragraphs and lists.
    pub sections: Vec<(String, String)>,
}

/// A record that may be gone within so many days is asked for before one that may tell more.
const SOON_DAYS: i32 = 30;

/// Grounds for a band that a list of leads shows: the first ones weigh most.
const GROUNDS_SHOWN: usize = 2;

impl<'a> Dossier<'a> {
    /// A sentence in a language.
    #[must_use]
    pub fn say(&self, phrase: &Phrase, lang: Lang) -> String {
        self.catalogue.say(phrase, lang)
    }

    /// A ground for a band: the catalogue's words for `factor.NAME`, or the name itself.
    #[must_use]
    pub fn factor(&self, name: &str, lang: Lang) -> String {
        let key = format!("factor.{name}");
        let words = self.catalogue.word(&key, lang);
        if words == key { name.replace('_', " ") } else { words }
    }

    /// The first grounds for a lead's band that records state, in their own sentences.
    #[must_use]
    pub fn grounds_of(&self, lead: &Lead, lang: Lang) -> Vec<String> {
        let findings = lead.factors.iter().filter_map(|factor| self.findings.get(factor.finding.as_ref()?));
        findings.take(GROUNDS_SHOWN).map(|finding| self.say(&finding.statement, lang)).collect()
    }

    /// A lead's findings, the strongest first; an id that no finding has is left out.
    #[must_use]
    pub fn findings_of(&self, lead: &Lead) -> Vec<&'a Finding> {
        let mut findings: Vec<&Finding> =
            lead.findings.iter().filter_map(|id| self.findings.get(id)).collect();
        findings.sort_by_key(|finding| (std::cmp::Reverse(finding.strength), &finding.id));
        findings
    }

    /// A lead's other explanations, then those of its findings that the lead itself does not name, each as the records
    /// leave it or as an officer has decided.
    #[must_use]
    pub fn alternatives_of<'b>(&self, lead: &'b Lead) -> Vec<Explanation<'b>>
    where
        'a: 'b,
    {
        let mut named = BTreeSet::new();
        let of_findings = self.findings_of(lead).into_iter().flat_map(|finding| &finding.alternatives);
        let all = lead.alternatives.iter().chain(of_findings);
        all.filter(|alternative| named.insert(alternative.kind.as_str()))
            .map(|alternative| {
                let decision = self.decision_of(lead, Some(&alternative.kind));
                let state = if decision.is_some() { AlternativeState::Checked } else { alternative.state };
                Explanation { kind: &alternative.kind, state, why: &alternative.why, decision }
            })
            .collect()
    }

    /// The decision that counts on a subject: the latest.
    #[must_use]
    pub fn decision_on(&self, subject: &str) -> Option<&'a Decision> {
        self.decisions.iter().rev().find(|decision| decision.counts && decision.subject == subject).copied()
    }

    /// The decision that counts on a lead, or on another explanation of it, whichever of its accounts it was recorded
    /// under. Leads that were decided on differently and are one by now have none until somebody decides anew.
    #[must_use]
    pub fn decision_of(&self, lead: &Lead, explanation: Option<&str>) -> Option<&'a Decision> {
        let is_meant = |decision: &&Decision| {
            let (id, kind) = match decision.subject.split_once('/') {
                Some((id, kind)) => (id, Some(kind)),
                None => (decision.subject.as_str(), None),
            };
            decision.counts && kind == explanation && lead.has_id(id)
        };
        let mut meant = self.decisions.iter().copied().filter(is_meant);
        let latest = meant.next_back()?;
        let own = latest.subject.split('/').next() == Some(lead.person_id.as_str());
        (own || meant.all(|earlier| earlier.choice == latest.choice)).then_some(latest)
    }

    /// The conditions for leaving the operation as an attribution, in the order in which they are looked at: what the
    /// records meet, then what officers have to.
    #[must_use]
    pub fn conditions_of(&self, lead: &Lead, lang: Lang) -> Vec<Condition> {
        let condition = |name: &str, passed, why| Condition {
            name: name.to_owned(),
            words: labels::gate(name, lang),
            passed,
            why,
        };
        let said = |phrases: &[Phrase]| {
            phrases.iter().map(|phrase| self.say(phrase, lang)).collect::<Vec<_>>().join("; ")
        };
        let person = match lead.status {
            PersonStatus::Identified => labels::say(&labels::PERSON_PASSED, lang).to_owned(),
            PersonStatus::Candidate | PersonStatus::Unattributed => said(&lead.missing),
        };
        let mut conditions = vec![condition("person", lead.status == PersonStatus::Identified, person)];
        let gates =
            lead.gates.iter().map(|gate| condition(&gate.name, gate.passed, self.say(&gate.why, lang)));
        conditions.extend(gates);
        let left = self.possible(lead, lang);
        let excluded = match left.as_slice() {
            [] => labels::say(&labels::ALTERNATIVES_PASSED, lang).to_owned(),
            left => labels::fill(&labels::ALTERNATIVES_FAILED, lang, [("names", left.join("; ").into())]),
        };
        conditions.push(condition("alternatives", left.is_empty(), excluded));
        let taken = self.decision_of(lead, None).filter(|decision| decision.choice == Choice::Accept);
        let second = match taken.map(|decision| decision.agreed.as_slice()) {
            Some([_, _, ..]) => labels::say(&labels::SECOND_CHECK_PASSED, lang),
            Some(_) => labels::say(&labels::SECOND_CHECK_ONE, lang),
            None => labels::say(&labels::SECOND_CHECK_FAILED, lang),
        };
        let passed = taken.is_some_and(|decision| decision.agreed.len() > 1);
        conditions.push(condition("second_check", passed, second.to_owned()));
        conditions
    }

    /// The other explanations that are left: those without an answer, and those that an officer has not excluded.
    fn possible(&self, lead: &Lead, lang: Lang) -> Vec<String> {
        let all = self.alternatives_of(lead).into_iter();
        let left = all.filter(|explanation| match explanation.decision {
            Some(decision) => decision.choice != Choice::Reject,
            None => explanation.state == AlternativeState::Open,
        });
        left.map(|explanation| labels::alternative(explanation.kind, lang)).collect()
    }

    /// As what a lead may leave the operation: as an attribution when it meets every condition, or else as intelligence
    /// that is not attributable, with the conditions that it fails.
    #[must_use]
    pub fn leaves_as(&self, lead: &Lead, lang: Lang) -> String {
        match self.lacking(lead, lang).as_slice() {
            [] => labels::say(&labels::ATTRIBUTABLE, lang).to_owned(),
            lacking => {
                labels::fill(&labels::INTELLIGENCE_LACKS, lang, [("names", lacking.join("; ").into())])
            }
        }
    }

    /// Whether a lead meets every condition for leaving as an attribution.
    #[must_use]
    pub fn is_attributable(&self, lead: &Lead) -> bool {
        self.lacking(lead, Lang::En).is_empty()
    }

    /// The conditions for leaving as an attribution that a lead fails, in words.
    #[must_use]
    pub fn lacking(&self, lead: &Lead, lang: Lang) -> Vec<&'static str> {
        let conditions = self.conditions_of(lead, lang).into_iter();
        conditions.filter(|condition| !condition.passed).map(|condition| condition.words).collect()
    }

    /// Whether a decision does not count, because it was withdrawn or another came in its place.
    #[must_use]
    pub fn is_withdrawn(&self, decision: &Decision) -> bool {
        !decision.counts
    }

    /// The decisions on a lead, on its other explanations and on its findings, the oldest first.
    #[must_use]
    pub fn decisions_of(&self, lead: &Lead) -> Vec<&'a Decision> {
        let of_lead = |subject: &str| {
            subject.split('/').next().is_some_and(|id| lead.has_id(id))
                || lead.findings.iter().any(|id| id == subject)
        };
        self.decisions.iter().copied().filter(|decision| of_lead(&decision.subject)).collect()
    }

    /// Whether an officer has closed a lead.
    #[must_use]
    pub fn is_closed(&self, lead: &Lead) -> bool {
        self.decision_of(lead, None).is_some_and(|decision| decision.choice == Choice::Reject)
    }

    /// The leads that still have an explanation that nothing in the records speaks to and no officer has examined, with
    /// the kinds of these. A lead that an officer has closed needs no answer.
    #[must_use]
    pub fn unanswered(&self) -> Vec<(&'a Lead, Vec<&'a str>)> {
        let leads = self.leads.iter().copied().filter(|lead| !self.is_closed(lead));
        let open = leads.map(|lead| {
            let all = self.alternatives_of(lead).into_iter();
            let kinds = all.filter(|explanation| explanation.state == AlternativeState::Open);
            (lead, kinds.map(|explanation| explanation.kind).collect::<Vec<_>>())
        });
        open.filter(|(_, kinds)| !kinds.is_empty()).collect()
    }

    /// Whether a report made from this is a draft: an explanation is unanswered.
    #[must_use]
    pub fn is_draft(&self) -> bool {
        !self.unanswered().is_empty()
    }

    /// What would refute a lead's findings, each sentence once.
    #[must_use]
    pub fn refuted_by(&self, lead: &Lead, lang: Lang) -> Vec<String> {
        let mut said = BTreeSet::new();
        let phrases = self.findings_of(lead).into_iter().flat_map(|finding| &finding.refuted_by);
        phrases.map(|phrase| self.say(phrase, lang)).filter(|text| said.insert(text.clone())).collect()
    }

    /// A lead's next steps: those whose record may be gone within thirty days first, then the others; of each, the one
    /// that is expected to tell most first, and of equals the one that expires first.
    #[must_use]
    pub fn steps_of<'b>(&self, lead: &'b Lead) -> Vec<&'b NextStep> {
        let mut steps: Vec<&NextStep> = lead.next_steps.iter().collect();
        steps.sort_by_key(|step| {
            let later = !step.by.as_deref().is_some_and(|by| self.expires_soon(by));
            (later, std::cmp::Reverse(step.gain_millibits), step.by.is_none(), &step.by)
        });
        steps
    }

    /// Whether a date falls within thirty days of the last act, or before.
    fn expires_soon(&self, by: &str) -> bool {
        let day = |text: &str| text.get(..10)?.parse::<jiff::civil::Date>().ok();
        let (Some(by), Some(as_of)) = (day(by), day(self.as_of)) else { return false };
        (by - as_of).get_days() <= SOON_DAYS
    }

    /// Whether a date, or an instant, had passed when the last act was entered. A day ends at its midnight, in UTC.
    #[must_use]
    pub fn is_past(&self, by: &str) -> bool {
        // Both are RFC 3339 in UTC, so that their texts stand in the order of time; a day lacks its hours.
        by.len() >= 10 && by < self.as_of.get(..by.len().min(self.as_of.len())).unwrap_or_default()
    }

    /// The province of a lead, and whether it is only an estimate.
    #[must_use]
    pub fn province_of(lead: &Lead) -> Option<(&str, bool)> {
        let registered = lead.province.as_deref().map(|code| (code, false));
        registered.or_else(|| Some((lead.estimated_province.as_deref()?, true)))
    }

    /// The office that a lead goes to: that of its province, registered or estimated, or the national centre.
    #[must_use]
    pub fn office(lead: &Lead) -> &'static Office {
        let office = Self::province_of(lead).and_then(|(code, _)| office_of(code));
        office.unwrap_or_else(national_centre)
    }

    /// The other offices that have something of a lead, and what: `C.O.S.C. Lazio: ed2k/0123`.
    #[must_use]
    pub fn also_at_of(&self, lead: &Lead, lang: Lang) -> Vec<String> {
        let also = self.also_at.get(&lead.lead).into_iter().flatten();
        also.map(|also| format!("{}: {}", also.office.name(lang), also.shared.join(", "))).collect()
    }

    /// A lead's lines, each with the name that it is registered to.
    #[must_use]
    pub fn lines_of(lead: &Lead, lang: Lang) -> Vec<String> {
        let subscribers = lead.subscribers.iter().map(Option::as_deref).chain(std::iter::repeat(None));
        let line = |(line, name): (&String, Option<&str>)| match name {
            Some(name) => labels::fill(
                &labels::REGISTERED_TO,
                lang,
                [("line", line.as_str().into()), ("name", name.into())],
            ),
            None => labels::fill(&labels::SUBSCRIBER_UNKNOWN, lang, [("line", line.as_str().into())]),
        };
        lead.lines.iter().zip(subscribers).map(line).collect()
    }

    /// A lead's province and office in words: `Milano (MI), C.O.S.C. Lombardia`.
    #[must_use]
    pub fn place_of(lead: &Lead, lang: Lang) -> String {
        let name = |code: &str| match province(code) {
            Some(province) => format!("{} ({code})", province.name),
            None => code.to_owned(),
        };
        let name = match Self::province_of(lead) {
            Some((code, false)) => name(code),
            Some((code, true)) => {
                labels::fill(&labels::ESTIMATED_PROVINCE, lang, [("name", name(code).into())])
            }
            None => labels::say(&labels::NO_PROVINCE, lang).to_owned(),
        };
        format!("{name}, {}", Self::office(lead).name(lang))
    }

    /// What one office receives: its leads, the files whose rows they cite with their custody, legal bases and problems,
    /// and the decisions on any of these. How much more the operation holds is given in numbers. Warnings stay whole: they
    /// name an answer and its times, no person, and say why something may be missing here.
    #[must_use]
    pub fn for_office(&self, office: &'a Office) -> Self {
        self.for_office_in(office, None)
    }

    /// The same of those leads only whose province lies in a region.
    #[must_use]
    pub fn for_office_in(&self, office: &'a Office, region: Option<&Region>) -> Self {
        let part = Part {
            office,
            n_leads: self.leads.len(),
            n_sources: self.sources.len(),
            n_problems: self.n_problems,
        };
        let is_of = |lead: &&Lead| Self::office(lead).id == office.id && Self::lies_in(lead, region);
        let leads: Vec<&Lead> = self.leads.iter().copied().filter(is_of).collect();
        let rows = leads.iter().flat_map(|lead| self.findings_of(lead)).flat_map(cited);
        let cited: BTreeSet<&str> = rows.map(|row| row.source.as_str()).collect();
        let sources: Vec<&Source> =
            self.sources.iter().copied().filter(|source| cited.contains(source.digest.as_str())).collect();
        let bases: BTreeSet<&str> = sources.iter().map(|source| source.basis.as_str()).collect();
        let of_leads: BTreeSet<*const Decision> =
            leads.iter().flat_map(|lead| self.decisions_of(lead)).map(std::ptr::from_ref).collect();
        let concerns = |decision: &Decision| {
            of_leads.contains(&std::ptr::from_ref(decision)) || self.is_on_source(decision, &cited)
        };
        Self {
            authorities: self
                .authorities
                .iter()
                .copied()
                .filter(|basis| bases.contains(basis.id.as_str()))
                .collect(),
            problems: self
                .problems
                .iter()
                .copied()
                .filter(|problem| cited.contains(problem.source.as_str()))
                .collect(),
            exhibits: self
                .exhibits
                .iter()
                .copied()
                .filter(|exhibit| cited.contains(exhibit.digest.as_str()))
                .collect(),
            n_problems: sources.iter().map(|source| source.problems).sum(),
            decisions: self.decisions.iter().copied().filter(|decision| concerns(decision)).collect(),
            leads,
            sources,
            part: Some(part),
            ..self.clone()
        }
    }

    /// Whether the province of a lead lies in a region; in no region in particular every lead does.
    pub(crate) fn lies_in(lead: &Lead, region: Option<&Region>) -> bool {
        let lies = |region: &Region| Self::province_of(lead).is_some_and(|(code, _)| region.holds(code));
        region.is_none_or(lies)
    }

    /// Whether a decision is on a finding about one of these files as a whole, such as the zone of its times.
    fn is_on_source(&self, decision: &Decision, sources: &BTreeSet<&str>) -> bool {
        let finding = self.findings.get(&decision.subject);
        finding.is_some_and(|finding| sources.contains(finding.text("source")))
    }

    /// The words of the scale for a strength.
    #[must_use]
    pub fn strength_words(&self, strength: tutela_model::Strength, lang: Lang) -> String {
        self.catalogue.word(strength.words_key(), lang)
    }
}

/// The rows that a finding cites, for and against.
fn cited(finding: &Finding) -> impl Iterator<Item = &RowRef> {
    finding.rows.iter().chain(&finding.against)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::Example;

    #[test]
    fn an_explanation_is_answered_by_a_decision_and_a_closed_lead_needs_none() {
        let mut example = Example::new(2);
        let open = |example: &Example| -> Vec<String> {
            let dossier = example.dossier();
            assert_eq!(dossier.is_draft(), !dossier.unanswered().is_empty());
            let unanswered = dossier.unanswered().into_iter();
            unanswered.map(|(lead, kinds)| format!("{}/{}", lead.lead, kinds.join(","))).collect()
        };
        assert_eq!(open(&example), ["L-001/household,open_wifi", "L-002/household,open_wifi"]);
        example.decide();
        assert_eq!(open(&example), ["L-001/open_wifi"]);
        let mut answered = Example::new(2);
        answered.answer();
        assert!(open(&answered).is_empty());
    }

    /// Takes a lead, under whichever of its ids.
    fn take(example: &mut Example, id: &str, choice: Choice, officers: &[&str]) {
        example.decisions.push(Decision {
            subject: id.to_owned(),
            choice,
            reason: "the file was read".to_owned(),
            officer: officers[0].to_owned(),
            at: "2026-11-02T09:00:00Z".to_owned(),
            counts: true,
            agreed: officers.iter().map(|officer| (*officer).to_owned()).collect(),
        });
    }

    #[test]
    fn a_lead_leaves_as_an_attribution_only_when_every_condition_is_met() {
        let failed = |example: &Example| -> Vec<String> {
            let dossier = example.dossier();
            let lead = dossier.leads[0];
            assert_eq!(dossier.is_attributable(lead), dossier.leaves_as(lead, Lang::En) == "attribution");
            let conditions = dossier.conditions_of(lead, Lang::En).into_iter();
            conditions.filter(|condition| !condition.passed).map(|condition| condition.name).collect()
        };
        let mut example = Example::new(1);
        assert_eq!(failed(&example), ["alternatives", "second_check"]);
        example.answer();
        assert_eq!(
            failed(&example),
            ["alternatives", "second_check"],
            "what remains possible is not excluded"
        );
        example.decisions.iter_mut().for_each(|decision| decision.choice = Choice::Reject);
        assert_eq!(failed(&example), ["second_check"]);
        let id = example.leads[0].person_id.clone();
        take(&mut example, &id, Choice::Accept, &["isp. E. Prova"]);
        assert_eq!(failed(&example), ["second_check"], "one officer alone does not do");
        take(&mut example, &id, Choice::Accept, &["isp. E. Prova", "sov. A. Finta"]);
        assert_eq!(failed(&example), [""; 0]);
        example.leads[0].gates[1].passed = false;
        assert_eq!(failed(&example), ["role"]);
        let left = example.dossier().leaves_as(&example.leads[0], Lang::En);
        assert_eq!(left, "intelligence, not attributable (missing: role of whom the operator names)");
        example.leads[0].gates[1].passed = true;
        example.leads[0].status = PersonStatus::Candidate;
        assert_eq!(failed(&example), ["person"], "support for a line alone is never an attribution");
    }

    #[test]
    fn a_decision_follows_its_account_and_two_that_differ_leave_none() {
        let mut example = Example::new(1);
        let (own, other) = (example.leads[0].person_id.clone(), example.leads[0].ids[1].clone());
        take(&mut example, &other, Choice::Reject, &["isp. E. Prova"]);
        assert!(example.dossier().is_closed(&example.leads[0]));
        let third = "P-0000000123".to_owned();
        example.leads[0].ids.push(third.clone());
        take(&mut example, &third, Choice::Accept, &["sov. A. Finta"]);
        assert_eq!(example.dossier().decision_of(&example.leads[0], None), None);
        take(&mut example, &own, Choice::Accept, &["sov. A. Finta"]);
        let dossier = example.dossier();
        assert_eq!(
            dossier.decision_of(dossier.leads[0], None).map(|decision| decision.choice),
            Some(Choice::Accept)
        );
        assert_eq!(dossier.decisions_of(dossier.leads[0]).len(), 3);
    }

    #[test]
    fn what_expires_soon_is_asked_first_and_then_what_tells_most() {
        let mut example = Example::new(1);
        let step = |of: &str, by: Option<&str>, gain_millibits| NextStep {
            ask: Phrase::new("example.why.port"),
            of: of.to_owned(),
            by: by.map(str::to_owned),
            why: Phrase::new("example.why.port"),
            gain_millibits,
        };
        example.leads[0].next_steps = vec![
            step("later", Some("2027-06-01"), 9000),
            step("never", None, 9000),
            step("soon", Some("2026-11-20"), 10),
            step("soon and much", Some("2026-12-02"), 20),
            step("gone", Some("2026-10-01"), 5),
        ];
        let dossier = example.dossier();
        let order: Vec<&str> =
            dossier.steps_of(dossier.leads[0]).iter().map(|step| step.of.as_str()).collect();
        assert_eq!(order, ["soon and much", "soon", "gone", "later", "never"]);
    }

    #[test]
    fn a_deadline_has_passed_only_when_its_day_is_over() {
        let example = Example::new(0);
        let dossier = example.dossier();
        for (by, is_past) in [
            ("2026-11-01", true),
            ("2026-11-02", false),
            ("2026-11-02T10:29:59Z", true),
            ("2026-11-02T10:30:00Z", false),
            ("2027-01-01", false),
            ("", false),
        ] {
            assert_eq!(dossier.is_past(by), is_past, "{by}");
        }
    }

    #[test]
    fn an_office_receives_the_files_problems_and_decisions_that_concern_its_leads() {
        let mut example = Example::new(4);
        example.decide();
        let dossier = example.dossier();
        let milan = dossier.for_office(office_of("MI").expect("an office"));
        // The leads of Milan cite connections and selectors; the operator's answer, with its problem, is not cited.
        let names: Vec<&str> = milan.sources.iter().map(|source| source.name.as_str()).collect();
        assert_eq!(names, ["agorachat-connections.csv", "selector.csv"]);
        assert!(milan.problems.is_empty() && milan.n_problems == 0);
        let part = milan.part.expect("a part");
        assert_eq!((part.n_leads, part.n_sources, part.n_problems), (4, 3, 1));
        let decided: Vec<&str> = milan.decisions.iter().map(|decision| decision.subject.as_str()).collect();
        let (first, second) = (example.leads[0].subject("household"), example.leads[1].person_id.clone());
        assert_eq!(decided, [&first, &first, &second]);
        let centre = dossier.for_office(national_centre());
        assert!(centre.decisions.is_empty() && centre.leads.len() == 1);
    }

    #[test]
    fn a_decision_on_the_zone_of_an_answer_goes_to_the_offices_whose_leads_cite_the_answer() {
        let mut example = Example::new(2);
        let zone = Phrase::new("example.zone").with("source", "01".repeat(32));
        let finding = Finding::new("zone_shift", "answer", zone);
        example.decide();
        example.decisions[0].subject.clone_from(&finding.id);
        example.findings.insert(finding.id.clone(), finding);
        let dossier = example.dossier();
        let milan = dossier.for_office(office_of("MI").expect("an office"));
        assert_eq!(milan.decisions[0].subject, example.decisions[0].subject);
        let turin = dossier.for_office(office_of("TO").expect("an office"));
        assert!(turin.sources.is_empty() && turin.decisions.is_empty());
    }
}
