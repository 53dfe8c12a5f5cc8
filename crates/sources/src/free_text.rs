//! Finds identifiers in free text: what has the form of one, with the characters where it stands.
//! Whose it is, only the text says.

use std::ops::Range;

use tutela_model::tables::SelectorKind;
use tutela_model::{Address, Time};

/// An identifier in a text.
pub(crate) struct Found {
    pub kind: SelectorKind,
    pub value: String,
    /// Where it stands, in characters from 0.
    pub chars: Range<usize>,
}

/// An address in a text, with the instant on its line when the line has exactly one address and one instant.
pub(crate) struct AddressLine<'a> {
    pub address: &'a str,
    pub at: Option<&'a str>,
    /// Where the address stands, in characters from 0.
    pub chars: Range<usize>,
}

/// E-mail addresses, telephone numbers with a country code, handset numbers and device numbers that a label precedes.
///
/// A bare run of 15 digits is not taken for a handset number even if its check digit fits: platforms number accounts
/// with as many digits, and one in ten of those fits.
pub(crate) fn identifiers(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for (start, line) in lines(text) {
        let spans = emails(line).chain(phones(line)).chain(labelled(line, &["imei"], imei)).chain(labelled(
            line,
            &["device id", "deviceid", "device_id", "android id", "idfa", "udid"],
            device_id,
        ));
        for (kind, span) in spans {
            let value = match kind {
                SelectorKind::Email | SelectorKind::DeviceId => line[span.clone()].to_owned(),
                _ => line[span.clone()].chars().filter(|c| c.is_ascii_digit() || *c == '+').collect(),
            };
            found.push(Found { kind, value, chars: start + span.start..start + span.end });
        }
    }
    found.sort_by_key(|found| (found.chars.start, found.chars.end));
    count_chars(text, found.iter_mut().map(|found| &mut found.chars));
    found
}

/// Every address in the text.
pub(crate) fn lines_with_addresses(text: &str) -> Vec<AddressLine<'_>> {
    let mut found = Vec::new();
    for (start, line) in lines(text) {
        let addresses = addresses(line);
        let at = match (&addresses[..], &instants(line)[..]) {
            ([_], [at]) => Some(&line[at.clone()]),
            _ => None,
        };
        for span in addresses {
            let chars = start + span.start..start + span.end;
            found.push(AddressLine { address: &line[span], at, chars });
        }
    }
    count_chars(text, found.iter_mut().map(|found| &mut found.chars));
    found
}

/// A kind of identifier and the bytes where one stands.
type Span = (SelectorKind, Range<usize>);

/// The lines of a text with the byte where each starts.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |start, line| {
        let this = *start;
        *start += line.len();
        Some((this, line.trim_end_matches(['\n', '\r'])))
    })
}

/// Turns ranges of bytes, in the order of their starts, into ranges of characters: one pass over the text.
fn count_chars<'a>(text: &str, spans: impl Iterator<Item = &'a mut Range<usize>>) {
    let (mut byte, mut n_chars) = (0, 0);
    for span in spans {
        n_chars += text[byte..span.start].chars().count();
        byte = span.start;
        *span = n_chars..n_chars + text[span.clone()].chars().count();
    }
}

fn emails(line: &str) -> impl Iterator<Item = Span> {
    line.match_indices('@').filter_map(|(at, _)| {
        let local = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
        let host = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
        let bytes = line.as_bytes();
        let start = at - bytes[..at].iter().rev().take_while(|byte| local(byte)).count();
        let end = at + 1 + bytes[at + 1..].iter().take_while(|byte| host(byte)).count();
        let domain = line[at + 1..end].trim_end_matches(['.', '-']);
        let (name, top) = domain.rsplit_once('.')?;
        let sound = !name.is_empty() && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
        (sound && start < at).then(|| (SelectorKind::Email, start..at + 1 + domain.len()))
    })
}

/// Numbers with `+` and 8 to 15 digits (ITU-T E.164 section 6), groups parted by single marks.
fn phones(line: &str) -> impl Iterator<Item = Span> {
    line.match_indices('+').filter_map(|(plus, _)| {
        let bytes = line.as_bytes();
        if plus > 0 && (bytes[plus - 1].is_ascii_alphanumeric() || b"+.:".contains(&bytes[plus - 1])) {
            return None;
        }
        let (mut end, mut n_digits, mut marks) = (plus + 1, 0, 0);
        for (idx, byte) in bytes.iter().enumerate().skip(plus + 1) {
            match byte {
                b'0'..=b'9' => (n_digits, marks, end) = (n_digits + 1, 0, idx + 1),
                // After a whole number a blank ends it: what follows is the next column.
                b' ' if n_digits >= 11 => break,
                b' ' | b'-' | b'.' | b'(' | b')' if marks < 2 => marks += 1,
                _ => break,
            }
        }
        let ends = !bytes.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'@');
        ((8..=15).contains(&n_digits) && ends).then_some((SelectorKind::Phone, plus..end))
    })
}

/// Values that stand right after one of the labels, which are written in lower case.
fn labelled(
    line: &str,
    labels: &'static [&'static str],
    value: fn(&str) -> Option<Span>,
) -> impl Iterator<Item = Span> {
    let lower = line.to_ascii_lowercase();
    let mut found = Vec::new();
    for label in labels {
        for (at, _) in lower.match_indices(label) {
            let whole = !lower[..at].ends_with(|c: char| c.is_alphanumeric());
            let rest = &line[at + label.len()..];
            let after = rest.trim_start_matches([' ', ':', '=', '#', '\t', '"']);
            if whole
                && after.len() < rest.len()
                && let Some((kind, span)) = value(after)
            {
                let start = line.len() - after.len();
                found.push((kind, start + span.start..start + span.end));
            }
        }
    }
    found.into_iter()
}

/// Fifteen digits, dashes or blanks between them, whose check digit fits (3GPP TS 23.003 section 6.2.1 and annex B).
fn imei(after: &str) -> Option<Span> {
    let mut digits = Vec::new();
    let mut end = 0;
    for (idx, byte) in after.bytes().enumerate() {
        match byte {
            b'0'..=b'9' if digits.len() == 15 => return None,
            b'0'..=b'9' => {
                digits.push(u32::from(byte - b'0'));
                end = idx + 1;
            }
            b'-' | b' ' | b'/' if digits.len() < 15 => {}
            _ => break,
        }
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(idx, digit)| if idx % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { *digit })
        .sum();
    (digits.len() == 15 && sum.is_multiple_of(10)).then_some((SelectorKind::Imei, 0..end))
}

/// At least eight letters, digits and dashes with a digit among them.
fn device_id(after: &str) -> Option<Span> {
    let end = after.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte)).count();
    let value = &after[..end];
    (end >= 8 && value.bytes().any(|byte| byte.is_ascii_digit())).then_some((SelectorKind::DeviceId, 0..end))
}

fn addresses(line: &str) -> Vec<Range<usize>> {
    let bytes = line.as_bytes();
    let part = |byte: &u8| byte.is_ascii_hexdigit() || b".:".contains(byte);
    let mut found = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let len = bytes[start..].iter().take_while(|byte| part(byte)).count();
        let bounded =
            start == 0 || !(bytes[start - 1].is_ascii_alphanumeric() || b"-_/+".contains(&bytes[start - 1]));
        let followed =
            bytes.get(start + len).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
        if bounded
            && !followed
            && let Some(address_len) = address_len(&line[start..start + len])
        {
            found.push(start..start + address_len);
        }
        start += len.max(1);
        while !line.is_char_boundary(start) {
            start += 1;
        }
    }
    found
}

/// How much of a run of hexadecimal digits, dots and colons is an address: not the full stop or colon after it, and
/// not the port after an IPv4 address.
fn address_len(run: &str) -> Option<usize> {
    let is_address = |text: &str| text.parse::<Address>().is_ok_and(|address| address != Address(0));
    let bare = run.trim_end_matches(['.', ':']);
    let before_port = bare.split(':').next().filter(|v4| v4.contains('.'));
    // `::` may end an address, so the run as it is comes first.
    [Some(run), Some(bare), before_port]
        .into_iter()
        .flatten()
        .find(|text| text.len() > 2 && is_address(text))
        .map(str::len)
}

/// Instants of RFC 3339 that carry their zone. A date with slashes is never read: its day and month are a guess.
fn instants(line: &str) -> Vec<Range<usize>> {
    /// Characters of `2026-03-01T20:00Z`, and of the longest form with nine decimals and an offset.
    const LEN: std::ops::RangeInclusive<usize> = 17..=40;
    let bytes = line.as_bytes();
    let mut found = Vec::new();
    let mut start = 0;
    while start + LEN.start() <= bytes.len() {
        let begins =
            bytes[start].is_ascii_digit() && (start == 0 || !bytes[start - 1].is_ascii_alphanumeric());
        let end = LEN.rev().map(|len| start + len).find(|end| {
            begins
                && line.get(start..*end).is_some_and(|text| Time::parse(text, None).is_ok())
                && !bytes[end - 1].is_ascii_whitespace()
                && !bytes.get(*end).is_some_and(u8::is_ascii_alphanumeric)
        });
        match end {
            Some(end) => {
                found.push(start..end);
                start = end;
            }
            None => start += 1,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        identifiers(text)
            .into_iter()
            .map(|found| {
                let said: String = text.chars().skip(found.chars.start).take(found.chars.len()).collect();
                format!("{} {} [{said}]", found.kind.word(), found.value)
            })
            .collect()
    }

    fn addressed(text: &str) -> Vec<String> {
        let lines = lines_with_addresses(text);
        lines.iter().map(|line| format!("{} {}", line.address, line.at.unwrap_or("-"))).collect()
    }

    #[test]
    fn identifiers_are_found_where_they_stand() {
        let text = "È-mail: a.b+c@example.test.\nTel +39 333 0000000 2026-03-01, (+1-202-555-0123)\nIMEI: 49-015420-323751-8 Device ID: AB12CD34-9";
        assert_eq!(
            found(text),
            [
                "email a.b+c@example.test [a.b+c@example.test]",
                "phone +393330000000 [+39 333 0000000]",
                "phone +12025550123 [+1-202-555-0123]",
                "imei 490154203237518 [49-015420-323751-8]",
                "device_id AB12CD34-9 [AB12CD34-9]",
            ]
        );
    }

    #[test]
    fn what_only_resembles_an_identifier_is_left() {
        for text in [
            "@handle a@b @@ x@y.1 user@",
            "2026-03-01T20:00:00+0100 1+234567890 +12 +1234567890123456",
            "account 490154203237518",
            "IMEI 490154203237519 IMEI 4901542032375180",
            "device id unknown, deviceidentity 12345678",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn an_address_takes_the_instant_of_its_line_only_when_there_is_no_choice() {
        assert_eq!(
            addressed("Login 198.51.100.7:443, 2026-03-01T20:00:00Z"),
            ["198.51.100.7 2026-03-01T20:00:00Z"]
        );
        assert_eq!(
            addressed("2026-03-01 20:00:00 UTC 2001:db8::1."),
            ["2001:db8::1 2026-03-01 20:00:00 UTC"]
        );
        assert_eq!(
            addressed("198.51.100.7 198.51.100.8 2026-03-01T20:00:00Z"),
            ["198.51.100.7 -", "198.51.100.8 -"]
        );
        assert_eq!(addressed("198.51.100.7 2026-03-01T20:00:00Z 2026-03-01T21:00:00Z"), ["198.51.100.7 -"]);
        assert_eq!(addressed("198.51.100.7 2026-03-01 20:00:00"), ["198.51.100.7 -"]);
        assert_eq!(addressed("198.51.100.7 03/01/2026 20:00:00 UTC"), ["198.51.100.7 -"]);
        assert_eq!(addressed("20:00:00 1.2.3 v1.2.3.4 :: aa:bb:cc:dd:ee:ff à"), Vec::<String>::new());
    }
}
