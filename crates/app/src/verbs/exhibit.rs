//! `tutela exhibit`: seized devices of the operation. They are added with their custody, processed into tables of files,
//! media, artefacts and matches, and listed. Nothing is ever written to what is read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tutela_case::{Case, Provenance};
use tutela_evidence::child::Resume;
use tutela_evidence::entry::{Unread, Why};
use tutela_evidence::image::{Image, segments};
use tutela_evidence::parent::Budget;
use tutela_hashing::{Settings, Wanted, hash_stream};
use tutela_model::table::{Table as _, Tables as _, all_rows};
use tutela_model::tables::{self, Exhibit, FileState, KnownMatch, ListTried, MatchBasis};
use tutela_model::{Text, Zone};
use tutela_outputs::shown::{count, plain};

use crate::cli::given;
use crate::columns::write_columns;
use crate::ending::{Doing as _, Exit, Failure};
use crate::exhibit::lines::Lines;
use crate::exhibit::matching::{self, Against};
use crate::exhibit::process::{self, Processed, Processing};
use crate::exhibit::received::{Made, receive, table_source};
use crate::exhibit::stated::{exhibit, exhibits, in_a_name};
use crate::exhibit::{child, film};
use crate::operation::{Operation, today};
use crate::progress::{Bar, Unit};
use crate::run::{Format, Run, width};
use crate::talk::{path_text, phrase};

mod cross_check;

/// The verbs of exhibits.
#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// Add a seized device, its image or a folder copied from it, with what is known of its custody
    Add(AddArgs),
    /// Read an exhibit: its files with their hashes, its pictures' hashes, what programs left
    Process(ProcessArgs),
    /// Hold what was found on all exhibits against lists of known files
    Match(MatchArgs),
    /// The exhibits, and what was found on each
    List,
    /// Read an image twice, by our own readers and by the Sleuth Kit's programs, and list every file on which they disagree
    CrossCheck(cross_check::Args),
}

/// Options of `exhibit add`.
#[derive(clap::Args, Debug)]
pub struct AddArgs {
    /// The image (its first segment) or a folder
    path: PathBuf,
    /// The exhibit's number
    #[arg(long, value_name = "NUMBER")]
    number: String,
    /// The exhibit that it is a part of
    #[arg(long, value_name = "NUMBER")]
    part_of: Option<String>,
    /// What it is: telephone, disk, memory card
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// When it was seized, with the offset of the local time: 2026-03-01T09:30:00+01:00
    #[arg(long, value_name = "TIME")]
    seized: Option<String>,
    /// Where
    #[arg(long, value_name = "TEXT")]
    seized_place: Option<String>,
    /// From whom
    #[arg(long, value_name = "WHO")]
    seized_from: Option<String>,
    /// A sheet in TOML with all that is known of its custody, as `tutela import --sheet` reads it
    #[arg(long, value_name = "FILE")]
    sheet: Option<PathBuf>,
    /// The authority that it is held under [default: the latest that covers today]
    #[arg(long, value_name = "ID")]
    basis: Option<String>,
}

/// Options of `exhibit process`.
#[derive(clap::Args, Debug)]
pub struct ProcessArgs {
    /// The exhibit's number [default: all that were not processed]
    number: Option<String>,
    /// The zone of clocks that write none, as those of memory cards: Europe/Rome, +02:00, UTC
    #[arg(long, value_name = "ZONE")]
    zone: Option<Zone>,
    /// List and hash what archives hold too
    #[arg(long)]
    archives: bool,
    /// Search free clusters for deleted folders (FAT, exFAT); all of them are read
    #[arg(long)]
    search_free: bool,
    /// Take no perceptual hashes of pictures
    #[arg(long)]
    no_pictures: bool,
    /// Hash films by their frames, one a second, with ffmpeg: minutes for an hour of film. Films of at most 4 GiB,
    /// 512 GiB in all; of each the first 3 hours, for at most 15 minutes
    #[arg(long)]
    films: bool,
    /// Read it with the Sleuth Kit's programs instead of our own readers
    #[arg(long)]
    sleuthkit: bool,
    /// Entries that are read at most
    #[arg(long, value_name = "N", default_value_t = 20_000_000)]
    max_entries: u64,
    /// Minutes that reading takes at most
    #[arg(long, value_name = "N", default_value_t = 10_080)]
    max_minutes: u64,
    /// The lists that all exhibits are then held against.
    #[command(flatten)]
    against: Against,
    /// The authority that it is read under [default: the latest that covers today]
    #[arg(long, value_name = "ID")]
    basis: Option<String>,
}

/// Options of `exhibit match`.
#[derive(clap::Args, Debug)]
pub struct MatchArgs {
    /// The lists.
    #[command(flatten)]
    against: Against,
    /// The authority that the matches are kept under [default: the latest that covers today]
    #[arg(long, value_name = "ID")]
    basis: Option<String>,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    match args {
        Args::Add(args) => add(run, args),
        Args::Process(args) => process(run, args),
        Args::Match(args) => match_against(run, &args.against, args.basis.as_deref()),
        Args::List => list(run),
        Args::CrossCheck(args) => cross_check::run(run, args),
    }
}

/// What is read of an image or a folder before it is added.
struct Looked {
    form: String,
    size: Option<u64>,
    sha256: Option<String>,
    acquired_hash: Option<String>,
    findings: Vec<Unread>,
}

fn add(run: &Run, args: &AddArgs) -> anyhow::Result<Exit> {
    given("--number", &args.number)?;
    let operation = Operation::open(run)?;
    if !args.path.exists() {
        let what = phrase!("file.none", path = path_text(&args.path));
        return Err(Failure::new(Exit::Failed, what).hint(phrase!("file.none.hint")).into());
    }
    let looked = if args.path.is_dir() { folder() } else { image(run, &args.path)? };
    let provenance = provenance(args)?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(format!("exhibit-{}.jsonl", in_a_name(&args.number)));
    let image = std::path::absolute(&args.path)?;
    let written = Lines::after(&path, 0).and_then(|mut lines| {
        lines.row([
            ("number", json!(args.number)),
            ("part_of", json!(args.part_of)),
            ("description", json!(args.description)),
            ("seized", json!(args.seized)),
            ("seized_place", json!(args.seized_place)),
            ("seized_from", json!(args.seized_from)),
            ("form", json!(looked.form)),
            ("image", json!(image.to_string_lossy())),
            ("size", json!(looked.size)),
            ("sha256", json!(looked.sha256)),
            ("acquired_hash", json!(looked.acquired_hash)),
        ])?;
        lines.sync()
    });
    written.doing(|| phrase!("cannot.write", path = path_text(&path)))?;
    let made = Made {
        files: vec![path],
        source: table_source(Exhibit::INFO.name),
        basis: args.basis.as_deref(),
        provenance,
        ..Made::default()
    };
    receive(run, &operation, made)?;
    for finding in &looked.findings {
        run.warn(phrase!(
            "exhibit.finding",
            at = plain(&finding.place),
            expected = finding.expected.as_str(),
            found = plain(&finding.found),
        ));
    }
    match run.format {
        Format::Text => run.say(phrase!(
            "exhibit.added",
            number = args.number.as_str(),
            form = looked.form.as_str(),
            digest = looked.sha256.as_deref().unwrap_or("-"),
        )),
        _ => run.json(&json!({"schema": "tutela.exhibit/1", "number": args.number, "form": looked.form,
            "size": looked.size, "sha256": looked.sha256, "acquired_hash": looked.acquired_hash,
            "findings": looked.findings.iter().map(|finding| json!({"at": finding.place,
                "expected": finding.expected, "found": finding.found})).collect::<Vec<_>>()}))?,
    }
    run.say(phrase!("next", command = "tutela exhibit process"));
    Ok(if looked.findings.is_empty() { Exit::Done } else { Exit::Problems })
}

/// What is stated of its custody: the sheet, and what the command line says before it.
fn provenance(args: &AddArgs) -> anyhow::Result<Provenance> {
    let mut provenance: Provenance =
        args.sheet.as_deref().map(crate::delivery::provenance).transpose()?.unwrap_or_default();
    provenance.exhibit.clone_from(&args.number);
    let said = [
        (&mut provenance.acquired, &args.seized),
        (&mut provenance.place, &args.seized_place),
        (&mut provenance.supplier, &args.seized_from),
    ];
    for (stated, said) in said {
        if let Some(said) = said {
            stated.clone_from(said);
        }
    }
    Ok(provenance)
}

/// A folder has no digest of its own: its files have.
fn folder() -> Looked {
    Looked { form: "folder".to_owned(), size: None, sha256: None, acquired_hash: None, findings: Vec::new() }
}

/// Looks at an image and hashes its files, so that it can be told later whether they are the same.
fn image(run: &Run, path: &Path) -> anyhow::Result<Looked> {
    let (form, acquired_hash, findings) = match Image::open(path) {
        Ok(image) => {
            let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            let sha1 = image.stored.sha1.map(|sha1| format!("sha1:{}", hex(&sha1)));
            let md5 = image.stored.md5.map(|md5| format!("md5:{}", hex(&md5)));
            (image.format.replace(' ', "_").to_lowercase(), sha1.or(md5), image.findings)
        }
        // The Sleuth Kit may read it; what it is called stands in the finding.
        Err(unread) if unread.why == Why::Unsupported => ("other".to_owned(), None, vec![unread]),
        Err(unread) => {
            let what = phrase!(
                "exhibit.finding",
                at = plain(&unread.place),
                expected = unread.expected,
                found = plain(&unread.found)
            );
            return Err(Failure::new(Exit::Failed, what).into());
        }
    };
    let files = segments(path);
    let cannot = |path: &Path| phrase!("cannot.read", path = path_text(path));
    let mut size = 0;
    for file in &files {
        size += file.metadata().doing(|| cannot(file))?.len();
    }
    let bar = Bar::new(run, Unit::Bytes, size);
    let watched = Watched { files: files.into_iter(), open: None, bar: &bar, run };
    let wanted = Wanted { sha256: true, ..Wanted::default() };
    let digests = hash_stream(Settings::new(wanted), watched);
    run.go_on()?;
    let digests = digests.map_err(|broken| broken.error).doing(|| cannot(path))?;
    bar.end();
    let sha256 = digests.sha256.map(|hash| hash.iter().map(|byte| format!("{byte:02x}")).collect());
    Ok(Looked { form, size: Some(size), sha256, acquired_hash, findings })
}

/// The bytes of files, one after the other, which are told to a bar until the officer stops them.
struct Watched<'a> {
    files: std::vec::IntoIter<PathBuf>,
    open: Option<File>,
    bar: &'a Bar,
    run: &'a Run,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.run.is_stopped() {
            // Not `Interrupted`, which is tried again.
            return Err(io::Error::other("stopped"));
        }
        loop {
            if let Some(file) = &mut self.open {
                let n_bytes = file.read(buffer)?;
                if n_bytes > 0 {
                    self.bar.advance(n_bytes as u64);
                    return Ok(n_bytes);
                }
            }
            match self.files.next() {
                Some(path) => self.open = Some(File::open(path)?),
                None => return Ok(0),
            }
        }
    }
}

fn process(run: &Run, args: &ProcessArgs) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    // Without a legal basis not even a look is taken at what an exhibit holds.
    operation.case.basis(args.basis.as_deref(), today())?;
    let ffmpeg = if args.films { Some(ffmpeg_version()?) } else { None };
    let wanted = match &args.number {
        Some(number) => vec![exhibit(&operation.case, number)?],
        None => {
            let found = found(&operation.case)?;
            let mut all = exhibits(&operation.case)?;
            all.retain(|exhibit| !found.contains_key(&exhibit.number));
            all
        }
    };
    if wanted.is_empty() {
        return Err(Failure::new(Exit::Failed, phrase!("exhibit.nothing"))
            .hint(phrase!("exhibit.nothing.hint"))
            .into());
    }
    let mut all = Vec::new();
    for exhibit in &wanted {
        all.push((exhibit, process_one(run, &operation, args, exhibit, ffmpeg.as_deref())?));
    }
    let mut exit = Exit::Done;
    for (exhibit, processed) in &all {
        for (path, with) in &processed.read_with {
            let with: Vec<String> = with.iter().map(|path| plain(path)).collect();
            let with = with.iter().map(String::as_str).collect::<Vec<_>>();
            run.say(phrase!("exhibit.read_with", path = plain(path), with = with));
        }
        if processed.n_without_zone > 0 {
            run.warn(phrase!("exhibit.zone", number = exhibit.number.as_str(), n = processed.n_without_zone));
        }
        if processed.summary.unread > 0 || processed.artefacts.1 > 0 || processed.films.unread > 0 {
            exit = Exit::Problems;
        }
        let lacking = processed.summary.children.iter().take(1).flat_map(|child| &child.lacking);
        for lacking in lacking.chain(&processed.films.lacking).collect::<BTreeSet<_>>() {
            run.warn(phrase!("exhibit.lacking", what = lacking.as_str()));
        }
    }
    tell_processed(run, args, &all)?;
    if matching::given(&args.against).is_ok() {
        match_against(&run.to_stderr(), &args.against, args.basis.as_deref())?;
    } else {
        run.say(phrase!("next", command = "tutela analyse"));
    }
    Ok(exit)
}

/// Says what came of each exhibit.
fn tell_processed(run: &Run, args: &ProcessArgs, all: &[(&Exhibit, Processed)]) -> anyhow::Result<()> {
    match run.format {
        Format::Text => {
            for (exhibit, Processed { summary, artefacts, films, .. }) in all {
                run.say(phrase!(
                    "exhibit.processed",
                    number = exhibit.number.as_str(),
                    entries = summary.entries,
                    artefacts = artefacts.0,
                    unread = summary.unread + films.unread,
                ));
                if args.films {
                    run.say(phrase!("exhibit.films", films = films.read.len(), frames = films.frames));
                }
            }
        }
        _ => run.json(&json!({"schema": "tutela.processed/1", "exhibits": all.iter().map(|(exhibit, processed)| {
            let Processed { summary, artefacts, films, n_without_zone, .. } = processed;
            let read_with: Vec<Value> =
                processed.read_with.iter().map(|(path, with)| json!({"path": path, "with": with})).collect();
            json!({"number": exhibit.number.as_str(), "entries": summary.entries, "artefacts": artefacts.0,
                "artefacts_unread": artefacts.1, "unread": summary.unread + films.unread,
                "films": args.films.then(|| json!({"read": films.read.len(), "frames": films.frames, "unread": films.unread})),
                "complete": summary.complete,
                "times_without_zone": n_without_zone, "read_with": read_with,
                "readers": summary.children.iter().map(|child| json!({"reader": child.reader, "held": child.held,
                    "lacking": child.lacking})).collect::<Vec<_>>()})
        }).collect::<Vec<_>>()}))?,
    }
    Ok(())
}

/// Holds all exhibits against lists, and says how often each basis was met.
fn match_against(run: &Run, against: &Against, basis: Option<&str>) -> anyhow::Result<Exit> {
    matching::given(against)?;
    let operation = Operation::open(run)?;
    operation.case.basis(basis, today())?;
    let met = matching::run(run, &operation, against, basis)?;
    match run.format {
        Format::Text => {
            let of = |basis: &str| met.get(basis).copied().unwrap_or_default();
            run.say(phrase!(
                "exhibit.matched",
                whole = of("whole"),
                recorded = of("recorded"),
                similar = of("similar"),
            ));
        }
        _ => run.json(&json!({"schema": "tutela.matched/1", "met": met}))?,
    }
    run.say(phrase!("next", command = "tutela analyse"));
    Ok(Exit::Done)
}

fn process_one(
    run: &Run,
    operation: &Operation,
    args: &ProcessArgs,
    exhibit: &Exhibit,
    ffmpeg: Option<&str>,
) -> anyhow::Result<Processed> {
    let path = PathBuf::from(exhibit.image.as_deref().unwrap_or_default());
    if !path.exists() {
        let what = phrase!("file.none", path = path_text(&path));
        return Err(Failure::new(Exit::Failed, what).hint(phrase!("exhibit.moved")).into());
    }
    let minutes = args.max_minutes.saturating_mul(60);
    let budget = Budget {
        // The reader stops by itself at the limit, with all that it had begun; this is for one that does not.
        entries: args.max_entries.saturating_add(1),
        time: std::time::Duration::from_secs(minutes),
        // Bytes of films may come twice, when a child dies in one.
        bytes: Budget::default().bytes + ffmpeg.map_or(0, |_| 2 * film::MOST_BYTES_IN_ALL),
        ..Budget::default()
    };
    // What our own readers do not know is left to others.
    let sleuthkit = args.sleuthkit || exhibit.form.as_deref() == Some("other");
    if sleuthkit && !path.is_dir() {
        child::sleuthkit()?;
    }
    process::process(
        run,
        operation,
        &Processing {
            exhibit,
            child: child::Args {
                path,
                resume: Resume::default(),
                sleuthkit,
                archives: args.archives,
                search_free: args.search_free,
                pictures: !args.no_pictures,
                films: ffmpeg.map(|_| film::MOST_BYTES_IN_ALL),
                max_entries: args.max_entries,
            },
            budget,
            zone: args.zone.clone(),
            basis: args.basis.as_deref(),
            ffmpeg,
        },
    )
}

/// What reads films, as it calls itself.
fn ffmpeg_version() -> anyhow::Result<String> {
    let program = film::ffmpeg()?;
    film::version(&program).doing(|| phrase!("cannot.read", path = path_text(&program)))
}

/// What was found on an exhibit.
#[derive(Default)]
struct Found {
    files: u64,
    deleted: u64,
    unread: u64,
    known: BTreeSet<Text>,
    known_withdrawn: BTreeSet<Text>,
    similar: BTreeSet<Text>,
    /// The lists that it was held against, by name, version and kinds of hashes.
    tried: BTreeMap<(Text, Option<Text>, Text), ListTried>,
}

/// What was found on each exhibit.
fn found(case: &Case) -> anyhow::Result<BTreeMap<Text, Found>> {
    let mut found: BTreeMap<Text, Found> = BTreeMap::new();
    let stored = case.tables();
    for part in stored.parts(&tables::File::INFO) {
        stored.scan(&tables::File::INFO, &part, &[], &mut |batch| {
            for row in tables::File::rows(&batch) {
                let Some(exhibit) = row.exhibit.filter(|_| row.kind != tables::FileKind::Folder) else {
                    continue;
                };
                let found = found.entry(exhibit).or_default();
                found.files += 1;
                found.deleted += u64::from(matches!(row.state, FileState::Deleted | FileState::Orphan));
            }
            ControlFlow::Continue(())
        })?;
    }
    for (_, row) in all_rows::<tables::Unread>(&stored)? {
        found.entry(row.exhibit).or_default().unread += 1;
    }
    for (_, row) in all_rows::<KnownMatch>(&stored)? {
        let (Some(exhibit), Some(sha256)) = (row.exhibit, row.sha256) else { continue };
        let found = found.entry(exhibit).or_default();
        match row.basis {
            MatchBasis::Whole if row.withdrawn == Some(true) => found.known_withdrawn.insert(sha256),
            MatchBasis::Whole => found.known.insert(sha256),
            MatchBasis::Similar => found.similar.insert(sha256),
            MatchBasis::Part | MatchBasis::Recorded => false,
        };
    }
    for (_, row) in all_rows::<ListTried>(&stored)? {
        let tried = &mut found.entry(row.exhibit.clone()).or_default().tried;
        let key = (row.list.clone(), row.list_version.clone(), row.kinds.clone());
        // Of several times the one with most files counts: the last, when nothing was withdrawn.
        if tried.get(&key).is_none_or(|known| known.n_files <= row.n_files) {
            tried.insert(key, row);
        }
    }
    for found in found.values_mut() {
        found.known_withdrawn.retain(|sha256| !found.known.contains(sha256));
        found.similar.retain(|sha256| !found.known.contains(sha256));
    }
    Ok(found)
}

/// A list that an exhibit was held against.
fn tried_json(tried: &ListTried) -> Value {
    json!({"list": tried.list.as_str(), "version": tried.list_version.as_deref(),
        "digest": tried.list_digest.as_deref(), "kinds": tried.kinds.as_str(), "files": tried.n_files,
        "looked_up": tried.n_looked_up, "hits": tried.n_hits})
}

fn list(run: &Run) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    operation.consult(run, "exhibit list", "")?;
    let exhibits = exhibits(&operation.case)?;
    let found = found(&operation.case)?;
    let none = Found::default();
    let of = |exhibit: &Exhibit| found.get(&exhibit.number).unwrap_or(&none);
    let text = |cell: &Option<Text>| cell.as_ref().map(|text| plain(text)).unwrap_or_default();
    match run.format {
        Format::Text => run.data(|out| {
            let rows: Vec<Vec<String>> = exhibits
                .iter()
                .map(|exhibit| {
                    let found = of(exhibit);
                    let mut row = vec![plain(&exhibit.number), text(&exhibit.form)];
                    let (lists, known) = (found.tried.len() as u64, found.known.len() as u64);
                    let sizes = [found.files, found.deleted, lists, known, found.similar.len() as u64];
                    row.extend(sizes.into_iter().chain([found.unread]).map(|n| count(n, run.lang)));
                    row.push(text(&exhibit.description));
                    row
                })
                .collect();
            Ok(write_columns(out, &run.headings(phrase!("exhibit.headings")), &rows, width())?)
        })?,
        _ => run.json(&json!({"schema": "tutela.exhibits/1", "exhibits": exhibits.iter().map(|exhibit| {
            let found = of(exhibit);
            let said = |cell: &Option<Text>| cell.as_deref().map_or(Value::Null, |text| json!(text));
            json!({"number": exhibit.number.as_str(), "part_of": said(&exhibit.part_of),
                "description": said(&exhibit.description), "form": said(&exhibit.form),
                "image": said(&exhibit.image), "size": exhibit.size, "sha256": said(&exhibit.sha256),
                "acquired_hash": said(&exhibit.acquired_hash), "files": found.files, "deleted": found.deleted,
                "known": found.known.len(), "known_withdrawn": found.known_withdrawn.len(),
                "similar": found.similar.len(), "unread": found.unread,
                "lists": found.tried.values().map(tried_json).collect::<Vec<_>>()})
        }).collect::<Vec<_>>()}))?,
    }
    for exhibit in &exhibits {
        let found = of(exhibit);
        if found.files > 0 && found.tried.is_empty() {
            run.warn(phrase!("exhibit.untried", number = exhibit.number.as_str()));
        }
    }
    Ok(Exit::Done)
}
