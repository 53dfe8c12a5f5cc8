//! What is handed over together: the report and its pictures, the leads and their findings, and a manifest of
//! digests; for the whole operation, and for each office its own part.

use std::collections::BTreeMap;

use tutela_model::{Digest, Lang};

use crate::next_steps_csv::next_steps_csv;
use crate::rows_jsonl::rows_jsonl;
use crate::{Dossier, Office, Region, ReportError, findings_jsonl, leads_csv, leads_json, pictures, report};

/// The files of all packages, as path and bytes, in the order of the offices' ids. An office without leads has none.
/// A lead whose province is not known is in the package of the national centre. Of a region, only the leads whose province
/// lies there are in any package.
///
/// # Errors
/// When a report cannot be made.
pub fn packages(
    dossier: &Dossier<'_>,
    region: Option<&Region>,
    lang: Lang,
) -> Result<Vec<(String, Vec<u8>)>, ReportError> {
    let offices: BTreeMap<&str, &Office> = dossier
        .leads
        .iter()
        .filter(|lead| Dossier::lies_in(lead, region))
        .map(|lead| Dossier::office(lead))
        .map(|office| (office.id.as_str(), office))
        .collect();
    let mut files = Vec::new();
    for office in offices.into_values() {
        let package = package(&dossier.for_office_in(office, region), lang)?;
        files.extend(package.into_iter().map(|(name, bytes)| (format!("{}/{name}", office.id), bytes)));
    }
    Ok(files)
}

/// The files of one package, by name.
///
/// # Errors
/// When the report cannot be made.
pub fn package(copy: &Dossier<'_>, lang: Lang) -> Result<Vec<(String, Vec<u8>)>, ReportError> {
    let report_name = if lang == Lang::It { "relazione.pdf" } else { "report.pdf" };
    let mut files = vec![
        ("findings.jsonl", findings_jsonl(copy, None, lang).into_bytes()),
        ("leads.csv", leads_csv(copy, lang)),
        ("leads.json", format!("{:#}\n", leads_json(copy, lang)).into_bytes()),
        ("next_steps.csv", next_steps_csv(copy, lang)),
        ("rows.jsonl", rows_jsonl(copy).into_bytes()),
        (report_name, report(copy, lang)?),
    ];
    files.extend(pictures(copy, lang)?.into_iter().map(|picture| (picture.name, picture.svg.into_bytes())));
    files.push(("MANIFEST.sha256", manifest(&files).into_bytes()));
    Ok(files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect())
}

/// Digests in the form that `sha256sum --check` reads.
fn manifest(files: &[(&str, Vec<u8>)]) -> String {
    files.iter().map(|(name, bytes)| format!("{}  {name}\n", Digest::of(bytes))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::Example;

    #[test]
    fn each_lead_is_in_exactly_one_package_and_each_file_is_in_its_manifest() {
        let example = Example::new(6);
        let files: BTreeMap<String, Vec<u8>> =
            packages(&example.dossier(), None, Lang::It).expect("packages").into_iter().collect();
        let text = |path: &str| String::from_utf8(files[path].clone()).expect("UTF-8");
        let mut leads = Vec::new();
        let offices: std::collections::BTreeSet<&str> =
            files.keys().filter_map(|path| path.split('/').next()).collect();
        assert_eq!(
            offices.into_iter().collect::<Vec<_>>(),
            ["cncpo", "cosc-lombardia", "cosc-piemonte-valle-d-aosta"]
        );
        for path in files.keys().filter(|path| path.ends_with("leads.json")) {
            let json: serde_json::Value = serde_json::from_str(&text(path)).expect("JSON");
            let of_office = json["leads"].as_array().expect("leads").iter();
            leads.extend(of_office.map(|lead| lead["lead"].as_str().expect("a lead").to_owned()));
        }
        leads.sort();
        assert_eq!(leads, ["L-001", "L-002", "L-003", "L-004", "L-005", "L-006"]);
        for (path, bytes) in files.iter().filter(|(path, _)| !path.ends_with("MANIFEST.sha256")) {
            let (office, name) = path.split_once('/').expect("a folder");
            let manifest = text(&format!("{office}/MANIFEST.sha256"));
            assert!(manifest.contains(&format!("{}  {name}\n", Digest::of(bytes))), "{path}");
        }
    }

    #[test]
    fn a_region_has_one_package_for_each_of_its_offices_with_its_own_leads_and_no_others() {
        let mut example = Example::new(4);
        // Sicily has two centres; Molise has that of Campania, which has leads of its own.
        let provinces = ["PA", "CT", "CB", "NA"];
        for (lead, province) in example.leads.iter_mut().zip(provinces) {
            lead.province = Some(province.to_owned());
        }
        let (given, estimated) = (example.leads[1].province.take(), &mut example.leads[1].estimated_province);
        *estimated = given;
        let dossier = example.dossier();
        let leads_of = |said: &str| -> Vec<(String, Vec<String>)> {
            let region = crate::region(said).expect("a region");
            let files = packages(&dossier, Some(region), Lang::En).expect("packages");
            let of_leads =
                files.iter().filter_map(|(path, bytes)| Some((path.strip_suffix("/leads.json")?, bytes)));
            let numbers = |bytes: &Vec<u8>| -> Vec<String> {
                let json: serde_json::Value = serde_json::from_slice(bytes).expect("JSON");
                let leads = json["leads"].as_array().expect("leads").iter();
                leads.map(|lead| lead["lead"].as_str().expect("a lead").to_owned()).collect()
            };
            of_leads.map(|(office, bytes)| (office.to_owned(), numbers(bytes))).collect()
        };
        let package = |office: &str, lead: &str| (office.to_owned(), vec![lead.to_owned()]);
        assert_eq!(
            leads_of("Sicily"),
            [package("cosc-sicilia-occidentale", "L-001"), package("cosc-sicilia-orientale", "L-002")]
        );
        assert_eq!(leads_of("Molise"), [package("cosc-campania", "L-003")]);
        assert_eq!(leads_of("Campania"), [package("cosc-campania", "L-004")]);
        assert_eq!(leads_of("Veneto"), []);
    }
}
