//! Which files of each exhibit agencies' lists know, and which pictures and films no list knows.
//!
//! # What it shows
//! For each exhibit: how many files it has, how many contents these are, which of them lists know, by list and category in
//! the list's own scheme, at how many places; how many pictures and films are on none of the lists; what could not be
//! read.
//!
//! # Why it matters
//! What a list knows has been graded before and need not be looked at again; what none knows may show a child whom nobody
//! has found yet, and is what the laboratory looks at first.
//!
//! # What it does not show
//! What a file shows: nothing is opened here, and a category means what its scheme says and nothing in another.
//! That an exhibit without known files holds none: other lists may know them, encrypted and damaged parts were not read,
//! and one changed byte makes another hash.
//! Who put a file there, who opened it, or that anybody did.
//!
//! # Method and source
//! Files are told apart by SHA-256; files of the same content are one content at several places, and each place stays a
//! row.
//! A content is *known* when one of its hashes meets an entry, in the matches that were found on exhibits or in a list
//! that is a table of the operation, that the list has not withdrawn; contents that meet only withdrawn entries are
//! counted apart.
//! *Similar* pictures and films are counted apart too: a perceptual hash within a distance never says that two pictures
//! are the same, and frames that follow each other in the order of another film never that two films are.
//! *New* are contents that are pictures or films, that none of the lists knows that were tried on the exhibit, that met no
//! withdrawn entry and that are similar to none; which lists these are is said with it.
//! A list was tried when a row of `list_tried` or a match on the exhibit names it, or when it is a table of the operation;
//! one in which no file could be looked up, for want of a hash of its kinds, was not.
//! Where no list but the operation's own grades was tried, nothing is called new.
//! *Deleted* is what the file system says; a deleted file may have been overwritten in part, which its hash would show.
//! A file that two received tables list under one path and hash counts once.
//!
//! # Settings
//! `files_told` 200: known contents that are told one by one for each exhibit; the others are counted.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, json};
use tutela_model::{Finding, Phrase, RowRef, Statement, Text};

use crate::devices::files::{Content, Found};
use crate::devices::hash::Hash;
use crate::devices::lists::{Known, Listing, Similar};
use crate::devices::{Cited, Devices, cite, tried};

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "known_files.exhibit",
        it: "reperto {exhibit}: {known|contenuto noto|contenuti noti} agli elenchi \
             ({known_places|posizione|posizioni}) e {new|immagine o filmato|immagini o filmati} in nessuno di questi \
             elenchi: {lists}; {n_files|file letto|file letti}, {distinct|contenuto diverso|contenuti diversi}; simili a \
             voci di elenchi: {similar}; noti solo a voci ritirate: {withdrawn}",
        en: "exhibit {exhibit}: {known|content|contents} known to lists ({known_places|place|places}) and \
             {new|picture or film|pictures or films} on none of these lists: {lists}; {n_files|file|files} read, \
             {distinct|distinct content|distinct contents}; similar to entries of lists: {similar}; known to withdrawn \
             entries only: {withdrawn}",
    },
    Statement {
        key: "known_files.exhibit_incomplete",
        it: "reperto {exhibit}, letto in parte: {known|contenuto noto|contenuti noti} agli elenchi \
             ({known_places|posizione|posizioni}) e {new|immagine o filmato|immagini o filmati} in nessuno di questi \
             elenchi: {lists}; {n_files|file letto|file letti}, {distinct|contenuto diverso|contenuti diversi}; simili a \
             voci di elenchi: {similar}; noti solo a voci ritirate: {withdrawn}; non letti: \
             {unread|elemento|elementi}, senza hash {unhashed}, letti solo in parte {cut}: di questi non risulta nulla",
        en: "exhibit {exhibit}, read in part: {known|content|contents} known to lists ({known_places|place|places}) \
             and {new|picture or film|pictures or films} on none of these lists: {lists}; {n_files|file|files} read, \
             {distinct|distinct content|distinct contents}; similar to entries of lists: {similar}; known to withdrawn \
             entries only: {withdrawn}; not read: {unread|thing|things}, without a hash {unhashed}, read in part only \
             {cut}: of these nothing is known",
    },
    Statement {
        key: "known_files.exhibit_untried",
        it: "reperto {exhibit}: nessun elenco è stato confrontato con i suoi file, quindi non risulta quali di \
             {media|immagine o filmato|immagini o filmati} siano noti o nuovi; già classificati nell'operazione: \
             {known|contenuto|contenuti} ({known_places|posizione|posizioni}); {n_files|file letto|file letti}, \
             {distinct|contenuto diverso|contenuti diversi}; non letti: {unread|elemento|elementi}, senza hash \
             {unhashed}, letti solo in parte {cut}",
        en: "exhibit {exhibit}: no list was tried on its files, so nothing says which of \
             {media|picture or film|pictures or films} are known or new; graded in the operation itself: \
             {known|content|contents} ({known_places|place|places}); {n_files|file|files} read, \
             {distinct|distinct content|distinct contents}; not read: {unread|thing|things}, without a hash {unhashed}, \
             read in part only {cut}",
    },
    Statement {
        key: "known_files.not_looked_up",
        it: "reperto {exhibit}: non tutti i file hanno un hash del tipo che questi elenchi contengono, o un file intero, e \
             quelli che non l'hanno non vi sono stati cercati: {lists}",
        en: "exhibit {exhibit}: not every file has a hash of the kind that these lists hold, or is whole, and those that \
             have none were not looked up in them: {lists}",
    },
    Statement {
        key: "known_files.read_since",
        it: "reperto {exhibit}: dopo il confronto con questi elenchi sono stati letti altri file, che non vi sono stati \
             cercati: {lists}; ripeti `tutela exhibit match`",
        en: "exhibit {exhibit}: more files were read after these lists were tried, and were not looked up in them: \
             {lists}; run `tutela exhibit match` again",
    },
    Statement {
        key: "known_files.not_read",
        it: "reperto {exhibit}: nessun file ne è stato ancora letto; del contenuto non risulta nulla",
        en: "exhibit {exhibit}: no file of it has been read yet; of its content nothing is known",
    },
    Statement {
        key: "known_files.category",
        it: "reperto {exhibit}: {n|contenuto|contenuti} in {places|posizione|posizioni} nell'elenco {list}, categoria \
             «{category}» dello schema {scheme}; in file cancellati: {deleted}",
        en: "exhibit {exhibit}: {n|content|contents} at {places|place|places} on list {list}, category “{category}” \
             of scheme {scheme}; in deleted files: {deleted}",
    },
    Statement {
        key: "known_files.withdrawn",
        it: "reperto {exhibit}: {n|contenuto|contenuti} in {places|posizione|posizioni} erano nell'elenco {list}, \
             categoria «{category}» dello schema {scheme}, che ha ritirato le voci; in file cancellati: {deleted}",
        en: "exhibit {exhibit}: {n|content|contents} at {places|place|places} were on list {list}, category \
             “{category}” of scheme {scheme}, which has withdrawn the entries; in deleted files: {deleted}",
    },
    Statement {
        key: "known_files.file",
        it: "reperto {exhibit}: il contenuto {content}, presente in {lists}, è in {places|posizione|posizioni}, di \
             cui {deleted} in file cancellati",
        en: "exhibit {exhibit}: the content {content}, known to {lists}, is at {places|place|places}, {deleted} of \
             them deleted files",
    },
    Statement {
        key: "known_files.similar",
        it: "reperto {exhibit}: {n|immagine simile|immagini simili} a voci di {lists} (distanza minima {nearest:word} \
             su 256 bit); simile non vuol dire uguale",
        en: "exhibit {exhibit}: {n|picture|pictures} similar to entries of {lists} (smallest distance {nearest:word} \
             of 256 bits); similar does not mean the same",
    },
    Statement {
        key: "known_files.similar_film",
        it: "reperto {exhibit}: {n|filmato simile|filmati simili} a filmati di {lists}, fotogramma per fotogramma (la \
             serie più lunga nello stesso ordine: {run|fotogramma|fotogrammi}); simile non vuol dire uguale",
        en: "exhibit {exhibit}: {n|film|films} similar to films of {lists}, frame by frame (longest run in the same \
             order: {run|frame|frames}); similar does not mean the same",
    },
    Statement {
        key: "known_files.part",
        it: "reperto {exhibit}: {n|parte di file nota|parti di file note} a {lists}; il file intero può non esserci",
        en: "exhibit {exhibit}: {n|part|parts} of files known to {lists}; the whole file may not be there",
    },
    Statement {
        key: "known_files.unread",
        it: "reperto {exhibit}: {n|elemento non letto|elementi non letti} ({why:word})",
        en: "exhibit {exhibit}: {n|thing|things} not read ({why:word})",
    },
    Statement { key: "word.damaged", it: "danneggiato", en: "damaged" },
    Statement { key: "word.truncated", it: "immagine incompleta", en: "image incomplete" },
    Statement { key: "word.limit_reached", it: "limite raggiunto", en: "limit reached" },
    Statement { key: "word.encrypted", it: "cifrato", en: "encrypted" },
    Statement { key: "word.unsupported", it: "formato non letto", en: "format not read" },
    Statement { key: "word.disagreement", it: "due letture diverse", en: "two readers disagree" },
];

/// Known contents that are told for each exhibit.
const FILES_TOLD: usize = 200;

/// Runs the analysis: by exhibit.
#[must_use]
pub fn run(devices: &Devices) -> Vec<Finding> {
    let known = known_contents(devices);
    let nothing = BTreeMap::new();
    let mut findings = Vec::new();
    for exhibit in &devices.exhibits {
        let of_exhibit = known.get(exhibit).unwrap_or(&nothing);
        let mut told: Vec<(&Hash, &KnownContent<'_>)> =
            of_exhibit.iter().filter(|(_, content)| !content.standing.is_empty()).collect();
        told.sort_by_key(|(hash, content)| (Reverse(content.n_places()), **hash));
        findings.push(match is_read(exhibit, devices, of_exhibit) {
            true => headline(exhibit, devices, of_exhibit, told.len().min(FILES_TOLD)),
            false => not_read(exhibit, devices),
        });
        findings.extend(gaps(exhibit, devices));
        findings.extend(categories(exhibit, of_exhibit));
        findings
            .extend(told.iter().take(FILES_TOLD).map(|(hash, content)| of_content(exhibit, hash, content)));
        findings.extend(similar(exhibit, devices, of_exhibit));
        findings.extend(similar_films(exhibit, devices, of_exhibit));
        findings.extend(parts(exhibit, devices));
        for (why, rows) in devices.unread.get(exhibit).into_iter().flatten() {
            // The word for a limit of strengths is another.
            let word = if *why == "limit" { "limit_reached" } else { why };
            let statement = about("known_files.unread", exhibit).with("n", rows.n()).with("why", word);
            let mut finding = Finding::new("known_files", &format!("{exhibit}\n{why}"), statement);
            rows.cite(&mut finding);
            findings.push(finding);
        }
    }
    for finding in &mut findings {
        finding.settings.insert("files_told".to_owned(), FILES_TOLD.into());
    }
    findings
}

fn about(key: &str, exhibit: &Text) -> Phrase {
    Phrase::new(key).with("exhibit", exhibit.as_str())
}

/// A content of an exhibit that lists know or knew.
#[derive(Default)]
struct KnownContent<'a> {
    /// Entries that stand.
    standing: BTreeSet<&'a Listing>,
    /// Entries that were withdrawn.
    withdrawn: BTreeSet<&'a Listing>,
    /// The rows of the lists.
    list_rows: Vec<RowRef>,
    /// Where it is.
    files: Vec<&'a Found>,
    /// Places that only a match names.
    n_unlisted: u64,
}

impl<'a> KnownContent<'a> {
    fn add(&mut self, known: Known<'a>) {
        self.standing.extend(known.standing);
        self.withdrawn.extend(known.withdrawn);
        self.list_rows.extend(known.rows);
    }

    fn n_places(&self) -> u64 {
        self.files.len() as u64 + self.n_unlisted
    }

    fn n_deleted(&self) -> u64 {
        self.files.iter().filter(|found| found.is_deleted()).count() as u64
    }
}

type OfExhibit<'a> = BTreeMap<Hash, KnownContent<'a>>;

fn known_contents(devices: &Devices) -> BTreeMap<&Text, OfExhibit<'_>> {
    let mut contents: BTreeMap<&Text, OfExhibit<'_>> = BTreeMap::new();
    let mut listed: BTreeSet<(&Text, &Text)> = BTreeSet::new();
    for found in &devices.files.found {
        let Some(content) = found.content() else { continue };
        let of_exhibit = contents.entry(&found.exhibit).or_default();
        // Of copies the lists are asked once.
        let asked = of_exhibit.get_mut(&content).filter(|known| known.files[0].hashes == found.hashes);
        if let Some(of_content) = asked {
            of_content.files.push(found);
        } else {
            let known = devices.lists.of(&found.hashes);
            if known.rows.is_empty() {
                continue;
            }
            let of_content = of_exhibit.entry(content).or_default();
            of_content.add(known);
            of_content.files.push(found);
        }
        listed.insert((&found.exhibit, &found.path));
    }
    // A match may name a file that no table of files lists.
    for (exhibit, content, path) in &devices.lists.matched {
        if path.as_ref().is_some_and(|path| listed.contains(&(exhibit, path))) {
            continue;
        }
        let known = devices.lists.of(&[*content]);
        let of_content = contents.entry(exhibit).or_default().entry(*content).or_default();
        of_content.add(known);
        of_content.n_unlisted += 1;
    }
    for content in contents.values_mut().flat_map(BTreeMap::values_mut) {
        content.list_rows.sort();
        content.list_rows.dedup();
    }
    contents
}

/// How the contents of an exhibit fall: each is counted under the first that applies.
#[derive(Default)]
struct Split {
    n_files: u64,
    n_deleted: u64,
    unhashed: u64,
    cut: u64,
    distinct: u64,
    media: u64,
    new: u64,
    new_deleted: u64,
}

/// Counts contents, of which equal ones are neighbours.
fn split(contents: &[Content], known: &OfExhibit<'_>, similar: &BTreeSet<Hash>) -> Split {
    let mut split = Split { n_files: contents.len() as u64, ..Split::default() };
    for same in contents.chunk_by(|a, b| a.sha256 == b.sha256) {
        let count = |which: fn(&Content) -> bool| same.iter().filter(|content| which(content)).count() as u64;
        split.n_deleted += count(|content| content.deleted);
        let Some(sha256) = same[0].sha256 else {
            split.unhashed += same.len() as u64;
            continue;
        };
        split.cut += count(|content| content.cut);
        split.distinct += 1;
        let (hash, is_media) = (Hash::sha256(sha256), same.iter().any(|content| content.media));
        split.media += u64::from(is_media);
        let is_new = is_media && !known.contains_key(&hash) && !similar.contains(&hash);
        split.new += u64::from(is_new);
        split.new_deleted += u64::from(is_new && same.iter().all(|content| content.deleted));
    }
    split
}

/// Whether anything of an exhibit was read, or tried.
fn is_read(exhibit: &Text, devices: &Devices, known: &OfExhibit<'_>) -> bool {
    let tried = devices.unread.contains_key(exhibit) || devices.files.contents.contains_key(exhibit);
    tried || !known.is_empty()
}

/// Of an exhibit that was only taken in, nothing is said: least of all that nothing is known on it.
fn not_read(exhibit: &Text, devices: &Devices) -> Finding {
    let mut finding = Finding::new("known_files", exhibit, about("known_files.not_read", exhibit));
    cite(&mut finding, devices.described.get(exhibit).into_iter().flatten().cloned());
    finding
}

fn headline(exhibit: &Text, devices: &Devices, known: &OfExhibit<'_>, n_told: usize) -> Finding {
    let similar = contents_of(similar_of(exhibit, devices, known));
    let contents = devices.files.contents.get(exhibit).map(Vec::as_slice).unwrap_or_default();
    let split = split(contents, known, &similar.iter().filter_map(|(hash, _)| *hash).collect());
    let standing = || known.values().filter(|content| !content.standing.is_empty());
    let unread = devices.unread.get(exhibit);
    let n_unread: u64 = unread.into_iter().flat_map(BTreeMap::values).map(Cited::n).sum();
    let by_why: Map<_, _> =
        unread.into_iter().flatten().map(|(why, rows)| ((*why).to_owned(), json!(rows.n()))).collect();
    let complete = n_unread == 0 && split.unhashed == 0 && split.cut == 0;
    let tried = &devices.lists.tried;
    let key = match (tried.any(exhibit), complete) {
        (false, _) => "known_files.exhibit_untried",
        (true, true) => "known_files.exhibit",
        (true, false) => "known_files.exhibit_incomplete",
    };
    let n_known = standing().count();
    let mut statement = about(key, exhibit)
        .with("lists", tried.names(exhibit).into_iter().map(tried::told).collect::<Vec<_>>())
        .with("known", n_known)
        .with("known_places", standing().map(KnownContent::n_places).sum::<u64>())
        .with("known_deleted", standing().filter(|content| content.n_places() == content.n_deleted()).count())
        .with("withdrawn", known.len() - n_known)
        .with("similar", similar.len())
        .with("media", split.media)
        .with("n_files", split.n_files)
        .with("n_deleted", split.n_deleted)
        .with("distinct", split.distinct)
        .with("unhashed", split.unhashed)
        .with("cut", split.cut)
        .with("unread", n_unread)
        .with("unread_by", by_why)
        .with("files_not_told", n_known - n_told);
    if tried.any(exhibit) {
        statement = statement.with("new", split.new).with("new_deleted", split.new_deleted);
    }
    let mut finding = Finding::new("known_files", exhibit, statement);
    cite(&mut finding, devices.described.get(exhibit).into_iter().flatten().cloned());
    for rows in unread.into_iter().flat_map(BTreeMap::values) {
        rows.cite(&mut finding);
    }
    cite(&mut finding, tried.tries.get(exhibit).into_iter().flatten().map(|(_, of)| of.row.clone()));
    cite(&mut finding, standing().flat_map(|content| &content.files).map(|found| found.row.clone()));
    finding
}

/// What was not looked up in lists that were tried: files without a hash of a list's kinds, and files that were read since.
fn gaps(exhibit: &Text, devices: &Devices) -> Vec<Finding> {
    let (n_files, n_media) = devices.files.n_rows.get(exhibit).copied().unwrap_or_default();
    let tries = || devices.lists.tried.tries.get(exhibit).into_iter().flatten();
    let is_perceptual = |kinds: &Text| *kinds == "pdq";
    let finding = |key: &str, of: Vec<(String, &RowRef)>| {
        let lists: Vec<&str> = of.iter().map(|(list, _)| list.as_str()).collect();
        let mut finding = Finding::new("known_files", exhibit, about(key, exhibit).with("lists", lists));
        cite(&mut finding, of.iter().map(|(_, row)| (*row).clone()));
        (!of.is_empty()).then_some(finding)
    };
    let without = tries().filter(|(_, of)| of.n_looked_up < of.n_files).map(|((name, kinds), of)| {
        (
            format!("{} ({kinds}): {} / {}", tried::told(name), of.n_files - of.n_looked_up, of.n_files),
            &of.row,
        )
    });
    // Rows may be of files that were read twice, so how many are new is not told.
    let since = tries().filter_map(|((name, kinds), of)| {
        let now = if is_perceptual(kinds) { n_media } else { n_files };
        (now > of.n_files).then(|| (tried::told(name), &of.row))
    });
    let (without, since) = (without.collect(), since.collect());
    [finding("known_files.not_looked_up", without), finding("known_files.read_since", since)]
        .into_iter()
        .flatten()
        .collect()
}

/// What a list has of an exhibit in one category.
#[derive(Default)]
struct Category {
    n: u64,
    places: u64,
    deleted: u64,
    series: BTreeSet<Text>,
    rows: Cited,
}

fn categories(exhibit: &Text, known: &OfExhibit<'_>) -> Vec<Finding> {
    let mut categories: BTreeMap<Listing, Category> = BTreeMap::new();
    for content in known.values() {
        let mut counted = BTreeSet::new();
        for listing in content.standing.iter().chain(&content.withdrawn) {
            let plain = Listing { series: None, ..(*listing).clone() };
            let category = categories.entry(plain.clone()).or_default();
            category.series.extend(listing.series.clone());
            // A content may be in several series of one category.
            if counted.insert(plain) {
                category.n += 1;
                category.places += content.n_places();
                category.deleted += content.n_deleted();
                content.files.iter().for_each(|found| category.rows.push(found.row.clone()));
                content.list_rows.iter().for_each(|row| category.rows.push(row.clone()));
            }
        }
    }
    let finding = |(listing, category): (Listing, Category)| {
        let key = if listing.withdrawn { "known_files.withdrawn" } else { "known_files.category" };
        let series: Vec<&str> = category.series.iter().map(Text::as_str).collect();
        let list = Listing { category: None, ..listing.clone() }.name();
        let statement = about(key, exhibit)
            .with("list", list)
            .with("scheme", listing.scheme.as_deref().unwrap_or("-"))
            .with("category", listing.category.as_deref().unwrap_or("-"))
            .with("n", category.n)
            .with("places", category.places)
            .with("deleted", category.deleted)
            .with("series", series);
        let mut finding = Finding::new("known_files", &format!("{exhibit}\n{listing:?}"), statement);
        category.rows.cite(&mut finding);
        finding
    };
    categories.into_iter().map(finding).collect()
}

fn of_content(exhibit: &Text, hash: &Hash, content: &KnownContent<'_>) -> Finding {
    let lists: BTreeSet<String> = content.standing.iter().map(|listing| listing.name()).collect();
    let statement = about("known_files.file", exhibit)
        .with("content", hash.to_string())
        .with("lists", lists.into_iter().collect::<Vec<_>>())
        .with("places", content.n_places())
        .with("deleted", content.n_deleted());
    let mut finding = Finding::new("known_files", &format!("{exhibit}\n{hash}"), statement);
    let files = content.files.iter().map(|found| found.row.clone());
    cite(&mut finding, files.chain(content.list_rows.iter().cloned()));
    finding
}

/// Matches of similar pictures and films of an exhibit that are not known by their hash.
fn similar_of<'a>(
    exhibit: &'a Text,
    devices: &'a Devices,
    known: &'a OfExhibit<'_>,
) -> impl Iterator<Item = &'a Similar> {
    let of_exhibit =
        devices.lists.similar.iter().filter(move |similar| similar.at.0.as_ref() == Some(exhibit));
    of_exhibit.filter(|similar| similar.sha256.is_none_or(|hash| !known.contains_key(&hash)))
}

/// What they are of, with where each is. Where the content is known, its places are one.
fn contents_of<'a>(similar: impl Iterator<Item = &'a Similar>) -> BTreeSet<(Option<Hash>, Option<&'a Text>)> {
    similar
        .map(|similar| (similar.sha256, similar.at.1.as_ref().filter(|_| similar.sha256.is_none())))
        .collect()
}

fn similar(exhibit: &Text, devices: &Devices, known: &OfExhibit<'_>) -> Option<Finding> {
    let pictures: Vec<&Similar> =
        similar_of(exhibit, devices, known).filter(|similar| similar.run_frames.is_none()).collect();
    let nearest = pictures.iter().filter_map(|similar| similar.distance).min();
    let statement = about("known_files.similar", exhibit)
        .with("n", contents_of(pictures.iter().copied()).len())
        .with("lists", lists_of(&pictures))
        .with("nearest", nearest.map_or_else(|| "unknown".into(), serde_json::Value::from));
    let mut finding = Finding::new("known_files", exhibit, statement);
    cite(&mut finding, pictures.iter().map(|similar| similar.entry.row.clone()));
    (!pictures.is_empty()).then_some(finding)
}

fn similar_films(exhibit: &Text, devices: &Devices, known: &OfExhibit<'_>) -> Option<Finding> {
    let films: Vec<&Similar> =
        similar_of(exhibit, devices, known).filter(|similar| similar.run_frames.is_some()).collect();
    let longest = films.iter().filter_map(|similar| similar.run_frames).max()?;
    let statement = about("known_files.similar_film", exhibit)
        .with("n", contents_of(films.iter().copied()).len())
        .with("lists", lists_of(&films))
        .with("run", longest);
    let mut finding = Finding::new("known_files", exhibit, statement);
    cite(&mut finding, films.iter().map(|similar| similar.entry.row.clone()));
    Some(finding)
}

fn lists_of(similar: &[&Similar]) -> Vec<String> {
    let lists: BTreeSet<String> = similar.iter().map(|similar| similar.entry.listing.name()).collect();
    lists.into_iter().collect()
}

/// Parts that a match names without a record that states them: of partial or deleted content.
fn parts(exhibit: &Text, devices: &Devices) -> Option<Finding> {
    let all = devices.lists.parts.values().flatten();
    let of_exhibit: Vec<_> = all.filter(|part| part.exhibit.as_ref() == Some(exhibit)).collect();
    let lists: BTreeSet<String> = of_exhibit.iter().map(|part| part.entry.listing.name()).collect();
    let statement = about("known_files.part", exhibit)
        .with("n", of_exhibit.len())
        .with("lists", lists.into_iter().collect::<Vec<_>>());
    let mut finding = Finding::new("known_files", exhibit, statement);
    let rows: BTreeSet<RowRef> = of_exhibit.iter().map(|part| part.entry.row.clone()).collect();
    cite(&mut finding, rows);
    (!of_exhibit.is_empty()).then_some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(sha256: Option<u8>, path: &str, media: bool, deleted: bool) -> Content {
        Content::new(sha256.map(|byte| [byte; 32]), path, deleted, media, false)
    }

    #[test]
    fn equal_contents_are_one_and_what_has_no_hash_is_counted_apart() {
        let mut contents = vec![
            content(Some(1), "a", true, false),
            content(Some(2), "b", true, true),
            content(Some(1), "c", true, true),
            content(Some(3), "d", false, false),
            content(None, "e", false, false),
        ];
        contents.sort_unstable();
        let known = BTreeMap::from([(Hash::sha256([2; 32]), KnownContent::default())]);
        let split = split(&contents, &known, &BTreeSet::new());
        assert_eq!((split.n_files, split.distinct, split.unhashed, split.n_deleted), (5, 3, 1, 2));
        assert_eq!((split.media, split.new, split.new_deleted), (2, 1, 0));
        let similar = BTreeSet::from([Hash::sha256([1; 32])]);
        assert_eq!(super::split(&contents, &known, &similar).new, 0, "similar is not new");
    }
}
