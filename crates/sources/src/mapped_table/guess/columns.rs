//! The columns of a layout with what their values look like; a date and the time of day beside it are one.

use super::headers::words;
use super::layout::{Layout, n_filled};
use super::values::{self, Kind, Look, look};

/// A column, or two that are one value.
#[derive(Debug)]
pub(super) struct Column {
    /// Its name, or those of a date and a time of day.
    pub names: Vec<String>,
    pub look: Look,
    /// Its values, each once, the commonest first; at most 20.
    pub samples: Vec<String>,
    /// Whether a value has blanks in it.
    pub has_blanks: bool,
    /// Whether the header or format says that its times are UTC.
    pub is_utc: bool,
    /// Whether an amount has a currency sign.
    pub sign: Option<&'static str>,
}

const MAX_SAMPLES: usize = 20;

impl Column {
    /// Its name, for a person.
    pub fn title(&self) -> String {
        self.names.join(" + ")
    }

    /// The words of its name.
    pub fn words(&self) -> Vec<String> {
        words(&self.names.join(" "))
    }
}

/// The columns of a layout that have a name.
pub(super) fn columns(layout: &Layout) -> Vec<Column> {
    let width = n_filled(&layout.names);
    let is_utc = layout.log.as_ref().is_some_and(|log| log.is_utc);
    let is_null =
        |cell: &str| layout.log.as_ref().is_some_and(|log| log.null.iter().any(|null| null == cell));
    // Rows that are nearly empty are footers; they would hide what a column holds.
    let rows: Vec<_> = layout
        .rows
        .iter()
        .filter(|row| n_filled(row) * 4 >= width && (n_filled(row) > 1 || width < 3))
        .collect();
    let values = |idx: usize| -> Vec<&str> {
        rows.iter().map(|row| row.get(idx).map_or("", |cell| cell.trim())).collect()
    };
    let filled = |values: &[&str]| -> Vec<String> {
        values
            .iter()
            .filter(|cell| !cell.is_empty() && !is_null(cell))
            .map(|cell| (*cell).to_owned())
            .collect()
    };
    let mut columns: Vec<Column> = Vec::new();
    let mut before: Option<usize> = None;
    for (idx, name) in layout.names.iter().enumerate() {
        let name = name.trim();
        if name.is_empty() {
            continue;
        }
        let own = filled(&values(idx));
        let column = Column::new(vec![name.to_owned()], &own, is_utc);
        if column.look.kind == Kind::TimeOfDay
            && let Some((day, date_idx)) = columns.last_mut().zip(before)
            && matches!(day.look.kind, Kind::Date(_))
        {
            let pairs: Vec<String> = (values(date_idx).iter().zip(values(idx)))
                .filter(|(date, time)| {
                    !date.is_empty() && !time.is_empty() && !is_null(date) && !is_null(time)
                })
                .map(|(date, time)| format!("{date} {time}"))
                .collect();
            let names = vec![day.names[0].clone(), name.to_owned()];
            let joined = Column::new(names, &pairs, is_utc);
            if joined.look.kind.is_time() {
                *day = joined;
                continue;
            }
        }
        before = Some(idx);
        columns.push(column);
    }
    settle(&mut columns);
    columns
}

/// One issuer writes its dates in one way: a column with a day beyond twelve settles the others of the same marks.
fn settle(columns: &mut [Column]) {
    let pattern = |column: &Column| match column.look.kind {
        Kind::Time(pattern) | Kind::Date(pattern) => pattern,
        _ => None,
    };
    // A year that comes first, or a month by its name, says nothing about the order of two numbers.
    let is_of_numbers = |pattern: &&str| pattern.starts_with("%m") || pattern.get(3..5) == Some("%m");
    let clear = columns.iter().filter(|column| !column.look.is_ambiguous);
    let mut clear = clear.filter_map(pattern).filter(is_of_numbers);
    // The other marks and the time of day may differ; which of the two comes first may not.
    let Some(is_month_first) = clear.next().map(|pattern| pattern.starts_with("%m")) else { return };
    if clear.any(|pattern| pattern.starts_with("%m") != is_month_first) {
        return;
    }
    for column in columns.iter_mut().filter(|column| column.look.is_ambiguous) {
        let other = pattern(column).and_then(values::month_first);
        match (is_month_first, other) {
            (false, _) => column.look.is_ambiguous = false,
            (true, Some(other)) => {
                column.look.is_ambiguous = false;
                column.look.kind = match column.look.kind {
                    Kind::Date(_) => Kind::Date(Some(other)),
                    _ => Kind::Time(Some(other)),
                };
            }
            (true, None) => {}
        }
    }
}

impl Column {
    fn new(names: Vec<String>, values: &[String], is_utc: bool) -> Self {
        let texts: Vec<&str> = values.iter().map(String::as_str).collect();
        let mut samples: Vec<(usize, String)> = Vec::new();
        for value in values {
            if let Some((n, _)) = samples.iter_mut().find(|(_, sample)| sample == value) {
                *n += 1;
            } else if samples.len() < MAX_SAMPLES {
                samples.push((1, value.clone()));
            }
        }
        samples.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
        let says_utc = words(&names.join(" ")).iter().any(|word| word == "utc" || word == "gmt");
        let sign = [("€", "EUR"), ("EUR", "EUR"), ("$", "USD"), ("£", "GBP")]
            .into_iter()
            .find(|(sign, _)| texts.iter().any(|text| text.contains(sign)));
        Self {
            names,
            look: look(&texts),
            samples: samples.into_iter().map(|(_, sample)| sample).collect(),
            has_blanks: texts.iter().any(|text| text.contains(' ')),
            is_utc: is_utc || says_utc,
            sign: sign.map(|(_, currency)| currency),
        }
    }
}
