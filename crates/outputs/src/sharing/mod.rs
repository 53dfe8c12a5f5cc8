//! The network as a whole, as the findings of `sharing` tell it: how much was seen over time, what would remain of the
//! files without some peers, and where a supplied list places the peers. It is read once here, and drawn as text and as
//! SVG. Counts are of installations' numbers, never of people.

#[cfg(feature = "pdf")]
pub mod charts;
#[cfg(feature = "pdf")]
mod map;
pub mod outlines;
#[cfg(feature = "pdf")]
mod scale;
pub mod text;

use jiff::civil::Date;
use serde::Deserialize;
use tutela_model::{Finding, Lang, Statement};

use crate::labels::{self, fill, say};
use crate::offices::province;
use crate::shown;

/// The analysis whose findings are drawn.
pub const ANALYSIS: &str = "sharing";

/// What the findings tell of the network; a part that no finding tells, or none that can be read, is absent.
#[derive(Clone, Debug, Default)]
pub struct Network<'a> {
    /// What was seen in all.
    pub overview: Option<Overview<'a>>,
    /// What was seen in each period.
    pub spread: Option<Spread<'a>>,
    /// What would remain without some peers.
    pub removal: Option<Removal<'a>>,
    /// Where a supplied list places the peers.
    pub areas: Option<Areas<'a>>,
}

impl<'a> Network<'a> {
    /// What these findings tell of it.
    #[must_use]
    pub fn of(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut network = Self::default();
        for finding in findings.into_iter().filter(|finding| finding.analysis == ANALYSIS) {
            match finding.statement.key.as_str() {
                "sharing_overview" => network.overview = Some(Overview { finding }),
                "spread_over_time" => network.spread = Spread::of(finding),
                "removal_curve" => network.removal = Removal::of(finding),
                "by_area" => network.areas = Areas::of(finding),
                _ => {}
            }
        }
        network
    }

    /// Whether there is nothing to draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spread.is_none() && self.removal.is_none() && self.areas.is_none()
    }
}

/// What was seen in all.
#[derive(Clone, Copy, Debug)]
pub struct Overview<'a> {
    /// The finding.
    pub finding: &'a Finding,
}

impl Overview<'_> {
    /// Its numbers with their names, in words.
    #[must_use]
    pub fn facts(&self, lang: Lang) -> Vec<(&'static str, String)> {
        let count = |label: &Statement, name: &str| {
            let n = self.finding.statement.values.get(name)?.as_u64()?;
            Some((say(label, lang), shown::count(n, lang)))
        };
        let day = |label: &Statement, name: &str| match self.finding.text(name) {
            "" => None,
            at => Some((say(label, lang), shown::date(at, lang))),
        };
        let facts = [
            count(&labels::SIGHTINGS, "sightings"),
            count(&labels::PEERS, "peers"),
            count(&labels::LISTED_PEERS_SEEN, "listed_peers"),
            count(&labels::WITHOUT_NUMBER, "without_number"),
            count(&labels::ADDRESSES, "addresses"),
            count(&labels::FILES_SEEN, "files"),
            count(&labels::LISTED_FILES, "listed_files"),
            day(&labels::FIRST_SEEN, "first_seen"),
            day(&labels::LAST_SEEN, "last_seen"),
            count(&labels::DAYS_SEEN, "days"),
        ];
        let networks = self.networks(lang).map(|said| (say(&labels::NETWORKS_SEEN, lang), said));
        facts.into_iter().chain([networks]).flatten().collect()
    }

    /// The networks, each with its peers; none when the finding names none.
    fn networks(&self, lang: Lang) -> Option<String> {
        let networks: Vec<(String, u64, u64)> = value(self.finding, "networks")?;
        let named: Vec<String> = networks
            .iter()
            .map(|(name, _, peers)| format!("{name} {}", shown::count(*peers, lang)))
            .collect();
        (!named.is_empty()).then(|| shown::first(&named, networks.len()))
    }
}

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A day.
    Day,
    /// Seven days.
    Week,
    /// A month of the calendar.
    Month,
}

impl Unit {
    /// `day by day`.
    #[must_use]
    pub fn words(self, lang: Lang) -> &'static str {
        say(
            match self {
                Self::Day => &labels::BY_DAY,
                Self::Week => &labels::BY_WEEK,
                Self::Month => &labels::BY_MONTH,
            },
            lang,
        )
    }

    /// How many periods after the first one the period of a date begins.
    fn periods_between(self, first: Date, later: Date) -> i64 {
        let n_days = i64::from((later - first).get_days());
        match self {
            Self::Day => n_days,
            Self::Week => n_days.div_euclid(7),
            Self::Month => {
                let months = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
                months(later) - months(first)
            }
        }
    }
}

/// What was seen in one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// How many periods after the first one it is.
    pub slot: u64,
    /// Its first day.
    pub from: Date,
    /// Sightings.
    pub sightings: u64,
    /// Peers that were seen in it.
    pub peers: u64,
    /// Those of them that were not seen before.
    pub new_peers: u64,
}

/// What was seen in each period. A period without sightings may be absent.
#[derive(Clone, Debug)]
pub struct Spread<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// How long a period is.
    pub unit: Unit,
    /// The periods in the order of time, at least one.
    pub periods: Vec<Period>,
}

impl<'a> Spread<'a> {
    fn of(finding: &'a Finding) -> Option<Self> {
        let unit: Unit = value(finding, "period")?;
        let points: Vec<(String, u64, u64, u64)> = value(finding, "points")?;
        let dated: Option<Vec<_>> = points
            .into_iter()
            .map(|(from, seen, peers, new)| Some((day(&from)?, seen, peers, new)))
            .collect();
        let mut dated = dated?;
        dated.sort_unstable();
        let first = dated.first()?.0;
        let period = |(from, sightings, peers, new_peers): (Date, u64, u64, u64)| Period {
            slot: u64::try_from(unit.periods_between(first, from)).unwrap_or_default(),
            from,
            sightings,
            peers,
            new_peers,
        };
        Some(Self { finding, unit, periods: dated.into_iter().map(period).collect() })
    }

    /// How many periods lie between the first and the last, both counted.
    #[must_use]
    pub fn n_slots(&self) -> u64 {
        self.periods.last().map_or(0, |last| last.slot + 1)
    }

    /// The first days of the first period and of the last, as the language writes them.
    #[must_use]
    pub fn ends(&self, lang: Lang) -> (String, String) {
        let date = |period: Option<&Period>| period.map_or_else(String::new, |it| date(it.from, lang));
        (date(self.periods.first()), date(self.periods.last()))
    }
}

/// How many files still have a peer when the first peers of a ranking are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remaining {
    /// How many peers are gone.
    pub k: u64,
    /// Files left when those who contribute most are gone.
    pub by_contribution: u64,
    /// Files left when those with most files are gone.
    pub by_library: u64,
    /// Files left when those seen on most days are gone.
    pub by_days: u64,
}

/// What would remain without some peers.
#[derive(Clone, Debug)]
pub struct Removal<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// How many files have a peer at first.
    pub files: u64,
    /// The curves by the number of peers that are gone, at least two points.
    pub points: Vec<Remaining>,
}

impl<'a> Removal<'a> {
    fn of(finding: &'a Finding) -> Option<Self> {
        let points: Vec<(u64, u64, u64, u64)> = value(finding, "points")?;
        let point =
            |(k, by_contribution, by_library, by_days)| Remaining { k, by_contribution, by_library, by_days };
        let mut points: Vec<Remaining> = points.into_iter().map(point).collect();
        let files = value(finding, "files")?;
        // While nobody is gone every file has a peer.
        points.push(point((0, files, files, files)));
        points.sort_unstable();
        points.dedup_by_key(|point| point.k);
        (points.len() > 1).then_some(Self { finding, files, points })
    }

    /// The most peers that are taken away.
    #[must_use]
    pub fn most(&self) -> u64 {
        self.points.last().map_or(0, |last| last.k)
    }
}

/// A ranking by which peers are taken away: how it is called, and its curve.
pub type Ranking = (&'static Statement, fn(&Remaining) -> u64);

/// The rankings in the order of the legend.
pub const RANKINGS: [Ranking; 3] = [
    (&labels::BY_CONTRIBUTION, |point| point.by_contribution),
    (&labels::BY_LIBRARY, |point| point.by_library),
    (&labels::BY_DAYS, |point| point.by_days),
];

/// The most characters of a code that no table has.
const CODE_CHARS: usize = 12;

/// A province with its peers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The two letters that the list gives; they may be of no province that the tables have.
    pub code: String,
    /// Peers.
    pub peers: u64,
    /// Those of them that have listed files.
    pub listed_peers: u64,
}

impl Placed {
    /// `Milano (MI)`, or the beginning of the code alone when no table has it.
    #[must_use]
    pub fn name(&self) -> String {
        let known = province(&self.code);
        let unknown = || shown::plain(&self.code.chars().take(CODE_CHARS).collect::<String>());
        known.map_or_else(unknown, |known| format!("{} ({})", known.name, known.code))
    }
}

/// Where a supplied list places the peers: an estimate.
#[derive(Clone, Debug)]
pub struct Areas<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// The provinces, those with most peers first, at least one.
    pub provinces: Vec<Placed>,
    /// The countries with their peers, those with most first.
    pub countries: Vec<(String, u64)>,
    /// Peers that no list places.
    pub unplaced: u64,
}

impl<'a> Areas<'a> {
    fn of(finding: &'a Finding) -> Option<Self> {
        let provinces: Vec<(String, u64, u64)> = value(finding, "provinces")?;
        let placed = |(code, peers, listed_peers)| Placed { code, peers, listed_peers };
        let mut provinces: Vec<Placed> = provinces.into_iter().map(placed).collect();
        provinces.sort_by(|a, b| b.peers.cmp(&a.peers).then_with(|| a.code.cmp(&b.code)));
        let mut countries: Vec<(String, u64)> = value(finding, "countries").unwrap_or_default();
        countries.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let unplaced = value(finding, "unplaced").unwrap_or_default();
        (!provinces.is_empty()).then_some(Self { finding, provinces, countries, unplaced })
    }

    /// What has to be known to read the numbers: whose list it is, and what it does not show.
    #[must_use]
    pub fn note(&self, lang: Lang) -> String {
        // One date, or those of each list; the first and the last are told.
        let single = value(self.finding, "as_of").map(|date: String| vec![date]);
        let mut dates: Vec<String> = single.or_else(|| value(self.finding, "as_of")).unwrap_or_default();
        dates.retain(|date| !date.is_empty());
        let (Some(first), Some(last)) = (dates.iter().min(), dates.iter().max()) else {
            return say(&labels::AREAS_NOTE, lang).to_owned();
        };
        let mut as_of = shown::date(first, lang);
        if first != last {
            as_of = format!("{as_of} – {}", shown::date(last, lang));
        }
        fill(&labels::AREAS_NOTE_AS_OF, lang, [("as_of", as_of.into())])
    }

    /// The first countries in words, and how many more there are; empty when the list has none.
    #[must_use]
    pub fn countries(&self, lang: Lang) -> String {
        let named: Vec<String> =
            self.countries.iter().map(|(code, n)| format!("{code} {}", shown::count(*n, lang))).collect();
        shown::first(&named, COUNTRIES_NAMED)
    }
}

/// The most countries that are named; the others are counted.
const COUNTRIES_NAMED: usize = 12;

/// A value of a finding in its own form.
fn value<'a, T: Deserialize<'a>>(finding: &'a Finding, name: &str) -> Option<T> {
    T::deserialize(finding.statement.values.get(name)?).ok()
}

/// A day, or the first day of a month written as `2026-03`.
fn day(text: &str) -> Option<Date> {
    let month = |text: &str| format!("{text}-01").parse().ok();
    if text.len() == 7 { month(text) } else { text.parse().ok() }
}

/// A day as the language writes it.
pub(crate) fn date(day: Date, lang: Lang) -> String {
    shown::date(&day.to_string(), lang)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tutela_model::Phrase;

    use super::*;

    fn finding(key: &str, values: &[(&str, Value)]) -> Finding {
        let phrase =
            values.iter().fold(Phrase::new(key), |phrase, (name, value)| phrase.with(name, value.clone()));
        Finding::new(ANALYSIS, key, phrase)
    }

    #[test]
    fn a_period_without_sightings_keeps_its_place() {
        for (period, points, slots) in [
            (
                "day",
                json!([["2026-03-30", 5, 2, 1], ["2026-03-28", 9, 3, 3], ["2026-04-01", 1, 1, 0]]),
                [0, 2, 4],
            ),
            (
                "week",
                json!([["2026-03-02", 5, 2, 1], ["2026-03-16", 9, 3, 3], ["2026-03-23", 1, 1, 0]]),
                [0, 2, 3],
            ),
            (
                "month",
                json!([["2025-12", 5, 2, 1], ["2026-02", 9, 3, 3], ["2026-03-01", 1, 1, 0]]),
                [0, 2, 3],
            ),
        ] {
            let finding = finding("spread_over_time", &[("period", json!(period)), ("points", points)]);
            let network = Network::of([&finding]);
            let spread = network.spread.expect("a spread");
            let found: Vec<u64> = spread.periods.iter().map(|period| period.slot).collect();
            assert_eq!((found.as_slice(), spread.n_slots()), (&slots[..], slots[2] + 1), "{period}");
        }
    }

    #[test]
    fn what_cannot_be_read_or_is_of_another_analysis_is_not_drawn() {
        let spread = |period: &str, points: Value| {
            finding("spread_over_time", &[("period", json!(period)), ("points", points)])
        };
        let mut elsewhere = spread("day", json!([["2026-03-30", 5, 2, 1]]));
        assert!(!Network::of([&elsewhere]).is_empty());
        elsewhere.analysis = "coverage".to_owned();
        for nothing in [
            elsewhere,
            spread("day", json!([])),
            spread("fortnight", json!([["2026-03-30", 5, 2, 1]])),
            spread("day", json!([["soon", 5, 2, 1]])),
            spread("day", json!([["2026-03-30", -5, 2, 1]])),
            finding("removal_curve", &[("files", json!(4)), ("points", json!([[0, 4, 4, 4]]))]),
            finding("by_area", &[("provinces", json!([])), ("countries", json!([["IT", 5]]))]),
        ] {
            assert!(Network::of([&nothing]).is_empty(), "{nothing:?}");
        }
    }

    #[test]
    fn curves_begin_where_nobody_is_gone() {
        let curve = |points: Value| finding("removal_curve", &[("files", json!(9)), ("points", points)]);
        for points in [json!([[5, 3, 4, 5]]), json!([[0, 9, 9, 9], [5, 3, 4, 5]])] {
            let curve = curve(points);
            let removal = Network::of([&curve]).removal.expect("curves");
            let ks: Vec<(u64, u64)> = removal.points.iter().map(|it| (it.k, it.by_contribution)).collect();
            assert_eq!(ks, [(0, 9), (5, 3)]);
        }
    }

    #[test]
    fn lists_are_told_with_their_dates() {
        for (as_of, said) in [
            (json!("2026-04-30"), "as of 30 Apr 2026: an estimate"),
            (json!(["2026-04-30", "2026-02-01"]), "as of 1 Feb 2026 – 30 Apr 2026: an estimate"),
            (json!([]), "By a supplied list: an estimate"),
            (Value::Null, "By a supplied list: an estimate"),
        ] {
            let area = finding("by_area", &[("provinces", json!([["MI", 4, 1]])), ("as_of", as_of)]);
            let note = Network::of([&area]).areas.expect("areas").note(Lang::En);
            assert!(note.contains(said), "{note}");
        }
    }

    #[test]
    fn provinces_are_ordered_by_their_peers_and_named_where_the_tables_have_them() {
        let area = finding("by_area", &[("provinces", json!([["MI", 4, 1], ["XX", 9, 0], ["BG", 4, 2]]))]);
        let areas = Network::of([&area]).areas.expect("areas");
        let names: Vec<String> = areas.provinces.iter().map(Placed::name).collect();
        assert_eq!(names, ["XX", "Bergamo (BG)", "Milano (MI)"]);
    }
}
