//! Reads any party's table (CSV, TSV, XLSX, JSON Lines, Parquet, lines of a log) by a mapping profile, saved as TOML.
//!
//! It guesses nothing while it reads: [`guess`] proposes a profile, which a person looks at first.

mod hashes;
mod header;
mod mapping;
mod profile;

mod lines;
mod named;
mod workbook;

mod guess;

use std::sync::OnceLock;

use regex::Regex;
use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};

pub(crate) use lines::delimiter;
pub(crate) use workbook::{SheetRow, column_letters, rows as sheet_rows};

pub use guess::{FirstRecord, Guess, NoGuess, STATEMENTS, guess};
pub use profile::{Format, Profile, Source, SourceKeys, TableMap, Take};

use crate::compression::{head, plain_name, seekable};
use crate::json_lines::is_object;
use crate::local_addresses::noted;
use crate::parquet_file::{self, is_parquet};
use header::TitleRow;

/// The reader.
pub static READER: Reader = Reader {
    name: "mapped_table",
    version: 4,
    about: "Any table as CSV, TSV, XLSX, JSON Lines, Parquet or log lines, by a mapping profile",
    tables: crate::tutela_table::READER.tables,
    recognise,
    read,
};

/// A profile that comes with the program.
pub struct ShippedProfile {
    /// Its name.
    pub name: &'static str,
    /// Its TOML text.
    pub text: &'static str,
}

macro_rules! shipped {
    ($($name:literal,)+) => {
        &[$(ShippedProfile {
            name: $name,
            text: include_str!(concat!("../../profiles/", $name, ".toml")),
        }),+]
    };
}

/// The profiles that come with the program.
pub static PROFILES: &[ShippedProfile] = shipped![
    "agorachat_connections",
    "fotobox_accessi",
    "lumigram_sessions",
    "alfanet_risposta",
    "borea_risposta",
    "cometa_risposta",
    "delta_risposta",
    "zeek_conn",
    "zeek_ssh",
    "web_access_combined",
    "vigil_sightings",
    "meridiana_riscontri",
    "torrent_watch",
    "nexus_daily",
];

/// The rows of a file's beginning that are searched for a header.
const MAX_TITLE_ROWS: usize = 50;

/// The shipped profile whose header a file has.
#[must_use]
pub fn profile_for(sample: &Sample<'_>) -> Option<&'static ShippedProfile> {
    if is_workbook(sample.head) {
        let input = Input::from_memory(sample.name, sample.head.to_vec());
        return workbook::first_rows(input).ok().and_then(|sheets| shipped_for_sheets(&sheets));
    }
    let beginning = crate::text::head_text(sample.head);
    if is_object(sample.head) {
        let fits =
            |of: &&Parsed| of.profile.format == Format::Jsonl && named::has_keys(&beginning, &of.profile);
        return parsed_profiles().iter().find(fits).map(|of| of.shipped);
    }
    let fits = |of: &&Parsed| {
        of.profile.has_rows() && lines::has_header(&beginning, &of.profile, of.pattern.as_ref())
    };
    parsed_profiles().iter().find(fits).map(|of| of.shipped)
}

/// A shipped profile, and the expression that its lines match where it is one of lines.
struct Parsed {
    shipped: &'static ShippedProfile,
    profile: Profile,
    pattern: Option<Regex>,
}

/// The shipped profiles, parsed once: a delivery has thousands of files, and each is held against all of them.
fn parsed_profiles() -> &'static [Parsed] {
    static SHIPPED: OnceLock<Vec<Parsed>> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let parsed = |shipped: &'static ShippedProfile| {
            let profile = Profile::parse(shipped.text).ok()?;
            let pattern = profile.pattern.as_deref().map(Regex::new).transpose().ok()?;
            Some(Parsed { shipped, profile, pattern })
        };
        PROFILES.iter().filter_map(parsed).collect()
    })
}

/// The shipped profile that has exactly the columns of a Parquet file.
fn shipped_for_columns(names: &[String]) -> Option<&'static ShippedProfile> {
    let fits = |of: &&Parsed| of.profile.format == Format::Parquet && header::is_header(&of.profile, names);
    parsed_profiles().iter().find(fits).map(|of| of.shipped)
}

fn shipped_for_sheets(sheets: &[Vec<TitleRow>]) -> Option<&'static ShippedProfile> {
    let fits = |of: &&Parsed| {
        of.profile.format == Format::Xlsx && sheets.iter().any(|rows| header::has_header(&of.profile, rows))
    };
    parsed_profiles().iter().find(fits).map(|of| of.shipped)
}

fn is_workbook(head: &[u8]) -> bool {
    // Every workbook that a program of the last twenty years wrote names its content types near the beginning.
    head.starts_with(b"PK\x03\x04") && (contains(head, b"xl/") || contains(head, b"[Content_Types].xml"))
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    memchr::memmem::find(bytes, wanted).is_some()
}

fn recognise(sample: &Sample<'_>) -> Fit {
    if profile_for(sample).is_some() {
        return Fit::Sure;
    }
    // What a workbook or a Parquet file holds is not said by its beginning.
    if is_workbook(sample.head) || is_parquet(sample.head) { Fit::Possible } else { Fit::No }
}

fn read(input: Input, declared: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    noted(sink, |sink| read_form(input, declared, sink))
}

fn read_form(mut input: Input, declared: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let beginning = head(&mut input)?;
    if is_workbook(&beginning) {
        let input = match seekable(input)? {
            Ok(input) => input,
            Err(problem) => {
                sink.record();
                return sink.problem(problem);
            }
        };
        return workbook::read(input, declared, sink);
    }
    if is_parquet(&beginning) {
        return read_parquet(input, declared, sink);
    }
    let name = plain_name(&input.name).to_owned();
    let sample = Sample { name: &name, head: &beginning };
    let profile = match &declared.profile {
        Some(text) => Profile::parse(text)?,
        None => shipped(profile_for(&sample), &input.name)?,
    };
    let text = crate::text::head_text(&beginning);
    let read = match profile.format {
        Format::Xlsx => return Err(other_form("an Excel workbook (XLSX)")),
        Format::Parquet => return Err(other_form("a Parquet file")),
        Format::Jsonl => {
            sink.note("profile", &profile.name);
            named::read_objects(input, &text, &profile, declared, sink)
        }
        Format::Csv | Format::Tsv | Format::Pattern => {
            sink.note("profile", &profile.name);
            lines::read(input, &profile, declared, sink)
        }
    };
    read.map_err(|refusal| with_fitting(refusal, || profile_for(&sample)))
}

/// The profile that a text was read by: the one declared, else the shipped one that it fits.
pub(crate) fn profile_of(sample: &Sample<'_>, declared: &Declared) -> Option<Profile> {
    let text = declared.profile.as_deref().or_else(|| profile_for(sample).map(|shipped| shipped.text));
    Profile::parse(text?).ok()
}

/// The names of a profile's columns where records name their values, in the order in which places count them.
pub(crate) fn named_columns(profile: &Profile, declared: &Declared) -> Vec<String> {
    mapping::Mapping::of_names(profile, declared).map(|mapping| mapping.columns).unwrap_or_default()
}

/// A name as [`named_columns`] has it.
pub(crate) fn folded(name: &str) -> String {
    mapping::folded(name)
}

fn read_parquet(input: Input, declared: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let name = input.name.clone();
    let profile = declared.profile.as_deref().map(Profile::parse).transpose()?;
    if profile.as_ref().is_some_and(|profile| profile.format != Format::Parquet) {
        return Err(Refusal::NotThisFormat {
            expected: "a file of the form that the profile names".to_owned(),
            found: "a Parquet file".to_owned(),
        });
    }
    let file = match parquet_file::open(input)? {
        Ok(file) => file,
        Err(problem) => {
            sink.record();
            return sink.problem(problem);
        }
    };
    let fitting = shipped_for_columns(&file.names);
    let profile = profile.map_or_else(|| shipped(fitting, &name), Ok)?;
    sink.note("profile", &profile.name);
    named::read_columns(file, &profile, declared, sink).map_err(|refusal| with_fitting(refusal, || fitting))
}

fn other_form(expected: &str) -> Refusal {
    Refusal::NotThisFormat { expected: expected.to_owned(), found: "a file of another form".to_owned() }
}

/// The refusal, with the shipped profile that would fit.
fn with_fitting(mut refusal: Refusal, fitting: impl FnOnce() -> Option<&'static ShippedProfile>) -> Refusal {
    if let Refusal::OtherHeader(other) = &mut refusal {
        other.fitting =
            fitting().map(|shipped| shipped.name.to_owned()).filter(|name| *name != other.profile);
    }
    refusal
}

fn shipped(shipped: Option<&ShippedProfile>, name: &str) -> Result<Profile, Refusal> {
    match shipped {
        Some(shipped) => Profile::parse(shipped.text),
        None => Err(Refusal::NoProfile(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_profile_is_one_and_has_its_own_name() {
        for shipped in PROFILES {
            let profile = Profile::parse(shipped.text).unwrap_or_else(|refusal| panic!("{refusal}"));
            assert_eq!(profile.name, shipped.name);
        }
    }
}
