//! Words as people write them: folded to plain letters, and how one becomes another by a slip of the hand.
//!
//! Not a phonetic code: Soundex and its kin are made for one language, edits are made by every hand.

/// How near two different words are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Near {
    /// Two letters swapped, one doubled, or one hit beside its key.
    Slip,
    /// One letter more, less, or other.
    Edit,
    /// Two of these, in a word of seven letters or more.
    Far,
    /// One is the beginning of the other, two letters at least.
    Start,
    /// One is the other's first letter.
    Initial,
}

/// Letters and digits in lower case without accents, words parted by one space.
#[must_use]
pub fn folded(said: &str) -> String {
    let mut text = String::with_capacity(said.len());
    for c in said.chars().flat_map(char::to_lowercase) {
        match plain(c) {
            Some(plain) => text.push_str(plain),
            None if c.is_alphanumeric() => text.push(c),
            // D'Angelo is one word, Rossi-Bianchi are two.
            None if matches!(c, '\'' | '’' | '`' | '.' | '\u{300}'..='\u{36f}') => {}
            None if text.ends_with(' ') || text.is_empty() => {}
            None => text.push(' '),
        }
    }
    text.truncate(text.trim_end().len());
    text
}

fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' | 'ő' => "o",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ť' | 'ţ' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'ä' | 'æ' => "ae",
        'ö' | 'œ' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        _ => return None,
    })
}

/// How near two words are; none when they are the same or far apart.
#[must_use]
pub fn near(a: &str, b: &str) -> Option<Near> {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.is_empty() || short == long {
        return None;
    }
    if short.len() == 1 {
        return (short[0] == long[0]).then_some(Near::Initial);
    }
    if long.len() - short.len() <= 1
        && short.len() > 2
        && let Some(one) = one_edit(short, long)
    {
        return Some(one);
    }
    if long.starts_with(short) {
        return Some(Near::Start);
    }
    (short.len() >= 7 && long.len() - short.len() <= 2 && two_edits(short, long)).then_some(Near::Far)
}

/// Slip or edit, when one is enough.
fn one_edit(short: &[u8], long: &[u8]) -> Option<Near> {
    let start = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let room = short.len() - start;
    let end = short.iter().rev().zip(long.iter().rev()).take(room).take_while(|(a, b)| a == b).count();
    let (a, b) = (&short[start..short.len() - end], &long[start..long.len() - end]);
    match (a, b) {
        ([], [more]) => {
            let doubled = start > 0 && long[start - 1] == *more;
            Some(if doubled { Near::Slip } else { Near::Edit })
        }
        ([a], [b]) => Some(if beside(*a, *b) { Near::Slip } else { Near::Edit }),
        ([a, b], [c, d]) if a == d && b == c => Some(Near::Slip),
        _ => None,
    }
}

/// Whether two edits, swaps of neighbours among them, are enough: optimal string alignment, three rows.
fn two_edits(a: &[u8], b: &[u8]) -> bool {
    const MOST: usize = 48;
    if b.len() >= MOST {
        return false;
    }
    let mut rows = [[0_u8; MOST]; 3];
    for (idx, cell) in rows[0].iter_mut().enumerate() {
        *cell = idx as u8;
    }
    for i in 1..=a.len() {
        let (now, last, before) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        rows[now][0] = i as u8;
        let mut least = i as u8;
        for j in 1..=b.len() {
            let differs = u8::from(a[i - 1] != b[j - 1]);
            let mut cost = (rows[last][j] + 1).min(rows[now][j - 1] + 1).min(rows[last][j - 1] + differs);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(rows[before][j - 2] + 1);
            }
            rows[now][j] = cost;
            least = least.min(cost);
        }
        if least > 2 {
            return false;
        }
    }
    rows[a.len() % 3][b.len()] <= 2
}

/// Whether two keys lie side by side, on keyboards of the QWERTY family.
fn beside(a: u8, b: u8) -> bool {
    const ROWS: [&[u8]; 4] = [b"1234567890", b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];
    let place = |key: u8| {
        ROWS.iter().enumerate().find_map(|(row, keys)| Some((row, keys.iter().position(|k| *k == key)?)))
    };
    let (Some((row_a, a)), Some((row_b, b))) = (place(a), place(b)) else { return false };
    match row_a.abs_diff(row_b) {
        0 => a.abs_diff(b) == 1,
        // A row stands half a key to the right of the one above it.
        1 => {
            let (upper, lower) = if row_a < row_b { (a, b) } else { (b, a) };
            upper == lower || upper == lower + 1
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_cases_and_marks_are_folded() {
        for (said, expected) in [
            ("  Niccolò  D'Angelo ", "niccolo dangelo"),
            ("ROSSI-BIANCHI, M.", "rossi bianchi m"),
            ("Müller", "mueller"),
            ("…", ""),
        ] {
            assert_eq!(folded(said), expected, "{said}");
        }
    }

    #[test]
    fn slips_edits_beginnings_and_initials_are_told_apart() {
        for (a, b, expected) in [
            ("rossi", "rosis", Some(Near::Slip)),
            ("rossi", "rosssi", Some(Near::Slip)),
            ("rossi", "rosdi", Some(Near::Slip)),
            ("rossi", "rossa", Some(Near::Edit)),
            ("rossi", "rosi", Some(Near::Slip)),
            ("rossi", "ros", Some(Near::Start)),
            ("giuseppe", "g", Some(Near::Initial)),
            ("bernardini", "barnardino", Some(Near::Far)),
            ("maria", "mario", Some(Near::Edit)),
            ("rossi", "verdi", None),
            ("rossi", "rossi", None),
            ("", "rossi", None),
            ("ab", "ac", None),
        ] {
            assert_eq!(near(a, b), expected, "{a} {b}");
            assert_eq!(near(b, a), expected, "{b} {a}");
        }
    }
}
