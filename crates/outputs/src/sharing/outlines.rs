//! The Italian provinces as shapes of one plane. The borders come from `data/provinces_map.tsv`, where two provinces share
//! one border.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::offices::province;

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

#[cfg(test)]
mod tests {
    use super::*;

    fn twice_the_area(ring: &[Place]) -> i64 {
        let cross = |two: &[Place]| {
            i64::from(two[0].0) * i64::from(two[1].1) - i64::from(two[1].0) * i64::from(two[0].1)
        };
        ring.windows(2).map(cross).sum::<i64>()
    }

    #[test]
    fn every_province_of_the_tables_is_on_the_map_and_no_other() {
        let mut codes: Vec<&str> =
            crate::offices::provinces().iter().map(|province| province.code.as_str()).collect();
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
}
