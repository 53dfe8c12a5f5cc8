//! Nicknames: how near two are, and how rare what they share is among the accounts of the operation.
//!
//! Case, accents and script are folded (Cyrillic and Greek by a table after ISO 9 and ISO 843, letters without a Latin
//! one of their own by sound); marks between words, numbers before and after, digits written for letters and what
//! many put around a name are taken off at a discount, a greater one where the numbers differ; one slip of the hand
//! is nearer than one other letter.
//! A nickname is typed in at will and copied: what it says is capped low, and a common one says nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::linkage::scale::millibans;
use crate::linkage::text::{Near, folded, near};

/// What a nickname says at most.
pub const AT_MOST: i32 = 2000;

/// log10 of how often one person uses the same nickname on two platforms, some three times in ten.
const SAME_PERSON: i32 = -523;

/// Accounts of the expectation that stand against those that were counted, and how many of them, in tenths, have any one
/// nickname.
const EXPECTED: (u64, u64) = (200, 2);

/// How many accounts with a nickname one person is expected to have.
const OWN: u64 = 2;

/// What a difference takes off.
const STRIPPED: i32 = 500;
const OTHER_NUMBER: i32 = 1000;
const SLIP: i32 = 700;
const EDIT: i32 = 1000;

/// The shortest core that is compared, and the shortest in which a letter may differ: short words are all near others.
const SHORTEST: usize = 4;
const SHORTEST_NEAR: usize = 6;

/// The most common nicknames say nothing, from this many accounts on.
const TOP: usize = 10;
const COMMON: u32 = 4;
/// A word that so many different nicknames are made of says nothing when it stands alone.
const DICTIONARY: usize = 3;

/// What is put around names.
const AFFIXES: &[&str] = &["official", "real", "the", "mister", "mr", "il", "la"];

/// A nickname in the forms in which it is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nickname {
    /// Folded, with its numbers and words.
    said: String,
    /// Without numbers around it, digits in it read as letters; and with the last digit read as a letter.
    cores: Vec<String>,
    /// Its words.
    words: Vec<String>,
    /// The number at its end.
    number: String,
}

impl Nickname {
    /// None where too little is left to compare.
    pub fn of(said: &str) -> Option<Self> {
        let plain: String = said.chars().flat_map(char::to_lowercase).map(Letter::of).collect();
        let said = folded(&plain);
        let words = said.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 2);
        let words = words.map(str::to_owned).collect();
        let joined: String = said.split(' ').filter(|word| !AFFIXES.contains(word)).collect();
        let bare = joined.trim_matches(|c: char| c.is_ascii_digit());
        let mut cores = vec![core(bare)];
        // A single digit at the end may be a letter of the word.
        let trailing = joined.len() - joined.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        if trailing == 1 {
            cores.push(core(joined.trim_start_matches(|c: char| c.is_ascii_digit())));
        }
        cores.retain(|core| core.chars().count() >= SHORTEST);
        let number = joined[joined.len() - trailing..].to_owned();
        (!cores.is_empty()).then_some(Self { said, cores, words, number })
    }

    /// What is left of it without what is put around, in one or two readings: the same core makes two accounts worth
    /// comparing.
    pub fn cores(&self) -> &[String] {
        &self.cores
    }

    /// Both as they were compared, in an order of their own.
    pub fn both(&self, other: &Self) -> String {
        if self.said == other.said {
            return self.said.clone();
        }
        let (one, two) = (self.said.as_str().min(&other.said), self.said.as_str().max(&other.said));
        format!("{one} ~ {two}")
    }

    /// How near another is, as what the difference takes off; none when they are not near.
    fn discount(&self, other: &Self) -> Option<i32> {
        if self.said == other.said {
            return Some(0);
        }
        if self.cores.iter().any(|core| other.cores.contains(core)) {
            let numbers = !self.number.is_empty() && !other.number.is_empty() && self.number != other.number;
            return Some(if numbers { OTHER_NUMBER } else { STRIPPED });
        }
        let (one, two) = (&self.cores[0], &other.cores[0]);
        let long = |word: &str| word.is_ascii() && word.len() >= SHORTEST_NEAR;
        match (long(one) && long(two)).then(|| near(one, two)).flatten() {
            Some(Near::Slip) => Some(SLIP),
            Some(Near::Edit) => Some(EDIT),
            _ => None,
        }
    }
}

/// Digits for letters, as they are read; and what is put around without being a word.
fn core(said: &str) -> String {
    let letter = |c: char| match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        '8' => 'b',
        '9' => 'g',
        other => other,
    };
    let letters: String = said.chars().map(letter).collect();
    let inside = letters.trim_start_matches("xx").trim_end_matches("xx");
    let inside = if inside.len() < SHORTEST { &letters } else { inside };
    inside.to_owned()
}

/// Letters of other scripts in Latin ones, and marks between words as blanks.
enum Letter {}

impl Letter {
    fn of(c: char) -> String {
        const TABLE: &[(&str, &[&str])] = &[
            (
                "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґўјљњћђџ",
                &[
                    "a", "b", "v", "g", "d", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r",
                    "s", "t", "u", "f", "h", "c", "ch", "sh", "sh", "", "i", "", "e", "yu", "ya", "e", "i",
                    "i", "e", "g", "u", "j", "l", "n", "c", "d", "dz",
                ],
            ),
            (
                "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ",
                &[
                    "a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r",
                    "s", "t", "i", "f", "h", "ps", "o", "s", "a", "e", "i", "i", "o", "i", "o", "i", "i",
                    "i", "i",
                ],
            ),
        ];
        let found = TABLE.iter().find_map(|(letters, latin)| {
            letters.chars().position(|letter| letter == c).map(|position| latin[position])
        });
        match found {
            Some(latin) => latin.to_owned(),
            None if matches!(c, '.' | '\'' | '_' | '-') => " ".to_owned(),
            None => c.to_string(),
        }
    }
}

/// How common the nicknames of the operation are.
#[derive(Default)]
pub struct Nicknames {
    /// Accounts by core.
    counts: BTreeMap<String, u32>,
    /// Different nicknames by word.
    words: BTreeMap<String, BTreeSet<String>>,
    /// The most common cores.
    top: BTreeSet<String>,
    /// Accounts that have one.
    n: u64,
}

impl Nicknames {
    /// Counts those of all accounts.
    pub fn count<'a>(accounts: impl Iterator<Item = &'a [Nickname]>) -> Self {
        let mut all = Self::default();
        for nicknames in accounts.filter(|nicknames| !nicknames.is_empty()) {
            all.n += 1;
            let cores: BTreeSet<&String> = nicknames.iter().map(|nickname| &nickname.cores[0]).collect();
            for core in cores {
                *all.counts.entry(core.clone()).or_default() += 1;
            }
            for nickname in nicknames {
                for word in &nickname.words {
                    let of_word = all.words.entry(word.clone()).or_default();
                    if of_word.len() <= DICTIONARY {
                        of_word.insert(nickname.cores[0].clone());
                    }
                }
            }
        }
        let mut common: Vec<(&String, &u32)> = all.counts.iter().filter(|(_, n)| **n >= COMMON).collect();
        common.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
        all.top = common.into_iter().take(TOP).map(|(core, _)| core.clone()).collect();
        all
    }

    /// What two nicknames say for one person, in thousandths of log10; none when they are not near.
    pub fn weigh(&self, a: &Nickname, b: &Nickname) -> Option<i32> {
        let discount = a.discount(b)?;
        if self.is_common(a) || self.is_common(b) {
            return Some(0);
        }
        let count = |nickname: &Nickname| self.counts.get(&nickname.cores[0]).copied().unwrap_or(1);
        // What is near has the accounts of both.
        let n = if a.cores[0] == b.cores[0] { count(a) } else { count(a) + count(b) };
        let others = u64::from(n).saturating_sub(OWN);
        let rarity = millibans((EXPECTED.0 + self.n) * 10, others * 10 + EXPECTED.1);
        Some(((rarity + SAME_PERSON).min(AT_MOST) - discount).max(0))
    }

    /// Whether a nickname is one of the most common, or a word that many others are made of.
    fn is_common(&self, nickname: &Nickname) -> bool {
        let core = &nickname.cores[0];
        let parts = self.words.get(core);
        self.top.contains(core) || parts.is_some_and(|nicknames| nicknames.len() > DICTIONARY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nickname(said: &str) -> Nickname {
        Nickname::of(said).expect("long enough")
    }

    /// What two say among some hundred others.
    fn among_others(a: &str, b: &str, others: &[&str]) -> Option<i32> {
        let made: Vec<Vec<Nickname>> = (0..100_u8)
            .map(|n| {
                let tail: String = [n / 26, n % 26].map(|part| char::from(b'a' + part)).iter().collect();
                vec![nickname(&format!("qualcuno{tail}"))]
            })
            .chain(others.iter().map(|other| vec![nickname(other)]))
            .chain([vec![nickname(a)], vec![nickname(b)]])
            .collect();
        Nicknames::count(made.iter().map(Vec::as_slice)).weigh(&nickname(a), &nickname(b))
    }

    #[test]
    fn the_nearer_two_nicknames_are_the_more_they_say_and_never_more_than_the_cap() {
        for (a, b, expected) in [
            ("Mirtillo.Blu", "mirtillo_blu", Some(AT_MOST)),
            ("mirtilloblu", "Mirtillò Blu", Some(AT_MOST - STRIPPED)),
            ("Миртилло", "mirtillo", Some(AT_MOST)),
            ("Μιρτιλο", "mirtilo", Some(AT_MOST)),
            ("xx_mirtillo_xx", "mirtillo77", Some(AT_MOST - STRIPPED)),
            ("m1rt1ll0", "the.mirtillo", Some(AT_MOST - STRIPPED)),
            ("mirtillo77", "mirtillo 81", Some(AT_MOST - OTHER_NUMBER)),
            ("mirtillo", "mirtiklo", Some(AT_MOST - SLIP)),
            ("mirtillo", "mirtilno", Some(AT_MOST - EDIT)),
            ("mirtillo", "nebbia", None),
        ] {
            assert_eq!(among_others(a, b, &[]), expected, "{a} {b}");
            assert_eq!(among_others(b, a, &[]), expected, "{b} {a}");
        }
    }

    #[test]
    fn a_nickname_that_many_have_says_less_and_the_most_common_nothing() {
        let rare = among_others("mirtillo1", "mirtillo", &[]);
        let shared = among_others("mirtillo1", "mirtillo", &["mirtillo3"]);
        assert!(shared < rare && shared > Some(0), "{shared:?} {rare:?}");
        let common = ["mirtillo3", "mirtillo4", "mirtillo5"];
        assert_eq!(among_others("mirtillo1", "mirtillo", &common), Some(0));
    }

    #[test]
    fn a_word_that_other_nicknames_are_made_of_says_nothing_alone() {
        let made_of_it = ["cometa blu", "cometa nord", "vecchia cometa", "cometa due"];
        assert_eq!(among_others("cometa", "Cometa", &made_of_it), Some(0));
        assert!(among_others("cometa storta", "cometa.storta", &made_of_it) > Some(0));
    }

    #[test]
    fn what_is_too_short_or_no_word_is_not_compared() {
        for said in ["", "ab", "12345", "...", "x1"] {
            assert_eq!(Nickname::of(said), None, "{said}");
        }
    }
}
