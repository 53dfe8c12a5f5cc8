//! The child that reads with the Sleuth Kit: opens nothing but the image, hashes every file.

use std::io::{Read, Stdout, stdout};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tutela_evidence::child::{Resume, Teller, Turn};
use tutela_evidence::entry::{Entry, Unread, Visit};
use tutela_evidence::frame::Hello;
use tutela_evidence::sandbox::{Limits, enter};
use tutela_evidence::sleuthkit::{FOLDERS, ImageFiles, Options, Tools, walk};

use crate::Result;

pub fn child(resume: &str, at_once: &str, images: &[&str]) -> Result<()> {
    let resume: Resume = resume.parse()?;
    let folders = FOLDERS.map(Path::new);
    let tools = match Tools::find(&folders) {
        Ok(tools) => tools,
        Err(unread) => {
            let mut teller = Teller::new(stdout(), Hello::default(), resume)?;
            teller.unread(*unread)?;
            teller.end()?;
            return Ok(());
        }
    };
    let image = ImageFiles { segments: images.iter().map(PathBuf::from).collect(), beside: Vec::new() };
    let held = enter(&tools.rules(&image, Limits::default()));
    let patience = Duration::from_secs(60);
    let reader = tools.version(patience)?;
    let hello = Hello { reader, held: held.held, lacking: held.lacking };
    let (from, skip) = (resume.from, resume.skip.clone());
    let want = |number, _: &Entry| number >= from && !skip.contains(&number);
    let mut hashing = Hashing { teller: Teller::new(stdout(), hello, resume)?, failed: None };
    let options = Options { patience, at_once: at_once.parse()?, want: &want };
    let walked = walk(&tools, &image, &options, &mut hashing);
    match (walked, hashing.failed) {
        (ControlFlow::Continue(()), None) => hashing.teller.end().map(|_| ()).map_err(Into::into),
        (_, failed) => Err(failed.map_or("it was stopped".into(), Into::into)),
    }
}

struct Hashing {
    teller: Teller<Stdout>,
    failed: Option<std::io::Error>,
}

impl Hashing {
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

    fn unread(&mut self, unread: Unread) -> ControlFlow<()> {
        let told = self.teller.unread(unread);
        self.flow(told)
    }

    fn working(&mut self, place: &str) -> ControlFlow<()> {
        let told = self.teller.beat(place, 0);
        self.flow(told)
    }
}
