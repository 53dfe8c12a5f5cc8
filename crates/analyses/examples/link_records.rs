//! Writes a million made-up records of 420,000 made-up persons as CSV, the same ones each time: `link_records [PERSONS]`.
//!
//! Names and towns are made of syllables, some common and most rare; a tenth of the names and a twentieth of the dates
//! have a slip, values are missing, a quarter of the records have another e-mail address than the person's first.

#![expect(clippy::disallowed_methods, reason = "a measurement reads its arguments and streams")]

use std::fmt::Write as _;
use std::io::Write as _;

fn main() -> std::io::Result<()> {
    let persons: u64 = std::env::args().nth(1).map_or(420_000, |n| n.parse().expect("a number of persons"));
    let mut chance = Chance(7);
    let first_names: Vec<String> = (0..1200).map(|_| name(&mut chance, 2)).collect();
    let surnames: Vec<String> = (0..40_000).map(|_| name(&mut chance, 3)).collect();
    let towns: Vec<String> = (0..600).map(|_| name(&mut chance, 3)).collect();
    let mut rows = Vec::new();
    for person in 0..persons {
        let truth = Person {
            first: common(&mut chance, &first_names).clone(),
            last: common(&mut chance, &surnames).clone(),
            born: (1935 + chance.below(75), 1 + chance.below(12), 1 + chance.below(28)),
            town: common(&mut chance, &towns).clone(),
            email: String::new(),
        };
        let email = address(&mut chance, &truth);
        let truth = Person { email, ..truth };
        for _ in 0..COPIES[chance.below(COPIES.len() as u64) as usize] {
            rows.push((chance.next(), person, truth.copy(&mut chance)));
        }
    }
    rows.sort();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    writeln!(out, "record,first_name,surname,dob,town,email,person")?;
    for (idx, (_, person, row)) in rows.iter().enumerate() {
        writeln!(out, "{idx},{row},{person}")?;
    }
    out.flush()
}

/// Records of a person: 2.37 on average.
const COPIES: [u32; 8] = [1, 1, 2, 2, 2, 3, 3, 5];

struct Person {
    first: String,
    last: String,
    born: (u64, u64, u64),
    town: String,
    email: String,
}

impl Person {
    /// One record of the person, with what goes wrong when people write.
    fn copy(&self, chance: &mut Chance) -> String {
        let mut said = |text: &str, wrong: u64, missing: u64| match chance.below(100) {
            at if at < missing => String::new(),
            at if at < missing + wrong => slip(chance, text),
            _ => text.to_owned(),
        };
        let first = said(&self.first, 10, 3);
        let last = said(&self.last, 10, 3);
        let town = said(&self.town, 5, 15);
        let email = said(&self.email, 3, 15);
        let email = if chance.below(4) == 0 { address(chance, self) } else { email };
        let (year, month, day) = self.born;
        let born = match chance.below(100) {
            0..10 => String::new(),
            10..12 if day <= 12 => format!("{year}-{day:02}-{month:02}"),
            12..14 => format!("{year}-{month:02}-{:02}", 1 + chance.below(28)),
            14..15 => format!("{}-{month:02}-{day:02}", year + 1),
            _ => format!("{year}-{month:02}-{day:02}"),
        };
        format!("{first},{last},{born},{town},{email}")
    }
}

fn address(chance: &mut Chance, person: &Person) -> String {
    let mut local = match chance.below(3) {
        0 => format!("{}.{}", person.first, person.last),
        1 => format!("{}{}", &person.first[..1], person.last),
        _ => name(chance, 3),
    };
    write!(local, "{}@example.{}", chance.below(1000), ["org", "net", "com"][chance.below(3) as usize])
        .expect("a text takes more");
    local
}

/// One of the list, the first ones far more often.
fn common<'a>(chance: &mut Chance, list: &'a [String]) -> &'a String {
    let n = list.len() as u64;
    let widest = chance.below(n) + 1;
    &list[chance.below(widest) as usize]
}

fn name(chance: &mut Chance, syllables: u64) -> String {
    const STARTS: [&str; 16] =
        ["b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "z", "br", "st"];
    const VOWELS: [&str; 6] = ["a", "e", "i", "o", "u", "ia"];
    (0..syllables + chance.below(2))
        .map(|_| format!("{}{}", STARTS[chance.below(16) as usize], VOWELS[chance.below(6) as usize]))
        .collect()
}

/// A letter swapped, left out, doubled or replaced.
fn slip(chance: &mut Chance, text: &str) -> String {
    let mut letters = text.as_bytes().to_vec();
    let at = chance.below(letters.len() as u64 - 1) as usize;
    match chance.below(4) {
        0 => letters.swap(at, at + 1),
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, letters[at]),
        _ => letters[at] = b'a' + chance.below(26) as u8,
    }
    String::from_utf8(letters).expect("names are of plain letters")
}

/// Numbers that look random and are the same each time (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}
