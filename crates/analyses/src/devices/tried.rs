//! Which lists exhibits were held against, and how many of their files could be looked up: what no list knows says nothing
//! where none was tried.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::table::TablesError;
use tutela_model::tables::{GRADES, GRADES_IN_DISPUTE, ListTried};
use tutela_model::{RowRef, Table, Tables, Text};

use super::each_row;

/// A list by its name and version.
pub type Name = (Text, Option<Text>);

/// A list as sentences name it.
pub fn told((list, version): &Name) -> String {
    version.as_ref().map_or_else(|| list.to_string(), |version| format!("{list} {version}"))
}

/// That an exhibit was held against a list. Of several times the one with most files counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Try {
    /// How many files the exhibit had then; of a perceptual list, pictures and films.
    pub n_files: u64,
    /// How many could be looked up.
    pub n_looked_up: u64,
    /// The row.
    pub row: RowRef,
}

/// What was tried on exhibits.
#[derive(Default)]
pub struct Tried {
    /// By exhibit, list, and the kinds of hashes that it has.
    pub tries: BTreeMap<Text, BTreeMap<(Name, Text), Try>>,
    /// Lists that matches on an exhibit name.
    pub matched: BTreeMap<Text, BTreeSet<Name>>,
    /// Lists that are tables of the operation, which every exhibit is held against.
    pub tables: BTreeSet<Name>,
}

impl Tried {
    /// Reads the table.
    pub fn read(&mut self, tables: &dyn Tables) -> Result<(), TablesError> {
        each_row::<ListTried>(tables, &mut |source, row| {
            let at = RowRef::new(&ListTried::INFO, source, &row.place);
            let (n_files, n_looked_up) =
                (row.n_files.unwrap_or_default(), row.n_looked_up.unwrap_or_default());
            let this = Try { n_files, n_looked_up, row: at };
            let of_exhibit = self.tries.entry(row.exhibit).or_default();
            let known = of_exhibit.entry(((row.list, row.list_version), row.kinds));
            known.and_modify(|known| *known = known.clone().max(this.clone())).or_insert(this);
        })
    }

    /// The lists whose silence about an exhibit says something: in which a file of it was looked up, or that are tables.
    pub fn names(&self, exhibit: &Text) -> BTreeSet<&Name> {
        let tries = self.tries.get(exhibit).into_iter().flatten();
        let looked_up =
            tries.filter(|(_, of)| of.n_looked_up > 0 || of.n_files == 0).map(|((name, _), _)| name);
        looked_up.chain(self.matched.get(exhibit).into_iter().flatten()).chain(&self.tables).collect()
    }

    /// Whether any list but the operation's own grades was tried on an exhibit.
    pub fn any(&self, exhibit: &Text) -> bool {
        self.names(exhibit).iter().any(|(list, _)| ![GRADES, GRADES_IN_DISPUTE].contains(&list.as_str()))
    }
}
