//! What becomes of a lead when sources are left out: all analyses again, on the tables without them.
//!
//! Nothing is estimated: the answer is what the program would say if the files had not been received.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use arrow_array::RecordBatch;
use tutela_model::finding::Without;
use tutela_model::place::Digest;
use tutela_model::table::{Part, TableInfo, TablesError};
use tutela_model::{Decisions, Lead, Strength, Tables};

/// Derives everything without the sources, and looks for what has become of the lead.
///
/// # Errors
/// A stored table could not be read.
pub fn without(
    tables: &dyn Tables,
    decisions: &Decisions,
    lead: &Lead,
    sources: &BTreeSet<Digest>,
) -> Result<Without, TablesError> {
    let derived = crate::derive(&Hidden { tables, sources }, decisions, &mut |_| {})?;
    Ok(compared(lead, &derived.leads))
}

/// What has become of a lead among the leads of another derivation: the one that holds most of its accounts, or for a peer
/// that exhibits name, the one on that peer.
fn compared(lead: &Lead, others: &[Lead]) -> Without {
    let n_of = |of: &[String], theirs: &[String]| theirs.iter().filter(|one| of.contains(one)).count();
    let n_shared = |other: &&Lead| match lead.accounts.is_empty() {
        false => n_of(&lead.accounts, &other.accounts),
        true => n_of(&lead.peers, &other.peers),
    };
    // Leads are ranked: of equals the first is the best.
    let heir = others.iter().rev().max_by_key(n_shared).filter(|other| n_shared(other) > 0);
    let Some(heir) = heir else {
        return Without {
            status: None,
            name_said: None,
            strength: Strength(0),
            lines_lost: lead.lines.clone(),
            accounts_apart: lead.accounts.clone(),
            gates_failed: Vec::new(),
        };
    };
    let lost = |of: &[String], kept: &[String]| -> Vec<String> {
        of.iter().filter(|one| !kept.contains(one)).cloned().collect()
    };
    let passed = |name: &str| lead.gates.iter().any(|gate| gate.name == name && gate.passed);
    let failed = heir.gates.iter().filter(|gate| !gate.passed && passed(&gate.name));
    Without {
        status: Some(heir.status),
        name_said: heir.name_said.clone(),
        strength: heir.strength,
        lines_lost: lost(&lead.lines, &heir.lines),
        accounts_apart: lost(&lead.accounts, &heir.accounts),
        gates_failed: failed.map(|gate| gate.name.clone()).collect(),
    }
}

/// Tables without the rows of some sources.
struct Hidden<'a> {
    tables: &'a dyn Tables,
    sources: &'a BTreeSet<Digest>,
}

impl Tables for Hidden<'_> {
    fn parts(&self, table: &TableInfo) -> Vec<Part> {
        let mut parts = self.tables.parts(table);
        parts.retain(|part| !self.sources.contains(&part.source));
        parts
    }

    fn scan(
        &self,
        table: &TableInfo,
        part: &Part,
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        self.tables.scan(table, part, columns, each)
    }
}
