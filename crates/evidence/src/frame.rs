//! What a reading child tells its parent: frames, each a length (four bytes, little-endian), a kind (one byte) and a body.
//!
//! The child has read hostile bytes and may be theirs, so the parent believes no length: a frame has at most
//! [`MAX_FRAME`] bytes, and what is decoded from it takes half a mebibyte more at most. Numbers are written seven bits
//! a byte, lowest first (LEB128), signed ones zigzag; texts and lists have their length before them.

use std::fmt;
use std::io::{self, Read, Write};

use tutela_model::tables::{FileKind, FileState};
use tutela_model::words::Words;

use crate::entry::{Entry, Found, Part, Run, Stamp, Times, Unread, Why};

/// The version of what is said here. Parent and child are one program, so another version is a fault and no older child.
pub const VERSION: u64 = 2;

/// Bytes that a frame has at most, its kind and body together.
pub const MAX_FRAME: usize = 1 << 20;

/// Bytes of a file that a frame carries at most.
pub const MAX_BYTES: usize = 256 << 10;

/// Runs that a frame carries at most: more come in further frames. Each takes twenty bytes at most.
pub const MAX_RUNS: usize = 16_384;

/// Bytes that a path has at most in a frame. No file system allows names that make one so long; a loop of folders does.
pub const MAX_PATH: usize = 64 << 10;

/// Bytes that any other text has at most.
pub const MAX_TEXT: usize = 8 << 10;

/// Bytes that a value has at most in a frame: a longer one comes in pieces of the same name.
pub const MAX_VALUE: usize = 64 << 10;

/// One thing that the child says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The first frame.
    Hello(Hello),
    /// An entry was found, and its bytes are read next. Its number is its place in the order in which the reader finds
    /// entries, from 0. Of its runs at most [`MAX_RUNS`].
    Entry {
        /// Which.
        number: u64,
        /// What was found.
        entry: Box<Entry>,
    },
    /// More runs of an entry.
    Runs {
        /// Of which.
        number: u64,
        /// In order, after those that came before.
        runs: Vec<Run>,
    },
    /// Bytes of an entry whose content is wanted, after those that came before.
    Bytes {
        /// Of which.
        number: u64,
        /// At most [`MAX_BYTES`].
        bytes: Vec<u8>,
    },
    /// What was computed from an entry's bytes: digests, perceptual hashes.
    Values {
        /// Of which.
        number: u64,
        /// In the order of the child.
        values: Vec<Value>,
    },
    /// Nothing more comes of an entry. Without an entry of that number before: there is one that cannot be told, and a
    /// [`Frame::Unread`] says why.
    Done {
        /// Of which.
        number: u64,
    },
    /// A volume, before its entries.
    Part(Part),
    /// What was computed from the exhibit as a whole, such as how far a sample of it has come. A child that is started
    /// again says it again.
    Whole(Value),
    /// Something could not be read.
    Unread(Unread),
    /// How far the reader is.
    Progress(Progress),
    /// The reader works, and has nothing to say.
    Heartbeat,
    /// The reader has come to its end.
    End(Totals),
}

/// How a child presents itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hello {
    /// Which reader, with its version: `native`, `The Sleuth Kit ver 4.11.1`.
    pub reader: String,
    /// What keeps the child in: `landlock 6`, `seccomp`, `limits`.
    pub held: Vec<String>,
    /// What the system could not give, in sentences.
    pub lacking: Vec<String>,
}

/// A named value of an entry or of the whole exhibit. What it means is between whoever computes it and whoever takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Its name, such as `sha256`.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How far a reader is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// What it reads.
    pub place: String,
    /// Entries so far.
    pub entries: u64,
    /// Bytes of files read so far.
    pub bytes: u64,
}

/// What a reader found in all, as it counts itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Entries, those that were passed over with them.
    pub entries: u64,
    /// What could not be read.
    pub unread: u64,
    /// Bytes of files that were read.
    pub bytes: u64,
}

/// Why a stream of frames is not one.
#[derive(Debug, PartialEq, Eq)]
pub enum Broken {
    /// The pipe failed.
    Pipe(io::ErrorKind),
    /// A frame has a length that none has.
    Length(u64),
    /// The stream ends inside a frame.
    Cut,
    /// A frame holds what its kind does not.
    Body(&'static str),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pipe(kind) => write!(f, "the pipe failed: {kind}"),
            Self::Length(length) => write!(f, "a frame claims {length} bytes; it may have 1 to {MAX_FRAME}"),
            Self::Cut => write!(f, "the stream ends inside a frame"),
            Self::Body(what) => write!(f, "a frame is not as it should be: {what}"),
        }
    }
}

impl std::error::Error for Broken {}

/// Writes frames.
pub struct FrameWriter<W> {
    to: W,
    frame: Vec<u8>,
}

impl<W: Write> FrameWriter<W> {
    /// Onto `to`, which should be buffered.
    pub fn new(to: W) -> Self {
        Self { to, frame: Vec::new() }
    }

    /// Writes one frame. A text that is too long is cut at a letter and ends in `…`; what else is too long is an error.
    pub fn write(&mut self, frame: &Frame) -> io::Result<()> {
        self.frame.clear();
        self.frame.extend([0; 4]);
        encode(frame, &mut self.frame);
        self.finish()
    }

    /// Writes bytes of an entry, in as many frames as it takes, without a copy into a [`Frame`].
    pub fn write_bytes(&mut self, number: u64, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.chunks(MAX_BYTES) {
            self.frame.clear();
            self.frame.extend([0, 0, 0, 0, BYTES]);
            put_number(&mut self.frame, number);
            put_bytes(&mut self.frame, piece);
            self.finish()?;
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let length = self.frame.len() - 4;
        if length > MAX_FRAME {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a frame that is too long"));
        }
        let length = u32::try_from(length).expect("a frame has at most a mebibyte");
        self.frame[..4].copy_from_slice(&length.to_le_bytes());
        self.to.write_all(&self.frame)
    }

    /// Sends what is buffered.
    pub fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }

    /// What is written to.
    pub fn into_inner(self) -> W {
        self.to
    }
}

/// Reads frames.
pub struct FrameReader<R> {
    from: R,
    body: Vec<u8>,
}

impl<R: Read> FrameReader<R> {
    /// From `from`, which should be buffered.
    pub fn new(from: R) -> Self {
        Self { from, body: Vec::new() }
    }

    /// Whether the start of another frame has come already, so that reading it hardly waits.
    pub fn has_more(&self) -> bool
    where
        R: Buffered,
    {
        self.from.has_buffered()
    }

    /// The next frame; none where the stream ends after a frame.
    pub fn read(&mut self) -> Result<Option<Frame>, Broken> {
        let mut length = [0; 4];
        match fill(&mut self.from, &mut length)? {
            0 => return Ok(None),
            4 => {}
            _ => return Err(Broken::Cut),
        }
        let length = u32::from_le_bytes(length) as usize;
        if !(1..=MAX_FRAME).contains(&length) {
            return Err(Broken::Length(length as u64));
        }
        self.body.resize(length, 0);
        if fill(&mut self.from, &mut self.body)? < length {
            return Err(Broken::Cut);
        }
        decode(&self.body).map(Some)
    }
}

/// A reader that knows what it has read ahead.
pub trait Buffered {
    /// Whether it has read ahead.
    fn has_buffered(&self) -> bool;
}

impl<R: Read> Buffered for io::BufReader<R> {
    fn has_buffered(&self) -> bool {
        !self.buffer().is_empty()
    }
}

/// Reads until `into` is full or the stream ends; how many bytes there were.
fn fill(from: &mut impl Read, into: &mut [u8]) -> Result<usize, Broken> {
    let mut filled = 0;
    while filled < into.len() {
        match from.read(&mut into[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Broken::Pipe(error.kind())),
        }
    }
    Ok(filled)
}

const HELLO: u8 = 0;
const ENTRY: u8 = 1;
const RUNS: u8 = 2;
const BYTES: u8 = 3;
const VALUES: u8 = 4;
const DONE: u8 = 5;
const UNREAD: u8 = 6;
const PROGRESS: u8 = 7;
const HEARTBEAT: u8 = 8;
const END: u8 = 9;
const PART: u8 = 10;
const WHOLE: u8 = 11;

/// The kind and body of a frame, onto `out`.
fn encode(frame: &Frame, out: &mut Vec<u8>) {
    match frame {
        Frame::Hello(hello) => {
            out.push(HELLO);
            put_number(out, VERSION);
            put_text(out, &hello.reader, MAX_TEXT);
            put_texts(out, &hello.held);
            put_texts(out, &hello.lacking);
        }
        Frame::Entry { number, entry } => {
            out.push(ENTRY);
            put_number(out, *number);
            put_entry(out, entry);
        }
        Frame::Runs { number, runs } => {
            out.push(RUNS);
            put_number(out, *number);
            put_runs(out, runs);
        }
        Frame::Bytes { number, bytes } => {
            out.push(BYTES);
            put_number(out, *number);
            put_bytes(out, bytes);
        }
        Frame::Values { number, values } => {
            out.push(VALUES);
            put_number(out, *number);
            put_number(out, values.len() as u64);
            values.iter().for_each(|value| put_value(out, value));
        }
        Frame::Done { number } => {
            out.push(DONE);
            put_number(out, *number);
        }
        Frame::Whole(value) => {
            out.push(WHOLE);
            put_value(out, value);
        }
        Frame::Part(part) => {
            out.push(PART);
            put_text(out, &part.name, MAX_TEXT);
            put_number(out, part.offset);
            put_number(out, part.length);
            put_text(out, &part.what, MAX_TEXT);
        }
        Frame::Unread(unread) => {
            out.push(UNREAD);
            put_text(out, &unread.place, MAX_PATH);
            out.push(place_in(&WHYS, unread.why));
            put_text(out, &unread.expected, MAX_TEXT);
            put_text(out, &unread.found, MAX_TEXT);
        }
        Frame::Progress(progress) => {
            out.push(PROGRESS);
            put_text(out, &progress.place, MAX_PATH);
            put_number(out, progress.entries);
            put_number(out, progress.bytes);
        }
        Frame::Heartbeat => out.push(HEARTBEAT),
        Frame::End(totals) => {
            out.push(END);
            put_number(out, totals.entries);
            put_number(out, totals.unread);
            put_number(out, totals.bytes);
        }
    }
}

/// A frame from its kind and body.
fn decode(frame: &[u8]) -> Result<Frame, Broken> {
    let mut body = Body(frame);
    let decoded = match body.byte()? {
        HELLO => {
            if body.number()? != VERSION {
                return Err(Broken::Body("another version"));
            }
            Frame::Hello(Hello { reader: body.text(MAX_TEXT)?, held: body.texts()?, lacking: body.texts()? })
        }
        ENTRY => Frame::Entry { number: body.number()?, entry: Box::new(body.entry()?) },
        RUNS => Frame::Runs { number: body.number()?, runs: body.runs()? },
        BYTES => Frame::Bytes { number: body.number()?, bytes: body.bytes(MAX_BYTES)?.to_vec() },
        VALUES => Frame::Values { number: body.number()?, values: body.values()? },
        DONE => Frame::Done { number: body.number()? },
        PART => Frame::Part(Part {
            name: body.text(MAX_TEXT)?,
            offset: body.number()?,
            length: body.number()?,
            what: body.text(MAX_TEXT)?,
        }),
        WHOLE => Frame::Whole(body.value()?),
        UNREAD => Frame::Unread(Unread {
            place: body.text(MAX_PATH)?,
            why: body.of(&WHYS)?,
            expected: body.text(MAX_TEXT)?,
            found: body.text(MAX_TEXT)?,
        }),
        PROGRESS => Frame::Progress(Progress {
            place: body.text(MAX_PATH)?,
            entries: body.number()?,
            bytes: body.number()?,
        }),
        HEARTBEAT => Frame::Heartbeat,
        END => Frame::End(Totals { entries: body.number()?, unread: body.number()?, bytes: body.number()? }),
        _ => return Err(Broken::Body("a kind that is not known")),
    };
    if body.0.is_empty() { Ok(decoded) } else { Err(Broken::Body("bytes after its end")) }
}

/// The reasons and ways, in the order of their numbers on the wire.
const WHYS: [Why; 6] =
    [Why::Damaged, Why::Truncated, Why::Limit, Why::Encrypted, Why::Unsupported, Why::Disagreement];
const FOUNDS: [Found; 3] = [Found::Recorded, Found::Guessed, Found::Lost];

fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_signed(out: &mut Vec<u8>, number: i64) {
    put_number(out, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn put_text(out: &mut Vec<u8>, text: &str, limit: usize) {
    if text.len() <= limit {
        put_bytes(out, text.as_bytes());
    } else {
        let kept = text.floor_char_boundary(limit - '…'.len_utf8());
        put_number(out, (kept + '…'.len_utf8()) as u64);
        out.extend_from_slice(&text.as_bytes()[..kept]);
        out.extend_from_slice("…".as_bytes());
    }
}

fn put_texts(out: &mut Vec<u8>, texts: &[String]) {
    put_number(out, texts.len() as u64);
    texts.iter().for_each(|text| put_text(out, text, MAX_TEXT));
}

fn put_value(out: &mut Vec<u8>, value: &Value) {
    put_text(out, &value.name, MAX_TEXT);
    put_bytes(out, &value.bytes);
}

fn put_entry(out: &mut Vec<u8>, entry: &Entry) {
    put_text(out, &entry.path, MAX_PATH);
    out.push(place_in(FileKind::ALL, entry.kind));
    out.push(place_in(FileState::ALL, entry.state));
    put_number(out, entry.size);
    put_text(out, &entry.id, MAX_TEXT);
    let Times { created, modified, accessed, changed } = entry.times;
    for stamp in [created, modified, accessed, changed] {
        match stamp {
            None => out.push(0),
            Some(stamp) => {
                out.push(1 + u8::from(stamp.local));
                put_signed(out, stamp.at_us);
                put_signed(out, stamp.width_us);
            }
        }
    }
    out.push(place_in(&FOUNDS, entry.found));
    put_runs(out, &entry.runs);
}

fn put_runs(out: &mut Vec<u8>, runs: &[Run]) {
    put_number(out, runs.len() as u64);
    for run in runs {
        // A hole is 0, an offset one more than itself: no image ends at the last number.
        put_number(out, run.offset.map_or(0, |offset| offset.saturating_add(1)));
        put_number(out, run.length);
    }
}

fn place_in<T: Copy + PartialEq>(all: &[T], one: T) -> u8 {
    let place = all.iter().position(|other| *other == one).expect("the list has every value");
    u8::try_from(place).expect("a vocabulary is short")
}

/// What is left of a frame.
struct Body<'a>(&'a [u8]);

impl<'a> Body<'a> {
    fn byte(&mut self) -> Result<u8, Broken> {
        let (byte, rest) = self.0.split_first().ok_or(Broken::Body("it ends too early"))?;
        self.0 = rest;
        Ok(*byte)
    }

    fn number(&mut self) -> Result<u64, Broken> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte > 1 {
                break;
            }
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Broken::Body("a number of more than 64 bits"))
    }

    fn signed(&mut self) -> Result<i64, Broken> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    fn bytes(&mut self, limit: usize) -> Result<&'a [u8], Broken> {
        let length = self.count(limit)?;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(Broken::Body("it ends too early"))?;
        self.0 = rest;
        Ok(bytes)
    }

    fn count(&mut self, limit: usize) -> Result<usize, Broken> {
        usize::try_from(self.number()?)
            .ok()
            .filter(|count| *count <= limit)
            .ok_or(Broken::Body("more than one may hold"))
    }

    fn text(&mut self, limit: usize) -> Result<String, Broken> {
        let text =
            str::from_utf8(self.bytes(limit)?).map_err(|_| Broken::Body("a text that is not UTF-8"))?;
        Ok(text.to_owned())
    }

    fn texts(&mut self) -> Result<Vec<String>, Broken> {
        (0..self.count(64)?).map(|_| self.text(MAX_TEXT)).collect()
    }

    /// One of a list, by its place.
    fn of<T: Copy>(&mut self, all: &[T]) -> Result<T, Broken> {
        all.get(usize::from(self.byte()?)).copied().ok_or(Broken::Body("a word that is not known"))
    }

    fn values(&mut self) -> Result<Vec<Value>, Broken> {
        (0..self.count(256)?).map(|_| self.value()).collect()
    }

    fn value(&mut self) -> Result<Value, Broken> {
        Ok(Value { name: self.text(MAX_TEXT)?, bytes: self.bytes(MAX_VALUE)?.to_vec() })
    }

    fn entry(&mut self) -> Result<Entry, Broken> {
        Ok(Entry {
            path: self.text(MAX_PATH)?,
            kind: self.of(FileKind::ALL)?,
            state: self.of(FileState::ALL)?,
            size: self.number()?,
            id: self.text(MAX_TEXT)?,
            times: Times {
                created: self.stamp()?,
                modified: self.stamp()?,
                accessed: self.stamp()?,
                changed: self.stamp()?,
            },
            found: self.of(&FOUNDS)?,
            runs: self.runs()?,
        })
    }

    fn stamp(&mut self) -> Result<Option<Stamp>, Broken> {
        let local = match self.byte()? {
            0 => return Ok(None),
            1 => false,
            2 => true,
            _ => return Err(Broken::Body("a time that is neither there nor absent")),
        };
        Ok(Some(Stamp { at_us: self.signed()?, width_us: self.signed()?, local }))
    }

    fn runs(&mut self) -> Result<Vec<Run>, Broken> {
        (0..self.count(MAX_RUNS)?)
            .map(|_| Ok(Run { offset: self.number()?.checked_sub(1), length: self.number()? }))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn entry() -> impl Strategy<Value = Entry> {
        let stamp = || {
            option::of(
                (any::<i64>(), any::<i64>(), any::<bool>()).prop_map(|(at_us, width_us, local)| Stamp {
                    at_us,
                    width_us,
                    local,
                }),
            )
        };
        let times =
            (stamp(), stamp(), stamp(), stamp()).prop_map(|(created, modified, accessed, changed)| Times {
                created,
                modified,
                accessed,
                changed,
            });
        let words = (select(FileKind::ALL), select(FileState::ALL), select(&FOUNDS));
        (".*", words, any::<u64>(), "[0-9-]*", times, vec(run(), 0..8)).prop_map(
            |(path, (kind, state, found), size, id, times, runs)| Entry {
                path,
                kind,
                state,
                size,
                id,
                times,
                runs,
                found,
            },
        )
    }

    fn run() -> impl Strategy<Value = Run> {
        (option::of(0..u64::MAX - 1), any::<u64>()).prop_map(|(offset, length)| Run { offset, length })
    }

    fn frame() -> impl Strategy<Value = Frame> {
        let texts = || vec(".*", 0..4);
        let value = || (".*", vec(any::<u8>(), 0..40)).prop_map(|(name, bytes)| Value { name, bytes });
        prop_oneof![
            (".*", texts(), texts()).prop_map(|(reader, held, lacking)| Frame::Hello(Hello {
                reader,
                held,
                lacking
            })),
            (any::<u64>(), entry())
                .prop_map(|(number, entry)| Frame::Entry { number, entry: Box::new(entry) }),
            (any::<u64>(), vec(run(), 0..40)).prop_map(|(number, runs)| Frame::Runs { number, runs }),
            (any::<u64>(), vec(any::<u8>(), 0..900))
                .prop_map(|(number, bytes)| Frame::Bytes { number, bytes }),
            value().prop_map(Frame::Whole),
            (any::<u64>(), vec(value(), 0..6)).prop_map(|(number, values)| Frame::Values { number, values }),
            any::<u64>().prop_map(|number| Frame::Done { number }),
            (".*", select(&WHYS), ".*", ".*").prop_map(|(place, why, expected, found)| Frame::Unread(
                Unread { place, why, expected, found }
            )),
            (".*", any::<u64>(), any::<u64>())
                .prop_map(|(place, entries, bytes)| Frame::Progress(Progress { place, entries, bytes })),
            (".*", any::<u64>(), any::<u64>(), ".*")
                .prop_map(|(name, offset, length, what)| Frame::Part(Part { name, offset, length, what })),
            Just(Frame::Heartbeat),
            (any::<u64>(), any::<u64>(), any::<u64>())
                .prop_map(|(entries, unread, bytes)| Frame::End(Totals { entries, unread, bytes })),
        ]
    }

    fn written(frames: &[Frame]) -> Vec<u8> {
        let mut writer = FrameWriter::new(Vec::new());
        frames.iter().for_each(|frame| writer.write(frame).expect("a short frame onto memory"));
        writer.into_inner()
    }

    fn read(bytes: &[u8]) -> (Vec<Frame>, Option<Broken>) {
        let mut reader = FrameReader::new(bytes);
        let mut frames = Vec::new();
        loop {
            match reader.read() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => return (frames, None),
                Err(broken) => return (frames, Some(broken)),
            }
        }
    }

    proptest! {
        #[test]
        fn frames_come_back_as_they_were_written(frames in vec(frame(), 0..12)) {
            prop_assert_eq!(read(&written(&frames)), (frames, None));
        }

        #[test]
        fn a_cut_stream_gives_the_whole_frames_and_says_that_it_was_cut(frames in vec(frame(), 1..6), cut in any::<usize>()) {
            let bytes = written(&frames);
            let cut = cut % bytes.len();
            let (whole, broken) = read(&bytes[..cut]);
            prop_assert!(whole.len() < frames.len());
            prop_assert_eq!(&whole[..], &frames[..whole.len()]);
            prop_assert_eq!(broken.is_none(), cut == written(&whole).len());
        }

        #[test]
        fn any_bytes_are_frames_or_a_broken_stream(kind in 0..13_u8, mut bytes in vec(any::<u8>(), 0..2000)) {
            read(&bytes);
            bytes.insert(0, kind);
            if let Ok(frame) = decode(&bytes) {
                prop_assert_eq!(read(&written(std::slice::from_ref(&frame))), (vec![frame], None));
            }
        }

        #[test]
        fn a_damaged_frame_never_panics_and_what_follows_is_never_larger(frame in frame(), at in any::<usize>(), byte in any::<u8>()) {
            let mut bytes = written(&[frame]);
            let length = bytes.len();
            bytes[4 + at % (length - 4)] = byte;
            for frame in read(&bytes).0 {
                prop_assert!(written(&[frame]).len() <= length);
            }
        }
    }

    #[test]
    fn a_frame_that_claims_too_much_is_refused_before_it_is_read() {
        for (length, wanted) in
            [(0, 0), (MAX_FRAME as u32 + 1, MAX_FRAME as u64 + 1), (u32::MAX, u64::from(u32::MAX))]
        {
            let mut bytes = length.to_le_bytes().to_vec();
            bytes.push(HEARTBEAT);
            assert_eq!(read(&bytes), (vec![], Some(Broken::Length(wanted))));
        }
    }

    #[test]
    fn a_list_that_claims_more_than_its_frame_holds_is_refused() {
        let mut body = vec![RUNS, 7];
        put_number(&mut body, MAX_RUNS as u64);
        assert_eq!(decode(&body), Err(Broken::Body("it ends too early")));
        let mut body = vec![RUNS, 7];
        put_number(&mut body, u64::MAX);
        assert_eq!(decode(&body), Err(Broken::Body("more than one may hold")));
        assert_eq!(decode(&[DONE, 0xff, 0xff]), Err(Broken::Body("it ends too early")));
        assert_eq!(
            decode(&[&[DONE][..], &[0xff; 10]].concat()),
            Err(Broken::Body("a number of more than 64 bits"))
        );
        assert_eq!(decode(&[HELLO, 99]), Err(Broken::Body("another version")));
        assert_eq!(decode(&[HEARTBEAT, 0]), Err(Broken::Body("bytes after its end")));
    }

    #[test]
    fn bytes_are_cut_into_frames_and_texts_at_a_letter() {
        let mut writer = FrameWriter::new(Vec::new());
        writer.write_bytes(3, &vec![1; MAX_BYTES + 1]).expect("onto memory");
        let (frames, broken) = read(&writer.into_inner());
        assert_eq!((frames.len(), broken), (2, None));
        assert_eq!(frames[1], Frame::Bytes { number: 3, bytes: vec![1] });

        let long = Frame::Unread(Unread {
            place: "à".repeat(MAX_PATH),
            why: Why::Limit,
            expected: String::new(),
            found: String::new(),
        });
        let (frames, _) = read(&written(&[long]));
        let [Frame::Unread(unread)] = &frames[..] else { panic!("not one frame: {frames:?}") };
        assert!(unread.place.ends_with("à…") && unread.place.len() <= MAX_PATH);
    }
}
