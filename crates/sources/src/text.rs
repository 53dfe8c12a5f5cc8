//! The bytes of a text file, line by line, within limits: decompressed, in UTF-8 or an encoding found out and said.

use std::io::{self, Read};
use std::ops::Range;

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use tutela_model::field::clip;
use tutela_model::place::Spot;
use tutela_model::source::{Input, Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};

use crate::compression::{Stream, decompressed};

/// The most bytes that a record may have: a line, or the lines of a quoted field. Honest ones are a thousandth of it.
pub const MAX_RECORD: usize = 16 << 20;
/// Bytes asked for at a time.
const CHUNK: usize = 256 << 10;
/// Bytes between two reports of progress.
const PROGRESS: u64 = 1 << 20;

/// A text file that is being read.
pub(crate) struct TextInput {
    /// What the bytes are read as.
    pub charset: Charset,
    /// The number of the next line, from 1.
    pub line: u64,
    source: Source,
    buffer: Vec<u8>,
    /// The part of `buffer` that is not yet taken.
    unread: Range<usize>,
    ended: bool,
    terminator: u8,
    n_reported: u64,
    /// What is there of the line in which damage ends the file: it is no record, because its last field may be cut.
    cut: Option<String>,
    /// What the bytes were before they were made UTF-8; none when they are as the file has them.
    transcoded_from: Option<&'static Encoding>,
    /// Bytes of the decompressed file that are taken, its byte order mark among them.
    n_taken: u64,
}

enum Source {
    Plain(Stream),
    Transcoded(Box<Transcoder>),
}

/// What the bytes of a text are read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    /// Only ASCII so far: the first record with more decides.
    Undecided,
    Utf8,
    Windows1252,
    /// Made UTF-8 before it came into the buffer; damage shows as U+FFFD.
    Transcoded,
}

/// How long a line is.
pub(crate) enum LineLen {
    /// That many bytes with its end.
    Whole(usize),
    /// More than [`MAX_RECORD`].
    TooLong,
}

/// What came next in a file.
pub(crate) enum NextLine<'a> {
    /// A line's text without its end, and its number.
    Line(&'a str, u64),
    /// A line that cannot be read.
    Problem(Box<Problem>),
    /// The end of the file.
    End,
}

impl TextInput {
    /// Opens a file and finds out its encoding: by its byte order mark, as declared, else by its bytes.
    ///
    /// # Errors
    /// [`Refusal::Read`], and [`Refusal::UnknownEncoding`] for an encoding that does not exist.
    pub fn open(input: Input, declared: Option<&str>, sink: &mut dyn Sink) -> Result<Self, Refusal> {
        let declared = declared.map(encoding).transpose()?;
        let mut stream = decompressed(input)?;
        let mut buffer = vec![0; CHUNK];
        let n_read = read_full(&mut stream, &mut buffer)?;
        let (chosen, n_mark) = match Encoding::for_bom(&buffer[..n_read]) {
            Some((chosen, n_mark)) => (Some(chosen), n_mark),
            None => (declared, 0),
        };
        let mut text = Self {
            charset: Charset::Undecided,
            line: 1,
            source: Source::Plain(stream),
            buffer,
            unread: n_mark..n_read,
            ended: n_read < CHUNK,
            terminator: b'\n',
            n_reported: 0,
            cut: None,
            transcoded_from: None,
            n_taken: n_mark as u64,
        };
        match chosen {
            None => text.charset = detected(text.bytes()),
            Some(chosen) if chosen == UTF_8 => text.charset = Charset::Utf8,
            Some(chosen) => text = text.transcoded(chosen)?,
        }
        if memchr::memchr(b'\n', text.bytes()).is_none() && memchr::memchr(b'\r', text.bytes()).is_some() {
            text.terminator = b'\r';
        }
        match (chosen, text.charset) {
            (Some(chosen), _) if n_mark > 0 => {
                sink.note("encoding", &format!("{}, by its byte order mark", chosen.name()))
            }
            (Some(chosen), _) => sink.note("encoding", &format!("{}, as declared", chosen.name())),
            (None, charset) => charset.note(sink),
        }
        Ok(text)
    }

    fn transcoded(mut self, encoding: &'static Encoding) -> Result<Self, Refusal> {
        let raw = self.bytes().to_vec();
        self.source = match self.source {
            Source::Plain(stream) => {
                Source::Transcoded(Box::new(Transcoder::new(stream, encoding, raw, self.ended)))
            }
            source @ Source::Transcoded(_) => source,
        };
        self.charset = Charset::Transcoded;
        self.transcoded_from = Some(encoding);
        (self.unread, self.ended) = (0..0, false);
        self.fill()?;
        Ok(self)
    }

    /// Takes more bytes into the buffer, which doubles when one record fills half of it. False at the end of the file.
    pub fn fill(&mut self) -> Result<bool, Refusal> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.copy_within(self.unread.clone(), 0);
        self.unread = 0..self.unread.len();
        if self.unread.end * 2 > self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let free = &mut self.buffer[self.unread.end..];
        let n_read = match &mut self.source {
            Source::Plain(stream) => read_full(stream, free)?,
            Source::Transcoded(transcoder) => read_full(transcoder.as_mut(), free)?,
        };
        self.ended = n_read < free.len();
        self.unread.end += n_read;
        Ok(n_read > 0)
    }

    /// The bytes at hand.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.unread.clone()]
    }

    /// The byte that ends a line.
    pub fn terminator(&self) -> u8 {
        self.terminator
    }

    /// Takes the first bytes away, `n_lines` line ends among them. They stay readable by [`TextInput::taken`] until
    /// the next [`TextInput::fill`].
    pub fn take(&mut self, n_bytes: usize, n_lines: u64) {
        self.n_taken += self.len_in_file(&self.bytes()[..n_bytes]);
        self.unread.start += n_bytes;
        self.line += n_lines;
    }

    /// How many bytes of the decompressed file a piece of the text is. Of an encoding that is neither as it is nor UTF-16
    /// this is not known, and [`TextInput::position`] then tells nothing.
    pub fn len_in_file(&self, text: &[u8]) -> u64 {
        match self.transcoded_from {
            None => text.len() as u64,
            // A character is one unit of two bytes, and two units beyond the first 65,536: those of four bytes in UTF-8.
            Some(_) => {
                let units = |byte: &u8| u64::from(*byte & 0xc0 != 0x80) + u64::from(*byte >= 0xf0);
                2 * text.iter().map(units).sum::<u64>()
            }
        }
    }

    /// Where the next byte stands in the decompressed file; none when its encoding does not tell.
    pub fn position(&self) -> Option<u64> {
        let is_known = self.transcoded_from.is_none_or(|encoding| [UTF_16LE, UTF_16BE].contains(&encoding));
        is_known.then_some(self.n_taken)
    }

    /// The name of the encoding that lines at hand are in, as the WHATWG writes it; none while all is ASCII.
    pub fn encoding_name(&self) -> Option<&'static str> {
        match (self.transcoded_from, self.charset) {
            (Some(encoding), _) => Some(encoding.name()),
            (None, Charset::Utf8) => Some(UTF_8.name()),
            (None, Charset::Windows1252) => Some(WINDOWS_1252.name()),
            (None, _) => None,
        }
    }

    /// The compression that the file is in; none when it is in none.
    pub fn packed(&self) -> Option<&'static str> {
        self.stream().packed()
    }

    /// The `n_bytes` that were taken last, and the charset that they are in.
    pub fn taken(&mut self, n_bytes: usize) -> (&[u8], &mut Charset) {
        (&self.buffer[self.unread.start - n_bytes..self.unread.start], &mut self.charset)
    }

    /// The length of the next line with its end; none at the end of the file. The line is not yet taken.
    pub fn line_len(&mut self) -> Result<Option<LineLen>, Refusal> {
        let mut n_searched = 0;
        loop {
            if let Some(end) = memchr::memchr(self.terminator, &self.bytes()[n_searched..]) {
                let len = n_searched + end + 1;
                return Ok(Some(if len > MAX_RECORD { LineLen::TooLong } else { LineLen::Whole(len) }));
            }
            n_searched = self.unread.len();
            if n_searched > MAX_RECORD {
                return Ok(Some(LineLen::TooLong));
            }
            if !self.fill()? {
                if self.is_cut() && n_searched > 0 {
                    self.cut = Some(clip(&String::from_utf8_lossy(self.bytes())));
                    self.unread.start = self.unread.end;
                    return Ok(None);
                }
                return Ok((n_searched > 0).then_some(LineLen::Whole(n_searched)));
            }
        }
    }

    /// The next line that is not empty, with its end, to be looked at before it is read; empty lines are taken away.
    /// None at the end of the file, or when it is too long.
    pub fn peek_line(&mut self) -> Result<Option<&[u8]>, Refusal> {
        loop {
            match self.line_len()? {
                Some(LineLen::Whole(len)) if content(&self.bytes()[..len]).is_empty() => self.take(len, 1),
                Some(LineLen::Whole(len)) => return Ok(Some(&self.bytes()[..len])),
                Some(LineLen::TooLong) | None => return Ok(None),
            }
        }
    }

    /// Takes away everything up to the next line end, without keeping it; hands back how many bytes that was.
    pub fn skip_line(&mut self) -> Result<u64, Refusal> {
        let mut n_bytes = 0;
        loop {
            if let Some(end) = memchr::memchr(self.terminator, self.bytes()) {
                self.take(end + 1, 1);
                return Ok(n_bytes + end as u64 + 1);
            }
            n_bytes += self.unread.len() as u64;
            self.take(self.unread.len(), 0);
            if !self.fill()? {
                self.line += 1;
                return Ok(n_bytes);
            }
        }
    }

    /// Whether the file's own line feeds end its lines, so that these can be counted and gone to. They do not in a
    /// compression, in an encoding that is made UTF-8, and where carriage returns end the lines.
    pub fn can_go_to_lines(&self) -> bool {
        matches!(self.source, Source::Plain(_)) && self.packed().is_none() && self.terminator == b'\n'
    }

    /// Goes to the beginning of the line after the one, `line`, that the byte stands in. False, and nothing is done,
    /// where lines cannot be gone to.
    pub fn go_behind(&mut self, byte: u64, line: u64) -> Result<bool, Refusal> {
        let can_go = self.can_go_to_lines();
        let Source::Plain(stream) = &mut self.source else { return Ok(false) };
        if !can_go || !stream.go_to(byte)? {
            return Ok(false);
        }
        (self.unread, self.ended) = (0..0, false);
        (self.n_taken, self.line) = (byte, line);
        self.skip_line()?;
        Ok(true)
    }

    /// Takes away lines until the next one is `wanted`, by counting their ends, as long as no line is longer than a record
    /// may be and the position is not one that `is_beyond`. Lines near it are left to be taken one by one.
    pub fn skip_towards(&mut self, wanted: u64, is_beyond: impl Fn(u64) -> bool) -> Result<(), Refusal> {
        while self.line < wanted && !self.position().is_some_and(&is_beyond) {
            let Some(last) = memchr::memrchr(self.terminator, self.bytes()) else {
                // A line that is longer than what is at hand, or the last one.
                if self.unread.len() > MAX_RECORD || !self.fill()? {
                    break;
                }
                continue;
            };
            let whole = &self.bytes()[..=last];
            let n_lines = memchr::memchr_iter(self.terminator, whole).count() as u64;
            if n_lines > wanted - self.line {
                break;
            }
            self.take(last + 1, n_lines);
        }
        Ok(())
    }

    /// The next line that is not empty, as text. `scratch` holds it when it had to be converted.
    pub fn next_line<'a>(
        &'a mut self,
        scratch: &'a mut String,
        sink: &mut dyn Sink,
    ) -> Result<NextLine<'a>, Refusal> {
        self.report(sink);
        let line;
        let len = loop {
            match self.line_len()? {
                None => return Ok(NextLine::End),
                Some(LineLen::TooLong) => {
                    line = self.line;
                    let n_bytes = self.skip_line()?;
                    return Ok(NextLine::Problem(Box::new(too_large(Spot::Line(line), n_bytes))));
                }
                Some(LineLen::Whole(len)) if content(&self.bytes()[..len]).is_empty() => self.take(len, 1),
                Some(LineLen::Whole(len)) => {
                    line = self.line;
                    self.take(len, 1);
                    break len;
                }
            }
        };
        let (bytes, charset) = self.taken(len);
        let bytes = content(bytes);
        let place = || Spot::Line(line);
        if memchr::memchr(0, bytes).is_some() {
            return Ok(NextLine::Problem(Box::new(has_nul(place(), bytes))));
        }
        Ok(match charset.read(bytes, sink) {
            Decoded::Utf8(text) => NextLine::Line(text, line),
            Decoded::Windows1252 => {
                scratch.clear();
                scratch.push_str(&WINDOWS_1252.decode_without_bom_handling(bytes).0);
                NextLine::Line(scratch, line)
            }
            Decoded::Bad => NextLine::Problem(Box::new(not_text(place(), bytes))),
        })
    }

    /// Tells the sink, now and then, how far the reader is.
    pub fn report(&mut self, sink: &mut dyn Sink) {
        let n_read = self.stream().n_read();
        if n_read >= self.n_reported + PROGRESS {
            self.n_reported = n_read;
            sink.progress(n_read);
        }
    }

    /// Whether damage in a file's compression ended it.
    pub fn is_cut(&self) -> bool {
        self.ended && self.stream().is_cut()
    }

    /// Reports what ended the file before its end.
    pub fn finish(&self, sink: &mut dyn Sink) -> Result<(), Refusal> {
        sink.progress(self.stream().n_read());
        let Some(mut problem) = self.stream().trouble(Spot::Line(self.line)) else { return Ok(()) };
        if let (Some(found), Some(cut)) = (&mut problem.found, &self.cut) {
            *found = format!("{found}; the line that is cut begins with: {cut}").into();
        }
        sink.record();
        sink.problem(problem)
    }

    fn stream(&self) -> &Stream {
        match &self.source {
            Source::Plain(stream) => stream,
            Source::Transcoded(transcoder) => &transcoder.stream,
        }
    }
}

/// A line without its end.
pub(crate) fn content(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// What a record's bytes are.
pub(crate) enum Decoded<'a> {
    /// UTF-8.
    Utf8(&'a str),
    /// To be converted.
    Windows1252,
    /// Not text in the file's encoding.
    Bad,
}

impl Charset {
    /// Reads a record's bytes. The first one that is not ASCII decides, where nothing else did before.
    pub fn read<'a>(&mut self, bytes: &'a [u8], sink: &mut dyn Sink) -> Decoded<'a> {
        if *self == Self::Windows1252 {
            return Decoded::Windows1252;
        }
        let read = std::str::from_utf8(bytes);
        if *self == Self::Undecided && !bytes.is_ascii() {
            *self = if read.is_ok() { Self::Utf8 } else { Self::Windows1252 };
            self.note(sink);
        }
        match read {
            Ok(text) if *self == Self::Transcoded && text.contains('\u{fffd}') => Decoded::Bad,
            Ok(text) => Decoded::Utf8(text),
            Err(_) if *self == Self::Windows1252 => Decoded::Windows1252,
            Err(_) => Decoded::Bad,
        }
    }

    fn note(self, sink: &mut dyn Sink) {
        match self {
            Self::Utf8 => sink.note("encoding", "UTF-8, by its bytes"),
            Self::Windows1252 => {
                sink.note("encoding", "windows-1252 (Latin-1), because its bytes are not UTF-8")
            }
            Self::Undecided | Self::Transcoded => {}
        }
    }
}

/// The encoding of that WHATWG label.
fn encoding(label: &str) -> Result<&'static Encoding, Refusal> {
    Encoding::for_label(label.as_bytes())
        .filter(|encoding| encoding.is_ascii_compatible() || [UTF_16LE, UTF_16BE].contains(encoding))
        .ok_or_else(|| Refusal::UnknownEncoding(label.to_owned()))
}

/// The beginning of a file as text, to recognise it by: UTF-8, UTF-16 by its mark, else Latin-1.
pub(crate) fn head_text(head: &[u8]) -> String {
    match Encoding::for_bom(head) {
        Some((encoding, n_mark)) => encoding.decode_without_bom_handling(&head[n_mark..]).0.into_owned(),
        None if detected(head) == Charset::Windows1252 => {
            WINDOWS_1252.decode_without_bom_handling(head).0.into_owned()
        }
        None => String::from_utf8_lossy(head).into_owned(),
    }
}

/// Most lines decide: one damaged byte in a UTF-8 file must not turn each of its accents into two signs.
pub(crate) fn detected(head: &[u8]) -> Charset {
    let (mut n_utf8, mut n_other) = (0_u32, 0_u32);
    for line in head.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii()) {
        match std::str::from_utf8(line) {
            Ok(_) => n_utf8 += 1,
            // The last line may be cut inside a character.
            Err(error) if error.error_len().is_none() => {}
            Err(_) => n_other += 1,
        }
    }
    match (n_utf8, n_other) {
        (0, 0) => Charset::Undecided,
        (n_utf8, n_other) if n_utf8 >= n_other => Charset::Utf8,
        _ => Charset::Windows1252,
    }
}

/// Reads until the buffer is full or the file ends.
pub(crate) fn read_full(from: &mut dyn Read, into: &mut [u8]) -> io::Result<usize> {
    let mut n_read = 0;
    while n_read < into.len() {
        match from.read(&mut into[n_read..]) {
            Ok(0) => break,
            Ok(n) => n_read += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(n_read)
}

/// Makes UTF-8 of another encoding while it is read.
struct Transcoder {
    stream: Stream,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_ended: bool,
    made: String,
    n_given: usize,
    done: bool,
}

impl Transcoder {
    fn new(stream: Stream, encoding: &'static Encoding, raw: Vec<u8>, raw_ended: bool) -> Self {
        let decoder = encoding.new_decoder_without_bom_handling();
        Self { stream, decoder, raw, raw_ended, made: String::new(), n_given: 0, done: false }
    }

    /// Makes the next piece of text; an empty one at the end.
    fn make(&mut self) -> io::Result<()> {
        (self.n_given, self.made) = (0, String::new());
        while self.made.is_empty() && !self.done {
            let needed = self.decoder.max_utf8_buffer_length(self.raw.len()).unwrap_or(4 * CHUNK);
            self.made.reserve(needed);
            // The room is enough for all of `raw`, so that none of it is left.
            let _ = self.decoder.decode_to_string(&self.raw, &mut self.made, self.raw_ended);
            self.done = self.raw_ended;
            if !self.done {
                self.raw.resize(CHUNK, 0);
                let n_read = read_full(&mut self.stream, &mut self.raw)?;
                self.raw_ended = n_read < CHUNK;
                self.raw.truncate(n_read);
            }
        }
        Ok(())
    }
}

impl Read for Transcoder {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.n_given == self.made.len() {
            self.make()?;
        }
        let rest = &self.made.as_bytes()[self.n_given..];
        let n_given = rest.len().min(into.len());
        into[..n_given].copy_from_slice(&rest[..n_given]);
        self.n_given += n_given;
        Ok(n_given)
    }
}

/// The problem of a record that is too large.
pub(crate) fn too_large(place: Spot, n_bytes: u64) -> Problem {
    let expected = format!("a record of at most {MAX_RECORD} bytes");
    Problem::new(ProblemKind::TooLarge, place, "", &expected, &format!("{n_bytes} bytes")).mend(
        "look whether a line end or a closing quotation mark is missing; reading went on with the next line",
    )
}

/// The problem of a record whose bytes are not text.
pub(crate) fn not_text(place: Spot, bytes: &[u8]) -> Problem {
    let found = String::from_utf8_lossy(&bytes[..bytes.len().min(1000)]);
    Problem::new(ProblemKind::Encoding, place, "", "text in the encoding of the rest of the file", &found)
        .mend("declare the file's encoding on import, for instance windows-1252")
}

/// The problem of a record with a NUL character, which no text has.
pub(crate) fn has_nul(place: Spot, bytes: &[u8]) -> Problem {
    let found = String::from_utf8_lossy(&bytes[..bytes.len().min(1000)]).replace('\0', "␀");
    Problem::new(ProblemKind::Malformed, place, "", "text without NUL characters", &found).mend(
        "declare utf-16le or utf-16be when every second byte of the file is NUL; else ask for the file again",
    )
}
