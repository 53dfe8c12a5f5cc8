//! JSON taken apart while it streams by: keys are read, values are passed over or captured one by one, each up to a
//! limit. What a captured value holds, its reader parses; here only strings and brackets are told apart.

use std::io::{self, Read};

use memchr::memchr2;

/// The JSON of a file.
pub struct Json<'a> {
    bytes: &'a mut dyn Read,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Offset in the file of the buffer's first byte.
    offset: u64,
    ended: bool,
}

/// Why JSON cannot be taken apart any further.
#[derive(Debug)]
pub enum Broken {
    /// The disk.
    Disk(io::Error),
    /// The file ends inside a value.
    Cut,
    /// Something else stands where this was expected.
    Odd(&'static str),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// A key has some dozen bytes.
const LONGEST_KEY: usize = 4096;

impl<'a> Json<'a> {
    /// The JSON of these bytes; a byte order mark before it is passed over.
    pub fn new(bytes: &'a mut dyn Read) -> io::Result<Self> {
        let mut json = Self { bytes, buffer: vec![0; 1 << 18], start: 0, end: 0, offset: 0, ended: false };
        while json.end < 3 && !json.ended {
            json.fill()?;
        }
        if json.buffer[..json.end].starts_with(b"\xef\xbb\xbf") {
            json.start = 3;
        }
        Ok(json)
    }

    /// Offset in the file of the next byte.
    pub fn place(&self) -> u64 {
        self.offset + self.start as u64
    }

    /// The next byte that is no blank, which stays; none at the end.
    pub fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            while self.start < self.end {
                match self.buffer[self.start] {
                    b' ' | b'\t' | b'\r' | b'\n' => self.start += 1,
                    byte => return Ok(Some(byte)),
                }
            }
            if self.ended {
                return Ok(None);
            }
            self.fill()?;
        }
    }

    /// Takes the next byte that is no blank, when it is this one.
    pub fn takes(&mut self, byte: u8) -> io::Result<bool> {
        let is = self.peek()? == Some(byte);
        self.start += usize::from(is);
        Ok(is)
    }

    /// Takes this byte.
    pub fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), Broken> {
        if self.takes(byte)? {
            return Ok(());
        }
        Err(if self.peek()?.is_none() { Broken::Cut } else { Broken::Odd(expected) })
    }

    /// The next key of an object, and its colon; none when the object ends, which is taken too.
    pub fn key(&mut self, first: &mut bool) -> Result<Option<String>, Broken> {
        if self.takes(b'}')? {
            return Ok(None);
        }
        if !std::mem::take(first) {
            self.expect(b',', "a comma or the end of the object")?;
        }
        if self.peek()? != Some(b'"') {
            return Err(if self.peek()?.is_none() {
                Broken::Cut
            } else {
                Broken::Odd("a key in quotation marks")
            });
        }
        let mut key = Vec::new();
        self.value(&mut key, LONGEST_KEY)?;
        let key = serde_json::from_slice(&key).map_err(|_| Broken::Odd("a key of the object"))?;
        self.expect(b':', "a colon after the key")?;
        Ok(Some(key))
    }

    /// Whether an array has another element; when it has none, its end is taken.
    pub fn element(&mut self, first: &mut bool) -> Result<bool, Broken> {
        if self.takes(b']')? {
            return Ok(false);
        }
        if !std::mem::take(first) {
            self.expect(b',', "a comma or the end of the list")?;
        }
        if self.peek()?.is_none() {
            return Err(Broken::Cut);
        }
        Ok(true)
    }

    /// Takes a value into `kept`, as far as it fits into `limit`; gives how many bytes it has.
    pub fn value(&mut self, kept: &mut Vec<u8>, limit: usize) -> Result<u64, Broken> {
        let Some(begins) = self.peek()? else { return Err(Broken::Cut) };
        let mut scan =
            Scan { depth: 0, in_text: false, escaped: false, scalar: !matches!(begins, b'"' | b'{' | b'[') };
        if matches!(begins, b',' | b':' | b'}' | b']') {
            return Err(Broken::Odd("a value"));
        }
        let mut length = 0;
        loop {
            let bytes = &self.buffer[self.start..self.end];
            let (taken, done) = scan.go(bytes);
            let room = limit.saturating_sub(kept.len()).min(taken);
            kept.extend_from_slice(&bytes[..room]);
            length += taken as u64;
            self.start += taken;
            if done {
                return Ok(length);
            }
            if self.ended {
                return if scan.scalar { Ok(length) } else { Err(Broken::Cut) };
            }
            self.fill()?;
        }
    }

    /// Passes over a value.
    pub fn pass(&mut self) -> Result<(), Broken> {
        self.value(&mut Vec::new(), 0).map(drop)
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.offset += self.start as u64;
        self.end -= self.start;
        self.start = 0;
        let read = self.bytes.read(&mut self.buffer[self.end..])?;
        self.end += read;
        self.ended = read == 0;
        Ok(())
    }
}

/// How far a value is scanned.
struct Scan {
    depth: u64,
    in_text: bool,
    escaped: bool,
    /// A number or a word, which ends before what follows it.
    scalar: bool,
}

impl Scan {
    /// How many of these bytes belong to the value, and whether it ends there.
    fn go(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut at = 0;
        if self.scalar {
            let end = bytes
                .iter()
                .position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n'));
            return (end.unwrap_or(bytes.len()), end.is_some());
        }
        while at < bytes.len() {
            if self.escaped {
                self.escaped = false;
                at += 1;
            } else if self.in_text {
                let Some(next) = memchr2(b'"', b'\\', &bytes[at..]) else { return (bytes.len(), false) };
                at += next + 1;
                self.escaped = bytes[at - 1] == b'\\';
                self.in_text = self.escaped;
                if !self.in_text && self.depth == 0 {
                    return (at, true);
                }
            } else {
                let byte = bytes[at];
                at += 1;
                match byte {
                    b'"' => self.in_text = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' => {
                        self.depth = self.depth.saturating_sub(1);
                        if self.depth == 0 {
                            return (at, true);
                        }
                    }
                    _ => {}
                }
            }
        }
        (at, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that come one by one.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            self.0 = rest;
            buffer[0] = *first;
            Ok(1)
        }
    }

    #[test]
    fn values_are_captured_whole_however_they_come() {
        for value in
            [r#""a\"b\\""#, "12.5", "null", r#"{"a":[1,{"b":"]}"}],"c":"\\"}"#, "[]", r#"["\u0041"]"#]
        {
            let text = format!("\u{feff} {{ \"k\\u0065y\" : {value} , \"z\":1}}");
            for one_by_one in [false, true] {
                let mut whole = text.as_bytes();
                let mut drops = Drops(text.as_bytes());
                let bytes: &mut dyn Read = if one_by_one { &mut drops } else { &mut whole };
                let mut json = Json::new(bytes).expect("memory");
                let mut first = true;
                json.expect(b'{', "an object").expect("it is one");
                assert_eq!(json.key(&mut first).expect("a key").as_deref(), Some("key"));
                let mut kept = Vec::new();
                assert_eq!(json.value(&mut kept, 1 << 20).expect("a value"), value.len() as u64);
                assert_eq!(kept, value.as_bytes());
                assert_eq!(json.key(&mut first).expect("a key").as_deref(), Some("z"));
                json.pass().expect("a value");
                assert!(json.key(&mut first).expect("the end").is_none());
            }
        }
    }

    #[test]
    fn what_is_cut_or_odd_is_said() {
        for text in ["{\"a", "[1", "\"a\\", "{", "[[]"] {
            let mut bytes = text.as_bytes();
            let mut json = Json::new(&mut bytes).expect("memory");
            assert!(matches!(json.pass(), Err(Broken::Cut)), "{text}");
        }
        let mut bytes = &b"}"[..];
        assert!(matches!(Json::new(&mut bytes).expect("memory").pass(), Err(Broken::Odd(_))));
    }
}
