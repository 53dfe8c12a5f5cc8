//! Which pictures and films may have been made with a camera near an exhibit, and which cameras these are.
//!
//! # What it shows
//! For each exhibit and camera: how many pictures and films that no list knows state that they were taken at about the
//! time at which they came to be on the exhibit; and cameras whose serial number files of lists state too, or another
//! record.
//!
//! # Why it matters
//! Material that was made where an exhibit was used may show a child who is within reach, whom no list knows yet.
//!
//! # What it does not show
//! That anything was made there: it is an *indication*.
//! Copies keep their times, clocks are set wrongly, programs change what a file states of itself, and a file that comes
//! by message may bear the camera's data still.
//! What a picture shows: a family's own pictures give the same indication.
//! Who took a picture, or whose a camera is.
//!
//! # Method and source
//! What a file states of its camera, serial number and time (Exif, CIPA DC-008) is held against the times that the file
//! system has of it.
//! The camera's clock is unknown, and mostly its zone too: where the file does not state the zone, all shifts by whole
//! quarters of an hour up to `shift_hours` are tried, and of each camera the one counts that most of its files agree on.
//! A file agrees when it was made or last written on the exhibit within `tolerance_s` of the time at which it was taken.
//! Files that lists know, and those similar to them, are left out; so are cameras with fewer than `files` such files,
//! unless a record or a known file names their serial number.
//! A camera is that of known files when a file to which a list gives a category states its model and serial number.
//! A name as a camera gives it is four characters and four digits (JEITA CP-3461, DCF), or a date and time as telephones
//! write it.
//!
//! # Settings
//! `tolerance_s` 120, `shift_hours` 14, `files` 3.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::{Alternative, AlternativeState, Finding, Phrase, RowRef, Statement, Text};

use crate::devices::files::Shot;
use crate::devices::hash::Hash;
use crate::devices::media::{Camera, Taken};
use crate::devices::{Devices, cite, utc};
use crate::facts::folded;

/// Sentences of this analysis.
pub static STATEMENTS: &[Statement] = &[
    Statement {
        key: "produced.camera",
        it: "reperto {exhibit}: {n|immagine o filmato|immagini o filmati} della fotocamera {camera}, che nessun \
             elenco conosce, dichiarano di essere stati ripresi quando i file sono comparsi sul reperto (entro \
             {tolerance_s} secondi, con uno scarto dell'orologio di {shift_min} minuti); {named} con un nome dato \
             dalla fotocamera, {deleted} cancellati; è un indizio: le copie conservano gli orari, gli orologi possono \
             essere sbagliati e i dati si possono modificare",
        en: "exhibit {exhibit}: {n|picture or film|pictures or films} of camera {camera} that no list knows state \
             that they were taken when the files came to be on the exhibit (within {tolerance_s} seconds, with the \
             clock off by {shift_min} minutes); {named} with a name as the camera gives it, {deleted} deleted; this \
             is an indication: copies keep their times, clocks may be wrong and what files state can be changed",
    },
    Statement {
        key: "produced.camera_of_known",
        it: "reperto {exhibit}: la fotocamera {camera}, con la stessa matricola, è dichiarata da {known|file \
             noto|file noti} a {lists} e da {unknown|immagine o filmato|immagini o filmati} che nessun elenco \
             conosce; chi abbia usato la fotocamera non risulta, e la matricola si può modificare",
        en: "exhibit {exhibit}: camera {camera}, with the same serial number, is stated by {known|file|files} known \
             to {lists} and by {unknown|picture or film|pictures or films} that no list knows; who used the camera \
             does not appear, and the serial number can be changed",
    },
    Statement {
        key: "produced.camera_named",
        it: "reperto {exhibit}: la matricola della fotocamera {camera}, dichiarata da {unknown|immagine o \
             filmato|immagini o filmati} che nessun elenco conosce, figura anche in {n|altra registrazione|altre \
             registrazioni}; di chi sia la fotocamera non risulta da questo",
        en: "exhibit {exhibit}: the serial number of camera {camera}, stated by {unknown|picture or film|pictures or \
             films} that no list knows, stands in {n|other record|other records} too; whose the camera is does not \
             follow",
    },
    Statement {
        key: "produced.copied",
        it: "i file possono essere stati copiati da un altro dispositivo con i loro orari",
        en: "the files may have been copied from another device with their times",
    },
    Statement {
        key: "produced.refuted_by.elsewhere",
        it: "gli stessi file, con gli stessi orari, su un dispositivo di altri",
        en: "the same files, with the same times, on a device of somebody else",
    },
    Statement {
        key: "produced.refuted_by.camera",
        it: "la fotocamera, trovata presso altri, con le immagini di quei giorni",
        en: "the camera, found with somebody else, with the pictures of those days",
    },
];

const TOLERANCE_US: i64 = 120_000_000;
const QUARTER_US: i64 = 900_000_000;
const SHIFT_HOURS: i64 = 14;
const FILES: usize = 3;

/// What the analysis says.
#[derive(Default)]
pub struct Produced {
    /// Findings, by exhibit and camera.
    pub findings: Vec<Finding>,
    /// By exhibit, the ids of its findings.
    pub of_exhibits: BTreeMap<Text, Vec<String>>,
    /// By exhibit, cameras of known files whose serial number files state that no list knows: how many of the latter, and
    /// rows.
    pub cameras_of_known: BTreeMap<Text, (u64, Vec<RowRef>)>,
}

/// Files of one camera on an exhibit, or one camera's among the files that lists know.
#[derive(Default)]
struct OfCamera<'a> {
    /// Files that no list knows and that are similar to none.
    unknown: Vec<(&'a Shot, &'a Taken)>,
    /// Files that lists know.
    known: Vec<(&'a Shot, &'a Taken)>,
    /// The lists that know them.
    lists: BTreeSet<String>,
}

/// Runs the analysis.
#[must_use]
pub fn run(devices: &Devices) -> Produced {
    let similar: BTreeSet<Hash> = devices.lists.similar.iter().filter_map(|similar| similar.sha256).collect();
    let mut cameras: BTreeMap<(&Text, &Camera), OfCamera<'_>> = BTreeMap::new();
    for shot in &devices.files.shots {
        let taken = &devices.media.taken[shot.taken];
        let of_camera = cameras.entry((&shot.exhibit, &taken.camera)).or_default();
        let known = devices.lists.of(&shot.hashes);
        if known.is_known() {
            of_camera.known.push((shot, taken));
            of_camera.lists.extend(known.graded());
        } else if known.withdrawn.is_empty() && !similar.contains(&taken.sha256) {
            of_camera.unknown.push((shot, taken));
        }
    }
    let listed = listed_cameras(&cameras);
    let mut produced = Produced::default();
    for ((exhibit, camera), files) in &cameras {
        let serial = camera.serial.as_deref().map(folded);
        let named = serial.as_ref().and_then(|serial| devices.stated.cameras.get(serial));
        let of_known = serial
            .as_ref()
            .and_then(|serial| listed.get(&(camera.name.as_deref().map(folded), serial.clone())));
        let least = if named.is_some() || of_known.is_some() { 1 } else { FILES };
        let near = near(&files.unknown);
        let mut findings = Vec::new();
        if near.n_contents() >= least {
            findings.push(of_time(exhibit, camera, &near));
        }
        if let Some(rows) = named.filter(|_| !files.unknown.is_empty()) {
            findings.push(of_record(exhibit, camera, files, rows));
        }
        if let Some(of_known) = of_known.filter(|_| !files.unknown.is_empty()) {
            let finding = of_list(exhibit, camera, files, of_known);
            let known = produced.cameras_of_known.entry((*exhibit).clone()).or_default();
            known.0 += files.unknown.len() as u64;
            known.1.extend(finding.rows.iter().cloned());
            findings.push(finding);
        }
        let ids = produced.of_exhibits.entry((*exhibit).clone()).or_default();
        ids.extend(findings.iter().map(|finding| finding.id.clone()));
        produced.findings.extend(findings);
    }
    produced
}

/// A camera with a serial number: its name and the number, folded.
type Serial = (Option<Text>, Text);

/// Files of a camera that lists know and give a category, on any exhibit.
#[derive(Default)]
struct Listed<'a> {
    files: Vec<(&'a Shot, &'a Taken)>,
    lists: BTreeSet<String>,
}

fn listed_cameras<'a>(
    cameras: &BTreeMap<(&'a Text, &'a Camera), OfCamera<'a>>,
) -> BTreeMap<Serial, Listed<'a>> {
    let mut listed: BTreeMap<Serial, Listed<'a>> = BTreeMap::new();
    for ((_, camera), files) in cameras {
        let Some(serial) = &camera.serial else { continue };
        if !files.lists.is_empty() {
            let of = listed.entry((camera.name.as_deref().map(folded), folded(serial))).or_default();
            of.files.extend(&files.known);
            of.lists.extend(files.lists.iter().cloned());
        }
    }
    listed
}

/// Files that agree on how far the camera's clock is off.
#[derive(Default)]
struct Near<'a> {
    /// In quarters of an hour.
    shift: i64,
    files: Vec<(&'a Shot, &'a Taken)>,
}

impl Near<'_> {
    /// How many contents these are: copies on one exhibit are one.
    fn n_contents(&self) -> usize {
        self.files.iter().map(|(_, taken)| taken.sha256).collect::<BTreeSet<Hash>>().len()
    }
}

/// The files that agree on the shift that most agree on; of equals the smallest counts, the later clock first.
fn near<'a>(files: &[(&'a Shot, &'a Taken)]) -> Near<'a> {
    let mut by_shift: BTreeMap<i64, Vec<(&Shot, &Taken)>> = BTreeMap::new();
    for (shot, taken) in files {
        for shift in shifts(shot, taken) {
            by_shift.entry(shift).or_default().push((*shot, *taken));
        }
    }
    let best = by_shift.into_iter().max_by_key(|(shift, files)| (files.len(), -shift.abs(), *shift));
    best.map(|(shift, files)| Near { shift, files }).unwrap_or_default()
}

/// The shifts of the camera's clock, in quarters of an hour, with which a file was made or written when it was taken.
fn shifts(shot: &Shot, taken: &Taken) -> BTreeSet<i64> {
    let Some((taken_us, zone_stated)) = taken.at else { return BTreeSet::new() };
    let most = if zone_stated { 0 } else { SHIFT_HOURS * 4 };
    let on_exhibit = [shot.created_us, shot.modified_us].into_iter().flatten();
    let shift = |at_us: i64| {
        let off_us = at_us.saturating_sub(taken_us);
        let shift = (off_us.saturating_add(QUARTER_US / 2)).div_euclid(QUARTER_US);
        let left_us = off_us.saturating_sub(shift.saturating_mul(QUARTER_US));
        (shift.abs() <= most && left_us.abs() <= TOLERANCE_US).then_some(shift)
    };
    on_exhibit.filter_map(shift).collect()
}

/// Whether a name is as cameras and telephones give it.
fn is_camera_name(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let free = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let dcf = stem.len() == 8 && stem.is_ascii() && free(&stem[..4]) && digits(&stem[4..]);
    let parts: Vec<&str> = stem.split('_').collect();
    // `IMG_20260102_123456`, `20260102_123456`, `PXL_20260102_123456789`.
    let dated = parts
        .windows(2)
        .any(|two| two[0].len() == 8 && digits(two[0]) && (6..=9).contains(&two[1].len()) && digits(two[1]));
    dcf || dated
}

fn about(key: &str, exhibit: &Text, camera: &Camera) -> Phrase {
    let said = [camera.name.as_deref(), camera.serial.as_deref()];
    let name: Vec<&str> = said.into_iter().flatten().collect();
    Phrase::new(key)
        .with("exhibit", exhibit.as_str())
        .with("camera", name.join(", "))
        .with("camera_name", camera.name.as_deref())
        .with("camera_serial", camera.serial.as_deref())
}

fn finding(statement: Phrase, exhibit: &Text, camera: &Camera) -> Finding {
    let subject = format!("{exhibit}\n{:?}\n{:?}", camera.name, camera.serial);
    let mut finding = Finding::new("produced", &subject, statement);
    finding.alternatives.push(Alternative {
        kind: "device_shared".to_owned(),
        state: AlternativeState::Open,
        why: Phrase::new("produced.copied"),
    });
    for why in ["elsewhere", "camera"] {
        finding.refuted_by.push(Phrase::new(&format!("produced.refuted_by.{why}")));
    }
    for (name, value) in
        [("tolerance_s", TOLERANCE_US / 1_000_000), ("shift_hours", SHIFT_HOURS), ("files", FILES as i64)]
    {
        finding.settings.insert(name.to_owned(), value.into());
    }
    finding
}

/// The rows of files, and of what they state.
fn rows(files: &[(&Shot, &Taken)]) -> Vec<RowRef> {
    files.iter().flat_map(|(shot, taken)| [shot.row.clone(), taken.row.clone()]).collect()
}

fn of_time(exhibit: &Text, camera: &Camera, near: &Near<'_>) -> Finding {
    let count = |which: &dyn Fn(&Shot) -> bool| near.files.iter().filter(|(shot, _)| which(shot)).count();
    let times = || near.files.iter().filter_map(|(_, taken)| Some(taken.at?.0));
    let statement = about("produced.camera", exhibit, camera)
        .with("n", near.files.len())
        .with("distinct", near.n_contents())
        .with("named", count(&|shot| is_camera_name(&shot.path)))
        .with("deleted", count(&|shot| shot.deleted))
        .with("shift_min", near.shift * 15)
        .with("tolerance_s", TOLERANCE_US / 1_000_000)
        .with("first", times().min().map(utc))
        .with("last", times().max().map(utc));
    let mut finding = finding(statement, exhibit, camera);
    cite(&mut finding, rows(&near.files));
    finding
}

fn of_record(exhibit: &Text, camera: &Camera, files: &OfCamera<'_>, named: &BTreeSet<RowRef>) -> Finding {
    let statement = about("produced.camera_named", exhibit, camera)
        .with("unknown", files.unknown.len())
        .with("n", named.len());
    let mut finding = finding(statement, exhibit, camera);
    cite(&mut finding, named.iter().cloned().chain(rows(&files.unknown)));
    finding
}

fn of_list(exhibit: &Text, camera: &Camera, files: &OfCamera<'_>, listed: &Listed<'_>) -> Finding {
    let statement = about("produced.camera_of_known", exhibit, camera)
        .with("known", listed.files.len())
        .with("unknown", files.unknown.len())
        .with("lists", listed.lists.iter().cloned().collect::<Vec<_>>());
    let mut finding = finding(statement, exhibit, camera);
    let (first, others) = listed.files.split_at(listed.files.len().min(10));
    cite(&mut finding, [rows(first), rows(&files.unknown), rows(others)].concat());
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shot(created_s: Option<i64>, modified_s: Option<i64>) -> Shot {
        let us = |s: i64| s * 1_000_000;
        Shot {
            exhibit: "E-1".into(),
            taken: 0,
            path: "DCIM/IMG_0001.JPG".into(),
            deleted: false,
            created_us: created_s.map(us),
            modified_us: modified_s.map(us),
            hashes: Vec::new(),
            row: RowRef { table: "file".to_owned(), source: String::new(), place: String::new() },
        }
    }

    fn taken(at_s: Option<i64>, zone_stated: bool) -> Taken {
        Taken {
            sha256: Hash::sha256([0; 32]),
            camera: Camera { name: Some("Modello X".into()), serial: None },
            at: at_s.map(|s| (s * 1_000_000, zone_stated)),
            row: RowRef { table: "media".to_owned(), source: String::new(), place: String::new() },
        }
    }

    #[test]
    fn a_file_agrees_when_it_came_to_be_when_it_was_taken_by_a_clock_that_may_be_off_by_quarters() {
        const HOUR: i64 = 3600;
        for (created, modified, at, zone_stated, agrees) in [
            (Some(1_000_060), None, Some(1_000_000), true, vec![0]),
            (Some(1_000_121), None, Some(1_000_000), true, vec![]),
            (None, Some(999_900), Some(1_000_000), true, vec![0]),
            (Some(1_000_000 - 2 * HOUR), None, Some(1_000_000), false, vec![-8]),
            (Some(1_000_000 - 2 * HOUR), None, Some(1_000_000), true, vec![]),
            (Some(1_000_000 + 15 * HOUR), None, Some(1_000_000), false, vec![]),
            (Some(1_000_000 + 14 * HOUR), Some(1_000_000), Some(1_000_000), false, vec![0, 56]),
            (None, None, Some(1_000_000), false, vec![]),
            (Some(1_000_000), None, None, false, vec![]),
        ] {
            let found: Vec<i64> =
                shifts(&shot(created, modified), &taken(at, zone_stated)).into_iter().collect();
            assert_eq!(found, agrees, "{created:?} {modified:?} {at:?} {zone_stated}");
        }
    }

    #[test]
    fn the_names_of_cameras_and_telephones_are_told_from_others() {
        for (path, is_camera) in [
            ("DCIM/100CANON/IMG_0001.JPG", true),
            (r"C:\foto\DSC01234.JPG", true),
            ("_MG_1234.CR2", true),
            ("IMG_20260102_123456.jpg", true),
            ("PXL_20260102_123456789.jpg", true),
            ("20260102_123456.mp4", true),
            ("file 1.bin", false),
            ("vacanze.jpg", false),
            ("é1234567.jpg", false),
        ] {
            assert_eq!(is_camera_name(path), is_camera, "{path}");
        }
    }
}
