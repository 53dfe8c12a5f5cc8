//! How far two records agree, column by column, and what that says.
//!
//! An agreement has a level (the same, a slip of the hand, a part, nothing) and a rarity.
//! How often records of one person agree at a level is learned (`learn`); how often others do is counted from the
//! values: for a slip, all values within a slip of these; for a beginning, all that begin so; for two parts of a date,
//! all dates with these two parts.
//! Columns that say the same thing twice, such as a town and its postcode, form a dependence group, which counts once,
//! with its strongest.
//! A missing value says nothing.

use std::collections::{BTreeMap, HashMap};

use super::rarity::Rarity;
use super::text::{Near, folded, near};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Names, one or several words in any order.
    Name,
    /// A date, year first or day first.
    Date,
    /// A postcode.
    Postcode,
    /// A town, district or address.
    Place,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A word out of a list: an occupation, a sex.
    Category,
}

impl Kind {
    /// The kinds with their words, as a user writes them.
    pub const WORDS: [(&'static str, Self); 8] = [
        ("name", Self::Name),
        ("date", Self::Date),
        ("postcode", Self::Postcode),
        ("place", Self::Place),
        ("email", Self::Email),
        ("phone", Self::Phone),
        ("category", Self::Category),
        ("dob", Self::Date),
    ];

    /// The kind of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(of, _)| *of == word).map(|(_, kind)| *kind)
    }

    /// The most that an agreement says, in thousandths of log10: starting values, to be lowered by calibration.
    #[must_use]
    pub fn cap(self) -> i32 {
        match self {
            Self::Name => 5000,
            Self::Email | Self::Phone => 4500,
            Self::Date | Self::Postcode => 4000,
            Self::Place => 2000,
            Self::Category => 1500,
        }
    }
}

/// A column as it was received: a text for each record, empty when it is missing.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Its dependence group; columns of the same number count once.
    pub group: u8,
    /// A value for each record.
    pub values: Vec<String>,
}

/// How far two values agree, best first. Not every kind knows every level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// The same.
    Same,
    /// Two words or more agree and none differs; the other record has more.
    Whole,
    /// Two words or more agree, one of them nearly, and none differs.
    WholeNear,
    /// The only word of one agrees with a word of the other.
    One,
    /// A slip of the hand: a swap, a double, a neighbouring key; day and month exchanged.
    Slip,
    /// One letter or digit more, less or other.
    Edit,
    /// Two edits in a long word.
    Far,
    /// A beginning, an initial, or a variant that these records use.
    Short,
    /// Two words or more agree and one differs; two parts of a date agree; the postcode's district.
    Part,
    /// One word agrees and one differs; only the year agrees.
    Less,
    /// One word nearly agrees and one differs.
    LessNear,
    /// Nothing agrees.
    None,
}

impl Level {
    /// The word for it in data.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Whole => "whole",
            Self::WholeNear => "whole_near",
            Self::One => "one_word",
            Self::Slip => "slip",
            Self::Edit => "edit",
            Self::Far => "two_edits",
            Self::Short => "short_form",
            Self::Part => "part",
            Self::Less => "less",
            Self::LessNear => "less_near",
            Self::None => "differs",
        }
    }
}

/// How many levels there are.
pub const LEVELS: usize = Level::None as usize + 1;

/// How two values of a column compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// How far they agree; none when one is missing.
    pub level: Option<Level>,
    /// −log10 of how often others agree so, in thousandths.
    pub rarity: i32,
}

impl Cell {
    const MISSING: Self = Self { level: None, rarity: 0 };

    fn new(level: Level, rarity: i32) -> Self {
        Self { level: Some(level), rarity }
    }
}

/// No value.
pub const MISSING: u32 = u32::MAX;

/// A column made ready for comparing: each distinct value once, read once.
pub struct Ready {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Its dependence group.
    pub group: u8,
    /// The value of each record, or [`MISSING`].
    pub of: Vec<u32>,
    /// The distinct values, sorted.
    pub texts: Vec<String>,
    counts: Vec<u32>,
    whole: Rarity,
    parts: Parts,
}

enum Parts {
    Words(Words),
    Dates(Dates),
    Codes(Codes),
}

impl Ready {
    /// Reads a column. `own` is how many records a person is expected to have.
    #[must_use]
    pub fn new(column: &Column, own: u32) -> Self {
        let (said, said_of) = numbered(column.values.iter().map(String::as_str));
        let canonical: Vec<String> = said.iter().map(|text| canonical(column.kind, text)).collect();
        let (texts, id_of) = ranked(canonical.iter().map(String::as_str));
        let of: Vec<u32> = said_of.iter().map(|said| id_of[*said as usize]).collect();
        let mut counts = vec![0; texts.len()];
        for id in of.iter().filter(|id| **id != MISSING) {
            counts[*id as usize] += 1;
        }
        let parts = match column.kind {
            Kind::Name | Kind::Place | Kind::Category => Parts::Words(Words::new(&texts, &counts, own)),
            Kind::Date => Parts::Dates(Dates::new(&texts, &counts)),
            Kind::Postcode | Kind::Email | Kind::Phone => {
                Parts::Codes(Codes::new(column.kind, &texts, &counts, own))
            }
        };
        let whole = Rarity::new(counts.clone(), own);
        Self {
            name: column.name.clone(),
            kind: column.kind,
            group: column.group,
            of,
            texts,
            counts,
            whole,
            parts,
        }
    }

    /// Counts anew with another expectation of how many records a person has.
    pub fn set_own(&mut self, own: u32) {
        self.whole = Rarity::new(self.counts.clone(), own);
        match &mut self.parts {
            Parts::Words(words) => words.set_own(own),
            Parts::Dates(_) => {}
            Parts::Codes(codes) => codes.heads = Rarity::new(codes.head_counts.clone(), own),
        }
    }

    /// Compares the values of two records.
    #[must_use]
    pub fn compare(&self, a: u32, b: u32) -> Cell {
        let (a, b) = (self.of[a as usize], self.of[b as usize]);
        if a == MISSING || b == MISSING {
            return Cell::MISSING;
        }
        let cap = self.kind.cap();
        if a == b {
            let whole = self.whole.millibans(a, cap);
            let said = match &self.parts {
                Parts::Words(words) => words.same(a, whole, &self.whole, cap),
                _ => whole,
            };
            return Cell::new(Level::Same, said);
        }
        match &self.parts {
            Parts::Words(words) => words.compare(a, b, cap),
            Parts::Dates(dates) => dates.compare(a, b, &self.whole, cap),
            Parts::Codes(codes) => codes.compare(&self.texts, a, b, &self.whole, cap),
        }
    }

    /// The words of a value that its columns are blocked by: words of a name, the district of a postcode.
    pub fn facets(&self, record: u32, of: Facet, put: &mut impl FnMut(u64)) {
        let value = self.of[record as usize];
        if value == MISSING {
            return;
        }
        match (of, &self.parts) {
            (Facet::Whole, _) => put(u64::from(value)),
            (Facet::Word, Parts::Words(words)) => {
                words.of[value as usize].iter().for_each(|word| put(u64::from(*word)));
            }
            (Facet::Start, Parts::Words(words)) => {
                for word in &words.of[value as usize] {
                    let text = words.texts[*word as usize].as_bytes();
                    if text.len() >= 3 {
                        put(u64::from(text[0]) << 16 | u64::from(text[1]) << 8 | u64::from(text[2]));
                    }
                }
            }
            (Facet::Head, Parts::Codes(codes)) => put(u64::from(codes.head_of[value as usize])),
            (Facet::Head, Parts::Dates(dates)) => {
                if let Some(date) = dates.of[value as usize] {
                    put(u64::from(date.year));
                }
            }
            _ => {}
        }
    }

    /// Learns which words stand for each other, such as a name and its short form: pairs of words that records of one
    /// person have in place of each other, with how often.
    pub fn learn_variants(&mut self, pairs: &[(u32, u32)]) {
        if let Parts::Words(words) = &mut self.parts {
            words.learn_variants(pairs.iter().map(|(a, b)| (self.of[*a as usize], self.of[*b as usize])));
        }
    }
}

/// What of a value a blocking key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facet {
    /// The value.
    Whole,
    /// Each of its words.
    Word,
    /// The first three letters of each of its words.
    Start,
    /// The year of a date, the district of a postcode, the part of an address before the @.
    Head,
}

/// The distinct texts in the order in which they first come, and the number of each.
fn numbered<'a>(texts: impl Iterator<Item = &'a str>) -> (Vec<&'a str>, Vec<u32>) {
    let mut ids: HashMap<&str, u32> = HashMap::new();
    let mut distinct = Vec::new();
    let of = texts
        .map(|text| {
            *ids.entry(text).or_insert_with(|| {
                distinct.push(text);
                distinct.len() as u32 - 1
            })
        })
        .collect();
    (distinct, of)
}

/// The distinct texts, sorted, and the rank of each, or [`MISSING`] where it is empty.
fn ranked<'a>(texts: impl Iterator<Item = &'a str>) -> (Vec<String>, Vec<u32>) {
    let (distinct, mut of) = numbered(texts);
    let mut sorted: Vec<u32> = (0..distinct.len() as u32).collect();
    sorted.retain(|number| !distinct[*number as usize].is_empty());
    sorted.sort_unstable_by_key(|number| distinct[*number as usize]);
    let mut rank = vec![MISSING; distinct.len()];
    for (place, number) in sorted.iter().enumerate() {
        rank[*number as usize] = place as u32;
    }
    for number in &mut of {
        *number = rank[*number as usize];
    }
    (sorted.iter().map(|number| distinct[*number as usize].to_owned()).collect(), of)
}

fn canonical(kind: Kind, text: &str) -> String {
    match kind {
        Kind::Email => text.trim().to_lowercase(),
        Kind::Phone => text.chars().filter(char::is_ascii_digit).collect(),
        Kind::Date => day(text).map_or_else(|| folded(text), Day::text),
        Kind::Name | Kind::Postcode | Kind::Place | Kind::Category => folded(text),
    }
}

/// Values of words in any order.
struct Words {
    /// The words of each value, in its order.
    of: Vec<Vec<u32>>,
    texts: Vec<String>,
    counts: Vec<u32>,
    rarity: Rarity,
    /// How many records have a word within one edit, and one that begins so.
    near: Vec<u64>,
    /// What that says.
    near_said: Vec<i32>,
    begins: Vec<u64>,
    /// How many records have a word with this first byte.
    initials: Vec<u64>,
    /// Variants: of the replacements of the first word, in thousandths, how many have the second.
    variants: BTreeMap<(u32, u32), u32>,
}

/// The most that one word says.
const WORD_CAP: i32 = 5000;

/// Words of a value that are compared: more say nothing more.
const MOST_WORDS: usize = 8;

impl Words {
    fn new(values: &[String], value_counts: &[u32], own: u32) -> Self {
        let (texts, numbers) = ranked(values.iter().flat_map(|value| value.split(' ')));
        let mut counts = vec![0; texts.len()];
        let mut numbers = numbers.into_iter();
        let of: Vec<Vec<u32>> = values
            .iter()
            .zip(value_counts)
            .map(|(value, n)| {
                let mut words: Vec<u32> = Vec::new();
                for word in numbers.by_ref().take(value.split(' ').count()) {
                    if !words.contains(&word) && words.len() < MOST_WORDS {
                        words.push(word);
                        counts[word as usize] += n;
                    }
                }
                words
            })
            .collect();
        let near = near_counts(&texts, &counts);
        let mut initials = vec![0; 256];
        let mut sums = vec![0_u64];
        for (text, count) in texts.iter().zip(&counts) {
            initials[text.as_bytes()[0] as usize] += u64::from(*count);
            sums.push(sums[sums.len() - 1] + u64::from(*count));
        }
        let begins = (0..texts.len())
            .map(|word| {
                let text = &texts[word];
                let end = word + texts[word..].partition_point(|other| other.starts_with(text.as_str()));
                sums[end] - sums[word]
            })
            .collect();
        let rarity = Rarity::default();
        let near_said = vec![];
        let mut words =
            Self { of, texts, counts, rarity, near, near_said, begins, initials, variants: BTreeMap::new() };
        words.set_own(own);
        words
    }

    /// The rarity of a value of several words: what its words would let expect, corrected by how often it was seen.
    fn same(&self, value: u32, whole: i32, rarity: &Rarity, cap: i32) -> i32 {
        let words = &self.of[value as usize];
        if words.len() < 2 {
            return whole;
        }
        let expected: i32 = words.iter().map(|word| self.rarity.millibans(*word, cap)).sum();
        // Seen more often than its words explain, it is common; seldom, its words say how rare it is.
        if u64::from(rarity.count(value)) > 50 { whole } else { expected.max(whole).min(cap) }
    }

    fn compare(&self, a: u32, b: u32, cap: i32) -> Cell {
        let (a, b) = (&self.of[a as usize], &self.of[b as usize]);
        let (a, b) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        let mut free = [true; MOST_WORDS];
        let mut left: [u32; MOST_WORDS] = [MISSING; MOST_WORDS];
        let (mut n_left, mut exact, mut said) = (0, 0, 0);
        for word in a {
            if let Some(place) = b.iter().position(|other| other == word) {
                free[place] = false;
                exact += 1;
                said += self.rarity.millibans(*word, cap);
            } else {
                left[n_left] = *word;
                n_left += 1;
            }
        }
        let mut worst = None;
        let mut conflicts = 0;
        for word in &left[..n_left] {
            let best = (0..b.len())
                .filter(|place| free[*place])
                .filter_map(|place| Some((self.near(*word, b[place])?, place)))
                .min_by_key(|((near, rarity), place)| (*near, -*rarity, *place));
            if let Some(((how, rarity), place)) = best {
                free[place] = false;
                worst = worst.max(Some(how));
                said += rarity;
            } else {
                conflicts += 1;
            }
        }
        let matched = a.len() - conflicts;
        let level = match (conflicts, matched, worst) {
            (0, 1, None) => Level::One,
            (0, 1, Some(how)) => how,
            (0, _, None) => Level::Whole,
            (0, ..) => Level::WholeNear,
            (_, 0, _) => Level::None,
            (_, 1, None) => Level::Less,
            (_, 1, Some(_)) => Level::LessNear,
            _ if exact == 0 => Level::LessNear,
            _ => Level::Part,
        };
        if level == Level::None { Cell::new(level, 0) } else { Cell::new(level, said.min(cap)) }
    }

    /// How two words nearly agree, and how rare that is.
    fn near(&self, a: u32, b: u32) -> Option<(Level, i32)> {
        let (text_a, text_b) = (&self.texts[a as usize], &self.texts[b as usize]);
        let most = |of: &[u64]| of[a as usize].max(of[b as usize]);
        let variant = self.variants.get(&(a, b)).max(self.variants.get(&(b, a))).copied();
        let found = near(text_a, text_b).map(|how| match how {
            Near::Slip => (Level::Slip, self.near_said[a as usize].min(self.near_said[b as usize])),
            Near::Edit => (Level::Edit, self.near_said[a as usize].min(self.near_said[b as usize])),
            Near::Far => (Level::Far, self.rarity.of_count(20 * (most(&self.near) + 1), WORD_CAP)),
            Near::Start => {
                let short = if text_a.len() < text_b.len() { a } else { b };
                (Level::Short, self.rarity.of_count(self.begins[short as usize], WORD_CAP))
            }
            Near::Initial => {
                (Level::Short, self.rarity.of_count(self.initials[text_a.as_bytes()[0] as usize], WORD_CAP))
            }
        });
        let variant = variant.map(|share| {
            let common = self.rarity.count(a).min(self.rarity.count(b));
            (Level::Short, self.rarity.of_count(u64::from(common) * 1000 / u64::from(share.max(1)), WORD_CAP))
        });
        match (found, variant) {
            (Some((Level::Far | Level::Short, rarity)), Some(variant)) if variant.1 > rarity => Some(variant),
            (Some(found), _) => Some(found),
            (None, variant) => variant,
        }
    }

    fn set_own(&mut self, own: u32) {
        self.rarity = Rarity::new(self.counts.clone(), own);
        self.near_said = self.near.iter().map(|count| self.rarity.of_count(*count, WORD_CAP)).collect();
    }

    fn learn_variants(&mut self, pairs: impl Iterator<Item = (u32, u32)>) {
        const SEEN: u32 = 5;
        const TIMES: u64 = 8;
        let mut seen: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        let mut of_word: BTreeMap<u32, u32> = BTreeMap::new();
        let mut all = 0_u64;
        for (a, b) in pairs.filter(|(a, b)| a != b && *a != MISSING && *b != MISSING) {
            let (a, b) = (&self.of[a as usize], &self.of[b as usize]);
            let only = |of: &[u32], not: &[u32]| -> Vec<u32> {
                of.iter().copied().filter(|word| !not.contains(word)).collect()
            };
            let (only_a, only_b) = (only(a, b), only(b, a));
            let ([a], [b]) = (&only_a[..], &only_b[..]) else { continue };
            all += 1;
            *seen.entry((*a.min(b), *a.max(b))).or_default() += 1;
            *of_word.entry(*a).or_default() += 1;
            *of_word.entry(*b).or_default() += 1;
        }
        self.variants.clear();
        for ((a, b), n) in seen {
            let (of_a, of_b) = (of_word[&a], of_word[&b]);
            let more_than_chance = u64::from(n) * all > TIMES * u64::from(of_a) * u64::from(of_b) / 2;
            if n >= SEEN && more_than_chance {
                let share = 1000 * n / of_a.min(of_b);
                self.variants.insert((a, b), share);
            }
        }
    }
}

/// For each word, how many records have another within one edit: words that share what is left when a letter is taken
/// away (Garbe's symmetric deletion).
fn near_counts(texts: &[String], counts: &[u32]) -> Vec<u64> {
    let mut left: Vec<(u64, u32)> = Vec::new();
    for (word, text) in texts.iter().enumerate().filter(|(_, text)| (3..=40).contains(&text.len())) {
        let bytes = text.as_bytes();
        left.push((hash(bytes, bytes.len()), word as u32));
        left.extend((0..bytes.len()).map(|without| (hash(bytes, without), word as u32)));
    }
    left.sort_unstable();
    left.dedup();
    let mut near = vec![0; texts.len()];
    for alike in left.chunk_by(|a, b| a.0 == b.0) {
        let all: u64 = alike.iter().map(|(_, word)| u64::from(counts[*word as usize])).sum();
        for (_, word) in alike {
            near[*word as usize] += all - u64::from(counts[*word as usize]);
        }
    }
    // The word itself is nearer still.
    near.iter().zip(counts).map(|(near, count)| near + u64::from(*count)).collect()
}

/// FNV-1a over the bytes without one.
fn hash(bytes: &[u8], without: usize) -> u64 {
    let kept = bytes.iter().enumerate().filter(|(idx, _)| *idx != without);
    kept.fold(0xcbf2_9ce4_8422_2325, |hash, (_, byte)| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Year, month and day; a part that cannot be stays as it was written, for it may be a slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    fn text(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

struct Dates {
    of: Vec<Option<Day>>,
    /// How many records have this year and month, year and day, month and day, year.
    parts: BTreeMap<(u8, u32), u64>,
}

impl Dates {
    fn new(texts: &[String], counts: &[u32]) -> Self {
        let of: Vec<Option<Day>> = texts.iter().map(|text| day(text)).collect();
        let mut parts = BTreeMap::new();
        for (day, count) in of.iter().zip(counts) {
            for part in day.iter().flat_map(|day| (0..4).map(|which| part(*day, which))) {
                *parts.entry(part).or_default() += u64::from(*count);
            }
        }
        Self { of, parts }
    }

    fn compare(&self, a: u32, b: u32, rarity: &Rarity, cap: i32) -> Cell {
        let (Some(a), Some(b)) = (self.of[a as usize], self.of[b as usize]) else {
            return Cell::new(Level::None, 0);
        };
        if a.year == b.year && a.month == b.day && a.day == b.month {
            return Cell::new(Level::Slip, rarity.of_count(self.parts[&part(a, 3)] / 100, cap));
        }
        let alike = [(a.year, b.year), (a.month.into(), b.month.into()), (a.day.into(), b.day.into())];
        let differ: Vec<usize> = (0..3).filter(|which| alike[*which].0 != alike[*which].1).collect();
        match differ[..] {
            [which] => {
                let (a_part, b_part) = alike[which];
                let width = if which == 0 { 4 } else { 2 };
                let digit = one_digit(a_part, b_part, width);
                // The two parts that agree: without the day, without the month, without the year.
                let count = self.parts[&part(a, 2 - which as u8)];
                let count = if digit { count / 3 } else { count };
                Cell::new(if digit { Level::Edit } else { Level::Part }, rarity.of_count(count, cap))
            }
            _ if a.year == b.year => Cell::new(Level::Less, rarity.of_count(self.parts[&part(a, 3)], cap)),
            _ => Cell::new(Level::None, 0),
        }
    }
}

/// 0: year and month; 1: year and day; 2: month and day; 3: year.
fn part(day: Day, which: u8) -> (u8, u32) {
    let (year, month, of_month) = (u32::from(day.year), u32::from(day.month), u32::from(day.day));
    let value = match which {
        0 => year * 100 + month,
        1 => year * 100 + of_month,
        2 => month * 100 + of_month,
        _ => year,
    };
    (which, value)
}

/// Whether two numbers differ by one digit, or by two neighbours swapped.
fn one_digit(a: u16, b: u16, width: usize) -> bool {
    let digits = |number: u16| format!("{number:0width$}").into_bytes();
    let (a, b) = (digits(a), digits(b));
    let differ: Vec<usize> = (0..a.len().min(b.len())).filter(|idx| a[*idx] != b[*idx]).collect();
    match differ[..] {
        [_] => true,
        [i, j] => j == i + 1 && a[i] == b[j] && a[j] == b[i],
        _ => false,
    }
}

/// Reads `2001-12-31`, `20011231`, `31/12/2001`, `31.12.2001`.
fn day(text: &str) -> Option<Day> {
    let numbers: Vec<&str> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let (year, month, day) = match numbers[..] {
        [year, month, day, ..] if year.len() == 4 => (year, month, day),
        [day, month, year, ..] if year.len() == 4 => (year, month, day),
        [whole] if whole.len() == 8 => (&whole[..4], &whole[4..6], &whole[6..]),
        _ => return None,
    };
    Some(Day { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? })
}

/// Values compared as one code, with a head that many share.
struct Codes {
    head_of: Vec<u32>,
    head_counts: Vec<u32>,
    heads: Rarity,
    near: Vec<u64>,
}

impl Codes {
    fn new(kind: Kind, texts: &[String], counts: &[u32], own: u32) -> Self {
        let (names, head_of) = ranked(texts.iter().map(|text| head(kind, text)));
        let mut head_counts = vec![0; names.len()];
        for (head, count) in head_of.iter().zip(counts) {
            if let Some(of_head) = head_counts.get_mut(*head as usize) {
                *of_head += count;
            }
        }
        let heads = Rarity::new(head_counts.clone(), own);
        Self { head_of, head_counts, heads, near: near_counts(texts, counts) }
    }

    fn compare(&self, texts: &[String], a: u32, b: u32, rarity: &Rarity, cap: i32) -> Cell {
        let near_count = self.near[a as usize].max(self.near[b as usize]);
        let (head_a, head_b) = (self.head_of[a as usize], self.head_of[b as usize]);
        match near(&texts[a as usize], &texts[b as usize]) {
            Some(Near::Slip) => Cell::new(Level::Slip, rarity.of_count(near_count, cap)),
            Some(Near::Edit) => Cell::new(Level::Edit, rarity.of_count(near_count, cap)),
            Some(Near::Far) if head_a != head_b => {
                Cell::new(Level::Far, rarity.of_count(20 * (near_count + 1), cap))
            }
            _ if head_a == head_b && head_a != MISSING => {
                Cell::new(Level::Part, self.heads.millibans(head_a, cap))
            }
            _ => Cell::new(Level::None, 0),
        }
    }
}

/// The district of a postcode, the part of an address before the @, a number without its country.
fn head(kind: Kind, text: &str) -> &str {
    match kind {
        Kind::Email => text.split('@').next().unwrap_or(text),
        Kind::Phone => text.get(text.len().saturating_sub(8)..).unwrap_or(text),
        _ => text.split_once(' ').map_or_else(|| text.get(..3).unwrap_or(text), |(head, _)| head),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(kind: Kind, a: &str, b: &str) -> Option<Level> {
        let values = vec![a.to_owned(), b.to_owned()];
        let ready = Ready::new(&Column { name: "x".into(), kind, group: 0, values }, 1);
        let cell = ready.compare(0, 1);
        assert_eq!(cell, ready.compare(1, 0), "{a} {b}");
        cell.level
    }

    #[test]
    fn levels_are_those_a_reader_would_give() {
        for (kind, a, b, expected) in [
            (Kind::Name, "Maria Rossi", "ROSSI, Maria", Some(Level::Whole)),
            (Kind::Name, "Maria Rossi", "Maria Rosis", Some(Level::WholeNear)),
            (Kind::Name, "Maria Rossi", "Maria Verdi", Some(Level::Less)),
            (Kind::Name, "Maria Rossi", "M. Rossi", Some(Level::WholeNear)),
            (Kind::Name, "Rossi", "Rossa", Some(Level::Edit)),
            (Kind::Name, "Rossi", "Verdi", Some(Level::None)),
            (Kind::Name, "Rossi", "", None),
            (Kind::Date, "2001-02-03", "03/02/2001", Some(Level::Same)),
            (Kind::Date, "2001-02-03", "2001-03-02", Some(Level::Slip)),
            (Kind::Date, "2001-02-03", "2001-02-08", Some(Level::Edit)),
            (Kind::Date, "2001-02-03", "2001-02-25", Some(Level::Part)),
            (Kind::Date, "2001-02-03", "2001-11-25", Some(Level::Less)),
            (Kind::Date, "2001-02-03", "1990-11-25", Some(Level::None)),
            (Kind::Postcode, "tq13 8df", "tq13 8fd", Some(Level::Slip)),
            (Kind::Postcode, "tq13 8df", "tq13 9xx", Some(Level::Part)),
            (Kind::Postcode, "00184", "00199", Some(Level::Part)),
            (Kind::Email, "m.rossi@example.org", "m.rossi@example.com", Some(Level::Part)),
            (Kind::Phone, "+39 333 0001234", "3330001234", Some(Level::Part)),
        ] {
            assert_eq!(level(kind, a, b), expected, "{a} {b}");
        }
    }
}
