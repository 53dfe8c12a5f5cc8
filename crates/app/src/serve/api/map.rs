//! The provinces, with the leads that lie in each.

use std::collections::BTreeMap;

use serde::Serialize;
use tutela_model::finding::PersonStatus;
use tutela_outputs::sharing::outlines::{Outline, provinces};
use tutela_outputs::{Dossier, office_of};
use utoipa::ToSchema;

use super::asked::Asked;
use crate::serve::answer::{Answer, Refused};

/// The provinces as shapes of one plane, with their leads.
#[derive(Serialize, ToSchema)]
pub struct Map {
    /// `tutela.map/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// The plane's width, in its units; y grows downwards.
    width: i32,
    /// The plane's height.
    height: i32,
    /// Whom the shapes are from, to be written beside them.
    #[schema(value_type = String)]
    source: &'static str,
    /// The provinces by code.
    provinces: Vec<Province>,
    /// Lines between provinces of one region, as SVG writes paths.
    inner: String,
    /// Lines between regions, and to the sea and other countries.
    outer: String,
    /// Leads that no record and no list places in a province.
    elsewhere: u64,
}

/// A province with its leads.
#[derive(Serialize, ToSchema)]
struct Province {
    /// Two letters.
    #[schema(value_type = String)]
    code: &'static str,
    /// Its name.
    #[schema(value_type = String)]
    name: &'static str,
    /// Its region.
    #[schema(value_type = String)]
    region: &'static str,
    /// Where its code is written, from the left.
    x: i32,
    /// And from above.
    y: i32,
    /// Its border, as SVG writes paths.
    path: String,
    /// The office that acts there.
    office: Option<String>,
    /// That office's name.
    office_name: Option<String>,
    /// Its leads.
    leads: Vec<LeadOnMap>,
}

/// A lead, as a map tells it.
#[derive(Clone, Serialize, ToSchema)]
struct LeadOnMap {
    /// Its number.
    lead: String,
    /// Whether its accounts are tied to a person.
    identified: bool,
    /// Whether its province is an estimate by a list of address ranges: no evidence of a place.
    estimated: bool,
}

/// The line that the licence of the shapes asks for.
const SOURCE: &str = "ISTAT / openpolis, CC BY 4.0";

/// Tells the provinces with their leads.
#[utoipa::path(get, path = "/map", responses((status = 200, body = Map), (status = "4XX", body = Refused)))]
pub async fn map(asked: Asked) -> Answer<Map> {
    asked
        .show(("map", "all".to_owned()), |_, opened, run| {
            let mut leads: BTreeMap<String, Vec<LeadOnMap>> = BTreeMap::new();
            let mut elsewhere = 0;
            if let Some(gathered) = opened.gathered(run)? {
                for lead in gathered.leads() {
                    let Some((code, estimated)) = Dossier::province_of(lead) else {
                        elsewhere += 1;
                        continue;
                    };
                    let identified = lead.status == PersonStatus::Identified;
                    let told = LeadOnMap { lead: lead.lead.clone(), identified, estimated };
                    leads.entry(code.to_owned()).or_default().push(told);
                }
            }
            let shapes = provinces();
            let province = |outline: Outline| {
                let office = office_of(outline.code);
                Province {
                    code: outline.code,
                    name: outline.name,
                    region: outline.region,
                    x: outline.label.0,
                    y: outline.label.1,
                    path: outline.path,
                    office: office.map(|office| office.id.clone()),
                    office_name: office.map(|office| office.name(run.lang).to_owned()),
                    leads: leads.remove(outline.code).unwrap_or_default(),
                }
            };
            let provinces = shapes.provinces.into_iter().map(province).collect();
            // A code that the map does not have is a place all the same.
            elsewhere += leads.values().map(|leads| leads.len() as u64).sum::<u64>();
            Ok(Ok(Map {
                schema: "tutela.map/1",
                width: shapes.width,
                height: shapes.height,
                source: SOURCE,
                provinces,
                inner: shapes.inner,
                outer: shapes.outer,
                elsewhere,
            }))
        })
        .await
}
