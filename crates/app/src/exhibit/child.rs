//! The side of the child: opens one exhibit, gives up its rights, walks it, hashes every file, takes the perceptual hashes
//! of pictures and hands on the files that file-sharing and chat programs left, and films where they are asked for.
//! It is the program itself, started by `exhibit process` with a verb that nobody types.

use std::cell::RefCell;
use std::io::{self, Cursor, Read, Stdout};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tutela_evidence::child::{Resume, Teller, Turn};
use tutela_evidence::entry::{Entry, Unread, Visit, Why};
use tutela_evidence::frame::Hello;
use tutela_evidence::image::{Image, ReadAt};
use tutela_evidence::sandbox::{self, FOLDERS, Rules};
use tutela_evidence::sleuthkit::{self, ImageFiles, Tools};
use tutela_evidence::walk::{ArchiveLimits, Exhibit, Limits, Options, walk};
use tutela_hashing::{Broken, Digests, InOrder, Settings, Wanted};
use tutela_matchers::picture::film::Container;
use tutela_matchers::picture::{self, Perceived};
use tutela_model::source::{Fit, Sample};
use tutela_model::tables::FileKind;
use tutela_sources::ARTEFACTS;

use crate::ending::{Exit, Failure};
use crate::exhibit::{film, values};
use crate::talk::phrase;

/// Options of the child.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// The image or the folder.
    pub path: PathBuf,
    /// Where to begin.
    #[arg(long, default_value = "0", value_parser = resume)]
    pub resume: Resume,
    /// Whether the Sleuth Kit's programs read it.
    #[arg(long)]
    pub sleuthkit: bool,
    /// Whether what archives hold is listed and hashed.
    #[arg(long)]
    pub archives: bool,
    /// Whether free clusters are searched for deleted folders.
    #[arg(long)]
    pub search_free: bool,
    /// Whether pictures are hashed by what they show.
    #[arg(long)]
    pub pictures: bool,
    /// How many bytes of films are handed on; none where they are not asked for.
    #[arg(long)]
    pub films: Option<u64>,
    /// Entries that are told at most.
    #[arg(long, default_value_t = u64::MAX)]
    pub max_entries: u64,
}

/// Where to begin, as a child's command line says it.
pub fn resume(text: &str) -> Result<Resume, std::num::ParseIntError> {
    text.parse()
}

impl Args {
    /// The same, as a command line that begins at a place.
    pub fn command_line(&self, resume: &Resume) -> Vec<std::ffi::OsString> {
        let mut line: Vec<std::ffi::OsString> =
            vec!["read-exhibit".into(), "--resume".into(), resume.argument().into()];
        line.extend(["--max-entries".into(), self.max_entries.to_string().into()]);
        let flags = [
            ("--sleuthkit", self.sleuthkit),
            ("--archives", self.archives),
            ("--search-free", self.search_free),
            ("--pictures", self.pictures),
        ];
        if let Some(bytes) = self.films {
            line.extend(["--films".into(), bytes.to_string().into()]);
        }
        line.extend(flags.into_iter().filter(|(_, on)| *on).map(|(flag, _)| flag.into()));
        line.extend(["--".into(), self.path.clone().into_os_string()]);
        line
    }
}

/// The largest file of a program that is handed on, and the largest picture that is hashed by what it shows.
const MOST_BYTES: u64 = 256 << 20;
const MOST_PICTURE_BYTES: u64 = 64 << 20;
/// The bytes by which a file is recognised: as many as an import looks at.
pub const HEAD_BYTES: u64 = 64 << 10;

/// Runs the child.
///
/// # Errors
/// The exhibit cannot be opened, or nobody listens.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let opened = Opened::new(&args.path, args.sleuthkit)
        .map_err(|unread| anyhow::anyhow!("{}: {}", unread.expected, unread.found))?;
    let held = sandbox::enter(&opened.rules());
    let hello = Hello { reader: opened.reader(), held: held.held, lacking: held.lacking };
    let teller = Teller::new(io::stdout(), hello, args.resume.clone())?;
    let wanted = Wanted { md5: true, sha1: true, sha256: true, ed2k: true, aich: false };
    let mut telling = Telling {
        teller: RefCell::new(teller),
        hashing: Some(InOrder::new(Settings::new(wanted))),
        pictures: args.pictures,
        films: args.films,
    };
    // A visitor breaks off when the pipe is closed: the parent has gone, and there is nobody to tell.
    let resume = &args.resume;
    let want = |number, _: &Entry| number >= resume.from && !resume.skip.contains(&number);
    let archives = args.archives.then(ArchiveLimits::default);
    let limits = Limits { entries: args.max_entries, archives, ..Limits::default() };
    let _ = opened.walk(limits, args.search_free, &want, &mut telling);
    telling.finish()?;
    Ok(Exit::Done)
}

/// The Sleuth Kit's programs: for the parent, so that an officer is told what to install and no child is started for
/// nothing.
///
/// # Errors
/// They are not installed.
pub fn sleuthkit() -> Result<Tools, Failure> {
    sleuthkit_in(&FOLDERS.map(Path::new))
}

fn sleuthkit_in(folders: &[&Path]) -> Result<Tools, Failure> {
    Tools::find(folders).map_err(|_| {
        Failure::new(Exit::Failed, phrase!("exhibit.no_sleuthkit")).hint(phrase!("exhibit.no_sleuthkit.hint"))
    })
}

/// What is read, opened while the process may still open files: by our own readers or by the Sleuth Kit's programs.
pub enum Opened {
    Native(Exhibit),
    /// The programs, the image's files, and the image where it is one that is opened here too.
    SleuthKit(Tools, ImageFiles, Option<Image>),
}

impl Opened {
    /// Opens an image or a folder.
    ///
    /// # Errors
    /// It cannot be opened, nothing here reads it, or the Sleuth Kit is not installed.
    pub fn new(path: &Path, sleuthkit: bool) -> Result<Self, Unread> {
        if path.is_dir() {
            return Ok(Self::Native(Exhibit::Folder(path.to_owned())));
        }
        if !sleuthkit {
            return Image::open(path).map(|image| Self::Native(Exhibit::Image(image)));
        }
        let tools = Tools::find(&FOLDERS.map(Path::new)).map_err(|unread| *unread)?;
        let segments = tutela_evidence::image::segments(path);
        let opened = Image::open(path).ok();
        Ok(Self::SleuthKit(tools, ImageFiles { segments, beside: Vec::new() }, opened))
    }

    /// The image, where it is one that is opened here.
    pub fn image(&self) -> Option<&Image> {
        match self {
            Self::Native(Exhibit::Image(image)) | Self::SleuthKit(_, _, Some(image)) => Some(image),
            Self::Native(Exhibit::Folder(_)) | Self::SleuthKit(_, _, None) => None,
        }
    }

    /// Who reads it.
    pub fn reader(&self) -> String {
        match self {
            Self::Native(_) => "native".to_owned(),
            Self::SleuthKit(..) => "sleuthkit".to_owned(),
        }
    }

    /// What the process still may open when it reads.
    pub fn rules(&self) -> Rules {
        let limits = sandbox::Limits::default();
        match self {
            Self::Native(Exhibit::Image(_)) => Rules { read: Vec::new(), run: Vec::new(), limits },
            Self::Native(Exhibit::Folder(folder)) => {
                Rules { read: vec![folder.clone()], run: Vec::new(), limits }
            }
            Self::SleuthKit(tools, image, _) => tools.rules(image, limits),
        }
    }

    /// Walks it. The Sleuth Kit reads the bytes of those entries that `want` names, with their place in the order; our own
    /// readers hand out all.
    pub fn walk(
        &self,
        limits: Limits,
        search_free: bool,
        want: &dyn Fn(u64, &Entry) -> bool,
        visit: &mut dyn Visit,
    ) -> ControlFlow<()> {
        match self {
            Self::Native(exhibit) => {
                // The parent has the clock: it ends a child that takes too long.
                let options = Options { limits, search_free, stop: &|| false };
                walk(exhibit, &options, visit)
            }
            Self::SleuthKit(tools, image, opened) => {
                // Bytes are read where the programs say that they lie, if no byte of the image is missing.
                let whole = opened.as_ref().filter(|image| image.findings.is_empty());
                let options = sleuthkit::Options {
                    patience: std::time::Duration::from_secs(60),
                    at_once: 2,
                    want,
                    image: whole.map(|image| image as &dyn ReadAt),
                };
                sleuthkit::walk(tools, image, &options, visit)
            }
        }
    }
}

/// Hashes what is found, and tells it.
struct Telling {
    teller: RefCell<Teller<Stdout>>,
    /// None once it is finished.
    hashing: Option<InOrder<u64>>,
    pictures: bool,
    /// Bytes of films that still may be handed on, where films are asked for.
    films: Option<u64>,
}

impl Visit for Telling {
    fn entry(&mut self, entry: &Entry, bytes: Option<&mut dyn Read>) -> ControlFlow<()> {
        broken_off(self.take(entry, bytes))
    }

    fn unread(&mut self, unread: Unread) -> ControlFlow<()> {
        broken_off(self.teller.get_mut().unread(unread))
    }

    fn working(&mut self, place: &str) -> ControlFlow<()> {
        broken_off(self.teller.get_mut().beat(place, 0))
    }
}

fn broken_off(told: io::Result<()>) -> ControlFlow<()> {
    if told.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

impl Telling {
    fn take(&mut self, entry: &Entry, bytes: Option<&mut dyn Read>) -> io::Result<()> {
        let Turn::Read(number) = self.teller.get_mut().entry(entry)? else { return Ok(()) };
        let Some(bytes) = bytes else { return self.teller.get_mut().done(number) };
        // A file that cannot be read from its beginning on is as broken as one that cannot be read further on.
        let mut head = Vec::new();
        let begun = (&mut *bytes).take(HEAD_BYTES).read_to_end(&mut head);
        if begun.is_err() {
            return tell(self.teller.get_mut(), number, begun.map(|_| Digests::default()).ok());
        }
        let rest = Cursor::new(head.clone()).chain(bytes);
        if let Some(reader) = artefact(entry, &head) {
            self.teller.get_mut().value(number, values::READER, reader.as_bytes())?;
            return self.hash(number, entry, rest, true);
        }
        if belongs(entry, &head) {
            self.teller.get_mut().value(number, values::BESIDE, b"yes")?;
            return self.hash(number, entry, rest, true);
        }
        if self.films.is_some() && Container::of(&head).is_some() {
            let is_wanted = self.film(entry)?;
            if is_wanted {
                self.teller.get_mut().value(number, values::FILM, b"yes")?;
            }
            return self.hash(number, entry, rest, is_wanted);
        }
        if self.pictures && entry.size <= MOST_PICTURE_BYTES && picture::format(&head).is_some() {
            return self.picture(number, entry, rest);
        }
        self.hash(number, entry, rest, false)
    }

    /// Whether a film is handed on. Of one that is too large it is said, and of the first that is too much.
    fn film(&mut self, entry: &Entry) -> io::Result<bool> {
        let left = self.films.unwrap_or_default();
        let too_large = entry.size > film::MOST_BYTES;
        if !too_large && entry.size <= left {
            self.films = Some(left - entry.size);
            return Ok(true);
        }
        let gib = |bytes: u64| bytes >> 30;
        let expected = match too_large {
            true => format!("a film of at most {} GiB, to be read by its frames", gib(film::MOST_BYTES)),
            false => format!(
                "films of at most {} GiB in all, to be read by their frames: from here on none is",
                gib(film::MOST_BYTES_IN_ALL)
            ),
        };
        if too_large || left > 0 {
            let (place, found) = (entry.path.clone(), format!("{} bytes", entry.size));
            self.teller.get_mut().unread(Unread { place, why: Why::Limit, expected, found })?;
        }
        if !too_large {
            self.films = Some(0);
        }
        Ok(false)
    }

    /// Hashes a file; its bytes are handed on where that is asked for.
    fn hash(&mut self, number: u64, entry: &Entry, bytes: impl Read, hand_on: bool) -> io::Result<()> {
        let teller = &self.teller;
        let mut passed = Passed { bytes, number, place: &entry.path, teller, hand_on, told: Ok(()) };
        let mut told = Ok(());
        let hashing = self.hashing.as_mut().expect("nothing is taken after the end");
        hashing.add(number, &mut passed, |number, outcome| {
            let done = tell(&mut teller.borrow_mut(), number, outcome.ok());
            told = std::mem::replace(&mut told, Ok(())).and(done);
        });
        passed.told.and(told)
    }

    /// A picture is read whole, and what it says of itself is told before its digests are.
    fn picture(&mut self, number: u64, entry: &Entry, mut bytes: impl Read) -> io::Result<()> {
        let mut whole = Vec::new();
        let read = bytes.read_to_end(&mut whole);
        let record = picture::take(&whole, picture::Limits::default());
        let teller = self.teller.get_mut();
        let facts = record.facts;
        let stated = [
            (values::CAMERA, facts.camera),
            (values::CAMERA_SERIAL, facts.camera_serial),
            (values::TAKEN, facts.taken_said),
            (values::POSITION, facts.position),
        ];
        for (name, value) in stated {
            if let Some(value) = value {
                teller.value(number, name, value.as_bytes())?;
            }
        }
        match record.perceived {
            Ok(perceived) => perceive(teller, number, &perceived)?,
            Err(why) => teller.value(number, values::NOT_PERCEIVED, why.to_string().as_bytes())?,
        }
        match read {
            Ok(_) => self.hash(number, entry, Cursor::new(whole), false),
            Err(_) => tell(self.teller.get_mut(), number, None),
        }
    }

    fn finish(mut self) -> io::Result<()> {
        let mut told = Ok(());
        if let Some(hashing) = self.hashing.take() {
            let teller = self.teller.get_mut();
            hashing.finish(|number, outcome: Result<Digests, Broken>| {
                let done = tell(teller, number, outcome.ok());
                told = std::mem::replace(&mut told, Ok(())).and(done);
            });
        }
        told?;
        self.teller.into_inner().end().map(drop)
    }
}

/// Tells a picture's hashes in both profiles, each with its quality.
fn perceive(teller: &mut Teller<Stdout>, number: u64, perceived: &Perceived) -> io::Result<()> {
    teller.value(number, values::NORMALISED, perceived.normalised.as_bytes())?;
    for (name, (_, taken)) in values::PDQ.into_iter().zip(perceived.stored.each()) {
        let mut value = vec![taken.quality];
        value.extend(taken.hashes[0].limbs().iter().flat_map(|limb| limb.to_le_bytes()));
        teller.value(number, name, &value)?;
    }
    Ok(())
}

/// Tells the digests of a file that was read to its end, and that nothing more comes of it.
fn tell(teller: &mut Teller<Stdout>, number: u64, digests: Option<Digests>) -> io::Result<()> {
    if let Some(digests) = digests {
        let ed2k = digests.ed2k.as_ref().map(|ed2k| ed2k.hash);
        let told: [(&str, Option<&[u8]>); 4] = [
            (values::MD5, digests.md5.as_ref().map(|hash| &hash[..])),
            (values::SHA1, digests.sha1.as_ref().map(|hash| &hash[..])),
            (values::SHA256, digests.sha256.as_ref().map(|hash| &hash[..])),
            (values::ED2K, ed2k.as_ref().map(|hash| &hash[..])),
        ];
        for (name, hash) in told {
            if let Some(hash) = hash {
                teller.value(number, name, hash)?;
            }
        }
    }
    teller.done(number)
}

/// The reader of a file that a program left, where one is sure: a file is not handed on for a likeness.
fn artefact(entry: &Entry, head: &[u8]) -> Option<&'static str> {
    if entry.kind == FileKind::Folder || entry.size > MOST_BYTES || head.is_empty() {
        return None;
    }
    let name = entry.path.rsplit('/').next().unwrap_or(&entry.path);
    let sample = Sample { name, head };
    ARTEFACTS.iter().find(|reader| (reader.recognise)(&sample) == Fit::Sure).map(|reader| reader.name)
}

/// Whether a file may belong to one that a program left: to which one, the parent knows when it has all of the folder.
fn belongs(entry: &Entry, head: &[u8]) -> bool {
    // A log of SQLite begins with one of two numbers, for either order of bytes (fileformat2, section 4.1).
    let is_log = head.starts_with(&[0x37, 0x7f, 0x06, 0x82]) || head.starts_with(&[0x37, 0x7f, 0x06, 0x83]);
    entry.kind != FileKind::Folder && entry.size <= MOST_BYTES && is_log && entry.path.ends_with("-wal")
}

/// Bytes on their way to be hashed, of which the parent hears and which it may be given.
struct Passed<'a, R> {
    bytes: R,
    number: u64,
    place: &'a str,
    teller: &'a RefCell<Teller<Stdout>>,
    hand_on: bool,
    told: io::Result<()>,
}

impl<R: Read> Read for Passed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_bytes = self.bytes.read(buffer)?;
        let mut teller = self.teller.borrow_mut();
        let mut told = teller.beat(self.place, n_bytes as u64);
        if self.hand_on {
            told = told.and_then(|()| teller.bytes(self.number, &buffer[..n_bytes]));
        }
        // Hashing goes on to the end of this file; the visitor breaks off after it.
        if self.told.is_ok() {
            self.told = told;
        }
        Ok(n_bytes)
    }
}

#[cfg(test)]
mod tests {
    use tutela_model::Lang;

    use super::*;
    use crate::talk::say;

    #[test]
    fn without_the_sleuth_kit_it_is_said_what_to_install() {
        let folder = tempfile::tempdir().expect("a folder");
        let failure = sleuthkit_in(&[folder.path()]).expect_err("none is there");
        assert_eq!(
            (failure.exit, say(&failure.what, Lang::En)),
            (Exit::Failed, "the Sleuth Kit is not installed".to_owned())
        );
        let hint = say(&failure.hint.expect("how to mend it"), Lang::It);
        assert!(hint.contains("apt install sleuthkit"), "{hint}");
    }
}
