//! `AC_SearchStrings.dat` of eMule: the words that were typed into its search box, newest first.

use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::SearchedFor;

use crate::artefact::{Loaded, Telling, is_named, lines};

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "emule_search_strings_dat",
    version: 1,
    about: "AC_SearchStrings.dat of eMule: the words that were typed into its search box",
    tables: &["searched_for"],
    recognise,
    read,
};

fn recognise(sample: &Sample<'_>) -> Fit {
    match is_named(sample.name, "ac_searchstrings.dat") {
        true if sample.head.starts_with(b"\xff\xfe") => Fit::Sure,
        true => Fit::Possible,
        false => Fit::No,
    }
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let loaded = Loaded::open(input)?;
    let mut telling = Telling::new(sink);
    let (encoding, lines) = lines(&loaded.bytes);
    telling.sink.note("encoding", encoding);
    for (span, words) in lines {
        telling.record();
        if words.trim().is_empty() {
            telling.sink.skip(&span.spot(), "an empty line");
            continue;
        }
        telling.row(SearchedFor {
            program: "eMule".into(),
            words: words.as_str().into(),
            at: None,
            n_results: None,
            place: span.spot(),
        })?;
    }
    telling.end(&loaded)
}
