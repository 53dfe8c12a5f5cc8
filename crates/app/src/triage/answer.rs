//! The side of the parent: what was met, and how far the samples carry. Whenever the reading ends, what was said last
//! holds: see [`tutela_matchers::triage`].

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tutela_evidence::entry::{Part, Unread, Why};
use tutela_evidence::frame::{Progress, Value};
use tutela_evidence::parent::{Receive, Received};
use tutela_matchers::triage::{ERROR, at_most_of_rounds, at_most_of_strata, share};
use tutela_model::tables::FileState;

use super::said::{DRAWN, Listed, MET, READ, SAID, Said};
use super::statement;
use crate::progress::Bar;
use crate::run::Run;
use crate::talk::phrase;

/// Findings that are kept one by one; the rest is counted.
const MOST_UNREAD: usize = 1_000;
/// Files and places that are kept; more are counted.
const MOST_MET: usize = 100_000;

/// How often is said what holds now.
const SAY_EVERY: Duration = Duration::from_secs(10);

/// What is known of a device so far.
pub struct Answer<'a> {
    run: &'a Run,
    bar: &'a Bar,
    /// When a statement was last told.
    told: Instant,
    /// The form of the image and how many bytes it has.
    pub device: Option<(String, Option<u64>)>,
    /// Its volumes.
    pub parts: Vec<Part>,
    /// What is encrypted and could not be looked into.
    pub encrypted: Vec<Unread>,
    /// What else could not be read.
    pub unread: Vec<Unread>,
    /// How many of these there are.
    pub n_unread: u64,
    /// The first layer; none where no list has hashes of files.
    pub files: Option<FilesLayer>,
    /// The second layer; none where no list has blocks, or there is no image.
    pub space: Option<SpaceLayer>,
    /// Files that entries of lists have.
    pub listed: Vec<ListedFile>,
    /// How many of these there are: entries that are not withdrawn.
    pub n_listed: u64,
    /// Files of block sets that lie on the device, whole or in part.
    pub blocks: BTreeSet<Said>,
}

/// A file of the device that lists have.
pub struct ListedFile {
    path: String,
    size: u64,
    state: FileState,
    listed: Vec<Listed>,
}

/// How far the first layer is.
#[derive(Default)]
pub struct FilesLayer {
    /// How many files samples are drawn from.
    pub files: u64,
    /// How many are left out because they are larger than is read in a triage.
    pub too_large: u64,
    /// How many bytes those have that were taken.
    pub bytes: u64,
    /// How many were taken, and how many of these were read to their end.
    pub taken: u64,
    /// See above.
    pub read: u64,
    /// Of each round, how many files were not taken before it, and how many that chance drew were read.
    rounds: Vec<(u64, u64)>,
    unread_before: u64,
    drawn: u64,
    next_round: u32,
    /// What may still be there: said last.
    pub at_most: Option<u64>,
}

/// How far the second layer is.
#[derive(Default)]
pub struct SpaceLayer {
    /// How many extents there are, and how large one is.
    pub extents: u64,
    /// See above.
    pub extent_bytes: u64,
    /// How many were read, and how many could not be.
    pub read: u64,
    /// See above.
    pub failed: u64,
    /// How many of those that were read cannot be told from random bytes.
    pub like_random: u64,
    /// How many blocks were met alone.
    pub alone: u64,
    /// How many bytes were read, for what was met too.
    pub bytes: u64,
    next_round: u32,
    /// How many extents were read when something was said, and how often that was.
    spoken_at: u64,
    spoken: u32,
    /// How many extents may still hold something: said last.
    pub at_most: Option<u64>,
}

impl<'a> Answer<'a> {
    /// Nothing is known yet.
    pub fn new(run: &'a Run, bar: &'a Bar) -> Self {
        Self {
            run,
            bar,
            told: Instant::now(),
            device: None,
            parts: Vec::new(),
            encrypted: Vec::new(),
            unread: Vec::new(),
            n_unread: 0,
            files: None,
            space: None,
            listed: Vec::new(),
            n_listed: 0,
            blocks: BTreeSet::new(),
        }
    }

    /// Whether anything was met.
    pub fn is_met(&self) -> bool {
        self.n_listed > 0 || !self.blocks.is_empty()
    }

    fn take(&mut self, said: Said) {
        match said {
            Said::Device { form, bytes } => {
                if let (None, Some(bytes)) = (&self.device, bytes) {
                    self.bar.restart("", bytes);
                }
                self.device = Some((form, bytes));
            }
            Said::Files { files, bytes, too_large } => {
                if self.device.as_ref().is_some_and(|(_, size)| size.is_none()) && self.files.is_none() {
                    self.bar.restart("", bytes);
                }
                let unread_before = files;
                self.files.get_or_insert(FilesLayer {
                    files,
                    too_large,
                    unread_before,
                    ..FilesLayer::default()
                });
            }
            Said::FilesRound { round, bytes } => {
                let is_met = self.n_listed > 0;
                if let Some(files) = self.files.as_mut().filter(|files| files.next_round == round) {
                    files.bytes = bytes;
                    files.end_round(is_met);
                    self.say_now();
                }
            }
            Said::Space { extents, extent_bytes } => {
                self.space.get_or_insert(SpaceLayer { extents, extent_bytes, ..SpaceLayer::default() });
            }
            Said::SpaceRound { round, read, failed, like_random, alone, bytes, strata } => {
                let is_met = !self.blocks.is_empty();
                if let Some(space) = self.space.as_mut().filter(|space| space.next_round == round) {
                    let next_round = round + 1;
                    *space = SpaceLayer { read, failed, like_random, alone, bytes, next_round, ..*space };
                    space.end_round(strata, is_met);
                    self.say_now();
                }
            }
            Said::Blocks { .. } => {
                if self.blocks.len() < MOST_MET && self.blocks.is_empty() {
                    self.bar.say(phrase!("triage.met.blocks"));
                }
                if self.blocks.len() < MOST_MET {
                    self.blocks.insert(said);
                }
            }
        }
    }

    /// Says what holds now, for whoever may stop here; not more often than is read.
    fn say_now(&mut self) {
        if self.told.elapsed() < SAY_EVERY {
            return;
        }
        self.told = Instant::now();
        let lang = self.run.lang;
        let files = self.files.iter().flat_map(|files| statement::of_files(files, self.n_listed, lang));
        let space = self.space.iter().flat_map(|space| statement::of_space(space, self.blocks.len(), lang));
        files.chain(space).for_each(|statement| self.bar.say(statement));
    }

    fn file(&mut self, received: Received) {
        let value = |name: &str| received.values.iter().find(|value| value.name == name);
        let Some(files) = &mut self.files else { return };
        files.taken += 1;
        let read = value(READ).is_some();
        files.read += u64::from(read);
        files.drawn += u64::from(read && value(DRAWN).is_some_and(|drawn| drawn.bytes == [1]));
        let met = value(MET).and_then(|met| serde_json::from_slice::<Vec<Listed>>(&met.bytes).ok());
        let Some(listed) = met.filter(|listed| !listed.is_empty()) else { return };
        if listed.iter().any(|listed| !listed.withdrawn) {
            if self.n_listed == 0 {
                self.bar.say(phrase!("triage.met.files"));
            }
            self.n_listed += 1;
        }
        if self.listed.len() < MOST_MET {
            let entry = received.entry;
            self.listed.push(ListedFile { path: entry.path, size: entry.size, state: entry.state, listed });
        }
    }
}

impl FilesLayer {
    /// A round has ended: rounds double, so each may speak.
    fn end_round(&mut self, is_met: bool) {
        self.rounds.push((self.unread_before, std::mem::take(&mut self.drawn)));
        self.unread_before = self.files.saturating_sub(self.taken);
        self.next_round += 1;
        let bound = at_most_of_rounds(&self.rounds, share(self.next_round));
        self.at_most = (!is_met).then(|| bound.min(self.files.saturating_sub(self.read)));
    }
}

impl SpaceLayer {
    /// A round has ended. With few extents more than when it last spoke it says the same again with more read, and spends
    /// no more of the error: the bound only falls while nothing is met, so the first of these statements that could be
    /// wrong decides for all.
    fn end_round(&mut self, strata: u64, is_met: bool) {
        if self.spoken == 0 || self.read * 5 >= self.spoken_at * 6 {
            self.spoken += 1;
            self.spoken_at = self.read;
        }
        // A stratum whose extent could not be read may hold anything.
        let unknown = self.failed.saturating_mul(self.extents.div_ceil(strata.max(1)));
        let bound = at_most_of_strata(self.extents, self.read, share(self.spoken)).saturating_add(unknown);
        self.at_most = (!is_met).then(|| bound.min(self.extents.saturating_sub(self.read)));
    }
}

impl Receive for Answer<'_> {
    fn entry(&mut self, received: Received) -> ControlFlow<()> {
        self.file(received);
        self.run.flow()
    }

    fn bytes(&mut self, _: u64, _: &[u8]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn dropped(&mut self, _: u64) {}

    fn part(&mut self, part: Part) -> ControlFlow<()> {
        self.parts.push(part);
        self.run.flow()
    }

    fn whole(&mut self, value: Value) -> ControlFlow<()> {
        // What is not understood is left out: the parent of the same program said what it says.
        if value.name == SAID
            && let Ok(said) = serde_json::from_slice(&value.bytes)
        {
            self.take(said);
        }
        self.run.flow()
    }

    fn unread(&mut self, unread: Unread) -> ControlFlow<()> {
        if unread.why == Why::Encrypted {
            self.encrypted.push(unread);
            return ControlFlow::Continue(());
        }
        self.n_unread += 1;
        if self.unread.len() < MOST_UNREAD {
            self.unread.push(unread);
        }
        ControlFlow::Continue(())
    }

    fn progress(&mut self, progress: &Progress) -> ControlFlow<()> {
        self.bar.reach(progress.bytes);
        self.run.flow()
    }
}

impl Answer<'_> {
    /// All of it as a document.
    pub fn json(&self) -> Json {
        let finding = |unread: &Unread| json!({ "place": unread.place, "expected": unread.expected, "found": unread.found });
        let part = |part: &Part| json!({ "name": part.name, "offset": part.offset, "bytes": part.length, "what": part.what });
        let read_files = self.files.as_ref().map_or(0, |files| files.bytes);
        let read_space = self.space.as_ref().map_or(0, |space| space.bytes);
        json!({
            "form": self.device.as_ref().map(|(form, _)| form),
            "bytes": self.device.as_ref().and_then(|(_, bytes)| *bytes),
            "parts": self.parts.iter().map(part).collect::<Vec<_>>(),
            "encrypted": self.encrypted.iter().map(finding).collect::<Vec<_>>(),
            "unread": self.unread.iter().map(finding).collect::<Vec<_>>(),
            "n_unread": self.n_unread,
            "bytes_read": read_files + read_space,
            "files": self.files.as_ref().map(|files| json!({
                "population": files.files,
                "too_large": files.too_large,
                "taken": files.taken,
                "read": files.read,
                "on_lists": self.n_listed,
                "at_most_more": files.at_most,
                "confidence": 1.0 - ERROR,
            })),
            "space": self.space.as_ref().map(|space| json!({
                "extents": space.extents,
                "extent_bytes": space.extent_bytes,
                "read": space.read,
                "failed": space.failed,
                "like_random": space.like_random,
                "blocks_alone": space.alone,
                "met": self.blocks.len(),
                "at_most_extents": space.at_most,
                "confidence": 1.0 - ERROR,
            })),
            "listed": self.listed.iter().map(ListedFile::json).collect::<Vec<_>>(),
            "blocks": self.blocks.iter().filter_map(blocks_json).collect::<Vec<_>>(),
        })
    }

    /// What was met, one row each: list, category, how, where.
    pub fn rows(&self) -> Vec<Vec<String>> {
        let files = self.listed.iter().flat_map(|file| {
            file.listed.iter().map(move |listed| {
                let withdrawn = listed.withdrawn.then(|| self.run.word(phrase!("triage.withdrawn")));
                let category = listed.category.clone().unwrap_or_default();
                let how = withdrawn.unwrap_or_else(|| self.run.word(phrase!("triage.whole.file")));
                vec![
                    format!("{} {}", listed.list.list, listed.list.version),
                    category,
                    how,
                    file.path.clone(),
                ]
            })
        });
        let blocks = self.blocks.iter().filter_map(|said| {
            let Said::Blocks { list, file, begins, blocks, .. } = said else { return None };
            let how = match blocks {
                None => phrase!("triage.whole.space"),
                Some(blocks) => phrase!("triage.part", n = *blocks),
            };
            let place = self.run.word(phrase!(
                "triage.byte",
                at = begins.to_string(),
                file = &file[..file.len().min(16)]
            ));
            Some(vec![format!("{} {}", list.list, list.version), String::new(), self.run.word(how), place])
        });
        let plain = |row: Vec<String>| row.iter().map(|cell| tutela_outputs::shown::plain(cell)).collect();
        files.chain(blocks).map(plain).collect()
    }
}

impl ListedFile {
    fn json(&self) -> Json {
        json!({ "path": self.path, "bytes": self.size, "state": self.state.word(), "entries": self.listed })
    }
}

fn blocks_json(said: &Said) -> Option<Json> {
    let Said::Blocks { list, file, begins, bytes, blocks } = said else { return None };
    Some(json!({
        "list": list.list,
        "version": list.version,
        "digest": list.digest,
        "file": file,
        "begins": begins,
        "bytes": bytes,
        "whole": blocks.is_none(),
        "blocks_in_place": blocks,
    }))
}
