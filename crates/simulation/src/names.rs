//! Invented people, streets and towns. Every word is coined; only the provinces' letters are real.

use std::ops::Range;

use jiff::civil::Date;

/// Given names: coined, with whether they are read as a woman's.
const GIVEN: [(&str, bool); 48] = [
    ("Zelmira", true),
    ("Oddantio", false),
    ("Briselda", true),
    ("Tarquello", false),
    ("Ulvina", true),
    ("Gherbaldo", false),
    ("Ismarella", true),
    ("Nivardo", false),
    ("Florimel", true),
    ("Quirzio", false),
    ("Dalmantea", true),
    ("Ezzerino", false),
    ("Lumeria", true),
    ("Brandolfo", false),
    ("Vesmina", true),
    ("Orlanzio", false),
    ("Pellegria", true),
    ("Sigibando", false),
    ("Amalvia", true),
    ("Teodrico", false),
    ("Cunilla", true),
    ("Rambaldio", false),
    ("Idrusca", true),
    ("Maltesco", false),
    ("Gisaldra", true),
    ("Fulcherio", false),
    ("Ortelìa", true),
    ("Nicòrso", false),
    ("Belvisa", true),
    ("Astorgio", false),
    ("Clodesia", true),
    ("Umbrenzo", false),
    ("Mirtalda", true),
    ("Guelfredo", false),
    ("Zanobìa", true),
    ("Leucadio", false),
    ("Perigna", true),
    ("Armerico", false),
    ("Selvaggina", true),
    ("Donnolo", false),
    ("Ermizia", true),
    ("Baldovisio", false),
    ("Olcamira", true),
    ("Viterbino", false),
    ("Aldrusia", true),
    ("Calzerio", false),
    ("Nordalba", true),
    ("Ippazio", false),
];

/// Beginnings and ends of family names and streets.
const FAMILY_BEGIN: [&str; 40] = [
    "Quart", "Bramb", "Zorz", "Fald", "Mirv", "Tald", "Gorv", "Pelt", "Olm", "Sbrav", "Crost", "Vald",
    "Ludr", "Ghin", "Farn", "Tresc", "Morg", "Brusc", "Zamb", "Nord", "Scald", "Pont", "Carv", "Rold",
    "Vint", "Mald", "Sorb", "Drag", "Bosq", "Grav", "Lanf", "Perg", "Tarv", "Ughet", "Zuc", "Alber", "Corn",
    "Dolz", "Frass", "Isol",
];
const FAMILY_END: [&str; 30] = [
    "ovio", "anelgi", "ezzani", "uccio", "agnin", "erighi", "olfeni", "àn", "imbeni", "orsi", "aschi",
    "enghi", "ottarli", "ullo", "ardivi", "esani", "ivò", "andri", "occhi", "uzzoli", "avigo", "eroni",
    "izzolo", "ombri", "adelli", "enzoni", "iricò", "ustri", "alfi", "emondi",
];

/// The towns of the whole country, as positions in [`TOWNS`].
pub const ITALY: Range<usize> = 0..36;
/// The towns of the one region in which people are sought on sharing networks.
pub const REGION: Range<usize> = 36..50;

/// Invented municipalities with the letters of a real province.
pub const TOWNS: [(&str, &str); 50] = [
    ("Borgalenzo", "MI"),
    ("Sant'Olmera", "MI"),
    ("Castelbruno Vecchio", "MI"),
    ("Roccavalda", "TO"),
    ("Pianolferra", "TO"),
    ("Montequarzo", "GE"),
    ("Val Sorbina", "GE"),
    ("Pontelugro", "BG"),
    ("Corte Zambra", "BG"),
    ("Vigolzana", "BS"),
    ("Rivamora", "BS"),
    ("Terralmina", "VE"),
    ("Cà Brendola", "VE"),
    ("Selvadura", "PD"),
    ("Ponte Albarno", "PD"),
    ("Fontelice", "BO"),
    ("Castel Gorvina", "BO"),
    ("Marzanola", "FI"),
    ("Poggio Ulveto", "FI"),
    ("Collezurro", "PG"),
    ("Torre Ghinarda", "AN"),
    ("Acquadorma", "RM"),
    ("Montelupra Romana", "RM"),
    ("Casal Perduno", "RM"),
    ("Vallefusca", "LT"),
    ("Serra Ombrosa", "AQ"),
    ("Vico Naldano", "NA"),
    ("Torrebianda", "NA"),
    ("Marina di Zelva", "SA"),
    ("Grottalmara", "BA"),
    ("Masseria Lunga", "LE"),
    ("Pietrasorba", "CS"),
    ("Scoglio Tarvino", "RC"),
    ("Portosilvo", "PA"),
    ("Gibilmara", "CT"),
    ("Nuraddei", "CA"),
    ("Cernalba", "MI"),
    ("Pozzo Liverno", "MI"),
    ("Trezzabruna", "MI"),
    ("Valbrembo Orsina", "BG"),
    ("Ghisalmora", "BG"),
    ("Lonegarda", "BS"),
    ("Palazzuolo Verno", "BS"),
    ("Besozzuno", "VA"),
    ("Lavenalta", "VA"),
    ("Mortalmina", "PV"),
    ("Cantuvera", "CO"),
    ("Erbalunga Brianza", "CO"),
    ("Soresolta", "CR"),
    ("Viadorna", "MN"),
];

/// Names of shops and bars that offer a hotspot or hold a business line.
const SHOPS: [&str; 12] = [
    "Bar Quattrolune",
    "Biblioteca Orsanti",
    "Caffè del Mulo",
    "Pizzeria Zagaroll",
    "Albergo Tre Gufi",
    "Palestra Olmo",
    "Libreria Vetralba",
    "Gelateria Nivea Blu",
    "Officina Tarvello",
    "Studio Pergamena",
    "Ferramenta Zorzan",
    "Lido Ambrone",
];

/// The given name of a number, and whether it is read as a woman's.
#[must_use]
pub fn given(number: u64) -> (&'static str, bool) {
    GIVEN[(number % GIVEN.len() as u64) as usize]
}

/// Whether the given name that a name begins with is read as a woman's.
#[must_use]
pub fn is_woman(name: &str) -> bool {
    let first = name.split(' ').next();
    GIVEN.iter().any(|(given, woman)| Some(*given) == first && *woman)
}

/// The family name of a number.
#[must_use]
pub fn family(number: u64) -> String {
    let begin = FAMILY_BEGIN[(number % 40) as usize];
    let end = FAMILY_END[(number / 40 % 30) as usize];
    format!("{begin}{end}")
}

/// The name of a business of a number.
#[must_use]
pub fn shop(number: u64) -> String {
    format!("{} di {}", SHOPS[(number % SHOPS.len() as u64) as usize], family(number / 16))
}

/// A number below ten million for another one: no two get the same, and their order tells nothing.
#[must_use]
pub fn scramble(number: u32) -> u64 {
    // 7,654,321 has no common factor with ten million.
    (u64::from(number) * 7_654_321 + 4_093_617) % 10_000_000
}

/// The street and house number of a household below 11,520,000: no two households have the same.
#[must_use]
pub fn street(household: u32) -> String {
    const N_STREETS: u64 = 57_600;
    const N_NUMBERS: u64 = 200;
    // 7,654,321 has no common factor with the number of doors.
    let door = (u64::from(household) * 7_654_321 + 2_718_281) % (N_STREETS * N_NUMBERS);
    let (street, number) = (door / N_NUMBERS, door % N_NUMBERS + 1);
    let (given, _) = given(street / 1200);
    format!("Via {given} {} {number}", family(street))
}

/// Letters only, lower case, no accents: for the local part of an e-mail address.
#[must_use]
pub fn plain(name: &str) -> String {
    name.chars()
        .filter_map(|letter| match letter.to_ascii_lowercase() {
            'à' => Some('a'),
            'ì' => Some('i'),
            'ò' => Some('o'),
            'è' => Some('e'),
            letter @ 'a'..='z' => Some(letter),
            _ => None,
        })
        .collect()
}

/// A tax code in the Italian shape (D.M. 23 December 1976) with the right check letter. It belongs to nobody: the
/// letters of the name come from `number`, which makes it unique, and no municipality or state has a code Z9xx.
#[must_use]
pub fn tax_code(number: u32, birth: Date, female: bool) -> String {
    const MONTHS: &[u8; 12] = b"ABCDEHLMPRST";
    const LETTERS: u64 = 26u64.pow(6);
    // 190_659_317 is odd and no multiple of 13, so that different numbers give different letters.
    let mut scrambled = (u64::from(number) * 190_659_317 + 77_310_419) % LETTERS;
    let mut code = String::with_capacity(16);
    for _ in 0..6 {
        code.push((b'A' + (scrambled % 26) as u8) as char);
        scrambled /= 26;
    }
    let day = birth.day() + if female { 40 } else { 0 };
    let month = MONTHS[birth.month() as usize - 1] as char;
    code.push_str(&format!("{:02}{month}{day:02}Z9{:02}", birth.year() % 100, number % 100));
    code.push(check_letter(&code));
    code
}

fn check_letter(code: &str) -> char {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let sum: u32 = code
        .bytes()
        .map(|byte| usize::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' }))
        .enumerate()
        .map(|(idx, value)| if idx % 2 == 0 { ODD[value] } else { value as u32 })
        .sum();
    (b'A' + (sum % 26) as u8) as char
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_check_letter_is_that_of_the_decree() {
        // The specimen code of the Italian revenue agency's own explanation.
        assert_eq!(check_letter("RSSMRA85T10A562"), 'S');
    }

    #[test]
    fn tax_codes_and_streets_are_unique() {
        let birth = date(1980, 2, 29);
        let codes: BTreeSet<_> = (0..20_000).map(|number| tax_code(number * 37, birth, true)).collect();
        assert_eq!(codes.len(), 20_000);
        let streets: BTreeSet<_> = (0..20_000).map(street).collect();
        assert_eq!(streets.len(), 20_000);
    }
}
