//! The chapter of the files received: what was read of each, who brought it, and the acts on it that the record has.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tutela_model::Lang;

use crate::labels::{self, fill, say};
use crate::{Dossier, Exhibit, Source, Step, custody, shown};

/// The most files whose acts are listed; the acts on each file of a larger operation are counted.
const EXHIBITS_TOLD: usize = 500;

/// The most acts listed of one file, half of them its first and half its last; the others are counted.
const STEPS_TOLD: usize = 20;

/// The files received: those that were read, each with its custody, then those that were not.
pub(super) fn files(dossier: &Dossier<'_>, lang: Lang) -> Vec<Value> {
    let listed = dossier.exhibits.len() <= EXHIBITS_TOLD;
    let by_digest: BTreeMap<&str, &Exhibit> =
        dossier.exhibits.iter().map(|exhibit| (exhibit.digest.as_str(), *exhibit)).collect();
    let read: BTreeSet<&str> = dossier.sources.iter().map(|source| source.digest.as_str()).collect();
    let sources = dossier.sources.iter().map(|source| {
        let exhibit = by_digest.get(source.digest.as_str());
        let number = exhibit.and_then(|exhibit| exhibit.number.as_deref()).unwrap_or_default();
        json!({"file": source_cells(source, number, lang), "custody": exhibit.map(|exhibit| chain(exhibit, listed, lang))})
    });
    let unread = dossier.exhibits.iter().filter(|exhibit| !read.contains(exhibit.digest.as_str()));
    let unread = unread
        .map(|exhibit| json!({"file": unread_cells(exhibit, lang), "custody": chain(exhibit, listed, lang)}));
    sources.chain(unread).collect()
}

/// What stands at the head of the chapter: what the lines below a file are, or why there are none.
pub(super) fn note(dossier: &Dossier<'_>, lang: Lang) -> String {
    match dossier.exhibits.len() {
        0 => String::new(),
        n if n > EXHIBITS_TOLD => {
            fill(&labels::CUSTODY_CUT, lang, [("exhibits", n.into()), ("most", EXHIBITS_TOLD.into())])
        }
        _ => say(&labels::CUSTODY_NOTE, lang).to_owned(),
    }
}

fn source_cells(source: &Source, number: &str, lang: Lang) -> Value {
    json!({
        "number": number, "name": source.name, "digest": source.digest, "reader": source.reader,
        "basis": source.basis, "size": size(source.size, lang),
        "received": shown::date(&source.received_at, lang),
        "rows": shown::count(source.rows, lang),
        "sealed": match source.sealed {
            0 => String::new(),
            n => fill(&labels::SEALED, lang, [("n", n.into())]),
        },
        "problems": shown::count(source.problems, lang),
    })
}

/// A file that no reader has read has no rows, which is not the same as none.
fn unread_cells(exhibit: &Exhibit, lang: Lang) -> Value {
    let received = exhibit.steps.first().map(|step| shown::date(&step.at, lang));
    json!({
        "number": exhibit.number.as_deref().unwrap_or_default(), "name": exhibit.name, "digest": exhibit.digest,
        "reader": say(&labels::NOT_IMPORTED, lang), "basis": exhibit.basis, "size": size(exhibit.size, lang), "received": received.unwrap_or_default(),
        "rows": "–", "sealed": "", "problems": "–",
    })
}

fn size(bytes: u64, lang: Lang) -> String {
    format!("{} byte", shown::count(bytes, lang))
}

/// Who brought a file, what was checked of it, and the acts on it: listed, or counted.
fn chain(exhibit: &Exhibit, listed: bool, lang: Lang) -> Value {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let facts: Vec<(&str, String)> =
        [(&labels::SUPPLIER, text(&exhibit.supplier)), (&labels::REFERENCE, text(&exhibit.reference))]
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(label, text)| (say(label, lang), text))
            .collect();
    let (first, cut, last) = told(&exhibit.steps, listed);
    let steps = |steps: &[Step]| steps.iter().map(|it| step(it, lang)).collect::<Vec<_>>();
    json!({
        "facts": facts, "supplied": supplied(exhibit, lang), "first": steps(first),
        "cut": match cut {
            0 => String::new(),
            n => {
                let label = if listed { &labels::STEPS_CUT } else { &labels::STEPS_COUNTED };
                fill(label, lang, [("n", n.into()), ("exhibit", exhibit.id().into())])
            }
        },
        "last": steps(last),
    })
}

/// The supplier's digests, each with what came of comparing it, or that the record has none.
fn supplied(exhibit: &Exhibit, lang: Lang) -> Vec<(&str, &'static str)> {
    if exhibit.supplied.is_empty() {
        return vec![("", say(&labels::DIGEST_NOT_RECORDED, lang))];
    }
    exhibit.supplied.iter().map(|digest| (digest.said.as_str(), say(digest.check.words(), lang))).collect()
}

/// The acts that are listed, the first and the last, and how many between them are counted.
fn told(steps: &[Step], listed: bool) -> (&[Step], usize, &[Step]) {
    if !listed {
        return (&[], steps.len(), &[]);
    }
    let n_first = if steps.len() > STEPS_TOLD { STEPS_TOLD / 2 } else { steps.len() };
    let (first, rest) = steps.split_at(n_first);
    let (between, last) = rest.split_at(rest.len().saturating_sub(STEPS_TOLD / 2));
    (first, between.len(), last)
}

fn step(step: &Step, lang: Lang) -> Value {
    let fields = step.fields.iter().map(|(name, text)| {
        let count = text.parse().ok().filter(|_| matches!(name.as_str(), "records" | "rows" | "problems"));
        let text = count.map_or_else(|| shown::value(text), |n| shown::count(n, lang));
        (custody::field(name, lang), text)
    });
    json!({
        "seq": step.seq.to_string(), "at": shown::date(&step.at, lang), "persons": step.persons(lang),
        "action": custody::action(&step.action, lang), "fields": fields.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::Example;
    use crate::{DigestCheck, SuppliedDigest};

    #[test]
    fn a_file_that_was_not_read_is_listed_with_its_custody_after_those_that_were() {
        let example = Example::new(0);
        let files = files(&example.dossier(), Lang::En);
        let names: Vec<&str> = files.iter().filter_map(|file| file["file"]["name"].as_str()).collect();
        assert_eq!(
            names,
            ["agorachat-connections.csv", "alfanet-risposta.csv", "selector.csv", "verbale-consegna.pdf"]
        );
        assert_eq!(files[3]["file"]["reader"], "not imported");
        assert!(files.iter().all(|file| file["custody"]["first"][0]["action"] == "received"));
    }

    #[test]
    fn a_suppliers_digest_is_told_with_what_came_of_comparing_it_and_so_is_its_absence() {
        let digest = |check| SuppliedDigest { said: "md5 d41d".to_owned(), check };
        for (checks, said) in [
            (vec![], vec![("", "none recorded")]),
            (
                vec![DigestCheck::Holds, DigestCheck::Differs, DigestCheck::NotCompared],
                vec![
                    ("md5 d41d", "(verified on the bytes received)"),
                    ("md5 d41d", "(NOT that of the bytes received)"),
                    ("md5 d41d", "(not verified)"),
                ],
            ),
        ] {
            let exhibit =
                Exhibit { supplied: checks.into_iter().map(digest).collect(), ..Exhibit::default() };
            assert_eq!(supplied(&exhibit, Lang::En), said);
        }
    }

    #[test]
    fn a_long_chain_shows_its_first_acts_and_its_last_and_counts_the_others() {
        let mut example = Example::new(0);
        let steps = &mut example.exhibits[0].steps;
        let consulted = |seq| Step { seq, action: "consult".to_owned(), ..steps[0].clone() };
        let more: Vec<Step> = (1_000..1_100).map(consulted).collect();
        steps.extend(more);
        let n_steps = steps.len();
        let chain = chain(&example.exhibits[0], true, Lang::En);
        let seqs = |part: &str| chain[part].as_array().expect("a list").len();
        assert_eq!((seqs("first"), seqs("last")), (STEPS_TOLD / 2, STEPS_TOLD / 2));
        assert_eq!(chain["last"][STEPS_TOLD / 2 - 1]["seq"], "1099");
        assert_eq!(chain["cut"], format!("{} more acts here: tutela custody R-1", n_steps - STEPS_TOLD));
    }

    #[test]
    fn the_acts_on_the_files_of_a_huge_operation_are_counted_and_the_report_says_so() {
        let mut example = Example::new(0);
        let exhibit = example.exhibits[0].clone();
        for n in 0..EXHIBITS_TOLD {
            example.exhibits.push(Exhibit { number: None, digest: format!("{n:064x}"), ..exhibit.clone() });
        }
        let dossier = example.dossier();
        let files = files(&dossier, Lang::En);
        assert_eq!(files.len(), EXHIBITS_TOLD + 4);
        assert_eq!(files[0]["custody"]["first"], json!([]));
        assert_eq!(files[0]["custody"]["cut"], "4 acts: tutela custody R-1");
        assert_eq!(files[5]["custody"]["cut"], "4 acts: tutela custody 0000000000000000");
        assert!(note(&dossier, Lang::En).starts_with("There are 504 exhibits, more than 500"));
    }
}
