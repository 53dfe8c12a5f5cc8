//! The Italian provinces as a map in SVG, shaded by a count. The borders come from `data/provinces_map.tsv`, where two
//! provinces share one border; they are drawn here, since no library of charts knows maps.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use tutela_model::Lang;

use super::Areas;
use super::charts::{Picture, escaped};
use crate::labels::{self, fill, say};
use crate::offices::province;
use crate::shown;

/// A place of the plane, in its units: to the right and down.
type Place = (i32, i32);

/// The plane with the borders of the provinces.
struct Plane {
    /// Its width and height.
    size: Place,
    /// Lines from one meeting of borders to the next, each once.
    arcs: Vec<Vec<Place>>,
    /// By code.
    provinces: BTreeMap<&'static str, Shape>,
}

/// A province on the plane.
struct Shape {
    /// Where its code is written.
    label: Place,
    /// Its borders as closed rings of arcs: the number of each from 1, negative when it is walked backwards.
    rings: Vec<Vec<i32>>,
}

static PLANE: LazyLock<Plane> = LazyLock::new(|| read(include_str!("../../data/provinces_map.tsv")));

fn read(table: &'static str) -> Plane {
    let mut plane = Plane { size: (0, 0), arcs: Vec::new(), provinces: BTreeMap::new() };
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        match cells[..] {
            ["size", width, height] => plane.size = (number(width), number(height)),
            ["arc", steps] => plane.arcs.push(arc(steps)),
            ["province", code, label, rings] => {
                let ring = |ring: &str| ring.split(' ').map(number).collect();
                let rings = rings.split(';').map(ring).collect();
                plane.provinces.insert(code, Shape { label: place(label), rings });
            }
            _ => unreachable!("a test reads the shipped table: {line}"),
        }
    }
    plane
}

fn number(text: &str) -> i32 {
    text.parse().expect("a test reads the shipped table")
}

fn place(text: &str) -> Place {
    let (x, y) = text.split_once(',').expect("a test reads the shipped table");
    (number(x), number(y))
}

/// A first place and steps, as places.
fn arc(steps: &str) -> Vec<Place> {
    let walk = |at: &mut Place, step: Place| {
        *at = (at.0 + step.0, at.1 + step.1);
        Some(*at)
    };
    steps.split(' ').map(place).scan((0, 0), walk).collect()
}

impl Plane {
    /// The places of a ring, the first one again at its end.
    fn ring(&self, ring: &[i32]) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        for number in ring {
            let arc = &self.arcs[number.unsigned_abs() as usize - 1];
            let fresh = usize::from(!places.is_empty());
            if *number > 0 {
                places.extend(&arc[fresh..]);
            } else {
                places.extend(arc.iter().rev().skip(fresh));
            }
        }
        places
    }

    /// The arcs that part two regions, or a region from the sea or another country; the others part two provinces.
    fn outlines(&self) -> (Vec<&[Place]>, Vec<&[Place]>) {
        let mut sides: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
        for (code, shape) in &self.provinces {
            let region = province(code).map_or("", |province| province.region.as_str());
            for number in shape.rings.iter().flatten() {
                sides.entry(number.unsigned_abs()).or_default().push(region);
            }
        }
        let is_outer = |number: &usize| {
            let sides = sides.get(&(*number as u32 + 1)).map_or(&[][..], Vec::as_slice);
            !matches!(sides, [a, b] if a == b)
        };
        let (outer, inner): (Vec<usize>, Vec<usize>) = (0..self.arcs.len()).partition(is_outer);
        let arcs = |numbers: Vec<usize>| numbers.into_iter().map(|n| self.arcs[n].as_slice()).collect();
        (arcs(outer), arcs(inner))
    }
}

/// Lines as SVG writes them, from a place by steps.
fn path<'a>(lines: impl IntoIterator<Item = &'a [Place]>, close: bool) -> String {
    let mut path = String::new();
    for line in lines {
        let Some((x, y)) = line.first() else { continue };
        let _ = write!(path, "M{x},{y}l");
        let steps = line.windows(2).map(|two| format!("{},{}", two[1].0 - two[0].0, two[1].1 - two[0].1));
        path.push_str(&steps.collect::<Vec<_>>().join(" "));
        if close {
            path.push('z');
        }
    }
    path
}

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

/// The provinces as shapes of one plane, for whoever draws them: its y grows downwards.
#[derive(Clone, Debug)]
pub struct Provinces {
    /// The plane's width, in its units.
    pub width: i32,
    /// The plane's height.
    pub height: i32,
    /// The provinces by code.
    pub provinces: Vec<Outline>,
    /// Lines between provinces of one region, as SVG writes paths.
    pub inner: String,
    /// Lines between regions, and to the sea and other countries.
    pub outer: String,
}

/// A province as a shape.
#[derive(Clone, Debug)]
pub struct Outline {
    /// Two letters.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its region.
    pub region: &'static str,
    /// Where its code is written.
    pub label: (i32, i32),
    /// Its border, as SVG writes paths.
    pub path: String,
}

/// The provinces as shapes. Source: ISTAT, by way of openpolis, CC BY 4.0; whoever draws them says so.
#[must_use]
pub fn provinces() -> Provinces {
    let outline = |(code, shape): (&&'static str, &Shape)| {
        let rings: Vec<Vec<Place>> = shape.rings.iter().map(|ring| PLANE.ring(ring)).collect();
        let known = province(code);
        Outline {
            code,
            name: known.map_or(*code, |province| province.name.as_str()),
            region: known.map_or("", |province| province.region.as_str()),
            label: shape.label,
            path: path(rings.iter().map(Vec::as_slice), true),
        }
    };
    let (outer, inner) = PLANE.outlines();
    Provinces {
        width: PLANE.size.0,
        height: PLANE.size.1,
        provinces: PLANE.provinces.iter().map(outline).collect(),
        inner: path(inner, false),
        outer: path(outer, false),
    }
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
    let on_map: Vec<u64> = PLANE.provinces.keys().filter_map(|code| counts.get(code).copied()).collect();
    let ends = classes(&on_map);
    let (width, height) = (PLANE.size.0 + 2 * MARGIN, PLANE.size.1 + 2 * MARGIN);
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
    svg.push_str(&fills(&counts, &ends, lang));
    svg.push_str(&borders());
    svg.push_str(&codes(&counts, &ends));
    svg.push_str(&legend(&ends, &on_map, lang));
    svg.push_str("</svg>\n");
    Picture { name: "areas.svg", title, alt, svg }
}

/// Each province in the colour of its class, with its name and count for whoever points at it.
fn fills(counts: &BTreeMap<&str, u64>, ends: &[u64], lang: Lang) -> String {
    let mut svg = "<g fill-rule=\"evenodd\">\n".to_owned();
    for (code, shape) in &PLANE.provinces {
        let count = counts.get(code).copied().unwrap_or_default();
        let rings: Vec<Vec<Place>> = shape.rings.iter().map(|ring| PLANE.ring(ring)).collect();
        let name = province(code).map_or(*code, |province| province.name.as_str());
        let _ = writeln!(
            svg,
            "<path fill=\"{}\" d=\"{}\"><title>{} ({code}): {}</title></path>",
            fill_of(count, ends).0,
            path(rings.iter().map(Vec::as_slice), true),
            escaped(name),
            shown::count(count, lang),
        );
    }
    svg + "</g>\n"
}

/// Borders once each: those of regions and of the sea heavier.
fn borders() -> String {
    let (outer, inner) = PLANE.outlines();
    let mut svg = String::new();
    for (lines, width) in [(inner, 5), (outer, 11)] {
        let _ = writeln!(
            svg,
            "<path fill=\"none\" stroke=\"#44546a\" stroke-width=\"{width}\" stroke-linejoin=\"round\" stroke-linecap=\"round\" d=\"{}\"/>",
            path(lines, false),
        );
    }
    svg
}

/// The code of each province on it.
fn codes(counts: &BTreeMap<&str, u64>, ends: &[u64]) -> String {
    // A rim of the province's own colour keeps borders out of the letters.
    let mut svg = "<g font-family=\"Libertinus Serif, Georgia, serif\" font-weight=\"bold\" font-size=\"64\" text-anchor=\"middle\" stroke-width=\"14\" stroke-linejoin=\"round\" paint-order=\"stroke\">\n"
        .to_owned();
    for (code, shape) in &PLANE.provinces {
        let count = counts.get(code).copied().unwrap_or_default();
        let ((x, y), (ground, ink)) = (shape.label, fill_of(count, ends));
        // Capitals are about two thirds of the letters' size high.
        let y = y + 21;
        let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\" fill=\"{ink}\" stroke=\"{ground}\">{code}</text>");
    }
    svg + "</g>\n"
}

/// The classes with their counts, and where the borders come from, where there is nothing but sea.
fn legend(ends: &[u64], counts: &[u64], lang: Lang) -> String {
    let (x, y) = (PLANE.size.0 - 1_130, 1_300);
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
        PLANE.size.1 - 10,
        escaped(say(&labels::MAP_SOURCE, lang)),
    );
    svg + "</g>\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{Example, golden};
    use crate::offices::provinces;
    use crate::sharing::Network;

    fn twice_the_area(ring: &[Place]) -> i64 {
        let cross = |two: &[Place]| {
            i64::from(two[0].0) * i64::from(two[1].1) - i64::from(two[1].0) * i64::from(two[0].1)
        };
        ring.windows(2).map(cross).sum::<i64>()
    }

    #[test]
    fn the_map_of_the_example_is_as_golden() {
        let mut example = Example::new(0);
        example.add_network();
        let network = Network::of(example.findings.values());
        let picture = areas_picture(network.areas.as_ref().expect("areas"), Lang::En);
        golden("src/sharing/areas.en.golden", include_str!("areas.en.golden"), &picture.svg);
    }

    #[test]
    fn every_province_of_the_tables_is_on_the_map_and_no_other() {
        let mut codes: Vec<&str> = provinces().iter().map(|province| province.code.as_str()).collect();
        codes.sort_unstable();
        assert_eq!(PLANE.provinces.keys().copied().collect::<Vec<_>>(), codes);
    }

    #[test]
    fn rings_are_closed_and_together_as_large_as_the_country() {
        let mut area = 0;
        for (code, shape) in &PLANE.provinces {
            for ring in &shape.rings {
                let places = PLANE.ring(ring);
                assert!(places.len() > 3 && places.first() == places.last(), "{code}");
            }
            area += shape.rings.iter().map(|ring| twice_the_area(&PLANE.ring(ring))).sum::<i64>().abs();
        }
        // Units of 250 m: sixteen are a square kilometre. ISTAT gives 302,068.
        let km2 = area / 2 / 16;
        assert!((297_000..305_000).contains(&km2), "{km2} km²");
    }

    #[test]
    fn a_border_is_of_one_province_or_shared_by_two_that_walk_it_against_each_other() {
        let mut walked: BTreeMap<u32, Vec<bool>> = BTreeMap::new();
        for shape in PLANE.provinces.values() {
            for number in shape.rings.iter().flatten() {
                walked.entry(number.unsigned_abs()).or_default().push(*number > 0);
            }
        }
        assert_eq!(walked.len(), PLANE.arcs.len(), "no arc is left over");
        assert!(walked.values().all(|ways| matches!(ways[..], [_] | [true, false] | [false, true])));
        assert!(walked.values().filter(|ways| ways.len() == 2).count() > 250);
    }

    #[test]
    fn no_border_crosses_another() {
        let turn = |a: Place, b: Place, c: Place| {
            let (a, b, c) = ([a.0, a.1].map(i64::from), [b.0, b.1].map(i64::from), [c.0, c.1].map(i64::from));
            ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])).signum()
        };
        let mut pieces: Vec<(Place, Place)> =
            PLANE.arcs.iter().flat_map(|arc| arc.windows(2).map(|two| (two[0], two[1]))).collect();
        pieces.sort_by_key(|(a, b)| a.0.min(b.0));
        for (n, (a, b)) in pieces.iter().copied().enumerate() {
            let near = pieces[n + 1..].iter().take_while(|(c, d)| c.0.min(d.0) <= a.0.max(b.0));
            for (c, d) in near.copied() {
                let apart = turn(a, b, c) * turn(a, b, d) >= 0 || turn(c, d, a) * turn(c, d, b) >= 0;
                assert!(apart, "{a:?} {b:?} {c:?} {d:?}");
            }
        }
    }

    #[test]
    fn codes_stand_on_their_provinces() {
        for (code, shape) in &PLANE.provinces {
            let (x, y) = (f64::from(shape.label.0), f64::from(shape.label.1));
            let places = shape.rings.iter().flat_map(|ring| {
                let places = PLANE.ring(ring);
                places.windows(2).map(|two| (two[0], two[1])).collect::<Vec<_>>()
            });
            let crossed = places.filter(|((ax, ay), (bx, by))| {
                let (ax, ay, bx, by) = (f64::from(*ax), f64::from(*ay), f64::from(*bx), f64::from(*by));
                (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax
            });
            assert_eq!(crossed.count() % 2, 1, "{code}");
        }
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
