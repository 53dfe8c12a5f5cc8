//! `tutela lists`: agencies' lists of known files. They belong to the unit and not to an operation, so none is needed.
//!
//! An index is one version of a list, and nothing changes it: a withdrawal makes the next version.

mod build;
mod diff;
mod info;
mod look;
pub mod perceptual;
mod withdraw;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tutela_matchers::index::Index;
use tutela_matchers::lists::{Attributes, Hashes, Kind, hex, of_hex};

use crate::ending::{Exit, Failure};
use crate::run::Run;
use crate::talk::phrase;

/// Options of `lists`.
#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// Make the index of a version of a list, from files in the layouts of agencies and tools
    Build(build::Args),
    /// What an index holds and what it was made from
    Info(info::Args),
    /// Make the next version of a list, in which entries are withdrawn
    Withdraw(withdraw::Args),
    /// What changed from one version of a list to another
    Diff(diff::Args),
    /// What lists say of files, by their hashes
    Look(look::Args),
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    match args {
        Args::Build(args) => build::run(run, args),
        Args::Info(args) => info::run(run, args),
        Args::Withdraw(args) => withdraw::run(run, args),
        Args::Diff(args) => diff::run(run, args),
        Args::Look(args) => look::run(run, args),
    }
}

/// The schema of what these verbs write as JSON.
const SCHEMA: &str = "tutela.lists/1";

/// Memory that building takes when nothing else is said.
const MEMORY_BYTES: u64 = 128 << 20;

/// Where an index goes: where `-o` says, else into the folder where the command runs, by its name and version.
fn index_path(run: &Run, name: &str, version: &str, ending: &str) -> PathBuf {
    run.output.clone().unwrap_or_else(|| {
        let plain = |text: &str| -> String {
            text.chars().map(|c| if c.is_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect()
        };
        PathBuf::from(format!("{}-{}.{ending}", plain(name).trim_start_matches('.'), plain(version)))
    })
}

fn memory_bytes(run: &Run) -> usize {
    usize::try_from(run.memory_limit.unwrap_or(MEMORY_BYTES)).unwrap_or(usize::MAX)
}

/// The folder in which an index and its sorted runs are written.
fn folder_of(path: &Path) -> Result<PathBuf, Failure> {
    crate::run::folder_for(path).map(Path::to_owned)
}

/// Reads `KIND:DIGITS`, or digits whose number tells the kind: 32 are MD5, 40 SHA-1, 64 SHA-256.
fn hash(text: &str) -> Option<(Kind, Vec<u8>)> {
    let (kind, digits) = match text.split_once(':') {
        Some((word, digits)) => (Kind::of_word(word)?, digits),
        None => {
            (*[Kind::Md5, Kind::Sha1, Kind::Sha256].iter().find(|kind| kind.width() * 2 == text.len())?, text)
        }
    };
    let bytes = match kind.width() {
        16 => of_hex::<16>(digits.as_bytes())?.to_vec(),
        20 => of_hex::<20>(digits.as_bytes())?.to_vec(),
        _ => of_hex::<32>(digits.as_bytes())?.to_vec(),
    };
    Some((kind, bytes))
}

/// Reads a hash of the command line.
fn given_hash(text: &str) -> Result<(Kind, Vec<u8>), Failure> {
    hash(text).ok_or_else(|| {
        Failure::new(Exit::Usage, phrase!("lists.hash", found = text)).hint(phrase!("lists.hash.hint"))
    })
}

/// Hashes by their kinds.
fn hashes_json(hashes: &Hashes) -> Value {
    let known = Kind::ALL
        .into_iter()
        .filter_map(|kind| Some((kind.word().to_owned(), json!(hex(hashes.get(kind)?)))));
    Value::Object(known.collect())
}

/// The first hash, with its kind.
fn hashes_text(hashes: &Hashes) -> String {
    let first = hashes.kinds().next();
    first.and_then(|kind| Some(format!("{}:{}", kind.word(), hex(hashes.get(kind)?)))).unwrap_or_default()
}

/// What a list says of an entry; what it does not say is null.
fn attributes_json(attributes: &Attributes) -> Value {
    let flags = attributes.flags.named().map(|(name, flag)| (name.to_owned(), json!(flag)));
    json!({
        "scheme": attributes.scheme,
        "category": attributes.category,
        "translated": attributes.translated,
        "series": attributes.series,
        "contributor": attributes.contributor,
        "flags": Value::Object(flags.into_iter().collect()),
        "feedback": attributes.feedback,
        "withdrawn": attributes.withdrawn,
    })
}

/// The category with its scheme, and what it was translated into.
fn category_text(attributes: &Attributes) -> String {
    let Some(category) = &attributes.category else { return String::new() };
    let scheme = attributes.scheme.as_deref().unwrap_or("?");
    let translated = attributes.translated.as_ref();
    let translated =
        translated.map(|into| format!(" → {} ({})", into.category, into.scheme)).unwrap_or_default();
    format!("{category} ({scheme}){translated}")
}

/// Which list it is.
fn list_json(index: &Index) -> Value {
    let manifest = index.manifest();
    json!({
        "list": manifest.name,
        "version": manifest.version,
        "digest": format!("sha256:{}", index.digest().hex()),
        "path": index.path().to_string_lossy(),
    })
}
