//! Lists the entries of an image or a folder, and hashes their bytes when asked: `list [--md5|--sha1|--sha256]
//! [--archives] [--verify] PATH`. It is no part of the program: it shows and measures the reading alone.

use std::io::{self, BufWriter, Read, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use sha1::digest::DynDigest;
use tutela_evidence::entry::{Entry, Found, Part, Stamp, Unread, Visit};
use tutela_evidence::image::Image;
use tutela_evidence::walk::{ArchiveLimits, Exhibit, Limits, Options, walk};

/// Bytes that are read at once.
const BLOCK: usize = 1 << 20;

fn main() -> ExitCode {
    let mut limits = Limits::default();
    let (mut hash, mut verify, mut path) = (None, false, None);
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--archives" => limits.archives = Some(ArchiveLimits::default()),
            "--verify" => verify = true,
            "--md5" | "--sha1" | "--sha256" => hash = Some(argument[2..].to_owned()),
            _ => path = Some(PathBuf::from(argument)),
        }
    }
    let Some(path) = path else {
        eprintln!("list [--md5|--sha1|--sha256] [--archives] [--verify] PATH");
        return ExitCode::from(2);
    };
    let exhibit = if path.is_dir() {
        Exhibit::Folder(path)
    } else {
        match Image::open(&path) {
            Ok(image) => Exhibit::Image(image),
            Err(unread) => {
                eprintln!("{unread:?}");
                return ExitCode::FAILURE;
            }
        }
    };
    let stop = || false;
    if let (Exhibit::Image(image), true) = (&exhibit, verify) {
        eprintln!("stored {:02x?}\ntaken  {:02x?}", image.stored, image.hashes(&stop));
    }
    let (to_hash, blocks) = sync_channel::<Message>(4);
    let (to_read, buffers) = sync_channel::<Vec<u8>>(5);
    (0..5).for_each(|_| to_read.send(vec![0; BLOCK]).expect("room for all"));
    let hasher = thread::spawn(move || report(&blocks, &to_read, hash.as_deref()));
    let mut list = List { to_hash, buffers };
    let options = Options { limits, search_free: true, stop: &stop };
    let _ = walk(&exhibit, &options, &mut list);
    drop(list);
    match hasher.join() {
        Ok(Ok(())) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// What goes from whoever reads to whoever hashes and writes.
enum Message {
    Begin,
    Block(Vec<u8>, usize),
    Line(String, bool),
}

/// Reads, while another thread hashes.
struct List {
    to_hash: SyncSender<Message>,
    buffers: Receiver<Vec<u8>>,
}

impl List {
    fn send(&self, message: Message) -> ControlFlow<()> {
        self.to_hash.send(message).map_or(ControlFlow::Break(()), ControlFlow::Continue)
    }
}

impl Visit for List {
    fn part(&mut self, part: &Part) -> ControlFlow<()> {
        let Part { name, offset, length, what } = part;
        self.send(Message::Line(format!("part\t{name}\t{offset}\t{length}\t{what}"), false))
    }

    fn entry(&mut self, entry: &Entry, bytes: Option<&mut dyn Read>) -> ControlFlow<()> {
        let mut whole = false;
        if let Some(bytes) = bytes {
            self.send(Message::Begin)?;
            let mut n_read = 0;
            loop {
                let Ok(mut buffer) = self.buffers.recv() else { return ControlFlow::Break(()) };
                let taken = bytes.read(&mut buffer);
                let end = !matches!(taken, Ok(1..));
                whole = matches!(taken, Ok(0)) && n_read == entry.size;
                n_read += *taken.as_ref().unwrap_or(&0) as u64;
                self.send(Message::Block(buffer, taken.unwrap_or_default()))?;
                if end {
                    break;
                }
            }
        }
        let times = [entry.times.created, entry.times.modified, entry.times.accessed, entry.times.changed];
        let time = |stamp: Option<Stamp>| stamp.map_or_else(String::new, |stamp| stamp.at_us.to_string());
        let found = match entry.found {
            Found::Recorded => "recorded",
            Found::Guessed => "guessed",
            Found::Lost => "lost",
        };
        let line = format!(
            "{}\t{}\t{found}\t{}\t{}\t{}\t{:?}",
            entry.kind.word(),
            entry.state.word(),
            entry.id,
            entry.size,
            times.map(time).join(","),
            entry.path
        );
        self.send(Message::Line(line, whole))
    }

    fn unread(&mut self, unread: Unread) -> ControlFlow<()> {
        self.send(Message::Line(format!("unread\t{unread:?}"), false))
    }
}

fn report(blocks: &Receiver<Message>, to_read: &SyncSender<Vec<u8>>, hash: Option<&str>) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut taken: Option<Box<dyn DynDigest>> = match hash {
        Some("md5") => Some(Box::<md5::Md5>::default()),
        Some("sha1") => Some(Box::<sha1::Sha1>::default()),
        Some(_) => Some(Box::<sha2::Sha256>::default()),
        None => None,
    };
    for message in blocks {
        match message {
            Message::Begin => taken.iter_mut().for_each(|hash| hash.reset()),
            Message::Block(buffer, length) => {
                taken.iter_mut().for_each(|hash| hash.update(&buffer[..length]));
                // Nobody waits for it at the end.
                let _ = to_read.send(buffer);
            }
            Message::Line(line, whole) => {
                let hash = taken.iter_mut().filter(|_| whole).flat_map(|hash| hash.finalize_reset().to_vec());
                let hash: String = hash.map(|byte| format!("{byte:02x}")).collect();
                writeln!(out, "{hash}\t{line}")?;
            }
        }
    }
    out.flush()
}
