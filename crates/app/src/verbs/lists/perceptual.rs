//! `tutela lists build --perceptual`: a list of PDQ hashes, encrypted with a passphrase, from texts of hashes and from lists
//! of agencies that carry them; and of films, from tables of their frames. No hash is ever printed: a rough picture
//! can be made from one.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use tempfile::NamedTempFile;
use tutela_matchers::index::IndexError;
use tutela_matchers::lists::Layout;
use tutela_matchers::lists::recognise::recognise;
use tutela_matchers::near::list::file::{self, Head, MAGICS};
use tutela_matchers::near::list::gather::{Gathered, Gathering, Of};
use tutela_matchers::near::list::{List, Listed, ListedFilm};
use tutela_matchers::pdq::{Profile, QUALITY};
use tutela_model::words::Words as _;
use zeroize::Zeroizing;

use super::build::{Args, Problems, beside};
use super::{index_path, info};
use crate::ending::{Doing as _, Exit, Failure};
use crate::keys::passphrase::{self, Purpose};
use crate::progress::{Bar, Unit};
use crate::run::{Run, folder_for};
use crate::talk::{path_text, phrase};

/// The layouts whose lists may carry PDQ hashes.
const LAYOUTS: [Layout; 4] = [Layout::Vics, Layout::Ncmec, Layout::Signals, Layout::KnownFile];

/// The word for texts of hashes, which no other list has.
const TEXT: &str = "text";

/// Builds the list.
pub fn build(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let layout = args.layout.as_deref().map(layout).transpose()?;
    let path = index_path(run, &args.name, &args.version, "pdq");
    let folder = folder_for(&path)?.to_owned();
    if path.symlink_metadata().is_ok() {
        return Err(IndexError::Exists(path).into());
    }
    let mut gathering = Gathering::new(Of {
        list: args.name.clone(),
        version: Some(args.version.clone()),
        scheme: args.scheme.clone(),
        profile: args.pdq_profile.as_deref().and_then(Profile::from_word),
    });
    let mut problems = Problems::new(args.problems.clone().unwrap_or_else(|| beside(&path)));
    for file in &args.files {
        take(run, args, &mut gathering, file, layout, &mut problems)?;
    }
    let (entries, films, unmet) = gathering.finish();
    if entries.is_empty() && films.is_empty() {
        problems.finish(run)?;
        let none = Failure::new(Exit::Failed, phrase!("lists.near.none"));
        return Err(none.hint(phrase!("lists.near.none.hint")).into());
    }
    tell(run, args, &entries, &films, unmet);
    let passphrase = passphrase::ask(run, Purpose::New(&path))?;
    let cannot = || phrase!("cannot.write", path = path_text(&path));
    // The library names its temporary file in its errors, which nobody has to know.
    let made = NamedTempFile::new_in(folder).map_err(|error| io::Error::from(error.kind())).doing(cannot)?;
    let version = Some(&*args.version);
    file::write(made.as_file(), &args.name, version, &entries, &films, &passphrase, file::WORK)
        .doing(cannot)?;
    made.as_file().sync_all().doing(cannot)?;
    match made.persist_noclobber(&path) {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(IndexError::Exists(path).into());
        }
        Err(error) => return Err(error.error).doing(cannot),
    }
    run.say(phrase!("written", path = path_text(&path)));
    let kept_aside = problems.finish(run)?;
    info::tell_of_near(run, &path)?;
    Ok(if kept_aside { Exit::Problems } else { Exit::Done })
}

/// The layout of a word; none is a text of hashes.
fn layout(word: &str) -> Result<Option<Layout>, Failure> {
    if word == TEXT {
        return Ok(None);
    }
    match LAYOUTS.into_iter().find(|layout| layout.word() == word) {
        Some(layout) => Ok(Some(layout)),
        None => {
            let words: Vec<&str> = LAYOUTS.iter().map(|layout| layout.word()).chain([TEXT]).collect();
            let what = phrase!("lists.near.layout", found = word);
            Err(Failure::new(Exit::Usage, what).hint(phrase!("lists.layout.hint", layouts = words)))
        }
    }
}

/// Takes a file. Where nobody says its layout, it is what it begins with; a text of bare digits begins as other lists do,
/// and here only PDQ hashes are meant.
fn take(
    run: &Run,
    args: &Args,
    gathering: &mut Gathering,
    file: &Path,
    declared: Option<Option<Layout>>,
    problems: &mut Problems,
) -> anyhow::Result<()> {
    let cannot = || phrase!("cannot.read", path = path_text(file));
    let mut beginning = Vec::new();
    File::open(file)
        .and_then(|file| file.take(MAGICS[0].len() as u64).read_to_end(&mut beginning))
        .doing(cannot)?;
    if file::is_list(&beginning) {
        return Err(IndexError::Perceptual(file.to_owned()).into());
    }
    let layout = match declared {
        Some(layout) => layout,
        None => recognise(file)
            .doing(cannot)?
            .filter(|layout| LAYOUTS.contains(layout) && *layout != Layout::Signals),
    };
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut problem = |problem: &_| problems.take(&name, problem);
    let Gathered { entries, films, without, scheme } = match layout {
        None => {
            let bytes = Zeroizing::new(fs::read(file).doing(cannot)?);
            gathering.text(&bytes, &mut problem).doing(cannot)?
        }
        Some(layout) => {
            let bar = Bar::new(run, Unit::Bytes, file.metadata().map_or(0, |found| found.len()));
            let mut done = 0;
            let gathered = gathering.list(file, layout, &mut problem, &mut |read| {
                bar.advance(read.saturating_sub(done));
                done = read;
                run.flow()
            });
            bar.end();
            run.go_on()?;
            gathered.doing(cannot)?
        }
    };
    if let (Some(said), Some(given)) = (scheme, &args.scheme)
        && said != *given
    {
        return Err(IndexError::OtherScheme { said, given: given.clone() }.into());
    }
    let layout = layout.map_or(TEXT, Layout::word);
    let path = path_text(file);
    match films {
        (0, _) => run.say(phrase!(
            "lists.near.read",
            path = path,
            layout = layout,
            entries = entries,
            without = without
        )),
        (n, frames) => run.say(phrase!("lists.near.films", path = path, films = n, frames = frames)),
    }
    Ok(())
}

/// What of the entries is worth knowing.
fn tell(run: &Run, args: &Args, entries: &[Listed], films: &[ListedFilm], unmet: u64) {
    let low = entries.iter().filter(|entry| entry.quality.is_some_and(|quality| quality < QUALITY)).count();
    if low > 0 {
        run.say(phrase!("lists.near.low", n = low));
    }
    let is_flat = |film: &&ListedFilm| film.frames.iter().all(|frame| frame.quality < QUALITY);
    let flat = films.iter().filter(is_flat).count();
    if flat > 0 {
        run.say(phrase!("lists.near.flat", n = flat));
    }
    if args.pdq_profile.is_none() {
        run.say(phrase!("lists.near.profile"));
    }
    if unmet > 0 {
        run.warn(phrase!("lists.near.unmet", n = unmet));
    }
    let missing = |entry: &Listed| entry.label.category.is_some() && entry.label.scheme.is_none();
    if entries.iter().any(missing) {
        run.warn(phrase!("lists.scheme_missing"));
        run.hint(phrase!("lists.scheme_missing.hint"));
    }
}

/// Whether a file begins as a list of perceptual hashes, and its head then.
pub fn head(path: &Path) -> anyhow::Result<Option<Head>> {
    let cannot = || phrase!("cannot.read", path = path_text(path));
    match file::head(File::open(path).doing(cannot)?) {
        Ok(head) => Ok(Some(head)),
        Err(file::BadList::NoList) => Ok(None),
        Err(error) => Err(error).doing(cannot),
    }
}

/// Opens a list, for which its passphrase is asked.
///
/// # Errors
/// It is no such list, the passphrase is wrong, it is damaged, or there is not enough memory.
pub fn open(run: &Run, path: &Path) -> anyhow::Result<(Head, List)> {
    let cannot = || phrase!("cannot.read", path = path_text(path));
    let file = File::open(path).doing(cannot)?;
    let bytes = file.metadata().doing(cannot)?.len();
    // Nobody is asked for the passphrase of a file that has none.
    file::head(&file).doing(cannot)?;
    let passphrase = passphrase::ask(run, Purpose::Open(path))?;
    file::open(File::open(path).doing(cannot)?, bytes, &passphrase, None).doing(cannot)
}
