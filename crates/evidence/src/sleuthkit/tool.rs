//! The Sleuth Kit's programs: where they are, and one of them running.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use crate::entry::{Unread, Why};
use crate::sandbox::{LIBRARIES, Limits, Rules};

/// The programs that are used.
const PROGRAMS: [&str; 6] = ["img_stat", "mmls", "pstat", "fsstat", "fls", "icat"];

/// One that is used where it is there: some builds leave it out.
const FIWALK: &str = "fiwalk";

/// The programs of one folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tools {
    folder: PathBuf,
}

impl Tools {
    /// The first of some folders that has all of them.
    pub fn find(folders: &[&Path]) -> Result<Self, Box<Unread>> {
        let whole = |folder: &&&Path| PROGRAMS.iter().all(|program| folder.join(program).is_file());
        match folders.iter().find(whole) {
            Some(folder) => Ok(Self { folder: folder.to_path_buf() }),
            None => Err(Box::new(Unread {
                place: "the Sleuth Kit".to_owned(),
                why: Why::Unsupported,
                expected: format!("the programs {}", PROGRAMS.join(", ")),
                found: "they are not installed: on Debian and Ubuntu, apt install sleuthkit".to_owned(),
            })),
        }
    }

    /// What a process keeps that runs them on an image.
    #[must_use]
    pub fn rules(&self, image: &ImageFiles, limits: Limits) -> Rules {
        let read = image.segments.iter().chain(&image.beside).cloned().collect();
        let programs = PROGRAMS.iter().chain([&FIWALK]).map(|program| self.folder.join(program));
        let run = programs.chain(LIBRARIES.iter().map(PathBuf::from)).collect();
        Rules { read, run, limits }
    }

    /// `The Sleuth Kit ver 4.11.1`, as they say themselves.
    pub fn version(&self, patience: Duration) -> io::Result<String> {
        let said =
            self.start("fls", &["-V".to_owned()], &ImageFiles::default())?.text(patience, &mut || true)?;
        Ok(said.out.trim().chars().take(80).collect())
    }

    /// Starts the list of where files lie; none where there is no program for it. No data is read for that, and files of
    /// any size are listed.
    pub fn places(&self, image: &ImageFiles) -> Option<Tool> {
        let arguments = ["-x", "-z", "-g", "-G0"].map(str::to_owned);
        // Without the list every file is read by itself: what is missing is time alone.
        self.folder.join(FIWALK).is_file().then(|| self.start(FIWALK, &arguments, image).ok())?
    }

    /// Starts one on an image. Its clock is that of Greenwich, so that a time without a zone reads as it is written.
    pub fn start(&self, program: &str, arguments: &[String], image: &ImageFiles) -> io::Result<Tool> {
        self.start_on(program, arguments, image, None)
    }

    /// Starts one on a record of an image.
    pub fn start_on(
        &self,
        program: &str,
        arguments: &[String],
        image: &ImageFiles,
        record: Option<&str>,
    ) -> io::Result<Tool> {
        let mut child = Command::new(self.folder.join(program))
            .args(arguments)
            .args(&image.segments)
            .args(record)
            .env_clear()
            .env("TZ", "UTC")
            .env("LC_ALL", "C")
            // The parent gave this process nothing to read; a null device of its own it could not open.
            .stdin(Stdio::inherit())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let out = pump(child.stdout.take().expect("it is piped"), usize::MAX);
        let said = pump(child.stderr.take().expect("it is piped"), MAX_SAID);
        Ok(Tool { child, out, said, piece: Vec::new(), at: 0 })
    }
}

/// The files of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageFiles {
    /// Its segments in order, by absolute paths: no name begins with a dash.
    pub segments: Vec<PathBuf>,
    /// Files that the segments name and that must be readable too: the extents of a VMDK, the parent of a disk.
    pub beside: Vec<PathBuf>,
}

/// Bytes of messages that are kept of a program.
const MAX_SAID: usize = 4 << 10;

/// Bytes that are taken from a program at once.
const PIECE: usize = 64 << 10;

/// A running program; ended when dropped.
pub struct Tool {
    child: Child,
    out: Receiver<Vec<u8>>,
    said: Receiver<Vec<u8>>,
    piece: Vec<u8>,
    at: usize,
}

/// The output of a program as bytes to be read, until a time that whoever reads moves on.
pub struct Output {
    /// The program.
    pub tool: Tool,
    /// Until when it is waited for.
    pub until: Rc<Cell<Instant>>,
}

impl Read for Output {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let taken = self.fill_buf()?.read(into)?;
        self.consume(taken);
        Ok(taken)
    }
}

impl BufRead for Output {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let patience = self.until.get().saturating_duration_since(Instant::now());
        self.tool.next(patience, &mut || true)
    }

    fn consume(&mut self, taken: usize) {
        self.tool.used(taken);
    }
}

/// What a program wrote in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// To its output.
    pub out: String,
    /// To its standard error, on one line.
    pub error: String,
    /// Whether it ended well.
    pub well: bool,
}

/// Takes what a program writes, so that it never waits for the other of its outputs.
fn pump(mut from: impl Read + Send + 'static, most: usize) -> Receiver<Vec<u8>> {
    let (to, pieces) = sync_channel(2);
    std::thread::spawn(move || {
        let mut taken = 0;
        let mut piece = vec![0; PIECE];
        while let Ok(read @ 1..) = from.read(&mut piece) {
            let kept = read.min(most - taken);
            taken += kept;
            // Past the limit it is read and thrown away.
            if kept > 0 && to.send(piece[..kept].to_vec()).is_err() {
                return;
            }
        }
    });
    pieces
}

/// Bytes of a text output that are kept: partition tables and descriptions of file systems have some kilobytes.
const MAX_TEXT: usize = 1 << 20;

impl Tool {
    /// The next bytes of its output; empty at its end. `working` is asked now and then whether to go on.
    pub fn next(&mut self, patience: Duration, working: &mut dyn FnMut() -> bool) -> io::Result<&[u8]> {
        if self.at == self.piece.len() {
            let deadline = Instant::now() + patience;
            loop {
                match self.out.recv_timeout(Duration::from_millis(500).min(patience)) {
                    Ok(piece) => (self.piece, self.at) = (piece, 0),
                    Err(RecvTimeoutError::Disconnected) => (self.piece, self.at) = (Vec::new(), 0),
                    Err(RecvTimeoutError::Timeout) if !working() => {
                        return Err(io::Error::other("it was stopped"));
                    }
                    Err(RecvTimeoutError::Timeout) if Instant::now() >= deadline => {
                        let text = format!("it wrote nothing for {} s", patience.as_secs());
                        return Err(io::Error::new(io::ErrorKind::TimedOut, text));
                    }
                    Err(RecvTimeoutError::Timeout) => continue,
                }
                break;
            }
        }
        Ok(&self.piece[self.at..])
    }

    /// So many of the next bytes were used.
    pub fn used(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.piece.len());
    }

    /// Waits for its end: whether it ended well, and what it said. For after its output has ended.
    pub fn end(mut self) -> io::Result<(bool, String)> {
        let status = self.child.wait()?;
        let mut bytes = Vec::new();
        while let Ok(piece) = self.said.recv_timeout(Duration::from_secs(1)) {
            bytes.extend(piece);
        }
        let mut said = String::from_utf8_lossy(&bytes).split_whitespace().collect::<Vec<_>>().join(" ");
        if status.code().is_none() {
            said = format!("it died: {status} {said}");
        }
        Ok((status.success(), said))
    }

    /// All that it writes.
    pub fn text(mut self, patience: Duration, working: &mut dyn FnMut() -> bool) -> io::Result<Said> {
        let mut out = Vec::new();
        loop {
            let piece = self.next(patience, working)?;
            let read = piece.len();
            if read == 0 {
                break;
            }
            out.extend_from_slice(&piece[..read.min(MAX_TEXT - out.len())]);
            self.used(read);
        }
        let (well, error) = self.end()?;
        Ok(Said { out: String::from_utf8_lossy(&out).into_owned(), error, well })
    }
}

impl Drop for Tool {
    fn drop(&mut self) {
        // Where it has ended there is nothing to kill; it is waited for so that no dead process stays.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
