//! A line, the record that begins on it, or one of its fields, with the lines around.

use std::collections::VecDeque;
use std::ops::Range;

use encoding_rs::WINDOWS_1252;
use tutela_model::source::Refusal;

use super::layout::{Form, Layout};
use super::line_index::{LineIndex, Start};
use super::source::{Quiet, Source, is_too_far};
use super::text::{As, TextLine, TextView, line as shown_line};
use super::{Note, Shown, Why, json};
use crate::delimited::spans;
use crate::mapped_table::folded;
use crate::text::{Charset, LineLen, MAX_RECORD, TextInput, content};
use crate::whatsapp_export_text::begins_message;

/// Lines that are shown before the record.
const BEFORE: usize = 4;
/// Lines that are shown behind it.
const BEHIND: usize = 8;
/// Lines of the record that are shown; most have one.
const OF_RECORD: usize = 40;

pub(super) fn view(
    source: &Source,
    (wanted, field): (u64, Option<u32>),
    layout: &Layout,
    index: Option<&LineIndex>,
) -> Result<Shown, Refusal> {
    if wanted == 0 {
        return Ok(Shown::Nothing(Why::NotThere));
    }
    // An encoding that does not exist was refused when the file was read; without it the bytes decide.
    let text = match TextInput::open(source.input(), layout.encoding.as_deref(), &mut Quiet) {
        Err(Refusal::UnknownEncoding(_)) => TextInput::open(source.input(), None, &mut Quiet)?,
        text => text?,
    };
    let mut walk = Walk { text, field, form: &layout.form, view: TextView::default() };
    walk.view.packed = walk.text.packed();
    let mut before = VecDeque::new();
    let first = wanted.saturating_sub(BEFORE as u64);
    let walked_from = match index {
        Some(index) => match gone_towards(&mut walk.text, first, source, index)? {
            Ok(byte) => byte,
            Err(why) => return Ok(Shown::Nothing(why)),
        },
        None => 0,
    };
    let is_beyond = |byte: u64| is_too_far(byte.saturating_sub(walked_from));
    walk.text.skip_towards(first, is_beyond)?;
    while walk.text.line < wanted {
        if walk.text.position().is_some_and(is_beyond) {
            return Ok(Shown::Nothing(Why::TooFar));
        }
        let Some(line) = walk.next_line(walk.text.line >= first)? else { break };
        before.extend(line);
        if before.len() > BEFORE {
            before.pop_front();
        }
    }
    walk.view.lines.extend(before);
    if walk.text.line != wanted || !walk.record()? {
        walk.view.note(Note::Ends);
    }
    for _ in 0..BEHIND {
        let Some(line) = walk.next_line(true)? else { break };
        walk.view.lines.extend(line);
    }
    walk.view.encoding = walk.text.encoding_name();
    Ok(match walk.view.lines.is_empty() {
        true if walk.text.line == 1 => Shown::Nothing(Why::Empty),
        true => Shown::Nothing(Why::NotThere),
        false => Shown::Text(walk.view),
    })
}

/// Goes to a line before the one that is `wanted` and near it, where an index tells one and the text can be read from
/// there; hands back the byte from which on lines are walked through, or why none are.
fn gone_towards(
    text: &mut TextInput,
    wanted: u64,
    source: &Source,
    index: &LineIndex,
) -> Result<Result<u64, Why>, Refusal> {
    if !text.can_go_to_lines() {
        return Ok(Ok(0));
    }
    Ok(match index.before(wanted, &mut source.content()?)? {
        Start::Mark(mark) if text.go_behind(mark.byte, mark.line)? => Ok(mark.byte),
        Start::Mark(_) | Start::Beginning => Ok(0),
        Start::NotYet(byte) => Err(Why::NotYet(byte)),
    })
}

/// Where the fields of a record lie in it; none for one that it does not have.
type Fields = Vec<Option<Range<usize>>>;

struct Walk<'l> {
    text: TextInput,
    field: Option<u32>,
    form: &'l Form,
    view: TextView,
}

impl Walk<'_> {
    /// What a line's bytes are read as.
    fn read_as(&self, line: &[u8]) -> As {
        match self.text.charset {
            Charset::Windows1252 => As::Windows1252,
            Charset::Undecided => As::of(line),
            Charset::Utf8 | Charset::Transcoded => As::Utf8,
        }
    }

    /// Takes the next line, and makes it ready to be shown when it `is_near`. None at the end of the file.
    fn next_line(&mut self, is_near: bool) -> Result<Option<Option<TextLine>>, Refusal> {
        let (number, byte) = (self.text.line, self.text.position());
        Ok(Some(match self.text.line_len()? {
            None => return Ok(None),
            Some(LineLen::TooLong) => {
                let beginning = self.text.bytes()[..1_000.min(self.text.bytes().len())].to_vec();
                self.text.skip_line()?;
                is_near.then(|| {
                    let line = self.shown(&beginning, number, byte, &[]);
                    TextLine { cut_after: true, ..line }
                })
            }
            Some(LineLen::Whole(len)) => {
                let line = is_near.then(|| {
                    let bytes = content(&self.text.bytes()[..len]);
                    self.shown(bytes, number, byte, &[])
                });
                self.text.take(len, 1);
                line
            }
        }))
    }

    fn shown(&self, bytes: &[u8], number: u64, byte: Option<u64>, marks: &[Range<usize>]) -> TextLine {
        let bytes = bytes.strip_suffix(&[self.text.terminator()]).unwrap_or(bytes);
        let (mut line, from) = shown_line(bytes, number, self.read_as(bytes), marks);
        line.byte = byte.map(|byte| byte + self.text.len_in_file(&bytes[..from]));
        line
    }

    /// Shows the record that begins with the next line. False when there is none.
    fn record(&mut self) -> Result<bool, Refusal> {
        let len = match self.text.line_len()? {
            None => return Ok(false),
            Some(LineLen::TooLong) => {
                let byte = self.text.position();
                let line = self.next_line(true)?.flatten();
                self.view.lines.extend(line.map(|line| {
                    let pieces = line.pieces.into_iter().map(|piece| super::Piece { marked: true, ..piece });
                    TextLine { of_record: true, pieces: pieces.collect(), ..line }
                }));
                self.view.span = byte.zip(self.text.position()).map(|(from, to)| (from, to - from));
                self.view.note(Note::Longer);
                return Ok(true);
            }
            Some(LineLen::Whole(len)) => len,
        };
        let (fields, len) = match self.form {
            Form::Delimited { delimiter, quoting } => self.delimited(len, *delimiter, *quoting)?,
            Form::Message => (Vec::new(), self.message(len)?),
            Form::Groups(_) | Form::Named(_) | Form::Line => (self.of_line(len), len),
        };
        let bytes = self.text.bytes()[..len].to_vec();
        let mark = match self.field.and_then(|field| usize::try_from(field).ok()?.checked_sub(1)) {
            None => 0..trimmed(&bytes, self.text.terminator()),
            Some(field) => fields.get(field).cloned().flatten().unwrap_or_else(|| {
                self.view.note(Note::NoField);
                0..trimmed(&bytes, self.text.terminator())
            }),
        };
        let start = self.text.position();
        self.view.span = start.map(|start| {
            let before = self.text.len_in_file(&bytes[..mark.start]);
            (start + before, self.text.len_in_file(&bytes[mark.clone()]))
        });
        self.lines_of_record(&bytes, &mark, start);
        let n_lines = memchr::memchr_iter(self.text.terminator(), &bytes).count() as u64;
        self.text.take(len, n_lines);
        Ok(true)
    }

    /// Shows the lines of a record, those around its mark when it has many.
    fn lines_of_record(&mut self, bytes: &[u8], mark: &Range<usize>, start: Option<u64>) {
        let terminator = self.text.terminator();
        let first = memchr::memchr_iter(terminator, &bytes[..mark.start]).count();
        let n_left_out = if first < OF_RECORD { 0 } else { first - 2 };
        let mut at = 0;
        for (idx, raw) in bytes.split_inclusive(|byte| *byte == terminator).enumerate() {
            let from = at;
            at += raw.len();
            if idx < n_left_out {
                continue;
            }
            if idx >= n_left_out + OF_RECORD {
                self.view.note(Note::Longer);
                break;
            }
            let raw = content(raw);
            let raw = raw.strip_suffix(&[terminator]).unwrap_or(raw);
            let part = mark.start.clamp(from, from + raw.len()) - from
                ..mark.end.clamp(from, from + raw.len()) - from;
            let byte = start.map(|start| start + self.text.len_in_file(&bytes[..from]));
            let marks = if part.is_empty() { Vec::new() } else { vec![part] };
            let mut line = self.shown(raw, self.text.line + idx as u64, byte, &marks);
            line.of_record = true;
            if line.cut_after && marks.iter().any(|mark| mark.end == raw.len()) {
                self.view.note(Note::Longer);
            }
            self.view.lines.push(line);
        }
    }

    /// The fields of a delimited record and its length. One whose quotation mark is not closed is its first line.
    fn delimited(&mut self, len: usize, delimiter: u8, quoting: bool) -> Result<(Fields, usize), Refusal> {
        let terminator = self.text.terminator();
        let has_marks = quoting && memchr::memchr(b'"', &self.text.bytes()[..len]).is_some();
        let all = |(fields, len): (Vec<Range<usize>>, usize)| (fields.into_iter().map(Some).collect(), len);
        if has_marks {
            loop {
                // Readers take no longer record, and how much is at hand depends on where reading began.
                if let Some(found) = spans(self.text.bytes(), delimiter, terminator, true)
                    && found.1 <= MAX_RECORD
                {
                    return Ok(all(found));
                }
                if self.text.bytes().len() > MAX_RECORD || !self.text.fill()? {
                    break;
                }
            }
        }
        // What the end of the file ends has no line end; and a mark that is never closed costs one line only.
        let mut ended = self.text.bytes().to_vec();
        ended.push(terminator);
        let is_last = ended.len() <= MAX_RECORD;
        let last = (has_marks && is_last).then(|| spans(&ended, delimiter, terminator, true)).flatten();
        if let Some((fields, end)) = last {
            return Ok(all((fields, end.min(self.text.bytes().len()))));
        }
        let mut line = content(&self.text.bytes()[..len]).to_vec();
        line.push(terminator);
        let (fields, _) = spans(&line, delimiter, terminator, false).unwrap_or_default();
        Ok(all((fields, len)))
    }

    /// The fields of a record that is a line.
    fn of_line(&self, len: usize) -> Fields {
        let bytes = content(&self.text.bytes()[..len]);
        match self.form {
            Form::Groups(pattern) => groups(bytes, self.read_as(bytes), pattern),
            Form::Named(names) => {
                names.iter().map(|name| json::member(bytes, &|key| folded(key) == *name)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The length of a message, which goes on until the next begins.
    fn message(&mut self, first: usize) -> Result<usize, Refusal> {
        let terminator = self.text.terminator();
        let (mut len, mut whole) = (first, first);
        for _ in 0..=OF_RECORD {
            let next = loop {
                match memchr::memchr(terminator, &self.text.bytes()[len..]) {
                    Some(end) => break len + end + 1,
                    None if self.text.bytes().len() > MAX_RECORD || !self.text.fill()? => {
                        break self.text.bytes().len();
                    }
                    None => {}
                }
            };
            let line = content(&self.text.bytes()[len..next]);
            let text = match self.read_as(line) {
                As::Utf8 => String::from_utf8_lossy(line),
                As::Windows1252 => WINDOWS_1252.decode_without_bom_handling(line).0,
            };
            if next == len || begins_message(&text) {
                break;
            }
            len = next;
            // Empty lines count when words come after them.
            if !line.is_empty() {
                whole = len;
            }
        }
        Ok(whole)
    }
}

/// The groups of an expression in a line, in bytes of the line.
fn groups(line: &[u8], read_as: As, pattern: &regex::Regex) -> Fields {
    let text = match read_as {
        As::Utf8 => String::from_utf8_lossy(line),
        As::Windows1252 => WINDOWS_1252.decode_without_bom_handling(line).0,
    };
    let Some(captures) = pattern.captures(&text) else { return Vec::new() };
    // A byte of windows-1252 is a character.
    let byte = |at: usize| if read_as == As::Utf8 { at } else { text[..at].chars().count() };
    let span =
        |group: regex::Match<'_>| byte(group.start()).min(line.len())..byte(group.end()).min(line.len());
    captures.iter().map(|group| group.map(span)).collect()
}

/// How long a record is without its last line end.
fn trimmed(record: &[u8], terminator: u8) -> usize {
    let record = content(record);
    record.strip_suffix(&[terminator]).unwrap_or(record).len()
}
