//! File-sharing programs, as the artefacts of one folder of an exhibit have them.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::place::Digest;
use tutela_model::table::TablesError;
use tutela_model::tables::{CancelledFile, PeerContact, SharedFile, SharingTotal};
use tutela_model::{RowRef, Table, Tables, Text};

use super::each_row;
use super::files::Placed;
use super::hash::Hash;

/// Where the artefacts of a program lay.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientKey {
    /// The exhibit; none when no exhibit has the received file.
    pub exhibit: Option<Text>,
    /// The folder on it, or the name of the received file.
    pub folder: Text,
}

impl ClientKey {
    /// As sentences name it: `E-1: /home/x/.aMule`.
    pub fn place(&self) -> String {
        match &self.exhibit {
            Some(exhibit) => format!("{exhibit}: {}", self.folder),
            None => self.folder.to_string(),
        }
    }
}

/// What a program recorded.
#[derive(Default)]
pub struct Client {
    /// The programs that the records name.
    pub programs: BTreeSet<Text>,
    /// Files, by their hash as the record has it.
    pub files: BTreeMap<Text, Shared>,
    /// Other peers.
    pub contacts: Vec<(PeerContact, RowRef)>,
    /// Its own user hashes, folded, with the rows that state them.
    pub user_hashes: BTreeMap<Text, BTreeSet<RowRef>>,
    /// Totals over all files.
    pub totals: Vec<(SharingTotal, RowRef)>,
    /// Downloads that were cancelled.
    pub cancelled: Vec<(CancelledFile, RowRef)>,
    /// The rows of the files that are its artefacts.
    pub artefacts: BTreeSet<RowRef>,
    /// How many of these were deleted.
    pub n_deleted: u64,
    /// By received file, when the program last wrote it: microseconds UTC, by the clock of what held it.
    pub written_us: BTreeMap<String, i64>,
}

/// What a program recorded of one file. Several records of it are copies of each other or of different times: what they
/// count is never added up.
#[derive(Default)]
pub struct Shared {
    /// The file's hashes, those of all records.
    pub hashes: BTreeSet<Hash>,
    /// The records.
    pub rows: Vec<(SharedFile, RowRef)>,
}

/// All programs.
pub type Clients = BTreeMap<ClientKey, Client>;

/// Where received files lay, by exhibit.
pub type Places = BTreeMap<Digest, BTreeMap<Text, Placed>>;

/// Reads what programs recorded. An artefact of which several exhibits have a copy counts for each of them.
pub fn read(tables: &dyn Tables, places: &Places) -> Result<Clients, TablesError> {
    let mut clients = Clients::new();
    each_row::<SharedFile>(tables, &mut |source, row| {
        let at = RowRef::new(&SharedFile::INFO, source, &row.place);
        each_of(&mut clients, places, source, &mut |client| {
            client.programs.insert(row.program.clone());
            let file = client.files.entry(row.file_hash.to_lowercase()).or_default();
            file.hashes.extend(hashes_of(&row));
            file.rows.push((row.clone(), at.clone()));
        });
    })?;
    each_row::<PeerContact>(tables, &mut |source, row| {
        let at = RowRef::new(&PeerContact::INFO, source, &row.place);
        each_of(&mut clients, places, source, &mut |client| {
            client.programs.insert(row.program.clone());
            client.contacts.push((row.clone(), at.clone()));
        });
    })?;
    each_row::<CancelledFile>(tables, &mut |source, row| {
        let at = RowRef::new(&CancelledFile::INFO, source, &row.place);
        each_of(&mut clients, places, source, &mut |client| {
            client.programs.insert(row.program.clone());
            client.cancelled.push((row.clone(), at.clone()));
        });
    })?;
    each_row::<SharingTotal>(tables, &mut |source, row| {
        let at = RowRef::new(&SharingTotal::INFO, source, &row.place);
        each_of(&mut clients, places, source, &mut |client| {
            client.programs.insert(row.program.clone());
            client.totals.push((row.clone(), at.clone()));
        });
    })?;
    for client in clients.values_mut() {
        client.contacts.sort_by(|a, b| a.1.cmp(&b.1));
        client.cancelled.sort_by(|a, b| a.1.cmp(&b.1));
        client.totals.sort_by(|a, b| a.1.cmp(&b.1));
        client.files.values_mut().for_each(|file| file.rows.sort_by(|a, b| a.1.cmp(&b.1)));
    }
    Ok(clients)
}

/// The hashes that a record states of its file.
pub fn hashes_of(row: &SharedFile) -> impl Iterator<Item = Hash> {
    let said = [Some(&row.file_hash), row.other_hash.as_ref(), row.more_hashes.as_ref()];
    said.into_iter().flatten().flat_map(|said| said.split(' ')).filter_map(Hash::parse)
}

/// Hands out the programs whose artefact a received file is.
pub fn each_of(clients: &mut Clients, places: &Places, source: Digest, each: &mut dyn FnMut(&mut Client)) {
    let Some(of_exhibits) = places.get(&source) else {
        let key = ClientKey { exhibit: None, folder: format!("sha256:{}", &source.hex()[..16]).into() };
        return each(clients.entry(key).or_default());
    };
    for (exhibit, placed) in of_exhibits {
        let key = ClientKey { exhibit: Some(exhibit.clone()), folder: folder(&placed.path).into() };
        let client = clients.entry(key).or_default();
        if client.artefacts.insert(placed.row.clone()) {
            client.n_deleted += u64::from(placed.deleted);
            client.written_us.extend(placed.modified_us.map(|at_us| (source.hex(), at_us)));
        }
        each(client);
    }
}

/// The folder of a path, whichever way its system parts folders.
fn folder(path: &str) -> &str {
    match path.rfind(['/', '\\']) {
        Some(0) => "/",
        Some(at) => &path[..at],
        None => ".",
    }
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn a_folder_is_what_stands_before_the_last_name() {
        for (path, of) in [
            ("/home/x/.aMule/known.met", "/home/x/.aMule"),
            (r"C:\eMule\config\known.met", r"C:\eMule\config"),
            ("/known.met", "/"),
            ("known.met", "."),
        ] {
            assert_eq!(folder(path), of);
        }
    }
}
