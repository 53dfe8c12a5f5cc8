//! Pictures and films of exhibits, each once with every place where it was found, for outputs that laboratories read.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use tutela_case::Case;
use tutela_model::table::{Table as _, Tables as _, all_rows};
use tutela_model::tables::{File, FileState, GRADES_IN_DISPUTE, KnownFile, KnownMatch, Media};
use tutela_model::{Text, Time};
use tutela_outputs::vics::{Collection, Medium, Place};

/// Endings of names of pictures and films, with their media types (IANA).
const KINDS: &[(&str, &str)] = &[
    ("3gp", "video/3gpp"),
    ("avi", "video/vnd.avi"),
    ("bmp", "image/bmp"),
    ("gif", "image/gif"),
    ("heic", "image/heic"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("m4v", "video/mp4"),
    ("mkv", "video/matroska"),
    ("mov", "video/quicktime"),
    ("mp4", "video/mp4"),
    ("mpeg", "video/mpeg"),
    ("mpg", "video/mpeg"),
    ("png", "image/png"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
    ("wmv", "video/x-ms-wmv"),
];

/// The media type that a name's ending tells; the content may be another.
#[must_use]
pub fn kind_by_name(path: &str) -> Option<&'static str> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let (_, ending) = name.rsplit_once('.')?;
    let ending = ending.to_ascii_lowercase();
    KINDS.iter().find_map(|(known, kind)| (*known == ending).then_some(*kind))
}

/// The media of all exhibits or of one, with what lists and grades of one scheme say of them.
///
/// # Errors
/// A table cannot be read.
pub fn collect(case: &Case, exhibit: Option<&str>, scheme: Option<&str>) -> anyhow::Result<Vec<Medium>> {
    let tables = case.tables();
    let seen: BTreeMap<Text, Media> =
        all_rows::<Media>(&tables)?.into_iter().map(|(_, row)| (row.sha256.clone(), row)).collect();
    let mut media: BTreeMap<String, Medium> = BTreeMap::new();
    for part in tables.parts(&File::INFO) {
        tables.scan(&File::INFO, &part, &[], &mut |batch| {
            for row in File::rows(&batch) {
                let wanted = exhibit.is_none_or(|wanted| row.exhibit.as_deref() == Some(wanted));
                let looked_at = row.sha256.as_ref().and_then(|sha256| seen.get(sha256));
                let kind = kind_by_name(&row.path);
                if let (true, Some(md5), true) = (wanted, &row.md5, looked_at.is_some() || kind.is_some()) {
                    let medium =
                        media.entry(md5.to_string()).or_insert_with(|| of(&row, md5, kind, looked_at));
                    medium.places.push(place(&row));
                }
            }
            ControlFlow::Continue(())
        })?;
    }
    stated(case, scheme, &mut media)?;
    let mut media: Vec<Medium> = media.into_values().collect();
    for medium in &mut media {
        medium.places.sort_by(|a, b| (&a.exhibit, &a.path).cmp(&(&b.exhibit, &b.path)));
    }
    Ok(media)
}

fn text(cell: &Option<Text>) -> Option<String> {
    cell.as_ref().map(ToString::to_string)
}

fn of(row: &File, md5: &Text, kind: Option<&str>, looked_at: Option<&Media>) -> Medium {
    let mut exif = Vec::new();
    if let Some(media) = looked_at {
        let taken = media.taken.as_ref().map(|taken| taken.said.to_string());
        let stated = [
            ("Camera", text(&media.camera)),
            ("CameraSerial", text(&media.camera_serial)),
            ("DateTimeOriginal", taken),
            ("Position", text(&media.position)),
        ];
        exif.extend(stated.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    Medium {
        md5: md5.to_string(),
        sha1: text(&row.sha1),
        sha256: text(&row.sha256),
        size: row.size,
        mime: kind.map(str::to_owned),
        exif,
        ..Medium::default()
    }
}

fn place(row: &File) -> Place {
    let time = |time: &Option<Time>| time.as_ref().map(ToString::to_string);
    Place {
        exhibit: text(&row.exhibit).unwrap_or_default(),
        path: row.path.to_string(),
        created: time(&row.created),
        written: time(&row.modified),
        accessed: time(&row.accessed),
        deleted: row.state == FileState::Deleted,
        orphan: row.state == FileState::Orphan,
    }
}

/// Adds what lists that were held against the exhibits say, and the grades of a scheme that count.
fn stated(case: &Case, scheme: Option<&str>, media: &mut BTreeMap<String, Medium>) -> anyhow::Result<()> {
    let by_sha256: BTreeMap<String, String> =
        media.values().filter_map(|medium| Some((medium.sha256.clone()?, medium.md5.clone()))).collect();
    let mut lists: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let tables = case.tables();
    let matches = all_rows::<KnownMatch>(&tables)?;
    for (_, row) in &matches {
        let Some(md5) = row.sha256.as_ref().and_then(|sha256| by_sha256.get(sha256.as_str())) else {
            continue;
        };
        let said = [Some(&row.list), row.list_version.as_ref()].into_iter().flatten();
        let name = said.map(Text::as_str).collect::<Vec<_>>().join(" ");
        let withdrawn = if row.withdrawn == Some(true) { " (withdrawn)" } else { "" };
        let category = row.category.as_deref().unwrap_or("-");
        lists.entry(md5).or_default().insert(format!("{name}: {category}{withdrawn}"));
    }
    for (md5, said) in lists {
        if let Some(medium) = media.get_mut(md5) {
            medium.lists = said.into_iter().collect();
        }
    }
    let Some(scheme) = scheme else { return Ok(()) };
    let mut grades: Vec<KnownFile> =
        all_rows::<KnownFile>(&tables)?.into_iter().map(|(_, row)| row).collect();
    // What contradicts a grade does not count before an officer decides.
    grades.retain(|row| row.scheme.as_deref() == Some(scheme) && row.list != GRADES_IN_DISPUTE);
    // The latest comes last and counts; a withdrawal leaves nothing.
    grades.sort_by_key(|row| row.stated_at.as_ref().map(|at| at.at_us));
    for row in grades {
        let md5 = text(&row.md5).or_else(|| by_sha256.get(row.sha256.as_deref()?).cloned());
        let Some(medium) = md5.and_then(|md5| media.get_mut(&md5)) else { continue };
        let counts = row.withdrawn != Some(true);
        medium.category = text(&row.category).filter(|_| counts);
        medium.series = text(&row.series).filter(|_| counts);
        medium.scheme = counts.then(|| scheme.to_owned());
    }
    Ok(())
}

/// The media of an operation as outputs take them.
///
/// # Errors
/// A table cannot be read.
pub fn collection(
    case: &Case,
    exhibit: Option<&str>,
    scheme: Option<&str>,
    scale: &str,
) -> anyhow::Result<Collection> {
    Ok(Collection {
        operation: case.record().origin().to_owned(),
        title: case.title().to_owned(),
        scale: scale.to_owned(),
        made_with: ("tutela".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        media: collect(case, exhibit, scheme)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_a_kind_by_its_ending_only() {
        assert_eq!(kind_by_name("a/b/Shape.JPG"), Some("image/jpeg"));
        assert_eq!(kind_by_name("a.mp4/readme"), None);
        assert_eq!(kind_by_name("jpg"), None);
        assert!(KINDS.is_sorted());
    }
}
