//! The rows that findings of leads cite, with what they say, as JSON Lines: fields may be added, never renamed.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use tutela_model::RowRef;

use crate::{Dossier, shown};

/// Each row once, in the order of tables, files received and places. `columns` is null of a row whose content is not at
/// hand.
#[must_use]
pub fn rows_jsonl(dossier: &Dossier<'_>) -> String {
    let findings = dossier.leads.iter().flat_map(|lead| dossier.findings_of(lead));
    let rows: BTreeSet<&RowRef> =
        findings.flat_map(|finding| finding.rows.iter().chain(&finding.against)).collect();
    let line = |row: &RowRef| {
        let columns = dossier.rows.get(row).map(|columns| {
            columns
                .iter()
                .map(|(name, text)| (name.clone(), text.as_str().into()))
                .collect::<Map<String, Value>>()
        });
        json!({
            "table": row.table, "row": row.id().0, "source": row.source, "place": shown::place_json(row),
            "columns": columns,
        })
    };
    rows.into_iter().map(|row| format!("{}\n", line(row))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::Example;
    use crate::office_of;

    #[test]
    fn an_offices_rows_are_those_that_its_leads_cite_each_once_with_what_they_say() {
        let example = Example::new(4);
        let dossier = example.dossier();
        let of = |dossier: &Dossier<'_>| -> BTreeSet<String> {
            rows_jsonl(dossier).lines().map(str::to_owned).collect()
        };
        let (all, milan) = (of(&dossier), of(&dossier.for_office(office_of("MI").expect("an office"))));
        assert!(milan.is_subset(&all) && milan.len() < all.len() && !milan.is_empty());
        assert_eq!(rows_jsonl(&dossier).lines().count(), all.len());
        let connection = milan.iter().find(|line| line.contains("\"table\":\"connection\"")).expect("a row");
        let row: Value = serde_json::from_str(connection).expect("JSON");
        assert_eq!(row["columns"]["event"], "login");
    }
}
