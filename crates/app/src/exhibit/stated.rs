//! What is stated of the exhibits of an operation, as its table says.

use tutela_case::Case;
use tutela_model::tables::Exhibit;
use tutela_model::{Text, table};

use crate::ending::{Exit, Failure};
use crate::talk::phrase;

/// The exhibits by number. Where one was added again, what was stated last in the order of received files counts.
///
/// # Errors
/// The table cannot be read.
pub fn exhibits(case: &Case) -> anyhow::Result<Vec<Exhibit>> {
    let order: Vec<_> = case.receipts().iter().map(|receipt| receipt.sha256).collect();
    let mut rows = table::all_rows::<Exhibit>(&case.tables())?;
    rows.sort_by_key(|(source, row)| {
        (row.number.clone(), order.iter().position(|received| received == source))
    });
    rows.dedup_by(|(_, later), (_, earlier)| {
        let same = later.number == earlier.number;
        if same {
            std::mem::swap(later, earlier);
        }
        same
    });
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// The exhibit of that number.
///
/// # Errors
/// There is none, or the table cannot be read.
pub fn exhibit(case: &Case, number: &str) -> anyhow::Result<Exhibit> {
    let exhibits = exhibits(case)?;
    let numbers: Vec<Text> = exhibits.iter().map(|exhibit| exhibit.number.clone()).collect();
    exhibits.into_iter().find(|exhibit| exhibit.number == number).ok_or_else(|| {
        let what = phrase!("exhibit.none", number = number);
        let failure = Failure::new(Exit::Failed, what);
        let numbers: Vec<&str> = numbers.iter().map(Text::as_str).collect();
        let hint = match numbers.is_empty() {
            true => phrase!("exhibit.none.yet"),
            false => phrase!("exhibit.none.hint", numbers = numbers),
        };
        failure.hint(hint).into()
    })
}

/// A number as part of a file's name: what is no letter or digit becomes `_`.
#[must_use]
pub fn in_a_name(number: &str) -> String {
    number.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect()
}
