//! Rows as aligned text columns that fit the width. It aligns and shortens; what the values mean, callers know.

use std::io::{self, Write};

use console::{measure_text_width, truncate_str};

/// Writes rows under a heading, each column as wide as its widest value. When a line would not fit into `width`, the
/// widest columns are shortened, with `…` where something was left out.
pub fn write_columns(
    out: &mut dyn Write,
    heading: &[&str],
    rows: &[Vec<String>],
    width: usize,
) -> io::Result<()> {
    let mut widths: Vec<usize> = heading.iter().map(|name| measure_text_width(name)).collect();
    for row in rows {
        for (wide, value) in widths.iter_mut().zip(row) {
            *wide = (*wide).max(measure_text_width(value));
        }
    }
    shrink(&mut widths, width);
    let heading: Vec<String> = heading.iter().map(|name| name.to_uppercase()).collect();
    for row in std::iter::once(&heading).chain(rows) {
        let mut line = String::new();
        for (value, wide) in row.iter().zip(&widths) {
            let value = truncate_str(value, *wide, "…");
            line.push_str(&value);
            line.extend(std::iter::repeat_n(' ', wide + GAP - measure_text_width(&value)));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

const GAP: usize = 2;
/// No column is shortened below this.
const NARROWEST: usize = 6;

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
        let rows = [vec!["àèì".to_owned(), "1".to_owned()], vec!["a long value here".to_owned(), "2".to_owned()]];
        assert_eq!(written(&rows, 80), "NAME               N\nàèì                1\na long value here  2\n");
        assert_eq!(written(&rows, 12), "NAME       N\nàèì        1\na long v…  2\n");
    }
}
