//! `StoredSearches.met` of eMule: the searches that were open when the program ended, with their results.

use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{ProblemKind, SearchedFor};

use crate::artefact::{Cursor, Flaw, Loaded, Span, Telling, is_named, text_of};
use crate::ed2k_tags::tags;

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "emule_stored_searches_met",
    version: 1,
    about: "StoredSearches.met of eMule: words of the searches that were open when it ended",
    tables: &["searched_for"],
    recognise,
    read,
};

/// The first two bytes.
const VERSIONS: [u8; 2] = [0x0f, 0x01];

fn recognise(sample: &Sample<'_>) -> Fit {
    match (is_named(sample.name, "storedsearches.met"), sample.head.starts_with(&VERSIONS)) {
        (true, true) => Fit::Sure,
        (true, false) => Fit::Possible,
        (false, _) => Fit::No,
    }
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let loaded = Loaded::open(input)?;
    let mut telling = Telling::new(sink);
    let mut cursor = Cursor::new(&loaded.bytes, 0);
    let head = cursor.array::<2>("the versions").and_then(|versions| {
        let n_searches = cursor.u16("the number of searches")?;
        if versions == VERSIONS {
            return Ok(n_searches);
        }
        let expected = "versions 0f and 01; nothing of the file was read";
        let found = format_args!("{:02x} and {:02x}", versions[0], versions[1]);
        Err(Flaw::new(ProblemKind::Malformed, Span { at: 0, len: 2 }, expected, found))
    });
    match head {
        Ok(n_searches) => searches(n_searches, &mut cursor, &mut telling)?,
        Err(flaw) => telling.lost(&flaw)?,
    }
    telling.end(&loaded)
}

/// A search as it stands.
#[derive(Default)]
struct Search {
    title: String,
    words: String,
    /// Whether it lists what one peer shares, which no words were typed for.
    is_of_a_peer: bool,
    n_results: Option<u32>,
    flaw: Option<Flaw>,
}

fn searches(n_searches: u16, cursor: &mut Cursor<'_>, telling: &mut Telling<'_>) -> Result<(), Refusal> {
    for _ in 0..n_searches {
        let at = cursor.at;
        let mut search = Search::default();
        search.flaw = fill(&mut search, cursor).err();
        let span = Span::between(at, cursor.at);
        telling.record();
        if search.words.is_empty() && search.flaw.is_none() {
            telling.sink.skip(&span.spot(), "a list of results for which no words were typed");
        } else if !search.words.is_empty() {
            telling.row(SearchedFor {
                program: "eMule".into(),
                words: search.words.as_str().into(),
                at: None,
                n_results: search.n_results,
                place: span.spot(),
            })?;
        }
        if search.is_of_a_peer {
            telling.sink.note("peer whose shared files were listed", &search.title);
        }
        if let Some(flaw) = &search.flaw {
            cursor.at = cursor.bytes.len();
            return telling.flaw("", flaw);
        }
        telling.sink.progress(cursor.at as u64);
    }
    telling.rest(cursor)
}

/// `u32` number, `u8` kind, `u8` whether it is of a peer, three strings, `u32` number of results, results.
fn fill(search: &mut Search, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
    cursor.u32("the search's number")?;
    cursor.u8("the kind of search")?;
    search.is_of_a_peer = cursor.u8("whether a peer's files are listed")? > 0;
    let mut string = |what: &str| -> Result<String, Flaw> {
        let len = usize::from(cursor.u16(what)?);
        cursor.take(len, what).map(text_of)
    };
    search.title = string("the search's title")?;
    search.words = string("the words searched for")?;
    string("the kind of file searched for")?;
    let n_results = cursor.u32("the number of results")?;
    search.n_results = Some(n_results);
    for _ in 0..n_results {
        cursor.take(16 + 4 + 2, "a result's hash and source")?;
        tags(cursor, &mut Vec::new())?;
    }
    Ok(())
}
