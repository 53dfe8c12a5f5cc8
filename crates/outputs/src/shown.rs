//! Texts made fit to be shown: foreign characters that could act are written out, dates follow the language.

use serde_json::{Map, Value};
use tutela_model::{Lang, RowRef, Spot};

use crate::Dossier;

/// The most characters of a sentence, whose values may be foreign texts of any length.
const SENTENCE_CHARS: usize = 2_000;

/// The most characters of one value of a row or an act.
const VALUE_CHARS: usize = 200;

/// A text on one line, with nothing in it that a terminal or a reader of the line would obey: control characters and
/// those that are invisible or turn the direction of writing (Unicode UTS #39, UAX #9) are written as `[U+202E]`.
#[must_use]
pub fn plain(text: &str) -> String {
    clipped(text, SENTENCE_CHARS)
}

/// A value of a foreign text on one line, as [`plain`], and no longer than a reader of a table takes in.
#[must_use]
pub fn value(text: &str) -> String {
    clipped(text, VALUE_CHARS)
}

fn clipped(text: &str, most_chars: usize) -> String {
    let mut shown = String::with_capacity(text.len());
    for (n, character) in text.chars().enumerate() {
        if n == most_chars {
            let rest = text.chars().count() - most_chars;
            shown.push_str(&format!("… (+{rest})"));
            break;
        }
        match character {
            '\t' | '\n' | '\r' => shown.push(' '),
            _ if acts(character) => shown.push_str(&escape(character)),
            _ => shown.push(character),
        }
    }
    shown
}

/// A sentence with its first letter as a capital, for where it stands alone.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

/// A character written out: `[U+202E]`.
#[must_use]
pub fn escape(character: char) -> String {
    format!("[U+{:04X}]", u32::from(character))
}

/// Whether a terminal or a reader of the line would obey the character rather than show it.
#[must_use]
pub fn acts(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A date or instant (RFC 3339) as the language writes it: `14/03/2026, 09:30 UTC`, `14 Mar 2026, 09:30 UTC`.
///
/// A text that is neither is shown as it is.
#[must_use]
pub fn date(text: &str, lang: Lang) -> String {
    let written = |day: jiff::civil::Date| {
        day.strftime(if lang == Lang::It { "%d/%m/%Y" } else { "%-d %b %Y" }).to_string()
    };
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        let at = at.to_zoned(jiff::tz::TimeZone::UTC);
        return format!("{}, {} UTC", written(at.date()), at.strftime("%H:%M"));
    }
    if text.len() == 10 {
        return text.parse().map_or_else(|_| plain(text), written);
    }
    plain(text)
}

/// A count with the language's mark between thousands.
#[must_use]
pub fn count(n: u64, lang: Lang) -> String {
    let digits = n.to_string();
    let mut shown = String::with_capacity(digits.len() * 4 / 3);
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            shown.push(if lang == Lang::It { '.' } else { ',' });
        }
        shown.push(digit);
    }
    shown
}

/// log10 of a likelihood ratio with one decimal, as the language writes it.
#[must_use]
pub fn log10(log10_lr: f64, lang: Lang) -> String {
    let shown = format!("{log10_lr:.1}");
    if lang == Lang::It { shown.replace('.', ",") } else { shown }
}

/// Thousandths of a unit, such as a bit, with one decimal, as the language writes it.
#[must_use]
pub fn thousandths(n: i64, lang: Lang) -> String {
    log10(n as f64 / 1000.0, lang)
}

/// Where a row is, for a reader: the file's name and the spot, `leases.csv:212`.
#[must_use]
pub fn place(row: &RowRef, dossier: &Dossier<'_>) -> String {
    let source = dossier.sources.iter().find(|source| source.digest == row.source);
    let file = source.map_or_else(|| row.source.chars().take(16).collect(), |source| plain(&source.name));
    match row.place.parse() {
        Ok(Spot::Line(line)) => format!("{file}:{line}"),
        _ => format!("{file} {}", plain(&row.place)),
    }
}

/// A place as JSON: the file's digest and the fields of the spot.
#[must_use]
pub fn place_json(row: &RowRef) -> Value {
    let mut place = Map::new();
    place.insert("file".to_owned(), format!("sha256:{}", row.source).into());
    match row.place.parse::<Spot>() {
        Ok(spot) => place.extend(spot.json()),
        Err(_) => {
            place.insert("spot".to_owned(), row.place.clone().into());
        }
    }
    Value::Object(place)
}

/// What a row says, column by column, without the empty ones; none when the dossier lacks the row.
#[must_use]
pub fn columns<'a>(row: &RowRef, dossier: &Dossier<'a>) -> Option<Vec<(&'a str, String)>> {
    let columns = dossier.rows.get(row)?;
    let said = columns.iter().filter(|(_, text)| !text.is_empty());
    Some(said.map(|(column, text)| (column.as_str(), value(text))).collect())
}

/// What a row says, in one line: `address 203.0.113.7 · port 1024`.
#[must_use]
pub fn row(row: &RowRef, dossier: &Dossier<'_>) -> Option<String> {
    let said = columns(row, dossier)?.into_iter().map(|(column, text)| format!("{column} {text}"));
    Some(said.collect::<Vec<_>>().join(" · "))
}

/// Columns of a terminal that texts are wrapped for.
const TERMINAL_COLUMNS: usize = 80;

/// A text after its head, wrapped to 80 columns, with the further lines indented; it ends with a new line.
#[must_use]
pub fn wrapped(head: &str, text: &str, indent: usize) -> String {
    wrapped_to(TERMINAL_COLUMNS, head, text, indent)
}

/// A text after its head, wrapped to so many columns, with the further lines indented; it ends with a new line.
#[must_use]
pub fn wrapped_to(columns: usize, head: &str, text: &str, indent: usize) -> String {
    let mut out = head.to_owned();
    let mut width = head.chars().count();
    let mut fresh = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if !fresh && width + 1 + length > columns {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            (width, fresh) = (indent, true);
        }
        if !fresh {
            out.push(' ');
            width += 1;
        }
        // A word that is longer than a line, such as a digest, is cut at the line's end.
        for character in word.chars() {
            if width == columns {
                out.push('\n');
                out.push_str(&" ".repeat(indent));
                width = indent;
            }
            out.push(character);
            width += 1;
        }
        fresh = false;
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// The first of some texts and how many more there are: `a, b, c (+4)`.
#[must_use]
pub fn first(texts: &[String], n_shown: usize) -> String {
    let shown: Vec<String> = texts.iter().take(n_shown).map(|text| plain(text)).collect();
    let rest = texts.len() - shown.len();
    if rest == 0 { shown.join(", ") } else { format!("{} (+{rest})", shown.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_act_are_written_out() {
        assert_eq!(plain("a\u{1b}[2Jb\u{202e}c\u{200b}d\ne\0"), "a[U+001B][2Jb[U+202E]c[U+200B]d e[U+0000]");
        assert_eq!(plain("Città è <b>"), "Città è <b>");
        assert_eq!(clipped("àèìòù", 3), "àèì… (+2)");
    }

    #[test]
    fn no_wrapped_line_is_longer_than_the_terminal() {
        let text = format!("{} {}", "word ".repeat(40), "x".repeat(200));
        let wrapped = wrapped("  head: ", &text, 10);
        assert!(wrapped.lines().all(|line| line.chars().count() <= 80), "{wrapped}");
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        assert_eq!(letters(&wrapped), format!("head:{}", letters(&text)));
    }

    #[test]
    fn dates_and_counts_follow_the_language() {
        assert_eq!(date("2026-03-14", Lang::It), "14/03/2026");
        assert_eq!(date("2026-03-14T09:30:00+01:00", Lang::En), "14 Mar 2026, 08:30 UTC");
        assert_eq!(date("soon", Lang::En), "soon");
        assert_eq!(date("2026-99-99", Lang::En), "2026-99-99");
        assert_eq!(count(117_000, Lang::It), "117.000");
        assert_eq!(count(999, Lang::En), "999");
        assert_eq!(log10(4.25, Lang::It), "4,2");
    }
}
