//! Everything that an output needs to know about an operation, as plain data.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::finding::{Alternative, NextStep};
use tutela_model::{Catalogue, Finding, Lang, Lead, Phrase, RowRef};

use crate::labels;
use crate::offices::{Office, national_centre, office_of, province};

/// An operation as outputs see it. The caller fills it; times and digests are texts that it gives.
#[derive(Clone)]
pub struct Dossier<'a> {
    /// The operation's title.
    pub title: &'a str,
    /// The legal bases.
    pub authorities: &'a [Authority],
    /// The files received.
    pub sources: &'a [Source],
    /// The leads, in the order of their rank.
    pub leads: Vec<&'a Lead>,
    /// The findings by their id.
    pub findings: &'a BTreeMap<String, Finding>,
    /// What the rows say that findings stand on, column by column; rows may be lacking.
    pub rows: &'a BTreeMap<RowRef, Vec<(String, String)>>,
    /// Records that could not be read: all, or the first of them.
    pub problems: &'a [Problem],
    /// How many records could not be read.
    pub n_problems: u64,
    /// How the analyses work, in their own words.
    pub methods: &'a [Method],
    /// The sentences of the analyses.
    pub catalogue: &'a Catalogue,
    /// SHA-256 of all findings, hexadecimal.
    pub findings_digest: &'a str,
    /// How many entries the ledger has.
    pub ledger_size: u64,
    /// The root of the ledger's tree, hexadecimal.
    pub ledger_root: &'a str,
    /// Who issues the output.
    pub officer: &'a str,
    /// When, RFC 3339.
    pub issued_at: &'a str,
    /// Whether the data are made up.
    pub synthetic: bool,
    /// What a reader must know first: a source set aside for its time zone.
    pub warnings: &'a [Phrase],
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
}

/// A legal basis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// What it is, as recorded.
    pub text: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
}

/// A file received.
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

    /// A lead's findings, the strongest first; an id that no finding has is left out.
    #[must_use]
    pub fn findings_of(&self, lead: &Lead) -> Vec<&'a Finding> {
        let mut findings: Vec<&Finding> =
            lead.findings.iter().filter_map(|id| self.findings.get(id)).collect();
        findings.sort_by_key(|finding| (std::cmp::Reverse(finding.strength), &finding.id));
        findings
    }

    /// A lead's other explanations, then those of its findings that the lead itself does not name.
    #[must_use]
    pub fn alternatives_of(&self, lead: &'a Lead) -> Vec<&'a Alternative> {
        let mut named: BTreeSet<&str> =
            lead.alternatives.iter().map(|alternative| alternative.kind.as_str()).collect();
        let mut all: Vec<&Alternative> = lead.alternatives.iter().collect();
        let of_findings = self.findings_of(lead).into_iter().flat_map(|finding| &finding.alternatives);
        all.extend(of_findings.filter(|alternative| named.insert(&alternative.kind)));
        all
    }

    /// What would refute a lead's findings, each sentence once.
    #[must_use]
    pub fn refuted_by(&self, lead: &Lead, lang: Lang) -> Vec<String> {
        let mut said = BTreeSet::new();
        let phrases = self.findings_of(lead).into_iter().flat_map(|finding| &finding.refuted_by);
        phrases.map(|phrase| self.say(phrase, lang)).filter(|text| said.insert(text.clone())).collect()
    }

    /// A lead's next steps: the record that is gone first comes first, steps without a date come last.
    #[must_use]
    pub fn steps_of(lead: &Lead) -> Vec<&NextStep> {
        let mut steps: Vec<&NextStep> = lead.next_steps.iter().collect();
        steps.sort_by_key(|step| (step.by.is_none(), &step.by));
        steps
    }

    /// The office that a lead goes to: that of its province, or the national centre.
    #[must_use]
    pub fn office(lead: &Lead) -> &'static Office {
        lead.province.as_deref().and_then(office_of).unwrap_or_else(national_centre)
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
        let name = match lead.province.as_deref() {
            Some(code) => province(code)
                .map_or_else(|| code.to_owned(), |province| format!("{} ({code})", province.name)),
            None => labels::say(&labels::NO_PROVINCE, lang).to_owned(),
        };
        format!("{name}, {}", Self::office(lead).name(lang))
    }

    /// The same operation with the leads of one office only; the lists of sources and problems stay whole, because
    /// what could not be read may concern any office.
    #[must_use]
    pub fn for_office(&self, office: &'a Office) -> Self {
        let leads = self.leads.iter().copied().filter(|lead| Self::office(lead).id == office.id).collect();
        Self { leads, part: Some(Part { office, n_leads: self.leads.len() }), ..self.clone() }
    }

    /// The words of the scale for a strength.
    #[must_use]
    pub fn strength_words(&self, strength: tutela_model::Strength, lang: Lang) -> String {
        self.catalogue.word(strength.words_key(), lang)
    }
}
