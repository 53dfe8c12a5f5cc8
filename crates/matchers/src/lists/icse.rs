//! INTERPOL ICSE: CSV with semicolons and the heading `MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim
//! identified;Offender identified;Series name;Number of submissions;File Available;Media Type;Baseline`.
//!
//! Its category is whether the file meets the baseline. The number of submissions, whether the file is available and
//! the media type are not kept.

use std::io::Read;

use super::ReadError;
use super::gather::Gathered;
use super::record::{Kind, Note, Take};
use super::table::{self, Cells, Other, column};

/// The scheme of the category.
const SCHEME: &str = "INTERPOL ICSE baseline";

struct Columns {
    md5: Option<usize>,
    sha1: Option<usize>,
    photo_dna: Option<usize>,
    distributed: Option<usize>,
    victim: Option<usize>,
    offender: Option<usize>,
    series: Option<usize>,
    baseline: Option<usize>,
}

/// Reads a list.
pub fn read(bytes: &mut dyn Read, take: &mut dyn Take) -> Result<(), ReadError> {
    table::read(
        "icse",
        bytes,
        b';',
        take,
        |heading, take| {
            let at = |name| column(heading, name);
            if at("baseline").is_none() || (at("md5").is_none() && at("sha1").is_none()) {
                return Ok(Err(Other("the columns MD5 or SHA1, and Baseline, between semicolons")));
            }
            take.scheme(SCHEME);
            Ok(Ok(Columns {
                md5: at("md5"),
                sha1: at("sha1"),
                photo_dna: at("photodna"),
                distributed: at("isdistributed"),
                victim: at("victimidentified"),
                offender: at("offenderidentified"),
                series: at("seriesname"),
                baseline: at("baseline"),
            }))
        },
        |columns, cells, take| each(columns, cells, take),
    )
}

fn each(columns: &Columns, cells: &Cells<'_>, take: &mut dyn Take) -> Result<(), ReadError> {
    let mut gathered = Gathered::default();
    gathered.hash(Kind::Md5, cells.get(columns.md5), || cells.spot(columns.md5));
    gathered.hash(Kind::Sha1, cells.get(columns.sha1), || cells.spot(columns.sha1));
    if !cells.get(columns.photo_dna).is_empty() {
        gathered.other(Some(Note::PhotoDna), take);
    }
    let baseline = flag(&mut gathered, cells, columns.baseline);
    let distributed = flag(&mut gathered, cells, columns.distributed);
    let victim_identified = flag(&mut gathered, cells, columns.victim);
    let offender_identified = flag(&mut gathered, cells, columns.offender);
    let attributes = &mut gathered.entry.attributes;
    attributes.category = baseline.map(|is| if is { "baseline" } else { "not baseline" }.to_owned());
    attributes.series = cells.text(columns.series);
    attributes.flags.distributed = distributed;
    attributes.flags.victim_identified = victim_identified;
    attributes.flags.offender_identified = offender_identified;
    gathered.hand_over(take)
}

fn flag(gathered: &mut Gathered, cells: &Cells<'_>, column: Option<usize>) -> Option<bool> {
    let said = cells.get(column);
    if said.is_empty() {
        return None;
    }
    let known = yes_or_no(said);
    if known.is_none() {
        gathered.wrong(cells.spot(column), "yes or no, in a word or a letter", said);
    }
    known
}

/// The words that the lists have for yes and no.
pub fn yes_or_no(said: &[u8]) -> Option<bool> {
    match said.to_ascii_lowercase().as_slice() {
        b"y" | b"yes" | b"t" | b"true" => Some(true),
        b"n" | b"no" | b"f" | b"false" => Some(false),
        _ => None,
    }
}
