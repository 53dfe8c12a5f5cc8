//! `tutela lists info`: what an index holds, what it was made from, and whether its bytes are as they were written.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tutela_matchers::index::{Altered, Index};
use tutela_matchers::lists::{Counts, Kind};
use tutela_matchers::near::list::file::Head;

use super::{SCHEMA, category_text, list_json, perceptual};
use crate::ending::{Exit, Failure};
use crate::run::{Format, Run};
use crate::talk::{path_text, phrase};

/// Options of `lists info`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Indexes, and lists of perceptual hashes, of which only the head is read
    #[arg(required = true, value_name = "LIST")]
    lists: Vec<PathBuf>,
    /// Read all of each index and hold it against its digests; the passphrase of perceptual lists is asked for
    #[arg(long)]
    check: bool,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let mut told = Vec::new();
    let mut damaged = None;
    for path in &args.lists {
        if let Some(head) = perceptual::head(path)? {
            if args.check {
                perceptual::open(run, path)?;
            }
            told.push(Told::Near { path: path.clone(), head, is_whole: args.check });
            continue;
        }
        let index = Index::open(path)?;
        let altered = if args.check { Some(index.check()) } else { None };
        run.go_on()?;
        if let Some(first) = altered.as_ref().and_then(|altered| altered.first()) {
            damaged = damaged.or(Some((path.clone(), first.section.clone())));
        }
        told.push(Told::Index(Box::new(index), altered));
    }
    tell(run, &told)?;
    match damaged {
        None => Ok(Exit::Done),
        Some((path, section)) => {
            let what = phrase!("lists.altered", path = path_text(&path), section = section);
            Err(Failure::new(Exit::Integrity, what).hint(phrase!("lists.altered.hint")).into())
        }
    }
}

/// A list of which something is told.
enum Told {
    /// An index, and which of its sections are not as they were written, where that was looked for.
    Index(Box<Index>, Option<Vec<Altered>>),
    /// A list of perceptual hashes: what anybody may read of it.
    Near {
        path: PathBuf,
        head: Head,
        /// Whether it was opened, which a list that was changed is not.
        is_whole: bool,
    },
}

impl Told {
    fn json(&self) -> Value {
        match self {
            Self::Index(index, altered) => info_json(index, altered.as_deref()),
            Self::Near { path, head, is_whole } => json!({
                "list": head.list, "version": head.version, "digest": format!("sha256:{}", head.sha256),
                "path": path.to_string_lossy(), "perceptual": "pdq", "entries": head.entries,
                "films": head.films, "frames": head.frames,
                "labels": head.labels, "altered": is_whole.then(Vec::<String>::new),
            }),
        }
    }

    /// List, version, digest, entries, withdrawn entries, path. How many are withdrawn stands in no head.
    fn cells(&self) -> [String; 6] {
        match self {
            Self::Index(index, _) => {
                let manifest = index.manifest();
                [
                    manifest.name.clone(),
                    manifest.version.clone(),
                    format!("sha256:{}", index.digest().hex()),
                    manifest.entries.to_string(),
                    manifest.withdrawn.to_string(),
                    index.path().to_string_lossy().into_owned(),
                ]
            }
            Self::Near { path, head, .. } => [
                head.list.clone(),
                head.version.clone().unwrap_or_default(),
                format!("sha256:{}", head.sha256),
                head.entries.to_string(),
                String::new(),
                path.to_string_lossy().into_owned(),
            ],
        }
    }
}

/// Writes what lists hold.
fn tell(run: &Run, told: &[Told]) -> anyhow::Result<()> {
    run.list(|out| write(out, run, told, &mut told.iter().map(Told::json)))
}

/// Writes what anybody may read of a list of perceptual hashes.
pub fn tell_of_near(run: &Run, path: &Path) -> anyhow::Result<()> {
    let head = perceptual::head(path)?;
    let told = head.map(|head| Told::Near { path: path.to_owned(), head, is_whole: false });
    tell(run, told.as_slice())
}

/// Writes what one index holds.
pub fn tell_of(run: &Run, index: Index) -> anyhow::Result<()> {
    tell(run, &[Told::Index(Box::new(index), None)])
}

fn write(
    out: &mut dyn Write,
    run: &Run,
    told: &[Told],
    rows: &mut dyn Iterator<Item = Value>,
) -> anyhow::Result<()> {
    match run.format {
        Format::Text => {
            for told in told {
                match told {
                    Told::Index(index, altered) => write_text(out, run, index, altered.as_deref())?,
                    Told::Near { head, is_whole, .. } => write_head(out, run, head, *is_whole)?,
                }
            }
        }
        Format::Json => {
            let rows: Vec<Value> = rows.collect();
            writeln!(out, "{:#}", json!({"schema": SCHEMA, "lists": rows}))?;
        }
        Format::Jsonl => {
            for row in rows {
                writeln!(out, "{row}")?;
            }
        }
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(out);
            writer.write_record(["list", "version", "digest", "entries", "withdrawn", "path"])?;
            for told in told {
                writer.write_record(told.cells())?;
            }
            writer.flush()?;
        }
    }
    Ok(())
}

fn info_json(index: &Index, altered: Option<&[Altered]>) -> Value {
    let manifest = index.manifest();
    let mut info = list_json(index);
    let hashes = Kind::ALL.map(|kind| (kind.word().to_owned(), json!(index.hashes(kind))));
    let sources: Vec<Value> = manifest
        .sources
        .iter()
        .map(|source| {
            json!({
                "sha256": source.sha256, "bytes": source.bytes, "layout": source.layout, "scheme": source.scheme,
                "counts": source.counts, "records": source.counts.records(),
            })
        })
        .collect();
    let categories: Vec<Value> = categories(index)
        .into_iter()
        .map(|(category, entries)| json!({"category": category, "entries": entries}))
        .collect();
    let more = json!({
        "after": manifest.after,
        "entries": manifest.entries,
        "withdrawn": manifest.withdrawn,
        "repeated": manifest.repeated,
        "unmet_withdrawals": manifest.unmet_withdrawals,
        "hashes": Value::Object(hashes.into_iter().collect()),
        "categories": categories,
        "translation": manifest.translation,
        "blocks": manifest.blocks,
        "sources": sources,
        "bytes": index.bytes(),
        "altered": altered.map(|altered| altered.iter().map(|one| one.section.clone()).collect::<Vec<_>>()),
    });
    if let (Value::Object(info), Value::Object(more)) = (&mut info, more) {
        info.extend(more);
    }
    info
}

/// How many entries each category has, in the order of the categories.
fn categories(index: &Index) -> Vec<(String, u64)> {
    let mut categories = std::collections::BTreeMap::new();
    for (attributes, entries) in index.attributes().iter().zip(index.attribute_counts()) {
        if attributes.category.is_some() {
            *categories.entry(category_text(attributes)).or_insert(0) += entries;
        }
    }
    categories.into_iter().collect()
}

fn write_head(out: &mut dyn Write, run: &Run, head: &Head, is_whole: bool) -> anyhow::Result<()> {
    let plain = |text: &str| tutela_outputs::shown::plain(text);
    let version = head.version.as_deref().unwrap_or_default();
    writeln!(out, "{} {}  sha256:{}", plain(&head.list), plain(version), plain(&head.sha256))?;
    let entries = phrase!("lists.near.entries", n = head.entries, labels = head.labels);
    writeln!(out, "  {}", run.word(entries))?;
    if head.films > 0 {
        let films = phrase!("lists.near.of_films", films = head.films, frames = head.frames);
        writeln!(out, "  {}", run.word(films))?;
    }
    if is_whole {
        writeln!(out, "  {}", run.word(phrase!("lists.whole")))?;
    }
    Ok(())
}

fn write_text(
    out: &mut dyn Write,
    run: &Run,
    index: &Index,
    altered: Option<&[Altered]>,
) -> anyhow::Result<()> {
    let manifest = index.manifest();
    let plain = |text: &str| tutela_outputs::shown::plain(text);
    writeln!(out, "{} {}  sha256:{}", plain(&manifest.name), plain(&manifest.version), index.digest().hex())?;
    let line = |out: &mut dyn Write, what| writeln!(out, "  {}", run.word(what));
    line(out, phrase!("lists.entries", n = manifest.entries, withdrawn = manifest.withdrawn))?;
    for kind in Kind::ALL.into_iter().filter(|kind| index.hashes(*kind) > 0) {
        line(out, phrase!("lists.hashes", n = index.hashes(kind), kind = kind.word()))?;
    }
    for (category, entries) in categories(index) {
        line(out, phrase!("lists.category", n = entries, category = category))?;
    }
    if let Some(blocks) = &manifest.blocks {
        let dropped = blocks.low_entropy + blocks.pattern + blocks.repeated + blocks.clean;
        line(out, phrase!("lists.blocks", n = blocks.kept, bytes = blocks.block_bytes, dropped = dropped))?;
    }
    if let Some(after) = &manifest.after {
        line(out, phrase!("lists.after", version = after.version.as_str(), digest = after.digest.as_str()))?;
    }
    for source in &manifest.sources {
        let (layout, digest) = (source.layout.as_str(), source.sha256.as_str());
        line(out, phrase!("lists.source", layout = layout, digest = digest, n = source.counts.entries))?;
        for (what, n) in told_of(&source.counts) {
            writeln!(out, "    {what} {n}")?;
        }
    }
    if let Some(altered) = altered {
        let what = match altered {
            [] => phrase!("lists.whole"),
            _ => phrase!(
                "lists.altered.sections",
                sections = altered.iter().map(|one| one.section.clone()).collect::<Vec<_>>()
            ),
        };
        writeln!(out, "  {}", run.word(what))?;
    }
    Ok(())
}

/// What besides entries was in a file, in the words of the data.
fn told_of(counts: &Counts) -> Vec<(&'static str, u64)> {
    let skipped = counts.skipped.iter().map(|(skip, n)| (skip.word(), *n));
    let notes = counts.notes.iter().map(|(note, n)| (note.word(), *n));
    let problems = [("lost", counts.lost), ("parts", counts.parts), ("deleted", counts.deleted)];
    problems.into_iter().filter(|(_, n)| *n > 0).chain(skipped).chain(notes).collect()
}
