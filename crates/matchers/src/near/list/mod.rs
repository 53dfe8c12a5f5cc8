//! Lists of perceptual hashes: encrypted where they lie, searched in memory.
//!
//! A rough picture can be made from a perceptual hash (Madden et al., arXiv 2406.00918), so a list of them is as sensitive
//! as what it is of: [`file`] keeps it encrypted with a passphrase, memory that holds it is overwritten when it is given
//! back, and nothing here prints a hash.
//!
//! A list has pictures, films or both. A film is its id and its frames; it is held against films alone.
//!
//! A hit is *similar to* an entry: it says at which distance, how both hashes were taken, and how the picture was turned
//! for it. It never says that two pictures are of one thing, and no hit says nothing about a file: small changes that are
//! made on purpose evade any such hash (Jain et al., arXiv 2106.09820).

pub mod file;
pub mod gather;
#[cfg(test)]
mod tests;
pub mod text;

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tutela_model::words::Words as _;
use zeroize::Zeroizing;

use crate::near::frames::{Alike, Films, Frame, Settings};
use crate::near::memory::{Guarded, Memory};
use crate::near::{Index, Layout, Scratch};
use crate::pdq::turn::{self, Turn};
use crate::pdq::{PdqHash, Profile, QUALITY};
use crate::picture::Perceived;

/// What a list says of some of its entries.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// The list.
    pub list: String,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The scheme of its categories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// The category, in that scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
}

/// An entry as a list gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The hash.
    pub hash: PdqHash,
    /// Its quality, where the list gives it.
    pub quality: Option<u8>,
    /// How it was taken, where that is known.
    pub profile: Option<Profile>,
    /// Whether the list has withdrawn it. It stays, as withdrawn.
    pub withdrawn: bool,
    /// What the list says of it. Many entries share it.
    pub label: Arc<Label>,
}

/// A film as a list gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFilm {
    /// The id that the list gives it.
    pub id: String,
    /// Its frames, in order.
    pub frames: Zeroizing<Vec<Frame>>,
    /// How their hashes were taken, where that is known.
    pub profile: Option<Profile>,
    /// What the list says of it.
    pub label: Arc<Label>,
}

/// What is kept of a film beside its frames, in memory and in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Film {
    film: String,
    /// The number of its label.
    label: u32,
    /// How many frames.
    frames: u64,
    /// As [`Profile::word`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
}

/// An entry in memory and in a file: the hash, then its particulars in one number.
type Row = [u64; 5];

/// The particulars of a row: quality (255 where it is unknown), profile, whether it is withdrawn, and its label, each at
/// its place in a number.
fn particulars(listed: &Listed, label: u32) -> u64 {
    let profile = match listed.profile {
        None => 0,
        Some(Profile::Ref512) => 1,
        Some(Profile::Full) => 2,
    };
    let quality = listed.quality.map_or(255, |quality| quality.min(100));
    u64::from(label) << 32 | u64::from(listed.withdrawn) << 16 | profile << 8 | u64::from(quality)
}

/// The hash, quality, profile, withdrawal and label's number of a row.
fn read_row(row: &Row) -> (PdqHash, Option<u8>, Option<Profile>, bool, u32) {
    let [a, b, c, d, rest] = *row;
    let quality = u8::try_from(rest & 0xff).ok().filter(|quality| *quality <= 100);
    let profile = match rest >> 8 & 0xff {
        1 => Some(Profile::Ref512),
        2 => Some(Profile::Full),
        _ => None,
    };
    (PdqHash::of_limbs([a, b, c, d]), quality, profile, rest >> 16 & 1 == 1, (rest >> 32) as u32)
}

/// Whether a hash of a known low quality is kept aside.
fn is_low(row: &Row) -> bool {
    row[4] & 0xff < u64::from(QUALITY)
}

/// A list that can be searched.
#[derive(Debug)]
pub struct List {
    labels: Vec<Label>,
    rows: Guarded<Row>,
    /// Entries that are searched always, and those of a low quality.
    sound: Part,
    low: Part,
    /// Films, in the order in which they are searched.
    films: Vec<Film>,
    frames: Films,
}

/// Some rows of a list that follow each other, with an index of their hashes.
#[derive(Debug)]
struct Part {
    /// The first row of each hash, and behind the last the row after.
    firsts: Vec<u32>,
    index: Index,
}

impl Part {
    fn build(rows: &[Row], from: usize, to: usize, layout: Option<Layout>) -> io::Result<Self> {
        let hash = |row: usize| PdqHash::of_limbs([rows[row][0], rows[row][1], rows[row][2], rows[row][3]]);
        let mut firsts = Vec::new();
        for row in from..to {
            if row == from || hash(row) != hash(row - 1) {
                firsts.push(u32::try_from(row).map_err(io::Error::other)?);
            }
        }
        let layout = layout.unwrap_or_else(|| Layout::of(firsts.len()));
        let index = Index::build_by(firsts.len(), |number| hash(firsts[number] as usize), layout)?;
        firsts.push(u32::try_from(to).map_err(io::Error::other)?);
        Ok(Self { firsts, index })
    }

    /// The rows of a hash of the index.
    fn rows(&self, number: u32) -> std::ops::Range<u32> {
        self.firsts[number as usize]..self.firsts[number as usize + 1]
    }
}

/// A hash that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The hash.
    pub hash: PdqHash,
    /// Its quality, where it is known.
    pub quality: Option<u8>,
    /// How it was taken.
    pub profile: Profile,
    /// How the picture was turned for it.
    pub turn: Turn,
    /// Whether the turned hash was derived from the hash alone, which makes it less exact.
    pub derived: bool,
}

impl Asked {
    /// A hash that a record states, upright or in all eight orientations, which are then derived.
    #[must_use]
    pub fn of_hash(hash: PdqHash, quality: Option<u8>, profile: Profile, turned: bool) -> Vec<Self> {
        let turns = if turned { &turn::ALL[..] } else { &turn::ALL[..1] };
        let of = |turn: &Turn| Self {
            hash: turn.of_hash(hash),
            quality,
            profile,
            turn: *turn,
            derived: *turn != Turn::Upright,
        };
        turns.iter().map(of).collect()
    }

    /// A picture's hashes in both profiles, as it is stored and as it asks to be shown, upright or in all eight
    /// orientations. A hash that comes twice is asked for once.
    #[must_use]
    pub fn of_picture(picture: &Perceived, turned: bool) -> Vec<Self> {
        let mut asked: Vec<Self> = Vec::new();
        let mut add = |hash: PdqHash, quality: u8, profile: Profile, turn: Turn| {
            if asked.iter().all(|other| other.hash != hash) {
                asked.push(Self { hash, quality: Some(quality), profile, turn, derived: false });
            }
        };
        for (profile, taken) in picture.stored.each() {
            add(taken.hashes[0], taken.quality, profile, Turn::Upright);
        }
        if let Some((turn, hashes)) = &picture.oriented {
            for (profile, taken) in hashes.each() {
                add(taken.hashes[0], taken.quality, profile, *turn);
            }
        }
        if turned {
            for (profile, taken) in picture.stored.each() {
                for (hash, turn) in taken.hashes.iter().zip(turn::ALL) {
                    add(*hash, taken.quality, profile, turn);
                }
            }
        }
        asked
    }
}

/// How a list is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Search {
    /// In how many bits hashes may differ, at most [`FURTHEST`](crate::near::FURTHEST).
    pub within: u32,
    /// Whether hashes of a quality below [`QUALITY`] are asked for and found too: they are of flat pictures, of which many
    /// are similar that show nothing alike.
    pub low_quality: bool,
}

impl Default for Search {
    fn default() -> Self {
        Self { within: crate::pdq::NEAR, low_quality: false }
    }
}

/// An entry that a picture is similar to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit<'a> {
    /// The entry's number in the list.
    pub entry: u32,
    /// In how many of 256 bits the hashes differ.
    pub distance: u32,
    /// How the hash that was asked for was taken.
    pub asked: Profile,
    /// How the entry's was taken, where that is known.
    pub listed: Option<Profile>,
    /// How the picture was turned.
    pub orientation: Turn,
    /// Whether the turned hash was derived from a hash alone.
    pub derived: bool,
    /// The entry's quality, where it is known.
    pub quality: Option<u8>,
    /// Whether the list has withdrawn the entry.
    pub withdrawn: bool,
    /// What the list says of it.
    pub label: &'a Label,
}

impl Hit<'_> {
    /// How both hashes were taken and how the picture was turned, for the column `profile` of the table `known_match`:
    /// `full to ref512`, `full to unknown, mirrored`, `ref512 to ref512, mirrored, derived from the hash`.
    #[must_use]
    pub fn profile(&self) -> String {
        let listed = self.listed.map_or("unknown", Profile::word);
        let mut told = format!("{} to {listed}", self.asked.word());
        if self.orientation != Turn::Upright {
            told += ", ";
            told += self.orientation.word();
        }
        if self.derived {
            told += ", derived from the hash";
        }
        told
    }
}

/// A film that another is similar to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilmHit<'a> {
    /// The id that the list gives it.
    pub film: &'a str,
    /// How its frames were hashed, where that is known.
    pub listed: Option<Profile>,
    /// How alike they are.
    pub alike: Alike,
    /// What the list says of it.
    pub label: &'a Label,
}

impl FilmHit<'_> {
    /// How the frames of both were hashed, for the column `profile` of the table `known_match`.
    #[must_use]
    pub fn profile(&self, asked: Profile) -> String {
        format!("{} to {}", asked.word(), self.listed.map_or("unknown", Profile::word))
    }
}

impl List {
    /// A list of entries in memory. What is equal is kept once.
    ///
    /// # Errors
    /// There is not enough memory.
    pub fn of(entries: &[Listed], layout: Option<Layout>) -> io::Result<Self> {
        let Content { labels, rows, .. } = content(entries, &[]);
        let mut guarded = Guarded::<Row>::zeros(rows.len())?;
        guarded.copy_from_slice(&rows);
        Self::of_rows(labels, guarded, Vec::new(), layout)
    }

    /// Rows must be in order: those of a low quality last, each part by its hashes.
    fn of_rows(
        labels: Vec<Label>,
        rows: Guarded<Row>,
        films: Vec<(Film, Zeroizing<Vec<Frame>>)>,
        layout: Option<Layout>,
    ) -> io::Result<Self> {
        let low = rows.partition_point(|row| !is_low(row));
        let sound = Part::build(&rows, 0, low, layout)?;
        let low = Part::build(&rows, low, rows.len(), layout)?;
        let (films, frames): (Vec<Film>, Vec<_>) = films.into_iter().unzip();
        let frames = Films::build(frames, Settings::default())?;
        Ok(Self { labels, rows, sound, low, films, frames })
    }

    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many films it has.
    #[must_use]
    pub fn films(&self) -> usize {
        self.films.len()
    }

    /// The films that one is similar to, as [`Films::search`] orders them. Turned or mirrored films are not sought.
    #[must_use]
    pub fn search_films(
        &self,
        scratch: &mut Scratch,
        asked: &[Frame],
        settings: Settings,
    ) -> Vec<FilmHit<'_>> {
        let found = self.frames.search(scratch, asked, settings);
        let similar = found.into_iter().filter(|(_, alike)| alike.is_similar(settings));
        let hit = |(number, alike): (u32, Alike)| {
            let film = &self.films[number as usize];
            let listed = film.profile.as_deref().and_then(Profile::from_word);
            FilmHit { film: &film.film, listed, alike, label: &self.labels[film.label as usize] }
        };
        similar.map(hit).collect()
    }

    /// How many entries are kept aside for their low quality.
    #[must_use]
    pub fn low_quality(&self) -> usize {
        self.rows.len() - self.rows.partition_point(|row| !is_low(row))
    }

    /// The memory that it holds.
    #[must_use]
    pub fn memory(&self) -> Memory {
        self.rows.memory() + self.sound.index.memory() + self.low.index.memory() + self.frames.memory()
    }

    /// The entries that any of the hashes is similar to, each once, at its least distance: the nearest first, then by
    /// their number. Of equal distances a hash of pixels stands before a derived one, then the order of [`Turn`] and of
    /// [`Profile`] decides.
    #[must_use]
    pub fn search(&self, scratch: &mut Scratch, asked: &[Asked], search: Search) -> Vec<Hit<'_>> {
        let sound =
            |asked: &&Asked| search.low_quality || asked.quality.is_none_or(|quality| quality >= QUALITY);
        let asked: Vec<&Asked> = asked.iter().filter(sound).collect();
        let hashes: Vec<PdqHash> = asked.iter().map(|asked| asked.hash).collect();
        let mut hits: Vec<Hit<'_>> = Vec::new();
        for part in [Some(&self.sound), search.low_quality.then_some(&self.low)].into_iter().flatten() {
            let found = part.index.search_all(scratch, &hashes, search.within);
            for (asked, found) in asked.iter().zip(found) {
                for found in found {
                    let rows = part.rows(found.number);
                    hits.extend(rows.map(|row| self.hit(row, found.distance, asked)));
                }
            }
        }
        hits.sort_by_key(|hit| (hit.entry, hit.distance, hit.derived, hit.orientation, hit.asked));
        hits.dedup_by_key(|hit| hit.entry);
        hits.sort_by_key(|hit| (hit.distance, hit.entry));
        hits
    }

    fn hit(&self, entry: u32, distance: u32, asked: &Asked) -> Hit<'_> {
        let (_, quality, listed, withdrawn, label) = read_row(&self.rows[entry as usize]);
        Hit {
            entry,
            distance,
            asked: asked.profile,
            listed,
            orientation: asked.turn,
            derived: asked.derived,
            quality,
            withdrawn,
            label: &self.labels[label as usize],
        }
    }
}

/// What is kept of entries and films, in the order that a list has them.
struct Content<'a> {
    labels: Vec<Label>,
    rows: Vec<Row>,
    films: Vec<(Film, &'a [Frame])>,
}

/// What is equal is kept once.
fn content<'a>(entries: &[Listed], films: &'a [ListedFilm]) -> Content<'a> {
    let labels = entries.iter().map(|entry| &*entry.label).chain(films.iter().map(|film| &*film.label));
    let labels: BTreeSet<&Label> = labels.collect();
    let labels: Vec<Label> = labels.into_iter().cloned().collect();
    // Every label is there: they were taken from the entries.
    let number =
        |label: &Label| u32::try_from(labels.binary_search(label).unwrap_or_default()).unwrap_or(u32::MAX);
    let row = |entry: &Listed| {
        let [a, b, c, d] = entry.hash.limbs();
        [a, b, c, d, particulars(entry, number(&entry.label))]
    };
    let mut rows: Vec<Row> = entries.iter().map(row).collect();
    rows.sort_unstable_by_key(|row| (is_low(row), *row));
    rows.dedup();
    let film = |film: &'a ListedFilm| {
        let profile = film.profile.map(|profile| profile.word().to_owned());
        let (label, frames) = (number(&film.label), film.frames.len() as u64);
        (Film { film: film.id.clone(), label, frames, profile }, &film.frames[..])
    };
    let mut films: Vec<(Film, &[Frame])> = films.iter().map(film).collect();
    films.sort_by(|(film, frames), (other, others)| {
        let order = |frame: &Frame| (frame.at_ms, frame.hash, frame.quality);
        film.cmp(other).then_with(|| frames.iter().map(order).cmp(others.iter().map(order)))
    });
    films.dedup();
    Content { labels, rows, films }
}
