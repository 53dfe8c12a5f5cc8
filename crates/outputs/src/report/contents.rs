//! What the report's pages say, as the JSON that the template sets: words in the language, foreign texts made safe.

use serde_json::{Map, Value, json};
use tutela_model::finding::{Band, PersonStatus, ROWS_LISTED};
use tutela_model::{Lang, Lead, RowRef};

use super::sheet::sheet;
use super::{custody, sharing};
use crate::labels::{self, fill, say};
use crate::leads_text::act_by;
use crate::sharing::charts::Picture;
use crate::{Authority, AuthorityFate, Decision, Dossier, Head, Integrity, decided, shown};

/// The most leads that have a sheet. The table and the other outputs have all of them, and the report says so.
const SHEETS: usize = 200;

/// The most problems listed; their number is always given.
const PROBLEMS_LISTED: usize = 40;

/// The most leads with unanswered explanations that the summary names; each sheet marks its own.
const UNANSWERED_LISTED: usize = 40;

/// A word longer than this may be broken, so that it stays in its column.
const WORD_CHARS: usize = 24;

/// The report's contents. `covered` says whether the fonts have a character.
pub(super) fn contents(
    dossier: &Dossier<'_>,
    pictures: &[Picture],
    lang: Lang,
    covered: &dyn Fn(char) -> bool,
) -> Value {
    let sheets = &dossier.leads[..dossier.leads.len().min(SHEETS)];
    let mut contents = json!({
        "lang": if lang == Lang::It { "it" } else { "en" },
        "title": dossier.title,
        "document_title": format!("{}: {}", say(&labels::REPORT, lang), dossier.title),
        "draft": draft(dossier, lang),
        "unanswered": unanswered(dossier, lang),
        "read_rows": fill(&labels::READ_ROWS, lang, [("n", ROWS_LISTED.into())]),
        "officer": dossier.officer,
        "synthetic": dossier.synthetic,
        "labels": label_texts(lang),
        "footer": footer(dossier, lang),
        "cover": cover(dossier, lang),
        "authorities": dossier.authorities.iter().map(|basis| authority(basis, lang)).collect::<Vec<_>>(),
        "findings_digest": dossier.findings_digest,
        "record": record(&dossier.record, lang),
        "scale": scale(dossier, lang),
        "warnings": dossier.warnings.iter().map(|warning| dossier.say(warning, lang)).collect::<Vec<_>>(),
        "matrix": matrix(&dossier.leads, lang),
        "leads": dossier.leads.iter().enumerate()
            .map(|(n, lead)| lead_row(lead, n < sheets.len(), dossier, lang)).collect::<Vec<_>>(),
        "cut": cut(dossier.leads.len(), sheets.len(), lang),
        "sheets": sheets.iter().map(|lead| sheet(lead, dossier, lang)).collect::<Vec<_>>(),
        "sharing": sharing::chapter(dossier, pictures, lang),
        "sources": custody::files(dossier, lang),
        "custody_note": custody::note(dossier, lang),
        "sealed_note": match dossier.sources.iter().any(|source| source.sealed > 0) {
            true => say(&labels::SEALED_NOTE, lang),
            false => "",
        },
        "problems": problems(dossier, lang),
        "n_problems": n_problems(dossier, lang),
        "decisions_note": say(match dossier.part {
            Some(_) => &labels::DECISIONS_NOTE_PART,
            None => &labels::DECISIONS_NOTE,
        }, lang),
        "decisions": dossier.decisions.iter().map(|decision| decision_row(decision, dossier, lang)).collect::<Vec<_>>(),
        "methods": methods(dossier, lang),
    });
    make_safe(&mut contents, covered);
    // Whoever copies the name of the log, or has the code's picture read out, gets no marks for breaks in it.
    for (name, text) in unbroken(&dossier.record, lang) {
        contents["record"][name] = settable(&text, covered).into();
    }
    contents
}

/// Labels by the last part of their key: what the template calls them.
fn label_texts(lang: Lang) -> Value {
    let labels = labels::STATEMENTS.iter().map(|label| {
        let name = label.key.strip_prefix("label.").unwrap_or(label.key);
        (name.to_owned(), Value::from(say(label, lang)))
    });
    Value::Object(labels.collect::<Map<_, _>>())
}

/// What the foot of every page says beside the code: the operation, the entries of its record and how their root begins.
fn footer(dossier: &Dossier<'_>, lang: Lang) -> Value {
    let entries = fill(&labels::RECORD_ENTRIES, lang, [("n", dossier.record.size.into())]);
    json!({
        "operation": format!("{} {}", say(&labels::OPERATION, lang), dossier.title),
        "record": format!("{}: {entries}", say(&labels::RECORD, lang)),
        "root": dossier.record.root_hex()[..16],
    })
}

/// The head of the record, and what is shown of it from outside the unit: the colour's word never lacks.
fn record(head: &Head<'_>, lang: Lang) -> Value {
    let n_entries = ("n", head.size.into());
    json!({
        "head": fill(&labels::RECORD_HEAD, lang, [n_entries]),
        "root": head.root_hex(),
        "green": head.integrity() == Integrity::Green,
        "integrity": shown::sentence(say(head.integrity().words(), lang)),
        "statement": head.statement(lang),
    })
}

/// The texts of the head of the record that hold the name of its log, a long word.
fn unbroken(head: &Head<'_>, lang: Lang) -> [(&'static str, String); 2] {
    let values = [("n", head.size.into()), ("origin", head.origin.into()), ("root", head.root_hex().into())];
    [
        ("alt", fill(&labels::CODE_ALT, lang, values)),
        ("origin", format!("{}: {}", say(&labels::RECORD_ORIGIN, lang), head.origin)),
    ]
}

fn cover(dossier: &Dossier<'_>, lang: Lang) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(part) = &dossier.part {
        let values = [("n", dossier.leads.len().into()), ("all", part.n_leads.into())];
        let office = format!("{} ({})", part.office.name(lang), part.office.seat);
        facts.push((say(&labels::FOR_OFFICE, lang), office));
        facts.push((say(&labels::LEADS, lang), fill(&labels::PART, lang, values)));
    } else {
        facts.push((say(&labels::LEADS, lang), dossier.leads.len().to_string()));
    }
    let n_sources = ("n", dossier.sources.len().into());
    facts.push((
        say(&labels::SOURCES, lang),
        match &dossier.part {
            Some(part) => fill(&labels::SOURCES_PART, lang, [n_sources, ("all", part.n_sources.into())]),
            None => fill(&labels::SOURCES_COUNT, lang, [n_sources]),
        },
    ));
    facts.push((say(&labels::OFFICER, lang), dossier.officer.to_owned()));
    facts.push((say(&labels::AS_OF, lang), shown::date(dossier.as_of, lang)));
    facts
}

/// What stands on every page of a draft; nothing on a report that can be issued.
fn draft(dossier: &Dossier<'_>, lang: Lang) -> String {
    let n_open: usize = dossier.unanswered().iter().map(|(_, kinds)| kinds.len()).sum();
    match n_open {
        0 => String::new(),
        _ => fill(&labels::DRAFT_OPEN, lang, [("n", n_open.into())]),
    }
}

/// The first leads with explanations that are unanswered, how to answer one, and how many more leads have some.
fn unanswered(dossier: &Dossier<'_>, lang: Lang) -> Value {
    let all = dossier.unanswered();
    let rows: Vec<(&str, String)> = all
        .iter()
        .take(UNANSWERED_LISTED)
        .map(|(lead, kinds)| {
            let words = kinds.iter().map(|kind| labels::alternative(kind, lang));
            (lead.lead.as_str(), words.collect::<Vec<_>>().join("; "))
        })
        .collect();
    let command = all.first().and_then(|(lead, kinds)| Some((lead, kinds.first()?)));
    let command =
        command.map(|(lead, kind)| format!("tutela decide {}/{kind} reject --reason \"…\"", lead.lead));
    let rest = all.len() - rows.len();
    let more =
        if rest == 0 { String::new() } else { fill(&labels::UNANSWERED_MORE, lang, [("n", rest.into())]) };
    json!({"rows": rows, "command": command.unwrap_or_default(), "more": more})
}

/// The bands of the scale of `Strength`, with the ratios at their ends.
fn scale(dossier: &Dossier<'_>, lang: Lang) -> Vec<(String, String)> {
    let ends = [1_u64, 2, 10, 100, 1_000, 10_000, 1_000_000];
    let keys = ["none", "weak", "moderate", "moderately_strong", "strong", "very_strong", "extremely_strong"];
    let range = |idx: usize| match ends.get(idx + 1) {
        Some(end) => format!("{} – {}", shown::count(ends[idx], lang), shown::count(*end, lang)),
        None => format!("> {}", shown::count(ends[idx], lang)),
    };
    let row =
        |(idx, key): (usize, &&str)| (range(idx), dossier.catalogue.word(&format!("strength.{key}"), lang));
    keys.iter().enumerate().map(row).collect()
}

const STATUSES: [PersonStatus; 3] =
    [PersonStatus::Identified, PersonStatus::Candidate, PersonStatus::Unattributed];
const BANDS: [Band; 5] = [Band::VeryHigh, Band::High, Band::Medium, Band::Low, Band::Informational];

/// How many leads there are of each status and band.
fn matrix(leads: &[&Lead], lang: Lang) -> Value {
    let total = say(&labels::TOTAL, lang).to_owned();
    let bands = BANDS.iter().map(|band| say(labels::band(*band), lang).to_owned());
    let header: Vec<String> =
        std::iter::once(say(&labels::STATUS, lang).to_owned()).chain(bands).chain([total.clone()]).collect();
    let row = |name: String, of: &dyn Fn(&Lead) -> bool| -> Vec<String> {
        let of_status: Vec<&&Lead> = leads.iter().filter(|lead| of(lead)).collect();
        let counts =
            BANDS.iter().map(|band| of_status.iter().filter(|lead| lead.band == *band).count().to_string());
        std::iter::once(name).chain(counts).chain([of_status.len().to_string()]).collect()
    };
    let mut rows: Vec<Vec<String>> = STATUSES
        .iter()
        .map(|status| row(say(labels::status(*status), lang).to_owned(), &|lead| lead.status == *status))
        .collect();
    rows.push(row(total, &|_| true));
    json!({"header": header, "rows": rows})
}

fn lead_row(lead: &Lead, has_sheet: bool, dossier: &Dossier<'_>, lang: Lang) -> Value {
    json!({
        "rank": lead.rank.to_string(),
        "lead": lead.lead,
        "sheet": has_sheet,
        "status": say(labels::status(lead.status), lang),
        "band": say(labels::band(lead.band), lang),
        "band_name": lead.band,
        "act_by": act_by(lead, dossier, lang),
        "closed": if dossier.is_closed(lead) { say(&labels::LEAD_CLOSED, lang) } else { "" },
        "strength": dossier.strength_words(lead.strength, lang),
        "place": Dossier::place_of(lead, lang),
    })
}

fn cut(n_leads: usize, n_sheets: usize, lang: Lang) -> String {
    if n_sheets == n_leads {
        return String::new();
    }
    fill(&labels::SHEETS_CUT, lang, [("shown", n_sheets.into()), ("rest", (n_leads - n_sheets).into())])
}

fn decision_row(decision: &Decision, dossier: &Dossier<'_>, lang: Lang) -> Value {
    let withdrawn = if dossier.is_withdrawn(decision) { say(&labels::WITHDRAWN, lang) } else { "" };
    json!({
        "subject": decided::subject(decision, dossier, lang),
        "choice": decided::choice(decision, dossier, lang),
        "withdrawn": withdrawn,
        "reason": decision.reason,
        "officer": decision.officer,
        "at": shown::date(&decision.at, lang),
    })
}

/// A legal basis: the act, its kind, its days, what it is limited to and what has become of it.
fn authority(authority: &Authority, lang: Lang) -> Value {
    let mut said = Vec::new();
    said.extend(labels::authority_kind(&authority.kind).map(|kind| say(kind, lang).to_owned()));
    said.push(fill(
        &labels::VALID,
        lang,
        [
            ("from", shown::date(&authority.from, lang).into()),
            ("until", shown::date(&authority.until, lang).into()),
        ],
    ));
    if !authority.covers.is_empty() {
        said.push(fill(&labels::COVERS_ONLY, lang, [("covered", authority.covers.join(", ").into())]));
    }
    said.extend(match &authority.fate {
        AuthorityFate::Stands => None,
        AuthorityFate::ToValidate(by) => {
            Some(fill(&labels::TO_VALIDATE, lang, [("by", shown::date(by, lang).into())]))
        }
        AuthorityFate::Validated(act) => Some(fill(&labels::VALIDATED, lang, [("act", act.as_str().into())])),
        AuthorityFate::Lapsed(reason) => {
            Some(fill(&labels::LAPSED, lang, [("reason", reason.as_str().into())]))
        }
    });
    json!({"text": format!("{}: {}", authority.id, authority.text), "valid": said.join(" · ")})
}

/// How many records could not be read, how many of them are listed, and how many more the operation has.
fn n_problems(dossier: &Dossier<'_>, lang: Lang) -> Vec<String> {
    let mut said = Vec::new();
    let n_listed = dossier.problems.len().min(PROBLEMS_LISTED);
    if dossier.n_problems > 0 {
        said.push(format!("{}.", fill(&labels::N_PROBLEMS, lang, [("n", dossier.n_problems.into())])));
    }
    if dossier.n_problems > n_listed as u64 {
        said.push(fill(&labels::PROBLEMS_CUT, lang, [("shown", n_listed.into())]));
    }
    let elsewhere = dossier.part.map_or(0, |part| part.n_problems - dossier.n_problems);
    if elsewhere > 0 {
        said.push(fill(&labels::PROBLEMS_PART, lang, [("n", elsewhere.into())]));
    }
    said
}

fn problems(dossier: &Dossier<'_>, lang: Lang) -> Vec<Value> {
    let problem = |problem: &crate::Problem| {
        let row = RowRef {
            table: "problem".to_owned(),
            source: problem.source.clone(),
            place: problem.place.clone(),
        };
        let mend = problem.mend.as_ref().map(|mend| format!("{}: {mend}", say(&labels::MEND, lang)));
        json!({
            "place": shown::place(&row, dossier),
            "kind": problem.column.as_ref().map_or_else(|| problem.kind.clone(), |column| {
                format!("{} · {column}", problem.kind)
            }),
            "expected": problem.expected, "found": problem.found.clone().unwrap_or_default(),
            "mend": mend.unwrap_or_default(),
        })
    };
    dossier.problems.iter().copied().take(PROBLEMS_LISTED).map(problem).collect()
}

fn methods(dossier: &Dossier<'_>, lang: Lang) -> Vec<Value> {
    let section = |(heading, text): &(String, String)| json!({"heading": labels::method_heading(heading, lang), "parts": parts(text)});
    let method = |method: &crate::Method| {
        json!({
            "title": format!("{} ({})", method.title.trim_end_matches('.'), method.analysis),
            "sections": method.sections.iter().map(section).collect::<Vec<_>>(),
        })
    };
    dossier.methods.iter().map(method).collect()
}

/// The paragraphs and list items of a Markdown text, each cut into plain words and `code`.
fn parts(text: &str) -> Vec<Value> {
    let mut parts: Vec<(bool, String)> = Vec::new();
    let mut open = false;
    for line in text.lines().map(str::trim) {
        let item = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
        match (item, parts.last_mut()) {
            (Some(item), _) => parts.push((true, item.to_owned())),
            (None, Some((_, part))) if open && !line.is_empty() => {
                part.push(' ');
                part.push_str(line);
            }
            (None, _) if !line.is_empty() => parts.push((false, line.to_owned())),
            (None, _) => {}
        }
        open = !line.is_empty();
    }
    let spans = |part: &str| -> Vec<Value> {
        let spans = part.split('`').enumerate().filter(|(_, text)| !text.is_empty());
        spans.map(|(n, text)| json!({"code": n % 2 == 1, "text": text})).collect()
    };
    parts.iter().map(|(item, part)| json!({"item": item, "spans": spans(part)})).collect()
}

/// Makes every string fit to be set: nothing that acts, nothing that no font has, no word too long for its column.
fn make_safe(value: &mut Value, covered: &dyn Fn(char) -> bool) {
    match value {
        Value::String(text) => *text = breakable(&settable(text, covered)),
        Value::Array(items) => items.iter_mut().for_each(|item| make_safe(item, covered)),
        Value::Object(fields) => fields.values_mut().for_each(|field| make_safe(field, covered)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn settable(text: &str, covered: &dyn Fn(char) -> bool) -> String {
    let plain = shown::plain(text);
    let set =
        |character: char| if covered(character) { character.to_string() } else { shown::escape(character) };
    if plain.chars().all(covered) { plain } else { plain.chars().map(set).collect() }
}

/// A word that is too long gets places where it may break. A digest gets none: it has a line of its own, and a
/// reader must be able to find it by searching.
fn breakable(text: &str) -> String {
    let is_digest = |word: &str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let word = |word: &str| -> String {
        if word.chars().count() <= WORD_CHARS || is_digest(word) {
            return word.to_owned();
        }
        let mut broken = String::with_capacity(word.len() * 2);
        for (n, character) in word.chars().enumerate() {
            if n > 0 && n.is_multiple_of(WORD_CHARS / 2) {
                broken.push('\u{200b}');
            }
            broken.push(character);
        }
        broken
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::Example;

    #[test]
    fn what_no_font_has_is_written_out_and_long_words_may_break() {
        assert_eq!(settable("a\u{1f600}b", &|c| c.is_ascii()), "a[U+1F600]b");
        assert_eq!(breakable(&"x".repeat(30)).matches('\u{200b}').count(), 2);
        assert_eq!(breakable(&"a".repeat(64)).len(), 64);
    }

    #[test]
    fn whoever_cannot_see_the_code_is_told_what_it_holds_with_no_marks_for_breaks() {
        let example = Example::new(0);
        let root = "41d0c2f7a9be6380".repeat(4);
        for (lang, said) in [
            (Lang::It, "Codice QR del checkpoint del registro: origine {}, 214 voci, radice "),
            (Lang::En, "QR code of the checkpoint of the record: origin {}, 214 entries, root "),
        ] {
            let contents = contents(&example.dossier(), &[], lang, &|_| true);
            let said = said.replace("{}", example.dossier().record.origin);
            assert_eq!(contents["record"]["alt"], format!("{said}{root}"));
        }
    }

    #[test]
    fn markdown_becomes_paragraphs_items_and_code() {
        let parts = parts("One `code` line\ngoes on.\n\n- an item\n  goes on\n- another");
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[0]["spans"][1], json!({"code": true, "text": "code"}));
        assert_eq!(parts[1]["spans"][0]["text"], "an item goes on");
        assert_eq!(parts[2]["item"], true);
    }

    #[test]
    fn leads_beyond_the_sheets_are_in_the_table_and_the_report_says_so() {
        let example = Example::new(SHEETS + 2);
        let contents = contents(&example.dossier(), &[], Lang::En, &|_| true);
        assert_eq!(contents["leads"].as_array().map(Vec::len), Some(SHEETS + 2));
        assert_eq!(contents["sheets"].as_array().map(Vec::len), Some(SHEETS));
        assert!(contents["cut"].as_str().is_some_and(|cut| cut.contains("The other 2 are in this table")));
    }
}
