//! Proposes a mapping profile for an unknown table, and shows what it would read. A person decides whether it is right.

mod choice;
mod columns;
mod fields;
mod headers;
mod layout;
mod proposal;
mod statements;
mod trial;
mod values;

use tutela_model::source::{Declared, Input, Refusal, Sample};
use tutela_model::tables::Problem;
use tutela_model::{Catalogue, Lang, Phrase};

use super::profile::Format;
use super::{is_workbook, lines, parsed_profiles, profile_for, shipped_for_columns, workbook};
use crate::compression::{head, plain_name, seekable};
use crate::parquet_file::{self, is_parquet};
use choice::choices;
use columns::columns;
use layout::Layout;
use proposal::Proposal;

pub use statements::STATEMENTS;

/// Rows that a guess looks at.
const MAX_ROWS: usize = 200;

/// A profile proposed for a file.
#[derive(Debug)]
pub struct Guess {
    /// The profile's TOML text, with the reason of each line as a comment.
    pub profile: String,
    /// What is uncertain about it or must be said by the officer; [`STATEMENTS`] has the sentences.
    pub doubts: Vec<Phrase>,
    /// The first ten records as the profile reads them.
    pub first: Vec<FirstRecord>,
}

/// A record as a proposed profile reads it.
#[derive(Debug, Default)]
pub struct FirstRecord {
    /// Rows: the table, and each field that is not empty with its value.
    pub rows: Vec<(&'static str, Vec<(&'static str, String)>)>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Why nothing is proposed.
#[derive(Debug, thiserror::Error)]
pub enum NoGuess {
    /// There are no bytes.
    #[error("the file is empty")]
    Empty,
    /// The bytes are no text, no workbook and no Parquet.
    #[error("the file is neither text nor an Excel workbook (XLSX) nor Parquet")]
    Binary,
    /// Every second byte is zero, and no mark says why.
    #[error("the file looks like UTF-16 without its mark")]
    Unmarked,
    /// A workbook of the form before 2007.
    #[error("the file is an old Excel workbook (XLS)")]
    OldWorkbook,
    /// The workbook cannot be opened.
    #[error("the workbook cannot be read: {0}")]
    Damaged(String),
    /// No rows under names, and no values of a known form.
    #[error("no table with columns was found in the file")]
    NoTable,
    /// The columns are those of no table.
    #[error("these columns fit no table: {}", .0.join(", "))]
    NoneFits(Vec<String>),
    /// The file could not be read, or what was declared is wrong.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Proposes a profile, with comments in a language.
///
/// # Errors
/// [`NoGuess`].
pub fn guess(mut input: Input, declared: &Declared, lang: Lang) -> Result<Guess, NoGuess> {
    let name = plain_name(&input.name).to_owned();
    let beginning = head(&mut input)?;
    let mut doubts = Vec::new();
    let shipped = profile_for(&Sample { name: &name, head: &beginning });
    if let Some(shipped) = shipped {
        doubts.push(Phrase::new("guess.shipped").with("profile", shipped.name));
    }
    let (bytes, layout) = if is_parquet(&beginning) {
        of_parquet(input, &mut doubts)?
    } else if is_workbook(&beginning) {
        let mut input = seekable(input)?
            .map_err(|problem| NoGuess::Damaged(problem.found.unwrap_or_default().to_string()))?;
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut input.bytes, &mut bytes).map_err(Refusal::Read)?;
        let layout = of_workbook(&bytes, &mut doubts)?;
        (bytes, layout)
    } else {
        check_text(&beginning, declared)?;
        let known = parsed_profiles().iter().find(|of| lines::has_most_lines(&beginning, &of.profile));
        if let Some(log) = known.map(|of| of.shipped) {
            // Lines of a log have no columns of their own: the profile that knows them is the proposal.
            let first = trial::first_records(log.text, &beginning, declared, &mut doubts)?;
            return Ok(Guess { profile: log.text.to_owned(), doubts, first });
        }
        let layout = layout::of_text(&beginning, declared)?;
        (beginning, layout)
    };
    let columns = columns(&layout);
    let choices = choices(&columns);
    let [choice, others @ ..] = &choices[..] else {
        return Err(NoGuess::NoneFits(columns.iter().map(columns::Column::title).collect()));
    };
    doubts.push(how_sure(choice, others.first()));
    if layout.rows.is_empty() {
        doubts.push(Phrase::new("guess.no_rows"));
    }
    let catalogue = Catalogue::new(&[STATEMENTS]);
    let say = |phrase: &Phrase| catalogue.say(phrase, lang);
    let mut proposal = Proposal::new(&layout, &columns, choice, &say);
    let profile = proposal.write();
    doubts.append(&mut proposal.doubts);
    let first = trial::first_records(&profile, &bytes, declared, &mut doubts)?;
    Ok(Guess { profile, doubts, first })
}

/// What stands in the way of looking at the bytes as text.
fn check_text(beginning: &[u8], declared: &Declared) -> Result<(), NoGuess> {
    if beginning.is_empty() {
        return Err(NoGuess::Empty);
    }
    if beginning.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(NoGuess::OldWorkbook);
    }
    let has_mark = encoding_rs::Encoding::for_bom(beginning).is_some();
    let n_zero = memchr::memchr_iter(0, beginning).count();
    if n_zero == 0 || has_mark || declared.encoding.is_some() {
        return Ok(());
    }
    let is_wide = n_zero * 5 >= beginning.len() * 2 && n_zero * 5 <= beginning.len() * 3;
    Err(if is_wide { NoGuess::Unmarked } else { NoGuess::Binary })
}

/// The first records of a Parquet file, as a file of their own too.
fn of_parquet(input: Input, doubts: &mut Vec<Phrase>) -> Result<(Vec<u8>, Layout), NoGuess> {
    let file = parquet_file::open(input)?.map_err(|problem| Refusal::NotThisFormat {
        expected: problem.expected.to_string(),
        found: problem.found.unwrap_or_default().to_string(),
    })?;
    if let Some(shipped) = shipped_for_columns(&file.names) {
        doubts.push(Phrase::new("guess.shipped").with("profile", shipped.name));
    }
    let names = file.names.clone();
    let (rows, bytes) = file.beginning(MAX_ROWS)?;
    Ok((bytes, layout::of_names(Format::Parquet, names, rows)))
}

/// The visible sheet whose columns say most, of which the rest are named.
fn of_workbook(bytes: &[u8], doubts: &mut Vec<Phrase>) -> Result<Layout, NoGuess> {
    let copy = Input::from_memory("x.xlsx", bytes.to_vec());
    let sheets = workbook::guess_rows(copy, MAX_ROWS).map_err(NoGuess::Damaged)?;
    let names: Vec<String> = sheets.shown.iter().map(|(sheet, _)| sheet.clone()).collect();
    if !sheets.hidden.is_empty() {
        doubts.push(Phrase::new("guess.hidden").with("others", sheets.hidden));
    }
    let layouts = sheets.shown.into_iter().filter_map(|(sheet, rows)| {
        let layout = layout::of_rows(rows)?;
        Some(Layout { format: Format::Xlsx, sheet: Some(sheet), ..layout })
    });
    let score = |layout: &Layout| choices(&columns(layout)).first().map_or(i64::MIN, |choice| choice.score);
    // Of equals the first sheet wins, and `max_by_key` takes the last.
    let layouts: Vec<Layout> = layouts.collect();
    let layout = layouts.into_iter().rev().max_by_key(score).ok_or(NoGuess::NoTable)?;
    let others: Vec<String> = names.into_iter().filter(|name| Some(name) != layout.sheet.as_ref()).collect();
    if !others.is_empty() {
        let sheet = layout.sheet.clone().unwrap_or_default();
        doubts.push(Phrase::new("guess.sheet").with("sheet", sheet).with("others", others));
    }
    Ok(layout)
}

/// How much surer the chosen table is than the next.
fn how_sure(choice: &choice::Choice, next: Option<&choice::Choice>) -> Phrase {
    let key = match next {
        None => "guess.table.only",
        Some(next) if choice.score > 2 * next.score => "guess.table.sure",
        Some(_) => "guess.table.close",
    };
    Phrase::new(key).with("table", choice.table.name).with("other", next.map_or("", |next| next.table.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(text: &str) -> Guess {
        guess(Input::from_memory("x.csv", text.as_bytes().to_vec()), &Declared::default(), Lang::En)
            .expect("a guess")
    }

    #[test]
    fn a_log_of_connections_is_proposed_with_its_doubts() {
        let guess = guessed(
            "Export 7;;;\nUtente;Indirizzo;Data;Nota\nu1;192.0.2.1:4000;01/03/2026 21:00:00;a\n\
             u2;[2001:db8::1]:5000;02/03/2026 21:00:00;b\nTotale: 2;;;\n",
        );
        for line in [
            "delimiter = \";\"",
            "account = \"Utente\"",
            "take = \"port\"",
            "written = [\"%d/%m/%Y %H:%M:%S\"]",
            "\"Nota\",  # text, and no word of its name is known: a, b",
        ] {
            assert!(guess.profile.contains(line), "{line} is not in\n{}", guess.profile);
        }
        assert!(guess.doubts.iter().any(|doubt| doubt.key == "guess.ambiguous"), "{:?}", guess.doubts);
        assert!(guess.doubts.iter().any(|doubt| doubt.key == "guess.zone"), "{:?}", guess.doubts);
        let (table, values) = &guess.first[0].rows[0];
        assert_eq!(*table, "connection");
        assert!(values.contains(&("address", "192.0.2.1".to_owned())), "{values:?}");
        assert!(values.contains(&("port", "4000".to_owned())), "{values:?}");
    }

    #[test]
    fn an_answer_of_an_operator_is_proposed_as_leases() {
        let guess = guessed(
            "ip,porte,inizio,fine,utenza\n192.0.2.1,1024-2047,2026-03-01T20:00:00Z,2026-03-02T20:00:00Z,L1\n\
             192.0.2.2,*,2026-03-01T20:00:00Z,,L2\n",
        );
        assert!(guess.profile.contains("name = \"lease\""), "{}", guess.profile);
        assert!(guess.profile.contains("take = \"range_low\""), "{}", guess.profile);
        assert_eq!(guess.first.len(), 2);
        assert!(guess.first.iter().all(|record| record.problems.is_empty()), "{:?}", guess.first);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let empty = guess(Input::from_memory("x.csv", b"12\n13\n".to_vec()), &Declared::default(), Lang::En);
        assert!(matches!(empty, Err(NoGuess::NoTable)), "{empty:?}");
    }
}
