//! `tutela lists build`: the index of a version of a list, from files in the layouts of agencies and tools, from other
//! indexes, and from originals that the unit holds, block by block.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use tutela_matchers::index::{Builder, Index, IndexError, Settings, Translation};
use tutela_matchers::lists::recognise::recognise;
use tutela_matchers::lists::{Counts, Declared, Kind, Layout, Note, Problem, Skip};
use tutela_model::Digest;

use super::{folder_of, index_path, info, memory_bytes, perceptual};
use crate::cli::given;
use crate::ending::{Doing as _, Exit, Failure};
use crate::progress::{Bar, Unit};
use crate::run::Run;
use crate::talk::{path_text, phrase};

/// Options of `lists build`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Lists in any layout that is known, and indexes, whose entries are taken over
    #[arg(value_name = "FILE", required_unless_present = "blocks")]
    pub files: Vec<PathBuf>,
    /// The list's name
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// Its version
    #[arg(long, value_name = "VERSION")]
    pub version: String,
    /// The layout of the files [default: by what they begin with]
    #[arg(long = "as", value_name = "LAYOUT")]
    pub layout: Option<String>,
    /// The scheme of the categories, where the files do not say it
    #[arg(long, value_name = "SCHEME")]
    pub scheme: Option<String>,
    /// A table that translates categories into another scheme (from, to, and [categories]); both are kept
    #[arg(long, value_name = "FILE")]
    translate: Option<PathBuf>,
    /// The index of the version before: its entries that the files do not have stay, as withdrawn
    #[arg(long, value_name = "LIST")]
    after: Option<PathBuf>,
    /// Bare hashes of 32 digits are eDonkey hashes, not MD5
    #[arg(long)]
    ed2k: bool,
    /// Where what could not be read goes [default: beside the index, when there is any]
    #[arg(long, value_name = "FILE")]
    pub problems: Option<PathBuf>,
    /// A folder of originals whose blocks of 4096 bytes are taken, to find what is left of them; may be given again
    #[arg(long, value_name = "FOLDER")]
    blocks: Vec<PathBuf>,
    /// Files that anybody may have, or an index of their blocks: no block of theirs is kept; may be given again
    #[arg(long, value_name = "FOLDER|LIST", requires = "blocks")]
    clean: Vec<PathBuf>,
    /// How many bytes the blocks of a list of hashdb have
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(64..=1 << 24))]
    block_size: Option<u32>,
    /// Make a list of perceptual hashes (PDQ), encrypted with a passphrase, from texts of hashes, lists that carry them, and
    /// tables of films' frames
    #[arg(long, conflicts_with_all = ["translate", "after", "ed2k", "blocks", "block_size"])]
    pub perceptual: bool,
    /// How the perceptual hashes were taken, as their issuer says: ref512 or full [default: not known]
    #[arg(long, value_name = "PROFILE", requires = "perceptual", value_parser = ["ref512", "full"])]
    pub pdq_profile: Option<String>,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    given("--name", &args.name)?;
    given("--version", &args.version)?;
    if args.perceptual {
        return perceptual::build(run, args);
    }
    let layout = args.layout.as_deref().map(layout).transpose()?;
    let path = index_path(run, &args.name, &args.version, "list");
    let settings = Settings {
        name: args.name.clone(),
        version: args.version.clone(),
        scheme: args.scheme.clone(),
        translation: args.translate.as_deref().map(translation).transpose()?,
        memory_bytes: memory_bytes(run),
        folder: folder_of(&path)?,
    };
    let files = args.files.iter().map(|file| known(file, layout)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut builder = Builder::new(settings, &path)?;
    if let Some(after) = &args.after {
        builder.after(&Index::open(after)?)?;
    }
    let mut problems = Problems::new(args.problems.clone().unwrap_or_else(|| beside(&path)));
    for (file, known) in args.files.iter().zip(files) {
        match known {
            None => drop(builder.index(&Index::open(file)?, None)?),
            Some(layout) => take(run, args, &mut builder, file, layout, &mut problems)?,
        }
    }
    let mut unread = 0;
    for folder in &args.blocks {
        unread += originals(run, &mut builder, folder)?;
    }
    for clean in &args.clean {
        unread += everyday(run, &mut builder, clean)?;
    }
    run.go_on()?;
    let built = builder.finish(&mut |_| run.flow())?;
    if built.scheme_missing {
        run.warn(phrase!("lists.scheme_missing"));
        run.hint(phrase!("lists.scheme_missing.hint"));
    }
    if built.manifest.unmet_withdrawals > 0 {
        run.warn(phrase!("lists.unmet", n = built.manifest.unmet_withdrawals));
    }
    if let Some(translation) = built.manifest.translation.filter(|translation| translation.untranslated > 0) {
        run.warn(phrase!("lists.untranslated", n = translation.untranslated, to = translation.to));
    }
    run.say(phrase!("written", path = path_text(&path)));
    let kept_aside = problems.finish(run)?;
    info::tell_of(run, Index::open(&path)?)?;
    Ok(if kept_aside || unread > 0 { Exit::Problems } else { Exit::Done })
}

fn layout(word: &str) -> Result<Layout, Failure> {
    Layout::of_word(word).ok_or_else(|| {
        let words: Vec<&str> = Layout::WORDS.iter().map(|(word, _)| *word).collect();
        Failure::new(Exit::Usage, phrase!("lists.layout", found = word))
            .hint(phrase!("lists.layout.hint", layouts = words))
    })
}

/// The layout of a file; none for an index.
fn known(file: &Path, declared: Option<Layout>) -> anyhow::Result<Option<Layout>> {
    let mut beginning = [0; 8];
    let opened = File::open(file).and_then(|mut file| file.read(&mut beginning));
    opened.doing(|| phrase!("cannot.read", path = path_text(file)))?;
    if &beginning == b"TUTELIST" {
        return Ok(None);
    }
    let found = match declared {
        Some(layout) => Some(layout),
        None => recognise(file).doing(|| phrase!("cannot.read", path = path_text(file)))?,
    };
    let unknown = || {
        Failure::new(Exit::Failed, phrase!("lists.unknown", path = path_text(file)))
            .hint(phrase!("lists.unknown.hint"))
    };
    Ok(Some(found.ok_or_else(unknown)?))
}

fn translation(path: &Path) -> anyhow::Result<(Translation, Digest)> {
    let cannot = || phrase!("lists.translation", path = path_text(path));
    let bytes = fs::read(path).doing(cannot)?;
    let table: Translation = toml::from_slice(&bytes).doing(cannot)?;
    Ok((table, Digest::of(&bytes)))
}

fn take(
    run: &Run,
    args: &Args,
    builder: &mut Builder,
    file: &Path,
    layout: Layout,
    problems: &mut Problems,
) -> anyhow::Result<()> {
    let declared = Declared { digits_32: args.ed2k.then_some(Kind::Ed2k), block_bytes: args.block_size };
    let bytes = file.metadata().map_or(0, |found| found.len());
    let bar = Bar::new(run, Unit::Bytes, bytes);
    let mut done = 0;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let counts =
        builder.list(file, layout, &declared, &mut |problem| problems.take(&name, problem), &mut |read| {
            bar.advance(read.saturating_sub(done));
            done = read;
            run.flow()
        });
    bar.end();
    let counts = counts.map_err(|error| told(error, run))?;
    tell(run, file, layout, &counts);
    Ok(())
}

/// A stop is the user's, and is said as every other.
fn told(error: IndexError, run: &Run) -> anyhow::Error {
    match (error, run.go_on()) {
        (IndexError::Stopped, Err(stopped)) => stopped,
        (error, _) => error.into(),
    }
}

/// What was read of a file, and what of it is worth knowing.
fn tell(run: &Run, file: &Path, layout: Layout, counts: &Counts) {
    run.say(phrase!(
        "lists.read",
        path = path_text(file),
        layout = layout.word(),
        entries = counts.entries,
        hashes = counts.hashes,
        lost = counts.lost
    ));
    let note = |note| counts.notes.get(&note).copied().filter(|n| *n > 0);
    let skip = |skip| counts.skipped.get(&skip).copied().filter(|n| *n > 0);
    let told = [
        note(Note::KindByLength).map(|n| phrase!("lists.by_length", n = n)),
        note(Note::PhotoDna).map(|n| phrase!("lists.photo_dna", n = n)),
        note(Note::Pdq).map(|n| phrase!("lists.pdq", n = n)),
        note(Note::Perceptual).map(|n| phrase!("lists.perceptual", n = n)),
        note(Note::CategoryMissing).map(|n| phrase!("lists.category_missing", n = n)),
        skip(Skip::EmptyFile).map(|n| phrase!("lists.empty_file", n = n)),
    ];
    told.into_iter().flatten().for_each(|what| run.say(what));
}

/// Takes the blocks of all files of a folder; gives how many could not be read.
fn originals(run: &Run, builder: &mut Builder, folder: &Path) -> anyhow::Result<u64> {
    let (mut files, mut blocks) = (0u64, 0u64);
    let unread = each_file(run, folder, &mut |path| {
        let mut file = File::open(path)?;
        match builder.blocks().original(&mut file, path) {
            Ok(original) => {
                files += u64::from(!original.repeated);
                blocks += if original.repeated { 0 } else { original.probative };
                Ok(Ok(()))
            }
            Err(IndexError::Disk { source, path: of, .. }) if of == path => Err(source),
            Err(error) => Ok(Err(error)),
        }
    })?;
    run.say(phrase!("lists.originals", folder = path_text(folder), files = files, blocks = blocks));
    Ok(unread)
}

/// Takes the blocks of files that anybody may have; gives how many could not be read.
fn everyday(run: &Run, builder: &mut Builder, clean: &Path) -> anyhow::Result<u64> {
    if clean.is_file() && known(clean, Some(Layout::Sums))?.is_none() {
        builder.blocks().clean_index(&Index::open(clean)?)?;
        return Ok(0);
    }
    each_file(run, clean, &mut |path| {
        let mut file = File::open(path)?;
        match builder.blocks().clean(&mut file, path) {
            Err(IndexError::Disk { source, path: of, .. }) if of == path => Err(source),
            done => Ok(done),
        }
    })
}

type OfFile<'a> = dyn FnMut(&Path) -> io::Result<Result<(), IndexError>> + 'a;

/// Goes through all plain files below a folder in the order of their names. Links are not followed. Gives how many could
/// not be read.
fn each_file(run: &Run, folder: &Path, of_file: &mut OfFile<'_>) -> anyhow::Result<u64> {
    let mut unread = 0;
    let mut left = vec![folder.to_owned()];
    if !folder.exists() {
        let what = phrase!("file.none", path = path_text(folder));
        return Err(Failure::new(Exit::Failed, what).hint(phrase!("file.none.hint")).into());
    }
    while let Some(path) = left.pop() {
        run.go_on()?;
        let kind =
            path.symlink_metadata().doing(|| phrase!("cannot.read", path = path_text(&path)))?.file_type();
        if kind.is_dir() {
            let entries = fs::read_dir(&path).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
            let mut entries = entries.doing(|| phrase!("cannot.list", folder = path_text(&path)))?;
            entries.sort_by_key(fs::DirEntry::file_name);
            left.extend(entries.iter().rev().map(fs::DirEntry::path));
        } else if kind.is_symlink() {
            run.warn(phrase!("passed.link", path = path_text(&path)));
        } else if !kind.is_file() {
            run.warn(phrase!("passed.special", path = path_text(&path)));
        } else {
            match of_file(&path) {
                Ok(done) => done?,
                Err(error) => {
                    unread += 1;
                    let error = format!("{error}: {}", path_text(&path));
                    run.warn(phrase!("passed.unknown", error = error));
                }
            }
        }
    }
    Ok(unread)
}

pub fn beside(path: &Path) -> PathBuf {
    path.with_added_extension("problems.csv")
}

/// What could not be read, kept aside in a file that is made when there is something to keep.
pub struct Problems {
    path: PathBuf,
    writer: Option<csv::Writer<File>>,
    lost: u64,
    parts: u64,
}

impl Problems {
    pub fn new(path: PathBuf) -> Self {
        Self { path, writer: None, lost: 0, parts: 0 }
    }

    /// Keeps a problem.
    pub fn take(&mut self, list: &str, problem: &Problem) -> io::Result<()> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => {
                let mut writer = csv::Writer::from_writer(File::create(&self.path)?);
                writer.write_record(["list", "place", "expected", "found", "record_lost"])?;
                self.writer.insert(writer)
            }
        };
        self.lost += u64::from(problem.lost);
        self.parts += u64::from(!problem.lost);
        let (place, lost) = (problem.spot.to_string(), if problem.lost { "true" } else { "false" });
        Ok(writer.write_record([list, &place, problem.expected, &problem.found, lost])?)
    }

    /// Says how many there are; gives whether there are any.
    pub fn finish(self, run: &Run) -> anyhow::Result<bool> {
        let Some(writer) = self.writer else { return Ok(false) };
        let cannot = || phrase!("cannot.write", path = path_text(&self.path));
        let mut file =
            writer.into_inner().map_err(|error| io::Error::from(error.error().kind())).doing(cannot)?;
        file.flush().doing(cannot)?;
        run.warn(phrase!(
            "lists.problems",
            lost = self.lost,
            parts = self.parts,
            path = path_text(&self.path)
        ));
        Ok(true)
    }
}
