//! The Italian provinces as a map in SVG, shaded by a count; drawn here, since no library of charts knows maps.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tutela_model::Lang;

use super::Areas;
use super::charts::{Picture, escaped};
use super::outlines::{Provinces, provinces};
use crate::labels::{self, fill, say};
use crate::shown;

/// The fills from few to many, and the letters on each: one colour from light to dark, so that grey keeps their order.
const CLASSES: [(&str, &str); 5] = [
    ("#e3edf5", "#16243a"),
    ("#b5d1e6", "#16243a"),
    ("#7cadd2", "#16243a"),
    ("#2f76ad", "#ffffff"),
    ("#0b3a63", "#ffffff"),
];

/// Where there are none.
const NONE: (&str, &str) = ("#ffffff", "#44546a");

/// Units around the plane.
const MARGIN: i32 = 30;

/// The largest count of each class, the smallest class first: each class has about as many provinces.
fn classes(counts: &[u64]) -> Vec<u64> {
    let mut sorted: Vec<u64> = counts.iter().copied().filter(|n| *n > 0).collect();
    sorted.sort_unstable();
    let n = sorted.len();
    let ends = (1..=CLASSES.len()).filter_map(|class| (n * class).div_ceil(CLASSES.len()).checked_sub(1));
    let mut ends: Vec<u64> = ends.filter_map(|at| sorted.get(at).copied()).collect();
    ends.dedup();
    ends
}

/// The class of a count: of fewer classes than there are fills, the lightest and the darkest stay.
fn fill_of(count: u64, ends: &[u64]) -> (&'static str, &'static str) {
    match ends.iter().position(|end| count <= *end) {
        _ if count == 0 => NONE,
        Some(class) => CLASSES[shade(class, ends.len())],
        None => NONE,
    }
}

fn shade(class: usize, n_classes: usize) -> usize {
    if n_classes < 2 { CLASSES.len() / 2 } else { class * (CLASSES.len() - 1) / (n_classes - 1) }
}

/// The map of the peers by province.
pub fn areas_picture(areas: &Areas<'_>, lang: Lang) -> Picture {
    let first: Vec<String> = areas
        .provinces
        .iter()
        .take(3)
        .map(|it| format!("{} {}", it.name(), shown::count(it.peers, lang)))
        .collect();
    let n_with = areas.provinces.iter().filter(|place| place.peers > 0).count();
    let alt = fill(&labels::AREAS_ALT, lang, [("n", n_with.into()), ("names", first.join(", ").into())]);
    let title = say(&labels::AREAS, lang).to_owned();
    let counts: BTreeMap<&str, u64> =
        areas.provinces.iter().map(|place| (place.code.as_str(), place.peers)).collect();
    let map = provinces();
    let on_map: Vec<u64> =
        map.provinces.iter().filter_map(|outline| counts.get(outline.code).copied()).collect();
    let ends = classes(&on_map);
    let (width, height) = (map.width + 2 * MARGIN, map.height + 2 * MARGIN);
    let mut svg = format!(
        "<svg width=\"{}\" height=\"{}\" viewBox=\"-{MARGIN} -{MARGIN} {width} {height}\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\">\n<title>{}</title>\n<desc>{}</desc>\n",
        width / 4,
        height / 4,
        escaped(&title),
        escaped(&alt),
    );
    let _ = writeln!(
        svg,
        "<rect x=\"-{MARGIN}\" y=\"-{MARGIN}\" width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>"
    );
    svg.push_str(&fills(&map, &counts, &ends, lang));
    svg.push_str(&borders(&map));
    svg.push_str(&codes(&map, &counts, &ends));
    svg.push_str(&legend(&map, &ends, &on_map, lang));
    svg.push_str("</svg>\n");
    Picture { name: "areas.svg", title, alt, svg }
}

/// Each province in the colour of its class, with its name and count for whoever points at it.
fn fills(map: &Provinces, counts: &BTreeMap<&str, u64>, ends: &[u64], lang: Lang) -> String {
    let mut svg = "<g fill-rule=\"evenodd\">\n".to_owned();
    for outline in &map.provinces {
        let code = outline.code;
        let count = counts.get(code).copied().unwrap_or_default();
        let _ = writeln!(
            svg,
            "<path fill=\"{}\" d=\"{}\"><title>{} ({code}): {}</title></path>",
            fill_of(count, ends).0,
            outline.path,
            escaped(outline.name),
            shown::count(count, lang),
        );
    }
    svg + "</g>\n"
}

/// Borders once each: those of regions and of the sea heavier.
fn borders(map: &Provinces) -> String {
    let mut svg = String::new();
    for (lines, width) in [(&map.inner, 5), (&map.outer, 11)] {
        let _ = writeln!(
            svg,
            "<path fill=\"none\" stroke=\"#44546a\" stroke-width=\"{width}\" stroke-linejoin=\"round\" stroke-linecap=\"round\" d=\"{lines}\"/>",
        );
    }
    svg
}

/// The code of each province on it.
fn codes(map: &Provinces, counts: &BTreeMap<&str, u64>, ends: &[u64]) -> String {
    // A rim of the province's own colour keeps borders out of the letters.
    let mut svg = "<g font-family=\"Libertinus Serif, Georgia, serif\" font-weight=\"bold\" font-size=\"64\" text-anchor=\"middle\" stroke-width=\"14\" stroke-linejoin=\"round\" paint-order=\"stroke\">\n"
        .to_owned();
    for outline in &map.provinces {
        let code = outline.code;
        let count = counts.get(code).copied().unwrap_or_default();
        let ((x, y), (ground, ink)) = (outline.label, fill_of(count, ends));
        // Capitals are about two thirds of the letters' size high.
        let y = y + 21;
        let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\" fill=\"{ink}\" stroke=\"{ground}\">{code}</text>");
    }
    svg + "</g>\n"
}

/// The classes with their counts, and where the borders come from, where there is nothing but sea.
fn legend(map: &Provinces, ends: &[u64], counts: &[u64], lang: Lang) -> String {
    let (x, y) = (map.width - 1_130, 1_300);
    let mut svg =
        "<g font-family=\"Libertinus Serif, Georgia, serif\" font-size=\"92\" fill=\"#16243a\">\n".to_owned();
    let _ = writeln!(svg, "<text x=\"{x}\" y=\"{}\">{}</text>", y - 50, escaped(say(&labels::PEERS, lang)));
    let mut rows = vec![(NONE.0, "0".to_owned())];
    let mut smallest = counts.iter().copied().filter(|n| *n > 0).min().unwrap_or_default();
    for (class, end) in ends.iter().enumerate() {
        let said = if smallest == *end {
            shown::count(*end, lang)
        } else {
            format!("{} – {}", shown::count(smallest, lang), shown::count(*end, lang))
        };
        rows.push((CLASSES[shade(class, ends.len())].0, said));
        smallest = counts.iter().copied().filter(|n| n > end).min().unwrap_or_default();
    }
    for (at, (fill, said)) in (0..).zip(rows.iter().rev()) {
        let y = y + at * 120;
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{y}\" width=\"150\" height=\"96\" fill=\"{fill}\" stroke=\"#44546a\" stroke-width=\"5\"/>\n<text x=\"{}\" y=\"{}\">{said}</text>",
            x + 190,
            y + 78,
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"0\" y=\"{}\" font-size=\"62\">{}</text>",
        map.height - 10,
        escaped(say(&labels::MAP_SOURCE, lang)),
    );
    svg + "</g>\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{Example, golden};
    use crate::sharing::Network;

    #[test]
    fn the_map_of_the_example_is_as_golden() {
        let mut example = Example::new(0);
        example.add_network();
        let network = Network::of(example.findings.values());
        let picture = areas_picture(network.areas.as_ref().expect("areas"), Lang::En);
        golden("src/sharing/areas.en.golden", include_str!("areas.en.golden"), &picture.svg);
    }

    #[test]
    fn classes_hold_about_as_many_provinces_each_and_equal_counts_share_one() {
        assert_eq!(classes(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100]), [2, 4, 6, 8, 100]);
        assert_eq!(classes(&[7, 7, 7, 0]), [7]);
        assert_eq!(classes(&[0]), [0_u64; 0]);
        assert_eq!(fill_of(0, &[7]), NONE);
        assert_eq!(fill_of(7, &[7]), CLASSES[2]);
        assert_eq!((fill_of(1, &[1, 9]), fill_of(9, &[1, 9])), (CLASSES[0], CLASSES[4]));
    }
}
