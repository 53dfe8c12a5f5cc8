//! The chapter of the sharing network: three pictures, each with its numbers and with what it does not show. It is there
//! when the findings are, and in the whole report only: an office's copy holds its own leads.

use serde_json::{Value, json};
use tutela_model::{Finding, Lang};

use super::ReportError;
use crate::labels::{self, fill, say};
use crate::offices::province;
use crate::sharing::charts::{Picture, pictures};
use crate::sharing::text::spread_out;
use crate::sharing::{Areas, Network, Placed, RANKINGS, Removal, Spread, date};
use crate::{Dossier, shown};

/// The most periods in the table; the picture has all of them.
const PERIODS_LISTED: usize = 62;

/// The most points of the curves in the table.
const POINTS_LISTED: usize = 30;

/// The network that the report tells of: none in an office's copy.
fn network<'a>(dossier: &Dossier<'a>) -> Network<'a> {
    match dossier.part {
        Some(_) => Network::default(),
        None => Network::of(dossier.findings.values()),
    }
}

/// The pictures of the chapter.
///
/// # Errors
/// When one cannot be drawn.
pub fn drawn(dossier: &Dossier<'_>, lang: Lang) -> Result<Vec<Picture>, ReportError> {
    Ok(pictures(&network(dossier), lang)?)
}

/// What the chapter says; null when there is nothing to draw.
pub(super) fn chapter(dossier: &Dossier<'_>, pictures: &[Picture], lang: Lang) -> Value {
    let network = network(dossier);
    if network.is_empty() {
        return Value::Null;
    }
    let parts = [
        network.spread.as_ref().map(|it| (it.finding, spread(it, lang))),
        network.removal.as_ref().map(|it| (it.finding, removal(it, lang))),
        network.areas.as_ref().map(|it| (it.finding, areas(it, lang))),
    ];
    let parts = parts.into_iter().flatten().zip(pictures).map(|((finding, mut part), picture)| {
        part["name"] = picture.name.into();
        part["title"] = picture.title.as_str().into();
        part["alt"] = picture.alt.as_str().into();
        part["finding"] = cited(finding, dossier, lang).into();
        part
    });
    let overview = network.overview.map(
        |overview| json!({"finding": cited(overview.finding, dossier, lang), "facts": overview.facts(lang)}),
    );
    json!({"overview": overview, "parts": parts.collect::<Vec<_>>()})
}

/// The finding that the numbers are of, so that they can be looked up.
fn cited(finding: &Finding, dossier: &Dossier<'_>, lang: Lang) -> String {
    format!("{} · {}", finding.id, dossier.say(&finding.statement, lang))
}

fn spread(spread: &Spread<'_>, lang: Lang) -> Value {
    let listed = &spread.periods[spread.periods.len().saturating_sub(PERIODS_LISTED)..];
    let rows = listed.iter().map(|period| {
        let counts = [period.sightings, period.peers, period.new_peers].map(|n| shown::count(n, lang));
        [&[date(period.from, lang)][..], &counts[..]].concat()
    });
    let header = [&labels::PERIOD_FROM, &labels::SIGHTINGS, &labels::PEERS, &labels::NEW_PEERS];
    part(
        say(&labels::SPREAD_NOTE, lang).to_owned(),
        header.map(|label| say(label, lang)),
        rows.collect(),
        cut(&labels::LAST_ROWS, listed.len(), spread.periods.len(), lang),
    )
}

fn removal(removal: &Removal<'_>, lang: Lang) -> Value {
    let listed = spread_out(removal.points.len(), POINTS_LISTED);
    let rows = listed.iter().map(|at| {
        let point = &removal.points[*at];
        let left = RANKINGS.map(|(_, of)| shown::count(of(point), lang));
        [&[shown::count(point.k, lang)][..], &left[..]].concat()
    });
    let [contribution, library, days] = RANKINGS.map(|(name, _)| name);
    part(
        say(&labels::REMOVAL_NOTE, lang).to_owned(),
        [&labels::PEERS_GONE, contribution, library, days].map(|label| say(label, lang)),
        rows.collect(),
        cut(&labels::SOME_ROWS, listed.len(), removal.points.len(), lang),
    )
}

fn areas(areas: &Areas<'_>, lang: Lang) -> Value {
    let rows = areas.provinces.iter().map(|place| {
        let region = province(&place.code).map_or("–", |known| known.region.as_str()).to_owned();
        vec![place.name(), region, shown::count(place.peers, lang), shown::count(place.listed_peers, lang)]
    });
    let header = [&labels::PROVINCE, &labels::REGION, &labels::PEERS, &labels::LISTED_PEERS];
    let strange: Vec<String> =
        areas.provinces.iter().filter(|place| province(&place.code).is_none()).map(Placed::name).collect();
    let mut said = vec![
        areas.note(lang),
        fill(&labels::UNPLACED, lang, [("n", shown::count(areas.unplaced, lang).into())]),
    ];
    let countries = areas.countries(lang);
    if !countries.is_empty() {
        said.push(fill(&labels::COUNTRIES, lang, [("names", countries.into())]));
    }
    if !strange.is_empty() {
        said.push(fill(&labels::NOT_ON_MAP, lang, [("names", shown::first(&strange, 12).into())]));
    }
    part(said.join(" "), header.map(|label| say(label, lang)), rows.collect(), String::new())
}

/// How many rows of a table are listed, when it is cut.
fn cut(label: &tutela_model::Statement, shown: usize, all: usize, lang: Lang) -> String {
    if shown == all {
        return String::new();
    }
    fill(label, lang, [("shown", shown.into()), ("all", all.into())])
}

fn part(note: String, header: [&str; 4], rows: Vec<Vec<String>>, cut: String) -> Value {
    json!({"note": note, "header": header, "rows": rows, "cut": cut})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::Example;

    fn chapter_of(example: &Example, lang: Lang) -> Value {
        let dossier = example.dossier();
        chapter(&dossier, &drawn(&dossier, lang).expect("pictures"), lang)
    }

    #[test]
    fn the_chapter_is_there_when_the_findings_are_and_has_only_what_they_tell() {
        let mut example = Example::new(1);
        assert_eq!(chapter_of(&example, Lang::En), Value::Null);
        example.add_network();
        let names = |example: &Example| -> Vec<String> {
            let chapter = chapter_of(example, Lang::En);
            let parts = chapter["parts"].as_array().expect("parts").iter();
            parts.map(|part| part["name"].as_str().expect("a name").to_owned()).collect()
        };
        assert_eq!(names(&example), ["spread.svg", "removal.svg", "areas.svg"]);
        example.findings.retain(|_, finding| finding.statement.key != "removal_curve");
        assert_eq!(names(&example), ["spread.svg", "areas.svg"]);
    }

    #[test]
    fn beside_each_picture_stand_its_numbers_and_what_it_does_not_show() {
        let mut example = Example::new(0);
        example.add_network();
        let chapter = chapter_of(&example, Lang::En);
        let [spread, removal, areas] = [0, 1, 2].map(|n| chapter["parts"][n].clone());
        assert_eq!(spread["rows"][0], json!(["1 Mar 2026", "279,000", "9,000", "8,181"]));
        assert_eq!(spread["rows"].as_array().map(Vec::len), Some(60));
        assert_eq!(removal["rows"][1][0], "1");
        assert_eq!(areas["rows"][0], json!(["Gorizia (GO)", "Friuli-Venezia Giulia", "4,000", "200"]));
        for (part, said) in [
            (&spread, "does not say that the network was idle"),
            (&removal, "with others, whom nobody observed"),
            (&areas, "By a supplied list, as of 30 Apr 2026: an estimate."),
            (&areas, "Peers that no list places: 17,104."),
            (&areas, "of no province: XX."),
        ] {
            assert!(part["note"].as_str().is_some_and(|note| note.contains(said)), "{said}");
        }
        assert_eq!(chapter["overview"]["facts"][1], json!(["Peers", "240,118"]));
    }

    #[test]
    fn a_long_table_is_cut_and_says_so() {
        let mut example = Example::new(0);
        example.add_network();
        let points: Vec<Value> = (0..200).map(|n| json!([n, 500 - n, 500 - n, 500 - n])).collect();
        let curve = example.findings.values_mut().find(|finding| finding.statement.key == "removal_curve");
        curve.expect("a curve").statement.values.insert("points".to_owned(), points.into());
        let removal = chapter_of(&example, Lang::En)["parts"][1].clone();
        let rows = removal["rows"].as_array().expect("rows");
        assert_eq!((rows.len(), &rows[29][0]), (30, &json!("199")));
        assert_eq!(removal["cut"], "30 rows of 200; all are in findings.jsonl.");
    }

    #[test]
    fn an_offices_copy_has_no_chapter_on_the_network() {
        let mut example = Example::new(1);
        example.add_network();
        let dossier = example.dossier();
        let copy = dossier.for_office(crate::office_of("MI").expect("an office"));
        assert_eq!(chapter(&copy, &drawn(&copy, Lang::En).expect("pictures"), Lang::En), Value::Null);
    }
}
