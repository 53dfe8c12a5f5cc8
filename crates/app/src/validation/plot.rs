//! The plots of the report, as SVG without script or outer resource. Numbers have one decimal, so that the bytes do
//! not depend on the machine; curves differ by their dashes, so that they can be told apart without colour.

use std::fmt::Write as _;

use crate::evaluation::{Calibration, LikelihoodRatios};

/// The words of a plot.
pub struct Words {
    /// What it shows, for who cannot see it.
    pub title: String,
    /// Below the horizontal axis.
    pub across: String,
    /// Beside the vertical axis.
    pub up: String,
    /// The names of two curves.
    pub curves: [String; 2],
}

const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 280.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 445.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 228.0;

/// Tippett curves: the share of strengths at or above each value, of true and of false statements.
pub fn tippett(ratios: &LikelihoodRatios, words: &Words) -> String {
    let last = ratios.tippett.last().map_or(1.0, |point| point.log10_lr).ceil().max(1.0);
    let first = ratios.tippett.first().map_or(0.0, |point| point.log10_lr).floor().min(0.0);
    let x = |value: f64| LEFT + (value - first) / (last - first) * (RIGHT - LEFT);
    let y = |share: f64| BOTTOM - share * (BOTTOM - TOP);
    let mut svg = begin(words);
    for tick in (first as i32)..=(last as i32) {
        across(&mut svg, x(f64::from(tick)), &tick.to_string());
    }
    for tick in 0..=4 {
        up(&mut svg, y(f64::from(tick) / 4.0), &format!("{} %", tick * 25));
    }
    for (of_true, class) in [(true, "true"), (false, "false")] {
        let mut path = format!("M{:.1} ", x(first));
        for (idx, point) in ratios.tippett.iter().enumerate() {
            let Some(share) = (if of_true { point.share_of_true } else { point.share_of_false }) else {
                break;
            };
            let _ =
                write!(path, "{}{:.1} H{:.1} ", if idx == 0 { "" } else { "V" }, y(share), x(point.log10_lr));
        }
        let has = if of_true { ratios.n_true > 0 } else { ratios.n_false > 0 };
        if has && !ratios.tippett.is_empty() {
            let _ = write!(svg, "<path class=\"{class}\" d=\"{path}V{:.1}\"/>", y(0.0));
        }
    }
    legend(&mut svg, words);
    svg + "</svg>"
}

/// The least error that the axes of the calibration show: a tenth of what the best stretch may state.
const LEAST_ERROR: f64 = 0.0001;

/// Stated against observed shares of error, on logarithmic axes: near 1 a probability is told by what it lacks.
/// Where no error was observed the mark is hollow and stands at the foot.
pub fn calibration(stretches: &[Calibration], words: &Words) -> String {
    let at = |error: f64| (error.max(LEAST_ERROR).log10() + 4.0) / 4.0;
    let x = |error: f64| LEFT + at(error) * (RIGHT - LEFT);
    let y = |error: f64| BOTTOM - at(error) * (BOTTOM - TOP);
    let mut svg = begin(words);
    for (tick, text) in [(0.0001, "0.01 %"), (0.001, "0.1 %"), (0.01, "1 %"), (0.1, "10 %"), (1.0, "100 %")] {
        across(&mut svg, x(tick), text);
        up(&mut svg, y(tick), text);
    }
    let _ = write!(svg, "<path class=\"false\" d=\"M{LEFT:.1} {BOTTOM:.1} L{RIGHT:.1} {TOP:.1}\"/>");
    for stretch in stretches {
        let (stated, observed) = (1.0 - stretch.mean_posterior, 1.0 - stretch.share_right);
        let class = if observed <= 0.0 { "hollow" } else { "mark" };
        let _ = write!(
            svg,
            "<circle class=\"{class}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"5\"/>",
            x(stated),
            y(observed)
        );
    }
    svg + "</svg>"
}

fn begin(words: &Words) -> String {
    let Words { title, across, up, .. } = words;
    let (middle, half) = ((LEFT + RIGHT) / 2.0, (TOP + BOTTOM) / 2.0);
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}\">\
         <path class=\"axis\" d=\"M{LEFT} {TOP} V{BOTTOM} H{RIGHT}\"/>\
         <text x=\"{middle:.1}\" y=\"262\" text-anchor=\"middle\">{across}</text>\
         <text x=\"12\" y=\"{half:.1}\" text-anchor=\"middle\" transform=\"rotate(-90 12 {half:.1})\">{up}</text>"
    )
}

fn across(svg: &mut String, x: f64, text: &str) {
    let _ = write!(
        svg,
        "<path class=\"tick\" d=\"M{x:.1} {BOTTOM} v4\"/><text x=\"{x:.1}\" y=\"244\" text-anchor=\"middle\">{text}</text>"
    );
}

fn up(svg: &mut String, y: f64, text: &str) {
    let _ = write!(
        svg,
        "<path class=\"tick\" d=\"M{LEFT} {y:.1} h-4\"/><text x=\"56\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>",
        y + 4.0
    );
}

fn legend(svg: &mut String, words: &Words) {
    for (idx, (class, curve)) in ["true", "false"].iter().zip(&words.curves).enumerate() {
        let x = LEFT + 150.0 * idx as f64;
        let _ = write!(
            svg,
            "<path class=\"{class}\" d=\"M{x:.1} 274 h24\"/><text x=\"{:.1}\" y=\"278\">{curve}</text>",
            x + 30.0
        );
    }
}
