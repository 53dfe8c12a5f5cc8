//! Which office a province belongs to: the tables in `data/`, compiled in. Where they come from, `data/README.md` says.

use std::sync::LazyLock;

use tutela_model::Lang;

/// An office that receives leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// Short name for folders: `cosc-lombardia`.
    pub id: String,
    /// Italian name.
    pub name_it: String,
    /// English name.
    pub name_en: String,
    /// Seat.
    pub seat: String,
    /// Region or regions.
    pub region: String,
    /// Codes of the provinces that it covers; none for the national centre.
    pub provinces: Vec<String>,
}

impl Office {
    /// Its name in a language.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        if lang == Lang::It { &self.name_it } else { &self.name_en }
    }
}

/// A province.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Province {
    /// Two letters.
    pub code: String,
    /// Name.
    pub name: String,
    /// Region.
    pub region: String,
}

/// A region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// The code of the national institute of statistics: `03`.
    pub istat: String,
    /// The code of ISO 3166-2: `IT-25`.
    pub iso: String,
    /// Italian name.
    pub name_it: String,
    /// English name.
    pub name_en: String,
    /// Other names in use.
    pub also: Vec<String>,
}

impl Region {
    /// Its name in a language.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        if lang == Lang::It { &self.name_it } else { &self.name_en }
    }

    /// Whether a province, given by its two letters, lies in it.
    #[must_use]
    pub fn holds(&self, code: &str) -> bool {
        match province(code) {
            Some(province) => province.region == self.name_it,
            // A code that only the table of offices knows lies in the region of an office that has one.
            None => office_of(code).is_some_and(|office| office.region == self.name_it),
        }
    }

    fn is_called(&self, said: &str) -> bool {
        let names = [&self.name_it, &self.name_en].into_iter().chain(&self.also);
        said == self.istat
            || said.trim_start_matches('0') == self.istat.trim_start_matches('0')
            || said.eq_ignore_ascii_case(&self.iso)
            || names.map(|name| letters(name)).any(|name| !name.is_empty() && name == letters(said))
    }
}

/// The letters of a name in lower case, without accents, blanks and marks.
fn letters(name: &str) -> String {
    let plain = |c: char| match c {
        'à' | 'á' => 'a',
        'è' | 'é' => 'e',
        'ì' => 'i',
        'ò' => 'o',
        'ù' | 'ü' => 'u',
        other => other,
    };
    name.chars().flat_map(char::to_lowercase).map(plain).filter(|c| c.is_alphabetic()).collect()
}

/// The region that is meant by a name in Italian or English, or by a code.
#[must_use]
pub fn region(said: &str) -> Option<&'static Region> {
    regions().iter().find(|region| region.is_called(said.trim()))
}

/// All regions, in the order of the table.
#[must_use]
pub fn regions() -> &'static [Region] {
    static REGIONS: LazyLock<Vec<Region>> = LazyLock::new(|| {
        let row = |cells: &csv::StringRecord| Region {
            istat: cells[0].to_owned(),
            iso: cells[1].to_owned(),
            name_it: cells[2].to_owned(),
            name_en: cells[3].to_owned(),
            also: cells[4].split("; ").filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        };
        table(include_str!("../data/regions.csv"), row)
    });
    &REGIONS
}

/// The office that covers a province, given by its two letters; none when no table knows the code.
#[must_use]
pub fn office_of(province: &str) -> Option<&'static Office> {
    let covers =
        |office: &&Office| office.provinces.iter().any(|code| code.eq_ignore_ascii_case(province.trim()));
    offices().iter().find(covers)
}

/// The national centre: leads whose province is not known go there.
#[must_use]
pub fn national_centre() -> &'static Office {
    offices()
        .iter()
        .find(|office| office.provinces.is_empty())
        .expect("the shipped table has a national centre")
}

/// All offices, in the order of the table.
#[must_use]
pub fn offices() -> &'static [Office] {
    static OFFICES: LazyLock<Vec<Office>> = LazyLock::new(|| {
        let row = |cells: &csv::StringRecord| Office {
            id: cells[0].to_owned(),
            name_it: cells[1].to_owned(),
            name_en: cells[2].to_owned(),
            seat: cells[3].to_owned(),
            region: cells[4].to_owned(),
            provinces: cells[5].split_whitespace().map(str::to_owned).collect(),
        };
        table(include_str!("../data/offices.csv"), row)
    });
    &OFFICES
}

/// A province by its two letters.
#[must_use]
pub fn province(code: &str) -> Option<&'static Province> {
    provinces().iter().find(|province| province.code.eq_ignore_ascii_case(code.trim()))
}

/// All provinces, in the order of the table.
#[must_use]
pub fn provinces() -> &'static [Province] {
    static PROVINCES: LazyLock<Vec<Province>> = LazyLock::new(|| {
        let row = |cells: &csv::StringRecord| Province {
            code: cells[0].to_owned(),
            name: cells[1].to_owned(),
            region: cells[2].to_owned(),
        };
        table(include_str!("../data/provinces.csv"), row)
    });
    &PROVINCES
}

fn table<T>(text: &str, row: impl Fn(&csv::StringRecord) -> T) -> Vec<T> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    reader.records().map(|record| row(&record.expect("a test reads the shipped table"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_107_provinces_and_each_has_exactly_one_office_of_its_region() {
        assert_eq!(provinces().len(), 107);
        for province in provinces() {
            let of = |office: &&Office| office.provinces.contains(&province.code);
            let covering: Vec<&Office> = offices().iter().filter(of).collect();
            assert_eq!(covering.len(), 1, "{}", province.code);
            assert!(
                covering[0].region.split("; ").any(|region| region == province.region),
                "{}",
                province.code
            );
        }
    }

    #[test]
    fn every_province_lies_in_one_region_and_every_region_has_some_province() {
        assert_eq!(regions().len(), 20);
        for province in provinces() {
            let holding = regions().iter().filter(|region| region.holds(&province.code));
            assert_eq!(holding.count(), 1, "{}", province.code);
        }
        for region in regions() {
            assert!(provinces().iter().any(|province| region.holds(&province.code)), "{}", region.name_it);
        }
        assert!(region("Sardegna").is_some_and(|region| region.holds("ot")), "a code of the offices alone");
    }

    #[test]
    fn a_region_is_meant_by_its_name_in_either_language_or_by_its_code() {
        for (said, meant) in [
            ("Lombardia", "IT-25"),
            ("lombardy", "IT-25"),
            ("03", "IT-25"),
            ("3", "IT-25"),
            ("it-25", "IT-25"),
            (" Tuscany ", "IT-52"),
            ("valle d’aosta", "IT-23"),
            ("Vallée d'Aoste", "IT-23"),
            ("Friuli Venezia Giulia", "IT-36"),
            ("Emilia Romagna", "IT-45"),
            ("sudtirol", "IT-32"),
        ] {
            assert_eq!(region(said).map(|region| region.iso.as_str()), Some(meant), "{said}");
        }
        for said in ["", "0", "Padania", "IT", "25", "MI", "-"] {
            assert_eq!(region(said), None, "{said}");
        }
    }

    #[test]
    fn there_are_18_regional_centres_and_one_national_centre() {
        assert_eq!(offices().iter().filter(|office| !office.provinces.is_empty()).count(), 18);
        assert_eq!(national_centre().id, "cncpo");
    }

    #[test]
    fn a_code_is_found_whatever_its_case_and_an_unknown_one_has_no_office() {
        assert_eq!(office_of("mi ").map(|office| office.id.as_str()), Some("cosc-lombardia"));
        assert_eq!(office_of("IS").map(|office| office.id.as_str()), Some("cosc-campania"));
        assert_eq!(office_of("XX"), None);
        assert_eq!(office_of(""), None);
    }
}
