//! The entries of a list, gathered from files: texts of hashes, and lists in the layouts of agencies, which carry PDQ hashes
//! beside those of whole files.
//!
//! A withdrawal that names an entry by its id is of any of the files, whichever comes first. What was read of a file is
//! told by numbers: a problem never repeats what is nearly a hash.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::{Label, Listed, ListedFilm, text};
use crate::lists::{self, Counts, Declared, Entry, Layout, Note, Problem, ReadError, Record, Take};
use crate::pdq::{PdqHash, Profile};

/// What holds for all entries, because whoever builds the list says so.
#[derive(Clone, Debug, Default)]
pub struct Of {
    /// The list.
    pub list: String,
    /// Its version.
    pub version: Option<String>,
    /// The scheme of categories, where a file does not say it.
    pub scheme: Option<String>,
    /// How the hashes were taken, where that is known.
    pub profile: Option<Profile>,
}

/// What was read of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gathered {
    /// Entries.
    pub entries: u64,
    /// Films, and how many frames they have in all.
    pub films: (u64, u64),
    /// Records without a PDQ hash, and lines of another kind.
    pub without: u64,
    /// The scheme that the file says its categories are of.
    pub scheme: Option<String>,
}

/// An entry before its label is settled.
struct Held {
    hash: PdqHash,
    quality: Option<u8>,
    withdrawn: bool,
    label: u32,
    /// By which it may be withdrawn, and when it was stated.
    id: Option<(u64, i64)>,
}

/// Gathers entries, file by file.
pub struct Gathering {
    of: Of,
    entries: Vec<Held>,
    films: Vec<ListedFilm>,
    labels: Vec<Label>,
    numbers: BTreeMap<Label, u32>,
    deleted: BTreeMap<u64, Option<i64>>,
}

/// What takes a problem: with the line or the place, and without what was found.
pub type OfProblem<'p> = dyn FnMut(&Problem) -> io::Result<()> + 'p;

impl Gathering {
    /// Begins.
    #[must_use]
    pub fn new(of: Of) -> Self {
        let (entries, labels, numbers) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { of, entries, films: Vec::new(), labels, numbers, deleted: BTreeMap::new() }
    }

    fn label(&mut self, label: Label) -> u32 {
        if let Some(number) = self.numbers.get(&label) {
            return *number;
        }
        // There are not more labels than entries, and not more entries than fit in memory.
        let number = u32::try_from(self.labels.len()).unwrap_or(u32::MAX);
        self.labels.push(label.clone());
        self.numbers.insert(label, number);
        number
    }

    fn of_list(&self) -> Label {
        Label { list: self.of.list.clone(), version: self.of.version.clone(), ..Label::default() }
    }

    /// Takes a text of hashes, all of one category where one is given.
    ///
    /// # Errors
    /// A problem cannot be kept.
    pub fn text(&mut self, bytes: &[u8], problem: &mut OfProblem<'_>) -> io::Result<Gathered> {
        let label = self.of_list();
        let lines = text::read(bytes, &Arc::new(label.clone()), self.of.profile);
        let n_frames = lines.films.iter().map(|film| film.frames.len() as u64).sum();
        let films = (lines.films.len() as u64, n_frames);
        self.films.extend(lines.films);
        let label = self.label(label);
        let n_entries = lines.entries.len() as u64;
        self.entries.extend(lines.entries.into_iter().map(|Listed { hash, quality, .. }| Held {
            hash,
            quality,
            withdrawn: false,
            label,
            id: None,
        }));
        for text::Problem { line, expected, found } in &lines.problems {
            let spot = tutela_model::Spot::Line(*line);
            problem(&Problem::lost(spot, expected, found.as_bytes()))?;
        }
        Ok(Gathered { entries: n_entries, films, without: lines.other_kinds, scheme: None })
    }

    /// Takes the PDQ hashes of a list in a known layout. `flow` is asked now and then, with the bytes that are read so far.
    ///
    /// # Errors
    /// As [`lists::read`].
    pub fn list(
        &mut self,
        path: &Path,
        layout: Layout,
        problem: &mut OfProblem<'_>,
        flow: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Gathered, ReadError> {
        let done = Cell::new(0);
        let first = self.entries.len();
        let mut taking = Taking {
            gathering: self,
            counts: Counts::default(),
            with: 0,
            pending: false,
            scheme: None,
            done: &done,
            problem,
            flow,
        };
        lists::read(path, layout, &Declared::default(), &done, &mut taking)?;
        let (counts, with, scheme) = (taking.counts, taking.with, taking.scheme);
        if let Some(scheme) = scheme.clone().or_else(|| self.of.scheme.clone()) {
            self.settle_scheme(first, &scheme);
        }
        let records =
            counts.entries + counts.skipped.get(&lists::Skip::OtherHash).copied().unwrap_or_default();
        let n_entries = (self.entries.len() - first) as u64;
        let without = records.saturating_sub(with);
        Ok(Gathered { entries: n_entries, films: (0, 0), without, scheme })
    }

    /// Gives the categories of a file's entries their scheme, which may stand behind them.
    fn settle_scheme(&mut self, first: usize, scheme: &str) {
        for idx in first..self.entries.len() {
            let known = &self.labels[self.entries[idx].label as usize];
            if known.category.is_some() && known.scheme.is_none() {
                let label = Label { scheme: Some(scheme.to_owned()), ..known.clone() };
                self.entries[idx].label = self.label(label);
            }
        }
    }

    /// The entries, the films, and how many withdrawals name none.
    #[must_use]
    pub fn finish(self) -> (Vec<Listed>, Vec<ListedFilm>, u64) {
        let labels: Vec<Arc<Label>> = self.labels.into_iter().map(Arc::new).collect();
        let mut met = BTreeSet::new();
        let mut listed = Vec::with_capacity(self.entries.len());
        for held in self.entries {
            let deleted = held.id.and_then(|(id, at_us)| {
                let deleted = self.deleted.get(&id)?;
                met.insert(id);
                Some(deleted.is_none_or(|deleted| deleted >= at_us))
            });
            listed.push(Listed {
                hash: held.hash,
                quality: held.quality,
                profile: self.of.profile,
                withdrawn: held.withdrawn || deleted == Some(true),
                label: Arc::clone(&labels[held.label as usize]),
            });
        }
        (listed, self.films, (self.deleted.len() - met.len()) as u64)
    }
}

/// A list that is being taken.
struct Taking<'a, 'p> {
    gathering: &'a mut Gathering,
    counts: Counts,
    /// Records with a PDQ hash.
    with: u64,
    /// Whether the record that comes next has one.
    pending: bool,
    scheme: Option<String>,
    done: &'a Cell<u64>,
    problem: &'a mut OfProblem<'p>,
    flow: &'a mut dyn FnMut(u64) -> ControlFlow<()>,
}

impl Take for Taking<'_, '_> {
    fn pdq(&mut self, hash: PdqHash, of: &Entry) -> Result<(), ReadError> {
        let said = &of.attributes;
        let label = Label {
            scheme: said.scheme.clone(),
            category: said.category.clone(),
            series: said.series.clone(),
            ..self.gathering.of_list()
        };
        let label = self.gathering.label(label);
        let id = of.id.map(|id| (id, of.at_us.unwrap_or(i64::MIN)));
        let withdrawn = said.withdrawn.is_some();
        self.gathering.entries.push(Held { hash, quality: None, withdrawn, label, id });
        self.pending = true;
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) -> Result<(), ReadError> {
        self.counts.record(&record);
        self.with += u64::from(std::mem::take(&mut self.pending));
        if let Record::Deleted { id, at_us } = record {
            let known = self.gathering.deleted.entry(id).or_insert(at_us);
            // The last one counts; one without a time counts whenever the entry was stated.
            *known = known.zip(at_us).map(|(known, at)| known.max(at));
        }
        match (self.flow)(self.done.get()) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(ReadError::Taken("stopped".into())),
        }
    }

    fn problem(&mut self, problem: Problem) -> Result<(), ReadError> {
        self.pending = false;
        let found = format!("{} characters or more", problem.found.chars().count());
        Ok((self.problem)(&Problem { found, ..problem })?)
    }

    fn note(&mut self, note: Note) {
        self.counts.note(note);
    }

    fn scheme(&mut self, scheme: &str) {
        self.scheme = Some(scheme.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

    fn gathered(files: &[(&str, Layout)]) -> (Vec<Listed>, u64, Vec<String>, Vec<Gathered>) {
        let of = Of { list: "l".to_owned(), scheme: Some("s".to_owned()), ..Of::default() };
        let mut gathering = Gathering::new(of);
        let (mut problems, mut read) = (Vec::new(), Vec::new());
        for (text, layout) in files {
            let file = tempfile::NamedTempFile::new().expect("a file");
            std::fs::write(file.path(), text).expect("it is ours");
            let mut problem = |problem: &Problem| {
                problems.push(format!("{} {} {}", problem.spot, problem.expected, problem.found));
                Ok(())
            };
            let done = gathering.list(file.path(), *layout, &mut problem, &mut |_| ControlFlow::Continue(()));
            read.push(done.expect("a list of the layout"));
        }
        let (entries, _, unmet) = gathering.finish();
        (entries, unmet, problems, read)
    }

    #[test]
    fn pdq_hashes_are_taken_out_of_lists_that_carry_them_with_what_these_say() {
        let vics = format!(
            "{{\"value\":[{{\"MD5\":\"8f7c9f19cfc3c1b366302c7c346be060\",\"Category\":2,\"Series\":\"a\",\
             \"AlternativeHashes\":[{{\"HashName\":\"PDQ\",\"HashValue\":\"{HASH}\"}}]}},\
             {{\"MD5\":\"ba7067fffafe1e0331121389cc8b29d9\",\"Category\":1}}]}}"
        );
        let table =
            format!("list,scheme,category,md5,pdq,withdrawn\nB,t,3,,{HASH},true\nB,t,3,,{},\n", &HASH[1..]);
        let signals = format!("pdq {HASH}\nvideo_md5 8f7c9f19cfc3c1b366302c7c346be060\nvpdq x\n");
        let files = [(&*vics, Layout::Vics), (&table, Layout::KnownFile), (&signals, Layout::Signals)];
        let (entries, unmet, problems, read) = gathered(&files);
        let said: Vec<_> = entries
            .iter()
            .map(|entry| {
                let label = &entry.label;
                (label.scheme.as_deref(), label.category.as_deref(), label.series.as_deref(), entry.withdrawn)
            })
            .collect();
        let (vics, table) = ((Some("s"), Some("2"), Some("a"), false), (Some("t"), Some("3"), None, true));
        assert_eq!(said, [vics, table, (None, None, None, false)]);
        assert!(entries.iter().all(|entry| entry.hash.hex() == HASH && entry.label.list == "l"));
        assert_eq!(
            read.iter().map(|read| (read.entries, read.without)).collect::<Vec<_>>(),
            [(1, 1), (1, 0), (1, 2)]
        );
        assert_eq!(unmet, 0);
        let [problem] = &problems[..] else { panic!("one value is no hash: {problems:?}") };
        assert!(problem.starts_with("line:3") && !problem.contains("0f0f"), "{problem}");
    }

    #[test]
    fn a_withdrawal_by_id_meets_the_entries_of_any_file() {
        let of = |what: &str| format!("<queryResult xmlns=\"urn:x\"><images>{what}</images></queryResult>");
        let entry = |id: &str| {
            format!(
                "<image><member id=\"1\">A</member><timestamp>2026-01-01T00:00:00Z</timestamp><id>{id}</id>\
                 <classification>A1</classification><fingerprints><pdq>{HASH}</pdq></fingerprints></image>"
            )
        };
        let deleted = |id: &str| {
            format!(
                "<deletedImage><member id=\"1\"/><id>{id}</id><timestamp>2026-02-01T00:00:00Z</timestamp></deletedImage>"
            )
        };
        let (first, second) = (of(&(deleted("1") + &deleted("9"))), of(&(entry("1") + &entry("2"))));
        let (entries, unmet, problems, _) = gathered(&[(&first, Layout::Ncmec), (&second, Layout::Ncmec)]);
        assert_eq!(entries.iter().map(|entry| entry.withdrawn).collect::<Vec<_>>(), [true, false]);
        assert_eq!((unmet, problems.len()), (1, 0));
        assert_eq!(entries[0].label.scheme.as_deref(), Some("NCMEC industry classification"));
    }
}
