//! `Library1.dat` and `Library2.dat` of Shareaza: the folders and files of its library, with how often each was sent.
//!
//! ```text
//! FILETIME, u32 version, [29: u32 words], u32 next index, [28: 3 × u32]
//! folders, [6: albums], recent files, [18: files without a folder]
//! ```
//! The layout is that of `CLibrary::Serialize` and what it calls, found by reading Shareaza and readers of others.

mod archive;
mod file;

use tutela_model::field::clip;
use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{ProblemKind, SharedFolder};

use self::archive::{Archive, Tri};
use self::file::Entry;
use crate::artefact::{Flaw, Loaded, Span, Telling};

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "shareaza_library_dat",
    version: 1,
    about: "Library1.dat and Library2.dat of Shareaza: files, whether shared, uploads begun, hashes",
    tables: &["shared_file", "shared_folder", "peer_contact"],
    recognise,
    read,
};

/// The versions of the layout that are known. Later ones are of a descendant, which writes hashes in another order.
const VERSIONS: std::ops::RangeInclusive<u32> = 1..=29;
/// The deepest nesting of folders, albums and elements that is read.
const DEPTH_MAX: u32 = 64;
const PROGRAM: &str = "Shareaza";

fn recognise(sample: &Sample<'_>) -> Fit {
    let name = sample.name.to_ascii_lowercase();
    let named =
        name.ends_with("library1.dat") || name.ends_with("library2.dat") || name.ends_with("library.dat");
    let mut archive = Archive::new(sample.head);
    let has_path = |archive: &mut Archive<'_>| -> Result<bool, Flaw> {
        archive.begin()?;
        let n_folders = archive.count("the number of folders")?;
        let path = archive.text("a folder's path")?;
        Ok(n_folders > 0 && path.as_bytes().get(1..3) == Some(b":\\"))
    };
    match (has_path(&mut archive), named) {
        (Ok(true), _) => Fit::Sure,
        (_, true) => Fit::Possible,
        _ => Fit::No,
    }
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let loaded = Loaded::open(input)?;
    let mut telling = Telling::new(sink);
    let mut library = Library { archive: Archive::new(&loaded.bytes), telling: &mut telling };
    match library.read() {
        Ok(()) => {
            let cursor = library.archive.cursor.clone();
            telling.rest(&cursor)?;
        }
        Err(End::Flaw(flaw)) => telling.lost(&flaw)?,
        Err(End::Refusal(refusal)) => return Err(refusal),
    }
    telling.end(&loaded)
}

/// Why reading ends before the file does. After damage nobody knows where the next record begins.
enum End {
    Flaw(Flaw),
    Refusal(Refusal),
}

impl From<Flaw> for End {
    fn from(flaw: Flaw) -> Self {
        Self::Flaw(flaw)
    }
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

struct Library<'a, 's, 't> {
    archive: Archive<'a>,
    telling: &'t mut Telling<'s>,
}

/// A folder that files stand in.
#[derive(Clone, Copy)]
struct Above<'p> {
    path: &'p str,
    /// What the nearest folder that says it says of sharing.
    shared: Tri,
}

impl Library<'_, '_, '_> {
    fn read(&mut self) -> Result<(), End> {
        self.archive.begin()?;
        self.telling.sink.note("version of the library", &self.archive.version.to_string());
        for _ in 0..self.archive.count("the number of folders")? {
            self.folder(Above { path: "", shared: Tri::Unknown }, 0)?;
        }
        if self.archive.version >= 6 {
            self.album(0)?;
        }
        self.history()?;
        if self.archive.version >= 18 {
            for _ in 0..self.archive.count("the number of files without a folder")? {
                self.file(None)?;
            }
        }
        Ok(())
    }

    fn folder(&mut self, above: Above<'_>, depth: u32) -> Result<(), End> {
        let at = self.archive.cursor.at;
        shallow(depth, at)?;
        let path = self.archive.text("a folder's path")?;
        let own = self.archive.tri("whether the folder is shared")?;
        if self.archive.version >= 3 {
            self.archive.cursor.u32("whether the folder is shown open")?;
        }
        let shared = if own == Tri::Unknown { above.shared } else { own };
        let span = Span::between(at, self.archive.cursor.at);
        self.telling.record();
        match (own, shared) {
            (Tri::Yes, _) if !path.is_empty() => self.telling.row(SharedFolder {
                program: PROGRAM.into(),
                path: path.as_str().into(),
                place: span.spot(),
            })?,
            (_, Tri::No) => self.telling.sink.skip(&span.spot(), "a folder that is not shared"),
            _ => self.telling.sink.skip(
                &span.spot(),
                "a folder without a mark of its own; its files say what those above it say",
            ),
        }
        // Each file has its folder's path, so a long one would be written many times.
        let here = Above { path: &clip(&path), shared };
        for _ in 0..self.archive.count("the number of folders in a folder")? {
            self.folder(here, depth + 1)?;
        }
        for _ in 0..self.archive.count("the number of files in a folder")? {
            self.file(Some(here))?;
        }
        Ok(())
    }

    fn file(&mut self, above: Option<Above<'_>>) -> Result<(), End> {
        let mut entry = Entry::begin(&self.archive);
        let read = entry.fill(&mut self.archive);
        self.telling.record();
        entry.end(&self.archive);
        entry.tell(above, self.telling)?;
        if let Err(flaw) = read {
            self.telling.flaw("", &flaw)?;
            let rest = Span::between(flaw.span.at, self.archive.cursor.bytes.len());
            let expected =
                "a whole record; what follows was not read, because where the next begins is unknown";
            return Err(End::Flaw(Flaw::new(ProblemKind::Malformed, rest, expected, "a damaged one")));
        }
        self.telling.sink.progress(self.archive.cursor.at as u64);
        Ok(())
    }

    /// An album of the library: how files are grouped on the screen. Nothing of it is taken.
    fn album(&mut self, depth: u32) -> Result<(), End> {
        let version = self.archive.version;
        let archive = &mut self.archive;
        shallow(depth, archive.cursor.at)?;
        archive.text("an album's schema")?;
        if archive.count("whether an album has metadata")? != 0 {
            archive.element(0)?;
        }
        if version >= 19 {
            archive.hash(20, "an album's collection")?;
        }
        if version >= 24 {
            archive.hash(16, "an album's number")?;
        }
        archive.text("an album's name")?;
        archive.cursor.take(8, "how an album is shown")?;
        if version >= 19 {
            archive.text("an album's view")?;
        }
        for _ in 0..archive.count("the number of albums in an album")? {
            self.album(depth + 1)?;
        }
        for _ in 0..self.archive.count("the number of files in an album")? {
            self.archive.cursor.u32("a file of an album")?;
        }
        Ok(())
    }

    /// Files that were added last, and the torrent that was seeded last.
    fn history(&mut self) -> Result<(), End> {
        let archive = &mut self.archive;
        for _ in 0..archive.count("the number of recent files")? {
            archive.cursor.take(12, "a recent file")?;
        }
        if archive.version > 22 {
            let at = archive.cursor.at;
            let path = archive.text("the torrent seeded last")?;
            if !path.is_empty() {
                let name = archive.text("the name of the torrent seeded last")?;
                archive.cursor.take(4 + 20, "the torrent seeded last")?;
                self.telling.record();
                let span = Span::between(at, self.archive.cursor.at);
                self.telling.sink.skip(&span.spot(), "the torrent seeded last, which a note names");
                self.telling.sink.note("torrent seeded last", &format!("{name}: {path}"));
            }
        }
        Ok(())
    }
}

fn shallow(depth: u32, at: usize) -> Result<(), Flaw> {
    match depth {
        0..=DEPTH_MAX => Ok(()),
        _ => {
            let expected = format!("at most {DEPTH_MAX} folders or elements inside each other");
            Err(Flaw::new(ProblemKind::TooLarge, Span { at, len: 0 }, &expected, "more"))
        }
    }
}
