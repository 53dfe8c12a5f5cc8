//! Which table a layout is, and which column each of its fields: by evidence of names and of values.

use super::columns::Column;
use super::fields::{FieldLook, SELECTORS, TABLES, TableLook, Takes};
use super::headers::{match_of, our_word};
use super::values::Kind;

/// A table with the columns chosen for its fields.
pub(super) struct Choice {
    pub table: &'static TableLook,
    pub fields: Vec<Chosen>,
    /// A table of lines has its subscribers beside it.
    pub subscriber: Vec<Chosen>,
    /// Identifiers of the table's owner.
    pub selectors: Vec<Chosen>,
    /// Fields that the table needs and no column was found for.
    pub missing: Vec<&'static str>,
    /// How much evidence there is.
    pub score: i64,
}

/// A column chosen for a field.
pub(super) struct Chosen {
    pub field: &'static FieldLook,
    pub column: usize,
    /// The word of the header that says so; none when only the values do.
    pub word: Option<&'static str>,
    score: u32,
}

impl Choice {
    /// Whether a column has a place.
    pub fn has(&self, column: usize) -> bool {
        self.all().any(|chosen| chosen.column == column)
    }

    /// All columns chosen.
    pub fn all(&self) -> impl Iterator<Item = &Chosen> {
        self.fields.iter().chain(&self.subscriber).chain(&self.selectors)
    }
}

/// What a field that the file does not have costs, against the fields that are there.
const MISSING: i64 = 12;
/// The weight of values whose form few others have: it says what they are without a name.
const DISTINCT: u32 = 2;
/// What a column without a place costs.
const UNPLACED: i64 = 1;

/// The tables that the columns may be, the likeliest first. A table of which nothing tells is none of them.
pub(super) fn choices(columns: &[Column]) -> Vec<Choice> {
    let mut choices: Vec<Choice> = TABLES.iter().map(|table| choice(table, columns)).collect();
    choices.retain(|choice| choice.missing.len() < 2 && choice.missing.len() < choice.table.must.len());
    choices.sort_by_key(|choice| std::cmp::Reverse(choice.score));
    choices
}

fn choice(table: &'static TableLook, columns: &[Column]) -> Choice {
    let mut fields = assign(table.fields, columns, &[]);
    // A port that stands beside its address is taken from there.
    let has_port = |chosen: &Chosen| {
        chosen.field.name == "address" && columns[chosen.column].look.kind == Kind::AddressAndPort
    };
    if fields.iter().any(has_port) {
        fields.retain(|chosen| chosen.field.name != "port");
    }
    let has = |name: &&str| fields.iter().any(|chosen| chosen.field.name == *name);
    let missing: Vec<_> =
        table.must.iter().filter(|group| !group.iter().any(&has)).map(|group| group[0]).collect();
    let owner = table.owner.map(|(own, ..)| own).filter(|own| has(own));
    let taken: Vec<usize> = fields.iter().map(|chosen| chosen.column).collect();
    let mut choice =
        Choice { table, fields, subscriber: Vec::new(), selectors: Vec::new(), missing, score: 0 };
    if let Some(owner) = owner {
        if table.name == "lease" {
            choice.subscriber = subscriber(columns, &taken);
        }
        let owned =
            choice.fields.iter().find(|chosen| chosen.field.name == owner).map(|chosen| chosen.column);
        let used: Vec<usize> = choice.all().map(|chosen| chosen.column).collect();
        choice.selectors = selectors(columns, &used, owned);
    }
    let found: u32 = choice.fields.iter().chain(&choice.subscriber).map(|chosen| chosen.score).sum();
    let n_unplaced = (0..columns.len())
        .filter(|column| columns[*column].look.kind != Kind::Empty && !choice.has(*column))
        .count();
    // Selectors go with many tables, so they only say that their columns have a place.
    choice.score = i64::from(found) - MISSING * choice.missing.len() as i64 - UNPLACED * n_unplaced as i64;
    choice
}

/// To whom a line is registered: nothing, when only where is known.
fn subscriber(columns: &[Column], taken: &[usize]) -> Vec<Chosen> {
    let Some(table) = TABLES.iter().find(|table| table.name == "subscriber") else { return Vec::new() };
    let mut fields = assign(table.fields, columns, taken);
    fields.retain(|chosen| chosen.field.name != "line" && chosen.field.name != "operator");
    fields
}

/// Identifiers among the columns that are left, and those of the owner itself that were placed.
fn selectors(columns: &[Column], used: &[usize], owned: Option<usize>) -> Vec<Chosen> {
    let mut found: Vec<Chosen> = Vec::new();
    for (idx, column) in columns.iter().enumerate() {
        let is_used = used.contains(&idx);
        let fitting =
            SELECTORS.iter().filter_map(|field| evidence(field, column).map(|found| (field, found)));
        let Some((field, (score, word))) = fitting.max_by_key(|(_, (score, _))| *score) else { continue };
        // The number of a SIM is a telephone number too; a name or tax code of the subscriber is one of the line.
        let is_own = Some(idx) == owned && field.name == "phone" && column.look.kind == Kind::Phone;
        let is_persons = ["name", "tax_code"].contains(&field.name);
        if !is_used || is_own || is_persons && Some(idx) != owned {
            found.push(Chosen { field, column: idx, word, score });
        }
    }
    found
}

/// Gives each field the column that tells most for it; each column to one field.
fn assign(fields: &'static [FieldLook], columns: &[Column], taken: &[usize]) -> Vec<Chosen> {
    let mut pairs = Vec::new();
    for (field_idx, field) in fields.iter().enumerate() {
        for (idx, column) in columns.iter().enumerate().filter(|(idx, _)| !taken.contains(idx)) {
            if let Some((score, word)) = evidence(field, column) {
                pairs.push((score, field_idx, idx, word));
            }
        }
    }
    pairs.sort_by_key(|(score, field, column, _)| (std::cmp::Reverse(*score), *field, *column));
    let mut chosen: Vec<Chosen> = Vec::new();
    for (score, field_idx, column, word) in pairs {
        let field = &fields[field_idx];
        let is_taken =
            chosen.iter().any(|other| other.column == column || overlaps(other.field.name, field.name));
        // Two tables may say of a column without a name's word what it is; it then goes to the first.
        if !is_taken {
            chosen.push(Chosen { field, column, word, score });
        }
    }
    chosen.sort_by_key(|chosen| fields.iter().position(|field| field.name == chosen.field.name));
    chosen
}

fn overlaps(one: &str, other: &str) -> bool {
    one.split('+').any(|one| other.split('+').any(|other| one == other))
}

/// How much speaks for a column's being a field, and the word that says so.
fn evidence(field: &'static FieldLook, column: &Column) -> Option<(u32, Option<&'static str>)> {
    let weight = field.takes.weight(column.look.kind)?;
    let name = column.words();
    if match_of(&name, field.denies).is_some() {
        return None;
    }
    let vocabulary = match field.takes {
        Takes::Word(vocabulary) => {
            let n_known = column.samples.iter().filter(|word| our_word(vocabulary, word).is_some()).count();
            (n_known * 2 >= column.samples.len()).then_some(()).filter(|()| n_known > 0)?;
            2
        }
        _ => 0,
    };
    match match_of(&name, field.says) {
        Some((score, word)) => Some((score + weight + vocabulary, Some(word))),
        None if field.alone && weight >= DISTINCT && is_clear(column) => Some((weight, None)),
        None => None,
    }
}

/// Whether nearly all values have the form: without a name that says so, half of them may have it by chance.
fn is_clear(column: &Column) -> bool {
    column.look.n_fit * 10 >= column.look.n * 9
}
