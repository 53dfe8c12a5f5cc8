//! The children that read: in Rust alone, or with the Sleuth Kit. Both hash every file.

use std::fs::File;
use std::io::{Read, Stdout, stdout};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tutela_evidence::child::{Resume, Teller, Turn};
use tutela_evidence::entry::{Entry, Part, Unread, Visit};
use tutela_evidence::frame::Hello;
use tutela_evidence::image::{Image, ReadAt, Segment, segments};
use tutela_evidence::sandbox::{FOLDERS, Limits, Rules, enter};
use tutela_evidence::sleuthkit::{self, ImageFiles, Tools};
use tutela_evidence::walk::{self, Exhibit};

use crate::Result;

pub fn child(reader: &str, resume: &str, at_once: &str, paths: &[&str]) -> Result<()> {
    let resume: Resume = resume.parse()?;
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    match reader {
        "native" => native(resume, &paths[0]),
        "sleuthkit" => sleuthkit(resume, at_once.parse()?, paths, true),
        // Every file by a process of its own, to compare with.
        "icat" => sleuthkit(resume, at_once.parse()?, paths, false),
        _ => Err("readers are native, sleuthkit and icat".into()),
    }
}

/// Opens the files, enters the sandbox, and only then reads of them.
fn native(resume: Resume, path: &Path) -> Result<()> {
    let folder = path.is_dir();
    let files = if folder { Vec::new() } else { segments(path) };
    let opened = files.iter().map(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        Segment::of_file(&name, File::open(file)?)
    });
    let opened = opened.collect::<std::io::Result<Vec<_>>>()?;
    let read = if folder { vec![path.to_owned()] } else { Vec::new() };
    let held = enter(&Rules { read, run: Vec::new(), limits: Limits::default() });
    let hello = Hello { reader: "native".to_owned(), held: held.held, lacking: held.lacking };
    let mut hashing = Hashing { teller: Teller::new(stdout(), hello, resume)?, failed: None };
    let exhibit = if folder {
        Exhibit::Folder(path.to_owned())
    } else {
        match Image::of_segments(opened) {
            Ok(image) => Exhibit::Image(image),
            Err(unread) => {
                hashing.teller.unread(unread)?;
                return hashing.end(ControlFlow::Continue(()));
            }
        }
    };
    let options = walk::Options { limits: walk::Limits::default(), search_free: true, stop: &|| false };
    let walked = walk::walk(&exhibit, &options, &mut hashing);
    hashing.end(walked)
}

fn sleuthkit(resume: Resume, at_once: usize, segments: Vec<PathBuf>, direct: bool) -> Result<()> {
    let tools = match Tools::find(&FOLDERS.map(Path::new)) {
        Ok(tools) => tools,
        Err(unread) => {
            let mut teller = Teller::new(stdout(), Hello::default(), resume)?;
            teller.unread(*unread)?;
            teller.end()?;
            return Ok(());
        }
    };
    // Opened before the sandbox is entered, as all that is read.
    let opened = Image::open(&segments[0]).ok().filter(|image| image.findings.is_empty());
    let image = ImageFiles { segments, beside: Vec::new() };
    let held = enter(&tools.rules(&image, Limits::default()));
    let patience = Duration::from_secs(60);
    let reader = tools.version(patience)?;
    let hello = Hello { reader, held: held.held, lacking: held.lacking };
    let (from, skip) = (resume.from, resume.skip.clone());
    let want = |number, _: &Entry| number >= from && !skip.contains(&number);
    let mut hashing = Hashing { teller: Teller::new(stdout(), hello, resume)?, failed: None };
    let image_here = opened.as_ref().filter(|_| direct).map(|image| image as &dyn ReadAt);
    let options = sleuthkit::Options { patience, at_once, want: &want, image: image_here };
    let walked = sleuthkit::walk(&tools, &image, &options, &mut hashing);
    hashing.end(walked)
}

struct Hashing {
    teller: Teller<Stdout>,
    failed: Option<std::io::Error>,
}

impl Hashing {
    fn end(self, walked: ControlFlow<()>) -> Result<()> {
        match (walked, self.failed) {
            (_, Some(failed)) => Err(failed.into()),
            // A limit of the reader's own was told.
            (_, None) => self.teller.end().map(|_| ()).map_err(Into::into),
        }
    }

    fn flow(&mut self, told: std::io::Result<()>) -> ControlFlow<()> {
        match told {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.failed = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    fn hash(&mut self, entry: &Entry, bytes: Option<&mut dyn Read>) -> std::io::Result<()> {
        let Turn::Read(number) = self.teller.entry(entry)? else { return Ok(()) };
        if let Some(bytes) = bytes {
            let mut sha256 = Sha256::new();
            let mut piece = vec![0; 64 << 10];
            // Bytes that fail are unread, which the reader tells: they have no digest.
            let whole = loop {
                match bytes.read(&mut piece) {
                    Ok(0) => break true,
                    Err(_) => break false,
                    Ok(read) => {
                        sha256.update(&piece[..read]);
                        self.teller.beat(&entry.path, read as u64)?;
                    }
                }
            };
            if whole {
                self.teller.value(number, "sha256", &sha256.finalize())?;
            }
        }
        self.teller.done(number)
    }
}

impl Visit for Hashing {
    fn entry(&mut self, entry: &Entry, bytes: Option<&mut dyn Read>) -> ControlFlow<()> {
        let told = self.hash(entry, bytes);
        self.flow(told)
    }

    fn part(&mut self, part: &Part) -> ControlFlow<()> {
        let told = self.teller.part(part);
        self.flow(told)
    }

    fn unread(&mut self, unread: Unread) -> ControlFlow<()> {
        let told = self.teller.unread(unread);
        self.flow(told)
    }

    fn working(&mut self, place: &str) -> ControlFlow<()> {
        let told = self.teller.beat(place, 0);
        self.flow(told)
    }
}
