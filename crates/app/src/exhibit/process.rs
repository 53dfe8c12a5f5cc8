//! Reading an exhibit in a child, and taking into the operation what came of it: rows of files, media and what could not
//! be read, and the files that programs left, each received like any other.

use std::cell::Cell;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use tutela_case::Provenance;
use tutela_evidence::child::Resume;
use tutela_evidence::parent::{self, Budget, Summary, Watch};
use tutela_model::table::Table as _;
use tutela_model::tables::{Exhibit, FilmFrame};
use tutela_model::{Digest, Zone};

use crate::ending::{self, Doing as _};
use crate::exhibit::found::{Artefact, Complete, Films, Found, Whole};
use crate::exhibit::received::{Made, receive, table_source};
use crate::exhibit::stated::in_a_name;
use crate::exhibit::{child, film};
use crate::operation::Operation;
use crate::progress::{Bar, Unit};
use crate::run::Run;
use crate::talk::{path_text, phrase};

/// How an exhibit is processed.
pub struct Processing<'a> {
    /// The exhibit.
    pub exhibit: &'a Exhibit,
    /// How the child reads it.
    pub child: child::Args,
    /// How much the child may tell.
    pub budget: Budget,
    /// The zone of the clocks whose times have none.
    pub zone: Option<Zone>,
    /// The authority, where it is not the latest.
    pub basis: Option<&'a str>,
    /// What reads films, where they are asked for: `ffmpeg version 5.1.6`.
    pub ffmpeg: Option<&'a str>,
}

/// What came of it.
pub struct Processed {
    /// How the reading went.
    pub summary: Summary,
    /// How many files of programs were received, and how many of them could not be read.
    pub artefacts: (usize, usize),
    /// What came of films.
    pub films: Films,
    /// Files of programs that were read with others of their folder, by their paths: a database with its log.
    pub read_with: Vec<(String, Vec<String>)>,
    /// Times that were left out because they have no zone and none was declared.
    pub n_without_zone: u64,
}

/// Reads an exhibit and takes into the operation what came of it.
///
/// # Errors
/// No child can be started, the disk refuses, or the user has asked to stop: what was read is kept, and the next run goes
/// on after it.
pub fn process(run: &Run, operation: &Operation, processing: &Processing<'_>) -> anyhow::Result<Processed> {
    let exhibit = processing.exhibit;
    let folder = work_folder(operation, &exhibit.number);
    let of = format!("{:?} {:?} {}", exhibit.sha256, processing.child, processing.zone.is_some());
    let (complete, summary) = read(run, processing, &folder, &of)?;
    let artefacts = take_in(run, operation, processing, &complete, &summary)?;
    fs::remove_dir_all(&folder).doing(|| phrase!("cannot.write", path = path_text(&folder)))?;
    let path = |file: &Artefact| file.path.clone();
    let whole = complete.artefacts.iter().filter(|whole| !whole.beside.is_empty());
    let read_with = whole.map(|whole| (path(&whole.artefact), whole.beside.iter().map(path).collect()));
    Ok(Processed {
        summary,
        artefacts,
        films: complete.films,
        read_with: read_with.collect(),
        n_without_zone: complete.n_without_zone,
    })
}

/// Where rows are kept until an exhibit is read to its end. Two numbers never share a folder.
fn work_folder(operation: &Operation, number: &str) -> PathBuf {
    let digest = Digest::of(number.as_bytes()).hex();
    operation.case.dir().join("exhibits").join(format!("{}-{}", in_a_name(number), &digest[..8]))
}

fn read(
    run: &Run,
    processing: &Processing<'_>,
    folder: &Path,
    of: &str,
) -> anyhow::Result<(Complete, Summary)> {
    let cannot = || phrase!("cannot.write", path = path_text(folder));
    let bar = Bar::new(run, Unit::Bytes, processing.exhibit.size.unwrap_or_default());
    let mut progress = |progress: &tutela_evidence::frame::Progress| bar.reach(progress.bytes);
    let number = processing.exhibit.number.as_str();
    let film_bytes = Cell::new(0);
    let mut found =
        Found::open(run, folder, number, of, processing.zone.is_some(), &mut progress, &film_bytes)
            .doing(cannot)?;
    let program = std::env::current_exe().doing(|| phrase!("exhibit.self"))?;
    let command = |resume: &Resume| {
        let mut command = Command::new(&program);
        // What earlier children handed on of films is not handed on again.
        let left = film::MOST_BYTES_IN_ALL.saturating_sub(film_bytes.get());
        let child = child::Args { films: processing.child.films.map(|_| left), ..processing.child.clone() };
        command.args(child.command_line(resume));
        command
    };
    let began = Instant::now();
    let watch = Watch {
        now: &|| began.elapsed(),
        stop: &|| run.is_stopped().then(|| "the officer stopped it".to_owned()),
    };
    let start = Resume { from: found.next(), ..Resume::default() };
    let summary = parent::read(&command, &start, &processing.budget, &watch, &mut found);
    let summary = summary.doing(|| phrase!("exhibit.self"))?;
    bar.end();
    if let Some(error) = found.failed.take() {
        return Err(error).doing(cannot);
    }
    if run.is_stopped() {
        found.keep().doing(cannot)?;
        run.go_on()?;
    }
    Ok((found.finish().doing(cannot)?, summary))
}

/// Receives the rows and the files of programs; says how many of these there were, and how many could not be read.
fn take_in(
    run: &Run,
    operation: &Operation,
    processing: &Processing<'_>,
    complete: &Complete,
    summary: &Summary,
) -> anyhow::Result<(usize, usize)> {
    let exhibit = processing.exhibit;
    let folder = tempfile::tempdir()?;
    let provenance = provenance(exhibit, summary);
    for (table, rows) in &complete.tables {
        if rows.metadata().is_ok_and(|rows| rows.len() == 0) {
            continue;
        }
        let name = format!("exhibit-{}-{table}.jsonl.zst", in_a_name(&exhibit.number));
        let path = folder.path().join(name);
        compress(rows, &path).doing(|| phrase!("cannot.write", path = path_text(&path)))?;
        let made = Made {
            files: vec![path],
            source: table_source(table),
            zone: processing.zone.clone(),
            basis: processing.basis,
            provenance: match processing.ffmpeg.filter(|_| *table == FilmFrame::INFO.name) {
                Some(ffmpeg) => {
                    Provenance { tool: format!("{}, {ffmpeg}", provenance.tool), ..provenance.clone() }
                }
                None => provenance.clone(),
            },
        };
        receive(run, operation, made)?;
    }
    let mut in_order: Vec<&Whole> = complete.artefacts.iter().collect();
    in_order.sort_by(|a, b| a.artefact.reader.cmp(&b.artefact.reader));
    let mut n_unread = 0;
    for Whole { artefact, beside } in in_order {
        let folder = tempfile::tempdir()?;
        let files = side_by_side(folder.path(), artefact, beside)
            .doing(|| phrase!("cannot.write", path = path_text(folder.path())))?;
        let paths = std::iter::once(artefact).chain(beside).map(|file| file.path.as_str());
        let made = Made {
            files,
            source: Some(artefact.reader.clone()),
            zone: processing.zone.clone(),
            basis: processing.basis,
            provenance: Provenance { note: paths.collect::<Vec<_>>().join(", "), ..provenance.clone() },
        };
        // One file that cannot be read, say because its times have no zone, keeps no other back.
        if let Err(error) = receive(run, operation, made) {
            run.go_on()?;
            n_unread += 1;
            let path = tutela_outputs::shown::plain(&artefact.path);
            run.warn(phrase!("exhibit.artefact", path = path, error = ending::tell(&error, run.lang)));
        }
    }
    Ok((complete.artefacts.len(), n_unread))
}

/// A file and what belongs to it in one folder, as they lay on the exhibit: so they are received.
fn side_by_side(folder: &Path, artefact: &Artefact, beside: &[Artefact]) -> io::Result<Vec<PathBuf>> {
    if beside.is_empty() {
        return Ok(vec![artefact.at.clone()]);
    }
    let copy = |file: &Artefact| {
        let at = folder.join(file.at.file_name().unwrap_or_default());
        fs::copy(&file.at, &at).map(|_| at)
    };
    std::iter::once(artefact).chain(beside).map(copy).collect()
}

/// What is stated of everything that was made of an exhibit.
fn provenance(exhibit: &Exhibit, summary: &Summary) -> Provenance {
    let reader = summary.children.first();
    let held = reader.map(|hello| hello.held.join(", ")).unwrap_or_default();
    Provenance {
        exhibit: exhibit.number.to_string(),
        parents: exhibit.sha256.iter().map(ToString::to_string).collect(),
        method: "tutela exhibit process".to_owned(),
        tool: format!("tutela {} ({held})", env!("CARGO_PKG_VERSION")),
        ..Provenance::default()
    }
}

/// The same bytes give the same bytes: one thread, a level that is fixed, no time and no name.
fn compress(from: &Path, to: &Path) -> io::Result<()> {
    let mut encoder = zstd::Encoder::new(File::create(to)?, 3)?;
    io::copy(&mut File::open(from)?, &mut encoder)?;
    encoder.finish()?.sync_data()
}
