//! The network over time and without some peers, as SVG: bars and curves that can be told apart without colour. Places
//! are whole numbers of the picture's own units and marks of axes are whole numbers, so that every machine draws the same.

use std::fmt::Display;

use plotters::coord::combinators::{BindKeyPoints as _, WithKeyPoints};
use plotters::coord::types::RangedCoordu64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use tutela_model::Lang;

use super::scale::marks;
use super::text::spread_out;
use super::{Network, Period, RANKINGS, Remaining, Removal, Spread, date};
use crate::labels::{self, fill, say};
use crate::shown;

/// The drawing library refused. It is a fault of the program: nothing in a finding may cause it.
#[derive(Debug, thiserror::Error)]
#[error("a picture could not be drawn: {0}")]
pub struct DrawError(String);

/// Whatever the library says went wrong, in words.
fn fault(error: impl Display) -> DrawError {
    DrawError(error.to_string())
}

/// A picture: what it is, what it shows in words, and itself.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The name of its file: `spread.svg`.
    pub name: &'static str,
    /// What it is.
    pub title: String,
    /// What it shows, for whoever cannot see it.
    pub alt: String,
    /// SVG 1.1 with texts as texts.
    pub svg: String,
}

/// The pictures of a network: over time, without some peers, by province.
///
/// # Errors
/// See [`DrawError`].
pub fn pictures(network: &Network<'_>, lang: Lang) -> Result<Vec<Picture>, DrawError> {
    let spread = network.spread.as_ref().map(|it| spread_picture(it, lang));
    let removal = network.removal.as_ref().map(|it| removal_picture(it, lang));
    let areas = network.areas.as_ref().map(|it| Ok(super::map::areas_picture(it, lang)));
    [spread, removal, areas].into_iter().flatten().collect()
}

/// Units of the picture from left to right.
const WIDTH: u32 = 1_200;

/// The letters of the reports, and whatever a viewer has in their place.
const FAMILY: &str = "Libertinus Serif, Georgia, serif";

/// How large letters are for the library, which writes them as units of the picture divided by 1.24.
const SIZE: u32 = 26;
/// The same of names.
const NAME_SIZE: u32 = 28;

const INK: RGBColor = RGBColor(22, 36, 58);
const RULE: RGBColor = RGBColor(197, 206, 217);
/// A light and a dark of one colour, which stay apart in grey.
const LIGHT: RGBColor = RGBColor(158, 195, 224);
const DARK: RGBColor = RGBColor(0, 68, 119);
/// Of the colours of Okabe and Ito (2008), which most colour-blind readers tell apart.
const CURVES: [RGBColor; 3] = [RGBColor(0, 68, 119), RGBColor(213, 94, 0), RGBColor(110, 110, 110)];

/// Letters of a size.
fn letters(size: u32) -> TextStyle<'static> {
    (FAMILY, size).into_text_style(&(WIDTH, WIDTH)).color(&INK)
}

/// Letters of a size that end at their place.
fn before(size: u32) -> TextStyle<'static> {
    letters(size).pos(Pos::new(HPos::Right, VPos::Center))
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Axis = WithKeyPoints<RangedCoordu64>;

/// An axis from zero to the last of its marks.
fn axis(marks: Vec<u64>) -> Axis {
    (0..marks.last().copied().unwrap_or(1)).with_key_points(marks)
}

/// Draws into an SVG of that height, which carries its title and words for whoever cannot see it.
fn drawn(
    name: &'static str,
    height: u32,
    (title, alt): (String, String),
    draw: impl FnOnce(&Area<'_>) -> Result<(), DrawError>,
) -> Result<Picture, DrawError> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        area.fill(&WHITE).map_err(fault)?;
        draw(&area)?;
        area.present().map_err(fault)?;
    }
    let head = format!("\n<title>{}</title>\n<desc>{}</desc>", escaped(&title), escaped(&alt));
    let at = svg.find('>').unwrap_or_default();
    svg.insert_str(at + 1, &head);
    svg.insert_str(at, " role=\"img\"");
    Ok(Picture { name, title, alt, svg })
}

/// A text as it stands between tags.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn spread_picture(spread: &Spread<'_>, lang: Lang) -> Result<Picture, DrawError> {
    let per = spread.unit.words(lang);
    let (from, until) = spread.ends(lang);
    let most = |of: fn(&Period) -> u64| spread.periods.iter().map(of).max().unwrap_or_default();
    let (sightings, peers) = (most(|it| it.sightings), most(|it| it.peers));
    let alt = fill(
        &labels::SPREAD_ALT,
        lang,
        [
            ("per", per.into()),
            ("from", from.into()),
            ("until", until.into()),
            ("sightings", shown::count(sightings, lang).into()),
            ("peers", shown::count(peers, lang).into()),
        ],
    );
    let title = fill(&labels::SPREAD, lang, [("per", per.into())]);
    drawn("spread.svg", 660, (title, alt), |area| {
        let (above, below) = area.split_vertically(320);
        // One width for the numbers of both, so that a day stands under itself.
        let width = label_width(&marks(sightings.max(peers)), lang);
        let series: [Series<'_>; 1] = [(&labels::SIGHTINGS, DARK, |it| it.sightings)];
        panel(&above, spread, (sightings, width), &series, lang)?;
        let series: [Series<'_>; 2] =
            [(&labels::PEERS, LIGHT, |it| it.peers), (&labels::NEW_PEERS, DARK, |it| it.new_peers)];
        panel(&below, spread, (peers, width), &series, lang)
    })
}

/// What a bar is called, its colour, and how high it is.
type Series<'a> = (&'a tutela_model::Statement, RGBColor, fn(&Period) -> u64);

/// The most dates under the bars.
const DATES: usize = 6;

/// Bars of every period, the later series in front of the earlier ones, of which they are a part; `most` is the highest,
/// `width` the units for the numbers beside them.
fn panel(
    area: &Area<'_>,
    spread: &Spread<'_>,
    (most, width): (u64, u32),
    series: &[Series<'_>],
    lang: Lang,
) -> Result<(), DrawError> {
    legend(area, series, lang)?;
    let ticks = marks(most);
    // A period is ten units of the axis wide; its date stands under the middle.
    let dated: Vec<&Period> =
        spread_out(spread.periods.len(), DATES).into_iter().map(|at| &spread.periods[at]).collect();
    let middles = dated.iter().map(|period| period.slot * 10 + 5).collect();
    let x_axis = (0..spread.n_slots() * 10).with_key_points(middles);
    let mut chart = ChartBuilder::on(area)
        .margin_top(62)
        .margin_right(70)
        .x_label_area_size(44)
        .y_label_area_size(width)
        .build_cartesian_2d(x_axis, axis(ticks))
        .map_err(fault)?;
    let date_at = |x: &u64| {
        let period = dated.iter().find(|period| period.slot * 10 + 5 == *x);
        period.map_or_else(String::new, |period| date(period.from, lang))
    };
    mesh(&mut chart, lang, &date_at, "")?;
    for (_, colour, of) in series {
        let bars = spread.periods.iter().filter(|period| of(period) > 0).map(|period| {
            let (left, right) = (period.slot * 10, period.slot * 10 + 10);
            // A tenth is left free on both sides, but for bars as thin as a line.
            let free = u64::from(spread.n_slots() < 200);
            Rectangle::new([(left + free, 0), (right - free, of(period))], colour.filled())
        });
        chart.draw_series(bars).map_err(fault)?;
    }
    Ok(())
}

/// A box of each series' colour with its name, above the bars.
fn legend(area: &Area<'_>, series: &[Series<'_>], lang: Lang) -> Result<(), DrawError> {
    let mut x = 24;
    for (name, colour, _) in series {
        let name = say(name, lang);
        area.draw(&Rectangle::new([(x, 14), (x + 22, 34)], colour.filled())).map_err(fault)?;
        let place = (x + 30, 24);
        let style = letters(NAME_SIZE).pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(name, place, style)).map_err(fault)?;
        x += 80 + i32::try_from(name.chars().count()).unwrap_or_default() * 12;
    }
    Ok(())
}

/// Units that the longest number beside an axis takes.
fn label_width(ticks: &[u64], lang: Lang) -> u32 {
    let longest = ticks.iter().map(|tick| shown::count(*tick, lang).len()).max().unwrap_or_default();
    u32::try_from(longest).unwrap_or_default() * 11 + 34
}

type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;

/// Light lines across at the marks, and the numbers of both axes.
fn mesh(
    chart: &mut Chart<'_, '_>,
    lang: Lang,
    x_label: &dyn Fn(&u64) -> String,
    x_name: &str,
) -> Result<(), DrawError> {
    let y_label = |y: &u64| shown::count(*y, lang);
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(RULE)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .set_all_tick_mark_size(8)
        .x_label_style(letters(SIZE))
        .y_label_style(before(SIZE))
        .x_label_formatter(&x_label)
        .y_label_formatter(&y_label)
        .axis_desc_style(letters(SIZE))
        .x_desc(x_name)
        .draw()
        .map_err(fault)
}

fn removal_picture(removal: &Removal<'_>, lang: Lang) -> Result<Picture, DrawError> {
    let last = removal.points.last().copied();
    let left = |of: fn(&Remaining) -> u64| shown::count(last.as_ref().map_or(0, of), lang);
    let alt = fill(
        &labels::REMOVAL_ALT,
        lang,
        [
            ("most", shown::count(removal.most(), lang).into()),
            ("files", shown::count(removal.files, lang).into()),
            ("contribution", left(RANKINGS[0].1).into()),
            ("library", left(RANKINGS[1].1).into()),
            ("days", left(RANKINGS[2].1).into()),
        ],
    );
    let title = say(&labels::REMOVAL, lang).to_owned();
    drawn("removal.svg", 600, (title, alt), |area| curves(area, removal, lang))
}

/// The most marks on a curve.
const MARKS_ON_CURVE: usize = 14;

fn curves(area: &Area<'_>, removal: &Removal<'_>, lang: Lang) -> Result<(), DrawError> {
    let (x_ticks, y_ticks) = (marks(removal.most()), marks(removal.files));
    let name = say(&labels::FILES_LEFT, lang);
    area.draw(&Text::new(name, (24, 12), letters(NAME_SIZE))).map_err(fault)?;
    let mut chart = ChartBuilder::on(area)
        .margin_top(94)
        .margin_right(70)
        .x_label_area_size(76)
        .y_label_area_size(label_width(&y_ticks, lang))
        .build_cartesian_2d(axis(x_ticks), axis(y_ticks))
        .map_err(fault)?;
    mesh(&mut chart, lang, &|x| shown::count(*x, lang), say(&labels::PEERS_GONE, lang))?;
    let mut x = 24;
    for (number, ((name, of), colour)) in RANKINGS.into_iter().zip(CURVES).enumerate() {
        let width = [5, 4, 3][number];
        let line = removal.points.iter().map(|point| (point.k, of(point)));
        chart.draw_series(LineSeries::new(line, colour.stroke_width(width))).map_err(fault)?;
        for at in spread_out(removal.points.len(), MARKS_ON_CURVE) {
            let point = &removal.points[at];
            let place = chart.backend_coord(&(point.k, of(point)));
            mark(area, number, place)?;
        }
        let name = say(name, lang);
        let ends = [(x, 66), (x + 60, 66)];
        area.draw(&PathElement::new(ends, colour.stroke_width(width))).map_err(fault)?;
        mark(area, number, (x + 30, 66))?;
        let style = letters(SIZE).pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(name, (x + 70, 66), style)).map_err(fault)?;
        x += 116 + i32::try_from(name.chars().count()).unwrap_or_default() * 11;
    }
    Ok(())
}

/// The mark of a curve, so that nobody needs its colour: a full circle, a full square, an empty circle.
fn mark(area: &Area<'_>, number: usize, (x, y): (i32, i32)) -> Result<(), DrawError> {
    let colour = CURVES[number];
    match number {
        0 => area.draw(&Circle::new((x, y), 9, colour.filled())),
        1 => area.draw(&Rectangle::new([(x - 8, y - 8), (x + 8, y + 8)], colour.filled())),
        _ => area
            .draw(&Circle::new((x, y), 8, WHITE.filled()))
            .and_then(|()| area.draw(&Circle::new((x, y), 8, colour.stroke_width(3)))),
    }
    .map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{Example, golden};

    fn of_example(lang: Lang) -> Vec<Picture> {
        let mut example = Example::new(0);
        example.add_network();
        pictures(&Network::of(example.findings.values()), lang).expect("pictures")
    }

    #[test]
    fn the_pictures_of_the_example_are_as_golden() {
        let (it, en) = (of_example(Lang::It), of_example(Lang::En));
        golden("src/sharing/spread.it.golden", include_str!("spread.it.golden"), &it[0].svg);
        golden("src/sharing/removal.en.golden", include_str!("removal.en.golden"), &en[1].svg);
    }

    #[test]
    fn a_picture_says_what_it_is_and_shows_in_words_and_in_each_language() {
        for (lang, said) in [
            (Lang::It, ["Avvistamenti e peer per giorno", "File che avrebbero", "Peer per provincia"]),
            (Lang::En, ["Sightings and peers by day", "Files that would", "Peers by province"]),
        ] {
            let pictures = of_example(lang);
            assert_eq!(
                pictures.iter().map(|it| it.name).collect::<Vec<_>>(),
                ["spread.svg", "removal.svg", "areas.svg"]
            );
            for (picture, said) in pictures.iter().zip(said) {
                assert!(picture.title.starts_with(said), "{}", picture.title);
                let head = format!("<title>{}</title>\n<desc>{}</desc>", picture.title, picture.alt);
                assert!(
                    picture.svg.contains(&head) && picture.svg.contains(" role=\"img\""),
                    "{}",
                    picture.name
                );
                assert!(picture.svg.ends_with("</svg>\n"));
            }
        }
    }

    #[test]
    fn places_are_whole_numbers() {
        for picture in of_example(Lang::En) {
            for attribute in [" x=\"", " y=\"", "points=\"", " width=\"", " d=\""] {
                for value in picture.svg.split(attribute).skip(1) {
                    let value = value.split('"').next().unwrap_or_default();
                    assert!(!value.contains('.') && !value.contains("NaN"), "{attribute}{value}");
                }
            }
        }
    }
}
