//! Films by the hashes of their frames: which share of frames is similar, and whether similar frames follow each other in
//! the same order and at the same pace.
//!
//! The share is that of vPDQ (facebook/ThreatExchange, `vpdq`): frames of a quality of at least 50, of which another film
//! has one within 31 bits. It ignores order, so that two films of one still background are alike. Here every two frames
//! that are near also vote for the offset between the films; for the offsets with most votes the longest run of frames is
//! sought that are near at that offset, and both are told.
//!
//! A film without a frame of sufficient quality is like no other: that is told as nothing to compare, not as no likeness.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use zeroize::{DefaultIsZeroes, Zeroizing};

use crate::near::memory::Memory;
use crate::near::{Index, Layout, Scratch};
use crate::pdq::{NEAR, PdqHash, QUALITY};

/// A frame of a film.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// Its number in the film, from 0, of those that were taken.
    pub index: u32,
    /// When it is shown, in milliseconds from the beginning.
    pub at_ms: u64,
    /// Its hash.
    pub hash: PdqHash,
    /// Its quality.
    pub quality: u8,
}

/// A list's frames are overwritten when they are given back, as its other hashes are.
impl DefaultIsZeroes for Frame {}

/// How films are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// In how many bits the hashes of two near frames differ at most.
    pub within: u32,
    /// The least quality of a frame.
    pub quality: u8,
    /// How far offsets of one run may lie apart, in milliseconds: as frames are taken so far apart.
    pub slack_ms: u64,
    /// The longest time without a near frame inside a run, in milliseconds.
    pub gap_ms: u64,
    /// Two films are similar from so many frames on that follow each other…
    pub run_frames: u32,
    /// …or from so many thousandths of the frames of either on.
    pub share: u32,
}

impl Default for Settings {
    /// vPDQ's thresholds, and times for a frame a second. Ten seconds in a row are longer than the marks that programs and
    /// sites put before films of any kind.
    fn default() -> Self {
        Self { within: NEAR, quality: QUALITY, slack_ms: 1000, gap_ms: 3000, run_frames: 10, share: 800 }
    }
}

/// How alike two films are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alike {
    /// Frames of sufficient quality of the film asked for.
    pub asked: u32,
    /// Of these, those that the other has a near frame to.
    pub asked_near: u32,
    /// Frames of sufficient quality of the listed film.
    pub listed: u32,
    /// Of these, those that the other has a near frame to.
    pub listed_near: u32,
    /// The longest run of near frames in time; none when no frame is near.
    pub run: Option<Run>,
}

impl Alike {
    /// The share of the listed film's frames that are near, in thousandths, rounded down.
    #[must_use]
    pub fn listed_share(&self) -> u32 {
        share(self.listed_near, self.listed)
    }

    /// The share of the asked film's frames that are near, in thousandths, rounded down.
    #[must_use]
    pub fn asked_share(&self) -> u32 {
        share(self.asked_near, self.asked)
    }

    /// Whether the films are similar: by a run, or by most frames of either.
    #[must_use]
    pub fn is_similar(&self, settings: Settings) -> bool {
        let run = self.run.map_or(0, |run| run.frames);
        run >= settings.run_frames || self.listed_share().max(self.asked_share()) >= settings.share
    }
}

fn share(of: u32, all: u32) -> u32 {
    u32::try_from((u64::from(of) * 1000).checked_div(u64::from(all)).unwrap_or(0)).unwrap_or(u32::MAX)
}

/// Near frames that follow each other at one offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// How many frames of the film asked for.
    pub frames: u32,
    /// When the first is shown in the film asked for, in milliseconds.
    pub asked_from_ms: u64,
    /// When the last is.
    pub asked_to_ms: u64,
    /// When the frame near the first is shown in the listed film.
    pub listed_from_ms: u64,
    /// When the one near the last is.
    pub listed_to_ms: u64,
    /// In how many bits two near frames of the run differ at most.
    pub furthest: u32,
}

/// Offsets that are looked at: those with most votes.
const OFFSETS: usize = 16;

/// Compares two films; none when either has no frame of sufficient quality.
///
/// Every frame is compared with every other: two films of an hour at a frame a second take some ten milliseconds.
#[must_use]
pub fn alike(asked: &[Frame], listed: &[Frame], settings: Settings) -> Option<Alike> {
    let sound = |frames: &[Frame]| -> Zeroizing<Vec<Frame>> {
        let is_sound = |frame: &&Frame| frame.quality >= settings.quality;
        let mut sound = Zeroizing::new(Vec::with_capacity(frames.iter().filter(is_sound).count()));
        sound.extend(frames.iter().filter(is_sound).copied());
        sound.sort_by_key(|frame| (frame.at_ms, frame.index));
        sound
    };
    let (asked, listed) = (sound(asked), sound(listed));
    if asked.is_empty() || listed.is_empty() {
        return None;
    }
    let slack = settings.slack_ms.max(1);
    let mut asked_near = BTreeSet::new();
    let mut listed_near = BTreeSet::new();
    let mut votes: BTreeMap<i64, u32> = BTreeMap::new();
    each_near(&asked, &listed, settings.within, |a, l| {
        asked_near.insert(a);
        listed_near.insert(l);
        *votes.entry(bucket(&asked[a], &listed[l], slack)).or_default() += 1;
    });
    let run = longest_run(&asked, &listed, &votes, settings);
    Some(Alike {
        asked: count(asked.len()),
        asked_near: count(asked_near.len()),
        listed: count(listed.len()),
        listed_near: count(listed_near.len()),
        run,
    })
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// Calls for every two near frames, in the order of the first film, then of the second.
fn each_near(asked: &[Frame], listed: &[Frame], within: u32, mut near: impl FnMut(usize, usize)) {
    for (a, frame) in asked.iter().enumerate() {
        for (l, other) in listed.iter().enumerate() {
            if frame.hash.distance(other.hash) <= within {
                near(a, l);
            }
        }
    }
}

/// The offset of two frames, in steps of the slack.
fn bucket(asked: &Frame, listed: &Frame, slack: u64) -> i64 {
    let ms = |at: u64| i64::try_from(at).unwrap_or(i64::MAX / 2).min(i64::MAX / 2);
    (ms(listed.at_ms) - ms(asked.at_ms)).div_euclid(ms(slack))
}

/// The longest run at the offsets with most votes. An offset on the edge of two steps votes in both, so two steps that
/// follow each other are taken together.
fn longest_run(
    asked: &[Frame],
    listed: &[Frame],
    votes: &BTreeMap<i64, u32>,
    settings: Settings,
) -> Option<Run> {
    let both =
        |step: i64| votes.get(&step).copied().unwrap_or(0) + votes.get(&(step + 1)).copied().unwrap_or(0);
    let mut steps: Vec<i64> = votes.keys().flat_map(|step| [step - 1, *step]).collect();
    steps.sort_by_key(|step| (std::cmp::Reverse(both(*step)), step.unsigned_abs(), *step));
    steps.dedup();
    steps.truncate(OFFSETS);
    let mut pairs: Vec<Vec<(usize, usize)>> = vec![Vec::new(); steps.len()];
    each_near(asked, listed, settings.within, |a, l| {
        let step = bucket(&asked[a], &listed[l], settings.slack_ms.max(1));
        for (pairs, first) in pairs.iter_mut().zip(&steps) {
            if step == *first || step == first + 1 {
                pairs.push((a, l));
            }
        }
    });
    let runs = pairs.iter().filter_map(|pairs| run(asked, listed, pairs, settings.gap_ms));
    // Of equal runs the first: that with most votes.
    runs.reduce(|best, run| if run.frames > best.frames { run } else { best })
}

/// The longest run among near frames of about one offset: each frame of the first film once, the second film's not going
/// back, without too long a gap.
fn run(asked: &[Frame], listed: &[Frame], pairs: &[(usize, usize)], gap_ms: u64) -> Option<Run> {
    let mut best: Option<Run> = None;
    let mut current: Option<(Run, usize, usize)> = None;
    for (a, l) in pairs {
        let (at, listed_at) = (asked[*a].at_ms, listed[*l].at_ms);
        let distance = asked[*a].hash.distance(listed[*l].hash);
        current = Some(match current {
            // The first near frame at this offset stands for the others.
            Some((run, last, listed_last)) if last == *a => (run, last, listed_last),
            Some((run, _, listed_last)) if at - run.asked_to_ms <= gap_ms && *l >= listed_last => {
                let (frames, furthest) = (run.frames + 1, run.furthest.max(distance));
                (Run { frames, asked_to_ms: at, listed_to_ms: listed_at, furthest, ..run }, *a, *l)
            }
            _ => {
                let run = Run {
                    frames: 1,
                    asked_from_ms: at,
                    asked_to_ms: at,
                    listed_from_ms: listed_at,
                    listed_to_ms: listed_at,
                    furthest: distance,
                };
                (run, *a, *l)
            }
        });
        if let Some((run, ..)) = current
            && best.is_none_or(|best| run.frames > best.frames)
        {
            best = Some(run);
        }
    }
    best
}

/// Films that can be searched by the frames of another.
#[derive(Debug)]
pub struct Films {
    films: Vec<Zeroizing<Vec<Frame>>>,
    /// The film of each hash of the index.
    film_of: Vec<u32>,
    index: Index,
}

impl Films {
    /// Builds the index of all frames of sufficient quality. Films are numbered as they come.
    ///
    /// # Errors
    /// There is not enough memory.
    pub fn build(films: Vec<Zeroizing<Vec<Frame>>>, settings: Settings) -> io::Result<Self> {
        // Where the hashes lie: the films hold them, and nothing else does for longer than they are searched.
        let mut places = Vec::new();
        let mut film_of = Vec::new();
        for (film, frames) in films.iter().enumerate() {
            let sound = frames.iter().enumerate().filter(|(_, frame)| frame.quality >= settings.quality);
            let mut at: Vec<usize> = sound.map(|(at, _)| at).collect();
            // A frame that stands still is asked for once.
            at.sort_by_key(|at| (frames[*at].hash, *at));
            at.dedup_by_key(|at| frames[*at].hash);
            film_of.extend(at.iter().map(|_| count(film)));
            places.extend(at.into_iter().map(|at| (film, at)));
        }
        let hash = |number: usize| {
            let (film, at) = places[number];
            films[film][at].hash
        };
        let index = Index::build_by(places.len(), hash, Layout::of(places.len()))?;
        Ok(Self { films, film_of, index })
    }

    /// The memory that it holds.
    #[must_use]
    pub fn memory(&self) -> Memory {
        let frames: usize = self.films.iter().map(|frames| size_of_val(&frames[..])).sum();
        self.index.memory() + Memory { bytes: frames as u64, locked_bytes: 0 }
    }

    /// The films that have a frame near one of those asked for, with how alike they are: those with the largest share of
    /// their own frames first, then by their number.
    #[must_use]
    pub fn search(&self, scratch: &mut Scratch, asked: &[Frame], settings: Settings) -> Vec<(u32, Alike)> {
        let sound = asked.iter().filter(|frame| frame.quality >= settings.quality);
        let hashes: Vec<PdqHash> =
            sound.map(|frame| frame.hash).collect::<BTreeSet<_>>().into_iter().collect();
        let found = self.index.search_all(scratch, &hashes, settings.within);
        let films: BTreeSet<u32> =
            found.iter().flatten().map(|found| self.film_of[found.number as usize]).collect();
        let mut films: Vec<(u32, Alike)> = films
            .into_iter()
            .filter_map(|film| Some((film, alike(asked, &self.films[film as usize], settings)?)))
            .collect();
        films.sort_by_key(|(film, alike)| (std::cmp::Reverse(alike.listed_share()), *film));
        films
    }
}
