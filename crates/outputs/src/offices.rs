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
