//! What stands between foreign text and a terminal: characters that act are written out on their way to one. Files and
//! pipes get the data as it is.

use std::io::{self, Write};

use tutela_outputs::shown;

use crate::run::Format;

/// Writes to a terminal what it will show and not obey.
///
/// Sentences and tables are harmless before they come here; this is for data whose values are foreign whole: JSON, JSON
/// Lines and CSV. In JSON a character is written as JSON writes it, so that what is copied from the screen is the same.
pub struct Harmless<W: Write> {
    terminal: W,
    json: bool,
    /// The beginning of a character whose end has not come yet.
    begun: Vec<u8>,
}

impl<W: Write> Harmless<W> {
    /// A writer of that form.
    pub fn new(terminal: W, format: Format) -> Self {
        Self { terminal, json: matches!(format, Format::Json | Format::Jsonl), begun: Vec::new() }
    }

    fn write_text(&mut self, text: &str) -> io::Result<()> {
        let mut rest = text;
        while let Some(at) = rest.find(|character| shown::acts(character) && !"\n\r\t".contains(character)) {
            let (before, from) = rest.split_at(at);
            let character = from.chars().next().expect("it was found there");
            self.terminal.write_all(before.as_bytes())?;
            if self.json {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(self.terminal, "\\u{unit:04x}")?;
                }
            } else {
                self.terminal.write_all(shown::escape(character).as_bytes())?;
            }
            rest = &from[character.len_utf8()..];
        }
        self.terminal.write_all(rest.as_bytes())
    }
}

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = std::mem::take(&mut self.begun);
        all.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&all) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => all.len(),
        };
        self.begun = all.split_off(whole);
        self.write_text(&String::from_utf8_lossy(&all))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.terminal.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_terminal(format: Format, pieces: &[&[u8]]) -> String {
        let mut screen = Vec::new();
        let mut terminal = Harmless::new(&mut screen, format);
        for piece in pieces {
            terminal.write_all(piece).expect("memory takes all");
        }
        String::from_utf8(screen).expect("text")
    }

    #[test]
    fn a_terminal_is_shown_every_character_that_acts_and_obeys_none() {
        let cases: &[(Format, &[&[u8]], &str)] = &[
            (Format::Csv, &[b"a\x1b[2J\r\n"], "a[U+001B][2J\r\n"),
            (Format::Text, &["à\u{202e}\tb".as_bytes()], "à[U+202E]\tb"),
            // What JSON leaves as it is: DEL, the C1 controls and what turns the direction of writing.
            (Format::Json, &["\"\u{9b}31m\u{7f}\u{202e}\"\n".as_bytes()], "\"\\u009b31m\\u007f\\u202e\"\n"),
            (Format::Jsonl, &["\u{e0041}".as_bytes()], "\\udb40\\udc41"),
            // A character may come in pieces.
            (Format::Csv, &[b"\xe2", b"\x80", b"\xaeb"], "[U+202E]b"),
        ];
        for (format, pieces, expected) in cases {
            assert_eq!(on_terminal(*format, pieces), *expected);
        }
    }
}
