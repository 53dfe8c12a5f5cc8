//! Opens gzip (RFC 1952) and Zstandard (RFC 8878) files while they are read. It does not open archives of many files.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;
use tutela_model::place::Spot;
use tutela_model::source::{Bytes, Input, Refusal};
use tutela_model::tables::{Problem, ProblemKind};

/// A compressed file may grow to this many times its size; logs grow five to sixty times.
pub const MAX_RATIO: u64 = 250;
/// Below this many bytes the ratio is not looked at: a small file of equal bytes is no attack.
pub const FREE_BYTES: u64 = 64 << 20;
/// No file may grow larger than this.
pub const MAX_BYTES: u64 = 1 << 40;
/// The most of a file that a [`Sample`](tutela_model::source::Sample) holds, in bytes.
pub const HEAD_BYTES: usize = 64 << 10;
/// A compressed file whose format needs to be read from its end is opened in memory, up to this many bytes.
pub const MAX_IN_MEMORY: u64 = 512 << 20;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Gzip,
    Zstandard,
}

impl Form {
    /// The bytes decide, not the name: files are renamed on their way.
    fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, 8, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstandard,
            _ => Self::Plain,
        }
    }
}

/// A file's name without its compression suffix.
#[must_use]
pub fn plain_name(name: &str) -> &str {
    [".gz", ".zst"].iter().find_map(|suffix| strip_suffix(name, suffix)).unwrap_or(name)
}

fn strip_suffix<'a>(name: &'a str, suffix: &str) -> Option<&'a str> {
    let start = name.len().checked_sub(suffix.len())?;
    name.get(start..)?.eq_ignore_ascii_case(suffix).then(|| &name[..start])
}

/// The first bytes of a file, decompressed, at most [`HEAD_BYTES`]; the file is set back to its beginning.
///
/// # Errors
/// [`Refusal::Read`].
pub fn head(input: &mut Input) -> Result<Vec<u8>, Refusal> {
    let mut raw = Vec::new();
    // A Zstandard block holds up to 128 KiB, and its beginning alone cannot be decoded.
    input.bytes.rewind()?;
    (&mut input.bytes).take(4 * HEAD_BYTES as u64).read_to_end(&mut raw)?;
    input.bytes.rewind()?;
    let mut head = Vec::new();
    let limit = HEAD_BYTES as u64;
    // What a damaged file gives before its damage is enough to recognise it.
    let _ = match Form::of(&raw) {
        Form::Plain => {
            raw.truncate(HEAD_BYTES);
            return Ok(raw);
        }
        Form::Gzip => MultiGzDecoder::new(&raw[..]).take(limit).read_to_end(&mut head),
        Form::Zstandard => zstd::Decoder::new(&raw[..])?.take(limit).read_to_end(&mut head),
    };
    Ok(head)
}

/// A file's content, decompressed while it is read.
///
/// Damage in the compression ends the content; [`Stream::trouble`] then says what happened. Only a failure of the
/// file itself is an error.
pub struct Stream {
    /// The file's name without its compression suffix.
    pub name: String,
    content: Content,
    form: Form,
    meter: Arc<Meter>,
    n_bytes: u64,
    trouble: Option<(ProblemKind, &'static str)>,
}

enum Content {
    /// The file as it is.
    Plain(Metered),
    /// What comes out of its compression.
    Unpacked(Box<dyn Read + Send>),
}

impl Read for Content {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(into),
            Self::Unpacked(content) => content.read(into),
        }
    }
}

/// What is known about the file under the decompression.
#[derive(Default)]
struct Meter {
    n_read: AtomicU64,
    failed: AtomicBool,
}

struct Metered {
    bytes: Box<dyn Bytes>,
    meter: Arc<Meter>,
}

impl Read for Metered {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n_read =
            self.bytes.read(into).inspect_err(|_| self.meter.failed.store(true, Ordering::Relaxed))?;
        self.meter.n_read.fetch_add(n_read as u64, Ordering::Relaxed);
        Ok(n_read)
    }
}

/// Opens a file for reading from beginning to end.
///
/// # Errors
/// [`Refusal::Read`].
pub fn decompressed(mut input: Input) -> Result<Stream, Refusal> {
    let mut magic = [0; 4];
    input.bytes.rewind()?;
    let mut n_magic = 0;
    while n_magic < magic.len() {
        match input.bytes.read(&mut magic[n_magic..])? {
            0 => break,
            n_read => n_magic += n_read,
        }
    }
    input.bytes.rewind()?;
    let form = Form::of(&magic[..n_magic]);
    let meter = Arc::new(Meter::default());
    let metered = Metered { bytes: input.bytes, meter: Arc::clone(&meter) };
    let content = match form {
        Form::Plain => Content::Plain(metered),
        Form::Gzip => Content::Unpacked(Box::new(MultiGzDecoder::new(metered))),
        Form::Zstandard => Content::Unpacked(Box::new(zstd::Decoder::new(metered)?)),
    };
    Ok(Stream { name: plain_name(&input.name).to_owned(), content, form, meter, n_bytes: 0, trouble: None })
}

/// The file as it is when it is not compressed, else its content in memory: for formats that are read from their end.
///
/// # Errors
/// [`Refusal::Read`]. The inner error is the problem that ends the file: damage, or more than [`MAX_IN_MEMORY`].
pub fn seekable(mut input: Input) -> Result<Result<Input, Problem>, Refusal> {
    let mut magic = [0; 4];
    input.bytes.rewind()?;
    let n_magic = (&mut input.bytes).take(4).read(&mut magic)?;
    input.bytes.rewind()?;
    if Form::of(&magic[..n_magic]) == Form::Plain {
        return Ok(Ok(input));
    }
    let mut stream = decompressed(input)?;
    let mut content = Vec::new();
    (&mut stream).take(MAX_IN_MEMORY + 1).read_to_end(&mut content)?;
    if content.len() as u64 > MAX_IN_MEMORY {
        stream.trouble = Some((ProblemKind::TooLarge, TOO_LARGE));
    }
    Ok(match stream.trouble(Spot::Byte { byte: 0, len: stream.n_read() }) {
        Some(problem) => Err(problem),
        None => Ok(Input::from_memory(&stream.name, content)),
    })
}

const TOO_LARGE: &str = "a compressed file of an honest size";

impl Stream {
    /// How many bytes of the received file are behind the reader.
    #[must_use]
    pub fn n_read(&self) -> u64 {
        self.meter.n_read.load(Ordering::Relaxed)
    }

    /// The name of the compression; none when the file is in none.
    #[must_use]
    pub fn packed(&self) -> Option<&'static str> {
        match self.form {
            Form::Plain => None,
            Form::Gzip => Some("gzip"),
            Form::Zstandard => Some("zstandard"),
        }
    }

    /// Goes to a byte of the content where it is the file as it is. False, and nothing is done, where it is unpacked:
    /// that can only be read from the beginning on.
    pub(crate) fn go_to(&mut self, byte: u64) -> io::Result<bool> {
        let Content::Plain(file) = &mut self.content else { return Ok(false) };
        file.bytes.seek(SeekFrom::Start(byte))?;
        file.meter.n_read.store(byte, Ordering::Relaxed);
        self.n_bytes = byte;
        Ok(true)
    }

    /// Whether the content ended before its end.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.trouble.is_some()
    }

    /// What ended the content before its end, as a problem at `place`.
    #[must_use]
    pub fn trouble(&self, place: Spot) -> Option<Problem> {
        let (kind, expected) = self.trouble?;
        let found = format!("{} bytes that expand to {} or more", self.n_read(), self.n_bytes);
        let problem = Problem::new(kind, place, "", expected, &found);
        Some(match kind {
            ProblemKind::TooLarge => problem.mend("decompress the file and import its parts"),
            _ => problem.mend("ask its sender for the file again; what was read before this place is kept"),
        })
    }

    fn is_bomb(&self) -> bool {
        self.form != Form::Plain
            && self.n_bytes > FREE_BYTES
            && (self.n_bytes > MAX_BYTES || self.n_bytes / MAX_RATIO > self.n_read().max(1))
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.trouble.is_some() {
            return Ok(0);
        }
        match self.content.read(into) {
            Ok(n_read) => {
                self.n_bytes += n_read as u64;
                if self.is_bomb() {
                    self.trouble = Some((ProblemKind::TooLarge, TOO_LARGE));
                    return Ok(0);
                }
                Ok(n_read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) if self.form == Form::Plain || self.meter.failed.load(Ordering::Relaxed) => Err(error),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                self.trouble = Some((ProblemKind::Truncated, "the end of the compressed file"));
                Ok(0)
            }
            Err(_) => {
                self.trouble = Some((ProblemKind::Malformed, "intact compressed bytes"));
                Ok(0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).expect("writes to memory");
        encoder.finish().expect("writes to memory")
    }

    fn read(bytes: Vec<u8>) -> (Vec<u8>, Option<ProblemKind>) {
        let mut stream = decompressed(Input::from_memory("x.csv.gz", bytes)).expect("opens");
        let mut content = Vec::new();
        stream.read_to_end(&mut content).expect("reads");
        (content, stream.trouble(Spot::Line(1)).map(|problem| problem.kind))
    }

    #[test]
    fn a_compressed_file_reads_as_its_content() {
        let mut twice = gzip(b"one\n");
        twice.extend(gzip(b"two\n"));
        assert_eq!(read(twice), (b"one\ntwo\n".to_vec(), None));
        assert_eq!(read(zstd::encode_all(&b"one\n"[..], 3).expect("encodes")), (b"one\n".to_vec(), None));
        assert_eq!(read(b"one\n".to_vec()), (b"one\n".to_vec(), None));
    }

    #[test]
    fn a_cut_file_keeps_what_was_read_and_says_that_it_is_cut() {
        let mut bytes = gzip(b"one\ntwo\n");
        bytes.truncate(bytes.len() - 3);
        assert_eq!(read(bytes), (b"one\ntwo\n".to_vec(), Some(ProblemKind::Truncated)));
    }

    #[test]
    fn a_bomb_is_stopped_and_said() {
        let zeros = vec![0; (FREE_BYTES as usize) + (8 << 20)];
        let (content, trouble) = read(zstd::encode_all(&zeros[..], 3).expect("encodes"));
        assert_eq!(trouble, Some(ProblemKind::TooLarge));
        assert!(content.len() as u64 <= FREE_BYTES + (1 << 20));
    }

    #[test]
    fn the_suffix_is_no_part_of_the_name() {
        for (name, plain) in
            [("lease.csv.gz", "lease.csv"), ("lease.CSV.ZST", "lease.CSV"), ("gz", "gz"), ("é.gz", "é")]
        {
            assert_eq!(plain_name(name), plain);
        }
    }

    #[test]
    fn the_head_of_a_compressed_file_is_its_content_and_the_file_is_set_back() {
        let mut input = Input::from_memory("x.gz", gzip(&vec![b'a'; 100_000]));
        let beginning = head(&mut input).expect("reads");
        assert_eq!((beginning.len(), beginning[0]), (HEAD_BYTES, b'a'));
        assert_eq!(head(&mut input).expect("reads again"), beginning);
    }
}
