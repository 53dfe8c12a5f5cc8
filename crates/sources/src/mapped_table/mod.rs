//! Reads any party's table (CSV, TSV, XLSX, lines of a log) by a mapping profile, saved as TOML.
//!
//! It guesses nothing while it reads: [`guess`] proposes a profile, which a person looks at first.

mod guess;
mod header;
mod lines;
mod mapping;
mod profile;
mod workbook;

use std::sync::OnceLock;

use regex::Regex;
use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};

pub use guess::{FirstRecord, Guess, NoGuess, STATEMENTS, guess};
pub use profile::{Format, Profile, Source, SourceKeys, TableMap, Take};

use crate::compression::{head, plain_name, seekable};
use header::TitleRow;

/// The reader.
pub static READER: Reader = Reader {
    name: "mapped_table",
    version: 3,
    about: "Any table as CSV, TSV, XLSX or log lines, by a mapping profile",
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
    let fits = |of: &&Parsed| lines::has_header(&beginning, &of.profile, of.pattern.as_ref());
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
    if is_workbook(sample.head) { Fit::Possible } else { Fit::No }
}

fn read(mut input: Input, declared: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
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
    let profile = match &declared.profile {
        Some(text) => Profile::parse(text)?,
        None => {
            let sample = Sample { name: plain_name(&input.name), head: &beginning };
            shipped(profile_for(&sample), &input.name)?
        }
    };
    if profile.format == Format::Xlsx {
        return Err(Refusal::NotThisFormat {
            expected: "an Excel workbook (XLSX)".to_owned(),
            found: "a file of another form".to_owned(),
        });
    }
    sink.note("profile", &profile.name);
    let name = plain_name(&input.name).to_owned();
    lines::read(input, &profile, declared, sink)
        .map_err(|refusal| with_fitting(refusal, || profile_for(&Sample { name: &name, head: &beginning })))
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
