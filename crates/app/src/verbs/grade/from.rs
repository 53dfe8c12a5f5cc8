//! `tutela grade --from`: grades that come back from a laboratory's viewer, in a file of Project VIC, of INTERPOL ICSE, or
//! in the CSV that went out. The file is received like any other, and what it says of files of the operation becomes grades.
//!
//! A grade that contradicts one that stands is told and kept apart: the one that stood goes on to count until an officer
//! grades the file.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tutela_case::{Case, Provenance, ToReceive};
use tutela_matchers::index::IndexError;
use tutela_matchers::lists::recognise::recognise;
use tutela_matchers::lists::{
    Declared, Entry, Hashes, Kind, Layout, Note, Problem, ReadError, Record, Take, hex, of_hex, read,
};
use tutela_model::table::{Table as _, Tables as _, all_rows};
use tutela_model::tables::{File, GRADES, GRADES_IN_DISPUTE, KnownFile};
use tutela_model::{Digest, Spot, Text};
use tutela_outputs::shown::plain;

use super::{Args, standing, text};
use crate::columns::write_columns;
use crate::ending::{Doing as _, Exit, Failure};
use crate::exhibit::lines::Lines;
use crate::exhibit::received::{Made, receive, table_source};
use crate::operation::{Operation, instant, now, today};
use crate::run::{Format, Run, width};
use crate::talk::{path_text, phrase};

/// The layouts that grades come back in.
const LAYOUTS: [Layout; 3] = [Layout::Vics, Layout::Icse, Layout::MediaCsv];

/// Reads a file of grades, says what it holds, and takes in what is new.
pub fn run(run: &Run, args: &Args, path: &Path) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    let basis = operation.case.basis(args.basis.as_deref(), today())?;
    let graded = Graded::read(args, path, layout(args, path)?)?;
    let files = Files::of(run, &operation.case, &graded.grades)?;
    let sorted = Sorted::of(&operation.case, &graded, &files)?;
    if args.dry_run {
        operation.consult(run, "grade", &path_text(path))?;
    } else {
        let file = [ToReceive { provenance: provenance(run, args), ..ToReceive::from(path.to_owned()) }];
        let mut writer = operation.write(run)?;
        let received = writer.receive_all(&file, &basis, now(), 1, &|_, _| run.flow());
        drop(writer);
        received.into_iter().try_for_each(|received| {
            received.and_then(|received| {
                let changed = received.sha256 != graded.digest;
                if changed { Err(tutela_case::CaseError::Changed(path.to_owned())) } else { Ok(()) }
            })
        })?;
        take_in(run, &operation, args, &sorted, graded.digest, &instant().to_string())?;
    }
    tell(run, args, path, &graded, &sorted)
}

/// The layout of the file.
fn layout(args: &Args, path: &Path) -> anyhow::Result<Layout> {
    let words = || LAYOUTS.map(Layout::word).to_vec();
    let of_grades = |layout: &Layout| LAYOUTS.contains(layout);
    if let Some(word) = &args.layout {
        return Ok(Layout::of_word(word).filter(of_grades).ok_or_else(|| {
            let what = phrase!("lists.layout", found = word.as_str());
            Failure::new(Exit::Usage, what).hint(phrase!("lists.layout.hint", layouts = words()))
        })?);
    }
    let found = recognise(path).doing(|| phrase!("cannot.read", path = path_text(path)))?;
    Ok(found.filter(of_grades).ok_or_else(|| {
        Failure::new(Exit::Failed, phrase!("grade.from.unknown", path = path_text(path)))
            .hint(phrase!("lists.layout.hint", layouts = words()))
    })?)
}

/// Where the file comes from.
fn provenance(run: &Run, args: &Args) -> Provenance {
    Provenance {
        supplier: args.by.clone().unwrap_or_else(|| run.officer.clone()),
        note: args.reason.clone(),
        ..Provenance::default()
    }
}

/// A grade of the file.
struct Grade {
    hashes: Hashes,
    scheme: Option<String>,
    category: String,
    series: Option<String>,
    spot: Spot,
}

/// What the file holds.
struct Graded {
    grades: Vec<Grade>,
    /// Records without a category, or with one that says that nobody graded.
    n_ungraded: u64,
    /// Records that could not be read.
    unread: Vec<Problem>,
    digest: Digest,
}

impl Graded {
    fn read(args: &Args, path: &Path, layout: Layout) -> anyhow::Result<Self> {
        let digest = Digest([0; 32]);
        let graded = Self { grades: Vec::new(), n_ungraded: 0, unread: Vec::new(), digest };
        let mut taking = Taking { graded, ungraded: &args.ungraded, spot: Spot::Line(0), scheme: None };
        let done = Cell::new(0);
        let received = read(path, layout, &Declared::default(), &done, &mut taking)
            .doing(|| phrase!("cannot.read", path = path_text(path)))?;
        let Taking { mut graded, scheme: said, .. } = taking;
        graded.digest = received.digest;
        let given = Some(args.scheme.clone()).filter(|scheme| !scheme.is_empty());
        // What a custom scale is of, only whoever set it up knows.
        if let (Some(said), Some(given)) = (&said, &given)
            && said != given
            && said != "Project VIC CUSTOM"
        {
            return Err(IndexError::OtherScheme { said: said.clone(), given: given.clone() }.into());
        }
        let of_file = given.or(said.filter(|said| said != "Project VIC CUSTOM"));
        for grade in &mut graded.grades {
            grade.scheme = grade.scheme.take().or_else(|| of_file.clone());
        }
        if graded.grades.iter().any(|grade| grade.scheme.is_none()) {
            return Err(Failure::new(Exit::Usage, phrase!("grade.from.scheme"))
                .hint(phrase!("grade.from.scheme.hint"))
                .into());
        }
        Ok(graded)
    }
}

struct Taking<'a> {
    graded: Graded,
    ungraded: &'a [String],
    spot: Spot,
    scheme: Option<String>,
}

impl Taking<'_> {
    fn entry(&mut self, entry: &Entry) {
        let said = &entry.attributes;
        match said.category.clone().filter(|category| !self.ungraded.contains(category)) {
            None => self.graded.n_ungraded += 1,
            Some(category) => self.graded.grades.push(Grade {
                hashes: entry.hashes,
                scheme: said.scheme.clone(),
                category,
                series: said.series.clone(),
                spot: self.spot.clone(),
            }),
        }
    }
}

impl Take for Taking<'_> {
    fn record(&mut self, record: Record<'_>) -> Result<(), ReadError> {
        if let Record::Entry(entry) = record {
            self.entry(entry);
        }
        Ok(())
    }

    fn problem(&mut self, problem: Problem) -> Result<(), ReadError> {
        self.graded.unread.push(problem);
        Ok(())
    }

    fn note(&mut self, _: Note) {}

    fn scheme(&mut self, scheme: &str) {
        self.scheme = Some(scheme.to_owned());
    }

    fn at(&mut self, spot: &Spot) {
        self.spot = spot.clone();
    }
}

/// A content of the operation: its hashes and size.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Content {
    hashes: Hashes,
    size: Option<u64>,
}

/// The contents of the operation that a file of grades may speak of, by each of their hashes.
struct Files(BTreeMap<(Kind, Vec<u8>), BTreeSet<Content>>);

impl Files {
    fn of(run: &Run, case: &Case, grades: &[Grade]) -> anyhow::Result<Self> {
        let keys = |hashes: &Hashes| -> Vec<(Kind, Vec<u8>)> {
            hashes.kinds().filter_map(|kind| Some((kind, hashes.get(kind)?.to_vec()))).collect()
        };
        let mut files: BTreeMap<_, BTreeSet<Content>> =
            grades.iter().flat_map(|grade| keys(&grade.hashes)).map(|key| (key, BTreeSet::new())).collect();
        let tables = case.tables();
        for part in tables.parts(&File::INFO) {
            tables.scan(&File::INFO, &part, &[], &mut |batch| {
                for row in File::rows(&batch) {
                    let hashes = hashes([&row.md5, &row.sha1, &row.sha256, &row.ed2k]);
                    for key in keys(&hashes) {
                        if let Some(of_hash) = files.get_mut(&key) {
                            of_hash.insert(Content { hashes, size: row.size });
                        }
                    }
                }
                run.flow()
            })?;
            run.go_on()?;
        }
        Ok(Self(files))
    }

    /// The contents that a grade is of: those that one of its hashes names and none contradicts.
    fn graded(&self, grade: &Grade) -> BTreeSet<&Content> {
        let agrees = |content: &Content| {
            grade
                .hashes
                .kinds()
                .all(|kind| content.hashes.get(kind).is_none_or(|hash| grade.hashes.get(kind) == Some(hash)))
        };
        let named =
            grade.hashes.kinds().filter_map(|kind| self.0.get(&(kind, grade.hashes.get(kind)?.to_vec())));
        named.flatten().filter(|content| agrees(content)).collect()
    }
}

fn hashes(said: [&Option<Text>; 4]) -> Hashes {
    let [md5, sha1, sha256, ed2k] = said.map(|text| text.as_ref().map(|text| text.as_bytes()));
    Hashes {
        md5: md5.and_then(of_hex),
        sha1: sha1.and_then(of_hex),
        sha256: sha256.and_then(of_hex),
        ed2k: ed2k.and_then(of_hex),
    }
}

/// What names a content among grades: its SHA-256, or its MD5 where it has none.
fn name(hashes: &Hashes) -> String {
    let kind = [Kind::Sha256, Kind::Md5, Kind::Sha1, Kind::Ed2k]
        .into_iter()
        .find(|kind| hashes.get(*kind).is_some());
    kind.and_then(|kind| hashes.get(kind)).map(hex).unwrap_or_default()
}

/// Grades of one content in one scheme, by category.
type OfContent<'a> = (&'a Content, BTreeMap<&'a str, &'a Grade>);

/// A grade that contradicts another.
struct Contradiction<'a> {
    content: &'a Content,
    grade: &'a Grade,
    /// What stands, and who stated it; none where the file contradicts itself.
    stands: Option<(String, Option<String>)>,
    /// Whether it was taken in before.
    is_kept: bool,
}

/// The grades of the file, by what is to be done with them.
#[derive(Default)]
struct Sorted<'a> {
    new: Vec<(&'a Content, &'a Grade)>,
    n_same: u64,
    contradictions: Vec<Contradiction<'a>>,
    /// Records of files that the operation does not have.
    n_elsewhere: u64,
    /// Records whose hashes several contents of the operation have.
    several: Vec<&'a Grade>,
}

impl<'a> Sorted<'a> {
    fn of(case: &Case, graded: &'a Graded, files: &'a Files) -> anyhow::Result<Self> {
        let mut sorted = Self::default();
        let mut by_content: BTreeMap<(&str, String), OfContent<'a>> = BTreeMap::new();
        for grade in &graded.grades {
            let contents = files.graded(grade);
            // A delivery may list a file with some of its hashes only.
            let sha256s: BTreeSet<_> = contents.iter().filter_map(|content| content.hashes.sha256).collect();
            let whole = contents.iter().find(|content| content.hashes.sha256.is_some());
            let Some(content) = whole.or(contents.first()) else {
                sorted.n_elsewhere += 1;
                continue;
            };
            if sha256s.len() > 1 {
                sorted.several.push(grade);
                continue;
            }
            let scheme = grade.scheme.as_deref().unwrap_or_default();
            let of_content = by_content.entry((scheme, name(&content.hashes)));
            let (_, grades) = of_content.or_insert_with(|| (*content, BTreeMap::new()));
            // Of a content that the file names at several places the first is cited.
            grades.entry(&grade.category).or_insert(grade);
        }
        let (standing, disputed) = known(case)?;
        for (key, (content, grades)) in by_content {
            let key = (key.0.to_owned(), key.1);
            let stands = standing.get(&key);
            for (category, grade) in &grades {
                let stands =
                    stands.map(|row| (text(&row.category), row.stated_by.as_ref().map(ToString::to_string)));
                match stands {
                    Some((stands, _)) if stands == *category => sorted.n_same += 1,
                    None if grades.len() == 1 => sorted.new.push((content, grade)),
                    stands => {
                        let is_kept = disputed.contains(&(key.clone(), (*category).to_owned()));
                        sorted.contradictions.push(Contradiction { content, grade, stands, is_kept });
                    }
                }
            }
        }
        Ok(sorted)
    }
}

/// By scheme and the name of a content.
type Key = (String, String);

/// Grades in dispute, with their categories.
type Disputed = BTreeSet<(Key, String)>;

/// The grades that stand, and those that are in dispute with their categories.
fn known(case: &Case) -> anyhow::Result<(BTreeMap<Key, KnownFile>, Disputed)> {
    let key =
        |row: &KnownFile| (text(&row.scheme), name(&hashes([&row.md5, &row.sha1, &row.sha256, &row.ed2k])));
    let standing = standing(case)?.into_iter().map(|row| (key(&row), row)).collect();
    let rows = all_rows::<KnownFile>(&case.tables())?.into_iter().map(|(_, row)| row);
    let disputed = rows.filter(|row| row.list == GRADES_IN_DISPUTE);
    Ok((standing, disputed.map(|row| (key(&row), text(&row.category))).collect()))
}

/// Makes entries of what is new, and of what contradicts, and receives them.
fn take_in(
    run: &Run,
    operation: &Operation,
    args: &Args,
    sorted: &Sorted<'_>,
    digest: Digest,
    at: &str,
) -> anyhow::Result<()> {
    let new = sorted.new.iter().map(|(content, grade)| (GRADES, *content, *grade));
    let disputed = sorted.contradictions.iter().filter(|one| !one.is_kept);
    let disputed = disputed.map(|one| (GRADES_IN_DISPUTE, one.content, one.grade));
    let entries: Vec<_> = new.chain(disputed).collect();
    if entries.is_empty() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let path: PathBuf = folder.path().join(format!("grades-{}.jsonl", at.replace(':', "")));
    let written = (|| {
        let mut lines = Lines::after(&path, 0)?;
        for (list, Content { hashes, size }, grade) in entries {
            let digits = |kind| json!(hashes.get(kind).map(hex));
            lines.row([
                ("list", json!(list)),
                ("scheme", json!(grade.scheme)),
                ("category", json!(grade.category)),
                ("series", json!(grade.series)),
                ("md5", digits(Kind::Md5)),
                ("sha1", digits(Kind::Sha1)),
                ("sha256", digits(Kind::Sha256)),
                ("ed2k", digits(Kind::Ed2k)),
                ("size", json!(size)),
                ("withdrawn", json!(false)),
                ("stated_by", json!(args.by)),
                ("stated_at", json!(at)),
                ("stated_in", json!(format!("sha256:{} {}", digest.hex(), grade.spot))),
            ])?;
        }
        lines.sync()
    })();
    written.doing(|| phrase!("cannot.write", path = path_text(&path)))?;
    let made = Made {
        files: vec![path],
        source: table_source(KnownFile::INFO.name),
        basis: args.basis.as_deref(),
        provenance: Provenance {
            parents: vec![digest.hex()],
            method: "tutela grade --from".to_owned(),
            tool: format!("tutela {}", env!("CARGO_PKG_VERSION")),
            ..provenance(run, args)
        },
        ..Made::default()
    };
    receive(run, operation, made)
}

/// Says what the file holds, and each contradiction.
fn tell(run: &Run, args: &Args, path: &Path, graded: &Graded, sorted: &Sorted<'_>) -> anyhow::Result<Exit> {
    match run.format {
        Format::Text => {
            tell_text(run, &sorted.contradictions)?;
        }
        _ => run.json(&document(args, graded, sorted))?,
    }
    for problem in graded.unread.iter().chain(&several(&sorted.several)) {
        let (at, found) = (problem.spot.to_string(), plain(&problem.found));
        run.warn(phrase!("exhibit.finding", at = at, expected = problem.expected, found = found));
    }
    run.say(phrase!(
        "grade.from.done",
        path = path_text(path),
        new = sorted.new.len(),
        same = sorted.n_same,
        contradict = sorted.contradictions.len(),
        elsewhere = sorted.n_elsewhere,
        ungraded = graded.n_ungraded,
    ));
    if !sorted.contradictions.is_empty() {
        run.hint(phrase!("grade.from.contradict.hint"));
    }
    if !args.dry_run && !sorted.new.is_empty() {
        run.say(phrase!("next", command = "tutela analyse"));
    }
    let is_clean = graded.unread.is_empty() && sorted.several.is_empty() && sorted.contradictions.is_empty();
    Ok(if is_clean { Exit::Done } else { Exit::Problems })
}

/// A grade whose hashes several contents have is of one of them at most.
fn several(grades: &[&Grade]) -> Vec<Problem> {
    let expected = "hashes that one content of the operation has";
    grades
        .iter()
        .map(|grade| Problem::lost(grade.spot.clone(), expected, name(&grade.hashes).as_bytes()))
        .collect()
}

fn tell_text(run: &Run, contradictions: &[Contradiction<'_>]) -> anyhow::Result<()> {
    if contradictions.is_empty() {
        return Ok(());
    }
    let rows: Vec<Vec<String>> = contradictions
        .iter()
        .map(|Contradiction { content, grade, stands, .. }| {
            let (stands, by) = stands.clone().unwrap_or_default();
            vec![
                plain(grade.scheme.as_deref().unwrap_or_default()),
                plain(&grade.category),
                grade.spot.to_string(),
                plain(&stands),
                plain(&by.unwrap_or_default()),
                name(&content.hashes),
            ]
        })
        .collect();
    let headings = run.headings(phrase!("grade.from.headings"));
    run.data(|out| Ok(write_columns(out, &headings, &rows, width())?))
}

fn document(args: &Args, graded: &Graded, sorted: &Sorted<'_>) -> Value {
    let contradictions: Vec<Value> = sorted
        .contradictions
        .iter()
        .map(|Contradiction { content, grade, stands, .. }| {
            let by = stands.as_ref().and_then(|(_, by)| by.clone());
            json!({"sha256": content.hashes.sha256.map(|hash| hex(&hash)), "md5": content.hashes.md5.map(|hash| hex(&hash)),
                "scheme": grade.scheme, "category": grade.category, "place": grade.spot.to_string(),
                "stands": stands.as_ref().map(|(category, _)| category), "by": by})
        })
        .collect();
    json!({"schema": "tutela.graded/1", "file": graded.digest.to_string(), "stored": !args.dry_run,
        "new": sorted.new.len(), "same": sorted.n_same, "contradictions": contradictions,
        "elsewhere": sorted.n_elsewhere, "ungraded": graded.n_ungraded, "ambiguous": sorted.several.len(),
        "unread": graded.unread.iter().map(|problem| json!({"place": problem.spot.to_string(),
            "expected": problem.expected, "found": problem.found})).collect::<Vec<_>>()})
}
