//! Readers of received files: one folder per format, bytes in; rows, problems and declared skips out.
//!
//! Nothing here touches a disk or a clock, and no bytes of a file make it panic.

pub mod tutela_table;

pub mod mapped_table;

pub mod cybertip_esp_xml;
pub mod cybertip_police_json;

pub mod zip_container;

pub mod emule_cancelled_met;
pub mod emule_clients_met;
pub mod emule_known2_met;
pub mod emule_known_met;
pub mod emule_part_met;
pub mod emule_preferences_dat;
pub mod emule_search_strings_dat;
pub mod emule_shareddir_dat;
pub mod emule_statistics_ini;
pub mod emule_stored_searches_met;

pub mod qbittorrent_fastresume;
pub mod torrent_file;
pub mod transmission_resume;
pub mod utorrent_resume_dat;

pub mod ares_share_dat;
pub mod shareaza_library_dat;

pub mod discord_package;
pub mod skype_main_db;
pub mod telegram_desktop_json;
pub mod whatsapp_android_db;
pub mod whatsapp_export_text;
pub mod whatsapp_ios_db;

pub mod spot_view;

mod chat;
mod cybertip;
mod free_text;
mod metered;
mod sqlite_file;
mod whatsapp;

mod artefact;
mod ed2k_record;
mod ed2k_tags;

mod bencode;
mod torrents;

pub mod compression;
mod delimited;
mod json_lines;
mod local_addresses;
mod parquet_file;
mod text;

use tutela_model::source::{Fit, Sample};
use tutela_model::{Reader, Refusal};

/// Every reader, one a line: first those of what is sent to a unit, then those of what programs leave on a device.
pub static READERS: &[&Reader] = &[
    &tutela_table::READER,
    &mapped_table::READER,
    &cybertip_esp_xml::READER,
    &cybertip_police_json::READER,
    &zip_container::READER,
    // What file-sharing programs leave on a device.
    &emule_known_met::READER,
    &emule_part_met::READER,
    &emule_known2_met::READER,
    &emule_preferences_dat::READER,
    &emule_clients_met::READER,
    &emule_cancelled_met::READER,
    &emule_stored_searches_met::READER,
    &emule_search_strings_dat::READER,
    &emule_shareddir_dat::READER,
    &emule_statistics_ini::READER,
    &utorrent_resume_dat::READER,
    &qbittorrent_fastresume::READER,
    &transmission_resume::READER,
    &torrent_file::READER,
    &ares_share_dat::READER,
    &shareaza_library_dat::READER,
    // Chats.
    &whatsapp_android_db::READER,
    &whatsapp_ios_db::READER,
    &whatsapp_export_text::READER,
    &telegram_desktop_json::READER,
    &skype_main_db::READER,
    &discord_package::READER,
];

/// How many readers are of what is sent to a unit.
const SENT: usize = 5;

/// The readers of what programs leave on a device.
pub static ARTEFACTS: &[&Reader] = READERS.split_at(SENT).1;

/// The reader of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Reader> {
    READERS.iter().copied().find(|reader| reader.name == name)
}

/// The names of files that belong to a file of this name when they lie in the same folder: the write-ahead log of a
/// database, what a package says of the channel of its messages. A reader is given them as
/// [`Input::beside`](tutela_model::source::Input::beside).
#[must_use]
pub fn beside(name: &str) -> Vec<String> {
    let mut names = vec![format!("{name}-wal")];
    names.extend(discord_package::beside(name).map(str::to_owned));
    names
}

/// Chooses the reader of a file by its name and beginning: one that is sure, else the only one that finds it possible.
///
/// # Errors
/// No reader knows the file, or several do equally well; the officer then names one.
pub fn recognise(sample: &Sample<'_>) -> Result<&'static Reader, Unrecognised> {
    for wanted in [Fit::Sure, Fit::Possible] {
        let fits: Vec<_> =
            READERS.iter().copied().filter(|reader| (reader.recognise)(sample) == wanted).collect();
        match fits[..] {
            [] => {}
            [reader] => return Ok(reader),
            _ => {
                let readers = fits.iter().map(|reader| reader.name).collect();
                return Err(Unrecognised::Ambiguous { name: sample.name.to_owned(), readers });
            }
        }
    }
    Err(Unrecognised::Unknown { name: sample.name.to_owned() })
}

/// Why no reader was chosen for a file.
#[derive(Debug, thiserror::Error)]
pub enum Unrecognised {
    /// No reader knows it.
    #[error("no source of Tutela knows this file: {name}")]
    Unknown {
        /// The file's name.
        name: String,
    },
    /// More than one reader would do.
    #[error("more than one source knows this file ({}): {name}", readers.join(", "))]
    Ambiguous {
        /// The file's name.
        name: String,
        /// The readers' names.
        readers: Vec<&'static str>,
    },
}

impl From<Unrecognised> for Refusal {
    fn from(unrecognised: Unrecognised) -> Self {
        Self::Declared(unrecognised.to_string())
    }
}
