//! The side of the child: opens one device, gives up its rights, lists its files, and reads rounds of files and of extents
//! in turn, whichever layer has read less. It is the program itself, started by `triage` with a verb that nobody types.

use std::cell::RefCell;
use std::io::{self, Read, Stdout};
use std::ops::ControlFlow;
use std::path::PathBuf;

use tutela_evidence::child::{Resume, Teller, Turn};
use tutela_evidence::entry::{Entry, Part, Unread, Visit};
use tutela_evidence::frame::Hello;
use tutela_evidence::image::{Image, ReadAt as _};
use tutela_evidence::sandbox;
use tutela_evidence::walk::Limits;
use tutela_hashing::{Digests, InOrder, Settings, Wanted};
use tutela_matchers::blocks::BlockSet;
use tutela_matchers::index::{Index, Lists};
use tutela_matchers::lists::{Hashes, Kind, hex};

use super::files::{Files, Round, Rounds, has_bytes};
use super::said::{DRAWN, Listed, MET, READ, SAID, Said, bytes};
use super::space::{self, Space};
use crate::ending::Exit;
use crate::exhibit::child::Opened;

/// Millionths of the whole.
pub const ALL_PPM: u64 = 1_000_000;

/// Options of the child.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// The image, the disk or the folder.
    pub path: PathBuf,
    /// The lists.
    #[arg(long)]
    pub list: Vec<PathBuf>,
    /// Where to begin.
    #[arg(long, default_value = "0")]
    pub resume: Resume,
    /// Whether the Sleuth Kit's programs read its files.
    #[arg(long)]
    pub sleuthkit: bool,
    /// What decides which files and extents are drawn.
    #[arg(long)]
    pub seed: u64,
    /// How large an extent is.
    #[arg(long)]
    pub extent_bytes: u64,
    /// The largest file that is read.
    #[arg(long)]
    pub most_file_bytes: u64,
    /// Millionths of the device that are read at most.
    #[arg(long)]
    pub most_ppm: u64,
}

impl Args {
    /// The same, as a command line that begins at a place.
    pub fn command_line(&self, resume: &Resume) -> Vec<std::ffi::OsString> {
        let mut line: Vec<std::ffi::OsString> = vec!["triage-exhibit".into()];
        line.extend(["--resume".into(), resume.argument().into()]);
        let numbers = [
            ("--seed", self.seed),
            ("--extent-bytes", self.extent_bytes),
            ("--most-file-bytes", self.most_file_bytes),
            ("--most-ppm", self.most_ppm),
        ];
        line.extend(numbers.into_iter().flat_map(|(name, number)| [name.into(), number.to_string().into()]));
        line.extend(self.list.iter().flat_map(|list| ["--list".into(), list.clone().into_os_string()]));
        line.extend(self.sleuthkit.then(|| "--sleuthkit".into()));
        line.extend(["--".into(), self.path.clone().into_os_string()]);
        line
    }
}

/// Runs the child.
///
/// # Errors
/// A list cannot be opened, or nobody listens.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let lists = Lists::open(&args.list)?;
    let opened = match Opened::new(&args.path, args.sleuthkit) {
        Ok(opened) => opened,
        Err(unread) => return refuse(args, unread),
    };
    let mut rules = opened.rules();
    rules.limits.memory_bytes += lists.lists().iter().map(Index::bytes).sum::<u64>();
    let held = sandbox::enter(&rules);
    let hello = Hello { reader: opened.reader(), held: held.held, lacking: held.lacking };
    let teller = RefCell::new(Teller::new(io::stdout(), hello, args.resume.clone())?);
    let image = opened.image();
    let form = image.map_or("folder", |image| image.format).to_owned();
    tell(&teller, &Said::Device { form, bytes: image.map(|image| image.size()) })?;
    let sets = space::sets(&lists)?;
    Device { args, lists: &lists, sets: &sets, opened: &opened, image, teller: &teller }.look()?;
    teller.into_inner().end()?;
    Ok(Exit::Done)
}

/// Tells why nothing is read.
fn refuse(args: &Args, unread: Unread) -> anyhow::Result<Exit> {
    let mut teller = Teller::new(io::stdout(), Hello::default(), args.resume.clone())?;
    teller.unread(unread)?;
    teller.end()?;
    Ok(Exit::Done)
}

fn tell(teller: &RefCell<Teller<Stdout>>, said: &Said) -> io::Result<()> {
    teller.borrow_mut().whole(SAID, &bytes(said))
}

/// A device that is looked at.
struct Device<'a> {
    args: &'a Args,
    lists: &'a Lists,
    sets: &'a [(&'a Index, BlockSet<'a>)],
    opened: &'a Opened,
    image: Option<&'a Image>,
    teller: &'a RefCell<Teller<Stdout>>,
}

impl Device<'_> {
    /// Reads rounds of both layers, until all is read or as much as may be.
    fn look(&self) -> io::Result<()> {
        let mut files = self.list()?;
        let has_hashes = self.lists.lists().iter().any(|list| list.entries() > 0);
        let all_bytes = self.image.map_or(files.bytes, |image| image.size());
        // Reading all takes more bytes than there are: extents overlap by a block, and what is met is read again.
        let most = match self.args.most_ppm {
            ALL_PPM.. => u64::MAX,
            ppm => (u128::from(all_bytes) * u128::from(ppm)).div_ceil(u128::from(ALL_PPM)) as u64,
        };
        let mut rounds = has_hashes.then(|| Rounds::new(&files, self.args.seed));
        if has_hashes {
            let too_large = files.too_large;
            tell(self.teller, &Said::Files { files: files.len(), bytes: files.bytes, too_large })?;
        }
        let share = if has_hashes && files.len() > 0 { most / 2 } else { most };
        let image = self.image.filter(|image| !self.sets.is_empty() && image.size() > 0);
        let extent_bytes = self.args.extent_bytes;
        let mut space = image.map(|image| Space::new(image, self.sets, extent_bytes, share, self.args.seed));
        if let Some(space) = &space {
            tell(self.teller, &space.said())?;
        }
        let mut of_files = 0;
        loop {
            let of_space = space.as_ref().map_or(0, |space| space.bytes);
            let left = most.saturating_sub(of_files + of_space);
            let next = space.as_ref().and_then(Space::next_bytes).filter(|next| *next <= left);
            if let Some(space) = space.as_mut().filter(|_| next.is_some())
                && (rounds.is_none() || of_space <= of_files)
            {
                self.read_space(space)?;
                continue;
            }
            let most_files = left / files.mean_bytes();
            match rounds.as_mut().and_then(|rounds| rounds.next(&mut files, most_files)) {
                Some(round) => {
                    of_files += Rounds::bytes(&files, &round);
                    self.read_files(&files, &round)?;
                    tell(self.teller, &Said::FilesRound { round: round.number, bytes: of_files })?;
                }
                None if next.is_some() => rounds = None,
                None => return Ok(()),
            }
        }
    }

    /// All files of the device, its volumes, and what cannot be read of it.
    fn list(&self) -> io::Result<Files> {
        let files = Files::new(self.args.most_file_bytes);
        let mut listing = Listing { files, teller: self.teller, told: Ok(()) };
        let _ = self.opened.walk(Limits::default(), false, &|_, _| false, &mut listing);
        listing.told.map(|()| listing.files)
    }

    fn read_space(&self, space: &mut Space<'_>) -> io::Result<()> {
        let bytes = self.args.extent_bytes;
        space.round(&mut |said| tell(self.teller, said), &mut |at| {
            self.teller.borrow_mut().beat(&format!("byte {at}"), bytes)
        })
    }

    fn read_files(&self, files: &Files, round: &Round) -> io::Result<()> {
        let mut reading = Reading {
            files,
            round,
            lists: self.lists,
            teller: self.teller,
            hashing: InOrder::new(Settings::new(wanted(self.lists))),
            place: 0,
            left: round.drawn.len() + round.in_order.len(),
            told: Ok(()),
        };
        let want = |_, entry: &Entry| files.may_want(round, entry);
        // A visitor breaks off when all are read, or when the pipe is closed, which is told below.
        let _ = self.opened.walk(Limits::default(), false, &want, &mut reading);
        let Reading { hashing, mut told, .. } = reading;
        hashing.finish(|file, outcome| answer(self.lists, self.teller, file, outcome.ok(), &mut told));
        told
    }
}

/// The hashes that the lists have.
fn wanted(lists: &Lists) -> Wanted {
    let has = |kind| lists.lists().iter().any(|list| list.hashes(kind) > 0);
    Wanted {
        md5: has(Kind::Md5),
        sha1: has(Kind::Sha1),
        sha256: has(Kind::Sha256),
        ed2k: has(Kind::Ed2k),
        aich: false,
    }
}

/// Counts the files of a device.
struct Listing<'a> {
    files: Files,
    teller: &'a RefCell<Teller<Stdout>>,
    told: io::Result<()>,
}

impl Listing<'_> {
    fn flow(&mut self, told: io::Result<()>) -> ControlFlow<()> {
        let flow = if told.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
        self.told = std::mem::replace(&mut self.told, Ok(())).and(told);
        flow
    }
}

impl Visit for Listing<'_> {
    fn entry(&mut self, entry: &Entry, _: Option<&mut dyn Read>) -> ControlFlow<()> {
        if has_bytes(entry) {
            self.files.add(entry);
        }
        let told = self.teller.borrow_mut().beat(&entry.path, 0);
        self.flow(told)
    }

    fn part(&mut self, part: &Part) -> ControlFlow<()> {
        let told = self.teller.borrow_mut().part(part);
        self.flow(told)
    }

    fn unread(&mut self, unread: Unread) -> ControlFlow<()> {
        let told = self.teller.borrow_mut().unread(unread);
        self.flow(told)
    }

    fn working(&mut self, place: &str) -> ControlFlow<()> {
        let told = self.teller.borrow_mut().beat(place, 0);
        self.flow(told)
    }
}

/// Reads the files of a round.
struct Reading<'a> {
    files: &'a Files,
    round: &'a Round,
    lists: &'a Lists,
    teller: &'a RefCell<Teller<Stdout>>,
    /// By number and size.
    hashing: InOrder<(u64, u64)>,
    /// The place of the next file.
    place: u32,
    /// How many files of the round are to come.
    left: usize,
    told: io::Result<()>,
}

impl Visit for Reading<'_> {
    fn entry(&mut self, entry: &Entry, bytes: Option<&mut dyn Read>) -> ControlFlow<()> {
        let taken = self.take(entry, bytes);
        self.told = std::mem::replace(&mut self.told, Ok(())).and(taken);
        if self.told.is_ok() && self.left > 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    /// What cannot be read of a file that was drawn; the rest was told when files were listed.
    fn unread(&mut self, unread: Unread) -> ControlFlow<()> {
        let told = self.teller.borrow_mut().unread(unread);
        self.told = std::mem::replace(&mut self.told, Ok(())).and(told);
        ControlFlow::Continue(())
    }

    fn working(&mut self, place: &str) -> ControlFlow<()> {
        let told = self.teller.borrow_mut().beat(place, 0);
        self.told = std::mem::replace(&mut self.told, Ok(())).and(told);
        ControlFlow::Continue(())
    }
}

impl Reading<'_> {
    fn take(&mut self, entry: &Entry, bytes: Option<&mut dyn Read>) -> io::Result<()> {
        if !has_bytes(entry) {
            return Ok(());
        }
        let place = self.place;
        self.place += 1;
        let drawn = self.round.drawn.contains(&place);
        if !drawn && !self.round.in_order.contains(&place) {
            return self.teller.borrow_mut().beat(&entry.path, 0);
        }
        self.left -= 1;
        let Turn::Read(number) = self.teller.borrow_mut().entry(entry)? else { return Ok(()) };
        self.teller.borrow_mut().value(number, DRAWN, &[u8::from(drawn)])?;
        let Some(bytes) = bytes.filter(|_| self.files.is(place as usize, entry)) else {
            return self.teller.borrow_mut().done(number);
        };
        let (lists, teller) = (self.lists, self.teller);
        let mut told = Ok(());
        let mut passed = Passed { bytes, place: &entry.path, teller, told: Ok(()) };
        self.hashing.add((number, entry.size), &mut passed, |file, outcome| {
            answer(lists, teller, file, outcome.ok(), &mut told);
        });
        passed.told.and(told)
    }
}

/// Tells what the lists say of a file that was read to its end, and that nothing more comes of it.
fn answer(
    lists: &Lists,
    teller: &RefCell<Teller<Stdout>>,
    (number, size): (u64, u64),
    digests: Option<Digests>,
    told: &mut io::Result<()>,
) {
    let mut teller = teller.borrow_mut();
    let said = digests.map_or(Ok(()), |digests| {
        teller.value(number, READ, &[])?;
        let met = listed(lists, &digests, size);
        if met.is_empty() { Ok(()) } else { teller.value(number, MET, &bytes(&met)) }
    });
    *told = std::mem::replace(told, Ok(())).and(said).and_then(|()| teller.done(number));
}

/// The entries that a file meets. One that a stronger hash contradicts is of another file.
fn listed(lists: &Lists, digests: &Digests, size: u64) -> Vec<Listed> {
    let hashes = Hashes {
        md5: digests.md5,
        sha1: digests.sha1,
        sha256: digests.sha256,
        ed2k: digests.ed2k.as_ref().map(|ed2k| ed2k.hash),
    };
    let hits = lists.look(&hashes, Some(size));
    let listed = hits.iter().filter(|hit| !hit.is_contradicted()).map(|hit| {
        let kind =
            [Kind::Sha256, Kind::Sha1, Kind::Md5, Kind::Ed2k].into_iter().find(|kind| hit.met.contains(kind));
        let met = kind.and_then(|kind| Some(format!("{}:{}", kind.word(), hex(hashes.get(kind)?))));
        Listed::new(hit.list, met.unwrap_or_default(), hit.entry.attributes)
    });
    // More than anybody reads of one file would not fit what a child may say.
    listed.take(64).collect()
}

/// Bytes on their way to be hashed, of which the parent hears.
struct Passed<'a, 'b> {
    bytes: &'b mut dyn Read,
    place: &'a str,
    teller: &'a RefCell<Teller<Stdout>>,
    told: io::Result<()>,
}

impl Read for Passed<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_bytes = self.bytes.read(buffer)?;
        let told = self.teller.borrow_mut().beat(self.place, n_bytes as u64);
        self.told = std::mem::replace(&mut self.told, Ok(())).and(told);
        Ok(n_bytes)
    }
}
