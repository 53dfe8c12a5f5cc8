//! Rows as aligned text columns that fit the width. It aligns and shortens; what the values mean, callers know.

use std::io::{self, Write};

use console::{measure_text_width, truncate_str};

/// Writes rows under a heading, each column as wide as its widest value. When a line would not fit into `width`, the
/// last column goes on below itself; when that is not enough, the widest of the others are shortened, with `…` where
/// something was left out.
pub fn write_columns(
    out: &mut dyn Write,
    heading: &[impl AsRef<str>],
    rows: &[Vec<String>],
    width: usize,
) -> io::Result<()> {
    let mut widths: Vec<usize> = heading.iter().map(|name| measure_text_width(name.as_ref())).collect();
    for row in rows {
        for (wide, value) in widths.iter_mut().zip(row) {
            *wide = (*wide).max(measure_text_width(value));
        }
    }
    let Some(last) = widths.pop() else { return Ok(()) };
    shrink(&mut widths, width.saturating_sub(GAP + last.min(NARROWEST_LAST)));
    let indent = widths.iter().map(|wide| wide + GAP).sum::<usize>();
    let heading: Vec<String> = heading.iter().map(|name| name.as_ref().to_uppercase()).collect();
    for row in std::iter::once(&heading).chain(rows) {
        let Some((value, before)) = row.split_last() else { continue };
        let mut line = String::new();
        for (value, wide) in before.iter().zip(&widths) {
            let value = truncate_str(value, *wide, "…");
            line.push_str(&value);
            line.extend(std::iter::repeat_n(' ', wide + GAP - measure_text_width(&value)));
        }
        for (idx, part) in parts(value, width.saturating_sub(indent).max(NARROWEST)).into_iter().enumerate() {
            if idx > 0 {
                line.push('\n');
                line.extend(std::iter::repeat_n(' ', indent));
            }
            line.push_str(part.trim_end());
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// A text cut between words into parts that fit; a word that is longer than a part is cut too.
fn parts(text: &str, width: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    for word in text.split_inclusive(' ') {
        let last = parts.last_mut().expect("there is always one part");
        if !last.is_empty() && measure_text_width(last) + measure_text_width(word.trim_end()) > width {
            parts.push(String::new());
        }
        for character in word.chars() {
            let last = parts.last_mut().expect("there is always one part");
            if measure_text_width(last) >= width && character != ' ' {
                parts.push(String::new());
            }
            parts.last_mut().expect("there is always one part").push(character);
        }
    }
    parts
}

const GAP: usize = 2;
/// No column is shortened below this.
const NARROWEST: usize = 6;
/// The last column keeps this much of the line before it goes on below itself.
const NARROWEST_LAST: usize = 30;

/// Takes from the widest column, one by one, until the line fits or nothing more can be taken.
fn shrink(widths: &mut [usize], width: usize) {
    let gaps = GAP * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > width {
        let Some(widest) = widths.iter_mut().max().filter(|widest| **widest > NARROWEST) else { return };
        *widest -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rows: &[Vec<String>], width: usize) -> String {
        let mut out = Vec::new();
        write_columns(&mut out, &["name", "n"], rows, width).expect("memory takes all");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn columns_are_aligned_and_shortened_only_when_they_must() {
        let rows =
            [vec!["àèì".to_owned(), "1".to_owned()], vec!["a long value here".to_owned(), "2".to_owned()]];
        assert_eq!(written(&rows, 80), "NAME               N\nàèì                1\na long value here  2\n");
        assert_eq!(written(&rows, 12), "NAME       N\nàèì        1\na long v…  2\n");
    }

    #[test]
    fn the_last_column_goes_on_below_itself() {
        let rows = [vec!["x".to_owned(), "one two three four five six seven eight nine ten".to_owned()]];
        let text = written(&rows, 40);
        assert_eq!(text, "NAME  N\nx     one two three four five six seven\n      eight nine ten\n");
    }
}
