//! `tutela lists withdraw`: the next version of a list, in which entries are withdrawn. They stay in it, so that it can
//! be told that they were on the list, which version withdrew them, and why.

use std::path::PathBuf;

use tutela_matchers::index::{Builder, Gone, Index, Settings};
use tutela_matchers::lists::Kind;

use super::{folder_of, given_hash, index_path, info, memory_bytes};
use crate::cli::given;
use crate::ending::{Exit, Failure};
use crate::run::Run;
use crate::talk::{path_text, phrase};

/// Options of `lists withdraw`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The index of the list
    #[arg(value_name = "LIST")]
    list: PathBuf,
    /// A hash of an entry, 32, 40 or 64 digits or KIND:DIGITS; may be given again
    #[arg(long, value_name = "HASH", required = true)]
    hash: Vec<String>,
    /// Why, with the act or message that says so
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The version that is made
    #[arg(long, value_name = "VERSION")]
    version: String,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    given("--reason", &args.reason)?;
    given("--version", &args.version)?;
    let hashes =
        args.hash.iter().map(|text| given_hash(text)).collect::<Result<Vec<(Kind, Vec<u8>)>, _>>()?;
    let old = Index::open(&args.list)?;
    if old.manifest().version == args.version {
        let what = phrase!("lists.same_version", version = args.version.as_str());
        return Err(Failure::new(Exit::Usage, what).hint(phrase!("lists.same_version.hint")).into());
    }
    if let Some(at) = hashes.iter().position(|(kind, hash)| old.find(*kind, hash).is_empty()) {
        let what = phrase!("lists.not_listed", hash = args.hash[at].as_str(), path = path_text(&args.list));
        return Err(Failure::new(Exit::Failed, what).hint(phrase!("lists.not_listed.hint")).into());
    }
    let path = index_path(run, &old.manifest().name, &args.version, "list");
    let settings = Settings {
        name: old.manifest().name.clone(),
        version: args.version.clone(),
        scheme: None,
        translation: None,
        memory_bytes: memory_bytes(run),
        folder: folder_of(&path)?,
    };
    let mut builder = Builder::new(settings, &path)?;
    builder.index(&old, Some(Gone { hashes: &hashes, reason: &args.reason }))?;
    builder.next_of(&old);
    run.go_on()?;
    builder.finish(&mut |_| run.flow())?;
    run.say(phrase!("written", path = path_text(&path)));
    info::tell_of(run, Index::open(&path)?)?;
    Ok(Exit::Done)
}
