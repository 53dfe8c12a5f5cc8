//! What pictures and films state of themselves, by their SHA-256.

use tutela_model::table::TablesError;
use tutela_model::tables::Media;
use tutela_model::{RowRef, Table, Tables, Text, ZoneKnown};

use super::each_row;
use super::hash::{Hash, HashKind};

/// A camera, as files state it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Camera {
    /// Maker and model.
    pub name: Option<Text>,
    /// Serial number.
    pub serial: Option<Text>,
}

/// A picture or film that states its camera.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taken {
    /// The file.
    pub sha256: Hash,
    /// The camera.
    pub camera: Camera,
    /// When it was taken, microseconds UTC, and whether the file itself states the zone.
    pub at: Option<(i64, bool)>,
    /// The row.
    pub row: RowRef,
}

/// What the table of media says.
#[derive(Default)]
pub struct MediaFacts {
    all: Vec<Hash>,
    /// Those that state their camera, by SHA-256.
    pub taken: Vec<Taken>,
}

/// What is known of a file.
#[derive(Clone, Copy, Default)]
pub struct Of {
    /// Whether it is a picture or film.
    pub is_media: bool,
    /// Its position among those that state their camera.
    pub taken: Option<usize>,
}

impl MediaFacts {
    /// Reads the table.
    pub fn read(tables: &dyn Tables) -> Result<Self, TablesError> {
        let mut media = Self::default();
        each_row::<Media>(tables, &mut |source, row| {
            let Some(sha256) = Hash::of(HashKind::Sha256, &row.sha256) else { return };
            media.all.push(sha256);
            if row.camera.is_some() || row.camera_serial.is_some() {
                let at = row.taken.as_ref().map(|taken| (taken.at_us, taken.zone != ZoneKnown::Declared));
                let camera = Camera { name: row.camera, serial: row.camera_serial };
                let row = RowRef::new(&Media::INFO, source, &row.place);
                media.taken.push(Taken { sha256, camera, at, row });
            }
        })?;
        media.all.sort_unstable();
        media.all.dedup();
        // Two rows of one file may differ: the first by what they state counts, whatever the order of files.
        media.taken.sort_unstable();
        media.taken.dedup_by(|later, first| later.sha256 == first.sha256);
        Ok(media)
    }

    /// What is known of a file.
    pub fn of(&self, sha256: &Hash) -> Of {
        Of {
            is_media: self.all.binary_search(sha256).is_ok(),
            taken: self.taken.binary_search_by(|taken| taken.sha256.cmp(sha256)).ok(),
        }
    }
}
