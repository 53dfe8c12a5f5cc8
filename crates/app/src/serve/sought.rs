//! What is sought in a table, as a request writes it: a column to sort by, and conditions.

use arrow_schema::DataType;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use tutela_grid::{Condition, Edge, Grid, Kind, SOURCE, Span, Wants};
use tutela_model::{Address, Date, Lang, Prefix, TableInfo};
use utoipa::ToSchema;

use super::answer::Refused;
use super::window::Sought;
use crate::talk::phrase;

/// A condition on the rows of a table.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Where {
    /// The column; `source` is the file received, by its SHA-256.
    column: String,
    /// The value, or a list of values of which it must be one; null for rows without one. An address may be a prefix such
    /// as 192.0.2.0/24, which stands for all of its addresses, and a time may be a date, which stands for that day in UTC.
    #[serde(default, deserialize_with = "there")]
    is: Option<Value>,
    /// Letters that the text must have in it, in upper or lower case.
    contains: Option<String>,
    /// The first value that is meant.
    from: Option<Value>,
    /// The first value after those that are meant.
    until: Option<Value>,
}

/// A value that is null is not one that is missing.
fn there<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

/// The most conditions of a request.
const CONDITIONS: usize = 16;
/// The most values of a condition, and the most characters of one.
const VALUES: usize = 1_000;

/// Reads what a request says of a table.
pub struct Reading {
    table: &'static TableInfo,
    lang: Lang,
}

/// A column of a table as its grid has it.
pub struct Of {
    /// Its number in the grid.
    pub idx: usize,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

impl Reading {
    /// Of a table, with refusals in a language.
    pub fn new(table: &'static TableInfo, lang: Lang) -> Self {
        Self { table, lang }
    }

    /// A column.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn column(&self, name: &str) -> Result<Of, Refused> {
        let schema = (self.table.schema)();
        let of = |idx, data_type: &DataType| Of { idx, name: name.to_owned(), kind: Kind::of(data_type) };
        if name == SOURCE {
            return Ok(of(0, &DataType::Utf8));
        }
        // In a grid the column of the file received stands before the others.
        let found = schema.index_of(name).map(|idx| of(idx + 1, schema.field(idx).data_type()));
        found.map_err(|_| {
            let names = schema.fields().iter().map(|field| field.name().as_str()).chain([SOURCE]);
            let names: Vec<&str> = names.collect();
            let (table, columns) = (self.table.name, names.join(", "));
            self.wrong(phrase!("serve.no_column", table = table, column = name, columns = columns))
        })
    }

    /// A column to sort by, with `-` before it where it descends, and conditions.
    ///
    /// # Errors
    /// What cannot be read, or names what the table does not have.
    pub fn sought(&self, sort: Option<&str>, conditions: Option<&str>) -> Result<Sought, Refused> {
        let sort = sort.filter(|sort| !sort.is_empty());
        let sort = sort.map(|sort| match sort.strip_prefix('-') {
            Some(column) => self.column(column).map(|column| (column.idx, true)),
            None => self.column(sort).map(|column| (column.idx, false)),
        });
        Ok(Sought { sort: sort.transpose()?, conditions: self.conditions(conditions)? })
    }

    fn conditions(&self, text: Option<&str>) -> Result<Vec<Condition>, Refused> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Vec::new()) };
        let all: Vec<Where> = serde_json::from_str(text)
            .map_err(|error| self.wrong(phrase!("serve.where", what = error.to_string())))?;
        if all.len() > CONDITIONS {
            return Err(self.too_many());
        }
        all.into_iter().map(|one| self.condition(one)).collect()
    }

    fn condition(&self, one: Where) -> Result<Condition, Refused> {
        let of = self.column(&one.column)?;
        let wants = match (one.is, one.contains, one.from, one.until) {
            (Some(Value::Null), None, None, None) => Wants::Empty,
            (Some(Value::Array(values)), None, None, None) => {
                if values.len() > VALUES {
                    return Err(self.too_many());
                }
                Wants::Within(values.iter().map(|value| self.span(&of, value)).collect::<Result<_, _>>()?)
            }
            (Some(value), None, None, None) => Wants::Within(vec![self.span(&of, &value)?]),
            (None, Some(_), None, None) if of.kind != Kind::Text => {
                return Err(self.wrong(phrase!("serve.not_text", column = of.name, kind = word(of.kind))));
            }
            (None, Some(letters), None, None) => {
                if letters.chars().count() > VALUES {
                    return Err(self.too_many());
                }
                Wants::Contains(letters)
            }
            (None, None, None, None) => return Err(self.wrong(phrase!("serve.where", what = of.name))),
            (None, None, from, until) => {
                let edge = |value: Option<Value>| {
                    value
                        .map(|value| self.span(&of, &value))
                        .transpose()
                        .map(|span| span.and_then(|span| span.from))
                };
                Wants::Within(vec![Span { from: edge(from)?, until: edge(until)? }])
            }
            _ => return Err(self.wrong(phrase!("serve.where", what = of.name))),
        };
        Ok(Condition { column: of.idx, wants })
    }

    /// The values that a value of a request stands for.
    fn span(&self, of: &Of, value: &Value) -> Result<Span, Refused> {
        let text = crate::cells::plain(value);
        if text.chars().count() > VALUES {
            return Err(self.too_many());
        }
        let alone = |number: i128| (of.kind.key(number), of.kind.key(number));
        let numbers = match of.kind {
            Kind::Text => return Ok(Span::text(&text)),
            Kind::Truth => text.parse::<bool>().ok().map(|truth| alone(i128::from(truth))),
            // What is below all values is none of them, and the first one is none either.
            Kind::Unsigned if text.parse::<i128>().is_ok_and(|number| number < 0) => {
                let first = Some(Edge::Key(0));
                return Ok(Span { from: first.clone(), until: first });
            }
            Kind::Unsigned | Kind::Signed => {
                text.parse::<i64>().map(i128::from).or(text.parse::<u64>().map(i128::from)).ok().map(alone)
            }
            Kind::Date => text.parse::<Date>().ok().map(|date| alone(i128::from(days(date)))),
            Kind::Instant => instants(&text).map(|(first, last)| (of.kind.key(first), of.kind.key(last))),
            Kind::Address => addresses(&text),
        };
        let value = || {
            self.wrong(phrase!(
                "serve.not_value",
                column = of.name.clone(),
                kind = word(of.kind),
                value = text
            ))
        };
        numbers.map(|(first, last)| Span::numbers(first, last)).ok_or_else(value)
    }

    /// That a grid can answer this: a column that is sorted by or compared has its values in order.
    ///
    /// # Errors
    /// The texts of a column hardly repeat.
    pub fn allows(&self, grid: &Grid, sought: &Sought) -> Result<(), Refused> {
        let compared =
            sought.conditions.iter().filter(|condition| matches!(condition.wants, Wants::Within(_)));
        let mut columns =
            compared.map(|condition| condition.column).chain(sought.sort.map(|(column, _)| column));
        columns.try_for_each(|column| self.sorts(grid, column))
    }

    /// That a column has its values in order.
    ///
    /// # Errors
    /// Its texts hardly repeat.
    pub fn sorts(&self, grid: &Grid, column: usize) -> Result<(), Refused> {
        let column = &grid.columns()[column];
        match column.sorts() {
            true => Ok(()),
            false => Err(self.wrong(phrase!("serve.not_sorted", column = column.name.clone()))),
        }
    }

    /// A column whose values lie on a line.
    ///
    /// # Errors
    /// There is none of this name, or it holds something else.
    pub fn measured(&self, name: &str) -> Result<Of, Refused> {
        let of = self.column(name)?;
        match of.kind {
            Kind::Unsigned | Kind::Signed | Kind::Date | Kind::Instant => Ok(of),
            Kind::Text | Kind::Truth | Kind::Address => {
                Err(self.wrong(phrase!("serve.not_stretches", column = of.name, kind = word(of.kind))))
            }
        }
    }

    fn too_many(&self) -> Refused {
        self.wrong(phrase!("serve.where_many", n = CONDITIONS, m = VALUES))
    }

    fn wrong(&self, what: tutela_model::Phrase) -> Refused {
        Refused::wrong(what, self.lang)
    }
}

/// What a column holds, as the description of tables has it.
pub fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Truth => "truth",
        Kind::Unsigned | Kind::Signed => "number",
        Kind::Date => "date",
        Kind::Instant => "instant",
        Kind::Address => "address",
    }
}

fn days(date: Date) -> i64 {
    date.duration_since(Date::constant(1970, 1, 1)).as_secs() / 86_400
}

const DAY_US: i128 = 86_400_000_000;

/// The first and the last microsecond of an instant or of a day in UTC.
fn instants(text: &str) -> Option<(i128, i128)> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some((at.as_microsecond().into(), at.as_microsecond().into()));
    }
    // A date and nothing after it: the time of a day without its zone is none.
    let date = text.parse::<Date>().ok().filter(|_| text.len() == "2026-03-01".len())?;
    let first = i128::from(days(date)) * DAY_US;
    Some((first, first + DAY_US - 1))
}

/// The first and the last address of a prefix, or an address alone.
fn addresses(text: &str) -> Option<(u128, u128)> {
    let address = text.parse::<Address>().map(|address| (address.0, address.0)).ok();
    address.or_else(|| text.parse::<Prefix>().ok().map(|prefix| (prefix.low.0, prefix.high().0)))
}
