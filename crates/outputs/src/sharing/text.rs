//! The network on a terminal: bars and curves in block characters, which mean the same without colour, and the provinces
//! as a list of bars. Every picture names its numbers, so that nobody depends on its shape.

use tutela_model::{Finding, Lang};

use super::{Areas, Network, Period, Placed, RANKINGS, Remaining, Removal, Spread};
use crate::labels::{self, fill, say};
use crate::shown;

/// Rows of a panel of bars.
const BAR_ROWS: u64 = 4;

/// Rows of the curves.
const CURVE_ROWS: u64 = 10;

/// The most columns of one period.
const PERIOD_COLUMNS: u64 = 4;

/// The most provinces that are listed; the others are counted.
const PROVINCES_LISTED: usize = 20;

/// The rows of a table under the curves.
const CURVE_NUMBERS: usize = 6;

/// How the rankings are drawn; where curves meet, the first is seen.
const CURVE_MARKS: [char; 3] = ['●', '○', '·'];

/// What the findings of `sharing` tell of the network, at most so many columns wide; empty when they tell none of it.
#[must_use]
pub fn sharing_text<'a>(findings: impl IntoIterator<Item = &'a Finding>, lang: Lang, width: usize) -> String {
    let network = Network::of(findings);
    let mut text = String::new();
    let width = width.max(MIN_WIDTH);
    if let Some(spread) = &network.spread {
        text.push_str(&spread_text(spread, lang, width));
    }
    if let Some(removal) = &network.removal {
        text.push_str(&removal_text(removal, lang, width));
    }
    if let Some(areas) = &network.areas {
        text.push_str(&areas_text(areas, lang, width));
    }
    if !text.is_empty() {
        text.push_str(&note(say(&labels::SHARING_NOTE, lang), width));
    }
    text
}

/// Fewer columns than these draw nothing that could be read.
const MIN_WIDTH: usize = 40;

/// A text and an empty line after it.
fn note(text: &str, width: usize) -> String {
    shown::wrapped_to(width, "", text, 0) + "\n"
}

/// A number of a period.
type Count = fn(&Period) -> u64;

fn spread_text(spread: &Spread<'_>, lang: Lang, width: usize) -> String {
    let per = spread.unit.words(lang);
    let mut text = note(&fill(&labels::SPREAD, lang, [("per", per.into())]), width);
    let panels: [(&str, Count); 3] = [
        (say(&labels::SIGHTINGS, lang), |period| period.sightings),
        (say(&labels::PEERS, lang), |period| period.peers),
        (say(&labels::NEW_PEERS, lang), |period| period.new_peers),
    ];
    let most = |of: Count| spread.periods.iter().map(of).max().unwrap_or_default();
    let margin =
        panels.iter().map(|(_, of)| shown::count(most(*of), lang).len()).max().unwrap_or_default().max(1);
    let columns = (width - margin - 2) as u64;
    let grouped = spread.n_slots().div_ceil(columns).max(1);
    let each = (columns / spread.n_slots().div_ceil(grouped)).clamp(1, PERIOD_COLUMNS);
    for (name, of) in panels {
        let mut slots = vec![0; usize::try_from(spread.n_slots().div_ceil(grouped)).unwrap_or_default()];
        for period in &spread.periods {
            let slot = &mut slots[(period.slot / grouped) as usize];
            *slot = of(period).max(*slot);
        }
        text.push_str(&format!("{}{name}\n", " ".repeat(margin + 2)));
        text.push_str(&bars(&slots, each as usize, margin, lang));
    }
    let (from, until) = spread.ends(lang);
    let drawn = (spread.n_slots().div_ceil(grouped) * each) as usize;
    let gap = drawn.saturating_sub(from.chars().count() + until.chars().count()).max(3);
    text.push_str(&format!("{}{from}{}{until}\n\n", " ".repeat(margin + 2), " ".repeat(gap)));
    if grouped > 1 {
        text.push_str(&note(
            &shown::sentence(&fill(&labels::SPREAD_GROUPED, lang, [("n", grouped.into())])),
            width,
        ));
    }
    text + &note(say(&labels::SPREAD_NOTE, lang), width)
}

/// One bar a slot, `each` columns wide with a blank one between where there is room, over a scale from zero to the most.
fn bars(slots: &[u64], each: usize, margin: usize, lang: Lang) -> String {
    const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = slots.iter().copied().max().unwrap_or_default().max(1);
    // Rounded up, so that whatever is not zero is seen.
    let heights: Vec<u64> = slots.iter().map(|n| (n * BAR_ROWS * 8).div_ceil(most)).collect();
    let mut text = String::new();
    for row in (0..BAR_ROWS).rev() {
        let label = match row {
            0 => "0".to_owned(),
            row if row == BAR_ROWS - 1 => shown::count(most, lang),
            _ => String::new(),
        };
        let mut line = format!("{label:>margin$} ┤");
        for height in &heights {
            let eighths = height.saturating_sub(row * 8).min(8) as usize;
            let wide = if each > 1 { each - 1 } else { 1 };
            line.extend(std::iter::repeat_n(EIGHTHS[eighths], wide));
            line.extend(std::iter::repeat_n(' ', each - wide));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn removal_text(removal: &Removal<'_>, lang: Lang, width: usize) -> String {
    let mut text = note(say(&labels::REMOVAL, lang), width);
    let margin = shown::count(removal.files, lang).len();
    let names = RANKINGS.map(|(name, _)| say(name, lang));
    let legend: Vec<String> =
        names.iter().zip(CURVE_MARKS).map(|(name, mark)| format!("{mark} {name}")).collect();
    let indent = " ".repeat(margin + 2);
    let one_line = legend.join("   ");
    let fits = indent.len() + one_line.chars().count() <= width;
    let lines = if fits { vec![one_line] } else { legend };
    lines.iter().for_each(|line| text.push_str(&format!("{indent}{line}\n")));
    text.push_str(&curves(removal, margin, width - margin - 2, lang));
    text.push('\n');
    // Where the names do not fit beside each other, their marks stand for them.
    let marked = CURVE_MARKS.map(String::from);
    let named = curve_numbers(removal, names.map(str::to_owned), lang);
    let fits = named.lines().all(|line| line.chars().count() <= width);
    text.push_str(&if fits { named } else { curve_numbers(removal, marked, lang) });
    text.push('\n');
    text + &note(say(&labels::REMOVAL_NOTE, lang), width)
}

/// Some points of the curves as a table.
fn curve_numbers(removal: &Removal<'_>, heads: [String; 3], lang: Lang) -> String {
    let [contribution, library, days] = heads;
    let mut rows = vec![[say(&labels::PEERS_GONE, lang).to_owned(), contribution, library, days]];
    for at in spread_out(removal.points.len(), CURVE_NUMBERS) {
        let point = &removal.points[at];
        let [contribution, library, days] = RANKINGS.map(|(_, of)| shown::count(of(point), lang));
        rows.push([shown::count(point.k, lang), contribution, library, days]);
    }
    let widths: [usize; 4] = std::array::from_fn(|column| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    });
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:>width$}"));
        text.push_str(&format!("  {}\n", cells.collect::<Vec<_>>().join("   ")));
    }
    text
}

/// The numbers from 0 to below `n`, or so many of them at equal distances with the first and the last.
#[must_use]
pub fn spread_out(n: usize, most: usize) -> Vec<usize> {
    if n <= most { (0..n).collect() } else { (0..most).map(|at| at * (n - 1) / (most - 1)).collect() }
}

/// The three curves over one scale from zero to all files, with straight lines between their points.
fn curves(removal: &Removal<'_>, margin: usize, columns: usize, lang: Lang) -> String {
    let mut cells = vec![vec![' '; columns]; CURVE_ROWS as usize];
    // The first ranking is drawn last, over the others.
    for ((_, of), mark) in RANKINGS.into_iter().zip(CURVE_MARKS).rev() {
        for column in 0..columns {
            let left = left_at(removal, of, column as u64, columns as u64 - 1);
            let row = (left * (CURVE_ROWS - 1) + removal.files / 2) / removal.files.max(1);
            let cells = &mut cells[(CURVE_ROWS - 1 - row.min(CURVE_ROWS - 1)) as usize];
            cells[column] = mark;
        }
    }
    let mut text = String::new();
    for (row, cells) in cells.into_iter().enumerate() {
        let label = match row as u64 {
            0 => shown::count(removal.files, lang),
            row if row == CURVE_ROWS - 1 => "0".to_owned(),
            _ => String::new(),
        };
        let line = format!("{label:>margin$} ┤{}", cells.into_iter().collect::<String>());
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let most = format!("k = {}", shown::count(removal.most(), lang));
    let gap = columns.saturating_sub(1 + most.chars().count());
    text + &format!("{}0{}{most}\n", " ".repeat(margin + 2), " ".repeat(gap))
}

/// Where a curve stands at a share of its way, on the straight line between two points.
fn left_at(removal: &Removal<'_>, of: fn(&Remaining) -> u64, part: u64, parts: u64) -> u64 {
    // In parts of a peer, so that nothing is rounded before the end.
    let at = i128::from(removal.most()) * i128::from(part);
    let parts = i128::from(parts);
    let points = &removal.points;
    let next = points.partition_point(|point| i128::from(point.k) * parts < at).min(points.len() - 1);
    let (a, b) = (&points[next.saturating_sub(1)], &points[next]);
    let width = i128::from(b.k - a.k) * parts;
    if width == 0 {
        return of(b);
    }
    let (from, to) = (i128::from(of(a)), i128::from(of(b)));
    let left = from + (to - from) * (at - i128::from(a.k) * parts) / width;
    u64::try_from(left.max(0)).unwrap_or_default()
}

fn areas_text(areas: &Areas<'_>, lang: Lang, width: usize) -> String {
    const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let mut text =
        note(&format!("{} ({})", say(&labels::AREAS, lang), say(&labels::IN_BRACKETS, lang)), width);
    let listed = &areas.provinces[..areas.provinces.len().min(PROVINCES_LISTED)];
    let said = |place: &Placed| match place.listed_peers {
        0 => shown::count(place.peers, lang),
        n => format!("{} ({})", shown::count(place.peers, lang), shown::count(n, lang)),
    };
    let rows: Vec<(String, u64, String)> =
        listed.iter().map(|place| (place.name(), place.peers, said(place))).collect();
    let names = rows.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or_default();
    let said = rows.iter().map(|(.., said)| said.chars().count()).max().unwrap_or_default();
    let columns = width.saturating_sub(names + said + 4).max(8) as u64;
    let most = rows.first().map_or(1, |(_, peers, _)| *peers).max(1);
    for (name, peers, said) in &rows {
        let eighths = (peers * columns * 8).div_ceil(most);
        let mut bar = "█".repeat((eighths / 8) as usize);
        bar.push(EIGHTHS[(eighths % 8) as usize]);
        text.push_str(&format!("{name:names$}  {} {said}\n", bar.trim_end()));
    }
    let rest = areas.provinces.len() - listed.len();
    if rest > 0 {
        text.push_str(&format!("{}\n", fill(&labels::MORE_PROVINCES, lang, [("n", rest.into())])));
    }
    text.push('\n');
    let unplaced = shown::count(areas.unplaced, lang);
    text.push_str(&note(&fill(&labels::UNPLACED, lang, [("n", unplaced.into())]), width));
    let countries = areas.countries(lang);
    if !countries.is_empty() {
        text.push_str(&note(&fill(&labels::COUNTRIES, lang, [("names", countries.into())]), width));
    }
    text + &note(&areas.note(lang), width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{Example, golden};

    fn drawn(example: &Example, lang: Lang, width: usize) -> String {
        sharing_text(example.findings.values(), lang, width)
    }

    #[test]
    fn the_network_of_the_example_is_as_golden() {
        let mut example = Example::new(1);
        assert_eq!(drawn(&example, Lang::En, 80), "", "nothing is drawn where nothing was found");
        example.add_network();
        golden("src/sharing/text.it.golden", include_str!("text.it.golden"), &drawn(&example, Lang::It, 80));
        golden("src/sharing/text.en.golden", include_str!("text.en.golden"), &drawn(&example, Lang::En, 80));
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let mut example = Example::new(0);
        example.add_network();
        for width in [60, 80, 97, 200] {
            let text = drawn(&example, Lang::It, width);
            assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        }
    }

    #[test]
    fn whatever_is_not_zero_is_seen_and_zero_is_not() {
        let drawn = bars(&[0, 1, 1_000_000], 1, 1, Lang::En);
        let bottom = drawn.lines().last().expect("a row");
        assert_eq!(bottom, "0 ┤ ▁█");
        assert_eq!(drawn.lines().next(), Some("1,000,000 ┤  █"));
    }
}
